# SPDX-License-Identifier: MIT
# The program under the name `fio`: its command line, its files and its exit codes, with the real
# fio on the other side.
# covers: src/command/fio.c src/command/fio_help.c src/command/log_places.c
# covers: src/run/snapshot.c src/run/live.c

load helper

@test "errors are on stderr and end with fio's code; a run without them says nothing there" {
	need_command fio
	while IFS= read -r options; do
		code=0
		# shellcheck disable=SC2086
		fio $options >/dev/null 2>&1 || code=$?
		# shellcheck disable=SC2086
		ours $options
		expect_status $code || {
			echo "$options"
			return 1
		}
		[ $code -eq 0 ] || [ -n "$stderr" ]
		[ $code -ne 0 ] || expect_silence
	done <<-'E'

		--version
		-v
		--name=a --rw=bogus --size=1m
		--bogus=1 --name=a --size=1m
		nosuch.fio
		--name=a --filename=/dev/full --size=1m --rw=write
		--name=a --ioengine=null --size=1m --rw=read
		-name=a -ioengine=null -size=1m -rw=read -iodepth=4
		--name a --ioengine null --size 1m --rw read --output-format terse
		--name=a --ioengine=null --size=1m --max-jobs=4 --alloc-size=65536 --eta=never
		--name=a --ioengine=null --size=1m --eta-newline=1 --eta-interval=500ms --eta=never
		--name=a --ioengine=null --size=1m --parse-only
		--name=a --ioengine=null --size=1m --time_based --warnings-fatal
		--name=a --ioengine=null --size=1m --warnings-fatal
		--nam=a --ioengin=null --size=1m --output-form=terse
		--name=a --ioengine=null --size=1m --output-f terse --numj 2
		--name=a --ioengine=null --size=1m --r=read
		--enghelp=nosuch
		--enghelp=libaio
		--cmdhelp=bs
		--terse-version=9 --name=a
		--output=/nonexistent/file --name=a --ioengine=null --size=1m
	E
}

@test "a signal ends it with what was measured, and fio's code" {
	mkdir .bin && ln -s "$ringside" .bin/fio
	.bin/fio --name=a --ioengine=null --size=1m --rw=read --rate_iops=100 --time_based \
		--runtime=60 --output-format=json --output=out.json 3>&- &
	sleep 1
	kill -INT $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 128 ]
	expect_json out.json "d['jobs'][0]['read']['total_ios'] > 50" True
}

# documents FILE: how many documents there are in a file that is nothing else; each valid, all with
# the same jobs, no count smaller than in the one before.
documents() {
	/usr/bin/python3 - "$1" <<-'EOF'
		import json, sys
		text, count, before = open(sys.argv[1]).read().strip(), 0, None
		while text:
		    document, end = json.JSONDecoder().raw_decode(text)
		    text, count = text[end:].strip(), count + 1
		    jobs = document["jobs"]
		    assert document["fio version"] == "fio-3.33"
		    for job in jobs:
		        read = job["read"]
		        assert read["total_ios"] == read["lat_ns"]["N"]
		        assert read["io_bytes"] == 4096 * read["total_ios"]
		    if before:
		        assert [j["jobname"] for j in before] == [j["jobname"] for j in jobs]
		        for a, b in zip(before, jobs):
		            assert a["read"]["total_ios"] <= b["read"]["total_ios"]
		    before = jobs
		print(count, *(job["read"]["total_ios"] for job in before))
	EOF
}

@test "--status-interval prints whole documents of the run so far" {
	ours --output-format=json --status-interval=400ms --ioengine=null --size=1m \
		--name=first --rate_iops=200 --time_based --runtime=1 --name=second --stonewall
	expect_status 0
	expect_silence
	printf '%s\n' "$output" >out.json
	[ "$(documents out.json)" = "3 200 256" ]
	# The second job has not begun: it is there, without I/Os.
	ours --minimal --status-interval=400ms --ioengine=null --size=1m \
		--name=first --rate_iops=200 --time_based --runtime=1 --name=second --stonewall
	[ "${#lines[@]}" -eq 6 ]
	[[ ${lines[1]} == "3;fio-3.33;second;1;0;0;0;0;0;"* ]]
	ours --minimal --status-interval=1ms --name=a --ioengine=null --size=1m
	expect_status 1
}

