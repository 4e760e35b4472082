/* SPDX-License-Identifier: MIT */
/* Trials in randomised complete blocks. */
#include "session/contest.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/peers.h"
#include "base/random.h"
#include "base/save_file.h"
#include "base/units.h"
#include "measure/estimate.h"
#include "run/live_screen.h"
#include "run/plan.h"
#include "run/stop_signal.h"
#include "session/alternation.h"
#include "session/trial_ranks.h"
#include "text/figure.h"
#include "text/screen.h"
#include "verdict/compare.h"
#include "verdict/health.h"

#define LAYOUT_NS        (3600 * NS_PER_S) /* a priming trial writes the files first */
#define PATIENCE_NS      (90 * NS_PER_S)   /* the run itself gives up on lost I/O after 60 s */
#define TURN_PATIENCE_NS (20 * NS_PER_S)
#define TURNS_RUNTIME_NS (24 * 3600 * NS_PER_S) /* they end when they are told to */
#define COLD_SHARE       0.1 /* of the bytes when primed: then the cache is not what is measured */

/* Streams of random numbers that must not run alike. */
enum { STREAM_ORDER = 1, STREAM_OFFSETS, STREAM_POINTS = 1000 };

uint64_t contest_offset_seed(uint64_t seed, size_t block)
{
	return random_mix_seed(random_mix_seed(seed, STREAM_OFFSETS), block);
}

void contest_order(uint64_t seed, size_t block, size_t *order, size_t count)
{
	alternation_order(random_mix_seed(seed, STREAM_ORDER), block, order, count);
}

int contest_open(struct contest *contest, struct record *record,
	const struct contest_options *options, struct diag *diag)
{
	int error;

	*contest = (struct contest){
		.record = record,
		.options = options,
		.diag = diag,
		.widest = NAN,
		.started_ns = clock_now(),
	};
	stop_signal_catch();
	error = trial_folder_open(&contest->folder, &record->arena);
	contest->is_open = error == 0;
	if (error != 0) {
		stop_signal_release();
		diag_error(diag, NULL, "no folder for temporary files can be made in %s: %s",
			save_file_temporary_folder(), strerror(-error));
		diag_hint(diag, "set TMPDIR to a folder that can be written");
	}
	progress_init(&contest->progress, stderr, options->is_quiet);
	if (error == 0 && options->live)
		contest_screen_open(&contest->screen, options->live, diag);
	return error;
}

void contest_close(struct contest *contest)
{
	if (!contest->is_open)
		return;
	contest_screen_close(&contest->screen);
	progress_clear(&contest->progress);
	carry_over_free(&contest->carry_over);
	trial_folder_close(&contest->folder);
	contest->is_open = false;
	contest->record->signal = stop_signal_number();
	stop_signal_release();
}

/* Until the point's time is over; 0: it is. */
static uint64_t time_left_ns(const struct contest *contest)
{
	uint64_t now = clock_now();

	return contest->end_ns > now ? contest->end_ns - now : 0;
}

static size_t count_running(const struct contest *contest)
{
	size_t count = 0;

	for (size_t c = 0; c < contest->point->contender_count; c++)
		count += contest->point->contenders[c].problem == NULL;
	return count;
}

void contest_begin(struct contest *contest, const struct contender_point *point)
{
	struct record *record = contest->record;
	size_t index = record->point_count++;

	contest->point = &record->points[index];
	contest_plan_describe(record, contest->point, point, contest->options->has_control);
	contest->point->primary = contest->options->primary;
	contest->contenders = arena_alloc_array(
		&record->arena, contest->point->contender_count, sizeof(*contest->contenders));
	for (size_t c = 0; c < point->count; c++)
		contest->contenders[c].setup = &point->contenders[c];
	contest->seed = random_mix_seed(record->seed, STREAM_POINTS + index);
	contest->begun_ns = clock_now();
	contest->end_ns = contest->options->limit_ns == CONTEST_AUTO
				  ? UINT64_MAX
				  : contest->begun_ns + contest->options->limit_ns;
	contest->redone_count = 0;
	contest->block_ns = 0;
	contest->widest = NAN;
	contest_screen_learn(&contest->screen, record, contest->point);
}

static bool has_enough(const struct contest *contest)
{
	return count_running(contest) >= (contest->options->is_sweep ? 1 : 2);
}

