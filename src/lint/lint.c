/* SPDX-License-Identifier: MIT */
/* Reads and plans the jobs of each file as `ringside run` would, and keeps what is said of them. */
#include "lint/lint.h"

#include <inttypes.h>
#include <string.h>
#include <sys/param.h>

#include "base/text.h"
#include "base/units.h"
#include "engine/engine_list.h"
#include "host/host_limits.h"
#include "job/job_order_check.h"
#include "result/result_figures.h"
#include "text/figure.h"

/* Hears what is said while a file is read and planned. */
struct listener {
	struct lint *lint;
	struct lint_file *file;
	struct lint_finding *last; /* a hint belongs to it; NULL: to one that was there before */
};

const char *lint_kind_name(unsigned kind)
{
	static const char *const names[] = {"error", "danger", "difference", "warning", "note"};

	return names[kind];
}

static bool is_same(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

static bool is_alike(const struct lint_finding *one, const struct lint_finding *other)
{
	return one->kind == other->kind && is_same(one->text, other->text);
}

static bool is_known(const struct lint_finding *list, const struct lint_finding *finding)
{
	for (; list; list = list->next_found) {
		if (is_alike(list, finding) && list->line == finding->line &&
			is_same(list->file, finding->file) && is_same(list->job, finding->job))
			return true;
	}
	return false;
}

static struct lint_index *index_of(struct lint *lint, struct lint_file *file)
{
	if (!file->index)
		file->index = ARENA_NEW(&lint->arena, struct lint_index);
	return file->index;
}

/* Behind those of its kind. */
static void append(struct lint_file *file, struct lint_finding *finding)
{
	struct lint_finding **last = file->index->last;
	struct lint_finding **end = &file->findings;

	for (unsigned kind = 0; kind <= finding->kind; kind++)
		end = last[kind] ? &last[kind]->next : end;
	finding->next = *end;
	*end = finding;
	last[finding->kind] = finding;
	file->counts[finding->kind]++;
}

static void join_alike(struct lint_finding **bucket, struct lint_finding *finding)
{
	struct lint_finding *first = *bucket;

	while (first && !is_alike(first, finding))
		first = first->next_first;
	if (first) {
		finding->first = first;
		first->last_alike->next_alike = finding;
		first->last_alike = finding;
		return;
	}
	finding->last_alike = finding;
	finding->next_first = *bucket;
	*bucket = finding;
}

struct lint_finding *lint_add(struct lint *lint, struct lint_file *file, enum lint_kind kind,
	const struct place *place, const char *job, const char *text)
{
	struct lint_finding sought = {
		.kind = kind,
		.file = place ? place->file : NULL,
		.line = place && place->line > 0 ? (uint64_t)place->line : 0,
		.job = job,
		.text = text,
	};
	uint64_t hash = text_hash(kind, text);
	struct lint_finding **first = &index_of(lint, file)->first[hash % LINT_BUCKETS];
	struct lint_finding **found =
		&file->index->found[text_hash(hash + sought.line, job) % LINT_BUCKETS];
	struct lint_finding *finding;

	if (is_known(*found, &sought))
		return NULL;
	finding = ARENA_NEW(&lint->arena, struct lint_finding);
	*finding = sought;
	finding->file = arena_strdup(&lint->arena, sought.file);
	finding->job = arena_strdup(&lint->arena, job);
	finding->next_found = *found;
	*found = finding;
	join_alike(first, finding);
	finding->text = finding->first ? finding->first->text : arena_strdup(&lint->arena, text);
	append(file, finding);
	return finding;
}

static enum lint_kind kind_of(enum diag_kind kind)
{
	static const enum lint_kind kinds[] = {
		[DIAG_ERROR] = LINT_ERROR,
		[DIAG_WARNING] = LINT_WARNING,
		[DIAG_NOTE] = LINT_NOTE,
		[DIAG_WARNING_OF_FIO] = LINT_DIFFERENCE,
		[DIAG_NOTE_OF_FIO] = LINT_DIFFERENCE,
	};

	return kinds[kind];
}

static void hear(void *context, enum diag_kind kind, const struct place *place, const char *text)
{
	struct listener *listener = context;

	if (kind != DIAG_HINT)
		listener->last =
			lint_add(listener->lint, listener->file, kind_of(kind), place, NULL, text);
	else if (listener->last && !listener->last->hint)
		listener->last->hint = arena_strdup(&listener->lint->arena, text);
}

static const char *engine_text(struct arena *arena, const struct job *job)
{
	const char *access = engine_access_name(job->engine, job->direct);

	if (job->engine->traits & ENGINE_IS_SYNCHRONOUS)
		return arena_printf(arena, "%s, %s", job->ioengine, access);
	return arena_printf(arena, "%s, depth %u, %s", job->ioengine, job->iodepth, access);
}

static const char *time_text(struct arena *arena, uint64_t time_ns)
{
	char text[UNITS_TEXT_BYTES];

	return arena_strdup(arena, units_format_exact_time(text, time_ns));
}

static const char *amount_text(struct arena *arena, const struct planned_job *planned)
{
	const struct job *job = planned->job;
	const char *amount = NULL, *ramp = "";
	char text[FIGURE_BYTES_OF_TEXT];

	/* Exchanges without a size have no pass. */
	bool has_pass = planned->pass_bytes != UINT64_MAX &&
			(job->rw.mode != RW_ECHO || job->size.is_set || job->io_size.is_set);

	if (has_pass && !job->time_based)
		amount = arena_strdup(arena,
			figure_text(text, FIGURE_BYTES, (double)planned->pass_bytes * job->loops));
	if (job->ramp_time_ns > 0)
		ramp = arena_printf(
			arena, " after %s of ramp", time_text(arena, job->ramp_time_ns));
	if (job->number_ios > 0)
		amount = arena_printf(arena, "%s%s%" PRIu64 " I/Os", amount ? amount : "",
			amount ? " or " : "", job->number_ios);
	if (job->runtime_ns > 0)
		return arena_printf(arena, "%s%s%s%s", time_text(arena, job->runtime_ns), ramp,
			amount ? " or " : "", amount ? amount : "");
	return amount ? amount : "until it is stopped";
}

static const char *target_text(
	struct arena *arena, const struct planned_job *planned, const struct target *target)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (target->kind == TARGET_NONE)
		return planned->job->rw.mode == RW_ECHO ? arena_strdup(arena, target->path)
							: "none";
	if (!target->exists)
		return arena_printf(arena, "%s (%s)", target->path,
			job_reads(planned->job) ? "laid out first" : "made");
	if (target->bytes == UINT64_MAX)
		return arena_printf(arena, "%s (%s)", target->path, target_kind_name(target->kind));
	return arena_printf(arena, "%s (%s, %s)", target->path, target_kind_name(target->kind),
		figure_text(text, FIGURE_BYTES, (double)target->bytes));
}

