#!/usr/bin/env bash
# Our retry rules against botocore's own classes, decision by decision: rule set 2.0 against an
# older botocore, 2.1 against today's.
#
# usage: scripts/check-retry-rules.sh [--install]
#
# Nothing is sent and nobody sleeps: a virtual clock tells both sides the time. Constants of
# botocore that are changed on purpose have to be noticed first. With --install it installs the
# Python packages of judges.txt and judges-old.txt first.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/steps.sh
source scripts/python.sh
export CARGO_TERM_COLOR=never

if [[ ${1-} == --install ]]; then
    has_python_judges || install_python_judges || exit
    has_old_python_judges || install_old_python_judges || exit
elif [[ $# -gt 0 ]]; then
    echo "usage: scripts/check-retry-rules.sh [--install]" >&2
    exit 2
fi
if ! has_python_judges || ! has_old_python_judges; then
    echo "packages are missing; scripts/check-retry-rules.sh --install installs them" >&2
    exit 1
fi
cargo build --locked --quiet -p keystorm-models --example replay_retry || exit
replay="$(target_folder)/debug/examples/replay_retry"
for python in "$judges_old_python" "$judges_python"; do
    "$python" scripts/judge_retry_rules.py "$replay" --faults &&
        "$python" scripts/judge_retry_rules.py "$replay" || exit
done
