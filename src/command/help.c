/* SPDX-License-Identifier: MIT */
/* `ringside help`: commands, options, engines, topics, schemas; the manual and the completion. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "check/baseline.h"
#include "check/check.h"
#include "check/history.h"
#include "check/judge.h"
#include "claim/claims.h"
#include "command/command.h"
#include "command/help_topics.h"
#include "command/verify_report.h"
#include "curve/curve.h"
#include "engine/echo.h"
#include "engine/engine_list.h"
#include "job/job.h"
#include "job/job_unsupported.h"
#include "lint/lint.h"
#include "option/option_print.h"
#include "prepare/prepare.h"
#include "probe/probe.h"
#include "result/result_fields.h"
#include "session/record.h"
#include "verdict/trial_values.h"

/* Documents beside its result, one of which may go to stdout. */
static bool shares_stdout(const struct command *command)
{
	for (const struct command_part *p = command->parts; p && (p->options || p->make); p++) {
		if (p->kinds)
			return true;
	}
	return false;
}

static const char about_stdout[] =
	"A FILE of - is stdout, which carries that document alone: the text goes to stderr.\n";

/* By option_print_flags, or as the manual has them. */
static void print_command_options(
	const struct command *command, void (*print)(const struct option *options, FILE *stream))
{
	struct arena arena = {0};

	for (const struct command_part *p = command->parts; p && (p->options || p->make); p++)
		print(arguments_options(p, &arena), stdout);
	arena_free(&arena);
}

static void print_command(const struct command *command)
{
	printf("Usage: ringside %s %s\n\n%s\n", command->name, command->usage, command->detail);
	if (command->parts)
		printf("\n");
	print_command_options(command, option_print_flags);
	if (shares_stdout(command))
		printf("\n%s", about_stdout);
}

static void print_engines(void)
{
	for (size_t i = 0; engines[i]; i++)
		printf("  %-12s %s\n", engines[i]->name, engines[i]->summary);
}

/* The engine as the server of rw=echo, where it can be one. */
static void print_server(const struct engine_class *engine)
{
	const struct engine_class *server = engine_echo_find(engine->name);

	if (!server)
		return;
	printf("\nWith rw=echo: %s.\n", server->summary);
	if (server->options && server->options != engine->options)
		option_print_list(server->options, stdout);
}

static void print_engine(const struct engine_class *engine)
{
	printf("%s: %s\n\nOperations:", engine->name, engine->summary);
	for (int op = 0; op < IO_OP_COUNT; op++) {
		if (engine->op_mask & IO_BIT(op))
			printf(" %s", io_op_name((enum io_op)op));
	}
	printf("\n");
	if (engine->options) {
		printf("\nOptions of its own:\n");
		option_print_list(engine->options, stdout);
	}
	print_server(engine);
}

static void print_exit_codes(void)
{
	printf("  0      done; pass; improved\n"
	       "  1      a regression is confirmed\n"
	       "  2      the request is wrong: usage, job file, result file; nothing was run.\n"
	       "         Or the write guard refused\n"
	       "  3      inconclusive\n"
	       "  4      incomparable, or this machine cannot do it\n"
	       "  5      the run went wrong: I/O error, an engine that was not what it claimed\n"
	       "  128+n  ended by signal n; the result so far is complete and valid\n");
}

static void print_metrics(void)
{
	printf("  %-26s %-5s %-7s %-10s %s\n", "METRIC", "unit", "better", "threshold",
		"gate by default");
	for (size_t i = 0; i < VALUE_COUNT; i++) {
		const struct metric *metric = &trial_value_metrics[i];
		const struct metric_gate *gate = metric_gate_of(metric->class);
		double threshold = gate->threshold;
		char percent[32] = "-";

		if (metric->class == METRIC_STALLS)
			snprintf(percent, sizeof(percent), "%g points", gate->absolute * 100);
		else if (isfinite(threshold))
			snprintf(percent, sizeof(percent), "%g %%", threshold * 100);
		printf("  %-26s %-5s %-7s %-10s %s\n", metric->name, metric->unit,
			metric->sense == METRIC_HIGHER_IS_BETTER ? "higher" : "lower", percent,
			judge_is_default((enum trial_value)i) ? "yes" : "no");
	}
	printf("\n--threshold=METRIC=P%% makes a gate of any that has a threshold. I/O errors and "
	       "short\n"
	       "I/Os are no gates: a trial that has them is an error.\n");
}

