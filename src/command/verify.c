/* SPDX-License-Identifier: MIT */
/* `ringside verify`: a target against the state of the run that wrote it. It never writes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "command/documents.h"
#include "command/verify_report.h"
#include "verify/fio_state.h"

enum { NOTE_LIMIT = 16 };

struct verify_request {
	struct documents documents;
	const char *state_path;
	bool is_buffered;
};

static const struct document_formats *const kinds[] = {&verify_formats, NULL};

static const struct option verify_options[] = {
	{OPTION_BIND_TEXT(struct verify_request, state_path), .name = "state", .syntax = "STATE",
		.help = "the state that the run saved"},
	{OPTION_BIND_FLAG(struct verify_request, is_buffered), .name = "buffered",
		.help = "read through the page cache; else past it, where that works"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	{.options = verify_options},
	DOCUMENTS_PART(struct verify_request, documents, kinds),
	{.options = NULL},
};

/* What is being done. */
struct task {
	struct arguments *arguments;
	const struct verify_request *request;
	struct state_file file;
	struct verify_report report;
};

/* An open target; reads past the page cache until that is refused. */
struct source {
	int descriptor;
	bool is_direct;
};

static int read_source(void *context, void *buffer, size_t bytes, uint64_t offset)
{
	struct source *source = context;
	size_t done = 0;

	while (done < bytes) {
		ssize_t got = pread(source->descriptor, (char *)buffer + done, bytes - done,
			(off_t)(offset + done));

		if (got < 0 && errno == EINVAL && source->is_direct) {
			/* Not on its grid, as at the end of a file. */
			source->is_direct = false;
			if (fcntl(source->descriptor, F_SETFL, 0) < 0)
				return -errno;
			continue;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -ENXIO;
		done += (size_t)got;
	}
	return 0;
}

static int open_source(struct source *source, const char *path, bool is_buffered)
{
	source->is_direct = !is_buffered;
	source->descriptor = -1;
	if (!is_buffered)
		source->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
	if (source->descriptor < 0) {
		source->is_direct = false;
		source->descriptor = open(path, O_RDONLY | O_CLOEXEC);
	}
	return source->descriptor < 0 ? -errno : 0;
}

static void add_note(struct task *task, const char *text)
{
	struct verify_report *report = &task->report;
	struct arena *arena = &task->arguments->arena;

	if (!report->notes)
		report->notes = arena_alloc_array(arena, NOTE_LIMIT, sizeof(*report->notes));
	if (report->note_count < NOTE_LIMIT)
		report->notes[report->note_count++] = text;
}

static const char *hexadecimal(struct arena *arena, const uint8_t *bytes, uint32_t count)
{
	char text[2 * DIAGNOSIS_SHOWN + 1] = "";

	for (uint32_t i = 0; i < count; i++)
		snprintf(text + 2 * (size_t)i, 3, "%02x", bytes[i]);
	return arena_strdup(arena, text);
}

static void add_finding(struct task *task, const char *target, const char *job,
	const struct audit_finding *found, struct verify_report_finding *finding)
{
	struct arena *arena = &task->arguments->arena;
	const struct diagnosis *diagnosis = &found->diagnosis;

	*finding = (struct verify_report_finding){
		.target = target,
		.job = job,
		.offset = diagnosis->offset,
		.bytes = diagnosis->bytes,
		.is_stray = found->is_stray,
		.found_offset = UINT64_MAX,
	};
	if (found->error != 0) {
		finding->error = text_errno_symbol(-found->error);
		finding->error = arena_strdup(arena, finding->error);
		finding->text = found->error == -ENXIO ? "the target ends before"
						       : arena_printf(arena, "cannot be read: %s",
								 text_errno_name(-found->error));
		return;
	}
	finding->has_kind = true;
	finding->kind = diagnosis->kind;
	finding->text = diagnosis_text(diagnosis, arena);
	if (found->is_stray)
		finding->text =
			arena_printf(arena, "the run wrote nothing here: %s", finding->text);
	finding->has_difference = diagnosis->wrong_bytes > 0;
	finding->first_difference = diagnosis->first_difference;
	finding->wrong_bytes = diagnosis->wrong_bytes;
	finding->wrong_bits = diagnosis->wrong_bits;
	finding->wanted = hexadecimal(arena, diagnosis->wanted, diagnosis->shown);
	finding->had = hexadecimal(arena, diagnosis->had, diagnosis->shown);
	finding->expected_write = diagnosis->expected.sequence;
	if (diagnosis->found.is_known && !diagnosis->found.is_zeros) {
		finding->found_write = diagnosis->found.sequence;
		finding->found_offset = diagnosis->found.offset;
	}
	finding->is_torn = diagnosis->kind == DIAGNOSIS_TORN;
	finding->torn_at = diagnosis->torn_at;
	finding->boundary = diagnosis->boundary;
	finding->expected_first = diagnosis->expected_first;
}

static void add_counts(struct audit_counts *to, const struct audit_counts *from)
{
	/* Nothing but counts. */
	uint64_t *sum = (uint64_t *)to;
	const uint64_t *part = (const uint64_t *)from;

	_Static_assert(sizeof(*to) % sizeof(*sum) == 0, "counts");
	for (size_t i = 0; i < sizeof(*to) / sizeof(*sum); i++)
		sum[i] += part[i];
}

static void add_target(struct task *task, const char *path, const struct state_section *section,
	const struct audit *audit)
{
	struct verify_report *report = &task->report;
	struct arena *arena = &task->arguments->arena;
	size_t count = report->finding_count + audit->finding_count;
	struct verify_report_finding *all = arena_alloc_array(arena, count + 1, sizeof(*all));
	const char *job = section->name;

	if (report->finding_count > 0)
		memcpy(all, report->findings, report->finding_count * sizeof(*all));
	for (size_t i = 0; i < audit->finding_count; i++)
		add_finding(task, path, job, &audit->findings[i], &all[report->finding_count + i]);
	report->findings = all;
	report->finding_count = count;
	report->targets[report->target_count++] = (struct verify_report_target){
		.path = path,
		.job = job,
		.bytes = audit->bytes_read,
		.counts = audit->counts,
	};
	report->bytes += audit->bytes_read;
	add_counts(&report->counts, &audit->counts);
}

/* Whether `path` is this target of the state. */
static bool is_target(
	const char *path, const struct stat *status, const struct state_target *target)
{
	char real[PATH_MAX];

	if (realpath(path, real) && strcmp(real, target->path) == 0)
		return true;
	return S_ISREG(status->st_mode) && status->st_dev == target->device &&
	       status->st_ino == target->inode;
}

/* The state has one target, by its path, whatever number of jobs wrote to it. */
static const struct state_target *only_target(const struct state_file *file)
{
	const struct state_target *only = NULL;

	for (uint32_t i = 0; i < file->section_count; i++)
		for (uint32_t t = 0; t < file->sections[i].target_count; t++) {
			const struct state_target *target = &file->sections[i].targets[t];

			if (only && strcmp(only->path, target->path) != 0)
				return NULL;
			only = target;
		}
	return only;
}

static void list_targets(struct task *task)
{
	for (uint32_t i = 0; i < task->file.section_count; i++)
		for (uint32_t t = 0; t < task->file.sections[i].target_count; t++)
			diag_note(&task->arguments->diag, NULL, "the state is of %s (job '%s')",
				task->file.sections[i].targets[t].path,
				task->file.sections[i].name);
}

/* A folder, a pipe or a terminal gives nothing back; a pipe would not even open. */
static int check_kind(struct task *task, const char *path)
{
	struct diag *diag = &task->arguments->diag;
	struct stat status;

	if (stat(path, &status) < 0 || S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))
		return 0; /* What is not there is told when it is opened. */
	diag_error(diag, NULL, "%s is neither a file nor a block device", path);
	if (S_ISCHR(status.st_mode))
		diag_hint(diag, "of a drive written through its character device name the block "
				"device");
	return -EINVAL;
}

