/* SPDX-License-Identifier: MIT */
/* A baseline as a screen of text. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "check/baseline.h"
#include "check/words.h"
#include "result/page.h"

/* A metric that gates judge unasked, noisy: what the table is about. */
static bool is_shown(enum trial_value value)
{
	const struct metric *metric = &trial_value_metrics[value];
	const struct metric_gate *gate = metric_gate_of(metric->class);

	return gate->is_gated && !gate->is_exact && metric->scale == METRIC_RATIO &&
	       (strstr(metric->name, ".iops") || strstr(metric->name, ".lat.") ||
		       metric->class == METRIC_CPU) &&
	       value != VALUE_CORES && value != VALUE_IOPS_PER_CORE;
}

static void print_percent(struct page *page, double fraction)
{
	if (isfinite(fraction))
		fprintf(page->stream, "  %7.1f %%", 100 * fraction);
	else
		fprintf(page->stream, "  %9s", "-");
}

static void print_row(struct page *page, const struct baseline *baseline,
	const struct sample_arm *arm, const char *reference, enum trial_value value, int width)
{
	const struct metric *metric = &trial_value_metrics[value];
	struct check_gate gate = {
		.metric = metric,
		.kind = reference ? GATE_RELATIVE : GATE_ABSOLUTE,
	};
	struct baseline_noise noise = baseline_noise_of(baseline, arm->name, reference, value);
	struct arena arena = {0};
	double *means = arena_alloc_array(&arena, baseline->session_count, sizeof(*means));
	const char *name = arena_printf(&arena, "%s.%s", arm->name, metric->name);
	size_t count = baseline_means(baseline, false, arm->name, reference, value, means);
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += means[i];
	if (count > 0) {
		const char *level =
			words_level(&gate, metric_level(metric, sum / (double)count), &arena);

		fprintf(page->stream, "%-*s  %*s%s", width, name,
			(int)(10 - page_width(level) % 10), "", level);
		print_percent(page, noise.within);
		print_percent(page, noise.between);
		print_percent(page, noise.smallest_loss);
		fputc('\n', page->stream);
	}
	arena_free(&arena);
}

static void print_sessions(struct page *page, const struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->session_count; i++) {
		const struct baseline_session *session = &baseline->sessions[i];
		const struct sample *sample = &session->sample;

		fprintf(page->stream, "  %s  %zu blocks  %.12s%s%s%s\n", sample->id,
			sample->block_count, sample->commit ? sample->commit : "",
			session->is_anchor ? "  anchor" : "",
			baseline_is_in_window(baseline, i) ? "" : "  outside the window",
			sample_control_failed(sample) ? "  its control differed" : "");
	}
	for (size_t i = 0; i < baseline->update_count; i++)
		fprintf(page->stream, "  updated %s: %s\n", baseline->updates[i].time,
			baseline->updates[i].reason);
}

static void print_noise(struct page *page, const struct baseline *baseline)
{
	const struct sample *newest = baseline_newest(baseline);
	int width = 0;

	for (size_t i = 0; i < newest->arm_count; i++)
		width = (int)strlen(newest->arms[i].name) > width
				? (int)strlen(newest->arms[i].name)
				: width;
	width += (int)strlen(".write.lat.p99");
	fprintf(page->stream, PAGE_DIM "%-*s  %10s  %9s  %9s  %9s" PAGE_PLAIN "\n", width, "gate",
		"level", "trials", "sessions", "sees");
	for (size_t i = 0; i < newest->arm_count; i++) {
		const struct sample_arm *arm = &newest->arms[i];
		const char *reference = sample_reference_of(newest, arm);

		for (int v = 0; v < VALUE_COUNT; v++) {
			if (is_shown((enum trial_value)v))
				print_row(
					page, baseline, arm, reference, (enum trial_value)v, width);
		}
	}
}

/* The smallest loss of a rate, of all arms of the kind: at best, absolute or relative. */
static double smallest(const struct baseline *baseline, bool is_relative)
{
	const struct sample *newest = baseline_newest(baseline);
	double least = INFINITY;

	for (size_t i = 0; i < newest->arm_count; i++) {
		const char *reference = sample_reference_of(newest, &newest->arms[i]);
		struct baseline_noise noise;

		if ((reference != NULL) != is_relative)
			continue;
		noise = baseline_noise_of(baseline, newest->arms[i].name, reference, VALUE_IOPS);
		if (noise.smallest_loss < least)
			least = noise.smallest_loss;
	}
	return least;
}

static void print_smallest(struct page *page, const struct baseline *baseline)
{
	double absolute = smallest(baseline, false);
	double relative = smallest(baseline, true);

	fprintf(page->stream,
		"\non this machine, the smallest loss of IOPS that a check finds in 95 %% of "
		"cases: absolute ");
	if (isfinite(absolute))
		fprintf(page->stream, "%.1f %%", 100 * absolute);
	else
		fprintf(page->stream, "unknown");
	if (isfinite(relative))
		fprintf(page->stream, ", relative %.1f %%", 100 * relative);
	fputc('\n', page->stream);
}

int baseline_show(const struct baseline *baseline, const char *path, FILE *stream)
{
	struct write_text_options options = write_text_options_of(stream);
	struct page page;
	int error = page_open(&page, options.columns);

	if (error != 0)
		return error;
	fprintf(page.stream, PAGE_BOLD "%s" PAGE_PLAIN ": %zu sessions, the newest %zu count\n",
		path, baseline->session_count, baseline->window);
	print_sessions(&page, baseline);
	fputc('\n', page.stream);
	print_noise(&page, baseline);
	print_smallest(&page, baseline);
	return page_close(&page, &options, stream);
}
