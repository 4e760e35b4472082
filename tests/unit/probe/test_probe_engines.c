/* SPDX-License-Identifier: MIT */
/* Trials of engines: of every real one, and of one that fails in every way on request. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine_kit.h"
#include "probe/probe.h"
#include "test.h"

enum { BLOCK_BYTES = 4096 };

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* An engine that does what its options say. */
struct moody_options {
	bool good;
	bool fails_open;
	bool fails_read;
	bool is_refused;
	int mood;
	const char *text;
};

static struct moody {
	struct engine engine;
	struct moody_options options;
	unsigned opened, closed, read, writable;
	struct slot *slot;
} moody;

static const struct engine_class moody_class, good_class;

static int moody_open(
	const struct engine_setup *setup, struct engine **engine, struct engine_report *report)
{
	int mode = fcntl(setup->targets[0].descriptor, F_GETFL);

	moody.options = *(const struct moody_options *)setup->options;
	moody.writable += (mode & O_ACCMODE) != O_RDONLY;
	assert_int_equal(setup->op_mask, IO_BIT(IO_READ));
	if (moody.options.fails_open)
		return engine_refuse(report, -EBUSY, "ask again", "not in the mood");
	if (moody.options.is_refused)
		engine_report_refused(report, "is_refused", "1", "too %s", "old");
	moody.opened++;
	moody.engine.class = moody.options.good ? &good_class : &moody_class;
	*engine = &moody.engine;
	return 0;
}

static int moody_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	assert_ptr_equal(engine->class, &moody_class);
	(void)count;
	moody.slot = slots[0];
	assert_int_equal(slots[0]->op, IO_READ);
	return 1;
}

/* What open has chosen in place of the one that is registered. */
static int good_submit(struct engine *engine, struct slot **slots, unsigned count)
{
	assert_ptr_equal(engine->class, &good_class);
	(void)count;
	moody.slot = slots[0];
	return 1;
}

static int moody_reap(
	struct engine *engine, struct slot **done, unsigned min, unsigned max, int64_t timeout_ns)
{
	(void)engine;
	(void)min;
	(void)max;
	assert_true(timeout_ns > 0);
	moody.read++;
	done[0] = moody.slot;
	done[0]->result = moody.options.fails_read ? -EIO : BLOCK_BYTES;
	return 1;
}

static void moody_close(struct engine *engine)
{
	if (engine)
		moody.closed++;
}

static const struct option_choice moods[] = {
	{"calm", 0, NULL},
	{"wild", 1, NULL},
	{"sad", 2, NULL},
	{NULL, 0, NULL},
};

#define FLAG(member)                                                                               \
	{                                                                                          \
		.name = #member, OPTION_BIND_FLAG(struct moody_options, member),                   \
		.group = OPTION_GROUP_ENGINE, .value_default = "0"                                 \
	}

static const struct option moody_option_list[] = {
	FLAG(good),
	FLAG(fails_open),
	FLAG(fails_read),
	FLAG(is_refused),
	{
		.name = "mood",
		OPTION_BIND_CHOICE(struct moody_options, mood),
		.group = OPTION_GROUP_ENGINE,
		.value_default = "calm",
		.choices = moods,
	},
	{
		.name = "text",
		OPTION_BIND_TEXT(struct moody_options, text),
		.group = OPTION_GROUP_ENGINE,
	},
	{.name = NULL},
};

static const struct option_table moody_table = {
	.options = moody_option_list,
	.struct_bytes = sizeof(struct moody_options),
};

static const struct engine_class moody_class = {
	.name = "moody",
	.op_mask = IO_BIT(IO_READ),
	.options = &moody_table,
	.open = moody_open,
	.submit = moody_submit,
	.reap = moody_reap,
	.close = moody_close,
};

static const struct engine_class good_class = {
	.name = "moody",
	.op_mask = IO_BIT(IO_READ),
	.options = &moody_table,
	.open = moody_open,
	.submit = good_submit,
	.reap = moody_reap,
	.close = moody_close,
};

static const struct ability *setting(const struct probe_engine *trial, const char *name)
{
	const struct ability *ability = ability_find(&trial->settings, name);

	assert_non_null(ability);
	return ability;
}

TEST_FIXTURE(NULL, free_arena);

