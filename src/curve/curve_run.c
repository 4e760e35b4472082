/* SPDX-License-Identifier: MIT */
/* Maxima, blocks of loads, the search for the limit. */
#include "curve/curve_run.h"
#include "curve/curve_screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/save_file.h"
#include "engine/engine_list.h"
#include "measure/jackknife.h"
#include "run/stop_signal.h"
#include "session/contest.h"
#include "session/rate.h"
#include "text/figure.h"

#define SLO_SHARE    0.4  /* of --max-time is kept for the search */
#define LOWEST_SHARE 0.12 /* of the lowest load: below that there is none within the limit */

enum { TESTS_LIMIT = 64, TRIALS_UNKNOWN_LIMIT = 3 };

struct run {
	struct curve *curve;
	const struct curve_plan *plan;
	struct curve_options options; /* the length of trials changes */
	const struct curve_options *asked;
	struct record record;
	struct contest contest;
	const struct curve_point *now; /* that is measured, for the screen */
	struct diag *diag;
	size_t block; /* of the next trials, */
	size_t draw;  /* and which random numbers they have: lines share them, loads do not */
	int save_error;
	/* What the last trial measured. */
	double values[CURVE_VALUE_COUNT];
	struct curve_samples *samples;
	/* Of the blocks: how many trials there will be, were, and when the first began. */
	uint64_t begun_ns; /* from when on its time is limited */
	size_t trials_planned, trials_run;
	uint64_t trials_begun_ns;
};

/* I/Os that a clone can have in flight. */
static unsigned depth_of(const struct job *job)
{
	unsigned limit = job->engine->depth_limit;

	if (job->engine->traits & ENGINE_IS_SYNCHRONOUS)
		return 1;
	return limit != 0 && limit < job->iodepth ? limit : job->iodepth;
}

static void take_result(void *context, const struct trial *trial, const struct result_job *result)
{
	struct run *run = context;
	const struct job *job = run->plan->point.contenders[trial->contender].job;

	if (!run->samples)
		run->samples = ARENA_NEW(&run->curve->arena, struct curve_samples);
	curve_values_take(result, depth_of(job), run->values, run->samples);
}

static void describe_line(struct run *run, size_t l)
{
	struct curve *curve = run->curve;
	struct curve_line *line = &curve->lines[l];
	const struct contender_setup *setup = &run->plan->point.contenders[l];
	struct contender_setup alone = *setup;
	const struct contender_point point = {
		.name = "", .count = 1, .contenders = &alone, .reference = SIZE_MAX};
	struct record_point described = {0};
	const struct curve_level unknown = {NAN, NAN, NAN};

	contest_plan_describe(&run->record, &described, &point, false);
	*line = (struct curve_line){
		.name = arena_strdup(&curve->arena, setup->name),
		.engine = arena_strdup(&curve->arena, described.contenders[0].engine),
		.summary = arena_strdup(&curve->arena, described.summary),
		.numjobs = described.contenders[0].numjobs,
		.depth = described.contenders[0].depth,
		.read_percent = run->plan->read_percent[l],
		.options = settings_copy(&described.contenders[0].options, &curve->arena),
		.most = unknown,
		.most_p99 = unknown,
		.knee = {NAN, unknown},
		.slo = {.load = unknown},
	};
}

static void describe(struct run *run)
{
	struct curve *curve = run->curve;
	size_t count = run->plan->point.count;
	uint64_t trial_ns = curve_plan_trial_ns(run->asked, 0);

	curve->trial_s = (double)trial_ns / 1e9;
	curve->ramp_s = (double)curve_plan_ramp_ns(run->asked, trial_ns) / 1e9;
	curve->blocks_asked = curve_plan_repeat(run->asked);
	curve->is_poisson = run->plan->is_poisson;
	curve->is_mixed = run->asked->mixes.count > 0;
	curve->has_slo = run->asked->slo.limit_ns > 0;
	curve->slo = run->asked->slo;
	curve->lines = arena_alloc_array(&curve->arena, count, sizeof(*curve->lines));
	curve->line_count = count;
	for (size_t l = 0; l < count; l++)
		describe_line(run, l);
}