static void describe(struct lint *lint, struct lint_file *file, const struct planned_job *planned)
{
	AUTO_ARENA struct arena scratch = {0};
	struct arena *arena = &lint->arena;
	const struct job *job = planned->job;
	struct lint_job *last = index_of(lint, file)->last_job,
			*entry = ARENA_NEW(arena, struct lint_job);
	struct settings options = job_settings(job, &scratch);
	const char *bs = result_block_sizes(&options);

	entry->name = arena_strdup(arena, job->name);
	entry->clones = job->numjobs;
	entry->wave = job->wave;
	entry->group = job->group;
	entry->workload = arena_printf(arena, "%s%s%s", settings_value(&options, "rw"),
		job_is_of_whole_files(job) || !bs ? "" : " ",
		job_is_of_whole_files(job) || !bs ? "" : bs);
	if (job_replays(job))
		entry->workload = arena_printf(arena, "replay of %s", job->rare->replay.log->path);
	entry->engine = engine_text(arena, job);
	entry->amount = amount_text(arena, planned);
	entry->target_count = planned->target_count;
	entry->targets = arena_alloc_array(arena, planned->target_count, sizeof(char *));
	for (unsigned i = 0; i < planned->target_count; i++)
		entry->targets[i] = target_text(arena, planned, &planned->targets[i]);
	entry->options = settings_copy(&options, arena);
	*(last ? &last->next : &file->jobs) = entry;
	file->index->last_job = entry;
	file->job_count++;
}

