/* SPDX-License-Identifier: MIT */
/* fio's other options, by what they are about. */
#include "job/job_unsupported.h"

#include <stddef.h>
#include <string.h>

#define REFUSED(option, reason, cure)                                                              \
	{                                                                                          \
		.name = option, .why = reason, .instead = cure                                     \
	}
#define REFUSED_BUT(option, values, reason, cure)                                                  \
	{                                                                                          \
		.name = option, .neutral = values, .why = reason, .instead = cure                  \
	}
#define HARMLESS(option, reason)                                                                   \
	{                                                                                          \
		.name = option, .is_harmless = true, .why = reason                                 \
	}

static const char no_rate_floor[] = "no job ends because it is slow";
static const char no_think[] = "pauses are slept through, and counted by I/Os";
static const char no_latency_goal[] = "the depth is fixed";
static const char no_verify[] = "data that was written is not verified";
static const char no_log[] = "no time series are logged";
static const char no_log_made[] = "it shapes logs, and none is written";
static const char no_replay[] = "I/O is neither recorded nor replayed";
static const char no_zones[] = "zoned block devices are not supported";
static const char no_placement[] = "data placement directives are not sent";
static const char no_steady[] = "there is no test for a steady state";
static const char no_priority[] = "I/O priorities are not set";
static const char no_cgroup[] = "cgroups and users are the caller's to set";
static const char no_flow[] = "jobs do not wait for each other's I/O";
static const char no_protection[] = "protection information is not sent";
static const char no_numa[] = "threads are bound to CPUs, and memory follows by first touch";
static const char no_network[] = "there is no network engine";
static const char no_cluster[] = "there is no engine of this storage system";
static const char no_uncached[] = "these flags of preadv2 are not set";
static const char own_clock[] = "ringside picks its clock and says which";
static const char own_buffers[] = "buffers are mapped, aligned to pages";
static const char own_layout[] = "files are laid out one after the other and synced, always";
static const char load_less[] = "remove it; rate_iops, or a lower iodepth or numjobs, loads the "
				"target less: ringside compare --vary iodepth=1,8,32";
static const char use_assert[] = "remove it: assert=read.iops>=N, and ringside check";
static const char write_only[] = "remove it and what belongs to it: what is written stays the same";
static const char use_histograms[] =
	"remove it: the result of --json holds totals and whole histograms";
static const char use_compare[] =
	"remove it and set runtime: ringside compare repeats runs until they are precise";
static const char use_cpus[] = "use cpus_allowed";
static const char use_wrapper[] =
	"start ringside through taskset, nice, ionice, systemd-run or sudo";

