/* SPDX-License-Identifier: MIT */
/* Settings that are worth changing here, the largest effect first, each with its command. */
#include <string.h>

#include "probe/probe.h"

enum { DEEP_IDLE_EXIT_US = 50 }; /* more than a fast drive's latency */

static void add(struct probe *probe, const char *effect, const char *text, const char *command)
{
	struct probe_hint *hint = ARENA_NEW(&probe->arena, struct probe_hint);
	struct probe_hint **end = &probe->hints;

	*hint = (struct probe_hint){.effect = effect, .text = text, .command = command};
	while (*end)
		end = &(*end)->next;
	*end = hint;
}

static const char *set_queue(struct probe *probe, const char *value, const char *name)
{
	return arena_printf(
		&probe->arena, "echo %s > /sys/block/%s/queue/%s", value, probe->queue.disk, name);
}

static bool is_on(const struct probe *probe, const char *file_system)
{
	return probe->has_target && probe->target.file_system &&
	       strcmp(probe->target.file_system, file_system) == 0;
}

static void hint_engine(struct probe *probe)
{
	if (probe->uring.error && probe->uring.cure)
		add(probe, "large", arena_printf(&probe->arena, "%s", probe->uring.reason),
			probe->uring.cure);
	if (is_on(probe, "tmpfs"))
		add(probe, "large",
			"a file on tmpfs measures memory, and io_uring hands each of its I/Os to a "
			"kernel worker thread",
			"name a file on a disk's file system");
	else if (is_on(probe, "ext4") || is_on(probe, "btrfs"))
		add(probe, "large",
			arena_printf(&probe->arena,
				"io_uring hands each buffered write on %s to a kernel worker "
				"thread, one at a time for each file",
				probe->target.file_system),
			"direct=1, on a file laid out before (or a file on XFS)");
}

static void hint_loop(struct probe *probe)
{
	if (probe->has_device && probe->queue.loop_is_direct == 0)
		add(probe, "large",
			arena_printf(&probe->arena,
				"/dev/%s reads and writes its file through the page cache: "
				"direct=1 measures memory",
				probe->queue.disk),
			arena_printf(&probe->arena, "losetup --direct-io=on /dev/%s",
				probe->queue.disk));
}

static void hint_polling(struct probe *probe)
{
	if (!probe->has_device || probe->queue.io_poll != 0 ||
		probe->queue.poll_queues == BLOCK_QUEUE_UNKNOWN)
		return;
	add(probe, "large",
		arena_printf(&probe->arena,
			"%s has no poll queues: io_uring's hipri, the lowest latency, is not "
			"available",
			probe->queue.disk),
		block_queue_polling_cure(&probe->queue, &probe->arena));
}

static void hint_cpu(struct probe *probe)
{
	const struct host_limits *limits = &probe->limits;

	if (limits->governor && strcmp(limits->governor, "performance") != 0)
		add(probe, "medium",
			arena_printf(&probe->arena,
				"the CPUs' governor is %s: they clock down between I/Os",
				limits->governor),
			"cpupower frequency-set -g performance");
	if (limits->deepest_idle_state && limits->idle_exit_us > DEEP_IDLE_EXIT_US)
		add(probe, "medium",
			arena_printf(&probe->arena,
				"waking up from idle state %s takes %lld us, more than many a "
				"drive's read: at low depths this is what is measured",
				limits->deepest_idle_state, (long long)limits->idle_exit_us),
			"cpupower idle-set -D 10");
}

/* Virtual disks often say that they rotate; only a SCSI disk is believed. */
static bool is_scheduled(const struct probe *probe)
{
	bool rotates = probe->device.is_rotational && probe->queue.driver &&
		       strcmp(probe->queue.driver, "sd") == 0;

	return probe->device.scheduler && probe->queue.schedulers &&
	       strcmp(probe->device.scheduler, "none") != 0 && !rotates;
}

static void hint_queue(struct probe *probe)
{
	const struct block_queue *queue = &probe->queue;

	/* Commands bypass the settings of the block layer. */
	if (!probe->has_device || probe->target.kind == TARGET_NVME_CHARACTER)
		return;
	if (is_scheduled(probe))
		add(probe, "medium",
			arena_printf(&probe->arena,
				"%s sorts its requests with %s: CPU for each I/O, and a lock",
				queue->disk, probe->device.scheduler),
			set_queue(probe, "none", "scheduler"));
	if (queue->writeback_throttle_us > 0)
		add(probe, "medium",
			"writeback is throttled when reads take long: buffered writes in a mix "
			"with reads are held back",
			set_queue(probe, "0", "wbt_lat_usec"));
	if (queue->completion_cpu != BLOCK_QUEUE_UNKNOWN && queue->completion_cpu < 2 &&
		probe->limits.cpu_count > 1 && queue->hardware_queues > 0 &&
		queue->hardware_queues < (int64_t)probe->limits.cpu_count)
		add(probe, "small",
			"CPUs share hardware queues: completions may run on another CPU than the "
			"one that submitted",
			set_queue(probe, "2", "rq_affinity"));
	if (queue->feeds_entropy == 1)
		add(probe, "small", "each completion feeds the random pool",
			set_queue(probe, "0", "add_random"));
	if (queue->no_merges == 0 && queue->hardware_queues > 0)
		add(probe, "small",
			"each I/O looks for neighbours to merge with, in vain when they are random "
			"(leave it for sequential jobs)",
			set_queue(probe, "2", "nomerges"));
}

static void hint_limits(struct probe *probe)
{
	const struct ability *buffers = ability_find(&probe->machine, "registered buffers");
	const struct ability *aio = ability_find(&probe->machine, "libaio I/Os");

	if (aio && aio->answer == ABILITY_NO)
		add(probe, "large", "ioengine=libaio has no I/Os left on this machine", aio->cure);
	if (buffers && buffers->answer == ABILITY_NO)
		add(probe, "medium",
			"fixedbufs=1, which saves CPU in large blocks, may lock too little memory",
			buffers->cure);
}

static int rank(const struct probe_hint *hint)
{
	return hint->effect[0] == 'l' ? 0 : hint->effect[0] == 'm' ? 1 : 2;
}

/* Stable: of the same effect, the one found first stays first. */
static void sort_hints(struct probe *probe)
{
	struct probe_hint *sorted = NULL, **end = &sorted;

	for (int wanted = 0; wanted <= 2; wanted++) {
		for (struct probe_hint *hint = probe->hints, *next; hint; hint = next) {
			struct probe_hint *copy;

			next = hint->next;
			if (rank(hint) != wanted)
				continue;
			copy = ARENA_NEW(&probe->arena, struct probe_hint);
			*copy = *hint;
			copy->next = NULL;
			*end = copy;
			end = &copy->next;
		}
	}
	probe->hints = sorted;
}

void probe_add_hints(struct probe *probe)
{
	hint_engine(probe);
	hint_loop(probe);
	hint_polling(probe);
	hint_limits(probe);
	hint_cpu(probe);
	hint_queue(probe);
	sort_hints(probe);
}
