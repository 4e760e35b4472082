# SPDX-License-Identifier: MIT
# Comparisons with the real binary: what stands in the table, what becomes of contenders that fail.
# covers: src/command/compare.c
# covers: src/command/plan.c

load helper

# Short trials: the statistics are tested elsewhere, here they only have to run.
quick=(--trial-time=20ms --blocks=3 --quiet)
zero=(--filename=/dev/zero --size=1m --rw=randread)

validate() {
	validate_by comparison-schema "$1"
}

# longest_line: columns of the widest line of the last stdout.
longest_line() {
	printf '%s\n' "$output" | /usr/bin/python3 -c \
		'import sys; print(max(len(line.rstrip("\n")) for line in sys.stdin))'
}

@test "engines side by side, in a table of at most 100 columns" {
	ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}" --margin=7% \
		--json=out.json
	expect_status 0
	expect_text "psync (ref)"
	expect_text "io_uring"
	expect_text "control psync'"
	expect_text "IOPS/core"
	expect_text "--seed="
	[ "$(longest_line)" -le 100 ]
	validate out.json
	expect_json out.json "d['points'][0]['blocks']" 3
	expect_json out.json "len([t for t in d['points'][0]['trials'] if t['counts']])" 9
	expect_json out.json "d['procedure']['is_adaptive']" False
	expect_json out.json "d['procedure']['equivalence']" 0.07
	expect_json out.json "sorted(d['points'][0]['verdicts']['ranking'])" "['io_uring', 'psync']"
}

@test "engines on files that no filename gives" {
	printf '[a]\nfilename_format=a.$filenum.tmp\nnrfiles=3\nfilesize=4k\nrw=openread\n' >job
	ringside compare --engines psync,threads job "${quick[@]}" --json=out.json
	expect_status 0
	expect_json out.json "len([t for t in d['points'][0]['trials'] if t['counts']])" 9
}

@test "two copies of io_uring on a file" {
	ringside compare --engines io_uring,io_uring --filename=data --size=4m --rw=randread \
		--direct=1 --iodepth=8 --trial-time=20ms --blocks=6 --quiet --json=out.json --wide
	expect_status 0
	[ "$(longest_line)" -gt 100 ]
	expect_text "io_uring#2"
	validate out.json
	expect_json out.json "d['points'][0]['blocks']" 6
}

@test "an engine that is not what its name says is marked, and refused where that is strict" {
	ringside compare --engines psync,libaio --filename=data --size=1m --rw=read "${quick[@]}" \
		--json=out.json
	expect_status 0
	expect_text "! libaio"
	expect_text "not what its name says, in 3 trials"
	validate out.json
	expect_json out.json "d['points'][0]['contenders'][0]['engine_proof']['calls'][:6]" "pread "
	expect_json out.json "sum(t['mismatch'] is not None for t in d['points'][0]['trials']
		if t['counts'])" 3
	ringside compare --engines psync,libaio --filename=data --size=1m --rw=read "${quick[@]}" \
		--strict_engine=1
	expect_status 5
	expect_text "libaio failed"
	expect_text "psync (ref)"
}

@test "the sections of a job file are contenders" {
	zero_job <<-'J'
	[one]
	ioengine=psync
	numjobs=2
	[two]
	ioengine=io_uring
	iodepth=4
	J
	ringside compare job "${quick[@]}" --ref=two --no-control --format=json
	expect_status 0
	expect_json - "[c['name'] for c in d['points'][0]['contenders']]" "['one', 'two']"
	expect_json - "d['points'][0]['reference']" 1
	expect_json - "d['points'][0]['control']" None
}

@test "a table for each value that is varied" {
	# Blocks of more than a page are short when the kernel has work of io_uring to do meanwhile.
	ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}" --no-control \
		--vary iodepth=1,4 --vary bs=2k,4k --format=json
	expect_status 0
	expect_json - "[p['name'] for p in d['points']]" \
		"['iodepth=1 bs=2k', 'iodepth=1 bs=4k', 'iodepth=4 bs=2k', 'iodepth=4 bs=4k']"
}

@test "all engines: those that cannot are listed with their reason" {
	ringside compare --engines all "${zero[@]}" --trial-time=20ms --blocks=2 --quiet \
		--json=out.json
	expect_status 0
	expect_text "null does not run"
	expect_json out.json "'io_uring+sqthread_poll' in d['points'][0]['verdicts']['ranking']" \
		True
	expect_json out.json "all(c['problem'] is None for c in d['points'][0]['contenders']
		if c['name'] in ('psync', 'libaio', 'io_uring'))" True
}

