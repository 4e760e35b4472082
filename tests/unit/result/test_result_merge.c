/* SPDX-License-Identifier: MIT */
/* Clones become one entry. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "result/result_figures.h"
#include "test.h"
#include "unit/result/sample.h"

static struct result result;

/* Two clones that the tests change as they need them. */
static struct result_job *two_jobs(void)
{
	struct result_job *jobs;

	result_init(&result);
	jobs = arena_alloc_array(&result.arena, 2, sizeof(*jobs));
	for (int i = 0; i < 2; i++) {
		jobs[i].name = i ? "second" : "first";
		jobs[i].numjobs = 1;
		jobs[i].engine = "psync";
		jobs[i].submit_share = -1;
	}
	return jobs;
}

TEST(counters_add_and_the_first_name_stays)
{
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		jobs[i].directions[DIRECTION_WRITE].ios = 10 + i;
		jobs[i].directions[DIRECTION_WRITE].bytes = 1000 + i;
		jobs[i].directions[DIRECTION_WRITE].short_ios = 2 + i;
		jobs[i].cpu = (struct result_cpu){1 + i, 2 + i, 3 + i, 6 + 3 * i, 4 + i};
		jobs[i].directions[DIRECTION_WRITE].pace.iops_asked = 250;
		jobs[i].directions[DIRECTION_WRITE].pace.unsent = 2 + i;
		jobs[i].syscalls = 100 + i;
		jobs[i].client_syscalls = 20 + i;
		jobs[i].client_ns = 30 + i;
		jobs[i].voluntary_switches = 7;
		jobs[i].involuntary_switches = 8;
	}
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_string_equal(jobs[0].name, "first");
	assert_int_equal(jobs[0].numjobs, 2);
	assert_int_equal(jobs[0].directions[DIRECTION_WRITE].ios, 21);
	assert_int_equal(jobs[0].directions[DIRECTION_WRITE].bytes, 2001);
	assert_int_equal(jobs[0].directions[DIRECTION_WRITE].short_ios, 5);
	assert_int_equal(jobs[0].cpu.user_ns, 3);
	assert_int_equal(jobs[0].cpu.system_ns, 5);
	assert_int_equal(jobs[0].cpu.helper_ns, 7);
	assert_int_equal(jobs[0].cpu.total_ns, 15);
	assert_int_equal(jobs[0].cpu.pacing_ns, 9);
	assert_float_equal(jobs[0].directions[DIRECTION_WRITE].pace.iops_asked, 500, 0);
	assert_int_equal(jobs[0].directions[DIRECTION_WRITE].pace.unsent, 5);
	assert_int_equal(jobs[0].syscalls, 201);
	assert_int_equal(jobs[0].client_syscalls, 41);
	assert_int_equal(jobs[0].client_ns, 61);
	assert_int_equal(jobs[0].voluntary_switches, 14);
	assert_int_equal(jobs[0].involuntary_switches, 16);
	result_free(&result);
}

TEST(histograms_add_and_the_clones_keep_theirs)
{
	struct result_job *jobs = two_jobs();
	struct histogram *one = ARENA_NEW(&result.arena, struct histogram);
	struct histogram *two = ARENA_NEW(&result.arena, struct histogram);
	const struct result_latency *lat = &jobs[0].directions[DIRECTION_READ].lat;

	histogram_record(one, 100, 3);
	histogram_record(two, 70000, 2);
	histogram_record(two, 100, 1);
	jobs[0].directions[DIRECTION_READ].lat = (struct result_latency){one->summary, one, NULL};
	jobs[1].directions[DIRECTION_READ].lat = (struct result_latency){two->summary, two, NULL};
	jobs[1].directions[DIRECTION_TRIM].lat = (struct result_latency){two->summary, two, NULL};
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(lat->summary.count, 6);
	assert_int_equal(lat->summary.min_ns, 100);
	assert_int_equal(lat->summary.max_ns, 70000);
	assert_int_equal(lat->histogram->summary.count, 6);
	assert_int_equal(lat->histogram->counts[histogram_index(100)], 4);
	assert_int_equal(lat->histogram->counts[histogram_index(70000)], 2);
	assert_int_equal(one->summary.count, 3);
	assert_int_equal(two->summary.count, 3);
	assert_int_equal(jobs[0].directions[DIRECTION_TRIM].lat.histogram->summary.count, 3);
	result_free(&result);
}

