/* SPDX-License-Identifier: MIT */
/* What ranks do together, step by step. */
#include "cluster/cluster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/peers.h"
#include "base/shared_text.h"
#include "base/version.h"
#include "cluster/clock_ask.h"
#include "cluster/collective.h"
#include "cluster/host_list.h"
#include "cluster/merge.h"
#include "cluster/pulse.h"
#include "cluster/roster.h"
#include "cluster/said.h"
#include "result/result_fields.h"
#include "run/stop_signal.h"

#define LEAST_LEAD_NS  (5 * NS_PER_MS) /* from the choice of a start to it */
#define ABORT_LIMIT_NS (2 * NS_PER_S)

static struct {
	bool is_open;
	struct peers peers;
	size_t told_lost;
	struct clock_offset clock; /* of the last start */
	double clock_lead_ns;
} state;

/* 128 + n, by a signal, is the answer whatever else there is; then what went wrong. */
static int worse_code(int a, int b)
{
	static const int order[] = {EXIT_RUN_FAILED, EXIT_BAD_REQUEST, EXIT_INCOMPARABLE,
		EXIT_REGRESSION, EXIT_INCONCLUSIVE};

	if (a > 128 || b > 128)
		return a > 128 ? a : b;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return a;
}

struct verdict {
	int code;
	bool has_said;
};

static void merge_verdicts(void *into, const void *from)
{
	struct verdict *a = into;
	const struct verdict *b = from;

	a->code = worse_code(a->code, b->code);
	a->has_said = a->has_said || b->has_said;
}

static const char *host_of(unsigned rank)
{
	return state.peers.hosts ? state.peers.hosts[rank] : "?";
}

/* Rank 0 tells the user of each once. */
static void tell_lost(void)
{
	struct arena arena = {0};
	struct roster_lost *lost =
		arena_alloc_array(&arena, roster_count(), sizeof(struct roster_lost));
	size_t count = roster_lost(lost, roster_count());

	for (; state.told_lost < count; state.told_lost++) {
		const struct roster_lost *one = &lost[state.told_lost];

		fprintf(stderr, "ringside-mpi: error: rank %u (%s) is lost: %s for %.1f s\n",
			one->rank, host_of(one->rank),
			one->is_stuck ? "it is stuck in a system call" : "nothing was heard of it",
			one->silent_ms / 1e3);
	}
	arena_free(&arena);
}

static int agree(int code)
{
	struct verdict verdict = {code, said_anything()};
	bool has_lost;

	collective_unite(&verdict, sizeof(verdict), merge_verdicts);
	has_lost = collective_lost() > 0;
	if (verdict.has_said)
		said_tell();
	if (verdict.code > 128)
		stop_signal_take(verdict.code - 128);
	/* A launcher that ends the others by a signal does so because of the one that is lost. */
	if (has_lost && link_rank() == 0)
		tell_lost();
	return has_lost ? EXIT_RUN_FAILED : verdict.code;
}

static int agree_on_plan(int code)
{
	pulse_plan();
	return agree(code);
}

/* Behind the error there are the texts. */
static int share(int error)
{
	char *packed = NULL, *whole = NULL;
	size_t bytes = 0, count = sizeof(error);

	if (link_rank() == 0) {
		/* What is wrong with the files is nobody's in particular. */
		if (error != 0)
			said_print();
		packed = shared_text_pack(&bytes);
		count += bytes;
		whole = malloc(count);
		if (!whole)
			arena_exhausted();
		memcpy(whole, &error, sizeof(error));
		memcpy(whole + sizeof(error), packed, bytes);
		free(packed);
	}
	collective_spread(&whole, &count);
	if (link_rank() > 0) {
		memcpy(&error, whole, sizeof(error));
		shared_text_set_mode(SHARED_TEXT_REPLAY);
		if (shared_text_unpack(whole + sizeof(error), count - sizeof(error)) != 0)
			error = -EPROTO;
	}
	free(whole);
	return error;
}

static void merge_nothing(void *into, const void *from)
{
	(void)into, (void)from;
}

/* Rank 0 chooses: late enough that the message is there before, however deep the tree is. */
static uint64_t choose_start(void)
{
	char nothing = 0;
	uint64_t before = clock_now();

	collective_unite(&nothing, 1, merge_nothing);
	before = clock_now();
	collective_unite(&nothing, 1, merge_nothing);
	return clock_now() + 4 * (clock_now() - before) + LEAST_LEAD_NS;
}

