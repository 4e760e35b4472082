/* SPDX-License-Identifier: MIT */
/* `ringside help`: commands, options, engines, topics, schemas; the manual and the completion. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "check/baseline.h"
#include "check/check.h"
#include "check/history.h"
#include "check/judge.h"
#include "command/command.h"
#include "command/verify_report.h"
#include "curve/curve.h"
#include "engine/engine_list.h"
#include "job/job.h"
#include "job/job_unsupported.h"
#include "lint/lint.h"
#include "option/option_print.h"
#include "prepare/prepare.h"
#include "probe/probe.h"
#include "result/result_fields.h"
#include "session/record.h"
#include "verdict/trial_values.h"

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
	"500ms; a bare number is seconds where fio says so). Values that fio accepts\n"
	"in silence and that cannot be meant, such as bs=4q or runtime=5sec, are errors or "
	"warnings\n"
	"with their line.\n"
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
	"I/Os that are unsent at the end of the run are sent for as long again, 10 s at most, and\n"
	"then counted. rate_process=poisson draws arrivals at random, as those of independent\n"
	"clients are. A rate is that of each clone and each direction;\n"
	"rate_iops_total and rate_total are of all clones together. compare uses the sum\n"
	"over clones and directions: at unequal sums there is no winner, at a sum that all keep "
	"the\n"
	"median latency decides.\n"
	"\n"
	"'ringside curve' offers one load after the other and tells where latency takes off.\n"
	"\n"
	"For the last 50 us before its due time an I/O is waited for awake. This CPU time is\n"
	"reported apart (pacing) and is not part of the cost.\n";

static const char series[] =
	"A result has each job by intervals of time (--interval=1s; from 100ms on; 0: none): "
	"I/Os,\n"
	"bytes, errors, I/Os in flight at the end, and a histogram of latencies for each\n"
	"direction. An I/O belongs to the interval in which its completion was seen, so that the\n"
	"intervals add up to the job, bucket by bucket. Intervals in which nothing came back are\n"
	"there, with 0 I/Os. Of more than 2,000 intervals each two neighbours become one.\n"
	"\n"
	"  IOPS  ▇▇▇▇__▇▇   reads, writes and trims together, from 0 to the most; _ is 0\n"
	"  p99   ▁▁▁▁  █▁   of the same, by the logarithm\n"
	"  gap             the longest time without a completion, and when it began\n"
	"\n"
	"The window's start and end count as completions. Of clones that are reported together\n"
	"the gap is common to all of them, as far as the longest gaps of each show it.\n"
	"\n"
	"--heatmap adds a map of latency by time to the text; --csv-series=FILE, --jsonl=FILE and\n"
	"--json=FILE write the intervals, and so does --hdr-log=FILE: its lines of `lat` are one\n"
	"for each interval. --status-interval=TIME prints them while the job runs, on stderr or,\n"
	"with --format=jsonl, a JSON line each on stdout, and last the result: what a run that is\n"
	"killed has printed stays. An interval is printed once all clones are past it: in a stall\n"
	"that is when the stall is over. The trials of comparisons and checks have no series.\n";

static const char scraping[] =
	"`ringside run --metrics=PLACE` can be scraped while it runs: OpenMetrics text, as\n"
	"Prometheus and its like read it, at /metrics by HTTP. PLACE is\n"
	"\n"
	"  unix:PATH        a socket that is made there, and removed when the run is over\n"
	"  9464             a port of 127.0.0.1; 0 takes a free one, and a note says which\n"
	"  [::1]:9464       of IPv6's loopback; 127.0.0.1:9464 likewise\n"
	"\n"
	"Other addresses are refused unless --metrics-any-address is added: figures and names of\n"
	"jobs have no password. By job (name, and index in the result) and direction there are\n"
	"\n"
	"  ringside_ios_total, ringside_bytes_total, ringside_errors_total\n"
	"  ringside_latency_seconds       histogram: lat, from 255 ns to 17 s, two buckets an "
	"octave\n"
	"\n"
	"and by job\n"
	"\n"
	"  ringside_cpu_seconds_total     of=worker, of=helper: SQPOLL, io-wq\n"
	"  ringside_depth, ringside_in_flight, ringside_workers_running\n"
	"  ringside_phase                 to come, preparing, waiting, ramp, measuring, "
	"verifying,\n"
	"                                 draining, done, failed\n"
	"  ringside_left_seconds          none where it is not known\n"
	"\n"
	"with ringside_run_elapsed_seconds, ringside_run_left_seconds and ringside_run_info. "
	"Counts\n"
	"are of the window, until the end of the last interval that all clones are past; they "
	"never\n"
	"fall. A scrape that is open when the run ends gets the last figures, which are those of\n"
	"the result. The trials of compare, check and curve are not scraped: it would disturb\n"
	"what they measure.\n"
	"\n"
	"The buckets are classic ones, cumulative, with le=: the text format has no others, and\n"
	"native histograms are scraped by protobuf alone. Bounds are bounds of ringside's "
	"buckets,\n"
	"so no I/O is in a wrong one. Prometheus 3 makes native histograms with these bounds of\n"
	"them by itself:\n"
	"\n"
	"  scrape_configs:\n"
	"    - job_name: ringside\n"
	"      honor_labels: true\n"
	"      scrape_interval: 1s\n"
	"      convert_classic_histograms_to_nhcb: true\n"
	"      static_configs:\n"
	"        - targets: ['127.0.0.1:9464']\n"
	"\n"
	"honor_labels keeps `job` the job of ringside, else it is called exported_job.\n"
	"\n"
	"  histogram_quantile(0.99, rate(ringside_latency_seconds[10s]))\n"
	"  curl --unix-socket PATH http://localhost/metrics\n"
	"\n"
	"A thread of its own answers, 16 clients at a time, each for 10 s; it sleeps until\n"
	"somebody asks, and workers know nothing of it. A scrape costs the supervisor about\n"
	"0.1 ms of CPU time for each job: with hundreds of jobs, scrape less often.\n";

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
	"  counted     instructions and cycles per I/O, in user mode and in the kernel, by the\n"
	"              CPU's own counters where they are there; helpers are in them, too\n"
	"\n"
	"Counters need a CPU that shows them ('ringside probe'): a virtual machine needs a vPMU,\n"
	"the kernel's part kernel.perf_event_paranoid=1 or CAP_PERFMON, a container a seccomp\n"
	"profile that allows perf_event_open. A part that is unknown is null in the document,\n"
	"with its reason. Where others use the counters for a while (perf, the NMI watchdog),\n"
	"counts are scaled up, counted_share and a warning say so; below half of the time there\n"
	"is no figure. Of a job with a rate those of user mode are unknown: looking at the clock\n"
	"would count. Poll threads and IOPOLL spin: their instructions follow the time.\n"
	"\n"
	"The kernel charges interrupts and softirqs to the thread that was running, so a device's\n"
	"interrupt work is in some thread's account, not always in the job's. A job of more\n"
	"threads than CPUs shares them; the CPU time is still each thread's own.\n";

static const char depth[] =
	"iodepth is how many I/Os the job wants in flight. The result says how many there were:\n"
	"\n"
	"  depth 14.3 of 16 asked, max 16; batches: submit 1.00 of 1, reap 7.54 of at least 1\n"
	"\n"
	"A job stays below its iodepth when\n"
	"  - the engine does one I/O at a time (sync, psync, pvsync, mmap: use numjobs),\n"
	"  - I/O completes inside the submission (buffered libaio, reads from the page cache),\n"
	"  - batches let the queue run down: iodepth_batch_submit I/Os go in one submission, and\n"
	"    the job waits for iodepth_batch_complete_min of them before it submits again,\n"
	"  - iodepth_low lets it run down on purpose,\n"
	"  - a rate asks for fewer I/Os than the depth could do.\n"
	"With latency_target the depth is the largest of 1 to iodepth at which a share of the\n"
	"I/Os (latency_percentile) is within the target; the result says which that was. fio's\n"
	"search: windows of latency_window, thrown away, then one that is reported.\n"
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
	"hands I/O that would block to io-wq and so measures a thread pool; hipri without poll "
	"queues\n"
	"completes by interrupt. Such a result has a warning, a contender of compare the mark !,\n"
	"and strict_engine=1 makes it an error (exit code 5).\n";

static const char statistics[] =
	"The sample is the trial (one fresh process, its ramp thrown away), never the single I/O.\n"
	"Contenders run in blocks, each once in a block, in random order and over the same\n"
	"offsets. Differences are taken within blocks on a logarithmic scale, so drift that is\n"
	"slower than a block cancels out. From 8 blocks on the estimate is Hodges and Lehmann's\n"
	"with the interval of the signed-rank test, below that the mean with a t interval.\n"
	"\n"
	"Where it is right, a block is rounds of turns instead (compare, check --ref): each\n"
	"contender is prepared and waits; in a round each in turn settles, measures a window of\n"
	"5 to 20 ms (--window) and drains, in random order. A contender's figure of a block is\n"
	"the reference's and the middle of the differences of their rounds (their median),\n"
	"so that disturbed rounds have little weight; blocks remain the sample. Instructions and\n"
	"cycles per I/O are by rounds, too, of whole turns. Tails beyond p99\n"
	"and counts are of all windows together. What the middle passes over is a figure of its\n"
	"own, stalled_turns: the share of turns below three quarters of their median rate.\n"
	"Contenders that write to storage, have a rate, read a cold cache, do fewer than 100 I/Os\n"
	"in a window or have more than two threads for each CPU have trials in a row, as all have\n"
	"with --window=0, --blocks or --trial-time; the notes say why.\n"
	"\n"
	"What a turn leaves behind for the next one would be in the figures. The control shows\n"
	"it: the reference's rate after its own turns against that after another contender's.\n"
	"Where that is shown, after 3 or 7 blocks (1 %, corrected), to move a ratio by more than\n"
	"--min-effect (in check: half of the smallest threshold), these blocks are left out and\n"
	"the session goes on with trials in a row.\n"
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
	"half the threshold. A pass is earned: a loss as large as the threshold is excluded. A\n"
	"gate that shows neither is inconclusive, exit code 3, and 'sees' is the smallest loss\n"
	"that this session would have found.\n"
	"\n"
	"Default thresholds: IOPS, bandwidth, median latency and CPU per I/O 5 %, p99 10 %,\n"
	"instructions per I/O 3 %, system calls per I/O 0.02, stalled turns 10 points.\n"
	"--threshold=METRIC=P% changes one and adds gates that are off by default (p99.9,\n"
	"sync.lat.mean, cycles, context switches). A percentile needs 30 I/Os of each trial\n"
	"beyond it.\n"
	"\n"
	"Instructions per I/O barely know noise, so this gate decides where others cannot. It is\n"
	"of user mode and the kernel together; of user mode alone (user_instructions_per_io)\n"
	"where one side may not count the kernel's. Where one side has no counters it is off,\n"
	"which a note says with the reason.\n"
	"\n"
	"Beside a baseline without disturbed trials, disturbed ones are no evidence although\n"
	"--no-guards lets them count (--allow-disturbed judges them); nor are trials five times\n"
	"as long. Sessions of fewer blocks have wider intervals.\n"
	"\n"
	"A baseline keeps every session's figures; sessions of several days know how days differ,\n"
	"and the first ones stay as the anchor against which many small losses add up. To make a\n"
	"gate see less noise: a reference in the same session, of which the trials take turns of\n"
	"milliseconds ('help statistics'), more blocks, longer trials, a quieter machine. A\n"
	"baseline is held against sessions that were measured as it was, in turns or not.\n";

static const char ci[] =
	"Runners are busy and differ: compare with a reference in the same session (here: "
	"ringside\n"
	"before the pull request), let disturbed trials count, and take inconclusive as a "
	"warning.\n"
	"On GitHub annotations, step summary and output come by themselves.\n"
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
	"serial number. With ranks on several hosts it is named for each, because one path is\n"
	"another device there: --destroy=node07:/dev/nvme0n1.\n"
	"The same holds for a file that is swap space or has a loop device on it,\n"
	"by whatever name, through an overlay too; a file that cannot be told from one is "
	"refused.\n"
	"Only character devices that are known to be harmless are opened: null, zero, full,\n"
	"random, urandom, terminals, and NVMe namespaces behind the same guard. /dev/sg*,\n"
	"/dev/mem, tapes and all others are refused. --readonly refuses every write.\n"
	"\n"
	"The guard is asked before anything runs, and again about what is open whenever a job\n"
	"opens it: a link that was moved, a file system that was made or a disk that was changed\n"
	"in between is refused then. A device is held (O_EXCL) from there to its last write. A\n"
	"file cannot be held: a loop device that is attached to the file while a job writes it "
	"gets\n"
	"what the job writes.\n";

/* Documents beside its result, one of which may go to stdout. */
static bool shares_stdout(const struct command *command)
{
	for (const struct command_part *p = command->parts; p && (p->options || p->make); p++) {
		if (p->kinds)
			return true;
	}
	return false;
}

