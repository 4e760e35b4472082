/* SPDX-License-Identifier: MIT */
/* Results of ranks as one. */
#include "cluster/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "test.h"

static struct result results[4];

static int free_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		result_free(&results[i]);
	return 0;
}

TEST_FIXTURE(NULL, free_results);

/* A rank's result: a job of `ios` reads in a second, which ended `late_ns` after that. */
static struct result *result_of(unsigned rank, const char *host, uint64_t ios, uint64_t late_ns)
{
	struct result *result = &results[rank];
	struct histogram *histogram;
	struct result_direction *reads;

	result_init(result);
	histogram = ARENA_NEW(&result->arena, struct histogram);
	result->job_count = 1;
	result->jobs = ARENA_NEW(&result->arena, struct result_job);
	result->jobs[0] = (struct result_job){.name = "job",
		.numjobs = 1,
		.engine = "null",
		.started_ns = 500,
		.elapsed_ns = NS_PER_S + late_ns};
	reads = &result->jobs[0].directions[DIRECTION_READ];
	for (uint64_t i = 0; i < ios; i++)
		histogram_record(histogram, 1000 * (rank + 1), 1);
	*reads = (struct result_direction){.ios = ios, .bytes = ios * 4096};
	reads->lat = (struct result_latency){histogram->summary, histogram, NULL};
	settings_add(&result->environment.hard, &result->arena, "cpu_model", "A");
	settings_add(&result->environment.soft, &result->arena, "now.load_average", host);
	return result;
}

static void begin(struct result *result, unsigned rank, const char *host, int64_t shift_ns,
	uint64_t first_end_ns)
{
	const struct merge_rank by = {
		.rank = rank, .host = host, .shift_ns = shift_ns, .clock_error_ns = rank};

	merge_begin(result, &by, &first_end_ns, 1);
}

TEST(ranks_have_rows_in_their_order_and_the_job_is_their_sum)
{
	struct result *whole = result_of(0, "a", 100, 0);
	uint64_t end_ns;

	merge_first_ends(whole, 7, &end_ns, 1);
	assert_int_equal(end_ns, NS_PER_S + 507);
	begin(whole, 0, "a", 0, NS_PER_S + 500);
	for (unsigned rank = 1; rank < 4; rank++) {
		struct result *part = result_of(rank, "b", 100 * (rank + 1), rank * NS_PER_S);

		begin(part, rank, "b", 0, NS_PER_S + 500);
		merge_add(whole, part);
	}
	merge_end(whole);
	assert_int_equal(whole->job_count, 1);
	assert_int_equal(whole->jobs[0].numjobs, 4);
	assert_int_equal(whole->jobs[0].directions[DIRECTION_READ].ios, 1000);
	assert_int_equal(whole->jobs[0].directions[DIRECTION_READ].lat.summary.count, 1000);
	assert_int_equal(whole->jobs[0].ranks->count, 4);
	for (unsigned rank = 0; rank < 4; rank++) {
		assert_int_equal(whole->jobs[0].ranks->rows[rank].rank, rank);
		assert_int_equal(whole->jobs[0].ranks->rows[rank].ios, 100 * (rank + 1));
		assert_int_equal(whole->jobs[0].ranks->rows[rank].p50_ns, 1000 * (rank + 1));
	}
	assert_int_equal(whole->cluster->rank_count, 4);
	assert_int_equal(whole->cluster->host_count, 2);
	assert_int_equal(whole->cluster->members[3].clock_error_ns, 3);
	/* Rank 1 had half of its I/Os when rank 0 was done, rank 2 a third, rank 3 a quarter. */
	assert_int_equal(whole->jobs[0].ranks->ios_by_then, 100 + 100 + 100 + 100);
	assert_int_equal(whole->jobs[0].ranks->bytes_by_then, 400 * 4096);
}

TEST(times_are_those_of_the_run_of_all)
{
	struct result *whole = result_of(0, "a", 1, 0), *part = result_of(1, "b", 1, 0);

	begin(whole, 0, "a", 250, UINT64_MAX);
	begin(part, 1, "b", 0, UINT64_MAX);
	merge_add(whole, part);
	assert_int_equal(whole->jobs[0].started_ns, 500);
	assert_int_equal(whole->jobs[0].elapsed_ns, NS_PER_S + 250);
	assert_int_equal(whole->jobs[0].ranks->rows[0].started_ns, 750);
}

TEST(a_warning_of_several_ranks_is_one_with_all_of_them)
{
	struct result *whole = result_of(0, "a", 1, 0), *part;

	result_warn(whole, "job", "late", "it was late");
	begin(whole, 0, "a", 0, UINT64_MAX);
	part = result_of(1, "b", 1, 0);
	result_warn(part, "job", "late", "it was late");
	result_warn(part, NULL, "hot", "it was hot");
	begin(part, 1, "b", 0, UINT64_MAX);
	merge_add(whole, part);
	assert_int_equal(whole->warning_count, 2);
	assert_string_equal(whole->warnings[0].ranks, "0-1");
	assert_string_equal(whole->warnings[1].ranks, "1");
	assert_string_equal(whole->warnings[1].message, "it was hot");
}

static const char *const words[] = {"one", "two", "three", "four", "five", "six", "seven", "eight",
	"nine", "ten", "eleven", "twelve"};

