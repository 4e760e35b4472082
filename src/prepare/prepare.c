/* SPDX-License-Identifier: MIT */
/*
 * The stages of a preparation. Data are written by ordinary jobs, in stretches: each ends with a
 * sync, and then progress is saved. What is saved is on the target for sure; what is written after
 * that is written again by the run that continues.
 */
#include "prepare/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/save_file.h"
#include "base/text.h"
#include "base/units.h"
#include "engine/target_open.h"
#include "host/purge.h"
#include "prepare/prepare_settle.h"
#include "run/progress.h"
#include "run/run.h"
#include "run/stop_signal.h"

enum { JOB_OPTIONS_LIMIT = 20, DEPTH = 32, SETTLE_BLOCK_BYTES = 4 << 10 };

struct preparation {
	const struct prepare_request *request;
	struct prepare_record *record;
	struct prepare_target target;
	struct diag *diag;
	struct progress progress;
	const char *state_path;
	uint64_t begun_bytes; /* of the pass, when this run came to it, */
	uint64_t begun_ns;    /* and when that was */
	struct prepare_settle *settle;
	bool has_written;   /* a stretch of this run */
	struct target held; /* a device, claimed from the first write to the end */
};

/* A stretch of writes: the part of the target, and how far it is already. */
struct stretch {
	const char *name;
	uint64_t offset, bytes, block_bytes;
	uint64_t visited_blocks; /* of the pass: where its order goes on, and other data begin */
	bool is_random, is_direct, repeats;
	uint64_t seed, runtime_ns;
	struct run_follower follower;
};

static int stopped_code(void)
{
	return 128 + stop_signal_number();
}

static int save(struct preparation *it)
{
	return prepare_state_save(it->state_path, it->record, it->diag) == 0 ? EXIT_DONE
									     : EXIT_RUN_FAILED;
}

/* ':' separates the names of filename=. */
static const char *escaped(const char *path, struct arena *arena)
{
	char *text = arena_alloc(arena, 2 * strlen(path) + 1), *end = text;

	for (; *path; path++) {
		if (*path == ':' || *path == '\\')
			*end++ = '\\';
		*end++ = *path;
	}
	return text;
}

static size_t list_options(const struct preparation *it, const struct stretch *stretch,
	const char *options[JOB_OPTIONS_LIMIT], struct arena *arena)
{
	size_t count = 0;

	options[count++] = arena_printf(arena, "--name=%s", stretch->name);
	options[count++] =
		arena_printf(arena, "--filename=%s", escaped(it->target.target.path, arena));
	options[count++] = stretch->is_random ? "--rw=randwrite" : "--rw=write";
	options[count++] =
		arena_printf(arena, "--bs=%llu", (unsigned long long)stretch->block_bytes);
	options[count++] =
		arena_printf(arena, "--offset=%llu", (unsigned long long)stretch->offset);
	options[count++] = arena_printf(arena, "--size=%llu", (unsigned long long)stretch->bytes);
	options[count++] =
		arena_printf(arena, "--randseed=%llu", (unsigned long long)stretch->seed);
	options[count++] = arena_printf(
		arena, "--runtime=%lluus", (unsigned long long)(stretch->runtime_ns / 1000));
	options[count++] = arena_printf(arena, "--direct=%d", stretch->is_direct);
	/* Buffered, libaio does one I/O at a time anyway. */
	options[count++] = stretch->is_direct ? "--ioengine=libaio" : "--ioengine=psync";
	options[count++] = arena_printf(arena, "--iodepth=%d", stretch->is_direct ? DEPTH : 1);
	options[count++] = "--end_fsync=1";
	options[count++] = "--refill_buffers=1"; /* A drive may compress, or find duplicates. */
	options[count++] = "--disk_util=0";
	if (stretch->repeats)
		options[count++] = "--time_based";
	return count;
}

/* What a stretch has done; nothing where it is not known what is on the target. */
struct stretch_outcome {
	uint64_t bytes, ios;
	double elapsed_s;
};

