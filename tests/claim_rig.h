/* SPDX-License-Identifier: MIT */
/* Reads claim files out of texts, and keeps what was said about them. */
#ifndef TESTS_CLAIM_RIG_H
#define TESTS_CLAIM_RIG_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "claim/claim_file.h"
#include "test.h"

struct claim_rig {
	struct claim claim;
	struct arena arena;
	struct diag diag;
	char *messages;
	size_t room;
	int rc;
};

static struct claim_rig rig;

static inline const char *claim_rig_load(struct arena *arena, const char *path, size_t *length)
{
	(void)arena;
	(void)path;
	*length = 0;
	errno = ENOENT;
	return NULL;
}

static inline int claim_rig_close(void **state)
{
	(void)state;
	free(rig.messages);
	arena_free(&rig.arena);
	rig = (struct claim_rig){0};
	return 0;
}

static inline int claim_rig_read(const char *text)
{
	FILE *stream;

	(void)claim_rig_close(NULL);
	stream = open_memstream(&rig.messages, &rig.room);
	assert_non_null(stream);
	diag_init(&rig.diag, stream);
	rig.rc = claim_file_read_text(
		&rig.claim, "c.job", text, strlen(text), claim_rig_load, &rig.arena, &rig.diag);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(rig.rc == 0, rig.diag.error_count == 0);
	return rig.rc;
}

/* Sections of two contenders; a sweep of two values. */
#define CLAIM_RIG_HEAD                                                                             \
	"[claim]\ntitle=Fixed buffers save the page walk\nstatement=They do.\n"                    \
	"vary=bs=4k,64k\n"
#define CLAIM_RIG_JOBS "[global]\nrw=randread\n[plain]\n[fixed]\nfixedbufs=1\n[4k b]\n"

/* A file whose [claim] has these lines besides; the first one is line 5. */
static inline int claim_rig_lines(const char *lines)
{
	char text[4096];

	assert_true(snprintf(text, sizeof(text), "%s%s\n%s", CLAIM_RIG_HEAD, lines,
			    CLAIM_RIG_JOBS) < (int)sizeof(text));
	return claim_rig_read(text);
}

/* It is refused, with this among what is said. */
#define assert_claim_refused(lines, said)                                                          \
	do {                                                                                       \
		assert_int_equal(claim_rig_lines(lines), -EINVAL);                                 \
		if (!strstr(rig.messages, said))                                                   \
			fail_msg("not said: %s\nbut: %s", said, rig.messages);                     \
	} while (0)

#endif
