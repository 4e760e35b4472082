/* SPDX-License-Identifier: MIT */
/* `ringside help`: commands, options, engines, and the schema of results. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/version.h"
#include "check/baseline.h"
#include "check/check.h"
#include "check/history.h"
#include "check/judge.h"
#include "command/command.h"
#include "command/command_list.h"
#include "command/topics.h"
#include "engine/engine.h"
#include "job/job.h"
#include "job/job_unsupported.h"
#include "option/option_print.h"
#include "probe/probe.h"
#include "result/result_fields.h"
#include "session/record.h"
#include "verdict/trial_values.h"

static void print_overview(void)
{
	printf("ringside %s: benchmarks Linux storage I/O\n\nUsage: ringside COMMAND ...\n\n",
		version_number);
	for (size_t i = 0; commands[i]; i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n"
	       "  ringside run jobs/quick.job\n"
	       "  ringside compare jobs/engines.job\n"
	       "  ringside run --filename=FILE --size=1g --rw=randread --ioengine=io_uring "
	       "--iodepth=32\n"
	       "\n"
	       "  ringside help COMMAND   a command and its options\n"
	       "  ringside help options   the options of jobs, by group\n"
	       "  ringside help OPTION    one of them in full\n"
	       "  ringside help engines   how I/O can be done\n"
	       "  ringside help ENGINE    one of them and its options\n"
	       "  ringside help metrics   the figures that are compared and gated\n"
	       "  ringside help schema    the JSON Schema of results\n"
	       "  ringside help probe-schema  the JSON Schema of probes\n"
	       "  ringside help comparison-schema  that of comparisons\n"
	       "  ringside help check-schema  the JSON Schema of checks\n"
	       "  ringside help baseline-schema  that of baselines\n"
	       "  ringside help history-schema  that of a history's lines\n"
	       "  ringside help man       the manual page (troff)\n"
	       "  ringside help exit      what exit codes mean\n"
	       "\n");
	for (const struct help_topic *t = command_topics; t->name; t++)
		printf("  ringside help %-10s %s\n", t->name, t->title);
}

static bool has_option(const struct command *command, const char *name)
{
	for (const struct command_option *o = command->options; o && o->name; o++) {
		if (strcmp(o->name, name) == 0)
			return true;
	}
	return false;
}

/* Beside its result it writes documents, one of which may go to stdout. */
static bool shares_stdout(const struct command *command)
{
	return has_option(command, "format") && has_option(command, "json");
}

static const char about_stdout[] =
	"A FILE of - is stdout, which carries that document alone: the text goes to stderr.\n";

static void print_command(const struct command *command)
{
	printf("Usage: ringside %s %s\n\n%s\n", command->name, command->usage, command->detail);
	if (command->options)
		printf("\n");
	for (const struct command_option *o = command->options; o && o->name; o++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->value ? "=" : "",
			o->value ? o->value : "");
		printf("  %-20s %s\n", left, o->help);
	}
	if (shares_stdout(command))
		printf("\n%s", about_stdout);
}

