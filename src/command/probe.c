/* SPDX-License-Identifier: MIT */
/* `ringside probe`: what this kernel, this user and a target allow. It reads, and never writes. */
#include "probe/probe.h"

#include "command/documents.h"

struct probe_request {
	struct documents documents;
};

static const struct document_formats *const kinds[] = {&probe_formats, NULL};

static const struct command_part parts[] = {
	DOCUMENTS_PART(struct probe_request, documents, kinds),
	{.options = NULL},
};

static int probe_main(struct arguments *arguments, void *asked)
{
	const char *path = arguments->operand_count ? arguments->operands[0] : NULL;
	struct probe probe;
	int code = EXIT_BAD_REQUEST;

	(void)asked; /* the documents alone */
	if (documents_check(arguments, &probe_formats) != 0 ||
		documents_spare_operands(arguments, "the target") != 0)
		return code;
	if (arguments->operand_count > 1) {
		diag_error(&arguments->diag, NULL, "ringside probe takes one target, not %zu",
			arguments->operand_count);
		diag_hint(&arguments->diag, "probe them one after another");
		return code;
	}
	if (probe_collect(&probe, path, &arguments->diag) == 0)
		code = documents_write(arguments, &probe_formats, &probe) == 0 ? EXIT_DONE
									       : EXIT_RUN_FAILED;
	probe_free(&probe);
	return code;
}

const struct command command_probe = {
	.name = "probe",
	.usage = "[OPTION]... [TARGET]",
	.summary = "show which engines and settings work here, and why others do not",
	.detail = "TARGET is a file or a device; without one: the machine only. Every engine is "
		  "opened\n"
		  "with every setting that reads can have, and reads one block of the target, "
		  "which is\n"
		  "never written, nor opened for writing. 'ringside help probe-schema' prints the "
		  "JSON Schema.",
	.parts = parts,
	.request_bytes = sizeof(struct probe_request),
	.run = probe_main,
};
