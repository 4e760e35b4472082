# SPDX-License-Identifier: MIT
# Programs that run fio and read what it prints: their argument lists as they are recorded, shorter
# and smaller, with a reader for what each of them looks at. `fio` is this program here.
# covers: src/command/fio.c

load helper

setup_file() {
	[ -x "${RINGSIDE:-$BATS_TEST_DIRNAME/../../build/ringside}" ]
}

# call ARGUMENTS...: `fio` as a wrapper finds it, first in PATH.
call() {
	[ -e "$folder/.bin" ] || mkdir "$folder/.bin"
	ln -sf "$ringside" "$folder/.bin/fio"
	run --separate-stderr -- env PATH="$folder/.bin:$PATH" fio "$@"
}

# done_well: exit code 0 and nothing on stderr, which several of them take for an error.
done_well() {
	expect_status 0
	expect_silence
}

# kdiskmark (src/helper.cpp): prepare, then a test; it reads bw, iops and lat_ns.mean of each job.
@test "KDiskMark" {
	call --output-format=json --create_only=1 --filename=.kdiskmark.tmp --size=2m \
		--zero_buffers=0 --name=prepare
	done_well
	[ "$(stat -c %s .kdiskmark.tmp)" -eq 2097152 ]
	for rw in read randwrite randrw; do
		call --output-format=json --ioengine=libaio --direct=1 --randrepeat=0 \
			--refill_buffers --end_fsync=1 --rwmixread=70 --filename=.kdiskmark.tmp \
			--name=$rw --size=2m --zero_buffers=0 --bs=4k --runtime=1 --rw=$rw \
			--iodepth=8 --numjobs=2
		done_well
		expect_json - "len(d['jobs']) == 2 and all(j['read'][k] + j['write'][k] > 0 \
			for j in d['jobs'] for k in ('bw', 'iops')) and \
			all('mean' in j['read']['lat_ns'] for j in d['jobs'])" True
	done
}

# bench-fio (bench_fio/benchlib): a job file with its parameters, a document in --output, logs named
# by the parameters; it ends where anything is on stderr. fio-plot merges global options over job
# options and reads iodepth, numjobs, rw, bs as texts.
@test "bench-fio and fio-plot" {
	call --version
	done_well
	[[ $output == fio-3* ]]
	mkdir -p out
	cat >job <<-'E'
		[FIOJOB]
		filename=target
		ioengine=libaio
		direct=1
		rw=randread
		bs=4k
		size=2m
		iodepth=4
		numjobs=2
		runtime=1
		time_based=1
		group_reporting=1
		invalidate=1
		log_avg_msec=500
		write_bw_log=out/randread-iodepth-4-numjobs-2
		write_lat_log=out/randread-iodepth-4-numjobs-2
		write_iops_log=out/randread-iodepth-4-numjobs-2
	E
	call --output-format=json --output=out/randread-4-2.json job
	done_well
	/usr/bin/python3 - out/randread-4-2.json <<-'P'
		import json, sys
		d = json.load(open(sys.argv[1]))
		job = d["jobs"][0]
		options = {**job["job options"], **d.get("global options", {})}
		assert (options["iodepth"], options["numjobs"], options["rw"], options["bs"]) == (
		    "4", "2", "randread", "4k")
		read = job["read"]
		for key in "bw", "iops", "iops_stddev":
		    assert isinstance(read[key], (int, float))
		assert read["lat_ns"]["stddev"] > 0 and job["usr_cpu"] + job["sys_cpu"] > 0
		shares = [v for unit in ("ns", "us", "ms") for v in job["latency_" + unit].values()]
		assert 99 < sum(shares) < 101
	P
	for log in bw clat iops lat slat; do
		[ -s "out/randread-iodepth-4-numjobs-2_$log.1.log" ]
	done
}

