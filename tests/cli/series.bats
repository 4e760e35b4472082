# SPDX-License-Identifier: MIT
# The series of a run: each I/O is in one interval, whatever the engine, and however the run ends.
# covers: src/run/wave_series.c

load helper

# expect_sums FILE...: of each job all intervals together are the job, bucket by bucket, and they
# follow each other from the window's start to its end.
expect_sums() {
	validate "$@" || return 1
	/usr/bin/python3 - "$@" <<-'P'
		import collections, json, sys
		for path in sys.argv[1:]:
		    for job in json.load(open(path))["jobs"]:
		        end = 0
		        for interval in job["series"]["intervals"]:
		            assert interval["start_ns"] == end, f"{path}: {interval['start_ns']}"
		            end += interval["duration_ns"]
		        assert end == job["elapsed_ns"], f"{path}: {end} of {job['elapsed_ns']}"
		        for name in ("read", "write", "trim", "sync"):
		            parts = [i[name] for i in job["series"]["intervals"] if name in i]
		            counts = collections.Counter()
		            for part in parts:
		                counts.update(dict(map(tuple, part["lat_ns"]["counts"])))
		            whole = job[name]
		            buckets = whole["lat_ns"].get("histogram", {"counts": []})["counts"]
		            assert counts == dict(map(tuple, buckets)), f"{path}: {name}"
		            for key in ("ios", "bytes"):
		                total = sum(part[key] for part in parts)
		                assert total == whole[key], f"{path}: {name} {key} {total}"
		            errors = sum(part["errors"] for part in parts)
		            assert errors == sum(whole["errors"].values()), f"{path}: {name}"
	P
}