TEST(each_setting_gets_its_own_answer)
{
	const struct target zero = {
		.path = "/dev/zero", .kind = TARGET_CHARACTER, .exists = true, .descriptor = -1};
	struct probe_engine trial;

	moody = (struct moody){0};
	probe_engine_try(&trial, &moody_class, &zero, &arena);
	assert_int_equal(trial.engine.answer, ABILITY_YES);
	assert_string_equal(trial.engine.name, "moody");
	assert_int_equal(setting(&trial, "good")->answer, ABILITY_YES);
	assert_string_equal(setting(&trial, "good")->value, "1");
	assert_int_equal(setting(&trial, "fails_open")->answer, ABILITY_NO);
	assert_string_equal(setting(&trial, "fails_open")->reason, "not in the mood");
	assert_string_equal(setting(&trial, "fails_open")->cure, "ask again");
	assert_int_equal(setting(&trial, "fails_read")->answer, ABILITY_NO);
	assert_non_null(strstr(setting(&trial, "fails_read")->reason, "EIO"));
	assert_int_equal(setting(&trial, "is_refused")->answer, ABILITY_NO);
	assert_string_equal(setting(&trial, "is_refused")->reason, "too old");
	assert_string_equal(setting(&trial, "mood")->value, "wild");
	assert_string_equal(setting(&trial, "mood")->next->value, "sad");
	assert_int_equal(setting(&trial, "text")->answer, ABILITY_UNKNOWN);
	assert_non_null(setting(&trial, "text")->reason);
	assert_int_equal(trial.settings.count, 7);
	assert_int_equal(moody.opened, 6);
	assert_int_equal(moody.closed, 6);
	assert_int_equal(moody.read, 6);
	assert_int_equal(moody.writable, 0);
}

static int probe_refuses(const struct engine_setup *setup, struct engine_report *report)
{
	(void)setup;
	report->problem = "no such luck";
	return -ENOSYS;
}

TEST(an_engine_that_is_not_there_is_not_opened)
{
	struct engine_class class = moody_class;
	struct probe_engine trial;

	class.probe = probe_refuses;
	moody = (struct moody){0};
	probe_engine_try(&trial, &class, NULL, &arena);
	assert_int_equal(trial.engine.answer, ABILITY_NO);
	assert_string_equal(trial.engine.reason, "no such luck");
	assert_int_equal(trial.settings.count, 0);
	assert_int_equal(moody.opened, 0);
}

TEST(without_a_target_nothing_is_read)
{
	struct probe_engine trial;

	moody = (struct moody){0};
	probe_engine_try(&trial, &moody_class, NULL, &arena);
	assert_int_equal(trial.engine.answer, ABILITY_YES);
	assert_int_equal(setting(&trial, "fails_read")->answer, ABILITY_YES);
	assert_int_equal(moody.read, 0);
}

static void make_file(char path[64])
{
	char block[BLOCK_BYTES] = "content";
	int descriptor;

	snprintf(path, 64, "/var/tmp/ringside-trial-XXXXXX");
	descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, block, sizeof(block)), sizeof(block));
	close(descriptor);
}

/* A file that nobody may write: nothing that follows can have needed it. */
TEST(every_engine_and_each_of_its_options_is_tried_on_a_file)
{
	struct target target = {.kind = TARGET_FILE, .exists = true, .bytes = BLOCK_BYTES};
	struct stat before, after;
	struct probe_engine *trial;
	char path[64];

	make_file(path);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(stat(path, &before), 0);
	target.path = path;
	target.descriptor = -1;
	trial = probe_engines(&target, &arena);
	assert_int_equal(stat(path, &after), 0);
	unlink(path);
	for (size_t i = 0; engines[i]; i++, trial = trial->next) {
		assert_non_null(trial);
		assert_ptr_equal(trial->class, engines[i]);
		if (trial->engine.answer != ABILITY_YES) {
			assert_non_null(trial->engine.reason);
			continue;
		}
		if (!engines[i]->options)
			continue;
		for (const struct option *o = engines[i]->options->options; o->name; o++)
			setting(trial, o->name);
	}
	assert_null(trial);
	assert_int_equal(after.st_mtime, before.st_mtime);
	assert_int_equal(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
	assert_int_equal(after.st_size, before.st_size);
}

TEST(what_a_mapping_cannot_is_told_from_what_it_can)
{
	struct target target = {.kind = TARGET_FILE, .exists = true, .bytes = BLOCK_BYTES};
	struct probe_engine trial;
	char path[64];

	make_file(path);
	target.path = path;
	target.descriptor = -1;
	probe_engine_try(&trial, engine_find("mmap"), &target, &arena);
	unlink(path);
	assert_int_equal(trial.engine.answer, ABILITY_YES);
	assert_false(trial.is_direct);
	assert_string_equal(setting(&trial, "direct")->value, "0");
	assert_int_equal(setting(&trial, "direct")->answer, ABILITY_YES);
	assert_string_equal(setting(&trial, "direct")->next->value, "1");
	assert_int_equal(setting(&trial, "direct")->next->answer, ABILITY_NO);
	assert_non_null(setting(&trial, "direct")->next->reason);
}

TEST_MAIN(NULL, NULL);
