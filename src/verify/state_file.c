/* SPDX-License-Identifier: MIT */
/* State files: made, sealed, and read with suspicion. */
#include "verify/state_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/text.h"

_Static_assert(__BYTE_ORDER == __LITTLE_ENDIAN, "entries are written in place");

enum {
	ALIGNMENT = 8,
	PAGE = 4096,
	BOOT_BYTES = 40,
	NAME_LIMIT = 4096,
};

static const char magic[8] = "ringvst"; /* with its 0 */
static const char seal_magic[8] = "sealed!";

struct raw_head {
	char magic[8];
	uint32_t version;
	uint32_t crc; /* of head_bytes, itself taken for 0 */
	uint64_t head_bytes, file_bytes;
	uint64_t made_s;
	char boot[BOOT_BYTES];
	uint32_t run, section_count;
};

struct raw_section {
	uint64_t live_at, flights_at, before_at;
	uint32_t interval_bytes, header_at, pattern_interval_bytes, compress_percent;
	uint32_t unit_bytes, block_units, slot_count, slot_units;
	uint32_t target_count, name_bytes, pattern_bytes, pattern_offsets;
	uint16_t job;
	uint8_t kind, layout, is_narrow, is_durable;
	uint8_t trims_to_zero, reserved;
};

struct raw_target {
	uint64_t bytes, device, inode, offset, unit_count, entries_at;
	uint32_t path_bytes, reserved;
};

/* The last bytes of the file; zeros while it is not closed. */
struct raw_seal {
	char magic[8];
	uint32_t crc; /* of all before the seal */
	uint32_t reserved;
};

static uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

static uint64_t entries_bytes(const struct state_section *section, uint64_t unit_count)
{
	return unit_count * (section->is_narrow ? 1 : sizeof(uint32_t));
}

static size_t pattern_length(const struct state_section *section)
{
	return section->format.pattern ? section->format.pattern->length : 0;
}

/* Bytes of the head: everything that does not change. */
static uint64_t head_bytes(const struct state_section *sections, uint32_t count)
{
	uint64_t bytes = sizeof(struct raw_head);

	for (uint32_t i = 0; i < count; i++) {
		const struct state_section *section = &sections[i];

		bytes += sizeof(struct raw_section) + round_up(strlen(section->name), ALIGNMENT);
		if (pattern_length(section) > 0)
			bytes += sizeof(struct byte_pattern);
		for (uint32_t t = 0; t < section->target_count; t++)
			bytes += sizeof(struct raw_target) +
				 round_up(strlen(section->targets[t].path), ALIGNMENT);
	}
	return bytes;
}

/* Where the parts of a section stand, from `at` on; returns where they end. */
static uint64_t place_section(const struct state_section *section, uint64_t at,
	struct raw_section *raw, uint64_t entries_at[])
{
	uint64_t flights = section->slot_count;

	raw->live_at = at;
	raw->flights_at = at + sizeof(struct state_live);
	raw->before_at = raw->flights_at + flights * sizeof(struct state_flight);
	at = raw->before_at + flights * section->slot_units * sizeof(uint32_t);
	for (uint32_t t = 0; t < section->target_count; t++) {
		at = round_up(at, PAGE);
		if (entries_at)
			entries_at[t] = at;
		at += entries_bytes(section, section->targets[t].unit_count);
	}
	return round_up(at, PAGE);
}

uint64_t state_file_bytes(const struct state_section *sections, uint32_t count)
{
	uint64_t at = round_up(head_bytes(sections, count), PAGE);
	struct raw_section raw;

	for (uint32_t i = 0; i < count; i++)
		at = place_section(&sections[i], at, &raw, NULL);
	return at + sizeof(struct raw_seal);
}

/* Appends to the head. */
static void append(uint8_t **to, const void *data, size_t bytes)
{
	memcpy(*to, data, bytes);
	*to += round_up(bytes, ALIGNMENT);
}

static void append_section(uint8_t **to, const struct state_section *section,
	struct raw_section *raw, const uint64_t entries_at[])
{
	const struct verify_format *format = &section->format;
	bool has_pattern = pattern_length(section) > 0;

