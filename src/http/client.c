#include "http/client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/text.h"
#include "http/inside.h"
#include "http/network.h"

#define CONNECT_MS 5000
#define TOTAL_MS 30000
#define SILENT_S 10
#define ANSWER_MAX ((size_t)64 << 10)
#define SWITCHING 101 /* an upgrade that nobody asked for */

struct client {
	struct arena *arena;
	const char *ca_file; /* NULL: the machine's authorities */
	int64_t connect_ms;
	int64_t total_ms;
	int64_t silent_s;
	struct network_list networks;
	struct curl_slist *resolve;
	atomic_bool is_stopped;
};

/* One call; the library's callbacks get it. */
struct call_state {
	struct ctx *ctx;
	const struct client *client;
	const struct client_request *request;
	struct client_answer answer;
	struct text body;
	size_t body_max;
	size_t head_bytes;
	long status;     /* of the head that is being read */
	bool is_read;    /* the last head is read: what comes is a trailer */
	bool is_over;    /* a limit of size was passed */
	bool is_upgrade; /* 101 */
	int forbidden;   /* addresses that were passed over */
	int tried;       /* addresses that were not */
};

/* ---- what the library asks ---- */

static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
	struct call_state *call = arg;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !network_has(&call->client->networks, &at->addr)) {
		call->forbidden++;
		return CURL_SOCKET_BAD;
	}
	call->tried++;
	return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

static bool
is_named(const char *line, size_t len, const char *name)
{
	const size_t name_len = strlen(name);

	return len > name_len && line[name_len] == ':' &&
	       strncasecmp(line, name, name_len) == 0;
}

