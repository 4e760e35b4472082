/* SPDX-License-Identifier: MIT */
/* Lines of fio's logs. Everything is checked: such files come from anywhere. */
#include "result/fio_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "result/fio.h"

enum {
	ERROR_LIMIT = 5,    /* that are told of a file */
	VALUES_LEAST = 4,   /* time, value, direction, block size; */
	VALUES_LIMIT = 6,   /* then offset, priority: each where it is asked for */
	HISTOGRAM_HEAD = 3, /* time, direction, block size; then the bins */
	EXCERPT_BYTES = 100,
};

#define TIME_LIMIT_MS (UINT64_C(1) << 44) /* also since 1970; as ns it fits 64 bits */

static const char *const suffixes[FIO_LOG_KIND_COUNT] = {
	[FIO_LOG_BW] = "_bw",
	[FIO_LOG_IOPS] = "_iops",
	[FIO_LOG_LAT] = "_lat",
	[FIO_LOG_CLAT] = "_clat",
	[FIO_LOG_SLAT] = "_slat",
	[FIO_LOG_HISTOGRAM] = "_clat_hist",
};

/* "x_bw.1.log": [0, stem) is "x", and its number; false: another name. */
static bool read_name(const char *path, size_t *stem, enum fio_log_kind *kind, unsigned *number)
{
	const char *name = text_name_of(path);
	size_t length = strlen(name);
	size_t digits = 0;

	if (length < 4 || strcmp(name + length - 4, ".log") != 0)
		return false;
	length -= 4;
	while (digits < length && name[length - digits - 1] >= '0' &&
		name[length - digits - 1] <= '9')
		digits++;
	*number = 0;
	if (digits > 0 && digits < 9 && length > digits && name[length - digits - 1] == '.') {
		*number = (unsigned)strtoul(name + length - digits, NULL, 10);
		length -= digits + 1;
	}
	for (unsigned i = 0; i < FIO_LOG_KIND_COUNT; i++) {
		size_t bytes = strlen(suffixes[i]);

		if (length > bytes && strncmp(name + length - bytes, suffixes[i], bytes) == 0) {
			*kind = (enum fio_log_kind)i;
			*stem = (size_t)(name - path) + length - bytes;
			return true;
		}
	}
	return false;
}

static bool is_compressed(const char *path)
{
	size_t length = strlen(path);

	return length > 7 && strcmp(path + length - 7, ".log.fz") == 0;
}

bool fio_log_has_name(const char *path)
{
	enum fio_log_kind kind;
	unsigned number;
	size_t stem;

	return is_compressed(path) || read_name(path, &stem, &kind, &number);
}

struct reading {
	struct fio_logs *logs;
	struct fio_log *log;
	struct diag *diag;
	const char *line, *end; /* the current one */
	int number;
	unsigned bad_count;
	bool is_last;       /* no newline ends it */
	size_t value_count; /* of each line; 0: of none so far */
	size_t room;
	uint64_t last_ms[FIO_LOG_DIRECTIONS]; /* time of the line before */
};

__attribute__((format(printf, 3, 4))) static void refuse(
	struct reading *reading, const char *at, const char *format, ...)
{
	AUTO_ARENA struct arena arena = {0};
	size_t length = (size_t)(reading->end - reading->line);
	bool is_short = length <= EXCERPT_BYTES;
	struct place place = {.file = reading->log->path, .line = reading->number};
	va_list arguments;

	place.column = at ? (int)(at - reading->line) + 1 : 0;
	if (is_short)
		place.text = arena_strndup(&arena, reading->line, length);
	if (reading->bad_count++ >= ERROR_LIMIT)
		return;
	va_start(arguments, format);
	diag_error(reading->diag, &place, "%s", arena_vprintf(&arena, format, arguments));
	va_end(arguments);
	if (reading->is_last)
		diag_hint(reading->diag,
			"the last line is cut off: fio was ended while it wrote; delete the line");
	else if (reading->log->kind == FIO_LOG_HISTOGRAM)
		diag_hint(reading->diag, "a line of this log is: time in ms, direction, block "
					 "size, and a count for each bin");
	else
		diag_hint(reading->diag, "a line of this log is: time in ms, value, direction, "
					 "block size, and then offset and priority");
}

