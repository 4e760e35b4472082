/* SPDX-License-Identifier: MIT */
/* The echo server of io_uring: set up, the loop, accepting, stop, proof. */
#include "engine/uring_echo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/uring_echo_parts.h"
#include "engine/uring_open.h"
#include "engine/uring_wait.h"

enum {
	SQ_ENTRIES_MIN = 64,
	SQ_ENTRIES_MAX = 512,
	CQ_ENTRIES_MAX = 65536,
	POOL_COUNT_MIN = 16,
	POOL_COUNT_MAX = 32768, /* the kernel's limit */
	POOL_BYTES_MAX = 64 << 20,
	POOL_EACH_BYTES = 64 << 10,
	SPARE_FILES = 16, /* registered files for connections that are turned away */
	FILE_LIMIT = 65536,
};

#define NOBODY          UINT32_MAX /* in a user_data: no connection's */
#define ACCEPT_PAUSE_NS (100 * NS_PER_MS)
#define STALL_NS        NS_PER_S
#define STOP_LIMIT_NS   NS_PER_S

static unsigned power_of_two_from(uint64_t number)
{
	return number <= 1 ? 1 : 1u << (64 - __builtin_clzll(number - 1));
}

static unsigned pool_count(const struct uring_echo *echo)
{
	uint64_t wanted = echo->uring.options.recv_buffers;
	uint64_t limit = POOL_BYTES_MAX / echo->pool.bytes;

	if (wanted > 0)
		return power_of_two_from(wanted);
	wanted = power_of_two_from(2 * (uint64_t)echo->limit);
	while (wanted > limit && wanted > POOL_COUNT_MIN)
		wanted /= 2;
	if (wanted < POOL_COUNT_MIN)
		wanted = POOL_COUNT_MIN;
	return wanted > POOL_COUNT_MAX ? POOL_COUNT_MAX : (unsigned)wanted;
}

static int check_options(
	const struct uring_options *options, bool is_listening, struct engine_report *report)
{
	const struct engine_rule rules[] = {
		{options->hipri || options->fixedbufs || options->eventfd || options->attach_wq ||
				options->min_wait_us > 0 || options->force_async > 0,
			"rw=echo: hipri, fixedbufs, eventfd, attach_wq, min_wait_us and "
			"force_async are for files",
			"leave them out"},
		{(options->recv_buffers > 0 || options->recv_buffer_bytes > 0) &&
				!options->multishot_recv,
			"recv_buffers and recv_buffer_size are of the buffers that "
			"multishot_recv shares among connections",
			"add multishot_recv=1"},
		{options->link_recv && (options->multishot_recv || options->send_zc),
			"link_recv: a receive that follows its send uses the same buffer, which "
			"multishot_recv has no use for, and send_zc may still read",
			"leave out link_recv, or the others"},
		{options->recv_buffers > POOL_COUNT_MAX,
			"recv_buffers: the kernel takes at most 32768", "ask for less"},
		{options->multishot_accept && !is_listening,
			"multishot_accept: filename=pair: has nothing to accept",
			"use filename=unix:PATH or filename=tcp:127.0.0.1, or leave it out"},
	};

	return engine_check_rules(rules, sizeof(rules) / sizeof(rules[0]), report);
}

/* io_uring answers EAGAIN for a non-blocking file where it would wait for it. */
static int make_blocking(int descriptor)
{
	int flags = fcntl(descriptor, F_GETFL);

	return flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : 0;
}

static int family_of(const struct echo_server *server)
{
	socklen_t length = sizeof(int);
	int family = AF_UNSPEC;
	int descriptor = server->listener >= 0 ? server->listener : server->given[0];

	return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 ? family
										    : -errno;
}

static int register_table(struct uring_echo *echo, struct engine_report *report)
{
	unsigned count = echo->limit + SPARE_FILES;
	int result = io_uring_register_files_sparse(&echo->uring.ring, count);

	if (result < 0)
		return engine_refuse(report, result,
			result == -EMFILE ? "raise the limit of open files (ulimit -n)"
					  : "leave out registerfiles",
			"registerfiles: a table of %u connections: %s", count, strerror(-result));
	echo->is_direct = true;
	return 0;
}

