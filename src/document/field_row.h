/* SPDX-License-Identifier: MIT */
/*
 * Rows of field tables. A row binds to a member by one of these macros, which check the member's
 * type when compiling. Its other properties (.null, .help, ...) are named after the macro:
 *
 *     {"max", FIELD_COUNT(struct result_job, depth_max), .help = "Of merged clones a bound."},
 */
#ifndef DOCUMENT_FIELD_ROW_H
#define DOCUMENT_FIELD_ROW_H

#include "document/field.h"

/* JSON as a text: FIELD_JSON({"type": "string"}). A string in it is in one piece. */
#define FIELD_JSON(...) #__VA_ARGS__

/*
 * A table of rows: FIELD_TABLE_OF("disk", struct result_disk, {...}, {...}). FIELD_TABLE_WITH takes
 * its other properties, in parentheses, before the rows: (.check = check_disk).
 */
#define FIELD_TABLE_OF(n, s, ...)                                                                  \
	{                                                                                          \
		.name = n, .bytes = sizeof(s), .fields = (const struct field[]){__VA_ARGS__},      \
		.count = sizeof((const struct field[]){__VA_ARGS__}) / sizeof(struct field)        \
	}
#define FIELD_TABLE_WITH(n, s, properties, ...)                                                    \
	{                                                                                          \
		.name = n, .bytes = sizeof(s), .fields = (const struct field[]){__VA_ARGS__},      \
		.count = sizeof((const struct field[]){__VA_ARGS__}) / sizeof(struct field),       \
		FIELD_BARE properties                                                              \
	}
#define FIELD_BARE(...) __VA_ARGS__

/* `...` lists the only types that the row may bind to: another does not compile. */
#define FIELD_MEMBER(s, m, ...)                                                                    \
	.offset = offsetof(s, m) + 0 * _Generic(((s *)0)->m, __VA_ARGS__),                         \
	.bytes = sizeof(((s *)0)->m)
#define FIELD_ANY_MEMBER(s, m) .offset = offsetof(s, m), .bytes = sizeof(((s *)0)->m)
#define FIELD_COUNTED(s, n, m)                                                                     \
	.offset = offsetof(s, m), .bytes = sizeof(*((s *)0)->m),                                   \
	.number = offsetof(s, n) + 0 * _Generic(((s *)0)->n, size_t : 1)

#define FIELD_TEXT(s, m)    .type = FIELD_TYPE_TEXT, FIELD_MEMBER(s, m, const char * : 1)
#define FIELD_COUNT(s, m)   .type = FIELD_TYPE_COUNT, FIELD_MEMBER(s, m, unsigned : 1, uint64_t : 1)
#define FIELD_INTEGER(s, m) .type = FIELD_TYPE_INTEGER, FIELD_MEMBER(s, m, int : 1, int64_t : 1)
#define FIELD_NUMBER(s, m)  .type = FIELD_TYPE_NUMBER, FIELD_MEMBER(s, m, double : 1)
#define FIELD_AMOUNT(s, m)  .type = FIELD_TYPE_AMOUNT, FIELD_MEMBER(s, m, double : 1)
#define FIELD_BOOL(s, m)    .type = FIELD_TYPE_BOOL, FIELD_MEMBER(s, m, bool : 1)
#define FIELD_TIME(s, m)    .type = FIELD_TYPE_TIME, FIELD_MEMBER(s, m, struct timespec : 1)
#define FIELD_CHOICE(s, m, count, name)                                                            \
	.type = FIELD_TYPE_CHOICE, .choice_count = (count), .choice_name = (name),                 \
	FIELD_MEMBER(s, m, unsigned : 1)
#define FIELD_TEXTS(s, number, m) .type = FIELD_TYPE_TEXTS, FIELD_COUNTED(s, number, m)
#define FIELD_OBJECT(s, m, t)     .type = FIELD_TYPE_OBJECT, .table = (t), FIELD_ANY_MEMBER(s, m)
#define FIELD_GROUP(s, t)         .type = FIELD_TYPE_OBJECT, .table = (t), .bytes = sizeof(s)
#define FIELD_POINTER(s, m, t)    .type = FIELD_TYPE_POINTER, .table = (t), FIELD_ANY_MEMBER(s, m)
#define FIELD_ARRAY(s, number, m, t)                                                               \
	.type = FIELD_TYPE_ARRAY, .table = (t), FIELD_COUNTED(s, number, m)
#define FIELD_MAP(s, number, m, t, item, key)                                                      \
	.type = FIELD_TYPE_MAP, .table = (t), FIELD_COUNTED(s, number, m),                         \
	.link = offsetof(item, key)
#define FIELD_LIST(s, m, t, item, next)                                                            \
	.type = FIELD_TYPE_LIST, .table = (t), FIELD_ANY_MEMBER(s, m), .link = offsetof(item, next)
#define FIELD_CUSTOM(s, m, c) .type = FIELD_TYPE_CUSTOM, .custom = (c), FIELD_ANY_MEMBER(s, m)
#define FIELD_CUSTOM_OF(c)    .type = FIELD_TYPE_CUSTOM, .custom = (c)

/* Behind one of them: null unless that member is set, which is a bool, a count or a pointer. */
#define FIELD_IF(s, m) .condition = offsetof(s, m), .condition_bytes = sizeof(((s *)0)->m)

/* Worked out by a function. */
#define FIELD_TEXT_OF(function) .type = FIELD_TYPE_TEXT, .is_derived = true, .text_of = (function)
#define FIELD_COUNT_OF(function)                                                                   \
	.type = FIELD_TYPE_COUNT, .is_derived = true, .count_of = (function)
#define FIELD_POINTER_OF(t, function)                                                              \
	.type = FIELD_TYPE_POINTER, .null = FIELD_NULL, .table = (t), .is_derived = true,          \
	.make = (function)
#define FIELD_AMOUNT_OF(function)                                                                  \
	.type = FIELD_TYPE_AMOUNT, .null = FIELD_NULL, .is_derived = true, .number_of = (function)
#define FIELD_AMOUNT_OF_MEMBER(s, m, function)                                                     \
	FIELD_AMOUNT_OF(function), FIELD_MEMBER(s, m, uint64_t : 1)

#endif
