#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# zonemode=zbd on zoned block devices, with fio on the other side: null_blk with two conventional
# zones, zones of 4 MiB of which 3 can be written, and three that may be open; and QEMU's zoned
# namespace.

load ringside

zones=/dev/zoned

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_null_blk zoned size=64 memory_backed=1 blocksize=4096 zoned=1 zone_size=4 \
		zone_capacity=3 zone_nr_conv=2 zone_max_open=3
}

# zoned OPTION...: a job on it, its result in result.json.
zoned() {
	ringside run --name=job --filename=$zones --zonemode=zbd --direct=1 --format=json \
		--output=result.json "$@"
}

# fill COUNT: so many of the zones that must be written in order are full, the others empty.
fill() {
	blkzone reset -o 16384 $zones
	fio --name=fill --filename=$zones --zonemode=zbd --direct=1 --rw=write --bs=1m \
		--offset=2z --size="$1z" --output=/dev/null
}

# conditions: of all zones, as "nw nw fu em ...".
conditions() { blkzone report $zones | sed 's/.*(\(..\)) \[.*/\1/' | paste -sd ' '; }

@test "I/Os, bytes and resets are those of fio" {
	for options in "--rw=write --bs=64k" "--rw=write --bs=64k --offset=2z --size=3z" \
		"--rw=write --bs=64k --offset=2z --size=4z --io_size=30m" "--rw=read --bs=64k" \
		"--rw=read --bs=64k --offset=2z" "--rw=randread --bs=64k --offset=2z" \
		"--rw=trim --bs=4m --offset=2z" "--rw=randtrim --bs=4m --offset=2z --size=4z" \
		"--rw=read --bs=64k --zoneskip=1z --read_beyond_wp=1 --offset=2z"; do
		fill 4
		# shellcheck disable=SC2086
		fio --name=job --filename=$zones --zonemode=zbd --direct=1 --ioengine=psync \
			$options >fio.txt
		conditions >fio.conditions
		fill 4
		# shellcheck disable=SC2086
		zoned --ioengine=psync $options
		expect_status 0
		conditions >ringside.conditions
		/usr/bin/python3 -ISc 'import json, re, sys
text = open("fio.txt").read()
theirs = [int(n) for n in re.search(r"total=(\d+),(\d+),(\d+)", text).groups()]
job = json.load(open("result.json"))["jobs"][0]
ours = [job[d]["ios"] if job.get(d) else 0 for d in ("read", "write", "trim")]
resets = re.search(r"(\d+) zone resets", text)
if resets and theirs[1] > 0:
    theirs.append(int(resets[1]))
    ours.append(job["zone_resets"])
if ours != theirs:
    sys.exit(f"{sys.argv[1]}: {ours}, fio {theirs}")' "$options"
		diff fio.conditions ringside.conditions || { echo "$options"; return 1; }
	done
}

@test "engines that queue keep the order of writes" {
	for engine in libaio io_uring posixaio; do
		blkzone reset -o 16384 $zones
		zoned --ioengine=$engine --iodepth=8 --rw=randwrite --bs=32k --offset=2z --size=8z
		expect_status 0
		expect_result "j['write']['ios'] == 1024" "j['zone_resets'] > 0"
		zoned --ioengine=$engine --iodepth=8 --rw=randrw --bs=32k --offset=2z --size=8z
		expect_status 0
		expect_result "j['read']['ios'] > 300" "j['write']['ios'] > 300"
	done
}

@test "jobs of one device share its zones" {
	blkzone reset -o 16384 $zones
	zoned --ioengine=libaio --iodepth=4 --numjobs=4 --group_reporting --norandommap \
		--rw=randwrite --bs=64k --offset=2z
	expect_status 0
	expect_result "j['write']['ios'] == 4 * 14 * 64"
}

@test "no more zones are open than the device allows, or the job file" {
	blkzone reset -o 16384 $zones
	zoned --rw=randwrite --bs=64k --offset=2z --number_ios=100
	expect_status 0
	[[ $(conditions) =~ ^nw\ nw(\ (em|fu|oi|cl))+$ ]]
	[ "$(conditions | grep -o 'oi\|cl' | wc -l)" -le 3 ]
	blkzone reset -o 16384 $zones
	zoned --rw=randwrite --bs=64k --offset=2z --number_ios=40 --max_open_zones=1
	[ "$(conditions | grep -o 'oi\|cl' | wc -l)" -eq 1 ]
	zoned --rw=write --max_open_zones=4
	expect_status 2
	expect_stderr "/dev/zoned can have 3 zones open"
	zoned --rw=randwrite --bs=64k --offset=2z --max_open_zones=4 --ignore_zone_limits=1
	expect_status 0
}

