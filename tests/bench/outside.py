# SPDX-License-Identifier: MIT
"""What can be seen of a program from outside, by the same rule for each: wall time, CPU time of all
of its threads and children (wait4), CPU time of the kernel's threads, its largest resident memory.

io_uring's workers and SQPOLL's thread belong to their process since Linux 5.12, so wait4 has them.
It has nothing of what kernel threads (kworkers) do for a program: their time is read before and
after, that of all of them, for nobody says for whom they work. Not seen: interrupts, which are
charged to the thread that they interrupt, and the host of a virtual machine.
"""
import contextlib
import ctypes
import dataclasses
import os
import pathlib
import pty
import resource
import select
import signal
import subprocess
import tempfile
import threading
import time

LIMIT_S = 300  # a program that takes longer is taken to hang
KERNEL_THREAD = 0x00200000  # PF_KTHREAD of include/linux/sched.h
IN_ACCESS = 1


class Failed(Exception):
    """A program did not come to its end."""


@dataclasses.dataclass
class Seen:
    """One program from start to end."""
    wall_s: float
    cpu_s: float
    kernel_s: float
    peak_kib: int
    out: str
    err: str
    at_first_line_s: float = 0.0  # CPU time by then
    first_access_s: float | None = None


def read_schedstat(path):
    """CPU time in s; 0 for what is gone."""
    try:
        return int(pathlib.Path(path, "schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def is_kernel_thread(pid):
    try:
        stat = pathlib.Path("/proc", pid, "stat").read_text()
    except OSError:
        return False
    return bool(int(stat.rpartition(")")[2].split()[6]) & KERNEL_THREAD)


def read_kernel_threads():
    """CPU time of each in s, by pid: empty where they cannot be seen (a container's own /proc)."""
    return {pid: read_schedstat(f"/proc/{pid}") for pid in os.listdir("/proc")
            if pid.isdigit() and is_kernel_thread(pid)}


def add_kernel_threads(before, after):
    return sum(max(0.0, cpu_s - before.get(pid, 0.0)) for pid, cpu_s in after.items())


def read_threads(pid):
    """CPU time in s of the threads that a process has now."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return 0.0
    return sum(read_schedstat(f"/proc/{pid}/task/{task}") for task in tasks)


def read_machine():
    """Seconds in which CPUs were busy, with what the host took of them."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _wait, irq, softirq, steal = \
            [int(word) for word in file.readline().split()[1:9]]
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def read_peak(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


class AccessWatch:
    """When a file is first read, by whomever."""

    def __init__(self, path):
        libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = libc.inotify_init()
        if self.descriptor < 0 or libc.inotify_add_watch(self.descriptor, os.fsencode(path),
                                                         IN_ACCESS) < 0:
            raise Failed(f"inotify: {os.strerror(ctypes.get_errno())}")

    def wait(self, process, limit_s):
        """Whether it came before the process ended."""
        process = os.pidfd_open(process.pid)
        try:
            ready = select.select([self.descriptor, process], [], [], limit_s)[0]
            return self.descriptor in ready
        finally:
            os.close(process)

    def close(self):
        os.close(self.descriptor)


def say_end(command, status, text):
    code = os.waitstatus_to_exitcode(status)
    how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
    said = text.strip().splitlines()
    return f"{os.path.basename(command[0])} {how}" + (f": {said[-1]}" if said else "")


class Started:
    """A program in a session and a group of its own: autogroup gives each session a share of the
    machine, so that none of the tools has more of them than another."""

    def __init__(self, command, cpus, environment, **streams):
        def pin():
            if cpus:
                os.sched_setaffinity(0, cpus)
        self.command = command
        self.kernel = read_kernel_threads()
        self.process = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=pin,
            env={**os.environ, **(environment or {})}, **streams)
        self.start = time.monotonic()  # exec is done by now: what Python takes does not count
        self.is_late = False
        self.timer = threading.Timer(LIMIT_S, self.give_up)
        self.timer.daemon = True
        self.timer.start()

    def give_up(self):
        self.is_late = True
        self.kill()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def poll_peak(self):
        """Until it ends: wait4's own figure begins with the memory of who has started it."""
        peak = 0
        while os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            peak = max(peak, read_peak(self.process.pid))
            time.sleep(0.001)
        return peak

    def end(self, read_text, polls_peak=False):
        """Waits; `read_text`: gives what it printed, once it has ended."""
        try:
            peak = self.poll_peak() if polls_peak else 0
            _pid, status, used = os.wait4(self.process.pid, 0)
        except BaseException:
            self.kill()
            raise
        finally:
            self.timer.cancel()
        wall_s = time.monotonic() - self.start
        self.process.returncode = os.waitstatus_to_exitcode(status)
        kernel_s = add_kernel_threads(self.kernel, read_kernel_threads())
        self.kill()  # what it has left behind
        out, err = read_text()
        if self.is_late:
            raise Failed(f"{os.path.basename(self.command[0])} did not end within {LIMIT_S} s")
        if self.process.returncode != 0:
            raise Failed(say_end(self.command, status, err or out))
        if used.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
            peak = used.ru_maxrss
        return Seen(wall_s, used.ru_utime + used.ru_stime, kernel_s, peak, out, err)


def watch(command, cpus=None, environment=None, polls_peak=False, accessed=None):
    """Runs it. What it prints goes to files: nothing of ours wakes up while it runs."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        def read_text():
            out.seek(0)
            err.seek(0)
            return out.read(), err.read()
        access = AccessWatch(accessed) if accessed else None
        started = Started(command, cpus, environment, stdout=out, stderr=err)
        try:
            came = access and access.wait(started.process, LIMIT_S)
            at = time.monotonic()
        except BaseException:
            started.kill()
            raise
        finally:
            if access:
                access.close()
        seen = started.end(read_text, polls_peak)
        seen.first_access_s = at - started.start if came else None
        return seen


def watch_lines(command, is_line, count, cpus=None, environment=None):
    """Runs a program that has no end of its own until it has printed 1 + `count` such lines, then
    interrupts it. On a terminal, or the lines would come late."""
    ours, theirs = pty.openpty()
    started = Started(command, cpus, environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text, lines, first_s = "", 0, 0.0
    try:
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # a terminal that nobody writes to any more
                break
            if not part:
                break
            text += part.decode(errors="replace")
            known = sum(map(is_line, text.split("\n")[:-1]))
            if lines == 0 and known > 0:
                first_s = read_threads(started.process.pid)
            if lines <= count < known:
                os.kill(started.process.pid, signal.SIGINT)
            lines = known
    except BaseException:
        started.kill()
        with contextlib.suppress(Failed):  # as it is, being killed: an interrupt has to go on
            started.end(lambda: (text, ""))
        raise
    finally:
        os.close(ours)
    seen = started.end(lambda: (text, ""))
    seen.at_first_line_s = first_s
    return seen