@test "the ladder changes one thing a step, and says which steps this machine has not" {
	ringside compare --ladder --filename=data --size=4m --rw=randread --direct=1 --iodepth=4 \
		--trial-time=20ms --blocks=2 --quiet
	expect_status 0
	expect_text "plain (ref)"
	expect_text "+registered files"
	expect_text "+fixed buffers"
	expect_text "deferred, passthrough does not run"
}

@test "one contender alone is not compared, and that is said" {
	ringside compare --engines psync "${zero[@]}" "${quick[@]}" --no-control
	expect_status 4
	expect_text "only psync runs: there is nothing to compare it with"
	ringside compare --engines psync "${zero[@]}" "${quick[@]}"
	expect_status 0
	expect_text "only psync runs: there is nothing to compare it with but itself"
}

@test "one contender that fails leaves the others their table" {
	ringside compare --engines "psync,io_uring,psync+filename=/nowhere/at/all" "${zero[@]}" \
		"${quick[@]}" --json=out.json
	expect_status 4
	expect_text "psync (ref)"
	expect_text "io_uring"
	expect_text "does not run"
	validate out.json
}

@test "a target that fills up is told, and the others go on" {
	need_root
	mkdir small
	mount -t tmpfs -o size=2m none small || skip "may not mount"
	cat >job <<-'J'
	[global]
	rw=write
	bs=64k
	[fits]
	filename=small/a
	size=256k
	[also]
	filename=small/b
	size=256k
	[grows]
	filename=small/c
	size=64m
	J
	ringside compare job "${quick[@]}" --json=out.json
	umount small
	expect_status 5
	expect_text "grows failed"
	expect_text "No space left"
	expect_text "fits (ref)"
	expect_json out.json "sorted(d['points'][0]['verdicts']['ranking'])" "['also', 'fits']"
}

@test "Ctrl-C keeps what there is and exits 130" {
	mkdir tmp
	TMPDIR=$folder/tmp "$ringside" compare --engines psync,io_uring "${zero[@]}" \
		--trial-time=50ms --blocks=1000 --quiet --json=out.json >out.txt 2>err &
	pid=$!
	for _ in $(seq 100); do
		sleep 0.2
		[ -s out.json ] && [ "$(json out.json "d['points'][0]['blocks']")" -ge 3 ] && break
	done
	kill -INT $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 130 ]
	validate out.json
	expect_json out.json "d['signal']" 2
	expect_json out.json "d['points'][0]['stop']" broken-off
	grep -q "psync (ref)" out.txt
	grep -q "broken off" out.txt || grep -q "exploratory" out.txt
	[ -z "$(ls tmp)" ]
}

@test "report shows a comparison as it was shown first, in every format" {
	ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}" --json=out.json \
		--csv=out.csv --markdown=out.md
	expect_status 0
	first=$output
	ringside report out.json
	expect_status 0
	[ "$output" = "$first" ]
	ringside report out.json --format=csv
	[ "$output" = "$(cat out.csv)" ]
	ringside report out.json --format=markdown
	[ "$output" = "$(cat out.md)" ]
	ringside report out.json --format=json
	[ "$output" = "$(cat out.json)" ]
	ringside report out.json --wide
	expect_text "read p99.9"
	head -c 2000 out.json >cut.json
	ringside report cut.json
	expect_status 2
}

@test "the same seed runs the same orders over the same offsets" {
	for again in 1 2; do
		ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}" --seed=42 \
			--json=$again.json
		expect_status 0
		json $again.json "[(t['contender'], t['seed']) for t in d['points'][0]['trials']
			if t['attempt'] == 1]" >order.$again
	done
	cmp order.1 order.2
}

@test "the line to run it again sets the variables that the job file used" {
	cat >job <<-'J'
	[rr]
	filename=${RINGSIDE_TARGET:-/dev/null}
	size=64k
	rw=${RINGSIDE_PATTERN:-randread}
	J
	RINGSIDE_TARGET=/dev/zero ringside compare job --engines psync,sync "${quick[@]}" \
		--json=out.json
	expect_status 0
	expect_text "RINGSIDE_TARGET=/dev/zero ringside compare job --engines"
	ringside report out.json
	expect_text "RINGSIDE_TARGET=/dev/zero ringside compare job --engines"
	RINGSIDE_TARGET=/dev/zero ringside check job --ref=sync "${quick[@]}" --comparison=out.json
	ringside report out.json
	expect_text "RINGSIDE_TARGET=/dev/zero ringside check job --ref=sync"
}