@test "the intervals of each engine add up to its run" {
	local engine has_several='len(d["jobs"][0]["series"]["intervals"]) > 1'
	for engine in $(list_engines); do
		ringside run --name=job --ioengine="$engine" --iodepth=8 --filename=file --size=4m \
			--rw=randrw --fsync=64 --time_based --runtime=350ms --interval=100ms \
			--json="$engine.json"
		[ "$status" -eq 0 ] || { echo "$engine:"; show; return 1; }
		expect_json "$engine.json" "$has_several" True
	done
	expect_sums ./*.json
}

@test "rates, ramps, clones and closing syncs are in the intervals" {
	cat >job <<-'J'
		[global]
		filename=file
		size=4m
		rw=randrw
		time_based
		runtime=300ms
		[ramp]
		ioengine=sync
		ramp_time=150ms
		end_fsync=1
		[paced]
		stonewall
		ioengine=io_uring
		rate_iops=2000
		iodepth=4
		numjobs=4
		[together]
		stonewall
		ioengine=null
		numjobs=8
		group_reporting
		[later]
		ioengine=null
		startdelay=130ms
		group_reporting
	J
	ringside run --interval=100ms --json=r.json job
	expect_status 0
	expect_json r.json '[len(j["series"]["intervals"]) > 1 for j in d["jobs"]]' \
		"[True, True, True, True, True, True]"
	expect_sums r.json
}

@test "a run that Ctrl-C ends has its intervals" {
	"$ringside" run --name=job --ioengine=null --size=1g --time_based --runtime=60 \
		--interval=100ms --quiet --json=r.json >/dev/null &
	sleep 1
	kill -INT $!
	status=0
	wait $! || status=$?
	expect_status 130
	expect_sums r.json
	expect_json r.json '5 <= len(d["jobs"][0]["series"]["intervals"]) < 50' True
}

@test "I/Os that fail are in their intervals" {
	ringside run --filename=/dev/full --rw=write --size=64k --ignore_error=,ENOSPC \
		--json=r.json
	expect_status 0
	expect_sums r.json
	expect_json r.json 'd["jobs"][0]["series"]["intervals"][0]["write"]["errors"]' 16
}

@test "a stall is in the lines, the map, the gap and every format" {
	# The feeder sleeps, and nothing comes through the pipe.
	mkfifo pipe
	timeout 60 bash -c 'head -c 8m /dev/zero; sleep 0.8; head -c 8m /dev/zero' >pipe &
	LC_ALL=C ringside run --name=job --ioengine=sync --filename=pipe --rw=read --bs=4k \
		--size=16m --interval=100ms --json=r.json --heatmap
	wait
	expect_status 0
	[[ $output =~ IOPS\ +[^\ ]*_____ ]] || { show; return 1; }
	# On a busy machine the feeder sleeps longer.
	[[ $output =~ gap\ +nothing\ came\ back\ for\ ([789][0-9]*\ ms|[0-9.]+\ s) ]] || {
		show
		return 1
	}
	expect_text "read latency by time, 100 ms a column"
	expect_sums r.json
	ringside report r.json --format=csv-series
	expect_status 0
	[ "$(grep -c ',100000000,0,0,0,0,0,1,,,,,,$' <<<"$output")" -ge 5 ]
	ringside report r.json --jsonl=lines
	expect_status 0
	/usr/bin/python3 - lines r.json <<-'P'
		import json, sys
		*intervals, run = map(json.loads, open(sys.argv[1]))
		whole = json.load(open(sys.argv[2]))
		assert run == whole
		assert [i["start_ns"] for i in intervals] == \
		    [i["start_ns"] for i in whole["jobs"][0]["series"]["intervals"]]
	P
	ringside report r.json --hdr-log=r.hlog
	[ "$(grep -c '^Tag=job:read:lat,' r.hlog)" -ge 2 ]
}

# expect_lines FILE: of one job: intervals that follow each other, each as its schema says.
expect_lines() {
	"$ringside" help interval-schema >interval-schema.json
	/usr/bin/python3 - "$1" <<-'P'
		import json, jsonschema, sys
		validator = jsonschema.Draft202012Validator(json.load(open("interval-schema.json")))
		end = 0
		for line in map(json.loads, open(sys.argv[1])):
		    if line["schema"] == "ringside-result/1":
		        break
		    validator.validate(line)
		    assert line["start_ns"] == end, line["start_ns"]
		    end += line["duration_ns"]
		assert end > 0
	P
}

@test "intervals are told while the run goes on, and the result is the last line" {
	"$ringside" run --name=job --ioengine=null --size=1g --rw=randrw --time_based \
		--runtime=1350ms --status-interval=300ms --format=jsonl --json=r.json >lines &
	wait_until [ -s lines ]
	jobs %% # it is not over
	wait $!
	expect_lines lines
	/usr/bin/python3 - lines r.json <<-'P'
		import json, sys
		*intervals, run = map(json.loads, open(sys.argv[1]))
		assert run == json.load(open(sys.argv[2]))
		read = run["jobs"][0]["read"]["ios"]
		assert read == sum(i.get("read", {"ios": 0})["ios"] for i in intervals)
		assert run["jobs"][0]["series"]["interval_ns"] == 300000000
		assert 1 <= len(intervals) <= 5
	P
}

@test "what a run that is killed has told stays" {
	"$ringside" run --name=job --ioengine=null --size=1g --time_based --runtime=60 \
		--status-interval=100ms --format=jsonl --quiet >lines &
	sleep 1
	kill -KILL $!
	wait $! || true
	expect_lines lines
	[ "$(wc -l <lines)" -ge 3 ]
}

@test "the status is a line of text on stderr" {
	ringside run --name=job --ioengine=null --size=1g --time_based --runtime=500ms --quiet \
		--status-interval=200ms --format=json
	expect_status 0
	[[ ${stderr_lines[0]} =~ [2-5]00\ ms\ +job:\ read\ .*\ IOPS,.*p99 ]] || {
		show
		return 1
	}
	expect_json - 'd["jobs"][0]["series"]["interval_ns"]' 200000000
}

@test "a status is a whole number of intervals" {
	ringside run --name=job --ioengine=null --size=1m --status-interval=50ms
	expect_status 2
	expect_error "--status-interval is shorter than 100ms"
	ringside run --name=job --ioengine=null --size=1m --status-interval=1s --interval=300ms
	expect_status 2
	expect_error "--status-interval is no multiple of --interval"
	ringside run --name=job --ioengine=null --size=1m --status-interval=1s --interval=0
	expect_status 2
	ringside run --name=job --ioengine=null --size=1m --status-interval=1s --format=jsonl \
		--output=file
	expect_status 2
	expect_error "leave out --output"
	[ ! -e file ]
}

@test "a map of latency is of runs" {
	ringside compare --engines=psync,sync --filename=/dev/zero --size=64k --rw=read --quick \
		--trial-time=20ms --json=c.json --quiet
	ringside report c.json --heatmap
	expect_status 2
	expect_error "only a run of ringside has a map of latency by time"
}

@test "intervals can be left out, and are never shorter than 100 ms" {
	ringside run --name=job --ioengine=null --size=1m --interval=0 --format=json
	expect_status 0
	expect_json - '"series" in d["jobs"][0]' False
	for form in --heatmap --format=heatmap --format=csv-series; do
		ringside run --name=job --ioengine=null --size=1m --interval=0 $form
		expect_status 2
		expect_error "--interval=0: without a series there is nothing by time"
	done
	ringside run --name=job --ioengine=null --size=1m --interval=99ms
	expect_status 2
	expect_error "--interval is shorter than 100ms"
	expect_error "hint: --interval=100ms is the shortest"
}

@test "trials have no series" {
	ringside compare --engines=psync,sync --filename=/dev/zero --size=64k --rw=read --quick \
		--trial-time=50ms --json=c.json --quiet
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || { show; return 1; }
	run grep -c '"series"' c.json
	[ "$output" = 0 ]
}