/* Contenders that can run no more are lines that can run no more. */
static void take_problems(struct run *run)
{
	const struct record_point *point = run->contest.point;

	for (size_t l = 0; l < run->curve->line_count; l++) {
		struct curve_line *line = &run->curve->lines[l];

		if (line->problem || !point->contenders[l].problem)
			continue;
		line->problem = arena_strdup(&run->curve->arena, point->contenders[l].problem);
		line->exit_code = point->contenders[l].exit_code;
	}
}

static bool may_go_on(const struct run *run)
{
	return stop_signal_number() == 0 && clock_now() < run->contest.end_ns;
}

/* One trial of a line at a load (NULL: without a rate), noted at its point. False: it did not run.
 */
static bool run_trial(struct run *run, size_t l, const struct job *job, uint64_t trial_ns,
	struct curve_point *point)
{
	double started_s = (double)(clock_now() - run->contest.started_ns) / 1e9;
	const struct trial *trial;
	struct curve_trial *noted;

	run->options.contest.trial_ns = trial_ns;
	run->contest.ramp_ns = curve_plan_ramp_ns(run->asked, trial_ns);
	run->contest.contenders[l].job = job;
	for (int v = 0; v < CURVE_VALUE_COUNT; v++)
		run->values[v] = NAN;
	trial = contest_trial(&run->contest, run->draw, l, 0);
	run->contest.contenders[l].job = NULL;
	take_problems(run);
	if (!trial->counts && !may_go_on(run))
		return false; /* it was broken off */
	noted = curve_add_trial(run->curve, point);
	*noted = (struct curve_trial){
		.block = run->block,
		.seed = trial->seed,
		.started_s = started_s,
		.window_s = trial->window_s,
		.counts = trial->counts && run->samples != NULL,
		.problem = arena_strdup(&run->curve->arena, trial->problem),
		.samples = run->samples,
	};
	memcpy(noted->values, run->values, sizeof(noted->values));
	run->samples = NULL;
	return true;
}

static bool is_running(const struct run *run, size_t l)
{
	return run->curve->lines[l].problem == NULL;
}

/* What each line does without a rate. */
static void measure_maxima(struct run *run, struct curve_point *maxima)
{
	size_t count = run->curve->line_count;
	size_t *order = arena_alloc_array(&run->record.arena, count, sizeof(*order));

	run->contest.live_phase = "maximum";
	for (size_t b = 0; b < CURVE_PLAN_MOST_BLOCKS; b++) {
		run->draw = run->block * CURVE_PLAN_POINTS_LIMIT;
		contest_order(run->contest.seed, run->block, order, count);
		for (size_t i = 0; i < count && may_go_on(run); i++) {
			if (is_running(run, order[i]))
				(void)run_trial(run, order[i], NULL,
					curve_plan_trial_ns(run->asked, 0), &maxima[order[i]]);
		}
		run->block++;
	}
	for (size_t l = 0; l < count; l++) {
		struct curve_line *line = &run->curve->lines[l];

		curve_judge_point(&maxima[l], false);
		line->most = maxima[l].levels[CURVE_ACHIEVED];
		line->most_p99 = maxima[l].levels[CURVE_P99];
	}
}

static void choose_loads(struct run *run)
{
	size_t count = run->curve->line_count;
	struct arena *arena = &run->curve->arena;
	struct curve_list *loads = arena_alloc_array(arena, count, sizeof(*loads));
	double *maxima = arena_alloc_array(arena, count, sizeof(*maxima));

	for (size_t l = 0; l < count; l++)
		maxima[l] = is_running(run, l) ? run->curve->lines[l].most.value : NAN;
	curve_plan_loads(run->asked, &run->plan->point, maxima, run->curve->is_mixed, loads, arena);
	for (size_t l = 0; l < count; l++) {
		struct curve_line *line = &run->curve->lines[l];

		line->point_count = loads[l].count;
		line->points = arena_alloc_array(arena, loads[l].count, sizeof(*line->points));
		for (size_t i = 0; i < loads[l].count; i++) {
			line->points[i].offered = loads[l].values[i];
			curve_judge_point(&line->points[i], false); /* nothing is known yet */
		}
		run->trials_planned += loads[l].count * curve_plan_repeat(run->asked);
	}
}

