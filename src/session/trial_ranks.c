/* SPDX-License-Identifier: MIT */
/* Orders, processes that follow their ranks, and one outcome. */
#include "session/trial_ranks.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/peers.h"
#include "base/text.h"
#include "job/job_ranks.h"
#include "run/stop_signal.h"

#define LOOK_MS 20
#define IDLE_NS (300 * NS_PER_MS) /* what others use of the CPUs, after the first trial */

enum { WATCHES_LIMIT = 1024 /* contenders of a point */ };

/* Between a rank and its trial. Times are CLOCK_MONOTONIC's: each process has its own clock_now. */
enum step { STEP_PLANNED, STEP_READY, STEP_OVER };

struct word {
	int32_t step; /* enum step */
	int32_t code;
	uint64_t time_ns; /* READY: of the start, from the rank; OVER: of the run's start */
};

static uint64_t to_monotonic(uint64_t now_ns)
{
	return now_ns + (clock_monotonic() - clock_now());
}

static uint64_t from_monotonic(uint64_t monotonic_ns)
{
	return monotonic_ns - (clock_monotonic() - clock_now());
}

static bool send_word(int descriptor, struct word word)
{
	return send(descriptor, &word, sizeof(word), MSG_NOSIGNAL) == sizeof(word);
}

/* The trial's side. */

static int rank_descriptor;

static int ask_rank(enum step step, int code, uint64_t *time_ns)
{
	struct word word = {.step = (int32_t)step, .code = code};

	if (!send_word(rank_descriptor, word))
		return EXIT_RUN_FAILED;
	while (recv(rank_descriptor, &word, sizeof(word), MSG_WAITALL) != sizeof(word)) {
		if (errno != EINTR)
			return EXIT_RUN_FAILED; /* The rank has given it up. */
		if (stop_signal_number() != 0)
			return 128 + stop_signal_number();
		errno = 0;
	}
	if (time_ns)
		*time_ns = from_monotonic(word.time_ns);
	return word.code;
}

static int agree_alone(int code)
{
	return code;
}

static int agree_on_plan(int code)
{
	return ask_rank(STEP_PLANNED, code, NULL);
}

static int start(int code, uint64_t *start_ns)
{
	return ask_rank(STEP_READY, code, start_ns);
}

static bool look(uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	(void)now_ns, (void)ios, (void)bytes;
	return true;
}

static void rest(void)
{
}

static const struct peers_sum *sum(void)
{
	return NULL;
}

/* The rank merges what it reads in the result. */
static void tell_origin(struct result *result, uint64_t origin_ns, bool keeps_each)
{
	(void)result, (void)keeps_each;
	/* Where the rank is gone, so is whoever would read the result. */
	(void)send_word(rank_descriptor,
		(struct word){.step = STEP_OVER, .time_ns = to_monotonic(origin_ns)});
}

void trial_ranks_follow(int descriptor)
{
	static struct peers follower = {
		.count = 1,
		.host = "",
		.others_wait = true,
		.agree = agree_alone,
		.agree_on_plan = agree_on_plan,
		.share = agree_alone,
		.start = start,
		.look = look,
		.rest = rest,
		.sum = sum,
		.merge = tell_origin,
	};

	follower.messages = stderr;
	rank_descriptor = descriptor;
	peers = &follower;
}

/* The rank's side. */

/* Waits for the word of this step; false: the trial has ended without it, or is given up. */
static bool hear(const struct trial_request *request, int descriptor, enum step step,
	uint64_t until_ns, struct word *word)
{
	struct pollfd wait = {.fd = descriptor, .events = POLLIN};

	while (clock_now() < until_ns && stop_signal_number() == 0 && !peers_have_lost()) {
		ssize_t bytes;

		if (request->on_wait)
			request->on_wait(request->context);
		if (poll(&wait, 1, LOOK_MS) <= 0)
			continue;
		bytes = recv(descriptor, word, sizeof(*word), MSG_WAITALL);
		return bytes == sizeof(*word) && word->step == (int32_t)step;
	}
	return false;
}

static int code_of(bool was_heard, const struct word *word)
{
	if (stop_signal_number() != 0)
		return 128 + stop_signal_number();
	return was_heard ? word->code : EXIT_RUN_FAILED;
}

/*
 * Until the trial runs, or is told that there is none: false where that was for another rank's
 * sake. All ranks call the same, in any case.
 */
