/* SPDX-License-Identifier: MIT */
/* What a page with pictures says beside them: the sentences of the text output, as JSON. */
#include "curve/curve_report.h"
#include "curve/curve_words.h"
#include "report/html.h"

static int write_output(const void *curve, const struct page_options *options, FILE *stream)
{
	return curve_write_text_with(curve, false, options, stream);
}

cJSON *curve_page_words(const struct curve *curve)
{
	struct arena arena = {0};
	cJSON *words = json_object();

	json_add_text(words, "title", curve_words_title(curve, &arena));
	html_add_texts(words, "found", curve_words_findings(curve, &arena));
	html_add_texts(words, "notes", curve_words_notes(curve, &arena));
	json_add_text(words, "again", curve_words_again(curve, &arena));
	html_add_output(words, write_output, curve);
	arena_free(&arena);
	return words;
}

int curve_write_html(const struct curve *curve, FILE *stream)
{
	return html_write_kind(&curve_document, curve, curve_page_words(curve), stream);
}
