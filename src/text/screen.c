/* SPDX-License-Identifier: MIT */
/* ncurses for what is drawn, terminfo for what undoes it, a memory file for what is held. */
#include "text/screen.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* ncurses defines bool otherwise where it may, and short names that are ours. */
#define NCURSES_ENABLE_STDBOOL_H 1
#define NCURSES_NOMACROS         1
#include <ncurses.h>
#include <term.h>
#undef columns /* of term.h */
#undef lines

#include "base/arena.h"
#include "base/cleanup.h"

/* Of what is held; once there is more, the older half goes. A terminal's own lines are fewer. */
#define HELD_LIMIT (4 << 20)

enum {
	UNDO_BYTES = 256,
	MESSAGE_BYTES = 512,
	WHY_BYTES = 128,
	ESCAPE_MS = 25,
	LINE_CHARACTERS = 512
};

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
enum { FATAL_COUNT = sizeof(fatal_signals) / sizeof(fatal_signals[0]) };

/* Of what is held: as far as it was looked at. */
struct held_lines {
	off_t at;
	size_t count, length;
	bool is_within;           /* the last may go on */
	bool is_in_escape;        /* of a live line that is wiped: no message */
	char last[MESSAGE_BYTES]; /* its begin */
};

static struct {
	volatile sig_atomic_t is_up;
	bool is_open, was_small, has_handlers, is_utf8;
	bool has_changed; /* and nobody was told */
	int terminal;     /* a copy of standard error */
	int held;         /* memory file of what is written meanwhile */
	off_t held_from;  /* what is before was too much */
	struct held_lines lines;
	int saved[3]; /* of descriptors that are held; -1: is not */
	FILE *output, *input;
	SCREEN *curses;
	locale_t utf8;
	unsigned columns, rows;
	struct termios before;
	char undo[UNDO_BYTES]; /* what is written to leave it */
	size_t undo_bytes;
	bool has_own_page; /* what stood there comes back when it is left */
	struct sigaction stop_before, continue_before, fatal_before[FATAL_COUNT];
} screen = {.terminal = -1, .held = -1, .saved = {-1, -1, -1}};

static volatile sig_atomic_t was_stopped, was_continued;

/* ncurses takes characters by the thread's locale: the program's stays "C". */
static locale_t enter_locale(void)
{
	return screen.utf8 ? uselocale(screen.utf8) : (locale_t)0;
}

static void leave_locale(locale_t before)
{
	if (before)
		(void)uselocale(before); /* it was the thread's */
}

static int add_undo(int c)
{
	if (screen.undo_bytes < UNDO_BYTES)
		screen.undo[screen.undo_bytes++] = (char)c;
	return c;
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

static void note_undo(const char *text)
{
	if (text)
		tputs(text, 1, add_undo);
}

/* Where the terminal has no second page what follows begins below what is shown. */
static void note_undos(void)
{
	screen.has_own_page = capability("rmcup") != NULL;
	screen.undo_bytes = 0;
	note_undo(capability("sgr0"));
	note_undo(capability("rmkx"));
	note_undo(capability("cnorm"));
	note_undo(capability("rmcup"));
	if (!screen.has_own_page) {
		note_undo(tparm(capability("cup"), (int)screen.rows - 1, 0, 0, 0, 0, 0, 0, 0, 0));
		note_undo("\r\n");
	}
}

/* All of it may be done in a signal handler. */
static void copy_held(void)
{
	static const char gap[] = "ringside: more was written, which is too much to be kept:\n";
	char part[4096];
	off_t at = screen.held_from;
	ssize_t bytes;

	if (at > 0)
		(void)!write(screen.terminal, gap, sizeof(gap) - 1); /* or the next one fails */
	while (screen.held >= 0 && (bytes = pread(screen.held, part, sizeof(part), at)) > 0) {
		at += bytes;
		if (write(screen.terminal, part, (size_t)bytes) != bytes)
			break;
	}
}

static void release_descriptors(void)
{
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		if (screen.saved[fd] < 0)
			continue;
		dup2(screen.saved[fd], fd);
		close(screen.saved[fd]);
		screen.saved[fd] = -1;
	}
}