static void save(struct run *run)
{
	const char *path = run->asked->contest.save_path;
	AUTO_FREE char *text = NULL;
	int error;

	if (!path)
		return;
	curve_judge(run->curve);
	text = curve_print(run->curve);
	error = save_file(path, text, strlen(text));
	if (error == run->save_error)
		return; /* said */
	run->save_error = error;
	if (error == 0)
		return;
	progress_clear(&run->contest.progress);
	diag_warning(run->diag, NULL, "cannot save to %s: %s", path, strerror(-error));
}

/* For the live line: "block 2 of 3 at 4.00k/s, about 45s left". */
static const char *phase(struct run *run, const char *what, double iops, double left_ns)
{
	char load[FIGURE_BYTES_OF_TEXT], left[UNITS_TEXT_BYTES];

	return arena_printf(&run->record.arena, "%s at %s/s, about %s left", what,
		figure_text(load, FIGURE_COUNT, iops), units_format_time(left, left_ns));
}

static double blocks_left_ns(const struct run *run)
{
	double elapsed_ns = (double)(clock_now() - run->trials_begun_ns);
	double left = (double)(run->trials_planned - run->trials_run);

	if (run->trials_run == 0)
		return left * (double)curve_plan_trial_ns(run->asked, 0) * 1.5;
	return left * elapsed_ns / (double)run->trials_run;
}

static const struct job *job_at(struct run *run, size_t l, double iops)
{
	struct job *job = ARENA_NEW(&run->curve->arena, struct job);

	*job = rate_job_at(run->plan->point.contenders[l].job, iops, run->plan->is_poisson);
	return job;
}

/* A load of a line. */
struct spot {
	size_t line, point;
};

static size_t list_spots(const struct run *run, struct spot *spots)
{
	size_t count = 0;

	for (size_t l = 0; l < run->curve->line_count; l++) {
		for (size_t i = 0; i < run->curve->lines[l].point_count; i++)
			spots[count++] = (struct spot){l, i};
	}
	return count;
}

static void run_block(struct run *run, const struct spot *spots, size_t count, uint64_t end_ns)
{
	size_t *order = arena_alloc_array(&run->record.arena, count, sizeof(*order));
	const char *what = arena_printf(&run->record.arena, "block %zu of %zu",
		run->curve->block_count + 1, curve_plan_repeat(run->asked));

	contest_order(run->contest.seed, run->block, order, count);
	run->curve->block_count++;
	for (size_t i = 0; i < count && may_go_on(run) && clock_now() < end_ns; i++) {
		const struct spot *spot = &spots[order[i]];
		struct curve_point *point = &run->curve->lines[spot->line].points[spot->point];

		run->trials_run++;
		run->draw = run->block * CURVE_PLAN_POINTS_LIMIT + spot->point;
		if (!is_running(run, spot->line))
			continue;
		run->contest.live_phase = phase(run, what, point->offered, blocks_left_ns(run));
		run->now = point;
		(void)run_trial(run, spot->line, job_at(run, spot->line, point->offered),
			curve_plan_trial_ns(run->asked, point->offered), point);
	}
	run->block++;
	run->now = NULL;
	save(run);
	if (run->contest.screen.is_open)
		curve_judge(run->curve); /* of what is shown */
}

/* Until when blocks may begin and go on. */
static uint64_t blocks_end_ns(const struct run *run)
{
	uint64_t end_ns = run->contest.end_ns;

	if (end_ns == UINT64_MAX || run->asked->slo.limit_ns <= 0)
		return end_ns;
	return run->begun_ns + (uint64_t)((1 - SLO_SHARE) * (double)(end_ns - run->begun_ns));
}

/* Whether each load that is done is known as well as was asked for. */
static bool is_precise(const struct run *run)
{
	enum curve_value value = run->curve->has_slo ? run->asked->slo.metric : CURVE_P99;
	bool are_narrow = true;

	curve_judge(run->curve);
	for (size_t l = 0; l < run->curve->line_count; l++) {
		const struct curve_line *line = &run->curve->lines[l];

		for (size_t i = 0; i < line->point_count && !line->problem; i++) {
			const struct curve_level *level = &line->points[i].levels[value];
			double width = (level->hi - level->lo) / 2 / level->value;

			/* Written so that "no interval yet" is not precise. */
			are_narrow &=
				line->points[i].is_saturated || width <= run->asked->precision;
		}
	}
	return are_narrow;
}

