# SPDX-License-Identifier: MIT
# Attacks on what results are written to, as a table: each ends with the code and the words beside
# it, and the victim, of which every test has one, stays as it was. Refused is refused before the
# run: the target is not there afterwards.

load helper

# attack CODE ERROR ARGUMENTS...: a run that writes the file "target".
attack() {
	local code=$1 error=$2
	shift 2
	attacked=$((attacked + 1))
	rm -f target
	ringside run --filename=target --rw=write --size=4k --bs=4k --quiet "$@"
	expect_status "$code" && { [ -z "$error" ] || expect_error "$error"; } || {
		echo "attack: $*"
		return 1
	}
	[ "$code" -ne 2 ] || [ ! -e target ] || {
		echo "it ran: $*"
		return 1
	}
}

# make_victim: a file, of this user, and a folder that all may write to, of another.
make_victim() {
	as_nobody
	echo precious >victim
	chmod 600 victim
	mkdir shared
	chmod 1777 shared
	before=$(stat -c '%i %a %s' victim)
}

expect_victim() {
	[ "$(cat victim)" = precious ]
	[ "$(stat -c '%i %a %s' victim)" = "$before" ]
}

as() {
	"${nobody[@]}" "$@"
}

@test "links of others in a folder that all may write are not followed" {
	make_victim
	local foreign="a link of another user in a folder that all may write is not followed"
	as ln -s "$folder/victim" shared/file
	as ln -s ../victim shared/relative
	as ln -s "$folder/new" shared/dangling
	as ln -s "$folder" shared/folder
	as ln -s file shared/chain
	as ln -s /proc/self/root shared/root
	mkdir own
	ln -s ../shared/file own/link
	ln -s shared own/to_shared
	ln -s "$PWD/shared" short
	for format in output json csv markdown fio-json hdr-log; do
		attack 2 "$foreign" --$format=shared/file
	done
	for path in shared/file shared/relative shared/dangling shared/chain shared/folder/victim \
		shared/folder/new "shared/root$PWD/victim" own/link short/file \
		./shared/../shared/file /proc/self/cwd/shared/file \
		"/proc/self/root$PWD/shared/dangling"; do
		attack 2 "$foreign" --json="$path"
		attack 2 "Permission denied" --json="$path"
	done
	[ ! -e new ]
	[ ! -L victim ]
	expect_victim
}

@test "comparisons, checks, baselines and histories follow no link of others either" {
	make_victim
	local trials=(--filename=/dev/zero --size=64k --rw=read --trial-time=5ms --blocks=3 --quiet)
	as ln -s "$folder/victim" shared/file
	for command in "compare --engines=psync,sync --json" \
		"compare --engines=psync,sync --output" \
		"check --ref=sync --json" "check --ref=sync --history" \
		"check --ref=sync --comparison" "baseline record --sessions=2 --output"; do
		# shellcheck disable=SC2086 # a command and its options
		ringside $command=shared/file "${trials[@]}"
		expect_status 2
		expect_error "Permission denied"
	done
	ringside run --filename=/dev/zero --size=64k --rw=read --json=r.json
	GITHUB_STEP_SUMMARY=shared/file GITHUB_OUTPUT=shared/file ringside check r.json \
		--baseline=r.json --github
	expect_error "cannot write shared/file: Permission denied"
	expect_victim
}

@test "files, pipes and hard links of others in such a folder are not written" {
	make_victim
	as touch shared/file
	as chmod 666 shared/file
	as mkfifo shared/pipe
	attack 2 "it is of another user" --json=shared/file
	attack 2 "it is of another user" --json=shared/pipe
	[ ! -s shared/file ]
	chown 65534:65534 shared # Their own folder: what they have in it is theirs to lose.
	attack 0 "" --json=shared/file
	[ "$(stat -c %u shared/file)" -eq 0 ]
	chown 0:0 shared
	as ln victim shared/hard || true # refused where fs.protected_hardlinks is on
	[ ! -e shared/hard ] || attack 0 "" --json=shared/hard
	expect_victim || [ "$(cat victim)" = precious ]
}

@test "links of one's own keep working there, dangling ones too" {
	make_victim
	echo old >mine
	ln -s "$PWD/mine" shared/mine
	ln -s "$PWD/new" shared/new
	for name in mine new; do
		attack 0 "" --json=shared/$name
		[ -L shared/$name ]
		validate $name
	done
	as ln -s /nowhere own_of_folder 2>/dev/null || ln -s "$PWD/mine" own_of_folder
	attack 0 "" --json=own_of_folder # No other may write here.
	chown -h 65534:65534 shared/mine
	attack 2 "Permission denied" --json=shared/mine
	chown 65534:65534 shared # The owner of the folder is trusted with what is in it.
	attack 0 "" --json=shared/mine
	expect_victim
}

