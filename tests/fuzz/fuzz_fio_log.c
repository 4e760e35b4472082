/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are a log of fio's or an error that is said; what is read is consistent, and its
 * document is one. The first line of the input is the name of the log.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "fuzz/mutate.h"
#include "result/fio_log_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static void check_column(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		must(isnan(values[i]) || (isfinite(values[i]) && values[i] >= 0), "no amount");
}

static void check_job(const struct fio_log_job *job)
{
	uint64_t sum_ms = 0;

	for (size_t i = 0; i < job->count; i++)
		sum_ms += fio_log_interval_ms(job, i);
	must(job->count == 0 || sum_ms == job->end_ms - job->start_ms, "intervals with gaps");
	for (int d = 0; d < FIO_LOG_DIRECTIONS; d++) {
		const struct fio_log_direction *part = &job->directions[d];

		for (int c = 0; part->is_there && c < FIO_LOG_COLUMN_COUNT; c++)
			check_column(part->columns[c], job->count);
	}
}

static void check_document(const struct fio_logs *logs)
{
	char *text = NULL;
	size_t bytes, problem;
	cJSON *document = fio_logs_document(logs), *parsed;
	FILE *stream = open_memstream(&text, &bytes);

	must(stream, "no memory");
	must(document_write_json(document, stream) == 0, "not written");
	fclose(stream);
	parsed = json_parse(text, strlen(text), &problem);
	must(parsed, "a document that is no JSON");
	cJSON_Delete(parsed);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const uint8_t *newline = memchr(data, '\n', bytes);
	struct fio_logs logs = {0};
	struct arena arena = {0};
	struct fio_log_job job;
	FILE *nowhere;
	struct diag diag;
	char name[64];
	int error;

	if (!newline || newline - data >= (ptrdiff_t)sizeof(name))
		return 0;
	memcpy(name, data, (size_t)(newline - data));
	name[newline - data] = '\0';
	nowhere = fopen("/dev/null", "w");
	must(nowhere, "/dev/null does not open");
	diag_init(&diag, nowhere);
	error = fio_logs_add(&logs, name, (const char *)newline + 1,
		bytes - (size_t)(newline - data) - 1, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	if (error == 0) {
		must(fio_log_job_make(&logs, 0, &job, &arena), "a log of no job");
		check_job(&job);
		check_document(&logs);
	}
	arena_free(&arena);
	fio_logs_free(&logs);
	fclose(nowhere);
	return 0;
}

/* A number of a line becomes another. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	static const char *const words[] = {"0", "1", "2", "3", "4096", "500", "1000",
		"1700000000000", "18446744073709551615", "1125899906842623", "0x4001", "-1", "",
		"\n", "1000, 5, 0, 0, 0\n", "7, 5, 1, 512, 0\n"};
	const char *word;
	struct random random;
	size_t at, length, end;

	random_init(&random, seed);
	if (bytes == 0 || random_below(&random, 8) == 0)
		return LLVMFuzzerMutate(data, bytes, limit);
	at = random_below(&random, bytes);
	while (at > 0 && !strchr(" ,\n", data[at - 1]))
		at--;
	for (end = at; end < bytes && !strchr(" ,\n", data[end]);)
		end++;
	word = words[random_below(&random, sizeof(words) / sizeof(words[0]))];
	length = strlen(word);
	if (bytes - (end - at) + length > limit)
		return bytes;
	memmove(data + at + length, data + end, bytes - end);
	memcpy(data + at, word, length);
	return bytes - (end - at) + length;
}
