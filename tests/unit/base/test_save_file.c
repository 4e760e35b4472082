/* SPDX-License-Identifier: MIT */
/* A file is there whole or as it was, and nothing is left beside it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/save_file.h"
#include "base/text.h"
#include "test.h"

#define NOBODY 65534

struct fixture {
	struct arena arena;
	char folder[32];
};

static int make_folder(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/ringside-test-XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	*state = fixture;
	return 0;
}

static const char *path_of(struct fixture *fixture, const char *name)
{
	return arena_printf(&fixture->arena, "%s/%s", fixture->folder, name);
}

static int remove_folder(void **state)
{
	struct fixture *fixture = *state;
	DIR *folder = opendir(fixture->folder);
	struct dirent *entry;

	while ((entry = readdir(folder))) {
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(folder), entry->d_name, 0);
	}
	closedir(folder);
	rmdir(fixture->folder);
	arena_free(&fixture->arena);
	free(fixture);
	return 0;
}

static int count_entries(struct fixture *fixture)
{
	DIR *folder = opendir(fixture->folder);
	int count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2; /* . and .. */
}

static void put(const char *path, const char *content, mode_t mode)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(descriptor, mode), 0);
	close(descriptor);
}

static void expect_content(struct fixture *fixture, const char *path, const char *content)
{
	const char *text = text_read_file(&fixture->arena, path);

	assert_non_null(text);
	assert_string_equal(text, content);
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 07777;
}

TEST_FIXTURE(make_folder, remove_folder);

TEST(new_file_is_written_with_the_umask)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "result.json");
	mode_t old = umask(027);

	assert_int_equal(save_file_check(path, NULL), 0);
	assert_int_equal(save_file(path, "{}\n", 3), 0);
	umask(old);
	expect_content(fixture, path, "{}");
	assert_int_equal(mode_of(path), 0640);
	assert_int_equal(count_entries(fixture), 1);
}

TEST(existing_file_is_replaced_and_keeps_its_mode)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "result.json");

	put(path, "a much longer old content", 0604);
	assert_int_equal(save_file(path, "new", 3), 0);
	expect_content(fixture, path, "new");
	assert_int_equal(mode_of(path), 0604);
	assert_int_equal(count_entries(fixture), 1);
}

TEST(empty_and_large_content)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "large");
	size_t bytes = 3 << 20;
	char *data = malloc(bytes);
	struct stat info;

	assert_non_null(data);
	memset(data, 'x', bytes);
	assert_int_equal(save_file(path, data, bytes), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, bytes);
	assert_int_equal(save_file(path, data, 0), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, 0);
	free(data);
}

TEST(symbolic_link_stays_and_its_file_is_replaced)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "real");
	const char *link = path_of(fixture, "link");
	struct stat info;

	put(path, "old", 0600);
	assert_int_equal(symlink("real", link), 0);
	assert_int_equal(save_file(link, "new", 3), 0);
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	expect_content(fixture, path, "new");
	assert_int_equal(count_entries(fixture), 2);
}

