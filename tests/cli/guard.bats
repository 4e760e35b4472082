#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# Attacks on the write guard: each is a row of a table, and what it is after has the same bytes
# before and after. tests/vm/ringside_guard.bats has those that need hardware.

load helper

# Undone in reverse order, whatever happens.
undo=()
at_end() { undo=("$*" "${undo[@]}"); }
is_free() { ! fuser -s "$1"; }

teardown() {
	local command
	cd / # Nothing of it is in use by this shell.
	for command in "${undo[@]}"; do
		eval "$command" || echo "cannot undo: $command"
	done
	rm -rf "$folder"
}

# attach VARIABLE FILE [LOSETUP OPTIONS...]: a loop device over it.
attach() {
	local node
	need_root
	need_command losetup mkfs.ext4
	[ -e "$2" ] || truncate --size 8M "$2"
	node=$(losetup --find --show "${@:3}" "$2" 2>&1) || skip "no loop device: $node"
	at_end losetup --detach "$node"
	printf -v "$1" %s "$node"
}

# mount_image NAME: NAME.img with a file system, its device $loop, mounted at NAME.mnt.
mount_image() {
	attach loop "$1.img"
	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0,nodiscard "$loop"
	mkdir "$1.mnt"
	mount -o ro,noload "$loop" "$1.mnt" || skip "may not mount"
	at_end umount "$folder/$1.mnt"
}

# attack ROW VICTIM ARGUMENTS...: `ringside run` of a write is refused with code 2, or what $allowed
# says, and VICTIM, a file or a device, is as it was. Failures are collected in $reached.
attack() {
	local row=$1 victim=$2 before after code=0
	before=$(md5sum <"$victim")
	"$ringside" run --rw=write --size=64k --bs=4k --quiet --output=out.txt "${@:3}" \
		>said 2>&1 </dev/null || code=$?
	sync "$victim"
	after=$(md5sum <"$victim")
	rows=$((rows + 1))
	[[ " ${allowed:-2} " == *" $code "* ]] ||
		reached+="$row: code $code: $(head -n 1 said)"$'\n'
	[ "$before" = "$after" ] || reached+="$row: REACHED"$'\n'
}

# expect_held ROWS: so many attacks were tried, and none reached anything.
expect_held() {
	[ -z "$reached" ] && [ "$rows" -eq "$1" ] && return
	echo "$rows rows, of $1"
	echo "$reached"
	return 1
}

rows=0 reached=

@test "a mounted device, by every name and engine" {
	local name engine holder
	mount_image disk
	mkdir sub bound
	ln -s "$loop" link
	ln -s link chain
	# shellcheck disable=SC2046 # Two numbers.
	mknod node b $(stat -c '0x%t 0x%T' "$loop")
	mount --bind /dev bound && at_end umount "$folder/bound"
	exec {holder}<"$loop"
	at_end "exec $holder<&-"
	for name in "$loop" "/dev/../dev/./${loop##*/}" "//dev//${loop##*/}" link chain \
		./sub/../node "bound/${loop##*/}" "/dev/fd/$holder" "/proc/self/fd/$holder" \
		"/proc/$$/root$loop" "/proc/self/root$loop" "/proc/self/cwd/chain" \
		"/proc/$$/cwd/node"; do
		attack "$name" disk.img --filename="$name" --destroy="$name"
	done
	for engine in sync psync vsync pvsync2 libaio io_uring mmap posixaio threads; do
		attack "$engine" disk.img --filename=link --ioengine=$engine --destroy="$loop"
	done
	attack "trim" disk.img --filename=link --rw=trim --destroy="$loop"
	attack "read and write" disk.img --filename=link --rw=randrw --direct=1
	attack "copy" disk.img --filename="source:$loop" --rw=copy --filesize=64k
	attack "a safe file first" disk.img --filename="safe:$loop" --rw=write
	[ ! -e safe ]
	expect_held 26
}

