/* SPDX-License-Identifier: MIT */
/* What the kernel's io_uring has: the two ways of asking against each other, and old kernels. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <string.h>
#include <unistd.h>

#include "engine/uring_probe.h"
#include "test.h"

static struct arena arena;

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

enum { QUERY = 35 };

/* This kernel, but for the query. */
static int enroll_without_query(int descriptor, unsigned operation, void *argument, unsigned count)
{
	if (operation == QUERY)
		return -EINVAL;
	return uring_kernel_calls.enroll(descriptor, operation, argument, count);
}

/* Linux 6.1: flags through DEFER_TASKRUN, features through LINKED_FILE, opcodes to SENDMSG_ZC. */
static int setup_of_6_1(unsigned entries, struct io_uring_params *parameters)
{
	(void)entries;
	if (parameters->flags >= 1u << 14)
		return -EINVAL;
	parameters->features = 0x1fff;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int enroll_of_6_1(int descriptor, unsigned operation, void *argument, unsigned count)
{
	struct io_uring_probe *probe = argument;

	(void)descriptor;
	if (operation != IORING_REGISTER_PROBE || count < 49)
		return -EINVAL;
	probe->last_op = 48;
	probe->ops_len = 49;
	for (unsigned i = 0; i < 49; i++)
		probe->ops[i].flags = IO_URING_OP_SUPPORTED;
	return 0;
}

static int setup_forbidden(unsigned entries, struct io_uring_params *parameters)
{
	(void)entries;
	(void)parameters;
	return -EPERM;
}

static int setup_missing(unsigned entries, struct io_uring_params *parameters)
{
	(void)entries;
	(void)parameters;
	return -ENOSYS;
}

static int count_descriptors(void)
{
	int count = 0;

	for (int i = 0; i < 64; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

static void expect_same(const struct ability_list *a, const struct ability_list *b)
{
	assert_true(a->count > 0);
	assert_int_equal(a->count, b->count);
	for (const struct ability *x = a->first, *y = b->first; x; x = x->next, y = y->next) {
		assert_string_equal(x->name, y->name);
		if (x->answer != y->answer)
			fail_msg("%s: %s or %s", x->name, ability_answer_name(x->answer),
				ability_answer_name(y->answer));
	}
}

TEST_FIXTURE(NULL, free_arena);

TEST(trial_finds_what_the_query_tells)
{
	const struct uring_calls without_query = {uring_kernel_calls.setup, enroll_without_query};
	struct uring_abilities asked, tried;
	int before = count_descriptors();

	uring_abilities_read(&asked, &uring_kernel_calls, &arena);
	uring_abilities_read(&tried, &without_query, &arena);
	assert_int_equal(count_descriptors(), before);
	if (asked.error || !asked.is_queried) {
		print_message("skipped: this kernel has no IORING_REGISTER_QUERY\n");
		skip();
	}
	assert_false(tried.is_queried);
	assert_int_equal(asked.opcode_count, tried.opcode_count);
	expect_same(&asked.setup_flags, &tried.setup_flags);
	expect_same(&asked.features, &tried.features);
	expect_same(&asked.opcodes, &tried.opcodes);
}

static void expect_answer(
	const struct ability_list *list, const char *name, enum ability_answer answer)
{
	const struct ability *ability = ability_find(list, name);

	assert_non_null(ability);
	assert_int_equal(ability->answer, answer);
}

TEST(an_old_kernel_lacks_what_came_later)
{
	const struct uring_calls calls = {setup_of_6_1, enroll_of_6_1};
	struct uring_abilities abilities;

	uring_abilities_read(&abilities, &calls, &arena);
	assert_int_equal(abilities.error, 0);
	assert_int_equal(abilities.opcode_count, 49);
	expect_answer(&abilities.setup_flags, "DEFER_TASKRUN", ABILITY_YES);
	expect_answer(&abilities.setup_flags, "NO_SQARRAY", ABILITY_NO);
	expect_answer(&abilities.setup_flags, "HYBRID_IOPOLL", ABILITY_NO);
	assert_string_equal(
		ability_find(&abilities.setup_flags, "HYBRID_IOPOLL")->cure, "Linux 6.13 or newer");
	expect_answer(&abilities.features, "LINKED_FILE", ABILITY_YES);
	expect_answer(&abilities.features, "MIN_TIMEOUT", ABILITY_NO);
	expect_answer(&abilities.opcodes, "URING_CMD", ABILITY_YES);
	expect_answer(&abilities.opcodes, "READV_FIXED", ABILITY_NO);
}

TEST(a_refusal_is_explained_and_nothing_else_asked)
{
	const struct uring_calls forbidden = {setup_forbidden, NULL};
	const struct uring_calls missing = {setup_missing, NULL};
	struct uring_abilities abilities;

	uring_abilities_read(&abilities, &forbidden, &arena);
	assert_int_equal(abilities.error, -EPERM);
	assert_non_null(strstr(abilities.reason, "io_uring"));
	assert_non_null(abilities.cure);
	assert_int_equal(abilities.setup_flags.count, 0);
	uring_abilities_read(&abilities, &missing, &arena);
	assert_int_equal(abilities.error, -ENOSYS);
	assert_non_null(abilities.reason);
}

TEST_MAIN(NULL, NULL);
