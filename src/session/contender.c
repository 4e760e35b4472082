/* SPDX-License-Identifier: MIT */
/* From a request to points and their contenders. */
#include "session/contender.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/engine_list.h"
#include "host/nvme.h"
#include "job/job_bind.h"
#include "job/job_order_check.h"
#include "job/job_ranks.h"
#include "run/plan.h"

enum { POINTS_LIMIT = 256, CONTENDERS_LIMIT = 60 };

/* Options that make another contender of the same job. */
struct variant {
	const char *name;
	size_t override_count;
	const char *const *overrides; /* "ioengine=io_uring", "fixedbufs=1" */
	bool is_optional;             /* part of a preset: not asked for by name */
	const char *refusal;          /* NULL, or why it is none on no machine */
};

enum { OPTIONS_LIMIT = 32 }; /* of one contender */

/* "engine+option+option=value". */
static void read_variant(struct arena *arena, const char *text, struct variant *variant)
{
	char **parts;
	size_t count = text_split(arena, text, '+', &parts);
	const char **overrides = arena_alloc_array(arena, count, sizeof(*overrides));

	overrides[0] = arena_printf(arena, "ioengine=%s", parts[0]);
	for (size_t i = 1; i < count; i++)
		overrides[i] =
			strchr(parts[i], '=') ? parts[i] : arena_printf(arena, "%s=1", parts[i]);
	*variant = (struct variant){
		.name = text,
		.override_count = count,
		.overrides = overrides,
	};
}

/* "a,b+option+option=value"; a lone option is set to 1. Returns their number. */
static size_t list_engines(struct arena *arena, const char *names, struct variant **variants)
{
	char **texts;
	size_t count = text_split(arena, names, ',', &texts);

	*variants = arena_alloc_array(arena, count, sizeof(**variants));
	for (size_t i = 0; i < count; i++)
		read_variant(arena, texts[i], &(*variants)[i]);
	return count;
}

/* Every engine; those that move no data are listed with a refusal. */
static size_t list_all(struct arena *arena, struct variant **variants)
{
	static const char *const modes[] = {
		"io_uring+fixedbufs+registerfiles", "io_uring+sqthread_poll"};
	size_t mode_count = sizeof(modes) / sizeof(modes[0]);
	size_t count = 0;

	while (engines[count])
		count++;
	*variants = arena_alloc_array(arena, count + mode_count, sizeof(**variants));
	for (size_t i = 0; i < count; i++) {
		read_variant(arena, engines[i]->name, &(*variants)[i]);
		if (engines[i]->traits & ENGINE_TAKES_NO_TARGET)
			(*variants)[i].refusal = "it moves no data: name it to see what "
						 "the way there costs";
	}
	for (size_t i = 0; i < mode_count; i++)
		read_variant(arena, modes[i], &(*variants)[count + i]);
	for (size_t i = 0; i < count + mode_count; i++)
		(*variants)[i].is_optional = true;
	return count + mode_count;
}

/*
 * All rungs have these, before each adds its own. A plus is one thing more than the rung before;
 * the others name the rung that they differ from by one thing.
 */
#define RUNG_PLAIN                                                                                 \
	"ioengine=io_uring", "registerring=0", "single_issuer=0", "defer_taskrun=0",               \
		"coop_taskrun=0"
#define RUNG_FIXED                                                                                 \
	"ioengine=io_uring", "registerring=0", "single_issuer=0", "coop_taskrun=0",                \
		"registerfiles=1", "fixedbufs=1"
#define RUNG_DEFERRED                                                                              \
	"registerring=0", "single_issuer=1", "coop_taskrun=0", "registerfiles=1", "fixedbufs=1",   \
		"defer_taskrun=1"

struct rung {
	const char *name;
	const char *overrides[OPTIONS_LIMIT];
};

