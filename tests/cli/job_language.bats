# SPDX-License-Identifier: MIT
# The job language through the real binary: what it reads, what it refuses, where it agrees with
# fio, and where it says an error that fio keeps to itself.

load helper

# counts FILE: name, group, and I/Os and bytes of each direction of each job, of fio's document or
# of ours.
counts() {
	/usr/bin/python3 - "$1" <<'P'
import json, sys
document = json.load(open(sys.argv[1]))
for job in document["jobs"]:
    cells = [job.get("jobname", job.get("name")), job.get("groupid", job.get("group"))]
    for direction in "read", "write", "trim":
        part = job.get(direction) or {}
        cells.append(part.get("total_ios", part.get("ios", 0)))
        cells.append(part.get("io_bytes", part.get("bytes", 0)))
    print(*cells)
P
}

# agree: both run ./job and count the same.
agree() {
	fio --output-format=json --output=fio.json job >fio.out 2>&1 || { cat fio.out; return 1; }
	ringside run job --json=ours.json
	expect_status 0
	counts fio.json >theirs
	counts ours.json >ours
	diff theirs ours || { cat job; return 1; }
}

# dry_run JOB: of a job that is good; all that may be missing is the device it is for.
dry_run() {
	[ -e file ] || truncate --size=1g file
	DEVICE=$folder/file ringside run --dry-run "$1"
	[ "$status" -eq 0 ] && { expect_silence; return; }
	expect_status 2
	grep -v "error: there is no device '/dev/n" <<<"$stderr" |
		must_fail grep -E 'error:|warning:|note:'
}

@test "every shipped job parses without a warning" {
	for job in "$root"/jobs/*.job "$root"/jobs/*/*.job; do
		dry_run "$job"
	done
}

# As a new user has it: an empty folder, no option, no privileges. Shorter, and smaller.
@test "profiles and claims of whole uses run at once, without an error" {
	local name
	as_nobody
	chmod a+rwx .
	for name in profiles/{copy,database,log-appender,streaming,web-server,write-ahead-log} \
		claims/{copy,oltp,small-files,submit}
	do
		sed -E -e 's/^runtime=.*/runtime=100ms/' -e 's/^nrfiles=.*/nrfiles=20/' \
			-e 's/^size=[0-9]+m/size=4m/' "$root/jobs/$name.job" >job
		RINGSIDE_SIZE=4m run --separate-stderr -- "${nobody[@]}" "$ringside" run --quiet \
			--json="$PWD/out.json" job
		[ "$status" -eq 0 ] || { echo "$name"; show; return 1; }
		expect_json out.json "[j['name'] for j in d['jobs'] if not sum(j[k]['ios']
			for k in ('read', 'write') if j.get(k))]" "[]"
		# Each says in its first lines how its files are removed; of the log none stay.
		[ -z "$(find . -name 'ringside-log.*')" ]
		rm -f ringside-*.tmp
		[ -z "$(find . -name 'ringside-*')" ]
	done
}

@test "a dry run refuses what a run refuses, and still prints the job" {
	local arguments
	mkdir held
	for arguments in "--filename=/dev/none --rw=read" "--filename=held --rw=read --size=1m" \
		"--filename=/proc/uptime --rw=write --size=1m" \
		"--filename=a --rw=read --readonly --size=1m"
	do
		# shellcheck disable=SC2086 # words
		ringside run $arguments
		expect_status 2
		local refusal=$stderr
		# shellcheck disable=SC2086 # words
		ringside run --dry-run $arguments
		expect_status 2
		expect_text rw=
		[ "$stderr" = "$refusal" ] || { echo "run: $refusal"; show; return 1; }
	done
	[ ! -e a ]
}

@test "a dry run prints a job that reads back as itself" {
	for job in "$root"/jobs/*.job "$root"/jobs/*/*.job; do
		ringside run --dry-run "$job"
		printf '%s\n' "$output" >once
		dry_run once
		printf '%s\n' "$output" >twice
		diff once twice
	done
}

