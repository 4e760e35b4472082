# SPDX-License-Identifier: MIT
"""The rows of the bench, and the goals that they are held against."""
import dataclasses
import os

FILE_BYTES = 64 << 20
FILES = 100
READ = ["--rw=randread", "--norandommap", "--randrepeat=0"]
NULL = ["--ioengine=null", "--bs=4k", "--size=1g", "--norandommap", "--randrepeat=0"]
FIXED = ["--fixedbufs", "--registerfiles"]
GROUP = ["--thread", "--group_reporting"]


def batch(depth, size):
    return [f"--iodepth={depth}", f"--iodepth_batch_submit={size}",
            f"--iodepth_batch_complete_min={size}", f"--iodepth_batch_complete_max={size}"]


@dataclasses.dataclass
class Row:
    """`kind`: which function of measures.py measures it. Of a row of kind "cost", `peer_options`
    are those of t/io_uring, or None; `pinned`: all of its threads stay on one CPU."""
    name: str
    options: list
    kind: str = "cost"
    peer_options: list | None = None
    path: str = ""
    ringside_options: list = dataclasses.field(default_factory=list)
    pinned: bool = True
    cpus: int = 1  # that it needs
    has_fio: bool = True  # fio has such an engine


@dataclasses.dataclass
class Goal:
    """`against`: a tool's kind ("fio", "latest fio", "gtod_reduce", "t/io_uring"), for a ratio; "" for
    ringside's own figure `metric`. `rows`: names, each of which must reach it."""
    text: str
    rows: list
    metric: str
    limit: float
    is_at_least: bool
    against: str = ""
    condition: str = ""  # one of report.CONDITIONS
    kind: str = ""  # of figures.judge


def peer(depth, size, block, *more):
    """t/io_uring without O_DIRECT, polling, or placing on a node."""
    return ["-O0", "-p0", "-P0", f"-d{depth}", f"-s{size}", f"-c{size}", f"-b{block}", *more]


PLAIN, REGISTERED = ("-B0", "-F0"), ("-B1", "-F1")


def list_readers(where, path, block):
    """Reads by each engine. fio's posixaio has one descriptor for all I/Os of a file."""
    on = [f"--filename={path}", f"--size={FILE_BYTES}", f"--bs={block}", "--invalidate=0", *READ]
    one = ["--descriptor_per_slot=0"] if where == "file" else []

    def row(name, options, peer_options=None, **more):
        return Row(f"{where} {name}", on + options, peer_options=peer_options, path=path, **more)

    def uring(*options):
        return ["--ioengine=io_uring", *options]

    return [
        row("sync", ["--ioengine=sync"]),
        row("psync", ["--ioengine=psync"], peer(1, 1, block, "-S1", *PLAIN)),
        row("vsync", ["--ioengine=vsync"]),
        row("pvsync", ["--ioengine=pvsync"]),
        row("pvsync2", ["--ioengine=pvsync2"]),
        row("mmap", ["--ioengine=mmap"]),
        row("posixaio d32", ["--ioengine=posixaio"] + batch(32, 16), ringside_options=one,
            pinned=False),
        row("threads d32", ["--ioengine=threads"] + batch(32, 16), pinned=False, has_fio=False),
        row("epoll d32", ["--ioengine=epoll"] + batch(32, 16), pinned=False, has_fio=False),
        row("libaio d32", ["--ioengine=libaio"] + batch(32, 16),
            peer(32, 16, block, "-a1", *PLAIN)),
        row("io_uring d1", uring(), peer(1, 1, block, *PLAIN)),
        row("io_uring d32", uring(*batch(32, 16)), peer(32, 16, block, *PLAIN)),
        row("fixed d32", uring(*FIXED, *batch(32, 16)), peer(32, 16, block, *REGISTERED)),
        row("io_uring d128", uring(*batch(128, 32)), peer(128, 32, block, *PLAIN)),
        row("fixed d128", uring(*FIXED, *batch(128, 32)), peer(128, 32, block, *REGISTERED)),
    ]


