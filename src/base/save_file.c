/* SPDX-License-Identifier: MIT */
/* A result file is there whole or as it was: write beside, fsync, rename, fsync the folder. */
#include "base/save_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define NAME_TRIES 100

static int write_all(int descriptor, const char *data, size_t bytes)
{
	while (bytes > 0) {
		ssize_t written = write(descriptor, data, bytes);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		data += written;
		bytes -= (size_t)written;
	}
	return 0;
}

bool save_file_is_stdout(const char *path)
{
	static const char *const names[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(path, names[i]) == 0)
			return true;
	}
	return false;
}

/* Our own descriptor, where the path is one of its names: to open it again would lose its offset.
 */
static int standard_descriptor(const char *path)
{
	if (save_file_is_stdout(path))
		return STDOUT_FILENO;
	return strcmp(path, "/dev/stderr") == 0 ? STDERR_FILENO : -1;
}

static int write_straight(const char *path, const void *data, size_t bytes)
{
	AUTO_CLOSE int descriptor = -1;
	int standard = standard_descriptor(path);

	descriptor = standard >= 0 ? fcntl(standard, F_DUPFD_CLOEXEC, 0)
				   : open(path, O_WRONLY | O_CLOEXEC);
	return descriptor < 0 ? -errno : write_all(descriptor, data, bytes);
}

static int folder_of(const char *path, char folder[PATH_MAX])
{
	char copy[PATH_MAX];

	/* dirname() may write to its argument, and may return something else. */
	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return -ENAMETOOLONG;
	snprintf(folder, PATH_MAX, "%s", dirname(copy));
	return 0;
}

/* Without it a power cut may undo the rename; some file systems cannot, and that is no failure. */
static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	AUTO_CLOSE int descriptor = -1;
	int rc = folder_of(path, folder);

	if (rc < 0)
		return rc;
	descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return errno == EACCES ? 0 : -errno;
	return fsync(descriptor) < 0 && errno != EINVAL ? -errno : 0;
}

/* Created by open(), not mkstemp(): so that the umask decides who may read the result. */
static int create_beside(const char *path, char temporary[PATH_MAX])
{
	for (int i = 0; i < NAME_TRIES; i++) {
		int descriptor;

		if (snprintf(temporary, PATH_MAX, "%s.%d.%d.tmp", path, (int)getpid(), i) >=
			PATH_MAX)
			return -ENAMETOOLONG;
		descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (descriptor >= 0 || errno != EEXIST)
			return descriptor >= 0 ? descriptor : -errno;
	}
	return -EEXIST;
}

static int fill_temporary(int descriptor, const struct stat *old, const void *data, size_t bytes)
{
	int rc = write_all(descriptor, data, bytes);

	if (rc == 0 && old && fchmod(descriptor, old->st_mode & 07777) < 0)
		rc = -errno;
	if (rc == 0 && fsync(descriptor) < 0)
		rc = -errno;
	return rc;
}

static int replace(const char *path, const struct stat *old, const void *data, size_t bytes)
{
	char temporary[PATH_MAX];
	AUTO_CLOSE int descriptor = create_beside(path, temporary);
	int rc;

	if (descriptor < 0)
		return descriptor;
	rc = fill_temporary(descriptor, old, data, bytes);
	if (rc == 0 && rename(temporary, path) < 0)
		rc = -errno;
	if (rc < 0) {
		unlink(temporary); /* The first failure is the one to report. */
		return rc;
	}
	return sync_folder(path);
}

static bool is_straight(const char *path)
{
	struct stat info;

	return standard_descriptor(path) >= 0 || (stat(path, &info) == 0 && !S_ISREG(info.st_mode));
}

/* Of a symbolic link the file it points to is replaced or made, not the link. */
static int resolve(const char *path, char target[PATH_MAX])
{
	char folder[PATH_MAX], link[PATH_MAX], next[PATH_MAX];
	ssize_t length;
	int rc;

	if (realpath(path, target))
		return 0;
	if (errno != ENOENT || *path == '\0')
		return -errno;
	length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		return snprintf(target, PATH_MAX, "%s", path) >= PATH_MAX ? -ENAMETOOLONG : 0;
	link[length] = '\0';
	rc = folder_of(path, folder);
	if (rc < 0)
		return rc;
	if (snprintf(next, PATH_MAX, "%s%s%s", *link == '/' ? "" : folder, *link == '/' ? "" : "/",
		    link) >= PATH_MAX)
		return -ENAMETOOLONG;
	return resolve(next, target); /* A loop was ELOOP. */
}

static int check_replace(const char *target)
{
	char folder[PATH_MAX];
	int rc = folder_of(target, folder);

	if (rc < 0)
		return rc;
	if (faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) < 0 && errno != ENOENT)
		return -errno; /* What is read-only is meant to stay. */
	return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int save_file_check(const char *path)
{
	char target[PATH_MAX];
	struct stat info;
	int rc;

	if (standard_descriptor(path) >= 0)
		return 0;
	rc = resolve(path, target);
	if (rc < 0)
		return rc;
	if (stat(target, &info) < 0 || S_ISREG(info.st_mode))
		return check_replace(target);
	if (S_ISDIR(info.st_mode))
		return -EISDIR;
	if (S_ISBLK(info.st_mode))
		return -EPERM;
	return faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int save_file(const char *path, const void *data, size_t bytes)
{
	char target[PATH_MAX];
	struct stat old;
	int rc = save_file_check(path);

	if (rc < 0)
		return rc;
	if (is_straight(path))
		return write_straight(path, data, bytes);
	rc = resolve(path, target);
	if (rc < 0)
		return rc;
	return replace(target, stat(target, &old) < 0 ? NULL : &old, data, bytes);
}
