/* SPDX-License-Identifier: MIT */
/* A run and its jobs as a document, without what their directions measured. */
#include "result/result_fields.h"

#include <math.h>

#include "base/text.h"
#include "document/field_row.h"
#include "report/html.h"
#include "result/result_figures.h"
#include "result/unified.h"

static void write_settings(const struct field_spot *spot)
{
	const struct settings *settings = spot->member;
	cJSON *inside = json_add_object(spot->object, spot->name);

	for (size_t i = 0; i < settings->count; i++)
		json_add_text(inside, settings->items[i].key, settings->items[i].value);
}

static void read_settings(const struct json_node *object, const char *name, void *member)
{
	struct json_node node = json_node_object(object, name);
	struct settings *settings = member;
	const cJSON *item;

	*settings = (struct settings){
		.items = arena_alloc_array(
			object->walk->arena, json_node_count(&node), sizeof(*settings->items)),
	};
	cJSON_ArrayForEach (item, node.item) {
		struct setting *setting = &settings->items[settings->count++];

		setting->key = json_walk_text(object->walk, item->string);
		if (cJSON_IsString(item))
			setting->value = json_walk_text(object->walk, item->valuestring);
		else if (!cJSON_IsNull(item))
			json_node_fail(&node, item->string, "is neither text nor null");
	}
}

const struct field_custom result_settings_field = {write_settings, read_settings,
	FIELD_JSON({"type" : "object", "additionalProperties" : {"type" : [ "string", "null" ]}})};

const struct field_table result_environment_table =
	FIELD_TABLE_OF("environment", struct result_environment,
		{"hard", FIELD_CUSTOM(struct result_environment, hard, &result_settings_field),
			.help = "Facts that make it another machine where one of them differs."},
		{"soft", FIELD_CUSTOM(struct result_environment, soft, &result_settings_field),
			.help = "Facts that may explain a difference."});

const struct field_table result_refused_table =
	FIELD_TABLE_OF("refused", struct setting, {"setting", FIELD_TEXT(struct setting, key)},
		{"value", FIELD_TEXT(struct setting, value), .null = FIELD_NULL},
		{"reason", FIELD_TEXT(struct setting, reason), .null = FIELD_NULL});

static const struct field_table tool_table = FIELD_TABLE_OF("tool", struct result,
	{"version", FIELD_TEXT(struct result, version), .null = FIELD_NULL},
	{"git", FIELD_TEXT(struct result, git), .null = FIELD_NULL,
		.help = "The commit that it was built from."},
	{"compiler", FIELD_TEXT(struct result, compiler), .null = FIELD_NULL},
	{"clock", FIELD_TEXT(struct result, clock), .null = FIELD_NULL,
		.help = "The clock of latencies: the CPU's time stamp counter or clock_gettime."},
	{"clock_drift_ppm", FIELD_NUMBER(struct result, clock_drift_ppm), .null = FIELD_NULL,
		.help = "Drift of that clock against CLOCK_MONOTONIC over the run, in parts per "
			"million."});

static const struct field_table warning_table = FIELD_TABLE_OF("warning", struct result_warning,
	{"code", FIELD_TEXT(struct result_warning, code),
		.schema = FIELD_JSON({"pattern" : "^[a-z0-9-]+$"}),
		.help = "Stable, for programs."},
	{"message", FIELD_TEXT(struct result_warning, message), .help = "A sentence for people."},
	{"job", FIELD_TEXT(struct result_warning, job), .null = FIELD_NULL,
		.help = "Name of the job that it is about; null: the run."},
	{"ranks", FIELD_TEXT(struct result_warning, ranks), .null = FIELD_NULL,
		.presence = FIELD_RARE,
		.help = "Of an MPI run, whose it is: 0-3,7. The message is that of the first."});

