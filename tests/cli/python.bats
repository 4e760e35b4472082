# SPDX-License-Identifier: MIT
# tools/ringside.py reads what ringside writes: rows that agree with the documents, histograms whose
# percentiles are ringside's to the digit.
# covers: tools/ringside.py

load helper

reader=$root/tools/ringside.py

# python [ARGUMENTS...]: a program from stdin that imports ringside.
python() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/tools /usr/bin/python3 - "$@"
}

rows() {
	run --separate-stderr -- "$reader" rows "$@"
}

# measure FILE ARGUMENTS...: a run, its document in FILE.
measure() {
	"$ringside" run --quiet --output=/dev/null --json="$@" 2>said || { cat said; return 1; }
}

@test "the example of its docstring holds" {
	measure run.json --name=a --ioengine=null --rw=randrw --bs=4k --size=4m
	PYTHONDONTWRITEBYTECODE=1 run /usr/bin/python3 -m doctest -v "$reader"
	[ "$status" -eq 0 ]
	[[ $output == *"run.intervals()"* ]]
	[[ $output == *"Test passed."* ]]
}

# Several kinds of latencies: nanoseconds, milliseconds behind a rate, syncs, a few I/Os, clones
# merged by ringside, directions merged by ringside.
runs() {
	local percentiles=--percentile_list=0:0.1:25:50:75:90:99:99.5:99.9:99.99:100
	measure null.json --name=a --ioengine=null --rw=randread --bs=4k --size=64m --numjobs=2 \
		--group_reporting --loops=4 --interval=100ms $percentiles
	measure rate.json --name=a --ioengine=null --rw=randrw --bs=4k --size=1m --rate_iops=2000 \
		--rate_process=poisson --time_based --runtime=400ms --interval=100ms $percentiles
	measure sync.json --name=a --ioengine=psync --filename=file --rw=randrw --bs=4k --size=2m \
		--fsync=8 --unified_rw_reporting=both --numjobs=3 --group_reporting $percentiles
	measure slat.json --name=a --ioengine=io_uring --iodepth=16 --filename=file --rw=randread \
		--bs=16k --size=2m --time_based --runtime=300ms --interval=100ms $percentiles
	measure one.json --name=a --ioengine=null --rw=read --bs=4k --size=4k $percentiles
	measure two.json --ioengine=null --rw=read --bs=4k --size=8k $percentiles \
		--name=a --name=b
}