def list_sqpoll(cpus):
    """The kernel's thread on a CPU of its own."""
    first, last = cpus[0], cpus[-1]
    return [Row(f"zero SQPOLL d{depth}",
                ["--filename=/dev/zero", f"--size={FILE_BYTES}", "--bs=512", *READ,
                 "--ioengine=io_uring", "--sqthread_poll=1", f"--sqthread_poll_cpu={last}",
                 f"--cpus_allowed={first}", "--registerfiles", *batch(depth, size)],
                pinned=False, cpus=2) for depth, size in ((32, 16), (128, 32))]


def list_null():
    """What a tool costs by itself."""
    reads = NULL + ["--rw=randread"]
    writes = NULL + ["--rw=randwrite"] + batch(32, 16)
    return [
        Row("null b16", reads + batch(32, 16)),
        Row("null d1", reads),
        Row("null d32 one by one", reads + ["--iodepth=32"]),
        Row("null map b16", [word for word in reads if word != "--norandommap"] + batch(32, 16)),
        Row("null zipf b16", reads + ["--random_distribution=zipf:1.1"] + batch(32, 16)),
        Row("null write plain", writes + ["--scramble_buffers=0"]),
        Row("null write scramble", writes + ["--scramble_buffers=1"]),
        Row("null write refill", writes + ["--refill_buffers"]),
        Row("null write compressible", writes + ["--refill_buffers",
                                                 "--buffer_compress_percentage=50"]),
        Row("null mix 70/30", NULL + ["--rw=randrw", "--rwmixread=70"] + batch(32, 16)),
        Row("null ring d32", [*reads, "--ioengine=io_uring_nop", *batch(32, 16)],
            peer_options=peer(32, 16, 4096, "-N1", *PLAIN), path="/dev/zero", has_fio=False),
        Row("null paced behind", reads + ["--rate_iops=100m"]),
        Row("null x 2 jobs", reads + batch(32, 16) + ["--numjobs=2"] + GROUP, pinned=False),
        Row("null x 64 jobs", reads + batch(32, 16) + ["--numjobs=64"] + GROUP, pinned=False),
    ]


def list_files(write_path, folder):
    """Writes and mixes into the page cache, and many files."""
    to = [f"--filename={write_path}", f"--size={FILE_BYTES}", "--bs=4k", "--norandommap",
          "--randrepeat=0", "--invalidate=0", "--overwrite=1"]
    zero = ["--filename=/dev/zero", f"--size={FILE_BYTES}", "--bs=512", *READ, "--ioengine=psync"]
    many = [f"--directory={folder}", "--filename_format=f$filenum", f"--nrfiles={FILES}",
            "--filesize=256k", "--bs=4k", "--invalidate=0", *READ]
    return [
        Row("file write psync", to + ["--rw=randwrite", "--ioengine=psync"]),
        Row("file write io_uring d32",
            to + ["--rw=randwrite", "--ioengine=io_uring"] + batch(32, 16)),
        Row("file mix psync", to + ["--rw=randrw", "--rwmixread=70", "--ioengine=psync"]),
        Row("file mix io_uring d32",
            to + ["--rw=randrw", "--rwmixread=70", "--ioengine=io_uring"] + batch(32, 16)),
        Row(f"{FILES} files psync", many + ["--ioengine=psync"]),
        Row(f"{FILES} files io_uring d32", many + ["--ioengine=io_uring"] + batch(32, 16)),
        Row("zero paced 10k/s", zero + ["--rate_iops=10k"]),
        Row("zero psync x 2 jobs", zero + ["--numjobs=2"] + GROUP, pinned=False),
        Row("zero psync x 64 jobs", zero + ["--numjobs=64"] + GROUP, pinned=False),
    ]


