"""Holds keystorm's clients against real programs with boto3 on the loopback.

usage: judge_boto3.py KEYSTORM PYTHON_2_0 PYTHON_2_1 [--cells N,N...]

KEYSTORM is the program; the two Pythons have botocore of rule set 2.0 and 2.1. In each cell a
program with boto3 makes calls from several threads against a server that enforces a quota, three
times, and keystorm runs the scenario that describes the same thing, 200 times. The mean of what was
measured must lie inside keystorm's 99.9 % prediction interval, widened by 3 % on attempts per
success, 5 % on completion time and one percentage point on failed calls. A cell whose interval is
wider than that gets more calls, up to runs of 30 s. Cells that lie outside are measured once more,
one at a time, and only that counts: four programs at a time can slow each other down. To see that
the judge can find fault, each cell is also held against scenarios that are wrong: with another retry
mode, and with more quota.

A machine that is busy with other things slows the programs down. While the cells run, a thread
sleeps for 10 ms again and again; if it wakes late too often, the judge finds nothing, and the exit
code is 12.
"""

import concurrent.futures
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
REPEATS, REPLICATIONS, AT_A_TIME = 3, 200, 4
# Of Student's t with 199 degrees of freedom, two-sided 99.9 %.
T = 3.340
# By how much the mean may lie outside the interval: a share of the prediction, or absolute.
WIDER = {"attempts": (0.03, 0), "completion": (0.05, 0), "failed": (0, 0.01)}
# Averages of the relative errors over the grid stay below these.
ERROR_MAX = {"attempts": 0.03, "completion": 0.05}
# Longest that a run may take for narrow intervals [s].
COMPLETION_MAX = 30
# A hundredth of the naps may end later than this [s].
LATE_MAX = 0.01

# mode, rule set, operation, threads, quota [1/s], burst (None: fixed window), latency [s], one client
# for all threads, attempts at most (None: the mode's own number), calls of each thread
CELLS = [
    ("legacy", "2.0", "generate-data-key", 5, 20, 20, 0.05, True, 3, 100),
    ("legacy", "2.0", "put", 20, 50, 50, 0.1, True, 3, 60),
    ("legacy", "2.0", "head", 10, 40, None, 0.05, True, 3, 100),
    ("legacy", "2.1", "decrypt", 40, 100, None, 0.2, True, 4, 70),
    ("standard", "2.0", "generate-data-key", 10, 50, None, 0.1, True, None, 130),
    ("standard", "2.0", "encrypt", 40, 100, 50, 0.2, True, None, 65),
    ("standard", "2.0", "put", 20, 100, None, 0.1, True, None, 130),
    ("standard", "2.0", "head", 20, 60, 30, 0.2, True, 2, 75),
    ("standard", "2.0", "decrypt", 20, 50, None, 0.2, False, None, 65),
    ("standard", "2.1", "generate-data-key", 10, 50, 25, 0.1, True, None, 130),
    ("standard", "2.1", "decrypt", 40, 150, None, 0.2, True, None, 75),
    ("standard", "2.1", "put", 20, 60, None, 0.2, True, 2, 75),
    ("standard", "2.1", "head", 20, 70, None, 0.2, True, None, 100),
    ("standard", "2.1", "head", 10, 40, 20, 0.1, False, None, 120),
    ("standard", "2.1", "encrypt", 40, 100, None, 0.2, False, None, 65),
    ("adaptive", "2.0", "generate-data-key", 10, 20, 10, 0.1, True, None, 30),
    ("adaptive", "2.0", "put", 20, 60, 30, 0.1, True, None, 40),
    ("adaptive", "2.1", "decrypt", 40, 150, 150, 0.2, True, None, 40),
    ("adaptive", "2.1", "head", 10, 50, 50, 0.1, False, None, 120),
    ("adaptive", "2.1", "generate-data-key", 5, 10, 10, 0.05, False, None, 60),
]
OTHER_MODE = {"legacy": "standard", "standard": "legacy", "adaptive": "standard"}


