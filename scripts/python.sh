# Sourced by the scripts beside it, after steps.sh: the Python packages that judge us.
#
# They live in environments of their own, which nothing else sees: those of judges.txt, and in
# another one those of judges-old.txt, an older boto3 with older retry rules.
judges_python="$(target_folder)/judges/bin/python"
judges_old_python="$(target_folder)/judges/old/bin/python"

# has_packages PYTHON FILE: whether every package of a file is there in its version.
has_packages() {
    [[ -x $1 ]] && "$1" - "$2" <<'PYTHON'
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

has_python_judges() { has_packages "$judges_python" scripts/judges.txt; }
has_old_python_judges() { has_packages "$judges_old_python" scripts/judges-old.txt; }

# install_packages PYTHON FILE: into the environment of that Python, which is made.
install_packages() {
    python3 -m venv "${1%/bin/python}" && "$1" -m pip install --quiet --requirement "$2"
}

install_python_judges() { install_packages "$judges_python" scripts/judges.txt; }
install_old_python_judges() { install_packages "$judges_old_python" scripts/judges-old.txt; }
