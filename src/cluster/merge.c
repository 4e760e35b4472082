/* SPDX-License-Identifier: MIT */
/* Jobs one by one, as clones are merged; and what is kept of each rank. */
#include "cluster/merge.h"

#include <string.h>
#include <sys/param.h>

#include "base/text.h"
#include "cluster/merge_series.h"
#include "cluster/rank_set.h"
#include "result/result_figures.h"
#include "result/series_state.h"

/* So many warnings of one kind and job are told apart: figures in their messages differ. */
enum { ALIKE_LIMIT = 8 };

static uint64_t end_of(const struct result_job *job)
{
	return job->started_ns + job->elapsed_ns;
}

static uint64_t shifted(uint64_t time_ns, int64_t shift_ns)
{
	int64_t moved = (int64_t)time_ns + shift_ns;

	return moved > 0 ? (uint64_t)moved : 0;
}

void merge_first_ends(const struct result *result, int64_t shift_ns, uint64_t *ends, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct result_job *job = &result->jobs[i];

		ends[i] = UINT64_MAX;
		if (i < result->job_count && job->elapsed_ns > 0)
			ends[i] = shifted(end_of(job), shift_ns);
	}
}

static uint64_t bytes_of(const struct result_job *job)
{
	uint64_t bytes = 0;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		bytes += job->directions[d].bytes;
	return bytes;
}

/* What the job had done `time_ns` after its window began: within an interval at an even rate. */
static void count_until(
	const struct result_job *job, uint64_t time_ns, uint64_t *ios, uint64_t *bytes)
{
	const struct result_series *series = &job->series;
	double share = (double)time_ns / (double)job->elapsed_ns;

	*ios = *bytes = 0;
	if (time_ns >= job->elapsed_ns || series->interval_ns == 0) {
		share = share < 1 ? share : 1;
		*ios = (uint64_t)((double)result_job_ios(job) * share);
		*bytes = (uint64_t)((double)bytes_of(job) * share);
		return;
	}
	for (size_t i = 0; i < series->count; i++) {
		const struct result_interval *interval = &series->intervals[i];

		if (interval->start_ns >= time_ns || interval->duration_ns == 0)
			break;
		share = (double)(time_ns - interval->start_ns) / (double)interval->duration_ns;
		share = share < 1 ? share : 1;
		for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
			*ios += (uint64_t)((double)interval->directions[d].ios * share);
			*bytes += (uint64_t)((double)interval->directions[d].bytes * share);
		}
	}
}

/* Reads, writes and trims as one. */
static void add_percentiles(struct result_rank *row, const struct result_job *job)
{
	AUTO_ARENA struct arena arena = {0};
	struct histogram *sum = ARENA_NEW(&arena, struct histogram);

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		if (job->directions[d].lat.histogram)
			histogram_merge(sum, job->directions[d].lat.histogram);
	}
	if (sum->summary.count == 0)
		return;
	row->p50_ns = histogram_percentile(sum, 50);
	row->p99_ns = histogram_percentile(sum, 99);
}

static void add_row(struct result *result, struct result_job *job, const struct merge_rank *rank,
	uint64_t first_end_ns)
{
	struct result_job_ranks *ranks = ARENA_NEW(&result->arena, struct result_job_ranks);
	struct result_rank *row = ARENA_NEW(&result->arena, struct result_rank);

	job->started_ns = shifted(job->started_ns, rank->shift_ns);
	*row = (struct result_rank){
		.rank = rank->rank,
		.host = arena_strdup(&result->arena, rank->host),
		.started_ns = job->started_ns,
		.elapsed_ns = job->elapsed_ns,
		.ios = result_job_ios(job),
		.bytes = bytes_of(job),
		.errors = result_job_errors(job),
		.cores = result_cores(job),
	};
	add_percentiles(row, job);
	*ranks = (struct result_job_ranks){.count = 1, .rows = row};
	if (first_end_ns != UINT64_MAX) {
		ranks->first_end_ns = first_end_ns;
		if (job->elapsed_ns > 0 && first_end_ns > job->started_ns)
			count_until(job, first_end_ns - job->started_ns, &ranks->ios_by_then,
				&ranks->bytes_by_then);
	}
	job->ranks = ranks;
}

static void *copied(struct arena *arena, const void *of, size_t bytes)
{
	return of ? memcpy(arena_alloc(arena, bytes), of, bytes) : NULL;
}

