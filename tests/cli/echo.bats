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

@test "a thousand connections are served, one request each at least" {
	local engine
	[ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge 2048 ] ||
		skip "1,000 connections take 1,000 descriptors on either side: ulimit -n 2048"
	for engine in epoll io_uring; do
		echo_job --ioengine=$engine --filename="unix:$SOCKET" --bs=64 --iodepth=1000 \
			--number_ios=5000 --echo_check=all \
			--format=json >"$BATS_TEST_TMPDIR/many.json"
		[ ! -e "$SOCKET" ]
		python3 - "$BATS_TEST_TMPDIR/many.json" <<-'PYTHON'
			import json, sys
			proof = json.load(open(sys.argv[1]))["jobs"][0]["engine"]["proof"]
			counts = proof["server_counts"]
			assert counts.startswith("requests 5000, connections 1000,"), proof
			assert "turned away" not in counts and "bytes sent 320000" in counts, proof
			assert proof["client_counts"] == "exchanges 5000, connections 1000", proof
		PYTHON
	done
}

# await CONDITION...: until it holds, in a bounded time.
await() {
	for _ in $(seq 400); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	echo "in vain: $*"
	return 1
}

# start_echo ENGINE ARGUMENTS...: a job that lasts; sets $client and $server.
start_echo() {
	"$RINGSIDE" run --name=e --rw=echo --filename="unix:$SOCKET" --ioengine="$@" \
		--format=json >"$BATS_TEST_TMPDIR/lasting.json" 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
	client=$!
	await pgrep -P $client
	server=$(pgrep -P $client)
	await test -S "$SOCKET"
}

is_gone() {
	must_fail kill -0 "$1"
}

@test "a client of python's is served beside ours, and both see what the server counts" {
	local engine
	for engine in sync select poll epoll io_uring; do
		start_echo $engine --bs=100 --iodepth=2 --runtime=60 --rate_iops=50 --time_based
		python3 - "$SOCKET" <<-'PYTHON'
			import os, socket, sys
			with socket.socket(socket.AF_UNIX) as one:
			    one.settimeout(20)
			    one.connect(sys.argv[1])
			    for _ in range(300):
			        sent, got = os.urandom(100), b""
			        one.sendall(sent)
			        while len(got) < 100:
			            part = one.recv(100 - len(got))
			            assert part
			            got += part
			        assert got == sent
		PYTHON
		kill -INT $client
		wait $client || [ $? -eq 130 ]
		python3 - "$BATS_TEST_TMPDIR/lasting.json" <<-'PYTHON'
			import json, re, sys
			proof = json.load(open(sys.argv[1]))["jobs"][0]["engine"]["proof"]
			def counts(name):
			    found = re.findall(r"([a-z ]+?) (\d+)(?:, |$)", proof[name])
			    return {key: int(value) for key, value in found}
			server, client = counts("server_counts"), counts("client_counts")
			assert server["connections"] == client["connections"] + 1 == 3, proof
			more = server["requests"] - client["exchanges"] - 300
			# What was in flight at the signal was answered, and nobody waited for it.
			assert 0 <= more <= 2, proof
			assert server["bytes received"] == 100 * server["requests"], proof
		PYTHON
	done
}

@test "Ctrl-C ends client and server, and the socket is gone" {
	local engine signal code
	for engine in sync select poll epoll io_uring; do
		for signal in INT TERM; do
			start_echo $engine --bs=64 --iodepth=8 --runtime=60 --time_based
			kill -$signal $client
			code=0
			wait $client || code=$?
			[ "$code" -eq $((128 + $(kill -l $signal))) ]
			await is_gone "$server"
			[ ! -e "$SOCKET" ]
			python3 -m json.tool "$BATS_TEST_TMPDIR/lasting.json" >/dev/null
		done
	done
}

@test "what a sandbox forbids is the first thing that is said" {
	local engine
	cd "$BATS_TEST_TMPDIR"
	${CC:-cc} -o forbid "$BATS_TEST_DIRNAME/forbid_call.c"
	./forbid accept4 true || skip "no seccomp filters here"
	for engine in sync epoll; do
		run ./forbid accept4 "$RINGSIDE" run --name=e --rw=echo --ioengine=$engine \
			--filename=tcp:127.0.0.1 --number_ios=9
		[ "$status" -ne 0 ]
		# "the server failed: …" where the client was faster than the server.
		[[ ${lines[0]} == *"tcp:127.0.0.1: "*"accept: Operation not permitted" ]]
		[[ ${lines[1]} == "hint: sockets are forbidden here: run it outside"* ]]
	done
	run ./forbid socketpair "$RINGSIDE" run --name=e --rw=echo --ioengine=epoll \
		--filename=pair: --number_ios=9
	[ "$status" -ne 0 ]
	[[ ${lines[0]} == *"pair:: Operation not permitted" ]]
	[[ ${lines[1]} == "hint: sockets are forbidden here: run it outside"* ]]
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
		point = json.load(open(sys.argv[1]))["points"][0]
		names = [c["name"] for c in point["contenders"]]
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
