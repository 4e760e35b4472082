/* SPDX-License-Identifier: MIT */
/* Why the kernel refuses a ring or its buffers, with cause and cure in words. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"
#include "engine/uring.h"

#define DISABLED_PATH "/proc/sys/kernel/io_uring_disabled"

static const char hint_other_engine[] = "use ioengine=libaio or ioengine=psync";
static const char hint_seccomp[] =
	"run outside of the container, or with a seccomp profile that allows io_uring_setup, "
	"io_uring_enter and io_uring_register (Docker, Podman: --security-opt seccomp=unconfined)";

static void explain_not_permitted(struct engine_report *report, struct arena *arena)
{
	const char *disabled = text_read_file(arena, DISABLED_PATH);
	char level = disabled ? disabled[0] : '0';

	if (level == '2') {
		report->problem = "io_uring is switched off for everybody "
				  "(kernel.io_uring_disabled=2)";
		report->hint = "as root: sysctl -w kernel.io_uring_disabled=0";
	} else if (level == '1' && geteuid() != 0) {
		report->problem = "io_uring is only for root and members of the group "
				  "kernel.io_uring_group (kernel.io_uring_disabled=1)";
		report->hint = "as root: sysctl -w kernel.io_uring_disabled=0, or run as root";
	} else {
		report->problem = "io_uring is forbidden by a seccomp filter, as containers have";
		report->hint = hint_seccomp;
	}
}

/* A kernel that has the switch has io_uring: then it is a filter that says ENOSYS. */
static void explain_missing(struct engine_report *report, struct arena *arena)
{
	if (text_read_file(arena, DISABLED_PATH)) {
		report->problem = "io_uring is hidden by a seccomp filter, as containers have";
		report->hint = hint_seccomp;
	} else {
		report->problem = "this kernel has no io_uring (Linux 5.1, CONFIG_IO_URING)";
		report->hint = hint_other_engine;
	}
}

static void explain_invalid(const struct uring_options *options, unsigned entries,
	struct engine_report *report, struct arena *arena)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	if (options && options->hybrid_iopoll) {
		report->problem = "hybrid_iopoll=1: refused by this kernel (needs Linux 6.13)";
		report->hint = "leave out hybrid_iopoll";
		return;
	}
	if (options && options->sqthread_poll_cpu.is_set) {
		report->problem = arena_printf(arena,
			"sqthread_poll_cpu=%u: the poll thread may not run there; this machine has "
			"CPUs 0 to %ld, of which some may be offline or outside of this cpuset",
			options->sqthread_poll_cpu.number, cpus - 1);
		report->hint = "name another CPU";
		return;
	}
	report->problem = arena_printf(
		arena, "io_uring_setup: the kernel refuses a plain ring of %u entries", entries);
}

static const char *memlock_limit(struct arena *arena)
{
	char text[UNITS_TEXT_BYTES];
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return "unknown";
	if (limit.rlim_cur == RLIM_INFINITY)
		return "unlimited";
	return arena_strdup(arena, units_format_bytes(text, (double)limit.rlim_cur));
}

void uring_explain_setup(int error, const struct uring_options *options, unsigned entries,
	struct engine_report *report, struct arena *arena)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		explain_not_permitted(report, arena);
		break;
	case -ENOSYS:
		explain_missing(report, arena);
		break;
	case -ENOMEM:
		report->problem = arena_printf(arena,
			"io_uring_setup: no memory for a ring of %u entries; some kernels count it "
			"against RLIMIT_MEMLOCK (%s here)",
			entries, memlock_limit(arena));
		report->hint = "raise the limit (ulimit -l) or lower iodepth";
		break;
	case -EMFILE:
	case -ENFILE:
		report->problem = arena_printf(arena, "io_uring_setup: %s", strerror(-error));
		report->hint = "raise the limit of open files (ulimit -n)";
		break;
	case -EINVAL:
		explain_invalid(options, entries, report, arena);
		break;
	default:
		report->problem = arena_printf(arena, "io_uring_setup: %s", strerror(-error));
	}
}

/* The kernel's own limits: IORING_MAX_REG_BUFFERS in its io_uring/rsrc.c, 1 GiB each. */
enum { BUFFERS_LIMIT = 16384, BUFFER_BYTES_LIMIT = 1 << 30 };

void uring_explain_buffers(
	int error, const struct engine_setup *setup, struct engine_report *report)
{
	char needed[UNITS_TEXT_BYTES];

	units_format_bytes(needed, (double)setup->slot_count * (double)setup->buffer_bytes);
	if (error == -ENOMEM) {
		report->problem = arena_printf(setup->arena,
			"fixedbufs: %s must be locked in memory, and RLIMIT_MEMLOCK is %s for all "
			"of "
			"this user's rings together",
			needed, memlock_limit(setup->arena));
		report->hint = "raise it (ulimit -l, or memlock in /etc/security/limits.conf), run "
			       "as root, or lower iodepth or bs";
		return;
	}
	report->problem =
		arena_printf(setup->arena, "fixedbufs: registering %u buffers of %zu bytes: %s",
			setup->slot_count, setup->buffer_bytes, strerror(-error));
	if (setup->slot_count > BUFFERS_LIMIT || setup->buffer_bytes > BUFFER_BYTES_LIMIT)
		report->hint = "the kernel takes at most 16384 buffers of 1 GiB each";
	else if (error == -EPERM || error == -EACCES || error == -ENOSYS)
		report->hint = hint_seccomp;
	else
		report->hint = "leave out fixedbufs";
}
