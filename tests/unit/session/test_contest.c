/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Whole comparisons against scripted contenders with known noise: what is claimed where nothing
 * differs, what is found where something does, and what becomes of contenders that fail.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "scripted_ringside.h"
#include "session/contest.h"
#include "session/view.h"
#include "simulation.h"
#include "test.h"

/*
 * Sessions of processes are slow: a few by default (test_contest_simulation.c has many without
 * processes), 200 of the same where long simulations are asked for.
 */
static struct simulation plan_sessions(unsigned few)
{
	struct simulation plan = {.rounds = few};

	if (getenv("RINGSIDE_SIMULATIONS"))
		plan = (struct simulation){.rounds = 200, .is_whole = true};
	return plan;
}

/* A session of scripted contenders, and what it needs. */
struct bout {
	struct contender_plan plan;
	struct contest_options options;
	struct record record;
	struct arena arena;
	struct view view;
	struct diag diag;
	char *said;
	size_t said_bytes;
	FILE *stream;
};

static const char *counter_path;

static void start(struct bout *bout, const char *const *overrides, uint64_t seed)
{
	static const char *const options[] = {"--filename=/dev/zero", "--size=1m", "--rw=randread"};
	char engines_text[1024] = "";
	struct contender_request request = {
		.job = {.options = options, .option_count = 3},
		.engines = engines_text,
		.program = scripted_program(),
	};
	char text[32];

	memset(bout, 0, sizeof(*bout));
	for (size_t i = 0; overrides[i]; i++) {
		strncat(engines_text, i ? ",psync+description=" : "psync+description=",
			sizeof(engines_text) - strlen(engines_text) - 1);
		strncat(engines_text, overrides[i],
			sizeof(engines_text) - strlen(engines_text) - 1);
	}
	bout->stream = open_memstream(&bout->said, &bout->said_bytes);
	assert_non_null(bout->stream);
	diag_init(&bout->diag, bout->stream);
	assert_int_equal(contender_plan_make(&bout->plan, &request, &bout->diag), 0);
	bout->options = (struct contest_options){
		.trial_ns = NS_PER_MS,
		.ramp_ns = 0,
		.limit_ns = 3600 * NS_PER_S,
		.cooldown_ns = 0,
		.rule = compare_stop_rule_default,
		.primary = VALUE_IOPS,
		.is_quiet = true,
	};
	record_init(&bout->record);
	bout->record.seed = seed;
	bout->record.is_adaptive = true;
	bout->record.points = ARENA_NEW(&bout->record.arena, struct record_point);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)seed);
	setenv("RINGSIDE_SCRIPT_SEED", text, 1);
	unlink(counter_path);
}

static void fight(struct bout *bout)
{
	struct contest contest;

	assert_int_equal(contest_open(&contest, &bout->record, &bout->options, &bout->diag), 0);
	contest_run(&contest, &bout->plan.points[0]);
	contest_close(&contest);
	view_make(&bout->view, &bout->record, &bout->record.points[0], &bout->arena);
}

static void finish(struct bout *bout)
{
	record_free(&bout->record);
	arena_free(&bout->arena);
	contender_plan_free(&bout->plan);
	fclose(bout->stream);
	free(bout->said);
}

static enum contrast_mark mark_of(const struct bout *bout, size_t c)
{
	return view_contrast(&bout->view, VALUE_IOPS, c)->mark;
}

static void equals_are_seldom_told_apart(void **state)
{
	static const char *const same[] = {"noise=2", "noise=2", NULL};
	struct simulation plan = plan_sessions(6);
	unsigned false_marks = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= plan.rounds; seed++) {
		struct bout bout;
		enum contrast_mark mark;

		start(&bout, same, seed);
		fight(&bout);
		mark = mark_of(&bout, 1);
		false_marks += mark == MARK_BETTER || mark == MARK_WORSE;
		assert_true(bout.record.points[0].block_count >= 6);
		finish(&bout);
	}
	print_message("false marks in %u of %u sessions\n", false_marks, plan.rounds);
	simulation_at_most(&plan, "false marks", 100.0 * false_marks / plan.rounds, 7);
}

static void five_percent_is_found(void **state)
{
	static const char *const better[] = {"noise=2", "iops=105000 noise=2", NULL};
	struct simulation plan = plan_sessions(3);
	unsigned found = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= plan.rounds; seed++) {
		struct bout bout;

		start(&bout, better, seed);
		fight(&bout);
		found += mark_of(&bout, 1) == MARK_BETTER;
		finish(&bout);
	}
	print_message("found in %u of %u sessions\n", found, plan.rounds);
	simulation_at_least(&plan, "found", 100.0 * found / plan.rounds, 95);
}

