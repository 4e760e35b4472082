# SPDX-License-Identifier: MIT
# The live screen on a terminal: tmux is the terminal, and tells what stands on it.
# covers: src/text/screen.c src/session/contest_screen.c src/curve/curve_screen.c

load helper

eval "$(declare -f teardown | sed '1s/teardown/remove_folder/')"

teardown() {
	[ -z "$socket" ] || tmux -S "$socket" kill-server 2>/dev/null || :
	remove_folder
}

# terminal COLUMNS ROWS: a shell on a terminal of its own, in the test's folder.
terminal() {
	need_command tmux
	socket=$folder/.tmux
	env -u TMUX LC_ALL=C.UTF-8 TERM=xterm tmux -S "$socket" -f /dev/null new-session -d \
		-x "$1" -y "$2" "exec bash --norc --noprofile" 3>&- || return 1
	tmux -S "$socket" set-option -g remain-on-exit on
	type_line "PS1='\$ ' LC_ALL=C.UTF-8; export LC_ALL ringside='$ringside'"
	type_line 'clear'
}

type_line() {
	tmux -S "$socket" send-keys -l "$1"
	tmux -S "$socket" send-keys Enter
}

press() {
	tmux -S "$socket" send-keys "$@"
}

resize() {
	tmux -S "$socket" resize-window -x "$1" -y "$2"
}

screen() {
	tmux -S "$socket" capture-pane -p -J -S - >.screen
}

# shows TEXT / lacks TEXT: what stands on the terminal now, scrolled lines too.
shows() {
	screen && grep -qF -- "$1" .screen
}

lacks() {
	screen && ! grep -qF -- "$1" .screen
}

# Sees it within a minute, or shows what there is.
see() {
	wait_until shows "$1" || { cat .screen; return 1; }
}

see_gone() {
	wait_until lacks "$1" || { cat .screen; return 1; }
}

has_file() {
	[ -s "$1" ]
}

# begin COMMAND: in the terminal, with the exit code in ./code when it is over, and the terminal's
# settings before and after.
begin() {
	type_line "stty -g >before; $1; echo \$? >code; stty -g >after"
}

expect_end() {
	wait_until has_file after
	[ "$(cat code)" = "$1" ] || { screen; cat .screen; return 1; }
	cmp before after
	tmux -S "$socket" kill-server
}

# long_run OPTIONS [VARIABLES]: a run that ends when it is told to.
long_run() {
	zero_job <<-'EOT'
		[first]
		time_based
		runtime=300
		iodepth=4
		rate_iops=1000
		[second]
		time_based
		runtime=300
		numjobs=2
		new_group
		group_reporting
		rate_iops=1000
	EOT
	begin "(echo \$BASHPID >pid; exec ${2:+env $2} \$ringside run --live $1 \\
		--json=out.json --output=o job)"
}

end_run() {
	press C-c
	expect_end 130
	expect_json out.json "[j['read']['ios'] > 0 for j in d['jobs']]" '[True, True]'
}

@test "jobs have rows with figures of the last second, and Ctrl-C ends the run as ever" {
	terminal 80 20
	long_run ''
	see 'ringside run   3 workers at work'
	see 'helpers 0 %'
	see ' first             measuring'
	see ' second ×2'
	see 'q leaves the screen, not the run'
	see 'left'
	see '█'
	end_run
}

@test "it follows the terminal's size: larger, too small, and back" {
	terminal 80 20
	long_run ''
	see 'IOPS, at most'
	lacks 'IOPS by seconds'
	resize 120 40
	see 'IOPS by seconds'
	resize 60 10
	see 'needs a terminal of 80x20'
	wait_until shows 'first (+2 jobs): measuring'
	lacks 'at work'
	resize 100 24
	see 'workers at work'
	end_run
}

@test "a live line that is wiped below the screen is no message" {
	mkfifo pipe
	printf '%s\n' '[first]' ioengine=sync filename=pipe rw=read size=8k bs=4k \
		'[second]' stonewall filename=/dev/zero size=64k rw=randread rate_iops=1000 \
		time_based runtime=300 >job
	exec {writer}<>pipe
	terminal 80 10
	begin "exec {writer}>&-; \$ringside run --live --json=out.json --output=o job"
	see 'first: measuring'
	resize 80 24
	see '1 worker at work'
	head -c 8k /dev/zero >&"$writer"
	see ' second            measuring'
	lacks 'Message:'
	end_run
}

