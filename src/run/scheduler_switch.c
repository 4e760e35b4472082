/* SPDX-License-Identifier: MIT */
/* /sys/block/DISK/queue/scheduler, written and written back. */
#include "run/scheduler_switch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/block_device.h"
#include "host/sysfs.h"
#include "run/stop_signal.h"

enum { DISKS_LIMIT = 64, PATH_BYTES = 160, NAME_BYTES = 32 };

/* Plain memory, for the signal handler that ends the program. */
struct changed_disk {
	char path[PATH_BYTES];
	char before[NAME_BYTES];
	char now[NAME_BYTES];
};

static struct changed_disk changed[DISKS_LIMIT];
static volatile unsigned changed_count;

/* 0 or -errno; safe in a signal handler. */
static int write_scheduler(const char *path, const char *name)
{
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (descriptor < 0)
		return -errno;
	if (write(descriptor, name, strlen(name)) < 0)
		error = -errno;
	close(descriptor);
	return error;
}

static void restore_at_exit(void)
{
	for (unsigned i = changed_count; i > 0; i--)
		(void)write_scheduler(changed[i - 1].path, changed[i - 1].before);
}

static int explain(const struct planned_job *planned, const char *disk, const char *list, int error,
	struct diag *diag)
{
	const struct job *job = planned->job;
	const struct place *place = job_place(job, "ioscheduler");

	if (error == -EINVAL || error == -ENOENT) {
		diag_error(diag, place, "job '%s': %s has no scheduler '%s', but: %s", job->name,
			disk, job->rare->host.ioscheduler, list);
	} else {
		diag_error(diag, place, "job '%s': the scheduler of %s cannot be set: %s",
			job->name, disk, strerror(-error));
		if (error == -EACCES || error == -EPERM || error == -EROFS)
			diag_hint(diag, "run as root, outside of a container");
	}
	return error;
}

/* The entry of a disk that was changed before; NULL: it was not. */
static struct changed_disk *find(const char *path)
{
	for (unsigned i = 0; i < changed_count; i++) {
		if (strcmp(changed[i].path, path) == 0)
			return &changed[i];
	}
	return NULL;
}

static int set_disk(
	const struct planned_job *planned, const char *disk, struct arena *arena, struct diag *diag)
{
	const char *name = planned->job->rare->host.ioscheduler;
	const char *path = arena_printf(arena, "/sys/block/%s/queue/scheduler", disk);
	const char *list = sysfs_text(arena, "%s", path);
	struct changed_disk *entry = find(path);
	int error;

	if (entry && strcmp(entry->now, name) != 0) {
		diag_error(diag, job_place(planned->job, "ioscheduler"),
			"jobs that run at once ask for two schedulers of %s: %s and %s", disk,
			entry->now, name);
		diag_hint(diag, "put stonewall=1 between them");
		return -EINVAL;
	}
	if (entry)
		return 0;
	/* Bio-based devices (zram, dm) have no file or the one word "none"; fio goes on, too. */
	if (!list || !strchr(list, '[')) {
		diag_warning(diag, job_place(planned->job, "ioscheduler"),
			"ioscheduler has no effect on %s, which has no scheduler to choose", disk);
		return 0;
	}
	if (changed_count == DISKS_LIMIT || strlen(path) >= PATH_BYTES ||
		strlen(name) >= NAME_BYTES || strlen(sysfs_chosen(list, arena)) >= NAME_BYTES)
		return explain(planned, disk, list, -E2BIG, diag);
	entry = &changed[changed_count];
	snprintf(entry->path, sizeof(entry->path), "%s", path);
	snprintf(entry->now, sizeof(entry->now), "%s", name);
	snprintf(entry->before, sizeof(entry->before), "%s", sysfs_chosen(list, arena));
	changed_count++;
	error = write_scheduler(path, name);
	if (error == 0 && strcmp(sysfs_chosen(sysfs_text(arena, "%s", path), arena), name) != 0)
		error = -EINVAL;
	return error == 0 ? 0 : explain(planned, disk, list, error, diag);
}

static int set_job(const struct planned_job *planned, struct arena *arena, struct diag *diag)
{
	for (unsigned i = 0; i < planned->target_count; i++) {
		const struct target *target = &planned->targets[i];
		struct block_device device;
		int error;

		if ((target->kind != TARGET_FILE && target->kind != TARGET_BLOCK) ||
			target->device == 0 || plan_repeats_device(planned, i) ||
			block_device_find(target->device, &device, arena) < 0)
			continue;
		error = set_disk(planned, device.disk, arena, diag);
		if (error != 0)
			return error;
	}
	return 0;
}

int scheduler_switch_set(
	struct planned_job *const *jobs, unsigned count, struct arena *arena, struct diag *diag)
{
	int error = 0;

	stop_signal_before_exit(restore_at_exit);
	for (unsigned i = 0; i < count && error == 0; i++) {
		if (jobs[i]->job->rare->host.ioscheduler)
			error = set_job(jobs[i], arena, diag);
	}
	if (error != 0)
		scheduler_switch_restore(diag);
	return error;
}

void scheduler_switch_restore(struct diag *diag)
{
	while (changed_count > 0) {
		const struct changed_disk *disk = &changed[changed_count - 1];
		int error = write_scheduler(disk->path, disk->before);

		if (error != 0 && error != -ENOENT) /* A disk that is gone needs none. */
			diag_warning(diag, NULL, "%s: '%s' cannot be restored: %s", disk->path,
				disk->before, strerror(-error));
		changed_count--;
	}
}
