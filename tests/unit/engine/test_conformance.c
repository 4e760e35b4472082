/* SPDX-License-Identifier: MIT */
/*
 * One body over every engine and setting: what was asked of it is what happened to the bytes,
 * checked with plain reads; nothing is lost, nothing comes back twice, errors come back as errors.
 */
#include "unit/engine/rig.h"

enum { BLOCKS = 43 }; /* No multiple of any batch: the last one is not full. */

enum variant_trait {
	BUFFERED_ONLY = 1,
	ONE_DEPTH = 2, /* settings that depth has nothing to do with, and that are slow */
};

struct variant {
	const char *engine;
	const char *settings; /* of its option table */
	unsigned traits;
};

static const struct variant variants[] = {
	{"sync", "", 0},
	{"psync", "", 0},
	{"pvsync2", "", 0},
	{"pvsync2", "dsync=1", 0},
	{"pvsync2", "uncached=1", BUFFERED_ONLY},
	{"mmap", "", BUFFERED_ONLY},
	{"mmap", "madvise=random populate=1", BUFFERED_ONLY},
	{"posixaio", "", 0},
	{"threads", "", 0},
	{"threads", "pool_threads=3", 0},
	{"posixaio", "descriptor_per_slot=0", 0},
	{"libaio", "", 0},
	{"libaio", "userspace_reap=1", 0},
	{"libaio", "dsync=1", ONE_DEPTH},
	{"epoll", "", 0},
	{"epoll", "readiness_backend=threads", 0},
	{"poll", "", 0},
	{"poll", "readiness_backend=threads readiness_threads=1", 0},
	{"select", "", 0},
	{"select", "readiness_backend=threads", 0},
	{"io_uring", "", 0},
	{"io_uring", "nonvectored=0", 0},
	{"io_uring", "fixedbufs=1", 0},
	{"io_uring", "fixedbufs=1 nonvectored=0", 0},
	{"io_uring", "registerfiles=1", 0},
	{"io_uring", "fixedbufs=1 registerfiles=1", 0},
	{"io_uring", "registerring=0", 0},
	{"io_uring", "coop_taskrun=1", 0},
	{"io_uring", "eventfd=1", 0},
	{"io_uring", "sqthread_poll=1 attach_wq=1", ONE_DEPTH},
	{"io_uring", "min_wait_us=1000000", 0},
	{"io_uring", "force_async=1 iowq_max_workers=2", 0},
	{"io_uring", "force_async=3 registerfiles=1", 0},
	{"io_uring", "dsync=1 prioclass=2 prio=1 write_hint=short", ONE_DEPTH},
	{"io_uring", "uncached=1", BUFFERED_ONLY},
	{"io_uring", "single_issuer=0 defer_taskrun=0 coop_taskrun=0", 0},
	{"io_uring", "sqthread_poll=1", 0},
	{"io_uring", "sqthread_poll=1 fixedbufs=1 registerfiles=1 single_issuer=0", 0},
	{"io_uring", "sqthread_poll=1 sqthread_poll_cpu=0 sqthread_poll_idle=1", 0},
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

/* A target that can be written, and a descriptor to look at it with behind the engine's back. */
struct place_of_test {
	enum target_kind kind;
	bool is_direct;
	char path[64];
	int plain;
};

static bool place_open(struct place_of_test *place, struct rig *rig)
{
	char backing[64];
	int file = rig_temporary_file(backing);

	assert_int_equal(ftruncate(file, (off_t)BLOCKS * RIG_BLOCK_BYTES), 0);
	if (place->kind == TARGET_FILE) {
		snprintf(place->path, sizeof(place->path), "%s", backing);
		place->plain = file;
	} else {
		place->plain = rig_attach_loop(file, place->path);
		close(file);
		unlink(backing);
		if (place->plain < 0) {
			print_message("no loop device: %s\n", strerror(-place->plain));
			skip();
		}
	}
	rig->target.kind = place->kind;
	rig->target.is_direct = place->is_direct;
	rig->target.bytes = (uint64_t)BLOCKS * RIG_BLOCK_BYTES;
	rig->target.descriptor =
		open(place->path, O_RDWR | O_CLOEXEC | (place->is_direct ? O_DIRECT : 0));
	if (rig->target.descriptor < 0) {
		print_message("skipped, the direct half: no O_DIRECT on %s\n", place->path);
		close(place->plain);
		unlink(backing);
		return false;
	}
	if (place->kind == TARGET_FILE)
		unlink(place->path);
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

static void a_read_past_the_end_is_short(struct rig *rig)
{
	uint64_t end = (uint64_t)BLOCKS * RIG_BLOCK_BYTES;

	assert_int_equal(rig_run_one(rig, IO_READ, end, RIG_BLOCK_BYTES), 0);
	assert_int_equal(rig_run_one(rig, IO_READ, end - 512, RIG_BLOCK_BYTES), 512);
}

/* All of the above, where submit may leave it to reap also with submit sending at once. */
static void run_everything(struct rig *rig, int plain)
{
	int rounds = rig->class->traits & ENGINE_COMBINES_CALLS ? 2 : 1;

	for (int round = 0; round < rounds; round++) {
		rig->engine->sends_now = round == 1;
		writes_arrive(rig, plain);
		reads_see_what_is_there(rig, plain);
		mixed_ops_do_not_mix(rig, plain);
		trims_free_what_was_asked(rig, plain);
		a_read_past_the_end_is_short(rig);
	}
}

/*
 * What this kernel, this target or this machine has not is skipped, with the engine's reason:
 * discards by io_uring (6.12), vectored fixed buffers (6.15), flags of preadv2.
 */
static void open_or_skip(struct rig *rig, const struct variant *variant, unsigned depth,
	unsigned batch, unsigned op_mask)
{
	int result = rig_open(rig, variant->engine, variant->settings, depth, batch, op_mask);

	if (result == 0)
		return;
	if (result != -EOPNOTSUPP || !rig->report.problem)
		fail_msg("%s: %s", variant->engine, rig->report.problem);
	print_message("%s: %s\n", variant->engine, rig->report.problem);
	rig_close(rig);
	rig->report = (struct engine_report){0};
	if (op_mask & IO_BIT(IO_TRIM)) {
		open_or_skip(rig, variant, depth, batch, op_mask & ~IO_BIT(IO_TRIM));
		return;
	}
	close(rig->target.descriptor);
	skip();
}

static void run_variant(
	const struct variant *variant, enum target_kind kind, unsigned depth, unsigned batch)
{
	for (int is_direct = 0; is_direct < (variant->traits & BUFFERED_ONLY ? 1 : 2);
		is_direct++) {
		struct place_of_test place = {.kind = kind, .is_direct = is_direct};
		struct rig rig = {0};
		unsigned op_mask = engine_find(variant->engine)->op_mask & ~IO_COMPOSITE_BITS;

		if (!place_open(&place, &rig))
			continue;
		open_or_skip(&rig, variant, depth, batch, op_mask);
		run_everything(&rig, place.plain);
		rig.class->prove(rig.engine, &rig.report, &rig.arena);
		assert_non_null(rig.report.proof);
		place_close(&place, &rig);
		rig_close(&rig);
	}
}

static void skip_where_tsan_cannot_follow(const struct variant *variant)
{
	if (strcmp(variant->engine, "posixaio") == 0)
		rig_skip_under_tsan("it does not know the threads that glibc starts");
}

/* Synchronous engines have one depth; the others one I/O alone, many, and many in batches. */
static void run_depths(const struct variant *variant, enum target_kind kind)
{
	skip_where_tsan_cannot_follow(variant);
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
	run_depths(*state, TARGET_FILE);
}

static void bytes_move_on_a_block_device(void **state)
{
	run_depths(*state, TARGET_BLOCK);
}

/* A failed I/O among good ones of its batch is a result, and the others are done. */
static void errors_are_results(void **state)
{
	const struct variant *variant = *state;
	struct rig rig = {.target = {.kind = TARGET_CHARACTER}};
	struct rig_io ios[16];

	skip_where_tsan_cannot_follow(variant);
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
		.kind = TARGET_FILE, .is_direct = !(variant->traits & BUFFERED_ONLY)};
	struct rig rig = {0};
	struct slot *batch[16];

	skip_where_tsan_cannot_follow(variant);
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

static void every_engine_has_its_row(void **state)
{
	(void)state;
	for (const struct engine_class *const *class = engines; *class; class ++) {
		/* One moves no bytes; commands go to a drive: tests/vm/ringside.bats. */
		bool has_row = strcmp((*class)->name, "null") == 0 ||
			       (*class)->traits & ENGINE_TAKES_NVME_COMMANDS;

		for (unsigned i = 0; i < VARIANTS; i++)
			has_row |= strcmp(variants[i].engine, (*class)->name) == 0;
		if (!has_row)
			fail_msg("engine %s is not in variants[]", (*class)->name);
	}
}

struct body {
	const char *name;
	CMUnitTestFunction run;
};

static const struct body bodies[] = {
	{"bytes_move_in_a_file", bytes_move_in_a_file},
	{"bytes_move_on_a_block_device", bytes_move_on_a_block_device},
	{"errors_are_results", errors_are_results},
	{"close_waits_for_what_is_in_flight", close_waits_for_what_is_in_flight},
};

enum { BODIES = sizeof(bodies) / sizeof(bodies[0]) };

int main(void)
{
	static struct CMUnitTest tests[VARIANTS * BODIES + 1];
	static char names[VARIANTS * BODIES][128];
	size_t count = 0;

	for (unsigned i = 0; i < VARIANTS; i++) {
		for (unsigned j = 0; j < BODIES; j++, count++) {
			snprintf(names[count], sizeof(names[count]), "%s%s%s: %s",
				variants[i].engine, *variants[i].settings ? " " : "",
				variants[i].settings, bodies[j].name);
			tests[count].name = names[count];
			tests[count].test_func = bodies[j].run;
			tests[count].initial_state = (void *)(uintptr_t)&variants[i];
		}
	}
	tests[count] = (struct CMUnitTest)cmocka_unit_test(every_engine_has_its_row);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
