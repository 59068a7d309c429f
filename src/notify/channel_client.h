#ifndef NOTIFY_CHANNEL_CLIENT_H
#define NOTIFY_CHANNEL_CLIENT_H

#include "core/ctx.h"
#include "notify/envelope.h"

/*
 * The ways out, as the operator's options say; ctx->tx is NULL.  The sender is
 * filled in here.
 *	FAIL_UPSTREAM	"mail.*"	http/mail.h
 *	FAIL_UPSTREAM	"message.refused"	the gateway said no
 *	FAIL_UPSTREAM	"message.command" "message.timeout"	notify/command.h
 *	"client.*"	http/client.h
 */
NODISCARD enum fail channel_send_mail(struct ctx *ctx,
    struct envelope *envelope);
NODISCARD enum fail channel_send_message(struct ctx *ctx,
    const struct envelope *envelope, const char *address);

#endif