const struct field_table result_run_table = FIELD_TABLE_OF(NULL, struct result,
	{"tool", FIELD_GROUP(struct result, &tool_table), .help = "The ringside that measured."},
	{"command", FIELD_TEXTS(struct result, argument_count, arguments),
		.help = "The command line, word by word."},
	{"started", FIELD_TIME(struct result, started),
		.schema = FIELD_JSON({"pattern" : "^[0-9-]{10,}T[0-9:]{8}\\.[0-9]{9}Z$"}),
		.help = "When the run started: RFC 3339, UTC, nanoseconds."},
	{"seed", FIELD_COUNT(struct result, seed), .help = "The seed of all random numbers."},
	{"signal", FIELD_INTEGER(struct result, signal), .null = FIELD_NULL_ZERO,
		.schema = FIELD_JSON({"minimum" : 1}),
		.help = "Number of the signal that ended the run early; null: none did."},
	{"environment", FIELD_OBJECT(struct result, environment, &result_environment_table),
		.help = "The machine."},
	{"warnings", FIELD_ARRAY(struct result, warning_count, warnings, &warning_table),
		.help = "Circumstances to know before the figures are used."});

static const struct field_table engine_table = FIELD_TABLE_OF("engine", struct result_job,
	{"name", FIELD_TEXT(struct result_job, engine), .help = "ioengine."},
	{"effective", FIELD_CUSTOM(struct result_job, engine_effective, &result_settings_field),
		.help = "Settings that took effect."},
	{"refused",
		FIELD_ARRAY(struct result_job, engine_refused.count, engine_refused.items,
			&result_refused_table),
		.help = "Settings that were asked for and that the kernel did not grant."},
	{"proof", FIELD_CUSTOM(struct result_job, engine_proof, &result_settings_field),
		.help = "Counters and facts that show what really ran."});

static const struct field_table target_table = FIELD_TABLE_OF("target", struct result_target,
	{"path", FIELD_TEXT(struct result_target, path)},
	{"kind", FIELD_TEXT(struct result_target, kind),
		.help = "file, block, character and such."},
	{"bytes", FIELD_COUNT(struct result_target, bytes), .null = FIELD_NULL_LARGEST,
		.help = "Size or capacity; null: it has no end."},
	{"file_system", FIELD_TEXT(struct result_target, file_system), .null = FIELD_NULL},
	{"device", FIELD_TEXT(struct result_target, device), .null = FIELD_NULL,
		.help = "The whole disk behind it."});

static bool lacks_error(const void *structure)
{
	const struct result_job *job = structure;

	return job->error == 0 && !job->error_message;
}

static const char *error_name(const void *structure)
{
	const struct result_job *job = structure;

	return job->error ? text_errno_symbol(job->error) : NULL;
}

static const struct field_table failure_table = FIELD_TABLE_OF("failure", struct result_job,
	{"errno", FIELD_INTEGER(struct result_job, error), .schema = FIELD_JSON({"minimum" : 0}),
		.help = "Linux errno value; 65536 and the NVMe status where a drive refused a "
			"command; 0: no system call failed."},
	{"name", FIELD_TEXT_OF(error_name), .null = FIELD_NULL,
		.help = "Name of the errno (EIO) or of the NVMe status."},
	{"message", FIELD_TEXT(struct result_job, error_message), .null = FIELD_NULL});

static uint64_t failed_count(const void *structure)
{
	return result_job_errors(structure);
}

static uint64_t ignored_count(const void *structure)
{
	return result_job_errors(structure) - result_job_failures(structure);
}

static void write_errno(const struct field_spot *spot)
{
	const int *error = spot->member;

	json_add_text(spot->object, spot->name, *error ? text_errno_symbol(*error) : NULL);
}

static void read_errno(const struct json_node *object, const char *name, void *member)
{
	const char *symbol = json_node_text_or_null(object, name);

	if (symbol)
		*(int *)member = text_errno_of_symbol(symbol);
}

static const struct field_custom errno_field = {
	write_errno, read_errno, FIELD_JSON({"type" : [ "string", "null" ]})};

static const struct field_table failed_io_table = FIELD_TABLE_OF("failed_ios", struct result_job,
	{"count", FIELD_COUNT_OF(failed_count), .help = "In all directions."},
	{"ignored", FIELD_COUNT_OF(ignored_count),
		.help = "How many of them have errors that ignore_error names: they do not make "
			"the job fail."},
	{"first", FIELD_CUSTOM(struct result_job, first_error, &errno_field),
		.help = "Name of the first error; null: there was none."});

