/* SPDX-License-Identifier: MIT */
/* What bounds a benchmark on this machine: the kernel's switches, and this process's limits. */
#ifndef HOST_HOST_LIMITS_H
#define HOST_HOST_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "host/mount_table.h"

#define HOST_UNLIMITED UINT64_MAX

struct host_limits {
	const char *kernel;          /* "6.1.0-18-amd64" */
	const char *architecture;    /* "x86_64" */
	unsigned user_id;            /* effective */
	unsigned cpu_count;          /* that this process may run on */
	unsigned last_cpu;           /* the highest of them */
	bool may_lock_memory;        /* CAP_IPC_LOCK: locked_bytes does not bind */
	uint64_t locked_bytes;       /* RLIMIT_MEMLOCK; HOST_UNLIMITED: none */
	uint64_t open_files;         /* RLIMIT_NOFILE */
	int64_t aio_used;            /* fs.aio-nr; -1: the kernel has none */
	int64_t aio_limit;           /* fs.aio-max-nr; -1 */
	int64_t io_uring_disabled;   /* kernel.io_uring_disabled: 0, 1, 2; -1: no such switch */
	int64_t io_uring_group;      /* kernel.io_uring_group: a group's id; -1: none */
	int64_t seccomp_mode;        /* of this process: 0 none, 1 strict, 2 filter; -1: not told */
	int64_t perf_event_paranoid; /* kernel.perf_event_paranoid; INT64_MAX: not told */
	const char *governor;        /* of CPU frequency, or NULL */
	const char *deepest_idle_state; /* the slowest enabled one to wake from: "C6"; or NULL */
	int64_t idle_exit_us;           /* how long it takes to leave it; -1: not told */
};

/* Never fails: what cannot be read is left at "not told". */
void host_limits_read(struct host_limits *limits, struct arena *arena);

/* The last two members alone. */
void host_limits_read_idle_states(struct host_limits *limits, struct arena *arena);

/*
 * Bytes of memory that can be taken without swapping (MemAvailable), and that the control groups
 * leave to this process; HOST_UNLIMITED: not told.
 */
uint64_t host_limits_memory(void);

/*
 * Limits of the control groups that this process is in (cgroups(7)): of version 2, and of version
 * 1, which has a hierarchy for each controller. A limit holds for all groups below its own.
 */
struct control_groups {
	struct arena *arena;
	const char *memberships; /* /proc/self/cgroup; NULL: not known */
	struct mount_table mounts;
};

/* One limit, in both versions. */
struct control_group_limit {
	const char *file;       /* version 2 */
	const char *controller; /* version 1 */
	const char *old_file;
};

void host_limits_read_groups(struct control_groups *groups, struct arena *arena);

/* That of our group or of the nearest one above that has any; "none"; NULL: not known. */
const char *host_limits_of_groups(
	const struct control_groups *groups, const struct control_group_limit *limit);

/*
 * Bytes of memory that the groups leave to this process: of each, its limit less what is used and
 * not the page cache's. UINT64_MAX: no limit, or not known.
 */
uint64_t host_limits_group_memory(const struct control_groups *groups);

/* What limits the number of threads, for a message: "ulimit -u of 100, kernel.threads-max of 9000".
 */
const char *host_limits_of_threads(struct arena *arena);

/* Raises the limit of open files by so many, as far as this user may. */
void host_limits_allow_files(uint64_t more);

#endif
