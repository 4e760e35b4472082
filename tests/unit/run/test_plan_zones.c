/* SPDX-License-Identifier: MIT */
/* Zones that a plan makes of files. Those of devices: tests/vm/ringside_zones.bats. */
#include "load/zone_table.h"
#include "plan_rig.h"
#include "run/plan_zones.h"

TEST_FIXTURE(plan_rig_open, plan_rig_close);

#define ZBD "[a]\nfilename=f\nrw=write\nzonemode=zbd\nzonesize=64k\n"

TEST(zones_are_made_of_a_file_as_it_will_be)
{
	struct plan_rig *rig = *state;
	struct planned_job *jobs = good_plan(rig, ZBD "size=256k\nzonecapacity=48k\n");
	const struct zone_table *table = jobs[0].zones[0];

	assert_int_equal(table->zone_count, 4);
	assert_int_equal(table->zone_bytes, 64 * KIB);
	assert_int_equal(table->zones[2].capacity_end, 176 * KIB);
	assert_int_equal(table->open_limit, 0);
	assert_false(table->is_ordered);
	assert_ptr_equal(jobs[0].targets[0].zones, table);
	assert_region(jobs, 0, 0, 256 * KIB);
	assert_string_equal(rig->messages, "");
}

TEST(writers_are_cut_to_whole_zones)
{
	struct plan_rig *rig = *state;
	struct planned_job *jobs;

	make_sparse_file("f", 512 * KIB);
	jobs = good_plan(rig, ZBD "size=200k\noffset=4k\n");
	assert_region(jobs, 0, 64 * KIB, 128 * KIB);
	assert_int_equal(jobs[0].zones[0]->zone_count, 8);
	assert_non_null(strstr(rig->messages, "cut to whole zones: 65536 and 131072"));
	jobs = good_plan(rig,
		"[a]\nfilename=f\nrw=read\nzonemode=zbd\nzonesize=64k\nsize=200k\noffset=4k\n");
	assert_region(jobs, 0, 4 * KIB, 200 * KIB);
	assert_non_null(strstr(rig->messages, "no zone of f has data"));
	assert_refused(rig, ZBD "size=100k\noffset=4k\n", "there is no whole zone of 65536 bytes");
}

TEST(jobs_of_a_file_share_its_zones)
{
	struct plan_rig *rig = *state;
	struct planned_job *jobs = good_plan(rig, ZBD
		"size=128k\n[b]\nfilename=f\nrw=read\nzonemode=zbd\nzonesize=64k\nsize=256k\n"
		"overwrite=1\n[c]\nfilename=g\nrw=write\nzonemode=zbd\nzonesize=64k\nsize=128k\n");

	assert_ptr_equal(jobs[0].zones[0], jobs[1].zones[0]);
	assert_int_equal(jobs[0].zones[0]->zone_count, 4);
	assert_true(jobs[2].zones[0] != jobs[0].zones[0]);
	assert_refused(rig,
		ZBD "size=128k\n[b]\nfilename=f\nrw=write\nzonemode=zbd\nzonesize=32k\nsize=64k\n",
		"zonesize is 32768, and the zones of f have 65536 bytes");
	assert_refused(rig,
		ZBD "size=128k\nmax_open_zones=2\n[b]\nfilename=f\nrw=write\nzonemode=zbd\n"
		    "zonesize=64k\nsize=128k\nmax_open_zones=3\n",
		"max_open_zones of f is 2 in another job");
}

TEST(what_zones_cannot_be)
{
	struct plan_rig *rig = *state;

	assert_refused(rig, "[a]\nfilename=f\nrw=write\nzonemode=zbd\nsize=256k\n",
		"f is no zoned device: zonemode=zbd needs a zonesize");
	assert_refused(rig, ZBD "size=32k\n", "cannot be zones of 65536");
	assert_refused(rig, ZBD "size=128k\nbs=128k\n", "a block is larger than a zone");
	assert_refused(rig, ZBD "size=128k\nzoneskip=4k\n", "zoneskip is no multiple");
	assert_refused(rig, ZBD "size=128k\njob_max_open_zones=1\n",
		"job_max_open_zones needs a limit for all jobs");
	assert_refused(rig,
		"[a]\nfilename=/dev/zero\nrw=read\nzonemode=zbd\nzonesize=64k\nsize=1m\n",
		"takes block devices and files");
}

TEST(limits_come_from_the_job_file)
{
	struct plan_rig *rig = *state;
	struct planned_job *jobs = good_plan(rig, ZBD "size=256k\nmax_open_zones=3\n");

	assert_int_equal(jobs[0].zones[0]->open_limit, 3);
}

TEST_MAIN(NULL, NULL);
