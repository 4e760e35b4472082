#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# steadystate: a job that ends when its rate is steady, as in fio.

load helper

@test "a job ends when it is steady, and the result says so" {
	ringside run --name=a --ioengine=null --size=1m --rate_iops=2000 --time_based --runtime=20 \
		--ss=iops:30% --ss_dur=1 --ss_ramp=500ms --ss_interval=200ms --json=a.json \
		--fio-json=fio.json
	expect_status 0
	expect_text "  steady    reached after 1."
	expect_text "iops mean deviation"
	expect_text "below 30.0 % asked, over 1.00 s"
	validate a.json
	expect_json a.json "d['jobs'][0]['steadystate']['attained']" True
	expect_json a.json "len(d['jobs'][0]['steadystate']['intervals'])" 5
	expect_json a.json "d['jobs'][0]['elapsed_ns'] < 10e9" True
	expect_json a.json "all(1000 < i['ios_per_second'] < 3000
		for i in d['jobs'][0]['steadystate']['intervals'])" True
	expect_json fio.json "d['jobs'][0]['steadystate']['ss']" "iops:30.000000%"
	expect_json fio.json "d['jobs'][0]['steadystate']['attained']" 1
	expect_json fio.json "len(d['jobs'][0]['steadystate']['data']['bw'])" 5
	expect_json fio.json "(lambda data: abs(data['bw_mean'] / 4096 - data['iops_mean']) < 2)(
		d['jobs'][0]['steadystate']['data'])" True
}

@test "latency is judged too, with and without a series in the result" {
	for interval in 1s 0; do
		ringside run --name=a --ioengine=null --size=1m --rate_iops=2000 --time_based \
			--runtime=20 --ss=lat:10000% --ss_dur=600ms --ss_interval=200ms \
			--interval=$interval --json=a.json
		expect_status 0
		expect_text "lat mean deviation"
		expect_json a.json "all(0 < i['lat_ns'] < 1e8
			for i in d['jobs'][0]['steadystate']['intervals'])" True
		expect_json a.json "d['jobs'][0]['elapsed_ns'] < 10e9" True
	done
}

@test "a steady state that is not reached is said" {
	ringside run --name=a --ioengine=null --size=1m --rate_iops=2000 --time_based --runtime=1 \
		--ss=bw:1 --ss_dur=400ms --ss_interval=100ms --json=a.json
	expect_status 0
	expect_text "  steady    not reached: bw mean deviation"
	expect_text "was not reached: not in the last window of 400ms either"
	expect_json a.json "d['jobs'][0]['steadystate']['attained']" False
	expect_json a.json "d['warnings'][0]['code']" steady-state-not-reached
	expect_json a.json "d['jobs'][0]['elapsed_ns'] >= 1e9" True
}

@test "fio's example of a steady state runs, its misspelling told" {
	cat >steadystate.fio <<-'J'
	[global]
	threads=1
	group_reporting=1
	time_based
	size=128m

	[ss-write]
	filename=/dev/null
	rw=write
	bs=128k
	numjobs=4
	runtime=1m
	ss=iops:1000%
	ss_dur=3s
	ss_ramp=1s

	[ss-read]
	new_group
	stonewall
	filename=/dev/zero
	rw=randread
	bs=4k
	numjobs=4
	runtime=1m
	ss=bw_slope:1000%
	ss_dur=2s
	ss_ramp=1s
	J
	ringside run steadystate.fio --json=a.json
	expect_status 0
	expect_error "steadystate.fio:2:1: note: 'threads' changes nothing"
	expect_error "hint: numjobs=N makes N workers"
	expect_json a.json "[j['steadystate']['attained'] for j in d['jobs']]" "[True, True]"
	expect_json a.json "[j['elapsed_ns'] < 20e9 for j in d['jobs']]" "[True, True]"
	expect_json a.json "[j['numjobs'] for j in d['jobs']]" "[4, 4]"
}

