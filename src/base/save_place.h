/* SPDX-License-Identifier: MIT */
/*
 * Where a path leads: the folder, open, and the last name in it, with every symbolic link followed,
 * also a dangling one. What is done through the descriptor reaches no other folder, whoever moves
 * names meanwhile, and two paths that are one place are found before the file is there.
 */
#ifndef BASE_SAVE_PLACE_H
#define BASE_SAVE_PLACE_H

#include <limits.h>
#include <stdbool.h>
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

#endif
