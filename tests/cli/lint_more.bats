# SPDX-License-Identifier: MIT
# stage: slow
# `ringside lint` of a file that is long; lint.bats has the others.

load helper

# findings KIND: the texts of that kind in found.json, of any file.
findings() {
	json found.json "'\n'.join(f['text'] for file in d['files'] for f in file['findings']
		if f['kind'] == '$1')"
}

# A job file of any length ends soon, and all of its dangers are told, not only the first ones.
@test "ten thousand sections take a few seconds, and what the last ones destroy is told" {
	{
		printf '%s\n' '[global]' ioengine=psync size=1m rw=write
		for ((i = 0; i < 10000; i++)); do
			printf '[j%d]\nfilename=f%d\n' "$i" "$i"
		done
	} >job
	head -c 1m /dev/zero >f9999
	(ulimit -t 8 && exec "$ringside" lint --json=found.json job) >out
	[ "$(wc -l <out)" -le 40 ]
	findings danger | grep -F "overwrites 1.00 MiB of f9999, which exists"
	expect_json found.json "len(d['files'][0]['jobs'])" 10000
	expect_json found.json \
		"sum('threads' in f['text'] for f in d['files'][0]['findings'])" 10000
	grep -F '[j0, j1, j2, j3, and 9996 more]' out
}
