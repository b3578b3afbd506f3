#!/usr/bin/env bash
# Holds the product against things that others wrote: cargo-deny, Chromium, NIST's vectors, AWS's
# S3 Encryption Client for Python, botocore's retries, programs with boto3, a simulator of IAM
# policies, readers of tables (pandas, polars, HdrHistogram, JSON Schema), and what runs sweeps:
# Slurm, HyperQueue, GNU parallel, the schemas of Kubernetes and AWS Batch.
#
# usage: scripts/judges.sh [--install]
#
# Without --install it uses what is there, and names what is missing and the command that
# installs it. With --install (Debian, as root) it installs what is missing first.
set -uo pipefail
cd "$(dirname "$0")/.."
source scripts/steps.sh
source scripts/python.sh
export CARGO_TERM_COLOR=never

install=false
case "${1-}" in
    "") ;;
    --install) install=true ;;
    *) echo "usage: scripts/judges.sh [--install]" >&2; exit 2 ;;
esac

has() { command -v "$1" >/dev/null; }

# missing NAME: with --install a tool that is still not there has failed, without it was not run.
missing() {
    if $install; then
        step "$1" false
    else
        not_run "$1" "missing; ./scripts/judges.sh --install installs it"
    fi
}

has_nightly() { has rustup && rustup toolchain list | grep -q '^nightly'; }

# The npm packages that judge policies and pages, in a folder of their own beside what cargo builds.
policy_judge="$(target_folder)/judges/npm"

# has_policy_judge: whether every package is there in the version of package.json.
has_policy_judge() {
    has node && [[ -d $policy_judge/node_modules ]] &&
        cmp --silent scripts/policy-judge/package.json "$policy_judge/package.json"
}

install_policy_judge() {
    mkdir -p "$policy_judge" && rm -rf "$policy_judge/node_modules" &&
        cp scripts/policy-judge/package.json "$policy_judge/" &&
        (cd "$policy_judge" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock)
}

install_node() {
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
        --no-install-recommends nodejs npm
}

install_chromium() {
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
        --no-install-recommends chromium
}

has_slurm() { has slurmctld && has slurmd && has sbatch && has munged; }

# A real Slurm, and GNU parallel. What the packages would start by themselves is not needed.
install_engines() {
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
        --no-install-recommends slurmctld slurmd slurm-client munge parallel
}

if $install; then
    has cargo-deny || step "install cargo-deny" cargo install cargo-deny --locked
    has chromium || step "install Chromium" install_chromium
    has_python_judges || step "install Python packages" install_python_judges
    has_old_python_judges || step "install an older boto3" install_old_python_judges
    has npm || step "install Node.js" install_node
    has_policy_judge || ! has npm ||
        step "install npm packages" install_policy_judge
    { has_slurm && has parallel; } || step "install Slurm and GNU parallel" install_engines
    ! has_nightly || has cargo-fuzz ||
        step "install cargo-fuzz" cargo install cargo-fuzz --locked
fi

if has cargo-deny; then
    step "cargo-deny: licences, bans, sources" cargo deny --workspace check licenses bans sources
    if cargo deny fetch db >"$steps_folder/fetch" 2>&1; then
        step "cargo-deny: advisories" cargo deny --workspace --offline check advisories
    else
        not_run "cargo-deny advisories" "database unreachable"
    fi
else
    missing "cargo-deny"
fi

if ! has chromium; then
    missing "report in Chromium"
elif ! has python3; then
    missing "report in Chromium, driven by Python 3"
elif step "quickstart" cargo run --locked --release -- run scenarios/library/quickstart.toml \
    --output "$steps_folder/quickstart" --quiet; then
    axe=()
    if has_policy_judge; then
        axe=(--axe "$policy_judge/node_modules/axe-core/axe.min.js")
    else
        missing "axe-core"
    fi
    step "Chromium: the judge finds faults in faulty pages" \
        python3 scripts/judge_page.py --faults "${axe[@]}"
    step "Chromium: quickstart's report loads cleanly, fits, reads out, prints, says the record" \
        python3 scripts/judge_page.py "$steps_folder/quickstart/report.html" "${axe[@]}" \
        --record "$steps_folder/quickstart/record.json"
    # It ends with 10, since the quickstart's load hits its quota.
    plan() {
        cargo run --locked --release -- plan scenarios/library/quickstart.toml \
            --output "$steps_folder/quickstart-plan" --quiet
        [ $? -eq 10 ]
    }
    if step "quickstart's plan" plan; then
        step "Chromium: the plan's page loads cleanly, fits, prints, says the plan" \
            python3 scripts/judge_page.py "$steps_folder/quickstart-plan/report.html" "${axe[@]}" \
            --plan "$steps_folder/quickstart-plan/plan.json"
    fi
