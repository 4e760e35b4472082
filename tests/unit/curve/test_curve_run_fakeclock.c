/* SPDX-License-Identifier: MIT */
/* covers: src/curve/curve_run.c */
/*
 * Whole curves of a server of known service time: response times against what queueing theory says
 * of it, the load within a limit, and what becomes of lines that fail and of time that is over.
 */
#include "fake_clock.h"

#include "curve/curve_report.h"
#include "curve/curve_run.h"
#include "near.h"
#include "queue_world.h"
#include "run/stop_signal.h"
#include "simulation.h"

#define SERVICE_NS 100e3

static struct curve_options options;
static struct curve_plan plan;
static struct curve curve;
static struct diag diag;

/* The session lasts as long as its trials. */
static void take_time(const struct trial_request *request)
{
	clock_fake_ns += request->runtime_ns + request->ramp_ns + 60 * NS_PER_MS;
}

static void set_up(const char *const *arguments, size_t count)
{
	struct contender_request request = {.job = {.options = arguments, .option_count = count}};

	world.service_ns = SERVICE_NS;
	world.noise = 0;
	world.fails_from = 0;
	world.trial_count = 0;
	world.on_trial = take_time;
	random_init(&world.random, 11);
	clock_fake_ns = NS_PER_S;
	options.contest.ramp_ns = CONTEST_AUTO;
	options.contest.cooldown_ns = CONTEST_AUTO;
	options.contest.limit_ns =
		options.contest.limit_ns ? options.contest.limit_ns : CONTEST_AUTO;
	options.contest.is_quiet = true;
	options.point_count = options.point_count ? options.point_count : 10;
	diag_init(&diag, stderr);
	assert_int_equal(curve_plan_make(&plan, &request, &options, &diag), 0);
	curve_init(&curve);
	curve.seed = 5;
}

static int run(void)
{
	return curve_run(&curve, &plan, &options, &diag);
}

static int open_options(void **state)
{
	(void)state;
	options = (struct curve_options){0};
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	curve_free(&curve);
	curve_plan_free(&plan);
	return 0;
}

static const char *const one[] = {
	"--filename=/dev/zero", "--size=1m", "--rw=randread", "--ioengine=psync"};
enum { ONE = sizeof(one) / sizeof(one[0]) };

/* The share of I/Os of an M/D/1 queue that wait for t services or less, at utilisation rho. */
static double md1_waits(double rho, double t)
{
	double sum = 0;

	for (int k = 0; k <= (int)t; k++) {
		double x = rho * (k - t), term = exp(-x);

		for (int i = 1; i <= k; i++)
			term *= x / i;
		sum += term;
	}
	return (1 - rho) * sum;
}

/* In services: the response time that 99 % of them do not exceed. */
static double md1_p99(double rho)
{
	double low = 0, high = 30;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		*(md1_waits(rho, middle) < 0.99 ? &low : &high) = middle;
	}
	return 1 + high;
}

TEST_FIXTURE(open_options, close_all);

/* Mean wait rho / (2 (1 - rho)) services. */
TEST(response_times_are_those_of_an_md1_queue)
{
	const struct curve_line *line;
	unsigned outside = 0;

	options.repeat = 8;
	options.contest.trial_ns = 4 * NS_PER_S;
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	line = &curve.lines[0];
	assert_near(line->most.value, 1e9 / SERVICE_NS, 5);
	assert_int_equal(line->point_count, 10);
	for (size_t i = 0; i < 9; i++) {
		const struct curve_point *point = &line->points[i];
		const struct curve_level *mean = &point->levels[CURVE_MEAN];
		double rho = point->offered * SERVICE_NS / 1e9;
		double truth = SERVICE_NS * (1 + rho / 2 / (1 - rho));

		assert_int_equal(point->trial_count, 8);
		outside += truth < mean->lo || truth > mean->hi;
		assert_near(mean->value, truth, 0.08 * truth);
		truth = SERVICE_NS * md1_p99(rho);
		outside +=
			truth < point->levels[CURVE_P99].lo || truth > point->levels[CURVE_P99].hi;
		assert_near(point->levels[CURVE_P99].value, truth, 0.15 * truth);
		assert_near(point->levels[CURVE_SERVICE_P99].value, SERVICE_NS, SERVICE_NS / 128);
		assert_near(
			point->levels[CURVE_ACHIEVED].value, point->offered, 0.05 * point->offered);
		assert_false(point->is_saturated);
	}
	assert_true(outside <= 2); /* of 18 intervals of 95 % */
}

TEST(the_knee_is_where_p99_has_doubled)
{
	double least, load = 0;

	options.repeat = 8;
	options.point_count = 20;
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	least = md1_p99(0.05);
	while (md1_p99(load / 1e4) < 2 * least)
		load += 10;
	assert_near(curve.lines[0].knee.load.value, load, 0.1 * load);
	assert_true(curve.lines[0].knee.load.lo <= load);
	assert_true(curve.lines[0].knee.load.hi >= load);
}

