#!/usr/bin/env bash
# Builds sdist and wheel (the wheel from the sdist), installs the wheel into an empty environment
# and uses it there, away from the checkout. With "tools" as argument, also through pipx and uv.
# PYTHON chooses the interpreter. What was built stays in dist/.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly root=$PWD
readonly python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { printf 'optlab: %s\n' "$*"; }
stop() { printf 'optlab: %s\n' "$*" >&2; exit 1; }
quiet=(-qq --disable-pip-version-check --no-input)

say "building"
"$python" -m venv "$work/tools"
"$work/tools/bin/python" -m pip install "${quiet[@]}" build
rm -rf dist
"$work/tools/bin/python" -m build --outdir dist . >"$work/build.log" 2>&1 ||
  { tail -n 30 "$work/build.log" >&2; stop "building failed"; }
wheel=$(echo "$root"/dist/*.whl)
[ -f "$wheel" ] || stop "there is not one wheel in dist/"

# Everything under resources/ and optlab/ that git knows must be in the wheel.
git ls-files resources optlab | sed 's|^resources/|optlab/resources/|' | sort >"$work/wanted"
"$python" -m zipfile --list "$wheel" | awk 'NR > 1 {print $1}' | sort >"$work/packed"
lost=$(comm -23 "$work/wanted" "$work/packed")
[ -z "$lost" ] || stop "not in the wheel: $lost"
if grep -Eq '^(tests|benchmarks|packaging)/' "$work/packed"; then stop "too much in the wheel"; fi
say "wheel: $(du -k "$wheel" | cut -f 1) KiB, $(wc -l <"$work/packed") files"

# use PROGRAM: everything that needs no screen, in a folder of its own, with a home of its own.
use() {
  local program=$1 folder
  folder=$(mktemp -d -p "$work")
  (
    cd "$folder"
    export HOME=$folder XDG_CONFIG_HOME='' XDG_CACHE_HOME='' XDG_DATA_HOME='' XDG_STATE_HOME=''
    "$program" --version
    "$program" list optimizers >/dev/null
    "$program" run --csv run.csv --image run.png --animation run.gif --json run.json --quiet
    for file in run.png run.gif run.json; do [ -s "$file" ] || stop "no $file"; done
    [ "$(cat run-*.csv | wc -l)" -gt 100 ] || stop "the CSV files are too short"
    QT_QPA_PLATFORM=offscreen "$program" doctor >doctor.txt || { cat doctor.txt; stop "doctor"; }
    "$program" install-desktop >/dev/null
  )
}

say "installing the wheel into an empty environment"
"$python" -m venv "$work/empty"
"$work/empty/bin/python" -m pip install "${quiet[@]}" "$wheel"
"$work/empty/bin/python" -m pip check
use "$work/empty/bin/optlab"
if command -v xvfb-run >/dev/null; then
  packaging/smoke_test.sh "$work/empty/bin/optlab"
else
  say "no xvfb-run here: the window was not tried"
fi

if [ "${1:-}" = tools ]; then
  say "installing the wheel with pipx and with uv"
  "$work/tools/bin/python" -m pip install "${quiet[@]}" pipx uv
  PIPX_HOME=$work/pipx PIPX_BIN_DIR=$work/pipx-bin PIPX_DEFAULT_PYTHON=$(command -v "$python") \
    "$work/tools/bin/pipx" install --quiet "$wheel"
  use "$work/pipx-bin/optlab"
  UV_TOOL_DIR=$work/uv UV_TOOL_BIN_DIR=$work/uv-bin UV_CACHE_DIR=$work/uv-cache \
    "$work/tools/bin/uv" tool install --quiet --python "$(command -v "$python")" "$wheel"
  use "$work/uv-bin/optlab"
fi
say "the wheel works"
