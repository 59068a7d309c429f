#ifndef CENTRE_ADMISSION_H
#define CENTRE_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/option.h"

/*
 * Large questions of figures each keep a reader of the store, a core and much
 * memory, and who reads or writes a report shall not feel them.  So few are at
 * work at once; the others wait in a line of their own (core/turnstile.h), of
 * which each person has a share, and hold no worker meanwhile.  Any thread.
 */
extern const struct option centre_option_table[];
enum centre_option {
	CENTRE_LARGE,
	CENTRE_QUEUE,
	CENTRE_QUEUE_SHARE,
	CENTRE_WAIT
};

struct admission;
struct turnstile_turn;

struct admission *admission_new(void);
void admission_free(struct admission *admission); /* NULL does nothing */
void admission_attach(struct home *home, struct admission *admission);
struct admission *admission_of(const struct home *home);

/* As turnstile_enter and turnstile_leave; the share is that of ctx->actor. */
bool admission_enter(struct ctx *ctx, struct turnstile_turn *turn);
void admission_leave(struct ctx *ctx, struct turnstile_turn *turn);

#endif
