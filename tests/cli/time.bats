# SPDX-License-Identifier: MIT
# Pace, pauses, ends and order, and what is shown of jobs, where fio-jobs/compare does not look: the
# others are tests/fio-jobs/time-*.fio.

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
	# On a busy machine it has a part of a CPU, but far more than one that sleeps.
	expect_json out.json "(d['jobs'][0]['cpu']['pacing_ns'] >
		10 * d['jobs'][1]['cpu']['pacing_ns'])" True
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

@test "a job that waits starts when all clones of the other are done, with its own" {
	zero_job <<-'J'
		[a]
		runtime=300ms
		time_based
		rate_iops=100
		numjobs=2
		[beside]
		runtime=100ms
		time_based
		rate_iops=100
		[b]
		wait_for=a
		numjobs=2
		[c]
		wait_for=beside
	J
	ringside run job --json=out.json
	expect_status 0
	validate out.json
	expect_json out.json "min(j['started_ns'] for j in d['jobs'][3:5]) >= max(
		j['started_ns'] + j['elapsed_ns'] for j in d['jobs'][:2])" True
	expect_json out.json "d['jobs'][3]['started_ns'] == d['jobs'][4]['started_ns']" True
	expect_json out.json "d['jobs'][5]['started_ns'] < d['jobs'][3]['started_ns']" True
	expect_json out.json "[d['jobs'][i]['read']['ios'] for i in (3, 4, 5)]" "[16, 16, 16]"
}

@test "commands run before and after a job, with its I/O between them" {
	cat >job <<-'J'
		[a]
		filename=file
		size=64k
		rw=write
		exec_prerun=stat -c %s file && echo x >&2
		exec_postrun=cksum file
		fallocate=none
		[b]
		filename=/dev/zero
		wait_for=a
		size=4k
		exec_prerun=cat a.postrun.txt
	J
	ringside run job --json=out.json
	expect_status 0
	expect_error "note: exec_prerun: a run gives this to the shell before the job"
	[ "$(cat a.prerun.txt)" = "$(printf '0\nx')" ]
	[ "$(cat a.postrun.txt)" = "$(cksum file)" ]
	cmp a.postrun.txt b.prerun.txt
	rm ./*.txt file
	ringside run job --dry-run
	expect_status 0
	[ "$(ls)" = "$(printf 'job\nout.json')" ]
}

@test "a job whose command fails does no I/O and fails, unlike fio's" {
	printf '%s\n' [a] ioengine=null size=4k 'exec_prerun=echo no; exit 7' [b] ioengine=null \
		size=4k 'exec_postrun=exit 7' >job
	sed -i 's/;/\&\&/' job
	ringside run job --json=out.json
	expect_status 5
	expect_error "job 'a': exec_prerun ended with 7: see a.prerun.txt"
	[ "$(cat a.prerun.txt)" = no ]
	expect_json out.json "[j['read']['ios'] for j in d['jobs']]" "[0, 1]"
	expect_json out.json "d['jobs'][1]['error'] or 0" 0
}

@test "a signal ends a command, and the run with it" {
	printf '%s\n' [a] ioengine=null size=4k "exec_prerun=sleep 100.$$" >job
	timeout --signal=INT 1 "$ringside" run job >out 2>err && status=0 || status=$?
	[ "$status" -eq 124 ]
	must_fail pgrep -f "sleep 100[.]$$\$"
}

@test "each clone draws its delay out of the range" {
	ringside run --name=a --ioengine=null --size=4k --numjobs=8 --startdelay=100ms-400ms \
		--json=out.json
	expect_status 0
	expect_json out.json "all(100e6 <= j['started_ns'] <= 500e6 for j in d['jobs'])" True
	expect_json out.json "len({j['started_ns'] // 1000000 for j in d['jobs']}) > 3" True
}

# shapes FILE: of fio's document or ours, the sections of each job and what they count.
shapes() {
	/usr/bin/python3 - "$1" <<'P'
import json, sys
text = open(sys.argv[1]).read()
for job in json.loads(text[text.index("{"):])["jobs"]:
    for key in "read", "write", "trim", "sync", "mixed":
        part = job.get(key)
        if part and key not in ("read", "write"): # of a mix they are chance
            print(job["jobname"], key, part["total_ios"], part.get("io_bytes"),
                part["lat_ns"]["N"])
        elif part:
            print(job["jobname"], key)
P
}

@test "unified_rw_reporting shapes documents and texts as in fio" {
	need_command fio
	cp "$root/tests/fio-jobs/time-unified.fio" job
	fio --output-format=json --output=theirs.json job
	ringside run job --fio-json=ours.json
	expect_status 0
	shapes theirs.json >theirs
	shapes ours.json >ours
	diff theirs ours
	[ "$(grep -c mixed ours)" -eq 2 ]
	expect_text "mixed"
	fio job | grep -oE '^ +(mixed|read|write|MIXED|READ|WRITE):' >theirs
	ringside fio job
	grep -oE '^ +(mixed|read|write|MIXED|READ|WRITE):' <<<"$output" >ours
	diff theirs ours
	fio --minimal job | cut -d';' -f3,6 | sort | head -1 >theirs # of the mixed one KiB read
	ringside fio --minimal job
	cut -d';' -f3,6 <<<"$output" | sort | head -1 >ours
	diff theirs ours
}

@test "stats=0 leaves a job out of the result, not out of the run" {
	printf '%s\n' [global] filename=file size=64k [a] ioengine=null [b] stats=0 rw=write \
		[c] ioengine=null >job
	ringside run job --json=out.json
	expect_status 0
	expect_json out.json "[j['name'] for j in d['jobs']]" "['a', 'c']"
	[ "$(stat -c %s file)" -eq 65536 ]
	ringside run --name=only --stats=0 --ioengine=null --size=4k --json=out.json
	expect_status 0
	expect_json out.json "len(d['jobs'])" 0
}

@test "a rate of one direction of a mix limits that, and leaves the other free, as in fio" {
	need_command fio
	for rate in ,1000 1000,; do
		set -- --name=a --ioengine=null --rw=randrw --size=1g --runtime=1 --time_based \
			--rate_iops=$rate
		fio "$@" --output-format=json --output=theirs.json
		ringside run "$@" --fio-json=ours.json
		expect_status 0
		for file in theirs ours; do
			expect_json $file.json "[800 < d['jobs'][0][k]['total_ios'] < 1200
				for k in ('read', 'write')].count(True)" 1
			expect_json $file.json "max(d['jobs'][0][k]['total_ios']
				for k in ('read', 'write')) > 20000" True
		done
	done
}
