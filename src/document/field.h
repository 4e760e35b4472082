/* SPDX-License-Identifier: MIT */
/*
 * Tables of fields, from which documents follow: writer, reader and JSON Schema go by the rows, one
 * for each member of a struct, so that they cannot differ. field_row.h has macros for rows.
 */
#ifndef DOCUMENT_FIELD_H
#define DOCUMENT_FIELD_H

#include <stddef.h>
#include <time.h>

#include "document/json_node.h"

enum field_type {
	FIELD_TYPE_TEXT,
	FIELD_TYPE_COUNT,
	FIELD_TYPE_INTEGER, /* read from 0 on */
	FIELD_TYPE_NUMBER,
	FIELD_TYPE_AMOUNT, /* a number not below 0 */
	FIELD_TYPE_BOOL,
	FIELD_TYPE_CHOICE,  /* an enum, by its names */
	FIELD_TYPE_TIME,    /* RFC 3339 */
	FIELD_TYPE_TEXTS,   /* an array */
	FIELD_TYPE_OBJECT,  /* a struct, or some members of the same; no name: among the parent's */
	FIELD_TYPE_POINTER, /* a struct elsewhere */
	FIELD_TYPE_ARRAY,   /* of structs */
	FIELD_TYPE_MAP,     /* an object of structs, each under the text that is its key */
	FIELD_TYPE_LIST,    /* of linked structs; is not read */
	FIELD_TYPE_CUSTOM,
};

/* Which value of the member is null in the document. */
enum field_null {
	FIELD_NOT_NULL,
	FIELD_NULL,          /* a text or pointer: NULL; a number: NAN */
	FIELD_NULL_ZERO,     /* 0 */
	FIELD_NULL_NEGATIVE, /* what is below 0; read as -1 */
	FIELD_NULL_LARGEST,  /* UINT64_MAX, SIZE_MAX, INT64_MAX */
};

enum field_presence {
	FIELD_ALWAYS,
	FIELD_LATER, /* documents of earlier versions do not have it */
	FIELD_RARE,  /* it is left out where it is null */
};

struct field_table;

/* Where a custom field is written, and of what. */
struct field_spot {
	cJSON *object; /* gets `name` */
	const char *name;
	const void *member, *owner; /* where the row binds to; as of field_write */
};

/* What no type fits. */
struct field_custom {
	void (*write)(const struct field_spot *spot);
	/* Reads `name` of `object`; NULL: it is not read. */
	void (*read)(const struct json_node *object, const char *name, void *member);
	const char *schema; /* of the value: FIELD_JSON({"type": ...}) */
};

struct field {
	const char *name;
	enum field_type type;
	enum field_null null;
	enum field_presence presence;
	size_t offset;         /* of the member in the struct */
	size_t bytes;          /* of the member; ARRAY, MAP: of an item */
	size_t number;         /* TEXTS, ARRAY, MAP: offset of how many they are */
	size_t link;           /* in an item, LIST: offset of the next one; MAP: of the key */
	unsigned choice_count; /* CHOICE: values from 0 on */
	const char *(*choice_name)(unsigned choice);
	const struct field_table *table; /* OBJECT, POINTER, ARRAY, MAP, LIST */
	const struct field_custom *custom;
	/* Null where this says so, or where the member that is the condition is 0 or NULL. */
	bool (*lacks)(const void *structure);
	size_t condition, condition_bytes; /* bytes 0: there is none */
	bool is_unread;                    /* it is written only */
	bool is_derived; /* not a member: worked out for the document, and not read */
	union {
		const char *(*text_of)(const void *structure);
		uint64_t (*count_of)(const void *structure);
		/* `member`: where the row binds to. NAN: null. */
		double (*number_of)(const void *structure, const void *member, const void *owner);
		/* What a POINTER points to, for as long as the arena lives; NULL: null. */
		const void *(*make)(const void *structure, const void *owner, struct arena *arena);
	};
	uint64_t least; /* COUNT: 0 or 1 */
	/* More of its schema, FIELD_JSON({"maximum": 1}), and the description; or NULL. */
	const char *schema, *help;
};

struct field_table {
	const char *name;    /* of its definition in the schema; NULL: among its parent's fields */
	size_t bytes, count; /* of the struct; of the fields */
	const struct field *fields;
	bool is_owner; /* the fields of what it contains are given the struct as their `owner` */
	/* After all of its fields were read: reports what does not go together. */
	void (*check)(const struct json_node *node, void *structure);
	const char *schema, *help; /* as of a field */
};

bool field_may_lack(const struct field *field); /* be null, or missing, whatever its member is */

/* Adds the fields of `structure` to `object`. `owner`: the nearest struct around it that is one.
 * In parts: to be printed at once, arrays' structs are made meanwhile (json_add_later). */
void field_write(
	cJSON *object, const struct field_table *table, const void *structure, const void *owner);
void field_write_in_parts(cJSON *object, const struct field_table *table, const void *structure);

/* Reads them into `structure`, which is zero before. The first problem is reported with its place;
 * what follows it is not read, and may stay zero. */
void field_read(const struct json_node *node, const struct field_table *table, void *structure);

/* The JSON Schema (draft 2020-12) of documents whose "schema" is `name`. The caller owns it. */
cJSON *field_schema(const char *name, const struct field_table *table);

#endif