/* The next number of the line: digits, then a comma or the line's end. False: reported. */
static bool next_number(struct reading *reading, const char **at, uint64_t *value)
{
	const char *start;
	uint64_t sum = 0;

	while (*at < reading->end && **at == ' ')
		(*at)++;
	start = *at;
	for (; *at < reading->end && **at >= '0' && **at <= '9'; (*at)++) {
		unsigned digit = (unsigned)(**at - '0');

		if (sum > (UINT64_MAX - digit) / 10) {
			refuse(reading, start, "a number above 2^64 - 1");
			return false;
		}
		sum = sum * 10 + digit;
	}
	if (*at == start) {
		refuse(reading, start, "a number is missing here");
		return false;
	}
	while (*at < reading->end && **at == ' ')
		(*at)++;
	if (*at < reading->end && *(*at)++ != ',') {
		refuse(reading, *at - 1, "numbers are separated by commas");
		return false;
	}
	*value = sum;
	return true;
}

/* A time that is before the line's before begins anew: another job in the same log, whose times
 * then may be equal, too. */
static bool set_time(struct reading *reading, struct fio_log_line *line, const char *at)
{
	uint64_t *last_ms = &reading->last_ms[line->direction];

	if (line->time_ms >= TIME_LIMIT_MS) {
		refuse(reading, at, "a time of 2^44 ms (557 years) or more");
		return false;
	}
	line->start_ms = *last_ms;
	if (line->time_ms < *last_ms || (line->time_ms == *last_ms && reading->log->number == 0))
		line->start_ms = 0;
	*last_ms = line->time_ms;
	return true;
}

static bool set_direction(struct reading *reading, struct fio_log_line *line, uint64_t direction)
{
	if (direction >= FIO_LOG_DIRECTIONS) {
		refuse(reading, NULL, "direction %llu: 0 is read, 1 write and 2 trim",
			(unsigned long long)direction);
		return false;
	}
	line->direction = (unsigned)direction;
	return true;
}

static bool read_value_line(struct reading *reading, struct fio_log_line *line)
{
	const char *at = reading->line;
	uint64_t values[VALUES_LIMIT];
	size_t count = 0;

	for (; at < reading->end && count < VALUES_LIMIT; count++) {
		/* log_prio writes it as 0x4001. */
		if (count >= VALUES_LEAST && reading->end - at > 2 &&
			memmem(at, (size_t)(reading->end - at), "0x", 2))
			break;
		if (!next_number(reading, &at, &values[count]))
			return false;
	}
	if (at < reading->end && count < VALUES_LIMIT)
		count++; /* the priority */
	if (count < VALUES_LEAST) {
		refuse(reading, reading->end, "%zu numbers in place of %d or more", count,
			VALUES_LEAST);
		return false;
	}
	if (count == VALUES_LIMIT && at < reading->end) {
		refuse(reading, at, "more numbers than fio writes");
		return false;
	}
	if (reading->value_count > 0 && count != reading->value_count) {
		refuse(reading, NULL, "%zu numbers, and %zu in the lines before", count,
			reading->value_count);
		return false;
	}
	reading->value_count = count;
	line->time_ms = values[0];
	line->value = values[1];
	line->bytes = values[3];
	return set_direction(reading, line, values[2]) && set_time(reading, line, reading->line);
}

/* Lowest value of one of fio's bins. */
static uint64_t bin_lowest(size_t bin)
{
	unsigned shift;

	if (bin < (2u << FIO_STEP_BITS))
		return bin;
	shift = (unsigned)(bin >> FIO_STEP_BITS) - 1;
	return ((UINT64_C(1) << FIO_STEP_BITS) + (bin & ((1u << FIO_STEP_BITS) - 1))) << shift;
}

