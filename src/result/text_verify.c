/* SPDX-License-Identifier: MIT */
/* The lines of a job's block that say what came of its verification. */
#include <inttypes.h>

#include "result/job_table.h"
#include "result/result_figures.h"
#include "text/figure.h"

enum { BLOCKS_SHOWN = 10 };

static void add_count(struct page *page, uint64_t count, const char *what)
{
	if (count > 0)
		page_phrase(page, ",", "%" PRIu64 " %s", count, what);
}

static void add_kinds(const struct result_verify *verify, struct page *page)
{
	for (unsigned i = 0; i < DIAGNOSIS_KIND_COUNT; i++)
		add_count(page, verify->kinds[i], diagnosis_kind_words(i));
	add_count(page, verify->missing, "behind the end of the target");
}

static void print_unjudged(const struct result_verify *verify, struct page *page)
{
	page_line(page, PAGE_YELLOW, "unjudged");
	add_count(page, verify->unordered, "where writes overlapped, failed or were short");
	add_count(page, verify->superseded, "written anew while they were read");
	add_count(page, verify->unread, "that could not be read");
	add_count(page, verify->unplaced, "of patterns without their beginning");
	add_count(page, verify->left, "left when the job ended");
	page_line_end(page);
}

void text_verify(const struct result_job *job, struct page *page)
{
	const struct result_verify *verify = job->verify;
	char text[FIGURE_BYTES_OF_TEXT];

	if (!verify)
		return;
	page_line(page, verify->wrong > 0 ? PAGE_RED : PAGE_DIM, "verify");
	page_phrase(page, "", "%" PRIu64 " block%s, %s", verify->blocks,
		verify->blocks == 1 ? "" : "s",
		figure_text(text, FIGURE_BYTES, (double)verify->bytes));
	if (verify->elapsed_ns > 0)
		page_phrase(page, ",", "%s of reading back",
			figure_text(text, FIGURE_TIME, (double)verify->elapsed_ns));
	if (verify->wrong > 0)
		page_phrase(page, ":", "%" PRIu64 " wrong", verify->wrong);
	else if (verify->blocks > 0)
		page_phrase(page, ":", "all right");
	page_line_end(page);
	if (verify->wrong > 0) {
		page_line(page, PAGE_RED, "wrong");
		add_kinds(verify, page);
		page_line_end(page);
	}
	for (size_t i = 0; i < verify->wrong_block_count && i < BLOCKS_SHOWN; i++) {
		const struct result_wrong_block *block = &verify->wrong_blocks[i];

		page_line(page, PAGE_RED, "");
		page_phrase(
			page, "", "%s at %" PRIu64 ": %s", block->path, block->offset, block->text);
		page_line_end(page);
	}
	if (verify->wrong > BLOCKS_SHOWN) {
		page_line(page, PAGE_RED, "");
		page_phrase(page, "", "and %" PRIu64 " more%s", verify->wrong - BLOCKS_SHOWN,
			verify->wrong_block_count > BLOCKS_SHOWN ? " (the first are in the JSON)"
								 : "");
		page_line_end(page);
	}
	print_unjudged(verify, page);
}