@test "what is unequal, and engines that do not queue, are told" {
	ringside compare --engines psync,io_uring,io_uring+iodepth=2 "${zero[@]}" --iodepth=8 \
		"${quick[@]}"
	expect_status 0
	expect_text "one I/O at a time"
	expect_text "unequal: iodepth"
}

@test "a rate is told, and where it is not the same for all" {
	ringside compare --engines psync,sync "${zero[@]}" --rate_iops=1000 "${quick[@]}"
	expect_status 0
	expect_text ", rate 1.00k/s, /dev/zero"
	expect_text "  lat.p50 "
	expect_text "all have the same rate"
	printf '[slow]\nrate_iops=1000\n[fast]\n' >job
	ringside compare job "${zero[@]}" "${quick[@]}"
	expect_status 0
	expect_text "the rate is slow 1.00k/s, fast none"
	[[ $output != *"the same rate"* ]]
}

@test "rates are compared as sums, and can be given as a whole" {
	ringside compare --engines psync+numjobs=4,io_uring "${zero[@]}" "${quick[@]}" \
		--rate_iops=400
	expect_status 0
	expect_text "psync+numjobs=4 1.60k/s, io_uring 400/s"
	expect_text "no winner in IOPS"
	[[ $output != *" wins"* && $output != *"the same rate"* ]]
	ringside compare --engines psync+numjobs=4,io_uring "${zero[@]}" --rate_iops_total=400 \
		"${quick[@]}"
	expect_status 0
	expect_text ", rate 400/s, /dev/zero"
	expect_text "all have the same rate"
	[[ $output != *"unequal loads"* ]]
	ringside compare --engines psync+numjobs=16+rate_iops=20,psync+rate_iops=320 "${zero[@]}" \
		"${quick[@]}"
	expect_text "all have the same rate"
}

@test "the jobs of a file that run together are one contender" {
	truncate -s 1m data
	printf '[reads]\nfilename=/dev/zero\nsize=1m\nrw=randread\nnumjobs=2\n' >quiet.job
	cp quiet.job mixed.job
	printf '[log]\nfilename=data\nsize=1m\nrw=write\nbs=8k\nfdatasync=4\n' >>mixed.job
	ringside compare --contender=quiet.job --contender=mixed.job "${quick[@]}" \
		--trial-time=100ms --json=out.json
	expect_status 0
	expect_text "quiet: reads randread 4k; mixed: reads randread 4k + log write 8k"
	expect_text "quiet (ref)"
	expect_text "unequal: numjobs is quiet 2, mixed 3"
	# Reads of the one job, writes and syncs of the other, IOPS of both.
	jq -e '[.points[0].trials[] | select(.contender == 1 and .counts) | .values
		| (.["iops"] - .["read.iops"] - .["write.iops"] | fabs) < 1
			and .["read.iops"] > 0 and .["sync.lat.p50"] > 0 and .["sync.iops"] > 0
			and .["write.iops"] > 2 * .["sync.iops"]] | length > 0 and all' out.json
	jq -e '[.points[0].trials[] | select(.contender == 0 and .counts) | .values
		| .["write.iops"] == null and .["sync.iops"] == null] | all' out.json
	jq -e '.points[0].contenders[1].options["log.bs"] == "8k"' out.json
	ringside plan --contender=quiet.job --contender=mixed.job
	expect_status 0
	printf '[late]\nstonewall\nfilename=data\nsize=1m\n' >>mixed.job
	ringside compare --contender=quiet.job --contender=mixed.job "${quick[@]}"
	expect_status 2
	expect_error "so stonewall is not possible"
	ringside compare --contender=quiet.job --engines=psync "${quick[@]}"
	expect_status 2
	expect_error "--contender excludes --engines"
}

