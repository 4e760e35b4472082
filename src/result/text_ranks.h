/* SPDX-License-Identifier: MIT */
/* Ranks in the text of a result: a few lines, however many there are. */
#ifndef RESULT_TEXT_RANKS_H
#define RESULT_TEXT_RANKS_H

#include "result/result.h"
#include "text/page.h"

/* Of a job; nothing where the run was of one process. */
void text_ranks_of_job(const struct result_job *job, struct arena *arena, struct page *page);

/* Of the run: how many, on which hosts, by which clocks, and how their machines differ. */
void text_ranks_of_run(const struct result *result, struct page *page);

#endif
