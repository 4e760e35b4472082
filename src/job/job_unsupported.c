/* SPDX-License-Identifier: MIT */
/* fio's other options, by what they are about. */
#include "job/job_unsupported.h"

#include <stddef.h>
#include <string.h>

/* Why, and what to do instead, is the same for all the names. */
#define REFUSED(values, reason, cure, list)                                                        \
	{                                                                                          \
		.names = list, .neutral = values, .why = reason, .instead = cure                   \
	}
#define HARMLESS(reason, list)                                                                     \
	{                                                                                          \
		.names = list, .why = reason, .is_harmless = true                                  \
	}

static const char no_placement[] = "data placement directives are not sent";
static const char no_hint[] = "priority hints are not sent";
static const char no_cgroup[] = "cgroups and users are the caller's to set";
static const char no_protection[] = "protection information is not sent";
static const char own_layout[] = "files are laid out one after the other and synced, always";
static const char use_wrapper[] =
	"start ringside through taskset, nice, ionice, systemd-run or sudo";

static const struct job_foreign_option foreign_options[] = {
	/* Stands in fio's own examples. */
	{.names = "threads",
		.why = "fio accepts this word and does nothing",
		.instead = "numjobs=N makes N workers, which are threads",
		.is_harmless = true},
	/* Pace. */
	HARMLESS("fio itself passes it over", "flow_watermark"),

	/* Verification. */
	HARMLESS("blocks are verified in the order of their offsets", "verifysort verifysort_nr"),
	HARMLESS(
		"4 bytes a block say what was written: nothing is replayed", "experimental_verify"),
	REFUSED("completed", "every acknowledged write is verified", NULL, "verify_policy"),

	/* Logs and reports. */
	HARMLESS("logs have averages of log_avg_msec", "bwavgtime iopsavgtime"),
	HARMLESS("logs have the memory that they need", "log_entries"),
	HARMLESS("logs are written once the run is over", "log_compression log_compression_cpus"),
	REFUSED("0", "logs are text", NULL, "log_store_compressed"),
	REFUSED("0 avg", "log_max_value=1 takes the greatest", NULL, "log_window_value"),
	REFUSED("0", "lines have the time of completion only", NULL, "log_issue_time"),
	REFUSED("0", "log_unix_epoch=1 has times since 1970", NULL,
		"log_alternate_epoch log_alternate_epoch_clock_id"),
	HARMLESS("the text output has its own", "significant_figures"),
	HARMLESS("results carry the time of day", "job_start_clock_id"),
	HARMLESS("results are in bytes", "unit_base"),
	REFUSED("0", "errors of trims are counted only", NULL, "block_error_percentiles"),
	HARMLESS("lat is always measured", "disable_lat"),
	HARMLESS("clat costs no clock read of its own", "disable_clat"),
	HARMLESS("slat costs at most a clock read a batch", "disable_slat"),
	HARMLESS("no bandwidth is sampled", "disable_bw_measurement disable_bw"),
	HARMLESS("errors are counted by their names", "error_dump"),
	REFUSED(NULL, "there are no built-in profiles", "write a job file", "profile"),

	/* Zones and placement. */
	REFUSED("0", no_placement, NULL, "fdp"),
	REFUSED("none", no_placement, NULL, "dataplacement data_placement"),
	REFUSED(NULL, no_placement, NULL, "plid_select fdp_pli_select plids fdp_pli dp_scheme"),
	REFUSED("0", "preconditioning in one pass is not supported",
		"precondition with a sequential, then a random write job", "sprandom"),
	REFUSED(NULL, "preconditioning in one pass is not supported", NULL,
		"spr_num_regions spr_op spr_cs"),

	/* Offsets and amounts. */
	REFUSED(NULL, "fio has dropped it", "use percentage_random", "percentage_sequential"),
	REFUSED(NULL, "fio has dropped it", NULL, "rwmixcycle"),
	HARMLESS("maps are small, and have their memory before the run", "softrandommap"),
	REFUSED("1", "a trim has one range, as in fio 3.33", "a larger bs trims more at once",
		"num_range"),
	REFUSED("0", "a ramp has a time", "use ramp_time", "ramp_size"),
	REFUSED("0", "the kernel has no barrier writes", "use fsync or fdatasync", "write_barrier"),
	REFUSED(NULL, "sync_file_range(2) is not called", "use fsync or fdatasync",
		"sync_file_range"),
	REFUSED("0", "RWF_ATOMIC is not set", NULL, "atomic"),

	/* Files. */
	HARMLESS(own_layout, "create_serialize create_fsync"),
	HARMLESS("a mounted device is never written to", "allow_mounted_write"),
	REFUSED("none", "I/Os of jobs that share a file are not kept apart",
		"give each a part of it: offset_increment", "lockfile"),
	HARMLESS("it is for fio's network mode", "unique_filename"),

	/* Buffers. */

	/* Processes and machines. */
	REFUSED(NULL, "there is no GPU engine", NULL, "gpu_dev_id"),
	REFUSED("0", no_cgroup, use_wrapper, "cgroup_nodelete"),
	REFUSED("0", no_hint, NULL, "priohint"),
	REFUSED(NULL, no_cgroup, use_wrapper, "uid gid cgroup cgroup_weight"),
	REFUSED(NULL, "workers have their own names", NULL, "comm"),
	HARMLESS("ringside picks its clock and says which", "clocksource gtod_cpu"),

	/* Options of fio's engines that ringside's engines of the same name do not have. */
	REFUSED("0", "this engine does not poll", "poll with io_uring", "hipri"),
	REFUSED("0", "these flags of preadv2 are not set", NULL, "uncached nowait"),
	REFUSED("0", "IOSQE_ASYNC is not set", NULL, "force_async"),
	HARMLESS("completions are taken from the ring where that is possible", "userspace_reap"),
	REFUSED("nvme", "only NVMe has passthrough commands", NULL, "cmd_type"),
	REFUSED("0", no_protection, NULL, "md_per_io_size"),
	HARMLESS(no_protection, "pi_act"),
	REFUSED(NULL, no_protection, NULL, "pi_chk apptag apptag_mask"),
	REFUSED("0", "commands carry no FUA bit", NULL, "readfua"),
	REFUSED("0", "commands carry no FUA bit", "use sync=dsync", "writefua"),
	REFUSED("write", "writes are writes", NULL, "write_mode"),
	REFUSED("read", "data is read back to verify it", NULL, "verify_mode"),
	REFUSED("0", "Write Zeroes is not sent", NULL, "deac"),
	REFUSED("0", "huge pages are not asked for", NULL, "thp"),
	REFUSED(NULL, "there is no SCSI generic engine", NULL, "sg_write_mode stream_id"),
	REFUSED(NULL, "there is no CPU engine", NULL, "cpuload cpuchunks cpumode exit_on_io_done"),
	REFUSED(NULL, "there is no network engine", NULL,
		"hostname port protocol nodelay listen pingpong interface ttl window_size mss "
		"bindname verb uri"),
	REFUSED(NULL, "there is no engine for metadata", NULL, "stat_type"),
	REFUSED(NULL, "no commands are run", NULL, "program arguments grace_time std_redirect"),
	REFUSED(NULL, "there is no defragmentation engine", NULL, "donorname inplace"),
	REFUSED(NULL, "there is no MTD engine", NULL, "skip_bad"),
	REFUSED(NULL, "there is no engine of this storage system", NULL,
		"volume brick single-instance clustername pool clientname conf busy_poll "
		"touch_objects rbdname namenode hdfsdirectory nfs_url cont chunk_size object_class "
		"svcl https http_host http_user http_pass http_mode http_verbose http_s3_key "
		"http_s3_keyid http_s3_region http_s3_security_token http_s3_sse_customer_key "
		"http_s3_sse_customer_algorithm http_s3_storage_class http_swift_auth_token "
		"hdfs_use_direct"),
	REFUSED(NULL, "there is no xNVMe engine", NULL,
		"xnvme_async xnvme_sync xnvme_be xnvme_admin xnvme_mem xnvme_dev_nsid "
		"xnvme_dev_subnqn xnvme_iovec"),
	REFUSED(NULL, "there is no libblkio engine", NULL,
		"libblkio_driver libblkio_path libblkio_pre_connect_props libblkio_pre_start_props "
		"libblkio_num_entries libblkio_queue_size libblkio_vectored "
		"libblkio_write_zeroes_on_trim libblkio_wait_mode "
		"libblkio_force_enable_completion_eventfd"),
	REFUSED(NULL, "there is no RDMA engine", NULL,
		"serverip direct_write_to_pmem busy_wait_polling"),
	REFUSED(NULL, "there is no GPU engine", NULL, "gpu_dev_ids cuda_io"),
	{.names = NULL},
};

