/* SPDX-License-Identifier: MIT */
/* flavours: address thread */
/* Threads that start together, stop when they are told to, and are left behind when they hang. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine_list.h"
#include "run/crew.h"
#include "test.h"

enum { MEMBERS = 64, BLOCK = 4096 };

#define LOOK_NS   (10 * NS_PER_MS)
#define RUN_NS    (20 * NS_PER_MS)
#define NO_TIME   (3600 * NS_PER_S)
#define GIVE_UP_S 30

static struct job jobs[MEMBERS];

/* An engine that never returns from its second submit, until `is_let_go`. */
static _Atomic bool is_let_go;
static _Atomic unsigned hanging;

static int stuck_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	struct engine *made = arena_alloc(setup->arena, sizeof(*made));

	(void)report;
	*made = (struct engine){.class = jobs[0].engine};
	*engine = made;
	return 0;
}

static int stuck_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	(void)slots;
	if (engine->syscalls++ == 0)
		return (int)count;
	atomic_fetch_add(&hanging, 1);
	while (!is_let_go)
		(void)clock_wait_until(clock_now() + LOOK_NS);
	return (int)count;
}

static int stuck_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	(void)engine, (void)done, (void)min, (void)max, (void)timeout_ns;
	return 0;
}

static void stuck_close(struct engine *engine)
{
	(void)engine;
}

static const struct engine_class stuck_class = {
	.name = "stuck",
	.op_mask = ~0u,
	.traits = ENGINE_TAKES_NO_TARGET,
	.open = stuck_open,
	.submit = stuck_submit,
	.reap = stuck_reap,
	.close = stuck_close,
};

static int closed_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	(void)setup, (void)engine, (void)report;
	return -ENOENT;
}

static const struct engine_class closed_class = {
	.name = "closed",
	.op_mask = ~0u,
	.traits = ENGINE_TAKES_NO_TARGET,
	.open = closed_open,
};

/* What a crew is made of, but for `jobs`. Static: one that is left behind works with it. */
static struct target targets[MEMBERS];
static struct pattern_spec regions[MEMBERS];
static struct planned_job planned[MEMBERS];
static struct planned_job *wave[MEMBERS];
static struct crew crew;
static const struct job_rare rare;

static void plan(const struct engine_class *class, unsigned count)
{
	memset(jobs, 0, sizeof(jobs));
	for (unsigned i = 0; i < count; i++) {
		jobs[i] = (struct job){
			.name = "member",
			.rare = &rare,
			.rw.mode = RW_READ,
			.engine = class,
			.ioengine = class->name,
			.iodepth = 4,
			.loops = 1,
			.clone = i,
			.runtime_ns = RUN_NS,
		};
		for (int k = 0; k < DATA_DIRECTION_COUNT; k++)
			jobs[i].block_sizes.of[k].min_bytes = jobs[i].block_sizes.of[k].max_bytes =
				BLOCK;
		targets[i] = (struct target){.path = "none",
			.kind = TARGET_NONE,
			.descriptor = -1,
			.bytes = UINT64_MAX,
			.exists = true};
		regions[i] = (struct pattern_spec){
			.region_bytes = 1 << 20, .block_bytes = BLOCK, .largest_io_bytes = BLOCK};
		planned[i] = (struct planned_job){.job = &jobs[i],
			.target_count = 1,
			.targets = &targets[i],
			.regions = &regions[i],
			.pass_bytes = UINT64_MAX,
			.wraps = true};
		wave[i] = &planned[i];
	}
}

static void gather(unsigned count)
{
	uint64_t end_ns = clock_now() + GIVE_UP_S * NS_PER_S;

	assert_int_equal(crew_gather(&crew, wave, count, NULL), 0);
	while (crew_prepare(&crew, LOOK_NS) > 0)
		assert_true(clock_now() < end_ns);
}

static void wait_for_all(void)
{
	uint64_t end_ns = clock_now() + GIVE_UP_S * NS_PER_S;

	while (crew_wait(&crew, LOOK_NS) > 0) {
		crew_nudge(&crew, false);
		assert_true(clock_now() < end_ns);
	}
}

static void disband(void)
{
	crew_disband(&crew);
	assert_true(crew_free(&crew));
}

static const struct worker_measurement *measured(unsigned index)
{
	return crew_outcome(&crew.members[index])->measurement;
}

