#!/usr/bin/env bash
# Checks what a desktop reads: the menu entry, the description, the kind of file, the icon.
# Installs them for a person who has nothing yet, and asks the desktop's own tools.
set -euo pipefail
cd "$(dirname "$0")/.."

stop() { printf 'optlab: %s\n' "$*" >&2; exit 1; }
for tool in desktop-file-validate appstreamcli xmllint update-mime-database; do
  command -v "$tool" >/dev/null || stop "$tool is missing:" \
    "sudo apt-get install desktop-file-utils appstream libxml2-utils shared-mime-info"
done
python=${PYTHON:-.venv/bin/python}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_DATA_HOME=$home

"$python" -m optlab install-desktop
desktop-file-validate "$home"/applications/*.desktop
appstreamcli validate --no-net "$home"/metainfo/*.xml
xmllint --noout "$home"/metainfo/*.xml "$home"/mime/packages/*.xml \
  "$home"/icons/hicolor/scalable/apps/*.svg
grep -q 'application/x-optlab-experiment:\*.optlab' "$home/mime/globs" ||
  stop "the kind of file is not known"
"$python" -m optlab install-desktop --remove >/dev/null
[ -z "$(find "$home" -name '*OptLab*' -print -quit)" ] || stop "something was left behind"
echo "optlab: menu entry, description, kind of file and icon are right"
