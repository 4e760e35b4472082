/* SPDX-License-Identifier: MIT */
/* The JSON Schema of the report's document. The test validates the one against the other. */
#include "check/check.h"

#include "result/schema_text.h"

#define JSON_TEXT(...) #__VA_ARGS__

/* clang-format off */
static const char schema_text[] = JSON_TEXT({
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"title": "ringside-check/1",
	"description": "Times are nanoseconds; null is: not known. Keys may be added at any time.",
	"type": "object",
	"additionalProperties": false,
	"required": [
		"schema", "tool", "job", "verdict", "exit_code", "policy", "baseline",
		"baseline_sessions", "today", "changes_hard", "changes_soft", "notes", "gates"
	],
	"properties": {
		"schema": {"const": "ringside-check/1"},
		"tool": {
			"type": "object",
			"additionalProperties": false,
			"required": ["version", "git"],
			"properties": {
				"version": {"type": "string"},
				"git": {"type": "string"}
			}
		},
		"job": {"type": "string", "description": "What was checked: a title."},
		"verdict": {"enum": [
			"pass", "improved", "regression", "inconclusive", "incomparable", "error",
			"interrupted"
		]},
		"exit_code": {"type": "integer", "minimum": 0, "maximum": 255},
		"policy": {
			"description": "By which the verdict became the exit code.",
			"type": "object",
			"additionalProperties": false,
			"required": ["inconclusive", "improved"],
			"properties": {
				"inconclusive": {"enum": ["3", "pass", "fail"]},
				"improved": {"enum": ["pass", "fail"]}
			}
		},
		"baseline": {"$ref": "#/$defs/text_or_null", "description":
			"What it was held against; null: a reference in the same session."},
		"baseline_sessions": {"$ref": "#/$defs/count"},
		"today": {
			"type": ["object", "null"],
			"additionalProperties": false,
			"required": [
				"started", "tool", "commit", "seed", "blocks", "slots", "redone",
				"disturbed", "reference", "arms"
			],
			"properties": {
				"started": {"type": "string"},
				"tool": {"type": "string"},
				"commit": {"$ref": "#/$defs/text_or_null"},
				"seed": {"$ref": "#/$defs/count"},
				"blocks": {"$ref": "#/$defs/count"},
				"slots": {"$ref": "#/$defs/count", "description": "Trials."},
				"redone": {"$ref": "#/$defs/count", "description":
					"Trials that were disturbed and run again."},
				"disturbed": {"$ref": "#/$defs/count", "description":
					"Trials that were disturbed and count all the same."},
				"reference": {"$ref": "#/$defs/text_or_null"},
				"arms": {
					"description": "Jobs, and what each is held against.",
					"type": "array",
					"items": {
						"type": "object",
						"additionalProperties": false,
						"required": ["name", "reference"],
						"properties": {
							"name": {"type": "string"},
							"reference": {
								"$ref": "#/$defs/text_or_null"
							}
						}
					}
				}
			}
		},
		"changes_hard": {"$ref": "#/$defs/changes", "description":
			"Facts that make another machine of it."},
		"changes_soft": {"$ref": "#/$defs/changes", "description":
			"Facts that may explain a difference."},
		"notes": {"type": "array", "items": {"type": "string"}},
		"gates": {"type": "array", "items": {"$ref": "#/$defs/gate"}}
	},
	"$defs": {
		"count": {"type": "integer", "minimum": 0},
		"number_or_null": {"type": ["number", "null"]},
		"text_or_null": {"type": ["string", "null"]},
		"changes": {
			"type": "array",
			"items": {
				"type": "object",
				"additionalProperties": false,
				"required": ["key", "before", "now", "allowed"],
				"properties": {
					"key": {"type": "string"},
					"before": {"$ref": "#/$defs/text_or_null"},
					"now": {"$ref": "#/$defs/text_or_null"},
					"allowed": {"type": "boolean"}
				}
			}
		},
		"gate": {
			"type": "object",
			"additionalProperties": false,
			"required": [
			"name", "arm", "metric", "unit", "better", "kind", "outcome", "reason",
			"anchor", "threshold", "threshold_absolute", "before", "now", "change",
				"change_lo", "change_hi", "p_worse", "smallest_loss", "small_loss",
				"before_count", "now_count", "relation", "limit"
			],
			"properties": {
				"name": {"type": "string"},
				"arm": {"type": "string", "description": "Job or contender."},
				"metric": {"type": "string"},
				"unit": {"enum": ["/s", "B/s", "ns", ""]},
				"better": {"enum": ["higher", "lower"]},
				"kind": {"enum": [
					"exact", "paired", "relative", "absolute", "asserted"
				]},
				"outcome": {"enum": [
					"pass", "improved", "regression", "inconclusive", "skipped",
					"incomparable", "error"
				]},
				"reason": {"$ref": "#/$defs/text_or_null"},
				"anchor": {"type": "boolean", "description":
					"Against the fixed anchor, not the rolling window."},
				"threshold": {"$ref": "#/$defs/number_or_null", "description":
					"Tolerated loss as a fraction."},
			"threshold_absolute": {"$ref": "#/$defs/number_or_null", "description":
					"The same in the metric's unit; the larger counts."},
				"before": {"$ref": "#/$defs/number_or_null", "description":
					"In the metric's unit; relative: ratio to the reference."},
				"now": {"$ref": "#/$defs/number_or_null"},
				"change": {"$ref": "#/$defs/number_or_null", "description":
				"Fraction; of exact gates and metrics that may be 0 plain."},
				"change_lo": {"$ref": "#/$defs/number_or_null", "description":
					"One-sided bound at 1 percent, as the next."},
				"change_hi": {"$ref": "#/$defs/number_or_null"},
				"p_worse": {"$ref": "#/$defs/number_or_null"},
				"smallest_loss": {"$ref": "#/$defs/number_or_null", "description":
					"Found in 95 of 100 cases; as threshold."},
				"small_loss": {"type": "boolean", "description":
					"A loss is shown, but within the threshold."},
				"before_count": {"$ref": "#/$defs/count"},
				"now_count": {"$ref": "#/$defs/count"},
				"relation": {"enum": [">=", "<=", null]},
				"limit": {"$ref": "#/$defs/number_or_null"}
			}
		}
	}
});
/* clang-format on */

const char *check_schema(void)
{
	static char *printed;

	return schema_text_print(schema_text, &printed);
}
