/* SPDX-License-Identifier: MIT */
/* A run: plan, lay out, then wave after wave of workers, watched; at the end a result. */
#include "run/run.h"
#include "run/collect_verify.h"
#include "run/plan_verify.h"
#include "run/verify_states.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/peers.h"
#include "base/units.h"
#include "engine/target_open.h"
#include "host/cpu_account.h"
#include "host/host_limits.h"
#include "job/job_ranks.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/data_sample.h"
#include "run/live_screen.h"
#include "run/plan.h"
#include "run/progress.h"
#include "run/scheduler_switch.h"
#include "run/snapshot.h"
#include "run/steady_watch.h"
#include "run/stop_signal.h"
#include "run/watch.h"
#include "run/wave_line.h"
#include "run/wave_outcome.h"
#include "run/wave_series.h"
#include "text/screen.h"

#define WATCH_NS         (50 * NS_PER_MS)  /* how often the supervisor looks, at least */
#define CPU_WATCH_NS     (200 * NS_PER_MS) /* how often for helper threads */
#define DRAIN_AFTER_STOP (700 * NS_PER_MS) /* Ctrl-C ends within a second */
#define DRAIN_AFTER_END  (60 * NS_PER_S)
#define SILENT_AFTER_END (8 * NS_PER_S)    /* others wait for this rank: none came back so long */
#define PATIENCE_NS      NS_PER_S          /* with what is prepared, before it is told */
#define TURNS_WATCH_NS   (3600 * NS_PER_S) /* who takes turns is watched by who gives them */
#define GO_HOME_NS       (200 * NS_PER_MS) /* after being told to abandon */

#define WAITS_FOR_PEER "waiting for the other end of %s to be opened"

struct run {
	const struct job_set *set;
	const struct run_options *options;
	struct diag *diag;
	struct result *result;
	struct plan plan;
	struct progress progress;
	struct turns *turns; /* NULL: none are taken */
	struct watch watch;
	struct verify_states states;
	uint64_t origin_ns;
	struct live live;
	struct live_board board;
	struct live_screen screen; /* open: --live */
	uint64_t snapshot_ns;      /* when the run so far is told next */
	size_t entry_count;        /* entries of the result, of the waves before */
	bool has_exitall;          /* a job of the set has it */
	bool ends_all;             /* exit_what=all: no job is to start any more */
	bool was_refused;          /* by one of several ranks: there was no start */
	bool has_left_behind; /* a thread that hangs in the kernel still points into the plan */
};

/* Returns whether the run is to go on. */
static bool follow(const struct run *run, const struct crew *crew, uint64_t now)
{
	const struct run_follower *follower = run->options->follower;
	struct wave_totals totals;

	if (!follower && !peers)
		return true;
	totals = wave_line_totals(crew);
	if (peers && !peers->look(now, totals.ios, totals.bytes))
		return false;
	return !follower || follower->look(follower->context, now, totals.ios, totals.bytes);
}

static void tell_status(void *context, const struct result_interval_line *line)
{
	struct run *run = context;

	progress_clear(&run->progress);
	run->options->status.tell(run->options->status.context, line);
}

/* What came back until now goes to the whole, to the series, and to those who are told. */
static void collect_series(struct run *run, struct wave_series *series, struct crew *crew)
{
	wave_series_collect(series, crew);
	wave_series_tell(series, crew, run->entry_count, run->origin_ns, tell_status, run);
}

/* Where a period is over: once, however many were missed. */
static void tell_snapshot(struct run *run, const struct crew *crew, uint64_t now_ns)
{
	const struct run_snapshots *asked = &run->options->snapshots;
	const struct snapshot_source source = {
		.result = run->result,
		.plan = &run->plan,
		.crew = crew,
		.watch = &run->watch,
		.origin_ns = run->origin_ns,
	};
	struct result snapshot;

	if (asked->period_ns == 0 || now_ns < run->snapshot_ns)
		return;
	run->snapshot_ns = now_ns - (now_ns - run->origin_ns) % asked->period_ns + asked->period_ns;
	progress_clear(&run->progress);
	snapshot_make(&snapshot, &source);
	asked->tell(asked->context, &snapshot);
	result_free(&snapshot);
}

