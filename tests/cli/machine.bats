# SPDX-License-Identifier: MIT
# Engines and what is set of the machine are what their options say: system calls of ringside beside
# those of fio, as strace sees them, and what the kernel reports.
# covers: src/engine/vsync.c
# covers: src/run/worker_host.c
# covers: src/run/scheduler_switch.c

load helper
load calls

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

need_numa() {
	[ -r /sys/devices/system/node/online ] || skip "no NUMA in this kernel"
	fio --name=a --filename=f --size=4k --numa_mem_policy=local --output=/dev/null ||
		skip "this fio has no libnuma"
}

@test "memory policies and nodes are those that fio asks the kernel for" {
	need_trace
	need_numa
	local policy node
	node=$(sed 's/[-,].*//' /sys/devices/system/node/online)
	for policy in bind:$node prefer:$node interleave:$node; do
		agree_on set_mempolicy "MPOL_(BIND|PREFERRED|INTERLEAVE), \\[0x[0-9a-f]*" \
			--numa_mem_policy="$policy"
	done
	agree_on set_mempolicy MPOL_LOCAL --numa_mem_policy=local
	ringside run --name=a --filename=f --size=4k --numa_mem_policy="bind:$node" \
		--numa_cpu_nodes="$node"
	expect_text "numa_cpu_nodes=$node, numa_mem_policy=bind:$node"
	expect_text "buffer_node=$node"
	ringside run --name=a --filename=f --size=4k --numa_cpu_nodes=77
	expect_status 2
	expect_error "this machine has no node 77"
	run fio --name=a --filename=f --size=4k --numa_cpu_nodes=77
	[ "$status" -ne 0 ]
}

@test "buffers are in the memory that mem= names" {
	need_trace
	our_calls shmget,shmat,shmctl --name=a --filename=f --size=64k --mem=shm >calls.shm
	grep -qE 'shmget\(IPC_PRIVATE, 4096, IPC_CREAT' calls.shm
	grep -q 'shmctl(.*IPC_RMID' calls.shm
	our_calls mmap --name=a --filename=f --size=64k --bs=16k --mem=mmapshared >calls.mmap
	grep -qE 'mmap\(NULL, 16384, .*MAP_SHARED\|MAP_ANONYMOUS' calls.mmap
	our_calls mmap,openat,unlink --name=a --filename=f --size=64k --bs=16k \
		--mem=mmap:"$folder/memory" >calls.file
	grep -q "memory\", O_RDWR|O_CREAT|O_EXCL" calls.file
	grep -q "unlink(.*memory" calls.file
	[ ! -e memory ]
	for mem in malloc shm mmap mmapshared; do
		ringside run --name=a --filename=f --size=64k --rw=write --mem=$mem
		expect_status 0
		expect_text "16 writes"
	done
}

@test "a file with data is not made into buffers" {
	echo precious >data
	ringside run --name=a --filename=f --size=64k --rw=write --mem=mmap:"$folder/data"
	expect_status 4
	expect_error "it is there, and buffers would be written over it"
	[ "$(cat data)" = precious ]
}

@test "huge pages, where there are any, are huge" {
	need_root
	local pages=/proc/sys/vm/nr_hugepages before
	[ -w $pages ] || skip "no huge pages here"
	before=$(cat $pages)
	echo $((before + 4)) >$pages
	[ "$(cat $pages)" -ge 2 ] || { echo "$before" >$pages; skip "no memory for huge pages"; }
	for mem in shmhuge mmaphuge; do
		ringside run --name=a --filename=f --size=64k --rw=write --mem=$mem
		echo "$mem $status $(grep -c "mem=$mem, pages of 2m" <<<"$output")"
	done >answers
	echo "$before" >$pages
	diff answers - <<-'END'
		shmhuge 0 1
		mmaphuge 0 1
	END
}

@test "transparent huge pages are asked for by name, and counted" {
	local engine enabled=/sys/kernel/mm/transparent_hugepage/enabled
	grep -q '\[always\]\|\[madvise\]' $enabled || skip "no transparent huge pages here"
	[ "$(getconf PAGESIZE)" -eq 4096 ] || skip "they are of another size here"
	for engine in psync libaio io_uring mmap; do
		ringside run --name=a --filename=f --size=64k --rw=write --ioengine=$engine \
			--mem=mmapthp
		expect_status 0
		expect_text "mem=mmapthp, 2m of 2m in huge pages"
	done
	ringside run --name=a --filename=f --size=64k --mem=mmapthp:file
	expect_status 2
	ringside lint --name=a --filename=f --size=64k --mem=mmapthp
	expect_text "fio has no mem=mmapthp"
}

