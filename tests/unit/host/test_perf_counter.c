/* SPDX-License-Identifier: MIT */
/* flavours: plain address */
/*
 * Counters of threads, with the kernel's software events in the place of instructions and cycles:
 * they need no PMU, and take the same way through perf_event_open(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <liburing.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/perf_counter.h"
#include "test.h"
#include "unit/host/cpu_work.h"

#define PAGES      64
#define PAGE_BYTES 4096

/* CPU time as "instructions", page faults as "cycles". */
static const struct perf_source software = {
	.type = PERF_TYPE_SOFTWARE,
	.instructions = PERF_COUNT_SW_TASK_CLOCK,
	.cycles = PERF_COUNT_SW_PAGE_FAULTS,
};

static struct arena arena;
static struct perf_counter counter;
static struct perf_counts before;
static uint64_t own_before_ns; /* CPU time of this thread */

/* A group may be put on its CPU no earlier than when its thread comes back to it. */
static void sleep_a_moment(void)
{
	const struct timespec moment = {.tv_nsec = 2000000};

	nanosleep(&moment, NULL);
}

static void begin(void)
{
	perf_counter_open(&counter, &software, 1);
	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		if (counter.errors[s]) {
			print_message("skipped: no software events for this user (errno %d)\n",
				-counter.errors[s]);
			skip();
		}
	}
	sleep_a_moment();
	perf_counter_read(&counter, &before);
	own_before_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* Since begin(). */
static struct perf_counts counted(void)
{
	struct perf_counts now;

	perf_counter_read(&counter, &now);
	perf_counts_since(&now, &before);
	return now;
}

static int end(void **state)
{
	perf_counter_close(&counter);
	(void)state;
	arena_free(&arena);
	return 0;
}

static void touch_pages(void)
{
	volatile char *pages = mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(pages != MAP_FAILED);
	madvise((void *)pages, PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < PAGES; i++)
		pages[i * PAGE_BYTES] = 1;
	munmap((void *)pages, PAGES * PAGE_BYTES);
}

static void *work(void *argument)
{
	(void)argument;
	burn(WORK_NS);
	touch_pages();
	return NULL;
}

TEST_FIXTURE(NULL, end);

TEST(a_thread_is_counted_between_two_readings)
{
	struct perf_counts counts;
	uint64_t used;

	begin();
	touch_pages();
	perf_counter_read(&counter, &before);
	touch_pages();
	used = burn(WORK_NS);
	counts = counted();
	assert_true(counts.scopes[PERF_USER].cycles >= PAGES);
	assert_true(counts.scopes[PERF_USER].cycles < PAGES + PAGES / 2);
	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		assert_int_equal(perf_count_error(&counts.scopes[s]), 0);
		assert_true(counts.scopes[s].instructions >= used * 9 / 10);
		assert_true(perf_count_share(&counts.scopes[s]) == 1);
	}
}

/* A page that is touched in user mode is no fault of the kernel. */
TEST(user_mode_and_the_kernel_are_apart)
{
	struct perf_counts counts;

	begin();
	touch_pages();
	counts = counted();
	assert_true(counts.scopes[PERF_USER].cycles >= PAGES);
	assert_true(counts.scopes[PERF_KERNEL].cycles < PAGES / 2);
}

