/* SPDX-License-Identifier: MIT */
/*
 * What reap and submit promise beyond the conformance test: system calls, timeouts, signals.
 * covers: src/engine/uring_wait.c
 */
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "test.h"
#include "unit/engine/rig.h"

static const char plain[] = "single_issuer=0 defer_taskrun=0 coop_taskrun=0";

static void open_zero(struct rig *rig, const char *settings)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, "io_uring", settings, 16, 16, IO_BIT(IO_READ)), 0);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

static void read_batch(struct rig *rig)
{
	struct rig_io ios[16];

	for (int i = 0; i < 16; i++)
		ios[i] = (struct rig_io){.op = IO_READ, .length = 512};
	rig_run(rig, ios, 16, rig_hook_none, rig_hook_none, 0);
}

/*
 * A stream to read from: its I/O ends when the test writes, and not before. A socket, which is
 * polled for; a pipe is, on kernels before 6.4, left to a thread, and then what was written is done
 * some time later.
 */
static int open_stream(struct rig *rig, const char *settings)
{
	int ends[2];
	int result;

	*rig = (struct rig){.target = {.kind = TARGET_PIPE}};
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	rig->target.descriptor = ends[0];
	result = rig_open(rig, "io_uring", settings, 4, 4, IO_BIT(IO_READ));
	if (result == -EOPNOTSUPP) { /* a newer kernel has it */
		print_message("skipped: %s\n", rig->report.problem);
		skip();
	}
	assert_int_equal(result, 0);
	return ends[1];
}

static void a_turn_is_one_call(void **state)
{
	struct rig rig;

	(void)state;
	open_zero(&rig, "fixedbufs=1");
	for (int turn = 0; turn < 3; turn++)
		read_batch(&rig);
	assert_int_equal(rig.engine->syscalls, 3);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "opcodes"), "READ_FIXED 48");
	assert_string_equal(rig_setting(rig.report.proof, "io_uring_enter"), "3");
	assert_null(rig_setting(rig.report.proof, "cq_overflows"));
	close_target(&rig);
}

static void submit_sends_at_once_when_wished(void **state)
{
	struct rig rig;
	struct slot *done[1];

	(void)state;
	open_zero(&rig, "");
	rig_start_one(&rig, IO_READ, 0, 512);
	assert_int_equal(rig.engine->syscalls, 0); /* Left to reap. */
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, -1), 1);
	assert_int_equal(rig.engine->syscalls, 1);

	rig.engine->sends_now = true;
	rig_start_one(&rig, IO_READ, 0, 512);
	assert_int_equal(rig.engine->syscalls, 2);
	/* It was done in the call: reap has nothing left to ask the kernel. */
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, -1), 1);
	assert_int_equal(rig.engine->syscalls, 2);
	close_target(&rig);
}

static void time_runs_out(void **state)
{
	struct rig rig;
	int writer = open_stream(&rig, *state);
	struct slot *slot = rig_start_one(&rig, IO_READ, 0, 8);
	struct slot *done[4];

	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, 0), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, 100000), 0);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, 3000000), 0);
	assert_int_equal(write(writer, "12345", 5), 5);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 1);
	assert_ptr_equal(done[0], slot);
	assert_int_equal(slot->result, 5);
	assert_memory_equal(slot->buffer, "12345", 5);
	close(writer);
	close_target(&rig);
}

static volatile sig_atomic_t alarm_count;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	alarm_count = alarm_count + 1;
}

static void a_signal_ends_the_wait(void **state)
{
	struct rig rig;
	int writer = open_stream(&rig, *state);
	struct sigaction action = {.sa_handler = on_alarm}, before;
	struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
	struct slot *done[4];

	rig_start_one(&rig, IO_READ, 0, 8);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	/* Once with the submission in the same call, once without. */
	for (int round = 0; round < 2; round++) {
		alarm_count = 0;
		assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 0);
		assert_in_range(alarm_count, 1, INT_MAX);
	}
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	assert_int_equal(write(writer, "1", 1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 1);
	close(writer);
	close_target(&rig);
}

/* With DEFER_ and COOP_TASKRUN completions wait in the kernel: a peek must fetch them, and must
 * not ask when there are none. */
