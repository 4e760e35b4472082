/* SPDX-License-Identifier: MIT */
/* JSON Schemas of tables: each named table and each common type is a definition, made once. */
#include <assert.h>
#include <string.h>

#include "document/field.h"

#define COUNT_BOUNDS "\"minimum\": 0, \"maximum\": 18446744073709551615"

/* Types by whether they may be null; those with a name are definitions. */
static const struct {
	const char *name;
	const char *schema;
} types[][2] = {
	[FIELD_TYPE_TEXT] = {{NULL, "{\"type\": \"string\"}"},
		{"text_or_null", "{\"type\": [\"string\", \"null\"]}"}},
	[FIELD_TYPE_COUNT] = {{"count", "{\"type\": \"integer\", " COUNT_BOUNDS "}"},
		{"count_or_null", "{\"type\": [\"integer\", \"null\"], " COUNT_BOUNDS "}"}},
	[FIELD_TYPE_INTEGER] = {{NULL, "{\"type\": \"integer\"}"},
		{NULL, "{\"type\": [\"integer\", \"null\"]}"}},
	[FIELD_TYPE_NUMBER] = {{NULL, "{\"type\": \"number\"}"},
		{"number_or_null", "{\"type\": [\"number\", \"null\"]}"}},
	[FIELD_TYPE_AMOUNT] = {{NULL, "{\"type\": \"number\", \"minimum\": 0}"},
		{"amount_or_null", "{\"type\": [\"number\", \"null\"], \"minimum\": 0}"}},
	[FIELD_TYPE_BOOL] = {{NULL, "{\"type\": \"boolean\"}"}},
	[FIELD_TYPE_TIME] = {{NULL, "{\"type\": \"string\", \"format\": \"date-time\"}"}},
	[FIELD_TYPE_TEXTS] = {{NULL, "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"}},
};

enum { TABLES_LIMIT = 64 };

/* Definitions, and the named tables among them, which are described one after the other. */
struct schema {
	cJSON *definitions;
	size_t table_count;
	const struct field_table *tables[TABLES_LIMIT];
};

/* The members of a JSON text. Ours is right: a test makes all schemas. */
static void add_text(cJSON *object, const char *text)
{
	size_t problem;
	cJSON *parsed = json_parse(text, strlen(text), &problem);

	assert(parsed && "a schema in a table is no JSON");
	while (parsed->child) {
		cJSON *item = cJSON_DetachItemViaPointer(parsed, parsed->child);

		json_add_item(object, item->string, item);
	}
	cJSON_Delete(parsed);
}

static void add_reference(cJSON *object, const char *name)
{
	struct arena arena = {0};

	json_add_text(object, "$ref", arena_printf(&arena, "#/$defs/%s", name));
	arena_free(&arena);
}

static void add_table(cJSON *object, struct schema *schema, const struct field_table *table)
{
	size_t i = 0;

	assert(table->name && "only what stands among its parent's fields has no name");
	while (i < schema->table_count && schema->tables[i] != table)
		i++;
	assert(i < TABLES_LIMIT);
	schema->tables[i] = table;
	schema->table_count += i == schema->table_count;
	add_reference(object, table->name);
}

static void add_table_or_null(cJSON *object, struct schema *schema, const struct field_table *table)
{
	cJSON *any = json_add_array(object, "anyOf");

	json_add_text(json_add_object(any, NULL), "type", "null");
	add_table(json_add_object(any, NULL), schema, table);
}

static void add_choices(cJSON *object, const struct field *field, bool may_be_null)
{
	cJSON *list = json_add_array(object, "enum");

	for (unsigned i = 0; i < field->choice_count; i++)
		json_add_text(list, NULL, field->choice_name(i));
	if (may_be_null)
		json_add_null(list, NULL);
}

static void add_simple_type(
	cJSON *object, struct schema *schema, enum field_type type, bool may_be_null)
{
	const char *name = types[type][may_be_null].name;
	const char *text = types[type][may_be_null].schema;

	if (name)
		add_reference(object, name);
	else
		add_text(object, text);
	if (name && !cJSON_HasObjectItem(schema->definitions, name))
		add_text(json_add_object(schema->definitions, name), text);
}

static void add_type(cJSON *object, struct schema *schema, const struct field *field)
{
	bool may_be_null = field->null || (field_may_lack(field) && field->presence != FIELD_RARE);

	switch (field->type) {
	case FIELD_TYPE_OBJECT:
	case FIELD_TYPE_POINTER:
		if (may_be_null)
			add_table_or_null(object, schema, field->table);
		else
			add_table(object, schema, field->table);
		break;
	case FIELD_TYPE_ARRAY:
	case FIELD_TYPE_LIST:
		json_add_text(object, "type", "array");
		add_table(json_add_object(object, "items"), schema, field->table);
		break;
	case FIELD_TYPE_MAP:
		json_add_text(object, "type", "object");
		add_table(json_add_object(object, "additionalProperties"), schema, field->table);
		break;
	case FIELD_TYPE_CHOICE:
		add_choices(object, field, may_be_null);
		break;
	case FIELD_TYPE_CUSTOM:
		add_text(object, field->custom->schema);
		break;
	default:
		add_simple_type(object, schema, field->type, may_be_null);
	}
	if (field->least > 0)
		json_add_u64(object, "minimum", field->least);
	if (field->type == FIELD_TYPE_INTEGER && field->null == FIELD_NULL_NEGATIVE)
		json_add_u64(object, "minimum", 0);
}

static void add_properties(
	cJSON *required, cJSON *properties, struct schema *schema, const struct field_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		cJSON *property;

		if (!field->name) {
			add_properties(required, properties, schema, field->table);
			continue;
		}
		property = json_add_object(properties, field->name);
		add_type(property, schema, field);
		if (field->schema)
			add_text(property, field->schema);
		if (field->help)
			json_add_text(property, "description", field->help);
		if (field->presence == FIELD_ALWAYS)
			json_add_text(required, NULL, field->name);
	}
}

/* `name`: what "schema" is in a whole document; NULL: it has none. */
static void describe_table(
	cJSON *object, struct schema *schema, const struct field_table *table, const char *name)
{
	cJSON *required, *properties;

	if (table->help)
		json_add_text(object, "description", table->help);
	json_add_text(object, "type", "object");
	json_add_bool(object, "additionalProperties", false);
	required = json_add_array(object, "required");
	properties = json_add_object(object, "properties");
	if (name) {
		json_add_text(required, NULL, "schema");
		json_add_text(json_add_object(properties, "schema"), "const", name);
	}
	add_properties(required, properties, schema, table);
	if (table->schema)
		add_text(object, table->schema);
}

cJSON *field_schema(const char *name, const struct field_table *table)
{
	struct schema schema = {.definitions = json_object()};
	cJSON *document = json_object();

	json_add_text(document, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_add_text(document, "title", name);
	describe_table(document, &schema, table, name);
	for (size_t i = 0; i < schema.table_count; i++)
		describe_table(json_add_object(schema.definitions, schema.tables[i]->name), &schema,
			schema.tables[i], NULL);
	json_add_item(document, "$defs", schema.definitions);
	return document;
}
