/* SPDX-License-Identifier: MIT */
/*
 * Results are written whole or not at all: temporary file beside the target, fsync, rename. Where
 * a path leads is found once, with every symbolic link followed, also a dangling one: the folder,
 * open, and the last name in it. What is done through the descriptor reaches no other folder,
 * whoever moves names meanwhile, and two paths to one place are found before the file is there.
 */
#ifndef BASE_SAVE_FILE_H
#define BASE_SAVE_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct save_place {
	int folder; /* O_PATH; -1: none */
	char name[NAME_MAX + 1];
	bool exists;      /* then `status` is of it; never a folder */
	bool is_nameless; /* behind a link of procfs an open pipe, device, or file not of this
			   * name: opened by that link */
	bool is_foreign;  /* -EACCES is due to a link of another user, see below */
	struct stat folder_status, status;
};

/*
 * With `spares_foreign`, a link of another user in a folder that everybody may write and nobody may
 * clear (/tmp) is not followed, unless it is of the folder's owner: -EACCES. This is the kernel's
 * fs.protected_symlinks (proc(5)), on machines, too, where that is off. Returns 0 or -errno:
 * -EISDIR for a folder. save_place_close() is due in either case.
 */
int save_place_find(const char *path, bool spares_foreign, struct save_place *place);
void save_place_close(struct save_place *place);

/* Whether something of another user stands in a folder such as /tmp. */
bool save_place_is_foreign(const struct stat *folder, const struct stat *status);

/* One file by two paths: the same name of the same folder, or a hard link. */
bool save_place_is_same(const struct save_place *one, const struct save_place *other);

/*
 * Writes `bytes` of `data` to `path`, or leaves what was there as it was. A path that exists and
 * is no regular file (/dev/null, a pipe, /dev/stdout or "-") is written straight; a device that is
 * to hold or to obey what it gets (a disk, /dev/sg0), never: -EPERM. A link, a file or a pipe of
 * another user in a folder such as /tmp is neither followed nor written: -EACCES.
 * Returns 0 or -errno.
 */
int save_file(const char *path, const void *data, size_t bytes);

/* All of it to an open file, whatever write(2) takes at once. 0 or -errno. */
int save_file_write(int descriptor, const char *data, size_t bytes);

/* Whether the path is one of stdout's names. */
bool save_file_is_stdout(const char *path);

/*
 * 0 when save_file(path) would succeed now, else -errno, with *cure, unless NULL, what to try (NULL
 * where that goes without saying). A pipe needs its reader within a second, and is held open from
 * then on until save_file(): the reader would else see its end.
 */
int save_file_check(const char *path, const char **cure);

/*
 * The same of what is not replaced but grows: the flags of open(2) are those for access and
 * O_APPEND, and it is made if it is not there. A descriptor or -errno.
 */
int save_file_check_growing(const char *path, const char **cure);
int save_file_open(const char *path, int flags);

/*
 * Keeps what could not be written to `path` in a new file beside it, else (or if that is a device
 * or a pipe) in the folder for temporary files, whose path goes to `kept`. 0 or -errno.
 */
int save_file_keep(const char *path, const void *data, size_t bytes, char kept[PATH_MAX]);

/* $TMPDIR or /tmp. */
const char *save_file_temporary_folder(void);

#endif
