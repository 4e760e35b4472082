# SPDX-License-Identifier: MIT
# How jobs go over their files, and what they write: what is seen from outside only, with the real
# fio on the other side where there is one. Amounts and blocks: tests/fio-jobs/pattern-*.

load helper

# job_of TEXT...: ./job of one section, with \n for the ends of lines.
job_of() {
	printf '%b\n' '[a]' "$@" >job
}

run_job() {
	ringside run job --json=out.json
	expect_status 0
}

# calls NAMES PROGRAM...: what strace sees of these system calls.
calls() {
	strace -f -qq -o trace -e trace="$1" "${@:2}" >said 2>&1 || { cat said; return 1; }
	cat trace
}

@test "the kernel is advised as fio does" {
	local hint rw advice seen
	need_command strace fio
	while read -r rw hint advice; do
		rm -f f
		truncate -s 64k f
		job_of "ioengine=psync\nfilename=f\nrw=$rw\n$hint"
		for tool in "fio job" "$ringside run job"; do
			# shellcheck disable=SC2086 # two words
			seen=$(calls fadvise64 $tool | grep -o "POSIX_FADV_[RS][A-Z]*" | sort -u)
			[ "$seen" = "${advice#none}" ] || {
				echo "$tool $rw $hint: $seen"
				return 1
			}
		done
	done <<-'J'
	read fadvise_hint=1 POSIX_FADV_SEQUENTIAL
	randread fadvise_hint=1 POSIX_FADV_RANDOM
	randread loops=1 POSIX_FADV_RANDOM
	randread fadvise_hint=sequential POSIX_FADV_SEQUENTIAL
	write fadvise_hint=random POSIX_FADV_RANDOM
	read fadvise_hint=0 none
	J
}

@test "pre_read brings the file into the page cache" {
	need_command fincore
	head -c 4M /dev/urandom >f
	sync f
	for pre_read in 0 1; do
		dd if=f iflag=nocache count=0 status=none
		job_of "ioengine=psync\nfilename=f\nrw=randread\nnumber_ios=4\nfadvise_hint=random"
		echo pre_read=$pre_read >>job
		run_job
		[ "$pre_read" -eq 1 ] || continue
		[ "$(fincore --bytes --noheadings --output RES f)" -eq 4194304 ]
	done
	expect_json out.json "d['jobs'][0]['options']['invalidate']" 0
}

@test "pre_read of a file that cannot be read fails the job" {
	truncate -s 1m f
	job_of "ioengine=psync\nfilename=f\nrw=read\nsize=1m\npre_read=1"
	chmod 200 f
	as_nobody
	chmod 777 "$folder"
	run --separate-stderr -- "${nobody[@]}" "$ringside" run job
	[ "$status" -ne 0 ]
}

@test "overlapping writes are held back with serialize_overlap" {
	# Blocks of 64k at every 4k of 256k: of 16 nearly all overlap.
	for serialize in 0 1; do
		job_of "ioengine=libaio\niodepth=16\niodepth_batch_submit=16\nsize=256k" \
			"io_size=32m\nbs=64k\nblockalign=4k\nrw=randwrite\nnorandommap" \
			"serialize_overlap=$serialize"
		run_job
		expect_json out.json "d['jobs'][0]['write']['ios']" 512
		json out.json "d['jobs'][0]['depth']['max']" >depth.$serialize
	done
	[ "$(cat depth.0)" -eq 16 ]
	[ "$(cat depth.1)" -le 4 ]
}

@test "a full file system ends a job with fill_device, as in fio" {
	need_root
	need_command fio
	mkdir small
	mount -t tmpfs -o size=4m none small
	trap 'umount "$folder/small"' EXIT
	job_of "ioengine=psync\ndirectory=small\nbs=64k\nrw=write\nnrfiles=2\nfill_fs=1"
	fio job >said
	stat -c '%n %s' small/* >theirs
	rm small/*
	run_job
	stat -c '%n %s' small/* >ours
	diff theirs ours
	expect_json out.json "d['jobs'][0]['write']['bytes']" 4194304
	# A job after it reads what was written.
	printf '[b]\nstonewall\nioengine=psync\ndirectory=small\nfilename=a.0.0\nbs=64k\n' >>job
	rm small/*
	sed -i s/nrfiles=2/filename=a.0.0/ job
	run_job
	expect_json out.json "[d['jobs'][1]['read'][k] for k in ('ios', 'bytes')]" "[64, 4194304]"
	sed -i '/^\[b\]/,$d; s/filename=a.0.0/nrfiles=2/' job
	# Without it, it is an error.
	rm small/*
	sed -i 's/fill_fs=1/size=8m\nfallocate=none/' job
	ringside run job
	expect_status 5
	expect_error "No space left"
	umount small
	trap - EXIT
}

@test "the files of the last loop stay with unlink_each_loop" {
	need_command strace
	job_of "ioengine=psync\nsize=16k\nnrfiles=2\nrw=write\nloops=3\nunlink_each_loop=1"
	calls unlink,unlinkat "$ringside" run job | grep -c 'a\.0\.[01]' >count
	[ "$(cat count)" -eq 4 ]
	[ -s a.0.0 ] && [ -s a.0.1 ]
	for engine in libaio io_uring; do
		rm -f a.0.*
		sed -i "s/ioengine=.*/ioengine=$engine\niodepth=4/" job
		ringside run job --json=out.json
		[ "$status" -eq 0 ] || { [ "$status" -eq 4 ] && continue; show; return 1; }
		expect_json out.json "d['jobs'][0]['write']['ios']" 12
		[ -s a.0.0 ] && [ -s a.0.1 ]
	done
}

