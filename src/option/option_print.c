/* SPDX-License-Identifier: MIT */
/* Help in its forms, all from the entries of a table. */
#include "option/option_print.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

enum {
	LIST_NAME_COLUMNS = 30,
	FLAG_COLUMNS = 24,
	HELP_LABEL_COLUMNS = 12,
	HELP_COLUMNS = 80,
};

static bool has_group(const struct option_table *table, enum option_group group)
{
	for (const struct option *option = table->options; option->name; option++) {
		if (option->group == group)
			return true;
	}
	return false;
}

static const char *type_name(enum option_type type)
{
	static const char *const names[] = {
		[OPTION_FLAG] = "flag",
		[OPTION_BOOL] = "0 or 1",
		[OPTION_COUNT] = "count",
		[OPTION_SIZE] = "size",
		[OPTION_EXTENT] = "size, percent or zones",
		[OPTION_TIME] = "time",
		[OPTION_DOUBLE] = "number",
		[OPTION_TEXT] = "text",
		[OPTION_TEXTS] = "texts",
		[OPTION_CHOICE] = "choice",
		[OPTION_CUSTOM] = "see syntax",
	};

	return names[type];
}

/* Writes text as it is, or as roff wants it. */
typedef void put_text(const char *text, FILE *stream);

static void put_plain(const char *text, FILE *stream)
{
	fputs(text, stream);
}

void option_print_roff(const char *text, FILE *stream)
{
	bool is_line_start = true;

	for (; *text; text++) {
		if (is_line_start && (*text == '.' || *text == '\''))
			fputs("\\&", stream);
		if (*text == '\\')
			fputs("\\e", stream);
		else if (*text == '-')
			fputs("\\-", stream);
		else
			fputc(*text, stream);
		is_line_start = *text == '\n';
	}
}

static void put_choices(const struct option *option, FILE *stream, put_text *put)
{
	const char *separator = "";

	for (const struct option_choice *choice = option->choices; choice->text; choice++) {
		if (!option_is_name(option, choice))
			continue;
		fputs(separator, stream);
		put(choice->text, stream);
		separator = put == option_print_roff ? "|\\:" : "|"; /* a line may end there */
	}
}

/* What may stand after the "=". */
static void put_syntax(const struct option *option, FILE *stream, put_text *put)
{
	static const char *const words[] = {
		[OPTION_BOOL] = "0|1",
		[OPTION_COUNT] = "N",
		[OPTION_SIZE] = "SIZE",
		[OPTION_EXTENT] = "SIZE|N%|Nz",
		[OPTION_TIME] = "TIME",
		[OPTION_DOUBLE] = "NUMBER",
		[OPTION_TEXT] = "TEXT",
		[OPTION_TEXTS] = "TEXT",
		[OPTION_CUSTOM] = "VALUE",
	};

	if (option->syntax)
		put(option->syntax, stream);
	else if (option->type == OPTION_CHOICE)
		put_choices(option, stream, put);
	else
		put(words[option->type], stream);
}

static void put_option(const struct option *option, FILE *stream)
{
	fputs(option->name, stream);
	if (option->type != OPTION_FLAG) {
		fputc('=', stream);
		put_syntax(option, stream, put_plain);
	}
}

void option_print_list(const struct option_table *table, FILE *stream)
{
	for (int group = 0; group < OPTION_GROUP_COUNT; group++) {
		if (!has_group(table, (enum option_group)group))
			continue;
		fprintf(stream, "%s\n", option_group_name((enum option_group)group));
		for (const struct option *option = table->options; option->name; option++) {
			if (option->group == (enum option_group)group)
				fprintf(stream, "  %-*s  %s\n", LIST_NAME_COLUMNS, option->name,
					option->help);
		}
	}
}

void option_print_flags(const struct option *options, FILE *stream)
{
	for (const struct option *option = options; option->name; option++) {
		bool takes_value = option->type != OPTION_FLAG;
		int width = fprintf(stream, "  --%s%s%s", option->name, takes_value ? "=" : "",
			takes_value ? option->syntax : "");

		fprintf(stream, "%*s %s", width < FLAG_COLUMNS ? FLAG_COLUMNS - width : 0, "",
			option->help);
		if (option->value_default)
			fprintf(stream, " (default %s)", option->value_default);
		fputc('\n', stream);
	}
}

static void put_label(const char *label, FILE *stream)
{
	fprintf(stream, "  %-*s", HELP_LABEL_COLUMNS, label);
}

