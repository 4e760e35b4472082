/* SPDX-License-Identifier: MIT */
/*
 * A ringside of a test's own: a program that takes "run … --output=FILE JOBFILE" and writes a
 * valid result with figures by script instead of doing I/O. A test's main() calls scripted_main()
 * when its first argument is "run", and names scripted_program() as the contenders' program.
 *
 * The script is the job's description, words with blanks between: iops=100000 (the mean), noise=2
 * (percent), problem=4 (ends with that code and a message), problem_at=5 (from the fifth trial on),
 * sleep=1 (seconds), sleep_at=3; of its targets kind=file and disk=sda, and where there is one, a
 * character device beside it; polls=1 (threads of the kernel); user=1000 and kernel=4000
 * (instructions an I/O, of half as many cycles; without one it is unknown). RINGSIDE_SCRIPT names a
 * file whose length counts trials, RINGSIDE_SCRIPT_SEED seeds their noise. RINGSIDE_SCRIPT_SEEDS
 * names a file to which each trial adds the randseed that it was given.
 */
#ifndef TESTS_SCRIPTED_RINGSIDE_H
#define TESTS_SCRIPTED_RINGSIDE_H

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "job/job_set.h"
#include "noise.h"
#include "result/result_fields.h"

/*
 * This program. With AddressSanitizer each start takes 20 ms of CPU time, and sessions start
 * hundreds: there it is the plain build of the same test, where that is built ("flavours: plain
 * address").
 */
static inline const char *scripted_program(void)
{
#ifdef __SANITIZE_ADDRESS__
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *flavour;

	path[length < 0 ? 0 : length] = '\0';
	flavour = strstr(path, "/asan/unit/");
	if (flavour) {
		memmove(flavour, flavour + strlen("/asan"), strlen(flavour + strlen("/asan")) + 1);
		if (access(path, X_OK) == 0)
			return path;
	}
#endif
	return "/proc/self/exe";
}

static inline double scripted_number(const char *script, const char *word, double otherwise)
{
	const char *at = script ? strstr(script, word) : NULL;

	return at ? strtod(at + strlen(word), NULL) : otherwise;
}

/* How many trials have begun, this one included. */
static inline unsigned scripted_count(void)
{
	const char *path = getenv("RINGSIDE_SCRIPT");
	int descriptor = path ? open(path, O_WRONLY | O_APPEND | O_CREAT, 0600) : -1;
	struct stat status = {0};

	if (descriptor < 0)
		return 1;
	if (write(descriptor, ".", 1) != 1 || fstat(descriptor, &status) != 0)
		abort();
	close(descriptor);
	return (unsigned)status.st_size;
}

/* "sda" of "disk=sda …"; empty: it has none. */
static inline void scripted_word(const char *script, const char *word, char text[32])
{
	const char *at = script ? strstr(script, word) : NULL;

	snprintf(text, 32, "%.*s", at ? (int)strcspn(at + strlen(word), " ") : 0,
		at ? at + strlen(word) : "");
}

static inline void scripted_counts(const char *script, struct result_job *job, double ios)
{
	static const char *const words[PERF_SCOPE_COUNT] = {"user=", "kernel="};

	for (int s = 0; s < PERF_SCOPE_COUNT; s++) {
		double instructions = ios * scripted_number(script, words[s], 0);

		job->counts[s] = (struct result_counts){
			.is_known = instructions > 0,
			.instructions = (uint64_t)instructions,
			.cycles = (uint64_t)(instructions / 2),
			.counted_share = instructions > 0,
		};
	}
}

