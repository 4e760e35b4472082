/* SPDX-License-Identifier: MIT */
/* The table of commands, and the way from argv to one of them. */
#include "command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/peers.h"
#include "base/text.h"
#include "base/version.h"
#include "session/child.h"
#include "session/trial_ranks.h"

#define COMMAND_ADDRESS(name) &command_##name,
const struct command *const commands[] = {COMMAND_LIST(COMMAND_ADDRESS) NULL};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static int refuse_ranks(const struct command *command)
{
	struct diag diag;

	diag_init(&diag, peers_messages());
	diag_error(&diag, NULL, "'ringside-mpi %s' measures on one rank only, and there are %u",
		command->name, peers->count);
	diag_hint(&diag, "mpirun ringside-mpi run …; 'ringside %s' is for one host", command->name);
	return EXIT_BAD_REQUEST;
}

/* Reads the arguments after the command's name, and runs it. An exit code. */
static int execute_here(const struct command *command, int argc, char **argv)
{
	struct arena arena = {0};
	void *request = arena_alloc(&arena, command->request_bytes);
	struct arguments arguments;
	int code = EXIT_BAD_REQUEST;

	if (arguments_read(&arguments, command, request, argc, argv) == 0)
		code = command->run(&arguments, request);
	if (command->map_code)
		code = command->map_code(request, code);
	arguments_free(&arguments);
	arena_free(&arena);
	return code;
}

static int execute_in_trials(const struct command *command, int argc, char **argv)
{
	int code;

	if (peers->rank > 0)
		return trial_ranks_serve();
	code = execute_here(command, argc, argv);
	trial_ranks_dismiss();
	return code;
}

/* So many processes the launcher started, by what it tells each; 1: none did. */
static unsigned long count_launched(void)
{
	/* Open MPI; MPICH; srun. The first that is there: mpirun may itself be started by srun. */
	static const char *const names[] = {
		"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value)
			return strtoul(value, NULL, 10);
	}
	return 1;
}

static bool is_rank(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "--rank", strlen("--rank")) == 0)
			return true;
	}
	return false;
}

/*
 * Processes that a launcher started, and which do not know of each other, would all write the same
 * files, and each would take the others' load for the target's own slowness.
 */
static int check_launcher(const struct command *command, int argc, char **argv)
{
	unsigned long count = count_launched();
	struct diag diag;

	if (command->ranks == COMMAND_OF_FIRST || count < 2 || (peers && peers->count > 1) ||
		is_rank(argc, argv) || getenv(CHILD_VARIABLE))
		return EXIT_DONE;
	diag_init(&diag, peers_messages());
	if (peers) {
		diag_error(&diag, NULL,
			"the launcher started %lu processes, and by MPI this one is alone", count);
		diag_hint(&diag, "mpirun of the MPI that ringside-mpi is linked to (ldd); "
				 "Slurm: srun --mpi=pmix");
		return EXIT_BAD_REQUEST;
	}
	diag_warning(&diag, NULL, "the launcher started %lu processes, and each runs all by itself",
		count);
	diag_hint(&diag, "mpirun ringside-mpi %s … makes them one run", command->name);
	return EXIT_DONE;
}

static int execute(const struct command *command, int argc, char **argv)
{
	int code = check_launcher(command, argc, argv);

	if (code != EXIT_DONE)
		return code;
	if (!peers || command->ranks == COMMAND_TOGETHER)
		return execute_here(command, argc, argv);
	if (command->ranks == COMMAND_ALONE && peers->count > 1)
		return refuse_ranks(command);
	if (command->ranks == COMMAND_IN_TRIALS && peers->count > 1)
		return execute_in_trials(command, argc, argv);
	if (peers->rank > 0)
		return EXIT_DONE;
	peers = NULL;
	return execute_here(command, argc, argv);
}

static int unknown_command(const char *name)
{
	struct text_guess guess = {.name = name};
	struct diag diag;

	diag_init(&diag, peers_messages());
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

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

/* `ln -s ringside fio` */
static bool is_called_fio(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;

	return argc > 0 && strcmp(slash ? slash + 1 : argv[0], command_fio.name) == 0;
}

static int run_as_fio(int argc, char **argv)
{
	static char name[] = "fio";
	char *words[] = {name};

	if (asks_for_help(argc - 1, argv + 1))
		return execute(&command_help, 1, words);
	return execute(&command_fio, argc - 1, argv + 1);
}

int command_dispatch(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	const struct command *command;

	if (is_called_fio(argc, argv))
		return run_as_fio(argc, argv);

	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		if (peers_is_first())
			printf("ringside %s (%s, %s)\n", version_number, version_git,
				version_compiler);
		return EXIT_DONE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	command = command_find(name);
	if (!command)
		return unknown_command(name);
	if (argc > 2 && asks_for_help(argc - 2, argv + 2))
		return execute(&command_help, 1, argv + 1);
	return execute(command, argc > 2 ? argc - 2 : 0, argv + 2);
}
