/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

TEST(reap_returns_slots_in_the_order_sent)
{
	struct rig rig = {0};
	struct slot *sent[3];
	struct slot *done[3];

	assert_int_equal(rig_open(&rig, "null", "", 3, 3, IO_BIT(IO_READ)), 0);
	for (int round = 0; round < 5; round++) { /* More than once around its queue of 4. */
		for (int i = 0; i < 3; i++) {
			sent[i] = &rig.setup.slots[(i + round) % 3];
			sent[i]->length = 512u << i;
		}
		assert_int_equal(rig.class->submit(rig.engine, sent, 3), 3);
		assert_int_equal(rig.class->reap(rig.engine, done, 1, 2, -1), 2);
		assert_ptr_equal(done[0], sent[0]);
		assert_ptr_equal(done[1], sent[1]);
		assert_int_equal(done[1]->result, 1024);
		assert_int_equal(rig.class->reap(rig.engine, done, 0, 3, -1), 1);
		assert_ptr_equal(done[0], sent[2]);
		assert_int_equal(rig.class->reap(rig.engine, done, 0, 3, 0), 0);
	}
	assert_int_equal(rig.engine->syscalls, 0);
	rig.class->prove(rig.engine, &rig.report);
	assert_string_equal(rig_setting(rig.report.proof, "calls"), "none");
	assert_string_equal(rig_setting(rig.report.proof, "ios"), "15");
	rig_close(&rig);
}

TEST_MAIN(NULL, NULL);
