# SPDX-License-Identifier: MIT
# Sessions of many ranks, by mpirun on this machine: compare, curve, check.
# covers: src/session/trial_ranks.c
# stage: slow

load helper
load mpi

random_job() {
	cat >job <<-'J'
		[j]
		filename=shared
		size=4m
		rw=randread
		bs=4k
	J
}

@test "ranks run the same trial at once, and trials are of all of them" {
	random_job
	ranks 3 compare --quick --quiet --trial-time=200ms --engines=psync,sync job \
		--json=c.json
	expect_status 0
	expect_json c.json 'sum(t["counts"] for t in d["points"][0]["trials"])' 9
	expect_json c.json 'd["environment"]["hard"]["mpi_ranks"]' 3
	# Three clones of one rate each are three times that rate.
	ranks 3 compare --quick --quiet --trial-time=500ms --engines=psync,sync job \
		--rate_iops=50 --json=c.json
	expect_status 0
	expect_json c.json \
		'all(130 < t["values"]["iops"] < 170 for t in d["points"][0]["trials"])' True
}

@test "turns are not for many ranks, and it is said" {
	random_job
	ranks 2 compare --quiet --engines=psync,sync --window=5ms --blocks=3 --trial-time=200ms \
		--filename=/dev/zero --rw=read --size=1m
	expect_status 0
	expect_text "ranks on many hosts cannot be held to turns"
}

@test "a load of a curve is that of all ranks together" {
	random_job
	ranks 3 curve --rates=150 --repeat=3 --trial-time=1s --quiet --no-guards job --json=c.json
	expect_status 0
	/usr/bin/python3 - <<-'P'
		import json
		document = json.load(open("c.json"))
		points = [p for line in document["lines"] for p in line["points"]]
		rates = [t["values"]["achieved_iops"] for p in points for t in p["trials"]]
		assert rates and all(90 < rate < 210 for rate in rates), rates
	P
}

@test "a rank that cannot says so, by its name, and no trial counts" {
	mkdir 0
	ranks 2 compare --quick --quiet --engines=psync,sync --filename='$rank/f' --rw=write \
		--size=64k
	expect_status 4
	expect_text "rank 1 ("
	expect_text "'1' of '1/f' does not exist"
	[ ! -e 0/f ]
}

@test "values other than names cannot have a rank in sessions" {
	ranks 2 compare --quick --quiet --engines=psync,sync --filename=f --rw=write --size=64k \
		--offset='$rank*4096'
	expect_status 2
	expect_error 'offset has $rank or $hostname'
}

@test "a baseline is of a number of ranks" {
	random_job
	ranks 2 baseline record job --sessions=2 --idle=0 --blocks=3 --trial-time=100ms --window=0 \
		--no-guards --quiet --output=base.json
	expect_status 0
	ranks 3 check job --baseline=base.json --trial-time=200ms --quiet --no-guards \
		--json=check.json
	expect_status 4
	expect_text "mpi_ranks 2 -> 3"
}

@test "Ctrl-C ends the trials of all ranks, and what was measured is written" {
	random_job
	need_mpi
	mpirun -n 2 "$ringside-mpi" compare --engines=psync,sync --trial-time=200ms \
		--blocks=100 --quiet --json=c.json job >out 2>said &
	local mpirun=$!
	wait_until grep -qs '"block": 2' c.json
	kill -INT "$mpirun"
	wait "$mpirun" || true
	grep -q "does not run" out && return 1
	expect_json c.json 'len(d["points"][0]["trials"]) >= 3' True
}

# mpirun lets the others go on, and trials are longer than the limit: they are broken off.
@test "a rank that is killed in a trial ends the session, and the document says so" {
	random_job
	need_mpi
	mpirun --version | grep -q 'Open MPI' || skip "mpirun is not Open MPI's"
	mkdir temporary
	cat >start <<-S
		#!/bin/sh
		export TMPDIR="$folder/temporary"
		echo \$\$ >"$folder/pid.\$OMPI_COMM_WORLD_RANK"
		exec "$ringside-mpi" "\$@"
	S
	chmod +x start
	timeout 60 mpirun --enable-recovery -n 3 ./start compare --engines=psync,sync \
		--trial-time=200s --blocks=3 --quiet --json=c.json job >out 2>said 3>&- &
	local mpirun=$!
	wait_until have_trials
	kill -KILL "$(cat pid.1)"
	status=0
	wait "$mpirun" || status=$?
	[ "$status" -ne 124 ]
	expect_json c.json "d['points'][0]['contenders'][0]['problem']" \
		"rank 1 ($(uname -n)) is lost"
	grep -q "error: rank 1 ($(uname -n)) is lost" said
	wait_until are_gone
	# The folder of its trials is still there, until the next session on its host.
	[ "$(find temporary -name 'ringside-trials-*' | wc -l)" -eq 1 ]
	run timeout 60 mpirun -n 2 ./start compare --engines=psync,sync --trial-time=100ms \
		--blocks=1 --window=0 --no-guards --quiet job
	[ -z "$(find temporary -name 'ringside-trials-*')" ]
}

have_trials() {
	local n
	for n in 0 1 2; do
		[ -s "pid.$n" ] && pgrep -P "$(cat "pid.$n")" >"trial.$n" || return 1
	done
}

are_gone() {
	local pid
	for pid in $(cat trial.*); do
		[ ! -e "/proc/$pid" ] || grep -q '^State:.*Z' "/proc/$pid/status" || return 1
	done
}
