/* SPDX-License-Identifier: MIT */
/*
 * The report as Markdown: what people see on a pull request or in a step's summary. GitHub refuses
 * summaries above 1 MiB; ours ends long before that.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/stream.h"
#include "check/check.h"
#include "check/check_text.h"
#include "text/grid.h"

enum { ROWS_BYTES_LIMIT = 56 * 1024, NOTES_BYTES_LIMIT = 3 * 1024 };

static const char *symbol_of(const struct check *report, const struct check_gate *gate)
{
	if (check_gate_fails(report, gate))
		return "❌ ";
	switch (gate->outcome) {
	case OUTCOME_ERROR:
		return "❌ ";
	case OUTCOME_INCONCLUSIVE:
	case OUTCOME_INCOMPARABLE:
		return "⚠️ ";
	case OUTCOME_SKIPPED:
		return "";
	default:
		return "✅ ";
	}
}

static void print_row(const struct check *report, const struct check_gate *gate, FILE *stream)
{
	struct arena arena = {0};
	const char *bounds = check_text_bounds(gate, &arena);
	bool is_asserted = gate->kind == GATE_ASSERTED;

	page_markdown(stream, "| ", gate->name, " | ");
	fprintf(stream, "%s | %s | %s | %s%s%s | ", outcome_gate_kind_name(gate->kind),
		is_asserted ? "" : check_text_level(gate, gate->before, &arena),
		check_text_level(gate, gate->now, &arena),
		is_asserted ? "" : check_text_change(gate, gate->change, &arena),
		*bounds ? " " : "", bounds);
	page_markdown(stream, "", check_text_limit(gate, &arena), " | ");
	fprintf(stream, "%s | %s%s", check_text_smallest(gate, &arena), symbol_of(report, gate),
		outcome_name(gate->outcome));
	if (gate->reason)
		page_markdown(stream, ": ", gate->reason, "");
	fputs(" |\n", stream);
	arena_free(&arena);
}

/* Bad news first, so that it is not what is left out. */
static void print_rows(const struct check *report, FILE *stream)
{
	long start = ftell(stream);
	size_t omitted = 0;

	for (size_t o = 0; o < OUTCOME_COUNT; o++) {
		for (size_t i = 0; i < report->gate_count; i++) {
			if (report->gates[i].outcome != outcome_order[o])
				continue;
			if (ftell(stream) - start < ROWS_BYTES_LIMIT)
				print_row(report, &report->gates[i], stream);
			else
				omitted++;
		}
	}
	if (omitted > 0)
		fprintf(stream, "\n… %zu rows omitted\n", omitted);
}

static void print_note(const char *text, FILE *stream, size_t *room)
{
	size_t length = text ? strlen(text) : 0;

	if (!text || length > *room)
		return;
	*room -= length;
	page_markdown(stream, "- ", text, "\n");
}

static void print_document(const struct check *report, FILE *stream)
{
	struct arena arena = {0};
	size_t room = NOTES_BYTES_LIMIT;

	page_markdown(stream, "### ringside: ", report->title, ": ");
	fprintf(stream, "%s\n\n%s", check_verdict(report), check_text_counts(report, &arena));
	if (report->baseline) {
		page_markdown(stream, ", against ", report->baseline, " ");
		fprintf(stream, "(%zu session%s)", report->session_count,
			report->session_count == 1 ? "" : "s");
	}
	fputs("\n\n| gate | kind | before | now | change | limit | sees | outcome |\n"
	      "|---|---|---:|---:|---:|---:|---:|---|\n",
		stream);
	print_rows(report, stream);
	fputc('\n', stream);
	print_note(check_text_changes("another machine", &report->hard, &arena), stream, &room);
	print_note(check_text_changes("changed since the baseline", &report->soft, &arena), stream,
		&room);
	for (size_t i = 0; i < report->note_count; i++)
		print_note(report->notes[i], stream, &room);
	arena_free(&arena);
}

int check_write_markdown(const struct check *report, FILE *stream)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	FILE *memory = open_memstream(&text, &bytes);

	/* How much was written is only known of memory: stdout may be a pipe. */
	if (!memory)
		return -errno;
	print_document(report, memory);
	if (fclose(memory) != 0)
		return -errno;
	errno = 0;
	fwrite(text, 1, bytes, stream);
	return stream_finish(stream);
}