	raw->interval_bytes = format->interval_bytes;
	raw->header_at = format->header_at;
	raw->pattern_interval_bytes = format->pattern_interval_bytes;
	raw->compress_percent = format->compress_percent;
	raw->unit_bytes = section->unit_bytes;
	raw->block_units = section->block_units;
	raw->slot_count = section->slot_count;
	raw->slot_units = section->slot_units;
	raw->target_count = section->target_count;
	raw->name_bytes = (uint32_t)strlen(section->name);
	raw->pattern_bytes = has_pattern ? (uint32_t)format->pattern->length : 0;
	raw->pattern_offsets = has_pattern ? (uint32_t)format->pattern->offset_count : 0;
	raw->job = format->source.job;
	raw->kind = (uint8_t)format->kind;
	raw->layout = (uint8_t)format->layout;
	raw->is_narrow = section->is_narrow;
	raw->is_durable = section->is_durable;
	raw->trims_to_zero = section->trims_to_zero;
	append(to, raw, sizeof(*raw));
	append(to, section->name, raw->name_bytes);
	if (has_pattern)
		append(to, format->pattern, sizeof(*format->pattern));
	for (uint32_t t = 0; t < section->target_count; t++) {
		const struct state_target *target = &section->targets[t];
		struct raw_target raw_target = {
			.bytes = target->bytes,
			.device = target->device,
			.inode = target->inode,
			.offset = target->offset,
			.unit_count = target->unit_count,
			.entries_at = entries_at[t],
			.path_bytes = (uint32_t)strlen(target->path),
		};

		append(to, &raw_target, sizeof(raw_target));
		append(to, target->path, raw_target.path_bytes);
	}
}

static uint32_t head_crc(const uint8_t *head, size_t bytes)
{
	uint8_t copy[sizeof(struct raw_head)];
	struct raw_head *raw = (struct raw_head *)copy;
	uint32_t first;

	memcpy(copy, head, sizeof(copy));
	raw->crc = 0;
	first = checksum_crc32c(copy, sizeof(copy));
	return first ^ checksum_crc32c(head + sizeof(copy), bytes - sizeof(copy));
}

static void read_boot(char boot[BOOT_BYTES])
{
	struct arena arena AUTO_ARENA = {0};
	const char *text = text_read_file(&arena, "/proc/sys/kernel/random/boot_id");

	memset(boot, 0, BOOT_BYTES);
	if (text)
		memcpy(boot, text, strnlen(text, BOOT_BYTES - 1));
}

/* The head in memory of its own, which free(3) takes. */
static uint8_t *make_head(
	uint32_t run, const struct state_section *sections, uint32_t count, size_t *bytes)
{
	uint64_t at = round_up(head_bytes(sections, count), PAGE);
	uint8_t *head = calloc(1, at), *next = head;
	struct raw_head raw = {
		.version = STATE_FILE_VERSION,
		.head_bytes = at,
		.file_bytes = state_file_bytes(sections, count),
		.made_s = (uint64_t)time(NULL),
		.run = run,
		.section_count = count,
	};

	if (!head)
		arena_exhausted();
	*bytes = at;
	memcpy(raw.magic, magic, sizeof(magic));
	read_boot(raw.boot);
	append(&next, &raw, sizeof(raw));
	for (uint32_t i = 0; i < count; i++) {
		struct arena arena AUTO_ARENA = {0};
		uint64_t *entries_at = arena_alloc_array(
			&arena, sections[i].target_count + 1, sizeof(*entries_at));
		struct raw_section section = {0};

		at = place_section(&sections[i], at, &section, entries_at);
		append_section(&next, &sections[i], &section, entries_at);
	}
	((struct raw_head *)head)->crc = head_crc(head, *bytes);
	return head;
}

/* What the file at `path`, which is there with its head, lacks: its blocks; and maps it. */
static int grow(const char *path, uint64_t bytes, void **memory)
{
	int descriptor AUTO_CLOSE = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	int error;

	if (descriptor < 0)
		return -errno;
	error = posix_fallocate(descriptor, 0, (off_t)bytes);
	if (error != 0)
		return -error;
	if (fsync(descriptor) < 0)
		return -errno;
	*memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
	return *memory == MAP_FAILED ? -errno : 0;
}