@test "zones that were open and are too many are finished, with their data" {
	blkzone reset -o 16384 $zones
	for zone in 2 5 9; do
		head -c 65536 /dev/urandom >"$zone"
		dd if="$zone" of=$zones bs=64k seek=$((zone * 64)) oflag=direct status=none
	done
	[ "$(conditions | grep -o oi | wc -l)" -eq 3 ]
	zoned --rw=randwrite --bs=64k --offset=2z --number_ios=4 --max_open_zones=1
	expect_status 0
	[[ $(conditions) =~ ^nw\ nw\ oi\ em\ em\ fu\ em\ em\ em\ fu( em)+$ ]]
	for zone in 2 5 9; do
		dd if=$zones bs=64k skip=$((zone * 64)) count=1 iflag=direct status=none |
			cmp - "$zone"
	done
}

@test "zones whose rest is less than a block are finished, and leave room for others" {
	blkzone reset -o 16384 $zones
	zoned --rw=write --bs=640k --offset=2z --max_open_zones=1
	expect_status 0
	expect_result "j['write']['bytes'] == 14 * 4 * 640 << 10" "j['zone_resets'] == 0"
	[ "$(conditions | grep -o fu | wc -l)" -eq 14 ]
}

@test "after a failed write the drive is asked where its pointer is" {
	# Another writer, once zones have been read: the pointer is not where the job thinks.
	echo "dd if=/dev/zero of=$zones bs=64k count=1 seek=128 oflag=direct" >other
	for recovers in 0 1; do
		blkzone reset -o 16384 $zones
		zoned --rw=write --bs=64k --offset=2z --size=1z --number_ios=4 \
			--exec_prerun="sh other" --continue_on_error=write \
			--recover_zbd_write_error=$recovers
		/usr/bin/python3 -ISc 'import json
job = json.load(open("result.json"))["jobs"][0]
print(job["write"]["ios"])' >>counts
	done
	# Each of the four fails, or only the first.
	[ "$(paste -sd ' ' counts)" = "0 3" ] || { cat counts; return 1; }
}

@test "a job that knows of no zones is warned" {
	blkzone reset -o 16384 $zones
	ringside run --name=job --filename=$zones --direct=1 --rw=randwrite --offset=8m --size=8m
	expect_status 5
	expect_stderr "/dev/zoned is a zoned device, and takes no writes but at the write pointer"
	expect_stderr "zonemode=zbd writes there"
	ringside run --name=job --filename=$zones --direct=1 --rw=read --offset=8m --size=8m
	expect_status 0
	[[ $stderr != *"zoned device"* ]]
}

@test "what a zoned device does not take is refused" {
	zoned --rw=write --direct=0
	expect_status 2
	expect_stderr "the page cache would write it out of order"
	zoned --rw=write --zonesize=8m
	expect_status 2
	expect_stderr "the zones of /dev/zoned have 4194304 bytes"
	zoned --rw=trim --bs=64k --offset=2z
	expect_status 2
	expect_stderr "trims are of whole zones"
	zoned --rw=trim --bs=4m --offset=2z --ioengine=io_uring
	expect_status 4
	expect_stderr "io_uring has no operation that resets a zone"
	ringside run --name=job --filename=/dev/ng0n3 --ioengine=io_uring_cmd --rw=read \
		--zonemode=zbd --size=1m
	expect_status 2
	expect_stderr "zonemode=zbd takes block devices and files"
}

@test "the write guard holds for zoned devices" {
	# An ext4 superblock's magic, in the first conventional zone.
	head -c 65536 /dev/zero >block
	printf '\x53\xef' | dd of=block bs=1 seek=1080 conv=notrunc status=none
	mkfs.ext4 -q -F $zones 4M 2>/dev/null ||
		dd if=block of=$zones bs=64k oflag=direct status=none
	zoned --rw=write --bs=64k --size=1z
	expect_status 2
	expect_stderr "ext4"
}

@test "a zoned namespace is filled to its capacity, read, and emptied" {
	nvme=/dev/nvme0n3
	grep -q host-managed /sys/block/nvme0n3/queue/zoned || skip "no zoned namespace"
	blkzone reset $nvme
	ringside run --name=job --filename=$nvme --zonemode=zbd --direct=1 --ioengine=io_uring \
		--iodepth=4 --rw=randwrite --bs=64k --format=json --output=result.json
	expect_status 0
	expect_result "j['write']['ios'] == 1024" "j['zone_resets'] > 0"
	blkzone reset $nvme
	ringside run --name=job --filename=$nvme --zonemode=zbd --direct=1 --rw=write --bs=64k \
		--format=json --output=result.json
	expect_status 0
	expect_result "j['write']['bytes'] == 48 << 20" "j['zone_resets'] == 0"
	[ "$(blkzone report $nvme | grep -c '(fu)')" -eq 8 ]
	ringside run --name=job --filename=$nvme --zonemode=zbd --direct=1 --rw=read --bs=64k \
		--format=json --output=result.json
	expect_status 0
	expect_result "j['read']['bytes'] == 48 << 20"
	ringside run --name=job --filename=$nvme --zonemode=zbd --direct=1 --rw=trim --bs=8m \
		--format=json --output=result.json
	expect_status 0
	expect_result "j['trim']['ios'] == 8" "j['zone_resets'] == 8"
	[ "$(blkzone report $nvme | grep -c '(em)')" -eq 8 ]
}
