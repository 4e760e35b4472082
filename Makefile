# SPDX-License-Identifier: MIT
# ringside's build. Everything generated goes to build/; `make help` lists the targets.
#
# Another flavour of the build is another BUILD folder with other flags, made by the same rules:
#   make BUILD=build/asan SANITIZE=-fsanitize=address OPTIMISE='-O1 -g' unit

CC       ?= gcc
BUILD    ?= build
PREFIX   ?= /usr/local
VERSION  := 0.1.0
GIT      := $(shell git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown)

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef
OPTIMISE ?= -O2 -g
LIBS     := -luring -laio -lcjson -lblkid -lmount -lz -lxxhash -lisal -lnettle -lncursesw -ltinfo \
            -lm -lpthread
CPPFLAGS += -Isrc -D_GNU_SOURCE
CFLAGS   += -std=gnu17 $(OPTIMISE) $(WARNINGS) $(SANITIZE)
LDFLAGS  += $(SANITIZE) $(LINKER)

# What calls MPI is in ringside-mpi alone, which is built where there is an mpicc.
MPI_SOURCES := src/cluster/link.c
FOLDERS  ?= *
SOURCES  := $(sort $(filter-out $(MPI_SOURCES),$(wildcard $(FOLDERS:%=src/%/*.c))))
OBJECTS  := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNITS    := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BIN := $(UNITS:tests/unit/%.c=$(BUILD)/unit/%)
FUZZERS  := $(sort $(wildcard tests/fuzz/fuzz_*.c))
SEED_BIN := $(FUZZERS:tests/fuzz/%.c=$(BUILD)/seeds/%)
FUZZ_BIN := $(FUZZERS:tests/fuzz/%.c=$(BUILD)/fuzz/%)

# How long `make fuzz` runs each fuzzer.
FUZZ_SECONDS ?= 60

.PHONY: all help demo claims test slow-test vm-test unit unit-programs bench instructions simulate \
        sanitize seeds seed-programs mutations fuzz install clean
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# mpicc is Open MPI's or MPICH's; `make MPICC=` builds without.
MPICC       ?= $(shell command -v mpicc)
MPI_PROGRAM := $(if $(MPICC),$(BUILD)/ringside-mpi)

all: $(BUILD)/ringside $(MPI_PROGRAM) ## build ringside, and ringside-mpi where there is MPI

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

$(BUILD)/ringside: $(BUILD)/obj/main.o $(BUILD)/libringside.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

# The compiler of the rest, by the wrapper's options.
COMPILE_MPI = OMPI_CC='$(CC)' MPICH_CC='$(CC)' $(MPICC)

$(BUILD)/obj/mpi/%.o: src/cluster/%.c
	@mkdir -p $(@D)
	$(COMPILE_MPI) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/mpi/main.o: src/main.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DRINGSIDE_MPI $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/ringside-mpi: $(BUILD)/obj/mpi/main.o $(BUILD)/obj/mpi/link.o $(BUILD)/libringside.a
	$(COMPILE_MPI) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libringside.a: $(OBJECTS) $(BUILD)/sources.stamp
	@rm -f $@
	$(AR) rcs $@ $(OBJECTS)

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files whose content, not age, says whether something is old: the commit, the list of sources.
$(BUILD)/version.stamp: STAMP = $(VERSION) $(GIT) $(OPTIMISE)
$(BUILD)/sources.stamp: STAMP = $(SOURCES)
$(BUILD)/%.stamp: FORCE
	@mkdir -p $(@D)
	@echo '$(STAMP)' | cmp -s - $@ || echo '$(STAMP)' > $@
FORCE:

# The version is compiled into one object only, rebuilt when the commit changes.
$(BUILD)/obj/base/version.o: $(BUILD)/version.stamp
$(BUILD)/obj/base/version.o: CPPFLAGS += -DRINGSIDE_VERSION='"$(VERSION)"' \
	-DRINGSIDE_GIT='"$(GIT)"' -DRINGSIDE_OPTIMISE='"$(OPTIMISE)"'

# The page of --html: our scripts and style, and d3 (Debian's node-d3), embedded into one object.
# Where there is no d3, that text is empty, and --html says how to have it.
D3 ?= /usr/share/nodejs/d3/dist/d3.min.js
D3_LICENCE ?= /usr/share/doc/node-d3/copyright
PAGE_SCRIPTS := src/report/page/kit.js \
	$(filter-out %/kit.js %/start.js,$(sort $(wildcard src/report/page/*.js))) \
	src/report/page/start.js
PAGE_FILES := $(addprefix $(BUILD)/report/,d3.js page.js page.css)

$(BUILD)/d3.stamp: STAMP = $(wildcard $(D3)) $(PAGE_SCRIPTS)
$(BUILD)/report/d3.js: $(BUILD)/d3.stamp $(wildcard $(D3))
	@mkdir -p $(@D)
	sed 's|^|// |' $(wildcard $(if $(wildcard $(D3)),$(D3_LICENCE))) /dev/null >$@
	cat $(wildcard $(D3)) /dev/null >>$@

$(BUILD)/report/page.js: $(BUILD)/d3.stamp $(PAGE_SCRIPTS)
	@mkdir -p $(@D)
	cat $(PAGE_SCRIPTS) >$@

$(BUILD)/report/page.css: src/report/page/page.css
	@mkdir -p $(@D)
	cat $< >$@

# ccache does not see what .incbin reads.
$(BUILD)/obj/report/html_page.o: $(PAGE_FILES)
$(BUILD)/obj/report/html_page.o: CPPFLAGS += -DHTML_PAGE_FOLDER='"$(BUILD)/report"'
$(BUILD)/obj/report/html_page.o: export CCACHE_DISABLE = 1

# One program a module: tests/unit/LAYER/test_MODULE.c mirrors src/LAYER/MODULE.c. A test runs
# once and is compiled more often: it is not optimised.
COMPILE_TEST = $(CC) $(CPPFLAGS) -Itests $(CFLAGS) $(TEST_OPTIMISE) -MMD -MP -c -o $@ $<
TEST_OPTIMISE = -O0

$(BUILD)/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(COMPILE_TEST)

$(BUILD)/unit/%: $(BUILD)/unit/%.o $(BUILD)/libringside.a
	$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -lcmocka $(LIBS)

.SECONDARY: $(UNIT_BIN:=.o) $(SEED_BIN:=.o) $(BUILD)/seeds/replay.o $(BUILD)/seeds/mutate.o

unit-programs: $(UNIT_BIN)

unit: unit-programs ## build and run the unit tests
	@tests/run-all unit $(BUILD)

# Each fuzzer's seeds as a test, with no need of clang: tests/fuzz/replay.c feeds them.
$(BUILD)/seeds/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(COMPILE_TEST)

$(BUILD)/seeds/%: $(BUILD)/seeds/%.o $(BUILD)/seeds/replay.o $(BUILD)/seeds/mutate.o \
		$(BUILD)/libringside.a
	$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS)

seed-programs: $(SEED_BIN)

seeds: seed-programs ## replay the fuzzers' seeds
	@tests/run-all seeds $(BUILD)

# The same with many mutations of each seed: 10^7 inputs take two processors half an hour.
FUZZ_MUTATIONS ?= 10000

mutations: seed-programs ## feed FUZZ_MUTATIONS (10000) mutations of each fuzzer's seeds, fast
	@for program in $(SEED_BIN); do \
		echo "== $$program"; \
		FUZZ_MUTATIONS=$(FUZZ_MUTATIONS) $$program \
			tests/fuzz/corpus/$${program##*/fuzz_}/* >$(BUILD)/seeds/last || exit 1; \
	done

# The fuzzers proper: every source once, by clang, with what libFuzzer counts; new inputs go to
# build/fuzz/corpus.
FUZZ_CC    := clang
FUZZ_FLAGS := -std=gnu17 -O2 -g -fno-omit-frame-pointer $(CPPFLAGS) -Itests
# No trace of comparisons: the mutators know the words, and it takes half of the time.
FUZZ_CHECK := -fsanitize=address,undefined -fsanitize-coverage=inline-8bit-counters,pc-table
FUZZ_OBJ   := $(OBJECTS:$(BUILD)/obj/%=$(BUILD)/fuzz/obj/%)

$(BUILD)/fuzz/obj/base/version.o: $(BUILD)/version.stamp
$(BUILD)/fuzz/obj/base/version.o: FUZZ_FLAGS += -DRINGSIDE_VERSION='"$(VERSION)"' \
	-DRINGSIDE_GIT='"$(GIT)"' -DRINGSIDE_OPTIMISE='"-O2 -g"'

$(BUILD)/fuzz/obj/report/html_page.o: $(PAGE_FILES)
$(BUILD)/fuzz/obj/report/html_page.o: FUZZ_FLAGS += -DHTML_PAGE_FOLDER='"$(BUILD)/report"'

$(BUILD)/fuzz/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_CHECK) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/libringside.a: $(FUZZ_OBJ) $(BUILD)/sources.stamp
	@rm -f $@
	$(AR) rcs $@ $(FUZZ_OBJ)

$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/mutate.c $(BUILD)/fuzz/libringside.a
	$(FUZZ_CC) $(FUZZ_FLAGS) $(FUZZ_CHECK) -fsanitize=fuzzer -MMD -MP -MT $@ -MF $@.d -o $@ \
		$< tests/fuzz/mutate.c $(BUILD)/fuzz/libringside.a $(LIBS)

fuzz: $(FUZZ_BIN) ## fuzz for FUZZ_SECONDS (60) each, with clang's libFuzzer
	@for fuzzer in $(FUZZ_BIN); do \
		name=$${fuzzer##*/fuzz_}; \
		mkdir -p $(BUILD)/fuzz/corpus/$$name; \
		echo "== $$fuzzer"; \
		$$fuzzer -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(BUILD)/fuzz/$$name- \
			-entropic=0 -print_final_stats=1 -verbosity=0 -max_len=16384 \
			$(BUILD)/fuzz/corpus/$$name tests/fuzz/corpus/$$name || exit 1; \
	done

# The flavours of make test. -Og and line numbers only: half the time of -O1 -g.
ASAN = BUILD=$(BUILD)/asan OPTIMISE='-Og -g1 -fno-omit-frame-pointer' LINKER=$(FAST_LINKER) \
       SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'
TSAN = BUILD=$(BUILD)/tsan OPTIMISE='-Og -g1' LINKER=$(FAST_LINKER) FOLDERS='$(TSAN_FOLDERS)' \
       SANITIZE=-fsanitize=thread

# Hundreds of test programs are linked, and mold takes a third of the time where the compiler
# knows it.
FAST_LINKER = $(shell $(CC) -fuse-ld=mold -Wl,--version >/dev/null 2>&1 && echo -fuse-ld=mold)

# Threads are tested up to run/: what stands above it, a third of the sources, is not needed.
TSAN_FOLDERS := base document echo engine host job load measure option replay result run text verify

# Which program is tested how stands in its source; tests/run-all list reads it.
plain-programs: all # first, not beside it: both write libringside.a
	@$(MAKE) --no-print-directory $$(tests/run-all list plain $(BUILD))

address-programs:
	@$(MAKE) --no-print-directory $(ASAN) $$(tests/run-all list address $(BUILD)/asan) \
		seed-programs

thread-programs:
	@$(MAKE) --no-print-directory $(TSAN) $$(tests/run-all list thread $(BUILD)/tsan)

.PHONY: plain-programs address-programs thread-programs

sanitize: address-programs thread-programs ## unit tests under the sanitizers
	@tests/run-all sanitize $(BUILD)

# PEERS: other fios, or t/io_uring of fio's source, to measure besides. A part of it, which
# writes nothing: tests/bench/run --rows=null
PEERS ?=

bench: all ## cost per I/O beside fio, and goals: results/bench.json and the README's table
	@tests/bench/run --record $(PEERS:%=--peer=%) $(BUILD)/ringside

instructions: all ## count instructions an I/O anew: the figures that make test holds to 3 %
	@tests/bench/instructions --renew $(BUILD)/ringside

# The unit tests' simulations, whole: what the statistics promise, to a decimal.
SIMULATIONS ?= 10000
SIMULATED   := $(filter %_simulation,$(UNIT_BIN)) $(BUILD)/unit/session/test_contest

# Runs that are killed at random moments, and their targets held against their states.
CRASHES ?= 200

simulate: all $(SIMULATED) ## error rates of the statistics, by SIMULATIONS (10000) rounds
	@for program in $(SIMULATED); do \
		echo "== $$program"; \
		RINGSIDE_SIMULATIONS=$(SIMULATIONS) $$program || exit 1; \
	done
	@RINGSIDE_CRASHES=$(CRASHES) bats -f 'random moments' tests/cli/verify_state.bats

# T=name: the unit programs and the bats files with this in their name, and nothing else.
T_FILES := $(if $(T),$(foreach file,$(UNIT_BIN) $(wildcard tests/cli/*.bats), \
	$(if $(findstring $(T),$(notdir $(file))),$(file))))

test: $(if $(T),all $(filter $(BUILD)/%,$(T_FILES))) ## all tests, or with T=name a part of them
	@+tests/run-all $(if $(T),files $(T_FILES))

slow-test: all ## tests of pages in a browser, and of many hosts
	@tests/run-all slow $(BUILD)

# Those of the layers that meet the kernel.
VM_UNITS := $(filter $(BUILD)/unit/host/% $(BUILD)/unit/engine/%,$(UNIT_BIN))

vm-test: all $(VM_UNITS) ## tests in a guest with NVMe drives (QEMU; needs no KVM, no root)
	@BUILD=$(BUILD) tests/vm/test

demo: ## build, run each engine once on a temporary file, then compare them
	@tools/install-deps
	@rm -f $(BUILD)/demo.html
	@$(MAKE) --no-print-directory -s all
	RINGSIDE_TARGET=$(BUILD)/demo.tmp \
		$(BUILD)/ringside run --unlink=1 --format=summary jobs/quick.job
	RINGSIDE_TARGET=$(BUILD)/demo.tmp \
		$(BUILD)/ringside compare --max-time=50s jobs/engines.job \
		$$([ ! -s $(BUILD)/report/d3.js ] || echo --html=$(BUILD)/demo.html)
	@rm -f $(BUILD)/demo.tmp
	@[ ! -s $(BUILD)/demo.html ] || echo "The same in pictures: $(BUILD)/demo.html"

# In a folder of its own, where the jobs make their files. Page and document are those of one whole
# run, also of one in which a contender failed (exit code 5), or stay as they were.
CLAIMS ?=
CLAIMS_FLAGS ?=
claims: all ## test the claims of jobs/claims, in about 10 minutes: results/claims.md and .json
	@rm -rf $(BUILD)/claims && mkdir -p $(BUILD)/claims results
	@cd $(BUILD)/claims && "$(abspath $(BUILD)/ringside)" claims $(CLAIMS_FLAGS) \
		--markdown=claims.md --json=claims.json $(CLAIMS); \
	code=$$?; \
	case $$code in 0 | 1 | 3 | 4 | 5) mv claims.md claims.json "$(CURDIR)/results/" ;; esac; \
	cd .. && rm -rf claims; \
	exit $$code

install: all ## install program, manual, completion and jobs to DESTDIR/PREFIX
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/ringside $(MPI_PROGRAM)
	$(BUILD)/ringside help man >$(BUILD)/ringside.1
	install -D -m 644 $(BUILD)/ringside.1 $(DESTDIR)$(PREFIX)/share/man/man1/ringside.1
	$(BUILD)/ringside help completion >$(BUILD)/ringside.bash
	install -D -m 644 $(BUILD)/ringside.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ringside
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/ringside/jobs jobs/*.job
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/ringside/jobs/claims jobs/claims/*.job
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/ringside/jobs/profiles jobs/profiles/*.job

clean: ## remove build/
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(FUZZ_OBJ:.o=.d) $(BUILD)/obj/main.d \
	$(wildcard $(BUILD)/obj/mpi/*.d)
-include $(UNIT_BIN:=.d) $(SEED_BIN:=.d) $(FUZZ_BIN:=.d)