@test "sections of one contender run together, and run runs one contender after the other" {
	truncate -s 1m data
	cat >job <<-END
	[global]
	size=1m
	number_ios=100
	stonewall
	[quiet]
	filename=/dev/zero
	rw=randread
	[reads]
	contender=mixed
	filename=/dev/zero
	rw=randread
	[log]
	contender=mixed
	filename=data
	rw=write
	bs=8k
	fdatasync=4
	END
	ringside compare job "${quick[@]}" --trial-time=100ms --json=out.json
	expect_status 0
	expect_text "quiet: quiet randread 4k; mixed: reads randread 4k + log write 8k"
	validate out.json
	# The reads and writes of both jobs are one contender's.
	jq -e '[.points[0].trials[] | select(.contender == 1 and .counts) | .values
		| .["read.iops"] > 0 and .["write.iops"] > 0] | length == 3 and all' out.json
	jq -e '.points[0].contenders | map(.name)[:2] == ["quiet", "mixed"]' out.json
	ringside plan job
	expect_text "psync, … together"
	# Waves: one of the first contender, one of the two sections of the second.
	ringside lint --json=lint.json job
	expect_json lint.json "[j['wave'] for j in d['files'][0]['jobs']]" "[0, 1, 1]"
	expect_json lint.json "d['files'][0]['waves']" 2
	ringside run --quiet --json=run.json job
	expect_status 0
	expect_silence
	expect_json run.json "[j['name'] for j in d['jobs']]" "['quiet', 'reads', 'log']"
	# Without stonewall all of them run at once, which is no comparison: it is said.
	sed -i '/^stonewall/d' job
	ringside run --quiet job
	expect_status 0
	expect_error "'quiet' and 'mixed' run at once here, and one after the other in a comparison"
	expect_error "stonewall in [global]"
	ringside lint job
	expect_text "'quiet' and 'mixed' run at once here"
	ringside compare job "${quick[@]}"
	expect_status 0
	[[ $stderr != *"at once"* ]]
	# Limits of all its sections are the contender's, and one of [global] is one.
	sed -e '/^size/a assert=iops>=1' -e '/^fdatasync/a assert=write.iops<=2' job >limits
	ringside check limits --ref=quiet --blocks=3 --trial-time=20ms --quiet --no-guards \
		--json=check.json
	jq -e '[.gates[] | select(.kind == "asserted") | .arm + " " + .metric] | sort
		== ["mixed iops", "mixed write.iops", "quiet iops"]' check.json
	ringside curve job
	expect_status 2
	expect_error "contender 'mixed' has 2 jobs: the load of a curve is that of one job"
	ringside compare --contender=job "${quick[@]}"
	expect_status 2
	expect_error "so contender= is not possible"
}

@test "the shipped comparison runs, and says what becomes of a runtime" {
	ringside compare "$root/jobs/engines.job" "${quick[@]}" --size=4m --runtime=9
	expect_status 0
	expect_error "trials take --trial-time"
	expect_text "psync (ref)"
	expect_text "io_uring-sqpoll"
}

@test "a number of I/Os does not cut trials short" {
	ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}" --number_ios=100 \
		--format=json
	expect_status 0
	expect_error "whatever number_ios says"
	expect_json - "min(t['window_s'] for t in d['points'][0]['trials']) > 0.015" True
}

@test "quick makes no claims" {
	ringside compare --engines psync,io_uring "${zero[@]}" --quick --trial-time=20ms --quiet
	expect_status 0
	expect_text "exploratory"
	[[ $output != *▲* && $output != *▼* ]]
	ringside compare --engines psync,io_uring "${zero[@]}" --quick --trial-time=20ms --quiet \
		--blocks=6
	expect_status 0
	expect_text "exploratory"
	[[ $output != *▲* && $output != *▼* ]]
}

@test "marks in ASCII where the terminal has no UTF-8" {
	LC_ALL=C ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}"
	expect_status 0
	LC_ALL=C must_fail grep -q '[^ -~]' <<<"$output"
}

@test "writers find the files laid out" {
	ringside compare --engines psync,io_uring --filename=data --size=1m --rw=randwrite \
		"${quick[@]}" --cooldown=0 --no-control
	expect_status 0
	[ "$(stat -c %s data)" -eq 1048576 ]
}

@test "cpus binds every thread of a contender" {
	ringside compare --engines psync,io_uring "${zero[@]}" "${quick[@]}" --cpus=0 --format=json
	expect_status 0
	expect_json - "d['procedure']['cpus']" 0
	ringside compare --engines psync "${zero[@]}" --cpus=x
	expect_status 2
}

@test "times, seeds and CPUs that are none are refused with the option's name" {
	local given
	for given in --trial-time=25h:"more than 1d" --trial-time=5q: --seed=blue: --cpus=x:; do
		ringside compare --engines psync "${zero[@]}" --quiet "${given%%:*}"
		expect_status 2
		expect_error "${given%%:*}: ${given#*:}"
		ringside baseline record "${zero[@]}" --ioengine=psync --output=base.json \
			"${given%%:*}"
		expect_status 2
		expect_error "${given%%:*}: ${given#*:}"
		[ ! -e base.json ]
	done
}

