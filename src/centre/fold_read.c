#include "centre/fold_read.h"

#include <inttypes.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "regime/cells.h"

void
fold_set_make(struct ctx *ctx, struct fold_set *set,
    const struct form_version *version, const struct period *period)
{
	memset(set, 0, sizeof(*set));
	set->version = version;
	set->form = digest_hex(ctx->arena, &version->digest);
	set->period = period_text(ctx->arena, period);
	set->by_id = map_new(ctx->arena, 1024);
	set->scales = ARENA_ARRAY(ctx->arena, version->cell_count, int);
	for (size_t c = 0; c < version->cell_count; c++)
		set->scales[c] = form_column_at(version, c)->scale;
}

struct fold_unit *
fold_unit(const struct fold_set *set, int64_t id)
{
	return map_get(set->by_id, id);
}

const struct fold_version *
fold_counts(const struct fold_unit *unit, enum basis basis)
{
	const struct fold_version *v = unit->latest;

	while (v != NULL &&
	       (v->returned || (basis == BASIS_ACCEPTED && !v->accepted)))
		v = v->previous;
	return v;
}

static struct fold_unit *
unit_of(struct ctx *ctx, struct fold_set *set, int64_t id)
{
	struct fold_unit *unit = fold_unit(set, id);

	if (unit != NULL)
		return unit;
	unit = ARENA_NEW(ctx->arena, struct fold_unit);
	unit->id = id;
	unit->changed = -1;
	unit->closed = -1;
	map_put(set->by_id, id, unit);
	if (set->count == set->room) {
		const size_t room = set->room == 0 ? 64 : set->room * 2;
		struct fold_unit **more =
		    ARENA_ARRAY(ctx->arena, room, struct fold_unit *);

		if (set->count > 0)
			memcpy(more, set->units,
			    set->count * sizeof(struct fold_unit *));
		set->units = more;
		set->room = room;
	}
	set->units[set->count++] = unit;
	return unit;
}

static enum fail
broken(struct ctx *ctx, const struct ledger_entry *entry)
{
	return FAIL(ctx, FAIL_INTERNAL, "fold.body",
	    "ledger entry %" PRId64 " (%s) is no report body", entry->index,
	    entry->kind);
}

static enum fail
add_signing(struct ctx *ctx, struct fold_set *set, struct fold_unit *unit,
    const struct ledger_entry *entry, int64_t version)
{
	static const char start[] = "{\"cells\":";
	const size_t skip = sizeof(start) - 1;
	const size_t cells = set->version->cell_count;
	struct fold_version *v = ARENA_NEW(ctx->arena, struct fold_version);

	v->unit = unit;
	v->version = version;
	v->previous = unit->latest;
	v->values = ARENA_ARRAY(ctx->arena, cells, int64_t);
	v->states = ARENA_ARRAY(ctx->arena, cells, uint8_t);
	if (entry->body.len < skip ||
	    memcmp(entry->body.at, start, skip) != 0 ||
	    !cells_scan(entry->body.at + skip, entry->body.len - skip,
		set->scales, cells, v->values, v->states))
		return broken(ctx, entry);
	if (unit->latest == NULL)
		unit->first_us = entry->at_us;
	unit->latest = v;
	unit->changed = entry->index;
	if (set->last == NULL)
		set->first = v;
	else
		set->last->next = v;
	set->last = v;
	return OK;
}

/* What follows the cells, as an object of its own. */
static enum fail
read_tail(struct ctx *ctx, const struct ledger_entry *entry,
    const struct json **ret)
{
	/* Inside a text the quotes would be escaped, so this is the place. */
	static const char after[] = "],\"form\":";
	const uint8_t *at =
	    memmem(entry->body.at, entry->body.len, after, sizeof(after) - 1);
	struct text text;

	if (at == NULL || entry->body.at[1] != '"' || entry->body.at[2] != 'c')
		return json_parse(ctx, entry->body, ret);
	text_init(&text, ctx->arena);
	text_char(&text, '{');
	text_add_n(&text, (const char *)at + 2,
	    entry->body.len - (size_t)(at + 2 - entry->body.at));
	return json_parse(ctx, text_bytes(&text), ret);
}

/* The numbers of one entry, apart from its cells. */
struct tail {
	struct fold_set *set; /* NULL: of no question */
	int64_t unit;
	int64_t version;
};

static enum fail
read_entry(struct ctx *ctx, struct fold_set *sets, size_t count,
    const struct ledger_entry *entry, struct tail *ret)
{
	const struct json *tail = NULL;
	const char *form = NULL;
	const char *period = NULL;
	bool maybe = false;

	ret->set = NULL;
	for (size_t i = 0; i < count; i++)
		maybe =
		    maybe || memmem(entry->body.at, entry->body.len,
				 sets[i].form, 2 * (size_t)DIGEST_LEN) != NULL;
	if (!maybe)
		return OK;
	TRY(read_tail(ctx, entry, &tail));
	form = json_get_text(tail, "form");
	period = json_get_text(tail, "period");
	ret->unit = json_get_int(tail, "unit", 0);
	ret->version = json_get_int(tail, "version", 0);
	if (form == NULL || period == NULL || ret->unit == 0)
		return broken(ctx, entry);
	for (size_t i = 0; i < count; i++)
		if (strcmp(sets[i].form, form) == 0 &&
		    strcmp(sets[i].period, period) == 0)
			ret->set = &sets[i];
	return OK;
}

static enum fail
apply(struct ctx *ctx, const struct ledger_entry *entry,
    const struct tail *tail)
{
	struct fold_unit *unit = unit_of(ctx, tail->set, tail->unit);
	struct fold_version *v = unit->latest;

	if (strcmp(entry->kind, "report.close") == 0) {
		unit->closed = entry->index;
		return OK;
	}
	if (strcmp(entry->kind, "report.reopen") == 0) {
		unit->closed = -1;
		return OK;
	}
	if (strcmp(entry->kind, "report.sign") == 0)
		return add_signing(ctx, tail->set, unit, entry, tail->version);
	while (v != NULL && v->version != tail->version)
		v = v->previous;
	if (v == NULL)
		return broken(ctx, entry);
	if (strcmp(entry->kind, "report.accept") == 0) {
		v->accepted = true;
	} else {
		v->returned = true;
		unit->changed = entry->index;
	}
	return OK;
}

static bool
is_ours(const char *kind)
{
	static const char *const kinds[] = { "report.sign", "report.accept",
		"report.send_back", "report.close", "report.reopen" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

enum fail
fold_read(struct ctx *ctx, struct fold_set *sets, size_t count, int64_t index,
    int64_t *ret_index)
{
	const int64_t size = ledger_size(ctx->home->ledger);
	struct arena *lasting = ctx->arena;
	struct arena *passing = arena_child(lasting);
	struct ledger_reader *reader = NULL;
	int64_t seen = 0;

	TRY(ledger_read(ctx, 0, index < size ? index : size, &reader));
	for (;;) {
		struct ledger_entry entry = { 0 };
		struct tail tail = { 0 };
		bool more = false;
		enum fail outcome = OK;

		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		seen++;
		if (!is_ours(entry.kind))
			continue;
		/* The parsed entry goes, what is kept of it stays. */
		ctx->arena = passing;
		outcome = read_entry(ctx, sets, count, &entry, &tail);
		ctx->arena = lasting;
		TRY(outcome);
		if (tail.set != NULL)
			TRY(apply(ctx, &entry, &tail));
		arena_reset(passing);
	}
	*ret_index = seen;
	return OK;
}
