/* SPDX-License-Identifier: MIT */
/*
 * The document of claims: what was claimed, what was measured of it, and the verdicts. Unlike those
 * of a comparison, verdicts are read back: they are about all claims that were tested together.
 */
#include <math.h>

#include "claim/claim_judge.h"
#include "claim/claims.h"
#include "document/field_row.h"
#include "result/result_fields.h"

static const struct field_table tool_table = FIELD_TABLE_OF("tool", struct claims,
	{"version", FIELD_TEXT(struct claims, version), .null = FIELD_NULL},
	{"git", FIELD_TEXT(struct claims, git), .null = FIELD_NULL},
	{"compiler", FIELD_TEXT(struct claims, compiler), .null = FIELD_NULL});

static const struct field_table procedure_table =
	FIELD_TABLE_WITH("procedure", struct claims, (.help = "How it was done."),
		{"is_exploratory", FIELD_BOOL(struct claims, is_exploratory),
			.help = "Too short for a verdict (--quick)."},
		{"limit_s", FIELD_AMOUNT(struct claims, limit_s), .null = FIELD_NULL,
			.help = "Of all claims together."},
		{"asked", FIELD_COUNT(struct claims, asked_count),
			.help = "How many claims; a signal may have come before all were begun."},
		{"elapsed_s", FIELD_AMOUNT(struct claims, elapsed_s)});

static const struct field_table need_table =
	FIELD_TABLE_OF("need", struct claim_need, {"need", FIELD_TEXT(struct claim_need, text)});

static const struct field_table claim_table = FIELD_TABLE_OF("claim", struct claim,
	{"file", FIELD_TEXT(struct claim, path)}, {"name", FIELD_TEXT(struct claim, name)},
	{"title", FIELD_TEXT(struct claim, title)},
	{"statement", FIELD_TEXT(struct claim, statement)},
	{"about", FIELD_TEXT(struct claim, about), .null = FIELD_NULL,
		.help = "What is measured, what is not, and pitfalls."},
	{"vary", FIELD_TEXTS(struct claim, vary_count, vary)},
	{"load", FIELD_TEXT(struct claim, loads.text), .null = FIELD_NULL,
		.help = "Loads as shares of what a contender does without a rate (load=max)."},
	{"needs", FIELD_ARRAY(struct claim, need_count, needs, &need_table),
		.help = "What the machine must have, else nothing is testable."});

static const char *relation_name(enum claim_relation relation)
{
	static const char *const names[] = {
		[CLAIM_AT_MOST] = "at most",
		[CLAIM_AT_LEAST] = "at least",
		[CLAIM_WITHIN] = "within",
	};

	return names[relation];
}

static const struct field_table line_table = FIELD_TABLE_OF("line", struct claim_line,
	{"name", FIELD_TEXT(struct claim_line, name)},
	{"is_tagged", FIELD_BOOL(struct claim_line, is_tagged),
		.help = "The name is its own; else its number."},
	{"text", FIELD_TEXT(struct claim_line, text)},
	{"metric", FIELD_CUSTOM(struct claim_line, left.value, &record_metric_field)},
	{"relation", FIELD_CHOICE(struct claim_line, relation, CLAIM_WITHIN + 1, relation_name)},
	{"tolerance", FIELD_AMOUNT(struct claim_line, tolerance), .help = "Of within: a fraction."},
	{"is_level", FIELD_BOOL(struct claim_line, is_level),
		.help = "The right side is the level; else factor * a figure."},
	{"level", FIELD_NUMBER(struct claim_line, level)},
	{"factor", FIELD_NUMBER(struct claim_line, factor)});

#define TEST(type, member) FIELD_##type(struct claim_test, member)
static const struct field_table test_table = FIELD_TABLE_WITH("test", struct claim_test,
	(.help = "A line at one point."), {"point", TEST(TEXT, point)},
	{"right_point", TEST(TEXT, right_point), .null = FIELD_NULL,
		.help = "Of the right side, where it is another."},
	{"verdict", FIELD_CHOICE(struct claim_test, verdict, CLAIM_NOT_TESTABLE + 1,
			    claim_verdict_name)},
	{"reason", TEST(TEXT, reason), .null = FIELD_NULL,
		.help = "Why there is no verdict, where it is not the interval's width."},
	{"caution", TEST(TEXT, caution), .null = FIELD_NULL,
		.help = "What the session shows of itself."},
	{"is_ratio", TEST(BOOL, is_ratio),
		.help = "measured is left / right; else a level, or left - factor * right."},
	{"left", TEST(NUMBER, left), .null = FIELD_NULL, .help = "In the metric's unit."},
	{"right", TEST(NUMBER, right), .null = FIELD_NULL},
	{"measured", TEST(NUMBER, measured), .null = FIELD_NULL},
	{"lo", TEST(NUMBER, lo), .null = FIELD_NULL,
		.help = "The interval that decided, of level 1 - alpha."},
	{"hi", TEST(NUMBER, hi), .null = FIELD_NULL},
	{"alpha", TEST(NUMBER, alpha), .null = FIELD_NULL,
		.help = "After the correction for all tests of the run."},
	{"border", TEST(NUMBER, border), .null = FIELD_NULL, .help = "What it is held against."},
	{"border_lo", TEST(NUMBER, border_lo), .null = FIELD_NULL},
	{"border_hi", TEST(NUMBER, border_hi), .null = FIELD_NULL},
	{"p", TEST(NUMBER, p), .null = FIELD_NULL},
	{"p_adjusted", TEST(NUMBER, p_adjusted), .null = FIELD_NULL},
	{"blocks", TEST(COUNT, block_count), .help = "In which both sides were measured."},
	{"blocks_needed", TEST(COUNT, blocks_needed), .null = FIELD_NULL_ZERO,
		.help = "In all, about, to resolve it."});