static void read_outcome(const struct result *result, struct stretch_outcome *outcome)
{
	const struct result_job *job = result->job_count ? &result->jobs[0] : NULL;
	const struct result_direction *writes;

	*outcome = (struct stretch_outcome){0};
	if (!job || job->error != 0)
		return;
	writes = &job->directions[DIRECTION_WRITE];
	/* All that was sent is back: a part from the first block on, without gaps. */
	if (writes->error_count > 0 || writes->short_ios > 0 || writes->pace.unsent > 0 ||
		job->unreturned_ios > 0)
		return;
	*outcome = (struct stretch_outcome){.bytes = writes->bytes,
		.ios = writes->ios,
		.elapsed_s = (double)job->elapsed_ns / 1e9};
}

/* Returns an exit code. */
static int run_stretch(
	struct preparation *it, const struct stretch *stretch, struct stretch_outcome *outcome)
{
	struct arena arena = {0};
	const char *options[JOB_OPTIONS_LIMIT];
	struct job_request request = {.options = options};
	const struct run_options run = {
		.destroy = it->target.allowed.destroy,
		.destroy_count = it->target.allowed.destroy_count,
		.is_quiet = true,
		.follower = &stretch->follower,
	};
	struct job_set set = {0};
	struct result result;
	int code = EXIT_BAD_REQUEST;

	request.option_count = list_options(it, stretch, options, &arena);
	*outcome = (struct stretch_outcome){0};
	if (job_set_read(&set, &request, it->diag) == 0) {
		set.jobs[0].visited_blocks = stretch->visited_blocks;
		/* Nobody has written the job: what is wrong is wrong with the target. */
		set.jobs[0].place = (struct place){.file = it->record->path};
		code = run_job_set(&set, &run, &result, it->diag);
		read_outcome(&result, outcome);
		/* What was right for the stretch before is no fault of the request. */
		if (code == EXIT_BAD_REQUEST && it->has_written)
			code = EXIT_RUN_FAILED;
		it->has_written |= outcome->bytes > 0;
		if (code != EXIT_BAD_REQUEST)
			stop_signal_release();
		result_free(&result);
	}
	job_set_free(&set);
	arena_free(&arena);
	return code;
}

static const char *clock_words(double seconds, char text[UNITS_TEXT_BYTES])
{
	unsigned long whole = isfinite(seconds) && seconds > 0 ? (unsigned long)seconds : 0;

	snprintf(text, UNITS_TEXT_BYTES, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60,
		whole % 60);
	return text;
}

/* "pass 1 of 2: 34 %, 1.20GiB/s, left 0:03:10" */
static bool show_pass(void *context, uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	struct preparation *it = context;
	const struct prepare_record *record = it->record;
	const struct prepare_pass *pass = &record->passes[record->pass_count - 1];
	uint64_t done = pass->bytes + bytes;
	double seconds = (double)(now_ns - it->begun_ns) / 1e9;
	double rate = seconds > 0 ? (double)(done - it->begun_bytes) / seconds : 0;
	uint64_t left = (record->plan.pass_count - record->pass_count + 1) * record->plan.bytes;
	char rate_text[UNITS_TEXT_BYTES], left_text[UNITS_TEXT_BYTES];

	(void)ios;
	if (progress_is_due(&it->progress))
		progress_show(&it->progress, "%s: pass %zu of %llu: %.0f %%, %s/s, left %s",
			record->path, record->pass_count,
			(unsigned long long)record->plan.pass_count,
			100 * (double)done / (double)record->plan.bytes,
			units_format_bytes(rate_text, rate),
			rate > 0 ? clock_words((double)(left - done) / rate, left_text) : "–");
	return true;
}

/* The next stretch of a pass: whole blocks, and at its end what is left of one. */
static struct stretch next_stretch(struct preparation *it, const struct prepare_pass *pass)
{
	const struct prepare_plan *plan = &it->record->plan;
	uint64_t whole = plan->bytes - plan->bytes % plan->block_bytes;
	uint64_t unit = it->target.target.offset_align ? it->target.target.offset_align : 1;
	bool is_tail = pass->bytes >= whole;
	bool is_random = plan->order == PREPARE_RANDOM && !is_tail;
	uint64_t offset = is_random ? 0 : pass->bytes;
	uint64_t end = is_tail ? plan->bytes : whole;

