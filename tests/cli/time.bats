# SPDX-License-Identifier: MIT
# Pace, pauses, ends and order by the real clock, where fio itself cannot be asked. The others are
# tests/fio-jobs/time-*.fio.

load helper

# fio 3.33 hangs at the end of many jobs with offload.
@test "offload gives a blocking engine its threads, and loses no I/O" {
	printf '%s\n' [a] ioengine=psync io_submit_mode=offload iodepth=4 size=1m rw=randwrite >job
	ringside run job --json=out.json
	expect_status 0
	expect_error "the engine threads does the I/Os, 4 at once"
	expect_json out.json "d['jobs'][0]['write']['ios']" 256
	expect_json out.json "d['jobs'][0]['engine']['name']" threads
	[ "$(stat -c %s a.0.0)" -eq 1048576 ]
	ringside run --filename=a.0.0 --ioengine=libaio --io_submit_mode=offload --iodepth=4 \
		--rw=randread --rate_iops=1000 --name=b --json=out.json
	expect_status 0
	expect_error "offload: the worker submits by itself"
	expect_json out.json "d['jobs'][0]['read']['ios']" 256
}

# fio 3.33 sleeps for hours when its spin takes longer than the pause.
@test "a pause that is spent awake costs CPU time, and is told apart" {
	zero_job <<-'J'
		[a]
		runtime=500ms
		time_based
		thinktime=20ms
		thinktime_spin=20ms
		[b]
		runtime=500ms
		time_based
		thinktime=20ms
	J
	ringside run job --json=out.json
	expect_status 0
	expect_json out.json "[10 <= j['read']['ios'] <= 26 for j in d['jobs']]" "[True, True]"
	expect_json out.json "d['jobs'][0]['cpu']['pacing_ns'] > 100e6" True
	expect_json out.json "d['jobs'][1]['cpu']['pacing_ns'] < 50e6" True
}

@test "cycles are spent after each I/O" {
	ringside run --name=a --ioengine=null --size=400k --thinkcycles=1000000 --json=out.json
	expect_status 0
	expect_json out.json "d['jobs'][0]['read']['ios']" 100
	expect_json out.json "d['jobs'][0]['elapsed_ns'] > 10e6" True
}

@test "the text says that a rate is a limit" {
	ringside run --name=a --ioengine=null --rw=randrw --size=1m --rate=,40m
	expect_status 0
	expect_text "limit     rate=0,40m,40m; latency is from when an I/O was sent"
}