@test "a link that comes between the check and the writing is replaced, not followed" {
	make_victim
	need_command strace
	as touch shared/own
	cp shared/own shared/result.json
	strace -qq -f -o trace -e inject=fsync:delay_enter=1s "$ringside" run --filename=/dev/zero \
		--rw=read --size=64k --json=shared/result.json >/dev/null &
	tracer=$!
	while ! compgen -G 'shared/result.json.*.tmp' >/dev/null && kill -0 "$tracer"; do
		sleep 0.02
	done
	compgen -G 'shared/result.json.*.tmp' || skip "strace may not trace here"
	ln -sf "$PWD/victim" shared/result.json
	wait "$tracer"
	[ ! -L shared/result.json ]
	validate shared/result.json
	expect_victim
}

@test "races of a link never reach the file behind it" {
	make_victim
	"${nobody[@]}" bash -c "while [ \$SECONDS -lt 60 ]; do ln -sf '$folder/victim' shared/r.json
		rm -f shared/r.json; done" 3>&- &
	racer=$!
	for ((i = 0; i < ${RACES:-60}; i++)); do
		"$ringside" run --filename=/dev/zero --rw=read --size=4k --bs=4k --quiet \
			--json=shared/r.json >/dev/null 2>&1 || true
	done
	kill "$racer"
	expect_victim
}

@test "a result and a target, or two results, that are not there yet share no file" {
	mkdir sub
	ln -s sub link
	ln -s later dangling
	for path in target ./target "$PWD/target" sub/../target .//target \
		/proc/self/cwd/target; do
		attack 2 "would overwrite the job's target" --json="$path"
	done
	ringside run --filename=dangling --rw=write --size=4k --json=later
	expect_status 2
	[ ! -e later ]
	ringside run --directory=sub --name=job --rw=write --size=4k --json=link/job.0.0
	expect_status 2
	[ ! -e sub/job.0.0 ]
	for pair in "a.json ./a.json" "sub/a link/a" "$PWD/a a" "dangling later" "sub/../a a"; do
		attack 2 "both name" --json="${pair% *}" --csv="${pair#* }"
	done
	ringside compare --filename=target --rw=write --size=4k --engines=psync,sync --json=./target
	expect_status 2
	ringside check --filename=target --rw=write --size=4k --ref=sync --comparison=./target
	expect_status 2
	ringside baseline record --filename=target --rw=write --size=4k --output=./target
	expect_status 2
	[ ! -e target ]
}

@test "a result does not take the place of the file that stdout goes to" {
	run bash -c '"$1" run --filename=/dev/zero --size=64k --rw=read --json=./r.json \
		--csv=r.csv >r.json' - "$ringside"
	[ "$status" -eq 2 ]
	[[ $output == *"--json=./r.json is the file that stdout goes to"* ]]
	[ ! -s r.json ]
	[ ! -e r.csv ]
	"$ringside" run --filename=/dev/zero --size=64k --rw=read --json=r.json >r.txt
	[ -s r.txt ]
	validate r.json
}

@test "an open file is written whatever its name leads to" {
	local file
	exec {file}<>open
	echo other >"open (deleted)"
	rm open
	run -0 "$ringside" run --filename=/dev/zero --rw=read --size=64k --quiet \
		--json="/proc/self/fd/$file" --output=out.txt
	[ "$(<"open (deleted)")" = other ]
	/usr/bin/python3 -m json.tool "/proc/self/fd/$file" >/dev/null
	exec {file}<&-
}

@test "the file behind a loop device is no place for a result" {
	make_loop_device 1
	before=$(stat -c %i loop.0)
	ln loop.0 hard
	ln -s loop.0 link
	for path in loop.0 ./loop.0 hard link; do
		attack 2 "stands on it" --json="$path"
		attack 2 "stands on it" --output="$path"
	done
	[ "$(stat -c %i loop.0)" -eq "$before" ]
}

