# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Faults for bats files that run in the guest of tests/vm/run: `load faults`, and call faults_undo
# in teardown: it takes back whatever a test has plugged, mapped or made. Medium errors and
# write-protected drives come from plug_drive, hot-unplug from pull_drive and remove_drive.

# shellcheck source=tests/vm/drives.bash
source "${BASH_SOURCE[0]%/*}/drives.bash"

# stick_next SLOT read|write [SECONDS]: the next request of that kind stays in the drive until
# release_stuck. One at a time: QEMU cannot tell several apart. SECONDS, out of reach unless a test
# wants it, is the driver's time limit: after one it aborts the request, in vain; after a second it
# resets the controller, for which QEMU waits until the request ends, and the whole guest with it.
stick_next() { set_io_timeout "$1" "${3:-3600}" && debug_medium "$1" "break ${2}_aio stuck"; }
release_stuck() { debug_medium "$1" "resume stuck"; }
debug_medium() {
	monitor human-monitor-command "{\"command-line\":\"qemu-io medium$1 \\\"$2\\\"\"}"
}

# throttle_drive SLOT IOPS: at most so many requests a second; 0 lifts the limit.
throttle_drive() { limit_drive "$1" "$2" 0; }
# stall_drive SLOT: one request more, then none is answered until resume_drive.
stall_drive() { limit_drive "$1" 0 1; }
resume_drive() { limit_drive "$1" 0 0; }
limit_drive() {
	monitor block_set_io_throttle "{\"id\":\"nvme-slot$1\",\"iops\":$2,\"iops_rd\":0,
		\"iops_wr\":0,\"bps\":$3,\"bps_rd\":0,\"bps_wr\":0}"
}

# set_io_timeout SLOT SECONDS: how long the driver waits before it aborts a request.
set_io_timeout() {
	find_drive "$1" && echo $(($2 * 1000)) >"/sys/block/${drive_block#/dev/}/queue/io_timeout"
}

# reset_drive SLOT: controller reset; returns when the driver has begun it.
reset_drive() { find_drive "$1" && echo 1 >"/sys/class/nvme/$drive_controller/reset_controller"; }

# warn_drive SLOT BITS: the critical warning in the drive's SMART log.
warn_drive() {
	monitor qom-set "{\"path\":\"/machine/peripheral/nvme-slot$1\",
		\"property\":\"smart_critical_warning\",\"value\":$2}"
}

# make_null_blk NAME [ATTRIBUTE=VALUE]...: /dev/NAME, by null_blk's configfs; power=1 is implied.
# https://docs.kernel.org/block/null_blk.html
make_null_blk() {
	local folder=/sys/kernel/config/nullb/$1 word
	modprobe null_blk nr_devices=0 && mkdir "$folder" || return
	for word in "${@:2}" power=1; do
		echo "${word#*=}" >"$folder/${word%%=*}" || return
	done
	wait_until test -b "/dev/$1"
}

# bad_sectors NAME FIRST LAST: from now on an I/O of null_blk NAME that touches these is an error.
bad_sectors() { echo "+$2-$3" >"/sys/kernel/config/nullb/$1/badblocks"; }

# map_device NAME TABLE: /dev/mapper/NAME by device-mapper, where no udev makes the node.
map_device() {
	modprobe dm_mod && dmsetup create --noudevsync "$1" --table "$2" && dmsetup mknodes "$1"
}

# hold_device NAME: requests wait until continue_device; those underway are finished first.
hold_device() { dmsetup suspend --noudevsync --noflush --nolockfs "$1"; }
continue_device() { dmsetup resume --noudevsync "$1"; }

# unmap_devices: all of them; one that another stands on goes a round later than that.
unmap_devices() {
	local name names
	for _ in 1 2 3 4; do
		names=$(dmsetup info -c --noheadings -o name | grep -v '^No devices') || return 0
		for name in $names; do
			continue_device "$name"
			dmsetup remove --noudevsync "$name" || true
		done
	done
	echo "device-mapper keeps $names" >&2
	return 1
}

faults_undo() {
	local name
	if [ -e /dev/mapper/control ]; then
		unmap_devices
	fi
	for name in /sys/kernel/config/nullb/*/; do
		if [ -d "$name" ]; then rmdir "$name"; fi
	done
	for name in 1 2 3 4; do
		unplug_drive $name
	done
	drop_paths
}
