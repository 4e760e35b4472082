/* SPDX-License-Identifier: MIT */
/* What contenders are asked for, and whether they did it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_text.h"
#include "session/contender.h"
#include "session/rate.h"
#include "test.h"

/* Of one contender with these options. */
static struct rate ask(const char *engine, const char *const *options, size_t count)
{
	struct contender_request request = {
		.job = {.options = options, .option_count = count},
		.engines = engine,
	};
	struct contender_plan plan;
	struct rate asked;
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	asked = rate_of_setup(&plan.points[0].contenders[0]);
	contender_plan_free(&plan);
	return asked;
}

static struct rate ask_for(const char *engine, const char *rate, const char *rw, const char *bs)
{
	const char *options[] = {"--filename=/dev/zero", "--size=1m", rate, rw, bs};

	return ask(engine, options, 5);
}

TEST(sums_are_of_clones_and_directions)
{
	struct rate four = ask_for("psync+numjobs=4", "--rate_iops=2000", "--rw=read", "--bs=4k");
	struct rate mixed =
		ask_for("psync+numjobs=4", "--rate_iops=20,5", "--rw=randrw", "--bs=4k");
	struct rate bytes = ask_for("psync+numjobs=2", "--rate=1m", "--rw=read", "--bs=4k");
	struct rate whole =
		ask_for("psync+numjobs=3", "--rate_iops_total=2000", "--rw=read", "--bs=4k");
	struct rate none = ask_for("psync", "--iodepth=1", "--rw=read", "--bs=4k");

	assert_true(four.iops == 8000 && four.bandwidth == 8000 * 4096);
	assert_true(mixed.iops == 100);
	assert_true(bytes.bandwidth == 2 << 20 && bytes.iops == 512);
	assert_true(whole.iops == 2000);
	assert_true(none.iops == 0 && none.bandwidth == 0);
}

static enum trial_value metric_of(const char *names, const char *const *vary)
{
	const char *options[] = {"--filename=/dev/zero", "--size=1m", "--rw=read"};
	struct contender_request request = {
		.job = {.options = options, .option_count = 3},
		.engines = names,
		.vary = vary,
		.vary_count = vary ? 1 : 0,
	};
	struct contender_plan plan;
	enum trial_value metric;
	struct diag diag;

	diag_init(&diag, stderr);
	assert_int_equal(contender_plan_make(&plan, &request, &diag), 0);
	metric = rate_default_metric(&plan);
	contender_plan_free(&plan);
	return metric;
}

TEST(latency_decides_where_all_are_at_the_same_rate)
{
	static const char *const rates[] = {"rate_iops=10,20"};
	static const char *const some[] = {"rate_iops=0,20"};
	static const char *const clones[] = {"numjobs=1,2"};

	assert_int_equal(metric_of("psync,sync", NULL), VALUE_IOPS);
	assert_int_equal(
		metric_of("psync+rate_iops=5+numjobs=2,sync+rate_iops=10", NULL), VALUE_LAT_P50);
	assert_int_equal(metric_of("psync+rate_iops=5,sync+rate_iops=10", NULL), VALUE_IOPS);
	assert_int_equal(metric_of("psync,sync", rates), VALUE_LAT_P50);
	assert_int_equal(metric_of("psync,sync", some), VALUE_IOPS);
	assert_int_equal(metric_of("psync+rate_iops=5,sync+rate_iops=5", clones), VALUE_LAT_P50);
}

TEST(blocks_of_many_sizes_have_one_kind_of_rate)
{
	struct rate bytes = ask_for("psync", "--rate=1m", "--rw=read", "--bsrange=4k-8k");
	struct rate ios = ask_for("psync", "--rate_iops=100", "--rw=read", "--bssplit=4k/50:8k/50");

	assert_true(bytes.iops == 0 && bytes.bandwidth == 1 << 20);
	assert_true(ios.iops == 100 && ios.bandwidth == 0);
	assert_false(rate_is_same(&bytes, &ios));
}

