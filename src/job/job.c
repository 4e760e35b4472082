/* SPDX-License-Identifier: MIT */
/* Questions about a job, and the job as text: settings, and a section that reads back. */
#include "job/job.h"

#include <string.h>

#include "verify/checksum.h"

enum {
	READS = IO_BIT(DIRECTION_READ),
	WRITES = IO_BIT(DIRECTION_WRITE),
	TRIMS = IO_BIT(DIRECTION_TRIM),
};

static const struct {
	unsigned directions; /* IO_BITs */
	bool is_random;
	enum io_op composite; /* IO_OP_COUNT: none */
} modes[] = {
	[RW_READ] = {READS, false, IO_OP_COUNT},
	[RW_WRITE] = {WRITES, false, IO_OP_COUNT},
	[RW_TRIM] = {TRIMS, false, IO_OP_COUNT},
	[RW_RANDREAD] = {READS, true, IO_OP_COUNT},
	[RW_RANDWRITE] = {WRITES, true, IO_OP_COUNT},
	[RW_RANDTRIM] = {TRIMS, true, IO_OP_COUNT},
	[RW_READWRITE] = {READS | WRITES, false, IO_OP_COUNT},
	[RW_RANDRW] = {READS | WRITES, true, IO_OP_COUNT},
	[RW_TRIMWRITE] = {TRIMS | WRITES, false, IO_OP_COUNT},
	[RW_RANDTRIMWRITE] = {TRIMS | WRITES, true, IO_OP_COUNT},
	[RW_OPENREAD] = {READS, false, IO_OPEN_READ},
	[RW_COPY] = {WRITES, false, IO_COPY},
	[RW_STAT] = {READS, false, IO_STAT},
	[RW_CREATE] = {WRITES, false, IO_CREATE},
	[RW_UNLINK] = {WRITES, false, IO_UNLINK},
	[RW_ECHO] = {READS, false, IO_ECHO},
};

struct job_rare *job_own_rare(struct job *job, struct arena *arena)
{
	if (!job->owns_rare) {
		struct job_rare *own = ARENA_NEW(arena, struct job_rare);

		*own = *job->rare;
		job->rare = own;
		job->owns_rare = true;
	}
	return (struct job_rare *)job->rare;
}

enum io_op job_composite_op(const struct job *job)
{
	return modes[job->rw.mode].composite;
}

bool job_moves_no_bytes(const struct job *job)
{
	return job->rw.mode == RW_STAT || job->rw.mode == RW_CREATE || job->rw.mode == RW_UNLINK;
}

bool job_is_of_whole_files(const struct job *job)
{
	return job->rw.mode == RW_OPENREAD || job_moves_no_bytes(job);
}

bool job_does(const struct job *job, enum io_direction direction)
{
	if (job->rare->replay.logs)
		return (job->rare->replay.ops & IO_BIT(direction)) != 0;
	return (modes[job->rw.mode].directions & IO_BIT(direction)) != 0;
}

bool job_replays(const struct job *job)
{
	return job->rare->replay.read_iolog.count > 0;
}

bool job_reads(const struct job *job)
{
	return job_does(job, DIRECTION_READ);
}

bool job_writes(const struct job *job)
{
	/* Its writes are imagined. */
	if (job->rare->verify.only && job->rare->verify.kind != CHECKSUM_NONE)
		return false;
	return job_does(job, DIRECTION_WRITE) || job_does(job, DIRECTION_TRIM);
}

bool job_trims_and_writes(const struct job *job)
{
	return !job->rare->replay.logs && job_does(job, DIRECTION_TRIM) &&
	       job_does(job, DIRECTION_WRITE);
}

bool job_continues_entry(const struct job *job, const struct job *before)
{
	return job->group_reporting && job->group == before->group;
}

bool job_is_random(const struct job *job)
{
	return modes[job->rw.mode].is_random;
}

