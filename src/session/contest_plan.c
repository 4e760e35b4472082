/* SPDX-License-Identifier: MIT */
/* Contenders from jobs to the record; sums of trials, ramps and pauses. */
#include "session/contest_plan.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "base/units.h"
#include "engine/engine_list.h"
#include "result/result_figures.h"
#include "session/alternation.h"
#include "session/rate.h"
#include "verdict/health.h"
#include "verify/checksum.h"

#define RAMP_IOS         1000.0
#define LIMIT_EACH_NS    (35 * NS_PER_S)
#define COOLDOWN_NS      (250 * NS_PER_MS)
#define OVERHEAD_NS      (60 * NS_PER_MS) /* of a trial, to plan with: process, rings, result */
#define IDLE_LIMIT_NS    (1 * NS_PER_S)
#define WINDOW_IOS       1000.0
#define LEAST_WINDOW_IOS 100 /* fewer make a rate of too few steps */
#define WINDOW_LEAST_NS  5e6
#define WINDOW_MOST_NS   20e6

/* Keys of jobs that run together have their job's name: "log.bs". */
static void describe_options(
	struct record *record, struct contender *contender, const struct contender_setup *setup)
{
	struct arena *arena = &record->arena;

	for (size_t j = 0; j < contender_job_count(setup); j++) {
		const struct job *job = contender_job(setup, j);
		struct settings settings = job_settings(job, arena);

		for (size_t i = 0; i < settings.count; i++) {
			const char *key = settings.items[i].key;

			if (settings.items[i].is_default)
				continue;
			if (setup->together_count > 0)
				key = arena_printf(arena, "%s.%s", job->name, key);
			settings_add(&contender->options, arena, key, settings.items[i].value);
		}
	}
}

/* All its jobs together. */
static void describe_jobs(
	struct record *record, struct contender *contender, const struct contender_setup *setup)
{
	contender->is_direct = true;
	contender->batch = setup->job->iodepth_batch_submit;
	for (size_t i = 0; i < contender_job_count(setup); i++) {
		const struct job *job = contender_job(setup, i);

		if (!strstr(contender->engine, job->engine->name))
			contender->engine = arena_printf(
				&record->arena, "%s, %s", contender->engine, job->engine->name);
		contender->queues |= !(job->engine->traits & ENGINE_IS_SYNCHRONOUS);
		contender->is_direct &= job->direct;
		contender->depth = MAX(contender->depth, job->iodepth);
		contender->numjobs += job->numjobs;
	}
}

static void describe_contender(
	struct record *record, struct contender *contender, const struct contender_setup *setup)
{
	const struct job *job = setup->job;

	*contender = (struct contender){
		.name = arena_strdup(&record->arena, setup->name),
		.engine = job ? job->engine->name : NULL,
		.is_optional = setup->is_optional,
		.reference = arena_strdup(&record->arena, setup->reference),
	};
	if (!job) {
		contender->problem = arena_strdup(&record->arena, setup->refusal);
		contender->exit_code = EXIT_INCOMPARABLE;
		return;
	}
	describe_jobs(record, contender, setup);
	contender->asked = rate_of_setup(setup);
	describe_options(record, contender, setup);
}

/* "mixed: reads randread 4k + log write 16k; other: …": of jobs that run together. */
static const char *summarise_groups(struct arena *arena, const struct contender_point *setups)
{
	const char *text = "";

	for (size_t i = 0; i < setups->count; i++) {
		const struct contender_setup *setup = &setups->contenders[i];

		text = arena_printf(arena, "%s%s%s:", text, *text ? "; " : "", setup->name);
		for (size_t j = 0; j < contender_job_count(setup); j++) {
			const struct job *job = contender_job(setup, j);
			struct settings settings = job_settings(job, arena);

			text = arena_printf(arena, "%s%s %s %s %s", text, j ? " +" : "", job->name,
				settings_value(&settings, "rw"), result_block_sizes(&settings));
		}
	}
	return text;
}

