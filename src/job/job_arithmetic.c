/* SPDX-License-Identifier: MIT */
/* Precedence climbing over whole numbers. */
#include "job/job_arithmetic.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

enum { DEPTH_LIMIT = 64 };

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
