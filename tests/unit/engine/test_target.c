/* SPDX-License-Identifier: MIT */
/* What target_inspect makes of the nodes of a file system, and of paths where there is none. */
#include <fcntl.h>
#include <sys/sysmacros.h>

#include "engine/target.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

static struct fake_tree tree;
static struct loop_device loop;
static struct arena arena;
static struct diag diag;
static char *messages;
static size_t message_bytes;

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	diag_init(&diag, open_memstream(&messages, &message_bytes));
	return 0;
}

static int tear_down(void **state)
{
	fclose(diag.stream);
	free(messages);
	arena_free(&arena);
	fake_tree_close(&tree, *state);
	*state = NULL;
	if (loop.file[0])
		loop_device_close(&loop);
	loop.file[0] = '\0';
	return 0;
}

static int inspect(const char *path, struct target *target)
{
	int error = target_inspect(path, target, &arena, &diag, NULL);

	fflush(diag.stream);
	return error;
}

static const char *in_tree(const char *name)
{
	char path[PATH_MAX];

	fake_tree_path(&tree, name, path);
	return arena_strdup(&arena, path);
}

static void assert_says(const char *text)
{
	if (!strstr(messages, text))
		fail_msg("'%s' is not in: %s", text, messages);
}

TEST_FIXTURE(set_up, tear_down);

TEST(missing_device_is_an_error_and_no_file)
{
	struct target target;

	assert_int_equal(inspect("/dev/nvme99n99", &target), -ENOENT);
	assert_int_equal(diag.error_count, 1);
	assert_says("there is no device '/dev/nvme99n99'");
	assert_int_equal(access("/dev/nvme99n99", F_OK), -1);
	assert_int_equal(inspect("/dev/disk-by-id/typo", &target), -ENOENT);
	assert_says("the folder '/dev/disk-by-id' of '/dev/disk-by-id/typo' does not exist");
}

TEST(missing_device_is_found_out_behind_links_and_relative_paths)
{
	struct target target;
	char folder[PATH_MAX];

	fake_link(&tree, "link", "/dev/nvme99n99");
	fake_link(&tree, "hop", "link");
	fake_link(&tree, "devices", "/dev");
	assert_int_equal(inspect(in_tree("link"), &target), -ENOENT);
	assert_int_equal(inspect(in_tree("hop"), &target), -ENOENT);
	assert_int_equal(inspect(in_tree("devices/nvme99n99"), &target), -ENOENT);
	assert_int_equal(inspect("/tmp/../dev/nvme99n99", &target), -ENOENT);
	assert_non_null(getcwd(folder, sizeof(folder)));
	assert_int_equal(chdir("/dev"), 0);
	assert_int_equal(inspect("nvme99n99", &target), -ENOENT);
	assert_int_equal(inspect("./nvme99n99", &target), -ENOENT);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(diag.error_count, 6);
	assert_says("there is no device 'nvme99n99'");
}

TEST(links_in_a_circle_end)
{
	struct target target;

	fake_link(&tree, "a", "b");
	fake_link(&tree, "b", "a");
	assert_int_equal(inspect(in_tree("a"), &target), -ELOOP);
}

TEST(typo_gets_the_nearest_device_as_a_hint)
{
	struct target target;

	assert_int_equal(inspect("/dev/zeroo", &target), -ENOENT);
	assert_says("did you mean '/dev/zero'?");
}

TEST(regular_file_among_devices_is_an_error)
{
	struct target target;

	fake_file(&tree, "nvme9n9", "left here by another benchmark");
	need_mount(fake_tree_mount(&tree, "/dev"));
	*state = (void *)"/dev";
	assert_int_equal(inspect("/dev/nvme9n9", &target), -ENODEV);
	assert_says("stands in memory");
	assert_int_equal(inspect("/dev/nvme9n8", &target), -ENOENT);
	assert_int_equal(access("/dev/nvme9n8", F_OK), -1);
}

TEST(device_file_system_elsewhere_takes_no_files_either)
{
	struct target target;

	need_mount(fake_tree_mount_on(&tree, "none", "devtmpfs", 0, NULL));
	*state = tree.folder;
	assert_int_equal(inspect(in_tree("nvme99n99"), &target), -ENOENT);
	assert_says("there is no device");
}

