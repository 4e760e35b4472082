/* SPDX-License-Identifier: MIT */
/* What a worker asks of its engine, CPUs, files and random streams before it starts. */
#include <sched.h>
#include <unistd.h>

#include "fake_worker.h"
#include "test.h"

static struct engine_setup seen; /* what the engine was opened with */
static bool saw_uniform_buffers;

static int seeing_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	seen = *setup;
	saw_uniform_buffers = (uintptr_t)setup->slots[0].buffer % 4096 == 0;
	for (unsigned i = 0; i < setup->slot_count; i++)
		saw_uniform_buffers &= (uintptr_t)&setup->slots[i] % 64 == 0 &&
				       setup->slots[i].index == i &&
				       (uintptr_t)setup->slots[i].buffer % 512 == 0 &&
				       setup->slots[i].buffer == (char *)setup->slots[0].buffer +
									 i * setup->buffer_bytes;
	return fake_open(setup, engine, report);
}

static struct engine_class engine_class;

static void begin(unsigned traits)
{
	engine_class = fake_class;
	engine_class.open = seeing_open;
	engine_class.traits |= traits;
	set_up(&engine_class, 64 * BLOCK);
	region.is_random = true;
	for (int i = 0; i < DATA_DIRECTION_COUNT; i++)
		region.percentage_random[i] = 100;
}

