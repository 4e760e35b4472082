/* SPDX-License-Identifier: MIT */
/* What is open is what was looked at and asked about, whatever becomes of its name. */
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/sysmacros.h>

#include "engine/target_open.h"
#include "test.h"
#include "unit/host/fake_tree.h"
#include "unit/host/loop_device.h"

enum { ROUNDS = 1000, MEBIBYTE = 1 << 20 };

static struct fake_tree tree;
static struct loop_device loop, spare;
static struct arena arena;
static struct target_guard guard;
static char path[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	fake_tree_open(&tree);
	fake_file(&tree, "data", "some data");
	fake_tree_path(&tree, "data", path);
	guard = (struct target_guard){.arena = &arena};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	if (spare.file[0])
		loop_device_close(&spare);
	if (loop.file[0])
		loop_device_close(&loop);
	loop.file[0] = spare.file[0] = '\0';
	fake_tree_close(&tree, NULL);
	arena_free(&arena);
	return 0;
}

static struct target a_file(void)
{
	return (struct target){
		.path = path, .kind = TARGET_FILE, .guard = &guard, .descriptor = -1};
}

static struct target a_device(const char *name)
{
	return (struct target){
		.path = name,
		.claim_path = name,
		.kind = TARGET_BLOCK,
		.device = loop.number,
		.guard = &guard,
		.descriptor = -1,
	};
}

static void need_loop_device(void)
{
	if (!loop_device_open(&loop, 8 * MEBIBYTE))
		SKIP_WITHOUT_LOOP_DEVICES();
}

TEST_FIXTURE(set_up, tear_down);

TEST(what_became_something_else_is_not_opened)
{
	static const struct {
		const char *leads_to;
		enum target_kind kind;
	} rows[] = {
		{"/dev/zero", TARGET_FILE},
		{"/proc/self/comm", TARGET_FILE}, /* to be written */
		{"/dev", TARGET_FILE},
		{"data", TARGET_BLOCK},
		{"/dev/zero", TARGET_BLOCK},
		{"data", TARGET_CHARACTER},
		{"data", TARGET_PIPE},
		{"/dev/zero", TARGET_NVME_CHARACTER},
	};
	char link[PATH_MAX];
	bool is_created;

	fake_tree_path(&tree, "link", link);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct target target = {.path = link, .kind = rows[i].kind, .guard = &guard};

		guard.path = NULL;
		assert_int_equal(symlink(rows[i].leads_to, link), 0);
		assert_int_equal(target_guard_open(&target, O_RDWR, &is_created), -ESTALE);
		assert_string_equal(guard.path, link);
		assert_non_null(strstr(guard.reason, "leads to something else"));
		assert_non_null(guard.hint);
		assert_int_equal(unlink(link), 0);
	}
}

TEST(a_missing_file_is_made_also_where_a_link_leads)
{
	struct target target = a_file();
	char link[PATH_MAX];
	bool is_created;
	int descriptor;

	fake_tree_path(&tree, "link", link);
	fake_link(&tree, "link", "made");
	target.path = link;
	assert_int_equal(target_guard_open(&target, O_RDWR, &is_created), -ENOENT);
	descriptor = target_guard_open(&target, O_RDWR | O_CREAT, &is_created);
	assert_true(descriptor >= 0 && is_created);
	close(descriptor);
	descriptor = target_guard_open(&target, O_RDWR | O_CREAT, &is_created);
	assert_true(descriptor >= 0 && !is_created);
	close(descriptor);
}

TEST(a_file_that_came_into_use_is_refused_when_it_is_opened_again)
{
	struct target target = a_file();

	need_loop_device();
	loop_device_detach(&loop);
	target.path = loop.file;
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	assert_true(target.approval.changes != 0);
	target_close(&target);
	assert_true(loop_device_attach(&loop, loop.file));
	assert_int_equal(target_open(&target, TARGET_WRITES), -EBUSY);
	assert_int_equal(target.descriptor, -1);
	assert_string_equal(
		guard.reason, arena_printf(&arena, "%s stands on %s", loop.path, loop.file));
	assert_non_null(strstr(guard.hint, "--destroy="));
	assert_int_equal(target_remove(&target), -EBUSY);
	assert_int_equal(access(loop.file, F_OK), 0);
	assert_int_equal(target_open(&target, TARGET_READS), 0);
	target_close(&target);
}

