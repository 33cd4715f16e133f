#!/usr/bin/env bash
# `make reliability`: every figure of docs/reliability.md, measured here and now. MINUTES says how
# long the monkey and the soak take each (default 2), KILLS how often a process is killed (200),
# FUZZ how many seconds of hostile input (120). Fails if anything went wrong.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

packaging/setup.sh tests || exit 1
export QT_QPA_PLATFORM=offscreen
python=.venv/bin/python
status=0
measure() { "$python" -m "$@" || status=1; }
echo "$(nproc) processors, load $(cut -d ' ' -f 1-3 /proc/loadavg), $("$python" --version)"
measure tests.faults.kills --count "${KILLS:-200}"
measure tests.soak.quitting --rounds 3
measure tests.fuzz --seconds "${FUZZ:-120}" --seed "${SEED:-1}"
measure tests.soak.monkey --minutes "${MINUTES:-2}" --seed "${SEED:-1}"
measure tests.soak.soak --minutes "${MINUTES:-2}"
exit "$status"
