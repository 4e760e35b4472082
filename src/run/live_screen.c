/* SPDX-License-Identifier: MIT */
/* From jobs to rows of text. */
#include "run/live_screen.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "run/stop_signal.h"
#include "text/figure.h"
#include "text/screen.h"

#define DRAW_NS (250 * NS_PER_MS)

enum {
	HEAD_ROWS = 3,      /* title, which jobs, titles of columns */
	TAIL_ROWS = 4,      /* blank, the sum, its sparks, CPU time */
	WIDE_COLUMNS = 120, /* the title of sparks has room */
	PHASE_COLUMNS = 9,
	FIXED_COLUMNS = 62, /* of a row, but for the name and what a wide terminal has besides */
	EXTRA_COLUMNS = 24, /* CPU, helpers, left */
	SPARK_MARGIN = 2,
	SPARK_COLUMNS_MOST = 60, /* on a line with other things, which take: */
	BESIDE_COLUMNS = 45,
	NAME_COLUMNS_MOST = 40,
};

bool live_screen_begin(struct diag *diag)
{
	const char *why = screen_open();

	if (why) {
		diag_note(diag, NULL, "--live: %s: the live line goes on in its place", why);
		return false;
	}
	stop_signal_before_exit(screen_abandon);
	return true;
}

bool live_screen_take_events(bool *is_open, size_t *first, size_t shown_count, struct diag *diag)
{
	enum screen_event event;
	bool has_any = false;

	while (*is_open && (event = screen_poll()) != SCREEN_NOTHING) {
		has_any = true;
		if (event == SCREEN_LEFT)
			*is_open = false;
		else if (event == SCREEN_SMALL)
			diag_note(diag, NULL,
				"--live needs a terminal of %dx%d: the live line goes on until it "
				"is that large",
				SCREEN_COLUMNS_LEAST, SCREEN_ROWS_LEAST);
		else
			screen_scroll(event, first, shown_count);
	}
	return has_any;
}

char *live_screen_time(char text[FIGURE_BYTES_OF_TEXT], uint64_t ns)
{
	uint64_t seconds = ns / NS_PER_S + (ns % NS_PER_S > 0);

	if (ns == UINT64_MAX)
		*text = '\0';
	else if (seconds < 100)
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%" PRIu64 " s", seconds);
	else if (seconds < 6000)
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%" PRIu64 ":%02" PRIu64 " min", seconds / 60,
			seconds % 60);
	else
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%" PRIu64 ":%02" PRIu64 " h", seconds / 3600,
			seconds / 60 % 60);
	return text;
}

static void prepare_rows(struct live_screen *screen, size_t count)
{
	if (screen->rows)
		return;
	screen->count = count;
	screen->rows = arena_alloc_array(&screen->arena, count + 1, sizeof(*screen->rows));
	screen->order = arena_alloc_array(&screen->arena, count, sizeof(*screen->order));
	screen->sum = ARENA_NEW(&screen->arena, struct histogram);
	for (size_t i = 0; i <= count; i++) {
		screen->rows[i].entry = i;
		screen->rows[i].cpus = screen->rows[i].helper_cpus = NAN;
	}
}

static bool is_over(const struct live_job *job)
{
	return job->phase == LIVE_ENDED || job->phase == LIVE_FAILED;
}

/* Whether it has a last second. */
static bool is_known(const struct live_job *job)
{
	return !is_over(job) && job->recent_ns > 0;
}

static bool runs(const struct live_job *job)
{
	return !is_over(job) && job->phase != LIVE_TO_COME;
}

static double percentile(const struct histogram *histogram, double percent)
{
	return histogram->summary.count > 0 ? (double)histogram_percentile(histogram, percent)
					    : NAN;
}

static void take_latencies(struct live_row *row, const struct series_figures *figures)
{
	static struct histogram all;

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++)
		sparse_histogram_expand(&figures[d].lat, &all);
	row->p50_ns = percentile(&all, 50);
	row->p99_ns = percentile(&all, 99);
	histogram_clear(&all);
}

