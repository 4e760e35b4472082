/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/*
 * A device that fails half of what it is asked, under every engine and setting: the error comes
 * back as an error, and the other half is done.
 */
#include "engine/engine_list.h"
#include "test.h"
#include "unit/engine/faulty_device.h"
#include "unit/engine/variants.h"

enum { GOOD_BLOCKS = 20, FIRST_BAD_BLOCK = 23 }; /* Those between keep requests apart. */

/* Good and bad blocks among each other; returns how many. */
static unsigned plan_faults(struct rig_io ios[BLOCKS], enum io_op op)
{
	unsigned count = 0;

	for (unsigned i = 0; i < BLOCKS; i++) {
		unsigned block = i * 29 % BLOCKS;

		if (block < GOOD_BLOCKS || block >= FIRST_BAD_BLOCK)
			ios[count++] = (struct rig_io){.op = op,
				.offset = (uint64_t)block * RIG_BLOCK_BYTES,
				.length = RIG_BLOCK_BYTES};
	}
	return count;
}

static bool is_bad(const struct rig_io *io)
{
	return io->offset >= (uint64_t)FIRST_BAD_BLOCK * RIG_BLOCK_BYTES;
}

/*
 * A write to the page cache is done before the device is asked: its error comes with the next sync,
 * once. A mapping has to read the page first.
 */
static void faults_come_back(struct rig *rig)
{
	struct rig_io ios[BLOCKS];
	unsigned count = plan_faults(ios, IO_READ);
	bool is_late = false;

	rig_run(rig, ios, count, rig_hook_none, rig_hook_none, 0);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(ios[i].result, is_bad(&ios[i]) ? -EIO : RIG_BLOCK_BYTES);
	count = plan_faults(ios, IO_WRITE);
	rig_run(rig, ios, count, rig_hook_fill, rig_hook_none, 66);
	for (unsigned i = 0; i < count; i++) {
		if (is_bad(&ios[i]) && (rig->target.is_direct || ios[i].result < 0))
			assert_int_equal(ios[i].result, -EIO);
		else
			assert_int_equal(ios[i].result, RIG_BLOCK_BYTES);
		is_late |= is_bad(&ios[i]) && ios[i].result > 0;
	}
	assert_int_equal(rig_run_one(rig, IO_SYNC, 0, 0), is_late ? -EIO : 0);
	assert_int_equal(rig_run_one(rig, IO_READ, 0, RIG_BLOCK_BYTES), RIG_BLOCK_BYTES);
	rig_check(rig->setup.slots[rig->idle[rig->idle_count - 1]->index].buffer, 0,
		RIG_BLOCK_BYTES, 66);
}

static void faults_of_a_device_are_results(void **state)
{
	const struct variant *variant = *state;
	bool is_alone = engine_find(variant->engine)->traits & ENGINE_IS_SYNCHRONOUS;
	/* Each write of a file that is written with O_DSYNC has the faults of all before it. */
	bool is_buffered = !strstr(variant->settings, "dsync");

	for (int is_direct = is_buffered ? 0 : 1;
		is_direct < (variant->traits & BUFFERED_ONLY ? 1 : 2); is_direct++) {
		struct rig rig = {0};
		char path[64];
		int plain = device_open_faulty(
			TARGET_BYTES, (uint64_t)GOOD_BLOCKS * RIG_BLOCK_BYTES, path);

		if (plain < 0) {
			print_message("no loop device: %s\n", strerror(-plain));
			skip();
		}
		open_target(&rig, path, TARGET_BLOCK, is_direct);
		close(plain); /* It stays as long as the target has it. */
		open_or_skip(&rig, variant, is_alone ? 1 : 32, is_alone ? 1 : 16,
			IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_SYNC));
		faults_come_back(&rig);
		close(rig.target.descriptor);
		rig_close(&rig);
	}
}

static const struct variant_body bodies[] = {
	{"faults_of_a_device_are_results", faults_of_a_device_are_results},
	{NULL, NULL},
};

int main(void)
{
	static struct CMUnitTest tests[VARIANTS];

	variants_make_tests(bodies, tests);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