static void run_blocks(struct run *run)
{
	struct spot *spots =
		arena_alloc_array(&run->record.arena, run->trials_planned, sizeof(*spots));
	size_t count = list_spots(run, spots);
	uint64_t end_ns = blocks_end_ns(run);
	bool is_done = count == 0;

	run->trials_begun_ns = clock_now();
	while (!is_done && may_go_on(run) &&
		(run->curve->block_count == 0 || clock_now() < end_ns)) {
		run_block(run, spots, count,
			run->curve->block_count == 0 ? run->contest.end_ns : end_ns);
		is_done = run->curve->block_count >= curve_plan_repeat(run->asked) ||
			  (curve_plan_is_look(run->asked, run->curve->block_count) &&
				  is_precise(run));
	}
	run->curve->is_out_of_time = !is_done || run->trials_run < count * run->curve->block_count;
}

/* How far a trial is from the limit; NAN: unknown. */
static double excess_of(const struct run *run, const struct curve_trial *trial)
{
	return trial->counts ? log(trial->values[run->asked->slo.metric] / run->asked->slo.limit_ns)
			     : NAN;
}

/* The first trials of a load, up to so many. */
static struct slo_evidence evidence_of(
	const struct run *run, const struct curve_point *point, size_t limit)
{
	const struct curve_figure *figure = &curve_figures[run->asked->slo.metric];
	const struct histogram *parts[SLO_TRIALS_LIMIT];
	struct slo_evidence evidence = {.least = INFINITY, .most = -INFINITY};
	struct saturation_view view = {
		.offered = point->offered, .is_poisson = run->plan->is_poisson};
	struct jackknife jackknife;

	for (size_t i = 0; i < point->trial_count && evidence.count < limit; i++) {
		const struct curve_trial *trial = &point->trials[i];
		double excess = excess_of(run, trial);

		if (isnan(excess))
			continue;
		evidence.least = fmin(evidence.least, excess);
		evidence.most = fmax(evidence.most, excess);
		view.window_s += trial->window_s;
		view.done += trial->values[CURVE_ACHIEVED] * trial->window_s;
		parts[evidence.count++] = &trial->samples->sources[figure->source];
	}
	jackknife = jackknife_latency(parts, evidence.count, figure->percent, SLO_LOOK_ALPHA);
	evidence.excess = log(jackknife.value / run->asked->slo.limit_ns);
	evidence.lo = log(jackknife.lo / run->asked->slo.limit_ns);
	evidence.hi = log(jackknife.hi / run->asked->slo.limit_ns);
	evidence.is_undone = saturation_is(&view);
	return evidence;
}

/* A load of the blocks: as if its trials had been looked at one after the other. */
static enum slo_verdict verdict_of(const struct run *run, const struct curve_point *point)
{
	enum slo_verdict verdict = SLO_OPEN;

	for (size_t n = 2; n <= SLO_TRIALS_LIMIT && verdict == SLO_OPEN; n++) {
		struct slo_evidence evidence = evidence_of(run, point, n);

		if (evidence.count == n)
			verdict = slo_decide(&evidence);
	}
	return verdict;
}

/* The loads of the blocks are on the straight line as well. */
static void see_blocks(const struct run *run, size_t l, struct slo_search *search)
{
	const struct curve_line *line = &run->curve->lines[l];

	for (size_t i = 0; i < line->point_count; i++) {
		struct slo_evidence evidence = evidence_of(run, &line->points[i], SLO_TRIALS_LIMIT);
		const struct slo_seen seen = {
			line->points[i].offered, evidence.excess, evidence.count};

		if (!evidence.is_undone)
			slo_search_see(search, &seen);
	}
}

/* A search of a line. */
struct hunt {
	struct slo_search search;
	struct curve_point *test; /* of its load */
	const struct job *job;
	double floor;         /* no lower load is tried */
	size_t unknown_count; /* trials of this load that told nothing */
};

