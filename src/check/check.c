/* SPDX-License-Identifier: MIT */
/*
 * A report's life, its conclusion, and its document. All that its writers for people say is read
 * back; of today's session that is what was held against what.
 */
#include "check/check.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "document/field_row.h"

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

DOCUMENT_FORMATS(check_formats, "a check", const struct check, CHECK_WRITER_LIST(WRITER));
DOCUMENT_FORMATS(check_saved_formats, "a saved check", const struct check,
	WRITER("text", NULL, check_write_text) WRITER("markdown", "Markdown", check_write_markdown)
		WRITER("html", "a page with pictures", check_write_html));

static const char *inconclusive_name(enum outcome_inconclusive inconclusive)
{
	static const char *const names[] = {
		[INCONCLUSIVE_STANDS] = "3",
		[INCONCLUSIVE_PASSES] = "pass",
		[INCONCLUSIVE_FAILS] = "fail",
	};

	return names[inconclusive];
}

static const char *improved_name(enum outcome_improved improved)
{
	return improved == IMPROVED_FAILS ? "fail" : "pass";
}

static const struct field_table policy_table = FIELD_TABLE_OF("policy", struct outcome_policy,
	{"inconclusive", FIELD_CHOICE(struct outcome_policy, inconclusive, INCONCLUSIVE_FAILS + 1,
				 inconclusive_name)},
	{"improved",
		FIELD_CHOICE(struct outcome_policy, improved, IMPROVED_FAILS + 1, improved_name)});

static const struct field_table arm_table =
	FIELD_TABLE_OF("arm", struct contender, {"name", FIELD_TEXT(struct contender, name)},
		{"reference", FIELD_TEXT(struct contender, reference), .null = FIELD_NULL});

static const struct field_table today_table = FIELD_TABLE_OF("today", struct check_session,
	{"started", FIELD_TEXT(struct check_session, id)},
	{"tool", FIELD_TEXT(struct check_session, tool)},
	{"commit", FIELD_TEXT(struct check_session, commit), .null = FIELD_NULL},
	{"seed", FIELD_COUNT(struct check_session, seed)},
	{"blocks", FIELD_COUNT(struct check_session, block_count)},
	{"slots", FIELD_COUNT(struct check_session, trial_count), .help = "Trials."},
	{"redone", FIELD_COUNT(struct check_session, repeated_count),
		.help = "Trials that were disturbed and run again."},
	{"disturbed", FIELD_COUNT(struct check_session, disturbed_count),
		.help = "Trials that were disturbed and count all the same."},
	{"reference", FIELD_TEXT(struct check_session, reference), .null = FIELD_NULL},
	{"arms", FIELD_ARRAY(struct check_session, contender_count, contenders, &arm_table),
		.help = "Jobs, and what each is held against."});

static const struct field_table change_table =
	FIELD_TABLE_OF("change", struct check_change, {"key", FIELD_TEXT(struct check_change, key)},
		{"before", FIELD_TEXT(struct check_change, before), .null = FIELD_NULL},
		{"now", FIELD_TEXT(struct check_change, now), .null = FIELD_NULL},
		{"allowed", FIELD_BOOL(struct check_change, is_allowed)});

static void write_metric(const struct field_spot *spot)
{
	json_add_text(
		spot->object, spot->name, (*(const struct metric *const *)spot->member)->name);
}

static void read_metric(const struct json_node *object, const char *name, void *member)
{
	enum trial_value value = trial_value_find(json_node_text(object, name));

	if (value == VALUE_COUNT)
		json_node_fail(object, name, "is no metric");
	*(const struct metric **)member =
		&trial_value_metrics[value == VALUE_COUNT ? VALUE_IOPS : value];
}

static const struct field_custom metric_field = {
	write_metric, read_metric, FIELD_JSON({"type" : "string"})};

static const char *unit(const void *structure)
{
	return ((const struct check_gate *)structure)->metric->unit;
}

static const char *better(const void *structure)
{
	const struct metric *metric = ((const struct check_gate *)structure)->metric;

	return metric->sense == METRIC_LOWER_IS_BETTER ? "lower" : "higher";
}

static const char *relation_name(enum gate_relation relation)
{
	return relation == GATE_AT_LEAST ? ">=" : "<=";
}

static bool lacks_relation(const void *structure)
{
	return ((const struct check_gate *)structure)->kind != GATE_ASSERTED;
}

