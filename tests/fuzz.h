#ifndef FUZZ_H
#define FUZZ_H

#include "core/arena.h"
#include "core/bytes.h"
#include "core/ctx.h"

/*
 * A fuzz target: src/MODULE/fuzz_READER.c, beside a reader of foreign bytes, is
 * fuzz_one and nothing else that is seen.  It gives the bytes to the reader and
 * checks what must hold whatever they were; what comes out of the reader well is
 * compared with another way to the same.
 *
 * One program, two mains: libFuzzer's (meson setup -Dfuzz=true, clang), and
 * tests/fuzz_replay.c, which any compiler builds: it gives the files of
 * tests/corpus/fuzz/MODULE_READER and small changes of them.
 */
void fuzz_one(struct ctx *ctx, struct bytes in);

/* Arena of a unit of work; a reader refuses what would need more. */
#define FUZZ_ARENA_MAX ((size_t)16 << 20)

/* One call of fuzz_one on an arena of its own. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold. */
#define fuzz_check(what) \
	((what) ? (void)0 : fuzz_broken(#what, __FILE__, __LINE__))
void fuzz_broken(const char *what, const char *file, int line) NORETURN;

#endif
