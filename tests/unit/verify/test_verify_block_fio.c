/* SPDX-License-Identifier: MIT */
/*
 * With the real fio on the other side: it finds right what ringside wrote, and ringside what fio
 * wrote, for each kind of block; and both find a changed bit. RINGSIDE_FIO: another fio.
 */
/* flavours: plain */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "verify/verify_block.h"

enum { BYTES = 64 * 1024, BLOCK = 4096 };

struct variant {
	const char *verify;  /* of fio and of ringside */
	const char *options; /* more of fio's */
	struct verify_format format;
	const char *pattern;
	bool lacks_sum; /* nothing but the header is verified */
};

static const struct variant variants[] = {
	{"crc32c", "", {.interval_bytes = BLOCK}, NULL, false},
	{"crc32c-intel", "", {.interval_bytes = BLOCK}, NULL, false},
	{"crc32", "", {.interval_bytes = BLOCK}, NULL, false},
	{"crc16", "", {.interval_bytes = BLOCK}, NULL, false},
	{"crc7", "", {.interval_bytes = BLOCK}, NULL, false},
	{"crc64", "", {.interval_bytes = BLOCK}, NULL, false},
	{"md5", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha1", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha256", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha512", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha3-224", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha3-256", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha3-384", "", {.interval_bytes = BLOCK}, NULL, false},
	{"sha3-512", "", {.interval_bytes = BLOCK}, NULL, false},
	{"xxhash", "", {.interval_bytes = BLOCK}, NULL, false},
	{"meta", "", {.interval_bytes = BLOCK}, NULL, true},
	{"meta", "verify_pattern=0xabcd%o", {.interval_bytes = BLOCK}, "0xabcd%o", false},
	{"pattern", "verify_pattern=\"text\"%o0x12", {.interval_bytes = BLOCK}, "\"text\"%o0x12",
		false},
	{"pattern_hdr", "verify_pattern=%o", {.interval_bytes = BLOCK}, "%o", false},
	{"crc32c", "verify_pattern=0x5a", {.interval_bytes = BLOCK}, "0x5a", false},
	{"md5", "verify_interval=512", {.interval_bytes = 512}, NULL, false},
	{"sha256", "verify_interval=520", {.interval_bytes = BLOCK}, NULL, false},
	{"sha256", "verify_interval=1024\nverify_offset=200",
		{.interval_bytes = 1024, .header_at = 200}, NULL, false},
	{"crc64", "verify_offset=1000", {.interval_bytes = BLOCK, .header_at = 1000}, NULL, false},
	{"crc32c", "bssplit=512/50:4k/50", {.interval_bytes = 512}, NULL, false},
	{"pattern_hdr", "verify_interval=512\nverify_pattern=%o\"ab\"", {.interval_bytes = 512},
		"%o\"ab\"", false},
};

enum { VARIANT_COUNT = sizeof(variants) / sizeof(variants[0]) };

static char folder[] = "/tmp/ringside-test-XXXXXX";
static const char *fio;
static enum header_layout layout;
static uint8_t data[BYTES];

