/* SPDX-License-Identifier: MIT */
/* Lines of a claim, read and refused. */
#include "claim/claim_line.h"
#include "claim_rig.h"
#include "near.h"

TEST_FIXTURE(NULL, claim_rig_close);

static const struct claim_line *read_one(const char *lines)
{
	if (claim_rig_lines(lines) != 0)
		fail_msg("%s", rig.messages);
	assert_int_equal(rig.claim.line_count, 1);
	return &rig.claim.lines[0];
}

TEST(a_ratio_of_two_contenders_is_read)
{
	const struct claim_line *line =
		read_one("claim=fixed.cpu.total_ns_per_io <= 0.95 * plain.cpu_ns_per_io");

	assert_string_equal(line->left.contender, "fixed");
	assert_int_equal(line->left.value, VALUE_CPU_PER_IO);
	assert_int_equal(line->relation, CLAIM_AT_MOST);
	assert_false(line->is_level);
	assert_near(line->factor, 0.95, 0);
	assert_string_equal(line->right.contender, "plain");
	assert_int_equal(line->right.value, VALUE_CPU_PER_IO);
	assert_string_equal(line->name, "1");
	assert_int_equal(line->at.count, 0);
	assert_string_equal(line->text, "fixed.cpu.total_ns_per_io <= 0.95 * plain.cpu_ns_per_io");
}

TEST(factors_stand_on_either_side_of_either_term)
{
	assert_near(read_one("claim=fixed.iops >= plain.iops")->factor, 1, 0);
	assert_near(read_one("claim=fixed.iops>=2*plain.iops")->factor, 2, 0);
	assert_near(read_one("claim=fixed.iops > plain.iops * 150%")->factor, 1.5, 1e-12);
	assert_near(read_one("claim=2 * fixed.iops < 3 * plain.iops")->factor, 1.5, 1e-12);
	assert_int_equal(rig.claim.lines[0].relation, CLAIM_AT_MOST);
	assert_near(read_one("claim=fixed.iops * 4 < plain.iops")->factor, 0.25, 1e-12);
}

TEST(levels_have_the_unit_of_their_metric)
{
	const struct claim_line *line = read_one("claim=plain.cpu <= 1.5us");

	assert_true(line->is_level);
	assert_near(line->level, 1500, 0);
	assert_near(read_one("claim=plain.iops >= 5M")->level, 5e6, 0);
	assert_near(read_one("claim=plain.bandwidth >= 1g")->level, 1073741824.0, 0);
	assert_near(read_one("claim=plain.syscalls <= 0.01")->level, 0.01, 0);
	assert_near(read_one("claim=plain.errors <= 0")->level, 0, 0);
	assert_near(read_one("claim=plain.p99.9 <= 2ms")->level, 2e6, 0);
}

TEST(equivalence_is_a_tolerance)
{
	const struct claim_line *line = read_one("claim=fixed.iops within 5% of plain.iops");

	assert_int_equal(line->relation, CLAIM_WITHIN);
	assert_near(line->tolerance, 0.05, 1e-12);
	assert_near(line->factor, 1, 0);
	assert_near(read_one("claim=fixed.iops within 2.5% of 0.5 * plain.iops")->factor, 0.5, 0);
	assert_near(read_one("claim=fixed.cpu within 20% of 100ns")->level, 100, 0);
}

TEST(points_of_a_sweep_are_named_before_the_line_or_in_a_side)
{
	const struct claim_line *line = read_one("claim=at(bs=64k): fixed.iops >= plain.iops");

	assert_string_equal(line->at.name, "bs=64k");
	line = read_one("claim=fixed@bs=64k.iops >= fixed@bs=4k.iops");
	assert_string_equal(line->left.point.name, "bs=64k");
	assert_string_equal(line->right.point.name, "bs=4k");
	assert_int_equal(line->at.count, 0);
	line = read_one("claim=at ( bs = '64k' ) : fixed.iops >= plain.iops");
	assert_string_equal(line->at.values[0].value, "64k");
}

