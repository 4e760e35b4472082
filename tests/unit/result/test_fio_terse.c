/* SPDX-License-Identifier: MIT */
/* fio's terse lines: each version to the letter, and field by field of fio's types. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result/fio_style.h"
#include "test.h"
#include "unit/result/golden.h"
#include "unit/result/on_sample.h"

TEST_FIXTURE(open_sample, close_sample);

static unsigned version;

static int write_version(const struct result *from, FILE *stream)
{
	return fio_terse_write(from, version, stream);
}

TEST(lines_are_as_they_should_be)
{
	for (version = FIO_TERSE_OLDEST; version <= FIO_TERSE_NEWEST; version++) {
		char name[32];

		snprintf(name, sizeof(name), "fio-terse-%u.txt", version);
		assert_golden(name, written(&result, write_version));
	}
}

/* "word", "number", "decimal", "share" (4.2%), or "percentile" (99.9%=12). */
static const char *type_of(const char *field)
{
	size_t digits = strspn(field, "0123456789");
	bool has_point = field[digits] == '.';
	const char *rest = field + digits;

	if (has_point)
		rest += 1 + strspn(rest + 1, "0123456789");
	if (strcmp(rest, "%") == 0)
		return "share";
	if (rest[0] == '%' && rest[1] == '=')
		return "percentile";
	if (digits == 0 || *rest)
		return "word";
	return has_point ? "decimal" : "number";
}

/* The types of a line of fio's own, one a line; NULL: fio is not installed. */
static char *types_of_fio(void)
{
	char command[256], line[8192] = "";
	char *text = NULL, *rest = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);
	FILE *pipe;

	snprintf(command, sizeof(command),
		"command -v fio >/dev/null && exec fio --name=x --ioengine=null --size=4m "
		"--rw=randrw --minimal --terse-version=%u 2>/dev/null",
		version);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(stream);
	if (fgets(line, sizeof(line), pipe))
		line[strcspn(line, "\n")] = '\0';
	pclose(pipe);
	for (char *field = strtok_r(line, ";", &rest); field; field = strtok_r(NULL, ";", &rest))
		fprintf(stream, "%s\n", type_of(field));
	fclose(stream);
	if (bytes == 0) {
		free(text);
		return NULL;
	}
	return text;
}

TEST(fields_are_fios_in_number_and_type)
{
	for (version = FIO_TERSE_OLDEST; version <= FIO_TERSE_NEWEST; version++) {
		char *theirs = types_of_fio();
		char *ours, *line, *rest = NULL, *their_rest = NULL;
		char *their_type;
		int count = 0;

		if (!theirs) {
			print_message("skipped: fio is not installed\n");
			skip();
		}
		result.jobs[0].description = NULL; /* it would be one field more */
		result.disk_count = 0;
		ours = written(&result, write_version);
		line = strtok_r(ours, "\n", &rest);
		their_type = strtok_r(theirs, "\n", &their_rest);
		for (char *field = strtok_r(line, ";", &rest); field && their_type;
			field = strtok_r(NULL, ";", &rest)) {
			if (strcmp(type_of(field), their_type) != 0)
				fail_msg("version %u, field %d is %s, in fio it is a %s", version,
					count + 1, field, their_type);
			their_type = strtok_r(NULL, "\n", &their_rest);
			count++;
		}
		assert_null(their_type);
		assert_true(count > 100);
		free(theirs);
		free(ours);
	}
}

TEST_MAIN(NULL, NULL);
