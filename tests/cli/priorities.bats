# SPDX-License-Identifier: MIT
# Priorities of threads and of single I/Os are those that fio asks the kernel for, and latencies are
# reported by them.
# covers: src/run/worker_priority.c

load helper
load calls

@test "priorities are those that fio asks the kernel for" {
	need_trace
	need_root
	agree_on ioprio_set 'IOPRIO_WHO_PROCESS, 0, .*' --prio=3
	agree_on ioprio_set 'IOPRIO_WHO_PROCESS, 0, .*' --prioclass=1
	agree_on ioprio_set 'IOPRIO_WHO_PROCESS, 0, .*' --prioclass=2 --prio=6
	agree_on ioprio_set 'IOPRIO_WHO_PROCESS, 0, .*' --prioclass=3 --prio=0
	agree_on setpriority 'PRIO_PROCESS, 0, .*' --nice=7
	agree_on setpriority 'PRIO_PROCESS, 0, .*' --nice=-3
	ringside run --name=a --filename=f --size=4k --nice=7 --prio=3
	expect_text "prioclass=2, prio=3, nice=7"
}

@test "real-time I/O and less nice are for root, and that is said" {
	as_nobody
	dd if=/dev/zero of=f bs=4k count=1 status=none
	chmod 777 . f
	run --separate-stderr -- "${nobody[@]}" "$ringside" run --name=a --filename=f --size=4k \
		--prioclass=1
	expect_status 4
	expect_error "hint: real-time I/O is for root"
	run --separate-stderr -- "${nobody[@]}" "$ringside" run --name=a --filename=f --size=4k \
		--nice=-1
	expect_status 4
	expect_error "CAP_SYS_NICE"
}

# shares FILE: the priorities of the reads in a document like fio's, and the share of each.
shares() {
	json "$1" "' '.join('%d/%d:%.0f' % (p['prioclass'], p['prio'],
		100 * p['clat_ns']['N'] / d['jobs'][0]['read']['total_ios'])
		for p in sorted(d['jobs'][0]['read'].get('prios', []),
			key=lambda p: (p['prioclass'], p['prio'])))"
}

@test "cmdprio: priorities of I/Os, and latencies by priority, as in fio" {
	need_command fio
	need_root
	dd if=/dev/urandom of=f bs=1M count=16 status=none
	local options engine
	for options in "--cmdprio_percentage=40" \
		"--cmdprio_percentage=25 --cmdprio_class=2 --cmdprio=6 --prio=2" \
		"--bssplit=4k/50:8k/50 --cmdprio_bssplit=4k/30/3/1:8k/60/2/0"; do
		for engine in libaio io_uring; do
			# shellcheck disable=SC2086 # words
			fio --name=a --filename=f --size=16m --rw=randread --norandommap \
				--ioengine=$engine --iodepth=4 --loops=2 --output-format=json \
				--output=fio.json $options
			# shellcheck disable=SC2086
			ringside run --name=a --filename=f --size=16m --rw=randread --norandommap \
				--ioengine=$engine --iodepth=4 --loops=2 --fio-json=our.json \
				$options
			expect_status 0
			shares fio.json >fio.shares
			shares our.json >our.shares
			[ -s our.shares ]
			echo "$engine $options: $(cat ./*.shares)"
			/usr/bin/python3 - <<-'P'
				ours, fios = (dict(p.rsplit(":", 1) for p in open(f).read().split())
				              for f in ("our.shares", "fio.shares"))
				assert ours.keys() == fios.keys()
				assert all(abs(float(ours[p]) - float(fios[p])) <= 4 for p in ours)
			P
		done
	done
	# Without two priorities neither has the list.
	fio --name=a --filename=f --size=64k --ioengine=libaio --cmdprio_percentage=100 \
		--output-format=json --output=fio.json
	ringside run --name=a --filename=f --size=64k --ioengine=libaio --cmdprio_percentage=100 \
		--fio-json=our.json
	[ -z "$(shares fio.json)$(shares our.json)" ]
}

@test "every pass of a job that verifies has the share that cmdprio asks for" {
	need_root
	ringside run --name=a --filename=f --size=8m --rw=write --ioengine=libaio --verify=crc32c \
		--loops=3 --cmdprio_percentage=30 --cmdprio_class=2 --cmdprio=5 --json=out.json
	expect_status 0
	expect_json out.json "[(p['prio'], round(p['lat_ns']['count'] / 61.44, -1))
		for p in d['jobs'][0]['write']['priorities']]" "[(0, 70.0), (5, 30.0)]"
}

@test "latencies by priority are those of the window, without the ramp" {
	need_root
	ringside run --name=a --filename=f --size=1m --rw=randwrite --ioengine=libaio \
		--ramp_time=100ms --time_based --runtime=100ms --cmdprio_percentage=50 \
		--cmdprio_class=2 --cmdprio=5 --json=out.json
	expect_status 0
	expect_json out.json "sum(p['lat_ns']['count'] for p in
		d['jobs'][0]['write']['priorities']) - d['jobs'][0]['write']['ios']" 0
}

@test "clones with priorities are reported together" {
	need_root
	ringside run --name=a --filename=f --size=1m --rw=randwrite --ioengine=libaio --numjobs=3 \
		--group_reporting --cmdprio_percentage=50 --cmdprio_class=2 --json=out.json
	expect_status 0
	expect_json out.json "sum(p['lat_ns']['count'] for p in
		d['jobs'][0]['write']['priorities'])" 768
	expect_json out.json "len(d['jobs'][0]['write']['priorities'])" 2
	validate out.json
	ringside report out.json
	expect_text "  priority  write of none: "
	printf '%s\n' '[global]' filename=f size=64k rw=write group_reporting '[a]' prio=3 '[b]' \
		prioclass=3 >two.job
	ringside run two.job --fio-json=our.json
	expect_json our.json "[(p['prioclass'], p['prio'], p['clat_ns']['N'])
		for p in d['jobs'][0]['write']['prios']]" "[(2, 3, 16), (3, 0, 16)]"
}

@test "log_prio writes priorities as fio does" {
	need_command fio
	need_root
	dd if=/dev/urandom of=f bs=1M count=4 status=none
	local options
	for options in "" --log_prio=1 "--prioclass=1 --prio=3 --log_prio=1"; do
		# shellcheck disable=SC2086 # words
		fio --name=a --filename=f --size=4m --rw=randread --ioengine=libaio \
			--cmdprio_percentage=30 --cmdprio=2 --write_lat_log=fio --output=/dev/null \
			$options
		# shellcheck disable=SC2086
		ringside run --name=a --filename=f --size=4m --rw=randread --ioengine=libaio \
			--cmdprio_percentage=30 --cmdprio=2 --write_lat_log=our $options
		for kind in clat lat; do
			diff <(cut -d, -f5 fio_$kind.1.log | sort -u) \
				<(cut -d, -f5 our_$kind.1.log | sort -u)
		done
		[ "$(cut -d, -f5 our_clat.1.log | sort -u | wc -l)" -eq 2 ]
	done
}

@test "real-time commands are for root, and that is said before any is sent" {
	as_nobody
	dd if=/dev/zero of=f bs=4k count=1 status=none
	chmod 777 . f
	run --separate-stderr -- "${nobody[@]}" "$ringside" run --name=a --filename=f --size=4k \
		--ioengine=libaio --cmdprio_percentage=50
	expect_status 4
	expect_error "set cmdprio_class=2"
}
