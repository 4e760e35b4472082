/* SPDX-License-Identifier: MIT */
/* A report's life, and its conclusion. */
#include "check/check.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

void check_init(struct check *report)
{
	*report = (struct check){.finding = EXIT_INCOMPARABLE, .exit_code = EXIT_INCOMPARABLE};
}

void check_free(struct check *report)
{
	arena_free(&report->arena);
	*report = (struct check){0};
}

void check_restart(struct check *report)
{
	report->gate_count = report->gate_limit = 0;
	report->gates = NULL;
	report->note_count = report->note_limit = 0;
	report->notes = NULL;
}

static void *grown(struct arena *arena, void *items, size_t count, size_t *limit, size_t bytes)
{
	void *larger;

	if (count < *limit)
		return items;
	*limit = 2 * count + 1;
	larger = arena_alloc_array(arena, *limit, bytes);
	if (count)
		memcpy(larger, items, count * bytes);
	return larger;
}

struct check_gate *check_add_gate(struct check *report)
{
	struct check_gate *gate;

	report->gates = grown(&report->arena, report->gates, report->gate_count,
		&report->gate_limit, sizeof(*report->gates));
	gate = &report->gates[report->gate_count++];
	*gate = (struct check_gate){
		.threshold = NAN,
		.before = NAN,
		.now = NAN,
		.change = NAN,
		.change_lo = NAN,
		.change_hi = NAN,
		.p_worse = NAN,
		.smallest_loss = NAN,
		.limit = NAN,
	};
	return gate;
}

void check_note(struct check *report, const char *format, ...)
{
	va_list arguments;

	report->notes = grown(&report->arena, report->notes, report->note_count,
		&report->note_limit, sizeof(*report->notes));
	va_start(arguments, format);
	report->notes[report->note_count++] = arena_vprintf(&report->arena, format, arguments);
	va_end(arguments);
}

void check_conclude(struct check *report, const struct outcome_policy *policy)
{
	const struct outcome_policy plain = {0};
	enum outcome *outcomes =
		arena_alloc_array(&report->arena, report->gate_count, sizeof(*outcomes));

	for (size_t i = 0; i < report->gate_count; i++)
		outcomes[i] = report->gates[i].outcome;
	report->policy = *policy;
	report->finding = outcome_exit_code(outcomes, report->gate_count, &plain);
	report->exit_code = outcome_exit_code(outcomes, report->gate_count, policy);
	/* A gain that is not kept can be lost unnoticed. It is never kept unasked: that would
	 * creep. */
	if (report->can_be_updated && report->finding == EXIT_DONE &&
		check_count(report, OUTCOME_IMPROVED) > 0)
		check_note(report,
			"better than the baseline: `ringside baseline update` keeps the gain");
}

size_t check_count(const struct check *report, enum outcome outcome)
{
	size_t count = 0;

	for (size_t i = 0; i < report->gate_count; i++)
		count += report->gates[i].outcome == outcome;
	return count;
}

const char *check_verdict(const struct check *report)
{
	if (report->exit_code >= 128)
		return "interrupted";
	switch (report->finding) {
	case EXIT_DONE:
		return check_count(report, OUTCOME_IMPROVED) > 0 ? "improved" : "pass";
	case EXIT_REGRESSION:
		return "regression";
	case EXIT_INCONCLUSIVE:
		return "inconclusive";
	case EXIT_INCOMPARABLE:
		return "incomparable";
	default:
		return "error";
	}
}

bool check_gate_fails(const struct check *report, const struct check_gate *gate)
{
	return outcome_exit_code(&gate->outcome, 1, &report->policy) == EXIT_REGRESSION;
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct check, function)},

static const struct document_writer writers[] = {CHECK_WRITER_LIST(WRITER){NULL, NULL, NULL}};

static const struct document_writer saved_writers[] = {
	{"text", NULL, DOCUMENT_WRITE(const struct check, check_write_text)},
	{"markdown", "Markdown", DOCUMENT_WRITE(const struct check, check_write_markdown)},
	{NULL, NULL, NULL},
};

static int write_check(const struct document_writer *writer, void *document, FILE *stream)
{
	return DOCUMENT_FUNCTION(const struct check, writer)(document, stream);
}

const struct document_formats check_formats = {"a check", writers, write_check};
const struct document_formats check_saved_formats = {"a saved check", saved_writers, write_check};