/* The value without the blanks around it. */
static const char *
value_of(struct arena *arena, const char *line, size_t len, size_t from)
{
	while (from < len && strchr(" \t", line[from]) != NULL)
		from++;
	while (len > from && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	return arena_text_n(arena, line + from, len - from);
}

static void
keep(struct call_state *call, const char *line, size_t len)
{
	struct client_answer *answer = &call->answer;
	const char *const *wanted = call->request->wanted;

	for (size_t i = 0; wanted != NULL && wanted[i] != NULL; i++) {
		if (!is_named(line, len, wanted[i]))
			continue;
		if (client_header(answer, wanted[i]) == NULL)
			answer->headers[answer->header_count++] =
			    (struct http_header){ wanted[i],
				    value_of(call->ctx->arena, line, len,
					strlen(wanted[i]) + 1) };
		return;
	}
}

static size_t
read_head(char *line, size_t size, size_t len, void *arg)
{
	struct call_state *call = arg;

	assert(size == 1);
	call->head_bytes += len;
	if (call->head_bytes > CLIENT_HEAD_MAX) {
		call->is_over = true;
		return 0;
	}
	if (call->is_read)
		return len;
	if (len > 5 && strncasecmp(line, "HTTP/", 5) == 0) {
		const char *blank = memchr(line, ' ', len);

		/* Heads of 1xx come before the one that counts. */
		call->answer.header_count = 0;
		call->status = 0;
		for (size_t i = 1;
		     blank != NULL && i <= 3 && blank + i < line + len &&
		     blank[i] >= '0' && blank[i] <= '9';
		     i++)
			call->status = call->status * 10 + (blank[i] - '0');
		call->is_upgrade = call->status == SWITCHING;
		return call->is_upgrade ? 0 : len;
	}
	if (line[0] == '\r' || line[0] == '\n')
		call->is_read = call->status >= 200;
	else
		keep(call, line, len);
	return len;
}

static size_t
read_body(char *part, size_t size, size_t len, void *arg)
{
	struct call_state *call = arg;

	assert(size == 1);
	if (len > call->body_max - call->body.len) {
		call->is_over = true;
		return 0;
	}
	text_add_n(&call->body, part, len);
	return len;
}

/* Asked at least once a second while the call waits. */
static int
is_to_end(void *arg, curl_off_t down_max, curl_off_t down, curl_off_t up_max,
    curl_off_t up)
{
	const struct call_state *call = arg;

	(void)down_max;
	(void)down;
	(void)up_max;
	(void)up;
	return client_is_stopped(call->client);
}

/* ---- start and end ---- */

/* 0 is the normal value. */
static int64_t
or_normal(int64_t value, int64_t normal)
{
	return value > 0 ? value : normal;
}

enum fail
client_new(struct ctx *ctx, const struct client_options *options,
    struct client **ret)
{
	struct network_list networks = { 0 };
	struct client *client = NULL;
	struct arena *arena = NULL;

	TRY(network_parse(ctx, options->networks, &networks));
	if (options->ca_file != NULL && access(options->ca_file, R_OK) != 0)
		return FAIL(ctx, FAIL_INVALID, "client.ca_file",
		    "%s cannot be read", options->ca_file);
	TRY(fault_step(ctx, "client start"));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return FAIL(ctx, FAIL_INTERNAL, "client.start",
		    "the library for outgoing calls does not start");
	arena = arena_new(0);
	client = ARENA_NEW(arena, struct client);
	client->arena = arena;
	client->networks = networks;
	client->ca_file = arena_text(arena, options->ca_file);
	client->connect_ms = or_normal(options->connect_ms, CONNECT_MS);
	client->total_ms = or_normal(options->total_ms, TOTAL_MS);
	client->silent_s = or_normal(options->silent_s, SILENT_S);
	for (const char *const *one = options->resolve;
	     one != NULL && *one != NULL; one++) {
		client->resolve = curl_slist_append(client->resolve, *one);
		assert(client->resolve != NULL);
	}
	*ret = client;
	return OK;
}

void
client_free(struct client *client)
{
	if (client == NULL)
		return;
	curl_slist_free_all(client->resolve);
	curl_global_cleanup();
	arena_free(client->arena);
}

void
client_stop(struct client *client)
{
	atomic_store(&client->is_stopped, true);
}

bool
client_is_stopped(const struct client *client)
{
	return atomic_load(&client->is_stopped);
}

/* ---- what is asked ---- */

static void
url_end(CURLU **url)
{
	curl_url_cleanup(*url);
}

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

/* The library takes one slash and three for two, and letters of any script. */
static bool
is_plain(const char *url)
{
	const char *rest = NULL;

	if (strncasecmp(url, "http://", 7) == 0)
		rest = url + 7;
	else if (strncasecmp(url, "https://", 8) == 0)
		rest = url + 8;
	if (rest == NULL || *rest == '/' || strlen(url) > CLIENT_URL_MAX)
		return false;
	for (const char *at = url; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || *at == '\\')
			return false;
	return true;
}

/* The very parse that is called is the one that is judged. */
static enum fail
parse(struct ctx *ctx, const char *text, CURLU **ret)
{
	CURLU *url = curl_url();

	assert(url != NULL);
	*ret = url;
	if (!is_plain(text) || curl_url_set(url, CURLUPART_URL, text,
				   CURLU_DISALLOW_USER) != CURLUE_OK)
		return FAIL(ctx, FAIL_INVALID, "client.url",
		    "no http or https URL without credentials");
	return OK;
}

/* True with the address, if the host is one. */
static bool
is_address(CURLU *url, struct sockaddr_storage *ret)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	char inner[INET6_ADDRSTRLEN] = "";
	char *host = NULL;
	size_t len = 0;
	bool is_v4 = false;
	bool is_v6 = false;

	if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	len = strlen(host);
	is_v4 = inet_pton(AF_INET, host, &v4.sin_addr) == 1;
	if (len > 2 && len - 2 < sizeof(inner) && host[0] == '[') {
		memcpy(inner, host + 1, len - 2);
		is_v6 = inet_pton(AF_INET6, inner, &v6.sin6_addr) == 1;
	}
	curl_free(host);
	*ret = (struct sockaddr_storage){ 0 };
	if (is_v4)
		memcpy(ret, &v4, sizeof(v4));
	else if (is_v6)
		memcpy(ret, &v6, sizeof(v6));
	return is_v4 || is_v6;
}

enum fail
client_judge_url(struct ctx *ctx, const struct client *client, const char *url)
{
	AUTO(url_end) CURLU *parsed = NULL;
	struct sockaddr_storage at = { 0 };

	TRY(parse(ctx, url, &parsed));
	if (is_address(parsed, &at) &&
	    !network_has(&client->networks, (const struct sockaddr *)&at))
		return FAIL(ctx, FAIL_DENIED, "client.address_forbidden",
		    "the address is in no network that may be called");
	return OK;
}

/* What says where a request ends, or for whom it is, is the library's. */
static bool
is_ours_to_set(const char *name)
{
	static const char *const reserved[] = { "Connection", "Content-Length",
		"Expect", "Host", "Proxy-Connection", "TE", "Trailer",
		"Transfer-Encoding", "Upgrade" };

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (strcasecmp(name, reserved[i]) == 0)
			return false;
	return true;
}

static bool
is_method(const char *method)
{
	const size_t len = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return len > 0 && len <= 16 && method[len] == '\0' &&
	       strcmp(method, "CONNECT") != 0;
}

