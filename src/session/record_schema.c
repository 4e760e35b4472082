/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema of comparison documents. The preprocessor makes one string of it. Whoever
 * changes record_write.c changes this: a test validates the one against the other.
 */
#include "result/schema_text.h"
#include "session/record.h"

#define JSON_TEXT(...) #__VA_ARGS__

/* clang-format off */
static const char schema_text[] = JSON_TEXT({
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"title": "ringside-comparison/1",
	"description": "Every trial of a comparison, and its verdicts. null is: not known here.",
	"type": "object",
	"additionalProperties": false,
	"required": [
		"schema", "tool", "command", "started", "seed", "signal", "environment",
		"procedure", "points"
	],
	"properties": {
		"schema": {"const": "ringside-comparison/1"},
		"tool": {
			"description": "The ringside that compared.",
			"type": "object",
			"additionalProperties": false,
			"required": ["version", "git", "compiler"],
			"properties": {
				"version": {"$ref": "#/$defs/text"},
				"git": {"$ref": "#/$defs/text"},
				"compiler": {"$ref": "#/$defs/text"}
			}
		},
		"command": {"type": "array", "items": {"type": "string"}},
		"started": {"type": "string", "format": "date-time"},
		"seed": {"$ref": "#/$defs/count"},
		"signal": {"type": ["integer", "null"], "minimum": 1},
		"environment": {
			"type": "object",
			"additionalProperties": false,
			"required": ["hard", "soft"],
			"properties": {
				"hard": {"$ref": "#/$defs/settings"},
				"soft": {"$ref": "#/$defs/settings"}
			}
		},
		"procedure": {
			"description": "How it was done; shares are fractions.",
			"type": "object",
			"additionalProperties": false,
			"required": [
				"trial_s", "precision", "least_effect", "equivalence",
				"is_adaptive", "is_exploratory", "cpus"
			],
			"properties": {
				"trial_s": {"type": "number"},
				"precision": {"type": "number"},
				"least_effect": {"type": "number"},
				"equivalence": {"type": "number"},
				"is_adaptive": {"type": "boolean"},
				"is_exploratory": {"type": "boolean"},
				"cpus": {"$ref": "#/$defs/text"}
			}
		},
		"points": {
			"description": "Tables: one, or one for each value that was varied.",
			"type": "array",
			"items": {"$ref": "#/$defs/point"}
		}
	},
	"$defs": {
		"count": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615},
		"number": {"type": ["number", "null"]},
		"text": {"type": ["string", "null"]},
		"index": {"type": ["integer", "null"], "minimum": 0},
		"settings": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
		"causes": {
			"description": "Disturbed trials by what disturbed them.",
			"type": "object",
			"additionalProperties": {"$ref": "#/$defs/count"}
		},
		"point": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"name", "summary", "primary", "reference", "control", "blocks",
				"stop", "elapsed_s", "contenders", "trials", "verdicts"
			],
			"properties": {
				"name": {"type": "string"},
				"summary": {"type": "string"},
				"primary": {
					"description": "The metric that decides; a key of values.",
					"type": "string"
				},
				"reference": {"$ref": "#/$defs/index"},
				"own_references": {
					"description": "reference is the control's alone.",
					"type": "boolean"
				},
				"control": {"$ref": "#/$defs/index"},
				"blocks": {"$ref": "#/$defs/count"},
				"stop": {"description": "broken-off: of a check's session, too.",
					"enum": [
					"precise", "block-limit", "out-of-time", "broken-off"
				]},
				"elapsed_s": {"type": "number"},
				"ramp_s": {
					"description": "Before each trial's window.",
					"$ref": "#/$defs/number"
				},
				"ramp_wanted_s": {
					"description": "ramp_s, if its time were not bounded.",
					"$ref": "#/$defs/number"
				},
				"contenders": {
					"type": "array",
					"items": {"$ref": "#/$defs/contender"}
				},
				"trials": {"type": "array", "items": {"$ref": "#/$defs/trial"}},
				"verdicts": {
					"description": "null: of jobs of a check, too.",
					"oneOf": [
						{"type": "null"},
						{"$ref": "#/$defs/verdicts"}
					]
				}
			}
		},
		"contender": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"name", "engine", "is_control", "is_optional", "problem",
				"exit_code", "is_direct", "queues", "depth", "batch", "numjobs",
				"options", "effective", "engine_proof", "refused"
			],
			"properties": {
				"name": {"type": "string"},
				"engine": {"$ref": "#/$defs/text"},
				"is_control": {"type": "boolean"},
				"is_optional": {"type": "boolean"},
				"problem": {
					"description": "Why it takes no part, or no more.",
					"$ref": "#/$defs/text"
				},
				"exit_code": {"type": "integer"},
				"reference": {"$ref": "#/$defs/text"},
				"is_direct": {"type": "boolean"},
				"queues": {"type": "boolean"},
				"depth": {"$ref": "#/$defs/count"},
				"batch": {"$ref": "#/$defs/count"},
				"numjobs": {"$ref": "#/$defs/count"},
				"iops_asked": {
					"description": "By its rate, of all clones together.",
					"$ref": "#/$defs/number"
				},
				"bandwidth_asked": {
					"description": "The same in bytes a second.",
					"$ref": "#/$defs/number"
				},
				"options": {"$ref": "#/$defs/settings"},
				"effective": {"$ref": "#/$defs/settings"},
				"engine_proof": {
					"description": "What its engine did, as counted.",
					"$ref": "#/$defs/settings"
				},
				"refused": {"type": "array", "items": {
					"type": "object",
					"additionalProperties": false,
					"required": ["setting", "value", "reason"],
					"properties": {
						"setting": {"type": "string"},
						"value": {"$ref": "#/$defs/text"},
						"reason": {"$ref": "#/$defs/text"}
					}
				}}
			}
		},
		"trial": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"block", "contender", "position", "attempt", "seed", "started_s",
				"window_s", "exit_code", "counts", "problem", "mismatch",
				"causes", "guards", "early_excess", "values"
			],
			"properties": {
				"block": {"$ref": "#/$defs/count"},
				"contender": {"$ref": "#/$defs/count"},
				"position": {"$ref": "#/$defs/count"},
				"attempt": {"enum": [1, 2]},
				"seed": {"$ref": "#/$defs/count"},
				"started_s": {"type": "number"},
				"window_s": {"type": "number"},
				"exit_code": {"type": "integer"},
				"counts": {
					"description": "Whether its figures are used.",
					"type": "boolean"
				},
				"problem": {"$ref": "#/$defs/text"},
				"mismatch": {
					"description": "What its engine did and should not have.",
					"$ref": "#/$defs/text"
				},
				"causes": {
					"description": "Guards beyond their thresholds.",
					"type": "array",
					"items": {"type": "string"}
				},
				"guards": {
					"type": "object",
					"additionalProperties": {"$ref": "#/$defs/number"}
				},
				"early_excess": {
					"description": "First fifth against the rest, - 1.",
					"$ref": "#/$defs/number"
				},
				"values": {
					"type": "object",
					"additionalProperties": {
						"type": ["number", "null"], "minimum": 0
					}
				}
			}
		},
		"verdicts": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"ranking", "contenders", "control", "health", "smallest_effect"
			],
			"properties": {
				"ranking": {
					"description": "By the primary metric, best first.",
					"type": "array",
					"items": {"type": "string"}
				},
				"contenders": {
					"type": "array",
					"items": {"$ref": "#/$defs/verdict"}
				},
				"control": {"oneOf": [{"type": "null"}, {
					"type": "object",
					"additionalProperties": false,
					"required": ["has_failed", "half_width", "floor"],
					"properties": {
						"has_failed": {"type": "boolean"},
						"half_width": {"$ref": "#/$defs/number"},
						"floor": {"$ref": "#/$defs/number"}
					}
				}]},
				"health": {
					"description": "On the scale of the analysis.",
					"type": "object",
					"additionalProperties": false,
					"required": [
						"drift", "drift_p", "order_effect", "order_p",
						"memory", "slots", "repeated",
						"repeated_causes", "kept_causes"
					],
					"properties": {
						"drift": {"$ref": "#/$defs/number"},
						"drift_p": {"$ref": "#/$defs/number"},
						"order_effect": {"$ref": "#/$defs/number"},
						"order_p": {"$ref": "#/$defs/number"},
						"memory": {"$ref": "#/$defs/number"},
						"slots": {"$ref": "#/$defs/count"},
						"repeated": {"$ref": "#/$defs/count"},
						"repeated_causes": {"$ref": "#/$defs/causes"},
						"kept_causes": {"$ref": "#/$defs/causes"}
					}
				},
				"smallest_effect": {"$ref": "#/$defs/number"}
			}
		},
		"verdict": {
			"type": "object",
			"additionalProperties": false,
			"required": ["contender", "letters", "metrics"],
			"properties": {
				"contender": {"type": "string"},
				"letters": {
					"description": "One in common: not shown to differ.",
					"$ref": "#/$defs/text"
				},
				"metrics": {
					"type": "object",
					"additionalProperties": {"$ref": "#/$defs/metric"}
				}
			}
		},
		"metric": {
			"description": "Level, and difference to the reference (a fraction).",
			"type": "object",
			"additionalProperties": false,
			"required": [
				"level", "level_lo", "level_hi", "is_thin", "mark", "is_demoted",
				"effect", "lo", "hi", "p", "p_adjusted", "n", "method",
				"blocks_needed"
			],
			"properties": {
				"level": {"$ref": "#/$defs/number"},
				"level_lo": {"$ref": "#/$defs/number"},
				"level_hi": {"$ref": "#/$defs/number"},
				"is_thin": {
					"description": "Too few I/Os beyond it: no verdict.",
					"type": "boolean"
				},
				"mark": {"enum": [
					"none", "range", "exploratory", "better", "worse",
					"equivalent", "unresolved"
				]},
				"is_demoted": {"type": "boolean"},
				"effect": {"$ref": "#/$defs/number"},
				"lo": {"$ref": "#/$defs/number"},
				"hi": {"$ref": "#/$defs/number"},
				"p": {"$ref": "#/$defs/number"},
				"p_adjusted": {"$ref": "#/$defs/number"},
				"n": {"$ref": "#/$defs/count"},
				"method": {"type": "string"},
				"blocks_needed": {"$ref": "#/$defs/index"}
			}
		}
	}
});
/* clang-format on */

const char *record_schema(void)
{
	static char *printed;

	return schema_text_print(schema_text, &printed);
}