def measure(python, operation, mode, threads, calls, shared, attempts, quota, burst, latency):
    """What a program with boto3 measures, and what the server counts."""
    server = subprocess.Popen(
        [
            sys.executable,
            HERE / "quota_server.py",
            json.dumps({"quota": quota, "burst": burst, "latency": latency}),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        settings = {
            "port": int(server.stdout.readline()),
            "operation": operation,
            "mode": mode,
            "attempts": attempts,
            "threads": threads,
            "calls": calls,
            "shared": shared,
        }
        client = subprocess.run(
            [python, HERE / "quota_client.py", json.dumps(settings)],
            capture_output=True,
            text=True,
            timeout=180,
        )
        if client.returncode:
            raise RuntimeError(client.stderr)
        counted, _ = server.communicate(timeout=30)
    finally:
        server.kill()
    measured = json.loads(client.stdout)
    seen = json.loads(counted)
    made = sum(attempts for _, _, attempts in measured["calls"])
    if seen["counted"] != made:
        raise RuntimeError(f"boto3 says {made} attempts, the server saw {seen['counted']}")
    return measured | seen


class Naps:
    """How late a thread wakes that sleeps for 10 ms: what other work on the machine does to it."""

    def __init__(self):
        self.late, self.over = [], threading.Event()
        self.thread = threading.Thread(target=self.nap)

    def nap(self):
        while not self.over.is_set():
            began = time.perf_counter()
            time.sleep(0.01)
            self.late.append(time.perf_counter() - began - 0.01)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def summed_up(run):
    """The figures of one measured run."""
    calls = run["calls"]
    ok = [latency for latency, well, _ in calls if well]
    return {
        "attempts": run["counted"] / len(ok),
        "completion": run["completion"],
        "failed": 1 - len(ok) / len(calls),
        "throttled": run["refused"] / run["counted"],
        "goodput": len(ok) / run["completion"],
        "p50": quantile(ok, 0.5),
        "p99": quantile(ok, 0.99),
    }


def scenario(cell, calls, overhead, beside, mode=None, share=1):
    """The scenario that describes a cell. `overhead` is core time of an attempt, `beside` what an
    answer takes beyond the server's latency [s]. Another mode or a share of the quota make it
    wrong."""
    as_measured, rule_set, operation, threads, quota, burst, latency, shared, attempts, _ = cell
    mode = mode or as_measured
    version = "" if mode == "legacy" else f', rule-set = "{rule_set}"'
    most = f", attempts-max = {attempts}" if attempts else ""
    limiter = '"fixed-window"' if burst is None else f"{{ token-bucket = {{ burst = {burst} }} }}"
    takes = f"{round((latency + beside) * 1e6)} us"
    direct = operation not in ("put", "head")
    return f"""schema = 1
name = "boto3 on the loopback"
run = {{ start = "2026-11-26T00:00:00Z", measure = "1 h", replications = {REPLICATIONS} }}
account.region = "us-east-1"
bucket.encryption = "sse-kms"
[kms]
request-quota = "{round(quota * share)}/s"
limiter = {limiter}
window-phase = "drawn"
latency.constant = "{takes if direct else "0 s"}"
refusal-latency = "{takes if direct else "0 s"}"
[s3]
get-first-byte.constant = "{takes}"
put-first-byte.constant = "{takes}"
refusal-latency = "{takes}"
[clients]
retry.{mode} = {{ sdk = "botocore"{version}{most} }}
client-per = "{"instance" if shared else "worker"}"
clock-phase = "drawn"
checksum-mode = true
round-trip = "0 s"
keep-alive = "1 h"
cores = 1
overhead = "{round(overhead * 1e6)} us"
[fleets.program]
concurrency = {threads}
arrivals.closed = {{ think-time = "0 s", calls = {calls} }}
operations.{operation} = 1
size.fixed = "0 B"
"""


def predict(keystorm, text, folder):
    """What keystorm says: of each figure the mean and the half width of the interval in which the
    mean of three runs lies with 99.9 %."""
    path = folder / "cell.toml"
    path.write_text(text)
    subprocess.run(
        [keystorm, "run", path, "--output", folder / "out", "--quiet", "--force"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    record = json.loads((folder / "out" / "record.json").read_text())
    variant = record["variants"][0]
    operation = variant["classes"][0]["operation"]
    found = {name: [] for name in ("attempts", "completion", "failed", "throttled", "goodput")}
    for replication in variant["replications"]:
        counts = replication["classes"][0]
        made, ok, attempts = (int(counts[it]) for it in ("requests", "ok", "attempts"))
        seconds = int(replication["completion-ns"]) / 1e9
        found["attempts"].append(attempts / ok)
        found["completion"].append(seconds)
        found["failed"].append(1 - ok / made)
        found["throttled"].append(int(counts["attempts-throttled-kms"]) / attempts)
        found["goodput"].append(ok / seconds)
    for name in ("p50", "p99"):
        found[name] = variant["metrics"][f"{operation}.latency.{name}"]["values"]
    spread = T * math.sqrt(1 / REPEATS + 1 / REPLICATIONS)
    return {
        name: (statistics.fmean(values), spread * statistics.stdev(values))
        for name, values in found.items()
    }


def allowance(name, mean):
    share, absolute = WIDER[name]
    return share * mean + absolute


def outside(predicted, measured):
    """Figures whose measured mean lies outside of the widened interval."""
    wrong = []
    for name in WIDER:
        mean, half = predicted[name]
        if abs(measured[name] - mean) > half + allowance(name, mean):
            wrong.append(name)
    return wrong


class Judge:
    def __init__(self, keystorm, pythons, folder):
        self.keystorm, self.pythons, self.folder = keystorm, pythons, folder
        self.overheads = {}

    def calibrate(self, job):
        """Core time of an attempt and time beside the server's latency, of a quiet program."""
        rule_set, operation = job
        run = measure(
            self.pythons[rule_set], operation, "standard", 1, 100, True, None, 10_000, None, 0.05
        )
        core = run["cpu"] / run["counted"]
        latency = statistics.fmean(latency for latency, _, _ in run["calls"])
        self.overheads[job] = (core, max(0, latency - 0.05 - core))

    def described(self, number, cell):
        """A cell's prediction, with so many calls that its interval is narrow enough."""
        overhead = self.overheads[(cell[1], cell[2])]
        folder = self.folder / str(number)
        folder.mkdir()
        calls = cell[-1]
        while True:
            text = scenario(cell, calls, *overhead)
            predicted = predict(self.keystorm, text, folder)
            wide = [
                name
                for name in WIDER
                if predicted[name][1] > allowance(name, predicted[name][0])
            ]
            if not wide or 1.3 * predicted["completion"][0] > COMPLETION_MAX:
                break
            calls = round(1.3 * calls)
        wrong = [
            scenario(cell, calls, *overhead, mode=OTHER_MODE[cell[0]]),
            scenario(cell, calls, *overhead, share=1.2),
        ]
        return calls, predicted, [predict(self.keystorm, it, folder) for it in wrong], wide

    def run(self, job):
        number, cell, calls = job
        mode, rule_set, operation, threads, quota, burst, latency, shared, attempts, _ = cell
        run = measure(
            self.pythons[rule_set],
            operation,
            mode,
            threads,
            calls,
            shared,
            attempts,
            quota,
            burst,
            latency,
        )
        return number, summed_up(run)


def main():
    keystorm, python_2_0, python_2_1, *rest = sys.argv[1:]
    numbers = list(range(len(CELLS)))
    if rest[:1] == ["--cells"]:
        numbers = [int(it) for it in rest[1].split(",")]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(keystorm, {"2.0": python_2_0, "2.1": python_2_1}, pathlib.Path(folder))
        kinds = sorted({(CELLS[number][1], CELLS[number][2]) for number in numbers})
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(judge.calibrate, kinds))
            described = {number: judge.described(number, CELLS[number]) for number in numbers}
            jobs = [
                (number, CELLS[number], described[number][0])
                for _ in range(REPEATS)
                for number in numbers
            ]
            runs = {number: [] for number in numbers}
            with Naps() as naps:
                for number, figures in pool.map(judge.run, jobs):
                    runs[number].append(figures)
                for number in numbers:
                    if outside(described[number][1], mean_of(runs[number])):
                        job = (number, CELLS[number], described[number][0])
                        runs[number] = [judge.run(job)[1] for _ in range(REPEATS)]
    failed = report(judge, numbers, described, runs)
    late = quantile(naps.late, 0.99)
    print(f"{time.monotonic() - started:.0f} s; a hundredth of the naps was {late * 1e3:.1f} ms late")
    if failed and late > LATE_MAX:
        print("step-note: the machine is too busy to tell")
        sys.exit(12)
    sys.exit(1 if failed else 0)


def mean_of(runs):
    """The mean of each figure over the measured runs."""
    return {name: statistics.fmean(run[name] for run in runs) for name in runs[0]}


def report(judge, numbers, described, runs):
    """Prints both sides; returns what is wrong."""
    wrong, noticed, errors = [], [0, 0], {name: [] for name in ERROR_MAX}
    for kind, (core, beside) in sorted(judge.overheads.items()):
        print(
            f"boto3 of rule set {kind[0]}, {kind[1]}: {core * 1e3:.2f} ms of a core and "
            f"{beside * 1e3:.2f} ms beside, an attempt"
        )
    for number in numbers:
        mode, rule_set, operation, threads, quota, burst, latency, shared, attempts, _ = CELLS[number]
        calls, predicted, others, wide = described[number]
        measured = mean_of(runs[number])
        found = outside(predicted, measured)
        noticed = [
            count + bool(outside(other, measured)) for count, other in zip(noticed, others)
        ]
        limiter = "window" if burst is None else f"burst {burst}"
        print(
            f"\n{number:2} {mode} {rule_set} {operation}, {threads} threads x {calls} calls, "
            f"{'one client' if shared else 'a client each'}, {quota}/s ({limiter}), "
            f"{latency * 1e3:.0f} ms: {'OUTSIDE: ' + ', '.join(found) if found else 'ok'}"
            + (f" (interval stays wide: {', '.join(wide)})" if wide else "")
        )
        for name, (mean, half) in predicted.items():
            value = measured[name]
            error = f"{value / mean - 1:+7.1%}" if mean else "       "
            each = " ".join(f"{run[name]:.4g}" for run in runs[number])
            print(
                f"   {name:10} boto3 {value:9.4f}  keystorm {mean:9.4f} ±{half:.4f} {error}  [{each}]"
            )
            if name in errors:
                errors[name].append(abs(value / mean - 1))
        if found:
            wrong.append(f"cell {number}: {', '.join(found)}")
    print()
    for name, values in errors.items():
        average = statistics.fmean(values)
        print(f"average relative error of {name}: {average:.2%} (below {ERROR_MAX[name]:.0%})")
        if average >= ERROR_MAX[name]:
            wrong.append(f"average error of {name}")
    print(
        f"of {len(numbers)} scenarios with another retry mode {noticed[0]} are noticed, of those "
        f"with a fifth more quota {noticed[1]}"
    )
    if noticed[1] < 0.75 * len(numbers):
        wrong.append("the judge notices too little")
    for it in wrong:
        print(f"wrong: {it}")
    print(f"step-note: {len(numbers)} cells")
    return wrong


if __name__ == "__main__":
    main()
