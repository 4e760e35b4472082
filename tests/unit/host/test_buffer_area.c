/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/buffer_area.h"
#include "test.h"

static struct arena arena;
static const char *problem, *hint;

static int map(struct buffer_area *area, struct buffer_area_spec spec)
{
	if (spec.huge_page_bytes == 0)
		spec.huge_page_bytes = 2 << 20;
	return buffer_area_map(area, &spec, &arena, &problem, &hint);
}

static void expect_usable(const struct buffer_area *area, size_t bytes)
{
	memset(area->start, 0x5a, bytes);
	assert_int_equal(((unsigned char *)area->start)[bytes - 1], 0x5a);
}

TEST(each_kind_begins_with_a_page)
{
	static const enum buffer_kind kinds[] = {
		BUFFER_MALLOC, BUFFER_SHM, BUFFER_MMAP, BUFFER_MMAP_SHARED};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct buffer_area area;

		assert_int_equal(
			map(&area, (struct buffer_area_spec){.kind = kinds[i], .bytes = 3 * 4096}),
			0);
		assert_int_equal((uintptr_t)area.start % 4096, 0);
		expect_usable(&area, 3 * 4096);
		buffer_area_unmap(&area);
		buffer_area_unmap(&area);
		assert_null(area.start);
	}
}

TEST(an_alignment_is_kept_and_no_more)
{
	static const enum buffer_kind kinds[] = {BUFFER_MALLOC, BUFFER_SHM, BUFFER_MMAP};
	static const uint64_t aligns[] = {1, 512, 2048, 4096, 65536, 1 << 20};

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (size_t i = 0; i < sizeof(aligns) / sizeof(aligns[0]); i++) {
			struct buffer_area area;

			assert_int_equal(map(&area, (struct buffer_area_spec){.kind = kinds[k],
							    .bytes = 8192,
							    .align = aligns[i]}),
				0);
			assert_int_equal((uintptr_t)area.start % (2 * aligns[i]), aligns[i]);
			expect_usable(&area, 8192);
			buffer_area_unmap(&area);
		}
	}
}

/* What a killed program would leave behind. */
TEST(shared_memory_is_marked_to_go_at_once)
{
	struct buffer_area area;
	FILE *list;
	char line[512];
	unsigned found = 0;

	assert_int_equal(
		map(&area, (struct buffer_area_spec){.kind = BUFFER_SHM, .bytes = 1234567}), 0);
	list = fopen("/proc/sysvipc/shm", "r");
	assert_non_null(list);
	while (fgets(line, sizeof(line), list)) {
		unsigned mode;
		unsigned long bytes;
		int maker;

		/* Other processes make such an area too: of this test, run beside this one. */
		if (sscanf(line, " %*d %*d %o %lu %d", &mode, &bytes, &maker) == 3 &&
			bytes == 1234567 && maker == getpid()) {
			assert_true(mode & SHM_DEST);
			found++;
		}
	}
	fclose(list);
	assert_true(found > 0);
	buffer_area_unmap(&area);
}

TEST(a_file_is_made_and_removed)
{
	char folder[] = "/tmp/ringside-area.XXXXXX", path[64];
	struct buffer_area area;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/memory", folder);
	for (enum buffer_kind kind = BUFFER_MMAP; kind <= BUFFER_MMAP_SHARED; kind += 2) {
		assert_int_equal(map(&area,
					 (struct buffer_area_spec){
						 .kind = kind, .file = path, .bytes = 65536}),
			0);
		expect_usable(&area, 65536);
		assert_int_equal(access(path, F_OK), -1);
		buffer_area_unmap(&area);
	}
	rmdir(folder);
}

TEST(a_file_with_data_is_not_written_over)
{
	char path[] = "/tmp/ringside-area.XXXXXX";
	int file = mkstemp(path);
	struct buffer_area area;
	struct stat status;

	assert_int_equal(write(file, "data", 4), 4);
	for (enum buffer_kind kind = BUFFER_MMAP; kind <= BUFFER_MMAP_SHARED; kind++) {
		assert_int_equal(map(&area,
					 (struct buffer_area_spec){
						 .kind = kind, .file = path, .bytes = 65536}),
			-EEXIST);
		assert_non_null(strstr(problem, "it is there"));
		assert_non_null(hint);
	}
	assert_int_equal(fstat(file, &status), 0);
	assert_int_equal(status.st_size, 4);
	close(file);
	unlink(path);
}

TEST(huge_pages_are_huge_or_refused_with_a_hint)
{
	static const enum buffer_kind kinds[] = {BUFFER_SHM_HUGE, BUFFER_MMAP_HUGE};
	bool skipped = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct buffer_area area;
		int result = map(&area, (struct buffer_area_spec){.kind = kinds[i], .bytes = 4096});

		if (result < 0) {
			assert_non_null(strstr(problem, "no huge pages of 2048 KiB"));
			assert_non_null(strstr(hint, "nr_hugepages"));
			assert_null(area.start);
			skipped = true;
			continue;
		}
		expect_usable(&area, 4096);
		assert_int_equal(buffer_area_page_bytes(&area, &arena), 2 << 20);
		buffer_area_unmap(&area);
	}
	if (skipped) {
		print_message("no huge pages are set aside here\n");
		skip();
	}
}

static bool has_transparent_huge_pages(void)
{
	const char *enabled = text_read_file(&arena, "/sys/kernel/mm/transparent_hugepage/enabled");

	return enabled && !strstr(enabled, "[never]") && sysconf(_SC_PAGESIZE) == 4096;
}

TEST(transparent_huge_pages_are_whole_and_counted)
{
	static const size_t sizes[] = {4096, 5 << 20};
	static const uint64_t aligns[] = {0, 512, 2 << 20};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t k = 0; k < sizeof(aligns) / sizeof(aligns[0]); k++) {
			struct buffer_area area;
			struct buffer_area_thp found;

			assert_int_equal(
				map(&area, (struct buffer_area_spec){.kind = BUFFER_MMAP_THP,
						   .bytes = sizes[i],
						   .align = aligns[k]}),
				0);
			assert_int_equal((uintptr_t)area.start % BUFFER_THP_BYTES,
				aligns[k] % BUFFER_THP_BYTES);
			expect_usable(&area, sizes[i]);
			found = buffer_area_thp(&area, &arena);
			assert_true(found.bytes >= sizes[i] + aligns[k]);
			assert_int_equal(found.bytes % BUFFER_THP_BYTES, 0);
			assert_int_equal(found.huge_bytes % BUFFER_THP_BYTES, 0);
			assert_true(found.huge_bytes <= found.bytes);
			if (has_transparent_huge_pages())
				assert_true(found.huge_bytes > 0);
			buffer_area_unmap(&area);
		}
	}
	arena_free(&arena);
}

TEST(plain_pages_are_plain)
{
	struct buffer_area area;

	assert_int_equal(
		map(&area, (struct buffer_area_spec){.kind = BUFFER_MMAP, .bytes = 4096}), 0);
	assert_int_equal(buffer_area_page_bytes(&area, &arena), 4096);
	buffer_area_unmap(&area);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
