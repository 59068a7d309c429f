#ifndef APP_CODING_H
#define APP_CODING_H

#include <stdbool.h>

#include "core/arena.h"
#include "http/http.h"

/*
 * Content-Encoding of what is answered: a commune's line is slow, and JSON is
 * a tenth of its size as gzip.  It is the last step before sending: what is
 * kept for an Idempotency-Key, compared and counted is the plain text.
 */

/* What fits in one packet arrives no sooner for being smaller. */
#define CODING_PLAIN_MAX 1200

/*
 * True if a body of this type (NULL: none) and length is answered as gzip to
 * those who take it: JSON, problem documents, CSV, HTML and plain text.  Such an
 * answer says "Vary: Accept-Encoding" to everybody.
 */
bool coding_varies(const char *type, size_t len);

/*
 * Does Accept-Encoding allow gzip (RFC 9110 12.5.3)?  An absent one does not,
 * nor does a weight of 0 or one that is no weight.  "*" speaks for gzip where
 * gzip itself is not named.
 */
bool coding_takes_gzip(const struct http_request *request);

/*
 * Of a response that coding_varies: its body becomes gzip and its
 * Content-Encoding says so, if the request takes that and it pays.  The new
 * body lives in arena.
 */
void coding_apply(struct arena *arena, const struct http_request *request,
    struct http_response *response);

#endif