static void take_job(struct live_screen *screen, struct live_row *row, const struct live_job *job)
{
	double seconds = (double)job->recent_ns / 1e9;
	uint64_t ios = 0, bytes = 0;

	row->errors = row->ios = 0;
	for (int d = 0; d < DIRECTION_COUNT; d++) {
		row->errors += job->all[d].counts.errors;
		row->ios += job->all[d].counts.ios;
	}
	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		ios += job->recent[d].counts.ios;
		bytes += job->recent[d].counts.bytes;
		if (is_known(job))
			sparse_histogram_expand(&job->recent[d].lat, screen->sum);
	}
	row->iops = row->bytes_per_second = NAN;
	if (is_known(job)) {
		row->iops = (double)ios / seconds;
		row->bytes_per_second = (double)bytes / seconds;
	}
	take_latencies(row, is_over(job) ? job->all : job->recent);
}

/* What is not known adds nothing. */
static double plus(double sum, double part)
{
	return isnan(part) ? sum : isnan(sum) ? part : sum + part;
}

static void put_spark(struct live_spark *spark, double value)
{
	spark->values[spark->count++ % LIVE_SPARK_SECONDS] = (float)(isnan(value) ? 0 : value);
}

/* What CPU time grew by in `ns`, and another column of sparks; 0 at the first look. */
static void end_second(struct live_row *row, uint64_t cpu_ns, uint64_t helper_ns, uint64_t ns)
{
	if (ns > 0) {
		row->cpus = (double)(cpu_ns - row->cpu_ns) / (double)ns;
		row->helper_cpus = (double)(helper_ns - row->helper_ns) / (double)ns;
	}
	row->cpu_ns = cpu_ns;
	row->helper_ns = helper_ns;
	if (ns > 0 && (!isnan(row->iops) || row->spark.count > 0))
		put_spark(&row->spark, row->iops);
}

static void take(struct live_screen *screen, const struct live_jobs *now)
{
	struct live_row *all = &screen->rows[screen->count];
	uint64_t second_ns = screen->second_ns != 0 ? now->now_ns - screen->second_ns : 0;
	uint64_t cpu_ns = 0, helper_ns = 0;
	bool is_second = screen->second_ns == 0 || second_ns >= NS_PER_S;

	histogram_clear(screen->sum);
	all->iops = all->bytes_per_second = NAN;
	all->errors = all->ios = 0;
	for (size_t i = 0; i < now->count; i++) {
		struct live_row *row = &screen->rows[i];
		const struct live_job *job = &now->jobs[i];

		take_job(screen, row, job);
		if (is_second)
			end_second(row, job->worker_cpu_ns, job->helper_cpu_ns, second_ns);
		cpu_ns += job->worker_cpu_ns;
		helper_ns += job->helper_cpu_ns;
		all->iops = plus(all->iops, row->iops);
		all->bytes_per_second = plus(all->bytes_per_second, row->bytes_per_second);
		all->errors += row->errors;
		all->ios += row->ios;
	}
	all->p50_ns = percentile(screen->sum, 50);
	all->p99_ns = percentile(screen->sum, 99);
	if (is_second)
		end_second(all, cpu_ns, helper_ns, second_ns);
	if (is_second)
		screen->second_ns = now->now_ns;
}

/* Failed, then with errors, then slow. */
struct rank {
	const struct live_row *rows;
	const struct live_job *jobs;
};