TEST(the_depths_are_what_the_engine_has)
{
	static const struct {
		unsigned asked[5]; /* iodepth, batch_submit, complete_min, complete_max, low */
		unsigned traits, limit;
		unsigned got[5];
	} cases[] = {
		{{16}, 0, 0, {16, 1, 1, 16, 16}},
		{{16, 4, 2, 8, 12}, 0, 0, {16, 4, 2, 8, 12}},
		{{16, 32, 32, 32, 32}, 0, 0, {16, 16, 16, 16, 16}},
		/* Where the most is less than the least, the least counts. */
		{{16, 1, 8, 4}, 0, 0, {16, 1, 8, 8, 16}},
		{{16, 16, 16, 16, 16}, ENGINE_IS_SYNCHRONOUS, 0, {1, 1, 1, 1, 1}},
		{{16, 16, 2, 0, 0}, 0, 4, {4, 4, 2, 4, 4}},
		{{4}, 0, 4, {4, 1, 1, 4, 4}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const unsigned *asked = cases[i].asked;

		begin(cases[i].traits);
		engine_class.depth_limit = cases[i].limit;
		job.iodepth = asked[0];
		job.iodepth_batch_submit = asked[1];
		job.iodepth_batch_complete_min = asked[2];
		job.iodepth_batch_complete_max = asked[3];
		job.iodepth_low = asked[4];
		assert_int_equal(worker_prepare(&worker), 0);
		const unsigned got[5] = {worker.loop.depth, worker.loop.batch_submit,
			worker.loop.complete_min, worker.loop.complete_max, worker.loop.depth_low};

		for (int k = 0; k < 5; k++) {
			if (got[k] != cases[i].got[k])
				fail_msg("case %zu: figure %d is %u", i, k, got[k]);
		}
		assert_int_equal(seen.slot_count, worker.loop.depth);
		assert_int_equal(seen.batch_complete_max, worker.loop.complete_max);
		assert_int_equal(worker.loop.idle_count, worker.loop.depth);
		assert_ptr_equal(worker.loop.idle[worker.loop.depth - 1], &worker.loop.slots[0]);
		assert_true(saw_uniform_buffers);
		tear_down();
	}
}

static uint32_t stamps(unsigned traits, bool gtod_reduce, bool slat_percentiles)
{
	uint32_t mask;

	begin(traits);
	job.gtod_reduce = gtod_reduce;
	job.slat_percentiles = slat_percentiles;
	assert_int_equal(worker_prepare(&worker), 0);
	mask = worker.loop.stamp_mask;
	tear_down();
	return mask;
}

TEST(submissions_that_have_a_time_are_stamped)
{
	assert_int_equal(stamps(0, false, false), 0);
	assert_int_equal(stamps(0, true, false), WORKER_STAMP_NEVER);
	assert_int_equal(stamps(ENGINE_IS_SYNCHRONOUS, false, true), WORKER_STAMP_NEVER);
	assert_int_equal(stamps(ENGINE_COMBINES_CALLS, false, false), 63);
	assert_int_equal(stamps(ENGINE_COMBINES_CALLS, false, true), 0);
}

TEST(buffers_fit_the_largest_block_of_what_is_done)
{
	static const struct {
		enum job_rw mode;
		uint32_t read, write;
		size_t bytes;
		bool direct;
	} cases[] = {
		{RW_READ, 4096, 1 << 20, 4096, false},
		{RW_READ, 4097, 1, 4608, false},
		{RW_WRITE, 1 << 20, 512, 512, false},
		{RW_RANDRW, 512, 12288, 12288, false},
		{RW_WRITE, 1 << 20, 512, 4096, true},
		{RW_READ, 4097, 1, 8192, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(0);
		job.rw.mode = cases[i].mode;
		job.iodepth = 3;
		job.direct = cases[i].direct;
		job.block_sizes.of[DIRECTION_READ].max_bytes = cases[i].read;
		job.block_sizes.of[DIRECTION_WRITE].max_bytes = cases[i].write;
		assert_int_equal(worker_prepare(&worker), 0);
		assert_int_equal(seen.buffer_bytes, cases[i].bytes);
		assert_int_equal(worker.loop.buffers.bytes, 3 * cases[i].bytes);
		assert_true(saw_uniform_buffers);
		tear_down();
	}
}

TEST(the_engine_knows_the_operations_to_come)
{
	static const struct {
		enum job_rw mode;
		unsigned fsync, fdatasync, mask;
	} cases[] = {
		{RW_READ, 0, 0, IO_BIT(IO_READ)},
		{RW_RANDRW, 0, 0, IO_BIT(IO_READ) | IO_BIT(IO_WRITE)},
		{RW_WRITE, 8, 0, IO_BIT(IO_WRITE) | IO_BIT(IO_SYNC)},
		{RW_WRITE, 0, 8, IO_BIT(IO_WRITE) | IO_BIT(IO_DATASYNC)},
		{RW_RANDTRIMWRITE, 0, 0, IO_BIT(IO_TRIM) | IO_BIT(IO_WRITE)},
		{RW_STAT, 0, 0, IO_BIT(IO_STAT)},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(0);
		job.rw.mode = cases[i].mode;
		job.fsync = cases[i].fsync;
		job.fdatasync = cases[i].fdatasync;
		assert_int_equal(worker_prepare(&worker), 0);
		assert_int_equal(seen.op_mask, cases[i].mask);
		tear_down();
	}
}

/* The first offsets of 16 KiB blocks and, after them, the first bytes of a buffer. */
static void draw(uint64_t seed, uint64_t drawn[17])
{
	begin(0);
	job.rw.mode = RW_RANDWRITE;
	job.randseed = seed;
	assert_int_equal(worker_prepare(&worker), 0);
	for (int i = 0; i < 16; i++)
		drawn[i] = pattern_next(worker.loop.files.files[0].pattern, DIRECTION_WRITE, BLOCK);
	memcpy(&drawn[16], worker.loop.slots[0].buffer, sizeof(drawn[16]));
	tear_down();
}

TEST(a_seed_repeats_all_and_another_nothing)
{
	uint64_t first[17], again[17], other[17];

	draw(1, first);
	draw(1, again);
	draw(2, other);
	assert_memory_equal(first, again, sizeof(first));
	assert_memory_not_equal(first, other, 16 * sizeof(first[0]));
	assert_int_not_equal(first[16], other[16]);
}

TEST(files_of_one_job_have_patterns_of_their_own)
{
	static struct target two[2];
	static struct pattern_spec regions[2];
	unsigned alike = 0;

	begin(0);
	two[0] = two[1] = target;
	regions[0] = regions[1] = region;
	worker.task.targets = two;
	worker.task.regions = regions;
	worker.task.target_count = 2;
	assert_int_equal(worker_prepare(&worker), 0);
	assert_false(worker.loop.has_one_target);
	for (int i = 0; i < 16; i++)
		alike += pattern_next(worker.loop.files.files[0].pattern, DIRECTION_READ, BLOCK) ==
			 pattern_next(worker.loop.files.files[1].pattern, DIRECTION_READ, BLOCK);
	assert_true(alike < 8);
	tear_down();
}

/* CPUs this thread may run on after the worker was prepared, as bits; it is set free again. */
static uint64_t bound_cpus(unsigned *cpus, size_t count, int policy, unsigned clone)
{
	cpu_set_t before, set;
	uint64_t bits = 0;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	begin(0);
	job.cpus_allowed = (struct job_cpus){count, cpus};
	job.cpus_allowed_policy = policy;
	job.clone = clone;
	if (worker_prepare(&worker) == 0)
		assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	else
		CPU_ZERO(&set);
	for (unsigned i = 0; i < 64; i++)
		bits |= (uint64_t) !!CPU_ISSET(i, &set) << i;
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	return bits;
}

TEST(clones_share_cpus_or_split_them)
{
	unsigned cpus[] = {0, 1}, missing[] = {1023};

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2 || bound_cpus(cpus, 2, CPUS_SHARED, 0) != 3) {
		tear_down();
		skip();
	}
	tear_down();
	assert_int_equal(bound_cpus(cpus, 2, CPUS_SPLIT, 0), 1);
	tear_down();
	assert_int_equal(bound_cpus(cpus, 2, CPUS_SPLIT, 1), 2);
	tear_down();
	assert_int_equal(bound_cpus(cpus, 2, CPUS_SPLIT, 2), 1);
	tear_down();
	assert_int_equal(bound_cpus(missing, 1, CPUS_SHARED, 0), 0);
	assert_int_equal(worker.outcome.error, EINVAL);
	assert_non_null(
		strstr(worker.outcome.error_message, "cpus_allowed: the kernel does not let"));
	tear_down();
}

/* A copy of one to the other cannot be prepared; why. */
static const char *copy_problem(const struct target *from, const struct target *to)
{
	static struct target pair[2];
	static struct pattern_spec regions[2];
	static char text[128];

	begin(0);
	engine_class.traits = 0;
	pair[0] = *from;
	pair[1] = *to;
	regions[0] = regions[1] = region;
	job.rw.mode = RW_COPY;
	worker.task.targets = pair;
	worker.task.regions = regions;
	worker.task.target_count = 2;
	worker.task.pair_count = 1;
	worker.task.open_flags = TARGET_WRITES;
	assert_int_equal(worker_prepare(&worker), -ENOENT);
	snprintf(text, sizeof(text), "%s", worker.outcome.error_message);
	tear_down();
	return text;
}

TEST(a_file_that_cannot_be_opened_is_named)
{
	const struct target missing = {.path = "/nonexistent/a", .kind = TARGET_FILE};
	const struct target zero = {.path = "/dev/zero", .kind = TARGET_CHARACTER};

	begin(0);
	engine_class.traits = 0;
	target = missing;
	worker.task.open_flags = TARGET_READS;
	assert_int_equal(worker_prepare(&worker), -ENOENT);
	assert_int_equal(worker.outcome.error, ENOENT);
	assert_string_equal(worker.outcome.error_message,
		"cannot open /nonexistent/a: No such file or directory");
	assert_null(worker.outcome.error_hint);
	tear_down();
	assert_non_null(strstr(copy_problem(&missing, &zero), "cannot open /nonexistent/a:"));
	assert_non_null(strstr(copy_problem(&zero, &missing), "cannot open /nonexistent/a:"));
}

static int refusing_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	(void)setup;
	(void)engine;
	report->problem = "the ring is too small";
	report->hint = "ask for less";
	return -ENOMEM;
}