struct job_range job_block_range(const struct job *job)
{
	struct job_range range = {UINT64_MAX, 0};

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct block_size_spec *spec = &job->block_sizes.of[i];

		if (!job_does(job, (enum io_direction)i))
			continue;
		if (spec->min_bytes < range.min)
			range.min = spec->min_bytes;
		if (spec->max_bytes > range.max)
			range.max = spec->max_bytes;
	}
	return range;
}

/* Two options may set one field (direct and buffered): either counts. */
static struct job_entry *find_job_entry(const struct job *job, const struct option *option)
{
	const struct job_entries *entries = &job->origin->own;
	struct job_entry *same = NULL;

	for (size_t i = 0; i < entries->count; i++) {
		struct job_entry *entry = entries->items[i];

		if (entry->option == option)
			return entry;
		if (!same && entry->option->field == option->field &&
			entry->option->part == option->part)
			same = entry;
	}
	return same;
}

static struct job_entry *find_engine_entry(const struct job *job, const struct option *option)
{
	const struct job_entries *entries = &job->origin->engine;

	for (size_t i = 0; i < entries->count; i++) {
		if (option_find(job->engine->options, entries->items[i]->key) == option)
			return entries->items[i];
	}
	return NULL;
}

struct job_entry *job_entry_of(const struct job *job, const char *name)
{
	const struct option_table *engine_table = job->engine ? job->engine->options : NULL;
	const struct option *option = option_find(&job_option_table, name);

	if (option)
		return find_job_entry(job, option);
	option = engine_table ? option_find(engine_table, name) : NULL;
	return option ? find_engine_entry(job, option) : NULL;
}

const struct place *job_place(const struct job *job, const char *option)
{
	const struct job_entry *entry = job_entry_of(job, option);

	return entry ? &entry->value_place : &job->place;
}

bool job_sets(const struct job *job, const char *option)
{
	return job_entry_of(job, option) != NULL;
}

/* Whole I/Os or bytes; the first clones of the first ranks have what is left over. */
static double share_of(uint64_t total, const struct job *job)
{
	uint64_t ranks = job->part.ranks.count > 1 ? job->part.ranks.count : 1;
	uint64_t clones = job->numjobs * ranks;
	uint64_t clone = (uint64_t)job->clone * ranks + job->part.ranks.rank;

	if (total == 0)
		return 0;
	return (double)(total / clones + (clone < total % clones));
}

bool job_runs_by_time(const struct job *job)
{
	return job->time_based && job->runtime_ns != 0;
}

struct pacer_spec job_pace_of(const struct job *job, enum io_direction direction)
{
	struct pacer_spec spec = {.is_poisson = job->rate_process == RATE_POISSON};

	if (direction < DATA_DIRECTION_COUNT && job_does(job, direction)) {
		spec.ios_per_second = (double)job->rate_iops.value[direction] +
				      share_of(job->rate_iops_total.value[direction], job);
		spec.bytes_per_second = (double)job->rate.value[direction] +
					share_of(job->rate_total.value[direction], job);
	}
	return spec;
}

bool job_has_rate(const struct job *job, enum io_direction direction)
{
	struct pacer_spec spec = job_pace_of(job, direction);

	return spec.ios_per_second > 0 || spec.bytes_per_second > 0;
}

static bool has_some_rate(const struct job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (job_has_rate(job, (enum io_direction)i))
			return true;
	}
	return false;
}

bool job_is_paced(const struct job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (job_does(job, (enum io_direction)i) && !job_has_rate(job, (enum io_direction)i))
			return false;
	}
	return job->rare->pace.think.time_ns == 0 && job->rare->pace.think.cycles == 0 &&
	       job->rare->pace.flow.weight == 0 && !job_trims_and_writes(job) && has_some_rate(job);
}

bool job_is_limited(const struct job *job)
{
	return has_some_rate(job) && !job_is_paced(job);
}

