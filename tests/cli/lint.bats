# SPDX-License-Identifier: MIT
# `ringside lint`: what a run would do, and what should be known before.
# lint_more.bats has a file of ten thousand sections.
# covers: src/command/lint.c

load helper

# findings KIND: the texts of that kind in found.json, of any file.
findings() {
	json found.json "'\n'.join(f['text'] for file in d['files'] for f in file['findings']
		if f['kind'] == '$1')"
}

# expect_finding KIND TEXT: one of that kind has the text in it.
expect_finding() {
	[[ $(findings "$1") == *"$2"* ]] && return 0
	echo "no $1 with: $2"
	cat found.json
	return 1
}

lint() {
	ringside lint --json=found.json "$@"
}

@test "it tells what would run, and runs nothing" {
	cat >job <<-'EOF'
		[global]
		ioengine=psync
		thread
		size=1m
		[one]
		rw=write
		bs=8k
		[two]
		stonewall
		rw=randread
		direct=1
		runtime=30s
		time_based
		ramp_time=2s
	EOF
	lint job
	expect_status 0
	expect_silence
	expect_text "job: would run 2 jobs in 2 waves, at least 32.0 s; writes 1.00 MiB"
	expect_text "one  write 8k     psync, buffered  1.00 MiB              one.0.0 (made)"
	expect_text "two  randread 4k  psync, direct    30s after 2s of ramp  two.0.0 (laid out"
	[ "$(ls)" = "$(printf 'found.json\njob')" ]
	expect_json found.json "d['files'][0]['jobs'][1]['options']['direct']" 1
	expect_json found.json "d['files'][0]['jobs'][1]['wave']" 1
	expect_json found.json "d['files'][0]['ends_by_time']" False
	validate_by lint-schema found.json
}

@test "a job file that would be refused has exit code 2 and each error with its line" {
	printf '%s\n' '[a]' 'rw=read' 'iodpth=4' 'filename=/dev/gone' 'size=1m' >job
	lint job
	expect_status 2
	expect_text "job: would not run"
	expect_text "error     job:3: unknown option 'iodpth'; hint: did you mean 'iodepth'?"
	expect_json found.json "d['files'][0]['exit_code']" 2
	printf '%s\n' '[a]' 'rw=read' 'filename=/dev/gone' 'size=1m' >job
	lint job
	expect_status 2
	expect_finding error "there is no device '/dev/gone'"
	validate_by lint-schema found.json
}

@test "an engine that this machine lacks has exit code 4" {
	${CC:-cc} -o forbid "$root/tests/cli/forbid_io_uring.c"
	run ./forbid "$ringside" lint --filename=/dev/zero --size=1m --rw=read \
		--ioengine=io_uring
	[ "$status" -eq 4 ]
	[[ $output == *"cannot run on this machine"* ]]
	[[ $output == *"io_uring does not work here"* ]]
}

@test "what is lost, removed or filled up is a danger" {
	truncate --size=1m old
	lint --name=a --filename=old --rw=write --size=1m --unlink=1
	expect_status 0
	expect_finding danger "overwrites 1.00 MiB of old, which exists"
	expect_finding danger "removes old when it is over"
	lint --name=a --filename=old --rw=randtrim --size=1m
	expect_finding danger "trims 1.00 MiB of old"
	lint --name=a --filename=old --rw=read --size=1m
	[ -z "$(findings danger)" ]
	lint --name=a --filename=new --rw=write --size=1m
	[ -z "$(findings danger)" ]
	lint --name=a --filename=new --rw=randread --size=900t
	expect_finding danger "it will be full"
}

@test "a device without data is a danger, one that carries data an error until named" {
	make_loop_device 16
	lint --name=a --filename="$loop" --rw=write --size=1m --offset=1m
	expect_status 0
	expect_finding danger "overwrites 1.00 MiB of the device $loop, from byte 1048576 on"
	need_command mkfs.ext4
	mkfs.ext4 -q "$loop"
	lint --name=a --filename="$loop" --rw=write --size=1m
	expect_status 2
	expect_finding error ext4
	lint --name=a --filename="$loop" --rw=write --size=1m --destroy="$loop"
	expect_status 0
	expect_finding danger "of the device $loop"
}

@test "settings without effect, and what is not measured, are warnings and notes" {
	cat >job <<-'EOF'
		[global]
		thread
		size=1m
		filename=f
		[a]
		rw=write
		ioengine=psync
		iodepth=8
		[b]
		rw=write
		ioengine=libaio
		iodepth=8
		numjobs=4
	EOF
	lint job
	expect_finding warning "iodepth=8 has no effect: psync"
	expect_finding warning "libaio without direct=1 waits in io_submit(2)"
	expect_finding warning "4 clones go over the same bytes"
	expect_finding warning "writes the same bytes as job 'a' at the same time"
	expect_finding note "the page cache (direct=0)"
	cat >job <<-'EOF'
		[global]
		thread
		size=1m
		filename=f
		direct=1
		[a]
		rw=write
		ioengine=psync
		[b]
		stonewall
		rw=write
		ioengine=libaio
		iodepth=8
		numjobs=4
		offset_increment=1m
	EOF
	lint job
	[ -z "$(findings warning)$(findings note)" ]
}

@test "where fio does otherwise is told apart" {
	printf '%s\n' '[a]' rw=read size=1m rate_iops=100 runtime=5sec random_generator=lfsr \
		clocksource=cpu >job
	lint job
	expect_status 0
	expect_finding difference "latency counts from when an I/O was due"
	expect_finding difference "fio forks a process"
	expect_finding difference "fio reads this as 5 microseconds"
	expect_finding difference "random_generator changes nothing"
	expect_finding difference "'clocksource' changes nothing"
	expect_text "fio       job:4:"
}

