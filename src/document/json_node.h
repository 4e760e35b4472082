/* SPDX-License-Identifier: MIT */
/*
 * Walking through a document that must have a certain shape. The first thing that is not as it
 * must be is reported with its place ("jobs[1].read: 'ios' …"); what is read after that is zero, so
 * that callers need not look after each step, only at the end.
 */
#ifndef DOCUMENT_JSON_NODE_H
#define DOCUMENT_JSON_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/json_parts.h"

enum { JSON_WALK_TEXTS = 1024 };

struct json_walk {
	struct arena *arena; /* for texts; they outlive the document */
	struct diag *diag;
	const char *path;
	/* Of the document, whose places then have no name: what fails is read again without. NULL:
	 * it was parsed whole. */
	struct json_parts *parts;
	bool has_failed;
	const char *texts[JSON_WALK_TEXTS]; /* that were copied there, by a hash of each */
};

struct json_node {
	struct json_walk *walk;
	const cJSON *item; /* NULL after a failure */
	const char *where; /* "jobs[1].read"; "" is the document itself */
	/* The member that was found last: most documents have their keys in the order in which
	 * they are read. NULL: each search begins at the first. */
	const cJSON **found;
	void *owner; /* what is read into, further out: see document/field.h */
};

/* A copy of `text` in the arena: an earlier one where that is remembered, as jobs have most of
 * their texts in common. */
const char *json_walk_text(struct json_walk *walk, const char *text);

/* Reports "WHERE: 'KEY' PROBLEM" (`key` may be NULL); the first time only. */
void json_node_fail(const struct json_node *node, const char *key, const char *problem);

/* What `key` holds, which must be an object or an array. */
struct json_node json_node_object(const struct json_node *node, const char *key);
struct json_node json_node_array(const struct json_node *node, const char *key);

/* The same of an object, but null, or no such key, is no failure: item is then NULL. */
struct json_node json_node_object_or_null(const struct json_node *node, const char *key);

/* `item`, the element `index` of an array, which must be an object. */
struct json_node json_node_element(const struct json_node *array, const cJSON *item, size_t index);

/* Parses the node's object where it is a part of the document; otherwise NULL. The caller deletes
 * it when it is read. */
cJSON *json_node_open(struct json_node *node);

/* Whether `key` is null, or there is none. */
bool json_node_is_null(const struct json_node *node, const char *key);

/* How many elements or members the node has. */
size_t json_node_count(const struct json_node *node);

/* Whether `item` is an array of two whole numbers: these. */
bool json_node_pair(const cJSON *item, uint64_t *first, uint64_t *second);

uint64_t json_node_u64(const struct json_node *node, const char *key);
uint64_t json_node_u64_or(const struct json_node *node, const char *key, uint64_t if_null);
unsigned json_node_unsigned(const struct json_node *node, const char *key);
bool json_node_bool(const struct json_node *node, const char *key);
double json_node_number(const struct json_node *node, const char *key);
double json_node_number_or(const struct json_node *node, const char *key, double if_null);
double json_node_amount(const struct json_node *node, const char *key); /* from 0 */
double json_node_amount_or(const struct json_node *node, const char *key, double if_null);
/* Copied to the arena. */
const char *json_node_text(const struct json_node *node, const char *key);
const char *json_node_text_or_null(const struct json_node *node, const char *key);

#endif