void screen_abandon(void)
{
	int error = errno;

	if (screen.is_up) {
		screen.is_up = 0;
		/* A terminal that is gone needs nothing. */
		if (write(screen.terminal, screen.undo, screen.undo_bytes) > 0)
			tcsetattr(screen.terminal, TCSANOW, &screen.before);
		release_descriptors();
		copy_held();
	}
	errno = error;
}

static void on_fatal(int number)
{
	screen_abandon();
	signal(number, SIG_DFL);
	raise(number);
}

/* It is left where the program looks at keys, not here: what ncurses does is not for handlers. */
static void on_stop(int number)
{
	(void)number;
	was_stopped = 1;
}

static void on_continue(int number)
{
	(void)number;
	was_continued = 1;
}

static void catch_signals(void)
{
	const struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
	const struct sigaction resume = {.sa_handler = on_continue, .sa_flags = SA_RESTART};
	const struct sigaction fatal = {.sa_handler = on_fatal};

	sigaction(SIGTSTP, NULL, &screen.stop_before);
	if (screen.stop_before.sa_handler == SIG_DFL)
		sigaction(SIGTSTP, &stop, NULL);
	sigaction(SIGCONT, NULL, &screen.continue_before);
	if (screen.continue_before.sa_handler == SIG_DFL)
		sigaction(SIGCONT, &resume, NULL);
	for (size_t i = 0; i < FATAL_COUNT; i++) {
		sigaction(fatal_signals[i], NULL, &screen.fatal_before[i]);
		if (screen.fatal_before[i].sa_handler == SIG_DFL)
			sigaction(fatal_signals[i], &fatal, NULL);
	}
	screen.has_handlers = true;
}

static void release_signals(void)
{
	sigaction(SIGTSTP, &screen.stop_before, NULL);
	sigaction(SIGCONT, &screen.continue_before, NULL);
	for (size_t i = 0; i < FATAL_COUNT; i++)
		sigaction(fatal_signals[i], &screen.fatal_before[i], NULL);
	screen.has_handlers = false;
}

static bool read_size(void)
{
	struct winsize size;

	if (ioctl(screen.terminal, TIOCGWINSZ, &size) < 0)
		return false;
	screen.columns = size.ws_col;
	screen.rows = size.ws_row;
	return size.ws_col >= SCREEN_COLUMNS_LEAST && size.ws_row >= SCREEN_ROWS_LEAST;
}

/* From the background a terminal is not to be touched: who does is stopped. */
static bool is_in_front(void)
{
	pid_t group = tcgetpgrp(screen.terminal);

	return group < 0 || group == getpgrp();
}

static void hold(int fd)
{
	if (!isatty(fd))
		return;
	screen.saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (screen.saved[fd] >= 0)
		dup2(screen.held, fd);
}

static void go_up(void)
{
	locale_t before = enter_locale();

	fflush(stdout);
	fflush(stderr);
	resizeterm((int)screen.rows, (int)screen.columns);
	note_undos();
	clearok(stdscr, TRUE);
	screen.is_up = 1;
	refresh();
	leave_locale(before);
	hold(STDOUT_FILENO);
	hold(STDERR_FILENO);
	screen.has_changed = true;
}

static void go_down(void)
{
	locale_t before;

	if (!screen.is_up)
		return;
	fflush(stdout);
	fflush(stderr);
	before = enter_locale();
	endwin();
	leave_locale(before);
	screen.is_up = 0;
	if (!screen.has_own_page)
		(void)!write(screen.terminal, "\r\n", 2);
	release_descriptors();
	copy_held();
	/* It is memory: neither can fail. */
	(void)!ftruncate(screen.held, 0);
	(void)lseek(screen.held, 0, SEEK_SET);
	screen.held_from = 0;
	screen.lines = (struct held_lines){0};
}

