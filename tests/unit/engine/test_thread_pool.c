/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "engine/readiness.h"
#include "test.h"
#include "unit/engine/rig.h"

enum { SLOTS = 8 };

struct pool_test {
	struct arena arena;
	struct engine_report report;
	struct target target;
	struct slot slots[SLOTS];
	struct slot *all[SLOTS];
	char memory[SLOTS][512];
	struct engine_setup setup;
	struct thread_pool *pool;
};

static void start(struct pool_test *test, unsigned threads, int eventfd_descriptor)
{
	memset(test, 0, sizeof(*test));
	test->report.arena = &test->arena;
	test->target.kind = TARGET_CHARACTER;
	test->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	for (unsigned i = 0; i < SLOTS; i++) {
		test->slots[i] = (struct slot){
			.index = i, .length = 512, .buffer = test->memory[i], .op = IO_READ};
		test->all[i] = &test->slots[i];
	}
	test->setup = (struct engine_setup){.targets = &test->target,
		.target_count = 1,
		.slots = test->slots,
		.slot_count = SLOTS,
		.arena = &test->arena};
	assert_int_equal(thread_pool_start(&test->pool, &test->setup, threads, eventfd_descriptor,
				 &test->report),
		0);
}

static void stop(struct pool_test *test)
{
	thread_pool_stop(test->pool);
	thread_pool_stop(test->pool); /* Safe twice. */
	close(test->target.descriptor);
	arena_free(&test->arena);
}

/* Each of many rounds brings every slot back once, with its result. */
TEST(nothing_is_lost_or_doubled)
{
	static struct pool_test test;
	struct slot *done[SLOTS];
	unsigned seen[SLOTS] = {0};

	start(&test, 3, -1);
	for (unsigned round = 1; round <= 2000; round++) {
		unsigned sent = 0, got = 0;

		while (got < SLOTS) {
			sent += thread_pool_submit(test.pool, &test.all[sent], SLOTS - sent);
			if (sent > got)
				assert_true(thread_pool_wait(test.pool, 1, -1));
			for (unsigned i = thread_pool_collect(test.pool, done, SLOTS); i > 0; i--) {
				assert_int_equal(done[i - 1]->result, 512);
				seen[done[i - 1]->index]++;
				got++;
			}
		}
		for (unsigned i = 0; i < SLOTS; i++)
			assert_int_equal(seen[i], round);
	}
	assert_true(thread_pool_syscalls(test.pool) >= 2000 * SLOTS);
	thread_pool_prove(test.pool, &test.report);
	assert_non_null(strstr(rig_setting(test.report.proof, "pool_calls"), "pread 16000"));
	assert_string_equal(rig_setting(test.report.proof, "pool_threads"), "3");
	stop(&test);
}

TEST(wait_is_for_as_many_as_asked)
{
	static struct pool_test test;
	struct slot *done[SLOTS];

	start(&test, 2, -1);
	assert_int_equal(thread_pool_submit(test.pool, test.all, SLOTS), SLOTS);
	assert_true(thread_pool_wait(test.pool, SLOTS, -1));
	assert_int_equal(thread_pool_collect(test.pool, done, 3), 3);
	assert_int_equal(thread_pool_collect(test.pool, done, SLOTS), SLOTS - 3);
	assert_false(thread_pool_wait(test.pool, 1, 1000)); /* Nothing is under way. */
	assert_int_equal(thread_pool_collect(test.pool, done, SLOTS), 0);
	stop(&test);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

TEST(a_signal_ends_the_wait)
{
	static struct pool_test test;
	struct sigaction action = {.sa_handler = on_alarm}, before;
	struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};

	start(&test, 2, -1);
	assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_false(thread_pool_wait(test.pool, 1, -1));
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	stop(&test);
}

/* The eventfd is written to once for all that came since it was answered. */
TEST(an_eventfd_tells_of_completions)
{
	static struct pool_test test;
	struct slot *done[SLOTS];
	int descriptor = eventfd(0, EFD_CLOEXEC);

	start(&test, 2, descriptor);
	for (unsigned round = 0; round < 100; round++) {
		unsigned got = 0;

		assert_int_equal(thread_pool_submit(test.pool, test.all, SLOTS), SLOTS);
		while (got < SLOTS) {
			uint64_t count;

			assert_int_equal(read(descriptor, &count, sizeof(count)), sizeof(count));
			assert_in_range(count, 1, 2); /* 2: one came while we collected. */
			got += thread_pool_collect(test.pool, &done[got], SLOTS - got);
		}
		/* Left from a completion that was collected before its write was read. */
		if (thread_pool_collect(test.pool, done, SLOTS) != 0)
			fail();
	}
	stop(&test);
	close(descriptor);
}

