/* SPDX-License-Identifier: MIT */
/* The options of documents, what is wrong with their files, and writing them. */
#include "command/documents.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/save_file.h"
#include "host/device_use.h"
#include "report/html.h"

/* Before the files of the kinds' writers. */
static const struct option fixed_options[] = {
	{OPTION_BIND_TEXT(struct documents, format), .name = "format", .syntax = "NAME"},
	{OPTION_BIND_TEXT(struct documents, output), .name = "output", .syntax = "FILE",
		.help = "write it to FILE, not to stdout"},
};
enum { FIXED_COUNT = sizeof(fixed_options) / sizeof(fixed_options[0]) };

static const struct document_writer *find_writer(
	const struct document_formats *kind, const char *name)
{
	for (const struct document_writer *writer = kind->writers; writer->name; writer++) {
		if (strcmp(writer->name, name) == 0)
			return writer;
	}
	return NULL;
}

/* "text, json, csv": each name of all kinds once. */
static const char *list_formats(
	const struct document_formats *const *kinds, const char *mark, struct arena *arena)
{
	const char *list = NULL;

	for (size_t k = 0; kinds[k]; k++) {
		for (const struct document_writer *w = kinds[k]->writers; w->name; w++) {
			bool is_listed = false;

			for (size_t before = 0; before < k && !is_listed; before++)
				is_listed = find_writer(kinds[before], w->name) != NULL;
			if (!list)
				list = arena_printf(arena, "%s%s", w->name, mark);
			else if (!is_listed)
				list = arena_printf(arena, "%s, %s", list, w->name);
		}
	}
	return list;
}

static bool has_option(const struct option *options, const char *name)
{
	const struct option_table table = {.options = options};

	return option_find(&table, name) != NULL;
}

const struct option *documents_options(const struct command_part *part, struct arena *arena)
{
	enum { LIMIT = FIXED_COUNT + DOCUMENTS_FILES_LIMIT };
	const struct document_formats *const *kinds = part->kinds;
	struct option *options = arena_alloc_array(arena, LIMIT + 1, sizeof(*options));
	size_t count = FIXED_COUNT;

	memcpy(options, fixed_options, sizeof(fixed_options));
	options[0].help = list_formats(kinds, " (default)", arena);
	for (; *kinds; kinds++) {
		for (const struct document_writer *w = (*kinds)->writers; w->name; w++) {
			if (!w->as || has_option(options, w->name))
				continue;
			assert(count < LIMIT);
			options[count] = (struct option){
				.name = w->name,
				.type = OPTION_TEXT,
				.field = offsetof(struct documents, files) +
					 (count - FIXED_COUNT) * sizeof(char *),
				.field_bytes = sizeof(char *),
				.syntax = "FILE",
				.help = arena_printf(
					arena, "write it to FILE as well, as %s", w->as),
			};
			count++;
		}
	}
	return options;
}

int documents_complain(struct arguments *arguments, const char *path, int error)
{
	if (error != 0)
		diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, strerror(-error));
	return error;
}

static bool may_be_shared(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
	       !S_ISDIR(status.st_mode); /* /dev/null */
}

/* Also of files that are not there yet, by whatever names of their folder. */
static bool are_one_file(const char *one, const char *other)
{
	struct save_place a, b;
	bool is_same;

	if (strcmp(one, other) == 0)
		return true;
	is_same = save_place_find(one, false, &a) == 0;
	is_same = save_place_find(other, false, &b) == 0 && is_same && save_place_is_same(&a, &b);
	save_place_close(&a);
	save_place_close(&b);
	return is_same;
}

/* The part of the request, and the options of its `files`, in their order. */
static struct documents *find_documents(
	const struct arguments *arguments, const struct option **files)
{
	const struct arguments_part *part = arguments->parts;

	while (part->options->name != fixed_options->name)
		part++;
	*files = part->options + FIXED_COUNT;
	return part->target;
}

/* "--json=FILE", in contrast to "--section=NAME". */
struct file {
	const char *option;
	const char *path;
};

/* All that were given, in the order of the options. */
static size_t list_files(struct arguments *arguments, struct file **files)
{
	size_t count = 0;

	*files = arena_alloc_array(&arguments->arena, arguments->given_count, sizeof(**files));
	for (size_t i = 0; i < arguments->part_count; i++) {
		const struct arguments_part *part = &arguments->parts[i];

		for (const struct option *o = part->options; o->name; o++) {
			const char *const *path = (const void *)((char *)part->target + o->field);

			if (o->type == OPTION_TEXT && o->syntax && strcmp(o->syntax, "FILE") == 0 &&
				*path)
				(*files)[count++] = (struct file){o->name, *path};
		}
	}
	return count;
}

