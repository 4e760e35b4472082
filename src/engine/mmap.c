/* SPDX-License-Identifier: MIT */
/*
 * mmap(2): the target is mapped, shared, and an I/O is a copy between the slot's buffer and the
 * mapping. A page fault reads what the page cache lacks, inside submit. Files and
 * devices are mapped whole; what has no end (/dev/zero) in windows of 1 GiB.
 */
#include "engine/mmap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/hot.h"
#include "engine/blocking.h"
#include "host/memory_map.h"

#define WINDOW_BYTES (1ull << 30)

enum { PAGE_BYTES = 4096 }; /* the smallest that Linux has */

struct mapping {
	char *memory; /* NULL: not mapped yet */
	uint64_t offset;
	uint64_t bytes;
	bool is_writable;
};

struct mmap_engine {
	struct engine engine;
	const struct target *targets;
	unsigned target_count;
	struct mapping *mappings; /* by target */
	struct mmap_options options;
	bool writes;
	const char *trim_name;
	uint64_t counts[IO_OP_COUNT];
	uint64_t mmap_calls;
	struct rusage usage_at_open;
};

/* SIGBUS of a copy becomes its result: the handler jumps back to where the copy began. */
static _Thread_local sigjmp_buf *volatile escape;
static struct sigaction handler_before;

static void on_bus_error(int signal_number)
{
	(void)signal_number;
	if (escape)
		siglongjmp(*escape, 1);
	/* Not ours. The access is tried again when we return, and then goes where it went. */
	(void)sigaction(SIGBUS, &handler_before, NULL);
}

void mmap_guard_install(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	/* NODEFER: the handler is left by a jump, which would leave the signal blocked. */
	struct sigaction action = {.sa_handler = on_bus_error, .sa_flags = SA_NODEFER};
	struct sigaction current;

	pthread_mutex_lock(&lock);
	/* sigaction fails only for numbers that are no signals. */
	(void)sigaction(SIGBUS, NULL, &current);
	if (current.sa_handler != on_bus_error) {
		handler_before = current;
		(void)sigaction(SIGBUS, &action, NULL);
	}
	pthread_mutex_unlock(&lock);
}

bool mmap_guarded_copy(void *to, const void *from, size_t bytes)
{
	sigjmp_buf here;

	if (sigsetjmp(here, 0) != 0) {
		escape = NULL;
		return false;
	}
	escape = &here;
	atomic_signal_fence(memory_order_seq_cst); /* The copy stays between the two stores. */
	memcpy(to, from, bytes);
	atomic_signal_fence(memory_order_seq_cst);
	escape = NULL;
	return true;
}

static void unmap(struct mapping *mapping)
{
	if (mapping->memory)
		munmap(mapping->memory, mapping->bytes); /* Ours and whole: it cannot fail. */
	*mapping = (struct mapping){0};
}

/* The span of a mapping of this target that contains `offset`; bytes 0: it ends before. */
static void span(const struct target *target, uint64_t offset, struct mapping *mapping)
{
	struct stat status;

	mapping->offset = 0;
	mapping->bytes = target->bytes;
	if (target->kind == TARGET_FILE)
		mapping->bytes =
			fstat(target->descriptor, &status) < 0 ? 0 : (uint64_t)status.st_size;
	if (target->kind == TARGET_CHARACTER) {
		mapping->offset = offset & ~(WINDOW_BYTES - 1);
		mapping->bytes = 2 * WINDOW_BYTES; /* No I/O is longer than one. */
	}
	if (offset >= mapping->offset + mapping->bytes)
		mapping->bytes = 0;
}

/* Advice that the kernel does not take costs speed, not truth: it is ignored. */
static void advise(const struct mmap_engine *engine, const struct mapping *mapping)
{
	if (engine->options.madvise != MADV_NORMAL)
		(void)madvise(mapping->memory, mapping->bytes, engine->options.madvise);
	if (engine->options.thp)
		(void)madvise(mapping->memory, mapping->bytes, MADV_HUGEPAGE);
}

/*
 * Not by MAP_POPULATE: on a device that fails, mmap(2) then never returns (__mm_populate in the
 * kernel's mm/gup.c tries the page again and again). A page that cannot be read fails later, when
 * its I/O comes.
 */
static void populate(const struct mapping *mapping)
{
	char byte;

	for (uint64_t at = 0; at < mapping->bytes; at += PAGE_BYTES)
		(void)mmap_guarded_copy(&byte, mapping->memory + at, 1);
}

