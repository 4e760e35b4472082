/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/*
 * One body over every engine and setting: what was asked of it is what happened to the bytes,
 * checked with plain reads; nothing is lost, nothing comes back twice, errors come back as errors.
 */
#include <linux/fs.h>
#include <sys/socket.h>

#include "engine/engine_list.h"
#include "test.h"
#include "unit/engine/variants.h"
#include "unit/engine/zram_device.h"

enum place_kind { PLACE_FILE, PLACE_LOOP, PLACE_ZRAM };

/* A target that can be written, and a descriptor to look at it with behind the engine's back. */
struct place_of_test {
	enum place_kind kind;
	bool is_direct;
	char path[64];
	int plain;
	unsigned sector_bytes;
};

static int open_plain_loop(char path[64])
{
	char backing[64];
	int file = rig_temporary_file(backing);
	int device;

	assert_int_equal(ftruncate(file, TARGET_BYTES), 0);
	device = rig_attach_loop(file, path);
	close(file);
	unlink(backing);
	return device;
}

/* One for all tests of this program. */
static int open_plain_zram(char path[64])
{
	static char made[64];
	int result = *made ? 0 : device_make_zram(TARGET_BYTES, made);

	if (result < 0) {
		*made = '\0';
		return result;
	}
	snprintf(path, 64, "%s", made);
	result = open(path, O_RDWR | O_CLOEXEC);
	return result < 0 ? -errno : result;
}

static int open_plain_file(char path[64])
{
	int file = rig_temporary_file(path);

	assert_int_equal(ftruncate(file, TARGET_BYTES), 0);
	return file;
}

static void open_plain(struct place_of_test *place)
{
	static int (*const functions[])(char path[64]) = {
		[PLACE_FILE] = open_plain_file,
		[PLACE_LOOP] = open_plain_loop,
		[PLACE_ZRAM] = open_plain_zram,
	};
	static const char *const names[] = {"file", "loop device", "zram device"};

	place->plain = functions[place->kind](place->path);
	if (place->plain < 0) {
		print_message("no %s: %s\n", names[place->kind], strerror(-place->plain));
		skip();
	}
	place->sector_bytes = 512;
	if (place->kind != PLACE_FILE)
		assert_int_equal(ioctl(place->plain, BLKSSZGET, &place->sector_bytes), 0);
}

static bool place_open(struct place_of_test *place, struct rig *rig)
{
	enum target_kind kind = place->kind == PLACE_FILE ? TARGET_FILE : TARGET_BLOCK;

	open_plain(place);
	open_target(rig, place->path, kind, place->is_direct);
	if (place->kind == PLACE_FILE)
		unlink(place->path);
	if (rig->target.descriptor < 0) {
		print_message("skipped, the direct half: no O_DIRECT on %s\n", place->path);
		close(place->plain);
		return false;
	}
	return true;
}

static void place_close(struct place_of_test *place, struct rig *rig)
{
	close(rig->target.descriptor);
	close(place->plain);
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

static void plain_write_all(int descriptor, uint64_t salt)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];

	for (off_t at = 0; at < (off_t)BLOCKS * RIG_BLOCK_BYTES; at += RIG_BLOCK_BYTES) {
		rig_fill(content, (uint64_t)at, RIG_BLOCK_BYTES, salt);
		assert_int_equal(pwrite(descriptor, content, RIG_BLOCK_BYTES, at), RIG_BLOCK_BYTES);
	}
}

static void plain_check(int descriptor, unsigned block, uint64_t salt, bool is_trimmed)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];
	off_t at = (off_t)block * RIG_BLOCK_BYTES;

	assert_int_equal(pread(descriptor, content, RIG_BLOCK_BYTES, at), RIG_BLOCK_BYTES);
	if (is_trimmed)
		rig_check_zero(content, RIG_BLOCK_BYTES);
	else
		rig_check(content, (uint64_t)at, RIG_BLOCK_BYTES, salt);
}

static void writes_arrive(struct rig *rig, int plain)
{
	struct rig_io ios[BLOCKS];

	plan(ios, IO_WRITE);
	rig_run(rig, ios, BLOCKS, rig_hook_fill, rig_hook_none, 11);
	for (unsigned i = 0; i < BLOCKS; i++)
		assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
	/* The offset and length of the slot's last write must not leak into the sync. */
	if (rig->class->op_mask & IO_BIT(IO_SYNC))
		assert_int_equal(rig_run_one(rig, IO_SYNC, 12345, 678), 0);
	if (rig->class->op_mask & IO_BIT(IO_DATASYNC))
		assert_int_equal(rig_run_one(rig, IO_DATASYNC, 12345, 678), 0);
	for (unsigned i = 0; i < BLOCKS; i++)
		plain_check(plain, i, 11, false);
}

static void reads_see_what_is_there(struct rig *rig, int plain)
{
	struct rig_io ios[BLOCKS];

	plain_write_all(plain, 22);
	plan(ios, IO_READ);
	rig_run(rig, ios, BLOCKS, rig_hook_none, rig_hook_check, 22);
}

