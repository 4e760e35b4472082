/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/* covers: src/claim/claim_plan.c, src/claim/claim_load.c */
/*
 * Claims about scripted contenders of known rates: which verdicts come of them, what is judged when
 * something goes wrong, and how the time is shared.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim/claim_run.h"
#include "scripted_ringside.h"
#include "test.h"

static char path[] = "/tmp/ringside-claim.XXXXXX";
static char other_path[] = "/tmp/ringside-claim.XXXXXX";
static struct claim_plan plan;
static struct claims claims;
static char *said;
static size_t said_bytes;
static struct diag diag;

static const char head[] = "title=Fast is faster\n"
			   "statement=The fast one does more than the slow one.\n";
static const char short_trials[] = "trial-time=10ms\nramp-time=1ms\n";

/* A claim's lines, and two jobs whose descriptions are scripts. */
static void write_claim_to(
	const char *file, const char *trials, const char *lines, const char *fast, const char *slow)
{
	FILE *stream = fopen(file, "we");

	assert_non_null(stream);
	fprintf(stream,
		"[claim]\n%s%s%s[global]\nfilename=/dev/zero\nsize=1m\nrw=randread\n"
		"ioengine=psync\n[fast]\ndescription=%s\n[slow]\ndescription=%s\n",
		head, trials, lines, fast, slow);
	assert_int_equal(fclose(stream), 0);
}

static void write_claim(const char *lines, const char *fast, const char *slow)
{
	write_claim_to(path, short_trials, lines, fast, slow);
}

/* Two of them, of contenders that can be told from each other. */
static void write_claims(const char *first_trials, const char *first, const char *second)
{
	write_claim_to(path, first_trials, first, "iops=100000 noise=1", "iops=50000 noise=1");
	write_claim_to(
		other_path, short_trials, second, "iops=100000 noise=1", "iops=50000 noise=1");
}

static void make_file(char *name)
{
	int descriptor = mkstemp(name);

	assert_true(descriptor >= 0);
	close(descriptor);
}

static void remove_file(char *name)
{
	unlink(name);
	memcpy(name + strlen(name) - 6, "XXXXXX", 6);
}

static int set_up(void **state)
{
	(void)state;
	make_file(path);
	make_file(other_path);
	claims_init(&claims);
	claims.seed = 7;
	diag_init(&diag, open_memstream(&said, &said_bytes));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	claims_free(&claims);
	claim_plan_free(&plan);
	fclose(diag.stream);
	free(said);
	said = NULL;
	remove_file(path);
	remove_file(other_path);
	return 0;
}

static int make_plan_of(size_t file_count, bool is_quick, uint64_t limit_ns)
{
	static const char *files[] = {path, other_path};
	const struct claim_plan_request request = {
		.file_count = file_count,
		.files = files,
		.program = scripted_program(),
		.is_quick = is_quick,
		.is_quiet = true,
		.is_unguarded = true,
		.limit_ns = limit_ns,
	};

	return claim_plan_make(&plan, &request, &diag);
}

static int make_plan(bool is_quick, uint64_t limit_ns)
{
	return make_plan_of(1, is_quick, limit_ns);
}

static int run(void)
{
	assert_int_equal(make_plan(false, CONTEST_AUTO), 0);
	return claim_run(&claims, &plan, NULL, &diag);
}

static enum claim_verdict verdict(size_t line)
{
	return claims.entries[0].outcome.lines[line].verdict;
}

TEST_FIXTURE(set_up, tear_down);

TEST(lines_are_confirmed_and_refuted_by_what_contenders_do)
{
	write_claim("blocks=6\nclaim=fast.iops >= 1.5 * slow.iops\nclaim=slow.iops >= fast.iops\n"
		    "claim=slow.iops <= 60k\n",
		"iops=100000 noise=1", "iops=50000 noise=1");
	assert_int_equal(run(), EXIT_DONE);
	assert_int_equal(claims.entry_count, 1);
	assert_int_equal(verdict(0), CLAIM_CONFIRMED);
	assert_int_equal(verdict(1), CLAIM_REFUTED);
	assert_int_equal(verdict(2), CLAIM_CONFIRMED);
	assert_int_equal(claim_run_require(&claims), EXIT_REGRESSION);
	assert_true(claims.entries[0].is_complete);
	assert_true(claims.entries[0].outcome.elapsed_s > 0);
}

