# SPDX-License-Identifier: MIT
# What `make bench` is made of: its arithmetic, how it reads what the tools print, and what it sees
# of a program from outside. Nothing is measured here; bench_run.bats does that.
# covers: tests/bench/run

load helper

bench=$root/tests/bench/run

# python: a program from stdin that imports the modules of the bench.
python() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/tests/bench /usr/bin/python3 - "$@"
}

# tool NAME: an executable, its text from stdin.
tool() {
	{ echo '#!/bin/bash' && cat; } >"$1"
	chmod +x "$1"
}

# a_fio VERSION: ./fio, which says that 1,000 I/Os were read and 500 written, or one.
a_fio() {
	tool fio <<-END
	[ "\$1" != --version ] || { echo fio-$1; exit; }
	echo "a message before the document"
	ios=1000
	case "\$*" in *number_ios=1*) ios=1 ;; esac
	echo '{"jobs": [{"read": {"total_ios": '\$ios', "iops": 70.5},' \
		'"write": {"total_ios": 500, "iops": 29.5}, "trim": {"total_ios": 0, "iops": 0}}]}'
	END
}

@test "bench: medians are bounded by all rounds of a few, and by the middle of many" {
	python <<-'P'
	from figures import bound_median
	assert bound_median([3]) == (3, 3)
	assert bound_median([5, 1, 3]) == (1, 5)
	assert bound_median([9, 1, 3, 5, 7]) == (1, 9)
	assert bound_median(list(range(7))) == (0, 6)
	# 9 rounds: one of each side may go: 1 - 2 * 10 / 512 = 0.961
	assert bound_median(list(range(9))) == (1, 7)
	assert bound_median(list(range(20))) == (5, 14)  # 1 - 2 * 21700 / 2^20 = 0.959
	P
}

@test "bench: ratios are those of rounds, above 1 where ringside is ahead" {
	python <<-'P'
	from figures import divide_costs, divide_rounds
	from report import Results, format_ratio
	from rows import Row
	class Tool: pass
	def tool(name):
	    made = Tool()
	    made.name = made.kind = name
	    made.is_ringside = name == "ringside"
	    return made
	row = Row("a", [])
	ringside, fio = tool("ringside"), tool("fio")
	results = Results([row], [ringside, fio])
	# 101 I/Os, one of them the start's, which costs 3 s by the median of 1, 3 and 8
	for start, cpu, ios in ((8, 23, 201), (3, 13, 101), (1, 9, 101)):
	    results.add(row, ringside, {"start_s": start, "cpu_s": cpu, "ios": ios, "iops": 100})
	for cpu, iops in ((20, 50), (10, 200), (30, 100)):
	    results.add(row, fio, {"start_s": 0, "cpu_s": cpu, "ios": 101, "iops": iops})
	results.finish(row)
	assert results.get("a", "ringside", "ns") == [1e8, 1e8, 6e7]
	assert results.get("a", "fio", "ns") == [2e8, 1e8, 3e8]
	assert results.compare("a", "fio", "ns") == [2, 1, 5]
	assert results.compare("a", "fio", "iops") == [2, 0.5, 1]
	assert format_ratio(results.compare("a", "fio", "ns")) == "2.00 [1.00..5.00]"
	assert format_ratio([]) == "–"
	assert divide_rounds([1, None, 4], [2, 2, 0]) == [0.5]
	assert divide_costs([1.0], 2.0, [11]) == [0.0]
	P
}