TEST(odd_names_stand_in_quotes)
{
	assert_string_equal(read_one("claim='4k b'.iops >= 1")->left.contender, "4k b");
	assert_claim_refused("claim=4k b.iops >= 1", "a level stands on the right");
	assert_non_null(strstr(rig.messages, "stand in quotes"));
	assert_claim_refused("claim='4k b.iops >= 1", "a second quote ends the name");
	assert_claim_refused("claim=''.iops >= 1", "a name stands between the quotes");
}

TEST(problems_have_a_place_and_a_hint)
{
	assert_claim_refused("claim=fixd.iops >= plain.iops",
		"c.job:5:7: error: there is no contender 'fixd'\n"
		"    5 | claim=fixd.iops >= plain.iops\n"
		"      |       ^~~~\n"
		"hint: did you mean 'fixed'?");
	assert_claim_refused("claim=fixed.iosp >= plain.iops", "c.job:5:13: error: there is no "
							       "metric 'iosp'");
	assert_non_null(strstr(rig.messages, "did you mean 'iops'?"));
	assert_claim_refused("claim=fixed.iops >= plain.zzzz", "c.job:5:27: error");
	assert_non_null(strstr(rig.messages, "ringside help metrics"));
	assert_claim_refused("claim=nobody.iops >= 1", "sections are: plain, fixed, 4k b");
}

TEST(points_that_do_not_exist_are_refused)
{
	assert_claim_refused(
		"claim=at(bs=8k): fixed.iops >= plain.iops", "does not have the value '8k'");
	assert_non_null(strstr(rig.messages, "its values are: 4k, 64k"));
	assert_claim_refused("claim=at(iodepth=8): fixed.iops >= plain.iops",
		"no vary= has values of 'iodepth'");
	assert_claim_refused("claim=at(bs=4k,bs=64k): fixed.iops >= 1", "'bs' has two values");
	assert_claim_refused("claim=at(bs): fixed.iops >= 1", "a value is written KEY=VALUE");
	assert_claim_refused("claim=at(bs=4k) fixed.iops >= 1", "':' is needed after at");
	assert_claim_refused("claim=at(bs=4k: fixed.iops >= 1", "')' is needed");
	assert_claim_refused("claim=at(bs=): fixed.iops >= 1", "a value is missing");
}

TEST(what_is_no_line_is_refused)
{
	assert_claim_refused("claim=fixed.iops", "'<=', '>=' or 'within' is needed: the line ends");
	assert_claim_refused("claim=fixed.iops == plain.iops", "within 2% of SIDE");
	assert_claim_refused("claim=fixed.iops <= ", "CONTENDER.METRIC: the line ends here");
	assert_claim_refused("claim=fixed <= 3", "CONTENDER.METRIC");
	assert_claim_refused("claim=3 <= fixed.iops", "a level stands on the right");
	assert_claim_refused("claim=2 * fixed.iops <= 3k", "a level stands on the right");
	assert_claim_refused("claim=fixed.iops <= 3 * 4", "there is no contender '4'");
	assert_claim_refused("claim=fixed.iops <= plain.iops 3", "the line should end here");
	assert_claim_refused("claim=fixed.iops within 5 of plain.iops", "a percentage is needed");
	assert_claim_refused("claim=fixed.iops within 5% plain.iops", "'of' is needed");
	assert_claim_refused("claim=fixed.iops within 100% of plain.iops", "less than 100%");
	assert_claim_refused("claim=fixed.iops <= 0 * plain.iops", "a number above 0");
	assert_claim_refused("claim=fixed.iops <= 1x * plain.iops", "1x:");
	assert_claim_refused("claim=<= 3", "CONTENDER.METRIC, not '<='");
}

TEST(lines_that_compare_nothing_are_refused)
{
	assert_claim_refused("claim=fixed.iops <= plain.cpu", "have different units");
	assert_claim_refused("claim=fixed.iops <= 2 * fixed.iops", "both sides are the same");
	assert_claim_refused("claim=fixed.lat <= 200", "a time needs a unit");
	assert_claim_refused("claim=fixed.iops <= 200ns", "unknown unit");
	assert_claim_refused("claim=fixed.iops <= 0", "never 0 or less");
	assert_claim_refused("claim=fixed.errors within 5% of 0", "never 0 or less");
}

TEST_MAIN(NULL, NULL);
