#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
#
# `ringside prepare`: what it writes and what it refuses, broken off and continued.
# prepare_more.bats has one that is broken off a dozen times.
# covers: src/command/prepare.c src/prepare/prepare.c src/prepare/prepare_target.c

load helper
load preparations

no_state_is_left() { [ -z "$(ls state/ringside)" ]; }

@test "a file is filled twice, completely, with data that differ" {
	prepare f --size=8m --json=p.json
	expect_status 0
	expect_text "conditioned, written 2 times"
	validate_by prepare-schema p.json
	expect_json p.json "[p['bytes'] for p in d['passes']]" "[8388608, 8388608]"
	expect_json p.json "(d['state'], d['next'], d['runs'], d['hole_bytes'])" \
		"('conditioned', 'ended', 1, 0)"
	[ "$(stat -c %s f)" -eq 8388608 ]
	[ "$(gzip <f | wc -c)" -gt 8388608 ]
	# Also of several stretches: no block is there twice.
	prepare f --size=8m --fill=rand --save-every=1ms --restart --json=p.json
	expect_status 0
	[ "$(gzip <f | wc -c)" -gt 8388608 ]
	[ "$(split -b 4096 --filter md5sum f | sort | uniq -d | wc -l)" -eq 0 ]
	no_state_is_left
}

@test "a job file is no target, unless it is named twice" {
	printf '# the first line\n\n  ; another\n[a name]\nrw=read\nfilename=f\n' >x.job
	cp x.job before
	prepare x.job
	expect_status 2
	expect_error "x.job is a job file, and would be overwritten"
	expect_error "--destroy=x.job"
	prepare ./x.job --size=1m
	expect_status 2
	cmp x.job before
	[ ! -e state/ringside ] || no_state_is_left
	prepare x.job --destroy=x.job
	expect_status 0
	must_fail cmp -s x.job before
	# What only looks like one: no section first, or no text.
	for content in 'rw=read\n[a]\n' '[a\nb]\n' '[a]\n\0\n' '# [a]\n' '\n'; do
		printf %b "$content" >f
		prepare f
		expect_status 0
	done
}

@test "report shows a saved preparation again, to the letter" {
	prepare f --size=1m --json=p.json
	expect_status 0
	printf '%s\n' "$output" >p.txt
	ringside report p.json
	expect_status 0
	printf '%s\n' "$output" | diff p.txt -
	ringside report p.json --format=json
	expect_status 0
	printf '%s\n' "$output" | diff p.json -
	for wrong in --format=csv --wide --heatmap; do
		ringside report p.json $wrong
		expect_status 2
	done
}

@test "a random fill leaves no block out, whatever is left at the end" {
	for size in 4096 8192 1000k 1234567; do
		rm -f f
		prepare f --size=$size --fill=rand --passes=1 --json=p.json
		expect_status 0
		expect_json p.json "(d['state'], d['hole_bytes'])" "('filled', 0)"
		expect_json p.json "d['passes'][0]['bytes'] == d['plan']['bytes']" True
		[ "$(stat -c %s f)" -eq "$(numfmt --from=iec "${size^^}")" ]
	done
}

@test "a link is followed, also to a file that is not there yet" {
	ln -s "$folder/far" link
	for _ in 1 2; do
		prepare link --size=64k
		expect_status 0
		[ -L link ]
		[ "$(stat -c %s far)" -eq 65536 ]
	done
}

@test "only as much is written as --size says, and what is behind it stays" {
	head -c 1M /dev/zero | tr '\0' x >f
	prepare f --size=64k
	expect_status 0
	[ "$(tail -c +65537 f | tr -d x | wc -c)" -eq 0 ]
	[ "$(head -c 65536 f | tr -d x | wc -c)" -gt 60000 ]
	[ "$(stat -c %s f)" -eq 1048576 ]
}

@test "a loop device is filled to its last sector" {
	make_loop_device 8 --sizelimit $((8 * 1048576 - 512))
	prepare "$loop" --passes=1 --json=p.json
	expect_status 0
	expect_json p.json "d['passes'][0]['bytes']" $((8 * 1048576 - 512))
	expect_json p.json "d['target']['kind']" block
	[ "$(tail -c 1024 loop.0 | head -c 512 | tr -d '\0' | wc -c)" -gt 400 ]
}

@test "Ctrl-C keeps what was done, and the same command continues without repeating it" {
	break_off INT 1 f --size=512m --fill=rand --passes=1 --save-every=200ms --json=1.json
	[ "$status" -eq 130 ]
	expect_json 1.json "(d['state'], d['signal'], d['next'])" "('incomplete', 2, 'fill')"
	expect_json 1.json "0 < d['passes'][0]['bytes'] < d['plan']['bytes']" True
	# A block that was written twice would leave another one out.
	expect_json 1.json "d['passes'][0]['bytes'] + d['hole_bytes'] == d['plan']['bytes']" True
	grep -q "the same command continues" err
	prepare f --size=512m --fill=rand --passes=1 --json=2.json
	expect_status 0
	expect_error "continued: pass 1 of 1, from "
	expect_json 2.json "(d['state'], d['runs'], d['hole_bytes'])" "('filled', 2, 0)"
	expect_json 2.json "d['passes'][0]['bytes'] == d['plan']['bytes']" True
	no_state_is_left
}

