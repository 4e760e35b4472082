/* SPDX-License-Identifier: MIT */
#include "engine/bus_guard.h"
#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "unit/engine/rig.h"

/* Two pages of a file that then loses the second. */
static char *map_truncated(void)
{
	char path[64];
	int file = rig_temporary_file(path);
	char *memory;

	unlink(path);
	assert_int_equal(ftruncate(file, 8192), 0);
	memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	assert_true(memory != MAP_FAILED);
	assert_int_equal(ftruncate(file, 4096), 0);
	close(file);
	return memory;
}

TEST(a_page_that_is_gone_is_a_result)
{
	char *memory;
	char buffer[4096];

	rig_skip_under_tsan("it does not follow jumps out of signal handlers");
	memory = map_truncated();
	bus_guard_install();
	for (int round = 0; round < 3; round++) { /* The signal must not stay blocked. */
		memset(buffer, 'x', sizeof(buffer));
		assert_true(bus_guard_copy(buffer, memory, 4096));
		rig_check_zero(buffer, 4096);
		assert_false(bus_guard_copy(buffer, memory + 4096, 4096));
		assert_false(bus_guard_copy(memory + 4096, buffer, 4096));
	}
	munmap(memory, 8192);
}

TEST(other_faults_go_where_they_went)
{
	volatile char *memory = map_truncated();
	pid_t child;
	int status;

	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit no_core = {0, 0};

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGBUS, SIG_DFL); /* Not a sanitizer's. */
		bus_guard_install();
		memory[4096] = 'x';
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGBUS);
	munmap((void *)memory, 8192);
}

TEST_MAIN(NULL, NULL);
