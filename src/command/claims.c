/* SPDX-License-Identifier: MIT */
/* `ringside claims`: statements about this machine, each confirmed or refuted by a measurement. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "claim/claim_catalog.h"
#include "claim/claim_file.h"
#include "claim/claim_report.h"
#include "claim/claim_run.h"
#include "command/documents.h"
#include "command/session_options.h"
#include "run/stop_signal.h"
#include "text/grid.h"

struct command_request {
	struct claims_request claims;
	struct documents documents;
	bool is_wide;
	bool is_list;
	bool is_required;
};

static const struct document_formats *const kinds[] = {&claim_formats, NULL};

static const struct option list_options[] = {
	{OPTION_BIND_FLAG(struct command_request, is_list), .name = "list",
		.help = "list the claims that come with ringside, or those named; run nothing"},
	{.name = NULL},
};

static const struct option claims_options[] = {
	{OPTION_BIND_FLAG(struct command_request, is_required), .name = "require",
		.help = "exit with 1 where a line is refuted, 3 not resolved, 4 not testable"},
	{OPTION_BIND_FLAG(struct command_request, is_wide), .name = "wide",
		.help = "every point of every claim, with the figures and notes"},
	{.name = NULL},
};

static const struct command_part parts[] = {
	{.options = list_options},
	SESSION_OPTIONS_CLAIMS(struct command_request, claims),
	{.options = claims_options},
	DOCUMENTS_PART(struct command_request, documents, kinds),
	{.options = NULL},
};

/* The files of all that was named, or of all that there are. 0 or -errno, reported. */
static int find_files(struct arguments *arguments, const char *const **files, size_t *count)
{
	struct claim_catalog catalog;
	const char **paths;
	int error = 0;

	claim_catalog_read(&catalog, &arguments->arena);
	*count = arguments->operand_count;
	if (*count == 0) {
		*files = catalog.paths;
		*count = catalog.count;
		return claim_catalog_check(&catalog, &arguments->diag);
	}
	paths = arena_alloc_array(&arguments->arena, *count, sizeof(*paths));
	for (size_t i = 0; i < *count; i++) {
		paths[i] = claim_catalog_find(&catalog, arguments->operands[i], &arguments->diag);
		error |= paths[i] ? 0 : -ENOENT;
		if (error == 0 && text_is_listed(paths[i], paths, i)) {
			diag_error(&arguments->diag, NULL, "%s is named twice", paths[i]);
			error = -EINVAL;
		}
	}
	*files = paths;
	return error ? -EINVAL : 0;
}

static const char *needs_text(const struct claim *claim, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < claim->need_count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", claim->needs[i].text);
	return text;
}

/* Names, titles and needs: jobs are not read. */
static int list(struct arguments *arguments, const char *const *files, size_t count)
{
	struct arena *arena = &arguments->arena;
	struct claim *claims = arena_alloc_array(arena, count, sizeof(*claims));
	struct page page;
	struct grid grid;
	int error = 0;

	for (size_t i = 0; i < count; i++)
		error |= claim_file_read(&claims[i], files[i], arena, &arguments->diag);
	if (error != 0)
		return EXIT_BAD_REQUEST;
	grid_init(&grid, arena, count);
	grid.indent = 0;
	grid.label_least = 0; /* names are to be typed */
	grid.label_title = "name";
	(void)grid_add_texts(&grid, "claim", true);
	(void)grid_add_texts(&grid, "needs", true);
	for (size_t i = 0; i < count; i++) {
		(void)grid_add_row(&grid, claims[i].name);
		grid_put_text(&grid, claims[i].title);
		grid_put_text(&grid, needs_text(&claims[i], arena));
	}
	page_open(&page, NULL, stdout);
	grid_print(&grid, &page);
	error = documents_complain(arguments, "stdout", page_close(&page));
	return error == 0 ? EXIT_DONE : EXIT_RUN_FAILED;
}

static int list_main(struct arguments *arguments)
{
	const char *const *files;
	size_t count;

	for (size_t i = 0; i < arguments->given_count; i++) {
		if (arguments->given[i] == &list_options[0])
			continue;
		diag_error(&arguments->diag, NULL, "--%s: --list runs nothing",
			arguments->given[i]->name);
		return EXIT_BAD_REQUEST;
	}
	if (find_files(arguments, &files, &count) != 0)
		return EXIT_BAD_REQUEST;
	return list(arguments, files, count);
}

/* No output takes the place of a claim's file, or of what its jobs read and write. */
static int spare(struct arguments *arguments, const struct claim_plan *plan)
{
	int error = 0;

	for (size_t i = 0; i < plan->count && error == 0; i++) {
		const struct planned_claim *planned = &plan->claims[i];

		error = documents_spare(arguments, planned->claim.path, "the claim's file");
		if (error == 0)
			error = documents_spare_targets(
				arguments, planned->contenders.sets, planned->contenders.set_count);
	}
	return error;
}