/* "randread 4k, direct, iodepth 32, data.bin". */
static const char *summarise(struct record *record, const struct contender_point *setups)
{
	struct arena *arena = &record->arena;
	const struct job *job = NULL;
	struct settings settings;
	const char *text;
	bool same_depth = true;
	struct rate rate;

	for (size_t i = 0; i < setups->count; i++) {
		const struct job *other = setups->contenders[i].job;

		if (setups->contenders[i].together_count > 0)
			return summarise_groups(arena, setups);
		if (!job)
			job = other;
		same_depth = same_depth && (!other || other->iodepth == job->iodepth);
	}
	if (!job)
		return "";
	settings = job_settings(job, arena);
	text = arena_printf(arena, "%s %s, %s", settings_value(&settings, "rw"),
		result_block_sizes(&settings), engine_access_name(job->engine, job->direct));
	if (same_depth && job->iodepth > 1)
		text = arena_printf(arena, "%s, iodepth %u", text, job->iodepth);
	/* It makes an open loop of them, where all have the same. */
	if (rate_is_shared(setups, &rate) && (rate.iops > 0 || rate.bandwidth > 0))
		text = arena_printf(arena, "%s, rate %s", text, rate_text(&rate, arena));
	if (job->filename.count > 0)
		text = arena_printf(arena, "%s, %s%s", text, job->filename.texts[0],
			job->filename.count > 1 ? ", …" : "");
	return text;
}

void contest_plan_describe(struct record *record, struct record_point *point,
	const struct contender_point *setups, bool has_control)
{
	point->name = arena_strdup(&record->arena, setups->name);
	point->summary = summarise(record, setups);
	point->contender_count = setups->count;
	point->contenders =
		arena_alloc_array(&record->arena, setups->count + 1, sizeof(*point->contenders));
	for (size_t i = 0; i < setups->count; i++)
		describe_contender(record, &point->contenders[i], &setups->contenders[i]);
	point->reference = setups->reference == SIZE_MAX ? SESSION_NONE : setups->reference;
	point->has_own_references = setups->has_own_references;
	point->control = SESSION_NONE;
	if (!has_control)
		return;
	point->control = point->contender_count++;
	point->contenders[point->control] =
		(struct contender){.name = "control", .is_control = true};
}

/* The shortest ramp where none was given. */
static uint64_t least_ramp_ns(const struct contest_options *options)
{
	return options->ramp_ns == CONTEST_AUTO ? options->trial_ns / 4 : options->ramp_ns;
}

uint64_t contest_plan_job_ramp_ns(const struct contender_setup *setup)
{
	uint64_t ramp_ns = 0;

	for (size_t i = 0; i < contender_job_count(setup); i++)
		ramp_ns = MAX(ramp_ns, contender_job(setup, i)->ramp_time_ns);
	return ramp_ns;
}

uint64_t contest_plan_delay_ns(const struct contender_setup *setup)
{
	uint64_t delay_ns = 0;

	for (size_t i = 0; i < contender_job_count(setup); i++)
		delay_ns = MAX(delay_ns, contender_job(setup, i)->startdelay_ns);
	return delay_ns;
}

/* One ramp for all: what any job asks is every trial's. */
static uint64_t asked_ramp_ns(
	const struct contest_options *options, const struct contender_point *point)
{
	uint64_t asked_ns = 0;

	for (size_t i = 0; options->ramp_ns == CONTEST_AUTO && i < point->count; i++) {
		asked_ns = MAX(asked_ns, contest_plan_job_ramp_ns(&point->contenders[i]));
	}
	return asked_ns;
}