# yabs.sh: terse fields by number, of the line that has the job's name.
@test "yabs" {
	call --name=setup --ioengine=libaio --rw=read --bs=64k --iodepth=64 --numjobs=2 --size=4m \
		--runtime=1 --gtod_reduce=1 --filename=./test.fio --direct=1 --minimal
	done_well
	for bs in 4k 64k 512k 1m; do
		call --name=rand_rw_$bs --ioengine=libaio --rw=randrw --rwmixread=50 --bs=$bs \
			--iodepth=64 --numjobs=2 --size=4m --runtime=1 --gtod_reduce=1 --direct=1 \
			--filename=./test.fio --group_reporting --minimal
		done_well
		grep rand_rw_$bs <<<"$output" | awk -F';' \
			'$7 > 0 && $8 > 0 && $48 > 0 && $49 > 0 { n++ } END { exit n != 1 }'
	done
}

# PerfKitBenchmarker (linux_packages/fio.py, fio/utils): a fill of the device, then a job file with
# a section for each scenario; of each job it reads bandwidth, IOPS and percentiles of clat.
@test "PerfKitBenchmarker" {
	call --filename=fio-temp-file --ioengine=libaio --name=fill-device --blocksize=512k \
		--iodepth=64 --rw=write --direct=1 --size=4m
	done_well
	cat >fio.job <<-'E'
		[global]
		ioengine=libaio
		invalidate=1
		direct=1
		runtime=500ms
		ramp_time=0
		time_based
		filename=fio-temp-file
		do_verify=0
		verify_fatal=0
		randrepeat=0
		group_reporting=1
		percentile_list=1:5:10:20:25:30:40:50:60:70:75:80:90:95:99:99.5:99.9:99.95:99.99

		[sequential_write-io-depth-4-num-jobs-1]
		stonewall
		rw=write
		blocksize=512k
		iodepth=4
		size=100%
		numjobs=1

		[random_read-io-depth-8-num-jobs-2]
		stonewall
		rw=randread
		blocksize=4k
		iodepth=8
		size=100%
		numjobs=2
	E
	call --output-format=json --random_generator=tausworthe64 fio.job
	done_well
	printf '%s' "$output" >out.json
	/usr/bin/python3 - out.json <<-'P'
		import json, sys
		jobs = json.load(open(sys.argv[1]))["jobs"]
		assert [j["jobname"] for j in jobs] == [
		    "sequential_write-io-depth-4-num-jobs-1", "random_read-io-depth-8-num-jobs-2"]
		for job, mode in zip(jobs, ("write", "read")):
		    data = job[mode]
		    assert data["io_bytes"] > 0
		    for key in "bw", "bw_min", "bw_max", "bw_dev", "bw_agg", "bw_mean", "iops":
		        assert isinstance(data[key], (int, float)), key
		    for key in "min", "max", "mean", "stddev":
		        assert isinstance(data["clat_ns"][key], (int, float)), key
		    for key in "25.000000", "75.000000", "99.990000":
		        assert data["clat_ns"]["percentile"][key] > 0
	P
}

# TKperf (src/fio/FioJob.py): --minimal=1, words in any order; it counts fields of the first line,
# and takes anything on stderr for a failure.
@test "TKperf" {
	head -c 4m /dev/urandom >disk
	call --filename=disk --bs=128k --rw=write --direct=1 --minimal=1 --numjobs=2 \
		--ioengine=libaio --iodepth=16 --name=test-run0 --group_reporting --refill_buffers
	done_well
	call --name=test --filename=disk --direct=1 --minimal=1 --ioengine=libaio --numjobs=1 \
		--iodepth=1 --runtime=1 --rw=randrw --rwmixread=65 --bs=4k --group_reporting \
		--time_based
	done_well
	/usr/bin/python3 - <<-P
		fields = """$output""".split(";")
		assert int(fields[7]) > 0 and int(fields[48]) > 0  # IOPS
		assert int(fields[46]) > 0 and int(fields[6]) > 0 and int(fields[47]) > 0
		for start in 37, 78:  # least, greatest, mean latency
		    least, greatest, mean = (float(f) for f in fields[start:start + 3])
		    assert 0 < least <= mean <= greatest, start
	P
}