static int make_pool(struct uring_echo *echo, struct engine_report *report)
{
	const struct uring_options *options = &echo->uring.options;
	int result;

	echo->pool.bytes = echo->server->buffer_bytes < POOL_EACH_BYTES ? echo->server->buffer_bytes
									: POOL_EACH_BYTES;
	if (options->recv_buffer_bytes > 0)
		echo->pool.bytes = (uint32_t)options->recv_buffer_bytes;
	result = uring_pool_open(&echo->pool, &echo->uring, pool_count(echo), echo->pool.bytes);
	if (result < 0)
		return engine_refuse(report, result, "lower recv_buffers or recv_buffer_size",
			"multishot_recv: registering its buffers: %s", strerror(-result));
	engine_report_effective(report, "recv_buffers", "%u", echo->pool.count);
	engine_report_effective(report, "recv_buffer_size", "%u", echo->pool.bytes);
	return 0;
}

/* Slots, and a buffer for each where there are no provided ones. */
static void make_slots(struct uring_echo *echo, struct arena *arena)
{
	echo->connections = arena_alloc_array(arena, echo->limit, sizeof(*echo->connections));
	echo->free_slots = arena_alloc_array(arena, echo->limit, sizeof(*echo->free_slots));
	echo->starved = arena_alloc_array(arena, echo->limit, sizeof(*echo->starved));
	while (echo->free_count < echo->limit) {
		unsigned index = echo->limit - 1 - echo->free_count;

		echo->free_slots[echo->free_count++] = index;
		echo->connections[index].descriptor = -1;
	}
}

static int make_buffers(struct uring_echo *echo, struct engine_report *report)
{
	size_t bytes = (size_t)echo->limit * echo->server->buffer_bytes;

	if (echo->uring.options.multishot_recv)
		return make_pool(echo, report);
	echo->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (echo->memory == MAP_FAILED) {
		echo->memory = NULL;
		return engine_refuse(report, -ENOMEM, "lower iodepth or bs",
			"no memory for the buffers of %u connections", echo->limit);
	}
	for (unsigned i = 0; i < echo->limit; i++)
		echo->connections[i].buffer = echo->memory + (size_t)i * echo->server->buffer_bytes;
	return 0;
}

static int make_ring(struct uring_echo *echo, struct arena *arena, struct engine_report *report)
{
	struct engine_setup setup = {.batch_complete_min = 1, .arena = arena};
	unsigned most = echo->limit * URING_ECHO_SQES_EACH;
	unsigned entries = most < SQ_ENTRIES_MIN ? SQ_ENTRIES_MIN : most;

	setup.slot_count = entries < SQ_ENTRIES_MAX ? entries : SQ_ENTRIES_MAX;
	if (echo->uring.cq_entries == 0) {
		/* A receive and a send of each, its end, and every buffer that is provided. */
		uint64_t wanted = 4 * (uint64_t)echo->limit + POOL_COUNT_MIN +
				  echo->uring.options.recv_buffers;

		echo->uring.cq_entries =
			wanted < CQ_ENTRIES_MAX ? power_of_two_from(wanted) : CQ_ENTRIES_MAX;
	} else {
		setup.slot_count = SQ_ENTRIES_MIN;
	}
	uring_init(&echo->uring, &engine_io_uring, &setup);
	return uring_setup(&echo->uring, &setup, report, uring_queue_init);
}

/* A poll thread runs where its maker does, unless it is bound to a CPU. */
static void place_poll_thread(struct uring_echo *echo, struct engine_report *report)
{
	const struct uring_cpu *cpu = &echo->uring.options.sqthread_poll_cpu;
	cpu_set_t allowed;

	if (!echo->uring.options.sqthread_poll ||
		sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) > 1 ||
		(cpu->is_set && !CPU_ISSET(cpu->number, &allowed)))
		return;
	/* To look for completions would keep it from making any. */
	echo->uring.spin.holidays = UINT_MAX;
	engine_report_refused(report, "sqthread_poll_cpu", cpu->is_set ? "the server's" : "none",
		"the poll thread shares the only CPU of this server, which waits by system calls "
		"then: name another by sqthread_poll_cpu, or two by server_cpus");
}