TEST(the_figures_of_all_contenders_are_kept_but_not_the_controls)
{
	const struct claims_point *point;
	const struct claims_figure *figure;

	write_claim("blocks=6\nclaim=fast.iops >= slow.iops\n", "iops=100000 noise=1",
		"iops=50000 noise=1");
	assert_int_equal(run(), EXIT_DONE);
	point = &claims.entries[0].points[0];
	assert_int_equal(point->contender_count, 2);
	assert_int_equal(point->block_count, 6);
	assert_string_equal(
		point->reference, "slow"); /* the right side, so that it is controlled */
	assert_true(isfinite(point->noise));
	figure = claims_figure_of(&point->contenders[0], "iops");
	assert_non_null(figure);
	assert_true(figure->level > 90000 && figure->level < 110000);
	assert_true(figure->lo <= figure->level && figure->level <= figure->hi);
	assert_null(claims_figure_of(&point->contenders[0], "write.iops"));
}

static const char *option_of(const struct record_point *point, const char *name, const char *key)
{
	size_t c = session_find(point->contenders, point->contender_count, name);

	return settings_value(&point->contenders[c].options, key);
}

/* 100,000 a second in the mean of its trials, from which they differ by 1 %. */
TEST(a_load_is_a_share_of_what_was_measured_without_a_rate)
{
	const struct record_point *points;
	double rate;

	write_claim("blocks=6\nload=50%,80% of fast\nclaim=fast.iops >= 90k\n"
		    "claim=at(load=50%): fast.lat.p50 <= 1.01 * slow.lat.p50\n"
		    "claim=at(load=80%): fast.lat.p50 <= 1.01 * slow.lat.p50\n",
		"iops=100000 noise=1", "iops=50000 noise=1");
	assert_int_equal(run(), EXIT_DONE);
	points = claims.records[0].points;
	assert_int_equal(claims.records[0].point_count, 3);
	assert_string_equal(points[0].name, "load=max");
	assert_string_equal(points[2].name, "load=80%");
	assert_null(option_of(&points[0], "fast", "rate_iops_total"));
	rate = strtod(option_of(&points[1], "slow", "rate_iops_total"), NULL);
	assert_true(rate > 49000 && rate < 51000);
	assert_true(rate == round(rate));
	assert_string_equal(option_of(&points[1], "fast", "rate_process"), "poisson");
	assert_string_equal(option_of(&points[1], "fast", "rate_iops_total"),
		option_of(&points[1], "slow", "rate_iops_total"));
	rate = strtod(option_of(&points[2], "fast", "rate_iops_total"), NULL);
	assert_true(rate > 78000 && rate < 82000);
	assert_int_equal(claims.entries[0].outcome.lines[0].test_count, 3);
	assert_int_equal(verdict(1), CLAIM_CONFIRMED);
	assert_null(claims.entries[0].outcome.lines[1].tests[0].caution);
	assert_non_null(strstr(claims.entries[0].outcome.lines[2].tests[0].caution,
		"slow did less than the rate"));
	assert_true(claims.entries[0].is_complete);
}

/* One who reads the table finds the load to be the share of the figure there. */
TEST(a_load_is_a_share_of_the_level_that_is_shown)
{
	const struct claims_figure *shown;
	char counter[] = "/tmp/ringside-claim-counter.XXXXXX";
	int descriptor = mkstemp(counter);
	double rate;

	assert_true(descriptor >= 0);
	assert_int_equal(close(descriptor), 0);
	assert_int_equal(setenv("RINGSIDE_SCRIPT", counter, 1), 0); /* each trial differs */
	write_claim("blocks=6\nload=50% of fast\nclaim=slow.iops >= 1\n", "iops=1000000 noise=30",
		"iops=50000 noise=1");
	assert_int_equal(run(), EXIT_DONE);
	unsetenv("RINGSIDE_SCRIPT");
	unlink(counter);
	shown = claims_figure_of(&claims.entries[0].points[0].contenders[0], "iops");
	assert_non_null(shown);
	rate = strtod(option_of(&claims.records[0].points[1], "fast", "rate_iops_total"), NULL);
	assert_true(fabs(rate - 0.5 * shown->level) <= 1);
}

