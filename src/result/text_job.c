/* SPDX-License-Identifier: MIT */
/* A job's block: labelled lines around the table of its latencies. */
#include "result/job_table.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "engine/engine_list.h"
#include "result/result_figures.h"
#include "result/text_ranks.h"
#include "result/text_series.h"

enum { NAME_BYTES = 512, DESCRIPTION_COLUMNS_LEAST = 20, TARGETS_SHOWN = 4, PROOF_WORD_LIMIT = 60 };

/*
 * The kernel tells user time from system time by what it finds at a clock tick, each 1 to 10 ms: of
 * less CPU time than this the shares are chance ("user 0 ns"), and only their sum is known.
 */
#define SPLIT_LEAST_NS 100000000ull

/* Submission that takes this share of the latency is worth a line though nobody asked. */
static const double NOTABLE_SLAT_SHARE = 0.1;

static void print_name(const struct result_job *job, struct page *page)
{
	char text[NAME_BYTES];
	unsigned room;

	page_cut(text, sizeof(text), job->name, page->columns);
	fprintf(page->stream, "\n%s%s%s", PAGE_BOLD, text, PAGE_PLAIN);
	room = page->columns - page_width(text);
	if (job->description && room > DESCRIPTION_COLUMNS_LEAST) {
		page_cut(text, sizeof(text), job->description, room - 2);
		fprintf(page->stream, "  %s%s%s", PAGE_DIM, text, PAGE_PLAIN);
	}
	fputc('\n', page->stream);
}

static void add_counts(const struct result_job *job, bool is_echo, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	for (int i = 0; i < DIRECTION_COUNT; i++) {
		uint64_t ios = job->directions[i].ios;

		if (ios > 0)
			page_phrase(page, ",", "%s %s%s",
				figure_text(text, FIGURE_COUNT, (double)ios),
				is_echo ? "exchange" : io_direction_name(i), ios == 1 ? "" : "s");
	}
}

static void print_job_line(const struct result_job *job, struct page *page)
{
	const char *rw = settings_value(&job->options, "rw");
	bool is_stat = rw && (strcmp(rw, "stat") == 0 || strcmp(rw, "create") == 0 ||
				     strcmp(rw, "unlink") == 0);
	bool is_echo = rw && strcmp(rw, "echo") == 0;
	bool is_whole = is_stat || (rw && strcmp(rw, "openread") == 0);
	const char *bs = is_whole ? NULL : result_block_sizes(&job->options);
	const char *direct = settings_value(&job->options, "direct");
	const char *depth = settings_value(&job->options, "iodepth");
	char text[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_DIM, "job");
	if (job->goals.replay)
		page_phrase(page, ",", "replay");
	else if (rw)
		page_phrase(page, ",", "%s%s%s", rw, bs ? " " : "", bs ? bs : "");
	if (depth)
		page_phrase(page, ",", "depth %s", depth);
	if (job->numjobs > 1)
		page_phrase(page, ",", "%u jobs", job->numjobs);
	if (direct && !is_stat && !is_echo)
		page_phrase(page, ",", "%s",
			engine_access_name(engine_find(job->engine), strcmp(direct, "1") == 0));
	if (job->elapsed_ns > 0)
		page_phrase(
			page, ",", "%s", figure_text(text, FIGURE_TIME, (double)job->elapsed_ns));
	add_counts(job, is_echo, page);
	page_line_end(page);
}

static const char *target_text(const struct result_target *target, struct arena *arena)
{
	char size[FIGURE_BYTES_OF_TEXT];
	bool has_size = target->bytes != UINT64_MAX;

	figure_text(size, FIGURE_BYTES, (double)target->bytes);
	return arena_printf(arena, "%s (%s%s%s%s%s%s%s)", target->path, target->kind,
		has_size ? ", " : "", has_size ? size : "", target->file_system ? ", " : "",
		target->file_system ? target->file_system : "", target->device ? ", on " : "",
		target->device ? target->device : "");
}