TEST(the_load_within_a_limit_is_found_within_two_percent)
{
	const struct curve_slo_result *slo;
	double rho = 0.78;

	options.contest.trial_ns = 2 * NS_PER_S;
	options.contest.limit_ns = 600 * NS_PER_S;
	options.slo = (struct slo){CURVE_P99, SERVICE_NS * md1_p99(rho)};
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	slo = &curve.lines[0].slo;
	assert_int_equal(slo->answer, SLO_FOUND);
	assert_near(slo->load.value, rho * 1e4, 0.02 * rho * 1e4);
	assert_true(slo->load.lo <= rho * 1e4 && slo->load.hi >= rho * 1e4);
	assert_true(slo->test_count > 0);
}

TEST(the_same_with_trials_that_differ)
{
	double rho = 0.6;

	options.slo = (struct slo){CURVE_P99, SERVICE_NS * md1_p99(rho)};
	set_up(one, ONE);
	world.noise = 0.02;
	assert_int_equal(run(), EXIT_DONE);
	assert_near(curve.lines[0].slo.load.value, rho * 1e4, 0.03 * rho * 1e4);
}

/* Of 100 searches of other seeds. */
TEST(the_answer_is_near_and_its_interval_covers_the_truth)
{
	struct simulation simulation = simulation_plan(100);
	double rho = 0.7, truth = rho * 1e4;
	unsigned far = 0, missed = 0, trials = 0;

	for (unsigned seed = 1; seed <= simulation.rounds; seed++) {
		const struct curve_level *load;

		options = (struct curve_options){.slo = {CURVE_P99, SERVICE_NS * md1_p99(rho)}};
		options.contest.trial_ns = 2 * NS_PER_S;
		options.contest.limit_ns = 600 * NS_PER_S;
		set_up(one, ONE);
		curve.seed = seed;
		(void)run(); /* what came of it is in the line */
		load = &curve.lines[0].slo.load;
		assert_int_equal(curve.lines[0].slo.answer, SLO_FOUND);
		far += fabs(load->value - truth) > 0.02 * truth;
		missed += load->lo > truth || load->hi < truth;
		trials += world.trial_count;
		close_all(NULL);
	}
	printf("# farther than 2 %%: %u, missed: %u of %u, %.0f trials each\n", far, missed,
		simulation.rounds, (double)trials / simulation.rounds);
	simulation_at_most(&simulation, "farther than 2 %", 100.0 * far / simulation.rounds, 6);
	simulation_at_most(&simulation, "missed", 100.0 * missed / simulation.rounds, 8);
	set_up(one, ONE);
}

TEST(a_limit_below_the_service_time_has_no_load)
{
	options.slo = (struct slo){CURVE_P50, SERVICE_NS / 2};
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	assert_int_equal(curve.lines[0].slo.answer, SLO_NONE);
	assert_true(curve.lines[0].slo.load.hi <= 200);
}

TEST(a_limit_that_all_loads_keep_is_told)
{
	static double loads[] = {1000, 2000};

	options.rates = (struct curve_list){2, loads};
	options.slo = (struct slo){CURVE_P99, 1e9};
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	assert_int_equal(curve.lines[0].slo.answer, SLO_ALL);
	assert_near(curve.lines[0].slo.load.lo, 2000, 0);
	assert_int_equal(curve.lines[0].slo.test_count, 0);
}

/* 1.5 times as much as can be done: I/Os of half a second wait up to a quarter of a second. */
TEST(more_than_can_be_done_is_saturated_by_the_target)
{
	static double loads[] = {5000, 15000};
	const struct curve_point *points;

	options.rates = (struct curve_list){2, loads};
	options.slo = (struct slo){CURVE_P99, 1e9}; /* the backlog is within it, */
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	points = curve.lines[0].points;
	assert_false(points[0].is_saturated);
	assert_true(points[1].is_saturated);
	assert_int_equal(points[1].cause, SATURATION_TARGET);
	assert_near(points[1].levels[CURVE_ACHIEVED].value, 1e4, 100);
	assert_ptr_equal(curve_saturated_from(&curve.lines[0]), &points[1]);
	/* but what is not done is within no limit. */
	assert_int_equal(curve.lines[0].slo.answer, SLO_FOUND);
	assert_true(curve.lines[0].slo.load.hi <= 1.1e4);
}

TEST(even_arrivals_do_not_wait)
{
	options.arrivals = CURVE_ARRIVALS_LINEAR;
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	assert_near(curve.lines[0].points[8].levels[CURVE_P99].value, SERVICE_NS, SERVICE_NS / 64);
	assert_false(curve.is_poisson);
}