/* 0 with bytes 0 when the target ends before `offset`, or -errno. */
static int map(struct mmap_engine *engine, unsigned index, uint64_t offset)
{
	const struct target *target = &engine->targets[index];
	struct mapping *mapping = &engine->mappings[index];
	int mode = fcntl(target->descriptor, F_GETFL);
	int protection = PROT_READ;
	void *memory;

	unmap(mapping);
	if (mode < 0)
		return -errno;
	mapping->is_writable = engine->writes && (mode & O_ACCMODE) == O_RDWR;
	if (mapping->is_writable)
		protection |= PROT_WRITE;
	span(target, offset, mapping);
	if (mapping->bytes == 0)
		return 0;
	engine->engine.syscalls++;
	engine->mmap_calls++;
	memory = mmap(NULL, mapping->bytes, protection, MAP_SHARED, target->descriptor,
		(off_t)mapping->offset);
	if (memory == MAP_FAILED) {
		*mapping = (struct mapping){0};
		return -errno;
	}
	mapping->memory = memory;
	advise(engine, mapping);
	if (engine->options.populate)
		populate(mapping);
	return 0;
}

static bool is_inside(const struct mapping *mapping, const struct slot *slot)
{
	return mapping->memory && slot->offset >= mapping->offset &&
	       slot->offset + slot->length <= mapping->offset + mapping->bytes;
}

/* How much of the slot's I/O lies inside of the target's mapping, made anew if need be. */
static int64_t reach(struct mmap_engine *engine, const struct slot *slot)
{
	struct mapping *mapping = &engine->mappings[slot->target];
	uint64_t end;
	int result;

	if (__builtin_expect(is_inside(mapping, slot), 1))
		return slot->length;
	result = map(engine, slot->target, slot->offset);
	if (result < 0)
		return result;
	end = mapping->offset + mapping->bytes;
	if (slot->offset >= end)
		return 0;
	return slot->length < end - slot->offset ? slot->length : (int64_t)(end - slot->offset);
}

/* SIGBUS does not tell why: a full file system is the likely cause of a write's. */
static int32_t fault_error(const struct target *target, const struct slot *slot)
{
	struct statvfs status;

	if (slot->op == IO_WRITE && fstatvfs(target->descriptor, &status) == 0 &&
		status.f_bavail == 0)
		return -ENOSPC;
	return -EIO;
}

static int32_t transfer(struct mmap_engine *engine, const struct slot *slot)
{
	const struct mapping *mapping = &engine->mappings[slot->target];
	int64_t bytes = reach(engine, slot);
	bool is_done;
	char *place;

	if (bytes < 0)
		return (int32_t)bytes;
	if (slot->op == IO_WRITE && mapping->memory && !mapping->is_writable)
		return -EBADF;
	if (bytes == 0) /* A mapping cannot make a file longer. */
		return slot->op == IO_WRITE ? -EFBIG : 0;
	place = mapping->memory + (slot->offset - mapping->offset);
	if (slot->op == IO_READ)
		is_done = mmap_guarded_copy(slot->buffer, place, (size_t)bytes);
	else
		is_done = mmap_guarded_copy(place, slot->buffer, (size_t)bytes);
	return is_done ? (int32_t)bytes : fault_error(&engine->targets[slot->target], slot);
}

/* msync(2) writes back what was changed through the mapping, as fsync does. */
static int32_t synchronise(struct mmap_engine *engine, const struct slot *slot)
{
	const struct mapping *mapping = &engine->mappings[slot->target];

	if (!mapping->memory)
		return blocking_sync(engine->targets[slot->target].descriptor, slot->op,
			&engine->engine.syscalls);
	engine->engine.syscalls++;
	return msync(mapping->memory, mapping->bytes, MS_SYNC) < 0 ? -errno : 0;
}

static HOT int mmap_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	struct mmap_engine *mapped = (struct mmap_engine *)engine;
	struct slot *slot;

	if (engine->done || count == 0)
		return 0;
	slot = slots[0];
	if (slot->op <= IO_WRITE)
		slot->result = transfer(mapped, slot);
	else if (slot->op == IO_TRIM)
		slot->result =
			blocking_trim(&mapped->targets[slot->target], slot, &engine->syscalls);
	else
		slot->result = synchronise(mapped, slot);
	mapped->counts[slot->op]++;
	engine->done = slot;
	return 1;
}

static void mmap_close(struct engine *engine)
{
	struct mmap_engine *mapped = (struct mmap_engine *)engine;

	for (unsigned i = 0; mapped && i < mapped->target_count; i++)
		unmap(&mapped->mappings[i]);
}

/* Targets that are open now are mapped now, so that the clock does not see it. */
static int map_open_targets(
	struct mmap_engine *engine, const struct engine_setup *setup, struct engine_report *report)
{
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];
		int result;

		if (target->kind == TARGET_PIPE)
			return engine_refuse(report, -ENODEV,
				"use ioengine=sync, libaio, epoll or io_uring",
				"%s cannot be mapped: a pipe or socket has no memory to map",
				target_label(target));
		result = target->descriptor < 0 ? 0 : map(engine, i, 0);
		if (result < 0)
			return engine_refuse(report, result,
				result == -ENODEV ? "use ioengine=psync" : NULL,
				"%s cannot be mapped: %s", target_label(target), strerror(-result));
	}
	return 0;
}

