/* SPDX-License-Identifier: MIT */
/* Lines, jobs at a load, loads, times. */
#include "curve/curve_plan.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "session/rate.h"

#define TRIAL_NS      (500 * NS_PER_MS)
#define TRIAL_IOS     1000.0
#define TRIAL_STRETCH 4 /* a trial at a low load is longer by this at the most */
#define LEAST_IOS     20.0
#define TAIL_IOS      30.0
#define OVERHEAD_NS   60e6 /* of a trial: process, rings, result */
#define LINE_NS       (35 * NS_PER_S)
#define SAME_LOADS    2.0 /* maxima within this factor have the same loads */
#define RATE_MOST     1e9

static const size_t looks[] = {3, 6, 9, 13, 20};
enum { LOOKS = sizeof(looks) / sizeof(looks[0]) };

typedef int parse_number(const char *text, double *number, struct option_problem *problem);

/* "5k": 5000 I/Os a second. */
static int parse_rate(const char *text, double *number, struct option_problem *problem)
{
	char digits[UNITS_TEXT_BYTES];
	size_t length = strlen(text);
	int last = length > 0 ? tolower((unsigned char)text[length - 1]) : 0;
	double scale = last == 'k' ? 1e3 : last == 'm' ? 1e6 : 1;

	snprintf(digits, sizeof(digits), "%.*s", (int)(length - (scale > 1)), text);
	if (units_parse_double(digits, number, &problem->what) != 0)
		return -EINVAL;
	*number = round(*number * scale);
	if (*number >= 1 && *number <= RATE_MOST)
		return 0;
	problem->what = "not between 1 and 1000m I/Os a second";
	return -EINVAL;
}

static int parse_percent(const char *text, double *number, struct option_problem *problem)
{
	if (units_parse_double(text, number, &problem->what) != 0)
		return -EINVAL;
	if (*number >= 0 && *number <= 100 && *number == floor(*number))
		return 0;
	problem->what = "not a whole number between 0 and 100";
	return -EINVAL;
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Ascending, each once. */
static void sort(struct curve_list *list)
{
	size_t kept = 0;

	qsort(list->values, list->count, sizeof(*list->values), compare_numbers);
	for (size_t i = 0; i < list->count; i++) {
		if (i == 0 || list->values[i] > list->values[kept - 1])
			list->values[kept++] = list->values[i];
	}
	list->count = kept;
}

static int parse_list(const char *value, struct curve_list *list, parse_number *parse,
	struct arena *arena, struct option_problem *problem)
{
	char **texts;
	size_t count = text_split(arena, value, ',', &texts);

	list->count = 0;
	list->values = arena_alloc_array(arena, count, sizeof(*list->values));
	if (count > CURVE_PLAN_POINTS_LIMIT) {
		problem->what = "more than 100 of them";
		return -EINVAL;
	}
	for (size_t i = 0; i < count; i++) {
		if (parse(texts[i], &list->values[list->count++], problem) == 0)
			continue;
		problem->what = arena_printf(arena, "'%s': %s", texts[i], problem->what);
		return -EINVAL;
	}
	sort(list);
	return 0;
}

int curve_plan_parse_rates(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	problem->hint = "I/Os a second of all clones together: --rates=1k,5k,20k";
	return parse_list(value, field, parse_rate, arena, problem);
}

int curve_plan_parse_mixes(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	problem->hint = "percent of reads: --mixed=0,50,100";
	return parse_list(value, field, parse_percent, arena, problem);
}

/* Where a job cannot have the loads of a curve. */
static void check_job(const struct job *job, const struct curve_options *options, struct diag *diag)
{
	if (job->rare->pace.think.time_ns != 0) {
		diag_error(diag, job_place(job, "thinktime"),
			"job '%s': pauses do not go with a load that curve sets", job->name);
		diag_hint(diag, "remove thinktime");
	}
	if (job_trims_and_writes(job)) {
		diag_error(diag, job_place(job, "rw"),
			"job '%s': a trimwrite job has no rate: each write follows its trim",
			job->name);
		diag_hint(diag, "a job that trims and one that writes can have curves");
	}
	if (options->mixes.count > 0 && job->rw.mode != RW_READWRITE && job->rw.mode != RW_RANDRW) {
		diag_error(diag, job_place(job, "rw"),
			"job '%s': --mixed needs a job that reads and writes", job->name);
		diag_hint(diag, "rw=randrw or rw=rw; it then writes to its target");
	}
	if ((options->slo.metric == CURVE_READ_P99 && !job_does(job, DIRECTION_READ)) ||
		(options->slo.metric == CURVE_WRITE_P99 && !job_does(job, DIRECTION_WRITE)))
		diag_error(diag, job_place(job, "rw"), "job '%s' has no %s for --slo", job->name,
			slo_name(&options->slo));
}

/* "io_uring", "io_uring iodepth=8", "iodepth=8"; of --mixed "70 % reads". */
static const char *line_name(struct arena *arena, const struct contender_point *point,
	const struct contender_setup *setup, double read_percent)
{
	const char *which = point->name;

	if (!isnan(read_percent))
		which = arena_printf(arena, "%.0f %% reads", read_percent);
	if (!*which)
		return setup->name;
	if (point->count == 1)
		return which;
	return arena_printf(arena, "%s, %s", setup->name, which);
}

static void add_line(
	struct curve_plan *plan, const struct contender_point *point, size_t index, bool is_mixed)
{
	const struct contender_setup *setup = &point->contenders[index];
	struct contender_setup *line = &plan->point.contenders[plan->point.count];
	double read_percent = is_mixed && setup->job ? setup->job->rwmixread : NAN;

	*line = *setup;
	line->name = line_name(&plan->arena, point, setup, read_percent);
	if (setup->job) {
		struct job *most = ARENA_NEW(&plan->arena, struct job);

		*most = rate_job_without(setup->job);
		line->job = most;
	}
	plan->read_percent[plan->point.count++] = read_percent;
}

/* Which of its jobs has the load, and whose latency counts, is not known. */
static int refuse_groups(const struct contender_point *point, struct diag *diag)
{
	for (size_t i = 0; i < point->count; i++) {
		if (point->contenders[i].together_count == 0)
			continue;
		diag_error(diag, job_place(point->contenders[i].job, "contender"),
			"contender '%s' has %zu jobs: the load of a curve is that of one job",
			point->contenders[i].name, contender_job_count(&point->contenders[i]));
		diag_hint(diag, "--section=NAME takes one of them; `ringside compare` runs them "
				"together");
		return -EINVAL;
	}
	return 0;
}

static int add_lines(struct curve_plan *plan, bool is_mixed, struct diag *diag)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->contenders.point_count; i++)
		count += plan->contenders.points[i].count;
	if (count > CURVE_PLAN_LINES_LIMIT) {
		diag_error(diag, NULL, "%zu lines are more than %d", count, CURVE_PLAN_LINES_LIMIT);
		diag_hint(diag, "--section=NAME takes one of the job file's");
		return -EINVAL;
	}
	plan->point = (struct contender_point){.name = "", .reference = SIZE_MAX};
	plan->point.contenders =
		arena_alloc_array(&plan->arena, count, sizeof(*plan->point.contenders));
	plan->read_percent = arena_alloc_array(&plan->arena, count, sizeof(*plan->read_percent));
	for (size_t i = 0; i < plan->contenders.point_count; i++) {
		for (size_t c = 0; c < plan->contenders.points[i].count; c++)
			add_line(plan, &plan->contenders.points[i], c, is_mixed);
	}
	return refuse_groups(&plan->point, diag);
}

