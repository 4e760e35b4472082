/* SPDX-License-Identifier: MIT */
/* I/O buffers in memory of malloc, shmget and mmap, and in huge pages. */
#include "host/buffer_area.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/text.h"
#include "host/memory_map.h"

/* Of mmap and shmget alike: the page's size as a power of 2. */
enum { HUGE_SHIFT = 26 };

/* Between making a file and removing it no other worker may find it. */
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;

static const char hint_huge[] = "make some: echo 64 >/proc/sys/vm/nr_hugepages; other sizes by "
				"/sys/kernel/mm/hugepages/hugepages-*kB/nr_hugepages; or use "
				"mem=mmapthp, which needs none set aside";

static bool is_huge(enum buffer_kind kind)
{
	return kind == BUFFER_SHM_HUGE || kind == BUFFER_MMAP_HUGE;
}

const char *buffer_area_name(enum buffer_kind kind)
{
	static const char *const names[] = {
		"malloc", "shm", "shmhuge", "mmap", "mmaphuge", "mmapshared", "mmapthp"};

	return names[kind];
}

static int huge_flags(const struct buffer_area_spec *spec, int flag)
{
	return flag | (int)((unsigned)__builtin_ctzll(spec->huge_page_bytes) << HUGE_SHIFT);
}

static int map_malloc(struct buffer_area *area, size_t align)
{
	int error = posix_memalign(&area->base, align, area->bytes);

	if (error != 0)
		area->base = NULL;
	return -error;
}

static int map_shm(struct buffer_area *area, const struct buffer_area_spec *spec)
{
	int flags = IPC_CREAT | S_IRUSR | S_IWUSR;
	int id, error;

	if (is_huge(spec->kind))
		flags = huge_flags(spec, flags | SHM_HUGETLB);
	id = shmget(IPC_PRIVATE, area->bytes, flags);
	if (id < 0)
		return -errno;
	area->base = shmat(id, NULL, 0);
	error = area->base == (void *)-1 ? -errno : 0;
	if (error != 0)
		area->base = NULL;
	/* It lives as long as it is attached: nothing is left of a program that is killed. */
	if (shmctl(id, IPC_RMID, NULL) < 0 && error == 0)
		error = -errno;
	return error;
}

static bool is_on_hugetlbfs(int descriptor)
{
	struct statfs system;

	return fstatfs(descriptor, &system) == 0 && system.f_type == HUGETLBFS_MAGIC;
}

/*
 * A file that holds data is not written over: what is there may be mapped where it is no storage
 * (hugetlbfs, a device's memory in sysfs), but no block device.
 */
