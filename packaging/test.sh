#!/usr/bin/env bash
# `make test`: the whole suite in one pytest run. Widgets draw offscreen; tests marked `screen`
# start the program as its own process on the virtual X display that xvfb-run provides here.
# Files of tests are shared out among all cores. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/setup.sh tests
exec xvfb-run --auto-servernum --server-args='-screen 0 1920x1200x24 +extension GLX' \
  .venv/bin/python -m pytest --numprocesses=auto --dist=loadfile "$@"