const struct job_foreign_option job_foreign_options[] = {
	/* Silent in fio, and nothing anybody can want. */
	REFUSED("threads", "fio accepts this word and does nothing",
		"numjobs=N makes N workers; thread=1 makes them threads"),

	/* Pace. */
	{"rate_min", "ratemin", false, "0", no_rate_floor, use_assert},
	REFUSED_BUT("rate_iops_min", "0", no_rate_floor, use_assert),
	{"rate_cycle", "ratecycle", true, NULL, "it is for rate_min", NULL},
	HARMLESS("rate_ignore_thinktime", no_think),
	REFUSED_BUT("thinktime_spin", "0", no_think, load_less),
	REFUSED_BUT("thinktime_iotime", "0", no_think, load_less),
	REFUSED_BUT("thinkcycles", "0", no_think, NULL),
	REFUSED_BUT("max_latency", "0", "no latency ends a job",
		"look at the percentiles of the result"),
	REFUSED_BUT("latency_target", "0", no_latency_goal, load_less),
	REFUSED_BUT("latency_window", "0", no_latency_goal, NULL),
	REFUSED_BUT("latency_percentile", "100", no_latency_goal, NULL),
	REFUSED_BUT("latency_run", "0", no_latency_goal, NULL),
	REFUSED_BUT("io_submit_mode", "inline", "the worker submits by itself", NULL),
	REFUSED_BUT("serialize_overlap", "0", "overlapping I/Os are not held back", NULL),
	REFUSED_BUT("flow", "0", no_flow, NULL),
	REFUSED_BUT("flow_id", "0", no_flow, NULL),
	REFUSED_BUT("flow_sleep", "0", no_flow, NULL),
	HARMLESS("flow_watermark", "fio itself passes it over"),

	/* Verification. */
	REFUSED_BUT("verify", "0", no_verify, write_only),
	REFUSED_BUT("verify_only", "0", no_verify, NULL),
	HARMLESS("do_verify", no_verify),
	HARMLESS("verifysort", no_verify),
	HARMLESS("verifysort_nr", no_verify),
	REFUSED("verify_interval", no_verify, NULL),
	REFUSED("verify_offset", no_verify, NULL),
	REFUSED("verify_pattern", no_verify, "buffer_pattern writes a pattern"),
	REFUSED_BUT("verify_pattern_interval", "0", no_verify, NULL),
	HARMLESS("verify_fatal", no_verify),
	HARMLESS("verify_dump", no_verify),
	REFUSED_BUT("verify_async", "0", no_verify, NULL),
	REFUSED("verify_async_cpus", no_verify, NULL),
	REFUSED("verify_backlog", no_verify, NULL),
	REFUSED("verify_backlog_batch", no_verify, NULL),
	REFUSED_BUT("experimental_verify", "0", no_verify, NULL),
	REFUSED_BUT("verify_state_load", "0", no_verify, NULL),
	HARMLESS("verify_state_save", no_verify),
	HARMLESS("verify_write_sequence", no_verify),
	HARMLESS("verify_header_seed", no_verify),
	REFUSED_BUT("trim_percentage", "0", no_verify, "rw=trimwrite trims"),
	HARMLESS("trim_verify_zero", no_verify),
	REFUSED_BUT("trim_backlog", "0", no_verify, NULL),
	REFUSED_BUT("trim_backlog_batch", "0", no_verify, NULL),

	/* Logs and reports. */
	REFUSED("write_bw_log", no_log, use_histograms),
	REFUSED("write_lat_log", no_log, use_histograms),
	REFUSED("write_iops_log", no_log, use_histograms),
	REFUSED("write_hist_log", no_log, "the JSON result holds the whole histogram"),
	HARMLESS("bwavgtime", no_log_made),
	HARMLESS("iopsavgtime", no_log_made),
	HARMLESS("log_avg_msec", no_log_made),
	HARMLESS("log_hist_msec", no_log_made),
	HARMLESS("log_hist_coarseness", no_log_made),
	HARMLESS("log_entries", no_log_made),
	{"log_window_value", "log_max_value", true, NULL, no_log_made, NULL},
	HARMLESS("log_offset", no_log_made),
	HARMLESS("log_prio", no_log_made),
	HARMLESS("log_issue_time", no_log_made),
	HARMLESS("log_compression", no_log_made),
	HARMLESS("log_compression_cpus", no_log_made),
	HARMLESS("log_store_compressed", no_log_made),
	{"log_alternate_epoch", "log_unix_epoch", true, NULL, no_log_made, NULL},
	HARMLESS("log_alternate_epoch_clock_id", no_log_made),
	HARMLESS("per_job_logs", no_log_made),
	HARMLESS("significant_figures", "the text output has its own"),
	HARMLESS("job_start_clock_id", "results carry the time of day"),
	HARMLESS("unit_base", "results are in bytes"),
	REFUSED_BUT("kb_base", "1024", "k is 1024, and KiB too", "write sizes in bytes"),
	REFUSED_BUT("unified_rw_reporting", "none 0", "directions are reported apart", NULL),
	REFUSED_BUT("block_error_percentiles", "0", "errors of trims are counted only", NULL),
	REFUSED_BUT("stats", "1", "a run without its results has no use", NULL),
	HARMLESS("disable_lat", "lat is always measured"),
	HARMLESS("disable_clat", "clat costs no clock read of its own"),
	HARMLESS("disable_slat", "slat costs at most a clock read a batch"),
	{"disable_bw_measurement", "disable_bw", true, NULL, "no bandwidth is sampled", NULL},
	REFUSED_BUT("error_dump", "0", "errors are counted by their names", NULL),
	{"steadystate", "ss", false, NULL, no_steady, use_compare},
	{"steadystate_duration", "ss_dur", false, "0", no_steady, NULL},
	{"steadystate_ramp_time", "ss_ramp", false, "0", no_steady, NULL},
	{"steadystate_check_interval", "ss_interval", false, "1", no_steady, NULL},
	REFUSED("profile", "there are no built-in profiles", "write a job file"),

	/* Record and replay. */
	REFUSED("write_iolog", no_replay, NULL),
	REFUSED("read_iolog", no_replay, NULL),
	REFUSED_BUT("read_iolog_chunked", "0", no_replay, NULL),
	REFUSED_BUT("replay_no_stall", "0", no_replay, NULL),
	REFUSED("replay_redirect", no_replay, NULL),
	REFUSED_BUT("replay_scale", "1", no_replay, NULL),
	REFUSED("replay_align", no_replay, NULL),
	REFUSED_BUT("replay_time_scale", "100", no_replay, NULL),
	REFUSED("replay_skip", no_replay, NULL),
	REFUSED("merge_blktrace_file", no_replay, NULL),
	REFUSED("merge_blktrace_scalars", no_replay, NULL),
	REFUSED("merge_blktrace_iters", no_replay, NULL),

	/* Zones and placement. */
	REFUSED_BUT("zonemode", "none", no_zones, NULL),
	REFUSED_BUT("zonesize", "0", no_zones, NULL),
	REFUSED_BUT("zonecapacity", "0", no_zones, NULL),
	REFUSED_BUT("zonerange", "0", no_zones, NULL),
	REFUSED_BUT("zoneskip", "0", no_zones, NULL),
	REFUSED_BUT("read_beyond_wp", "0", no_zones, NULL),
	REFUSED_BUT("max_open_zones", "0", no_zones, NULL),
	REFUSED_BUT("job_max_open_zones", "0", no_zones, NULL),
	REFUSED_BUT("ignore_zone_limits", "0", no_zones, NULL),
	REFUSED("zone_reset_threshold", no_zones, NULL),
	REFUSED("zone_reset_frequency", no_zones, NULL),
	REFUSED_BUT("recover_zbd_write_error", "0", no_zones, NULL),
	REFUSED_BUT("write_zone_remainder", "0", no_zones, NULL),
	REFUSED_BUT("fdp", "0", no_placement, NULL),
	{"dataplacement", "data_placement", false, "none", no_placement, NULL},
	{"plid_select", "fdp_pli_select", false, NULL, no_placement, NULL},
	{"plids", "fdp_pli", false, NULL, no_placement, NULL},
	REFUSED("dp_scheme", no_placement, NULL),
	REFUSED_BUT("write_hint", "none", "write life times are not sent", NULL),
	REFUSED_BUT("sprandom", "0", "preconditioning in one pass is not supported",
		"precondition with a sequential, then a random write job"),
	REFUSED("spr_num_regions", "preconditioning in one pass is not supported", NULL),
	REFUSED("spr_op", "preconditioning in one pass is not supported", NULL),
	REFUSED("spr_cs", "preconditioning in one pass is not supported", NULL),

	/* Offsets and amounts. */
	REFUSED_BUT("rw_sequencer", "sequential", "rw=randread:8 draws a new offset every 8 I/Os",
		NULL),
	REFUSED_BUT("bs_is_seq_rand", "0", "block sizes go by direction", NULL),
	REFUSED("percentage_sequential", "fio has dropped it", "use percentage_random"),
	REFUSED("rwmixcycle", "fio has dropped it", NULL),
	HARMLESS("softrandommap", "maps are small, and have their memory before the run"),
	REFUSED_BUT("allrandrepeat", "0", "randrepeat holds for all random numbers",
		"use randrepeat=1"),
	{"fill_device", "fill_fs", false, "0", "a full device is an error", "use size=100%"},
	REFUSED_BUT("file_append", "0", "I/O does not start at the end of files", "use offset"),
	REFUSED_BUT("offset_align", "0", "offset in percent is rounded to a block", NULL),
	REFUSED_BUT("num_range", "1", "a trim has one range", NULL),
	REFUSED_BUT("ramp_size", "0", "a ramp has a time", "use ramp_time"),
	REFUSED_BUT(
		"write_barrier", "0", "the kernel has no barrier writes", "use fsync or fdatasync"),
	REFUSED("sync_file_range", "sync_file_range(2) is not called", "use fsync or fdatasync"),
	REFUSED_BUT("atomic", "0", "RWF_ATOMIC is not set", NULL),

	/* Files. */
	HARMLESS("create_serialize", own_layout),
	HARMLESS("create_fsync", own_layout),
	REFUSED_BUT("create_only", "0", "a run always measures", "use dd or fallocate"),
	HARMLESS("fadvise_hint", "the kernel is given no advice, and reads ahead as it will"),
	HARMLESS("allow_mounted_write", "a mounted device is never written to"),
	REFUSED_BUT("pre_read", "0", "files are not read before the run", "run a read job before"),
	REFUSED_BUT("unlink_each_loop", "0", "files are removed at the end", "use unlink"),
	REFUSED("opendir", "folders are not searched for files", "name the files"),
	REFUSED_BUT("lockfile", "none", "files are not locked", NULL),
	HARMLESS("unique_filename", "it is for fio's network mode"),
	REFUSED("ioscheduler", "the scheduler is not changed",
		"write it to /sys/block/DEV/queue/scheduler"),

	/* Buffers. */
	{"mem", "iomem", false, "malloc mmap mmapshared shm", own_buffers, NULL},
	{"iomem_align", "mem_align", true, NULL, own_buffers, NULL},
	REFUSED("hugepage-size", own_buffers, NULL),
	REFUSED_BUT("lockmem", "0", "memory is not locked", NULL),
	REFUSED_BUT("buffer_compress_chunk", "512", "each block compresses as a whole", NULL),
	REFUSED_BUT("dedupe_mode", "repeat", "an earlier content is repeated", NULL),
	REFUSED("dedupe_working_set_percentage", "an earlier content is repeated", NULL),
	REFUSED_BUT("dedupe_global", "0", "each worker repeats its own content", NULL),

	/* Processes and machines. */
	REFUSED("wait_for", "jobs wait for all jobs before them", "use stonewall"),
	REFUSED("exec_prerun", "no commands are run", "run it before ringside"),
	REFUSED("exec_postrun", "no commands are run", "run it after ringside"),
	REFUSED("cpumask", "a mask has no more than 32 CPUs", use_cpus),
	REFUSED("numa_cpu_nodes", no_numa, use_cpus),
	REFUSED("numa_mem_policy", no_numa, use_cpus),
	REFUSED("gpu_dev_id", "there is no GPU engine", NULL),
	REFUSED_BUT("nice", "0", no_cgroup, use_wrapper),
	REFUSED("prio", no_priority, use_wrapper),
	REFUSED("prioclass", no_priority, use_wrapper),
	REFUSED("priohint", no_priority, NULL),
	REFUSED("uid", no_cgroup, use_wrapper),
	REFUSED("gid", no_cgroup, use_wrapper),
	REFUSED("cgroup", no_cgroup, use_wrapper),
	REFUSED_BUT("cgroup_nodelete", "0", no_cgroup, use_wrapper),
	REFUSED("cgroup_weight", no_cgroup, use_wrapper),
	REFUSED("comm", "workers have their own names", NULL),
	HARMLESS("clocksource", own_clock),
	HARMLESS("gtod_cpu", own_clock),

	/* Of fio's engines, where ringside's of the same name have them not. */
	REFUSED_BUT("hipri", "0", "this engine does not poll", "poll with io_uring"),
	REFUSED_BUT("hipri_percentage", "100", "polling is for all I/Os or none", NULL),
	REFUSED_BUT("uncached", "0", no_uncached, NULL),
	REFUSED_BUT("nowait", "0", no_uncached, NULL),
	REFUSED_BUT("force_async", "0", "IOSQE_ASYNC is not set", NULL),
	HARMLESS("userspace_reap", "completions are taken from the ring where that is possible"),
	REFUSED_BUT("cmdprio_percentage", "0", no_priority, NULL),
	REFUSED("cmdprio_class", no_priority, NULL),
	REFUSED("cmdprio", no_priority, NULL),
	REFUSED("cmdprio_bssplit", no_priority, NULL),
	REFUSED_BUT("cmd_type", "nvme", "only NVMe has passthrough commands", NULL),
	REFUSED_BUT("md_per_io_size", "0", no_protection, NULL),
	HARMLESS("pi_act", no_protection),
	REFUSED("pi_chk", no_protection, NULL),
	REFUSED("apptag", no_protection, NULL),
	REFUSED("apptag_mask", no_protection, NULL),
	REFUSED_BUT("readfua", "0", "commands carry no FUA bit", NULL),
	REFUSED_BUT("writefua", "0", "commands carry no FUA bit", "use sync=dsync"),
	REFUSED_BUT("write_mode", "write", "writes are writes", NULL),
	REFUSED_BUT("verify_mode", "read", no_verify, NULL),
	REFUSED_BUT("deac", "0", "Write Zeroes is not sent", NULL),
	REFUSED_BUT("thp", "0", "huge pages are not asked for", NULL),
	REFUSED("sg_write_mode", "there is no SCSI generic engine", NULL),
	REFUSED("stream_id", "there is no SCSI generic engine", NULL),
	REFUSED("cpuload", "there is no CPU engine", NULL),
	REFUSED("cpuchunks", "there is no CPU engine", NULL),
	REFUSED("cpumode", "there is no CPU engine", NULL),
	REFUSED("exit_on_io_done", "there is no CPU engine", NULL),
	REFUSED("hostname", no_network, NULL),
	REFUSED("port", no_network, NULL),
	REFUSED("protocol", no_network, NULL),
	REFUSED("nodelay", no_network, NULL),
	REFUSED("listen", no_network, NULL),
	REFUSED("pingpong", no_network, NULL),
	REFUSED("interface", no_network, NULL),
	REFUSED("ttl", no_network, NULL),
	REFUSED("window_size", no_network, NULL),
	REFUSED("mss", no_network, NULL),
	REFUSED("bindname", no_network, NULL),
	REFUSED("verb", no_network, NULL),
	REFUSED("uri", no_network, NULL),
	REFUSED("stat_type", "there is no engine for metadata", NULL),
	REFUSED("program", "no commands are run", NULL),
	REFUSED("arguments", "no commands are run", NULL),
	REFUSED("grace_time", "no commands are run", NULL),
	REFUSED("std_redirect", "no commands are run", NULL),
	REFUSED("donorname", "there is no defragmentation engine", NULL),
	REFUSED("inplace", "there is no defragmentation engine", NULL),
	REFUSED("skip_bad", "there is no MTD engine", NULL),
	REFUSED("volume", no_cluster, NULL),
	REFUSED("brick", no_cluster, NULL),
	REFUSED("single-instance", no_cluster, NULL),
	REFUSED("clustername", no_cluster, NULL),
	REFUSED("pool", no_cluster, NULL),
	REFUSED("clientname", no_cluster, NULL),
	REFUSED("conf", no_cluster, NULL),
	REFUSED("busy_poll", no_cluster, NULL),
	REFUSED("touch_objects", no_cluster, NULL),
	REFUSED("rbdname", no_cluster, NULL),
	REFUSED("namenode", no_cluster, NULL),
	REFUSED("hdfsdirectory", no_cluster, NULL),
	REFUSED("nfs_url", no_cluster, NULL),
	REFUSED("cont", no_cluster, NULL),
	REFUSED("chunk_size", no_cluster, NULL),
	REFUSED("object_class", no_cluster, NULL),
	REFUSED("svcl", no_cluster, NULL),
	REFUSED("https", no_cluster, NULL),
	REFUSED("http_host", no_cluster, NULL),
	REFUSED("http_user", no_cluster, NULL),
	REFUSED("http_pass", no_cluster, NULL),
	REFUSED("http_mode", no_cluster, NULL),
	REFUSED("http_verbose", no_cluster, NULL),
	REFUSED("http_s3_key", no_cluster, NULL),
	REFUSED("http_s3_keyid", no_cluster, NULL),
	REFUSED("http_s3_region", no_cluster, NULL),
	REFUSED("http_s3_security_token", no_cluster, NULL),
	REFUSED("http_s3_sse_customer_key", no_cluster, NULL),
	REFUSED("http_s3_sse_customer_algorithm", no_cluster, NULL),
	REFUSED("http_s3_storage_class", no_cluster, NULL),
	REFUSED("http_swift_auth_token", no_cluster, NULL),
	REFUSED("hdfs_use_direct", no_cluster, NULL),
	REFUSED("xnvme_async", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_sync", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_be", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_admin", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_mem", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_dev_nsid", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_dev_subnqn", "there is no xNVMe engine", NULL),
	REFUSED("xnvme_iovec", "there is no xNVMe engine", NULL),
	REFUSED("libblkio_driver", "there is no libblkio engine", NULL),
	REFUSED("libblkio_path", "there is no libblkio engine", NULL),
	REFUSED("libblkio_pre_connect_props", "there is no libblkio engine", NULL),
	REFUSED("libblkio_pre_start_props", "there is no libblkio engine", NULL),
	REFUSED("libblkio_num_entries", "there is no libblkio engine", NULL),
	REFUSED("libblkio_queue_size", "there is no libblkio engine", NULL),
	REFUSED("libblkio_vectored", "there is no libblkio engine", NULL),
	REFUSED("libblkio_write_zeroes_on_trim", "there is no libblkio engine", NULL),
	REFUSED("libblkio_wait_mode", "there is no libblkio engine", NULL),
	REFUSED("libblkio_force_enable_completion_eventfd", "there is no libblkio engine", NULL),
	REFUSED("serverip", "there is no RDMA engine", NULL),
	REFUSED("direct_write_to_pmem", "there is no RDMA engine", NULL),
	REFUSED("busy_wait_polling", "there is no RDMA engine", NULL),
	REFUSED("gpu_dev_ids", "there is no GPU engine", NULL),
	REFUSED("cuda_io", "there is no GPU engine", NULL),
	{.name = NULL},
};

