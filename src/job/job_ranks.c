/* SPDX-License-Identifier: MIT */
/* Ranks and their hosts, in names and in an order. */
#include "job/job_ranks.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "job/job.h"
#include "job/job_say.h"
#include "job/job_values.h"

enum { RANKS_LIMIT = 1 << 20 };

/* The host of a rank; of one that has none by name, this machine's host name. */
static const char *host_of(const struct job_ranks *ranks, uint32_t rank, struct arena *arena)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (ranks->hosts && rank < ranks->count)
		return ranks->hosts[rank];
	/* One that is cut is not terminated. */
	if (gethostname(name, sizeof(name) - 1) != 0 || name[0] == '\0')
		return "localhost";
	return arena_strdup(arena, name);
}

static bool are_together(const struct job_ranks *ranks, uint32_t a, uint32_t b)
{
	return !ranks->hosts || strcmp(ranks->hosts[a], ranks->hosts[b]) == 0;
}

bool job_ranks_have_hosts(const struct job_ranks *ranks)
{
	for (uint32_t i = 1; i < ranks->count; i++) {
		if (!are_together(ranks, 0, i))
			return true;
	}
	return false;
}

struct job_ranks_group job_ranks_on_host(const struct job_ranks *ranks, uint32_t rank)
{
	struct job_ranks_group group = {0};

	for (uint32_t i = 0; i < ranks->count; i++) {
		if (!are_together(ranks, i, rank))
			continue;
		group.index += i < rank;
		group.count++;
	}
	return group.count > 0 ? group : (struct job_ranks_group){.count = 1};
}

struct ordered_rank {
	const char *host;
	uint32_t rank;
};

static int compare_hosts(const void *a, const void *b)
{
	const struct ordered_rank *one = a, *other = b;
	int order = strcmp(one->host, other->host);

	return order != 0 ? order : (one->rank > other->rank) - (one->rank < other->rank);
}

/*
 * With all ranks by host, a step as long as the host that has most of them leads to another host
 * from each of them, if no host has more than half of all: and a step is a permutation.
 */
uint32_t job_ranks_reordered(const struct job_ranks *ranks, uint32_t rank, uint32_t distance)
{
	AUTO_ARENA struct arena arena = {0};
	struct ordered_rank *order;
	uint32_t most = 1, place = 0, run = 0;

	if (!job_ranks_are_several(ranks) || distance == 0)
		return rank;
	if (!job_ranks_have_hosts(ranks))
		return (uint32_t)(((uint64_t)rank + distance) % ranks->count);
	order = arena_alloc_array(&arena, ranks->count, sizeof(*order));
	for (uint32_t i = 0; i < ranks->count; i++)
		order[i] = (struct ordered_rank){ranks->hosts[i], i};
	qsort(order, ranks->count, sizeof(*order), compare_hosts);
	for (uint32_t i = 0; i < ranks->count; i++) {
		run = i > 0 && strcmp(order[i].host, order[i - 1].host) == 0 ? run + 1 : 1;
		most = run > most ? run : most;
		if (order[i].rank == rank)
			place = i;
	}
	return order[(place + (uint64_t)most * distance) % ranks->count].rank;
}

static const char rank_word[] = "$rank", ranks_word[] = "$ranks", host_word[] = "$hostname";

enum job_name_scope job_ranks_scope(const char *name)
{
	enum job_name_scope scope = NAME_OF_ALL;

	for (const char *c = strchr(name, '$'); c; c = strchr(c + 1, '$')) {
		if (text_starts_with(c, rank_word) && !text_starts_with(c, ranks_word))
			return NAME_OF_RANK;
		if (text_starts_with(c, host_word))
			scope = NAME_OF_HOST;
	}
	return scope;
}

bool job_ranks_name_targets(const struct option *option)
{
	static const char *const names[] = {"filename", "directory", "filename_format"};

	return text_is_listed(option->name, names, sizeof(names) / sizeof(names[0]));
}

const struct job_entry *job_ranks_own_value(const struct job *job)
{
	const struct job_entries *own = &job->origin->own;

	for (size_t i = 0; i < own->count; i++) {
		const struct job_entry *entry = own->items[i];

		if (entry->scope != NAME_OF_ALL && !job_ranks_name_targets(entry->option))
			return entry;
	}
	return NULL;
}

const char *job_ranks_expand(
	const struct job_ranks *ranks, uint32_t rank, const char *text, struct arena *arena)
{
	AUTO_FREE char *expanded = NULL;
	size_t length;
	FILE *out;

	if (!strstr(text, rank_word) && !strstr(text, host_word))
		return text;
	out = open_memstream(&expanded, &length);
	if (!out)
		arena_exhausted();
	while (*text) {
		if (text_starts_with(text, ranks_word)) {
			fprintf(out, "%" PRIu32, ranks->count > 0 ? ranks->count : 1);
			text += strlen(ranks_word);
		} else if (text_starts_with(text, rank_word)) {
			fprintf(out, "%" PRIu32, rank);
			text += strlen(rank_word);
		} else if (text_starts_with(text, host_word)) {
			fputs(host_of(ranks, rank, arena), out);
			text += strlen(host_word);
		} else {
			fputc(*text++, out);
		}
	}
	if (fclose(out) != 0)
		arena_exhausted();
	return arena_strdup(arena, expanded);
}

