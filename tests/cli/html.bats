# SPDX-License-Identifier: MIT
# Reports in HTML as a reader has them: chromium opens each from disk, with the network off.
# html.py has the checks, chromium.py the browser. One browser serves the whole file.
# covers: src/report/html_page.c
# stage: slow

load helper

hostile='</script><img src=x onerror="window.attacked=1;alert(1)">'

setup_file() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	ringside=${RINGSIDE:-$root/build/ringside}
	export pages=$BATS_FILE_TMPDIR
	command -v chromium >/dev/null || skip "chromium is not installed"
	cd "$pages" || return 1
	make_documents || return 1
	"$ringside" report run.json --html=run.html >/dev/null 2>said || {
		grep -q "node-d3" said && skip "built without node-d3: $(head -n 1 said)"
		cat said
		return 1
	}
	/usr/bin/python3 "$BATS_TEST_DIRNAME/html.py" serve "$pages/socket" 3>&- >browser.log 2>&1 &
	echo $! >browser.pid
	local end=$((SECONDS + 60))
	until [ -S socket ]; do
		if ((SECONDS > end)) || ! kill -0 "$(cat browser.pid)"; then
			cat browser.log
			return 1
		fi
		sleep 0.05
	done
}

teardown_file() {
	[ ! -e "$BATS_FILE_TMPDIR/browser.pid" ] || {
		kill "$(cat "$BATS_FILE_TMPDIR/browser.pid")" 2>/dev/null || true
	}
}

# make_documents: a document of each kind, short and real.
make_documents() {
	printf '%s\n' '[global]' filename=/dev/zero size=1m bs=4k runtime=1s time_based=1 \
		percentile_list=50:90:99:99.9 "description=$hostile" \
		"[$hostile]" rw=randrw ioengine=psync rate_iops=2000 \
		'[second]' rw=randread ioengine=io_uring iodepth=4 rate_iops=5000 >hostile.job
	"$ringside" run hostile.job --interval=100ms --json=run.json --quiet >/dev/null
	printf '%s\n' '[global]' filename=/dev/zero size=1m bs=4k rw=randread \
		"[$hostile]" ioengine=psync '[second]' ioengine=io_uring iodepth=4 \
		'[third]' ioengine=mmap >engines.job
	"$ringside" compare engines.job --blocks=3 --trial-time=30ms --window=0 --quiet \
		--json=compare.json >/dev/null
	"$ringside" compare engines.job --vary=iodepth=1,4 --section=second --blocks=2 --quiet \
		--trial-time=30ms --window=0 --json=sweep.json >/dev/null
	"$ringside" curve engines.job --points=7 --trial-time=30ms --no-guards --slo=p50=1ms \
		--max-time=20s --json=curve.json >/dev/null 2>&1
	# Whatever it finds.
	"$ringside" check engines.job --ref=psync --blocks=3 --trial-time=30ms --window=0 --idle=0 \
		--no-guards --json=check.json --history=history.jsonl --quiet >/dev/null || true
	[ -s check.json ] && make_history
}

# Ten checks more, of which the last five are slower: a level that changed.
make_history() {
	/usr/bin/python3 - history.jsonl <<-'END'
		import json, sys
		with open(sys.argv[1], encoding="utf-8") as file:
		    line = json.loads(file.readline())
		with open(sys.argv[1], "w", encoding="utf-8") as file:
		    for i in range(12):
		        line["time"], line["commit"] = f"2026-01-{i + 1:02}T00:00:00Z", f"{i:040x}"
		        for gate in line["gates"].values():
		            gate["mean"] += 0.001 * (i % 3 - 1) - (0.3 if i == 6 else 0)
		        print(json.dumps(line), file=file)
	END
}

# edit DOCUMENT NEW STATEMENTS: page NEW, of DOCUMENT with d changed.
edit() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
exec(sys.argv[3])
json.dump(d, open(sys.argv[2], "w", encoding="utf-8"))' "$pages/$1.json" "$pages/$2.json" "$3"
	page "$2"
}