@test "devices that are used in other ways, and --destroy of something else" {
	local other stacked partition holder
	mount_image disk
	attach other other.img --partscan
	attack "the file of a mounted device" disk.img --filename=disk.img --destroy=disk.img

	mkswap -q "$other"
	attack "a signature" other.img --filename="$other"
	for name in "" /dev "${other%?}" "${other##*/}" other.img "$loop" /dev/null; do
		attack "--destroy=$name" other.img --filename="$other" --destroy="$name"
	done
	swapon "$other" 2>/dev/null && {
		attack "swap" other.img --filename="$other" --destroy="$other"
		attack "the file of swap" other.img --filename=other.img --destroy=other.img
		swapoff "$other"
	} || rows=$((rows + 2))

	exec {holder}<>"$other"
	/usr/bin/python3 -c 'import os, sys, time
fd = os.open(sys.argv[1], os.O_RDONLY | os.O_EXCL)
open("held", "w"); time.sleep(60)' "$other" 3>&- &
	wait_until test -e held
	attack "an exclusive holder" other.img --filename="$other" --destroy="$other"
	kill $! && wait $! || true
	exec {holder}<&-

	wipefs -qa "$other"
	attach stacked "$other"
	attack "a device under a loop device" other.img --filename="$other" --destroy="$other"
	attach third "$stacked" --offset 4096
	attack "three deep, at an offset" other.img --filename=other.img --destroy=other.img
	expect_held 14
}

@test "loop devices beside a mounted one, on it, and on swap" {
	local beside upon overlaid idle
	mount_image disk
	attach beside disk.img --offset 4096
	attack "on the same file" disk.img --filename="$beside" --destroy="$beside"
	attach upon "$loop" --offset 4096
	attack "on the device" disk.img --filename="$upon"
	attach upon "$beside" --offset 8192
	attack "on one beside it" disk.img --filename="$upon"
	mkdir lower upper work merged
	mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged \
		2>/dev/null && {
		at_end umount "$folder/merged"
		mount_image merged/image
		attach overlaid upper/image.img --offset 4096
		attack "by the upper folder" upper/image.img --filename="$overlaid"
	} || rows=$((rows + 1))
	fallocate --length 4M swap.img && chmod 600 swap.img && mkswap -q swap.img
	swapon swap.img 2>/dev/null && {
		at_end swapoff "$folder/swap.img"
		attach upon swap.img --offset 4096
		attack "on swap" swap.img --filename="$upon"
	} || rows=$((rows + 1))
	mount_image gone
	attach beside gone.img --offset 4096
	rm gone.img
	attack "a removed file" "$loop" --filename="$beside"

	attach idle idle.img
	attach beside idle.img --offset 4M
	run -0 "$ringside" run --rw=write --size=64k --bs=4k --filename="$beside"
	expect_held 6
}

@test "partitions: the disk of a mounted one, and the mounted one" {
	local disk
	attach disk disk.img --partscan
	need_command sfdisk partx
	printf 'label: gpt\n,3M\n,\n' | sfdisk -q "$disk"
	partx --update "$disk" 2>/dev/null || true
	[ -b "${disk}p1" ] || skip "no node for a partition"
	attack "a partition table" disk.img --filename="$disk"
	mkfs.ext4 -q -F "${disk}p1"
	mkdir mnt
	mount -o ro,noload "${disk}p1" mnt
	at_end umount "$folder/mnt"
	attack "the disk" disk.img --filename="$disk" --destroy="$disk"
	attack "the partition" disk.img --filename="${disk}p1" --destroy="${disk}p1"
	attack "the file" disk.img --filename=disk.img --destroy=disk.img
	expect_held 4
}