static const struct rung rungs[] = {
	{"plain", {RUNG_PLAIN}},
	{"+registered files", {RUNG_PLAIN, "registerfiles=1"}},
	{"+fixed buffers", {RUNG_FIXED, "defer_taskrun=0"}},
	{"+deferred task run", {"ioengine=io_uring", RUNG_DEFERRED}},
	{"deferred, IOPOLL", {"ioengine=io_uring", RUNG_DEFERRED, "hipri=1"}},
	{"deferred, passthrough", {"ioengine=io_uring_cmd", RUNG_DEFERRED}},
	{"passthrough, IOPOLL", {"ioengine=io_uring_cmd", RUNG_DEFERRED, "hipri=1"}},
	{"fixed, SQPOLL", {RUNG_FIXED, "defer_taskrun=0", "sqthread_poll=1"}},
};

/* The ladder of io_uring's modes: each rung changes one thing. */
static size_t list_ladder(struct arena *arena, struct variant **variants)
{
	size_t count = sizeof(rungs) / sizeof(rungs[0]);

	*variants = arena_alloc_array(arena, count, sizeof(**variants));
	for (size_t i = 0; i < count; i++) {
		struct variant *variant = &(*variants)[i];

		*variant = (struct variant){
			.name = rungs[i].name,
			.overrides = rungs[i].overrides,
			.is_optional = true,
		};
		while (rungs[i].overrides[variant->override_count])
			variant->override_count++;
	}
	return count;
}

/* "iodepth=1,8" as variants "iodepth=1" and "iodepth=8"; 0 when it has no value. */
static size_t list_values(struct arena *arena, const char *vary, struct variant **variants)
{
	const char *equals = strchr(vary, '=');
	char **values;
	size_t count;

	if (!equals || equals == vary || equals[1] == '\0')
		return 0;
	count = text_split(arena, equals + 1, ',', &values);
	*variants = arena_alloc_array(arena, count, sizeof(**variants));
	for (size_t i = 0; i < count; i++) {
		const char **override = arena_alloc_array(arena, 1, sizeof(*override));

		*override = arena_printf(arena, "%.*s=%s", (int)(equals - vary), vary, values[i]);
		(*variants)[i] = (struct variant){
			.name = *override, .override_count = 1, .overrides = override};
	}
	return count;
}

/* Whole namespaces only: partitions have no node for commands. */
static bool read_numbers(const char *path, const char *prefix, unsigned *drive, unsigned *space)
{
	const char *numbers = path + strlen(prefix);
	int length = 0;

	return text_starts_with(path, prefix) &&
	       sscanf(numbers, "%un%u%n", drive, space, &length) == 2 && numbers[length] == '\0';
}

/* The node of `path` that takes commands, or the one for blocks; `path` itself where it is none. */
static const char *node_for(const char *path, bool takes_commands, struct arena *arena)
{
	AUTO_FREE char *resolved = realpath(path, NULL); /* /dev/disk/by-id/… */
	const char *node = resolved ? resolved : path, *name;
	unsigned drive, space;

	if (!read_numbers(node, takes_commands ? "/dev/nvme" : "/dev/ng", &drive, &space))
		return path;
	name = takes_commands ? nvme_character_name(node + strlen("/dev/"), arena)
			      : nvme_block_name(node + strlen("/dev/"), arena);
	if (name)
		return arena_printf(arena, "/dev/%s", name);
	/* The likely name of a drive that is missing: opening it reports that. */
	return arena_printf(arena, "/dev/%s%un%u", takes_commands ? "ng" : "nvme", drive, space);
}

static void fit_names(struct job_texts *names, bool takes_commands, struct arena *arena)
{
	const char **nodes;

	if (names->count == 0)
		return; /* An option that nobody set is all zeros. */
	nodes = arena_alloc_array(arena, names->count, sizeof(*nodes));
	for (size_t i = 0; i < names->count; i++)
		nodes[i] = node_for(names->texts[i], takes_commands, arena);
	names->texts = nodes;
}

/* Turns the job to those nodes of its drives that its engine works on. */
static void fit_nodes(struct job *job, struct arena *arena)
{
	bool takes_commands = job->engine->traits & ENGINE_TAKES_NVME_COMMANDS;

	fit_names(&job->filename, takes_commands, arena);
	fit_names(&job->given.filename, takes_commands, arena);
}

