# SPDX-License-Identifier: MIT
# Checks with the real binary: the three ways to check, exit codes, outputs, histories, baselines.
# covers: src/command/check.c
# covers: src/command/baseline.c src/command/history.c

load helper

zero=(--filename=/dev/zero --size=64k --rw=randread --name=rr)
# With guards off and a seed, only the figures of the fake decide, on every machine alike.
quick=(--trial-time=5ms --quiet --idle=0 --no-guards --seed=1)

# fake_program: ./fake, a ringside that answers each trial with ./answer.json, whose
# figures it scales by ./scale; so exit codes do not hang on what this machine is like.
fake_program() {
	"$ringside" run --ioengine=null --filename=/dev/zero --size=64m --rw=randread --bs=4k \
		--name=rr --runtime=300ms --time_based --quiet --format=json --output=answer.json
	/usr/bin/python3 - <<-'P'
	import json
	document = json.load(open("answer.json"))
	job = document["jobs"][0]
	job["name"], job["elapsed_ns"] = "rr", 1000000000
	job.pop("series", None)  # It would have to add up to the figures below.
	read = job["read"]
	read["ios"], read["bytes"] = 100000, 409600000
	read["lat_ns"].update(count=100000, min=1000, max=1000, mean=1000, sum=10**8,
	    sum_of_squares=10**11, percentiles={p: 1000 for p in read["lat_ns"]["percentiles"]})
	read["lat_ns"]["histogram"] = {"geometry": "hdr/1ns/2digits", "counts": [[506, 100000]]}
	for name in ("slat_ns", "clat_ns"):
	    read[name].update(count=0, min=None, max=None, mean=None, sum=0, sum_of_squares=0)
	    read[name].pop("histogram", None)
	    read[name].pop("percentiles", None)
	job["cpu"].update(total_ns=300000000, user_ns=100000000, system_ns=200000000, helper_ns=0)
	job["syscalls"] = 100000
	for direction in ("write", "trim"):
	    assert job[direction]["ios"] == 0
	json.dump(document, open("answer.json", "w"))
	P
	cat >fake <<-'P'
	#!/bin/bash
	# A trial's noise: 1 % and less, by the length of a counter. No other program is started: it
	# stands in for thousands of trials.
	here=${0%/*}
	for argument; do case $argument in --output=*) out=${argument#--output=} ;; esac; done
	printf . >>"$here/count"
	read -r dots <"$here/count"
	read -r scale <"$here/scale"
	while read -r line; do
		[[ $line != description=*slower* ]] || scale=$((scale * 9 / 10))
	done <"${!#}"
	ios=$((scale * (9900 + ${#dots} * 7919 % 21 * 10) / 10000))
	read -rd '' answer <"$here/answer.json"
	answer=${answer//'"ios": 100000'/"\"ios\": $ios"}
	answer=${answer//'"count": 100000'/"\"count\": $ios"}
	answer=${answer//'"sum": 100000000,'/"\"sum\": ${ios}000,"}
	answer=${answer//'"sum_of_squares": 100000000000,'/"\"sum_of_squares\": ${ios}000000,"}
	answer=${answer//'[506, 100000]'/"[506, $ios]"}
	printf '%s\n' "${answer//'"syscalls": 100000'/"\"syscalls\": $ios"}" >"$out"
	P
	chmod +x fake
	echo 100000 >scale
}

# results FILE IOS...: a result with this rate, as FILE1.json, FILE2.json, …
results() {
	local file=$1 ios number=0
	shift
	for ios; do
		number=$((number + 1))
		echo "$ios" >scale
		./fake run "--output=$file$number.json" /dev/null
	done
}

# expect_check CODE ARGUMENTS...: ringside check, which ends with that code.
expect_check() {
	local code=$1
	shift
	ringside check "$@"
	expect_status "$code"
}

validate() {
	validate_by check-schema "$1"
}

# validate_junit FILE...: against the schema of its readers; skips where there is no xmllint.
validate_junit() {
	command -v xmllint >/dev/null || skip "xmllint is not installed"
	xmllint --noout --schema "$root/tests/junit.xsd" "$@"
}

@test "JUnit keeps the schema of its readers, with every outcome" {
	fake_program
	results base 100000 101000 99000 100500 99500 100200 99800 100100 99900 100000
	results same 100000
	results slow 88000
	baselines=()
	for i in 1 2 3 4 5 6 7 8 9 10; do baselines+=("--baseline=base$i.json"); done
	sed 's/"cpu_model": "[^"]*"/"cpu_model": "6502"/' same1.json >other.json
	sed 's/"error": null/"error": {"errno": 5, "message": "EIO"}/' same1.json >broken.json
	for file in same1 slow1 other broken; do
		ringside check $file.json "${baselines[@]}" --junit=$file.xml --title='<a & "b">'
	done
	ringside check same1.json --baseline=base1.json --junit=unsure.xml
	validate_junit same1.xml slow1.xml other.xml broken.xml unsure.xml
	grep -q '<failure type="regression"' slow1.xml
	grep -q '<skipped message="incomparable' other.xml
	grep -q '<system-out>another machine: cpu_model' other.xml
	grep -q '<error type="error"' broken.xml
	grep -q '<skipped message="inconclusive' unsure.xml
	# Stored results do not say where they were measured; a check of jobs ran here.
	[ "$(grep -c 'hostname=' same1.xml)" -eq 0 ]
	expect_check 0 "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --ref=description=x \
		--threshold=read.iops=50% --junit=here.xml
	validate_junit here.xml
	grep -qF "hostname=\"$(uname -n)\"" here.xml
	[ "$(grep -c ' time="0.000"' here.xml)" -eq 0 ]
	# The schema does refuse what it should.
	sed 's/ classname="[^"]*"//' same1.xml >wrong.xml
	run xmllint --noout --schema "$root/tests/junit.xsd" wrong.xml
	[ "$status" -ne 0 ]
}

@test "a baseline is recorded, shown, passed and failed" {
	fake_program
	ringside baseline record "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --sessions=10 \
		--blocks=7 --output=b.json
	expect_status 0
	expect_text "10 sessions"
	expect_text "smallest loss of IOPS"
	# Each session has offsets of its own.
	expect_json b.json "[s['seed'] for s in d['sessions']] == list(range(1, 11))" True
	ringside baseline show b.json
	expect_status 0
	expect_text "rr.read.iops"
	expect_check 0 "${zero[@]}" "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=b.json \
		--json=pass.json --comparison=session.json
	expect_text "pass: "
	validate pass.json
	expect_json pass.json "d['verdict']" pass
	echo 150000 >scale
	expect_check 0 "${zero[@]}" "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=b.json
	expect_text "\`ringside baseline update\` keeps the gain"
	echo 90000 >scale
	expect_check 1 "${zero[@]}" "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=b.json \
		--json=fail.json --junit=fail.xml --markdown=fail.md --openmetrics=fail.prom \
		--gab=gab.json --bencher=bencher.json
	expect_text "  read.iops"
	expect_text "regression"
	validate fail.json
	/usr/bin/python3 -c 'import xml.etree.ElementTree as t
failures = t.parse("fail.xml").getroot().findall(".//failure")
assert any("rr.read.iops" in f.get("message") for f in failures)'
	grep -q 'regression' fail.md
	tail -n 1 fail.prom | grep -qx '# EOF'
	# The session that passed joins the baseline, with the reason.
	cp b.json old.json
	ringside baseline update b.json session.json
	expect_status 2
	expect_error "--reason"
	cmp b.json old.json
	ringside baseline update b.json session.json --reason="new drive" --output=new.json
	expect_status 0
	expect_json new.json "d['updates'][0]['reason']" "new drive"
	expect_json new.json "len(d['sessions'])" 11
}

@test "a reference in the same session" {
	fake_program
	expect_check 0 "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --ref=description=slower
	expect_text "improved"
	# Without a baseline there is none to update.
	[[ $output != *"keeps the gain"* ]]
	expect_check 1 "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --ref=description=slower \
		--improved=fail
	expect_check 1 "${zero[@]}" "${quick[@]}" --description=slower --program="$PWD/fake" \
		--ref=description=same --bisect
	expect_text "paired"
	cp fake old && chmod +x old
	expect_check 0 "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --ref=./old
}

@test "where the CPU shows no counters, check says that it judges no instructions" {
	"$ringside" probe --json=probe.json
	/usr/bin/python3 -c 'import json
answers = json.load(open("probe.json"))["machine"]["abilities"]
raise SystemExit([a["answer"] for a in answers if a["name"] == "CPU counters"] != ["no"])' ||
		skip "this machine has counters"
	fake_program
	expect_check 0 "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --ref=description=same
	expect_text "instructions per I/O are not judged: nothing counts them here ("
	[[ $output != *incomparable* ]]
	[[ $output != *"instructions_per_io "* ]]
}

@test "of a saved session, each job is judged against its own reference" {
	fake_program
	zero_job <<-'J'
	[a]
	description=slower
	assert=syscalls_per_io<=1.1
	[b]
	assert=syscalls_per_io<=1.1
	J
	for reference in --ref=description=slower --ref=b ""; do
		limits=("--threshold=read.iops=50%")
		# shellcheck disable=SC2086 # words
		ringside check job "${quick[@]}" "${limits[@]}" --program="$PWD/fake" $reference \
			--comparison=c.json --json=ran.json
		ran=$status
		validate ran.json
		ringside check c.json "${limits[@]}" --json=stored.json
		expect_status "$ran"
		for file in ran stored; do
			json $file.json \
				"sorted([g['name'], g['kind'], g['outcome']] for g in d['gates'])" \
				>$file.gates
		done
		diff ran.gates stored.gates
	done
	grep -q asserted stored.gates
	# The way to run it again is a check.
	ringside report c.json
	expect_text "ringside check "
	[[ $output != *"ringside compare"* ]]
	ringside check job "${quick[@]}" --program="$PWD/fake" --ref=description=slower \
		--inconclusive=pass
	expect_text "against a (description=slower) and 1 more in the same session"
}

@test "stored results are judged, and every exit code is what it says" {
	fake_program
	results base 100000 101000 99000 100500 99500 100200 99800 100100 99900 100000
	results same 100000
	results slow 88000
	baselines=()
	for i in 1 2 3 4 5 6 7 8 9 10; do baselines+=("--baseline=base$i.json"); done
	ringside check same1.json "${baselines[@]}"
	expect_status 0
	ringside check slow1.json "${baselines[@]}"
	expect_status 1
	ringside check slow1.json "${baselines[@]}" --bisect
	expect_status 1
	# One stored session is no evidence, and no evidence is no pass.
	ringside check same1.json --baseline=base1.json
	expect_status 3
	expect_text "one stored session"
	ringside check same1.json --baseline=base1.json --inconclusive=pass
	expect_status 0
	ringside check same1.json --baseline=base1.json --inconclusive=fail
	expect_status 1
	ringside check same1.json --baseline=base1.json --bisect
	expect_status 125
	# A line a check.
	ringside check same1.json "${baselines[@]}" --history=h.jsonl
	expect_status 0
	ringside check slow1.json "${baselines[@]}" --history=h.jsonl
	expect_status 1
	ringside history h.jsonl --metric=read.iops
	expect_status 0
	expect_text "rr.read.iops"
	ringside history h.jsonl --metric=nosuch
	expect_status 2
	# Another machine.
	sed 's/"cpu_model": "[^"]*"/"cpu_model": "6502"/' same1.json >other.json
	ringside check other.json "${baselines[@]}"
	expect_status 4
	expect_text "another machine: cpu_model"
	expect_text "pass"
	ringside check other.json "${baselines[@]}" --allow-env=cpu_model
	expect_status 0
	# I/O errors.
	sed 's/"error": null/"error": {"errno": 5, "message": "EIO"}/' same1.json >broken.json
	ringside check broken.json "${baselines[@]}"
	expect_status 5
	ringside check broken.json "${baselines[@]}" --bisect
	expect_status 125
	# Fewer bytes than asked are no better rate.
	sed '0,/"short_ios": 0/s//"short_ios": 3/' same1.json >short.json
	ringside check short.json "${baselines[@]}"
	expect_status 5
	expect_text "3 I/Os moved fewer bytes than asked"
	# The check took as long as the results that it judges.
	for files in same1.json "same1.json base2.json"; do
		# shellcheck disable=SC2086 # words
		ringside check $files --baseline=base1.json --junit=j.xml
		grep -o '<testsuites[^>]* time="[^"]*"' j.xml | sed 's/.*time="//; s/"//'
	done >times
	/usr/bin/python3 -c 'one, two = map(float, open("times"))
assert one > 0 and abs(two - 2 * one) < 0.01, (one, two)'
	ringside check "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --ref=description=x \
		--comparison=session.json --blocks=3
	sed 's/"short_ios": *0/"short_ios": 1/' session.json >short.json
	ringside check short.json
	expect_status 5
	expect_text "rr (description=x): 3 I/Os moved fewer bytes than asked"
}

@test "several results are judged as sessions of one check, each of the same job" {
	fake_program
	results base 100000 101000 99000 100500 99500 100200 99800 100100 99900 100000
	results same 100000
	baselines=()
	for i in 1 2 3 4 5 6 7 8 9 10; do baselines+=("--baseline=base$i.json"); done
	/usr/bin/python3 - <<-'P'
	import copy, json
	def write(name, change):
	    document = json.load(open("same1.json"))
	    document["started"] = "2026-01-02T03:04:05.000000000Z" # another session
	    change(document["jobs"])
	    json.dump(document, open(name, "w"))
	write("other.json", lambda jobs: jobs[0].update(name="other"))
	write("both.json", lambda jobs: jobs.append(dict(copy.deepcopy(jobs[0]), name="new")))
	write("bs.json", lambda jobs: jobs[0]["options"].update(bs="8k"))
	write("limit.json", lambda jobs: (jobs[0].update(name="limited"),
	      jobs[0]["options"].update({"assert": "syscalls_per_io<=0.5"})))
	P
	expect_check 0 same1.json "${baselines[@]}"
	expect_text "same1 against base1.json and 9 more (10 sessions)"
	[[ $output != *"baseline update"* ]]
	# The first lacks the job that the second has.
	expect_check 0 other.json same1.json "${baselines[@]}"
	expect_text "other and 1 more against base1.json and 9 more (10 sessions)"
	expect_text "  read.lat.p99"
	for file in "other.json same1.json" both.json; do
		# shellcheck disable=SC2086 # words
		expect_check 0 $file "${baselines[@]}"
		expect_text "is not judged: the baseline does not have this job"
	done
	# Not one of them may be of another job, or hide a limit.
	expect_check 4 same1.json bs.json "${baselines[@]}"
	expect_text "bs was 4k, is 8k"
	expect_check 4 same1.json --baseline=bs.json "${baselines[@]}"
	expect_text "in the baseline itself another job: bs was 8k, is 4k"
	expect_check 1 same1.json limit.json "${baselines[@]}"
	expect_text "asserted"
	# Nor of another machine.
	sed 's/"cpu_model": "[^"]*"/"cpu_model": "6502"/; s/"started": "20/"started": "21/' \
		same1.json >elsewhere.json
	expect_check 4 same1.json elsewhere.json "${baselines[@]}"
	expect_text "another machine: cpu_model"
	expect_check 4 same1.json --baseline=elsewhere.json "${baselines[@]}"
}

@test "what is wrong is said, with exit code 2" {
	fake_program
	results same 100000
	for arguments in "" "same1.json" "same1.json --baseline=nosuch.json" \
		"nosuch.json --baseline=same1.json" \
		"same1.json --baseline=same1.json --threshold=x" \
		"same1.json --baseline=same1.json --threshold=read.oops=3%" \
		"same1.json --baseline=same1.json --inconclusive=maybe" \
		"same1.json --baseline=same1.json --format=nosuch" \
		"same1.json --baseline=same1.json --bs=4k" \
		"same1.json --baseline=same1.json --ref=libaio" \
		"same1.json --baseline=same1.json --blocks=9" \
		"same1.json --baseline=same1.json --json=/nosuch/folder/x" \
		"--filename=/dev/zero --size=4k --baseline=same1.json --ref=psync"; do
		# shellcheck disable=SC2086 # words
		ringside check $arguments
		expect_status 2
		[ -n "$stderr" ]
		[ -z "$output" ]
	done
	ringside check --bisect same1.json
	expect_status 129
	head -c 1000 same1.json >cut.json
	ringside check cut.json --baseline=same1.json
	expect_status 2
	expect_error "cut.json:1:"
	echo '{"schema":"ringside-baseline/9"}' >later.json
	ringside check same1.json --baseline=later.json
	expect_status 2
	expect_error "of another version"
	ringside baseline show same1.json
	expect_status 2
	expect_error "no baseline"
	for arguments in "show b.json --blocks=9" "update b.json same1.json --reason=x --ref=y"; do
		# shellcheck disable=SC2086 # words
		ringside baseline $arguments
		expect_status 2
		expect_error "it is for \`baseline record\`"
	done
	for case in "record --reason=x baseline update" "record --rebase-anchor baseline update" \
		"update --sessions=3 baseline record" "update --threshold=iops=1% baseline record" \
		"show --output=x only shows" "show --reason=x only shows"; do
		read -r verb option text <<<"$case"
		ringside baseline "$verb" b.json same1.json "$option"
		expect_status 2
		expect_error "${option%%=*}: "
		expect_error "$text"
	done
	ringside baseline forget
	expect_status 2
	ringside history same1.json
	expect_status 2
	for files in "" "a b"; do
		# shellcheck disable=SC2086 # words
		ringside history $files
		expect_status 2
		expect_error "name one history file"
	done
}

@test "what a check said is no result, and says so" {
	fake_program
	results same 100000
	expect_check 3 same1.json --baseline=same1.json --json=said.json
	for arguments in "check said.json --baseline=same1.json" "baseline show said.json"; do
		# shellcheck disable=SC2086 # words
		ringside $arguments
		expect_status 2
		expect_error "this is the report of a check; a ringside result is needed here"
	done
}

@test "a reference that is none is told what it could be" {
	fake_program
	for case in "libaoi did you mean --ref=libaio?" "fake --ref=./fake" "rr the only job" \
		"nosuch it is neither a section of the jobs nor an engine" \
		"./nosuch No such file"; do
		read -r reference text <<<"$case"
		ringside check "${zero[@]}" "${quick[@]}" --ref="$reference"
		expect_status 2
		expect_error "$text"
	done
}

@test "what allows nothing is told" {
	fake_program
	results same 100000
	expect_check 3 same1.json --baseline=same1.json --allow-env=cpu_modell
	expect_error "--allow-env=cpu_modell: no machine's facts have this name"
	expect_check 3 same1.json --baseline=same1.json --allow-env=cpu_model
	expect_silence
	ringside check "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --blocks=3 \
		--ref=description=x --allow-env=cpu_model
	expect_error "--allow-env is about a baseline"
	ringside check "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --blocks=3 \
		--assert='read.iops>=1' --allow-job
	expect_error "--allow-job is about a baseline or a reference"
}

@test "a reference that is asked for less is not outdone" {
	fake_program
	expect_check 4 "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --blocks=3 --numjobs=4 \
		--rate_iops=2000 --ref=numjobs=1
	expect_text "its rate is 8.00k/s, and that of rr (numjobs=1) is 2.00k/s"
	ringside check "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --blocks=3 --numjobs=4 \
		--rate_iops_total=2000 --ref=numjobs=1
	[[ $output != *"its rate is"* ]]
}

@test "a history of several jobs shows each, in a hundred columns" {
	/usr/bin/python3 - <<-'P'
	import json, math
	for i in range(120):
	    job = "nightly" if i % 2 else "weekly"
	    name = "randread-of-the-large-database.read.iops (relative)"
	    time = f"2026-01-01T{i // 60:02}:{i % 60:02}:00Z"
	    line = {"schema": "ringside-history/1", "time": time,
	            "commit": f"{i:040x}", "job": job, "hash_hard": "a", "hash_soft": "b",
	            "exit_code": 0, "gates": {name: {"metric": "read.iops", "kind": "relative",
	            "outcome": "pass", "mean": math.log(1 if i < 60 else 0.8), "se": 0.01, "n": 7}}}
	    print(json.dumps(line), file=open("h.jsonl", "a"))
	P
	ringside history h.jsonl
	expect_status 0
	[ "${lines[0]}" = weekly ]
	[ "${lines[3]}" = nightly ]
	expect_text "60 sessions"
	expect_text "worse from 2026-01-01T01:01:00Z on: -20.0 %, p 0.001, commits 000000000000..0"
	[ "$(awk '{ gsub(/[^ -~]+/, "."); if (length > 100) print }' <<<"$output" | wc -l)" -eq 0 ]
}

@test "limits of the job file are gates" {
	fake_program
	cat >job <<-'J'
	[rr]
	filename=/dev/zero
	size=64k
	rw=randread
	assert=read.iops>=50k, read.lat.p99<=200us, syscalls_per_io<=1.1
	J
	expect_check 0 job "${quick[@]}" --program="$PWD/fake"
	expect_text "asserted"
	expect_text ">= 50.0k/s"
	sed -i 's/50k/100k/' job
	expect_check 3 job "${quick[@]}" --program="$PWD/fake" --inconclusive=3
	expect_text "rr.read.iops: its interval, 9"
	expect_text "/s, contains the limit"
	sed -i 's/100k/500k/' job
	expect_check 1 job "${quick[@]}" --program="$PWD/fake"
	sed -i 's/read.iops/read.iopz/' job
	ringside check job "${quick[@]}" --program="$PWD/fake"
	expect_status 2
	expect_error "job:5"
	expect_error "did you mean 'read.iops'?"
}

@test "only sessions that fit join a baseline" {
	fake_program
	ringside baseline record "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --sessions=3 \
		--output=b.json
	expect_status 0
	expect_check 3 "${zero[@]}" "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=b.json \
		--threshold=read.iops=0.01% --comparison=session.json
	results same 100000
	cp b.json old.json
	/usr/bin/python3 - <<-'P'
	import json
	def write(name, change):
	    document = json.load(open("session.json"))
	    change(document)
	    json.dump(document, open(name, "w"))
	def disturb(document):
	    trials = document["points"][0]["trials"]
	    for trial in trials[::3]:
	        trial["attempt"] = 2
	def move(document):
	    document["environment"]["hard"]["cpu_model"] = "6502"
	def change_job(document):
	    document["points"][0]["contenders"][0]["options"]["bs"] = "8k"
	write("disturbed.json", disturb)
	write("elsewhere.json", move)
	write("other.json", change_job)
	P
	for case in "3 disturbed.json must not learn" \
		"4 elsewhere.json another machine: cpu_model" \
		"4 other.json another job: bs" "2 b.json a baseline: results are" \
		"2 nosuch.json cannot be read"; do
		read -r code file text <<<"$case"
		ringside baseline update b.json "$file" --reason=x
		expect_status "$code"
		expect_error "$text"
		cmp b.json old.json
	done
	ringside baseline update same1.json session.json --reason=x
	expect_status 2
	expect_error "no baseline"
	ringside baseline update b.json session.json session.json --reason=x --output=new.json
	expect_status 2
	expect_error "session.json: error: the baseline has this session, of"
	ringside check session.json session.json --baseline=b.json
	expect_status 2
	expect_error "is named twice"
	ringside baseline update b.json session.json --reason="new floor" --rebase-anchor
	expect_status 0
	expect_text "updated"
	expect_json b.json "[s['anchor'] for s in d['sessions']]" \
		"[False, False, False, True]"
}

@test "a baseline of another job or machine is refused before anything runs" {
	fake_program
	zero_job <<-'J'
	[rr]
	J
	record=(baseline record job "${quick[@]}" --program="$PWD/fake" --sessions=3)
	ringside "${record[@]}" --output=b.json
	expect_status 0
	sed 's/"cpu_model": *"[^"]*"/"cpu_model":"6502"/' b.json >moved.json
	sed 's/^\[rr\]/[rr]\nbs=8k/' job >other
	sed 's/^\[rr\]/[new]/' job >new
	rm count
	for case in "other b.json rr: another job: bs was not set, is 8k" \
		"new b.json rr: today's result does not have this job" \
		"job moved.json another machine: cpu_model"; do
		read -r job baseline text <<<"$case"
		ringside check "$job" "${quick[@]}" --program="$PWD/fake" --baseline="$baseline" \
			--threshold=read.iops=5%
		expect_status 4
		expect_text "$text"
		expect_text "nothing was run"
		[ ! -e count ] # The program did not run.
		[[ $stderr != *"no gate has this name"* ]]
	done
	# A limit of the job's own is judged on any machine.
	sed 's/^\[rr\]/[rr]\nassert=read.iops>=1/' job >limited
	ringside check limited "${quick[@]}" --program="$PWD/fake" --baseline=moved.json
	expect_status 4
	expect_error "rr cannot be judged: the baseline is of another machine"
	[ -e count ]
	# Where a part of the jobs is another one, the rest is judged.
	printf '[two]\n' >>job
	ringside "${record[@]}" --output=b.json
	printf 'bs=8k\n' >>job
	ringside check job "${quick[@]}" --program="$PWD/fake" --baseline=b.json
	expect_status 4
	expect_error "warning: two cannot be judged: another job: bs was not set, is 8k"
	expect_text "read.iops"
}

@test "--idle is the pause between sessions, and before a loss is confirmed" {
	fake_program
	idle=(--trial-time=5ms --no-guards --seed=1 --idle=700ms --program="$PWD/fake")
	before=$(date +%s%N)
	ringside baseline record "${zero[@]}" "${idle[@]}" --sessions=3 --output=b.json
	expect_status 0
	expect_error "3 sessions, 0.7 s apart"
	[ $(($(date +%s%N) - before)) -ge 1400000000 ]
	before=$(date +%s%N)
	expect_check 1 "${zero[@]}" "${idle[@]}" --baseline=b.json --description="much slower" \
		--allow-job --threshold=read.iops=5%
	expect_error "fresh trials in 0.7 s will decide"
	[ $(($(date +%s%N) - before)) -ge 700000000 ]
}

@test "ratios and counts are judged on another machine, levels are not" {
	fake_program
	zero_job <<-'J'
	[rr]
	[old]
	description=slower
	J
	for reference in old description=slower; do
		ringside baseline record job "${quick[@]}" --section=rr --section=old \
			--program="$PWD/fake" --ref=$reference --sessions=5 --output=b.json
		expect_status 0
		expect_text ", relative"
		sed 's/"cpu_model": *"[^"]*"/"cpu_model":"6502"/' b.json >moved.json
		if cmp -s b.json moved.json; then false; fi
		arm=old
		[ $reference = old ] || arm="rr ($reference)"
		expect_check 0 job "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=moved.json \
			--threshold="$arm.read.iops=5%" --inconclusive=pass --json=c.json
		expect_text "another machine: cpu_model"
		expect_json c.json "{g['outcome'] for g in d['gates'] if g['kind'] == 'absolute'}" \
			"{'skipped'}"
		expect_json c.json "{g['outcome'] for g in d['gates'] if g['kind'] == 'exact'}" \
			"{'pass'}"
		# Who is held against whom is the baseline's, whatever a session says that joins.
		expect_check 0 job "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
			--baseline=b.json --inconclusive=pass --comparison=session.json
		/usr/bin/python3 -c 'import json
d = json.load(open("session.json"))
for contender in d["points"][0]["contenders"]: contender["reference"] = None
json.dump(d, open("session.json", "w"))'
		cp b.json joined.json
		ringside baseline update joined.json session.json --reason=x
		expect_status 0
		expect_json joined.json "len(d['sessions'])" 6
		expect_json joined.json "[d['job'][key] for key in ('ref', 'pairs')]" \
			"$(/usr/bin/python3 -c 'import json
job = json.load(open("b.json"))["job"]
print([job["ref"], job["pairs"]])')"
		# Twice as fast as the baseline's machine, but no longer ahead of the reference.
		echo 200000 >scale
		sed 's/^\[rr\]/[rr]\ndescription=slower too/' job >worse
		expect_check 1 worse "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=moved.json
		expect_text "  read.iops"
		echo 100000 >scale
	done
}

@test "another job is judged when asked for" {
	fake_program
	ringside baseline record "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --sessions=10 \
		--output=b.json
	expect_check 4 "${zero[@]}" "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=b.json \
		--iodepth=4 --bs=8k
	expect_text "another job: "
	expect_text "bs was not set, is 8k"
	echo 90000 >scale
	expect_check 1 "${zero[@]}" "${quick[@]}" --allow-disturbed --program="$PWD/fake" \
		--baseline=b.json \
		--iodepth=4 --bs=8k --allow-job
}

@test "GitHub is told what it reads, by itself" {
	fake_program
	results same 100000
	export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_OUTPUT=$PWD/values
	ringside check same1.json --baseline=same1.json
	expect_status 3
	expect_error "::warning title=ringside inconclusive::rr.read.iops"
	grep -q '^### ringside: same1: inconclusive' summary
	grep -qx 'verdict=inconclusive' values
	grep -qx 'exit-code=3' values
	for actions in false ""; do
		GITHUB_ACTIONS=$actions ringside check same1.json --baseline=same1.json
		[[ $stderr != *"::warning"* ]]
	done
	unset GITHUB_ACTIONS
	ringside check same1.json --baseline=same1.json
	[[ $stderr != *"::warning"* ]]
	ringside check same1.json --baseline=same1.json --github
	expect_error "::warning title=ringside inconclusive::"
	[ "$(grep -c '^verdict=' values)" -eq 2 ]
}

@test "report shows what fio wrote, and says what a file is that is no result" {
	command -v fio >/dev/null || skip "fio is not installed"
	fio --name=a --filename=data --size=1m --rw=randread --ioengine=psync --group_reporting \
		--output-format=json --output=fio.json >/dev/null
	ringside report fio.json
	expect_status 0
	expect_text "a: ioengine=psync"
	expect_text "a read"
	[[ $output == fio-* ]]
	ringside report fio.json --format=markdown --output=fio.md
	expect_status 0
	grep -q '^| a read |' fio.md
	ringside report fio.json --json=out.json
	expect_status 2
	expect_error "a fio result is not written as that"
	ringside report fio.json --wide
	expect_status 2
	expect_error "--wide: only a comparison, a curve or claims have wide tables"
	printf '[a]\nrw=read\n' >a.job
	ringside report a.job
	expect_status 2
	expect_error "a.job: error: this is a job file; a result is needed here"
	expect_error "ringside run a.job"
	ringside history a.job
	expect_status 2
	expect_error "a.job: error: this is a job file; a history of checks is needed here"
}

@test "fio's results are judged against each other" {
	command -v fio >/dev/null || skip "fio is not installed"
	truncate -s 1m data
	for i in 1 2 3; do
		fio --name=a --filename=data --size=1m --rw=randread --ioengine=psync \
			--output-format=json+ --output="fio$i.json" >/dev/null
	done
	ringside check fio3.json --baseline=fio1.json --baseline=fio2.json
	[ "$status" -ne 2 ]
	expect_text "  read.iops"
	expect_text "  read.lat.p50"
	expect_text "does not say on which machine"
}

# interrupt TEXT ARGUMENTS...: sends SIGTERM to a ringside once its stderr has TEXT; $status, ./err.
interrupt() {
	local text=$1 pid
	shift
	rm -f err # of the run before
	"$ringside" "$@" >out 2>err &
	pid=$!
	for ((i = 0; i < 1200; i++)); do
		if grep -q "$text" err; then break; fi
		sleep 0.05
	done
	cat err
	status=0
	kill -TERM "$pid" || true # it may have ended: its status tells
	wait "$pid" || status=$?
}

@test "a baseline that is broken off keeps whole sessions, and replaces none" {
	fake_program
	record=(baseline record "${zero[@]}" --program="$PWD/fake" --trial-time=5ms --no-guards
		--blocks=3 --sessions=9 --idle=10m --output=b.json)
	interrupt "session 1 of 9 recorded" "${record[@]}"
	[ "$status" -eq 143 ]
	grep -q "9 sessions, 600 s apart: about 80:" err
	grep -q "after 1 of 9 sessions: nothing is saved: one session shows no spread" err
	[ ! -e b.json ]
	interrupt "session 2 of 9 recorded" "${record[@]}" --idle=1ms
	[ "$status" -eq 143 ]
	grep -q "those are saved" err
	ringside baseline show b.json
	expect_status 0
	cp b.json old.json
	interrupt "session 1 of 9 recorded" "${record[@]}"
	[ "$status" -eq 143 ]
	grep -q "the baseline that is there is left as it was" err
	cmp b.json old.json
}

@test "a baseline whose last session fails keeps those before" {
	cat >flaky <<-EOF
	#!/bin/bash
	echo >>runs
	[ "\$(wc -l <runs)" -lt 18 ] || { echo "the drive is gone" >&2; exit 5; }
	exec "$ringside" "\$@"
	EOF
	chmod +x flaky
	ringside baseline record "${zero[@]}" --program=./flaky --trial-time=5ms --no-guards \
		--blocks=3 --sessions=3 --idle=1ms --output=b.json
	expect_status 5
	expect_error "the drive is gone"
	expect_error "broken off after 2 of 3 sessions: those are saved"
	ringside baseline show b.json
	expect_status 0
}

@test "a check that is broken off before fresh trials tell has the signal's code" {
	fake_program
	ringside baseline record "${zero[@]}" "${quick[@]}" --program="$PWD/fake" --sessions=3 \
		--blocks=3 --output=b.json
	expect_status 0
	echo 70000 >scale
	interrupt "fresh trials in 600 s" check "${zero[@]}" --program="$PWD/fake" \
		--trial-time=5ms --no-guards --seed=1 --idle=10m --baseline=b.json --json=c.json
	[ "$status" -eq 143 ]
	grep -q "note: about 0:.* min, up to 10:.* where more trials are needed" err
	grep -q "ended early by signal 15" out
	validate c.json
	expect_json c.json "d['exit_code']" 143
}

# ci_commands: what the workflows of `help ci` run, a line each; folded lines (>-) are one.
ci_commands() {
	"$ringside" help ci | sed -E '/>-$/ { N; s/>-\n +//; b joined }; b; :joined
		N; /\n +--/ { s/\n +/ /; b joined }; P; D' |
		sed -nE 's/^ *- (run: )?((build|tools|make|git)\b.*)$/\2/p'
}

@test "the workflows of help ci run as they stand" {
	mkdir before
	ln -s "$root/build" "$root/jobs" "$root/results" .
	ln -s "$root/build" before/build
	export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_OUTPUT=$PWD/values
	ci_commands >commands
	[ "$(grep -c '^build/ringside check' commands)" -eq 2 ]
	[ "$(grep -c '^build/ringside history' commands)" -eq 1 ]
	while read -r command; do
		case $command in
		"tools/install-deps" | "git worktree add before HEAD^1") continue ;;
		"make" | "make -C before") continue ;; # it is built, else this would not run
		*" check "*) command+=" --trial-time=10ms --blocks=3 --idle=0 --quiet" ;;
		"build/ringside history "*) ;;
		*) false ;;
		esac
		rm -f junit.xml
		echo "$command"
		status=0
		# shellcheck disable=SC2086 # words
		"$ringside" ${command#build/ringside } || status=$?
		# What came out hangs on this machine; that it could be judged does not.
		[[ $status =~ ^[013]$ ]]
		[[ $command != *" check "* ]] || validate_junit junit.xml
	done <commands
	grep -q '^### ringside: gate: ' summary
	grep -qE '^verdict=(pass|improved|regression|inconclusive)$' values
	tail -n 1 metrics.txt | grep -qx '# EOF'
	[ "$(wc -l <history.jsonl)" -eq 1 ]
}

@test "a saved check is shown as it was" {
	ringside check --filename=/dev/zero --size=64k --rw=read --name=a --ref=psync --blocks=3 \
		--ioengine=io_uring --trial-time=5ms --no-guards --quiet --json=a.json \
		--markdown=a.md
	printf '%s\n' "$output" >a.txt
	ringside report a.json
	expect_status 0
	printf '%s\n' "$output" | diff a.txt -
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary ringside report a.json \
		--format=markdown --output=b.md
	expect_status 0
	expect_silence
	diff a.md b.md
	[ ! -e summary ]
	ringside report a.json --format=junit
	expect_status 2
	expect_error "its formats are text, markdown"
	ringside report a.json --csv=a.csv
	expect_status 2
}

@test "what results/ holds is read and judged" {
	for file in "$root"/results/*.baseline.json; do
		ringside baseline show "$file"
		expect_status 0
		expect_text "relative"
	done
	ringside check "$root/results/gate.check.json" \
		--baseline="$root/results/gate.baseline.json"
	[[ $status =~ ^[013]$ ]]
	expect_text "  read.iops"
	ringside report "$root/results/engines.json"
	expect_status 0
	expect_text "io_uring-sqpoll"
	seed=$(sed -nE '1s/.*seed ([0-9]+).*/\1/p' "$root/results/engines.txt")
	expect_text "seed $seed"
	# No paths of whoever recorded them.
	run grep -rlE "/(home|root|work|tmp)/" "$root/results"
	[ "$status" -eq 1 ]
}
