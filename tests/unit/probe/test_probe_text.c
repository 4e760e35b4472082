/* SPDX-License-Identifier: MIT */
/* What people read of made-up findings. */
#include <stdlib.h>
#include <string.h>

#include "engine/engine_list.h"
#include "probe/probe.h"
#include "test.h"

static struct probe probe;

static int free_probe(void **state)
{
	(void)state;
	probe_free(&probe);
	return 0;
}

static void add(struct probe_engine *engine, const char *value, enum ability_answer answer)
{
	struct ability *a = ability_add(&engine->settings, &probe.arena, "direct", answer);

	a->value = value;
	if (answer != ABILITY_YES) {
		a->reason = "direct=1: the file system has no O_DIRECT";
		a->cure = "another file system";
	}
}

/* The caller frees. */
static char *print(void)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	assert_non_null(stream);
	assert_int_equal(probe_formats.write(&probe_formats.writers[0], &probe, stream), 0);
	fclose(stream);
	return text;
}

TEST_FIXTURE(NULL, free_probe);

/* Only values of one name that all work share a line. */
TEST(values_of_unlike_answers_have_a_line_each)
{
	struct probe_engine both = {.class = engine_find("psync")};
	struct probe_engine one = {.class = engine_find("sync")};
	char *text;

	probe = (struct probe){.engines = &both};
	both.next = &one;
	both.engine.answer = one.engine.answer = ABILITY_YES;
	add(&both, "0", ABILITY_YES);
	add(&both, "1", ABILITY_YES);
	add(&one, "0", ABILITY_YES);
	add(&one, "1", ABILITY_NO);
	text = print();
	assert_non_null(strstr(text, "0, 1: buffered and O_DIRECT"));
	assert_non_null(strstr(text, "0: buffered\n"));
	assert_non_null(strstr(text, "the file system has no O_DIRECT"));
	assert_non_null(strstr(text, "another file system"));
	free(text);
}

TEST_MAIN(NULL, NULL);
