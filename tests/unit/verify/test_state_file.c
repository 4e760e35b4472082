/* SPDX-License-Identifier: MIT */
/* State files: what was stored is read back, and no damage of one is read as a state. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "verify/state_file.h"

static char folder[] = "/tmp/ringside-test-XXXXXX";
static struct arena arena;
static const char path[] = "run.state";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	unlink(path);
	return rmdir(folder);
}

/* Two workers: one with two targets, one with a pattern and narrow entries. */
static struct state_section *make_sections(void)
{
	static struct byte_pattern pattern;
	static struct state_target targets[3];
	static struct state_section sections[2];
	const char *problem;

	assert_int_equal(byte_pattern_parse("%o\"ab\"", &pattern, &problem), 0);
	targets[0] = (struct state_target){.path = "/data/a",
		.bytes = 1 << 20,
		.device = 1,
		.inode = 2,
		.offset = 4096,
		.unit_count = 100};
	targets[1] = (struct state_target){.path = "/data/b", .bytes = 1 << 20, .unit_count = 3000};
	targets[2] = (struct state_target){.path = "c", .bytes = 99, .offset = 7, .unit_count = 5};
	sections[0] = (struct state_section){
		.name = "first",
		.format = {.kind = CHECKSUM_SHA1,
			.layout = HEADER_VERSIONED,
			.interval_bytes = 4096,
			.header_at = 512,
			.source = {.run = 0x77, .job = 1},
			.compress_percent = 30},
		.unit_bytes = 4096,
		.block_units = 1,
		.slot_count = 4,
		.slot_units = 16,
		.is_durable = true,
		.target_count = 2,
		.targets = targets,
	};
	sections[1] = (struct state_section){
		.name = "second",
		.format = {.kind = CHECKSUM_PATTERN_HEADER,
			.interval_bytes = 1024,
			.pattern = &pattern,
			.pattern_interval_bytes = 512,
			.source = {.run = 0x77, .job = 2}},
		.unit_bytes = 512,
		.block_units = 2,
		.slot_count = 1,
		.slot_units = 2,
		.is_narrow = true,
		.trims_to_zero = true,
		.target_count = 1,
		.targets = targets + 2,
	};
	return sections;
}

static struct state_section *create(struct state_file *file)
{
	struct state_section *sections = make_sections();

	assert_int_equal(state_file_create(path, 0x77, sections, 2, file), 0);
	return sections;
}

static void store(struct state_section *sections)
{
	sections[0].live->newest = 12345;
	((uint32_t *)sections[0].targets[1].entries)[2999] = 0xabcdef01;
	((uint8_t *)sections[1].targets[0].entries)[4] = 0xcd;
	sections[0].flights[3] =
		(struct state_flight){.offset = 8192, .number = 12345, .length = 4096};
	sections[0].before[3 * 16] = 0x5555;
}

static void check_read(const struct state_file *found)
{
	const struct state_section *sections = found->sections;

	assert_int_equal(found->run, 0x77);
	assert_int_equal(found->section_count, 2);
	assert_true(found->is_same_boot);
	assert_true(found->made_s > 1600000000);
	assert_string_equal(sections[0].name, "first");
	assert_int_equal(sections[0].format.kind, CHECKSUM_SHA1);
	assert_int_equal(sections[0].format.layout, HEADER_VERSIONED);
	assert_int_equal(sections[0].format.header_at, 512);
	assert_int_equal(sections[0].format.head_bytes, 68); /* prepared */
	assert_int_equal(sections[0].format.compress_percent, 30);
	assert_int_equal(sections[0].format.source.job, 1);
	assert_int_equal(sections[0].format.source.run, 0x77);
	assert_true(sections[0].is_durable && !sections[0].is_narrow);
	assert_true(sections[1].trims_to_zero && !sections[0].trims_to_zero);
	assert_int_equal(sections[0].target_count, 2);
	assert_string_equal(sections[0].targets[0].path, "/data/a");
	assert_int_equal(sections[0].targets[0].offset, 4096);
	assert_int_equal(sections[0].targets[0].inode, 2);
	assert_string_equal(sections[1].targets[0].path, "c");
	assert_int_equal(sections[1].format.pattern->length, 10);
	assert_int_equal(sections[1].format.pattern->offset_count, 1);
	assert_int_equal(sections[1].format.pattern_interval_bytes, 512);
	assert_int_equal(sections[0].live->newest, 12345);
	assert_int_equal(state_file_entry(&sections[0], &sections[0].targets[1], 2999), 0xabcdef01);
	assert_int_equal(state_file_entry(&sections[0], &sections[0].targets[1], 2998), 0);
	assert_int_equal(state_file_entry(&sections[1], &sections[1].targets[0], 4), 0xcd);
	assert_int_equal(sections[0].flights[3].number, 12345);
	assert_int_equal(sections[0].before[3 * 16], 0x5555);
}