TEST(without_its_maximum_there_is_no_load)
{
	write_claim("blocks=6\nload=50% of fast\nclaim=at(load=50%): slow.iops >= 1\n", "problem=4",
		"iops=50000 noise=1");
	assert_int_equal(run(), EXIT_INCOMPARABLE);
	assert_int_equal(claims.records[0].point_count, 1);
	assert_int_equal(verdict(0), CLAIM_NOT_TESTABLE);
	assert_non_null(strstr(
		claims.entries[0].outcome.lines[0].tests[0].reason, "fast has no maximum: "));
}

TEST(a_load_is_refused_where_a_job_has_a_rate_of_its_own)
{
	write_claim("load=50% of fast\nclaim=slow.iops >= 1\n", "iops=1\nrate_iops=100",
		"iops=1\nthinktime=1ms");
	assert_int_equal(make_plan(false, CONTEST_AUTO), -EINVAL);
	fflush(diag.stream);
	assert_non_null(strstr(said, "contender 'fast' sets its own pace"));
	assert_non_null(strstr(said, "| rate_iops=100\n"));
	assert_non_null(strstr(said, "contender 'slow' sets its own pace"));
	assert_non_null(strstr(said, "| thinktime=1ms\n"));
}

TEST(a_load_is_refused_where_a_job_says_how_requests_arrive)
{
	write_claim("load=50% of fast\nclaim=slow.iops >= 1\n", "iops=1\nrate_process=linear",
		"iops=1");
	assert_int_equal(make_plan(false, CONTEST_AUTO), -EINVAL);
	fflush(diag.stream);
	assert_non_null(strstr(said, "contender 'fast' sets how requests arrive"));
}

TEST(a_short_form_has_no_verdict_however_clear_it_is)
{
	write_claim("claim=fast.iops >= slow.iops\n", "iops=100000", "iops=50000");
	claims.is_exploratory = true;
	assert_int_equal(make_plan(true, CONTEST_AUTO), 0);
	assert_int_equal(claim_run(&claims, &plan, NULL, &diag), EXIT_DONE);
	assert_int_equal(verdict(0), CLAIM_NOT_RESOLVED);
	assert_int_equal(claims.entries[0].points[0].block_count, 3);
	assert_true(isfinite(claims.entries[0].outcome.lines[0].tests[0].measured));
	assert_int_equal(claim_run_require(&claims), EXIT_INCONCLUSIVE);
}

TEST(what_the_machine_lacks_is_not_testable_and_nothing_is_run)
{
	write_claim("needs=cpus>=100000\nclaim=fast.iops >= slow.iops\n", "problem=5", "problem=5");
	assert_int_equal(run(), EXIT_INCOMPARABLE);
	assert_int_equal(verdict(0), CLAIM_NOT_TESTABLE);
	assert_int_equal(claims.entries[0].point_count, 0);
	assert_int_equal(claims.record_count, 0);
	assert_int_equal(claim_run_require(&claims), EXIT_INCOMPARABLE);
}

TEST(a_contender_that_goes_wrong_ends_with_its_code_and_the_others_figures)
{
	write_claim("blocks=6\nclaim=fast.iops >= slow.iops\nclaim=slow.iops <= 60k\n",
		"problem=5 problem_at=1", "iops=50000 noise=1");
	assert_int_equal(run(), EXIT_RUN_FAILED);
	assert_int_not_equal(verdict(0), CLAIM_CONFIRMED);
	assert_int_not_equal(verdict(0), CLAIM_REFUTED);
	assert_non_null(claims.entries[0].points[0].contenders[0].problem);
	assert_null(claims.entries[0].points[0].contenders[1].problem);
}

/* As where io_uring is forbidden: what the others do can be tested without it. */
TEST(where_the_reference_cannot_run_lines_of_others_are_tested)
{
	write_claim("blocks=6\nref=fast\nclaim=slow.iops >= 40k\nclaim=slow.iops >= fast.iops\n",
		"problem=4", "iops=50000 noise=1");
	assert_int_equal(run(), EXIT_DONE);
	assert_int_equal(verdict(0), CLAIM_CONFIRMED);
	assert_int_equal(verdict(1), CLAIM_NOT_TESTABLE);
	assert_string_equal(claims.entries[0].points[0].reference, "slow");
}