static void bind_created(struct state_section *sections, uint32_t count, uint8_t *memory)
{
	uint64_t at = round_up(head_bytes(sections, count), PAGE);

	for (uint32_t i = 0; i < count; i++) {
		struct arena arena AUTO_ARENA = {0};
		struct state_section *section = &sections[i];
		uint64_t *entries_at =
			arena_alloc_array(&arena, section->target_count + 1, sizeof(*entries_at));
		struct raw_section raw;

		at = place_section(section, at, &raw, entries_at);
		section->live = (struct state_live *)(memory + raw.live_at);
		section->flights = (struct state_flight *)(memory + raw.flights_at);
		section->before = (uint32_t *)(memory + raw.before_at);
		for (uint32_t t = 0; t < section->target_count; t++)
			section->targets[t].entries = memory + entries_at[t];
	}
}

int state_file_create(const char *path, uint32_t run, struct state_section *sections,
	uint32_t count, struct state_file *file)
{
	struct arena arena AUTO_ARENA = {0};
	const char *beside = arena_printf(&arena, "%s.%d", path, (int)getpid());
	size_t head_size;
	uint8_t *head = make_head(run, sections, count, &head_size);
	struct raw_head raw;
	int error;

	memcpy(&raw, head, sizeof(raw));
	*file = (struct state_file){
		.run = run,
		.made_s = raw.made_s,
		.is_same_boot = true,
		.section_count = count,
		.sections = sections,
		.bytes = raw.file_bytes,
		.is_writable = true,
	};
	error = save_file(beside, head, head_size);
	free(head);
	if (error != 0)
		return error;
	error = grow(beside, file->bytes, &file->memory);
	if (error == 0 && rename(beside, path) < 0) {
		error = -errno;
		munmap(file->memory, file->bytes);
	}
	if (error != 0)
		unlink(beside);
	else
		bind_created(sections, count, file->memory);
	return error;
}

int state_file_close(struct state_file *file)
{
	uint8_t *memory = file->memory;
	struct raw_seal seal = {0};
	int error;

	seal.crc = checksum_crc32c(memory, file->bytes - sizeof(seal));
	memcpy(memory + file->bytes - sizeof(seal), &seal, sizeof(seal));
	atomic_signal_fence(memory_order_seq_cst); /* killed here, it is one that is not closed */
	memcpy(memory + file->bytes - sizeof(seal), seal_magic, sizeof(seal_magic));
	error = msync(memory, file->bytes, MS_SYNC) < 0 ? -errno : 0;
	munmap(memory, file->bytes);
	file->memory = NULL;
	return error;
}

/* The head, as it is read: each step takes what it needs, or notes that there is no more. */
struct reader {
	uint8_t *memory;
	uint64_t head_bytes, file_bytes; /* without the seal */
	uint64_t at;
	struct arena *arena;
	const char *problem;
};

static void fail(struct reader *reader, const char *problem)
{
	if (!reader->problem)
		reader->problem = problem;
}

static const void *take(struct reader *reader, uint64_t bytes)
{
	const void *taken = reader->memory + reader->at;

	if (reader->problem || bytes > reader->head_bytes - reader->at) {
		fail(reader, "it ends too early");
		return NULL;
	}
	reader->at += round_up(bytes, ALIGNMENT);
	if (reader->at > reader->head_bytes)
		fail(reader, "it ends too early");
	return reader->problem ? NULL : taken;
}

static const char *take_text(struct reader *reader, uint32_t bytes)
{
	const char *text = take(reader, bytes < NAME_LIMIT ? bytes : UINT64_MAX);

	return text ? arena_strndup(reader->arena, text, bytes) : "";
}

/* A part of the file behind the head. */
static void *locate(struct reader *reader, uint64_t at, uint64_t count, uint64_t bytes)
{
	if (at % ALIGNMENT != 0 || at < reader->head_bytes || at > reader->file_bytes ||
		(bytes > 0 && count > (reader->file_bytes - at) / bytes)) {
		fail(reader, "a part of it is beyond its end");
		return NULL;
	}
	return reader->memory + at;
}