TEST(threads_bear_the_name_of_their_worker)
{
	static struct pool_test test;
	char wanted[16];
	struct dirent *entry;
	unsigned found = 0;
	DIR *tasks;
	struct slot *done[SLOTS];

	start(&test, 1, -1);
	/* Once it has done something it bears its name. */
	assert_int_equal(thread_pool_submit(test.pool, test.all, 1), 1);
	assert_true(thread_pool_wait(test.pool, 1, -1));
	assert_int_equal(thread_pool_collect(test.pool, done, 1), 1);
	snprintf(wanted, sizeof(wanted), "rs-io-%d", (int)gettid());
	tasks = opendir("/proc/self/task");
	assert_non_null(tasks);
	while ((entry = readdir(tasks))) {
		char path[300], name[32] = "";
		FILE *comm;

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		comm = fopen(path, "r");
		if (comm && fgets(name, sizeof(name), comm)) {
			name[strcspn(name, "\n")] = '\0';
			found += strcmp(name, wanted) == 0;
		}
		if (comm)
			fclose(comm);
	}
	closedir(tasks);
	assert_int_equal(found, 1);
	stop(&test);
}

TEST(stop_does_not_wait_for_what_was_not_begun)
{
	static struct pool_test test;

	for (int round = 0; round < 100; round++) {
		start(&test, 2, -1);
		assert_int_equal(thread_pool_submit(test.pool, test.all, SLOTS), SLOTS);
		stop(&test);
	}
}

/* In a child, as another user: root has no limit of processes. */
TEST(too_many_threads_are_told)
{
	static struct pool_test test;
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit limit = {0, 0};
		struct thread_pool *pool = NULL;
		struct engine_setup setup = {.slot_count = SLOTS, .arena = &test.arena};
		int result;

		if (setrlimit(RLIMIT_NPROC, &limit) < 0 || (geteuid() == 0 && setuid(65534) < 0))
			_exit(2);
		test.report.arena = &test.arena;
		result = thread_pool_start(&pool, &setup, 4, -1, &test.report);
		_exit(result == -EAGAIN && !pool && strstr(test.report.problem, "of 4 threads") &&
					strstr(test.report.hint, "ulimit -u")
				? 0
				: 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		print_message("skipped: cannot become somebody with a limit of processes\n");
		skip();
	}
	assert_int_equal(status, 0);
}

static void open_zero(struct rig *rig, const char *settings, unsigned depth)
{
	*rig = (struct rig){.target = {.kind = TARGET_CHARACTER}};
	rig->target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	assert_int_equal(rig_open(rig, "threads", settings, depth, depth, IO_BIT(IO_READ)), 0);
}

static void close_target(struct rig *rig)
{
	close(rig->target.descriptor);
	rig_close(rig);
}

TEST(there_are_as_many_threads_as_slots_or_as_asked)
{
	struct rig rig;

	open_zero(&rig, "", 6);
	assert_string_equal(rig_setting(rig.report.effective, "pool_threads"), "6");
	close_target(&rig);
	open_zero(&rig, "pool_threads=2", 6);
	assert_string_equal(rig_setting(rig.report.effective, "pool_threads"), "2");
	close_target(&rig);
}

TEST(system_calls_of_the_pool_are_counted)
{
	struct rig rig;

	open_zero(&rig, "", 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	assert_true(rig.engine->syscalls >= 100);
	rig.class->prove(rig.engine, &rig.report);
	assert_non_null(strstr(rig_setting(rig.report.proof, "pool_calls"), "pread 100"));
	close_target(&rig);
}

TEST(a_timeout_loses_nothing)
{
	struct rig rig;
	struct slot *done[1];

	open_zero(&rig, "", 1);
	for (int round = 0; round < 50; round++) {
		int count;

		rig_start_one(&rig, IO_READ, 0, 4096);
		count = rig.class->reap(rig.engine, done, 1, 1, 1);
		assert_in_range(count, 0, 1);
		if (count == 0)
			count = rig.class->reap(rig.engine, done, 1, 1, -1);
		assert_int_equal(count, 1);
		assert_int_equal(done[0]->result, 4096);
		rig.idle[rig.idle_count++] = done[0];
	}
	/* Nothing is under way: nothing to wait for. */
	assert_int_equal(rig.class->reap(rig.engine, done, 1, 1, -1), 0);
	close_target(&rig);
}

TEST_MAIN(NULL, NULL);
