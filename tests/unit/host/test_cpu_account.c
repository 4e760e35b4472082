/* SPDX-License-Identifier: MIT */
/*
 * CPU time of workers and their helpers, held against what the kernel says of the whole process.
 * Work is measured out by the CPU clock, not by time: the result is the same on a busy machine.
 */
#include <dirent.h>
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/cpu_account.h"
#include "test.h"
#include "unit/host/cpu_work.h"
#include "unit/wait_until.h"

TEST(own_time_is_exact_and_split)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;
	uint64_t before, start, end, after;

	burn(WORK_NS / 4); /* before the window: not counted */
	before = read_ns(CLOCK_THREAD_CPUTIME_ID);
	cpu_account_start(account);
	start = read_ns(CLOCK_THREAD_CPUTIME_ID);
	burn(WORK_NS);
	end = read_ns(CLOCK_THREAD_CPUTIME_ID);
	cpu_account_stop(account, &usage);
	after = read_ns(CLOCK_THREAD_CPUTIME_ID);
	/* Of a virtual CPU that was not run in between the thread is charged for the pause. */
	assert_in_range(usage.user_ns + usage.system_ns, (end - start) / 100 * 99,
		(after - before) / 100 * 101);
	assert_int_equal(usage.helper_ns, 0);
	assert_int_equal(usage.sqpoll_tid, 0);
	assert_int_equal(usage.sqpoll_cpu, -1);
	assert_int_equal(usage.io_worker_count, 0);
	cpu_account_close(account);
}

TEST(system_calls_are_system_time)
{
	struct cpu_account *account = cpu_account_open();
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	static char data[1 << 20];
	struct cpu_usage usage;
	uint64_t end = read_ns(CLOCK_THREAD_CPUTIME_ID) + WORK_NS;

	cpu_account_start(account);
	/* Not read(): a sanitizer would work on the data, in user time. */
	while (read_ns(CLOCK_THREAD_CPUTIME_ID) < end)
		assert_int_equal(syscall(SYS_read, zero, data, sizeof(data)), sizeof(data));
	cpu_account_stop(account, &usage);
	assert_true(usage.system_ns > usage.user_ns);
	close(zero);
	cpu_account_close(account);
}

static void *do_nothing(void *unused)
{
	return unused;
}

/* Until this thread has waited so many times more; its usage then. */
static struct rusage wait_often(long count)
{
	struct rusage before, now;

	getrusage(RUSAGE_THREAD, &before);
	do {
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, do_nothing, NULL), 0);
		pthread_join(thread, NULL);
		getrusage(RUSAGE_THREAD, &now);
	} while (now.ru_nvcsw < before.ru_nvcsw + count);
	return now;
}

TEST(waiting_is_a_voluntary_switch)
{
	struct cpu_account *account = cpu_account_open();
	struct rusage before, started, stopping, after;
	struct cpu_usage usage;

	before = wait_often(10); /* before the window: not counted */
	cpu_account_start(account);
	getrusage(RUSAGE_THREAD, &started);
	stopping = wait_often(10);
	cpu_account_stop(account, &usage);
	getrusage(RUSAGE_THREAD, &after);
	assert_in_range(usage.voluntary_switches, stopping.ru_nvcsw - started.ru_nvcsw,
		after.ru_nvcsw - before.ru_nvcsw);
	assert_in_range(usage.involuntary_switches, stopping.ru_nivcsw - started.ru_nivcsw,
		after.ru_nivcsw - before.ru_nivcsw);
	cpu_account_close(account);
}

static void *work_without_account(void *unused)
{
	(void)unused;
	burn(WORK_NS);
	return NULL;
}

TEST(other_threads_are_not_counted)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;
	pthread_t thread;

	cpu_account_start(account);
	assert_int_equal(pthread_create(&thread, NULL, work_without_account, NULL), 0);
	pthread_join(thread, NULL);
	cpu_account_stop(account, &usage);
	assert_true(usage.user_ns + usage.system_ns + usage.helper_ns < WORK_NS / 2);
	cpu_account_close(account);
}

static struct io_uring ring; /* of the test that runs */
static bool has_ring;

/* A poller stays awake for a minute. 0 or -errno. */
static int open_ring(unsigned flags)
{
	struct io_uring_params params = {.flags = flags, .sq_thread_idle = 60 * 1000};

	return io_uring_queue_init_params(64, &ring, &params);
}

