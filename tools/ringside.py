#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads the JSON documents of ringside: trials, intervals and histograms as rows.

One file that needs Python's standard library alone: copy it beside a notebook. Rows are lists of
dicts; Document.frame() makes them a pandas DataFrame where pandas is installed. Times are in
nanoseconds unless a name says otherwise, and figures have the names of `ringside help metrics`.

An example, after

    ringside run --name=a --ioengine=null --rw=randrw --bs=4k --size=4m --json=run.json

>>> run = load("run.json")
>>> run.kind, run.tables
('result', ('jobs', 'intervals', 'histograms'))

Each I/O is in one interval, so that intervals add up to the job:

>>> sum(row["ios"] for row in run.intervals())
1024
>>> sum(row["bytes"] for row in run.jobs())
4194304

Histograms merge without loss, and their percentiles are those that ringside prints:

>>> reads = run.histogram(job="a", direction="read")
>>> printed = run.data["jobs"][0]["read"]["lat_ns"]["percentiles"]
>>> all(reads.percentile(float(percent)) == latency for percent, latency in printed.items())
True
>>> parts = run.latencies(direction="read", of="intervals")
>>> merge(part["histogram"] for part in parts) == reads
True
>>> both = reads + run.histogram(direction="write")
>>> both.count
1024

A comparison has trials, and several files can be one table:

    trials = [row for path in paths for row in load(path).trials() if row["counts"]]
    load("compare.json").frame("trials").groupby("contender")["iops"].median()

The command line prints a table as CSV, or as lines of JSON:

    tools/ringside.py rows run.json --what=intervals > intervals.csv
