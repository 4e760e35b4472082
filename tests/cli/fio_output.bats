# SPDX-License-Identifier: MIT
# What the program prints under the name `fio`, held against what the real fio prints.
# covers: src/command/fio_output.c src/command/fio_head.c

load helper

# shapes FILE FILE: what differs between two documents of fio in keys and types, one a line.
shapes() {
	/usr/bin/python3 - "$@" <<-'EOF'
		import json, sys
		theirs, ours = (json.load(open(path)) for path in sys.argv[1:])
		def walk(a, b, path):
		    if isinstance(a, dict) and isinstance(b, dict):
		        if path.endswith(".bins"):
		            return
		        for key in a.keys() - b.keys():
		            print("missing", path + "." + key)
		        for key in b.keys() - a.keys():
		            print("more", path + "." + key)
		        shared = [key for key in a if key in b]
		        if shared != [key for key in b if key in a]:
		            print("order", path)
		        for key in shared:
		            walk(a[key], b[key], path + "." + key)
		    elif isinstance(a, list) and isinstance(b, list):
		        if len(a) != len(b):
		            print("length", path)
		        for x, y in zip(a, b):
		            walk(x, y, path + "[]")
		    elif type(a) != type(b):
		        print("type", path, type(a).__name__, type(b).__name__)
		walk(theirs, ours, "")
	EOF
}

@test "JSON has fio's keys, types and order, but for the table" {
	need_command fio
	# What is more in ours; `ringside help fio` says why.
	cat >table <<-'E'
		^more \.ringside$
		^more \.jobs\[\]\.ringside$
		^more \.jobs\[\]\.job options\.[a-z_-]*$
		^order \.jobs\[\]\.job options$
		^order \.global options$
		^more \.jobs\[\]\.job_start$
		^more \.jobs\[\]\.latency_target_ns$
		^more \.jobs\[\]\.latency_window_us$
		^more \.disk_util\[\]\.\(read\|write\)_sectors$
	E
	head -c 1m /dev/urandom >file
	# Beside --size=1m, which stands before the first name.
	cat >kinds <<-'E'
		--name=a --filename=file --rw=read
		--name=a --filename=file --rw=randrw --fsync=16 --end_fsync=1
		--name=a --filename=file --rw=randwrite --fdatasync=8 --lat_percentiles=1
		--name=a --filename=file --ioengine=libaio --iodepth=4 --slat_percentiles=1
		--name=a --filename=file --rw=read --clat_percentiles=0
		--ioengine=null --name=a --rw=trimwrite --percentile_list=50:99
		--ioengine=null --name=a --rw=randtrim --numjobs=3 --group_reporting
		--ioengine=null --name=a --numjobs=2 --description=words --continue_on_error=io
		--ioengine=null --bs=8k --name=a --rw=read --name=b --stonewall --rw=write
		--name=a --filename=/dev/zero --latency_target=2s --latency_window=50ms
		--name=a --filename=file --direct=1 --ioengine=libaio --cmdprio_percentage=50
		--ioengine=null --name=a --time_based --runtime=3 --ss=iops:50% --ss_dur=2
	E
	while read -r options; do
		format=json+
		[[ $options != *lat_percentiles* ]] || format=json
		# shellcheck disable=SC2086
		{
			fio --size=1m $options --output-format=$format \
				--output=theirs.json >/dev/null
			ours --size=1m $options --output-format=$format --output=ours.json
		}
		expect_status 0
		expect_silence
		[ -z "$output" ]
		shapes theirs.json ours.json | grep -vf table >differences || true
		[ ! -s differences ] || {
			echo "$options $format"
			cat differences
			return 1
		}
	done <kinds
}

@test "syncs are counted as fio counts them: those of the end are not" {
	need_command fio
	for options in --fsync=8 "--fsync=8 --end_fsync=1" --end_fsync=1 --fsync_on_close=1; do
		# shellcheck disable=SC2086
		{
			fio --name=a --size=256k --rw=write $options --output-format=json \
				--output=theirs.json >/dev/null
			ours --name=a --size=256k --rw=write $options --output-format=json \
				--output=ours.json
		}
		for side in theirs ours; do
			json $side.json "[d['jobs'][0]['sync'][k] for k in ('total_ios',)] + \
				[d['jobs'][0]['sync']['lat_ns']['N']]" >$side
		done
		diff theirs ours
	done
}

