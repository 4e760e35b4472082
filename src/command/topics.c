/* SPDX-License-Identifier: MIT */
/* The pages of `ringside help TOPIC`: how to read what ringside reports. The manual has them too.
 */
#include "command/topics.h"

#include <stddef.h>

static const char job_files[] =
	"A job file is fio's: sections in brackets, key=value lines, comments after # or ;.\n"
	"\n"
	"  [global]              defaults for the sections below it\n"
	"  filename=${TARGET}    a variable; ${TARGET:-data.tmp} has a default\n"
	"  size=1g\n"
	"  direct=1\n"
	"\n"
	"  [reads]               a job\n"
	"  rw=randread\n"
	"  bs=4k\n"
	"  ioengine=io_uring\n"
	"  iodepth=32\n"
	"  numjobs=4             four clones of it, a thread each\n"
	"\n"
	"  [log]\n"
	"  stonewall             starts when the jobs above it have ended\n"
	"  rw=write\n"
	"\n"
	"Sections run at the same time unless stonewall parts them. Options on the command line\n"
	"act as a [global] section before the file: as defaults. Without a file, --name=X begins\n"
	"a section. `ringside help options` lists all options, `ringside help bs` explains one.\n"
	"\n"
	"Sizes are powers of 1024 (4k, 1m, 1.5g; KiB means the same), times have units (10s,\n"
	"500ms; a bare number is seconds where fio says so). What fio accepts in silence and\n"
	"nobody can want, such as bs=4q or runtime=5sec, is an error or a warning with its line.\n"
	"`ringside run --dry-run FILE` prints the effective job and runs nothing.\n";

static const char rates[] =
	"With rate_iops or rate an I/O has a due time from a schedule, whether the I/Os before it\n"
	"are done or not (an open loop), and its latency counts from that time. A stall of the\n"
	"target therefore shows in every I/O that was due meanwhile.\n"
	"\n"
	"  lat      due to done: what a client would see (response time)\n"
	"  lag      due to sent: how long the I/O had to wait for its turn\n"
	"  service  sent to done: how long the target took; fio reports this one\n"
	"\n"
	"lat is lag + service, I/O by I/O. An I/O that is late is sent late and never left out;\n"
	"what the end of the run finds unsent is sent for as long again, 10 s at most, and what "
	"is\n"
	"unsent then is counted. rate_process=poisson draws arrivals at random, which is what\n"
	"independent clients look like. A rate is that of each clone and each direction;\n"
	"rate_iops_total and rate_total are of all clones together. compare holds contenders\n"
	"against each other by the sum over clones and directions: at unlike sums nobody wins, at\n"
	"a sum that all keep the median latency decides.\n"
	"\n"
	"For the last 50 us before its due time an I/O is waited for awake. This CPU time is\n"
	"reported apart (pacing) and is not part of the cost.\n";

static const char cost[] =
	"The cost counts every thread that worked for the job: its own, and the kernel's helpers\n"
	"(SQPOLL threads, io-wq workers), whose time no other tool adds.\n"
	"\n"
	"  cores       CPU time divided by the window's length: 1.98 is two busy CPUs\n"
	"  CPU/IO      CPU time divided by I/Os: user + system + helpers\n"
	"  IOPS/core   what one CPU's worth of time would do: the price of the IOPS\n"
	"  syscalls    system calls of the engine per I/O, counted, not estimated\n"
	"  switches    context switches per I/O: how often the thread went to sleep\n"
	"  punts       I/Os per I/O that the kernel handed to worker threads (io_uring)\n"
	"\n"
	"Interrupts and softirqs are charged by the kernel to whoever was running, so a device's\n"
	"own interrupt work is in somebody's account, not always in this one. A job of more\n"
	"threads than CPUs shares them; the CPU time is still each thread's own.\n";

