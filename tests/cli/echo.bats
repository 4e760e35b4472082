#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# rw=echo from the command line.
# covers: src/engine/echo.c src/host/process_helpers.c
# covers: src/job/job_echo_rules.c src/job/job_options_echo.c

load helper

setup() {
	RINGSIDE=${RINGSIDE:-$BATS_TEST_DIRNAME/../../build/ringside}
	SOCKET=$BATS_TEST_TMPDIR/socket
}

echo_job() {
	"$RINGSIDE" run --name=e --rw=echo "$@"
}

@test "each server answers as many requests as the client has made" {
	for engine in sync psync select poll epoll io_uring uring; do
		echo_job --ioengine=$engine --filename="unix:$SOCKET" \
			--bs=512 --iodepth=8 --number_ios=500 --echo_check=all \
			--format=json >"$BATS_TEST_TMPDIR/result.json"
		[ ! -e "$SOCKET" ]
		python3 - "$BATS_TEST_TMPDIR/result.json" <<-'PYTHON'
			import json, sys
			job = json.load(open(sys.argv[1]))["jobs"][0]
			proof = job["engine"]["proof"]
			counts = proof["server_counts"]
			assert counts.startswith("requests 500, connections 8,"), proof
			assert proof["client_counts"] == "exchanges 500, connections 8", proof
			assert "bytes sent 256000" in proof["server_counts"], proof
			assert job["cpu"]["total_ns"] > 0 and job["client"]["cpu_ns"] > 0
			least = 100 if "io_uring_enter" in proof else 1000
			assert least <= job["syscalls"] <= 5000, job["syscalls"]
		PYTHON
	done
}

@test "what cannot be echoed is refused by name" {
	run echo_job --ioengine=libaio --filename=pair: --runtime=1
	[ "$status" -eq 2 ]
	[[ $output == *"engine 'libaio' cannot be the server of rw=echo"*"epoll"* ]]
	run echo_job --ioengine=epoll --filename=tcp:10.0.0.1:80 --runtime=1
	[ "$status" -eq 2 ]
	[[ $output == *"is no address for rw=echo: only loopback is measured"* ]]
	run echo_job --ioengine=epoll --filename=pair: --runtime=1 --fsync=1
	[ "$status" -eq 2 ]
	[[ $output == *"fsync does not go with rw=echo"* ]]
	run echo_job --ioengine=epoll --filename=pair:
	[ "$status" -eq 2 ]
	[[ $output == *"rw=echo would never end"* ]]
	run "$RINGSIDE" run --name=e --rw=read --filename="unix:$SOCKET" --runtime=1
	[ "$status" -eq 2 ]
	[[ $output == *"is an address, which rw=echo takes"* ]]
}

@test "a file that is there is not taken for the socket" {
	echo mine >"$SOCKET"
	run echo_job --ioengine=epoll --filename="unix:$SOCKET" --number_ios=9
	[ "$status" -ne 0 ]
	[[ $output == *"a file of that name exists"* ]]
	[ "$(cat "$SOCKET")" = mine ]
}

@test "a server does not outlive a client that is killed" {
	"$RINGSIDE" run --name=e --rw=echo --ioengine=epoll --filename="unix:$SOCKET" \
		--runtime=60 >/dev/null 2>&1 &
	client=$!
	for _ in $(seq 200); do [ -S "$SOCKET" ] && break; sleep 0.05; done
	for _ in $(seq 200); do server=$(pgrep -P $client) && break; sleep 0.05; done
	[ -n "$server" ]
	kill -KILL $client
	for _ in $(seq 200); do kill -0 "$server" 2>/dev/null || break; sleep 0.05; done
	must_fail kill -0 "$server"
	[ ! -e "$SOCKET" ]
}

@test "engines are compared as servers, in one table" {
	run timeout 120 "$RINGSIDE" compare --engines epoll,poll,select,io_uring --rw=echo \
		--filename="unix:$SOCKET" --bs=128 --iodepth=16 --trial-time=0.2s --max-time=4s \
		--json="$BATS_TEST_TMPDIR/compare.json"
	[ "$status" -eq 0 ]
	[[ $output == *epoll*poll*select*io_uring* ]]
	[[ $output != *"does not run"* ]]
	python3 - "$BATS_TEST_TMPDIR/compare.json" <<-'PYTHON'
		import json, sys
		names = [c["name"] for c in json.load(open(sys.argv[1]))["points"][0]["contenders"]]
		assert names[:4] == ["epoll", "poll", "select", "io_uring"], names
	PYTHON
}

@test "help knows the servers and their options" {
	run "$RINGSIDE" help epoll_edge
	[ "$status" -eq 0 ]
	[[ $output == epoll_edge*EPOLLET* ]]
	run "$RINGSIDE" help epoll
	[[ $output == *"With rw=echo: a server on epoll(7)."*"epoll_edge"* ]]
	run "$RINGSIDE" help io_uring
	[[ $output == *"With rw=echo: a server on io_uring(7)."* ]]
	run "$RINGSIDE" help rw
	[[ $output == *"poll, epoll or"*"io_uring"* ]]
}