/* Ends a contender's part, for good. */
static void fail(struct contest *contest, size_t c, const char *problem, int exit_code)
{
	contest->point->contenders[c].problem = problem;
	contest->point->contenders[c].exit_code = exit_code;
}

/* The least time of a block of trials in a row, */
static double shortest_trials_ns(const struct contest *contest)
{
	return (double)count_running(contest) *
	       (double)(contest->options->trial_ns + contest->ramp_ns);
}

/* and of a block as they are now. */
static double shortest_block_ns(const struct contest *contest)
{
	if (contest->rounds == 0)
		return shortest_trials_ns(contest);
	return (double)contest_plan_turns_ns(contest->window_ns, count_running(contest));
}

/* How long it takes at most: to its last look, or until its time is over. */
static double longest_ns(const struct contest *contest)
{
	const struct stop_rule *rule = &contest->options->rule;
	double last_look = (double)rule->looks[rule->look_count - 1];
	double elapsed_ns = (double)(clock_now() - contest->blocks_ns);
	double block_ns = contest->block_ns > 0 ? contest->block_ns : shortest_block_ns(contest);

	return fmax(0, fmin(block_ns * last_look - elapsed_ns, (double)time_left_ns(contest)));
}

static void draw_screen(struct contest *contest)
{
	char left[FIGURE_BYTES_OF_TEXT] = "", precision[128] = "", width[FIGURE_BYTES_OF_TEXT];
	struct contest_screen_state state = {
		.point = contest->point->name,
		.phase = contest->live_phase,
		.name = contest->live_name ? contest->live_name : "",
		.precision = precision,
		.left = left,
		.now = session_find(contest->point->contenders, contest->point->contender_count,
			contest->live_name),
		.record = contest->point,
	};

	if (!isnan(contest->widest))
		snprintf(precision, sizeof(precision),
			"the widest interval is ±%s, the goal ±%.1f %%: about %zu blocks in all",
			figure_width(width, contest->widest),
			contest->options->rule.half_width * 100, contest->blocks_needed);
	if (contest->blocks_ns != 0)
		live_screen_time(left, (uint64_t)longest_ns(contest));
	contest_screen_draw(&contest->screen, &state);
}

/* The live line, or the screen: block, contender, widest interval, time left. */
static void show(void *context)
{
	struct contest *contest = context;
	const struct record_point *point = contest->point;
	char left[UNITS_TEXT_BYTES] = "";
	char widest[96] = "", width[FIGURE_BYTES_OF_TEXT];

	if (contest_screen_poll(&contest->screen, contest->diag))
		draw_screen(contest);
	if (screen_is_up() || !progress_is_due(&contest->progress))
		return;
	if (!isnan(contest->widest))
		snprintf(widest, sizeof(widest), " | widest +-%s (goal %.1f: about %zu blocks)",
			figure_width(width, contest->widest),
			contest->options->rule.half_width * 100, contest->blocks_needed);
	if (contest->blocks_ns != 0)
		units_format_time(left, longest_ns(contest));
	progress_show(&contest->progress, "%s%s%s: %s%s%s%s", point->name,
		*point->name ? " | " : "", contest->live_phase, contest->live_name, widest,
		*left ? " | at most " : "", left);
}

/*
 * A trial was refused: by the write guard, which says so with its cure? Something may have been
 * mounted, or a file system made, since it was asked about all contenders.
 */
static bool is_guarded(struct contest *contest, size_t c, int exit_code)
{
	const struct contender_setup *setup = contest->contenders[c].setup;

	if (exit_code != EXIT_BAD_REQUEST)
		return false;
	progress_clear(&contest->progress);
	for (size_t i = 0; i < contender_job_count(setup) && !contest->is_guarded; i++)
		contest->is_guarded = plan_guard_jobs(contender_job(setup, i), 1,
					      &contest->options->allowed, contest->diag) != 0;
	return contest->is_guarded;
}

