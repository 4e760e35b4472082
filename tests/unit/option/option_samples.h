/* SPDX-License-Identifier: MIT */
/* A table with an option of every type, for the tests of this folder. */
#ifndef TESTS_OPTION_SAMPLES_H
#define TESTS_OPTION_SAMPLES_H

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "option/option.h"

enum sample_mode { MODE_NONE, MODE_SYNC, MODE_DSYNC };

struct sample {
	bool flag;
	bool boolean;
	uint32_t small;
	uint64_t large;
	uint64_t size;
	struct extent extent;
	uint64_t time_ns;
	uint64_t pause_ns;
	double ratio;
	const char *text;
	int mode;
	char pair[2];
};

/* "ab": two letters, no more. */
static inline int parse_pair(
	const char *value, void *field, struct arena *arena, struct option_problem *problem)
{
	(void)arena;
	if (strlen(value) != 2) {
		*problem = (struct option_problem){.what = "not two letters", .at = 2};
		return -EINVAL;
	}
	memcpy(field, value, 2);
	return 0;
}

static inline const char *print_pair(const void *field, struct arena *arena)
{
	return arena_strndup(arena, field, 2);
}

static const struct option_choice sample_modes[] = {
	{"none", MODE_NONE, "nothing"},
	{"0", MODE_NONE, "none"},
	{"sync", MODE_SYNC, "data and metadata"},
	{"dsync", MODE_DSYNC, "data"},
	{NULL, 0, NULL},
};

static const struct option sample_options[] = {
	{.name = "flag", OPTION_BIND_FLAG(struct sample, flag), .help = "a flag"},
	{.name = "boolean",
		OPTION_BIND_BOOL(struct sample, boolean),
		.value_default = "1",
		.help = "a boolean"},
	{.name = "small",
		.alias = "little",
		.group = OPTION_GROUP_JOB,
		OPTION_BIND_COUNT(struct sample, small),
		.value_default = "1",
		.min = 1,
		.max = 100,
		.help = "a small count",
		.detail = "More about it.\n.dots and back\\slashes - too."},
	{.name = "large", OPTION_BIND_COUNT(struct sample, large), .help = "a large count"},
	{.name = "size",
		OPTION_BIND_SIZE(struct sample, size),
		.value_default = "4k",
		.min = 512,
		.help = "a size"},
	{.name = "extent", OPTION_BIND_EXTENT(struct sample, extent), .help = "an extent"},
	{.name = "time",
		OPTION_BIND_TIME(struct sample, time_ns),
		.unit_ns = NS_PER_S,
		.help = "a time in seconds"},
	{.name = "pause",
		OPTION_BIND_TIME(struct sample, pause_ns),
		.unit_ns = NS_PER_US,
		.value_default = "0",
		.help = "a time in microseconds"},
	{.name = "ratio", OPTION_BIND_DOUBLE(struct sample, ratio), .help = "a ratio"},
	{.name = "text", OPTION_BIND_TEXT(struct sample, text), .help = "a text"},
	{.name = "sync_mode",
		OPTION_BIND_CHOICE(struct sample, mode),
		.choices = sample_modes,
		.value_default = "none",
		.group = OPTION_GROUP_SYNC,
		.help = "a choice"},
	{.name = "pair",
		OPTION_BIND_CUSTOM(struct sample, pair),
		.parse = parse_pair,
		.print = print_pair,
		.syntax = "AB",
		.help = "two letters"},
	{.name = NULL},
};

static const struct option_table sample_table = {
	.options = sample_options, .struct_bytes = sizeof(struct sample)};

#endif
