/* SPDX-License-Identifier: MIT */
/* A row for each kind of character device that a job may name. */
#include <sys/sysmacros.h>

#include "host/write_guard.h"
#include "test.h"
#include "unit/host/fake_tree.h"

static struct arena arena;

static const struct {
	unsigned major, minor;
	bool may_read, may_write;
	const char *says;
} rows[] = {
	{1, 3, true, true, NULL}, /* null */
	{1, 5, true, true, NULL}, /* zero */
	{1, 7, true, true, NULL}, /* full */
	{1, 8, true, true, NULL}, /* random */
	{1, 9, true, true, NULL}, /* urandom */
	{5, 0, true, true, NULL}, /* tty */
	{136, 7, true, true, NULL},
	{4, 5, true, true, NULL},
	{4, 64, false, false, "character device"}, /* ttyS0 */
	{1, 1, false, false, "the machine's memory"},
	{1, 2, false, false, "the machine's memory"},
	{1, 4, false, false, "I/O ports"},
	{1, 11, true, false, "the kernel's log"},
	{1, 6, false, false, "(1:6)"},
	{10, 183, true, false, "random numbers"},
	{10, 130, false, false, "(10:130)"}, /* watchdog */
	{10, 237, false, false, "(10:237)"}, /* loop-control */
	{9, 0, false, false, "a tape"},
	{9, 128, false, false, "a tape"},
	{21, 3, false, false, "a SCSI generic node"},
	{90, 0, true, false, "flash memory"},
	{206, 0, false, false, "a tape"},
	{4095, 77, false, false, "(4095:77)"},
};

TEST(only_what_is_known_to_be_harmless_is_let_through)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		dev_t number = makedev(rows[i].major, rows[i].minor);
		const char *reading = write_guard_character_refusal(number, false, &arena);
		const char *writing = write_guard_character_refusal(number, true, &arena);

		assert_int_equal(reading == NULL, rows[i].may_read);
		assert_int_equal(writing == NULL, rows[i].may_write);
		if (writing)
			assert_non_null(strstr(writing, rows[i].says));
	}
}

TEST(the_class_in_sysfs_names_the_kind)
{
	struct fake_tree sys;
	bool is_mounted;
	const char *reason = NULL;

	fake_tree_open(&sys);
	fake_link(&sys, "devices/bsg/0:0:0:0/subsystem", "../../../class/bsg");
	fake_link(&sys, "class/bsg/0:0:0:0", "../../devices/bsg/0:0:0:0");
	fake_link(&sys, "dev/char/245:0", "../../devices/bsg/0:0:0:0");
	is_mounted = fake_tree_mount(&sys, "/sys");
	if (is_mounted)
		reason = write_guard_character_refusal(makedev(245, 0), false, &arena);
	fake_tree_close(&sys, is_mounted ? "/sys" : NULL);
	need_mount(is_mounted);
	assert_non_null(reason);
	assert_non_null(strstr(reason, "of class 'bsg' (245:0)"));
}

TEST(memory_devices_have_no_effects)
{
	assert_true(write_guard_is_memory(makedev(1, 3)));
	assert_true(write_guard_is_memory(makedev(1, 9)));
	assert_false(write_guard_is_memory(makedev(1, 1)));
	assert_false(write_guard_is_memory(makedev(1, 4)));
	assert_false(write_guard_is_memory(makedev(1, 11)));
	assert_false(write_guard_is_memory(makedev(5, 0)));
	assert_false(write_guard_is_memory(makedev(4, 5)));
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST_MAIN(NULL, free_arena);