static void send_nop(void)
{
	struct io_uring_cqe *cqe;

	io_uring_prep_nop(io_uring_get_sqe(&ring));
	assert_int_equal(io_uring_submit(&ring), 1);
	assert_int_equal(io_uring_wait_cqe(&ring, &cqe), 0);
	io_uring_cqe_seen(&ring, cqe);
}

/* Opens the ring, or skips where the kernel gives none. */
static void need_ring(unsigned flags)
{
	int error = open_ring(flags);

	if (error < 0) {
		print_message("skipped: io_uring_setup: %s\n", strerror(-error));
		skip();
	}
	has_ring = true;
	send_nop(); /* A poller that has run has its name. */
}

static bool has_poller(void)
{
	DIR *tasks = opendir("/proc/self/task");
	bool is_found = false;

	for (struct dirent *entry = readdir(tasks); entry && !is_found; entry = readdir(tasks)) {
		char path[300], name[32] = "";
		FILE *stream;

		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		stream = fopen(path, "re");
		if (!stream)
			continue;
		is_found = fgets(name, sizeof(name), stream) && strncmp(name, "iou-sqp", 7) == 0;
		fclose(stream);
	}
	closedir(tasks);
	return is_found;
}

/* A poller goes on for some 20 ms after its ring is closed: not into the next test. */
static void close_ring(void)
{
	io_uring_queue_exit(&ring);
	has_ring = false;
	assert_true(WAIT_UNTIL(!has_poller(), "the poll thread of a closed ring has ended"));
}

/* After a test that failed: a poller would be in the way of all that follow. */
static int close_left_ring(void **state)
{
	(void)state;
	if (has_ring)
		close_ring();
	return 0;
}

TEST_FIXTURE(NULL, close_left_ring);

/* What the account says against the process's clock less what this thread used. */
static void assert_helpers_account_for_the_rest(
	struct cpu_account *account, struct cpu_usage *usage, void (*work)(void))
{
	uint64_t others;

	cpu_account_watch();
	cpu_account_start(account);
	others = others_ns();
	work();
	others = others_ns() - others;
	cpu_account_stop(account, usage);
	assert_true(others >= HELPER_WORK_NS * 9 / 10);
	assert_near(usage->helper_ns, others, 0.2);
}

static void wait_for_poller(void)
{
	let_others_burn(HELPER_WORK_NS);
}

TEST(sqpoll_thread_is_a_helper)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;

	need_ring(IORING_SETUP_SQPOLL);
	let_others_burn(HELPER_WORK_NS / 4); /* before the window: not counted */
	assert_helpers_account_for_the_rest(account, &usage, wait_for_poller);
	assert_int_equal(usage.sqpoll_ns, usage.helper_ns);
	assert_true(usage.sqpoll_tid > 0 && usage.sqpoll_tid != gettid());
	assert_in_range(usage.sqpoll_cpu, 0, sysconf(_SC_NPROCESSORS_CONF) - 1);
	assert_int_equal(usage.io_worker_count, 0);
	close_ring();
	cpu_account_close(account);
}

/* Reads of /dev/zero that io-wq must do, until its threads have worked long enough. */
static void read_by_io_workers(void)
{
	static char data[1 << 20];
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	uint64_t end = others_ns() + HELPER_WORK_NS;

	assert_true(zero >= 0);
	while (others_ns() < end) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
		struct io_uring_cqe *cqe;

		io_uring_prep_read(sqe, zero, data, sizeof(data), 0);
		sqe->flags |= IOSQE_ASYNC;
		/* A poller may answer before it takes the last entry off the queue: then 2. */
		assert_true(io_uring_submit(&ring) >= 1);
		assert_int_equal(io_uring_wait_cqe(&ring, &cqe), 0);
		assert_int_equal(cqe->res, sizeof(data));
		io_uring_cqe_seen(&ring, cqe);
	}
	close(zero);
}

TEST(io_wq_workers_are_helpers)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;

	need_ring(0);
	assert_helpers_account_for_the_rest(account, &usage, read_by_io_workers);
	assert_true(usage.io_worker_count >= 1);
	assert_int_equal(usage.sqpoll_ns, 0);
	assert_int_equal(usage.sqpoll_tid, 0);
	close_ring();
	cpu_account_close(account);
}

/* With SQPOLL the poller owns the io-wq workers, and the worker owns the poller. */
TEST(io_wq_workers_of_a_poller_are_helpers)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;

	need_ring(IORING_SETUP_SQPOLL);
	assert_helpers_account_for_the_rest(account, &usage, read_by_io_workers);
	assert_true(usage.io_worker_count >= 1);
	assert_true(usage.sqpoll_ns > 0 && usage.sqpoll_ns < usage.helper_ns);
	close_ring();
	cpu_account_close(account);
}

