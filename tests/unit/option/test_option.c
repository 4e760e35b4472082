/* SPDX-License-Identifier: MIT */
/* option.c: reading, bounds, defaults, printing back, finding and suggesting. */
#include "option_samples.h"
#include "test.h"

/* Reads one option into a fresh sample; the arena holds texts of the last call. */
static struct arena arena;
static struct sample sample;
static struct option_problem problem;

static int read_one(const char *name, const char *value)
{
	const struct option *option = option_find(&sample_table, name);

	assert_non_null(option);
	arena_free(&arena);
	option_set_defaults(&sample_table, &sample, &arena);
	return option_read(option, value, &sample, &arena, &problem);
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

TEST(defaults_are_what_the_table_says)
{
	memset(&sample, 0xff, sizeof(sample));
	option_set_defaults(&sample_table, &sample, &arena);
	assert_false(sample.flag);
	assert_true(sample.boolean);
	assert_int_equal(sample.small, 1);
	assert_int_equal(sample.large, 0);
	assert_int_equal(sample.size, 4096);
	assert_false(sample.extent.is_set);
	assert_null(sample.text);
	assert_int_equal(sample.mode, MODE_NONE);
	assert_memory_equal(sample.pair, "\0\0", 2);
}

TEST(flag_stands_alone_or_takes_a_value)
{
	assert_int_equal(read_one("flag", NULL), 0);
	assert_true(sample.flag);
	assert_int_equal(read_one("flag", "1"), 0);
	assert_true(sample.flag);
	assert_int_equal(read_one("flag", "0"), 0);
	assert_false(sample.flag);
}

TEST(values_reach_their_fields)
{
	assert_int_equal(read_one("boolean", "0"), 0);
	assert_false(sample.boolean);
	assert_int_equal(read_one("small", "100"), 0);
	assert_int_equal(sample.small, 100);
	assert_int_equal(read_one("large", "8g"), 0);
	assert_int_equal(sample.large, 8ull << 30);
	assert_int_equal(read_one("size", "1.5k"), 0);
	assert_int_equal(sample.size, 1536);
	assert_int_equal(read_one("extent", "80%"), 0);
	assert_true(sample.extent.is_percent);
	assert_float_equal(sample.extent.percent, 80, 0);
	assert_int_equal(read_one("extent", "1m"), 0);
	assert_int_equal(sample.extent.bytes, 1 << 20);
	assert_int_equal(read_one("time", "5"), 0);
	assert_int_equal(sample.time_ns, 5 * NS_PER_S);
	assert_int_equal(read_one("pause", "5"), 0);
	assert_int_equal(sample.pause_ns, 5 * NS_PER_US);
	assert_int_equal(read_one("pause", "5ms"), 0);
	assert_int_equal(sample.pause_ns, 5 * NS_PER_MS);
	assert_int_equal(read_one("ratio", "0.99"), 0);
	assert_float_equal(sample.ratio, 0.99, 0);
	assert_int_equal(read_one("text", "hello world"), 0);
	assert_string_equal(sample.text, "hello world");
	assert_int_equal(read_one("sync_mode", "dsync"), 0);
	assert_int_equal(sample.mode, MODE_DSYNC);
	assert_int_equal(read_one("pair", "xy"), 0);
	assert_memory_equal(sample.pair, "xy", 2);
}

struct refusal {
	const char *name;
	const char *value;
	const char *what;
	const char *hint; /* NULL: none, or not looked at */
};

TEST(bad_values_are_refused_with_what_and_hint)
{
	static const struct refusal refusals[] = {
		{"flag", "yes", "neither 0 nor 1", "write 1 for yes, 0 for no"},
		{"flag", "2", "neither 0 nor 1", NULL},
		{"flag", "", "the value is empty", NULL},
		{"boolean", NULL, "a value is missing", "write boolean=1 or 0"},
		{"boolean", "true", "neither 0 nor 1", NULL},
		{"boolean", "01", "neither 0 nor 1", NULL},
		{"small", "0", "less than 1", NULL},
		{"small", "101", "more than 100", NULL},
		{"small", "-3", "must not be negative", NULL},
		{"small", "4q", "unknown unit", "counts are written 32, 4k"},
		{"small", "1.5", "not a whole number", NULL},
		{"large", "99999999999999999999", "too large", NULL},
		{"size", "511", "less than 512", NULL},
		{"size", "4q", "unknown unit", "sizes are written 4096, 4k, 1.5g"},
		{"size", "10mfoo", "unknown unit", NULL},
		{"size", "10 m", "a blank stands inside the number", NULL},
		{"extent", "101%", "more than 100%", NULL},
		{"extent", "x%", "not a number", NULL},
		{"time", "5q", "unknown unit", "times are written 30s, 5m, 250ms"},
		{"ratio", "half", "not a number", "numbers are written 0.99"},
		{"text", NULL, "a value is missing", "write text=VALUE"},
		{"sync_mode", "dsynk", "no such choice",
			"did you mean 'dsync'? choices: none, sync, dsync"},
		{"sync_mode", "never", "no such choice", "choices: none, sync, dsync"},
		{"pair", "abc", "not two letters", NULL},
		{"pair", NULL, "a value is missing", "write pair=VALUE"},
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *refusal = &refusals[i];

		if (read_one(refusal->name, refusal->value) != -EINVAL)
			fail_msg("%s=%s was taken", refusal->name, refusal->value);
		assert_string_equal(problem.what, refusal->what);
		if (refusal->hint)
			assert_string_equal(problem.hint, refusal->hint);
	}
}

TEST(custom_parser_says_where)
{
	assert_int_equal(read_one("pair", "abc"), -EINVAL);
	assert_int_equal(problem.at, 2);
}

TEST(count_fits_its_field)
{
	static const struct option unbounded = {
		.name = "n", OPTION_BIND_COUNT(struct sample, small)};

	arena_free(&arena);
	assert_int_equal(option_read(&unbounded, "4294967295", &sample, &arena, &problem), 0);
	assert_int_equal(sample.small, UINT32_MAX);
	assert_int_equal(option_read(&unbounded, "4g", &sample, &arena, &problem), -EINVAL);
	assert_string_equal(problem.what, "more than 4294967295");
	assert_int_equal(sample.small, UINT32_MAX);
}

/* Every value is printed so that reading it gives the same field again. */
TEST(printed_values_read_back)
{
	static const struct {
		const char *name, *value, *text;
	} values[] = {
		{"flag", "1", "1"},
		{"boolean", "0", "0"},
		{"small", "7", "7"},
		{"large", "1m", "1048576"},
		{"size", "65536", "64k"},
		{"size", "1000", "1000"},
		{"extent", "33.3%", "33.3%"},
		{"extent", "0", "0"},
		{"extent", "7z", "7z"},
		{"extent", "2g", "2g"},
		{"time", "90", "90s"},
		{"pause", "1500", "1500us"},
		{"ratio", "0.1", "0.1"},
		{"ratio", "1e-9", "0.000000001"},
		{"ratio", "1e300", NULL},
		{"ratio", "1e-30", "1.0000000000000001e-30"},
		{"extent", "100%", "100%"},
		{"extent", "0.00001%", "0.00001%"},
		{"text", "a b", "a b"},
		{"sync_mode", "0", "none"},
		{"sync_mode", "sync", "sync"},
		{"pair", "ab", "ab"},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct option *option = option_find(&sample_table, values[i].name);
		struct sample again = {0};
		const char *text;

		assert_int_equal(read_one(values[i].name, values[i].value), 0);
		text = option_text(option, &sample, &arena);
		assert_non_null(text);
		if (values[i].text)
			assert_string_equal(text, values[i].text);
		assert_int_equal(option_read(option, text, &again, &arena, &problem), 0);
		if (option->type != OPTION_TEXT)
			assert_memory_equal((char *)&again + option->field,
				(char *)&sample + option->field, option->field_bytes);
	}
}

TEST(unset_fields_have_no_text)
{
	static const char *const names[] = {"large", "extent", "time", "ratio", "text", "pair"};

	option_set_defaults(&sample_table, &sample, &arena);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct option *option = option_find(&sample_table, names[i]);

		assert_null(option_text(option, &sample, &arena));
	}
	assert_string_equal(
		option_text(option_find(&sample_table, "pause"), &sample, &arena), "0s");
}