static void print_options(void)
{
	option_print_list(&job_option_table, stdout);
	printf("\n'ringside help ENGINE' lists the options that an engine adds.\n");
}

static const struct help_page pages[] = {
	{"options", "the options of jobs, by group", .print = print_options},
	{"engines", "how I/O can be done", .print = print_engines},
	{"metrics", "the figures that are compared and gated", .print = print_metrics},
	{"schema", "the JSON Schema of results", .document = &result_document},
	{"interval-schema", "the JSON Schema of a result's lines",
		.document = &result_interval_document},
	{"probe-schema", "the JSON Schema of probes", .document = &probe_document},
	{"lint-schema", "the JSON Schema of lints", .document = &lint_document},
	{"prepare-schema", "the JSON Schema of preparations", .document = &prepare_document},
	{"verify-schema", "the JSON Schema of verifications", .document = &verify_document},
	{"comparison-schema", "the JSON Schema of comparisons", .document = &record_document},
	{"curve-schema", "the JSON Schema of curves", .document = &curve_document},
	{"claims-schema", "the JSON Schema of tested claims", .document = &claims_document},
	{"check-schema", "the JSON Schema of checks", .document = &check_document},
	{"baseline-schema", "the JSON Schema of baselines", .document = &baseline_document},
	{"history-schema", "the JSON Schema of a history's lines", .document = &history_document},
	{"exit", "what exit codes mean", .print = print_exit_codes},
	{.name = NULL},
};

/* Tables and examples stand in columns: not filled. */
static void print_man_topics(void)
{
	for (const struct help_page *page = help_topics; page->name; page++) {
		printf(".SH ");
		for (const char *c = page->name; *c; c++)
			fputc(toupper((unsigned char)*c), stdout);
		printf("\n.nf\n");
		option_print_roff(page->text, stdout);
		printf(".fi\n");
	}
	printf(".SH METRICS\n.nf\n");
	print_metrics();
	printf(".fi\n");
}

static void print_man_engine(const struct engine_class *engine)
{
	const struct engine_class *server = engine_echo_find(engine->name);

	printf(".SS %s\n%s\n", engine->name, engine->summary);
	if (engine->options)
		option_print_man(engine->options, stdout);
	if (server && server->options && server->options != engine->options)
		option_print_man(server->options, stdout);
}

static void print_man(void)
{
	printf(".TH RINGSIDE 1 \"\" \"ringside %s\"\n.ad l\n.SH NAME\nringside \\- benchmarks "
	       "Linux storage I/O\n.SH SYNOPSIS\n",
		version_number);
	for (size_t i = 0; commands[i]; i++) {
		printf(".B ringside %s\n", commands[i]->name);
		option_print_roff(commands[i]->usage, stdout);
		printf("\n.br\n");
	}
	printf(".SH COMMANDS\n");
	for (size_t i = 0; commands[i]; i++) {
		printf(".SS %s\n", commands[i]->name);
		option_print_roff(commands[i]->detail, stdout);
		printf("\n");
		print_command_options(commands[i], option_print_man_flags);
		if (shares_stdout(commands[i])) {
			printf(".PP\n");
			option_print_roff(about_stdout, stdout);
		}
	}
	printf(".SH OPTIONS OF JOBS\n");
	option_print_man(&job_option_table, stdout);
	printf(".SH ENGINES\n");
	for (size_t i = 0; engines[i]; i++)
		print_man_engine(engines[i]);
	print_man_topics();
	printf(".SH EXIT STATUS\n.nf\n");
	print_exit_codes();
	printf(".fi\n");
}

/* A word a line; a value follows "=", and a blank the words that are whole. */
static void print_flag_words(const struct option *options, FILE *stream)
{
	for (const struct option *option = options; option->name; option++)
		fprintf(stream, "--%s%s\n", option->name, option->type == OPTION_FLAG ? " " : "=");
}

static void print_names(const struct help_page *list)
{
	for (; list->name; list++)
		printf("%s \n", list->name);
}

