/* SPDX-License-Identifier: MIT */
/* The page of a check: its document, and what the text output says of it. */
#include "check/check.h"
#include "check/check_text.h"
#include "report/html.h"

static void add_gate(cJSON *gates, const struct check_gate *gate, struct arena *arena)
{
	bool is_asserted = gate->kind == GATE_ASSERTED;
	cJSON *texts = json_add_object(gates, NULL);

	json_add_text(
		texts, "before", is_asserted ? "" : check_text_level(gate, gate->before, arena));
	json_add_text(texts, "now", check_text_level(gate, gate->now, arena));
	json_add_text(
		texts, "change", is_asserted ? "" : check_text_change(gate, gate->change, arena));
	json_add_text(texts, "bounds", check_text_bounds(gate, arena));
	json_add_text(texts, "limit", check_text_tolerance(gate, arena));
	json_add_text(texts, "sees", check_text_smallest(gate, arena));
}

static int write_output(const void *report, const struct page_options *options, FILE *stream)
{
	return check_write_text_with(report, options, stream);
}

cJSON *check_page_words(const struct check *report)
{
	struct arena arena = {0};
	cJSON *words = json_object();
	cJSON *gates;

	json_add_text(words, "title",
		arena_printf(&arena, "%s%s", report->title, check_text_against(report, &arena)));
	json_add_text(words, "counts", check_text_counts(report, &arena));
	html_add_texts(words, "notes", check_text_notes(report, &arena));
	gates = json_add_array(words, "gates");
	for (size_t i = 0; i < report->gate_count; i++)
		add_gate(gates, &report->gates[i], &arena);
	html_add_output(words, write_output, report);
	arena_free(&arena);
	return words;
}

int check_write_html(const struct check *report, FILE *stream)
{
	return html_write_kind(&check_document, report, check_page_words(report), stream);
}