static int set_up(struct uring_echo *echo, const struct uring_echo_trials *trials,
	struct arena *arena, struct engine_report *report)
{
	const struct uring_options *options = &echo->uring.options;
	int family = family_of(echo->server);
	int result = check_options(options, echo->server->listener >= 0, report);

	if (result == 0)
		result = uring_echo_try(options, trials, family, &echo->zc_flags, report);
	if (result == 0)
		result = make_ring(echo, arena, report);
	if (result == 0 && options->link_recv &&
		!(echo->uring.ring.features & IORING_FEAT_CQE_SKIP))
		result = engine_refuse(report, -EOPNOTSUPP, "leave out link_recv",
			"link_recv: this kernel has no such chain (needs Linux 5.17)");
	if (result == 0)
		make_slots(echo, arena);
	if (result == 0)
		result = make_buffers(echo, report);
	if (result == 0 && options->registerfiles)
		result = register_table(echo, report);
	if (result < 0)
		return result;
	engine_report_effective(report, "multishot_accept", "%d", options->multishot_accept);
	engine_report_effective(report, "multishot_recv", "%d", options->multishot_recv);
	engine_report_effective(report, "link_recv", "%d", options->link_recv);
	engine_report_effective(report, "send_zc", "%d", options->send_zc);
	uring_use_ring(&echo->uring);
	place_poll_thread(echo, report);
	echo->published = echo->uring.sq_tail;
	return 0;
}

/* Shows the kernel what is new in the SQ. 0 or -errno. */
static int publish(struct uring_echo *echo)
{
	unsigned count = echo->uring.sq_tail - echo->published;

	echo->published = echo->uring.sq_tail;
	return count > 0 ? uring_publish(&echo->uring, count) : 0;
}

static void accept_next(struct uring_echo *echo)
{
	const struct uring_options *options = &echo->uring.options;
	struct io_uring_sqe *sqe;

	if (echo->server->listener < 0 || echo->is_accepting || echo->is_stopping ||
		echo->accept_again_ns > 0)
		return;
	sqe = uring_echo_sqe(echo, URING_ECHO_ACCEPT, NOBODY, URING_ECHO_NONE);
	sqe->opcode = IORING_OP_ACCEPT;
	sqe->fd = echo->server->listener;
	if (echo->is_direct)
		sqe->file_index = IORING_FILE_INDEX_ALLOC;
	else
		sqe->accept_flags = SOCK_CLOEXEC;
	if (options->multishot_accept)
		sqe->ioprio = IORING_ACCEPT_MULTISHOT;
	echo->is_accepting = true;
}

static void turn_away(struct uring_echo *echo, int descriptor)
{
	struct io_uring_sqe *sqe =
		uring_echo_sqe(echo, URING_ECHO_TURN_AWAY, NOBODY, URING_ECHO_NONE);

	sqe->opcode = IORING_OP_CLOSE;
	if (echo->is_direct)
		sqe->file_index = (uint32_t)descriptor + 1;
	else
		sqe->fd = descriptor;
	echo_count(&echo->counts->accepts, 1);
	echo_count(&echo->counts->turned_away, 1);
}

static void accepted(struct uring_echo *echo, const struct io_uring_cqe *cqe)
{
	if (!(cqe->flags & IORING_CQE_F_MORE))
		echo->is_accepting = false;
	if (cqe->res >= 0 && echo->free_count > 0 && !echo->is_stopping) {
		uring_connection_begin(echo, cqe->res);
	} else if (cqe->res >= 0) {
		turn_away(echo, cqe->res);
	} else if (cqe->res == -EBADF || cqe->res == -EINVAL || cqe->res == -ENOTSOCK) {
		echo->failure = cqe->res;
	} else if (cqe->res != -ECONNABORTED && cqe->res != -EINTR && cqe->res != -EAGAIN &&
		   cqe->res != -ECANCELED) {
		/* No descriptor or memory left: again at once would be in vain. */
		echo->accept_failures++;
		echo->accept_again_ns = clock_now() + ACCEPT_PAUSE_NS;
	}
	accept_next(echo);
}

