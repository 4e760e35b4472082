/* SPDX-License-Identifier: MIT */
/*
 * The engines epoll, poll and select. Files and block devices are always "ready": none of the three
 * can wait for them. Programs, and these engines, do I/O by a backend that reports
 * completions by an eventfd, which is waited for: libaio (as nginx does) or a pool of threads (as
 * libuv does).
 *
 * Pipes and sockets are waited for themselves, then read or written without blocking, one I/O for
 * each time that they are found ready, as a program with a loop and callbacks does it.
 */
#include "engine/readiness.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/blocking.h"

/* Slots that wait for a pipe or socket to become ready, in the order sent, by engine_word. */
struct stream_queue {
	struct slot *first;
	struct slot *last;
};

struct stream {
	struct stream_queue reads;
	struct stream_queue writes;
	int flags; /* of its descriptor before it was made non-blocking; -1: it was not */
};

struct streams {
	struct waiter *waiter; /* one entry a target */
	const struct target *targets;
	unsigned target_count;
	struct stream *streams; /* by target */
	struct engine_finished finished;
	struct blocking blocking;
	uint64_t counts[IO_OP_COUNT];
	uint64_t again;    /* ready, and then not: EAGAIN */
	uint64_t syscalls; /* but the waiter's */
};

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
	const char *name = target_label(target);
	int flags = fcntl(target->descriptor, F_GETFL);

	if (flags >= 0 && !can_do(flags, setup->op_mask))
		return engine_refuse(
			report, -EBADF, NULL, "%s is not open for all that the job does", name);
	if (flags < 0 || fcntl(target->descriptor, F_SETFL, flags | O_NONBLOCK) < 0)
		return engine_refuse(report, -errno, NULL, "%s cannot be made non-blocking: %s",
			name, strerror(errno));
	stream->flags = flags;
	return 0;
}

/* Makes the descriptors non-blocking. 0 or -errno with report->problem. */
static int streams_open(struct streams *streams, struct waiter *waiter,
	const struct engine_setup *setup, struct engine_report *report)
{
	int result = 0;

	*streams = (struct streams){
		.waiter = waiter, .targets = setup->targets, .target_count = setup->target_count};
	streams->streams =
		arena_alloc_array(setup->arena, setup->target_count, sizeof(*streams->streams));
	for (unsigned i = 0; i < setup->target_count; i++)
		streams->streams[i].flags = -1;
	engine_finished_init(&streams->finished, setup);
	blocking_init(&streams->blocking, setup, NULL, NULL);
	if (setup->targets_change)
		return engine_refuse(report, -EINVAL, "leave out openfiles",
			"pipes and sockets must stay open for as long as the job runs");
	for (unsigned i = 0; result == 0 && i < setup->target_count; i++)
		result = prepare_target(&setup->targets[i], &streams->streams[i], setup, report);
	return result;
}

/* Gives the descriptors their flags back: one that was inherited is others', too. Twice is safe. */
static void streams_close(struct streams *streams)
{
	for (unsigned i = 0; i < streams->target_count; i++) {
		/* Nobody is left who could be told that it failed. */
		if (streams->streams[i].flags >= 0)
			(void)fcntl(
				streams->targets[i].descriptor, F_SETFL, streams->streams[i].flags);
		streams->streams[i].flags = -1;
	}
}