TEST(symbolic_link_stays_and_its_file_is_made)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "real");
	const char *link = path_of(fixture, "link"), *chain = path_of(fixture, "chain");
	struct stat info;

	assert_int_equal(symlink("real", link), 0);
	assert_int_equal(symlink(link, chain), 0);
	assert_int_equal(save_file_check(chain, NULL), 0);
	assert_int_equal(save_file(chain, "new", 3), 0);
	assert_int_equal(lstat(chain, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	expect_content(fixture, path, "new");
	assert_int_equal(symlink("missing/real", path_of(fixture, "astray")), 0);
	assert_int_equal(save_file_check(path_of(fixture, "astray"), NULL), -ENOENT);
	assert_int_equal(count_entries(fixture), 4);
}

TEST(missing_folder_and_folders_are_refused)
{
	struct fixture *fixture = *state;
	const char *nowhere = path_of(fixture, "missing/result.json");
	const char *below_file = path_of(fixture, "file/result.json");

	put(path_of(fixture, "file"), "old", 0600);
	assert_int_equal(save_file_check(nowhere, NULL), -ENOENT);
	assert_int_equal(save_file(nowhere, "x", 1), -ENOENT);
	assert_int_equal(save_file_check(below_file, NULL), -ENOTDIR);
	assert_int_equal(save_file(below_file, "x", 1), -ENOTDIR);
	assert_int_equal(save_file_check(fixture->folder, NULL), -EISDIR);
	assert_int_equal(save_file(fixture->folder, "x", 1), -EISDIR);
	assert_int_equal(save_file_check("", NULL), -ENOENT);
	assert_int_equal(save_file("", "x", 1), -ENOENT);
	assert_int_equal(count_entries(fixture), 1);
}

/* "old" stays in the file. As another user where we are root, for whom nothing is forbidden. */
static void expect_refusal(struct fixture *fixture, const char *path)
{
	int check, save;

	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	check = save_file_check(path, NULL);
	save = save_file(path, "new", 3);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(check, -EACCES);
	assert_int_equal(save, -EACCES);
	expect_content(fixture, path, "old");
}

TEST(unwritable_folder_keeps_the_old_file)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "result.json");

	put(path, "old", 0666);
	assert_int_equal(chmod(fixture->folder, 0555), 0);
	expect_refusal(fixture, path);
	assert_int_equal(chmod(fixture->folder, 0755), 0);
	assert_int_equal(count_entries(fixture), 1);
}

TEST(read_only_file_is_kept)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "result.json");

	put(path, "old", 0444);
	assert_int_equal(chmod(fixture->folder, 0777), 0);
	expect_refusal(fixture, path);
}

/* No room on the way: the limit on a file's size fails the write where a full disk would. */
TEST(failed_write_keeps_the_old_file)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "result.json");
	struct rlimit old, small;
	char data[8192] = {0};
	int rc;

	put(path, "old", 0600);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){.rlim_cur = 4096, .rlim_max = old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc = save_file(path, data, sizeof(data));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(rc, -EFBIG);
	expect_content(fixture, path, "old");
	assert_int_equal(count_entries(fixture), 1);
}

TEST(devices_are_written_straight)
{
	assert_int_equal(save_file_check("/dev/null", NULL), 0);
	assert_int_equal(save_file("/dev/null", "x", 1), 0);
	assert_int_equal(save_file_check("/dev/full", NULL), 0);
	assert_int_equal(save_file("/dev/full", "x", 1), -ENOSPC);
}

TEST(pipes_are_written_straight)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "pipe");
	char text[8] = "";
	int reader;

	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_int_equal(save_file(path, "through", 7), 0);
	assert_int_equal(read(reader, text, 7), 7);
	assert_string_equal(text, "through");
	close(reader);
	assert_int_equal(count_entries(fixture), 1);
}

TEST(pipe_is_held_from_the_check_to_the_last_of_its_documents)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "pipe");
	const char *cure;
	char text[8] = "";
	int reader;

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(save_file_check(path, &cure), -ENXIO);
	assert_non_null(strstr(cure, "start its reader first"));
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(save_file_check(path, &cure), 0);
	assert_null(cure);
	assert_int_equal(save_file_check(path, NULL), 0);
	assert_int_equal(read(reader, text, 7), -1); /* no end yet */
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(save_file(path, "one", 3), 0);
	assert_int_equal(read(reader, text, 7), 3);
	assert_int_equal(read(reader, text, 7), -1);
	assert_int_equal(save_file(path, "two", 3), 0);
	assert_int_equal(read(reader, text, 7), 3);
	assert_int_equal(read(reader, text, 7), 0);
	close(reader);
}

