/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema of the result document; of its directions: direction_schema.c. The preprocessor
 * makes one string of it; the one thing in which it is not JSON as it stands is that long texts are
 * written in pieces, as in C. Whoever changes write_json.c changes this: the test validates the one
 * against the other.
 */
#include "result/direction_schema.h"
#include "result/result.h"
#include "result/schema_text.h"

#define JSON_TEXT(...) #__VA_ARGS__

/* clang-format off */
static const char schema_text[] = JSON_TEXT({
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"title": "ringside-result/1",
	"description": "What one run of ringside measured. Times are nanoseconds unless the name "
		"says otherwise; whole numbers are exact up to 2^64 - 1; null is: not known "
		"here. Keys may be added without a new version: readers skip what they do not "
		"know.",
	"type": "object",
	"additionalProperties": false,
	"required": [
		"schema", "tool", "command", "started", "seed", "signal", "environment", "warnings",
		"jobs", "disks"
	],
	"properties": {
		"schema": {"const": "ringside-result/1"},
		"tool": {"$ref": "#/$defs/tool", "description": "The ringside that measured."},
		"command": {"type": "array", "items": {"type": "string"}, "description":
			"The command line, word by word."},
		"started": {
			"description": "When the run started: RFC 3339, UTC, nanoseconds.",
			"type": "string",
			"format": "date-time",
			"pattern": "^[0-9-]{10,}T[0-9:]{8}\\.[0-9]{9}Z$"
		},
		"seed": {"$ref": "#/$defs/count", "description":
			"Of all random numbers of the run."},
		"signal": {"type": ["integer", "null"], "minimum": 1, "description":
			"Number of the signal that ended the run early; null when none did."},
		"environment": {"$ref": "#/$defs/environment", "description":
			"The machine. Another value of a hard fact makes another machine of it; "
			"soft facts explain differences."},
		"warnings": {"type": "array", "items": {"$ref": "#/$defs/warning"}, "description":
			"What to beware of when reading the figures."},
		"jobs": {"type": "array", "items": {"$ref": "#/$defs/job"}, "description":
			"In the order of the job file; clones are merged where group_reporting "
			"asks."},
		"disks": {"type": "array", "items": {"$ref": "#/$defs/disk"}, "description":
			"What the disks behind the targets did meanwhile, for whomever "
			"(/proc/diskstats)."}
	},
	"$defs": {
		"count": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615},
		"count_or_null": {
			"type": ["integer", "null"],
			"minimum": 0,
			"maximum": 18446744073709551615
		},
		"number_or_null": {"type": ["number", "null"]},
		"figure_or_null": {"type": ["number", "null"], "minimum": 0},
		"text_or_null": {"type": ["string", "null"]},
		"settings": {
			"description": "Key to value, both text.",
			"type": "object",
			"additionalProperties": {"$ref": "#/$defs/text_or_null"}
		},
		"tool": {
			"type": "object",
			"additionalProperties": false,
			"required": ["version", "git", "compiler", "clock", "clock_drift_ppm"],
			"properties": {
				"version": {"$ref": "#/$defs/text_or_null"},
				"git": {"$ref": "#/$defs/text_or_null", "description":
					"Commit it was built from."},
				"compiler": {"$ref": "#/$defs/text_or_null"},
				"clock": {"$ref": "#/$defs/text_or_null", "description":
					"What latencies were taken with: the CPU's time stamp "
					"counter or clock_gettime."},
				"clock_drift_ppm": {"$ref": "#/$defs/number_or_null", "description":
					"Of that clock against CLOCK_MONOTONIC over the run, "
					"parts per million."}
			}
		},
		"environment": {
			"type": "object",
			"additionalProperties": false,
			"required": ["hard", "soft"],
			"properties": {
				"hard": {"$ref": "#/$defs/settings"},
				"soft": {"$ref": "#/$defs/settings"}
			}
		},
		"warning": {
			"type": "object",
			"additionalProperties": false,
			"required": ["code", "message", "job"],
			"properties": {
				"code": {"type": "string", "pattern": "^[a-z0-9-]+$", "description":
					"Stable, for programs."},
				"message": {"type": "string", "description":
					"A sentence for people."},
				"job": {"$ref": "#/$defs/text_or_null", "description":
					"Name of the job it is about; null: the run."}
			}
		},
		"job": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"name", "description", "group", "numjobs", "options", "engine",
				"targets", "started_ns", "elapsed_ns", "error", "failed_ios",
				"read", "write", "trim", "sync", "closing_syncs_ns", "cpu",
				"syscalls",
				"syscalls_per_io", "punts", "punts_per_io", "context_switches",
				"context_switches_per_io", "depth", "batch",
				"first_fifth_share", "submit_share"
			],
			"properties": {
				"name": {"type": "string", "description":
					"The section of the job file; of merged clones the first "
					"one's."},
				"description": {"$ref": "#/$defs/text_or_null"},
				"group": {"$ref": "#/$defs/count", "description":
					"Jobs of one number belong together."},
				"numjobs": {"type": "integer", "minimum": 1, "description":
					"Clones that were merged into this entry."},
				"options": {"$ref": "#/$defs/settings", "description":
					"Effective options, defaults too, as a job file would "
					"have them. Values in which merged clones differ are "
					"listed with commas between them."},
				"engine": {"$ref": "#/$defs/engine"},
				"targets": {"type": "array", "items": {"$ref": "#/$defs/target"}},
				"started_ns": {"$ref": "#/$defs/count", "description":
					"Start of the measured window, from the start of the "
					"run."},
				"elapsed_ns": {"$ref": "#/$defs/count", "description":
					"Length of the measured window: set-up, layout, ramp and "
					"teardown are outside."},
				"error": {"$ref": "#/$defs/failure", "description":
					"What ended the job before its time, or the first error "
					"that continue_on_error passed over; null: it did not "
					"fail."},
				"failed_ios": {"$ref": "#/$defs/failed_ios"},
				"unreturned": {"$ref": "#/$defs/unreturned", "description":
					"I/Os that were sent and did not come back before the "
					"job was given up; they are in no other figure."},
				"read": {"$ref": "#/$defs/direction"},
				"write": {"$ref": "#/$defs/direction"},
				"trim": {"$ref": "#/$defs/direction"},
				"sync": {"$ref": "#/$defs/direction", "description":
					"fsync and fdatasync; they count neither as I/Os of the "
					"job nor as bytes."},
				"closing_syncs_ns": {
					"anyOf": [{"type": "null"}, {"$ref": "#/$defs/latency"}],
					"description": "Of the syncs, those of end_fsync and "
						"fsync_on_close, which fio does not count; null: "
						"there were none."
				},
				"cpu": {"$ref": "#/$defs/cpu"},
				"syscalls": {"$ref": "#/$defs/count_or_null", "description":
					"System calls the engine made in the window; null: a "
					"worker hangs in the kernel, and what it cost is not "
					"known."},
				"syscalls_per_io": {"$ref": "#/$defs/figure_or_null", "description":
					"Per I/O is always: by the number of reads, writes and "
					"trims."},
				"punts": {
					"description": "I/Os that the kernel could not issue "
						"without blocking and handed to io-wq threads; "
						"null: not known (root and tracefs are needed).",
					"type": ["integer", "null"],
					"minimum": 0
				},
				"punts_per_io": {"$ref": "#/$defs/figure_or_null"},
				"context_switches": {
					"$ref": "#/$defs/context_switches",
					"description": "Of the worker and of kernel threads that "
						"worked for it."
				},
				"context_switches_per_io": {"$ref": "#/$defs/figure_or_null"},
				"depth": {"$ref": "#/$defs/depth", "description":
					"I/Os in flight; of merged clones the sum."},
				"batch": {"$ref": "#/$defs/batch", "description":
					"I/Os handed over at a time."},
				"first_fifth_share": {
					"description": "Of the I/Os, done in the first fifth of "
						"the window: 0.2 where the rate was even; null: "
						"not known, the job had no runtime.",
					"type": ["number", "null"],
					"minimum": 0,
					"maximum": 1
				},
				"submit_share": {
					"description": "Of the window, spent inside submission; "
						"null: not measured.",
					"type": ["number", "null"],
					"minimum": 0
				}
			}
		},
		"failure": {
			"type": ["object", "null"],
			"additionalProperties": false,
			"required": ["errno", "name", "message"],
			"properties": {
				"errno": {"type": "integer", "minimum": 0, "description":
					"Linux errno value; 65536 and the NVMe status where a "
					"drive refused a command; 0: no system call failed."},
				"name": {"$ref": "#/$defs/text_or_null", "description":
					"Of the errno: EIO; of the NVMe status."},
				"message": {"$ref": "#/$defs/text_or_null"}
			}
		},
		"failed_ios": {
			"type": "object",
			"additionalProperties": false,
			"required": ["count", "ignored", "first"],
			"properties": {
				"count": {"$ref": "#/$defs/count", "description":
					"In all directions."},
				"ignored": {"$ref": "#/$defs/count", "description":
					"Of them, with errors that ignore_error names: they do "
					"not make the job fail."},
				"first": {"$ref": "#/$defs/text_or_null", "description":
					"Name of the first error; null: there was none."}
			}
		},
		"unreturned": {
			"type": "object",
			"additionalProperties": false,
			"required": ["ios", "oldest_ns"],
			"properties": {
				"ios": {"$ref": "#/$defs/count", "minimum": 1},
				"oldest_ns": {"$ref": "#/$defs/count", "description":
					"How long ago the oldest was sent."}
			}
		},
		"engine": {
			"type": "object",
			"additionalProperties": false,
			"required": ["name", "effective", "refused", "proof"],
			"properties": {
				"name": {"description": "ioengine.", "type": "string"},
				"effective": {"$ref": "#/$defs/settings", "description":
					"Settings that took effect."},
				"refused": {
					"description": "Settings that were asked for and that "
						"the kernel did not give.",
					"type": "array",
					"items": {"$ref": "#/$defs/refused"}
				},
				"proof": {"$ref": "#/$defs/settings", "description":
					"Counters and facts that show what really ran."}
			}
		},
		"refused": {
			"type": "object",
			"additionalProperties": false,
			"required": ["setting", "value", "reason"],
			"properties": {
				"setting": {"type": "string"},
				"value": {"$ref": "#/$defs/text_or_null"},
				"reason": {"$ref": "#/$defs/text_or_null"}
			}
		},
		"target": {
			"type": "object",
			"additionalProperties": false,
			"required": ["path", "kind", "bytes", "file_system", "device"],
			"properties": {
				"path": {"type": "string"},
				"kind": {"type": "string", "description":
					"file, block, character and such."},
				"bytes": {"$ref": "#/$defs/count_or_null", "description":
					"Size or capacity; null: no end."},
				"file_system": {"$ref": "#/$defs/text_or_null"},
				"device": {"$ref": "#/$defs/text_or_null", "description":
					"The whole disk behind it."}
			}
		},
		"cpu": {
			"description": "CPU time of the window. Kernel threads that worked for "
				"the job (io_uring's poll thread and workers) are in it. null: not "
				"known, a worker hangs in the kernel.",
			"type": "object",
			"additionalProperties": false,
			"required": [
				"total_ns", "user_ns", "system_ns", "helper_ns", "pacing_ns",
				"total_ns_per_io", "user_ns_per_io", "system_ns_per_io",
				"helper_ns_per_io", "cores", "iops_per_core"
			],
			"properties": {
				"total_ns": {"$ref": "#/$defs/count_or_null", "description":
					"user_ns + system_ns + helper_ns; exact, while the "
					"kernel samples the split of the first two at clock ticks: "
					"of less than 0.1 s it is chance."},
				"user_ns": {"$ref": "#/$defs/count_or_null"},
				"system_ns": {"$ref": "#/$defs/count_or_null"},
				"helper_ns": {"$ref": "#/$defs/count_or_null", "description":
					"The kernel threads."},
				"pacing_ns": {"$ref": "#/$defs/count_or_null", "description":
					"Not in total_ns: where a rate is set, looking at the "
					"clock for the last 50 us before an I/O is due."},
				"total_ns_per_io": {"$ref": "#/$defs/figure_or_null"},
				"user_ns_per_io": {"$ref": "#/$defs/figure_or_null"},
				"system_ns_per_io": {"$ref": "#/$defs/figure_or_null"},
				"helper_ns_per_io": {"$ref": "#/$defs/figure_or_null"},
				"cores": {"$ref": "#/$defs/figure_or_null", "description":
					"CPU seconds in a second of the window."},
				"iops_per_core": {"$ref": "#/$defs/figure_or_null", "description":
					"I/Os for one CPU second."}
			}
		},
		"context_switches": {
			"type": "object",
			"additionalProperties": false,
			"required": ["voluntary", "involuntary"],
			"properties": {
				"voluntary": {"$ref": "#/$defs/count_or_null"},
				"involuntary": {"$ref": "#/$defs/count_or_null"}
			}
		},
		"depth": {
			"type": "object",
			"additionalProperties": false,
			"required": ["asked", "mean", "max", "sent_at"],
			"properties": {
				"asked": {"$ref": "#/$defs/count", "description": "iodepth."},
				"mean": {"$ref": "#/$defs/figure_or_null", "description":
					"Over time."},
				"max": {"$ref": "#/$defs/count", "description":
					"Of merged clones an upper bound."},
				"sent_at": {"$ref": "#/$defs/tally", "description":
					"How many I/Os were sent, by how many were in flight "
					"then, they among them; of merged clones by the clone's "
					"own. All I/Os, syncs and those that failed too."}
			}
		},
		"batch": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"submit_mean", "reap_mean", "submit_asked", "complete_min_asked",
				"submit_sizes", "reap_sizes"
			],
			"properties": {
				"submit_mean": {"$ref": "#/$defs/figure_or_null"},
				"reap_mean": {"$ref": "#/$defs/figure_or_null"},
				"submit_asked": {"$ref": "#/$defs/count", "description":
					"iodepth_batch_submit."},
				"complete_min_asked": {"$ref": "#/$defs/count", "description":
					"iodepth_batch_complete_min; above 1 a latency lasts "
					"until its whole batch was seen."},
				"submit_sizes": {"$ref": "#/$defs/tally", "description":
					"How many submissions, by how many I/Os the engine took; "
					"the mean is of those above 0."},
				"reap_sizes": {"$ref": "#/$defs/tally", "description":
					"How many looks for completions, by how many they found; "
					"likewise."}
			}
		},
		"tally": {
			"description": "[number, how often it came up], ascending; null: not "
				"known.",
			"type": ["array", "null"],
			"items": {
				"type": "array",
				"prefixItems": [
					{"$ref": "#/$defs/count"},
					{"$ref": "#/$defs/count", "minimum": 1}
				],
				"items": false,
				"minItems": 2
			}
		},
		"disk": {
			"type": "object",
			"additionalProperties": false,
			"required": [
				"name", "read_ios", "write_ios", "read_sectors", "write_sectors",
				"read_merges", "write_merges", "read_ticks_ms", "write_ticks_ms",
				"in_queue_ms", "utilisation_percent"
			],
			"properties": {
				"name": {"type": "string"},
				"read_ios": {"$ref": "#/$defs/count"},
				"write_ios": {"$ref": "#/$defs/count"},
				"read_sectors": {"$ref": "#/$defs/count", "description":
					"Of 512 bytes."},
				"write_sectors": {"$ref": "#/$defs/count"},
				"read_merges": {"$ref": "#/$defs/count"},
				"write_merges": {"$ref": "#/$defs/count"},
				"read_ticks_ms": {"$ref": "#/$defs/count", "description":
					"Time that all reads together took."},
				"write_ticks_ms": {"$ref": "#/$defs/count"},
				"in_queue_ms": {"$ref": "#/$defs/count"},
				"utilisation_percent": {
					"$ref": "#/$defs/figure_or_null",
					"description": "Of the time, with at least one I/O in "
						"flight."
				}
			}
		}
	}
});
/* clang-format on */

const char *result_schema(void)
{
	static char *printed;

	return schema_text_print_with(schema_text, direction_schema, &printed);
}
