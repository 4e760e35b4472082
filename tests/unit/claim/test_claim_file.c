/* SPDX-License-Identifier: MIT */
/* The section [claim] of a job file, read and refused. covers: src/claim/claim.c */
#include "claim_rig.h"
#include "job/job_set.h"

TEST_FIXTURE(NULL, claim_rig_close);

#define LINE "claim=fixed.iops >= plain.iops\n"

TEST(a_claim_file_is_read)
{
	const struct claim *claim = &rig.claim;

	assert_int_equal(claim_rig_lines("about=One thing.\nabout=Another.\nvary=iodepth=1, 8\n"
					 "trial-time=500ms\nmax_time=1m\nblocks=8\nref=plain\n"
					 "metric=cpu\nneeds=cpus>=2, nvme\nneeds=memory >= 1g\n"
					 "claim=fixed.iops >= plain.iops\n"
					 "claim.twice=fixed.iops >= 2 * plain.iops\n"
					 "claim=fixed.iops >= 1k"),
		0);
	assert_string_equal(claim->path, "c.job");
	assert_string_equal(claim->name, "c");
	assert_string_equal(claim->title, "Fixed buffers save the page walk");
	assert_string_equal(claim->statement, "They do.");
	assert_string_equal(claim->about, "One thing. Another.");
	assert_int_equal(claim->vary_count, 2);
	assert_string_equal(claim->vary[1], "iodepth=1, 8");
	assert_int_equal(claim->point_count, 4);
	assert_string_equal(claim->points[0].name, "bs=4k iodepth=1");
	assert_string_equal(claim->points[3].name, "bs=64k iodepth=8");
	assert_int_equal(claim->trial_ns, 500000000);
	assert_int_equal(claim->limit_ns, 60000000000);
	assert_int_equal(claim->ramp_ns, 0);
	assert_int_equal(claim->blocks, 8);
	assert_string_equal(claim->reference, "plain");
	assert_int_equal(claim->primary, VALUE_CPU_PER_IO);
	assert_int_equal(claim->need_count, 3);
	assert_int_equal(claim->needs[0].kind, NEED_CPUS);
	assert_int_equal(claim->needs[0].count, 2);
	assert_int_equal(claim->needs[1].kind, NEED_NVME);
	assert_int_equal(claim->needs[2].count, 1 << 30);
	assert_int_equal(claim->contender_count, 3);
	assert_string_equal(claim->contenders[1], "fixed");
	assert_int_equal(claim->line_count, 3);
	assert_string_equal(claim->lines[0].name, "1");
	assert_string_equal(claim->lines[1].name, "twice");
	assert_true(claim->lines[1].is_tagged);
	assert_string_equal(claim->lines[2].name, "3");
}

TEST(what_is_not_given_stays_open)
{
	assert_int_equal(
		claim_rig_read("[a]\n[claim]\ntitle=T\nstatement=S\nclaim=a.iops>=1\n"), 0);
	assert_int_equal(rig.claim.point_count, 1);
	assert_string_equal(rig.claim.points[0].name, "");
	assert_int_equal(rig.claim.primary, VALUE_COUNT);
	assert_null(rig.claim.about);
	assert_null(rig.claim.reference);
	assert_int_equal(rig.claim.blocks, 0);
	assert_int_equal(rig.claim.place.line, 2);
}

TEST(sections_of_one_contender_are_one_name)
{
	assert_int_equal(claim_rig_read("[claim]\ntitle=T\nstatement=S\nclaim=both.iops >= c.iops\n"
					"[a]\ncontender=both\n[b]\ncontender=both\n[c]\n"),
		0);
	assert_int_equal(rig.claim.contender_count, 2);
	assert_string_equal(rig.claim.contenders[0], "both");
}

