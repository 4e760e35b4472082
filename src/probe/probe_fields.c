/* SPDX-License-Identifier: MIT */
/* The probe's document. It is not read back. */
#include "document/document.h"
#include "document/field_row.h"
#include "engine/engine_list.h"
#include "probe/probe.h"

static const struct field_table ability_table = FIELD_TABLE_WITH("ability", struct ability,
	(.schema = FIELD_JSON({
		"if" : {"properties" : {"answer" : {"const" : "yes"}}},
		"else" : {"properties" : {"reason" : {"type" : "string"}}}
	})),
	{"name", FIELD_TEXT(struct ability, name)},
	{"answer", FIELD_CHOICE(struct ability, answer, ABILITY_UNKNOWN + 1, ability_answer_name)},
	{"value", FIELD_TEXT(struct ability, value), .null = FIELD_NULL,
		.help = "The value that was tried of a setting; the value of a fact."},
	{"reason", FIELD_TEXT(struct ability, reason), .null = FIELD_NULL,
		.help = "A sentence for people; with no and unknown always."},
	{"cure", FIELD_TEXT(struct ability, cure), .null = FIELD_NULL,
		.help = "What would make it a yes, or more."});

#define ABILITIES(member)                                                                          \
	FIELD_LIST(struct probe, member.first, &ability_table, struct ability, next)

static const struct field_table machine_table = FIELD_TABLE_OF("machine", struct probe,
	{"kernel", FIELD_TEXT(struct probe, limits.kernel)},
	{"architecture", FIELD_TEXT(struct probe, limits.architecture)},
	{"user_id", FIELD_COUNT(struct probe, limits.user_id)},
	{"cpus", FIELD_COUNT(struct probe, limits.cpu_count), .least = 1,
		.help = "That the process may run on."},
	{"may_lock_memory", FIELD_BOOL(struct probe, limits.may_lock_memory),
		.help = "CAP_IPC_LOCK: locked_bytes does not bind."},
	{"locked_bytes", FIELD_COUNT(struct probe, limits.locked_bytes), .null = FIELD_NULL_LARGEST,
		.help = "RLIMIT_MEMLOCK; null: unlimited."},
	{"open_files", FIELD_COUNT(struct probe, limits.open_files), .null = FIELD_NULL_LARGEST,
		.help = "RLIMIT_NOFILE; null: unlimited."},
	{"aio_nr", FIELD_INTEGER(struct probe, limits.aio_used), .null = FIELD_NULL_NEGATIVE},
	{"aio_max_nr", FIELD_INTEGER(struct probe, limits.aio_limit), .null = FIELD_NULL_NEGATIVE},
	{"io_uring_disabled", FIELD_INTEGER(struct probe, limits.io_uring_disabled),
		.null = FIELD_NULL_NEGATIVE},
	{"io_uring_group", FIELD_INTEGER(struct probe, limits.io_uring_group),
		.null = FIELD_NULL_NEGATIVE},
	{"seccomp_mode", FIELD_INTEGER(struct probe, limits.seccomp_mode),
		.null = FIELD_NULL_NEGATIVE, .help = "0 none, 1 strict, 2 filter."},
	{"perf_event_paranoid", FIELD_INTEGER(struct probe, limits.perf_event_paranoid),
		.null = FIELD_NULL_LARGEST},
	{"cpu_governor", FIELD_TEXT(struct probe, limits.governor), .null = FIELD_NULL},
	{"deepest_idle_state", FIELD_TEXT(struct probe, limits.deepest_idle_state),
		.null = FIELD_NULL},
	{"idle_exit_us", FIELD_INTEGER(struct probe, limits.idle_exit_us),
		.null = FIELD_NULL_NEGATIVE},
	{"abilities", ABILITIES(machine)});

static bool lacks_uring(const void *structure)
{
	return ((const struct probe *)structure)->uring.error != 0;
}

static const char *uring_answer(const void *structure)
{
	return lacks_uring(structure) ? "no" : "yes";
}

static const char *uring_asked_by(const void *structure)
{
	return ((const struct probe *)structure)->uring.is_queried ? "query" : "trial";
}

static const struct field_table uring_table = FIELD_TABLE_WITH("io_uring", struct probe,
	(.help = "What the kernel has, whatever ringside uses of it. Lists are empty where the "
		 "answer is no."),
	{"answer", FIELD_TEXT_OF(uring_answer), .schema = FIELD_JSON({"enum" : [ "yes", "no" ]})},
	{"reason", FIELD_TEXT(struct probe, uring.reason), .null = FIELD_NULL},
	{"cure", FIELD_TEXT(struct probe, uring.cure), .null = FIELD_NULL},
	{"asked_by", FIELD_TEXT_OF(uring_asked_by), .lacks = lacks_uring,
		.schema = FIELD_JSON({"enum" : [ "query", "trial", null ]}),
		.help = "IORING_REGISTER_QUERY (Linux 6.18), or a ring made with each flag."},
	{"opcode_count", FIELD_COUNT(struct probe, uring.opcode_count), .lacks = lacks_uring},
	{"setup_flags", ABILITIES(uring.setup_flags)}, {"features", ABILITIES(uring.features)},
	{"opcodes", ABILITIES(uring.opcodes)});

