# SPDX-License-Identifier: MIT
"""How each kind of row is measured: a function of a tool and a row, to figures of one round."""
import configparser
import os
import pathlib
import shutil
import subprocess
import tempfile

import outside
from tools import Cannot, JobTool

# Of dieharder: without those that its own author suspects. By default they read 2^32 bytes, nearly.
BATTERY = (0, 1, 2, 3, 4, 8, 9, 15, 16, 100, 101, 102, 205, 206, 207, 208, 209)
BATTERY_BYTES = 1 << 32
JOBS, MANY_JOBS, FEW_JOBS, SECTIONS = 1000, 4000, 64, 10000
BUFFER_KIB = 4
INSTRUCTIONS = pathlib.Path(__file__).with_name("instructions")


class Bench:
    """What the measures share."""

    def __init__(self, program, folder, seconds, cpus):
        self.program = program
        self.folder = folder
        self.seconds = seconds
        self.cpus = cpus
        self.counted = {}

    def keep(self, name, make):
        """A file that is made when first asked for."""
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            make(path)
        return path


def cost(bench, tool, row):
    """One CPU for all threads of a row: the last, for the first has most interrupts."""
    if len(bench.cpus) < row.cpus:
        raise Cannot(f"it needs {row.cpus} CPUs, and this has {len(bench.cpus)}")
    if tool.kind in ("fio", "gtod_reduce") and not row.has_fio:
        raise Cannot("fio has no such engine")
    return tool.measure(row, bench.seconds, {bench.cpus[-1]} if row.pinned else None)


def need_jobs(tool):
    """Start, memory and the like are about programs that read jobs."""
    if not isinstance(tool, JobTool) or tool.options:
        raise Cannot("about programs that read jobs")


def need_ringside(tool):
    if not tool.is_ringside:
        raise Cannot("fio has nothing like it")


def instructions(bench, tool, row):
    """As `make instructions` counts them; the same in every round."""
    need_ringside(tool)
    if not shutil.which("valgrind"):
        raise Cannot("valgrind is not installed: tools/install-deps --tests")
    if row.name not in bench.counted:
        which = {"instructions null b16": "null, batch 16", "instructions null d1": "null, depth 1"}
        with tempfile.NamedTemporaryFile("r", dir=bench.folder) as figures:
            seen = outside.watch([str(INSTRUCTIONS), "--renew", f"--only={which[row.name]}",
                                  f"--figures={figures.name}", bench.program])
            bench.counted[row.name] = read_instructions(figures.read(), which[row.name], seen.out)
    return {"instructions": bench.counted[row.name]}


def read_instructions(text, name, said):
    """The one figure of a file that `instructions --renew` has written."""
    figures = configparser.ConfigParser(delimiters=("=",))
    figures.optionxform = str
    figures.read_string(text)
    for section in figures.sections():
        if name in figures[section]:
            return float(figures[section][name])
    raise Cannot(said.strip().partition("skipped: ")[2] or "nothing was counted")


def make_jobs(tool, number, *options):
    return [*tool.head, "--name=bench", "--ioengine=psync", "--filename=/dev/zero", "--bs=4k",
            "--size=1m", "--rw=randread", "--thread", "--number_ios=1", f"--numjobs={number}",
            *options]


def start(bench, tool, _row):
    """From the start of the program until its target is read for the first time; and what a program
    that does nothing takes, seen alike."""
    need_jobs(tool)
    if not shutil.which("true"):
        raise Cannot("there is no `true`, a program that does nothing")
    path = bench.keep("first", lambda path: pathlib.Path(path).write_bytes(bytes(1 << 20)))
    seen = outside.watch([*tool.head, "--name=bench", "--ioengine=psync", f"--filename={path}",
                          "--bs=4k", "--rw=randread", "--thread", "--invalidate=0",
                          "--number_ios=1"], accessed=path)
    if seen.first_access_s is None:
        raise Cannot("the file system does not report that a file is read")
    return {"first_ms": seen.first_access_s * 1e3, "whole_ms": seen.wall_s * 1e3,
            "cpu_ms": seen.cpu_s * 1e3, "empty_ms": outside.watch(["true"]).wall_s * 1e3}


def memory(_bench, tool, _row):
    need_jobs(tool)
    seen = outside.watch(make_jobs(tool, JOBS))
    slow = outside.watch(make_jobs(tool, JOBS), polls_peak=True)
    return {"mib": slow.peak_kib / 1024, "s": seen.wall_s, "cpu_s": seen.cpu_s}


