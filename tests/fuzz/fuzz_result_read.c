/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are a result or an error that is said; what is read can be written in every format,
 * and as JSON reads back as the same document.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/mutate.h"
#include "result/result_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static int read_quietly(struct result *result, const char *text, size_t length)
{
	struct diag diag;
	FILE *nowhere = fopen("/dev/null", "w");
	int error;

	must(nowhere, "/dev/null does not open");
	diag_init(&diag, nowhere);
	error = result_read_memory("fuzz", text, length, result, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	fclose(nowhere);
	return error;
}

static char *written(struct result *result, const struct document_writer *writer)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	must(stream, "out of memory");
	must(result_formats.write(writer, result, stream) == 0, "a writer failed");
	fclose(stream);
	return text;
}

static void check_writers(struct result *result)
{
	for (const struct document_writer *w = result_formats.writers; w->name; w++)
		free(written(result, w));
}

static void check_again(struct result *result)
{
	const struct document_writer *json = result_formats.writers;
	char *first;
	struct result again;
	char *second;

	while (strcmp(json->name, "json") != 0)
		json++;
	first = written(result, json);
	must(read_quietly(&again, first, strlen(first)) == 0, "what was written is not read");
	second = written(&again, json);
	must(strcmp(first, second) == 0, "what is read is written otherwise");
	result_free(&again);
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct result result;

	if (read_quietly(&result, (const char *)data, bytes) == 0) {
		check_writers(&result);
		check_again(&result);
	}
	result_free(&result);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_json(data, bytes, limit, seed);
}
