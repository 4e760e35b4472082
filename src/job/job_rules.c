/* SPDX-License-Identifier: MIT */
/* Which of two options has its way, what is cut to fit, what is implied; and what cannot be run. */
#include "job/job_bind.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "job/job_echo_rules.h"
#include "job/job_host_rules.h"
#include "job/job_pace_check.h"
#include "job/job_ranks.h"
#include "job/job_say.h"
#include "job/job_use.h"
#include "job/job_verify_rules.h"
#include "job/job_zone_rules.h"

enum { SECTOR_BYTES = 512 };

/* The option that block sizes come from. */
static const char *size_option(const struct job *job)
{
	if (job_sets(job, "bssplit"))
		return "bssplit";
	return job_sets(job, "bsrange") ? "bsrange" : "bs";
}

static void warn_hidden(
	const struct job *job, const char *option, const char *stronger, struct diag *diag)
{
	if (job_sets(job, option) && job_sets(job, stronger))
		job_say(diag_warning, job, diag, option, RULE_HIDDEN,
			"%s has no effect beside %s, as in fio", option, stronger);
}

/* bssplit goes before bsrange, and that before bs. */
static void resolve_block_sizes(struct job *job)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		struct block_size_spec *spec = &job->block_sizes.of[i];
		const struct job_range *range = &job->rare->bsrange.of[i];

		*spec = (struct block_size_spec){0};
		if (job->rare->bssplit.of[i]) {
			*spec = *job->rare->bssplit.of[i];
		} else if (range->min != 0) {
			spec->min_bytes = (uint32_t)range->min;
			spec->max_bytes = (uint32_t)range->max;
		} else {
			spec->min_bytes = spec->max_bytes = (uint32_t)job->given.bs.value[i];
		}
	}
}

static bool has_other_alignment(const struct job *job, uint64_t block_bytes)
{
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		uint64_t alignment = job->blockalign.value[i];

		if (job_does(job, (enum io_direction)i) && alignment != 0 &&
			alignment != block_bytes)
			return true;
	}
	return false;
}

/* "Each block once" holds where blocks are as likely, and begin and end at multiples of one. */
static void resolve_map(struct job *job, struct diag *diag)
{
	struct job_range sizes = job_block_range(job);

	if (!job_is_random(job) || job->norandommap)
		return;
	if (job->rare->random_distribution.kind != DISTRIBUTION_UNIFORM) {
		job->norandommap = true; /* The HOWTO says so: no message. */
	} else if (job->bs_unaligned && sizes.min != sizes.max) {
		job_say(diag_note, job, diag, "bs_unaligned", RULE_MAP,
			"blocks of any number of bytes are not visited once each: norandommap=1");
		job->norandommap = true;
	} else if (has_other_alignment(job, sizes.min)) {
		job_say(diag_note, job, diag, "blockalign", RULE_MAP,
			"blockalign other than bs turns the map off, as in fio: norandommap=1");
		job->norandommap = true;
	}
}

static void cut(const struct job *job, const char *option, uint32_t *value, uint32_t limit,
	struct diag *diag)
{
	if (*value <= limit)
		return;
	job_say(diag_note, job, diag, option, RULE_CUT, "%s is cut to iodepth, %u", option, limit);
	*value = limit;
}

/* fixup_options of fio's init.c; 0 stands for iodepth where fio says so. */
static void resolve_batches(struct job *job, struct diag *diag)
{
	uint32_t depth = job->iodepth;
	uint32_t *max = &job->iodepth_batch_complete_max;

	if (job->iodepth_batch_submit == 0)
		job->iodepth_batch_submit = depth;
	if (job->iodepth_low == 0)
		job->iodepth_low = depth;
	cut(job, "iodepth_batch_submit", &job->iodepth_batch_submit, depth, diag);
	cut(job, "iodepth_batch_complete_min", &job->iodepth_batch_complete_min, depth, diag);
	cut(job, "iodepth_batch_complete_max", max, depth, diag);
	cut(job, "iodepth_low", &job->iodepth_low, depth, diag);
	if (*max != 0 && *max < job->iodepth_batch_complete_min) {
		*max = job->iodepth_batch_complete_min;
		job_say(diag_note, job, diag, "iodepth_batch_complete_max", RULE_CUT,
			"iodepth_batch_complete_max is raised to iodepth_batch_complete_min");
	}
}

