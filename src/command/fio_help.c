/* SPDX-License-Identifier: MIT */
/* fio's layout of help: a label, a colon, and what belongs to it. */
#include "command/fio_help.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine_list.h"
#include "job/job.h"

enum { LABEL_COLUMNS = 20, NAME_COLUMNS = 24 };

const char fio_help_detail[] =
	"Takes fio 3.33's command line, and prints what fio prints: a program that runs fio and\n"
	"reads its output runs this. `ln -s ringside fio`, that folder first in PATH, and `fio`\n"
	"is this command. What it measures is what `ringside run` measures.\n"
	"\n"
	"  --version         fio-3.33: the fio whose command line and layouts these are. It is\n"
	"                    in JSON and terse lines, too; \"ringside\" in the JSON has its own\n"
	"  stdout            the formats that were asked for, terse before JSON before normal;\n"
	"                    before them, on a terminal or with --eta=always, fio's line of\n"
	"                    what jobs do\n"
	"  stderr            errors and warnings; no notes: some wrappers take any for errors\n"
	"  jobs              are threads, where fio makes processes\n"
	"  devices           with data on them are not written (--destroy=PATH allows it)\n"
	"  --status-interval whole documents of the run so far: CPU time without that of helper\n"
	"                    threads, samples of bandwidth and IOPS as one, each job as it was\n"
	"                    at the end of its last interval (500 ms)\n"
	"  --idle-prof       by the kernel's count of idle time; fio's units of work are unknown\n"
	"\n"
	"Exit codes:\n"
	"\n"
	"  what happened                              fio   ringside fio   ringside run\n"
	"  done                                       0     0              0\n"
	"  usage, job file; the write guard refused   1     1              2\n"
	"  this machine cannot do it                  1     1              4\n"
	"  an I/O error (fio: so many jobs failed)    1..   1              5\n"
	"  ended by signal n, with what was measured  128   128            128+n\n"
	"\n"
	"JSON has fio's keys, types and order. What differs:\n"
	"\n"
	"  job options           after those that were written also rw, bs, size, ioengine,\n"
	"                        iodepth, numjobs, direct, and what others imply; flags without\n"
	"                        a value are listed (\"\"), in fio they are not\n"
	"  global options        those that hold for a job, in another order: one that all jobs\n"
	"                        override is left out\n"
	"  ringside              of the document and of each job: what fio has no key for\n"
	"  job_start, latency_target_ns, latency_window_us, read_sectors, write_sectors\n"
	"                        of later fio versions\n"
	"  usr_cpu, sys_cpu, ctx null where a worker hangs in the kernel\n"
	"  prios                 their clat_ns is lat, from before the submission\n"
	"  bw_samples and others a run below 500 ms is one sample; in fio it has none\n"
	"  sys_cpu               has the time of kernel threads that worked for the job\n"
	"  majf, minf, drop_ios  0: not counted\n"
	"  unit_mean, unit_stddev of cpu_idleness are left out";

static void put(const char *label, const char *text)
{
	printf("%*s: %s\n", LABEL_COLUMNS, label, text);
}

static void put_choice(const char *label, const char *text, const char *help)
{
	printf("%*s: %-10s %s\n", LABEL_COLUMNS, label, text, help ? help : "");
}

static const char *type_of(const struct option *option)
{
	switch (option->type) {
	case OPTION_FLAG:
		return "no argument (opt)";
	case OPTION_BOOL:
		return "boolean value (opt=bool)";
	case OPTION_COUNT:
	case OPTION_SIZE:
	case OPTION_EXTENT:
		return "integer value (opt=100)";
	case OPTION_TIME:
		return "string time value (opt=1d10h)";
	case OPTION_DOUBLE:
		return "float value (opt=3.14)";
	default:
		return "string (opt=bla)";
	}
}

static void put_values(const struct option *option)
{
	const char *label = "valid values";

	for (const struct option_choice *c = option->choices; c && c->text; c++, label = "")
		put_choice(label, c->text, c->help);
	for (size_t i = 0; strcmp(option->name, "ioengine") == 0 && engines[i]; i++, label = "")
		put_choice(label, engines[i]->name, engines[i]->summary);
}

static void put_option(const struct option *option)
{
	put(option->name, option->help);
	if (option->alias)
		put("alias", option->alias);
	put("type", type_of(option));
	put("default", option->value_default ? option->value_default : "no default");
	put_values(option);
	printf("\n");
}

static void put_list(const struct option_table *table)
{
	for (const struct option *o = table->options; o->name; o++)
		printf("%-*s: %s\n", NAME_COLUMNS, o->name, o->help);
}

static const struct option *find_anywhere(const char *name)
{
	const struct option *option = option_find(&job_option_table, name);

	for (size_t i = 0; !option && engines[i]; i++) {
		if (engines[i]->options)
			option = option_find(engines[i]->options, name);
	}
	return option;
}

void fio_help_option(const char *name)
{
	const struct option_table *const tables[] = {&job_option_table, NULL};
	const struct option *option = find_anywhere(name);
	const char *nearest;

	if (strcmp(name, "all") == 0) {
		put_list(&job_option_table);
		return;
	}
	if (option) {
		put_option(option);
		return;
	}
	fprintf(stderr, "No such command: %s\n", name);
	nearest = option_suggest(tables, name);
	if (!nearest)
		return;
	printf(" - showing closest match\n");
	put_option(option_find(&job_option_table, nearest));
}

int fio_help_engine(const char *name)
{
	struct arena arena = {0};
	const char *comma = strchr(name, ',');
	const struct engine_class *engine =
		engine_find(arena_strndup(&arena, name, strcspn(name, ",")));
	const struct option *option = NULL;

	arena_free(&arena);
	if (strspn(name, ",") == strlen(name)) {
		printf("Available IO engines:\n");
		for (size_t i = 0; engines[i]; i++)
			printf("\t%s\n", engines[i]->name);
		return 0;
	}
	if (!engine) {
		fprintf(stderr, "fio: engine %s not loadable\n", name);
		return -EINVAL;
	}
	if (comma && engine->options)
		option = option_find(engine->options, comma + 1);
	if (option)
		put_option(option);
	else if (comma)
		fprintf(stderr, "No such command: %s\n", comma + 1);
	else if (engine->options)
		put_list(engine->options);
	else
		printf("IO engine %s has no options\n", engine->name);
	return 0;
}
