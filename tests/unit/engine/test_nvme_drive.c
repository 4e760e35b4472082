/* SPDX-License-Identifier: MIT */
/*
 * One body over what needs a real driver: NVMe commands and polled rings, on drives that may be
 * written. What was asked for is what the block device shows, and the other way round.
 *
 * RINGSIDE_NVME_DRIVES="0n1 0n2" names the namespaces; tests/vm sets it, in its guest.
 */
#include "test.h"
#include "unit/engine/rig.h"

#include "base/diag.h"
#include "engine/target_open.h"

enum { BLOCKS = 64 };

struct drive_variant {
	const char *engine;
	const char *settings;
};

/* Linux 6.1 does not survive a polled command that fails or has no data: here none does. */
static const struct drive_variant variants[] = {
	{"nvme_ioctl", ""},
	{"io_uring_cmd", ""},
	{"io_uring_cmd", "fixedbufs=1 registerfiles=1"},
	{"io_uring_cmd", "sqthread_poll=1"},
	{"io_uring_cmd", "hipri=1 hipri_insist=1"},
	{"io_uring_cmd", "hipri=1 hipri_insist=1 fixedbufs=1 registerfiles=1 sqthread_poll=1"},
	{"io_uring_cmd", "readfua=1 writefua=1"},
	{"io_uring", "hipri=1"},
	{"io_uring", "hipri=1 fixedbufs=1 registerfiles=1"},
	{"io_uring", "hipri=1 sqthread_poll=1"},
};
enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

/* What O_DIRECT reads and writes: the drive is looked at past the page cache, which commands do not
 * know of. */
static _Alignas(4096) uint64_t content[RIG_BLOCK_BYTES / 8];

static void view_write_all(int view, uint64_t salt)
{
	for (off_t at = 0; at < (off_t)BLOCKS * RIG_BLOCK_BYTES; at += RIG_BLOCK_BYTES) {
		rig_fill(content, (uint64_t)at, RIG_BLOCK_BYTES, salt);
		assert_int_equal(pwrite(view, content, RIG_BLOCK_BYTES, at), RIG_BLOCK_BYTES);
	}
}

static void view_check(int view, unsigned block, uint64_t salt, bool is_trimmed)
{
	off_t at = (off_t)block * RIG_BLOCK_BYTES;

	assert_int_equal(pread(view, content, RIG_BLOCK_BYTES, at), RIG_BLOCK_BYTES);
	if (is_trimmed)
		rig_check_zero(content, RIG_BLOCK_BYTES);
	else
		rig_check(content, (uint64_t)at, RIG_BLOCK_BYTES, salt);
}

/* All blocks, in an order that is neither ascending nor random. */
static void plan(struct rig_io ios[BLOCKS], enum io_op op)
{
	for (unsigned i = 0; i < BLOCKS; i++)
		ios[i] = (struct rig_io){
			.op = op,
			.offset = (uint64_t)(i * 29 % BLOCKS) * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES,
		};
}

static void writes_arrive(struct rig *rig, int view)
{
	struct rig_io ios[BLOCKS];

	plan(ios, IO_WRITE);
	rig_run(rig, ios, BLOCKS, rig_hook_fill, rig_hook_none, 11);
	for (unsigned i = 0; i < BLOCKS; i++)
		assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
	if (rig->setup.op_mask & IO_BIT(IO_SYNC))
		assert_int_equal(rig_run_one(rig, IO_SYNC, 12345, 678), 0);
	for (unsigned i = 0; i < BLOCKS; i++)
		view_check(view, i, 11, false);
}

static void reads_see_what_is_there(struct rig *rig, int view)
{
	struct rig_io ios[BLOCKS];

	view_write_all(view, 22);
	plan(ios, IO_READ);
	rig_run(rig, ios, BLOCKS, rig_hook_none, rig_hook_check, 22);
}

/* Every third block, with writes and reads of others in the same batches. */
static void trims_free_what_was_asked(struct rig *rig, int view)
{
	struct rig_io ios[BLOCKS];

	view_write_all(view, 33);
	plan(ios, IO_READ);
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (ios[i].offset / RIG_BLOCK_BYTES % 3 == 1)
			ios[i].op = IO_TRIM;
		else if (ios[i].offset / RIG_BLOCK_BYTES % 3 == 2)
			ios[i].op = IO_WRITE;
	}
	rig_run(rig, ios, BLOCKS, rig_hook_fill, rig_hook_none, 33);
	for (unsigned i = 0; i < BLOCKS; i++) {
		assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
		view_check(view, i, 33, i % 3 == 1);
	}
}

static void open_drive(struct rig *rig, const char *node)
{
	struct diag diag;
	const struct place nowhere = {0};

	diag_init(&diag, stderr);
	assert_int_equal(target_inspect(node, &rig->target, &rig->arena, &diag, &nowhere), 0);
	assert_int_equal(
		target_open(&rig->target, TARGET_READS | TARGET_WRITES | TARGET_DIRECT), 0);
}

static void run_on_drive(const struct drive_variant *variant, const char *drive, unsigned depth)
{
	struct rig rig = {0};
	int view;
	bool is_passthrough = engine_find(variant->engine)->traits & ENGINE_TAKES_NVME_COMMANDS;
	bool is_polled = strstr(variant->settings, "hipri=1");
	unsigned op_mask = IO_BIT(IO_READ) | IO_BIT(IO_WRITE);
	char node[64];

	snprintf(node, sizeof(node), "/dev/nvme%s", drive);
	view = open(node, O_RDWR | O_DIRECT | O_CLOEXEC);
	assert_true(view >= 0);
	if (is_passthrough) {
		snprintf(node, sizeof(node), "/dev/ng%s", drive);
		op_mask |= IO_BIT(IO_TRIM) | (is_polled ? 0 : IO_BIT(IO_SYNC));
	}
	open_drive(&rig, node);
	rig.is_polled = is_polled;
	assert_int_equal(rig_open(&rig, variant->engine, variant->settings, depth,
				 depth > 1 ? depth / 2 : 1, op_mask),
		0);
	writes_arrive(&rig, view);
	reads_see_what_is_there(&rig, view);
	if (is_passthrough)
		trims_free_what_was_asked(&rig, view);
	target_close(&rig.target);
	rig_close(&rig);
	close(view);
}

static void bytes_move_on_a_drive(void **state)
{
	const struct drive_variant *variant = *state;
	const char *drives = getenv("RINGSIDE_NVME_DRIVES");
	struct arena arena = {0};
	char **words;

	text_split(&arena, drives, ' ', &words);
	for (; *words; words++) {
		run_on_drive(variant, *words, 1);
		if (!(engine_find(variant->engine)->traits & ENGINE_IS_SYNCHRONOUS))
			run_on_drive(variant, *words, 16);
	}
	arena_free(&arena);
}

static void bytes_move_on_drives(void **state)
{
	(void)state;
	print_message("no NVMe drive that may be written (tests/vm has some)\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest no_drive[] = {cmocka_unit_test(bytes_move_on_drives)};
	static struct CMUnitTest tests[VARIANTS];
	static char names[VARIANTS][128];

	for (int i = 0; i < VARIANTS; i++) {
		snprintf(names[i], sizeof(names[i]), "%s %s: bytes_move_on_a_drive",
			variants[i].engine, variants[i].settings);
		tests[i] = (struct CMUnitTest){.name = names[i],
			.test_func = bytes_move_on_a_drive,
			.initial_state = (void *)&variants[i]};
	}
	if (!getenv("RINGSIDE_NVME_DRIVES"))
		return cmocka_run_group_tests(no_drive, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