@test "files under loop devices: hard links, renamed, removed, in memory, in another namespace" {
	local pid
	mount_image disk
	ln disk.img hard
	mkdir away
	touch bound
	mount --bind disk.img bound && at_end umount "$folder/bound"
	attack "hard link" disk.img --filename=hard --destroy=hard
	attack "bind mount" disk.img --filename=bound --destroy=bound
	mv disk.img away/renamed
	attack "renamed" hard --filename=away/renamed --destroy=away/renamed
	rm away/renamed
	attack "removed, by a hard link" hard --filename=hard --destroy=hard
	attack "removed, unlink=1 of a reader" hard --filename=hard --rw=read --unlink=1
	[ -e hard ]

	truncate --size 8M lazy.img
	attach loop lazy.img
	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$loop"
	mkdir lazy
	mount -o ro,noload "$loop" lazy
	exec {pid}<lazy
	umount --lazy lazy
	attack "lazily unmounted" lazy.img --filename=lazy.img --destroy=lazy.img
	attack "lazily unmounted, the device" lazy.img --filename="$loop" --destroy="$loop"
	exec {pid}<&-

	truncate --size 8M far.img
	attach loop far.img
	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$loop"
	mkdir far
	unshare -m sh -c "mount -o ro,noload $loop far && touch ready && exec sleep 60" 3>&- &
	pid=$!
	at_end "kill $pid; wait $pid || true; wait_until is_free $loop"
	wait_until test -e ready
	attack "mounted in another namespace" far.img --filename="$loop" --destroy="$loop"
	attack "its file" far.img --filename=far.img --destroy=far.img
	attack "its file by that root" far.img --filename="/proc/$pid/root$folder/far.img" \
		--destroy="/proc/$pid/root$folder/far.img"
	expect_held 10
}

# mount_overlay: merged over lower and upper.
mount_overlay() {
	need_root
	mkdir -p lower upper work merged
	mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged ||
		skip "no overlay"
	at_end umount "$folder/merged"
}

@test "a file behind a mounted loop device is known through an overlay, both ways" {
	mkdir lower upper
	truncate --size 8M lower/moved.img lower/low.img upper/up.img
	mount_overlay
	mkdir mnt
	in_use() { # IMAGE LOSETUP OPTIONS...
		loop=$(losetup --find --show "$@")
		mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$loop" 2>mkfs.err ||
			true # A read-only one has a file system already.
		mount -o ro,noload "$loop" mnt
	}
	free() { umount mnt && losetup --detach "$loop"; }
	at_end 'mountpoint -q "$folder/mnt" && cd "$folder" && free && cd / || true'
	need_command losetup mkfs.ext4

	in_use merged/up.img
	attack "upper of merged" upper/up.img --filename=upper/up.img --destroy=upper/up.img
	attack "merged itself" upper/up.img --filename=merged/up.img
	attack "trim" upper/up.img --filename=upper/up.img --rw=trim
	free
	in_use upper/up.img
	attack "merged of upper" upper/up.img --filename=merged/up.img --destroy=merged/up.img
	attack "layout" upper/up.img --filename=merged/up.img --rw=read --size=16m
	attack "unlink" upper/up.img --filename=merged/up.img --rw=read --size=64k --unlink=1
	[ -e upper/up.img ]
	# A name that is gone: only the driver knows the file's number, and the overlay has another.
	ln merged/up.img merged/hard.img && rm merged/up.img
	attack "a hard link when the name is gone" upper/hard.img --filename=merged/hard.img
	free
	# Its inode number in the overlay is still that of the lower file.
	echo >>merged/moved.img
	[ "$(stat -c %i merged/moved.img)" != "$(stat -c %i upper/moved.img)" ]
	in_use upper/moved.img
	attack "merged of a file that was copied up" upper/moved.img --filename=merged/moved.img
	free
	mkfs.ext4 -q -F lower/low.img
	in_use lower/low.img --read-only
	attack "merged of lower" lower/low.img --filename=merged/low.img
	free
	in_use merged/low.img --read-only
	attack "lower of merged" lower/low.img --filename=lower/low.img
	free
	expect_held 10
}

@test "a container's files are written where loop devices stand on others" {
	local loop
	mount_overlay
	mkdir elsewhere
	truncate --size 8392704 elsewhere/file # As large as no other test's.
	touch --date=yesterday elsewhere/file # One made in the same tick cannot be told from it.
	truncate --size 8M merged/old
	attach loop elsewhere/file
	attach other other.img
	ringside run --filename=merged/new --rw=write --size=64k
	expect_status 0
	ringside run --filename=merged/file --rw=write --size=8392704 # and of the same name
	expect_status 0
	ringside run --filename=merged/file --rw=randrw --size=8392704
	expect_status 0
	ringside run --filename=merged/old --rw=write --size=64k
	expect_status 0
	ringside run --directory=merged --name=many --nrfiles=20 --openfiles=2 --size=1280k \
		--loops=2 --rw=write
	expect_status 0
}