static struct trial_request request_of(struct contest *contest, size_t c, uint64_t seed,
	uint64_t runtime_ns, uint64_t ramp_ns, uint64_t patience_ns)
{
	const struct contest_options *options = contest->options;
	const struct contest_contender *contender = &contest->contenders[c];
	const struct contender_setup *setup = contender->setup;

	return (struct trial_request){
		.program = setup->program,
		.folder = contest->folder.path,
		.job = contender->job ? contender->job : setup->job,
		.together = setup->together,
		.together_count = setup->together_count,
		.seed = seed,
		.runtime_ns = runtime_ns,
		.ramp_ns = ramp_ns,
		.timeout_ns = MIN(time_left_ns(contest),
			runtime_ns + ramp_ns + contest_plan_delay_ns(setup) + patience_ns),
		.cpus = &options->cpus,
		.keeps_cache = options->window_ns > 0 && !contest->point->block_count, /* primes */
		.destroy = options->allowed.destroy,
		.destroy_count = options->allowed.destroy_count,
		/* The control is the reference once more. */
		.contender =
			(uint32_t)(c == contest->point->control ? contest->point->reference : c),
		.watch = contender->watch.threads > 0 ? &contender->watch : NULL, /* primed */
		.on_wait = show,
		.context = contest,
	};
}

static void run_trial(struct contest *contest, size_t c, uint64_t seed, uint64_t runtime_ns,
	uint64_t ramp_ns, uint64_t patience_ns, struct trial_outcome *outcome)
{
	const struct trial_request request =
		request_of(contest, c, seed, runtime_ns, ramp_ns, patience_ns);

	contest->live_name = contest->point->contenders[c].name;
	trial_ranks_run(&request, &contest->record->arena, outcome);
	if (outcome->was_late && time_left_ns(contest) == 0)
		outcome->problem = "the time was over (--max-time)";
}

/* Whether the contender is to blame for a trial that does not count. */
static bool has_failed(const struct contest *contest, const struct trial_outcome *outcome)
{
	bool was_cut = outcome->was_late && time_left_ns(contest) == 0;

	return outcome->problem && !outcome->was_interrupted && !was_cut;
}

/* A result adds the settings that the engine was granted and refused, its proof, the machine. */
static void take_result(
	struct record *record, struct contender *contender, const struct result *result)
{
	const struct result_job *job = &result->jobs[0];

	contender->proof = settings_copy(&job->engine_proof, &record->arena);
	contender->effective = settings_copy(&job->engine_effective, &record->arena);
	contender->refused = settings_copy(&job->engine_refused, &record->arena);
	if (record->environment.hard.count + record->environment.soft.count > 0)
		return;
	record->environment.hard = settings_copy(&result->environment.hard, &record->arena);
	record->environment.soft = settings_copy(&result->environment.soft, &record->arena);
}

/* Nothing of one writer is left for the next one to wait for, where there is one. */
static void flush(const struct contest *contest, const struct contest_contender *contender)
{
	uint64_t left_ns = time_left_ns(contest);

	if (left_ns > 0)
		contest_contender_flush(contender,
			MIN(left_ns,
				contest_plan_cooldown_ns(contest->options, contender->writes)));
}

static void prime_one(struct contest *contest, size_t c)
{
	struct contest_contender *contender = &contest->contenders[c];
	struct trial_outcome outcome;
	bool was_refused;

	run_trial(contest, c, contest_offset_seed(contest->seed, 0), contest->options->trial_ns / 2,
		0, LAYOUT_NS, &outcome);
	was_refused =
		outcome.exit_code == EXIT_BAD_REQUEST || outcome.exit_code == EXIT_INCOMPARABLE;
	if (has_failed(contest, &outcome)) {
		fail(contest, c, outcome.problem,
			was_refused ? outcome.exit_code : EXIT_RUN_FAILED);
		(void)is_guarded(contest, c, outcome.exit_code); /* the code is set already */
	}
	if (!outcome.problem) {
		contender->iops = outcome.values[VALUE_IOPS];
		contender->was_cold =
			outcome.own.read_bytes >
			COLD_SHARE * outcome.values[VALUE_READ_BANDWIDTH] * outcome.window_s;
		contest_contender_watch(contender, &outcome.result.jobs[0], &contest->options->cpus,
			&contest->record->arena);
		contender->watch.threads *= trial_ranks_here();
		take_result(contest->record, &contest->point->contenders[c], &outcome.result);
		flush(contest, contender);
	}
	if (outcome.has_result)
		result_free(&outcome.result);
}

/* The control becomes one of the reference. */
static void name_control(struct record *record, struct record_point *point)
{
	struct contender *control = &point->contenders[point->control];

	*control = point->contenders[point->reference];
	control->name = arena_printf(&record->arena, "control %s'", control->name);
	control->is_control = true;
}