static void the_control_stands_beside_the_reference(void **state)
{
	static const char *const two[] = {"noise=0.1", "iops=110000 noise=0.1", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, two, 1);
	bout.options.has_control = true;
	fight(&bout);
	point = &bout.record.points[0];
	assert_int_equal(point->contender_count, 3);
	assert_int_equal(point->reference, 0);
	assert_int_equal(point->control, 2);
	assert_true(point->contenders[2].is_control);
	assert_int_equal(point->block_count, 6);
	assert_int_equal(point->stop, STOP_PRECISE);
	assert_int_equal(mark_of(&bout, 1), MARK_BETTER);
	assert_int_equal(mark_of(&bout, 2), MARK_EQUIVALENT);
	finish(&bout);
}

static void one_that_fails_leaves_the_others_their_table(void **state)
{
	/* Four are primed; the tenth trial is in the second block. */
	static const char *const mixed[] = {"noise=0.1", "problem=5 problem_at=10 noise=0.1",
		"iops=90000 noise=0.1", "problem=4", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, mixed, 1);
	fight(&bout);
	point = &bout.record.points[0];
	assert_int_equal(point->contenders[1].exit_code, 5);
	assert_string_equal(point->contenders[1].problem, "scripted problem 5");
	assert_int_equal(point->contenders[3].exit_code, 4);
	assert_null(point->contenders[0].problem);
	assert_null(point->contenders[2].problem);
	assert_int_equal(mark_of(&bout, 2), MARK_WORSE);
	assert_int_equal(point->stop, STOP_PRECISE);
	finish(&bout);
}

static void the_reference_is_the_first_that_runs(void **state)
{
	static const char *const refused[] = {"problem=4", "noise=0.1", "noise=0.1", NULL};
	struct bout bout;

	(void)state;
	start(&bout, refused, 1);
	fight(&bout);
	assert_int_equal(bout.record.points[0].reference, 1);
	finish(&bout);
}

static void nothing_runs_where_all_are_refused(void **state)
{
	static const char *const refused[] = {"problem=4", "problem=2", NULL};
	struct bout bout;

	(void)state;
	start(&bout, refused, 1);
	bout.options.has_control = true;
	fight(&bout);
	assert_int_equal(bout.record.points[0].reference, SESSION_NONE);
	assert_false(bout.view.has_figures);
	finish(&bout);
}

static void a_block_has_one_seed_of_offsets_and_each_its_own(void **state)
{
	static const char *const two[] = {"noise=0.1", "noise=0.1", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, two, 7);
	fight(&bout);
	point = &bout.record.points[0];
	for (size_t i = 0; i < point->trial_count; i++) {
		for (size_t k = 0; k < point->trial_count; k++)
			assert_int_equal(point->trials[i].seed == point->trials[k].seed,
				point->trials[i].block == point->trials[k].block);
	}
	finish(&bout);
}

/* What the trials were really given, not what is on the record. */
static void all_contenders_of_a_block_are_given_the_same_offsets(void **state)
{
	static const char *const three[] = {"noise=0.1", "noise=0.1", "noise=0.1", NULL};
	char path[] = "/tmp/ringside-seeds.XXXXXX";
	int descriptor = mkstemp(path);
	struct bout bout;
	const struct record_point *point;
	unsigned long long seed;
	FILE *seeds;

	(void)state;
	assert_true(descriptor >= 0);
	close(descriptor);
	start(&bout, three, 7);
	setenv("RINGSIDE_SCRIPT_SEEDS", path, 1);
	fight(&bout);
	unsetenv("RINGSIDE_SCRIPT_SEEDS");
	point = &bout.record.points[0];
	seeds = fopen(path, "re");
	assert_non_null(seeds);
	for (size_t c = 0; c < 3; c++) { /* the priming trials */
		assert_int_equal(fscanf(seeds, "%llu", &seed), 1);
		assert_true(seed == contest_offset_seed(random_mix_seed(7, 1000), 0));
	}
	assert_true(point->trial_count >= 18);
	for (size_t i = 0; i < point->trial_count; i++) {
		assert_int_equal(fscanf(seeds, "%llu", &seed), 1);
		assert_true(seed == point->trials[i].seed);
		assert_true(seed == contest_offset_seed(
					    random_mix_seed(7, 1000), point->trials[i].block + 1));
	}
	assert_int_equal(fscanf(seeds, "%llu", &seed), EOF);
	fclose(seeds);
	unlink(path);
	finish(&bout);
}