static const struct field_table unreturned_table = FIELD_TABLE_OF("unreturned", struct result_job,
	{"ios", FIELD_COUNT(struct result_job, unreturned_ios), .least = 1},
	{"oldest_ns", FIELD_COUNT(struct result_job, oldest_unreturned_ns),
		.help = "How long ago the oldest was sent."});

const struct field_table result_what_table = FIELD_TABLE_OF(NULL, struct result_job,
	{"name", FIELD_TEXT(struct result_job, name),
		.help = "The section of the job file; of merged clones the first one's."},
	{"description", FIELD_TEXT(struct result_job, description), .null = FIELD_NULL},
	{"group", FIELD_COUNT(struct result_job, group),
		.help = "Jobs of one number belong together."},
	{"numjobs", FIELD_COUNT(struct result_job, numjobs), .least = 1,
		.help = "Clones that were merged into this entry."},
	{"options", FIELD_CUSTOM(struct result_job, options, &result_settings_field),
		.help = "Effective options, defaults too, as a job file would have them. Values in "
			"which merged clones differ are listed with commas between them."},
	{"engine", FIELD_GROUP(struct result_job, &engine_table)},
	{"targets", FIELD_ARRAY(struct result_job, target_count, targets, &target_table)},
	{"started_ns", FIELD_COUNT(struct result_job, started_ns),
		.help = "Start of the measured window, from the start of the run."},
	{"elapsed_ns", FIELD_COUNT(struct result_job, elapsed_ns),
		.help = "Length of the measured window: set-up, layout, ramp and teardown are "
			"outside."},
	{"error", FIELD_GROUP(struct result_job, &failure_table), .lacks = lacks_error,
		.help = "The error that ended the job before its time, or the first one that "
			"continue_on_error passed over; null: it did not fail."},
	{"failed_ios", FIELD_GROUP(struct result_job, &failed_io_table), .presence = FIELD_LATER},
	{"unreturned", FIELD_GROUP(struct result_job, &unreturned_table),
		FIELD_IF(struct result_job, unreturned_ios), .presence = FIELD_RARE,
		.help = "I/Os that were sent and did not come back before the job was given up; "
			"they are in no other figure."});

/* A counter by the I/Os of its job. */
static double per_io(const void *structure, const void *member, const void *owner)
{
	(void)owner;
	return result_per_io(structure, *(const uint64_t *)member);
}

static double cores(const void *structure, const void *member, const void *owner)
{
	(void)member, (void)owner;
	return result_cores(structure);
}

static double iops_per_core(const void *structure, const void *member, const void *owner)
{
	(void)member, (void)owner;
	return result_iops_per_core(structure);
}

static double switches_per_io(const void *structure, const void *member, const void *owner)
{
	const struct result_job *job = structure;

	(void)member, (void)owner;
	return result_per_io(job, job->voluntary_switches + job->involuntary_switches);
}

static bool lacks_costs(const void *structure)
{
	return ((const struct result_job *)structure)->lacks_costs;
}

static const struct field_table cpu_table = FIELD_TABLE_WITH("cpu", struct result_job,
	(.help = "CPU time of the window. It contains kernel threads that worked for the job "
		 "(io_uring's poll thread and workers). null: unknown, a worker hangs in the "
		 "kernel."),
	{"total_ns", FIELD_COUNT(struct result_job, cpu.total_ns), .lacks = lacks_costs,
		.help = "user_ns + system_ns + helper_ns; exact, while the kernel samples the "
			"split of the first two at clock ticks: below 0.1 s it is chance."},
	{"user_ns", FIELD_COUNT(struct result_job, cpu.user_ns), .lacks = lacks_costs},
	{"system_ns", FIELD_COUNT(struct result_job, cpu.system_ns), .lacks = lacks_costs},
	{"helper_ns", FIELD_COUNT(struct result_job, cpu.helper_ns), .lacks = lacks_costs,
		.help = "The kernel threads."},
	{"pacing_ns", FIELD_COUNT(struct result_job, cpu.pacing_ns), .lacks = lacks_costs,
		.help = "Not in total_ns: where a rate is set, looking at the clock for the last "
			"50 us before an I/O is due."},
	{"total_ns_per_io", FIELD_AMOUNT_OF_MEMBER(struct result_job, cpu.total_ns, per_io)},
	{"user_ns_per_io", FIELD_AMOUNT_OF_MEMBER(struct result_job, cpu.user_ns, per_io)},
	{"system_ns_per_io", FIELD_AMOUNT_OF_MEMBER(struct result_job, cpu.system_ns, per_io)},
	{"helper_ns_per_io", FIELD_AMOUNT_OF_MEMBER(struct result_job, cpu.helper_ns, per_io)},
	{"cores", FIELD_AMOUNT_OF(cores), .help = "CPU seconds in a second of the window."},
	{"iops_per_core", FIELD_AMOUNT_OF(iops_per_core), .help = "I/Os for one CPU second."});

