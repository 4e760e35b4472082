/* SPDX-License-Identifier: MIT */
/* Rules of zonemode and the options that belong to it. */
#include "job/job_zone_rules.h"

#include <inttypes.h>

#include "job/job_say.h"
#include "verify/checksum.h"

enum { EXTENT_COUNT = 5 };

/* The options that can count zones. */
static const char *const extent_names[EXTENT_COUNT] = {
	"size", "io_size", "offset", "offset_increment", "zoneskip"};

/* Those of a job that has its own rare options, if they are changed. */
static void list_extents(struct job *job, struct extent *extents[EXTENT_COUNT])
{
	extents[0] = &job->size;
	extents[1] = &job->io_size;
	extents[2] = &job->offset;
	extents[3] = &job->offset_increment;
	extents[4] = (struct extent *)&job->rare->zones.skip;
}

void job_zone_rules_count(struct job *job, uint64_t zone_bytes, struct arena *arena)
{
	struct extent *extents[EXTENT_COUNT];

	(void)job_own_rare(job, arena);
	list_extents(job, extents);
	for (int i = 0; i < EXTENT_COUNT; i++) {
		uint64_t bytes;

		if (!extents[i]->is_zones ||
			__builtin_mul_overflow(extents[i]->bytes, zone_bytes, &bytes))
			continue;
		extents[i]->bytes = bytes;
		extents[i]->is_zones = false;
		if (extents[i] == &job->size || extents[i] == &job->io_size)
			extents[i]->is_set = bytes > 0;
	}
}

void job_zone_rules_resolve(struct job *job, struct arena *arena)
{
	const struct job_zones *zones = &job->rare->zones;
	uint64_t zone_bytes = zones->size_bytes;

	if (zones->mode == ZONES_ZBD && zones->write_remainder)
		job->norandommap = true;
	if (zones->mode == ZONES_STRIDED && zones->range_bytes == 0)
		job_own_rare(job, arena)->zones.range_bytes = zone_bytes;
	if (zone_bytes != 0)
		job_zone_rules_count(job, zone_bytes, arena);
}

/* Those that are left: job_zone_rules_resolve had nothing to multiply by, or too much. */
static void check_extents(struct job job, const struct job *original, struct diag *diag)
{
	struct extent *extents[EXTENT_COUNT];

	if (job.rare->zones.mode == ZONES_ZBD && job.rare->zones.size_bytes == 0)
		return; /* The device will say how large a zone is. */
	list_extents(&job, extents);
	for (int i = 0; i < EXTENT_COUNT; i++) {
		if (!extents[i]->is_zones)
			continue;
		if (job.rare->zones.size_bytes != 0)
			job_say(diag_error, original, diag, extent_names[i], RULE_ZONES,
				"%s=%" PRIu64 "z is too large", extent_names[i], extents[i]->bytes);
		else if (job_say(diag_error, original, diag, extent_names[i], RULE_ZONES,
				 "%s=%" PRIu64 "z counts zones, and there is no zonesize",
				 extent_names[i], extents[i]->bytes))
			diag_hint(diag, "zonesize=SIZE; fio would use all of the target");
	}
}

static void note_without_effect(const struct job *job, const char *const *options, size_t count,
	const char *why, struct diag *diag)
{
	for (size_t i = 0; i < count; i++) {
		if (job_sets(job, options[i]))
			job_say(diag_note, job, diag, options[i], RULE_ZONES, "%s has no effect %s",
				options[i], why);
	}
}

/* Options of zonemode=zbd; zonecapacity and zone_reset_threshold with it. */
static const char *const device_options[] = {"zonecapacity", "read_beyond_wp", "max_open_zones",
	"job_max_open_zones", "ignore_zone_limits", "write_zone_remainder",
	"recover_zbd_write_error", "zone_reset_threshold", "zone_reset_frequency"};
enum { DEVICE_OPTION_COUNT = sizeof(device_options) / sizeof(device_options[0]) };

static void check_without_zones(const struct job *job, struct diag *diag)
{
	static const char *const options[] = {"zonerange", "zoneskip"};

	if (job->rare->zones.size_bytes != 0 && job_say(diag_error, job, diag, "zonesize",
							RULE_ZONES, "zonesize without a zonemode"))
		diag_hint(diag, "zonemode=strided is what older versions of fio did then");
	if (job->rare->zones.size_bytes == 0)
		note_without_effect(job, options, sizeof(options) / sizeof(options[0]),
			"without a zonemode", diag);
	note_without_effect(job, device_options, DEVICE_OPTION_COUNT, "without zonemode=zbd", diag);
}

