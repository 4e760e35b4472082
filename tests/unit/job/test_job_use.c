/* SPDX-License-Identifier: MIT */
/* How jobs use their files: buffers, advice, and the files of a folder. */
#include "job/job_use.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "job_rig.h"
#include "test.h"

static const struct job *read_job(struct job_rig *rig, const char *options)
{
	char text[512];

	snprintf(text, sizeof(text), "[a]\nsize=8g\nioengine=null\n%s\n", options);
	return rig_job(rig, text);
}

TEST(buffers_are_for_what_is_read_or_written)
{
	static const struct {
		const char *options;
		uint64_t bytes;
	} cases[] = {
		{"rw=trim\nbs=2g", 1}, {"rw=randtrim\nbs=2300m", 1}, {"rw=read\nbs=4k,64k", 4096},
		{"rw=write\nbs=4k,64k", 65536}, {"rw=randrw\nbs=4k,64k", 65536},
		{"rw=read\nbs=4k,1m,2g", 4096}, {"rw=trimwrite\nbs=8k", 8192},
		{"rw=trimwrite\nbs=4k,8k,16k", 8192},      /* each its own way */
		{"rw=randtrimwrite\nbs=4k,8k,16k", 16384}, /* a write has its trim's size */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;

		assert_int_equal(
			job_use_buffer_bytes(read_job(&rig, cases[i].options)), cases[i].bytes);
		rig_free(&rig);
	}
}

TEST(advice_is_the_pattern_unless_it_is_named)
{
	static const struct {
		const char *options;
		int advice;
	} cases[] = {
		{"rw=read", POSIX_FADV_SEQUENTIAL},
		{"rw=randread", POSIX_FADV_RANDOM},
		{"rw=randread\nfadvise_hint=1", POSIX_FADV_RANDOM},
		{"rw=randread\nfadvise_hint=0", -1},
		{"rw=randread\nfadvise_hint=none", -1},
		{"rw=randread\nfadvise_hint=sequential", POSIX_FADV_SEQUENTIAL},
		{"rw=write\nfadvise_hint=random", POSIX_FADV_RANDOM},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job_rig rig;

		assert_int_equal(job_use_advice(read_job(&rig, cases[i].options)), cases[i].advice);
		rig_free(&rig);
	}
}

TEST(a_job_fills_its_target_where_it_has_no_size)
{
	struct job_rig rig;

	assert_true(job_use_fills(rig_job(&rig, "[a]\nioengine=null\nrw=write\nfill_device=1\n")));
	rig_free(&rig);
	assert_false(job_use_fills(read_job(&rig, "rw=write\nfill_device=1")));
	rig_free(&rig);
	assert_false(job_use_fills(
		rig_job(&rig, "[a]\nioengine=null\nrw=write\nfill_device=1\nfilesize=1m\n")));
	rig_free(&rig);
	assert_false(job_use_fills(read_job(&rig, "rw=write")));
	rig_free(&rig);
}

static void make_file(const char *folder, const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
}

TEST(the_files_of_a_folder_come_in_order_and_without_links)
{
	char folder[] = "/tmp/job_use.XXXXXX", path[64], command[64];
	static const char *const names[] = {"a", "b/c", "b/d/e", "z"};
	struct job_texts list = {0};
	struct job_rare rare = {.access.opendir = folder};
	struct job job = {.rare = &rare};
	struct job_origin origin = {0};
	struct arena arena = {0};
	struct diag diag = {0};

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/b", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/b/d", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/link", folder);
	assert_int_equal(symlink("z", path), 0);
	for (size_t i = 4; i > 0; i--)
		make_file(folder, names[i - 1]);
	job.origin = &origin;
	assert_int_equal(job_use_add_folder(&job, &list, &arena, &diag), 0);
	assert_int_equal(list.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(list.texts[i] + sizeof(folder), names[i]);
	/* They are added to what there is. */
	list.count = 1;
	assert_int_equal(job_use_add_folder(&job, &list, &arena, &diag), 0);
	assert_int_equal(list.count, 5);
	assert_string_equal(list.texts[4] + sizeof(folder), "z");
	assert_int_equal(diag.error_count, 0);
	snprintf(path, sizeof(path), "%s/none", folder);
	rare.access.opendir = path;
	assert_int_equal(job_use_add_folder(&job, &list, &arena, &diag), -ENOENT);
	assert_int_equal(diag.error_count, 1);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
	arena_free(&arena);
}

TEST_MAIN(NULL, NULL);
