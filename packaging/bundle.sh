#!/usr/bin/env bash
# Makes one folder that needs neither Python nor pip: build/bundle/optlab/optlab, and tries it.
# Linux, macOS, and Windows (in Git Bash); each system bundles for itself. PYTHON chooses the
# interpreter that goes into it.
set -euo pipefail
cd "$(dirname "$0")/.."

case $(uname -s) in
  Linux | Darwin) bin=bin suffix='' python=${PYTHON:-python3} ;;
  *) bin=Scripts suffix=.exe python=${PYTHON:-python} ;;
esac
readonly work=build/bundle-work out=build/bundle
say() { printf 'optlab: %s\n' "$*"; }

if [ ! -x "$work/venv/$bin/python$suffix" ]; then
  "$python" -m venv "$work/venv"
fi
venv_python=$work/venv/$bin/python$suffix
say "installing what goes into the bundle"
"$venv_python" -m pip install -qq --disable-pip-version-check --no-input . pyinstaller
# The bundle is made from this checkout, not from the copy that pip made of it.
"$venv_python" -m pip uninstall -qq --yes optlab-desktop
say "bundling"
rm -rf "$out"
"$venv_python" -m PyInstaller --noconfirm --log-level WARN --distpath "$out" \
  --workpath "$work/pyinstaller" packaging/optlab.spec

program=$out/optlab/optlab$suffix
say "trying $program"
"$program" --version
"$program" run --quiet --image "$work/picture.png" --csv "$work/run.csv"
if [ "$(uname -s)" = Linux ]; then
  QT_QPA_PLATFORM=offscreen "$program" doctor
  packaging/smoke_test.sh "$program"
else
  # On these systems there is always a screen; a person looks at the window.
  "$program" doctor
fi
say "$(du -sh "$out/optlab" | cut -f 1) in $out/optlab"