/* Queues the slot; what is no read or write is done at once. 0 or -errno of the waiter. */
static int streams_submit(struct streams *streams, struct slot *slot)
{
	struct stream *stream = &streams->streams[slot->target];

	if (slot->op > IO_WRITE) {
		streams->counts[slot->op]++;
		engine_finished_add(&streams->finished, slot,
			blocking_run(&streams->blocking, slot, &streams->syscalls));
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
	engine_finished_add(&streams->finished, pop(queue), result < 0 ? -errno : (int32_t)result);
}

/* After waiter_wait: one read and one write of each stream that is ready. 0 or -errno. */
static int streams_serve(struct streams *streams)
{
	for (unsigned i = 0; i < streams->target_count; i++) {
		struct stream *stream = &streams->streams[i];
		short ready = streams->waiter->entries[i].revents;
		int result;

		if (!ready)
			continue;
		/* An error or the end is for both directions: the call reports which. */
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

enum { THREADS_DEFAULT = 4 }; /* as libuv; also in the option table */
enum readiness_backend { BACKEND_LIBAIO, BACKEND_THREADS, BACKEND_NONE };

struct readiness_options {
	int readiness_backend; /* enum readiness_backend */
	uint32_t readiness_threads;
};

struct readiness {
	struct engine engine;
	struct waiter waiter;
	enum readiness_backend backend; /* BACKEND_NONE: streams */
	int eventfd;
	struct engine *aio;
	struct thread_pool *pool;
	struct streams streams;
	unsigned in_flight;
	int64_t told;          /* completions that the eventfd told of, less those collected */
	uint64_t own_syscalls; /* but the waiter's, the backend's and the streams' */
	uint64_t eventfd_reads;
};

static uint64_t all_syscalls(const struct readiness *readiness)
{
	uint64_t count = readiness->own_syscalls + readiness->waiter.syscalls;

	switch (readiness->backend) {
	case BACKEND_LIBAIO:
		return count + readiness->aio->syscalls;
	case BACKEND_THREADS:
		return count + thread_pool_syscalls(readiness->pool);
	case BACKEND_NONE:
		break;
	}
	return count + readiness->streams.syscalls;
}

static int submit_to_streams(struct readiness *readiness, struct slot **slots, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		int result = streams_submit(&readiness->streams, slots[i]);

		if (result < 0)
			return result;
	}
	return (int)count;
}

static int readiness_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct readiness *readiness = (struct readiness *)engine;
	int taken;

	if (readiness->backend == BACKEND_LIBAIO)
		taken = engine_libaio.submit(readiness->aio, slots, count);
	else if (readiness->backend == BACKEND_THREADS)
		taken = (int)thread_pool_submit(readiness->pool, slots, count);
	else
		taken = submit_to_streams(readiness, slots, count);
	if (taken > 0)
		readiness->in_flight += (unsigned)taken;
	engine->syscalls = all_syscalls(readiness);
	return taken;
}

static int collect_from_libaio(struct readiness *readiness, struct slot **done, unsigned max)
{
	unsigned finished = libaio_finished_count(readiness->aio);
	int count = engine_libaio.reap(readiness->aio, done, 0, max, 0);

	if (count > 0)
		readiness->told -= count - (int)(finished - libaio_finished_count(readiness->aio));
	return count;
}

/* Takes what is done, without waiting. */
static int collect(struct readiness *readiness, struct slot **done, unsigned max)
{
	int count;

	if (readiness->backend == BACKEND_LIBAIO)
		count = collect_from_libaio(readiness, done, max);
	else if (readiness->backend == BACKEND_THREADS)
		count = (int)thread_pool_collect(readiness->pool, done, max);
	else
		count = (int)engine_finished_take(&readiness->streams.finished, done, max);
	if (count > 0)
		readiness->in_flight -= (unsigned)count;
	return count;
}

/* Whether there is something that no wait would tell of, or has told of before. */
static bool has_without_waiting(const struct readiness *readiness)
{
	if (readiness->backend == BACKEND_LIBAIO)
		return readiness->told > 0 || libaio_finished_count(readiness->aio) > 0;
	if (readiness->backend == BACKEND_THREADS)
		return thread_pool_left(readiness->pool) > 0;
	return readiness->streams.finished.count > 0;
}

/* Waits once and does what the readiness asks for. 1: ready; 0: a signal or the time; or -errno. */
static int wait_once(struct readiness *readiness, int64_t timeout_ns)
{
	int result = waiter_wait(&readiness->waiter, timeout_ns);
	uint64_t told = 0;

	if (result <= 0)
		return result;
	if (readiness->backend == BACKEND_NONE) {
		result = streams_serve(&readiness->streams);
		return result < 0 ? result : 1;
	}
	readiness->own_syscalls++;
	readiness->eventfd_reads++;
	/* It was ready and is ours alone: there is a number in it. */
	if (read(readiness->eventfd, &told, sizeof(told)) < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	readiness->told += (int64_t)told;
	return 1;
}

/* Waits and collects until there are `min`. The count, or -errno when there are none. */
static int wait_and_collect(struct readiness *readiness, struct slot **done, unsigned min,
	unsigned max, int64_t timeout_ns)
{
	uint64_t deadline_ns = timeout_ns > 0 ? clock_now() + (uint64_t)timeout_ns : 0;
	unsigned count = 0;

	do {
		int result = wait_once(readiness, clock_left(timeout_ns, deadline_ns));

		if (result > 0)
			result = collect(readiness, &done[count], max - count);
		else if (result == 0)
			break;
		if (result < 0)
			return count > 0 ? (int)count : result;
		count += (unsigned)result;
	} while (count < min);
	return (int)count;
}

static int readiness_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	struct readiness *readiness = (struct readiness *)engine;
	int count = 0;
	int more = 0;

	if (min > readiness->in_flight)
		min = readiness->in_flight;
	if (readiness->in_flight > 0 && has_without_waiting(readiness))
		count = collect(readiness, done, max);
	if (count >= 0 && (unsigned)count < max && readiness->in_flight > 0 &&
		((unsigned)count < min || (min == 0 && count == 0))) {
		unsigned missing = min - (unsigned)count;

		more = wait_and_collect(readiness, &done[count], missing, max - (unsigned)count,
			missing == 0 ? 0 : timeout_ns);
	}
	engine->syscalls = all_syscalls(readiness);
	if (more < 0 && count == 0)
		return more;
	return more > 0 ? count + more : count;
}

static void readiness_close(struct engine *engine)
{
	struct readiness *readiness = (struct readiness *)engine;

	if (!readiness)
		return;
	engine_libaio.close(readiness->aio);
	thread_pool_stop(readiness->pool);
	streams_close(&readiness->streams);
	waiter_close(&readiness->waiter);
	if (readiness->eventfd >= 0)
		close(readiness->eventfd);
	readiness->eventfd = -1;
}

static int open_streams(struct readiness *readiness, enum waiter_way way,
	const struct engine_setup *setup, struct engine_report *report)
{
	struct waiter *waiter = &readiness->waiter;
	int result = waiter_open(waiter, way, setup->target_count, report);

	readiness->backend = BACKEND_NONE;
	for (unsigned i = 0; result == 0 && i < setup->target_count; i++) {
		if (way != WAITER_SELECT || setup->targets[i].descriptor < FD_SETSIZE)
			continue;
		result = engine_refuse(report, -EBADF, "use ioengine=poll or ioengine=epoll",
			"select takes descriptors 0 to %d, the target's is %d", FD_SETSIZE - 1,
			setup->targets[i].descriptor);
	}
	if (result == 0)
		result = streams_open(&readiness->streams, waiter, setup, report);
	if (result == 0)
		engine_report_effective(report, "timed",
			"%s on the target itself, then read or write", waiter_call_name(waiter));
	return result;
}

static int open_backend(struct readiness *readiness, const struct readiness_options *options,
	const struct engine_setup *setup, struct engine_report *report)
{
	const char *wait = waiter_call_name(&readiness->waiter);

	engine_report_effective(report, "readiness_backend", "%s",
		readiness->backend == BACKEND_LIBAIO ? "libaio" : "threads");
	if (readiness->backend == BACKEND_LIBAIO) {
		if (options->readiness_threads != THREADS_DEFAULT)
			engine_report_refused(report, "readiness_threads",
				arena_printf(setup->arena, "%u", options->readiness_threads),
				"readiness_backend=libaio has no threads");
		engine_report_effective(report, "timed",
			"io_submit, %s on an eventfd, io_getevents: the I/O is libaio's", wait);
		return libaio_open_with_eventfd(setup, readiness->eventfd, &readiness->aio, report);
	}
	engine_report_effective(report, "timed",
		"%u threads that do blocking I/O and %s on an eventfd", options->readiness_threads,
		wait);
	return thread_pool_start(
		&readiness->pool, setup, options->readiness_threads, readiness->eventfd, report);
}

static int open_files(struct readiness *readiness, enum waiter_way way,
	const struct readiness_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	int result = waiter_open(&readiness->waiter, way, 1, report);

	readiness->backend = (enum readiness_backend)options->readiness_backend;
	if (result < 0)
		return result;
	readiness->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (readiness->eventfd < 0)
		return engine_refuse(report, -errno, NULL, "eventfd: %s", strerror(errno));
	result = waiter_set(&readiness->waiter, 0, readiness->eventfd, POLLIN);
	if (result < 0)
		return engine_refuse(report, result, NULL, "%s cannot wait for descriptor %d: %s",
			waiter_call_name(&readiness->waiter), readiness->eventfd,
			strerror(-result));
	return open_backend(readiness, options, setup, report);
}

static const struct option_choice backends[] = {
	{"libaio", BACKEND_LIBAIO, "the kernel's AIO with an eventfd, as nginx does it"},
	{"threads", BACKEND_THREADS, "a pool of threads and an eventfd, as libuv does it"},
	{NULL, 0, NULL},
};

static const struct option options_of_readiness[] = {
	ENGINE_OPTION(CHOICE, struct readiness_options, readiness_backend, "libaio",
		.choices = backends,
		.help = "who does the I/O on files and devices, which cannot be waited for",
		.detail = "Pipes and sockets are waited for themselves: it has no meaning there."),
	ENGINE_OPTION(COUNT, struct readiness_options, readiness_threads, "4", .min = 1,
		.max = THREAD_POOL_LIMIT,
		.help = "threads of readiness_backend=threads; libuv has 4"),
	{.name = NULL},
};

static const struct option_table option_table = {
	.options = options_of_readiness, .struct_bytes = sizeof(struct readiness_options)};

static int open_as(const struct engine_class *class, enum waiter_way way,
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct readiness *readiness = ARENA_NEW(setup->arena, struct readiness);
	struct readiness_options options;
	unsigned streams = target_count(setup->targets, setup->target_count, TARGET_PIPE);
	int result;

	engine_take_options(setup, &option_table, &options);
	readiness->engine.class = class;
	readiness->eventfd = -1;
	readiness->waiter.epoll = -1;
	if (streams > 0 && streams < setup->target_count)
		return engine_refuse(report, -EINVAL, "make a job of each",
			"pipes or sockets and files in one job: files cannot be waited for");
	if (streams > 0)
		result = open_streams(readiness, way, setup, report);
	else
		result = open_files(readiness, way, &options, setup, report);
	if (result < 0) {
		readiness_close(&readiness->engine);
		return result;
	}
	*engine = &readiness->engine;
	return 0;
}

static void readiness_prove(struct engine *engine, struct engine_report *report)
{
	struct readiness *readiness = (struct readiness *)engine;
	const struct streams *streams = &readiness->streams;
	const struct engine_count counts[] = {
		{waiter_call_name(&readiness->waiter), readiness->waiter.waits},
		{"epoll_ctl", readiness->waiter.syscalls - readiness->waiter.waits},
		{"read of the eventfd", readiness->eventfd_reads},
		{"read", streams->counts[IO_READ]},
		{"write", streams->counts[IO_WRITE]},
		{"read or write in vain (EAGAIN)", streams->again},
	};

	engine_report_counts(report, "readiness_calls", counts, COUNT_OF(counts));
	if (readiness->backend == BACKEND_LIBAIO)
		engine_libaio.prove(readiness->aio, report);
	else if (readiness->backend == BACKEND_THREADS)
		thread_pool_prove(readiness->pool, report);
}

#define READINESS_CLASS(class_name, way, call)                                                     \
	static int class_name##_open(const struct engine_setup *setup, struct engine **engine,     \
		struct engine_report *report)                                                      \
	{                                                                                          \
		return open_as(&engine_##class_name, way, setup, engine, report);                  \
	}                                                                                          \
	const struct engine_class engine_##class_name = {                                          \
		.name = #class_name,                                                               \
		.summary =                                                                         \
			"a readiness loop on " call "; files by libaio or threads and an eventfd", \
		.op_mask = ENGINE_PLAIN_OPS,                                                       \
		.options = &option_table,                                                          \
		.open = class_name##_open,                                                         \
		.submit = readiness_submit,                                                        \
		.reap = readiness_reap,                                                            \
		.prove = readiness_prove,                                                          \
		.close = readiness_close,                                                          \
	}

READINESS_CLASS(epoll, WAITER_EPOLL, "epoll(7)");
READINESS_CLASS(poll, WAITER_POLL, "poll(2)");
READINESS_CLASS(select, WAITER_SELECT, "select(2)");