@test "bench: a goal is met or missed by all rounds, else by the median of a quiet machine" {
	python <<-'P'
	from figures import CANNOT_TELL, MET, MISSED, exit_code, join_outcomes, judge
	def outcome(values, limit, is_at_least=True, busy=0.0):
	    return judge(values, limit, is_at_least, busy).outcome
	assert outcome([1.0, 1.1, 1.2], 1.0) == MET
	assert outcome([1.0, 1.1, 1.2], 1.0, busy=0.9) == MET
	assert outcome([0.7, 0.8, 0.9], 1.0, busy=0.9) == MISSED
	assert outcome([0.9, 1.1, 1.2], 1.0) == MET
	assert outcome([0.8, 0.9, 1.2], 1.0) == MISSED
	assert outcome([0.9, 1.1, 1.2], 1.0, busy=0.06) == CANNOT_TELL
	assert outcome([0.8, 0.9, 1.2], 1.0, busy=0.06) == CANNOT_TELL
	assert "others took 6% of the machine" in judge([0.9, 1.1, 1.2], 1.0, True, 0.06).reason
	assert [judge([low, 1.1, 1.2], 1.0, True).is_split for low in (0.9, 1.0)] == [True, False]
	assert judge([0.9, 1.1, 1.2], 1.0, True, 0.06).is_split
	assert outcome([1.1, 1.2], 1.0) == CANNOT_TELL
	assert outcome([], 1.0) == CANNOT_TELL
	assert judge([7], 10, False, 0.0, "count").outcome == MET
	assert judge([11, 12, 13], 10, False, 0.0, "wall").outcome == MISSED
	assert judge([11, 12, 13], 10, False, 0.5, "wall").outcome == CANNOT_TELL
	assert judge([7, 8, 9], 10, False, 0.5, "wall").outcome == MET
	assert outcome([8, 9, 10], 10, False) == MET
	assert outcome([11, 12, 13], 10, False) == MISSED
	assert outcome([8, 9, 13], 10, False) == MET
	assert join_outcomes([MET, CANNOT_TELL, MISSED]) == MISSED
	assert join_outcomes([MET, CANNOT_TELL]) == CANNOT_TELL
	assert join_outcomes([MET, MET]) == MET
	assert exit_code([MET, CANNOT_TELL], []) == 0
	assert exit_code([MET, MISSED], []) == 1
	assert exit_code([MET, MISSED], ["a row"]) == 5
	P
}

@test "bench: goals name what they lack: the latest fio, a peer, a fast machine" {
	python <<-'P'
	from figures import CANNOT_TELL, MET, MISSED
	from report import Results, judge_goals, join_reasons
	from rows import Row
	from tools import JobTool
	rows = [Row("zero io_uring d32", []), Row("null b16", []), Row("getppid", []),
	        Row("start", [], "start")]
	def judged(version, getppid_ns, null_ns, empty_ms=0.5, cannot=None):
	    tools = [JobTool("ringside", "ringside", "", ["r"]),
	             JobTool("fio", "f", version, ["f"]),
	             JobTool("gtod_reduce", "g", version, ["f"])]
	    results = Results(rows, tools)
	    for name, ns in (("ringside", 100), ("f", 170), ("g", 90)):
	        results.values["zero io_uring d32", name] = {"ns": [ns] * 5}
	    results.values["null b16", "ringside"] = {"ns": [null_ns] * 5}
	    for name in ("f", "g"):
	        results.reasons["null b16", name] = "f ended with 1"
	    results.values["getppid", "ringside"] = {"ns": [getppid_ns] * 5}
	    results.values["start", "ringside"] = {"first_ms": [6] * 5, "empty_ms": [empty_ms] * 5}
	    if cannot:
	        results.give_up(rows[3], tools[0], cannot, False)
	    return {goal.text: (outcome, parts) for goal, outcome, parts in judge_goals(results)}
	goals = judged("fio-3.33", 150, 9)
	assert goals["latest fio, io_uring d32"][0] == CANNOT_TELL
	assert "fio-3.33 is older" in goals["latest fio, io_uring d32"][1][0][2].reason
	assert goals["t/io_uring, io_uring d32 and d128"][0] == CANNOT_TELL
	assert "--peer=PATH" in goals["t/io_uring, io_uring d32 and d128"][1][0][2].reason
	assert goals["fio gtod_reduce, every row"][0] == MISSED
	assert any("0.90" in line for line in join_reasons(goals["fio gtod_reduce, every row"][1]))
	assert goals["fio, every row"][0] == CANNOT_TELL  # one row has failed
	assert goals["null, ns an I/O at batch 16"][0] == MET
	assert "refill, ns for 4 KiB" not in goals
	assert judged("fio-3.42-1-g1", 150, 9)["latest fio, io_uring d32"][0] == MET
	assert judged("fio-3.33", 150, 11)["null, ns an I/O at batch 16"][0] == MISSED
	slow = judged("fio-3.33", 250, 11)["null, ns an I/O at batch 16"]
	assert slow[0] == CANNOT_TELL and "getppid costs 250 ns" in slow[1][0][2].reason
	assert judged("fio-3.33", 150, 9, 0.9)["start to first I/O, ms"][0] == MISSED
	slow = judged("fio-3.33", 150, 9, 1.1)["start to first I/O, ms"]
	assert slow[0] == CANNOT_TELL and "program takes 1.10 ms" in slow[1][0][2].reason
	none = judged("fio-3.33", 150, 9, cannot="no atime")["start to first I/O, ms"]
	assert none[0] == CANNOT_TELL and none[1][0][2].reason == "no atime"
	P
}

