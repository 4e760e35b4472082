# SPDX-License-Identifier: MIT
# `ringside run --metrics`: scraped while it runs, by a public parser; clients that are slow, silent
# or wrong cost the run nothing.
# covers: src/run/metrics_server.c src/run/metrics_address.c src/command/metrics_option.c

load helper

teardown() {
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
	cd / && rm -rf "$folder"
}

pid=

# start_run PLACE ARGUMENTS...: a run that lasts until stop_run; $url is where it is scraped.
start_run() {
	"$ringside" run --quiet --metrics="$1" --ioengine=null --bs=4k --size=1m --time_based \
		--runtime=600s --interval=100ms --json=r.json --output=/dev/null "${@:2}" \
		2>said 3>&- &
	pid=$!
	[ "$1" = 0 ] || { wait_until test -S "${1#unix:}" && return; }
	wait_until grep -q 'scraped at' said
	url=$(sed -n 's/.*scraped at //p' said)
}

# stop_run [SIGNAL]: ends it by Ctrl-C; its exit code is $status.
stop_run() {
	kill -"${1:-INT}" "$pid"
	status=0
	wait "$pid" || status=$?
	pid=
}

# scrape [CURL OPTIONS...]
scrape() {
	curl --silent --show-error --max-time 20 "$@" "$url"
}

# client [ARGUMENTS...]: a Python program from stdin, with `connect()` to the run, `exchange(bytes)`
# for an answer until its end, and `families()` by the public parser.
client() {
	{
		cat <<-'P'
		import re, socket, sys, time
		from urllib.parse import urlsplit
		place = urlsplit(sys.argv[1])
		def connect():
		    return socket.create_connection((place.hostname, place.port), timeout=30)
		def receive(s):
		    answer = b""
		    while part := s.recv(65536):
		        answer += part
		    return answer
		def exchange(request):
		    with connect() as s:
		        s.sendall(request)
		        return receive(s)
		GET = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
		def families():
		    from prometheus_client.openmetrics.parser import text_string_to_metric_families
		    text = exchange(GET).split(b"\r\n\r\n", 1)[1].decode()
		    assert text.endswith("\n# EOF\n")
		    return {f.name: f for f in text_string_to_metric_families(text)}
		def samples():
		    return {(s.name, tuple(sorted(s.labels.items()))): s.value
		            for f in families().values() for s in f.samples}
		P
		cat
	} >client.py
	timeout 100 /usr/bin/python3 client.py "$url" "$@"
}

need_parser() {
	/usr/bin/python3 -c 'import prometheus_client.openmetrics.parser' 2>/dev/null ||
		skip "python3-prometheus-client is not installed"
}

