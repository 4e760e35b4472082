# SPDX-License-Identifier: MIT
# zonemode=zbd on files: what job files of tests/fio-jobs cannot show, since which zones random
# writes go to is chance.

load helper

# trace OPTION...: a job on 1 MiB of zones of 64k; its writes, as "ZONE", in their order.
trace() {
	cc -std=gnu17 -O1 -shared -fPIC -o trace_io.so "$BATS_TEST_DIRNAME/trace_io.c"
	rm -f trace
	truncate -s 1m data
	LD_PRELOAD=$folder/trace_io.so TRACE_FOLDER=$folder TRACE_IO=$folder/trace TRACE_RAW=1 \
		run --separate-stderr "$ringside" run --name=a --filename=data --rw=randwrite \
		--bs=4k --size=1m --zonemode=zbd --zonesize=64k --format=json --output=out.json "$@"
	[ "$status" -eq 0 ] || { echo "$stderr"; return 1; }
	awk '$1 == "w" { print int($3 / 65536) }' trace
}

# open_at_once: from zones in their order, the most that were begun and not full (16 writes).
open_at_once() {
	awk '{ if (++n[$1] == 1) open++; if (open > most) most = open
		if (n[$1] == 16) { open--; n[$1] = 0 } } END { print most }'
}

@test "max_open_zones and job_max_open_zones are kept" {
	[ "$(trace | open_at_once)" -gt 8 ]
	[ "$(trace --max_open_zones=3 | open_at_once)" -eq 3 ]
	[ "$(trace --max_open_zones=3 --job_max_open_zones=2 | open_at_once)" -eq 2 ]
	[ "$(trace --max_open_zones=4 --job_max_open_zones=2 --numjobs=2 --group_reporting |
		open_at_once)" -le 4 ]
}

resets() {
	trace "$@" >/dev/null
	/usr/bin/python3 -ISc 'import json
print(json.load(open("out.json"))["jobs"][0]["zone_resets"])'
}

@test "resets are those that fio counts" {
	local ours theirs
	need_command fio
	for options in "--rw=write --io_size=3m" "--rw=write --io_size=3m --zonecapacity=32k" \
		"--rw=write --zone_reset_frequency=0.05 --zone_reset_threshold=0.5"; do
		# shellcheck disable=SC2086
		ours=$(resets $options)
		# shellcheck disable=SC2086
		theirs=$(fio --name=a --filename=data --bs=4k --size=1m --zonemode=zbd \
			--zonesize=64k $options | sed -n 's/.*; \([0-9]*\) zone resets.*/\1/p')
		[ "$ours" -gt 0 ]
		# shellcheck disable=SC2086
		run "$ringside" fio --name=a --filename=data --bs=4k --size=1m --zonemode=zbd \
			--zonesize=64k $options
		[[ $output == *"; $ours zone resets"* ]]
		[ "$ours" = "$theirs" ] || { echo "$options: $ours, fio $theirs"; return 1; }
	done
}

@test "several jobs fill the zones that they share, each in order" {
	trace --numjobs=4 --norandommap --io_size=512k --group_reporting >/dev/null
	# Each write is where the last of its zone ended, or at its start, in the order of the calls
	# of a zone, which the trace keeps: a zone belongs to one job until its I/O is back.
	awk '$1 == "w" { zone = int($3 / 65536); at = $3 % 65536
		if (at != next_at[zone] && at != 0) bad++
		next_at[zone] = at + $4 } END { exit bad > 0 }' trace
	[ "$(wc -l <trace)" -ge 512 ]
}

@test "the rest of a zone is left, or written where that is asked for" {
	trace --rw=write --bs=24k >/dev/null
	[ "$(awk '$1 == "w" { n += $4 } END { print n }' trace)" -eq $((16 * 48 << 10)) ]
	trace --rw=write --bs=24k --write_zone_remainder=1 >/dev/null
	[ "$(awk '$1 == "w" { n += $4 } END { print n }' trace)" -eq $((1 << 20)) ]
	[ "$(awk '$1 == "w" && $4 == 16384' trace | wc -l)" -eq 16 ]
}

@test "zones are printed back, and read again" {
	run "$ringside" run --dry-run --name=a --filename=data --size=4z --zonemode=zbd \
		--zonesize=64k --zonecapacity=32k --zoneskip=1z --max_open_zones=3 \
		--job_max_open_zones=2 --ignore_zone_limits=1 --read_beyond_wp=1 \
		--zone_reset_threshold=0.5 --zone_reset_frequency=0.25 --write_zone_remainder=1
	[ "$status" -eq 0 ]
	sed '/^#/d' <<<"$output" >again.job
	cp again.job first
	run "$ringside" run --dry-run again.job
	sed '/^#/d' <<<"$output" >second
	diff first second
	grep -qx 'size=256k' first
	grep -qx 'zone_reset_frequency=0.25' first
	grep -qx 'max_open_zones=3' first
}

@test "zones of a device are counted when it is known" {
	run "$ringside" run --dry-run --name=a --filename=data --size=4z --zonemode=zbd
	[ "$status" -eq 2 ]
	[[ $output == *$'\nsize=4z\n'* ]]
	[[ $output == *"data is no zoned device: zonemode=zbd needs a zonesize"* ]]
}