/* Of the scope that the member is in. */
static double counted_per_io(const void *structure, const void *member, const void *owner)
{
	const struct result_job *job = structure;
	size_t scope =
		(size_t)((const char *)member - (const char *)job->counts) / sizeof(job->counts[0]);

	return job->counts[scope].is_known ? per_io(structure, member, owner) : NAN;
}

static double all_instructions_per_io(const void *structure, const void *member, const void *owner)
{
	(void)member, (void)owner;
	return result_instructions_per_io(structure, PERF_SCOPE_COUNT);
}

static double all_cycles_per_io(const void *structure, const void *member, const void *owner)
{
	(void)member, (void)owner;
	return result_cycles_per_io(structure, PERF_SCOPE_COUNT);
}

static bool lacks_counts(const void *structure)
{
	return !((const struct result_counts *)structure)->is_known;
}

/* What is not known is null; whether it is known stands nowhere else. */
static void check_counts(const struct json_node *node, void *structure)
{
	struct result_counts *counts = structure;

	counts->is_known = !json_node_is_null(node, "instructions");
}

static const struct field_table count_table = FIELD_TABLE_WITH("counts", struct result_counts,
	(.check = check_counts),
	{"instructions", FIELD_COUNT(struct result_counts, instructions), .lacks = lacks_counts},
	{"cycles", FIELD_COUNT(struct result_counts, cycles), .lacks = lacks_counts},
	{"counted_share", FIELD_AMOUNT(struct result_counts, counted_share),
		.null = FIELD_NULL_ZERO, .schema = FIELD_JSON({"maximum" : 1}),
		.help = "Share of the CPU time that was counted; below 1 others had the counters "
			"for the rest, and the counts are scaled up."},
	{"missing", FIELD_TEXT(struct result_counts, missing), .null = FIELD_NULL,
		.help = "Why there are no counts, and what would help; null: there are, or the "
			"reason is not known."});

#define COUNTED_PER_IO(scope, what)                                                                \
	FIELD_AMOUNT_OF_MEMBER(struct result_job, counts[scope].what, counted_per_io)

static const struct field_table counter_table = FIELD_TABLE_WITH("cpu_counters", struct result_job,
	(.help = "Instructions and cycles of the window by the CPU's own counters, in user mode "
		 "and in the kernel; those of threads that worked for the job are in them, as in "
		 "cpu."),
	{"instructions_per_io", FIELD_AMOUNT_OF(all_instructions_per_io),
		.help = "user + kernel; null: one of them is unknown."},
	{"user_instructions_per_io", COUNTED_PER_IO(PERF_USER, instructions)},
	{"kernel_instructions_per_io", COUNTED_PER_IO(PERF_KERNEL, instructions)},
	{"cycles_per_io", FIELD_AMOUNT_OF(all_cycles_per_io)},
	{"user_cycles_per_io", COUNTED_PER_IO(PERF_USER, cycles)},
	{"kernel_cycles_per_io", COUNTED_PER_IO(PERF_KERNEL, cycles)},
	{"user", FIELD_OBJECT(struct result_job, counts[PERF_USER], &count_table)},
	{"kernel", FIELD_OBJECT(struct result_job, counts[PERF_KERNEL], &count_table)});

