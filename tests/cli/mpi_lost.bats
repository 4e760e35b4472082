# SPDX-License-Identifier: MIT
# Ranks that are lost: what the others do, say and write. (Runs over a network: mpi_network.bats)
# covers: src/cluster/roster.c src/cluster/pulse.c src/cluster/collective.c src/cluster/link.c
# stage: slow

load helper
load mpi

# A rank by its number is the process whose ID is in pid.N; on all of them a job that would go on
# for a minute has begun when this is over. Sets $launcher, its process.
begin_ranks() {
	local count=$1 n
	shift
	need_open_mpi
	export OMPI_MCA_btl_tcp_if_include=lo
	cat >start <<-S
		#!/bin/sh
		echo \$\$ >"$folder/pid.\$OMPI_COMM_WORLD_RANK"
		exec "$ringside-mpi" "\$@"
	S
	chmod +x start
	printf '%s\n' '[job]' 'filename=data.$rank' size=1m rw=write fallocate=none time_based \
		runtime=60s >job
	timeout 50 mpirun -n "$count" "$@" ./start run --json=result.json job \
		>output 2>messages 3>&- &
	launcher=$!
	for ((n = 0; n < count; n++)); do
		wait_until has_written_or_ended "data.$n"
		has_written "data.$n"
	done
}

has_written() {
	[ -e "$1" ] && [ "$(stat -c %b "$1")" -gt 0 ]
}

has_written_or_ended() {
	has_written "$1" || ! kill -0 "$launcher"
}

# end_ranks: sets $status, $output and $stderr.
end_ranks() {
	status=0
	wait "$launcher" || status=$?
	output=$(cat output) stderr=$(cat messages)
}

# expect_lost RANKS LEFT
expect_lost() {
	validate result.json
	expect_json result.json "[x['rank'] for x in d['cluster']['lost']]" "$1"
	expect_json result.json "set(x['host'] for x in d['cluster']['lost'])" "{'$(hostname -s)'}"
	expect_json result.json "[x['rank'] for x in d['jobs'][0]['ranks']['rows']]" "$2"
	expect_json result.json "sum(x['ios'] for x in d['jobs'][0]['ranks']['rows']) == \
		d['jobs'][0]['write']['ios'] > 0" True
	expect_json result.json "[x['code'] for x in d['warnings']].count('rank-lost') > 0" True
	expect_text "lost      rank"
}

@test "a rank that is stopped is lost: the others write what they have, and the code is 5" {
	begin_ranks 4
	kill -STOP "$(cat pid.1)"
	end_ranks
	expect_status 5
	expect_lost "[1]" "[0, 2, 3]"
	expect_error "error: rank 1 ($(hostname -s)) is lost: nothing was heard of it for 5."
	# It was ended, too.
	wait_until is_gone "$(cat pid.1)"
}

# Ctrl-Z at mpirun and fg; a machine that was suspended.
@test "ranks that all stood still for longer than one may be silent go on" {
	begin_ranks 3
	kill -STOP "$(cat pid.0)" "$(cat pid.1)" "$(cat pid.2)"
	sleep 6 # of the 5 s of silence after which a rank is lost
	kill -CONT "$(cat pid.0)"
	sleep 0.5 # They do not wake all at once.
	kill -CONT "$(cat pid.1)" "$(cat pid.2)"
	sleep 1
	kill -INT "$(cat pid.1)"
	end_ranks
	expect_status 130
	expect_json result.json "d['cluster']['lost']" "[]"
	expect_json result.json "[x['rank'] for x in d['jobs'][0]['ranks']['rows']]" "[0, 1, 2]"
}

# mpirun ends the others by SIGTERM, and by SIGKILL a second later.
@test "a rank that is killed is lost: the others write what they have before mpirun kills them" {
	begin_ranks 4
	kill -KILL "$(cat pid.3)"
	end_ranks
	expect_status 137
	expect_lost "[3]" "[0, 1, 2]"
	expect_error "error: rank 3 ($(hostname -s)) is lost"
}

@test "what is below a lost rank in the tree is not lost with it" {
	begin_ranks 8 --enable-recovery
	kill -KILL "$(cat pid.4)" "$(cat pid.6)"
	end_ranks
	expect_lost "[4, 6]" "[0, 1, 2, 3, 5, 7]"
}