@test "percentiles and intervals of runs are ringside's, to the digit" {
	runs
	python ./*.json <<-'P'
	import sys, ringside
	compared = 0
	for path in sys.argv[1:]:
	    run = ringside.load(path)
	    assert run.kind == "result"
	    for index, job in enumerate(run.data["jobs"]):
	        for name in ringside.DIRECTIONS:
	            part = job[name]
	            if not part["ios"]:
	                continue
	            kinds = [k for k in ("lat_ns", "clat_ns", "slat_ns")
	                     if part[k] and "histogram" in part[k]]
	            assert "lat_ns" in kinds
	            for kind in kinds:
	                whole = run.histogram(index, name, kind)
	                for percent, printed in part[kind]["percentiles"].items():
	                    mine = whole.percentile(float(percent))
	                    assert mine == printed, (path, name, percent, mine, printed)
	                    compared += 1
	                assert abs(whole.mean - part[kind]["mean"]) <= 1e-9 * whole.mean
	            parts = run.latencies(index, name, of="intervals")
	            assert parts, (path, name)
	            merged = ringside.merge(p["histogram"] for p in parts)
	            whole = run.histogram(index, name)
	            assert merged == whole and abs(merged.sum - whole.sum) <= 1e-9 * whole.sum
	            rows = [r for r in run.intervals()
	                    if r["index"] == index and r["direction"] == name]
	            for key in ("ios", "bytes"):
	                assert sum(r[key] for r in rows) == part[key], (path, name, key)
	            assert sum(r["duration_ns"] for r in rows) == job["elapsed_ns"]
	            for row, p in zip([r for r in rows if r["ios"]], parts):
	                for percent in (50, 99, 99.9):
	                    assert row[f"lat.p{percent}"] == p["histogram"].percentile(percent)
	                    compared += 1
	    for job in run.jobs():
	        part = run.data["jobs"][job["index"]][job["direction"]]
	        assert (job["ios"], job["iops"]) == (part["ios"], part["iops"])
	        assert job["lat.p99"] == part["lat_ns"]["percentiles"]["99"]
	unified = ringside.load("./sync.json")
	both = unified.histogram(direction="read") + unified.histogram(direction="write")
	printed = unified.data["jobs"][0]["unified"]["mixed"]["lat_ns"]
	assert both == unified.histogram(direction="mixed") and both.count == printed["count"]
	for percent, latency in printed["percentiles"].items():
	    assert both.percentile(float(percent)) == latency
	assert unified.histogram(direction="sync").count > 0
	assert compared > 200, compared
	P
}

# The figures of `ringside report` follow from the buckets, whatever they are.
@test "percentiles of made-up histograms are those that ringside report computes" {
	measure run.json --name=a --ioengine=null --rw=read --bs=4k --size=4m --interval=0 \
		--percentile_list=0:0.1:1:5:33.3:50:66.6:90:95:99:99.9:99.99:99.999:100
	python "$ringside" <<-'P'
	import copy, json, random, subprocess, sys, ringside
	base = json.load(open("run.json"))
	random.seed(18)
	shapes = [
	    lambda: random.randrange(256), lambda: int(random.lognormvariate(11, 2)),
	    lambda: int(random.paretovariate(0.4)) * 90, lambda: random.choice((255, 256, 257)),
	    lambda: 2 ** random.randrange(42), lambda: 2 ** random.randrange(41) - 1,
	    lambda: 77_000, lambda: random.choice((0, 2 ** 40 - 1, 2 ** 40, 2 ** 41))]
	for number in range(4 * len(shapes)):
	    histogram = ringside.Histogram()
	    for _ in range((1, 2, 1000, 3001)[number // len(shapes)]):
	        histogram.record(shapes[number % len(shapes)](), random.choice((1, 1, 1, 250)))
	    document = copy.deepcopy(base)
	    read = document["jobs"][0]["read"]
	    percents = list(read["lat_ns"]["percentiles"])
	    read["ios"] = histogram.count
	    read["lat_ns"] = {
	        "count": histogram.count, "min": histogram.min, "max": histogram.max,
	        "sum": histogram.sum, "sum_of_squares": histogram.sum_of_squares,
	        "percentiles": dict.fromkeys(percents, histogram.max),
	        "histogram": {"geometry": ringside.GEOMETRY,
	                      "counts": [[b["bucket"], b["count"]] for b in histogram.buckets()]}}
	    with open("made.json", "w") as stream:
	        json.dump(document, stream)
	    text = subprocess.run([sys.argv[1], "report", "made.json", "--format=json"],
	                          check=True, stdout=subprocess.PIPE, text=True).stdout
	    reported = json.loads(text)["jobs"][0]["read"]["lat_ns"]
	    again = ringside.parse(text).histogram()
	    assert again == histogram
	    assert len(reported["percentiles"]) == len(percents) == 14
	    for percent, latency in reported["percentiles"].items():
	        mine = histogram.percentile(float(percent))
	        assert mine == latency, (number, percent, mine, latency)
	    assert abs(histogram.mean - reported["mean"]) <= 1e-6 * reported["mean"]
	    assert abs(histogram.stddev - reported["stddev"]) <= 1e-3 * reported["mean"] + 1
	P
}

@test "the edges of its buckets are HdrHistogram's" {
	python <<-'P'
	import fractions, math
	import ringside as r
	assert [r.bucket_of(v) for v in (0, 255, 256, 257, 258, 2 ** 50)] == [
	    0, 255, 256, 256, 257, r.BUCKETS - 1]
	for index in range(r.BUCKETS - 1):
	    low, high = r.bucket_lowest(index), r.bucket_highest(index)
	    assert r.bucket_of(low) == r.bucket_of(high) == index
	    assert r.bucket_of(high + 1) == index + 1
	one = r.Histogram()
	for count in (1, 2, 3, 9, 10, 999, 1000, 10000, 123457, 1441000, 5315000):
	    one.count = count
	    for percent in ("0", "0.1", "1.1", "33.3", "50", "57", "99.9", "99.99", "100"):
	        exact = math.ceil(fractions.Fraction(percent) * count / 100)
	        assert one._rank(float(percent)) == exact, (percent, count)
	empty = r.Histogram()
	assert empty.percentile(50) is None and empty.mean is None and empty.buckets() == []
	assert r.merge([]) == empty and empty + empty == empty
	for percent in (-1, 100.1):
	    try:
	        empty.percentile(percent)
	    except ValueError:
	        continue
	    raise AssertionError(percent)
	P
}

@test "intervals are those of csv-series, and of lines while a run goes on" {
	measure run.json --ioengine=null --rw=randrw --bs=4k --size=1m --time_based \
		--runtime=350ms --rate_iops=3000 --name=a --name=b --interval=100ms \
		--jsonl=lines.jsonl
	ringside report run.json --format=csv-series
	printf '%s\n' "$output" >series.csv
	python <<-'P'
	import csv, json, ringside
	mine = ringside.load("run.json").intervals()
	printed = list(csv.DictReader(open("series.csv")))
	assert len(mine) == len(printed) >= 12, (len(mine), len(printed))
	printed = {(r["job"], int(r["start_ns"]), r["direction"]): r for r in printed}
	names = {"ios": "ios", "bytes": "bytes", "errors": "errors", "lat.min": "lat_min_ns",
	         "lat.p50": "lat_p50_ns", "lat.p99": "lat_p99_ns", "lat.p99.9": "lat_p99.9_ns",
	         "lat.max": "lat_max_ns"}
	for row in mine:
	    other = printed[row["job"], row["start_ns"], row["direction"]]
	    for name, column in names.items():
	        assert row[name] == int(other[column]), (row, other)
	lines = ringside.load("lines.jsonl")
	assert lines.kind == "result" and lines.intervals() == mine
	text = open("lines.jsonl").read().splitlines()
	running = ringside.parse("\n".join(text[:-1]))
	assert running.kind == "interval" and running.intervals() == mine
	assert running.histogram("b", "write") == lines.histogram("b", "write")
	one = ringside.parse(text[0])
	assert one.kind == "interval" and len(one.intervals()) == 2
	P
}

@test "trials of a comparison give the document's own figures" {
	printf '%s\n' '[global]' ioengine=null size=64m bs=4k '[a]' rw=randread \
		'[b]' rw=randwrite >job
	ringside compare job --blocks=3 --trial-time=50ms --window=0 --quiet --json=c.json --seed=1
	python c.json "$root/results/engines.json" <<-'P'
	import math, sys, ringside
	checked = 0
	for path in sys.argv[1:]:
	    document = ringside.load(path)
	    point = document.data["points"][0]
	    rows = document.trials()
	    assert len(rows) == len(point["trials"]) >= 9
	    for row, trial in zip(rows, point["trials"]):
	        assert row["contender"] == point["contenders"][trial["contender"]]["name"]
	        for key, value in trial["values"].items():
	            assert row[key] == value
	        assert row["guard.steal"] == trial["guards"]["steal"]
	    for verdict in point["verdicts"]["contenders"] if point["verdicts"] else ():
	        values = [row["iops"] for row in rows
	                  if row["counts"] and row["contender"] == verdict["contender"]]
	        if len(values) == point["blocks"]:  # none was disturbed for good
	            level = math.exp(sum(map(math.log, values)) / len(values))
	            printed = verdict["metrics"]["iops"]["level"]
	            assert abs(level - printed) <= 1e-9 * level, (level, printed)
	            checked += 1
	assert checked >= 7, checked
	P
	rows c.json --what=trials
	expect_status 0
	[ "${#lines[@]}" -eq "$(($(json c.json 'len(d["points"][0]["trials"])') + 1))" ]
	[[ ${lines[0]} == point,contender,engine,* ]]
}

# Each kind that there is a schema of; what it reads of each is not empty.
@test "documents of every kind have rows" {
	printf '%s\n' '[a]' ioengine=null size=64m bs=4k rw=randread >job
	measure result.json job --jsonl=lines.jsonl
	head -n 1 lines.jsonl >interval.json
	ringside compare job --engines=null,psync --blocks=2 --trial-time=20ms --window=0 --quiet \
		--filename=file --size=1m --json=comparison.json
	ringside curve job --points=2 --repeat=1 --trial-time=20ms --quiet --json=curve.json
	{ printf '%s\n' '[claim]' title=T statement=S 'claim=a.iops >= 1' && cat job; } >claim.job
	ringside claims claim.job --quick --quiet --json=claims.json
	ringside baseline record job --blocks=3 --trial-time=20ms --quiet --no-guards \
		--sessions=2 --idle=0 --output=baseline.json
	show
	ringside check result.json --baseline=result.json --threshold=iops=50% \
		--json=check.json --history=history.json
	show
	ringside probe --json=probe.json
	XDG_STATE_HOME=$folder/state ringside prepare file --size=1m --quiet --json=prepare.json
	ringside lint job --json=lint.json
	show
	measure written.json --name=a --filename=v --size=64k --rw=write --verify=crc32c \
		--do_verify=0 --verify_state_save=1
	ringside verify v --state="$(echo ./*.state)" --json=verify.json
	show
	"$ringside" help | sed -n 's/.* \([a-z]*\)-schema .*/\1/p' >kinds
	echo result >>kinds
	python <<-'P'
	import ringside
	kinds = open("kinds").read().split()
	assert sorted(kinds) == sorted(ringside.VERSIONS) == sorted(ringside.TABLES), kinds
	for kind in kinds:
	    document = ringside.load(f"{kind}.json")
	    assert document.kind == kind, (kind, document)
	    counts = {table: len(document.rows(table)) for table in document.tables}
	    print(kind, counts)
	    first = document.tables[0]
	    assert counts[first] > 0, (kind, counts)
	    assert str(document).startswith(f"<Document: {kind} ")
	P
	ls
}

