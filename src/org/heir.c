#include "org/heir.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "core/utf8.h"
#include "ledger/ledger.h"
#include "org/field.h"
#include "org/heir.sql.h"
#include "people/access.h"
#include "people/audit.h"

/* The largest division known has a dozen; the bound is for the description. */
#define HEIRS_MOST 10000

struct naming {
	int64_t unit;
	int64_t heir;
	const char *heir_name;
	const char *from;
	const char *act;
	const char *reason;
	const char *at;
	const int64_t *ledger_index;
};

struct heir_item {
	int64_t unit;
	const char *name;
};

struct heirs {
	int64_t unit;
	const char *name;
	bool divided;
	bool may_name;
	const int64_t *heir;
	struct list_of heirs;
	struct list_of namings;
};

/* clang-format off */
static const struct shape_field naming_fields[] = {
	F_ID(struct naming, unit, "the divided unit", "21"),
	F_ID(struct naming, heir, "the heir that decides for it", "17"),
	F_UNIT_NAME(struct naming, heir_name, "the heir's name from that day",
	    "\"Xã Tân Hòa\""),
	F_DATE(struct naming, from, REQUIRED, "from this day on",
	    "\"2025-09-01\""),
	F_TEXT(struct naming, act, HEIR_ACT_BYTES, REQUIRED,
	    "the act that says so", "\"12/QĐ-UBND\""),
	F_TEXT(struct naming, reason, HEIR_REASON_MAX, REQUIRED,
	    "why this one", "\"Giữ toàn bộ hồ sơ của xã cũ\""),
	F_TIME(struct naming, at, REQUIRED, "when it was recorded",
	    "\"2025-09-01T09:12:00+07:00\""),
	F_OPT_INT(struct naming, ledger_index, 0, INT64_MAX,
	    "ledger entry of the naming", "48213"),
};
const struct shape naming_shape =
    SHAPE("HeirNaming", struct naming, naming_fields);

static const struct shape_field item_fields[] = {
	F_ID(struct heir_item, unit, "a unit that has a part of it", "17"),
	F_UNIT_NAME(struct heir_item, name, "its name today",
	    "\"Xã Tân Hòa\""),
};
static const struct shape item_shape =
    SHAPE("Heir", struct heir_item, item_fields);

static const struct shape_field heirs_fields[] = {
	F_ID(struct heirs, unit, "the unit asked about", "21"),
	F_UNIT_NAME(struct heirs, name, "its name, or last one",
	    "\"Xã An Sơn\""),
	F_BOOL(struct heirs, divided, REQUIRED,
	    "abolished, and nobody has the whole of it: one heir is named to "
	    "sign in its name", "true"),
	F_BOOL(struct heirs, may_name, REQUIRED,
	    "whether this person may name one now", "false"),
	F_OPT_INT(struct heirs, heir, 1, INT64_MAX,
	    "who is named today; null: nobody", "17"),
	F_LIST(struct heirs, heirs, &item_shape, HEIRS_MOST,
	    "who takes its place today"),
	F_LIST(struct heirs, namings, &naming_shape, HEIR_NAMINGS_MAX,
	    "all namings, the newest first"),
};
const struct shape heirs_shape =
    SHAPE("Heirs", struct heirs, heirs_fields);
/* clang-format on */

/* ---- who it is ---------------------------------------------------------- */

static const struct structure *
structure_today(struct ctx *ctx, const struct directory *dir)
{
	return directory_structure(dir, day_of_us(ctx->now_us));
}

static bool
takes_place(const struct structure *st, int number, int heir)
{
	size_t count = 0;
	const int *at = structure_substitutes(st, number, &count);

	for (size_t i = 0; i < count; i++)
		if (at[i] == heir)
			return true;
	return false;
}

/* Is the heir, or who has all of it since, one of those with a part? */
static bool
is_still_heir(const struct structure *st, int number, int heir)
{
	size_t count = 0;
	const int *at = structure_substitutes(st, heir, &count);

	return !structure_divided(st, heir) && count == 1 &&
	       takes_place(st, number, at[0]);
}

