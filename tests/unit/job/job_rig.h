/* SPDX-License-Identifier: MIT */
/* Reads job files out of texts, and keeps what was said about them. */
#ifndef TESTS_JOB_RIG_H
#define TESTS_JOB_RIG_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job/job_set.h"
#include "test.h"

struct job_rig {
	struct job_set set;
	struct diag diag;
	struct arena arena; /* of texts that tests ask for */
	char *messages;
	size_t room;
	int rc;
};

/* Files that texts may include. */
static inline const char *rig_load(struct arena *arena, const char *path, size_t *length)
{
	static const struct {
		const char *path;
		const char *text;
	} files[] = {
		{"common.fio", "size=1m\nioengine=null\n"},
		{"folder/beside.fio", "bs=16k\ninclude common.fio\n"},
		{"bad.fio", "bs=16k\n\n  size=1q\n"},
		{"section.fio", "[x]\nbs=4k\n"},
		{"self.fio", "include self.fio\n"},
		{"binary.fio", ""},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (strcmp(path, files[i].path) != 0)
			continue;
		if (strcmp(path, "binary.fio") == 0) {
			*length = 4;
			return "a\0b";
		}
		*length = strlen(files[i].text);
		return arena_strdup(arena, files[i].text);
	}
	errno = ENOENT;
	return NULL;
}

static inline void rig_open(struct job_rig *rig)
{
	FILE *stream;

	*rig = (struct job_rig){0};
	stream = open_memstream(&rig->messages, &rig->room);
	assert_non_null(stream);
	diag_init(&rig->diag, stream);
}

static inline void rig_finish(struct job_rig *rig, int rc)
{
	rig->rc = rc;
	fclose(rig->diag.stream);
}

/* Reads `text` as the file "t.job"; `request` brings options and sections, or is NULL. */
static inline void rig_read_as(
	struct job_rig *rig, const char *name, const char *text, const struct job_request *request)
{
	static const struct job_request nothing;

	rig_open(rig);
	rig_finish(rig, job_set_read_text(&rig->set, name, text, strlen(text), rig_load,
				request ? request : &nothing, &rig->diag));
}

static inline void rig_read(struct job_rig *rig, const char *text)
{
	rig_read_as(rig, "t.job", text, NULL);
}

/* A job that must be good. */
static inline const struct job *rig_job(struct job_rig *rig, const char *text)
{
	rig_read(rig, text);
	if (rig->rc != 0)
		fail_msg("%s:\n%s", text, rig->messages);
	assert_true(rig->set.count > 0);
	return &rig->set.jobs[0];
}

/* The effective value of an option as text, NULL where it has none. */
static inline const char *rig_setting(struct job_rig *rig, const struct job *job, const char *key)
{
	struct settings settings = job_settings(job, &rig->arena);

	return settings_value(&settings, key);
}

static inline void rig_free(struct job_rig *rig)
{
	job_set_free(&rig->set);
	arena_free(&rig->arena);
	free(rig->messages);
	*rig = (struct job_rig){0};
}

#endif
