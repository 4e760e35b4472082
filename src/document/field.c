/* SPDX-License-Identifier: MIT */
/* Writing and reading structs by their tables. */
#include "document/field.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* RFC 3339 with nanoseconds, in UTC. */
static void add_time(cJSON *object, const char *name, const struct timespec *time)
{
	char seconds[32];
	char text[64];
	struct tm utc;

	gmtime_r(&time->tv_sec, &utc);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, sizeof(text), "%s.%09ldZ", seconds, time->tv_nsec);
	json_add_text(object, name, text);
}

static const void *member_of(const struct field *field, const void *structure)
{
	return (const char *)structure + field->offset;
}

static uint64_t count_of(const struct field *field, const void *structure)
{
	const void *member = member_of(field, structure);

	if (field->is_derived)
		return field->count_of(structure);
	if (field->bytes == sizeof(unsigned))
		return *(const unsigned *)member;
	return *(const uint64_t *)member;
}

static int64_t integer_of(const struct field *field, const void *structure)
{
	const void *member = member_of(field, structure);

	return field->bytes == sizeof(int) ? *(const int *)member : *(const int64_t *)member;
}

static double number_of(const struct field *field, const void *structure, const void *owner)
{
	const void *member = member_of(field, structure);

	if (field->is_derived)
		return field->number_of(structure, member, owner);
	return *(const double *)member;
}

static const char *text_of(const struct field *field, const void *structure)
{
	if (field->is_derived)
		return field->text_of(structure);
	return *(const char *const *)member_of(field, structure);
}

static bool is_null_number(enum field_null null, double value)
{
	return null == FIELD_NULL_ZERO       ? !(value > 0)
	       : null == FIELD_NULL_NEGATIVE ? !(value >= 0)
					     : !isfinite(value);
}

static bool is_null_integer(enum field_null null, int64_t value)
{
	return null == FIELD_NULL_ZERO       ? value == 0
	       : null == FIELD_NULL_NEGATIVE ? value < 0
					     : value == INT64_MAX;
}

bool field_may_lack(const struct field *field)
{
	return field->lacks || field->condition_bytes > 0;
}

static bool is_set(const char *member, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (member[i] != 0)
			return true;
	}
	return false;
}

static bool is_null(const struct field *field, const void *structure, const void *owner)
{
	if (field->lacks && field->lacks(structure))
		return true;
	if (field->condition_bytes > 0 &&
		!is_set((const char *)structure + field->condition, field->condition_bytes))
		return true;
	if (field->null == FIELD_NOT_NULL)
		return false;
	switch (field->type) {
	case FIELD_TYPE_COUNT:
		return count_of(field, structure) ==
		       (field->null == FIELD_NULL_ZERO ? 0 : UINT64_MAX);
	case FIELD_TYPE_INTEGER:
		return is_null_integer(field->null, integer_of(field, structure));
	case FIELD_TYPE_NUMBER:
	case FIELD_TYPE_AMOUNT:
		return is_null_number(field->null, number_of(field, structure, owner));
	case FIELD_TYPE_TEXT:
		return !text_of(field, structure);
	default:
		return false;
	}
}

static void add_texts(cJSON *object, const struct field *field, const void *structure)
{
	const char *const *texts = *(const char *const *const *)member_of(field, structure);
	size_t count = *(const size_t *)((const char *)structure + field->number);
	cJSON *array = json_add_array(object, field->name);

	for (size_t i = 0; i < count; i++)
		json_add_text(array, NULL, texts[i]);
}

/* An array of structs, or an object of them, each under its key. */
static void add_structs(
	cJSON *object, const struct field *field, const void *structure, const void *owner)
{
	const char *item = *(const char *const *)member_of(field, structure);
	size_t count = *(const size_t *)((const char *)structure + field->number);
	bool is_map = field->type == FIELD_TYPE_MAP;
	cJSON *list =
		is_map ? json_add_object(object, field->name) : json_add_array(object, field->name);

	for (; count > 0; count--, item += field->bytes)
		field_write(json_add_object(list,
				    is_map ? *(const char *const *)(item + field->link) : NULL),
			field->table, item, owner);
}

