/* SPDX-License-Identifier: MIT */
/* The write guard against loop devices in every state it must know, and a made-up stack of dm. */
#include <fcntl.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>

#include "host/write_guard.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

enum { MEBIBYTE = 1 << 20 };

static struct loop_device loop, upper; /* `upper` stands on `loop` */
static struct fake_tree tree;
static const char *tree_place; /* where the tree is mounted; NULL: nowhere */
static struct arena arena;
static bool is_protected; /* the kernel would keep it so for the next file of the device */

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	tree_place = NULL;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_tree_close(&tree, tree_place);
	loop_device_detach(&upper);
	if (is_protected && !run_command("blockdev --setrw %s", loop.path))
		abort();
	is_protected = false;
	if (loop.file[0]) {
		if (loop.path[0])
			swapoff(loop.path);
		loop_device_close(&loop);
	}
	loop.file[0] = '\0';
	arena_free(&arena);
	return 0;
}

static void need_loop_device(void)
{
	if (!loop_device_open(&loop, 32 * MEBIBYTE))
		SKIP_WITHOUT_LOOP_DEVICES();
}

/* One partition over the whole device; its node. */
static const char *need_partition(dev_t *number)
{
	const char *node = arena_printf(&arena, "%sp1", loop.path);
	struct stat status;

	/* sfdisk does not have the kernel read the table of a loop device. */
	if (!run_command("printf 'label: gpt\\n,\\n' | sfdisk -q %s && partx --update %s",
		    loop.path, loop.path))
		fail_msg("sfdisk or partx failed");
	if (stat(node, &status) < 0) {
		print_message("skipped: nobody makes partition nodes here\n");
		skip();
	}
	*number = status.st_rdev;
	return node;
}

static void mount_device(const char *device, const char *type)
{
	need_mount(fake_tree_mount_on(&tree, device, type, 0, NULL));
	tree_place = tree.folder;
}

static void unmount_device(void)
{
	assert_int_equal(umount(tree.folder), 0);
	tree_place = NULL;
}

static struct write_guard_answer check(const char *path, dev_t number, const char *destroy)
{
	const struct write_guard guard = {.destroy = &destroy, .destroy_count = destroy ? 1 : 0};

	return write_guard_check(&guard, path, number, -1, &arena);
}

