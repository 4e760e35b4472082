/* SPDX-License-Identifier: MIT */
/* What rw=openread, copy and stat need, and what they have no use for. */
#include "job/job_composite.h"

#include <string.h>

#include "job/job_check.h"

/* Options that whole files leave no room for. */
static const struct {
	const char *name;
	const char *why;
} not_for_whole_files[] = {
	{"offset", "each file is taken whole, from its beginning"},
	{"offset_increment", "each file is taken whole, from its beginning"},
	{"openfiles", "no file is kept open"},
	{"create_on_open", "files are opened to read them only"},
};

static void refuse(const struct job *job, const char *option, const char *why, struct diag *diag)
{
	if (job_is_news(job, option, RULE_COMPOSITE))
		diag_error(diag, job_place(job, option), "%s does not go with rw=%s: %s", option,
			io_op_name(job_composite_op(job)), why);
}

static void check_whole_files(const struct job *job, struct diag *diag)
{
	size_t count = sizeof(not_for_whole_files) / sizeof(not_for_whole_files[0]);

	for (size_t i = 0; i < count; i++) {
		if (job_sets(job, not_for_whole_files[i].name))
			refuse(job, not_for_whole_files[i].name, not_for_whole_files[i].why, diag);
	}
	if (job->size.is_set && job->size.is_percent)
		refuse(job, "size", "a share of a file is not the whole of it", diag);
	if (job->io_size.is_set && (job->rw.mode == RW_STAT || job->io_size.is_percent))
		refuse(job, "io_size",
			job->rw.mode == RW_STAT
				? "no bytes are moved: take number_ios, loops or runtime"
				: "say how many bytes",
			diag);
	if (job->file_service_type.ios_per_file > 1)
		refuse(job, "file_service_type", "each file is taken once before the next", diag);
}

static void check_pairs(const struct job *job, struct diag *diag)
{
	const struct job_texts *names = &job->given.filename;

	if (names->count == 0 || names->count % 2 != 0) {
		if (!job_is_news(job, "rw", RULE_COMPOSITE))
			return;
		diag_error(diag, job_place(job, names->count ? "filename" : "rw"),
			"rw=copy goes from one file to another, and filename names %s",
			names->count ? "an odd number of them" : "none");
		diag_hint(diag, "write filename=SOURCE:DESTINATION");
		return;
	}
	for (size_t i = 0; i < names->count; i += 2) {
		if (strcmp(names->texts[i], names->texts[i + 1]) == 0)
			refuse(job, "filename", "a file cannot be copied to itself", diag);
	}
}

static void check_copy(const struct job *job, struct diag *diag)
{
	static const char *const fills[] = {"refill_buffers", "zero_buffers", "buffer_pattern",
		"buffer_compress_percentage", "dedupe_percentage"};
	const struct block_size_spec *sizes = &job->block_sizes.of[DIRECTION_WRITE];

	check_pairs(job, diag);
	if (sizes->min_bytes != sizes->max_bytes || sizes->share_count > 0)
		refuse(job, job_size_option(job), "blocks of one size only", diag);
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		if (job_sets(job, fills[i]) && job_is_news(job, fills[i], RULE_COMPOSITE))
			diag_note(diag, job_place(job, fills[i]),
				"%s has no effect on rw=copy: what is written is what was read",
				fills[i]);
	}
}

void job_composite_check(const struct job *job, struct diag *diag)
{
	if (job_is_of_whole_files(job))
		check_whole_files(job, diag);
	else if (job->rw.mode == RW_COPY)
		check_copy(job, diag);
}