static bool read_number(const char **text, uint32_t *number)
{
	char *end;
	unsigned long value;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	value = strtoul(*text, &end, 10);
	if (errno != 0 || value > RANKS_LIMIT)
		return false;
	*number = (uint32_t)value;
	*text = end;
	return true;
}

/* "a*4,b*4" */
static bool read_hosts(const char *text, struct job_ranks *ranks, struct arena *arena)
{
	const char **hosts = arena_alloc_array(arena, ranks->count, sizeof(*hosts));
	uint32_t known = 0;

	while (*text) {
		size_t length = strcspn(text, "*,");
		const char *host = arena_strndup(arena, text, length);
		uint32_t count = 1;

		text += length;
		if (length == 0 || (*text == '*' && (text++, !read_number(&text, &count))) ||
			count > ranks->count - known)
			return false;
		while (count-- > 0)
			hosts[known++] = host;
		/* A comma, and another host behind it. */
		if (*text == ',' ? !*++text : *text != '\0')
			return false;
	}
	ranks->hosts = hosts;
	return known == ranks->count;
}

int job_ranks_parse(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	struct job_ranks ranks = {0};
	const char *text = value;

	if (!read_number(&text, &ranks.rank) || *text++ != '/' ||
		!read_number(&text, &ranks.count) || ranks.rank >= ranks.count ||
		(*text && *text != ':') || (*text == ':' && !read_hosts(text + 1, &ranks, arena)))
		return job_refuse(problem, "not a rank among ranks",
			"--rank=0/4 is the first of four; --rank=0/4:a*2,b*2 says their hosts too",
			0, 0);
	*(struct job_ranks *)field = ranks;
	return 0;
}

const char *job_ranks_print(const void *field, struct arena *arena)
{
	const struct job_ranks *ranks = field;
	const char *text = arena_printf(arena, "%" PRIu32 "/%" PRIu32, ranks->rank, ranks->count);
	uint32_t run = 0;

	for (uint32_t i = 0; ranks->hosts && i < ranks->count; i++) {
		run++;
		if (i + 1 < ranks->count && are_together(ranks, i, i + 1))
			continue;
		text = arena_printf(arena, "%s%c%s*%" PRIu32, text, run == i + 1 ? ':' : ',',
			ranks->hosts[i], run);
		run = 0;
	}
	return text;
}

static void refuse(const struct job *job, const char *why, const char *hint, struct diag *diag)
{
	if (job_say(diag_error, job, diag, "split", RULE_RANKS, "split=interleaved %s", why))
		diag_hint(diag, "%s", hint);
}

/* Whether a file whose name this option has would be written by several ranks. */
static bool is_of_many(const struct job *job, const char *option)
{
	const struct job_entry *entry = job_entry_of(job, option);
	const struct job_ranks *ranks = &job->part.ranks;

	if (!job_ranks_are_several(ranks) || (entry && entry->scope == NAME_OF_RANK))
		return false;
	return !entry || entry->scope != NAME_OF_HOST ||
	       job_ranks_on_host(ranks, ranks->rank).count > 1;
}

/* What a rank writes besides its result has a name of its own. */
static void check_files(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"write_bw_log", "write_iops_log", "write_lat_log",
		"write_hist_log", "write_iolog", "merge_blktrace_file"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]) && is_of_many(job, options[i]) &&
			job_say(diag_error, job, diag, options[i], RULE_RANKS,
				"%s: %u ranks would write one file", options[i],
				job->part.ranks.count))
			diag_hint(diag, "a name for each: %s=NAME.$rank", options[i]);
	}
	if (job->rare->verify.kind != 0 && is_of_many(job, "name") &&
		((job->rare->verify.state_save && job_sets(job, "verify_state_save")) ||
			job->rare->verify.state_load) &&
		job_say(diag_error, job, diag,
			job->rare->verify.state_load ? "verify_state_load" : "verify_state_save",
			RULE_RANKS, "%u ranks would have one state file, which is named by the job",
			job->part.ranks.count))
		diag_hint(diag, "a name for each: name=%s.$rank", job->name);
}

static void check_interleaved(const struct job *job, struct diag *diag)
{
	struct job_range sizes = job_block_range(job);

	if (job->part.split != SPLIT_INTERLEAVED)
		return;
	if (job_composite_op(job) != IO_OP_COUNT || job->rare->replay.log)
		refuse(job, "deals out the blocks of rw=read, write, trim and rw only",
			"split=segments, or a file for each rank: $rank in filename", diag);
	else if (job_is_random(job))
		refuse(job, "deals out blocks in their order, and a random job has none",
			"split=segments", diag);
	else if (sizes.min != sizes.max)
		refuse(job, "deals out blocks of one size", "one bs, or split=segments", diag);
	else if (job->rw.modifier != 0)
		refuse(job, "has holes of its own", "rw without a number, or split=segments", diag);
	else if (job->rare->zones.mode != ZONES_NONE)
		refuse(job, "does not go with zonemode", "split=segments", diag);
}

void job_ranks_check(const struct job *job, struct diag *diag)
{
	check_files(job, diag);
	check_interleaved(job, diag);
}