static inline int scripted_write(const char *output, const struct job *job, double iops)
{
	struct result result;
	char kind[32], disk[32], polls[32];
	struct setting effective = {.key = "sqthread_poll", .value = polls};
	struct setting proof = {.key = "opcodes", .value = disk};
	struct setting fact = {.key = "kernel", .value = disk};
	struct result_target targets[] = {
		{.path = job->filename.texts[0], .kind = kind, .device = disk},
		{.path = "/dev/zero", .kind = "character"},
	};
	struct result_job measured = {
		.name = job->name,
		.engine = job->ioengine,
		.numjobs = 1,
		.elapsed_ns = 1000000000,
		.syscalls = 1000,
		.cpu = {.user_ns = 100000000, .system_ns = 200000000, .total_ns = 300000000},
		.depth_asked = job->iodepth,
		.submit_share = 0.25,
	};
	struct result_direction *reads = &measured.directions[DIRECTION_READ];
	static struct histogram lat;
	FILE *stream = fopen(output, "we");
	int error;

	if (!stream)
		return EXIT_RUN_FAILED;
	scripted_word(job->description, "kind=", kind);
	scripted_word(job->description, "disk=", disk);
	scripted_word(job->description, "polls=", polls);
	result_init(&result);
	result.job_count = 1;
	result.jobs = &measured;
	if (*kind) {
		measured.target_count = 2;
		measured.targets = targets;
		measured.engine_effective = (struct settings){.count = 1, .items = &effective};
		measured.engine_proof = (struct settings){.count = 1, .items = &proof};
		result.environment.hard = (struct settings){.count = 1, .items = &fact};
	}
	reads->ios = (uint64_t)(iops + 0.5);
	scripted_counts(job->description, &measured, (double)reads->ios);
	reads->bytes = reads->ios * 4096;
	histogram_record(&lat, (uint64_t)(1e9 / iops), reads->ios);
	reads->lat = (struct result_latency){lat.summary, &lat, NULL};
	error = result_write_json(&result, stream);
	result_free(&result);
	return fclose(stream) == 0 && error == 0 ? EXIT_DONE : EXIT_RUN_FAILED;
}

static inline void scripted_tell_seed(uint64_t seed)
{
	const char *path = getenv("RINGSIDE_SCRIPT_SEEDS");
	FILE *stream = path ? fopen(path, "ae") : NULL;

	if (!stream)
		return;
	fprintf(stream, "%llu\n", (unsigned long long)seed);
	if (fclose(stream) != 0)
		abort();
}

static inline int scripted_main(int argc, char **argv)
{
	const char *files[] = {argv[argc - 1]};
	const struct job_request request = {.files = files, .file_count = 1};
	const char *seed_text = getenv("RINGSIDE_SCRIPT_SEED");
	const char *output = NULL;
	unsigned number = scripted_count();
	struct random random;
	struct job_set set;
	struct diag diag;
	const char *script;
	double iops;
	int code;

	for (int i = 0; i < argc; i++) {
		if (text_starts_with(argv[i], "--output="))
			output = argv[i] + strlen("--output=");
	}
	diag_init(&diag, stderr);
	if (!output || job_set_read(&set, &request, &diag) != 0)
		return EXIT_BAD_REQUEST;
	scripted_tell_seed(set.jobs[0].given.randseed);
	script = set.jobs[0].description;
	if (scripted_number(script, "sleep=", 0) > 0 &&
		number >= (unsigned)scripted_number(script, "sleep_at=", 0))
		sleep((unsigned)scripted_number(script, "sleep=", 0));
	code = (int)scripted_number(script, "problem=", 0);
	if (code != 0 && number >= (unsigned)scripted_number(script, "problem_at=", 0)) {
		diag_error(&diag, NULL, "scripted problem %d", code);
		job_set_free(&set);
		return code;
	}
	random_init(
		&random, random_mix_seed(seed_text ? strtoull(seed_text, NULL, 10) : 0, number));
	iops = scripted_number(script, "iops=", 100000) *
	       exp(scripted_number(script, "noise=", 0) / 100 * noise_normal(&random));
	code = scripted_write(output, &set.jobs[0], iops);
	job_set_free(&set);
	return code;
}

#endif