static void check_random_range(const struct job *job, struct diag *diag)
{
	struct job_range blocks = job_block_range(job);
	uint64_t range_bytes = job->rare->zones.range_bytes;
	const char *option = job_sets(job, "zonerange") ? "zonerange" : "zonesize";

	if (range_bytes < blocks.max)
		job_say(diag_error, job, diag, option, RULE_ZONES,
			"%s: no block of %" PRIu64 " bytes fits into a zone of %" PRIu64, option,
			blocks.max, range_bytes);
	else if (range_bytes % blocks.min != 0 && !job->norandommap &&
		 job_say(diag_warning_of_fio, job, diag, option, RULE_ZONES,
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
	} else if (job->rare->zones.size_bytes == 0) {
		if (job_say(diag_error, job, diag, "zonemode", RULE_ZONES,
			    "zonemode=strided needs zonesize"))
			diag_hint(diag, "zonesize=16m: so much is done in each zone");
	} else if (job_is_random(job)) {
		check_random_range(job, diag);
	}
	if ((job->given.filename.count ? job->given.filename.count : job->nrfiles) > 1)
		job_say(diag_note_of_fio, job, diag, "zonesize", RULE_ZONES,
			"each file has zones of its own, where fio's zonemode=strided takes one");
	note_without_effect(job, device_options, DEVICE_OPTION_COUNT, "without zonemode=zbd", diag);
}

static void check_share(const struct job *job, const char *option, double value, struct diag *diag)
{
	if (value < 0 || value > 1)
		job_say(diag_error, job, diag, option, RULE_ZONES, "%s is from 0 to 1", option);
}

static void check_zone_trims(const struct job *job, struct diag *diag)
{
	const struct block_size_spec *trim = &job->block_sizes.of[DIRECTION_TRIM];
	uint64_t zone_bytes = job->rare->zones.size_bytes;

	if (!job_does(job, DIRECTION_TRIM))
		return;
	if (job_trims_and_writes(job))
		job_say(diag_error, job, diag, "rw", RULE_ZONES,
			"zonemode=zbd trims or writes: a write resets its zone itself when that is "
			"full");
	else if (trim->min_bytes != trim->max_bytes || trim->share_count > 0 ||
		 (zone_bytes != 0 && trim->min_bytes != zone_bytes))
		job_say(diag_error, job, diag, "bs", RULE_ZONES,
			"zonemode=zbd trims whole zones: bs has to be the zone's size");
}

static void check_zbd(const struct job *job, struct diag *diag)
{
	const struct job_zones *zones = &job->rare->zones;
	static const char *const range[] = {"zonerange"};

	if (job_composite_op(job) != IO_OP_COUNT)
		job_say(diag_error, job, diag, "zonemode", RULE_ZONES,
			"zonemode=zbd is for reads, writes and trims");
	note_without_effect(job, range, 1, "with zonemode=zbd", diag);
	check_share(job, "zone_reset_threshold", zones->reset_threshold, diag);
	check_share(job, "zone_reset_frequency", zones->reset_frequency, diag);
	if (zones->reset_frequency == 0 && zones->reset_threshold > 0)
		job_say(diag_note, job, diag, "zone_reset_threshold", RULE_ZONES,
			"zone_reset_threshold has no effect without zone_reset_frequency");
	if (zones->size_bytes != 0 && zones->capacity_bytes > zones->size_bytes)
		job_say(diag_error, job, diag, "zonecapacity", RULE_ZONES,
			"zonecapacity is more than zonesize");
	if (job->rare->verify.kind != CHECKSUM_NONE &&
		job_say(diag_error, job, diag, "verify", RULE_ZONES,
			"verify does not go with zonemode=zbd: a zone that is reset loses what was "
			"written to it"))
		diag_hint(diag, "verify_only, or a job without zonemode, on what was written");
	check_zone_trims(job, diag);
}

static void check_order(const struct job *job, struct diag *diag)
{
	/* fio's offsets of such a job are of no use: most are of one block, again and again. */
	if (job->rare->zones.mode != ZONES_NONE && !job_is_random(job) && job->rw.modifier < 0)
		job_say(diag_error, job, diag, "rw", RULE_ZONES,
			"zones are gone through forwards: rw=MODE:-N does not go with zonemode");
	if (job->rare->zones.mode != ZONES_NONE &&
		job->rare->access.rw_sequencer == SEQUENCER_IDENTICAL)
		job_say(diag_error, job, diag, "rw_sequencer", RULE_ZONES,
			"rw_sequencer=identical does not go with zonemode");
}

void job_zone_rules_check(const struct job *job, struct diag *diag)
{
	if (job_replays(job))
		return; /* It has no zones, as job_iolog_resolve says. */
	check_order(job, diag);
	if (job->rare->zones.skip.is_percent)
		job_say(diag_error, job, diag, "zoneskip", RULE_ZONES,
			"zoneskip is a size, or a count of zones");
	check_extents(*job, job, diag);
	if (job->rare->zones.mode == ZONES_NONE)
		check_without_zones(job, diag);
	else if (job->rare->zones.mode == ZONES_STRIDED)
		check_strided(job, diag);
	else
		check_zbd(job, diag);
}