@test "options that were not written are told where readers look for them" {
	ours --name=a --ioengine=null --blocksize=8k --size=1m --time_based --runtime=100ms \
		--output-format=json
	# First what was written, as it was written.
	expect_json - "list(d['jobs'][0]['job options'].items())[:5]" "[('ioengine', 'null'), \
('bs', '8k'), ('size', '1m'), ('time_based', ''), ('runtime', '100ms')]"
	expect_json - "[d['jobs'][0]['job options'].get(k) for k in ('rw', 'direct', 'iodepth', \
		'numjobs', 'name', 'loops')]" "['read', '0', '1', '1', 'a', None]"
}

@test "terse lines of each version have fio's fields" {
	need_command fio
	head -c 1m /dev/urandom >file
	for version in 2 3 4 5; do
		for more in --numjobs=2 "--description=words --continue_on_error=io"; do
			# shellcheck disable=SC2206 # words
			options=(--name=a --filename=file --size=1m --rw=randrw --minimal $more
				--terse-version=$version)
			fio "${options[@]}" >theirs
			ours "${options[@]}"
			expect_status 0
			expect_silence
			printf '%s\n' "$output" >ours
			for side in theirs ours; do
				awk -F';' '{ print NF, $1 }' $side >$side.fields
			done
			diff theirs.fields ours.fields
		done
	done
	ours --name=a --ioengine=null --size=1m --minimal --terse-version=6
	expect_status 1
}

# words FILE: the text without its figures.
words() {
	sed -E -e 's/pid=[0-9]+: .*/pid/' -e 's/[0-9]+(\.[0-9]+)?[kKMGTP]?i?B?(\/s)?/N/g' \
		-e 's/ +/ /g' -e 's/([=[]) /\1/g' -e 's/\((nsec|usec|msec)\)/(unit)/' "$1" |
		grep -v '^ lat (unit)' | grep -v '^ \(bw\|iops\) ' | grep -v 'Laying out'
}

@test "the text has fio's words, line by line" {
	need_command fio
	cat >job <<-'E'
		[global]
		ioengine=null
		size=4m
		[one]
		rw=randrw
		fsync=4
		description=words
		[two]
		stonewall
		rw=trimwrite
		numjobs=2
		group_reporting
		lat_percentiles=1
	E
	fio job >theirs
	ours job
	expect_status 0
	expect_silence
	printf '%s\n' "$output" >ours
	sed -i 's/^Starting \([0-9]\) process\(es\)\?/Starting \1/' theirs
	sed -i 's/^Starting \([0-9]\) threads\?/Starting \1/' ours
	# Its null engine is asynchronous here: slat is a line of its own.
	sed -i '/^    slat/d' theirs ours
	diff <(words theirs) <(words ours)
}

@test "several formats go to one place, in fio's order" {
	need_command fio
	options=(--name=a --ioengine=null --size=1m --rw=read --output-format=normal,json+,terse)
	fio "${options[@]}" | sed -n 's/^\(a: (g\|3;fio\|{\|a: (groupid\).*/\1/p' >theirs
	ours "${options[@]}"
	expect_status 0
	printf '%s\n' "$output" | sed -n 's/^\(a: (g\|3;fio\|{\|a: (groupid\).*/\1/p' >ours
	diff theirs ours
	ours "${options[@]}" --output=file
	expect_status 0
	[ -z "$output" ]
	sed -n 's/^\(a: (g\|3;fio\|{\|a: (groupid\).*/\1/p' file | diff theirs -
	ours --name=a --ioengine=null --size=1m --output-format=json --append-terse
	[[ $output == "3;fio-3.33;a;"*$'\n{'* ]]
	ours --name=a --ioengine=null --size=1m --output-format=yaml
	expect_status 1
	expect_error "unknown format 'yaml'"
}
