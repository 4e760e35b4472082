/* SPDX-License-Identifier: MIT */
/* Which target it is, and that nobody else has it. */
#include "prepare/prepare_target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/units.h"
#include "engine/target_open.h"
#include "host/fact.h"

enum {
	LOCK_TRIES = 20, /* udev has it for a moment after a device was opened to be written */
	LOCK_PAUSE_NS = 50 * 1000 * 1000,
	SEQUENTIAL_BLOCK_BYTES = 128 << 10, /* SNIA's, of the preconditioning by capacity */
	RANDOM_BLOCK_BYTES = 4 << 10,
	SECTOR_BYTES = 512,
	HEAD_BYTES = 4096,
};

static int code_of(int error)
{
	return error == -EACCES || error == -EPERM || error == -EROFS  ? EXIT_INCOMPARABLE
	       : error == -ENOSPC || error == -EIO || error == -EDQUOT ? EXIT_RUN_FAILED
								       : EXIT_BAD_REQUEST;
}

static int check_kind(const struct target *target, struct arena *arena, struct diag *diag)
{
	const char *node;

	if (target->is_kernel_interface) {
		diag_error(diag, NULL, "%s is no storage: a file of %s commands the kernel",
			target->path, target->file_system);
		return EXIT_BAD_REQUEST;
	}
	if (target->kind == TARGET_FILE || target->kind == TARGET_BLOCK)
		return EXIT_DONE;
	diag_error(diag, NULL, "%s is of kind %s: a file or a block device can be prepared",
		target->path, target_kind_name(target->kind));
	if (target->kind == TARGET_NVME_CHARACTER && target->device) {
		struct block_device device;

		if (block_device_find(target->device, &device, arena) == 0) {
			node = block_device_node(device.name, arena);
			diag_hint(diag, "name the device for blocks: %s", node);
		}
	}
	return EXIT_BAD_REQUEST;
}

static int ask_guard(struct prepare_target *it, struct arena *arena, struct diag *diag)
{
	struct write_guard_answer answer = target_ask_guard(&it->target, -1, &it->allowed, arena);

	if (answer.verdict == WRITE_ALLOWED)
		return EXIT_DONE;
	diag_error(diag, NULL, "%s is not prepared: %s", it->target.path, answer.reason);
	if (answer.hint)
		diag_hint(diag, "%s", answer.hint);
	return EXIT_BAD_REQUEST;
}

static int resolve_size(const struct target *target, struct prepare_plan *plan, struct diag *diag)
{
	char text[UNITS_TEXT_BYTES], limit[UNITS_TEXT_BYTES];
	uint64_t unit =
		target->kind == TARGET_BLOCK && target->offset_align ? target->offset_align : 1;

	if (plan->bytes == 0)
		plan->bytes = target->bytes;
	if (plan->bytes == 0) {
		diag_error(diag, NULL, "%s has no size of its own", target->path);
		diag_hint(diag, "--size=10g makes it so large");
		return EXIT_BAD_REQUEST;
	}
	if (target->kind == TARGET_BLOCK && plan->bytes > target->bytes) {
		diag_error(diag, NULL, "--size=%s: %s has %s",
			units_format_exact_size(text, plan->bytes), target->path,
			units_format_exact_size(limit, target->bytes));
		return EXIT_BAD_REQUEST;
	}
	if (plan->bytes % unit != 0) {
		diag_error(diag, NULL, "--size=%s is no multiple of the blocks of %s, %s",
			units_format_exact_size(text, plan->bytes), target->path,
			units_format_exact_size(limit, unit));
		return EXIT_BAD_REQUEST;
	}
	return EXIT_DONE;
}

static int resolve_block(const struct target *target, struct prepare_plan *plan, struct diag *diag)
{
	char text[UNITS_TEXT_BYTES], unit_text[UNITS_TEXT_BYTES];
	uint64_t unit = target->offset_align ? target->offset_align : SECTOR_BYTES;

	if (plan->block_bytes == 0)
		plan->block_bytes =
			plan->order == PREPARE_RANDOM ? RANDOM_BLOCK_BYTES : SEQUENTIAL_BLOCK_BYTES;
	if (plan->block_bytes % unit == 0)
		return EXIT_DONE;
	diag_error(diag, NULL, "--bs=%s is no multiple of the blocks of %s, %s",
		units_format_exact_size(text, plan->block_bytes), target->path,
		units_format_exact_size(unit_text, unit));
	return EXIT_BAD_REQUEST;
}