@test "documents that the project keeps are read" {
	local file corpus=$root/tests/fuzz/corpus
	for file in "$root"/results/*.json "$root"/tests/unit/result/golden/result.json \
		"$corpus"/result_read/{no-jobs,sample,series,small} \
		"$corpus"/{history,baseline}/plain "$corpus"/baseline/pairs \
		"$corpus"/input/comparison; do
		[[ $file != */results/bench.json ]] || continue # make bench's own
		rows "$file"
		expect_status 0
		[[ $file == *no-jobs ]] || [ "${#lines[@]}" -gt 1 ]
	done
}

# refuses FILE TEXT: exit code 2, one line that names the file and says TEXT.
refuses() {
	rows "$1"
	expect_status 2
	[ -z "$output" ] || return 1
	[ "${#stderr_lines[@]}" -eq 1 ] || return 1
	expect_error "error: $1"
	expect_error "$2"
}

@test "what it cannot read is told by name, with the cure" {
	local corpus=$root/tests/fuzz/corpus kind
	for kind in $("$ringside" help | sed -n 's/.* \([a-z]*\)-schema .*/\1/p') result; do
		printf '{"schema": "ringside-%s/2"}' "$kind" >later
		refuses later "a $kind of another version, ringside-$kind/2: this ringside.py reads"
	done
	printf '{"schema": "ringside-poem/1"}' >unknown
	refuses unknown "an unknown kind, ringside-poem/1"
	refuses "$root/tests/unit/result/golden/fio.json" "this is a fio result"
	refuses "$corpus/result_read/cut" "was the file cut short"
	refuses "$corpus/result_read/infinite" "too large"
	refuses "$corpus/result_read/empty" "the result is damaged: it lacks 'jobs'"
	refuses "$corpus/history/damaged" "no JSON"
	refuses "$corpus/history/later" "ringside-history/9"
	refuses missing "cannot be read: No such file"
	refuses /dev/null "no JSON"
	printf '[job]\nrw=read\n' >job
	refuses job "no JSON"
	printf '\377\376' >bytes
	refuses bytes "no text in UTF-8"
	printf '[%.0s' {1..200000} >deep
	refuses deep "no JSON"
	measure run.json --name=a --ioengine=null --rw=read --bs=4k --size=4k --interval=100ms
	sed 's/"duration_ns": [0-9]*/&'"$(printf '%.0s0' {1..400})"/ run.json >large
	run --separate-stderr -- "$reader" rows large --what=intervals
	expect_status 2
	expect_error "the result is damaged: int too large"
	printf '{"schema": 7}' >odd
	refuses odd 'it has no "schema"'
	printf '7' >odd
	refuses odd 'it has no "schema"'
	rows "$root/results/engines.json" --what=gates
	expect_status 2
	expect_error "a comparison has no gates, it has: trials"
}

