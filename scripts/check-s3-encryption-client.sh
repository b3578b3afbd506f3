#!/usr/bin/env bash
# Our objects of the S3 Encryption Client against AWS's own client, over moto's S3 and KMS.
#
# usage: scripts/check-s3-encryption-client.sh [--install]
#
# AWS's client for Python writes and ours reads, ours writes and AWS's reads; what was tampered with
# must be refused by both. With --install it installs the Python packages of judges.txt first.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/steps.sh
source scripts/python.sh
export CARGO_TERM_COLOR=never

if [[ ${1-} == --install ]]; then
    has_python_judges || install_python_judges || exit
elif [[ $# -gt 0 ]]; then
    echo "usage: scripts/check-s3-encryption-client.sh [--install]" >&2
    exit 2
fi
if ! has_python_judges; then
    echo "packages are missing; scripts/check-s3-encryption-client.sh --install installs them" >&2
    exit 1
fi
cargo build --locked --quiet -p keystorm-envelope --example client_objects &&
    "$judges_python" scripts/judge_client_objects.py \
        "$(target_folder)/debug/examples/client_objects"