static void choose_reference(struct contest *contest)
{
	struct record_point *point = contest->point;

	if (contest->options->takes_any_reference && point->reference != SESSION_NONE &&
		point->contenders[point->reference].problem)
		point->reference = SESSION_NONE;
	for (size_t c = 0; point->reference == SESSION_NONE && c < point->contender_count; c++) {
		if (!point->contenders[c].problem && c != point->control)
			point->reference = c;
	}
	if (point->reference == SESSION_NONE || point->control == SESSION_NONE)
		return;
	name_control(contest->record, point);
	contest->contenders[point->control] = contest->contenders[point->reference];
}

/* Whether to go on: no signal came, and there is time. */
static bool may_go_on(const struct contest *contest)
{
	return stop_signal_number() == 0 && time_left_ns(contest) > 0;
}

/* One ramp for all that were primed, into the record as well. */
static void choose_ramp(struct contest *contest)
{
	const struct contest_options *options = contest->options;
	uint64_t left_ns = options->limit_ns == CONTEST_AUTO
				   ? contest_plan_limit_ns(options, count_running(contest))
				   : time_left_ns(contest);
	double slowest_iops = NAN; /* fmin passes over it */
	uint64_t asked_ns = 0, wanted_ns;

	for (size_t c = 0; c < contest->point->contender_count; c++) {
		const struct contest_contender *contender = &contest->contenders[c];

		if (!(contender->iops > 0))
			continue;
		slowest_iops = fmin(slowest_iops, contender->iops);
		asked_ns = MAX(asked_ns, contest_plan_job_ramp_ns(contender->setup));
	}
	contest->ramp_ns = contest_plan_ramp_ns(options, contest->point->contender_count,
		slowest_iops, asked_ns, left_ns, &wanted_ns);
	contest->point->ramp_s = (double)contest->ramp_ns / 1e9;
	contest->point->ramp_wanted_s = (double)wanted_ns / 1e9;
}

static const char *turns_obstacle(const struct contest *contest, size_t c)
{
	const struct contest_contender *contender = &contest->contenders[c];
	const struct contest_primed primed = {
		.iops = contender->iops,
		.writes = contender->writes && contender->flush_count > 0,
		.is_cold = contender->was_cold && !contender->watch.is_direct,
		.threads = contender->watch.threads,
		.cpus = guard_cpu_count(&contender->watch),
	};

	return contest_plan_turns_obstacle(contender->setup, &primed, contest->window_ns);
}

/* Turns for all, or trials in a row for all. */
static void choose_turns(struct contest *contest)
{
	struct record_point *point = contest->point;
	double slowest_iops = NAN; /* fmin passes over it */
	uint64_t window_ns;

	contest->rounds = 0;
	if (contest->options->window_ns == 0 || count_running(contest) < 2)
		return;
	if (peers_are_several()) {
		point->why_trials = "ranks on many hosts cannot be held to turns of milliseconds";
		return;
	}
	for (size_t c = 0; c < point->contender_count; c++) {
		if (!point->contenders[c].problem)
			slowest_iops = fmin(slowest_iops, contest->contenders[c].iops);
	}
	window_ns = contest->window_ns = contest_plan_window_ns(contest->options, slowest_iops);
	for (size_t c = 0; c < point->contender_count && !point->why_trials; c++) {
		const char *why = point->contenders[c].problem ? NULL : turns_obstacle(contest, c);

		if (why)
			point->why_trials = arena_printf(
				&contest->record->arena, "%s: %s", point->contenders[c].name, why);
	}
	if (point->why_trials)
		return;
	carry_over_free(&contest->carry_over);
	carry_over_init(&contest->carry_over, point->contender_count, count_running(contest));
	contest->rounds = alternation_rounds(
		count_running(contest), window_ns, alternation_settle_ns(window_ns));
	point->rounds = contest->rounds;
	point->window_s = (double)window_ns / 1e9;
	point->ramp_s = point->ramp_wanted_s = (double)alternation_settle_ns(window_ns) / 1e9;
}

bool contest_prime(struct contest *contest)
{
	struct record_point *point = contest->point;

	contest->live_phase = "priming";
	for (size_t c = 0; c < point->contender_count && may_go_on(contest); c++) {
		if (c != point->control && !point->contenders[c].problem)
			prime_one(contest, c);
	}
	choose_reference(contest);
	if (point->reference == SESSION_NONE || point->contenders[point->reference].problem)
		return false;
	if (!may_go_on(contest))
		return false;
	choose_ramp(contest);
	choose_turns(contest);
	for (size_t c = 0; c < point->contender_count; c++)
		guard_measure_idle(&contest->contenders[c].watch,
			c > 0 ? &contest->contenders[c - 1].watch : NULL,
			contest_plan_idle_ns(contest->options));
	return may_go_on(contest) && has_enough(contest);
}

