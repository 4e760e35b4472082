/* SPDX-License-Identifier: MIT */
/* `ringside verify` on targets that are made here: verdicts, exit codes, what is said. */
/* covers: src/command/verify_report.c */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command/command.h"
#include "test.h"
#include "verify/state_file.h"

enum { BLOCK = 4096, BLOCKS = 32, RUN = 0x77 };

static char folder[] = "/tmp/ringside-test-XXXXXX";
static char path[300], said[20000];
static uint8_t data[BLOCKS * BLOCK];
static struct verify_format format;

static int set_up(void **state)
{
	const char *problem;

	(void)state;
	format = (struct verify_format){
		.kind = CHECKSUM_CRC32C,
		.interval_bytes = BLOCK,
		.source = {.run = RUN, .job = 1},
	};
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/target", folder);
	return verify_block_prepare(&format, &problem);
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void save(const char *name, size_t bytes)
{
	int file AUTO_CLOSE = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(file, data, bytes), bytes);
}

/* A target of which the first 24 blocks are written, by one write each, and its state. */
static void make(bool is_closed)
{
	struct state_target target = {.path = path, .bytes = sizeof(data), .unit_count = BLOCKS};
	struct state_section section = {
		.name = "job",
		.format = format,
		.unit_bytes = BLOCK,
		.block_units = 1,
		.slot_count = 1,
		.slot_units = 1,
		.target_count = 1,
		.targets = &target,
	};
	struct state_file file;

	memset(data, 0, sizeof(data));
	assert_int_equal(state_file_create("state", RUN, &section, 1, &file), 0);
	for (uint32_t i = 0; i < 24; i++) {
		verify_block_fill(&format, i + 1, data + i * BLOCK, BLOCK, i * BLOCK);
		((uint32_t *)target.entries)[i] = (i + 1) << STATE_NUMBER_SHIFT | STATE_WRITTEN;
	}
	section.live->newest = 24;
	if (is_closed)
		assert_int_equal(state_file_close(&file), 0);
	else
		munmap(file.memory, file.bytes);
	save("target", sizeof(data));
}

static void load_said(void)
{
	int file AUTO_CLOSE = open("said", O_RDONLY);
	ssize_t got = read(file, said, sizeof(said) - 1);

	assert_true(got >= 0);
	said[got] = '\0';
}

/* The exit code of the command with these arguments; what it says on both streams is in `said`. */
static int verify(const char *one, const char *other, const char *third)
{
	char *argv[] = {(char *)"ringside", (char *)"verify", (char *)one, (char *)other,
		(char *)third, NULL};
	int argc = third ? 5 : other ? 4 : 3, status;
	pid_t child = fork();

	if (child == 0) {
		int file = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int code;

		if (file < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0)
			_exit(99);
		code = command_dispatch(argc, argv);
		fflush(NULL);
		_exit(code);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	load_said();
	return WEXITSTATUS(status);
}

static void expect_said(const char *text)
{
	if (!strstr(said, text))
		fail_msg("no '%s' in:\n%s", text, said);
}

TEST(a_target_as_it_was_written_is_right)
{
	make(true);
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_DONE);
	expect_said("24 as written");
	expect_said("the run ended");
	expect_said("all that was acknowledged is there");
	assert_int_equal(verify("--state=state", NULL, NULL), EXIT_DONE);
	expect_said(path);
	make(false);
	assert_int_equal(verify("target", "--state=state", "--buffered"), EXIT_DONE);
	expect_said("the run was killed");
}

TEST(where_nothing_is_judged_there_is_no_verdict)
{
	format.kind = CHECKSUM_NULL;
	make(true);
	format.kind = CHECKSUM_CRC32C;
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_INCONCLUSIVE);
	expect_said("nothing of what was written can be judged");
	expect_said("verify=null");
	assert_int_equal(verify("target", "--state=state", "--format=json"), EXIT_INCONCLUSIVE);
	expect_said("\"right\": false");
}

