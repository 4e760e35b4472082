/* SPDX-License-Identifier: MIT */
/* Due times: even, by bytes, and at random with the right distances. */
#include "load/pacer.h"
#include "test.h"

TEST(even_rates_are_exact_after_many)
{
	const struct pacer_spec spec = {.ios_per_second = 300000};
	struct pacer pacer;

	pacer_init(&pacer, &spec);
	assert_float_equal(pacer.due_ns, 0, 0);
	for (int i = 0; i < 30000000; i++)
		pacer_advance(&pacer, 4096);
	/* 100 s later, to the microsecond. */
	assert_true(fabs(pacer.due_ns - 100e9) < 1000);
}

TEST(a_rate_of_bytes_waits_for_as_many)
{
	const struct pacer_spec spec = {.bytes_per_second = 1e6};
	struct pacer pacer;

	pacer_init(&pacer, &spec);
	pacer_advance(&pacer, 4000);
	assert_float_equal(pacer.due_ns, 4e6, 1e-3);
	pacer_advance(&pacer, 1000);
	assert_float_equal(pacer.due_ns, 5e6, 1e-3);
}

/* fio's distances are whole microseconds: of 300k it makes 395k a second. */
TEST(poisson_keeps_its_rate_and_spread)
{
	enum { COUNT = 4000000 };
	const struct pacer_spec spec = {.ios_per_second = 300000, .is_poisson = true, .seed = 7};
	const double mean_ns = 1e9 / 300000;
	double squares = 0, over_mean = 0;
	struct pacer pacer;

	pacer_init(&pacer, &spec);
	for (int i = 0; i < COUNT; i++) {
		double before = pacer.due_ns;

		pacer_advance(&pacer, 4096);
		squares += (pacer.due_ns - before) * (pacer.due_ns - before);
		over_mean += pacer.due_ns - before > mean_ns;
	}
	/* Of an exponential distribution: mean m (error 1/sqrt(COUNT)), square 2 m^2, 1/e beyond m.
	 */
	assert_true(fabs(pacer.due_ns / COUNT / mean_ns - 1) < 0.002);
	assert_true(fabs(squares / COUNT / (2 * mean_ns * mean_ns) - 1) < 0.01);
	assert_true(fabs(over_mean / COUNT - exp(-1)) < 0.001);
}

TEST(seeds_make_schedules)
{
	struct pacer_spec spec = {.ios_per_second = 10, .is_poisson = true, .seed = 1};
	struct pacer one, same, other;

	pacer_init(&one, &spec);
	pacer_init(&same, &spec);
	spec.seed = 2;
	pacer_init(&other, &spec);
	pacer_advance(&one, 1);
	pacer_advance(&same, 1);
	pacer_advance(&other, 1);
	assert_true(one.due_ns == same.due_ns);
	assert_true(one.due_ns != other.due_ns);
}

TEST(what_is_left_is_counted)
{
	const struct pacer_spec spec = {.ios_per_second = 1000};
	const struct pacer_spec by_bytes = {.bytes_per_second = 4096000};
	const struct pacer_spec none = {0};
	struct pacer pacer;

	pacer_init(&pacer, &spec);
	assert_int_equal(pacer_count_until(&pacer, 0, 0), 0);
	assert_int_equal(pacer_count_until(&pacer, 1, 0), 1); /* the one that is due at 0 */
	assert_int_equal(pacer_count_until(&pacer, 1e9, 0), 1000);
	for (int i = 0; i < 990; i++)
		pacer_advance(&pacer, 4096);
	assert_int_equal(pacer_count_until(&pacer, 1e9, 0), 10);
	pacer_init(&pacer, &by_bytes);
	assert_int_equal(pacer_count_until(&pacer, 1e9, 4096), 1000);
	pacer_init(&pacer, &none);
	assert_int_equal(pacer_count_until(&pacer, 1e9, 4096), 0);
}

TEST_MAIN(NULL, NULL);
