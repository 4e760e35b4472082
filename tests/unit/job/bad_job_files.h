/* SPDX-License-Identifier: MIT */
/* Job files that are refused, and where and why. Every error of a text is listed. */
#ifndef TESTS_BAD_JOB_FILES_H
#define TESTS_BAD_JOB_FILES_H

#include <stddef.h>

struct bad_job_file {
	const char *text;
	const char *errors[5]; /* behind "t.job:", in any order; ends with NULL */
	const char *hint;      /* one of the hints; or NULL */
};

/* A job that is complete, so that an error is the option's. */
#define JOB "[a]\nioengine=null\nsize=1m\n"

static const struct bad_job_file bad_job_files[] = {
	/* Units and numbers: fio takes most of these for something else. */
	{JOB "bs=4q", {"4:4: error: bs=4q: unknown unit"}, "sizes are written 512, 4k, 1m"},
	{JOB "size=10mfoo", {"4:6: error: size=10mfoo: unknown unit"}, NULL},
	{JOB "size=10 m", {"4:6: error: size=10 m: a blank stands inside the number"}, NULL},
	{JOB "size=1.", {"4:6: error: size=1.: digits are missing after the point"}, NULL},
	{JOB "size=-4k", {"4:6: error: size=-4k: must not be negative"}, NULL},
	{JOB "size=101%", {"4:6: error: size=101%: more than 100%"}, NULL},
	{JOB "size=0%", {"4:6: error: size=0% is nothing"}, NULL},
	{JOB "size=99999999999999999999", {"4:6: error: size=99999999999999999999: too large"},
		NULL},
	{JOB "bs=0", {"4:4: error: bs=0: a block size of 0"}, NULL},
	{JOB "bs=4g", {"4:4: error: bs=4g: more than the kernel moves at once"}, NULL},
	{JOB "bs=4k,8x,2k", {"4:7: error: bs=4k,8x,2k: unknown unit"}, NULL},
	{JOB "bs=1k,2k,3k,4k", {"4:13: error: bs=1k,2k,3k,4k: more than three values"}, NULL},
	{JOB "bs=,", {"4:4: error: bs=,: no value in the list"}, NULL},
	{JOB "bs=", {"4:4: error: bs=: the value is empty"}, NULL},
	{JOB "bs", {"4:1: error: bs: a value is missing"}, "write bs=VALUE"},
	{JOB "bsrange=4k", {"4:9: error: bsrange=4k: not a range"}, NULL},
	{JOB "bsrange=4k-8z", {"4:12: error: bsrange=4k-8z: unknown unit"}, NULL},
	{JOB "iodepth=0", {"4:9: error: iodepth=0: less than 1"}, NULL},
	{JOB "iodepth=2000000", {"4:9: error: iodepth=2000000: more than 1048576"}, NULL},
	{JOB "numjobs=0", {"4:9: error: numjobs=0: less than 1"}, NULL},
	{JOB "rwmixread=101", {"4:11: error: rwmixread=101: more than 100"}, NULL},
	{JOB "rwmixwrite=101", {"4:12: error: rwmixwrite=101: more than 100"}, NULL},
	{JOB "percentage_random=50,101", {"4:22: error: percentage_random=50,101: more than 100"},
		NULL},
	{JOB "runtime=5x", {"4:9: error: runtime=5x: unknown unit"},
		"times are written 30s, 5m, 250ms"},
	{JOB "startdelay=5-10", {"4:12: error: startdelay=5-10: unknown unit"}, NULL},

	/* Flags and choices. */
	{JOB "direct=yes", {"4:8: error: direct=yes: neither 0 nor 1"},
		"write 1 for yes, 0 for no"},
	{JOB "direct", {"4:1: error: direct: a value is missing"}, "write direct=1 or 0"},
	{JOB "buffered=true", {"4:10: error: buffered=true: neither 0 nor 1"}, NULL},
	{JOB "time_based=2\nruntime=1", {"4:12: error: time_based=2: neither 0 nor 1"}, NULL},
	{JOB "rw=randred", {"4:4: error: rw=randred: no such choice"}, "did you mean 'randread'?"},
	{JOB "rw=randread:0", {"4:13: error: rw=randread:0: no such number of I/Os"}, NULL},
	{JOB "rw=read:4q", {"4:9: error: rw=read:4q: unknown unit"}, NULL},
	{JOB "sync=dsynk", {"4:6: error: sync=dsynk: no such choice"}, "did you mean 'dsync'?"},
	{JOB "file_service_type=zipf", {"4:19: error: file_service_type=zipf: no such choice"},
		NULL},

	/* Rates. */
	{JOB "rate_iops=10/s", {"4:11: error: rate_iops=10/s: unknown unit"},
		"bytes a second are rate"},
	{JOB "rate=-1", {"4:6: error: rate=-1: must not be negative"}, NULL},
	{JOB "rate=1m\nrate_iops=5", {"5:11: error: rate and rate_iops, for the same I/Os"}, NULL},
	{JOB "rw=randrw\nrate_iops=100,",
		{"5:11: error: rate_iops: one of reads and writes has a rate and the other has "
		 "none"},
		"give both, as rate_iops=R,W"},
	{JOB "rw=trimwrite\nrate=1m", {"5:6: error: rate: a trimwrite job has no rate"}, NULL},
	{JOB "thinktime=5\nrate_iops=5", {"4:11: error: a job with a rate takes no thinktime"},
		"remove one of them"},
	{JOB "thinktime_blocks=0", {"4:18: error: thinktime_blocks=0: less than 1"}, NULL},
	{JOB "thinktime_spin=5", {"4:1: error: fio's 'thinktime_spin' is not supported"}, NULL},
	{JOB "rate_process=exponential", {"4:14: error: rate_process=exponential: no such choice"},
		NULL},
	{JOB "rate_min=1m", {"4:1: error: fio's 'rate_min' is not supported"},
		"assert=read.iops>=N"},

	/* Shares and lists. */
	{JOB "bssplit=4k/60:8k/41",
		{"4:9: error: bssplit=4k/60:8k/41: the percentages add up to 101, not to 100"},
		NULL},
	{JOB "bssplit=4k/60:8k/30",
		{"4:9: error: bssplit=4k/60:8k/30: the percentages add up to 90, not to 100"},
		"leave one out: it takes what is left"},
	{JOB "bssplit=4k/100:8k",
		{"4:9: error: bssplit=4k/100:8k: no percentage is left for items without one"},
		NULL},
	{JOB "bssplit=4k/50:x/50", {"4:15: error: bssplit=4k/50:x/50: not a number"}, NULL},
	{JOB "bssplit=4k/120", {"4:9: error: bssplit=4k/120: more than 100%"}, NULL},
	{JOB "random_distribution=zipf",
		{"4:21: error: random_distribution=zipf: its parameters are missing"},
		"write zipf:1.2, or zipf:1.2:0.25"},
	{JOB "random_distribution=zipf:1",
		{"4:26: error: random_distribution=zipf:1: the theta of zipf may not be 1"}, NULL},
	{JOB "random_distribution=pareto:1",
		{"4:28: error: random_distribution=pareto:1: the power of pareto must be between"},
		NULL},
	{JOB "random_distribution=normal:20:1.5",
		{"4:31: error: random_distribution=normal:20:1.5: the center is a share"}, NULL},
	{JOB "random_distribution=zoned:60/10:50/20",
		{"4:27: error: random_distribution=zoned:60/10:50/20: the percentages add up to "
		 "110"},
		NULL},
	{JOB "random_distribution=zoned:50/50:50/51",
		{"4:27: error: random_distribution=zoned:50/50:50/51: the percentages add up to "
		 "101"},
		NULL},
	{JOB "random_distribution=gauss:1",
		{"4:21: error: random_distribution=gauss:1: no such distribution"}, NULL},
	{JOB "percentile_list=50:101",
		{"4:17: error: percentile_list=50:101: percentiles are 0 to 100"}, NULL},
	{JOB "ignore_error=EIO,EWRONG",
		{"4:18: error: ignore_error=EIO,EWRONG: no error has this name or number"},
		"write names as ENOSPC, or numbers"},
	{JOB "ignore_error=EIO:0", {"4:18: error: ignore_error=EIO:0: no error"}, NULL},
	{JOB "ignore_error=5,5,5,5", {"4:20: error: ignore_error=5,5,5,5: more than three"}, NULL},
	{JOB "ignore_error=,", {"4:14: error: ignore_error=,: no error in the lists"}, NULL},
	{JOB "cpus_allowed=3-1",
		{"4:14: error: cpus_allowed=3-1: a range that ends before it begins"}, NULL},
	{JOB "cpus_allowed=1023", {"4:14: error: this machine has no CPU 1023"}, NULL},
	{JOB "filename=a::b", {"4:10: error: filename=a::b: a name is empty"}, NULL},
	{JOB "filename=-", {"4:10: error: '-' for stdin and stdout is not supported"}, NULL},
	{JOB "buffer_pattern='file'",
		{"4:16: error: buffer_pattern='file': a pattern out of a file is not supported"},
		NULL},
	{JOB "filesize=1m-4x", {"4:13: error: filesize=1m-4x: unknown unit"}, NULL},

	/* A result where a job file is meant. */
	{"\n{\n  \"schema\": \"ringside-result/1\",\n  \"tool\": {\n",
		{" error: this is not a job file: it is JSON"},
		"`ringside check NEW.json --baseline=OLD.json`"},

	/* Names of options and engines. */
	{JOB "iodpth=32", {"4:1: error: unknown option 'iodpth'"}, "did you mean 'iodepth'?"},
	{JOB "RW=read", {"4:1: error: unknown option 'RW'"}, "did you mean 'rw'?"},
	{JOB "frobnicate=1", {"4:1: error: unknown option 'frobnicate'"}, NULL},
	{JOB "threads=1", {"4:1: error: fio's 'threads' is not supported: fio accepts this word"},
		"numjobs=N makes N workers; thread=1 makes them threads"},
	{JOB "verify=md5", {"4:1: error: fio's 'verify' is not supported: data that was written"},
		NULL},
	{JOB "wait_for=b", {"4:1: error: fio's 'wait_for' is not supported"}, "use stonewall"},
	{JOB "ioengine=libiao", {"4:10: error: unknown engine 'libiao'"}, "did you mean 'libaio'?"},
	{JOB "ioengine=frob", {"4:10: error: unknown engine 'frob'"}, "engines: null, sync"},
	{JOB "ioengine=rados", {"4:10: error: fio's engine 'rados' is not in ringside"}, NULL},
	{JOB "userspace_reap", {"4:1: error: 'userspace_reap' is an option of libaio"}, NULL},
	{"[global]\nuserspace_reap=1\n" JOB,
		{"2:1: error: 'userspace_reap' is an option of libaio, and no job that it applies "
		 "to"},
		NULL},
	{"[a]\nioengine=libaio\nsize=1m\nuserspace_reap=3",
		{"4:16: error: userspace_reap=3: neither 0 nor 1"}, NULL},

	/* Variables. */
	{JOB "bs=${NOT_SET}k", {"4:4: error: bs=${NOT_SET}k: the environment has no NOT_SET"},
		"set it, or give a default: ${NOT_SET:-VALUE}"},
	{JOB "bs=4${", {"4:5: error: bs=4${: '${' is not closed by '}'"}, NULL},
	{JOB "bs=${}", {"4:4: error: bs=${}: no variable's name"}, NULL},
	{JOB "bs=${FOUR_K}q", {"4:4: error: bs=4kq: unknown unit"}, NULL},
	{JOB "bs=${EMPTY}", {"4:4: error: bs=: the value is empty"}, NULL},
	{JOB "numjobs=$ncpus/0", {"4:9: error: numjobs=$ncpus/0: '"}, NULL},

	/* Lines and sections. */
	{"bs=4k\n" JOB, {"1:1: error: option 'bs' stands before any section"},
		"begin with [global]"},
	{"include common.fio\n" JOB, {"1:9: error: include stands before any section"}, NULL},
	{"[a\nsize=1m",
		{"1:1: error: the section's name is not closed by ']'",
			"2:1: error: option 'size' stands before any section"},
		NULL},
	{"[ ]\n", {"1:3: error: a section without a name"}, NULL},
	{JOB "=4k", {"4:1: error: an option's name is missing before '='"}, NULL},
	{JOB "rw randread", {"4:1: error: an option's name contains no blanks"}, "write rw=VALUE"},
	{"[global]\nbs=4k\n", {" error: no job section in this file"}, NULL},
	{"", {" error: no job section in this file"}, NULL},
	{JOB "include none.fio", {"4:9: error: cannot include 'none.fio': No such file"}, NULL},
	{JOB "include", {"4:8: error: include: the file's name is missing"}, NULL},
	{JOB "include self.fio", {"1:9: error: includes are nested more than 8 deep"}, NULL},
	{JOB "include section.fio", {"1:2: error: an included file cannot begin sections"}, NULL},
	{JOB "include binary.fio", {" error: this is not a job file: it contains NUL bytes"}, NULL},
	{JOB "include bad.fio", {"3:8: error: size=1q: unknown unit"}, NULL},

	/* Rules across options. */
	{JOB "time_based", {"4:1: error: time_based needs runtime"}, "add runtime=30s"},
	{JOB "size=2k", {"4:6: error: size is less than a block of 4k"}, NULL},
	{JOB "nrfiles=512", {"3:6: error: size, divided over 512 files, leaves less than a block"},
		NULL},
	{JOB "io_size=1k", {"4:9: error: io_size is less than a block of 4k"}, NULL},
	{JOB "filesize=1k", {"4:10: error: filesize is less than a block of 4k"}, NULL},
	{JOB "rw=write\nreadonly", {"4:4: error: this writes or trims, and readonly is set"}, NULL},
	{JOB "ioengine=io_uring_cmd\nrw=write\nsync=1\nend_fsync=1\nfsync_on_close=1",
		{"6:6: error: sync has no effect on the writes of engine 'io_uring_cmd'",
			"7:11: error: end_fsync has no effect",
			"8:16: error: fsync_on_close has no effect"},
		"writefua=1 writes past the drive's cache, fsync=1 flushes it after each write"},
	{JOB "ioengine=mmap\nrw=randwrite\nsync=dsync\nend_fsync=1",
		{"6:6: error: sync has no effect on the writes of engine 'mmap'"},
		"fsync=1 writes each back, by msync(2)"},
	{JOB "rw=trimwrite\nbs=4k,8k,16k",
		{"5:4: error: blocks are trimmed and written: both sizes must be the same"}, NULL},

	/* All of them at once, each once. */
	{"[global]\nbs=4q\n" JOB "rw=reed\n[b]\nsize=1z\niodpth=3",
		{"2:4: error: bs=4q: unknown unit", "6:4: error: rw=reed: no such choice",
			"8:6: error: size=1z: unknown unit", "9:1: error: unknown option 'iodpth'"},
		NULL},
	{"[global]\ntime_based\nioengine=liburing\n[a]\nsize=1m\n[b]\nsize=1m",
		{"2:1: error: time_based needs runtime", "3:10: error: unknown engine 'liburing'"},
		NULL},
};

#endif
