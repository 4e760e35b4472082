/* SPDX-License-Identifier: MIT */
/* covers: src/run/worker_replay.c src/run/worker_record.c */
/* A recorded log as the source of I/Os, with a clock that is moved: times are exact. */
#include <stdlib.h>

#include "fake_worker.h"
#include "run/log_files.h"
#include "test.h"

#define MS 1000000ull

static struct io_log recorded;
static const struct io_log *const logs[] = {&recorded};
static struct target targets[2];
static struct pattern_spec regions[2];

static void set_up_replay(const struct engine_class *class)
{
	set_up(class, UINT64_MAX);
	assert_int_equal(io_log_open(&recorded, false), 0);
	recorded.path = "x.log";
	io_log_add_file(&recorded, "a");
	io_log_add_file(&recorded, "b");
	for (int i = 0; i < 2; i++) {
		targets[i] = target;
		targets[i].path = i == 0 ? "a" : "b";
		regions[i] = region;
	}
	worker.task.targets = targets;
	worker.task.regions = regions;
	worker.task.target_count = 2;
	job.filename = (struct job_texts){2, (const char *[]){"a", "b"}};
	rare.replay.read_iolog.count = 1;
	rare.replay.logs = logs;
	rare.replay.log = &recorded;
	rare.replay.ops = IO_BIT(IO_READ) | IO_BIT(IO_WRITE) | IO_BIT(IO_SYNC);
	rare.replay.buffer_bytes = BLOCK;
}

static void record(unsigned op, unsigned file, uint64_t at_ns, uint64_t offset)
{
	const struct io_log_entry entry = {.op = (uint8_t)op,
		.file = (uint16_t)file,
		.at_ns = at_ns,
		.offset = offset,
		.length = op <= IO_TRIM ? BLOCK : 0};

	assert_int_equal(io_log_add(&recorded, &entry, 1), 0);
}

static void tear_down_replay(void)
{
	tear_down();
	io_log_close(&recorded);
}

static uint64_t sent_after_start(int n)
{
	return script.sent_ns[n] - worker.loop.measurement->started_ns;
}

TEST(each_is_sent_at_its_recorded_time)
{
	const struct worker_direction *read;

	set_up_replay(&fake_sync_class);
	record(IO_LOG_OPEN, 0, 0, 0);
	record(IO_READ, 0, 2 * MS, 8192);
	record(IO_WRITE, 0, 3 * MS, 0);
	record(IO_SYNC, 0, 3 * MS + 5000, 0);
	record(IO_READ, 0, 100 * MS, 4096);
	record(IO_LOG_CLOSE, 0, 101 * MS, 0);
	script.service_ns = 700;
	read = run(DIRECTION_READ);
	assert_int_equal(script.taken, 4);
	assert_int_equal(sent_after_start(0), 2 * MS);
	assert_int_equal(sent_after_start(1), 3 * MS);
	assert_int_equal(sent_after_start(2), 3 * MS + 5000);
	assert_int_equal(sent_after_start(3), 100 * MS);
	assert_int_equal(script.ops[1], IO_WRITE);
	assert_int_equal(script.ops[2], IO_SYNC);
	assert_int_equal(script.offsets[0], 8192);
	assert_int_equal(script.offsets[3], 4096);
	assert_int_equal(read->ios, 2);
	assert_int_equal(read->lat->summary.max_ns, 700);
	assert_int_equal(read->lag->summary.max_ns, 0);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_SYNC].lag->summary.count, 1);
	/* The end is the log's: its file stays open until then. */
	assert_int_equal(
		worker.loop.measurement->ended_ns - worker.loop.measurement->started_ns, 101 * MS);
	tear_down_replay();
}

/* 1 ms apart, and each takes 5: none is left out, and each has waited longer than the last. */
TEST(a_late_io_is_sent_late_and_its_latency_is_from_the_recorded_time)
{
	const struct worker_direction *read;

	set_up_replay(&fake_sync_class);
	for (unsigned i = 0; i < 10; i++)
		record(IO_READ, 0, i * MS, 0);
	script.service_ns = 5 * MS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(sent_after_start(i), (uint64_t)i * 5 * MS);
	assert_int_equal(read->lat->summary.max_ns, 50 * MS - 9 * MS);
	assert_int_equal(read->lag->summary.max_ns, 45 * MS - 9 * MS);
	assert_int_equal(read->lag->summary.count, 10);
	assert_int_equal(read->service->summary.max_ns, 5 * MS);
	tear_down_replay();
}