static const char about_stdout[] =
	"A FILE of - is stdout, which carries that document alone: the text goes to stderr.\n";

/* By option_print_flags, or as the manual has them. */
static void print_command_options(
	const struct command *command, void (*print)(const struct option *options, FILE *stream))
{
	struct arena arena = {0};

	for (const struct command_part *p = command->parts; p && (p->options || p->make); p++)
		print(arguments_options(p, &arena), stdout);
	arena_free(&arena);
}

static void print_command(const struct command *command)
{
	printf("Usage: ringside %s %s\n\n%s\n", command->name, command->usage, command->detail);
	if (command->parts)
		printf("\n");
	print_command_options(command, option_print_flags);
	if (shares_stdout(command))
		printf("\n%s", about_stdout);
}

static void print_engines(void)
{
	for (size_t i = 0; engines[i]; i++)
		printf("  %-12s %s\n", engines[i]->name, engines[i]->summary);
}

static void print_engine(const struct engine_class *engine)
{
	printf("%s: %s\n\nOperations:", engine->name, engine->summary);
	for (int op = 0; op < IO_OP_COUNT; op++) {
		if (engine->op_mask & IO_BIT(op))
			printf(" %s", io_op_name((enum io_op)op));
	}
	printf("\n");
	if (engine->options) {
		printf("\nOptions of its own:\n");
		option_print_list(engine->options, stdout);
	}
}