static int set_up(void **state)
{
	char command[256];

	(void)state;
	fio = getenv("RINGSIDE_FIO") ? getenv("RINGSIDE_FIO") : "fio";
	snprintf(command, sizeof(command), "%s --version >/dev/null 2>&1", fio);
	if (system(command) != 0)
		fio = NULL;
	snprintf(command, sizeof(command),
		"%s --version | grep -Eqx 'fio-3\\.([0-9]|[123][0-9]|40)'", fio ? fio : "echo");
	layout = fio && system(command) == 0 ? HEADER_UNVERSIONED : HEADER_VERSIONED;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/* The pattern lives until the next call. */
static struct verify_format prepare(const struct variant *variant)
{
	static struct byte_pattern pattern;
	struct verify_format format = variant->format;
	const char *problem;

	format.kind = checksum_of_name(variant->verify);
	format.layout = layout;
	format.source = (struct stamp_source){.run = 0xfeed, .job = 3};
	if (variant->pattern) {
		assert_int_equal(byte_pattern_parse(variant->pattern, &pattern, &problem), 0);
		format.pattern = &pattern;
	}
	assert_int_equal(verify_block_prepare(&format, &problem), 0);
	return format;
}

/* fio before 3.40 has no name for pattern_hdr, but takes it where only the pattern is given. */
static bool names_verify(const struct variant *variant)
{
	return strcmp(variant->verify, "pattern_hdr") != 0;
}

/* One job of fio for each variant, all in one run; its exit code. */
static int run_fio(const char *options, size_t first, size_t count)
{
	FILE *job = fopen("test.fio", "w");
	char command[300];

	assert_non_null(job);
	fprintf(job,
		"[global]\nbs=4k\nsize=64k\nioengine=sync\nthread=1\nverify_state_save=0\n%s\n",
		options);
	for (size_t i = first; i < first + count; i++)
		fprintf(job, "[v%zu]\nfilename=v%zu\n%s%s\n%s\n", i, i,
			names_verify(&variants[i]) ? "verify=" : "",
			names_verify(&variants[i]) ? variants[i].verify : "", variants[i].options);
	assert_int_equal(fclose(job), 0);
	snprintf(command, sizeof(command), "%s test.fio >fio.out 2>&1", fio);
	return system(command);
}

static void move(size_t number, bool is_read)
{
	char name[32];
	FILE *file;

	snprintf(name, sizeof(name), "v%zu", number);
	file = fopen(name, is_read ? "r" : "w");
	assert_non_null(file);
	assert_int_equal(
		is_read ? fread(data, 1, BYTES, file) : fwrite(data, 1, BYTES, file), BYTES);
	assert_int_equal(fclose(file), 0);
}

/* bssplit: its writes are of 512 and 4096 bytes; the blocks are 512 each way. */
static void check_blocks(const struct verify_format *format, size_t number)
{
	for (size_t at = 0; at < BYTES; at += BLOCK) {
		struct verify_part part = {STAMP_ANY, at, at};

		if (verify_block_check(format, &part, data + at, BLOCK) != BLOCK)
			fail_msg("%s %s at %zu", variants[number].verify, variants[number].options,
				at);
		if (variants[number].lacks_sum)
			continue;
		data[at + 3000] ^= 0x10;
		assert_true(verify_block_check(format, &part, data + at, BLOCK) < BLOCK ||
			    format->regenerates); /* fio's sum does not see it */
		data[at + 3000] ^= 0x10;
	}
}

TEST(what_fio_writes_is_right)
{
	if (!fio) {
		print_message("skipped: fio is not installed\n");
		skip();
	}
	assert_int_equal(run_fio("rw=write\ndo_verify=0", 0, VARIANT_COUNT), 0);
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		struct verify_format format = prepare(&variants[i]);

		move(i, true);
		check_blocks(&format, i);
	}
}

static void write_all(void)
{
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		struct verify_format format = prepare(&variants[i]);

		for (size_t at = 0; at < BYTES; at += BLOCK)
			verify_block_fill(&format, at + 70000, data + at, BLOCK, at);
		move(i, false);
	}
}

TEST(fio_finds_right_what_is_written)
{
	if (!fio) {
		print_message("skipped: fio is not installed\n");
		skip();
	}
	write_all();
	if (run_fio("rw=read", 0, VARIANT_COUNT) != 0)
		fail_msg("%d", system("cat fio.out"));
	if (run_fio("rw=write\nverify_only=1", 0, VARIANT_COUNT) != 0)
		fail_msg("%d", system("cat fio.out"));
	/* It does look: a bit is not overlooked. Without verify_fatal fio forgets what is wrong in
	 * a block when a later one of the same I/O is right. */
	for (size_t i = 0; i < VARIANT_COUNT; i += 5) {
		if (variants[i].lacks_sum)
			continue;
		move(i, true);
		data[5 * BLOCK + 3000] ^= 1;
		move(i, false);
		if (run_fio("rw=read\nverify_fatal=1", i, 1) == 0)
			fail_msg("fio overlooks a bit: %s", variants[i].verify);
	}
}

TEST_MAIN(set_up, tear_down);
