/* SPDX-License-Identifier: MIT */
#include "job/job_echo_rules.h"

#include <string.h>

#include "echo/echo_address.h"
#include "job/job_say.h"

#define ADDRESS_HINT "write filename=unix:PATH, filename=tcp:127.0.0.1:0 or filename=pair:"

static void refuse(const struct job *job, const char *option, const char *why, const char *hint,
	struct diag *diag)
{
	if (job_say(diag_error, job, diag, option, RULE_COMPOSITE,
		    "%s does not go with rw=echo: %s", option, why) &&
		hint)
		diag_hint(diag, "%s", hint);
}

/* Those of bytes that are somewhere: a connection has no offsets, and no files. */
static void check_options(const struct job *job, struct diag *diag)
{
	static const char no_offsets[] = "a connection has no offsets",
			  no_files[] = "connections are no files",
			  no_storage[] = "nothing is stored";
	static const struct {
		const char *option, *why, *hint;
	} refused[] = {
		{"offset", no_offsets, NULL},
		{"offset_increment", no_offsets, NULL},
		{"offset_align", no_offsets, NULL},
		{"blockalign", no_offsets, NULL},
		{"random_distribution", no_offsets, NULL},
		{"percentage_random", no_offsets, NULL},
		{"bsrange", "exchanges of one size only", "use bs"},
		{"bssplit", "exchanges of one size only", "use bs"},
		{"directory", no_files, "write the whole path: filename=unix:/tmp/socket"},
		{"filename_format", no_files, "name an address: filename=unix:PATH"},
		{"nrfiles", no_files, "iodepth is the number of connections"},
		{"openfiles", no_files, "iodepth is the number of connections"},
		{"filesize", no_files, "number_ios or runtime says when it ends"},
		{"opendir", no_files, NULL},
		{"file_service_type", no_files, NULL},
		{"direct", no_files, NULL},
		{"fallocate", no_files, NULL},
		{"create_on_open", no_files, NULL},
		{"overwrite", no_files, NULL},
		{"unlink", "the socket's file is removed in any case", NULL},
		{"fsync", no_storage, NULL},
		{"fdatasync", no_storage, NULL},
		{"end_fsync", no_storage, NULL},
		{"fsync_on_close", no_storage, NULL},
		{"sync", no_storage, NULL},
		{"buffer_pattern", "each exchange has stamps of its own", NULL},
		{"refill_buffers", "each exchange has stamps of its own", NULL},
		{"nice", "client and server would both have it", NULL},
		{"loops", "number_ios or runtime says when it ends", NULL},
		{"read_iolog", no_offsets, NULL},
		{"create_only", no_files, NULL},
	};
	static const char *const idle[] = {"norandommap", "random_generator", "bs_unaligned",
		"rwmixread", "invalidate", "fadvise_hint", "allow_file_create", "scramble_buffers",
		"prio", "prioclass"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (job_sets(job, refused[i].option))
			refuse(job, refused[i].option, refused[i].why, refused[i].hint, diag);
	}
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++) {
		if (job_sets(job, idle[i]))
			job_say(diag_note, job, diag, idle[i], RULE_COMPOSITE,
				"%s has no effect with rw=echo", idle[i]);
	}
	if (job->rare->latency.target_ns != 0)
		refuse(job, "latency_target", "it changes the depth, and connections stay",
			"vary iodepth: ringside compare --vary=iodepth=1,16,128", diag);
}

static void check_address(const struct job *job, struct diag *diag)
{
	const struct job_texts *names = &job->given.filename;
	struct echo_address address;
	const char *problem, *hint;

	if (names->count > 1 && !echo_address_is_one(names->texts[0])) {
		/* The colons of what is no address part names. */
		if (job_say(diag_error, job, diag, "filename", RULE_NAMES,
			    "rw=echo takes one address, and '%s' begins none", names->texts[0]))
			diag_hint(diag, ADDRESS_HINT);
		return;
	}
	if (names->count != 1) {
		if (job_say(diag_error, job, diag, names->count ? "filename" : "rw", RULE_NAMES,
			    "rw=echo takes one address, and filename names %s",
			    names->count ? "several" : "none"))
			diag_hint(diag, ADDRESS_HINT);
		return;
	}
	problem = echo_address_parse(&address, names->texts[0], &hint);
	if (problem) {
		if (job_say(diag_error, job, diag, "filename", RULE_NAMES,
			    "'%s' is no address for rw=echo: %s", names->texts[0], problem))
			diag_hint(diag, "%s", hint);
	} else if (job->numjobs > 1 && (address.kind == ECHO_UNIX || address.has_port)) {
		refuse(job, "numjobs",
			"each clone has a server of its own, and they would all listen there",
			"use tcp:127.0.0.1:0 or pair:", diag);
	}
}

/* What belongs to rw=echo, where it is not. */
static void check_others(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"server_cpus", "echo_timeout", "echo_check"};
	const struct job_texts *names = &job->given.filename;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]))
			job_say(diag_warning, job, diag, options[i], RULE_COMPOSITE,
				"%s has no effect without rw=echo", options[i]);
	}
	for (size_t i = 0; i < names->count; i++) {
		if (echo_address_is_one(names->texts[i]) &&
			job_say(diag_error, job, diag, "filename", RULE_NAMES,
				"'%s' is an address, which rw=echo takes", names->texts[i]))
			diag_hint(diag, "write rw=echo; of a file of that name ./%s",
				names->texts[i]);
	}
}

void job_echo_rules_check(const struct job *job, struct diag *diag)
{
	if (job->rw.mode != RW_ECHO) {
		check_others(job, diag);
		return;
	}
	check_options(job, diag);
	check_address(job, diag);
}
