# SPDX-License-Identifier: MIT
# System calls of ringside beside those of fio, as strace sees them: for files that `load calls`.

need_trace() {
	need_command fio
	need_command strace
	strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
}

# calls FILTER COMMAND...: the system calls of FILTER that a command makes, without their threads.
calls() {
	local filter=$1
	shift
	rm -f trace
	strace -f -qq -e signal=none -e trace="$filter" -o trace "$@" >said 2>&1 || {
		cat said
		return 1
	}
	sed -E 's/^[0-9]+ +//; s/ +/ /g' trace
}

fio_calls() {
	calls "$1" fio --thread --output=/dev/null "${@:2}"
}

our_calls() {
	calls "$1" "$ringside" run "${@:2}"
}

# agree_on FILTER PATTERN OPTION...: fio's and ringside's calls of FILTER with PATTERN are the same.
agree_on() {
	local filter=$1 pattern=$2
	shift 2
	fio_calls "$filter" --name=a --filename=f --size=4k "$@" | grep -oE "$pattern" >fio.calls
	our_calls "$filter" --name=a --filename=f --size=4k "$@" | grep -oE "$pattern" >our.calls
	[ -s our.calls ] || { echo "$*: no such call"; return 1; }
	diff fio.calls our.calls
}