static const struct field_table target_table = FIELD_TABLE_OF("target", struct probe,
	{"path", FIELD_TEXT(struct probe, target.path)},
	{"kind", FIELD_CHOICE(struct probe, target.kind, TARGET_PIPE + 1, target_kind_name)},
	{"bytes", FIELD_COUNT(struct probe, target.bytes), .null = FIELD_NULL_LARGEST,
		.help = "null: it has no end."},
	{"file_system", FIELD_TEXT(struct probe, target.file_system), .null = FIELD_NULL},
	{"direct_offset_align", FIELD_COUNT(struct probe, target.offset_align),
		.null = FIELD_NULL_ZERO},
	{"direct_memory_align", FIELD_COUNT(struct probe, target.memory_align),
		.null = FIELD_NULL_ZERO},
	{"reading", FIELD_OBJECT(struct probe, readable, &ability_table)},
	{"writing", FIELD_OBJECT(struct probe, writable, &ability_table),
		.help = "Asked of permissions and the write guard, never tried."},
	{"abilities", ABILITIES(abilities)});

static void write_queue(const struct field_spot *spot)
{
	struct probe_setting settings[PROBE_SETTINGS_LIMIT];
	cJSON *queue = json_add_object(spot->object, spot->name);
	struct arena arena = {0};
	size_t count = probe_queue_settings(spot->member, settings, &arena);

	for (size_t i = 0; i < count; i++)
		json_add_text(queue, settings[i].name, settings[i].value);
	arena_free(&arena);
}

static const struct field_custom queue_field = {
	.write = write_queue,
	.schema = FIELD_JSON({
		"type" : "object",
		"required" : [
			"scheduler", "nr_requests", "nomerges", "rq_affinity", "wbt_lat_usec",
			"io_poll", "poll_queues", "hw_queues", "write_cache", "max_sectors_kb"
		],
		"additionalProperties" : {"$ref" : "#/$defs/text_or_null"}
	}),
};

static const struct field_table device_table = FIELD_TABLE_OF("device", struct probe,
	{"name", FIELD_TEXT(struct probe, device.name)},
	{"disk", FIELD_TEXT(struct probe, device.disk), .help = "The whole disk of a partition."},
	{"driver", FIELD_TEXT(struct probe, queue.driver), .null = FIELD_NULL},
	{"model", FIELD_TEXT(struct probe, device.model), .null = FIELD_NULL},
	{"bytes", FIELD_COUNT(struct probe, device.bytes)},
	{"logical_block_bytes", FIELD_COUNT(struct probe, device.logical_block_bytes)},
	{"physical_block_bytes", FIELD_COUNT(struct probe, device.physical_block_bytes)},
	{"is_rotational", FIELD_BOOL(struct probe, device.is_rotational)},
	{"is_read_only", FIELD_BOOL(struct probe, device.is_read_only)},
	{"can_discard", FIELD_BOOL(struct probe, device.can_discard)},
	{"nvme_character_node", FIELD_TEXT(struct probe, queue.nvme_character), .null = FIELD_NULL},
	{"stands_on", FIELD_TEXT(struct probe, queue.slaves), .null = FIELD_NULL},
	{"queue", FIELD_CUSTOM(struct probe, queue, &queue_field),
		.help = "By the names of sysfs, as sysfs writes them; null: no such file."});

static const struct field_table engine_table = FIELD_TABLE_OF("engine", struct probe_engine,
	{NULL, FIELD_OBJECT(struct probe_engine, engine, &ability_table)},
	{"tried_direct", FIELD_BOOL(struct probe_engine, is_direct),
		.help = "Its settings were tried with O_DIRECT."},
	{"settings",
		FIELD_LIST(
			struct probe_engine, settings.first, &ability_table, struct ability, next),
		.help = "One for each value tried; empty where the engine does not work at all."});

static const struct field_table hint_table = FIELD_TABLE_OF("hint", struct probe_hint,
	{"effect", FIELD_TEXT(struct probe_hint, effect),
		.schema = FIELD_JSON({"enum" : [ "large", "medium", "small" ]})},
	{"text", FIELD_TEXT(struct probe_hint, text)},
	{"command", FIELD_TEXT(struct probe_hint, command)});

static const struct field_table probe_table = FIELD_TABLE_WITH(NULL, struct probe,
	(.help = "What a kernel, a user and a target allow. null is: not known here, or none. Keys "
		 "may be added without a new version: readers skip those that they do not know."),
	{"tool", FIELD_GROUP(struct probe, &document_tool_table)},
	{"machine", FIELD_GROUP(struct probe, &machine_table)},
	{"io_uring", FIELD_GROUP(struct probe, &uring_table)},
	{"target", FIELD_GROUP(struct probe, &target_table), FIELD_IF(struct probe, has_target),
		.help = "null: none was named."},
	{"device", FIELD_GROUP(struct probe, &device_table), FIELD_IF(struct probe, has_device),
		.help = "The target itself, or the device that its file system stands on."},
	{"engines", FIELD_LIST(struct probe, engines, &engine_table, struct probe_engine, next),
		.help = "Every engine: opened; with a readable target, one block read."},
	{"hints", FIELD_LIST(struct probe, hints, &hint_table, struct probe_hint, next),
		.help = "Changes that are worth making, the largest effect first."});

const struct document_kind probe_document = {"probe", "ringside-probe/1", &probe_table};

int probe_write_json(struct probe *probe, FILE *stream)
{
	return document_write(&probe_document, probe, stream);
}
