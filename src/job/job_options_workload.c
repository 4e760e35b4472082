/* SPDX-License-Identifier: MIT */
/* Options of what a job does and what with: operations, offsets, targets, buffers. */

#include "base/clock.h"
#include "engine/target_open.h"
#include "job/job_goals.h"
#include "job/job_option_rows.h"

enum {
	FILE_LIMIT = UINT16_MAX, /* slot.target */
};

static const struct option_choice generators[] = {
	{"tausworthe", GENERATOR_TAUSWORTHE, "fio's default"},
	{"tausworthe64", GENERATOR_TAUSWORTHE64, "for more than 2^32 blocks"},
	{"lfsr", GENERATOR_LFSR, "each block once without a map"},
	{NULL, 0, NULL},
};

static const struct option_choice fallocate_modes[] = {
	{"none", FALLOCATE_NONE, "only written"},
	{"0", FALLOCATE_NONE, NULL},
	{"native", FALLOCATE_NATIVE, "fallocate(2) where the file system has it"},
	{"posix", FALLOCATE_POSIX, "posix_fallocate(3)"},
	{"1", FALLOCATE_POSIX, NULL},
	{"keep", FALLOCATE_KEEP, "fallocate(2) with FALLOC_FL_KEEP_SIZE"},
	{"truncate", FALLOCATE_TRUNCATE, "ftruncate(2) to the size"},
	{NULL, 0, NULL},
};

static const struct option_choice sequencers[] = {
	{"sequential", SEQUENCER_SEQUENTIAL, "at consecutive offsets"},
	{"identical", SEQUENCER_IDENTICAL, "at the same offset"},
	{NULL, 0, NULL},
};

static const struct option_choice advices[] = {
	{"1", ADVICE_PATTERN, "random or sequential, as the job is"},
	{"0", ADVICE_NONE, "none"},
	{"none", ADVICE_NONE, NULL},
	{"random", ADVICE_RANDOM, "POSIX_FADV_RANDOM"},
	{"sequential", ADVICE_SEQUENTIAL, "POSIX_FADV_SEQUENTIAL"},
	{NULL, 0, NULL},
};

static const struct option_choice splits[] = {
	{"auto", SPLIT_AUTO, "segments, where several ranks have one target"},
	{"segments", SPLIT_SEGMENTS, "one piece for each rank: IOR's shared file, segmented"},
	{"interleaved", SPLIT_INTERLEAVED, "its blocks in turn: IOR's shared file, strided"},
	{"none", SPLIT_NONE, "all of it for each rank, as fio's clients do"},
	{NULL, 0, NULL},
};

static const struct option_choice dedupe_modes[] = {
	{"repeat", DEDUPE_REPEAT, "the last content that was new"},
	{"working_set", DEDUPE_WORKING_SET, "one of dedupe_working_set_percentage"},
	{NULL, 0, NULL},
};