@test "fio reads what a dry run prints" {
	need_command fio
	for job in quick sequential mixed-70-30 latency-qd1 nvme-randwrite rate; do
		dry_run "$root/jobs/$job.job"
		printf '%s\n' "$output" >"$job"
		run fio --parse-only "$job"
		[ "$status" -eq 0 ] && [ -z "$output" ] || { echo "$job: $output"; return 1; }
	done
}

@test "amounts are fio's" {
	need_command fio
	printf '[global]\nioengine=null\n' >job
	while IFS= read -r options; do
		printf '[%s]\n%b\n' "${options//\\n/ }" "$options" >>job
	done <<-'J'
	size=10k\nbs=4k
	size=64k\nnumjobs=3
	size=64k\nnrfiles=4
	size=128k\nfilename=x:y
	size=96k\nfilename=x\nfilename=y:z
	size=64k\nio_size=256k
	size=64k\nio_limit=24k
	size=64k\nloops=3
	size=1m\nnumber_ios=100
	size=1m\nnumber_ios=100\nloops=3
	size=1m\nnumber_ios=200\nloops=3\nbs=8k
	size=256k\nrw=randread
	size=256k\nrw=randread\nnorandommap
	size=64k\noffset=8k
	size=128k\nbs=8k,32k\nrw=write
	size=128k\nbs=8k,32k,\nrw=write
	size=128k\nbs=8k,\nrw=write
	size=64k\nrw=read:4k
	size=64k\nrw=randread:8
	filesize=64k\nnrfiles=2
	filesize=64k\nnrfiles=4\nsize=1m
	filesize=64k\nnrfiles=4\nsize=128k
	size=64k\nrw=trimwrite
	size=64k\nrw=randtrimwrite\nloops=2
	size=64k\nrw=trimwrite\nnumber_ios=5
	size=64k\nrw=trimwrite\nio_size=32k
	size=64k\noffset_increment=64k\nnumjobs=2
	size=64k\nbs=1k\nbs=2k
	J
	agree
}

@test "blocks of several sizes fill the region to the byte, as fio's do" {
	need_command fio
	for options in --bsrange=1k-16k --bssplit=4k/30:16k/70 --bsrange=4k-64k; do
		head -c 1000000 /dev/zero >file
		fio --name=j --filename=file --rw=read "$options" --output-format=json \
			--output=fio.json >fio.out
		ringside run --filename=file --rw=read "$options" --json=ours.json
		expect_status 0
		theirs=$(json fio.json "d['jobs'][0]['read']['io_bytes']")
		expect_json ours.json "d['jobs'][0]['read']['bytes']" "$theirs"
	done
}

# fio 3.33 reads 4 KiB beyond `size` here, and writes them too, but not at random offsets.
@test "nothing beyond size is touched" {
	head -c 65536 /dev/zero >file
	for rw in write randwrite; do
		ringside run --filename=file --rw=$rw --size=10k --bs=4k --json=ours.json
		expect_status 0
		expect_json ours.json "d['jobs'][0]['write']['ios']" 2
		cmp --ignore-initial=8192 file /dev/zero 2>&1 | grep -q EOF
		cmp --ignore-initial=0 --bytes=8192 file /dev/zero && return 1
	done
	[ "$(stat -c %s file)" -eq 65536 ]
}

@test "a section knows the size of a file that one before it makes" {
	need_command fio
	cat >job <<-'J'
	[write]
	filename=x
	rw=write
	size=64k
	[part]
	stonewall
	filename=x
	rw=read
	offset=50%
	[all]
	stonewall
	filename=x
	rw=randread
	J
	agree
	rm x
	printf '[read]\nfilename=x\nrw=read\n[write]\nfilename=x\nrw=write\nsize=64k\n' >job
	ringside run job
	expect_status 2
	expect_error "job 'read': x has no size of its own"
}

