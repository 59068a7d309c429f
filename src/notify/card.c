#include "notify/card.h"

#include <inttypes.h>
#include <string.h>

#include "core/utf8.h"
#include "notify/inside.h"
#include "notify/notify.sql.h"
#include "people/access.h"
#include "people/audit.h"
#include "report/about.h"

static enum fail
find(struct ctx *ctx, int64_t id)
{
	const struct unit *unit = directory_unit(directory_now(ctx), id);

	TRY(access_any(ctx, "card.read"));
	if (unit == NULL || !report_concerns(ctx, unit))
		return FAIL(ctx, FAIL_NOT_FOUND, "card.unknown",
		    "unit %" PRId64, id);
	return OK;
}

enum fail
card_read(struct ctx *ctx, int64_t unit, struct card *ret)
{
	struct sql_contact_card *row = NULL;

	TRY(find(ctx, unit));
	TRY(sql_contact_card(ctx, unit, &row));
	*ret = (struct card){ "", "", "", "", 0, 0, false };
	if (row != NULL)
		*ret =
		    (struct card){ row->reporter, row->signer, row->telephone,
			    row->hours, row->revision, row->changed_us, false };
	ret->may_keep = access_may(ctx, "card.keep", unit);
	return OK;
}

static void
check_line(struct ctx *ctx, const char *pointer, const char *text)
{
	if (strpbrk(text, "\n\t") != NULL)
		fail_invalid(ctx, pointer, "card.text", "it is one line");
}

static enum fail
check(struct ctx *ctx, const struct card *card)
{
	check_line(ctx, "/reporter", card->reporter);
	check_line(ctx, "/signer", card->signer);
	check_line(ctx, "/telephone", card->telephone);
	check_line(ctx, "/hours", card->hours);
	if (!utf8_says(card->reporter) && !utf8_says(card->signer) &&
	    !utf8_says(card->telephone))
		fail_invalid(ctx, "/reporter", "card.text",
		    "a card names somebody or a telephone");
	return fail_valid(ctx);
}

static enum fail
write(struct ctx *ctx, int64_t unit, int64_t revision, const struct card *card,
    int64_t *ret_changed)
{
	const int64_t person = ctx->actor->person;

	if (revision == 0)
		return sql_contact_card_insert(ctx,
		    &(struct sql_contact_card_insert_args){ unit,
			card->reporter, card->signer, card->telephone,
			card->hours, ctx->now_us, person },
		    ret_changed);
	return sql_contact_card_update(ctx,
	    &(struct sql_contact_card_update_args){ unit, revision,
		card->reporter, card->signer, card->telephone, card->hours,
		ctx->now_us, person },
	    ret_changed);
}

enum fail
card_keep(struct ctx *ctx, int64_t unit, int64_t revision,
    const struct card *card)
{
	int64_t changed = 0;

	TRY(find(ctx, unit));
	TRY(access_unit(ctx, "card.keep", unit));
	TRY(check(ctx, card));
	TRY(tally_leave(ctx, contact_card_rows, unit, unit));
	TRY(write(ctx, unit, revision, card, &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_STALE, "card.stale",
		    "the card of unit %" PRId64 " is another by now", unit);
	TRY(tally_enter(ctx, contact_card_rows, unit, unit));
	return audit_note(ctx, "card.keep", unit, unit, NULL);
}
