# SPDX-License-Identifier: MIT
"""Arithmetic of the bench: medians, ratios of rounds, and whether a goal is met."""
import dataclasses
import math
import statistics

MET, MISSED, CANNOT_TELL = "met", "missed", "cannot tell here"
COVERAGE = 0.9375  # of five rounds, from the least to the largest
ROUNDS_AT_LEAST = 3  # fewer say nothing of their spread
BUSY = 0.05  # of the machine, taken by others
MORE = 3  # times as many rounds, where those that were asked for lie on both sides of a goal


def divide_rounds(dividends, divisors):
    """Ratios of the rounds in which both have a figure."""
    return [dividend / divisor for dividend, divisor in zip(dividends, divisors)
            if dividend is not None and divisor]


def divide_costs(run_s, start_s, ios):
    """CPU ns an I/O of each round; one of the I/Os is that of the start."""
    return [max(0.0, cpu_s - start_s) / (count - 1) * 1e9 for cpu_s, count in zip(run_s, ios)]


def bound_median(values):
    """An interval that contains the median with COVERAGE, by order statistics (the sign test):
    the whole range of up to eight rounds."""
    ordered = sorted(values)
    count = len(ordered)
    below, left_out = 0.0, 0
    while left_out < count // 2:
        below += math.comb(count, left_out) / 2 ** count
        if 1 - 2 * (below + math.comb(count, left_out + 1) / 2 ** count) < COVERAGE:
            break
        left_out += 1
    return ordered[left_out], ordered[count - 1 - left_out]


@dataclasses.dataclass
class Verdict:
    """How a goal ends."""
    outcome: str
    reason: str = ""
    median: float | None = None
    low: float | None = None
    high: float | None = None
    is_split: bool = False  # rounds lie on both sides


def judge(values, limit, is_at_least, busy_share=0.0, kind=""):
    """Holds the values of the rounds against a limit. Where they lie on both sides of it, the median
    decides, unless others had the machine busy. `kind`: "count" for what is the same in each round,
    "wall" for time that passes while others work."""
    if len(values) < (1 if kind == "count" else ROUNDS_AT_LEAST):
        return Verdict(CANNOT_TELL, f"{len(values)} of at least {ROUNDS_AT_LEAST} rounds",
                       statistics.median(values) if values else None)
    low, high = bound_median(values)
    median = statistics.median(values)
    reached = [value >= limit if is_at_least else value <= limit for value in (low, median, high)]
    if kind == "wall" and not any(reached) and busy_share > BUSY:
        return Verdict(CANNOT_TELL, f"others took {busy_share:.0%} of the machine: it had to wait",
                       median, low, high)
    if all(reached) or not any(reached):
        return Verdict(MET if reached[1] else MISSED, "", median, low, high)
    if busy_share > BUSY:
        return Verdict(CANNOT_TELL, f"others took {busy_share:.0%} of the machine, and rounds lie on "
                       "both sides of the goal", median, low, high, True)
    return Verdict(MET if reached[1] else MISSED,
                   f"by the median of {len(values)}; rounds lie on both sides", median, low, high,
                   True)


def join_outcomes(outcomes):
    """One outcome of a goal that several rows have."""
    for outcome in (MISSED, CANNOT_TELL):
        if outcome in outcomes:
            return outcome
    return MET


def exit_code(outcomes, has_failed):
    """1 when a goal is missed, 5 when ringside did not come to its end."""
    if has_failed:
        return 5
    return 1 if MISSED in outcomes else 0


def shorten(value):
    """Three digits, with k, M and G: 4.57M, 219, 12.4."""
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= (factor if letter != "k" else 1e4):
            return f"{shorten(value / factor)}{letter}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