@test "iomem_align puts buffers where fio puts them" {
	need_trace
	local align
	dd if=/dev/urandom of=f bs=16k count=1 conv=fsync status=none
	for align in 512 1024 2048; do
		fio_calls pread64 --name=a --filename=f --size=16k --ioengine=psync --direct=1 \
			--iomem_align=$align >/dev/null || skip "no O_DIRECT here"
		ringside run --name=a --filename=f --size=16k --direct=1 --iomem_align=$align
		expect_status 0
		expect_text "iomem_align=$align, the first buffer at $align of a page"
	done
	ringside run --name=a --filename=f --size=16k --direct=1 --iomem_align=7
	[ "$status" -ne 0 ]
	run fio --name=a --filename=f --size=16k --direct=1 --ioengine=psync --iomem_align=7
	[ "$status" -ne 0 ]
}

@test "lockmem locks as much as fio locks" {
	need_trace
	need_root
	agree_on mlock ', [0-9]+\) = 0' --lockmem=3m
	ringside run --name=a --filename=f --size=4k --lockmem=1000t
	expect_status 2
	expect_error "buffers and lockmem"
}

# hint_of FILE: its write hint (fcntl(2), F_GET_RW_HINT).
hint_of() {
	/usr/bin/python3 -c 'import fcntl, os, sys
print(fcntl.fcntl(os.open(sys.argv[1], os.O_RDONLY), 1035, bytes(8))[0])' "$1"
}

# has_hint HINT TOOL...: the file has it while the job of TOOL runs.
has_hint() {
	local hint=$1 pid
	shift
	"$@" --name=a --filename=f --size=64k --rw=write --rate_iops=50 --time_based --runtime=60 \
		--write_hint="$hint" >out 2>&1 &
	pid=$!
	wait_until eval '[ "$(hint_of f)" = "$wanted" ]' || { kill $pid; cat out; return 1; }
	kill -INT $pid
	wait $pid || true
}

@test "write_hint is given to files, and to block devices, by any engine" {
	need_command fio
	local engine wanted
	dd if=/dev/zero of=f bs=64k count=1 status=none
	exec 9<f # keeps it in memory
	for engine in psync libaio io_uring mmap; do
		wanted=3
		has_hint medium "$ringside" run --ioengine=$engine
		[ "$(hint_of f)" -eq 0 ] # Taken back.
		wanted=5
		has_hint extreme "$ringside" run --ioengine=$engine
	done
	wanted=3
	has_hint medium fio
	exec 9<&-
	ringside run --name=a --filename=f --size=64k --rw=write --write_hint=medium
	expect_text "write_hint=medium"
	ringside run --name=a --filename=/dev/zero --size=64k --rw=write --write_hint=medium
	expect_status 0
	expect_text "refused   write_hint=medium: hints are for files and block devices"
	# Where the kernel knows no hint of an open file, fio's job fails; this one does not.
	ringside run --name=a --filename=f --size=64k --rw=write --direct=1 --write_hint=short
	expect_status 0
	expect_text "write_hint=short"
}

scheduler_of() {
	sed 's/.*\[\(.*\)\].*/\1/' "/sys/block/${loop#/dev/}/queue/scheduler"
}

# other_scheduler: one that the loop device has and does not use.
other_scheduler() {
	tr ' ' '\n' <"/sys/block/${loop#/dev/}/queue/scheduler" | grep -v '^\[' | head -1
}

@test "ioscheduler is set while the job runs, and restored behind it" {
	make_loop_device 4
	local before other
	before=$(scheduler_of)
	other=$(other_scheduler)
	[ -n "$other" ] || skip "no other scheduler"
	"$ringside" run --name=a --filename="$loop" --size=1m --ioscheduler="$other" \
		--time_based --runtime=60 --rate_iops=10 >out 2>&1 &
	local pid=$!
	wait_until eval '[ "$(scheduler_of)" = "$other" ]'
	kill -INT $pid
	wait $pid || true
	[ "$(scheduler_of)" = "$before" ]
	grep -q "ioscheduler=$other" out
	ringside run --name=a --filename="$loop" --size=1m --ioscheduler="$other"
	expect_status 0
	[ "$(scheduler_of)" = "$before" ]
}

