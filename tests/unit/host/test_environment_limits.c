/* SPDX-License-Identifier: MIT */
/* Resource limits of this process, and control groups made up for the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>

#include "host/mount_table.h"
#include "unit/host/fact_check.h"
#include "unit/host/fake_tree.h"

static struct fake_tree groups;
static struct fake_tree own; /* its "cgroup" is put over /proc/self/cgroup */
static const char *groups_place;
static bool has_own_group;
static struct arena arena;
static struct fact_list list;

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&groups);
	fake_tree_open(&own);
	fake_file(&groups, "keep", "");
	groups_place = NULL;
	has_own_group = false;
	list = (struct fact_list){.arena = &arena};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (has_own_group)
		umount("/proc/self/cgroup");
	fake_tree_close(&groups, groups_place);
	fake_tree_close(&own, NULL);
	arena_free(&arena);
	return 0;
}

/* Where the hierarchy of this type and with this controller is mounted, or a skip. */
static const char *need_hierarchy(const char *type, const char *controller)
{
	struct mount_table mounts;

	assert_int_equal(mount_table_read(&mounts, &arena), 0);
	for (size_t i = 0; i < mounts.count; i++) {
		if (strcmp(mounts.points[i].type, type) == 0 &&
			(!controller || strstr(mounts.points[i].folder, controller)))
			return mounts.points[i].folder;
	}
	print_message("skipped: no %s hierarchy is mounted here\n", type);
	skip();
	return NULL;
}

/* With `groups` in place of the hierarchy, and the process in the group that `text` says. */
static void read_limits_in(const char *place, const char *text)
{
	char path[PATH_MAX];

	fake_file(&own, "cgroup", text);
	fake_tree_path(&own, "cgroup", path);
	need_mount(fake_tree_mount(&groups, place));
	groups_place = place;
	has_own_group = mount(path, "/proc/self/cgroup", NULL, MS_BIND, NULL) == 0;
	if (!has_own_group) {
		print_message("skipped: may not mount over /proc/self/cgroup\n");
		skip();
	}
	environment_read_limits(&list);
}

static void resource_limits_are_those_of_the_process(void **state)
{
	struct rlimit limit = {.rlim_cur = 100, .rlim_max = 0}, before;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	environment_read_limits(&list);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_fact(&list, FACT_SOFT, "limit.nofile", "100");
	assert_non_null(find_fact(&list, FACT_SOFT, "limit.memlock")->value);
}

static void kernel_switches_are_read_as_they_stand(void **state)
{
	FILE *stream = fopen("/proc/sys/fs/aio-max-nr", "re");
	char text[32];

	(void)state;
	if (!stream || !fgets(text, sizeof(text), stream)) {
		print_message("skipped: a kernel without asynchronous I/O\n");
		skip();
	}
	fclose(stream);
	text[strcspn(text, "\n")] = '\0';
	environment_read_limits(&list);
	assert_fact(&list, FACT_SOFT, "fs.aio-max-nr", text);
	assert_non_null(find_fact(&list, FACT_SOFT, "kernel.io_uring_disabled"));
	assert_non_null(find_fact(&list, FACT_SOFT, "seccomp"));
}

static void limit_of_a_group_above_counts(void **state)
{
	(void)state;
	fake_file(&groups, "a/b/cpu.max", "max 100000\n");
	fake_file(&groups, "a/cpu.max", "50000 100000\n");
	fake_file(&groups, "a/b/io.max", "8:0 rbps=1 wbps=max\n259:0 rbps=2 wbps=max\n");
	fake_file(&groups, "a/b/memory.max", "max\n");
	fake_file(&groups, "a/memory.max", "max\n");
	fake_file(&groups, "a/b/cpuset.cpus.effective", "0-1\n");
	read_limits_in(need_hierarchy("cgroup2", NULL), "0::/a/b\n");
	assert_fact(&list, FACT_SOFT, "cgroup.cpu_max", "50000 100000");
	assert_fact(&list, FACT_SOFT, "cgroup.io_max", "8:0 rbps=1 wbps=max;259:0 rbps=2 wbps=max");
	assert_fact(&list, FACT_SOFT, "cgroup.memory_max", "none");
	assert_fact(&list, FACT_SOFT, "cgroup.cpus", "0-1");
	assert_fact(&list, FACT_SOFT, "cgroup.io_weight", NULL);
}

static void process_in_the_root_group_has_no_limits(void **state)
{
	(void)state;
	read_limits_in(need_hierarchy("cgroup2", NULL), "0::/\n");
	assert_fact(&list, FACT_SOFT, "cgroup.cpu_max", NULL);
	assert_fact(&list, FACT_SOFT, "cgroup.memory_max", NULL);
}

static void version_1_has_a_hierarchy_a_controller(void **state)
{
	(void)state;
	fake_file(&groups, "x/y/memory.limit_in_bytes", "9223372036854771712\n");
	fake_file(&groups, "x/memory.limit_in_bytes", "1073741824\n");
	read_limits_in(need_hierarchy("cgroup", "/memory"),
		"9:mem:/wrong\n8:hugetlb,memory:/x/y\n1:cpu:/wrong\n");
	assert_fact(&list, FACT_SOFT, "cgroup.memory_max", "1073741824");
}

int main(void)
{
#define IN_GROUP(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_GROUP(resource_limits_are_those_of_the_process),
		IN_GROUP(kernel_switches_are_read_as_they_stand),
		IN_GROUP(limit_of_a_group_above_counts),
		IN_GROUP(process_in_the_root_group_has_no_limits),
		IN_GROUP(version_1_has_a_hierarchy_a_controller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
