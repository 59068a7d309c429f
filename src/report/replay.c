#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "report/body.h"
#include "report/replay.h"
#include "report/report.h"

/* The ledger's kinds that move totals, and how. */
static const char *const kinds[] = {
	[CUBE_SENT] = "report.sign",
	[CUBE_RETURNED] = "report.send_back",
	[CUBE_ACCEPTED] = "report.accept",
	[CUBE_CLOSED] = "report.close",
	[CUBE_REOPENED] = "report.reopen",
};

/* Room for one report's cells, made once for the whole replay. */
struct replay {
	int64_t *values;
	uint8_t *states;
	int *scales;
	size_t room;
	/* The form version last met: reports of one kind come in long runs. */
	const struct form_version *version;
};

static enum fail
broken(struct ctx *ctx, const struct ledger_entry *entry)
{
	return FAIL(ctx, FAIL_INTERNAL, "report.body",
	    "ledger entry %" PRId64 " (%s) cannot be read", entry->index,
	    entry->kind);
}

static bool
find_version(struct ctx *ctx, struct replay *replay,
    const struct body_parts *parts)
{
	struct digest digest;

	if (!body_form_digest(parts, &digest))
		return false;
	if (replay->version != NULL &&
	    memcmp(&replay->version->digest, &digest, sizeof(digest)) == 0)
		return true;
	replay->version = catalogue_digest(catalogue_now(ctx), &digest);
	if (replay->version == NULL)
		return false;
	if (replay->version->cell_count > replay->room) {
		replay->room = replay->version->cell_count;
		replay->values = ARENA_ARRAY(ctx->arena, replay->room, int64_t);
		replay->states = ARENA_ARRAY(ctx->arena, replay->room, uint8_t);
		replay->scales = ARENA_ARRAY(ctx->arena, replay->room, int);
	}
	for (size_t i = 0; i < replay->version->cell_count; i++) {
		const struct form_version *v = replay->version;

		replay->scales[i] = v->columns[i % v->column_count].scale;
	}
	return true;
}

static enum fail
replay_entry(struct ctx *ctx, struct replay *replay, enum cube_act act,
    const struct ledger_entry *entry)
{
	struct body_parts parts = { 0 };
	struct period period = { 0 };
	char period_id[24] = { 0 };

	if (!body_split(entry->body, &parts) ||
	    parts.period.len >= sizeof(period_id) ||
	    !find_version(ctx, replay, &parts))
		return broken(ctx, entry);
	memcpy(period_id, parts.period.at, parts.period.len);
	if (!period_parse(&replay->version->form->calendar, period_id, &period))
		return broken(ctx, entry);
	if (act == CUBE_SENT &&
	    !cells_scan(parts.cells.at, parts.cells.len, replay->scales,
		replay->version->cell_count, replay->values, replay->states))
		return broken(ctx, entry);
	return cube_replay(ctx, replay->version, &period,
	    &(struct cube_event){
		.act = act,
		.unit = parts.unit,
		.version = (int)parts.version,
		.index = entry->index,
		.at_us = entry->at_us,
		.report = parts.report,
		.values = replay->values,
		.states = replay->states,
	    });
}

static enum cube_act
act_of(const char *kind)
{
	size_t act = 0;

	while (!text_equal(kind, kinds[act]))
		act++;
	return (enum cube_act)act;
}

enum fail
replay_from(struct ctx *ctx, int64_t from)
{
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	struct replay replay = { 0 };
	const int64_t size = ledger_size(ctx->home->ledger);
	bool more = true;

	TRY(ledger_read_kinds(ctx, from, size, kinds, ARRAY_SIZE(kinds),
	    &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		TRY(replay_entry(ctx, &replay, act_of(entry.kind), &entry));
	}
	cube_replayed(cube_of(ctx->home), size);
	return OK;
}

enum fail
report_replay(struct ctx *ctx)
{
	return replay_from(ctx, 0);
}