/* Says it once of each. */
static void note_replaced(const struct job_set *set, struct diag *diag)
{
	static const struct {
		const char *key, *what;
	} keys[] = {
		{"rate", "curve sets loads"},
		{"rate_iops", "curve sets loads"},
		{"rate_total", "curve sets loads"},
		{"rate_iops_total", "curve sets loads"},
		{"runtime", "curve sets the length of trials"},
		{"number_ios", "curve sets the length of trials"},
		{"ramp_time", "curve sets the length of trials"},
		{"steadystate", "curve sets the length of trials"},
		{"latency_target", "curve sets loads, and leaves the depth as it is"},
		{"max_latency", "trials go on"},
		{"write_bw_log", "trials write no logs"},
		{"write_iops_log", "trials write no logs"},
		{"write_lat_log", "trials write no logs"},
		{"write_hist_log", "trials write no logs"},
	};

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		for (size_t i = 0; i < set->count; i++) {
			if (!job_sets(&set->jobs[i], keys[k].key))
				continue;
			diag_note(diag, job_place(&set->jobs[i], keys[k].key),
				"%s, whatever %s says", keys[k].what, keys[k].key);
			break;
		}
	}
}

/* The jobs as they were written: variants of them have the same options. */
static void check_jobs(
	const struct curve_plan *plan, const struct curve_options *options, struct diag *diag)
{
	const struct job_set *set = NULL;

	for (size_t i = 0; i < plan->contenders.set_count && !set; i++) {
		if (plan->contenders.sets[i].count > 0)
			set = &plan->contenders.sets[i];
	}
	for (size_t i = 0; set && i < set->count; i++) {
		if (set->jobs[i].clone == 0)
			check_job(&set->jobs[i], options, diag);
	}
	if (set)
		note_replaced(set, diag);
}

