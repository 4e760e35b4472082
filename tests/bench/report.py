# SPDX-License-Identifier: MIT
"""What the bench says: lines of rows, goals, results/bench.json and the table of the README."""
import dataclasses
import json
import os
import pathlib
import re
import statistics

import figures
from measures import SHOWN
from rows import list_goals
from tools import is_latest

BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
# Rows of the README: with the head and the line under it, ten lines.
README_ROWS = ["zero psync", "zero io_uring d1", "zero io_uring d32", "zero fixed d128",
               "file io_uring d32", "null b16", "null write refill", "null x 64 jobs"]
NOT_SEEN = [
    "interrupts, which are charged to the thread that they interrupt, and what the host of a"
    " virtual machine does",
    "for whom kernel threads work: the CPU time of all of them during a run counts for the tool"
    " that runs",
    "I/Os: they are counted as each tool counts them, and so is the time that IOPS are made of",
    "t/io_uring's start: what it took until its first printed second does not count",
]


class Results:
    """By row and tool: the figures of each round, or why there are none."""

    def __init__(self, rows, tools, all_rows=None):
        self.rows = {row.name: row for row in rows}
        self.all_rows = all_rows or rows
        self.tools = tools
        self.values = {}  # (row, tool): {metric: [value of each round]}
        self.reasons = {}  # (row, tool): text
        self.failed = []  # of ringside
        self.busy = {}  # row: share of the machine that others had

    def add(self, row, tool, figures_of_round):
        metrics = self.values.setdefault((row.name, tool.name), {})
        for metric, value in figures_of_round.items():
            metrics.setdefault(metric, []).append(value)

    def give_up(self, row, tool, reason, has_failed):
        """What was measured of it before is dropped: rounds of all tools belong together."""
        self.values.pop((row.name, tool.name), None)
        self.reasons[row.name, tool.name] = reason
        if has_failed and tool.is_ringside:
            self.failed.append(row.name)

    def get(self, row, tool, metric):
        return self.values.get((row, tool), {}).get(metric, [])

    def finish(self, row):
        """CPU ns an I/O of each round, less the median of what start and end take: they vary by
        more than an I/O does."""
        for tool in self.tools:
            values = self.values.get((row.name, tool.name), {})
            if "start_s" in values:
                start_s = statistics.median(values["start_s"])
                values["ns"] = figures.divide_costs(values["cpu_s"], start_s, values["ios"])

    def add_fill(self):
        """What random data of 4 KiB take: a write with them, less one without."""
        refill, plain = (self.get(name, "ringside", "ns")
                         for name in ("null write refill", "null write plain"))
        if refill and plain:
            self.values["null write refill", "ringside"]["fill_ns"] = \
                [full - bare for full, bare in zip(refill, plain)]

    def compare(self, row, tool, metric):
        """Ratios of rounds, above 1 where ringside is ahead."""
        ours, theirs = self.get(row, "ringside", metric), self.get(row, tool, metric)
        return figures.divide_rounds(ours, theirs) if metric == "iops" else \
            figures.divide_rounds(theirs, ours)


def format_ratio(ratios):
    if not ratios:
        return "–"
    median = f"{statistics.median(ratios):.2f}"
    return f"{median} [{min(ratios):.2f}..{max(ratios):.2f}]" if len(ratios) > 1 else median


def print_head(results):
    others = [tool.name for tool in results.tools[1:]]
    print(f"{'':24}{'':22}{'ringside':>9}" + "".join(f"  {name:>19}" for name in others))


def print_row(results, row):
    """A line a figure: ringside's, then how far each other tool is behind."""
    name = row.name
    ours = results.reasons.get((name, "ringside"))
    if ours:
        print(f"{name:24}ringside: {ours}", flush=True)
        return
    for metric, title in SHOWN[row.kind]:
        values = results.get(row.name, "ringside", metric)
        if not values:
            continue
        ratios = [format_ratio(results.compare(row.name, tool.name, metric))
                  for tool in results.tools[1:]]
        print(f"{name:24}{title:22}{figures.shorten(statistics.median(values)):>9}" +
              "".join(f"  {ratio:>19}" for ratio in ratios))
        name = ""
    for tool in results.tools[1:]:
        reason = results.reasons.get((row.name, tool.name))
        if reason and " ended " in reason:
            print(f"{'':24}{tool.name}: {reason}")
    print(end="", flush=True)


