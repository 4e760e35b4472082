/* SPDX-License-Identifier: MIT */
/* Plans of job files that are texts, in a folder of their own. */
#ifndef TESTS_PLAN_RIG_H
#define TESTS_PLAN_RIG_H

#include "test.h"
#include "unit/job/job_rig.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/plan.h"
#include "unit/host/fake_tree.h"

enum { KIB = 1 << 10, MIB = 1 << 20 };

struct plan_rig {
	struct fake_tree tree;
	char home[PATH_MAX]; /* where the test program was started */
	struct job_rig jobs;
	struct plan plan;
	struct diag diag;
	char *messages;
	size_t room;
	int rc;
};

static inline int plan_rig_open(void **state)
{
	struct plan_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_non_null(getcwd(rig->home, sizeof(rig->home)));
	fake_tree_open(&rig->tree);
	assert_int_equal(chdir(rig->tree.folder), 0);
	*state = rig;
	return 0;
}

static inline void plan_rig_forget(struct plan_rig *rig)
{
	if (!rig->messages)
		return;
	plan_free(&rig->plan);
	rig_free(&rig->jobs);
	fclose(rig->diag.stream);
	free(rig->messages);
	rig->messages = NULL;
}

static inline int plan_rig_close(void **state)
{
	struct plan_rig *rig = *state;

	plan_rig_forget(rig);
	assert_int_equal(chdir(rig->home), 0);
	fake_tree_close(&rig->tree, NULL);
	free(rig);
	return 0;
}

/* The plan of these sections, or what was said against it; `destroy` are named a second time. */
static inline struct planned_job *plan_with(
	struct plan_rig *rig, const char *text, const char *const *destroy, size_t count)
{
	const struct plan_request request = {
		.set = &rig->jobs.set, .allowed = {.destroy = destroy, .destroy_count = count}};

	plan_rig_forget(rig);
	rig_job(&rig->jobs, text);
	assert_non_null(rig->diag.stream = open_memstream(&rig->messages, &rig->room));
	diag_init(&rig->diag, rig->diag.stream);
	rig->rc = plan_make(&rig->plan, &request, &rig->diag);
	fflush(rig->diag.stream);
	return rig->plan.jobs;
}

static inline struct planned_job *plan_of(struct plan_rig *rig, const char *text)
{
	return plan_with(rig, text, NULL, 0);
}

/* One that must be good. */
static inline struct planned_job *good_plan(struct plan_rig *rig, const char *text)
{
	struct planned_job *jobs = plan_of(rig, text);

	if (rig->rc != 0)
		fail_msg("%s:\n%s", text, rig->messages);
	return jobs;
}

static inline void assert_refused(struct plan_rig *rig, const char *text, const char *said)
{
	plan_of(rig, text);
	assert_int_equal(rig->rc, -EINVAL);
	if (!strstr(rig->messages, said))
		fail_msg("%s: '%s' is not in:\n%s", text, said, rig->messages);
}

static inline void lay_out(struct plan_rig *rig)
{
	assert_int_equal(plan_lay_out(&rig->plan, &rig->diag, NULL, NULL), 0);
}

static inline void make_file(const char *name, size_t bytes)
{
	char *data = malloc(bytes + 1);
	int descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_non_null(data);
	memset(data, 'x', bytes);
	assert_int_equal(write(descriptor, data, bytes), bytes);
	assert_int_equal(fsync(descriptor), 0);
	close(descriptor);
	free(data);
}

/* Of holes only. */
static inline void make_sparse_file(const char *name, size_t bytes)
{
	make_file(name, 0);
	assert_int_equal(truncate(name, (off_t)bytes), 0);
}

static inline uint64_t bytes_of(const char *name)
{
	struct stat status;

	assert_int_equal(stat(name, &status), 0);
	return (uint64_t)status.st_size;
}

static inline void assert_region(
	const struct planned_job *planned, unsigned index, uint64_t offset, uint64_t bytes)
{
	assert_int_equal(planned->regions[index].region_offset, offset);
	assert_int_equal(planned->regions[index].region_bytes, bytes);
}

#endif