TEST(as_many_as_iodepth_are_in_flight)
{
	set_up_replay(&fake_class);
	for (unsigned i = 0; i < 20; i++)
		record(IO_READ, 0, i * MS, 0);
	job.iodepth = 4;
	script.service_ns = 3 * MS + 1;
	run(DIRECTION_READ);
	assert_int_equal(script.taken, 20);
	assert_int_equal(script.most_in_flight, 4);
	for (int i = 0; i < 20; i++) {
		assert_true(sent_after_start(i) >= (uint64_t)i * MS);
		assert_true(sent_after_start(i) <= (uint64_t)i * MS + LOOK_NS);
	}
	tear_down_replay();
}

TEST(without_times_it_goes_as_fast_as_it_can)
{
	set_up_replay(&fake_sync_class);
	for (unsigned i = 0; i < 10; i++)
		record(IO_READ, i % 2, 0, i * BLOCK);
	recorded.has_times = false;
	script.service_ns = 100;
	run(DIRECTION_READ);
	assert_int_equal(script.taken, 10);
	assert_int_equal(sent_after_start(9), 900);
	assert_int_equal(worker.loop.measurement->directions[DIRECTION_READ].lag->summary.count, 0);
	tear_down_replay();
}

/* Version 2: what follows a wait is sent from then on, with no time of its own. */
TEST(a_wait_holds_what_follows)
{
	const struct worker_direction *read;

	set_up_replay(&fake_sync_class);
	recorded.has_times = false;
	record(IO_READ, 0, 0, 0);
	record(IO_LOG_WAIT, 0, 50 * MS, 0);
	record(IO_READ, 0, 50 * MS, 0);
	record(IO_READ, 0, 50 * MS, 0);
	script.service_ns = 1000;
	read = run(DIRECTION_READ);
	assert_int_equal(sent_after_start(0), 0);
	assert_int_equal(sent_after_start(1), 50 * MS);
	assert_int_equal(sent_after_start(2), 50 * MS + 1000);
	assert_int_equal(read->lag->summary.count, 0);
	assert_int_equal(read->lat->summary.max_ns, 1000);
	tear_down_replay();
}

TEST(runtime_ends_it_and_what_was_due_is_counted)
{
	const struct worker_direction *read;

	set_up_replay(&fake_sync_class);
	for (unsigned i = 0; i < 100; i++)
		record(IO_READ, 0, i * MS, 0);
	job.runtime_ns = 10 * MS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios, 10);
	assert_int_equal(read->unsent, 0);
	tear_down_replay();

	/* One that takes 15 ms: the second is sent late, the third not at all. */
	set_up_replay(&fake_sync_class);
	for (unsigned i = 0; i < 100; i++)
		record(IO_READ, 0, i * 4 * MS, 0);
	job.runtime_ns = 10 * MS;
	script.service_ns = 15 * MS;
	read = run(DIRECTION_READ);
	assert_int_equal(read->ios + read->unsent, 3);
	tear_down_replay();
}

TEST(the_log_goes_on_after_a_ramp)
{
	const struct worker_direction *read;

	set_up_replay(&fake_sync_class);
	for (unsigned i = 0; i < 100; i++)
		record(IO_READ, 0, i * MS, i * BLOCK);
	job.ramp_time_ns = 20 * MS;
	read = run(DIRECTION_READ);
	assert_int_equal(script.taken, 100);
	assert_int_equal(read->ios, 80);
	assert_int_equal(read->lag->summary.max_ns, 0);
	tear_down_replay();
}

TEST(files_are_opened_and_closed_where_the_log_says_so)
{
	const struct file_service *files = &worker.loop.files;

	set_up_replay(&fake_class);
	record(IO_LOG_OPEN, 0, 0, 0);
	record(IO_READ, 0, 0, 0);
	record(IO_LOG_CLOSE, 0, MS, 0); /* while its I/O is in flight */
	record(IO_LOG_OPEN, 1, 2 * MS, 0);
	record(IO_WRITE, 1, 2 * MS, 0);
	record(IO_LOG_CLOSE, 1, 60 * MS, 0);
	record(IO_LOG_OPEN, 0, 60 * MS, 0);
	record(IO_READ, 0, 60 * MS, BLOCK);
	job.iodepth = 4;
	script.service_ns = 40 * MS;
	assert_int_equal(worker_prepare(&worker), 0);
	assert_true(files->files[0].is_open);
	assert_false(files->files[1].is_open);
	assert_true(file_service_counts(files));
	worker_run(&worker);
	assert_int_equal(script.taken, 3);
	assert_true(files->files[0].is_open);
	assert_false(files->files[1].is_open);
	assert_int_equal(worker.outcome.error, 0);
	tear_down_replay();
}