def memory_a_job(_bench, tool, _row):
    """Of jobs that live long enough for their memory to be seen: that do nothing but read, with
    pauses, as they are more than CPUs; and with a rate, which has latencies of its own."""
    need_jobs(tool)
    figures = {}
    for name, slow in (("kib", "--thinktime=10ms"), ("rate_kib", "--rate_iops=100")):
        long = ["--number_ios=100m", "--time_based", "--runtime=1", slow]
        one, few = [outside.watch(make_jobs(tool, number, *long), polls_peak=True).peak_kib
                    for number in (1, FEW_JOBS)]
        figures[name] = (few - one) / (FEW_JOBS - 1) - BUFFER_KIB
    return figures


def many_jobs(_bench, tool, _row):
    need_ringside(tool)
    try:
        seen = outside.watch(make_jobs(tool, MANY_JOBS, "--group_reporting"))
    except outside.Failed:
        return {"ran": 0.0}
    return {"ran": 1.0, "s": seen.wall_s}


def write_sections(path):
    lines = ["[global]", "ioengine=null", "rw=randread", "size=1m", "bs=4k"]
    for number in range(SECTIONS):
        lines += [f"[job{number}]", f"iodepth={number % 32 + 1}"]
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")


def parse(bench, tool, _row):
    """fio's --parse-only, by ringside's command of that name."""
    need_jobs(tool)
    path = bench.keep("sections.job", write_sections)
    head = [tool.program, "fio"] if tool.is_ringside else [tool.program]
    command = [*head, "--parse-only", path]
    seen = outside.watch(command)
    slow = outside.watch(command, polls_peak=True)
    return {"ms": seen.cpu_s * 1e3, "mib": slow.peak_kib / 1024}


def json(bench, tool, _row):
    """A result that is read and printed as a table, then as JSON: the difference is the writing."""
    need_ringside(tool)
    path = bench.keep("jobs.json", lambda path: outside.watch(
        make_jobs(tool, JOBS, f"--json={path}", "--output=/dev/null", "--format=summary")))
    read, both = [outside.watch([tool.program, "report", f"--format={form}", path]).cpu_s * 1e3
                  for form in ("summary", "json")]
    return {"read_ms": read, "write_ms": max(0.0, both - read)}


def run_battery(stream):
    """What dieharder says of each of its tests: "PASSED", "WEAK" (one of 100 is) or "FAILED" (p
    below a millionth). They read on where the one before has ended."""
    assessments = []
    for number in BATTERY:
        done = subprocess.run(
            ["dieharder", "-g", "200", "-d", str(number), "-D", "assessment"], stdin=stream,
            capture_output=True, text=True, check=False, timeout=outside.LIMIT_S)
        words = done.stdout.split()
        if done.returncode != 0 or not words or set(words) - {"PASSED", "WEAK", "FAILED"}:
            raise outside.Failed(f"dieharder -d {number}: {(done.stderr or done.stdout).strip()}")
        assessments += words
    return assessments


def battery(bench, tool, row):
    """What a job with refill_buffers writes, by a pipe; the same in every round."""
    need_ringside(tool)
    if not shutil.which("dieharder"):
        raise Cannot("dieharder is not installed: tools/install-deps --tests")
    if row.name not in bench.counted:
        path = bench.keep("pipe", os.mkfifo)
        command = [*tool.head, "--name=bench", "--ioengine=sync", f"--filename={path}",
                   "--rw=write", "--bs=4k", f"--size={BATTERY_BYTES}", "--refill_buffers"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as job:
            try:
                with open(path, "rb", buffering=0) as stream:
                    bench.counted[row.name] = run_battery(stream)
            finally:
                job.kill()
    said = bench.counted[row.name]
    return {"failed": said.count("FAILED"), "weak": said.count("WEAK"), "tests": len(said)}


KINDS = {"cost": cost, "instructions": instructions, "start": start, "memory": memory,
         "memory_a_job": memory_a_job, "many_jobs": many_jobs, "parse": parse, "json": json,
         "battery": battery}
SHOWN = {  # which figures a table has, with their names; the first is a ratio's
    "cost": [("ns", "CPU ns an I/O"), ("iops", "IOPS")],
    "instructions": [("instructions", "an I/O")],
    "start": [("first_ms", "ms to the first I/O"), ("whole_ms", "ms to the end"),
              ("empty_ms", "ms, empty program")],
    "memory": [("mib", "MiB"), ("s", "s to the end"), ("cpu_s", "CPU s")],
    "memory_a_job": [("kib", "KiB beyond its buffer"), ("rate_kib", "KiB with a rate")],
    "many_jobs": [("s", "s to the end")],
    "parse": [("ms", "CPU ms"), ("mib", "MiB")],
    "battery": [("failed", "tests failed"), ("weak", "tests weak"), ("tests", "tests")],
    "json": [("read_ms", "CPU ms to read"), ("write_ms", "CPU ms to write")],
}