static int audit_one(struct task *task, const char *path, const struct state_section *section,
	const struct state_target *target)
{
	struct diag *diag = &task->arguments->diag;
	struct audit audit = {0};
	struct source source;
	struct audit_source reader = {read_source, &source};
	int error = check_kind(task, path);

	if (error != 0)
		return error;
	error = open_source(&source, path, task->request->is_buffered);
	if (error != 0) {
		diag_error(diag, NULL, "cannot open %s: %s", path, text_errno_name(-error));
		return error;
	}
	audit_target(&task->file, section, target, &reader, &task->arguments->arena, &audit);
	close(source.descriptor);
	add_target(task, path, section, &audit);
	return 0;
}

/* All of the state that is of `path`, or all of it at its own paths. */
static int audit_all(struct task *task, const char *path, const struct state_target *copied)
{
	struct state_file *file = &task->file;
	struct stat status = {0};

	if (path && stat(path, &status) < 0) {
		diag_error(&task->arguments->diag, NULL, "cannot open %s: %s", path,
			text_errno_name(errno));
		return -EINVAL;
	}
	for (uint32_t i = 0; i < file->section_count; i++) {
		const struct state_section *section = &file->sections[i];

		for (uint32_t t = 0; t < section->target_count; t++) {
			const struct state_target *target = &section->targets[t];

			if (path && !copied && !is_target(path, &status, target))
				continue;
			if (audit_one(task, path ? path : target->path, section, target) != 0)
				return -EINVAL;
		}
	}
	return 0;
}

