#!/usr/bin/env bash
# `make run`: opens the window; without a display, runs the default experiment into files.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
  packaging/setup.sh window
  exec .venv/bin/optlab
fi

readonly output=optlab-output
packaging/setup.sh headless
echo "optlab: no display here (DISPLAY and WAYLAND_DISPLAY are unset), so there is no window;"
echo "optlab: running the default experiment without a screen instead"
mkdir -p "$output"
.venv/bin/optlab run --csv "$output/trajectory.csv" --image "$output/picture.png"
echo "optlab: the trajectories (CSV) and the picture are in ./$output/"
