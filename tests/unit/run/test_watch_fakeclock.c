/* SPDX-License-Identifier: MIT */
/* What devices report around a run and during a wave, on a machine made up for it. */
#include <sys/sysmacros.h>

#include "fake_clock.h"
#include "host/kernel_counter.h"
#include "near.h"
#include "run/watch.h"
#include "test.h"
#include "unit/host/fake_sys.h"

#define DISK "devices/pci/nvme/nvme0/nvme0n1/"

static struct result result;
static struct plan plan;
static struct job job;
static const struct job_rare rare;
static struct target targets[3];
static struct planned_job planned;

/* Two drives with an interrupt of their own, one of them with a partition. */
static void make_drives(void **state)
{
	fake_device("devices/pci/nvme/nvme0/nvme0n1", 259, 0);
	fake_link(&sys, DISK "device", "../../nvme0");
	fake_device(DISK "nvme0n1p1", 259, 1);
	fake_file(&sys, DISK "nvme0n1p1/partition", "1\n");
	fake_file(&sys, "devices/pci/msi_irqs/24", "msix\n");
	fake_device("devices/pci2/nvme/nvme1/nvme1n1", 259, 2);
	fake_link(&sys, "devices/pci2/nvme/nvme1/nvme1n1/device", "../../nvme1");
	fake_file(&sys, "devices/pci2/msi_irqs/25", "msix\n");
	fake_link(&sys, "class/block/nvme0n1", "../../" DISK);
	fake_link(&sys, "block/nvme0n1", "../" DISK);
	fake_link(&sys, "class/block/nvme1n1", "../../devices/pci2/nvme/nvme1/nvme1n1");
	fake_file(&sys, "interrupts", "");
	mount_sys(state);
}

static void set_counters(const char *first, const char *second)
{
	fake_file(&sys, DISK "stat", first);
	fake_file(&sys, "devices/pci2/nvme/nvme1/nvme1n1/stat", second);
}

static int start(void **state)
{
	result_init(&result);
	plan = (struct plan){.count = 1, .jobs = &planned};
	job = (struct job){.name = "j", .rare = &rare, .shown.disk_util = true};
	planned = (struct planned_job){.job = &job, .target_count = 3, .targets = targets};
	/* A partition, its disk by way of a file, and another disk. */
	targets[0] = (struct target){.kind = TARGET_BLOCK, .device = makedev(259, 1)};
	targets[1] = (struct target){.kind = TARGET_FILE, .device = makedev(259, 0)};
	targets[2] = (struct target){.kind = TARGET_BLOCK, .device = makedev(259, 2)};
	return open_sys(state);
}

static int end(void **state)
{
	arena_free(&plan.arena);
	result_free(&result);
	return close_sys(state);
}

TEST_FIXTURE(start, end);

TEST(disks_are_told_what_they_did_meanwhile)
{
	struct watch watch;
	const struct result_disk *disk;

	make_drives(state);
	set_counters("100 200 300 400 500 600 700 800 3 900 1000 0\n", "1 1 1 1 1 1 1 1 0 1 1\n");
	watch_start(&watch, &plan);
	assert_int_equal(watch.disk_count, 2);
	clock_fake_ns += 4 * NS_PER_S;
	set_counters("101 203 305 407 511 613 717 819 5 2900 1023 0\n", "1 1 1 1 1 1 1 1 0 1 1\n");
	watch_stop(&watch, &result);
	assert_int_equal(result.disk_count, 2);
	disk = &result.disks[0];
	assert_string_equal(disk->name, "nvme0n1");
	assert_int_equal(disk->read_ios, 1);
	assert_int_equal(disk->read_merges, 3);
	assert_int_equal(disk->read_sectors, 5);
	assert_int_equal(disk->read_ticks_ms, 7);
	assert_int_equal(disk->write_ios, 11);
	assert_int_equal(disk->write_merges, 13);
	assert_int_equal(disk->write_sectors, 17);
	assert_int_equal(disk->write_ticks_ms, 19);
	assert_int_equal(disk->in_queue_ms, 23);
	assert_near(disk->utilisation_percent, 50, 1e-9); /* 2 of 4 s */
	assert_string_equal(result.disks[1].name, "nvme1n1");
	assert_near(result.disks[1].utilisation_percent, 0, 0);
}