static bool is_clash(const char *one, const char *other)
{
	if (save_file_is_stdout(one) && save_file_is_stdout(other))
		return true;
	return are_one_file(one, other) && !may_be_shared(other);
}

/* Two documents in one file: the later one would be all that is left. */
static int check_others(struct arguments *arguments, const char *option, const char *path)
{
	struct file *files;
	size_t count = list_files(arguments, &files);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].option, option) == 0)
			return 0; /* Those after it look back at it. */
		if (!is_clash(files[i].path, path))
			continue;
		diag_error(&arguments->diag, NULL, "--%s and --%s both name %s", files[i].option,
			option, path);
		diag_hint(&arguments->diag, "name another file for one of them");
		return -EINVAL;
	}
	return 0;
}

/* Written whole, a document takes the place of the file that a shell has opened as stdout. */
static int check_stdout(struct arguments *arguments, const char *option, const char *path)
{
	struct stat named, open_one;

	if (lstat(path, &named) != 0 || !S_ISREG(named.st_mode) ||
		fstat(STDOUT_FILENO, &open_one) != 0 || named.st_dev != open_one.st_dev ||
		named.st_ino != open_one.st_ino)
		return 0;
	diag_error(&arguments->diag, NULL, "--%s=%s is the file that stdout goes to", option, path);
	diag_hint(&arguments->diag, "leave out one of the two, or name another file");
	return -EINVAL;
}

/* A disk image that is attached is as little a place for a result as the disk it stands for. */
static int check_use(struct arguments *arguments, const char *path)
{
	AUTO_CLOSE int descriptor = open(path, O_PATH | O_CLOEXEC);
	struct arena *arena = &arguments->arena;
	struct file_use use;
	struct stat status;

	if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
		device_use_of_file(descriptor, path, &use, arena) != 0)
		return 0; /* where the mounts cannot be read, the guard of the run says so */
	if (!use.reason && use.loop_count > 0)
		use.reason = arena_printf(arena, "/dev/%s stands on it", use.loops[0].name);
	if (!use.reason)
		return 0;
	diag_error(&arguments->diag, NULL, "cannot write %s: %s", path, use.reason);
	diag_hint(&arguments->diag, "name another file for the result");
	return -EBUSY;
}

static int check_path(struct arguments *arguments, const char *option, const char *path,
	int (*check)(const char *path, const char **cure))
{
	const char *cure;
	int error = documents_complain(arguments, path, check(path, &cure));

	if (error != 0 && cure)
		diag_hint(&arguments->diag, "%s", cure);
	if (error == 0)
		error = check_use(arguments, path);
	if (error == 0)
		error = check_others(arguments, option, path);
	return error == 0 ? check_stdout(arguments, option, path) : error;
}

int documents_check_file(struct arguments *arguments, const char *option, const char *path)
{
	return path ? check_path(arguments, option, path, save_file_check) : 0;
}

int documents_check_growing(
	struct arguments *arguments, const char *option, const char *path, bool is_replaced)
{
	if (!path)
		return 0;
	if (documents_between(path))
		return check_path(arguments, option, path,
			is_replaced ? save_file_check : save_file_check_growing);
	diag_error(&arguments->diag, NULL, "--%s=%s: it is written piece by piece", option, path);
	diag_hint(&arguments->diag, "name a file");
	return -EINVAL;
}

const char *documents_between(const char *path)
{
	return path && !save_file_is_stdout(path) && !may_be_shared(path) ? path : NULL;
}

/* Whether the first line that is not empty is a section's head or a comment. */
static bool looks_like_job_file(const char *path)
{
	AUTO_CLOSE int descriptor = -1;
	struct stat status;
	char text[512];
	ssize_t length;
	ssize_t i = 0;

	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return false;
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return false;
	length = read(descriptor, text, sizeof(text));
	while (i < length && isspace((unsigned char)text[i]))
		i++;
	return i < length && (text[i] == '[' || text[i] == ';' || text[i] == '#');
}

