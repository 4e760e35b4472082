/* SPDX-License-Identifier: MIT */
/* A folder that a killed process left is removed by the next start; that of a living one is not. */
#include "session/trial.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char parent[64];
static struct arena arena;

static int start(void **state)
{
	(void)state;
	snprintf(parent, sizeof(parent), "/tmp/ringside-folders.XXXXXX");
	return !mkdtemp(parent) || setenv("TMPDIR", parent, 1) != 0 ? -1 : 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	unsetenv("TMPDIR");
	return rmdir(parent); /* only when nothing is left */
}

static bool is_there(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

static void put(const char *folder, const char *name)
{
	int descriptor = open(arena_printf(&arena, "%s/%s", folder, name),
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(descriptor >= 0);
	close(descriptor);
}

TEST_FIXTURE(start, end);

TEST(it_is_empty_private_and_removed_with_its_files)
{
	struct trial_folder folder;
	struct stat status;

	assert_int_equal(trial_folder_open(&folder, &arena), 0);
	assert_int_equal(stat(folder.path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	for (int i = 0; i < TRIAL_FILE_COUNT; i++)
		put(folder.path, trial_file_names[i]);
	put(folder.path, "result.json.123.0.tmp");
	trial_folder_close(&folder);
	assert_false(is_there(folder.path));
}

/* The path of a folder whose process, which has put files into it, is killed. */
static const char *leave(void)
{
	int ends[2];
	char path[256] = "";
	int status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct trial_folder folder;

		if (trial_folder_open(&folder, &arena) != 0)
			_exit(1);
		put(folder.path, "job");
		put(folder.path, "result.json.123.0.tmp");
		if (write(ends[1], folder.path, strlen(folder.path)) < 0)
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_true(read(ends[0], path, sizeof(path) - 1) > 0);
	close(ends[0]);
	close(ends[1]);
	return arena_strdup(&arena, path);
}

TEST(what_a_killed_process_left_is_removed)
{
	const char *left = leave();
	struct trial_folder folder;

	assert_true(is_there(left));
	assert_int_equal(trial_folder_open(&folder, &arena), 0);
	assert_false(is_there(left));
	trial_folder_close(&folder);
}

TEST(what_others_have_there_stays)
{
	static const char *const names[] = {
		"ringside-trials-X", "ringside-backups", "ringside-trials"};
	const char *foreign = arena_printf(&arena, "%s/ringside-trials-forgot", parent);
	const char *linked = arena_printf(&arena, "%s/ringside-trials-linked", parent);
	const char *full = arena_printf(&arena, "%s/ringside-trials-myfile", parent);
	struct trial_folder alive, folder;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(mkdir(arena_printf(&arena, "%s/%s", parent, names[i]), 0700), 0);
	assert_int_equal(trial_folder_open(&alive, &arena), 0);
	assert_int_equal(mkdir(foreign, 0700), 0);
	assert_int_equal(mkdir(full, 0700), 0);
	put(full, "diary");
	if (geteuid() == 0)
		assert_int_equal(chown(foreign, 65534, 65534), 0);
	assert_int_equal(symlink(names[1], linked), 0);
	assert_int_equal(trial_folder_open(&folder, &arena), 0);
	assert_true(is_there(alive.path));
	assert_true(geteuid() != 0 || is_there(foreign));
	assert_true(is_there(linked));
	assert_true(is_there(arena_printf(&arena, "%s/diary", full)));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(rmdir(arena_printf(&arena, "%s/%s", parent, names[i])), 0);
	trial_folder_close(&alive);
	trial_folder_close(&folder);
	(void)rmdir(foreign); /* where it could not be given away it is gone */
	unlink(linked);
	unlink(arena_printf(&arena, "%s/diary", full));
	rmdir(full);
}

TEST(where_no_folder_can_be_made_there_is_none)
{
	struct trial_folder folder;

	setenv("TMPDIR", arena_printf(&arena, "%s/none", parent), 1);
	assert_int_equal(trial_folder_open(&folder, &arena), -ENOENT);
}

TEST_MAIN(NULL, NULL);