/* Of thousands of clones each would leave a sum, a list and an array behind. */
TEST(sums_are_made_once)
{
	struct result_job *jobs = two_jobs(), copy;
	struct result_latency *lat = &jobs[0].directions[DIRECTION_READ].lat;
	const struct histogram *sum;
	const struct setting *options;

	for (int i = 0; i < 2; i++) {
		jobs[i].directions[DIRECTION_READ].lat = sample_latency(&result, 2, 1000, true);
		SAMPLE_SETTINGS(&result, &jobs[i].options, {.key = "rw", .value = "read"});
	}
	options = jobs[0].options.items;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	sum = lat->histogram;
	copy = jobs[0];
	result_merge_job(&result, &copy, &jobs[1]);
	assert_int_equal(sum->summary.count, 4);
	assert_int_equal(copy.directions[DIRECTION_READ].lat.histogram->summary.count, 6);
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_ptr_equal(lat->histogram, sum);
	assert_int_equal(sum->summary.count, 6);
	assert_ptr_equal(jobs[0].options.items, options);
	result_free(&result);
}

/* lat, slat and clat of so many I/Os; slat_count 0: clat is all of it. */
static void set_latencies(struct result_direction *d, uint64_t count, uint64_t slat_count)
{
	d->lat = sample_latency(&result, count, 1000, true);
	if (slat_count > 0)
		d->slat = sample_latency(&result, slat_count, 100, false);
	d->clat = sample_latency(&result, count, 900, slat_count > 0);
}

TEST(what_engines_tell_apart_unlike_becomes_a_sample)
{
	struct result_job *jobs = two_jobs();
	struct result_direction *into = &jobs[0].directions[DIRECTION_READ];
	struct result_direction *from = &jobs[1].directions[DIRECTION_READ];

	set_latencies(into, 50, 50);
	set_latencies(from, 30, 30);
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(into->slat.summary.count, 80);
	assert_int_equal(into->clat.histogram->summary.count, 80);
	assert_int_equal(into->sample.slat.summary.count, 0);
	/* One that submits by doing the I/O. */
	from->slat = (struct result_latency){0};
	set_latencies(from, 30, 0);
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(into->lat.summary.count, 110);
	assert_int_equal(into->slat.summary.count, 0);
	assert_int_equal(into->clat.summary.count, 0);
	assert_int_equal(into->sample.slat.summary.count, 80);
	assert_int_equal(into->sample.clat.summary.count, 80);
	/* One that timed a sample. */
	*from = (struct result_direction){.lat = sample_latency(&result, 9, 1000, true)};
	from->sample.slat = from->sample.clat = sample_latency(&result, 5, 500, false);
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(into->sample.slat.summary.count, 85);
	assert_int_equal(into->sample.clat.summary.count, 85);
	assert_null(into->sample.clat.histogram); /* it would be of 80 of the 85 */
	result_free(&result);
}

TEST(the_window_holds_both)
{
	struct result_job *jobs = two_jobs();

	jobs[0].started_ns = 500;
	jobs[0].elapsed_ns = 1000;
	jobs[0].depth_mean = 8;
	jobs[0].depth_asked = 8;
	jobs[0].depth_max = 8;
	jobs[1].started_ns = 0;
	jobs[1].elapsed_ns = 1000;
	jobs[1].depth_mean = 4;
	jobs[1].depth_asked = 16;
	jobs[1].depth_max = 5;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].started_ns, 0);
	assert_int_equal(jobs[0].elapsed_ns, 1500);
	assert_true(fabs(jobs[0].depth_mean - 8) < 1e-12); /* 12000 / 1500 */
	assert_int_equal(jobs[0].depth_asked, 24);
	assert_int_equal(jobs[0].depth_max, 13);
	result_free(&result);
}

TEST(a_clone_that_never_started_has_no_window)
{
	struct result_job *jobs = two_jobs();

	jobs[0].started_ns = 500;
	jobs[0].elapsed_ns = 1000;
	jobs[1].error = 5;
	jobs[1].error_message = "gone";
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].started_ns, 500);
	assert_int_equal(jobs[0].elapsed_ns, 1000);
	assert_int_equal(jobs[0].error, 5);
	assert_string_equal(jobs[0].error_message, "gone");
	jobs[1].elapsed_ns = 0;
	result_merge_job(&result, &jobs[1], &jobs[0]);
	assert_int_equal(jobs[1].started_ns, 500);
	assert_int_equal(jobs[1].elapsed_ns, 1000);
	result_free(&result);
}