TEST(a_log_that_was_changed_ends_the_job)
{
	set_up_replay(&fake_sync_class);
	record(IO_READ, 0, 0, 0);
	io_log_add(&recorded, &(struct io_log_entry){.op = IO_WRITE, .length = 2 * BLOCK}, 0);
	run(DIRECTION_READ);
	assert_int_equal(worker.outcome.error, EBADMSG);
	assert_int_equal(script.taken, 1);
	tear_down_replay();
}

static char *recording_of(const char *path)
{
	struct job_set set = {.jobs = &job, .count = 1};
	struct log_files files;
	char *text;

	rare.replay.write_iolog = path;
	log_files_plan(&files, &set);
	assert_int_equal(files.count, 1);
	worker_close(&worker);
	assert_true(log_files_take(&files, &job, &worker.recording));
	assert_null(worker.recording.log.bytes);
	assert_true(log_files_finish(&files));
	text = strdup(files.items[0].text);
	log_files_free(&files);
	return text;
}

TEST(what_is_recorded_is_what_was_replayed)
{
	char *text;

	set_up_replay(&fake_sync_class);
	rare.replay.write_iolog = "out.log";
	worker.task.log_bytes = 1 << 20;
	record(IO_LOG_OPEN, 0, 0, 0);
	record(IO_LOG_OPEN, 1, 0, 0);
	record(IO_READ, 0, 2 * MS, 8192);
	record(IO_WRITE, 1, 3 * MS, 0);
	record(IO_SYNC, 1, 4 * MS, 0);
	run(DIRECTION_READ);
	text = recording_of("out.log");
	assert_string_equal(text, "fio version 3 iolog\n0 a add\n0 b add\n0 a open\n0 b open\n"
				  "2000 a read 8192 4096\n3000 b write 0 4096\n4000 b sync 0 0\n"
				  "4000 a close\n4000 b close\n");
	free(text);
	tear_down_replay();
}

TEST(a_pattern_is_recorded_as_it_is_sent)
{
	char *text;

	set_up(&fake_class, 3 * BLOCK);
	job.iodepth = 2;
	job.iodepth_batch_submit = 2;
	rare.replay.write_iolog = "out.log";
	worker.task.log_bytes = 1 << 20;
	script.take_limit = 1;
	script.service_ns = 5000;
	run(DIRECTION_READ);
	text = recording_of("out.log");
	assert_string_equal(text, "fio version 3 iolog\n0 none add\n0 none open\n"
				  "0 none read 0 4096\n0 none read 4096 4096\n"
				  "5 none read 8192 4096\n10 none close\n");
	free(text);
	tear_down();
}

/* Workers of a wave have their start in common, and not what each of them needs for it. */
TEST(a_recording_begins_with_its_wave)
{
	char *text;

	set_up(&fake_sync_class, BLOCK);
	rare.replay.write_iolog = "out.log";
	worker.task.log_bytes = 1 << 20;
	worker.task.start_ns = clock_fake_ns - 3000;
	script.service_ns = 2000;
	run(DIRECTION_READ);
	text = recording_of("out.log");
	assert_non_null(strstr(text, "\n3 none read 0 4096\n5 none close\n"));
	free(text);
	tear_down();
}

TEST(a_file_that_a_job_names_twice_is_recorded_as_one)
{
	char *text;

	set_up_replay(&fake_sync_class);
	targets[1].path = "a";
	rare.replay.write_iolog = "out.log";
	worker.task.log_bytes = 1 << 20;
	record(IO_LOG_OPEN, 0, 0, 0);
	record(IO_LOG_OPEN, 1, 0, 0);
	record(IO_READ, 0, 0, 0);
	record(IO_READ, 1, 0, BLOCK);
	run(DIRECTION_READ);
	text = recording_of("out.log");
	assert_string_equal(text, "fio version 3 iolog\n0 a add\n0 a open\n0 a read 0 4096\n"
				  "0 a read 4096 4096\n0 a close\n");
	free(text);
	tear_down_replay();
}

TEST(nothing_is_recorded_that_was_not_asked_for)
{
	set_up(&fake_sync_class, 3 * BLOCK);
	worker.task.log_bytes = 1 << 20;
	run(DIRECTION_READ);
	assert_null(worker.recording.log.bytes);
	assert_false(worker.loop.is_recorded);
	tear_down();
}

TEST_MAIN(NULL, NULL);