static void a_peek_sees_what_is_done(void **state)
{
	struct rig rig;
	int writer = open_stream(&rig, *state);
	struct slot *slot = rig_start_one(&rig, IO_READ, 0, 8);
	struct slot *done[4];
	uint64_t before;

	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
	before = rig.engine->syscalls;
	for (int peek = 0; peek < 10; peek++)
		assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
	assert_int_equal(rig.engine->syscalls, before);
	assert_int_equal(write(writer, "1", 1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 1);
	assert_ptr_equal(done[0], slot);
	close(writer);
	close_target(&rig);
}

/* Two of three are there: a wait for three goes on until the third is. */
static void reap_waits_for_as_many_as_asked(void **state)
{
	struct rig rig;
	int writer = open_stream(&rig, *state);
	struct slot *done[4];

	for (int i = 0; i < 3; i++)
		rig_start_one(&rig, IO_READ, 0, 1);
	assert_int_equal(write(writer, "12", 2), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 2, 4, -1), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, 1000), 0);
	assert_int_equal(write(writer, "3", 1), 1);
	/* No more than are in flight can be waited for. */
	assert_int_equal(rig.class->reap(rig.engine, done, 4, 4, -1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 4, 4, -1), 0);
	close(writer);
	close_target(&rig);
}

static void reap_hands_out_no_more_than_asked(void **state)
{
	struct rig rig;
	struct slot *done[4];

	open_zero(&rig, *state);
	for (int i = 0; i < 3; i++)
		rig_start_one(&rig, IO_READ, 0, 8);
	assert_int_equal(rig.class->reap(rig.engine, done, 3, 1, -1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, -1), 1);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 1);
	close_target(&rig);
}

static void close_cancels_what_never_ends(void **state)
{
	struct rig rig;
	int writer = open_stream(&rig, *state);
	struct slot *done[4];

	rig_start_one(&rig, IO_READ, 0, 8);
	rig_start_one(&rig, IO_READ, 0, 8);
	assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
	close_target(&rig); /* Hangs, where it is wrong. */
	close(writer);
}

static void close_drops_what_was_not_sent(void **state)
{
	struct rig rig = {.target = {.kind = TARGET_FILE}};
	char path[64];
	int descriptor = rig_temporary_file(path);

	(void)state;
	unlink(path);
	rig.target.descriptor = descriptor;
	assert_int_equal(rig_open(&rig, "io_uring", "", 4, 4, IO_BIT(IO_WRITE)), 0);
	rig_start_one(&rig, IO_WRITE, 0, 512);
	rig_close(&rig);
	assert_int_equal(lseek(descriptor, 0, SEEK_END), 0);
	close(descriptor);
}

/* Only where nothing else is asked for: what is left out there would be missed elsewhere. */
static void plain_rings_have_functions_of_their_own(void **state)
{
	const struct {
		const char *settings;
		unsigned op_mask;
		bool is_plain;
	} cases[] = {
		{"", IO_BIT(IO_READ), true},
		{"fixedbufs=1 registerfiles=1", IO_BIT(IO_READ) | IO_BIT(IO_WRITE), true},
		{"force_async=1", IO_BIT(IO_READ), true}, /* its templates say so */
		{"force_async=2", IO_BIT(IO_READ), false},
		{"nonvectored=0", IO_BIT(IO_READ), false},
		{"eventfd=1", IO_BIT(IO_READ), false},
		{"sqthread_poll=1", IO_BIT(IO_READ), false},
		{"", IO_BIT(IO_READ) | IO_BIT(IO_SYNC), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig = {.target = {.kind = TARGET_CHARACTER}};
		const struct engine_class *class = engine_find("io_uring");

		rig.target.descriptor = open("/dev/zero", O_RDWR | O_CLOEXEC);
		assert_int_equal(
			rig_open(&rig, "io_uring", cases[i].settings, 4, 4, cases[i].op_mask), 0);
		assert_int_equal(rig.class->submit != class->submit, cases[i].is_plain);
		assert_int_equal(rig.class->reap != class->reap, cases[i].is_plain);
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
		close_target(&rig);
	}
}

/* Whether completions stay in the kernel until a call asks for them. */
static bool defers(const struct rig *rig)
{
	return strstr(rig_setting(rig->report.effective, "setup_flags"), "DEFER_TASKRUN") != NULL;
}

/* Where a call is made for what is sent, it brings what has come before; none is made for nothing.
 */
static void a_look_sees_what_has_come(void **state)
{
	const char *const settings[] = {"", "defer_taskrun=0", plain};

	(void)state;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct rig rig;
		struct slot *done[4];
		int end = open_stream(&rig, settings[i]), reaped = 0;
		int looks = defers(&rig) ? 1 : 10000; /* others may leave it to a thread */
		uint64_t calls;

		rig_start_one(&rig, IO_READ, 0, 512);
		assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
		calls = rig.engine->syscalls;
		for (int look = 0; look < 100; look++)
			assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
		assert_int_equal(rig.engine->syscalls, calls);
		assert_int_equal(write(end, "0123456789", 10), 10);
		rig_start_one(&rig, IO_READ, 0, 512);
		for (; looks > 0 && reaped == 0; looks--)
			reaped = rig.class->reap(rig.engine, done, 0, 4, -1);
		assert_int_equal(reaped, 1);
		assert_int_equal(done[0]->result, 10);
		if (defers(&rig))
			assert_int_equal(rig.engine->syscalls, calls + 1);
		close(end);
		assert_int_equal(rig.class->reap(rig.engine, done, 1, 4, -1), 1);
		close_target(&rig);
	}
}

