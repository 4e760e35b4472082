# SPDX-License-Identifier: MIT
# rw=openread, copy and stat through the real binary.

load helper

composite_engines="psync threads io_uring"

# proof FILE: the calls or opcodes that the engine counted.
proof() {
	json "$1" "' '.join(v for k, v in d['jobs'][0]['engine']['proof'].items()
		if k in ('calls', 'pool_calls', 'opcodes'))"
}

expect_proof() {
	[[ "$(proof "$1")" == *"$2"* ]] && return 0
	echo "proof lacks '$2': $(proof "$1")"
	return 1
}

# Names of the read call, by engine.
read_call() {
	[ "$1" = io_uring ] && echo READ || echo pread
}

# In the engine's own letters: openat or OPENAT.
call() {
	[ "$1" = io_uring ] && echo "${2^^}" || echo "$2"
}

@test "openread reads every file whole, once" {
	mkdir files
	for engine in $composite_engines; do
		ringside run --directory=files --rw=openread --nrfiles=50 --filesize=1k-20k \
			--name=small --ioengine="$engine" --iodepth=8 --json=o.json
		expect_status 0
		expect_json o.json "d['jobs'][0]['read']['ios']" 50
		expect_json o.json "d['jobs'][0]['read']['short_ios']" 0
		expect_json o.json "d['jobs'][0]['read']['bytes']" \
			"$(cat files/* | wc -c)"
		expect_proof o.json "$(call "$engine" openat) 50"
		expect_proof o.json "$(read_call "$engine") 50"
		expect_proof o.json "$(call "$engine" close) 50"
	done
	[ "$(ls files | wc -l)" -eq 50 ]
}

@test "openread: loops, number_ios, io_size, runtime and random order bound it" {
	ringside run --rw=openread --nrfiles=10 --filesize=4k --name=s --ioengine=psync \
		--loops=3 --file_service_type=random --json=o.json
	expect_status 0
	expect_json o.json "d['jobs'][0]['read']['ios']" 30
	ringside run --rw=openread --nrfiles=10 --filesize=4k --name=s --ioengine=psync \
		--number_ios=7 --json=o.json
	expect_json o.json "d['jobs'][0]['read']['ios']" 7
	ringside run --rw=openread --nrfiles=10 --filesize=4k --name=s --ioengine=psync \
		--io_size=100k --json=o.json
	expect_json o.json "d['jobs'][0]['read']['ios']" 25
	ringside run --rw=stat --nrfiles=10 --filesize=4k --name=s --ioengine=psync \
		--time_based --runtime=50ms --ramp_time=10ms --json=o.json
	expect_status 0
	expect_json o.json "d['jobs'][0]['read']['ios'] > 100" True
}

@test "openread of an empty file and of an odd one, with direct=1" {
	: >empty
	printf 'odd' >odd
	for engine in $composite_engines; do
		ringside run --filename=empty:odd --rw=openread --ioengine="$engine" --direct=1 \
			--json=o.json
		expect_status 0
		expect_json o.json "(d['jobs'][0]['read']['ios'], d['jobs'][0]['read']['bytes'])" \
			"(2, 3)"
		ringside run --filename=empty --rw=openread --ioengine="$engine" --io_size=1m
		expect_status 0
	done
}

@test "a file too large, one that is none, one that is not there: said before anything runs" {
	truncate --size 2G large
	ringside run --filename=large --rw=openread --ioengine=psync --readonly
	expect_status 2
	expect_error "larger than a buffer may be (1g)"
	ringside run --filename=/dev/zero --rw=openread --ioengine=psync --size=4k
	expect_status 2
	expect_error "/dev/zero is of kind character"
	ringside run --filename=missing --rw=openread --ioengine=psync
	expect_status 2
	expect_error "set filesize=4k"
	[ ! -e missing ]
}

@test "stat finds files and devices" {
	: >file
	for engine in $composite_engines; do
		ringside run --filename=file:/dev/zero --rw=stat --ioengine="$engine" --loops=10 \
			--json=o.json
		expect_status 0
		expect_json o.json "(d['jobs'][0]['read']['ios'], d['jobs'][0]['read']['bytes'])" \
			"(20, 0)"
		expect_json o.json "[w for w in d['warnings'] if w['code'] == 'page-cache']" "[]"
		expect_proof o.json "$(call "$engine" statx) 20"
	done
}

@test "create makes files, unlink removes them, each once" {
	for engine in psync threads; do
		ringside run --rw=create --nrfiles=20 --name=n --ioengine="$engine" --json=c.json
		expect_status 0
		expect_json c.json "[d['jobs'][0]['write'][k] for k in ('ios', 'bytes')]" "[20, 0]"
		expect_proof c.json "openat 20, close 20"
		[ "$(find . -name 'n.0.*' -size 0 | wc -l)" -eq 20 ]
		ringside run --rw=unlink --nrfiles=25 --filesize=4k --name=n --ioengine="$engine" \
			--unlink=1 --json=c.json
		expect_status 0
		expect_silence
		expect_json c.json "d['jobs'][0]['write']['ios']" 25
		[ -z "$(find . -name 'n.0.*')" ]
	done
	ringside run --rw=create --nrfiles=3 --name=n --directory=. --time_based --runtime=50ms
	expect_status 0
	[ "$(find . -name 'n.0.*' | wc -l)" -eq 3 ]
}

