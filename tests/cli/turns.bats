# SPDX-License-Identifier: MIT
# Contenders that take turns of milliseconds: where they do, where not and why, and how it ends.
# turns_more.bats has sessions that take longer.
# covers: src/session/alternation.c
# covers: src/run/turns.c

load helper

zero=(--filename=/dev/zero --size=1m --rw=randread --quiet)
turns=(--window=2ms --blocks=3)

# The session that the first two tests look at.
setup_file() {
	"${RINGSIDE:-$BATS_TEST_DIRNAME/../../build/ringside}" compare --engines psync,io_uring \
		"${zero[@]}" "${turns[@]}" --json="$BATS_FILE_TMPDIR/out.json" \
		>"$BATS_FILE_TMPDIR/shown"
}

# expect_trials TEXT: the reason in out.json for trials in a row contains it.
expect_trials() {
	expect_json out.json "[k for k in ('rounds', 'turn_s') if k in d['points'][0]]" "[]"
	expect_json out.json "[t for t in d['points'][0]['trials'] if 'rounds' in t]" "[]"
	expect_json out.json "'$1' in d['points'][0]['why_trials']" True
}

@test "contenders take turns, in blocks of rounds" {
	cp "$BATS_FILE_TMPDIR"/{out.json,shown} .
	validate_by comparison-schema out.json
	expect_json out.json "d['points'][0]['turn_s']" 0.002
	expect_json out.json "'why_trials' in d['points'][0]" False
	expect_json out.json "len(d['points'][0]['trials'])" 9
	# On a busy machine a block has fewer rounds than were planned; the title has those it had.
	expect_json out.json "d['points'][0]['rounds']" 100
	expect_json out.json "all(10 <= t['rounds'] <= 100 for t in d['points'][0]['trials'])" True
	rounds=$(json out.json \
		"'%.0f' % (sum(t['rounds'] for t in d['points'][0]['trials']) / 9)")
	grep -F "3 blocks × 3 × $rounds turns of 2 ms" shown
	# A window is as long as it was asked to be; the longest wait for a CPU is not bounded.
	expect_json out.json "all(t['window_s'] >= t['rounds'] * 0.002
		for t in d['points'][0]['trials'])" True
	expect_json out.json "all(t['counts'] for t in d['points'][0]['trials'])" True
	# What they asked for, they were.
	expect_json out.json "d['points'][0]['contenders'][1]['engine_proof']['opcodes'][:4]" READ
}

@test "the record of turns reads back as it was shown" {
	ringside report "$BATS_FILE_TMPDIR/out.json"
	expect_status 0
	diff "$BATS_FILE_TMPDIR/shown" <(printf '%s\n' "$output")
}

@test "trials in a row where turns would mislead, and the reason" {
	ringside compare --engines psync,io_uring --filename=data --size=1m --rw=randwrite --quiet \
		--window=2ms --trial-time=20ms --blocks=1 --json=out.json
	expect_status 0
	expect_trials "it writes"
	expect_text "trials in a row, no turns of milliseconds: psync: it writes"
	while IFS='|' read -r why options; do
		# shellcheck disable=SC2086 # words
		ringside compare --engines psync,io_uring --filename=/dev/zero --size=1m \
			--rw=randread --quiet --window=2ms --trial-time=20ms --blocks=1 \
			--json=out.json $options
		expect_status 0
		expect_trials "$why"
	done <<-'C'
	a rate, pauses or a flow|--rate_iops=20000
	a rate, pauses or a flow|--thinktime=100us
	more threads than two for each CPU|--numjobs=99
	C
	dd if=/dev/zero of=data bs=1M count=1 status=none
	ringside compare --engines psync,io_uring --filename=data --size=1m --rw=randread --quiet \
		--window=2ms --trial-time=20ms --blocks=1 --json=out.json --invalidate=1
	expect_status 0
	expect_trials "cold cache"
}

@test "a window is bounded" {
	for given in 25h 1001ms; do
		ringside compare --engines psync,io_uring "${zero[@]}" --window="$given"
		expect_status 2
		expect_error "--window=$given: "
	done
	ringside compare --engines psync,io_uring "${zero[@]}" "${turns[@]}" --blocks=1
	expect_status 0
	expect_text " turns of 2 ms"
}

@test "who asks for trials has them" {
	for options in --trial-time=20ms "--blocks=3 --trial-time=20ms" \
		"--ramp-time=1ms --trial-time=20ms" \
		"--window=0 --trial-time=20ms --blocks=3"; do
		# shellcheck disable=SC2086 # words
		ringside compare --engines psync,io_uring "${zero[@]}" --max-time=6 \
			--precision=50% --json=out.json $options
		expect_status 0
		expect_json out.json \
			"[k for k in ('rounds', 'why_trials') if k in d['points'][0]]" "[]"
	done
}

@test "a contender that fails between turns is out, and the others go on" {
	cat >dies <<-'P'
	#!/bin/sh
	case "$*" in *--turns*) sleep 0.3; kill -9 $$ ;; esac
	exec "$RINGSIDE" "$@"
	P
	chmod +x dies
	export RINGSIDE="$ringside"
	ringside check --name=rr --ioengine=psync "${zero[@]}" --window=2ms --blocks=7 \
		--trial-time=20ms --ref=./dies --comparison=out.json
	# It never took a turn: trials in a row, in which it runs.
	expect_trials "137"
}

@test "poll threads sleep between turns" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU: its poll thread has none of its own"
	ringside compare --engines psync,io_uring+sqthread_poll "${zero[@]}" --window=5ms \
		--blocks=1 --json=out.json
	expect_status 0
	expect_json out.json "d['points'][0]['rounds'] > 0" True
	effective="d['points'][0]['contenders'][1]['effective']"
	expect_json out.json "$effective['sqthread_poll_idle']" 1ms
}

@test "a stop at any moment leaves a whole record and no process" {
	for delay in 0.3 1.4 2.3; do
		timeout -s INT "$delay" "$ringside" compare --engines psync,io_uring "${zero[@]}" \
			--window=20ms --json=out.json >text 2>errors && status=0 || status=$?
		[ "$status" -eq 130 ] || [ "$status" -eq 124 ]
		if [ -e out.json ]; then
			validate_by comparison-schema out.json
			expect_json out.json "d['signal']" 2
			# Contenders that were not primed are no reason against turns.
			expect_json out.json "'why_trials' in d['points'][0]" False
			rm out.json
		fi
	done
	must_fail pgrep -f "$ringside run --quiet --format=json.*--turns" >/dev/null
}
