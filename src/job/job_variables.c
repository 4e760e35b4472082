/* SPDX-License-Identifier: MIT */
/* Variables, keywords, and the arithmetic that comes with them: precedence climbing. */
#include "job/job_bind.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/shared_text.h"
#include "base/text.h"
#include "job/job_ranks.h"
#include "job/job_values.h"

enum { NESTING_LIMIT = 8, DEPTH_LIMIT = 64 /* of parentheses */ };

struct expansion {
	const char *value; /* the whole, for offsets in problems */
	FILE *out;
	struct job_variables *used;
	struct arena *arena;
	struct option_problem *problem;
};

/* The "}" that closes the "${" before `start`, or NULL. */
static const char *find_close(const char *start, const char *end)
{
	unsigned depth = 0;

	for (const char *c = start; c < end; c++) {
		if (c[0] == '$' && c + 1 < end && c[1] == '{')
			depth++;
		else if (*c == '}' && depth-- == 0)
			return c;
	}
	return NULL;
}

static const char *find_name_end(const char *start, const char *end)
{
	const char *c = start;

	if (c < end && isdigit((unsigned char)*c))
		return c;
	while (c < end && (isalnum((unsigned char)*c) || *c == '_'))
		c++;
	return c;
}

/* A "${...}", from its name on to the closing brace. */
struct variable {
	const char *start; /* at the "$" */
	const char *name_end;
	const char *fallback; /* behind ":-"; NULL: none */
	const char *close;
};

static int read_variable(
	struct expansion *expansion, const char *start, const char *end, struct variable *variable)
{
	const char *name = start + 2;
	size_t at = (size_t)(start - expansion->value);

	*variable = (struct variable){.start = start, .close = find_close(name, end)};
	if (!variable->close)
		return job_refuse(expansion->problem, "'${' is not closed by '}'", NULL, at, 2);
	variable->name_end = find_name_end(name, variable->close);
	if (text_starts_with(variable->name_end, ":-"))
		variable->fallback = variable->name_end + 2;
	if (variable->name_end == name ||
		(!variable->fallback && variable->name_end != variable->close))
		return job_refuse(expansion->problem, "no variable's name",
			"write ${VAR} or ${VAR:-default}", at,
			(size_t)(variable->close + 1 - start));
	return 0;
}

static int refuse_unset(
	struct expansion *expansion, const struct variable *variable, const char *name)
{
	return job_refuse(expansion->problem,
		arena_printf(expansion->arena, "the environment has no %s", name),
		arena_printf(expansion->arena,
			"set it, or give a default: ${%s:-VALUE} (fio would put nothing here)",
			name),
		(size_t)(variable->start - expansion->value),
		(size_t)(variable->close + 1 - variable->start));
}

static void remember(struct expansion *expansion, const char *name, const char *value)
{
	struct job_variables *used = expansion->used;
	const char *setting = arena_printf(expansion->arena, "%s=%s", name, value);
	const char **settings;

	if (text_is_listed(setting, used->settings, used->count))
		return;
	settings = arena_alloc_array(expansion->arena, used->count + 1, sizeof(*settings));
	if (used->count > 0)
		memcpy(settings, used->settings, used->count * sizeof(*settings));
	settings[used->count++] = setting;
	used->settings = settings;
}

/* That of the first rank, where there are several. NULL: it is not set. */
static const char *look_up(const char *name)
{
	const char *value;
	size_t length;
	int error;

	if (shared_text_mode() == SHARED_TEXT_REPLAY)
		return shared_text_find(SHARED_TEXT_VARIABLE, name, &length, &error);
	value = getenv(name);
	if (shared_text_mode() == SHARED_TEXT_RECORD)
		shared_text_add(
			SHARED_TEXT_VARIABLE, name, value, value ? strlen(value) : 0, ENOENT);
	return value;
}

/* Writes start..end with the variables in it replaced. */
static int expand(struct expansion *expansion, const char *start, const char *end, unsigned depth)
{
	while (start < end) {
		struct variable variable;
		const char *name, *value;
		int rc;

		if (start[0] != '$' || start + 1 == end || start[1] != '{') {
			fputc(*start++, expansion->out);
			continue;
		}
		if (depth == NESTING_LIMIT)
			return job_refuse(expansion->problem, "variables are nested too deep", NULL,
				(size_t)(start - expansion->value), 2);
		rc = read_variable(expansion, start, end, &variable);
		if (rc < 0)
			return rc;
		name = arena_strndup(
			expansion->arena, start + 2, (size_t)(variable.name_end - start - 2));
		value = look_up(name);
		if (value && *value)
			remember(expansion, name, value);
		if (value && (*value || !variable.fallback))
			fputs(value, expansion->out);
		else if (!variable.fallback)
			return refuse_unset(expansion, &variable, name);
		else
			rc = expand(expansion, variable.fallback, variable.close, depth + 1);
		if (rc < 0)
			return rc;
		start = variable.close + 1;
	}
	return 0;
}

const char *job_variables_expand(const char *value, struct job_variables *used, struct arena *arena,
	struct option_problem *problem)
{
	struct expansion expansion = {
		.value = value, .used = used, .arena = arena, .problem = problem};
	AUTO_FREE char *text = NULL;
	size_t length;
	int rc;

	if (!strstr(value, "${"))
		return value;
	expansion.out = open_memstream(&text, &length);
	if (!expansion.out)
		arena_exhausted();
	rc = expand(&expansion, value, value + strlen(value), 0);
	if (fclose(expansion.out) != 0)
		arena_exhausted();
	return rc == 0 ? arena_strdup(arena, text) : NULL;
}

static long count_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

static long page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

