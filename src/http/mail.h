#ifndef HTTP_MAIL_H
#define HTTP_MAIL_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * Handing a finished message to the operator's SMTP server: one blocking
 * exchange over a connection of its own, made by a thread that holds no
 * transaction.  The server is the operator's choice and may be anywhere, unlike
 * the addresses that people name (http/client.h).  With TLS a certificate is
 * always verified.
 */
enum mail_tls { MAIL_STARTTLS, MAIL_TLS, MAIL_PLAIN };

struct mail_server {
	const char *host;
	int64_t port;
	enum mail_tls tls;
	const char *user; /* NULL: no sign-in */
	const char *password;
	const char *ca_file; /* PEM; NULL: the machine's authorities */
	int64_t total_ms;    /* the whole exchange */
};

/*
 * from and to are addresses of plain letters (no blank, no angle bracket: else
 * "mail.address"); message is head and body, lines ended by CR LF.  Whether the
 * server has taken it when a failure says "mail.cut" or "mail.timeout" nobody
 * knows: who sends again gives the same Message-ID.
 *	FAIL_INVALID	"mail.address"
 *	FAIL_UPSTREAM	"mail.connect"	no such host, refused or no way
 *	FAIL_UPSTREAM	"mail.tls"	not the one it says, or it has none
 *	FAIL_UPSTREAM	"mail.login"	user or password
 *	FAIL_UPSTREAM	"mail.later"	it said 4xx
 *	FAIL_UPSTREAM	"mail.refused"	it said 5xx: sending again is no use
 *	FAIL_UPSTREAM	"mail.timeout" "mail.cut"
 *	FAIL_BUSY	"client.stopped"
 */
struct client;
NODISCARD enum fail mail_send(struct ctx *ctx, const struct client *client,
    const struct mail_server *server, const char *from, const char *to,
    struct bytes message);

#endif
