/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a file that check is given: an error that is said, or figures that can be held
 * against themselves, in every output. Results, fio's documents, comparisons and baselines alike.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "check/input.h"
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

static void judge(const struct baseline *baseline, FILE *nowhere)
{
	const struct judge_settings settings = {.compares_jobs = true};
	const struct outcome_policy policy = {0};
	struct check report;
	struct judgement made;

	check_init(&report);
	report.title = "fuzz";
	judge_begin(&made, &report, &settings, baseline, baseline_newest(baseline), 1);
	decide_all(&made);
	check_conclude(&report, &policy);
	for (const struct document_writer *w = check_formats.writers; w->name; w++)
		must(check_formats.write(w, &report, nowhere) == 0, "a writer failed");
	check_free(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	AUTO_CLOSE int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
	FILE *nowhere = fopen("/dev/null", "w");
	struct baseline baseline;
	struct diag diag;
	char path[32];
	const char *paths[] = {path};
	int error;

	must(nowhere && descriptor >= 0, "no file to try it with");
	must(write(descriptor, data, bytes) == (ssize_t)bytes, "it is not written whole");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	diag_init(&diag, nowhere);
	error = input_read_baseline(paths, 1, &baseline, &diag);
	must((error != 0) == (diag.error_count != 0), "an error that is not said, or none that is");
	if (error == 0)
		judge(&baseline, nowhere);
	baseline_free(&baseline);
	fclose(nowhere);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_json(data, bytes, limit, seed);
}
