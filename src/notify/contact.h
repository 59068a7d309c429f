#ifndef NOTIFY_CONTACT_H
#define NOTIFY_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * How a person is reached beside the inbox, as the person says: an address of
 * mail and a telephone, and which of the installation's channels bring letters
 * (notify/channel.h).  Everybody has the own one alone.
 *	FAIL_LOGIN	"access.login"
 *	FAIL_INVALID, at its place:
 *	"contact.email"		no name@host of plain letters
 *	"contact.telephone"	not 3 .. 20 digits, blanks, + . ( ) -
 *	"contact.channel"	chosen, and there is nothing to send it to
 */
#define CONTACT_EMAIL_MAX 254
#define CONTACT_TELEPHONE_MAX 20

struct contact {
	const char *email;     /* NULL: none */
	const char *telephone; /* NULL: none */
	bool by_mail;
	bool by_message;
	/* Of the last letter that went there, or did not: a failure code. */
	const int64_t *mail_sent_us;
	const char *mail_failure;
	const int64_t *message_sent_us;
	const char *message_failure;
};

/* ctx->actor's; nothing is chosen where nothing was said. */
NODISCARD enum fail contact_own(struct ctx *ctx, struct contact *ret);
/* Needs TX_WRITE; empty texts are none. */
NODISCARD enum fail contact_set(struct ctx *ctx, const struct contact *contact);

/* Anybody's, for who sends: asks for no rights. */
NODISCARD enum fail contact_of(struct ctx *ctx, int64_t person,
    struct contact *ret);

/* Is it an address that a mail can be sent to? */
bool contact_is_email(const char *text);

#endif
