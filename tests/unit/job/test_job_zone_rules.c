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
	assert_int_equal(job->rare->zones.skip.bytes, 1 << 20);
	assert_false(job->size.is_zones || job->rare->zones.skip.is_zones);
	assert_int_equal(job->rare->zones.range_bytes, 1 << 20);
	rig_free(&rig);
}

TEST(a_range_that_is_given_stays)
{
	struct job_rig rig;
	const struct job *job =
		rig_job(&rig, NULL_JOB "zonemode=strided\nzonesize=64k\nzonerange=128k\n");

	assert_int_equal(job->rare->zones.size_bytes, 65536);
	assert_int_equal(job->rare->zones.range_bytes, 131072);
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

TEST(zones_are_not_gone_through_backwards)
{
	check_said("zonemode=strided\nzonesize=64k\nrw=read:-8k\n", false,
		"zones are gone through forwards");
	check_said("zonemode=strided\nzonesize=64k\nrw=read:8k\n", true, "");
}

TEST(what_zones_refuse_is_told_once)
{
	static const char *const jobs[] = {"rw=read:-8k", "rw=randread:8\nrw_sequencer=identical"};

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		struct job_rig rig;
		char text[200];
		const char *first;

		snprintf(text, sizeof(text), NULL_JOB "zonemode=strided\nzonesize=64k\n%s\n",
			jobs[i]);
		rig_read(&rig, text);
		assert_non_null(strstr(rig.messages, "does not go with zonemode"));
		first = strstr(rig.messages, "error: ");
		assert_non_null(first);
		assert_null(strstr(first + 1, "error: "));
		assert_true(rig.rc != 0);
		rig_free(&rig);
	}
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

TEST(what_zones_of_devices_cannot_be)
{
	check_said("zonemode=zbd\nzonesize=64k\nrw=trimwrite\nbs=64k\n", false, "trims or writes");
	check_said("zonemode=zbd\nzonesize=64k\nrw=trim\nbs=4k\n", false, "trims whole zones");
	check_said("zonemode=zbd\nzonesize=64k\nrw=trim\nbs=64k\n", true, "");
	check_said("zonemode=zbd\nrw=trim\nbs=64k\nbsrange=64k-128k\n", false, "trims whole zones");
	check_said("zonemode=zbd\nzonesize=64k\nzonecapacity=65k\n", false,
		"zonecapacity is more than zonesize");
	check_said("zonemode=zbd\nzonesize=64k\nzone_reset_frequency=1.5\n", false,
		"zone_reset_frequency is from 0 to 1");
	check_said("zonemode=zbd\nzonesize=64k\nzone_reset_threshold=-0.5\n", false,
		"zone_reset_threshold is from 0 to 1");
	check_said("zonemode=zbd\nzonesize=64k\nmax_open_zones=4097\n", false, "more than 4096");
	check_said("zonemode=zbd\nzonesize=64k\nrw=write\nverify=crc32c\n", false,
		"verify does not go with zonemode=zbd");
	check_said("zonemode=zbd\nzonesize=64k\nzone_reset_threshold=0.5\n", true,
		"zone_reset_threshold has no effect without zone_reset_frequency");
	check_said("recover_zbd_write_error=1\n", true,
		"recover_zbd_write_error has no effect without zonemode=zbd");
	check_said("zonemode=zbd\nzonesize=64k\nrecover_zbd_write_error=1\n", true, "");
	check_said("write_zone_remainder=1\n", true,
		"write_zone_remainder has no effect without zonemode=zbd");
	check_said("zonemode=zbd\nzonesize=64k\nzonerange=64k\n", true,
		"zonerange has no effect with zonemode=zbd");
	check_said("max_open_zones=4\n", true, "max_open_zones has no effect without zonemode=zbd");
	check_said("zonemode=strided\nzonesize=64k\nread_beyond_wp=1\n", true,
		"read_beyond_wp has no effect without zonemode=zbd");
}

TEST(zones_of_a_device_count_when_it_is_known)
{
	struct job_rig rig;
	const struct job *job = rig_job(
		&rig, "[a]\nfilename=/dev/null\nrw=read\nzonemode=zbd\nsize=4z\nzoneskip=1z\n");

	assert_true(job->size.is_zones && job->size.is_set);
	assert_int_equal(job->size.bytes, 4);
	assert_true(job->rare->zones.skip.is_zones);
	rig_free(&rig);
}

TEST_MAIN(NULL, NULL);
