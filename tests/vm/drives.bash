# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# NVMe drives that tests plug into the guest of tests/vm/run, by its own QEMU monitor. Part of
# faults.bash. Every function returns non-zero, with a message on stderr, where it could not.

# wait_until COMMAND...: polls until COMMAND succeeds. The limit is for what never comes true: a
# busy machine may be slow.
wait_until() {
	local end=$((SECONDS + 120))
	until "$@" 2>/dev/null; do
		((SECONDS > end)) && { echo "never came true: $*" >&2; return 1; }
		sleep 0.05
	done
}

# monitor COMMAND [ARGUMENTS]: one command of QEMU's own monitor, with its arguments in JSON.
# https://qemu.readthedocs.io/en/v7.2.0/interop/qemu-qmp-ref.html
monitor() {
	local id=$BASHPID-$RANDOM reply port arguments=${2:-'{}'}
	exec {port}<>/dev/virtio-ports/vm.qmp || return
	# Each call negotiates again: QEMU refuses all but the first, which does no harm.
	printf '%s\n' '{"execute":"qmp_capabilities"}' \
		"{\"execute\":\"$1\",\"arguments\":$arguments,\"id\":\"$id\"}" >&"$port"
	while read -r -t 120 -u "$port" reply; do
		[[ $reply == *"\"$id\""* ]] && break
	done
	exec {port}>&-
	[[ $reply == *'"return"'* ]] && return 0
	echo "monitor $1: $reply" >&2
	return 1
}

# backing_file SLOT: of the drive there, as the guest names it; QEMU runs in that folder.
backing_file() { echo "${VM_OUT%/out}/slot$1.raw"; }

# add_medium SLOT READ-ONLY RULES: the stack of block drivers that the drive there will have. The
# topmost, raw, is what tells blkdebug of each request's steps, so that one can be held.
add_medium() {
	local common="\"read-only\":$2,\"discard\":\"unmap\"" file debug
	file="{\"driver\":\"file\",\"filename\":\"slot$1.raw\",$common}"
	debug="{\"driver\":\"blkdebug\",\"image\":$file,${3:+\"inject-error\":[$3],}$common}"
	monitor blockdev-add \
		"{\"driver\":\"raw\",\"node-name\":\"medium$1\",\"file\":$debug,$common}"
}

# plug_drive SLOT [size=64M] [block=BYTES] [bad_read=SECTOR]... [bad_write=SECTOR]... [read_only]
# A fresh drive, full of zeroes, in one of the slots 1 to 4; sets what find_drive sets. Sectors are
# of 512 bytes; each read that touches a bad_read one is a medium error, each write that touches a
# bad_write one. Other words, NAME=VALUE, become properties of QEMU's nvme device, numbers only.
plug_drive() {
	local slot=$1 size=64M rules='' is_read_only=false properties='' word kind
	for word in "${@:2}"; do
		case $word in
		size=*) size=${word#*=} ;;
		block=*)
			properties+=",\"logical_block_size\":${word#*=}"
			properties+=",\"physical_block_size\":${word#*=}" ;;
		bad_*)
			kind=${word%%=*} rules+=${rules:+,}
			rules+="{\"event\":\"none\",\"iotype\":\"${kind#bad_}\",\"errno\":5,"
			rules+="\"sector\":${word#*=}}" ;;
		read_only) is_read_only=true ;;
		*) properties+=",\"${word%%=*}\":${word#*=}" ;;
		esac
	done
	truncate -s "$size" "$(backing_file "$slot")" || return
	add_medium "$slot" $is_read_only "$rules" || { rm "$(backing_file "$slot")"; return 1; }
	monitor device_add "{\"driver\":\"nvme\",\"id\":\"nvme-slot$slot\",\"bus\":\"slot$slot\",
		\"serial\":\"slot$slot\",\"drive\":\"medium$slot\"$properties}" || return
	wait_until find_drive "$slot"
}

# find_drive SLOT: sets drive_block (/dev/nvme1n1), drive_char (/dev/ng1n1), drive_controller
# (nvme1). Fails while they are not all there.
find_drive() {
	local folder
	for folder in /sys/class/nvme/nvme*; do
		[ "$(tr -d ' ' <"$folder/serial")" = "slot$1" ] || continue
		drive_controller=${folder##*/}
		drive_block=$(compgen -G "$folder/nvme*n*") &&
			drive_char=$(compgen -G "$folder/ng*n*") || return
		drive_block=/dev/${drive_block##*/} drive_char=/dev/${drive_char##*/}
		[ -b "$drive_block" ] && [ -c "$drive_char" ]
		return
	done
	return 1
}

is_gone() { ! grep -qs "^slot$1 *$" /sys/class/nvme/nvme*/serial; }

# pull_drive SLOT: hot-unplug, asked for by the machine. Returns before the drive is gone.
pull_drive() { monitor device_del "{\"id\":\"nvme-slot$1\"}"; }

# remove_drive SLOT: hot-unplug, asked for through sysfs. The drive is gone when it returns.
remove_drive() { find_drive "$1" && echo 1 >"/sys/class/nvme/$drive_controller/device/remove"; }

# plug_paths: the two controllers of tests/vm/run -p, whose namespace they share; sets drive_block
# and drive_char, the nodes for both paths.
plug_paths() {
	local path
	for path in /sys/bus/pci/devices/0000:00:1[de].0; do
		echo >"$path/driver_override" || return
		echo "${path##*/}" >/sys/bus/pci/drivers/nvme/bind || return
	done
	wait_until find_paths
}

find_paths() {
	local folder nodes
	for folder in /sys/class/nvme-subsystem/*; do
		[ "$(tr -d ' ' <"$folder/serial")" = shared ] || continue
		nodes=("$folder"/ng*n*)
		drive_char=/dev/${nodes[0]##*/} drive_block=/dev/nvme${nodes[0]##*/ng}
		[ -b "$drive_block" ] && [ -c "$drive_char" ] &&
			[ "$(cat "$folder"/nvme*/state)" = $'live\nlive' ]
		return
	done
	return 1
}

has_paths() { grep -qs '^shared *$' /sys/class/nvme-subsystem/*/serial; }

drop_paths() {
	local path
	for path in /sys/bus/pci/drivers/nvme/0000:00:1[de].0; do
		[ ! -e "$path" ] || echo "${path##*/}" >/sys/bus/pci/drivers/nvme/unbind
	done
	wait_until eval '! has_paths'
}

# unplug_drive SLOT: takes out the drive, if there is one, so that the slot can be used again.
unplug_drive() {
	[ -e "$(backing_file "$1")" ] || return 0
	# Neither may be so, and mostly is not; but a drive with requests in it cannot be taken out.
	resume_drive "$1" 2>/dev/null || true
	release_stuck "$1" 2>/dev/null || true
	# The slot's driver lets go only of devices that the kernel knows.
	if is_gone "$1"; then echo 1 >/sys/bus/pci/rescan; fi
	pull_drive "$1" 2>/dev/null || true # It may have been pulled before.
	wait_until is_gone "$1" &&
		wait_until monitor blockdev-del "{\"node-name\":\"medium$1\"}"
	rm "$(backing_file "$1")"
}
