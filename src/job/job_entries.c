/* SPDX-License-Identifier: MIT */
/*
 * Job files line by line, an include in the place where it stands; the command line; overrides.
 */
#include "job/job_entries.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/shared_text.h"
#include "base/text.h"
#include "engine/engine_list.h"
#include "job/job_types.h"
#include "job/job_unsupported.h"

enum {
	FILE_BYTES_LIMIT = 4 << 20, /* far beyond any job file: what is larger is something else */
	INCLUDE_DEPTH_LIMIT = 8,
	INCLUDE_COUNT_LIMIT = 256, /* files that include each other twice would never end */
};

static const char include_word[] = "include";

/* Places that are no files. */
static const char command_line[] = "command line";
static const char contender[] = "contender";
static const char engine_key[] = "ioengine=";
static const char nameless_job[] = "job"; /* fio asks for a name; its files would be job.0.0 */

/* Constant over a file and those that it includes. */
struct reading {
	struct job_sections *sections;
	struct job_section *section; /* the open one, or NULL */
	job_file_load *load;
	struct arena *arena;
	struct diag *diag;
	unsigned include_count;
};

struct source {
	const char *name;
	const char *text; /* what is not read yet */
	const char *end;
	int line_number;
	struct source *includer; /* where reading goes on after the end; NULL: nowhere */
	unsigned depth;
};

/* A line, its comment cut off, blanks around it trimmed. */
struct line {
	const char *start;
	const char *end;
	struct place whole; /* column 1, all of it */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool begins_comment(char c)
{
	return c == ';' || c == '#';
}

static void trim(const char **start, const char **end)
{
	while (*start < *end && is_blank(**start))
		(*start)++;
	while (*end > *start && is_blank((*end)[-1]))
		(*end)--;
}

/* The place of a part of a line. */
static struct place place_of(const struct line *line, const char *start, const char *end)
{
	struct place place = line->whole;

	place.column = (int)(start - line->whole.text) + 1;
	place.length = (int)(end - start);
	return place;
}

static struct job_section *add_section(struct job_sections *sections, const char *name,
	const struct place *place, struct arena *arena)
{
	struct job_section *section = ARENA_NEW(arena, struct job_section);

	section->name = name;
	section->place = *place;
	section->is_global = strcmp(name, "global") == 0;
	if (sections->last)
		sections->last->next = section;
	else
		sections->first = section;
	sections->last = section;
	return section;
}

static void add_entry(
	struct job_section *section, const struct job_entry *entry, struct arena *arena)
{
	struct job_entry *copy = ARENA_NEW(arena, struct job_entry);

