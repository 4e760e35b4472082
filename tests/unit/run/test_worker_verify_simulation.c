/* SPDX-License-Identifier: MIT */
/*
 * A million verified I/Os of each engine without a false alarm: random overwrites of several sizes
 * at depth 64. `make simulate` makes them all, a test every hundredth.
 */
/* flavours: plain */
#include "simulation.h"
#include "test.h"
#include "unit/run/run_rig.h"

TEST_FIXTURE(plan_rig_open, end);

static const char *const engines[] = {"psync", "sync", "pvsync2", "mmap", "libaio", "posixaio",
	"io_uring", "io_uring\nfixedbufs=1"};

/* A round is a hundred I/Os. */
TEST(random_overwrites_are_never_called_wrong)
{
	struct simulation plan = simulation_plan(1000);

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		const struct result_verify *verify;
		char text[512];

		snprintf(text, sizeof(text),
			"[a]\nfilename=f\nsize=8m\nio_size=100g\nnumber_ios=%u\nrw=randwrite\n"
			"norandommap=1\nverify=crc32c\nverify_backlog=500\n"
			"bssplit=4k/50:8k/30:16k/20\niodepth=64\nioengine=%s\n",
			plan.rounds * 100, engines[i]);
		assert_int_equal(run(*state, text), EXIT_DONE);
		verify = result.jobs[0].verify;
		assert_non_null(verify);
		assert_int_equal(verify->wrong, 0);
		assert_int_equal(verify->left, 0);
		assert_true(verify->blocks > plan.rounds * 100);
	}
}

TEST_MAIN(NULL, NULL);