static enum fail
named_on(struct ctx *ctx, const struct unit *unit, day on, int64_t *ret)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st = directory_structure(dir, on);
	const struct unit *heir = NULL;
	struct sql_unit_heir_on *row = NULL;

	*ret = 0;
	if (!structure_divided(st, unit->number))
		return OK;
	TRY(sql_unit_heir_on(ctx, unit->id, on, &row));
	if (row != NULL)
		heir = directory_unit(dir, row->heir);
	if (heir != NULL && is_still_heir(st, unit->number, heir->number))
		*ret = heir->id;
	return OK;
}

enum fail
heir_of(struct ctx *ctx, const struct unit *unit, int64_t *ret)
{
	return named_on(ctx, unit, day_of_us(ctx->now_us), ret);
}

bool
heir_acts(struct ctx *ctx, const char *permission, const struct unit *unit,
    int64_t heir)
{
	const struct structure *st = structure_today(ctx, directory_now(ctx));

	if (!structure_divided(st, unit->number))
		return true;
	if (ctx->actor != NULL && ctx->actor->is_system)
		return true;
	return heir != 0 && access_may(ctx, permission, heir);
}

bool
heir_may_name(struct ctx *ctx, const struct unit *unit)
{
	return structure_divided(structure_today(ctx, directory_now(ctx)),
		   unit->number) &&
	       org_above_holds(ctx, "unit.heir", unit);
}

/* ---- the naming --------------------------------------------------------- */

/* In NFC; what it is not gets a fault at its place. */
static const char *
clean(struct ctx *ctx, const char *text, size_t characters, size_t bytes,
    const char *pointer, const char *code)
{
	const char *nfc = text == NULL ? NULL : utf8_nfc(ctx->arena, text);

	if (nfc != NULL && strlen(nfc) <= bytes &&
	    utf8_length(nfc) <= characters && utf8_says(nfc))
		return nfc;
	fail_invalid(ctx, pointer, code,
	    "1 to %zu characters and %zu bytes, with a letter or a digit",
	    characters, bytes);
	return NULL;
}

static day
read_day(struct ctx *ctx, const struct unit *unit, const char *text)
{
	const day today = day_of_us(ctx->now_us);
	day from = today;

	if (text != NULL && !day_parse(text, &from))
		from = DAY_OPEN;
	if (from < unit->to || from > today + HEIR_AHEAD_DAYS)
		fail_invalid(ctx, "/from", "unit.heir_day",
		    "%s is before %s or too far ahead",
		    day_text(ctx->arena, from), day_text(ctx->arena, unit->to));
	return from;
}

static struct bytes
body_of(struct arena *arena, int64_t unit, int64_t heir, day from,
    const char *act, const char *reason)
{
	struct text text = { 0 };

	text_init(&text, arena);
	text_add(&text, "{\"act\":");
	text_json(&text, act);
	text_addf(&text, ",\"from\":\"%s\",\"heir\":%" PRId64 ",\"reason\":",
	    day_text(arena, from), heir);
	text_json(&text, reason);
	text_addf(&text, ",\"unit\":%" PRId64 "}", unit);
	return text_bytes(&text);
}