/* One combination of the values to vary. */
struct combination {
	const char *name; /* "" without values */
	size_t override_count;
	const char **overrides;
};

/* A set of jobs as read with one variant's options. */
struct reading {
	struct job_set *set; /* without jobs where it was refused */
	const char *refusal;
	const char *unsaid; /* messages of a refusal that were not passed on; or NULL */
};

struct planning {
	struct contender_plan *plan;
	const struct contender_request *request;
	struct diag *diag;
	size_t variant_count;
	struct variant *variants;
	size_t combination_count;
	struct combination *combinations;
};

/* Jobs as they are written: their first clones. Returns their number. */
static size_t list_jobs(const struct job_set *set, struct arena *arena, const struct job ***jobs)
{
	size_t count = 0;

	*jobs = arena_alloc_array(arena, set->count, sizeof(**jobs));
	for (size_t i = 0; i < set->count; i++) {
		if (set->jobs[i].clone == 0)
			(*jobs)[count++] = &set->jobs[i];
	}
	return count;
}

/* What is one contender of a set: a section, or those with the same contender=. */
struct job_group {
	const char *name;
	const struct job **jobs;
	size_t count;
};

/* Sections of a contender that two files name are two contenders: files run one after the other. */
static size_t list_groups(const struct job_set *set, struct arena *arena, struct job_group **groups)
{
	const struct job **jobs;
	size_t job_count = list_jobs(set, arena, &jobs), count = 0;

	*groups = arena_alloc_array(arena, job_count, sizeof(**groups));
	for (size_t i = 0; i < job_count; i++) {
		const char *contender = jobs[i]->order.contender;

		if (i > 0 && jobs[i]->wave == jobs[i - 1]->wave &&
			job_order_continues(jobs[i], jobs[i - 1]))
			(*groups)[count - 1].count++;
		else
			(*groups)[count++] = (struct job_group){
				contender ? contender : jobs[i]->name, &jobs[i], 1};
	}
	return count;
}

/* The first error in a text of messages, without its place. */
static const char *first_error(struct arena *arena, const char *messages)
{
	static const char word[] = "error: ";
	const char *error = strstr(messages, word);
	const char *start = error ? error + strlen(word) : messages;

	return arena_strndup(arena, start, strcspn(start, "\n"));
}

/* Trials have a ramp and a length, and are the same from beginning to end: a log is not. */
static void refuse_replays(const struct job_set *set, struct diag *diag)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!job_replays(&set->jobs[i]) || set->jobs[i].clone > 0)
			continue;
		diag_error(diag, job_place(&set->jobs[i], "read_iolog"),
			"a replay ends with its log: trials, which are measured by time, cannot be "
			"made of it");
		diag_hint(diag, "`ringside run` replays it; --json=FILE keeps its figures");
	}
}

/* On many ranks the jobs of the first are run by all: only names of targets are made by each. */
static void refuse_own_values(const struct job_set *set, struct diag *diag)
{
	for (size_t i = 0; i < set->count && job_ranks_are_several(&set->ranks); i++) {
		const struct job_entry *entry = job_ranks_own_value(&set->jobs[i]);

		if (!entry || set->jobs[i].clone > 0)
			continue;
		diag_error(diag, &entry->value_place,
			"%s has $rank or $hostname: trials of many ranks are of one job, in which "
			"only names of files differ",
			entry->key);
		diag_hint(diag, "$rank in filename or directory; or `ringside-mpi run`");
	}
}

static void refuse_jobs(const struct job_set *set, struct diag *diag)
{
	refuse_replays(set, diag);
	refuse_own_values(set, diag);
}

/*
 * Reads all jobs with the options of a variant and a combination. Messages are kept for
 * `refusal`, and passed on where the variant was asked for (errors) or is the first (notes).
 */