static enum fail
judge_request(struct ctx *ctx, const struct client_request *request)
{
	size_t wanted = 0;

	while (request->wanted != NULL && request->wanted[wanted] != NULL)
		wanted++;
	assert(wanted <= CLIENT_HEADERS_MAX);
	if (!is_method(request->method))
		return FAIL(ctx, FAIL_INVALID, "client.request",
		    "the method is not one of capitals");
	if (request->body.len > CLIENT_BODY_MAX)
		return FAIL(ctx, FAIL_INVALID, "client.request",
		    "the body has over %zu bytes", CLIENT_BODY_MAX);
	if (request->header_count > CLIENT_HEADERS_MAX)
		return FAIL(ctx, FAIL_INVALID, "client.request",
		    "more than %d headers", CLIENT_HEADERS_MAX);
	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];

		if (!gate_header(header->name, header->value) ||
		    strlen(header->value) > CLIENT_HEADER_VALUE_MAX ||
		    !is_ours_to_set(header->name))
			return FAIL(ctx, FAIL_INVALID, "client.request",
			    "header %zu cannot be sent", i);
	}
	return OK;
}

/* ---- the call ---- */

static void
list_add(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	assert(longer != NULL);
	*list = longer;
}

/*
 * "Name;" sends a name without value, "Name:" sends nothing, so the two that
 * the library would add by itself are taken away.
 */
static struct curl_slist *
head_of(struct arena *arena, const struct client_request *request)
{
	struct curl_slist *list = NULL;
	bool has_type = false;

	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];

		has_type =
		    has_type || strcasecmp(header->name, "Content-Type") == 0;
		list_add(&list, *header->value == '\0'
				    ? arena_printf(arena, "%s;", header->name)
				    : arena_printf(arena, "%s: %s",
					  header->name, header->value));
	}
	list_add(&list, "Expect:");
	if (!has_type)
		list_add(&list, "Content-Type:");
	return list;
}

/* An option that this library has; memory that runs out ends the process. */
#define SET(handle, option, value) \
	do { \
		const CURLcode set_got = \
		    curl_easy_setopt((handle), (option), (value)); \
		assert(set_got == CURLE_OK); \
	} while (0)

static void
set_request(CURL *handle, const struct client_request *request)
{
	SET(handle, CURLOPT_CUSTOMREQUEST, request->method);
	if (strcmp(request->method, "HEAD") == 0) {
		SET(handle, CURLOPT_NOBODY, 1L);
	} else if (request->body.at != NULL) {
		SET(handle, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->body.len);
		SET(handle, CURLOPT_POSTFIELDS, (const char *)request->body.at);
	}
}

