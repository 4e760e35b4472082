# SPDX-License-Identifier: MIT
# Engines and what is set of the machine are what their options say: system calls of ringside beside
# those of fio, as strace sees them, and what the kernel reports.
# covers: src/engine/vsync.c

load helper

need_trace() {
	need_command fio
	need_command strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
}

# calls FILTER COMMAND...: the system calls of FILTER that a command makes, without their threads.
calls() {
	local filter=$1
	shift
	rm -f trace
	strace -f -qq -e signal=none -e trace="$filter" -o trace "$@" >said 2>&1 || {
		cat said
		return 1
	}
	sed -E 's/^[0-9]+ +//; s/ +/ /g' trace
}

fio_calls() {
	calls "$1" fio --thread --output=/dev/null "${@:2}"
}

our_calls() {
	calls "$1" "$ringside" run "${@:2}"
}

# How many calls of each kind reach the file.
count_calls() {
	grep -E '^(lseek|readv|writev|preadv2?|pwritev2?)\(' | sed 's/(.*//' | sort | uniq -c
}

@test "vsync moves adjacent blocks in one call, as fio's does" {
	need_trace
	local job=(--name=a --ioengine=vsync --filename=f --size=256k --bs=4k --iodepth=8
		--iodepth_batch=8)
	truncate -s 256k f
	for rw in write read; do
		fio_calls lseek,readv,writev "${job[@]}" --rw=$rw | grep -E '4096' |
			grep -E "^${rw}v" >fio.calls
		our_calls lseek,readv,writev "${job[@]}" --rw=$rw | grep -E '4096' |
			grep -E "^${rw}v" >our.calls
		[ "$(grep -c 'iov_len=4096.*, 8) = 32768$' our.calls)" -eq 8 ]
		[ "$(wc -l <fio.calls)" -eq "$(wc -l <our.calls)" ]
	done
}

@test "vsync with a batch of 1 moves each block by itself" {
	need_trace
	our_calls lseek,readv,writev --name=a --ioengine=vsync --filename=f --size=64k --bs=4k \
		--iodepth=8 --rw=write >our.calls
	[ "$(grep -cE '^writev\(.*, 1\) = 4096$' our.calls)" -eq 16 ]
	[ "$(grep -cE '^lseek\(.*SEEK_SET\) = ' our.calls)" -eq 16 ]
}

@test "pvsync makes preadv and pwritev, and nothing else" {
	need_trace
	local engine=pvsync
	for rw in write read; do
		fio_calls preadv,pwritev,preadv2,pwritev2 --name=a --ioengine=$engine --filename=f \
			--size=64k --rw=$rw | count_calls >fio.count
		our_calls preadv,pwritev,preadv2,pwritev2 --name=a --ioengine=$engine --filename=f \
			--size=64k --rw=$rw | count_calls >our.count
		diff fio.count our.count
		grep -q "16 p${rw}v$" our.count
	done
}

@test "hipri of pvsync2 sets RWF_HIPRI, on so many of a hundred" {
	need_trace
	truncate -s 4m f
	our_calls preadv2 --name=a --ioengine=pvsync2 --hipri=1 --filename=f --size=4m >all.calls
	[ "$(grep -c RWF_HIPRI all.calls)" -eq 1024 ]
	our_calls preadv2 --name=a --ioengine=pvsync2 --hipri=1 --hipri_percentage=25 \
		--filename=f --size=4m >some.calls
	local some
	some=$(grep -c RWF_HIPRI some.calls)
	[ "$some" -gt 170 ]
	[ "$some" -lt 350 ]
	our_calls preadv2 --name=a --ioengine=pvsync2 --hipri_percentage=25 --filename=f \
		--size=4m >no.calls
	run ! grep -q RWF_HIPRI no.calls
}

@test "hipri and nonvectored change nothing for an engine without them, and say so" {
	ringside run --name=a --ioengine=psync --filename=f --size=64k --rw=write --hipri=1 \
		--nonvectored=1
	[ "$status" -eq 0 ]
	expect_error "note: 'hipri' changes nothing: it is an option of"
	expect_error "note: 'nonvectored' changes nothing: it is an option of io_uring"
	expect_text "16 writes"
}

@test "cpumask binds to the CPUs of the mask" {
	need_trace
	[ "$(nproc)" -gt 1 ] || skip "one CPU"
	for mask in 1 2 0x3; do
		fio_calls sched_setaffinity --name=a --filename=f --size=4k --cpumask=$mask |
			grep -oE '\[[0-9 ]+\]\) = 0' | tail -1 >fio.calls
		our_calls sched_setaffinity --name=a --filename=f --size=4k --cpumask=$mask |
			grep -oE '\[[0-9 ]+\]\) = 0' | tail -1 >our.calls
		[ -s our.calls ]
		diff fio.calls our.calls
	done
	ringside run --dry-run --name=a --size=4k --cpus_allowed=0 --cpumask=2
	expect_text "cpus_allowed=1"
	ringside run --dry-run --name=a --size=4k --cpumask=0
	[ "$status" -eq 2 ]
}
