#!/usr/bin/env bash
# `make lint`: every check runs, also after one failed; fails if any did.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/setup.sh headless
status=0
check() {
  local tool=.venv/bin/$1
  echo "-- $*"
  shift
  "$tool" "$@" || status=1
}
check ruff check .
check ruff format --check .
check mypy
check lint-imports --no-logo
exit "$status"
