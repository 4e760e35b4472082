/* SPDX-License-Identifier: MIT */
/*
 * Mutators that know the structure: lines of "key=value" and sections, and JSON. What they make is
 * mostly well formed, so that the code behind the parser is reached. One in eight mutations is
 * libFuzzer's own.
 */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's; tests/fuzz/replay.c has one that changes nothing. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t bytes, size_t limit);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed);

/* `separator` ends a line: '\n' of job files, '\0' of arguments, whose keys begin with "--". */
size_t mutate_lines(uint8_t *data, size_t bytes, size_t limit, unsigned seed, char separator);
size_t mutate_json(uint8_t *data, size_t bytes, size_t limit, unsigned seed);

#endif