# zeros FILE CHUNK: the share of zero bytes at the end of each chunk, in percent; -1: they differ.
zeros() {
	/usr/bin/python3 - "$@" <<-'P'
		import sys
		data, chunk = open(sys.argv[1], "rb").read(), int(sys.argv[2])
		runs = {len(piece) - len(piece.rstrip(b"\0")) for piece in
		        (data[at:at + chunk] for at in range(0, len(data), chunk))}
		print(round(100 * max(runs) / chunk) if max(runs) - min(runs) < 6 else -1)
	P
}

@test "buffer_compress_chunk is fio's" {
	local chunk percent
	need_command fio
	while read -r bs chunk percent at; do
		job_of "ioengine=psync\nsize=1m\nrw=write\nbs=$bs\nbuffer_compress_chunk=$chunk"
		echo "buffer_compress_percentage=$percent" >>job
		fio job >said
		zeros a.0.0 "$at" >theirs
		rm a.0.0
		run_job
		zeros a.0.0 "$at" >ours
		diff theirs ours || { cat job; return 1; }
		[ "$(cat ours)" -eq "$percent" ]
		rm a.0.0
	done <<-'J'
	64k 4096 50 4096
	64k 512 25 512
	4k 8k 60 4096
	4k 0 60 4096
	16k 16k 10 16384
	J
}

# unlike FILE...: how many of the 4k blocks in all the files are unlike, in percent.
unlike() {
	/usr/bin/python3 - "$@" <<-'P'
		import collections, sys
		blocks = collections.Counter()
		for path in sys.argv[1:]:
		    data = open(path, "rb").read()
		    blocks.update(data[at:at + 4096] for at in range(0, len(data), 4096))
		print(round(100 * len(blocks) / sum(blocks.values())))
	P
}