@test "plan tells how long it takes and runs nothing" {
	ringside plan --engines psync,libaio,io_uring --filename=data --size=1m --rw=randread
	expect_status 0
	expect_text "6 to 20 blocks of rounds, in which 4 take turns of milliseconds"
	expect_text "a block                            0:02 min"
	ringside plan --engines psync,libaio,io_uring --filename=data --size=1m --rw=randread \
		--window=0
	expect_status 0
	expect_text "6 to 20 blocks × 4 trials × 2 s"
	expect_text "at most, by estimate"
	[ ! -e data ]
	ringside plan --engines psync,io_uring --filename=data --size=1m --rw=randread --max-time=30
	expect_text "at most  "
	[[ $output != *"by estimate"* && $output != *"all tables"* ]]
	ringside plan --engines psync,io_uring --filename=data --size=1m --rw=randread \
		--max-time=60 --vary=bs=1k,2k --window=0
	expect_text "control  "
	expect_text "  at most                            1:00 min"
	expect_text "  all tables, at most                2:00 min"
	ringside plan --engines psync,io_uring --filename=data --size=1m --rw=randread --no-control
	[[ $output != *"control  "* ]]
	# The default limit is of the blocks: six with the longest ramp; priming comes on top.
	ringside plan --engines psync,io_uring --filename=data --size=1m --rw=randread \
		--trial-time=10
	expect_text "  at most, by estimate               6:11 min"
	ringside plan --engines psync,io_uring --filename=data --size=1m --rw=randread --quick
	expect_text "  3 blocks × 3 trials × 1 s"
}

@test "a job alone is swept over values, in one table and one CSV" {
	ringside compare "${zero[@]}" --name=rr --ioengine=psync "${quick[@]}" \
		--vary numjobs=1,2 --vary bs=512,4k --sweep=sweep.csv --json=sweep.json
	expect_status 0
	expect_text "4 points × 0.02 s"
	expect_text "numjobs=2 bs=4k"
	[[ $output != *"control"* && $output != *"nothing to compare"* ]]
	validate sweep.json
	expect_json sweep.json "[len(p['contenders']) for p in d['points']]" "[1, 1, 1, 1]"
	/usr/bin/python3 - <<-'P'
	import csv
	rows = list(csv.DictReader(open("sweep.csv")))
	assert [(r["numjobs"], r["bs"]) for r in rows] == [
	    ("1", "512"), ("1", "4k"), ("2", "512"), ("2", "4k")], rows
	assert all(float(r["iops"]) > 0 and float(r["iops.lo"]) > 0 for r in rows), rows
	P
	ringside report sweep.json --sweep=again.csv
	expect_status 0
	cmp sweep.csv again.csv
	ringside plan "${zero[@]}" --name=rr --ioengine=psync --trial-time=20ms --vary bs=512,4k
	expect_text "× 1 trials ×"
}

@test "slow I/O makes no ramp longer than its trial, and that is said" {
	slow=(--filename=/dev/zero --size=1m --rw=randread --rate_iops=50 --trial-time=100ms)
	ringside compare --engines psync "${slow[@]}" --blocks=1 --json=slow.json --quiet
	expect_status 0
	expect_text "the ramp was cut to 0.1 s, the slowest contender takes"
	expect_json slow.json "d['points'][0]['ramp_s']" 0.1
	expect_json slow.json "d['points'][0]['ramp_wanted_s'] > 10" True
	ringside report slow.json
	expect_text "the ramp was cut to 0.1 s"
	ringside check "${slow[@]}" --name=slow --ioengine=psync --ref=sync --blocks=3 --no-guards
	expect_text "the ramp was cut to 0.1 s"
	ringside compare --engines psync "${slow[@]}" --blocks=1 --ramp-time=50ms --quiet
	[[ $output != *"the ramp was cut"* ]]
}

@test "a time in which nothing can be compared is refused" {
	for command in compare plan; do
		ringside $command --engines psync "${zero[@]}" --trial-time=2s --max-time=3s
		expect_status 2
		expect_error "--max-time=3.00s is over before the first block"
	done
}

