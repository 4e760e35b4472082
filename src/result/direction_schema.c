/* SPDX-License-Identifier: MIT */
#include "result/direction_schema.h"

#define JSON_TEXT(...) #__VA_ARGS__

/* clang-format off */
const char direction_schema[] = JSON_TEXT({
	"direction": {
		"type": "object",
		"additionalProperties": false,
		"required": [
			"ios", "bytes", "iops", "bytes_per_second", "short_ios", "errors",
			"errors_ignored",
			"slat_ns", "clat_ns", "lat_ns", "submission_sample", "pace"
		],
		"properties": {
			"ios": {"$ref": "#/$defs/count", "description":
				"Done in the window, without those that failed."},
			"bytes": {"$ref": "#/$defs/count"},
			"iops": {"$ref": "#/$defs/figure_or_null", "description":
				"ios by the window."},
			"bytes_per_second": {
				"$ref": "#/$defs/figure_or_null",
				"description": "bytes by the window."
			},
			"short_ios": {"$ref": "#/$defs/count", "description":
				"That moved fewer bytes than asked."},
			"errors": {
				"description": "Name of the error (EIO; of a passthrough "
					"command the NVMe status) to how many I/Os "
					"failed with it.",
				"type": "object",
				"additionalProperties": {"$ref": "#/$defs/count"}
			},
			"errors_ignored": {"$ref": "#/$defs/count", "description":
				"Of the errors, those that ignore_error names."},
			"slat_ns": {"$ref": "#/$defs/latency", "description":
				"The submission alone, of all I/Os in lat_ns; count is 0 "
				"where the submission is the I/O (clat_ns has it), or "
				"was not timed for all: submission_sample."},
			"clat_ns": {"$ref": "#/$defs/latency", "description":
				"From the end of the submission to when the completion "
				"was seen, of all I/Os in lat_ns or of none. Without a "
				"rate slat_ns and clat_ns add up to lat_ns."},
			"lat_ns": {"$ref": "#/$defs/latency", "description":
				"From before the submission to when the completion was "
				"seen: the latency to go by. Where a rate is set, from "
				"when the I/O was due."},
			"submission_sample": {
				"$ref": "#/$defs/submission_sample",
				"description": "null: slat_ns is of all I/Os, or there is "
					"none."
			},
			"pace": {"$ref": "#/$defs/pace", "description":
				"null: it has no rate."}
		}
	},
	"submission_sample": {
		"description": "Those I/Os whose submission was timed, where not all "
			"were: the same ones in both. io_uring submits and waits in one "
			"call; one turn in 64 makes two calls, and they are of these "
			"turns. slat_percentiles=1 has it timed for all.",
		"type": ["object", "null"],
		"additionalProperties": false,
		"required": ["slat_ns", "clat_ns"],
		"properties": {
			"slat_ns": {"$ref": "#/$defs/latency"},
			"clat_ns": {"$ref": "#/$defs/latency"}
		}
	},
	"pace": {
		"type": ["object", "null"],
		"additionalProperties": false,
		"required": [
			"iops_asked", "bytes_per_second_asked", "unsent", "lag_ns",
			"service_ns"
		],
		"properties": {
			"iops_asked": {"$ref": "#/$defs/figure_or_null", "description":
				"rate_iops; of merged clones the sum."},
			"bytes_per_second_asked": {
				"$ref": "#/$defs/figure_or_null",
				"description": "rate, likewise."
			},
			"unsent": {"$ref": "#/$defs/count", "description":
				"I/Os that were due and never sent, or broken off by a "
				"signal, because the run was over: no latency holds "
				"them."},
			"lag_ns": {"$ref": "#/$defs/latency", "description":
				"From when an I/O was due to when it was sent."},
			"service_ns": {"$ref": "#/$defs/latency", "description":
				"From before the submission to when the completion was "
				"seen: what others call latency."}
		}
	},
	"latency": {
		"description": "Nanoseconds. percentiles and histogram are there where "
			"buckets were kept: of lat_ns always, of clat_ns beside a slat_ns, "
			"else where asked for.",
		"type": "object",
		"additionalProperties": false,
		"required": [
			"count", "min", "max", "mean", "stddev", "sum", "sum_of_squares"
		],
		"dependentRequired": {
			"percentiles": ["histogram"],
			"histogram": ["percentiles"]
		},
		"properties": {
			"count": {"$ref": "#/$defs/count"},
			"min": {"$ref": "#/$defs/count_or_null"},
			"max": {"$ref": "#/$defs/count_or_null"},
			"mean": {"$ref": "#/$defs/figure_or_null"},
			"stddev": {"$ref": "#/$defs/figure_or_null", "description":
				"Of the population."},
			"sum": {"type": "number", "minimum": 0, "description":
				"With sum_of_squares and count: what merges without "
				"loss."},
			"sum_of_squares": {"type": "number", "minimum": 0},
			"percentiles": {"$ref": "#/$defs/percentiles", "description":
				"Percent to the latency that so many I/Os did not "
				"exceed, to 1/128. Where fewer than 10 I/Os lie above, "
				"that is count * (1 - percent / 100) < 10, it says "
				"little; text prints a dash for it."},
			"histogram": {"$ref": "#/$defs/histogram"}
		}
	},
	"percentiles": {
		"type": "object",
		"patternProperties": {
			"^[0-9]+(\\.[0-9]+)?(e-[0-9]+)?$": {"$ref": "#/$defs/count"}
		},
		"additionalProperties": false
	},
	"histogram": {
		"type": "object",
		"additionalProperties": false,
		"required": ["geometry", "counts"],
		"properties": {
			"geometry": {"const": "hdr/1ns/2digits", "description":
				"HdrHistogram's, from 1 ns, 2 significant digits: index "
				"i below 256 is the value i; above, with s = floor(i / "
				"128) - 1, the values from (i % 128 + 128) * 2^s on, 2^s "
				"of them."},
			"counts": {
				"description": "[index, count] of the buckets that are "
					"not empty, ascending.",
				"type": "array",
				"items": {"$ref": "#/$defs/bucket"}
			}
		}
	},
	"bucket": {
		"type": "array",
		"prefixItems": [
			{"type": "integer", "minimum": 0, "maximum": 4351},
			{"$ref": "#/$defs/count", "minimum": 1}
		],
		"items": false,
		"minItems": 2
	}
});
/* clang-format on */