static int open_existing(const struct buffer_area_spec *spec)
{
	int descriptor = open(spec->file, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	bool is_memory;

	if (descriptor < 0)
		return -errno;
	if (fstat(descriptor, &status) < 0) {
		close(descriptor);
		return -EIO;
	}
	is_memory = S_ISCHR(status.st_mode) || is_on_hugetlbfs(descriptor) ||
		    strncmp(spec->file, "/sys/", strlen("/sys/")) == 0;
	if (is_memory)
		return descriptor;
	close(descriptor);
	return -EEXIST;
}

static int open_file(const struct buffer_area_spec *spec, size_t bytes)
{
	int descriptor = open(spec->file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error = 0;

	if (descriptor < 0)
		return errno == EEXIST ? open_existing(spec) : -errno;
	if (ftruncate(descriptor, (off_t)bytes) < 0)
		error = -errno;
	if (unlink(spec->file) < 0 && error == 0)
		error = -errno;
	if (error == 0)
		return descriptor;
	close(descriptor);
	return error;
}

static int map_thp(struct buffer_area *area)
{
	area->base =
		mmap(NULL, area->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area->base == MAP_FAILED) {
		area->base = NULL;
		return -errno;
	}
	/* A kernel without them refuses: then they are small, as buffer_area_thp shows. */
	(void)madvise(area->base, area->bytes, MADV_HUGEPAGE);
	return 0;
}

static int map_mmap(struct buffer_area *area, const struct buffer_area_spec *spec)
{
	int flags = spec->kind == BUFFER_MMAP_SHARED || (spec->file && is_huge(spec->kind))
			    ? MAP_SHARED
			    : MAP_PRIVATE;
	int descriptor = -1;
	int error = 0;

	if (spec->file) {
		pthread_mutex_lock(&file_lock);
		descriptor = open_file(spec, area->bytes);
		pthread_mutex_unlock(&file_lock);
		if (descriptor < 0)
			return descriptor;
	} else {
		flags |= MAP_ANONYMOUS;
		if (is_huge(spec->kind))
			flags = huge_flags(spec, flags | MAP_HUGETLB);
	}
	area->base = mmap(NULL, area->bytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
	if (area->base == MAP_FAILED) {
		error = -errno;
		area->base = NULL;
	}
	if (descriptor >= 0)
		close(descriptor);
	return error;
}

static int explain(const struct buffer_area_spec *spec, size_t bytes, int error,
	struct arena *arena, const char **problem, const char **hint)
{
	const char *name = buffer_area_name(spec->kind);

	*hint = is_huge(spec->kind) && error != -EEXIST ? hint_huge : "lower iodepth or bs";
	if (spec->file) {
		*problem = arena_printf(arena, "mem=%s:%s: %s", name, spec->file,
			error == -EEXIST ? "it is there, and buffers would be written over it"
					 : strerror(-error));
		if (!is_huge(spec->kind) || error == -EEXIST)
			*hint = "name a file that does not exist, or one on hugetlbfs";
	} else if (is_huge(spec->kind)) {
		*problem =
			arena_printf(arena, "mem=%s: no huge pages of %llu KiB for %zu bytes: %s",
				name, (unsigned long long)(spec->huge_page_bytes >> 10), bytes,
				text_errno_name(error));
	} else {
		*problem = arena_printf(arena, "mem=%s: no memory for %zu bytes of buffers: %s",
			name, bytes, text_errno_name(error));
	}
	return error;
}

/* Where the buffers begin in what was mapped. */
static char *aligned_start(
	const struct buffer_area *area, const struct buffer_area_spec *spec, size_t base_align)
{
	uintptr_t base = (uintptr_t)area->base;

	base = (base + base_align - 1) / base_align * base_align;
	return (char *)base + spec->align;
}

/* A multiple of 2N, and then N: so that what asks for 2N does not fit by chance. */
static size_t alignment_of_base(const struct buffer_area_spec *spec)
{
	size_t least = spec->kind == BUFFER_MMAP_THP ? BUFFER_THP_BYTES : BUFFER_AREA_ALIGN;
	bool is_power = spec->align != 0 && (spec->align & (spec->align - 1)) == 0;

	return is_power && 2 * spec->align > least ? 2 * spec->align : least;
}

int buffer_area_map(struct buffer_area *area, const struct buffer_area_spec *spec,
	struct arena *arena, const char **problem, const char **hint)
{
	size_t base_align = alignment_of_base(spec);
	int error;

	*area = (struct buffer_area){.kind = spec->kind, .bytes = spec->bytes + spec->align};
	if (spec->kind == BUFFER_MMAP_THP)
		area->bytes = area->thp_bytes =
			(area->bytes + BUFFER_THP_BYTES - 1) / BUFFER_THP_BYTES * BUFFER_THP_BYTES;
	/* malloc aligns by itself, and mappings begin with a page. */
	if (spec->kind != BUFFER_MALLOC && base_align > BUFFER_AREA_ALIGN)
		area->bytes += base_align;
	if (is_huge(spec->kind))
		area->bytes = (area->bytes + spec->huge_page_bytes - 1) / spec->huge_page_bytes *
			      spec->huge_page_bytes;
	if (spec->kind == BUFFER_MALLOC)
		error = map_malloc(area, base_align);
	else if (spec->kind == BUFFER_SHM || spec->kind == BUFFER_SHM_HUGE)
		error = map_shm(area, spec);
	else if (spec->kind == BUFFER_MMAP_THP)
		error = map_thp(area);
	else
		error = map_mmap(area, spec);
	if (error != 0) {
		buffer_area_unmap(area);
		return explain(spec, area->bytes, error, arena, problem, hint);
	}
	area->start = aligned_start(area, spec, base_align);
	/* Touched now, so that it can be told of which pages it is. */
	if (spec->kind == BUFFER_MMAP_THP)
		memset(area->start, 0, spec->bytes);
	return 0;
}

void buffer_area_unmap(struct buffer_area *area)
{
	void *base = area->base;

	area->base = area->start = NULL;
	if (!base)
		return;
	/* Ours and whole: none of them can fail. */
	if (area->kind == BUFFER_MALLOC)
		free(base);
	else if (area->kind == BUFFER_SHM || area->kind == BUFFER_SHM_HUGE)
		shmdt(base);
	else
		munmap(base, area->bytes);
}

uint64_t buffer_area_page_bytes(const struct buffer_area *area, struct arena *arena)
{
	int64_t kib = memory_map_number(area->start, "KernelPageSize", arena);

	return kib > 0 ? (uint64_t)kib << 10 : 0;
}

struct buffer_area_thp buffer_area_thp(const struct buffer_area *area, struct arena *arena)
{
	int64_t kib = memory_map_number(area->start, "AnonHugePages", arena);
	struct buffer_area_thp found = {
		.bytes = area->thp_bytes,
		.huge_bytes = kib > 0 ? (uint64_t)kib << 10 : 0,
	};

	/* The kernel may have joined it with that of another worker. */
	if (found.huge_bytes > found.bytes)
		found.huge_bytes = found.bytes;
	return found;
}
