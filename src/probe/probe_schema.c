/* SPDX-License-Identifier: MIT */
/*
 * The JSON Schema of the probe's document, as result_schema.c has the result's. Whoever changes
 * probe_json.c changes this: the test validates the one against the other.
 */
#include "probe/probe.h"
#include "result/schema_text.h"

#define JSON_TEXT(...) #__VA_ARGS__

/* clang-format off */
static const char schema_text[] = JSON_TEXT({
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"title": "ringside-probe/1",
	"description": "What a kernel, a user and a target allow. Null is: not known "
		"here, or none. Keys may be added without a new version: "
		"readers skip what they do not know.",
	"type": "object",
	"additionalProperties": false,
	"required": ["schema", "tool", "machine", "io_uring", "target", "device", "engines",
		"hints"],
	"properties": {
		"schema": {"const": "ringside-probe/1"},
		"tool": {
			"type": "object",
			"additionalProperties": false,
			"required": ["version", "git"],
			"properties": {"version": {"type": "string"}, "git": {"type": "string"}}
		},
		"machine": {"$ref": "#/$defs/machine"},
		"io_uring": {"$ref": "#/$defs/io_uring"},
		"target": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/target"}],
			"description": "Null: none was named."},
		"device": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/device"}],
			"description": "The target itself, or what its file system stands on."},
		"engines": {"type": "array", "items": {"$ref": "#/$defs/engine"},
			"description":
				"Every engine: opened; with a readable target, one block "
				"read."},
		"hints": {"type": "array", "items": {"$ref": "#/$defs/hint"},
			"description": "What is worth changing, the largest effect first."}
	},
	"$defs": {
		"text_or_null": {"type": ["string", "null"]},
		"count_or_null": {"type": ["integer", "null"], "minimum": 0, "maximum":
			18446744073709551615},
		"number_or_null": {"type": ["integer", "null"]},
		"answer": {"enum": ["yes", "no", "unknown"]},
		"abilities": {"type": "array", "items": {"$ref": "#/$defs/ability"}},
		"ability": {
			"type": "object",
			"additionalProperties": false,
			"required": ["name", "answer", "value", "reason", "cure"],
			"properties": {
				"name": {"type": "string"},
				"answer": {"$ref": "#/$defs/answer"},
				"value": {"$ref": "#/$defs/text_or_null", "description":
					"Of a setting: what was tried; of a fact: what it is."
					},
				"reason": {"$ref": "#/$defs/text_or_null", "description":
					"A sentence for people; with no and unknown always."},
				"cure": {"$ref": "#/$defs/text_or_null", "description":
					"What would make it a yes, or more."}
			},
			"if": {"properties": {"answer": {"const": "yes"}}},
			"else": {"properties": {"reason": {"type": "string"}}}
		},
		"machine": {
			"type": "object",
			"additionalProperties": false,
			"required": ["kernel", "architecture", "user_id", "cpus",
				"may_lock_memory", "locked_bytes", "open_files", "aio_nr",
				"aio_max_nr", "io_uring_disabled", "io_uring_group",
				"seccomp_mode", "perf_event_paranoid", "cpu_governor",
				"deepest_idle_state", "idle_exit_us", "abilities"],
			"properties": {
				"kernel": {"type": "string"},
				"architecture": {"type": "string"},
				"user_id": {"type": "integer", "minimum": 0},
				"cpus": {"type": "integer", "minimum": 1, "description":
					"That the process may run on."},
				"may_lock_memory": {"type": "boolean", "description":
					"CAP_IPC_LOCK: locked_bytes does not bind."},
				"locked_bytes": {"$ref": "#/$defs/count_or_null",
					"description": "RLIMIT_MEMLOCK; null: unlimited."},
				"open_files": {"$ref": "#/$defs/count_or_null",
					"description": "RLIMIT_NOFILE; null: unlimited."},
				"aio_nr": {"$ref": "#/$defs/count_or_null"},
				"aio_max_nr": {"$ref": "#/$defs/count_or_null"},
				"io_uring_disabled": {"$ref": "#/$defs/count_or_null"},
				"io_uring_group": {"$ref": "#/$defs/count_or_null"},
				"seccomp_mode": {"$ref": "#/$defs/count_or_null",
					"description": "0 none, 1 strict, 2 filter."},
				"perf_event_paranoid": {"$ref": "#/$defs/number_or_null"},
				"cpu_governor": {"$ref": "#/$defs/text_or_null"},
				"deepest_idle_state": {"$ref": "#/$defs/text_or_null"},
				"idle_exit_us": {"$ref": "#/$defs/count_or_null"},
				"abilities": {"$ref": "#/$defs/abilities"}
			}
		},
		"io_uring": {
			"description":
				"What the kernel has, whatever ringside uses of it. Lists are "
				"empty where the answer is no.",
			"type": "object",
			"additionalProperties": false,
			"required": ["answer", "reason", "cure", "asked_by", "opcode_count",
				"setup_flags", "features", "opcodes"],
			"properties": {
				"answer": {"$ref": "#/$defs/answer"},
				"reason": {"$ref": "#/$defs/text_or_null"},
				"cure": {"$ref": "#/$defs/text_or_null"},
				"asked_by": {"enum": ["query", "trial", null], "description":
					"IORING_REGISTER_QUERY (Linux 6.18), or a ring made with "
					"each "
					"flag."},
				"opcode_count": {"$ref": "#/$defs/count_or_null"},
				"setup_flags": {"$ref": "#/$defs/abilities"},
				"features": {"$ref": "#/$defs/abilities"},
				"opcodes": {"$ref": "#/$defs/abilities"}
			}
		},
		"target": {
			"type": "object",
			"additionalProperties": false,
			"required": ["path", "kind", "bytes", "file_system",
				"direct_offset_align", "direct_memory_align", "reading",
				"writing", "abilities"],
			"properties": {
				"path": {"type": "string"},
				"kind": {"enum": ["file", "block", "character",
					"nvme-character", "pipe"]},
				"bytes": {"$ref": "#/$defs/count_or_null", "description":
					"Null: it has no end."},
				"file_system": {"$ref": "#/$defs/text_or_null"},
				"direct_offset_align": {"$ref": "#/$defs/count_or_null"},
				"direct_memory_align": {"$ref": "#/$defs/count_or_null"},
				"reading": {"$ref": "#/$defs/ability"},
				"writing": {"$ref": "#/$defs/ability", "description":
					"Asked of permissions and the write guard, never tried."
					},
				"abilities": {"$ref": "#/$defs/abilities"}
			}
		},
		"device": {
			"type": "object",
			"additionalProperties": false,
			"required": ["name", "disk", "driver", "model", "bytes",
				"logical_block_bytes", "physical_block_bytes",
				"is_rotational", "is_read_only", "can_discard",
				"nvme_character_node", "stands_on", "queue"],
			"properties": {
				"name": {"type": "string"},
				"disk": {"type": "string", "description":
					"The whole disk of a partition."},
				"driver": {"$ref": "#/$defs/text_or_null"},
				"model": {"$ref": "#/$defs/text_or_null"},
				"bytes": {"type": "integer", "minimum": 0},
				"logical_block_bytes": {"type": "integer", "minimum": 0},
				"physical_block_bytes": {"type": "integer", "minimum": 0},
				"is_rotational": {"type": "boolean"},
				"is_read_only": {"type": "boolean"},
				"can_discard": {"type": "boolean"},
				"nvme_character_node": {"$ref": "#/$defs/text_or_null"},
				"stands_on": {"$ref": "#/$defs/text_or_null"},
				"queue": {
					"description":
						"By the names of sysfs, as sysfs writes them; "
						"null: no such "
						"file.",
					"type": "object",
					"required": ["scheduler", "nr_requests", "nomerges",
						"rq_affinity", "wbt_lat_usec", "io_poll",
						"poll_queues", "hw_queues", "write_cache",
						"max_sectors_kb"],
					"additionalProperties": {"$ref": "#/$defs/text_or_null"}
				}
			}
		},
		"engine": {
			"type": "object",
			"additionalProperties": false,
			"required": ["name", "answer", "value", "reason", "cure",
				"tried_direct", "settings"],
			"properties": {
				"name": {"type": "string"},
				"answer": {"$ref": "#/$defs/answer"},
				"value": {"type": "null"},
				"reason": {"$ref": "#/$defs/text_or_null"},
				"cure": {"$ref": "#/$defs/text_or_null"},
				"tried_direct": {"type": "boolean", "description":
					"Its settings were tried with O_DIRECT."},
				"settings": {"$ref": "#/$defs/abilities", "description":
					"One for each value tried; empty where the engine does not "
					"work at all."}
			}
		},
		"hint": {
			"type": "object",
			"additionalProperties": false,
			"required": ["effect", "text", "command"],
			"properties": {
				"effect": {"enum": ["large", "medium", "small"]},
				"text": {"type": "string"},
				"command": {"type": "string"}
			}
		}
	}
});
/* clang-format on */

const char *probe_schema(void)
{
	static char *printed;

	return schema_text_print(schema_text, &printed);
}