@test "a histogram that does not add up is refused" {
	measure run.json --name=a --ioengine=null --rw=read --bs=4k --size=4m
	python <<-'P'
	import copy, json, ringside
	base = json.load(open("run.json"))
	def broken(change):
	    document = copy.deepcopy(base)
	    change(document["jobs"][0]["read"]["lat_ns"])
	    document = ringside.parse(json.dumps(document), "it")
	    for ask in (document.histogram, lambda: document.rows("histograms")):
	        try:
	            ask()
	        except ringside.RingsideError as problem:
	            assert str(problem).startswith("it: "), problem
	            continue
	        raise AssertionError("was not refused")
	ringside.parse(json.dumps(base)).histogram()
	broken(lambda lat: lat.update(count=lat["count"] + 1))
	broken(lambda lat: lat.update(max=lat["max"] * 4))
	broken(lambda lat: lat.update(min=0))
	broken(lambda lat: lat["histogram"].update(geometry="hdr/1us/3digits"))
	broken(lambda lat: lat["histogram"]["counts"].append(lat["histogram"]["counts"][0]))
	broken(lambda lat: lat["histogram"].update(counts=[[1, 2, 3]]))
	broken(lambda lat: lat["histogram"].update(counts=None))
	broken(lambda lat: lat.update(sum=None))
	broken(lambda lat: lat.update(sum_of_squares="1"))
	def lessen(lat):
	    counts = lat["histogram"]["counts"]
	    counts[1][1] = -counts[1][1]
	    lat["count"] = sum(count for _, count in counts)
	broken(lessen)
	P
}