# fio and ringside look at the same load; each other's data judged by the same rule is the same.
@test "fio has the same keys in its steadystate" {
	need_command fio
	local job=(--name=a --ioengine=null --size=1m --rw=randread --rate_iops=2000 --time_based
		--runtime=20 --ss=iops_slope:50% --ss_dur=2 --ss_ramp=1)
	fio "${job[@]}" --output-format=json >theirs.json
	ringside run "${job[@]}" --fio-json=ours.json
	expect_status 0
	for key in ss duration attained; do
		[ "$(json ours.json "d['jobs'][0]['steadystate']['$key']")" = \
			"$(json theirs.json "d['jobs'][0]['steadystate']['$key']")" ]
	done
	[ "$(json ours.json "sorted(d['jobs'][0]['steadystate'])")" = \
		"$(json theirs.json "sorted(d['jobs'][0]['steadystate'])")" ]
	[ "$(json ours.json "sorted(d['jobs'][0]['steadystate']['data'])")" = \
		"$(json theirs.json "sorted(d['jobs'][0]['steadystate']['data'])")" ]
}

@test "trials have their own length: steadystate does not end them" {
	ringside compare --name=a --ioengine=null --size=1m --ss=iops:1000% --ss_dur=200ms \
		--ss_interval=100ms --engines=null --blocks=3 --trial-time=400ms --no-control \
		--json=c.json
	expect_error "trials take --trial-time, whatever steadystate says"
	expect_json c.json "all(t['window_s'] > 0.39 for p in d['points'] for t in p['trials'])" \
		True
}

@test "latency_target finds a depth, in fio's keys too" {
	dd if=/dev/urandom of=file bs=1M count=4 status=none
	ringside run --name=a --filename=file --ioengine=io_uring --rw=randread --size=4m \
		--iodepth=16 --time_based --runtime=20 --latency_target=10s --latency_window=100ms \
		--latency_percentile=90 --json=a.json --fio-json=fio.json
	expect_status 0
	expect_text "  target    depth 16 of 16: 90.0 % of the I/Os are within 10.0 s"
	validate a.json
	expect_json a.json "d['jobs'][0]['latency_target']['depth']" 16
	expect_json a.json "d['jobs'][0]['latency_target']['met']" True
	expect_json a.json "0.09e9 < d['jobs'][0]['elapsed_ns'] < 10e9" True
	expect_json fio.json "d['jobs'][0]['latency_depth']" 16
	expect_json fio.json "d['jobs'][0]['latency_target_ns']" 10000000000
	expect_json fio.json "d['jobs'][0]['latency_window_us']" 100000
	expect_json fio.json "d['jobs'][0]['latency_percentile']" 90.0
}

@test "a synchronous engine has one depth, and that is said" {
	ringside run --name=a --filename=/dev/zero --size=1m --rw=randread --iodepth=8 \
		--time_based --runtime=5 --latency_target=10s --latency_window=50ms --json=a.json
	expect_status 0
	expect_json a.json "d['jobs'][0]['latency_target']['depth']" 1
	expect_text "latency_target had no depth to choose"
}

@test "an I/O that takes longer than max_latency fails the job, as in fio" {
	local job=(--name=a --filename=/dev/zero --size=64m --bs=64m --max_latency=1us)
	ringside run "${job[@]}" --json=a.json
	expect_status 5
	expect_error "longer than max_latency=1us"
	expect_json a.json "d['jobs'][0]['error']['name']" ETIMEDOUT
	need_command fio
	fio "${job[@]}" --output-format=json >fio.json 2>/dev/null || true
	sed -i '1,/^{/{/^{/!d}' fio.json
	expect_json fio.json "d['jobs'][0]['error']" \
		"$(json a.json "d['jobs'][0]['error']['errno']")"
}

@test "a depth of one that is too slow fails the job; compare sets no depth" {
	local job=(--name=a --filename=/dev/zero --size=1m --rw=randread --latency_target=1ns
		--latency_window=50ms)
	ringside run "${job[@]}" --time_based --runtime=5
	expect_status 5
	expect_error "were slower than latency_target=1ns"
	expect_error "hint: raise latency_target"
	ringside compare "${job[@]}" --engines=null --blocks=3 --trial-time=20ms --no-control
	expect_error "trials take --trial-time, whatever latency_target says"
}
