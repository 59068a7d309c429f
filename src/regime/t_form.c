#include "regime/t_form.h"

#include <string.h>

#include "ledger/ledger.h"
#include "org/slice.h"
#include "people/access.h"
#include "people/t_people.h"
#include "regime/slice.h"
#include "regime/t_data.h"

const char t_form_small[] =
    "{\"form\":{\"code\":\"T.01\",\"name_vi\":\"Biểu thử\",\"name_en\":\"Test\","
    "\"legal_basis\":\"Quyết định 1\",\"regime\":{\"code\":\"T\","
    "\"name_vi\":\"Chế độ\",\"name_en\":\"Regime\","
    "\"calendar\":{\"kind\":\"quarter\",\"cutoff_day\":14}},"
    "\"reporters\":[{\"level\":\"commune\",\"deadline_days\":3}]},"
    "\"last_day\":\"2026-02-14\",\"versions\":[{\"number\":1,"
    "\"from\":\"2024-01-01\",\"columns\":[{\"id\":\"a\",\"label\":\"1\","
    "\"name_vi\":\"A\",\"name_en\":\"A\",\"scale\":2,\"lo\":\"0\","
    "\"hi\":\"100.5\",\"aggregation\":\"sum\"},{\"id\":\"b\","
    "\"label\":\"2\",\"group_vi\":\"G\",\"group_en\":\"G\",\"name_vi\":\"B\","
    "\"name_en\":\"B\",\"scale\":0,\"lo\":\"-5\",\"hi\":\"5\","
    "\"aggregation\":\"last\"}],\"rows\":[{\"id\":\"r1\",\"name_vi\":\"R\","
    "\"name_en\":\"R\"}],\"rules\":[{\"id\":\"s\",\"rows\":\"each\","
    "\"target\":\"a\",\"terms\":[{\"column\":\"b\",\"sign\":-1}],"
    "\"severity\":\"explain\",\"computes\":true,\"citation\":\"Điều 1\","
    "\"message_vi\":\"Sai\",\"message_en\":\"Wrong\"}]}]}";

/* What follows the first version in a definition with two. */
static const char second[] =
    ",{\"number\":2,\"from\":\"2025-10-01\",\"columns\":[{\"id\":\"a\","
    "\"label\":\"1\",\"name_vi\":\"A\",\"name_en\":\"A\",\"scale\":2,"
    "\"lo\":\"0\",\"hi\":\"200\",\"aggregation\":\"sum\"}],"
    "\"rows\":[{\"id\":\"r1\",\"name_vi\":\"R\",\"name_en\":\"R\"}],"
    "\"rules\":[]}]}";

static void
close_regime(void *object)
{
	regime_free(object);
}

static void
close_ledger(void *object)
{
	ledger_close(object);
}

void
t_regime(struct t *t)
{
	t_store(t);
	t_people(t, NULL);
	t_grant(t, org_slice.grants);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, close_ledger, t->home.ledger);
	regime_attach(&t->home, regime_new());
	t_defer(t, close_regime, regime_of(&t->home));
	t->ctx.actor = &access_system;
}

enum fail
t_form_publish(struct ctx *ctx, void *arg)
{
	const char *const *source = arg;

	return regime_publish(ctx, bytes_of_text(*source));
}

enum fail
t_form_published(struct t *t, const char *source)
{
	struct arena *arena = arena_new(0);
	/* The unit of work begins with a fresh arena. */
	const char *kept = arena_text(arena, source);
	const enum fail got = t_unit(t, t_form_publish, &kept);

	arena_free(arena);
	return got;
}

const char *
t_form_changed(struct t *t, const char *from, const char *to)
{
	const char *at = strstr(t_form_small, from);

	if (at == NULL)
		t_fail("the t_form_small form has no %s", from);
	return arena_printf(t->ctx.arena, "%.*s%s%s", (int)(at - t_form_small),
	    t_form_small, to, at + strlen(from));
}

const char *
t_form_second(struct t *t)
{
	return arena_printf(t->ctx.arena, "%.*s%s",
	    (int)strlen(t_form_small) - 2, t_form_small, second);
}

const struct form *
t_form_now(struct t *t, const char *code)
{
	return catalogue_form(catalogue_now(&t->ctx), code);
}

struct period
t_period(const struct form *form, const char *text)
{
	struct period period = { 0 };

	assert_true(period_parse(&form->calendar, text, &period));
	return period;
}

void
t_form_shipped(struct t *t)
{
	for (const struct embedded *f = shipped_forms; f->name != NULL; f++)
		t_ok(&t->ctx, t_form_published(t, (const char *)f->at));
}