static const struct field_table client_table = FIELD_TABLE_WITH("client", struct result_job,
	(.help = "The client of rw=echo, whose server's are the costs of the job."),
	{"cpu_ns", FIELD_COUNT(struct result_job, client_ns),
		.help = "User and system; where a rate is set, waiting for the next exchange "
			"to be due is in it."},
	{"syscalls", FIELD_COUNT(struct result_job, client_syscalls)});

static const struct field_table switch_table = FIELD_TABLE_OF("context_switches", struct result_job,
	{"voluntary", FIELD_COUNT(struct result_job, voluntary_switches), .lacks = lacks_costs},
	{"involuntary", FIELD_COUNT(struct result_job, involuntary_switches),
		.lacks = lacks_costs});

static const struct field_table depth_table = FIELD_TABLE_OF("depth", struct result_job,
	{"asked", FIELD_COUNT(struct result_job, depth_asked), .help = "iodepth."},
	{"mean", FIELD_AMOUNT(struct result_job, depth_mean), .null = FIELD_NULL_ZERO,
		.help = "Over time."},
	{"max", FIELD_COUNT(struct result_job, depth_max),
		.help = "For merged clones an upper bound."},
	{"sent_at", FIELD_CUSTOM(struct result_job, depths, &tally_field),
		.help = "How many I/Os were sent, by how many were in flight then, they among "
			"them; of merged clones by the clone's own. All I/Os count, syncs and "
			"those that failed too."});

static const struct field_table batch_table = FIELD_TABLE_OF("batch", struct result_job,
	{"submit_mean", FIELD_AMOUNT(struct result_job, batch_submit_mean),
		.null = FIELD_NULL_ZERO},
	{"reap_mean", FIELD_AMOUNT(struct result_job, batch_reap_mean), .null = FIELD_NULL_ZERO},
	{"submit_asked", FIELD_COUNT(struct result_job, batch_submit_asked),
		.help = "iodepth_batch_submit."},
	{"complete_min_asked", FIELD_COUNT(struct result_job, batch_complete_min_asked),
		.help = "iodepth_batch_complete_min; above 1 a latency lasts until its whole batch "
			"was seen."},
	{"submit_sizes", FIELD_CUSTOM(struct result_job, submit_sizes, &tally_field),
		.help = "How many submissions, by how many I/Os the engine took; the mean is of "
			"those above 0."},
	{"reap_sizes", FIELD_CUSTOM(struct result_job, reap_sizes, &tally_field),
		.help = "How many looks for completions, by how many they found; likewise."});

/* What is not known is null; whether it is known stands nowhere else. */
static void check_costs(const struct json_node *node, void *structure)
{
	struct result_job *job = structure;

	job->lacks_costs = json_node_is_null(node, "syscalls");
	job->knows_punts = !json_node_is_null(node, "punts");
	job->has_zones = !json_node_is_null(node, "zone_resets");
}