static void print_targets(const struct result_job *job, struct arena *arena, struct page *page)
{
	page_line(page, PAGE_DIM, "target");
	for (size_t i = 0; i < job->target_count && i < TARGETS_SHOWN; i++)
		page_phrase(page, ",", "%s", target_text(&job->targets[i], arena));
	if (job->target_count > TARGETS_SHOWN)
		page_phrase(page, ",", "and %zu more", job->target_count - TARGETS_SHOWN);
	page_line_end(page);
}

static void add_setting(const struct setting *setting, const char *separator, struct page *page)
{
	const char *value = setting->value;

	page_phrase(page, separator, "%s%s%s", setting->key, value ? "=" : "", value ? value : "");
}

static size_t longest_word_bytes(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		longest = length > longest ? length : longest;
		text += length;
		text += strspn(text, " ");
	}
	return longest;
}

/* What was told of an effective setting already is no news; sets of many flags are for the JSON. */
static void print_proof(const struct result_job *job, struct page *page)
{
	const struct settings *proof = &job->engine_proof;

	page_line(page, PAGE_DIM, "proof");
	for (size_t i = 0; i < proof->count; i++) {
		const char *value = proof->items[i].value;
		const char *told = settings_value(&job->engine_effective, proof->items[i].key);

		if (!value || longest_word_bytes(value) > PROOF_WORD_LIMIT ||
			(told && strcmp(told, value) == 0))
			continue;
		add_setting(&proof->items[i], ",", page);
	}
	page_line_end(page);
}

static void print_engine(const struct result_job *job, struct page *page)
{
	const struct settings *effective = &job->engine_effective;

	page_line(page, PAGE_DIM, "engine");
	page_phrase(page, "", "%s%s", job->engine, effective->count ? ":" : "");
	for (size_t i = 0; i < effective->count; i++)
		add_setting(&effective->items[i], i ? "," : "", page);
	page_line_end(page);
	print_proof(job, page);
	for (size_t i = 0; i < job->engine_refused.count; i++) {
		const struct setting *refused = &job->engine_refused.items[i];

		page_line(page, PAGE_YELLOW, "refused");
		add_setting(refused, "", page);
		if (refused->reason)
			page_phrase(page, ":", "%s", refused->reason);
		page_line_end(page);
	}
}

static void print_figures(const struct result_job *job, struct arena *arena, struct page *page)
{
	struct grid grid;

	job_table(&grid, arena, job);
	if (grid.row_count == 0)
		return;
	fputc('\n', page->stream);
	grid_print(&grid, page);
	fputc('\n', page->stream);
}

static bool is_sampled(const struct result_direction *direction)
{
	return direction->sample.slat.summary.count > 0;
}

static const struct result_latency *slat_of(const struct result_direction *direction)
{
	return is_sampled(direction) ? &direction->sample.slat : &direction->slat;
}

/* Where slat has a row of its own nothing more need be said. */
static bool is_slat_notable(const struct result_direction *direction)
{
	const struct result_latency *slat = slat_of(direction);
	double lat_ns = histogram_summary_mean(&direction->lat.summary);

	if (is_sampled(direction))
		lat_ns = histogram_summary_mean(&direction->sample.slat.summary) +
			 histogram_summary_mean(&direction->sample.clat.summary);
	return slat->summary.count > 0 && !slat->histogram &&
	       histogram_summary_mean(&slat->summary) >= NOTABLE_SLAT_SHARE * lat_ns;
}

/* Time inside the submission that an asynchronous engine was to do without waiting. */
static void print_submission(const struct result_job *job, struct page *page)
{
	char mean[FIGURE_BYTES_OF_TEXT];
	char max[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_DIM, "submit");
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const struct latency_summary *slat = &slat_of(&job->directions[i])->summary;

		if (!is_slat_notable(&job->directions[i]))
			continue;
		page_phrase(page, ",", "%s slat %s mean, %s max", io_direction_name(i),
			figure_text(mean, FIGURE_TIME, histogram_summary_mean(slat)),
			figure_text(max, FIGURE_TIME, (double)slat->max_ns));
		if (is_sampled(&job->directions[i]))
			page_phrase(page, "", "(of a sample, %s I/Os)",
				figure_text(mean, FIGURE_COUNT, (double)slat->count));
	}
	if (!page->is_line_empty && job->submit_share >= 0)
		page_phrase(page, ",", "%s %% of the time inside submit",
			figure_digits(mean, 100 * job->submit_share));
	page_line_end(page);
}