/* A file at another path may be a copy of the only target; else which one it is, is not known. */
static int choose_target(struct task *task, const char *path, const struct state_target **copied)
{
	struct diag *diag = &task->arguments->diag;
	struct stat status;

	*copied = NULL;
	if (!path)
		return 0;
	if (stat(path, &status) < 0) {
		diag_error(diag, NULL, "cannot open %s: %s", path, text_errno_name(errno));
		return -EINVAL;
	}
	for (uint32_t i = 0; i < task->file.section_count; i++)
		for (uint32_t t = 0; t < task->file.sections[i].target_count; t++)
			if (is_target(path, &status, &task->file.sections[i].targets[t]))
				return 0;
	*copied = only_target(&task->file);
	if (!*copied) {
		diag_error(diag, NULL, "%s is none of the targets of %s", path,
			task->report.state_path);
		list_targets(task);
		return -EINVAL;
	}
	if (S_ISREG(status.st_mode) && (uint64_t)status.st_size < (*copied)->bytes) {
		diag_error(diag, NULL,
			"%s has %lld bytes, and the target of %s, %s, has %" PRIu64
			": it is another file",
			path, (long long)status.st_size, task->report.state_path, (*copied)->path,
			(*copied)->bytes);
		return -EINVAL;
	}
	add_note(task,
		arena_printf(&task->arguments->arena,
			"the state is of %s: %s is taken for a copy of it", (*copied)->path, path));
	return 0;
}

/* Reports why a file is no state that can be read here. */
static int refuse_state(struct task *task, int error, const char *problem)
{
	const char *path = task->report.state_path;
	struct diag *diag = &task->arguments->diag;
	struct fio_state fio;

	if (error != -EINVAL) {
		diag_error(
			diag, NULL, "cannot read the state %s: %s", path, text_errno_name(-error));
		return error;
	}
	if (fio_state_read(path, &fio) == 0) {
		diag_error(diag, NULL,
			"%s is a state of fio (job '%s'): it tells that %" PRIu64
			" writes were issued, and not where",
			path, fio.name, fio.issued);
		diag_hint(diag, "fio --verify_state_load=1 continues with it; ringside run "
				"--rw=read --verify=… needs no state");
		return error;
	}
	diag_error(diag, NULL, "%s cannot be used: %s", path, problem);
	return error;
}

static int open_state(struct task *task)
{
	struct arena *arena = &task->arguments->arena;
	struct verify_report *report = &task->report;
	const char *problem;
	size_t count = 0;
	int error;

	report->state_path = task->request->state_path;
	error = state_file_open(report->state_path, arena, &task->file, &problem);
	if (error != 0)
		return refuse_state(task, error, problem);
	for (uint32_t i = 0; i < task->file.section_count; i++)
		count += task->file.sections[i].target_count;
	report->targets = arena_alloc_array(arena, count + 1, sizeof(*report->targets));
	report->run = arena_printf(arena, "%08" PRIx32, task->file.run);
	report->made.tv_sec = (time_t)task->file.made_s;
	report->ended = task->file.is_closed      ? VERIFY_ENDED
			: task->file.is_same_boot ? VERIFY_KILLED
						  : VERIFY_MACHINE_DOWN;
	return 0;
}

/* Whether nothing that was judged is of the run. */
static bool is_strange(const struct audit_counts *counts)
{
	uint64_t of_run = counts->right + counts->flown_before + counts->flown_after +
			  counts->flown_between + counts->later +
			  counts->of_kind[DIAGNOSIS_FLIPPED_BITS] +
			  counts->of_kind[DIAGNOSIS_OLDER] + counts->of_kind[DIAGNOSIS_YOUNGER] +
			  counts->of_kind[DIAGNOSIS_OTHER_BLOCK] + counts->of_kind[DIAGNOSIS_TORN];

	return of_run == 0 && counts->wrong > 1;
}

