/* SPDX-License-Identifier: MIT */
/*
 * The live screen of a run (--live): a line or two of each job, and their sum. Figures are of the
 * last second; once a job has ended its latencies are of all of it. Where the jobs do not fit,
 * those that failed come first, then those with errors, then the slowest.
 */
#ifndef RUN_LIVE_SCREEN_H
#define RUN_LIVE_SCREEN_H

#include "base/diag.h"
#include "run/live_jobs.h"
#include "text/figure.h"
#include "text/page.h"

enum { LIVE_SPARK_SECONDS = 240 };

/* IOPS of seconds, in a ring. */
struct live_spark {
	float values[LIVE_SPARK_SECONDS];
	size_t count; /* all that were put in */
};

/* What is shown of an entry, or of all. */
struct live_row {
	size_t entry;
	double iops, bytes_per_second; /* NAN: not known, or it has ended */
	double p50_ns, p99_ns;         /* likewise NAN */
	uint64_t errors, ios;
	double cpus, helper_cpus; /* CPUs' worth of time; NAN: not known yet */
	uint64_t cpu_ns, helper_ns;
	struct live_spark spark;
};

struct live_screen {
	bool is_open;
	struct live_viewer viewer;
	size_t count;
	struct live_row *rows; /* by entry, and the sum after them */
	struct histogram *sum; /* for its percentiles */
	size_t *order;
	size_t first;       /* row that is shown first */
	size_t shown_count; /* entries that the last text had room for */
	uint64_t second_ns; /* since when CPU time and sparks are of a new second */
	struct arena arena;
};

/*
 * On the terminal of stderr, for the run's viewers; where there is none a note says why, and the
 * live line goes on. Signals that end the run are caught before.
 */
void live_screen_open(struct live_screen *screen, struct diag *diag);

/* Keys and size, several times a second. */
void live_screen_poll(struct live_screen *screen, struct diag *diag);

/* What was held is shown. */
void live_screen_close(struct live_screen *screen);

/* Its text, malloc'd, of at most `rows` lines; figures by what was told last time, too. */
char *live_screen_text(struct live_screen *screen, const struct live_jobs *now,
	const struct page_options *options, unsigned rows);
void live_screen_free(struct live_screen *screen);

/*
 * For the screens of sessions, too: screen_open, or a note why not; keys and sizes, whether there
 * was one, for which it is to be drawn anew.
 */
bool live_screen_begin(struct diag *diag);
bool live_screen_take_events(bool *is_open, size_t *first, size_t shown_count, struct diag *diag);

/* "18 s", "2:05 min", "1:02 h"; "" of what is not known. */
char *live_screen_time(char text[FIGURE_BYTES_OF_TEXT], uint64_t ns);

#endif