/* A size of 0 is fio's way to say "all of it". */
static void resolve_extents(struct job *job)
{
	struct extent *const extents[] = {&job->size, &job->io_size};

	for (size_t i = 0; i < sizeof(extents) / sizeof(extents[0]); i++) {
		if (!extents[i]->is_percent && !extents[i]->is_zones && extents[i]->bytes == 0)
			*extents[i] = (struct extent){0};
	}
}

/*
 * NVMe commands know no page cache: nothing that depends on direct is to believe in one. An engine
 * that there is not has been reported already.
 */
static void resolve_passthrough(struct job *job, struct diag *diag)
{
	if (job->direct || !job->engine || !(job->engine->traits & ENGINE_TAKES_NVME_COMMANDS))
		return;
	job->direct = true;
	if (job_sets(job, "direct") || job_sets(job, "buffered"))
		job_say(diag_note, job, diag, "direct", RULE_HIDDEN,
			"NVMe commands pass by the page cache: direct=1");
}

static void note_without_writes(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"fsync", "fdatasync", "end_fsync", "fsync_on_close",
		"refill_buffers", "zero_buffers", "buffer_pattern", "buffer_compress_percentage",
		"dedupe_percentage"};

	if (job_does(job, DIRECTION_WRITE))
		return;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]))
			job_say(diag_note, job, diag, options[i], RULE_NO_WRITES,
				"%s has no effect on a job that writes nothing", options[i]);
	}
}

static void note_ringside_ways(const struct job *job, struct diag *diag)
{
	if (!job->thread)
		job_say(diag_note_of_fio, job, diag, "thread", RULE_OWN_WAY,
			"workers are threads all the same");
	if (job->given.random_generator != GENERATOR_TAUSWORTHE)
		job_say(diag_note_of_fio, job, diag, "random_generator", RULE_OWN_WAY,
			"random_generator changes nothing: see `ringside help random_generator`");
	if (job->given.filename.count > 0 && job_sets(job, "nrfiles") &&
		job->nrfiles != job->given.filename.count)
		job_say(diag_note, job, diag, "nrfiles", RULE_HIDDEN,
			"nrfiles has no effect beside filename, as in fio");
}

void job_resolve(struct job *job, struct arena *arena, struct diag *diag)
{
	warn_hidden(job, "bsrange", "bssplit", diag);
	warn_hidden(job, "bs", "bssplit", diag);
	warn_hidden(job, "bs", "bsrange", diag);
	resolve_block_sizes(job);
	job_use_resolve(job, arena, diag);
	resolve_map(job, diag);
	resolve_batches(job, diag);
	resolve_extents(job);
	job_zone_rules_resolve(job, arena);
	job_verify_rules_resolve(job, arena);
	resolve_passthrough(job, diag);
	job_host_rules_resolve(job, arena, diag);
	note_without_writes(job, diag);
	note_ringside_ways(job, diag);
}

static bool needs_op(const struct job *job, enum io_op op)
{
	enum io_op composite = job_composite_op(job);

	switch (op) {
	case IO_SYNC:
		return job->fsync != 0 && job_writes(job);
	case IO_DATASYNC:
		return job->fdatasync != 0 && job_writes(job);
	case IO_OPEN_READ:
	case IO_COPY:
	case IO_STAT:
	case IO_CREATE:
	case IO_UNLINK:
	case IO_ECHO:
		return op == composite;
	default:
		return composite == IO_OP_COUNT && job_does(job, io_op_direction(op));
	}
}

static bool can(const struct engine_class *engine, const void *op)
{
	return engine->op_mask & IO_BIT(*(const enum io_op *)op);
}

