/* SPDX-License-Identifier: MIT */
/* Files that are laid out, memory that is needed, and what may not be written. */
#include "test.h"
#include "unit/host/loop_device.h"
#include "unit/run/plan_rig.h"

static bool is_sparse(const char *name)
{
	struct stat status;

	assert_int_equal(stat(name, &status), 0);
	return status.st_blocks * 512 < status.st_size;
}

TEST_FIXTURE(plan_rig_open, plan_rig_close);

TEST(files_are_as_long_as_filesize_says)
{
	struct plan_rig *rig = *state;

	make_file("f", 16 * MIB);
	good_plan(rig, "[j]\nfilename=f\nfilesize=16m\nsize=4m\noffset=8m\nrw=read\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), 16 * MIB);
	for (int reads = 0; reads < 2; reads++) {
		unlink("g");
		good_plan(rig, reads ? "[j]\nfilename=g\nfilesize=8m\nsize=4m\nnumjobs=2\n"
				       "offset_increment=4m\nrw=read\n"
				     : "[j]\nfilename=g\nfilesize=8m\nsize=4m\nnumjobs=2\n"
				       "offset_increment=4m\nrw=write\n");
		lay_out(rig);
		assert_int_equal(bytes_of("g"), 8 * MIB);
	}
	good_plan(rig, "[j]\nnrfiles=2\nfilename=h:i\nfilesize=1m\noffset=256k\nrw=write\n");
	lay_out(rig);
	assert_int_equal(bytes_of("h"), MIB);
	assert_int_equal(bytes_of("i"), MIB);
}

/* Neither its length nor its content nor what it takes of the disk. */
TEST(a_file_that_is_only_read_stays_as_it_is)
{
	struct plan_rig *rig = *state;
	static const char *const readers[] = {"rw=read", "rw=randread\nsize=50%", "rw=openread",
		"rw=stat\nfilesize=2m", "rw=read\nreadonly=1", "rw=read\nfallocate=truncate",
		"rw=read\ncreate_on_open=1", "rw=copy\nsize=512k"};

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		bool is_copy = strstr(readers[i], "copy") != NULL;
		char text[256];

		make_sparse_file("f", MIB);
		snprintf(text, sizeof(text), "[j]\nfilename=f%s\nbs=64k\n%s\n",
			is_copy ? ":to" : "", readers[i]);
		good_plan(rig, text);
		lay_out(rig);
		assert_int_equal(bytes_of("f"), MIB);
		assert_true(is_sparse("f"));
	}
}

TEST(holes_in_what_is_read_are_counted)
{
	struct plan_rig *rig = *state;
	struct planned_job *planned;

	make_file("f", MIB / 2);
	assert_int_equal(truncate("f", MIB), 0);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=read\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, MIB / 2);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=read\noffset=256k\nsize=512k\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, MIB / 4);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=512k\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, 0);
	planned = good_plan(rig, "[j]\nfilename=f\nrw=stat\n");
	lay_out(rig);
	assert_int_equal(planned->hole_bytes, 0);
	/* An earlier job fills them. */
	planned = good_plan(rig,
		"[w]\nfilename=f\nrw=write\nfallocate=none\n[r]\nstonewall\nfilename=f\nrw=read\n");
	lay_out(rig);
	assert_int_equal(planned[1].hole_bytes, 0);
}

TEST(overwrite_lets_a_reader_fill_and_lengthen)
{
	struct plan_rig *rig = *state;

	make_sparse_file("f", MIB);
	good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=2m\noverwrite=1\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), 2 * MIB);
	assert_false(is_sparse("f"));
}

