/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Workers that hand over while a supervisor collects, soon or late: no I/O is lost or told twice.
 */
#include <string.h>

#include "base/clock.h"
#include "run/wave_series.h"
#include "test.h"
#include "unit/run/plan_rig.h"

#define LOOK_NS   (2 * NS_PER_MS)
#define GIVE_UP_S 60

static struct crew crew;
static struct wave_series series;
static struct arena arena;
static struct planned_job *wave[128];
static struct result_series results[128];

static void gather(struct plan_rig *rig, const char *text, uint64_t length_ns)
{
	uint64_t end_ns = clock_now() + GIVE_UP_S * NS_PER_S;
	unsigned count;

	good_plan(rig, text);
	count = (unsigned)rig->plan.count;
	assert_in_range(count, 1, 128);
	for (unsigned i = 0; i < count; i++)
		wave[i] = &rig->plan.jobs[i];
	wave_series_plan(&series, wave, count, length_ns, &arena);
	assert_int_equal(crew_gather(&crew, wave, count, NULL), 0);
	while (crew_prepare(&crew, LOOK_NS) > 0)
		assert_true(clock_now() < end_ns);
	crew_release(&crew);
}

/* Collects `often` times in 1000 looks. */
static void watch(unsigned often)
{
	uint64_t end_ns = clock_now() + GIVE_UP_S * NS_PER_S;

	for (unsigned look = 0; crew_wait(&crew, LOOK_NS) > 0; look++) {
		if (look % 1000 < often)
			wave_series_collect(&series, &crew);
		crew_nudge(&crew, false);
		assert_true(clock_now() < end_ns);
	}
	crew_disband(&crew);
	wave_series_close(&series, &crew);
	for (unsigned i = 0; i < crew.count; i++)
		results[i] = wave_series_of(&series, &crew, i, &arena);
}

static void disband(void)
{
	wave_series_free(&series);
	assert_true(crew_free(&crew));
	arena_free(&arena);
}

/* The intervals of the entry that begins with worker `first` against what `count` workers count. */
static void assert_all_there(unsigned first, unsigned count)
{
	static struct histogram sum, whole;
	uint64_t ios = 0, bytes = 0, worker_ios = 0, worker_bytes = 0;

	memset(&sum, 0, sizeof(sum));
	memset(&whole, 0, sizeof(whole));
	for (size_t i = 0; i < results[first].count; i++) {
		const struct result_interval_direction *read =
			&results[first].intervals[i].directions[DIRECTION_READ];

		ios += read->ios;
		bytes += read->bytes;
		sparse_histogram_expand(&read->lat, &sum);
	}
	for (unsigned i = first; i < first + count; i++) {
		const struct worker_direction *read =
			&crew_outcome(&crew.members[i])->measurement->directions[DIRECTION_READ];

		worker_ios += read->ios;
		worker_bytes += read->bytes;
		assert_int_equal(read->lat->summary.count, read->ios);
		histogram_merge(&whole, read->lat);
	}
	assert_true(ios > 0);
	assert_int_equal(ios, worker_ios);
	assert_int_equal(bytes, worker_bytes);
	assert_memory_equal(sum.counts, whole.counts, sizeof(sum.counts));
}

#define MANY                                                                                       \
	"[a]\nioengine=null\nsize=1g\nrw=randread\ntime_based\nruntime=1s\niodepth=4\n"            \
	"numjobs=64\nnorandommap\n"

TEST_FIXTURE(plan_rig_open, plan_rig_close);

TEST(of_64_workers_no_io_is_lost_or_counted_twice)
{
	gather(*state, MANY "group_reporting\n", 10 * NS_PER_MS);
	watch(1000);
	assert_all_there(0, 64);
	assert_true(results[0].count > 1);
	assert_int_equal(results[1].interval_ns, 0);
	disband();
}

TEST(nor_by_a_supervisor_who_hardly_ever_comes)
{
	gather(*state, MANY "group_reporting\n", 10 * NS_PER_MS);
	watch(1);
	assert_all_there(0, 64);
	disband();
}

static struct told {
	size_t lines;
	uint64_t ios, end_ns;
	struct histogram lat;
} told[2];

static void tell(void *context, const struct result_interval_line *line)
{
	const struct result_interval_direction *read = &line->interval.directions[DIRECTION_READ];
	struct told *of = &told[line->index - 7];

	(void)context;
	assert_in_range(line->index, 7, 8);
	assert_string_equal(line->job, line->index == 7 ? "a" : "b");
	assert_int_equal(line->interval.start_ns, of->end_ns);
	of->end_ns += line->interval.duration_ns;
	of->ios += read->ios;
	of->lines++;
	sparse_histogram_expand(&read->lat, &of->lat);
}

