#ifndef HOOK_MESSAGE_H
#define HOOK_MESSAGE_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * What is sent: a CloudEvent 1.0 in structured JSON, as
 * application/cloudevents+json, with three headers:
 *
 *	webhook-id		the event's id, the same whenever it is sent
 *	webhook-timestamp	seconds since 1970 of this try
 *	webhook-signature	"v1," and the base64 of HMAC-SHA256 with the
 *				hook's secret over ID "." TIMESTAMP "." BODY
 *
 * So a receiver that knows the secret can check who sent it, that nothing was
 * changed, and that it is not an old try sent again by somebody else.
 */
struct event;

#define MESSAGE_TYPE "application/cloudevents+json"
#define MESSAGE_SECRET_PREFIX "whsec_"

/* The body.  source: of this installation (message_source). */
struct bytes message_body(struct arena *arena, const struct event *event,
    const char *source);

/* "urn:truc:ledger:3f1c...": the ledger's name as a URI; in arena. */
const char *message_source(struct arena *arena, const char *origin);

/* The value of webhook-signature. */
const char *message_signature(struct arena *arena, struct bytes secret,
    const char *id, int64_t seconds, struct bytes body);

/* The secret as its owner gets it. */
const char *message_secret_text(struct arena *arena, struct bytes secret);

#endif
