/* SPDX-License-Identifier: MIT */
/*
 * Each two settings of io_uring together, all values of the option table against each other, with
 * and without a poll thread: real I/O, whose bytes are right, or a refusal before it, in words.
 * What is asked for is told in the report: as it is, or as refused.
 */
#include "engine/uring.h"
#include "test.h"
#include "unit/engine/uring_settings.h"

enum {
	BLOCKS = 7, /* no multiple of the batch */
	DEPTH = 4,
	BATCH = 2,
};

/* A file that all of them write to, and a descriptor to look at it with behind their backs. */
static struct {
	int plain;
	struct target target;
} scratch;

static int open_scratch(void **state)
{
	char path[64];

	(void)state;

	scratch.plain = rig_temporary_file(path);
	assert_int_equal(ftruncate(scratch.plain, BLOCKS * RIG_BLOCK_BYTES), 0);
	scratch.target = (struct target){.kind = TARGET_FILE,
		.bytes = BLOCKS * RIG_BLOCK_BYTES,
		.is_direct = true,
		.path = "scratch"};
	scratch.target.descriptor = open(path, O_RDWR | O_CLOEXEC | O_DIRECT);
	if (scratch.target.descriptor < 0) { /* a file system in memory */
		scratch.target.is_direct = false;
		scratch.target.descriptor = open(path, O_RDWR | O_CLOEXEC);
	}
	assert_true(scratch.target.descriptor >= 0);
	unlink(path);
	return 0;
}

static int close_scratch(void **state)
{
	(void)state;
	close(scratch.target.descriptor);
	close(scratch.plain);
	return 0;
}

static bool lists(struct settings list, const char *name)
{
	return rig_setting(list, name) != NULL;
}

/* Set-up flags stand under their own names. */
static bool is_told(const struct engine_report *report, const struct option *option)
{
	static const char *const flags[] = {"single_issuer", "defer_taskrun", "coop_taskrun"};

	for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(option->name, flags[i]) == 0)
			return lists(report->effective, "setup_flags");
	}
	return lists(report->effective, option->name) || lists(report->refused, option->name);
}

/* With nowait an I/O may come back with nothing done but EAGAIN. */
static void expect_done(const struct rig_io *ios, enum io_op op, bool may_give_up)
{
	for (unsigned i = 0; i < BLOCKS; i++) {
		if (may_give_up && ios[i].result == -EAGAIN)
			continue;
		if (ios[i].result != RIG_BLOCK_BYTES)
			fail_msg("%s: %s", io_op_name(op), strerror(-ios[i].result));
	}
}

static void plan(struct rig_io ios[BLOCKS], enum io_op op)
{
	for (unsigned i = 0; i < BLOCKS; i++)
		ios[i] = (struct rig_io){.op = op,
			.offset = (uint64_t)(i * 3 % BLOCKS) * RIG_BLOCK_BYTES,
			.length = RIG_BLOCK_BYTES};
}

static void check_blocks(int plain, const struct rig_io *ios, uint64_t salt)
{
	uint64_t content[RIG_BLOCK_BYTES / 8];

	for (unsigned i = 0; i < BLOCKS; i++) {
		if (ios[i].result < 0)
			continue;
		assert_int_equal(pread(plain, content, sizeof(content), (off_t)ios[i].offset),
			sizeof(content));
		rig_check(content, ios[i].offset, sizeof(content), salt);
	}
}

static void move_bytes(struct rig *rig, int plain, uint64_t salt)
{
	bool may_give_up = ((struct uring *)rig->engine)->options.rwf.nowait;
	struct rig_io ios[BLOCKS];

	plan(ios, IO_WRITE);
	rig_run(rig, ios, BLOCKS, rig_hook_fill, rig_hook_none, salt);
	expect_done(ios, IO_WRITE, may_give_up);
	check_blocks(plain, ios, salt);
	plan(ios, IO_READ);
	rig_run(rig, ios, BLOCKS, rig_hook_none, may_give_up ? rig_hook_none : rig_hook_check,
		salt);
	expect_done(ios, IO_READ, may_give_up);
}

/* Returns whether they work together. */
static bool try_together(const char *text, const struct option *pair[2])
{
	static uint64_t salt;
	struct rig rig = {.target = scratch.target};
	int result =
		rig_open(&rig, "io_uring", text, DEPTH, BATCH, IO_BIT(IO_READ) | IO_BIT(IO_WRITE));

	rig.takes_what_there_is = strstr(text, "min_wait_us");
	rig.is_polled = strstr(text, "hipri=1");
	if (result == 0) {
		move_bytes(&rig, scratch.plain, ++salt);
		for (int i = 0; i < 2; i++) {
			if (!is_told(&rig.report, pair[i]))
				fail_msg("%s: nobody tells what became of it", pair[i]->name);
		}
	} else if (!rig.report.problem || !*rig.report.problem) {
		fail_msg("refused without a reason: %s", strerror(-result));
	} else if (!rig.report.hint) {
		fail_msg("refused without a hint: %s", rig.report.problem);
	}
	rig_close(&rig);
	return result == 0;
}

/* All that stand behind it, as the others were held against this one before. */
static void goes_with_the_others_or_is_refused(void **state)
{
	static const char *const contexts[] = {"", "sqthread_poll=1 "};
	const struct uring_setting *first = *state;
	unsigned works = 0, refused = 0;

	for (const struct uring_setting *other = first + 1; other < &all_settings[setting_count];
		other++) {
		const struct option *pair[2] = {first->option, other->option};

		for (unsigned i = 0; i < 2 && pair[0] != pair[1]; i++) {
			char text[4 * SETTING_TEXT_BYTES];

			snprintf(text, sizeof(text), "%s%s %s", contexts[i], first->text,
				other->text);
			if (try_together(text, pair))
				works++;
			else
				refused++;
		}
	}
	print_message("%s: works %u times, refused %u\n", first->text, works, refused);
}

int main(void)
{
	static struct CMUnitTest tests[SETTINGS_LIMIT];

	uring_settings_list();
	for (unsigned i = 0; i + 1 < setting_count; i++)
		tests[i] = (struct CMUnitTest){
			.name = all_settings[i].text,
			.test_func = goes_with_the_others_or_is_refused,
			.initial_state = &all_settings[i],
		};
	return cmocka_run_group_tests(tests, open_scratch, close_scratch);
}
