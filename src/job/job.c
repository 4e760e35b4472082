/* SPDX-License-Identifier: MIT */
/* What can be asked of a job. */
#include "job/job.h"

#include "job/job_bind.h"

static enum io_op composite_of(enum job_rw mode)
{
	switch (mode) {
	case RW_OPENREAD:
		return IO_OPEN_READ;
	case RW_COPY:
		return IO_COPY;
	case RW_STAT:
		return IO_STAT;
	default:
		return IO_OP_COUNT;
	}
}

/* Directions of each rw, as IO_BITs. */
static unsigned directions_of(enum job_rw mode)
{
	switch (mode) {
	case RW_READ:
	case RW_RANDREAD:
		return IO_BIT(DIRECTION_READ);
	case RW_WRITE:
	case RW_RANDWRITE:
		return IO_BIT(DIRECTION_WRITE);
	case RW_TRIM:
	case RW_RANDTRIM:
		return IO_BIT(DIRECTION_TRIM);
	case RW_READWRITE:
	case RW_RANDRW:
		return IO_BIT(DIRECTION_READ) | IO_BIT(DIRECTION_WRITE);
	case RW_TRIMWRITE:
	case RW_RANDTRIMWRITE:
		return IO_BIT(DIRECTION_TRIM) | IO_BIT(DIRECTION_WRITE);
	case RW_OPENREAD:
	case RW_COPY:
	case RW_STAT:
		return IO_BIT(io_op_direction(composite_of(mode)));
	}
	return 0;
}

enum io_op job_composite_op(const struct job *job)
{
	return composite_of(job->rw.mode);
}

bool job_is_of_whole_files(const struct job *job)
{
	return job->rw.mode == RW_OPENREAD || job->rw.mode == RW_STAT;
}

bool job_does(const struct job *job, enum io_direction direction)
{
	return (directions_of(job->rw.mode) & IO_BIT(direction)) != 0;
}

bool job_reads(const struct job *job)
{
	return job_does(job, DIRECTION_READ);
}

bool job_writes(const struct job *job)
{
	return job_does(job, DIRECTION_WRITE) || job_does(job, DIRECTION_TRIM);
}

bool job_trims_and_writes(const struct job *job)
{
	return job_does(job, DIRECTION_TRIM) && job_does(job, DIRECTION_WRITE);
}

bool job_is_random(const struct job *job)
{
	switch (job->rw.mode) {
	case RW_RANDREAD:
	case RW_RANDWRITE:
	case RW_RANDTRIM:
	case RW_RANDRW:
	case RW_RANDTRIMWRITE:
		return true;
	default:
		return false;
	}
}

/* Two options may set one field (direct and buffered): either counts. */
static struct job_entry *find_job_entry(const struct job *job, const struct option *option)
{
	const struct option *all = job_option_table.options;
	struct job_entry *entry = job->origin->job_entries[option - all];

	for (size_t i = 0; all[i].name && !entry; i++) {
		if (all[i].field == option->field)
			entry = job->origin->job_entries[i];
	}
	return entry;
}

struct job_entry *job_entry_of(const struct job *job, const char *name)
{
	const struct option_table *engine_table = job->engine ? job->engine->options : NULL;
	const struct option *option = option_find(&job_option_table, name);

	if (option)
		return find_job_entry(job, option);
	option = engine_table ? option_find(engine_table, name) : NULL;
	return option ? job->origin->engine_entries[option - engine_table->options] : NULL;
}

const struct place *job_place(const struct job *job, const char *option)
{
	const struct job_entry *entry = job_entry_of(job, option);

	return entry ? &entry->value_place : &job->place;
}

bool job_sets(const struct job *job, const char *option)
{
	return job_entry_of(job, option) != NULL;
}
