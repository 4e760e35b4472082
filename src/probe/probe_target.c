/* SPDX-License-Identifier: MIT */
/* Trial reads on a target: O_DIRECT, polling, the RWF flags of preadv2(2). */
#include "probe/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "engine/rwf.h"
#include "engine/target_open.h"
#include "host/write_guard.h"

enum {
	/* struct statx, include/uapi/linux/stat.h; since Linux 6.11, newer than the C library's. */
	STATX_ATOMIC = 0x10000,
	STATX_ATOMIC_AT = 0xa8, /* unit_min, unit_max, segments_max: 32 bits each */

	BUFFER_ALIGN = 4096,
	READ_BYTES = 4096,
};
#define POLL_LIMIT_NS NS_PER_S

/* Shared by the trials of one target. */
struct trials {
	const struct target *target;
	const struct block_queue *queue;
	struct ability_list *abilities;
	struct arena *arena;
	void *buffer;
	size_t bytes;
	int buffered; /* descriptors; -errno where it cannot be opened so */
	int direct;
};

/* Some devices start a countdown, rewind a tape or hang up a line when they are merely opened. */
static bool is_harmless_character(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && write_guard_is_memory(status.st_rdev);
}

static int open_for_reading(const struct target *target, unsigned flags)
{
	struct target copy = *target;
	int error;

	copy.descriptor = -1;
	error = target_open(&copy, TARGET_READS | flags);
	return error < 0 ? error : copy.descriptor;
}

int probe_target_readable(
	const struct target *target, const char **reason, const char **cure, struct arena *arena)
{
	int descriptor;

	*reason = *cure = NULL;
	if (target->kind == TARGET_PIPE) {
		*reason = "nothing is read from a pipe or socket: its bytes would be gone";
		return -ESPIPE;
	}
	if (target->kind == TARGET_CHARACTER && !is_harmless_character(target->path)) {
		*reason = "not opened: some character devices act when they are opened or read";
		return -EPERM;
	}
	if (target->kind == TARGET_FILE && target->bytes == 0) {
		*reason = "the file is empty: there is nothing to read";
		*cure = arena_printf(arena, "fallocate -l 1M '%s'", target->path);
		return -ENODATA;
	}
	descriptor = open_for_reading(target, 0);
	if (descriptor >= 0) {
		close(descriptor);
		return 0;
	}
	*reason = arena_printf(
		arena, "it cannot be opened for reading: %s", text_errno_name(descriptor));
	if (descriptor == -EACCES && target->kind == TARGET_BLOCK)
		*cure = "run as root, or as a member of the device's group (often: disk)";
	else if (descriptor == -EACCES)
		*cure = "run as root, or as the user that owns it";
	else if (descriptor == -EPERM)
		*cure = "the machine or container forbids it: a device cgroup or a hypervisor";
	return descriptor;
}

static struct ability *add(struct trials *trials, const char *name, enum ability_answer answer)
{
	return ability_add(trials->abilities, trials->arena, name, answer);
}

static struct ability *add_no(
	struct trials *trials, const char *name, const char *reason, const char *cure)
{
	struct ability *ability = add(trials, name, ABILITY_NO);

	ability->reason = reason;
	ability->cure = cure;
	return ability;
}

/* 0 or more: bytes; -errno. */
static int read_with(struct trials *trials, int descriptor, int flags)
{
	struct iovec vector = {.iov_base = trials->buffer, .iov_len = trials->bytes};
	ssize_t length = descriptor < 0 ? descriptor : preadv2(descriptor, &vector, 1, 0, flags);

	if (descriptor < 0)
		return descriptor;
	return length < 0 ? -errno : (int)length;
}

static const char *alignment_words(const struct target *target, struct arena *arena)
{
	if (target->offset_align == 0)
		return NULL;
	return arena_printf(arena, "offset and length multiples of %u, memory of %u",
		target->offset_align, target->memory_align);
}

static void try_direct(struct trials *trials)
{
	const struct target *target = trials->target;
	const char *words = alignment_words(target, trials->arena);
	int result;

	if (target->kind == TARGET_NVME_CHARACTER) {
		add_no(trials, "O_DIRECT", "passthrough knows no page cache: it is always direct",
			NULL);
		return;
	}
	result = read_with(trials, trials->direct, 0);
	if (result >= 0) {
		struct ability *ability = add(trials, "O_DIRECT", ABILITY_YES);

		ability->value = ability->reason = words;
		return;
	}
	add_no(trials, "O_DIRECT",
		trials->direct < 0 ? arena_printf(trials->arena, "open refuses it: %s",
					     text_errno_name(result))
				   : arena_printf(trials->arena, "a read refuses it: %s",
					     text_errno_name(result)),
		target->file_system && strcmp(target->file_system, "tmpfs") == 0
			? "a file on a disk's file system"
			: "direct=0");
}

/* EAGAIN is an answer too: the flag is understood, the block is not in the page cache. */
static void try_nowait(struct trials *trials, const char *name, int descriptor)
{
	int result;

	if (descriptor < 0)
		return;
	result = read_with(trials, descriptor, RWF_FLAG_NOWAIT);
	if (result >= 0 || result == -EAGAIN)
		add(trials, name, ABILITY_YES);
	else
		add_no(trials, name,
			arena_printf(trials->arena,
				"its reads cannot tell that they would block (%s): io_uring leaves "
				"each to a kernel worker thread",
				text_errno_name(result)),
			"another file system (ext4, XFS, btrfs), or a block device");
}