/* Reads and writes side by side in one batch, on different blocks. */
static void mixed_ops_do_not_mix(struct rig *rig, int plain)
{
	struct rig_io ios[BLOCKS];

	plain_write_all(plain, 33);
	plan(ios, IO_READ);
	for (unsigned i = 0; i < BLOCKS; i += 2)
		ios[i].op = IO_WRITE;
	rig_run(rig, ios, BLOCKS, rig_hook_fill, rig_hook_check, 33);
	for (unsigned i = 0; i < BLOCKS; i++)
		plain_check(plain, i, 33, false);
}

static void trims_free_what_was_asked(struct rig *rig, int plain)
{
	struct rig_io ios[BLOCKS];
	unsigned count = 0;

	if (!(rig->setup.op_mask & IO_BIT(IO_TRIM)))
		return;
	plain_write_all(plain, 44);
	for (unsigned block = 1; block < BLOCKS; block += 3)
		ios[count++] = (struct rig_io){
			.op = IO_TRIM,
			.offset = (uint64_t)block * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES,
		};
	rig_run(rig, ios, count, rig_hook_none, rig_hook_none, 0);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
	for (unsigned i = 0; i < BLOCKS; i++)
		plain_check(plain, i, 44, i % 3 == 1);
}

static void a_read_past_the_end_is_short(struct rig *rig, unsigned sector_bytes)
{
	assert_int_equal(rig_run_one(rig, IO_READ, TARGET_BYTES, RIG_BLOCK_BYTES), 0);
	assert_int_equal(rig_run_one(rig, IO_READ, TARGET_BYTES - sector_bytes, RIG_BLOCK_BYTES),
		sector_bytes);
}

/* All of the above, where submit may leave it to reap also with submit sending at once. */
static void run_everything(struct rig *rig, const struct place_of_test *place)
{
	int rounds = rig->class->traits & ENGINE_COMBINES_CALLS ? 2 : 1;

	for (int round = 0; round < rounds; round++) {
		rig->engine->sends_now = round == 1;
		writes_arrive(rig, place->plain);
		reads_see_what_is_there(rig, place->plain);
		mixed_ops_do_not_mix(rig, place->plain);
		trims_free_what_was_asked(rig, place->plain);
		a_read_past_the_end_is_short(rig, place->sector_bytes);
	}
}

static void run_variant(
	const struct variant *variant, enum place_kind kind, unsigned depth, unsigned batch)
{
	for (int is_direct = 0; is_direct < (variant->traits & BUFFERED_ONLY ? 1 : 2);
		is_direct++) {
		struct place_of_test place = {.kind = kind, .is_direct = is_direct};
		struct rig rig = {0};
		unsigned op_mask = engine_find(variant->engine)->op_mask & ~IO_COMPOSITE_BITS;

		if (!place_open(&place, &rig))
			continue;
		open_or_skip(&rig, variant, depth, batch, op_mask);
		run_everything(&rig, &place);
		rig.class->prove(rig.engine, &rig.report);
		assert_true(rig.report.proof.count > 0);
		place_close(&place, &rig);
		rig_close(&rig);
	}
}

/* Synchronous engines have one depth; the others one I/O alone, many, and many in batches. */
static void run_depths(const struct variant *variant, enum place_kind kind)
{
	if (!(variant->traits & ONE_DEPTH))
		run_variant(variant, kind, 1, 1);
	if (engine_find(variant->engine)->traits & ENGINE_IS_SYNCHRONOUS)
		return;
	if (!(variant->traits & ONE_DEPTH))
		run_variant(variant, kind, 32, 1);
	run_variant(variant, kind, 32, 16);
}

static void bytes_move_in_a_file(void **state)
{
	run_depths(*state, PLACE_FILE);
}

static void bytes_move_on_a_loop_device(void **state)
{
	run_depths(*state, PLACE_LOOP);
}

static void bytes_move_on_a_zram_device(void **state)
{
	run_depths(*state, PLACE_ZRAM);
}

/* A failed I/O among good ones of its batch is a result, and the others are done. */
static void errors_are_results(void **state)
{
	const struct variant *variant = *state;
	struct rig rig = {.target = {.kind = TARGET_CHARACTER}};
	struct rig_io ios[16];

	rig.target.descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	open_or_skip(&rig, variant, 16, 16, IO_BIT(IO_READ) | IO_BIT(IO_WRITE));
	for (unsigned i = 0; i < 16; i++)
		ios[i] = (struct rig_io){
			.op = i == 0 || i == 7 || i == 15 ? IO_WRITE : IO_READ, .length = 4096};
	rig_run(&rig, ios, 16, rig_hook_none, rig_hook_none, 0);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(ios[i].result, ios[i].op == IO_WRITE ? -EBADF : 4096);
	close(rig.target.descriptor);
	rig_close(&rig);
}