TEST(a_missing_file_is_laid_out_for_its_reader)
{
	struct plan_rig *rig = *state;

	good_plan(rig, "[j]\nfilename=f\nrw=read\nsize=1m\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), MIB);
	assert_false(is_sparse("f"));
}

TEST(a_mix_finds_its_file_whole)
{
	struct plan_rig *rig = *state;

	make_sparse_file("f", MIB);
	good_plan(rig, "[j]\nfilename=f\nrw=randrw\nsize=2m\n");
	lay_out(rig);
	assert_int_equal(bytes_of("f"), 2 * MIB);
	assert_false(is_sparse("f"));
}

TEST(what_cannot_be_laid_out_is_said_with_its_job)
{
	struct plan_rig *rig = *state;

	assert_int_equal(mkdir("g", 0755), 0);
	good_plan(
		rig, "[a]\nfilename=f\nrw=write\nsize=64k\n[b]\nfilename=g/h\nrw=read\nsize=64k\n");
	assert_int_equal(rmdir("g"), 0);
	assert_int_equal(plan_lay_out(&rig->plan, &rig->diag, NULL, NULL), -ENOENT);
	assert_int_equal(rig->plan.failed_job, 1);
	assert_string_equal(rig->plan.failure, "cannot lay out g/h: No such file or directory");
}

/* The least that is enough for this plan. */
static uint64_t memory_of(struct plan_rig *rig, const char *text)
{
	uint64_t least = 0;

	good_plan(rig, text);
	for (uint64_t bit = 1ull << 40; bit > 0; bit >>= 1) {
		FILE *quiet = fopen("/dev/null", "we");
		struct diag diag;

		assert_non_null(quiet);
		diag_init(&diag, quiet);
		if (plan_check_memory(&rig->plan, (least | bit) - 1, &diag) != 0)
			least |= bit;
		fclose(quiet);
	}
	return least;
}

TEST(buffers_are_depth_times_the_largest_block)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\niodepth=8\nbs=4k\n"), 32 * KIB);
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\nrw=rw\niodepth=8\nbs=4k,64k\n"),
		512 * KIB);
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\niodepth=2\nbssplit=4k/99:128k/1\n"),
		256 * KIB);
}

TEST(an_engine_of_one_io_has_one_buffer)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=psync\nsize=1m\niodepth=8\nbs=4k\n"), 4 * KIB);
}

TEST(clones_add_up_and_waves_do_not)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig,
			"[global]\nioengine=null\nsize=1m\nbs=4k\n[a]\nnumjobs=3\n[b]\nbs=8k\n"),
		20 * KIB);
	assert_int_equal(memory_of(rig, "[global]\nioengine=null\nsize=1m\nbs=4k\n[a]\nnumjobs=3\n"
					"[b]\nstonewall\nbs=8k\n"),
		12 * KIB);
}

/* A bit for each block that all sizes are multiples of, and a 63rd of that above it. */
TEST(maps_of_blocks_of_several_sizes_count)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nrw=randread\nsize=64m\nbsrange=1k-4k\n"),
		4 * KIB + 8 * (1024 + 16 + 1));
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nrw=randrw\nsize=64m\nbs=4k,64k\niodepth=2\n"),
		128 * KIB + 8 * (256 + 4 + 1));
	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nrw=randread\nsize=64m\nbssplit=4k/50:6k/50\n"),
		6 * KIB + 8 * (512 + 8 + 1));
	assert_int_equal(memory_of(rig, "[j]\nioengine=null\nrw=randread\nsize=64m\nbsrange=1k-4k\n"
					"norandommap\n"),
		4 * KIB);
	good_plan(rig, "[j]\nioengine=null\nrw=randread\nsize=8t\nbsrange=512-4k\n");
	assert_int_equal(plan_check_memory(&rig->plan, MIB, &rig->diag), -EINVAL);
	fflush(rig->diag.stream);
	assert_non_null(strstr(rig->messages, "or norandommap=1"));
}

TEST(too_little_is_refused_with_its_cure)
{
	struct plan_rig *rig = *state;

	good_plan(rig, "[j]\nioengine=null\nsize=1m\nbs=64k\niodepth=4\n");
	assert_int_equal(plan_check_memory(&rig->plan, 256 * KIB - 1, &rig->diag), -EINVAL);
	fflush(rig->diag.stream);
	assert_non_null(strstr(rig->messages, "lower numjobs, iodepth or bs"));
	assert_int_equal(plan_check_memory(&rig->plan, 256 * KIB, &rig->diag), 0);
}

/* Huge pages were set aside before. */
TEST(what_is_locked_is_needed_and_huge_pages_are_not)
{
	struct plan_rig *rig = *state;

	assert_int_equal(
		memory_of(rig, "[j]\nioengine=null\nsize=1m\nbs=64k\nlockmem=1m\nnumjobs=2\n"),
		2 * (MIB + 64 * KIB));
	assert_int_equal(memory_of(rig, "[j]\nioengine=null\nsize=1m\nbs=64k\niodepth=4\n"
					"mem=shmhuge\nlockmem=4k\n"),
		4 * KIB);
}

static struct loop_device loop;

static int close_loop(void **state)
{
	if (loop.file[0])
		loop_device_close(&loop);
	loop.file[0] = '\0';
	return plan_rig_close(state);
}