static const char *unit_word(uint64_t unit_ns)
{
	switch (unit_ns) {
	case NS_PER_S:
		return "seconds";
	case NS_PER_MS:
		return "milliseconds";
	case NS_PER_US:
		return "microseconds";
	default:
		return "nanoseconds";
	}
}

static void put_bounds(const struct option *option, FILE *stream)
{
	char least[UNITS_TEXT_BYTES], most[UNITS_TEXT_BYTES];

	if (option->min == 0 && option->max == 0)
		return;
	if (option->type == OPTION_SIZE) {
		units_format_exact_size(least, option->min);
		units_format_exact_size(most, option->max);
	} else {
		snprintf(least, sizeof(least), "%" PRIu64, option->min);
		snprintf(most, sizeof(most), "%" PRIu64, option->max);
	}
	put_label("bounds", stream);
	if (option->max == 0)
		fprintf(stream, "%s or more\n", least);
	else
		fprintf(stream, "%s to %s\n", least, most);
}

static void put_choice_list(const struct option *option, FILE *stream)
{
	if (!option->choices)
		return;
	fputs("  choices\n", stream);
	for (const struct option_choice *choice = option->choices; choice->text; choice++) {
		if (option_is_name(option, choice))
			fprintf(stream, "    %-*s  %s\n", HELP_LABEL_COLUMNS, choice->text,
				choice->help ? choice->help : "");
	}
}

/* Lines that are too long are broken at blanks; the author's own breaks stay. */
static void put_wrapped(const char *text, FILE *stream)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " \n");

		if (column > 0 && column + 1 + word > HELP_COLUMNS) {
			fputc('\n', stream);
			column = 0;
		}
		fprintf(stream, "%s%.*s", column > 0 ? " " : "", (int)word, text);
		column += word + (column > 0);
		text += word;
		if (*text == '\n') {
			fputc('\n', stream);
			column = 0;
		}
		text += *text != '\0';
	}
	fputc('\n', stream);
}

void option_print_help(const struct option *option, FILE *stream)
{
	put_option(option, stream);
	fprintf(stream, "\n  %s\n\n", option->help);
	if (option->alias) {
		put_label("alias", stream);
		fprintf(stream, "%s\n", option->alias);
	}
	put_label("type", stream);
	fputs(type_name(option->type), stream);
	if (option->type == OPTION_TIME)
		fprintf(stream, "; without a unit: %s", unit_word(option->unit_ns));
	fputc('\n', stream);
	put_label("default", stream);
	if (option->value_default)
		fprintf(stream, "%s\n", option->value_default);
	else
		fprintf(stream, "%s\n", option->type == OPTION_FLAG ? "off" : "none");
	put_bounds(option, stream);
	put_choice_list(option, stream);
	if (option->detail) {
		fputc('\n', stream);
		put_wrapped(option->detail, stream);
	}
}

static void put_man_entry(const struct option *option, const char *dashes, FILE *stream)
{
	fputs(".TP\n\\fB", stream);
	option_print_roff(dashes, stream);
	option_print_roff(option->name, stream);
	fputs("\\fR", stream);
	if (option->type != OPTION_FLAG) {
		fputs("=\\fI", stream);
		put_syntax(option, stream, option_print_roff);
		fputs("\\fR", stream);
	}
	fputc('\n', stream);
	option_print_roff(option->help, stream);
	fputs(".\n", stream);
	if (option->alias) {
		fputs("Alias: \\fB", stream);
		option_print_roff(option->alias, stream);
		fputs("\\fR.\n", stream);
	}
	if (option->value_default) {
		fputs("Default: ", stream);
		option_print_roff(option->value_default, stream);
		fputs(".\n", stream);
	}
	if (option->detail) {
		fputs(".IP\n", stream);
		option_print_roff(option->detail, stream);
		fputc('\n', stream);
	}
}

void option_print_man(const struct option_table *table, FILE *stream)
{
	for (int group = 0; group < OPTION_GROUP_COUNT; group++) {
		if (!has_group(table, (enum option_group)group))
			continue;
		fprintf(stream, ".SS %s\n", option_group_name((enum option_group)group));
		for (const struct option *option = table->options; option->name; option++) {
			if (option->group == (enum option_group)group)
				put_man_entry(option, "", stream);
		}
	}
}

void option_print_man_flags(const struct option *options, FILE *stream)
{
	for (const struct option *option = options; option->name; option++)
		put_man_entry(option, "--", stream);
}
