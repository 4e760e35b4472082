/* SPDX-License-Identifier: MIT */
/* Text, Markdown and JSON. */
#include "claim/claim_report.h"

#include <errno.h>

#include "base/stream.h"
#include "claim/claim_words.h"

enum { WIDE_COLUMNS = 160 };

static void print_grid(struct grid *grid, struct page *page)
{
	grid_print(grid, page);
	fputc('\n', page->stream);
}

static void print_notes(const char **lines, struct page *page)
{
	for (size_t i = 0; lines[i]; i++)
		page_note(page, PAGE_DIM, i == 0 ? "notes" : "", lines[i]);
	if (lines[0])
		fputc('\n', page->stream);
}

static void print_entry(const struct claims_entry *entry, struct arena *arena, struct page *page)
{
	struct grid grid;

	fprintf(page->stream, PAGE_BOLD "%s" PAGE_PLAIN " — %s\n", entry->claim->title,
		claim_words_verdicts(entry, arena));
	page_note(page, PAGE_DIM, "claim", entry->claim->statement);
	if (entry->claim->about)
		page_note(page, PAGE_DIM, "about", entry->claim->about);
	fputc('\n', page->stream);
	claim_words_tests(entry, false, arena, &grid);
	print_grid(&grid, page);
	if (entry->point_count > 0) {
		claim_words_figures(entry, arena, &grid);
		print_grid(&grid, page);
	}
	print_notes(claim_words_notes(entry, true, arena), page);
}

/* Why lines have no verdict, a note a claim: the rest stands in the wide text. */
static void print_reasons(const struct claims *claims, struct arena *arena, struct page *page)
{
	const char *label = "notes";

	for (size_t i = 0; i < claims->entry_count; i++) {
		const struct claims_entry *entry = &claims->entries[i];
		const char **notes = claim_words_notes(entry, true, arena);
		size_t count = 0;

		while (notes[count])
			count++;
		if (count == 0)
			continue;
		page_note(page, PAGE_DIM, label,
			arena_printf(arena, "%s: %s%s", claim_words_name(claims, entry), notes[0],
				count > 1
					? arena_printf(arena, " (and %zu more: --wide)", count - 1)
					: ""));
		label = "";
	}
}

static void print_end(const struct claims *claims, struct arena *arena, struct page *page)
{
	const char *again = claim_words_again(claims, arena);

	if (claims->signal != 0)
		page_note(page, PAGE_YELLOW, "broken off",
			arena_printf(arena, "by signal %d in claim %zu of %zu", claims->signal,
				claims->entry_count, claims->asked_count));
	page_note(page, PAGE_DIM, "again", again);
}

int claim_report_text_with(
	const struct claims *claims, bool is_wide, const struct page_options *options, FILE *stream)
{
	struct arena arena = {0};
	struct page page;
	struct grid grid;

	page_open(&page, options, stream);
	fprintf(page.stream, PAGE_BOLD "%s" PAGE_PLAIN "\n\n", claim_words_title(claims, &arena));
	if (claims->entry_count > 1) {
		claim_words_summary(claims, &arena, &grid);
		print_grid(&grid, &page);
	}
	for (size_t i = 0; (is_wide || claims->entry_count == 1) && i < claims->entry_count; i++)
		print_entry(&claims->entries[i], &arena, &page);
	if (!is_wide && claims->entry_count > 1)
		print_reasons(claims, &arena, &page);
	print_end(claims, &arena, &page);
	arena_free(&arena);
	return page_close(&page);
}

int claim_report_text(const struct claims *claims, FILE *stream)
{
	return claim_report_text_with(claims, false, NULL, stream);
}

int claim_report_wide(const struct claims *claims, FILE *stream)
{
	struct page_options options = page_options_of(stream);

	options.columns = WIDE_COLUMNS;
	return claim_report_text_with(claims, true, &options, stream);
}

int claim_report_json(const struct claims *claims, FILE *stream)
{
	return document_write(&claims_document, claims, stream);
}

static void put_grid(struct grid *grid, FILE *stream)
{
	grid_print_markdown(grid, stream);
	fputc('\n', stream);
}

static void put_machine(const struct claims *claims, struct arena *arena, FILE *stream)
{
	const struct settings facts = claim_words_machine(claims, arena);

	fputs("## The machine\n\n| | |\n|---|---|\n", stream);
	for (size_t i = 0; i < facts.count; i++) {
		page_markdown(stream, "| ", facts.items[i].key, " |");
		page_markdown(stream, " ", facts.items[i].value, " |\n");
	}
	fputc('\n', stream);
}

