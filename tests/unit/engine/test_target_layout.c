/* SPDX-License-Identifier: MIT */
/* Files laid out: what is written, what is left alone, and what remains after a failure. */
#include <fcntl.h>
#include <sys/wait.h>

#include "engine/target_open.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

enum { BLOCK = 64 << 10, MEBIBYTE = 1 << 20 };

static struct fake_tree tree;
static char path[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	fake_tree_path(&tree, "data", path);
	return 0;
}

static int tear_down(void **state)
{
	fake_tree_close(&tree, *state);
	*state = NULL;
	return 0;
}

/* What the progress function saw, and when it says no. */
struct progress {
	unsigned calls;
	unsigned refuse_at; /* this call; 0: never */
	uint64_t first_done, last_done, total;
};

static bool on_progress(void *context, const char *name, uint64_t done, uint64_t total)
{
	struct progress *progress = context;

	assert_string_equal(name, path);
	if (progress->calls++ == 0)
		progress->first_done = done;
	progress->last_done = done;
	progress->total = total;
	return progress->calls != progress->refuse_at;
}

static int lay_out(uint64_t bytes, bool is_overwrite, int fallocate_mode, struct progress *progress)
{
	struct target target = {.path = path, .kind = TARGET_FILE, .descriptor = -1};
	struct target_layout layout = {
		.bytes = bytes,
		.is_overwrite = is_overwrite,
		.fallocate_mode = fallocate_mode,
		.seed = 42,
		.on_progress = progress ? on_progress : NULL,
		.context = progress,
	};
	int error = target_layout(&target, &layout);
	struct stat status;

	if (stat(path, &status) == 0) {
		assert_true(target.exists);
		assert_int_equal(target.bytes, status.st_size);
	} else {
		assert_false(target.exists);
	}
	return error;
}

static uint8_t *content(const char *name, size_t bytes)
{
	uint8_t *data = calloc(1, bytes + 1);
	int descriptor = open(name, O_RDONLY | O_CLOEXEC);

	assert_non_null(data);
	assert_int_equal(read(descriptor, data, bytes + 1), bytes);
	close(descriptor);
	return data;
}

/* Random bytes: each value about as often as any other, and no two words alike. */
static void assert_random(const uint8_t *data, size_t bytes)
{
	unsigned counts[256] = {0};
	double chi_square = 0, expected = (double)bytes / 256;

	for (size_t i = 0; i < bytes; i++)
		counts[data[i]]++;
	for (int i = 0; i < 256; i++)
		chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
	/* 255 degrees of freedom: 999999 of a million random files are below 372. */
	assert_true(chi_square < 372);
	for (size_t i = 16; i + 8 <= bytes; i += 8)
		assert_memory_not_equal(data + i, data + i - 8, 8);
}

static void assert_zero(const uint8_t *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(data[i], 0);
}

/* The file system is asked, with nothing of the file in the page cache. */
static bool has_holes(void)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	off_t hole;

	assert_int_equal(fsync(descriptor), 0);
	assert_int_equal(posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED), 0);
	assert_int_equal(fstat(descriptor, &status), 0);
	hole = lseek(descriptor, 0, SEEK_HOLE);
	close(descriptor);
	return hole != status.st_size;
}

static void write_block(off_t offset, const char *text)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char block[BLOCK];

	memset(block, text[0], sizeof(block));
	assert_int_equal(pwrite(descriptor, block, sizeof(block), offset), sizeof(block));
	assert_int_equal(fsync(descriptor), 0);
	close(descriptor);
}

static void make_file_of(off_t bytes)
{
	fake_file(&tree, "data", "");
	assert_int_equal(truncate(path, bytes), 0);
}

TEST_FIXTURE(set_up, tear_down);

