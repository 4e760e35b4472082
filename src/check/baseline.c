/* SPDX-License-Identifier: MIT */
/* Sessions of a baseline: window and anchor, their means and their noise, and a screen of them. */
#include "check/baseline.h"

#include <math.h>
#include <string.h>

#include "base/doubles.h"
#include "base/version.h"
#include "check/check_text.h"
#include "text/page.h"
#include "verdict/regress.h"

void baseline_init(struct baseline *baseline)
{
	*baseline = (struct baseline){.window = BASELINE_WINDOW};
	baseline->tool =
		arena_printf(&baseline->arena, "ringside %s (%s)", version_number, version_git);
}

void baseline_free(struct baseline *baseline)
{
	arena_free(&baseline->arena);
	*baseline = (struct baseline){0};
}

bool baseline_is_in_window(const struct baseline *baseline, size_t session)
{
	return baseline->session_count - session <= baseline->window;
}

void baseline_add(struct baseline *baseline, const struct check_session *measured, bool is_anchor)
{
	size_t count = baseline->session_count;
	struct baseline_session *sessions =
		arena_alloc_array(&baseline->arena, count + 1, sizeof(*sessions));
	size_t kept = 0;

	if (count > 0)
		memcpy(sessions, baseline->sessions, count * sizeof(*sessions));
	sessions[count] = (struct baseline_session){.session = *measured, .is_anchor = is_anchor};
	baseline->sessions = sessions;
	baseline->session_count = count + 1;
	for (size_t i = 0; i < count + 1; i++) {
		if (sessions[i].is_anchor || baseline_is_in_window(baseline, i))
			sessions[kept++] = sessions[i];
	}
	baseline->session_count = kept;
}

bool baseline_has(const struct baseline *baseline, const struct check_session *measured)
{
	for (size_t i = 0; i < baseline->session_count; i++) {
		if (check_session_is_same(&baseline->sessions[i].session, measured))
			return true;
	}
	return false;
}

const struct check_session *baseline_newest(const struct baseline *baseline)
{
	if (baseline->session_count == 0)
		return NULL;
	return &baseline->sessions[baseline->session_count - 1].session;
}

struct session_spread {
	size_t count;
	double mean;
	double squares; /* around it */
};

static struct session_spread spread_of(const struct check_session *measured, const char *contender,
	const char *reference, enum trial_value metric)
{
	const struct contender *own = check_session_find(measured, contender);
	const struct contender *other = check_session_find(measured, reference);
	struct session_spread spread = {.mean = NAN};
	struct arena arena = {0};
	double *values;

	if (!own || (reference && !other))
		return spread;
	values = arena_alloc_array(&arena, measured->block_count, sizeof(*values));
	spread.count = check_session_values(measured, own, other, metric, values);
	spread.mean = doubles_mean(values, spread.count);
	spread.squares = doubles_squares(values, spread.count);
	arena_free(&arena);
	return spread;
}

size_t baseline_means(const struct baseline *baseline, bool is_anchor, const char *contender,
	const char *reference, enum trial_value metric, double *means)
{
	size_t count = 0;

	for (size_t i = 0; i < baseline->session_count; i++) {
		const struct baseline_session *session = &baseline->sessions[i];
		struct session_spread spread;

		if (is_anchor ? !session->is_anchor : !baseline_is_in_window(baseline, i))
			continue;
		spread = spread_of(&session->session, contender, reference, metric);
		if (spread.count > 0)
			means[count++] = spread.mean;
	}
	return count;
}

struct baseline_noise baseline_noise_of(const struct baseline *baseline, const char *contender,
	const char *reference, enum trial_value metric)
{
	struct baseline_noise noise = {.within = NAN, .between = NAN, .smallest_loss = NAN};
	const struct metric *kind = &trial_value_metrics[metric];
	struct regress_evidence evidence;
	double squares = 0, freedom = 0;
	struct arena arena = {0};
	double *means = arena_alloc_array(&arena, baseline->session_count, sizeof(*means));
	size_t count = baseline_means(baseline, false, contender, reference, metric, means);

	noise.session_count = count;
	for (size_t i = 0; i < baseline->session_count; i++) {
		struct session_spread spread =
			spread_of(&baseline->sessions[i].session, contender, reference, metric);

		if (spread.count == 0 || !baseline_is_in_window(baseline, i))
			continue;
		squares += spread.squares;
		freedom += (double)spread.count - 1;
	}
	if (freedom > 0)
		noise.within = sqrt(squares / freedom);
	if (count > 1)
		noise.between = sqrt(doubles_squares(means, count) / (double)(count - 1));
	if (count > 0) {
		/* The width of the evidence does not depend on what today's figure will be. */
		evidence = regress_from_sessions(kind, means, count, means, 1,
			regress_prior_of(kind->class), INFINITY, 0, &regress_rule_default);
		noise.smallest_loss = regress_loss(kind, evidence.smallest_effect);
	}
	arena_free(&arena);
	return noise;
}

