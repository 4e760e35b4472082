# SPDX-License-Identifier: MIT
# load preparations: `ringside prepare` in a test, and broken off.

# prepare ARGUMENTS...: with the state in the test's own folder.
prepare() {
	XDG_STATE_HOME=$folder/state ringside prepare "$@"
}

# break_off SIGNAL SECONDS ARGUMENTS...: the same, and a signal after a while.
break_off() {
	status=0
	XDG_STATE_HOME=$folder/state timeout --preserve-status --signal "$1" "$2" \
		"$ringside" prepare "${@:3}" >out 2>err || status=$?
}
