/* SPDX-License-Identifier: MIT */
/* Every engine and its settings, and tests that are made for each of them. */
#ifndef TESTS_ENGINE_VARIANTS_H
#define TESTS_ENGINE_VARIANTS_H

#include "test.h"
#include "unit/engine/rig.h"

enum { BLOCKS = 43 }; /* No multiple of any batch: the last one is not full. */
enum { TARGET_BYTES = BLOCKS * RIG_BLOCK_BYTES };

enum variant_trait {
	BUFFERED_ONLY = 1,
	ONE_DEPTH = 2, /* settings that depth has nothing to do with, and that are slow */
};

struct variant {
	const char *engine;
	const char *settings; /* of its option table */
	unsigned traits;
};

static const struct variant variants[] = {
	{"sync", "", 0},
	{"psync", "", 0},
	{"vsync", "", 0},
	{"pvsync", "", 0},
	{"pvsync2", "", 0},
	{"pvsync2", "hipri=1 hipri_percentage=50", 0},
	{"pvsync2", "dsync=1", 0},
	{"pvsync2", "uncached=1", BUFFERED_ONLY},
	{"mmap", "", BUFFERED_ONLY},
	{"mmap", "madvise=random populate=1", BUFFERED_ONLY},
	{"posixaio", "", 0},
	{"threads", "", 0},
	{"threads", "pool_threads=3", 0},
	{"posixaio", "descriptor_per_slot=0", 0},
	{"libaio", "", 0},
	{"libaio", "userspace_reap=1", 0},
	{"libaio", "dsync=1", ONE_DEPTH},
	{"epoll", "", 0},
	{"epoll", "readiness_backend=threads", 0},
	{"poll", "", 0},
	{"poll", "readiness_backend=threads readiness_threads=1", 0},
	{"select", "", 0},
	{"select", "readiness_backend=threads", 0},
	{"io_uring", "", 0},
	{"io_uring", "nonvectored=0", 0},
	{"io_uring", "fixedbufs=1", 0},
	{"io_uring", "fixedbufs=1 nonvectored=0", 0},
	{"io_uring", "registerfiles=1", 0},
	{"io_uring", "fixedbufs=1 registerfiles=1", 0},
	{"io_uring", "registerring=0", 0},
	{"io_uring", "coop_taskrun=1", 0},
	{"io_uring", "eventfd=1", 0},
	{"io_uring", "sqthread_poll=1 attach_wq=1", ONE_DEPTH},
	{"io_uring", "min_wait_us=1000000", 0},
	{"io_uring", "force_async=1 iowq_max_workers=2", 0},
	{"io_uring", "force_async=3 registerfiles=1", 0},
	{"io_uring", "dsync=1", ONE_DEPTH},
	{"io_uring", "uncached=1", BUFFERED_ONLY},
	{"io_uring", "single_issuer=0 defer_taskrun=0 coop_taskrun=0", 0},
	{"io_uring", "sqthread_poll=1", 0},
	{"io_uring", "sqthread_poll=1 fixedbufs=1 registerfiles=1 single_issuer=0", 0},
	{"io_uring", "sqthread_poll=1 sqthread_poll_cpu=0 sqthread_poll_idle=1", 0},
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

/*
 * What this kernel, this target or this machine has not is skipped, with the engine's reason:
 * discards by io_uring (6.12), vectored fixed buffers (6.15), flags of preadv2.
 */
static inline void open_or_skip(struct rig *rig, const struct variant *variant, unsigned depth,
	unsigned batch, unsigned op_mask)
{
	int result = rig_open(rig, variant->engine, variant->settings, depth, batch, op_mask);

	if (result == 0)
		return;
	if (result != -EOPNOTSUPP || !rig->report.problem)
		fail_msg("%s: %s", variant->engine, rig->report.problem);
	print_message("%s: %s\n", variant->engine, rig->report.problem);
	rig_close(rig);
	rig->report = (struct engine_report){0};
	if (op_mask & IO_BIT(IO_TRIM)) {
		open_or_skip(rig, variant, depth, batch, op_mask & ~IO_BIT(IO_TRIM));
		return;
	}
	close(rig->target.descriptor);
	skip();
}

/*
 * ThreadSanitizer is for threads of our own: it does not know those of glibc's posixaio, and does
 * not follow mmap's jumps out of signal handlers.
 */
static inline bool variant_is_tested(const struct variant *variant)
{
#ifdef __SANITIZE_THREAD__
	return strcmp(variant->engine, "threads") == 0 || strstr(variant->settings, "=threads");
#else
	(void)variant;
	return true;
#endif
}

static inline void open_target(
	struct rig *rig, const char *path, enum target_kind kind, bool is_direct)
{
	rig->target.kind = kind;
	rig->target.is_direct = is_direct;
	rig->target.bytes = TARGET_BYTES;
	rig->target.descriptor = open(path, O_RDWR | O_CLOEXEC | (is_direct ? O_DIRECT : 0));
}

struct variant_body {
	const char *name;
	CMUnitTestFunction run; /* *state is the variant */
};

/* Each variant with each body (the last one's name is NULL); returns how many tests. */
static inline size_t variants_make_tests(
	const struct variant_body *bodies, struct CMUnitTest *tests)
{
	static char names[1024][128];
	size_t count = 0;

	for (unsigned i = 0; i < VARIANTS; i++) {
		if (!variant_is_tested(&variants[i]))
			continue;
		for (const struct variant_body *body = bodies; body->name; body++, count++) {
			assert_true(count < sizeof(names) / sizeof(names[0]));
			snprintf(names[count], sizeof(names[count]), "%s%s%s: %s",
				variants[i].engine, *variants[i].settings ? " " : "",
				variants[i].settings, body->name);
			tests[count] = (struct CMUnitTest){
				.name = names[count],
				.test_func = body->run,
				.initial_state = (void *)(uintptr_t)&variants[i],
			};
		}
	}
	return count;
}

#endif