	return (struct stretch){
		.name = "fill",
		.offset = offset,
		.bytes = end - offset,
		.block_bytes = is_tail ? end - offset : plan->block_bytes,
		.visited_blocks = pass->bytes / plan->block_bytes,
		.is_random = is_random,
		.is_direct = it->record->is_direct && (!is_tail || (end - offset) % unit == 0),
		.seed = plan->seed + it->record->pass_count,
		.runtime_ns = it->request->save_ns,
		.follower = {show_pass, it},
	};
}

/* One pass, from where it is. */
static int run_pass(struct preparation *it, struct prepare_pass *pass)
{
	int code = EXIT_DONE;

	it->begun_ns = clock_now();
	it->begun_bytes = pass->bytes;
	while (code == EXIT_DONE && pass->bytes < it->record->plan.bytes) {
		struct stretch stretch = next_stretch(it, pass);
		struct stretch_outcome outcome;

		code = run_stretch(it, &stretch, &outcome);
		pass->bytes += outcome.bytes;
		pass->elapsed_s += outcome.elapsed_s;
		if (code == EXIT_DONE && stop_signal_number() != 0)
			code = stopped_code();
		if (code == EXIT_DONE && outcome.bytes == 0) {
			diag_error(it->diag, NULL, "%s: nothing was written in %.0f s",
				it->record->path, (double)it->request->save_ns / 1e9);
			code = EXIT_RUN_FAILED;
		}
		if (save(it) != EXIT_DONE && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
	}
	return code;
}

static int fill(struct preparation *it)
{
	struct prepare_record *record = it->record;
	int code = EXIT_DONE;

	while (code == EXIT_DONE) {
		if (record->pass_count > 0 &&
			record->passes[record->pass_count - 1].bytes < record->plan.bytes) {
			code = run_pass(it, &record->passes[record->pass_count - 1]);
			continue;
		}
		if (record->pass_count == record->plan.pass_count)
			break;
		record->passes[record->pass_count++] = (struct prepare_pass){0};
	}
	return code;
}

/* "f: settling for 0:12:30, 45.2k IOPS, not steady yet, 2:47:30 at most" */
static bool show_settling(void *context, uint64_t now_ns, uint64_t ios, uint64_t bytes)
{
	struct preparation *it = context;
	struct prepare_settle *settle = it->settle;
	char rate[UNITS_TEXT_BYTES], gone_text[UNITS_TEXT_BYTES], left_text[UNITS_TEXT_BYTES];
	double gone = (double)(now_ns - settle->begun_ns) / 1e9;

	if (progress_is_due(&it->progress))
		progress_show(&it->progress, "%s: settling for %s, %s IOPS, %s, %s at most",
			it->record->path, clock_words(gone, gone_text),
			units_format_count(rate, settle->last_iops), prepare_settle_words(settle),
			clock_words((double)it->request->limit_ns / 1e9 - gone, left_text));
	return prepare_settle_look(settle, now_ns, ios, bytes);
}

static uint64_t written_before(const struct prepare_record *record)
{
	uint64_t bytes = record->settling.bytes;

	for (size_t i = 0; i < record->pass_count; i++)
		bytes += record->passes[i].bytes;
	return bytes;
}

/* Random writes until they are steady, or the time is over. */
static int settle(struct preparation *it)
{
	struct prepare_record *record = it->record;
	const struct prepare_plan *plan = &record->plan;
	uint64_t block = plan->order == PREPARE_RANDOM ? plan->block_bytes : SETTLE_BLOCK_BYTES;
	const struct stretch stretch = {
		.name = "settle",
		.bytes = plan->bytes - plan->bytes % block,
		.block_bytes = block,
		.is_random = true,
		.is_direct = record->is_direct,
		.repeats = true,
		.seed = plan->seed + plan->pass_count + record->runs,
		.runtime_ns = it->request->limit_ns,
		.follower = {show_settling, it},
	};
	struct stretch_outcome outcome;
	int code;

	it->settle = ARENA_NEW(record->arena, struct prepare_settle);
	prepare_settle_open(it->settle, plan->bytes, written_before(record), clock_now());
	code = run_stretch(it, &stretch, &outcome);
	record->settling.bytes += outcome.bytes;
	record->settling.elapsed_s += outcome.elapsed_s;
	prepare_settle_close(it->settle, &record->settling);
	if (code == EXIT_DONE && stop_signal_number() != 0)
		code = stopped_code();
	if (save(it) != EXIT_DONE && code == EXIT_DONE)
		code = EXIT_RUN_FAILED;
	return code == EXIT_DONE && !record->settling.is_reached ? EXIT_INCONCLUSIVE : code;
}

static bool show_purge(void *context, double share)
{
	struct preparation *it = context;

	progress_show(&it->progress, "%s: purge: %.0f %%", it->record->path, 100 * share);
	return stop_signal_number() == 0;
}

/* The device claimed, or the file; asked about once more while nobody else can come. */
static int open_to_purge(struct preparation *it, struct arena *arena)
{
	struct target *target = &it->target.target;
	bool is_block = target->kind == TARGET_BLOCK;
	int descriptor = is_block ? block_device_open(target->path, target->device, O_RDWR | O_EXCL)
				  : open(target->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct write_guard_answer answer;

	if (descriptor < 0 && !is_block)
		descriptor = -errno;
	if (descriptor < 0) {
		diag_error(it->diag, NULL, "cannot open %s to purge it: %s", target->path,
			text_errno_name(descriptor));
		return descriptor;
	}
	answer = target_ask_guard(target, descriptor, &it->target.allowed, arena);
	if (answer.verdict == WRITE_ALLOWED &&
		write_guard_names(&it->target.allowed, descriptor, arena))
		return descriptor;
	diag_error(it->diag, NULL, "%s is not purged: %s", target->path,
		answer.verdict == WRITE_ALLOWED ? "it is another by now" : answer.reason);
	close(descriptor);
	return -EBUSY;
}

static int choose_purge(struct preparation *it, int descriptor, enum purge_method *method)
{
	enum purge_method asked = (enum purge_method)it->request->purge_method;
	bool is_file = it->target.target.kind == TARGET_FILE;
	const char *reason = "is a file: a hole can be punched into it";
	int error = 0;

	*method = PURGE_PUNCH;
	if (!is_file)
		error = purge_choose(
			descriptor, &it->target.device, asked, method, &reason, it->record->arena);
	else if (asked != PURGE_AUTO && asked != PURGE_PUNCH)
		error = -EOPNOTSUPP;
	/* Format and Sanitize know no first part of a drive. */
	if (error == 0 && (*method == PURGE_FORMAT || *method == PURGE_SANITIZE) &&
		it->record->plan.bytes < it->target.target.bytes) {
		reason = "is only a part of the drive by --size, and that command takes all of it";
		error = -EOPNOTSUPP;
	}
	if (error == 0)
		return EXIT_DONE;
	diag_error(it->diag, NULL, "%s cannot be purged: it %s", it->record->path, reason);
	diag_hint(it->diag, "--purge-by=format, sanitize or discard chooses the method; without "
			    "--purge it is only filled");
	return EXIT_INCOMPARABLE;
}

static int purge(struct preparation *it)
{
	AUTO_CLOSE int descriptor = open_to_purge(it, it->record->arena);
	const struct purge_follower follower = {show_purge, it};
	uint64_t start_ns = clock_now();
	enum purge_method method;
	int code, error;

	if (descriptor < 0)
		return descriptor == -EACCES ? EXIT_INCOMPARABLE : EXIT_BAD_REQUEST;
	code = choose_purge(it, descriptor, &method);
	if (code != EXIT_DONE)
		return code;
	error = purge_run(descriptor, method, it->record->plan.bytes, &follower);
	it->record->purge_method = purge_method_name(method);
	it->record->purge_s = (double)(clock_now() - start_ns) / 1e9;
	if (error == 0)
		return stop_signal_number() ? stopped_code() : EXIT_DONE;
	it->record->purge_method = NULL;
	if (error == -EINTR && stop_signal_number())
		return stopped_code();
	progress_clear(&it->progress);
	diag_error(it->diag, NULL, "%s: %s failed: %s", it->record->path, purge_method_name(method),
		text_errno_name(error));
	return EXIT_RUN_FAILED;
}

/* Nobody gets between two stretches, who would then be in the way of the next. */
static int hold(struct preparation *it)
{
	const struct target_guard *guard = it->target.target.guard;
	int error;

	if (it->held.descriptor >= 0 || it->target.target.kind != TARGET_BLOCK)
		return EXIT_DONE;
	it->held = it->target.target;
	it->held.descriptor = -1;
	error = target_open(&it->held, TARGET_READS | TARGET_WRITES);
	if (error == 0)
		return EXIT_DONE;
	it->held.descriptor = -1;
	diag_error(it->diag, NULL, "cannot claim %s: %s", it->record->path,
		guard->path ? guard->reason : text_errno_name(error));
	if (guard->path && guard->hint)
		diag_hint(it->diag, "%s", guard->hint);
	return error == -EACCES || error == -EPERM ? EXIT_INCOMPARABLE : EXIT_BAD_REQUEST;
}

static int run_stage(struct preparation *it)
{
	switch ((enum prepare_stage)it->record->stage) {
	case PREPARE_PURGES:
		return it->record->plan.purges ? purge(it) : EXIT_DONE;
	case PREPARE_FILLS:
		return it->record->plan.order == PREPARE_NO_FILL ? EXIT_DONE : fill(it);
	case PREPARE_SETTLES:
		return it->record->plan.settles ? settle(it) : EXIT_DONE;
	default:
		return EXIT_DONE;
	}
}

static unsigned state_of(const struct prepare_record *record, int code)
{
	if (record->stage != PREPARE_ENDED && code != EXIT_INCONCLUSIVE)
		return PREPARE_INCOMPLETE;
	if (record->settling.is_reached)
		return PREPARE_STEADY;
	if (record->pass_count >= 2)
		return PREPARE_CONDITIONED;
	if (record->pass_count == 1)
		return PREPARE_FILLED;
	return record->purge_method ? PREPARE_PURGED : PREPARE_INCOMPLETE;
}

static int run_stages(struct preparation *it)
{
	struct prepare_record *record = it->record;
	int code = save(it);

	while (code == EXIT_DONE && record->stage != PREPARE_ENDED) {
		if (record->stage != PREPARE_PURGES)
			code = hold(it);
		if (code == EXIT_DONE)
			code = run_stage(it);
		if (code == EXIT_DONE) {
			record->stage++;
			code = save(it);
		}
	}
	return code;
}

static const char *stage_words(const struct prepare_record *record)
{
	const struct prepare_pass *pass;

	if (record->stage == PREPARE_SETTLES)
		return "the search for a steady state";
	if (record->pass_count == 0)
		return prepare_stage_name(record->stage);
	pass = &record->passes[record->pass_count - 1];
	return arena_printf(record->arena, "pass %zu of %llu, from %.0f %% on", record->pass_count,
		(unsigned long long)record->plan.pass_count,
		100 * (double)pass->bytes / (double)record->plan.bytes);
}

/* What is on the target for sure: of a file it can be seen whether it still is. */
static int check_written(const struct preparation *it, const struct prepare_record *saved)
{
	const struct target *target = &it->target.target;
	uint64_t written = saved->pass_count > 1 ? saved->plan.bytes : 0, lost;
	char text[UNITS_TEXT_BYTES];

	if (saved->pass_count == 1 && (saved->plan.order == PREPARE_SEQUENTIAL ||
					      saved->passes[0].bytes == saved->plan.bytes))
		written = saved->passes[0].bytes;
	if (target->kind != TARGET_FILE || written == 0)
		return EXIT_DONE;
	lost = written > target->bytes ? written - target->bytes : 0;
	lost += target_hole_bytes(target, 0, written - lost);
	if (lost == 0)
		return EXIT_DONE;
	diag_error(it->diag, NULL, "%s is not continued: %s of what was written is not there",
		it->record->path, units_format_bytes(text, (double)lost));
	diag_hint(it->diag, "another program cut it, or made holes; --restart begins anew");
	return EXIT_BAD_REQUEST;
}

/* The record that is continued, or a new one. */
static int begin(struct preparation *it)
{
	struct prepare_record *record = it->record, saved;
	int found = 0;

	if (!it->request->restarts)
		found = prepare_state_load(it->state_path, record, &saved, it->diag);
	if (found < 0 || (found > 0 && check_written(it, &saved) != EXIT_DONE))
		return EXIT_BAD_REQUEST;
	clock_gettime(CLOCK_REALTIME, &record->started);
	record->passes =
		arena_alloc_array(record->arena, record->plan.pass_count, sizeof(*record->passes));
	record->settling = (struct prepare_settling){.iops = NAN, .drift = NAN};
	record->runs = 1;
	if (found == 0)
		return EXIT_DONE;
	record->started = saved.started;
	record->runs = saved.runs + 1;
	record->stage = saved.stage;
	record->plan.seed = saved.plan.seed;
	record->purge_method = saved.purge_method;
	record->purge_s = saved.purge_s;
	record->pass_count = saved.pass_count;
	record->settling.bytes = saved.settling.bytes;
	record->settling.elapsed_s = saved.settling.elapsed_s;
	if (saved.pass_count > 0)
		memcpy(record->passes, saved.passes, saved.pass_count * sizeof(*saved.passes));
	diag_note(it->diag, NULL, "%s: continued: %s (--restart begins anew)", record->path,
		stage_words(record));
	return EXIT_DONE;
}

static int check_state_path(struct preparation *it)
{
	const char *cure = NULL;
	int error = save_file_check(it->state_path, &cure);

	if (error == 0)
		return EXIT_DONE;
	diag_error(it->diag, NULL, "cannot save progress in %s: %s", it->state_path,
		text_errno_name(error));
	diag_hint(it->diag, "%s", cure ? cure : "--state=FILE names another file");
	return EXIT_BAD_REQUEST;
}

/* Whether there is anything that a run which continues need not do again. */
static bool has_progress(const struct prepare_record *record)
{
	return record->purge_method || record->stage == PREPARE_SETTLES ||
	       (record->pass_count > 0 && record->passes[0].bytes > 0);
}

static void end(struct preparation *it, int code)
{
	struct prepare_record *record = it->record;

	progress_clear(&it->progress);
	record->signal = stop_signal_number();
	record->state = state_of(record, code);
	if (it->target.target.kind == TARGET_FILE)
		record->hole_bytes = target_hole_bytes(&it->target.target, 0, record->plan.bytes);
	if (code == EXIT_DONE || !has_progress(record))
		prepare_state_remove(it->state_path);
	else
		diag_note(it->diag, NULL, "the progress is kept in %s: the same command continues",
			it->state_path);
}

int prepare_run(const struct prepare_request *request, struct prepare_record *record,
	struct arena *arena, struct diag *diag)
{
	struct preparation it = {
		.request = request, .record = record, .diag = diag, .held = {.descriptor = -1}};
	int code;

	*record = (struct prepare_record){.arena = arena};
	stop_signal_catch();
	code = prepare_target_open(&it.target, request, record, diag);
	if (code == EXIT_DONE) {
		it.state_path = request->state_path ? request->state_path
						    : prepare_state_path(record->identity, arena);
		code = check_state_path(&it);
	}
	if (code == EXIT_DONE)
		code = begin(&it);
	if (code == EXIT_DONE) {
		progress_init(&it.progress, stderr, request->is_quiet);
		code = run_stages(&it);
		end(&it, code);
	}
	target_close(&it.held);
	prepare_target_close(&it.target);
	return code;
}
