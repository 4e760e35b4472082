/* SPDX-License-Identifier: MIT */
/*
 * THE table: every option of a job, under fio's name and with fio's default. It gives the key in
 * job files, the flag on the command line, `help`, the man page and the JSON schema. Options that
 * fio has and ringside has not stand in job_unsupported.c.
 */

#include "base/clock.h"
#include "engine/target_open.h"
#include "job/job.h"
#include "job/job_goals.h"
#include "job/job_values.h"

enum {
	DEPTH_LIMIT = 1 << 20,
	CLONE_LIMIT = 4096,      /* fio's */
	FILE_LIMIT = UINT16_MAX, /* slot.target */
};

/* name, field, group, default, help; then what else there is. */
#define ENTRY(bind, key, member, in, initial, summary, ...)                                        \
	{                                                                                          \
		bind(struct job, member), .name = key, .group = OPTION_GROUP_##in,                 \
					  .value_default = initial, .help = summary, __VA_ARGS__   \
	}
#define FLAG(...)   ENTRY(OPTION_BIND_FLAG, __VA_ARGS__)
#define BOOL(...)   ENTRY(OPTION_BIND_BOOL, __VA_ARGS__)
#define COUNT(...)  ENTRY(OPTION_BIND_COUNT, __VA_ARGS__)
#define EXTENT(...) ENTRY(OPTION_BIND_EXTENT, __VA_ARGS__)
#define TIME(...)   ENTRY(OPTION_BIND_TIME, __VA_ARGS__, .unit_ns = NS_PER_S)
#define TEXT(...)   ENTRY(OPTION_BIND_TEXT, __VA_ARGS__)
#define CHOICE(...) ENTRY(OPTION_BIND_CHOICE, __VA_ARGS__)
#define CUSTOM(...) ENTRY(OPTION_BIND_CUSTOM, __VA_ARGS__)
#define LOG(key, member, summary, more)                                                            \
	TEXT(key, member, MEASURE, NULL, summary, .value_alone = "$jobname", .syntax = "PREFIX",   \
		.detail = more)

#define VALUE(kind) .parse = job_##kind##_parse, .print = job_##kind##_print

static const struct option_choice generators[] = {
	{"tausworthe", GENERATOR_TAUSWORTHE, "fio's default"},
	{"tausworthe64", GENERATOR_TAUSWORTHE64, "for more than 2^32 blocks"},
	{"lfsr", GENERATOR_LFSR, "each block once without a map"},
	{NULL, 0, NULL},
};

static const struct option_choice fallocate_modes[] = {
	{"none", FALLOCATE_NONE, "only written"},
	{"0", FALLOCATE_NONE, NULL},
	{"native", FALLOCATE_NATIVE, "fallocate(2) where the file system has it"},
	{"posix", FALLOCATE_POSIX, "posix_fallocate(3)"},
	{"1", FALLOCATE_POSIX, NULL},
	{"keep", FALLOCATE_KEEP, "fallocate(2) with FALLOC_FL_KEEP_SIZE"},
	{"truncate", FALLOCATE_TRUNCATE, "ftruncate(2) to the size"},
	{NULL, 0, NULL},
};

static const struct option_choice exit_choices[] = {
	{"group", EXIT_ENDS_GROUP, "those of its group"},
	{"stonewall", EXIT_ENDS_WAVE, "all that run with it; those after the next stonewall start"},
	{"all", EXIT_ENDS_ALL, "all, and later ones do not start"},
	{NULL, 0, NULL},
};

static const struct option_choice sync_modes[] = {
	{"none", SYNC_NONE, "no flag"},
	{"0", SYNC_NONE, NULL},
	{"sync", SYNC_SYNC, "O_SYNC"},
	{"1", SYNC_SYNC, NULL},
	{"dsync", SYNC_DSYNC, "O_DSYNC"},
	{NULL, 0, NULL},
};

static const struct option_choice cpus_policies[] = {
	{"shared", CPUS_SHARED, "every clone may run on all of them"},
	{"split", CPUS_SPLIT, "each clone gets one, in turn"},
	{NULL, 0, NULL},
};

static const struct option_choice rate_processes[] = {
	{"linear", RATE_LINEAR, "at even distances"},
	{"poisson", RATE_POISSON, "at random, like requests of many independent clients"},
	{NULL, 0, NULL},
};