# page KIND: $page of $document, written once.
page() {
	document=$pages/$1.json
	page=$pages/$1.html
	[ "$1" != history ] || document=$pages/history.jsonl
	[ -e "$page" ] || if [ "$1" = history ]; then
		"$ringside" history "$document" --html="$page" >/dev/null
	else
		"$ringside" report "$document" --html="$page" >/dev/null
	fi
}

# look CHECK PAGE ARGUMENT...: shows what does not hold.
look() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/html.py" ask "$pages/socket" "$@"
}

# count_in DOCUMENT EXPRESSION: what it is of d, the document.
count_in() {
	/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
print(eval(sys.argv[2]))' "$@"
}

# look_at KIND: what holds of every page.
look_at() {
	page "$1"
	look looks "$page"
	look numbers "$page" "${HTML_SEED:-$RANDOM}" "$document"
	look saves "$page" "$document"
	look text "$page" "${@:2}"
	look tables "$page"
}

@test "a run: its figures, its pictures, and what they are saved as" {
	look_at run "$hostile" second
}

@test "a run of clones: what they did together stands on top" {
	(cd "$pages" && "$ringside" run --filename=/dev/zero --size=1m --rw=randread --numjobs=14 \
		--runtime=1s --time_based=1 --interval=100ms --json=clones.json --quiet >/dev/null)
	page clones
	look together "$page" "$document"
	look saves "$page" "$document"
}

@test "a run: pictures of time zoom together, and the pointer shows figures" {
	page run
	look zoom "$page"
	look hover "$page"
}

@test "a run: its pictures can be read on a small screen" {
	page run
	look narrow "$page"
}

@test "a run: what is switched off is gone, by mouse and by keyboard" {
	page run
	look toggles "$page"
}

@test "a comparison: its figures, its pictures, its switches" {
	look_at compare "$hostile" second "As text"
	look counts "$page" "figure .trial" "$(count_in "$document" \
		'sum(t["values"]["iops"] is not None for t in d["points"][0]["trials"])')"
	look toggles "$page"
}

@test "a comparison: every figure that can be chosen, zeros too, and as a ladder" {
	page compare
	look choices "$page"
	edit compare ladder 'd["command"] += ["--ladder"]'
	look counts "$page" "svg .step" 3
	look counts "$page" "svg .step.open" 2 # three blocks: nothing is shown to differ
}

