/* SPDX-License-Identifier: MIT */
/* Control groups made up for the test. */
#include "host/host_limits.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct fake_tree groups;
static struct fake_tree own; /* its "cgroup" is put over /proc/self/cgroup */
static const char *groups_place;
static bool has_own_group;
static struct arena arena;
static struct control_groups found;

static const struct control_group_limit cpu = {"cpu.max", "cpu", "cpu.cfs_quota_us"};
static const struct control_group_limit io = {"io.max", "blkio", "blkio.throttle.read_bps_device"};
static const struct control_group_limit memory = {"memory.max", "memory", "memory.limit_in_bytes"};

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&groups);
	fake_tree_open(&own);
	fake_file(&groups, "keep", "");
	groups_place = NULL;
	has_own_group = false;
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
static void read_groups_in(const char *place, const char *text)
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
	host_limits_read_groups(&found, &arena);
}

TEST_FIXTURE(set_up, tear_down);

TEST(limit_of_a_group_above_counts)
{
	fake_file(&groups, "a/b/cpu.max", "max 100000\n");
	fake_file(&groups, "a/cpu.max", "50000 100000\n");
	fake_file(&groups, "a/b/io.max", "8:0 rbps=1 wbps=max\n259:0 rbps=2 wbps=max\n");
	fake_file(&groups, "a/b/memory.max", "max\n");
	fake_file(&groups, "a/memory.max", "max\n");
	read_groups_in(need_hierarchy("cgroup2", NULL), "0::/a/b\n");
	assert_string_equal(host_limits_of_groups(&found, &cpu), "50000 100000");
	assert_string_equal(
		host_limits_of_groups(&found, &io), "8:0 rbps=1 wbps=max;259:0 rbps=2 wbps=max");
	assert_string_equal(host_limits_of_groups(&found, &memory), "none");
	assert_true(host_limits_group_memory(&found) == UINT64_MAX);
}

TEST(process_in_the_root_group_has_no_limits)
{
	read_groups_in(need_hierarchy("cgroup2", NULL), "0::/\n");
	assert_null(host_limits_of_groups(&found, &cpu));
	assert_null(host_limits_of_groups(&found, &memory));
	assert_true(host_limits_group_memory(&found) == UINT64_MAX);
}

TEST(version_1_has_a_hierarchy_a_controller)
{
	fake_file(&groups, "x/y/memory.limit_in_bytes", "9223372036854771712\n");
	fake_file(&groups, "x/memory.limit_in_bytes", "1073741824\n");
	read_groups_in(need_hierarchy("cgroup", "/memory"),
		"9:mem:/wrong\n8:hugetlb,memory:/x/y\n1:cpu:/wrong\n");
	assert_string_equal(host_limits_of_groups(&found, &memory), "1073741824");
}

/* The group above leaves less, although it allows more: others in it have taken most. */
TEST(memory_left_is_the_least_of_all_groups)
{
	fake_file(&groups, "a/b/memory.max", "500000\n");
	fake_file(&groups, "a/b/memory.current", "100000\n");
	fake_file(&groups, "a/memory.max", "900000\n");
	fake_file(&groups, "a/memory.current", "800000\n");
	read_groups_in(need_hierarchy("cgroup2", NULL), "0::/a/b\n");
	assert_int_equal(host_limits_group_memory(&found), 100000);
	assert_int_equal(host_limits_memory(), 100000);
}

TEST(the_page_cache_of_a_group_is_left_to_it)
{
	fake_file(&groups, "a/memory.max", "500000\n");
	fake_file(&groups, "a/memory.current", "490000\n");
	fake_file(&groups, "a/memory.stat",
		"anon 1000\nfile 480000\ninactive_file 300000\nactive_file 150000\n");
	read_groups_in(need_hierarchy("cgroup2", NULL), "0::/a\n");
	assert_int_equal(host_limits_group_memory(&found), 460000);
}

TEST(version_1_tells_what_memory_is_left_too)
{
	fake_file(&groups, "x/memory.limit_in_bytes", "500000\n");
	fake_file(&groups, "x/memory.usage_in_bytes", "600000\n");
	fake_file(&groups, "x/memory.stat",
		"inactive_file 1\ntotal_inactive_file 200000\ntotal_active_file 150000\n");
	read_groups_in(need_hierarchy("cgroup", "/memory"), "8:memory:/x\n");
	assert_int_equal(host_limits_group_memory(&found), 250000);
}

TEST_MAIN(NULL, NULL);