TEST(batches_count_by_how_many_there_were)
{
	struct result_job *jobs = two_jobs();

	jobs[0].directions[DIRECTION_READ].ios = 100;
	jobs[0].batch_submit_mean = 1;
	jobs[0].batch_reap_mean = 10;
	jobs[0].batch_submit_asked = 1;
	jobs[0].batch_complete_min_asked = 3;
	jobs[1].directions[DIRECTION_READ].ios = 100;
	jobs[1].batch_submit_mean = 4;
	jobs[1].batch_reap_mean = 10;
	jobs[1].batch_submit_asked = 4;
	jobs[1].batch_complete_min_asked = 2;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(fabs(jobs[0].batch_submit_mean - 200.0 / 125) < 1e-12);
	assert_true(fabs(jobs[0].batch_reap_mean - 10) < 1e-12);
	assert_int_equal(jobs[0].batch_submit_asked, 4);
	assert_int_equal(jobs[0].batch_complete_min_asked, 3);
	result_free(&result);
}

TEST(depths_batches_and_closing_syncs_add_up)
{
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		jobs[i].depths = sample_tally(&result, {1, 4}, {2u + (unsigned)i, 9});
		jobs[i].submit_sizes = sample_tally(&result, {1, 13});
		jobs[i].reap_sizes = sample_tally(&result, {0, 3}, {1, 13});
		jobs[i].closing_syncs = sample_latency(&result, 1, 1000, true);
	}
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].depths.count, 3);
	assert_int_equal(jobs[0].depths.items[0].count, 8);
	assert_int_equal(jobs[0].depths.items[2].value, 3);
	assert_int_equal(jobs[0].submit_sizes.items[0].count, 26);
	assert_int_equal(jobs[0].reap_sizes.items[0].count, 6);
	assert_int_equal(jobs[0].closing_syncs.summary.count, 2);
	result_free(&result);
}

TEST(first_fifth_is_of_the_clones_ios)
{
	struct result_job *jobs = two_jobs();

	jobs[0].directions[DIRECTION_READ].ios = 100;
	jobs[1].directions[DIRECTION_READ].ios = 300;
	jobs[0].first_fifth_share = 0.4;
	jobs[1].first_fifth_share = 0.2;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(fabs(jobs[0].first_fifth_share - 0.25) < 1e-12);
	jobs[1].first_fifth_share = 0;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(jobs[0].first_fifth_share == 0);
	result_free(&result);
}

TEST(submit_share_is_of_the_clones_time)
{
	struct result_job *jobs = two_jobs();

	jobs[0].submit_share = 0.5;
	jobs[0].elapsed_ns = 300;
	jobs[1].submit_share = 0.1;
	jobs[1].elapsed_ns = 100;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(fabs(jobs[0].submit_share - 0.4) < 1e-12);
	jobs[1].submit_share = -1;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(jobs[0].submit_share < 0);
	result_free(&result);
}

TEST(options_that_differ_are_listed)
{
	struct result_job *jobs = two_jobs();
	const struct settings *options = &jobs[0].options;

	SAMPLE_SETTINGS(&result, &jobs[0].options, {.key = "rw", .value = "read"},
		{.key = "bs", .value = "8k"}, {.key = "offset", .value = NULL});
	SAMPLE_SETTINGS(&result, &jobs[1].options, {.key = "rw", .value = "read"},
		{.key = "bs", .value = "16k"}, {.key = "offset", .value = "1m"},
		{.key = "size", .value = "1g"});
	result_merge_job(&result, &jobs[0], &jobs[1]);
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(options->count, 4);
	assert_string_equal(settings_value(options, "rw"), "read");
	assert_string_equal(settings_value(options, "bs"), "8k,16k");
	assert_string_equal(settings_value(options, "offset"), "1m");
	assert_string_equal(settings_value(options, "size"), "1g");
	result_free(&result);
}

TEST(a_value_is_listed_by_its_whole_length)
{
	struct result_job *jobs = two_jobs();

	SAMPLE_SETTINGS(&result, &jobs[0].options, {.key = "bs", .value = "16k"});
	SAMPLE_SETTINGS(&result, &jobs[1].options, {.key = "bs", .value = "6k"});
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_string_equal(settings_value(&jobs[0].options, "bs"), "16k,6k");
	result_free(&result);
}