TEST(a_disk_is_never_busier_than_all_the_time)
{
	struct watch watch;

	make_drives(state);
	set_counters("0 0 0 0 0 0 0 0 0 0 0\n", "0 0 0 0 0 0 0 0 0 0 0\n");
	watch_start(&watch, &plan);
	clock_fake_ns += NS_PER_S;
	set_counters("0 0 0 0 0 0 0 0 0 1004 0\n", "0 0 0 0 0 0 0 0 0 999 0\n");
	watch_stop(&watch, &result);
	assert_near(result.disks[0].utilisation_percent, 100, 0);
	assert_near(result.disks[1].utilisation_percent, 99.9, 1e-9);
}

TEST(disks_that_nobody_asked_for_are_not_watched)
{
	struct watch watch;

	make_drives(state);
	set_counters("0 0 0 0 0 0 0 0 0 0 0\n", "0 0 0 0 0 0 0 0 0 0 0\n");
	job.shown.disk_util = false;
	watch_start(&watch, &plan);
	assert_int_equal(watch.disk_count, 0);
	/* Nor those that count nothing, nor what is no disk. */
	job.shown.disk_util = true;
	fake_file(&sys, DISK "queue/iostats", "0\n");
	targets[2].kind = TARGET_CHARACTER;
	watch_start(&watch, &plan);
	assert_int_equal(watch.disk_count, 0);
	fake_file(&sys, DISK "queue/iostats", "1\n");
	watch_start(&watch, &plan);
	assert_int_equal(watch.disk_count, 1);
}

TEST(a_disk_that_is_gone_is_left_out)
{
	struct watch watch;

	make_drives(state);
	set_counters("0 0 0 0 0 0 0 0 0 0 0\n", "0 0 0 0 0 0 0 0 0 0 0\n");
	watch_start(&watch, &plan);
	assert_int_equal(unlink("/sys/" DISK "stat"), 0);
	watch_stop(&watch, &result);
	assert_int_equal(result.disk_count, 1);
	assert_string_equal(result.disks[0].name, "nvme1n1");
}

/* Puts a table of interrupts over this machine's. */
static void set_interrupts(unsigned first, unsigned second)
{
	char text[256];

	snprintf(text, sizeof(text),
		" 24: %u  PCI-MSIX-0000:00:04.0 1-edge nvme0q1\n"
		" 25: %u  PCI-MSIX-0000:00:05.0 1-edge nvme1q1\n",
		first, second);
	fake_file(&sys, "interrupts", text);
}

/* Jobs of a partition, of another disk, of its own, of both, and of none. */
static void watch_five_jobs(struct watch_interrupts *watch, unsigned first, unsigned second)
{
	static struct target none = {.kind = TARGET_CHARACTER, .device = 0};
	static struct planned_job of[5];
	struct planned_job *jobs[5];

	for (unsigned i = 0; i < 5; i++) {
		of[i] = (struct planned_job){.job = &job, .target_count = 1};
		jobs[i] = &of[i];
	}
	targets[1].kind = TARGET_BLOCK;
	of[0].targets = &targets[0];
	of[1].targets = &targets[2];
	of[2].targets = &targets[1];
	of[3].targets = &targets[1];
	of[3].target_count = 2;
	of[4].targets = &none;
	watch_interrupts_start(watch, jobs, 5, &plan.arena);
	set_interrupts(first, second);
	watch_interrupts_stop(watch, &plan.arena);
}