/* log_hist_coarseness=N: 2^N bins are one. FIO_BINS of them, or half, a quarter, ... */
static bool set_bins(
	struct reading *reading, struct fio_log_line *line, struct fio_log_bin *bins, size_t count)
{
	unsigned coarse = 0;

	while (coarse < FIO_STEP_BITS && (size_t)FIO_BINS >> coarse != count)
		coarse++;
	if ((size_t)FIO_BINS >> coarse != count) {
		refuse(reading, NULL, "%zu bins: fio has 1856, or half of that, or a quarter, ...",
			count);
		return false;
	}
	for (size_t i = 0; i < line->bin_count; i++) {
		size_t bin = bins[i].ns << coarse;

		bins[i].ns = (bin_lowest(bin) + bin_lowest(bin + ((size_t)1 << coarse))) / 2;
	}
	line->bins = bins;
	return true;
}

static bool read_histogram_line(struct reading *reading, struct fio_log_line *line)
{
	const char *at = reading->line;
	struct fio_log_bin found[FIO_BINS];
	uint64_t direction = 0, value, sum = 0;
	struct fio_log_bin *bins;
	size_t count = 0;

	if (!next_number(reading, &at, &line->time_ms) || !next_number(reading, &at, &direction) ||
		!next_number(reading, &at, &line->bytes))
		return false;
	for (; at < reading->end && count < FIO_BINS; count++) {
		if (!next_number(reading, &at, &value))
			return false;
		if (value == 0)
			continue;
		if (value >= SPARSE_COUNT_LIMIT || (sum += value) >= SPARSE_COUNT_LIMIT) {
			refuse(reading, at, "more I/Os than can be counted");
			return false;
		}
		found[line->bin_count++] = (struct fio_log_bin){.ns = count, .count = value};
	}
	if (at < reading->end) {
		refuse(reading, at, "more bins than fio has");
		return false;
	}
	bins = arena_alloc_array(&reading->logs->arena, line->bin_count, sizeof(*bins));
	if (line->bin_count > 0)
		memcpy(bins, found, line->bin_count * sizeof(*bins));
	return set_bins(reading, line, bins, count) && set_direction(reading, line, direction) &&
	       set_time(reading, line, reading->line);
}

static void keep(struct reading *reading, const struct fio_log_line *line)
{
	struct fio_log *log = reading->log;

	if (log->count == reading->room) {
		struct fio_log_line *larger;

		reading->room = reading->room ? 2 * reading->room : 256;
		larger = realloc(log->lines, reading->room * sizeof(*larger));
		if (!larger)
			arena_exhausted();
		log->lines = larger;
	}
	log->lines[log->count++] = *line;
}

static void read_line(struct reading *reading)
{
	struct fio_log *log = reading->log;
	struct fio_log_line line = {0};
	bool is_read = log->kind == FIO_LOG_HISTOGRAM ? read_histogram_line(reading, &line)
						      : read_value_line(reading, &line);

	if (!is_read)
		return;
	if (log->kind != FIO_LOG_HISTOGRAM) {
		bool is_averaged = line.bytes == 0;

		if (log->count == 0)
			log->is_averaged = is_averaged;
		if (log->is_averaged != is_averaged) {
			refuse(reading, NULL, "%s in a log of %s: the block size tells them apart",
				is_averaged ? "an average" : "a single I/O",
				log->is_averaged ? "averages" : "single I/Os");
			return;
		}
	}
	keep(reading, &line);
}

static void read_lines(struct reading *reading, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		reading->line = text;
		reading->end = newline ? newline : end;
		reading->is_last = !newline;
		reading->number++;
		text = newline ? newline + 1 : end;
		if (reading->end > reading->line && reading->end[-1] == '\r')
			reading->end--;
		read_line(reading);
	}
	if (reading->bad_count > ERROR_LIMIT) {
		struct place place = {.file = reading->log->path};

		diag_error(reading->diag, &place, "%u more lines are no lines of such a log",
			reading->bad_count - ERROR_LIMIT);
	}
}