static int by_trouble(const void *a, const void *b, void *context)
{
	const struct rank *rank = context;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	bool x_failed = rank->jobs[x].phase == LIVE_FAILED;
	bool y_failed = rank->jobs[y].phase == LIVE_FAILED;
	const struct live_row *left = &rank->rows[x], *right = &rank->rows[y];
	double left_ns = isnan(left->p99_ns) ? -1 : left->p99_ns;
	double right_ns = isnan(right->p99_ns) ? -1 : right->p99_ns;

	if (x_failed != y_failed)
		return x_failed ? -1 : 1;
	if (left->errors != right->errors)
		return left->errors > right->errors ? -1 : 1;
	if (left_ns != right_ns)
		return left_ns > right_ns ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void sort(struct live_screen *screen, const struct live_jobs *now, bool is_whole)
{
	struct rank rank = {screen->rows, now->jobs};

	for (size_t i = 0; i < screen->count; i++)
		screen->order[i] = i;
	if (!is_whole)
		qsort_r(screen->order, screen->count, sizeof(*screen->order), by_trouble, &rank);
}

/* The last `columns` seconds, by the greatest of them. Returns that. */
static double put_sparks(struct page *page, const struct live_spark *spark, unsigned columns)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	size_t count = MIN(spark->count, LIVE_SPARK_SECONDS), first;
	float most = 0;

	count = MIN(count, columns);
	first = spark->count - count;
	for (size_t i = first; i < spark->count; i++)
		most = MAX(most, spark->values[i % LIVE_SPARK_SECONDS]);
	for (size_t i = first; i < spark->count; i++) {
		float value = spark->values[i % LIVE_SPARK_SECONDS];

		fputs(value > 0 ? blocks[MIN((int)(value / most * 8), 7)] : " ", page->stream);
	}
	fprintf(page->stream, "%*s", (int)(columns - count), "");
	return most;
}

/* To the right of `columns`. */
static void put_right(struct page *page, const char *text, unsigned columns)
{
	unsigned width = page_width(text);

	fprintf(page->stream, " %*s%s", width < columns ? (int)(columns - width) : 0, "", text);
}

static void put_left(struct page *page, const char *text, unsigned columns)
{
	char cut[256];

	page_cut(cut, sizeof(cut), text, columns);
	fprintf(page->stream, " %s%*s", cut, (int)(columns - MIN(columns, page_width(cut))), "");
}

static void put_figure(struct page *page, enum figure_kind kind, double value, unsigned columns)
{
	char text[FIGURE_BYTES_OF_TEXT];

	put_right(page, isnan(value) ? FIGURE_UNKNOWN : figure_text(text, kind, value), columns);
}

static void put_cpus(struct page *page, double cpus, unsigned columns)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (isnan(cpus))
		snprintf(text, sizeof(text), "%s", FIGURE_UNKNOWN);
	else
		snprintf(text, sizeof(text), "%.0f %%", 100 * cpus);
	put_right(page, text, columns);
}

static void put_counts(struct page *page, const struct live_row *row, const char *depth)
{
	put_figure(page, FIGURE_COUNT, row->iops, 6);
	put_figure(page, FIGURE_BANDWIDTH, row->bytes_per_second, 10);
	put_figure(page, FIGURE_TIME, row->p50_ns, 7);
	put_figure(page, FIGURE_TIME, row->p99_ns, 7);
	put_right(page, depth, 7);
	put_figure(page, FIGURE_COUNT, (double)row->errors, 6);
}

struct frame {
	struct page *page;
	unsigned columns, name_columns;
	bool is_wide, is_double;
};

static void put_titles(const struct frame *frame)
{
	struct page *page = frame->page;

	fputs(PAGE_DIM, page->stream);
	put_left(page, "job", frame->name_columns);
	put_left(page, "phase", PHASE_COLUMNS);
	put_right(page, "IOPS", 6);
	put_right(page, "bandwidth", 10);
	put_right(page, "p50", 7);
	put_right(page, "p99", 7);
	put_right(page, "depth", 7);
	put_right(page, "errors", 6);
	if (frame->is_wide) {
		put_right(page, "CPU", 6);
		put_right(page, "helpers", 7);
		put_right(page, "left", 8);
		fputs("  IOPS by seconds", page->stream);
	}
	fputs(PAGE_PLAIN "\n", page->stream);
}

