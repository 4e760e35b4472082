/* SPDX-License-Identifier: MIT */
/*
 * Pipes and sockets: waited for until they are ready, then read or written without blocking, one
 * I/O for each time that they are found ready, as a program with a loop and callbacks does it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine/blocking.h"
#include "engine/readiness.h"

static void push(struct stream_queue *queue, struct slot *slot)
{
	slot->engine_word = 0;
	if (queue->first)
		queue->last->engine_word = (uintptr_t)slot;
	else
		queue->first = slot;
	queue->last = slot;
}

static struct slot *pop(struct stream_queue *queue)
{
	struct slot *slot = queue->first;

	queue->first = (struct slot *)(uintptr_t)slot->engine_word;
	return slot;
}

static short wanted_events(const struct stream *stream)
{
	return (short)((stream->reads.first ? POLLIN : 0) | (stream->writes.first ? POLLOUT : 0));
}

static int set_events(struct streams *streams, unsigned index)
{
	return waiter_set(streams->waiter, index, streams->targets[index].descriptor,
		wanted_events(&streams->streams[index]));
}

/* A descriptor that cannot do what the job wants would never become ready for it. */
static bool can_do(int flags, unsigned op_mask)
{
	if ((op_mask & IO_BIT(IO_READ)) && (flags & O_ACCMODE) == O_WRONLY)
		return false;
	return !(op_mask & IO_BIT(IO_WRITE)) || (flags & O_ACCMODE) != O_RDONLY;
}

static int prepare_target(const struct target *target, struct stream *stream,
	const struct engine_setup *setup, struct engine_report *report)
{
	const char *name = target->path ? target->path : "the target";
	int flags = fcntl(target->descriptor, F_GETFL);

	if (flags >= 0 && !can_do(flags, setup->op_mask)) {
		report->problem = arena_printf(
			setup->arena, "%s is not open for all that the job does", name);
		return -EBADF;
	}
	if (flags < 0 || fcntl(target->descriptor, F_SETFL, flags | O_NONBLOCK) < 0) {
		report->problem = arena_printf(
			setup->arena, "%s cannot be made non-blocking: %s", name, strerror(errno));
		return -errno;
	}
	stream->flags = flags;
	return 0;
}

int streams_open(struct streams *streams, struct waiter *waiter, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result = 0;

	*streams = (struct streams){
		.waiter = waiter, .targets = setup->targets, .target_count = setup->target_count};
	streams->streams =
		arena_alloc_array(setup->arena, setup->target_count, sizeof(*streams->streams));
	for (unsigned i = 0; i < setup->target_count; i++)
		streams->streams[i].flags = -1;
	finished_init(&streams->finished, setup);
	if (setup->targets_change) {
		report->problem = "pipes and sockets must stay open for as long as the job runs";
		report->hint = "leave out openfiles";
		return -EINVAL;
	}
	for (unsigned i = 0; result == 0 && i < setup->target_count; i++)
		result = prepare_target(&setup->targets[i], &streams->streams[i], setup, report);
	return result;
}

void streams_close(struct streams *streams)
{
	for (unsigned i = 0; i < streams->target_count; i++) {
		/* Nobody is left who could be told that it failed. */
		if (streams->streams[i].flags >= 0)
			(void)fcntl(
				streams->targets[i].descriptor, F_SETFL, streams->streams[i].flags);
		streams->streams[i].flags = -1;
	}
}

int streams_submit(struct streams *streams, struct slot *slot)
{
	struct stream *stream = &streams->streams[slot->target];

	if (slot->op > IO_WRITE) {
		streams->counts[slot->op]++;
		finished_add(&streams->finished, slot,
			blocking_run(&streams->targets[slot->target], slot, &streams->syscalls));
		return 0;
	}
	push(slot->op == IO_READ ? &stream->reads : &stream->writes, slot);
	return set_events(streams, slot->target);
}

static void transfer_first(struct streams *streams, struct stream_queue *queue)
{
	struct slot *slot = queue->first;
	int descriptor = streams->targets[slot->target].descriptor;
	ssize_t result;

	streams->syscalls++;
	if (slot->op == IO_READ)
		result = read(descriptor, slot->buffer, slot->length);
	else
		result = write(descriptor, slot->buffer, slot->length);
	if (result < 0 && (errno == EAGAIN || errno == EINTR)) {
		streams->again++;
		return;
	}
	streams->counts[slot->op]++;
	finished_add(&streams->finished, pop(queue), result < 0 ? -errno : (int32_t)result);
}

int streams_serve(struct streams *streams)
{
	for (unsigned i = 0; i < streams->target_count; i++) {
		struct stream *stream = &streams->streams[i];
		short ready = streams->waiter->entries[i].revents;
		int result;

		if (!ready)
			continue;
		/* An error or the end is for whoever waits: the call tells which. */
		if (stream->reads.first && (ready & ~POLLOUT))
			transfer_first(streams, &stream->reads);
		if (stream->writes.first && (ready & ~POLLIN))
			transfer_first(streams, &stream->writes);
		/* Nobody waits any more, and it is still ready: it would be told of forever. */
		if (!wanted_events(stream)) {
			result = set_events(streams, i);
			if (result < 0)
				return result;
		}
	}
	return 0;
}