/* Engines of fio that ringside does not have. */
static const struct foreign_engine {
	const char *names;
	const char *instead;
} foreign_engines[] = {
	{"splice xnvme libblkio", "take io_uring"},
	{"sg", "take io_uring on the block device"},
	{"cpuio net netsplice ftruncate fileoperation dircreate "
	 "dirstat dirdelete exec falloc e4defrag gfapi gfapi_async mtd rdma rados pmemblk dev-dax "
	 "libpmem libhdfs ime_psync ime_psyncv ime_aio libcufile libzbc http dfs "
	 "librpma_apm_client librpma_apm_server librpma_gpspm_client librpma_gpspm_server",
		"see `ringside help engines`"},
	{"windowsaio solarisaio", "take io_uring or libaio"},
	{"page_fault", "mmap reads and writes by page faults"},
	{"libiscsi", "log in with iscsiadm, and name the block device"},
	{"libhipfile", "there is no GPU engine: take io_uring"},
	{"nbd", "connect it with nbd-client, and name /dev/nbd0"},
	{"rbd", "map it with rbd map, and name /dev/rbd0"},
	{"nfs", "mount it, and name its files"},
	{"guasi", "take io_uring or libaio"},
};

/* Engines that fio loads from elsewhere. */
static const struct foreign_engine external_engines[] = {
	{"spdk spdk_bdev",
		"give the drives back to the kernel (SPDK's scripts/setup.sh reset), and "
		"take io_uring_cmd or io_uring"},
	{"fusion-aw-sync", "take sync or psync"},
	{"cpp_null", "take null"},
	{"external skeleton_external", "see `ringside help engines`"},
};