static const char *find_obstacle(void)
{
	static char why[WHY_BYTES];
	const char *type = getenv("TERM");
	int error;

	if (!isatty(STDERR_FILENO))
		return "standard error is no terminal";
	if (!type || !*type)
		return "TERM is not set";
	/* The terminal is as large as it says; LINES and COLUMNS are of whoever exported them. */
	use_env(FALSE);
	use_tioctl(TRUE);
	if (setupterm(type, STDERR_FILENO, &error) != OK) {
		snprintf(why, sizeof(why), "the terminal type '%.64s' is unknown", type);
		return why;
	}
	if (!capability("cup") || !capability("clear")) {
		snprintf(why, sizeof(why), "a terminal of the type '%.64s' has no screen", type);
		return why;
	}
	return NULL;
}

/* Keys come from the terminal of standard input, where it is one, else from the same. */
static bool open_files(void)
{
	int keys = isatty(STDIN_FILENO) ? STDIN_FILENO : STDERR_FILENO;
	int input = fcntl(keys, F_DUPFD_CLOEXEC, 3), output;

	screen.terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	output = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	screen.held = memfd_create("held", MFD_CLOEXEC);
	screen.input = input < 0 ? NULL : fdopen(input, "r");
	screen.output = output < 0 ? NULL : fdopen(output, "w");
	return screen.terminal >= 0 && screen.held >= 0 && screen.input && screen.output &&
	       tcgetattr(screen.terminal, &screen.before) == 0;
}

static void close_files(void)
{
	if (screen.curses)
		delscreen(screen.curses);
	screen.curses = NULL;
	if (screen.output)
		fclose(screen.output);
	if (screen.input)
		fclose(screen.input);
	screen.output = screen.input = NULL;
	if (screen.held >= 0)
		close(screen.held);
	if (screen.terminal >= 0)
		close(screen.terminal);
	screen.held = screen.terminal = -1;
	if (screen.utf8)
		freelocale(screen.utf8);
	screen.utf8 = (locale_t)0;
}

static bool begin_curses(void)
{
	locale_t before;

	screen.is_utf8 = page_options_of(stderr).is_utf8;
	screen.utf8 =
		screen.is_utf8 ? newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0) : (locale_t)0;
	screen.is_utf8 = screen.utf8 != (locale_t)0;
	before = enter_locale();
	screen.curses = newterm(NULL, screen.output, screen.input);
	if (screen.curses) {
		cbreak(); /* Ctrl-C is a signal, as ever */
		noecho();
		keypad(stdscr, TRUE);
		nodelay(stdscr, TRUE);
		set_escdelay(ESCAPE_MS);
		(void)curs_set(0); /* where it can be hidden */
		endwin();
	}
	leave_locale(before);
	return screen.curses != NULL;
}

const char *screen_open(void)
{
	static bool is_registered;
	const char *why = find_obstacle();

	if (why)
		return why;
	if (!open_files()) {
		close_files();
		return "the terminal cannot be opened";
	}
	/* Before ncurses, which leaves alone what is handled. */
	catch_signals();
	if (!is_registered)
		atexit(screen_abandon);
	is_registered = true;
	if (!is_in_front() || !begin_curses()) {
		release_signals();
		close_files();
		return "the program is in the background of its terminal";
	}
	screen.is_open = true;
	screen.was_small = false;
	if (read_size())
		go_up();
	return NULL;
}

void screen_close(void)
{
	if (!screen.is_open)
		return;
	go_down();
	release_signals();
	close_files();
	screen.is_open = false;
}

/* As if the shell's stop had come now. */
static void stop(void)
{
	const struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};

	was_stopped = 0;
	go_down();
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &action, NULL);
}

