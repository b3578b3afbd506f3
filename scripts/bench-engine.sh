#!/usr/bin/env bash
# Compares the engine's speed with the floor, and with other engines if they are there.
#
# usage: scripts/bench-engine.sh [--quick]
#
# Runs every work in turn on one core and prints medians, ranges and ratios. Needs Python 3 and
# Linux. With KEYSTORM_PEERS, a folder with an `engines` workspace of the same works on other
# engines, it builds and runs these too; what cannot be built is named. A full run is written to
# benches/runs/<date>-<cpu>/; --quick takes a minute or two and writes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=()
case "${1-}" in
    "") ;;
    --quick) quick=(--quick) ;;
    *) echo "usage: scripts/bench-engine.sh [--quick]" >&2; exit 2 ;;
esac

# All programs that are compared are built for this processor, ours in a folder of their own.
export RUSTFLAGS="-C target-cpu=native"
native=${CARGO_TARGET_DIR:-$PWD/target}/native
CARGO_TARGET_DIR=$native cargo build --quiet --locked --release -p keystorm-benches \
    --example engine --example floor

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
not_run=()
if [[ -d ${KEYSTORM_PEERS-}/engines ]]; then
    # The folder may be read-only. The copy stays where it is, so that only changes are built anew.
    mkdir -p "$native/peers"
    cp -r --update "$KEYSTORM_PEERS/engines/." "$native/peers"
    chmod -R u+w "$native/peers"
    for peer in reference nexosim simcore simrs; do
        echo "building $peer"
        CARGO_TARGET_DIR=$native/peers/target cargo build --quiet --release \
            --manifest-path "$native/peers/Cargo.toml" -p "peer-$peer" \
            >"$work/log" 2>&1 || not_run+=(--not-run "$peer: $(grep -m 1 '^error' "$work/log")")
    done
    if ! { python3 -m venv "$work/python" &&
        "$work/python/bin/python" -m pip install --quiet simpy; } >"$work/log" 2>&1; then
        not_run+=(--not-run "simpy: cannot be installed")
    fi
else
    not_run+=(--not-run "reference, nexosim, simcore, simrs, simpy: KEYSTORM_PEERS is not set")
fi

python3 benches/compare.py "${quick[@]}" "${not_run[@]}" \
    --ours "$native/release/examples" --peers "$native/peers/target/release" \
    --python "$work/python/bin/python" --python-peers "$native/peers/python"
