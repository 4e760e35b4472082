/* SPDX-License-Identifier: MIT */
/*
 * A result file is there whole or as it was: write beside, fsync, rename, fsync the folder. Its
 * path is walked name by name, as the kernel would, with a descriptor of the folder it is in.
 */
#include "base/save_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#define AUTO_PLACE __attribute__((cleanup(save_place_close)))

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

enum {
	NAME_TRIES = 100,
	HELD_LIMIT = 16,   /* pipes */
	SUFFIX_BYTES = 32, /* of a temporary file's name */
};

#define READER_WAIT_NS NS_PER_S /* "cat pipe &": it has been started, and comes */

/* A pipe between the check and the writing, for so many documents. */
struct held {
	dev_t device;
	ino_t inode;
	int descriptor;
	unsigned count; /* 0: free */
};

static struct held held_pipes[HELD_LIMIT];

int save_file_write(int descriptor, const char *data, size_t bytes)
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

static struct held *find_held(const struct stat *status)
{
	for (size_t i = 0; i < HELD_LIMIT; i++) {
		struct held *held = &held_pipes[i];

		if (held->count > 0 && held->device == status->st_dev &&
			held->inode == status->st_ino)
			return held;
	}
	return NULL;
}

/* Terminals and the nodes that forget what they get; include/uapi/linux/major.h in the kernel. */
static bool is_harmless_character(dev_t number)
{
	enum { MEMORY = 1, TERMINAL = 4, CURRENT_TERMINAL = 5, PTY_FIRST = 136, PTY_LAST = 143 };
	unsigned class = major(number), node = minor(number);

	if (class == MEMORY)
		return node == 3 || node == 5 || node == 7; /* null, zero, full */
	return class == TERMINAL || class == CURRENT_TERMINAL ||
	       (class >= PTY_FIRST && class <= PTY_LAST);
}

static int open_at(const struct save_place *place, int flags)
{
	int descriptor = openat(place->folder, place->name,
		flags | O_CLOEXEC | O_NOCTTY | (place->is_nameless ? 0 : O_NOFOLLOW), 0666);

	return descriptor < 0 ? -errno : descriptor;
}

/* What is not replaced. A pipe without a reader is waited for a little, not for ever. */
static int open_straight(const struct save_place *place)
{
	const struct timespec pause = {.tv_nsec = 10 * (long)NS_PER_MS};
	uint64_t end_ns = clock_now() + READER_WAIT_NS;
	int descriptor = open_at(place, O_WRONLY | O_NONBLOCK);
	struct stat status;

	while (descriptor == -ENXIO && S_ISFIFO(place->status.st_mode) && clock_now() < end_ns) {
		(void)nanosleep(&pause, NULL); /* broken off: looked at again */
		descriptor = open_at(place, O_WRONLY | O_NONBLOCK);
	}
	if (descriptor < 0)
		return descriptor;
	if (fstat(descriptor, &status) == 0 && status.st_ino == place->status.st_ino &&
		status.st_dev == place->status.st_dev &&
		(!S_ISREG(status.st_mode) || ftruncate(descriptor, 0) == 0) &&
		fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) == 0)
		return descriptor;
	close(descriptor);
	return -ESTALE; /* another thing of this name */
}

static int hold_pipe(const struct save_place *place)
{
	struct held *held = find_held(&place->status);
	int descriptor;

	if (held) {
		held->count++;
		return 0;
	}
	descriptor = open_straight(place);
	if (descriptor < 0)
		return descriptor;
	for (size_t i = 0; i < HELD_LIMIT; i++) {
		if (held_pipes[i].count > 0)
			continue;
		held_pipes[i] =
			(struct held){place->status.st_dev, place->status.st_ino, descriptor, 1};
		return 0;
	}
	close(descriptor);
	return -EMFILE;
}

static int write_straight(const struct save_place *place, const void *data, size_t bytes)
{
	struct held *held = find_held(&place->status);
	AUTO_CLOSE int descriptor = -1;
	int rc;

	if (!held) {
		descriptor = open_straight(place);
		return descriptor < 0 ? descriptor : save_file_write(descriptor, data, bytes);
	}
	rc = save_file_write(held->descriptor, data, bytes);
	if (--held->count == 0)
		close(held->descriptor);
	return rc;
}

static int write_standard(int standard, const void *data, size_t bytes)
{
	AUTO_CLOSE int descriptor = fcntl(standard, F_DUPFD_CLOEXEC, 0);

	return descriptor < 0 ? -errno : save_file_write(descriptor, data, bytes);
}

