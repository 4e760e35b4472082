/* SPDX-License-Identifier: MIT */
/* What to try after an I/O that failed. */
#include <errno.h>

#include "run/worker.h"

/* Of NVMe commands: the kernel has no words of its own for why it did not send one. */
static const char *command_hint(int error)
{
	switch (error) {
	case EINVAL:
	case EFAULT:
		return "the drive's controller was being reset, or the command needs more segments "
		       "than its queue takes (queue/max_segments): lower bs";
	case EACCES:
		return "run as root: before Linux 6.2 NVMe commands need CAP_SYS_ADMIN, whatever "
		       "the node's mode";
	default:
		return NULL;
	}
}

const char *worker_io_hint(const struct worker *worker, const struct slot *slot, int error)
{
	if (worker->targets[slot->target].kind == TARGET_NVME_CHARACTER)
		return command_hint(error);
	switch (error) {
	case EINVAL:
		return worker->job->direct ? "O_DIRECT: bs, offset and buffers must be multiples "
					     "of the logical block"
					   : NULL;
	case EAGAIN:
		return "it would have had to wait: leave out nowait, or count such I/Os and go on "
		       "(continue_on_error=io)";
	case EBUSY:
		return slot->op == IO_TRIM && !worker->job->direct
			       ? "buffered writes to these pages were under way: try direct=1"
			       : NULL;
	case ENOSPC:
		return worker->targets[slot->target].kind == TARGET_FILE
			       ? "lower size, or make room on the file system"
			       : "the device ends before, or what it stands on is full";
	case EFBIG:
		if (worker->class->traits & ENGINE_MAPS_TARGETS)
			return "a mapping makes no file longer: leave out fallocate=none";
		return "lower size, or raise the limit of a file's size (ulimit -f)";
	case ENODATA:
		return worker->targets[slot->target].kind == TARGET_BLOCK
			       ? "the drive reported a medium error: dmesg names the sector"
			       : NULL;
	case ESPIPE:
		return "a pipe has no offsets: ioengine=sync, libaio, epoll or io_uring reads it";
	case EOPNOTSUPP:
		return "this target cannot do the operation with these engine settings";
	default:
		return NULL;
	}
}