/* Those that come with ringside are called by the same name on each machine. */
static void name_shipped(struct arguments *arguments, struct claim_plan *plan)
{
	struct arena *arena = &arguments->arena;
	struct claim_catalog catalog;

	claim_catalog_read(&catalog, arena);
	for (size_t i = 0; i < plan->count; i++) {
		struct claim *claim = &plan->claims[i].claim;

		if (text_is_listed(claim->path, catalog.paths, catalog.count))
			claim->path = arena_printf(arena, "jobs/claims/%s.job", claim->name);
	}
}

static void begin(struct arguments *arguments, struct claims *claims,
	const struct command_request *request, const struct claim_plan *plan)
{
	const struct claim_plan_request *asked = &request->claims.plan;

	claims_init(claims);
	clock_gettime(CLOCK_REALTIME, &claims->started); /* cannot fail: the clock exists */
	claims->arguments = contender_command(&plan->claims[0].contenders, arguments->words,
		arguments->word_count, &claims->arena, &claims->argument_count);
	claims->seed = request->claims.seed;
	claims->is_exploratory = asked->is_quick;
	if (asked->limit_ns != CONTEST_AUTO)
		claims->limit_s = (double)asked->limit_ns / 1e9;
}

static int test(
	struct arguments *arguments, const struct command_request *request, struct claim_plan *plan)
{
	struct claims claims;
	int code;

	name_shipped(arguments, plan);
	begin(arguments, &claims, request, plan);
	stop_signal_catch();
	code = claim_run(&claims, plan, documents_between(documents_file(arguments, "json")),
		&arguments->diag);
	arguments->has_measured = true;
	if (documents_write(arguments, &claim_formats, &claims) != 0 && code == EXIT_DONE)
		code = EXIT_RUN_FAILED;
	if (code == EXIT_DONE && request->is_required)
		code = claim_run_require(&claims);
	stop_signal_release();
	claims_free(&claims);
	return code;
}

static int check(struct arguments *arguments, const struct command_request *request)
{
	if (documents_check(arguments, &claim_formats) != 0)
		return -EINVAL;
	if (!request->is_required || !request->claims.plan.is_quick)
		return 0;
	diag_error(&arguments->diag, NULL, "--require and --quick: a short form confirms nothing");
	diag_hint(&arguments->diag, "leave out one of them");
	return -EINVAL;
}

static int claims_main(struct arguments *arguments, void *asked)
{
	struct command_request *request = asked;
	struct claim_plan_request *wanted = &request->claims.plan;
	struct claim_plan plan = {0};
	int code = EXIT_BAD_REQUEST;

	if (request->is_list)
		return list_main(arguments);
	if (check(arguments, request) != 0 ||
		find_files(arguments, &wanted->files, &wanted->file_count) != 0)
		return code;
	if (request->is_wide)
		documents_prefer(arguments, "wide");
	if (claim_plan_make(&plan, wanted, &arguments->diag) == 0 && spare(arguments, &plan) == 0)
		code = test(arguments, request, &plan);
	claim_plan_free(&plan);
	return code;
}

const struct command command_claims = {
	.name = "claims",
	.usage = "[OPTION]... [FILE|NAME]...",
	.summary = "statements about this machine, confirmed or refuted by measurements",
	.detail =
		"A claim is a job file with a section [claim]: a statement, and lines that test "
		"it ('ringside help\nclaim-files'). Its other sections are contenders, which run "
		"in blocks with a control, as those of\n'ringside compare' do. A FILE of - is "
		"stdin. --list names the claims that come with ringside;\nwithout a name all of "
		"them are tested, which takes about 10 minutes. In less (--max-time) fewer\n"
		"lines are resolved.\n\n"
		"  confirmed          the whole interval of what was measured is on the claim's "
		"side\n"
		"  refuted            the whole interval is on the other side; at one point is "
		"enough\n"
		"  not resolved       neither, or too few blocks or I/Os: the notes say what it "
		"would take\n"
		"  not testable here  this machine lacks what it needs: the notes say what\n\n"
		"All lines that are tested together are one family: intervals are so wide that 5 % "
		"of such runs\nat most have any false verdict where the truth lies on the border. "
		"A control that differs from\nitself takes verdicts back.\n\n"
		"Jobs write files of their own into the current folder, or where RINGSIDE_TARGET "
		"says. Each claim\nhas the time that its file gives it; with --max-time all share "
		"in that, and trials are shorter\nwhere there is less. Where it is not enough for "
		"all, the first ones are tested.\n\n"
		"Exit code: 0 whatever the verdicts are, as a refuted claim is a finding; 4 where "
		"nothing could be\ntested here, 5 where a trial went wrong. With --require the "
		"verdicts count: 1 a line is refuted,\n3 not resolved, 4 not testable here.",
	.parts = parts,
	.request_bytes = sizeof(struct command_request),
	.ranks = COMMAND_ALONE,
	.run = claims_main,
};
