/* SPDX-License-Identifier: MIT */
/* Collects the facts of environment.h: two growing lists, and the ways to read one. */
#ifndef HOST_ENVIRONMENT_FACTS_H
#define HOST_ENVIRONMENT_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "host/environment.h"

enum fact_tier { FACT_HARD, FACT_SOFT, FACT_TIER_COUNT };

struct fact_list {
	struct arena *arena;
	size_t counts[FACT_TIER_COUNT];
	size_t rooms[FACT_TIER_COUNT];
	struct environment_fact *facts[FACT_TIER_COUNT];
};

/* Adds `value`, or NULL for NULL and for blanks only; blanks around it are not kept. */
void fact_add(struct fact_list *list, enum fact_tier tier, const char *value,
	const char *key_format, ...) __attribute__((format(printf, 4, 5)));

/* The first line of a file, by the same rules; NULL where it cannot be read. */
const char *fact_read(struct fact_list *list, const char *path_format, ...)
	__attribute__((format(printf, 2, 3)));

/* What stands between the brackets: "always [madvise] never" -> "madvise"; else all of it. */
const char *fact_chosen(struct fact_list *list, const char *text);

/* "a,b": the different values, each once, in the order met; `values` may be NULL at first. */
const char *fact_join(struct fact_list *list, const char *values, const char *value);

/* The number after "KEY:" in a text of lines such as /proc/meminfo's, as it stands; or NULL. */
const char *fact_line(struct fact_list *list, const char *text, const char *key);

/* xxHash of a text, for what must be compared but not shown; NULL for NULL. */
const char *fact_hash(struct fact_list *list, const char *text);

/* The same with a salt: who has hash and text of one cannot find the text of another. */
const char *fact_hash_salted(struct fact_list *list, const char *salt, const char *text);

/*
 * The same with the machine's own salt, its machine-id(5), which no result contains: a serial
 * number is recognised on this machine and cannot be guessed from its hash elsewhere. NULL, so that
 * nothing is recorded, for NULL and where the machine has no such identity (many containers).
 */
const char *fact_secret(struct fact_list *list, const char *text);

/* The parts. */
void environment_read_machine(struct fact_list *list);
void environment_read_limits(struct fact_list *list);
void environment_read_files(
	struct fact_list *list, const struct environment_target *targets, size_t target_count);
void environment_read_nvme(struct fact_list *list, const char *disk);
void environment_read_storage(
	struct fact_list *list, const struct environment_target *targets, size_t target_count);

#endif
