# SPDX-License-Identifier: MIT
# stage: slow
# Sessions of turns that take some seconds each; turns.bats has the others.

load helper

zero=(--filename=/dev/zero --size=1m --rw=randread --quiet)
turns=(--window=2ms --blocks=3)
# Wide enough for any machine: these tests are not about the verdict.
limits=(--threshold={read.iops,read.lat.p50,read.lat.p99,cpu_ns_per_io,stalled_turns}=95%)

# expect_trials TEXT: the reason in out.json for trials in a row contains it.
expect_trials() {
	expect_json out.json "[k for k in ('rounds', 'turn_s') if k in d['points'][0]]" "[]"
	expect_json out.json "[t for t in d['points'][0]['trials'] if 'rounds' in t]" "[]"
	expect_json out.json "'$1' in d['points'][0]['why_trials']" True
}

@test "the window is as long as 1000 I/Os of the slowest, within bounds" {
	ringside compare --engines psync,io_uring "${zero[@]}" --max-time=8 --json=out.json
	expect_status 0
	# 5 ms are 1000 I/Os at 200k a second, which a busy machine does not have.
	expect_json out.json "0.005 <= d['points'][0]['turn_s'] < 0.02" True
}

@test "another ringside takes turns, too, or all have trials in a row" {
	cat >old <<-'P'
	#!/bin/sh
	case "$*" in *--turns*)
		echo "ringside: error: unknown option '--turns=3'" >&2
		exit 2
	esac
	exec "$RINGSIDE" "$@"
	P
	chmod +x old
	export RINGSIDE="$ringside"
	ringside check --name=rr --ioengine=psync "${zero[@]}" --window=2ms --blocks=7 \
		--trial-time=20ms --ref=./old --comparison=out.json "${limits[@]}"
	expect_trials "unknown option"
	# The ramp is that of the trials: a quarter of each, not what turns settle for.
	expect_json out.json "d['points'][0]['ramp_s'] >= 0.005" True
	cp "$ringside" new
	ringside check --name=rr --ioengine=psync "${zero[@]}" --window=2ms --blocks=4 \
		--ref=./new --comparison=out.json "${limits[@]}"
	expect_status 0
	expect_json out.json "d['points'][0]['rounds'] > 0" True
	expect_text "paired"
}

@test "stalled turns are a gate, in points" {
	ringside check --name=rr --ioengine=psync "${zero[@]}" "${turns[@]}" --blocks=4 \
		--ref=ioengine=psync "${limits[@]}" --threshold=stalled_turns=90% --json=out.json
	expect_status 0
	expect_text "stalled_turns"
	expect_text "+0.9 "
	expect_json out.json "[g['outcome'] for g in d['gates']
		if g['metric'] == 'stalled_turns']" "['pass']"
}