static bool lead(const struct trial_request *request, int descriptor)
{
	uint64_t until_ns = clock_now() + request->timeout_ns, start_ns = 0;
	struct word word = {0};
	int own = code_of(hear(request, descriptor, STEP_PLANNED, until_ns, &word), &word);
	int code = peers->agree(own);

	/* One that has ended takes no word. */
	(void)send_word(descriptor, (struct word){.step = STEP_PLANNED, .code = code});
	if (code != EXIT_DONE)
		return own != EXIT_DONE;
	own = code_of(hear(request, descriptor, STEP_READY, until_ns, &word), &word);
	code = peers->start(own, &start_ns);
	(void)send_word(descriptor,
		(struct word){.step = STEP_READY, .code = code, .time_ns = to_monotonic(start_ns)});
	return code == EXIT_DONE || own != EXIT_DONE;
}

/* What the trials of a host did, in its first rank's place: what one rank's guard sees as others'
 * may be its neighbours'. */
static void add_doing(void *into, const void *from)
{
	double *a = into;
	const double *b = from;
	size_t count = (size_t)a[0];

	for (size_t i = 1; i <= count; i++)
		a[i] += b[i];
}

static unsigned first_of_host(void)
{
	unsigned first = 0;

	while (first < peers->rank && strcmp(peers->hosts[first], peers->host) != 0)
		first++;
	return first;
}

static void share_doing(struct guard_own *own, struct arena *arena)
{
	size_t count = 3 * (size_t)peers->count;
	double *doing = arena_alloc_array(arena, count + 1, sizeof(*doing));
	double *place = &doing[1 + 3 * (size_t)first_of_host()];

	doing[0] = (double)count;
	place[0] = own->cpu_s;
	place[1] = own->read_bytes;
	place[2] = own->written_bytes;
	peers->unite(doing, (count + 1) * sizeof(*doing), add_doing);
	own->cpu_s = place[0];
	own->read_bytes = place[1];
	own->written_bytes = place[2];
}

/* What is known of a trial, over all ranks. */
struct verdict {
	unsigned ranks;          /* whose it is */
	int exit_code;           /* of the first rank that failed */
	bool has_failed, is_own; /* not for another rank's sake */
	bool was_late, was_interrupted;
	char problem[256], mismatch[256];
	double guards[GUARD_CAUSE_COUNT]; /* the most of any; NAN: of none */
};

static void add_verdict(void *into, const void *from)
{
	struct verdict *a = into;
	const struct verdict *b = from;

	a->ranks += b->ranks;
	if (b->has_failed && (!a->has_failed || (!a->is_own && b->is_own))) {
		a->is_own = b->is_own;
		a->exit_code = b->exit_code;
		memcpy(a->problem, b->problem, sizeof(a->problem));
	}
	if (!a->mismatch[0])
		memcpy(a->mismatch, b->mismatch, sizeof(a->mismatch));
	a->has_failed |= b->has_failed;
	a->was_late |= b->was_late;
	a->was_interrupted |= b->was_interrupted;
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		a->guards[i] = fmax(a->guards[i], b->guards[i]);
}

/*
 * It is of fewer ranks than the others, and there will be none of all. A launcher's signal comes of
 * the loss: that is the reason to be told.
 */
static void give_up(struct trial_outcome *outcome, struct arena *arena)
{
	unsigned lost = peers->lost ? peers->lost() : peers->count;

	outcome->was_interrupted = false;
	outcome->problem = lost < peers->count ? arena_printf(arena, "rank %u (%s) is lost", lost,
							 peers->hosts ? peers->hosts[lost] : "?")
					       : "a rank is lost";
}

static void unite_verdicts(
	struct trial_outcome *outcome, bool is_own, const double *guards, struct arena *arena)
{
	struct verdict verdict = {
		.ranks = 1,
		.is_own = is_own,
		.exit_code = outcome->exit_code,
		.has_failed = outcome->problem || !outcome->has_result,
		.was_late = outcome->was_late,
		.was_interrupted = outcome->was_interrupted,
	};

	if (verdict.has_failed)
		snprintf(verdict.problem, sizeof(verdict.problem), "rank %u (%s): %s", peers->rank,
			peers->host, outcome->problem ? outcome->problem : "it has no result");
	if (outcome->mismatch)
		snprintf(verdict.mismatch, sizeof(verdict.mismatch), "%s", outcome->mismatch);
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		verdict.guards[i] = guards ? guards[i] : NAN;
	peers->unite(&verdict, sizeof(verdict), add_verdict);
	outcome->exit_code = verdict.exit_code;
	outcome->was_late = verdict.was_late;
	outcome->was_interrupted = verdict.was_interrupted;
	outcome->problem = verdict.has_failed ? arena_strdup(arena, verdict.problem) : NULL;
	if (verdict.ranks < peers->count)
		give_up(outcome, arena);
	outcome->mismatch = verdict.mismatch[0] ? arena_strdup(arena, verdict.mismatch) : NULL;
	memcpy(outcome->others_guards, verdict.guards, sizeof(verdict.guards));
}

/*
 * One trial on this rank, as one of all; its result is to be merged where there is no problem.
 * `watch` is this rank's where it has one to judge by. When its run started.
 */