static void hint_engines(enum io_op op, struct diag *diag)
{
	AUTO_ARENA struct arena arena = {0};

	diag_hint(diag, "engines that can: %s", job_list_engines(can, &op, &arena));
}

static void check_engine(const struct job *job, struct diag *diag)
{
	const struct engine_class *engine = job->engine;

	for (int i = 0; i < IO_OP_COUNT; i++) {
		enum io_op op = (enum io_op)i;
		const char *option = op == IO_SYNC       ? "fsync"
				     : op == IO_DATASYNC ? "fdatasync"
							 : "rw";

		if (needs_op(job, op) && !(engine->op_mask & IO_BIT(op)) &&
			job_say(diag_error, job, diag, option, RULE_ENGINE, "engine '%s' cannot %s",
				engine->name, io_op_name(op)))
			hint_engines(op, diag);
	}
	if ((engine->traits & ENGINE_NEEDS_DIRECT) && !job->direct)
		job_say(diag_error, job, diag, "ioengine", RULE_ENGINE,
			"engine '%s' needs direct=1", engine->name);
}

/* Done by the kernel when a file is written, not for engines that write in another way. */
static void check_durability(const struct job *job, struct diag *diag)
{
	const struct {
		const char *option;
		bool is_asked;
		unsigned deaf; /* traits of engines that would run without */
	} rules[] = {
		{"sync", job->sync != SYNC_NONE, ENGINE_TAKES_NVME_COMMANDS | ENGINE_MAPS_TARGETS},
		{"end_fsync", job->end_fsync, ENGINE_TAKES_NVME_COMMANDS},
		{"fsync_on_close", job->fsync_on_close, ENGINE_TAKES_NVME_COMMANDS},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].is_asked && job->engine->traits & rules[i].deaf &&
			job_does(job, DIRECTION_WRITE) &&
			job_say(diag_error, job, diag, rules[i].option, RULE_ENGINE,
				"%s has no effect on the writes of engine '%s'", rules[i].option,
				job->engine->name))
			diag_hint(diag, "%s",
				job->engine->traits & ENGINE_MAPS_TARGETS
					? "fsync=1 writes each back, by msync(2)"
					: "writefua=1 writes past the drive's cache, fsync=1 "
					  "flushes it after each write");
	}
}

static void check_readonly(const struct job *job, struct diag *diag)
{
	if (!job->readonly)
		return;
	if (job_writes(job) && job_say(diag_error, job, diag, "rw", RULE_READONLY,
				       "this writes or trims, and readonly is set"))
		diag_hint(diag, "remove readonly to let it write, or use rw=read or rw=randread");
	if (job->unlink && job_say(diag_error, job, diag, "unlink", RULE_READONLY,
				   "this removes the files, and readonly is set"))
		diag_hint(diag, "remove one of the two");
}

static void check_time(const struct job *job, struct diag *diag)
{
	bool has_amount =
		job->size.is_set || job->io_size.is_set || job->number_ios != 0 || job_replays(job);

	if (job_runs_by_time(job) && job->number_ios != 0)
		job_say(diag_warning, job, diag, "number_ios", RULE_TIME,
			"number_ios has no effect beside time_based, as in fio");
	if (job->runtime_ns != 0)
		return;
	if (job->time_based && job_say(diag_warning, job, diag, "time_based", RULE_TIME,
				       "time_based has no effect without runtime, as in fio"))
		diag_hint(diag, "add runtime=30s to start over until then");
	if (job->ramp_time_ns != 0 &&
		job_say(diag_warning, job, diag, "ramp_time", RULE_TIME,
			"ramp_time without runtime: what is done in the ramp is not measured%s",
			has_amount ? "" : ", and the length of the job is not limited"))
		diag_hint(diag, "add runtime=30s: it begins when the ramp is over");
}

