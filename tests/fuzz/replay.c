/* SPDX-License-Identifier: MIT */
/*
 * Feeds files to a fuzzer's entry, one after the other, and of each FUZZ_MUTATIONS (25)
 * mutations, always the same: libFuzzer's driver, for any compiler. With many mutations it is a
 * generator, ten times as fast as what sanitizers and coverage allow.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Not every fuzzer has one. */
#pragma weak LLVMFuzzerCustomMutator

enum { CHAIN = 25, ROOM = 4096 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t bytes, size_t limit)
{
	(void)data;
	return bytes < limit ? bytes : limit;
}

static unsigned mutation_count(void)
{
	const char *asked = getenv("FUZZ_MUTATIONS");

	return asked ? (unsigned)strtoul(asked, NULL, 10) : CHAIN;
}

/* A chain of mutations, each of the one before, and another; as large as it is, for a sanitizer. */
static void feed_mutations(const uint8_t *data, size_t size)
{
	size_t limit = size + ROOM, bytes = size;
	unsigned count = LLVMFuzzerCustomMutator ? mutation_count() : 0;
	uint8_t *mutated = malloc(limit);

	if (!mutated)
		abort();
	for (unsigned seed = 0; seed < count; seed++) {
		uint8_t *exact;

		if (seed % CHAIN == 0) {
			memcpy(mutated, data, size);
			bytes = size;
		}
		bytes = LLVMFuzzerCustomMutator(mutated, bytes, limit, seed);
		exact = malloc(bytes ? bytes : 1);
		if (!exact || bytes > limit)
			abort();
		memcpy(exact, mutated, bytes);
		LLVMFuzzerTestOneInput(exact, bytes);
		free(exact);
	}
	free(mutated);
}

static void replay(const char *path)
{
	FILE *stream = fopen(path, "re");
	struct stat info;
	uint8_t *data;
	size_t bytes;

	if (!stream || fstat(fileno(stream), &info) < 0) {
		perror(path);
		exit(1);
	}
	bytes = (size_t)info.st_size;
	/* As large as the input and no larger, so that a sanitizer sees a read past its end. */
	data = malloc(bytes ? bytes : 1);
	if (!data || fread(data, 1, bytes, stream) != bytes) {
		perror(path);
		exit(1);
	}
	fclose(stream);
	LLVMFuzzerTestOneInput(data, bytes);
	feed_mutations(data, bytes);
	free(data);
}

int main(int count, char **paths)
{
	for (int i = 1; i < count; i++) {
		/* Known before a crash hides it. */
		printf("%s\n", paths[i]);
		fflush(stdout);
		replay(paths[i]);
	}
	return count > 1 ? 0 : 1;
}
