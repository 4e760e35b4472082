# SPDX-License-Identifier: MIT
"""usage: hour.py RESULT.json: its first job eight times, for an hour of seconds each, to stdout.

Each interval is one of the job's with other counts; all sums are right, so that it is a result.
"""
import copy
import json
import random
import sys

JOBS, SECONDS, VARIANTS, NS = 8, 3600, 200, 10**9
MARK = "the intervals"
PERCENTS = (50, 99, 99.9)


def lowest(index):
    shift = max(0, (index >> 7) - 1)
    return (index - (shift << 7)) << shift


def highest(index):
    return lowest(index + 1) - 1


def summarise(counts):
    """Counters and percentiles of [[index, count], ...], each I/O at its bucket's lower end."""
    count = sum(n for _, n in counts)
    total = sum(n * lowest(i) for i, n in counts)
    squares = sum(n * lowest(i) ** 2 for i, n in counts)
    least, most = lowest(counts[0][0]), lowest(counts[-1][0])

    def percentile(percent):
        rank, seen = -(-count * percent // 100), 0
        for i, n in counts:
            seen += n
            if seen >= rank:
                return min(max(highest(i), least), most)
        return most

    return {"count": count, "min": least, "max": most, "mean": total / count,
            "stddev": max(0, squares / count - (total / count) ** 2) ** 0.5, "sum": total,
            "sum_of_squares": squares}, percentile


def vary(counts):
    """Other counts, of few enough buckets that the document is made in seconds."""
    step = -(-len(counts) // 40)
    return [[i, max(1, int(n * random.uniform(0.5, 1.5)))] for i, n in counts[::step]
            if random.random() < 0.8] or [list(counts[0])]


def make_variant(counts):
    """(counts, an interval's latency and what is before it, as text)"""
    summary, percentile = summarise(counts)
    part = {"ios": summary["count"], "bytes": summary["count"] * 4096, "errors": 0,
            "lat_ns": summary | {"p50": percentile(50), "p99": percentile(99),
                                 "p99_9": percentile(99.9), "counts": counts}}
    return counts, json.dumps(part)


def make_job(job, number):
    """The job, and its intervals as text."""
    job = copy.deepcopy(job)
    models = [one["read"]["lat_ns"]["counts"] for one in job["series"]["intervals"]
              if "read" in one]
    variants = [make_variant(vary(random.choice(models))) for _ in range(VARIANTS)]
    chosen = [random.choice(variants) for _ in range(SECONDS)]
    whole = {}
    for counts, _ in variants:
        times = sum(1 for one in chosen if one[0] is counts)
        for i, n in counts:
            whole[i] = whole.get(i, 0) + n * times
    counts = sorted([i, n] for i, n in whole.items() if n > 0)
    summary, percentile = summarise(counts)
    part = job["read"]
    part["ios"], part["bytes"] = summary["count"], summary["count"] * 4096
    part["iops"], part["bytes_per_second"] = part["ios"] / SECONDS, part["bytes"] / SECONDS
    part["lat_ns"] = summary | {"percentiles": {f"{p:g}": percentile(p) for p in PERCENTS},
                                "histogram": {"geometry": "hdr/1ns/2digits", "counts": counts}}
    part["clat_ns"] = part["slat_ns"]  # of no I/O
    part["pace"] = part["submission_sample"] = None
    job["name"], job["elapsed_ns"] = f"job{number}", SECONDS * NS
    job["series"] = {"interval_ns": NS, "longest_gap": {"start_ns": 0, "duration_ns": 1},
                     "intervals": [MARK]}
    return job, ", ".join(
        f'{{"start_ns": {second * NS}, "duration_ns": {NS}, "in_flight": 4, "read": {text}}}'
        for second, (_, text) in enumerate(chosen))


def main(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    random.seed(1)
    jobs = [make_job(document["jobs"][-1], number) for number in range(JOBS)]
    document["jobs"] = [job for job, _ in jobs]
    document["warnings"] = []
    pieces = json.dumps(document).split(json.dumps(MARK))
    for piece, (_, intervals) in zip(pieces, jobs + [(None, "")]):
        sys.stdout.write(piece + intervals)


main(*sys.argv[1:])