TEST(a_closed_state_is_read_as_it_was)
{
	struct state_file file, found;
	const char *problem;

	store(create(&file));
	assert_int_equal(state_file_close(&file), 0);
	assert_int_equal(state_file_open(path, &arena, &found, &problem), 0);
	assert_true(found.is_closed);
	check_read(&found);
	state_file_release(&found);
}

/* Killed at any store, what was stored before it is there. */
TEST(a_killed_process_leaves_its_state)
{
	struct state_file file, found;
	const char *problem;
	int status;
	pid_t child;

	(void)unlink(path); /* it need not be there */
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		store(create(&file));
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(state_file_open(path, &arena, &found, &problem), 0);
	assert_false(found.is_closed);
	check_read(&found);
	state_file_release(&found);
}

/* The whole file in memory that AddressSanitizer watches. */
static uint8_t *load(size_t *bytes)
{
	struct stat status;
	int descriptor = open(path, O_RDONLY);
	uint8_t *data;

	assert_true(descriptor >= 0 && fstat(descriptor, &status) == 0);
	*bytes = (size_t)status.st_size;
	data = malloc(*bytes);
	assert_non_null(data);
	assert_int_equal(read(descriptor, data, *bytes), status.st_size);
	close(descriptor);
	return data;
}

static void refuse(uint8_t *data, size_t bytes, const char *expected)
{
	struct state_file file;
	const char *problem;

	assert_int_equal(state_file_parse(data, bytes, &arena, &file, &problem), -EINVAL);
	assert_string_equal(problem, expected);
}

TEST(what_is_no_whole_state_is_refused_with_its_reason)
{
	static const char damaged[] = "its checksum is wrong: it is damaged";
	struct state_file file;
	size_t bytes;
	uint8_t *data;

	store(create(&file));
	assert_int_equal(state_file_close(&file), 0);
	data = load(&bytes);
	refuse(data, 10, "it is no state file of ringside");
	refuse(data, bytes - 8,
		arena_printf(&arena, "it has %zu bytes, and should have %zu", bytes - 8, bytes));
	for (size_t at = 0; at < bytes; at += at < 5000 ? 1 : 997) {
		struct state_file found;
		const char *problem;

		data[at] ^= 0x20;
		assert_int_equal(state_file_parse(data, bytes, &arena, &found, &problem), -EINVAL);
		assert_non_null(problem);
		data[at] ^= 0x20;
	}
	data[4000] ^= 1;
	refuse(data, bytes, damaged);
	data[4000] ^= 1;
	data[bytes - 100] ^= 1;
	refuse(data, bytes, damaged);
	data[bytes - 100] ^= 1;
	data[8] = 2; /* the version */
	refuse(data, bytes, "it has version 2, and this ringside reads 1");
	data[0] = 'x';
	refuse(data, bytes, "it is no state file of ringside");
	free(data);
}

TEST(what_cannot_be_read_is_an_error)
{
	struct state_file file;
	const char *problem;

	(void)unlink(path); /* it need not be there */
	assert_int_equal(state_file_open(path, &arena, &file, &problem), -ENOENT);
	assert_null(problem);
	assert_int_equal(state_file_open("/dev/null", &arena, &file, &problem), -EINVAL);
	assert_string_equal(problem, "it is no state file of ringside");
	assert_int_equal(
		state_file_create("/no/such/place", 1, make_sections(), 2, &file), -ENOENT);
}

/* Nothing is left beside it, and the old one is whole until the new one is. */
TEST(a_new_state_takes_the_place_of_the_old_one)
{
	struct state_file file;

	store(create(&file));
	assert_int_equal(state_file_close(&file), 0);
	create(&file);
	assert_int_equal(state_file_close(&file), 0);
	assert_int_equal(system("test \"$(ls)\" = run.state"), 0);
	assert_int_equal(state_file_bytes(make_sections(), 2), file.bytes);
}

TEST_MAIN(set_up, tear_down);
