#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# stage: slow
# `ringside prepare`, broken off a dozen times; prepare.bats has the others.

load helper
load preparations

@test "a fill that is broken off at random moments is whole in the end" {
	local signals=(INT KILL TERM HUP) runs=0
	for ((moment = 0; moment < 12; moment++)); do
		break_off "${signals[RANDOM % 4]}" "0.$((RANDOM % 4))$((RANDOM % 10 + 1))" f \
			--size=96m --fill=rand --save-every=50ms --json=p.json
		[[ " 0 129 130 137 143 " == *" $status "* ]]
		[ "$status" -eq 0 ] && break
		# Of the first pass no more is said than was done.
		[ ! -s p.json ] || expect_json p.json "(len(d['passes']) != 1 or
			d['passes'][0]['bytes'] + d['hole_bytes'] <= d['plan']['bytes'])" True
		runs=$((runs + 1))
		rm -f p.json
	done
	[ "$status" -eq 0 ] || prepare f --size=96m --fill=rand --save-every=50ms --json=p.json
	expect_status 0
	expect_json p.json "[p['bytes'] for p in d['passes']]" "[100663296, 100663296]"
	expect_json p.json "(d['state'], d['hole_bytes'])" "('conditioned', 0)"
	expect_json p.json "d['runs'] <= $((runs + 1))" True
	# SIGKILL may leave a temporary file, and never a state.
	[ -z "$(find state -name '*.json')" ]
}