struct part {
	const struct field_table *table;
	const void *item, *owner;
};

static cJSON *make_part(const void *context)
{
	const struct part *part = context;
	cJSON *object = json_object();

	field_write(object, part->table, part->item, part->owner);
	return object;
}

static void add_parts(
	cJSON *object, const struct field *field, const void *structure, const void *owner)
{
	const char *item = *(const char *const *)member_of(field, structure);
	size_t count = *(const size_t *)((const char *)structure + field->number);
	cJSON *list = json_add_array(object, field->name);

	for (; count > 0; count--, item += field->bytes)
		json_add_later(list, make_part, &(struct part){field->table, item, owner},
			sizeof(struct part));
}

/* `outer` is the field's own owner. */
static void add_pointer(cJSON *object, const struct field *field, const void *structure,
	const void *outer, const void *owner)
{
	struct arena arena = {0};
	const void *inside = field->is_derived ? field->make(structure, outer, &arena)
					       : *(const void *const *)member_of(field, structure);

	if (inside)
		field_write(json_add_object(object, field->name), field->table, inside, owner);
	else if (field->presence != FIELD_RARE)
		json_add_null(object, field->name);
	arena_free(&arena);
}

static void add_list(
	cJSON *object, const struct field *field, const void *structure, const void *owner)
{
	const char *item = *(const char *const *)member_of(field, structure);
	cJSON *array = json_add_array(object, field->name);

	for (; item; item = *(const char *const *)(item + field->link))
		field_write(json_add_object(array, NULL), field->table, item, owner);
}

/* `inner` is the owner of what the field contains. */
static void write_field(cJSON *object, const struct field *field, const void *structure,
	const void *owner, const void *inner)
{
	const void *member = member_of(field, structure);

	if (is_null(field, structure, owner)) {
		if (field->presence != FIELD_RARE)
			json_add_null(object, field->name);
		return;
	}
	switch (field->type) {
	case FIELD_TYPE_TEXT:
		json_add_text(object, field->name, text_of(field, structure));
		break;
	case FIELD_TYPE_COUNT:
		json_add_u64(object, field->name, count_of(field, structure));
		break;
	case FIELD_TYPE_INTEGER:
		json_add_i64(object, field->name, integer_of(field, structure));
		break;
	case FIELD_TYPE_NUMBER:
	case FIELD_TYPE_AMOUNT:
		json_add_double(object, field->name, number_of(field, structure, owner));
		break;
	case FIELD_TYPE_BOOL:
		json_add_bool(object, field->name, *(const bool *)member);
		break;
	case FIELD_TYPE_CHOICE:
		json_add_text(object, field->name, field->choice_name(*(const unsigned *)member));
		break;
	case FIELD_TYPE_TIME:
		add_time(object, field->name, member);
		break;
	case FIELD_TYPE_TEXTS:
		add_texts(object, field, structure);
		break;
	case FIELD_TYPE_OBJECT:
		field_write(field->name ? json_add_object(object, field->name) : object,
			field->table, member, inner);
		break;
	case FIELD_TYPE_POINTER:
		add_pointer(object, field, structure, owner, inner);
		break;
	case FIELD_TYPE_ARRAY:
	case FIELD_TYPE_MAP:
		add_structs(object, field, structure, inner);
		break;
	case FIELD_TYPE_LIST:
		add_list(object, field, structure, inner);
		break;
	case FIELD_TYPE_CUSTOM:
		field->custom->write(&(struct field_spot){object, field->name, member, owner});
		break;
	}
}

void field_write(
	cJSON *object, const struct field_table *table, const void *structure, const void *owner)
{
	for (size_t i = 0; i < table->count; i++)
		write_field(object, &table->fields[i], structure, owner,
			table->is_owner ? structure : owner);
}

void field_write_in_parts(cJSON *object, const struct field_table *table, const void *structure)
{
	const void *inner = table->is_owner ? structure : NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];

		if (field->type == FIELD_TYPE_ARRAY && !is_null(field, structure, NULL))
			add_parts(object, field, structure, inner);
		else
			write_field(object, field, structure, NULL, inner);
	}
}