static struct live_scene scene_of(
	const struct run *run, const struct crew *crew, const struct wave_series *series)
{
	return (struct live_scene){
		.plan = &run->plan,
		.crew = crew,
		.series = series,
		.result = run->result,
		.origin_ns = run->origin_ns,
	};
}

static void tell_live(
	struct run *run, const struct crew *crew, const struct wave_series *series, uint64_t now_ns)
{
	const struct live_scene scene = scene_of(run, crew, series);

	live_screen_poll(&run->screen, run->diag);
	live_look(&run->live, &scene, now_ns);
	live_board_look(&run->board, &scene, now_ns);
}

static void end_live(struct run *run, const struct crew *crew, struct wave_series *series)
{
	const struct live_scene scene = scene_of(run, crew, series);

	live_board_end_wave(&run->board, &scene, series);
}

static bool show_layout(void *context, const char *path, uint64_t done, uint64_t total)
{
	struct run *run = context;
	char done_text[UNITS_TEXT_BYTES], total_text[UNITS_TEXT_BYTES];

	live_screen_poll(&run->screen, run->diag);
	if (progress_is_due(&run->progress)) {
		units_format_bytes(done_text, (double)done);
		units_format_bytes(total_text, (double)total);
		progress_show(
			&run->progress, "laying out %s: %s of %s", path, done_text, total_text);
	}
	return stop_signal_number() == 0;
}

static void warn_ended(struct run *run, const struct crew *crew, const struct job *ended)
{
	for (unsigned i = 0; i < crew->count; i++) {
		const struct crew_member *member = &crew->members[i];
		const struct job *job = member->worker.task.job;

		if (!member->is_done && job->clone == 0 && strcmp(job->name, ended->name) != 0 &&
			!worker_must_stop(&crew->members[i].worker) &&
			(ended->order.exit_what != EXIT_ENDS_GROUP || job->group == ended->group))
			result_warn(run->result, job->name, "ended-early",
				"'%s' ended, and this job with it, as %s asks", ended->name,
				run->has_exitall ? "exitall" : "exitall_on_error");
	}
}

/* exitall, exitall_on_error: what the end of jobs ends. Returns whether it is the whole wave. */
static bool end_others(struct run *run, struct crew *crew)
{
	bool ends_wave = false;

	for (unsigned i = 0; i < crew->count; i++) {
		const struct crew_member *member = &crew->members[i];
		const struct job *job = member->worker.task.job;

		if (!member->is_seen ||
			(!run->has_exitall && !(job->order.exitall_on_error &&
						      member->worker.outcome.error != 0)))
			continue;
		warn_ended(run, crew, job);
		if (job->order.exit_what == EXIT_ENDS_GROUP) {
			crew_stop_group(crew, job->group);
		} else {
			crew_stop(crew);
			ends_wave = true;
		}
		run->ends_all = run->ends_all || job->order.exit_what == EXIT_ENDS_ALL;
	}
	return ends_wave;
}

/* What comes back after the end. */
struct drain {
	uint64_t ios, moved_ns;
};

static bool is_overdue(const struct crew *crew, uint64_t stopped_ns, struct drain *drain)
{
	uint64_t now = clock_now();
	const struct wave_totals totals = wave_line_totals(crew);
	uint64_t deadline = totals.latest_deadline_ns;

	if (stopped_ns != 0)
		return now - stopped_ns > DRAIN_AFTER_STOP;
	if (deadline == 0 || now <= deadline || drain->ios != totals.ios)
		*drain = (struct drain){totals.ios, now};
	else if (peers && peers->others_wait && now - drain->moved_ns > SILENT_AFTER_END)
		return true;
	return deadline != 0 && now > deadline + DRAIN_AFTER_END;
}

/* How long the supervisor may sleep. */
static uint64_t patience(const struct run *run, const struct steady_watch *steady,
	uint64_t period_ns, bool is_stopped)
{
	if (run->turns && !is_stopped)
		return TURNS_WATCH_NS;
	return steady_watch_wait(steady, clock_now(), period_ns);
}

/* Until every worker is home, or has been given up. */
static void supervise(
	struct run *run, struct crew *crew, struct wave_series *series, struct steady_watch *steady)
{
	uint64_t stopped_ns = 0, abandoned_ns = 0, cpu_watched_ns = 0, nudged_ns = 0;
	uint64_t period_ns = wave_series_period(series);
	struct drain drain = {0};