/* The modes of the terminal are of who is in front: a shell that edits a line, maybe. */
static void go_down_behind(void)
{
	struct termios theirs;
	sigset_t touch, mask;

	sigemptyset(&touch);
	sigaddset(&touch, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &touch, &mask); /* or it would stop us */
	if (tcgetattr(screen.terminal, &theirs) == 0) {
		go_down();
		tcsetattr(screen.terminal, TCSANOW, &theirs);
	}
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* After a stop that was not the shell's (SIGSTOP) others have written there, and set modes. */
static void look_at_place(void)
{
	bool is_anew = was_continued != 0;

	was_continued = 0;
	if (!screen.is_up)
		return;
	if (!is_in_front())
		go_down_behind();
	else if (is_anew)
		go_down(); /* and up again at once */
}

static enum screen_event look_at_size(void)
{
	unsigned columns = screen.columns, rows = screen.rows;
	bool is_large = read_size();

	if (screen.is_up && !is_large) {
		go_down();
	} else if (!screen.is_up && is_large && is_in_front()) {
		go_up();
	} else if (screen.is_up && (columns != screen.columns || rows != screen.rows)) {
		resizeterm((int)screen.rows, (int)screen.columns);
		note_undos();
		clearok(stdscr, TRUE);
		screen.has_changed = true;
	}
	if (is_large || screen.was_small)
		return SCREEN_NOTHING;
	screen.was_small = true;
	return SCREEN_SMALL;
}

static enum screen_event event_of(int key)
{
	switch (key) {
	case 'q':
	case 'Q':
		return SCREEN_LEFT;
	case KEY_UP:
	case 'k':
		return SCREEN_UP_ROW;
	case KEY_DOWN:
	case 'j':
		return SCREEN_DOWN_ROW;
	case KEY_PPAGE:
		return SCREEN_UP_PAGE;
	case KEY_NPAGE:
	case ' ':
		return SCREEN_DOWN_PAGE;
	case KEY_HOME:
		return SCREEN_FIRST;
	case '\f': /* Ctrl-L: whatever another program wrote is wiped */
		clearok(stdscr, TRUE);
		return SCREEN_CHANGED;
	default:
		return SCREEN_NOTHING;
	}
}

static enum screen_event read_keys(void)
{
	locale_t before = enter_locale();
	enum screen_event event = SCREEN_NOTHING;
	int key;

	while (event == SCREEN_NOTHING && (key = wgetch(stdscr)) != ERR)
		event = event_of(key);
	leave_locale(before);
	return event;
}

enum screen_event screen_poll(void)
{
	enum screen_event event;

	if (!screen.is_open)
		return SCREEN_NOTHING;
	if (was_stopped)
		stop();
	look_at_place();
	event = look_at_size();
	if (event != SCREEN_NOTHING)
		return event;
	if (screen.has_changed && screen.is_up) {
		screen.has_changed = false;
		return SCREEN_CHANGED;
	}
	event = screen.is_up ? read_keys() : SCREEN_NOTHING;
	if (event == SCREEN_LEFT)
		screen_close();
	return event;
}

bool screen_is_up(void)
{
	return screen.is_up != 0;
}

unsigned screen_rows(void)
{
	return screen.rows - SCREEN_ROWS_OWN;
}

struct page_options screen_page_options(void)
{
	return (struct page_options){
		.is_utf8 = screen.is_utf8,
		.keeps_marks = true,
		.columns = screen.columns,
	};
}

/* No colours: bold and dim say it on every terminal. */
static void set_mark(char mark)
{
	if (mark == PAGE_PLAIN[0])
		attrset(A_NORMAL);
	else
		attron(mark == PAGE_DIM[0] ? A_DIM : A_BOLD);
}

static bool is_mark(char c)
{
	return c >= PAGE_BOLD[0] && c <= PAGE_PLAIN[0];
}

/* Characters of UTF-8 up to the next mark, in `columns` at the most; returns their bytes. */
static size_t widen(
	wchar_t wide[LINE_CHARACTERS], size_t *count, int *columns, const char *text, size_t bytes)
{
	mbstate_t state = {0};
	size_t at = 0;

	for (*count = 0; at < bytes && *count < LINE_CHARACTERS && !is_mark(text[at]); (*count)++) {
		size_t part = mbrtowc(&wide[*count], text + at, bytes - at, &state);
		int own = part > bytes - at ? 0 : wcwidth(wide[*count]);

		if (part == 0 || part > bytes - at || own > *columns)
			break; /* a page's text has none but the last */
		*columns -= MAX(own, 0);
		at += part;
	}
	return at;
}

/* What is wider than the terminal is cut. */
static void put_line(unsigned row, const char *text, size_t bytes)
{
	wchar_t wide[LINE_CHARACTERS];
	int left = (int)screen.columns;
	size_t count;

	move((int)row, 0);
	attrset(A_NORMAL);
	for (size_t i = 0, part; i < bytes && left > 0; i += part) {
		part = 1;
		if (is_mark(text[i])) {
			set_mark(text[i]);
			continue;
		}
		part = widen(wide, &count, &left, text + i, bytes - i);
		if (part == 0)
			break;
		addnwstr(wide, (int)count);
	}
	attrset(A_NORMAL);
}

static void take_held(struct held_lines *lines, char c)
{
	lines->is_in_escape |= c == '\033';
	if (lines->is_in_escape || c == '\r') {
		lines->is_in_escape &= !isalpha((unsigned char)c);
		return;
	}
	if (c == '\n') {
		lines->is_within = false;
		return;
	}
	if (!lines->is_within) {
		lines->length = 0;
		lines->count++;
	}
	lines->is_within = true;
	if (lines->length + 1 < MESSAGE_BYTES)
		lines->last[lines->length++] = c;
	lines->last[lines->length] = '\0';
}

/* Its place in the file is given back, so that others may write on meanwhile. */
static void drop_oldest_half(struct held_lines *lines)
{
	char part[4096];
	off_t from = lines->at - HELD_LIMIT / 2;
	ssize_t bytes = pread(screen.held, part, sizeof(part), from);
	const char *line_end = bytes > 0 ? memchr(part, '\n', (size_t)bytes) : NULL;

	screen.held_from = line_end ? from + (line_end + 1 - part) : from;
	/* Without it more memory is taken. */
	(void)fallocate(
		screen.held, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, screen.held_from);
	*lines = (struct held_lines){.at = screen.held_from};
}

/* Each byte is looked at once: hours of --status-interval are many. */
static void look_at_held(struct held_lines *lines)
{
	char part[4096];
	ssize_t bytes;

	while ((bytes = pread(screen.held, part, sizeof(part), lines->at)) > 0) {
		for (ssize_t i = 0; i < bytes; i++)
			take_held(lines, part[i]);
		lines->at += bytes;
	}
	if (lines->at - screen.held_from > HELD_LIMIT)
		drop_oldest_half(lines);
}

void screen_scroll(enum screen_event event, size_t *first, size_t shown_count)
{
	size_t page = shown_count > 0 ? shown_count : 1;

	if (event == SCREEN_UP_ROW)
		*first -= *first > 0;
	else if (event == SCREEN_DOWN_ROW)
		++*first;
	else if (event == SCREEN_UP_PAGE)
		*first -= *first < page ? *first : page;
	else if (event == SCREEN_DOWN_PAGE)
		*first += page;
	else if (event == SCREEN_FIRST)
		*first = 0;
}

/* A line of the screen's own, by the page's rules: what a path brought along is no control. */
__attribute__((format(printf, 2, 3))) static void put_text(unsigned row, const char *format, ...)
{
	struct page_options options = screen_page_options();
	AUTO_FREE char *text = NULL;
	struct page page;
	va_list arguments;

	page_open(&page, &options, NULL);
	va_start(arguments, format);
	vfprintf(page.stream, format, arguments);
	va_end(arguments);
	text = page_close_text(&page);
	put_line(row, text, strlen(text));
}

void screen_show(const char *text, const char *keys)
{
	struct held_lines *lines = &screen.lines;
	locale_t before;

	if (!screen.is_up)
		return;
	before = enter_locale();
	erase();
	for (unsigned row = 0; *text && row < screen_rows(); row++) {
		size_t bytes = strcspn(text, "\n");

		put_line(row, text, bytes);
		text += bytes + (text[bytes] == '\n');
	}
	look_at_held(lines);
	if (lines->count == 1)
		put_text(screen_rows(), " " PAGE_BOLD "Message:" PAGE_PLAIN " %s",
			lines->last + strspn(lines->last, " "));
	else if (lines->count > 1)
		put_text(screen_rows(),
			" " PAGE_BOLD "%zu lines for later, the last:" PAGE_PLAIN " %s",
			lines->count, lines->last);
	put_text(screen_rows() + 1,
		PAGE_DIM " q leaves the screen, not the run · Ctrl-C ends the run%s%s" PAGE_PLAIN,
		keys ? " · " : "", keys ? keys : "");
	refresh();
	leave_locale(before);
}
