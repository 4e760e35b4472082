#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Ranks of one run, each a process that is told who it is by --rank: what MPI adds to that is in
# mpi*.bats.

load helper

# ranks COUNT ARGUMENTS...: `ringside run` as each of so many ranks, one after the other.
ranks() {
	local rank count=$1
	shift
	for ((rank = 0; rank < count; rank++)); do
		"$ringside" run --rank=$rank/$count --quiet --output=out "$@" 2>said.$rank || {
			cat said.$rank
			return 1
		}
	done
}

# blocks OPERATION: offset and length of each such I/O of all traces, in order.
blocks() {
	sed -n "s/.* $1 \([0-9]*\) \([0-9]*\)$/\1 \2/p" trace.* | sort -n
}

# whole BYTES BLOCK: what blocks must print: each block once.
whole() {
	seq 0 "$2" $(($1 - 1)) | sed "s/$/ $2/"
}

@test "each block of a shared file is written by one rank" {
	local split
	for split in auto segments interleaved; do
		rm -f shared trace.*
		ranks 4 --filename=shared --rw=write --bs=4k --size=300k --split=$split \
			--write_iolog='trace.$rank'
		diff <(blocks write) <(whole 307200 4096)
		[ "$(stat -c %s shared)" -eq 307200 ]
	done
	# Every fourth block, from its own number on.
	[ "$(sed -n 's/.* write \([0-9]*\) .*/\1/p' trace.1 | head -n 3 | tr '\n' ' ')" = \
		"4096 20480 36864 " ]
}

@test "each block is written at random by one rank, and read back by another" {
	ranks 3 --filename=shared --bs=4k --size=300k --reorder=1 \
		--name=w --rw=randwrite --write_iolog='trace.w.$rank' \
		--name=r --stonewall --rw=read --write_iolog='trace.r.$rank'
	diff <(blocks write) <(whole 307200 4096)
	diff <(blocks read) <(whole 307200 4096)
	diff <(sed -n 's/.* write \([0-9]*\) .*/\1/p' trace.w.1 | sort -n) \
		<(sed -n 's/.* read \([0-9]*\) .*/\1/p' trace.r.0 | sort -n)
}

@test "with verify a reader finds what another rank wrote" {
	local job=(--filename=shared --bs=4k --size=300k --verify=crc32c)
	ranks 3 "${job[@]}" --rw=randwrite
	ranks 3 "${job[@]}" --reorder=1 --rw=read
	# A block of it is spoilt: the rank that has its part now says so.
	printf 'x%.0s' {1..64} | dd of=shared bs=1 seek=4200 conv=notrunc status=none
	ringside run --rank=2/3 --quiet "${job[@]}" --reorder=1 --rw=read
	expect_status 5
	ringside run --rank=0/3 --quiet "${job[@]}" --reorder=1 --rw=read
	expect_status 0
}

@test "ranks draw offsets of their own, and the same in each run" {
	ranks 2 --filename='own.$rank' --size=64k --rw=randwrite --write_iolog='trace.$rank'
	must_fail diff <(sed 's/.* write//' trace.0) <(sed 's/.* write//' trace.1)
	cp trace.1 before
	ranks 2 --filename='own.$rank' --size=64k --rw=randwrite --write_iolog='trace.$rank'
	diff <(sed -n 's/.* write//p' before) <(sed -n 's/.* write//p' trace.1)
}

@test "one process is rank 0 of 1, and made-up names of several are their own" {
	ringside run --quiet --rw=write --size=4k --filename='f.$rank.$ranks.$hostname'
	expect_status 0
	[ -e "f.0.1.$(uname -n)" ]
	ranks 2 --name=mine --rw=write --size=4k
	[ -e mine.0.0.0 ] && [ -e mine.1.0.0 ]
	ringside run --quiet --rw=write --size=4k --filename='f.$rank.$hostname' --rank=1/2:a,b
	expect_status 0
	[ -e f.1.b ]
}

@test "a rank that has no part says so, and one that is none" {
	ringside run --rank=1/4 --filename=shared --rw=write --size=8k --bs=4k
	expect_status 2
	expect_error "4 ranks share shared, and it has fewer blocks than that"
	expect_error "or split=none"
	[ ! -e shared ]
	ringside run --rank=4/4 --filename=shared --rw=write --size=8k
	expect_status 2
	expect_error "--rank=0/4 is the first of four"
	ringside run --rank=0/2:a,b, --filename=shared --rw=write --size=8k
	expect_status 2
	expect_error "not a rank among ranks"
}

@test "a device on several hosts is named again for each" {
	need_command mkfs.ext4
	make_loop_device 8
	mkfs.ext4 -q -F "$loop"
	local job=(--filename="$loop" --rw=write --size=64k --bs=4k --quiet --split=segments)
	ringside run --rank=1/2:a,b "${job[@]}" --destroy="$loop"
	expect_status 2
	expect_error "--destroy=b:$loop"
	ringside run --rank=1/2:a,b "${job[@]}" --destroy="a:$loop"
	expect_status 2
	ringside run --rank=1/2:a,b "${job[@]}" --destroy="b:$loop"
	expect_status 0
	# Both are on one host: a path is enough, and the host is not wrong.
	mkfs.ext4 -q -F "$loop"
	ringside run --rank=1/2 "${job[@]}" --destroy="$loop"
	expect_status 0
	mkfs.ext4 -q -F "$loop"
	ringside run "${job[@]}" --destroy="$(uname -n):$loop"
	expect_status 0
	mkfs.ext4 -q -F "$loop"
	ringside run "${job[@]}" --destroy="elsewhere:$loop"
	expect_status 2
}