static void read_target(
	struct reader *reader, const struct state_section *section, struct state_target *target)
{
	const struct raw_target *raw = take(reader, sizeof(*raw));

	if (!raw)
		return;
	*target = (struct state_target){
		.bytes = raw->bytes,
		.device = raw->device,
		.inode = raw->inode,
		.offset = raw->offset,
		.unit_count = raw->unit_count,
		.entries = locate(reader, raw->entries_at, raw->unit_count,
			section->is_narrow ? 1 : sizeof(uint32_t)),
	};
	target->path = take_text(reader, raw->path_bytes);
	if (target->unit_count > (UINT64_MAX - target->offset) / section->unit_bytes ||
		target->offset > INT64_MAX)
		fail(reader, "a target has no end");
}

static void read_pattern(
	struct reader *reader, const struct raw_section *raw, struct verify_format *format)
{
	struct byte_pattern *pattern = ARENA_NEW(reader->arena, struct byte_pattern);
	const void *taken;

	if (raw->pattern_bytes == 0)
		return;
	taken = take(reader, sizeof(*pattern));
	if (!taken)
		return;
	memcpy(pattern, taken, sizeof(*pattern));
	format->pattern = pattern;
	if (pattern->length != raw->pattern_bytes || pattern->length > BYTE_PATTERN_LIMIT ||
		pattern->offset_count != raw->pattern_offsets ||
		pattern->offset_count > BYTE_PATTERN_LIMIT / 8)
		fail(reader, "its pattern is damaged");
	for (size_t i = 0; !reader->problem && i < pattern->offset_count; i++)
		if (pattern->offset_at[i] + sizeof(uint64_t) > pattern->length)
			fail(reader, "its pattern is damaged");
}

static void check_section(struct reader *reader, struct state_section *section)
{
	struct verify_format *format = &section->format;
	const char *problem;

	if (!checksum_name(format->kind) || format->layout >= HEADER_LAYOUT_COUNT)
		fail(reader, "its blocks are of a kind that is not known");
	else if (section->unit_bytes == 0 || section->block_units == 0 ||
		 format->compress_percent > 100 ||
		 (uint64_t)section->unit_bytes * section->block_units > UINT32_MAX ||
		 (format->interval_bytes != 0 &&
			 format->interval_bytes != section->unit_bytes * section->block_units))
		fail(reader, "its blocks have no size");
	else if (verify_block_prepare(format, &problem) < 0)
		fail(reader, problem);
}

static void read_section(struct reader *reader, uint32_t run, struct state_section *section)
{
	const struct raw_section *raw = take(reader, sizeof(*raw));

	if (!raw)
		return;
	*section = (struct state_section){
		.format =
			{
				.kind = raw->kind,
				.layout = raw->layout,
				.interval_bytes = raw->interval_bytes,
				.header_at = raw->header_at,
				.pattern_interval_bytes = raw->pattern_interval_bytes,
				.compress_percent = raw->compress_percent,
				.source = {.run = run, .job = raw->job},
			},
		.unit_bytes = raw->unit_bytes,
		.block_units = raw->block_units,
		.slot_count = raw->slot_count,
		.slot_units = raw->slot_units,
		.is_narrow = raw->is_narrow,
		.is_durable = raw->is_durable,
		.trims_to_zero = raw->trims_to_zero,
		.target_count = raw->target_count,
		.live = locate(reader, raw->live_at, 1, sizeof(struct state_live)),
		.flights = locate(
			reader, raw->flights_at, raw->slot_count, sizeof(struct state_flight)),
		.before = locate(reader, raw->before_at,
			(uint64_t)raw->slot_count * raw->slot_units, sizeof(uint32_t)),
	};
	section->name = take_text(reader, raw->name_bytes);
	read_pattern(reader, raw, &section->format);
	check_section(reader, section);
	if (section->target_count > reader->head_bytes / sizeof(struct raw_target))
		fail(reader, "it ends too early");
	if (reader->problem)
		return;
	section->targets =
		arena_alloc_array(reader->arena, section->target_count, sizeof(*section->targets));
	for (uint32_t t = 0; t < section->target_count && !reader->problem; t++)
		read_target(reader, section, &section->targets[t]);
}