static struct reading read_jobs(struct planning *planning, struct job_request request,
	const struct variant *variant, const struct combination *values)
{
	struct arena *arena = &planning->plan->arena;
	size_t limit = request.override_count + variant->override_count + values->override_count;
	const char **overrides = arena_alloc_array(arena, limit, sizeof(*overrides));
	size_t count = 0;
	struct reading reading = {.set = &planning->plan->sets[planning->plan->set_count]};
	bool is_first = planning->plan->set_count++ < MAX(planning->request->group_count, 1) &&
			!planning->request->is_repeated;
	char *said = NULL;
	size_t said_bytes;
	struct diag diag;
	FILE *stream = open_memstream(&said, &said_bytes);

	if (!stream)
		arena_exhausted();
	for (size_t i = 0; i < request.override_count; i++)
		overrides[count++] = request.overrides[i];
	for (size_t i = 0; i < variant->override_count; i++)
		overrides[count++] = variant->overrides[i];
	for (size_t i = 0; i < values->override_count; i++)
		overrides[count++] = values->overrides[i];
	request.overrides = overrides;
	request.override_count = count;
	diag_init(&diag, stream);
	if (variant->refusal)
		reading.refusal = variant->refusal;
	else if (job_set_read(reading.set, &request, &diag) != 0)
		diag.error_count++;
	else
		refuse_jobs(reading.set, &diag);
	if (fclose(stream) != 0)
		arena_exhausted();
	if (diag.error_count > 0) {
		reading.refusal = first_error(arena, said);
		job_set_free(reading.set);
	}
	for (size_t i = 0; diag.error_count == 0 && i < reading.set->count; i++) {
		if (variant->override_count > 0) /* sections name their own */
			fit_nodes(&reading.set->jobs[i], arena);
	}
	if (diag.error_count > 0 ? !variant->is_optional : is_first)
		fputs(said, planning->diag->stream);
	if (diag.error_count > 0 && !variant->is_optional)
		planning->diag->error_count += diag.error_count;
	else if (diag.error_count > 0)
		reading.unsaid = arena_strdup(arena, said);
	free(said);
	return reading;
}

/* Adds one, its name made unique. */
static void add_contender(struct planning *planning, struct contender_point *point,
	const char *name, const struct job_group *group, const char *refusal, bool is_optional)
{
	unsigned same = 1;

	for (size_t i = 0; i < point->count; i++)
		same += strncmp(point->contenders[i].name, name, strlen(name)) == 0 &&
			strchr("#", point->contenders[i].name[strlen(name)]);
	if (same > 1)
		name = arena_printf(&planning->plan->arena, "%s#%u", name, same);
	point->contenders[point->count++] = (struct contender_setup){
		.name = name,
		.program = planning->request->program,
		.job = group ? group->jobs[0] : NULL,
		.together = group ? group->jobs + 1 : NULL,
		.together_count = group ? group->count - 1 : 0,
		.refusal = refusal,
		.is_optional = is_optional,
	};
}

static struct contender_point *add_point(struct planning *planning, const char *name, size_t room)
{
	struct contender_plan *plan = planning->plan;
	struct contender_point *point = &plan->points[plan->point_count++];

	point->name = name;
	point->contenders = arena_alloc_array(&plan->arena, room, sizeof(*point->contenders));
	return point;
}

/* Each group a contender; one point. */
static void add_sections(struct planning *planning, const struct combination *values)
{
	static const struct variant as_written = {0};
	struct arena *arena = &planning->plan->arena;
	struct reading reading = read_jobs(planning, planning->request->job, &as_written, values);
	struct contender_point *point;
	struct job_group *groups;
	size_t count;

	if (reading.refusal)
		return;
	count = list_groups(reading.set, arena, &groups);
	point = add_point(planning, values->name, count);
	for (size_t i = 0; i < count; i++)
		add_contender(planning, point, groups[i].name, &groups[i], NULL, false);
}

/* Of --contender=JOBFILE: reported where not. */
static bool may_run_together(
	struct planning *planning, const struct job_group *group, const char *path)
{
	const struct job *last = group->jobs[group->count - 1];

