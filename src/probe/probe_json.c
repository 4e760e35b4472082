/* SPDX-License-Identifier: MIT */
/* The probe as JSON, by the schema in probe_schema.c. */
#include <stdlib.h>

#include "base/json.h"
#include "base/version.h"
#include "probe/probe.h"
#include "result/result_json.h"

static void add_ability(cJSON *object, const struct ability *ability)
{
	json_add_text(object, "name", ability->name);
	json_add_text(object, "answer", ability_answer_name(ability->answer));
	json_add_text(object, "value", ability->value);
	json_add_text(object, "reason", ability->reason);
	json_add_text(object, "cure", ability->cure);
}

static void add_abilities(cJSON *parent, const char *key, const struct ability_list *list)
{
	cJSON *array = json_add_array(parent, key);

	for (const struct ability *ability = list->first; ability; ability = ability->next)
		add_ability(json_add_object(array, NULL), ability);
}

static void add_known(cJSON *object, const char *key, bool is_known, int64_t value)
{
	if (is_known)
		json_add_i64(object, key, value);
	else
		json_add_null(object, key);
}

static void add_limited(cJSON *object, const char *key, uint64_t value)
{
	if (value == HOST_UNLIMITED)
		json_add_null(object, key);
	else
		json_add_u64(object, key, value);
}

static void add_machine(cJSON *document, const struct probe *probe)
{
	const struct host_limits *limits = &probe->limits;
	cJSON *object = json_add_object(document, "machine");

	json_add_text(object, "kernel", limits->kernel);
	json_add_text(object, "architecture", limits->architecture);
	json_add_u64(object, "user_id", limits->user_id);
	json_add_u64(object, "cpus", limits->cpu_count);
	json_add_bool(object, "may_lock_memory", limits->may_lock_memory);
	add_limited(object, "locked_bytes", limits->locked_bytes);
	add_limited(object, "open_files", limits->open_files);
	add_known(object, "aio_nr", limits->aio_used >= 0, limits->aio_used);
	add_known(object, "aio_max_nr", limits->aio_limit >= 0, limits->aio_limit);
	add_known(object, "io_uring_disabled", limits->io_uring_disabled >= 0,
		limits->io_uring_disabled);
	add_known(object, "io_uring_group", limits->io_uring_group >= 0, limits->io_uring_group);
	add_known(object, "seccomp_mode", limits->seccomp_mode >= 0, limits->seccomp_mode);
	add_known(object, "perf_event_paranoid", limits->perf_event_paranoid != INT64_MAX,
		limits->perf_event_paranoid);
	json_add_text(object, "cpu_governor", limits->governor);
	json_add_text(object, "deepest_idle_state", limits->deepest_idle_state);
	add_known(object, "idle_exit_us", limits->idle_exit_us >= 0, limits->idle_exit_us);
	add_abilities(object, "abilities", &probe->machine);
}

static void add_uring(cJSON *document, const struct probe *probe)
{
	const struct uring_abilities *uring = &probe->uring;
	cJSON *object = json_add_object(document, "io_uring");

	json_add_text(object, "answer", uring->error ? "no" : "yes");
	json_add_text(object, "reason", uring->reason);
	json_add_text(object, "cure", uring->cure);
	if (uring->error) {
		json_add_null(object, "asked_by");
		json_add_null(object, "opcode_count");
	} else {
		json_add_text(object, "asked_by", uring->is_queried ? "query" : "trial");
		json_add_u64(object, "opcode_count", uring->opcode_count);
	}
	add_abilities(object, "setup_flags", &uring->setup_flags);
	add_abilities(object, "features", &uring->features);
	add_abilities(object, "opcodes", &uring->opcodes);
}

static void add_target(cJSON *document, const struct probe *probe)
{
	const struct target *target = &probe->target;
	cJSON *object;

	if (!probe->has_target) {
		json_add_null(document, "target");
		return;
	}
	object = json_add_object(document, "target");
	json_add_text(object, "path", target->path);
	json_add_text(object, "kind", target_kind_name(target->kind));
	add_limited(object, "bytes", target->bytes);
	json_add_text(object, "file_system", target->file_system);
	add_known(object, "direct_offset_align", target->offset_align != 0, target->offset_align);
	add_known(object, "direct_memory_align", target->memory_align != 0, target->memory_align);
	add_ability(json_add_object(object, "reading"), &probe->readable);
	add_ability(json_add_object(object, "writing"), &probe->writable);
	add_abilities(object, "abilities", &probe->abilities);
}

static void add_device(cJSON *document, struct probe *probe)
{
	struct probe_setting settings[PROBE_SETTINGS_LIMIT];
	const struct block_device *device = &probe->device;
	size_t count = probe_queue_settings(probe, settings);
	cJSON *object, *queue;

	if (!probe->has_device) {
		json_add_null(document, "device");
		return;
	}
	object = json_add_object(document, "device");
	json_add_text(object, "name", device->name);
	json_add_text(object, "disk", device->disk);
	json_add_text(object, "driver", probe->queue.driver);
	json_add_text(object, "model", device->model);
	json_add_u64(object, "bytes", device->bytes);
	json_add_u64(object, "logical_block_bytes", device->logical_block_bytes);
	json_add_u64(object, "physical_block_bytes", device->physical_block_bytes);
	json_add_bool(object, "is_rotational", device->is_rotational);
	json_add_bool(object, "is_read_only", device->is_read_only);
	json_add_bool(object, "can_discard", device->can_discard);
	json_add_text(object, "nvme_character_node", probe->queue.nvme_character);
	json_add_text(object, "stands_on", probe->queue.slaves);
	queue = json_add_object(object, "queue");
	for (size_t i = 0; i < count; i++)
		json_add_text(queue, settings[i].name, settings[i].value);
}

static void add_engines(cJSON *document, const struct probe *probe)
{
	cJSON *array = json_add_array(document, "engines");

	for (const struct probe_engine *trial = probe->engines; trial; trial = trial->next) {
		cJSON *object = json_add_object(array, NULL);

		add_ability(object, &trial->engine);
		json_add_bool(object, "tried_direct", trial->is_direct);
		add_abilities(object, "settings", &trial->settings);
	}
}

static void add_hints(cJSON *document, const struct probe *probe)
{
	cJSON *array = json_add_array(document, "hints");

	for (const struct probe_hint *hint = probe->hints; hint; hint = hint->next) {
		cJSON *object = json_add_object(array, NULL);

		json_add_text(object, "effect", hint->effect);
		json_add_text(object, "text", hint->text);
		json_add_text(object, "command", hint->command);
	}
}

int probe_write_json(struct probe *probe, FILE *stream)
{
	cJSON *document = json_object();
	cJSON *tool;

	json_add_text(document, "schema", "ringside-probe/1");
	tool = json_add_object(document, "tool");
	json_add_text(tool, "version", version_number);
	json_add_text(tool, "git", version_git);
	add_machine(document, probe);
	add_uring(document, probe);
	add_target(document, probe);
	add_device(document, probe);
	add_engines(document, probe);
	add_hints(document, probe);
	return result_json_write(document, stream);
}