static void print_completion(void)
{
	printf("# Completion for bash: . <(ringside help completion)\n"
	       "_ringside() {\n"
	       "\tlocal IFS=$'\\n' word=${COMP_WORDS[COMP_CWORD]} words\n"
	       "\tcase ${COMP_CWORD}${COMP_WORDS[1]} in\n"
	       "\t1*) words='");
	for (size_t i = 0; commands[i]; i++)
		printf("%s \n", commands[i]->name);
	printf("' ;;\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("\t*%s) words='", commands[i]->name);
		print_command_options(commands[i], print_flag_words);
		if (commands[i]->takes_job_options)
			print_flag_words(job_option_table.options, stdout);
		for (size_t k = 0; commands[i] == &command_help && commands[k]; k++)
			printf("%s \n", commands[k]->name);
		if (commands[i] == &command_help) {
			print_names(pages);
			print_names(help_topics);
		}
		printf("' ;;\n");
	}
	printf("\tesac\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
	       "\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"${word#=}\"))\n"
	       "}\n"
	       "complete -o nospace -F _ringside ringside\n");
}

/* Those that are made of the pages above. */
static const struct help_page collections[] = {
	{"man", "the manual page (troff)", .print = print_man},
	{"completion", "completion for bash", .print = print_completion},
	{.name = NULL},
};

static const struct help_page *find_page(const struct help_page *list, const char *name)
{
	for (; list->name; list++) {
		if (strcmp(list->name, name) == 0)
			return list;
	}
	return NULL;
}

static void print_titles(const struct help_page *list)
{
	for (; list->name; list++)
		printf("  ringside help %-18s %s\n", list->name, list->title);
}

static void print_overview(void)
{
	static const struct help_page things[] = {
		{"COMMAND", "a command and its options", .text = NULL},
		{"OPTION", "an option of jobs in full", .text = NULL},
		{"ENGINE", "an engine and its options", .text = NULL},
		{.name = NULL},
	};

	printf("ringside %s: benchmarks Linux storage I/O\n\nUsage: ringside COMMAND ...\n\n",
		version_number);
	for (size_t i = 0; commands[i]; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n"
	       "  ringside run jobs/quick.job\n"
	       "  ringside run jobs/profiles/database.job\n"
	       "  ringside compare jobs/engines.job\n"
	       "  ringside run --filename=FILE --size=1g --rw=randread --ioengine=io_uring "
	       "--iodepth=32\n"
	       "\n");
	print_titles(things);
	print_titles(pages);
	print_titles(help_topics);
	print_titles(collections);
}

static const struct option *find_option(const char *name)
{
	const struct option *option = option_find(&job_option_table, name);

	return option ? option : engine_option_find(name);
}

/* An option that fio has: what becomes of it here. */
static int print_about_foreign(const char *name)
{
	const struct job_foreign_option *option = job_foreign_find(name);

	if (!option)
		return -1;
	printf("%s is an option of fio that ringside %s: %s\n", name,
		option->is_harmless ? "accepts and does not need" : "does not have", option->why);
	if (option->instead)
		printf("Instead: %s\n", option->instead);
	return 0;
}

static void print_page(const struct help_page *page)
{
	if (page->text)
		fputs(page->text, stdout);
	else if (page->print)
		page->print();
	else
		document_write_schema(page->document, stdout);
}

/* 0, or -1 when there is nothing of this name. */
static int print_about(const char *name)
{
	const struct option *option = find_option(name);
	const struct command *command = command_find(name);
	const struct engine_class *engine = engine_find(name);
	const struct help_page *page = find_page(pages, name);

	if (!page)
		page = find_page(help_topics, name);
	if (!page)
		page = find_page(collections, name);
	if (page)
		print_page(page);
	else if (command)
		print_command(command);
	if (command && option)
		printf("\nThe option of jobs of that name:\n\n");
	if (option && !page)
		option_print_help(option, stdout);
	if (engine && !page && !command)
		print_engine(engine);
	return page || command || option || engine ? 0 : print_about_foreign(name);
}

static int help_main(struct arguments *arguments, void *asked)
{
	(void)asked;
	if (arguments->operand_count == 0)
		print_overview();
	for (size_t i = 0; i < arguments->operand_count; i++) {
		if (print_about(arguments->operands[i]) == 0)
			continue;
		diag_error(&arguments->diag, NULL, "there is no help about '%s'",
			arguments->operands[i]);
		diag_hint(&arguments->diag, "ringside help lists what there is");
		return EXIT_BAD_REQUEST;
	}
	return EXIT_DONE;
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND|OPTION|ENGINE|TOPIC]...",
	.summary = "explain commands, options and engines",
	.detail = "Without an argument: what there is.",
	.run = help_main,
};
