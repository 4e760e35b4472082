/* SPDX-License-Identifier: MIT */
/* fio's text, to the letter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "result/fio_style.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

static int set_up(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return open_sample(state);
}

TEST_FIXTURE(set_up, close_sample);

static const struct fio_style *style;

static int write_styled(const struct result *from, FILE *stream)
{
	return fio_normal_write(from, style, stream);
}

/* The process has another number each time. */
static char *without_pid(char *text)
{
	for (char *at = strstr(text, " pid="); at; at = strstr(at + 5, " pid=")) {
		size_t digits = strspn(at + 5, "0123456789");

		memmove(at + 5, at + 5 + digits, strlen(at + 5 + digits) + 1);
	}
	return text;
}

TEST(the_text_is_as_it_should_be)
{
	static const struct fio_style plain = {.is_fios_own = true};

	style = &plain;
	assert_golden("fio-normal.txt", without_pid(written(&result, write_styled)));
}

TEST(idle_cpus_are_told_where_they_were_asked_for)
{
	static const struct fio_idle_cpu cpus[] = {{0, 12.5}, {1, 99}};
	static const struct fio_idle idle = {.system_percent = 55.75, .cpu_count = 2, .cpus = cpus};
	static const struct fio_style with_idle = {.is_fios_own = true, .idle = &idle};
	char *text;

	style = &with_idle;
	text = written(&result, write_styled);
	assert_non_null(strstr(text, "\nCPU idleness:\n  system: 55.75%\n"
				     "  percpu: 12.50%, 99.00%\n"));
	free(text);
}

TEST_MAIN(NULL, NULL);