@test "on a terminal that is too small at first the live line goes on until it is larger" {
	terminal 79 20
	long_run ''
	see 'needs a terminal of 80x20'
	see 'first (+2 jobs): measuring'
	resize 80 20
	see '3 workers at work'
	end_run
}

@test "q leaves the screen and not the run: the live line goes on" {
	terminal 80 24
	long_run ''
	see '3 workers at work'
	press q
	see_gone 'at work'
	see 'first (+2 jobs): measuring'
	[ ! -e code ]
	end_run
}

@test "SIGTERM restores the terminal" {
	terminal 80 24
	long_run ''
	see '3 workers at work'
	kill -TERM "$(cat pid)"
	expect_end 143
}

@test "a fault restores the terminal, and what was held is shown" {
	terminal 80 24
	long_run '--status-interval=1'
	see '3 workers at work'
	see 'lines for later'
	kill -SEGV "$(cat pid)"
	see_gone 'at work'
	see 'first: '
	expect_end 139
}

@test "what is written meanwhile does not tear the screen: it is shown after it" {
	terminal 80 24
	long_run '--status-interval=1'
	see 'lines for later, the last: '
	[[ $(head -1 .screen) == *'at work'* ]]
	press C-c
	see_gone 'at work'
	see 'first: '
	see 'second: '
	lacks 'for later'
	expect_end 130
}

takes_less_than() {
	[ "$(stat -L -c %b "/proc/$(cat pid)/fd/2")" -lt "$(($1 / 512))" ]
}

@test "of more than is reasonable to be held the older part goes, and a line says so" {
	terminal 80 24
	long_run
	see '3 workers at work'
	tmux -S "$socket" pipe-pane "cat >$PWD/shown"
	{ echo first of all; yes 'a line of many' | head -c 6000000; echo; echo last of all; } \
		>>"/proc/$(cat pid)/fd/2"
	see 'last of all'
	wait_until takes_less_than 4000000
	press C-c
	see_gone 'at work'
	see 'last of all'
	expect_end 130
	grep -q 'more was written, which is too much to be kept' shown
	[ "$(grep -c 'a line of many' shown)" -gt 100000 ]
	must_fail grep '^first of all' shown
}

@test "Ctrl-Z gives the terminal back, fg the screen" {
	terminal 80 24
	long_run ''
	see '3 workers at work'
	press C-z
	see 'Stopped'
	lacks 'at work'
	type_line 'fg'
	see '3 workers at work'
	press C-c
	wait_until lacks 'at work'
	wait_until has_file o # the last that is written into the folder
	tmux -S "$socket" kill-server
}

@test "a stop that no terminal sent: behind another program it leaves the terminal alone" {
	terminal 80 24
	type_line "echo before"
	zero_job <<<$'[x]\ntime_based\nruntime=300\nrate_iops=100'
	type_line "\$ringside run --live --output=o job & echo \$! >pid; fg"
	see '1 worker at work'
	kill -STOP "$(cat pid)"
	see 'Stopped'
	type_line 'bg'
	wait_until lacks 'at work'
	see 'measuring  '
	see 'before'
	[[ $(ps -o stat= -p "$(cat pid)") != T* ]]
	type_line 'fg'
	see '1 worker at work'
	press C-c
	see_gone 'at work'
	wait_until has_file o
	tmux -S "$socket" kill-server
}

@test "a terminal without a second page: what follows stands below the screen" {
	terminal 80 24
	zero_job <<<$'[x]\ntime_based\nruntime=300\nrate_iops=100'
	begin 'TERM=vt100 $ringside run --live --output=o job'
	see '1 worker at work'
	press C-c
	expect_code_below 'q leaves the screen, not the run · Ctrl-C ends the run'
	expect_end 130
}

# expect_code_below LINE: it stands alone, and the prompt after it.
expect_code_below() {
	wait_until has_file after
	wait_until shows_line '\$ *'
	screen
	grep -qxF -- " $1" .screen || { cat .screen; return 1; }
}

shows_line() {
	screen && grep -qx -- "$1" .screen
}

