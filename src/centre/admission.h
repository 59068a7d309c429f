#ifndef CENTRE_ADMISSION_H
#define CENTRE_ADMISSION_H

#include <stddef.h>

#include "core/ctx.h"
#include "core/option.h"

/*
 * Large questions of figures each keep a reader of the store, a core and much
 * memory, and who writes a report shall not wait for them.  So few are at work
 * at once, and their answers, which stay in memory until they have been taken,
 * may hold so much together.  Any thread.
 */
extern const struct option centre_option_table[];
enum centre_option { CENTRE_LARGE, CENTRE_BYTES };

struct admission;
struct admission *admission_new(void);
void admission_free(struct admission *admission); /* NULL does nothing */
void admission_attach(struct home *home, struct admission *admission);
struct admission *admission_of(const struct home *home);

/*
 * Let a large question in.  Nobody waits: FAIL_BUSY "figures.busy".  After OK
 * the caller says admission_leave.  Without admission_of(home) all are let in.
 */
NODISCARD enum fail admission_enter(struct ctx *ctx);
void admission_leave(struct ctx *ctx);

/* Count an answer's bytes until ctx->arena is freed: until it was taken. */
void admission_keep(struct ctx *ctx, size_t bytes);

#endif