static const struct option_choice think_types[] = {
	{"complete", THINK_COMPLETE, "fio's default"},
	{"issue", THINK_ISSUE, "counted as they are sent"},
	{NULL, 0, NULL},
};

static const struct option_choice error_sets[] = {
	{"none", ERRORS_NONE, "the first error ends the job"},
	{"0", ERRORS_NONE, NULL},
	{"read", ERRORS_READ, "read errors are counted, the job goes on"},
	{"write", ERRORS_WRITE, "write errors, likewise"},
	{"io", ERRORS_READ | ERRORS_WRITE, "read and write errors, likewise"},
	{"verify", ERRORS_VERIFY, "verification errors, likewise"},
	{"all", ERRORS_READ | ERRORS_WRITE | ERRORS_VERIFY, "every error, likewise"},
	{"1", ERRORS_READ | ERRORS_WRITE | ERRORS_VERIFY, NULL},
	{NULL, 0, NULL},
};

static const struct option job_options[] = {
	/* Workload */
	CUSTOM("rw", rw, WORKLOAD, "read", "the operations and their order", .alias = "readwrite",
		VALUE(rw), .syntax = "MODE[:N]",
		.detail = "Modes: read, write, trim, randread, randwrite, randtrim, rw\n"
			  "(readwrite), randrw, trimwrite, randtrimwrite. randread:8 draws a new\n"
			  "offset every 8 I/Os. read:4k leaves a hole of 4k after each I/O and\n"
			  "starts over until size is done; fio stops after one round of a part of\n"
			  "a file.\n"
			  "Modes of several calls in one I/O, which io_uring links into one\n"
			  "submission: openread opens a file, reads it whole and closes it, once\n"
			  "for each file (nrfiles, filesize); bs does not matter. stat calls\n"
			  "statx(2). copy takes filename=SOURCE:DESTINATION, or more such pairs.\n"
			  "It copies the source, or size= of it, in blocks of bs to the same\n"
			  "offsets of the destination, which is not truncated where it is longer.\n"
			  "Its bytes count as written, those of openread as read."),
	COUNT("rwmixread", rwmixread, WORKLOAD, "50", "share of reads in a mix, in percent",
		.max = 100,
		.detail = "If rwmixread and rwmixwrite are both set, the later one applies."),
	CUSTOM("rwmixwrite", rwmixread, WORKLOAD, NULL, "share of writes in a mix, in percent",
		.parse = job_rwmixwrite_parse, .syntax = "N"),
	CUSTOM("bs", given.bs, WORKLOAD, "4k", "block size; a list is for read,write,trim",
		.alias = "blocksize", VALUE(sizes), .syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "bs=8k,32k: reads of 8k, writes and trims of 32k. bs=8k, (with a\n"
			  "comma): reads of 8k, the others unchanged."),
	CUSTOM("bsrange", given.bsrange, WORKLOAD, NULL, "block sizes drawn out of a range",
		.alias = "blocksize_range", VALUE(bsrange), .syntax = "MIN-MAX[,MIN-MAX][,MIN-MAX]",
		.detail = "Sizes are multiples of the smallest, unless bs_unaligned is set. Takes\n"
			  "precedence over bs."),
	CUSTOM("bssplit", given.bssplit, WORKLOAD, NULL, "block sizes with their shares",
		VALUE(bssplit), .syntax = "SIZE/PERCENT[:...][,...]",
		.detail = "4k/60:64k/40. Sizes without a percentage share what is left of 100.\n"
			  "Takes precedence over bsrange and bs."),
	FLAG("bs_unaligned", bs_unaligned, WORKLOAD, NULL, "bsrange draws any number of bytes",
		.alias = "blocksize_unaligned"),
	CUSTOM("blockalign", blockalign, WORKLOAD, NULL, "unit of random offsets", .alias = "ba",
		VALUE(sizes), .syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "Default: the smallest block size."),
	EXTENT("size", size, WORKLOAD, NULL, "region of each clone, and amount of I/O in it",
		.detail = "The size is split over the job's files. Default: all of an existing\n"
			  "file or device.\n"
			  "Only whole blocks within it are done: size=10k with bs=4k is two I/Os.\n"
			  "fio does a third when access is sequential and the file is larger."),
	EXTENT("io_size", io_size, WORKLOAD, NULL, "amount of I/O, if it differs from size",
		.alias = "io_limit"),
	EXTENT("offset", offset, WORKLOAD, "0", "where the region starts", .alias = "fileoffset",
		.detail = "A percentage is rounded up to a block."),
	EXTENT("offset_increment", offset_increment, WORKLOAD, "0",
		"added to offset, times the number of the clone"),
	COUNT("number_ios", number_ios, WORKLOAD, "0", "the job ends after so many I/Os; 0: never",
		.detail = "With loops, after so many times loops; as in fio."),
	COUNT("loops", loops, WORKLOAD, "1", "how often the job is repeated", .min = 1),
	FLAG("norandommap", norandommap, WORKLOAD, NULL, "random offsets may repeat",
		.detail = "Without it a random job visits each block once in a pass. Blocks of\n"
			  "several sizes are cut to what is left where they begin, as in fio."),
	BOOL("randrepeat", randrepeat, WORKLOAD, "1", "the same random offsets in every run"),
	COUNT("randseed", given.randseed, WORKLOAD, "137", "seed of all random numbers",
		.detail = "If it is set, it applies with randrepeat=0 too."),
	CHOICE("random_generator", given.random_generator, WORKLOAD, "tausworthe",
		"accepted for compatibility; has no effect", .choices = generators,
		.detail = "ringside draws with xoshiro256** and visits each block once by a\n"
			  "permutation in constant memory, whatever is set here."),
	CUSTOM("percentage_random", percentage_random, WORKLOAD, "100",
		"share of random offsets in a random job, in percent",
		.parse = job_percentages_parse, .print = job_counts_print, .syntax = "N[,N][,N]"),
	CUSTOM("random_distribution", random_distribution, WORKLOAD, "random",
		"distribution of random offsets", VALUE(distribution),
		.syntax = "random|zipf:THETA|pareto:POWER|normal:DEVIATION|zoned:...|zoned_abs:...",
		.detail = "zipf, pareto and normal take the place of the hottest block as a\n"
			  "second number, 0 to 1 of the region: zipf:1.2:0.25. zoned:60/10:40/90:\n"
			  "60 % of the I/Os go to the first 10 % of the region, 40 % to the rest.\n"
			  "zoned_abs has sizes instead of shares of the region. All but random\n"
			  "imply norandommap.\n"
			  "normal:10 has a standard deviation of 10 % of the region around its\n"
			  "middle. fio adds up twelve draws, which deviate by 9 % for 10 and 17 %\n"
			  "for 50, and scatters them over the whole region by a hash unless the\n"
			  "place is given."),

	/* Target */
	CUSTOM("filename", given.filename, TARGET, NULL, "files or devices, a colon between them",
		.parse = job_names_append, .print = job_names_print, .syntax = "NAME[:NAME...]",
		.appends = true,
		.detail = "\\: is a colon in a name. A second line adds to the first. All clones\n"
			  "share the same files. Default: names made by filename_format, or the\n"
			  "section's name if that is a device. Pipes are targets too, and so is\n"
			  "an inherited socket, as /dev/fd/N."),
	CUSTOM("directory", directory, TARGET, NULL, "folders of the files", VALUE(names),
		.syntax = "NAME[:NAME...]",
		.detail = "Clones use several folders in turn where names are made up."),
	TEXT("filename_format", filename_format, TARGET, "$jobname.$jobnum.$filenum",
		"pattern of names of files that filename does not give",
		.syntax = "TEXT with $jobname, $jobnum, $filenum"),
	COUNT("nrfiles", nrfiles, TARGET, "1", "number of files of a clone", .alias = "nr_files",
		.min = 1, .max = FILE_LIMIT, .detail = "Not where filename names them."),
	CUSTOM("filesize", filesize, TARGET, NULL, "size of each file, or a range of sizes",
		VALUE(filesize), .syntax = "SIZE[-SIZE]",
		.detail = "The size counts from the first byte of the file: I/O begins at offset\n"
			  "and ends there. With a range, a file whose size is within it keeps its\n"
			  "size. Default: size divided by the number of files."),
	COUNT("openfiles", openfiles, TARGET, NULL, "number of files open at once; default: all"),
	CUSTOM("file_service_type", file_service_type, TARGET, "roundrobin",
		"order in which files are used", VALUE(file_service),
		.syntax = "roundrobin|random|sequential[:N]",
		.detail = "roundrobin:8 changes the file after 8 I/Os."),
	BOOL("direct", direct, TARGET, "0", "O_DIRECT: past the page cache"),
	CUSTOM("buffered", direct, TARGET, NULL, "the opposite of direct",
		.parse = job_buffered_parse, .syntax = "0|1"),
	BOOL("invalidate", invalidate, TARGET, "1", "drop the target's page cache before the run"),
	CHOICE("fallocate", fallocate, TARGET, "native", "how space for new files is allocated",
		.choices = fallocate_modes),
	BOOL("create_on_open", create_on_open, TARGET, "0",
		"files are created when a worker opens them"),
	BOOL("allow_file_create", allow_file_create, TARGET, "1",
		"files may be created or extended"),
	BOOL("unlink", unlink, TARGET, "0", "remove the files after the job"),
	BOOL("overwrite", overwrite, TARGET, "0", "lay files out before they are written",
		.detail = "Jobs that read and write always do, and so do jobs that read a file\n"
			  "that does not exist. An existing file that is only read stays as it\n"
			  "is, with its holes, unless this is set."),

	/* Engine */
	TEXT("ioengine", ioengine, ENGINE, "psync", "I/O engine: see `ringside help engines`",
		.syntax = "NAME"),
	COUNT("iodepth", iodepth, ENGINE, "1", "I/Os in flight, with an asynchronous engine",
		.min = 1, .max = DEPTH_LIMIT),
	COUNT("iodepth_batch_submit", iodepth_batch_submit, ENGINE, "1",
		"most I/Os in one submission", .alias = "iodepth_batch",
		.detail = "0: as many as iodepth."),
	COUNT("iodepth_batch_complete_min", iodepth_batch_complete_min, ENGINE, "1",
		"completions waited for at once", .alias = "iodepth_batch_complete",
		.detail = "More than 1 makes latencies longer: the first waits for the last. With\n"
			  "0 no completion is waited for as long as more can be submitted."),
	COUNT("iodepth_batch_complete_max", iodepth_batch_complete_max, ENGINE, "0",
		"most completions taken at once; 0: all there are"),
	COUNT("iodepth_low", iodepth_low, ENGINE, "0",
		"once full, submit again when only so many are in flight; 0: iodepth"),

	/* Job */
	TEXT("name", name, JOB, NULL, "the job's name; without it the section's",
		.detail = "In [global] it has no effect, as in fio."),
	TEXT("description", description, JOB, NULL, "free text, repeated in the result"),
	COUNT("numjobs", numjobs, JOB, "1", "clones of the job, one thread each", .min = 1,
		.max = CLONE_LIMIT),
	FLAG("thread", thread, JOB, "1", "accepted for compatibility: workers are always threads"),
	FLAG("group_reporting", group_reporting, JOB, NULL, "one result for all jobs of the group"),
	FLAG("new_group", new_group, JOB, NULL, "begins a new group of results"),
	FLAG("stonewall", stonewall, JOB, NULL, "starts when all jobs before it are done",
		.alias = "wait_for_previous", .detail = "Begins a new group, too."),
	FLAG("exitall", exitall, JOB, NULL,
		"when a job ends, the jobs that exit_what names end too",
		.detail = "Set in one section it applies to the end of every job, as in fio. A\n"
			  "job that is ended by it has a warning in its result."),
	FLAG("exitall_on_error", exitall_on_error, JOB, NULL,
		"as exitall, when this job ends with an error"),
	CHOICE("exit_what", exit_what, JOB, "group", "which jobs end when this one does",
		.choices = exit_choices),
	CUSTOM("cpus_allowed", cpus_allowed, JOB, NULL, "CPUs that the job may run on", VALUE(cpus),
		.syntax = "N[-N][,...]"),
	CHOICE("cpus_allowed_policy", cpus_allowed_policy, JOB, "shared",
		"how clones share cpus_allowed", .choices = cpus_policies),

	/* Time */
	TIME("startdelay", startdelay_ns, TIME, "0", "delay of the start"),
	TIME("runtime", runtime_ns, TIME, "0", "the job ends after this time; 0: when it is done",
		.alias = "timeout"),
	FLAG("time_based", time_based, TIME, NULL, "start over until runtime is over"),
	TIME("ramp_time", ramp_time_ns, TIME, "0", "time that is run before the measurement"),

	CUSTOM("rate_iops", rate_iops, TIME, "0", "I/Os a second of each clone; 0: no limit",
		.parse = job_rate_iops_parse, .print = job_counts_print, .syntax = "N[,N][,N]",
		.detail = "Each I/O has a time at which it is due, and lat starts there, so that\n"
			  "an I/O that was held up by slow ones before it shows the delay. A late\n"
			  "I/O is sent late, and none is left out. I/Os that are unsent at the\n"
			  "end of the run are sent for as long again, 10 s at most, and then\n"
			  "counted. fio waits for all I/Os in flight before each pause, and\n"
			  "starts its clocks after it. In a mix each direction has its own rate,\n"
			  "and rwmixread does not matter, as in fio.\n"
			  "For the last 50 us before an I/O is due the worker waits awake; that\n"
			  "CPU time is reported separately (pacing) and is not part of the cost."),
	CUSTOM("rate", rate, TIME, "0", "bytes a second of each clone; 0: no limit", VALUE(rate),
		.syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "As rate_iops. The time of an I/O depends on the sizes of those before\n"
			  "it."),
	CUSTOM("rate_iops_total", rate_iops_total, TIME, "0",
		"I/Os a second of all clones together; 0: no limit", .parse = job_rate_iops_parse,
		.print = job_counts_print, .syntax = "N[,N][,N]",
		.detail = "rate_iops divided among the clones: the load does not depend on their\n"
			  "number. fio does not have it."),
	CUSTOM("rate_total", rate_total, TIME, "0",
		"bytes a second of all clones together; 0: no limit", VALUE(rate),
		.syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "rate divided among the clones. fio does not have it."),
	CHOICE("rate_process", rate_process, TIME, "linear", "distribution of the times of I/Os",
		.choices = rate_processes),
	ENTRY(OPTION_BIND_TIME, "thinktime", thinktime_ns, TIME, "0",
		"pause after thinktime_blocks I/Os; plain numbers are microseconds",
		.unit_ns = NS_PER_US,
		.detail = "The pause begins when all I/Os in flight have completed, so that at\n"
			  "most thinktime_blocks I/Os are in flight. lat starts when an I/O is\n"
			  "sent: for a load that does not wait for its answers use rate_iops."),
	COUNT("thinktime_blocks", thinktime_blocks, TIME, "1", "I/Os between two pauses", .min = 1),
	CHOICE("thinktime_blocks_type", thinktime_blocks_type, TIME, "complete",
		"which I/Os thinktime_blocks counts; has no effect", .choices = think_types,
		.detail = "Exactly thinktime_blocks I/Os are sent and completed before each\n"
			  "pause. With complete and several in flight fio sends more than that,\n"
			  "and their number depends on timing."),

	CUSTOM("steadystate", steadystate.limit, TIME, "iops_slope:0.01%",
		"the job ends when the criterion is below the limit", .alias = "ss", VALUE(steady),
		.syntax = "iops|bw|lat[_slope]:LIMIT[%]",
		.detail = "Judged over the last steadystate_duration, once a check interval.\n"
			  "iops:5%: all intervals are within 5 % of the mean of the window.\n"
			  "iops_slope:0.1%: the line through them rises or falls by less than\n"
			  "0.1 % of the mean an interval, which is 30 % over 300 of them. bw and\n"
			  "lat, likewise: bw:10m is bytes a second, lat:20us a mean latency\n"
			  "(fio takes that number for nanoseconds). The clones of a group with\n"
			  "group_reporting are judged by their sum, and end together; else each\n"
			  "ends by itself. Without steadystate_duration nothing is judged. See\n"
			  "`ringside help steady-state`."),
	TIME("steadystate_duration", steadystate.duration_ns, TIME, "0",
		"window that steadystate is judged over; 0: it is not", .alias = "ss_dur"),
	TIME("steadystate_ramp_time", steadystate.ramp_time_ns, TIME, "0",
		"time before the first interval that steadystate counts", .alias = "ss_ramp",
		.detail = "What is done in it is part of the result, unlike that of ramp_time."),
	TIME("steadystate_check_interval", steadystate.check_interval_ns, TIME, "1",
		"length of the intervals of steadystate", .alias = "ss_interval",
		.min = 100 * NS_PER_MS,
		.detail = "steadystate_duration is a multiple of it. fio takes 1 s and more, the\n"
			  "same for all jobs."),

	ENTRY(OPTION_BIND_TIME, "latency_target", latency.target_ns, TIME, "0",
		"the depth is the largest within this latency; 0: iodepth", .unit_ns = NS_PER_US,
		.detail =
			"Windows of latency_window at depths from 1 to iodepth, doubled and then\n"
			"halved, until the largest is found at which latency_percentile of the\n"
			"I/Os are within the target. What is reported is one more window at\n"
			"that depth; fio's search. runtime limits the search. Plain numbers are\n"
			"microseconds. With a percentile of 100 the job fails where one I/O in\n"
			"flight is too slow. An engine that does one I/O at a time has depth 1.\n"
			"For the largest rate within a latency see `ringside curve --slo`."),
	ENTRY(OPTION_BIND_TIME, "latency_window", latency.window_ns, TIME, "0",
		"time at each depth of latency_target", .unit_ns = NS_PER_US),
	CUSTOM("latency_percentile", latency.percentile, TIME, "100",
		"share of I/Os that are within latency_target, in percent",
		.parse = job_share_parse, .print = job_share_print, .syntax = "PERCENT"),
	BOOL("latency_run", latency.runs_on, TIME, "0",
		"latency_target changes the depth until the job ends",
		.detail = "The whole time is reported, whatever the depth was."),
	CUSTOM("max_latency", latency.max_ns, TIME, NULL, "the job fails when an I/O takes longer",
		.parse = job_latencies_parse, .print = job_latencies_print,
		.syntax = "TIME[,TIME][,TIME]",
		.detail = "With ETIMEDOUT, as in fio; exit code 5. In the ramp none is too long.\n"
			  "Of a job with a rate it is counted from when an I/O was due. Plain\n"
			  "numbers are microseconds."),

	/* Sync */
	COUNT("fsync", fsync, SYNC, "0", "fsync(2) after so many writes; 0: never",
		.detail = "In a mix fio counts the same write again after each read that follows,\n"
			  "and syncs once more: with rwmixread=50 twice as often."),
	COUNT("fdatasync", fdatasync, SYNC, "0", "fdatasync(2) after so many writes; 0: never"),
	BOOL("end_fsync", end_fsync, SYNC, "0", "fsync(2) when the job is done"),
	BOOL("fsync_on_close", fsync_on_close, SYNC, "0", "fsync(2) before a file is closed"),
	CHOICE("sync", sync, SYNC, "none", "files are opened O_SYNC or O_DSYNC",
		.choices = sync_modes),

	/* Buffer */
	FLAG("refill_buffers", refill_buffers, BUFFER, NULL, "new random data for every write"),
	FLAG("zero_buffers", zero_buffers, BUFFER, NULL, "zeros are written"),
	BOOL("scramble_buffers", scramble_buffers, BUFFER, "1",
		"slightly other data for every write"),
	CUSTOM("buffer_pattern", buffer_pattern, BUFFER, NULL, "a pattern is written",
		VALUE(pattern), .syntax = "0xHEX|\"TEXT\"|N|%o...",
		.detail = "%o stands for the I/O's offset."),
	COUNT("buffer_compress_percentage", buffer_compress_percentage, BUFFER, NULL,
		"share of each write that can be compressed away", .max = 100),
	COUNT("dedupe_percentage", dedupe_percentage, BUFFER, NULL,
		"share of writes that repeat earlier data", .max = 100),

	/* Measurement */
	CUSTOM("percentile_list", percentile_list, MEASURE, NULL, "percentiles to report",
		VALUE(percentiles), .syntax = "P[:P...]",
		.detail = "Without it: fio's seventeen, 1 to 99.99."),
	BOOL("clat_percentiles", clat_percentiles, MEASURE, "0", "report percentiles of clat"),
	BOOL("lat_percentiles", lat_percentiles, MEASURE, "0", "report percentiles of lat",
		.detail = "lat is measured with its histogram in any case."),
	BOOL("slat_percentiles", slat_percentiles, MEASURE, "0", "report percentiles of slat"),
	BOOL("gtod_reduce", gtod_reduce, MEASURE, "0", "take only the times that lat needs"),
	BOOL("disk_util", disk_util, MEASURE, "1", "report utilisation of the disks"),
	LOG("write_bw_log", logs.bw, "bandwidth over time, to PREFIX_bw.N.log",
		"Lines of fio's logs: time in ms since the window began, value, direction (0\n"
		"read, 1 write, 2 trim), block size, 0. Values are of each I/O, or of each\n"
		"log_avg_msec: KiB/s here, I/Os a second in write_iops_log, ns in\n"
		"write_lat_log. N counts the jobs from 1. Without a PREFIX it is the job's\n"
		"name. A time without I/O has lines of 0 in the averages of bandwidth and\n"
		"IOPS, where fio has none; bandwidths of single I/Os are KiB/s, too."),
	LOG("write_iops_log", logs.iops, "I/Os over time, to PREFIX_iops.N.log",
		"As write_bw_log. A line of a single I/O has the value 1."),
	LOG("write_lat_log", logs.lat, "latencies over time, to PREFIX_lat, _slat and _clat.N.log",
		"As write_bw_log. slat has lines where the submission has a time of its own."),
	LOG("write_hist_log", logs.hist, "histograms over time, to PREFIX_clat_hist.N.log",
		"A line for each log_hist_msec and direction: time in ms, direction, block\n"
		"size, then the counts of fio's 1856 bins of clat."),
	ENTRY(OPTION_BIND_TIME, "log_avg_msec", logs.avg_ns, MEASURE, "0",
		"logs have averages of so many ms", .unit_ns = NS_PER_MS,
		.detail = "0: a line for each I/O."),
	ENTRY(OPTION_BIND_TIME, "log_hist_msec", logs.hist_ns, MEASURE, "0",
		"write_hist_log has a line for so many ms", .unit_ns = NS_PER_MS,
		.detail = "0: one line for the whole window."),
	COUNT("log_hist_coarseness", logs.hist_coarseness, MEASURE, "0",
		"bins of write_hist_log are 2^N times as wide", .max = 6),
	BOOL("log_max_value", logs.max_value, MEASURE, "0",
		"averages of latency are the greatest instead"),
	BOOL("log_offset", logs.offset, MEASURE, "0", "logs have each I/O's offset"),
	BOOL("log_unix_epoch", logs.unix_epoch, MEASURE, "0", "times of logs are ms since 1970"),
	BOOL("per_job_logs", logs.per_job, MEASURE, "1",
		"the job's number is in the names of logs; 0: a PREFIX is one file"),
	CUSTOM("assert", assertions, MEASURE, NULL, "limits that `ringside check` holds the job to",
		VALUE(assert), .syntax = "METRIC>=VALUE|METRIC<=VALUE[, ...]",
		.detail = "assert=read.iops>=500k, read.lat.p99<=200us, syscalls_per_io<=0.1\n"
			  "k, M and G are powers of 1000, of bandwidths 1024; times need a "
			  "unit."),

	/* Safety */
	FLAG("readonly", readonly, SAFETY, NULL, "refuse to write or trim"),
	BOOL("strict_engine", strict_engine, SAFETY, "0",
		"fail if the engine did not do what was asked",
		.detail = "Warnings such as libaio-buffered, io-wq, sqpoll-shares-cpu or\n"
			  "iopoll-interrupts then fail the job, with exit code 5."),
	CHOICE("continue_on_error", continue_on_error, SAFETY, "none",
		"which I/O errors do not end the job", .choices = error_sets,
		.detail = "The job goes on, but has failed: the exit code is 5, and the result\n"
			  "has the first error and the number of errors. fio goes on after EIO\n"
			  "and EILSEQ only, and ends with 0. For errors that are expected use\n"
			  "ignore_error."),
	CUSTOM("ignore_error", ignore_error, SAFETY, NULL, "I/O errors that are not failures",
		VALUE(errors), .syntax = "READ[,WRITE[,VERIFY]]",
		.detail = "Lists of errors with ':' between them, by name or number. WRITE also\n"
			  "applies to trims and syncs. ignore_error=EAGAIN,ENOSPC:EDQUOT ignores\n"
			  "EAGAIN of reads, ENOSPC and EDQUOT of writes: such I/Os are counted,\n"
			  "the job goes on and has not failed. Other errors are subject to\n"
			  "continue_on_error."),
	{.name = NULL},
};

const struct option_table job_option_table = {job_options, sizeof(struct job)};