static void add_pace(const struct result_job *job, const struct result_direction *d,
	const char *name, struct page *page)
{
	const char *process = settings_value(&job->options, "rate_process");
	bool is_of_ios = d->pace.iops_asked > 0;
	char asked[FIGURE_BYTES_OF_TEXT];

	figure_text(asked, is_of_ios ? FIGURE_COUNT : FIGURE_BANDWIDTH,
		is_of_ios ? d->pace.iops_asked : d->pace.bytes_per_second_asked);
	page_phrase(page, ";", "%s %s%s asked (%s)", name, asked, is_of_ios ? " IOPS" : "",
		process ? process : "linear");
	if (d->pace.unsent > 0)
		page_phrase(page, ",", "%s never sent",
			figure_text(asked, FIGURE_COUNT, (double)d->pace.unsent));
}

static void end_pace(const struct result_job *job, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (job->cpu.pacing_ns > 0)
		page_phrase(page, ";", "%s CPU/IO of waiting awake are left out below",
			figure_text(text, FIGURE_TIME, result_per_io(job, job->cpu.pacing_ns)));
	page_line_end(page);
}

static void print_pace(const struct result_job *job, struct page *page)
{
	page_line(page, PAGE_DIM, "rate");
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (result_is_paced(&job->directions[i]))
			add_pace(job, &job->directions[i], io_direction_name(i), page);
	}
	if (page->is_line_empty)
		return;
	page_phrase(page, ";", "latency is from when an I/O was due");
	end_pace(job, page);
}

/* A setting that is something; else NULL. */
static const char *set_value(const struct result_job *job, const char *key, const char *nothing)
{
	const char *value = settings_value(&job->options, key);

	return value && strcmp(value, nothing) != 0 ? value : NULL;
}

/* Rates that give no I/O a time at which it is due. */
static void print_limits(const struct result_job *job, struct page *page)
{
	static const char *const keys[] = {"rate", "rate_iops", "rate_total", "rate_iops_total"};

	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		if (result_is_paced(&job->directions[i]))
			return;
	}
	page_line(page, PAGE_DIM, "limit");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = set_value(job, keys[i], "0");

		if (value)
			page_phrase(page, ",", "%s=%s", keys[i], value);
	}
	if (page->is_line_empty)
		return;
	page_phrase(page, ";", "latency is from when an I/O was sent");
	page_line_end(page);
}

static void add_priority(const struct result_direction *d, const struct result_priority *priority,
	const char *name, struct page *page)
{
	const struct histogram *lat = priority->lat.histogram;
	char p50[FIGURE_BYTES_OF_TEXT], p99[FIGURE_BYTES_OF_TEXT];

	if (priority->class == 0)
		page_phrase(page, ";", "%s of none", name);
	else
		page_phrase(
			page, ";", "%s of class %u, %u", name, priority->class, priority->level);
	page_phrase(page, ":", "%.3g %% of the I/Os",
		100 * (double)priority->lat.summary.count / (double)d->lat.summary.count);
	if (lat)
		page_phrase(page, ",", "p50 %s, p99 %s",
			figure_text(p50, FIGURE_TIME, (double)histogram_percentile(lat, 50)),
			figure_text(p99, FIGURE_TIME, (double)histogram_percentile(lat, 99)));
}