@test "many jobs and findings take one screen, and the document has all" {
	local i
	for i in $(seq 40); do
		printf '[job%d]\nsize=%dk\niodepth=%d\n' "$i" "$((4 * i))" "$((i + 1))"
		echo ioengine=psync
	done >job
	lint job
	expect_status 0
	[ "${#lines[@]}" -le 50 ] || { show; return 1; }
	expect_text "and 28 more"
	expect_text "--json=FILE has all"
	expect_json found.json "len(d['files'][0]['jobs'])" 40
	expect_json found.json \
		"sum('no effect' in f['text'] for f in d['files'][0]['findings'])" 40
}

@test "several files are looked at each for itself, and the worst decides" {
	printf '%s\n' '[a]' rw=read size=1m >good
	printf '%s\n' '[a]' rw=raed >bad
	lint good bad gone
	expect_status 2
	expect_json found.json "[f['exit_code'] for f in d['files']]" "[0, 2, 2]"
	expect_finding error "did you mean" || expect_finding error raed
	ringside lint good good
	expect_status 0
	ringside lint
	expect_status 2
	expect_error "nothing to look at"
	ringside lint --json=good good
	expect_status 2
	ringside lint --section=a --format=json good
	expect_status 0
	expect_json - "d['schema']" ringside-lint/1
}

@test "jobs/ have no dangers and no differences that anyone forgot" {
	for job in "$root"/jobs/*.job "$root"/jobs/*/*.job; do
		DEVICE=gone.tmp lint "$job"
		[ -z "$(findings danger)" ] || { findings danger; return 1; }
	done
}

@test "of many files that exist all are told, and room on the disk is that of all" {
	mkdir many
	for ((i = 0; i < 40; i++)); do
		head -c 4k /dev/zero >"many/a.0.$i"
	done
	lint --name=a --directory=many --nrfiles=40 --size=160k --rw=randwrite
	expect_finding danger "overwrites 4.00 KiB of many/a.0.0, which exists"
	expect_finding danger "overwrites 32 more files, which exist"
	mkdir few
	lint --name=a --directory=few --nrfiles=5000 --filesize=4g --rw=randwrite
	expect_finding danger "it will be full"
	expect_text "the files need 19.5 TiB more"
}

# Exit code 4 (an engine that is missing here) is lint's own: a dry run starts no engine.
@test "its exit code is that of a dry run, for each job file of the tests" {
	local file own theirs count=0
	for file in "$root"/tests/fio-jobs/*.fio; do
		cp "$file" . # beside it there are no logs and no files that a run left
		own=0 theirs=0
		"$ringside" lint "${file##*/}" >/dev/null 2>&1 || own=$?
		"$ringside" run --dry-run "${file##*/}" >/dev/null 2>&1 || theirs=$?
		[ "$own" -eq "$theirs" ] || [ "$own" -eq 4 ] || {
			echo "${file##*/}: lint $own, run --dry-run $theirs"
			return 1
		}
		rm "${file##*/}"
		[ -z "$(ls)" ] || {
			echo "${file##*/} leaves:" && ls
			return 1
		}
		count=$((count + 1))
	done
	[ "$count" -ge 150 ]
}

@test "it opens nothing for writing, and creates nothing" {
	need_command strace
	truncate --size=1m old
	cat >job <<-'EOF'
		[global]
		size=1m
		write_bw_log=log
		write_iolog=recording
		[a]
		rw=write
		filename=old
		unlink=1
		exec_prerun=touch ran
		[b]
		rw=randread
		ioengine=libaio
		filename=new
		verify=crc32c
		[c]
		ioengine=mmap
		rw=randwrite
		mem=mmapshared
	EOF
	strace -f -qq -o calls -e trace=%file,ftruncate,fallocate,ioctl,write,pwrite64,kill \
		"$ringside" lint job >out || true
	grep -q 'openat(.*"job"' calls
	must_fail grep -E \
		'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|unlink|rename|mkdir|truncate|fallocate' calls
	grep -E 'p?write(64)?\(' calls | must_fail grep -v 'write(1,'
	rm calls out
	[ "$(ls)" = "$(printf 'job\nold')" ]
}

@test "what this user may not write or read is a warning" {
	need_command setpriv
	local as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be another user"
	mkdir -m 555 closed
	head -c 4k /dev/zero >secret
	chmod 600 secret
	chmod 755 .
	cp "$ringside" own
	run "${as[@]}" ./own lint --name=a --directory=closed --rw=write --size=4k
	[ "$status" -eq 0 ]
	[[ $output == *"may not write to closed: Permission denied"* ]]
	run "${as[@]}" ./own lint --name=a --filename=secret --rw=read --size=4k
	[[ $output == *"may not read secret: Permission denied"* ]]
	lint --name=a --filename=secret --rw=read --size=4k
	[[ $output != *"may not"* ]]
}

@test "--json before a job file does not overwrite it" {
	local command
	for command in "lint" "run"; do
		printf '%s\n' [a] ioengine=null size=4k >one.fio
		cp one.fio two.fio
		ringside "$command" --json one.fio two.fio
		expect_status 2
		[[ $stderr == *"--json=one.fio would overwrite what looks like a job file"* ]]
		cmp one.fio two.fio
		ringside "$command" --json=result.json two.fio
		expect_status 0
		# A document over an earlier one, and over nothing.
		ringside "$command" --json=result.json two.fio
		expect_status 0
		echo old >empty
		ringside "$command" --json=empty two.fio
		expect_status 0
		jq -e . empty
	done
}
