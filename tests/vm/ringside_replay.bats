#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# A trace that blktrace has made of a drive is replayed: the same I/Os as fio makes of it.

load ringside

# record: ./events, of some reads, writes, flushes and discards of nvme0n1.
record() {
	local tracer
	blktrace -d /dev/nvme0n1 -o trace -w 60 >said 2>&1 &
	tracer=$!
	wait_until test -e trace.blktrace.0
	fio --name=rw --filename=/dev/nvme0n1 --ioengine=libaio --iodepth=4 --direct=1 --rw=randrw \
		--bsrange=4k-32k --number_ios=100 --size=32m --fsync=20 --output=/dev/null
	fio --name=trim --filename=/dev/nvme0n1 --rw=trim --bs=64k --size=640k --direct=1 \
		--output=/dev/null
	kill -INT $tracer
	wait $tracer || true
	blkparse -i trace -o /dev/null -d events >said 2>&1
}

@test "a trace of a drive is replayed, I/O by I/O, as fio does" {
	command -v blktrace >/dev/null || skip "no blktrace (tools/install-deps --vm)"
	record
	ringside run --name=job --ioengine=libaio --direct=1 --read_iolog=events \
		--write_iolog=log --json=result.json
	expect_status 0
	expect_result "j['read']['ios'] + j['write']['ios'] == 100" "j['trim']['ios'] == 10" \
		"j['sync']['ios'] > 0" "j['replay']['timed']" \
		"j['targets'][0]['path'] == '/dev/nvme0n1'"
	fio --name=r --read_iolog=events --ioengine=libaio --direct=1 --output-format=json \
		--output=theirs.json
	/usr/bin/python3 - <<-'P'
		import json
		theirs = json.load(open("theirs.json"))["jobs"][0]
		for name in "read", "write", "trim":
		    lines = [line for line in open("log") if f" {name} " in line]
		    assert len(lines) == theirs[name]["total_ios"], name
	P
}