static void assert_answer(
	struct write_guard_answer answer, enum write_guard_verdict verdict, const char *format, ...)
{
	char expected[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(expected, sizeof(expected), format, arguments);
	va_end(arguments);
	assert_non_null(answer.reason);
	assert_string_equal(answer.reason, expected);
	assert_int_equal(answer.verdict, verdict);
	assert_non_null(answer.hint);
}

TEST_FIXTURE(set_up, tear_down);

TEST(empty_device_is_allowed)
{
	struct write_guard_answer answer;

	need_loop_device();
	answer = check(loop.path, loop.number, NULL);
	assert_int_equal(answer.verdict, WRITE_ALLOWED);
	assert_null(answer.reason);
}

TEST(file_system_needs_a_second_naming)
{
	struct write_guard_answer answer;
	const char *link;
	char path[PATH_MAX];

	need_loop_device();
	assert_true(run_command("mkfs.ext4 -q -L precious %s", loop.path));
	answer = check(loop.path, loop.number, NULL);
	assert_answer(answer, WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: ext4 file system 'precious'", loop.path);
	assert_non_null(strstr(answer.hint, arena_printf(&arena, "--destroy=%s", loop.path)));

	assert_int_equal(
		check(loop.path, loop.number, "/dev/null").verdict, WRITE_NEEDS_SECOND_NAMING);
	assert_int_equal(check(loop.path, loop.number, "").verdict, WRITE_NEEDS_SECOND_NAMING);
	assert_int_equal(check(loop.path, loop.number, loop.path).verdict, WRITE_ALLOWED);
	fake_link(&tree, "by-id", loop.path);
	fake_tree_path(&tree, "by-id", path);
	link = path;
	assert_int_equal(check(loop.path, loop.number, link).verdict, WRITE_ALLOWED);
	assert_int_equal(check(link, loop.number, loop.path).verdict, WRITE_ALLOWED);
}

TEST(serial_number_names_a_device_too)
{
	const char *device;

	need_loop_device();
	assert_true(run_command("mkfs.ext4 -q %s", loop.path));
	device = arena_printf(&arena, "dev/block/%u:%u", major(loop.number), minor(loop.number));
	fake_link(&tree, device, "../../devices/loop9");
	fake_file(&tree, "devices/loop9/device/serial", "S1234  \n");
	fake_file(&tree, "devices/loop9/size", "65536\n");
	need_mount(fake_tree_mount(&tree, "/sys"));
	tree_place = "/sys";
	assert_int_equal(check(loop.path, loop.number, "S123").verdict, WRITE_NEEDS_SECOND_NAMING);
	assert_int_equal(check(loop.path, loop.number, "S1234").verdict, WRITE_ALLOWED);
}

TEST(partition_table_needs_a_second_naming)
{
	dev_t number;
	const char *partition;

	need_loop_device();
	assert_true(run_command("echo 'label: dos' | sfdisk -q %s", loop.path));
	assert_answer(check(loop.path, loop.number, NULL), WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: dos partition table", loop.path);

	partition = need_partition(&number);
	assert_true(run_command("mkswap -q %s", partition));
	assert_answer(check(loop.path, loop.number, NULL), WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: gpt partition table, on %s: swap signature", loop.path,
		partition);
	assert_int_equal(check(loop.path, loop.number, loop.path).verdict, WRITE_ALLOWED);
	/* Naming the disk does not name its partition, nor the other way round. */
	assert_answer(check(partition, number, loop.path), WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: swap signature", partition);
	assert_int_equal(
		check(loop.path, loop.number, partition).verdict, WRITE_NEEDS_SECOND_NAMING);
}

TEST(empty_partition_is_allowed)
{
	dev_t number;
	const char *partition;

	need_loop_device();
	partition = need_partition(&number);
	assert_int_equal(check(partition, number, NULL).verdict, WRITE_ALLOWED);
}

/* Somebody wiped the table, but the kernel has not read it again. */
TEST(partitions_without_a_table_need_a_second_naming)
{
	dev_t number;

	need_loop_device();
	need_partition(&number);
	assert_true(run_command(
		"dd if=/dev/zero of=%s bs=1M status=none 2>/dev/null || true", loop.path));
	assert_answer(check(loop.path, loop.number, NULL), WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: partitions", loop.path);
}

TEST(gpt_that_lost_its_first_copy_is_still_seen)
{
	need_loop_device();
	assert_true(run_command("echo 'label: gpt' | sfdisk -q %s", loop.path));
	assert_true(run_command("dd if=/dev/zero of=%s bs=4k count=1 status=none", loop.path));
	assert_answer(check(loop.path, loop.number, NULL), WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: gpt partition table", loop.path);
}

TEST(mounted_device_cannot_be_overridden)
{
	need_loop_device();
	assert_true(run_command("mkfs.ext4 -q %s", loop.path));
	mount_device(loop.path, "ext4");
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE, "%s is mounted on %s",
		loop.path, tree.folder);
	unmount_device();
	assert_int_equal(check(loop.path, loop.number, loop.path).verdict, WRITE_ALLOWED);
}

/* As of a btrfs, whose number names no device, only the name of the source tells. */
TEST(mount_that_names_the_device_as_its_source_counts)
{
	need_loop_device();
	mount_device(loop.path, "tmpfs");
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE, "%s is mounted on %s",
		loop.path, tree.folder);
}

TEST(disk_of_a_mounted_partition_cannot_be_overridden)
{
	dev_t number;
	const char *partition;

	need_loop_device();
	partition = need_partition(&number);
	assert_true(run_command("mkfs.ext4 -q %s", partition));
	mount_device(partition, "ext4");
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE,
		"%s, a partition of it, is mounted on %s", partition, tree.folder);
	assert_answer(check(partition, number, partition), WRITE_IN_USE, "%s is mounted on %s",
		partition, tree.folder);
	unmount_device();
}

TEST(partition_of_a_used_disk_cannot_be_overridden)
{
	dev_t number;
	const char *partition;

	need_loop_device();
	partition = need_partition(&number);
	assert_true(loop_device_attach(&upper, loop.path));
	assert_answer(check(partition, number, partition), WRITE_IN_USE,
		"%s stands on %s, the disk it is part of", upper.path, loop.path);
}

/* The kernel lists no holder for a loop device on a block device, and grants O_EXCL below it. */
TEST(device_under_a_loop_device_cannot_be_overridden)
{
	need_loop_device();
	assert_true(loop_device_attach(&upper, loop.path));
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE, "%s stands on %s",
		upper.path, loop.path);
	assert_true(run_command("mkfs.ext4 -q %s", upper.path));
	mount_device(upper.path, "ext4");
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE,
		"%s is mounted on %s, and stands on %s", upper.path, tree.folder, loop.path);
	unmount_device();
	loop_device_detach(&upper);
	assert_int_equal(check(loop.path, loop.number, loop.path).verdict, WRITE_ALLOWED);
}

static struct write_guard_answer check_file(const char *path, const char *destroy)
{
	const struct write_guard guard = {.destroy = &destroy, .destroy_count = destroy ? 1 : 0};

