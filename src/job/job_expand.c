/* SPDX-License-Identifier: MIT */
/* Clones, names, seeds, groups. */
#include "job/job_expand.h"

#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "base/random.h"
#include "base/text.h"
#include "job/job_bind.h"
#include "job/job_check.h"

enum {
	CLONES_LIMIT = 1 << 14,     /* threads of one run */
	FILE_NAMES_LIMIT = 1 << 20, /* of all clones */
};

/* What the section's name stands for when nothing else names a file. */
static bool names_device(const char *name)
{
	struct stat status;

	if (text_starts_with(name, "/dev/"))
		return true; /* Also when it is missing: then it is a device that is missing. */
	return stat(name, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

static struct job_texts one_name(const char *name, struct arena *arena)
{
	const char **texts = arena_alloc_array(arena, 1, sizeof(*texts));

	texts[0] = name;
	return (struct job_texts){1, texts};
}

/* fio puts the folder before absolute names as well. */
static struct job_texts given_names(const struct job *job, struct arena *arena)
{
	const struct job_texts *given = &job->given.filename;
	const char **texts = arena_alloc_array(arena, given->count, sizeof(*texts));

	for (size_t i = 0; i < given->count; i++) {
		bool is_relative = given->texts[i][0] != '/';

		texts[i] = given->texts[i];
		if (is_relative && job->directory.count > 0)
			texts[i] = arena_printf(
				arena, "%s/%s", job->directory.texts[0], given->texts[i]);
	}
	return (struct job_texts){given->count, texts};
}

/* $jobname, $jobnum and $filenum replaced; the job's name is the section's, as in fio. */
static const char *format_name(const struct job *job, unsigned file, struct arena *arena)
{
	const struct {
		const char *word;
		const char *value;
	} keywords[] = {
		{"$jobname", job->origin->section->name},
		{"$jobnum", arena_printf(arena, "%u", job->clone)},
		{"$filenum", arena_printf(arena, "%u", file)},
	};
	const char *name = "";

	for (const char *c = job->filename_format; *c;) {
		size_t plain = strcspn(c + 1, "$") + 1;
		size_t i = 0;

		while (i < 3 && !text_starts_with(c, keywords[i].word))
			i++;
		if (i < 3) {
			name = arena_printf(arena, "%s%s", name, keywords[i].value);
			c += strlen(keywords[i].word);
		} else {
			name = arena_printf(arena, "%s%.*s", name, (int)plain, c);
			c += plain;
		}
	}
	return name;
}

static struct job_texts made_up_names(const struct job *job, struct arena *arena)
{
	const char **texts = arena_alloc_array(arena, job->nrfiles, sizeof(*texts));
	const char *folder = NULL;

	if (job->directory.count > 0)
		folder = job->directory.texts[job->clone % job->directory.count];
	for (unsigned i = 0; i < job->nrfiles; i++) {
		texts[i] = format_name(job, i, arena);
		if (folder)
			texts[i] = arena_printf(arena, "%s/%s", folder, texts[i]);
	}
	return (struct job_texts){job->nrfiles, texts};
}

static struct job_texts resolve_names(const struct job *job, struct arena *arena)
{
	const char *section = job->origin->section->name;

	if (job->given.filename.count > 0)
		return given_names(job, arena);
	if (job->nrfiles == 1 && names_device(section))
		return one_name(section, arena);
	return made_up_names(job, arena);
}

static uint64_t fresh_seed(void)
{
	uint64_t seed;
	struct timespec now;

	if (getrandom(&seed, sizeof(seed), 0) == sizeof(seed))
		return seed;
	clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists */
	return (uint64_t)now.tv_sec ^ (uint64_t)now.tv_nsec << 32;
}

/* randseed, where it is set, holds with randrepeat=0 too (fio's setup_random_seeds). */
static bool wants_fresh_seed(const struct job *job)
{
	return !job->randrepeat && !job_sets(job, "randseed");
}

static bool is_within_limits(const struct job *jobs, size_t count, struct diag *diag)
{
	uint64_t clones = 0, names = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t files = jobs[i].given.filename.count;

		clones += jobs[i].numjobs;
		names += (files ? files : jobs[i].nrfiles) * jobs[i].numjobs;
		if (files > UINT16_MAX) {
			diag_error(diag, job_place(&jobs[i], "filename"),
				"a job has no more than %d files", UINT16_MAX);
			return false;
		}
		if (clones > CLONES_LIMIT) {
			diag_error(diag, job_place(&jobs[i], "numjobs"),
				"all jobs together have more than %d clones", CLONES_LIMIT);
			return false;
		}
		if (names > FILE_NAMES_LIMIT) {
			diag_error(diag, job_place(&jobs[i], "nrfiles"),
				"all jobs together have more than %d files", FILE_NAMES_LIMIT);
			return false;
		}
	}
	return true;
}

static void expand_job(struct job_set *set, const struct job *job)
{
	uint64_t base = wants_fresh_seed(job) ? set->seed : job->given.randseed;

	for (unsigned i = 0; i < job->numjobs; i++) {
		struct job *clone = &set->jobs[set->count++];

		*clone = *job;
		clone->clone = i;
		/* The clone's place in the run, counted from 1, makes its numbers its own. */
		clone->randseed = random_mix_seed(base, set->count);
		clone->filename = resolve_names(clone, &set->arena);
	}
}

void job_expand(struct job_set *set, const struct job *jobs, const bool *is_walled, size_t count,
	struct diag *diag)
{
	size_t clones = 0;
	unsigned group = 0, wave = 0;

	if (!is_within_limits(jobs, count, diag))
		return;
	set->seed = JOB_DEFAULT_SEED;
	for (size_t i = 0; i < count; i++) {
		clones += jobs[i].numjobs;
		if (wants_fresh_seed(&jobs[i]) && set->seed == JOB_DEFAULT_SEED)
			set->seed = fresh_seed();
	}
	set->jobs = arena_alloc_array(&set->arena, clones, sizeof(*set->jobs));
	for (size_t i = 0; i < count; i++) {
		struct job job = jobs[i];

		if (i > 0 && (job.stonewall || is_walled[i])) {
			wave++;
			group++;
		} else if (i > 0 && job.new_group) {
			group++;
		}
		job.wave = wave;
		job.group = group;
		expand_job(set, &job);
	}
}