/* With all that is changed in place when other jobs are added. */
static struct result_job *copy_jobs(struct result *result)
{
	struct arena *arena = &result->arena;
	struct result_job *jobs = arena_alloc_array(arena, result->job_count, sizeof(*jobs));

	for (size_t i = 0; i < result->job_count; i++) {
		struct result_goals *goals = &jobs[i].goals;

		jobs[i] = result->jobs[i];
		jobs[i].ranks = NULL;
		jobs[i].verify = copied(arena, jobs[i].verify, sizeof(*jobs[i].verify));
		goals->latency = copied(arena, goals->latency, sizeof(*goals->latency));
		goals->state = copied(arena, goals->state, sizeof(*goals->state));
		goals->replay = copied(arena, goals->replay, sizeof(*goals->replay));
	}
	return jobs;
}

void merge_begin(struct result *result, const struct merge_rank *rank, const uint64_t *ends,
	size_t end_count)
{
	struct result_cluster *cluster = ARENA_NEW(&result->arena, struct result_cluster);
	struct result_member *member = ARENA_NEW(&result->arena, struct result_member);

	for (size_t i = 0; i < result->job_count; i++)
		add_row(result, &result->jobs[i], rank, i < end_count ? ends[i] : UINT64_MAX);
	for (size_t i = 0; i < result->warning_count; i++)
		result->warnings[i].ranks = rank_set_of(rank->rank, &result->arena);
	*member = (struct result_member){
		.rank = rank->rank,
		.host = arena_strdup(&result->arena, rank->host),
		.clock_lead_ns = rank->clock_lead_ns,
		.clock_error_ns = rank->clock_error_ns,
	};
	if (rank->keeps_jobs) {
		member->job_count = result->job_count;
		member->jobs = copy_jobs(result);
	}
	*cluster = (struct result_cluster){
		.rank_count = 1, .host_count = 1, .member_count = 1, .members = member};
	result->cluster = cluster;
	/* Disks of other hosts have the same names. */
	for (size_t i = 0; i < result->disk_count; i++)
		result->disks[i].name =
			arena_printf(&result->arena, "%s:%s", rank->host, result->disks[i].name);
}

/* One array behind the other. */
static void *joined(struct arena *arena, const void *a, size_t a_count, const void *b,
	size_t b_count, size_t item_bytes)
{
	char *both = arena_alloc_array(arena, a_count + b_count, item_bytes);

	if (a_count > 0)
		memcpy(both, a, a_count * item_bytes);
	if (b_count > 0)
		memcpy(both + a_count * item_bytes, b, b_count * item_bytes);
	return both;
}

static void merge_rows(struct arena *arena, struct result_job *into, const struct result_job *from)
{
	struct result_job_ranks *a = into->ranks;
	const struct result_job_ranks *b = from->ranks;

	if (!a || !b) {
		into->ranks = a ? a : from->ranks;
		return;
	}
	a->rows = joined(arena, a->rows, a->count, b->rows, b->count, sizeof(*a->rows));
	a->count += b->count;
	if (a->first_end_ns == 0)
		a->first_end_ns = b->first_end_ns;
	a->ios_by_then += b->ios_by_then;
	a->bytes_by_then += b->bytes_by_then;
}

static bool is_same_job(const struct result_job *a, const struct result_job *b)
{
	return strcmp(a->name, b->name) == 0;
}

static uint64_t after(uint64_t time_ns, uint64_t start_ns)
{
	return time_ns > start_ns ? time_ns - start_ns : 0;
}

/* What it is of, and its rule; it is judged once all are in. */
static void merge_state(struct result_job *into, const struct result_job *from)
{
	if (!into->goals.state) {
		into->goals.state = from->goals.state;
	} else if (from->goals.state) {
		into->goals.state->has_worked &= from->goals.state->has_worked;
		into->goals.state->least_s =
			MAX(into->goals.state->least_s, from->goals.state->least_s);
	}
}

static void merge_job(struct result *into, struct result_job *job, const struct result_job *from)
{
	uint64_t start_ns = MIN(job->started_ns, from->started_ns);
	struct result_job rest = *from;
	struct result_series series;

	if (from->elapsed_ns == 0 || job->elapsed_ns == 0)
		start_ns = MAX(job->started_ns, from->started_ns);
	series = merge_series(&job->series, after(job->started_ns, start_ns), &from->series,
		after(from->started_ns, start_ns), &into->arena);
	rest.series.interval_ns = 0;
	merge_rows(&into->arena, job, from);
	merge_state(job, from);
	result_merge_job(into, job, &rest);
	job->series = series;
}

