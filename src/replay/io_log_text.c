/* SPDX-License-Identifier: MIT */
/* Lines to entries, each looked at: fio passes over what it cannot read. */
#include "replay/io_log_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_LOG_US 1000u
#define NS_PER_LOG_MS 1000000u
#define HEAD          "fio version %d iolog"

enum {
	WORD_LIMIT = 6,           /* one more than a line may have */
	LENGTH_LIMIT = 1 << 30,   /* of a read or a write: each slot has a buffer for it */
	TIME_LIMIT_US = 1u << 31, /* in s: 68 years; what is later is no time */
};

struct reading {
	struct io_log_fill fill;
	struct io_log *log;
	struct diag *diag;
	char *line; /* as it stands, and cut into words */
	char *copy;
	size_t line_room, copy_room;
	unsigned number;
	unsigned version;
	unsigned bad_count;
	bool has_warned_of_wait, has_warned_of_head;
	const char *words[WORD_LIMIT];
	size_t word_count;
};

static struct place place_of(const struct reading *reading)
{
	return (struct place){
		.file = reading->log->path, .line = (int)reading->number, .text = reading->line};
}

/* The first of them are told of, and how many there are. */
__attribute__((format(printf, 3, 4))) static int refuse(
	struct reading *reading, const char *hint, const char *format, ...)
{
	struct place place = place_of(reading);
	AUTO_ARENA struct arena arena = {0};
	va_list arguments;

	if (reading->bad_count++ >= IO_LOG_ERROR_LIMIT)
		return -EINVAL;
	va_start(arguments, format);
	diag_error(reading->diag, &place, "%s", arena_vprintf(&arena, format, arguments));
	va_end(arguments);
	if (hint)
		diag_hint(reading->diag, "%s", hint);
	return -EINVAL;
}

/* Returns false at the end, or where reading failed. */
static bool next_line(struct reading *reading, FILE *stream)
{
	ssize_t length = getline(&reading->line, &reading->line_room, stream);
	char *rest, *word;

	if (length < 0)
		return false;
	reading->number++;
	while (length > 0 && strchr("\r\n", reading->line[length - 1]))
		reading->line[--length] = '\0';
	if (reading->copy_room < (size_t)length + 1) {
		free(reading->copy);
		reading->copy_room = reading->line_room;
		reading->copy = malloc(reading->copy_room);
		if (!reading->copy)
			arena_exhausted();
	}
	memcpy(reading->copy, reading->line, (size_t)length + 1);
	reading->word_count = 0;
	for (word = strtok_r(reading->copy, " \t", &rest); word && reading->word_count < WORD_LIMIT;
		word = strtok_r(NULL, " \t", &rest))
		reading->words[reading->word_count++] = word;
	return true;
}