@test "ringside run prints in fio's formats, too" {
	ringside run --name=a --ioengine=null --size=1m --output-format=terse,json --output=out \
		--json=own.json
	expect_status 0
	[ "$(head -c 13 out)" = "3;fio-3.33;a;" ]
	sed 1d out >out.json
	expect_json out.json "d['jobs'][0]['read']['total_ios']" 256
	expect_json own.json "d['jobs'][0]['read']['ios']" 256
	ringside run --name=a --ioengine=null --size=1m --minimal --format=csv
	expect_status 2
	ringside run --name=a --ioengine=null --size=1m --rate_iops=200 --time_based --runtime=1 \
		--output-format=json --status-interval=400ms
	expect_status 0
	printf '%s\n' "$output" >out.json
	[ "$(documents out.json)" = "3 200" ]
	# Without one of fio's formats it is as it was: a line for each period.
	ringside run --name=a --ioengine=null --size=1m --rate_iops=200 --time_based --runtime=1 \
		--status-interval=500ms --format=jsonl
	expect_status 0
	[ "${#lines[@]}" -eq 3 ]
}

@test "--idle-prof tells how long CPUs were idle" {
	ours --name=a --ioengine=null --size=1m --rate_iops=200 --time_based --runtime=1 \
		--idle-prof=percpu --output-format=json
	expect_status 0
	expect_json - "sorted(d['cpu_idleness']) == sorted(['system'] + \
		[f'cpu-{i}' for i in range($(nproc))])" True
	expect_json - "0 <= d['cpu_idleness']['system'] <= 100" True
	ours --name=a --ioengine=null --size=1m --idle-prof=system
	[[ $output == *$'\n\nCPU idleness:\n  system: '[0-9]*%* ]]
	[[ $output != *percpu* ]]
	ours --name=a --ioengine=null --size=1m --idle-prof=calibrate
	expect_status 1
	expect_error "units of work"
}

@test "--bandwidth-log has all jobs together, where fio puts it" {
	need_command fio
	mkdir theirs ours
	options=(--ioengine=null --size=1g --rate_iops=100 --time_based --runtime=1 --bandwidth-log
		--output=out --output-format=json --name=a --rw=read --name=b --rw=randrw)
	(cd theirs && fio "${options[@]}" >/dev/null)
	cd ours
	ours "${options[@]}"
	expect_status 0
	cd ..
	[ "$(cd theirs && echo ./*)" = "$(cd ours && echo ./*)" ]
	# Times its length, each line is a part of what was done.
	for rw in read write; do
		total=$(json ours/out "sum(j['$rw']['io_kbytes'] for j in d['jobs'])")
		awk -F', ' -v total="$total" '{ sum += $2 * ($1 - last) / 1000; last = $1 }
			END { exit !(sum > total - 5 && sum < total + 5) }' "ours/agg-${rw}_bw.log"
	done
	[ "$(awk -F', ' '$3 != 2 || $2 != 0' ours/agg-trim_bw.log)" = "" ]
	[ "$(wc -l <ours/agg-read_bw.log)" -ge 2 ]
}

@test "--eta tells what jobs do, in fio's words, and stays away from the document" {
	options=(--ioengine=null --size=1m --rate_iops=400 --time_based --runtime=1 --name=a
		--rw=randrw --rwmixread=50 --name=b --stonewall --rw=trim --output-format=json)
	ours "${options[@]}" --eta=always --eta-interval=250ms
	expect_status 0
	expect_silence
	printf '%s\n' "$output" | tr '\r' '\n' | sed '/^{/q' >lines
	grep -Eq '^Jobs: 1 \(f=1\), 0-[48]00 IOPS: \[m\(1\),P\(1\)\]\[[0-9.]+%\]\[r=' lines
	grep -Eq '\[_\(1\),D\(1\)\]\[[0-9.]+%\]\[t=1[56][0-9]{2}KiB/s\]\[t=[34]' lines
	printf '%s\n' "$output" | sed -n '/^{/,$p' >out.json
	expect_json out.json "len(d['jobs'])" 2
	ours "${options[@]}"
	[[ $output == "{"* ]]
	ours "${options[@]}" --eta-interval=100ms
	expect_status 1
}

@test "--aux-path is where state files are" {
	mkdir aux
	ours --name=v --size=64k --rw=write --verify=crc32c --verify_state_save=1 --aux-path=aux \
		--minimal
	expect_status 0
	[ -s aux/v-verify.state ] && [ ! -e v-verify.state ]
	ours --name=v --size=64k --rw=read --verify=crc32c --verify_state_load=1 --aux-path=aux \
		--minimal
	expect_status 0
	ours --name=v --size=64k --rw=read --verify=crc32c --verify_state_load=1 --minimal
	expect_status 1
	expect_error "v-verify.state"
}