/* Without it a power cut may undo the rename; some file systems cannot, and that is no failure. */
static int sync_folder(const struct save_place *place)
{
	AUTO_CLOSE int descriptor = openat(place->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (descriptor < 0)
		return errno == EACCES ? 0 : -errno;
	return fsync(descriptor) < 0 && errno != EINVAL ? -errno : 0;
}

/* Created by open(), not mkstemp(): so that the umask decides who may read the result. */
static int create(const struct save_place *place, const char *name)
{
	int descriptor = openat(place->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return descriptor < 0 ? -errno : descriptor;
}

/* Of a name that is as long as names may be its beginning. */
static int create_beside(const struct save_place *place, char temporary[NAME_MAX + 1])
{
	struct statfs system;
	int length = NAME_MAX - SUFFIX_BYTES;

	if (fstatfs(place->folder, &system) == 0 && system.f_namelen > SUFFIX_BYTES &&
		system.f_namelen < NAME_MAX)
		length = (int)system.f_namelen - SUFFIX_BYTES;
	for (int i = 0; i < NAME_TRIES; i++) {
		int descriptor;

		snprintf(temporary, NAME_MAX + 1, "%.*s.%d.%d.tmp", length, place->name,
			(int)getpid(), i);
		descriptor = create(place, temporary);
		if (descriptor != -EEXIST)
			return descriptor;
	}
	return -EEXIST;
}

static int fill(int descriptor, const struct save_place *old, const void *data, size_t bytes)
{
	int rc = save_file_write(descriptor, data, bytes);

	if (rc == 0 && old->exists && fchmod(descriptor, old->status.st_mode & 0777) < 0)
		rc = -errno;
	if (rc == 0 && fsync(descriptor) < 0)
		rc = -errno;
	return rc;
}

static int replace(const struct save_place *place, const void *data, size_t bytes)
{
	char temporary[NAME_MAX + 1];
	AUTO_CLOSE int descriptor = create_beside(place, temporary);
	int rc;

	if (descriptor < 0)
		return descriptor;
	rc = fill(descriptor, place, data, bytes);
	if (rc == 0 && renameat(place->folder, temporary, place->folder, place->name) < 0)
		rc = -errno;
	if (rc < 0) {
		unlinkat(place->folder, temporary, 0); /* The first failure is the one to report. */
		return rc;
	}
	return sync_folder(place);
}

/* What the kernel would refuse at the rename, when all has been measured. */
static int check_attributes(const struct save_place *place, const char *name, const char **cure)
{
	struct statx status;

	if (statx(place->folder, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) < 0)
		return -errno;
	if (status.stx_attributes & (STATX_ATTR_APPEND | STATX_ATTR_IMMUTABLE)) {
		*cure = "lsattr shows its attribute, chattr -a or -i takes it away";
		return -EPERM;
	}
	if (strcmp(name, ".") != 0 && (status.stx_attributes & STATX_ATTR_MOUNT_ROOT)) {
		*cure = "it is a mount point, which cannot be replaced: name a file in a folder";
		return -EBUSY;
	}
	return 0;
}

/* Whether files can be made in the folder (a read-only one, /proc, /sys): one is made, nameless
 * where the file system can. */
static int try_folder(const struct save_place *place, const char **cure)
{
	char temporary[NAME_MAX + 1];
	AUTO_CLOSE int descriptor =
		openat(place->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (descriptor >= 0)
		return 0;
	descriptor = create_beside(place, temporary);
	if (descriptor >= 0)
		return unlinkat(place->folder, temporary, 0) < 0 ? -errno : 0;
	*cure = "no file can be made in this folder: name another one";
	return descriptor == -ENOENT ? -EPERM : descriptor; /* as /proc says it */
}

/* unlink(2) and rename(2): in a sticky folder, of the owner of either only. */
static bool is_sticky(const struct save_place *place)
{
	uid_t user = geteuid();

	return (place->folder_status.st_mode & S_ISVTX) && user != 0 &&
	       user != place->folder_status.st_uid && user != place->status.st_uid;
}

static int check_replace(const struct save_place *place, const char **cure)
{
	int rc = 0;

	if (place->exists) {
		/* What is read-only is meant to stay. */
		if (faccessat(place->folder, place->name, W_OK, AT_EACCESS) < 0)
			return -errno;
		if (is_sticky(place))
			return -EPERM;
		rc = check_attributes(place, place->name, cure);
	}
	if (rc == 0)
		rc = check_attributes(place, ".", cure);
	return rc == 0 ? try_folder(place, cure) : rc;
}

static int check_straight(const struct save_place *place, const char **cure)
{
	mode_t mode = place->status.st_mode;
	int rc;

	if (S_ISBLK(mode) || (S_ISCHR(mode) && !is_harmless_character(place->status.st_rdev)))
		return -EPERM;
	if (!S_ISFIFO(mode))
		return faccessat(place->folder, place->name, W_OK, AT_EACCESS) < 0 ? -errno : 0;
	rc = hold_pipe(place);
	if (rc == -ENXIO)
		*cure = "no process reads this pipe: start its reader first";
	return rc;
}

static int check_foreign(const struct save_place *place, const char **cure)
{
	if (!place->exists || place->is_nameless ||
		!save_place_is_foreign(&place->folder_status, &place->status))
		return 0;
	*cure = "it is of another user, in a folder that all may write: name another file";
	return -EACCES;
}

/* By rename(2). An open file without a name of its own is written as it is. */
static bool is_replaced(const struct save_place *place)
{
	return !place->exists || (S_ISREG(place->status.st_mode) && !place->is_nameless);
}

static int check_found(const struct save_place *place, const char **cure)
{
	int rc = check_foreign(place, cure);

	if (rc < 0)
		return rc;
	return is_replaced(place) ? check_replace(place, cure) : check_straight(place, cure);
}

/* Nothing but the file itself is written: neither is its folder, nor does its name change. */
static int check_growing(const struct save_place *place, const char **cure)
{
	int rc = check_foreign(place, cure);

	if (rc < 0)
		return rc;
	if (!is_replaced(place))
		return check_straight(place, cure);
	if (!place->exists)
		return try_folder(place, cure);
	return faccessat(place->folder, place->name, W_OK, AT_EACCESS) < 0 ? -errno : 0;
}

static int find(const char *path, struct save_place *place, const char **cure)
{
	int rc = save_place_find(path, true, place);

	if (rc == -ENOENT)
		*cure = "its folder has to be there: mkdir -p";
	if (place->is_foreign)
		*cure = "a link of another user in a folder that all may write is not followed: "
			"name the file itself";
	return rc;
}

static int check(const char *path, const char **cure,
	int (*check_place)(const struct save_place *place, const char **cure))
{
	const char *unwanted;
	AUTO_PLACE struct save_place place = {.folder = -1};
	int rc;

	cure = cure ? cure : &unwanted;
	*cure = NULL;
	if (standard_descriptor(path) >= 0)
		return 0;
	rc = find(path, &place, cure);
	if (rc == 0)
		rc = check_place(&place, cure);
	return rc;
}

int save_file_check(const char *path, const char **cure)
{
	return check(path, cure, check_found);
}

int save_file_check_growing(const char *path, const char **cure)
{
	return check(path, cure, check_growing);
}

static int save_at(const struct save_place *place, const void *data, size_t bytes)
{
	const char *cure;
	int rc;

	if (place->exists && find_held(&place->status))
		return write_straight(place, data, bytes);
	rc = check_found(place, &cure);
	if (rc < 0)
		return rc;
	return is_replaced(place) ? replace(place, data, bytes)
				  : write_straight(place, data, bytes);
}

int save_file(const char *path, const void *data, size_t bytes)
{
	int standard = standard_descriptor(path);
	AUTO_PLACE struct save_place place = {.folder = -1};
	int rc;

	if (standard >= 0)
		return write_standard(standard, data, bytes);
	rc = save_place_find(path, true, &place);
	return rc == 0 ? save_at(&place, data, bytes) : rc;
}

int save_file_open(const char *path, int flags)
{
	int standard = standard_descriptor(path);
	const char *cure;
	AUTO_PLACE struct save_place place = {.folder = -1};
	int rc;

	if (standard >= 0) {
		rc = fcntl(standard, F_DUPFD_CLOEXEC, 0);
		return rc < 0 ? -errno : rc;
	}
	rc = save_place_find(path, true, &place);
	if (rc == 0)
		rc = check_growing(&place, &cure);
	return rc == 0 ? open_at(&place, flags | O_CREAT) : rc;
}

const char *save_file_temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder && *folder ? folder : "/tmp";
}

static int keep_at(const char *path, const void *data, size_t bytes)
{
	AUTO_PLACE struct save_place place;
	AUTO_CLOSE int descriptor = -1;
	int rc = save_place_find(path, true, &place);

	if (rc < 0)
		return rc;
	descriptor = create(&place, place.name);
	if (descriptor < 0)
		return descriptor;
	rc = fill(descriptor, &place, data, bytes);
	if (rc < 0)
		unlinkat(place.folder, place.name, 0);
	return rc;
}

/* A device or a pipe: the folder that it stands in is no place for files. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

int save_file_keep(const char *path, const void *data, size_t bytes, char kept[PATH_MAX])
{
	const char *name = text_name_of(path);
	int rc = -ENOENT;

	for (int is_temporary = is_special(path); is_temporary <= 1 && rc < 0; is_temporary++) {
		const char *folder = is_temporary ? save_file_temporary_folder() : path;
		int length = is_temporary ? (int)strlen(folder) : (int)(name - path);

		rc = -EEXIST;
		for (int i = 0; i < NAME_TRIES && rc == -EEXIST; i++) {
			if (snprintf(kept, PATH_MAX, "%.*s%s%.*s.kept.%d", length, folder,
				    is_temporary ? "/" : "", NAME_MAX - SUFFIX_BYTES, name,
				    i) >= PATH_MAX)
				rc = -ENAMETOOLONG;
			else
				rc = keep_at(kept, data, bytes);
		}
	}
	return rc;
}