@test "character devices: what is not known to be harmless is refused by name and reason" {
	local row name type major minor code said
	need_root
	while read -r name major minor said; do
		mknod "$name" c "$major" "$minor"
		for rw in write read; do
			ringside run --filename="$name" --rw=$rw --size=4k
			expect_status 2
			expect_error "'$name' is refused: it is $said"
			[[ $stderr != *io_uring* ]]
		done
		ringside compare --filename="$name" --rw=write --size=4k --engines=sync,psync
		expect_status 2
		expect_error "'$name' is refused"
	done <<-EOF
		sg0 21 0 a SCSI generic node
		st0 9 0 a tape
		nst0 9 128 a tape
		mem 1 1 the machine's memory
		kmem 1 2 the machine's memory
		port 1 4 the machine's I/O ports
		bsg 4095 1 a character device
		watchdog 10 130 a character device
		ttyS0 4 64 a character device
	EOF
	mknod mtd0 c 90 0
	mknod kmsg c 1 11
	for name in mtd0 kmsg; do
		ringside run --filename=$name --rw=write --size=4k
		expect_status 2
		expect_error "would write to $name: it is "
	done
	mknod full c 1 7
	for name in /dev/null /dev/zero /dev/urandom; do
		ringside run --filename=$name --rw=write --size=4k
		expect_status 0
	done
	ringside run --filename=full --rw=read --size=4k
	expect_status 0
}

@test "files that command the kernel are refused through other namespaces" {
	local pid before attribute
	need_root
	need_command unshare
	unshare -nmf sh -c 'mount -t sysfs none /sys && mount -t proc none /proc &&
		touch ready && exec sleep 60' 3>&- &
	pid=$!
	at_end "pkill -P $pid; wait $pid || true"
	for ((i = 0; i < 100; i++)); do
		[ -e ready ] && break
		kill -0 $pid 2>/dev/null || skip "may not make namespaces"
		sleep 0.05
	done
	pid=$(pgrep -P $pid)
	attribute=sys/kernel/mm/transparent_hugepage/enabled
	[ -e /$attribute ] || attribute=sys/kernel/uevent_helper
	before=$(cat /$attribute)
	touch bound
	mount --bind /$attribute bound && at_end umount "$folder/bound"
	for name in "/proc/$pid/root/$attribute" "/proc/$pid/root/proc/sys/vm/swappiness" \
		/$attribute /proc/self/comm bound; do
		ringside run --filename="$name" --rw=write --size=4k --bs=4k
		expect_status 2
		expect_error "commands the kernel"
	done
	[ "$before" = "$(cat /$attribute)" ]
}

@test "one refusal, one exit code, and its cure, in every command" {
	local loop options
	attach loop disk.img
	mkfs.ext4 -q -F "$loop"
	options=(--filename="$loop" --rw=randwrite --size=64k)
	before=$(md5sum <disk.img)
	for command in "run" "compare --engines=sync,psync" "plan --engines=sync,psync" \
		"check --ref=sync" "baseline record --output=b.json"; do
		# shellcheck disable=SC2086 # Words.
		ringside $command "${options[@]}"
		expect_status 2
		expect_error "$loop carries data: ext4 file system"
		expect_error "--destroy=$loop"
	done
	[ "$before" = "$(md5sum <disk.img)" ]
	[ ! -e b.json ]
}

# A file system is made on the device once a first job or trial runs.
make_file_system_when() {
	local end=$((SECONDS + 20))
	{
		until "$@"; do sleep 0.02; ((SECONDS < end)) || exit; done
		until mkfs.ext4 -q -F "$loop" 2>/dev/null; do ((SECONDS < end)) || exit; done
		touch made
	} 3>&- &
}