static void answer(struct uring_echo *echo, const struct io_uring_cqe *cqe)
{
	enum uring_echo_request kind = cqe->user_data & 0xff;
	uint32_t index = (uint32_t)(cqe->user_data >> 8);
	uint16_t piece = (uint16_t)(cqe->user_data >> 40);

	if (!(cqe->flags & IORING_CQE_F_MORE))
		echo->uring.in_flight--;
	if (kind == URING_ECHO_ACCEPT)
		accepted(echo, cqe);
	else if (kind == URING_ECHO_TURN_AWAY)
		echo_count(&echo->counts->closes, 1);
	else if (index != NOBODY)
		uring_connection_answer(echo, kind, index, piece, cqe);
}

/* CQEs that are there, as long as the SQ has room for what they lead to. */
static void harvest(struct uring_echo *echo)
{
	struct uring *uring = &echo->uring;

	for (unsigned ready = uring_ready(uring); ready > 0; ready--) {
		struct io_uring_cqe cqe;

		if (uring_echo_room(echo) < URING_ECHO_SQES_EACH)
			break;
		cqe = uring->cqes[uring->cq_head++ & uring->cq_mask];
		__atomic_store_n(uring->cq_kernel_head, uring->cq_head, __ATOMIC_RELEASE);
		answer(echo, &cqe);
	}
}

/* One that waits for a buffer only because its own peer takes nothing harms nobody else. */
static bool are_others_starved(const struct uring_echo *echo)
{
	for (unsigned i = 0; i < echo->starved_count; i++) {
		uint32_t index = echo->starved[(echo->starved_first + i) % echo->limit];

		if (echo->connections[index].held == 0)
			return true;
	}
	return false;
}

/*
 * Peers that take nothing must not keep the buffers that others wait for: when none came back for
 * a second, the connections that hold them end.
 */
static void drop_stalled(struct uring_echo *echo)
{
	if (!are_others_starved(echo))
		return;
	for (unsigned i = 0; i < echo->limit; i++) {
		struct uring_connection *connection = &echo->connections[i];

		if (uring_echo_room(echo) < URING_ECHO_SQES_EACH)
			return;
		if (!connection->is_used || connection->is_dropped || connection->held == 0)
			continue;
		echo->stalls++;
		echo_count(&echo->counts->resets, 1);
		uring_connection_drop(echo, connection);
	}
}

/* What time brings. Until when to wait at most; -1: no limit. */
static int64_t tend(struct uring_echo *echo)
{
	uint64_t now_ns, next_ns;

	uring_connection_feed(echo);
	if (echo->starved_count == 0)
		echo->pool.last_return_ns = 0;
	if (echo->starved_count == 0 && echo->accept_again_ns == 0)
		return -1;
	now_ns = clock_now();
	next_ns = now_ns + STALL_NS;
	if (echo->starved_count > 0) {
		if (echo->pool.last_return_ns == 0)
			echo->pool.last_return_ns = now_ns;
		if (now_ns - echo->pool.last_return_ns >= STALL_NS) {
			drop_stalled(echo);
			echo->pool.last_return_ns = now_ns;
		}
		next_ns = echo->pool.last_return_ns + STALL_NS;
	}
	if (echo->accept_again_ns > 0 && echo->accept_again_ns <= now_ns) {
		echo->accept_again_ns = 0;
		accept_next(echo);
	}
	if (echo->accept_again_ns > 0 && echo->accept_again_ns < next_ns)
		next_ns = echo->accept_again_ns;
	return next_ns > now_ns ? (int64_t)(next_ns - now_ns) : 0;
}

static void show_calls(struct uring_echo *echo)
{
	uint64_t calls = echo->uring.engine.syscalls;

	atomic_store_explicit(&echo->counts->syscalls, calls, memory_order_relaxed);
	atomic_store_explicit(&echo->counts->waits, calls, memory_order_relaxed);
}

