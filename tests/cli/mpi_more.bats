# SPDX-License-Identifier: MIT
# Many ranks as one run, by mpirun on this machine: what takes longer than mpi.bats.
# covers: src/cluster/cluster.c src/cluster/pulse.c src/cluster/said.c
# stage: slow

load helper
load mpi

@test "results by rank are not for one process" {
	mixed_job
	ringside run --per-rank job
	expect_status 2
	expect_error "this is the run of one process"
}

@test "what ranks cannot do together is refused, and a rank with too few CPUs is told" {
	mixed_job
	local option
	for option in --status-interval=1s --live --metrics=127.0.0.1:0; do
		ranks 2 run $option job
		expect_status 2
		expect_error "${option%=*}"
		expect_error "the live line has the sum of all ranks"
	done
	[ "$(nproc)" -ge 2 ] || skip "there is one CPU"
	local wrapped=$ringside
	local first
	first=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
	printf '%s\n' '#!/bin/bash' "exec taskset -c $first '$ringside-mpi' \"\$@\"" >bound-mpi
	chmod +x bound-mpi
	ringside=$PWD/bound ranks 2 run --numjobs=2 job
	expect_status 0
	expect_text "mpirun --bind-to none"
	ringside=$wrapped ranks 2 run --numjobs=2 job
	[[ $output != *"--bind-to none"* ]]
}

@test "a signal to one rank ends all, and what was measured is written" {
	mixed_job
	sed -i 's/runtime=.*/runtime=100/' job
	ranks 1 --version
	cat >go <<-S
		#!/bin/bash
		[ "\${OMPI_COMM_WORLD_RANK:-\$PMI_RANK}" = 1 ] && echo \$\$ >pid
		exec "$ringside-mpi" "\$@"
	S
	chmod +x go
	timeout 120 mpirun -n 3 ./go run --json=result.json job >shown 2>said 3>&- &
	local launcher=$! code=0 tries=0
	until grep -q measuring said; do
		((++tries < 600)) || return 1
		sleep 0.1
	done
	kill -INT "$(cat pid)"
	wait $launcher || code=$?
	cat said
	[ $code -eq 130 ]
	grep -q 'stopped *by signal 2' shown
	expect_whole result.json 3
	[ "$(json result.json 'd["signal"]')" = 2 ]
}

@test "a command that measures for itself is refused on many ranks" {
	mixed_job
	ranks 2 prepare file
	expect_status 2
	expect_error "measures on one rank only"
	ranks 2 help run
	expect_status 0
	[ "$(grep -c 'ringside run' <<<"$output")" -ge 1 ]
	[ "$(grep -c '^usage\|^Usage' <<<"$output")" -le 1 ]
}