const struct field_table result_cost_table = FIELD_TABLE_WITH(NULL, struct result_job,
	(.check = check_costs), {"cpu", FIELD_GROUP(struct result_job, &cpu_table)},
	{"cpu_counters", FIELD_GROUP(struct result_job, &counter_table), .presence = FIELD_LATER},
	{"syscalls", FIELD_COUNT(struct result_job, syscalls), .lacks = lacks_costs,
		.help = "System calls of the engine in the window; null: a worker hangs in the "
			"kernel, and its costs are unknown."},
	{"syscalls_per_io", FIELD_AMOUNT_OF_MEMBER(struct result_job, syscalls, per_io),
		.help = "Per I/O is always: by the number of reads, writes and trims."},
	{"punts", FIELD_COUNT(struct result_job, punts), FIELD_IF(struct result_job, knows_punts),
		.help = "I/Os that the kernel could not issue without blocking and handed to io-wq "
			"threads; null: unknown (root and tracefs are needed)."},
	{"punts_per_io", FIELD_AMOUNT_OF_MEMBER(struct result_job, punts, per_io),
		FIELD_IF(struct result_job, knows_punts)},
	{"zone_resets", FIELD_COUNT(struct result_job, zone_resets),
		FIELD_IF(struct result_job, has_zones), .presence = FIELD_RARE,
		.help = "zonemode=zbd: resets of zones that had data, by trims too."},
	{"context_switches", FIELD_GROUP(struct result_job, &switch_table),
		.help = "Those of the worker and of kernel threads that worked for it."},
	{"context_switches_per_io", FIELD_AMOUNT_OF(switches_per_io)},
	{"depth", FIELD_GROUP(struct result_job, &depth_table),
		.help = "I/Os in flight; for merged clones the sum."},
	{"batch", FIELD_GROUP(struct result_job, &batch_table),
		.help = "I/Os handed over at a time."},
	{"first_fifth_share", FIELD_AMOUNT(struct result_job, first_fifth_share),
		.null = FIELD_NULL_ZERO, .schema = FIELD_JSON({"maximum" : 1}),
		.help = "Share of the I/Os that were done in the first fifth of the window: 0.2 "
			"where the rate was even; null: unknown, the job had no runtime."},
	{"submit_share", FIELD_AMOUNT(struct result_job, submit_share), .null = FIELD_NULL_NEGATIVE,
		.help = "Share of the window that was spent inside submission; null: not "
			"measured."});

#define DIRECTION(direction)                                                                       \
	FIELD_OBJECT(struct result_job, directions[direction], &result_direction_table)

static void check_job(const struct json_node *node, void *structure)
{
	const struct result_job *job = structure;

	if (job->closing_syncs.summary.count > job->directions[DIRECTION_SYNC].ios)
		json_node_fail(node, "closing_syncs_ns", "are more than the syncs");
	if (job->series.interval_ns != 0 && !result_series_adds_up(job))
		json_node_fail(node, "series", "does not add up to the job");
}

/* What the text's row "mixed" has. */
static const void *make_unified(const void *structure, const void *owner, struct arena *arena)
{
	const struct result_job *job = structure;
	struct result_job *sum;

	(void)owner;
	if (unified_mode_of(job) == UNIFIED_NONE)
		return NULL;
	sum = ARENA_NEW(arena, struct result_job);
	*sum = unified_job(job, arena);
	return result_has_direction(sum, DIRECTION_READ) ? sum : NULL;
}

static const struct field_table unified_table = FIELD_TABLE_WITH(
	"unified", struct result_job, (.is_owner = true), {"mixed", DIRECTION(DIRECTION_READ)});

