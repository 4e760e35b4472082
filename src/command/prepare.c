/* SPDX-License-Identifier: MIT */
/* `ringside prepare`: a drive or a file into a known state, before it is measured. */
#include "prepare/prepare.h"

#include <errno.h>

#include "command/documents.h"
#include "host/purge.h"
#include "run/stop_signal.h"

enum { FILL_AUTO = -1, PASSES_LIMIT = 100 };

struct prepare_command {
	struct documents documents;
	struct prepare_request prepare;
	bool purges;
	int fill, until;
	uint64_t passes, block_bytes, bytes;
};

static const struct document_formats *const kinds[] = {&prepare_formats, NULL};

static const struct option_choice fills[] = {
	{"auto", FILL_AUTO, "seq; with --purge alone none"},
	{"seq", PREPARE_SEQUENTIAL, "from the first byte to the last"},
	{"rand", PREPARE_RANDOM, "each block once in a pass, in random order"},
	{"none", PREPARE_NO_FILL, "nothing is written"},
	{NULL, 0, NULL},
};

static const struct option_choice untils[] = {
	{"filled", false, "the passes are done"},
	{"steady", true, "random writes after them are steady, too"},
	{NULL, 0, NULL},
};

static const struct option_choice methods[] = {
	{"auto", PURGE_AUTO, "format, else discard; of a file punch"},
	{"format", PURGE_FORMAT, "NVMe Format with user data erase"},
	{"sanitize", PURGE_SANITIZE, "NVMe Sanitize: the whole drive"},
	{"discard", PURGE_DISCARD, "as blkdiscard(8)"},
	{"punch", PURGE_PUNCH, "a hole in place of a file's data"},
	{NULL, 0, NULL},
};

#define BIND(type, member) OPTION_BIND_##type(struct prepare_command, member)

/* What is to be done; then what tells how, and means nothing without it. */
static const struct option stage_options[] = {
	{BIND(FLAG, purges), .name = "purge",
		.help = "erase the target first; it must be named again by --destroy"},
	{BIND(CHOICE, fill), .choices = fills, .name = "fill", .syntax = "ORDER",
		.value_default = "auto",
		.help = "seq, rand or none; auto: seq, with --purge alone none"},
	{BIND(CHOICE, until), .choices = untils, .name = "until", .syntax = "STATE",
		.value_default = "filled", .help = "when it is done: filled, or steady"},
	{.name = NULL},
};

static const struct option purge_options[] = {
	{BIND(CHOICE, prepare.purge_method), .choices = methods, .name = "purge-by",
		.syntax = "METHOD", .value_default = "auto",
		.help = "of --purge: format, sanitize, discard; punch a file"},
	{.name = NULL},
};

static const struct option fill_options[] = {
	{BIND(COUNT, passes), .min = 1, .max = PASSES_LIMIT, .name = "passes", .syntax = "N",
		.value_default = "2", .help = "of --fill: how often"},
	{BIND(SIZE, block_bytes), .min = 512, .max = 1u << 30, .name = "bs", .syntax = "SIZE",
		.help = "of --fill: bytes of a write (default: 128k, random 4k)"},
	{.name = NULL},
};

static const struct option steady_options[] = {
	{BIND(TIME, prepare.limit_ns), .unit_ns = 1000000000, .min = 1000000000, .name = "max-time",
		.syntax = "TIME", .value_default = "3h",
		.help = "of --until=steady: the search ends, with exit code 3"},
	{.name = NULL},
};

