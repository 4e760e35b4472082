# SPDX-License-Identifier: MIT
# Which documents become HTML, and that the page has what their JSON has.
# covers: src/command/report_html.c

load helper

setup_file() {
	[ -s "$BATS_TEST_DIRNAME/../../build/report/d3.js" ] || [ -n "${RINGSIDE:-}" ] ||
		skip "this ringside was built without d3"
}

# page_json FILE: the documents of a page, a line each: name, then JSON with sorted keys.
page_json() {
	python3 - "$1" <<-'END'
		import base64, gzip, html, json, re, sys
		text = open(sys.argv[1]).read()
		element = r'<script type="([^"]*)" class="document" data-name="([^"]*)">([^<]*)<'
		for kind, name, data in re.findall(element, text):
		    if kind == "application/gzip":
		        data = gzip.decompress(base64.b64decode(data)).decode()
		    print(html.unescape(name), json.dumps(json.loads(data), sort_keys=True))
	END
}

# same_json FILE NAME JSON...: the page FILE has these documents, under these names.
same_json() {
	local page=$1
	shift
	page_json "$page" >have
	: >want
	while [ $# -gt 0 ]; do
		python3 -c 'import json, sys
print(sys.argv[1], json.dumps(json.load(open(sys.argv[2])), sort_keys=True))' "$1" \
			"$2" >>want
		shift 2
	done
	[ -s want ] && diff -q have want
}

@test "a run's page has its JSON" {
	ringside run --filename=file --size=1m --rw=randrw --time_based=1 --runtime=1 \
		--interval=100ms --quiet --html=run.html --json=run.json
	expect_status 0
	same_json run.html ringside-result/1 run.json
	ringside report run.json --html=again.html
	expect_status 0
	same_json again.html ringside-result/1 run.json
	ringside report run.json --format=html
	expect_status 0
	printf '%s\n' "$output" >stdout.html
	same_json stdout.html ringside-result/1 run.json
}

@test "a comparison's and a check's page have their JSON" {
	cp "$root"/results/engines.json "$root"/results/gate.check.json .
	ringside report engines.json --html=compare.html --json=compare.json
	expect_status 0
	same_json compare.html ringside-comparison/1 compare.json
	ringside check gate.check.json --baseline="$root/results/gate.baseline.json" \
		--json=check.json --html=check.html
	same_json check.html ringside-check/1 check.json
	ringside report check.json --html=again.html
	expect_status 0
	page_json again.html | grep -q '^ringside-check/1 {'
}

@test "several files make one page, each as it is" {
	ringside run --filename=file --size=64k --rw=read --quiet --json='a<b>&.json'
	cp "$root"/results/engines.json "$root"/results/gate.check.json .
	ringside report 'a<b>&.json' engines.json gate.check.json --html=all.html
	expect_status 0
	[ -z "$output" ]
	same_json all.html 'a<b>&.json' 'a<b>&.json' engines.json engines.json \
		gate.check.json gate.check.json
}

@test "several files are only written as HTML, and none of them is overwritten" {
	ringside run --filename=file --size=64k --rw=read --quiet --json=a.json
	cp a.json b.json
	ringside report a.json b.json
	expect_status 2
	expect_error "--html=FILE shows several in one page"
	ringside report a.json b.json --html=c.html --csv=d.csv
	expect_status 2
	expect_error "--csv: several files are written as HTML only"
	ringside report a.json b.json --html=b.json
	expect_status 2
	[ ! -e c.html ]
	cmp a.json b.json
	echo '{"schema": "ringside-result/1"}' >b.json
	ringside report a.json b.json --html=c.html
	expect_status 2
	expect_error "b.json: error:"
	[ ! -e c.html ]
	echo '[job]' >b.json
	ringside report a.json b.json --html=c.html
	expect_status 2
	expect_error "this is a job file"
}

# history: three checks of one gate, with a line that is none between them.
history() {
	python3 - <<-'END'
		import json
		gate = {"metric": "read.iops", "kind": "relative", "outcome": "pass",
		    "se": 0.5, "n": 5}
		line = {"schema": "ringside-history/1", "commit": None, "job": "j",
		    "hash_hard": "a", "hash_soft": "b", "exit_code": 0}
		for day in range(1, 4):
		    print(json.dumps(line | {"time": f"2026-01-0{day}T00:00:00Z",
		        "gates": {"j.read.iops": gate | {"mean": 10 + day}}}))
		    if day == 1:
		        print("{ torn")
	END
}

@test "a document that finds no memory is not called damaged" {
	(ulimit -v 200000 && "$ringside" --version >version 2>&1) ||
		skip "no program without memory: $(head -1 version)"
	{
		printf '{"schema": "ringside-result/1", "jobs": ['
		yes 1, | head -n 4000000
		printf '1]}'
	} >big.json
	run --separate-stderr -- bash -c \
		'ulimit -v 200000 && exec "$0" report big.json --html=o.html' "$ringside"
	expect_status 5
	[ "$stderr" = "ringside: error: out of memory" ] || { show; return 1; }
	[ ! -e o.html ]
}

@test "a history makes a page, all of its lines in one document" {
	history >history.jsonl
	ringside history history.jsonl --html=history.html
	expect_status 0
	expect_text "j.read.iops"
	page_json history.html >have
	[ "$(grep -o '"time"' have | wc -l)" -eq 3 ]
	grep -q '^ringside-history/1 {"lines": \[{' have
	ringside report history.jsonl history.jsonl --html=two.html
	expect_status 0
	[ "$(page_json two.html | sed 's/^[^ ]* //' | sort -u)" = "$(sed 's/^[^ ]* //' have)" ]
	ringside history history.jsonl --html=history.jsonl
	expect_status 2
	expect_error "would overwrite the history"
}

@test "the files of the page's script define no name of the kit twice" {
	local names
	names=$(sed -n 's/^\tkit\.\([A-Za-z]*\) = .*/\1/p' "$root"/src/report/page/*.js | sort)
	[ "$(wc -l <<<"$names")" -gt 20 ]
	[ -z "$(uniq -d <<<"$names")" ]
}

@test "built without d3, it says how to have it before anything runs" {
	local build=$root/build cc=(${CC:-gcc}) libs
	[ -z "${RINGSIDE:-}" ] || skip "the objects of $RINGSIDE are unknown"
	libs=$(env -u MAKEFLAGS make -C "$root" -s --no-print-directory \
		--eval='say-libs: ; @echo $(LIBS)' say-libs)
	cp "$build"/report/page.js "$build"/report/page.css .
	: >d3.js
	CCACHE_DISABLE=1 "${cc[@]}" -I "$root/src" -DHTML_PAGE_FOLDER="\"$folder\"" -c -o page.o \
		"$root/src/report/html_page.c"
	# An object that is named comes before the archive's of the same names.
	"${cc[@]}" -o bare "$build/obj/main.o" page.o "$build/libringside.a" $libs
	ringside=$folder/bare
	for command in "run --filename=file --size=64k --rw=write" \
		"compare $root/jobs/engines.job" \
		"curve $root/jobs/quick.job" "check $root/jobs/gate.job --baseline=none" \
		"history none" "report $root/results/engines.json"; do
		ringside $command --html=page.html
		expect_status 2
		expect_error "error: this ringside was built without d3, which draws --html"
		expect_error "hint: install node-d3"
	done
	ringside run --filename=file --size=64k --rw=write --format=html
	expect_status 2
	expect_error "built without d3"
	[ ! -e file ]
	[ ! -e page.html ]
	ringside run --filename=file --size=64k --rw=write --quiet
	expect_status 0
}