static bool has_null(const struct state_file *file)
{
	for (uint32_t i = 0; i < file->section_count; i++)
		if (file->sections[i].format.kind == CHECKSUM_NULL)
			return true;
	return false;
}

static void add_notes(struct task *task)
{
	struct verify_report *report = &task->report;
	bool is_durable = true;

	for (uint32_t i = 0; i < task->file.section_count; i++)
		is_durable = is_durable && task->file.sections[i].is_durable;
	if (report->ended == VERIFY_MACHINE_DOWN && !is_durable &&
		report->counts.of_kind[DIAGNOSIS_OLDER] > 0)
		add_note(task, "writes were acknowledged before they were durable: what a machine "
			       "that went down had not flushed is lost, and not the drive's fault");
	if (has_null(&task->file))
		add_note(task, "verify=null writes nothing by which a block could be judged");
	if (is_strange(&report->counts))
		add_note(task, "nothing of the run is there: another file, or written over");
}

static int verify_target(struct task *task, const char *path)
{
	struct verify_report *report = &task->report;
	const struct state_target *copied;
	uint64_t start_ns;

	if (choose_target(task, path, &copied) != 0)
		return EXIT_BAD_REQUEST;
	start_ns = clock_now();
	if (audit_all(task, path, copied) != 0)
		return EXIT_BAD_REQUEST;
	report->elapsed_s = (double)(clock_now() - start_ns) * 1e-9;
	if (copied && is_strange(&report->counts)) {
		diag_error(&task->arguments->diag, NULL,
			"nothing of run %s is in %s: the state %s is of another file, %s",
			report->run, path, report->state_path, copied->path);
		return EXIT_BAD_REQUEST;
	}
	report->is_blind = audit_is_blind(&report->counts);
	report->is_right = audit_is_right(&report->counts) && !report->is_blind;
	add_notes(task);
	if (documents_write(task->arguments, &verify_formats, report) != 0)
		return EXIT_RUN_FAILED;
	if (report->is_blind)
		return EXIT_INCONCLUSIVE;
	return report->is_right ? EXIT_DONE : EXIT_RUN_FAILED;
}

static int check_request(struct arguments *arguments, const struct verify_request *request)
{
	struct diag *diag = &arguments->diag;

	if (documents_check(arguments, &verify_formats) != 0 ||
		documents_spare_operands(arguments, "the target") != 0)
		return -EINVAL;
	if (arguments->operand_count > 1) {
		diag_error(diag, NULL, "ringside verify takes one target, not %zu",
			arguments->operand_count);
		return -EINVAL;
	}
	if (!request->state_path) {
		diag_error(diag, NULL, "--state=STATE is missing: what has to be there");
		diag_hint(diag, "without a state: ringside run --rw=read --verify=crc32c … reads "
				"what each block claims");
		return -EINVAL;
	}
	return documents_spare(arguments, request->state_path, "the state");
}

static int verify_main(struct arguments *arguments, void *asked)
{
	struct task task = {.arguments = arguments, .request = asked};
	int code = EXIT_BAD_REQUEST;

	if (check_request(arguments, task.request) != 0 || open_state(&task) != 0)
		return code;
	code = verify_target(&task, arguments->operand_count ? arguments->operands[0] : NULL);
	state_file_release(&task.file);
	return code;
}

const struct command command_verify = {
	.name = "verify",
	.usage = "[OPTION]... [TARGET] --state=STATE",
	.summary = "read a target back and hold it against the state of the run that wrote it",
	.detail =
		"The state of a run with verify= tells of each block which write has to be there.\n"
		"It is exact at any time, also when the process was killed; a write that was in\n"
		"flight then may be there, or not, or in part. After a loss of power the target\n"
		"may be younger than the state, never older. Blocks that the run did not write\n"
		"must have nothing of it. Without TARGET, all targets of the state are read.\n"
		"\n"
		"Exit code 0: all that was acknowledged is there. 5: it is not, and each wrong\n"
		"block is told with what it has instead. 3: blocks were written, and none of them\n"
		"can be judged. 2: no state, or of another file.\n"
		"'ringside help verify-schema' prints the JSON Schema.",
	.parts = parts,
	.request_bytes = sizeof(struct verify_request),
	.ranks = COMMAND_ALONE,
	.run = verify_main,
};