/* ".12Z", ".12+02:00": the fraction in ns; *text is moved behind it. */
static long read_fraction(const char **text)
{
	long unit_ns = 100000000;
	long fraction_ns = 0;

	if (**text != '.')
		return 0;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
		fraction_ns += unit_ns * (**text - '0');
		unit_ns /= 10;
	}
	return fraction_ns;
}

/* "Z", "+02:00": seconds east of UTC. */
static bool read_offset(const char *text, long *offset_s)
{
	int hours, minutes;
	char sign, end;

	*offset_s = 0;
	if (strcmp(text, "Z") == 0)
		return true;
	if (sscanf(text, "%c%2d:%2d%c", &sign, &hours, &minutes, &end) != 3)
		return false;
	if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*offset_s = (hours * 60L + minutes) * 60 * (sign == '-' ? -1 : 1);
	return true;
}

static void read_time(const struct json_node *node, const char *name, struct timespec *time)
{
	const char *text = json_node_text(node, name);
	struct tm utc = {0};
	long offset_s;

	text = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (text)
		time->tv_nsec = read_fraction(&text);
	if (text && read_offset(text, &offset_s))
		time->tv_sec = timegm(&utc) - offset_s;
	else
		json_node_fail(node, name, "is no RFC 3339 time");
}

static void read_count(const struct json_node *node, const struct field *field, void *member)
{
	uint64_t value = field->bytes == sizeof(unsigned) ? json_node_unsigned(node, field->name)
							  : json_node_u64(node, field->name);

	if (field->bytes == sizeof(unsigned))
		*(unsigned *)member = (unsigned)value;
	else
		*(uint64_t *)member = value;
	if (value < field->least)
		json_node_fail(node, field->name, "is 0");
}

static void read_integer(const struct json_node *node, const struct field *field, void *member)
{
	uint64_t value = json_node_u64(node, field->name);

	if (value > (field->bytes == sizeof(int) ? INT_MAX : INT64_MAX))
		json_node_fail(node, field->name, "is too large");
	else if (field->bytes == sizeof(int))
		*(int *)member = (int)value;
	else
		*(int64_t *)member = (int64_t)value;
}

static void read_choice(const struct json_node *node, const struct field *field, unsigned *member)
{
	const char *text = json_node_text(node, field->name);
	struct arena *arena = node->walk->arena;
	const char *known = "is none of ";

	for (unsigned i = 0; i < field->choice_count; i++) {
		if (strcmp(field->choice_name(i), text) == 0) {
			*member = i;
			return;
		}
	}
	for (unsigned i = 0; i < field->choice_count; i++)
		known = arena_printf(arena, "%s%s%s", known, i ? ", " : "", field->choice_name(i));
	json_node_fail(node, field->name, known);
}

static void read_texts(const struct json_node *node, const struct field *field, void *structure)
{
	struct json_node array = json_node_array(node, field->name);
	struct arena *arena = node->walk->arena;
	size_t *count = (size_t *)((char *)structure + field->number);
	const char **texts = arena_alloc_array(arena, json_node_count(&array), sizeof(*texts));
	const cJSON *item;

	*(const char ***)((char *)structure + field->offset) = texts;
	cJSON_ArrayForEach (item, array.item) {
		if (!cJSON_IsString(item)) {
			json_node_fail(node, field->name, "holds something that is no text");
			return;
		}
		texts[(*count)++] = json_walk_text(node->walk, item->valuestring);
	}
}

static void read_structs(const struct json_node *node, const struct field *field, void *structure)
{
	bool is_map = field->type == FIELD_TYPE_MAP;
	struct json_node list =
		is_map ? json_node_object(node, field->name) : json_node_array(node, field->name);
	size_t *count = (size_t *)((char *)structure + field->number);
	struct arena *arena = node->walk->arena;
	char *items = arena_alloc_array(arena, json_node_count(&list), field->bytes);
	const cJSON *item;
	cJSON *part;

	*(char **)((char *)structure + field->offset) = items;
	cJSON_ArrayForEach (item, list.item) {
		struct json_node inside = is_map ? json_node_object(&list, item->string)
						 : json_node_element(&list, item, *count);
		char *into = items + (*count)++ * field->bytes;

		if (is_map)
			*(const char **)(into + field->link) =
				json_walk_text(node->walk, item->string);
		part = json_node_open(&inside);
		field_read(&inside, field->table, into);
		cJSON_Delete(part);
		if (node->walk->has_failed)
			return;
	}
}

