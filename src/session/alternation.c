/* SPDX-License-Identifier: MIT */
/* Boards, processes, rounds, and the differences of rounds. */
#include "session/alternation.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/doubles.h"
#include "base/futex.h"
#include "base/random.h"
#include "measure/estimate.h"
#include "run/stop_signal.h"
#include "run/turns.h"
#include "verdict/session.h"

#define BLOCK_NS       (1600 * NS_PER_MS)
#define BLOCK_LIMIT_NS (2 * NS_PER_S)
#define HANDOVER_NS    NS_PER_MS         /* wake-up, draining, parking: to plan with */
#define PREPARE_NS     (90 * NS_PER_S)   /* files are laid out already */
#define LOOK_NS        (100 * NS_PER_MS) /* at processes that may have ended */
#define LATE_NS        NS_PER_S          /* what was begun may end so long after the time */
#define SETTLE_LEAST   NS_PER_MS
#define SETTLE_SHARE   10
#define TAIL_IOS       1000 /* of a window, for its p99 */
#define PARKED_SHARE   0.02 /* of a CPU: waking up and parking are less */
#define STALL_RATE     0.75 /* of the median */
#define LEAST_ROUNDS   8    /* of a difference by rounds */

struct seat {
	struct alternation_player *player;
	struct trial_outcome *outcome;
	struct trial_process process;
	struct turns_board *board;
	int descriptor;
	bool is_started;
	bool is_playing;
	const char *problem;
	double parked_ns, parked_cpu_ns; /* sums of its pauses */
	size_t *before;                  /* who had the turn before its own, by rounds */
	double *rounds;                  /* VALUE_COUNT a round; NAN: not measured */
};

struct alternation {
	struct alternation_request *request;
	struct arena *arena; /* of what the outcomes keep */
	struct arena scratch;
	struct seat *seats;
	size_t last; /* who had the last turn */
};

uint64_t alternation_settle_ns(uint64_t window_ns)
{
	return MAX(window_ns / SETTLE_SHARE, SETTLE_LEAST);
}

unsigned alternation_rounds(size_t players, uint64_t window_ns, uint64_t settle_ns)
{
	uint64_t round_ns = players * (window_ns + settle_ns + HANDOVER_NS);
	uint64_t rounds = BLOCK_NS / MAX(round_ns, 1);

	return (unsigned)MIN(MAX(rounds, ALTERNATION_ROUNDS_LEAST), ALTERNATION_ROUNDS_MOST);
}

void alternation_order(uint64_t seed, size_t round, size_t *order, size_t count)
{
	struct random random;

	random_init(&random, random_mix_seed(seed, round));
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) { /* Fisher, Yates; Durstenfeld, CACM 7 (1964) 420 */
		size_t other = random_below(&random, i);
		size_t kept = order[other];

		order[other] = order[i - 1];
		order[i - 1] = kept;
	}
}

static int open_board(struct seat *seat, const struct alternation_request *request)
{
	struct turns_board *board;

	seat->descriptor = memfd_create("ringside-turns", MFD_CLOEXEC);
	if (seat->descriptor < 0 || ftruncate(seat->descriptor, sizeof(*board)) != 0)
		return -errno;
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, seat->descriptor, 0);
	if (board == MAP_FAILED)
		return -errno;
	seat->board = board;
	board->version = TURNS_VERSION;
	board->settle_ns = request->settle_ns;
	board->window_ns = request->window_ns;
	atomic_store(&board->answer, TURNS_PREPARING);
	return 0;
}

static void close_board(struct seat *seat)
{
	if (seat->board)
		munmap(seat->board, sizeof(*seat->board));
	if (seat->descriptor >= 0)
		close(seat->descriptor);
}

static void start(struct alternation *alternation, size_t number)
{
	struct seat *seat = &alternation->seats[number];
	struct alternation_player *player = &alternation->request->players[number];
	int error;

	if (!player->takes_part)
		return;
	error = open_board(seat, alternation->request);
	if (error != 0) {
		seat->problem = arena_printf(
			alternation->arena, "no memory to share: %s", strerror(-error));
		return;
	}
	player->request.board = seat->descriptor;
	player->request.suffix = arena_printf(alternation->arena, ".%zu", number);
	trial_start(&seat->process, &player->request, alternation->arena, seat->outcome);
	seat->is_started = seat->process.has_job;
	seat->is_playing = seat->is_started;
}

