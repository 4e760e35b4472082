#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# jobs/nvme-ladder.job as its head says to use it, only shorter.

load ringside

# A rung ends by count: a slow machine has all of it, too.
shorten() {
	sed 's/^ramp_time=.*//; s/^runtime=.*/number_ios=2000/; s/^time_based$//' \
		"$BATS_TEST_DIRNAME/../../jobs/nvme-ladder.job" >ladder.job
}

@test "the ladder's six rungs run, and each rung's proof holds" {
	shorten
	NAMESPACE=0n2 ringside run ladder.job --hipri_insist=1 --strict_engine=1 --format=json \
		--output=result.json
	expect_status 0
	expect_result \
		"[j['engine']['name'] for j in d['jobs']] == ['libaio'] + 3 * ['io_uring'] +
			2 * ['io_uring_cmd']" \
		"all(j['read']['ios'] == 2000 for j in d['jobs'])" \
		"[j['targets'][0]['path'] for j in d['jobs']] ==
			4 * ['/dev/nvme0n2'] + 2 * ['/dev/ng0n2']" \
		"[int(j['engine']['proof']['device_interrupts']) == 0 for j in d['jobs']] ==
			[False, False, False, True, False, True]" \
		"['IOPOLL' in j['engine']['effective'].get('setup_flags', '') for j in d['jobs']] ==
			[False, False, False, True, False, True]" \
		"'READ_FIXED' in d['jobs'][2]['engine']['proof']['opcodes']" \
		"[j['engine']['proof']['buffers'] for j in d['jobs'][4:]] ==
			['mapped for each command', 'registered']" \
		"[j['engine']['proof'].get('files') for j in d['jobs']] ==
			[None, 'descriptors', 'registered', 'registered', 'descriptors',
			'registered']"
}

@test "its table shows six rungs, and where interrupts were none" {
	shorten
	ringside run ladder.job --hipri_insist=1
	expect_status 0
	for rung in '1-libaio .* [1-9][^ ]*' '2-io_uring .* [1-9][^ ]*' '3-fixed .* [1-9][^ ]*' \
		'4-iopoll .* 0' '5-passthrough .* [1-9][^ ]*' '6-passthrough-iopoll-fixed .* 0'; do
		grep -qE "^  $rung$" <<<"$output" || { echo "$rung: $output"; return 1; }
	done
	[ "$(grep -c '^  proof  ' <<<"$output")" -eq 6 ]
}

@test "without insisting Linux 6.1 has five rungs, and the sixth says why" {
	[[ $(uname -r) == 6.1.* ]] || skip "this kernel is not 6.1"
	shorten
	ringside run ladder.job --format=json --output=result.json
	expect_status 4
	expect_stderr "crashes Linux 6.1"
	expect_result "[j['read']['ios'] if 'read' in j and j['read'] else 0 for j in d['jobs']] ==
		5 * [2000] + [0]"
}

@test "compare ranks the six rungs" {
	shorten
	ringside compare ladder.job --hipri_insist=1 --quiet --no-control --blocks=2 \
		--trial-time=50ms --ramp-time=0 --json=compare.json
	expect_status 0
	for rung in 1-libaio 2-io_uring 3-fixed 4-iopoll 5-passthrough \
		6-passthrough-iopoll-fixed; do
		grep -qE "^  $rung " <<<"$output" || { echo "$rung: $output"; return 1; }
	done
	[[ $output != *" ! "* ]]
}