"""
import argparse
import csv
import json
import math
import os
import sys

# What this file reads. A document of another version is refused: its keys may mean other things.
VERSIONS = {
    "result": 1, "interval": 1, "comparison": 1, "curve": 1, "check": 1, "baseline": 1,
    "history": 1, "probe": 1, "prepare": 1, "verify": 1, "lint": 1, "claims": 1,
}
DATA_DIRECTIONS = ("read", "write", "trim")
DIRECTIONS = DATA_DIRECTIONS + ("sync",)

GEOMETRY = "hdr/1ns/2digits"
STEP_BITS = 7  # 128 buckets an octave, above 256 buckets of one value each
VALUE_BITS = 40
BUCKETS = (VALUE_BITS - STEP_BITS + 1) << STEP_BITS


# What reading a document of another shape ends with.
DAMAGES = (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError,
           RecursionError)
EXIT_BAD_REQUEST, EXIT_NOT_WRITTEN = 2, 5  # ringside's


class RingsideError(ValueError):
    """A document that cannot be read, or that lacks what was asked for. The text says why."""


def bucket_of(value):
    """The index of the bucket that counts a value."""
    value = min(value, (1 << VALUE_BITS) - 1)
    shift = (value | 255).bit_length() - 8
    return (shift << STEP_BITS) + (value >> shift)


def bucket_lowest(index):
    octave, step = index >> STEP_BITS, index & ((1 << STEP_BITS) - 1)
    return index if octave == 0 else (step + (1 << STEP_BITS)) << (octave - 1)


def bucket_highest(index):
    return bucket_lowest(index + 1) - 1


class Histogram:
    """Latencies in the buckets of ringside: exact count, min, max and sums beside them."""

    def __init__(self):
        self.count = 0
        self.min = self.max = 0
        self.sum = self.sum_of_squares = 0
        self.counts = {}  # by the index of the bucket; none is 0

    @classmethod
    def of(cls, latency):
        """Of a latency of a document, such as "lat_ns" of a direction or of an interval."""
        histogram = cls()
        if "histogram" in latency:
            geometry = latency["histogram"]["geometry"]
            if geometry != GEOMETRY:
                raise RingsideError(f"buckets of another geometry, {geometry}: this is {GEOMETRY}")
            pairs = latency["histogram"]["counts"]
        elif "counts" in latency:
            pairs = latency["counts"]
        else:
            raise RingsideError("no buckets were kept of this latency, only its count and sums")
        histogram.count = latency["count"]
        if histogram.count > 0:
            histogram.min, histogram.max = latency["min"], latency["max"]
        histogram.sum = latency["sum"]
        histogram.sum_of_squares = latency["sum_of_squares"]
        histogram.counts = {index: count for index, count in pairs}
        histogram._check(len(pairs))
        return histogram

    def _check(self, pair_count):
        whole = [self.count, self.min, self.max, *self.counts, *self.counts.values()]
        if not all(isinstance(number, int) and number >= 0 for number in whole):
            raise RingsideError("a histogram has counts or latencies that are no whole numbers")
        if not all(isinstance(number, (int, float)) for number in
                   (self.sum, self.sum_of_squares)):
            raise RingsideError("the sums of a histogram are no numbers")
        indexes = sorted(self.counts)
        if len(indexes) != pair_count or sum(self.counts.values()) != self.count:
            raise RingsideError("the buckets of a histogram do not add up to its count")
        if indexes and (indexes[0] != bucket_of(self.min) or indexes[-1] != bucket_of(self.max)):
            raise RingsideError("the buckets of a histogram do not reach from its min to its max")

    def record(self, value, count=1):
        """Adds `count` I/Os of this latency, in whole nanoseconds."""
        self.min = value if self.count == 0 else min(self.min, value)
        self.max = max(self.max, value)
        self.count += count
        self.sum += value * count
        self.sum_of_squares += value * value * count
        index = bucket_of(value)
        self.counts[index] = self.counts.get(index, 0) + count

    def add(self, other):
        """Adds all of another one to this one, without loss."""
        if other.count == 0:
            return
        self.min = other.min if self.count == 0 else min(self.min, other.min)
        self.max = max(self.max, other.max)
        self.count += other.count
        self.sum += other.sum
        self.sum_of_squares += other.sum_of_squares
        for index, count in other.counts.items():
            self.counts[index] = self.counts.get(index, 0) + count

    def __add__(self, other):
        return merge((self, other))

    def __eq__(self, other):
        """The same I/Os: count, min, max and buckets. Sums may differ by their rounding."""
        if not isinstance(other, Histogram):
            return NotImplemented
        return (self.count, self.min, self.max, self.counts) == (
            other.count, other.min, other.max, other.counts)

    __hash__ = None

    def __repr__(self):
        return f"<Histogram: {self.count} I/Os from {self.min} ns to {self.max} ns>"

    def percentile(self, percent):
        """The latency that `percent` % of the I/Os did not exceed, as ringside prints it: the
        highest value of its bucket, within min and max. None when it is empty."""
        if not 0 <= percent <= 100:
            raise ValueError(f"{percent} is no percentage")
        if self.count == 0:
            return None
        rank = self._rank(percent)
        cumulative = 0
        for index in sorted(self.counts):
            cumulative += self.counts[index]
            if cumulative >= rank:
                break
        if rank == 0:  # reached before any bucket, in the first of all
            index = 0
        if index == BUCKETS - 1:  # it counts all longer ones, too
            return self.max
        return min(max(bucket_highest(index), self.min), self.max)

    def _rank(self, percent):
        """How many I/Os are no longer: rounded up, but not where only rounding is above."""
        exact = percent * float(self.count) / 100
        rank = math.ceil(exact - exact * 2.0 ** -50)
        return rank if percent < 100 and rank < self.count else self.count

    @property
    def mean(self):
        return self.sum / self.count if self.count > 0 else None

    @property
    def stddev(self):
        """Of the population."""
        if self.count == 0:
            return None
        return math.sqrt(max(0.0, self.sum_of_squares / self.count - self.mean * self.mean))

    def buckets(self):
        """Rows of the buckets that are not empty, ascending."""
        rows, cumulative = [], 0
        for index in sorted(self.counts):
            cumulative += self.counts[index]
            rows.append({"bucket": index, "lowest_ns": bucket_lowest(index),
                         "highest_ns": bucket_highest(index), "count": self.counts[index],
                         "cumulative": cumulative})
        return rows


def merge(histograms):
    """All of them as one."""
    whole = Histogram()
    for histogram in histograms:
        whole.add(histogram)
    return whole


def find_latencies(node, path=""):
    """Latencies with buckets anywhere in a direction: "lat_ns", "clat_ns", "pace.lag_ns"."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from find_latencies(item, f"{path}.{number}")
    if not isinstance(node, dict):
        return
    if "histogram" in node:
        yield path, node
        return
    for key, item in node.items():
        yield from find_latencies(item, f"{path}.{key}" if path else key)


