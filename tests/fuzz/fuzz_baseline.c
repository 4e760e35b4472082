/* SPDX-License-Identifier: MIT */
/*
 * Any bytes are a baseline or an error that is said; what is read is printed, reads back the same,
 * can be shown, and can be held against itself.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/baseline.h"
#include "check/judge.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what)
{
	if (!claim) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static int read_quietly(struct baseline *baseline, const char *text, size_t length, FILE *nowhere)
{
	struct diag diag;
	int error;

	diag_init(&diag, nowhere);
	error = baseline_read_memory("fuzz", text, length, baseline, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	return error;
}

static char *print_of(const char *text, FILE *nowhere)
{
	struct baseline again;
	char *printed;

	must(read_quietly(&again, text, strlen(text), nowhere) == 0, "print is not read");
	printed = baseline_print(&again);
	baseline_free(&again);
	return printed;
}

/* The first print mends what is no UTF-8, and with it the hashes of facts: from then on, the same.
 */
static void print_again(const struct baseline *baseline, FILE *nowhere)
{
	char *first = baseline_print(baseline);
	char *second = print_of(first, nowhere);
	char *third = print_of(second, nowhere);

	must(strcmp(second, third) == 0, "what is read is printed otherwise");
	free(first);
	free(second);
	free(third);
}

static void judge_itself(const struct baseline *baseline, FILE *nowhere)
{
	const struct judge_settings settings = {.compares_jobs = true};
	const struct outcome_policy policy = {0};
	struct check report;
	struct judgement judgement;

	check_init(&report);
	report.title = "fuzz";
	judge_begin(&judgement, &report, &settings, baseline, baseline_newest(baseline), 1);
	decide_all(&judgement);
	check_conclude(&report, &policy);
	for (const struct document_writer *w = check_formats.writers; w->name; w++)
		must(check_formats.write(w, &report, nowhere) == 0, "a writer failed");
	check_free(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct baseline baseline;

	must(nowhere, "/dev/null does not open");
	if (read_quietly(&baseline, (const char *)data, bytes, nowhere) == 0) {
		print_again(&baseline, nowhere);
		must(baseline_show(&baseline, "fuzz", nowhere) == 0, "it is not shown");
		judge_itself(&baseline, nowhere);
	}
	baseline_free(&baseline);
	fclose(nowhere);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_json(data, bytes, limit, seed);
}