/* Figures of their own make no other sentence; of sentences 8 are enough to read. */
TEST(messages_that_differ_in_figures_are_one)
{
	struct result *whole = result_of(0, "a", 1, 0), parts[12];

	begin(whole, 0, "a", 0, UINT64_MAX);
	for (unsigned rank = 1; rank <= 12; rank++) {
		struct result *part = &parts[rank - 1];

		result_init(part);
		result_warn(part, "job", "late", "late by %u.5 ms", rank * rank);
		result_warn(part, "job", "slow", "slower than %s", words[rank - 1]);
		begin(part, rank, "a", 0, UINT64_MAX);
		merge_add(whole, part);
	}
	assert_int_equal(whole->warning_count, 1 + 8);
	assert_string_equal(whole->warnings[0].message, "late by 1.5 ms");
	assert_string_equal(whole->warnings[0].ranks, "1-12");
	assert_string_equal(whole->warnings[1].message, "slower than one");
	assert_string_equal(whole->warnings[1].ranks, "1");
	assert_string_equal(whole->warnings[8].ranks, "8-12");
	for (unsigned i = 0; i < 12; i++)
		result_free(&parts[i]);
}

static const struct result_difference *difference(const struct result *result, const char *key)
{
	for (size_t i = 0; i < result->cluster->difference_count; i++) {
		if (strcmp(result->cluster->differences[i].key, key) == 0)
			return &result->cluster->differences[i];
	}
	return NULL;
}

/* Ranks 2 and 3 are merged before: what differs between them may be as it is on rank 0. */
TEST(facts_that_differ_are_listed_with_their_ranks)
{
	const char *models[] = {"A", "A", "B", "A"};

	for (unsigned rank = 0; rank < 4; rank++) {
		(void)result_of(rank, rank < 2 ? "a" : "b", 1, 0);
		results[rank].environment.hard.items[0].value = models[rank];
		if (rank == 3)
			settings_add(&results[3].environment.soft, &results[3].arena, "only", "x");
		settings_add(&results[rank].environment.soft, &results[rank].arena,
			rank == 2 ? "file.c.bytes" : "file.a.bytes", "4096");
		begin(&results[rank], rank, rank < 2 ? "a" : "b", 0, UINT64_MAX);
	}
	merge_add(&results[2], &results[3]);
	merge_add(&results[0], &results[1]);
	assert_int_equal(results[0].cluster->difference_count, 0);
	merge_add(&results[0], &results[2]);
	assert_string_equal(difference(&results[0], "cpu_model")->ranks, "2");
	assert_string_equal(difference(&results[0], "cpu_model")->value, "B");
	assert_string_equal(difference(&results[0], "only")->ranks, "3");
	assert_int_equal(results[0].cluster->difference_count, 2);
}

static void add_disk(struct result *result, uint64_t reads)
{
	result->disk_count = 1;
	result->disks = ARENA_NEW(&result->arena, struct result_disk);
	*result->disks =
		(struct result_disk){.name = "nvme0n1", .read_ios = reads, .in_queue_ms = reads};
}

TEST(a_disk_is_one_on_its_host_and_another_on_the_next)
{
	static const char *const hosts[] = {"a", "a", "b"};

	for (unsigned rank = 0; rank < 3; rank++) {
		add_disk(result_of(rank, hosts[rank], 1, 0), 10 + rank);
		begin(&results[rank], rank, hosts[rank], 0, UINT64_MAX);
		if (rank > 0)
			merge_add(&results[0], &results[rank]);
		if (rank != 1)
			continue;
		assert_int_equal(results[0].disk_count, 1);
		assert_int_equal(results[0].disks[0].read_ios, 11);
	}
	merge_end(&results[0]);
	assert_int_equal(results[0].disk_count, 2);
	assert_string_equal(results[0].disks[0].name, "a:nvme0n1");
	assert_string_equal(results[0].disks[1].name, "b:nvme0n1");
}

TEST(on_one_host_disks_have_their_own_names)
{
	add_disk(result_of(0, "a", 1, 0), 1);
	begin(&results[0], 0, "a", 0, UINT64_MAX);
	merge_end(&results[0]);
	assert_string_equal(results[0].disks[0].name, "nvme0n1");
}

/* One that was ended before its last job has fewer. */
TEST(jobs_that_a_rank_did_not_come_to_are_those_of_the_others)
{
	struct result *whole = result_of(0, "a", 1, 0), *part = result_of(1, "b", 2, 0);
	struct result_job *jobs = arena_alloc_array(&part->arena, 2, sizeof(*jobs));

	jobs[0] = jobs[1] = part->jobs[0];
	jobs[1].name = "second";
	part->jobs = jobs;
	part->job_count = 2;
	begin(whole, 0, "a", 0, UINT64_MAX);
	begin(part, 1, "b", 0, UINT64_MAX);
	merge_add(whole, part);
	assert_int_equal(whole->job_count, 2);
	assert_int_equal(whole->jobs[0].directions[DIRECTION_READ].ios, 3);
	assert_string_equal(whole->jobs[1].name, "second");
	assert_int_equal(whole->jobs[1].ranks->count, 1);
}

TEST_MAIN(NULL, NULL);