static long memory_mib(void)
{
	return sysconf(_SC_PHYS_PAGES) / ((1 << 20) / sysconf(_SC_PAGESIZE));
}

static const struct {
	const char *word;
	long (*value)(void);
} keywords[] = {
	{"$ncpus", count_cpus},
	{"$pagesize", page_bytes},
	{"$mb_memory", memory_mib},
};

enum { KEYWORD_COUNT = sizeof(keywords) / sizeof(keywords[0]) };

/* The keyword that `text` begins with; KEYWORD_COUNT: none. */
static size_t find_keyword(const char *text)
{
	size_t i = 0;

	while (i < KEYWORD_COUNT && !text_starts_with(text, keywords[i].word))
		i++;
	return i;
}

static const char *replace_keywords(const char *value, struct arena *arena)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		arena_exhausted();
	while (*value) {
		size_t i = find_keyword(value);

		if (i < KEYWORD_COUNT) {
			fprintf(out, "%ld", keywords[i].value());
			value += strlen(keywords[i].word);
		} else {
			fputc(*value++, out);
		}
	}
	if (fclose(out) != 0)
		arena_exhausted();
	return arena_strdup(arena, text);
}

/* `problem` is NULL as long as all is well. */
struct calculation {
	const char *next;
	const char *problem;
	unsigned depth;
};

static char next_sign(struct calculation *calculation)
{
	while (*calculation->next == ' ' || *calculation->next == '\t')
		calculation->next++;
	return *calculation->next;
}

static int64_t fail(struct calculation *calculation, const char *problem)
{
	if (!calculation->problem)
		calculation->problem = problem;
	return 0;
}

static int64_t apply(struct calculation *calculation, char sign, int64_t left, int64_t right)
{
	int64_t result = 0;
	bool overflows = false;

	switch (sign) {
	case '+':
		overflows = __builtin_add_overflow(left, right, &result);
		break;
	case '-':
		overflows = __builtin_sub_overflow(left, right, &result);
		break;
	case '*':
		overflows = __builtin_mul_overflow(left, right, &result);
		break;
	default:
		if (right == 0)
			return fail(calculation, "divides by zero");
		/* INT64_MIN / -1 is the only quotient that does not fit. */
		overflows = right == -1 && __builtin_sub_overflow(0, left, &result);
		if (right != -1)
			result = sign == '/' ? left / right : left % right;
		else if (sign == '%')
			result = 0;
	}
	return overflows ? fail(calculation, "is too large") : result;
}

static int64_t read_number(struct calculation *calculation)
{
	char *end;
	int64_t number;

	if (!isdigit((unsigned char)next_sign(calculation)))
		return fail(calculation, "cannot be computed");
	errno = 0;
	number = strtoll(calculation->next, &end, 10);
	calculation->next = end;
	return errno == ERANGE ? fail(calculation, "is too large") : number;
}

/* How tightly a sign binds; 0: it is none. */
static int strength(char sign)
{
	if (sign == '+' || sign == '-')
		return 1;
	return sign == '*' || sign == '/' || sign == '%' ? 2 : 0;
}

/* Computes as far as the signs bind tighter than `outer`. */
static int64_t compute(struct calculation *calculation, int outer)
{
	int64_t left;

	if (++calculation->depth > DEPTH_LIMIT)
		return fail(calculation, "is nested too deep");
	if (next_sign(calculation) == '(') {
		calculation->next++;
		left = compute(calculation, 0);
		if (next_sign(calculation) != ')')
			return fail(calculation, "cannot be computed");
		calculation->next++;
	} else {
		left = read_number(calculation);
	}
	while (!calculation->problem && strength(next_sign(calculation)) > outer) {
		char sign = *calculation->next++;
		int64_t right = compute(calculation, strength(sign));

		if (!calculation->problem)
			left = apply(calculation, sign, left, right);
	}
	calculation->depth--;
	return left;
}

int job_arithmetic(const char *text, int64_t *result, const char **problem)
{
	struct calculation calculation = {.next = text};

	*result = compute(&calculation, 0);
	if (!calculation.problem && next_sign(&calculation) != '\0')
		fail(&calculation, "cannot be computed");
	if (!calculation.problem)
		return 0;
	*problem = calculation.problem;
	return -EINVAL;
}

/*
 * Where a number belongs all is computed; a custom value (a list, a name) only when nothing else
 * than a product or a sum can be meant: "0-$ncpus" of cpus_allowed is a range.
 */
static bool is_computed(const struct option *option, const char *value)
{
	size_t length = strlen(value);

	if (strspn(value, "0123456789+-*/%() \t") < length || strspn(value, "0123456789") == length)
		return false;
	switch (option->type) {
	case OPTION_COUNT:
	case OPTION_SIZE:
	case OPTION_EXTENT:
	case OPTION_TIME:
		return true;
	case OPTION_CUSTOM:
		return strpbrk(value, "*+") != NULL;
	default:
		return false;
	}
}

const char *job_keywords_expand(const struct option *option, const char *value,
	const struct job_ranks *ranks, struct arena *arena, struct option_problem *problem)
{
	const char *replaced, *what;
	int64_t number;

	if (!strchr(value, '$'))
		return value;
	replaced = replace_keywords(value, arena);
	if (!job_ranks_name_targets(option))
		replaced = job_ranks_expand(ranks, ranks->rank, replaced, arena);
	if (strcmp(replaced, value) == 0)
		return value;
	if (!is_computed(option, replaced))
		return replaced;
	if (job_arithmetic(replaced, &number, &what) < 0) {
		what = arena_printf(arena, "'%s' %s", replaced, what);
		job_refuse(problem, what, NULL, 0, 0);
		return NULL;
	}
	return arena_printf(arena, "%" PRId64, number);
}
