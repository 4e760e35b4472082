# SPDX-License-Identifier: MIT
# The real binary: what it runs, what it refuses, what it leaves behind.
# covers: src/command/run.c src/run/wave_line.c
# covers: src/command/report.c

load helper

@test "a job of one I/O runs and says so in text" {
	ringside run --filename=/dev/zero --size=4k --rw=read --ioengine=psync
	expect_status 0
	expect_text "psync"
	expect_text "/dev/zero"
}

@test "instructions and cycles are counted, or there is a reason" {
	"$ringside" probe --json=probe.json
	for engine in psync "io_uring --sqthread_poll=1"; do
		# shellcheck disable=SC2086 # words
		ringside run --name=a --filename=/dev/zero --size=1m --rw=randread --time_based \
			--runtime=0.2 --ioengine=$engine --json=r.json
		expect_status 0
		/usr/bin/python3 - <<-'PY'
			import json
			answers = json.load(open("probe.json"))["machine"]["abilities"]
			able = next(a for a in answers if a["name"] == "CPU counters")
			document = json.load(open("r.json"))
			counters = document["jobs"][0]["cpu_counters"]
			fact = document["environment"]["soft"]["cpu_counters"]
			for scope in "user", "kernel":
			    part = counters[scope]
			    known = part["instructions"] is not None
			    assert known == (part["missing"] is None), part
			    assert known == (counters[scope + "_cycles_per_io"] is not None)
			    assert (part["counted_share"] or 0) > 0 or not known, part
			missing = counters["user"]["missing"]
			assert (able["answer"] == "yes") == (missing is None), able
			assert able["answer"] == "yes" or able["reason"] in missing
			is_whole = counters["cycles_per_io"] is not None
			assert (fact == "user and kernel") == is_whole, fact
		PY
		if grep -A2 '"CPU counters"' probe.json | grep -q '"yes"'; then
			expect_text "instructions/IO"
		else
			[[ $output != *"instructions/IO"* ]]
		fi
	done
}