/* "used" is a file with a loop device on it that is not in use: to be named a second time. */
static void make_used_file(void)
{
	if (!loop_device_open(&loop, MIB))
		SKIP_WITHOUT_LOOP_DEVICES();
	assert_int_equal(symlink(loop.file, "used"), 0);
}

TEST_FIXTURE(plan_rig_open, close_loop);

TEST(what_the_guard_protects_is_not_written_nor_removed)
{
	struct plan_rig *rig = *state;
	const char *const named[] = {"used"};

	make_used_file();
	assert_refused(rig, "[j]\nfilename=used\nrw=write\n", "job 'j' would write to used: ");
	assert_non_null(strstr(rig->messages, "--destroy=used"));
	assert_refused(rig, "[j]\nfilename=used\nrw=read\nunlink=1\n", "would remove used: ");
	assert_refused(rig, "[a]\nfilename=used\n[b]\nfilename=used\nrw=trim\n",
		"job 'b' would write to used: ");
	plan_with(rig, "[j]\nfilename=used\nrw=write\nunlink=1\n", named, 1);
	assert_int_equal(rig->rc, 0);
}

/* Its layout, which would write it, is told. */
TEST(what_the_guard_protects_may_be_read)
{
	struct plan_rig *rig = *state;

	make_used_file();
	good_plan(rig, "[j]\nfilename=used\nrw=read\n");
	assert_non_null(rig->plan.jobs[0].targets[0].use);
	good_plan(rig, "[j]\nfilename=used\nrw=read\noverwrite=1\n");
	assert_int_equal(plan_lay_out(&rig->plan, &rig->diag, NULL, NULL), -ETXTBSY);
	fflush(rig->diag.stream);
	assert_non_null(strstr(rig->messages, "without overwrite=1 it is read as it is"));
	make_file("other", MIB);
	good_plan(rig, "[j]\nfilename=other\nrw=read\n");
	assert_null(rig->plan.jobs[0].targets[0].use);
}

TEST(of_a_copy_the_destination_is_guarded)
{
	struct plan_rig *rig = *state;

	make_used_file();
	make_file("other", MIB);
	good_plan(rig, "[j]\nfilename=used:other\nrw=copy\nunlink=1\n");
	assert_refused(rig, "[j]\nfilename=other:used\nrw=copy\n", "would write to used: ");
}

TEST(kernel_interfaces_are_read_only)
{
	struct plan_rig *rig = *state;

	assert_refused(rig, "[j]\nfilename=/proc/self/comm\nsize=4k\nrw=write\n",
		"would write to /proc/self/comm, which is no storage: a file of proc");
	assert_refused(rig, "[j]\nfilename=/proc/self/no_such\nsize=4k\nrw=read\n",
		"would write to /proc/self/no_such");
	good_plan(rig, "[j]\nfilename=/proc/self/comm\nsize=4k\nrw=read\n");
}

/* What a comparison asks before its first trial: of all jobs, of writers and removers only. */
TEST(jobs_are_guarded_without_a_plan)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{"[j]\nfilename=used\nrw=write\n", -EINVAL}, {"[j]\nfilename=used\nrw=read\n", 0},
		{"[j]\nfilename=used\nrw=read\nunlink=1\n", -EINVAL},
		{"[i]\nfilename=other\nrw=write\n[j]\nfilename=used\nrw=write\n", -EINVAL},
		{"[j]\nioengine=null\nfilename=used\nsize=1m\nrw=write\n", 0},
		{"[j]\nfilename=used:other\nrw=copy\n", 0},
		{"[j]\nfilename=missing/file\nrw=write\n", 0}, /* another's to report */
	};
	const struct write_guard nothing = {0};

	make_used_file();
	make_file("other", MIB);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig jobs;
		char *messages;
		size_t room;
		struct diag diag;

		rig_job(&jobs, cases[i].text);
		assert_non_null(diag.stream = open_memstream(&messages, &room));
		diag_init(&diag, diag.stream);
		assert_int_equal(plan_guard_jobs(jobs.set.jobs, jobs.set.count, &nothing, &diag),
			cases[i].rc);
		fclose(diag.stream);
		if ((cases[i].rc == 0) != (*messages == '\0'))
			fail_msg("%s:\n%s", cases[i].text, messages);
		free(messages);
		rig_free(&jobs);
	}
}

TEST_MAIN(NULL, NULL);
