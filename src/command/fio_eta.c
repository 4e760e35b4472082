/* SPDX-License-Identifier: MIT */
#include "command/fio_eta.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "result/fio_number.h"

enum { LINE_BYTES = 1024 };

struct line {
	char text[LINE_BYTES];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
	size_t room = sizeof(line->text) - line->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(line->text + line->length, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		line->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* A limit from below, which jobs here have not, and the one from above. */
static void add_asked(struct line *line, const struct live_figures *figures)
{
	char text[FIO_NUMBER_BYTES];

	if (figures->asked_bytes > 0)
		add(line, ", 0B/s-%s",
			fio_number(text, (uint64_t)figures->asked_bytes, FIO_NUMBER_DIGITS,
				FIO_NUMBER_BINARY, "B/s"));
	else if (figures->asked_ios > 0)
		add(line, ", 0-%.0f IOPS", figures->asked_ios);
}

/* "[r=8172KiB/s,w=8172KiB/s]": directions in which there is nothing are left out. */
static void add_rates(struct line *line, const struct live_figures *figures, bool is_of_bytes)
{
	static const char letters[] = "rwt";
	const double *rates = is_of_bytes ? figures->bytes_per_second : figures->ios_per_second;
	const char *before = "[";

	for (int d = 0; d < DATA_DIRECTION_COUNT; d++) {
		char text[FIO_NUMBER_BYTES];

		if (figures->ios_per_second[d] <= 0)
			continue;
		add(line, "%s%c=%s", before, letters[d],
			fio_number(text, (uint64_t)rates[d], FIO_NUMBER_DIGITS,
				is_of_bytes ? FIO_NUMBER_BINARY : FIO_NUMBER_DECIMAL,
				is_of_bytes ? "B/s" : ""));
		before = ",";
	}
	if (*before == ',')
		add(line, "%s]", is_of_bytes ? "" : " IOPS");
}

/* "00m:05s", "01h:00m:00s", "02d:01h:00m:00s" */
static void add_time(struct line *line, uint64_t left_ns)
{
	uint64_t seconds = (left_ns + NS_PER_S - 1) / NS_PER_S;
	uint64_t days = seconds / 86400, hours = seconds / 3600 % 24;

	if (days > 0)
		add(line, "%02" PRIu64 "d:", days);
	if (days > 0 || hours > 0)
		add(line, "%02" PRIu64 "h:", hours);
	add(line, "%02" PRIu64 "m:%02" PRIu64 "s", seconds / 60 % 60, seconds % 60);
}

static void add_progress(struct line *line, const struct live_figures *figures)
{
	double elapsed = (double)figures->elapsed_ns, left = (double)figures->left_ns;
	bool is_known = figures->left_ns != UINT64_MAX;

	add(line, ": [%s]", figures->states);
	if (is_known && elapsed + left > 0)
		add(line, "[%.1f%%]", 100 * elapsed / (elapsed + left));
	else
		add(line, "[-.-%%]");
	add_rates(line, figures, true);
	add_rates(line, figures, false);
	add(line, "[eta ");
	if (is_known)
		add_time(line, figures->left_ns);
	else
		add(line, "--");
	add(line, "]");
}

void fio_eta_tell(struct fio_eta *eta, const struct live_figures *figures)
{
	struct line line = {.length = 0};
	int columns;

	if (eta->ends_line)
		fio_eta_close(eta);
	eta->ends_line = false;
	add(&line, "Jobs: %u (f=%u)", figures->running, figures->files);
	add_asked(&line, figures);
	add_progress(&line, figures);
	columns = (int)line.length;
	fprintf(eta->stream, "%s%*s\r", line.text,
		columns < eta->columns ? eta->columns - columns : 0, "");
	fflush(eta->stream);
	eta->columns = columns;
	eta->is_open = true;
	if (eta->newline_ns > 0 && figures->elapsed_ns - eta->stayed_ns >= eta->newline_ns) {
		eta->stayed_ns = figures->elapsed_ns;
		eta->ends_line = true;
	}
}

void fio_eta_close(struct fio_eta *eta)
{
	if (eta->is_open)
		fputc('\n', eta->stream);
	eta->is_open = false;
	eta->columns = 0;
}
