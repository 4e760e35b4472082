/* SPDX-License-Identifier: MIT */
/* The per-I/O flags of preadv2(2): what they are called, and whether a target takes them. */
#include "engine/rwf.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/blocking.h"

enum { TRIAL_BYTES = 4096 };

struct rwf_description {
	enum rwf_flag flag;
	const char *option;
	bool is_for_reads;
	const char *needs;
};

static const struct rwf_description descriptions[] = {
	{RWF_FLAG_NOWAIT, "nowait", true,
		"Linux 4.14 and a file system that can tell beforehand; buffered writes seldom "
		"can"},
	{RWF_FLAG_DSYNC, "dsync", false, "Linux 4.7"},
	{RWF_FLAG_ATOMIC, "atomic", false,
		"Linux 6.11, direct=1, and a device and file system with atomic writes of this "
		"size"},
	{RWF_FLAG_UNCACHED, "uncached", true,
		"Linux 6.14 and a file system that has it (ext4, XFS, btrfs)"},
	{0, NULL, false, NULL},
};

static unsigned asked_flags(const struct rwf_options *options)
{
	return (options->nowait ? RWF_FLAG_NOWAIT : 0u) | (options->dsync ? RWF_FLAG_DSYNC : 0u) |
	       (options->atomic ? RWF_FLAG_ATOMIC : 0u) |
	       (options->uncached ? RWF_FLAG_UNCACHED : 0u);
}

unsigned rwf_flags(const struct rwf_options *options, enum io_op op)
{
	unsigned flags = asked_flags(options);

	if (op == IO_READ)
		return flags & (RWF_FLAG_NOWAIT | RWF_FLAG_UNCACHED);
	return op == IO_WRITE ? flags : 0;
}

void rwf_fill(const struct rwf_options *options, unsigned flags[IO_OP_COUNT])
{
	for (enum io_op op = 0; op < IO_OP_COUNT; op++)
		flags[op] = rwf_flags(options, op);
}

/*
 * -EOPNOTSUPP or -EINVAL where the kernel does not take the flag. It looks at flags before it looks
 * at memory: EFAULT means that it took them, and so does whatever else may be wrong.
 */
static int try_flag(int descriptor, unsigned flag, bool is_read, void *memory)
{
	struct iovec vector = {.iov_base = memory, .iov_len = TRIAL_BYTES};
	long number = is_read ? SYS_preadv2 : SYS_pwritev2;

	if (syscall(number, descriptor, &vector, 1L, 0L, 0L, (long)flag) >= 0)
		return 0;
	return errno == EOPNOTSUPP || errno == EINVAL ? -errno : 0;
}

/* `memory`: two pages, the second of which cannot be read. */
static int try_on_target(const struct rwf_description *flag, const struct target *target,
	unsigned op_mask, char *memory)
{
	int result = 0;

	if (target->kind == TARGET_PIPE || target->descriptor < 0)
		return 0;
	if ((op_mask & IO_BIT(IO_READ)) && flag->is_for_reads)
		result = try_flag(target->descriptor, flag->flag, true, memory);
	if (result == 0 && (op_mask & IO_BIT(IO_WRITE)))
		result = try_flag(target->descriptor, flag->flag, false, memory + TRIAL_BYTES);
	return result;
}

static int check_flag(const struct rwf_description *flag, const struct engine_setup *setup,
	char *memory, struct engine_report *report)
{
	unsigned ops = setup->op_mask | blocking_transfers(setup->op_mask);

	if (!(ops & IO_BIT(IO_WRITE)) && !(flag->is_for_reads && ops & IO_BIT(IO_READ))) {
		engine_report_refused(report, flag->option, "1",
			"it is for %swrites, of which this job has none",
			flag->is_for_reads ? "reads and " : "");
		return 0;
	}
	for (unsigned i = 0; i < setup->target_count; i++) {
		const struct target *target = &setup->targets[i];
		int result = try_on_target(flag, target, ops, memory);

		if (result == 0)
			continue;
		return engine_refuse(report, result,
			arena_printf(setup->arena, "it needs %s", flag->needs),
			"%s=1: %s answers %s", flag->option, target_label(target),
			text_errno_name(result));
	}
	if (flag->flag == RWF_FLAG_UNCACHED && setup->is_direct)
		engine_report_refused(
			report, flag->option, "1", "direct I/O does not go through the page cache");
	else
		engine_report_effective(report, flag->option, "1");
	return 0;
}

int rwf_check(const struct rwf_options *options, const struct engine_setup *setup,
	struct engine_report *report)
{
	unsigned asked = asked_flags(options);
	int result = 0;
	char *memory;

	if (asked == 0)
		return 0;
	memory = mmap(
		NULL, 2 * TRIAL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	if (mprotect(memory + TRIAL_BYTES, TRIAL_BYTES, PROT_NONE) < 0)
		result = -errno;
	for (const struct rwf_description *flag = descriptions; result == 0 && flag->flag; flag++) {
		if (asked & flag->flag)
			result = check_flag(flag, setup, memory, report);
	}
	munmap(memory, 2 * TRIAL_BYTES); /* Ours and whole: it cannot fail. */
	return result;
}