@test "every engine reads a file and its document is valid" {
	for engine in $(list_engines); do
		ringside run --filename=file --size=1m --rw=randread --ioengine="$engine" \
			--iodepth=8 --format=text --json="$engine.json"
		expect_status 0
		expect_json "$engine.json" "[(r['ios'], r['bytes'], r['lat_ns']['count'])
			for r in [d['jobs'][0]['read']]]" "[(256, 1048576, 256)]"
	done
	validate ./*.json
}

@test "counts, bytes and offsets are fio's on the same file" {
	need_command fio
	cat >job <<-'J'
	[global]
	size=1m
	[seq]
	filename=file
	rw=read
	bs=8k
	[random]
	stonewall
	filename=file
	rw=randread
	bs=4k
	[short]
	stonewall
	filename=short
	rw=read
	size=10k
	bs=4k
	J
	fio --output-format=json --output=fio.json job
	ringside run job --json=ours.json
	expect_status 0
	for i in 0 1 2; do
		for key in total_ios:ios io_bytes:bytes; do
			theirs=$(json fio.json "d['jobs'][$i]['read']['${key%:*}']")
			expect_json ours.json "d['jobs'][$i]['read']['${key#*:}']" "$theirs"
		done
	done
}

@test "random writes cover every block once, as a plain read shows" {
	ringside run --filename=file --size=1m --bs=4k --rw=randwrite --ioengine=psync \
		--buffer_pattern=%o
	expect_status 0
	/usr/bin/python3 - <<'E2'
import struct
data = open("file", "rb").read()
assert len(data) == 1 << 20, len(data)
for block in range(0, len(data), 4096):
    for at in range(block, block + 4096, 8):
        (offset,) = struct.unpack_from("<Q", data, at)
        assert offset == block, (offset, block, at)
E2
}

@test "a typo'd device is an error and makes no file" {
	need_root
	ringside run --filename=/dev/nvme9n9 --rw=randwrite --size=1m
	expect_status 2
	expect_error "/dev/nvme9n9"
	[ ! -e /dev/nvme9n9 ]
}

@test "filesize is where a file ends, whatever the offset" {
	head -c 16m /dev/urandom >big
	before=$(md5sum big)
	ringside run --filename=big --filesize=16m --size=4m --offset=8m --rw=read --bs=64k
	expect_status 0
	[ "$(md5sum big)" = "$before" ]
	for rw in write read; do
		ringside run --filename=two.$rw --filesize=64m --size=32m --numjobs=2 --bs=1m \
			--offset_increment=32m --rw=$rw
		expect_status 0
		[ "$(stat -c %s two.$rw)" -eq 67108864 ]
	done
	ringside run --filename=four --filesize=4m --offset=1m --rw=write --bs=64k --format=json
	expect_json - "d['jobs'][0]['write']['ios']" 48
	[ "$(stat -c %s four)" -eq 4194304 ]
}

@test "a file that is only read stays as it is, and its holes are told" {
	truncate -s 1m file
	ringside run --filename=file --rw=read --size=2m
	expect_status 2
	expect_error "file has 1048576 bytes, 2097152 are to be used"
	expect_error "overwrite=1"
	ringside run --filename=file --rw=randread --json=out.json
	expect_status 0
	expect_json out.json "'holes' in [w['code'] for w in d['warnings']]" True
	[ "$(stat -c '%s %b' file)" = "1048576 0" ]
	ringside run --filename=file --rw=randread --overwrite=1 --json=out.json
	expect_json out.json "'holes' in [w['code'] for w in d['warnings']]" False
	[ "$(stat -c %b file)" -gt 0 ]
}

@test "exitall ends the group, its wave or all that is to come" {
	for what in group stonewall all; do
		zero_job <<-J
			time_based
			rate_iops=100
			exitall
			exit_what=$what
			[a]
			runtime=300ms
			[b]
			runtime=20
			[other]
			new_group
			runtime=600ms
			[c]
			stonewall
			runtime=200ms
		J
		ringside run job --json=out.json
		expect_status 0
		json out.json "' '.join(j['name'] for j in d['jobs'])" >>answers
		json out.json "' '.join(w['job'] for w in d['warnings']
			if w['code'] == 'ended-early')" >>answers
		expect_json out.json "d['jobs'][1]['elapsed_ns'] < 5e9" True
		[ "$what" != all ] || expect_json out.json \
			"[w['message'] for w in d['warnings'] if w['code'] == 'not-started']" \
			"[\"1 from 'c' on: not started, as exit_what=all asks\"]"
	done
	diff - answers <<-EOF
		a b other c
		b
		a b other c
		b other
		a b other c
		b other
	EOF
}

@test "exitall_on_error ends others when its job fails" {
	printf '%s\n' [global] filename=/dev/full rw=write size=64k [a] exitall_on_error [b] \
		filename_format=x rate_iops=10 ioengine=null runtime=20 time_based [c] stonewall \
		ioengine=null size=4k >job
	ringside run job --json=out.json
	expect_status 5
	expect_json out.json "[j['elapsed_ns'] < 5e9 for j in d['jobs']]" "[True, True, True]"
	expect_json out.json "d['jobs'][2]['write']['ios']" 1
}

@test "allow_file_create=0 makes no file, and none longer" {
	ringside run --filename=file --rw=randwrite --size=64k --allow_file_create=0
	expect_status 2
	expect_error "file does not exist, and allow_file_create=0 forbids creating it"
	head -c 64k /dev/zero >file
	for rw in read write openread; do
		ringside run --filename=file --rw=$rw --size=128k --allow_file_create=0
		expect_status 2
		expect_error "file has 65536 bytes, 131072 are to be used, and allow_file_create=0"
	done
	[ "$(stat -c %s file)" -eq 65536 ]
	ringside run --filename=file --rw=write --allow_file_create=0
	expect_status 0
}

@test "no job, an unknown command, an unknown option, a bad format: exit 2 with a cure" {
	ringside run
	expect_status 2
	expect_error "hint"
	ringside rnu
	expect_status 2
	expect_error "did you mean 'run'?"
	ringside run --filename=/dev/zero --size=4k --iodpth=3
	expect_status 2
	expect_error "iodepth"
	ringside run --filename=/dev/zero --size=4k --format=yaml
	expect_status 2
	expect_error "json"
	ringside run --filename=/dev/zero --size=4k --json=/nowhere/at/all
	expect_status 2
	[ -z "$output" ]
}

@test "all problems of a job file are told at once, with their places" {
	printf '[a]\niodpth=3\nbs=4q\n[b]\nrw=raed\n' >job
	ringside run job
	expect_status 2
	expect_error "job:2:"
	expect_error "job:3:"
	expect_error "job:5:"
}

@test "options with one dash are read, as fio reads them" {
	ringside run -name=a -filename=/dev/zero -size=64k -rw=read -format=csv -quiet
	expect_status 0
	expect_text "a,"
	ringside run -filename=/dev/zero -size=64k -iodpth=3
	expect_status 2
	expect_error "did you mean 'iodepth'?"
	printf '[a]\nfilename=/dev/zero\nsize=64k\n' >-a.job
	ringside run --format=csv -- -a.job
	expect_status 0
	run --separate-stderr -- "$ringside" run --format=csv - <-a.job
	expect_status 0
}

@test "a value may be the next argument, as for fio" {
	ringside run --name TEST --eta-newline 5s -filename /dev/zero --rw read --size=64k \
		--blocksize 8k --ioengine=io_uring --fixedbufs --group_reporting --format csv
	expect_status 0
	expect_text "TEST,0,1,io_uring,read,8k,1,read,"
	printf '[a]\nfilename=/dev/zero\nsize=64k\n' >a.job
	ringside run --time_based --runtime 10ms a.job --format csv
	expect_status 0
	expect_text "a,"
	ringside run --verify md5 --size 4k --bs
	expect_status 2
	[[ $stderr != *"cannot be read"* ]]
	expect_error "bs: a value is missing"
}

@test "what fio takes on its command line alone is known by name" {
	ringside run --filename=/dev/zero --size=64k --eta-newline=1 --max-jobs=4 --format=csv
	expect_status 0
	expect_error "note: fio's --eta-newline changes nothing"
	ringside run --filename=/dev/zero --size=64k --showcmd --client=host
	expect_status 2
	expect_error "fio's --showcmd is not supported"
	expect_error "hint: --dry-run"
	expect_error "fio's --client is not supported"
	ringside compare --filename=/dev/zero --size=64k --output-format=json
	expect_status 2
	expect_error "hint: \`ringside run\` prints in fio's formats"
}

@test "every flag of fio's help is one of ours, or known as fio's" {
	need_command fio
	fio --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' |
		grep -vx 'help\|version' | sort -u >flags
	[ "$(wc -l <flags)" -gt 20 ]
	while read -r flag; do
		ringside run --filename=/dev/zero --size=4k --"$flag"=1
		[[ $stderr != *"unknown option"* ]] || { echo "$flag"; return 1; }
	done <flags
}

@test "a file that includes itself is told of once" {
	printf '[a]\nfilename=x\nsize=1m\ninclude job\n' >job
	ringside run job
	expect_status 2
	[ "$(grep -c error: <<<"$stderr")" -eq 1 ]
}

@test "a write to a device with a file system is refused, and named twice it is done" {
	need_command mkfs.ext4
	make_loop_device 8
	mkfs.ext4 -q "$loop"
	before=$(md5sum "$loop")
	ringside run --filename="$loop" --rw=randwrite --size=1m --direct=1
	expect_status 2
	expect_error "ext4"
	[ "$before" = "$(md5sum "$loop")" ]
	ringside run --filename="$loop" --rw=randwrite --size=1m --direct=1 --destroy="$loop"
	expect_status 0
}

@test "a mounted device is never written, named twice or not" {
	need_command mkfs.ext4
	make_loop_device 8
	mkfs.ext4 -q "$loop"
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
	ringside run --filename="$loop" --rw=randwrite --size=1m --destroy="$loop"
	umount mnt
	expect_status 2
	expect_error "mounted"
}

@test "the file under a mounted loop device is guarded like the device, by any name" {
	need_command mkfs.ext4
	make_loop_device 8
	mkfs.ext4 -q "$loop"
	image=$folder/loop.0
	ln "$image" hard
	ln -s "$image" soft
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
	before=$(md5sum "$image")
	for name in "$image" hard soft; do
		ringside run --filename="$name" --rw=randwrite --size=1m --destroy="$name"
		printf '%s %s\n' "$status" "${stderr_lines[0]}" >>answers
	done
	ringside run --filename=hard --rw=read --bs=64k # has holes, which are left
	[[ $output == *"was never written"* ]]
	printf '%s\n' "$status" >>answers
	ringside run --filename=hard --rw=read --bs=64k --overwrite=1
	printf '%s %s\n' "$status" "${stderr_lines[0]}" >>answers
	ringside run --filename=hard --rw=read --bs=64k --unlink=1
	printf '%s %s\n' "$status" "${stderr_lines[0]}" >>answers
	ringside run --filename=hard --rw=read --bs=64k --readonly
	printf '%s\n' "$status" >>answers
	after=$(md5sum "$image")
	umount mnt
	said="command line: error: job 'job'"
	use="$loop is mounted on $folder/mnt, and $loop stands on"
	diff - answers <<-EOF
		2 $said would write to $image: $use $image
		2 $said would write to hard: $use hard
		2 $said would write to soft: $use soft
		0
		2 $said: cannot lay out hard: $use hard
		2 $said would remove hard: $use hard
		0
	EOF
	[ -e hard ]
	[ "$before" = "$after" ]
	ringside run --filename=hard --rw=randwrite --size=1m
	expect_status 2
	expect_error "$loop stands on hard"
	ringside run --filename=hard --rw=randwrite --size=1m --destroy="$image"
	expect_status 0
}

@test "readonly refuses every write" {
	ringside run --filename=file --rw=randwrite --size=1m --readonly
	expect_status 2
	[ ! -e file ]
	head -c 4096 /dev/zero >file
	ringside run --filename=file --rw=read --unlink=1 --readonly
	expect_status 2
	expect_error "this removes the files, and readonly is set"
	[ -e file ]
}

@test "Ctrl-C leaves a valid document and exits 130 within a second" {
	"$ringside" run --filename=/dev/zero --size=1g --rw=randread --ioengine=io_uring \
		--time_based --runtime=30 --format=json >out.json 2>err &
	pid=$!
	sleep 0.7
	before=$(date +%s%N)
	kill -INT $pid
	status=0
	wait $pid || status=$?
	after=$(date +%s%N)
	[ "$status" -eq 130 ]
	[ $(((after - before) / 1000000)) -lt 1500 ]
	validate out.json
	expect_json out.json "d['signal']" 2
	[ "$(json out.json "d['jobs'][0]['read']['ios']")" -gt 0 ]
}

@test "ENOSPC is said, counted, and exits 5 with a valid document" {
	need_command mkfs.ext4
	make_loop_device 8
	mkfs.ext4 -q "$loop"
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
	ringside run --filename=mnt/file --rw=write --size=64m --bs=64k --fallocate=none \
		--end_fsync=1 --json=out.json
	umount mnt
	expect_status 5
	expect_error "No space left on device"
	validate out.json
	expect_json out.json "len(d['jobs'])" 1
	expect_json out.json "d['jobs'][0]['error']['errno']" 28
}

@test "a job that continue_on_error lets go on has failed, in every format" {
	ringside run --filename=/dev/full --rw=write --size=64k
	expect_status 5
	expect_error "hint: the device ends before, or what it stands on is full"
	ringside run --filename=/dev/full --rw=write --size=64k --continue_on_error=write \
		--json=out.json --csv=out.csv
	expect_status 5
	validate out.json
	expect_error "write of 4096 bytes at offset 0 of /dev/full: No space left on device"
	expect_error "the first of 16 failures among the worker's 16 I/Os"
	expect_text "errors    write: 16 ENOSPC"
	expect_text "failed    write of 4096 bytes at offset 0"
	expect_json out.json "d['jobs'][0]['write']['errors']" "{'ENOSPC': 16}"
	expect_json out.json "d['jobs'][0]['error']['name']" ENOSPC
	expect_json out.json "d['jobs'][0]['failed_ios']" \
		"{'count': 16, 'ignored': 0, 'first': 'ENOSPC'}"
	expect_json out.json "'io-errors' in [w['code'] for w in d['warnings']]" True
	[ "$(csv_field out.csv errors) $(csv_field out.csv job_first_error)" = "16 ENOSPC" ]
	[ "$(csv_field out.csv job_error)" = ENOSPC ]
	ringside report --format=fio-json out.json
	[ "$(jq -c '.jobs[0] | [.error, .total_err, .first_error]' <<<"$output")" = "[28,16,28]" ]
	ringside report --format=markdown out.json
	expect_text "- write: 16 ENOSPC"
	expect_text "- failed: write of 4096 bytes at offset 0"
	ringside report --format=hdr-log out.json
	expect_text ": 16 I/Os failed, their latencies are not in it; first error: ENOSPC; job: "
	ringside run --filename=/dev/zero --rw=read --size=64k --continue_on_error=all \
		--json=out.json
	expect_status 0
	expect_json out.json "'io-errors' in [w['code'] for w in d['warnings']]" False
}

@test "errors that ignore_error names are counted, and no failure" {
	ringside run --filename=/dev/full --rw=write --size=64k --ignore_error=,ENOSPC \
		--json=out.json --csv=out.csv
	expect_status 0
	validate out.json
	expect_text "errors    write: 16 ENOSPC (16 ignored, by ignore_error)"
	expect_json out.json "d['jobs'][0]['error']" None
	expect_json out.json "d['jobs'][0]['failed_ios']" \
		"{'count': 16, 'ignored': 16, 'first': 'ENOSPC'}"
	expect_json out.json "[w['code'] for w in d['warnings'] if 'errors' in w['code']]" \
		"['ignored-errors']"
	[ "$(csv_field out.csv errors_ignored):$(csv_field out.csv job_error)" = "16:" ]
	ringside report --format=fio-json out.json
	[ "$(jq -c '.jobs[0] | [.error, .total_err, .first_error]' <<<"$output")" = "[0,16,28]" ]
	ringside run --filename=/dev/full --rw=write --size=64k --ignore_error=ENOSPC,EIO
	expect_status 5
	expect_text "errors    write: 1 ENOSPC"
}

@test "some I/Os fail and others do not: the job has failed, with their number" {
	make_loop_device 1
	truncate -s 512k loop.0
	ringside run --filename="$loop" --rw=read --bs=4k --direct=1 --continue_on_error=read \
		--json=out.json
	expect_status 5
	expect_json out.json "d['jobs'][0]['read']['ios']" 128
	expect_json out.json "d['jobs'][0]['failed_ios']" \
		"{'count': 128, 'ignored': 0, 'first': 'EIO'}"
	expect_error "the first of 128 failures among the worker's 256 I/Os"
	ringside run --filename="$loop" --rw=read --bs=4k --direct=1 --ignore_error=EIO \
		--json=ignored.json
	expect_status 0
	ringside check out.json --baseline=ignored.json
	expect_status 5
	expect_text "first of 128 failures among"
	ringside check ignored.json --baseline=ignored.json
	expect_status 3
	ringside compare --name=job --filename="$loop" --rw=read --bs=4k --direct=1 \
		--continue_on_error=read --engines=psync,io_uring --quick --trial-time=50ms
	expect_status 5
	expect_text "psync failed: read of 4096 bytes"
}

# levels PROGRAM DEPTH SUBMIT COMPLETE: fio's three distributions of a job with full batches.
levels() {
	local options=(--name=job --filename=file --size=4m --rw=randread --bs=4k --ioengine=libaio
		--iodepth="$2" --iodepth_batch_submit="$3" --iodepth_batch_complete_min="$4")
	case $1 in
	fio) fio "${options[@]}" --output-format=json ;;
	*) "$ringside" run "${options[@]}" --format=fio-json ;;
	esac 2>/dev/null | jq -c '.jobs[0] | [.iodepth_level, .iodepth_submit, .iodepth_complete]'
}

@test "depths and batches are counted as fio counts them" {
	need_command fio
	levels ringside 1 1 1 >/dev/null
	for depth in 1 8 32; do
		[ "$(levels ringside $depth $depth $depth)" = "$(levels fio $depth $depth $depth)" ]
	done
	ringside run --name=job --filename=file --size=4m --rw=randread --bs=4k --iodepth=8 \
		--iodepth_batch_submit=3 --ioengine=io_uring --numjobs=2 --group_reporting \
		--json=out.json
	validate out.json
	expect_json out.json "sum(n for _, n in d['jobs'][0]['depth']['sent_at'])" 2048
	expect_json out.json "sum(i * n for i, n in d['jobs'][0]['batch']['submit_sizes'])" 2048
	expect_json out.json "sum(i * n for i, n in d['jobs'][0]['batch']['reap_sizes'])" 2048
	expect_json out.json "max(i for i, _ in d['jobs'][0]['batch']['submit_sizes'])" 3
	expect_json out.json "max(i for i, _ in d['jobs'][0]['depth']['sent_at']) <= 8" True
}

@test "fio-json counts syncs as fio does: those of the end are none" {
	need_command fio
	local job=(--name=job --filename=file --size=256k --rw=write --bs=4k --ioengine=psync
		--end_fsync=1)
	for fsync in 0 8; do
		ringside run "${job[@]}" --fsync=$fsync --json=out.json
		expect_status 0
		expect_json out.json "d['jobs'][0]['closing_syncs_ns']['count']" 1
		expect_json out.json "d['jobs'][0]['sync']['ios']" $((1 + (fsync ? 7 : 0)))
		ringside report --format=fio-json out.json
		ours=$(jq -c '.jobs[0].sync | [.total_ios, .lat_ns.N]' <<<"$output")
		fio "${job[@]}" --fsync=$fsync --output-format=json --output=fio.json
		[ "$ours" = "$(jq -c '.jobs[0].sync | [.total_ios, .lat_ns.N]' fio.json)" ]
	done
	ringside run "${job[@]}" --end_fsync=0 --fsync_on_close=1 --format=fio-json
	[ "$(jq -c '.jobs[0].sync | [.total_ios, .lat_ns.N]' <<<"$output")" = "[0,0]" ]
}

# slat_clat ENGINE OPTIONS...: how the latencies of ./out.json and of fio-json fit each other.
slat_clat() {
	ringside run --name=job --filename=file --size=4m --rw=randrw --bs=4k --fsync=16 \
		--end_fsync=1 --iodepth=8 --ioengine="$@" --json=out.json
	expect_status 0
	validate out.json
	"$ringside" report --format=fio-json out.json >fio.json
	/usr/bin/python3 - <<-'EOF'
		import json
		job = json.load(open("out.json"))["jobs"][0]
		fio = json.load(open("fio.json"))["jobs"][0]
		kinds = set()
		for name in ("read", "write", "sync"):
		    d = job[name]
		    slat, clat, lat = d["slat_ns"], d["clat_ns"], d["lat_ns"]
		    assert slat["count"] in (0, lat["count"]), (name, slat["count"], lat["count"])
		    assert clat["count"] in (0, lat["count"]), (name, clat["count"], lat["count"])
		    if clat["count"]:
		        total = slat["sum"] + clat["sum"]
		        assert abs(total - lat["sum"]) <= 1e-9 * total, name
		    sample = d["submission_sample"]
		    if sample:
		        assert slat["count"] == clat["count"] == 0, name
		        assert sample["slat_ns"]["count"] == sample["clat_ns"]["count"], name
		        assert 0 < sample["slat_ns"]["count"] < lat["count"], name
		    if name != "sync":
		        kinds.add("sample" if sample else "all" if slat["count"] else "clat")
		        f = fio[name]
		        sum_ns = f["slat_ns"]["mean"] + f["clat_ns"]["mean"]
		        assert abs(sum_ns - f["lat_ns"]["mean"]) <= 1e-3 * sum_ns, name
		        assert f["slat_ns"]["N"] in (0, f["lat_ns"]["N"]), name
		        assert f["clat_ns"]["N"] == f["lat_ns"]["N"], name
		        assert (f["slat_ns"]["N"] > 0) == (slat["count"] > 0), name
		print(*kinds)
	EOF
}

@test "slat and clat are of all I/Os and add up to lat, or are a sample that says so" {
	[ "$(slat_clat psync)" = clat ]
	[ "$(slat_clat libaio)" = all ]
	[ "$(slat_clat io_uring)" = sample ]
	[ "$(slat_clat io_uring --clat_percentiles=1)" = sample ]
	[ "$(slat_clat io_uring --slat_percentiles=1)" = all ]
	[ "$(slat_clat io_uring --gtod_reduce=1)" = clat ]
}

@test "a file that shrinks gives short reads, counted and told" {
	ringside run --filename=file --size=64k --rw=read --bs=4k
	expect_status 0
	head -c 64k /dev/zero >file
	mkfifo pipe # opened when the plan is made: only then the file shrinks
	(exec 4>pipe && truncate --size 30k file && head -c 4k /dev/zero >&4) 3>&- &
	printf '%s\n' [global] bs=4k rw=read [plan] filename=pipe size=4k ioengine=sync \
		[shrunk] stonewall filename=file >job
	ringside run job --json=out.json
	wait
	expect_status 0
	expect_text "fewer bytes"
	[ "$(json out.json "d['jobs'][1]['read']['short_ios']")" -gt 0 ]
}

@test "a sparse file is not filled where its disk has no room for it" {
	need_root
	mkdir small
	mount -t tmpfs -o size=1m none small || skip "may not mount"
	truncate -s 64m small/file
	ringside run --filename=small/file --rw=randread --number_ios=8 --overwrite=1
	room=$(stat -c %b small/file)
	first=$status said=$stderr
	ringside run --filename=small/file --rw=randread --number_ios=8
	umount small
	expect_status 0
	[ "$first" -eq 5 ]
	[ "$room" -eq 0 ]
	[[ $said == *"No space left on device"*"make room on the file system"* ]]
	expect_text "100 % of what is read was never written"
}

@test "a full disk leaves no half result and says so" {
	need_root
	mkdir small
	mount -t tmpfs -o size=8k none small || skip "may not mount"
	echo old >small/out.json
	ringside run --filename=/dev/zero --size=64k --rw=randread --json=small/out.json
	left=$(cat small/out.json)
	files=$(ls small | wc -l)
	umount small
	expect_status 5
	[ "$left" = old ]
	[ "$files" -eq 1 ]
}

@test "stdout carries the result and nothing else" {
	ringside run --filename=/dev/zero --size=64k --rw=read --iodepth=4 --format=json
	expect_status 0
	printf '%s' "$output" >out.json
	validate out.json
	# The way to run it again is part of it.
	expect_json out.json "' '.join(d['command'])" "ringside run --filename=/dev/zero \
--size=64k --rw=read --iodepth=4 --format=json"
}

@test "a histogram log tells the samples of the JSON, of the run and of its report" {
	ringside run --filename=/dev/zero --size=1m --rw=randrw --json=out.json --hdr-log=run.hlog
	expect_status 0
	ringside report out.json --format=hdr-log --output=report.hlog
	expect_status 0
	grep -v '^#' run.hlog >run.lines
	diff run.lines <(grep -v '^#' report.hlog)
	/usr/bin/python3 - out.json run.lines <<-'EOF'
		import base64, json, struct, sys, zlib

		def samples(text):
		    """V2 encoding: ZigZag LEB128; a negative number is so many zeros."""
		    deflated = base64.b64decode(text)
		    data = zlib.decompress(deflated[8:])
		    assert struct.unpack(">I", data[:4])[0] == 0x1C849313
		    total, place = 0, 40
		    while place < len(data):
		        word = shift = 0
		        while True:
		            byte = data[place]
		            place += 1
		            word |= (byte & (0x7F if shift < 56 else 0xFF)) << shift
		            shift += 7
		            if byte < 0x80 or shift > 56:
		                break
		        total += 0 if word & 1 else word >> 1
		    return total

		job = json.load(open(sys.argv[1]))["jobs"][0]
		lines = [line.rstrip().split(",") for line in open(sys.argv[2])][1:]
		tags = [line[0] for line in lines]
		assert tags == ["Tag=job:read:lat", "Tag=job:write:lat"], tags
		for line, direction in zip(lines, ("read", "write")):
		    assert samples(line[4]) == job[direction]["lat_ns"]["count"] > 0, line
	EOF
}

@test "report shows a saved result as it was shown first" {
	ringside run --filename=/dev/zero --size=1m --rw=randrw --json=out.json
	expect_status 0
	first=$output
	ringside report out.json
	expect_status 0
	[ "$output" = "$first" ]
	head -c 300 out.json >cut.json
	ringside report cut.json
	expect_status 2
	expect_error "cut.json"
}

@test "several jobs run at once, and stonewall puts one after the other" {
	cat >job <<-'J'
	[global]
	filename=/dev/zero
	size=1m
	time_based
	runtime=300ms
	[a]
	[b]
	[c]
	stonewall
	J
	ringside run job --format=json
	expect_status 0
	expect_json - "len(d['jobs'])" 3
	printf '%s' "$output" >out.json
	validate out.json
}

@test "numjobs with group_reporting is one entry that adds up" {
	ringside run --name=x --filename=/dev/zero --size=256k --bs=4k --numjobs=4 \
		--group_reporting --format=json
	expect_status 0
	expect_json - "len(d['jobs'])" 1
	expect_json - "d['jobs'][0]['read']['ios']" 256
}

@test "dry-run prints a job file that reads back to the same, and runs nothing" {
	ringside run --dry-run --filename=file --size=1m --rw=randwrite --bs=8k --iodepth=4 \
		--ioengine=io_uring --fixedbufs
	expect_status 0
	[ ! -e file ]
	printf '%s\n' "$output" >again
	first=$output
	ringside run --dry-run again
	expect_status 0
	[ "$output" = "$first" ]
}

@test "depth asked of a synchronous engine is warned of" {
	ringside run --filename=/dev/zero --size=64k --iodepth=8 --ioengine=psync --format=json
	expect_status 0
	expect_json - "'depth-ignored' in [w['code'] for w in d['warnings']]" True
}

@test "the openfiles limit holds and every file is read whole" {
	ringside run --name=many --directory=. --nrfiles=6 --openfiles=2 --size=384k --bs=4k \
		--rw=randread --ioengine=io_uring --iodepth=4 --format=json
	expect_status 0
	expect_json - "d['jobs'][0]['read']['ios']" 96
	[ "$(ls many.0.* | wc -l)" -eq 6 ]
}

@test "openfiles of an engine that opens none takes nothing away" {
	ringside run --name=none --ioengine=null --nrfiles=4 --openfiles=1 --size=1m --bs=4k \
		--rw=read --loops=2 --format=json
	expect_status 0
	expect_json - "d['jobs'][0]['read']['ios']" 512
}

@test "unlink removes the files, and only then" {
	ringside run --filename=gone --size=64k --rw=write --unlink=1
	expect_status 0
	[ ! -e gone ]
}

@test "a file that cannot be removed is told, once" {
	as_nobody
	chmod 755 "$folder"
	head -c 65536 /dev/zero >file
	run --separate-stderr -- "${nobody[@]}" "$ringside" \
		run --filename=file --rw=read --unlink=1 --numjobs=2 --quiet
	expect_status 0
	expect_error "warning: cannot remove file: Permission denied"
	[ "$(grep -c "cannot remove" <<<"$stderr")" -eq 1 ]
	[ -e file ]
}

@test "what cannot be written is told with its own cure" {
	mkdir fixed
	mount -t tmpfs -o size=1m none fixed || skip "may not mount"
	head -c 65536 /dev/zero >fixed/file
	mount -o remount,ro fixed
	ringside run --filename=fixed/file --rw=write
	printf '%s\n' "$status" "$stderr" >answers
	ringside run --filename=fixed/new --size=64k --rw=read
	printf '%s\n' "$status" "$stderr" >>answers
	umount fixed
	diff - answers <<-EOF
		4
		ringside: error: job 'job': cannot open fixed/file: Read-only file system
		hint: its file system is mounted read-only: name another file, or read
		4
		command line: error: job 'job': cannot lay out fixed/new: Read-only file system
		hint: its file system is mounted read-only: name another file
	EOF
}

@test "an ordinary user can run all that the kernel allows" {
	as_nobody
	chmod 777 "$folder"
	run --separate-stderr -- "${nobody[@]}" "$ringside" \
		run --filename=mine --size=1m --rw=randread --ioengine=io_uring --format=json
	expect_status 0
	expect_json - "d['jobs'][0]['read']['ios']" 256
	install -m 600 /dev/null "$folder/secret"
	head -c 1048576 /dev/zero >"$folder/secret"
	for layout in 0 1; do # whoever meets it: the worker that opens it, or the layout
		run --separate-stderr -- "${nobody[@]}" "$ringside" run --filename=secret \
			--size=1m --rw=randread --overwrite=$layout --json=out.json
		expect_status 4
		expect_error "run as root, or as a user who may"
		validate out.json
	done
}

@test "strict_engine makes an engine that is not what it claims an error" {
	ringside run --filename=file --size=1m --rw=randread --ioengine=libaio --direct=0
	expect_status 0
	ringside run --filename=file --size=1m --rw=randread --ioengine=libaio --direct=0 \
		--strict_engine=1 --json=out.json
	expect_status 5
	expect_error "libaio-buffered"
	validate out.json
	ringside run --filename=file --size=1m --rw=randread --ioengine=psync --strict_engine=1
	expect_status 0
}

@test "punts of buffered writes on ext4 are counted and told" {
	need_root
	[ "$(stat -f -c %T .)" = ext2/ext3 ] || skip "the folder is not on ext4"
	ringside run --filename=file --size=4m --rw=randwrite --ioengine=io_uring --format=json
	expect_status 0
	[ "$(json - "d['jobs'][0]['punts']")" != None ] || skip "no tracepoint here"
	expect_json - "d['jobs'][0]['punts']" 1024
	expect_json - "'io-wq' in [w['code'] for w in d['warnings']]" True
}

@test "SQPOLL's thread is in the proof and its CPU time in the cost" {
	[ "$(nproc)" -ge 2 ] || skip "one CPU"
	ringside run --filename=/dev/zero --size=1g --rw=randread --norandommap \
		--ioengine=io_uring --sqthread_poll --iodepth=16 --time_based --runtime=500ms \
		--format=json
	expect_status 0
	expect_json - "'sqthread' in d['jobs'][0]['engine']['proof']" True
	[ "$(json - "d['jobs'][0]['cpu']['helper_ns'] > 10000000")" = True ]
}

# expect_end_by_interrupt ARGUMENTS...: SIGINT ends a run that hangs, with a valid document.
expect_end_by_interrupt() {
	local pid code=0
	"$ringside" run --format=json --output=ended.json "$@" 2>stderr &
	pid=$!
	sleep 0.5
	kill -INT "$pid"
	timeout 5 tail --pid="$pid" -f /dev/null || {
		kill -KILL "$pid"
		echo "still there 5 s after SIGINT"
		return 1
	}
	wait "$pid" || code=$?
	[ "$code" -eq 130 ] || {
		echo "exit code $code in place of 130"
		return 1
	}
	validate ended.json
}

@test "an interrupt ends a job that waits for the other end of a pipe" {
	mkfifo pipe
	expect_end_by_interrupt --quiet --filename=pipe --rw=read --size=1m
	[ ! -s stderr ]
}

@test "an engine that reads at offsets says which ones read a pipe" {
	mkfifo pipe
	timeout 30 sh -c 'head -c 4096 /dev/zero >pipe' &
	ringside run --ioengine=psync --filename=pipe --rw=read --size=4k --quiet
	expect_status 5
	expect_error "Illegal seek (ESPIPE)"
	expect_error "hint: a pipe has no offsets: ioengine=sync,"
}

@test "a job that waits for the other end of a pipe says so" {
	mkfifo pipe
	"$ringside" run --ioengine=sync --filename=pipe --rw=read --bs=512 --size=512 \
		--json=out.json >/dev/null 2>stderr &
	pid=$!
	timeout 30 sh -c 'until [ -s stderr ]; do sleep 0.1; done' || true
	timeout 30 sh -c 'head -c 512 /dev/zero >pipe'
	status=0
	wait "$pid" || status=$?
	expect_status 0
	[ "$(cat stderr)" = "waiting for the other end of pipe to be opened" ]
	expect_json out.json "d['jobs'][0]['read']['bytes']" 512
}

@test "the live line is no longer than the terminal is wide" {
	need_command script
	script -qc "stty cols 30 && '$ringside' run --filename=/dev/zero --size=1m --rw=read \
		--name=$(printf 'µ%.0s' {1..40}) --time_based --runtime=2s --json=/dev/null \
		--output=/dev/null" screen >/dev/null
	tr '\r' '\n' <screen | sed 's/\x1b\[K//g' | grep '^µ' >lines
	[ "$(LC_ALL=C awk '{print length($0)}' lines | sort -n | tail -1)" -lt 30 ]
	iconv -f utf-8 -t utf-8 lines >/dev/null
}

@test "a job that is interrupted in its startdelay does no I/O" {
	expect_end_by_interrupt --filename=file --rw=read --size=1m --startdelay=60
	expect_json ended.json "d['jobs'][0]['read']['ios']" 0
}

@test "files of the kernel are read, never laid out or written" {
	ringside run --filename=/proc/version --rw=read --bs=1 --size=8
	expect_status 0
	ringside run --filename=/proc/self/comm --rw=write --bs=1 --size=8
	expect_status 2
	expect_error "no storage"
}

@test "openfiles with I/Os in flight: each block once, none in the wrong file" {
	for engine in psync io_uring threads libaio posixaio; do
		for batch in 1 8; do
			depth=8
			[ "$engine" = psync ] && depth=1 batch=1
			ringside run --name=few --nrfiles=6 --filesize=16k --openfiles=1 --bs=4k \
				--rw=write --fsync=3 --loops=2 --ioengine="$engine" \
				--iodepth="$depth" --iodepth_batch_submit="$batch" --format=json
			expect_status 0
			expect_json - "d['jobs'][0]['write']['ios']" 48
			expect_json - "d['jobs'][0]['sync']['ios']" 15
			ringside run --name=few --nrfiles=6 --filesize=16k --openfiles=2 \
				--rw=randrw --bsrange=1k-4k --ioengine="$engine" \
				--iodepth="$depth" --iodepth_batch_submit="$batch" --format=json
			expect_status 0
			expect_json - "sum(d['jobs'][0][way]['bytes']
				for way in ('read', 'write'))" 98304
		done
	done
}

@test "end_fsync reaches the files that openfiles made close" {
	need_command strace
	strace -f -o trace -e trace=fsync,pwrite64 "$ringside" run --quiet --directory=. \
		--nrfiles=3 --size=24k --rw=write --openfiles=1 --end_fsync=1 >/dev/null
	[ "$(sed '1,/pwrite64/d' trace | grep -c 'fsync(')" -eq 3 ]
}

@test "workers that fail alike are reported once" {
	run --separate-stderr -- bash -c "ulimit -n 8; exec '$ringside' run --filename=/dev/zero \
		--size=1m --numjobs=16"
	expect_status 4
	expect_error "Too many open files ("
	[ "$(grep -c 'Too many' <<<"$stderr")" -eq 1 ]
	expect_error "(ulimit -n, 8 here)"
}

@test "buffers that do not fit into memory are refused before anything is made" {
	ringside run --name=big --rw=read --size=1g --bs=64m --iodepth=100000 --numjobs=64 \
		--ioengine=io_uring
	expect_status 2
	expect_error "need more than the "
	expect_error "hint: lower numjobs, iodepth or bs"
	[ -z "$(ls)" ]
	ringside run --name=big --rw=read --size=64k --bs=64k --iodepth=100000 --numjobs=2
	expect_status 0
}

@test "more threads than a user may have: exit 4 with a cure" {
	as_nobody
	chmod 777 "$folder"
	# The limit is root's to set; it holds for the user that follows.
	run --separate-stderr -- bash -c 'ulimit -u 100; exec "$@"' - "${nobody[@]}" "$ringside" \
		run --quiet --size=1m --filename=/dev/zero --numjobs=300 --group_reporting \
		--json=out.json
	expect_status 4
	expect_error "cannot make 300 threads, only "
	expect_error "hint: lower numjobs, or raise what limits threads: ulimit -u of 100"
	validate out.json
}

@test "a layout that fails leaves a document that says so" {
	need_command mkfs.ext4
	make_loop_device 8
	mkfs.ext4 -q "$loop"
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
	ringside run --name=a --filename=mnt/file --rw=read --size=64m --json=out.json
	left=$(ls mnt)
	umount mnt
	expect_status 5
	[ "$left" = lost+found ]
	validate out.json
	expect_json out.json "d['jobs'][0]['error']['errno']" 28
	expect_json out.json "d['jobs'][0]['read']['ios']" 0
}

@test "a disk is reported with its I/Os, and not at all where the kernel does not count them" {
	make_loop_device 1
	counts=/sys/block/${loop#/dev/}/queue/iostats
	ringside run --filename="$loop" --direct=1 --rw=read --json=counted.json
	echo 0 >"$counts" || skip "may not switch the counting off"
	ringside run --filename="$loop" --direct=1 --rw=read --json=blind.json
	echo 1 >"$counts"
	expect_json counted.json "[disk['read_ios'] >= 256 for disk in d['disks']]" "[True]"
	expect_json blind.json "d['disks']" "[]"
}

@test "direct reads one at a time raise an interrupt each, where the disk has a row of them" {
	ringside run --filename=file --size=4m --direct=1 --rw=randread --ioengine=psync \
		--format=json
	[ "$status" -eq 2 ] && skip "the folder's file system has no O_DIRECT"
	expect_status 0
	interrupts=$(json - "d['jobs'][0]['engine']['proof'].get('device_interrupts')")
	[ "$interrupts" != None ] || skip "no interrupts of this disk are known"
	[ "$interrupts" -ge 900 ]
}

@test "clones by the hundred, and jobs of unlike kinds, have one start" {
	printf '%s\n' '[global]' filename=/dev/zero size=64k rw=randread time_based runtime=300ms \
		ramp_time=100ms '[many]' ioengine=psync numjobs=120 '[deep]' ioengine=io_uring \
		iodepth=8 >job
	ringside run job --json=out.json
	expect_status 0
	expect_json out.json "len(d['jobs'])" 121
	expect_json out.json "len({j['started_ns'] for j in d['jobs']})" 1
	# Each is cut off at the end of all: what comes later is its last I/O.
	expect_json out.json "min(j['elapsed_ns'] for j in d['jobs']) < 450e6" True
}

@test "jobs that do not measure at the same time are warned of" {
	printf '%s\n' '[global]' filename=/dev/zero size=64k rw=randread time_based runtime=200ms \
		'[first]' '[late]' startdelay=200ms >job
	ringside run job --json=out.json
	expect_status 0
	expect_json out.json "[w['job'] for w in d['warnings'] if w['code'] == 'windows-apart']" \
		"[None]"
	expect_text "did not measure at the same time"
}

@test "what fsync_on_close and end_fsync ask for is in the time, the proof and the calls" {
	need_command strace
	for options in --fsync_on_close=1 --end_fsync=1 "--fsync_on_close=1 --end_fsync=1"; do
		rm -f f
		# shellcheck disable=SC2086 # They are two options at times.
		strace -f -o trace -e trace=fsync -e inject=fsync:delay_enter=300000 "$ringside" \
			run --quiet --filename=f --size=256k --rw=write --bs=64k --ioengine=psync \
			--overwrite=0 --fallocate=none $options --json=out.json >/dev/null
		expect_json out.json "d['jobs'][0]['elapsed_ns'] > 300e6" True
		expect_json out.json "d['jobs'][0]['sync']['ios']" 1
		expect_json out.json "d['jobs'][0]['sync']['lat_ns']['min'] > 300e6" True
		expect_json out.json "d['jobs'][0]['engine']['proof']['calls']" "pwrite 4, fsync 1"
		expect_json out.json "d['jobs'][0]['syscalls']" 5
		expect_json out.json "d['jobs'][0]['depth']['mean'] > 0.9" True
	done
	ringside run --filename=f --rw=read --bs=64k --fsync_on_close=1 --json=out.json
	expect_json out.json "d['jobs'][0]['sync']['ios']" 0
}

# A file system that is frozen holds its writers where no signal reaches them.
@test "a hang: how long it was, what is out, and nothing made up" {
	need_command mkfs.ext4
	need_command fsfreeze
	make_loop_device 16
	mkfs.ext4 -q "$loop"
	mkdir mnt
	mount "$loop" mnt || skip "may not mount"
	"$ringside" run --quiet --filename=mnt/file --rw=write --size=1m --bs=4k --time_based \
		--runtime=600 --json=out.json >out.txt 2>err.txt 3>&- &
	job=$!
	sleep 1
	fsfreeze --freeze mnt
	sleep 0.5
	kill -INT "$job"
	# It reports without the thread, and can end only with it.
	for _ in $(seq 100); do
		grep -q SIGINT out.txt && break
		sleep 0.1
	done
	fsfreeze --unfreeze mnt
	code=0
	wait "$job" || code=$?
	umount mnt
	[ "$code" -eq 130 ]
	grep -q "hangs in the kernel and was left behind" err.txt
	validate out.json
	expect_json out.json "d['jobs'][0]['unreturned']['ios']" 1
	expect_json out.json "d['jobs'][0]['unreturned']['oldest_ns'] > 5e8" True
	expect_json out.json \
		"d['jobs'][0]['elapsed_ns'] > d['jobs'][0]['unreturned']['oldest_ns']" True
	expect_json out.json "d['jobs'][0]['syscalls']" None
	expect_json out.json "d['jobs'][0]['cpu']['total_ns']" None
	expect_json out.json "d['jobs'][0]['depth']['mean']" None
	grep -q "1 never came back" out.txt
	"$ringside" report out.json >again.txt
	grep -q "1 never came back" again.txt
}
