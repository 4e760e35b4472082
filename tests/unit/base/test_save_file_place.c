/* SPDX-License-Identifier: MIT */
/* A path leads where the kernel would go, but not over the links of others in /tmp. */
#include "base/save_file.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OTHER_USER = 65534 };

static char folder[64];
static int home = -1;

static int start(void **state)
{
	(void)state;
	home = open(".", O_RDONLY | O_DIRECTORY);
	snprintf(folder, sizeof(folder), "/tmp/ringside-place.XXXXXX");
	return home < 0 || !mkdtemp(folder) || chdir(folder) != 0 ? -1 : 0;
}

static int end(void **state)
{
	static const char *const names[] = {"file", "hard", "own/file", "own/up", "link",
		"dangling", "loop", "folder", "absolute", "shared/theirs", "shared/mine"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(names[i]); /* a test makes some of them */
	(void)rmdir("own");
	(void)rmdir("shared");
	if (fchdir(home) != 0)
		return -1;
	close(home);
	return rmdir(folder);
}

static void put(const char *path)
{
	int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(descriptor >= 0);
	close(descriptor);
}

static int find(const char *path)
{
	struct save_place place;
	int rc = save_place_find(path, true, &place);

	save_place_close(&place);
	return rc;
}

static bool are_same(const char *one, const char *other)
{
	struct save_place a, b;
	bool is_same;

	assert_int_equal(save_place_find(one, true, &a), 0);
	assert_int_equal(save_place_find(other, true, &b), 0);
	is_same = save_place_is_same(&a, &b);
	assert_int_equal(save_place_is_same(&b, &a), is_same);
	save_place_close(&a);
	save_place_close(&b);
	return is_same;
}

TEST_FIXTURE(start, end);

TEST(one_place_has_many_paths)
{
	static const char *const same[][2] = {
		{"new", "./new"},
		{"new", "own/../new"},
		{"new", ".//new"},
		{"new", "/proc/self/cwd/new"},
		{"own/new", "folder/new"},
		{"own/new", "absolute/new"},
		{"new", "dangling"},
		{"new", "own/up"},
		{"file", "link"},
		{"file", "hard"},
	};
	static const char *const different[][2] = {
		{"new", "own/new"}, {"new", "file"}, {"file", "own/file"}, {"new", "new2"}};

	assert_int_equal(mkdir("own", 0700), 0);
	put("file");
	put("own/file");
	assert_int_equal(link("file", "hard"), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(symlink("own", "folder"), 0);
	assert_int_equal(symlink("new", "dangling"), 0);
	assert_int_equal(symlink("../new", "own/up"), 0);
	{
		char absolute[80];

		snprintf(absolute, sizeof(absolute), "%s//own/", folder);
		assert_int_equal(symlink(absolute, "absolute"), 0);
	}
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(are_same(same[i][0], same[i][1]));
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++)
		assert_false(are_same(different[i][0], different[i][1]));
}

TEST(paths_that_lead_nowhere)
{
	char name[NAME_MAX + 2];

	put("file");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(find(""), -ENOENT);
	assert_int_equal(find("none/new"), -ENOENT);
	assert_int_equal(find("none/"), -ENOENT);
	assert_int_equal(find("file/"), -ENOTDIR);
	assert_int_equal(find("file/new"), -ENOTDIR);
	assert_int_equal(find("/dev/null/new"), -ENOTDIR);
	assert_int_equal(find("."), -EISDIR);
	assert_int_equal(find("/"), -EISDIR);
	assert_int_equal(find("/tmp"), -EISDIR);
	assert_int_equal(find("/tmp/"), -EISDIR);
	assert_int_equal(find("/proc/self/cwd"), -EISDIR);
	assert_int_equal(find("loop"), -ELOOP);
	assert_int_equal(find(name), -ENAMETOOLONG);
	name[NAME_MAX] = '\0';
	assert_int_equal(find(name), 0);
}

TEST(an_open_pipe_is_found_by_its_number)
{
	struct save_place place;
	char path[64];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
	assert_int_equal(save_place_find(path, true, &place), 0);
	assert_true(place.exists && place.is_nameless && S_ISFIFO(place.status.st_mode));
	save_place_close(&place);
	assert_int_equal(place.folder, -1);
	close(ends[0]);
	close(ends[1]);
}

TEST(a_removed_file_is_found_by_its_number)
{
	struct save_place place;
	int open_file = memfd_create("result", MFD_CLOEXEC);
	char path[64];

	assert_true(open_file >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", open_file);
	assert_int_equal(save_place_find(path, true, &place), 0);
	assert_true(place.exists && place.is_nameless && S_ISREG(place.status.st_mode));
	save_place_close(&place);
	close(open_file);
}

/* The table of fs.protected_symlinks, proc(5). */
TEST(foreign_is_what_another_has_where_all_may_write)
{
	static const struct {
		mode_t mode;
		uid_t folder_owner, owner; /* 0: us */
		bool is_foreign;
	} cases[] = {
		{01777, 0, 1, true},
		{01777, 1, 2, true},
		{01777, 1, 1, false},
		{01777, 1, 0, false},
		{01777, 0, 0, false},
		{00777, 0, 1, false},
		{01775, 0, 1, false},
		{00755, 0, 1, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct stat shared = {.st_mode = S_IFDIR | cases[i].mode,
			.st_uid = geteuid() + cases[i].folder_owner};
		const struct stat status = {
			.st_mode = S_IFLNK | 0777, .st_uid = geteuid() + cases[i].owner};

		assert_int_equal(save_place_is_foreign(&shared, &status), cases[i].is_foreign);
	}
}

TEST(a_foreign_link_is_not_followed_unless_it_may_be)
{
	struct save_place place;

	if (geteuid() != 0) {
		print_message("skipped: root makes links of another user\n");
		skip();
	}
	assert_int_equal(mkdir("shared", 0700), 0);
	assert_int_equal(chmod("shared", 01777), 0);
	assert_int_equal(symlink("../new", "shared/theirs"), 0);
	assert_int_equal(symlink("../new", "shared/mine"), 0);
	assert_int_equal(symlink("shared", "link"), 0);
	assert_int_equal(lchown("shared/theirs", OTHER_USER, OTHER_USER), 0);
	assert_int_equal(save_place_find("link/theirs", true, &place), -EACCES);
	assert_true(place.is_foreign);
	save_place_close(&place);
	assert_int_equal(find("shared/mine"), 0);
	/* A target, which the kernel follows as it is set up to. */
	assert_int_equal(save_place_find("shared/theirs", false, &place), 0);
	assert_string_equal(place.name, "new");
	save_place_close(&place);
	assert_int_equal(chown("shared", OTHER_USER, OTHER_USER), 0);
	assert_int_equal(find("shared/theirs"), 0);
}

TEST_MAIN(NULL, NULL);
