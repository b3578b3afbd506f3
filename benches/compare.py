"""Runs the engine's works in turn on one core and compares: see scripts/bench-engine.sh."""

import argparse
import csv
import datetime
import os
import pathlib
import re
import statistics
import subprocess
import sys

# Events (customers, requests) of one run: half a second or so. Slow engines get a part of them.
WORKS = {
    "hold 60": 10_000_000,
    "hold 1000": 10_000_000,
    "hold 100000": 8_000_000,
    "hold 1000000": 8_000_000,
    "mm1": 4_000_000,
    "mm8": 4_000_000,
    "token": 4_000_000,
}
# Other increments than exponential, to be held against the smooth case of the same size.
SHAPES = ["skewed", "bursts", "equal", "swing"]
SHAPED = ["100000", "1000000"]
# With the runner's looks at progress and cancellation, to be held against the same work without.
WATCHED = ["hold 1000", "token"]
# The queues of the reference that may be its best, with the events in a bucket.
REFERENCE = {
    "hold 60": [("d4-rt", 0), ("ladder", 32)],
    "hold 1000": [("d4-rt", 0), ("ladder", 32)],
    "hold 100000": [("ladder", 256)],
    "hold 1000000": [("ladder", 256)],
    "mm1": [("d4", 0)],
    "mm8": [("d4", 0)],
    "token": [("d4-merge", 0), ("ladder", 32)],
}
# Other engines, with the part of a work that takes them about as long.
ENGINES = {"simcore": 8, "simrs": 8, "nexosim": 20, "simpy": 200}


class Programs:
    """Where the programs are, and how each is called."""

    def __init__(self, options):
        self.options = options

    def lines(self, quick):
        """(name of the line, work, command, environment) of every run of a round."""
        part = 4 if quick else 1
        for work, events in WORKS.items():
            events //= part
            yield from self.ours(work, events)
            yield from self.reference(work, events)
            yield from self.engines(work, events)
            if work.removeprefix("hold ") in SHAPED:
                size = work.split()[1]
                for shape in SHAPES:
                    name = f"hold-{shape} {size}"
                    yield "keystorm", name, self.call("engine", name, events), {}

    def call(self, program, work, events):
        return [f"{self.options.ours}/{program}", *work.split(), str(events)]

    def ours(self, work, events):
        yield "keystorm", work, self.call("engine", work, events), {}
        if work in WATCHED:
            watched = work.replace(work.split()[0], work.split()[0] + "-watched")
            yield "keystorm", watched, self.call("engine", watched, events), {}
        yield "floor", work, self.call("floor", work, events), {}

    def reference(self, work, events):
        program = pathlib.Path(f"{self.options.peers}/peer-reference")
        if not program.exists():
            return
        name, *size = work.split()
        for queue, target in REFERENCE[work]:
            command = [str(program), name, queue, *size, str(events)]
            yield f"reference {queue}", work, command, {"LADDER_TGT": str(target)}

    def engines(self, work, events):
        for engine, part in ENGINES.items():
            if engine == "simpy":
                command = [self.options.python, f"{self.options.python_peers}/simpy_b.py"]
                if "100000" in work:
                    continue
            else:
                command = [f"{self.options.peers}/peer-{engine}"]
            if all(pathlib.Path(path).exists() for path in command):
                yield engine, work, [*command, *work.split(), str(events // part)], {}


def run(command, core, environment):
    """The fields of the line that a program prints."""
    command = ["taskset", "--cpu-list", str(core), *command]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
        raise RuntimeError(reason[0])
    if "events=" not in done.stdout:
        raise RuntimeError("has no such work")
    return dict(re.findall(r"(\w+)=(\S+)", done.stdout))


def measure(options):
    """The rows of all rounds: each round runs every program once, one after the other."""
    rows, failed = [], {}
    rounds = 3 if options.quick else 7
    core = max(os.sched_getaffinity(0))
    for number in range(rounds):
        for name, work, command, environment in Programs(options).lines(options.quick):
            if (name, work) in failed:
                continue
            try:
                found = run(command, core, environment)
            except RuntimeError as error:
                failed[name, work] = str(error)
                continue
            rows.append(
                {
                    "round": number,
                    "program": name,
                    "work": work,
                    "events": found["events"],
                    "secs": found["secs"],
                    "ns": found["ns"],
                    "rss_kb": found["rss_kb"],
                }
            )
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return rows, [f"{name} {work}: {reason}" for (name, work), reason in failed.items()]


class Table:
    """The rows as medians, ranges and ratios."""

    def __init__(self, rows):
        self.times = {}
        self.memory = {}
        for row in rows:
            line = (row["work"], row["program"])
            self.times.setdefault(line, {})[row["round"]] = float(row["ns"])
            self.memory[line] = max(self.memory.get(line, 0), int(row["rss_kb"]))

    def median(self, line):
        return statistics.median(self.times[line].values())

    def best_reference(self, work):
        lines = [line for line in self.times if line[0] == work and "reference" in line[1]]
        return min(lines, key=self.median, default=None)

    def ratio(self, of, line):
        """Speed of `line` in that of `of`: median and range of the rounds' ratios."""
        if of is None or of not in self.times:
            return "–"
        rounds = self.times[of].keys() & self.times[line].keys()
        ratios = [self.times[of][number] / self.times[line][number] for number in rounds]
        return (
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})"
            if ratios
            else "–"
        )

    def lines(self):
        """The table in Markdown."""
        yield "| work | program | ns/event: median (range) | ÷ floor | ÷ best reference | MiB |"
        yield "|---|---|---|---|---|---|"
        for line, times in self.times.items():
            work, program = line
            values = times.values()
            span = f"{self.median(line):.1f} ({min(values):.1f}..{max(values):.1f})"
            yield (
                f"| {work} | {program} | {span} | {self.ratio((work, 'floor'), line)} "
                f"| {self.ratio(self.best_reference(work), line)} "
                f"| {self.memory[line] / 1024:.1f} |"
            )
        yield ""
        yield "| ours | against | speed ratio: median (range) |"
        yield "|---|---|---|"
        for work, against in self.pairs():
            ratio = self.ratio((against, "keystorm"), (work, "keystorm"))
            yield f"| {work} | {against} | {ratio} |"

    def pairs(self):
        for size in SHAPED:
            for shape in SHAPES:
                yield f"hold-{shape} {size}", f"hold {size}"
        for work in WATCHED:
            name = work.split()[0]
            yield work.replace(name, f"{name}-watched"), work


