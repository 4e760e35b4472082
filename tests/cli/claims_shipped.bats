# SPDX-License-Identifier: MIT
# Each claim that comes with ringside, in its short form.
# stage: slow

load helper

@test "every claim that comes with ringside runs in its short form, and none has a verdict" {
	local file name seen=0
	for file in "$root"/jobs/claims/*.job; do
		[ -e "$file" ] || skip "there are no claims in jobs/claims"
		name=$(basename "$file" .job)
		ringside claims "$name" --quick --quiet --json="$name.json"
		# 4: nothing of it is testable here.
		[ "$status" -eq 0 ] || expect_status 4
		validate_by claims-schema "$name.json"
		expect_json "$name.json" "[l['verdict'] for c in d['claims'] for l in c['lines']
			if l['verdict'] in ('confirmed', 'refuted')]" "[]"
		if [ "$status" -eq 0 ]; then
			expect_json "$name.json" \
				"any(p['blocks'] for p in d['claims'][0]['points'])" True
		fi
		seen=$((seen + 1))
	done
	[ "$seen" -gt 0 ]
}
