# SPDX-License-Identifier: MIT
# ringside's build. Everything generated goes to build/; `make help` lists the targets.

CC       ?= gcc
BUILD    ?= build
PREFIX   ?= /usr/local
VERSION  := 0.1.0
GIT      := $(shell git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef
OPTIMISE ?= -O2 -g
LIBS     := -luring -laio -lcjson -lblkid -lmount -lz -lxxhash -lm -lpthread
CPPFLAGS += -Isrc -D_GNU_SOURCE
CFLAGS   += -std=gnu17 $(OPTIMISE) $(WARNINGS) $(SANITIZE)
LDFLAGS  += $(SANITIZE)

SOURCES  := $(sort $(wildcard src/*/*.c))
OBJECTS  := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNITS    := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BIN := $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)

.PHONY: all help demo test unit bench sanitize fuzz install clean deps
.DEFAULT_GOAL := all

all: $(BUILD)/ringside ## build ringside

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

$(BUILD)/ringside: $(BUILD)/obj/main.o $(BUILD)/libringside.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libringside.a: $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The version is compiled into one object only, rebuilt when the commit changes.
$(BUILD)/version.stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(GIT)' | cmp -s - $@ || echo '$(VERSION) $(GIT)' > $@
$(BUILD)/obj/base/version.o: $(BUILD)/version.stamp
$(BUILD)/obj/base/version.o: CPPFLAGS += -DRINGSIDE_VERSION='"$(VERSION)"' -DRINGSIDE_GIT='"$(GIT)"' \
	-DRINGSIDE_OPTIMISE='"$(OPTIMISE)"'
FORCE:

# One program a module: tests/unit/LAYER/test_MODULE.c mirrors src/LAYER/MODULE.c.
$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libringside.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< \
		$(BUILD)/libringside.a -lcmocka $(LIBS)

unit: $(UNIT_BIN) ## build and run the unit tests
	@failed=0; for t in $(UNIT_BIN); do echo "== $$t"; $$t || failed=1; done; exit $$failed

clean: ## remove build/
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(BUILD)/obj/main.d $(UNIT_BIN:=.d)