/* Until when an answer is waited for: patience ends soon after the time for all. */
static uint64_t patient_until(const struct alternation_request *request, uint64_t patience_ns)
{
	uint64_t now = clock_now();
	uint64_t end_ns = MAX(request->end_ns, now);

	return MIN(now + patience_ns, end_ns < UINT64_MAX - LATE_NS ? end_ns + LATE_NS : end_ns);
}

/*
 * Waits for an answer. False: it ended, or was too slow, which is the problem then; the seat is no
 * longer played.
 */
static bool await(struct seat *seat, uint32_t wanted, uint64_t end_ns, const char *problem)
{
	uint32_t said;

	while ((said = atomic_load(&seat->board->answer)) != wanted) {
		struct timespec look = futex_time_after(LOOK_NS);
		const struct trial_request *request = &seat->player->request;

		if (said == TURNS_OVER || stop_signal_number() != 0 || clock_now() > end_ns ||
			child_has_ended(&seat->process.child)) {
			seat->is_playing = false;
			if (said != TURNS_OVER && clock_now() > end_ns)
				seat->problem = problem;
			return false;
		}
		futex_wait(&seat->board->answer, said, &look);
		if (request->on_wait)
			request->on_wait(request->context);
	}
	return true;
}

static bool give_turn(struct seat *seat, const struct alternation_request *request, uint32_t turn)
{
	atomic_store(&seat->board->call, turn);
	futex_wake(&seat->board->call, INT_MAX);
	return await(seat, turn,
		patient_until(
			request, request->settle_ns + request->window_ns + request->patience_ns),
		"it did not come back from a turn");
}

/* In user mode, in the kernel, and the sum of both; an unknown one (0) stays NAN. */
static void take_counts(const struct turns_figures *figures, double *values)
{
	double ios = (double)figures->turn_ios;
	double *instructions = &values[VALUE_USER_INSTRUCTIONS_PER_IO];
	double *cycles = &values[VALUE_USER_CYCLES_PER_IO];

	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		if (figures->counts[s].instructions == 0)
			continue;
		instructions[s] = (double)figures->counts[s].instructions / ios;
		cycles[s] = (double)figures->counts[s].cycles / ios;
	}
	values[VALUE_INSTRUCTIONS_PER_IO] = instructions[PERF_USER] + instructions[PERF_KERNEL];
	values[VALUE_CYCLES_PER_IO] = cycles[PERF_USER] + cycles[PERF_KERNEL];
}

/* What turns tell of the values of a trial; NAN: the others. */
static void take_values(const struct turns_figures *figures, double *values)
{
	double window_s = (double)figures->window_ns / 1e9;
	double cpu_ns = (double)figures->cpu_ns / (double)figures->turn_ios;
	int most = 0;

	for (int v = 0; v < VALUE_COUNT; v++)
		values[v] = NAN;
	if (figures->window_ns == 0 || figures->turn_ios == 0)
		return;
	values[VALUE_IOPS] = values[VALUE_BANDWIDTH] = 0;
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		double *own = &values[VALUE_READ_IOPS + d * VALUES_OF_DIRECTION];

		if (figures->directions[d].ios == 0)
			continue;
		own[0] = (double)figures->directions[d].ios / window_s;
		own[1] = (double)figures->directions[d].bytes / window_s;
		own[2] = (double)figures->directions[d].p50_ns;
		if (figures->directions[d].ios >= TAIL_IOS)
			own[3] = (double)figures->directions[d].p99_ns;
		values[VALUE_IOPS] += own[0];
		values[VALUE_BANDWIDTH] += own[1];
		if (figures->directions[d].ios > figures->directions[most].ios)
			most = d;
	}
	values[VALUE_LAT_P50] = values[VALUE_READ_P50 + most * VALUES_OF_DIRECTION];
	values[VALUE_LAT_P99] = values[VALUE_READ_P99 + most * VALUES_OF_DIRECTION];
	values[VALUE_CPU_PER_IO] = cpu_ns;
	values[VALUE_IOPS_PER_CORE] = 1e9 / cpu_ns;
	values[VALUE_CORES] = values[VALUE_IOPS] * cpu_ns / 1e9;
	values[VALUE_SWITCHES_PER_IO] = (double)figures->switches / (double)figures->turn_ios;
	take_counts(figures, values);
}

