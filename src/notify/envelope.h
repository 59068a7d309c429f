#ifndef NOTIFY_ENVELOPE_H
#define NOTIFY_ENVELOPE_H

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * A letter as it is sent outside.  Whatever stands in its values, a head has no
 * line that is not ours: what is not plain is written in encoded words (RFC
 * 2047), and addresses are those that contact_is_email lets pass.
 */
struct envelope {
	const char *id; /* the same whenever it is sent: "letter-9.5b1c..." */
	const char *from;
	const char *from_name; /* "" for none */
	const char *to;
	const char *subject;
	const char *text; /* UTF-8 with \n */
	int64_t at_us;
};

/* Head and body of a mail, lines ended by CR LF. */
struct bytes envelope_mail(struct ctx *ctx, const struct envelope *envelope);

/* A value of a head field: as it is if it is short and plain, else in encoded
 * words of at most 64 characters, whole letters each, folded between them. */
const char *envelope_words(struct arena *arena, const char *text);

/* What a gateway of messages gets: {"id","to","subject","text","address"}. */
struct bytes envelope_json(struct ctx *ctx, const struct envelope *envelope,
    const char *address);

#endif
