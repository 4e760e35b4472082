/* SPDX-License-Identifier: MIT */
/*
 * Histograms of latencies: edges of buckets, merging, percentiles, moments; and HdrHistogram's V2
 * encoding. Source: HdrHistogram_c, hdr_histogram_log.c (hdr_encode_compressed) and hdr_encoding.c
 * (zig_zag_encode_i64). All of its headers is big-endian.
 */
#include "measure/histogram.h"

#include <endian.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

uint64_t histogram_lowest(unsigned index)
{
	unsigned octave = index >> HISTOGRAM_STEP_BITS;
	uint64_t step = index & ((1u << HISTOGRAM_STEP_BITS) - 1);

	/* The first 128 buckets are as wide as the next: one value each. */
	if (octave == 0)
		return index;
	return (step + (1u << HISTOGRAM_STEP_BITS)) << (octave - 1);
}

uint64_t histogram_highest(unsigned index)
{
	return histogram_lowest(index + 1) - 1;
}

void histogram_summary_merge(struct latency_summary *into, const struct latency_summary *from)
{
	if (from->count == 0)
		return;
	if (into->count == 0 || from->min_ns < into->min_ns)
		into->min_ns = from->min_ns;
	if (from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
	into->count += from->count;
	into->sum_ns += from->sum_ns;
	into->sum_squares_ns2 += from->sum_squares_ns2;
}

double histogram_summary_mean(const struct latency_summary *summary)
{
	return summary->count > 0 ? summary->sum_ns / (double)summary->count : 0;
}

double histogram_summary_stddev(const struct latency_summary *summary)
{
	double mean = histogram_summary_mean(summary);
	double variance;

	if (summary->count == 0)
		return 0;
	variance = summary->sum_squares_ns2 / (double)summary->count - mean * mean;
	/* Rounding may leave less than nothing. */
	return variance > 0 ? sqrt(variance) : 0;
}

/* Until all are found: those of what fio wrote may lie outside of the extremes it tells. Pages
 * behind them are not looked at, which may have to be brought for that. */
void histogram_merge(struct histogram *into, const struct histogram *from)
{
	uint64_t left = from->summary.count;

	if (left == 0)
		return;
	histogram_summary_merge(&into->summary, &from->summary);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS && left > 0; i++) {
		uint64_t count = from->counts[i];

		if (count == 0)
			continue;
		into->counts[i] += count;
		left -= count < left ? count : left;
	}
}

void histogram_clear(struct histogram *histogram)
{
	unsigned first = histogram_index(histogram->summary.min_ns);
	unsigned last = histogram_index(histogram->summary.max_ns);

	if (histogram->summary.count == 0)
		return;
	for (unsigned i = first; i <= last; i++) {
		if (histogram->counts[i] != 0)
			histogram->counts[i] = 0;
	}
	histogram->summary = (struct latency_summary){0};
}

void histogram_copy(struct histogram *into, const struct histogram *from)
{
	histogram_clear(into);
	histogram_merge(into, from);
}

/* ceil(percent / 100 * count), not one too many where only rounding is above the whole number. */
uint64_t histogram_rank(double percent, uint64_t count)
{
	double exact = percent * (double)count / 100;
	double rank = ceil(exact - exact * 0x1p-50);

	return percent < 100 && rank < (double)count ? (uint64_t)rank : count;
}

uint64_t histogram_bucket_latency(const struct latency_summary *summary, unsigned index)
{
	uint64_t highest = histogram_highest(index);

	/* The last bucket counts what is longer, too: only max is sure to be no less. */
	if (index == HISTOGRAM_BUCKETS - 1)
		return summary->max_ns;
	if (highest < summary->min_ns)
		return summary->min_ns;
	return highest < summary->max_ns ? highest : summary->max_ns;
}

uint64_t histogram_percentile(const struct histogram *histogram, double percent)
{
	uint64_t rank = histogram_rank(percent, histogram->summary.count);
	uint64_t cumulative = 0;
	unsigned index = 0;

	if (histogram->summary.count == 0)
		return 0;
	while (index < HISTOGRAM_BUCKETS - 1 && cumulative + histogram->counts[index] < rank)
		cumulative += histogram->counts[index++];
	return histogram_bucket_latency(&histogram->summary, index);
}

bool histogram_supports(const struct histogram *histogram, double percent, double needed)
{
	double above = (double)histogram->summary.count * (100 - percent) / 100;

	/* 10000 samples do support the 99.9th percentile with 10, though 0.1 is not a double. */
	return above >= needed * (1 - 1e-9);
}

