#include "core/arena.h"
#include "core/text.h"
#include "http/http.h"
#include "http/inside.h"

struct refusal {
	int status;
	const char *code;
	const char *title;
	bool may_retry;   /* in a second, or some */
	bool keeps_alive; /* nothing of the request is left unread */
};

static const struct refusal refusals[] = {
	[BAD_REQUEST] = { 400, "http.bad_request",
	    "Yêu cầu HTTP không đúng quy cách", false, false },
	[LENGTH_REQUIRED] = { 411, "http.length_required",
	    "Yêu cầu phải báo trước độ dài nội dung (Content-Length)", false,
	    false },
	[TARGET_TOO_LONG] = { 414, "http.target_too_long",
	    "Địa chỉ kèm tham số dài hơn mức cho phép", false, false },
	[HEAD_TOO_BIG] = { 431, "http.head_too_big",
	    "Phần đầu của yêu cầu lớn hơn mức cho phép", false, false },
	[BODY_TOO_BIG] = { 413, "http.too_big",
	    "Nội dung gửi lên lớn hơn mức cho phép", false, false },
	[QUEUE_FULL] = { 503, "http.busy",
	    "Máy chủ đang bận, hãy thử lại sau ít giây", true, true },
	[BODIES_FULL] = { 503, "http.busy",
	    "Máy chủ đang bận, hãy thử lại sau ít giây", true, false },
	[ANSWERS_FULL] = { 503, "http.busy",
	    "Máy chủ đang bận, hãy thử lại sau ít giây", true, true },
	[DISK_FULL] = { 507, "spool.full",
	    "Máy chủ hết chỗ trống trên đĩa, hãy báo cho người quản trị", false,
	    false },
	[NO_ANSWER] = { 500, "http.no_answer", "Máy chủ gặp lỗi", false,
	    false },
};

/* What a browser is told with every answer (app/respond.c), whoever opens this as
 * a page. */
static const struct http_header security[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Content-Security-Policy",
	    "default-src 'none'; base-uri 'none'; form-action 'none'; "
	    "frame-ancestors 'none'" },
	{ "Cache-Control", "no-store" },
};

void
refusal_make(struct arena *arena, enum refusal_kind kind, int64_t request_id,
    struct http_response *response)
{
	const struct refusal *refusal = &refusals[kind];
	struct text body = { 0 };

	text_init(&body, arena);
	text_add(&body, "{\"type\":\"about:blank\",\"title\":");
	text_json(&body, refusal->title);
	text_addf(&body, ",\"status\":%d,\"code\":", refusal->status);
	text_json(&body, refusal->code);
	/* All members of a problem: whoever reads one reads this, too.  There
	 * is no number of a request that never reached a worker. */
	text_add(&body, ",\"detail\":");
	text_json(&body, refusal->title);
	text_add(&body, ",\"request_id\":0,\"errors\":[]}");
	response->status = refusal->status;
	response->body = text_bytes(&body);
	for (size_t i = 0; i < ARRAY_SIZE(security); i++)
		http_set(response, security[i].name, security[i].value);
	http_set(response, "Content-Type", "application/problem+json");
	if (refusal->may_retry)
		http_set(response, "Retry-After",
		    arena_printf(arena, "%d",
			1 + (int)(request_id % REFUSAL_SPREAD)));
	if (!refusal->keeps_alive)
		http_set(response, "Connection", "close");
}