/* Sends what is new, waits, and answers what came. 0 or -errno. */
static int turn(struct uring_echo *echo, int64_t timeout_ns)
{
	struct uring *uring = &echo->uring;
	int result = publish(echo);

	if (result == 0)
		result = uring->wait(uring, 1, timeout_ns);
	show_calls(echo);
	if (result < 0)
		return result;
	if (__atomic_load_n(uring->sq_kernel_flags, __ATOMIC_RELAXED) & IORING_SQ_CQ_OVERFLOW)
		echo->overflows++;
	if (uring_echo_room(echo) < URING_ECHO_SQES_EACH && uring->is_sq_polled) {
		result = uring_enter(uring, 0, 0, IORING_ENTER_SQ_WAIT, -1);
		if (result < 0 && result != -EINTR)
			return result;
	}
	harvest(echo);
	return echo->failure;
}

/* The connections that are there already, as requests want them. 0 or -errno. */
static int prepare_given(struct uring_echo *echo, struct engine_report *report)
{
	struct echo_server *server = echo->server;
	int result = 0;

	for (unsigned i = 0; result >= 0 && i < server->given_count; i++) {
		if (!echo->is_direct) {
			result = make_blocking(server->given[i]);
			continue;
		}
		result = io_uring_register_files_update(&echo->uring.ring, i, &server->given[i], 1);
		close(server->given[i]);
	}
	return result < 0 ? engine_refuse(report, result, NULL, "connection: %s", strerror(-result))
			  : 0;
}

static int begin_given(struct uring_echo *echo)
{
	struct echo_server *server = echo->server;
	int result = 0;

	for (unsigned i = 0; result == 0 && i < server->given_count; i++) {
		uring_connection_begin(echo, echo->is_direct ? (int)i : server->given[i]);
		while (result == 0 && uring_echo_room(echo) < URING_ECHO_SQES_EACH)
			result = turn(echo, 0);
	}
	return result;
}

static int serve(struct uring_echo *echo)
{
	int result = 0;

	accept_next(echo);
	while (result == 0 && !echo_server_must_stop(echo->server))
		result = turn(echo, tend(echo));
	return result;
}

/* Ends all connections, and waits for what is in the kernel. */
static void stop(struct uring_echo *echo)
{
	uint64_t end_ns = clock_now() + STOP_LIMIT_NS;
	struct io_uring_sqe *sqe;
	unsigned next = 0;

	echo->is_stopping = true;
	echo->failure = 0;
	while (uring_echo_room(echo) < URING_ECHO_SQES_EACH && clock_now() < end_ns) {
		if (turn(echo, 0) < 0)
			return;
	}
	if (echo->is_accepting) {
		sqe = uring_echo_sqe(echo, URING_ECHO_CANCEL, NOBODY, URING_ECHO_NONE);
		sqe->opcode = IORING_OP_ASYNC_CANCEL;
		sqe->fd = -1;
		sqe->addr = uring_echo_name(URING_ECHO_ACCEPT, NOBODY, URING_ECHO_NONE);
	}
	while ((next < echo->limit || echo->uring.in_flight > 0) && clock_now() < end_ns) {
		for (; next < echo->limit && uring_echo_room(echo) >= URING_ECHO_SQES_EACH;
			next++) {
			if (echo->connections[next].is_used)
				uring_connection_drop(echo, &echo->connections[next]);
		}
		if (echo->uring.in_flight > 0 && turn(echo, STOP_LIMIT_NS) < 0)
			return;
	}
}

