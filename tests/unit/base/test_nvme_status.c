/* SPDX-License-Identifier: MIT */

#include <errno.h>

#include "base/nvme_status.h"
#include "base/text.h"
#include "test.h"

/* As the kernel hands them out: with "do not retry" (0x4000) and "more" (0x2000). */
TEST(a_status_is_named_by_its_type_and_code)
{
	assert_string_equal(nvme_status_symbol(nvme_status_error(0x281)), "NVME_UNRECOVERED_READ");
	assert_string_equal(nvme_status_symbol(nvme_status_error(0x280)), "NVME_WRITE_FAULT");
	assert_string_equal(nvme_status_symbol(nvme_status_error(0x4080)), "NVME_LBA_RANGE");
	assert_string_equal(nvme_status_symbol(nvme_status_error(0x6001)), "NVME_INVALID_OPCODE");
	assert_string_equal(nvme_status_words(nvme_status_error(0x281)), "unrecovered read error");
}

TEST(statuses_and_errno_values_are_told_apart)
{
	assert_true(nvme_status_is_error(nvme_status_error(0x7fff)));
	assert_true(nvme_status_is_error(nvme_status_error(1)));
	assert_false(nvme_status_is_error(EIO));
	assert_false(nvme_status_is_error(-EIO));
	assert_false(nvme_status_is_error(NVME_STATUS_ERROR + NVME_STATUS_MASK + 1));
	assert_null(nvme_status_symbol(EIO));
	assert_null(nvme_status_words(EIO));
	assert_null(nvme_status_symbol(nvme_status_error(0x2c1)));
}

TEST(messages_name_errors_of_both_kinds)
{
	assert_string_equal(text_errno_name(-nvme_status_error(0x281)),
		"unrecovered read error (NVME_UNRECOVERED_READ)");
	assert_string_equal(text_errno_name(nvme_status_error(0x2c1)), "NVMe status 0x2c1");
	assert_string_equal(text_errno_symbol(-ENODATA), "ENODATA");
	assert_string_equal(text_errno_symbol(4711), "E4711");
	assert_string_equal(text_errno_symbol(nvme_status_error(0x2c1)), "NVME_STATUS_0x2c1");
}

TEST(a_symbol_leads_back_to_its_error)
{
	static const int errors[] = {EIO, ENODATA, EHWPOISON};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		assert_int_equal(text_errno_of_symbol(text_errno_symbol(errors[i])), errors[i]);
	for (int status = 1; status <= NVME_STATUS_MASK; status++) {
		int error = nvme_status_error(status);

		assert_int_equal(text_errno_of_symbol(text_errno_symbol(error)), error);
	}
	assert_int_equal(text_errno_of_symbol("NVME_STATUS_0x800"), 0);
	assert_int_equal(text_errno_of_symbol("NVME_NONSENSE"), 0);
	assert_int_equal(text_errno_of_symbol(""), 0);
}

TEST_MAIN(NULL, NULL);
