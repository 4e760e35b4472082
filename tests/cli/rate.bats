# SPDX-License-Identifier: MIT
# Jobs with a rate, by the real binary and the real clock. No test needs the machine to be quiet:
# what was asked for is counted, whenever it was done.

load helper

# expect_due FILE DIRECTION COUNT: so many were due, and are accounted for.
expect_due() {
	expect_json "$1" "d['jobs'][0]['$2']['ios'] + d['jobs'][0]['$2']['pace']['unsent']" "$3"
}

# read_figure KEY...: of the reads in out.json.
read_figure() {
	json out.json "d['jobs'][0]['read']$(printf "['%s']" "$@")"
}

read_at() {
	ringside run --filename=file --size=1m --rw=randread --time_based --json=out.json "$@"
}

@test "every engine that knows time keeps to a rate and loses none" {
	for engine in psync mmap libaio posixaio epoll threads io_uring; do
		read_at --ioengine=$engine --iodepth=8 --runtime=500ms --rate_iops=200
		expect_status 0
		expect_text "rate      read 200 IOPS asked (linear)"
		validate out.json
		# The end of the run comes between the 100th and the 101st.
		expect_due out.json read 100
		[ "$(read_figure pace service_ns count)" -eq "$(read_figure ios)" ]
		expect_json out.json "0 <= d['jobs'][0]['cpu']['pacing_ns'] <= 102 * 50000" True
	done
}

@test "an I/O that a stall held up shows it, and is sent none the less" {
	mkfifo pipe
	timeout 20 bash -c 'exec 3>pipe
		head -c $((20 * 512)) /dev/zero >&3
		sleep 1
		head -c $((80 * 512)) /dev/zero >&3' &
	ringside run --filename=pipe --size=1m --rw=read --bs=512 --ioengine=sync \
		--number_ios=100 --rate_iops=100 --json=out.json
	wait
	expect_status 0
	[ "$(read_figure ios)" -eq 100 ]
	# One waited for the writer; those that were due meanwhile waited for that one.
	[ "$(read_figure lat_ns percentiles 70)" -gt 100000000 ]
	[ "$(read_figure pace service_ns percentiles 70)" -lt 100000000 ]
	[ "$(read_figure pace lag_ns max)" -gt 500000000 ]
	# What waits to be sent is not being completed: clat is of what was sent.
	[ "$(read_figure clat_ns mean)" = "$(read_figure pace service_ns mean)" ]
}

@test "a rate beyond what the target does is said to be so" {
	ringside run --filename=/dev/zero --size=1m --rw=read --time_based --runtime=200ms \
		--rate_iops=1000000000 --json=out.json
	expect_status 0
	expect_text "never sent"
	expect_text "of the rate was done"
	expect_json out.json "'rate-not-reached' in [w['code'] for w in d['warnings']]" True
	expect_json out.json "d['jobs'][0]['elapsed_ns'] > 350e6" True # it gets as long again
}

@test "a rate is kept where the last I/Os take long, and is not to blame for an error" {
	mkfifo pipe
	for engine in io_uring threads; do
		timeout 20 bash -c 'exec 3>pipe; sleep 2; head -c $((4 * 512)) /dev/zero >&3' &
		ringside run --filename=pipe --size=1m --rw=read --bs=512 --ioengine=$engine \
			--iodepth=8 --number_ios=4 --rate_iops=1000000 --json=out.json
		wait
		[ $engine = io_uring ] || expect_json out.json "d['jobs'][0]['read']['ios']" 0
		expect_json out.json \
			"'rate-not-reached' in [w['code'] for w in d['warnings']]" False
	done
}

@test "each direction of a mix keeps its rate, as in fio" {
	need_command fio
	options=(--name=a --filename=file --size=1m --bs=4k --rw=randrw --rwmixread=90 --time_based
		--runtime=1 --rate_iops=200,40 --ioengine=psync)
	ringside run "${options[@]}" --json=out.json
	expect_status 0
	expect_due out.json read 200
	expect_due out.json write 40
	fio "${options[@]}" --output-format=json --output=fio.json
	# Linear: it sends what was due by then, give or take its start and its end.
	expect_json fio.json "0.5 < d['jobs'][0]['read']['total_ios'] / 200 < 1.1" True
	expect_json fio.json "0.5 < d['jobs'][0]['write']['total_ios'] / 40 < 1.1" True
}

@test "bytes a second, and arrivals at random" {
	read_at --bs=4k --runtime=500ms --rate=400k
	expect_status 0
	expect_text "read 400 KiB/s asked (linear)"
	expect_due out.json read 50
	[ "$(read_figure pace bytes_per_second_asked)" = 409600 ]
	read_at --runtime=500ms --rate_iops=1000 --rate_process=poisson
	expect_status 0
	expect_text "asked (poisson)"
	due=$(($(read_figure ios) + $(read_figure pace unsent)))
	[ "$due" -gt 400 ] && [ "$due" -lt 600 ]
	read_at --runtime=500ms
	[ "$(read_figure pace)" = None ]
	[[ $output != *pauses* ]]
}

@test "pauses are as many as in fio" {
	need_command fio
	options=(--name=a --filename=file --size=1m --rw=randread --ioengine=psync --number_ios=40
		--thinktime=5ms --thinktime_blocks=4)
	ringside run "${options[@]}" --json=out.json
	expect_status 0
	expect_text "pauses    5ms after every 4 I/Os (thinktime)"
	validate out.json
	[ "$(read_figure ios)" -eq 40 ]
	[ "$(read_figure pace)" = None ]
	# Ten of them, and the I/Os.
	expect_json out.json "d['jobs'][0]['elapsed_ns'] >= 10 * 5e6" True
	fio "${options[@]}" --output-format=json --output=fio.json
	expect_json fio.json "d['jobs'][0]['read']['runtime'] >= 9 * 5" True
}

@test "Ctrl-C between two I/Os that are far apart ends the run at once" {
	"$ringside" run --filename=/dev/zero --size=1m --rw=read --time_based --runtime=60 \
		--rate_iops=1 --json=out.json >/dev/null 2>&1 &
	pid=$!
	sleep 0.5
	kill -INT $pid
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 130 ]
	validate out.json
	[ "$(json out.json "d['jobs'][0]['elapsed_ns']")" -lt 20000000000 ]
}

@test "clones reported together have their rates added" {
	ringside run --filename=/dev/zero --size=1m --rw=read --time_based --runtime=300ms \
		--rate_iops=100 --numjobs=3 --group_reporting --json=out.json
	expect_status 0
	expect_json out.json "d['jobs'][0]['read']['pace']['iops_asked']" 300
	expect_due out.json read 90
}