	*copy = *entry;
	if (section->last_entry)
		section->last_entry->next = copy;
	else
		section->entries = copy;
	section->last_entry = copy;
}

static const char *read_stream(FILE *stream, struct arena *arena, size_t *length)
{
	AUTO_FREE char *content = malloc(FILE_BYTES_LIMIT + 1);
	size_t count;

	if (!content)
		arena_exhausted();
	count = fread(content, 1, FILE_BYTES_LIMIT + 1, stream);
	if (ferror(stream))
		return NULL;
	if (count > FILE_BYTES_LIMIT) {
		errno = EFBIG;
		return NULL;
	}
	*length = count;
	return memcpy(arena_alloc(arena, count + 1), content, count);
}

/* What can be read only once, as a pipe can: the text of it. */
struct stream_text {
	dev_t device;
	ino_t inode;
	const char *text;
	size_t length;
	struct stream_text *next;
};

/* Files are read for each contender and claim, these once in the life of the program. */
static struct stream_text *stream_texts;
static struct arena stream_arena;

static const struct stream_text *find_stream(const struct stat *status)
{
	const struct stream_text *known = stream_texts;

	while (known && (known->device != status->st_dev || known->inode != status->st_ino))
		known = known->next;
	return known;
}

static const char *read_once(FILE *stream, const struct stat *status, size_t *length)
{
	const char *text = read_stream(stream, &stream_arena, length);
	struct stream_text *added;

	if (!text)
		return NULL;
	added = ARENA_NEW(&stream_arena, struct stream_text);
	*added = (struct stream_text){status->st_dev, status->st_ino, text, *length, stream_texts};
	stream_texts = added;
	return text;
}

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* A pipe that was opened again would wait for another writer. */
static const char *load_stream(const char *path, const struct stat *status, size_t *length)
{
	const struct stream_text *known = find_stream(status);
	AUTO_FCLOSE FILE *opened = known || is_stdin(path) ? NULL : fopen(path, "re");

	if (known) {
		*length = known->length;
		return known->text;
	}
	if (is_stdin(path))
		return read_once(stdin, status, length);
	return opened ? read_once(opened, status, length) : NULL;
}

static const char *load_from_disk(struct arena *arena, const char *path, size_t *length)
{
	AUTO_FCLOSE FILE *opened = NULL;
	struct stat status;

	if ((is_stdin(path) ? fstat(STDIN_FILENO, &status) : stat(path, &status)) != 0)
		return NULL;
	if (is_stdin(path) || S_ISFIFO(status.st_mode))
		return load_stream(path, &status, length);
	opened = fopen(path, "re");
	return opened ? read_stream(opened, arena, length) : NULL;
}

const char *job_file_load_path(struct arena *arena, const char *path, size_t *length)
{
	const char *text;
	int error;

	if (shared_text_mode() == SHARED_TEXT_REPLAY) {
		text = shared_text_find(SHARED_TEXT_FILE, path, length, &error);
		errno = error;
		return text;
	}
	text = load_from_disk(arena, path, length);
	error = errno;
	if (shared_text_mode() == SHARED_TEXT_RECORD)
		shared_text_add(SHARED_TEXT_FILE, path, text, text ? *length : 0, text ? 0 : error);
	errno = error;
	return text;
}

/* The first "]" behind which nothing but a comment stands: names may hold brackets. */
static const char *find_head_end(const char *start, const char *end)
{
	for (const char *close = start; close < end; close++) {
		const char *rest = close + 1;

		if (*close != ']')
			continue;
		while (rest < end && is_blank(*rest))
			rest++;
		if (rest == end || begins_comment(*rest))
			return close;
	}
	return NULL;
}

/*
 * Where the name ends in "[name]more" and in "[name": fio takes all but the last character of the
 * line for it, and whatever begins with "global" for [global]. NULL: then there is none.
 */
static const char *find_loose_head_end(
	struct reading *reading, const struct line *line, const char *start, const char *line_end)
{
	const char *close = NULL, *end = start;
	struct place place;

	for (; end < line_end && !begins_comment(*end); end++) {
		if (*end == ']' && !close)
			close = end;
	}
	trim(&start, &end);
	if (end - start < 2)
		return NULL;
	place = close ? place_of(line, close + 1, end) : place_of(line, line->start, end);
	end = close && text_starts_with(start, "global]") ? close : end - 1;
	diag_warning(reading->diag, &place, "%s: '%.*s' is the name, as in fio",
		close ? "this stands behind the section's name"
		      : "the section's name is not closed by ']'",
		(int)(end - start), start);
	return end;
}

static void read_head(struct reading *reading, struct source *source, const struct line *line,
	const char *line_end)
{
	const char *start = line->start + 1;
	const char *end = find_head_end(start, line_end);
	struct place place;

	if (!end)
		end = find_loose_head_end(reading, line, start, line_end);
	if (!end) {
		place = place_of(line, line->start, line->start + 1);
		diag_error(reading->diag, &place, "the section's name is not closed by ']'");
		return;
	}
	trim(&start, &end);
	place = place_of(line, start, end);
	if (start == end) {
		diag_error(reading->diag, &place, "a section without a name");
		return;
	}
	if (source->includer) {
		diag_error(reading->diag, &place, "an included file cannot begin sections");
		diag_hint(reading->diag, "only options are included; name both files to run both");
		source->text = source->end; /* The rest would be the section's. */
		return;
	}
	reading->section = add_section(reading->sections,
		arena_strndup(reading->arena, start, (size_t)(end - start)), &place,
		reading->arena);
}

/* Words that are never part of a key: an "=" was forgotten. */
static bool report_bad_key(
	struct reading *reading, const struct line *line, const char *start, const char *end)
{
	const char *blank = start;
	struct place place = place_of(line, start, end);

