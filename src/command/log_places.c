/* SPDX-License-Identifier: MIT */
/* Where fio's logs go: looked at before anything is run, and written after it. */
#include "command/log_places.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/save_file.h"
#include "command/documents.h"

/* What no log may take the place of, each looked up once: jobs and their logs may be many. */
struct taken_place {
	const char *what;
	struct save_place place; /* closed */
};

struct taken_places {
	size_t count;
	struct taken_place *items;
};

/* Returns whether there is anything at the path, or will be, that can be overwritten. */
static bool add_place(struct taken_places *places, const char *path, const char *what)
{
	struct taken_place *next = &places->items[places->count];
	int error = save_place_find(path, false, &next->place);

	save_place_close(&next->place);
	if (error != 0 || (next->place.exists && !S_ISREG(next->place.status.st_mode)))
		return false;
	next->what = what;
	places->count++;
	return true;
}

/* The job files and the targets; there is room for so many more. */
static struct taken_places list_places(
	const struct arguments *arguments, const struct job_set *set, size_t room)
{
	struct taken_places places = {0};

	room += arguments->operand_count;
	for (size_t i = 0; i < set->count; i++)
		room += set->jobs[i].filename.count + set->jobs[i].rare->replay.read_iolog.count;
	places.items = malloc(room * sizeof(*places.items));
	if (!places.items)
		arena_exhausted();
	for (size_t i = 0; i < arguments->operand_count; i++)
		add_place(&places, arguments->operands[i], "the job file");
	for (size_t i = 0; i < set->count; i++) {
		for (size_t k = 0; k < set->jobs[i].filename.count; k++)
			add_place(&places, set->jobs[i].filename.texts[k], "the job's target");
		for (size_t k = 0; k < set->jobs[i].rare->replay.read_iolog.count; k++)
			add_place(&places, set->jobs[i].rare->replay.read_iolog.texts[k],
				"the log that is replayed");
	}
	return places;
}

static int check_log(
	struct arguments *arguments, struct taken_places *places, const struct log_file *log)
{
	const struct taken_place *own = &places->items[places->count];

	if (documents_check_file(arguments, log->option, log->path) != 0)
		return -EINVAL;
	if (!add_place(places, log->path, "another log"))
		return 0;
	for (const struct taken_place *other = places->items; other < own; other++) {
		if (!save_place_is_same(&other->place, &own->place))
			continue;
		diag_error(&arguments->diag, NULL, "%s: %s would overwrite %s", log->option,
			log->path, other->what);
		diag_hint(&arguments->diag, "choose another name for it: %s=NAME", log->option);
		return -EINVAL;
	}
	return 0;
}

int log_places_check(
	struct arguments *arguments, const struct job_set *set, const struct log_files *logs)
{
	struct taken_places places;
	int error = 0;

	if (logs->count == 0)
		return 0;
	places = list_places(arguments, set, logs->count);
	for (size_t i = 0; i < logs->count && error == 0; i++)
		error = check_log(arguments, &places, &logs->items[i]);
	free(places.items);
	return error;
}

int log_places_write(struct arguments *arguments, struct log_files *logs)
{
	int error = 0;

	if (!log_files_finish(logs)) {
		diag_error(&arguments->diag, NULL, "no memory for the text of write_iolog");
		error = -ENOMEM;
	}
	for (size_t i = 0; i < logs->count; i++) {
		const struct log_file *file = &logs->items[i];
		int own;

		/* A run that was refused must not cost the recording of one before it. */
		if (file->is_idle && access(file->path, F_OK) == 0) {
			diag_note(&arguments->diag, NULL,
				"%s: nothing was recorded, %s stays as it is", file->option,
				file->path);
			continue;
		}
		own = documents_save(
			arguments, file->path, file->text ? file->text : "", file->bytes);
		error = error != 0 ? error : own;
	}
	return error;
}