@test "a comparison was steady where its trials were not disturbed" {
	local trials calm='for t in d["points"][0]["trials"]:
    t.update(causes=[], problem=None, counts=True, attempt=1, early_excess=None)
    t["values"]["iops"] = 1000
n = len(d["points"][0]["trials"])'

	edit compare calm "$calm"
	trials=$(count_in "$document" 'len(d["points"][0]["trials"])')
	look text "$page" "0 of $trials trials disturbed"
	look lacks "$page" "partly: the machine was disturbed"
	edit compare noisy "$calm
for t in d['points'][0]['trials'][n // 2:]: t.update(causes=['steal'], problem='stolen')"
	look text "$page" "partly: the machine was disturbed" \
		"$((trials - trials / 2)) of $trials trials disturbed"
}

@test "on paper: commands are whole, headings beside what they are of, no buttons" {
	page run
	look paper "$page"
	page compare
	look paper "$page"
}

@test "a comparison: figures too small for three digits, and for any, are told" {
	edit compare tiny 'for t in d["points"][0]["trials"]:
    t["values"].update(syscalls_per_io=4.1785e-6, switches_per_io=1e-9)'
	"$ringside" report "$document" --format=json >"$pages/small.json"
	page small
	grep -q 1e-09 "$document"
	look numbers "$page" 1 "$document"
}

@test "a sweep: jobs are points, too" {
	edit sweep jobs 'for i, p in enumerate(d["points"]): p["name"] = f"job{i}"'
	look counts "$page" "article > section:first-of-type .axis[text-anchor=middle] .tick" 2
}

@test "a sweep: its lines, and each point in few words" {
	page sweep
	look text "$page" iodepth=4 "Each point in few words"
	look tables "$page"
}

@test "a check: its gates and what its exit code means" {
	look_at check "$hostile" "Exit code "
	look counts "$page" "figure .gate" "$(count_in "$document" \
		'sum(g["name"] != g["arm"] for g in d["gates"])')"
}

@test "a check that judged nothing claims to see nothing" {
	edit check blind 'for g in d["gates"]:
    g.update(outcome="error", smallest_loss=None, change=None)'
	look lacks "$page" "What it can see"
}

@test "a check: a share of a figure that may be 0 is a share of what it was" {
	edit check switches 'g = next(g for g in d["gates"] if g["kind"] == "paired")
d["gates"] = [g]
g.update(metric="switches_per_io", kind="paired", better="lower", outcome="regression",
         threshold=0.1, threshold_absolute=0, before=0.001, now=0.002, change=0.001)'
	look left_of "$page" "svg .gate .place" "svg .limit"
}

@test "a curve: saturated is where it stays so" {
	edit curve unsteady 'for l in d["lines"]:
    for i, p in enumerate(l["points"]): p["is_saturated"] = i == 0'
	look lacks "$page" "saturated from"
	edit curve steady 'for l in d["lines"]:
    for i, p in enumerate(l["points"]): p["is_saturated"] = i > 0'
	look text "$page" "saturated from"
}

@test "a curve: its loads, its limit, its switches" {
	look_at curve "$hostile" "p50 <= 1.00 ms"
	look toggles "$page"
}

@test "a history: its levels, and the commits at which one changed" {
	look_at history "$hostile" "commits 000000000000.."
	look counts "$page" "figure .change" "$(head -n 1 "$document" | count_in /dev/stdin \
		'len(d["gates"])')"
}

# fio_results: fio.json, and logs of single I/Os (raw_*) and of averages (avg_*).
fio_results() {
	need_command fio
	cd "$pages" || return 1
	[ ! -e fio.json ] || return 0
	local options=(--name=job --filename=data --size=1m --rw=randrw --bs=4k --rate_iops=200
		--time_based)
	fio "${options[@]}" --runtime=1 --write_bw_log=raw --write_lat_log=raw \
		--write_iops_log=raw --output-format=json --output=fio.json
	fio "${options[@]}" --runtime=1 --write_lat_log=avg --log_avg_msec=100 >/dev/null
	"$ringside" report raw_*.log --format=json >raw.json
	"$ringside" report raw_*.log --html=raw.html >/dev/null
	"$ringside" report avg_*.log --format=json >avg.json
	"$ringside" report avg_*.log --html=avg.html >/dev/null
	"$ringside" report fio.json --html=fio.html >/dev/null
	"$ringside" report run.json fio.json raw_*.log --html=all.html
}

@test "fio's JSON is drawn like a run, with its own figures" {
	fio_results
	look numbers fio.html 1 fio.json
	look looks fio.html
	look text fio.html "Latency is clat" "percentiles only"
}

@test "fio's logs: every interval's figures, and no percentiles of averages" {
	fio_results
	look numbers raw.html "${HTML_SEED:-$RANDOM}" raw.json
	look numbers avg.html "${HTML_SEED:-$RANDOM}" avg.json
	look text avg.html "Percentiles are unknown" "Latency over time: mean" "IOPS are unknown"
	run look text avg.html "Latency over time: p99"
	[ "$status" -eq 1 ]
	look zoom raw.html
	look toggles raw.html
}

@test "a run, fio's JSON and its logs share one page, and are saved as they are" {
	fio_results
	look saves all.html run.json fio.json raw.json
	look text all.html "run: second" "fio.json: job" "logs of fio: raw, job 1"
}

@test "an hour of eight jobs is below 2 MB, and opens" {
	cd "$pages"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/hour.py" run.json >hour.json
	"$ringside" report hour.json --html=hour.html >/dev/null
	look opens hour.html
}

@test "no page has a serious violation of accessibility" {
	axe=$(find_axe) || skip "axe-core is not installed (tools/install-deps --tests, by npm)"
	for kind in run compare sweep check curve history; do
		page $kind
		look accessible "$page" "$axe"
	done
}

find_axe() {
	local file=${XDG_CACHE_HOME:-$HOME/.cache}/ringside/node_modules/axe-core/axe.min.js
	[ -e "$file" ] && echo "$file"
}
