/* SPDX-License-Identifier: MIT */
/* The document and the text of `ringside verify`. */
#include "command/verify_report.h"

#include <inttypes.h>
#include <string.h>

#include "document/field_row.h"
#include "text/figure.h"
#include "text/page.h"

enum { SHOWN_LIMIT = 20 }; /* findings in the text */

static const char *ended_name(unsigned ended)
{
	static const char *const names[VERIFY_ENDED_COUNT] = {"closed", "killed", "machine_down"};

	return names[ended];
}

static const struct field_table kinds_table = FIELD_TABLE_WITH("kinds", struct audit_counts,
	(.help = "Wrong blocks by what they have instead."),
	{"flipped_bits", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_FLIPPED_BITS])},
	{"zeros", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_ZEROS])},
	{"older", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_OLDER]),
		.help = "A write was lost: the block has an earlier one."},
	{"younger", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_YOUNGER])},
	{"other_block", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_OTHER_BLOCK]),
		.help = "A write or a read was misdirected."},
	{"torn", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_TORN])},
	{"other_writer", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_OTHER_WRITER])},
	{"corrupt", FIELD_COUNT(struct audit_counts, of_kind[DIAGNOSIS_CORRUPT])});

static const struct field_table blocks_table = FIELD_TABLE_OF("blocks", struct audit_counts,
	{"right", FIELD_COUNT(struct audit_counts, right)},
	{"in_flight_before", FIELD_COUNT(struct audit_counts, flown_before),
		.help = "A write was in flight, and the block is as before it."},
	{"in_flight_after", FIELD_COUNT(struct audit_counts, flown_after)},
	{"in_flight_between", FIELD_COUNT(struct audit_counts, flown_between),
		.help = "Part before it, part after it."},
	{"later", FIELD_COUNT(struct audit_counts, later),
		.help = "Younger than the state of a machine that went down."},
	{"unjudged", FIELD_COUNT(struct audit_counts, unjudged),
		.help = "Written, but what has to be there is not known."},
	{"untouched", FIELD_COUNT(struct audit_counts, untouched),
		.help = "Never written by the run, and nothing of it has gone there."},
	{"wrong", FIELD_COUNT(struct audit_counts, wrong)},
	{"stray", FIELD_COUNT(struct audit_counts, stray),
		.help = "Of the wrong ones: content of the run where it wrote nothing."},
	{"unread", FIELD_COUNT(struct audit_counts, unread), .help = "They could not be read."},
	{"kinds", FIELD_GROUP(struct audit_counts, &kinds_table)});

#define FINDING struct verify_report_finding

static const struct field_table torn_table = FIELD_TABLE_OF("torn", FINDING,
	{"at", FIELD_COUNT(FINDING, torn_at), .help = "Byte of the block."},
	{"boundary",
		FIELD_CHOICE(FINDING, boundary, DIAGNOSIS_AT_ODD + 1, diagnosis_boundary_name)},
	{"expected_first", FIELD_BOOL(FINDING, expected_first),
		.help = "What was expected stands before it, the other content from it on."});

static const struct field_table difference_table = FIELD_TABLE_OF("difference", FINDING,
	{"first", FIELD_COUNT(FINDING, first_difference), .help = "Byte of the block."},
	{"bytes", FIELD_COUNT(FINDING, wrong_bytes)}, {"bits", FIELD_COUNT(FINDING, wrong_bits)},
	{"expected", FIELD_TEXT(FINDING, wanted), .help = "From there on, hexadecimal."},
	{"found", FIELD_TEXT(FINDING, had)});

static bool lacks_torn(const void *structure)
{
	return !((const FINDING *)structure)->is_torn;
}

static bool lacks_difference(const void *structure)
{
	return !((const FINDING *)structure)->has_difference;
}

