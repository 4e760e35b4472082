/* SPDX-License-Identifier: MIT */
/* Options of engines, clones and errors. */

#include "base/clock.h"
#include "job/job_goals.h"
#include "job/job_option_rows.h"

enum {
	DEPTH_LIMIT = 1 << 20,
	CLONE_LIMIT = 4096, /* fio's */
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

const struct option job_options_job[] = {
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
	TEXT("contender", order.contender, JOB, NULL,
		"sections of one name run together, as one contender of a comparison",
		.syntax = "NAME",
		.detail = "They follow each other in the file, and stonewall does not part them:\n"
			  "with it in [global], `run` runs one contender after the other.\n"
			  "fio does not have it."),
	TEXT("wait_for", order.wait_for, JOB, NULL, "starts when the job of this name is done",
		.syntax = "NAME",
		.detail = "All of its clones. It stands before this one, and its name is its own.\n"
			  "Files are opened then, and not at the start of the run."),
	TEXT("exec_prerun", order.exec_prerun, JOB, NULL,
		"command that the shell runs before the job", .syntax = "COMMAND",
		.detail = "By each clone, in sh -c, with all output in NAME.prerun.txt (fio has "
			  "that\n"
			  "of the last of several commands); then files are opened. Where it\n"
			  "fails the job does, with exit code 5; fio leaves out the I/O and ends\n"
			  "with 0."),
	TEXT("exec_postrun", order.exec_postrun, JOB, NULL,
		"command that the shell runs after the job", .syntax = "COMMAND",
		.detail = "By each clone, in sh -c, with its output in NAME.postrun.txt. That it "
			  "fails\n"
			  "has no effect, as in fio."),
	FLAG("exitall", order.exitall, JOB, NULL,
		"when a job ends, the jobs that exit_what names end too",
		.detail = "Set in one section it applies to the end of every job, as in fio. A\n"
			  "job that is ended by it has a warning in its result."),
	FLAG("exitall_on_error", order.exitall_on_error, JOB, NULL,
		"as exitall, when this job ends with an error"),
	CHOICE("exit_what", order.exit_what, JOB, "group", "which jobs end when this one does",
		.choices = exit_choices),
	BOOL("create_only", order.create_only, JOB, "0", "files are laid out, and no I/O is done",
		.detail = "The job ends at once, with an empty result. A file that is written is\n"
			  "made as fallocate says: with none it is empty."),
	CUSTOM("cpus_allowed", cpus_allowed, JOB, NULL, "CPUs that the job may run on", VALUE(cpus),
		.syntax = "N[-N][,...]"),
	CUSTOM("cpumask", cpus_allowed, JOB, NULL, "the same as a mask: 5, 0x5 are CPUs 0 and 2",
		.parse = job_cpumask_parse, .syntax = "N",
		.detail = "Of cpus_allowed and cpumask the later one applies."),
	CHOICE("cpus_allowed_policy", cpus_allowed_policy, JOB, "shared",
		"how clones share cpus_allowed", .choices = cpus_policies),

	/* Sync */
	COUNT("fsync", fsync, SYNC, "0", "fsync(2) after so many writes; 0: never",
		.detail = "In a mix fio counts the same write again after each read that follows,\n"
			  "and syncs once more: with rwmixread=50 twice as often."),
	COUNT("fdatasync", fdatasync, SYNC, "0", "fdatasync(2) after so many writes; 0: never"),
	BOOL("end_fsync", end_fsync, SYNC, "0", "fsync(2) when the job is done"),
	BOOL("fsync_on_close", fsync_on_close, SYNC, "0", "fsync(2) before a file is closed"),
	CHOICE("sync", sync, SYNC, "none", "files are opened O_SYNC or O_DSYNC",
		.choices = sync_modes),

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
	RARE(CUSTOM, "ignore_error", ignore_error, SAFETY, NULL, "I/O errors that are not failures",
		VALUE(errors), .syntax = "READ[,WRITE[,VERIFY]]",
		.detail = "Lists of errors with ':' between them, by name or number. WRITE also\n"
			  "applies to trims and syncs. ignore_error=EAGAIN,ENOSPC:EDQUOT ignores\n"
			  "EAGAIN of reads, ENOSPC and EDQUOT of writes: such I/Os are counted,\n"
			  "the job goes on and has not failed. Other errors are subject to\n"
			  "continue_on_error. VERIFY of EILSEQ: wrong blocks do not fail the job."),
	{.name = NULL},
};