static void prove(struct uring_echo *echo, struct engine_report *report)
{
	const struct engine_count sent[] = {
		{"ACCEPT", echo->requests[URING_ECHO_ACCEPT]},
		{"RECV", echo->requests[URING_ECHO_RECV]},
		{echo->uring.options.send_zc ? "SEND_ZC" : "SEND", echo->requests[URING_ECHO_SEND]},
		{"ASYNC_CANCEL", echo->requests[URING_ECHO_CANCEL]},
		{"CLOSE", echo->requests[URING_ECHO_CLOSE] + echo->requests[URING_ECHO_TURN_AWAY]},
	};
	const struct engine_count troubles[] = {
		{"short_sends", echo->short_sends},
		{"sent_plainly", echo->sent_plainly},
		{"stalled", echo->stalls},
		{"accept_failures", echo->accept_failures},
		{"cq_overflows", echo->overflows},
	};
	uint64_t notices = atomic_load(&echo->counts->zero_copies);
	uint64_t copied = atomic_load(&echo->counts->copied);

	uring_prove_ring(&echo->uring, "opcodes", sent, COUNT_OF(sent), report);
	for (size_t i = 0; i < COUNT_OF(troubles); i++) {
		if (troubles[i].count > 0)
			engine_report_proof(report, troubles[i].name, "%llu",
				(unsigned long long)troubles[i].count);
	}
	if (echo->uring.options.send_zc && echo->zc_flags && notices > 0)
		engine_report_proof(report, "send_zc_copied", "%.1f %% of %llu",
			100 * (double)copied / (double)notices, (unsigned long long)notices);
	if (echo->pool.count > 0)
		engine_report_proof(report, "recv_buffers_lost", "%u", echo->pool.out);
	engine_report_proof(report, "connections_lost", "%u", echo->limit - echo->free_count);
}

static void hand_over(struct echo_server *server, const struct engine_report *report)
{
	for (size_t i = 0; i < report->effective.count; i++) {
		const char *name = report->effective.items[i].key;

		/* Of files. */
		if (strcmp(name, "fixedbufs") != 0 && strcmp(name, "nonvectored") != 0)
			echo_server_fact(server, ECHO_EFFECTIVE, name, "%s",
				report->effective.items[i].value);
	}
	for (size_t i = 0; i < report->refused.count; i++)
		echo_server_refused(server, report->refused.items[i].key,
			report->refused.items[i].value, "%s", report->refused.items[i].reason);
	for (size_t i = 0; i < report->proof.count; i++)
		echo_server_fact(server, ECHO_PROOF, report->proof.items[i].key, "%s",
			report->proof.items[i].value);
}

static void close_all(struct uring_echo *echo)
{
	for (unsigned i = 0; !echo->is_direct && i < echo->limit; i++) {
		if (echo->connections && echo->connections[i].descriptor >= 0)
			close(echo->connections[i].descriptor);
	}
	uring_pool_close(&echo->pool, &echo->uring);
	uring_setup_undo(&echo->uring);
	if (echo->memory)
		munmap(echo->memory, (size_t)echo->limit * echo->server->buffer_bytes);
}

int uring_echo_run(
	struct echo_server *server, const struct uring_echo_trials *trials, unsigned cq_entries)
{
	AUTO_ARENA struct arena arena = {0};
	struct uring_echo *echo = engine_aligned_array(&arena, 1, sizeof(*echo));
	struct engine_report before = {.arena = &arena};
	struct engine_report after = {.arena = &arena};
	int result;

	echo->server = server;
	echo->counts = echo_server_counts(server, 0);
	echo->limit = server->connection_limit;
	echo->uring.options = *(const struct uring_options *)server->options;
	echo->uring.cq_entries = cq_entries;
	echo->uring.event_descriptor = -1;
	result = set_up(echo, trials, &arena, &before);
	if (result == 0)
		result = prepare_given(echo, &before);
	if (result == 0 && server->listener >= 0)
		result = make_blocking(server->listener);
	if (result < 0) {
		close_all(echo);
		return echo_server_fail(server, result, before.hint, "%s",
			before.problem ? before.problem : strerror(-result));
	}
	hand_over(server, &before);
	echo_server_ready(server);
	result = begin_given(echo);
	if (result == 0)
		result = serve(echo);
	/* Before any connection ends: what the client says of that then has this reason. */
	if (result < 0)
		echo_server_fail(server, result, NULL, "io_uring: %s", strerror(-result));
	stop(echo);
	prove(echo, &after);
	hand_over(server, &after);
	close_all(echo);
	return result;
}

static int run(struct echo_server *server)
{
	return uring_echo_run(server, &uring_echo_kernel, 0);
}

const struct echo_server_class uring_echo_server = {
	.name = "io_uring",
	.summary = "io_uring(7): one thread, one ring",
	.run = run,
};