@test "ioscheduler is restored by a second Ctrl-C, and after an error" {
	make_loop_device 4
	local before other
	before=$(scheduler_of)
	other=$(other_scheduler)
	[ -n "$other" ] || skip "no other scheduler"
	# A pipe without a writer: the job hangs in open, and the first Ctrl-C waits for it.
	"$ringside" run --name=a --filename="$loop" --size=1m --ioscheduler="$other" \
		--time_based --runtime=60 --rate_iops=10 >out 2>&1 &
	local pid=$!
	wait_until eval '[ "$(scheduler_of)" = "$other" ]'
	kill -INT $pid
	sleep 0.4
	kill -INT $pid 2>/dev/null || true
	wait $pid || true
	[ "$(scheduler_of)" = "$before" ]
	ringside run --name=a --filename="$loop" --size=1m --ioscheduler=none-such
	expect_status 4
	expect_error "has no scheduler 'none-such', but: "
	[ "$(scheduler_of)" = "$before" ]
	printf '%s\n' '[global]' "filename=$loop" size=1m '[a]' "ioscheduler=$other" '[b]' \
		"ioscheduler=$before" >two.job
	ringside run two.job
	expect_status 4
	expect_error "ask for two schedulers"
	[ "$(scheduler_of)" = "$before" ]
	sed -i 's/^\[b\]/[b]\nstonewall/' two.job
	ringside run two.job
	expect_status 0
	[ "$(scheduler_of)" = "$before" ]
}

@test "thp of mmap is refused where the file has no huge pages" {
	need_root
	ringside run --name=a --ioengine=mmap --thp=1 --filename=f --size=4m --rw=write
	expect_status 0
	[[ $output == *"refused   thp=1: "* || $output == *"thp=1, "* ]]
	mkdir large
	mount -t tmpfs -o huge=advise,size=16m none large || skip "no tmpfs with huge pages"
	ringside run --name=a --ioengine=mmap --thp=1 --filename=large/f --size=4m --rw=write
	umount large
	expect_status 0
	expect_text "thp=1"
	run ! grep -q "refused" <<<"$output"
}

@test "atomic writes are direct, or refused with what they need" {
	ringside run --name=a --ioengine=pvsync2 --atomic=1 --filename=f --size=64k --rw=write
	expect_error "note: atomic=1: direct=1, as in fio"
	[ "$status" -eq 0 ] || expect_error "hint: it needs Linux 6.11"
	ringside run --name=a --ioengine=psync --atomic=1 --filename=f --size=64k --rw=write
	expect_status 2
	expect_error "'atomic' is an option of"
}

@test "ioscheduler without a scheduler to set has no effect, and that is told" {
	ringside run --name=a --filename=/dev/zero --size=64k --ioscheduler=bfq
	expect_status 0
	expect_text "refused   ioscheduler=bfq: no target is on a block device"
	need_root
	mkdir memory
	mount -t tmpfs none memory || skip "may not mount"
	ringside run --name=a --filename=memory/f --size=64k --rw=write --ioscheduler=bfq
	umount memory
	expect_status 0
	expect_text "refused   ioscheduler=bfq: no target is on a block device"
}

@test "lint says where fio does otherwise" {
	cat >job <<-'END'
		[global]
		size=64k
		rw=write
		write_hint=short
		direct=1
		[a]
		ioengine=vsync
		iodepth=4
		ioscheduler=none
		[b]
		ioengine=psync
		mem=mmapshared
		[c]
		ioengine=mmap
		direct=0
		thp=1
	END
	ringside lint job
	for text in "fio loses completions of vsync" "fio leaves the new one" \
		"no hints of open" "fio maps privately without a file" \
		"does not reach the file"; do
		echo "looked for: $text"
		grep -q "$text" <<<"$(tr -s ' \n' ' ' <<<"$output")"
	done
	sed -i '/^iodepth/d; /^thp/d; /^ioscheduler/d; /^mem/d; /^write_hint/d' job
	ringside lint job
	run ! grep -qE "fio (loses|leaves|maps)|no hints" <<<"$output"
}
