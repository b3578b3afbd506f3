#!/usr/bin/env python3
"""Reads what `keystorm run` writes for programs with the programs that people read it with.

usage: judge_tables.py KEYSTORM FOLDER             judge what a run wrote into that folder
       judge_tables.py --faults KEYSTORM FOLDER    put one fault each into it: all must be found

pandas and polars read the tables without being told anything about them: every column must have
the type of what it holds, and values and sums must be those of the record. The record must be as
`keystorm schema record` says (jsonschema), and every line of JSON must be a row of summary.csv.
HdrHistogram's Python package reads the interval log; its percentiles, and those in the files for
plotters, must be those of the record's own histograms. Needs the packages of judges.txt.
"""
import base64
import copy
import io
import json
import math
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

import jsonschema
import pandas
import polars
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

TEXTS = ("scenario", "variant", "class", "metric", "unit")
NUMBERS = ("value", "low", "high")
UNITS = {"share": "share", "seconds": "s", "per-second": "1/s", "bytes-per-second": "B/s",
         "count": "1", "usd": "USD", "core-hours": "core-h"}
PERCENTILES = (50, 90, 99, 99.9, 100)
CLOSE = 1e-9  # of a sum, relative


def close(one, other):
    return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)


def faults_of_types(readers, texts, numbers, whole):
    """What is wrong with the columns' types, for pandas and polars."""
    pd, pl = readers
    for column in texts:
        if not pandas.api.types.is_string_dtype(pd[column]):
            yield f"pandas reads {column} as {pd[column].dtype}"
        if pl[column].dtype != polars.String:
            yield f"polars reads {column} as {pl[column].dtype}"
        if pd[column].isna().any():
            yield f"pandas finds nothing in a cell of {column}"
    for column in numbers:
        if not pandas.api.types.is_numeric_dtype(pd[column]):
            yield f"pandas reads {column} as {pd[column].dtype}"
        if not pl[column].dtype.is_numeric():
            yield f"polars reads {column} as {pl[column].dtype}"
    for column in whole:
        if not pandas.api.types.is_integer_dtype(pd[column]):
            yield f"pandas reads {column} as {pd[column].dtype}"
        if not pl[column].dtype.is_integer():
            yield f"polars reads {column} as {pl[column].dtype}"


def readers(text):
    return pandas.read_csv(io.StringIO(text)), polars.read_csv(io.StringIO(text))


def judge_summary(text, record):
    """What is wrong with summary.csv."""
    pd, pl = readers(text)
    wanted = ["scenario", "variant", "class", "metric", "value", "unit", "low", "high",
              "replications"]
    if list(pd.columns) != wanted or pl.columns != wanted:
        yield f"the columns are {list(pd.columns)}"
        return
    if faults := [*faults_of_types((pd, pl), TEXTS, NUMBERS, ["replications"])]:
        yield from faults
        return
    metrics = [(variant["name"], name, metric) for variant in record["variants"]
               for name, metric in variant["metrics"].items()]
    if len(pd) != len(metrics) or len(pl) != len(metrics):
        yield f"pandas reads {len(pd)} rows, polars {len(pl)}; expected {len(metrics)}"
        return
    if pd.duplicated(["scenario", "variant", "metric"]).any():
        yield "a metric stands twice"
    for row, (variant, name, metric) in zip(pd.to_dict("records"), metrics):
        said = (row["scenario"], row["variant"], row["metric"], row["unit"])
        meant = (record["scenario"]["path"], variant, name, UNITS[metric["unit"]])
        if said != meant:
            yield f"{said} instead of {meant}"
        if not close(row["value"], metric["mean"]):
            yield f"{variant}: {name} is {row['value']} instead of {metric['mean']}"
        for column in ("low", "high"):
            end = metric[column]
            if not (math.isnan(row[column]) if end is None else close(row[column], end)):
                yield f"{variant}: {name}: {column} is {row[column]} instead of {end}"
        if row["replications"] != sum(value is not None for value in metric["values"]):
            yield f"{variant}: {name} is of {row['replications']} replications"
    for column in NUMBERS:
        ends = [metric["mean" if column == "value" else column] for _, _, metric in metrics]
        total = math.fsum(end for end in ends if end is not None)
        for name, found in (("pandas", pd[column].sum()), ("polars", pl[column].sum())):
            if not math.isclose(found, total, rel_tol=1e-6):
                yield f"{name} adds {column} up to {found} instead of {total}"