def output(command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def processor():
    """Name, family and model as Linux tells them."""
    told = pathlib.Path("/proc/cpuinfo").read_text()
    fields = dict(reversed(re.findall(r"^([a-z ]+?)\s*: (.*)$", told, re.MULTILINE)))
    return [fields.get(name, "unknown") for name in ["model name", "cpu family", "model"]]


def write(rows, lines, options):
    name, family, model = processor()
    day = datetime.date.today().isoformat()
    folder = pathlib.Path("benches/runs") / f"{day}-{re.sub('[^a-z0-9]+', '-', name.lower())}"
    commit = output(["git", "rev-parse", "--short", "HEAD"])
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "engine.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    head = [
        "# The engine's speed",
        "",
        f"`scripts/bench-engine.sh` on {day}: {name}, family {family}, model {model}, one core of",
        f"{os.cpu_count()}; {output(['rustc', '--version'])}; commit {commit}. The machine's load at",
        f"the end: {os.getloadavg()[0]:.1f} processes. `engine.csv` has every run.",
        "",
        "Each round runs every program once. A ratio is a speed in that of the floor, or of the",
        "reference's best queue for that work: the median of the rounds' ratios, which hold even",
        "when the machine's speed drifts, and their range. Ratios of different works or machines",
        "say nothing about each other.",
        "",
    ]
    (folder / "engine.md").write_text("\n".join([*head, *lines, ""]))
    print(f"written to {folder}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--not-run", action="append", default=[])
    for folder in ["--ours", "--peers", "--python", "--python-peers"]:
        parser.add_argument(folder, required=True)
    options = parser.parse_args()
    rows, failed = measure(options)
    lines = list(Table(rows).lines())
    not_run = options.not_run + failed
    lines += ["", *(f"not run: {reason}" for reason in not_run)] if not_run else []
    print("\n".join(lines))
    if not options.quick:
        write(rows, lines, options)


main()
