/* SPDX-License-Identifier: MIT */
/* option_print.c: list, help page and man page of a table. */
#include <stdlib.h>

#include "option/option_print.h"
#include "option_samples.h"
#include "test.h"

static char *text;
static size_t length;

static int teardown(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

static const char *printed_help(const char *name)
{
	FILE *stream = open_memstream(&text, &length);

	option_print_help(option_find(&sample_table, name), stream);
	fclose(stream);
	return text;
}

TEST_FIXTURE(NULL, teardown);

TEST(list_has_every_option_under_its_group)
{
	FILE *stream = open_memstream(&text, &length);
	const char *job;

	option_print_list(&sample_table, stream);
	fclose(stream);
	assert_memory_equal(text, "Workload\n  flag ", 16);
	job = strstr(text, "\nJob\n  small ");
	assert_non_null(job);
	assert_non_null(strstr(job, "\nSync\n  sync_mode "));
	assert_null(strstr(text, "Buffer"));
	for (const struct option *option = sample_options; option->name; option++)
		assert_non_null(strstr(text, option->help));
}

TEST(help_of_a_count)
{
	assert_string_equal(printed_help("small"), "small=N\n"
						   "  a small count\n"
						   "\n"
						   "  alias       little\n"
						   "  type        count\n"
						   "  default     1\n"
						   "  bounds      1 to 100\n"
						   "\n"
						   "More about it.\n"
						   ".dots and back\\slashes - too.\n");
}

TEST(help_of_a_size)
{
	assert_string_equal(printed_help("size"), "size=SIZE\n"
						  "  a size\n"
						  "\n"
						  "  type        size\n"
						  "  default     4k\n"
						  "  bounds      512 or more\n");
}

TEST(help_of_a_choice)
{
	assert_string_equal(printed_help("sync_mode"), "sync_mode=none|sync|dsync\n"
						       "  a choice\n"
						       "\n"
						       "  type        choice\n"
						       "  default     none\n"
						       "  choices\n"
						       "    none          nothing\n"
						       "    sync          data and metadata\n"
						       "    dsync         data\n");
}

TEST(help_of_times_flags_and_customs)
{
	printed_help("time");
	assert_non_null(strstr(text, "type        time; without a unit: seconds\n"));
	free(text);
	printed_help("pause");
	assert_non_null(strstr(text, "without a unit: microseconds\n"));
	free(text);
	printed_help("flag");
	assert_memory_equal(text, "flag\n", 5);
	assert_non_null(strstr(text, "default     off\n"));
	free(text);
	printed_help("pair");
	assert_memory_equal(text, "pair=AB\n", 8);
}

TEST(long_details_are_wrapped)
{
	static const struct option wordy = {.name = "wordy",
		OPTION_BIND_FLAG(struct sample, flag),
		.help = "a flag",
		.detail = "one two three four five six seven eight nine ten eleven twelve thirteen "
			  "fourteenth\nfifteen sixteen"};
	FILE *stream = open_memstream(&text, &length);

	option_print_help(&wordy, stream);
	fclose(stream);
	assert_non_null(strstr(text, "\n\none two three four five six seven eight nine ten eleven "
				     "twelve thirteen\nfourteenth\nfifteen sixteen\n"));
}

TEST(man_page_escapes_what_roff_would_take)
{
	FILE *stream = open_memstream(&text, &length);

	option_print_man(&sample_table, stream);
	fclose(stream);
	assert_memory_equal(text, ".SS Workload\n.TP\n\\fBflag\\fR\na flag.\n", 36);
	assert_non_null(strstr(text, ".TP\n\\fBsmall\\fR=\\fIN\\fR\na small count.\n"
				     "Alias: \\fBlittle\\fR.\nDefault: 1.\n"
				     ".IP\nMore about it.\n"
				     "\\&.dots and back\\eslashes \\- too.\n"));
	assert_non_null(
		strstr(text, ".SS Sync\n.TP\n\\fBsync_mode\\fR=\\fInone|\\:sync|\\:dsync\\fR\n"));
}

TEST_FIXTURE(NULL, NULL);

TEST_MAIN(NULL, NULL);