/* Of "--json a.fio b.fio" the first was meant as a job file, as of "--json" in other programs. */
static int check_overwritten(struct arguments *arguments, const char *option, const char *path)
{
	if (strcmp(option, "json") != 0 || save_file_is_stdout(path) || !looks_like_job_file(path))
		return 0;
	diag_error(&arguments->diag, NULL, "--json=%s would overwrite what looks like a job file",
		path);
	diag_hint(&arguments->diag, "--json takes the name of the file to write; --format=json "
				    "prints to stdout");
	return -EINVAL;
}

int documents_check_build(struct arguments *arguments, const char *format)
{
	const char *cure;

	if (strcmp(format, "html") != 0 || html_is_available(&cure))
		return 0;
	diag_error(
		&arguments->diag, NULL, "this ringside was built without d3, which draws --html");
	diag_hint(&arguments->diag, "%s", cure);
	return -EINVAL;
}

/* A file in a format of the kind, which is not to go where the format on stdout goes. */
static int check_format_file(struct arguments *arguments, const struct documents *documents,
	const struct document_formats *kind, const char *option, const char *path)
{
	const struct document_formats *const kinds[] = {kind, NULL};

	if (!find_writer(kind, option)) {
		diag_error(&arguments->diag, NULL, "--%s: %s is not written as that", option,
			kind->name);
		diag_hint(&arguments->diag, "its formats are %s",
			list_formats(kinds, "", &arguments->arena));
		return -EINVAL;
	}
	if (documents_check_build(arguments, option) != 0 ||
		documents_check_file(arguments, option, path) != 0 ||
		check_overwritten(arguments, option, path) != 0)
		return -EINVAL;
	if (!documents->format || documents->output || !save_file_is_stdout(path))
		return 0;
	diag_error(&arguments->diag, NULL, "--format=%s and --%s=%s both go to stdout",
		documents->format, option, path);
	diag_hint(&arguments->diag, "--output=FILE takes the first one elsewhere");
	return -EINVAL;
}

int documents_check(struct arguments *arguments, const struct document_formats *kind)
{
	const struct option *files;
	const struct documents *documents = find_documents(arguments, &files);
	const struct document_formats *const kinds[] = {kind, NULL};
	int error = 0;

	if (documents->format && !find_writer(kind, documents->format)) {
		diag_error(&arguments->diag, NULL, "unknown format '%s' of %s", documents->format,
			kind->name);
		diag_hint(&arguments->diag, "its formats are %s",
			list_formats(kinds, "", &arguments->arena));
		error = -EINVAL;
	} else if (documents->format) {
		error = documents_check_build(arguments, documents->format);
	}
	error |= documents_check_file(arguments, "output", documents->output);
	for (size_t i = 0; files[i].name; i++) {
		if (documents->files[i])
			error |= check_format_file(
				arguments, documents, kind, files[i].name, documents->files[i]);
	}
	return error ? -EINVAL : 0;
}

int documents_spare(struct arguments *arguments, const char *path, const char *what)
{
	struct file *files;
	size_t count = list_files(arguments, &files);

	for (size_t i = 0; i < count; i++) {
		if (!are_one_file(files[i].path, path) || may_be_shared(path))
			continue;
		diag_error(&arguments->diag, NULL, "--%s=%s would overwrite %s", files[i].option,
			files[i].path, what);
		diag_hint(&arguments->diag, "name another file for the result");
		return -EINVAL;
	}
	return 0;
}

int documents_spare_operands(struct arguments *arguments, const char *what)
{
	int error = 0;

	for (size_t i = 0; i < arguments->operand_count && error == 0; i++)
		error = documents_spare(arguments, arguments->operands[i], what);
	return error;
}

static int spare_targets_of(struct arguments *arguments, const struct job *job)
{
	int error = 0;

	for (size_t i = 0; i < job->filename.count && error == 0; i++)
		error = documents_spare(arguments, job->filename.texts[i], "the job's target");
	return error;
}

int documents_spare_targets(struct arguments *arguments, const struct job_set *sets, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < sets[i].count && error == 0; k++)
			error = spare_targets_of(arguments, &sets[i].jobs[k]);
	}
	return error;
}

/* A result cannot be measured again as it was: it is kept wherever there is room for it. */
void documents_keep(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	bool is_stdout = save_file_is_stdout(path);
	char kept[PATH_MAX];

	if (is_stdout)
		path = arena_printf(
			&arguments->arena, "%s/ringside-result", save_file_temporary_folder());
	if (save_file_keep(path, text, bytes, kept) == 0) {
		diag_note(&arguments->diag, NULL, "the document for %s is kept in %s",
			is_stdout ? "stdout" : path, kept);
		return;
	}
	if (!is_stdout && fwrite(text, 1, bytes, stdout) == bytes && fflush(stdout) == 0)
		diag_note(&arguments->diag, NULL, "the document for %s is on stdout", path);
}

