/* SPDX-License-Identifier: MIT */
/*
 * The result document: its tables, and those of them that other documents have parts of. A new
 * figure of a run is a member of the struct and a row there. And the writers of a result.
 */
#ifndef RESULT_RESULT_FIELDS_H
#define RESULT_RESULT_FIELDS_H

#include "document/document.h"
#include "result/result.h"
#include "text/page.h"

extern const struct document_kind result_document;          /* of struct result */
extern const struct document_kind result_interval_document; /* of struct result_interval_line */

extern const struct field_table result_run_table;  /* of struct result: tool to warnings */
extern const struct field_table result_what_table; /* of struct result_job: name to unreturned */
extern const struct field_table result_cost_table; /* of it, too: cpu to submit_share */
extern const struct field_table result_direction_table;
extern const struct field_table result_state_table; /* of struct result_state */
extern const struct field_table result_latency_goal_table;
extern const struct field_table result_replay_table;
extern const struct field_table result_steady_table;    /* of struct result_steady */
extern const struct field_table result_verify_table;    /* of struct result_verify */
extern const struct field_table result_job_table;       /* of struct result_job, all of it */
extern const struct field_table result_job_ranks_table; /* of struct result_job_ranks */
extern const struct field_table result_cluster_table;   /* of struct result_cluster */
extern const struct field_table result_latency_table;
extern const struct field_table result_summary_table;    /* of struct latency_summary */
extern const struct field_table result_series_table;     /* of struct result_series */
extern const struct field_table result_disk_count_table; /* of struct result_disk */
extern const struct field_table result_environment_table;
extern const struct field_table result_refused_table; /* of struct setting, with a reason */

/* Whether the intervals of a job's series are all of it, bucket by bucket. */
bool result_series_adds_up(const struct result_job *job);

/* [index, count], the next of the buckets of a histogram. */
void result_bucket_write(struct json_raw *buckets, unsigned index, uint64_t count);

/* struct settings: an object of texts and nulls. */
extern const struct field_custom result_settings_field;

/* [[value, count], ...]; null when it is empty. */
extern const struct field_custom tally_field;

/*
 * Writers: each writes a whole document. They return 0 or -errno of the stream. No figure that is
 * not known is printed: it is null in JSON, empty in CSV, a dash in text.
 */
#define RESULT_WRITER_LIST(WRITER)                                                                 \
	WRITER("text", NULL, write_text) /* a screen a job, a summary */                           \
	WRITER("summary", NULL, write_summary)                                                     \
	WRITER("heatmap", NULL, write_heat_map) /* text, and maps of latency by time */            \
	WRITER("json", "JSON", result_write_json)                                                  \
	WRITER("csv", "CSV", write_csv) /* a row a job and direction */                            \
	WRITER("csv-series", "CSV of the intervals", write_csv_series)                             \
	WRITER("jsonl", "JSON, a line for each interval and one for the run", result_write_lines)  \
	WRITER("json-line", NULL, result_write_line) /* the last of these */                       \
	WRITER("markdown", "Markdown", write_markdown)                                             \
	WRITER("fio-json", "JSON in fio's layout", write_fio_json)                                 \
	WRITER("hdr-log", "a histogram log (HdrHistogram)", write_hdr_log)                         \
	WRITER("html", "a page with pictures", result_write_html)

#define RESULT_WRITER_DECLARE(name, as, function)                                                  \
	int function(const struct result *result, FILE *stream);
RESULT_WRITER_LIST(RESULT_WRITER_DECLARE)

/* The same with other options than page_options_of(stream). */
int write_text_with(const struct result *result, const struct page_options *options, FILE *stream);
int write_summary_with(
	const struct result *result, const struct page_options *options, FILE *stream);
int write_heat_map_with(
	const struct result *result, const struct page_options *options, FILE *stream);

/* A line of jsonl, flushed: 0 or -errno. */
int result_write_interval(const struct result_interval_line *line, FILE *stream);

extern const struct document_formats result_formats;

#endif
