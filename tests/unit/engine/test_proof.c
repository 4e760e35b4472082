/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "unit/engine/rig.h"

#include "engine/proof.h"

TEST(list_names_what_happened_only)
{
	struct arena arena = {0};
	const struct proof_count counts[] = {{"pread", 812}, {"pwrite", 0}, {"fsync", 3}};

	assert_string_equal(proof_list(&arena, counts, 3), "pread 812, fsync 3");
	assert_string_equal(proof_list(&arena, &counts[1], 1), "none");
	assert_string_equal(proof_list(&arena, counts, 0), "none");
	arena_free(&arena);
}

TEST(counts_of_two_workers_add_up)
{
	static const char *const cases[][3] = {
		{"pread 4, fsync 1", "pread 5", "pread 9, fsync 1"},
		{"READ 7", "READ 7", "READ 14"},
		{"READ 1", "FSYNC 2, FSYNC DATASYNC 3", "READ 1, FSYNC 2, FSYNC DATASYNC 3"},
		{"FSYNC DATASYNC 3", "FSYNC 2, FSYNC DATASYNC 4", "FSYNC DATASYNC 7, FSYNC 2"},
		{"3", "4", "7"},
		{"none", "read 2", "read 2"},
		{"read 2", "none", "read 2"},
		{"none", "none", NULL},
		{"registered", "registered", NULL},
		{"IOPOLL|0x80", "IOPOLL|0x80", NULL},
		{"12 on CPU 1 (job on CPU 0), 9 % of a CPU", "3", NULL},
		{"7 %", "8 %", NULL},
		{"", "", NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *sum = proof_add(&arena, "calls", cases[i][0], cases[i][1]);

		if (cases[i][2])
			assert_string_equal(sum, cases[i][2]);
		else
			assert_null(sum);
	}
	/* One disk for all, and numbers that name a thread. */
	assert_null(proof_add(&arena, "device_interrupts", "5", "5"));
	assert_null(proof_add(&arena, "sqthread_tid", "5", "6"));
	arena_free(&arena);
}

TEST(trim_call_follows_the_targets)
{
	const struct target targets[] = {{.kind = TARGET_BLOCK}, {.kind = TARGET_FILE}};

	assert_string_equal(proof_trim_call(&targets[0], 1), "ioctl BLKDISCARD");
	assert_string_equal(proof_trim_call(&targets[1], 1), "fallocate PUNCH_HOLE");
	assert_string_equal(proof_trim_call(targets, 2), "ioctl BLKDISCARD or fallocate");
}

TEST_MAIN(NULL, NULL);
