#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# What is set of the machine, where it takes a drive or nodes: polling by preadv2(2), schedulers of
# NVMe drives, memory of another node. A guest with two nodes: tests/vm/run -s 2,sockets=2 -m 2G -q
# "-object memory-backend-ram,id=m0,size=1G -object memory-backend-ram,id=m1,size=1G
# -numa node,cpus=0,memdev=m0 -numa node,cpus=1,memdev=m1".

load ringside

@test "preadv2 polls where the kernel does, and says so where it does not" {
	run_job pvsync2 /dev/nvme0n1 --rw=randread --direct=1 --hipri=1
	expect_status 0
	expect_result "j['engine']['proof']['hipri_calls'] == '256'"
	if [[ $(uname -r) =~ ^([6-9]|5\.19|[1-9][0-9])\. ]]; then
		expect_result "'hipri' not in j['engine']['effective']" \
			"[r['setting'] for r in j['engine']['refused']] == ['hipri']" \
			"int(j['engine']['proof']['device_interrupts']) >= 256"
	else
		expect_result "j['engine']['effective']['hipri'] == '100 %'" \
			"j['engine']['proof']['device_interrupts'] == '0'"
	fi
}

@test "the scheduler of a drive is set for its jobs, one after the other" {
	modprobe bfq || skip "no bfq in this kernel"
	local file=/sys/block/nvme0n1/queue/scheduler before
	before=$(cat $file)
	cat >two.job <<-'END'
		[global]
		filename=/dev/nvme0n1
		size=1m
		direct=1
		[a]
		ioscheduler=bfq
		[b]
		stonewall
		ioscheduler=mq-deadline
	END
	ringside run two.job --format=json --output=result.json
	expect_status 0
	expect_result "j['engine']['effective']['ioscheduler'] == 'bfq'" \
		"d['jobs'][1]['engine']['effective']['ioscheduler'] == 'mq-deadline'"
	[ "$(cat $file)" = "$before" ]
}

@test "mq-deadline serves real-time commands, and their latencies are apart" {
	for engine in libaio io_uring; do
		run_job $engine /dev/nvme0n1 --rw=randread --direct=1 --iodepth=16 --loops=4 \
			--ioscheduler=mq-deadline --cmdprio_percentage=25
		expect_status 0
		expect_result "len(j['read']['priorities']) == 2" \
			"sum(p['lat_ns']['count'] for p in j['read']['priorities']) == 1024"
	done
}

@test "memory and CPUs of one node are of that node" {
	[ -d /sys/devices/system/node/node1 ] || skip "one node: see the head of this file"
	for node in 0 1; do
		run_job psync /dev/nvme0n1 --rw=randread --direct=1 --numa_mem_policy=bind:$node
		expect_status 0
		expect_result "j['engine']['effective']['buffer_node'] == '$node'" \
			"j['engine']['effective']['numa_mem_policy'] == 'bind:$node'"
		run_job psync /dev/nvme0n1 --rw=randread --direct=1 --numa_cpu_nodes=$node
		expect_status 0
		expect_result "j['engine']['effective']['buffer_node'] == '$node'"
	done
	run_job psync /dev/nvme0n1 --rw=randread --direct=1 --numa_mem_policy=bind:!0
	expect_result "j['engine']['effective']['buffer_node'] == '1'"
}