static void print_engines(void)
{
	for (size_t i = 0; engines[i]; i++)
		printf("  %-12s %s\n", engines[i]->name, engines[i]->summary);
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

/*
 * A line that begins with ' or . would be a request, and a plain - a typographer's hyphen, which no
 * shell understands.
 */
static void print_man_words(const char *text)
{
	bool begins = true;

	for (; *text; text++) {
		if (begins && (*text == '\'' || *text == '.'))
			fputs("\\&", stdout);
		if (*text == '-')
			fputc('\\', stdout);
		fputc(*text, stdout);
		begins = *text == '\n';
	}
}

static void print_man_text(const char *text)
{
	print_man_words(text);
	fputc('\n', stdout);
}

static void print_man_option(const struct command_option *option)
{
	printf(".TP\n.B \\-\\-");
	print_man_words(option->name);
	if (option->value)
		printf("=%s", option->value);
	fputc('\n', stdout);
	print_man_text(option->help);
}

static void print_metrics(void)
{
	printf("  %-18s %-5s %-7s %-10s %s\n", "METRIC", "unit", "better", "threshold",
		"gate by default");
	for (size_t i = 0; i < VALUE_COUNT; i++) {
		const struct metric *metric = &trial_value_metrics[i];
		double threshold = metric_gate_of(metric->class)->threshold;
		char percent[32] = "-";

		if (isfinite(threshold))
			snprintf(percent, sizeof(percent), "%g %%", threshold * 100);
		printf("  %-18s %-5s %-7s %-10s %s\n", metric->name, metric->unit,
			metric->sense == METRIC_HIGHER_IS_BETTER ? "higher" : "lower", percent,
			judge_is_default((enum trial_value)i) ? "yes" : "no");
	}
	printf("\n--threshold=METRIC=P%% makes a gate of any that has a threshold. I/O errors and "
	       "short\n"
	       "I/Os are no gates: a trial that has them is an error.\n");
}

/* Tables and examples stand in columns: not filled. */
static void print_man_topics(void)
{
	for (const struct help_topic *t = command_topics; t->name; t++) {
		printf(".SH ");
		for (const char *c = t->name; *c; c++)
			fputc(toupper((unsigned char)*c), stdout);
		printf("\n.nf\n");
		print_man_words(t->text);
		printf(".fi\n");
	}
	printf(".SH METRICS\n.nf\n");
	print_metrics();
	printf(".fi\n");
}

static void print_man(void)
{
	printf(".TH RINGSIDE 1 \"\" \"ringside %s\"\n.ad l\n.SH NAME\nringside \\- benchmarks "
	       "Linux "
	       "storage I/O\n.SH SYNOPSIS\n",
		version_number);
	for (size_t i = 0; commands[i]; i++) {
		printf(".B ringside %s\n", commands[i]->name);
		print_man_text(commands[i]->usage);
		printf(".br\n");
	}
	printf(".SH COMMANDS\n");
	for (size_t i = 0; commands[i]; i++) {
		printf(".SS %s\n", commands[i]->name);
		print_man_text(commands[i]->detail);
		for (const struct command_option *o = commands[i]->options; o && o->name; o++)
			print_man_option(o);
		if (shares_stdout(commands[i])) {
			printf(".PP\n");
			print_man_words(about_stdout);
		}
	}
	printf(".SH OPTIONS OF JOBS\n");
	option_print_man(&job_option_table, stdout);
	printf(".SH ENGINES\n");
	for (size_t i = 0; engines[i]; i++) {
		printf(".SS %s\n%s\n", engines[i]->name, engines[i]->summary);
		if (engines[i]->options)
			option_print_man(engines[i]->options, stdout);
	}
	print_man_topics();
	printf(".SH EXIT STATUS\n.nf\n");
	print_exit_codes();
	printf(".fi\n");
}

struct topic {
	const char *name;
	void (*print)(void);
	const struct document_kind *document; /* its schema is printed */
};

static void print_options(void)
{
	option_print_list(&job_option_table, stdout);
	printf("\n'ringside help ENGINE' lists the options that an engine adds.\n");
}

static const struct topic topics[] = {
	{"options", .print = print_options},
	{"engines", .print = print_engines},
	{"metrics", .print = print_metrics},
	{"schema", .document = &result_document},
	{"probe-schema", .document = &probe_document},
	{"comparison-schema", .document = &record_document},
	{"check-schema", .document = &check_document},
	{"baseline-schema", .document = &baseline_document},
	{"history-schema", .document = &history_document},
	{"man", .print = print_man},
	{"exit", .print = print_exit_codes},
	{.name = NULL},
};

static const struct option *find_option(const char *name)
{
	const struct option *option = option_find(&job_option_table, name);

	for (size_t i = 0; !option && engines[i]; i++) {
		if (engines[i]->options)
			option = option_find(engines[i]->options, name);
	}
	return option;
}

/* An option that fio has: what becomes of it here. */
static int print_about_foreign(const char *name)
{
	const struct job_foreign_option *option = job_foreign_find(name);

	if (!option)
		return -1;
	printf("%s is an option of fio's that ringside %s: %s\n", name,
		option->is_harmless ? "accepts and needs not" : "does not have", option->why);
	if (option->instead)
		printf("Instead: %s\n", option->instead);
	return 0;
}

/* 0, or -1 when there is nothing of this name. */
static int print_about(const char *name)
{
	const struct option *option = find_option(name);
	const struct command *command = command_find(name);
	const struct engine_class *engine = engine_find(name);

	for (const struct help_topic *t = command_topics; t->name; t++) {
		if (strcmp(t->name, name) == 0) {
			fputs(t->text, stdout);
			return 0;
		}
	}
	for (const struct topic *t = topics; t->name; t++) {
		if (strcmp(t->name, name) == 0) {
			if (t->document)
				document_write_schema(t->document, stdout);
			else
				t->print();
			return 0;
		}
	}
	if (command)
		print_command(command);
	else if (option)
		option_print_help(option, stdout);
	if (engine && !command)
		print_engine(engine);
	if (command || option || engine)
		return 0;
	return print_about_foreign(name);
}

static int help_main(const struct command *command, int argc, char **argv)
{
	struct arguments arguments;
	int code = EXIT_DONE;

	if (arguments_read(&arguments, command, argc, argv) != 0) {
		code = EXIT_BAD_REQUEST;
	} else if (arguments.operand_count == 0) {
		print_overview();
	}
	for (size_t i = 0; code == EXIT_DONE && i < arguments.operand_count; i++) {
		if (print_about(arguments.operands[i]) == 0)
			continue;
		diag_error(&arguments.diag, NULL, "there is no help about '%s'",
			arguments.operands[i]);
		diag_hint(&arguments.diag, "ringside help lists what there is");
		code = EXIT_BAD_REQUEST;
	}
	arguments_free(&arguments);
	return code;
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND|OPTION|ENGINE|TOPIC]...",
	.summary = "explain commands, options and engines",
	.detail = "Without an argument: what there is.",
	.run = help_main,
};