static enum fail
check(struct ctx *ctx, const struct unit *unit, const struct unit *heir,
    day from)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st = directory_structure(dir, from);
	struct sql_unit_heir_list *rows = NULL;
	size_t count = 0;
	int64_t named = 0;

	if (!structure_divided(st, unit->number))
		return FAIL(ctx, FAIL_CONFLICT, "unit.not_divided",
		    "unit %" PRId64 " is not divided on %s", unit->id,
		    day_text(ctx->arena, from));
	if (!takes_place(st, unit->number, heir->number))
		fail_invalid(ctx, "/heir", "unit.not_heir",
		    "unit %" PRId64 " has no part of unit %" PRId64 " then",
		    heir->id, unit->id);
	TRY(fail_valid(ctx));
	TRY(named_on(ctx, unit, from, &named));
	if (named == heir->id)
		return FAIL(ctx, FAIL_CONFLICT, "unit.heir_named",
		    "unit %" PRId64 " is named for unit %" PRId64 " then",
		    heir->id, unit->id);
	TRY(sql_unit_heir_list(ctx, unit->id, HEIR_NAMINGS_MAX, &rows, &count));
	if (count == HEIR_NAMINGS_MAX)
		return FAIL(ctx, FAIL_CONFLICT, "unit.heirs_full",
		    "unit %" PRId64 " has %d namings", unit->id,
		    HEIR_NAMINGS_MAX);
	return OK;
}

static enum fail
record(struct ctx *ctx, struct naming *naming, day from)
{
	struct ledger_entry *entry = NULL;
	int64_t changed = 0;

	TRY(ledger_append(ctx, "unit.heir", naming->unit,
	    body_of(ctx->arena, naming->unit, naming->heir, from, naming->act,
		naming->reason),
	    &entry));
	naming->ledger_index = &entry->index;
	TRY(sql_unit_heir_insert(ctx,
	    &(struct sql_unit_heir_insert_args){
		.entry = entry->id,
		.unit = naming->unit,
		.heir = naming->heir,
		.from_day = from,
		.act = naming->act,
		.reason = naming->reason,
	    },
	    &changed));
	return audit_note(ctx, "unit.heir", naming->unit, entry->id,
	    arena_printf(ctx->arena, "%" PRId64 " from %s", naming->heir,
		naming->from));
}

enum fail
heir_name(struct ctx *ctx, const char *ref, const struct heir_input *in,
    const struct naming **ret)
{
	const struct directory *dir = directory_now(ctx);
	struct naming *naming = ARENA_NEW(ctx->arena, struct naming);
	const struct unit *unit = NULL;
	const struct unit *heir = NULL;
	day from = 0;

	TRY(directory_find(ctx, dir, ref, &unit));
	if (!org_above_holds(ctx, "unit.heir", unit))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "only the unit directly above unit %" PRId64
		    " names its heir",
		    unit->id);
	ledger_take_moment(ctx);
	if (unit->to == DAY_OPEN)
		return FAIL(ctx, FAIL_CONFLICT, "unit.not_divided",
		    "unit %" PRId64 " is still there", unit->id);
	TRY(directory_find_at(ctx, dir, "/heir", in->heir, &heir));
	from = read_day(ctx, unit, in->from);
	naming->act = clean(ctx, in->act, HEIR_ACT_MAX, HEIR_ACT_BYTES, "/act",
	    "unit.heir_act");
	naming->reason = clean(ctx, in->reason, HEIR_REASON_MAX,
	    HEIR_REASON_MAX, "/reason", "unit.heir_reason");
	TRY(fail_valid(ctx));
	TRY(check(ctx, unit, heir, from));
	naming->unit = unit->id;
	naming->heir = heir->id;
	naming->heir_name = unit_name(heir, from);
	naming->from = day_text(ctx->arena, from);
	naming->at = time_text(ctx->arena, ctx->now_us);
	TRY(record(ctx, naming, from));
	*ret = naming;
	return OK;
}

/* ---- what is shown ------------------------------------------------------ */