static void blocks_may_have_some_contenders_only(void **state)
{
	static const char *const three[] = {"noise=0.1", "noise=0.1", "noise=0.1", NULL};
	static const bool some[] = {true, false, true};
	struct bout bout;
	struct contest contest;

	(void)state;
	start(&bout, three, 1);
	assert_int_equal(contest_open(&contest, &bout.record, &bout.options, &bout.diag), 0);
	contest_begin(&contest, &bout.plan.points[0]);
	assert_true(contest_prime(&contest));
	assert_true(contest_block(&contest, some));
	contest_close(&contest);
	for (size_t i = 0; i < bout.record.points[0].trial_count; i++)
		assert_int_not_equal(bout.record.points[0].trials[i].contender, 1);
	finish(&bout);
}

/* What guards look at for each contender, as its first result says. */
static void what_contenders_use_is_watched(void **state)
{
	static const char *const three[] = {
		"kind=file disk=sda polls=1+numjobs=2+direct=1+rw=write",
		"kind=block disk=sdb polls=0+cpus_allowed=0+rw=write", "kind=file disk=sdc", NULL};
	static unsigned all_cpus[] = {0, 1};
	struct bout bout;
	struct contest contest;
	const struct contest_contender *c = NULL;

	(void)state;
	start(&bout, three, 1);
	bout.options.cpus = (struct job_cpus){2, all_cpus};
	assert_int_equal(contest_open(&contest, &bout.record, &bout.options, &bout.diag), 0);
	contest_begin(&contest, &bout.plan.points[0]);
	assert_true(contest_prime(&contest));
	c = contest.contenders;
	assert_string_equal(settings_value(&bout.record.environment.hard, "kernel"), "sda");
	assert_int_equal(c[0].watch.threads, 4); /* each has a thread of the kernel that polls */
	assert_int_equal(c[1].watch.threads, 1);
	assert_int_equal(c[0].watch.pinned.count, 2); /* those of the session, */
	assert_int_equal(c[1].watch.pinned.count, 1); /* or its own */
	assert_true(c[0].watch.is_direct && !c[1].watch.is_direct);
	assert_true(c[0].writes && c[1].writes && !c[2].writes);
	assert_true(c[0].watch.writes_files);
	assert_false(c[1].watch.writes_files); /* no file system writes beside it */
	assert_false(c[2].watch.writes_files);
	assert_int_equal(c[0].watch.disk_count, 1);
	assert_string_equal(c[0].watch.disks[0], "sda");
	assert_string_equal(c[1].watch.disks[0], "sdb");
	assert_int_equal(c[0].flush_count, 1); /* not the character device */
	assert_string_equal(c[0].flush_paths[0], "/dev/zero");
	assert_true(c[0].watch.idle_cores >= 0);
	contest_close(&contest);
	finish(&bout);
}

/* Settings are those of the newest trial, the machine's facts those of the first. */
static void what_results_add_is_on_the_record(void **state)
{
	static const char *const two[] = {
		"kind=file disk=sda polls=1", "kind=block disk=sdb", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, two, 1);
	bout.options.has_control = true;
	fight(&bout);
	point = &bout.record.points[0];
	assert_string_equal(settings_value(&point->contenders[0].effective, "sqthread_poll"), "1");
	assert_string_equal(settings_value(&point->contenders[0].proof, "opcodes"), "sda");
	assert_string_equal(settings_value(&point->contenders[1].proof, "opcodes"), "sdb");
	assert_string_equal(settings_value(&bout.record.environment.hard, "kernel"), "sda");
	assert_string_equal(point->contenders[2].name,
		arena_printf(&bout.arena, "control %s'", point->contenders[0].name));
	assert_string_equal(settings_value(&point->contenders[2].proof, "opcodes"), "sda");
	finish(&bout);
}

static void orders_are_fair_and_repeat_with_the_seed(void **state)
{
	enum { CONTENDERS = 4, BLOCKS = 4000 };
	unsigned seen[CONTENDERS][CONTENDERS] = {{0}};

	(void)state;
	for (size_t block = 0; block < BLOCKS; block++) {
		size_t order[CONTENDERS], again[CONTENDERS];

		contest_order(11, block, order, CONTENDERS);
		contest_order(11, block, again, CONTENDERS);
		assert_memory_equal(order, again, sizeof(order));
		for (size_t position = 0; position < CONTENDERS; position++)
			seen[position][order[position]]++;
	}
	for (size_t p = 0; p < CONTENDERS; p++) {
		for (size_t c = 0; c < CONTENDERS; c++) /* 5 standard deviations */
			assert_in_range(seen[p][c], BLOCKS / 4 - 137, BLOCKS / 4 + 137);
	}
}

