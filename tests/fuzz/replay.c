/* SPDX-License-Identifier: MIT */
/* Feeds files to a fuzzer's entry, one after the other: libFuzzer's driver, for any compiler. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

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