/* All ranks run the same jobs; one that was ended has fewer of them. */
static void merge_jobs(struct result *into, struct result *from)
{
	size_t common = 0;

	while (common < into->job_count && common < from->job_count &&
		is_same_job(&into->jobs[common], &from->jobs[common])) {
		merge_job(into, &into->jobs[common], &from->jobs[common]);
		common++;
	}
	if (common == from->job_count)
		return;
	into->jobs = joined(&into->arena, into->jobs, into->job_count, &from->jobs[common],
		from->job_count - common, sizeof(*into->jobs));
	into->job_count += from->job_count - common;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The same sentence, whatever figures are in it. */
static bool says_alike(const char *a, const char *b)
{
	static const char figures[] = "0123456789.";

	for (;;) {
		a += strspn(a, figures);
		b += strspn(b, figures);
		if (*a != *b || *a == '\0')
			return *a == *b;
		a++;
		b++;
	}
}

/* The same message; or, where the job has many of its kind, the last of them. */
static struct result_warning *find_warning(
	struct result *result, const struct result_warning *warning)
{
	struct result_warning *last = NULL;
	unsigned alike = 0;

	for (size_t i = 0; i < result->warning_count; i++) {
		struct result_warning *other = &result->warnings[i];

		if (strcmp(other->code, warning->code) != 0 ||
			!is_same_text(other->job, warning->job))
			continue;
		if (says_alike(other->message, warning->message))
			return other;
		last = other;
		alike++;
	}
	return alike >= ALIKE_LIMIT ? last : NULL;
}

static void merge_warnings(struct result *into, const struct result *from)
{
	struct arena *arena = &into->arena;

	for (size_t i = 0; i < from->warning_count; i++) {
		const struct result_warning *warning = &from->warnings[i];
		struct result_warning *same = find_warning(into, warning);

		if (same) {
			same->ranks = rank_set_join(same->ranks, warning->ranks, arena);
			continue;
		}
		into->warnings = joined(
			arena, into->warnings, into->warning_count, warning, 1, sizeof(*warning));
		into->warning_room = ++into->warning_count;
	}
}

/* It has changed by the time that another rank reads it. */
static bool is_of_the_moment(const char *key)
{
	return text_starts_with(key, "now.");
}

static void add_difference(
	struct result *result, const char *key, const char *value, const char *ranks)
{
	struct result_cluster *cluster = result->cluster;
	struct arena *arena = &result->arena;
	const struct result_difference added = {key, value, ranks};

	for (size_t i = 0; i < cluster->difference_count; i++) {
		struct result_difference *other = &cluster->differences[i];

		if (strcmp(other->key, key) == 0 && is_same_text(other->value, value)) {
			other->ranks = rank_set_join(other->ranks, ranks, arena);
			return;
		}
	}
	cluster->differences = joined(
		arena, cluster->differences, cluster->difference_count, &added, 1, sizeof(added));
	cluster->difference_count++;
}

/* Those of the other part's ranks that have what its first rank has of this fact. */
static const char *ranks_alike(const struct result *from, const char *key, struct arena *arena)
{
	const struct result_cluster *cluster = from->cluster;
	const char *ranks = "";

	for (size_t i = 0; i < cluster->member_count; i++)
		ranks = rank_set_join(ranks, rank_set_of(cluster->members[i].rank, arena), arena);
	for (size_t i = 0; i < cluster->difference_count; i++) {
		if (strcmp(cluster->differences[i].key, key) == 0)
			ranks = rank_set_less(ranks, cluster->differences[i].ranks, arena);
	}
	return ranks;
}

/* A file that other ranks do not have: no fact of the machine. */
static bool is_of_a_file(const char *key)
{
	return text_starts_with(key, "file.");
}

static void compare_facts(struct result *into, const struct result *from,
	const struct settings *facts, const struct settings *others)
{
	for (size_t i = 0; i < others->count; i++) {
		const struct setting *other = &others->items[i];

		if (is_of_a_file(other->key) && !settings_find(facts, other->key))
			continue;
		if (!is_of_the_moment(other->key) &&
			!is_same_text(settings_value(facts, other->key), other->value))
			add_difference(into, other->key, other->value,
				ranks_alike(from, other->key, &into->arena));
	}
	for (size_t i = 0; i < facts->count; i++) {
		const struct setting *own = &facts->items[i];

		if (!is_of_the_moment(own->key) && !is_of_a_file(own->key) && own->value &&
			!settings_find(others, own->key))
			add_difference(
				into, own->key, NULL, ranks_alike(from, own->key, &into->arena));
	}
}

static const char *base_value(const struct result *result, const char *key)
{
	const char *value = settings_value(&result->environment.hard, key);

	return value ? value : settings_value(&result->environment.soft, key);
}

/* What was different from the other part's first rank may be as it is on ours. */
static void merge_environments(struct result *into, const struct result *from)
{
	for (size_t i = 0; i < from->cluster->difference_count; i++) {
		const struct result_difference *other = &from->cluster->differences[i];

		if (!is_same_text(base_value(into, other->key), other->value))
			add_difference(into, other->key, other->value, other->ranks);
	}
	compare_facts(into, from, &into->environment.hard, &from->environment.hard);
	compare_facts(into, from, &into->environment.soft, &from->environment.soft);
}

static unsigned count_hosts(const struct result_cluster *cluster)
{
	unsigned count = 0;

	/* Ranks of a host mostly follow each other; where they do not, hosts are compared all. */
	for (size_t i = 0; i < cluster->member_count; i++) {
		size_t k = i;

		while (k > 0 && strcmp(cluster->members[k - 1].host, cluster->members[i].host) != 0)
			k--;
		count += k == 0;
	}
	return count;
}

static void merge_members(struct result *into, const struct result *from)
{
	struct result_cluster *a = into->cluster;
	const struct result_cluster *b = from->cluster;

	a->members = joined(&into->arena, a->members, a->member_count, b->members, b->member_count,
		sizeof(*a->members));
	a->member_count += b->member_count;
	a->rank_count += b->rank_count;
	a->host_count = count_hosts(a);
}

/* Ranks of one host see the same disks, each for as long as it ran. */
static void merge_disks(struct result *into, const struct result *from)
{
	for (size_t i = 0; i < from->disk_count; i++) {
		const struct result_disk *disk = &from->disks[i];
		size_t k = 0;

		while (k < into->disk_count && strcmp(into->disks[k].name, disk->name) != 0)
			k++;
		if (k < into->disk_count) {
			if (disk->in_queue_ms > into->disks[k].in_queue_ms)
				into->disks[k] = *disk;
			continue;
		}
		into->disks =
			joined(&into->arena, into->disks, into->disk_count, disk, 1, sizeof(*disk));
		into->disk_count++;
	}
}

void merge_add(struct result *into, struct result *from)
{
	merge_jobs(into, from);
	merge_warnings(into, from);
	merge_environments(into, from);
	merge_members(into, from);
	merge_disks(into, from);
	if (into->signal == 0)
		into->signal = from->signal;
}

void merge_lost(struct result *result, unsigned rank, const char *host)
{
	struct result_cluster *cluster = result->cluster;
	const struct result_lost lost = {rank, arena_strdup(&result->arena, host)};
	bool has_part = false;

	for (size_t i = 0; i < cluster->member_count; i++)
		has_part = has_part || cluster->members[i].rank == rank;
	cluster->lost =
		joined(&result->arena, cluster->lost, cluster->lost_count, &lost, 1, sizeof(lost));
	cluster->lost_count++;
	result_warn(result, NULL, "rank-lost", "rank %u (%s) was lost%s", rank, host,
		has_part ? " after it had measured" : ": what it measured is not in this result");
	result->warnings[result->warning_count - 1].ranks = rank_set_of(rank, &result->arena);
}

/* On one host their names are its own. */
static void strip_hosts(struct result *result)
{
	size_t prefix = strlen(result->cluster->members[0].host) + 1;

	for (size_t i = 0; i < result->disk_count && result->cluster->host_count == 1; i++)
		result->disks[i].name += prefix;
}

void merge_end(struct result *result)
{
	for (size_t i = 0; i < result->job_count; i++) {
		struct result_job *job = &result->jobs[i];
		struct result_state *state = job->goals.state;
		/* The least time says which of the two rules it is. */
		struct steady_rule rule = steady_rule_of(
			state && state->least_s > steady_rule_of(false, 0).least_s, 0);

		if (state)
			series_state_classify(state, &job->series, &rule, &result->arena);
		result_warn_few_samples(result, job);
	}
	strip_hosts(result);
}