	while (crew_wait(crew, patience(run, steady, period_ns, stopped_ns != 0)) > 0) {
		uint64_t now = clock_now();

		crew_see_done(crew);
		collect_series(run, series, crew);
		tell_snapshot(run, crew, now);
		tell_live(run, crew, series, now);
		steady_watch_look(steady, now);
		if (!screen_is_up())
			wave_line_show(&run->progress, crew);
		if (now - cpu_watched_ns > CPU_WATCH_NS) {
			cpu_account_watch();
			cpu_watched_ns = now;
		}
		if (stopped_ns == 0 && (end_others(run, crew) || stop_signal_number() != 0 ||
					       !follow(run, crew, now))) {
			crew_stop(crew); /* again, if exitall did it */
			stopped_ns = now;
		}
		crew_pass_done(crew);
		/* Hundreds that end one by one wake this up as often. */
		if (now - nudged_ns >= WATCH_NS) {
			crew_nudge(crew, stopped_ns != 0);
			nudged_ns = now;
		}
		if (abandoned_ns == 0 && is_overdue(crew, stopped_ns, &drain)) {
			crew_abandon(crew);
			abandoned_ns = now;
		}
		if (abandoned_ns != 0 && now - abandoned_ns > GO_HOME_NS)
			break;
	}
	crew_see_done(crew);
	(void)end_others(run, crew); /* The last may keep those to come from starting. */
}

static void remove_file(struct run *run, const struct job *job, struct target *target)
{
	int error;

	target->guard = &run->plan.guard; /* its worker is gone */
	run->plan.guard.path = NULL;
	error = target_remove(target);
	/* A clone or another section may have been first. */
	if (error == 0 || error == -ENOENT || job->clone > 0)
		return;
	diag_warning(run->diag, job_place(job, "unlink"), "cannot remove %s: %s", target->path,
		run->plan.guard.path ? run->plan.guard.reason : strerror(-error));
}

static void forget_write_hints(struct run *run)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		for (unsigned k = 0; k < run->plan.jobs[i].target_count; k++)
			target_forget_write_hint(&run->plan.jobs[i].targets[k]);
	}
}

/* unlink=1: at the end, because sections that come later may use the same file. */
static void remove_files(struct run *run)
{
	for (size_t i = 0; i < run->plan.count; i++) {
		const struct planned_job *planned = &run->plan.jobs[i];

		for (unsigned k = planned->pair_count;
			planned->job->unlink && planned->job->rw.mode != RW_UNLINK &&
			k < planned->target_count;
			k++) {
			if (planned->targets[k].kind == TARGET_FILE)
				remove_file(run, planned->job, &planned->targets[k]);
		}
	}
}

/* A pipe that a worker is opening, which may take for ever; NULL: none. */
static const struct target *find_pipe_being_opened(struct crew *crew)
{
	for (unsigned i = 0; i < crew->count; i++) {
		const struct target *target =
			atomic_load(&crew->members[i].worker.loop.files.opening);

		if (target && target->kind == TARGET_PIPE)
			return target;
	}
	return NULL;
}

/* Until all are prepared, or a stop comes: a pipe may have nobody at its other end. */
static void muster(
	struct run *run, struct crew *crew, const struct wave_series *series, unsigned count)
{
	uint64_t since_ns = clock_now();
	const struct target *last_pipe = NULL;
	unsigned left;

	while ((left = crew_prepare(crew, WATCH_NS)) > 0 && stop_signal_number() == 0 &&
		!peers_have_lost()) {
		const struct target *pipe =
			clock_now() - since_ns > PATIENCE_NS ? find_pipe_being_opened(crew) : NULL;

		if (pipe && pipe != last_pipe)
			progress_announce(&run->progress, WAITS_FOR_PEER, pipe->path);
		else if (screen_is_up())
			tell_live(run, crew, series, clock_now());
		else if (pipe)
			progress_show(&run->progress, WAITS_FOR_PEER, pipe->path);
		else
			progress_show(&run->progress, "preparing %u of %u jobs", left, count);
		last_pipe = pipe;
	}
	if (stop_signal_number() != 0 || peers_have_lost())
		crew_stop(crew);
}