static void print_exit_codes(void)
{
	printf("  0      done; pass; improved\n"
	       "  1      a regression is confirmed\n"
	       "  2      the request is wrong: usage, job file, result file; nothing was run.\n"
	       "         Or the write guard refused\n"
	       "  3      inconclusive\n"
	       "  4      incomparable, or this machine cannot do it\n"
	       "  5      the run went wrong: I/O error, an engine that was not what it claimed\n"
	       "  128+n  ended by signal n; the result so far is complete and valid\n");
}

static void print_metrics(void)
{
	printf("  %-26s %-5s %-7s %-10s %s\n", "METRIC", "unit", "better", "threshold",
		"gate by default");
	for (size_t i = 0; i < VALUE_COUNT; i++) {
		const struct metric *metric = &trial_value_metrics[i];
		const struct metric_gate *gate = metric_gate_of(metric->class);
		double threshold = gate->threshold;
		char percent[32] = "-";

		if (metric->class == METRIC_STALLS)
			snprintf(percent, sizeof(percent), "%g points", gate->absolute * 100);
		else if (isfinite(threshold))
			snprintf(percent, sizeof(percent), "%g %%", threshold * 100);
		printf("  %-26s %-5s %-7s %-10s %s\n", metric->name, metric->unit,
			metric->sense == METRIC_HIGHER_IS_BETTER ? "higher" : "lower", percent,
			judge_is_default((enum trial_value)i) ? "yes" : "no");
	}
	printf("\n--threshold=METRIC=P%% makes a gate of any that has a threshold. I/O errors and "
	       "short\n"
	       "I/Os are no gates: a trial that has them is an error.\n");
}