@test "without rank 0 there is no result, and nothing hangs" {
	begin_ranks 4
	kill -STOP "$(cat pid.0)"
	end_ranks
	expect_status 5
	expect_error "rank 0 is lost"
	[ ! -e result.json ]
	wait_until is_gone "$(cat pid.0)"
}

@test "ranks whose mpirun is killed end" {
	local n
	begin_ranks 3
	kill -KILL "$(pgrep -P "$launcher")"
	for n in 0 1 2; do
		wait_until is_gone "$(cat "pid.$n")"
	done
}

is_gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

# begin_hanging WHAT JOB-LINE...: three ranks, or $count, of which number 1, or $hanging, hangs in
# its first call WHAT (of hang_call.c); the job of all is that of the lines. When this is over it
# hangs. Sets $launcher.
begin_hanging() {
	local kind=$1
	shift
	need_open_mpi
	cc -std=gnu17 -O1 -shared -fPIC -o hang.so "$BATS_TEST_DIRNAME/hang_call.c" -ldl
	export OMPI_MCA_btl_tcp_if_include=lo
	cat >start <<-S
		#!/bin/sh
		echo \$\$ >"$folder/pid.\$OMPI_COMM_WORLD_RANK"
		export HANG=$kind HANG_MARK="$folder/hangs"
		export HANG_IN=OMPI_COMM_WORLD_RANK=${hanging:-1}
		LD_PRELOAD="$folder/hang.so" exec "$ringside-mpi" "\$@"
	S
	chmod +x start
	printf '%s\n' '[job]' 'filename=data.$rank' size=1m "$@" >job
	timeout 100 mpirun -n "${count:-3}" ./start run --json=result.json job \
		>output 2>messages 3>&- &
	launcher=$!
	wait_until [ -e hangs ]
}

@test "a rank that is stuck in its layout is lost once the run is stopped" {
	begin_hanging fsync rw=read runtime=1s time_based
	kill -INT "$(cat pid.0)"
	end_ranks
	expect_status 5
	expect_error "error: rank 1 ($(hostname -s)) is lost: it is stuck in a system call for 1"
	[ ! -e result.json ]
	wait_until is_gone "$(cat pid.1)"
}

@test "a rank that is stuck after it measured is lost once the run is stopped" {
	begin_hanging unlink rw=write fallocate=none runtime=1s time_based unlink=1
	kill -INT "$(cat pid.2)"
	end_ranks
	expect_status 5
	expect_lost "[1]" "[0, 2]"
	expect_error "error: rank 1 ($(hostname -s)) is lost: it is stuck in a system call for 1"
}

@test "a rank whose fsync takes 12 s is waited for while nobody stops the run" {
	export HANG_S=12
	begin_hanging fsync rw=read runtime=200ms time_based
	end_ranks
	expect_status 0
	expect_json result.json "d['cluster']['lost']" "[]"
}

@test "I/O that does not return on one rank holds the others up for 10 s" {
	begin_hanging pread rw=read runtime=2s time_based
	end_ranks
	expect_status 5
	# Alone, a process waits for 60 s.
	[ $(($(stat -c %Y result.json) - $(stat -c %Y hangs))) -lt 60 ]
	expect_error "rank 1 ($(hostname -s))"
	expect_error "the worker hangs in the kernel and was left behind"
	expect_json result.json "d['cluster']['lost']" "[]"
}

# Rank 2 stands between rank 0 and rank 3.
@test "a rank that learns of the end through a lost one does not call rank 0 lost" {
	local count=4 hanging=2
	export HANG_BEHIND=$folder/result.json
	begin_hanging spread rw=read runtime=100ms time_based
	end_ranks # Its code may be that of an mpirun that crashed while it ended all.
	validate result.json
	expect_error "error: rank 2 ($(hostname -s)) is lost: nothing was heard of it for 5."
	[[ $stderr != *"rank 0"* ]]
}

@test "a rank that hears nothing more once rank 0 has written says nothing of it" {
	local count=2 hanging=0
	export HANG_BEHIND=$folder/result.json HANG_AT=2 HANG_S=9
	begin_hanging spread rw=read runtime=100ms time_based
	end_ranks
	expect_status 0
	validate result.json
	[[ $stderr != *"rank 0"* ]]
}