@test "a file system made on the device of a later job is kept, and the first job's result" {
	local loop
	attach loop disk.img
	zero_job <<-EOF
		[first]
		time_based
		runtime=700ms
		[second]
		stonewall
		filename=$loop
		rw=write
		readonly=0
	EOF
	make_file_system_when pgrep -f "$folder/job"
	ringside run "$folder/job" --json=out.json
	wait
	[ -e made ]
	expect_status 2
	expect_error "job 'second': may not write to $loop: $loop carries data: ext4 file system"
	expect_error "--destroy=$loop"
	blkid -p "$loop"
	[ "$(json out.json "d['jobs'][0]['read']['ios'] > 0")" = True ]
}

@test "between trials and sessions everybody asks anew" {
	local loop quick=(--trial-time=50ms --quiet --size=64k --rw=write)
	attach loop disk.img
	written() { ! cmp -s -n 65536 disk.img /dev/zero; }
	for command in "compare --engines=sync,psync --blocks=60" \
		"check --ref=sync --blocks=60" \
		"baseline record --output=b.json --sessions=3 --blocks=60 --idle=0"; do
		wipefs -qa "$loop"
		dd if=/dev/zero of="$loop" bs=1M status=none 2>/dev/null || true
		rm -f made
		make_file_system_when written
		# shellcheck disable=SC2086 # Words.
		ringside $command --filename="$loop" "${quick[@]}"
		wait
		[ -e made ]
		expect_status 2
		expect_error "$loop"
		blkid -p "$loop"
	done
}

# sweep_moves FROM TO ARGUMENTS...: `flip` leads to FROM, and to TO from one of the program's calls
# of open(2) on, of those that open it or what it led to: each of them in turn.
sweep_moves() {
	local at from=$1 to=$2
	refused=0
	for ((at = 1; at < 30; at++)); do
		rm -f moved
		ln -sfn "$from" flip
		ln -sfn "$to" next
		LD_PRELOAD=$folder/move.so LINK=flip NEXT=next MOVED=moved AT=$at allowed="0 2" \
			attack "moved before open $at" "$victim" --filename=flip "${@:3}"
		grep -q "leads to something else" said && refused=$((refused + 1))
		[ -e moved ] || break
	done
	[ "$at" -gt 2 ] && [ "$at" -lt 30 ]
}

@test "a name that is moved between the look and the write brings nothing" {
	local victim=disk.img
	${CC:-cc} -shared -fPIC -o move.so "$root/tests/cli/move_link.c" || skip "no compiler"
	LD_PRELOAD=$folder/move.so true || skip "nothing can be preloaded"
	mount_image disk
	in_use=$loop
	attach free free.img
	truncate --size 64k file
	sweep_moves "$free" "$in_use"
	[ "$refused" -gt 0 ]
	sweep_moves "$folder/file" "$in_use"
	[ "$refused" -gt 0 ]
	sweep_moves "$folder/file" "$folder/disk.img"
	sweep_moves "$folder/none" "$folder/disk.img" --create_on_open=1
	sweep_moves "$folder/file" "$folder/disk.img" --rw=read --size=128k --overwrite=1
	expect_held "$rows"
}

@test "what is attached between two passes is seen when its file is opened again" {
	local loop
	need_root
	truncate --size 8M one two
	mkfs.ext4 -q -F two
	mkdir mnt
	before=$(md5sum <two)
	timeout 30 "$ringside" run --filename=one:two --openfiles=1 --rw=write \
		--filesize=1m --size=2m --bs=4k --rate_iops=250 --loops=20 \
		--file_service_type=sequential --quiet --destroy=two >/dev/null 2>said 3>&- &
	pid=$!
	until ls -l "/proc/$(pgrep -P $pid)/fd" 2>/dev/null | grep -q "$folder/one"; do
		kill -0 $pid
		sleep 0.02
	done
	loop=$(losetup --find --show two) || skip "no loop device"
	at_end losetup --detach "$loop"
	mount -o ro,noload "$loop" mnt
	at_end umount "$folder/mnt"
	status=0
	wait $pid || status=$?
	cat said
	[ "$status" -eq 2 ]
	grep -q "may not write to two: $loop is mounted" said
	[ "$before" = "$(md5sum <two)" ]
}
