# SPDX-License-Identifier: MIT
# stage: slow
# `make bench` in short: every row of the null engine once, under ringside and fio, and the goals.

load helper

bench=$root/tests/bench/run

@test "a round of the null engine's rows: ringside and fio are measured, and goals judged" {
	need_command fio
	git -C "$root" status --porcelain >before
	run "$bench" --quick --rows=null --json=bench.json "$ringside"
	echo "$output"
	[ "$status" -le 1 ]
	[[ $output == *"null b16 "*"CPU ns an I/O"* ]]
	[[ $output == *"fio gtod_reduce, every row >= 1: cannot tell here ("* ]]
	git -C "$root" status --porcelain | cmp - before
	/usr/bin/python3 - <<-'P'
	import json
	document = json.load(open("bench.json"))
	assert document["schema"] == "ringside-bench/1"
	rows = {row["name"]: row for row in document["rows"]}
	fio, = [name for name in document["tools"] if name.startswith("fio-")]
	gtod, = [name for name in document["tools"] if name.endswith("gtod_reduce")]
	for name, row in rows.items():
	    if row["kind"] != "cost":
	        continue
	    # fio has no NOPs by ring.
	    for tool in ("ringside",) if name == "null ring d32" else ("ringside", fio, gtod):
	        figures = row["tools"][tool]["rounds"]
	        assert len(figures["ns"]) == 1 and figures["ns"][0] > 0, (name, tool, figures)
	        assert figures["ios"][0] > 1000 and figures["iops"][0] > 1000, (name, tool, figures)
	# Random data cost something, and a mere read costs fio several times ringside's.
	ours = {name: row["tools"]["ringside"].get("rounds", {}).get("ns")
	        for name, row in rows.items()}
	assert ours["null write refill"][0] > ours["null write plain"][0]
	assert rows["null b16"]["tools"][fio]["rounds"]["ns"][0] > ours["null b16"][0]
	P
}

@test "without fio ringside is measured, and goals say what they lack" {
	mkdir bin
	ln -s /usr/bin/python3 /usr/bin/env /usr/bin/true bin/
	PATH=$folder/bin run "$bench" --quick --rows="null b16,start,parse" "$ringside"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"fio, every row >= 1: cannot tell here"*"there is no fio: "* ]]
	[[ $output == *"ms to the first I/O"*"CPU ms"* ]]
}