@test "bench: where rounds lie on both sides of a goal, more are measured of its two tools" {
	python <<-'P'
	import importlib.machinery, importlib.util, os
	import measures
	from report import Results
	from rows import Row
	from tools import JobTool
	path = os.path.join(os.environ["PYTHONPATH"], "run")
	loader = importlib.machinery.SourceFileLoader("run", path)
	run = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
	loader.exec_module(run)
	calls = []
	def measure(_bench, tool, _row):
	    calls.append(tool.name)
	    number = calls.count(tool.name)
	    # fio is always behind, and its gtod_reduce at times: level in every third round.
	    cost = {"ringside": 100, "f": 150, "g": 99 if number % 3 == 0 else 105}[tool.name]
	    return {"start_s": 0, "cpu_s": cost, "ios": 101}
	measures.KINDS["cost"] = measure
	tools = [JobTool("ringside", "ringside", "", ["r"]), JobTool("fio", "f", "fio-3.42", ["f"]),
	         JobTool("gtod_reduce", "g", "fio-3.42", ["f"])]
	def rounds(number, used):
	    calls.clear()
	    row = Row("zero psync", [])
	    results = Results([row], used)
	    run.measure_row(None, results, row, number, lambda _text: None)
	    for tool in used[1:]: # each has its ringside
	        assert len(results.compare("zero psync", tool.name, "ns")) == calls.count(tool.name)
	    return {tool.name: calls.count(tool.name) for tool in used}
	assert rounds(5, tools) == {"ringside": 15, "f": 5, "g": 15}
	assert calls[:6] == ["ringside", "f", "g", "g", "f", "ringside"], calls
	assert calls[15:19] == ["g", "ringside", "ringside", "g"], calls
	assert rounds(5, tools[:2]) == {"ringside": 5, "f": 5}
	# Of a goal that no other tool has, ringside's alone.
	run.report.list_goals = lambda _rows: [
	    run.row_list.Goal("own", ["zero psync"], "ns", 1e9, False)]
	assert rounds(5, tools) == {"ringside": 5, "f": 5, "g": 5}
	own = JobTool("ringside", "ringside", "", ["r"])
	measures.KINDS["cost"] = lambda *_: calls.append("ringside") or {
	    "start_s": 0, "cpu_s": 90 + len(calls) % 2 * 20, "ios": 101}
	assert rounds(5, [own]) == {"ringside": 15}
	measures.KINDS["cost"] = measure
	run.report.list_goals = run.row_list.list_goals
	assert rounds(2, tools) == {"ringside": 2, "f": 2, "g": 2} # too few to lie on sides
	P
}

@test "bench: I/Os are read from ringside's document and from fio's" {
	"$ringside" run --name=a --ioengine=null --rw=randrw --size=64k --bs=4k --number_ios=10 \
		--numjobs=2 --format=json --quiet >ours.json
	a_fio 3.99
	./fio >theirs.json
	python <<-'P'
	from tools import read_document, read_ios
	from outside import Failed
	ios, iops = read_ios(read_document(open("ours.json").read()))
	assert ios == 20 and iops > 0
	assert read_ios(read_document(open("theirs.json").read())) == (1500, 100)
	for text in ("no document", '{"jobs": ['):
	    try:
	        read_document(text)
	        assert False
	    except Failed:
	        pass
	P
}

@test "bench: the lines of t/io_uring are its I/Os of a second" {
	python <<-'P'
	from tools import read_second
	assert read_second("IOPS=4.57M, BW=2.18GiB/s, IOS/call=16/16") == 4570000
	assert read_second("IOPS=123.45K, BW=60MiB/s, IOS/call=1/1\r") == 123450
	assert read_second("IOPS=99999, IOS/call=1/1") == 99999
	assert read_second("Maximum IOPS=4.57M") is None
	assert read_second("submitter=0, tid=12, file=/dev/zero, nfiles=1") is None
	P
}