static void check_outcome(const struct json_node *node, void *structure)
{
	struct claim_line_outcome *line = structure;

	if (line->test_count == 0)
		json_node_fail(node, "tests", "is empty: a line has one at least");
	else if (line->verdict != claim_line_verdict(line))
		json_node_fail(node, "verdict", "does not follow from those of its tests");
}

static const struct field_table outcome_table = FIELD_TABLE_WITH("line_outcome",
	struct claim_line_outcome,
	(.help = "Confirmed: at each point. Refuted: at one or more.", .check = check_outcome),
	{"line", FIELD_POINTER(struct claim_line_outcome, line, &line_table)},
	{"verdict", FIELD_CHOICE(struct claim_line_outcome, verdict, CLAIM_NOT_TESTABLE + 1,
			    claim_verdict_name)},
	{"tests", FIELD_ARRAY(struct claim_line_outcome, test_count, tests, &test_table)});

static const struct field_table figure_table = FIELD_TABLE_OF("figure", struct claims_figure,
	{"level", FIELD_NUMBER(struct claims_figure, level), .null = FIELD_NULL},
	{"lo", FIELD_NUMBER(struct claims_figure, lo), .null = FIELD_NULL},
	{"hi", FIELD_NUMBER(struct claims_figure, hi), .null = FIELD_NULL});

static const struct field_table contender_table = FIELD_TABLE_OF("contender",
	struct claims_contender, {"name", FIELD_TEXT(struct claims_contender, name)},
	{"engine", FIELD_TEXT(struct claims_contender, engine), .null = FIELD_NULL},
	{"problem", FIELD_TEXT(struct claims_contender, problem), .null = FIELD_NULL,
		.help = "Why it takes no part, or no more."},
	{"options", FIELD_CUSTOM(struct claims_contender, options, &result_settings_field)},
	{"figures",
		FIELD_MAP(struct claims_contender, figure_count, figures, &figure_table,
			struct claims_figure, metric),
		.help = "Over the blocks, in the metric's unit, with 95 % intervals."});

static const struct field_table point_table = FIELD_TABLE_OF("point", struct claims_point,
	{"name", FIELD_TEXT(struct claims_point, name)},
	{"summary", FIELD_TEXT(struct claims_point, summary)},
	{"reference", FIELD_TEXT(struct claims_point, reference), .null = FIELD_NULL},
	{"blocks", FIELD_COUNT(struct claims_point, block_count)},
	{"trials", FIELD_COUNT(struct claims_point, trial_count)},
	{"trial_s", FIELD_AMOUNT(struct claims_point, trial_s)},
	{"rounds", FIELD_COUNT(struct claims_point, rounds), .null = FIELD_NULL_ZERO,
		.help = "Of turns in a block; null: trials in a row."},
	{"noise", FIELD_NUMBER(struct claims_point, noise), .null = FIELD_NULL,
		.help = "Half-width of the difference of the reference to itself."},
	{"is_noisy", FIELD_BOOL(struct claims_point, is_noisy),
		.help = "The reference differs from itself."},
	{"floor", FIELD_NUMBER(struct claims_point, floor), .null = FIELD_NULL,
		.help = "Then smaller differences have no verdict."},
	{"contenders",
		FIELD_ARRAY(struct claims_point, contender_count, contenders, &contender_table)});

static const struct field_table entry_table = FIELD_TABLE_OF("entry", struct claims_entry,
	{"claim", FIELD_POINTER(struct claims_entry, claim, &claim_table)},
	{"obstacle", FIELD_TEXT(struct claims_entry, outcome.obstacle), .null = FIELD_NULL,
		.help = "Why nothing of it could be tested here."},
	{"is_complete", FIELD_BOOL(struct claims_entry, is_complete)},
	{"elapsed_s", FIELD_AMOUNT(struct claims_entry, outcome.elapsed_s)},
	{"is_adaptive", FIELD_BOOL(struct claims_entry, outcome.is_adaptive),
		.help = "The number of blocks depended on the data."},
	{"lines", FIELD_ARRAY(
			  struct claims_entry, outcome.line_count, outcome.lines, &outcome_table)},
	{"points", FIELD_ARRAY(struct claims_entry, point_count, points, &point_table)});

static const struct field_table claims_table = FIELD_TABLE_WITH(NULL, struct claims,
	(.is_owner = true, .help = "Claims, tested on a machine. null is: not known here."),
	{"tool", FIELD_GROUP(struct claims, &tool_table), .help = "The ringside that measured."},
	{"command", FIELD_TEXTS(struct claims, argument_count, arguments)},
	{"started", FIELD_TIME(struct claims, started)}, {"seed", FIELD_COUNT(struct claims, seed)},
	{"signal", FIELD_INTEGER(struct claims, signal), .null = FIELD_NULL_ZERO,
		.schema = FIELD_JSON({"minimum" : 1})},
	{"environment", FIELD_OBJECT(struct claims, environment, &result_environment_table)},
	{"procedure", FIELD_GROUP(struct claims, &procedure_table)},
	{"claims", FIELD_ARRAY(struct claims, entry_count, entries, &entry_table)});

const struct document_kind claims_document = {
	.noun = "test of claims",
	.schema = CLAIMS_SCHEMA,
	.table = &claims_table,
};

int claims_read(const char *path, struct claims *claims, struct diag *diag)
{
	*claims = (struct claims){0};
	return document_read_file(&claims_document, path, &claims->arena, claims, diag);
}