/* All that could lead elsewhere is said, even where it is the default. */
static void
set_borders(CURL *handle, const struct client *client)
{
	SET(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(handle, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(handle, CURLOPT_FOLLOWLOCATION, 0L);
	SET(handle, CURLOPT_PROXY, "");
	SET(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(handle, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(handle, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (client->ca_file != NULL) {
		SET(handle, CURLOPT_CAINFO, client->ca_file);
		SET(handle, CURLOPT_CAPATH, NULL);
	}
	if (client->resolve != NULL)
		SET(handle, CURLOPT_RESOLVE, client->resolve);
	/* A connection that is used again was judged by another call. */
	SET(handle, CURLOPT_FRESH_CONNECT, 1L);
	SET(handle, CURLOPT_FORBID_REUSE, 1L);
}

static void
set_limits(CURL *handle, const struct client *client)
{
	SET(handle, CURLOPT_NOSIGNAL, 1L);
	SET(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)client->connect_ms);
	SET(handle, CURLOPT_TIMEOUT_MS, (long)client->total_ms);
	SET(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(handle, CURLOPT_LOW_SPEED_TIME, (long)client->silent_s);
	/* Else a resolver that hangs is waited for beyond all limits. */
	SET(handle, CURLOPT_QUICK_EXIT, 1L);
}

static void
set_callbacks(CURL *handle, struct call_state *call)
{
	SET(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(handle, CURLOPT_OPENSOCKETDATA, call);
	SET(handle, CURLOPT_HEADERFUNCTION, read_head);
	SET(handle, CURLOPT_HEADERDATA, call);
	SET(handle, CURLOPT_WRITEFUNCTION, read_body);
	SET(handle, CURLOPT_WRITEDATA, call);
	SET(handle, CURLOPT_NOPROGRESS, 0L);
	SET(handle, CURLOPT_XFERINFOFUNCTION, is_to_end);
	SET(handle, CURLOPT_XFERINFODATA, call);
}

/* What the library's ends mean; what is not listed is "client.call". */
static const struct end {
	CURLcode got;
	enum fail kind;
	const char *code;
} ends[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, FAIL_UPSTREAM, "client.resolve" },
	{ CURLE_COULDNT_CONNECT, FAIL_UPSTREAM, "client.connect" },
	{ CURLE_SSL_CONNECT_ERROR, FAIL_UPSTREAM, "client.tls" },
	{ CURLE_PEER_FAILED_VERIFICATION, FAIL_UPSTREAM, "client.tls" },
	{ CURLE_SSL_CACERT_BADFILE, FAIL_UPSTREAM, "client.tls" },
	{ CURLE_OPERATION_TIMEDOUT, FAIL_UPSTREAM, "client.timeout" },
	{ CURLE_PARTIAL_FILE, FAIL_UPSTREAM, "client.cut" },
	{ CURLE_GOT_NOTHING, FAIL_UPSTREAM, "client.cut" },
	{ CURLE_SEND_ERROR, FAIL_UPSTREAM, "client.cut" },
	{ CURLE_RECV_ERROR, FAIL_UPSTREAM, "client.cut" },
	{ CURLE_UNSUPPORTED_PROTOCOL, FAIL_UPSTREAM, "client.protocol" },
	{ CURLE_WEIRD_SERVER_REPLY, FAIL_UPSTREAM, "client.protocol" },
	{ CURLE_ABORTED_BY_CALLBACK, FAIL_BUSY, "client.stopped" },
};

/* What a line of a head that passes 100 KB ends with. */
#if LIBCURL_VERSION_NUM >= 0x080600
#define ENDS_LONG_LINE CURLE_TOO_LARGE
#else
#define ENDS_LONG_LINE CURLE_OUT_OF_MEMORY
#endif

static enum fail
end_of(struct ctx *ctx, CURLcode got, const struct call_state *call)
{
	if (call->is_over || (got == ENDS_LONG_LINE && !call->is_read))
		return FAIL(ctx, FAIL_UPSTREAM, "client.too_big",
		    "the answer is larger than allowed");
	if (call->is_upgrade)
		return FAIL(ctx, FAIL_UPSTREAM, "client.protocol",
		    "an upgrade that was not asked for");
	if (got == CURLE_OK)
		return OK;
	if (call->tried == 0 && call->forbidden > 0)
		return FAIL(ctx, FAIL_DENIED, "client.address_forbidden",
		    "no address of the host may be called");
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends[i].got == got)
			return FAIL(ctx, ends[i].kind, ends[i].code, "%s",
			    curl_easy_strerror(got));
	return FAIL(ctx, FAIL_INTERNAL, "client.call", "%s",
	    curl_easy_strerror(got));
}

enum fail
client_call(struct ctx *ctx, const struct client *client,
    const struct client_request *request, struct client_answer *ret)
{
	AUTO(url_end) CURLU *url = NULL;
	AUTO(list_end) struct curl_slist *head = NULL;
	AUTO(handle_end) CURL *handle = NULL;
	struct call_state call = {
		.ctx = ctx,
		.client = client,
		.request = request,
		.body_max =
		    request->answer_max > 0 ? request->answer_max : ANSWER_MAX,
	};

	assert(ctx->tx == NULL);
	TRY(parse(ctx, request->url, &url));
	TRY(judge_request(ctx, request));
	if (atomic_load(&client->is_stopped))
		return FAIL(ctx, FAIL_BUSY, "client.stopped",
		    "the program is ending");
	TRY(fault_step(ctx, "client call"));
	text_init(&call.body, ctx->arena);
	handle = curl_easy_init();
	assert(handle != NULL);
	head = head_of(ctx->arena, request);
	SET(handle, CURLOPT_CURLU, url);
	SET(handle, CURLOPT_USERAGENT, "truc/" TRUC_VERSION);
	SET(handle, CURLOPT_HTTPHEADER, head);
	set_request(handle, request);
	set_borders(handle, client);
	set_limits(handle, client);
	set_callbacks(handle, &call);
	TRY(end_of(ctx, curl_easy_perform(handle), &call));
	call.answer.status = (int)call.status;
	call.answer.body = (struct bytes){ (const uint8_t *)text_of(&call.body),
		call.body.len };
	*ret = call.answer;
	return OK;
}

const char *
client_header(const struct client_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->header_count; i++)
		if (strcasecmp(answer->headers[i].name, name) == 0)
			return answer->headers[i].value;
	return NULL;
}