static const struct field_table finding_table = FIELD_TABLE_OF("finding", FINDING,
	{"target", FIELD_TEXT(FINDING, target)}, {"job", FIELD_TEXT(FINDING, job)},
	{"offset", FIELD_COUNT(FINDING, offset)}, {"bytes", FIELD_COUNT(FINDING, bytes)},
	{"kind", FIELD_CHOICE(FINDING, kind, DIAGNOSIS_KIND_COUNT, diagnosis_kind_name),
		FIELD_IF(FINDING, has_kind)},
	{"error", FIELD_TEXT(FINDING, error), .null = FIELD_NULL},
	{"text", FIELD_TEXT(FINDING, text)}, {"stray", FIELD_BOOL(FINDING, is_stray)},
	{"expected_write", FIELD_COUNT(FINDING, expected_write), .null = FIELD_NULL_ZERO},
	{"found_write", FIELD_COUNT(FINDING, found_write), .null = FIELD_NULL_ZERO},
	{"found_offset", FIELD_COUNT(FINDING, found_offset), .null = FIELD_NULL_LARGEST,
		.help = "Of the block that what was found is of."},
	{"torn", FIELD_GROUP(FINDING, &torn_table), .lacks = lacks_torn},
	{"difference", FIELD_GROUP(FINDING, &difference_table), .lacks = lacks_difference});

static const struct field_table target_table = FIELD_TABLE_OF("target", struct verify_report_target,
	{"path", FIELD_TEXT(struct verify_report_target, path)},
	{"job", FIELD_TEXT(struct verify_report_target, job)},
	{"bytes", FIELD_COUNT(struct verify_report_target, bytes)},
	{"blocks", FIELD_OBJECT(struct verify_report_target, counts, &blocks_table)});

static const struct field_table state_table = FIELD_TABLE_OF("state", struct verify_report,
	{"path", FIELD_TEXT(struct verify_report, state_path)},
	{"run", FIELD_TEXT(struct verify_report, run)},
	{"made", FIELD_TIME(struct verify_report, made)},
	{"ended", FIELD_CHOICE(struct verify_report, ended, VERIFY_ENDED_COUNT, ended_name),
		.help = "closed: the run ended. killed: it was killed, or goes on. machine_down: "
			"the machine has started anew since."});

static const struct field_table report_table = FIELD_TABLE_WITH(NULL, struct verify_report,
	(.help = "A target against the state of the run that wrote it. Keys may be added without a "
		 "new version: readers skip those that they do not know."),
	{"tool", FIELD_GROUP(struct verify_report, &document_tool_table), .is_unread = true},
	{"state", FIELD_GROUP(struct verify_report, &state_table)},
	{"right", FIELD_BOOL(struct verify_report, is_right)},
	{"blind", FIELD_BOOL(struct verify_report, is_blind),
		.help = "Blocks were written, and none of them can be judged."},
	{"bytes", FIELD_COUNT(struct verify_report, bytes)},
	{"elapsed_s", FIELD_AMOUNT(struct verify_report, elapsed_s)},
	{"blocks", FIELD_OBJECT(struct verify_report, counts, &blocks_table)},
	{"targets", FIELD_ARRAY(struct verify_report, target_count, targets, &target_table)},
	{"findings", FIELD_ARRAY(struct verify_report, finding_count, findings, &finding_table),
		.help = "The first 1000 of each target."},
	{"notes", FIELD_TEXTS(struct verify_report, note_count, notes)});

const struct document_kind verify_document = {
	.noun = "verification",
	.schema = "ringside-verify/1",
	.table = &report_table,
};

static int write_json(struct verify_report *report, FILE *stream)
{
	return document_write(&verify_document, report, stream);
}

static void put_state(struct page *page, const struct verify_report *report)
{
	static const char *const words[VERIFY_ENDED_COUNT] = {
		"the run ended",
		"the run was killed, or goes on",
		"the machine went down, or this is another one",
	};
	struct tm made;
	char time[32] = "";

	if (gmtime_r(&report->made.tv_sec, &made))
		(void)strftime(time, sizeof(time), "%Y-%m-%d %H:%M:%S UTC", &made);
	page_line(page, "", "state");
	page_phrase(page, ",", "%s", report->state_path);
	page_phrase(page, ",", "run %s", report->run);
	page_phrase(page, ",", "begun %s", time);
	page_phrase(page, ",", "%s", words[report->ended]);
	page_line_end(page);
}