bool job_is_held(const struct job *job)
{
	return has_some_rate(job) || job->rare->pace.think.time_ns != 0 ||
	       job->rare->pace.think.cycles != 0 || job->rare->pace.flow.weight != 0;
}

const char *job_pacing_option(const struct job *job)
{
	static const char *const options[] = {"rate", "rate_iops", "rate_total", "rate_iops_total",
		"thinktime", "thinkcycles", "flow"};

	for (size_t i = 0; job_is_held(job) && i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]))
			return options[i];
	}
	return NULL;
}

/* A value that nobody set may follow from others: the default is asked for by its text. */
static bool has_default(
	const struct option *option, const char *text, const void *defaults, struct arena *arena)
{
	const char *initial = option_text(option, defaults, arena);

	return initial && strcmp(text, initial) == 0;
}

static void add_settings(const struct job *job, const struct option_table *table,
	const void *target, struct arena *arena, struct settings *settings)
{
	void *defaults = arena_alloc(arena, table->struct_bytes);

	option_set_defaults(table, defaults, arena);
	for (const struct option *option = table->options; option->name; option++) {
		const char *text = option_text(option, target, arena);
		const struct job_entry *entry = table == &job_option_table
							? find_job_entry(job, option)
							: find_engine_entry(job, option);

		if (text)
			settings_add(settings, arena, option->name, text)->is_default =
				!entry && has_default(option, text, defaults, arena);
	}
}

struct settings job_settings(const struct job *job, struct arena *arena)
{
	const struct option_table *engine_table = job->engine ? job->engine->options : NULL;
	struct settings settings = {0};

	add_settings(job, &job_option_table, job, arena, &settings);
	if (engine_table)
		add_settings(job, engine_table, job->engine_options, arena, &settings);
	return settings;
}

/*
 * Job files cut values at comment signs and line ends, trim and expand them: a value of the
 * command line may hold all that.
 */
static bool reads_back(const char *value)
{
	size_t length = strlen(value);
	bool has_blanks_around =
		length > 0 && (strchr(" \t", value[0]) || strchr(" \t", value[length - 1]));

	return !has_blanks_around && !strpbrk(value, ";#\n\r") && !strstr(value, "${");
}

static void print_setting(const struct setting *setting, FILE *stream)
{
	bool is_comment = setting->is_default;

	if (!reads_back(setting->value)) {
		fputs("# cannot be read back from a job file:\n", stream);
		is_comment = true;
	}
	fprintf(stream, "%s%s=", is_comment ? "# " : "", setting->key);
	for (const char *c = setting->value; *c; c++)
		fputc(*c == '\n' || *c == '\r' ? '?' : *c, stream);
	fputc('\n', stream);
}

/* The section's head says it already. */
static bool is_head(const struct job *job, const struct setting *setting)
{
	return strcmp(setting->key, "name") == 0 &&
	       strcmp(setting->value, job->origin->section->name) == 0;
}

static void print_files(const struct job *job, FILE *stream)
{
	fprintf(stream, "# files%s:", job->numjobs > 1 ? " of the first clone" : "");
	for (size_t i = 0; i < job->filename.count; i++)
		fprintf(stream, " %s", job->filename.texts[i]);
	fputc('\n', stream);
}

void job_print(const struct job *job, FILE *stream)
{
	AUTO_ARENA struct arena arena = {0};
	struct settings settings;

	if (job->clone > 0)
		return;
	settings = job_settings(job, &arena);
	fprintf(stream, "[%s]\n", job->origin->section->name);
	for (int is_default = 0; is_default <= 1; is_default++) {
		if (is_default)
			fputs("# defaults\n", stream);
		for (size_t i = 0; i < settings.count; i++) {
			const struct setting *setting = &settings.items[i];

			if (setting->is_default == is_default && !is_head(job, setting))
				print_setting(setting, stream);
		}
	}
	print_files(job, stream);
	fputc('\n', stream);
}
