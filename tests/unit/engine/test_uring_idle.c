/* SPDX-License-Identifier: MIT */
/* sqthread_poll_idle on this kernel: when the poll thread sleeps, and what it costs until then. */
#include <dirent.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "engine/uring.h"
#include "test.h"
#include "unit/engine/rig.h"

/*
 * The kernel counts in ticks of 1 to 10 ms, and looks at the count whenever the thread runs: so its
 * CPU time has a limit on any machine, busy or not. Time stolen by a hypervisor counts as used.
 */
#define TICK_NS       (10 * NS_PER_MS)
#define SLACK_NS      (10 * TICK_NS)
#define SLEEP_WAIT_NS (60 * NS_PER_S)
#define LOOK_NS       (NS_PER_MS / 2)
#define ASLEEP_NS     (100 * NS_PER_MS)
#define LEAVING_NS    NS_PER_MS /* from saying so until it is off the CPU */

static const char *task_file(struct arena *arena, const char *task, const char *file)
{
	const char *text =
		text_read_file(arena, arena_printf(arena, "/proc/self/task/%s/%s", task, file));

	return text ? text : "";
}

/* The poll thread of this process, which has one. */
static const char *find_poll_thread(struct arena *arena)
{
	DIR *tasks = opendir("/proc/self/task");
	const char *found = NULL;

	assert_non_null(tasks);
	for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
		if (text_starts_with(task_file(arena, task->d_name, "comm"), "iou-sqp-"))
			found = arena_strdup(arena, task->d_name);
	}
	closedir(tasks);
	assert_non_null(found);
	return found;
}

static uint64_t cpu_ns(struct arena *arena, const char *task)
{
	return strtoull(task_file(arena, task, "schedstat"), NULL, 10);
}

static void pause_for(uint64_t time_ns)
{
	const struct timespec time = clock_timespec(time_ns);

	nanosleep(&time, NULL);
}

static bool sleeps(const struct rig *rig)
{
	const struct uring *uring = (const struct uring *)rig->engine;

	return __atomic_load_n(uring->ring.sq.kflags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP;
}

static bool is_off_cpu(struct arena *arena, const char *task)
{
	const char *name_end = strrchr(task_file(arena, task, "stat"), ')');

	return name_end && name_end[1] == ' ' && name_end[2] == 'S';
}

static void wait_for_sleep(const struct rig *rig, struct arena *arena, const char *task)
{
	uint64_t limit_ns = clock_now() + SLEEP_WAIT_NS;

	while (!(sleeps(rig) && is_off_cpu(arena, task))) {
		if (clock_now() > limit_ns)
			fail_msg("the poll thread does not sleep");
		pause_for(LOOK_NS);
	}
}

static void open_ring(struct rig *rig, const char *settings)
{
	if (rig_open(rig, "io_uring_nop", settings, 1, 1, IO_BIT(IO_READ)) == 0)
		return;
	print_message("skipped: %s\n", rig->report.problem);
	skip();
}

/* After its last I/O the thread uses `idle_ns` of CPU time at most, but for ticks; then none. */
static void check_idle(const char *settings, uint64_t idle_ns)
{
	struct rig rig = {.target = {.kind = TARGET_NONE, .descriptor = -1}};
	struct arena arena = {0};
	uint64_t before_ns, after_ns, start_ns, slept_ns;
	const char *task;

	open_ring(&rig, settings);
	/* The first I/O starts it; the second is the last one. */
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	task = find_poll_thread(&arena);
	before_ns = cpu_ns(&arena, task);
	if (*task_file(&arena, task, "schedstat") == '\0') {
		print_message("skipped: this kernel does not tell the CPU time of a thread\n");
		skip();
	}
	start_ns = clock_now();
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	wait_for_sleep(&rig, &arena, task);
	slept_ns = clock_now() - start_ns;
	after_ns = cpu_ns(&arena, task);
	assert_true(slept_ns + TICK_NS >= idle_ns);
	assert_in_range(after_ns - before_ns, 1, idle_ns + SLACK_NS);
	pause_for(ASLEEP_NS);
	assert_in_range(cpu_ns(&arena, task), after_ns, after_ns + LEAVING_NS);
	/* And it is there for the next one. */
	assert_int_equal(rig_run_one(&rig, IO_READ, 0, 512), 512);
	assert_true(((struct uring *)rig.engine)->wakeups > 0);
	rig_close(&rig);
	arena_free(&arena);
}

TEST(the_poll_thread_sleeps_after_its_idle_time)
{
	check_idle("sqthread_poll=1 sqthread_poll_idle=1", NS_PER_MS);
	check_idle("sqthread_poll=1 sqthread_poll_idle=10", 10 * NS_PER_MS);
	check_idle("sqthread_poll=1 sqthread_poll_idle=200", 200 * NS_PER_MS);
}

/* Some documentation says that it never sleeps then. */
TEST(without_an_idle_time_it_is_one_second)
{
	check_idle("sqthread_poll=1", NS_PER_S);
}

TEST_MAIN(NULL, NULL);
