# SPDX-License-Identifier: MIT
# Curves with the real binary: what is measured, written, shown again and refused.
# covers: src/command/curve.c

load helper

# Short trials: the statistics are tested elsewhere, here they only have to run.
quick=(--trial-time=50ms --repeat=2 --quiet)
few=("${quick[@]}" --points=3)
zero=(--filename=/dev/zero --size=1m --rw=randread)

longest_line() {
	printf '%s\n' "$output" | /usr/bin/python3 -c \
		'import sys; print(max(len(line.rstrip("\n")) for line in sys.stdin))'
}

@test "a curve of one engine: a plot, a table, a document that reads back to the letter" {
	ringside curve "${zero[@]}" "${few[@]}" --repeat=3 --json=curve.json
	expect_status 0
	expect_text "p99, from when an I/O was due, by load"
	expect_text "svc99"
	expect_text "maximum"
	expect_text "again     ringside curve --filename=/dev/zero"
	[ "$(longest_line)" -le 100 ]
	printf '%s\n' "$output" >first
	validate_by curve-schema curve.json
	expect_json curve.json "d['schema']" ringside-curve/1
	expect_json curve.json "len(d['lines'][0]['points'])" 3
	expect_json curve.json "[len(p['trials']) for p in d['lines'][0]['points']]" "[3, 3, 3]"
	expect_json curve.json "d['procedure']['is_poisson']" True
	ringside report curve.json
	expect_status 0
	printf '%s\n' "$output" | diff first -
	ringside report curve.json --format=json
	printf '%s\n' "$output" | diff curve.json -
	ringside report curve.json --format=csv
	expect_text '"job",'
	ringside report curve.json --format=markdown
	expect_text "### randread 4k"
	ringside report curve.json --wide
	[ "$(longest_line)" -gt 100 ]
}

@test "the null engine at rates that were named, at even distances" {
	ringside curve --ioengine=null --rw=randread --size=1g --rates=2k,1k "${quick[@]}" \
		--arrivals=linear --format=json
	expect_status 0
	expect_json - "[p['offered_iops'] for p in d['lines'][0]['points']]" "[1000, 2000]"
	expect_json - "d['procedure']['is_poisson']" False
	expect_json - "90 <= d['lines'][0]['points'][0]['ios'] <= 150" True
}

@test "engines side by side, on a file" {
	ringside curve --engines=psync,io_uring --filename=data --size=4m --rw=randread \
		--rates=200,400 "${quick[@]}" --json=curve.json
	expect_status 0
	expect_text "A psync"
	expect_text "B io_uring"
	validate_by curve-schema curve.json
	ringside report curve.json
	expect_text "p99 at"
}

@test "sections of a job file; values that are varied" {
	zero_job <<-'J'
	[one]
	ioengine=psync
	[two]
	ioengine=io_uring
	rate_iops=5
	J
	ringside curve job "${quick[@]}" --section=two --vary iodepth=1,2 --rates=500 --format=json
	expect_status 0
	expect_json - "[l['name'] for l in d['lines']]" "['iodepth=1', 'iodepth=2']"
	expect_error "whatever rate_iops says"
}

@test "the largest load within a limit: found, none, all" {
	ringside curve --ioengine=null --rw=randread --size=1g --rates=100,200 --slo p99=10s \
		"${quick[@]}"
	expect_status 0
	expect_text "all loads have p99 within 10.0 s, up to the highest that was tried, 200/s"
	ringside curve "${zero[@]}" --rates=1k,2k --slo p50=1ns "${quick[@]}" --json=none.json
	expect_status 0
	expect_text "no load that was tried has p50 within 1 ns"
	validate_by curve-schema none.json
	expect_json none.json "d['lines'][0]['slo']['answer']" none
	# One at a time: 100 million a second are not done.
	ringside curve "${zero[@]}" --rates=1k,100m --slo p99=10s "${quick[@]}" --json=found.json \
		--max-time=15s
	expect_status 0
	expect_json found.json "d['lines'][0]['slo']['answer']" found
	expect_json found.json "d['lines'][0]['points'][1]['is_saturated']" True
}