def list_rows(read_path, write_path, folder, cpus):
    return [
        *list_readers("zero", "/dev/zero", 512),
        *list_readers("file", read_path, 4096),
        *list_sqpoll(cpus),
        *list_null(),
        *list_files(write_path, folder),
        Row("getppid", ["--ioengine=syscall", "--call=getppid", "--bs=4k", "--size=1g",
                        "--rw=randread", "--norandommap"], has_fio=False),
        Row("instructions null b16", [], "instructions"),
        Row("instructions null d1", [], "instructions"),
        Row("start", [], "start", pinned=False),
        Row("memory 1000 jobs", [], "memory", pinned=False),
        Row("memory a job", [], "memory_a_job", pinned=False),
        Row("4000 jobs", [], "many_jobs", pinned=False),
        Row("parse 10000 sections", [], "parse", pinned=False),
        Row("JSON 1000 jobs", [], "json", pinned=False),
        Row("random data", [], "battery", pinned=False),
    ]


DEEP = [f"{where} {how}" for where in ("zero", "file")
        for how in ("io_uring d32", "fixed d32", "io_uring d128", "fixed d128")]
SHALLOW = [f"{where} {how}" for where in ("zero", "file") for how in ("io_uring d1", "psync")]


def list_goals(rows):
    """Ratios are CPU time an I/O, theirs over ours."""
    compared = [row.name for row in rows if row.kind == "cost" and row.has_fio]
    return [
        Goal("t/io_uring, io_uring d32 and d128", DEEP, "ns", 1.0, True, "t/io_uring"),
        Goal("t/io_uring, depth 1 and psync", SHALLOW, "ns", 0.98, True, "t/io_uring"),
        Goal("fio gtod_reduce, every row", compared, "ns", 1.0, True, "gtod_reduce"),
        Goal("fio, every row", compared, "ns", 1.0, True, "fio"),
        Goal("latest fio, io_uring d32", ["zero io_uring d32"], "ns", 1.6, True, "latest fio"),
        Goal("latest fio, refill", ["null write refill"], "ns", 1.3, True, "latest fio"),
        Goal("null, ns an I/O at batch 16", ["null b16"], "ns", 10, False, "", "getppid"),
        Goal("paced and behind, ns an I/O", ["null paced behind"], "ns", 60, False),
        Goal("refill, ns for 4 KiB", ["null write refill"], "fill_ns", 130, False),
        Goal("random data, of a battery's tests failed", ["random data"], "failed", 0, False,
             kind="count"),
        Goal("instructions an I/O, batch 16", ["instructions null b16"], "instructions", 150,
             False, kind="count"),
        Goal("instructions an I/O, depth 1", ["instructions null d1"], "instructions", 350, False,
             kind="count"),
        Goal("start to first I/O, ms", ["start"], "first_ms", 5, False, "", "empty program",
             kind="wall"),
        Goal("1,000 jobs, MiB", ["memory 1000 jobs"], "mib", 80, False),
        Goal("1,000 jobs from start to end, s", ["memory 1000 jobs"], "s", 1, False,
             kind="wall"),
        Goal("a job that reads, KiB beyond its buffer", ["memory a job"], "kib", 64, False),
        Goal("4,000 jobs run", ["4000 jobs"], "ran", 1, True, kind="count"),
        Goal("10,000 sections, CPU ms", ["parse 10000 sections"], "ms", 150, False),
        Goal("10,000 sections, MiB", ["parse 10000 sections"], "mib", 20, False),
        Goal("JSON of 1,000 jobs read, CPU ms", ["JSON 1000 jobs"], "read_ms", 300, False),
        Goal("JSON of 1,000 jobs written, CPU ms", ["JSON 1000 jobs"], "write_ms", 200, False),
    ]


def make_files(folder, write_folder):
    """Files that are in the page cache, as both tools expect them."""
    read_path = os.path.join(folder, "read")
    write_path = os.path.join(write_folder, "write")
    many = os.path.join(folder, "many")
    os.mkdir(many)
    contents = [(path, FILE_BYTES) for path in (read_path, write_path)]
    contents += [(os.path.join(many, f"f{number}"), 256 << 10) for number in range(FILES)]
    for path, length in contents:
        with open(path, "wb") as file:
            for _ in range(max(1, length >> 20)):
                file.write(os.urandom(min(length, 1 << 20)))
    os.sync()
    return read_path, write_path, many
