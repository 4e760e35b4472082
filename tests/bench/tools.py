# SPDX-License-Identifier: MIT
"""The programs that the bench measures: how each is asked who it is, what its command line is for a
row, and how many I/Os it says that it has done. What that took is seen from outside."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import outside

FIO_LATEST = (3, 42)  # the latest that the goals were set by
DIRECTIONS = ("read", "write", "trim")


class Cannot(Exception):
    """A tool cannot do a row, or a machine: the reason."""


def read_document(text):
    """The JSON of ringside or fio; fio may print messages before it."""
    start = text.find("{")
    if start < 0:
        raise outside.Failed("it printed no JSON document")
    try:
        return json.loads(text[start:])
    except ValueError as error:
        raise outside.Failed(f"its JSON document is broken: {error}") from error


def read_ios(document):
    """I/Os and IOPS of all jobs. ringside says "ios" where fio says "total_ios"."""
    parts = [job[name] for job in document["jobs"] for name in DIRECTIONS if name in job]
    ios = sum(part["ios"] if "ios" in part else part["total_ios"] for part in parts)
    return ios, sum(part["iops"] for part in parts)


RATE = re.compile(r"IOPS=([0-9.]+)([KM]?)\b")


def read_second(line):
    """I/Os of a line of t/io_uring, which has one for each second; None: another line."""
    match = RATE.match(line.strip())
    if not match:
        return None
    return float(match[1]) * {"": 1, "K": 1e3, "M": 1e6}[match[2]]


class JobTool:
    """ringside or fio: the same options, and a JSON document."""

    def __init__(self, kind, name, version, head, options=()):
        self.kind = kind
        self.name = name
        self.version = version
        self.head = head
        self.options = list(options)
        self.program = head[0]
        self.is_ringside = kind == "ringside"

    def make_command(self, row, seconds):
        length = ["--number_ios=1"] if seconds is None else \
            ["--time_based", f"--runtime={seconds}"]
        mine = row.ringside_options if self.is_ringside else []
        return [*self.head, "--name=bench", *row.options, *mine, *self.options, *length]

    def run(self, row, seconds, cpus):
        seen = outside.watch(self.make_command(row, seconds), cpus)
        return seen, *read_ios(read_document(seen.out))

    def measure(self, row, seconds, cpus):
        """CPU time of a run, and of one of a single I/O, which is what start and end take."""
        short, _ios, _iops = self.run(row, None, cpus)
        long, ios, iops = self.run(row, seconds, cpus)
        if ios <= 1:
            raise outside.Failed(f"{self.name} has done no I/O")
        return {"ios": ios, "iops": iops, "cpu_s": long.cpu_s + long.kernel_s,
                "start_s": short.cpu_s + short.kernel_s, "kernel_s": long.kernel_s}


class Peer:
    """t/io_uring of fio's source: a bare loop with options of its own."""

    def __init__(self, path, usage, shim):
        self.kind = self.name = "t/io_uring"
        self.program = path
        self.version = ""
        self.is_ringside = False
        self.known = set(re.findall(r"^ *-(\w) <", usage, re.M))
        self.shim = shim

    def make_command(self, row):
        if row.peer_options is None:
            raise Cannot("t/io_uring has nothing like it")
        unknown = {word[1] for word in row.peer_options if word.startswith("-")} - self.known
        if unknown:
            raise Cannot(f"this t/io_uring has no -{min(unknown)}")
        return [self.program, *row.peer_options, row.path]

    def measure(self, row, seconds, cpus):
        """What it has taken up to its first line, start and a second, does not count."""
        command = self.make_command(row)
        environment = {}
        if row.path == "/dev/zero":
            if not self.shim:
                raise Cannot("t/io_uring takes no /dev/zero, and there is no cc for zero_size.c")
            environment["LD_PRELOAD"] = self.shim
        seen = outside.watch_lines(command, lambda line: read_second(line) is not None, seconds,
                                   cpus, environment)
        counts = [count for count in map(read_second, seen.out.splitlines()) if count is not None]
        counts = counts[1:seconds + 1]
        if not sum(counts):
            raise outside.Failed("t/io_uring has printed no IOPS")
        kernel_s = seen.kernel_s * seconds / (seconds + 1)
        return {"ios": sum(counts), "iops": sum(counts) / len(counts),
                "cpu_s": seen.cpu_s + kernel_s, "start_s": seen.at_first_line_s,
                "kernel_s": kernel_s}


def make_ringside(path):
    return JobTool("ringside", "ringside", ask(path, "--version").strip(),
                   [path, "run", "--format=json", "--quiet"])


def make_fio(path, version):
    """fio, and fio without its clock."""
    head = [path, "--output-format=json"]
    short = "{}.{}".format(*read_version(version))
    return [JobTool("fio", f"fio-{short}", version, head),
            JobTool("gtod_reduce", f"{short} gtod_reduce", version, head, ["--gtod_reduce=1"])]


def ask(path, *arguments):
    """What it says to that, on either stream."""
    try:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=30,
                              check=False, stdin=subprocess.DEVNULL, errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Cannot(f"{path}: {error}") from error
    return done.stdout + done.stderr


def build_shim(folder):
    """zero_size.c as what can be preloaded; None where nothing compiles it."""
    library = os.path.join(folder, "zero_size.so")
    source = pathlib.Path(__file__).with_name("zero_size.c")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        return None
    done = subprocess.run([compiler, "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", library,
                           str(source), "-ldl"], capture_output=True, check=False)
    return library if done.returncode == 0 else None


def recognise(path, said, folder):
    """The tools that a program is, by what it says to --version: fio its version, t/io_uring its
    usage, for it has no version. ringside's own name for fio's version is no peer."""
    match = re.match(r"fio-\d+\.\d+\S*", said)
    if match:
        return make_fio(path, match[0])
    if "-c <int>  : Batch complete" in said:
        return [Peer(path, said, build_shim(folder))]
    first = said.strip().partition("\n")[0]
    raise Cannot(f"{path} is neither fio nor t/io_uring: to --version it says '{first}'")


def read_version(name):
    """(3, 42) of fio-3.42-135-gf5344."""
    match = re.match(r"fio-(\d+)\.(\d+)", name)
    return (int(match[1]), int(match[2])) if match else None


def is_latest(tool):
    version = read_version(tool.version)
    return version is not None and version >= FIO_LATEST


def name_apart(tools):
    """Two of one name: the second is numbered."""
    seen = {}
    for tool in tools:
        seen[tool.name] = seen.get(tool.name, 0) + 1
        if seen[tool.name] > 1:
            tool.name += f" ({seen[tool.name]})"
    return tools