/* Single I/Os take no time. A first average begins at 0; of times since 1970 (log_unix_epoch) as
 * long before as the next one lasts. */
static void settle_starts(struct fio_log *log)
{
	uint64_t next_ms[FIO_LOG_DIRECTIONS] = {0};

	for (size_t i = log->count; i-- > 0;) {
		struct fio_log_line *line = &log->lines[i];
		uint64_t *length_ms = &next_ms[line->direction];

		if (log->kind != FIO_LOG_HISTOGRAM && !log->is_averaged)
			line->start_ms = line->time_ms;
		else if (line->start_ms == 0 && line->time_ms >= FIO_LOG_EPOCH_LEAST_MS)
			line->start_ms =
				line->time_ms - (*length_ms < line->time_ms ? *length_ms : 0);
		*length_ms = line->time_ms - line->start_ms;
	}
}

static int refuse_name(const char *path, struct diag *diag)
{
	struct place place = {.file = path};

	if (is_compressed(path)) {
		diag_error(diag, &place, "a compressed log (log_store_compressed)");
		diag_hint(diag,
			"`fio --inflate-log=%s` prints it: name that file …_bw.1.log, "
			"…_lat.1.log and so on",
			path);
	} else {
		diag_error(diag, &place, "a log of fio's whose name does not say what is in it");
		diag_hint(diag, "its name ends, as fio names it, in _bw.log, _iops.log, _lat.log, "
				"_clat.log, _slat.log or _clat_hist.log, or in _bw.1.log and so "
				"on");
	}
	return -EINVAL;
}

static bool is_read_already(const struct fio_logs *logs, const char *path, size_t stem,
	enum fio_log_kind kind, unsigned number)
{
	for (const struct fio_log *log = logs->first; log; log = log->next) {
		if (log->kind == kind && log->number == number && strlen(log->prefix) == stem &&
			strncmp(log->prefix, path, stem) == 0)
			return true;
	}
	return false;
}

static int refuse_twice(const char *path, struct diag *diag)
{
	struct place place = {.file = path};

	diag_error(diag, &place, "this log is named twice");
	diag_hint(diag, "name each log once");
	return -EINVAL;
}

int fio_logs_add(
	struct fio_logs *logs, const char *path, const char *text, size_t length, struct diag *diag)
{
	struct reading reading = {.logs = logs, .diag = diag};
	enum fio_log_kind kind;
	unsigned number;
	size_t stem;

	if (is_compressed(path) || !read_name(path, &stem, &kind, &number))
		return refuse_name(path, diag);
	if (is_read_already(logs, path, stem, kind, number))
		return refuse_twice(path, diag);
	reading.log = ARENA_NEW(&logs->arena, struct fio_log);
	reading.log->path = arena_strdup(&logs->arena, path);
	reading.log->prefix = arena_strndup(&logs->arena, path, stem);
	reading.log->number = number;
	reading.log->kind = kind;
	if (!logs->last)
		logs->last = &logs->first;
	*logs->last = reading.log;
	logs->last = &reading.log->next;
	logs->count++;
	read_lines(&reading, text, length);
	settle_starts(reading.log);
	return reading.bad_count > 0 ? -EINVAL : 0;
}

int fio_logs_load(struct fio_logs *logs, const char *path, struct diag *diag)
{
	size_t length = 0;
	char *text AUTO_FREE = document_load(path, &length, diag);

	if (!text)
		return errno != 0 ? -errno : -EIO;
	return fio_logs_add(logs, path, text, length, diag);
}

void fio_logs_free(struct fio_logs *logs)
{
	for (struct fio_log *log = logs->first; log; log = log->next)
		free(log->lines);
	arena_free(&logs->arena);
	*logs = (struct fio_logs){0};
}
