/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Readiness loops over pipes and sockets, which are waited for themselves. */
#include <signal.h>
#include <sys/socket.h>

#include "test.h"
#include "unit/engine/rig.h"

enum { BOTH = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) };

/* An engine over one end of a socket pair; returns the other end, which blocks. */
static int open_socket(struct rig *rig, const char *engine, unsigned op_mask)
{
	int ends[2];

	*rig = (struct rig){.target = {.kind = TARGET_PIPE}};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	rig->target.descriptor = ends[0];
	assert_int_equal(rig_open(rig, engine, "", 4, 4, op_mask), 0);
	return ends[1];
}

static void close_socket(struct rig *rig, int other)
{
	int flags = fcntl(rig->target.descriptor, F_GETFL);

	assert_true(flags & O_NONBLOCK);
	rig_close(rig);
	/* It may be somebody else's, too, who does not expect that. */
	assert_int_equal(fcntl(rig->target.descriptor, F_GETFL), flags & ~O_NONBLOCK);
	close(rig->target.descriptor);
	close(other);
}

static void bytes_go_both_ways(void **state)
{
	struct rig rig;
	int other = open_socket(&rig, *state, BOTH);
	uint64_t content[RIG_BLOCK_BYTES / 8];

	for (uint64_t round = 0; round < 20; round++) {
		struct rig_io write_io = {.op = IO_WRITE,
			.offset = round * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES};
		struct rig_io read_io = {.op = IO_READ,
			.offset = round * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES};

		rig_run(&rig, &write_io, 1, rig_hook_fill, rig_hook_none, 1);
		assert_int_equal(write_io.result, RIG_BLOCK_BYTES);
		assert_int_equal(
			recv(other, content, sizeof(content), MSG_WAITALL), sizeof(content));
		rig_check(content, write_io.offset, sizeof(content), 1);

		rig_fill(content, read_io.offset, sizeof(content), 2);
		assert_int_equal(write(other, content, sizeof(content)), sizeof(content));
		rig_run(&rig, &read_io, 1, rig_hook_none, rig_hook_check, 2);
	}
	rig.class->prove(rig.engine, &rig.report);
	assert_non_null(
		strstr(rig_setting(rig.report.proof, "readiness_calls"), "read 20, write 20"));
	close_socket(&rig, other);
}

static void reads_wait_until_there_is_something(void **state)
{
	struct rig rig;
	int other = open_socket(&rig, *state, IO_BIT(IO_READ));
	struct slot *first = rig_start_one(&rig, IO_READ, 0, 8);
	struct slot *second = rig_start_one(&rig, IO_READ, 0, 8);
	struct slot *done[4];

	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, 1000000), 0);
	assert_int_equal(write(other, "abc", 3), 3);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 1);
	assert_ptr_equal(done[0], first); /* In the order sent. */
	assert_int_equal(first->result, 3);
	assert_memory_equal(first->buffer, "abc", 3);
	assert_int_equal(write(other, "de", 2), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 1);
	assert_ptr_equal(done[0], second);
	assert_int_equal(second->result, 2);
	close_socket(&rig, other);
}

/* Two I/Os that one readiness serves: reap goes on until it has as many as asked. */
static void reap_waits_for_as_many_as_asked(void **state)
{
	struct rig rig;
	int other = open_socket(&rig, *state, IO_BIT(IO_READ));
	struct slot *done[4];

	for (int i = 0; i < 4; i++)
		rig_start_one(&rig, IO_READ, 0, 2);
	assert_int_equal(write(other, "aabbccdd", 8), 8);
	assert_int_equal(rig.class->reap(rig.engine, done, 3, 4, -1), 3);
	assert_int_equal(rig.class->reap(rig.engine, done, 4, 4, -1), 1);
	close_socket(&rig, other);
}

static void the_end_and_a_reset_are_results(void **state)
{
	struct rig rig;
	int other = open_socket(&rig, *state, BOTH);

	signal(SIGPIPE, SIG_IGN);
	shutdown(other, SHUT_WR);
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 8), 0);
	close(other);
	assert_int_equal(rig_run_one(&rig, IO_WRITE, 0, 8), -EPIPE);
	assert_int_equal(rig_run_one(&rig, IO_SYNC, 0, 0), -EINVAL);
	close(rig.target.descriptor);
	rig_close(&rig);
}

/* A stream that is ready and for which nobody waits must not keep the others from being served. */
static void a_ready_stream_without_a_reader_is_not_waited_for(void **state)
{
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	struct target targets[2] = {{.kind = TARGET_PIPE}, {.kind = TARGET_PIPE}};
	struct slot slots[2], *batch, *done[2];
	char buffers[2][8];
	struct engine_setup setup = {.targets = targets,
		.target_count = 2,
		.slots = slots,
		.slot_count = 2,
		.op_mask = IO_BIT(IO_READ),
		.arena = &arena};
	const struct engine_class *class = engine_find(*state);
	struct engine *engine;
	int ends[2][2];
	uint64_t before;

	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pipe(ends[i]), 0);
		targets[i].descriptor = ends[i][0];
		slots[i] = (struct slot){.index = i,
			.target = (uint16_t)i,
			.op = IO_READ,
			.length = 8,
			.buffer = buffers[i]};
	}
	assert_int_equal(class->open(&setup, &engine, &report), 0);
	assert_int_equal(write(ends[0][1], "12", 2), 2);
	for (int round = 0; round < 2; round++) { /* Before it was ever read, and after. */
		batch = &slots[1];
		assert_int_equal(class->submit(engine, &batch, 1), 1);
		before = engine->syscalls;
		assert_int_equal(class->reap(engine, done, 1, 2, 2000000), 0);
		assert_true(engine->syscalls - before <= 3); /* It slept, and did not spin. */
		assert_int_equal(write(ends[1][1], "x", 1), 1);
		assert_int_equal(class->reap(engine, done, 1, 2, -1), 1);
		assert_ptr_equal(done[0], &slots[1]);
		batch = &slots[0];
		slots[0].length = 1;
		assert_int_equal(class->submit(engine, &batch, 1), 1);
		assert_int_equal(class->reap(engine, done, 1, 2, -1), 1);
		assert_ptr_equal(done[0], &slots[0]);
	}
	class->close(engine);
	for (int i = 0; i < 2; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
	arena_free(&arena);
}

static void a_descriptor_that_cannot_do_the_job_is_told(void **state)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE, .path = "the pipe"}};
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	assert_int_equal(rig_open(&rig, *state, "", 1, 1, IO_BIT(IO_WRITE)), -EBADF);
	assert_string_equal(rig.report.problem, "the pipe is not open for all that the job does");
	close(ends[0]);
	close(ends[1]);
	rig_close(&rig);
}

#define IN_EACH_WAY(test)                                                                          \
	{#test ": epoll", test, NULL, NULL, (void *)(uintptr_t) "epoll"},                          \
		{#test ": poll", test, NULL, NULL, (void *)(uintptr_t) "poll"},                    \
	{                                                                                          \
#test ": select", test, NULL, NULL, (void *)(uintptr_t) "select"                   \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_EACH_WAY(bytes_go_both_ways),
		IN_EACH_WAY(reads_wait_until_there_is_something),
		IN_EACH_WAY(reap_waits_for_as_many_as_asked),
		IN_EACH_WAY(the_end_and_a_reset_are_results),
		IN_EACH_WAY(a_ready_stream_without_a_reader_is_not_waited_for),
		IN_EACH_WAY(a_descriptor_that_cannot_do_the_job_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