	if (start == end) {
		diag_error(reading->diag, &place, "an option's name is missing before '='");
		return true;
	}
	while (blank < end && !is_blank(*blank))
		blank++;
	if (blank == end)
		return false;
	diag_error(reading->diag, &place, "an option's name contains no blanks");
	diag_hint(reading->diag, "write %.*s=VALUE", (int)(blank - start), start);
	return true;
}

static void read_option(struct reading *reading, const struct line *line)
{
	const char *equals = memchr(line->start, '=', (size_t)(line->end - line->start));
	const char *key = line->start, *key_end = equals ? equals : line->end;
	struct job_entry entry = {0};

	trim(&key, &key_end);
	if (report_bad_key(reading, line, key, key_end))
		return;
	if (!reading->section) {
		struct place place = place_of(line, key, key_end);

		diag_error(reading->diag, &place, "option '%.*s' stands before any section",
			(int)place.length, key);
		diag_hint(reading->diag, "begin with [global] or with [a job's name]");
		return;
	}
	entry.key = arena_strndup(reading->arena, key, (size_t)(key_end - key));
	entry.place = entry.value_place = place_of(line, key, key_end);
	if (equals) {
		const char *value = equals + 1, *value_end = line->end;

		trim(&value, &value_end);
		entry.value = arena_strndup(reading->arena, value, (size_t)(value_end - value));
		entry.value_place = place_of(line, value, value_end);
	}
	add_entry(reading->section, &entry, reading->arena);
}

/* The text after "include", or NULL when the line is something else. */
static const char *find_included(const struct line *line)
{
	size_t length = sizeof(include_word) - 1;
	const char *rest = line->start + length;

	if ((size_t)(line->end - line->start) < length ||
		memcmp(line->start, include_word, length) != 0)
		return NULL;
	if (rest < line->end && !is_blank(*rest) && *rest != '=')
		return NULL;
	while (rest < line->end && is_blank(*rest))
		rest++;
	if (rest < line->end && *rest == '=')
		rest++;
	while (rest < line->end && is_blank(*rest))
		rest++;
	return rest;
}

/* A relative path is looked for in the current folder, then beside the including file. */
static const char *load_included(
	struct reading *reading, const struct source *source, const char **path, size_t *length)
{
	const char *text = reading->load(reading->arena, *path, length);
	const char *slash = strrchr(source->name, '/');
	const char *beside;

	if (text || errno != ENOENT || **path == '/' || !slash)
		return text;
	beside = arena_printf(
		reading->arena, "%.*s/%s", (int)(slash - source->name), source->name, *path);
	text = reading->load(reading->arena, beside, length);
	if (text)
		*path = beside;
	return text;
}

static bool report_bad_include(
	struct reading *reading, const struct source *source, const struct place *place)
{
	if (place->length == 0) {
		diag_error(reading->diag, place, "include: the file's name is missing");
		return true;
	}
	if (!reading->section) {
		diag_error(reading->diag, place, "include stands before any section");
		diag_hint(reading->diag, "begin with [global] or with [a job's name]");
		return true;
	}
	if (source->depth >= INCLUDE_DEPTH_LIMIT) {
		diag_error(reading->diag, place, "includes are nested more than %d deep",
			INCLUDE_DEPTH_LIMIT);
		diag_hint(reading->diag, "does the file include itself?");
		return true;
	}
	if (++reading->include_count <= INCLUDE_COUNT_LIMIT)
		return false;
	if (reading->include_count == INCLUDE_COUNT_LIMIT + 1)
		diag_error(reading->diag, place, "more than %d files are included",
			INCLUDE_COUNT_LIMIT);
	return true;
}

static struct line next_line(struct reading *reading, struct source *source, const char **line_end)
{
	const char *start = source->text;
	const char *end = memchr(start, '\n', (size_t)(source->end - start));
	struct line line;