/* An outcome, on the record; guards are the caller's. */
static struct trial *note_trial(
	struct contest *contest, const struct trial *place, struct trial_outcome *outcome)
{
	struct record_point *point = contest->point;
	struct trial *trial = record_add_trial(contest->record, point);

	*trial = *place;
	trial->seed = contest_offset_seed(contest->seed, place->block + 1);
	trial->window_s = outcome->window_s;
	trial->exit_code = outcome->exit_code;
	trial->counts = outcome->problem == NULL;
	trial->problem = outcome->problem;
	trial->mismatch = outcome->mismatch;
	trial->early_excess = outcome->early_excess;
	trial->carry_over = outcome->carry_over;
	memcpy(trial->values, outcome->values, sizeof(trial->values));
	/* It has run before: but for the guard, whatever it says now, something went wrong. */
	if (has_failed(contest, outcome))
		fail(contest, place->contender, outcome->problem,
			is_guarded(contest, place->contender, outcome->exit_code)
				? EXIT_BAD_REQUEST
				: EXIT_RUN_FAILED);
	return trial;
}

/* What a result has besides figures; it is freed. */
static void take_rest(
	struct contest *contest, const struct trial *trial, struct trial_outcome *outcome)
{
	if (trial->counts && (trial->causes == 0 || trial->rounds > 0))
		take_result(contest->record, &contest->point->contenders[trial->contender],
			&outcome->result);
	if (outcome->has_result && contest->options->on_result)
		contest->options->on_result(
			contest->options->context, trial, &outcome->result.jobs[0]);
	if (outcome->has_result)
		result_free(&outcome->result);
}

/* One attempt, with its guards, on the record. */
static struct trial *attempt(
	struct contest *contest, size_t block, size_t c, unsigned position, unsigned number)
{
	struct contest_contender *contender = &contest->contenders[c];
	uint64_t seed = contest_offset_seed(contest->seed, block + 1);
	double started_s = (double)(clock_now() - contest->started_ns) / 1e9;
	struct guard_counters before, after;
	struct trial_outcome outcome;
	struct trial *trial;

	guard_read(&contender->watch, &before);
	run_trial(contest, c, seed, contest->options->trial_ns, contest->ramp_ns, PATIENCE_NS,
		&outcome);
	guard_read(&contender->watch, &after);
	trial = note_trial(contest,
		&(struct trial){
			.block = block,
			.contender = c,
			.position = position,
			.attempt = number,
			.started_s = started_s,
		},
		&outcome);
	guard_compare(&contender->watch, &before, &after, &outcome.own, trial->guards);
	trial_ranks_add_guards(&outcome, trial->guards);
	trial->causes = outcome.problem ? 0 : guard_judge(trial->guards);
	take_rest(contest, trial, &outcome);
	flush(contest, contender);
	return trial;
}

static bool may_redo(const struct contest *contest)
{
	size_t places = contest->point->trial_count - contest->redone_count;

	if (contest->options->is_unguarded || stop_signal_number() != 0 ||
		time_left_ns(contest) < contest->options->trial_ns + contest->ramp_ns)
		return false;
	return (double)contest->redone_count <= HEALTH_REPEATED_SHARE * (double)places;
}

const struct trial *contest_trial(
	struct contest *contest, size_t block, size_t c, unsigned position)
{
	struct record *record = contest->record;
	struct trial *trial = attempt(contest, block, c, position, 1);

	if (!trial->counts || trial->causes == 0)
		return trial;
	trial->problem = guard_sentence(trial->causes, trial->guards, &record->arena);
	if (!may_redo(contest))
		return trial;
	trial->counts = false;
	contest->redone_count++;
	trial = attempt(contest, block, c, position, 2);
	if (trial->counts && trial->causes != 0)
		trial->problem = guard_sentence(trial->causes, trial->guards, &record->arena);
	return trial;
}

