/* SPDX-License-Identifier: MIT */
/* job_expand.c: clones, names, seeds, groups and waves. */
#include "job_rig.h"
#include "test.h"

#include <unistd.h>

#include "job/job_expand.h"

/* All file names of all clones, a blank between. */
static const char *all_names(struct job_rig *rig, const char *text)
{
	const char *all = "";

	rig_job(rig, text);
	for (size_t i = 0; i < rig->set.count; i++) {
		const struct job_texts *names = &rig->set.jobs[i].filename;

		for (size_t k = 0; k < names->count; k++)
			all = arena_printf(
				&rig->arena, "%s%s%s", all, *all ? " " : "", names->texts[k]);
	}
	return all;
}

/* As fio 3.33 makes them: tried. */
TEST(names_are_made_up_as_fio_does)
{
	static const char *const cases[][2] = {
		{"[jj]\nnumjobs=2\nnrfiles=2\n", "jj.0.0 jj.0.1 jj.1.0 jj.1.1"},
		{"[a]\n[a]\n", "a.0.0 a.0.0"},
		{"[j]\nfilename=x\nnumjobs=2\n", "x x"},
		{"[j]\nfilename=x:y\nnrfiles=5\n", "x y"},
		{"[j]\ndirectory=d1:d2\nnumjobs=3\n", "d1/j.0.0 d2/j.1.0 d1/j.2.0"},
		{"[j]\ndirectory=d1:d2\nfilename=x\nnumjobs=2\n", "d1/x d1/x"},
		{"[j]\nfilename_format=$jobname-$jobnum.$filenum\nnrfiles=2\n", "j-0.0 j-0.1"},
		{"[j]\nfilename_format=plain\n", "plain"},
		{"[j]\nfilename_format=$x$$jobnum\n", "$x$0"},
		{"[sec]\nname=other\n", "sec.0.0"},
		{"[sub/m]\n", "sub/m.0.0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[global]\nioengine=null\nsize=1m\n%s", cases[i][0]);
		assert_string_equal(all_names(&rig, text), cases[i][1]);
		rig_free(&rig);
	}
}

/* fio makes "d1//dev/zero" of it. */
TEST(folders_do_not_stand_before_absolute_names)
{
	struct job_rig rig;

	assert_string_equal(all_names(&rig, "[a]\ndirectory=d1\nfilename=/dev/zero:x\nsize=1m\n"),
		"/dev/zero d1/x");
	rig_free(&rig);
}

TEST(sections_name_devices)
{
	struct job_rig rig;

	assert_string_equal(all_names(&rig, "[/dev/zero]\nsize=1m\n"), "/dev/zero");
	rig_free(&rig);
	assert_string_equal(all_names(&rig, "[/dev/nvme9n9]\nsize=1m\n"), "/dev/nvme9n9");
	rig_free(&rig);
	assert_string_equal(all_names(&rig, "[/dev/zero]\nsize=1m\nnrfiles=2\n"),
		"/dev/zero.0.0 /dev/zero.0.1");
	rig_free(&rig);
	assert_string_equal(all_names(&rig, "[/dev/zero]\nsize=1m\nfilename=x\n"), "x");
	rig_free(&rig);
	/* A folder is no target, whatever fio thinks. */
	assert_string_equal(all_names(&rig, "[/tmp]\nsize=1m\n"), "/tmp.0.0");
	rig_free(&rig);
}

TEST(groups_and_waves)
{
	static const unsigned expected[][2] = {/* group, wave */
		{0, 0}, {0, 0}, {1, 0}, {2, 1}, {2, 1}, {2, 1}, {3, 2}};
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\n[a]\nstonewall\nnew_group\n[b]\n[c]\nnew_group\n"
		      "[d]\nstonewall\nnumjobs=2\n[e]\n[f]\nstonewall\nnew_group\n");
	assert_int_equal(rig.set.count, 7);
	for (size_t i = 0; i < rig.set.count; i++) {
		assert_int_equal(rig.set.jobs[i].group, expected[i][0]);
		assert_int_equal(rig.set.jobs[i].wave, expected[i][1]);
	}
	assert_int_equal(rig.set.jobs[4].clone, 1);
	rig_free(&rig);
}

TEST(seeds_repeat_and_differ)
{
	static const char text[] = "[global]\nsize=1m\n[a]\nnumjobs=2\n[b]\n";
	struct job_rig first, second;

	rig_job(&first, text);
	rig_job(&second, text);
	assert_int_equal(first.set.seed, JOB_DEFAULT_SEED);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(first.set.jobs[i].randseed, second.set.jobs[i].randseed);
	assert_int_not_equal(first.set.jobs[0].randseed, first.set.jobs[1].randseed);
	assert_int_not_equal(first.set.jobs[1].randseed, first.set.jobs[2].randseed);
	rig_free(&first);
	rig_free(&second);
}

/* Two sections that do the same on one file do not read the same blocks at the same time. */
TEST(no_two_jobs_of_all_sections_share_a_seed)
{
	struct job_rig rig;

	rig_job(&rig, "[global]\nsize=1m\nnumjobs=3\n[a]\n[b]\nstonewall\n[c]\nrw=write\n[a]\n");
	assert_int_equal(rig.set.count, 12);
	for (size_t i = 0; i < rig.set.count; i++) {
		for (size_t k = 0; k < i; k++)
			assert_true(rig.set.jobs[i].randseed != rig.set.jobs[k].randseed);
	}
	rig_free(&rig);
}

TEST(randrepeat_off_draws_a_seed_that_can_be_given_again)
{
	struct job_rig first, second;
	char text[128];

	rig_job(&first, "[a]\nsize=1m\nrandrepeat=0\n");
	rig_job(&second, "[a]\nsize=1m\nrandrepeat=0\n");
	assert_int_not_equal(first.set.jobs[0].randseed, second.set.jobs[0].randseed);
	rig_free(&second);
	snprintf(text, sizeof(text), "[a]\nsize=1m\nrandrepeat=0\nrandseed=%llu\n",
		(unsigned long long)first.set.seed);
	rig_job(&second, text);
	assert_int_equal(first.set.jobs[0].randseed, second.set.jobs[0].randseed);
	rig_free(&first);
	rig_free(&second);
}

TEST(there_are_limits)
{
	static const char *const cases[][2] = {
		{"numjobs=4096\n[a]\n[b]\n[c]\n[d]\n[e]\n", "more than 16384 clones"},
		{"numjobs=4096\nnrfiles=257\n[a]\n", "more than 1048576 files"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;
		char text[256];

		snprintf(text, sizeof(text), "[global]\nioengine=null\nsize=2m\n%s", cases[i][0]);
		rig_read(&rig, text);
		assert_int_equal(rig.rc, -EINVAL);
		assert_int_equal(rig.diag.error_count, 1);
		assert_non_null(strstr(rig.messages, cases[i][1]));
		rig_free(&rig);
	}
}

TEST_MAIN(NULL, NULL);