/* "4/8": in flight, and how many may be. */
static const char *depth_text(char text[FIGURE_BYTES_OF_TEXT], const struct live_job *job)
{
	if (!is_known(job))
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%" PRIu64, job->depth);
	else
		snprintf(text, FIGURE_BYTES_OF_TEXT, "%" PRIu64 "/%" PRIu64, job->in_flight,
			job->depth);
	return text;
}

static unsigned spark_columns(const struct frame *frame)
{
	return frame->columns - 1 - frame->name_columns - FIXED_COLUMNS - EXTRA_COLUMNS -
	       SPARK_MARGIN;
}

static void put_second_line(
	const struct frame *frame, const struct live_row *row, const struct live_job *job)
{
	FILE *stream = frame->page->stream;
	char left[FIGURE_BYTES_OF_TEXT];

	fputs("   ", stream);
	put_sparks(
		frame->page, &row->spark, MIN(frame->columns - BESIDE_COLUMNS, SPARK_COLUMNS_MOST));
	if (!isnan(row->cpus) && runs(job))
		fprintf(stream, "  CPU %.0f %%, helpers %.0f %%", 100 * row->cpus,
			100 * row->helper_cpus);
	if (runs(job) && *live_screen_time(left, job->left_ns))
		fprintf(stream, "%s %s left", isnan(row->cpus) ? " " : ",", left);
	fputc('\n', stream);
}

static const char *mark_of(const struct live_job *job)
{
	if (job->phase == LIVE_FAILED)
		return PAGE_BOLD;
	return is_over(job) || job->phase == LIVE_TO_COME ? PAGE_DIM : PAGE_PLAIN;
}

static void put_job(
	const struct frame *frame, const struct live_row *row, const struct live_job *job)
{
	struct page *page = frame->page;
	char name[256], depth[FIGURE_BYTES_OF_TEXT], left[FIGURE_BYTES_OF_TEXT];

	snprintf(name, sizeof(name), "%.200s", job->name);
	if (job->worker_count > 1)
		snprintf(name, sizeof(name), "%.200s ×%u", job->name, job->worker_count);
	fputs(mark_of(job), page->stream);
	put_left(page, name, frame->name_columns);
	put_left(page, live_phase_name(job->phase), PHASE_COLUMNS);
	put_counts(page, row, depth_text(depth, job));
	if (frame->is_wide) {
		put_cpus(page, runs(job) ? row->cpus : NAN, 6);
		put_cpus(page, runs(job) ? row->helper_cpus : NAN, 7);
		put_right(page, runs(job) ? live_screen_time(left, job->left_ns) : "", 8);
		fputs("  ", page->stream);
		put_sparks(page, &row->spark, spark_columns(frame));
	}
	fputs(PAGE_PLAIN "\n", page->stream);
	if (frame->is_double)
		put_second_line(frame, row, job);
}

static void put_head(const struct frame *frame, const struct live_screen *screen,
	const struct live_jobs *now, size_t shown)
{
	FILE *stream = frame->page->stream;
	char text[FIGURE_BYTES_OF_TEXT];
	unsigned running = 0;

	for (size_t i = 0; i < now->count; i++)
		running += now->jobs[i].running_count;
	fprintf(stream, PAGE_BOLD " ringside run" PAGE_PLAIN "   %u %s at work", running,
		running == 1 ? "worker" : "workers");
	fprintf(stream, "   for %s", live_screen_time(text, now->elapsed_ns / NS_PER_S * NS_PER_S));
	if (now->left_ns > 0 && *live_screen_time(text, now->left_ns))
		fprintf(stream, "   " PAGE_BOLD "%s left" PAGE_PLAIN, text);
	fputs(stop_signal_number() != 0 ? "   ending\n" : "\n", stream);
	if (shown < screen->count)
		fprintf(stream, " jobs %zu–%zu of %zu, worst first", screen->first + 1,
			screen->first + shown, screen->count);
	fputc('\n', stream);
}

