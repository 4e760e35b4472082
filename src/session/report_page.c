/* SPDX-License-Identifier: MIT */
/* What a page with pictures says beside them: the sentences of the text output, as JSON. */
#include "report/html.h"
#include "session/report.h"

static const char *claim_name(enum report_claim claim)
{
	static const char *const names[] = {
		[CLAIM_NOTHING] = "nothing",
		[CLAIM_ALONE] = "alone",
		[CLAIM_NONE] = "none",
		[CLAIM_EXPLORATORY] = "exploratory",
		[CLAIM_WINNER] = "wins",
		[CLAIM_TIED] = "tied",
	};

	return names[claim];
}

/* The winner, or those that are tied at the top. */
static void add_top(cJSON *table, const struct view *view, enum report_claim claim)
{
	cJSON *top = json_add_array(table, "top");

	for (size_t i = 0; i < view->comparison.rank_count; i++) {
		size_t c = view->comparison.ranks[i];

		if (i == 0 || (claim == CLAIM_TIED && view->comparison.letters[c] & 1))
			json_add_text(top, NULL, view_name(view, c));
	}
}

static void add_conditions(cJSON *table, const struct health *health)
{
	static const struct {
		enum health_flag flag;
		const char *name;
	} conditions[] = {
		{HEALTH_DRIFTS, "drifts"},
		{HEALTH_ORDER_MATTERS, "order-matters"},
		{HEALTH_REMEMBERS, "remembers"},
		{HEALTH_IS_DISTURBED, "disturbed"},
		{HEALTH_RAMP_IS_SHORT, "ramp-is-short"},
	};
	cJSON *list = json_add_array(table, "conditions");

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		if (health->flags & conditions[i].flag)
			json_add_text(list, NULL, conditions[i].name);
	}
}

static void add_table(cJSON *tables, const struct record *record, const struct record_point *point,
	struct arena *arena)
{
	cJSON *table = json_add_object(tables, NULL);
	enum report_claim claim;
	struct view view;

	view_make(&view, record, point, arena);
	claim = report_claim_of(&view);
	json_add_text(table, "title", report_title(&view));
	json_add_text(table, "claim", claim_name(claim));
	add_top(table, &view, claim);
	add_conditions(table, &view.comparison.health);
	html_add_texts(table, "words", report_words(&view));
	html_add_texts(table, "notes", report_notes(&view));
}

static int write_output(const void *record, const struct page_options *options, FILE *stream)
{
	return report_text_with(record, false, options, stream);
}

cJSON *report_page_words(const struct record *record)
{
	struct arena arena = {0};
	cJSON *words = json_object();
	cJSON *points = json_add_array(words, "points");

	for (size_t i = 0; i < record->point_count; i++) {
		cJSON *tables = json_add_array(json_add_object(points, NULL), "tables");
		struct record_point *split;
		size_t count = view_split_point(&record->points[i], &arena, &split);

		for (size_t t = 0; t < count; t++)
			add_table(tables, record, &split[t], &arena);
	}
	json_add_text(words, "again", report_again(record, &arena));
	html_add_output(words, write_output, record);
	arena_free(&arena);
	return words;
}

int report_html(const struct record *record, FILE *stream)
{
	return html_write_kind(&record_document, record, report_page_words(record), stream);
}
