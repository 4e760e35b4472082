/* SPDX-License-Identifier: MIT */
#include "claim/claim_catalog.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

static const char ending[] = ".job";

/* From the program's folder: installed; in the source's build/; in a flavour of that. */
static const char *const folders[] = {
	"../share/ringside/jobs/claims", "../jobs/claims", "../../jobs/claims"};

static bool has_ending(const char *name)
{
	size_t length = strlen(name), least = strlen(ending);

	return length > least && strcmp(name + length - least, ending) == 0;
}

static int is_claim_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && has_ending(entry->d_name);
}

/* Its claims; false where there are none. */
static bool read_folder(struct claim_catalog *catalog, const char *folder, struct arena *arena)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_claim_file, alphasort);

	if (count < 0)
		return false;
	catalog->names = arena_alloc_array(arena, (size_t)count, sizeof(*catalog->names));
	catalog->paths = arena_alloc_array(arena, (size_t)count, sizeof(*catalog->paths));
	for (int i = 0; i < count; i++) {
		catalog->names[i] = text_stem_of(entries[i]->d_name, arena);
		catalog->paths[i] = arena_printf(arena, "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	catalog->count = (size_t)count;
	return count > 0;
}

void claim_catalog_read_of(struct claim_catalog *catalog, const char *program, struct arena *arena)
{
	const char *home = text_folder_of(program, arena);

	*catalog = (struct claim_catalog){.looked = ""};
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !catalog->folder; i++) {
		const char *path = arena_printf(arena, "%s/%s", home, folders[i]);
		AUTO_FREE char *real = realpath(path, NULL);

		catalog->looked =
			arena_printf(arena, "%s%s%s", catalog->looked, i ? ", " : "", path);
		if (real && read_folder(catalog, real, arena))
			catalog->folder = arena_strdup(arena, real);
	}
}

void claim_catalog_read(struct claim_catalog *catalog, struct arena *arena)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[length < 0 ? 0 : length] = '\0';
	claim_catalog_read_of(catalog, program, arena);
}

int claim_catalog_check(const struct claim_catalog *catalog, struct diag *diag)
{
	if (catalog->folder)
		return 0;
	diag_error(diag, NULL, "the claims that come with ringside are not there");
	diag_hint(diag, "they were looked for in %s: name a file instead", catalog->looked);
	return -ENOENT;
}

/* A folder that is called as a claim is does not hide it. */
static bool is_file(const char *name)
{
	struct stat status;

	return stat(name, &status) == 0 && !S_ISDIR(status.st_mode);
}

const char *claim_catalog_find(
	const struct claim_catalog *catalog, const char *name, struct diag *diag)
{
	struct text_guess guess = {.name = name};

	if (strchr(name, '/') || has_ending(name) || strcmp(name, "-") == 0 || is_file(name))
		return name;
	for (size_t i = 0; i < catalog->count; i++) {
		if (strcmp(catalog->names[i], name) == 0)
			return catalog->paths[i];
		text_guess(&guess, catalog->names[i]);
	}
	diag_error(diag, NULL, "'%s' is neither a file nor a claim that comes with ringside", name);
	if (guess.nearest)
		diag_hint(diag, "did you mean '%s'?", guess.nearest);
	else
		diag_hint(diag, "`ringside claims --list` lists them");
	return NULL;
}
