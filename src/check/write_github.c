/* SPDX-License-Identifier: MIT */
/*
 * Annotations for GitHub: an error for each gate that fails, a warning for what could not be
 * judged. GitHub shows ten of a kind for each step, so the last one stands for the rest.
 */
#include <errno.h>
#include <string.h>

#include "base/stream.h"
#include "check/check.h"
#include "check/check_text.h"

enum { SHOWN_LIMIT = 10 };

static bool is_error(const struct check *report, const struct check_gate *gate)
{
	return check_gate_fails(report, gate) || gate->outcome == OUTCOME_ERROR;
}

static bool is_warning(const struct check *report, const struct check_gate *gate)
{
	return !is_error(report, gate) &&
	       (gate->outcome == OUTCOME_INCONCLUSIVE || gate->outcome == OUTCOME_INCOMPARABLE);
}

/*
 * Data after "::", and values of properties, in which , and : are escaped as well. Source:
 * actions/toolkit, packages/core/src/command.ts (escapeData, escapeProperty).
 */
static void print_escaped(FILE *stream, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			fprintf(stream, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, stream);
	}
}

static void print_annotation(
	FILE *stream, const char *command, const char *title, const char *message)
{
	fprintf(stream, "::%s title=", command);
	print_escaped(stream, title, "%\r\n:,");
	fputs("::", stream);
	print_escaped(stream, message, "%\r\n");
	fputc('\n', stream);
}

static void print_kind(const struct check *report, FILE *stream, const char *command,
	bool (*belongs)(const struct check *report, const struct check_gate *gate))
{
	struct arena arena = {0};
	size_t count = 0, shown = 0;

	for (size_t i = 0; i < report->gate_count; i++)
		count += belongs(report, &report->gates[i]);
	for (size_t i = 0; i < report->gate_count; i++) {
		const struct check_gate *gate = &report->gates[i];

		if (!belongs(report, gate))
			continue;
		if (shown == SHOWN_LIMIT - 1 && count > SHOWN_LIMIT) {
			print_annotation(stream, command, "ringside",
				arena_printf(&arena, "and %zu more", count - shown));
			break;
		}
		print_annotation(stream, command,
			arena_printf(&arena, "ringside %s", outcome_name(gate->outcome)),
			check_text_sentence(gate, &arena));
		shown++;
	}
	arena_free(&arena);
}

int check_write_annotations(const struct check *report, FILE *stream)
{
	errno = 0;
	print_kind(report, stream, "error", is_error);
	print_kind(report, stream, "warning", is_warning);
	return stream_finish(stream);
}
