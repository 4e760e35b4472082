# SPDX-License-Identifier: MIT
# fio's logs: which files, what fio's own tools read in them, and that they are not lost.
# covers: src/run/log_files.c

load helper

paced() {
	ringside run --name=job --filename=file --size=1m --rw=randrw --bs=4k --rate_iops=400 \
		--time_based --runtime=1 "$@"
}

@test "the names, and the columns, are fio's" {
	need_command fio
	local options=(--name=a --filename=file --size=64k --rw=write --bs=4k --write_bw_log=x
		--write_iops_log=x --write_lat_log=x --write_hist_log=y --log_hist_msec=1000
		--log_offset=1)
	mkdir fio ours
	(cd fio && fio "${options[@]}" >/dev/null)
	cd ours
	ringside run "${options[@]}"
	expect_status 0
	cd ..
	[ "$(cd fio && echo ./*)" = "$(cd ours && echo ./*)" ]
	for name in fio/x_*.log; do
		# Times and values are its own; direction, size, offset and priority are the same.
		cmp <(cut -d, -f3- "$name") <(cut -d, -f3- "ours/${name#*/}")
	done
	# fio has no line for a part of log_hist_msec.
	[ "$(head -n 1 ours/y_clat_hist.1.log | tr -cd , | wc -c)" -eq $((3 + 1856 - 1)) ]
}

@test "a log's lines are the result's I/Os" {
	paced --write_lat_log=x --write_bw_log=x --json=result.json
	expect_status 0
	expect_json result.json "[d['jobs'][0][r]['ios'] for r in ('read', 'write')]" \
		"[$(grep -c ', 0, 4096, 0$' x_lat.1.log), $(grep -c ', 1, 4096, 0$' x_lat.1.log)]"
	[ "$(wc -l <x_bw.1.log)" -eq "$(wc -l <x_clat.1.log)" ]
}

# integral LOG: the averages of both directions, each times its window.
integral() {
	awk -F', ' '{ sum += $2 * ($1 - last[$3]) / 1000; last[$3] = $1 }
		END { printf "%.0f\n", sum }' "$1"
}

@test "averages of a paced job add up to its I/Os, whatever is left at its end" {
	for runtime in 1 1100ms 1200ms; do
		paced --write_iops_log --log_avg_msec=250 --runtime=$runtime --json=result.json
		expect_status 0
		cat job_iops.1.log
		expect_json result.json \
			"abs(d['jobs'][0]['read']['ios'] + d['jobs'][0]['write']['ios'] - \
			$(integral job_iops.1.log)) <= 5" True
		# No line is of a moment.
		awk -F', ' '$3 == 0 { moments += $1 - last < 124; last = $1; n++ }
			END { exit moments > 0 || n < 4 || n > 5 }' job_iops.1.log
	done
}

@test "fio2gnuplot reads what is written" {
	need_command fio2gnuplot
	paced --write_bw_log=x --log_avg_msec=100 --per_job_logs=0
	expect_status 0
	run fio2gnuplot -b -k
	[ "$status" -eq 0 ]
	[[ $output == *"x_bw.log"* ]]
	grep -q "^1 *1[0-9][0-9][0-9]" x_bw.log || grep -q "^100, 1[0-9][0-9][0-9], " x_bw.log
}

@test "comparisons write no logs, also where their jobs ask for them" {
	ringside compare --filename=/dev/zero --size=64k --rw=randread --write_lat_log=x \
		--engines=psync,io_uring --blocks=2 --trial-time=20ms
	expect_status 0
	run ls
	[[ $output != *.log* ]]
}

@test "a log that cannot be written is said before anything is run" {
	ringside run --name=job --filename=file --size=64k --rw=write --write_bw_log=none/x
	expect_status 2
	expect_error "none/x_bw.1.log"
	[ ! -e file ]
}

@test "a log never takes the place of a target, of a job file or of another log" {
	head -c 65536 /dev/urandom >x_bw.1.log
	ln x_bw.1.log name
	cp x_bw.1.log kept
	for target in x_bw.1.log name; do
		ringside run --filename=$target --rw=read --write_bw_log=./x
		expect_status 2
		expect_error "write_bw_log: ./x_bw.1.log would overwrite the job's target"
	done
	cmp x_bw.1.log kept
	ringside run --filename=new_lat.1.log --rw=write --size=64k --write_lat_log=new
	expect_status 2
	[ ! -e new_lat.1.log ]
	printf '[a]\nfilename=name\nrw=read\nper_job_logs=0\nwrite_bw_log=job\n' >job_bw.log
	ringside run job_bw.log
	expect_status 2
	expect_error "job_bw.log would overwrite the job file"
	printf '[a]\nfilename=name\nrw=read\nper_job_logs=0\nwrite_bw_log=y\n' >job
	printf '[b]\nfilename=name\nrw=read\nper_job_logs=0\nwrite_bw_log=./y\n' >>job
	ringside run job
	expect_status 2
	expect_error "./y_bw.log would overwrite another log"
	sed -i s:=./y:=y: job
	ringside run job
	expect_status 0
	[ "$(wc -l <y_bw.log)" -eq 32 ]
}

@test "a job that is broken off leaves its log" {
	"$ringside" run --name=job --filename=/dev/zero --size=64k --rw=read --rate_iops=100 \
		--time_based --runtime=100 --write_iops_log=x --log_avg_msec=100 --quiet 3>&- &
	sleep 1
	kill -INT $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 130 ]
	[ "$(wc -l <x_iops.1.log)" -ge 5 ]
}

@test "logs that find no memory cost no result" {
	# The records of 2 million I/Os fit, all of their text does not.
	(
		ulimit -v 300000
		exec "$ringside" run --name=job --ioengine=null --size=8g --rw=read --bs=4k \
			--write_lat_log=x --write_bw_log=x --json=r.json --quiet 3>&- >text
	)
	expect_json r.json "d['jobs'][0]['read']['ios']" 2097152
	expect_json r.json "'log-ended' in [w['code'] for w in d['warnings']]" True
	[ -s x_bw.1.log ]
	# Each line is whole.
	for log in x_*.log; do
		[ "$(grep -cv '^[0-9]*, [0-9]*, 0, 4096, 0$' "$log")" -eq 0 ]
	done
}

@test "report shows logs together, and says where one is damaged" {
	paced --write_lat_log=x --write_bw_log=x --json=result.json
	expect_status 0
	ringside report x_lat.1.log x_bw.1.log --json=logs.json
	expect_status 0
	expect_text "x, job 1 read"
	expect_text "from x_bw.1.log, x_lat.1.log"
	for direction in read write; do
		figures="[(p['ios'], p['bytes'], p['lat_ns']['max'])
			for p in [d['jobs'][0]['$direction']]]"
		expect_json logs.json "$figures" "$(json result.json "$figures")"
	done
	echo '7, what, 0, 4096, 0' >>x_bw.1.log
	ringside report x_lat.1.log x_bw.1.log --json=none.json
	expect_status 2
	expect_error "error: a number is missing here"
	expect_error "x_bw.1.log:$(wc -l <x_bw.1.log):4:"
	[ ! -e none.json ]
	cp x_lat.1.log kept.log
	ringside report x_lat.1.log --json=x_lat.1.log
	expect_status 2
	expect_error "would overwrite the log"
	cmp kept.log x_lat.1.log
}