@test "shares of reads: a matrix, and only of jobs that write" {
	ringside curve --filename=data --size=4m --rw=randrw --ioengine=psync --mixed=0,50,100 \
		--points=2 --repeat=1 --trial-time=50ms --cooldown=0 --quiet --json=mixed.json
	expect_status 0
	expect_text "50 % reads"
	expect_text "p99 at"
	validate_by curve-schema mixed.json
	expect_json mixed.json "[l['read_percent'] for l in d['lines']]" "[0, 50, 100]"
	ringside curve "${zero[@]}" --mixed=0,50
	expect_status 2
	expect_error "--mixed needs a job that reads and writes"
	expect_error "rw=randrw"
}

@test "nothing is written to a target that carries something" {
	make_loop_device 8
	mkswap "$loop" >mkswap.txt 2>&1
	cp "$folder/loop.0" before
	ringside curve --filename="$loop" --rw=randwrite --bs=4k --ioengine=psync "${few[@]}"
	expect_status 2
	expect_error "--destroy"
	cmp "$folder/loop.0" before
}

@test "wrong requests are refused with their place, and nothing is written" {
	ringside curve
	expect_status 2
	expect_error "nothing to measure"
	ringside curve "${zero[@]}" --slo p98=1ms --json=x.json
	expect_status 2
	expect_error "--slo"
	expect_error "no latency that can be limited"
	ringside curve "${zero[@]}" --rates=1k,fast
	expect_status 2
	expect_error "'fast'"
	ringside curve "${zero[@]}" --thinktime=1ms
	expect_status 2
	expect_error "remove thinktime"
	ringside curve "${zero[@]}" --max-time=100ms
	expect_status 2
	expect_error "--max-time=100ms is over before the first block"
	ringside curve "${zero[@]}" --points=1
	expect_status 2
	ringside curve "${zero[@]}" --points=3 --rates=1k,2k
	expect_status 2
	expect_error "--points and --rates"
	ringside curve "${zero[@]}" --slo=write.p99=1ms
	expect_status 2
	expect_error "no write.p99"
	[ ! -e x.json ]
}

@test "what a job says of time, steadiness and latency, and trials do not do, is told" {
	zero_job <<-END
		ioengine=io_uring
		[c]
		ss=iops:5%
		ss_dur=10
		[a]
		latency_target=1ms
		latency_window=1s
		[b]
		max_latency=1s
		write_bw_log=b
	END
	ringside curve job --dry-run
	expect_status 0
	for key in steadystate latency_target max_latency write_bw_log; do
		expect_error "whatever $key says"
	done
	ringside compare job --section=b --engines=io_uring,psync --blocks=1 --trial-time=20ms \
		--quiet
	expect_error "trials go on, whatever max_latency says"
	expect_error "trials write no logs, whatever write_bw_log says"
	[ -z "$(find . -name "b_*")" ]
}

@test "the plan tells how long it takes and runs nothing" {
	ringside curve --engines=psync,io_uring "${zero[@]}" --filename=gone --slo p99=1ms --dry-run
	expect_status 0
	expect_text "3 blocks × 20 trials × 0.5 s, random arrivals"
	expect_text "the search for the limit, at most"
	expect_text "at most, by estimate"
	[ ! -e gone ]
	ringside curve "${zero[@]}" --max-time=30s --dry-run
	expect_text "0:30 min"
}

@test "a signal: what was measured is written" {
	"$ringside" curve "${zero[@]}" --repeat=100 --points=3 --trial-time=50ms --quiet \
		--json=curve.json >out 2>err &
	wait_until [ -s curve.json ]
	kill -INT $!
	wait $! && status=0 || status=$?
	[ "$status" -eq 130 ]
	validate_by curve-schema curve.json
	expect_json curve.json "d['signal']" 2
	grep -q "signal 2 ended it early" out
	grep -q "maximum" out
}

@test "an engine that cannot run here leaves the others, and is no success" {
	ringside curve --engines=psync,io_uring_cmd "${zero[@]}" --rates=500 "${quick[@]}" \
		--json=curve.json
	expect_status 4
	expect_text "B io_uring_cmd: "
	expect_json curve.json "d['lines'][0]['points'][0]['window_s'] > 0" True
	expect_json curve.json "len(d['lines'][1]['points'])" 0
}