/*
 * The whole disk by the kernel's own node, as udev does it: all names of it, and its partitions,
 * have one lock. To be read: to close one that was open for writing makes udev look at it anew.
 */
static int open_disk(const struct prepare_target *it)
{
	const struct block_device *device = &it->device;
	const char *node = block_device_node(device->disk, it->target.guard->arena);
	int descriptor = block_device_open(node, device->disk_number, 0);

	return descriptor >= 0 ? descriptor
			       : block_device_open(it->target.path, it->target.device, 0);
}

static int open_lock(struct prepare_target *it)
{
	const struct target *target = &it->target;
	int descriptor;

	if (target->kind == TARGET_BLOCK)
		return open_disk(it);
	descriptor = open(target->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0 && errno == ENOENT) {
		descriptor = open(target->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		it->is_created = descriptor >= 0;
	}
	/* A link to a file that is not there; the file stays, whatever comes. */
	if (descriptor < 0 && errno == EEXIST)
		descriptor = open(target->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return descriptor < 0 ? -errno : descriptor;
}

static int take_lock(int descriptor)
{
	for (unsigned i = 0; i < LOCK_TRIES; i++) {
		const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

		if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		(void)nanosleep(&pause, NULL); /* A signal makes it shorter. */
	}
	return -EWOULDBLOCK;
}

static int lock(struct prepare_target *it, struct diag *diag)
{
	const char *path = it->target.path;
	int error;

	it->lock = open_lock(it);
	if (it->lock < 0) {
		diag_error(diag, NULL, "cannot open %s: %s", path, text_errno_name(it->lock));
		return code_of(it->lock);
	}
	error = take_lock(it->lock);
	/* File systems without locks exist, and the write guard stands all the same. */
	if (error == 0 || error == -ENOLCK || error == -EOPNOTSUPP)
		return EXIT_DONE;
	diag_error(diag, NULL, "%s is locked by another program", path);
	diag_hint(diag,
		"another `ringside prepare` may be at it: fuser -v %s shows who has it open", path);
	return EXIT_BAD_REQUEST;
}

/* What of a name does not depend on the order in which drives were found: "n1", "n1p2", "2". */
static const char *lasting_name(const struct block_device *device)
{
	if (text_starts_with(device->name, "nvme"))
		return strchrnul(device->name + strlen("nvme"), 'n');
	return device->is_partition ? device->name + strlen(device->disk) : "";
}

/* A drive by its serial number, a loop device by its attachment, a file by its inode. */
static const char *identity_words(const struct prepare_target *it, const char *boot)
{
	struct arena *arena = it->target.guard->arena;
	const struct block_device *device = &it->device;
	struct statx status;

	if (it->target.kind == TARGET_BLOCK) {
		const char *medium = arena_printf(arena, "sequence %llu of boot %s",
			(unsigned long long)device->sequence, boot ? boot : "unknown");

		if (device->serial && *device->serial)
			medium = arena_printf(arena, "serial %s", device->serial);
		else
			medium = arena_printf(arena, "%s of %s", medium, device->disk);
		return arena_printf(arena, "%s %s %s %llu", medium,
			device->model ? device->model : "", lasting_name(device),
			(unsigned long long)device->bytes);
	}
	if (statx(it->lock, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0)
		return "unknown";
	return arena_printf(arena, "file %u:%u %llu %lld.%u", status.stx_dev_major,
		status.stx_dev_minor, (unsigned long long)status.stx_ino,
		(long long)status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
}

/* A salted hash: a serial number cannot be guessed from it. */
static const char *identity_of(const struct prepare_target *it, struct arena *arena)
{
	struct fact_list list = {.arena = arena};
	const char *boot = fact_read(&list, "/proc/sys/kernel/random/boot_id");
	const char *words = identity_words(it, boot);
	const char *hash = fact_secret(&list, words);

	return hash ? hash : fact_hash_salted(&list, boot ? boot : "", words);
}

static bool takes_direct(const struct prepare_target *it)
{
	int descriptor;

	if (it->target.refuses_direct)
		return false;
	if (it->target.kind == TARGET_BLOCK)
		return true;
	descriptor = open(it->target.path, O_WRONLY | O_DIRECT | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return errno != EINVAL;
	close(descriptor);
	return true;
}

static void describe(struct prepare_target *it, struct prepare_record *record, struct diag *diag)
{
	struct target *target = &it->target;
	struct block_device disk;

	record->path = target->path;
	record->kind = target_kind_name(target->kind);
	record->file_system = target->file_system;
	record->identity = identity_of(it, record->arena);
	if (target->device && block_device_read(target->device, &disk, record->arena) == 0) {
		record->device = disk.disk;
		record->model = disk.model;
	}
	record->is_direct = takes_direct(it);
	if (!record->is_direct)
		diag_note(diag, NULL,
			"%s takes no O_DIRECT (%s): it is written through the page cache",
			target->path, target->file_system ? target->file_system : "its driver");
}

/* Whether the first line that is neither empty nor a comment is "[name]". */
static bool is_job_file(const struct target *target)
{
	AUTO_CLOSE int descriptor = open(target->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char head[HEAD_BYTES + 1] = "", *line = head;
	ssize_t bytes = target->kind == TARGET_FILE ? read(descriptor, head, HEAD_BYTES) : -1;

	if (bytes <= 0 || strlen(head) != (size_t)bytes)
		return false;
	for (line += strspn(line, " \t\r\n"); *line == '#' || *line == ';';
		line += strspn(line, " \t\r\n"))
		line += strcspn(line, "\n");
	return *line == '[' && line[strcspn(line, "]\n")] == ']';
}

/* What is to be erased is named twice, whatever it carries; and what other commands would run. */
static int check_naming(
	const struct prepare_target *it, const struct prepare_request *request, struct diag *diag)
{
	AUTO_CLOSE int descriptor = open(it->target.path, O_PATH | O_CLOEXEC);

	if (write_guard_names(&it->allowed, descriptor, it->target.guard->arena))
		return EXIT_DONE;
	if (is_job_file(&it->target)) {
		diag_error(
			diag, NULL, "%s is a job file, and would be overwritten", it->target.path);
		diag_hint(diag,
			"name the target that the job is for; or, if it is one: --destroy=%s",
			it->target.path);
		return EXIT_BAD_REQUEST;
	}
	if (!request->plan.purges)
		return EXIT_DONE;
	diag_error(diag, NULL, "--purge erases all of %s, which must be named twice for that",
		it->target.path);
	diag_hint(diag, "--destroy=%s", it->target.path);
	return EXIT_BAD_REQUEST;
}

int prepare_target_open(struct prepare_target *target, const struct prepare_request *request,
	struct prepare_record *record, struct diag *diag)
{
	struct arena *arena = record->arena;
	struct target_guard *guard = ARENA_NEW(arena, struct target_guard);
	int code;

	*target = (struct prepare_target){.lock = -1,
		.allowed = {.destroy = request->destroy, .destroy_count = request->destroy_count}};
	if (target_inspect(request->path, &target->target, arena, diag, NULL) != 0)
		return EXIT_BAD_REQUEST;
	*guard = (struct target_guard){.allowed = target->allowed, .arena = arena};
	target->target.guard = guard;
	if (target->target.kind == TARGET_BLOCK)
		(void)block_device_read(target->target.device, &target->device, arena);
	record->plan = request->plan;
	code = check_kind(&target->target, arena, diag);
	if (code == EXIT_DONE)
		code = ask_guard(target, arena, diag);
	if (code == EXIT_DONE)
		code = resolve_size(&target->target, &record->plan, diag);
	if (code == EXIT_DONE)
		code = resolve_block(&target->target, &record->plan, diag);
	if (code == EXIT_DONE)
		code = lock(target, diag);
	if (code == EXIT_DONE)
		code = check_naming(target, request, diag);
	if (code == EXIT_DONE)
		describe(target, record, diag);
	return code;
}

void prepare_target_close(struct prepare_target *target)
{
	struct stat status;

	if (target->lock < 0)
		return;
	/* By its name, which was free a moment ago; what went wrong has been said. */
	if (target->is_created && fstat(target->lock, &status) == 0 && status.st_size == 0)
		(void)unlink(target->target.path);
	close(target->lock);
	target->lock = -1;
}
