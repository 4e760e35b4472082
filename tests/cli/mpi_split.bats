# SPDX-License-Identifier: MIT
# What ranks of ringside-mpi share, by mpirun on this machine.
# covers: src/cluster/host_list.c
# stage: slow

load helper
load mpi

# blocks OPERATION FILE...: offset and length of each such I/O of traces, in order.
blocks() {
	sed -n "s/.* $1 \([0-9]*\) \([0-9]*\)$/\1 \2/p" "${@:2}" | sort -n
}

# whole BYTES BLOCK: what blocks must print: each block once.
whole() {
	seq 0 "$2" $(($1 - 1)) | sed "s/$/ $2/"
}

@test "four ranks write each block of a shared file once, and read each other's" {
	local split
	for split in auto interleaved; do
		rm -f trace.* shared
		ranks 4 run --quiet --filename=shared --bs=4k --size=300k --split=$split \
			--reorder=1 --name=w --rw=write --write_iolog='trace.w.$rank' \
			--name=r --stonewall --rw=read --write_iolog='trace.r.$rank'
		expect_status 0
		diff <(blocks write trace.w.*) <(whole 307200 4096)
		diff <(blocks read trace.r.*) <(whole 307200 4096)
		diff <(blocks write trace.w.1) <(blocks read trace.r.0)
		diff <(blocks write trace.w.0) <(blocks read trace.r.3)
		[ "$split" = interleaved ] || expect_error "each of 4 ranks has a segment of"
	done
}

@test "a file that ranks lay out together has real data everywhere" {
	ranks 4 run --quiet --filename=shared --bs=64k --size=8m --rw=randread --split=segments
	expect_status 0
	[ "$(stat -c %s shared)" -eq 8388608 ]
	[ "$(stat -c %b shared)" -ge 16384 ] || [ "$(stat -f -c %T .)" != ext2/ext3 ]
	/usr/bin/python3 - <<-'P'
		data = open("shared", "rb").read()
		assert all(data[i:i + 4096].strip(b"\0") for i in range(0, len(data), 4096))
	P
}

@test "ranks draw offsets of their own, of one seed that is in the result" {
	ranks 2 run --quiet --filename='own.$rank' --size=64k --rw=randwrite --randrepeat=0 \
		--write_iolog='trace.$rank' --json=result.json
	expect_status 0
	must_fail diff <(sed -n 's/.* write//p' trace.0) <(sed -n 's/.* write//p' trace.1)
	cp trace.1 before
	ranks 2 run --quiet --filename='own.$rank' --size=64k --rw=randwrite \
		--randseed="$(json result.json 'd["seed"]')" --write_iolog='trace.$rank'
	expect_status 0
	diff <(sed -n 's/.* write//p' before) <(sed -n 's/.* write//p' trace.1)
}

@test "one rank alone is rank 0 of 1, and a rank that has no part ends all" {
	ranks 1 run --quiet --filename='f.$rank.$ranks' --size=4k --rw=write
	expect_status 0
	[ -e f.0.1 ]
	ranks 4 run --quiet --filename=shared --bs=4k --size=8k --rw=write
	expect_status 2
	expect_error "4 ranks share shared, and it has fewer blocks than that"
	[ ! -e shared ]
}

@test "a rate of all clones is that of all ranks" {
	ranks 4 run --quiet --filename=/dev/zero --size=1m --rw=read --rate_iops_total=400 \
		--time_based --runtime=1s --json=result.json
	expect_status 0
	[ "$(json result.json 'd["jobs"][0]["read"]["ios"]')" -le 404 ]
	[ "$(json result.json 'd["jobs"][0]["read"]["ios"]')" -ge 300 ]
}