	return write_guard_check_file(&guard, path, -1, &arena);
}

TEST(read_only_device_cannot_be_overridden)
{
	struct write_guard_answer answer;

	need_loop_device();
	is_protected = run_command("blockdev --setro %s", loop.path);
	assert_true(is_protected);
	answer = check(loop.path, loop.number, loop.path);
	assert_answer(answer, WRITE_PROTECTED, "the device is read-only");
	assert_string_equal(
		answer.hint, arena_printf(&arena, "blockdev --setrw %s, if it may be", loop.path));
	/* It is no shield for the file that it stands on. */
	assert_int_equal(check_file(loop.file, NULL).verdict, WRITE_NEEDS_SECOND_NAMING);
	assert_true(run_command("blockdev --setrw %s", loop.path));
	assert_int_equal(check(loop.path, loop.number, NULL).verdict, WRITE_ALLOWED);
}

TEST(file_under_an_idle_loop_device_needs_a_second_naming)
{
	struct write_guard_answer answer;
	char path[PATH_MAX];

	need_loop_device();
	fake_link(&tree, "alias", loop.file);
	fake_tree_path(&tree, "alias", path);
	answer = check_file(path, loop.path);
	assert_answer(answer, WRITE_NEEDS_SECOND_NAMING, "%s stands on %s", loop.path, path);
	assert_non_null(strstr(answer.hint, arena_printf(&arena, "--destroy=%s", path)));
	assert_int_equal(check_file(loop.file, path).verdict, WRITE_ALLOWED);
	loop_device_detach(&loop);
	assert_int_equal(check_file(path, NULL).verdict, WRITE_ALLOWED);
	assert_int_equal(check_file("/tmp/no/such/file", NULL).verdict, WRITE_ALLOWED);
}

TEST(file_under_a_used_loop_device_cannot_be_overridden)
{
	int holder;

	need_loop_device();
	/* As by a mount in another namespace. */
	holder = open(loop.path, O_RDONLY | O_EXCL | O_CLOEXEC);
	assert_answer(check_file(loop.file, loop.file), WRITE_IN_USE,
		"%s is held exclusively by another program or by the kernel, and %s stands on %s",
		loop.path, loop.path, loop.file);
	close(holder);
	assert_true(run_command("mkfs.ext4 -q %s", loop.path));
	mount_device(loop.path, "ext4");
	assert_answer(check_file(loop.file, loop.file), WRITE_IN_USE,
		"%s is mounted on %s, and %s stands on %s", loop.path, tree.folder, loop.path,
		loop.file);
	/* Of two devices on a file one that is used is enough. */
	assert_true(loop_device_attach(&upper, loop.file));
	assert_int_equal(check_file(loop.file, loop.file).verdict, WRITE_IN_USE);
	unmount_device();
	assert_int_equal(check_file(loop.file, loop.file).verdict, WRITE_ALLOWED);
}

TEST(swap_cannot_be_overridden)
{
	need_loop_device();
	assert_true(run_command("mkswap -q %s", loop.path));
	assert_answer(check(loop.path, loop.number, NULL), WRITE_NEEDS_SECOND_NAMING,
		"%s carries data: swap signature", loop.path);
	if (swapon(loop.path, 0) < 0) {
		print_message("skipped: may not swap here\n");
		skip();
	}
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE,
		"%s is in use as swap space", loop.path);
	assert_int_equal(swapoff(loop.path), 0);
}

