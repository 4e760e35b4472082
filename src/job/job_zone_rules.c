/* SPDX-License-Identifier: MIT */
/* Rules of zonemode and the options that belong to it. */
#include "job/job_zone_rules.h"

#include <inttypes.h>

#include "job/job_say.h"

enum { EXTENT_COUNT = 5 };

/* The options that can count zones. */
static const char *const extent_names[EXTENT_COUNT] = {
	"size", "io_size", "offset", "offset_increment", "zoneskip"};

static void list_extents(struct job *job, struct extent *extents[EXTENT_COUNT])
{
	extents[0] = &job->size;
	extents[1] = &job->io_size;
	extents[2] = &job->offset;
	extents[3] = &job->offset_increment;
	extents[4] = &job->zones.skip;
}

void job_zone_rules_resolve(struct job *job)
{
	struct job_zones *zones = &job->zones;
	struct extent *extents[EXTENT_COUNT];

	if (zones->mode == ZONES_STRIDED && zones->range_bytes == 0)
		zones->range_bytes = zones->size_bytes;
	list_extents(job, extents);
	for (int i = 0; i < EXTENT_COUNT; i++) {
		uint64_t bytes;

		if (!extents[i]->is_zones || zones->size_bytes == 0 ||
			__builtin_mul_overflow(extents[i]->bytes, zones->size_bytes, &bytes))
			continue;
		extents[i]->bytes = bytes;
		extents[i]->is_zones = false;
		if (extents[i] == &job->size || extents[i] == &job->io_size)
			extents[i]->is_set = bytes > 0;
	}
}

/* Those that are left: job_zone_rules_resolve had nothing to multiply by, or too much. */
static void check_extents(struct job job, const struct job *original, struct diag *diag)
{
	struct extent *extents[EXTENT_COUNT];

	list_extents(&job, extents);
	for (int i = 0; i < EXTENT_COUNT; i++) {
		if (!extents[i]->is_zones)
			continue;
		if (job.zones.size_bytes != 0)
			job_say(diag_error, original, diag, extent_names[i], RULE_ZONES,
				"%s=%" PRIu64 "z is too large", extent_names[i], extents[i]->bytes);
		else if (job_say(diag_error, original, diag, extent_names[i], RULE_ZONES,
				 "%s=%" PRIu64 "z counts zones, and there is no zonesize",
				 extent_names[i], extents[i]->bytes))
			diag_hint(diag, "zonesize=SIZE; fio would use all of the target");
	}
}

static void check_without_zones(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"zonerange", "zoneskip"};

	if (job->zones.size_bytes != 0 && job_say(diag_error, job, diag, "zonesize", RULE_ZONES,
						  "zonesize without a zonemode"))
		diag_hint(diag, "zonemode=strided is what older versions of fio did then");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (job_sets(job, options[i]) && job->zones.size_bytes == 0)
			job_say(diag_note, job, diag, options[i], RULE_ZONES,
				"%s has no effect without a zonemode", options[i]);
	}
}

static void check_random_range(const struct job *job, struct diag *diag)
{
	struct job_range blocks = job_block_range(job);
	uint64_t range_bytes = job->zones.range_bytes;
	const char *option = job_sets(job, "zonerange") ? "zonerange" : "zonesize";

	if (range_bytes < blocks.max)
		job_say(diag_error, job, diag, option, RULE_ZONES,
			"%s: no block of %" PRIu64 " bytes fits into a zone of %" PRIu64, option,
			blocks.max, range_bytes);
	else if (range_bytes % blocks.min != 0 && !job->norandommap &&
		 job_say(diag_warning, job, diag, option, RULE_ZONES,
			 "%s, %" PRIu64 ", is no multiple of a block of %" PRIu64
			 " bytes: fio ends the job when no block of a zone is left",
			 option, range_bytes, blocks.min))
		diag_hint(diag, "ringside goes on to the next zone");
}

static void check_strided(const struct job *job, struct diag *diag)
{
	if (job_composite_op(job) != IO_OP_COUNT) {
		job_say(diag_error, job, diag, "zonemode", RULE_ZONES,
			"zonemode=strided is for reads, writes and trims");
	} else if (job->zones.size_bytes == 0) {
		if (job_say(diag_error, job, diag, "zonemode", RULE_ZONES,
			    "zonemode=strided needs zonesize"))
			diag_hint(diag, "zonesize=16m: so much is done in each zone");
	} else if (job_is_random(job)) {
		check_random_range(job, diag);
	}
	if ((job->given.filename.count ? job->given.filename.count : job->nrfiles) > 1)
		job_say(diag_note, job, diag, "zonesize", RULE_ZONES,
			"each file has zones of its own, where fio's zonemode=strided takes one");
}

void job_zone_rules_check(const struct job *job, struct diag *diag)
{
	if (job->zones.skip.is_percent)
		job_say(diag_error, job, diag, "zoneskip", RULE_ZONES,
			"zoneskip is a size, or a count of zones");
	check_extents(*job, job, diag);
	if (job->zones.mode == ZONES_NONE)
		check_without_zones(job, diag);
	else
		check_strided(job, diag);
}