/* A rate that was asked for has a part for each clone and direction. */
static void check_rates(
	const struct curve_plan *plan, const struct curve_options *options, struct diag *diag)
{
	for (size_t l = 0; options->rates.count > 0 && l < plan->point.count; l++) {
		const struct job *job = plan->point.contenders[l].job;
		double least = job ? rate_job_least(job) : 0;

		if (options->rates.values[0] >= least)
			continue;
		diag_error(diag, NULL,
			"--rates: %.0f a second is less than one for each clone and direction of "
			"'%s'",
			options->rates.values[0], plan->point.contenders[l].name);
		diag_hint(diag, "the least is %.0f", least);
		return;
	}
}

static void choose_arrivals(struct curve_plan *plan, const struct curve_options *options)
{
	plan->is_poisson = options->arrivals != CURVE_ARRIVALS_LINEAR;
	for (size_t l = 0; options->arrivals == CURVE_ARRIVALS_AUTO && l < plan->point.count; l++) {
		const struct contender_setup *setup = &plan->point.contenders[l];

		if (setup->job && job_sets(setup->job, "rate_process"))
			plan->is_poisson =
				plan->contenders.sets[0].jobs[0].rate_process == RATE_POISSON;
	}
}

static const char *mixes_text(const struct curve_list *mixes, struct arena *arena)
{
	const char *text = "rwmixread=";

	for (size_t i = 0; i < mixes->count; i++)
		text = arena_printf(arena, "%s%s%.0f", text, i ? "," : "", mixes->values[i]);
	return text;
}

int curve_plan_make(struct curve_plan *plan, const struct contender_request *request,
	const struct curve_options *options, struct diag *diag)
{
	struct contender_request contenders = *request;
	unsigned errors_before = diag->error_count;
	bool is_mixed = options->mixes.count > 0;
	const char **vary;

	*plan = (struct curve_plan){0};
	vary = arena_alloc_array(&plan->arena, request->vary_count + 1, sizeof(*vary));
	for (size_t i = 0; i < request->vary_count; i++)
		vary[i] = request->vary[i];
	if (is_mixed)
		vary[contenders.vary_count++] = mixes_text(&options->mixes, &plan->arena);
	contenders.vary = vary;
	if (contender_plan_make(&plan->contenders, &contenders, diag) != 0 ||
		add_lines(plan, is_mixed, diag) != 0)
		return -EINVAL;
	check_jobs(plan, options, diag);
	check_rates(plan, options, diag);
	choose_arrivals(plan, options);
	if (diag->error_count > errors_before)
		return -EINVAL;
	return contender_plan_guard(&plan->contenders, &options->contest.allowed, diag);
}

void curve_plan_free(struct curve_plan *plan)
{
	contender_plan_free(&plan->contenders);
	arena_free(&plan->arena);
	*plan = (struct curve_plan){0};
}

/* Up to `most`, and none below what every clone has a part of. */
static void step(const struct curve_options *options, const struct job *job, double most,
	struct curve_list *loads, struct arena *arena)
{
	size_t count = options->point_count;

	*loads = (struct curve_list){
		.count = count, .values = arena_alloc_array(arena, count, sizeof(double))};
	for (size_t i = 0; i < count; i++)
		loads->values[i] =
			fmax(rate_job_least(job), round(most * (double)(i + 1) / (double)count));
	sort(loads);
}

/* Without those beyond the first load that is more than the maximum. */
static void cut(struct curve_list *loads, double most)
{
	size_t kept = 0;

	while (kept < loads->count && (kept == 0 || loads->values[kept - 1] < most))
		kept++;
	loads->count = kept;
}

void curve_plan_loads(const struct curve_options *options, const struct contender_point *point,
	const double *maxima, bool is_mixed, struct curve_list *loads, struct arena *arena)
{
	double least = INFINITY, most = 0;
	bool are_same;

	for (size_t l = 0; l < point->count; l++) {
		if (!(maxima[l] > 0))
			continue;
		least = fmin(least, maxima[l]);
		most = fmax(most, maxima[l]);
	}
	are_same = !is_mixed && most <= SAME_LOADS * least;
	for (size_t l = 0; l < point->count; l++) {
		loads[l] = (struct curve_list){0};
		if (!(maxima[l] > 0))
			continue;
		if (options->rates.count > 0) {
			loads[l] = options->rates;
			continue;
		}
		step(options, point->contenders[l].job, are_same ? most : maxima[l], &loads[l],
			arena);
		if (are_same)
			cut(&loads[l], maxima[l]);
	}
}

/*
 * For so many I/Os, if the length was not given; and for a few in any case, since of a random
 * number of I/Os there may else be none.
 */