/* One turn each. The first round is the rehearsal, number 0. False: there are to be no more. */
static bool play_round(struct alternation *alternation, unsigned round, size_t *order)
{
	const struct alternation_request *request = alternation->request;
	bool all_play = true;

	alternation_order(request->order_seed, round, order, request->player_count);
	for (size_t i = 0; i < request->player_count && stop_signal_number() == 0; i++) {
		struct seat *seat = &alternation->seats[order[i]];

		if (!seat->is_playing)
			continue;
		if (!give_turn(seat, request, round + 1)) {
			all_play = false;
		} else if (round > 0) {
			take_values(&seat->board->figures,
				seat->rounds + (round - 1) * (size_t)VALUE_COUNT);
			seat->before[round - 1] = alternation->last;
			seat->parked_ns += (double)seat->board->figures.parked_ns;
			seat->parked_cpu_ns += (double)seat->board->figures.parked_cpu_ns;
		}
		alternation->last = order[i];
	}
	return all_play && stop_signal_number() == 0 && clock_now() < request->end_ns;
}

/* Whether all are ready to take turns. */
static bool muster(struct alternation *alternation)
{
	const struct alternation_request *request = alternation->request;
	uint64_t end_ns = patient_until(request, PREPARE_NS);
	bool are_ready = true;

	for (size_t i = 0; i < request->player_count && are_ready; i++) {
		struct seat *seat = &alternation->seats[i];

		if (!seat->player->takes_part)
			continue;
		are_ready = seat->is_playing && await(seat, 0, end_ns, "it did not get ready");
	}
	return are_ready;
}

/* One that uses a CPU between its turns takes it from the others. NULL: none does. */
static const char *find_restless(struct alternation *alternation)
{
	for (size_t i = 0; i < alternation->request->player_count; i++) {
		const struct seat *seat = &alternation->seats[i];

		if (seat->parked_cpu_ns <= PARKED_SHARE * seat->parked_ns)
			continue;
		alternation->request->refuser = i;
		return arena_printf(alternation->arena,
			"it uses %.2g %% of a CPU between its turns",
			seat->parked_cpu_ns * 100 / seat->parked_ns);
	}
	return NULL;
}

/* Why the first one was not ready; NULL: a stop. */
static const char *find_refusal(struct alternation *alternation)
{
	for (size_t i = 0; i < alternation->request->player_count; i++) {
		const struct seat *seat = &alternation->seats[i];

		alternation->request->refuser = i;
		if (seat->player->takes_part && !seat->is_playing &&
			!seat->outcome->was_interrupted)
			return seat->outcome->problem;
	}
	return NULL;
}

static void end(struct alternation *alternation, struct seat *seat)
{
	if (!seat->is_started)
		return;
	seat->process.child_request.timeout_ns =
		seat->problem ? 0 : alternation->request->patience_ns;
	trial_end(&seat->process, alternation->arena, seat->outcome);
	if (seat->outcome->was_late && !seat->problem)
		seat->problem = "it did not end after its last turn";
}

/*
 * Too few rounds for figures, and it is not to blame: it went on until it was told to end, or a
 * stop kept it from starting.
 */
static bool is_broken_off(const struct alternation *alternation, const struct seat *seat)
{
	bool obeyed = seat->is_playing && seat->outcome->exit_code == EXIT_DONE;

	return alternation->request->rounds_played < LEAST_ROUNDS && !seat->problem &&
	       (obeyed || !seat->outcome->problem);
}