static void print_options(void)
{
	option_print_list(&job_option_table, stdout);
	printf("\n'ringside help ENGINE' lists the options that an engine adds.\n");
}

static const char steady_state[] =
	"Drives are fast when they are new: until their caches and spare blocks are used up. A\n"
	"rate is that of the drive once it no longer changes.\n"
	"\n"
	"  steadystate=iops:5%           each interval within 5 % of the window's mean\n"
	"  steadystate=bw_slope:0.1%     the line through them is so flat, an interval\n"
	"  steadystate_duration=300      the window: the last 300 s\n"
	"  steadystate_ramp_time=60      nothing is judged before\n"
	"  steadystate_check_interval=1  an interval\n"
	"\n"
	"These are fio's options and its rule: the same intervals give the same verdict. The job\n"
	"ends when the criterion is below its limit, or with runtime or its amount; then the\n"
	"result says \"not reached\". Its figures are of the whole run, those of the window stand\n"
	"beside them, as in fio. An interval is divided by the time that it really took.\n"
	"\n"
	"fio's rule ends early: a slope of 0.1 % an interval is a fall by 30 % over 300 of them.\n"
	"A drive whose rate falls to a third within minutes is called steady while it is still\n"
	"44 % too fast. Choose a window that is long against the changes of the drive, and write\n"
	"twice its capacity before: `ringside prepare TARGET` does, and with --until=steady goes\n"
	"on at random until the IOPS drift by less than 5 % over half of all that time.\n";

