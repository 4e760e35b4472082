/* SPDX-License-Identifier: MIT */
/* Source: fio 3.33, fio --help. */
#include "command/fio_flags.h"

#include <string.h>

#define HARMLESS(flag, reason)                                                                     \
	{                                                                                          \
		flag, true, reason, NULL                                                           \
	}
#define REFUSED(flag, reason, cure)                                                                \
	{                                                                                          \
		flag, false, reason, cure                                                          \
	}

static const char own_progress[] = "progress is one line on stderr";
static const char own_memory[] = "memory is taken as it is needed";
static const char no_logs[] = "no time series are logged";
static const char no_remote[] = "there is no client and no server";
static const char no_trigger[] = "nothing is triggered from outside";
static const char own_help[] = "ringside explains itself";

static const struct fio_flag flags[] = {
	HARMLESS("eta", own_progress),
	HARMLESS("eta-newline", own_progress),
	HARMLESS("eta-interval", own_progress),
	HARMLESS("status-interval", own_progress),
	HARMLESS("alloc-size", own_memory),
	HARMLESS("max-jobs", own_memory),
	REFUSED("output-format", "formats have other names",
		"--format=json, or --format=fio-json for fio's own layout"),
	REFUSED("append-terse", "there is no terse format", "--format=csv"),
	REFUSED("minimal", "there is no terse format", "--format=csv"),
	REFUSED("terse-version", "there is no terse format", "--format=csv"),
	REFUSED("parse-only", "a dry run parses, and prints the jobs too", "--dry-run"),
	REFUSED("showcmd", "a dry run prints the jobs", "--dry-run"),
	REFUSED("cmdhelp", own_help, "ringside help OPTION, ringside help options"),
	REFUSED("enghelp", own_help, "ringside help ENGINE, ringside help engines"),
	REFUSED("warnings-fatal", "what matters is an error already", NULL),
	REFUSED("bandwidth-log", no_logs, NULL),
	REFUSED("latency-log", no_logs, "--hdr-log=FILE writes histograms"),
	REFUSED("inflate-log", no_logs, NULL),
	REFUSED("merge-blktrace-only", "I/O is neither recorded nor replayed", NULL),
	REFUSED("idle-prof", "idle CPUs are not profiled", "CPU time is told with each job"),
	REFUSED("cpuclock-test", "the clock is checked in each run", NULL),
	REFUSED("crctest", "there are no checksums to test", NULL),
	REFUSED("debug", "there is no debug log", NULL),
	REFUSED("profile", "there are no built-in profiles", "ready-made jobs are in jobs/"),
	REFUSED("server", no_remote, "ssh HOST ringside run --format=json …"),
	REFUSED("client", no_remote, "ssh HOST ringside run --format=json …"),
	REFUSED("remote-config", no_remote, NULL),
	REFUSED("daemonize", no_remote, NULL),
	REFUSED("trigger", no_trigger, NULL),
	REFUSED("trigger-file", no_trigger, NULL),
	REFUSED("trigger-timeout", no_trigger, "runtime=TIME"),
	REFUSED("trigger-remote", no_trigger, NULL),
	REFUSED("aux-path", "no files of state are written", NULL),
};

const struct fio_flag *fio_flag_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strlen(flags[i].name) == length && strncmp(flags[i].name, name, length) == 0)
			return &flags[i];
	}
	return NULL;
}