/* Slots that are in flight when the engine is closed are not written to afterwards. */
static void close_waits_for_what_is_in_flight(void **state)
{
	const struct variant *variant = *state;
	struct place_of_test place = {
		.kind = PLACE_FILE, .is_direct = !(variant->traits & BUFFERED_ONLY)};
	struct rig rig = {0};
	struct slot *batch[16];

	if (!place_open(&place, &rig))
		return;
	plain_write_all(place.plain, 55);
	open_or_skip(&rig, variant, 16, 16, IO_BIT(IO_READ));
	for (unsigned i = 0; i < 16; i++) {
		batch[i] = &rig.setup.slots[i];
		batch[i]->op = IO_READ;
		batch[i]->offset = (uint64_t)i * RIG_BLOCK_BYTES;
		batch[i]->length = RIG_BLOCK_BYTES;
	}
	rig.engine->sends_now = true;
	assert_true(rig.class->submit(rig.engine, batch, 16) > 0);
	rig.class->close(rig.engine);
	/* Nothing may arrive any more: the kernel would fault, or write over what stands here. */
	memset(rig.memory, 0x5a, 16 * RIG_BLOCK_BYTES);
	place_close(&place, &rig);
	for (unsigned i = 0; i < 16 * RIG_BLOCK_BYTES; i++)
		assert_int_equal(((unsigned char *)rig.memory)[i], 0x5a);
	munmap(rig.memory, 16 * RIG_BLOCK_BYTES);
	arena_free(&rig.arena);
}

static bool knows_streams(const struct variant *variant)
{
	static const char *const names[] = {
		"sync", "vsync", "libaio", "epoll", "poll", "select", "io_uring", "posixaio"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(variant->engine, names[i]) == 0)
			return !strstr(variant->settings, "nowait") &&
			       !strstr(variant->settings, "uncached");
	}
	return false;
}

/* Of a socket, at offsets that mean nothing there, in the order of the bytes. */
static void exchange(struct rig *rig, int other)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];

	for (uint64_t at = 0; at < 5 * RIG_BLOCK_BYTES; at += RIG_BLOCK_BYTES) {
		struct rig_io io = {.op = IO_READ, .offset = at, .length = RIG_BLOCK_BYTES};

		rig_fill(content, at, sizeof(content), 77);
		assert_int_equal(write(other, content, sizeof(content)), sizeof(content));
		rig_run(rig, &io, 1, rig_hook_none, rig_hook_check, 77);
		io = (struct rig_io){.op = IO_WRITE, .offset = at, .length = RIG_BLOCK_BYTES};
		rig_run(rig, &io, 1, rig_hook_fill, rig_hook_none, 78);
		assert_int_equal(io.result, RIG_BLOCK_BYTES);
		assert_int_equal(
			recv(other, content, sizeof(content), MSG_WAITALL), sizeof(content));
		rig_check(content, at, sizeof(content), 78);
	}
}

static void streams_have_no_offsets(void **state)
{
	const struct variant *variant = *state;
	struct rig rig = {.target = {.kind = TARGET_PIPE, .bytes = UINT64_MAX}};
	int ends[2];
	int result;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	rig.target.descriptor = ends[0];
	result = rig_open(
		&rig, variant->engine, variant->settings, 1, 1, IO_BIT(IO_READ) | IO_BIT(IO_WRITE));
	if (result < 0)
		assert_non_null(rig.report.problem);
	else if (knows_streams(variant))
		exchange(&rig, ends[1]);
	else
		assert_true(rig_run_one(&rig, IO_READ, 0, RIG_BLOCK_BYTES) < 0);
	close(ends[0]);
	close(ends[1]);
	rig_close(&rig);
}

static void every_engine_has_its_row(void **state)
{
	(void)state;
	for (const struct engine_class *const *class = engines; *class; class ++) {
		/* Some move no bytes; commands go to a drive: tests/vm. Others copy files, and no
		 * more: test_blocking_composite. */
		bool has_row =
			(*class)->traits & (ENGINE_TAKES_NO_TARGET | ENGINE_TAKES_NVME_COMMANDS) ||
			!((*class)->op_mask & IO_BIT(IO_READ));

		for (unsigned i = 0; i < VARIANTS; i++)
			has_row |= strcmp(variants[i].engine, (*class)->name) == 0;
		if (!has_row)
			fail_msg("engine %s is not in variants[]", (*class)->name);
	}
}

static const struct variant_body bodies[] = {
	{"bytes_move_in_a_file", bytes_move_in_a_file},
	{"bytes_move_on_a_loop_device", bytes_move_on_a_loop_device},
	{"bytes_move_on_a_zram_device", bytes_move_on_a_zram_device},
	{"errors_are_results", errors_are_results},
	{"close_waits_for_what_is_in_flight", close_waits_for_what_is_in_flight},
	{"streams_have_no_offsets", streams_have_no_offsets},
	{NULL, NULL},
};

int main(void)
{
	static struct CMUnitTest tests[VARIANTS * (sizeof(bodies) / sizeof(bodies[0])) + 1];
	size_t count = variants_make_tests(bodies, tests);

	tests[count] = (struct CMUnitTest)cmocka_unit_test(every_engine_has_its_row);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
