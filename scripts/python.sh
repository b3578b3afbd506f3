# Sourced by the scripts beside it, after steps.sh: the Python packages that judge us.
#
# They live in an environment of their own, which nothing else sees.
judges_python="$(target_folder)/judges/bin/python"

# has_python_judges: whether every package of judges.txt is there in its version.
has_python_judges() {
    [[ -x $judges_python ]] && "$judges_python" - scripts/judges.txt <<'PYTHON'
import importlib.metadata, re, sys
for line in open(sys.argv[1]):
    if match := re.match(r"([\w-]+)(?:\[.*\])?==(\S+)", line):
        try:
            found = importlib.metadata.version(match[1])
        except importlib.metadata.PackageNotFoundError:
            found = None
        if found != match[2]:
            sys.exit(f"{match[1]}: {found} instead of {match[2]}")
PYTHON
}

install_python_judges() {
    python3 -m venv "$(target_folder)/judges" &&
        "$judges_python" -m pip install --quiet --requirement scripts/judges.txt
}