@test "bench: a peer is known by what it says, and another program is refused" {
	a_fio 3.42-135-gf5344
	tool uring <<-'END'
	echo " -d <int>  : IO Depth, default 128"
	echo " -c <int>  : Batch complete, default 32"
	END
	python <<-'P'
	import tools
	found = tools.recognise("./fio", tools.ask("./fio", "--version"), ".")
	assert [(tool.kind, tool.name) for tool in found] == \
	    [("fio", "fio-3.42"), ("gtod_reduce", "3.42 gtod_reduce")]
	assert all(tools.is_latest(tool) for tool in found)
	assert "--gtod_reduce=1" in found[1].make_command(__import__("rows").Row("a", []), 1)
	(peer,) = tools.recognise("./uring", tools.ask("./uring", "--version"), ".")
	assert peer.kind == "t/io_uring" and peer.known == {"d", "c"}
	row = __import__("rows").Row("a", [], peer_options=["-d1", "-S1"], path="x")
	try:
	    peer.make_command(row)
	    assert False
	except tools.Cannot as reason:
	    assert str(reason) == "this t/io_uring has no -S"
	P
	run "$bench" --peer=/bin/true --rows=null --quick "$ringside"
	[ "$status" -eq 2 ]
	[[ $output == *"/bin/true is neither fio nor t/io_uring"* ]]
}

@test "bench: CPU time of children counts, each tool has a session, and a failure says why" {
	tool work <<-'END'
	( n=0; while [ "$(times | tail -n 1)" != x ] && [ $n -lt 300 ]; do n=$((n + 1)); done )
	read -r pid _ _ _ group session _ </proc/self/stat
	[ "$session" = "$$" ] && [ "$group" = "$$" ] && echo alone
	END
	tool bad <<<'echo "what was wrong" >&2; exit 3'
	tool slow <<<'exec sleep 60'
	python <<-'P'
	import os, outside
	before = os.times()
	seen = outside.watch(["./work"])
	after = os.times()
	spent = after.children_user + after.children_system - \
	    before.children_user - before.children_system
	assert seen.out == "alone\n"
	assert seen.cpu_s > 0 and abs(seen.cpu_s - spent) < 0.05, (seen, spent)
	def fails(words, *arguments):
	    try:
	        outside.watch(*arguments)
	    except outside.Failed as reason:
	        assert words in str(reason), reason
	        return
	    assert False, "it did not fail"
	fails("bad ended with 3: what was wrong", ["./bad"])
	outside.LIMIT_S = 0.2
	fails("slow did not end within 0.2 s", ["./slow"])
	P
}

@test "bench: a program without an end is interrupted behind its lines" {
	tool lines <<-'END'
	trap 'echo interrupted; exit 0' INT
	for i in 1 2 3; do echo "IOPS=$i, "; sleep 0.3; done
	sleep 60 &
	wait
	END
	python <<-'P'
	import outside, tools
	outside.LIMIT_S = 30
	seen = outside.watch_lines(["./lines"], lambda line: tools.read_second(line) is not None, 2)
	assert "IOPS=3" in seen.out and "interrupted" in seen.out, seen.out
	assert 0 < seen.at_first_line_s <= seen.cpu_s + 0.01, seen
	P
}

@test "bench: an interrupt ends the bench while a program without an end runs" {
	tool endless <<<'echo line; sleep 100'
	python <<-'P'
	import os
	import outside
	def interrupted(_line):
	    raise KeyboardInterrupt
	try:
	    outside.watch_lines([os.path.abspath("endless")], interrupted, 1)
	except KeyboardInterrupt:
	    pass
	P
}

@test "bench: the first read of a file is seen when it comes" {
	echo text >file
	tool reads <<<'sleep 1; read -r word <file; sleep 2'
	tool reads_not <<<'sleep 0.1'
	python <<-'P'
	import outside
	seen = outside.watch(["./reads"], accessed="file")
	assert seen.first_access_s and 0.3 < seen.first_access_s < seen.wall_s - 0.5, seen
	assert outside.watch(["./reads_not"], accessed="file").first_access_s is None
	P
}

@test "bench: the battery tells random data from others, and says what it could not test" {
	need_command dieharder
	python <<-'P'
	import subprocess
	import measures
	import outside
	measures.BATTERY = (100, 4) # the shortest two
	def feed(command):
	    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE) as source:
	        try:
	            return measures.run_battery(source.stdout)
	        finally:
	            source.kill()
	said = feed("cat /dev/urandom")
	assert len(said) == 2 and "FAILED" not in said, said
	assert "FAILED" in feed("yes")
	try:
	    feed("head -c 4096 /dev/urandom")
	except outside.Failed as error:
	    assert "dieharder -d 100" in str(error), error
	else:
	    raise AssertionError("4 KiB were enough")
	P
}

