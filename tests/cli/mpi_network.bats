# SPDX-License-Identifier: MIT
# Ranks on hosts of their own, which only a network connects: started by mpirun and by Slurm.
# (tests/mpi/hosts: network namespaces with addresses, names, disks and clocks of their own)
# covers: src/cluster/clock_ask.c src/cluster/cluster.c
# stage: slow

load helper

need_hosts() {
	[ -x "$ringside-mpi" ] || skip "ringside-mpi is not built: there is no mpicc"
	need_root
	need_command mpirun ip nsenter unshare
	mpirun --version | grep -q 'Open MPI' || skip "mpirun is not Open MPI's"
	unshare --net --uts --time ip link add veth type veth 2>/dev/null ||
		skip "there are no network namespaces"
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 program=$ringside-mpi
}

# on_hosts [COMMAND...]: the script of stdin on the first of 3 hosts, or what COMMAND makes of it.
on_hosts() {
	cat >script
	run --separate-stderr -- timeout 100 "$root/tests/mpi/hosts" 3 "$@" bash -eu script
}

# What each script begins with: ranks ARGUMENTS... is ringside-mpi on the three hosts.
preamble() {
	cat <<-'S'
		seq -f 'host%g slots=1' 3 >hosts.txt
		job() { printf '%s\n' '[job]' filename="$HOSTS/disk/data" "$@" >job; }
		ranks() {
			mpirun --mca plm_rsh_agent "$HOSTS_AGENT" --hostfile hosts.txt -n 3 \
				"${start:-$program}" run "$@"
		}
		on() { "$HOSTS_AGENT" "$@"; }
	S
}

@test "three hosts whose clocks are far apart measure in one window" {
	need_hosts
	export HOSTS_LEAD="0 100 -7"
	on_hosts <<-S
		$(preamble)
		job size=1m rw=write time_based runtime=300ms
		ranks --json=result.json job
		for n in 1 2 3; do
			on host\$n "stat -c %Y $(printf %q '$HOSTS')/disk/data" >>written
			on host\$n cat /proc/net/dev | awk '/eth0:/ { print \$2 }' >>received
		done
	S
	expect_status 0
	validate result.json
	expect_json result.json "[x['host'] for x in d['cluster']['members']]" \
		"['host1', 'host2', 'host3']"
	expect_json result.json "d['cluster']['hosts'], d['cluster']['lost']" "(3, [])"
	expect_json result.json "len({x['started_ns'] for x in d['jobs'][0]['ranks']['rows']})" 1
	expect_json result.json "all(x['ios'] > 0 for x in d['jobs'][0]['ranks']['rows'])" True
	expect_json result.json "all(0 < x['clock_error_ns'] < 1e9 and \
		abs(x['clock_lead_ns']) < 1e9 for x in d['cluster']['members'][1:])" True
	# By the time of day, which they have in common: the last writes are those of one window.
	[ "$(($(sort -n written | tail -n 1) - $(sort -n written | head -n 1)))" -lt 6 ]
	# It went through the network.
	[ "$(sort -n received | head -n 1)" -gt 2000 ]
	expect_text "3 ranks on 3 hosts"
}

@test "a host whose time of day is wrong is told, with by how much" {
	need_hosts
	gcc -shared -fPIC -o lead_clock.so "$BATS_TEST_DIRNAME/lead_clock.c"
	on_hosts <<-S
		$(preamble)
		cat >start <<-'T'
			#!/bin/sh
			[ "\$(hostname)" != host3 ] ||
				export LD_PRELOAD=$folder/lead_clock.so LEAD_S=-40
			exec "\$program" "\$@"
		T
		chmod +x start
		start=./start
		job size=64k rw=read time_based runtime=100ms
		ranks --json=result.json job
	S
	expect_status 0
	expect_json result.json \
		"[round(x['clock_lead_ns'] / 1e9) for x in d['cluster']['members']]" "[0, 0, -40]"
	expect_text "that of host3 is 40.0 s behind rank 0's"
}

# refused CODE TEXT: of the last script, in which there is no result.
refused() {
	expect_status "$1"
	expect_error "$2"
	[ ! -e result.json ]
}

@test "a host that cannot run is named, and nothing is written" {
	local build
	need_hosts
	on_hosts <<-S
		$(preamble)
		job size=64k rw=read allow_file_create=0
		for n in 1 2; do on host\$n "truncate -s 64k \$HOSTS/disk/data"; done
		ranks --json=result.json job
	S
	refused 2 "rank 2 (host3): job:1:2: error: job 'job': "
	expect_error "does not exist"
	on_hosts <<-S
		$(preamble)
		job size=8m rw=read
		on host2 "fallocate -l 60m \$HOSTS/disk/fill"
		ranks --json=result.json job
	S
	refused 5 "rank 1 (host2): "
	expect_error "No space left on device"
	build=$("$ringside" --version | sed 's/[^(]*(\([^,)]*\).*/\1/')
	sed "s/$build/${build//?/x}/g" "$program" >old
	chmod +x old
	on_hosts <<-S
		$(preamble)
		cat >start <<-'T'
			#!/bin/sh
			[ "\$(hostname)" != host2 ] || exec "$folder/old" "\$@"
			exec "\$program" "\$@"
		T
		chmod +x start
		start=./start
		job size=64k rw=read
		ranks --json=result.json job
	S
	refused 4 "rank 1 (host2): ringside: error: this is ringside"
}

@test "a host that is cut off is lost: the others write" {
	need_hosts
	on_hosts <<-S
		$(preamble)
		job size=1m rw=write fallocate=none time_based runtime=60s
		(
			# Once it measures.
			until [ "\$(on host2 stat -c %b "\$HOSTS/disk/data" 2>&1)" -gt 0 ] 2>&1; do
				sleep 0.1
			done
			on host2 ip link set eth0 down
		) >cut.log 2>&1 &
		ranks --json=result.json job &
		# mpirun itself waits for the daemon that it has there; the ranks do not.
		for ((tries = 0; tries < 300; tries++)); do
			[ ! -e result.json ] || ! pgrep -x ringside-mpi || break
			sleep 0.1
		done
		kill -KILL \$!
	S
	expect_json result.json "[x['host'] for x in d['cluster']['lost']]" "['host2']"
	expect_json result.json "[x['host'] for x in d['jobs'][0]['ranks']['rows']]" \
		"['host1', 'host3']"
	expect_error "error: rank 1 (host2) is lost: nothing was heard of it for 5."
}

@test "Slurm starts ranks: srun, and the batch file" {
	need_hosts
	need_command srun sbatch slurmctld slurmd munged
	export RINGSIDE_MPI=$program
	on_hosts "$root/tests/mpi/slurm" 3 <<-S
		$(preamble)
		job size=64k rw=read time_based runtime=100ms
		srun --mpi=pmix -N 3 "\$program" run --json=srun.json job
		sbatch --nodes=3 "$root/jobs/cluster/slurm.sh" job
		for ((tries = 0; tries < 300; tries++)); do
			[ -n "\$(squeue --noheader)" ] || break
			sleep 0.1
		done
	S
	expect_status 0
	expect_text "3 ranks on 3 hosts"
	expect_json srun.json "[x['host'] for x in d['cluster']['members']]" \
		"['host1', 'host2', 'host3']"
	expect_json ringside-2.json "d['cluster']['hosts']" 3
	grep -q "3 ranks on 3 hosts" ringside-2.txt
}