# kbench (fio/run.sh, fio/*.fio): job files that include others, options behind the file, idle CPUs;
# its exporter and scripts read means of jobs[0], whatever its operation, and cpu_idleness.system.
@test "kbench" {
	printf 'bs=4K\niodepth=64\n' >iops-include.fio
	printf '%s\n' stonewall=1 randrepeat=0 verify=0 ioengine=libaio direct=1 time_based=1 \
		ramp_time=100ms runtime=500ms >quick-include.fio
	for job in rand-read:randread rand-write:randwrite; do
		printf '%s\n' "[${job%:*}-iops]" "readwrite=${job#*:}" "include iops-include.fio" \
			"include quick-include.fio" >>iops-quick.fio
	done
	head -c 4m /dev/urandom >volume
	call ./iops-quick.fio --idle-prof=percpu --filename=volume --size=4m \
		--output-format=json --output=test-iops.json
	done_well
	expect_json test-iops.json "d['jobs'][0]['read']['iops_mean'] > 0 and \
		d['jobs'][0]['read']['bw_mean'] > 0 and d['jobs'][0]['read']['lat_ns']['mean'] > 0 \
		and d['jobs'][1]['write']['iops_mean'] > 0 and \
		d['jobs'][0]['read']['clat_ns']['percentile']['99.000000'] > 0 and \
		0 <= d['cpu_idleness']['system'] <= 100" True
}

# cbt (benchmark/fio.py, rawfio.py): --size and its value apart, sizes in B, normal and JSON on one
# stdout: the document is what stands between the line with "Starting" and the next empty one.
@test "cbt" {
	call --ioengine=libaio --rw=write --numjobs=1 --bs=4M --size 4M \
		--output-format=json,normal --name=./host-0-0
	done_well
	call --ioengine=libaio --direct=1 --bs=4096B --iodepth=16 --end_fsync=0 --rw=randrw \
		--rwmixread=50 --rwmixwrite=50 --size=4M --numjobs=1 --runtime=1 --time_based \
		--ramp_time=0 --name=./host-0-0 --write_iops_log=output.0 --write_bw_log=output.0 \
		--write_lat_log=output.0 --log_avg_msec=100 --output-format=json,normal
	done_well
	awk 'found && NF == 0 { exit } found { print } /Starting/ { found = 1 }' \
		<<<"$output" >json_output.0
	expect_json json_output.0 "all(d['jobs'][0][r][k] > 0 for r in ('read', 'write') \
		for k in ('iops', 'bw')) and d['jobs'][0]['read']['clat_ns']['mean'] > 0 and \
		d['jobs'][0]['read']['slat_ns']['N'] > 0" True
	[ -s output.0_bw.1.log ] && [ -s output.0_iops.1.log ] && [ -s output.0_clat.1.log ]
	[[ $output == *"  read: IOPS="* ]]
	call -rw=write -ioengine=libaio -bs=4096 --size 1M --name=./host --output-format=json
	done_well
}

