/* SPDX-License-Identifier: MIT */
/* Options of data verification, fio's family. */
#include "job/job_option_rows.h"
#include "verify/checksum.h"

static const struct option_choice kinds[] = {
	{"none", CHECKSUM_NONE, "nothing is verified"},
	{"0", CHECKSUM_NONE, NULL},
	{"crc32c", CHECKSUM_CRC32C, "by the CPU's instruction where it has one"},
	{"crc32c-intel", CHECKSUM_CRC32C, NULL},
	{"crc32", CHECKSUM_CRC32, NULL},
	{"crc16", CHECKSUM_CRC16, NULL},
	{"crc7", CHECKSUM_CRC7, NULL},
	{"crc64", CHECKSUM_CRC64, NULL},
	{"xxhash", CHECKSUM_XXHASH, NULL},
	{"md5", CHECKSUM_MD5, NULL},
	{"sha1", CHECKSUM_SHA1, NULL},
	{"sha256", CHECKSUM_SHA256, NULL},
	{"sha512", CHECKSUM_SHA512, NULL},
	{"sha3-224", CHECKSUM_SHA3_224, NULL},
	{"sha3-256", CHECKSUM_SHA3_256, NULL},
	{"sha3-384", CHECKSUM_SHA3_384, NULL},
	{"sha3-512", CHECKSUM_SHA3_512, NULL},
	{"pattern", CHECKSUM_PATTERN, "verify_pattern alone, without a header"},
	{"pattern_hdr", CHECKSUM_PATTERN_HEADER, "verify_pattern behind a header"},
	{"meta", CHECKSUM_META, "the header, and verify_pattern where it is set"},
	{"null", CHECKSUM_NULL, "blocks are read and taken for right"},
	{NULL, 0, NULL},
};

const struct option job_options_verify[] = {
	RARE(CHOICE, "verify", verify.kind, VERIFY, "none",
		"what is written is read and verified: the checksum", .choices = kinds,
		.detail =
			"Every block of verify_interval begins with a header, fio's, and the\n"
			"checksum of the rest: each of the two programs verifies what the other\n"
			"wrote. When a pass of writes is over, everything it wrote is read back.\n"
			"A job that only reads verifies what it reads.\n"
			"ringside knows for each block which write was acknowledged last, and\n"
			"reports what a wrong block holds instead: an older write, a block of\n"
			"another place, part of a write, zeros, a flipped bit. A block that two\n"
			"writes in flight overlapped is not judged but counted. Wrong blocks end\n"
			"in exit code 5."),
	RARE(BOOL, "do_verify", verify.phase, VERIFY, "1",
		"what a pass wrote is read when it is over",
		.detail = "do_verify=0 writes blocks that a later job can verify."),
	RARE(FLAG, "verify_only", verify.only, VERIFY, NULL,
		"nothing is written: what the same job wrote before is verified",
		.detail = "The job draws the offsets that it would write to, which are the same\n"
			  "with randrepeat=1, and verifies what is there. Which write a block is\n"
			  "of is only known with verify_state_load=1."),
	RARE(SIZE, "verify_interval", verify.interval_bytes, VERIFY, NULL,
		"bytes of a block with its own header; default: the smallest write",
		.detail =
			"As in fio it is cut to the smallest write, and has to divide all sizes:\n"
			"else it is the largest size that does."),
	RARE(SIZE, "verify_offset", verify.offset_bytes, VERIFY, "0",
		"where in its block the header stands"),
	RARE(CUSTOM, "verify_pattern", verify.pattern, VERIFY, NULL,
		"a pattern is written, in place of random data", VALUE(pattern),
		.syntax = "0xHEX|\"TEXT\"|N|'FILE'|%o...",
		.detail =
			"%o stands for the offset. Without verify it means verify=pattern, as in\n"
			"fio."),
	RARE(SIZE, "verify_pattern_interval", verify.pattern_interval_bytes, VERIFY, "0",
		"bytes after which verify_pattern begins anew; 0: at each write"),
	RARE(BOOL, "verify_fatal", verify.fatal, VERIFY, "0", "the first wrong block ends the job",
		.detail = "With 0 all blocks are verified, whatever is wrong with some."),
	RARE(BOOL, "verify_dump", verify.dump, VERIFY, "0",
		"wrong blocks are written to files, and what was expected",
		.detail =
			"To FILE.OFFSET.received and FILE.OFFSET.expected in the current folder,\n"
			"FILE without its path; of the first 100 wrong blocks of a worker. The\n"
			"expected content of blocks that another run wrote is not known."),
	RARE(COUNT, "verify_async", verify.async, VERIFY, "0",
		"threads that verify, beside the worker; 0: the worker does", .max = 256),
	RARE(CUSTOM, "verify_async_cpus", verify.async_cpus, VERIFY, NULL,
		"CPUs of the threads of verify_async", VALUE(cpus), .syntax = "N[-N][,...]"),
	RARE(COUNT, "verify_backlog", verify.backlog, VERIFY, "0",
		"writes after which some are verified; 0: when a pass is over"),
	RARE(COUNT, "verify_backlog_batch", verify.backlog_batch, VERIFY, "0",
		"how many writes are verified then; 0: as many as verify_backlog",
		.detail =
			"Those that are left wait for the next time, or for the end of the pass."),
	RARE(BOOL, "verify_write_sequence", verify.write_sequence, VERIFY, "1",
		"blocks have to be of the write that was acknowledged last",
		.detail = "With 0 any write of this block is right, however old. fio checks only "
			  "the\n"
			  "lower 16 bits, and not with norandommap and several I/Os in flight,\n"
			  "or several sizes."),
	RARE(BOOL, "verify_header_seed", verify.header_seed, VERIFY, "1",
		"the seed in a header has to be of that write",
		.detail = "It is checked together with the number of the write. With\n"
			  "verify_write_sequence=0 it is checked where it is set to 1."),
	RARE(BOOL, "verify_state_save", verify.state_save, VERIFY, "1",
		"what must be on the targets is saved, where it is set to 1",
		.detail =
			"To JOB-verify.state in the current folder, one for all clones. While the\n"
			"job runs the file is its log of what was acknowledged: it is true even\n"
			"where the process is killed. `ringside verify` and verify_state_load\n"
			"read it. Nothing is saved by default, where fio always leaves a file."),
	RARE(BOOL, "verify_state_load", verify.state_load, VERIFY, "0",
		"what must be on the targets is read from a saved state",
		.detail =
			"From JOB-verify.state. A job that reads, or has verify_only, verifies "
			"each\n"
			"block that the run before had acknowledged; one that writes goes on from\n"
			"there."),
	RARE(COUNT, "trim_percentage", verify.trim.percentage, VERIFY, "0",
		"share of the written blocks that are trimmed, in percent", .max = 100,
		.detail = "Needs trim_backlog."),
	RARE(BOOL, "trim_verify_zero", verify.trim.zero, VERIFY, "1",
		"trimmed blocks have to read as zeros",
		.detail = "With 0 they are not verified. Not every device returns zeros."),
	RARE(COUNT, "trim_backlog", verify.trim.backlog, VERIFY, "0",
		"writes after which some of them are trimmed; 0: none are"),
	RARE(COUNT, "trim_backlog_batch", verify.trim.batch, VERIFY, "0",
		"how many are trimmed then; 0: as many as trim_backlog"),
	{.name = NULL},
};