def judge_series(text, record):
    """What is wrong with series.csv."""
    pd, pl = readers(text)
    first = record["variants"][0]["series"]
    names = [name for name in first if name != "replications"]
    wanted = ["variant", "second", "time", *names]
    if list(pd.columns) != wanted or pl.columns != wanted:
        yield f"the columns are {list(pd.columns)}"
        return
    if faults := [*faults_of_types((pd, pl), ["variant", "time"], names, ["second"])]:
        yield from faults
        return
    if str(pandas.to_datetime(pd["time"]).dt.tz) != "UTC":
        yield "times are not in UTC"
    for variant in record["variants"]:
        series = variant["series"]
        mine = pd[pd["variant"] == variant["name"]]
        other = pl.filter(polars.col("variant") == variant["name"])
        if len(mine) != len(series["requests"]) or list(mine["second"]) != list(range(len(mine))):
            yield f"{variant['name']} has {len(mine)} seconds"
        for name in names:
            total = sum(map(int, series[name])) / series["replications"]
            if not close(mine[name].sum(), total) or not close(other[name].sum(), total):
                yield f"{variant['name']}: {name} adds up to {mine[name].sum()}, not {total}"


def judge_lines(text, summary):
    """What is wrong with the lines of JSON, which are the rows of summary.csv."""
    pd, pl = pandas.read_json(io.StringIO(text), lines=True), polars.read_ndjson(text.encode())
    rows = polars.read_csv(io.StringIO(summary))
    if list(pd.columns) != rows.columns or pl.columns != rows.columns:
        yield f"the keys are {pl.columns}"
    elif not pl.equals(rows.cast(pl.schema, strict=False)) or len(pd) != len(rows):
        yield "the lines of JSON are not the rows of summary.csv"


def own_histogram(classes, operation):
    """The record's histogram of an operation over fleets."""
    found = HdrHistogram(1, 3_600_000_000_000, 3)
    for it in classes:
        if it["operation"] == operation:
            # V2, not compressed, as the package reads it: a compressed one in its own frame.
            raw = base64.b64decode(it["latency"])
            found.add(plain_histogram(raw))
    return found


def plain_histogram(raw):
    """Reads HdrHistogram's V2 format by its description, to owe nothing to the log's reader."""
    cookie, length, _, digits, low, high, _ = struct.unpack(">iiiiqqd", raw[:40])
    assert cookie & ~0xF0 == 0x1C849303, hex(cookie)
    found = HdrHistogram(low, max(high, 2 * low), digits)
    index, at = 0, 40
    while at < 40 + length:
        value, shift = 0, 0
        for count in range(9):
            byte = raw[at]
            at += 1
            if count == 8:
                value |= byte << 56
                break
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        value = (value >> 1) ^ -(value & 1)
        if value < 0:
            index -= value
        else:
            if value:
                found.record_value(found.get_value_from_index(index), value)
            index += 1
    return found


def judge_log(path, record):
    """What is wrong with the interval log."""
    reader = HistogramLogReader(str(path), HdrHistogram(1, 3_600_000_000_000, 3))
    found = {}
    while histogram := reader.get_next_interval_histogram():
        found[histogram.get_tag()] = histogram
    wanted = {}
    for variant in record["variants"]:
        word = "-".join(re.findall(r"[A-Za-z0-9_.]+", variant["name"]))
        for operation in {it["operation"] for it in variant["classes"]}:
            own = own_histogram(variant["classes"], operation)
            if own.get_total_count():
                wanted[f"{word}:{operation}"] = own
    if found.keys() != wanted.keys():
        yield f"the tags are {sorted(found)} instead of {sorted(wanted)}"
        return
    for tag, own in wanted.items():
        read = found[tag]
        if read.get_total_count() != own.get_total_count():
            yield f"{tag}: {read.get_total_count()} values instead of {own.get_total_count()}"
        for percentile in PERCENTILES:
            ends = [it.get_value_at_percentile(percentile) for it in (read, own)]
            if ends[0] != ends[1]:
                yield f"{tag}: p{percentile} is {ends[0]} ns instead of {ends[1]} ns"
        start = record["scenario"]["start"]
        seconds = pandas.Timestamp(start).timestamp() + record["window"]["warm-up-ns"] / 1e9
        if not close(read.get_start_time_stamp() / 1e3, seconds):
            yield f"{tag} begins at {read.get_start_time_stamp()} ms"


def judge_percentiles(folder, record):
    """What is wrong with the percentiles that plotters read, a file per variant and operation."""
    files = sorted(folder.glob("*.hgrm"))
    wanted = 0
    for variant in record["variants"]:
        word = "-".join(re.findall(r"[A-Za-z0-9_.]+", variant["name"]))
        for operation in {it["operation"] for it in variant["classes"]}:
            own = own_histogram(variant["classes"], operation)
            if not own.get_total_count():
                continue
            wanted += 1
            name = f"p.{word}.{operation}.hgrm"
            found = [it for it in files if it.name in (name, "p.hgrm")]
            if not found:
                yield f"there is no {name}"
                continue
            rows = [line.split() for line in found[0].read_text().splitlines()[2:]
                    if not line.startswith("#")]
            # By counts: programs differ in how they round a percentile to one.
            at = {it.total_count_to_this_value: it.value_iterated_to / 1e6
                  for it in own.get_recorded_iterator()}
            for value, share, count, *_ in rows:
                ms = at.get(int(count))
                # Three digits of the value, three decimals of the text.
                if ms is None or not math.isclose(float(value), ms, rel_tol=2e-3, abs_tol=1e-3):
                    yield f"{name}: {count} values are up to {value} ms instead of {ms} ms"
                if float(share) * own.get_total_count() > int(count) + 0.5:
                    yield f"{name}: {count} values are less than the share {share}"
            if int(rows[-1][2]) != own.get_total_count():
                yield f"{name} has {rows[-1][2]} values instead of {own.get_total_count()}"
    if len(files) != wanted:
        yield f"there are {len(files)} files instead of {wanted}"