static void print_priorities(const struct result_job *job, struct page *page)
{
	page_line(page, PAGE_DIM, "priority");
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++) {
		const struct result_direction *d = &job->directions[i];

		for (size_t k = 0; d->priority_count > 1 && k < d->priority_count; k++)
			add_priority(d, &d->priorities[k], io_direction_name(i), page);
	}
	if (!page->is_line_empty)
		page_line_end(page);
}

static void print_pauses(const struct result_job *job, struct page *page)
{
	const char *time = set_value(job, "thinktime", "0s");
	const char *blocks = settings_value(&job->options, "thinktime_blocks");
	const char *iotime = set_value(job, "thinktime_iotime", "0s");

	if (!time || !blocks)
		return;
	page_line(page, PAGE_DIM, "pauses");
	if (iotime)
		page_phrase(page, "", "%s after every %s of I/O (thinktime_iotime)", time, iotime);
	else
		page_phrase(page, "", "%s after every %s I/O%s (thinktime)", time, blocks,
			strcmp(blocks, "1") == 0 ? "" : "s");
	end_pace(job, page);
}

static void add_drift(const struct result_state *state, struct page *page)
{
	/* Of less than 10 % two digits, of more all. */
	int digits = fabs(state->drift_per_minute) < 0.1 ? 1 : 0;

	page_phrase(page, ":", "%+.*f %% a minute (within %.*f %%)", digits,
		state->drift_per_minute * 100, digits, state->drift_error * 100);
}

static void add_levels(const struct result_state *state, struct page *page)
{
	enum figure_kind kind = state->is_of_latency ? FIGURE_TIME : FIGURE_COUNT;
	const char *unit = state->is_of_latency ? "" : " IOPS";
	char low[FIGURE_BYTES_OF_TEXT], high[FIGURE_BYTES_OF_TEXT];

	page_phrase(page, ":", "%s%s in %.0f %% of the intervals, %s%s in the others",
		figure_text(low, kind, state->low), unit, state->low_share * 100,
		figure_text(high, kind, state->high), unit);
}

static void print_state(const struct result_job *job, struct page *page)
{
	const struct result_state *state = job->goals.state;

	if (!state)
		return;
	page_line(page, PAGE_DIM, "state");
	if (state->class == STEADY_UNTOLD) {
		page_phrase(page, "", "too short to tell");
		if (state->measured_s < state->least_s)
			page_phrase(page, ":", "%.3g s of at least %.3g s", state->measured_s,
				state->least_s);
		else if (!state->has_worked)
			page_phrase(page, ":", "less than twice its range is written");
		else
			page_phrase(page, ":", "its rate varies too much for this time");
	} else {
		page_phrase(page, "", "%s%s", steady_class_name(state->class),
			state->is_of_latency ? " latency" : "");
		if (state->class == STEADY_BIMODAL)
			add_levels(state, page);
		else
			add_drift(state, page);
	}
	page_line_end(page);
}

static double mean_of(const struct result_steady *steady, bool is_of_bytes)
{
	double sum = 0;

	for (size_t i = 0; i < steady->count; i++)
		sum += (double)(is_of_bytes ? steady->intervals[i].bytes_per_second
					    : steady->intervals[i].ios_per_second);
	return sum / (double)steady->count;
}

/* A criterion or its limit, in its unit. */
static const char *steady_text(
	char text[FIGURE_BYTES_OF_TEXT], const struct result_steady *steady, double value)
{
	bool is_percent = steady->asked[strlen(steady->asked) - 1] == '%';
	char digits[FIGURE_BYTES_OF_TEXT];
	enum figure_kind kind = *steady->asked == 'b'   ? FIGURE_BANDWIDTH
				: *steady->asked == 'l' ? FIGURE_TIME
							: FIGURE_COUNT;

	if (!is_percent)
		return figure_text(text, kind, value);
	snprintf(text, FIGURE_BYTES_OF_TEXT, "%.*s %%", FIGURE_BYTES_OF_TEXT - 3,
		figure_digits(digits, value));
	return text;
}

