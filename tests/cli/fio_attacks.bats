# SPDX-License-Identifier: MIT
# The program under the name `fio`, used in ways its authors did not think of; real fio beside it.
# covers: src/command/fio.c

load helper

# lines_of FILE: each line of a document once, without figures and what follows an element.
lines_of() {
	sed -E 's/[0-9.]+/N/g; s/,$//' "$1" | sort -u
}

@test "JSON is laid out byte for byte as fio's, for scripts that read it by grep and awk" {
	need_command fio
	local options
	head -c 1m /dev/urandom >file
	while read -r options; do
		# shellcheck disable=SC2086
		{
			fio $options --output-format=json --output=theirs.json >/dev/null
			ours $options --output-format=json --output=ours.json
		}
		expect_status 0
		# Shares that are 0 in one are not in the other: any percentage is as good.
		comm -23 <(lines_of theirs.json) <(lines_of ours.json) >missing
		[ ! -s missing ] || {
			echo "$options"
			cat missing
			return 1
		}
	done <<-'E'
		--name=a --filename=file --size=1m --rw=randrw --description=words
		--name=a --ioengine=null --size=1m --numjobs=2 --group_reporting
		--name=a --ioengine=null --size=4k --time_based --runtime=3 --ss=iops:50% --ss_dur=2
	E
}

@test "without a name there is no job: nothing is run, nothing written" {
	need_command fio
	local options
	head -c 4k /dev/zero >old
	cp old same
	while read -r options; do
		# shellcheck disable=SC2086
		run fio $options
		[ "$status" -eq 1 ]
		# shellcheck disable=SC2086
		ours $options
		expect_status 1
		[[ $stderr == *"No job(s) defined"* || $stderr == *"nothing to run"* ]]
		cmp old same
	done <<-'E'
		--filename=old --rw=write --size=4k
		--filename=old --rw=write --size=4k --output-format=json
		--name=global --filename=old --rw=write --size=4k
	E
	# Options before the first name are for all.
	ours --rw=write --size=4k --filename=old --name=a --name=b
	expect_status 0
	must_fail cmp -s old same
}

@test "an abbreviation that could be several options says which" {
	ours --out=x --name=a --ioengine=null --size=4k
	expect_status 1
	expect_error "--out is short for --output-format and --output"
	[ ! -e x ]
	ours --ver
	expect_status 1
	expect_error "--ver is short for"
}

@test "a job whose first I/O fails is in the text, with its error" {
	need_command fio
	run fio --name=a --rw=write --size=4m --filename=/dev/full
	[ "$status" -eq 1 ]
	[[ $output == *"a: (groupid=0, jobs=1): err=28 ("*"issued rwts: total=0,"* ]]
	ours --name=a --rw=write --size=4m --filename=/dev/full
	expect_status 1
	expect_text "a: (groupid=0, jobs=1): err=28 ("
	expect_text "issued rwts: total=0,"
}

@test "folders in a job's name are made for its files, as fio makes them" {
	need_command fio
	local options
	while read -r options; do
		rm -rf theirs ours
		mkdir theirs ours
		# shellcheck disable=SC2086
		(
			cd theirs
			fio $options --size=64k --output=/dev/null
			find | sort >../theirs.list
		)
		cd ours
		# shellcheck disable=SC2086
		ours $options --size=64k --output=/dev/null
		find | sort >../ours.list
		cd ..
		expect_status 0
		diff theirs.list ours.list || {
			echo "$options"
			return 1
		}
	done <<-'E'
		--name=a/b
		--name=a/b/c --rw=write --numjobs=2
		--name=a/b --directory=.
		--name=a --filename_format=$jobnum/x --numjobs=2
		--name=a/b --ioengine=null
	E
	# A folder of `directory` must be there: nothing of it is made.
	rm -rf gone
	run fio --name=a/b --directory=gone --size=4k
	[ "$status" -ne 0 ]
	ours --name=a/b --directory=gone --size=4k
	[ "$status" -ne 0 ]
	[ ! -e gone ]
}

@test "gtod_reduce: no latencies in the text, zeros in JSON and terse, as fio" {
	need_command fio
	local options
	while read -r options; do
		# shellcheck disable=SC2086
		fio $options --gtod_reduce=1 --output-format=normal --output=theirs
		# shellcheck disable=SC2086
		ours $options --gtod_reduce=1 --output-format=normal --output=ours
		expect_status 0
		if grep -E '^ *(s|c)?lat |percentiles|th=\[' theirs ours; then
			return 1
		fi
		grep -q IOPS= ours
		# shellcheck disable=SC2086
		fio $options --gtod_reduce=1 --output-format=json --output=theirs
		# shellcheck disable=SC2086
		ours $options --gtod_reduce=1 --output-format=json --output=ours
		expect_status 0
		latencies='.jobs[] | [.sync, .latency_ns, .latency_us, .latency_ms] +
			[.read, .write, .trim | .slat_ns, .clat_ns, .lat_ns]'
		diff <(jq "$latencies" theirs) <(jq "$latencies" ours)
		# shellcheck disable=SC2086
		fio $options --gtod_reduce=1 --minimal --output=theirs
		# shellcheck disable=SC2086
		ours $options --gtod_reduce=1 --minimal --output=ours
		expect_status 0
		diff <(cut -d';' -f10-41,51-82,100-121 theirs) \
			<(cut -d';' -f10-41,51-82,100-121 ours)
	done <<-'E'
		--name=a --filename=f --size=1m
		--name=a --size=1m --rw=write --fsync=4 --end_fsync=1 --lat_percentiles=1
		--name=a --filename=f --size=1m --numjobs=2 --group_reporting
	E
}

@test "a section whose name begins with global is another [global], as in fio" {
	need_command fio
	local request
	printf '%s\n' [global] ioengine=null size=64k [a] [global-x] bs=8k size=128k name=q \
		[b] [GLOBAL] [global] bs=16k [c] >prefixed.fio
	printf '%s\n' [globals] ioengine=null size=64k >empty.fio
	while read -r request; do
		# shellcheck disable=SC2086
		fio $request --output-format=json --output=theirs
		# shellcheck disable=SC2086
		ours $request --output-format=json --output=ours --warnings-fatal
		expect_status 0
		jobs='.jobs[] | [.jobname, .read.total_ios, .read.io_bytes]'
		diff <(jq -c "$jobs" theirs) <(jq -c "$jobs" ours)
	done <<-'E'
		prefixed.fio
		prefixed.fio --section=b
		--ioengine=null --size=64k --name=global2 --bs=8k --name=b
	E
	run fio empty.fio
	[ "$status" -eq 1 ]
	ours empty.fio
	expect_status 1
	# Under its own name it says so, and keeps the job.
	ringside run --dry-run prefixed.fio
	[[ $stderr == *"[global-x] is a job here; fio takes it for another [global]"* ]]
}