def latency_figures(latency):
    """The columns "lat.*" of a latency of a document."""
    figures = {"lat.min": latency["min"], "lat.mean": latency["mean"],
               "lat.stddev": latency["stddev"], "lat.max": latency["max"]}
    for percent, value in latency.get("percentiles", {}).items():
        figures[f"lat.p{percent}"] = value
    for key in ("p50", "p99", "p99_9"):
        if key in latency:
            figures["lat." + key.replace("_", ".")] = latency[key]
    return figures


def per_second(count, duration_ns):
    return count * 1e9 / duration_ns if duration_ns > 0 else None


class Document:
    """A document of ringside. `data` has all of it; the methods have rows of it."""

    def __init__(self, kind, data, path, lines=()):
        self.kind = kind
        self.data = data
        self.path = path
        self.lines = list(lines)  # of a file of lines: all but `data`

    def __repr__(self):
        return f"<Document: {self.kind} {self.path}, with {', '.join(self.tables)}>"

    @property
    def tables(self):
        """The names of its tables."""
        return tuple(TABLES[self.kind])

    def rows(self, table):
        """The rows of a table, as dicts that all have the same keys."""
        if table not in TABLES[self.kind]:
            raise RingsideError(f"{self.path}: a {self.kind} has no {table}, it has: "
                                + ", ".join(self.tables))
        try:
            rows = list(TABLES[self.kind][table](self))
        except RingsideError as problem:
            raise RingsideError(f"{self.path}: {problem}") from None
        except KeyError as problem:
            raise RingsideError(f"{self.path}: the {self.kind} is damaged: it lacks "
                                f"{problem}") from None
        except DAMAGES as problem:
            raise RingsideError(f"{self.path}: the {self.kind} is damaged: {problem}") from None
        return same_keys(rows)

    def frame(self, table):
        """The same as a pandas DataFrame."""
        return frame(self.rows(table))

    def jobs(self):
        return self.rows("jobs")

    def intervals(self):
        return self.rows("intervals")

    def trials(self):
        return self.rows("trials")

    def gates(self):
        return self.rows("gates")

    def latencies(self, job=None, direction=None, latency="lat_ns", of="jobs"):
        """Dicts with a "histogram" each, of the jobs of a result or of their intervals; job is a
        name or an index, direction one of DIRECTIONS or "mixed" (unified_rw_reporting), by
        default reads, writes and trims."""
        if self.kind not in ("result", "interval"):
            raise RingsideError(f"{self.path}: a {self.kind} has no histograms, they are in the "
                                "results of `ringside run`")
        if of not in ("jobs", "intervals"):
            raise ValueError('of="jobs" or of="intervals"')
        wanted = DATA_DIRECTIONS if direction is None else (direction,)
        try:
            found = list(self._intervals_of() if of == "intervals" else self._jobs_of())
            rows = [{**keys, "histogram": Histogram.of(node)} for keys, node in found
                    if keys["direction"] in wanted and keys["latency"] == latency
                    and job in (None, keys["job"], keys["index"])]
        except RingsideError as problem:
            raise RingsideError(f"{self.path}: {problem}") from None
        except DAMAGES as problem:
            raise RingsideError(f"{self.path}: the {self.kind} is damaged: {problem!r}") from None
        return rows

    def histogram(self, job=None, direction=None, latency="lat_ns"):
        """All that latencies() finds, merged. Nothing found is an error, not an empty one."""
        of = "intervals" if self.kind == "interval" else "jobs"
        found = self.latencies(job, direction, latency, of)
        if not found:
            raise RingsideError(f"{self.path}: no {latency} of job "
                                f"{'(any)' if job is None else job}, direction "
                                f"{direction or '(any)'}")
        return merge(row["histogram"] for row in found)

    def _jobs_of(self):
        for index, job in enumerate(self.data["jobs"] if self.kind == "result" else ()):
            parts = [(name, job[name]) for name in DIRECTIONS if name in job]
            parts += [(name, part) for name, part in (job.get("unified") or {}).items()]
            parts.append(("sync", {"closing_syncs_ns": job.get("closing_syncs_ns")}))
            for direction, part in parts:
                for path, node in find_latencies(part):
                    yield ({"job": job["name"], "index": index, "direction": direction,
                            "latency": path}, node)

    def _interval_lists(self):
        """Of each job that has intervals: its name, index, start, and they."""
        if self.kind == "interval":
            jobs = {}
            for line in self.lines:
                jobs.setdefault((line["index"], line["job"], line["started_ns"]), []).append(line)
            for (index, name, started_ns), lines in sorted(jobs.items()):
                yield name, index, started_ns, lines
            return
        for index, job in enumerate(self.data["jobs"]):
            if job.get("series"):
                yield job["name"], index, job["started_ns"], job["series"]["intervals"]

    def _intervals_of(self):
        for name, index, _, intervals in self._interval_lists():
            for number, interval in enumerate(intervals):
                for direction in DIRECTIONS:
                    if direction in interval:
                        yield ({"job": name, "index": index, "interval": number,
                                "direction": direction, "latency": "lat_ns"},
                               interval[direction]["lat_ns"])