TEST(a_claim_is_refused_for_what_the_device_carries_by_then)
{
	struct target target;
	const char *named;

	need_loop_device();
	target = a_device(loop.path);
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	target_close(&target);
	assert_true(run_command("mkfs.ext4 -q -F %s", loop.path));
	assert_int_equal(target_open(&target, TARGET_WRITES), -EBUSY);
	assert_string_equal(
		guard.reason, arena_printf(&arena, "%s carries data: ext4 file system", loop.path));
	named = loop.path;
	guard.allowed = (struct write_guard){.destroy = &named, .destroy_count = 1};
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	target_close(&target);
}

/* --destroy was meant for the disk that was in it. */
TEST(another_medium_is_another_disk)
{
	struct target target;
	char number[32] = "";
	FILE *stream;

	need_loop_device();
	target = a_device(loop.path);
	stream = fopen(arena_printf(&arena, "/sys/block/%s/diskseq", loop.path + 5), "re");
	if (!stream) {
		print_message("skipped: disks have no sequence number before Linux 5.15\n");
		skip();
	}
	assert_non_null(fgets(number, sizeof(number), stream));
	fclose(stream);
	target.disk_sequence = strtoull(number, NULL, 10);
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	target_close(&target);
	target.disk_sequence--;
	assert_int_equal(target_open(&target, TARGET_WRITES), -ESTALE);
	assert_non_null(strstr(guard.reason, "its medium was changed"));
}

TEST(a_character_device_is_written_only_where_it_is_harmless)
{
	struct target target = {.kind = TARGET_CHARACTER, .guard = &guard, .descriptor = -1};
	char node[PATH_MAX];

	fake_tree_path(&tree, "node", node);
	target.path = node;
	if (mknod(node, S_IFCHR | 0600, makedev(1, 11)) < 0) {
		print_message("skipped: device nodes need root\n");
		skip();
	}
	assert_int_equal(target_open(&target, TARGET_WRITES), -ESTALE);
	assert_int_equal(
		target_ask_guard(&target, -1, &guard.allowed, &arena).verdict, WRITE_PROTECTED);
	target.path = "/dev/null";
	assert_int_equal(target_open(&target, TARGET_WRITES), 0);
	target_close(&target);
}

struct race {
	const char *one, *other;
	atomic_bool is_over;
};

static void *exchange(void *argument)
{
	struct race *race = argument;

	while (!race->is_over) {
		if (renameat2(AT_FDCWD, race->one, AT_FDCWD, race->other, RENAME_EXCHANGE) < 0)
			abort();
	}
	return NULL;
}

/* `free_path` and `used_path` change names all the time. */
static void expect_only_the_free_one(const char *free_path, const char *used_path,
	const struct target *looked_at, const struct stat *used)
{
	struct race race = {.one = free_path, .other = used_path};
	unsigned opened = 0, refused = 0;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, exchange, &race), 0);
	for (int i = 0; i < ROUNDS; i++) {
		struct target target = *looked_at;
		struct stat status;
		bool is_used;

		target.path = free_path;
		if (target_open(&target, TARGET_WRITES) < 0) {
			refused++;
			continue;
		}
		opened++;
		is_used = fstat(target.descriptor, &status) < 0 ||
			  (S_ISBLK(status.st_mode) ? status.st_rdev == used->st_rdev
						   : status.st_dev == used->st_dev &&
							     status.st_ino == used->st_ino);
		target_close(&target);
		if (is_used)
			break;
	}
	race.is_over = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(opened + refused, ROUNDS);
}

TEST(a_race_for_the_name_of_a_file_is_never_won)
{
	struct target target = a_file();
	char name[PATH_MAX];
	struct stat used;

	need_loop_device();
	assert_int_equal(stat(loop.file, &used), 0);
	fake_link(&tree, "free", path);
	fake_tree_path(&tree, "free", name);
	fake_link(&tree, "used", loop.file);
	expect_only_the_free_one(
		name, arena_printf(&arena, "%s/used", tree.folder), &target, &used);
}

TEST(a_race_for_the_name_of_a_device_is_never_won)
{
	struct target target;
	char name[PATH_MAX];
	struct stat used;

	need_loop_device();
	if (!loop_device_open(&spare, 8 * MEBIBYTE))
		SKIP_WITHOUT_LOOP_DEVICES();
	assert_int_equal(stat(spare.path, &used), 0);
	fake_link(&tree, "free", loop.path);
	fake_tree_path(&tree, "free", name);
	fake_link(&tree, "used", spare.path);
	target = a_device(name);
	expect_only_the_free_one(
		name, arena_printf(&arena, "%s/used", tree.folder), &target, &used);
}

TEST_MAIN(NULL, NULL);
