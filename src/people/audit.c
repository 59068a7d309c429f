#include "people/audit.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "people/audit.sql.h"
#include "people/mac.h"

/* At most AUDIT_DETAIL_MAX bytes, never cut inside a character. */
static const char *
shortened(struct ctx *ctx, const char *detail)
{
	size_t len = 0;

	if (detail == NULL || strlen(detail) <= AUDIT_DETAIL_MAX)
		return detail;
	len = AUDIT_DETAIL_MAX;
	while (len > 0 && ((unsigned char)detail[len] & 0xC0) == 0x80)
		len--;
	return arena_text_n(ctx->arena, detail, len);
}

/* A row on its way to its number; what args points to is beside them. */
struct note {
	struct tx_entry link; /* first: the store's */
	struct sql_audit_add_args args;
	int64_t person;
	int64_t unit;
	int64_t object;
	int64_t state;
};

static struct digest
chain_of(struct ctx *ctx, const struct digest *before,
    const struct sql_audit_add_args *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "audit");
	mac_bytes(&mac, digest_bytes(before));
	mac_int(&mac, row->id);
	mac_int(&mac, row->at);
	mac_int_maybe(&mac, row->person);
	mac_text(&mac, row->action);
	mac_int_maybe(&mac, row->unit);
	mac_int_maybe(&mac, row->object);
	mac_text(&mac, row->detail);
	mac_int_maybe(&mac, row->state);
	return mac_end(&mac);
}

/* In the leader, inside the commit. */
static enum fail
number(struct ctx *leader, struct tx_entry *self)
{
	struct note *note = (struct note *)self;
	struct ledger *ledger = leader->home->ledger;
	const struct ledger_audit *before = ledger_audit(ledger);
	struct ledger_audit now = { .has_begun = true, .id = before->id + 1 };

	note->args.id = now.id;
	now.chain = chain_of(leader, &before->chain, &note->args);
	note->args.chain = mac_number(&now.chain);
	TRY(sql_audit_add(leader, &note->args));
	ledger_audit_set(ledger, &now);
	return OK;
}

static void
stage(struct ctx *ctx, const char *action, struct note *note,
    const char *detail, bool has_state)
{
	note->link.number = number;
	note->person = ctx->actor == NULL ? 0 : ctx->actor->person;
	note->args = (struct sql_audit_add_args){
		.at = ctx->now_us,
		.person = note->person == 0 ? NULL : &note->person,
		.action = action,
		.unit = note->unit == 0 ? NULL : &note->unit,
		.object = note->object == 0 ? NULL : &note->object,
		.detail = arena_text(ctx->arena, shortened(ctx, detail)),
		.state = has_state ? &note->state : NULL,
	};
	tx_stage_entry(ctx, &note->link);
}

enum fail
audit_note(struct ctx *ctx, const char *action, int64_t unit, int64_t object,
    const char *detail)
{
	return audit_note_state(ctx, action, unit, object, detail, NULL);
}

enum fail
audit_note_state(struct ctx *ctx, const char *action, int64_t unit,
    int64_t object, const char *detail, const struct digest *state)
{
	struct note *note = ARENA_NEW(ctx->arena, struct note);

	assert(tx_is_write(ctx) && ctx->home->ledger != NULL);
	TRY(fault_step(ctx, "audit"));
	note->unit = unit;
	note->object = object;
	if (state != NULL)
		note->state = mac_number(state);
	stage(ctx, action, note, detail, state != NULL);
	return OK;
}

/* ---- the chain ---------------------------------------------------------- */

static enum fail
broken(struct ctx *ctx, int64_t id, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "audit.broken",
	    "row %" PRId64 " of the audit: %s", id, why);
}

/* The same with its working memory in scratch. */
static struct digest
chain_within(struct ctx *ctx, struct arena *scratch,
    const struct digest *before, const struct sql_audit_add_args *row)
{
	struct arena *outer = ctx->arena;
	struct digest chain = { 0 };

	ctx->arena = scratch;
	chain = chain_of(ctx, before, row);
	ctx->arena = outer;
	arena_reset(scratch);
	return chain;
}

