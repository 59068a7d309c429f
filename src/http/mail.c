#include "http/mail.h"

#include <assert.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "http/client.h"

/* One exchange; the library's callbacks get it. */
struct handing {
	const struct client *client;
	struct bytes left; /* of the message */
};

static void
handle_end(CURL **handle)
{
	curl_easy_cleanup(*handle);
}

static void
list_end(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

static size_t
give(char *to, size_t size, size_t count, void *arg)
{
	struct handing *exchange = arg;
	const size_t room = size * count;
	const size_t len =
	    exchange->left.len < room ? exchange->left.len : room;

	if (len > 0)
		memcpy(to, exchange->left.at, len);
	exchange->left.at += len;
	exchange->left.len -= len;
	return len;
}

/* Asked at least once a second while it waits. */
static int
is_to_end(void *arg, curl_off_t down_max, curl_off_t down, curl_off_t up_max,
    curl_off_t up)
{
	const struct handing *exchange = arg;

	(void)down_max;
	(void)down;
	(void)up_max;
	(void)up;
	return client_is_stopped(exchange->client);
}

/* An option that this library has; memory that runs out ends the process. */
#define SET(handle, option, value) \
	do { \
		const CURLcode set_got = \
		    curl_easy_setopt((handle), (option), (value)); \
		assert(set_got == CURLE_OK); \
	} while (0)

/* All that could lead elsewhere is said, even where it is the default. */
static void
set_server(CURL *handle, struct arena *arena, const struct mail_server *server)
{
	SET(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(handle, CURLOPT_URL,
	    arena_printf(arena, "%s://%s:%" PRId64 "/truc",
		server->tls == MAIL_TLS ? "smtps" : "smtp", server->host,
		server->port));
	SET(handle, CURLOPT_USE_SSL,
	    (long)(server->tls == MAIL_PLAIN ? CURLUSESSL_NONE
					     : CURLUSESSL_ALL));
	SET(handle, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(handle, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(handle, CURLOPT_PROXY, "");
	SET(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	if (server->ca_file != NULL) {
		SET(handle, CURLOPT_CAINFO, server->ca_file);
		SET(handle, CURLOPT_CAPATH, NULL);
	}
	if (server->user != NULL) {
		SET(handle, CURLOPT_USERNAME, server->user);
		SET(handle, CURLOPT_PASSWORD, server->password);
	}
	SET(handle, CURLOPT_NOSIGNAL, 1L);
	SET(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)server->total_ms);
	SET(handle, CURLOPT_TIMEOUT_MS, (long)server->total_ms);
	SET(handle, CURLOPT_QUICK_EXIT, 1L);
	SET(handle, CURLOPT_FORBID_REUSE, 1L);
}

/* What the library's ends mean; what is not listed is "mail.cut". */
static const struct end {
	CURLcode got;
	const char *code;
} ends[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, "mail.connect" },
	{ CURLE_COULDNT_CONNECT, "mail.connect" },
	{ CURLE_SSL_CONNECT_ERROR, "mail.tls" },
	{ CURLE_PEER_FAILED_VERIFICATION, "mail.tls" },
	{ CURLE_SSL_CACERT_BADFILE, "mail.tls" },
	{ CURLE_USE_SSL_FAILED, "mail.tls" },
	{ CURLE_LOGIN_DENIED, "mail.login" },
	{ CURLE_OPERATION_TIMEDOUT, "mail.timeout" },
};

static enum fail
end_of(struct ctx *ctx, CURL *handle, CURLcode got)
{
	const char *code = "mail.cut";
	long status = 0;

	if (got == CURLE_OK)
		return OK;
	if (got == CURLE_ABORTED_BY_CALLBACK)
		return FAIL(ctx, FAIL_BUSY, "client.stopped",
		    "the server stops");
	(void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i].got == got)
			return FAIL(ctx, FAIL_UPSTREAM, ends[i].code, "%s",
			    curl_easy_strerror(got));
	if (status >= 500)
		code = "mail.refused";
	else if (status >= 400)
		code = "mail.later";
	return FAIL(ctx, FAIL_UPSTREAM, code, "status %ld: %s", status,
	    curl_easy_strerror(got));
}

/* Nothing that could end the command it stands in. */
static bool
is_plain(const char *address)
{
	for (const char *at = address; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || *at == '<' || *at == '>')
			return false;
	return *address != '\0';
}

enum fail
mail_send(struct ctx *ctx, const struct client *client,
    const struct mail_server *server, const char *from, const char *to,
    struct bytes message)
{
	AUTO(handle_end) CURL *handle = NULL;
	AUTO(list_end) struct curl_slist *rcpt = NULL;
	struct handing exchange = { client, message };

	assert(ctx->tx == NULL);
	if (!is_plain(from) || !is_plain(to))
		return FAIL(ctx, FAIL_INVALID, "mail.address",
		    "an address is no plain one");
	TRY(fault_step(ctx, "mail"));
	handle = curl_easy_init();
	rcpt = curl_slist_append(NULL, to);
	assert(handle != NULL && rcpt != NULL);
	set_server(handle, ctx->arena, server);
	SET(handle, CURLOPT_MAIL_FROM, from);
	SET(handle, CURLOPT_MAIL_RCPT, rcpt);
	SET(handle, CURLOPT_UPLOAD, 1L);
	SET(handle, CURLOPT_READFUNCTION, give);
	SET(handle, CURLOPT_READDATA, &exchange);
	SET(handle, CURLOPT_NOPROGRESS, 0L);
	SET(handle, CURLOPT_XFERINFOFUNCTION, is_to_end);
	SET(handle, CURLOPT_XFERINFODATA, &exchange);
	return end_of(ctx, handle, curl_easy_perform(handle));
}