static struct slot *start_on(struct rig *rig, uint16_t target, enum io_op op)
{
	rig->idle[rig->idle_count - 1]->target = target;
	return rig_start_one(rig, op, 0, 512);
}

/* A write wakes a read of the same ring: that is done inside the call that sends the write, as all
 * I/Os are on a drive in memory. The first time it takes a call more, and none from then on. */
static void a_look_sees_what_comes_while_it_is_sent(void **state)
{
	struct target ends[2] = {{.kind = TARGET_PIPE}, {.kind = TARGET_PIPE}};
	struct rig rig = {.targets = ends, .target_count = 2};
	struct slot *done[4];
	int descriptors[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors), 0);
	ends[0].descriptor = descriptors[0];
	ends[1].descriptor = descriptors[1];
	assert_int_equal(
		rig_open(&rig, "io_uring", "", 4, 4, IO_BIT(IO_READ) | IO_BIT(IO_WRITE)), 0);
	if (!defers(&rig)) {
		print_message("skipped: DEFER_TASKRUN needs Linux 6.1\n");
		skip();
	}
	for (int round = 0; round < 3; round++) {
		struct slot *reader, *writer;
		uint64_t calls;

		reader = start_on(&rig, 0, IO_READ);
		assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 0);
		calls = rig.engine->syscalls;
		writer = start_on(&rig, 1, IO_WRITE);
		assert_int_equal(rig.class->reap(rig.engine, done, 0, 4, -1), 2);
		assert_int_equal(rig.engine->syscalls, calls + (round == 0 ? 2 : 1));
		assert_int_equal(reader->result, 512);
		assert_int_equal(writer->result, 512);
		rig.idle[rig.idle_count++] = reader;
		rig.idle[rig.idle_count++] = writer;
	}
	rig_close(&rig);
	close(descriptors[0]);
	close(descriptors[1]);
}