static uint64_t add_up(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* How long it takes to replay its log, at least. */
static uint64_t replay_ns(const struct job *job)
{
	uint64_t log_ns = job->rare->replay.log ? job->rare->replay.log->duration_ns : 0;

	if (job->runtime_ns > 0 && job->ramp_time_ns + job->runtime_ns < log_ns)
		log_ns = job->ramp_time_ns + job->runtime_ns;
	return log_ns > 0 ? job->startdelay_ns + log_ns : 0;
}

/* At most: of a mix of reads and writes all of it. */
static uint64_t bytes_to_write(const struct planned_job *planned)
{
	const struct io_log *log = planned->job->rare->replay.log;

	return log ? log->byte_counts[IO_WRITE] + log->byte_counts[IO_TRIM]
		   : planned->pass_bytes * planned->job->loops;
}

/* Waves run one after the other, the jobs of a wave at once. */
static void sum_up(struct lint_file *file, const struct plan *plan)
{
	uint64_t wave_ns = 0;

	file->ends_by_time = true;
	for (size_t i = 0; i < plan->count; i++) {
		const struct job *job = plan->jobs[i].job;
		bool is_timed = job->runtime_ns > 0;

		if (i > 0 && job->wave != plan->jobs[i - 1].job->wave) {
			file->least_ns += wave_ns;
			wave_ns = 0;
		}
		file->wave_count = job->wave + 1;
		if (!is_timed || plan->jobs[i].pass_bytes != UINT64_MAX || job->number_ios > 0)
			file->ends_by_time = file->ends_by_time && is_timed && job->time_based;
		else
			wave_ns = MAX(
				wave_ns, job->startdelay_ns + job->ramp_time_ns + job->runtime_ns);
		if (is_timed && job->time_based)
			wave_ns = MAX(
				wave_ns, job->startdelay_ns + job->ramp_time_ns + job->runtime_ns);
		wave_ns = MAX(wave_ns, replay_ns(job));
		if (job_writes(job) && (job->time_based || plan->jobs[i].pass_bytes == UINT64_MAX))
			file->write_bytes = UINT64_MAX;
		else if (job_writes(job))
			file->write_bytes =
				add_up(file->write_bytes, bytes_to_write(&plan->jobs[i]));
	}
	file->least_ns += wave_ns;
}

/* An engine that this kernel or user does not have. */
static void probe_engine(
	struct lint *lint, struct lint_file *file, const struct planned_job *planned)
{
	const struct job *job = planned->job;
	struct engine_report report = {.arena = &lint->arena};
	struct engine_setup setup = {
		.arena = &lint->arena,
		.options = job->engine_options,
		.slot_count = job->iodepth,
		.is_direct = job->direct,
	};
	int error = job->engine->probe ? job->engine->probe(&setup, &report) : 0;
	struct lint_finding *finding;

	if (error == 0)
		return;
	finding = lint_add(lint, file, LINT_ERROR, job_place(job, "ioengine"), job->name,
		arena_printf(&lint->arena, "%s does not work here: %s", job->ioengine,
			report.problem ? report.problem : strerror(-error)));
	if (finding)
		finding->hint = arena_strdup(&lint->arena, report.hint);
	if (file->code == EXIT_DONE)
		file->code = EXIT_INCOMPARABLE;
}

static void look_at_plan(struct lint *lint, struct lint_file *file, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (plan->jobs[i].job->clone > 0)
			continue;
		describe(lint, file, &plan->jobs[i]);
		probe_engine(lint, file, &plan->jobs[i]);
	}
	sum_up(file, plan);
	lint_rules_apply(lint, file, plan);
}

static void look_at(struct lint *lint, struct lint_file *file, const struct job_request *request,
	const struct write_guard *allowed)
{
	struct listener listener = {.lint = lint, .file = file};
	struct diag diag = {.hear = hear, .context = &listener};
	struct job_set set = {0};
	struct plan plan = {0};
	struct plan_request wanted = {.set = &set, .allowed = *allowed};

	file->code = EXIT_BAD_REQUEST;
	if (job_set_read(&set, request, &diag) == 0 && plan_make(&plan, &wanted, &diag) == 0 &&
		plan_check_memory(&plan, host_limits_memory(), &diag) == 0)
		file->code = EXIT_DONE;
	if (file->code == EXIT_DONE)
		job_order_note_contenders(set.jobs, set.count, &diag);
	if (file->code == EXIT_DONE)
		look_at_plan(lint, file, &plan);
	plan_free(&plan);
	job_set_free(&set);
}

void lint_read(
	struct lint *lint, const struct job_request *request, const struct write_guard *allowed)
{
	struct job_request one = *request;

	*lint = (struct lint){.count = MAX(request->file_count, 1)};
	lint->files = arena_alloc_array(&lint->arena, lint->count, sizeof(*lint->files));
	one.file_count = MIN(request->file_count, 1);
	for (size_t i = 0; i < lint->count; i++) {
		one.files = request->files + i;
		lint->files[i].path = request->file_count > 0
					      ? arena_strdup(&lint->arena, request->files[i])
					      : "command line";
		look_at(lint, &lint->files[i], &one, allowed);
	}
}

int lint_code(const struct lint *lint)
{
	int code = EXIT_DONE;

	for (size_t i = 0; i < lint->count; i++) {
		if (code == EXIT_DONE || lint->files[i].code == EXIT_BAD_REQUEST)
			code = lint->files[i].code;
	}
	return code;
}

void lint_free(struct lint *lint)
{
	arena_free(&lint->arena);
}