static uint64_t run_one(struct trial_request *request, const struct guard_watch *watch,
	struct arena *arena, struct trial_outcome *outcome)
{
	const struct job_ranks ranks = {
		.rank = peers->rank, .count = peers->count, .hosts = peers->hosts};
	double guards[GUARD_CAUSE_COUNT];
	struct guard_counters before, after;
	struct trial_process process;
	struct word over = {0};
	int ends[2];
	bool is_whole, is_own;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		ends[0] = ends[1] = -1;
	request->rank = job_ranks_print(&ranks, arena);
	request->followed = ends[1];
	if (watch)
		guard_read(watch, &before);
	trial_start(&process, request, arena, outcome);
	if (ends[1] >= 0)
		close(ends[1]);
	is_own = lead(request, ends[0]);
	trial_wait(&process, arena, outcome);
	peers->rest();
	if (watch)
		guard_read(watch, &after);
	is_whole = recv(ends[0], &over, sizeof(over), MSG_DONTWAIT) == sizeof(over) &&
		   over.step == STEP_OVER;
	if (ends[0] >= 0)
		close(ends[0]);
	if (outcome->has_result && !is_whole && !outcome->problem)
		outcome->problem = "it ended before it said when it began";
	share_doing(&outcome->own, arena);
	if (watch)
		guard_compare(watch, &before, &after, &outcome->own, guards);
	unite_verdicts(outcome, is_own, watch ? guards : NULL, arena);
	return from_monotonic(over.time_ns);
}

/* An order: this, then CPUs (of the trial, and those it is bound to), --destroy, the job file. */
struct order {
	bool is_over, is_priming, writes, is_direct;
	uint32_t contender, threads;
	uint32_t cpu_count, pinned_count, destroy_count;
	uint64_t timeout_ns;
};

static void write_cpus(const struct job_cpus *cpus, FILE *stream)
{
	fwrite(cpus->cpus, sizeof(*cpus->cpus), cpus->count, stream);
}

static void send_order(const struct order *order, const struct trial_request *request)
{
	static const struct job_cpus none = {0};
	char *text = NULL;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream)
		arena_exhausted();
	fwrite(order, sizeof(*order), 1, stream);
	if (request) {
		write_cpus(request->cpus ? request->cpus : &none, stream);
		write_cpus(request->watch ? &request->watch->pinned : &none, stream);
		for (size_t i = 0; i < request->destroy_count; i++)
			fwrite(request->destroy[i], 1, strlen(request->destroy[i]) + 1, stream);
		fwrite(request->text, 1, strlen(request->text) + 1, stream);
	}
	if (fclose(stream) != 0)
		arena_exhausted();
	peers->spread(&text, &bytes);
	free(text);
}

unsigned trial_ranks_here(void)
{
	unsigned count = 0;

	for (unsigned i = 0; peers_are_several() && i < peers->count; i++)
		count += strcmp(peers->hosts[i], peers->host) == 0;
	return count > 0 ? count : 1;
}

void trial_ranks_add_guards(const struct trial_outcome *outcome, double guards[GUARD_CAUSE_COUNT])
{
	for (int i = 0; i < GUARD_CAUSE_COUNT; i++)
		guards[i] = fmax(guards[i], outcome->others_guards[i]);
}

void trial_ranks_dismiss(void)
{
	send_order(&(struct order){.is_over = true}, NULL);
}

static void run_by_all(
	const struct trial_request *asked, struct arena *arena, struct trial_outcome *outcome)
{
	struct trial_request request = *asked;
	struct order order = {
		.is_priming = request.watch == NULL,
		.contender = request.contender,
		.cpu_count = request.cpus ? (uint32_t)request.cpus->count : 0,
		.destroy_count = (uint32_t)request.destroy_count,
		.timeout_ns = request.timeout_ns,
		.writes = request.job && job_writes(request.job),
	};

	if (request.watch) {
		order.is_direct = request.watch->is_direct;
		order.threads = request.watch->threads;
		order.pinned_count = (uint32_t)request.watch->pinned.count;
	}
	uint64_t origin_ns;

	trial_outcome_init(outcome);
	if (request.program) {
		outcome->problem = "--program: another program does not follow ranks of MPI";
		outcome->exit_code = EXIT_BAD_REQUEST;
		return;
	}
	request.text = trial_job_text(&request, arena, &outcome->problem);
	if (!request.text) {
		outcome->exit_code = EXIT_BAD_REQUEST;
		return;
	}
	send_order(&order, &request);
	/* Rank 0's own guards are its session's. */
	origin_ns = run_one(&request, NULL, arena, outcome);
	if (outcome->problem)
		return;
	peers->merge(&outcome->result, origin_ns, false);
	trial_take(outcome, arena);
}

