/* SPDX-License-Identifier: MIT */
/* The findings of a check: one struct, from which every output is made without a calculation. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "check/check_session.h"
#include "document/document.h"
#include "verdict/outcome.h"

#define CHECK_SCHEMA "ringside-check/1"

struct check_gate {
	const char *name; /* "randread.read.iops": contender and metric */
	const char *contender;
	const struct metric *metric;
	enum gate_kind kind;
	enum outcome outcome;
	const char *reason; /* why it is no plain pass or fail; or NULL */

	double threshold; /* tolerated loss as a fraction; NAN: asserted */
	double absolute;  /* and in the metric's unit; the larger counts; 0: none */
	double before;    /* level in the metric's unit; relative: ratio to the reference */
	double now;       /* NAN where not known, as in all that follows */
	double change;    /* as a fraction; of a metric that may be 0 in its unit */
	double change_lo; /* one-sided bounds at 1 %, each */
	double change_hi;
	double p_worse;       /* one-sided */
	double smallest_loss; /* found in 95 % of cases; as `change`, above 0 */
	size_t before_count;  /* sessions (paired: blocks) that `before` is made of */
	size_t now_count;     /* trials today */
	bool is_anchor;       /* against the fixed anchor, not the rolling window */
	bool is_small_loss;   /* a pass that nevertheless is a loss */

	enum gate_relation relation; /* asserted: this side of ... */
	double limit;                /* ... this value, in the metric's unit */
};

struct check_change {
	const char *key;
	const char *before; /* NULL: not known */
	const char *now;
	bool is_allowed; /* --allow-env */
};

struct check_changes {
	size_t count;
	struct check_change *items;
};
struct check {
	struct arena arena;
	const char *title;    /* of the job: the check's name in other tools */
	const char *baseline; /* path of what it was held against; NULL: a reference contender */
	bool can_be_updated;  /* what it was held against, by `ringside baseline update` */
	bool is_foreseen;     /* nothing was run: it could not have been compared */
	const char *host;     /* that ran the trials; NULL: stored results do not say */
	double elapsed_s;     /* of the check; of stored results: of their trials */
	size_t session_count; /* of the baseline */
	const struct check_session *today; /* the first of this check's sessions */
	size_t gate_count, gate_limit;
	struct check_gate *gates;
	struct check_changes hard; /* facts about the machine that differ from the baseline's */
	struct check_changes soft;
	size_t note_count, note_limit;
	const char **notes;     /* what limits the check's word, in sentences */
	enum exit_code finding; /* what the gates say */
	struct outcome_policy policy;
	int exit_code; /* the finding by the policy; 128 + n: a signal ended it */
};

void check_init(struct check *report);
void check_free(struct check *report);
/* The gate is zero and all that is not known NAN; gates stay where they are until the next. */
struct check_gate *check_add_gate(struct check *report);
void check_note(struct check *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Without gates and notes; what they were made of lives on in the arena. */
void check_restart(struct check *report);

/* Sets finding and exit_code by the outcomes. */
void check_conclude(struct check *report, const struct outcome_policy *policy);

/* "pass", "regression", "inconclusive", …: what was found, whatever the policy. */
const char *check_verdict(const struct check *report);

/* Whether the gate alone would make exit code 1: a regression, or what the policy has fail. */
bool check_gate_fails(const struct check *report, const struct check_gate *gate);
size_t check_count(const struct check *report, enum outcome outcome); /* of its gates */

/* Reads what check_write_json wrote, all that the text and Markdown writers need. 0, or -EINVAL or
 * -errno, reported; `report` is made here and freed by check_free in either case. */
int check_read(const char *path, struct check *report, struct diag *diag);

/* Writers: 0 or -errno of the stream. */
#define CHECK_WRITER_LIST(WRITER)                                                                  \
	WRITER("text", NULL, check_write_text)                                                     \
	WRITER("json", "JSON", check_write_json)                                                   \
	WRITER("markdown", "Markdown", check_write_markdown)                                       \
	WRITER("junit", "XML in JUnit's layout", check_write_junit)                                \
	WRITER("openmetrics", "OpenMetrics", check_write_openmetrics)                              \
	WRITER("gab", "JSON for github-action-benchmark", check_write_gab)                         \
	WRITER("bencher", "JSON for Bencher", check_write_bencher)                                 \
	WRITER("html", "a page with pictures", check_write_html)

#define CHECK_WRITER_DECLARE(name, as, function)                                                   \
	int function(const struct check *report, FILE *stream);
CHECK_WRITER_LIST(CHECK_WRITER_DECLARE)

int check_write_annotations(const struct check *report, FILE *stream); /* GitHub's */

extern const struct document_formats check_formats;
extern const struct document_formats check_saved_formats; /* of a check that was read: fewer */
extern const struct document_kind check_document;

#endif