static const char data[] =
	"Reads that need no drive are too fast to be one's. A result warns where it can be told:\n"
	"\n"
	"  holes          of a file, or of the file that a loop device stands on: the share of\n"
	"                 what is read that is a hole or an unwritten extent (FIEMAP, SEEK_HOLE)\n"
	"  unwritten      of an NVMe namespace: the share without data, by the drive's own count\n"
	"                 (NUSE); many drives do not count. Root can ask.\n"
	"  constant-data  of 64 blocks that are read once more after a run that only reads: those\n"
	"                 of one repeated value. A hint: never written, trimmed, or so written.\n"
	"                 Also writes with zero_buffers or buffer_pattern.\n"
	"  page-cache     with direct=0: the share of the bytes read that no device was asked "
	"for,\n"
	"                 by the kernel's count for the worker; unknown where helpers read\n"
	"  memory         a file on tmpfs, which takes O_DIRECT all the same\n"
	"\n"
	"`ringside prepare TARGET` writes random data to all of a file or a drive.\n";

static const char many_hosts[] =
	"ringside-mpi is the same program as many processes of MPI (Open MPI, MPICH, Slurm), its\n"
	"ranks, which run the same jobs at once and make one result:\n"
	"\n"
	"  mpirun -n 4 --hostfile hosts ringside-mpi run JOBFILE\n"
	"  srun --mpi=pmix -N 8 ringside-mpi run JOBFILE\n"
	"\n"
	"Rank 0 reads job files, includes and variables, prints, and writes files. All have the\n"
	"version and the command line of rank 0. A rank that cannot run says why, with its host,\n"
	"and nothing is measured. All start at one time, by clocks that are compared before;\n"
	"ramp and window are of one time on all. Latencies of all ranks are merged count by\n"
	"count, so that a percentile is that of all I/Os, not a mean of percentiles. The result\n"
	"has a row for each rank, facts of machines that differ, and each warning with whose it\n"
	"is; --per-rank keeps each rank's own jobs besides.\n"
	"\n"
	"compare, curve, check and baseline measure so too: rank 0 decides what is run next, all\n"
	"run it at once, and what disturbed one rank disturbed the trial, which all run again.\n"
	"A load of a curve is that of all ranks together. Turns of milliseconds are for one host:\n"
	"trials run in a row. A baseline of another number of ranks or hosts is that of another\n"
	"machine.\n"
	"\n"
	"The words of IOR, of elbencho and of fio's clients:\n"
	"\n"
	"  file per process (IOR -F)          $rank in filename or directory; made-up names have "
	"it\n"
	"  single shared file, segmented      filename=FILE: split=segments, the default\n"
	"  single shared file, strided        split=interleaved\n"
	"  block size of a task (IOR -b)      size, of all together: size=$ranks*1073741824\n"
	"  transfer size (IOR -t)             bs\n"
	"  reorder tasks (IOR -C)             reorder=1\n"
	"  stonewall (IOR -D)                 runtime; \"ends\" in the text, first_end_ns in the\n"
	"                                     document: what all had done when the first was done\n"
	"  --hosts, --hostsfile (elbencho)    mpirun --host, --hostfile; no service is left "
	"running\n"
	"  --threads (elbencho)               numjobs, of each rank\n"
	"  --client (fio)                     as --hosts; split=none for all of it on each rank\n"
	"\n"
	"Signals end all ranks; what was measured is written. Open MPI's mpirun makes SIGTERM of\n"
	"Ctrl-C, ends with 1, and kills what has not ended after a second: more time is\n"
	"--mca odls_base_sigkill_timeout 10. It binds ranks to cores, which a rank of several\n"
	"jobs wants more of: --bind-to none. Other exit codes are those of 'ringside help exit'.\n";

/* One of text, print and document. */
struct help_page {
	const char *name;
	const char *title; /* one line */
	const char *text;  /* a topic: lines of at most 92 columns */
	void (*print)(void);
	const struct document_kind *document; /* its schema is printed */
};