def choose_tools(results, against):
    """Tools of a kind, and why there is none."""
    others = results.tools[1:]
    chosen = [tool for tool in others if tool.kind == against]
    if against == "latest fio":
        have = ", ".join(tool.version for tool in others if tool.kind == "fio")
        return [tool for tool in others if tool.kind == "fio" and is_latest(tool)], \
            f"no fio of 3.42 or later{f' ({have} is older)' if have else ''}: --peer=PATH"
    if against == "t/io_uring":
        return chosen, "there is no t/io_uring: --peer=PATH"
    return chosen, "there is no fio: tools/install-deps --tests"


def judge_row(results, goal, row):
    """Verdicts of one row of a goal, by the tool that it is held against."""
    busy = results.busy.get(row, 0.0)
    if not goal.against:
        values = results.get(row, "ringside", goal.metric)
        reason = results.reasons.get((row, "ringside"), "a row that it needs was not measured")
        return [("", figures.judge(values, goal.limit, goal.is_at_least, busy, goal.kind)
                 if values else figures.Verdict(figures.CANNOT_TELL, reason))]
    tools, why_none = choose_tools(results, goal.against)
    verdicts = []
    for tool in tools:
        ratios = results.compare(row, tool.name, goal.metric)
        reason = results.reasons.get((row, "ringside")) or \
            results.reasons.get((row, tool.name), "it was not measured")
        verdicts.append((tool.name, figures.judge(ratios, goal.limit, goal.is_at_least, busy)
                         if ratios else figures.Verdict(figures.CANNOT_TELL, reason)))
    return verdicts or [("", figures.Verdict(figures.CANNOT_TELL, why_none))]


@dataclasses.dataclass
class Condition:
    """The machines that a goal is for: where a figure of ours, of any row, is at most this."""
    row: str
    metric: str
    limit: float
    unit: str
    text: str
    rest: str = ""


CONDITIONS = {
    "getppid": Condition("getppid", "ns", 200, "ns", "an empty getppid costs",
                         ": the instructions tell"),
    "empty program": Condition("start", "empty_ms", 1, "ms", "an empty program takes"),
}


def apply_condition(results, goal, verdict):
    """What is missed on a machine that the goal is not for cannot be told there."""
    if not goal.condition or verdict.outcome != figures.MISSED:
        return verdict
    on = CONDITIONS[goal.condition]
    values = results.get(on.row, "ringside", on.metric)
    if not values:
        return figures.Verdict(figures.CANNOT_TELL, f"what {on.text} was not measured")
    value = statistics.median(values)
    if value > on.limit:
        return figures.Verdict(
            figures.CANNOT_TELL, f"{on.text} {figures.shorten(value)} {on.unit}, and the goal is for"
            f" at most {on.limit} {on.unit}{on.rest}", verdict.median, verdict.low, verdict.high)
    return verdict


def list_split(results, row):
    """Tools beside which rounds lie on both sides of a goal of the row, "" of one that ringside has
    by itself: more rounds may tell. What is of two rows (add_fill) has no more."""
    return {tool for goal in list_goals(results.all_rows) if row in goal.rows
            for tool, verdict in judge_row(results, goal, row) if verdict.is_split}


def judge_goals(results):
    """Each goal that has a row in this run, its outcome, and the verdicts of its rows."""
    judged = []
    for goal in list_goals(results.all_rows):
        parts = [(row, tool, apply_condition(results, goal, verdict))
                 for row in goal.rows if row in results.rows
                 for tool, verdict in judge_row(results, goal, row)]
        if parts:
            judged.append((goal, figures.join_outcomes([part[2].outcome for part in parts]), parts))
    return judged


def describe_part(row, tool, verdict):
    text = row + (f" ({tool})" if tool else "")
    if verdict.median is not None:
        text += f" {figures.shorten(verdict.median)}"
        if verdict.low is not None and verdict.low != verdict.high:
            text += f" [{figures.shorten(verdict.low)}..{figures.shorten(verdict.high)}]"
    return text + (f": {verdict.reason}" if verdict.reason else "")