TEST(the_document_reads_back_to_the_letter)
{
	char document[] = "/tmp/ringside-claims.XXXXXX";
	char *text, *again;
	struct claims read;
	FILE *stream;
	int descriptor;

	write_claim("blocks=6\nabout=Nothing.\nclaim.more=fast.iops within 5% of slow.iops\n",
		"iops=100000 noise=1", "iops=50000 noise=1");
	assert_int_equal(run(), EXIT_DONE);
	text = document_print(&claims_document, &claims);
	descriptor = mkstemp(document);
	stream = fdopen(descriptor, "w");
	fputs(text, stream);
	fclose(stream);
	assert_int_equal(claims_read(document, &read, &diag), 0);
	again = document_print(&claims_document, &read);
	assert_string_equal(text, again);
	assert_int_equal(read.entries[0].outcome.lines[0].line->relation, CLAIM_WITHIN);
	assert_true(read.entries[0].outcome.lines[0].line->tolerance == 0.05);
	assert_true(read.entries[0].outcome.lines[0].line->factor == 1);
	free(text);
	free(again);
	claims_free(&read);
	unlink(document);
}

TEST(a_time_that_is_too_short_for_a_block_is_refused_before_anything_runs)
{
	write_claim("blocks=6\nclaim=fast.iops >= slow.iops\n", "iops=1", "iops=1");
	assert_int_equal(make_plan(false, 1000000), -EINVAL);
	fflush(diag.stream);
	assert_non_null(strstr(said, "is over too soon"));
}

/* Trials shrink, verdicts keep their blocks. */
TEST(with_little_time_trials_are_shorter)
{
	const struct planned_claim *planned;
	struct contest_time time;

	write_claim("blocks=10\nclaim=fast.iops >= slow.iops\n", "iops=1", "iops=1");
	assert_int_equal(make_plan(false, CONTEST_AUTO), 0);
	planned = &plan.claims[0];
	assert_int_equal(planned->options.trial_ns, 10 * NS_PER_MS); /* what the file says */
	assert_int_equal(planned->options.rule.looks[0], 10);
	struct contest_options long_trials = planned->options;

	long_trials.trial_ns = 10 * NS_PER_S;
	long_trials.ramp_ns = CONTEST_AUTO;
	long_trials.trial_ns = claim_plan_fit_trial_ns(
		&long_trials, &planned->contenders.points[0], 10, 20 * NS_PER_S);
	assert_true(long_trials.trial_ns < 1 * NS_PER_S);
	assert_true(long_trials.trial_ns > CLAIM_PLAN_LEAST_TRIAL_NS);
	contest_plan_time(&long_trials, &planned->contenders.points[0], &time);
	assert_true(contest_plan_least_ns(&time, 10) <= 20 * NS_PER_S);
}

TEST(each_claim_has_what_it_needs_and_then_its_part_of_what_is_left_over)
{
	const uint64_t s = NS_PER_S;
	struct planned_claim planned[] = {
		{.limit_ns = 2000 * s, .need_ns = 10 * s},
		{.obstacle = "it is not there"},
		{.limit_ns = 5 * s, .need_ns = 1 * s},
		{.limit_ns = 7 * s, .need_ns = 1 * s},
	};
	const struct claim_plan shared = {.count = 4, .claims = planned};

	assert_int_equal(claim_plan_share_ns(&shared, 0, CONTEST_AUTO - 1), 2000 * s);
	assert_int_equal(claim_plan_share_ns(&shared, 0, 3000 * s), 2000 * s);
	assert_int_equal(claim_plan_share_ns(&shared, 0, 1012 * s), 1005 * s); /* half of more */
	assert_int_equal(claim_plan_share_ns(&shared, 1, 1012 * s), 0);
	assert_int_equal(claim_plan_share_ns(&shared, 2, 7 * s), 3 * s);
	assert_int_equal(claim_plan_share_ns(&shared, 2, 100 * s), 5 * s); /* others were sooner */
	assert_int_equal(claim_plan_share_ns(&shared, 3, 4 * s), 4 * s);
	assert_int_equal(claim_plan_share_ns(&shared, 0, 10 * s), 10 * s); /* not enough for all */
	assert_int_equal(claim_plan_share_ns(&shared, 2, s / 2), s / 2);
}