/* "iops slope 0.02 %, below 0.1 % asked". */
static void add_criterion(const struct result_steady *steady, struct page *page)
{
	size_t name_length = strcspn(steady->asked, "_:");
	bool is_slope = steady->asked[name_length] == '_';
	char criterion[FIGURE_BYTES_OF_TEXT], limit[FIGURE_BYTES_OF_TEXT];

	page_phrase(page, ":", "%.*s %s %s%s", (int)name_length, steady->asked,
		is_slope ? "slope" : "mean deviation", steady->criterion < 0 ? "-" : "",
		steady_text(criterion, steady, fabs(steady->criterion)));
	page_phrase(page, ",", "below %s asked", steady_text(limit, steady, steady->limit));
}

static void print_latency_goal(const struct result_job *job, struct page *page)
{
	const struct result_latency_goal *goal = job->goals.latency;
	char target[FIGURE_BYTES_OF_TEXT], window[FIGURE_BYTES_OF_TEXT],
		share[FIGURE_BYTES_OF_TEXT];

	if (!goal)
		return;
	page_line(page, PAGE_DIM, "target");
	page_phrase(
		page, "", "depth %llu of %u", (unsigned long long)goal->depth, job->depth_asked);
	page_phrase(page, ":", "%s %% of the I/Os %s within %s, in windows of %s",
		figure_digits(share, goal->percentile), goal->is_met ? "are" : "are not",
		figure_text(target, FIGURE_TIME, (double)goal->target_ns),
		figure_text(window, FIGURE_TIME, (double)goal->window_ns));
	page_line_end(page);
}

/* "log of 1000 I/Os over 2.00 s; sent late by 1.2 us (median), 9 us (p99), 30 us at most". */
static void print_replay(const struct result_job *job, struct page *page)
{
	const struct result_replay *replay = job->goals.replay;
	const struct histogram *late;
	char text[FIGURE_BYTES_OF_TEXT], p99[FIGURE_BYTES_OF_TEXT], most[FIGURE_BYTES_OF_TEXT];

	if (!replay)
		return;
	late = replay->lateness.histogram;
	page_line(page, PAGE_DIM, "replay");
	page_phrase(page, "", "%s: %llu I/O%s", replay->log, (unsigned long long)replay->ios,
		replay->ios == 1 ? "" : "s");
	if (replay->recorded_ns > 0)
		page_phrase(page, "", "over %s",
			figure_text(text, FIGURE_TIME, (double)replay->recorded_ns));
	if (!replay->has_times)
		page_phrase(page, ";", "each was sent as soon as it could be, not by a time");
	if (late)
		page_phrase(page, ";",
			"sent after the recorded time by %s (median), %s (p99), %s at most",
			figure_text(text, FIGURE_TIME, (double)histogram_percentile(late, 50)),
			figure_text(p99, FIGURE_TIME, (double)histogram_percentile(late, 99)),
			figure_text(most, FIGURE_TIME, (double)replay->lateness.summary.max_ns));
	if (replay->unsent > 0)
		page_phrase(page, ",", "%s never sent",
			figure_text(text, FIGURE_COUNT, (double)replay->unsent));
	if (late)
		page_phrase(page, ";", "latency is from the recorded time");
	end_pace(job, page);
}

static void print_steady(const struct result_job *job, struct page *page)
{
	const struct result_steady *steady = job->goals.steady;
	char text[FIGURE_BYTES_OF_TEXT];

	if (!steady)
		return;
	page_line(page, PAGE_DIM, "steady");
	if (steady->is_attained)
		page_phrase(page, "", "reached after %s",
			figure_text(text, FIGURE_TIME, (double)steady->attained_ns));
	else
		page_phrase(page, "", "not reached");
	if (isnan(steady->criterion)) {
		page_phrase(page, ":", "no window of %s was complete (%s)",
			figure_text(text, FIGURE_TIME, (double)steady->duration_ns), steady->asked);
	} else {
		add_criterion(steady, page);
		page_phrase(page, ",", "over %s",
			figure_text(text, FIGURE_TIME, (double)steady->duration_ns));
		page_phrase(page, ";", "the window's mean %s IOPS",
			figure_text(text, FIGURE_COUNT, mean_of(steady, false)));
		page_phrase(page, ",", "%s",
			figure_text(text, FIGURE_BANDWIDTH, mean_of(steady, true)));
	}
	page_line_end(page);
}