static void read_pointer(const struct json_node *node, const struct field *field, void *member)
{
	struct json_node inside = json_node_object(node, field->name);
	void *structure = arena_alloc(node->walk->arena, field->table->bytes);

	field_read(&inside, field->table, structure);
	*(void **)member = structure;
}

static void read_object(const struct json_node *node, const struct field *field, void *member)
{
	struct json_node inside = field->name ? json_node_object(node, field->name) : *node;

	field_read(&inside, field->table, member);
}

/* What null, or a field that is not there, says of the member. */
static void set_null(const struct field *field, void *member)
{
	if (field->type == FIELD_TYPE_NUMBER || field->type == FIELD_TYPE_AMOUNT)
		*(double *)member = field->null == FIELD_NULL            ? NAN
				    : field->null == FIELD_NULL_NEGATIVE ? -1
									 : 0;
	else if (field->type == FIELD_TYPE_COUNT && field->null == FIELD_NULL_LARGEST)
		*(uint64_t *)member = UINT64_MAX;
	else if (field->type == FIELD_TYPE_INTEGER && field->null != FIELD_NOT_NULL &&
		 field->null != FIELD_NULL_ZERO)
		assert(false && "no document is read that has such a field");
}

/* `inside`: the node with the owner of what the field contains. */
static void read_field(const struct json_node *node, const struct json_node *inside,
	const struct field *field, void *structure)
{
	void *member = (char *)structure + field->offset;
	bool may_lack = field->null || field_may_lack(field) || field->presence;
	bool is_unread = field->is_derived || field->is_unread ||
			 (field->type == FIELD_TYPE_CUSTOM && !field->custom->read);

	if (is_unread)
		return;
	if (may_lack && field->name && json_node_is_null(node, field->name)) {
		set_null(field, member);
		return;
	}
	switch (field->type) {
	case FIELD_TYPE_TEXT:
		*(const char **)member = json_node_text(node, field->name);
		break;
	case FIELD_TYPE_COUNT:
		read_count(node, field, member);
		break;
	case FIELD_TYPE_INTEGER:
		read_integer(node, field, member);
		break;
	case FIELD_TYPE_NUMBER:
		*(double *)member = json_node_number(node, field->name);
		break;
	case FIELD_TYPE_AMOUNT:
		*(double *)member = json_node_amount(node, field->name);
		break;
	case FIELD_TYPE_BOOL:
		*(bool *)member = json_node_bool(node, field->name);
		break;
	case FIELD_TYPE_CHOICE:
		read_choice(node, field, member);
		break;
	case FIELD_TYPE_TIME:
		read_time(node, field->name, member);
		break;
	case FIELD_TYPE_TEXTS:
		read_texts(node, field, structure);
		break;
	case FIELD_TYPE_OBJECT:
		read_object(inside, field, member);
		break;
	case FIELD_TYPE_POINTER:
		read_pointer(inside, field, member);
		break;
	case FIELD_TYPE_ARRAY:
	case FIELD_TYPE_MAP:
		read_structs(inside, field, structure);
		break;
	case FIELD_TYPE_LIST:
		break;
	case FIELD_TYPE_CUSTOM:
		field->custom->read(node, field->name, member);
		break;
	}
}

void field_read(const struct json_node *node, const struct field_table *table, void *structure)
{
	const cJSON *found = node->item ? node->item->child : NULL;
	struct json_node here = *node, inside;

	/* Fields of a table that stands among its parent's go on where those were. */
	if (!here.found)
		here.found = &found;
	inside = here;
	if (table->is_owner)
		inside.owner = structure;
	for (size_t i = 0; i < table->count && !node->walk->has_failed; i++)
		read_field(&here, &inside, &table->fields[i], structure);
	if (table->check && !node->walk->has_failed)
		table->check(&here, structure);
}