def result_jobs(document):
    """A row for each job and direction that it did anything in."""
    for index, job in enumerate(document.data["jobs"]):
        for direction in DIRECTIONS:
            part = job.get(direction)
            if not part or not (part["ios"] or part["errors"]):
                continue
            yield {"job": job["name"], "index": index, "group": job["group"],
                   "numjobs": job["numjobs"], "engine": job["engine"]["name"],
                   "direction": direction,
                   "started_ns": job["started_ns"], "elapsed_ns": job["elapsed_ns"],
                   "ios": part["ios"], "bytes": part["bytes"], "iops": part["iops"],
                   "bandwidth": part.get("bytes_per_second"), "errors": total(part["errors"]),
                   **latency_figures(part["lat_ns"])}


def total(errors):
    """Errors are counted by their names."""
    if isinstance(errors, dict):
        return sum(errors.values())
    if isinstance(errors, list):
        return sum(error["count"] for error in errors)
    return errors


def result_intervals(document):
    """A row for each interval and each direction of the job; 0 where nothing came back."""
    for name, index, started_ns, intervals in document._interval_lists():
        present = [d for d in DIRECTIONS if any(d in interval for interval in intervals)]
        for number, interval in enumerate(intervals):
            for direction in present:
                part = interval.get(direction) or {"ios": 0, "bytes": 0, "errors": 0}
                row = {"job": name, "index": index, "interval": number, "direction": direction,
                       "started_ns": started_ns, "start_ns": interval["start_ns"],
                       "duration_ns": interval["duration_ns"],
                       "in_flight": interval["in_flight"], "ios": part["ios"],
                       "bytes": part["bytes"], "errors": part["errors"],
                       "iops": per_second(part["ios"], interval["duration_ns"]),
                       "bandwidth": per_second(part["bytes"], interval["duration_ns"])}
                row.update(latency_figures(part["lat_ns"]) if "lat_ns" in part else {})
                yield row


def result_buckets(document):
    """A row for each bucket that is not empty, of each latency of each job."""
    found = document._intervals_of() if document.kind == "interval" else document._jobs_of()
    for keys, node in found:
        for bucket in Histogram.of(node).buckets():
            yield {**keys, **bucket}