	for (size_t i = 0; i < group->count; i++) {
		if (!group->jobs[i]->order.contender)
			continue;
		diag_error(planning->diag, job_place(group->jobs[i], "contender"),
			"--contender=%s: all of its jobs are one contender, so contender= is not "
			"possible",
			path);
		diag_hint(planning->diag, "name the file without --contender");
		return false;
	}
	if (last->wave == 0)
		return true;
	diag_error(planning->diag, job_place(last, "stonewall"),
		"--contender=%s: its jobs run together, so stonewall is not possible", path);
	return false;
}

/* Each file a contender, of all its jobs; one point. */
static void add_groups(struct planning *planning, const struct combination *values)
{
	static const struct variant as_written = {0};
	struct arena *arena = &planning->plan->arena;
	size_t group_count = planning->request->group_count;
	struct contender_point *point = add_point(planning, values->name, group_count);

	for (size_t i = 0; i < group_count; i++) {
		struct job_request request = planning->request->job;
		const char *path = planning->request->groups[i];
		struct reading reading;
		struct job_group group = {.name = text_stem_of(path, arena)};

		request.files = &planning->request->groups[i];
		request.file_count = 1;
		reading = read_jobs(planning, request, &as_written, values);
		if (reading.refusal)
			continue;
		group.count = list_jobs(reading.set, arena, &group.jobs);
		if (may_run_together(planning, &group, path))
			add_contender(planning, point, group.name, &group, NULL, false);
	}
}

size_t contender_job_count(const struct contender_setup *setup)
{
	return setup->job ? 1 + setup->together_count : 0;
}

const struct job *contender_job(const struct contender_setup *setup, size_t index)
{
	return index == 0 ? setup->job : setup->together[index - 1];
}

bool contender_writes(const struct contender_setup *setup)
{
	bool writes = false;

	for (size_t i = 0; i < contender_job_count(setup); i++)
		writes |= job_writes(contender_job(setup, i));
	return writes;
}

static const char *point_name(struct arena *arena, const struct job_group *group,
	size_t group_count, const struct combination *values)
{
	if (group_count < 2)
		return values->name;
	return arena_printf(arena, "%s%s%s", group->name, *values->name ? " " : "", values->name);
}

/* The request is wrong where no variant can run it, a misspelt option for example: report it. */
static void tell_refusal(struct planning *planning, const struct reading *readings)
{
	for (size_t v = 0; v < planning->variant_count; v++) {
		if (!readings[v].unsaid)
			continue;
		fputs(readings[v].unsaid, planning->diag->stream);
		planning->diag->error_count++;
		diag_hint(planning->diag, "no contender can run it; this is the message of '%s'",
			planning->variants[v].name);
		return;
	}
}

/* Variants of each group; a point for each group. */
static void add_variants(struct planning *planning, const struct combination *values)
{
	struct arena *arena = &planning->plan->arena;
	struct reading *readings =
		arena_alloc_array(arena, planning->variant_count, sizeof(*readings));
	struct job_group **groups =
		arena_alloc_array(arena, planning->variant_count, sizeof(*groups));
	size_t group_count = 0;
	size_t whole = 0; /* a variant that has jobs */

	for (size_t v = 0; v < planning->variant_count; v++) {
		readings[v] =
			read_jobs(planning, planning->request->job, &planning->variants[v], values);
		if (readings[v].refusal)
			continue;
		group_count = list_groups(readings[v].set, arena, &groups[v]);
		whole = v;
	}
	if (group_count == 0)
		tell_refusal(planning, readings);
	for (size_t g = 0; g < group_count && planning->plan->point_count < POINTS_LIMIT; g++) {
		struct contender_point *point = add_point(planning,
			point_name(arena, &groups[whole][g], group_count, values),
			planning->variant_count);

		for (size_t v = 0; v < planning->variant_count; v++)
			add_contender(planning, point, planning->variants[v].name,
				readings[v].refusal ? NULL : &groups[v][g], readings[v].refusal,
				planning->variants[v].is_optional);
	}
}