/* The sizes that are known by name: those drawn out of a range are multiples of the least. */
static bool is_multiple_of_sectors(const struct block_size_spec *spec)
{
	for (size_t i = 0; i < spec->share_count; i++) {
		if (spec->shares[i].bytes % SECTOR_BYTES != 0)
			return false;
	}
	return spec->min_bytes % SECTOR_BYTES == 0;
}

static void check_alignment(const struct job *job, struct diag *diag)
{
	if (!job->direct || (job->engine->traits & ENGINE_TAKES_NO_TARGET) ||
		job_is_of_whole_files(job))
		return;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (!job_does(job, (enum io_direction)i) ||
			(is_multiple_of_sectors(&job->block_sizes.of[i]) && !job->bs_unaligned))
			continue;
		if (job_say(diag_warning, job, diag, size_option(job), RULE_ALIGNMENT,
			    "sizes are not multiples of 512 bytes, and direct=1"))
			diag_hint(diag, "O_DIRECT takes multiples of the device's block only");
		return;
	}
}

static void check_amount(const struct job *job, const char *option, uint64_t bytes, uint64_t files,
	struct diag *diag)
{
	/* A file may be smaller than a block; the end of a copy is. */
	uint64_t least = job_composite_op(job) != IO_OP_COUNT ? 1 : job_block_range(job).min;
	char text[UNITS_TEXT_BYTES];

	if (bytes / files >= least)
		return;
	units_format_exact_size(text, least);
	if (files > 1)
		job_say(diag_error, job, diag, option, RULE_AMOUNT,
			"%s, divided over %" PRIu64 " files, leaves less than a block of %s for "
			"each",
			option, files, text);
	else
		job_say(diag_error, job, diag, option, RULE_AMOUNT, "%s is less than a block of %s",
			option, text);
}

static void check_extent(const struct job *job, const char *option, const struct extent *extent,
	uint64_t files, struct diag *diag)
{
	if (!extent->is_set)
		return;
	if (extent->is_zones)
		return; /* of a device: its plan says */
	if (!extent->is_percent)
		check_amount(job, option, extent->bytes, files, diag);
	else if (extent->percent == 0)
		job_say(diag_error, job, diag, option, RULE_AMOUNT, "%s=0%% is nothing", option);
}

static void check_amounts(const struct job *job, struct diag *diag)
{
	uint64_t files = job->given.filename.count ? job->given.filename.count : job->nrfiles;

	if (job_composite_op(job) == IO_COPY && files > 1)
		files /= 2;
	if (job->filesize.min != 0)
		check_amount(job, "filesize", job->filesize.max, 1, diag);
	else
		check_extent(job, "size", &job->size, files, diag);
	check_extent(job, "io_size", &job->io_size, 1, diag);
}

static void check_cpus(
	const struct job *job, const char *option, const struct job_cpus *cpus, struct diag *diag)
{
	unsigned last;
	long count;

	if (cpus->count == 0)
		return;
	count = sysconf(_SC_NPROCESSORS_CONF);
	last = cpus->cpus[cpus->count - 1];
	if (count > 0 && last >= (unsigned long)count)
		job_say(diag_error, job, diag, option, RULE_CPUS,
			"this machine has no CPU %u: the last is %ld", last, count - 1);
}

static void check_names(const struct job *job, struct diag *diag)
{
	for (size_t i = 0; i < job->given.filename.count; i++) {
		if (strcmp(job->given.filename.texts[i], "-") == 0)
			job_say(diag_error, job, diag, "filename", RULE_NAMES,
				"'-' for stdin and stdout is not supported");
	}
}

/* rw=openread, copy and stat cannot honour an option. */
static void refuse(const struct job *job, const char *option, const char *why, struct diag *diag)
{
	job_say(diag_error, job, diag, option, RULE_COMPOSITE, "%s does not go with rw=%s: %s",
		option, io_op_name(job_composite_op(job)), why);
}