@test "a public parser reads it; counters never fall, and end within the result" {
	need_parser
	printf '%s\n' '[global]' rate_iops=2000 '[a"b\c]' rw=randrw '[two]' new_group \
		rw=randwrite fsync=10 numjobs=2 group_reporting '[later]' stonewall rw=read >job
	start_run 0 job
	client <<-'P'
	import json
	last, phases = {}, set()
	counters = ("_total", "_bucket", "_count", "_sum")
	end = time.monotonic() + 60
	looks = 0
	while looks < 12 and time.monotonic() < end:
	    now = samples()
	    for key, value in last.items():
	        if key[0].endswith(counters):
	            assert now[key] >= value, (key, value, now[key])
	    looks += now != last and any(key[0] == "ringside_ios_total" for key in now)
	    last = now
	assert looks == 12, looks
	types = {f.name: (f.type, f.unit) for f in families().values()}
	assert types["ringside_ios"] == ("counter", "")
	assert types["ringside_bytes"] == ("counter", "bytes")
	assert types["ringside_latency_seconds"] == ("histogram", "seconds")
	assert types["ringside_phase"][0] == "stateset"
	assert types["ringside_run"][0] == "info"
	rows = [[key[0], dict(key[1]), value] for key, value in last.items()]
	names = {labels["job"] for _, labels, _ in rows if "job" in labels}
	assert names == {'a"b\\c', "two", "later"}, names
	for name, labels, value in rows:
	    if name == "ringside_phase":
	        doing = "to come" if labels["job"] == "later" else "measuring"
	        assert value == (labels["ringside_phase"] == doing), (labels, value)
	    if name == "ringside_depth":
	        assert value == {'a"b\\c': 1, "two": 2, "later": 1}[labels["job"]]
	    if name == "ringside_left_seconds":
	        assert 0 < value <= 600 and labels["job"] != "later"
	json.dump(rows, open("last.json", "w"))
	P
	stop_run
	expect_status 130
	/usr/bin/python3 - <<-'P'
	import json
	jobs = json.load(open("r.json"))["jobs"]
	checked = 0
	for name, labels, value in json.load(open("last.json")):
	    if "direction" not in labels:
	        continue
	    part = jobs[int(labels["index"])][labels["direction"]]
	    assert jobs[int(labels["index"])]["name"] == labels["job"]
	    if name == "ringside_ios_total":
	        assert 0 < value <= part["ios"], (labels, value)
	        checked += 1
	    elif name == "ringside_bytes_total":
	        assert value <= part["bytes"]
	    elif name == "ringside_latency_seconds_count":
	        assert 0 < value <= part["lat_ns"]["count"]
	    elif name == "ringside_latency_seconds_bucket":
	        bound = float(labels["le"]) * 1e9
	        counts = part["lat_ns"]["histogram"]["counts"]
	        low = lambda i: i if i < 256 else (i % 128 + 128) << (i // 128 - 1)
	        most = sum(count for index, count in counts if low(index) <= bound)
	        assert value <= most, (labels, value, most)
	        checked += 1
	assert checked > 4 * 50, checked
	P
}

@test "the last look of a run of several waves has all of it" {
	need_parser
	start_run 0 --rw=read --runtime=300ms --name=a --name=b --stonewall --runtime=600s
	client <<-'P'
	end = time.monotonic() + 60
	while time.monotonic() < end:
	    now = samples()
	    found = [value for (name, labels), value in now.items()
	             if name == "ringside_ios_total" and ("job", "b") in labels]
	    if found:
	        break
	assert found and found[0] > 0
	open("first", "w").write(str(int(next(value for (name, labels), value in now.items()
	    if name == "ringside_ios_total" and ("job", "a") in labels))))
	P
	stop_run
	[ "$(cat first)" = "$(json r.json "d['jobs'][0]['read']['ios']")" ]
}

@test "who asks otherwise gets what HTTP has for it" {
	start_run 0 --rw=read
	client <<-'P'
	def status(request):
	    head, _, body = exchange(request).partition(b"\r\n\r\n")
	    lines = head.decode().split("\r\n")
	    length = [int(l[16:]) for l in lines if l.startswith("Content-Length: ")]
	    return lines[0], lines, length[0], body
	line, lines, length, body = status(GET)
	assert line == "HTTP/1.1 200 OK" and length == len(body) > 0
	assert ("Content-Type: application/openmetrics-text; version=1.0.0; "
	        "charset=utf-8") in lines
	line, lines, length, body = status(b"HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
	assert line == "HTTP/1.1 200 OK" and length > 0 and body == b""
	assert status(b"GET /metrics?a=b HTTP/1.0\n\n")[0] == "HTTP/1.1 200 OK"
	line, lines, length, body = status(b"POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n"
	                                   b"\r\n123456789")
	assert line == "HTTP/1.1 405 Method Not Allowed" and "Allow: GET, HEAD" in lines
	for path in b"/", b"/metricsx", b"/metrics/", b"//metrics", b"/%6detrics":
	    line = status(b"GET " + path + b" HTTP/1.1\r\n\r\n")[0]
	    assert line == "HTTP/1.1 404 Not Found", (path, line)
	for wrong in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET /metrics\r\n\r\n", b"\0" * 10 + b"\n\n",
	              b"GET metrics HTTP/1.1\r\n\r\n", b"GET /metrics HTTP/2\r\n\r\n",
	              b" GET /metrics HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\n\n"):
	    line = status(wrong)[0]
	    assert line == "HTTP/1.1 400 Bad Request", (wrong, line)
	line = status(b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 100000)[0]
	assert line.startswith("HTTP/1.1 431 "), line
	with connect() as s: # in pieces
	    for at in range(len(GET)):
	        s.sendall(GET[at:at + 1])
	    assert receive(s).startswith(b"HTTP/1.1 200 OK\r\n")
	P
	stop_run
	expect_status 130
}

@test "a scrape is of now, not of the last one" {
	start_run 0 --rw=read --rate_iops=1000
	client <<-'P'
	def elapsed():
	    return float(re.search(rb"\nringside_run_elapsed_seconds (.*)\n", exchange(GET))[1])
	exchange(GET)
	first = elapsed()
	time.sleep(1.5)
	assert elapsed() >= first + 1.4
	P
	stop_run
}

@test "clients that say nothing, half of it or never read keep nobody out and cost nothing" {
	# a page of more than what sockets keep
	printf '[j]\nrw=randrw\nnumjobs=24\nrate_iops=50\n' >job
	start_run 0 job
	client "$pid" <<-'P'
	def of_process(name):
	    text = open(f"/proc/{sys.argv[2]}/status").read()
	    return int(re.search(rf"^{name}:\s*(\d+)", text, re.M)[1])
	def descriptors():
	    import os
	    return len(os.listdir(f"/proc/{sys.argv[2]}/fd"))
	assert exchange(GET).startswith(b"HTTP/1.1 200 OK")
	before, open_before = of_process("VmRSS"), descriptors()
	silent = [connect() for _ in range(100)]
	half = [connect() for _ in range(100)]
	for s in half:
	    try:
	        s.sendall(GET[:-2])
	    except OSError:
	        pass # its place was given to another
	deaf = []
	for _ in range(40):
	    s = socket.socket()
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
	    s.connect((place.hostname, place.port))
	    deaf.append(s)
	    try:
	        s.sendall(GET)
	    except OSError:
	        pass
	for _ in range(5):
	    answer = exchange(GET)
	    assert answer.startswith(b"HTTP/1.1 200 OK") and answer.endswith(b"# EOF\n")
	assert descriptors() <= open_before + 17, (open_before, descriptors())
	assert of_process("VmRSS") < before + 40000, (before, of_process("VmRSS"))
	assert of_process("Threads") == 24 + 2 # workers, the supervisor, the one that answers
	P
	stop_run
	expect_status 130
	expect_json r.json "all(j['read']['ios'] > 0 and not j['error'] for j in d['jobs'])" True
}

@test "a client that never reads does not hold up the end" {
	start_run unix:m.sock --rw=read
	/usr/bin/python3 - >deaf <<-'P' &
	import socket, time
	s = socket.socket(socket.AF_UNIX)
	s.connect("m.sock")
	s.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
	t = socket.socket(socket.AF_UNIX)
	t.connect("m.sock")
	print("connected", flush=True)
	time.sleep(60)
	P
	deaf=$!
	wait_until grep -q connected deaf
	stop_run
	kill "$deaf"
	expect_status 130
	[ ! -e m.sock ]
	expect_json r.json "d['jobs'][0]['read']['ios'] > 0" True
}

@test "nobody who asks costs no CPU time" {
	start_run 0 --rw=read --rate_iops=10
	sleep 1
	local task name=
	for task in /proc/"$pid"/task/*; do
		[ "$(cat "$task/comm")" = metrics ] || continue
		name=$task
		[ "$(awk '{ print $14 + $15 }' "$task/stat")" -le 1 ]
	done
	[ -n "$name" ]
	stop_run
}

@test "a socket's file is there while it runs, and gone after its end, however it ends" {
	local signal
	for signal in INT TERM HUP; do
		start_run unix:m.sock --rw=read
		url=http://x/metrics scrape --unix-socket m.sock | grep -q '^# EOF$'
		stop_run $signal
		[ "$status" -eq $((128 + $(kill -l $signal))) ]
		[ ! -e m.sock ]
	done
	ringside run --metrics=unix:m.sock --ioengine=null --rw=read --bs=4k --size=1m --quiet
	expect_status 0
	expect_silence
	[ ! -e m.sock ]
	ringside run --metrics=unix:m.sock --ioengine=null --rw=read --bs=4k --size=1m --name=x
	expect_error "note: scraped at unix:m.sock"
}

@test "a second signal, which ends it at once, leaves no socket either" {
	start_run unix:m.sock --rw=read --exec_postrun='touch begun; sleep 20'
	kill -INT "$pid"
	wait_until test -e begun
	sleep 0.5 # within 0.3 s it would be the first one again
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	pid=
	expect_status 130
	[ ! -e m.sock ] && [ ! -e r.json ]
}

# refuses TEXT HINT ARGUMENTS...: exit code 2, and nothing was written.
refuses() {
	ringside run --filename=file --size=64k --rw=write --json=r.json "${@:3}"
	expect_status 2
	[ -z "$output" ] || return 1
	expect_error "$1"
	expect_error "hint: $2"
	[ ! -e file ] && [ ! -e r.json ]
}

@test "a place that is taken is refused before anything is written" {
	start_run 0 --rw=read
	local port=${url##*:}
	port=${port%/metrics}
	refuses "cannot be scraped at http://127.0.0.1:$port/metrics: Address already in use" \
		"another process listens there" --metrics="$port"
	stop_run
	rm r.json
	start_run unix:m.sock --rw=read
	refuses "another process listens there" "choose another path" --metrics=unix:m.sock
	[ -S m.sock ]
	kill -KILL "$pid"
	wait "$pid" || true
	pid=
	rm -f r.json
	refuses "a socket at which nobody listens, left by a program that was killed" \
		"remove it: rm -- 'm.sock'" --metrics=unix:m.sock
	echo precious >kept
	refuses "a file that is no socket" "choose another path" --metrics=unix:kept
	[ "$(cat kept)" = precious ]
	refuses "No such file or directory" "choose another place" --metrics=unix:none/m.sock
}

@test "places that are none, or open to the network, are refused" {
	local place
	for place in x 65536 localhost:80 127.0.0.1 unix:; do
		refuses "--metrics=$place: " "" --metrics="$place"
	done
	for place in 0.0.0.0:0 '[::]:0' 192.0.2.1:80; do
		refuses "the network could read the figures there" "use 127.0.0.1" \
			--metrics="$place"
		refuses "the network could read the figures there" "use 127.0.0.1" \
			--metrics="$place" --dry-run
	done
	refuses "--metrics-any-address without --metrics" "--metrics=ADDRESS:PORT" \
		--metrics-any-address
	refuses "without intervals there is nothing to scrape" "leave out --interval=0" \
		--metrics=0 --interval=0
	refuses "cannot be scraped at http://192.0.2.1:0/metrics" "this machine does not have" \
		--metrics=192.0.2.1:0 --metrics-any-address
	ringside run --metrics=0.0.0.0:0 --metrics-any-address --ioengine=null --rw=read --bs=4k \
		--size=64k
	expect_status 0
	expect_error "scraped at http://0.0.0.0:"
}

@test "IPv6's loopback, too" {
	/usr/bin/python3 -c 'import socket
socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null || skip "no IPv6 here"
	ringside run --metrics='[::1]:0' --ioengine=null --rw=read --bs=4k --size=64k
	expect_status 0
	expect_error "scraped at http://[::1]:"
}

@test "the example of its help is a configuration of Prometheus" {
	ringside help scraping
	expect_status 0
	expect_text "scrape_configs:"
	expect_text "convert_classic_histograms_to_nhcb: true"
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not installed"
	printf '%s\n' "$output" | sed -n '/^  *scrape_configs:/,/^$/p' >p.yml
	/usr/bin/python3 - <<-'P'
	import yaml
	configuration = yaml.safe_load(open("p.yml"))["scrape_configs"][0]
	assert configuration["static_configs"][0]["targets"] == ["127.0.0.1:9464"]
	P
}