TEST(new_file_is_whole_and_random)
{
	size_t bytes = 3 * MEBIBYTE + 1234;
	struct progress progress = {0};
	uint8_t *data;

	assert_int_equal(lay_out(bytes, true, FALLOCATE_NONE, &progress), 0);
	data = content(path, bytes);
	assert_random(data, bytes);
	assert_memory_not_equal(data, data + MEBIBYTE, MEBIBYTE);
	assert_false(has_holes());
	assert_int_equal(progress.first_done, 0);
	assert_int_equal(progress.last_done, bytes);
	assert_int_equal(progress.total, bytes);
	free(data);
}

TEST(content_depends_on_place_and_seed_only)
{
	size_t bytes = 2 * MEBIBYTE;
	struct target target = {.path = path, .kind = TARGET_FILE};
	struct target_layout layout = {.bytes = bytes, .is_overwrite = true, .seed = 43};
	uint8_t *at_once, *in_steps, *other_seed;

	assert_int_equal(lay_out(bytes, true, FALLOCATE_NATIVE, NULL), 0);
	at_once = content(path, bytes);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(lay_out(MEBIBYTE / 2 + 5, true, FALLOCATE_NATIVE, NULL), 0);
	assert_int_equal(lay_out(bytes, true, FALLOCATE_POSIX, NULL), 0);
	in_steps = content(path, bytes);
	assert_memory_equal(at_once, in_steps, bytes);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(target_layout(&target, &layout), 0);
	other_seed = content(path, bytes);
	assert_memory_not_equal(at_once, other_seed, BLOCK);
	free(at_once);
	free(in_steps);
	free(other_seed);
}

