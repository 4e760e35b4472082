# SPDX-License-Identifier: MIT
# Reports in HTML as a reader has them: chromium opens each from disk, with the network off.
# html.py has the checks, chromium.py the browser. One browser serves the whole file.
# covers: src/report/html_page.c

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
}

# page KIND: $page of $document, written once.
page() {
	document=$pages/$1.json
	page=$pages/$1.html
	[ -e "$page" ] || "$ringside" report "$document" --html="$page" >/dev/null
}

# look CHECK PAGE ARGUMENT...: shows what does not hold.
look() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/html.py" ask "$pages/socket" "$@"
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

@test "a run: pictures of time zoom together, and the pointer shows figures" {
	page run
	look zoom "$page"
	look hover "$page"
}

@test "a run: what is switched off is gone, by mouse and by keyboard" {
	page run
	look toggles "$page"
}

@test "no page has a serious violation of accessibility" {
	axe=$(find_axe) || skip "axe-core is not installed (tools/install-deps --tests, by npm)"
	for kind in run; do
		page $kind
		look accessible "$page" "$axe"
	done
}

find_axe() {
	local file=${XDG_CACHE_HOME:-$HOME/.cache}/ringside/node_modules/axe-core/axe.min.js
	[ -e "$file" ] && echo "$file"
}