/* The states of jobs that could be prepared take their places; without them nothing is written. */
static int start_states(
	struct run *run, struct planned_job *const *jobs, struct crew *crew, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct crew_member *member = &crew->members[i];

		if (crew_outcome(member)->error != 0 || member->was_refused ||
			verify_states_start(&run->states, jobs[i], run->diag) == 0)
			continue;
		crew_stop(crew);
		return EXIT_RUN_FAILED;
	}
	return EXIT_DONE;
}

/* With others there is a start where all can: then no rank has figures. Returns the code. */
static int release(struct run *run, struct crew *crew, int code)
{
	uint64_t start_ns;

	if (!peers) {
		crew_release(crew);
		return code;
	}
	for (unsigned i = 0; i < crew->count; i++)
		code = wave_outcome_worse(code, wave_outcome_code(&crew->members[i]));
	code = peers->start(code, &start_ns);
	if (code == EXIT_DONE) {
		crew_release_at(crew, start_ns);
	} else {
		run->was_refused = run->was_refused || stop_signal_number() == 0;
		crew_stop(crew);
		crew_release(crew);
	}
	return code;
}

static void note_device_reads(struct planned_job *planned, const struct worker_outcome *outcome)
{
	if (!outcome->measurement || outcome->error != 0)
		return;
	planned->found.knows_device_reads = outcome->measurement->cpu.knows_device_reads;
	planned->found.device_read_bytes = outcome->measurement->cpu.device_read_bytes;
}

/* Of those that run at once all logs together take half of what is there. */
static void share_log_memory(struct run *run, struct planned_job *const *jobs, unsigned count)
{
	uint64_t bytes = run->options->logs && run->options->logs->count > 0
				 ? host_limits_memory() / 2 / count
				 : 0;

	for (unsigned i = 0; i < count; i++)
		jobs[i]->log_bytes = bytes;
}

static void collect_log(
	struct run *run, struct crew_member *member, const struct planned_job *planned)
{
	const struct worker_log *log = &member->worker.log;
	const struct job *job = planned->job;
	const struct timespec *started = &run->result->started;
	const struct worker_outcome *outcome = crew_outcome(member);
	uint64_t window_ns = outcome->measurement ? outcome->measurement->started_ns : 0;
	uint64_t epoch_ms;
	bool is_whole;

	if (planned->log_bytes == 0 || window_ns == 0)
		return;
	if (member->remains) {
		result_warn(run->result, job->name, "log-lost",
			"'%s': what it has logged is lost with its thread, which hangs", job->name);
		return;
	}
	epoch_ms = (uint64_t)started->tv_sec * 1000 +
		   ((uint64_t)started->tv_nsec + window_ns - run->origin_ns) / NS_PER_MS;
	is_whole = log_files_add(
		run->options->logs, job, (size_t)(planned - run->plan.jobs), log, epoch_ms);
	if (job->rare->replay.write_iolog)
		is_whole &= log_files_take(run->options->logs, job, &member->worker.recording);
	if (!is_whole || log->ios.is_full || log->windows.is_full || log->histograms.is_full)
		result_warn(run->result, job->name, "log-ended",
			"'%s': its log ends before the job did, for want of memory: set "
			"log_avg_msec",
			job->name);
}

static void plan_series(struct run *run, struct wave_series *series,
	struct planned_job *const *jobs, unsigned count)
{
	wave_series_plan(series, jobs, count,
		run->turns ? 0 : steady_watch_interval(jobs, count, run->options->interval_ns),
		&run->plan.arena);
	if (run->options->status.period_ns > 0)
		wave_series_plan_status(series, run->options->status.period_ns, &run->plan.arena);
	live_plan(&run->live, &run->options->live, series, &run->plan.arena);
	if (run->board.viewers)
		wave_series_plan_recent(series, &run->plan.arena);
}

