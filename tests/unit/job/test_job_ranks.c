/* SPDX-License-Identifier: MIT */
/* Names of ranks and hosts, whose data are read, and what each rank draws. */
#include "job/job_ranks.h"

#include <unistd.h>

#include "job/job.h"
#include "test.h"
#include "unit/job/job_rig.h"

enum { MOST_RANKS = 17 };

static struct arena arena;

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_FIXTURE(NULL, tear_down);

static struct job_ranks ranks_of(const char *text)
{
	struct job_ranks ranks;
	struct option_problem problem;

	if (job_ranks_parse(text, &ranks, &arena, &problem) != 0)
		fail_msg("%s: %s", text, problem.what);
	return ranks;
}

/* The first job of `text` as the rank says it. */
static const struct job *job_as(struct job_rig *rig, const char *rank, const char *text)
{
	const struct job_request request = {.ranks = ranks_of(rank)};

	rig_read_as(rig, "t.job", text, &request);
	if (rig->rc != 0)
		fail_msg("%s:\n%s", text, rig->messages);
	return &rig->set.jobs[0];
}

TEST(words_are_replaced_and_no_others)
{
	const struct job_ranks ranks = ranks_of("3/8:a*2,b.c*6");

	assert_string_equal(
		job_ranks_expand(&ranks, 3, "x.$rank-$ranks@$hostname", &arena), "x.3-8@b.c");
	assert_string_equal(job_ranks_expand(&ranks, 1, "$hostname$hostname", &arena), "aa");
	assert_string_equal(
		job_ranks_expand(&ranks, 3, "${rank} $ran $", &arena), "${rank} $ran $");
}

TEST(one_process_is_rank_0_of_1_on_its_host)
{
	const struct job_ranks alone = {0};
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	assert_string_equal(job_ranks_expand(&alone, 0, "$rank/$ranks", &arena), "0/1");
	assert_string_equal(job_ranks_expand(&alone, 0, "$hostname", &arena), host);
	assert_int_equal(job_ranks_reordered(&alone, 0, 1), 0);
	assert_false(job_ranks_have_hosts(&alone));
	assert_int_equal(job_ranks_on_host(&alone, 0).count, 1);
}

TEST(names_are_of_ranks_of_hosts_or_of_all)
{
	assert_int_equal(job_ranks_scope("f.$jobnum"), NAME_OF_ALL);
	assert_int_equal(job_ranks_scope("f.$ranks"), NAME_OF_ALL);
	assert_int_equal(job_ranks_scope("f.$hostname"), NAME_OF_HOST);
	assert_int_equal(job_ranks_scope("f.$hostname.$rank"), NAME_OF_RANK);
	assert_int_equal(job_ranks_scope("f.$ranks.$rank"), NAME_OF_RANK);
}

TEST(ranks_are_read_and_printed)
{
	static const char *const good[] = {"0/1", "3/4", "0/3:a*2,b*1", "2/3:a*1,b*1,a*1"};
	static const char *const bad[] = {"", "1", "4/4", "-1/4", "0/4:", "0/4:a", "0/4:a*5",
		"0/4:a*2,*2", "0/4:a*2,b*2x", "0/4x", "0x1/4", "0/0"};
	struct job_ranks ranks;
	struct option_problem problem;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ranks = ranks_of(good[i]);
		assert_string_equal(job_ranks_print(&ranks, &arena), good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (job_ranks_parse(bad[i], &ranks, &arena, &problem) == 0)
			fail_msg("'%s' was taken", bad[i]);
	}
}

/* Each rank is read by one, and by none on its own host where there are others to do so. */
TEST(reordered_ranks_are_a_permutation_over_hosts)
{
	static const char *const hosts[] = {"0/8:a*4,b*4", "0/8:a*1,b*1,a*1,b*1,a*1,b*1,a*1,b*1",
		"0/6:a*2,b*2,c*2", "0/7:a*3,b*3,c*1", "0/4:a*1,b*1,c*1,d*1"};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		const struct job_ranks ranks = ranks_of(hosts[i]);
		bool is_read[MOST_RANKS] = {false};

		for (uint32_t rank = 0; rank < ranks.count; rank++) {
			uint32_t from = job_ranks_reordered(&ranks, rank, 1);

			if (is_read[from] || strcmp(ranks.hosts[from], ranks.hosts[rank]) == 0)
				fail_msg("%s: rank %u reads %u", hosts[i], rank, from);
			is_read[from] = true;
			assert_int_equal(job_ranks_reordered(&ranks, rank, 0), rank);
		}
	}
}

