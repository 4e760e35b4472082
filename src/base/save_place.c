/* SPDX-License-Identifier: MIT */
/* A path is walked name by name, as the kernel would, with a descriptor of the folder it is in. */
#include "base/save_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { LINK_LIMIT = 40 }; /* as the kernel's */

struct walk {
	struct save_place *place;
	char rest[PATH_MAX]; /* what is still to be walked */
	bool spares_foreign;
	bool has_arrived;
	unsigned links;
};

bool save_place_is_foreign(const struct stat *folder, const struct stat *status)
{
	const mode_t open_to_all = S_ISVTX | S_IWOTH;

	return (folder->st_mode & open_to_all) == open_to_all && status->st_uid != geteuid() &&
	       status->st_uid != folder->st_uid;
}

/* Takes over the descriptor, which may be an error. */
static int enter(struct save_place *place, int folder)
{
	if (folder < 0)
		return -errno;
	save_place_close(place);
	place->folder = folder;
	return fstat(folder, &place->folder_status) < 0 ? -errno : 0;
}

static int enter_named(struct save_place *place, const char *name)
{
	int from = place->folder < 0 ? AT_FDCWD : place->folder;

	return enter(place, openat(from, name, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Whether the name that procfs gives an open file leads to it: not where the file was removed, has
 * no name, or has it in another namespace. */
static bool has_its_name(const struct save_place *place, const struct stat *status)
{
	char name[PATH_MAX];
	ssize_t length = readlinkat(place->folder, place->name, name, sizeof(name) - 1);
	struct stat named;

	if (length <= 0)
		return false;
	name[length] = '\0';
	return lstat(name, &named) == 0 && named.st_dev == status->st_dev &&
	       named.st_ino == status->st_ino;
}

/* Links of procfs lead to what is open, whatever its name leads to. */
static int follow_open_file(struct walk *walk, bool is_last, bool *was_followed)
{
	struct save_place *place = walk->place;
	AUTO_CLOSE int found = openat(place->folder, place->name, O_PATH | O_CLOEXEC);
	struct stat status;

	*was_followed = false;
	if (found < 0 || fstat(found, &status) < 0 ||
		(S_ISREG(status.st_mode) && has_its_name(place, &status)))
		return 0;
	*was_followed = true;
	if (S_ISDIR(status.st_mode))
		return is_last ? -EISDIR : enter_named(place, place->name);
	if (!is_last)
		return -ENOTDIR;
	place->status = status;
	place->exists = place->is_nameless = walk->has_arrived = true;
	return 0;
}

static int follow(struct walk *walk, int link, const struct stat *status)
{
	struct save_place *place = walk->place;
	char text[PATH_MAX], rest[PATH_MAX];
	struct statfs system;
	bool was_followed;
	ssize_t length;

	if (++walk->links > LINK_LIMIT)
		return -ELOOP;
	if (walk->spares_foreign && save_place_is_foreign(&place->folder_status, status)) {
		place->is_foreign = true;
		return -EACCES;
	}
	if (fstatfs(link, &system) == 0 && system.f_type == PROC_SUPER_MAGIC) {
		int rc = follow_open_file(walk, walk->rest[0] == '\0', &was_followed);

		if (rc < 0 || was_followed)
			return rc;
	}
	length = readlinkat(link, "", text, sizeof(text) - 1);
	if (length <= 0)
		return length < 0 ? -errno : -ENOENT;
	text[length] = '\0';
	if (snprintf(rest, sizeof(rest), "%s%s", text, walk->rest) >= (int)sizeof(rest))
		return -ENAMETOOLONG;
	memcpy(walk->rest, rest, sizeof(rest));
	return *rest == '/' ? enter_named(place, "/") : 0;
}

/* Moves the next name out of the rest into the place. */
static int take_name(struct walk *walk)
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(walk->place->name, start, length);
	walk->place->name[length] = '\0';
	memmove(walk->rest, start + length, strlen(start + length) + 1);
	return length == 0 ? -EISDIR : 0; /* "results/" */
}

static int step(struct walk *walk)
{
	struct save_place *place = walk->place;
	int rc = take_name(walk);
	bool is_last = walk->rest[0] == '\0';
	AUTO_CLOSE int item = -1;
	struct stat status;

	if (rc < 0)
		return rc;
	if (strcmp(place->name, ".") == 0 || strcmp(place->name, "..") == 0)
		return enter_named(place, place->name);
	/* What is looked at is what is entered: a name that is changed in between is no other. */
	item = openat(place->folder, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (item < 0 && errno == ENOENT && is_last) {
		walk->has_arrived = true;
		return 0;
	}
	if (item < 0 || fstat(item, &status) < 0)
		return -errno;
	if (S_ISLNK(status.st_mode))
		return follow(walk, item, &status);
	if (!is_last) {
		rc = enter(place, item);
		item = -1;
		return rc == 0 && !S_ISDIR(status.st_mode) ? -ENOTDIR : rc;
	}
	place->status = status;
	place->exists = walk->has_arrived = true;
	return S_ISDIR(status.st_mode) ? -EISDIR : 0;
}

int save_place_find(const char *path, bool spares_foreign, struct save_place *place)
{
	struct walk walk = {.place = place, .spares_foreign = spares_foreign};
	int rc;

	*place = (struct save_place){.folder = -1};
	if (*path == '\0')
		return -ENOENT;
	if (snprintf(walk.rest, sizeof(walk.rest), "%s", path) >= (int)sizeof(walk.rest))
		return -ENAMETOOLONG;
	rc = enter_named(place, *path == '/' ? "/" : ".");
	while (rc == 0 && !walk.has_arrived)
		rc = step(&walk);
	return rc;
}

void save_place_close(struct save_place *place)
{
	if (place->folder >= 0)
		close(place->folder);
	place->folder = -1;
}

bool save_place_is_same(const struct save_place *one, const struct save_place *other)
{
	if (one->exists || other->exists)
		return one->exists && other->exists && one->status.st_dev == other->status.st_dev &&
		       one->status.st_ino == other->status.st_ino;
	return one->folder_status.st_dev == other->folder_status.st_dev &&
	       one->folder_status.st_ino == other->folder_status.st_ino &&
	       strcmp(one->name, other->name) == 0;
}