/* Nodes that obey what they get, such as SCSI's, are only looked at. */
TEST(devices_that_keep_what_they_get_are_refused)
{
	const dev_t numbers[] = {
		makedev(1, 1), makedev(1, 4), makedev(1, 11), makedev(21, 0), makedev(90, 0)};
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "node");

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (mknod(path, S_IFCHR | 0600, numbers[i]) != 0) {
			print_message("skipped: no device node can be made: %s\n", strerror(errno));
			skip();
		}
		assert_int_equal(save_file_check(path, NULL), -EPERM);
		assert_int_equal(save_file(path, "x", 1), -EPERM);
		unlink(path);
	}
}

TEST(longest_name_is_written)
{
	struct fixture *fixture = *state;
	char name[NAME_MAX + 1];
	const char *path;

	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	path = path_of(fixture, name);
	assert_int_equal(save_file_check(path, NULL), 0);
	assert_int_equal(save_file(path, "x", 1), 0);
	assert_int_equal(count_entries(fixture), 1);
	expect_content(fixture, path, "x");
}

/* Who may write to it afterwards is not for a file of the past to say. */
TEST(special_mode_bits_are_not_kept)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "result.json");

	put(path, "old", 06755);
	assert_int_equal(save_file(path, "new", 3), 0);
	assert_int_equal(mode_of(path), 0755);
}

TEST(what_cannot_be_written_is_kept_under_new_names)
{
	struct fixture *fixture = *state;
	char kept[PATH_MAX];

	assert_int_equal(mkdir(path_of(fixture, "r"), 0700), 0);
	assert_int_equal(save_file_keep(path_of(fixture, "r"), "one", 3, kept), 0);
	assert_string_equal(kept, path_of(fixture, "r.kept.0"));
	expect_content(fixture, kept, "one");
	assert_int_equal(save_file_keep(path_of(fixture, "r"), "two", 3, kept), 0);
	assert_string_equal(kept, path_of(fixture, "r.kept.1"));
	expect_content(fixture, path_of(fixture, "r.kept.0"), "one");
	assert_int_equal(setenv("TMPDIR", fixture->folder, 1), 0);
	assert_int_equal(save_file_keep("/none/r", "three", 5, kept), 0);
	assert_string_equal(kept, path_of(fixture, "r.kept.2"));
	assert_int_equal(setenv("TMPDIR", "/none", 1), 0);
	assert_int_equal(save_file_keep("/none/r", "four", 4, kept), -ENOENT);
	unsetenv("TMPDIR");
	rmdir(path_of(fixture, "r"));
}

TEST(growing_file_is_opened_or_made)
{
	struct fixture *fixture = *state;
	const char *path = path_of(fixture, "history");
	int descriptor;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(save_file_check_growing(path, NULL), 0);
		descriptor = save_file_open(path, O_WRONLY | O_APPEND);
		assert_true(descriptor >= 0);
		assert_int_equal(write(descriptor, "line ", 5), 5);
		close(descriptor);
	}
	expect_content(fixture, path, "line line ");
	assert_int_equal(save_file_check_growing(path_of(fixture, "none/history"), NULL), -ENOENT);
	assert_int_equal(save_file_open(fixture->folder, O_WRONLY), -EISDIR);
}

/* "> file" in a shell: what is already in it stays, and our offset moves on. */
static void expect_stdout_by_the_name(struct fixture *fixture, const char *name)
{
	const char *path = path_of(fixture, "out");
	int saved, descriptor, check, save;

	put(path, "before ", 0600);
	descriptor = open(path, O_WRONLY);
	assert_int_equal(lseek(descriptor, 0, SEEK_END), 7);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(descriptor, STDOUT_FILENO);
	check = save_file_check(name, NULL);
	save = save_file(name, "middle ", 7);
	dup2(saved, STDOUT_FILENO);
	assert_int_equal(write(descriptor, "after", 5), 5);
	close(descriptor);
	close(saved);
	assert_int_equal(check, 0);
	assert_int_equal(save, 0);
	expect_content(fixture, path, "before middle after");
	unlink(path);
}

TEST(stdout_is_appended_to_at_its_offset)
{
	expect_stdout_by_the_name(*state, "/dev/stdout");
	expect_stdout_by_the_name(*state, "-");
}

TEST_MAIN(NULL, NULL);