void trial_ranks_run(
	const struct trial_request *request, struct arena *arena, struct trial_outcome *outcome)
{
	if (peers_are_several())
		run_by_all(request, arena, outcome);
	else
		trial_run(request, arena, outcome);
}

/* What a rank other than 0 knows of a contender, from its first trial on. */
struct served {
	bool is_known;
	struct guard_watch watch;
};

struct server {
	struct arena arena; /* of the watches */
	struct trial_folder folder;
	struct served served[WATCHES_LIMIT];
};

static struct job_cpus read_cpus(const char **at, uint32_t count, struct arena *arena)
{
	struct job_cpus cpus = {.count = count};

	cpus.cpus = arena_alloc_array(arena, count, sizeof(*cpus.cpus));
	memcpy(cpus.cpus, *at, count * sizeof(*cpus.cpus));
	*at += count * sizeof(*cpus.cpus);
	return cpus;
}

/* From the result of this rank's own first trial. */
static void get_to_know(
	struct server *server, const struct order *order, const struct result *result)
{
	struct served *served = &server->served[order->contender % WATCHES_LIMIT];
	const struct result_job *job = &result->jobs[0];

	*served = (struct served){.is_known = true};
	for (size_t i = 0; i < job->target_count; i++) {
		if (job->targets[i].device)
			guard_watch_disk(&served->watch, job->targets[i].device, &server->arena);
		served->watch.writes_files |=
			order->writes && strcmp(job->targets[i].kind, "file") == 0;
	}
}

static void measure_idle(struct served *served, const struct job_cpus *cpus)
{
	served->watch.pinned = *cpus;
	guard_measure_idle(&served->watch, NULL, IDLE_NS);
	served->watch.pinned = (struct job_cpus){0};
}

/* Nothing of a writer is left on this host either, when the next one comes. */
static void flush_targets(const struct result *result)
{
	for (size_t i = 0; i < result->jobs[0].target_count; i++) {
		const struct result_target *target = &result->jobs[0].targets[i];
		AUTO_CLOSE int descriptor = -1;

		if (strcmp(target->kind, "character") != 0)
			descriptor = open(target->path, O_RDONLY | O_CLOEXEC);
		/* A file that is gone, or is on another host, holds nothing back here. */
		if (descriptor >= 0)
			(void)fdatasync(descriptor);
	}
}

static void serve(struct server *server, const struct order *order, const char *at)
{
	struct arena arena = {0};
	struct job_cpus cpus = read_cpus(&at, order->cpu_count, &arena);
	struct job_cpus pinned = read_cpus(&at, order->pinned_count, &arena);
	struct served *served = &server->served[order->contender % WATCHES_LIMIT];
	const char **destroy = arena_alloc_array(&arena, order->destroy_count, sizeof(*destroy));
	struct trial_request request = {
		.folder = server->folder.path,
		.cpus = &cpus,
		.timeout_ns = order->timeout_ns,
		.destroy = destroy,
		.destroy_count = order->destroy_count,
	};
	struct trial_outcome outcome;
	uint64_t origin_ns;
	bool judges = !order->is_priming && served->is_known;

	for (uint32_t i = 0; i < order->destroy_count; i++) {
		destroy[i] = at;
		at += strlen(at) + 1;
	}
	request.text = at;
	if (judges) {
		served->watch.is_direct = order->is_direct;
		served->watch.threads = order->threads;
		served->watch.pinned = pinned;
	}
	origin_ns = run_one(&request, judges ? &served->watch : NULL, &arena, &outcome);
	if (order->is_priming && outcome.has_result)
		get_to_know(server, order, &outcome.result);
	if (order->writes && outcome.has_result)
		flush_targets(&outcome.result);
	if (!outcome.problem)
		peers->merge(&outcome.result, origin_ns, false);
	if (order->is_priming && served->is_known)
		measure_idle(served, &cpus);
	if (outcome.has_result)
		result_free(&outcome.result);
	arena_free(&arena);
}

int trial_ranks_serve(void)
{
	struct server *server = calloc(1, sizeof(*server));
	bool is_over = false;

	if (!server)
		arena_exhausted();
	stop_signal_catch();
	/* Without a folder the trials of this rank fail, and say so. */
	if (trial_folder_open(&server->folder, &server->arena) != 0)
		server->folder.path = "/nonexistent";
	while (!is_over) {
		struct order order = {.is_over = true};
		char *bytes = NULL;
		size_t count = 0;

		peers->spread(&bytes, &count);
		if (count >= sizeof(order))
			memcpy(&order, bytes, sizeof(order));
		is_over = order.is_over;
		if (!is_over)
			serve(server, &order, bytes + sizeof(order));
		free(bytes);
	}
	trial_folder_close(&server->folder);
	stop_signal_release();
	arena_free(&server->arena);
	free(server);
	return EXIT_DONE;
}
