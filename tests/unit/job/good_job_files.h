/* SPDX-License-Identifier: MIT */
/* Job files that are read, with effective values and what is said about them. */
#ifndef TESTS_GOOD_JOB_FILES_H
#define TESTS_GOOD_JOB_FILES_H

#include <stddef.h>

struct good_job_file {
	const char *text;
	const char *values[8]; /* "0 bs=8k": of job 0; "0 filename": has none; ends with NULL */
	const char *says;      /* a part of the messages; NULL: nothing is said */
};

/* Ends in the middle of a section, as JOB does. */
#define NULL_JOB "[a]\nioengine=null\nsize=1m\n"

static const struct good_job_file good_job_files[] = {
	{NULL_JOB, {"0 name=a", "0 bs=4k", "0 iodepth=1", "0 rw=read", "0 randseed=137"}, NULL},
	{"[a]\nsize=1m", {"0 ioengine=psync", "0 direct=0", "0 invalidate=1", "0 thread=1"}, NULL},

	/* Values that are not what they seem, and that fio takes. */
	{NULL_JOB "bs=4k-64k", {"0 bs=4k,64k,64k"},
		"t.job:4:4: warning: bs=4k-64k: taken for the list 4k,64k"},
	{NULL_JOB "bs=4k:8k:16k", {"0 bs=4k,8k,16k"}, "taken for the list 4k,8k,16k"},
	{NULL_JOB "ba=4k-8k", {"0 blockalign=4k,8k,8k"}, "taken for the list"},
	{NULL_JOB "bs=,4k/15:16k:85,", {"0 bs=4k"}, "taken for the list ,4k, (reads"},
	{NULL_JOB "bs=8k/15:1024k", {"0 bs=8k,1m,1m"}, "taken for the list 8k,1024k"},
	{NULL_JOB "bs=8k-16k,4k", {"0 bs=8k,4k,4k"}, "taken for the list 8k,4k"},
	{NULL_JOB "size=50%%", {"0 size=50%"}, "warning: size=50%%: taken for 50%, as fio does"},
	{NULL_JOB "size=4m:4m:4m", {"0 size=4m"}, "taken for 4m, as fio does"},
	{NULL_JOB "size=4m/1m", {"0 size=4m"}, "taken for 4m, as fio does"},
	{"[fio-test]G ; c\nioengine=null\nsize=1m", {"0 name=fio-test]"},
		"1:11: warning: this stands behind the section's name: 'fio-test]' is the name"},
	{"[bs=64K\nioengine=null\nsize=1m", {"0 name=bs=64"},
		"1:1: warning: the section's name is not closed by ']': 'bs=64' is the name"},
	{"[global] x\nioengine=null\n[a]\nsize=1m", {"0 name=a", "0 ioengine=null"},
		"'global' is the name, as in fio"},
	{NULL_JOB "bssplit=16k-60k/20:4k/80", {"0 bssplit=16k/20:4k/80"},
		"16k-60k is taken for 16k, as fio does"},
	{NULL_JOB "bssplit=,4k/20:8k/80", {"0 bssplit=,4k/20:8k/80,4k/20:8k/80", "0 bs=4k"}, NULL},
	{NULL_JOB "bssplit=4k/80:16k/60", {"0 bssplit=4k/40:16k/60"}, "do not add up to 100"},
	{NULL_JOB "bssplit=4k/20:16k/50", {"0 bssplit=4k/20:16k/80"}, "do not add up to 100"},
	{NULL_JOB "bssplit=4k/90:8k/90:16k/20", {"0 bssplit=4k/80:16k/20"}, "do not add up to 100"},
	{NULL_JOB "bsrange=512/25:1k:25:2k:25", {"0 bsrange=512-1k"},
		"taken for its first two sizes, as fio does"},
	{NULL_JOB "bsrange=4k:8k-16k", {"0 bsrange=4k-16k"}, "taken for its first two sizes"},
	{NULL_JOB "bsrange=4k:16k", {"0 bsrange=4k-16k"}, NULL},
	{NULL_JOB "rw=trimwrite\nbs=4k,4k,8k", {"0 bs=4k,4k,8k"}, NULL},
	{NULL_JOB "size=200%", {"0 size=100%"}, "warning: size=200%: there is no more than 100%"},
	{NULL_JOB "filesize=200k,500k", {"0 filesize=200k-500k"}, "taken for 200k-500k"},
	{NULL_JOB "filesize=16-8k/8M-512M", {"0 filesize=16-512m"}, "taken for 16-512m"},
	{NULL_JOB "filesize=16k,", {"0 filesize=16k"}, NULL},
	{NULL_JOB "filesize=4m/8m", {"0 filesize=4m"}, "taken for 4m, as fio does"},
	{NULL_JOB "rw=read:-8k", {"0 rw=read:-8k"}, NULL},
	{"[a]\nioengine=null\nsize=8g\nrw=trim\nbs=2300M", {"0 bs=2300m"}, NULL},

	/* Access and contents. */
	{NULL_JOB "allrandrepeat=1\nrandrepeat=0", {"0 randrepeat=1"}, NULL},
	{NULL_JOB "pre_read=1", {"0 invalidate=0"}, NULL},
	{NULL_JOB "rw_sequencer=identical", {"0 rw_sequencer=sequential"},
		"rw_sequencer needs a random mode with a number"},
	{NULL_JOB "rw=randread:4\nrw_sequencer=identical", {"0 rw_sequencer=identical"}, NULL},
	{NULL_JOB "rw=randread:4\nrw_sequencer=identical\nbsrange=4k-8k", {"0 norandommap=1"},
		"with several block sizes visits no block once"},
	{NULL_JOB "file_append=1\nloops=3", {"0 loops=1"},
		"loops has no effect beside file_append, as in fio"},
	{NULL_JOB "file_append=1\noffset=4k", {"0 file_append=1"},
		"file_append goes before offset"},
	{NULL_JOB "fill_fs=1", {"0 fill_device=1"}, "has no effect on a job that writes nothing"},
	{"[a]\nioengine=null\nrw=write\nfill_device=1\nsize=1m", {"0 fill_device=1"}, NULL},
	{NULL_JOB "offset=10%\noffset_align=64k\noffset_increment=1%", {"0 offset_align=64k"},
		NULL},
	{NULL_JOB "rw=randread\nbs=4k,8k\nbs_is_seq_rand=1\npercentage_random=50",
		{"0 norandommap=1"}, "bs_is_seq_rand visits no block once"},
	{NULL_JOB "dedupe_global=1", {"0 dedupe_global=1"}, "dedupe_global has no effect without"},
	{NULL_JOB "rw=write\ndedupe_percentage=50\ndedupe_mode=working_set\ndedupe_global=1",
		{"0 dedupe_working_set_percentage=5", "0 dedupe_mode=working_set"}, NULL},
	{NULL_JOB "rw=write\nbuffer_compress_percentage=50\nbuffer_compress_chunk=0",
		{"0 buffer_compress_chunk=0"}, NULL},

	/* Lines. */
	{NULL_JOB "bs = 64k   ", {"0 bs=64k"}, NULL},
	{NULL_JOB "bs=64k # 1k", {"0 bs=64k"}, NULL},
	{NULL_JOB "bs=64k;1k", {"0 bs=64k"}, NULL},
	{NULL_JOB "  # bs=1k\n\t; bs=2k\n\n", {"0 bs=4k"}, NULL},
	{NULL_JOB "bs=1k\nbs=2k\n", {"0 bs=2k"}, NULL},
	{"\xef\xbb\xbf[a]\r\nsize=1m\r\nbs=8k\r\n", {"0 bs=8k", "0 size=1m"}, NULL},
	{"[ a b ] ; head\nsize=1m", {"0 name=a b"}, NULL},
	{"[a[1]]\nsize=1m", {"0 name=a[1]"}, NULL},
	{NULL_JOB "norandommap\ngroup_reporting=1\nstonewall=0",
		{"0 norandommap=1", "0 group_reporting=1", "0 stonewall"}, NULL},

	/* Sections. */
	{"[global]\nsize=1m\nbs=1k\n[a]\n[global]\nbs=2k\n[b]\n[b]\nbs=4k",
		{"0 bs=1k", "1 bs=2k", "2 bs=4k", "2 size=1m", "1 name=b", "2 name=b"}, NULL},
	{"[global2]\nsize=1m\n[global]\nsize=2m\n[b]", {"0 name=global2", "1 size=2m"},
		"t.job:1:2: warning: [global2] is a job here; fio takes it for another [global]"},
	{"[a]\ninclude common.fio\nbs=8k", {"0 size=1m", "0 ioengine=null", "0 bs=8k"}, NULL},
	{"[a]\ninclude=common.fio", {"0 size=1m"}, NULL},

	/* Units. */
	{NULL_JOB "bs=4kb\nsize=1.5g\noffset=0x1000", {"0 bs=4k", "0 size=1536m", "0 offset=4k"},
		NULL},
	{NULL_JOB "size=80%\noffset=12.5%\noffset_increment=25%",
		{"0 size=80%", "0 offset=12.5%", "0 offset_increment=25%"}, NULL},
	{NULL_JOB "bs=4KiB\nsize=1MiB\nio_size=8GiB", {"0 bs=4k", "0 size=1m", "0 io_size=8g"},
		"t.job:4:4: warning: bs=4KiB: fio reads KiB, MiB, GiB as powers of 1000"},
	{NULL_JOB "runtime=5sec\nramp_time=1min", {"0 runtime=5s", "0 ramp_time=1m"},
		"t.job:4:9: warning: runtime=5sec: fio reads this as 5 microseconds"},
	{NULL_JOB "runtime=10\nstartdelay=250ms\nramp_time=1m",
		{"0 runtime=10s", "0 startdelay=250ms", "0 ramp_time=1m"}, NULL},
	{NULL_JOB "size=0\nio_size=0", {"0 size", "0 io_size"}, NULL},

	{NULL_JOB "time_based", {"0 time_based=1", "0 runtime=0s"},
		"t.job:4:1: warning: time_based has no effect without runtime, as in fio"},
	{NULL_JOB "time_based\nruntime=0", {"0 time_based=1"},
		"t.job:4:1: warning: time_based has no effect without runtime, as in fio"},

	{"[global]\nkb_base=1000\nbs=2k\n[a]\nioengine=null\nsize=1m\n[b]\nioengine=null\n"
	 "size=1m\nkb_base=1024",
		{"0 bs=2000", "0 size=1000000", "1 bs=2000", "1 size=1m"}, NULL},
	{NULL_JOB "size=2m\nkb_base=1000", {"0 size=2000000", "0 bs=4k"}, NULL},
	{NULL_JOB "unified_rw_reporting=1\nstats=0", {"0 unified_rw_reporting=mixed", "0 stats=0"},
		NULL},

	/* Rates. */
	{NULL_JOB "rate_iops=1000", {"0 rate_iops=1000", "0 rate=0", "0 rate_process=linear"},
		NULL},
	{NULL_JOB "rw=randrw\nrate=1m,512k\nrate_process=poisson",
		{"0 rate=1m,512k,512k", "0 rate_process=poisson"}, NULL},
	{NULL_JOB "rw=randwrite\nrate_iops=,1k", {"0 rate_iops=0,1024,1024"}, NULL},
	{NULL_JOB "rate_iops=0\nrate=0", {"0 rate_iops=0", "0 rate=0"}, NULL},
	{NULL_JOB "thinktime=200\nthinktime_blocks=4\niodepth=4",
		{"0 thinktime=200us", "0 thinktime_blocks=4", "0 rate=0"}, NULL},
	{NULL_JOB "thinktime=5\nrate_iops=5\nrate_ignore_thinktime=1\nthinktime_spin=2\n"
		  "thinktime_iotime=2\nthinkcycles=10",
		{"0 thinktime=5us", "0 rate_ignore_thinktime=1", "0 thinktime_spin=2us",
			"0 thinktime_iotime=2s", "0 thinkcycles=10"},
		NULL},
	{NULL_JOB "startdelay=1-3", {"0 startdelay=1s-3s"}, NULL},
	{NULL_JOB "startdelay=3s,500ms", {"0 startdelay=500ms-3s"}, NULL},
	{NULL_JOB "[b]\nsize=1m\nioengine=null\nwait_for=a", {"1 wait_for=a"}, NULL},
	{NULL_JOB "exec_prerun=true\nexec_postrun=echo x", {"0 exec_postrun=echo x"},
		"t.job:4:13: note: exec_prerun: a run gives this to the shell before the job; its "
		"output goes to a.prerun.txt"},
	{NULL_JOB "rw=randrw\nrate=,40m", {"0 rate=0,40m,40m"}, NULL},
	{NULL_JOB "rate=2m\nratemin=1m\nratecycle=500", {"0 rate_min=1m", "0 rate_cycle=500ms"},
		NULL},
	{NULL_JOB "flow=8\nflow_id=3\nflow_sleep=10",
		{"0 flow=8", "0 flow_id=3", "0 flow_sleep=10us"}, NULL},
	{NULL_JOB "flow_sleep=10", {"0 flow=0"},
		"t.job:4:12: note: flow_sleep has no effect without flow"},
	{NULL_JOB "iodepth=4\nio_submit_mode=offload", {"0 io_submit_mode=offload"},
		"t.job:5:16: note: offload: the worker submits by itself"},
	{NULL_JOB "ioengine=psync\niodepth=4\nio_submit_mode=offload", {"0 ioengine=psync"},
		"t.job:6:16: note: offload: the engine threads does the I/Os, 4 at once"},
	{NULL_JOB "number_ios=4\nruntime=1\ntime_based", {"0 number_ios=4"},
		"t.job:4:12: warning: number_ios has no effect beside time_based, as in fio"},
	{NULL_JOB "thinktime=5ms\nthinktime_blocks_type=issue\niodepth=2", {"0 thinktime=5ms"},
		"t.job:4:11: warning: at most thinktime_blocks=1 I/Os are in flight"},
	{NULL_JOB "rate_process=poisson", {"0 rate_process=poisson"},
		"t.job:4:14: warning: rate_process needs rate or rate_iops"},

	/* Lists. */
	{NULL_JOB "bs=8k,32k", {"0 bs=8k,32k,32k"}, NULL},
	{NULL_JOB "bs=8k,32k,", {"0 bs=8k,32k,4k"}, NULL},
	{NULL_JOB "bs=,8k", {"0 bs=4k,8k,8k"}, NULL},
	{"[global]\nsize=1m\nbs=16k\n[a]\nbs=8k,", {"0 bs=8k,16k,16k"}, NULL},
	{NULL_JOB "bsrange=512-4k", {"0 bsrange=512-4k"}, NULL},
	{NULL_JOB "bsrange=1M:512", {"0 bsrange=512-1m"}, NULL},
	{NULL_JOB "bsrange=4k-8k\nbs=1k", {"0 bsrange=4k-8k"},
		"t.job:5:4: warning: bs has no effect beside bsrange, as in fio"},
	{NULL_JOB "bssplit=4k/50:1k/:32k/", {"0 bssplit=4k/50:1k/25:32k/25"}, NULL},
	{NULL_JOB "bssplit=4k:8k", {"0 bssplit=4k/50:8k/50"}, NULL},
	{NULL_JOB "bssplit=2k/50:4k/50,4k/90:8k/10",
		{"0 bssplit=2k/50:4k/50,4k/90:8k/10,4k/90:8k/10"}, NULL},
	{NULL_JOB "bssplit=4k/0:8k/100", {"0 bssplit=8k/100"}, NULL},
	{NULL_JOB "percentage_random=0,25,0", {"0 percentage_random=0,25,0"}, NULL},
	{NULL_JOB "percentile_list=99.9:50:99:50", {"0 percentile_list=50:99:99.9"}, NULL},
	{NULL_JOB "cpus_allowed=0,0-0", {"0 cpus_allowed=0"}, NULL},
	{NULL_JOB "ba=8k\nfilesize=4m-1m", {"0 blockalign=8k", "0 filesize=1m-4m"}, NULL},

	/* Modes and mixes. */
	{NULL_JOB "rw=randread:8", {"0 rw=randread:8"}, NULL},
	{NULL_JOB "rw=read:4k", {"0 rw=read:4k"}, NULL},
	{NULL_JOB "readwrite=readwrite", {"0 rw=rw"}, NULL},
	{NULL_JOB "rw=randrw\nrwmixread=70\nrwmixwrite=40", {"0 rwmixread=60", "0 rwmixwrite"},
		NULL},
	{NULL_JOB "rw=randrw\nrwmixwrite=40\nrwmixread=70", {"0 rwmixread=70"}, NULL},
	{NULL_JOB "direct=1\nbuffered=1", {"0 direct=0", "0 buffered"}, NULL},
	{NULL_JOB "random_distribution=zipf:1.2:0.25", {"0 random_distribution=zipf:1.2:0.25"},
		NULL},
	{NULL_JOB "random_distribution=zoned:50/5:30/15:20/",
		{"0 random_distribution=zoned:50/5:30/15:20/80"}, NULL},
	{NULL_JOB "random_distribution=zoned_abs:60/20G:40/1t",
		{"0 random_distribution=zoned_abs:60/20g:40/1t"}, NULL},
	{NULL_JOB "random_generator=lfsr", {"0 random_generator=lfsr"},
		"note: random_generator changes nothing"},

	/* Files. */
	{"[a]\nsize=1m\nfilename=x:y\nfilename=z", {"0 filename=x:y:z"}, NULL},
	{"[a]\nsize=1m\nfilename=pci-0000\\:3f\\:00.0", {"0 filename=pci-0000\\:3f\\:00.0"}, NULL},
	{"[global]\nfilename=x\nsize=1m\n[a]\nfilename=y", {"0 filename=x:y"},
		"t.job:5:1: warning: filename adds to the files of [global], as in fio"},
	{"[a]\nsize=1m\nfilename=x\nnrfiles=3", {"0 nrfiles=3"},
		"t.job:4:9: note: nrfiles has no effect beside filename"},
	{NULL_JOB "file_service_type=random:8", {"0 file_service_type=random:8"}, NULL},
	{NULL_JOB "fallocate=0\nsync=1\ncontinue_on_error=1",
		{"0 fallocate=none", "0 sync=sync", "0 continue_on_error=all"}, NULL},

	/* Buffers. */
	{NULL_JOB "rw=write\nbuffer_pattern=0xdeadbeef", {"0 buffer_pattern=0xdeadbeef"}, NULL},
	{NULL_JOB "rw=write\nbuffer_pattern=\"ab\"%o", {"0 buffer_pattern=0x6162%o"}, NULL},
	{NULL_JOB "refill_buffers", {"0 refill_buffers=1"},
		"t.job:4:1: note: refill_buffers has no effect on a job that writes nothing"},

	/* Engines and their options. */
	{"[a]\nfixedbufs\nregisterfiles=1\nioengine=io_uring\nsize=1m",
		{"0 fixedbufs=1", "0 registerfiles=1", "0 ioengine=io_uring"}, NULL},
	{"[global]\nfixedbufs\nsize=1m\n[a]\nioengine=io_uring\n[b]\nioengine=null",
		{"0 fixedbufs=1", "1 ioengine=null", "1 fixedbufs"}, NULL},
	{NULL_JOB "verify=0\nrate=0\nzonemode=none\nthinktime=0", {"0 name=a"}, NULL},
	{NULL_JOB "create_serialize=0", {"0 name=a"},
		"t.job:4:1: note: 'create_serialize' changes nothing"},

	/* What follows from other values. */
	{NULL_JOB "iodepth=8\niodepth_batch_submit=0",
		{"0 iodepth_batch_submit=8", "0 iodepth_low=8"}, NULL},
	{NULL_JOB "iodepth=4\niodepth_batch=16\niodepth_low=9",
		{"0 iodepth_batch_submit=4", "0 iodepth_low=4"},
		"t.job:5:15: note: iodepth_batch_submit is cut to iodepth, 4"},
	{NULL_JOB "iodepth=8\niodepth_batch_complete_min=4\niodepth_batch_complete_max=2",
		{"0 iodepth_batch_complete_max=4"}, "is raised to iodepth_batch_complete_min"},
	{NULL_JOB "rw=randread\nbsrange=4k-64k", {"0 norandommap"}, NULL},
	{NULL_JOB "rw=randread\nbsrange=4k-64k\nbs_unaligned", {"0 norandommap=1"},
		"note: blocks of any number of bytes are not visited once each: norandommap=1"},
	{NULL_JOB "rw=randread\nbs=4k,8k", {"0 norandommap"}, NULL},
	{NULL_JOB "rw=randrw\nbs=4k,8k", {"0 norandommap"}, NULL},
	{NULL_JOB "rw=randread\nblockalign=8k", {"0 norandommap=1"},
		"note: blockalign other than bs"},
	{NULL_JOB "rw=randread\nrandom_distribution=zipf:1.1", {"0 norandommap=1"}, NULL},
	{NULL_JOB "rw=read", {"0 overwrite=0"}, NULL},
	{NULL_JOB "rw=write", {"0 overwrite=0"}, NULL},
	{"[a]\nsize=1m\nbs=1000\ndirect=1", {"0 bs=1000"},
		"t.job:3:4: warning: sizes are not multiples of 512 bytes, and direct=1"},
	{NULL_JOB "ramp_time=5", {"0 ramp_time=5s"}, "warning: ramp_time without runtime"},
	{NULL_JOB "iodepth=64\nioengine=psync", {"0 iodepth=64"}, NULL},

	/* Variables and keywords. */
	{NULL_JOB "bs=${FOUR_K}\ndescription=${EMPTY:-none}", {"0 bs=4k", "0 description=none"},
		NULL},
	{NULL_JOB "size=${MIB}m", {"0 size=3m"}, NULL},
	{NULL_JOB "bs=${NOT_SET:-${FOUR_K}}", {"0 bs=4k"}, NULL},
	{NULL_JOB "description=x${EMPTY}y $jobname", {"0 description=xy $jobname"}, NULL},

	/* Several faults of fio's own files: aliases everywhere. */
	{NULL_JOB "blocksize=8k\nio_limit=64m\nnr_files=2\ntimeout=10\nfileoffset=4k\n"
		  "wait_for_previous",
		{"0 bs=8k", "0 io_size=64m", "0 nrfiles=2", "0 runtime=10s", "0 offset=4k",
			"0 stonewall=1"},
		NULL},
};

#endif
