#include "regime/slice.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/home.h"
#include "core/text.h"
#include "event/event.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "regime/check.h"
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

static enum fail
check_forms(struct ctx *ctx, struct text *said)
{
	int64_t versions = 0;

	TRY(regime_check(ctx, &versions));
	text_addf(said, "%" PRId64 " versions of forms are as published",
	    versions);
	return OK;
}

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
	.checks = (const struct check[]){ { "forms", check_forms }, { 0 } },
	.open = open_regime,
	.close = close_regime,
};