/* As for jobs: below it, and a section has the last word. */
TEST(a_contender_of_global_is_one_of_all_sections_below)
{
	assert_int_equal(
		claim_rig_read("[claim]\ntitle=T\nstatement=S\n"
			       "claim=both.iops >= c.iops\nclaim=early.iops >= 1\n[early]\n"
			       "[global]\ncontender=both\n[a]\n[b]\n[c]\ncontender=c\n"),
		0);
	assert_int_equal(rig.claim.contender_count, 3);
	assert_string_equal(rig.claim.contenders[1], "both");
}

TEST(an_option_is_given_once_whatever_it_is_called)
{
	assert_claim_refused("trial-time=1s\ntrial_time=2s\n" LINE,
		"c.job:6:1: error: trial_time is given twice");
	assert_claim_refused("max_time=1s\nmax-time=2s\n" LINE, "max-time is given twice");
	assert_int_equal(claim_rig_lines("needs=root\nneeds=direct\n" LINE), 0);
}

TEST(a_value_that_is_a_comment_is_none)
{
	assert_claim_refused(
		"about=#1 of all\n" LINE, "c.job:5:1: error: about: the value is missing");
	assert_non_null(strstr(rig.messages, "';' and '#' begin a comment"));
}

TEST(every_problem_is_reported_with_its_place)
{
	assert_claim_refused(
		"titel=x\nblocks=2\nref=plan\nvary=iodepth\nneeds=luck\nclaim.B=x\n" LINE
		"claim=a.b",
		"c.job:5:1: error: [claim] has no option 'titel'");
	assert_non_null(strstr(rig.messages, "did you mean 'title'?"));
	assert_non_null(strstr(rig.messages, "c.job:6:8: error: blocks=2: less than 3"));
	assert_non_null(strstr(rig.messages, "c.job:7:5: error: there is no contender 'plan'"));
	assert_non_null(strstr(rig.messages, "did you mean 'plain'?"));
	assert_non_null(strstr(rig.messages, "c.job:8:6: error: vary=iodepth: no values"));
	assert_non_null(strstr(rig.messages, "c.job:9:7: error: needs=luck: this is not known"));
	assert_non_null(strstr(rig.messages, "c.job:10:7: error: a tag is a letter"));
	assert_non_null(strstr(rig.messages, "c.job:12:7: error: there is no contender 'a'"));
	assert_int_equal(rig.diag.error_count, 7);
}

/* Two points of one name would be one in tables, measured twice. */
TEST(a_sweep_has_each_value_once)
{
	assert_claim_refused("vary=iodepth=1,8,1\n" LINE,
		"c.job:5:6: error: vary=iodepth=1,8,1: a value is given twice");
	assert_claim_refused("vary=iodepth=1,,8\n" LINE,
		"c.job:5:6: error: vary=iodepth=1,,8: a value is missing");
	assert_claim_refused("vary=bs=8k\n" LINE,
		"c.job:5:6: error: vary=bs=8k: another vary= has values of it");
}

TEST(loads_are_shares_of_what_a_contender_does)
{
	const struct claim *claim = &rig.claim;

	assert_int_equal(claim_rig_lines("load=50 %, 95% of plain\n"
					 "claim=at(load=95%): fixed.iops >= plain.iops\n"
					 "claim=fixed@load=max.iops >= plain@bs=4k,load=50%.iops"),
		0);
	assert_string_equal(claim->loads.of, "plain");
	assert_int_equal(claim->loads.count, 2);
	assert_true(claim->loads.shares[0] == 0.5);
	assert_int_equal(claim->point_count, 6);
	assert_string_equal(claim->points[0].name, "bs=4k load=max");
	assert_string_equal(claim->points[2].name, "bs=4k load=95%");
	assert_string_equal(claim->points[4].name, "bs=64k load=50%");
	assert_string_equal(claim->lines[0].at.values[0].value, "95%");
	assert_int_equal(claim->vary_count, 1);
	assert_claim_refused("load=50%\n" LINE, "c.job:5:6: error: load=50%: shares and a");
	assert_claim_refused("load=50% of nobody\n" LINE, "there is no contender 'nobody'");
	assert_claim_refused("load= of plain\n" LINE, "load=of plain: shares and a contender");
	assert_claim_refused("load=0%,50% of plain\n" LINE, "from above 0 % to 100 %");
	assert_claim_refused("load=101% of plain\n" LINE, "from above 0 % to 100 %");
	assert_claim_refused("load=nan% of plain\n" LINE, "from above 0 % to 100 %");
	assert_claim_refused("load=0.5 of plain\n" LINE, "from above 0 % to 100 %");
	assert_claim_refused("load=50%,,80% of plain\n" LINE, "from above 0 % to 100 %");
	assert_claim_refused("load=80%,50% of plain\n" LINE, "shares ascend");
	assert_claim_refused("load=50% of plain\nload=60% of plain\n" LINE, "given twice");
	assert_claim_refused(
		"claim=at(load=50%): fixed.iops >= 1", "c.job:5:10: error: there is no load= in");
	assert_non_null(strstr(rig.messages, "add load=50%,80%,95% of NAME"));
	assert_claim_refused("load=50% of plan\n" LINE, "there is no contender 'plan'");
	assert_non_null(strstr(rig.messages, "did you mean 'plain'?"));
}