TEST(missing_file_needs_its_folder_only)
{
	struct target target;
	struct stat status;

	assert_int_equal(inspect(in_tree("new"), &target), 0);
	assert_int_equal(target.kind, TARGET_FILE);
	assert_false(target.exists);
	assert_int_equal(target.bytes, 0);
	assert_int_equal(target.descriptor, -1);
	assert_non_null(target.file_system);
	assert_int_equal(stat(tree.folder, &status), 0);
	assert_true(target.device == (major(status.st_dev) ? status.st_dev : 0));
	assert_int_equal(access(in_tree("new"), F_OK), -1);

	assert_int_equal(inspect("/nowhere/at/all", &target), -ENOENT);
	assert_says("the folder '/nowhere/at' of '/nowhere/at/all' does not exist");
	assert_says("hint: make it first: mkdir -p '/nowhere/at'");
	assert_int_equal(inspect("", &target), -ENOENT);
	assert_says("'' names no file");
	assert_int_equal(inspect(arena_printf(&arena, "%s/", in_tree("new")), &target), -ENOENT);
}

/* What is known of the first file's folder must not be taken for the next one's. */
TEST(what_is_mounted_between_two_files_is_seen)
{
	struct target before, after;

	assert_int_equal(inspect(in_tree("one"), &before), 0);
	assert_int_equal(inspect(in_tree("two"), &after), 0);
	assert_string_equal(after.file_system, before.file_system);
	assert_int_equal(after.offset_align, before.offset_align);
	need_mount(fake_tree_mount_on(&tree, "none", "ramfs", 0, NULL));
	*state = tree.folder;
	assert_int_equal(inspect(in_tree("three"), &after), 0);
	assert_string_equal(after.file_system, "ramfs");
	assert_int_equal(after.device, 0);
	assert_int_equal(inspect("/proc/version", &after), 0);
	assert_true(after.is_kernel_interface);
}

TEST(shared_memory_is_a_place_for_files)
{
	struct target target;
	struct stat dev, shm;

	if (stat("/dev", &dev) < 0 || stat("/dev/shm", &shm) < 0 || dev.st_dev == shm.st_dev) {
		print_message("skipped: /dev/shm is no file system of its own\n");
		skip();
	}
	assert_int_equal(inspect("/dev/shm/ringside-new", &target), 0);
	assert_int_equal(target.kind, TARGET_FILE);
	assert_string_equal(target.file_system, "tmpfs");
	assert_true(target.device == 0);
}

TEST(file_has_its_size_and_file_system)
{
	struct target target;

	fake_file(&tree, "data", "12345");
	assert_int_equal(inspect(in_tree("data"), &target), 0);
	assert_int_equal(target.kind, TARGET_FILE);
	assert_true(target.exists);
	assert_int_equal(target.bytes, 5);
	assert_true(run_command(
		"test \"$(findmnt -no FSTYPE -T %s)\" = %s", target.path, target.file_system));
	assert_int_equal(inspect("/proc/version", &target), 0);
	assert_string_equal(target.file_system, "proc");
	assert_int_equal(diag.error_count, 0);
}

TEST(folder_is_an_error_with_its_cure)
{
	struct target target;

	assert_int_equal(inspect(tree.folder, &target), -EISDIR);
	assert_says("is a folder");
	assert_says("directory=/tmp/ringside-fake-");
}