static void check_whole_files(const struct job *job, struct diag *diag)
{
	static const struct {
		const char *option, *why;
	} never[] = {
		{"offset", "each file is taken whole, from its beginning"},
		{"offset_increment", "each file is taken whole, from its beginning"},
		{"fsync", "no file is kept open"},
		{"fdatasync", "no file is kept open"},
	};
	static const struct {
		const char *option, *why;
	} unless_created[] = {
		{"openfiles", "no file is kept open"},
		{"create_on_open", "files are opened to read them only"},
	};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (job_sets(job, never[i].option))
			refuse(job, never[i].option, never[i].why, diag);
	}
	for (size_t i = 0; job->rw.mode != RW_CREATE && i < 2; i++) {
		if (job_sets(job, unless_created[i].option))
			refuse(job, unless_created[i].option, unless_created[i].why, diag);
	}
	if (job->rw.mode == RW_UNLINK && (job->loops > 1 || job->time_based))
		refuse(job, job->loops > 1 ? "loops" : "time_based",
			"each file can be removed once", diag);
	if (job->size.is_set && job->size.is_percent)
		refuse(job, "size", "a share of a file is not the whole of it", diag);
	if (job->io_size.is_set && job_moves_no_bytes(job))
		refuse(job, "io_size", "no bytes are moved: use number_ios, loops or runtime",
			diag);
	else if (job->io_size.is_set && job->io_size.is_percent)
		refuse(job, "io_size", "it needs a number of bytes", diag);
	if (job->file_service_type.ios_per_file > 1)
		refuse(job, "file_service_type", "each file is taken once before the next", diag);
}

static void check_pairs(const struct job *job, struct diag *diag)
{
	const struct job_texts *names = &job->given.filename;

	if (names->count == 0 || names->count % 2 != 0) {
		if (!job_say_is_news(job, "rw", RULE_COMPOSITE))
			return;
		diag_error(diag, job_place(job, names->count ? "filename" : "rw"),
			"rw=copy goes from one file to another, and filename names %s",
			names->count ? "an odd number of them" : "none");
		diag_hint(diag, "write filename=SOURCE:DESTINATION");
		return;
	}
	for (size_t i = 0; i < names->count; i += 2) {
		if (strcmp(names->texts[i], names->texts[i + 1]) == 0)
			refuse(job, "filename", "a file cannot be copied to itself", diag);
	}
}

static void check_copy(const struct job *job, struct diag *diag)
{
	static const char *const fills[] = {"refill_buffers", "zero_buffers", "buffer_pattern",
		"buffer_compress_percentage", "dedupe_percentage"};
	const struct block_size_spec *sizes = &job->block_sizes.of[DIRECTION_WRITE];

	check_pairs(job, diag);
	if (sizes->min_bytes != sizes->max_bytes || sizes->share_count > 0)
		refuse(job, size_option(job), "blocks of one size only", diag);
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		if (job_sets(job, fills[i]))
			job_say(diag_note, job, diag, fills[i], RULE_COMPOSITE,
				"%s has no effect on rw=copy: what is written is what was read",
				fills[i]);
	}
}

/* What belongs to steadystate, where it is not judged. */
static void check_unjudged(const struct job *job, struct diag *diag)
{
	static const char *const parts[] = {"steadystate_ramp_time", "steadystate_check_interval"};

	if (job_sets(job, "steadystate_duration"))
		return; /* as 0: switched off */
	if (job_sets(job, "steadystate") &&
		job_say(diag_error, job, diag, "steadystate", RULE_STEADY,
			"steadystate needs steadystate_duration: fio ignores it here"))
		diag_hint(diag, "add steadystate_duration=30s, the window that it is judged over");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (job_sets(job, parts[i]))
			job_say(diag_warning, job, diag, parts[i], RULE_STEADY,
				"%s has no effect without steadystate_duration", parts[i]);
	}
}