@test "a region that ends beyond the last number does not begin again at 0" {
	head -c 1m /dev/zero >x
	for where in --offset=18446744073709547520 \
		"--offset_increment=9223372036854775808 --numjobs=3"; do
		# shellcheck disable=SC2086 # words
		ringside run --filename=x --rw=read --size=1m $where
		expect_status 2
		[[ $stderr == *"beyond the end of x, which has 1048576 bytes"* ||
			$stderr == *"x has 1048576 bytes"* ]]
	done
}

@test "files of a range of sizes hold whole blocks, as fio's do" {
	ringside run --name=a --rw=write --nrfiles=20 --filesize=10k-100k --bs=4k --json=ours.json
	expect_status 0
	ls a.0.* | wc -l | grep -qx 20
	for file in a.0.*; do
		[ $(($(stat -c %s "$file") % 4096)) -eq 0 ]
		[ "$(stat -c %s "$file")" -ge 8192 ]
	done
}

@test "sections, inheritance and groups are fio's" {
	need_command fio
	cat >job <<-'J'
	# defaults, for what stands below
	[global]
	ioengine=null
	size=64k
	bs=1k ; a comment
	[a]
	[b]
	bs=2k
	[global]
	bs=4k
	[b]
	new_group
	[c]
	stonewall
	include more
	[d]
	J
	printf 'size=128k\n' >more
	agree
}

@test "files bear fio's names" {
	need_command fio
	mkdir theirs ours d1 d2
	cat >job <<-'J'
	[global]
	rw=write
	size=16k
	[jj]
	numjobs=2
	nrfiles=2
	[k]
	filename_format=$jobname-$jobnum.$filenum
	name=other
	[l]
	directory=d1:d2
	numjobs=3
	[m]
	filename=a:b
	J
	fio job >fio.out
	find . -type f -not -name 'fio.*' -not -name job | sort >theirs.names
	find . -type f -not -name '*.names' -not -name 'fio.*' -not -name job -delete
	ringside run job
	expect_status 0
	find . -type f -not -name '*.names' -not -name 'fio.*' -not -name job | sort >ours.names
	diff <(grep -v names theirs.names) ours.names
}

@test "silent traps of fio are errors, all at once, with place and cure" {
	cat >job <<-'J'
	[a]
	bs=4q
	size=10mfoo
	cgroup=b
	filename=${RINGSIDE_NOT_SET}
	bssplit=4k/80:64k/60
	J
	ringside run job
	expect_status 2
	[ -z "$output" ]
	expect_error "job:2:4: error: bs=4q: unknown unit"
	expect_error "job:3:6: error: size=10mfoo: unknown unit"
	expect_error "job:4:1: error: fio's 'cgroup' is not supported"
	expect_error "job:5:10: error: filename=\${RINGSIDE_NOT_SET}: the environment has no"
	expect_error "job:6:9: warning: bssplit=4k/80:64k/60: the percentages do not add up to 100"
	[ "$(grep -c error: <<<"$stderr")" -eq 4 ]
}

@test "blanks around = are trimmed, KiB is 1024 and 5sec is 5 seconds" {
	printf '[a]\nfilename = /dev/zero\nsize = 4MiB\nbs = 4KiB\nruntime = 5sec\n' >job
	ringside run --dry-run job
	expect_status 0
	expect_text $'\nbs=4k\n'
	expect_text $'\nsize=4m\n'
	expect_text $'\nruntime=5s\n'
	expect_error "warning: size=4MiB: fio reads KiB"
	expect_error "warning: runtime=5sec: fio reads this as 5 microseconds"
	[ "$(grep -c warning: <<<"$stderr")" -eq 2 ]
}

@test "variables come from the environment" {
	printf '[a]\nfilename=/dev/zero\nsize=${SIZE}m\nbs=${BS:-8k}\n' >job
	SIZE=3 ringside run --dry-run job
	expect_status 0
	expect_text $'\nsize=3m\n'
	expect_text $'\nbs=8k\n'
}

