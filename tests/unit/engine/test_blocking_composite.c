/* SPDX-License-Identifier: MIT */
/*
 * One body over every engine that has composite operations: files are really read, copied and
 * looked at, checked with plain calls; what fails or comes short is told; no descriptor is left.
 */
#include "test.h"
#include "unit/engine/rig.h"

#include <dirent.h>
#include <sys/stat.h>

#include "engine/blocking.h"

enum { FILES = 75 };

struct variant {
	const char *engine;
	const char *settings;
	const char *proof; /* where calls are counted, and how read and write are called */
	const char *read;
	const char *write; /* NULL: one call does both */
};

static const struct variant variants[] = {
	{"sync", "", "calls", "read", "write"},
	{"psync", "", "calls", "pread", "pwrite"},
	{"vsync", "", "calls", "readv", "writev"},
	{"pvsync", "", "calls", "preadv", "pwritev"},
	{"pvsync2", "", "calls", "preadv2", "pwritev2"},
	{"threads", "", "pool_calls", "pread", "pwrite"},
	{"threads", "pool_threads=3", "pool_calls", "pread", "pwrite"},
	{"io_uring", "", "opcodes", "READ", "WRITE"},
	{"io_uring", "fixedbufs=1", "opcodes", "READ_FIXED", "WRITE_FIXED"},
	{"io_uring", "nonvectored=0", "opcodes", "READV", "WRITEV"},
	{"io_uring", "coop_taskrun=1 registerring=0", "opcodes", "READ", "WRITE"},
	{"io_uring", "single_issuer=0 defer_taskrun=0 coop_taskrun=0", "opcodes", "READ", "WRITE"},
	{"io_uring", "force_async=1", "opcodes", "READ", "WRITE"},
	{"io_uring", "sqthread_poll=1", "opcodes", "READ", "WRITE"},
	{"io_uring", "linked_copy=0", "opcodes", "READ", "WRITE"},
	{"io_uring", "linked_copy=0 sqthread_poll=1", "opcodes", "READ", "WRITE"},
	{"copy_file_range", "", "calls", "copy_file_range", NULL},
	{"sendfile", "", "calls", "sendfile", NULL},
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

struct folder {
	char path[64];
	char names[FILES][96];
	uint32_t sizes[FILES];
	struct target targets[FILES];
	struct rig rig;
	bool is_direct;
};

static unsigned char content(unsigned file, size_t at)
{
	return (unsigned char)(file * 31 + at * 7 + at / 256 + 1);
}

static void write_file(const char *path, unsigned file, uint32_t bytes)
{
	unsigned char buffer[RIG_BLOCK_BYTES];
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(descriptor >= 0);
	for (uint32_t at = 0; at < bytes; at++)
		buffer[at % sizeof(buffer)] = content(file, at);
	assert_int_equal(write(descriptor, buffer, bytes), bytes);
	close(descriptor);
}

/* Files of 0 to 4096 bytes, the first empty, the last full. */
static void make_folder(struct folder *folder, bool is_direct)
{
	*folder = (struct folder){.is_direct = is_direct};
	snprintf(folder->path, sizeof(folder->path), "/var/tmp/ringside-engine-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(folder->names[i], sizeof(folder->names[i]), "%s/%u", folder->path, i);
		folder->sizes[i] = i == FILES - 1 ? RIG_BLOCK_BYTES : i * 53;
		write_file(folder->names[i], i, folder->sizes[i]);
		folder->targets[i] = (struct target){
			.kind = TARGET_FILE,
			.path = folder->names[i],
			.descriptor = -1,
			.bytes = folder->sizes[i],
		};
	}
	folder->rig.targets = folder->targets;
	folder->rig.target_count = FILES;
	folder->rig.target.is_direct = is_direct;
}

static void remove_folder(struct folder *folder)
{
	for (unsigned i = 0; i < FILES; i++)
		(void)remove(folder->names[i]); /* Some tests have removed a few. */
	assert_int_equal(rmdir(folder->path), 0);
}

static unsigned open_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void open_engine(struct rig *rig, const struct variant *variant, unsigned depth,
	unsigned batch, unsigned op_mask)
{
	if (rig_open(rig, variant->engine, variant->settings, depth, batch, op_mask) < 0)
		fail_msg("%s %s: %s", variant->engine, variant->settings, rig->report.problem);
}

static void plan(struct rig_io ios[FILES], const struct folder *folder, enum io_op op)
{
	for (unsigned i = 0; i < FILES; i++) {
		uint16_t file = (uint16_t)(i * 29 % FILES);

		ios[i] = (struct rig_io){.op = op, .target = file, .length = folder->sizes[file]};
	}
}

static void junk(struct slot *slot, const struct rig_io *io, uint64_t salt)
{
	(void)io;
	(void)salt;
	memset(slot->buffer, 0x5a, RIG_BLOCK_BYTES);
}

static void check_content(struct slot *slot, const struct rig_io *io, uint64_t salt)
{
	const unsigned char *bytes = slot->buffer;

	(void)salt;
	for (int32_t at = 0; at < io->result; at++)
		assert_int_equal(bytes[at], content(io->target, (size_t)at));
}

static void expect_proof(
	struct rig *rig, const struct variant *variant, const char *name, unsigned count)
{
	const char *proof = rig_setting(rig->report.proof, variant->proof);
	char text[64];

	assert_non_null(proof);
	snprintf(text, sizeof(text), "%s %u", name, count);
	if (!strcasestr(proof, text))
		fail_msg("%s: '%s' lacks '%s'", variant->engine, proof, text);
}

static void each_depth(
	const struct variant *variant, void (*body)(const struct variant *, unsigned, unsigned))
{
	body(variant, 1, 1);
	body(variant, 32, 1);
	body(variant, 32, 16);
}

static void read_files(const struct variant *variant, unsigned depth, unsigned batch)
{
	/* Direct reads wait until what was written is on the disk: once is enough. */
	for (int is_direct = 0; is_direct < (batch > 1 ? 2 : 1); is_direct++) {
		unsigned before = open_descriptors();
		struct rig_io ios[FILES];
		struct folder folder;
		struct rig *rig = &folder.rig;

		make_folder(&folder, is_direct);
		open_engine(rig, variant, depth, batch, IO_BIT(IO_OPEN_READ));
		plan(ios, &folder, IO_OPEN_READ);
		for (int round = 0; round < 2; round++) {
			rig->engine->sends_now = round == 1;
			for (unsigned i = 0; i < FILES; i++)
				ios[i].done_count = 0;
			rig_run(rig, ios, FILES, junk, check_content, 0);
			for (unsigned i = 0; i < FILES; i++)
				assert_int_equal(ios[i].result, ios[i].length);
		}
		rig->class->prove(rig->engine, &rig->report);
		expect_proof(rig, variant, "openat", 2 * FILES);
		expect_proof(rig, variant, variant->read, 2 * FILES);
		expect_proof(rig, variant, "close", 2 * FILES);
		rig_close(rig);
		remove_folder(&folder);
		assert_int_equal(open_descriptors(), before);
	}
}

static void openread_reads_whole_files(void **state)
{
	each_depth(*state, read_files);
}

enum fate { WHOLE, GONE, SHRUNK, EMPTIED, NOW_A_FOLDER, GROWN, FATES };

static void read_changed_files(const struct variant *variant, unsigned depth, unsigned batch)
{
	unsigned before = open_descriptors();
	struct rig_io ios[FILES];
	struct folder folder;
	struct rig *rig = &folder.rig;

	make_folder(&folder, false);
	for (unsigned i = 0; i < FILES; i++) {
		if (i % FATES == SHRUNK)
			write_file(folder.names[i], i, folder.sizes[i] / 2);
		else if (i % FATES == EMPTIED)
			assert_int_equal(truncate(folder.names[i], 0), 0);
		else if (i % FATES == GROWN)
			write_file(folder.names[i], i, folder.sizes[i] + 1);
		else if (i % FATES != WHOLE)
			assert_int_equal(unlink(folder.names[i]), 0);
		if (i % FATES == NOW_A_FOLDER)
			assert_int_equal(mkdir(folder.names[i], 0700), 0);
	}
	open_engine(rig, variant, depth, batch, IO_BIT(IO_OPEN_READ));
	plan(ios, &folder, IO_OPEN_READ);
	for (int round = 0; round < 3; round++) {
		unsigned in_round = open_descriptors();

		for (unsigned i = 0; i < FILES; i++)
			ios[i].done_count = 0;
		rig_run(rig, ios, FILES, junk, check_content, 0);
		assert_int_equal(open_descriptors(), in_round);
		for (unsigned i = 0; i < FILES; i++) {
			int32_t length = (int32_t)ios[i].length;
			const int32_t expected[FATES] = {
				[WHOLE] = length,
				[GROWN] = length,
				[GONE] = -ENOENT,
				[SHRUNK] = length / 2,
				[EMPTIED] = 0,
				[NOW_A_FOLDER] = -EISDIR,
			};

			assert_int_equal(ios[i].result, expected[ios[i].target % FATES]);
		}
	}
	rig_close(rig);
	remove_folder(&folder);
	assert_int_equal(open_descriptors(), before);
}

static void openread_tells_what_happened_to_files(void **state)
{
	each_depth(*state, read_changed_files);
}

static void openread_of_a_file_that_may_not_be_read_fails(void **state)
{
	const struct variant *variant = *state;
	struct rig_io ios[FILES];
	struct folder folder;

	if (geteuid() != 0) {
		print_message("skipped: only root can become somebody else\n");
		skip();
	}
	make_folder(&folder, false);
	assert_int_equal(chmod(folder.path, 0755), 0);
	for (unsigned i = 0; i < FILES; i += 2)
		assert_int_equal(chmod(folder.names[i], 0), 0);
	assert_int_equal(seteuid(65534), 0);
	open_engine(&folder.rig, variant, 32, 16, IO_BIT(IO_OPEN_READ));
	plan(ios, &folder, IO_OPEN_READ);
	rig_run(&folder.rig, ios, FILES, junk, check_content, 0);
	rig_close(&folder.rig);
	assert_int_equal(seteuid(0), 0);
	for (unsigned i = 0; i < FILES; i++)
		assert_int_equal(
			ios[i].result, ios[i].target % 2 == 0 ? -EACCES : (int32_t)ios[i].length);
	remove_folder(&folder);
}

static void check_stat(struct slot *slot, const struct rig_io *io, uint64_t salt)
{
	const struct statx *found = slot->buffer;

	(void)salt;
	if (io->result == 0)
		assert_int_equal(found->stx_size, io->target * 53);
}

static void stat_files(const struct variant *variant, unsigned depth, unsigned batch)
{
	struct rig_io ios[FILES];
	struct folder folder;
	struct rig *rig = &folder.rig;

	make_folder(&folder, false);
	assert_int_equal(unlink(folder.names[FILES - 1]), 0);
	open_engine(rig, variant, depth, batch, IO_BIT(IO_STAT));
	plan(ios, &folder, IO_STAT);
	rig_run(rig, ios, FILES, junk, check_stat, 0);
	for (unsigned i = 0; i < FILES; i++)
		assert_int_equal(ios[i].result, ios[i].target == FILES - 1 ? -ENOENT : 0);
	rig->class->prove(rig->engine, &rig->report);
	expect_proof(rig, variant, "statx", FILES);
	rig_close(rig);
	remove_folder(&folder);
}

static void stat_finds_what_a_file_is(void **state)
{
	each_depth(*state, stat_files);
}

static void change_names(const struct variant *variant, unsigned depth, unsigned batch)
{
	struct rig_io ios[FILES];
	struct folder folder;
	struct rig *rig = &folder.rig;
	struct stat status;

	make_folder(&folder, false);
	assert_int_equal(unlink(folder.names[1]), 0);
	open_engine(rig, variant, depth, batch, IO_NAME_BITS);
	plan(ios, &folder, IO_CREATE);
	rig_run(rig, ios, FILES, junk, rig_hook_none, 0);
	for (unsigned i = 0; i < FILES; i++) {
		assert_int_equal(ios[i].result, 0);
		assert_int_equal(stat(folder.names[ios[i].target], &status), 0);
		/* One that was there stays as it is. */
		assert_int_equal(
			status.st_size, ios[i].target == 1 ? 0 : folder.sizes[ios[i].target]);
	}
	plan(ios, &folder, IO_UNLINK);
	rig_run(rig, ios, FILES, junk, rig_hook_none, 0);
	for (unsigned i = 0; i < FILES; i++) {
		assert_int_equal(ios[i].result, 0);
		assert_int_equal(access(folder.names[ios[i].target], F_OK), -1);
	}
	plan(ios, &folder, IO_UNLINK);
	rig_run(rig, ios, FILES, junk, rig_hook_none, 0);
	for (unsigned i = 0; i < FILES; i++)
		assert_int_equal(ios[i].result, -ENOENT);
	rig->class->prove(rig->engine, &rig->report);
	expect_proof(rig, variant, "unlink", 2 * FILES);
	rig_close(rig);
	remove_folder(&folder);
}

static void files_are_made_and_removed_by_name(void **state)
{
	each_depth(*state, change_names);
}

/* FILES blocks and a piece in `names[0]`, copied to `names[1]`. */
struct copy_test {
	struct folder folder;
	struct rig_io ios[FILES + 2];
	uint64_t bytes;
};

enum { PIECE = 1001 };

static void make_copy_test(struct copy_test *test, bool is_direct)
{
	struct folder *folder = &test->folder;
	uint64_t block[RIG_BLOCK_BYTES / 8];
	int flags = O_CLOEXEC | (is_direct ? O_DIRECT : 0);
	int source, destination;

	*test = (struct copy_test){.bytes = (uint64_t)FILES * RIG_BLOCK_BYTES};
	if (!is_direct)
		test->bytes += PIECE;
	make_folder(folder, is_direct);
	source = open(folder->names[0], O_WRONLY | O_TRUNC | O_CLOEXEC);
	destination = open(folder->names[1], O_WRONLY | O_TRUNC | O_CLOEXEC);
	for (uint64_t at = 0; at < (FILES + 2) * sizeof(block); at += sizeof(block)) {
		rig_fill(block, at, sizeof(block), 77);
		assert_int_equal(write(source, block, sizeof(block)), sizeof(block));
		memset(block, 0xee, sizeof(block));
		assert_int_equal(write(destination, block, sizeof(block)), sizeof(block));
	}
	assert_int_equal(ftruncate(source, (off_t)test->bytes), 0);
	close(source);
	close(destination);
	folder->rig.target_count = 2;
	folder->targets[0].descriptor = open(folder->names[0], O_RDONLY | flags);
	folder->targets[1].descriptor = open(folder->names[1], O_WRONLY | flags);
	assert_true(folder->targets[0].descriptor >= 0 && folder->targets[1].descriptor >= 0);
	for (unsigned i = 0; i < FILES + 2; i++)
		test->ios[i] = (struct rig_io){
			.op = IO_COPY,
			.offset = (uint64_t)(i * 29 % (FILES + 2)) * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES,
		};
}

static void check_copied(const struct copy_test *test)
{
	uint64_t end = (uint64_t)(FILES + 2) * RIG_BLOCK_BYTES;
	uint64_t *expected = calloc(1, end), *found = calloc(1, end);
	int descriptor = open(test->folder.names[1], O_RDONLY | O_CLOEXEC);

	rig_fill(expected, 0, end, 77);
	memset((char *)expected + test->bytes, 0xee, end - test->bytes);
	assert_int_equal(read(descriptor, found, end), end);
	assert_int_equal(read(descriptor, found, 1), 0);
	assert_memory_equal(found, expected, end);
	close(descriptor);
	free(expected);
	free(found);
}

static void close_copy_test(struct copy_test *test)
{
	rig_close(&test->folder.rig);
	close(test->folder.targets[0].descriptor);
	close(test->folder.targets[1].descriptor);
	remove_folder(&test->folder);
}

/* The last blocks are short and beyond the end: what lies in the buffer must not get there. */
static void copy_blocks(const struct variant *variant, unsigned depth, unsigned batch)
{
	for (int is_direct = 0; is_direct < (batch > 1 ? 2 : 1); is_direct++) {
		static struct copy_test test;
		struct rig *rig = &test.folder.rig;

		make_copy_test(&test, is_direct);
		open_engine(rig, variant, depth, batch, IO_BIT(IO_COPY) | IO_BIT(IO_SYNC));
		rig_run(rig, test.ios, FILES + 2, junk, rig_hook_none, 0);
		for (unsigned i = 0; i < FILES + 2; i++) {
			uint64_t left = test.ios[i].offset < test.bytes
						? test.bytes - test.ios[i].offset
						: 0;

			assert_int_equal(test.ios[i].result,
				left < RIG_BLOCK_BYTES ? left : RIG_BLOCK_BYTES);
		}
		assert_int_equal(rig_run_one(rig, IO_SYNC, 0, 0), 0);
		check_copied(&test);
		rig->class->prove(rig->engine, &rig->report);
		expect_proof(rig, variant, variant->read, FILES + 2);
		close_copy_test(&test);
	}
}

static void copies_are_whole_and_end_where_the_source_does(void **state)
{
	each_depth(*state, copy_blocks);
}

static void a_copy_that_cannot_read_or_write_fails(void **state)
{
	const struct variant *variant = *state;
	bool reads_first = variant->write; /* and does not write 0 bytes */

	for (int side = 0; side < 2; side++) {
		static struct copy_test test;
		struct rig *rig = &test.folder.rig;
		struct target *broken = &test.folder.targets[side];

		make_copy_test(&test, false);
		close(broken->descriptor);
		broken->descriptor = open(broken->path, side == 0 ? O_WRONLY : O_RDONLY);
		open_engine(rig, variant, 32, 16, IO_BIT(IO_COPY));
		rig_run(rig, test.ios, FILES, junk, rig_hook_none, 0);
		for (unsigned i = 0; i < FILES; i++)
			assert_int_equal(test.ios[i].result,
				side == 1 && reads_first && test.ios[i].offset >= test.bytes
					? 0
					: -EBADF);
		close_copy_test(&test);
	}
}

static void every_engine_that_can_has_its_row(void **state)
{
	(void)state;
	for (const struct engine_class *const *class = engines; *class; class ++) {
		bool has_row = !((*class)->op_mask & IO_COMPOSITE_BITS) ||
			       strcmp((*class)->name, "null") == 0; /* It moves no bytes. */

		for (unsigned i = 0; i < VARIANTS; i++)
			has_row |= strcmp(variants[i].engine, (*class)->name) == 0;
		if (!has_row)
			fail_msg("engine %s is not in variants[]", (*class)->name);
	}
}

struct body {
	const char *name;
	CMUnitTestFunction run;
	enum io_op op;
};

static const struct body bodies[] = {
	{"openread_reads_whole_files", openread_reads_whole_files, IO_OPEN_READ},
	{"openread_tells_what_happened_to_files", openread_tells_what_happened_to_files,
		IO_OPEN_READ},
	{"openread_of_a_file_that_may_not_be_read_fails",
		openread_of_a_file_that_may_not_be_read_fails, IO_OPEN_READ},
	{"stat_finds_what_a_file_is", stat_finds_what_a_file_is, IO_STAT},
	{"files_are_made_and_removed_by_name", files_are_made_and_removed_by_name, IO_CREATE},
	{"copies_are_whole_and_end_where_the_source_does",
		copies_are_whole_and_end_where_the_source_does, IO_COPY},
	{"a_copy_that_cannot_read_or_write_fails", a_copy_that_cannot_read_or_write_fails, IO_COPY},
};

enum { BODIES = sizeof(bodies) / sizeof(bodies[0]) };

int main(void)
{
	static struct CMUnitTest tests[VARIANTS * BODIES + 1];
	static char names[VARIANTS * BODIES][128];
	size_t count = 0;

	for (unsigned i = 0; i < VARIANTS; i++) {
		for (unsigned j = 0; j < BODIES; j++) {
			if (!(engine_find(variants[i].engine)->op_mask & IO_BIT(bodies[j].op)) ||
				(strstr(variants[i].settings, "copy") && bodies[j].op != IO_COPY))
				continue;
			snprintf(names[count], sizeof(names[count]), "%s%s%s: %s",
				variants[i].engine, *variants[i].settings ? " " : "",
				variants[i].settings, bodies[j].name);
			tests[count].name = names[count];
			tests[count].test_func = bodies[j].run;
			tests[count++].initial_state = (void *)(uintptr_t)&variants[i];
		}
	}
	tests[count] = (struct CMUnitTest)cmocka_unit_test(every_engine_that_can_has_its_row);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