/* With what the loads of the blocks say. */
static void begin_hunt(struct run *run, size_t l, struct hunt *hunt)
{
	struct curve_line *line = &run->curve->lines[l];
	double within = 0, beyond = INFINITY;

	*hunt = (struct hunt){0};
	if (line->point_count == 0)
		return;
	for (size_t i = 0; i < line->point_count && isinf(beyond); i++) {
		enum slo_verdict verdict = verdict_of(run, &line->points[i]);

		if (verdict == SLO_WITHIN)
			within = line->points[i].offered;
		else if (verdict == SLO_BEYOND)
			beyond = line->points[i].offered;
	}
	hunt->floor = fmax(rate_job_least(run->plan->point.contenders[l].job),
		LOWEST_SHARE * line->points[0].offered);
	slo_search_begin(
		&hunt->search, within, beyond, line->points[line->point_count - 1].offered);
	see_blocks(run, l, &hunt->search);
	line->slo.tests =
		arena_alloc_array(&run->curve->arena, TESTS_LIMIT, sizeof(*line->slo.tests));
}

/* Whether there is a load to be tried. */
static bool is_hunting(struct run *run, size_t l, struct hunt *hunt)
{
	const struct slo_search *search = &hunt->search;

	return is_running(run, l) && search->load > 0 && search->load >= hunt->floor &&
	       hunt->unknown_count < TRIALS_UNKNOWN_LIMIT &&
	       (hunt->test || run->curve->lines[l].slo.test_count < TESTS_LIMIT);
}

/* A trial of the load that the search wants. */
static void hunt_once(struct run *run, size_t l, struct hunt *hunt)
{
	struct curve_slo_result *slo = &run->curve->lines[l].slo;
	double load = hunt->search.load;
	struct slo_evidence evidence;

	if (!hunt->test) {
		hunt->test = &slo->tests[slo->test_count++];
		hunt->test->offered = round(load);
		hunt->job = job_at(run, l, hunt->test->offered);
	}
	if (!run_trial(run, l, hunt->job, curve_plan_slo_trial_ns(run->asked, load), hunt->test))
		return;
	evidence = evidence_of(run, hunt->test, SLO_TRIALS_LIMIT);
	hunt->unknown_count = hunt->test->trial_count - evidence.count;
	slo_search_tell(&hunt->search, &evidence);
	if (hunt->search.load != load)
		hunt->test = NULL;
}

/* A round: each line that searches has one trial. False: none does. */
static bool hunt_round(struct run *run, struct hunt *hunts, size_t *order, uint64_t end_ns)
{
	size_t count = run->curve->line_count;
	bool are_hunting = false;

	run->draw = run->block * CURVE_PLAN_POINTS_LIMIT;
	contest_order(run->contest.seed, run->block, order, count);
	for (size_t i = 0; i < count && may_go_on(run) && clock_now() < end_ns; i++) {
		struct hunt *hunt = &hunts[order[i]];

		if (!is_hunting(run, order[i], hunt))
			continue;
		are_hunting = true;
		run->contest.live_phase = phase(run, "limit", hunt->search.load,
			(double)(end_ns - MIN(end_ns, clock_now())));
		hunt_once(run, order[i], hunt);
	}
	run->block++;
	return are_hunting;
}

static void search_limits(struct run *run)
{
	size_t count = run->curve->line_count;
	struct hunt *hunts = arena_alloc_array(&run->record.arena, count, sizeof(*hunts));
	size_t *order = arena_alloc_array(&run->record.arena, count, sizeof(*order));
	uint64_t end_ns = MIN(run->contest.end_ns, clock_now() + count * CURVE_PLAN_SLO_NS);

	if (run->asked->contest.limit_ns != CONTEST_AUTO)
		end_ns = run->contest.end_ns;
	for (size_t l = 0; l < count; l++)
		begin_hunt(run, l, &hunts[l]);
	while (may_go_on(run) && clock_now() < end_ns && hunt_round(run, hunts, order, end_ns))
		;
	for (size_t l = 0; l < count; l++) {
		struct curve_slo_result *slo = &run->curve->lines[l].slo;

		if (run->curve->lines[l].point_count == 0)
			continue;
		slo->answer = slo_search_answer(&hunts[l].search);
		slo->load = slo_search_load(&hunts[l].search);
	}
}

