# SPDX-License-Identifier: MIT
# Jobs by the thousand: that all run, what memory they take, what keeps them from running.
# And of one job what comes before its first I/O.
# covers: src/run/crew.c src/run/collect.c src/run/job_series.c src/result/result_merge.c

load helper
load calls

# KiB that a run of so many jobs had at its peak; what it prints is in ./out.
peak_of() {
	/usr/bin/python3 - "$ringside" run --quiet --name=many --ioengine=null --rw=randread \
		--size=1m --bs=4k --number_ios=1 "$@" <<-'PY'
			import resource, subprocess, sys
			subprocess.run(sys.argv[1:], stdout=open("out", "w"), check=True)
			print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
		PY
}

# For one job and for each more; wait4's figure has some MiB of who has started it.
@test "1,000 jobs take less than 80 MiB" {
	local peak
	peak=$(peak_of --numjobs=1000)
	echo "$peak KiB"
	[ "$peak" -gt 10000 ]
	[ "$peak" -lt 81920 ]
}

@test "1,000 jobs take less than 86 MiB, with a document of 13 MB on stdout" {
	local peak
	peak=$(peak_of --numjobs=1000 --format=json)
	echo "$peak KiB, $(wc -c <out) bytes"
	expect_json out "len(d['jobs'])" 1000
	[ "$peak" -lt 88064 ]
}

@test "a job of many takes less than 64 KiB" {
	local some many
	some=$(peak_of --numjobs=200)
	many=$(peak_of --numjobs=1000)
	echo "$(((many - some) / 800)) KiB"
	[ $((many - some)) -gt 800 ]
	[ $((many - some)) -lt $((800 * 64)) ]
}

@test "4,000 jobs run, and are one entry of the result in less than 320 MiB" {
	local peak
	peak=$(peak_of --numjobs=4000 --group_reporting --json=r.json)
	echo "$peak KiB"
	[ "$peak" -lt 327680 ]
	expect_json r.json "d['jobs'][0]['numjobs']" 4000
	expect_json r.json "d['jobs'][0]['read']['ios']" 4000
	expect_json r.json "len(d['jobs'])" 1
}

@test "4,000 jobs run, and are 4,000 entries of the result" {
	local peak
	peak=$(peak_of --numjobs=4000 --json=r.json)
	echo "$peak KiB"
	[ "$peak" -lt 524288 ]
	expect_json r.json "len(d['jobs'])" 4000
	expect_json r.json "sum(j['read']['ios'] for j in d['jobs'])" 4000
	expect_json r.json "sum(j['error'] is not None for j in d['jobs'])" 0
}

# The soft limit is for programs that use select(2); a job is in the way of nobody.
@test "jobs open as many files as the hard limit allows" {
	run --separate-stderr -- bash -c 'ulimit -Sn 100; exec "$@"' - "$ringside" run --quiet \
		--ioengine=psync --filename=/dev/zero --rw=randread --size=1m --bs=4k \
		--number_ios=1 --numjobs=300 --group_reporting --json=r.json
	expect_status 0
	expect_json r.json "d['jobs'][0]['numjobs']" 300
	expect_json r.json "d['jobs'][0]['read']['ios']" 300
}

need_strace() {
	need_command strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
}

# strace's lines up to the first I/O of the job.
before_first_io() {
	sed '/pread64([0-9]*, "ssssss/,$d' trace
}

opened() { # PATTERN: how often a path that ends so was opened
	before_first_io | grep -c "open.*$1\"" || true
}

# virtio_blk asks its device for the serial number at each look, for milliseconds.
@test "before the first I/O a disk is asked for its name once" {
	need_strace
	yes ssss | tr -d '\n' | head -c 65536 >f
	our_calls openat,pread64 --quiet --name=a --filename=f --bs=4k --rw=read --thread \
		--invalidate=0 --number_ios=1
	[ "$(before_first_io | wc -l)" -lt "$(wc -l <trace)" ]
	[ "$(opened /diskseq)" -gt 1 ] || skip "the file is on no disk that has a number"
	before_first_io | grep -o '"[^"]*/\(model\|serial\)"' | sort | uniq -d >twice
	cat twice
	[ ! -s twice ]
}

@test "before the first I/O memory limits are read once for checks, and what is not there once" {
	need_strace
	yes ssss | tr -d '\n' | head -c 65536 >f
	our_calls openat,pread64 --quiet --name=a --filename=f --bs=4k --rw=read --thread \
		--invalidate=0 --number_ios=1
	[ "$(opened /proc/meminfo)" -ge 1 ]
	[ "$(opened /proc/meminfo)" -le 2 ]
	# Idle states are numbered without gaps: the first that is not there is the last.
	[ "$(before_first_io | grep -c 'cpuidle/state.*ENOENT')" -le 1 ]
}