TEST(whole_file_is_left_alone)
{
	struct progress progress = {0};
	struct stat before, after;

	write_block(0, "a");
	write_block(BLOCK, "b");
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(lay_out(2 * BLOCK, true, FALLOCATE_NATIVE, &progress), 0);
	assert_int_equal(lay_out(BLOCK + 77, true, FALLOCATE_TRUNCATE, &progress), 0);
	assert_int_equal(lay_out(BLOCK, false, FALLOCATE_NATIVE, &progress), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(progress.calls, 0);
	assert_int_equal(after.st_size, 2 * BLOCK);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
}

TEST(short_file_keeps_what_it_holds_and_grows)
{
	struct progress progress = {0};
	uint8_t *data;

	write_block(0, "a");
	assert_int_equal(lay_out(4 * BLOCK, true, FALLOCATE_NONE, &progress), 0);
	data = content(path, 4 * BLOCK);
	for (size_t i = 0; i < BLOCK; i++)
		assert_int_equal(data[i], 'a');
	assert_random(data + BLOCK, 3 * BLOCK);
	assert_int_equal(progress.total, 3 * BLOCK);
	free(data);
}

/* A sparse disk image must survive a job that reads it. */
TEST(holes_between_data_become_zeros_on_the_disk)
{
	struct progress progress = {0};
	uint8_t *data;

	make_file_of(8 * BLOCK);
	write_block(2 * BLOCK, "a");
	write_block(5 * BLOCK, "b");
	assert_true(has_holes());
	assert_int_equal(lay_out(8 * BLOCK, true, FALLOCATE_NONE, &progress), 0);
	data = content(path, 8 * BLOCK);
	assert_zero(data, 2 * BLOCK);
	assert_int_equal(data[2 * BLOCK], 'a');
	assert_zero(data + 3 * BLOCK, 2 * BLOCK);
	assert_int_equal(data[6 * BLOCK - 1], 'b');
	assert_zero(data + 6 * BLOCK, 2 * BLOCK);
	assert_false(has_holes());
	assert_int_equal(progress.total, 6 * BLOCK);
	free(data);
}

TEST(file_that_is_one_hole_becomes_random)
{
	uint8_t *data;

	make_file_of(8 * BLOCK);
	assert_int_equal(lay_out(8 * BLOCK, true, FALLOCATE_NONE, NULL), 0);
	data = content(path, 8 * BLOCK);
	assert_random(data, 8 * BLOCK);
	assert_false(has_holes());
	free(data);
}

/* Reading an unwritten extent caches pages of zeros, which SEEK_HOLE then takes for data. */
TEST(unwritten_extents_are_found_under_cached_pages)
{
	uint8_t *data;
	int descriptor;

	fake_file(&tree, "data", "");
	descriptor = open(path, O_RDWR | O_CLOEXEC);
	if (fallocate(descriptor, 0, 0, 8 * BLOCK) < 0) {
		close(descriptor);
		print_message("skipped: no fallocate in this file system\n");
		skip();
	}
	close(descriptor);
	data = content(path, 8 * BLOCK);
	assert_zero(data, 8 * BLOCK);
	free(data);
	assert_int_equal(lay_out(8 * BLOCK, true, FALLOCATE_NONE, NULL), 0);
	data = content(path, 8 * BLOCK);
	assert_random(data, 8 * BLOCK);
	assert_false(has_holes());
	free(data);
}

/* More extents than one FIEMAP call returns. */
TEST(every_hole_of_a_fragmented_file_is_found)
{
	enum { STEP = 8 << 10, COUNT = 300 };
	uint8_t *data;
	int descriptor;

	make_file_of(COUNT * STEP);
	descriptor = open(path, O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(pwrite(descriptor, path, 1, (off_t)i * STEP), 1);
	assert_int_equal(fsync(descriptor), 0);
	close(descriptor);
	assert_int_equal(lay_out(COUNT * STEP, true, FALLOCATE_NONE, NULL), 0);
	assert_false(has_holes());
	data = content(path, COUNT * STEP);
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(data[i * STEP], path[0]);
	free(data);
}

/* Long enough that windows are written back while the rest is made. */
TEST(long_file_is_written_in_windows)
{
	size_t bytes = 65 * MEBIBYTE + 1;
	uint8_t *data;

	assert_int_equal(lay_out(bytes, true, FALLOCATE_NATIVE, NULL), 0);
	data = content(path, bytes);
	assert_random(data, bytes);
	free(data);
}

TEST(stopped_layout_removes_the_file_it_made)
{
	struct progress at_start = {.refuse_at = 1}, at_end = {.refuse_at = 2};

	assert_int_equal(lay_out(4 * BLOCK, true, FALLOCATE_NATIVE, &at_start), -EINTR);
	assert_int_equal(at_start.calls, 1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(lay_out(4 * BLOCK, true, FALLOCATE_NATIVE, &at_end), -EINTR);
	assert_int_equal(at_end.last_done, 4 * BLOCK);
	assert_int_equal(access(path, F_OK), -1);
}

TEST(stopped_layout_cuts_a_file_back_that_was_there)
{
	struct progress progress = {.refuse_at = 2};
	uint8_t *data;

	write_block(0, "a");
	assert_int_equal(lay_out(4 * BLOCK, true, FALLOCATE_NATIVE, &progress), -EINTR);
	data = content(path, BLOCK);
	assert_int_equal(data[0], 'a');
	assert_int_equal(data[BLOCK - 1], 'a');
	free(data);
}

/* A tmpfs of 1 MiB on the folder of the test; it has holes but no FIEMAP. */
static void need_small_file_system(void **state)
{
	need_mount(fake_tree_mount_on(&tree, "none", "tmpfs", 0, "size=1m"));
	*state = tree.folder;
}

TEST(full_file_system_is_said_and_nothing_remains)
{
	char kept[PATH_MAX];

	need_small_file_system(state);
	assert_int_equal(lay_out(2 * MEBIBYTE, true, FALLOCATE_NONE, NULL), -ENOSPC);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(lay_out(2 * MEBIBYTE, false, FALLOCATE_NATIVE, NULL), -ENOSPC);
	assert_int_equal(access(path, F_OK), -1);

	/* Through a dangling link: the file goes, the link stays. */
	fake_tree_path(&tree, "aim", kept);
	assert_int_equal(symlink("aim", path), 0);
	assert_int_equal(lay_out(2 * MEBIBYTE, true, FALLOCATE_NONE, NULL), -ENOSPC);
	assert_int_equal(access(kept, F_OK), -1);
	assert_int_equal(unlink(path), 0);
}

/* tmpfs with size=0 and many FUSE file systems say 0 of 0 blocks: they have no limit to tell. */
TEST(file_system_of_unknown_size_is_not_full)
{
	need_mount(fake_tree_mount_on(&tree, "none", "tmpfs", 0, "size=0"));
	*state = tree.folder;
	make_file_of(8 * BLOCK);
	assert_int_equal(lay_out(8 * BLOCK, true, FALLOCATE_NONE, NULL), 0);
	assert_false(has_holes());
}

TEST(holes_are_found_without_fiemap)
{
	uint8_t *data;

	need_small_file_system(state);
	make_file_of(8 * BLOCK);
	write_block(3 * BLOCK, "a");
	assert_int_equal(lay_out(8 * BLOCK, true, FALLOCATE_NONE, NULL), 0);
	assert_false(has_holes());
	data = content(path, 8 * BLOCK);
	assert_zero(data, 3 * BLOCK);
	assert_int_equal(data[3 * BLOCK], 'a');
	assert_zero(data + 4 * BLOCK, 4 * BLOCK);
	free(data);
}

TEST(writers_get_room_only_by_the_fallocate_mode)
{
	static const struct {
		int mode;
		off_t size;
		bool has_blocks;
	} cases[] = {
		{FALLOCATE_NONE, 0, false},
		{FALLOCATE_NATIVE, 4 * BLOCK, true},
		{FALLOCATE_POSIX, 4 * BLOCK, true},
		{FALLOCATE_KEEP, 0, true},
		{FALLOCATE_TRUNCATE, 4 * BLOCK, false},
	};
	struct stat status;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(lay_out(4 * BLOCK, false, cases[i].mode, NULL), 0);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_size, cases[i].size);
		assert_int_equal(status.st_blocks * 512 >= 4 * BLOCK, cases[i].has_blocks);
		assert_int_equal(unlink(path), 0);
	}
}

TEST(targets_other_than_files_are_left_alone)
{
	struct target zero = {.path = "/dev/zero", .kind = TARGET_CHARACTER, .bytes = UINT64_MAX};
	struct target_layout layout = {.bytes = BLOCK, .is_overwrite = true};

	assert_int_equal(target_layout(&zero, &layout), 0);
	assert_true(zero.bytes == UINT64_MAX);
}

TEST(reader_who_may_not_write_needs_a_whole_file)
{
	pid_t child;
	int status;

	if (geteuid() != 0) {
		print_message("skipped: needs root, to be somebody else\n");
		skip();
	}
	write_block(0, "a");
	assert_int_equal(chmod(tree.folder, 0755), 0);
	assert_int_equal(chmod(path, 0644), 0);
	child = fork();
	if (child == 0) {
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(1);
		if (lay_out(BLOCK, true, FALLOCATE_NATIVE, NULL) != 0)
			_exit(2);
		_exit(lay_out(BLOCK + 1, true, FALLOCATE_NATIVE, NULL) == -EACCES ? 0 : 3);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
}

/* Such as an image that is mounted: to fill its holes would be to write under a file system. */
TEST(file_in_use_as_a_device_is_not_touched)
{
	struct target target = {
		.path = path, .kind = TARGET_FILE, .use = "it is mounted", .descriptor = -1};
	struct target_layout layout = {.bytes = 8192, .is_overwrite = true};
	struct stat status;

	make_file_of(4096);
	assert_int_equal(target_layout(&target, &layout), -ETXTBSY);
	layout.is_overwrite = false;
	assert_int_equal(target_layout(&target, &layout), -ETXTBSY);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 4096);
	assert_int_equal(lay_out(4096, true, FALLOCATE_NONE, NULL), 0);
	layout = (struct target_layout){.bytes = 4096, .is_overwrite = true};
	assert_int_equal(target_layout(&target, &layout), 0);
}

TEST_MAIN(NULL, NULL);