@test "what is wrong is refused before anything runs" {
	ringside compare
	expect_status 2
	expect_error "nothing to compare"
	ringside compare --engines psync,nosuch "${zero[@]}"
	expect_status 2
	expect_error "nosuch"
	for preset in --engines=all --ladder; do
		ringside compare "$preset" "${zero[@]}" --bss=4k
		expect_status 2
		expect_error "unknown option 'bss'"
		expect_error "no contender can run it"
	done
	ringside compare --engines=all "${zero[@]}" --vary=bs=4k,4x --quick
	expect_status 2
	expect_error "unknown unit"
	ringside compare --engines psync,io_uring "${zero[@]}" --ref=libaio
	expect_status 2
	expect_error "--ref=libaio"
	ringside compare --engines psync,io_uring "${zero[@]}" --metric=speed
	expect_status 2
	ringside compare --engines psync,io_uring "${zero[@]}" --vary=iodepth
	expect_status 2
	ringside compare --engines psync,io_uring "${zero[@]}" --vary=ioengine=psync,libaio
	expect_status 2
	expect_error "--engines sets ioengine as well"
	ringside compare --engines psync,io_uring "${zero[@]}" --vary=bs=4k --vary=bs=8k
	expect_status 2
	expect_error "another --vary sets bs as well"
	ringside compare --engines psync,io_uring "${zero[@]}" --cpus=0,1023
	expect_status 2
	expect_error "may not run on CPU 1023"
	ringside compare --engines psync,io_uring "${zero[@]}" --blocks=0
	expect_status 2
	ringside compare --engines psync,io_uring "${zero[@]}" --program=/nowhere/ringside
	expect_status 2
	expect_error "/nowhere/ringside"
	ringside compare --engines psync,io_uring "${zero[@]}" --json=/nowhere/at/all
	expect_status 2
	[ -z "$output" ]
}

# short_program: ./short, a ringside whose jobs with description=cut have a short read.
short_program() {
	cat >short <<-'P'
	#!/bin/bash
	job=${!#}
	"$(dirname "$0")/real" "$@" || exit
	grep -q '^description=cut' "$job" || exit 0
	for argument; do
		case $argument in
		--output=*) sed -i '0,/"short_ios": 0/s//"short_ios": 1/' "${argument#--output=}" ;;
		esac
	done
	P
	chmod +x short
	ln -s "$ringside" real
}

@test "trials with short reads are no trials" {
	short_program
	truncate -s 8M full
	cat >job <<-'J'
	[global]
	filename=full
	rw=randread
	size=8m
	[whole]
	[cut]
	description=cut
	[also]
	ioengine=sync
	J
	ringside compare job "${quick[@]}" --program="$PWD/short" --json=out.json
	expect_status 5
	expect_text "cut failed"
	expect_text "I/Os moved fewer bytes than asked"
	expect_json out.json "sorted(d['points'][0]['verdicts']['ranking'])" "['also', 'whole']"
	trials="d['points'][0]['trials']"
	expect_json out.json "sum(t['values']['short_ios'] or 0 for t in $trials)" 0
	local short=(--filename=full --rw=randread --size=8m --description=cut
		--program="$PWD/short")
	ringside compare --engines=psync,sync "${short[@]}" "${quick[@]}"
	expect_status 5
	expect_text "I/Os moved fewer bytes than asked"
	short+=(--trial-time=20ms --blocks=3 --no-guards --quiet)
	ringside check "${short[@]}" --ref=ioengine=sync
	expect_status 5
	expect_text "I/Os moved fewer bytes than asked"
	ringside baseline record "${short[@]}" --sessions=2 --idle=0 --output=b.json
	expect_status 5
	expect_error "I/Os moved fewer bytes than asked"
	[ ! -e b.json ]
}

@test "a file that is cut between trials ends its contender" {
	head -c 8M /dev/urandom >cut
	(
		for ((i = 0; i < 200; i++)); do [ -s out.json ] && break || sleep 0.05; done
		truncate -s 4k cut
	) &
	ringside compare --engines=psync,sync --filename=cut --rw=randread --size=8m --readonly=1 \
		--trial-time=50ms --blocks=40 --quiet --json=out.json
	wait
	expect_status 5
	# In the middle of a trial its reads are short; before one, it is refused.
	grep -qE "I/Os moved fewer bytes than asked|cut has 4096 bytes" <<<"$output"
	trials="d['points'][0]['trials']"
	expect_json out.json "any(t['values']['short_ios'] and t['counts'] for t in $trials)" False
}
