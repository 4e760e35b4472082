/* SPDX-License-Identifier: MIT */
/* covers: src/job/job_options_verify.c */
#include "job/job_verify_rules.h"

#include "test.h"
#include "unit/job/job_rig.h"
#include "verify/checksum.h"

static uint64_t interval_of(const char *options)
{
	struct job_rig rig;
	char text[256];
	uint64_t bytes;

	snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\nverify=md5\n%s\n", options);
	rig_job(&rig, text);
	bytes = rig.set.jobs[0].rare->verify.interval_bytes;
	rig_free(&rig);
	return bytes;
}

/* fio's, but for the third size of a bssplit, which fio would write half a block of. */
TEST(verify_interval_follows_the_block_sizes)
{
	assert_int_equal(interval_of("rw=write"), 4096);
	assert_int_equal(interval_of("rw=write\nbs=8k"), 8192);
	assert_int_equal(interval_of("rw=write\nbs=8k\nverify_interval=512"), 512);
	assert_int_equal(interval_of("rw=write\nbs=8k\nverify_interval=16k"), 8192);
	assert_int_equal(interval_of("rw=write\nbs=8k\nverify_interval=3k"), 8192);
	assert_int_equal(interval_of("rw=write\nbsrange=4k-16k"), 4096);
	assert_int_equal(interval_of("rw=write\nbsrange=4k-10k"), 2048);
	assert_int_equal(interval_of("rw=write\nbssplit=4k/50:6k/25:16k/25"), 2048);
	assert_int_equal(interval_of("rw=read\nbs=16k,4k"), 4096);
	assert_int_equal(interval_of("rw=read\nbs=16k\nverify_interval=4k"), 4096);
}

TEST(a_pattern_alone_is_verified)
{
	struct job_rig rig;

	rig_job(&rig, "[a]\nioengine=null\nsize=1m\nrw=write\nverify_pattern=0xaa\n"
		      "[b]\nioengine=null\nsize=1m\nrw=write\nverify=none\nverify_pattern=0xaa\n"
		      "[c]\nioengine=null\nsize=1m\nrw=write\nverify=crc32c-intel\n");
	assert_int_equal(rig.set.jobs[0].rare->verify.kind, CHECKSUM_PATTERN);
	assert_int_equal(rig.set.jobs[1].rare->verify.kind, CHECKSUM_NONE);
	assert_int_equal(rig.set.jobs[2].rare->verify.kind, CHECKSUM_CRC32C);
	rig_free(&rig);
}

static const struct {
	const char *options, *message;
} refused[] = {
	{"rw=write\nverify=pattern", "verify: "},
	{"rw=write\nbs=32\nverify=sha512", "verify: "},
	{"rw=write\nverify=md5\nverify_offset=4090", "verify: "},
	{"rw=write\nverify=md5\nverify_offset=5000", "verify_offset is beyond"},
	{"rw=write\nverify=md5\nbs_unaligned\nbsrange=1k-4k", "bs_unaligned does not go with"},
	{"rw=copy\nfilename=a:b\nioengine=io_uring\nverify=md5", "rw does not go with verify"},
	{"rw=write\nverify=md5\nlatency_target=1ms\nlatency_window=1s",
		"latency_target does not go with"},
	{"rw=write\nverify=md5\nverify_only\ntime_based\nruntime=1s", "it takes no time_based"},
	{"rw=write\nverify=md5\nverify_only\ndo_verify=0", "does nothing"},
	{"rw=randwrite\nverify=md5\nverify_only\nrandrepeat=0", "not the same with randrepeat=0"},
	{"rw=write\nverify=md4", "verify=md4"},
	{"rw=write\nverify_only", "verify_only needs verify"},
	{"rw=write\nverify=md5\nioengine=io_uring_cmd\nfilename=/dev/ng0n1\nwrite_mode=zeroes",
		"write_mode does not go with verify"},
};

TEST(what_cannot_be_verified_is_refused)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[a]\nsize=1m\n%s\n", refused[i].options);
		rig_read(&rig, text);
		if (rig.diag.error_count == 0 || !strstr(rig.messages, refused[i].message))
			fail_msg("%s: %s", refused[i].options, rig.messages);
		rig_free(&rig);
	}
}

static const struct {
	const char *options, *note;
} noted[] = {
	{"rw=write\ndo_verify=0", "do_verify has no effect without verify"},
	{"rw=write\nverify=md5\nverify_backlog_batch=3", "no effect without verify_backlog"},
	{"rw=write\nverify=md5\nverify_async_cpus=0", "no effect without verify_async"},
	{"rw=write\nverify=md5\ntrim_percentage=3", "no effect without trim_backlog"},
	{"rw=write\nverify=md5\ntrim_backlog=3", "no effect without trim_percentage"},
	{"rw=trim\nverify=md5", "no effect on a job that only trims"},
	{"rw=read\nverify=md5\nverify_only", "no effect on a job that writes nothing"},
	{"rw=write\nverify=md5\nexperimental_verify=1", "nothing is replayed"},
	{"rw=write\nverify=md5\nverifysort=1", "in the order of their offsets"},
};

TEST(what_has_no_effect_is_said)
{
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[a]\nioengine=null\nsize=1m\n%s\n", noted[i].options);
		rig_read(&rig, text);
		if (rig.diag.error_count != 0 || !strstr(rig.messages, noted[i].note))
			fail_msg("%s: %s", noted[i].options, rig.messages);
		rig_free(&rig);
	}
}

TEST_MAIN(NULL, NULL);
