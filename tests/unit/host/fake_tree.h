/* SPDX-License-Identifier: MIT */
/*
 * A /sys (or /proc, or /dev) made up for a test: files are written below a temporary folder, which
 * is then mounted over the real one in a mount namespace of this process alone. So the code under
 * test runs as it is, against hardware this machine does not have. After cmocka.h.
 */
#ifndef TESTS_UNIT_HOST_FAKE_TREE_H
#define TESTS_UNIT_HOST_FAKE_TREE_H

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

struct fake_tree {
	char folder[64];
};

static inline void fake_tree_open(struct fake_tree *tree)
{
	*tree = (struct fake_tree){"/tmp/ringside-fake-XXXXXX"};
	if (!mkdtemp(tree->folder))
		abort();
}

static inline void fake_tree_path(const struct fake_tree *tree, const char *name, char *path)
{
	snprintf(path, PATH_MAX, "%s/%s", tree->folder, name);
	for (char *slash = strchr(path + strlen(tree->folder) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			abort();
		*slash = '/';
	}
}

static inline void fake_file_bytes(
	const struct fake_tree *tree, const char *name, const void *data, size_t bytes)
{
	char path[PATH_MAX];
	FILE *stream;

	fake_tree_path(tree, name, path);
	stream = fopen(path, "we");
	if (!stream || fwrite(data, 1, bytes, stream) != bytes || fclose(stream) != 0)
		abort();
}

static inline void fake_file(const struct fake_tree *tree, const char *name, const char *text)
{
	fake_file_bytes(tree, name, text, strlen(text));
}

static inline void fake_link(const struct fake_tree *tree, const char *name, const char *aim)
{
	char path[PATH_MAX];

	fake_tree_path(tree, name, path);
	if (symlink(aim, path) < 0)
		abort();
}

static inline bool fake_tree_write(const char *path, const char *text)
{
	FILE *stream = fopen(path, "we");

	return stream && fputs(text, stream) >= 0 && fclose(stream) == 0;
}

/*
 * A mount namespace of this process alone, from now on: what is mounted then ends with it. Without
 * privilege it needs a user namespace, in which everybody stays who he is.
 */
static inline bool enter_private_mounts(void)
{
	static bool is_private;
	char user[32], group[32];

	if (is_private)
		return true;
	snprintf(user, sizeof(user), "%u %u 1", geteuid(), geteuid());
	snprintf(group, sizeof(group), "%u %u 1", getegid(), getegid());
	if (unshare(CLONE_NEWNS) < 0 && (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
						!fake_tree_write("/proc/self/setgroups", "deny") ||
						!fake_tree_write("/proc/self/uid_map", user) ||
						!fake_tree_write("/proc/self/gid_map", group)))
		return false;
	is_private = mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return is_private;
}

/* Skips the test where one of the mounts below is not permitted. */
static inline void need_mount(bool is_mounted)
{
	if (is_mounted)
		return;
	print_message("skipped: may not mount in a namespace of its own\n");
	skip();
}

/* Puts the tree over a folder; false where that is not permitted. */
static inline bool fake_tree_mount(const struct fake_tree *tree, const char *where)
{
	return enter_private_mounts() && mount(tree->folder, where, NULL, MS_BIND, NULL) == 0;
}

/* Mounts a new file system on the tree's own folder; to be undone by fake_tree_close. */
static inline bool fake_tree_mount_on(const struct fake_tree *tree, const char *source,
	const char *type, unsigned long flags, const char *options)
{
	return enter_private_mounts() && mount(source, tree->folder, type, flags, options) == 0;
}

static inline int fake_tree_remove(
	const char *path, const struct stat *status, int type, struct FTW *position)
{
	(void)status;
	(void)type;
	(void)position;
	return remove(path);
}

/* `where` something is mounted by one of the two above; NULL: nowhere. */
static inline void fake_tree_close(const struct fake_tree *tree, const char *where)
{
	if (where && umount(where) < 0)
		abort();
	/* Never into what is mounted there: in a devtmpfs it would be everybody's devices. */
	if (nftw(tree->folder, fake_tree_remove, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
		abort();
}

#endif