enum {
	V2_COOKIE = 0x1c849303 | 0x10,
	V2_COMPRESSED_COOKIE = 0x1c849304 | 0x10,
	SIGNIFICANT_DIGITS = 2,
	WORD_BYTES_LIMIT = 9, /* of a 64-bit number in LEB128 as HdrHistogram cuts it */
};

struct v2_header {
	uint32_t cookie;
	uint32_t payload_bytes;
	uint32_t normalizing_index_offset;
	uint32_t significant_digits;
	uint64_t lowest_value;
	uint64_t highest_value;
	uint64_t conversion_ratio; /* the bits of a double */
};

struct compressed_header {
	uint32_t cookie;
	uint32_t bytes;
};

_Static_assert(sizeof(struct v2_header) == 40, "the header has no padding");

/* ZigZag, then seven bits a byte, the lowest first; the ninth byte has eight. */
static size_t put_number(uint8_t *to, int64_t number)
{
	uint64_t left = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
	size_t count = 0;

	while (left >= 0x80 && count < WORD_BYTES_LIMIT - 1) {
		to[count++] = (uint8_t)(left | 0x80);
		left >>= 7;
	}
	to[count++] = (uint8_t)left;
	return count;
}

/* Counts up to the last that is not zero; a run of zeros is its length, negative. */
static size_t put_counts(uint8_t *to, const struct histogram *histogram)
{
	size_t bytes = 0;
	int64_t zeros = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->counts[i] == 0) {
			zeros++;
			continue;
		}
		if (zeros > 0)
			bytes += put_number(to + bytes, -zeros);
		zeros = 0;
		bytes += put_number(to + bytes, (int64_t)histogram->counts[i]);
	}
	return bytes;
}

static size_t encode(uint8_t *to, const struct histogram *histogram)
{
	size_t bytes = put_counts(to + sizeof(struct v2_header), histogram);
	const double conversion_ratio = 1;
	struct v2_header header = {
		.cookie = htobe32(V2_COOKIE),
		.payload_bytes = htobe32((uint32_t)bytes),
		.significant_digits = htobe32(SIGNIFICANT_DIGITS),
		.lowest_value = htobe64(1),
		.highest_value = htobe64(HISTOGRAM_MAX_VALUE),
	};

	memcpy(&header.conversion_ratio, &conversion_ratio, sizeof(conversion_ratio));
	header.conversion_ratio = htobe64(header.conversion_ratio);
	memcpy(to, &header, sizeof(header));
	return sizeof(header) + bytes;
}

static char *base64(const uint8_t *from, size_t bytes, struct arena *arena)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = arena_alloc(arena, (bytes + 2) / 3 * 4 + 1);
	char *to = text;

	for (; bytes > 0; from += 3) {
		size_t count = bytes < 3 ? bytes : 3;
		uint32_t word = (uint32_t)from[0] << 16;

		word |= count > 1 ? (uint32_t)from[1] << 8 : 0;
		word |= count > 2 ? from[2] : 0;
		*to++ = digits[word >> 18];
		*to++ = digits[word >> 12 & 63];
		*to++ = count > 1 ? digits[word >> 6 & 63] : '=';
		*to++ = count > 2 ? digits[word & 63] : '=';
		bytes -= count;
	}
	return text;
}

char *histogram_export(const struct histogram *histogram, struct arena *arena)
{
	AUTO_ARENA struct arena scratch = {0};
	uint8_t *encoded = arena_alloc(&scratch,
		sizeof(struct v2_header) + (size_t)HISTOGRAM_BUCKETS * 2 * WORD_BYTES_LIMIT);
	size_t encoded_bytes = encode(encoded, histogram);
	uLongf deflated_bytes = compressBound(encoded_bytes);
	uint8_t *deflated =
		arena_alloc(&scratch, sizeof(struct compressed_header) + deflated_bytes);
	struct compressed_header header = {.cookie = htobe32(V2_COMPRESSED_COOKIE)};

	/* With compressBound's room it can only be memory. */
	if (compress(deflated + sizeof(header), &deflated_bytes, encoded, encoded_bytes) != Z_OK)
		arena_exhausted();
	header.bytes = htobe32((uint32_t)deflated_bytes);
	memcpy(deflated, &header, sizeof(header));
	return base64(deflated, sizeof(header) + deflated_bytes, arena);
}
