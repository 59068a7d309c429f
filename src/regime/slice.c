#include "regime/slice.h"

#include "codec/json.h"
#include "core/home.h"
#include "event/event.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "regime/form_http.h"
#include "regime/regime_http.h"
#include "store/within.h"

static enum fail
open_regime(struct ctx *ctx)
{
	regime_attach(ctx->home, regime_new());
	return tx_run(ctx, TX_READ, regime_load);
}

static void
close_regime(struct home *home)
{
	regime_free(regime_of(home));
	regime_attach(home, NULL);
}

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
static const struct event_kind events[] = {
	{ "vn.truc.form.published", "form", "form.publish", form_of,
	    event_for_all },
	{ 0 },
};

const struct slice regime_slice = {
	.name = "regime",
	.routes =
	    (const struct route *const[]){ form_routes, regime_routes, NULL },
	.grants =
	    (const struct grant[]){
		{ "form.read", ROLE_EVERYBODY },
		{ 0 },
	    },
	.events = events,
	.open = open_regime,
	.close = close_regime,
};