/* Each I/O has its own bytes, whether the kernel knows of one buffer or of many. */
static void registered_buffers_are_one_where_they_follow_each_other(void **state)
{
	enum { SLOTS = 3, BYTES = 4096 };
	static char area[SLOTS + 1][BYTES], content[SLOTS][BYTES];
	char path[] = "/tmp/ringside-test-XXXXXX";
	int descriptor = mkstemp(path);

	(void)state;
	unlink(path);
	for (int i = 0; i < SLOTS; i++)
		memset(content[i], 'a' + i, BYTES);
	assert_int_equal(write(descriptor, content, sizeof(content)), sizeof(content));
	for (int has_gap = 0; has_gap < 2; has_gap++) {
		struct rig rig = {.target = {.descriptor = descriptor, .kind = TARGET_FILE}};
		struct slot slots[SLOTS], *batch[SLOTS], *done[SLOTS];

		memset(area, 0, sizeof(area));
		rig.setup = (struct engine_setup){.targets = &rig.target,
			.target_count = 1,
			.slots = slots,
			.slot_count = SLOTS,
			.buffer_bytes = BYTES,
			.batch_submit = SLOTS,
			.batch_complete_max = SLOTS,
			.op_mask = IO_BIT(IO_READ),
			.options = rig_options(&rig.arena, engine_find("io_uring"), "fixedbufs=1"),
			.arena = &rig.arena};
		rig.report.arena = &rig.arena;
		for (unsigned i = 0; i < SLOTS; i++) {
			slots[i] = (struct slot){.buffer = area[i + (i > 1 && has_gap)],
				.offset = (uint64_t)(SLOTS - 1 - i) * BYTES,
				.length = BYTES,
				.index = i};
			batch[i] = &slots[i];
		}
		assert_int_equal(
			engine_find("io_uring")->open(&rig.setup, &rig.engine, &rig.report), 0);
		rig.class = rig.engine->class;
		assert_int_equal(rig.class->submit(rig.engine, batch, SLOTS), SLOTS);
		assert_int_equal(rig.class->reap(rig.engine, done, SLOTS, SLOTS, -1), SLOTS);
		for (unsigned i = 0; i < SLOTS; i++) {
			assert_int_equal(slots[i].result, BYTES);
			assert_memory_equal(slots[i].buffer, content[SLOTS - 1 - i], BYTES);
		}
		rig.class->prove(rig.engine, &rig.report);
		assert_string_equal(rig_setting(rig.report.proof, "buffers"),
			has_gap ? "registered each" : "registered as one");
		rig.class->close(rig.engine);
		arena_free(&rig.arena);
	}
	close(descriptor);
}

static void a_deep_ring_loses_nothing(void **state)
{
	enum { DEPTH = 4096 };
	static struct slot slots[DEPTH], *batch[DEPTH], *done[DEPTH];
	static char buffer[512];
	struct arena arena = {0};
	struct engine_report report = {.arena = &arena};
	struct target target = {.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC)};
	struct engine_setup setup = {.targets = &target,
		.target_count = 1,
		.slots = slots,
		.slot_count = DEPTH,
		.buffer_bytes = sizeof(buffer),
		.op_mask = IO_BIT(IO_READ),
		.arena = &arena};
	struct engine *engine;

	(void)state;
	for (unsigned i = 0; i < DEPTH; i++) {
		slots[i] = (struct slot){.buffer = buffer, .length = 512, .index = i};
		batch[i] = &slots[i];
	}
	assert_int_equal(engine_find("io_uring")->open(&setup, &engine, &report), 0);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(engine->class->submit(engine, batch, DEPTH), DEPTH);
		assert_int_equal(engine->class->reap(engine, done, DEPTH, DEPTH, -1), DEPTH);
		for (unsigned i = 0; i < DEPTH; i++) {
			assert_int_equal(done[i]->result, 512);
			done[i]->result = -1; /* Seen: a second time would be noticed. */
		}
	}
	engine->class->close(engine);
	close(target.descriptor);
	arena_free(&arena);
}

static void descriptors_may_change_between_turns(void **state)
{
	struct rig rig;
	int first;

	(void)state;
	open_zero(&rig, "");
	rig.class->close(rig.engine);
	rig.setup.targets_change = true;
	assert_int_equal(rig.class->open(&rig.setup, &rig.engine, &rig.report), 0);
	rig.class = rig.engine->class;
	first = rig.target.descriptor;
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	rig.target.descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 0);
	close(first);
	close_target(&rig);
}

/* Two of four are there: a wait for three ends when the time for the whole batch is over. */
static void a_minimum_wait_ends_with_what_there_is(void **state)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE}};
	struct slot *done[4];
	int ends[2];
	int result;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	result = rig_open(&rig, "io_uring", "min_wait_us=2000", 4, 4, IO_BIT(IO_READ));
	if (result == -EOPNOTSUPP) {
		assert_non_null(strstr(rig.report.problem, "6.12"));
		print_message("skipped: %s\n", rig.report.problem);
		skip();
	}
	assert_int_equal(result, 0);
	for (int i = 0; i < 4; i++)
		rig_start_one(&rig, IO_READ, 0, 1);
	assert_int_equal(write(ends[1], "12", 2), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 3, 4, -1), 2);
	/* All of the batch is there: nothing keeps it waiting. */
	assert_int_equal(write(ends[1], "34", 2), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 2, 4, -1), 2);
	close(ends[1]);
	close_target(&rig);
}