TEST(an_engine_that_refuses_says_why)
{
	begin(0);
	engine_class.open = refusing_open;
	assert_int_equal(worker_prepare(&worker), -ENOMEM);
	assert_string_equal(worker.outcome.error_message, "engine fake: the ring is too small");
	assert_string_equal(worker.outcome.error_hint, "ask for less");
	/* The first error stands. */
	worker_fail(&worker, EIO, "another", "later");
	assert_int_equal(worker.outcome.error, ENOMEM);
	assert_string_equal(worker.outcome.error_hint, "ask for less");
	tear_down();
}

/* What is said of write_hint, where the kernel's answer to it was `error`; why: it is refused. */
static void check_hint(uint64_t hint, int error, const char *why)
{
	const struct engine_report *report = &worker.outcome.report;
	const struct setting *told;

	begin(0);
	job.rw.mode = RW_WRITE;
	rare.host.write_hint = 2;
	target.write_hint = hint;
	target.hint_error = error;
	assert_int_equal(worker_prepare(&worker), 0);
	told = settings_find(why ? &report->refused : &report->effective, "write_hint");
	assert_non_null(told);
	assert_string_equal(told->value, "short");
	if (why && !strstr(told->reason, why))
		fail_msg("%s, not %s", told->reason, why);
	assert_null(settings_find(why ? &report->effective : &report->refused, "write_hint"));
	tear_down();
}

TEST(a_write_hint_is_called_effective_only_where_it_was_taken)
{
	check_hint(2, 0, NULL);
	check_hint(2, EINVAL, "none takes none: ");
	check_hint(0, 0, "hints are for files and block devices");
}

TEST_MAIN(NULL, NULL);