/* Many more than there are CPUs: each of them would begin when it gets one. */
TEST(all_of_a_wave_have_one_start_and_one_end)
{
	uint64_t released_ns;

	plan(engine_find("null"), MEMBERS);
	gather(MEMBERS);
	released_ns = clock_now();
	crew_release(&crew);
	wait_for_all();
	assert_true(measured(0)->started_ns >= released_ns);
	for (unsigned i = 0; i < MEMBERS; i++) {
		assert_int_equal(measured(i)->started_ns, measured(0)->started_ns);
		assert_true(measured(i)->ended_ns >= measured(0)->started_ns + RUN_NS);
		assert_int_equal(crew.members[i].worker.progress.deadline_ns,
			measured(0)->started_ns + RUN_NS);
	}
	disband();
}

/* From the same point in time for jobs of unlike kinds, too. */
TEST(delays_and_ramps_begin_at_the_common_start)
{
	plan(engine_find("null"), 3);
	jobs[1].startdelay_ns = 3 * NS_PER_MS;
	jobs[2].startdelay_ns = 2 * NS_PER_MS;
	jobs[2].ramp_time_ns = 5 * NS_PER_MS;
	gather(3);
	crew_release(&crew);
	wait_for_all();
	assert_int_equal(measured(1)->started_ns - measured(0)->started_ns, 3 * NS_PER_MS);
	assert_int_equal(measured(2)->started_ns - measured(0)->started_ns, 7 * NS_PER_MS);
	disband();
}

/* What it takes to wake up is not of its window. */
TEST(one_alone_starts_when_it_is_awake)
{
	plan(engine_find("null"), 1);
	gather(1);
	crew_release(&crew);
	wait_for_all();
	assert_int_equal(crew.members[0].worker.task.start_ns, 0);
	assert_true(measured(0)->started_ns > crew.start_ns);
	disband();
}

TEST(a_stop_ends_a_startdelay)
{
	plan(engine_find("null"), 2);
	jobs[1].startdelay_ns = NO_TIME;
	gather(2);
	crew_release(&crew);
	while (crew_wait(&crew, LOOK_NS) > 1)
		;
	crew_stop(&crew);
	while (crew_wait(&crew, LOOK_NS) > 0)
		crew_nudge(&crew, true); /* The one signal may come before it sleeps. */
	assert_true(measured(0)->reaped > 0);
	assert_int_equal(measured(1)->started_ns, 0);
	disband();
}

TEST(one_that_cannot_prepare_does_not_start)
{
	plan(engine_find("null"), 2);
	jobs[1].engine = &closed_class;
	gather(2);
	crew_release(&crew);
	wait_for_all();
	assert_false(crew.members[0].was_refused);
	assert_true(crew.members[1].was_refused);
	assert_int_equal(crew_outcome(&crew.members[1])->error, ENOENT);
	assert_int_equal(measured(1)->started_ns, 0);
	disband();
}

/* Two I/Os are out since the first submit, two more are handed over and never taken. */
TEST(what_hangs_is_left_behind_with_what_is_known_of_it)
{
	const struct worker_outcome *outcome;
	uint64_t end_ns = clock_now() + GIVE_UP_S * NS_PER_S;
	uint64_t window_ns;

	plan(&stuck_class, 1);
	jobs[0].iodepth_batch_submit = 2;
	jobs[0].iodepth_batch_complete_min = 4;
	gather(1);
	crew_release(&crew);
	while (hanging == 0 && clock_now() < end_ns)
		(void)crew_wait(&crew, LOOK_NS);
	(void)clock_wait_until(clock_now() + 2 * LOOK_NS);
	crew_abandon(&crew);
	assert_int_equal(crew_wait(&crew, LOOK_NS), 1);
	crew_disband(&crew);
	outcome = crew_outcome(&crew.members[0]);
	window_ns = outcome->measurement->ended_ns - outcome->measurement->started_ns;
	assert_ptr_not_equal(outcome, &crew.members[0].worker.outcome);
	assert_int_equal(outcome->error, ETIMEDOUT);
	assert_true(outcome->lacks_costs);
	assert_int_equal(outcome->unreturned.ios, 4);
	assert_in_range(outcome->unreturned.oldest_ns, 2 * LOOK_NS, window_ns);
	assert_int_equal(outcome->measurement->punts, -1);
	assert_int_equal(outcome->measurement->submitted, 2);
	/* It may come to itself at any time. */
	assert_int_equal(crew.members[0].worker.outcome.error, 0);
	is_let_go = true;
	assert_false(crew_free(&crew));
}

TEST_MAIN(NULL, NULL);