/* Newest first: see child_start. */
static void dismiss(struct alternation *alternation)
{
	const struct alternation_request *request = alternation->request;

	for (size_t i = 0; i < request->player_count; i++) {
		struct seat *seat = &alternation->seats[i];

		if (!seat->is_started)
			continue;
		atomic_store(&seat->board->call, TURNS_END);
		futex_wake(&seat->board->call, INT_MAX);
	}
	for (size_t i = request->player_count; i-- > 0;) {
		struct seat *seat = &alternation->seats[i];

		end(alternation, seat);
		if (seat->problem && !seat->outcome->was_interrupted)
			seat->outcome->problem = seat->problem;
		else if (is_broken_off(alternation, seat)) {
			seat->outcome->problem = "its block was broken off";
			seat->outcome->was_interrupted = true;
		}
		close_board(seat);
	}
}

static bool is_by_rounds(enum trial_value value)
{
	switch (trial_value_metrics[value].class) {
	case METRIC_RATE:
	case METRIC_TYPICAL:
	case METRIC_TAIL:
	case METRIC_SWITCHES:
	case METRIC_INSTRUCTIONS:
		return true;
	case METRIC_CPU: /* user and system are split by ticks, of which a turn has few */
		return trial_value_metrics[value].scale == METRIC_RATIO;
	default:
		return false;
	}
}

double alternation_middle(const struct metric *metric, double *differences, size_t count)
{
	if (metric->class == METRIC_TYPICAL || metric->class == METRIC_TAIL)
		return estimate_paired(differences, count, 0.05, 1).value;
	doubles_sort(differences, count);
	return (differences[(count - 1) / 2] + differences[count / 2]) / 2;
}

/* The figures of a player by those of its reference and the rounds of both. */
static void relate(struct alternation *alternation, struct seat *seat)
{
	const struct seat *reference = &alternation->seats[seat->player->reference];
	unsigned rounds = alternation->request->rounds_played;
	double *differences = arena_alloc_array(&alternation->scratch, rounds, sizeof(double));
	double *values = seat->outcome->values;

	for (int v = 0; v < VALUE_COUNT; v++) {
		const struct metric *metric = &trial_value_metrics[v];
		double level = metric_scaled(metric, reference->outcome->values[v]);
		size_t count = 0;

		if (!is_by_rounds((enum trial_value)v) || isnan(level) || isnan(values[v]))
			continue;
		for (unsigned r = 0; r < rounds; r++) {
			size_t place = r * (size_t)VALUE_COUNT + (size_t)v;
			double difference = metric_scaled(metric, seat->rounds[place]) -
					    metric_scaled(metric, reference->rounds[place]);

			if (!isnan(difference))
				differences[count++] = difference;
		}
		if (count >= LEAST_ROUNDS)
			values[v] = metric_level(
				metric, level + alternation_middle(metric, differences, count));
	}
	/* The middle of rounds may lie a step above a tail of all windows. */
	for (int v = VALUE_SYNC_IOPS - 1; v >= VALUE_LAT_P50; v--) {
		enum metric_class class = trial_value_metrics[v].class;

		if ((class == METRIC_TAIL || class == METRIC_TYPICAL) && values[v] > values[v + 1])
			values[v] = values[v + 1];
	}
}

/*
 * What the middle of rounds passes over: the share of rounds that were far below their median. A
 * contender that stalls now and then is found by it.
 */
static double share_of_stalls(struct alternation *alternation, const struct seat *seat)
{
	unsigned rounds = alternation->request->rounds_played;
	double *rates = arena_alloc_array(&alternation->scratch, rounds, sizeof(*rates));
	size_t count = 0, stalls = 0;
	double median;

	for (unsigned r = 0; r < rounds; r++) {
		double rate = seat->rounds[r * (size_t)VALUE_COUNT + VALUE_IOPS];

		rates[count++] = isnan(rate) ? 0 : rate;
	}
	doubles_sort(rates, count);
	median = count > 0 ? rates[count / 2] : 0;
	for (size_t i = 0; i < count; i++)
		stalls += rates[i] < STALL_RATE * median;
	return count < LEAST_ROUNDS ? NAN : (double)stalls / (double)count;
}