/* Digits and nothing else, up to `limit`. */
static bool read_number(const char *word, uint64_t limit, uint64_t *number)
{
	uint64_t sum = 0;

	if (!*word)
		return false;
	for (; *word >= '0' && *word <= '9'; word++) {
		unsigned digit = (unsigned)(*word - '0');

		if (sum > (limit - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return !*word;
}

/* 0: the line is none. */
static unsigned heading_version(const char *line)
{
	for (unsigned version = 1; version <= 3; version++) {
		char head[sizeof(HEAD) + 8];

		snprintf(head, sizeof(head), HEAD, (int)version);
		if (strncmp(line, head, strlen(head)) == 0)
			return version;
	}
	return 0;
}

static int read_heading(struct reading *reading)
{
	reading->version = heading_version(reading->line);
	if (reading->version >= 2)
		return 0;
	return refuse(reading,
		"the first line is 'fio version 2 iolog' or 'fio version 3 iolog'; "
		"write_iolog makes such a file",
		reading->version == 1 ? "logs of version 1 are not read, and by fio neither"
				      : "this is no I/O log of fio's, and no blktrace file");
}

/* Several jobs that share a write_iolog make fio append one recording to the other. */
static int read_further_heading(struct reading *reading)
{
	struct place place = place_of(reading);

	if (heading_version(reading->line) != reading->version)
		return refuse(reading, "split the file", "another version than the first line's");
	if (!reading->has_warned_of_head)
		diag_warning(reading->diag, &place,
			"another recording begins here: it is replayed after the one before it");
	reading->has_warned_of_head = true;
	return 0;
}

static int ignore_wait(struct reading *reading)
{
	struct place place = place_of(reading);

	if (!reading->has_warned_of_wait)
		diag_warning(reading->diag, &place,
			"a log of version 3 has times in place of wait: it is passed over, as in "
			"fio");
	reading->has_warned_of_wait = true;
	return 0;
}

static int find_file(struct reading *reading, const char *name, bool must_be_open)
{
	const char *real = reading->fill.changes->redirect;
	int file = io_log_find_file(reading->log, real ? real : name);

	if (file < 0)
		return refuse(reading, "a line '[time] FILE add' comes before it",
			"%s was not added", name);
	if (must_be_open && !real && !reading->log->files[file].is_open)
		return refuse(reading, "a line '[time] FILE open' comes before it",
			"%s is not open here", name);
	return file;
}

/* add, open, close. With replay_redirect the one file is open from the start to the end. */
static int read_file_action(struct reading *reading, const char *name, const char *action)
{
	bool is_redirected = reading->fill.changes->redirect != NULL;
	struct io_log_entry entry = {.op = IO_LOG_OPEN};
	struct io_log_file *of;
	int file;

	if (strcmp(action, "add") == 0) {
		file = io_log_fill_file(
			&reading->fill, is_redirected ? reading->fill.changes->redirect : name);
		if (file >= 0 && is_redirected)
			reading->log->files[file].is_first_opened = true;
		return file < 0 ? file : 0;
	}
	if (strcmp(action, "open") != 0 && strcmp(action, "close") != 0)
		return refuse(reading,
			"a file's actions are add, open and close; an I/O has an offset and a "
			"length",
			"no action '%s' without offset and length", action);
	file = find_file(reading, name, false);
	if (file < 0)
		return file;
	of = &reading->log->files[file];
	if (is_redirected || of->is_open == (*action == 'o'))
		return 0;
	of->is_open = *action == 'o';
	entry.op = of->is_open ? IO_LOG_OPEN : IO_LOG_CLOSE;
	entry.file = (uint16_t)file;
	return io_log_fill_add(&reading->fill, &entry, reading->number);
}

/* IO_LOG_OP_COUNT: there is no such action. */
static unsigned find_op(const char *action)
{
	for (unsigned op = IO_READ; op <= IO_DATASYNC; op++) {
		if (strcmp(action, io_op_name((enum io_op)op)) == 0)
			return op;
	}
	return strcmp(action, "wait") == 0 ? IO_LOG_WAIT : IO_LOG_OP_COUNT;
}

static int read_io(struct reading *reading, const char *name, const char *const *words)
{
	unsigned op = find_op(words[0]);
	struct io_log_entry io = {.op = (uint8_t)op};
	uint64_t length;
	int file;

	if (op == IO_LOG_OP_COUNT)
		return refuse(reading, "actions are read, write, trim, sync, datasync and wait",
			"unknown action '%s'", words[0]);
	if (!read_number(words[1], INT64_MAX, &io.offset))
		return refuse(reading, NULL, "no offset: '%s'", words[1]);
	if (!read_number(words[2], UINT32_MAX, &length))
		return refuse(reading, NULL, "no length: '%s'", words[2]);
	if (op == IO_LOG_WAIT) {
		if (io.offset > TIME_LIMIT_US * UINT64_C(1000))
			return refuse(reading, NULL, "no time in ms: '%s'", words[1]);
		if (reading->fill.changes->drops_times)
			return 0;
		if (!reading->fill.has_time)
			io_log_fill_time(&reading->fill, 0);
		io_log_fill_time(&reading->fill, io.offset * NS_PER_LOG_MS);
		return io_log_fill_add(&reading->fill, &io, reading->number);
	}
	file = find_file(reading, name, true);
	if (file < 0)
		return file;
	if (op <= IO_TRIM && length == 0)
		return refuse(reading, "remove the line", "an I/O of no bytes");
	if (op < IO_TRIM && length > LENGTH_LIMIT)
		return refuse(reading, NULL, "an I/O is larger than a buffer may be (1 GiB)");
	if (io.offset > INT64_MAX - length)
		return refuse(reading, NULL, "no offset: '%s'", words[1]);
	io.file = (uint16_t)file;
	io.length = op <= IO_TRIM ? (uint32_t)length : 0;
	if (op > IO_TRIM)
		io.offset = 0;
	return io_log_fill_add(&reading->fill, &io, reading->number);
}

/* Version 3: the time in front, which is also that of lines that are passed over. */
static int read_time(struct reading *reading)
{
	uint64_t time_us;

	if (!read_number(reading->words[0], TIME_LIMIT_US * UINT64_C(1000000), &time_us))
		return refuse(reading, "a line of version 3 is 'TIME FILE ACTION [OFFSET LENGTH]'",
			"no time in us: '%s'", reading->words[0]);
	io_log_fill_time(&reading->fill, time_us * NS_PER_LOG_US);
	return 0;
}

static int read_line(struct reading *reading)
{
	const char *const *words = reading->words;
	size_t count = reading->word_count;

	if (count == 0)
		return 0;
	if (heading_version(reading->line) != 0)
		return read_further_heading(reading);
	if (reading->version == 3) {
		int error = read_time(reading);

		if (error != 0)
			return error;
		words++;
		count--;
		if (count > 1 && strcmp(words[1], "wait") == 0)
			return ignore_wait(reading);
	}
	if (count == 2)
		return read_file_action(reading, words[0], words[1]);
	if (count == 4)
		return read_io(reading, words[0], words + 1);
	return refuse(reading,
		reading->version == 3 ? "'TIME FILE ACTION', or 'TIME FILE ACTION OFFSET LENGTH'"
				      : "'FILE ACTION', or 'FILE ACTION OFFSET LENGTH'",
		"a line of version %u has not so many words%s", reading->version,
		count > 4 ? ": a file's name cannot have blanks" : "");
}

static void report_rest(struct reading *reading)
{
	struct place place = {.file = reading->log->path};

	if (reading->bad_count > IO_LOG_ERROR_LIMIT)
		diag_error(reading->diag, &place, "%u more lines like these",
			reading->bad_count - IO_LOG_ERROR_LIMIT);
}

int io_log_text_read(
	FILE *stream, struct io_log *log, const struct io_log_changes *changes, struct diag *diag)
{
	struct reading reading = {
		.fill = {.log = log, .changes = changes, .diag = diag}, .log = log, .diag = diag};
	struct place place = {.file = log->path};
	int error = 0;

	errno = 0;
	if (!next_line(&reading, stream)) {
		error = errno != 0 ? -errno : -EINVAL;
		diag_error(diag, &place, "%s",
			error == -EINVAL ? "the log is empty" : strerror(errno));
	} else {
		error = read_heading(&reading);
	}
	log->has_times = reading.version == 3 && !changes->drops_times;
	while (error == 0 && next_line(&reading, stream)) {
		int problem = read_line(&reading);

		/* A bad line is the user's to correct, with all others; all else ends it. */
		if (problem != 0 && problem != -EINVAL)
			error = problem;
	}
	if (error == 0 && !feof(stream)) { /* It failed, or there was no memory for a line. */
		error = -EIO;
		diag_error(diag, &place, "the log cannot be read to its end");
	}
	report_rest(&reading);
	free(reading.line);
	free(reading.copy);
	return error != 0 ? error : reading.bad_count > 0 ? -EINVAL : 0;
}

void io_log_text_write_head(FILE *stream)
{
	fprintf(stream, HEAD "\n", 3);
}

void io_log_text_write_add(FILE *stream, const char *file)
{
	fprintf(stream, "0 %s add\n", file);
}

/* Logs have millions of lines, for which printf takes seconds. */
static void write_number(FILE *stream, uint64_t value, char end)
{
	char digits[21];
	size_t at = sizeof(digits);

	digits[--at] = end;
	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	fwrite_unlocked(digits + at, 1, sizeof(digits) - at, stream);
}

static void write_word(FILE *stream, const char *word, char end)
{
	fputs_unlocked(word, stream);
	putc_unlocked(end, stream);
}

void io_log_text_write(FILE *stream, const struct io_log_entry *entry, const char *file)
{
	bool is_io = entry->op <= IO_DATASYNC;

	if (!is_io && entry->op != IO_LOG_OPEN && entry->op != IO_LOG_CLOSE)
		return;
	write_number(stream, entry->at_ns / NS_PER_LOG_US, ' ');
	write_word(stream, file, ' ');
	if (is_io) {
		write_word(stream, io_op_name((enum io_op)entry->op), ' ');
		write_number(stream, entry->offset, ' ');
		write_number(stream, entry->length, '\n');
	} else {
		write_word(stream, entry->op == IO_LOG_OPEN ? "open" : "close", '\n');
	}
}
