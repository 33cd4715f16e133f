#!/usr/bin/env bash
# `make reliability`: every figure of docs/reliability.md, measured here and now and written there.
# MINUTES says how long the monkey and the soak take each (default 2), KILLS how often a process is
# killed (200), FORMULAS how many formulas are tried (a million), FILES how many hostile files of each
# kind (10000), SEED where chance begins, PARTS what is measured (all: kills quitting formulas fuzz
# machine monkey soak). Fails if anything went wrong.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

packaging/setup.sh tests || exit 1
export QT_QPA_PLATFORM=offscreen
python=.venv/bin/python
minutes=${MINUTES:-2}
seed=${SEED:-1}
written=build/reliability
status=0
mkdir -p "$written"

# measure PART MODULE ARGUMENTS...
measure() {
  local part=$1
  shift
  case " ${PARTS:-$part} " in *" $part "*) ;; *) return ;; esac
  "$python" -m "$@" | tee "$written/$part.txt" || status=1
  "$python" -m tests.soak.figures "$part" "$written/$part.txt" || status=1
}
measure kills tests.faults.kills --count "${KILLS:-200}"
measure quitting tests.soak.quitting --rounds 3
measure formulas tests.fuzz.many --count "${FORMULAS:-1000000}" --seed "$seed"
measure fuzz tests.fuzz --examples "${FILES:-10000}" --seed "$seed"
measure machine tests.soak.machine --sequences "${SEQUENCES:-500}"
measure monkey tests.soak.monkey --minutes "$minutes" --seed "$seed"
measure soak tests.soak.soak --minutes "$minutes"
exit "$status"