@test "--showcmd prints a command line that has the same jobs" {
	need_command fio
	cat >job <<-'E'
		[global]
		ioengine=null
		size=1m
		[one]
		rw=randread
		blocksize=8k
		description=two words
		[two]
		stonewall
		rw=write
		numjobs=2
	E
	ours --showcmd job
	expect_status 0
	[[ $output == "fio --name=one "* ]]
	sed 's/^fio/fio --output-format=json --output=theirs.json/' <<<"$output" >line
	bash ./line
	fio --output-format=json --output=file.json job
	for file in theirs file; do
		json $file.json "[(j['jobname'], j['groupid'], j.get('desc'),
			j['read']['total_ios'], j['write']['total_ios']) for j in d['jobs']]" >$file
	done
	diff theirs file
}

@test "--showcmd of several files keeps each behind the one before" {
	need_command fio
	printf '%s\n' '[a]' ioengine=null size=1m '[b]' ioengine=null size=1m >one
	printf '%s\n' '[c]' ioengine=null size=2m '[d]' ioengine=null size=2m >two
	ours --showcmd one two
	expect_status 0
	[ "$(tr -d '\n' <<<"$output" | grep -o -- --stonewall | wc -l)" -eq 1 ]
	[[ $output == *" --name=c "*" --stonewall --name=d "* ]]
	sed 's/^fio/fio --output-format=json --output=theirs.json/' <<<"$output" >line
	bash ./line
	fio --output-format=json --output=file.json one two
	for file in theirs file; do
		json $file.json "[(j['jobname'], j['groupid'], j['read']['total_ios'])
			for j in d['jobs']]" >$file
	done
	diff theirs file
}

@test "jobs come from stdin, several names, and sections that are chosen" {
	ours --output-format=json - <<<$'[a]\nioengine=null\nsize=1m\n[b]\nioengine=null\nsize=2m'
	expect_status 0
	expect_json - "[(j['jobname'], j['read']['total_ios']) for j in d['jobs']]" \
		"[('a', 256), ('b', 512)]"
	printf '[a]\nioengine=null\nsize=1m\n[b]\nioengine=null\nsize=2m\n' >job
	ours --section=b --output-format=json job
	expect_json - "[j['jobname'] for j in d['jobs']]" "['b']"
	ours --ioengine=null --name=a --size=1m --name=b --size=2m --output-format=json
	expect_json - "[(j['jobname'], j['read']['total_ios']) for j in d['jobs']]" \
		"[('a', 256), ('b', 512)]"
	expect_json - "d['global options']" "{'ioengine': 'null'}"
	expect_json - "[j['job options']['size'] for j in d['jobs']]" "['1m', '2m']"
}

@test "created files have fio's names, and stay where fio leaves them" {
	need_command fio
	mkdir theirs ours
	options=(--name=job --size=64k --rw=write --numjobs=2 --nrfiles=2 --output=out
		--output-format=json --write_bw_log=log)
	(cd theirs && fio "${options[@]}" >/dev/null)
	cd ours
	ours "${options[@]}"
	expect_status 0
	cd ..
	[ "$(cd theirs && echo ./*)" = "$(cd ours && echo ./*)" ]
	# Folders in a name are made, one that holds them all is not.
	while read -r options; do
		code=0
		# shellcheck disable=SC2086
		{
			(cd theirs && fio --name=job --size=64k --rw=write --output=out $options) \
				>/dev/null 2>&1 || code=$?
			cd ours
			ours --name=job --size=64k --rw=write --output=out $options
			cd ..
		}
		expect_status "$code"
	done <<-'E'
		--filename=new/folder/file
		--filename=./file
		--directory=none
		--directory=none --filename=a/b
		--directory=new --filename=a/b
	E
	diff <(cd theirs && find . -type d | sort) <(cd ours && find . -type d | sort)
}

@test "the page says what is different, and what the version is" {
	ours --help
	expect_status 0
	expect_text "fio-3.33"
	expect_text "Exit codes"
	ringside help fio
	expect_text "job options"
	ringside fio --name=a --ioengine=null --size=1m --minimal
	expect_status 0
	[[ $output == "3;fio-3.33;a;"* ]]
	ours --enghelp
	[[ $output == "Available IO engines:"*$'\tlibaio'* ]]
	ours --cmdhelp
	[[ $output == "rw  "*": "* ]]
}