/* The jobs between two stonewalls: all at once. Returns an exit code. */
static int run_wave(struct run *run, unsigned first, unsigned count)
{
	struct planned_job **jobs = arena_alloc_array(&run->plan.arena, count, sizeof(*jobs));
	struct crew *crew = ARENA_NEW(&run->plan.arena, struct crew);
	struct watch_interrupts interrupts;
	struct wave_series series;
	struct steady_watch steady;
	struct result_job *results = &run->result->jobs[run->result->job_count];
	int code = EXIT_DONE;
	int error;

	for (unsigned i = 0; i < count; i++)
		jobs[i] = &run->plan.jobs[first + i];
	plan_series(run, &series, jobs, count);
	if (run->options->snapshots.period_ns > 0)
		snapshot_plan(jobs, count);
	share_log_memory(run, jobs, count);
	if (run->turns)
		turns_expect(run->turns, count, &run->plan.arena);
	error = crew_gather(crew, jobs, count, run->turns);
	if (error != 0) {
		wave_outcome_report_threads(crew, error, run->diag);
		crew_stop(crew);
		code = EXIT_INCOMPARABLE;
	}
	steady_watch_open(&steady, crew, &series, &run->plan.arena, &run->result->arena);
	muster(run, crew, &series, count);
	run->progress.last_ns = clock_now();
	run->progress.last_ios = run->progress.last_bytes = 0;
	code = wave_outcome_worse(code, start_states(run, jobs, crew, count));
	cpu_account_watch(); /* Helpers' CPU time until now is not the window's. */
	watch_interrupts_start(&interrupts, jobs, count, &run->plan.arena);
	code = release(run, crew, code);
	supervise(run, crew, &series, &steady);
	progress_clear(&run->progress);
	crew_disband(crew);
	wave_series_close(&series, crew);
	collect_series(run, &series, crew);
	end_live(run, crew, &series);
	run->entry_count += series.entry_count;
	watch_interrupts_stop(&interrupts, &run->plan.arena);
	for (unsigned i = 0; i < count; i++) {
		struct crew_member *member = &crew->members[i];

		collect_job(run->result, &run->result->jobs[run->result->job_count++], jobs[i],
			crew_outcome(member), run->origin_ns);
		if (!member->remains)
			collect_verify(run->result, &results[i], jobs[i], &member->worker);
		collect_log(run, member, jobs[i]);
		results[i].series = wave_series_of(&series, crew, i, &run->result->arena);
		note_device_reads(jobs[i], crew_outcome(member));
		code = wave_outcome_worse(code, wave_outcome_code(member));
		/* The result has copies: of thousands not all need both at a time. */
		if (!member->remains)
			worker_forget(&member->worker);
	}
	watch_interrupts_report(&interrupts, results, count, run->result);
	collect_wave_warnings(run->result, results, count);
	collect_states(run->result, results, jobs, count);
	steady_watch_report(&steady, run->result, results);
	wave_series_free(&series);
	wave_outcome_report(crew, run->diag);
	if (!crew_free(crew))
		run->has_left_behind = true;
	return code;
}

/* exit_what=all: those of later waves are in the result as they are in fio's, without figures. */
static void collect_unstarted(struct run *run, unsigned first)
{
	const struct job_set *set = run->set;
	const struct worker_outcome nothing = {0};

	result_warn(run->result, NULL, "not-started",
		"%zu from '%s' on: not started, as exit_what=all asks", set->count - first,
		set->jobs[first].name);
	for (size_t i = first; i < set->count; i++)
		collect_job(run->result, &run->result->jobs[run->result->job_count++],
			&run->plan.jobs[i], &nothing, run->origin_ns);
}

/* ioscheduler: 0, or -errno, reported; then the wave has no figures. */
static int set_schedulers(struct run *run, unsigned first, unsigned count)
{
	struct planned_job **jobs = arena_alloc_array(&run->plan.arena, count, sizeof(*jobs));
	struct worker_outcome outcome = {.error_message = "ioscheduler could not be set"};
	int error;

	for (unsigned i = 0; i < count; i++)
		jobs[i] = &run->plan.jobs[first + i];
	error = scheduler_switch_set(jobs, count, &run->plan.arena, run->diag);
	outcome.error = -error;
	for (unsigned i = 0; i < count && error != 0; i++)
		collect_job(run->result, &run->result->jobs[run->result->job_count++], jobs[i],
			&outcome, 0);
	return error;
}