/* The head alone: whether it is one, of this version, and whole. */
static const struct raw_head *read_head(struct reader *reader, size_t bytes)
{
	const struct raw_head *raw = (const struct raw_head *)reader->memory;

	if (bytes < sizeof(*raw) + sizeof(struct raw_seal) ||
		memcmp(raw->magic, magic, sizeof(magic)) != 0) {
		fail(reader, "it is no state file of ringside");
	} else if (raw->version != STATE_FILE_VERSION) {
		fail(reader, arena_printf(reader->arena,
				     "it has version %" PRIu32 ", and this ringside reads %d",
				     raw->version, STATE_FILE_VERSION));
	} else if (raw->file_bytes != bytes) {
		fail(reader,
			arena_printf(reader->arena, "it has %zu bytes, and should have %" PRIu64,
				bytes, raw->file_bytes));
	} else if (raw->head_bytes < sizeof(*raw) || raw->head_bytes % PAGE != 0 ||
		   raw->head_bytes > bytes - sizeof(struct raw_seal) ||
		   raw->crc != head_crc(reader->memory, raw->head_bytes)) {
		fail(reader, "its checksum is wrong: it is damaged");
	}
	return raw;
}

static bool read_seal(struct reader *reader)
{
	const struct raw_seal *seal =
		(const struct raw_seal *)(reader->memory + reader->file_bytes);

	if (memcmp(seal->magic, seal_magic, sizeof(seal_magic)) != 0) {
		if (!verify_block_is_zero(seal->magic, sizeof(seal->magic)))
			fail(reader, "its end is damaged");
		return false;
	}
	if (seal->crc != checksum_crc32c(reader->memory, reader->file_bytes))
		fail(reader, "its checksum is wrong: it is damaged");
	return true;
}

int state_file_parse(void *memory, size_t bytes, struct arena *arena, struct state_file *file,
	const char **problem)
{
	struct reader reader = {.memory = memory, .arena = arena};
	const struct raw_head *raw = read_head(&reader, bytes);
	char boot[BOOT_BYTES];

	*file = (struct state_file){.memory = memory, .bytes = bytes};
	*problem = reader.problem;
	if (reader.problem)
		return -EINVAL;
	reader.head_bytes = raw->head_bytes;
	reader.file_bytes = bytes - sizeof(struct raw_seal);
	reader.at = round_up(sizeof(*raw), ALIGNMENT);
	read_boot(boot);
	file->run = raw->run;
	file->made_s = raw->made_s;
	file->is_same_boot = boot[0] && memcmp(boot, raw->boot, BOOT_BYTES) == 0;
	file->section_count = raw->section_count;
	file->is_closed = read_seal(&reader);
	if (raw->section_count > raw->head_bytes / sizeof(struct raw_section))
		fail(&reader, "it ends too early");
	if (!reader.problem)
		file->sections =
			arena_alloc_array(arena, file->section_count, sizeof(*file->sections));
	for (uint32_t i = 0; i < file->section_count && !reader.problem; i++)
		read_section(&reader, file->run, &file->sections[i]);
	*problem = reader.problem;
	return reader.problem ? -EINVAL : 0;
}

int state_file_open(
	const char *path, struct arena *arena, struct state_file *file, const char **problem)
{
	int descriptor AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *memory;
	int error;

	*problem = NULL;
	*file = (struct state_file){0};
	if (descriptor < 0 || fstat(descriptor, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		*problem = "it is no state file of ringside";
		return -EINVAL;
	}
	memory = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (memory == MAP_FAILED)
		return -errno;
	error = state_file_parse(memory, (size_t)status.st_size, arena, file, problem);
	if (error != 0)
		munmap(memory, (size_t)status.st_size);
	return error;
}

void state_file_release(struct state_file *file)
{
	if (file->memory)
		munmap(file->memory, file->bytes);
	file->memory = NULL;
}
