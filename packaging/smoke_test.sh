#!/usr/bin/env bash
# Starts a program that was installed or bundled on a screen of its own, and looks at it:
# a window appears, what it shows is not blank, it closes with status 0 and says nothing.
# Usage: packaging/smoke_test.sh [PROGRAM]      (default: the one of .venv)
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "${1:-.venv/bin/optlab}")
for tool in Xvfb xdotool; do
  command -v "$tool" >/dev/null || {
    echo "optlab: $tool is missing: sudo apt-get install xvfb xdotool" >&2
    exit 1
  }
done

home=$(mktemp -d)
pid='' screen=''
tidy() {
  [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true
  [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
  rm -rf "$home"
}
trap tidy EXIT
# The server chooses a number that is free and keeps its picture in a file.
mkfifo "$home/number"
Xvfb -displayfd 3 -screen 0 1600x1000x24 -fbdir "$home" -nolisten tcp \
  3>"$home/number" 2>"$home/server" &
screen=$!
read -r -t 20 number <"$home/number" || { cat "$home/server" >&2; exit 1; }
export DISPLAY=:$number
stop() { cat "$home/err" >&2 || true; printf 'optlab: %s\n' "$*" >&2; exit 1; }
export HOME=$home XDG_CONFIG_HOME='' XDG_CACHE_HOME='' XDG_DATA_HOME='' XDG_STATE_HOME=''
export QT_QPA_PLATFORM=xcb
unset WAYLAND_DISPLAY

began=$(date +%s%N)
"$program" >"$home/out" 2>"$home/err" &
pid=$!
window=
for _ in $(seq 300); do
  kill -0 "$pid" 2>/dev/null || { pid=''; stop "ended before a window came"; }
  window=$(xdotool search --onlyvisible --name OptLab 2>/dev/null | head -n 1) || true
  [ -z "$window" ] || break
  sleep 0.1
done
[ -n "$window" ] || stop "no window within 30 seconds"
echo "optlab: a window after $((($(date +%s%N) - began) / 1000000)) ms:" \
  "$(xdotool getwindowname "$window")"

# Computed and painted: the screen has many colours.
colours=0
for _ in $(seq 100); do
  colours=$(od -An -v -tu4 -w4 -j4000 "$home/Xvfb_screen0" | sort -u | wc -l)
  [ "$colours" -lt 500 ] || break
  sleep 0.3
done
[ "$colours" -ge 500 ] || stop "the window is blank ($colours colours)"
echo "optlab: it shows $colours colours"

# Nobody manages windows here, so the keyboard is given to ours by hand.
xdotool windowfocus --sync "$window"
xdotool key space
sleep 1
xdotool key ctrl+q
for _ in $(seq 50); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
if kill -0 "$pid" 2>/dev/null; then stop "Ctrl+Q did not end it within 5 seconds"; fi
status=0
wait "$pid" || status=$?
pid=''
[ "$status" -eq 0 ] || stop "ended with status $status"
[ ! -s "$home/err" ] || stop "it wrote to standard error"
echo "optlab: it ended with status 0 and an empty standard error"
