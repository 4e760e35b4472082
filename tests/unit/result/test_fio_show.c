/* SPDX-License-Identifier: MIT */
/* A fio result as it is shown: fio's figures, in our units, and nothing that fio does not state. */
#include <stdlib.h>
#include <string.h>

#include "result/fio.h"
#include "test.h"

#define FIO                                                                                        \
	"{\"fio version\":\"fio-3.42\",\"timestamp\":1700000000,\"global "                         \
	"options\":{\"bs\":\"8k\"},"                                                               \
	"\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,\"error\":5,\"total_err\":3,"                  \
	"\"job options\":{\"rw\":\"randrw\",\"ioengine\":\"libaio\",\"time_based\":null},"         \
	"\"read\":{\"io_bytes\":81920,\"bw_bytes\":40960,\"iops\":5.25,\"runtime\":2000,"          \
	"\"total_ios\":10,\"clat_ns\":{\"N\":10,\"min\":90,\"max\":990,\"mean\":200.0,"            \
	"\"stddev\":5.0,\"percentile\":{\"50.000000\":201,\"99.000000\":980}}},"                   \
	"\"write\":{\"io_bytes\":4096,\"bw_bytes\":2048,\"iops\":0.5,\"runtime\":2000,"            \
	"\"total_ios\":1},"                                                                        \
	"\"job_runtime\":2000,\"usr_cpu\":10.0,\"sys_cpu\":15.0,\"ctx\":20}]}"

static char *shown;

static void show(const struct document_writer *writer)
{
	struct diag diag;
	struct fio_document document;
	size_t bytes;
	FILE *stream = open_memstream(&shown, &bytes);

	assert_non_null(stream);
	setenv("LC_ALL", "C.UTF-8", 1);
	diag_init(&diag, stderr);
	assert_int_equal(fio_read_memory("f.json", FIO, strlen(FIO), &document, &diag), 0);
	assert_int_equal(fio_show_formats.write(writer, &document, stream), 0);
	fclose(stream);
	fio_document_free(&document);
}

static void assert_shows(const char *text)
{
	if (!strstr(shown, text))
		fail_msg("%s\nlacks: %s", shown, text);
}

static int clean_up(void **state)
{
	(void)state;
	free(shown);
	shown = NULL;
	return 0;
}

TEST_FIXTURE(NULL, clean_up);

TEST(text_has_the_job_its_errors_and_a_row_for_each_direction)
{
	show(&fio_show_formats.writers[0]);
	assert_shows("fio-3.42, 2023-11-14 22:13:20 UTC\n");
	assert_shows("a: ioengine=libaio, bs=8k, rw=randrw, time_based\n");
	assert_shows("a: 3 I/Os; Input/output error (EIO)\n");
	/* Where fio has no lat, its clat; costs once, and of the second row nothing is known. */
	assert_shows("a read    5.25   40.0   200  201    –  980      –       –  990  0.250\n");
	assert_shows("a write  0.500   2.00     –    –    –    –      –       –    –");
}

TEST(markdown_is_the_table)
{
	show(&fio_show_formats.writers[1]);
	assert_shows("| a read | 5.25 | 40.0 | 200 | 201 | – | 980 | – | – | 990 | 0.250 |\n");
}

TEST_MAIN(NULL, NULL);