static const char *job_obstacle(const struct contender_setup *setup)
{
	for (size_t i = 0; i < contender_job_count(setup); i++) {
		const struct job *job = contender_job(setup, i);

		if (job->order.wait_for || job->order.exec_prerun || job->order.exec_postrun)
			return "it waits for another job, or for a command";
		if (job_is_held(job))
			return "it has a rate, pauses or a flow";
		if (job->rw.mode == RW_ECHO)
			return "its server is a process of its own, which turns do not stop";
		if (job_sets(job, "invalidate") && job->invalidate && !job->direct)
			return "it starts with a cold cache";
		if (job_sets(job, "sqthread_poll_idle"))
			return "its poll thread stays awake for sqthread_poll_idle";
		if (job_sets(job, "cmdprio_percentage") || job_sets(job, "cmdprio_bssplit"))
			return "its latencies are of several priorities";
		if (job->rare->verify.kind != CHECKSUM_NONE)
			return "it verifies, and windows would cut its passes";
		if (job->rare->host.ioscheduler)
			return "its I/O scheduler would be the others', too";
	}
	return NULL;
}

const char *contest_plan_turns_obstacle(const struct contender_setup *setup,
	const struct contest_primed *primed, uint64_t window_ns)
{
	const char *why = job_obstacle(setup);

	if (why)
		return why;
	if (primed->writes)
		return "it writes, and what it leaves to be done would be the next one's latency";
	if (primed->threads > 2 * primed->cpus)
		return "it has more threads than two for each CPU";
	if (primed->is_cold)
		return "its reads are not all cached";
	if (primed->iops * (double)window_ns / 1e9 < LEAST_WINDOW_IOS)
		return "a window has fewer than 100 of its I/Os";
	return NULL;
}

uint64_t contest_plan_window_ns(const struct contest_options *options, double slowest_iops)
{
	double wanted_ns = WINDOW_IOS / slowest_iops * 1e9;

	if (options->window_ns != CONTEST_AUTO)
		return options->window_ns;
	return (uint64_t)fmax(WINDOW_LEAST_NS, fmin(wanted_ns, WINDOW_MOST_NS));
}

uint64_t contest_plan_turns_ns(uint64_t window_ns, size_t contender_count)
{
	uint64_t settle_ns = alternation_settle_ns(window_ns);
	unsigned rounds = alternation_rounds(contender_count, window_ns, settle_ns);

	return contender_count * (OVERHEAD_NS + (rounds + 1) * (window_ns + settle_ns));
}

/* Turns, as far as is known before anything runs. */
static bool takes_turns(const struct contest_options *options, const struct contender_point *point)
{
	bool can_all = options->window_ns > 0;

	for (size_t i = 0; i < point->count && can_all; i++) {
		const struct contender_setup *setup = &point->contenders[i];

		can_all = !setup->job || (!job_obstacle(setup) && !contender_writes(setup));
	}
	return can_all;
}

uint64_t contest_plan_idle_ns(const struct contest_options *options)
{
	return MIN(options->trial_ns, IDLE_LIMIT_NS);
}

void contest_plan_time(const struct contest_options *options, const struct contender_point *point,
	struct contest_time *time)
{
	uint64_t asked_ns = asked_ramp_ns(options, point);
	uint64_t longest_ns = 0;
	uint64_t ramp_ns = MAX(least_ramp_ns(options), asked_ns);
	uint64_t ramp_most_ns =
		options->ramp_ns == CONTEST_AUTO ? MAX(options->trial_ns, asked_ns) : ramp_ns;

	*time = (struct contest_time){.prime_ns = contest_plan_idle_ns(options)};
	for (size_t i = 0; i < point->count; i++) {
		const struct contender_setup *setup = &point->contenders[i];
		uint64_t fixed_ns;

		if (!setup->job)
			continue;
		fixed_ns = OVERHEAD_NS + contest_plan_delay_ns(setup) +
			   contest_plan_cooldown_ns(options, contender_writes(setup));
		longest_ns = MAX(longest_ns, fixed_ns);
		time->prime_ns += options->trial_ns / 2 + fixed_ns;
		time->block_ns += fixed_ns;
		time->contender_count++;
	}
	time->block_ns += options->has_control ? longest_ns : 0;
	time->contender_count += options->has_control;
	time->block_most_ns =
		time->block_ns + time->contender_count * (options->trial_ns + ramp_most_ns);
	time->block_ns += time->contender_count * (options->trial_ns + ramp_ns);
	time->takes_turns = time->contender_count > 1 && takes_turns(options, point);
	if (time->takes_turns)
		time->block_ns = time->block_most_ns = contest_plan_turns_ns(
			contest_plan_window_ns(options, NAN), time->contender_count);
}