TEST(blocks_are_in_an_order_of_their_own)
{
	const struct curve_line *line;
	bool differs = false;

	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	line = &curve.lines[0];
	for (size_t i = 0; i < line->point_count; i++) {
		for (size_t k = 0; k < line->point_count; k++)
			differs |= (line->points[i].trials[0].started_s <
					   line->points[k].trials[0].started_s) !=
				   (line->points[i].trials[1].started_s <
					   line->points[k].trials[1].started_s);
		assert_true(line->points[i].trials[0].seed != line->points[i].trials[1].seed);
	}
	assert_true(differs);
}

TEST(a_line_that_fails_leaves_the_others)
{
	static const char *const two[] = {"--filename=/dev/zero", "--size=1m", "--rw=randread",
		"--name=a", "--name=b", "--iodepth=2", "--ioengine=io_uring"};
	const struct curve_line *lines;

	set_up(two, 7);
	world.fails_from = 15000;
	assert_int_equal(run(), EXIT_RUN_FAILED);
	lines = curve.lines;
	assert_null(lines[0].problem);
	assert_string_equal(lines[1].problem, "the drive is gone");
	assert_int_equal(lines[1].exit_code, EXIT_RUN_FAILED);
	assert_true(lines[0].points[0].window_s > 0);
}

TEST(low_loads_have_longer_trials)
{
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	assert_near(curve.lines[0].points[0].window_s, 3 * 1, 0.01); /* 1000 I/Os at 1000/s */
	assert_near(curve.lines[0].points[8].window_s, 3 * 0.5, 0.03);
}

TEST(blocks_go_on_until_it_is_precise)
{
	options.precision = 0.05;
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	assert_true(curve.block_count > 9);
	assert_true(curve_plan_is_look(&options, curve.block_count));
	assert_false(curve.is_out_of_time);
	for (size_t i = 0; i < 9 && curve.block_count < 20; i++) {
		const struct curve_level *p99 = &curve.lines[0].points[i].levels[CURVE_P99];

		assert_true((p99->hi - p99->lo) / 2 <= 0.05 * p99->value);
	}
	close_all(NULL);
	curve = (struct curve){0};
	options.precision = 0.9;
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	assert_true(curve.block_count <= 6);
}

TEST(time_that_is_over_ends_it)
{
	options.contest.limit_ns = 25 * NS_PER_S;
	options.slo = (struct slo){CURVE_P99, 5 * SERVICE_NS};
	set_up(one, ONE);
	options.repeat = 100;
	(void)run(); /* the limit may be found or not */
	assert_true(curve.is_out_of_time);
	assert_true(clock_fake_ns <= 27 * NS_PER_S);
	assert_true(curve.lines[0].slo.test_count > 0); /* it had its share */
	assert_true(curve.lines[0].points[0].trial_count > 0);
}

/* A signal while the first block runs. */
static void interrupt(const struct trial_request *request)
{
	take_time(request);
	if (world.trial_count == 10)
		raise(SIGINT);
}

TEST(a_signal_leaves_what_was_measured)
{
	size_t trials = 0;

	set_up(one, ONE);
	world.on_trial = interrupt;
	assert_int_equal(run(), 128 + SIGINT);
	assert_int_equal(curve.signal, SIGINT);
	for (size_t i = 0; i < curve.lines[0].point_count; i++)
		trials += curve.lines[0].points[i].trial_count;
	assert_int_equal(trials, 10 - 4); /* priming and three for the maximum */
}

/* The saved document says the same, to the letter. */
TEST(a_saved_curve_reads_back)
{
	struct curve again;
	char *text, *other;
	size_t text_bytes, other_bytes;
	char path[] = "/tmp/ringside-curve.XXXXXX";
	FILE *stream;
	int descriptor = mkstemp(path);

	options.slo = (struct slo){CURVE_P99, 5 * SERVICE_NS};
	set_up(one, ONE);
	assert_int_equal(run(), EXIT_DONE);
	stream = fdopen(descriptor, "w");
	assert_int_equal(curve_write_json(&curve, stream), 0);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(curve_read(path, &again, &diag), 0);
	unlink(path);
	text = curve_print(&curve);
	other = curve_print(&again);
	assert_string_equal(text, other);
	free(text);
	free(other);
	for (int wide = 0; wide <= 1; wide++) {
		const struct page_options page = {.is_utf8 = true, .columns = wide ? 250 : 100};

		stream = open_memstream(&text, &text_bytes);
		assert_int_equal(curve_write_text_with(&curve, wide, &page, stream), 0);
		assert_int_equal(fclose(stream), 0);
		stream = open_memstream(&other, &other_bytes);
		assert_int_equal(curve_write_text_with(&again, wide, &page, stream), 0);
		assert_int_equal(fclose(stream), 0);
		assert_string_equal(text, other);
		free(text);
		free(other);
	}
	curve_free(&again);
}

TEST_MAIN(NULL, NULL);