TEST(equal_sums_are_equal_however_they_are_given)
{
	struct rate many = ask_for("psync+numjobs=16", "--rate_iops=20", "--rw=read", "--bs=4k");
	struct rate one = ask_for("psync", "--rate_iops=320", "--rw=read", "--bs=4k");
	struct rate bytes = ask_for("psync", "--rate=1280k", "--rw=read", "--bs=4k");
	struct rate larger = ask_for("psync", "--rate=1280k", "--rw=read", "--bs=8k");
	struct rate more = ask_for("psync+numjobs=4", "--rate_iops=320", "--rw=read", "--bs=4k");

	assert_true(rate_is_same(&many, &one));
	assert_true(rate_is_same(&many, &bytes));
	assert_true(rate_is_same(&bytes, &larger));
	assert_false(rate_is_same(&more, &one));
	assert_false(rate_is_same(&one, &(struct rate){0}));
	assert_true(rate_is_same(&(struct rate){0}, &(struct rate){0}));
}

static void give_rates(double ref, double fast, double same)
{
	struct contender *contenders = record.points[0].contenders;

	contenders[SAMPLE_REF].asked.iops = contenders[SAMPLE_CONTROL].asked.iops = ref;
	contenders[SAMPLE_FAST].asked.iops = fast;
	contenders[SAMPLE_SAME].asked.iops = same;
}

static void set_all(size_t contender, enum trial_value value, double to, double step)
{
	for (size_t i = 0; i < record.points[0].trial_count; i++) {
		struct trial *trial = &record.points[0].trials[i];

		if (trial->contender == contender)
			trial->values[value] = to * (1 + step * (double)(trial->block % 3));
	}
}

TEST_FIXTURE(open_record, close_record);

TEST(who_is_asked_for_more_does_not_win)
{
	const char *text;

	give_rates(100000, 120000, 100000);
	text = text_of(false, plain);
	assert_says(text, "warning: unequal loads: the rate is ref 100k/s, fast 120k/s");
	assert_says(text, "no winner in IOPS: the contenders were asked for unlike rates");
	assert_null(strstr(text, "wins"));
	assert_null(strstr(text, "▲ +20"));
	record.points[0].primary = VALUE_LAT_P50; /* latencies at unlike loads, too */
	assert_says(text_of(false, plain), "no winner in lat.p50: the contenders were asked");
	give_rates(100000, 0, 100000);
	record.points[0].primary = VALUE_IOPS;
	assert_says(text_of(false, plain), "the rate is ref 100k/s, fast none");
}

TEST(at_a_kept_rate_latency_and_cost_tell_them_apart)
{
	const char *text;

	give_rates(100000, 100000, 100000);
	for (size_t c = 0; c < SAMPLE_COUNT; c++) {
		set_all(c, VALUE_IOPS, 100000, 0);
		set_all(c, VALUE_READ_IOPS, 100000, 0);
	}
	text = text_of(false, plain);
	assert_says(text, "all have the same rate");
	assert_says(text, "no winner in IOPS: all of them kept their rate");
	assert_says(text, "in p50 latency fast leads with 267 µs");
	assert_says(text, "in p99 latency fast leads with 533 µs");
	assert_says(text, "tied per core: same, ref (ref)");
	assert_null(strstr(text, "was not kept"));
}

TEST(who_misses_the_rate_is_named)
{
	const char *text;

	give_rates(120000, 120000, 120000);
	text = text_of(false, plain);
	assert_says(text, "the rate was not kept: ref 100k/s of 120k/s, same 100k/s of 120k/s");
	assert_says(text, "fast wins"); /* the others cannot */
	assert_true(rate_is_missed(&record.points[0], SAMPLE_REF));
	assert_false(rate_is_missed(&record.points[0], SAMPLE_FAST));
}

TEST_MAIN(NULL, NULL);