TEST(what_clones_prove_to_have_done_adds_up)
{
	struct result_job *jobs = two_jobs();

	SAMPLE_SETTINGS(&result, &jobs[0].engine_proof, {.key = "calls", .value = "pread 100"},
		{.key = "files", .value = "registered"});
	SAMPLE_SETTINGS(&result, &jobs[1].engine_proof,
		{.key = "calls", .value = "pread 100, fsync 1"},
		{.key = "files", .value = "registered"});
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_string_equal(settings_value(&jobs[0].engine_proof, "calls"), "pread 200, fsync 1");
	assert_string_equal(settings_value(&jobs[0].engine_proof, "files"), "registered");
	result_free(&result);
}

TEST(long_lists_of_values_end_in_dots)
{
	struct result_job *jobs = two_jobs();
	char value[16];

	SAMPLE_SETTINGS(&result, &jobs[0].engine_proof, {.key = "sqthread_tid", .value = "0"});
	for (int i = 1; i < 64; i++) {
		snprintf(value, sizeof(value), "%d", i);
		SAMPLE_SETTINGS(&result, &jobs[1].engine_proof,
			{.key = "sqthread_tid", .value = arena_strdup(&result.arena, value)});
		result_merge_job(&result, &jobs[0], &jobs[1]);
	}
	assert_string_equal(
		settings_value(&jobs[0].engine_proof, "sqthread_tid"), "0,1,2,3,4,5,6,7,...");
	result_free(&result);
}

TEST(targets_are_named_once)
{
	struct result_job *jobs = two_jobs();
	struct result_target one[] = {{"/a", "file", 1, NULL, NULL}};
	struct result_target two[] = {{"/b", "file", 2, NULL, NULL}, {"/a", "file", 1, NULL, NULL}};

	jobs[0].target_count = 1;
	jobs[0].targets = one;
	jobs[1].target_count = 2;
	jobs[1].targets = two;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].target_count, 2);
	assert_string_equal(jobs[0].targets[0].path, "/a");
	assert_string_equal(jobs[0].targets[1].path, "/b");
	assert_int_equal(jobs[0].targets[1].bytes, 2);
	result_free(&result);
}

TEST(targets_of_many_clones_are_moved_a_few_times)
{
	enum { CLONES = 500, MOVES_LIMIT = 12 };
	struct result_job *jobs = two_jobs();
	const struct result_target *before = NULL;
	unsigned moves = 0;

	jobs[1].target_count = 1;
	for (unsigned i = 0; i < CLONES; i++) {
		struct result_target own = {
			.path = arena_printf(&result.arena, "/%u", i), .kind = "file"};

		jobs[1].targets = &own;
		result_merge_job(&result, &jobs[0], &jobs[1]);
		moves += jobs[0].targets != before;
		before = jobs[0].targets;
	}
	assert_int_equal(jobs[0].target_count, CLONES);
	assert_string_equal(jobs[0].targets[CLONES - 1].path, "/499");
	assert_true(moves <= MOVES_LIMIT);
	result_free(&result);
}

TEST(errors_add_by_name)
{
	struct result_job *jobs = two_jobs();
	struct result_direction *read = &jobs[0].directions[DIRECTION_READ];
	struct result_direction *more = &jobs[1].directions[DIRECTION_READ];

	read->error_count = 1;
	read->errors[0] = (struct result_error_count){5, "EIO", 2};
	more->error_count = 2;
	more->errors[0] = (struct result_error_count){28, "ENOSPC", 1};
	more->errors[1] = (struct result_error_count){5, "EIO", 40};
	read->ignored_errors = 2;
	more->ignored_errors = 1;
	jobs[1].first_error = 28;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(read->error_count, 2);
	assert_int_equal(read->errors[0].count, 42);
	assert_string_equal(read->errors[1].name, "ENOSPC");
	assert_int_equal(read->errors[1].error, 28);
	assert_int_equal(read->errors[1].count, 1);
	assert_int_equal(read->ignored_errors, 3);
	assert_int_equal(result_job_failures(&jobs[0]), 40);
	assert_int_equal(jobs[0].first_error, 28);
	result_free(&result);
}