/* Whether `word` is one of `words`, between which stand blanks. */
static bool is_listed(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (words && length > 0) {
		if (strncmp(words, word, length) == 0 &&
			(words[length] == ' ' || words[length] == '\0'))
			return true;
		words = strchr(words, ' ');
		words = words ? words + 1 : NULL;
	}
	return false;
}

const struct job_foreign_option *job_foreign_find(const char *name)
{
	const struct job_foreign_option *option = foreign_options;

	while (option->names && !is_listed(option->names, name))
		option++;
	return option->names ? option : NULL;
}

const char *job_foreign_name(size_t index, struct arena *arena)
{
	for (const struct job_foreign_option *option = foreign_options; option->names; option++) {
		for (const char *name = option->names; *name;) {
			size_t length = strcspn(name, " ");

			if (index-- == 0)
				return arena_strndup(arena, name, length);
			name += length + (name[length] == ' ');
		}
	}
	return NULL;
}

bool job_foreign_is_neutral(const struct job_foreign_option *option, const char *value)
{
	return is_listed(option->neutral, value);
}

static const char *find_engine(const struct foreign_engine *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (is_listed(list[i].names, name))
			return list[i].instead;
	}
	return NULL;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *job_foreign_engine(const char *name)
{
	return find_engine(foreign_engines, COUNT_OF(foreign_engines), name);
}

const char *job_external_engine(const char *name)
{
	if (strchr(name, '/') || strncmp(name, "external:", strlen("external:")) == 0)
		return "see `ringside help engines`";
	return find_engine(external_engines, COUNT_OF(external_engines), name);
}