@test "options of the command line stand before the file" {
	printf '[a]\nfilename=/dev/zero\nsize=1m\nbs=16k\n' >job
	ringside run --dry-run --bs=8k --iodepth=4 job
	expect_status 0
	expect_text $'\nbs=16k\n'
	expect_text $'\niodepth=4\n'
}

@test "a file that cannot be read is all that is told" {
	ringside run --ioengine=io_uring --fixedbufs nofile.job
	expect_status 2
	[ "$stderr" = "nofile.job: error: cannot be read: No such file or directory" ]
}

@test "a file may come from stdin, and sections may be chosen" {
	printf '[a]\nbs=4q\n[b]\nfilename=/dev/zero\nsize=1m\n' >job
	run --separate-stderr -- "$ringside" run --dry-run --section=b - <job
	expect_status 0
	[ "${lines[0]}" = "[b]" ]
	ringside run --dry-run --section=c job
	expect_status 2
	expect_error "--section=c: there is no such job section"
}

@test "files run one after the other and do not share globals" {
	need_command fio
	printf '[global]\nioengine=null\nsize=64k\nbs=1k\n[a]\n' >one
	printf '[b]\nioengine=null\nsize=64k\n' >two
	fio --output-format=json --output=fio.json one two >fio.out
	ringside run one two --json=ours.json
	expect_status 0
	counts fio.json >theirs
	counts ours.json >ours
	diff theirs ours
	expect_json ours.json "[j['group'] for j in d['jobs']]" "[0, 1]"
}

@test "every option of fio is known: done, refused or accepted with a note" {
	need_command fio
	for option in $(fio --cmdhelp=all | sed 's/^ *//; s/ *:.*//'); do
		printf '[a]\nfilename=/dev/zero\nsize=1m\n%s=~\n' "$option" >job
		ringside run --dry-run job
		[[ $stderr != *"unknown option"* ]] || { echo "$option: $stderr"; return 1; }
	done
}

@test "every engine of fio is known: there, or refused by name" {
	need_command fio
	for engine in $(fio --enghelp | tail -n +2); do
		ringside run --dry-run --ioengine="$engine" --filename=/dev/zero --size=1m
		[[ $stderr != *"unknown engine"* ]] || { echo "$engine: $stderr"; return 1; }
	done
}

@test "help has a page for every option, and a list of them" {
	ringside help bs
	expect_status 0
	expect_text "alias       blocksize"
	expect_text "default     4k"
	ringside help fixedbufs
	expect_status 0
	ringside help options
	expect_status 0
	for option in rw bs size filename ioengine iodepth runtime readonly; do
		[[ $output == *$'\n  '"$option "* ]] || { echo "no $option"; return 1; }
	done
}

@test "random blocks of several sizes leave nothing unwritten, in as many I/Os as fio's" {
	need_command fio
	head -c 4m /dev/zero >file
	for options in --bsrange=1k-4k "--bssplit=1k/60:16k/40" "--bsrange=1k-8k --loops=2"; do
		# shellcheck disable=SC2086 # words
		ringside run --name=j --filename=file --rw=randwrite --size=4m \
			--buffer_pattern=0xff --json=ours.json $options
		expect_status 0
		[ "$(tr -d '\377' <file | wc -c)" -eq 0 ]
		head -c 4m /dev/zero >file
		# shellcheck disable=SC2086 # words
		fio --name=j --ioengine=null --rw=randwrite --size=4m --output-format=json \
			$options >fios.json
		[ "$(json ours.json "d['jobs'][0]['write']['bytes']")" -eq \
			"$(json fios.json "d['jobs'][0]['write']['io_bytes']")" ]
		ours=$(json ours.json "d['jobs'][0]['write']['ios']")
		fios=$(json fios.json "d['jobs'][0]['write']['total_ios']")
		[ $((ours * 100)) -ge $((fios * 90)) ]
		[ $((ours * 90)) -le $((fios * 100)) ]
	done
}