/* Once a row had its chain, all have. */
static enum fail
fold_row(struct ctx *ctx, struct arena *scratch,
    const struct sql_audit_all *row, bool *has_begun, struct audit_end *end)
{
	const struct sql_audit_add_args args = {
		.id = row->id,
		.at = row->at_us,
		.person = row->person_id,
		.action = row->action,
		.unit = row->unit_id,
		.object = row->object_id,
		.detail = row->detail,
		.state = row->state,
	};

	*has_begun = *has_begun || row->chain != NULL;
	end->chain = chain_within(ctx, scratch, &end->chain, &args);
	end->id = row->id;
	end->count++;
	if (*has_begun &&
	    (row->chain == NULL || *row->chain != mac_number(&end->chain)))
		return broken(ctx, row->id,
		    "it or one before is not what was written");
	return OK;
}

enum fail
audit_fold(struct ctx *ctx,
    void (*take)(void *arg, const struct audit_kept *row), void *arg,
    struct audit_end *ret)
{
	AUTO(arena_end) struct arena *scratch = arena_child(ctx->arena);
	struct sql_audit_all row = { 0 };
	struct cursor *cursor = NULL;
	bool has_begun = false;
	bool more = true;

	*ret = (struct audit_end){ 0 };
	TRY(sql_audit_all_open(ctx, &cursor));
	for (;;) {
		TRY(sql_audit_all_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(fold_row(ctx, scratch, &row, &has_begun, ret));
		if (take != NULL)
			take(arg,
			    &(struct audit_kept){
				.id = row.id,
				.action = row.action,
				.object =
				    row.object_id == NULL ? 0 : *row.object_id,
				.person =
				    row.person_id == NULL ? 0 : *row.person_id,
				.at_us = row.at_us,
				.state = row.state,
			    });
	}
}

enum fail
audit_check_end(struct ctx *ctx, bool *ret_has_begun)
{
	struct ledger_audit wanted = { 0 };
	struct sql_audit_newest *newest = NULL;

	TRY(ledger_audit_stored(ctx, &wanted));
	TRY(sql_audit_newest(ctx, &newest));
	*ret_has_begun = wanted.has_begun;
	if (!wanted.has_begun)
		return OK;
	if (newest == NULL || newest->id != wanted.id)
		return broken(ctx, wanted.id,
		    "the checkpoint names it as the newest, the table does "
		    "not");
	if (newest->chain == NULL ||
	    *newest->chain != mac_number(&wanted.chain))
		return broken(ctx, wanted.id, "the checkpoint names another");
	return OK;
}

/* Where the chain goes on from. */
struct beginning {
	struct tx_entry link; /* first: the store's */
	struct audit_end end;
};

static enum fail
begin_at(struct ctx *leader, struct tx_entry *self)
{
	const struct beginning *beginning = (const struct beginning *)self;

	ledger_audit_set(leader->home->ledger,
	    &(struct ledger_audit){ .has_begun = true,
		.id = beginning->end.id,
		.chain = beginning->end.chain });
	return OK;
}

enum fail
audit_begin(struct ctx *ctx)
{
	struct beginning *beginning = ARENA_NEW(ctx->arena, struct beginning);

	TRY(audit_fold(ctx, NULL, NULL, &beginning->end));
	beginning->link.number = begin_at;
	tx_stage_entry(ctx, &beginning->link);
	return audit_note(ctx, "audit.begin", 0, 0,
	    arena_printf(ctx->arena, "%" PRId64 " rows of before",
		beginning->end.count));
}

enum fail
audit_list(struct ctx *ctx, int64_t before, int64_t limit,
    struct audit_row **ret, size_t *ret_count)
{
	struct sql_audit_page *rows = NULL;
	size_t count = 0;

	TRY(access_any(ctx, "ops.read"));
	TRY(sql_audit_page(ctx, before == 0 ? INT64_MAX : before, limit, &rows,
	    &count));

	struct audit_row *out =
	    ARENA_ARRAY(ctx->arena, count, struct audit_row);

	for (size_t i = 0; i < count; i++) {
		const struct sql_audit_page *row = &rows[i];

		out[i] = (struct audit_row){
			.id = row->id,
			.at_us = row->at_us,
			.person = row->person_id == NULL ? 0 : *row->person_id,
			.login = row->login,
			.action = row->action,
			.unit = row->unit_id == NULL ? 0 : *row->unit_id,
			.object = row->object_id == NULL ? 0 : *row->object_id,
			.detail = row->detail,
		};
	}
	*ret = out;
	*ret_count = count;
	return OK;
}