static void put_tail(const struct frame *frame, const struct live_row *all)
{
	struct page *page = frame->page;
	char text[FIGURE_BYTES_OF_TEXT];
	double most;

	fputs("\n" PAGE_BOLD, page->stream);
	put_left(page, "all", frame->name_columns);
	put_left(page, "", PHASE_COLUMNS);
	put_counts(page, all, "");
	fputs(PAGE_PLAIN "\n ", page->stream);
	most = put_sparks(page, &all->spark, MIN(frame->columns - 34, LIVE_SPARK_SECONDS));
	if (all->spark.count > 0)
		fprintf(page->stream, "  IOPS, at most %s in a second",
			figure_text(text, FIGURE_COUNT, most));
	fputc('\n', page->stream);
	if (!isnan(all->cpus))
		fprintf(page->stream,
			" CPU: workers %.0f %%, helpers %.0f %% (SQPOLL, io-wq, threads of "
			"engines)",
			100 * all->cpus, 100 * all->helper_cpus);
	fputc('\n', page->stream);
}

static unsigned name_columns(unsigned columns, bool is_wide)
{
	unsigned left = columns - 1 - FIXED_COLUMNS - (is_wide ? EXTRA_COLUMNS : 0);

	return is_wide ? MIN(left / 2, NAME_COLUMNS_MOST) : MIN(left, NAME_COLUMNS_MOST);
}

static void put_page(struct live_screen *screen, const struct live_jobs *now,
	const struct frame *frame, size_t room)
{
	size_t shown = MIN(room, screen->count);

	screen->shown_count = shown;
	screen->first = MIN(screen->first, screen->count - shown);
	sort(screen, now, shown == screen->count);
	put_head(frame, screen, now, shown);
	put_titles(frame);
	for (size_t i = screen->first; i < screen->first + shown; i++) {
		size_t entry = screen->order[i];

		put_job(frame, &screen->rows[entry], &now->jobs[entry]);
	}
	put_tail(frame, &screen->rows[screen->count]);
}

char *live_screen_text(struct live_screen *screen, const struct live_jobs *now,
	const struct page_options *options, unsigned rows)
{
	struct page page;
	size_t room = rows - HEAD_ROWS - TAIL_ROWS;
	struct frame frame = {
		.page = &page,
		.columns = options->columns,
		.is_wide = options->columns >= WIDE_COLUMNS,
	};

	prepare_rows(screen, now->count);
	take(screen, now);
	frame.name_columns = name_columns(frame.columns, frame.is_wide);
	frame.is_double = !frame.is_wide && 2 * screen->count <= room;
	page_open(&page, options, NULL);
	put_page(screen, now, &frame, room);
	return page_close_text(&page);
}

static void look(void *context, const struct live_jobs *now)
{
	struct live_screen *screen = context;
	struct page_options options = screen_page_options();
	char *text;

	if (!screen_is_up()) {
		prepare_rows(screen, now->count);
		take(screen, now); /* sparks go on */
		return;
	}
	text = live_screen_text(screen, now, &options, screen_rows());
	screen_show(text, screen->shown_count < screen->count ? "arrows scroll" : NULL);
	free(text);
}

void live_screen_open(struct live_screen *screen, struct diag *diag)
{
	*screen = (struct live_screen){.viewer = {
					       .period_ns = DRAW_NS,
					       .look = look,
					       .context = screen,
				       }};
	screen->is_open = live_screen_begin(diag);
	if (screen->is_open)
		live_screen_poll(screen, diag);
}

void live_screen_poll(struct live_screen *screen, struct diag *diag)
{
	if (live_screen_take_events(&screen->is_open, &screen->first, screen->shown_count, diag))
		screen->viewer.next_ns = 0;
}

void live_screen_close(struct live_screen *screen)
{
	if (screen->is_open)
		screen_close();
	screen->is_open = false;
}

void live_screen_free(struct live_screen *screen)
{
	arena_free(&screen->arena);
}
