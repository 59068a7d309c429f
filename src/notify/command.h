#ifndef NOTIFY_COMMAND_H
#define NOTIFY_COMMAND_H

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * Run the operator's program: input on its standard input, no words, an empty
 * environment but PATH, nothing of ours open, in a process group that is killed
 * when its time is over or the server stops.  ctx->tx is NULL.
 *	FAIL_UPSTREAM	"message.command"	it cannot be run, or ended with
 *						another status than 0
 *	FAIL_UPSTREAM	"message.timeout"
 *	FAIL_BUSY	"job.stopping"
 */
#define COMMAND_MOST_S 20
NODISCARD enum fail command_run(struct ctx *ctx, const char *path,
    struct bytes input);

#endif
