/* SPDX-License-Identifier: MIT */
/* All settings of io_uring, made from its option table. */
#ifndef TESTS_ENGINE_URING_SETTINGS_H
#define TESTS_ENGINE_URING_SETTINGS_H

#include "engine/uring_options.h"
#include "test.h"
#include "unit/engine/rig.h"

enum { SETTINGS_LIMIT = 128, SETTING_TEXT_BYTES = 64 };

struct uring_setting {
	const struct option *option;
	char text[SETTING_TEXT_BYTES]; /* "name=value" */
};

static struct uring_setting all_settings[SETTINGS_LIMIT];
static unsigned setting_count;

static inline void uring_settings_add(const struct option *option, const char *value)
{
	struct uring_setting *setting = &all_settings[setting_count++];

	assert_true(setting_count <= SETTINGS_LIMIT);
	setting->option = option;
	snprintf(setting->text, sizeof(setting->text), "%s=%s", option->name, value);
}

static inline void uring_settings_add_counts(const struct option *option)
{
	uint64_t last = option->max > 0 && option->max < 4 ? option->max : 2;

	for (uint64_t value = 1; value <= last; value++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", (unsigned)value);
		uring_settings_add(option, text);
	}
}

/* All values but the default; of numbers the first ones. */
static inline void uring_settings_add_values(const struct option *option)
{
	switch (option->type) {
	case OPTION_FLAG:
	case OPTION_BOOL:
		uring_settings_add(option, strcmp(option->value_default, "0") == 0 ? "1" : "0");
		break;
	case OPTION_CHOICE:
		for (const struct option_choice *choice = option->choices; choice->text; choice++) {
			if (strcmp(choice->text, option->value_default) != 0)
				uring_settings_add(option, choice->text);
		}
		break;
	case OPTION_COUNT:
		uring_settings_add_counts(option);
		break;
	case OPTION_TIME:
		uring_settings_add(option, "1");
		break;
	case OPTION_SIZE:
		uring_settings_add(option, "4096");
		break;
	default: /* a CPU */
		uring_settings_add(option, "0");
		break;
	}
}

static inline void uring_settings_list(void)
{
	for (const struct option *option = uring_option_table.options; option->name; option++)
		uring_settings_add_values(option);
}

#endif