/* Time that was not limited otherwise counts from here. */
static void start_clock(struct run *run)
{
	uint64_t limit_ns = curve_plan_limit_ns(run->asked, run->curve->line_count);

	run->begun_ns = run->contest.begun_ns;
	if (run->asked->contest.limit_ns != CONTEST_AUTO || limit_ns == CONTEST_AUTO)
		return;
	run->begun_ns = clock_now();
	run->contest.end_ns = run->begun_ns + limit_ns;
}

static void measure(struct run *run)
{
	struct curve_point *maxima =
		arena_alloc_array(&run->curve->arena, run->curve->line_count, sizeof(*maxima));
	bool is_primed;

	contest_begin(&run->contest, &run->plan->point);
	is_primed = contest_prime(&run->contest);
	take_problems(run);
	if (!is_primed)
		return;
	start_clock(run);
	measure_maxima(run, maxima);
	choose_loads(run);
	run_blocks(run);
	if (run->curve->has_slo)
		search_limits(run);
}

static int exit_code(const struct run *run)
{
	const struct curve *curve = run->curve;
	int code = EXIT_DONE;
	size_t measured = 0;

	if (curve->signal != 0)
		return 128 + curve->signal;
	if (run->contest.is_guarded)
		return EXIT_BAD_REQUEST;
	for (size_t l = 0; l < curve->line_count; l++) {
		const struct curve_line *line = &curve->lines[l];

		measured += line->point_count > 0;
		if (line->problem && line->exit_code == EXIT_RUN_FAILED)
			return EXIT_RUN_FAILED;
		if (line->problem && !run->plan->point.contenders[l].is_optional)
			code = EXIT_INCOMPARABLE;
		if (code == EXIT_DONE && !line->problem && curve->has_slo &&
			line->slo.answer == SLO_UNKNOWN)
			code = EXIT_INCONCLUSIVE;
	}
	return measured == 0 && code != EXIT_INCONCLUSIVE ? EXIT_INCOMPARABLE : code;
}

static size_t count_rows(void *context)
{
	const struct run *run = context;

	return curve_screen_count(run->curve);
}

static void put_rows(void *context, struct page *page, size_t first, size_t count)
{
	const struct run *run = context;

	curve_screen_put(run->curve, run->now, page, first, count);
}

int curve_run(struct curve *curve, const struct curve_plan *plan,
	const struct curve_options *options, struct diag *diag)
{
	struct run run = {
		.curve = curve,
		.plan = plan,
		.options = *options,
		.asked = options,
		.diag = diag,
	};
	int code = EXIT_RUN_FAILED;

	record_init(&run.record);
	run.record.seed = curve->seed;
	run.record.points = ARENA_NEW(&run.record.arena, struct record_point);
	run.options.contest.rule = compare_stop_rule_default;
	run.options.contest.primary = VALUE_IOPS;
	run.options.contest.is_sweep = true;
	run.options.contest.window_ns = 0;
	run.options.contest.save_path = NULL;
	run.options.contest.on_result = take_result;
	run.options.contest.context = &run;
	run.options.contest.trial_ns = curve_plan_trial_ns(options, 0);
	run.options.contest.ramp_ns = curve_plan_ramp_ns(options, run.options.contest.trial_ns);
	describe(&run);
	if (contest_open(&run.contest, &run.record, &run.options.contest, diag) == 0) {
		run.contest.screen.count_rows = count_rows;
		run.contest.screen.put_rows = put_rows;
		run.contest.screen.context = &run;
		measure(&run);
		curve->elapsed_s = (double)(clock_now() - run.contest.started_ns) / 1e9;
		contest_close(&run.contest);
		curve->signal = run.record.signal;
		curve->environment.hard =
			settings_copy(&run.record.environment.hard, &curve->arena);
		curve->environment.soft =
			settings_copy(&run.record.environment.soft, &curve->arena);
		curve_judge(curve);
		code = exit_code(&run);
	}
	record_free(&run.record);
	return code;
}