TEST(threads_that_begin_later_are_counted_also_when_they_have_ended)
{
	struct perf_counts counts;
	pthread_t thread;

	begin();
	assert_int_equal(pthread_create(&thread, NULL, work, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	counts = counted();
	assert_true(counts.scopes[PERF_USER].instructions >= WORK_NS * 9 / 10);
	assert_true(counts.scopes[PERF_USER].cycles >= PAGES);
}

static pthread_barrier_t barrier;

static void *work_later(void *argument)
{
	pthread_barrier_wait(&barrier);
	work(argument);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* One that ran before is another's; one that still runs counts up to now. */
TEST(threads_that_began_before_are_not_counted)
{
	struct perf_counts counts;
	pthread_t first, second;

	assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
	assert_int_equal(pthread_create(&first, NULL, work_later, NULL), 0);
	begin();
	for (int i = 0; i < 3; i++)
		pthread_barrier_wait(&barrier);
	assert_int_equal(pthread_join(first, NULL), 0);
	counts = counted();
	assert_true(counts.scopes[PERF_USER].cycles < PAGES / 2);
	assert_int_equal(pthread_create(&second, NULL, work_later, NULL), 0);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	counts = counted();
	assert_true(counts.scopes[PERF_USER].cycles >= PAGES);
	pthread_barrier_wait(&barrier);
	assert_int_equal(pthread_join(second, NULL), 0);
	pthread_barrier_destroy(&barrier);
}

enum { READS = 64, READ_BYTES = 256 << 10 };

static bool is_worker(int tid)
{
	return tid == gettid();
}

/* Helpers that were there before, those of a ring that is not gone yet, are another's. */
static struct helper_thread *earlier;
static size_t earlier_count;

static bool is_earlier(int tid)
{
	for (size_t i = 0; i < earlier_count; i++) {
		if (earlier[i].tid == tid)
			return true;
	}
	return false;
}

/* CPU time of the kernel's threads that work for this one. */
static uint64_t helpers_ns(void)
{
	struct helper_thread *threads;
	size_t count = cpu_helper_list(is_worker, &threads);
	uint64_t sum = 0, ns;

	for (size_t i = 0; i < count; i++) {
		if (!is_earlier(threads[i].tid) && cpu_helper_ns(threads[i].tid, &ns))
			sum += ns;
	}
	free(threads);
	return sum;
}

static void read_by_helpers(struct io_uring *ring, unsigned flags)
{
	static char buffer[READ_BYTES];
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	for (unsigned i = 0; i < READS; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

		io_uring_prep_read(sqe, zero, buffer, READ_BYTES, 0);
		sqe->flags |= (uint8_t)flags;
	}
	assert_int_equal(io_uring_submit(ring), READS);
	for (unsigned i = 0; i < READS; i++) {
		struct io_uring_cqe *cqe;

		assert_int_equal(io_uring_wait_cqe(ring, &cqe), 0);
		io_uring_cqe_seen(ring, cqe);
	}
	close(zero);
}

/* What helpers use is in the kernel's counts, by their own clocks; they go on a little between. */
static void check_helpers(unsigned setup_flags, unsigned flags)
{
	struct io_uring_params params = {.flags = setup_flags, .sq_thread_idle = 1};
	struct perf_counts counts;
	struct io_uring ring;
	uint64_t used = 0;

	earlier_count = cpu_helper_list(is_worker, &earlier);
	begin();
	if (io_uring_queue_init_params(READS, &ring, &params) < 0) {
		free(earlier);
		print_message("skipped: this kernel gives no such ring\n");
		skip();
	}
	while (used < 5 * NS_PER_MS) {
		read_by_helpers(&ring, flags);
		used = helpers_ns();
	}
	counts = counted();
	assert_int_equal(perf_count_error(&counts.scopes[PERF_KERNEL]), 0);
	assert_true(counts.scopes[PERF_KERNEL].instructions > used * 9 / 10);
	assert_true(counts.scopes[PERF_KERNEL].instructions >
		    read_ns(CLOCK_THREAD_CPUTIME_ID) - own_before_ns + used / 2);
	io_uring_queue_exit(&ring);
	free(earlier);
}

TEST(the_poll_thread_is_counted)
{
	check_helpers(IORING_SETUP_SQPOLL, 0);
}

TEST(io_wq_workers_are_counted)
{
	check_helpers(0, IOSQE_ASYNC);
}

TEST(a_closed_counter_says_so)
{
	struct perf_counts counts;

	begin();
	perf_counter_close(&counter);
	perf_counter_close(&counter);
	perf_counter_read(&counter, &counts);
	assert_int_equal(perf_count_error(&counts.scopes[PERF_USER]), -EBADF);
}

/* On a machine with a PMU these are figures, on another one there is a reason. */
TEST(the_machines_own_counters_count_or_have_a_reason)
{
	struct perf_source sources[PERF_SOURCE_LIMIT];
	size_t source_count = perf_source_list(sources);
	int errors[PERF_SCOPE_COUNT];
	struct perf_counts counts;

	perf_counter_try(errors);
	perf_counter_open(&counter, sources, source_count);
	perf_counter_read(&counter, &before);
	burn(WORK_NS);
	counts = counted();
	for (enum perf_scope s = 0; s < PERF_SCOPE_COUNT; s++) {
		const char *cure;

		assert_int_equal(counts.scopes[s].error, errors[s]);
		if (errors[s] == 0)
			assert_true(counts.scopes[s].instructions > 0);
		else
			assert_true(*perf_counter_explain(
				errors[s], s, perf_counter_paranoid(&arena), &arena, &cure));
	}
	print_message("this machine: user mode %s, kernel %s\n", strerror(-errors[PERF_USER]),
		strerror(-errors[PERF_KERNEL]));
}

/* The exit code of what a child finds. */
static int in_child(int (*find)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(find());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What perf_event_open answers in a container: by a filter as such have it. */
static int deny(unsigned answer)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(rules) / sizeof(*rules), rules};
	struct perf_counts counts;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return 77;
	perf_counter_open(&counter, &software, 1);
	perf_counter_read(&counter, &counts);
	return counts.scopes[PERF_USER].error == counts.scopes[PERF_KERNEL].error
		       ? -counts.scopes[PERF_USER].error
		       : 255;
}

static int deny_as_docker(void)
{
	return deny(EPERM);
}

static int deny_as_gvisor(void)
{
	return deny(ENOSYS);
}

TEST(a_denial_by_seccomp_is_an_error_of_both)
{
	int found = in_child(deny_as_docker);

	if (found == 77) {
		print_message("skipped: no seccomp here\n");
		skip();
	}
	assert_int_equal(found, EPERM);
	assert_int_equal(in_child(deny_as_gvisor), ENOSYS);
}

/* As a user who may not look into the kernel. */
static int drop_root(void)
{
	if (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 ||
		setresuid(65534, 65534, 65534) != 0)
		return 77;
	perf_counter_open(&counter, &software, 1);
	sleep_a_moment();
	perf_counter_read(&counter, &before);
	touch_pages();
	if (counter.errors[PERF_USER] != 0 || counted().scopes[PERF_USER].cycles < PAGES)
		return 255;
	return -counted().scopes[PERF_KERNEL].error;
}

TEST(a_paranoid_kernel_leaves_user_mode)
{
	if (geteuid() != 0 || perf_counter_paranoid(&arena) != 2) {
		print_message("skipped: needs root and kernel.perf_event_paranoid=2\n");
		skip();
	}
	assert_int_equal(in_child(drop_root), EACCES);
}

/* Files that this process can still open. */
static unsigned left(void)
{
	unsigned count = 0;
	int files[512];

	while (count < 512 && (files[count] = dup(STDERR_FILENO)) >= 0)
		count++;
	for (unsigned i = 0; i < count; i++)
		close(files[i]);
	return count;
}

/* Counters of 40 workers where 64 files may be open. */
static int open_many(rlim_t hard)
{
	const struct rlimit limit = {.rlim_cur = 64, .rlim_max = hard};
	static struct perf_counter counters[40];
	unsigned files, errors = 0;

	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 77;
	files = left();
	for (int i = 0; i < 40; i++) {
		perf_counter_open(&counters[i], &software, 1);
		errors += counters[i].errors[PERF_USER] != 0;
		if (counters[i].errors[PERF_USER] && counters[i].errors[PERF_USER] != -EMFILE)
			return 255;
	}
	if (hard > limit.rlim_cur)
		return errors > 0 || left() < files ? 254 : 0;
	return errors == 0 || left() < files - 64 / 4 ? 253 : 0;
}

static int open_many_below_a_higher_limit(void)
{
	return open_many(512);
}

static int open_many_at_the_limit(void)
{
	return open_many(64);
}

TEST(counters_take_no_files_from_jobs)
{
	assert_int_equal(in_child(open_many_below_a_higher_limit), 0);
	assert_int_equal(in_child(open_many_at_the_limit), 0);
}

/* Two sources count each thread twice as soon as both run: the sum is of both. */
TEST(counts_of_all_kinds_add_up)
{
	const struct perf_source kinds[] = {software, software};
	struct perf_counts counts;

	begin();
	perf_counter_close(&counter);
	perf_counter_open(&counter, kinds, 2);
	sleep_a_moment();
	perf_counter_read(&counter, &before);
	touch_pages();
	counts = counted();
	assert_true(counts.scopes[PERF_USER].cycles >= 2 * PAGES);
	assert_true(
		counts.scopes[PERF_USER].running_ns > counts.scopes[PERF_USER].enabled_ns * 3 / 2);
}

/* A source that is refused leaves no part of a sum. */
TEST(without_one_kind_there_is_no_figure)
{
	const struct perf_source kinds[] = {software, {.type = PERF_TYPE_MAX + 1000}};
	struct perf_counts counts;

	begin();
	perf_counter_close(&counter);
	perf_counter_open(&counter, kinds, 2);
	perf_counter_read(&counter, &counts);
	assert_int_equal(counts.scopes[PERF_USER].error, -ENOENT);
	assert_true(counter.leaders[PERF_USER][0] < 0 && counter.followers[PERF_USER][0] < 0);
}

TEST(shared_counters_are_scaled_or_no_figure)
{
	static const struct {
		struct perf_count count;
		int error;
		double share;
		uint64_t instructions;
	} cases[] = {
		{{.instructions = 900, .enabled_ns = 1000, .running_ns = 1000}, 0, 1, 900},
		{{.instructions = 900, .enabled_ns = 100000, .running_ns = 99990}, 0, 1, 900},
		{{.instructions = 900, .enabled_ns = 1000, .running_ns = 750}, 0, 0.75, 1200},
		{{.instructions = 900, .enabled_ns = 1000, .running_ns = 500}, 0, 0.5, 1800},
		{{.instructions = 900, .enabled_ns = 1000, .running_ns = 499}, -EBUSY, 0.499, 1804},
		{{.instructions = 0, .enabled_ns = 1000, .running_ns = 0}, -EBUSY, 0, 0},
		{{.instructions = 0, .enabled_ns = 0, .running_ns = 0}, -EBUSY, 0, 0},
		{{.instructions = 0, .enabled_ns = 1000, .running_ns = 1000}, -ENODATA, 1, 0},
		{{.error = -EPERM}, -EPERM, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct perf_count *count = &cases[i].count;

		assert_int_equal(perf_count_error(count), cases[i].error);
		assert_float_equal(perf_count_share(count), cases[i].share, 1e-9);
		assert_int_equal(
			perf_count_scaled(count, count->instructions), cases[i].instructions);
	}
}

TEST(an_error_stays_in_sums_and_differences)
{
	struct perf_counts sum = {0};
	struct perf_counts one = {{{.instructions = 5, .cycles = 7, .enabled_ns = 9},
		{.instructions = 1, .running_ns = 2}}};
	const struct perf_counts failed = {{{.error = -EIO}}};

	perf_counts_add(&sum, &one);
	perf_counts_add(&sum, &one);
	assert_int_equal(sum.scopes[PERF_USER].cycles, 14);
	assert_int_equal(sum.scopes[PERF_KERNEL].running_ns, 4);
	perf_counts_since(&sum, &one);
	assert_int_equal(sum.scopes[PERF_USER].instructions, 5);
	assert_int_equal(sum.scopes[PERF_USER].enabled_ns, 9);
	perf_counts_since(&one, &failed);
	assert_int_equal(one.scopes[PERF_USER].error, -EIO);
	assert_int_equal(one.scopes[PERF_KERNEL].error, 0);
	perf_counts_add(&sum, &failed);
	perf_counts_add(&sum, &one);
	assert_int_equal(sum.scopes[PERF_USER].error, -EIO);
	assert_int_equal(sum.scopes[PERF_KERNEL].error, 0);
}

TEST(a_refusal_has_its_reason_and_its_cure)
{
	static const struct {
		int error;
		enum perf_scope scope;
		int64_t paranoid;
		const char *reason, *cure;
	} cases[] = {
		{-ENOENT, PERF_USER, 2, "no performance counters", "vPMU"},
		{-EOPNOTSUPP, PERF_USER, 2, "no performance counters", "vPMU"},
		{-EACCES, PERF_KERNEL, 2, "perf_event_paranoid is 2", "perf_event_paranoid=1"},
		{-EACCES, PERF_USER, 4, "perf_event_paranoid is 4", "perf_event_paranoid=2"},
		{-EPERM, PERF_USER, 2, "seccomp", "--cap-add=PERFMON"},
		{-EPERM, PERF_KERNEL, 1, "seccomp", "--cap-add=PERFMON"},
		{-EPERM, PERF_USER, INT64_MAX, "seccomp", "--cap-add=PERFMON"},
		{-ENOSYS, PERF_USER, INT64_MAX, "perf_event_open", NULL},
		{-EMFILE, PERF_USER, 2, "open files", "ulimit -n"},
		{-EBUSY, PERF_USER, 2, "others", "watchdog"},
		{-ENODATA, PERF_USER, 2, "stand still", NULL},
		{-EINVAL, PERF_USER, 2, "EINVAL", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *cure = "unset";
		const char *reason = perf_counter_explain(
			cases[i].error, cases[i].scope, cases[i].paranoid, &arena, &cure);

		assert_non_null(strstr(reason, cases[i].reason));
		if (cases[i].cure)
			assert_non_null(strstr(cure, cases[i].cure));
		else
			assert_null(cure);
	}
}

TEST_MAIN(NULL, NULL);