def flat(values, prefix=""):
    """Objects within objects as columns: {"values": {"iops": 1}} gives iops."""
    return {prefix + key: value for key, value in values.items()}


def comparison_trials(document):
    """A row for each trial, in the order they ran. Those with counts=False were run again."""
    for point in document.data["points"]:
        for trial in point["trials"]:
            contender = point["contenders"][trial["contender"]]
            row = {"point": point["name"], "contender": contender["name"],
                   "engine": contender["engine"], "is_control": contender["is_control"]}
            row.update({key: value for key, value in trial.items()
                        if key not in ("contender", "values", "guards", "causes")})
            row["causes"] = " ".join(trial["causes"])
            row.update(flat(trial["guards"], "guard."))
            row.update(flat(trial["values"]))
            yield row


def curve_lines(document):
    for line in document.data["lines"]:
        for point in line["points"]:
            yield line, "curve", point
        for point in (line.get("slo") or {}).get("tests", ()):
            yield line, "slo", point


def curve_points(document):
    """A row for each load of each line, of the search for a limit, too."""
    for line, search, point in curve_lines(document):
        row = {"line": line["name"], "engine": line["engine"], "search": search,
               "offered_iops": point["offered_iops"], "ios": point["ios"],
               "is_saturated": point["is_saturated"], "limit": point["limit"]}
        for figure, level in point["figures"].items():
            row.update({figure: level["value"], figure + ".lo": level["lo"],
                        figure + ".hi": level["hi"]})
        yield row


def curve_trials(document):
    for line, search, point in curve_lines(document):
        for trial in point["trials"]:
            yield {"line": line["name"], "engine": line["engine"], "search": search,
                   "offered_iops": point["offered_iops"],
                   **{key: value for key, value in trial.items() if key != "values"},
                   **flat(trial["values"])}


def claims_tests(document):
    """A row for each line of each claim at each point."""
    for entry in document.data["claims"]:
        for outcome in entry["lines"]:
            line = outcome["line"]
            for test in outcome["tests"]:
                yield {"claim": entry["claim"]["name"], "line": line["name"],
                       "text": line["text"], "metric": line["metric"],
                       "line_verdict": outcome["verdict"], **test}


def claims_figures(document):
    """A row for each contender of each claim at each point: levels, lo and hi."""
    for entry in document.data["claims"]:
        for point in entry["points"]:
            for contender in point["contenders"]:
                row = {"claim": entry["claim"]["name"], "point": point["name"],
                       "contender": contender["name"], "engine": contender["engine"],
                       "problem": contender["problem"]}
                for figure, level in contender["figures"].items():
                    row.update({figure: level["level"], figure + ".lo": level["lo"],
                                figure + ".hi": level["hi"]})
                yield row


def check_gates(document):
    for gate in document.data["gates"]:
        yield {"job": document.data["job"], **gate}


def baseline_trials(document):
    """A row for each trial of each session that the baseline keeps."""
    for number, session in enumerate(document.data["sessions"]):
        for name, arm in sorted(session["arms"].items()):
            columns = dict(arm["values"])
            columns.update((key, values) for key, values in arm.items()
                           if key != "values" and isinstance(values, list))
            longest = max(map(len, columns.values()), default=0)
            for trial in range(longest):
                yield {"session": number, "session_id": session.get("id"), "contender": name,
                       "commit": session.get("commit"), "anchor": session.get("anchor"),
                       "trial": trial,
                       **{key: values[trial] if trial < len(values) else None
                          for key, values in columns.items()}}


def history_gates(document):
    """A row for each gate of each check."""
    for check in document.lines:
        for name, gate in check["gates"].items():
            yield {"time": check["time"], "commit": check["commit"], "job": check["job"],
                   "exit_code": check["exit_code"], "gate": name, **gate}