	if (!end)
		end = source->end;
	source->text = end < source->end ? end + 1 : end;
	line.whole = (struct place){.file = source->name, .line = ++source->line_number};
	line.whole.text = arena_strndup(
		reading->arena, start, text_trimmed_length(start, (size_t)(end - start)));
	line.start = line.whole.text;
	line.end = line.start;
	*line_end = line.start + strlen(line.start);
	while (line.end < *line_end && !begins_comment(*line.end))
		line.end++;
	trim(&line.start, &line.end);
	return line;
}

/* Results are text as well, and each of their lines would be a mistake. 0 or -EINVAL. */
static int check_text(struct diag *diag, const char *name, const char *text, size_t length)
{
	struct place place = {.file = name};
	size_t blanks = 0;

	if (memchr(text, '\0', length)) {
		diag_error(diag, &place, "this is not a job file: it contains NUL bytes");
		return -EINVAL;
	}
	while (blanks < length && strchr(" \t\r\n", text[blanks]))
		blanks++;
	if (blanks == length || text[blanks] != '{')
		return 0;
	diag_error(diag, &place, "this is not a job file: it is JSON");
	diag_hint(diag, "results are shown by `ringside report FILE`, and compared by "
			"`ringside check NEW.json --baseline=OLD.json`");
	return -EINVAL;
}

/* A source to read from, or NULL when it is no job file. */
static struct source *open_source(struct reading *reading, const char *name, const char *text,
	size_t length, struct source *includer)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	struct source *source;

	if (check_text(reading->diag, name, text, length) != 0)
		return NULL;
	source = ARENA_NEW(reading->arena, struct source);
	source->name = name;
	source->text = text;
	source->end = text + length;
	source->includer = includer;
	source->depth = includer ? includer->depth + 1 : 0;
	if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0)
		source->text += 3;
	return source;
}

/* The source to read on from: the included file, or the same one when there is no such. */
static struct source *read_include(
	struct reading *reading, struct source *source, const struct line *line, const char *start)
{
	struct place place = place_of(line, start, line->end);
	const char *path, *text;
	struct source *included;
	size_t length;

	if (report_bad_include(reading, source, &place))
		return source;
	path = arena_strndup(reading->arena, start, (size_t)(line->end - start));
	text = load_included(reading, source, &path, &length);
	if (!text) {
		diag_error(reading->diag, &place, "cannot include '%s': %s", path, strerror(errno));
		return source;
	}
	included = open_source(reading, path, text, length, source);
	return included ? included : source;
}

/* Names and values are shown to people, where such a character could be taken for a mark. */
static bool report_control(struct reading *reading, const struct line *line, const char *end)
{
	const char *at = line->start;
	struct place place;

	while (at < end && ((unsigned char)*at >= ' ' || is_blank(*at)) && *at != 0x7f)
		at++;
	if (at == end)
		return false;
	place = place_of(line, at, at + 1);
	diag_error(reading->diag, &place, "a control character (0x%02x)", (unsigned char)*at);
	diag_hint(reading->diag, "delete it: names and values are text");
	return true;
}

static struct source *read_line(struct reading *reading, struct source *source)
{
	const char *line_end, *included;
	struct line line = next_line(reading, source, &line_end);

	if (line.start == line.end ||
		report_control(reading, &line, *line.start == '[' ? line_end : line.end))
		return source;
	included = find_included(&line);
	if (included)
		return read_include(reading, source, &line, included);
	if (*line.start == '[')
		read_head(reading, source, &line, line_end);
	else
		read_option(reading, &line);
	return source;
}

void job_file_parse(struct job_sections *sections, const char *name, const char *text,
	size_t length, job_file_load *load, struct arena *arena, struct diag *diag)
{
	struct reading reading = {.sections = sections, .load = load, .arena = arena, .diag = diag};
	struct source *source = open_source(&reading, name, text, length, NULL);

	while (source) {
		if (source->text == source->end)
			source = source->includer;
		else
			source = read_line(&reading, source);
	}
}

void job_file_read(
	struct job_sections *sections, const char *path, struct arena *arena, struct diag *diag)
{
	const char *name = is_stdin(path) ? "(stdin)" : path;
	struct place place = {.file = name};
	size_t length;
	const char *text = job_file_load_path(arena, path, &length);

	if (text) {
		job_file_parse(sections, name, text, length, job_file_load_path, arena, diag);
	} else if (errno == EFBIG) {
		diag_error(diag, &place, "larger than any job file is (%d MiB)",
			FILE_BYTES_LIMIT >> 20);
	} else {
		diag_error(diag, &place, "cannot be read: %s", strerror(errno));
	}
}

