# Sourced by the scripts beside it: runs named steps, times them, counts them.
#
# A step's output is shown only if it fails. `finish` prints the summary and exits.
steps_passed=0
steps_failed=()
steps_not_run=()
steps_folder=$(mktemp -d)
trap 'rm -rf "$steps_folder"' EXIT

# step NAME COMMAND...: one line with the result and the seconds it took.
step() {
    local name=$1 started=$SECONDS note
    shift
    if "$@" >"$steps_folder/log" 2>&1 </dev/null; then
        # A step may leave a remark, such as the number of tests.
        note=$(sed -n 's/^step-note: //p' "$steps_folder/log" | tail -n 1)
        printf 'ok      %4d s  %s%s\n' $((SECONDS - started)) "$name" "${note:+ ($note)}"
        steps_passed=$((steps_passed + 1))
    else
        printf 'FAILED  %4d s  %s\n' $((SECONDS - started)) "$name"
        grep -vE '( \.\.\. ok|^step-note: .*)$' "$steps_folder/log" | tail -n 200 | sed 's/^/    | /'
        steps_failed+=("$name")
        return 1
    fi
}

# not_run NAME REASON: counted and named, never shown as passed.
not_run() {
    printf 'not run         %s: %s\n' "$1" "$2"
    steps_not_run+=("$1: $2")
}

# finish: the summary; the exit code is 1 if any step failed.
finish() {
    local name skipped=""
    echo
    for name in "${steps_failed[@]}"; do
        echo "failed: $name"
    done
    if ((${#steps_not_run[@]} > 0)); then
        printf -v name '%s; ' "${steps_not_run[@]}"
        echo "not run: ${#steps_not_run[@]} (${name%; })"
        skipped=", ${#steps_not_run[@]} skipped"
    fi
    echo "$SECONDS seconds"
    echo "$steps_passed passed, ${#steps_failed[@]} failed$skipped"
    ((${#steps_failed[@]} == 0))
    exit
}

# target_folder: where cargo puts what it builds.
target_folder() {
    cargo metadata --format-version 1 --no-deps --offline |
        sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}