def judge_schema(record, schema):
    """What is wrong with the record by its schema."""
    jsonschema.Draft202012Validator.check_schema(schema)
    for error in jsonschema.Draft202012Validator(schema).iter_errors(record):
        yield f"{error.json_path}: {error.message[:200]}"


class Outputs:
    """What a run wrote, and what can be drawn from its record."""

    def __init__(self, keystorm, folder, plots):
        path = pathlib.Path(folder)
        self.keystorm, self.folder = keystorm, path
        self.record = json.loads((path / "record.json").read_text())
        self.summary = (path / "summary.csv").read_text()
        self.series = (path / "series.csv").read_text()
        self.schema = json.loads(self.print("schema", "record"))
        self.lines = self.print("report", path / "record.json", "--format", "ndjson")
        self.plots = plots
        self.print("report", path / "record.json", "--format", "hgrm", "-o", plots / "p.hgrm")
        self.log = self.print("report", path / "record.json", "--format", "hlog")

    def print(self, *arguments):
        done = subprocess.run([self.keystorm, *map(str, arguments)], check=True,
                              capture_output=True, text=True)
        return done.stdout

    def faults(self):
        """Every fault as (where, what)."""
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "latency.hlog"
            log.write_text(self.log)
            judges = [
                ("record.json", judge_schema(self.record, self.schema)),
                ("summary.csv", judge_summary(self.summary, self.record)),
                ("series.csv", judge_series(self.series, self.record)),
                ("ndjson", judge_lines(self.lines, self.summary)),
                ("hlog", judge_log(log, self.record)),
                ("hgrm", judge_percentiles(self.plots, self.record)),
            ]
            return [(where, what) for where, judge in judges for what in judge]


def turned(outputs, change):
    """The outputs with one of them changed."""
    other = copy.copy(outputs)
    other.record = copy.deepcopy(outputs.record)
    change(other)
    return other


def judge_faults(outputs):
    """Names of the made-up faults that are not found."""
    def dropped(text):
        return "".join(text.splitlines(keepends=True)[:-1])

    def spoilt(text, column, cell):
        lines = text.splitlines(keepends=True)
        cells = lines[1].rstrip("\n").split(",")
        cells[column] = cell
        return "".join([lines[0], ",".join(cells) + "\n", *lines[2:]])

    def metric(it):
        name = next(iter(it.record["variants"][0]["metrics"]))
        return it.record["variants"][0]["metrics"][name]

    changes = {
        "a word among the values": lambda it: vars(it).update(
            summary=spoilt(it.summary, 4, "much")),
        "a row less": lambda it: vars(it).update(summary=dropped(it.summary)),
        "another mean": lambda it: metric(it).update(mean=metric(it)["mean"] + 1),
        "a fraction of a second": lambda it: vars(it).update(
            series=spoilt(it.series, 1, "0.5")),
        "a second less": lambda it: vars(it).update(series=dropped(it.series)),
        "a line less": lambda it: vars(it).update(lines=dropped(it.lines)),
        "an interval less": lambda it: vars(it).update(log=dropped(it.log)),
        "another histogram": lambda it: it.record["variants"][0]["classes"][0].update(
            latency=it.record["variants"][-1]["classes"][0]["latency"]),
        "a field of another type": lambda it: it.record.update(status=1),
        "a field less": lambda it: it.record.pop("command"),
        # Last: the file stays away.
        "a file of percentiles less": lambda it: next(it.plots.glob("*.hgrm")).unlink(),
    }
    print(f"step-note: {len(changes)} faults")
    return [name for name, change in changes.items() if not turned(outputs, change).faults()]


def main():
    if len(sys.argv) != 4 and len(sys.argv) != 3:
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory() as plots:
        judge(Outputs(*sys.argv[-2:], pathlib.Path(plots)))


def judge(outputs):
    """Judges what was written, or the judge itself; does not return."""
    if sys.argv[1] == "--faults":
        missed = judge_faults(outputs)
        for name in missed:
            print(f"not noticed: {name}")
        raise SystemExit(1 if missed else 0)
    faults = outputs.faults()
    for where, what in faults[:20]:
        print(f"{where}: {what}")
    print(f"step-note: {outputs.summary.count(chr(10)) - 1} figures, "
          f"{outputs.series.count(chr(10)) - 1} seconds")
    raise SystemExit(1 if faults else 0)


main()