static const struct option_choice advices[] = {
	{"normal", MADV_NORMAL, "the kernel reads ahead as it thinks best"},
	{"random", MADV_RANDOM, "no read-ahead"},
	{"sequential", MADV_SEQUENTIAL, "much read-ahead; pages are dropped soon"},
	{"willneed", MADV_WILLNEED, "read it all in, now"},
	{NULL, 0, NULL},
};

static const struct option options[] = {
	ENGINE_OPTION(CHOICE, struct mmap_options, madvise, "normal", .choices = advices,
		.help = "advice to the kernel about the accesses to come (madvise(2))"),
	ENGINE_OPTION(FLAG, struct mmap_options, thp, "0",
		.help = "ask for huge pages (MADV_HUGEPAGE)",
		.detail =
			"The mapping stays shared; fio makes it private, and what its job writes\n"
			"never reaches the file."),
	ENGINE_OPTION(
		FLAG, struct mmap_options, populate, "0", .help = "read all pages in when mapping"),
	{.name = NULL},
};

static const struct option_table option_table = {
	.options = options, .struct_bytes = sizeof(struct mmap_options)};

/* Advice is taken for anything; it is heeded where file systems have huge pages (tmpfs, and with
 * large folios some others). Nothing is said of files that are mapped later. */
static bool lacks_huge_pages(const struct mmap_engine *mapped, struct arena *arena)
{
	for (unsigned i = 0; i < mapped->target_count; i++) {
		const char *memory = mapped->mappings[i].memory;

		if (memory && memory_map_number(memory, "THPeligible", arena) == 0)
			return true;
	}
	return false;
}

static void report_effective(const struct mmap_engine *mapped, struct engine_report *report)
{
	bool is_deaf = mapped->options.thp && lacks_huge_pages(mapped, report->arena);

	if (is_deaf)
		engine_report_refused(report, "thp", "1",
			"the kernel maps this file in small pages (THPeligible is 0)");
	for (const struct option *option = options; option->name; option++)
		if (!is_deaf || strcmp(option->name, "thp") != 0)
			engine_report_effective(report, option->name, "%s",
				option_text(option, &mapped->options, report->arena));
}

static int mmap_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct mmap_engine *mapped;
	int result;

	if (setup->is_direct)
		return engine_refuse(report, -EINVAL, "leave out direct=1, or use another engine",
			"a mapping goes through the page cache: direct=1 has no meaning");
	mapped = ARENA_NEW(setup->arena, struct mmap_engine);
	mapped->engine.class = &engine_mmap;
	mapped->targets = setup->targets;
	mapped->target_count = setup->target_count;
	mapped->mappings =
		arena_alloc_array(setup->arena, setup->target_count, sizeof(*mapped->mappings));
	mapped->writes = setup->op_mask & IO_BIT(IO_WRITE);
	mapped->trim_name = engine_trim_call(setup);
	engine_take_options(setup, &option_table, &mapped->options);
	mmap_guard_install();
	result = map_open_targets(mapped, setup, report);
	if (result < 0) {
		mmap_close(&mapped->engine);
		return result;
	}
	/* It fails only for pointers that are not ours. */
	(void)getrusage(RUSAGE_THREAD, &mapped->usage_at_open);
	report_effective(mapped, report);
	*engine = &mapped->engine;
	return 0;
}

static void mmap_prove(struct engine *engine, struct engine_report *report)
{
	struct mmap_engine *mapped = (struct mmap_engine *)engine;
	const struct engine_count counts[] = {
		{"copy from the mapping", mapped->counts[IO_READ]},
		{"copy to the mapping", mapped->counts[IO_WRITE]},
		{mapped->trim_name, mapped->counts[IO_TRIM]},
		{"msync", mapped->counts[IO_SYNC] + mapped->counts[IO_DATASYNC]},
		{"mmap", mapped->mmap_calls},
	};
	struct engine_count faults[] = {{"major", 0}, {"minor", 0}};
	struct rusage usage;

	engine_report_counts(report, "calls", counts, COUNT_OF(counts));
	if (getrusage(RUSAGE_THREAD, &usage) < 0)
		return;
	faults[0].count = (uint64_t)(usage.ru_majflt - mapped->usage_at_open.ru_majflt);
	faults[1].count = (uint64_t)(usage.ru_minflt - mapped->usage_at_open.ru_minflt);
	engine_report_counts(report, "page_faults", faults, 2);
}

const struct engine_class engine_mmap = {
	.name = "mmap",
	.summary = "mmap(2) and copying; page faults read, msync(2) writes back",
	.op_mask = ENGINE_PLAIN_OPS,
	.traits = ENGINE_IS_SYNCHRONOUS | ENGINE_MAPS_TARGETS,
	.depth_limit = 1,
	.options = &option_table,
	.open = mmap_open,
	.submit = mmap_submit,
	.reap = engine_reap_done,
	.prove = mmap_prove,
	.close = mmap_close,
};