static const struct help_page pages[] = {
	{"options", "the options of jobs, by group", .print = print_options},
	{"engines", "how I/O can be done", .print = print_engines},
	{"metrics", "the figures that are compared and gated", .print = print_metrics},
	{"schema", "the JSON Schema of results", .document = &result_document},
	{"interval-schema", "the JSON Schema of a result's lines",
		.document = &result_interval_document},
	{"probe-schema", "the JSON Schema of probes", .document = &probe_document},
	{"lint-schema", "the JSON Schema of lints", .document = &lint_document},
	{"prepare-schema", "the JSON Schema of preparations", .document = &prepare_document},
	{"verify-schema", "the JSON Schema of verifications", .document = &verify_document},
	{"comparison-schema", "the JSON Schema of comparisons", .document = &record_document},
	{"curve-schema", "the JSON Schema of curves", .document = &curve_document},
	{"check-schema", "the JSON Schema of checks", .document = &check_document},
	{"baseline-schema", "the JSON Schema of baselines", .document = &baseline_document},
	{"history-schema", "the JSON Schema of a history's lines", .document = &history_document},
	{"exit", "what exit codes mean", .print = print_exit_codes},
	{"job-files", "the language of job files", .text = job_files},
	{"rates", "open loop: rate, lat, lag and service", .text = rates},
	{"series", "a job by intervals of time", .text = series},
	{"scraping", "a run's figures for Prometheus while it goes on", .text = scraping},
	{"cost", "CPU time, system calls, context switches", .text = cost},
	{"depth", "I/Os in flight, and why there are fewer", .text = depth},
	{"steady-state", "when a job has come to rest", .text = steady_state},
	{"data", "reads and writes that need no drive", .text = data},
	{"proof", "what an engine really was", .text = proof},
	{"statistics", "blocks, intervals and marks of compare", .text = statistics},
	{"gates", "thresholds, evidence and outcomes of check", .text = gates},
	{"ci", "gates in GitHub Actions and GitLab", .text = ci},
	{"devices", "when a device may be written", .text = devices},
	{"many-hosts", "ringside-mpi: file per process, shared file, stonewall",
		.text = many_hosts},
	{.name = NULL},
};

/* Tables and examples stand in columns: not filled. */
static void print_man_topics(void)
{
	for (const struct help_page *page = pages; page->name; page++) {
		if (!page->text)
			continue;
		printf(".SH ");
		for (const char *c = page->name; *c; c++)
			fputc(toupper((unsigned char)*c), stdout);
		printf("\n.nf\n");
		option_print_roff(page->text, stdout);
		printf(".fi\n");
	}
	printf(".SH METRICS\n.nf\n");
	print_metrics();
	printf(".fi\n");
}

static void print_man(void)
{
	printf(".TH RINGSIDE 1 \"\" \"ringside %s\"\n.ad l\n.SH NAME\nringside \\- benchmarks "
	       "Linux storage I/O\n.SH SYNOPSIS\n",
		version_number);
	for (size_t i = 0; commands[i]; i++) {
		printf(".B ringside %s\n", commands[i]->name);
		option_print_roff(commands[i]->usage, stdout);
		printf("\n.br\n");
	}
	printf(".SH COMMANDS\n");
	for (size_t i = 0; commands[i]; i++) {
		printf(".SS %s\n", commands[i]->name);
		option_print_roff(commands[i]->detail, stdout);
		printf("\n");
		print_command_options(commands[i], option_print_man_flags);
		if (shares_stdout(commands[i])) {
			printf(".PP\n");
			option_print_roff(about_stdout, stdout);
		}
	}
	printf(".SH OPTIONS OF JOBS\n");
	option_print_man(&job_option_table, stdout);
	printf(".SH ENGINES\n");
	for (size_t i = 0; engines[i]; i++) {
		printf(".SS %s\n%s\n", engines[i]->name, engines[i]->summary);
		if (engines[i]->options)
			option_print_man(engines[i]->options, stdout);
	}
	print_man_topics();
	printf(".SH EXIT STATUS\n.nf\n");
	print_exit_codes();
	printf(".fi\n");
}

/* A word a line; a value follows "=", and a blank the words that are whole. */
static void print_flag_words(const struct option *options, FILE *stream)
{
	for (const struct option *option = options; option->name; option++)
		fprintf(stream, "--%s%s\n", option->name, option->type == OPTION_FLAG ? " " : "=");
}