@test "bench: peak memory is the program's, not that of who has started it" {
	tool small <<<'sleep 0.3'
	python <<-'P'
	import outside
	ballast = bytearray(200 << 20)
	peak = outside.watch(["./small"], polls_peak=True).peak_kib
	assert 500 < peak < 100 << 10, peak
	for polls in (False, True):
	    large = outside.watch(["/usr/bin/python3", "-c", "bytearray(300 << 20)"],
	                          polls_peak=polls)
	    assert large.peak_kib > 300 << 10, large
	P
}

@test "bench: the README's table has ten lines, and all files are written or none" {
	python <<-'P'
	import pathlib, report
	from tools import JobTool
	results = report.Results([], [JobTool("ringside", "ringside", "", ["r"])])
	table = report.make_table(results)
	assert len(table.splitlines()) == 10
	results.values["getppid", "ringside"] = {"ns": [1150.0, 1152.4]}
	last = report.make_table(results).splitlines()[-1]
	assert last == "(An empty system call takes 1151 ns on that machine.)", last
	text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
	new = report.replace_table(text, table)
	assert "old" not in new and table in new
	assert new.startswith("before\n") and new.endswith("\nafter\n")
	assert report.replace_table(new, table) == new
	try:
	    report.replace_table("no marks", table)
	    assert False
	except ValueError:
	    pass
	pathlib.Path("a").write_text("old")
	try:
	    report.write_whole({"a": "new", "missing/b": "new"})
	    assert False
	except OSError:
	    pass
	assert pathlib.Path("a").read_text() == "old"
	assert not list(pathlib.Path(".").glob("*.new"))
	report.write_whole({"a": "new", "b": "new"})
	assert pathlib.Path("a").read_text() == pathlib.Path("b").read_text() == "new"
	P
	# All of it, in a tree of its own.
	mkdir -p tree/results
	printf '%s\n' before '<!-- make bench: begin -->' '<!-- make bench: end -->' >tree/README.md
	python <<-'P'
	import json, report
	from rows import Row
	from tools import JobTool
	tools = [JobTool("ringside", "ringside", "0.1", ["r"]),
	         JobTool("fio", "f", "fio-3.42", ["f"])]
	row = Row("null b16", [])
	results = report.Results([row], tools)
	for cpu in (2, 4, 3):
	    for tool, factor in zip(tools, (1, 8)):
	        results.add(row, tool, {"ios": 1e9 + 1, "iops": 1, "cpu_s": cpu * factor,
	                                "start_s": 0})
	results.finish(row)
	report.record(results, report.judge_goals(results), {"rounds": 3}, "tree")
	assert "| null b16 | 3.00 | 8.00 [8.00..8.00] |" in open("tree/README.md").read()
	document = json.load(open("tree/results/bench.json"))
	assert document["rounds"] == 3
	assert document["rows"][0]["tools"]["f"]["median"]["ns"] == 24
	outcomes = {goal["goal"]: goal["outcome"] for goal in document["goals"]}
	assert outcomes["fio, every row"] == "met", outcomes
	assert outcomes["fio gtod_reduce, every row"] == "cannot tell here", outcomes
	P
	# The rows of the table are rows of the bench.
	"$bench" --list "$ringside" >rows
	python <<-'P'
	import report, rows
	known = open("rows").read().splitlines()
	assert len(known) == len(set(known)) and len(known) > 40
	assert set(report.README_ROWS) <= set(known), set(report.README_ROWS) - set(known)
	goals = rows.list_goals([rows.Row("null b16", [])])
	assert {row for goal in goals for row in goal.rows} <= set(known)
	P
	grep -q '^<!-- make bench: begin -->$' "$root/README.md"
	grep -q '^<!-- make bench: end -->$' "$root/README.md"
}

@test "bench: wrong requests measure nothing" {
	run "$bench" --record --quick "$ringside"
	[ "$status" -eq 2 ]
	[[ $output == *"--record is of all rows and rounds"* ]]
	run "$bench" --rows=nothing "$ringside"
	[ "$status" -eq 2 ]
	[[ $output == *"no row is named 'nothing'"* ]]
	run "$bench" --rounds=0 "$ringside"
	[ "$status" -eq 2 ]
	run "$bench" --quick --rows=null --json=missing/file "$ringside"
	[ "$status" -eq 2 ]
	[[ $output == *"nothing can be written to missing"* ]]
	run "$bench" --list ./missing
	[ "$status" -eq 2 ]
	[[ $output == *"./missing"* ]]
}