/* While the run goes on, and the rest at its end: each I/O in one line. */
TEST(what_is_told_meanwhile_is_all_of_it)
{
	const char *text = "[global]\nioengine=null\nsize=1g\nrw=randread\ntime_based\n"
			   "norandommap\ngroup_reporting\nruntime=505ms\n"
			   "[a]\nnumjobs=4\n[b]\nnew_group\nnumjobs=2\n";
	size_t early;

	memset(told, 0, sizeof(told));
	gather(*state, text, 10 * NS_PER_MS);
	wave_series_plan_status(&series, 50 * NS_PER_MS, &arena);
	while (crew_wait(&crew, LOOK_NS) > 0) {
		wave_series_collect(&series, &crew);
		wave_series_tell(&series, &crew, 7, crew.start_ns, tell, NULL);
		crew_nudge(&crew, false);
	}
	early = told[0].lines;
	watch(0);
	wave_series_tell(&series, &crew, 7, crew.start_ns, tell, NULL);
	assert_in_range(early, 1, 11);
	for (unsigned i = 0; i < 2; i++) {
		unsigned first = i == 0 ? 0 : 4;
		uint64_t ios = 0;

		assert_all_there(first, i == 0 ? 4 : 2);
		for (size_t k = 0; k < results[first].count; k++)
			ios += results[first].intervals[k].directions[DIRECTION_READ].ios;
		assert_int_equal(told[i].ios, ios);
		assert_int_equal(told[i].lat.summary.count, ios);
		assert_true(told[i].lines <= 11);
	}
	disband();
}

/* A job ends some µs past its runtime: the rate of those would be chance. */
TEST(what_is_left_of_a_period_at_the_end_belongs_to_the_one_before)
{
	memset(told, 0, sizeof(told));
	gather(*state, "[a]\nioengine=null\nsize=1g\nrw=randread\ntime_based\nruntime=510ms\n",
		10 * NS_PER_MS);
	wave_series_plan_status(&series, 500 * NS_PER_MS, &arena);
	watch(1000);
	wave_series_tell(&series, &crew, 7, crew.start_ns, tell, NULL);
	assert_int_equal(told[0].lines, 1);
	assert_in_range(told[0].end_ns, 510 * NS_PER_MS, 749 * NS_PER_MS);
	assert_int_equal(told[0].ios,
		crew.members[0].worker.outcome.measurement->directions[DIRECTION_READ].ios);
	disband();
}

TEST(each_clone_without_a_group_has_its_series)
{
	gather(*state,
		"[a]\nioengine=null\nsize=1g\nrw=randread\ntime_based\nruntime=200ms\nnumjobs=3\n",
		10 * NS_PER_MS);
	watch(1000);
	for (unsigned i = 0; i < 3; i++)
		assert_all_there(i, 1);
	disband();
}

/* One begins 100 ms later: its intervals are those of the other. */
TEST(windows_that_open_apart_have_one_grid)
{
	const char *text = "[global]\nioengine=null\nsize=1g\nrw=randread\ntime_based\n"
			   "group_reporting\nrate_iops=1000\n"
			   "[a]\nruntime=300ms\n[b]\nstartdelay=105ms\nruntime=195ms\n";

	gather(*state, text, 20 * NS_PER_MS);
	watch(1000);
	assert_all_there(0, 2);
	assert_int_equal(crew.members[0].worker.intervals.origin_ns,
		crew.members[1].worker.intervals.origin_ns);
	assert_int_equal(crew.members[0].worker.intervals.origin_ns,
		crew.members[0].worker.outcome.measurement->started_ns);
	disband();
}

TEST(without_intervals_there_are_none)
{
	gather(*state, "[a]\nioengine=null\nsize=1m\n", 0);
	watch(1000);
	assert_int_equal(results[0].interval_ns, 0);
	assert_int_equal(crew.members[0]
				 .worker.outcome.measurement->directions[DIRECTION_READ]
				 .lat->summary.count,
		256);
	disband();
}

TEST(many_entries_share_what_is_kept)
{
	gather(*state, "[a]\nioengine=null\nsize=64k\nnumjobs=64\n", NS_PER_S);
	watch(1000);
	assert_int_equal(series.entry_count, 64);
	assert_int_equal(series.entries[63].limit, WAVE_INTERVALS_LIMIT / 64);
	disband();
}

TEST_MAIN(NULL, NULL);