uint64_t contest_plan_least_ns(const struct contest_time *time, size_t blocks)
{
	return time->prime_ns + blocks * time->block_ns;
}

static double with_repeats(size_t blocks)
{
	return (1 + HEALTH_REPEATED_SHARE) * (double)blocks + 1.0;
}

uint64_t contest_plan_most_ns(const struct contest_time *time, size_t blocks)
{
	return time->prime_ns + (uint64_t)(with_repeats(blocks) * (double)time->block_most_ns);
}

uint64_t contest_plan_limit_ns(const struct contest_options *options, size_t contender_count)
{
	uint64_t first_look_ns = options->rule.looks[0] * 2 * options->trial_ns;

	if (options->limit_ns != CONTEST_AUTO)
		return options->limit_ns;
	return contender_count * MAX(LIMIT_EACH_NS, first_look_ns);
}

uint64_t contest_plan_cooldown_ns(const struct contest_options *options, bool writes)
{
	if (options->cooldown_ns != CONTEST_AUTO)
		return options->cooldown_ns;
	return writes ? COOLDOWN_NS : 0;
}

int contest_plan_check(
	const struct contest_options *options, const struct contender_plan *plan, struct diag *diag)
{
	char limit[UNITS_TEXT_BYTES], least[UNITS_TEXT_BYTES];

	for (size_t i = 0; options->limit_ns != CONTEST_AUTO && i < plan->point_count; i++) {
		struct contest_time time;
		uint64_t least_ns;

		contest_plan_time(options, &plan->points[i], &time);
		least_ns = contest_plan_least_ns(&time, 1);
		if (least_ns <= options->limit_ns)
			continue;
		units_format_time(limit, (double)options->limit_ns);
		units_format_time(least, (double)least_ns);
		diag_error(diag, NULL,
			"--max-time=%s is over before the first block: priming and one block "
			"of %zu trials take %s",
			limit, time.contender_count, least);
		diag_hint(diag, "use a longer --max-time, or a shorter --trial-time");
		return -EINVAL;
	}
	return 0;
}

/* In which the blocks of the first look would still fit into the time that is left, repeats too. */
static uint64_t affordable_ramp_ns(
	const struct contest_options *options, size_t contender_count, uint64_t left_ns)
{
	double blocks = with_repeats(options->rule.looks[0]);
	uint64_t each_ns = (uint64_t)((double)left_ns / (blocks * (double)MAX(contender_count, 1)));
	uint64_t fixed_ns = options->trial_ns + OVERHEAD_NS;

	return each_ns > fixed_ns ? each_ns - fixed_ns : 0;
}

uint64_t contest_plan_ramp_ns(const struct contest_options *options, size_t contender_count,
	double slowest_iops, uint64_t asked_ns, uint64_t left_ns, uint64_t *wanted_ns)
{
	uint64_t least_ns = MAX(least_ramp_ns(options), asked_ns);
	uint64_t most_ns =
		MIN(options->trial_ns, affordable_ramp_ns(options, contender_count, left_ns));

	if (options->ramp_ns != CONTEST_AUTO)
		return *wanted_ns = options->ramp_ns;
	*wanted_ns = least_ns;
	if (slowest_iops > 0)
		*wanted_ns = MAX(*wanted_ns, (uint64_t)(RAMP_IOS / slowest_iops * 1e9));
	return MAX(MIN(*wanted_ns, most_ns), least_ns);
}