TEST(interrupts_are_counted_by_disk)
{
	struct watch_interrupts watch;

	make_drives(state);
	need_mount(mount("/sys/interrupts", "/proc/interrupts", NULL, MS_BIND, NULL) == 0);
	set_interrupts(1000, 5);
	watch_five_jobs(&watch, 1050, 12);
	assert_int_equal(watch.count, 3);
	assert_int_equal(watch.of_job[0], watch.of_job[2]);
	assert_int_equal(watch.counts[watch.of_job[0]].interrupts, 50);
	assert_int_equal(watch.counts[watch.of_job[1]].interrupts, 7);
	assert_int_equal(watch.counts[watch.of_job[3]].interrupts, 57);
	assert_int_equal(watch.of_job[4], WATCH_LIMIT);
	/* One was reset meanwhile: of it, and of both together, nothing is known. */
	watch_five_jobs(&watch, 1060, 0);
	assert_int_equal(watch.counts[watch.of_job[0]].interrupts, 10);
	assert_int_equal(watch.counts[watch.of_job[1]].interrupts, INTERRUPTS_UNKNOWN);
	assert_int_equal(watch.counts[watch.of_job[3]].interrupts, INTERRUPTS_UNKNOWN);
	assert_int_equal(umount("/proc/interrupts"), 0);
}

/* The interrupts of two jobs of 1000 I/Os each, the second one with its own disk. */
static void report(const char *flags, const char *other_flags, int64_t interrupts)
{
	static struct setting settings[2] = {{.key = "setup_flags"}, {.key = "setup_flags"}};
	static struct setting proof = {.key = "batches", .value = "8"};
	static struct result_job jobs[2];
	unsigned of_job[] = {0, WATCH_LIMIT};
	struct watch_interrupts watch = {
		.count = 1, .counts[0].interrupts = interrupts, .of_job = of_job};

	result_free(&result);
	settings[0].value = flags;
	settings[1].value = other_flags;
	for (unsigned i = 0; i < 2; i++)
		jobs[i] = (struct result_job){.name = i ? "b" : "a",
			.elapsed_ns = NS_PER_S,
			.directions[DIRECTION_READ].ios = 1000,
			.engine_effective = {1, &settings[i]},
			.engine_proof = {1, &proof}};
	watch_interrupts_report(&watch, jobs, 2, &result);
	result.jobs = jobs;
}

TEST_FIXTURE(NULL, NULL);

TEST(polled_io_that_interrupts_is_warned_of)
{
	report("IOPOLL", "DEFER_TASKRUN|IOPOLL", 10);
	assert_int_equal(result.warning_count, 0);
	assert_int_equal(result.jobs[0].engine_proof.count, 2);
	assert_string_equal(result.jobs[0].engine_proof.items[0].key, "batches");
	assert_string_equal(result.jobs[0].engine_proof.items[1].key, "device_interrupts");
	assert_string_equal(result.jobs[0].engine_proof.items[1].value, "10");
	/* It is not known of the other one. */
	assert_int_equal(result.jobs[1].engine_proof.count, 1);
	report("IOPOLL", "DEFER_TASKRUN|IOPOLL", 11);
	assert_int_equal(result.warning_count, 1);
	assert_string_equal(result.warnings[0].code, "iopoll-interrupts");
	assert_string_equal(result.warnings[0].job, "a");
	assert_non_null(strstr(result.warnings[0].message, "the device raised 11 interrupts"));
	/* They may be the other one's, which does not poll. */
	report("IOPOLL", "DEFER_TASKRUN", 1000);
	assert_int_equal(result.warning_count, 0);
	assert_string_equal(result.jobs[0].engine_proof.items[1].value, "1000");
	report("IOPOLL", "IOPOLL", INTERRUPTS_UNKNOWN);
	assert_int_equal(result.warning_count, 0);
	assert_int_equal(result.jobs[0].engine_proof.count, 1);
	result_free(&result);
}

TEST(a_new_warning_and_more_errors_are_changes)
{
	struct arena texts = {0};
	const struct nvme_health before = {
		.critical_warnings = 0x1, .media_errors = 3, .throttle_count = 7};
	struct nvme_health after = before;

	after.critical_warnings = 0x3;
	after.media_errors = 5;
	assert_string_equal(watch_health_change(&before, &after, &texts),
		"the temperature is beyond a threshold; 2 media errors");
	arena_free(&texts);
}

TEST(warmer_alone_is_none)
{
	struct arena texts = {0};
	const struct nvme_health before = {.critical_warnings = 0x2, .temperature_celsius = 30};
	const struct nvme_health after = {.temperature_celsius = 55, .percentage_used = 1};

	assert_null(watch_health_change(&before, &after, &texts));
	arena_free(&texts);
}

TEST_MAIN(NULL, NULL);
