/* SPDX-License-Identifier: MIT */
/* Canonical documents: the keys of every object in the order of their bytes. */
#ifndef CHECK_SORTED_JSON_H
#define CHECK_SORTED_JSON_H

#include "base/json.h"

void sorted_json(cJSON *document);

#endif
