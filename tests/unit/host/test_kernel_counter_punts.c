/* SPDX-License-Identifier: MIT */
/* Punts are counted: forced ones all, others none; and a second thread's never. */
#include "host/kernel_counter.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <liburing.h>

static void do_reads(unsigned count, unsigned flags)
{
	struct io_uring ring;
	int zero = open("/dev/zero", O_RDONLY);
	char buffer[512];

	assert_true(zero >= 0);
	assert_int_equal(io_uring_queue_init(8, &ring, 0), 0);
	for (unsigned i = 0; i < count; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
		struct io_uring_cqe *cqe;

		io_uring_prep_read(sqe, zero, buffer, sizeof(buffer), 0);
		sqe->flags |= (uint8_t)flags;
		assert_int_equal(io_uring_submit_and_wait(&ring, 1), 1);
		assert_int_equal(io_uring_wait_cqe(&ring, &cqe), 0);
		assert_int_equal(cqe->res, sizeof(buffer));
		io_uring_cqe_seen(&ring, cqe);
	}
	io_uring_queue_exit(&ring);
	close(zero);
}

static int open_or_skip(void)
{
	struct io_uring ring;
	int counter = kernel_counter_open_punts();
	int error = io_uring_queue_init(1, &ring, 0);

	if (error < 0) {
		print_message("skipped: this kernel gives no ring\n");
		skip();
	}
	io_uring_queue_exit(&ring);
	if (counter < 0) {
		assert_true(counter == -EACCES || counter == -ENOENT || counter == -EPERM);
		print_message("skipped: no tracepoint for this user (errno %d)\n", -counter);
		skip();
	}
	return counter;
}

TEST(forced_punts_are_counted_one_by_one)
{
	int counter = open_or_skip();

	do_reads(20, IOSQE_ASYNC);
	assert_int_equal(kernel_counter_punts(counter), 20);
	close(counter);
}

TEST(what_is_not_punted_is_not_counted)
{
	int counter = open_or_skip();

	do_reads(20, 0);
	assert_int_equal(kernel_counter_punts(counter), 0);
	close(counter);
}

static void *read_elsewhere(void *argument)
{
	(void)argument;
	do_reads(5, IOSQE_ASYNC);
	return NULL;
}

TEST(another_threads_punts_are_its_own)
{
	pthread_t thread;
	int counter;

	assert_int_equal(pthread_create(&thread, NULL, read_elsewhere, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	counter = open_or_skip();
	do_reads(3, IOSQE_ASYNC);
	assert_int_equal(kernel_counter_punts(counter), 3);
	close(counter);
}

TEST(without_a_counter_nothing_is_known)
{
	assert_int_equal(kernel_counter_punts(-EACCES), -1);
}

TEST_MAIN(NULL, NULL);