/* "--bs=4k", "bs=4k" or "--thread", as the shell left it. */
static struct job_entry split_argument(const char *text, const char *where, struct arena *arena)
{
	const char *key = text + (text_starts_with(text, "--") ? 2 : 0);
	size_t length = strcspn(key, "=");
	struct job_entry entry = {.key = arena_strndup(arena, key, length), .is_literal = true};

	entry.place = (struct place){.file = where,
		.text = text,
		.column = (int)(key - text) + 1,
		.length = (int)length};
	entry.value_place = entry.place;
	if (key[length] == '=') {
		entry.value = key + length + 1;
		entry.value_place.column += (int)length + 1;
		entry.value_place.length = (int)strlen(entry.value);
	}
	return entry;
}

static struct job_section *begin_section(struct job_sections *sections,
	const struct job_entry *name, struct arena *arena, struct diag *diag)
{
	if (!name->value || !*name->value) {
		diag_error(diag, &name->place, "--name: the job's name is missing");
		return sections->last;
	}
	return add_section(sections, name->value, &name->value_place, arena);
}

bool job_command_line_has_name(const struct job_request *request)
{
	for (size_t i = 0; i < request->option_count; i++) {
		const char *text = request->options[i];

		text += text_starts_with(text, "--") ? 2 : 0;
		if (text_starts_with(text, "name="))
			return true;
	}
	return false;
}

void job_command_line_read(struct job_sections *sections, const struct job_request *request,
	struct arena *arena, struct diag *diag)
{
	bool is_one_job = request->file_count == 0 && !job_command_line_has_name(request);
	const struct place place = {.file = command_line};
	struct job_section *section;

	if (request->option_count == 0)
		return;
	section = add_section(sections, is_one_job ? nameless_job : "global", &place, arena);
	for (size_t i = 0; i < request->option_count; i++) {
		const struct job_entry entry =
			split_argument(request->options[i], command_line, arena);

		if (*entry.key == '\0')
			diag_error(diag, &entry.place, "an option's name is missing");
		else if (strcmp(entry.key, "name") == 0)
			section = begin_section(sections, &entry, arena, diag);
		else
			add_entry(section, &entry, arena);
	}
}

/* Flags that only fio has are refused with or without a value. */
bool job_command_line_needs_value(const char *key)
{
	const struct option *option = option_find(&job_option_table, key);

	for (const struct engine_class *const *engine = engines; *engine && !option; engine++)
		option = (*engine)->options ? option_find((*engine)->options, key) : NULL;
	return option ? option_needs_value(option) : job_foreign_find(key) != NULL;
}

/* Overrides are entries at the end of every job section: the last one holds. */
void job_overrides_add(
	struct job_sections *sections, const struct job_request *request, struct arena *arena)
{
	for (struct job_section *section = sections->first; section; section = section->next) {
		for (size_t i = 0; !section->is_global && i < request->override_count; i++) {
			const struct job_entry entry =
				split_argument(request->overrides[i], contender, arena);

			add_entry(section, &entry, arena);
		}
	}
}

static const struct engine_class *named_engine(const struct job_request *request)
{
	for (size_t i = request->override_count; i-- > 0;) {
		if (text_starts_with(request->overrides[i], engine_key))
			return engine_find(request->overrides[i] + strlen(engine_key));
	}
	return NULL;
}

/* Whether an override replaces it, although written twice it would add: the files of another job.
 */
static bool is_replaced(const struct job_entry *entry, const struct job_request *request)
{
	if (!entry->option || !entry->option->appends || entry->place.file == contender)
		return false;
	for (size_t i = 0; i < request->override_count; i++) {
		const char *text = request->overrides[i];
		const char *key = entry->option->name;

		if (text_starts_with(text, key) && text[strlen(key)] == '=')
			return true;
	}
	return false;
}

void job_overrides_drop(struct job_sections *sections, const struct job_request *request)
{
	const struct engine_class *engine = named_engine(request);

	for (struct job_section *section = sections->first; section; section = section->next) {
		for (struct job_entry *entry = section->entries; entry; entry = entry->next) {
			bool is_own = !engine ||
				      (engine->options && option_find(engine->options, entry->key));

			if ((!entry->option && !is_own && entry->place.file != contender) ||
				is_replaced(entry, request))
				entry->is_skipped = true;
		}
	}
}