TEST(helper_that_is_gone_keeps_what_was_seen_of_it)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;

	need_ring(IORING_SETUP_SQPOLL);
	cpu_account_start(account);
	let_others_burn(HELPER_WORK_NS);
	cpu_account_watch();
	close_ring();
	cpu_account_stop(account, &usage);
	assert_true(usage.sqpoll_ns >= HELPER_WORK_NS * 8 / 10);
	cpu_account_close(account);
}

/* Two workers, one with a poller, one that computes: neither is charged for the other. */
TEST(helpers_go_to_the_worker_that_made_the_ring)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage polling, computing;
	pthread_t thread;

	need_ring(IORING_SETUP_SQPOLL);
	pthread_barrier_init(&together, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, compute, &computing), 0);
	pthread_barrier_wait(&together);
	cpu_account_watch();
	cpu_account_start(account);
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	cpu_account_stop(account, &polling);
	pthread_barrier_wait(&together);
	pthread_join(thread, NULL);
	assert_true(polling.sqpoll_ns > 0);
	assert_true(polling.user_ns + polling.system_ns < WORK_NS / 4);
	assert_int_equal(computing.helper_ns, 0);
	assert_int_equal(computing.sqpoll_tid, 0);
	assert_true(computing.user_ns + computing.system_ns >= WORK_NS / 2);
	close_ring();
	cpu_account_close(account);
	pthread_barrier_destroy(&together);
}

/* What the first process of a PID namespace of its own says: 0, or what went wrong. */
static int account_in_namespace(void)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("proc", "/proc", "proc", 0, NULL) < 0 || open_ring(IORING_SETUP_SQPOLL) < 0)
		return 77;
	send_nop();
	cpu_account_watch();
	cpu_account_start(account);
	let_others_burn(HELPER_WORK_NS);
	cpu_account_stop(account, &usage);
	return usage.sqpoll_ns >= HELPER_WORK_NS * 8 / 10 ? 0 : 2;
}

/* There the names bear numbers that mean nothing. */
TEST(helpers_are_found_in_a_pid_namespace)
{
	int status = 0;
	pid_t outer = fork();

	if (outer == 0) {
		pid_t inner;

		if (unshare(CLONE_NEWPID | CLONE_NEWNS) < 0)
			_exit(77);
		inner = fork();
		if (inner == 0)
			_exit(account_in_namespace());
		if (inner < 0 || waitpid(inner, &status, 0) != inner)
			_exit(1);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	assert_true(outer > 0 && waitpid(outer, &status, 0) == outer);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: no PID namespace or no SQPOLL here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

TEST(close_takes_null_and_leaves_the_others)
{
	struct cpu_account *first = cpu_account_open(), *second = cpu_account_open();
	struct cpu_usage usage;

	cpu_account_close(NULL);
	cpu_account_close(first);
	cpu_account_start(second);
	burn(WORK_NS / 10);
	cpu_account_stop(second, &usage);
	assert_true(usage.user_ns + usage.system_ns >= WORK_NS / 10);
	cpu_account_close(second);
}

static void *burn_under_a_name(void *name)
{
	static uint64_t used_ns;

	pthread_setname_np(pthread_self(), name);
	pthread_barrier_wait(&together); /* named */
	pthread_barrier_wait(&together); /* watched */
	used_ns = burn(WORK_NS);
	pthread_barrier_wait(&together); /* burnt */
	pthread_barrier_wait(&together); /* measured */
	return &used_ns;
}

TEST(threads_of_an_engine_are_helpers)
{
	struct cpu_account *account = cpu_account_open();
	struct cpu_usage usage;
	pthread_t helper;
	void *used_ns;
	char name[16];

	snprintf(name, sizeof(name), "rs-io-%d", (int)gettid());
	pthread_barrier_init(&together, NULL, 2);
	assert_int_equal(pthread_create(&helper, NULL, burn_under_a_name, name), 0);
	pthread_barrier_wait(&together);
	cpu_account_watch();
	cpu_account_start(account);
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	cpu_account_stop(account, &usage);
	pthread_barrier_wait(&together);
	pthread_join(helper, &used_ns);
	cpu_account_close(account);
	pthread_barrier_destroy(&together);
	assert_near(usage.helper_ns, *(uint64_t *)used_ns, 0.2);
	assert_int_equal(usage.sqpoll_ns, 0);
	assert_int_equal(usage.io_worker_count, 0); /* Those are the kernel's. */
}

TEST_MAIN(NULL, NULL);