# kubestr (pkg/fio): --directory with a value apart, the file, a document into structs of Go: whole
# numbers of 32 bits, figures, texts. Names come from `name` in sections.
@test "kubestr" {
	mkdir dataset
	cat >job <<-'E'
		[global]
		randrepeat=0
		verify=0
		ioengine=libaio
		direct=1
		gtod_reduce=1
		[job1]
		name=read_iops
		bs=4K
		iodepth=64
		size=4m
		readwrite=randread
		time_based
		ramp_time=100ms
		runtime=1s
		[job2]
		name=write_iops
		bs=4K
		iodepth=64
		size=4m
		readwrite=randwrite
		time_based
		ramp_time=100ms
		runtime=1s
	E
	call --directory dataset job --output-format=json
	done_well
	printf '%s' "$output" >out.json
	/usr/bin/python3 - out.json <<-'P'
		import json, sys
		d = json.load(open(sys.argv[1]))
		assert isinstance(d["fio version"], str) and isinstance(d["timestamp_ms"], int)
		assert all(isinstance(v, str) for v in d["global options"].values())
		assert [j["jobname"] for j in d["jobs"]] == ["read_iops", "write_iops"]
		for job in d["jobs"]:
		    for key in "groupid error eta elapsed job_runtime ctx majf minf".split():
		        assert type(job[key]) is int and job[key] < 2**31, key
		    assert all(isinstance(v, str) for v in job["job options"].values())
		    for key in "read", "write", "trim":
		        part = job[key]
		        for name in ("io_bytes io_kbytes bw_bytes bw runtime total_ios bw_min "
		                     "bw_max bw_samples iops_min iops_max iops_samples").split():
		            assert type(part[name]) is int, name
		        for name in "iops bw_agg bw_mean bw_dev iops_mean iops_stddev".split():
		            assert type(part[name]) is float, name
		    assert type(job["latency_depth"]) is int and type(job["latency_window"]) is int
		for disk in d.get("disk_util", []):
		    assert type(disk["read_ios"]) is int and type(disk["util"]) is float
	P
}

# Proxmox VE's storage papers: fio's text, of which IOPS and bandwidth are read by eye and by grep.
@test "Proxmox VE" {
	head -c 4m /dev/urandom >disk
	call --ioengine=libaio --direct=1 --sync=1 --rw=write --bs=4K --numjobs=1 --iodepth=1 \
		--runtime=1 --time_based --name=seq_write --filename=disk
	done_well
	grep -Eq '^  write: IOPS=[0-9.]+[kM]?, BW=[0-9.]+[KMG]iB/s \([0-9.]+[kMG]B/s\)' <<<"$output"
	grep -Eq '^     \|  1\.00th=\[ *[0-9]+\],' <<<"$output"
	grep -Eq '^  WRITE: bw=[0-9.]+[KMG]iB/s .*, io=[0-9.]+[KMG]iB .*, run=[0-9]{4}-[0-9]{4}ms' \
		<<<"$output"
	grep -Eq '^     lat \((n|u|m)sec\): min=[0-9]+, max=[0-9.k]+, avg= *[0-9.]+' \
		<<<"$output"
	call --ioengine=psync --filename=disk --size=4m --time_based --name=fio --group_reporting \
		--runtime=1 --direct=1 --sync=1 --rw=write --bs=4m --numjobs=4
	done_well
	grep -q '^fio: (groupid=0, jobs=4): err= 0: pid=' <<<"$output"
}

# Debian's tools on the output.
@test "fio_jsonplus_clat2csv, fio2gnuplot and others read it" {
	need_command fio_jsonplus_clat2csv fio2gnuplot
	call --name=a --ioengine=null --size=1g --rw=randrw --rate_iops=2000 --time_based \
		--runtime=1 --slat_percentiles=1 --lat_percentiles=1 --output-format=json+ \
		--output=out.json --write_bw_log=x --write_iops_log=x --log_avg_msec=100 \
		--per_job_logs=0
	done_well
	run fio_jsonplus_clat2csv out.json out.csv
	[ "$status" -eq 0 ]
	[ "$(awk -F', ' '$6 != "" { last = $6 } END { print last }' out_job0.csv)" -eq \
		"$(json out.json "d['jobs'][0]['read']['total_ios']")" ]
	run fio2gnuplot -b -k
	[ "$status" -eq 0 ]
	[[ $output == *"x_bw.log"* ]]
}

@test "fiologparser and fio-histo-log-pctiles read its logs" {
	need_command fiologparser fio-histo-log-pctiles
	call --name=a --ioengine=null --size=1g --rw=randread --rate_iops=2000 --time_based \
		--runtime=1 --write_lat_log=x --write_hist_log=x --log_hist_msec=500
	done_well
	run fiologparser -i 500 x_clat.1.log
	[ "$status" -eq 0 ] && [ "${#lines[@]}" -ge 2 ]
	run fio-histo-log-pctiles x_clat_hist.1.log
	[ "$status" -eq 0 ]
}
