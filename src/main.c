/* SPDX-License-Identifier: MIT */
/* From argv to a command, and its exit code. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/version.h"
#include "command/command.h"

static int unknown_command(const char *name)
{
	struct text_guess guess = {.name = name};
	struct diag diag;

	diag_init(&diag, stderr);
	for (size_t i = 0; commands[i]; i++)
		text_guess(&guess, commands[i]->name);
	diag_error(&diag, NULL, "ringside has no command '%s'", name);
	if (guess.nearest)
		diag_hint(&diag, "did you mean '%s'?", guess.nearest);
	else if (*name == '-' || access(name, F_OK) == 0) /* as fio takes them */
		diag_hint(&diag, "ringside run %s …", name);
	else
		diag_hint(&diag, "ringside help lists them");
	return EXIT_BAD_REQUEST;
}

static int dispatch(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	const struct command *command;

	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		printf("ringside %s (%s, %s)\n", version_number, version_git, version_compiler);
		return EXIT_DONE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	command = command_find(name);
	if (!command)
		return unknown_command(name);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			char *about[] = {argv[1]};

			return command_find("help")->run(command_find("help"), 1, about);
		}
	}
	return command->run(command, argc > 2 ? argc - 2 : 0, argv + 2);
}

/*
 * Where a caller closed one of them, the next file that is opened would get its number, and what is
 * printed would be written to a target. What stands there instead refuses it: a result that goes
 * nowhere is still an error.
 */
static void hold_standard_descriptors(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
		/* Without /dev/null there is nothing better to hold it by. */
		if (fcntl(i, F_GETFD) < 0)
			(void)open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	int code;

	hold_standard_descriptors();
	signal(SIGXFSZ, SIG_IGN); /* The write that is too much fails with EFBIG, and is told of. */
	clock_init();
	code = dispatch(argc, argv);
	if (fflush(stdout) != 0 && code == EXIT_DONE) {
		fprintf(stderr, "ringside: cannot write to stdout: %s\n", strerror(errno));
		code = EXIT_RUN_FAILED;
	}
	return code;
}
