/* SPDX-License-Identifier: MIT */
/*
 * A state file with anything in it, its checksum right: it is refused with a reason, or a target
 * is held against it. The same of fio's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/save_file.h"
#include "fuzz/edits.h"
#include "fuzz/mutate.h"
#include "verify/audit.h"
#include "verify/fio_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum {
	UNIT = 512,
	UNITS = 40,
	HEAD_BYTES = 88, /* of the head of a state file, whose crc is at 12 and length at 16 */
	FIO_BYTES = 24 + 144 + 64,
	STEPS_LIMIT = 1 << 16,
};

static uint8_t *image;
static size_t image_bytes;

static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

/* A state of a run that was killed. */
static void make_image(void)
{
	struct byte_pattern pattern = {.length = 3, .bytes = "abc"};
	struct state_target targets[2] = {{.path = "/x", .bytes = 1 << 20, .unit_count = UNITS},
		{.path = "/y", .bytes = 1 << 20, .offset = 4096, .unit_count = UNITS}};
	struct state_section sections[2] = {{.name = "one"}, {.name = "two", .is_narrow = true}};
	struct state_file file;
	char path[300];

	for (unsigned i = 0; i < 2; i++) {
		sections[i].format = (struct verify_format){.kind = CHECKSUM_CRC32C,
			.interval_bytes = (i + 1) * UNIT,
			.source = {.run = 7, .job = 1}};
		sections[i].format.pattern = i ? &pattern : NULL;
		sections[i].unit_bytes = UNIT;
		sections[i].block_units = i + 1;
		sections[i].slot_count = 2;
		sections[i].slot_units = 4;
		sections[i].target_count = 1;
		sections[i].targets = &targets[i];
	}
	snprintf(path, sizeof(path), "%s/ringside-fuzz-%d", save_file_temporary_folder(),
		(int)getpid());
	must(state_file_create(path, 7, sections, 2, &file) == 0, "no state file can be made");
	for (uint32_t i = 0; i < UNITS; i++)
		((uint32_t *)targets[0].entries)[i] = i << STATE_NUMBER_SHIFT | i % 8;
	sections[0].flights[1] =
		(struct state_flight){.offset = 4 * UNIT, .number = 4, .length = UNIT};
	image_bytes = file.bytes;
	image = malloc(image_bytes);
	must(image, "no memory");
	memcpy(image, file.memory, image_bytes);
	state_file_close(&file);
	unlink(path);
}

static int read_target(void *context, void *buffer, size_t bytes, uint64_t offset)
{
	unsigned *steps = context;

	memset(buffer, offset % 3 ? 0 : 0x5a, bytes);
	return ++*steps % 7 == 0 ? -5 : 0;
}

static void check_section(const struct state_file *file, const struct state_section *section)
{
	struct arena arena AUTO_ARENA = {0};
	unsigned steps = 0;
	struct audit_source source = {read_target, &steps};
	struct audit audit = {0};

	must(section->unit_bytes > 0 && section->block_units > 0, "units of no size");
	for (uint32_t t = 0; t < section->target_count; t++) {
		if (section->targets[t].unit_count > STEPS_LIMIT ||
			(uint64_t)section->unit_bytes * section->block_units > 1 << 20)
			continue; /* right, but slow */
		audit_target(file, section, &section->targets[t], &source, &arena, &audit);
	}
	must(audit.finding_count <= AUDIT_FINDING_LIMIT, "too many findings");
}

static void check_state(const uint8_t *data, size_t bytes)
{
	uint8_t *copy = malloc(image_bytes);
	struct arena arena AUTO_ARENA = {0};
	struct state_file file;
	const char *problem = NULL;
	uint64_t head_bytes;
	uint32_t crc;

	must(copy, "no memory");
	memcpy(copy, image, image_bytes);
	edits_apply(data, bytes, copy, image_bytes, 800);
	memcpy(&head_bytes, copy + 16, sizeof(head_bytes));
	if (head_bytes >= HEAD_BYTES && head_bytes <= image_bytes) {
		memset(copy + 12, 0, sizeof(crc));
		crc = checksum_crc32c(copy, HEAD_BYTES) ^
		      checksum_crc32c(copy + HEAD_BYTES, head_bytes - HEAD_BYTES);
		memcpy(copy + 12, &crc, sizeof(crc));
	}
	if (state_file_parse(copy, image_bytes, &arena, &file, &problem) != 0) {
		must(problem && *problem, "refused without a reason");
	} else {
		must(file.run == 7 || bytes > 0, "another run");
		for (uint32_t i = 0; i < file.section_count; i++)
			check_section(&file, &file.sections[i]);
	}
	free(copy);
}

static void check_fio(const uint8_t *data, size_t bytes, uint64_t version)
{
	uint64_t words[FIO_BYTES / 8] = {version, FIO_BYTES - 24};
	struct fio_state state;

	words[3] = version == FIO_STATE_VERSION_OLD ? 2 : 11;
	words[4] = (uint64_t)1 << 32 | 5;
	edits_apply(data, bytes, (uint8_t *)words, sizeof(words), 64);
	words[2] = checksum_crc32c(words + 3, FIO_BYTES - 24);
	if (fio_state_parse(words, FIO_BYTES, &state) != 0)
		return;
	must(memchr(state.name, 0, sizeof(state.name)), "a name without end");
	for (uint64_t i = 0; i < 2 * state.completion_count; i++)
		must(state.completions + i < words + FIO_BYTES / 8, "beyond its end");
	for (uint32_t i = 0; state.in_flight && i < state.depth; i++)
		must(state.in_flight + i < words + FIO_BYTES / 8, "beyond its end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	if (!image)
		make_image();
	check_state(data, bytes);
	check_fio(data, bytes, FIO_STATE_VERSION_OLD);
	check_fio(data, bytes, FIO_STATE_VERSION_NEW);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return edits_mutate(data, bytes, 0, limit, seed);
}