TEST(endless_devices_and_pipes_have_no_size)
{
	struct target target;
	char path[PATH_MAX];

	assert_int_equal(inspect("/dev/zero", &target), 0);
	assert_int_equal(target.kind, TARGET_CHARACTER);
	assert_true(target.bytes == UINT64_MAX);
	assert_true(target.device == 0);
	fake_tree_path(&tree, "fifo", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(inspect(path, &target), 0);
	assert_int_equal(target.kind, TARGET_PIPE);
	assert_true(target.bytes == UINT64_MAX);
}

/* A made-up /sys with ng0n1 and its nvme0n1, and ng0n2, for which the kernel made no disk. */
static void need_nvme(void **state)
{
	fake_link(&tree, "devices/nvme0/ng0n1/subsystem", "../../../class/nvme-generic");
	fake_link(&tree, "devices/nvme0/ng0n2/subsystem", "../../../class/nvme-generic");
	fake_link(&tree, "class/nvme-generic/ng0n1", "../../devices/nvme0/ng0n1");
	fake_link(&tree, "class/nvme-generic/ng0n2", "../../devices/nvme0/ng0n2");
	fake_link(&tree, "devices/nvme0/subsystem", "../../class/nvme");
	fake_link(&tree, "class/nvme/nvme0", "../../devices/nvme0");
	fake_link(&tree, "dev/char/242:0", "../../devices/nvme0");
	fake_link(&tree, "devices/nvme1/subsystem", "../../class/nvme");
	fake_link(&tree, "dev/char/242:1", "../../devices/nvme1");
	fake_file(&tree, "devices/nvme0/nvme0n1/dev", "259:0\n");
	fake_file(&tree, "devices/nvme0/nvme0n1/size", "2048\n");
	fake_file(&tree, "devices/nvme0/nvme0n1/queue/logical_block_size", "4096\n");
	fake_link(&tree, "class/block/nvme0n1", "../../devices/nvme0/nvme0n1");
	fake_link(&tree, "dev/block/259:0", "../../devices/nvme0/nvme0n1");
	fake_link(&tree, "dev/char/243:0", "../../devices/nvme0/ng0n1");
	fake_link(&tree, "dev/char/243:1", "../../devices/nvme0/ng0n2");
	need_mount(fake_tree_mount(&tree, "/sys"));
	*state = (void *)"/sys";
}

struct inspected {
	struct target target;
	int error;
};

/* A node of this type and number, made for the moment. */
static struct inspected inspect_node(mode_t type, dev_t number)
{
	struct inspected answer;
	char node[] = "/tmp/ringside-node-XXXXXX";

	assert_non_null(mkdtemp(node));
	assert_int_equal(rmdir(node), 0);
	if (mknod(node, type | 0600, number) < 0) {
		print_message("skipped: device nodes need root\n");
		skip();
	}
	answer.error = inspect(node, &answer.target);
	unlink(node);
	return answer;
}

TEST(nvme_character_device_has_the_size_of_its_namespace)
{
	struct target target;

	need_nvme(state);
	target = inspect_node(S_IFCHR, makedev(243, 0)).target;
	assert_int_equal(target.kind, TARGET_NVME_CHARACTER);
	assert_true(target.device == makedev(259, 0));
	assert_string_equal(target.claim_path, "/dev/nvme0n1");
	assert_int_equal(target.bytes, 1 << 20);
	assert_int_equal(target.offset_align, 4096);
}

TEST(an_nvme_controller_is_no_target_and_names_its_namespace)
{
	need_nvme(state);
	assert_int_equal(inspect_node(S_IFCHR, makedev(242, 0)).error, -ENOTBLK);
	assert_says("is an NVMe controller");
	assert_says("name one of them: /dev/nvme0n1, or /dev/ng0n1 for engines");
	assert_int_equal(inspect_node(S_IFCHR, makedev(242, 1)).error, -ENOTBLK);
	assert_says("the kernel has found none of it");
}

/* Device 0 is what the write guard refuses as unknown. */
TEST(nvme_character_device_without_a_disk_is_known_as_one)
{
	struct target target;

	need_nvme(state);
	target = inspect_node(S_IFCHR, makedev(243, 1)).target;
	assert_int_equal(target.kind, TARGET_NVME_CHARACTER);
	assert_true(target.device == 0);
	assert_null(target.claim_path);
	assert_true(target.bytes == UINT64_MAX);
}

TEST(block_device_has_its_capacity_without_being_opened)
{
	struct target target;

	if (!loop_device_open(&loop, 3 << 20))
		SKIP_WITHOUT_LOOP_DEVICES();
	assert_int_equal(inspect(loop.path, &target), 0);
	assert_int_equal(target.kind, TARGET_BLOCK);
	assert_true(target.exists);
	assert_int_equal(target.bytes, 3 << 20);
	assert_true(target.device == loop.number);
	assert_string_equal(target.claim_path, loop.path);
	assert_int_equal(target.offset_align, 512);
	assert_null(target.file_system);
}

TEST(empty_block_device_is_an_error)
{
	fake_file(&tree, "devices/sdz/dev", "8:400\n");
	fake_file(&tree, "devices/sdz/size", "0\n");
	fake_link(&tree, "dev/block/8:400", "../../devices/sdz");
	need_mount(fake_tree_mount(&tree, "/sys"));
	*state = (void *)"/sys";
	assert_int_equal(inspect_node(S_IFBLK, makedev(8, 400)).error, -ENOMEDIUM);
	assert_says("nothing is in or attached to it");
	assert_int_equal(inspect_node(S_IFBLK, makedev(8, 401)).error, -ENODEV);
	assert_says("is a node without a device behind it");
}

/* The kernel itself is asked: a direct read at these multiples must do. */
TEST(alignment_is_what_direct_reads_need)
{
	struct target target;
	void *buffer;
	int descriptor;

	fake_file(&tree, "data", "x");
	assert_int_equal(truncate(in_tree("data"), 1 << 20), 0);
	assert_int_equal(inspect(in_tree("data"), &target), 0);
	descriptor = open(target.path, O_RDONLY | O_DIRECT);
	if (descriptor < 0 || target.refuses_direct || !target.offset_align) {
		print_message("skipped: no O_DIRECT on %s\n", target.file_system);
		skip();
	}
	buffer = aligned_alloc(1 << 16, 1 << 17);
	assert_non_null(buffer);
	assert_int_equal(pread(descriptor, (char *)buffer + target.memory_align,
				 target.offset_align, 3 * target.offset_align),
		target.offset_align);
	free(buffer);
	close(descriptor);
}

TEST(misaligned_direct_io_is_explained)
{
	struct target target = {.path = "/mnt/file",
		.file_system = "xfs",
		.offset_align = 4096,
		.memory_align = 512};
	struct target unknown = {.path = "/dev/x"};

	assert_null(target_alignment_problem(&target, 8192, 4096, 1024, &arena));
	assert_string_equal(target_alignment_problem(&target, 8192, 512, 1024, &arena),
		"O_DIRECT on /mnt/file (xfs) needs the block size to be a multiple of 4096, it is "
		"512");
	assert_string_equal(target_alignment_problem(&target, 512, 4096, 1024, &arena),
		"O_DIRECT on /mnt/file (xfs) needs the offset to be a multiple of 4096, it is 512");
	assert_string_equal(target_alignment_problem(&target, 0, 4096, 1000, &arena),
		"O_DIRECT on /mnt/file (xfs) needs the buffer's address to be a multiple of 512, "
		"it is 1000");
	assert_null(target_alignment_problem(&unknown, 512, 1024, 512, &arena));
	assert_string_equal(target_alignment_problem(&unknown, 0, 100, 0, &arena),
		"O_DIRECT on /dev/x needs the block size to be a multiple of 512, it is 100");
}

TEST(refresh_sees_what_became_of_a_file)
{
	struct target target;

	assert_int_equal(inspect(in_tree("late"), &target), 0);
	fake_file(&tree, "late", "now");
	target_refresh(&target);
	assert_true(target.exists);
	assert_int_equal(target.bytes, 3);
	assert_int_equal(unlink(target.path), 0);
	target_refresh(&target);
	assert_false(target.exists);
	assert_int_equal(target.bytes, 0);
}

TEST(files_of_the_kernel_store_nothing)
{
	struct target target;

	fake_file(&tree, "file", "");
	assert_int_equal(inspect("/proc/self/comm", &target), 0);
	assert_true(target.is_kernel_interface);
	assert_int_equal(inspect(in_tree("file"), &target), 0);
	assert_false(target.is_kernel_interface);
	assert_int_equal(inspect("/dev/null", &target), 0);
	assert_false(target.is_kernel_interface);
}

TEST_MAIN(NULL, NULL);