static void put_overview(const struct claims *claims, struct arena *arena, FILE *stream)
{
	fputs("| claim | verdict | cost |\n|---|:--|--:|\n", stream);
	for (size_t i = 0; i < claims->entry_count; i++) {
		const struct claims_entry *entry = &claims->entries[i];

		fprintf(stream, "| [");
		page_markdown(stream, "", entry->claim->title, "](#");
		fprintf(stream, "%s) | %s | %s |\n", claim_words_anchor(claims, entry, arena),
			claim_words_verdicts(entry, arena),
			claim_words_time(entry->outcome.elapsed_s, arena));
	}
	fputc('\n', stream);
}

static void put_how(const struct claims *claims, FILE *stream)
{
	fputs("A line is *confirmed* where the whole interval of what was measured is on the "
	      "claim's side of the\nborder, *refuted* where the whole interval is on the other "
	      "(at one point is enough), and *not resolved*\notherwise. Intervals are widened "
	      "for all lines of this page together, so that of pages like this one\nat most "
	      "5 % have any false verdict where the truth lies on the border. They are of this "
	      "machine and its load.\n\n",
		stream);
	if (claims->is_exploratory)
		fputs("This is a short form (`--quick`): nothing is confirmed or refuted.\n\n",
			stream);
}

static const char *point_line(const struct claims_point *point, struct arena *arena)
{
	const char *length = point->rounds > 0
				     ? arena_printf(arena, "%u rounds of turns", point->rounds)
				     : arena_printf(arena, "trials of %.3g s", point->trial_s);

	return arena_printf(arena, "%s%s%s: %zu blocks of %s", point->name,
		*point->name ? ": " : "", point->summary, point->block_count, length);
}

static void put_entry(const struct claims *claims, const struct claims_entry *entry,
	struct arena *arena, FILE *stream)
{
	const char **notes = claim_words_notes(entry, false, arena);
	struct grid grid;

	fprintf(stream, "<a id=\"%s\"></a>\n\n", claim_words_anchor(claims, entry, arena));
	page_markdown(stream, "## ", entry->claim->title, "\n\n");
	page_markdown(stream, "> ", entry->claim->statement, "\n\n");
	fprintf(stream, "**%s**, ", claim_words_verdicts(entry, arena));
	page_markdown(stream, "", entry->claim->path, ", ");
	fprintf(stream, "%s\n\n", claim_words_time(entry->outcome.elapsed_s, arena));
	claim_words_tests(entry, true, arena, &grid);
	put_grid(&grid, stream);
	if (entry->claim->about)
		page_markdown(stream, "", entry->claim->about, "\n\n");
	if (entry->point_count > 0) {
		claim_words_figures(entry, arena, &grid);
		put_grid(&grid, stream);
	}
	for (size_t i = 0; i < entry->point_count; i++)
		page_markdown(stream, "- ", point_line(&entry->points[i], arena), "\n");
	for (size_t i = 0; notes[i]; i++)
		page_markdown(stream, "- ", notes[i], "\n");
	if (entry->point_count > 0 || notes[0])
		fputc('\n', stream);
}

int claim_report_markdown(const struct claims *claims, FILE *stream)
{
	struct arena arena = {0};
	char date[32];
	struct tm utc;

	errno = 0;
	gmtime_r(&claims->started.tv_sec, &utc);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &utc);
	fputs("# Claims, tested on this machine\n\n", stream);
	page_markdown(stream, "", claim_words_title(claims, &arena), "; ");
	fprintf(stream, "%s, ringside %s (%s).\n\n", date, claims->version, claims->git);
	if (claims->signal != 0)
		fprintf(stream, "It was broken off by signal %d in claim %zu of %zu.\n\n",
			claims->signal, claims->entry_count, claims->asked_count);
	put_overview(claims, &arena, stream);
	put_how(claims, stream);
	for (size_t i = 0; i < claims->entry_count; i++)
		put_entry(claims, &claims->entries[i], &arena, stream);
	put_machine(claims, &arena, stream);
	fputs("Again: ", stream);
	page_markdown_code(stream, claim_words_again(claims, &arena));
	fputc('\n', stream);
	arena_free(&arena);
	return stream_finish(stream);
}

#define WRITER(name, as, function) {name, as, DOCUMENT_WRITE(const struct claims, function)},

DOCUMENT_FORMATS(claim_formats, "a test of claims", const struct claims, CLAIM_WRITER_LIST(WRITER));