def probe_abilities(document):
    data = document.data
    lists = [("machine", data["machine"]["abilities"])]
    lists += [(f"io_uring.{part}", data["io_uring"].get(part) or [])
              for part in ("setup_flags", "features", "opcodes")]
    if data.get("target"):
        target = data["target"]
        lists.append(("target", [target["reading"], target["writing"], *target["abilities"]]))
    lists.append(("engine", data["engines"]))
    lists += [("engine." + engine["name"], engine["settings"]) for engine in data["engines"]]
    for part, abilities in lists:
        for ability in abilities:
            yield {"part": part, **{key: ability.get(key) for key in
                                    ("name", "answer", "value", "reason", "cure")}}


def prepare_passes(document):
    for number, done in enumerate(document.data["passes"]):
        yield {"target": document.data["target"]["path"], "pass": number, **done}


def verify_targets(document):
    for target in document.data["targets"]:
        blocks = dict(target["blocks"])
        kinds = blocks.pop("kinds", {})
        yield {"path": target["path"], "job": target["job"], "bytes": target["bytes"],
               **blocks, **flat(kinds, "wrong.")}


def verify_findings(document):
    for finding in document.data["findings"]:
        row = {key: value for key, value in finding.items() if not isinstance(value, dict)}
        for part in ("torn", "difference"):
            row.update(flat(finding.get(part) or {}, part + "."))
            row.pop(part, None)
        yield row


def lint_jobs(document):
    for file in document.data["files"]:
        for job in file["jobs"]:
            row = {"file": file["file"], **job, "targets": " ".join(job["targets"])}
            row.update(flat(row.pop("options"), "option."))
            yield row


def lint_findings(document):
    for file in document.data["files"]:
        for finding in file["findings"]:
            yield {"job_file": file["file"], **finding}


TABLES = {
    "result": {"jobs": result_jobs, "intervals": result_intervals, "histograms": result_buckets},
    "interval": {"intervals": result_intervals, "histograms": result_buckets},
    "comparison": {"trials": comparison_trials},
    "curve": {"points": curve_points, "trials": curve_trials},
    "claims": {"tests": claims_tests, "figures": claims_figures},
    "check": {"gates": check_gates},
    "baseline": {"trials": baseline_trials},
    "history": {"gates": history_gates},
    "probe": {"abilities": probe_abilities},
    "prepare": {"passes": prepare_passes},
    "verify": {"targets": verify_targets, "findings": verify_findings},
    "lint": {"jobs": lint_jobs, "findings": lint_findings},
}


def same_keys(rows):
    """Each row with the keys of all, in the order in which they come up first."""
    keys = {}
    for row in rows:
        keys.update(dict.fromkeys(row))
    return [{key: row.get(key) for key in keys} for row in rows]


def frame(rows):
    """Rows as a pandas DataFrame."""
    try:
        import pandas
    except ImportError:
        raise RingsideError("a DataFrame needs pandas (Debian: python3-pandas); the rows are "
                            "there without it") from None
    return pandas.DataFrame(rows)


def kind_of(data, where):
    """The kind of a document, whose version is one that this file reads."""
    schema = data.get("schema") if isinstance(data, dict) else None
    if isinstance(data, dict) and "fio version" in data:
        raise RingsideError(f"{where}: this is a fio result; a document of ringside is needed "
                            "here (`ringside run FILE --json=`)")
    if not isinstance(schema, str) or not schema.startswith("ringside-"):
        raise RingsideError(f"{where}: no document of ringside: it has no \"schema\": "
                            "\"ringside-…\"")
    kind, _, version = schema[len("ringside-"):].partition("/")
    if kind not in VERSIONS:
        raise RingsideError(f"{where}: a document of an unknown kind, {schema}: use the "
                            "ringside.py of the ringside that wrote it")
    if version != str(VERSIONS[kind]):
        raise RingsideError(f"{where}: a {kind} of another version, {schema}: this ringside.py "
                            f"reads ringside-{kind}/{VERSIONS[kind]}; use that of the ringside "
                            "that wrote it")
    return kind


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def finite(text):
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def parse_json(text):
    return json.loads(text, parse_float=finite, parse_constant=refuse_constant)


