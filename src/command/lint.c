/* SPDX-License-Identifier: MIT */
/* `ringside lint`: what a run of job files would do; nothing is run. */
#include "lint/lint.h"

#include "command/documents.h"

struct lint_request {
	struct documents documents;
	const char *const *destroy;
	size_t destroy_count;
	const char *const *sections;
	size_t section_count;
};

static const struct document_formats *const kinds[] = {&lint_formats, NULL};

static const struct option lint_options[] = {
	{OPTION_BIND_TEXTS(struct lint_request, sections, section_count), .name = "section",
		.syntax = "NAME",
		.help = "look at the sections of this name only; may be repeated"},
	{OPTION_BIND_TEXTS(struct lint_request, destroy, destroy_count), .name = "destroy",
		.syntax = "PATH", .help = "as if ringside run were given it"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	DOCUMENTS_PART(struct lint_request, documents, kinds),
	{.options = lint_options},
	{.options = NULL},
};

static int lint_main(struct arguments *arguments, void *asked)
{
	const struct lint_request *request = asked;
	const struct write_guard allowed = {
		.destroy = request->destroy, .destroy_count = request->destroy_count};
	struct job_request job = {
		.files = arguments->operands,
		.file_count = arguments->operand_count,
		.options = arguments->job_options,
		.option_count = arguments->job_option_count,
		.sections = request->sections,
		.section_count = request->section_count,
	};
	struct lint lint;
	int code;

	if (documents_check(arguments, &lint_formats) != 0 ||
		documents_spare_operands(arguments, "the job file") != 0)
		return EXIT_BAD_REQUEST;
	if (arguments->operand_count == 0 && arguments->job_option_count == 0) {
		diag_error(
			&arguments->diag, NULL, "nothing to look at: name a job file, or options");
		diag_hint(&arguments->diag, "ringside lint jobs/quick.job");
		return EXIT_BAD_REQUEST;
	}
	lint_read(&lint, &job, &allowed);
	code = lint_code(&lint);
	if (documents_write(arguments, &lint_formats, &lint) != 0 && code == EXIT_DONE)
		code = EXIT_RUN_FAILED;
	lint_free(&lint);
	return code;
}

const struct command command_lint = {
	.name = "lint",
	.usage = "[OPTION]... [JOBFILE]...",
	.summary = "what 'run' would do, what is dangerous, and where fio does otherwise",
	.detail =
		"Looks at each job file for itself, with the options of the command line before\n"
		"it, and runs nothing: no target is opened for writing, none is created. Its\n"
		"findings are errors, dangers (what is overwritten, removed, filled up),\n"
		"differences from fio, warnings and notes. Exit code: 0 it would run, 2 it would\n"
		"be refused, 4 this machine lacks an engine. 'ringside help lint-schema' prints\n"
		"the JSON Schema.",
	.parts = parts,
	.request_bytes = sizeof(struct lint_request),
	.takes_job_options = true,
	.run = lint_main,
};