/* Two of one name would be one point. */
TEST(loads_have_names_as_fine_as_they_are)
{
	const struct claim *claim = &rig.claim;

	assert_int_equal(claim_rig_lines("load=33.33333%,33.33334% of plain\n"
					 "claim=at(load=33.33334%): fixed.iops >= plain.iops\n"
					 "claim=fixed@load=33.33333%.iops >= plain@load=max.iops"),
		0);
	assert_string_equal(claim->points[1].name, "bs=4k load=33.33333%");
	assert_string_equal(claim->points[2].name, "bs=4k load=33.33334%");
	assert_string_equal(claim->lines[0].at.values[0].value, "33.33334%");
	assert_string_equal(claim->lines[1].left.point.values[0].value, "33.33333%");
	assert_claim_refused("load=50% of plain\nclaim=at(load=60%): fixed.iops >= 1",
		"error: load=… does not have the value '60%'");
}

TEST(a_value_of_the_sweep_needs_no_quotes)
{
	const struct claim *claim = &rig.claim;

	assert_int_equal(claim_rig_lines("vary=iodepth=1,1.5,15\n"
					 "claim=at(iodepth=1.5): fixed.iops >= plain.iops\n"
					 "claim=fixed@iodepth=1.5.iops >= plain@iodepth=1.iops\n"
					 "claim=at(iodepth='1.5'): fixed.iops >= plain.iops"),
		0);
	assert_string_equal(claim->lines[0].at.values[0].value, "1.5");
	assert_string_equal(claim->lines[1].left.point.values[0].value, "1.5");
	assert_string_equal(claim->lines[1].right.point.values[0].value, "1");
	assert_string_equal(claim->lines[2].at.values[0].value, "1.5");
	assert_claim_refused("vary=iodepth=1,15\nclaim=at(iodepth=150): fixed.iops >= 1",
		"does not have the value '150'");
}

TEST(a_misspelt_line_is_guessed)
{
	assert_claim_refused(
		"clam=fixed.iops >= 1\n" LINE, "c.job:5:1: error: [claim] has no option");
	assert_non_null(strstr(rig.messages, "did you mean 'claim'?"));
}

TEST(what_is_missing_is_named)
{
	assert_int_equal(claim_rig_read("[a]\nrw=read\n"), -EINVAL);
	assert_non_null(strstr(rig.messages, "c.job: error: there is no section [claim]"));
	assert_int_equal(claim_rig_read("[claim]\n[a]\n"), -EINVAL);
	assert_non_null(strstr(rig.messages, "c.job:1:2: error: [claim] has no title="));
	assert_non_null(strstr(rig.messages, "has no statement="));
	assert_non_null(strstr(rig.messages, "has no line to test"));
	assert_int_equal(rig.diag.error_count, 3);
	assert_int_equal(claim_rig_read("[claim]\ntitle=\nstatement\n" LINE), -EINVAL);
	assert_non_null(strstr(rig.messages, "this claim has no contenders"));
	assert_null(strstr(rig.messages, "there is no contender"));
	assert_non_null(strstr(rig.messages, "c.job:2:1: error: title: the value is missing"));
	assert_non_null(strstr(rig.messages, "c.job:3:1: error: statement: the value is missing"));
}