/* CPU time of one I/O in words: "user 310 ns". */
static const char *cpu_share(
	const struct result_job *job, struct arena *arena, const char *name, uint64_t time_ns)
{
	char text[FIGURE_BYTES_OF_TEXT];

	return arena_printf(
		arena, "%s %s", name, figure_text(text, FIGURE_TIME, result_per_io(job, time_ns)));
}

/* "user 310 ns, system 930 ns", where they can be told apart. */
static const char *own_share(const struct result_job *job, struct arena *arena)
{
	uint64_t own_ns = job->cpu.user_ns + job->cpu.system_ns;

	if (own_ns < SPLIT_LEAST_NS || job->cpu.pacing_ns > 0)
		return cpu_share(job, arena, "user and system together", own_ns);
	return arena_printf(arena, "%s, %s", cpu_share(job, arena, "user", job->cpu.user_ns),
		cpu_share(job, arena, "system", job->cpu.system_ns));
}

static void print_cost(const struct result_job *job, struct arena *arena, struct page *page)
{
	uint64_t switches = job->voluntary_switches + job->involuntary_switches;
	char text[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_DIM, "cost");
	if (job->lacks_costs) {
		page_phrase(page, "", "not known: a worker hangs in the kernel");
		page_line_end(page);
		return;
	}
	page_phrase(page, ",", "%s cores", figure_digits(text, result_cores(job)));
	page_phrase(page, ",", "%s CPU/IO (%s, %s)",
		figure_text(text, FIGURE_TIME, result_per_io(job, job->cpu.total_ns)),
		own_share(job, arena), cpu_share(job, arena, "helpers", job->cpu.helper_ns));
	page_phrase(page, ",", "%s IOPS/core",
		figure_text(text, FIGURE_COUNT, result_iops_per_core(job)));
	page_phrase(page, ",", "%s syscalls/IO",
		figure_digits(text, result_per_io(job, job->syscalls)));
	page_phrase(page, ",", "%s context switches/IO",
		figure_digits(text, result_per_io(job, switches)));
	if (job->knows_punts && job->punts > 0)
		page_phrase(page, ",", "%s punts/IO",
			figure_digits(text, result_per_io(job, job->punts)));
	page_line_end(page);
}

static void print_client(const struct result_job *job, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (job->client_ns == 0)
		return;
	page_line(page, PAGE_DIM, "client");
	page_phrase(page, ",", "%s CPU/IO",
		figure_text(text, FIGURE_TIME, result_per_io(job, job->client_ns)));
	page_phrase(page, ",", "%s syscalls/IO",
		figure_digits(text, result_per_io(job, job->client_syscalls)));
	page_phrase(page, ";", "not in cost, which is the server's alone");
	page_line_end(page);
}

static void print_zones(const struct result_job *job, struct page *page)
{
	if (!job->has_zones)
		return;
	page_line(page, PAGE_DIM, "zones");
	page_phrase(page, "", "%llu reset%s", (unsigned long long)job->zone_resets,
		job->zone_resets == 1 ? "" : "s");
	page_line_end(page);
}

/* "5.21 k instructions/IO (user 812, kernel 4.40 k)"; of a sum that is not known its parts. */
static void print_counted(struct page *page, const char *what, double user, double kernel)
{
	char text[3][FIGURE_BYTES_OF_TEXT];

	if (!isnan(user + kernel))
		page_phrase(page, ",", "%s %s/IO (user %s, kernel %s)",
			figure_text(text[0], FIGURE_COUNT, user + kernel), what,
			figure_text(text[1], FIGURE_COUNT, user),
			figure_text(text[2], FIGURE_COUNT, kernel));
	else if (!isnan(user))
		page_phrase(page, ",", "%s %s/IO in user mode",
			figure_text(text[0], FIGURE_COUNT, user), what);
	else if (!isnan(kernel))
		page_phrase(page, ",", "%s %s/IO in the kernel",
			figure_text(text[0], FIGURE_COUNT, kernel), what);
}