static uint64_t stretched_ns(const struct curve_options *options, double ios, double iops)
{
	double wanted_ns = iops > 0 ? ios / iops * 1e9 : 0;
	double least_ns = iops > 0 ? LEAST_IOS / iops * 1e9 : 0;
	uint64_t given_ns = options->contest.trial_ns;

	if (given_ns == 0)
		given_ns = (uint64_t)llround(
			fmax(TRIAL_NS, fmin(wanted_ns, (double)(TRIAL_STRETCH * TRIAL_NS))));
	return MAX(given_ns, (uint64_t)llround(least_ns));
}

uint64_t curve_plan_trial_ns(const struct curve_options *options, double iops)
{
	return stretched_ns(options, TRIAL_IOS, iops);
}

uint64_t curve_plan_slo_trial_ns(const struct curve_options *options, double iops)
{
	double percent = curve_figures[options->slo.metric].percent;

	if (!(percent < 100))
		return curve_plan_trial_ns(options, iops);
	return stretched_ns(options, TAIL_IOS / (1 - percent / 100), iops);
}

uint64_t curve_plan_ramp_ns(const struct curve_options *options, uint64_t trial_ns)
{
	return options->contest.ramp_ns == CONTEST_AUTO ? trial_ns / 4 : options->contest.ramp_ns;
}

size_t curve_plan_repeat(const struct curve_options *options)
{
	if (options->repeat != 0)
		return options->repeat;
	return options->precision > 0 ? looks[LOOKS - 1] : looks[0];
}

bool curve_plan_is_look(const struct curve_options *options, size_t block_count)
{
	for (size_t i = 0; options->precision > 0 && i < LOOKS; i++) {
		if (looks[i] == block_count)
			return true;
	}
	return false;
}

uint64_t curve_plan_limit_ns(const struct curve_options *options, size_t line_count)
{
	if (options->contest.limit_ns != CONTEST_AUTO)
		return options->contest.limit_ns;
	if (options->repeat != 0 || options->contest.trial_ns != 0 || options->precision > 0)
		return CONTEST_AUTO;
	return line_count * LINE_NS;
}

/* A trial of each line, at so many loads. */
static double block_ns(const struct curve_options *options, const struct curve_plan *plan,
	uint64_t trial_ns, size_t load_count, size_t *line_count)
{
	double each_ns = (double)(trial_ns + curve_plan_ramp_ns(options, trial_ns)) + OVERHEAD_NS;
	double sum_ns = 0;

	*line_count = 0;
	for (size_t l = 0; l < plan->point.count; l++) {
		const struct contender_setup *setup = &plan->point.contenders[l];

		if (!setup->job)
			continue;
		++*line_count;
		sum_ns += (double)load_count *
			  (each_ns + (double)contest_plan_delay_ns(setup) +
				  (double)contest_plan_cooldown_ns(
					  &options->contest, contender_writes(setup)));
	}
	return sum_ns;
}

void curve_plan_time(
	const struct curve_options *options, const struct curve_plan *plan, struct curve_time *time)
{
	uint64_t trial_ns = curve_plan_trial_ns(options, 0);
	uint64_t longest_ns = options->contest.trial_ns != 0 ? trial_ns : TRIAL_STRETCH * trial_ns;
	size_t loads = options->rates.count > 0 ? options->rates.count : options->point_count;
	uint64_t limit_ns;
	size_t lines;

	*time = (struct curve_time){
		.block_ns = block_ns(options, plan, trial_ns, loads, &lines),
		.prime_ns = (double)MIN(trial_ns, NS_PER_S) +
			    block_ns(options, plan, trial_ns, 1, &lines) *
				    (CURVE_PLAN_MOST_BLOCKS + 0.5),
	};
	time->trial_count = lines * loads;
	time->slo_ns = options->slo.limit_ns > 0 ? (double)(lines * CURVE_PLAN_SLO_NS) : 0;
	time->least_ns =
		time->prime_ns +
		time->block_ns * (double)(options->precision > 0
						  ? MIN(looks[0], curve_plan_repeat(options))
						  : curve_plan_repeat(options));
	/* Half of the loads may have long trials; one that is saturated takes twice its time. */
	time->most_ns = time->prime_ns + time->slo_ns +
			(double)curve_plan_repeat(options) *
				block_ns(options, plan, (trial_ns + longest_ns) / 2, loads, &lines);
	limit_ns = curve_plan_limit_ns(options, lines);
	if (options->contest.limit_ns != CONTEST_AUTO)
		time->most_ns = fmin(time->most_ns, (double)limit_ns);
	else if (limit_ns != CONTEST_AUTO)
		time->most_ns = fmin(time->most_ns, time->prime_ns + (double)limit_ns);
	time->least_ns = fmin(time->least_ns, time->most_ns);
}