/* The differences of rounds that carry_over.h is about, and their middle. */
static double find_carry_over(struct alternation *alternation)
{
	const struct alternation_request *request = alternation->request;
	size_t control = request->control, reference = request->players[control].reference;
	const struct seat *two[] = {&alternation->seats[control], &alternation->seats[reference]};
	double *differences =
		arena_alloc_array(&alternation->scratch, request->rounds_played, sizeof(double));
	const struct metric *metric = &trial_value_metrics[VALUE_IOPS];
	size_t count = 0;

	for (unsigned r = 0; r < request->rounds_played; r++) {
		double rates[2], difference;
		bool follows[2];

		for (int i = 0; i < 2; i++) {
			rates[i] = metric_scaled(
				metric, two[i]->rounds[r * (size_t)VALUE_COUNT + VALUE_IOPS]);
			follows[i] = two[i]->before[r] == control || two[i]->before[r] == reference;
		}
		difference = follows[0] ? rates[0] - rates[1] : rates[1] - rates[0];
		if (follows[0] == follows[1] || isnan(difference))
			continue;
		differences[count++] = difference;
		if (request->carry_over)
			carry_over_add(request->carry_over, two[follows[0] ? 1 : 0]->before[r],
				difference);
	}
	return count < LEAST_ROUNDS ? NAN : alternation_middle(metric, differences, count);
}

static void relate_all(struct alternation *alternation)
{
	size_t control = alternation->request->control;

	if (control != SESSION_NONE && alternation->seats[control].is_started &&
		alternation->request->players[control].reference != SESSION_NONE)
		alternation->seats[control].outcome->carry_over = find_carry_over(alternation);
	for (size_t i = 0; i < alternation->request->player_count; i++) {
		struct seat *seat = &alternation->seats[i];
		size_t reference = seat->player->reference;

		if (seat->is_started && !seat->outcome->problem)
			seat->outcome->values[VALUE_STALLS] = share_of_stalls(alternation, seat);
		if (!seat->is_started || seat->outcome->problem || reference == SESSION_NONE ||
			!alternation->seats[reference].is_started ||
			alternation->seats[reference].outcome->problem)
			continue;
		relate(alternation, seat);
	}
}

static void take_seats(struct alternation *alternation, struct trial_outcome *outcomes)
{
	const struct alternation_request *request = alternation->request;
	size_t numbers = request->rounds * (size_t)VALUE_COUNT;

	alternation->seats = arena_alloc_array(
		&alternation->scratch, request->player_count, sizeof(*alternation->seats));
	for (size_t i = 0; i < request->player_count; i++) {
		struct seat *seat = &alternation->seats[i];

		seat->player = &request->players[i];
		seat->outcome = &outcomes[i];
		seat->descriptor = -1;
		outcomes[i] = (struct trial_outcome){.early_excess = NAN, .carry_over = NAN};
		seat->rounds = arena_alloc_array(&alternation->scratch, numbers, sizeof(double));
		seat->before = arena_alloc_array(
			&alternation->scratch, request->rounds, sizeof(*seat->before));
		for (size_t v = 0; v < numbers; v++)
			seat->rounds[v] = NAN;
	}
}

bool alternation_run(struct alternation_request *request, struct arena *arena,
	struct trial_outcome *outcomes, const char **refusal)
{
	struct alternation alternation = {.request = request, .arena = arena};
	size_t *order =
		arena_alloc_array(&alternation.scratch, request->player_count, sizeof(*order));
	bool are_ready, goes_on;
	uint64_t limit_ns;

	take_seats(&alternation, outcomes);
	for (size_t i = 0; i < request->player_count && stop_signal_number() == 0; i++)
		start(&alternation, i);
	goes_on = are_ready = muster(&alternation);
	request->rounds_played = 0;
	limit_ns = clock_now() + BLOCK_LIMIT_NS;
	for (unsigned r = 0; goes_on && r <= request->rounds; r++) {
		goes_on = play_round(&alternation, r, order) &&
			  (r < ALTERNATION_ROUNDS_LEAST || clock_now() < limit_ns);
		request->rounds_played = r;
	}
	dismiss(&alternation);
	*refusal = are_ready ? find_restless(&alternation) : find_refusal(&alternation);
	relate_all(&alternation);
	arena_free(&alternation.scratch);
	return are_ready && !*refusal;
}