@test "the terminal's own size counts, not what LINES and COLUMNS say" {
	terminal 80 24
	long_run '' 'LINES=10 COLUMNS=30'
	see 'ringside run   3 workers at work'
	see ' q leaves the screen, not the run · Ctrl-C ends the run'
	end_run
}

@test "a terminal that has no screen, or none at all: one line says so and the live line goes on" {
	terminal 80 24
	zero_job <<<$'[x]\ntime_based\nruntime=1'
	begin 'TERM=dumb $ringside run --live --output=/dev/null job'
	see "a terminal of the type 'dumb' has no screen: the live line goes on in its place"
	see 'x: measuring'
	expect_end 0
	ringside run --live --output=/dev/null job
	expect_status 0
	expect_error '--live: standard error is no terminal: the live line goes on in its place'
}

@test "standard output may be a file, and standard error too" {
	terminal 80 24
	zero_job <<<$'[x]\ntime_based\nruntime=300\nrate_iops=100'
	begin '$ringside run --live job >out'
	see '1 worker at work'
	press C-c
	expect_end 130
	grep -q 'IOPS' out
	must_fail grep -q $'\033' out
	rm code after
	terminal 80 24
	zero_job <<<$'[x]\ntime_based\nruntime=1'
	begin '$ringside run --live job 2>err'
	expect_end 0
	grep -q 'standard error is no terminal' err
	must_fail grep -q $'\033' err
}

@test "without UTF-8 it is ASCII" {
	terminal 80 24
	long_run ''
	see '█'
	end_run
	rm code after
	terminal 80 24
	type_line 'export LC_ALL=C'
	long_run ''
	see ' second x2'
	see '#'
	lacks '█'
	end_run
}

@test "of 300 jobs the worst are shown, and arrows scroll" {
	terminal 80 24
	zero_job <<-'EOT'
		[many]
		numjobs=300
		time_based
		runtime=300
		rate_iops=10
	EOT
	begin '$ringside run --live --output=/dev/null job'
	see '300 workers at work'
	see 'jobs 1–15 of 300, worst first'
	see 'arrows scroll'
	press Down
	see 'jobs 2–16 of 300'
	press NPage
	see 'jobs 17–31 of 300'
	press Home
	see 'jobs 1–15 of 300'
	press C-c
	expect_end 130
}

@test "what it cannot be combined with is refused" {
	ringside run --live --quiet --filename=/dev/zero --rw=read --size=4k
	expect_status 2
	expect_error '--live shows a screen, --quiet shows nothing'
	ringside run --live --interval=0 --filename=/dev/zero --rw=read --size=4k
	expect_status 2
	expect_error '--interval=0'
}

@test "compare shows who is measured and what is known, and Ctrl-C ends it as ever" {
	terminal 80 20
	zero_job <<<$'[zero]\nioengine=psync'
	begin "\$ringside compare --live --engines=psync,sync --window=0 --trial-time=200ms \
		--max-time=300s --blocks=1000 --json=out.json --output=o job"
	see 'ringside compare   block'
	see '> '
	see 'reference'
	see "control psync'"
	see '±'
	press q
	see_gone 'ringside compare   block'
	see '| at most'
	press C-c
	expect_end 130
	expect_json out.json "len(d['points'])" 1
}

@test "curve shows its loads, those that are done and the one that is measured" {
	terminal 80 24
	zero_job <<<$'[zero]\nioengine=psync'
	begin "\$ringside curve --live --trial-time=200ms --rates=1000,2000 --repeat=200 \
		--json=out.json --output=o job"
	see 'offered'
	see '> 1.00k/s'
	see '> 2.00k/s'
	see 'without a rate'
	press C-c
	expect_end 130
	expect_json out.json "len(d['lines'])" 1
}

@test "check has the screen while it measures, and none where it only judges" {
	terminal 80 20
	zero_job <<<$'[zero]\nioengine=psync'
	begin "\$ringside check --live --ref=sync --window=0 --trial-time=200ms --blocks=100 \
		--output=o job"
	see 'ringside check   block'
	see 'reference'
	press C-c
	expect_end 130
	"$ringside" run --json=result.json --output=o --runtime=1 --time_based job
	ringside check --live result.json --baseline=result.json
	expect_status 2
	expect_error '--live'
	for command in compare curve check; do
		ringside "$command" --live --quiet job
		expect_status 2
		expect_error '--live shows a screen, --quiet shows nothing'
	done
}