TEST(reordered_ranks_of_one_host_are_the_next_ones)
{
	for (uint32_t count = 2; count <= MOST_RANKS; count++) {
		const struct job_ranks ranks = {.count = count};

		for (uint32_t rank = 0; rank < count; rank++)
			assert_int_equal(job_ranks_reordered(&ranks, rank, 2), (rank + 2) % count);
	}
}

TEST(ranks_of_a_host_are_counted)
{
	const struct job_ranks ranks = ranks_of("0/5:a*1,b*2,a*2");

	assert_int_equal(job_ranks_on_host(&ranks, 3).index, 1);
	assert_int_equal(job_ranks_on_host(&ranks, 3).count, 3);
	assert_int_equal(job_ranks_on_host(&ranks, 2).index, 1);
	assert_int_equal(job_ranks_on_host(&ranks, 2).count, 2);
	assert_true(job_ranks_have_hosts(&ranks));
}

TEST(names_of_a_job_are_its_ranks)
{
	struct job_rig rig;
	const struct job *job = job_as(&rig, "2/4:a*2,b*2",
		"[j]\nioengine=null\nsize=1m\nfilename=x$rank:/y.$hostname\ndirectory=d$ranks\n");

	assert_string_equal(job->filename.texts[0], "d4/x2");
	assert_string_equal(job->filename.texts[1], "/y.b");
	assert_int_equal(job->part.scopes[0], NAME_OF_RANK);
	assert_int_equal(job->part.scopes[1], NAME_OF_HOST);
	assert_string_equal(rig_setting(&rig, job, "filename"), "x$rank:/y.$hostname");
	rig_free(&rig);
}

TEST(names_that_are_made_up_are_of_each_rank)
{
	static const char job_text[] = "[j]\nioengine=null\nsize=1m\n";
	struct job_rig rig;

	assert_string_equal(job_as(&rig, "0/1", job_text)->filename.texts[0], "j.0.0");
	rig_free(&rig);
	assert_string_equal(job_as(&rig, "3/4", job_text)->filename.texts[0], "j.3.0.0");
	assert_int_equal(rig.set.jobs[0].part.scopes[0], NAME_OF_RANK);
	rig_free(&rig);
	assert_string_equal(
		job_as(&rig, "3/4",
			"[j]\nioengine=null\nsize=1m\nfilename_format=$jobname-$filenum-$rank\n")
			->filename.texts[0],
		"j-0-3");
	rig_free(&rig);
}

TEST(folders_are_taken_in_turn_by_clones_of_all_ranks)
{
	struct job_rig rig;
	const struct job *job = job_as(&rig, "1/2",
		"[j]\nioengine=null\nsize=1m\nnumjobs=2\ndirectory=a:b:c\nfilename_format=f\n");

	assert_string_equal(job[0].filename.texts[0], "c/f");
	assert_string_equal(job[1].filename.texts[0], "a/f");
	rig_free(&rig);
}

TEST(numbers_are_computed_with_ranks)
{
	struct job_rig rig;
	const struct job *job = job_as(&rig, "3/4",
		"[j]\nioengine=null\nsize=$ranks*1048576\noffset=$rank*4096\n"
		"write_iolog=trace.$rank\n");

	assert_int_equal(job->size.bytes, 4 << 20);
	assert_int_equal(job->offset.bytes, 3 * 4096);
	assert_string_equal(job->rare->replay.write_iolog, "trace.3");
	rig_free(&rig);
}

TEST(only_jobs_that_read_are_reordered)
{
	static const char text[] = "[global]\nioengine=null\nsize=1m\nreorder=1\nfilename=f.$rank\n"
				   "[w]\nrw=write\n[r]\nrw=read\n[m]\nrw=rw\n";
	struct job_rig rig;
	const struct job *job = job_as(&rig, "3/4", text);

	assert_string_equal(job[0].filename.texts[0], "f.3");
	assert_string_equal(job[1].filename.texts[0], "f.0");
	assert_string_equal(job[2].filename.texts[0], "f.3");
	rig_free(&rig);
}