TEST(device_that_somebody_holds_cannot_be_overridden)
{
	int holder;

	need_loop_device();
	holder = open(loop.path, O_RDONLY | O_EXCL | O_CLOEXEC);
	assert_true(holder >= 0);
	assert_answer(check(loop.path, loop.number, loop.path), WRITE_IN_USE,
		"%s is held exclusively by another program or by the kernel", loop.path);
	close(holder);
}

/*
 * sysfs of nvme0n1 with a partition, on which LVM stands, on which a file system stands: that of
 * /proc, because its number is surely mounted.
 */
TEST(holders_are_followed_up_to_the_mount)
{
	struct stat proc;
	const char *dm_number;

	assert_int_equal(stat("/proc", &proc), 0);
	dm_number = arena_printf(&arena, "%u:%u\n", major(proc.st_dev), minor(proc.st_dev));
	fake_link(&tree, "dev/block/259:0", "../../devices/nvme0n1");
	fake_file(&tree, "devices/nvme0n1/dev", "259:0\n");
	fake_file(&tree, "devices/nvme0n1/nvme0n1p1/dev", "259:1\n");
	fake_file(&tree, "devices/nvme0n1/nvme0n1p1/partition", "1\n");
	fake_link(&tree, "dev/block/259:1", "../../devices/nvme0n1/nvme0n1p1");
	fake_link(&tree, "devices/nvme0n1/nvme0n1p1/holders/dm-0", "../../../dm-0");
	fake_file(&tree, "devices/dm-0/dev", dm_number);
	fake_file(&tree, "devices/dm-0/dm/name", "vg-root\n");
	fake_link(&tree, "block/dm-0", "../devices/dm-0");
	need_mount(fake_tree_mount(&tree, "/sys"));
	tree_place = "/sys";
	assert_answer(check("/dev/nvme0n1", makedev(259, 0), "/dev/nvme0n1"), WRITE_IN_USE,
		"/dev/dm-0 (vg-root) is mounted on /proc, and stands on /dev/nvme0n1p1, "
		"a partition of it");
	assert_answer(check("/dev/nvme0n1p1", makedev(259, 1), NULL), WRITE_IN_USE,
		"/dev/dm-0 (vg-root) is mounted on /proc, and stands on /dev/nvme0n1p1");
}

TEST(what_cannot_be_looked_at_is_refused)
{
	struct write_guard_answer answer;

	answer = check("/dev/nvme99n99", makedev(4095, 77), "/dev/nvme99n99");
	assert_answer(answer, WRITE_UNKNOWN,
		"/dev/nvme99n99 cannot be looked at: No such device (ENODEV)");

	assert_int_equal(check("/dev/ng9n9", 0, "/dev/ng9n9").verdict, WRITE_UNKNOWN);

	/* A device that sysfs has but whose node is another's. */
	need_loop_device();
	fake_link(&tree, "dev/block/259:99", "../../devices/null");
	fake_file(&tree, "devices/null/size", "8\n");
	need_mount(fake_tree_mount(&tree, "/sys"));
	tree_place = "/sys";
	assert_answer(check("/dev/null", makedev(259, 99), "/dev/null"), WRITE_UNKNOWN,
		"/dev/null cannot be opened: No such device (ENODEV)");
	assert_answer(check(loop.path, makedev(259, 99), loop.path), WRITE_UNKNOWN,
		"%s cannot be opened: No such device (ENODEV)", loop.path);
}

TEST_MAIN(NULL, NULL);