const struct field_table result_job_table = FIELD_TABLE_WITH("job", struct result_job,
	(.is_owner = true, .check = check_job),
	{NULL, FIELD_GROUP(struct result_job, &result_what_table)},
	{"read", DIRECTION(DIRECTION_READ)}, {"write", DIRECTION(DIRECTION_WRITE)},
	{"trim", DIRECTION(DIRECTION_TRIM)},
	{"unified", FIELD_POINTER_OF(&unified_table, make_unified), .presence = FIELD_RARE,
		.help = "Reads, writes and trims as one; left out without unified_rw_reporting."},
	{"sync", DIRECTION(DIRECTION_SYNC),
		.help = "fsync and fdatasync; they count neither as I/Os of the job nor as bytes."},
	{"closing_syncs_ns", FIELD_OBJECT(struct result_job, closing_syncs, &result_latency_table),
		FIELD_IF(struct result_job, closing_syncs.summary.count),
		.help = "Those of the syncs that end_fsync and fsync_on_close asked for, which fio "
			"does not count; null: there were none."},
	{NULL, FIELD_GROUP(struct result_job, &result_cost_table)},
	{"client", FIELD_GROUP(struct result_job, &client_table),
		FIELD_IF(struct result_job, client_ns), .presence = FIELD_RARE,
		.help = "rw=echo: what the client has used; left out of other jobs."},
	{"series", FIELD_OBJECT(struct result_job, series, &result_series_table),
		FIELD_IF(struct result_job, series.interval_ns), .presence = FIELD_RARE,
		.help = "Left out where it was not asked for (--interval=0), and of trials."},
	{"state", FIELD_POINTER(struct result_job, goals.state, &result_state_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "Whether the series is that of a drive at rest; left out where there is "
			"no series."},
	{"latency_target",
		FIELD_POINTER(struct result_job, goals.latency, &result_latency_goal_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "What came of latency_target; left out where it was not asked for."},
	{"steadystate", FIELD_POINTER(struct result_job, goals.steady, &result_steady_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "What came of steadystate; left out where it was not asked for."},
	{"verify", FIELD_POINTER(struct result_job, verify, &result_verify_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "What came of verify; left out where it was not asked for."},
	{"replay", FIELD_POINTER(struct result_job, goals.replay, &result_replay_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "How a log was replayed (read_iolog); left out where none was."},
	{"ranks", FIELD_POINTER(struct result_job, ranks, &result_job_ranks_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "The same by ranks; left out where the run was of one process."});

const struct field_table result_disk_count_table = FIELD_TABLE_OF(NULL, struct result_disk,
	{"name", FIELD_TEXT(struct result_disk, name)},
	{"read_ios", FIELD_COUNT(struct result_disk, read_ios)},
	{"write_ios", FIELD_COUNT(struct result_disk, write_ios)},
	{"read_sectors", FIELD_COUNT(struct result_disk, read_sectors), .help = "512 bytes each."},
	{"write_sectors", FIELD_COUNT(struct result_disk, write_sectors)},
	{"read_merges", FIELD_COUNT(struct result_disk, read_merges)},
	{"write_merges", FIELD_COUNT(struct result_disk, write_merges)});

static const struct field_table disk_table = FIELD_TABLE_OF("disk", struct result_disk,
	{NULL, FIELD_GROUP(struct result_disk, &result_disk_count_table)},
	{"read_ticks_ms", FIELD_COUNT(struct result_disk, read_ticks_ms),
		.help = "Time that all reads together took."},
	{"write_ticks_ms", FIELD_COUNT(struct result_disk, write_ticks_ms)},
	{"in_queue_ms", FIELD_COUNT(struct result_disk, in_queue_ms)},
	{"utilisation_percent", FIELD_AMOUNT(struct result_disk, utilisation_percent),
		.null = FIELD_NULL, .help = "Share of the time with at least one I/O in flight."});

static const struct field_table result_table = FIELD_TABLE_WITH(NULL, struct result,
	(.help = "The measurements of one run of ringside. Times are nanoseconds unless the name "
		 "says otherwise; whole numbers are exact up to 2^64 - 1; null is: not known here. "
		 "Keys may be added without a new version: readers skip those that they do not "
		 "know."),
	{NULL, FIELD_GROUP(struct result, &result_run_table)},
	{"jobs", FIELD_ARRAY(struct result, job_count, jobs, &result_job_table),
		.help = "In the order of the job file; clones are merged where group_reporting "
			"asks."},
	{"disks", FIELD_ARRAY(struct result, disk_count, disks, &disk_table),
		.help = "I/O of the disks behind the targets meanwhile, whoever asked for it "
			"(/proc/diskstats)."},
	{"cluster", FIELD_POINTER(struct result, cluster, &result_cluster_table),
		.null = FIELD_NULL, .presence = FIELD_RARE,
		.help = "The processes of an MPI run; left out where there was one."});

const struct document_kind result_document = {"result", RESULT_SCHEMA, &result_table};

int result_write_json(const struct result *result, FILE *stream)
{
	return document_write(&result_document, result, stream);
}

int result_read_memory(
	const char *path, const char *text, size_t length, struct result *result, struct diag *diag)
{
	*result = (struct result){0};
	return document_read(&result_document, path, text, length, &result->arena, result, diag);
}

int result_read(const char *path, struct result *result, struct diag *diag)
{
	*result = (struct result){0};
	return document_read_file(&result_document, path, &result->arena, result, diag);
}

int result_write_html(const struct result *result, FILE *stream)
{
	return html_write_kind(&result_document, result, NULL, stream);
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct result, function)},

DOCUMENT_FORMATS(result_formats, "a result", const struct result, RESULT_WRITER_LIST(WRITER));
