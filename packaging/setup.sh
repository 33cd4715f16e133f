#!/usr/bin/env bash
# Makes everything ready on a Debian machine: system packages, .venv, OptLab with its tools in it.
# Usage: packaging/setup.sh headless|window|tests      (each needs what the one before needs)
# Ready already? Then it says nothing and takes a blink. PYTHON chooses the interpreter.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

readonly purpose=${1:-window}
readonly venv=.venv
readonly stamp=$venv/optlab-installed

# The library is what is looked for, so other distributions and renamed packages pass too.
window_libraries=$(grep -v '^#' resources/system/debian-libraries.txt)
readonly window_libraries

say() { printf 'optlab: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

is_python() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# Prints the interpreter to use, nothing where there is none.
find_python() {
  local candidate
  if [ -n "${PYTHON:-}" ]; then
    is_python "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.11 or newer"
    printf '%s\n' "$PYTHON"
    return
  fi
  for candidate in python3 python3.11 python3.12 python3.13; do
    if is_python "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
}

# Prints the Debian packages that are missing for this purpose, one a line.
missing_packages() {
  local python known package library program
  python=$(find_python)
  if [ -z "$python" ]; then
    printf 'python3\npython3-venv\n'
  elif ! has_venv "$python"; then
    printf 'python3-venv\n'
  fi
  [ "$purpose" = headless ] && return
  known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
  while read -r package library; do
    [[ $known == *"$library "* ]] || printf '%s\n' "$package"
  done <<<"$window_libraries"
  [ "$purpose" = window ] && return
  command -v xvfb-run >/dev/null || printf 'xvfb\n'
  command -v xauth >/dev/null || printf 'xauth\n'
  for program in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$program" >/dev/null && return
  done
  printf 'chromium-headless-shell\n'
}

install_packages() {
  local missing log
  missing=$(missing_packages | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    stop "this machine lacks what Debian calls $missing; please install it and start again"
  fi
  if [ "$(id -u)" -ne 0 ]; then
    say "some system packages are missing; please run this line and start again:"
    printf 'sudo apt-get update && sudo apt-get install --yes %s\n' "$missing" >&2
    exit 1
  fi
  say "installing system packages: $missing"
  log=$(mktemp)
  # shellcheck disable=SC2086  # one word for each package is meant
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive \
         apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    stop "apt-get could not install: $missing"
  fi
  rm -f "$log"
  missing=$(missing_packages | tr '\n' ' ')
  [ -z "$missing" ] || stop "still missing after apt-get: $missing"
}

# What the environment was made from; when this changes, OptLab is installed again.
fingerprint() {
  { pwd && "$venv/bin/python" -c 'import sys; print(sys.version)' && cat pyproject.toml; } |
    sha256sum | cut -d ' ' -f 1
}

# PYTHON asks for an interpreter other than the one the environment has.
wants_other_python() {
  local version='import sys; print(sys.version)'
  [ -n "${PYTHON:-}" ] && [ "$("$PYTHON" -c "$version")" != "$("$venv/bin/python" -c "$version")" ]
}

make_environment() {
  # A moved folder or a removed interpreter leaves a .venv that no longer starts.
  if is_python "$venv/bin/python" && ! wants_other_python; then
    [ -f "$stamp" ] && return
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
  fi
  say "making the Python environment $venv"
  "$(find_python)" -m venv --clear "$venv" || stop "could not make the environment $venv"
}

install_optlab() {
  local now
  now=$(fingerprint)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return
  say "installing OptLab and its tools into $venv (the first time takes some minutes)"
  rm -f "$stamp"
  "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
    --root-user-action=ignore --editable '.[dev]' </dev/null || stop "pip could not install OptLab"
  printf '%s\n' "$now" >"$stamp"
}

case $purpose in
  headless | window | tests) ;;
  *) stop "setup.sh knows headless, window and tests, not '$purpose'" ;;
esac
install_packages
make_environment
install_optlab