/* A block of rounds, on the record; guards saw all contenders at once. */
static void note_rounds(struct contest *contest, size_t block,
	const struct alternation_request *request, const struct guard_counters *before,
	double started_s, struct trial_outcome *outcomes)
{
	struct guard_own own = {0};

	for (size_t c = 0; c < request->player_count; c++) {
		if (request->players[c].takes_part)
			guard_own_add(&own, &outcomes[c].own);
	}
	for (size_t c = 0; c < request->player_count; c++) {
		const struct guard_watch *watch = &contest->contenders[c].watch;
		struct guard_counters after;
		struct trial *trial;

		if (!request->players[c].takes_part)
			continue;
		trial = note_trial(contest,
			&(struct trial){
				.block = block,
				.contender = c,
				.attempt = 1,
				.rounds = request->rounds_played,
				.started_s = started_s,
			},
			&outcomes[c]);
		guard_read(watch, &after);
		guard_compare(watch, &before[c], &after, &own, trial->guards);
		trial->causes = trial->counts ? guard_judge(trial->guards) : 0;
		if (trial->causes != 0)
			trial->problem = guard_sentence(
				trial->causes, trial->guards, &contest->record->arena);
		take_rest(contest, trial, &outcomes[c]);
	}
}

/* From here on trials run in a row. */
static void give_up_turns(struct contest *contest, const char *why)
{
	struct record_point *point = contest->point;

	contest->rounds = point->rounds = 0;
	point->window_s = 0;
	point->why_trials = why;
	choose_ramp(contest);
}

/* What a turn leaves behind for the next is a reason, where there is time for others. */
static void mind_carry_over(struct contest *contest)
{
	struct record_point *point = contest->point;
	struct carry_over_finding finding;
	const char *whose = "another contender";

	if (!carry_over_is_due(point->block_count) ||
		(double)time_left_ns(contest) < shortest_trials_ns(contest) ||
		!carry_over_find(&contest->carry_over, contest->options->carry_limit, &finding))
		return;
	if (finding.player != SESSION_NONE)
		whose = point->contenders[finding.player].name;
	give_up_turns(contest,
		arena_printf(&contest->record->arena,
			"a turn of %s after one of %s is %.1f %% %s than after its own: %zu blocks "
			"of turns were left out",
			point->contenders[point->reference].name, whose,
			100 * fabs(expm1(-finding.difference.value)),
			finding.difference.value > 0 ? "slower" : "faster", point->block_count));
	point->trial_count = point->block_count = 0;
	contest->block_ns = 0;
	contest->blocks_ns = clock_now();
}

/* Those who take part in turns. False where they cannot: the record says why. */
static bool take_turns(struct contest *contest, size_t block, const bool *takes_part)
{
	struct record_point *point = contest->point;
	size_t count = point->contender_count;
	struct arena arena = {0};
	struct guard_counters *before = arena_alloc_array(&arena, count, sizeof(*before));
	struct trial_outcome *outcomes = arena_alloc_array(&arena, count, sizeof(*outcomes));
	double started_s = (double)(clock_now() - contest->started_ns) / 1e9;
	struct alternation_request request = {
		.player_count = count,
		.players = arena_alloc_array(&arena, count, sizeof(*request.players)),
		.control = point->control,
		.carry_over = &contest->carry_over,
		.rounds = contest->rounds,
		.settle_ns = alternation_settle_ns(contest->window_ns),
		.window_ns = contest->window_ns,
		.patience_ns = TURN_PATIENCE_NS,
		.order_seed = random_mix_seed(random_mix_seed(contest->seed, STREAM_ORDER), block),
		.end_ns = contest->end_ns,
	};
	const char *refusal;
	bool are_ready;

	contest->live_name = "in turns";
	for (size_t c = 0; c < count; c++) {
		request.players[c].takes_part =
			!point->contenders[c].problem && (!takes_part || takes_part[c]);
		request.players[c].reference = record_reference(point, c);
		if (!request.players[c].takes_part)
			continue;
		request.players[c].request =
			request_of(contest, c, contest_offset_seed(contest->seed, block + 1),
				TURNS_RUNTIME_NS, 0, PATIENCE_NS);
		guard_read(&contest->contenders[c].watch, &before[c]);
	}
	are_ready = alternation_run(&request, &contest->record->arena, outcomes, &refusal);
	if (are_ready || !refusal || block > 0) {
		note_rounds(contest, block, &request, before, started_s, outcomes);
	} else {
		give_up_turns(contest, arena_printf(&contest->record->arena, "%s: %s",
					       point->contenders[request.refuser].name, refusal));
		for (size_t c = 0; c < count; c++)
			take_rest(contest, &(struct trial){0}, &outcomes[c]);
	}
	arena_free(&arena);
	return contest->rounds > 0;
}