static void try_dontcache(struct trials *trials)
{
	int result;

	if (trials->buffered < 0)
		return;
	result = read_with(trials, trials->buffered, RWF_FLAG_UNCACHED);
	if (result >= 0)
		add(trials, "RWF_DONTCACHE", ABILITY_YES);
	else
		add_no(trials, "RWF_DONTCACHE",
			arena_printf(trials->arena,
				"%s: this kernel, or a target of this kind, does not have it",
				text_errno_name(result)),
			"Linux 6.14 and a file on ext4, XFS or btrfs");
}

/* By statx alone: to try it would be to write. */
static void ask_atomic(struct trials *trials)
{
	struct statx status = {0};
	uint32_t units[3];
	struct ability *ability;

	if (statx(AT_FDCWD, trials->target->path, 0, STATX_ATOMIC, &status) != 0 ||
		!(status.stx_mask & STATX_ATOMIC)) {
		add_no(trials, "RWF_ATOMIC", "statx reports no atomic writes here",
			"Linux 6.11 for block devices, 6.13 for ext4 and XFS, and a drive that has "
			"them");
		return;
	}
	memcpy(units, (const char *)&status + STATX_ATOMIC_AT, sizeof(units));
	if (units[1] == 0) {
		add_no(trials, "RWF_ATOMIC",
			"the drive or the file system promises none (statx: largest unit 0)",
			"a drive with atomic writes (NVMe AWUPF, SCSI WRITE ATOMIC)");
		return;
	}
	ability = add(trials, "RWF_ATOMIC", ABILITY_YES);
	ability->value = ability->reason =
		arena_printf(trials->arena, "writes of %u to %u bytes", units[0], units[1]);
}

/* The CQE's result of one polled read, or -errno. */
static int read_polled(struct trials *trials, struct io_uring *ring)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	struct io_uring_cqe *cqe = NULL;
	uint64_t end_ns = clock_now() + POLL_LIMIT_NS;
	int result;

	io_uring_prep_read(sqe, trials->direct, trials->buffer, (unsigned)trials->bytes, 0);
	result = io_uring_submit(ring);
	while (result >= 0 && io_uring_peek_cqe(ring, &cqe) == -EAGAIN) {
		if (clock_now() > end_ns)
			return -ETIMEDOUT;
		result = io_uring_get_events(ring);
	}
	return result < 0 ? result : cqe->res;
}

static void judge_polled(struct trials *trials, int result)
{
	const struct block_queue *queue = trials->queue;
	const char *cure = block_queue_polling_cure(queue, trials->arena);

	if (result == -EOPNOTSUPP || result == -EINVAL)
		add_no(trials, "polled I/O",
			queue ? "it has no poll queues: the trial completion was EOPNOTSUPP"
			      : "the trial completion was EOPNOTSUPP: nothing here can be polled",
			cure);
	else if (result < 0)
		add_no(trials, "polled I/O",
			arena_printf(trials->arena, "the trial read on an IOPOLL ring: %s",
				text_errno_name(result)),
			cure);
	else if (queue && queue->io_poll != 1)
		add_no(trials, "polled I/O",
			"queue/io_poll is 0: nothing polled for the trial read (a hole in a file "
			"needs no drive, and kernels before 6.12 serve it by an interrupt)",
			cure);
	else
		add(trials, "polled I/O", ABILITY_YES);
}

static void try_polling(struct trials *trials)
{
	struct io_uring ring;
	int result;

	if (trials->direct < 0 || trials->target->kind == TARGET_NVME_CHARACTER)
		return;
	result = io_uring_queue_init(1, &ring, IORING_SETUP_IOPOLL);
	if (result < 0) {
		struct ability *ability = add(trials, "polled I/O", ABILITY_UNKNOWN);

		ability->reason = "it takes io_uring, which is not available";
		return;
	}
	result = read_polled(trials, &ring);
	io_uring_queue_exit(&ring);
	judge_polled(trials, result);
}

static void run_trials(struct trials *trials)
{
	const struct target *target = trials->target;

	trials->bytes = target->offset_align > READ_BYTES ? target->offset_align : READ_BYTES;
	if (posix_memalign(&trials->buffer, BUFFER_ALIGN, trials->bytes) != 0)
		arena_exhausted();
	trials->buffered = open_for_reading(target, 0);
	trials->direct = open_for_reading(target, TARGET_DIRECT);
	try_direct(trials);
	try_polling(trials);
	if (target->kind != TARGET_NVME_CHARACTER) {
		try_nowait(trials, "RWF_NOWAIT, direct", trials->direct);
		try_nowait(trials, "RWF_NOWAIT, buffered", trials->buffered);
		try_dontcache(trials);
	}
	if (trials->buffered >= 0)
		close(trials->buffered);
	if (trials->direct >= 0)
		close(trials->direct);
	free(trials->buffer);
}

void probe_target_read(const struct target *target, const struct block_queue *queue, bool may_read,
	struct ability_list *abilities, struct arena *arena)
{
	struct trials trials = {
		.target = target,
		.queue = queue,
		.abilities = abilities,
		.arena = arena,
	};
	const char *words = alignment_words(target, arena);

	if (may_read) {
		run_trials(&trials);
	} else if (words) {
		struct ability *ability = add(&trials, "O_DIRECT", ABILITY_UNKNOWN);

		ability->value = words;
		ability->reason = arena_printf(arena, "not tried; statx says: %s", words);
	}
	if (target->kind == TARGET_FILE || target->kind == TARGET_BLOCK)
		ask_atomic(&trials);
}