/* The kernel would look at the end of the time only when the wait for the batch is over. */
static void a_minimum_wait_is_no_longer_than_the_time(void **state)
{
	struct rig rig = {.target = {.kind = TARGET_PIPE}};
	struct sigaction action = {.sa_handler = on_alarm}, before;
	struct slot *done[4];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	rig.target.descriptor = ends[0];
	if (rig_open(&rig, "io_uring", "min_wait_us=1000000000", 4, 4, IO_BIT(IO_READ)) != 0) {
		print_message("skipped: %s\n", rig.report.problem);
		skip();
	}
	rig_start_one(&rig, IO_READ, 0, 1);
	rig_start_one(&rig, IO_READ, 0, 1);
	alarm_count = 0;
	sigaction(SIGALRM, &action, &before);
	alarm(20);
	assert_int_equal(rig.class->reap(rig.engine, done, 2, 4, 1000000), 0);
	alarm(0);
	sigaction(SIGALRM, &before, NULL);
	assert_int_equal(alarm_count, 0);
	assert_int_equal(write(ends[1], "12", 2), 2);
	assert_int_equal(rig.class->reap(rig.engine, done, 2, 4, -1), 2);
	close(ends[1]);
	close_target(&rig);
}

#define FOR_EACH_WAY(test)                                                                         \
	{#test ": defer", test, NULL, NULL, (void *)(uintptr_t) ""},                               \
		{#test ": coop", test, NULL, NULL, (void *)(uintptr_t) "coop_taskrun=1"},          \
		{#test ": plain", test, NULL, NULL, (void *)(uintptr_t)plain},                     \
		{#test ": eventfd", test, NULL, NULL, (void *)(uintptr_t) "eventfd=1"},            \
		{#test ": eventfd, sqpoll", test, NULL, NULL,                                      \
			(void *)(uintptr_t) "eventfd=1 sqthread_poll=1"},                          \
	{                                                                                          \
#test ": sqpoll", test, NULL, NULL, (void *)(uintptr_t) "sqthread_poll=1"          \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_turn_is_one_call),
		cmocka_unit_test(submit_sends_at_once_when_wished),
		FOR_EACH_WAY(time_runs_out),
		FOR_EACH_WAY(a_signal_ends_the_wait),
		{"a_signal_ends_the_wait: min_wait_us", a_signal_ends_the_wait, NULL, NULL,
			(void *)(uintptr_t) "min_wait_us=1"},
		FOR_EACH_WAY(reap_waits_for_as_many_as_asked),
		FOR_EACH_WAY(reap_hands_out_no_more_than_asked),
		FOR_EACH_WAY(close_cancels_what_never_ends),
		{"a_peek_sees_what_is_done: defer", a_peek_sees_what_is_done, NULL, NULL,
			(void *)(uintptr_t) ""},
		{"a_peek_sees_what_is_done: coop", a_peek_sees_what_is_done, NULL, NULL,
			(void *)(uintptr_t) "coop_taskrun=1"},
		{"a_peek_sees_what_is_done: plain", a_peek_sees_what_is_done, NULL, NULL,
			(void *)(uintptr_t)plain},
		{"a_peek_sees_what_is_done: eventfd", a_peek_sees_what_is_done, NULL, NULL,
			(void *)(uintptr_t) "eventfd=1"},
		cmocka_unit_test(a_minimum_wait_ends_with_what_there_is),
		cmocka_unit_test(a_minimum_wait_is_no_longer_than_the_time),
		cmocka_unit_test(close_drops_what_was_not_sent),
		cmocka_unit_test(plain_rings_have_functions_of_their_own),
		cmocka_unit_test(a_look_sees_what_has_come),
		cmocka_unit_test(a_look_sees_what_comes_while_it_is_sent),
		cmocka_unit_test(registered_buffers_are_one_where_they_follow_each_other),
		cmocka_unit_test(a_deep_ring_loses_nothing),
		cmocka_unit_test(descriptors_may_change_between_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
