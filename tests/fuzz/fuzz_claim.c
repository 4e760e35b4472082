/* SPDX-License-Identifier: MIT */
/*
 * Any text is a claim, or has an error that says where. A text without a section is lines of one
 * [claim]. Lines that were read are of points and contenders that exist, read again the same, and
 * have a verdict of a session that never began.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "claim/claim_file.h"
#include "claim/claim_judge.h"
#include "claim/claim_line.h"
#include "fuzz/mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char head[] = "[claim]\ntitle=T\nstatement=S\nvary=bs=4k,64k\n"
			   "vary=iodepth=1,8\n";
static const char jobs[] = "\n[plain]\n[fixed]\n[4k b]\n[io_uring+fixed]\n";

/* assert() that no -DNDEBUG takes away. */
static void must(bool claim, const char *what, const char *text)
{
	if (!claim) {
		fprintf(stderr, "%s:\n%s\n", what, text);
		abort();
	}
}

static const char *load_nothing(struct arena *arena, const char *path, size_t *length)
{
	(void)arena;
	(void)path;
	*length = 0;
	errno = ENOENT;
	return NULL;
}

struct heard {
	unsigned errors;
	const char *text;
};

/* Every error has its line, and a mark that is inside of it. */
static void hear(void *context, enum diag_kind kind, const struct place *place, const char *text)
{
	struct heard *heard = context;

	if (kind != DIAG_ERROR)
		return;
	heard->errors++;
	must(*text != '\0', "an error without words", heard->text);
	must(place != NULL, "an error without a place", text);
	if (place->line > 0 && place->text && place->column > 0)
		must((size_t)place->column <= strlen(place->text) + 1,
			"a mark behind the end of its line", text);
}

static bool has_point(const struct claim *claim, const struct claim_point *point)
{
	for (size_t i = 0; i < claim->point_count; i++) {
		if (claim_point_has(&claim->points[i], point))
			return true;
	}
	return false;
}

static void check_side(const struct claim *claim, const struct claim_side *side, const char *text)
{
	must(text_is_listed(side->contender, claim->contenders, claim->contender_count),
		"a side without a contender", text);
	must(side->value < VALUE_COUNT, "a side without a metric", text);
	must(has_point(claim, &side->point), "a side without a point", text);
}

static void check_line(const struct claim *claim, const struct claim_line *line,
	struct arena *arena, struct diag *diag)
{
	struct claim_line again;

	check_side(claim, &line->left, line->text);
	must(has_point(claim, &line->at), "a line without points", line->text);
	if (line->is_level)
		must(isfinite(line->level) && line->level >= 0, "an odd level", line->text);
	else
		check_side(claim, &line->right, line->text);
	must(isfinite(line->factor) && line->factor > 0, "an odd factor", line->text);
	must((line->relation == CLAIM_WITHIN) == (line->tolerance > 0 && line->tolerance < 1),
		"an odd tolerance", line->text);
	must(*line->name != '\0', "a line without a name", line->text);
	must(claim_line_read(&again, line->text, &line->place, claim, arena, diag) == 0,
		"a line does not read again", line->text);
	must(again.relation == line->relation && again.level == line->level &&
			again.factor == line->factor && again.left.value == line->left.value,
		"a line reads otherwise the second time", line->text);
}

static void judge_nothing(const struct claim *claim, struct arena *arena)
{
	struct claim_outcome outcome, *outcomes[] = {&outcome};
	struct record record;

	record_init(&record);
	claim_judge_measure(&outcome, claim, &record, arena);
	claim_judge_all(outcomes, 1, arena);
	for (size_t l = 0; l < outcome.line_count; l++) {
		must(outcome.lines[l].test_count > 0, "a line without tests", claim->lines[l].text);
		must(outcome.lines[l].verdict == CLAIM_NOT_RESOLVED, "a verdict of nothing",
			claim->lines[l].text);
	}
	record_free(&record);
}

static void check_claim(const struct claim *claim, struct arena *arena, struct diag *diag)
{
	must(claim->title && claim->statement, "a claim without words", claim->path);
	must(claim->line_count > 0 && claim->point_count > 0, "a claim without lines", claim->path);
	for (size_t l = 0; l < claim->line_count; l++)
		check_line(claim, &claim->lines[l], arena, diag);
	judge_nothing(claim, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	AUTO_ARENA struct arena arena = {0};
	struct claim claim;
	struct heard heard = {0};
	struct diag diag;
	const char *text = arena_strndup(&arena, (const char *)data, bytes);
	size_t length = bytes;
	int rc;

	if (!memchr(data, '[', bytes)) {
		text = arena_printf(&arena, "%s%s%s", head, text, jobs);
		length = strlen(text);
	}
	diag_init(&diag, NULL);
	heard.text = text;
	diag.hear = hear;
	diag.context = &heard;
	rc = claim_file_read_text(&claim, "c.job", text, length, load_nothing, &arena, &diag);
	must((rc == 0) == (heard.errors == 0), "result and errors disagree", text);
	if (rc == 0)
		check_claim(&claim, &arena, &diag);
	must(heard.errors == diag.error_count, "an error was not heard", text);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t limit, unsigned seed)
{
	return mutate_lines(data, bytes, limit, seed, '\n');
}
