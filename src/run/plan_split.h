/* SPDX-License-Identifier: MIT */
/*
 * A target that several ranks share, dealt out to them: from the region that one process would have
 * to the part of this rank. Nobody is asked: each rank computes its own part, from its number and
 * what it sees of the target. With ranks() = those that share the target,
 *
 *     segments      blocks 0..n-1 are cut into ranks() pieces; the first n % ranks() have one more
 *     interleaved   block b is of rank b % ranks()
 *
 * and what is left behind the last whole block is the last segment's. A block is the largest of the
 * job's, so that a part begins where one process might have begun an I/O.
 */
#ifndef RUN_PLAN_SPLIT_H
#define RUN_PLAN_SPLIT_H

#include "engine/target_open.h"
#include "run/planned_job.h"

/* Memory for a job's parts, where there are several ranks. */
void plan_split_prepare(struct planned_job *planned, struct arena *arena);

/* Whether blocks are dealt out in turn, for which a job has strides. */
bool plan_split_interleaves(const struct job *job);

/* How many clones of other ranks come before this one, in offset_increment. */
uint64_t plan_split_clones_before(const struct planned_job *planned, unsigned index);

/* From the whole region to this rank's. 0, or -EINVAL, reported: what cannot be dealt out. */
int plan_split_cut(struct planned_job *planned, unsigned index, struct diag *diag);

/* Blocks that are dealt out in turn, as zones of one block each. */
void plan_split_stride(struct planned_job *planned, unsigned index);

/* This rank's share of an amount that is of all ranks together, in whole blocks. */
uint64_t plan_split_amount(const struct planned_job *planned, uint64_t bytes);

/* Where the target ends for all ranks together, and which piece of it this one lays out. */
uint64_t plan_split_end(const struct planned_job *planned, unsigned index);
struct target_layout_part plan_split_layout(const struct planned_job *planned, unsigned index);

#endif