static int choose_variants(struct planning *planning)
{
	const struct contender_request *request = planning->request;
	struct arena *arena = &planning->plan->arena;

	if (request->engines && request->is_ladder) {
		diag_error(planning->diag, NULL, "--engines and --ladder exclude each other");
		return -EINVAL;
	}
	if (request->group_count > 0 &&
		(request->engines || request->is_ladder || request->job.file_count > 0)) {
		diag_error(planning->diag, NULL,
			"--contender excludes --engines, --ladder and other job files");
		diag_hint(planning->diag,
			"a job file for each contender: --contender=a.job --contender=b.job");
		return -EINVAL;
	}
	if (request->is_ladder)
		planning->variant_count = list_ladder(arena, &planning->variants);
	else if (request->engines && strcmp(request->engines, "all") == 0)
		planning->variant_count = list_all(arena, &planning->variants);
	else if (request->engines)
		planning->variant_count =
			list_engines(arena, request->engines, &planning->variants);
	if (MAX(planning->variant_count, request->group_count) > CONTENDERS_LIMIT) {
		diag_error(planning->diag, NULL, "%zu contenders are more than %d",
			MAX(planning->variant_count, request->group_count), CONTENDERS_LIMIT);
		return -EINVAL;
	}
	return 0;
}

static bool sets(const char *const *overrides, size_t count, const char *key, size_t key_bytes)
{
	for (size_t i = 0; i < count; i++) {
		if (strncmp(overrides[i], key, key_bytes) == 0 && overrides[i][key_bytes] == '=')
			return true;
	}
	return false;
}

/* Another option that sets the key to vary: one of the two would name a value that is not run. */
static const char *find_other(const struct planning *planning, const char *vary)
{
	const struct combination *values = planning->combinations; /* all have the same keys */
	size_t key_bytes = strcspn(vary, "=");

	if (sets(values->overrides, values->override_count, vary, key_bytes))
		return "another --vary";
	for (size_t v = 0; v < planning->variant_count; v++) {
		const struct variant *variant = &planning->variants[v];

		if (sets(variant->overrides, variant->override_count, vary, key_bytes))
			return planning->request->is_ladder ? "--ladder" : "--engines";
	}
	return NULL;
}

/* Crosses what there is with the values of one more --vary. */
static int cross(struct planning *planning, const char *vary)
{
	struct arena *arena = &planning->plan->arena;
	struct variant *values;
	size_t count = list_values(arena, vary, &values);
	struct combination *crossed;
	size_t crossed_count = 0;
	const char *other = find_other(planning, vary);

	if (other) {
		diag_error(planning->diag, NULL, "--vary=%s: %s sets %.*s as well", vary, other,
			(int)strcspn(vary, "="), vary);
		return -EINVAL;
	}
	if (count == 0 || count * planning->combination_count > POINTS_LIMIT) {
		diag_error(planning->diag, NULL,
			count ? "--vary=%s: more than %d tables" : "--vary=%s: no values", vary,
			POINTS_LIMIT);
		diag_hint(planning->diag, "--vary=iodepth=1,8,32");
		return -EINVAL;
	}
	crossed = arena_alloc_array(arena, count * planning->combination_count, sizeof(*crossed));
	for (size_t i = 0; i < planning->combination_count; i++) {
		const struct combination *before = &planning->combinations[i];

		for (size_t k = 0; k < count; k++) {
			struct combination *after = &crossed[crossed_count++];

			after->name = arena_printf(arena, "%s%s%s", before->name,
				*before->name ? " " : "", values[k].name);
			after->override_count = before->override_count + 1;
			after->overrides = arena_alloc_array(
				arena, after->override_count, sizeof(*after->overrides));
			for (size_t o = 0; o < before->override_count; o++)
				after->overrides[o] = before->overrides[o];
			after->overrides[before->override_count] = values[k].overrides[0];
		}
	}
	planning->combinations = crossed;
	planning->combination_count = crossed_count;
	return 0;
}

static int list_combinations(struct planning *planning)
{
	planning->combinations = ARENA_NEW(&planning->plan->arena, struct combination);
	planning->combinations->name = "";
	planning->combination_count = 1;
	for (size_t i = 0; i < planning->request->vary_count; i++) {
		if (cross(planning, planning->request->vary[i]) != 0)
			return -EINVAL;
	}
	return 0;
}