fi

# What pandas, polars, HdrHistogram's tools and jsonschema read of a run.
tables() {
    local keystorm
    keystorm="$(target_folder)/release/keystorm"
    "$judges_python" scripts/judge_tables.py "$@" "$keystorm" "$steps_folder/tables"
}

if ! has_python_judges; then
    missing "pandas, polars and HdrHistogram"
elif step "a short quickstart" cargo run --locked --release -- run \
    scenarios/library/quickstart.toml --replications 2 --requests-max 200000 \
    --output "$steps_folder/tables" --quiet; then
    step "pandas, polars, HdrHistogram: the judge finds faults in faulty outputs" tables --faults
    step "pandas, polars, HdrHistogram read what a run writes" tables
fi

# Every test of NIST's vectors, which are no part of the repository.
nist() {
    CRYPTOGRAPHY_VECTORS=$("$judges_python" -c "
import cryptography_vectors, os
print(os.path.dirname(cryptography_vectors.__file__))") || return 1
    export CRYPTOGRAPHY_VECTORS
    cargo test --locked -p keystorm-envelope --lib vectors::nist -- --ignored |
        tee "$steps_folder/nist" &&
        grep -q '^test result: ok. [1-9]' "$steps_folder/nist"
}

if has_python_judges; then
    step "NIST's vectors" nist
    step "AWS's S3 Encryption Client reads what we write, and we what it writes" \
        scripts/check-s3-encryption-client.sh
else
    missing "NIST's vectors"
    missing "S3 Encryption Client"
fi

# Whether programs with boto3 measure what we predict; a machine that is busy with other things
# cannot tell.
boto3() {
    local status=0
    scripts/check-boto3.sh >"$steps_folder/boto3" 2>&1 </dev/null || status=$?
    if ((status == 12)); then
        not_run "programs with boto3" "the machine is too busy: $(tail -n 2 "$steps_folder/boto3" |
            head -n 1)"
    else
        step "programs with boto3 measure what we predict" \
            bash -c 'cat "$1"; exit "$2"' - "$steps_folder/boto3" "$status"
    fi
}

if has_python_judges && has_old_python_judges; then
    step "botocore's retry handlers decide as we do" scripts/check-retry-rules.sh
    boto3
else
    missing "botocore's retry handlers"
    missing "programs with boto3"
fi

if ! has_policy_judge; then
    missing "IAM policy simulator"
elif step "build keystorm" cargo build --locked --release; then
    judge=(node scripts/judge_policy.mjs "$(target_folder)/release/keystorm" "$policy_judge")
    step "iam-simulate: the judge notices turned answers" "${judge[@]}" --faults
    step "iam-simulate says the same of generated policies, or it is explained" "${judge[@]}"
fi

# Job files of sweeps against what their engines say of themselves.
templates() {
    "$judges_python" scripts/judge_templates.py "$@" "$(target_folder)/release/keystorm" \
        "$steps_folder/sweeps"
}

if ! has_python_judges; then
    missing "job files of sweeps"
elif step "build keystorm for sweeps" cargo build --locked --release; then
    has parallel || missing "GNU parallel"
    step "Kubernetes, AWS Batch: the judge finds faults in faulty job files" templates --faults
    if step "Kubernetes, AWS Batch, HyperQueue, GNU parallel take job files of sweeps" templates &&
        has chromium; then
        step "Chromium: a sweep's report loads cleanly, fits, prints" \
            python3 scripts/judge_page.py "$steps_folder/sweeps/one/report.html" \
            ${axe[@]+"${axe[@]}"}
    fi
fi

if ! has_slurm; then
    missing "Slurm"
elif ((EUID != 0)); then
    not_run "Slurm" "only root can start one"
elif step "build keystorm for Slurm" cargo build --locked --release; then
    step "Slurm runs a sweep, one task is killed and submitted again, and bytes are the same" \
        timeout --kill-after=20 180 scripts/judge_slurm.sh "$(target_folder)/release/keystorm"
fi

# fuzz TARGET: for a bounded time, from nothing.
fuzz() {
    cp Cargo.lock envelope/fuzz/ && mkdir "$steps_folder/$1" &&
        cargo +nightly fuzz run --fuzz-dir envelope/fuzz --target-dir "$(target_folder)/fuzz" \
            "$1" "$steps_folder/$1" -- -max_total_time=20 -max_len=4096 2>&1 |
        sed 's/^Done \([0-9]*\) runs.*/step-note: \1 runs/'
}

if ! has_nightly; then
    not_run "fuzz targets" "no nightly toolchain"
elif ! has cargo-fuzz; then
    missing "fuzz targets"
else
    for target in chunked client keys; do
        step "fuzz target $target" fuzz "$target"
    done
fi
finish