static const struct field_table gate_table = FIELD_TABLE_OF("gate", struct check_gate,
	{"name", FIELD_TEXT(struct check_gate, name)},
	{"arm", FIELD_TEXT(struct check_gate, contender), .help = "Job or contender."},
	{"metric", FIELD_CUSTOM(struct check_gate, metric, &metric_field)},
	{"unit", FIELD_TEXT_OF(unit), .schema = FIELD_JSON({"enum" : [ "/s", "B/s", "ns", "" ]})},
	{"better", FIELD_TEXT_OF(better), .schema = FIELD_JSON({"enum" : [ "higher", "lower" ]})},
	{"kind", FIELD_CHOICE(struct check_gate, kind, GATE_KIND_COUNT, outcome_gate_kind_name)},
	{"outcome", FIELD_CHOICE(struct check_gate, outcome, OUTCOME_COUNT, outcome_name)},
	{"reason", FIELD_TEXT(struct check_gate, reason), .null = FIELD_NULL},
	{"anchor", FIELD_BOOL(struct check_gate, is_anchor),
		.help = "Against the fixed anchor, not the rolling window."},
	{"threshold", FIELD_NUMBER(struct check_gate, threshold), .null = FIELD_NULL,
		.help = "Tolerated loss as a fraction."},
	{"threshold_absolute", FIELD_NUMBER(struct check_gate, absolute),
		.help = "The same in the metric's unit; the larger counts."},
	{"before", FIELD_NUMBER(struct check_gate, before), .null = FIELD_NULL,
		.help = "In the metric's unit; relative: ratio to the reference."},
	{"now", FIELD_NUMBER(struct check_gate, now), .null = FIELD_NULL},
	{"change", FIELD_NUMBER(struct check_gate, change), .null = FIELD_NULL,
		.help = "A fraction; for exact gates and metrics that may be 0 in their unit."},
	{"change_lo", FIELD_NUMBER(struct check_gate, change_lo), .null = FIELD_NULL,
		.help = "One-sided bound at 1 percent, as the next."},
	{"change_hi", FIELD_NUMBER(struct check_gate, change_hi), .null = FIELD_NULL},
	{"p_worse", FIELD_NUMBER(struct check_gate, p_worse), .null = FIELD_NULL},
	{"smallest_loss", FIELD_NUMBER(struct check_gate, smallest_loss), .null = FIELD_NULL,
		.help = "Found in 95 of 100 cases; as threshold."},
	{"small_loss", FIELD_BOOL(struct check_gate, is_small_loss),
		.help = "A loss is shown, but within the threshold."},
	{"before_count", FIELD_COUNT(struct check_gate, before_count)},
	{"now_count", FIELD_COUNT(struct check_gate, now_count)},
	{"relation", FIELD_CHOICE(struct check_gate, relation, GATE_AT_MOST + 1, relation_name),
		.lacks = lacks_relation},
	{"limit", FIELD_NUMBER(struct check_gate, limit), .null = FIELD_NULL});

static const char *verdict(const void *structure)
{
	return check_verdict(structure);
}

static void conclude(const struct json_node *node, void *structure)
{
	struct check *report = structure;
	struct outcome_policy policy = report->policy;
	int exit_code = report->exit_code;

	(void)node;
	check_conclude(report, &policy);
	report->exit_code = exit_code;
}

static const struct field_table check_table = FIELD_TABLE_WITH(NULL, struct check,
	(.check = conclude, .help = "The gates of a check. Times are nanoseconds; null is: not "
				    "known. Keys may be added at any time."),
	{"tool", FIELD_GROUP(struct check, &document_tool_table)},
	{"job", FIELD_TEXT(struct check, title), .help = "Title of the check."},
	{"verdict", FIELD_TEXT_OF(verdict), .schema = FIELD_JSON({
		 "enum" : [
			 "pass", "improved", "regression", "inconclusive", "incomparable", "error",
			 "interrupted"
		 ]
	 })},
	{"exit_code", FIELD_INTEGER(struct check, exit_code),
		.schema = FIELD_JSON({"minimum" : 0, "maximum" : 255})},
	{"policy", FIELD_OBJECT(struct check, policy, &policy_table),
		.help = "By which the verdict became the exit code."},
	{"baseline", FIELD_TEXT(struct check, baseline), .null = FIELD_NULL,
		.help = "What it was held against; null: a reference in the same session."},
	{"baseline_sessions", FIELD_COUNT(struct check, session_count)},
	{"today", FIELD_POINTER(struct check, today, &today_table), .null = FIELD_NULL},
	{"changes_hard", FIELD_ARRAY(struct check, hard.count, hard.items, &change_table),
		.help = "Facts that make it another machine."},
	{"changes_soft", FIELD_ARRAY(struct check, soft.count, soft.items, &change_table),
		.help = "Facts that may explain a difference."},
	{"notes", FIELD_TEXTS(struct check, note_count, notes)},
	{"gates", FIELD_ARRAY(struct check, gate_count, gates, &gate_table)});

const struct document_kind check_document = {"check", CHECK_SCHEMA, &check_table};

int check_write_json(const struct check *report, FILE *stream)
{
	return document_write(&check_document, report, stream);
}

int check_read(const char *path, struct check *report, struct diag *diag)
{
	check_init(report);
	return document_read_file(&check_document, path, &report->arena, report, diag);
}
