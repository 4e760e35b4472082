/* SPDX-License-Identifier: MIT */
/* The tree of ranks. */
#include "cluster/tree.h"
#include "test.h"

TEST(each_rank_is_the_child_of_its_parent_and_of_no_other)
{
	static const unsigned counts[] = {1, 2, 3, 4, 7, 8, 16, 100, 256, 1000};

	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		unsigned parents[1000] = {0}, most = 0;

		for (unsigned rank = 0; rank < counts[c]; rank++) {
			unsigned children[TREE_CHILDREN_LIMIT];
			unsigned count = tree_children(rank, counts[c], children);

			most = count > most ? count : most;
			for (unsigned i = 0; i < count; i++) {
				assert_in_range(children[i], rank + 1, counts[c] - 1);
				assert_int_equal(tree_parent(children[i]), rank);
				parents[children[i]]++;
				/* In the order of ranks, so that what they bring is too. */
				assert_true(i == 0 || children[i] > children[i - 1]);
			}
		}
		for (unsigned rank = 1; rank < counts[c]; rank++)
			assert_int_equal(parents[rank], 1);
		assert_true(counts[c] == 1 || 1u << (most - 1) < counts[c]);
	}
}

TEST_MAIN(NULL, NULL);