def parse_lines(text, path):
    """The documents of a file that has one on each line, with their kinds."""
    documents = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            data = parse_json(line)
        except (ValueError, RecursionError) as problem:
            raise RingsideError(f"{where}: no JSON: {problem}: was the file cut short, or "
                                "edited?") from None
        documents.append((kind_of(data, where), data))
    return documents


def parse(text, path="(text)"):
    """The document of a text: JSON, or lines of it (--jsonl, a history)."""
    try:
        data = parse_json(text)
    except (ValueError, RecursionError) as problem:
        if not text.lstrip().startswith("{") or "}\n{" not in text.replace("\r", ""):
            raise RingsideError(f"{path}: no JSON: {problem}: documents of ringside are written "
                                "whole: was the file cut short, or edited?") from None
        return parse_documents(parse_lines(text, path), path)
    return parse_documents([(kind_of(data, path), data)], path)


def parse_documents(documents, path):
    kinds = [kind for kind, _ in documents]
    lines = [data for kind, data in documents if kind in ("interval", "history")]
    if len(set(kinds)) == 1 and kinds[0] in ("interval", "history"):
        return Document(kinds[0], lines, path, lines)
    if kinds.count("result") == 1 and len(lines) == len(kinds) - 1 and "history" not in kinds:
        return Document("result", documents[kinds.index("result")][1], path, lines)
    if len(documents) == 1:
        return Document(kinds[0], documents[0][1], path)
    raise RingsideError(f"{path}: {len(documents)} documents in one file ({', '.join(kinds[:4])} "
                        "…): split it by lines, and parse() each")


def load(path):
    """The document of a file."""
    try:
        with open(path, encoding="utf-8-sig") as stream:  # ringside takes a BOM, too
            text = stream.read()
    except UnicodeDecodeError:
        raise RingsideError(f"{path}: no text in UTF-8, so no document of ringside") from None
    except OSError as problem:
        raise RingsideError(f"{path}: cannot be read: {problem.strerror}") from None
    return parse(text, str(path))


def print_rows(rows, as_lines):
    if as_lines:
        for row in rows:
            print(json.dumps(row))
    elif rows:
        writer = csv.DictWriter(sys.stdout, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def drop_stdout():
    """What is left in its buffer goes nowhere: at the end Python would write it again, and say
    so."""
    with open(os.devnull, "w", encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


def main():
    parser = argparse.ArgumentParser(
        description="Prints a table of documents of ringside.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    rows = commands.add_parser("rows", help="print the rows of a table", allow_abbrev=False)
    rows.add_argument("files", metavar="FILE", nargs="+")
    rows.add_argument("--what", metavar="TABLE", help="which table (default: the document's first)"
                      "; results: jobs, intervals, histograms; comparisons: trials")
    form = rows.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as CSV (default)")
    form.add_argument("--jsonl", action="store_true", help="as JSON, a line for each row")
    asked = parser.parse_args()
    if sys.stdout is None:
        print("error: cannot write to stdout: it is closed", file=sys.stderr)
        return EXIT_NOT_WRITTEN
    try:
        # Whatever the locale: JSON is UTF-8, and names are shown even where they are no text.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        found = []
        for path in asked.files:
            document = load(path)
            keys = {"file": path} if len(asked.files) > 1 else {}
            found += [{**keys, **row} for row in document.rows(asked.what or document.tables[0])]
        print_rows(same_keys(found), asked.jsonl)
        sys.stdout.flush()
    except RingsideError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return EXIT_BAD_REQUEST
    except BrokenPipeError:
        drop_stdout()  # a reader that has gone wants no more
        return 0
    except OSError as problem:
        print(f"error: cannot write to stdout: {problem.strerror}", file=sys.stderr)
        drop_stdout()
        return EXIT_NOT_WRITTEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
