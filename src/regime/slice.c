#include "regime/slice.h"

#include "codec/json.h"
#include "event/event.h"
#include "ledger/ledger.h"
#include "regime/form_http.h"
#include "regime/regime_http.h"

static const struct route *const tables[] = {
	form_routes,
	regime_routes,
	NULL,
};

/* The code, as in /api/v1/forms/{code}. */
static enum fail
form_of(struct ctx *ctx, const struct ledger_entry *entry, const char **ret)
{
	const struct json *body = NULL;

	TRY(json_parse(ctx, entry->body, &body));
	*ret = json_get_text(body, "code");
	return OK;
}

/* Everybody signed in reads forms. */
static enum fail
may_read(struct ctx *ctx, const struct event *event, bool *ret)
{
	(void)ctx;
	(void)event;
	*ret = true;
	return OK;
}

static const struct event_kind events[] = {
	{ "vn.truc.form.published", "form", "form.publish", form_of, may_read },
	{ 0 },
};

const struct slice regime_slice = {
	.name = "regime",
	.routes = tables,
	.events = events,
};
