/* SPDX-License-Identifier: MIT */
/* zonemode: what is resolved, refused and noted. */
/* covers: src/job/job_options_zone.c */
#include "job/job_zone_rules.h"
#include "job_rig.h"
#include "test.h"

#define NULL_JOB "[a]\nioengine=null\nsize=1m\n"

/* What is said about `lines`, and whether the job may run. */
static void check_said(const char *lines, bool runs, const char *said)
{
	struct job_rig rig;
	char text[400];

	snprintf(text, sizeof(text), NULL_JOB "%s", lines);
	rig_read(&rig, text);
	if (!strstr(rig.messages, said) || (*said == '\0' && *rig.messages != '\0'))
		fail_msg("%s: %s", lines, rig.messages);
	assert_int_equal(rig.rc == 0, runs);
	rig_free(&rig);
}

TEST(zones_count_as_bytes_where_zonesize_is_given)
{
	struct job_rig rig;
	const struct job *job = rig_job(&rig,
		"[a]\nioengine=null\nzonemode=strided\nzonesize=1m\nsize=4z\nio_size=8z\n"
		"offset=2z\noffset_increment=3z\nzoneskip=1z\n");

	assert_int_equal(job->size.bytes, 4 << 20);
	assert_int_equal(job->io_size.bytes, 8 << 20);
	assert_int_equal(job->offset.bytes, 2 << 20);
	assert_int_equal(job->offset_increment.bytes, 3 << 20);
	assert_int_equal(job->zones.skip.bytes, 1 << 20);
	assert_false(job->size.is_zones || job->zones.skip.is_zones);
	assert_int_equal(job->zones.range_bytes, 1 << 20);
	rig_free(&rig);
}

TEST(a_range_that_is_given_stays)
{
	struct job_rig rig;
	const struct job *job =
		rig_job(&rig, NULL_JOB "zonemode=strided\nzonesize=64k\nzonerange=128k\n");

	assert_int_equal(job->zones.size_bytes, 65536);
	assert_int_equal(job->zones.range_bytes, 131072);
	assert_string_equal(rig.messages, "");
	rig_free(&rig);
}

TEST(what_zones_cannot_be)
{
	check_said("zonesize=64k\n", false, "zonesize without a zonemode");
	check_said("zonemode=none\nzonesize=64k\n", false, "zonesize without a zonemode");
	check_said("zonemode=strided\n", false, "zonemode=strided needs zonesize");
	check_said("io_size=2z\n", false, "io_size=2z counts zones, and there is no zonesize");
	check_said("zonemode=strided\nzonesize=1p\noffset=99999999z\n", false,
		"offset=99999999z is too large");
	check_said("zonemode=strided\nzonesize=64k\nzoneskip=10%\n", false, "zoneskip is a size");
	check_said("zonemode=strided\nzonesize=2k\nrw=randread\n", false,
		"no block of 4096 bytes fits into a zone of 2048");
	check_said("zonemode=strided\nzonesize=8k\nzonerange=2k\nrw=randread\n", false,
		"zonerange: no block of 4096");
}

TEST(what_is_said_about_zones)
{
	check_said("zonemode=strided\nzonesize=2k\nrw=read\n", true, "");
	check_said("zonemode=strided\nzonesize=10k\nrw=randread\n", true,
		"fio ends the job when no block of a zone is left");
	check_said("zonemode=strided\nzonesize=10k\nrw=randread\nnorandommap\n", true, "");
	check_said("zonemode=strided\nzonesize=64k\nnrfiles=2\n", true,
		"each file has zones of its own");
	check_said("zonesize=0\nzoneskip=4k\n", true, "zoneskip has no effect without a zonemode");
	check_said("zonerange=4k\n", true, "zonerange has no effect without a zonemode");
	check_said("zonemode=none\nzonesize=0\n", true, "");
}

TEST_MAIN(NULL, NULL);