/* A metric that gates judge unasked, noisy: what the table is about. */
static bool is_shown(enum trial_value value)
{
	const struct metric *metric = &trial_value_metrics[value];
	const struct metric_gate *gate = metric_gate_of(metric->class);

	return gate->is_gated && !gate->is_exact && metric->scale == METRIC_RATIO &&
	       (strstr(metric->name, ".iops") || strstr(metric->name, ".lat.") ||
		       value == VALUE_CPU_PER_IO || value == VALUE_INSTRUCTIONS_PER_IO ||
		       value == VALUE_USER_INSTRUCTIONS_PER_IO);
}

static void print_percent(struct page *page, double fraction)
{
	if (isfinite(fraction))
		fprintf(page->stream, "  %7.1f %%", 100 * fraction);
	else
		fprintf(page->stream, "  %9s", "-");
}

static void print_row(struct page *page, const struct baseline *baseline,
	const struct contender *contender, const char *reference, enum trial_value value, int width)
{
	const struct metric *metric = &trial_value_metrics[value];
	struct check_gate gate = {
		.metric = metric,
		.kind = reference ? GATE_RELATIVE : GATE_ABSOLUTE,
	};
	struct baseline_noise noise =
		baseline_noise_of(baseline, contender->name, reference, value);
	struct arena arena = {0};
	double *means = arena_alloc_array(&arena, baseline->session_count, sizeof(*means));
	const char *name = arena_printf(&arena, "%s.%s", contender->name, metric->name);
	size_t count = baseline_means(baseline, false, contender->name, reference, value, means);

	if (count > 0) {
		const char *level = check_text_level(
			&gate, metric_level(metric, doubles_mean(means, count)), &arena);

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
		const struct check_session *measured = &session->session;

		fprintf(page->stream, "  %s  %zu blocks  %.12s%s%s%s\n", measured->id,
			measured->block_count, measured->commit ? measured->commit : "",
			session->is_anchor ? "  anchor" : "",
			baseline_is_in_window(baseline, i) ? "" : "  outside the window",
			check_session_control_failed(measured) ? "  its control differed" : "");
	}
	for (size_t i = 0; i < baseline->update_count; i++)
		fprintf(page->stream, "  updated %s: %s\n", baseline->updates[i].time,
			baseline->updates[i].reason);
}

static void print_noise(struct page *page, const struct baseline *baseline)
{
	const struct check_session *newest = baseline_newest(baseline);
	int width = 0;

	for (size_t i = 0; i < newest->contender_count; i++)
		width = (int)strlen(newest->contenders[i].name) > width
				? (int)strlen(newest->contenders[i].name)
				: width;
	width += (int)strlen(".write.lat.p99");
	fprintf(page->stream, PAGE_DIM "%-*s  %10s  %9s  %9s  %9s" PAGE_PLAIN "\n", width, "gate",
		"level", "trials", "sessions", "sees");
	for (size_t i = 0; i < newest->contender_count; i++) {
		const struct contender *contender = &newest->contenders[i];
		const char *reference = check_session_reference_of(newest, contender);

		for (int v = 0; v < VALUE_COUNT; v++) {
			if (is_shown((enum trial_value)v))
				print_row(page, baseline, contender, reference, (enum trial_value)v,
					width);
		}
	}
}

/* The smallest loss of a rate, of all contenders of the kind: at best, absolute or relative. */
static double smallest(const struct baseline *baseline, bool is_relative)
{
	const struct check_session *newest = baseline_newest(baseline);
	double least = INFINITY;

	for (size_t i = 0; i < newest->contender_count; i++) {
		const char *reference = check_session_reference_of(newest, &newest->contenders[i]);
		struct baseline_noise noise;

		if ((reference != NULL) != is_relative)
			continue;
		noise = baseline_noise_of(
			baseline, newest->contenders[i].name, reference, VALUE_IOPS);
		if (noise.smallest_loss < least)
			least = noise.smallest_loss;
	}
	return least;
}

static void print_smallest(struct page *page, const struct baseline *baseline)
{
	double absolute = smallest(baseline, false);
	double relative = smallest(baseline, true);

	fprintf(page->stream, "\non this machine, the smallest loss of IOPS that a check finds in "
			      "95 %% of cases: absolute ");
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
	struct page page;

	page_open(&page, NULL, stream);
	fprintf(page.stream, PAGE_BOLD "%s" PAGE_PLAIN ": %zu sessions, the newest %zu count\n",
		path, baseline->session_count, baseline->window);
	print_sessions(&page, baseline);
	fputc('\n', page.stream);
	print_noise(&page, baseline);
	print_smallest(&page, baseline);
	return page_close(&page);
}
