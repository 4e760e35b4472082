/* SPDX-License-Identifier: MIT */
/* Names of contenders to the options that make them. */
#include "session/variant.h"

#include <string.h>

#include "base/text.h"
#include "engine/engine.h"

enum { OPTIONS_LIMIT = 32 }; /* of one contender */

/* "engine+option+option=value". */
static void read_variant(struct arena *arena, const char *text, struct variant *variant)
{
	char **parts;
	size_t count = text_split(arena, text, '+', &parts);
	const char **overrides = arena_alloc_array(arena, count, sizeof(*overrides));

	overrides[0] = arena_printf(arena, "ioengine=%s", parts[0]);
	for (size_t i = 1; i < count; i++)
		overrides[i] =
			strchr(parts[i], '=') ? parts[i] : arena_printf(arena, "%s=1", parts[i]);
	*variant = (struct variant){
		.name = text,
		.override_count = count,
		.overrides = overrides,
	};
}

size_t variant_list_engines(struct arena *arena, const char *names, struct variant **variants)
{
	char **texts;
	size_t count = text_split(arena, names, ',', &texts);

	*variants = arena_alloc_array(arena, count, sizeof(**variants));
	for (size_t i = 0; i < count; i++)
		read_variant(arena, texts[i], &(*variants)[i]);
	return count;
}

size_t variant_list_all(struct arena *arena, struct variant **variants)
{
	static const char *const modes[] = {
		"io_uring+fixedbufs+registerfiles", "io_uring+sqthread_poll"};
	size_t mode_count = sizeof(modes) / sizeof(modes[0]);
	size_t count = 0;

	while (engines[count])
		count++;
	*variants = arena_alloc_array(arena, count + mode_count, sizeof(**variants));
	for (size_t i = 0; i < count; i++) {
		read_variant(arena, engines[i]->name, &(*variants)[i]);
		if (engines[i]->traits & ENGINE_TAKES_NO_TARGET)
			(*variants)[i].refusal = "it moves no data: name it to see what "
						 "ringside itself costs";
	}
	for (size_t i = 0; i < mode_count; i++)
		read_variant(arena, modes[i], &(*variants)[count + i]);
	for (size_t i = 0; i < count + mode_count; i++)
		(*variants)[i].is_optional = true;
	return count + mode_count;
}

/*
 * What all rungs have, before each adds its own. A plus is one thing more than the rung before; the
 * others name the rung that they differ from by one thing.
 */
#define RUNG_PLAIN                                                                                 \
	"ioengine=io_uring", "registerring=0", "single_issuer=0", "defer_taskrun=0",               \
		"coop_taskrun=0"
#define RUNG_FIXED                                                                                 \
	"ioengine=io_uring", "registerring=0", "single_issuer=0", "coop_taskrun=0",                \
		"registerfiles=1", "fixedbufs=1"
#define RUNG_DEFERRED                                                                              \
	"registerring=0", "single_issuer=1", "coop_taskrun=0", "registerfiles=1", "fixedbufs=1",   \
		"defer_taskrun=1"

struct rung {
	const char *name;
	const char *overrides[OPTIONS_LIMIT];
};

static const struct rung rungs[] = {
	{"plain", {RUNG_PLAIN}},
	{"+registered files", {RUNG_PLAIN, "registerfiles=1"}},
	{"+fixed buffers", {RUNG_FIXED, "defer_taskrun=0"}},
	{"+deferred task run", {"ioengine=io_uring", RUNG_DEFERRED}},
	{"deferred, IOPOLL", {"ioengine=io_uring", RUNG_DEFERRED, "hipri=1"}},
	{"deferred, passthrough", {"ioengine=io_uring_cmd", RUNG_DEFERRED}},
	{"passthrough, IOPOLL", {"ioengine=io_uring_cmd", RUNG_DEFERRED, "hipri=1"}},
	{"fixed, SQPOLL", {RUNG_FIXED, "defer_taskrun=0", "sqthread_poll=1"}},
};

size_t variant_list_ladder(struct arena *arena, struct variant **variants)
{
	size_t count = sizeof(rungs) / sizeof(rungs[0]);

	*variants = arena_alloc_array(arena, count, sizeof(**variants));
	for (size_t i = 0; i < count; i++) {
		struct variant *variant = &(*variants)[i];

		*variant = (struct variant){
			.name = rungs[i].name,
			.overrides = rungs[i].overrides,
			.is_optional = true,
		};
		while (rungs[i].overrides[variant->override_count])
			variant->override_count++;
	}
	return count;
}

size_t variant_list_values(struct arena *arena, const char *vary, struct variant **variants)
{
	const char *equals = strchr(vary, '=');
	char **values;
	size_t count;

	if (!equals || equals == vary || equals[1] == '\0')
		return 0;
	count = text_split(arena, equals + 1, ',', &values);
	*variants = arena_alloc_array(arena, count, sizeof(**variants));
	for (size_t i = 0; i < count; i++) {
		const char **override = arena_alloc_array(arena, 1, sizeof(*override));

		*override = arena_printf(arena, "%.*s=%s", (int)(equals - vary), vary, values[i]);
		(*variants)[i] = (struct variant){
			.name = *override, .override_count = 1, .overrides = override};
	}
	return count;
}