/* Each rank and clone draws what no other draws, and rank 0 what it draws alone. */
TEST(seeds_are_each_ranks_own_and_repeat)
{
	static const char text[] = "[j]\nioengine=null\nsize=1m\nnumjobs=3\nrw=randread\n";
	uint64_t seeds[MOST_RANKS * 3];
	struct job_rig rig;
	size_t count = 0;

	for (uint32_t rank = 0; rank < MOST_RANKS; rank++) {
		const char *name = arena_printf(&arena, "%u/%u", rank, MOST_RANKS);
		const struct job *job = job_as(&rig, name, text);

		for (unsigned i = 0; i < 3; i++)
			seeds[count++] = job[i].randseed;
		rig_free(&rig);
		assert_int_equal(job_as(&rig, name, text)->randseed, seeds[count - 3]);
		rig_free(&rig);
	}
	assert_int_equal(job_as(&rig, "0/1", text)->randseed, seeds[0]);
	rig_free(&rig);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < i; k++)
			assert_true(seeds[i] != seeds[k]);
	}
}

TEST(a_seed_that_is_drawn_once_is_that_of_all)
{
	const struct job_request request = {.ranks = {1, 2, NULL, 4711}};
	static const char text[] = "[j]\nioengine=null\nsize=1m\nrandrepeat=0\n";
	struct job_rig rig;

	rig_read_as(&rig, "t.job", text, &request);
	assert_int_equal(rig.rc, 0);
	assert_int_equal(rig.set.seed, 4711);
	rig_free(&rig);
}

TEST(files_that_ranks_write_have_names_of_their_own)
{
	static const struct {
		const char *rank, *options, *said;
	} cases[] = {
		{"1/4", "write_iolog=t", "write_iolog: 4 ranks would write one file"},
		{"1/4", "write_bw_log", "write_bw_log=NAME.$rank"},
		{"1/4", "write_lat_log=l.$hostname", "4 ranks"},
		{"1/4", "rw=write\nverify=crc32c\nverify_state_save=1", "name=j.$rank"},
		{"1/4", "write_iolog=t.$rank", NULL},
		{"1/2:a,b", "write_iolog=t.$hostname", NULL},
		{"1/4", "name=j.$rank\nrw=write\nverify=crc32c\nverify_state_save=1", NULL},
		{"0/1", "write_iolog=t", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct job_request request = {.ranks = ranks_of(cases[i].rank)};
		struct job_rig rig;

		rig_read_as(&rig, "t.job",
			arena_printf(&arena, "[j]\nsize=1m\nfilename=f\n%s\n", cases[i].options),
			&request);
		if ((rig.rc == 0) != !cases[i].said ||
			(cases[i].said && !strstr(rig.messages, cases[i].said)))
			fail_msg("%s: %s: %d\n%s", cases[i].rank, cases[i].options, rig.rc,
				rig.messages);
		rig_free(&rig);
	}
}

TEST(blocks_are_not_dealt_out_where_they_have_no_order)
{
	static const struct {
		const char *options, *said;
	} cases[] = {
		{"rw=randread", "a random job has none"},
		{"rw=write\nbsrange=4k-8k", "blocks of one size"},
		{"rw=read:4k", "has holes of its own"},
		{"rw=read\nzonemode=strided\nzonesize=64k\nzonerange=64k",
			"does not go with zonemode"},
		{"rw=stat\nfilesize=4k", "rw=read, write, trim and rw only"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;

		rig_read(&rig,
			arena_printf(&arena, "[j]\nsize=1m\nfilename=f\nsplit=interleaved\n%s\n",
				cases[i].options));
		if (rig.rc != -EINVAL || !strstr(rig.messages, cases[i].said))
			fail_msg("%s: '%s' is not in:\n%s", cases[i].options, cases[i].said,
				rig.messages);
		rig_free(&rig);
	}
}

TEST_MAIN(NULL, NULL);
