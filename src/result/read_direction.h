/* SPDX-License-Identifier: MIT */
/* One direction of a job, with its latencies, out of a result document. */
#ifndef RESULT_READ_DIRECTION_H
#define RESULT_READ_DIRECTION_H

#include "result/json_node.h"
#include "result/result.h"

/* From `name` of the job's node. Sets the job's percentiles where they are still unset. */
void read_direction(const struct json_node *job_node, const char *name,
	struct result_direction *direction, struct result_job *job);

/* Of the syncs, those at the job's end; older documents do not have them apart. */
void read_closing_syncs(const struct json_node *job_node, struct result_job *job);

#endif