TEST(no_error_is_lost_where_names_run_out)
{
	struct result_job *jobs = two_jobs();
	struct result_direction *read = &jobs[0].directions[DIRECTION_READ];
	struct result_direction *more = &jobs[1].directions[DIRECTION_READ];

	for (int i = 0; i < RESULT_ERROR_NAMES_LIMIT; i++)
		read->errors[read->error_count++] =
			(struct result_error_count){0, arena_printf(&result.arena, "old %d", i), 1};
	more->error_count = 2;
	more->errors[0] = (struct result_error_count){0, "new 1", 10};
	more->errors[1] = (struct result_error_count){0, "new 2", 100};
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(read->error_count, RESULT_ERROR_NAMES_LIMIT);
	assert_string_equal(read->errors[RESULT_ERROR_NAMES_LIMIT - 1].name, "other");
	assert_int_equal(result_direction_errors(read), RESULT_ERROR_NAMES_LIMIT + 110);
	result_free(&result);
}

TEST(percentiles_come_from_whoever_has_them)
{
	struct result_job *jobs = two_jobs();
	double percents[] = {50};

	jobs[1].percentile_count = 1;
	jobs[1].percentiles = percents;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].percentile_count, 1);
	assert_true(jobs[0].percentiles[0] == 50);
	result_free(&result);
}

TEST(engines_that_differ_are_listed)
{
	struct result_job *jobs = two_jobs();

	jobs[1].engine = "libaio";
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_string_equal(jobs[0].engine, "psync,libaio");
	result_free(&result);
}

TEST(counts_add_up_where_all_are_known)
{
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		jobs[i].counts[PERF_USER] =
			(struct result_counts){true, 100, 10, i ? 0.75 : 1, NULL};
		jobs[i].counts[PERF_KERNEL] = (struct result_counts){i == 0, 7, 9, 1, NULL};
	}
	jobs[1].counts[PERF_KERNEL].missing = "forbidden";
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].counts[PERF_USER].instructions, 200);
	assert_int_equal(jobs[0].counts[PERF_USER].cycles, 20);
	assert_float_equal(jobs[0].counts[PERF_USER].counted_share, 0.75, 0);
	assert_false(jobs[0].counts[PERF_KERNEL].is_known);
	assert_int_equal(jobs[0].counts[PERF_KERNEL].instructions, 0);
	assert_string_equal(jobs[0].counts[PERF_KERNEL].missing, "forbidden");
	result_free(&result);
}

/* With a clone that hangs, the group's costs are not known; its I/Os are those of the group. */
TEST(what_one_does_not_know_the_group_does_not)
{
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		jobs[i].elapsed_ns = NS_PER_S;
		jobs[i].depth_mean = i ? 0 : 4;
		jobs[i].directions[DIRECTION_READ].ios = 10;
		jobs[i].unreturned_ios = 2 + i;
		jobs[i].oldest_unreturned_ns = 900 - i;
	}
	jobs[1].lacks_costs = true;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(jobs[0].lacks_costs);
	assert_true(isnan(result_per_io(&jobs[0], jobs[0].syscalls)));
	assert_true(isnan(result_cores(&jobs[0])));
	assert_float_equal(jobs[0].depth_mean, 0, 0);
	assert_int_equal(jobs[0].unreturned_ios, 5);
	assert_int_equal(jobs[0].oldest_unreturned_ns, 900);
	result_free(&result);
}

/* The run makes one series for a group, with its first job; two of them have no grid in common. */
TEST(a_series_is_the_groups_or_there_is_none)
{
	struct result_job *jobs = two_jobs();

	jobs[0].series.interval_ns = NS_PER_S;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].series.interval_ns, NS_PER_S);
	jobs[1].series.interval_ns = NS_PER_S;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(jobs[0].series.interval_ns, 0);
	result_free(&result);
}

static struct result_latency one_latency(uint64_t ns, struct histogram *histogram)
{
	histogram_clear(histogram);
	histogram_record(histogram, ns, 1);
	return (struct result_latency){.summary = histogram->summary, .histogram = histogram};
}

/* A job that sets none has all of its I/Os without one. */
TEST(priorities_are_merged_by_class_and_level)
{
	static struct histogram histograms[4];
	struct result_priority first[] = {{.class = 1, .level = 0}, {.class = 2, .level = 4}};
	struct result_priority second[] = {{.class = 2, .level = 4}};
	struct result_job jobs[3] = {0};
	struct result_direction *reads = jobs[0].directions;

	result_init(&result);
	first[0].lat = one_latency(100, &histograms[0]);
	first[1].lat = one_latency(200, &histograms[1]);
	second[0].lat = one_latency(300, &histograms[2]);
	jobs[0].directions[DIRECTION_READ].priorities = first;
	jobs[0].directions[DIRECTION_READ].priority_count = 2;
	jobs[1].directions[DIRECTION_READ].priorities = second;
	jobs[1].directions[DIRECTION_READ].priority_count = 1;
	jobs[2].directions[DIRECTION_READ].lat = one_latency(400, &histograms[3]);
	result_merge_job(&result, &jobs[0], &jobs[1]);
	result_merge_job(&result, &jobs[0], &jobs[2]);
	assert_int_equal(reads->priority_count, 3);
	assert_int_equal(reads->priorities[0].lat.summary.count, 1);
	assert_int_equal(reads->priorities[1].lat.summary.count, 2);
	assert_int_equal(reads->priorities[1].lat.summary.max_ns, 300);
	assert_int_equal(reads->priorities[2].class, 0);
	assert_int_equal(reads->priorities[2].lat.summary.max_ns, 400);
	result_free(&result);
}