def join_reasons(parts):
    """One line for each reason, the rows it stands for before it; of a row that is missed its own."""
    lines, same = [], {}
    for row, tool, verdict in parts:
        if verdict.outcome == figures.MISSED:
            lines.append(describe_part(row, tool, verdict))
            continue
        text = describe_part(row, tool, dataclasses.replace(verdict, reason=""))
        same.setdefault(verdict.reason, []).append(text)
    for reason, texts in same.items():
        rest = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
        lines.append(f"{', '.join(texts[:3])}{rest}: {reason}")
    return lines


def print_goals(judged):
    if not judged:
        return
    print("\ngoals (ratios of CPU time an I/O, theirs over ringside's)")
    for goal, outcome, parts in judged:
        sign = ">=" if goal.is_at_least else "<="
        known = len({row for row, _tool, _verdict in parts})
        part = f" ({known} of {len(goal.rows)} rows)" if known < len(goal.rows) else ""
        print(f"  {goal.text} {sign} {goal.limit:g}: {outcome}{part}")
        if outcome == figures.MET:
            shown = parts if len(parts) == 1 else [min(
                parts, key=lambda part: part[2].median if goal.is_at_least else -part[2].median)]
            for part in shown:
                print(f"      {'' if len(parts) == 1 else 'closest: '}{describe_part(*part)}")
            continue
        for kind in (figures.MISSED, figures.CANNOT_TELL):
            chosen = [part for part in parts if part[2].outcome == kind]
            for line in join_reasons(chosen):
                print(f"      {kind}: {line}")


def make_document(results, judged, about):
    """Everything, for results/bench.json."""
    rows = []
    for name, row in results.rows.items():
        tools = {}
        for tool in results.tools:
            reason = results.reasons.get((name, tool.name))
            tools[tool.name] = {"reason": reason} if reason else {
                "rounds": results.values.get((name, tool.name), {}),
                "median": {metric: statistics.median(values) for metric, values in
                           results.values.get((name, tool.name), {}).items()}}
        # Of the folder that was made for this run nobody needs the name.
        options = [re.sub(r"/[^=]*/ringside-bench\.[^/]*/", "", word) for word in row.options]
        rows.append({"name": name, "kind": row.kind, "options": options,
                     "peer_options": row.peer_options, "pinned": row.pinned,
                     "others_share": results.busy.get(name), "tools": tools})
    goals = [{"goal": goal.text, "limit": goal.limit,
              "is": "at least" if goal.is_at_least else "at most", "outcome": outcome,
              "rows": [{"row": row, "tool": tool or None, **vars(verdict)}
                       for row, tool, verdict in parts]} for goal, outcome, parts in judged]
    return {"schema": "ringside-bench/1", **about, "not_seen": NOT_SEEN, "rows": rows,
            "goals": goals}


def make_table(results):
    """Ten lines of Markdown."""
    others = [tool.name for tool in results.tools[1:]]
    lines = ["| CPU ns an I/O | ringside | " + " | ".join(others) + " |",
             "|---|" + "---|" * (1 + len(others))]
    for name in README_ROWS:
        values = results.get(name, "ringside", "ns")
        ours = figures.shorten(statistics.median(values)) if values else "–"
        ratios = [format_ratio(results.compare(name, tool, "ns")) for tool in others]
        lines.append(f"| {name} | {ours} | " + " | ".join(ratios) + " |")
    calls = results.get("getppid", "ringside", "ns")
    if calls:
        lines += ["", f"(An empty system call takes {statistics.median(calls):.0f} ns on that machine.)"]
    return "\n".join(lines)


def replace_table(text, table):
    """The README with this table between its two marks."""
    head, begin, rest = text.partition(BEGIN)
    _old, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no '{BEGIN}' with '{END}' behind it")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def write_whole(contents):
    """Files by path, all of them or none: each is written beside its place, then all are renamed."""
    written = []
    try:
        for path, text in contents.items():
            beside = pathlib.Path(f"{path}.new")
            written.append(beside)
            beside.write_text(text, encoding="utf-8")
        for path in contents:
            os.replace(f"{path}.new", path)
    finally:
        for beside in written:
            beside.unlink(missing_ok=True)


def record(results, judged, about, root):
    """results/bench.json and the README's table."""
    readme = pathlib.Path(root, "README.md")
    document = json.dumps(make_document(results, judged, about), indent=1, ensure_ascii=False)
    write_whole({
        readme: replace_table(readme.read_text(encoding="utf-8"), make_table(results)),
        pathlib.Path(root, "results", "bench.json"): document + "\n",
    })
