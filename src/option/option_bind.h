/* SPDX-License-Identifier: MIT */
/* Part of option.h: how an entry of a table binds to a field, whose type is checked. */
#ifndef OPTION_OPTION_BIND_H
#define OPTION_OPTION_BIND_H

#include <stddef.h>

/* `...` lists the only types that the option may bind to: another does not compile. */
#define OPTION_FIELD_AS(s, m, ...)                                                                 \
	.field = offsetof(s, m) + 0 * _Generic(((s *)0)->m, __VA_ARGS__),                          \
	.field_bytes = sizeof(((s *)0)->m)

#define OPTION_BIND_FLAG(s, m) .type = OPTION_FLAG, OPTION_FIELD_AS(s, m, bool : 1)
#define OPTION_BIND_BOOL(s, m) .type = OPTION_BOOL, OPTION_FIELD_AS(s, m, bool : 1)
#define OPTION_BIND_COUNT(s, m)                                                                    \
	.type = OPTION_COUNT, OPTION_FIELD_AS(s, m, uint32_t : 1, uint64_t : 1)
#define OPTION_BIND_SIZE(s, m)   .type = OPTION_SIZE, OPTION_FIELD_AS(s, m, uint64_t : 1)
#define OPTION_BIND_EXTENT(s, m) .type = OPTION_EXTENT, OPTION_FIELD_AS(s, m, struct extent : 1)
#define OPTION_BIND_TIME(s, m)   .type = OPTION_TIME, OPTION_FIELD_AS(s, m, uint64_t : 1)
#define OPTION_BIND_DOUBLE(s, m) .type = OPTION_DOUBLE, OPTION_FIELD_AS(s, m, double : 1)
#define OPTION_BIND_TEXT(s, m)   .type = OPTION_TEXT, OPTION_FIELD_AS(s, m, const char * : 1)
#define OPTION_BIND_TEXTS(s, m, count)                                                             \
	.type = OPTION_TEXTS, OPTION_FIELD_AS(s, m, const char *const * : 1),                      \
	.count_field = offsetof(s, count) + 0 * _Generic(((s *)0)->count, size_t : 1)
#define OPTION_BIND_CHOICE(s, m) .type = OPTION_CHOICE, OPTION_FIELD_AS(s, m, int : 1)
#define OPTION_BIND_CUSTOM(s, m)                                                                   \
	.type = OPTION_CUSTOM, .field = offsetof(s, m), .field_bytes = sizeof(((s *)0)->m)

#endif