static int find_reference(struct planning *planning, struct contender_point *point)
{
	const char *name = planning->request->reference;
	const char *names = "";

	point->reference = SIZE_MAX;
	for (size_t i = 0; name && i < point->count; i++) {
		if (strcmp(point->contenders[i].name, name) == 0)
			point->reference = i;
	}
	if (!name || point->reference != SIZE_MAX)
		return 0;
	diag_error(planning->diag, NULL, "--ref=%s: there is no such contender", name);
	for (size_t i = 0; i < point->count; i++)
		names = arena_printf(&planning->plan->arena, "%s%s%s", names, i ? ", " : "",
			point->contenders[i].name);
	diag_hint(planning->diag, "one of %s", names);
	return -EINVAL;
}

int contender_plan_make(
	struct contender_plan *plan, const struct contender_request *request, struct diag *diag)
{
	struct planning planning = {.plan = plan, .request = request, .diag = diag};
	unsigned errors_before = diag->error_count;

	*plan = (struct contender_plan){0};
	if (choose_variants(&planning) != 0 || list_combinations(&planning) != 0)
		return -EINVAL;
	plan->points = arena_alloc_array(&plan->arena, POINTS_LIMIT, sizeof(*plan->points));
	plan->sets = arena_alloc_array(&plan->arena,
		planning.combination_count * (planning.variant_count + request->group_count + 1),
		sizeof(*plan->sets));
	for (size_t i = 0; i < planning.combination_count; i++) {
		if (planning.variant_count > 0)
			add_variants(&planning, &planning.combinations[i]);
		else if (request->group_count > 0)
			add_groups(&planning, &planning.combinations[i]);
		else
			add_sections(&planning, &planning.combinations[i]);
	}
	for (size_t i = 0; i < plan->point_count && diag->error_count == errors_before; i++)
		(void)find_reference(&planning, &plan->points[i]); /* it reports */
	return diag->error_count == errors_before ? 0 : -EINVAL;
}

/* Variants of the same jobs: the guard's answer would be the same too. */
static bool write_alike(const struct job_set *one, const struct job_set *other)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++) {
		const struct job *a = &one->jobs[i], *b = &other->jobs[i];

		if (a->filename.count != b->filename.count || job_writes(a) != job_writes(b) ||
			a->unlink != b->unlink)
			return false;
		for (size_t k = 0; k < a->filename.count; k++) {
			if (strcmp(a->filename.texts[k], b->filename.texts[k]) != 0)
				return false;
		}
	}
	return true;
}

int contender_plan_guard(
	const struct contender_plan *plan, const struct write_guard *allowed, struct diag *diag)
{
	int error = 0;

	for (size_t i = 0; i < plan->set_count && error == 0; i++) {
		const struct job_set *set = &plan->sets[i];

		if (i == 0 || !write_alike(set, &plan->sets[i - 1]))
			error = plan_guard_jobs(set->jobs, set->count, allowed, diag);
	}
	return error;
}

void contender_plan_free(struct contender_plan *plan)
{
	for (size_t i = 0; i < plan->set_count; i++)
		job_set_free(&plan->sets[i]);
	arena_free(&plan->arena);
	*plan = (struct contender_plan){0};
}

const char **contender_command(const struct contender_plan *plan, const char *const *arguments,
	size_t argument_count, struct arena *arena, size_t *count)
{
	size_t room = argument_count;
	const char **words;

	for (size_t i = 0; i < plan->set_count; i++)
		room += plan->sets[i].variables.count;
	words = arena_alloc_array(arena, room, sizeof(*words));
	*count = 0;
	for (size_t i = 0; i < plan->set_count; i++) {
		const struct job_variables *variables = &plan->sets[i].variables;

		for (size_t v = 0; v < variables->count; v++) {
			if (!text_is_listed(variables->settings[v], words, *count))
				words[(*count)++] = arena_strdup(arena, variables->settings[v]);
		}
	}
	for (size_t i = 0; i < argument_count; i++)
		words[(*count)++] = arguments[i];
	return words;
}
