/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/memory_map.h"
#include "test.h"

static struct arena arena;

TEST(a_mapping_is_found_by_any_address_in_it)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 3 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	assert_int_equal(memory_map_number(memory, "KernelPageSize", &arena), page >> 10);
	assert_int_equal(
		memory_map_number(memory + 3 * page - 1, "KernelPageSize", &arena), page >> 10);
	assert_true(memory_map_number(memory, "Size", &arena) >= (int64_t)(3 * page >> 10));
	munmap(memory, 3 * page);
}

TEST(what_is_not_there_is_not_known)
{
	int here;

	assert_int_equal(memory_map_number(NULL, "KernelPageSize", &arena), -1);
	assert_int_equal(memory_map_number(&here, "NoSuchKey", &arena), -1);
	assert_int_equal(memory_map_number(&here, "KernelPage", &arena), -1);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