const struct option job_options_workload[] = {
	/* Workload */
	CUSTOM("rw", rw, WORKLOAD, "read", "the operations and their order", .alias = "readwrite",
		VALUE(rw), .syntax = "MODE[:N]",
		.detail =
			"Modes: read, write, trim, randread, randwrite, randtrim, rw\n"
			"(readwrite), randrw, trimwrite, randtrimwrite. randread:8 draws a new\n"
			"offset every 8 I/Os. read:4k leaves a hole of 4k after each I/O, and\n"
			"read:-8k with bs=4k goes backwards. Where the file ends it starts\n"
			"over until size is done; where only the region ends the pass is over.\n"
			"Modes of several calls in one I/O, which io_uring links into one\n"
			"submission: openread opens a file, reads it whole and closes it, once\n"
			"for each file (nrfiles, filesize); bs does not matter. stat calls\n"
			"statx(2), create open(2) with O_CREAT and close(2), unlink unlink(2):\n"
			"those two count as writes.\n"
			"copy takes filename=SOURCE:DESTINATION, or more such pairs. It copies\n"
			"the source, or size= of it, in blocks of bs to the same offsets of the\n"
			"destination, which is not truncated where it is longer.\n"
			"Its bytes count as written, those of openread as read.\n"
			"echo: an I/O is one exchange of bs bytes with a server, which is the\n"
			"ioengine: sync (a thread for each connection), select, poll, epoll or\n"
			"io_uring.\n"
			"filename=unix:PATH, tcp:127.0.0.1:PORT, tcp:[::1]:PORT or pair:, iodepth\n"
			"connections. CPU time and system calls are the server's alone."),
	COUNT("rwmixread", rwmixread, WORKLOAD, "50", "share of reads in a mix, in percent",
		.max = 100,
		.detail = "If rwmixread and rwmixwrite are both set, the later one applies."),
	CUSTOM("rwmixwrite", rwmixread, WORKLOAD, NULL, "share of writes in a mix, in percent",
		.parse = job_rwmixwrite_parse, .syntax = "N"),
	CUSTOM("bs", given.bs, WORKLOAD, "4k", "block size; a list is for read,write,trim",
		.alias = "blocksize", VALUE(sizes), .syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "bs=8k,32k: reads of 8k, writes and trims of 32k. bs=8k, (with a\n"
			  "comma): reads of 8k, the others unchanged."),
	RARE(CUSTOM, "bsrange", bsrange, WORKLOAD, NULL, "block sizes drawn out of a range",
		.alias = "blocksize_range", VALUE(bsrange), .syntax = "MIN-MAX[,MIN-MAX][,MIN-MAX]",
		.detail = "Sizes are multiples of the smallest, unless bs_unaligned is set. Takes\n"
			  "precedence over bs."),
	RARE(CUSTOM, "bssplit", bssplit, WORKLOAD, NULL, "block sizes with their shares",
		VALUE(bssplit), .syntax = "SIZE/PERCENT[:...][,...]",
		.detail = "4k/60:64k/40. Sizes without a percentage share what is left of 100.\n"
			  "Takes precedence over bsrange and bs."),
	RARE(BOOL, "bs_is_seq_rand", access.bs_is_seq_rand, WORKLOAD, "0",
		"block sizes are a list for sequential,random I/O"),
	FLAG("bs_unaligned", bs_unaligned, WORKLOAD, NULL, "bsrange draws any number of bytes",
		.alias = "blocksize_unaligned"),
	CUSTOM("blockalign", blockalign, WORKLOAD, NULL, "unit of random offsets", .alias = "ba",
		VALUE(sizes), .syntax = "SIZE[,SIZE][,SIZE]",
		.detail = "Default: the smallest block size."),
	EXTENT("size", size, WORKLOAD, NULL, "region of each clone, and amount of I/O in it",
		.parse = job_amount_parse,
		.detail = "The size is split over the job's files. Default: all of an existing\n"
			  "file or device.\n"
			  "Only whole blocks within it are done: size=10k with bs=4k is two I/Os.\n"
			  "fio does a third when access is sequential and the file is larger."),
	EXTENT("io_size", io_size, WORKLOAD, NULL, "amount of I/O, if it differs from size",
		.alias = "io_limit"),
	EXTENT("offset", offset, WORKLOAD, "0", "where the region starts", .alias = "fileoffset",
		.detail = "A percentage is rounded up to offset_align, or to a block."),
	RARE(SIZE, "offset_align", access.offset_align, WORKLOAD, NULL,
		"unit that an offset in percent is rounded up to",
		.detail = "Default: the smallest block size."),
	EXTENT("offset_increment", offset_increment, WORKLOAD, "0",
		"added to offset, times the number of the clone",
		.detail = "Clones are counted over all ranks, but with split=none."),
	COUNT("number_ios", number_ios, WORKLOAD, "0", "the job ends after so many I/Os; 0: never",
		.detail = "With loops, after so many times loops; as in fio."),
	COUNT("loops", loops, WORKLOAD, "1", "how often the job is repeated", .min = 1),
	FLAG("norandommap", norandommap, WORKLOAD, NULL, "random offsets may repeat",
		.detail = "Without it a random job visits each block once in a pass. Blocks of\n"
			  "several sizes are cut to what is left where they begin, as in fio."),
	RARE(CHOICE, "rw_sequencer", access.rw_sequencer, WORKLOAD, "sequential",
		"where the I/Os between two draws of rw=randread:8 go", .choices = sequencers),
	RARE(BOOL, "serialize_overlap", access.serialize_overlap, WORKLOAD, "0",
		"an I/O waits for those in flight that touch its bytes"),
	RARE(BOOL, "allrandrepeat", access.allrandrepeat, WORKLOAD, "0", "the same as randrepeat",
		.detail = "randrepeat holds for all random numbers."),
	BOOL("randrepeat", randrepeat, WORKLOAD, "1", "the same random offsets in every run"),
	COUNT("randseed", given.randseed, WORKLOAD, "137", "seed of all random numbers",
		.detail = "If it is set, it applies with randrepeat=0 too."),
	CHOICE("random_generator", given.random_generator, WORKLOAD, "tausworthe",
		"accepted for compatibility; has no effect", .choices = generators,
		.detail = "ringside draws with xoshiro256** and visits each block once by a\n"
			  "permutation in constant memory, whatever is set here."),
	CUSTOM("percentage_random", percentage_random, WORKLOAD, "100",
		"share of random offsets in a random job, in percent",
		.parse = job_percentages_parse, .print = job_counts_print, .syntax = "N[,N][,N]"),
	RARE(CUSTOM, "random_distribution", random_distribution, WORKLOAD, "random",
		"distribution of random offsets", VALUE(distribution),
		.syntax = "random|zipf:THETA|pareto:POWER|normal:DEVIATION|zoned:...|zoned_abs:...|"
			  "sequence:N,...",
		.detail =
			"zipf, pareto and normal take the place of the hottest block as a\n"
			"second number, 0 to 1 of the region: zipf:1.2:0.25. zoned:60/10:40/90:\n"
			"60 % of the I/Os go to the first 10 % of the region, 40 % to the rest.\n"
			"zoned_abs has sizes instead of shares of the region. Zones may be a\n"
			"list for read,write,trim. sequence:2,0,1 goes to these blocks, over and\n"
			"over. All but random imply norandommap.\n"
			"normal:10 has a standard deviation of 10 % of the region around its\n"
			"middle. fio adds up twelve draws, which deviate by 9 % for 10 and 17 %\n"
			"for 50, and scatters them over the whole region by a hash unless the\n"
			"place is given."),

	/* Target */
	CUSTOM("filename", given.filename, TARGET, NULL, "files or devices, a colon between them",
		.parse = job_names_append, .print = job_names_print, .syntax = "NAME[:NAME...]",
		.appends = true,
		.detail =
			"\\: is a colon in a name. A second line adds to the first. All clones\n"
			"share the same files. $rank, $ranks and $hostname are replaced, so that\n"
			"each rank or host of ringside-mpi has files of its own: IOR's -F.\n"
			"Default: names made by filename_format, or the section's name if that\n"
			"is a device. Pipes are targets too, and so is an inherited socket, as "
			"/dev/fd/N."),
	CUSTOM("directory", directory, TARGET, NULL, "folders of the files", VALUE(names),
		.syntax = "NAME[:NAME...]",
		.detail = "Clones use several folders in turn where names are made up. Each rank\n"
			  "has a folder of its own with $rank in it, which must be there."),
	TEXT("filename_format", filename_format, TARGET, "$jobname.$jobnum.$filenum",
		"pattern of names of files that filename does not give",
		.syntax = "TEXT with $jobname, $jobnum, $filenum, $rank, $hostname",
		.detail =
			"Of several ranks each has its own files: $jobname.$rank.$jobnum.$filenum\n"
			"is the default then."),
	CHOICE("split", part.split, TARGET, "auto",
		"how ranks of ringside-mpi share a target: segmented, strided", .choices = splits,
		.detail = "What one process would use of a file or device (size, offset) is\n"
			  "dealt out to the ranks: each byte belongs to one of them, and io_size\n"
			  "is that of all together. IOR has a size for each rank instead:\n"
			  "size=$ranks*1073741824. auto makes segments where ranks share a\n"
			  "target: all ranks on a network or cluster file system, those of one\n"
			  "host on a local one or a device. With $rank in its name a target is\n"
			  "shared with nobody (IOR's -F, a file per process). offset_increment\n"
			  "counts the clones of all ranks, and nothing is dealt out then.\n"
			  "numjobs, iodepth, rate and number_ios are each rank's."),
	COUNT("reorder", part.reorder, TARGET, "0",
		"jobs that only read take another rank's part: IOR's -C", .max = UINT32_MAX,
		.detail = "reorder=1: what a rank of the next host wrote, so that no page cache\n"
			  "has it; on a single host, what the next rank wrote."),
	COUNT("nrfiles", nrfiles, TARGET, "1", "number of files of a clone", .alias = "nr_files",
		.min = 1, .max = FILE_LIMIT, .detail = "Not where filename names them."),
	CUSTOM("filesize", filesize, TARGET, NULL, "size of each file, or a range of sizes",
		VALUE(filesize), .syntax = "SIZE[-SIZE]",
		.detail = "The size counts from the first byte of the file: I/O begins at offset\n"
			  "and ends there. With a range, a file whose size is within it keeps its\n"
			  "size. Default: size divided by the number of files."),
	COUNT("openfiles", openfiles, TARGET, NULL, "number of files open at once; default: all"),
	CUSTOM("file_service_type", file_service_type, TARGET, "roundrobin",
		"order in which files are used", VALUE(file_service),
		.syntax = "roundrobin|random|sequential[:N]",
		.detail = "roundrobin:8 changes the file after 8 I/Os."),
	BOOL("direct", direct, TARGET, "0", "O_DIRECT: past the page cache"),
	CUSTOM("buffered", direct, TARGET, NULL, "the opposite of direct",
		.parse = job_buffered_parse, .syntax = "0|1"),
	BOOL("invalidate", invalidate, TARGET, "1", "drop the target's page cache before the run"),
	CHOICE("fallocate", fallocate, TARGET, "native", "how space for new files is allocated",
		.choices = fallocate_modes),
	BOOL("create_on_open", create_on_open, TARGET, "0",
		"files are created when a worker opens them"),
	BOOL("allow_file_create", allow_file_create, TARGET, "1",
		"files may be created or extended"),
	BOOL("unlink", unlink, TARGET, "0", "remove the files after the job"),
	RARE(BOOL, "unlink_each_loop", access.unlink_each_loop, TARGET, "0",
		"remove the files between two loops"),
	RARE(BOOL, "file_append", access.file_append, TARGET, "0",
		"I/O begins where the file ends"),
	RARE(BOOL, "fill_device", access.fill_device, TARGET, "0",
		"no space left ends the job, and is no error", .alias = "fill_fs",
		.detail = "Without size, files are written until there is none."),
	RARE(BOOL, "pre_read", access.pre_read, TARGET, "0",
		"read the files into the page cache before the run",
		.detail = "Implies invalidate=0."),
	RARE(CHOICE, "fadvise_hint", access.fadvise_hint, TARGET, "1",
		"what the kernel is told about the access, by posix_fadvise(2)", .choices = advices,
		.detail = "Files and block devices. ioengine=mmap has madvise for its mappings."),
	RARE(TEXT, "opendir", access.opendir, TARGET, NULL, "a folder whose files are the job's",
		.syntax = "NAME",
		.detail = "Its files and block devices, and those of the folders in it, are\n"
			  "added to filename in the order of their names. Links are not\n"
			  "followed."),
	BOOL("overwrite", overwrite, TARGET, "0", "lay files out before they are written",
		.detail = "Jobs that read and write always do, and so do jobs that read a file\n"
			  "that does not exist. An existing file that is only read stays as it\n"
			  "is, with its holes, unless this is set."),

	/* Buffer */
	FLAG("refill_buffers", refill_buffers, BUFFER, NULL, "new random data for every write"),
	FLAG("zero_buffers", zero_buffers, BUFFER, NULL, "zeros are written"),
	BOOL("scramble_buffers", scramble_buffers, BUFFER, "1",
		"slightly other data for every write"),
	CUSTOM("buffer_pattern", buffer_pattern, BUFFER, NULL, "a pattern is written",
		VALUE(pattern), .syntax = "0xHEX|\"TEXT\"|N|'FILE'|%o...",
		.detail = "%o stands for the I/O's offset, 'FILE' for its first bytes, up to 512."),
	COUNT("buffer_compress_percentage", buffer_compress_percentage, BUFFER, NULL,
		"share of each write that can be compressed away", .max = 100),
	SIZE("buffer_compress_chunk", content.compress_chunk, BUFFER, "512",
		"piece of a write of which that share can be compressed away", .max = UINT32_MAX,
		.detail = "0: the smallest write."),
	COUNT("dedupe_percentage", dedupe_percentage, BUFFER, NULL,
		"share of writes that repeat earlier data", .max = 100,
		.detail = "A write of several of the smallest blocks is one content, as in fio."),
	CHOICE("dedupe_mode", content.dedupe_mode, BUFFER, "repeat",
		"which earlier data is repeated", .choices = dedupe_modes),
	COUNT("dedupe_working_set_percentage", content.dedupe_working_set_percentage, BUFFER, "5",
		"size of that set, in percent of size", .max = 100),
	BOOL("dedupe_global", content.dedupe_global, BUFFER, "0",
		"the jobs that have this share one working set"),
	{.name = NULL},
};