/* Comments begin anywhere: half of a sentence would be lost without a word. */
TEST(a_text_that_a_comment_cuts_is_told)
{
	assert_int_equal(claim_rig_read(CLAIM_RIG_HEAD
				 "about=4 KiB; not more\nabout=of #1\n" LINE
				 " ; the line\nabout=whole ; said here\n" CLAIM_RIG_JOBS),
		0);
	assert_non_null(strstr(rig.messages, "c.job:5:12: warning: ';' begins a comment"));
	assert_non_null(strstr(rig.messages, "c.job:6:10: warning: '#' begins a comment"));
	assert_int_equal(rig.diag.warning_count, 2);
	assert_string_equal(rig.claim.about, "4 KiB of whole");
}

TEST(what_is_there_twice_is_refused)
{
	assert_claim_refused("title=Again\n" LINE, "c.job:5:1: error: title is given twice");
	assert_claim_refused("claim.a=fixed.iops >= 1\nclaim.a=fixed.iops >= 2",
		"c.job:6:7: error: another line has the tag 'a'");
	assert_int_equal(
		claim_rig_read(CLAIM_RIG_HEAD LINE "[claim]\n" LINE CLAIM_RIG_JOBS), -EINVAL);
	assert_non_null(strstr(rig.messages, "c.job:6:2: error: a file has one [claim]"));
}

TEST(a_title_fits_into_a_table)
{
	char text[256];

	assert_int_equal(
		claim_rig_read("[claim]\ntitle=123456789 123456789 123456789 123456789 123456789 "
			       "12345678µs\nstatement=S\nclaim=a.iops >= 1\n[a]\n"),
		0);
	assert_true(snprintf(text, sizeof(text),
			    "[claim]\ntitle=%061d\nstatement=S\n"
			    "claim=a.iops >= 1\n[a]\n",
			    0) > 0);
	assert_int_equal(claim_rig_read(text), -EINVAL);
	assert_non_null(strstr(rig.messages, "61 characters is too long"));
}

TEST(needs_are_words_with_counts_where_they_have_one)
{
	assert_claim_refused("needs=cpus\n" LINE, "'>=' and a number follow");
	assert_claim_refused("needs=root, nvme>=2\n" LINE, "c.job:5:13: error: needs=nvme>=2");
	assert_claim_refused("needs=cpus>=two\n" LINE, "needs=cpus>=two:");
}

/* Not a job of the file, unless it is no claim. */
TEST(run_and_compare_leave_a_claim_out)
{
	static const char text[] = CLAIM_RIG_HEAD LINE "[a]\nrw=read\nsize=1m\nfilename=x\n";
	static const char job[] = "[claim]\nrw=read\nsize=1m\nfilename=x\n";
	struct job_request request = {0};
	struct job_set set;

	(void)claim_rig_read(text);
	rig.diag.error_count = 0;
	rig.diag.stream = NULL;
	assert_int_equal(job_set_read_text(&set, "c.job", text, sizeof(text) - 1, claim_rig_load,
				 &request, &rig.diag),
		0);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.jobs[0].name, "a");
	job_set_free(&set);
	assert_int_equal(job_set_read_text(&set, "c.job", job, sizeof(job) - 1, claim_rig_load,
				 &request, &rig.diag),
		0);
	assert_string_equal(set.jobs[0].name, "claim");
	job_set_free(&set);
	request.has_fios_globals = true;
	assert_int_equal(job_set_read_text(&set, "c.job", text, sizeof(text) - 1, claim_rig_load,
				 &request, &rig.diag),
		-EINVAL);
	job_set_free(&set);
}

TEST_MAIN(NULL, NULL);