@test "what SIGKILL broke off continues from what was saved" {
	break_off KILL 1.5 f --size=512m --fill=rand --passes=1 --save-every=200ms
	[ "$status" -eq 137 ]
	expect_json state/ringside/*.json "0 < d['passes'][0]['bytes'] < d['plan']['bytes']" True
	prepare f --size=512m --fill=rand --passes=1 --json=2.json
	expect_status 0
	expect_json 2.json "(d['state'], d['runs'], d['hole_bytes'])" "('filled', 2, 0)"
}

@test "what was broken off is continued for this target and these options only" {
	break_off INT 0.6 f --size=512m --fill=rand --save-every=100ms
	[ "$status" -eq 130 ]
	cp state/ringside/*.json saved
	prepare f --size=512m --passes=1
	expect_status 2
	expect_error "was being prepared otherwise"
	expect_error "hint: the same options continue it"
	prepare other --size=512m --fill=rand --state=saved
	expect_status 2
	expect_error "this is the progress of another target, f"
	[ ! -e other ]
	sed -i 's/"ringside-prepare.1"/"ringside-prepare\/9"/' saved
	prepare f --size=512m --fill=rand --state=saved
	expect_status 2
	expect_error "another version, ringside-prepare/9"
	head -c 100 state/ringside/*.json >saved
	prepare f --size=512m --fill=rand --state=saved
	expect_status 2
	expect_error "unfinished"
	# A file of the same name is another target, and begins anew.
	rm f
	prepare f --size=1m --passes=1 --json=p.json
	expect_status 0
	expect_json p.json "d['runs']" 1
}

@test "what another program took away is not taken for written" {
	for size in 0 1g; do
		break_off INT 0.4 f --size=1g --passes=1 --save-every=50ms
		[ "$status" -eq 130 ]
		truncate -s 0 f
		truncate -s $size f
		prepare f --size=1g --passes=1
		expect_status 2
		expect_error "of what was written is not there"
		expect_error "--restart begins anew"
		rm -rf f state
	done
}

@test "a device that is taken away on the way is no fault of the request" {
	make_loop_device 1
	# The passes are short: most likely it comes between two.
	(sleep 0.3 && blockdev --setro "$loop") 3>&- &
	prepare "$loop" --passes=100
	wait
	blockdev --setrw "$loop"
	expect_status 5
	expect_text "incomplete"
}

@test "another loop device is another target, whatever file it stands on" {
	make_loop_device 512
	break_off INT 0.7 "$loop" --fill=rand --save-every=100ms --state=saved
	[ "$status" -eq 130 ]
	first=$loop
	make_loop_device 512
	prepare "$loop" --fill=rand --state=saved
	expect_status 2
	expect_error "this is the progress of another target, $first"
	[ "$(stat -c %b loop.1)" -eq 0 ]
	break_off INT 0.5 "$first" --fill=rand --save-every=100ms --state=saved --json=p.json
	expect_json p.json "d['runs']" 2
}

@test "--restart begins anew" {
	break_off INT 0.6 f --size=512m --save-every=100ms
	[ "$status" -eq 130 ]
	prepare f --size=2m --passes=1 --restart --json=p.json
	expect_status 0
	expect_json p.json "(d['runs'], d['plan']['bytes'])" "(1, 2097152)"
	no_state_is_left
}

@test "a second preparation of the same target is refused" {
	XDG_STATE_HOME=$folder/state "$ringside" prepare f --size=512m --passes=9 --quiet \
		>out 2>&1 &
	wait_until test -s f
	prepare f --size=512m --passes=9
	expect_status 2
	expect_error "f is locked by another program"
	kill -INT $!
	wait $! || true
}

@test "a device has one lock, whatever its names and its parts" {
	make_loop_device 256 --partscan
	echo '8MiB,16MiB,L' | sfdisk --quiet "$loop" || skip "no partition table here"
	# shellcheck disable=SC2046 # Two numbers.
	mknod node b $(stat -c '0x%t 0x%T' "$loop")
	XDG_STATE_HOME=$folder/state "$ringside" prepare "$loop" --destroy="$loop" --passes=9 \
		--save-every=20ms --quiet >out 2>&1 &
	wait_until ls state/ringside
	sleep 0.2
	for name in "$loop" node ././node "${loop}p1"; do
		[ -e "$name" ] || continue
		prepare "$name" --destroy="$name" --passes=1
		expect_status 2
		kill -0 $! # It is not disturbed.
	done
	kill -INT $!
	code=0
	wait $! || code=$?
	[ "$code" -eq 130 ]
}

@test "what is in use, carries data, is read-only or is missing is refused" {
	make_loop_device 8
	need_command mkfs.ext4 blockdev
	mkfs.ext4 -q "$loop"
	before=$(md5sum <loop.0)
	prepare "$loop"
	expect_status 2
	expect_error "carries data: ext4 file system"
	expect_error "--destroy=$loop"
	prepare "$loop" --purge --destroy=/dev/null
	expect_status 2
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
	prepare "$loop" --destroy="$loop"
	mounted=$status said=$stderr
	umount mnt
	[ "$mounted" -eq 2 ]
	[[ $said == *"is mounted"* ]]
	prepare "$loop" --purge
	expect_status 2
	blockdev --setro "$loop"
	prepare "$loop" --destroy="$loop"
	expect_status 2
	expect_error "read-only"
	blockdev --setrw "$loop"
	prepare /dev/nosuchdevice
	expect_status 2
	expect_error "there is no device"
	prepare no/such/file --size=1m
	expect_status 2
	prepare missing
	expect_status 2
	expect_error "--size=10g makes it so large"
	[ ! -e missing ]
	for target in /dev/zero . /dev/stdin; do
		prepare $target
		expect_status 2
	done
	[ ! -e state ] || no_state_is_left
}

@test "a request that makes no sense is refused, and nothing is written" {
	echo data >f
	for words in "f --fill=zigzag" "f --passes=0" "f --bs=100" "f --bs=700" "f g" "" \
		"f --fill=none" "f --purge-by=punch" "f --max-time=9s" \
		"f --purge --destroy=f --passes=2" "f --purge --destroy=f --bs=4k" \
		"f --fill=none --until=steady --max-time=1s --passes=3" "f --nosuch" \
		"f --size=0" "f --json=f" "f --state=f"; do
		# shellcheck disable=SC2086
		prepare $words
		expect_status 2
		[ "$(cat f)" = data ]
	done
}

@test "what is purged must be named twice" {
	make_loop_device 8
	prepare "$loop" --passes=1
	expect_status 0
	[ "$(stat -c %b loop.0)" -gt 16000 ]
	prepare "$loop" --purge
	expect_status 2
	expect_error "must be named twice"
	[ "$(stat -c %b loop.0)" -gt 16000 ]
	prepare "$loop" --purge --destroy="$loop" --json=p.json
	expect_status 0
	expect_json p.json "(d['purged']['method'], d['state'], d['passes'])" \
		"('discard', 'purged', [])"
	[ "$(stat -c %b loop.0)" -lt 100 ]
	head -c 4M /dev/urandom >f
	prepare f --purge
	expect_status 2
	prepare f --purge --destroy=f --fill=seq --passes=1 --json=p.json
	expect_status 0
	expect_json p.json "(d['purged']['method'], d['state'], d['hole_bytes'])" \
		"('punch', 'filled', 0)"
	prepare "$loop" --purge --purge-by=format --destroy="$loop"
	expect_status 4
	expect_error "is no NVMe drive"
	no_state_is_left
}

@test "a steady state that is not reached in time is said, and the search continues" {
	prepare f --size=4m --passes=1 --until=steady --max-time=2s --json=p.json
	expect_status 3
	expect_text "steady state not reached"
	validate_by prepare-schema p.json
	expect_json p.json "(d['state'], d['next'], d['settling']['reached'])" \
		"('filled', 'settle', False)"
	expect_json p.json "d['settling']['bytes'] > 0 and d['settling']['elapsed_s'] >= 2" True
	prepare f --size=4m --passes=1 --until=steady --max-time=1s --json=p.json
	expect_status 3
	expect_error "continued: the search for a steady state"
	expect_json p.json "d['runs'], d['settling']['elapsed_s'] >= 3" "(2, True)"
	break_off INT 1 f --size=4m --passes=1 --until=steady --json=p.json
	[ "$status" -eq 130 ]
	expect_json p.json "(d['state'], d['signal'], d['runs'])" "('incomplete', 2, 3)"
}

@test "a full disk ends it, and leaves no file behind" {
	need_root
	mkdir small
	mount -t tmpfs -o size=4m tmpfs small || skip "may not mount"
	XDG_STATE_HOME=$folder/state run "$ringside" prepare small/f --size=16m
	left=$(ls small)
	umount small
	no_state_is_left
	[ "$status" -eq 5 ]
	[[ $output == *"No space left"* ]]
	[ -z "$left" ]
}

@test "a file of another user is refused" {
	as_nobody
	echo data >f
	chmod 644 f
	XDG_STATE_HOME=$folder/state run "${nobody[@]}" "$ringside" prepare f
	[ "$status" -eq 4 ]
	[[ $output == *"Permission denied"* ]]
	[ "$(cat f)" = data ]
}

@test "where there is no O_DIRECT the page cache is written, and that is said" {
	need_root
	mkdir ram
	mount -t ramfs ramfs ram || skip "may not mount"
	prepare ram/f --size=1m --passes=1 --json=p.json
	umount ram
	expect_status 0
	expect_error "takes no O_DIRECT (ramfs): it is written through the page cache"
	expect_json p.json "(d['direct'], d['state'])" "(False, 'filled')"
}