@test "create and unlink where nothing may be changed: told, and nothing is" {
	as_nobody
	mkdir closed
	touch closed/n.0.0
	chmod 755 closed
	run "${nobody[@]}" "$ringside" run --rw=unlink --filename=closed/n.0.0 --ioengine=psync
	[ "$status" -ne 0 ] && [ -e closed/n.0.0 ]
	run "${nobody[@]}" "$ringside" run --rw=create --filename=closed/m --ioengine=psync
	[ "$status" -eq 5 ] && [[ $output == *"ermission denied"* ]]
	ringside run --rw=unlink --filename=/dev/null --ioengine=psync --size=4k
	expect_status 2
	expect_error "rw=unlink takes files: /dev/null is of kind character"
	[ -e /dev/null ]
	mkdir folder
	ringside run --rw=create --filename=folder --ioengine=psync
	expect_status 2
}

@test "the text names no block size where files are taken whole" {
	ringside run --rw=stat --nrfiles=5 --filesize=4k --name=s --ioengine=psync
	expect_text "job       stat, depth 1, "
	[[ $output != *buffered* ]]
	ringside run --rw=openread --nrfiles=5 --filesize=4k --name=s --ioengine=psync
	expect_text "job       openread, depth 1, buffered"
}

@test "copy: the same bytes, whatever the size of the last block" {
	head -c 1000001 /dev/urandom >source
	for engine in $composite_engines; do
		rm -f copy
		ringside run --filename=source:copy --rw=copy --bs=16k --ioengine="$engine" \
			--iodepth=8 --json=c.json
		expect_status 0
		cmp source copy
		expect_json c.json "d['jobs'][0]['write']['bytes']" 1000001
		expect_json c.json "d['jobs'][0]['write']['ios']" 62
		expect_json c.json "d['jobs'][0]['write']['short_ios']" 0
		expect_json c.json "d['jobs'][0]['read']['ios']" 0
		expect_proof c.json "$(read_call "$engine") 62"
	done
}

@test "copy: pairs, parts, direct, fsync, openfiles" {
	head -c 65536 /dev/urandom >a
	head -c 5000 /dev/urandom >c
	for engine in $composite_engines; do
		rm -f b d part
		ringside run --filename=a:b:c:d --rw=copy --bs=4k --ioengine="$engine" --iodepth=4 \
			--openfiles=1 --fsync=8 --end_fsync=1 --json=c.json
		expect_status 0
		cmp a b
		cmp c d
		expect_json c.json "d['jobs'][0]['sync']['ios']" 4
		ringside run --filename=a:part --rw=copy --bs=4k --offset=8k --size=20k --direct=1 \
			--ioengine="$engine"
		expect_status 0
		cmp -n 20480 -i 8192 a part
		[ "$(stat -c %s part)" -eq 28672 ]
	done
}

@test "copy: to itself, by a link too, to less room, direct with an odd end: refused" {
	head -c 5000 /dev/urandom >a
	ln a b
	ringside run --filename=a:b --rw=copy --ioengine=psync
	expect_status 2
	expect_error "a and b are one file"
	ringside run --filename=a:c --rw=copy --direct=1 --ioengine=psync
	expect_status 2
	expect_error "size=4608 without its end"
	[ ! -e c ]
	make_loop_device 1
	head -c 2097152 /dev/zero >large
	ringside run --filename="large:$loop" --rw=copy --ioengine=psync --destroy="$loop"
	expect_status 2
	expect_error "beyond the end of $loop"
}

@test "copy to a device with a file system is refused, from one is not" {
	make_loop_device 8
	need_command mkfs.ext4
	mkfs.ext4 -q "$loop"
	before=$(md5sum <"$loop")
	head -c 100000 /dev/urandom >source
	ringside run --filename="source:$loop" --rw=copy --ioengine=psync
	expect_status 2
	expect_error "would write to $loop"
	[ "$(md5sum <"$loop")" = "$before" ]
	ringside run --filename="$loop:image" --rw=copy --bs=64k --ioengine=psync
	expect_status 0
	cmp "$loop" image
	ringside run --filename="source:$loop" --rw=copy --ioengine=psync --destroy="$loop"
	expect_status 0
	cmp -n 100000 source "$loop"
}

@test "engines that cannot say so, and which can" {
	for engine in libaio posixaio mmap epoll; do
		ringside run --name=s --filesize=4k --rw=openread --ioengine="$engine"
		expect_status 2
		expect_error "engine '$engine' cannot openread"
		expect_error "engines that can: null, sync, psync"
	done
}

@test "unlink removes what was copied, never what it was copied from" {
	head -c 5000 /dev/urandom >a
	ringside run --filename=a:b --rw=copy --ioengine=psync --unlink=1
	expect_status 0
	[ -e a ]
	[ ! -e b ]
}

@test "--dry-run gives back the same job; help tells of them" {
	for rw in openread stat copy; do
		ringside run --name=x --filename=a:b --size=64k --rw="$rw" --ioengine=psync \
			--dry-run
		expect_status 0
		expect_text "rw=$rw"
		printf '%s\n' "$output" >job
		ringside run job --dry-run
		expect_status 0
		[ "$output" = "$(cat job)" ]
	done
	ringside help rw
	expect_text "openread"
	expect_text "filename=SOURCE:DESTINATION"
	ringside help psync
	expect_text "openread copy stat"
}