static void put_counts(struct page *page, const struct audit_counts *counts)
{
	const char *separator = ":";
	uint64_t flown = counts->flown_before + counts->flown_after + counts->flown_between;

	page_line(page, "", "blocks");
	page_phrase(page, ",", "%" PRIu64 " as written", counts->right);
	if (flown > 0) {
		page_phrase(page, ",", "%" PRIu64 " in flight", flown);
		page_phrase(page, "", "(%" PRIu64 " before the write,", counts->flown_before);
		page_phrase(page, "", "%" PRIu64 " after it,", counts->flown_after);
		page_phrase(page, "", "%" PRIu64 " part each)", counts->flown_between);
	}
	if (counts->later > 0)
		page_phrase(page, ",", "%" PRIu64 " younger than the state", counts->later);
	if (counts->unjudged > 0)
		page_phrase(page, ",", "%" PRIu64 " not judged", counts->unjudged);
	page_line_end(page);
	if (counts->unread > 0) {
		page_line(page, PAGE_RED, "unread");
		page_phrase(page, ",", "%" PRIu64, counts->unread);
		page_line_end(page);
	}
	if (counts->wrong == 0)
		return;
	page_line(page, PAGE_RED, "wrong");
	page_phrase(page, ",", "%" PRIu64, counts->wrong);
	for (unsigned kind = 0; kind < DIAGNOSIS_KIND_COUNT; kind++) {
		if (counts->of_kind[kind] == 0)
			continue;
		page_phrase(page, separator, "%s %" PRIu64, diagnosis_kind_words(kind),
			counts->of_kind[kind]);
		separator = ",";
	}
	if (counts->stray > 0)
		page_phrase(page, ",", "%" PRIu64 " of them where the run wrote nothing",
			counts->stray);
	page_line_end(page);
}

static void put_findings(struct page *page, const struct verify_report *report)
{
	for (size_t i = 0; i < report->finding_count && i < SHOWN_LIMIT; i++) {
		const struct verify_report_finding *finding = &report->findings[i];

		page_line(page, i == 0 ? PAGE_BOLD : "", i == 0 ? "what" : "");
		if (report->target_count > 1)
			page_phrase(page, "", "%s", finding->target);
		page_phrase(page, "", "at %" PRIu64 ", %" PRIu64 " bytes:", finding->offset,
			finding->bytes);
		page_phrase(page, "", "%s", finding->text);
		page_line_end(page);
	}
	if (report->finding_count > SHOWN_LIMIT) {
		page_line(page, "", "");
		page_phrase(page, "", "and %zu more (--format=json shows them)",
			report->finding_count - SHOWN_LIMIT);
		page_line_end(page);
	}
}

static const char *verdict_words(const struct verify_report *report)
{
	if (report->is_blind)
		return "nothing of what was written can be judged";
	if (!report->is_right)
		return "the target is not what the run wrote";
	return report->counts.unjudged > 0
		       ? "all that was acknowledged is there, as far as it can be judged"
		       : "all that was acknowledged is there";
}

static int write_text(struct verify_report *report, FILE *stream)
{
	char bytes[FIGURE_BYTES_OF_TEXT], time[FIGURE_BYTES_OF_TEXT];
	struct page page;

	page_open(&page, NULL, stream);
	fprintf(page.stream, "%sringside verify", PAGE_BOLD);
	for (size_t i = 0; i < report->target_count; i++)
		if (i == 0 || strcmp(report->targets[i].path, report->targets[i - 1].path) != 0)
			fprintf(page.stream, " %s", report->targets[i].path);
	fprintf(page.stream, "%s\n", PAGE_PLAIN);
	put_state(&page, report);
	page_line(&page, "", "read");
	page_phrase(&page, ",", "%s", figure_text(bytes, FIGURE_BYTES, (double)report->bytes));
	page_phrase(&page, ",", "%s", figure_text(time, FIGURE_TIME, report->elapsed_s * 1e9));
	page_line_end(&page);
	put_counts(&page, &report->counts);
	put_findings(&page, report);
	for (size_t i = 0; i < report->note_count; i++)
		page_note(&page, PAGE_YELLOW, "note", report->notes[i]);
	page_line(&page, report->is_right ? PAGE_GREEN : PAGE_RED, "verdict");
	page_phrase(&page, ",", "%s", verdict_words(report));
	page_line_end(&page);
	return page_close(&page);
}

DOCUMENT_FORMATS(verify_formats, "a verification", struct verify_report,
	{"text", NULL, DOCUMENT_WRITE(struct verify_report, write_text)},
	{"json", "the document", DOCUMENT_WRITE(struct verify_report, write_json)}, );