near() {
	local one=$(($1 - $3)) all=$(($2 - $4))
	((${one#-} <= 4 && ${all#-} <= 6))
}

@test "as much is written twice as by fio" {
	local options theirs ours set='dedupe_mode=working_set\ndedupe_working_set_percentage'
	need_command fio
	while IFS= read -r options; do
		job_of "ioengine=psync\nsize=8m\nrw=write\nnumjobs=2\n${options//SET/$set}"
		fio job >said
		theirs="$(unlike a.0.0) $(unlike a.0.0 a.1.0)"
		rm a.?.0
		run_job
		ours="$(unlike a.0.0) $(unlike a.0.0 a.1.0)"
		rm a.?.0
		# shellcheck disable=SC2086 # two numbers each
		near $theirs $ours || { echo "$options: fio $theirs, ringside $ours"; return 1; }
	done <<-'J'
	dedupe_percentage=60
	dedupe_percentage=60\ndedupe_mode=working_set
	dedupe_percentage=60\nSET=30
	dedupe_percentage=50\ndedupe_mode=working_set\nbuffer_compress_percentage=30
	dedupe_percentage=50\nSET=40\ndedupe_global=1
	J
}

@test "a working set is drawn from, and not repeated at once" {
	# In repeat mode the same block stands beside itself; out of a set it hardly does.
	for mode in repeat working_set; do
		job_of "ioengine=psync\nsize=4m\nrw=write\ndedupe_percentage=60"
		echo dedupe_mode=$mode >>job
		run_job
		/usr/bin/python3 - >beside.$mode <<-'P'
			data = open("a.0.0", "rb").read()
			blocks = [data[at:at + 4096] for at in range(0, len(data), 4096)]
			print(sum(a == b for a, b in zip(blocks, blocks[1:])))
		P
		rm a.0.0
	done
	[ "$(cat beside.repeat)" -gt 400 ]
	[ "$(cat beside.working_set)" -lt 40 ]
}

# trace_job: ./trace has what the C library was asked for, as tests/cli/trace_io.c writes it.
trace_job() {
	cc -std=gnu17 -O1 -shared -fPIC -o trace_io.so "$BATS_TEST_DIRNAME/trace_io.c"
	env LD_PRELOAD="$folder/trace_io.so" TRACE_FOLDER="$folder" TRACE_IO="$folder/trace" \
		TRACE_RAW=1 "$ringside" run job >said 2>&1 || { cat said; return 1; }
	sed -i '/^s/d' trace
}

@test "zones of each direction are kept to" {
	job_of "ioengine=psync\nsize=4m\nrw=randrw"
	echo random_distribution=zoned:100/25:0/75,0/50:100/50 >>job
	trace_job
	awk '$1 == "r" && $3 >= 1048576 || $1 == "w" && $3 < 2097152 { bad++ }
		{ count[$1]++ } END { exit bad > 0 || count["r"] < 300 || count["w"] < 300 }' trace
}

@test "a sequence of blocks is gone through" {
	job_of "ioengine=psync\nsize=64k\nrw=randread\nrandom_distribution=sequence:2,0,15,7"
	echo number_ios=6 >>job
	trace_job
	[ "$(awk '{ printf "%d ", $3 / 4096 }' trace)" = "2 0 15 7 2 0 " ]
	sed -i s/15/16/ job
	ringside run job
	expect_status 2
	expect_error "block 16 of the sequence is beyond the region"
}

@test "identical offsets come in runs" {
	job_of "ioengine=psync\nsize=64k\nrw=randread:4\nrw_sequencer=identical"
	trace_job
	awk '{ print $3 }' trace >offsets
	[ "$(uniq -c offsets | awk '{ print $1 }' | sort -u | tr '\n' ' ')" = "4 " ]
	[ "$(sort -u offsets | wc -l)" -eq 4 ]
}

@test "trims of more than 2 GiB reach a device whole" {
	need_root
	need_command strace
	make_loop_device 6000
	job_of "ioengine=psync\nfilename=$loop\nrw=trim\nbs=2300m"
	calls ioctl "$ringside" run job --destroy="$loop" --json=out.json >seen || {
		cat said; return 1; }
	[ "$(grep -c 'BLKDISCARD, \[[0-9]*, 2411724800\]' seen)" -eq 2 ]
	expect_json out.json "d['jobs'][0]['trim']['bytes']" 4823449600
	for engine in io_uring libaio; do
		sed -i "s/ioengine=.*/ioengine=$engine/" job
		ringside run job --destroy="$loop" --json=out.json
		[ "$status" -eq 0 ] || { [ "$status" -eq 4 ] && continue; show; return 1; }
		expect_json out.json "d['jobs'][0]['trim']['bytes']" 4823449600
	done
}

@test "opendir says what is wrong with its folder" {
	mkdir empty
	job_of "ioengine=psync\nopendir=empty\nrw=read"
	ringside run job
	expect_status 2
	expect_error "opendir=empty: there are no files in it"
	sed -i s/empty/missing/ job
	ringside run job
	expect_status 2
	expect_error "opendir=missing"
}

@test "what a dry run prints of these options reads back" {
	while IFS= read -r options; do
		job_of "ioengine=null\nsize=1m\nrw=randwrite:4\n$options"
		ringside run --dry-run job
		expect_status 0
		printf '%s\n' "$output" >once
		ringside run --dry-run once
		expect_status 0
		printf '%s\n' "$output" >twice
		diff once twice || { echo "$options"; return 1; }
	done <<-'J'
	rw_sequencer=identical\nserialize_overlap=1\nallrandrepeat=1
	bs=4k,8k\nbs_is_seq_rand=1
	random_distribution=zoned:50/10:50/90,100/50
	random_distribution=sequence:1,2,3
	rw=read:-8k
	offset=10%\noffset_align=64k
	file_append=1\npre_read=1\nunlink_each_loop=1\nfadvise_hint=random
	fill_device=1
	dedupe_percentage=5\ndedupe_mode=working_set\ndedupe_working_set_percentage=7
	dedupe_percentage=5\ndedupe_mode=working_set\ndedupe_global=1
	buffer_compress_percentage=50\nbuffer_compress_chunk=4k
	bssplit=36k-60k/6:4k/94
	bssplit=4k/80:64k/60
	filesize=16-8k/8M-12M
	filesize=1m\nsize=200%
	J
}