static const struct option target_options[] = {
	{BIND(SIZE, bytes), .min = 512, .name = "size", .syntax = "SIZE",
		.help = "how much of it, from its first byte on (default: all)"},
	{OPTION_BIND_TEXTS(struct prepare_command, prepare.destroy, prepare.destroy_count),
		.name = "destroy", .syntax = "PATH",
		.help = "allow writing to this device although it carries data"},
	{BIND(TEXT, prepare.state_path), .name = "state", .syntax = "FILE",
		.help = "where progress is saved (default: in ~/.local/state/ringside)"},
	{BIND(TIME, prepare.save_ns), .unit_ns = 1000000000, .min = 1000000, .name = "save-every",
		.syntax = "TIME", .value_default = "30s", .help = "how often progress is saved"},
	{BIND(FLAG, prepare.restarts), .name = "restart",
		.help = "begin anew, do not continue what was broken off"},
	{BIND(FLAG, prepare.is_quiet), .name = "quiet", .help = "no progress line"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	{.options = stage_options},
	{.options = purge_options},
	{.options = fill_options},
	{.options = steady_options},
	{.options = target_options},
	DOCUMENTS_PART(struct prepare_command, documents, kinds),
	{.options = NULL},
};

static int check_operands(struct arguments *arguments)
{
	if (arguments->operand_count == 1)
		return documents_spare_operands(arguments, "the target");
	if (arguments->operand_count == 0)
		diag_error(&arguments->diag, NULL, "nothing to prepare: name a file or a device");
	else
		diag_error(&arguments->diag, NULL, "ringside prepare takes one target, not %zu",
			arguments->operand_count);
	diag_hint(&arguments->diag, "ringside prepare FILE --size=10g, or ringside prepare "
				    "/dev/nvme0n1");
	return -EINVAL;
}

static void complete(struct prepare_command *command, const char *path)
{
	struct prepare_plan *plan = &command->prepare.plan;

	command->prepare.path = path;
	*plan = (struct prepare_plan){
		.purges = command->purges,
		.order = (unsigned)command->fill,
		.pass_count = command->passes,
		.block_bytes = command->block_bytes,
		.bytes = command->bytes,
		.settles = command->until,
		.seed = JOB_DEFAULT_SEED,
	};
	if (command->fill == FILL_AUTO)
		plan->order =
			command->purges && !command->until ? PREPARE_NO_FILL : PREPARE_SEQUENTIAL;
	if (plan->order == PREPARE_NO_FILL)
		plan->pass_count = 0;
}

/* Nobody is to believe that something was done which no stage does. */
static int check_stages(struct arguments *arguments, const struct prepare_command *command)
{
	bool fills_it = command->prepare.plan.order != PREPARE_NO_FILL;

	if (!fills_it && !command->purges && !command->until) {
		diag_error(&arguments->diag, NULL,
			"--fill=none does nothing without --purge or --until=steady");
		return -EINVAL;
	}
	if (!command->purges && arguments_refuse(arguments, purge_options,
					"nothing is purged without --purge") != 0)
		return -EINVAL;
	if (!fills_it &&
		arguments_refuse(arguments, fill_options,
			"nothing is filled; after --purge, --fill=seq or rand does so") != 0)
		return -EINVAL;
	if (!command->until)
		return arguments_refuse(arguments, steady_options,
			"it limits the search of --until=steady; passes end by themselves");
	return 0;
}

static int prepare_main(struct arguments *arguments, void *asked)
{
	struct prepare_command *command = asked;
	struct prepare_record record;
	int code = EXIT_BAD_REQUEST;

	if (documents_check(arguments, &prepare_formats) != 0 || check_operands(arguments) != 0)
		return code;
	complete(command, arguments->operands[0]);
	if (check_stages(arguments, command) != 0)
		return code;
	code = prepare_run(&command->prepare, &record, &arguments->arena, &arguments->diag);
	if (record.runs > 0) {
		arguments->has_measured = true;
		if (documents_write(arguments, &prepare_formats, &record) != 0 && code == EXIT_DONE)
			code = EXIT_RUN_FAILED;
	}
	stop_signal_release();
	return code;
}

const struct command command_prepare = {
	.name = "prepare",
	.usage = "[OPTION]... TARGET",
	.summary = "bring a drive or a file into a known state before it is measured",
	.detail =
		"A drive that was never written reads without its flash, and one that is fresh\n"
		"writes faster than it ever will again. TARGET, a file or a block device, is\n"
		"purged with --purge, then filled with random data in --passes. Its data are\n"
		"lost. A device in use is never written; one that carries data, or is purged,\n"
		"must be named again by --destroy, and so must a job file.\n"
		"\n"
		"--until=steady then writes at random, for ten minutes and two capacities at\n"
		"least, until the IOPS drift by less than 5 % (proven at 95 %) over the last half\n"
		"of all that time, and a fresh window of that length has the same mean.\n"
		"\n"
		"Ctrl-C ends it, and the same command continues where it was: progress is saved\n"
		"every 30 s, for this target and these options only.\n"
		"'ringside help prepare-schema' prints the JSON Schema.",
	.parts = parts,
	.request_bytes = sizeof(struct prepare_command),
	.ranks = COMMAND_ALONE,
	.run = prepare_main,
};