static enum fail
read_namings(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit, struct list_of *ret)
{
	struct sql_unit_heir_list *rows = NULL;
	struct naming *out = NULL;
	size_t count = 0;

	TRY(sql_unit_heir_list(ctx, unit->id, HEIR_NAMINGS_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count + 1, struct naming);
	for (size_t i = 0; i < count; i++) {
		const struct unit *heir = directory_unit(dir, rows[i].heir);
		struct ledger_entry *entry = NULL;

		TRY(ledger_load(ctx, rows[i].entry, &entry));
		out[i] = (struct naming){
			.unit = unit->id,
			.heir = rows[i].heir,
			.heir_name = heir == NULL
					 ? ""
					 : unit_name(heir, rows[i].from_day),
			.from = day_text(ctx->arena, rows[i].from_day),
			.act = rows[i].act,
			.reason = rows[i].reason,
			.at = time_text(ctx->arena, entry->at_us),
			.ledger_index = &entry->index,
		};
	}
	*ret = (struct list_of){ out, count };
	return OK;
}

static struct list_of
heirs_today(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit)
{
	size_t count = 0;
	const int *at = structure_substitutes(structure_today(ctx, dir),
	    unit->number, &count);
	struct heir_item *out =
	    ARENA_ARRAY(ctx->arena, count + 1, struct heir_item);

	for (size_t i = 0; i < count; i++) {
		const struct unit *heir = directory_at(dir, at[i]);

		out[i] = (struct heir_item){
			.unit = heir->id,
			.name = unit_name(heir, day_of_us(ctx->now_us)),
		};
	}
	return (struct list_of){ out, count };
}

enum fail
heirs_list(struct ctx *ctx, const char *ref, const struct heirs **ret)
{
	const struct directory *dir = directory_now(ctx);
	struct heirs *heirs = ARENA_NEW(ctx->arena, struct heirs);
	int64_t *named = ARENA_NEW(ctx->arena, int64_t);
	const struct unit *unit = NULL;

	TRY(access_any(ctx, "unit.read"));
	TRY(directory_find(ctx, dir, ref, &unit));
	TRY(heir_of(ctx, unit, named));
	*heirs = (struct heirs){
		.unit = unit->id,
		.name = unit_name(unit, day_of_us(ctx->now_us)),
		.divided =
		    structure_divided(structure_today(ctx, dir), unit->number),
		.may_name = heir_may_name(ctx, unit),
		.heir = *named == 0 ? NULL : named,
		.heirs = heirs_today(ctx, dir, unit),
	};
	TRY(read_namings(ctx, dir, unit, &heirs->namings));
	*ret = heirs;
	return OK;
}

/* ---- against the ledger ------------------------------------------------- */

static enum fail
read_entries(struct ctx *ctx, struct map *by_entry, int64_t *ret_count)
{
	static const char *const kinds[] = { "unit.heir" };
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	TRY(ledger_read_kinds(ctx, 0, ledger_size(ctx->home->ledger), kinds,
	    ARRAY_SIZE(kinds), &reader));
	for (*ret_count = 0;; ++*ret_count) {
		struct bytes *said = NULL;

		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
		said = ARENA_NEW(ctx->arena, struct bytes);
		*said = (struct bytes){
			arena_copy(ctx->arena, entry.body.at, entry.body.len),
			entry.body.len,
		};
		map_put(by_entry, entry.id, said);
	}
}

enum fail
heir_check(struct ctx *ctx, int64_t *ret_checked)
{
	struct map *by_entry = map_new(ctx->arena, 64);
	struct cursor *cursor = NULL;
	struct sql_unit_heir_all row;
	int64_t entries = 0;
	int64_t rows = 0;
	bool more = true;

	TRY(read_entries(ctx, by_entry, &entries));
	TRY(sql_unit_heir_all_open(ctx, &cursor));
	for (;; rows++) {
		const struct bytes *said = NULL;
		struct bytes body = { 0 };

		TRY(sql_unit_heir_all_next(ctx, cursor, &row, &more));
		if (!more)
			break;
		said = map_get(by_entry, row.entry);
		body = body_of(ctx->arena, row.unit, row.heir, row.from_day,
		    row.act, row.reason);
		if (said == NULL || said->len != body.len ||
		    memcmp(said->at, body.at, body.len) != 0)
			return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
			    "unit_heir has a row of unit %" PRId64
			    " that is not what the ledger says",
			    row.unit);
	}
	*ret_checked = rows;
	if (rows == entries)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
	    "the ledger has %" PRId64 " namings of heirs; there are %" PRId64
	    " rows",
	    entries, rows);
}
