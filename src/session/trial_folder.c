/* SPDX-License-Identifier: MIT */
/* Made and locked, emptied and removed; those that are left over first. */
#include "session/trial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "base/text.h"

#define PREFIX "ringside-trials-"
#define RANDOM "XXXXXX"

enum { TRIES = 100 };

const char *const trial_file_names[TRIAL_FILE_COUNT] = {"job", "result.json", "messages"};

/* Also "result.json.123.0.tmp", of a trial that was killed while it saved its result. */
static bool is_ours(const char *name)
{
	for (size_t i = 0; i < TRIAL_FILE_COUNT; i++) {
		if (text_starts_with(name, trial_file_names[i]))
			return true;
	}
	return false;
}

/* Leftovers in a folder for temporary files do no harm. */
static void empty(int descriptor)
{
	int copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *files = copy < 0 ? NULL : fdopendir(copy);

	if (!files)
		return;
	for (struct dirent *entry = readdir(files); entry; entry = readdir(files)) {
		if (is_ours(entry->d_name))
			(void)unlinkat(descriptor, entry->d_name, 0);
	}
	closedir(files);
}

static bool is_name(const char *name)
{
	return text_starts_with(name, PREFIX) && strlen(name) == strlen(PREFIX RANDOM);
}

static void remove_left_over(int parent, const char *name)
{
	AUTO_CLOSE int descriptor =
		openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (descriptor < 0 || fstat(descriptor, &status) != 0 || status.st_uid != geteuid() ||
		flock(descriptor, LOCK_EX | LOCK_NB) != 0)
		return;
	empty(descriptor);
	(void)unlinkat(parent, name, AT_REMOVEDIR);
}

static void remove_left_overs(const char *parent)
{
	DIR *entries = opendir(parent);

	if (!entries)
		return;
	for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
		if (is_name(entry->d_name))
			remove_left_over(dirfd(entries), entry->d_name);
	}
	closedir(entries);
}

/* Whether the path still leads to it: before the lock was had, another start may have removed it.
 */
static bool is_there(const struct trial_folder *folder)
{
	struct stat named, open;

	return stat(folder->path, &named) == 0 && fstat(folder->lock, &open) == 0 &&
	       named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

int trial_folder_open(struct trial_folder *folder, struct arena *arena)
{
	const char *parent = save_file_temporary_folder();

	remove_left_overs(parent);
	for (int i = 0; i < TRIES; i++) {
		char *path = arena_printf(arena, "%s/" PREFIX RANDOM, parent);

		folder->path = mkdtemp(path);
		if (!folder->path)
			return -errno;
		folder->lock = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* Where a file system has no locks, no process finds it unlocked either. */
		if (folder->lock >= 0)
			(void)flock(folder->lock, LOCK_EX);
		if (folder->lock >= 0 && is_there(folder))
			return 0;
		if (folder->lock >= 0)
			close(folder->lock);
	}
	return -EAGAIN;
}

void trial_folder_close(struct trial_folder *folder)
{
	empty(folder->lock);
	(void)rmdir(folder->path);
	close(folder->lock);
}