int documents_save(struct arguments *arguments, const char *path, const char *text, size_t bytes)
{
	int error = documents_complain(arguments, path, save_file(path, text, bytes));

	if (error != 0)
		documents_keep(arguments, path, text, bytes);
	return error;
}

void documents_prefer(struct arguments *arguments, const char *format)
{
	const struct option *files;
	struct documents *documents = find_documents(arguments, &files);

	if (!documents->format || strcmp(documents->format, "text") == 0)
		documents->format = format;
}

const char *documents_file(const struct arguments *arguments, const char *name)
{
	const struct option *files;
	const struct documents *documents = find_documents(arguments, &files);
	size_t i = 0;

	while (files[i].name && strcmp(files[i].name, name) != 0)
		i++;
	return files[i].name ? documents->files[i] : NULL;
}

/* A document and its writer. */
struct printing {
	const struct document_formats *kind;
	const struct document_writer *writer;
	void *document;
};

static int print(const struct printing *printing, char **text, size_t *bytes)
{
	FILE *stream = open_memstream(text, bytes);
	int error = stream ? printing->kind->write(printing->writer, printing->document, stream)
			   : -errno;

	if (stream && fclose(stream) != 0 && error == 0)
		error = -errno;
	return error;
}

int documents_print(const struct document_formats *kind, const char *format, void *document,
	char **text, size_t *bytes)
{
	const struct printing printing = {kind, find_writer(kind, format), document};

	return print(&printing, text, bytes);
}

static int print_to(struct arguments *arguments, FILE *stream, const char *name,
	const struct printing *printing)
{
	int error = printing->kind->write(printing->writer, printing->document, stream);

	if (error == 0 && fflush(stream) != 0)
		error = -errno;
	/* A reader that stops early (head) has what it wanted. */
	return error == -EPIPE ? error : documents_complain(arguments, name, error);
}

/* A measured result is kept when the stream that it was for cannot be written. */
static int print_or_keep(struct arguments *arguments, const struct printing *printing)
{
	int error = print_to(arguments, stdout, "to stdout", printing);
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;

	if (error != 0 && error != -EPIPE && arguments->has_measured &&
		print(printing, &text, &bytes) == 0)
		documents_keep(arguments, "-", text, bytes);
	return error;
}

static int save(struct arguments *arguments, const char *path, const struct printing *printing)
{
	AUTO_FREE char *text = NULL;
	size_t bytes = 0;
	int error;

	if (save_file_is_stdout(path))
		return print_or_keep(arguments, printing);
	error = print(printing, &text, &bytes);
	return error == 0 ? documents_save(arguments, path, text, bytes)
			  : documents_complain(arguments, path, error);
}

/* Whether one of the files that are written beside the result is stdout. */
static bool is_stdout_taken(struct arguments *arguments)
{
	struct file *files;
	size_t count = list_files(arguments, &files);

	for (size_t i = 0; i < count; i++) {
		if (save_file_is_stdout(files[i].path))
			return true;
	}
	return false;
}

int documents_write_files(
	struct arguments *arguments, const struct document_formats *kind, void *document)
{
	const struct option *files;
	const struct documents *documents = find_documents(arguments, &files);
	struct printing printing = {.kind = kind, .document = document};
	int worst = 0, error;

	for (size_t i = 0; files[i].name; i++) {
		if (!documents->files[i])
			continue;
		printing.writer = find_writer(kind, files[i].name);
		error = save(arguments, documents->files[i], &printing);
		worst = error ? error : worst;
	}
	return worst;
}

/* The files come first: a reader of stdout that goes away (head) shall not cost them. */
int documents_write(
	struct arguments *arguments, const struct document_formats *kind, void *document)
{
	const struct option *files;
	const struct documents *documents = find_documents(arguments, &files);
	const char *format = documents->format ? documents->format : kind->writers->name;
	struct printing printing = {.kind = kind, .document = document};
	int worst = documents_write_files(arguments, kind, document);
	int error;

	printing.writer = find_writer(kind, format);
	if (documents->output)
		error = save(arguments, documents->output, &printing);
	else if (is_stdout_taken(arguments))
		error = print_to(arguments, stderr, "to stderr", &printing);
	else
		error = print_or_keep(arguments, &printing);
	return error ? error : worst;
}