/* Whether there is another wave; with others, where all of them say so. */
static bool goes_on(const struct run *run, unsigned first)
{
	int code = EXIT_DONE;

	if (run->ends_all || run->was_refused)
		code = EXIT_INCONCLUSIVE;
	if (stop_signal_number() != 0)
		code = 128 + stop_signal_number();
	return first < run->set->count && peers_agree(code) == EXIT_DONE;
}

static int run_waves(struct run *run)
{
	const struct job_set *set = run->set;
	int code = EXIT_DONE;
	unsigned first = 0;

	for (size_t i = 0; i < set->count; i++)
		run->has_exitall = run->has_exitall || set->jobs[i].order.exitall;
	while (goes_on(run, first)) {
		unsigned count = 1;

		while (first + count < set->count &&
			set->jobs[first + count].wave == set->jobs[first].wave)
			count++;
		if (set_schedulers(run, first, count) != 0)
			code = wave_outcome_worse(code, EXIT_INCOMPARABLE);
		else
			code = wave_outcome_worse(code, run_wave(run, first, count));
		scheduler_switch_restore(run->diag);
		first += count;
	}
	if (run->ends_all && first < set->count)
		collect_unstarted(run, first);
	return code;
}

static void begin_result(struct run *run)
{
	struct result *result = run->result;
	const struct run_options *options = run->options;
	struct arena *arena = &result->arena;

	clock_gettime(CLOCK_REALTIME, &result->started);
	result->seed = run->set->seed;
	result->argument_count = options->argument_count;
	result->arguments = arena_alloc_array(arena, options->argument_count, sizeof(char *));
	for (size_t i = 0; i < options->argument_count; i++)
		result->arguments[i] = arena_strdup(arena, options->arguments[i]);
	result->jobs = arena_alloc_array(arena, run->set->count, sizeof(*result->jobs));
}

/* Nothing was measured, but what was asked for, and why it was not to be had, can be told. */
static void collect_failed_layout(struct run *run, int error)
{
	const struct plan *plan = &run->plan;

	collect_environment(run->result, plan);
	for (size_t i = 0; i < plan->count; i++) {
		struct worker_outcome outcome = {0};

		if (plan->failure && i == plan->failed_job) {
			outcome.error = error;
			outcome.error_message = plan->failure;
		}
		collect_job(run->result, &run->result->jobs[run->result->job_count++],
			&plan->jobs[i], &outcome, 0);
	}
	collect_groups(run->result, plan);
}

/* A file that may not be opened is refused: nothing went wrong. */
static int code_of_failed_layout(int error)
{
	switch (-error) {
	case EINTR:
		return EXIT_DONE; /* The signal's code takes its place. */
	case EACCES:
	case EPERM:
	case EROFS:
		return EXIT_INCOMPARABLE;
	case ETXTBSY: /* It is in use, */
	case ESTALE:  /* or another file by now. */
		return EXIT_BAD_REQUEST;
	default:
		return EXIT_RUN_FAILED;
	}
}

static int measure(struct run *run)
{
	struct result *result = run->result;
	int error, code;

	result->clock = clock_source();
	error = plan_lay_out(&run->plan, run->diag, show_layout, run);
	progress_clear(&run->progress);
	if (error == 0)
		error = verify_states_open(
			&run->states, &run->plan, run->options->state_folder, run->diag);
	code = peers_agree(error != 0 ? code_of_failed_layout(error) : EXIT_DONE);
	if (error != 0 || code != EXIT_DONE) {
		remove_files(run);
		collect_failed_layout(run, -error);
		run->was_refused = peers != NULL;
		return peers ? code : code_of_failed_layout(error);
	}
	collect_environment(result, &run->plan);
	clock_calibrate();
	run->origin_ns = clock_now();
	run->snapshot_ns = run->origin_ns + run->options->snapshots.period_ns;
	watch_start(&run->watch, &run->plan);
	if (run->options->idle)
		run->options->idle->before = cpu_idle_read(&run->options->idle->arena);
	code = run_waves(run);
	if (run->options->idle)
		run->options->idle->after = cpu_idle_read(&run->options->idle->arena);
	watch_stop(&run->watch, result);
	if (!run->has_left_behind)
		verify_states_close(&run->states, run->diag);
	if (code == EXIT_DONE && stop_signal_number() == 0 && !run->turns)
		data_sample_take(&run->plan);
	forget_write_hints(run);
	remove_files(run);
	result->clock = clock_source();
	result->clock_drift_ppm = clock_drift_ppm();
	collect_groups(result, &run->plan);
	collect_warnings(result, &run->plan);
	if (collect_strictness(result, &run->plan, run->diag))
		code = EXIT_RUN_FAILED;
	return code;
}