static int start(int code, uint64_t *start_ns)
{
	uint64_t chosen;
	char *whole = (char *)&chosen;
	size_t count = sizeof(chosen);

	code = agree(stop_signal_number() != 0 ? 128 + stop_signal_number() : code);
	if (code != EXIT_DONE)
		return code;
	state.clock = clock_ask();
	state.clock_lead_ns = (double)clock_ask_lead();
	chosen = choose_start();
	collective_spread(&whole, &count);
	memcpy(&chosen, whole, sizeof(chosen));
	if (whole != (char *)&chosen)
		free(whole);
	*start_ns = chosen - (uint64_t)state.clock.offset_ns;
	pulse_start();
	return EXIT_DONE;
}

static unsigned lost(void)
{
	struct roster_lost first;

	pulse_show_up();
	return roster_lost(&first, 1) > 0 ? first.rank : link_count();
}

static bool look(uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	pulse_tell(now_ns, ios, bytes);
	return stop_signal_number() == 0 && roster_lost(NULL, 0) == 0;
}

static void merge_least(void *into, const void *from)
{
	uint64_t *a = into;
	const uint64_t *b = from;

	*a = *b < *a ? *b : *a;
}

static void merge_most(void *into, const void *from)
{
	uint64_t *a = into;
	const uint64_t *b = from;

	*a = *b > *a ? *b : *a;
}

/* The number of jobs, then the end of the first window of each. */
static void merge_ends(void *into, const void *from)
{
	uint64_t *a = into;
	const uint64_t *b = from;

	for (uint64_t i = 1; i <= a[0]; i++)
		a[i] = b[i] < a[i] ? b[i] : a[i];
}

struct parts {
	struct result *whole;
	size_t count;
	struct result *others; /* each as long as the whole */
};

static void take_part(void *context, const struct link_message *message)
{
	struct parts *parts = context;
	struct result *part = &parts->others[parts->count++];
	struct diag diag;

	diag_init(&diag, state.peers.messages);
	if (result_read_memory("a rank's result", message->bytes, message->count, part, &diag) == 0)
		merge_add(parts->whole, part);
}

static void send_whole(const struct result *whole)
{
	char *text;
	size_t bytes;
	FILE *stream = open_memstream(&text, &bytes);
	int error;

	if (!stream)
		arena_exhausted();
	error = result_write_json(whole, stream);
	if (fclose(stream) != 0 || error != 0)
		arena_exhausted();
	collective_to_parent(text, bytes);
	free(text);
}

static uint64_t count_jobs(const struct result *result)
{
	uint64_t count = result->job_count;

	collective_unite(&count, sizeof(count), merge_most);
	return count;
}

/* Another number of ranks or hosts is another machine: what it does is not to be compared. */
static void add_facts(struct result *result)
{
	struct settings *hard = &result->environment.hard;

	settings_printf(hard, &result->arena, "mpi_ranks", "%u", link_count());
	settings_printf(hard, &result->arena, "mpi_hosts", "%u", result->cluster->host_count);
}

static void end_merge(struct result *result)
{
	struct roster_lost *lost =
		arena_alloc_array(&result->arena, roster_count(), sizeof(struct roster_lost));
	size_t count = roster_lost(lost, roster_count());

	for (size_t i = 0; i < count; i++)
		merge_lost(result, lost[i].rank, host_of(lost[i].rank));
	merge_end(result);
	add_facts(result);
}

static void merge(struct result *result, uint64_t origin_ns, bool keeps_each)
{
	uint64_t common_ns = origin_ns + (uint64_t)state.clock.offset_ns;
	struct merge_rank rank = {
		.rank = link_rank(),
		.host = link_host(),
		.clock_lead_ns = state.clock_lead_ns,
		.clock_error_ns = state.clock.error_ns,
		.keeps_jobs = keeps_each,
	};
	uint64_t job_count = count_jobs(result);
	uint64_t *ends = arena_alloc_array(&result->arena, job_count + 1, sizeof(*ends));
	struct parts *parts = ARENA_NEW(&result->arena, struct parts);
	uint64_t earliest_ns = common_ns;

	parts->whole = result;
	/* Where ranks are lost it can be all others. */
	parts->others = arena_alloc_array(&result->arena, link_count(), sizeof(struct result));
	collective_unite(&earliest_ns, sizeof(earliest_ns), merge_least);
	rank.shift_ns = (int64_t)(common_ns - earliest_ns);
	ends[0] = job_count;
	merge_first_ends(result, rank.shift_ns, ends + 1, job_count);
	collective_unite(ends, (job_count + 1) * sizeof(*ends), merge_ends);
	merge_begin(result, &rank, ends + 1, job_count);
	collective_from_children(take_part, parts);
	if (link_rank() > 0)
		send_whole(result);
	else
		end_merge(result);
	collective_flush();
}