@test "what takes no result is refused before the run" {
	touch file immutable append
	mkdir folder
	attack 2 "Is a directory" --json=folder
	attack 2 "Is a directory" --json=folder/
	attack 2 "Is a directory" --json=.
	attack 2 "Not a directory" --json=file/r.json
	attack 2 "No such file or directory" --json=none/r.json
	attack 2 "File name too long" --json="$(printf 'x%.0s' {1..256})"
	attack 2 "" --json=/sys/r.json
	attack 2 "" --json=/proc/r.json
	attack 2 "" --json=/proc/self/comm
	attack 2 "" --json=/sys/kernel/uevent_seqnum
	need_root
	mkfifo pipe
	attack 2 "hint: no process reads this pipe: start its reader first" --json=pipe
	mkdir read_only
	if mount -t tmpfs -o ro none read_only; then
		attack 2 "Read-only file system" --json=read_only/r.json
		umount read_only
	fi
	if touch bound && mount --bind file bound; then
		attack 2 "it is a mount point" --json=bound
		umount bound
	fi
	if chattr +i immutable 2>/dev/null && chattr +a append; then
		attack 2 "Operation not permitted" --json=immutable
		attack 2 "Operation not permitted" --json=append
		chattr -i immutable && chattr -a append
	fi
	mknod sg c 21 0
	mknod mem c 1 1
	attack 2 "Operation not permitted" --json=sg
	attack 2 "Operation not permitted" --json=mem
}

@test "a name as long as names may be, a pipe whose reader comes, and null work" {
	long=$(printf 'x%.0s' {1..255})
	attack 0 "" --json="$long"
	validate "$long"
	mkfifo pipe
	(sleep 0.3 && timeout 30 cat pipe >read.json) &
	attack 0 "" --json=pipe
	wait
	validate read.json
	attack 0 "" --json=/dev/null --csv=/dev/null
	ringside run --filename=/dev/zero --rw=read --size=4k --json=>(cat >piped.json)
	expect_status 0
	for ((i = 0; i < 50; i++)); do [ -s piped.json ] && break || sleep 0.1; done
	validate piped.json
}

# keeps REASON: a run of half a second in whose middle the shell code of stdin is run; what was for
# r.json is in the file that the last note names.
keeps() {
	cat >change
	"$ringside" run --filename=/dev/zero --rw=read --size=4k --time_based --runtime=500ms \
		--quiet --json="$1/r.json" >text 2>said &
	sleep 0.2
	# shellcheck disable=SC1091 # made here
	. ./change
	wait $! && code=0 || code=$?
	cat said
	[ "$code" -eq 5 ]
	grep -q "cannot write $1/r.json: $2" said
	kept=$(sed -n "s/.*note: the document for .* is kept in //p" said)
	validate "$kept"
	grep -q IOPS text
}

@test "what a device does not take is kept where temporary files are, not beside the device" {
	[ -w /dev ] || skip "nobody but root can write to /dev"
	mkdir temporary
	export TMPDIR=$PWD/temporary
	ringside run --filename=/dev/zero --size=4k --rw=read --json=/dev/full
	expect_status 5
	expect_error "is kept in $TMPDIR/full.kept.0"
	validate temporary/full.kept.0
	[ ! -e /dev/full.kept.0 ]
}

@test "a result that cannot be written where it should go is kept, and where is said" {
	export TMPDIR=$folder/tmp
	mkdir tmp one two three
	keeps one "Is a directory" <<<'mkdir one/r.json'
	[ "$kept" = one/r.json.kept.0 ]
	keeps two "No such file or directory" <<<'rmdir two'
	[ "$kept" = "$TMPDIR/r.json.kept.0" ]
	keeps three "No such file or directory" <<<'rmdir three'
	[ "$kept" = "$TMPDIR/r.json.kept.1" ] # What was kept before stays.
	rm -rf tmp
	mkdir four
	keeps_nothing() {
		"$ringside" run --filename=/dev/zero --rw=read --size=4k --time_based \
			--runtime=500ms --quiet --json=four/r.json >text 2>said &
		sleep 0.2
		rmdir four
		wait $! || [ $? -eq 5 ]
	}
	keeps_nothing
	grep -q "note: the document for four/r.json is on stdout" said
	/usr/bin/python3 -c 'import json
text = open("text").read()
assert json.JSONDecoder().raw_decode(text)[0]["schema"].startswith("ringside-")'
}

@test "what a full stdout does not take is kept" {
	[ -w /dev/full ] || skip "no /dev/full"
	export TMPDIR=$folder
	run --separate-stderr -- bash -c "'$ringside' run --filename=/dev/zero --size=64k \
		--rw=read --quiet >/dev/full"
	expect_status 5
	expect_error "cannot write to stdout: No space left on device"
	expect_error "note: the document for stdout is kept in $folder/ringside-result.kept.0"
	grep -q IOPS ringside-result.kept.0
}