/* Nothing where there are no counters: why stands in the document, and in `ringside probe`. */
static void print_counters(const struct result_job *job, struct page *page)
{
	double user = result_instructions_per_io(job, PERF_USER);
	double kernel = result_instructions_per_io(job, PERF_KERNEL);

	if (isnan(user) && isnan(kernel))
		return;
	page_line(page, PAGE_DIM, "counted");
	print_counted(page, "instructions", user, kernel);
	print_counted(page, "cycles", result_cycles_per_io(job, PERF_USER),
		result_cycles_per_io(job, PERF_KERNEL));
	page_line_end(page);
}

static void print_depth(const struct result_job *job, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_DIM, "depth");
	page_phrase(page, ",", "%s of %u asked, max %u",
		figure_digits(text, job->depth_mean > 0 ? job->depth_mean : NAN), job->depth_asked,
		job->depth_max);
	page_phrase(page, ";", "batches: submit %s of %u",
		figure_digits(text, job->batch_submit_mean), job->batch_submit_asked);
	page_phrase(page, ",", "reap %s of at least %u", figure_digits(text, job->batch_reap_mean),
		job->batch_complete_min_asked);
	if (job->batch_complete_min_asked > 1)
		page_phrase(page, ";", "latency is until the batch was seen");
	page_line_end(page);
}

static void print_errors(const struct result_job *job, struct page *page)
{
	char text[FIGURE_BYTES_OF_TEXT];

	page_line(page, PAGE_RED, "errors");
	if (job->unreturned_ios > 0)
		page_phrase(page, ",",
			"%llu never came back (the oldest was sent %s before the end)",
			(unsigned long long)job->unreturned_ios,
			figure_text(text, FIGURE_TIME, (double)job->oldest_unreturned_ns));
	for (int i = 0; i < DIRECTION_COUNT; i++) {
		const struct result_direction *d = &job->directions[i];
		const char *name = io_direction_name(i);

		for (size_t j = 0; j < d->error_count; j++)
			page_phrase(page, ",", "%s: %llu %s", name,
				(unsigned long long)d->errors[j].count, d->errors[j].name);
		if (d->ignored_errors > 0)
			page_phrase(page, "", "(%llu ignored, by ignore_error)",
				(unsigned long long)d->ignored_errors);
		if (d->short_ios > 0)
			page_phrase(page, ",", "%s: %llu short", name,
				(unsigned long long)d->short_ios);
	}
	page_line_end(page);
}

static void print_end(const struct result_job *job, struct page *page)
{
	if (!job->error && !job->error_message)
		return;
	page_note(page, PAGE_RED, "failed",
		job->error_message ? job->error_message : text_errno_name(job->error));
}

void text_job(const struct result_job *job, struct arena *arena, struct page *page)
{
	print_name(job, page);
	print_job_line(job, page);
	print_targets(job, arena, page);
	print_engine(job, page);
	print_figures(job, arena, page);
	text_ranks_of_job(job, arena, page);
	print_pace(job, page);
	print_limits(job, page);
	print_priorities(job, page);
	print_pauses(job, page);
	print_replay(job, page);
	print_submission(job, page);
	print_latency_goal(job, page);
	print_state(job, page);
	print_steady(job, page);
	if (result_job_ios(job) > 0) {
		print_cost(job, arena, page);
		print_client(job, page);
		print_counters(job, page);
		print_depth(job, page);
		print_zones(job, page);
		text_series(job, arena, page);
	}
	print_errors(job, page);
	text_verify(job, page);
	print_end(job, page);
	if (result_job_ios(job) == 0) {
		page_note(page, PAGE_YELLOW, "figures", "none: no I/O was done");
	}
}