static const char depth[] =
	"iodepth is how many I/Os the job wants in flight. The result says how many there were:\n"
	"\n"
	"  depth 14.3 of 16 asked, max 16; batches: submit 1.00 of 1, reap 7.54 of at least 1\n"
	"\n"
	"A job stays below its iodepth when\n"
	"  - the engine does one I/O at a time (sync, psync, pvsync2, mmap: use numjobs),\n"
	"  - I/O completes inside the submission (buffered libaio, reads from the page cache),\n"
	"  - batches let the queue run down: iodepth_batch_submit I/Os go in one submission, and\n"
	"    the job waits for iodepth_batch_complete_min of them before it submits again,\n"
	"  - iodepth_low lets it run down on purpose,\n"
	"  - a rate asks for fewer I/Os than the depth could do.\n"
	"A warning names the cause. Waiting for several completions makes latency \"until the "
	"batch\n"
	"was seen\": compare latencies of equal batches only.\n";

static const char proof[] =
	"Every engine proves what it was, because a flag that was asked for is not a flag that\n"
	"was granted.\n"
	"\n"
	"  engine    the settings that took effect, as the kernel reported them\n"
	"  refused   what the kernel or the target did not grant, with the reason\n"
	"  proof     counted while it ran: opcodes by name, system calls, punts to io-wq, the\n"
	"            SQPOLL thread and its CPU, interrupts of the device under polled I/O\n"
	"\n"
	"Typical findings: libaio on a buffered file spends its time inside io_submit; io_uring\n"
	"hands what would block to io-wq and so measures a thread pool; hipri without poll queues\n"
	"completes by interrupt. Such a result has a warning, a contender of compare the mark !,\n"
	"and strict_engine=1 makes it an error (exit code 5).\n";

static const char statistics[] =
	"The sample is the trial (one fresh process, its ramp thrown away), never the single I/O.\n"
	"Contenders run in blocks, each once in a block, in random order and over the same\n"
	"offsets. Differences are taken within blocks on a logarithmic scale, so drift that is\n"
	"slower than a block cancels out. From 8 blocks on the estimate is Hodges and Lehmann's\n"
	"with the interval of the signed-rank test, below that the mean with a t interval.\n"
	"\n"
	"Blocks go on until the intervals are narrow enough (--precision) or time is over\n"
	"(--max-time). The decision to stop looks at widths only, at fixed numbers of blocks:\n"
	"stopping once something looks significant makes false claims.\n"
	"\n"
	"  ▲ ▼  shown to differ (5 %, Holm's correction for all contenders), by --min-effect or "
	"more\n"
	"  ≈    equal: the whole interval lies within --margin\n"
	"  ~    neither shown nor excluded\n"
	"  A B  contenders with a letter in common were not shown to differ: every pair is judged\n"
	"\n"
	"The control is the reference a second time. Its difference to itself is the session's\n"
	"own error, and no smaller difference is claimed. Trials that something else disturbed\n"
	"(stolen or foreign CPU time, foreign I/O, heat, swapping) are run again and counted by\n"
	"cause; no trial is ever dropped for its value.\n";

static const char gates[] =
	"A gate is one figure of one job that `ringside check` judges.\n"
	"\n"
	"  paired    against a reference in the same session (--ref): holds on any machine\n"
	"  relative  today's ratio to the reference against stored ratios: other machines too\n"
	"  absolute  today's figure against stored ones: the same machine only\n"
	"  exact     figures that barely vary, such as system calls per I/O: no repetition\n"
	"  asserted  a limit of the job file: assert=read.iops>=500k, read.lat.p99<=200us\n"
	"\n"
	"A regression is a loss that is shown (1 % one-sided, by fresh trials) and that is above\n"
	"half the threshold. A pass is earned: a loss as large as the threshold is excluded. What\n"
	"shows neither is inconclusive, exit code 3, and 'sees' is the smallest loss that this\n"
	"session would have found.\n"
	"\n"
	"Default thresholds: IOPS, bandwidth, median latency and CPU per I/O 5 %, p99 10 %,\n"
	"system calls per I/O 0.02. --threshold=METRIC=P% changes one and adds gates that are off\n"
	"by default (p99.9, sync.lat.mean, context switches). A percentile needs 30 I/Os of each\n"
	"trial beyond it.\n"
	"\n"
	"Beside a baseline without disturbed trials, disturbed ones are no evidence although\n"
	"--no-guards lets them count (--allow-disturbed judges them); nor are trials five times\n"
	"as long. Sessions of fewer blocks have wider intervals.\n"
	"\n"
	"A baseline keeps every session's figures; sessions of several days know how days differ,\n"
	"and the first ones stay as the anchor against which many small losses add up. To make a\n"
	"gate see less noise: a reference in the same session, longer trials, more blocks, a\n"
	"quieter machine.\n";