static void print_completion(void)
{
	printf("# Completion for bash: . <(ringside help completion)\n"
	       "_ringside() {\n"
	       "\tlocal IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]} words\n"
	       "\tcase ${COMP_CWORD}${COMP_WORDS[1]} in\n"
	       "\t1*) words='");
	for (size_t i = 0; commands[i]; i++)
		printf("%s \n", commands[i]->name);
	printf("' ;;\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("\t*%s) words='", commands[i]->name);
		print_command_options(commands[i], print_flag_words);
		if (commands[i]->takes_job_options)
			print_flag_words(job_option_table.options, stdout);
		for (size_t k = 0; commands[i] == &command_help && commands[k]; k++)
			printf("%s \n", commands[k]->name);
		for (const struct help_page *p = pages; commands[i] == &command_help && p->name;
			p++)
			printf("%s \n", p->name);
		printf("' ;;\n");
	}
	printf("\tesac\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
	       "\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"${word#=}\"))\n"
	       "}\n"
	       "complete -o nospace -F _ringside ringside\n");
}

/* Those that are made of the pages above. */
static const struct help_page collections[] = {
	{"man", "the manual page (troff)", .print = print_man},
	{"completion", "completion for bash", .print = print_completion},
	{.name = NULL},
};

static const struct help_page *find_page(const struct help_page *list, const char *name)
{
	for (; list->name; list++) {
		if (strcmp(list->name, name) == 0)
			return list;
	}
	return NULL;
}

static void print_titles(const struct help_page *list)
{
	for (; list->name; list++)
		printf("  ringside help %-18s %s\n", list->name, list->title);
}

static void print_overview(void)
{
	static const struct help_page things[] = {
		{"COMMAND", "a command and its options", .text = NULL},
		{"OPTION", "an option of jobs in full", .text = NULL},
		{"ENGINE", "an engine and its options", .text = NULL},
		{.name = NULL},
	};

	printf("ringside %s: benchmarks Linux storage I/O\n\nUsage: ringside COMMAND ...\n\n",
		version_number);
	for (size_t i = 0; commands[i]; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n"
	       "  ringside run jobs/quick.job\n"
	       "  ringside compare jobs/engines.job\n"
	       "  ringside run --filename=FILE --size=1g --rw=randread --ioengine=io_uring "
	       "--iodepth=32\n"
	       "\n");
	print_titles(things);
	print_titles(pages);
	print_titles(collections);
}

static const struct option *find_option(const char *name)
{
	const struct option *option = option_find(&job_option_table, name);

	for (size_t i = 0; !option && engines[i]; i++) {
		if (engines[i]->options)
			option = option_find(engines[i]->options, name);
	}
	return option;
}

/* An option that fio has: what becomes of it here. */
static int print_about_foreign(const char *name)
{
	const struct job_foreign_option *option = job_foreign_find(name);

	if (!option)
		return -1;
	printf("%s is an option of fio that ringside %s: %s\n", name,
		option->is_harmless ? "accepts and does not need" : "does not have", option->why);
	if (option->instead)
		printf("Instead: %s\n", option->instead);
	return 0;
}

static void print_page(const struct help_page *page)
{
	if (page->text)
		fputs(page->text, stdout);
	else if (page->print)
		page->print();
	else
		document_write_schema(page->document, stdout);
}

/* 0, or -1 when there is nothing of this name. */
static int print_about(const char *name)
{
	const struct option *option = find_option(name);
	const struct command *command = command_find(name);
	const struct engine_class *engine = engine_find(name);
	const struct help_page *page = find_page(pages, name);

	if (!page)
		page = find_page(collections, name);
	if (page)
		print_page(page);
	else if (command)
		print_command(command);
	if (command && option)
		printf("\nThe option of jobs of that name:\n\n");
	if (option && !page)
		option_print_help(option, stdout);
	if (engine && !page && !command)
		print_engine(engine);
	return page || command || option || engine ? 0 : print_about_foreign(name);
}

static int help_main(struct arguments *arguments, void *asked)
{
	(void)asked;
	if (arguments->operand_count == 0)
		print_overview();
	for (size_t i = 0; i < arguments->operand_count; i++) {
		if (print_about(arguments->operands[i]) == 0)
			continue;
		diag_error(&arguments->diag, NULL, "there is no help about '%s'",
			arguments->operands[i]);
		diag_hint(&arguments->diag, "ringside help lists what there is");
		return EXIT_BAD_REQUEST;
	}
	return EXIT_DONE;
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND|OPTION|ENGINE|TOPIC]...",
	.summary = "explain commands, options and engines",
	.detail = "Without an argument: what there is.",
	.run = help_main,
};