static void open_live(struct run *run)
{
	struct live_viewer *viewers = run->options->viewers;

	if (run->options->is_live)
		live_screen_open(&run->screen, run->diag);
	if (run->screen.is_open) {
		run->screen.viewer.next = viewers;
		viewers = &run->screen.viewer;
	}
	live_board_open(&run->board, viewers, &run->plan);
}

/* 0, or -EPROTO or -errno, reported. */
static int open_turns(struct run *run)
{
	int error;

	if (run->options->turns == 0)
		return 0;
	run->turns = ARENA_NEW(&run->plan.arena, struct turns);
	error = turns_open(run->turns, (int)run->options->turns);
	if (error == -EPROTO)
		diag_error(run->diag, NULL,
			"--turns=%u: no board for turns of this version: `ringside compare` gives "
			"it",
			run->options->turns);
	else if (error != 0)
		diag_error(
			run->diag, NULL, "--turns=%u: %s", run->options->turns, strerror(-error));
	return error;
}

static struct write_guard guard_of(const struct job_set *set, const struct run_options *options)
{
	const struct job_ranks *ranks = &set->ranks;

	return (struct write_guard){
		.destroy = options->destroy,
		.destroy_count = options->destroy_count,
		.host = ranks->hosts ? ranks->hosts[ranks->rank] : NULL,
		.needs_a_host = job_ranks_have_hosts(ranks),
	};
}

/* 0 or -EINVAL, reported. */
static int plan_run(struct plan *plan, const struct job_set *set, const struct run_options *options,
	struct diag *diag)
{
	const struct plan_request request = {.set = set, .allowed = guard_of(set, options)};
	const uint64_t memory_bytes = host_limits_memory();

	if (plan_make(plan, &request, diag) != 0 || plan_verify_make(plan, diag) != 0 ||
		verify_states_load(plan, options->state_folder, diag) != 0 ||
		plan_verify_check_memory(plan, memory_bytes, diag) != 0)
		return -EINVAL;
	return plan_check_memory(plan, memory_bytes, diag);
}

/* One result of all ranks; what was refused before anything was measured has none. */
static int unite(struct run *run, int code)
{
	peers->rest();
	code = peers_agree(run->result->signal != 0 ? 128 + run->result->signal : code);
	if (run->was_refused)
		run->result->job_count = 0;
	peers->merge(run->result, run->origin_ns, run->options->keeps_ranks);
	return code;
}

int run_refuse(const struct job_set *set, const struct run_options *options, struct diag *diag)
{
	struct plan plan = {0};
	int error = plan_run(&plan, set, options, diag);

	plan_free(&plan);
	return error != 0 ? EXIT_BAD_REQUEST : EXIT_DONE;
}

int run_job_set(const struct job_set *set, const struct run_options *options, struct result *result,
	struct diag *diag)
{
	struct run run = {.set = set, .options = options, .diag = diag, .result = result};
	int code;

	result_init(result);
	code = plan_run(&run.plan, set, options, diag) != 0 || open_turns(&run) != 0
		       ? EXIT_BAD_REQUEST
		       : EXIT_DONE;
	if (peers_agree_on_plan(code) != EXIT_DONE) {
		plan_free(&run.plan);
		return EXIT_BAD_REQUEST;
	}
	begin_result(&run);
	progress_init(&run.progress, stderr, options->is_quiet);
	stop_signal_catch();
	open_live(&run);
	code = measure(&run);
	live_board_close(&run.board);
	live_screen_close(&run.screen);
	live_screen_free(&run.screen);
	result->signal = stop_signal_number();
	if (peers)
		code = unite(&run, code);
	if (run.turns && !run.has_left_behind)
		turns_close(run.turns);
	if (!run.has_left_behind)
		plan_free(&run.plan);
	return result->signal != 0 ? 128 + result->signal : code;
}
