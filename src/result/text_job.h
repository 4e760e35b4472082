/* SPDX-License-Identifier: MIT */
/* One job on a page of text: what ran, its figures, its costs. */
#ifndef RESULT_TEXT_JOB_H
#define RESULT_TEXT_JOB_H

#include "result/result.h"
#include "text/page.h"

/* `arena` for what is only needed while writing. */
void text_job(const struct result_job *job, struct arena *arena, struct page *page);

#endif
