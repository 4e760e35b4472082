/* SPDX-License-Identifier: MIT */
/* rw=echo: what is refused by name, and what is noted. */
/* covers: src/job/job_options_echo.c */
#include "job/job_echo_rules.h"
#include "job_rig.h"
#include "test.h"

#define ECHO_JOB "[a]\nrw=echo\nioengine=epoll\nnumber_ios=9\n"

/* What is said about `lines`, and whether the job may run. */
static void check_said(const char *start, const char *lines, bool runs, const char *said)
{
	struct job_rig rig;
	char text[400];

	snprintf(text, sizeof(text), "%s%s", start, lines);
	rig_read(&rig, text);
	if (!strstr(rig.messages, said) || (*said == '\0' && *rig.messages != '\0'))
		fail_msg("%s: %s", lines, rig.messages);
	assert_int_equal(rig.rc == 0, runs);
	rig_free(&rig);
}

TEST(options_of_bytes_that_are_somewhere_are_refused_by_name)
{
	static const char *const options[] = {"offset=4k", "offset_increment=4k", "offset_align=4k",
		"blockalign=8k", "random_distribution=zipf:1.2", "percentage_random=10",
		"bsrange=1k-4k", "bssplit=4k/50:8k/50", "directory=/tmp", "filename_format=x",
		"nrfiles=2", "openfiles=2", "filesize=1m", "file_service_type=random", "direct=1",
		"fallocate=none", "create_on_open=1", "create_only=1", "overwrite=1", "unlink=1",
		"fsync=1", "fdatasync=1", "end_fsync=1", "fsync_on_close=1", "sync=1",
		"buffer_pattern=0xab", "refill_buffers=1", "nice=5", "loops=2",
		"latency_target=1ms"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char line[80], said[80];

		snprintf(line, sizeof(line), "filename=pair:\n%s\n", options[i]);
		snprintf(said, sizeof(said), "%.*s does not go with rw=echo",
			(int)strcspn(options[i], "="), options[i]);
		check_said(ECHO_JOB, line, false, said);
	}
}

TEST(options_without_an_effect_are_told)
{
	static const char *const options[] = {"norandommap=1", "random_generator=lfsr",
		"bs_unaligned=1", "rwmixread=20", "invalidate=0", "fadvise_hint=random",
		"allow_file_create=0", "scramble_buffers=1", "prio=3", "prioclass=2"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		char line[80], said[80];

		snprintf(line, sizeof(line), "filename=pair:\n%s\n", options[i]);
		snprintf(said, sizeof(said), "%.*s has no effect with rw=echo",
			(int)strcspn(options[i], "="), options[i]);
		check_said(ECHO_JOB, line, true, said);
	}
}

TEST(verify_names_what_does_it)
{
	check_said(ECHO_JOB, "filename=pair:\nverify=crc32c\n", false, "echo_check=all");
}

TEST(one_address_and_nothing_else)
{
	check_said(ECHO_JOB, "", false, "filename names none");
	check_said(ECHO_JOB, "filename=plain\n", false, "'plain' is no address");
	check_said(ECHO_JOB, "filename=udp:127.0.0.1:1\n", false, "'udp' begins none");
	check_said(ECHO_JOB, "filename=tcp:10.0.0.1:80\n", false, "only loopback is measured");
	check_said(ECHO_JOB, "filename=tcp:127.0.0.1:0\n", true, "");
	check_said(ECHO_JOB, "filename=tcp:[::1]:0\n", true, "");
	check_said(ECHO_JOB, "filename=unix:a\n", true, "");
	check_said(ECHO_JOB, "filename=pair:\n", true, "");
}

TEST(clones_listen_where_there_is_room_for_all)
{
	check_said(ECHO_JOB, "numjobs=2\nfilename=unix:a\n", false, "numjobs does not go");
	check_said(
		ECHO_JOB, "numjobs=2\nfilename=tcp:127.0.0.1:80\n", false, "numjobs does not go");
	check_said(ECHO_JOB, "numjobs=2\nfilename=tcp:127.0.0.1:0\n", true, "");
	check_said(ECHO_JOB, "numjobs=2\nfilename=pair:\n", true, "");
}

TEST(what_belongs_to_echo_is_told_elsewhere)
{
	static const char null_job[] = "[a]\nioengine=null\nsize=1m\n";

	check_said(null_job, "server_cpus=0\n", true, "server_cpus has no effect without rw=echo");
	check_said(null_job, "echo_timeout=1s\n", true, "echo_timeout has no effect without");
	check_said(null_job, "echo_check=all\n", true, "echo_check has no effect without");
	check_said(null_job, "filename=unix:a\n", false, "is an address, which rw=echo takes");
}

TEST_MAIN(NULL, NULL);
