/* SPDX-License-Identifier: MIT */
/*
 * Facts about the machine that a result is worth nothing without, as far as an unprivileged
 * process can read them. "Hard" facts make another machine of it (CPU model, core count, device
 * model, file system), "soft" ones explain differences (kernel, governor, scheduler). Keys that
 * begin with "now." change from moment to moment: to be read, not to be compared.
 */
#ifndef HOST_FACT_H
#define HOST_FACT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/settings.h"
#include "host/sysfs.h"

struct environment {
	struct settings hard; /* values are NULL where they are not known here */
	struct settings soft;
};

struct fact_target {
	const char *path;
	dev_t block_device;      /* 0: none */
	const char *file_system; /* or NULL */
};

/* Never fails: what cannot be read is NULL. The serial number is hashed (xxHash), never shown. */
void fact_environment(struct environment *environment, const struct fact_target *targets,
	size_t target_count, struct arena *arena);

/* The rest is for the parts of it: two growing lists, and the ways to read one fact. */

enum fact_tier { FACT_HARD, FACT_SOFT, FACT_TIER_COUNT };

struct fact_list {
	struct arena *arena;
	struct settings tiers[FACT_TIER_COUNT];
};

/* Adds `value`, or NULL for NULL and for blanks only; blanks around it are not kept. */
#define fact_add(list, tier, value, ...)                                                           \
	settings_add(&(list)->tiers[tier], (list)->arena,                                          \
		arena_printf((list)->arena, __VA_ARGS__), fact_clean(list, value))

/* The first line of a file, by the same rules; NULL where it cannot be read. */
#define fact_read(list, ...) fact_clean(list, sysfs_text((list)->arena, __VA_ARGS__))

/* One line without blanks around it; NULL where nothing is left. */
const char *fact_clean(const struct fact_list *list, const char *text);

/* "a,b": the different values, each once, in the order met; `values` may be NULL at first. */
const char *fact_join(struct fact_list *list, const char *values, const char *value);

/* The value of a line (sysfs_value()) by the same rules; or NULL. */
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
void fact_read_machine(struct fact_list *list);
void fact_read_limits(struct fact_list *list);
void fact_read_files(
	struct fact_list *list, const struct fact_target *targets, size_t target_count);
void fact_read_nvme(struct fact_list *list, const char *disk);
void fact_read_storage(
	struct fact_list *list, const struct fact_target *targets, size_t target_count);

#endif