@test "the command line prints CSV, lines of JSON, and several files as one table" {
	measure one.json --name=a --ioengine=null --rw=read --bs=4k --size=64k
	measure two.json --name='b, "c"' --ioengine=null --rw=write --bs=4k --size=64k
	rows one.json two.json --what=jobs
	expect_status 0
	expect_silence
	printf '%s\n' "$output" >jobs.csv
	[ "$(csv_field jobs.csv ios)" = 16 ]
	[[ ${lines[2]} == 'two.json,"b, ""c""",0,'* ]]
	rows one.json --what=histograms --jsonl
	[ "$(printf '%s\n' "$output" | /usr/bin/python3 -c 'import json, sys
rows = [json.loads(line) for line in sys.stdin]
print(sum(row["count"] for row in rows if row["latency"] == "lat_ns"))')" = 16 ]
	"$reader" rows one.json --what=histograms | head -n 1 >first
	[ "$(cut -d, -f1-4 first)" = job,index,direction,latency ]
	run "$reader" rows one.json --csv --jsonl
	expect_status 2
}

@test "what cannot be written is told, not traced" {
	measure one.json --name=a --ioengine=null --rw=read --bs=4k --size=4m
	local what
	for what in jobs histograms; do
		run --separate-stderr -- sh -c '"$1" rows one.json --what="$2" >/dev/full' - \
			"$reader" "$what"
		expect_status 5
		[ "$stderr" = "error: cannot write to stdout: No space left on device" ]
	done
	run --separate-stderr -- sh -c '"$1" rows one.json >&-' - "$reader"
	expect_status 5
	[ "$stderr" = "error: cannot write to stdout: it is closed" ]
}

@test "names are UTF-8 in any locale, and may be no text" {
	measure one.json --name='ü' --ioengine=null --rw=read --bs=4k --size=64k
	PYTHONIOENCODING=ascii rows one.json
	expect_status 0
	[[ ${lines[1]} == ü,0,* ]]
	sed 's/"ü"/"\\ud800"/' one.json >surrogate.json
	rows surrogate.json
	expect_status 0
	[[ ${lines[1]} == '\ud800,0,'* ]]
}

@test "a byte order mark before a document is no harm, as for ringside" {
	measure one.json --name=a --ioengine=null --rw=read --bs=4k --size=64k
	printf '\357\273\277' | cat - one.json >marked.json
	"$ringside" report marked.json >/dev/null
	rows marked.json
	expect_status 0
	[[ ${lines[1]} == a,0,* ]]
}

@test "an index of 0 is named where nothing is found" {
	measure one.json --name=a --ioengine=null --rw=read --bs=4k --size=64k
	python <<-'P'
	import ringside
	try:
	    ringside.load("one.json").histogram(0, "trim")
	except ringside.RingsideError as problem:
	    assert "job 0, direction trim" in str(problem), problem
	else:
	    raise AssertionError
	P
}

@test "rows become a DataFrame where pandas is installed" {
	/usr/bin/python3 -c 'import pandas' 2>/dev/null || skip "pandas is not installed"
	measure run.json --name=a --ioengine=null --rw=randrw --bs=4k --size=4m
	python <<-'P'
	import ringside
	run = ringside.load("run.json")
	frame = run.frame("intervals")
	assert int(frame["ios"].sum()) == 1024
	assert list(frame.columns) == list(run.intervals()[0])
	assert int(run.frame("jobs").groupby("direction")["bytes"].sum().sum()) == 4 << 20
	trials = ringside.frame([{"seed": 2 ** 64 - 1}])
	assert int(trials["seed"][0]) == 2 ** 64 - 1
	P
}

@test "a DataFrame without pandas is an error that names it" {
	measure run.json --name=a --ioengine=null --rw=read --bs=4k --size=64k
	mkdir without
	echo 'raise ImportError("not here")' >without/pandas.py
	python <<-'P'
	import sys
	sys.path.insert(0, "without")
	import ringside
	try:
	    ringside.load("run.json").frame("jobs")
	except ringside.RingsideError as problem:
	    assert "python3-pandas" in str(problem)
	else:
	    raise AssertionError
	P
}