TEST(names_and_aliases_are_found)
{
	assert_ptr_equal(option_find(&sample_table, "little"), option_find(&sample_table, "small"));
	assert_null(option_find(&sample_table, "Small"));
	assert_null(option_find(&sample_table, ""));
	assert_null(option_find(&sample_table, "smal"));
}

TEST(an_index_finds_what_a_walk_finds)
{
	static struct option_index index;
	const struct option_table indexed = {.options = sample_options, .index = &index};

	option_index_fill(&index, sample_options);
	for (const struct option *option = sample_options; option->name; option++) {
		assert_ptr_equal(option_find(&indexed, option->name), option);
		if (option->alias)
			assert_ptr_equal(option_find(&indexed, option->alias), option);
	}
	assert_null(option_find(&indexed, "Small"));
	assert_null(option_find(&indexed, ""));
	assert_null(option_find(&indexed, "smal"));
}

TEST(suggestions_stay_within_a_third)
{
	static const struct option_table *const tables[] = {&sample_table, NULL};

	assert_string_equal(option_suggest(tables, "smal"), "small");
	assert_string_equal(option_suggest(tables, "tiem"), "time");
	assert_string_equal(option_suggest(tables, "lttle"), "little");
	assert_string_equal(option_suggest(tables, "SIZE"), "size");
	assert_string_equal(option_suggest(tables, "syncmode"), "sync_mode");
	assert_null(option_suggest(tables, "tixx"));
	assert_null(option_suggest(tables, "xs"));
	assert_null(option_suggest(tables, "verify"));
	assert_null(option_suggest(tables, ""));
}

TEST(every_group_has_a_name)
{
	for (int i = 0; i < OPTION_GROUP_COUNT; i++)
		assert_non_null(option_group_name((enum option_group)i));
}

TEST_MAIN(NULL, teardown);
