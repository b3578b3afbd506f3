#!/usr/bin/env bash
# Everything that must hold before a change lands. Needs Rust and a C compiler, nothing else.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/steps.sh
export CARGO_TERM_COLOR=never

# Runs cargo's tests and remarks how many there were; none at all is a failure.
tests() {
    cargo test --locked --no-fail-fast "$@" 2>&1 | tee "$steps_folder/tests"
    local status=${PIPESTATUS[0]} count
    count=$(awk '/^test result:/ { sum += $4 } END { print sum + 0 }' "$steps_folder/tests")
    echo "step-note: $count tests"
    ((status == 0 && count > 0))
}

docs() {
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --workspace
}

# simulate BINARY SCENARIO OUTPUT FLAGS...: a breached expectation (10) is a result, too, since a
# cut run may miss what the whole one meets.
simulate() {
    local binary=$1 scenario=$2 output=$3 status
    shift 3
    "$binary" run "$scenario" --output "$output" --quiet "$@"
    status=$?
    ((status == 0 || status == 10)) || echo "exit code $status"
    ((status == 0 || status == 10))
}

# same_bytes FOLDER FOLDER
same_bytes() {
    local file
    for file in record.json report.html series.csv; do
        cmp "$1/$file" "$2/$file" || return 1
    done
}

jobs_agree() {
    local scenario=$1 out="$steps_folder/jobs"
    rm -rf "$out"
    simulate "$release" "$scenario" "$out/1" --jobs 1 --requests-max 100000 &&
        simulate "$release" "$scenario" "$out/2" --jobs 2 --requests-max 100000 &&
        same_bytes "$out/1" "$out/2"
}

profiles_agree() {
    local scenario=$1 out="$steps_folder/profiles"
    simulate "$debug" "$scenario" "$out/debug" --requests-max 20000 &&
        simulate "$release" "$scenario" "$out/release" --requests-max 20000 &&
        same_bytes "$out/debug" "$out/release"
}

# Every line of README's block must be printed; README may leave some out.
readme_is_true() {
    local block printed
    block=$(sed -n '/^```text$/,/^```$/p' README.md | sed '1d;$d')
    printed=$("$release" run scenarios/library/quickstart.toml --force) || return 1
    grep -Fxv -f <(printf '%s\n' "$printed") <<<"$block" && return 1
    [[ -n $block ]]
}

step "format" cargo fmt --all --check
step "clippy, warnings denied" \
    cargo clippy --locked --workspace --all-targets -- -D warnings
step "tests and doc tests" tests --workspace
step "benches, each once" cargo test --locked -p keystorm-benches --benches
step "docs, warnings denied" docs

target=$(target_folder)
debug="$target/debug/keystorm"
release="$target/release/keystorm"
if step "builds of the binary" \
    eval 'cargo build --locked -p keystorm && cargo build --locked --release -p keystorm'; then
    for scenario in scenarios/library/*.toml; do
        step "$scenario: same bytes with one and two jobs" jobs_agree "$scenario"
    done
    step "quickstart: same bytes from the debug and the release build" \
        profiles_agree scenarios/library/quickstart.toml
    step "README: shows what the quickstart prints" readme_is_true
fi
finish