static void save(struct contest *contest)
{
	const char *path = contest->options->save_path;
	AUTO_FREE char *text = NULL;
	int error;

	if (!path)
		return;
	text = record_print(contest->record);
	error = save_file(path, text, strlen(text));
	if (error == contest->save_error)
		return; /* said */
	contest->save_error = error;
	if (error == 0)
		return;
	progress_clear(&contest->progress);
	diag_warning(contest->diag, NULL, "cannot save to %s: %s", path, strerror(-error));
}

/* A contender that is alone has no difference: its own level is to be precise. */
static double level_half_width(
	const struct session *session, const struct contrast_rule *rule, struct arena *arena)
{
	struct comparison comparison;

	compare_session(session, rule, arena, &comparison);
	return estimate_half_width(
		&comparison.columns[session->primary].levels[session->reference]);
}

static void look_at_widths(struct contest *contest, struct stop_view *view, struct arena *arena)
{
	const struct contrast_rule rule = record_rule(contest->record);
	struct session session;
	double *widths = arena_alloc_array(arena, contest->point->contender_count, sizeof(*widths));

	record_session(contest->point, arena, &session);
	view->block_count = session_whole_blocks(&session, session.primary);
	view->width_count = contrast_half_widths(&session, &rule, widths);
	view->half_widths = widths;
	if (count_running(contest) == 1) {
		widths[0] = level_half_width(&session, &rule, arena);
		view->width_count = 1;
	}
	contest->blocks_needed =
		contrast_blocks_for(&session, &rule, contest->options->rule.half_width);
	contest->widest = NAN;
	for (size_t i = 0; i < view->width_count; i++)
		contest->widest = fmax(contest->widest, widths[i]); /* fmax passes over NAN */
}

bool contest_block(struct contest *contest, const bool *takes_part)
{
	struct record_point *point = contest->point;
	struct arena arena = {0};
	size_t *order = arena_alloc_array(&arena, point->contender_count, sizeof(*order));
	size_t block = point->block_count++;
	unsigned position = 0;
	bool has_run;

	contest->live_phase = arena_printf(&arena, "block %zu", block + 1);
	contest_order(contest->seed, block, order, point->contender_count);
	has_run = contest->rounds > 0 && take_turns(contest, block, takes_part);
	for (size_t i = 0; !has_run && i < point->contender_count && may_go_on(contest); i++) {
		size_t c = order[i];

		if (!point->contenders[c].problem && (!takes_part || takes_part[c]))
			(void)contest_trial(contest, block, c, position++); /* on the record */
	}
	if (has_run && !takes_part)
		mind_carry_over(contest);
	point->elapsed_s = (double)(clock_now() - contest->begun_ns) / 1e9;
	contest_screen_learn(&contest->screen, contest->record, point);
	arena_free(&arena);
	save(contest);
	return stop_signal_number() == 0 && !point->contenders[point->reference].problem;
}

static enum stop_decision decide(struct contest *contest)
{
	AUTO_ARENA struct arena arena = {0};
	struct stop_view view = {0};

	look_at_widths(contest, &view, &arena);
	contest->block_ns =
		(double)(clock_now() - contest->blocks_ns) / (double)contest->point->block_count;
	view.is_out_of_time = (double)time_left_ns(contest) < contest->block_ns;
	return compare_stop_decide(&contest->options->rule, &view);
}

void contest_run(struct contest *contest, const struct contender_point *point)
{
	bool goes_on;

	contest_begin(contest, point);
	goes_on = contest_prime(contest);
	contest->blocks_ns = clock_now();
	if (contest->options->limit_ns == CONTEST_AUTO)
		contest->end_ns = contest->blocks_ns +
				  contest_plan_limit_ns(contest->options, count_running(contest));
	if ((double)time_left_ns(contest) < shortest_block_ns(contest)) {
		contest->point->stop = STOP_OUT_OF_TIME;
		goes_on = false;
	}
	while (goes_on && contest_block(contest, NULL)) {
		if (contest->point->block_count > 0)
			contest->point->stop = decide(contest);
		goes_on = contest->point->stop == STOP_NOT_YET && has_enough(contest);
	}
	contest->blocks_ns = 0;
	progress_clear(&contest->progress);
}
