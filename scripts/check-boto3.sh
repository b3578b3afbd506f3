#!/usr/bin/env bash
# Real programs with boto3 against keystorm: what they measure on the loopback, where a small server
# enforces a quota as KMS does, and what keystorm predicts of them.
#
# usage: scripts/check-boto3.sh [--install] [--cells N,N...]
#
# Twenty cells of retry mode, rule set, operation, threads, quota and latency, each measured three
# times, four at a time: about seven minutes. With --install it installs the Python packages of
# judges.txt and judges-old.txt first; with --cells it measures only some.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/steps.sh
source scripts/python.sh
export CARGO_TERM_COLOR=never

if [[ ${1-} == --install ]]; then
    shift
    has_python_judges || install_python_judges || exit
    has_old_python_judges || install_old_python_judges || exit
fi
if [[ $# -gt 0 && ! ($# -eq 2 && $1 == --cells && $2 =~ ^[0-9]+(,[0-9]+)*$) ]]; then
    echo "usage: scripts/check-boto3.sh [--install] [--cells N,N...]" >&2
    exit 2
fi
if ! has_python_judges || ! has_old_python_judges; then
    echo "packages are missing; scripts/check-boto3.sh --install installs them" >&2
    exit 1
fi
cargo build --locked --release --quiet || exit
exec python3 scripts/judge_boto3.py "$(target_folder)/release/keystorm" \
    "$judges_old_python" "$judges_python" "$@"