static void check_steady(const struct job *job, struct diag *diag)
{
	uint64_t interval_ns = job->rare->steadystate.check_interval_ns;

	if (job->rare->steadystate.duration_ns == 0) {
		check_unjudged(job, diag);
		return;
	}
	if ((job->rare->steadystate.duration_ns % interval_ns != 0 ||
		    job->rare->steadystate.duration_ns <= interval_ns) &&
		job_say(diag_error, job, diag, "steadystate_duration", RULE_STEADY,
			"steadystate_duration must be a multiple of steadystate_check_interval, "
			"and more than one of them"))
		diag_hint(diag, "write steadystate_duration=30s, and no check interval: it is 1s");
}

/* What belongs to latency_target, and what does not go with it. */
static void check_latency(const struct job *job, struct diag *diag)
{
	static const char *const parts[] = {"latency_window", "latency_percentile", "latency_run"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (job->rare->latency.target_ns == 0 && job_sets(job, parts[i]) &&
			!job_sets(job, "latency_target"))
			job_say(diag_warning, job, diag, parts[i], RULE_LATENCY,
				"%s has no effect without latency_target", parts[i]);
	}
	if (job->rare->latency.target_ns == 0)
		return;
	if (job->rare->latency.window_ns == 0 &&
		job_say(diag_error, job, diag, "latency_target", RULE_LATENCY,
			"latency_target needs latency_window, the time at each depth"))
		diag_hint(diag, "add latency_window=1s");
	if ((job_is_held(job)) &&
		job_say(diag_error, job, diag, "latency_target", RULE_LATENCY,
			"latency_target sets the depth of a job that sends as fast as it can"))
		diag_hint(
			diag, "remove the rate or thinktime; `ringside curve --slo` finds a rate");
}

static void check_log_time(
	const struct job *job, const char *option, uint64_t time_ns, struct diag *diag)
{
	if (time_ns > 0 && time_ns < NS_PER_MS &&
		job_say(diag_error, job, diag, option, RULE_LOGS,
			"%s is shorter than the ms that logs count in", option))
		diag_hint(diag, "%s=1 is the shortest", option);
}

/* What belongs to fio's logs, where there are none. */
static void check_logs(const struct job *job, struct diag *diag)
{
	const struct job_logs *logs = &job->rare->logs;
	bool has_lines = logs->bw || logs->iops || logs->lat;
	const struct {
		const char *option, *needs;
		bool has_it;
	} parts[] = {
		{"log_avg_msec", "write_bw_log, write_iops_log or write_lat_log", has_lines},
		{"log_max_value", "write_lat_log", logs->lat},
		{"log_hist_msec", "write_hist_log", logs->hist},
		{"log_hist_coarseness", "write_hist_log", logs->hist},
	};

	check_log_time(job, "log_avg_msec", logs->avg_ns, diag);
	check_log_time(job, "log_hist_msec", logs->hist_ns, diag);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (job_sets(job, parts[i].option) && !parts[i].has_it)
			job_say(diag_note, job, diag, parts[i].option, RULE_LOGS,
				"%s has no effect without %s", parts[i].option, parts[i].needs);
	}
}

void job_check(const struct job *job, struct diag *diag)
{
	if (job->engine) {
		check_engine(job, diag);
		check_durability(job, diag);
		check_alignment(job, diag);
	}
	check_readonly(job, diag);
	check_time(job, diag);
	check_amounts(job, diag);
	job_use_check(job, diag);
	job_echo_rules_check(job, diag);
	job_zone_rules_check(job, diag);
	job_verify_rules_check(job, diag);
	if (job_is_of_whole_files(job))
		check_whole_files(job, diag);
	else if (job->rw.mode == RW_COPY)
		check_copy(job, diag);
	job_pace_check(job, diag);
	check_steady(job, diag);
	check_logs(job, diag);
	check_latency(job, diag);
	check_cpus(job, job_sets(job, "cpumask") ? "cpumask" : "cpus_allowed", &job->cpus_allowed,
		diag);
	check_cpus(job, "server_cpus", &job->rare->echo.server_cpus, diag);
	check_cpus(job, "verify_async_cpus", &job->rare->verify.async_cpus, diag);
	job_host_rules_check(job, diag);
	job_ranks_check(job, diag);
	check_names(job, diag);
}
