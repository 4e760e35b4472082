/* SPDX-License-Identifier: MIT */
#include "unit/engine/rig.h"

#include "engine/proof.h"

static void list_names_what_happened_only(void **state)
{
	struct arena arena = {0};
	const struct proof_count counts[] = {{"pread", 812}, {"pwrite", 0}, {"fsync", 3}};

	(void)state;
	assert_string_equal(proof_list(&arena, counts, 3), "pread 812, fsync 3");
	assert_string_equal(proof_list(&arena, &counts[1], 1), "none");
	assert_string_equal(proof_list(&arena, counts, 0), "none");
	arena_free(&arena);
}

static void trim_call_follows_the_targets(void **state)
{
	const struct target targets[] = {{.kind = TARGET_BLOCK}, {.kind = TARGET_FILE}};

	(void)state;
	assert_string_equal(proof_trim_call(&targets[0], 1), "ioctl BLKDISCARD");
	assert_string_equal(proof_trim_call(&targets[1], 1), "fallocate PUNCH_HOLE");
	assert_string_equal(proof_trim_call(targets, 2), "ioctl BLKDISCARD or fallocate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_names_what_happened_only),
		cmocka_unit_test(trim_call_follows_the_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
