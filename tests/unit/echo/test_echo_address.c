/* SPDX-License-Identifier: MIT */
/* Addresses: which there are, why one cannot be listened at, and whose file is removed. */
#include "echo/echo_address.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { BACKLOG = 4 };

static char folder[40];

static const char *in_folder(const char *name)
{
	static char text[80];

	snprintf(text, sizeof(text), "unix:%s/%s", folder, name);
	return text;
}

static void parse(struct echo_address *address, const char *text)
{
	const char *hint, *problem = echo_address_parse(address, text, &hint);

	if (problem)
		fail_msg("%s: %s", text, problem);
}

TEST(addresses_of_each_kind)
{
	static const struct {
		const char *text;
		enum echo_address_kind kind;
		bool has_port;
	} good[] = {
		{"tcp:127.0.0.1", ECHO_TCP, false},
		{"tcp:127.0.0.1:0", ECHO_TCP, false},
		{"tcp:127.0.0.1:65535", ECHO_TCP, true},
		{"tcp:[::1]", ECHO_TCP, false},
		{"tcp:[::1]:8080", ECHO_TCP, true},
		{"unix:a:b", ECHO_UNIX, false},
		{"pair:", ECHO_PAIR, false},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct echo_address address;

		parse(&address, good[i].text);
		assert_true(echo_address_is_one(good[i].text));
		assert_int_equal(address.kind, good[i].kind);
		assert_int_equal(address.has_port, good[i].has_port);
	}
}

TEST(what_is_no_address_is_refused_with_its_reason_and_the_cure)
{
	static const struct {
		const char *text, *problem;
	} bad[] = {
		{"tcp:", "only loopback"},
		{"tcp:8.8.8.8:80", "only loopback"},
		{"tcp:0.0.0.0:0", "only loopback"},
		{"tcp:127.0.0.2:0", "only loopback"},
		{"tcp:localhost:80", "only loopback"},
		{"tcp:::1", "only loopback"},
		{"tcp:[::]:0", "only loopback"},
		{"tcp:[::ffff:127.0.0.1]:0", "only loopback"},
		{"tcp:127.0.0.1:", "port is none"},
		{"tcp:127.0.0.1:65536", "port is none"},
		{"tcp:127.0.0.1:-1", "port is none"},
		{"tcp:127.0.0.1:+1", "port is none"},
		{"tcp:127.0.0.1: 1", "port is none"},
		{"tcp:127.0.0.1:0x10", "port is none"},
		{"tcp:127.0.0.1:80x", "port is none"},
		{"tcp:127.0.0.1:99999999999999999999999", "port is none"},
		{"tcp:127.0.0.11", "port is none"},
		{"tcp:[::1]80", "port is none"},
		{"unix:", "no path"},
		{"pair:x", "nothing follows"},
		{"udp:127.0.0.1:1", "no address"},
		{"", "no address"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct echo_address address;
		const char *hint = NULL;
		const char *problem = echo_address_parse(&address, bad[i].text, &hint);

		if (!problem || !strstr(problem, bad[i].problem) || !hint)
			fail_msg("'%s': %s", bad[i].text, problem ? problem : "taken");
	}
}

TEST(a_path_has_to_fit_with_its_end)
{
	char text[sizeof("unix:") + sizeof(((struct sockaddr_un *)0)->sun_path)] = "unix:";
	struct echo_address address;
	const char *hint;

	memset(text + strlen("unix:"), 'a', sizeof(text) - sizeof("unix:"));
	assert_non_null(strstr(echo_address_parse(&address, text, &hint), "too long"));
	text[sizeof(text) - 2] = '\0';
	assert_null(echo_address_parse(&address, text, &hint));
}

/* The reason and the cure are those of its own kind. */
static void check_refused(const char *text, int error, const char *problem, const char *hint)
{
	const char *said = "", *cure = NULL;
	struct echo_address address;

	parse(&address, text);
	assert_int_equal(echo_address_listen(&address, BACKLOG, &said, &cure), -error);
	if (!strstr(said, problem) || !cure || !strstr(cure, hint))
		fail_msg("%s: %s; %s", text, said, cure ? cure : "no cure");
}

TEST(a_file_that_is_there_stays_whatever_it_is)
{
	struct echo_address address;
	const char *path = in_folder("taken") + strlen("unix:");
	struct stat before, after;
	int file, server;

	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	close(file);
	check_refused(in_folder("taken"), EADDRINUSE, "a file of that name exists", "a path");
	assert_int_equal(access(path, F_OK), 0);

	parse(&address, in_folder("live"));
	server = echo_address_listen(&address, BACKLOG, NULL, NULL);
	assert_true(server >= 0);
	assert_int_equal(lstat(address.path, &before), 0);
	/* in_folder has one text, which `address` needs. */
	check_refused(in_folder("live"), EADDRINUSE, "a file of that name exists", "a path");
	assert_int_equal(lstat(address.path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	close(server);
	echo_address_remove(&address);
	assert_int_equal(access(address.path, F_OK), -1);
	unlink(in_folder("taken") + strlen("unix:"));
}

TEST(another_s_file_at_the_same_path_is_not_removed)
{
	char moved[80];
	struct echo_address address;
	int server, file;

	parse(&address, in_folder("socket"));
	server = echo_address_listen(&address, BACKLOG, NULL, NULL);
	assert_true(server >= 0);
	/* Moved and not removed: its number must not be given to the next one. */
	snprintf(moved, sizeof(moved), "%s/moved", folder);
	assert_int_equal(rename(address.path, moved), 0);
	file = open(address.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	close(file);
	echo_address_remove(&address);
	assert_int_equal(access(address.path, F_OK), 0);
	unlink(address.path);
	unlink(moved);
	close(server);
}

TEST(why_a_path_cannot_be_listened_at)
{
	check_refused(in_folder("none/socket"), ENOENT, "folder is not there", "make the folder");
	check_refused("unix:/dev/null/socket", ENOTDIR, "Not a directory", "folder");
}

/* Not its port, and not its folder. */
static int forbid_sockets(const char *text)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = 4, .filter = filter};
	const char *problem = "", *hint = NULL;
	struct echo_address address;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return 2;
	parse(&address, text);
	return echo_address_listen(&address, BACKLOG, &problem, &hint) == -EACCES &&
			       strcmp(problem, strerror(EACCES)) == 0 && hint &&
			       strstr(hint, "sandbox")
		       ? 0
		       : 1;
}

static void check_forbidden(const char *text)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(forbid_sockets(text));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 2) {
		print_message("skipped: no seccomp filter for this user\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

TEST(sockets_that_are_forbidden_are_told_as_such)
{
	check_forbidden("tcp:127.0.0.1");
	check_forbidden(in_folder("forbidden"));
}

TEST(a_port_in_use_says_nothing_of_files)
{
	struct echo_address address;
	char text[40];
	int server;

	parse(&address, "tcp:127.0.0.1");
	server = echo_address_listen(&address, BACKLOG, NULL, NULL);
	assert_true(server >= 0);
	snprintf(text, sizeof(text), "tcp:127.0.0.1:%d",
		ntohs(((const struct sockaddr_in *)&address.address)->sin_port));
	check_refused(text, EADDRINUSE, "the port is in use", "port 0 is any free one");
	close(server);
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/ringside-address-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

TEST_MAIN(make_folder, remove_folder);