/* Whichever of them comes first. */
TEST(priorities_join_ios_that_were_there_without_one)
{
	static struct histogram histograms[2];
	struct result_priority other[] = {{.class = 1, .level = 0}};
	struct result_job jobs[2] = {0};
	struct result_direction *reads = jobs[0].directions;

	result_init(&result);
	jobs[0].directions[DIRECTION_READ].lat = one_latency(100, &histograms[0]);
	other[0].lat = one_latency(200, &histograms[1]);
	jobs[1].directions[DIRECTION_READ].lat = other[0].lat;
	jobs[1].directions[DIRECTION_READ].priorities = other;
	jobs[1].directions[DIRECTION_READ].priority_count = 1;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_int_equal(reads->priority_count, 2);
	assert_int_equal(reads->priorities[0].class, 0);
	assert_int_equal(reads->priorities[0].lat.summary.max_ns, 100);
	assert_int_equal(reads->priorities[0].lat.summary.count, 1);
	assert_int_equal(reads->priorities[1].class, 1);
	assert_int_equal(reads->priorities[1].lat.summary.max_ns, 200);
	assert_int_equal(reads->lat.summary.count, 2);
	result_free(&result);
}

TEST(replays_add_up_and_last_as_long_as_the_longest)
{
	static struct histogram histograms[2];
	struct result_replay replays[] = {
		{.log = "a", .ios = 5, .recorded_ns = 700, .has_times = true, .unsent = 2},
		{.log = "b", .ios = 6, .recorded_ns = 900, .has_times = false, .unsent = 3},
	};
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		replays[i].lateness = one_latency(10 + (uint64_t)i, &histograms[i]);
		jobs[i].goals.replay = &replays[i];
	}
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_string_equal(jobs[0].goals.replay->log, "a");
	assert_int_equal(jobs[0].goals.replay->ios, 11);
	assert_int_equal(jobs[0].goals.replay->recorded_ns, 900);
	assert_false(jobs[0].goals.replay->has_times);
	assert_int_equal(jobs[0].goals.replay->unsent, 5);
	assert_int_equal(jobs[0].goals.replay->lateness.summary.count, 2);
	assert_int_equal(jobs[0].goals.replay->lateness.summary.max_ns, 11);
	result_free(&result);
}

/* Of a group in which one verifies: the other wrote in all of its window. */
TEST(the_part_of_a_window_is_the_longest_of_those_that_did_it)
{
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		jobs[i].elapsed_ns = (uint64_t)(i + 1) * NS_PER_S;
		jobs[i].directions[DIRECTION_WRITE].ios = 1000;
	}
	jobs[0].directions[DIRECTION_READ].ios = 1000;
	jobs[0].directions[DIRECTION_READ].runtime_ns = 900 * NS_PER_MS;
	jobs[0].directions[DIRECTION_WRITE].runtime_ns = 100 * NS_PER_MS;
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(result_iops(&jobs[0], DIRECTION_WRITE) == 1000);
	assert_int_equal(jobs[0].directions[DIRECTION_READ].runtime_ns, 900 * NS_PER_MS);
	assert_int_equal(jobs[0].directions[DIRECTION_TRIM].runtime_ns, 0);
	result_free(&result);
}

TEST(resets_of_zones_add_up)
{
	struct result_job *jobs = two_jobs();

	for (int i = 0; i < 2; i++) {
		jobs[i].has_zones = true;
		jobs[i].zone_resets = 3 + (uint64_t)i;
	}
	result_merge_job(&result, &jobs[0], &jobs[1]);
	assert_true(jobs[0].has_zones);
	assert_int_equal(jobs[0].zone_resets, 7);
	result_free(&result);
}

TEST_MAIN(NULL, NULL);