TEST(a_point_has_its_share_at_least_what_it_needs_or_nothing)
{
	const struct planned_claim *planned;
	struct contest_options options;
	struct contest_time time;
	uint64_t least_ns, need_ns;

	write_claim("max-time=60s\nblocks=6\nvary=bs=4k,8k,16k\nclaim=fast.iops >= slow.iops\n",
		"iops=1", "iops=1");
	assert_int_equal(make_plan(false, 100 * NS_PER_S), 0);
	planned = &plan.claims[0];
	assert_int_equal(planned->limit_ns, 180 * NS_PER_S);
	claim_plan_fit(planned, 100 * NS_PER_S, &options);
	assert_int_equal(options.trial_ns, 10 * NS_PER_MS);
	contest_plan_time(&options, &planned->contenders.points[0], &time);
	least_ns = contest_plan_least_ns(&time, 6);
	need_ns = contest_plan_least_ns(&time, 9); /* a fifth may be run again, and one */
	assert_int_equal(planned->need_ns, 3 * need_ns);
	assert_int_equal(claim_plan_point_ns(planned, &options, 0, 90 * NS_PER_S), 30 * NS_PER_S);
	assert_int_equal(claim_plan_point_ns(planned, &options, 1, 90 * NS_PER_S), 45 * NS_PER_S);
	assert_int_equal(claim_plan_point_ns(planned, &options, 0, 3 * need_ns), 2 * need_ns);
	assert_int_equal(claim_plan_point_ns(planned, &options, 0, need_ns + 1), need_ns + 1);
	plan.claims[0].point_limit_ns = least_ns + 1;
	assert_int_equal(claim_plan_point_ns(planned, &options, 0, need_ns), least_ns + 1);
	plan.claims[0].point_limit_ns = 60 * NS_PER_S;
	assert_int_equal(claim_plan_point_ns(planned, &options, 0, least_ns), least_ns);
	assert_int_equal(claim_plan_point_ns(planned, &options, 0, least_ns - 1), 0);
	assert_int_equal(claim_plan_point_ns(planned, &options, 2, least_ns - 1), 0);
}

/* By the limits of their files alone, the second would have less than a second. */
TEST(time_that_a_claim_leaves_goes_to_those_after_it)
{
	write_claims(short_trials, "max-time=5000s\nblocks=6\nclaim=fast.iops >= slow.iops\n",
		"max-time=20s\nblocks=6\nvary=bs=4k,8k\nclaim=fast.iops >= slow.iops\n");
	assert_int_equal(make_plan_of(2, false, 60 * NS_PER_S), 0);
	assert_int_equal(claim_run(&claims, &plan, NULL, &diag), EXIT_DONE);
	assert_int_equal(verdict(0), CLAIM_CONFIRMED);
	assert_int_equal(claims.entries[1].outcome.lines[0].verdict, CLAIM_CONFIRMED);
	assert_int_equal(claims.entries[1].points[1].block_count, 6);
	assert_true(claims.entries[1].is_complete);
}

TEST(a_claim_whose_blocks_do_not_fit_is_not_begun_and_the_next_one_has_its_time)
{
	write_claims("trial-time=10s\n", "blocks=6\nclaim=fast.iops >= slow.iops\n",
		"blocks=6\nclaim=fast.iops >= slow.iops\n");
	assert_int_equal(make_plan_of(2, false, 60 * NS_PER_S), 0);
	assert_int_equal(claim_run(&claims, &plan, NULL, &diag), EXIT_DONE);
	assert_int_equal(claims.entries[0].point_count, 0);
	assert_false(claims.entries[0].is_complete);
	assert_int_equal(verdict(0), CLAIM_NOT_RESOLVED);
	assert_non_null(strstr(claims.entries[0].outcome.lines[0].tests[0].reason, "--max-time"));
	assert_int_equal(claims.entries[1].outcome.lines[0].verdict, CLAIM_CONFIRMED);
	/* Nobody could have its time. */
	claim_plan_free(&plan);
	assert_int_equal(make_plan_of(1, false, 60 * NS_PER_S), -EINVAL);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return scripted_main(argc, argv);
	return test_run_all(argc, argv, NULL, NULL);
}