/* Engines of fio; those that ringside has are found before anybody looks here. */
static const struct {
	const char *name;
	const char *instead;
} foreign_engines[] = {
	{"vsync", "take sync, psync or pvsync2"},
	{"pvsync", "take pvsync2: it makes the same call with flags"},
	{"splice", "take io_uring"},
	{"sg", "take io_uring on the block device"},
	{"cpuio", NULL},
	{"net", NULL},
	{"netsplice", NULL},
	{"ftruncate", NULL},
	{"filecreate", NULL},
	{"fileoperation", NULL},
	{"filestat", NULL},
	{"filedelete", NULL},
	{"dircreate", NULL},
	{"dirstat", NULL},
	{"dirdelete", NULL},
	{"exec", NULL},
	{"falloc", NULL},
	{"e4defrag", NULL},
	{"gfapi", NULL},
	{"gfapi_async", NULL},
	{"mtd", NULL},
	{"nbd", "connect it with nbd-client, and name /dev/nbd0"},
	{"rdma", NULL},
	{"rados", NULL},
	{"rbd", "map it with rbd map, and name /dev/rbd0"},
	{"pmemblk", NULL},
	{"dev-dax", NULL},
	{"libpmem", NULL},
	{"libhdfs", NULL},
	{"ime_psync", NULL},
	{"ime_psyncv", NULL},
	{"ime_aio", NULL},
	{"libcufile", NULL},
	{"libzbc", NULL},
	{"http", NULL},
	{"dfs", NULL},
	{"nfs", "mount it, and name its files"},
	{"xnvme", "take io_uring"},
	{"libblkio", "take io_uring"},
	{"librpma_apm_client", NULL},
	{"librpma_apm_server", NULL},
	{"librpma_gpspm_client", NULL},
	{"librpma_gpspm_server", NULL},
	{"guasi", "take io_uring or libaio"},
	{"external", NULL},
};

const struct job_foreign_option *job_foreign_find(const char *name)
{
	for (const struct job_foreign_option *option = job_foreign_options; option->name;
		option++) {
		if (strcmp(option->name, name) == 0)
			return option;
		if (option->alias && strcmp(option->alias, name) == 0)
			return option;
	}
	return NULL;
}

bool job_foreign_is_neutral(const struct job_foreign_option *option, const char *value)
{
	const char *word = option->neutral;
	size_t length = strlen(value);

	while (word) {
		if (strncmp(word, value, length) == 0 && length > 0 &&
			(word[length] == ' ' || word[length] == '\0'))
			return true;
		word = strchr(word, ' ');
		word = word ? word + 1 : NULL;
	}
	return false;
}

const char *job_foreign_engine(const char *name)
{
	static const char see_list[] = "see `ringside help engines`";

	for (size_t i = 0; i < sizeof(foreign_engines) / sizeof(foreign_engines[0]); i++) {
		if (strcmp(foreign_engines[i].name, name) == 0)
			return foreign_engines[i].instead ? foreign_engines[i].instead : see_list;
	}
	return NULL;
}