/* All that has to be the same, as one text. */
static char *describe(int argc, char **argv, size_t *bytes)
{
	char *text;
	FILE *stream = open_memstream(&text, bytes);

	if (!stream)
		arena_exhausted();
	fprintf(stream, "%s (%s)%c", version_number, version_git, '\0');
	for (int i = 1; i < argc; i++)
		fprintf(stream, "%s%c", argv[i], '\0');
	if (fclose(stream) != 0)
		arena_exhausted();
	return text;
}

static int compare_with_first(const char *own, size_t own_bytes, const char *first, size_t bytes)
{
	struct diag diag;

	diag_init(&diag, state.peers.messages);
	if (strcmp(own, first) != 0) {
		diag_error(&diag, NULL, "this is ringside %s, that of rank 0 is %s", own, first);
		diag_hint(&diag, "install the same build on all hosts");
		return EXIT_INCOMPARABLE;
	}
	if (own_bytes != bytes || memcmp(own, first, bytes) != 0) {
		diag_error(&diag, NULL, "the command line is not that of rank 0");
		diag_hint(&diag, "start all ranks by the same words");
		return EXIT_BAD_REQUEST;
	}
	return EXIT_DONE;
}

static int meet(int argc, char **argv)
{
	size_t own_bytes, bytes;
	char *own = describe(argc, argv, &own_bytes), *first = own;
	int code = EXIT_DONE;

	bytes = own_bytes;
	collective_spread(&first, &bytes);
	if (link_rank() > 0)
		code = compare_with_first(own, own_bytes, first, bytes);
	if (first != own)
		free(first);
	free(own);
	return agree(code);
}

static void take_first(void *into, const void *from)
{
	(void)into, (void)from; /* That of the lowest rank stays. */
}

/* Rank 0's. Not 0. */
static uint64_t draw_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed) || seed == 0)
		seed = clock_read(CLOCK_REALTIME);
	collective_unite(&seed, sizeof(seed), take_first);
	return seed;
}

int cluster_open(int *argc, char ***argv)
{
	if (link_open(argc, argv) != 0)
		return EXIT_INCOMPARABLE;
	state.peers = (struct peers){
		.rank = link_rank(),
		.count = link_count(),
		.host = link_host(),
		.others_wait = link_count() > 1,
		.messages = said_open(),
		.agree = agree,
		.agree_on_plan = agree_on_plan,
		.share = share,
		.start = start,
		.look = look,
		.rest = pulse_rest,
		.lost = lost,
		.sum = pulse_sum,
		.merge = merge,
		.spread = collective_spread,
		.unite = collective_unite,
	};
	/* Launchers give ranks terminals of their own; where they lead to, nobody can tell. */
	setenv("NO_COLOR", "1", 0);
	peers = &state.peers;
	state.is_open = true;
	roster_open(link_rank(), link_count());
	pulse_open();
	state.peers.hosts = host_list_make();
	state.peers.seed = draw_seed();
	if (link_rank() == 0)
		shared_text_set_mode(SHARED_TEXT_RECORD);
	return meet(*argc, *argv);
}

/*
 * MPI_Finalize would wait for the lost. Rank 0, which has written all there is, ends the others,
 * and those that are stopped, through the launcher.
 */
static _Noreturn void close_without(int code)
{
	const struct timespec limit = clock_timespec(ABORT_LIMIT_NS);

	fflush(NULL);
	if (link_rank() == 0)
		link_abort(code);
	nanosleep(&limit, NULL);
	_exit(code);
}

int cluster_close(int code)
{
	if (!state.is_open)
		return code;
	collective_end();
	code = agree(code);
	collective_flush();
	peers = NULL;
	said_close();
	if (collective_lost() > 0)
		close_without(code);
	pulse_close();
	link_close(link_rank() == 0 ? code : EXIT_DONE);
	/* Launchers end the others where one ends with another code than 0: rank 0 is the last. */
	return link_rank() == 0 ? code : EXIT_DONE;
}