TEST(what_cannot_give_blocks_back_is_refused)
{
	static const char *const names[] = {".", "pipe", "/dev/null"};

	make(true);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(verify(names[i], "--state=state", NULL), EXIT_BAD_REQUEST);
		expect_said("is neither a file nor a block device");
	}
	expect_said("name the block device");
}

TEST(wrong_blocks_are_told)
{
	make(true);
	data[3 * BLOCK + 1000] ^= 1;
	memcpy(data + 30 * BLOCK, data + 5 * BLOCK, BLOCK);
	memset(data + 7 * BLOCK, 0, BLOCK);
	save("target", sizeof(data));
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_RUN_FAILED);
	expect_said("at 12288, 4096 bytes: a flipped bit: bit 0 of byte 1000");
	expect_said("at 28672, 4096 bytes: zeros");
	expect_said("the run wrote nothing here: the content of the block at 20480");
	expect_said("3: a flipped bit 1, zeros 1, another block's content 1,");
	assert_int_equal(verify("target", "--state=state", "--format=json"), EXIT_RUN_FAILED);
	expect_said("\"schema\": \"ringside-verify/1\"");
	expect_said("\"ended\": \"closed\"");
	expect_said("\"right\": false");
	expect_said("\"kind\": \"flipped_bits\"");
	expect_said("\"stray\": 1");
	expect_said("\"found_offset\": 20480");
}

TEST(a_target_that_ends_too_early_cannot_be_read_there)
{
	make(true);
	save("target", 10 * BLOCK + 100);
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_RUN_FAILED);
	expect_said("the target ends before");
	assert_int_equal(verify("target", "--state=state", "--format=json"), EXIT_RUN_FAILED);
	expect_said("\"error\": \"ENXIO\"");
	expect_said("\"unread\": 14");
}

TEST(a_copy_is_taken_and_another_file_is_not)
{
	make(true);
	save("copy", sizeof(data));
	assert_int_equal(verify("copy", "--state=state", NULL), EXIT_DONE);
	expect_said("is taken for a copy of it");
	save("copy", sizeof(data) - 1);
	assert_int_equal(verify("copy", "--state=state", NULL), EXIT_BAD_REQUEST);
	expect_said("it is another file");
	memset(data, 0xab, sizeof(data));
	save("copy", sizeof(data));
	assert_int_equal(verify("copy", "--state=state", NULL), EXIT_BAD_REQUEST);
	expect_said("the state state is of another file");
	/* At its own path it is the target, whatever is there. */
	save("target", sizeof(data));
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_RUN_FAILED);
	expect_said("nothing of the run is there");
}

TEST(what_is_no_state_is_refused)
{
	int file AUTO_CLOSE = -1;

	make(true);
	assert_int_equal(verify("target", NULL, NULL), EXIT_BAD_REQUEST);
	expect_said("--state=STATE is missing");
	assert_int_equal(verify("target", "--state=none", NULL), EXIT_BAD_REQUEST);
	expect_said("cannot read the state none: No such file or directory (ENOENT)");
	assert_int_equal(verify("target", "--state=target", NULL), EXIT_BAD_REQUEST);
	expect_said("target cannot be used: it is no state file of ringside");
	assert_int_equal(verify("none", "--state=state", NULL), EXIT_BAD_REQUEST);
	expect_said("cannot open none");
	assert_int_equal(verify("target", "--state=state", "--output=target"), EXIT_BAD_REQUEST);
	assert_int_equal(verify("target", "--state=state", "--output=state"), EXIT_BAD_REQUEST);
	expect_said("would overwrite the state");
	file = open("state", O_RDWR);
	assert_int_equal(pwrite(file, "\x02", 1, 8), 1);
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_BAD_REQUEST);
	expect_said("it has version 2, and this ringside reads 1");
	assert_int_equal(pwrite(file, "\x01", 1, 8), 1);
	assert_int_equal(pwrite(file, "x", 1, 5000), 1);
	assert_int_equal(verify("target", "--state=state", NULL), EXIT_BAD_REQUEST);
	expect_said("its checksum is wrong: it is damaged");
}

TEST_MAIN(set_up, tear_down);
