# SPDX-License-Identifier: MIT
# As many ranks as hosts of a cluster, on this machine: one result, and what rank 0 needs for it.
# covers: src/cluster/merge.c src/cluster/collective.c
# stage: slow

load helper
load mpi

# Open MPI looks each 100 us whether all have come: 256 of them leave two CPUs no time to start.
rare_looks() {
	need_command cc
	cat >rare.c <<-'C'
		#include <time.h>
		#include <unistd.h>
		int usleep(useconds_t us)
		{
			long ns = us < 20000 ? 20000000 : us * 1000L;
			struct timespec nap = {ns / 1000000000, ns % 1000000000};
			return nanosleep(&nap, 0);
		}
	C
	cc -shared -fPIC -o rare.so rare.c
}

@test "256 ranks are one result, for which rank 0 needs less than 200 MiB" {
	local count=256
	need_open_mpi
	rare_looks
	mixed_job
	cat >start <<-S
		#!/bin/bash
		watch() {
			while grep VmHWM "/proc/\$1/status" >peak.new && [ -s peak.new ]; do
				mv peak.new peak
				sleep 0.1
			done
		}
		[ "\$OMPI_COMM_WORLD_RANK" != 0 ] || watch \$\$ >/dev/null 2>&1 &
		LD_PRELOAD="$folder/rare.so" exec "$ringside-mpi" "\$@"
	S
	chmod +x start
	# Its code is not looked at: on few CPUs Open MPI 4 takes some that have left MPI_Finalize
	# for ones that never came to it.
	OMPI_MCA_btl=self,vader timeout 300 mpirun -n $count ./start run --quiet --output=text \
		--json=result.json job >said 2>&1 3>&- || true
	cat said
	validate result.json
	expect_whole result.json $count
	expect_json result.json "d['cluster']['lost']" "[]"
	[ "$(wc -l <text)" -lt 45 ]
	# kB; it is 25 MB.
	[ "$(sed 's/[^0-9]//g' peak)" -gt 4000 ]
	[ "$(sed 's/[^0-9]//g' peak)" -lt 204800 ]
}