/* Two are primed; without the bound the third trial alone would take a minute. */
static void the_time_that_was_given_ends_a_trial_too(void **state)
{
	static const char *const two[] = {
		"noise=0.1 sleep_at=3 sleep=60", "noise=0.1 sleep_at=3 sleep=60", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, two, 1);
	bout.options.limit_ns = 2 * NS_PER_S;
	fight(&bout);
	point = &bout.record.points[0];
	assert_int_equal(point->stop, STOP_OUT_OF_TIME);
	assert_int_equal(point->block_count, 1);
	for (size_t c = 0; c < point->contender_count; c++)
		assert_null(point->contenders[c].problem); /* the time is nobody's fault */
	assert_int_equal(point->trial_count, 1);
	assert_false(point->trials[0].counts);
	assert_non_null(strstr(point->trials[0].problem, "--max-time"));
	finish(&bout);
}

static void no_block_begins_that_does_not_fit_into_the_time(void **state)
{
	static const char *const two[] = {"noise=0.1", "noise=0.1", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, two, 1);
	bout.options.trial_ns = 60 * NS_PER_S; /* the scripted ones take no time */
	bout.options.limit_ns = 90 * NS_PER_S;
	fight(&bout);
	point = &bout.record.points[0];
	assert_int_equal(point->stop, STOP_OUT_OF_TIME);
	assert_int_equal(point->block_count, 0);
	assert_false(bout.view.has_figures);
	finish(&bout);
}

/* 1000 I/Os of the slow one are 1000 s. */
static void a_slow_contender_does_not_make_the_ramp_longer_than_the_trial(void **state)
{
	static const char *const two[] = {"iops=1 noise=0.1", "iops=100000 noise=0.1", NULL};
	struct bout bout;
	const struct record_point *point;

	(void)state;
	start(&bout, two, 1);
	bout.options.ramp_ns = CONTEST_AUTO;
	fight(&bout);
	point = &bout.record.points[0];
	assert_true(point->ramp_s == 0.001);
	assert_true(point->ramp_wanted_s > 900 && point->ramp_wanted_s < 1100);
	assert_non_null(record_ramp_note(point, &bout.arena));
	finish(&bout);
}

static void a_contender_alone_is_a_point_of_a_sweep_and_else_none(void **state)
{
	static const char *const one[] = {"noise=0.1", NULL};

	(void)state;
	for (int is_sweep = 0; is_sweep < 2; is_sweep++) {
		struct bout bout;

		start(&bout, one, 1);
		bout.options.is_sweep = is_sweep;
		fight(&bout);
		assert_int_equal(bout.record.points[0].block_count, is_sweep ? 6 : 0);
		assert_int_equal(bout.view.has_figures, is_sweep);
		/* Its own level is known to 1 %. */
		assert_int_equal(
			bout.record.points[0].stop, is_sweep ? STOP_PRECISE : STOP_NOT_YET);
		finish(&bout);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_are_fair_and_repeat_with_the_seed),
		cmocka_unit_test(a_block_has_one_seed_of_offsets_and_each_its_own),
		cmocka_unit_test(the_control_stands_beside_the_reference),
		cmocka_unit_test(one_that_fails_leaves_the_others_their_table),
		cmocka_unit_test(the_reference_is_the_first_that_runs),
		cmocka_unit_test(nothing_runs_where_all_are_refused),
		cmocka_unit_test(all_contenders_of_a_block_are_given_the_same_offsets),
		cmocka_unit_test(blocks_may_have_some_contenders_only),
		cmocka_unit_test(what_contenders_use_is_watched),
		cmocka_unit_test(what_results_add_is_on_the_record),
		cmocka_unit_test(the_time_that_was_given_ends_a_trial_too),
		cmocka_unit_test(no_block_begins_that_does_not_fit_into_the_time),
		cmocka_unit_test(a_slow_contender_does_not_make_the_ramp_longer_than_the_trial),
		cmocka_unit_test(a_contender_alone_is_a_point_of_a_sweep_and_else_none),
		cmocka_unit_test(equals_are_seldom_told_apart),
		cmocka_unit_test(five_percent_is_found),
	};
	char path[] = "/tmp/ringside-script-XXXXXX";
	int descriptor, failed;

	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return scripted_main(argc, argv);
	descriptor = mkstemp(path);
	if (descriptor < 0)
		return 1;
	close(descriptor);
	counter_path = path;
	setenv("RINGSIDE_SCRIPT", path, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
