/* SPDX-License-Identifier: MIT */
/* Choosing among a job's files, and keeping no more of them open than openfiles allows. */
#include "run/file_service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/target_open.h"

/* The one that is written, where a job writes. */
static struct target *written_of(const struct served_file *file)
{
	return file->destination ? file->destination : file->target;
}

/* 0 or -errno, which on_sync is told too. */
static int sync_target(struct file_service *files, const struct target *target)
{
	uint64_t start_ns = clock_now();
	int error;

	if (target->descriptor < 0)
		return 0; /* An engine that takes no target has nothing to sync. */
	error = fsync(target->descriptor) < 0 ? -errno : 0;
	files->on_sync(files->owner, target, start_ns, error);
	return error;
}

static void close_file(struct file_service *files, unsigned index)
{
	struct served_file *file = &files->files[index];

	if (!file->is_open)
		return;
	file->is_open = false;
	if (files->syncs_on_close)
		(void)sync_target(files, written_of(file)); /* on_sync sees to an error. */
	if (file->destination)
		target_close(file->destination);
	target_close(file->target);
	files->open_count--;
	if (files->on_change)
		files->on_change(files->owner, index, false);
}

static int open_target(struct file_service *files, struct target *target, unsigned flags)
{
	int error;

	atomic_store(&files->opening, target);
	error = target_open(target, flags);
	atomic_store(&files->opening, NULL);
	if (error == 0 && files->drops_caches && target->descriptor >= 0) {
		/* Not permitted, or nothing to drop: the page-cache warning covers it. */
		(void)target_invalidate(target);
	}
	if (error == 0 && files->advice >= 0 && target->descriptor >= 0 &&
		(target->kind == TARGET_FILE || target->kind == TARGET_BLOCK)) {
		/* It is for the descriptor, wherever in the file. Only advice: it may fail. */
		(void)posix_fadvise(target->descriptor, 0, 0, files->advice);
	}
	return error;
}

static int open_file(struct file_service *files, unsigned index)
{
	struct served_file *file = &files->files[index];
	unsigned flags = files->open_flags;
	int error;

	if (file->is_open)
		return 0;
	if (file->destination)
		flags = TARGET_READS | (flags & TARGET_DIRECT);
	error = open_target(files, file->target, flags);
	if (error != 0)
		return error;
	files->open_count++;
	file->is_open = file->was_opened = true;
	if (files->on_change)
		files->on_change(files->owner, index, true);
	return file->destination ? open_target(files, file->destination, files->open_flags) : 0;
}

/* Takes files that were not served yet into the window, as long as they may be open. */
static int fill_window(struct file_service *files, unsigned *failed)
{
	while (files->next_file < files->count && files->open_count < files->open_limit) {
		unsigned index = files->next_file;
		int error = open_file(files, index);

		if (error != 0) {
			*failed = index;
			return error;
		}
		files->next_file++;
		files->window[files->window_count++] = index;
	}
	return 0;
}

int file_service_open(
	struct file_service *files, struct arena *arena, uint64_t seed, unsigned *failed)
{
	files->window = arena_alloc_array(arena, files->count, sizeof(*files->window));
	random_init(&files->random, seed);
	if (files->open_limit == 0 || files->open_limit > files->count)
		files->open_limit = files->count;
	if (files->type.ios_per_file == 0)
		files->type.ios_per_file = 1;
	files->ios_left = files->type.ios_per_file;
	return fill_window(files, failed);
}

static void choose_next(struct file_service *files)
{
	switch (files->type.kind) {
	case FILE_SERVICE_RANDOM:
		files->position = (unsigned)random_below(&files->random, files->window_count);
		break;
	case FILE_SERVICE_ROUNDROBIN:
		files->position++;
		break;
	case FILE_SERVICE_SEQUENTIAL:
		break;
	}
}

unsigned file_service_next(struct file_service *files)
{
	if (files->window_count == 0)
		return FILE_SERVICE_NONE;
	if (files->ios_left == 0) {
		choose_next(files);
		files->ios_left = files->type.ios_per_file;
	}
	if (files->position >= files->window_count)
		files->position = 0;
	files->ios_left--;
	return files->window[files->position];
}

int file_service_take(struct file_service *files, unsigned index)
{
	files->files[index].is_done = false;
	return open_file(files, index);
}

bool file_service_is_done(const struct file_service *files)
{
	return files->window_count == 0 && files->next_file == files->count;
}

int file_service_finish(struct file_service *files, unsigned index)
{
	struct served_file *file = &files->files[index];
	unsigned failed;

	file->is_done = true;
	for (unsigned i = 0; i < files->window_count; i++) {
		if (files->window[i] != index)
			continue;
		files->window_count--;
		for (unsigned j = i; j < files->window_count; j++)
			files->window[j] = files->window[j + 1];
		break;
	}
	files->ios_left = files->type.ios_per_file;
	if (!file_service_counts(files) || file->hold_count > 0)
		return 0;
	close_file(files, index);
	return fill_window(files, &failed);
}

void file_service_hold(struct file_service *files, unsigned index)
{
	files->files[index].hold_count++;
}

int file_service_release(struct file_service *files, unsigned index)
{
	struct served_file *file = &files->files[index];
	unsigned failed;

	file->hold_count--;
	if (!file->is_done || file->hold_count > 0)
		return 0;
	close_file(files, index);
	return fill_window(files, &failed);
}

int file_service_restart(struct file_service *files)
{
	unsigned failed;

	files->window_count = 0;
	files->position = 0;
	files->next_file = 0;
	for (unsigned i = 0; i < files->count; i++) {
		files->files[i].is_done = false;
		pattern_restart(files->files[i].pattern);
		/* One that the last pass did not come to the end of would be in the way. */
		if (file_service_counts(files))
			close_file(files, i);
	}
	if (file_service_counts(files))
		return fill_window(files, &failed);
	for (unsigned i = 0; i < files->count; i++)
		files->window[i] = i;
	files->window_count = files->count;
	files->next_file = files->count;
	return 0;
}

int file_service_recreate(struct file_service *files)
{
	unsigned failed;

	for (unsigned i = 0; i < files->count; i++) {
		struct served_file *file = &files->files[i];

		close_file(files, i);
		file->is_done = false;
		pattern_restart(file->pattern);
		if (file->target->kind == TARGET_FILE && unlink(file->target->path) < 0 &&
			errno != ENOENT)
			return -errno;
	}
	files->window_count = 0;
	files->position = 0;
	files->next_file = 0;
	return fill_window(files, &failed);
}

/* One that openfiles made close before the end is opened again for it. 0 or -errno. */
static int sync_file(struct file_service *files, unsigned index)
{
	struct target *target = written_of(&files->files[index]);
	bool is_closed = target->descriptor < 0;
	int error = is_closed ? target_open(target, files->open_flags) : 0;

	if (error != 0)
		files->on_sync(files->owner, target, clock_now(), error);
	else
		error = sync_target(files, target);
	if (is_closed)
		target_close(target);
	return error;
}

void file_service_sync(struct file_service *files, bool all)
{
	int error = 0;

	for (unsigned i = 0; i < files->count && error == 0; i++) {
		const struct served_file *file = &files->files[i];
		bool is_open = file->target->descriptor >= 0;

		if (all ? file->was_opened : is_open)
			error = sync_file(files, i);
	}
}

void file_service_close(struct file_service *files)
{
	files->syncs_on_close = false;
	for (unsigned i = 0; i < files->count; i++)
		close_file(files, i);
}
