/* SPDX-License-Identifier: MIT */
/* A preparation for people: what was done, how fast, and what the target is now. */
#include <math.h>

#include "prepare/prepare_record.h"
#include "text/figure.h"
#include "text/page.h"

static void put_target(struct page *page, const struct prepare_record *record)
{
	char size[FIGURE_BYTES_OF_TEXT];

	fprintf(page->stream, "%sringside prepare %s%s\n", PAGE_BOLD, record->path, PAGE_PLAIN);
	page_line(page, "", "target");
	page_phrase(page, ",", "%s of %s", record->kind,
		figure_text(size, FIGURE_BYTES, (double)record->plan.bytes));
	if (record->file_system)
		page_phrase(page, ",", "on %s", record->file_system);
	if (record->device)
		page_phrase(page, ",", "disk %s%s%s", record->device, record->model ? " " : "",
			record->model ? record->model : "");
	page_phrase(page, ",", "%s",
		record->is_direct ? "written with O_DIRECT" : "written through the page cache");
	page_line_end(page);
}

static void put_pass(struct page *page, const struct prepare_record *record, size_t index)
{
	const struct prepare_pass *pass = &record->passes[index];
	char label[FIGURE_BYTES_OF_TEXT], bytes[FIGURE_BYTES_OF_TEXT], rate[FIGURE_BYTES_OF_TEXT],
		time[FIGURE_BYTES_OF_TEXT], block[FIGURE_BYTES_OF_TEXT];

	snprintf(label, sizeof(label), "pass %zu/%llu", index + 1,
		(unsigned long long)record->plan.pass_count);
	page_line(page, "", label);
	page_phrase(page, ",", "%s%s", figure_text(bytes, FIGURE_BYTES, (double)pass->bytes),
		pass->bytes < record->plan.bytes ? " so far" : "");
	page_phrase(page, ",", "%s, blocks of %s",
		record->plan.order == PREPARE_RANDOM ? "each block once at random" : "sequential",
		figure_text(block, FIGURE_BYTES, (double)record->plan.block_bytes));
	if (isfinite(prepare_pass_rate(pass))) {
		page_phrase(page, ",", "%s", figure_text(time, FIGURE_TIME, pass->elapsed_s * 1e9));
		page_phrase(page, ",", "%s",
			figure_text(rate, FIGURE_BANDWIDTH, prepare_pass_rate(pass)));
	}
	page_line_end(page);
}

static void put_settling(struct page *page, const struct prepare_settling *settling)
{
	char text[FIGURE_BYTES_OF_TEXT];

	if (!(settling->elapsed_s > 0))
		return;
	page_line(page, settling->is_reached ? "" : PAGE_YELLOW, "settling");
	page_phrase(page, ",", "%s",
		settling->is_reached ? "steady state reached" : "steady state not reached");
	page_phrase(page, ",", "%s of random writes",
		figure_text(text, FIGURE_TIME, settling->elapsed_s * 1e9));
	page_phrase(page, ",", "%s", figure_text(text, FIGURE_BYTES, (double)settling->bytes));
	if (isfinite(settling->iops))
		page_phrase(page, ",", "%s IOPS", figure_text(text, FIGURE_COUNT, settling->iops));
	if (isfinite(settling->drift))
		page_phrase(page, ",", "drift %+.1f %% in the last %s", 100 * settling->drift,
			figure_text(text, FIGURE_TIME, settling->window_s * 1e9));
	page_line_end(page);
}

static void put_state(struct page *page, const struct prepare_record *record)
{
	char holes[FIGURE_BYTES_OF_TEXT];

	page_line(page, record->state == PREPARE_INCOMPLETE ? PAGE_YELLOW : PAGE_BOLD, "state");
	page_phrase(page, ",", "%s", prepare_state_name(record->state));
	if (record->state == PREPARE_CONDITIONED)
		page_phrase(page, ",", "written %zu times", record->pass_count);
	if (record->signal)
		page_phrase(page, ",", "broken off by signal %d", record->signal);
	if (record->runs > 1)
		page_phrase(page, ",", "in %llu runs", (unsigned long long)record->runs);
	if (record->hole_bytes > 0 && record->state != PREPARE_PURGED)
		page_phrase(page, ",", "%s of it never written",
			figure_text(holes, FIGURE_BYTES, (double)record->hole_bytes));
	page_line_end(page);
}

int prepare_write_text(struct prepare_record *record, FILE *stream)
{
	char time[FIGURE_BYTES_OF_TEXT];
	struct page page;

	page_open(&page, NULL, stream);
	put_target(&page, record);
	if (record->purge_method) {
		page_line(&page, "", "purge");
		page_phrase(&page, ",", "by %s", record->purge_method);
		page_phrase(
			&page, ",", "%s", figure_text(time, FIGURE_TIME, record->purge_s * 1e9));
		page_line_end(&page);
	}
	for (size_t i = 0; i < record->pass_count; i++)
		put_pass(&page, record, i);
	put_settling(&page, &record->settling);
	put_state(&page, record);
	return page_close(&page);
}