static const char ci[] =
	"Runners are busy and no two are alike: hold against a reference in the same session "
	"(here:\n"
	"ringside as it was before the pull request), let disturbed trials count, and take\n"
	"inconclusive as a warning. On GitHub annotations, step summary and output come by "
	"themselves.\n"
	"\n"
	"  name: storage\n"
	"  on: pull_request\n"
	"  jobs:\n"
	"    gate:\n"
	"      runs-on: ubuntu-latest\n"
	"      steps:\n"
	"        - uses: actions/checkout@v4\n"
	"          with: {fetch-depth: 2}\n"
	"        - run: tools/install-deps\n"
	"        - run: git worktree add before HEAD^1\n"
	"        - run: make -C before\n"
	"        - run: make\n"
	"        - run: >-\n"
	"            build/ringside check jobs/gate.job --ref=before/build/ringside\n"
	"            --no-guards --inconclusive=pass --junit=junit.xml\n"
	"        - uses: actions/upload-artifact@v4\n"
	"          if: always()\n"
	"          with: {name: storage, path: junit.xml}\n"
	"\n"
	"In GitLab, where an exit code can be a warning; on a machine of its own, against a "
	"baseline\n"
	"that was recorded there:\n"
	"\n"
	"  storage-gate:\n"
	"    script:\n"
	"      - tools/install-deps\n"
	"      - make\n"
	"      - >-\n"
	"        build/ringside check jobs/gate.job --baseline=results/gate.baseline.json\n"
	"        --junit=junit.xml --openmetrics=metrics.txt --history=history.jsonl\n"
	"    after_script:\n"
	"      - build/ringside history history.jsonl\n"
	"    allow_failure: {exit_codes: 3}\n"
	"    cache: {key: storage, paths: [history.jsonl]}\n"
	"    artifacts:\n"
	"      when: always\n"
	"      reports: {junit: junit.xml, metrics: metrics.txt}\n";

static const char devices[] =
	"Writing, trimming or passing commands to a block device that is mounted, swapped to or\n"
	"held (by dm, md, LVM, loop; itself, a partition of it, or its whole disk) is refused, "
	"and\n"
	"no option allows it. A device that carries a file system, a partition table or a RAID or\n"
	"LVM signature is refused until it is named a second time: --destroy=/dev/nvme0n1, or its\n"
	"serial number. The same holds for a file that is swap space or has a loop device on it,\n"
	"by whatever name, through an overlay too; one that cannot be told from it is refused.\n"
	"Only character devices that are known to be harmless are opened: null, zero, full,\n"
	"random, urandom, terminals, and NVMe namespaces behind the same guard. /dev/sg*,\n"
	"/dev/mem, tapes and all others are refused. --readonly refuses every write.\n"
	"\n"
	"The guard is asked before anything runs, and again about what is open whenever a job\n"
	"opens it: a link that was moved, a file system that was made or a disk that was changed\n"
	"in between is refused then. A device is held (O_EXCL) from there to its last write. A\n"
	"file cannot be held: whoever attaches a loop device to the file that a running job\n"
	"writes gets what the job writes.\n";

const struct help_topic command_topics[] = {
	{"job-files", "the language of job files", job_files},
	{"rates", "open loop: rate, lat, lag and service", rates},
	{"cost", "CPU time, system calls, context switches", cost},
	{"depth", "I/Os in flight, and why there are fewer", depth},
	{"proof", "what an engine really was", proof},
	{"statistics", "blocks, intervals and marks of compare", statistics},
	{"gates", "thresholds, evidence and outcomes of check", gates},
	{"ci", "gates in GitHub Actions and GitLab", ci},
	{"devices", "when a device may be written", devices},
	{NULL, NULL, NULL},
};
