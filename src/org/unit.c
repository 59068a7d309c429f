#include "org/unit.h"

#include <assert.h>
#include <inttypes.h>

#include "core/arena.h"
#include "core/naming.h"
#include "core/text.h"
#include "core/utf8.h"
#include "ledger/ledger.h"
#include "org/change.h"
#include "org/unit.sql.h"
#include "people/access.h"
#include "people/audit.h"

#define NAME_MAX_POINTS 200
#define SCHEME_MAX 32
#define CODE_MAX 64
#define ACT_MAX 200

const char *const unit_types[] = { "government", "ministry", "agency",
	"province", "municipality", "district", "commune", "ward", "township",
	"special_zone", NULL };

struct unit_batch {
	struct ctx *ctx;
	const char *source;
	int64_t next_id;
	struct unit_change *first;
	struct unit_change **last;
	struct unit_change **unchecked; /* where unit_batch_check goes on */
};

enum fail
unit_batch_new(struct ctx *ctx, const char *source, struct unit_batch **ret)
{
	TRY(access_any(ctx, "org.manage"));
	return unit_batch_open(ctx, source, ret);
}

enum fail
unit_batch_open(struct ctx *ctx, const char *source, struct unit_batch **ret)
{
	struct sql_unit_next_id *next = NULL;
	struct unit_batch *batch = ARENA_NEW(ctx->arena, struct unit_batch);

	TRY(sql_unit_next_id(ctx, &next));
	batch->ctx = ctx;
	batch->source = source;
	batch->next_id = next->id;
	batch->last = &batch->first;
	batch->unchecked = &batch->first;
	*ret = batch;
	return OK;
}

static void
add(struct unit_batch *batch, const struct unit_change *change)
{
	struct unit_change *kept =
	    arena_copy(batch->ctx->arena, change, sizeof(*change));

	*batch->last = kept;
	batch->last = &kept->next;
}

int64_t
unit_batch_unit(struct unit_batch *batch)
{
	const int64_t id = batch->next_id++;

	add(batch, &(struct unit_change){ .kind = CHANGE_UNIT, .unit = id });
	return id;
}

void
unit_batch_version(struct unit_batch *batch,
    const struct unit_version_new *version)
{
	add(batch, &(struct unit_change){
		       .kind = CHANGE_VERSION,
		       .unit = version->unit,
		       .other = version->parent,
		       .on = version->from,
		       .level = version->level,
		       .name = version->name == NULL
				   ? NULL
				   : utf8_nfc(batch->ctx->arena, version->name),
		       .text = version->type,
		   });
}

void
unit_batch_end(struct unit_batch *batch, int64_t unit, day on)
{
	add(batch, &(struct unit_change){ .kind = CHANGE_END,
		       .unit = unit,
		       .on = on });
}

void
unit_batch_code(struct unit_batch *batch, int64_t unit, const char *scheme,
    const char *code, day from)
{
	add(batch, &(struct unit_change){
		       .kind = CHANGE_CODE,
		       .unit = unit,
		       .on = from,
		       .name = scheme,
		       .text = code,
		   });
}

void
unit_batch_succession(struct unit_batch *batch, int64_t from, int64_t to,
    day on, const char *kind_name, const char *act)
{
	add(batch, &(struct unit_change){
		       .kind = CHANGE_SUCCESSION,
		       .unit = from,
		       .other = to,
		       .on = on,
		       .name = kind_name,
		       .text = act,
		   });
}

/* --- checks of single changes -------------------------------------------- */

static bool
is_type(const char *type)
{
	for (size_t i = 0; unit_types[i] != NULL; i++)
		if (text_equal(unit_types[i], type))
			return true;
	return false;
}

static enum fail
check_version(struct ctx *ctx, const struct unit_change *c)
{
	const char *fault = c->name == NULL
				? "no control characters, and "
				  "valid UTF-8"
				: naming_name_fault(ctx->arena, c->name);

	if (fault == NULL && utf8_length(c->name) > NAME_MAX_POINTS)
		fault = "is too long";
	if (fault != NULL)
		return FAIL(ctx, FAIL_INVALID, "unit.name",
		    "a unit's name of 1 to %d characters, \"%.60s\": %s",
		    NAME_MAX_POINTS, c->name == NULL ? "" : c->name, fault);
	if (!is_type(c->text))
		return FAIL(ctx, FAIL_INVALID, "unit.type",
		    "%s is no type of unit", c->text == NULL ? "" : c->text);
	if (c->level < LEVEL_NATION || c->level > LEVEL_COMMUNE ||
	    (c->other == 0) != (c->level == LEVEL_NATION))
		return FAIL(ctx, FAIL_INVALID, "unit.level",
		    "level %d does not fit: only the root is under nobody",
		    c->level);
	return OK;
}

static bool
is_scheme(const char *scheme)
{
	const size_t len = strlen(scheme);

	return len >= 1 && len <= SCHEME_MAX &&
	       strspn(scheme, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static const char *
scheme_or_code_fault(struct ctx *ctx, const struct unit_change *c)
{
	if (!is_scheme(c->name))
		return "the scheme is a to z, digits and _";
	if (c->text[0] == '\0')
		return NULL; /* it ends the one before */
	if (strlen(c->text) > CODE_MAX)
		return "the code is too long";
	return naming_code_fault(ctx->arena, c->text);
}

static bool
is_succession(const char *kind)
{
	for (size_t i = 0; succession_names[i] != NULL; i++)
		if (text_equal(succession_names[i], kind))
			return true;
	return text_equal(kind, "none");
}

static enum fail
check_change(struct ctx *ctx, const struct unit_change *c)
{
	const char *fault = NULL;

	switch (c->kind) {
	case CHANGE_VERSION:
		return check_version(ctx, c);
	case CHANGE_CODE:
		fault = scheme_or_code_fault(ctx, c);
		if (fault == NULL)
			return OK;
		return FAIL(ctx, FAIL_INVALID, "unit.code",
		    "%.40s:%.60s cannot be a code: %s", c->name, c->text,
		    fault);
	case CHANGE_SUCCESSION:
		if (!is_succession(c->name))
			return FAIL(ctx, FAIL_INVALID, "unit.succession_kind",
			    "%s is no kind of succession", c->name);
		if (c->text[0] == '\0')
			return OK;
		fault = naming_name_fault(ctx->arena, c->text);
		if (fault == NULL && utf8_length(c->text) <= ACT_MAX)
			return OK;
		return FAIL(ctx, FAIL_INVALID, "unit.act",
		    "an act is named in at most %d characters: %s", ACT_MAX,
		    fault == NULL ? "is too long" : fault);
	case CHANGE_UNIT:
	case CHANGE_END:
	case CHANGE_KINDS:
		break;
	}
	return OK;
}

/* --- the record ---------------------------------------------------------- */

static enum fail
write_change(struct ctx *ctx, const struct unit_change *c, int64_t entry)
{
	int64_t changed = 0;

	switch (c->kind) {
	case CHANGE_UNIT:
		return sql_unit_insert(ctx, c->unit, entry, &changed);
	case CHANGE_VERSION:
		return sql_unit_version_insert(ctx,
		    &(struct sql_unit_version_insert_args){
			.unit = c->unit,
			.from_day = c->on,
			.name = c->name,
			.name_fold = utf8_fold(ctx->arena, c->name),
			.type = c->text,
			.level = c->level,
			.parent = c->other == 0 ? NULL : &c->other,
			.entry = entry,
		    },
		    &changed);
	case CHANGE_END:
		return sql_unit_end_insert(ctx, c->unit, c->on, entry,
		    &changed);
	case CHANGE_CODE:
		return sql_unit_code_insert(ctx, c->unit, c->name, c->text,
		    c->on, entry, &changed);
	case CHANGE_SUCCESSION:
		return sql_succession_insert(ctx,
		    &(struct sql_succession_insert_args){
			.from_id = c->unit,
			.to_id = c->other,
			.on_day = c->on,
			.kind = c->name,
			.act = c->text,
			.entry = entry,
		    },
		    &changed);
	case CHANGE_KINDS:
		break;
	}
	assert(false && "a change of no kind");
	return OK;
}

const struct unit_change *
unit_batch_first(const struct unit_batch *batch)
{
	return batch->first;
}

enum fail
unit_batch_check(struct ctx *ctx, struct unit_batch *batch)
{
	while (*batch->unchecked != NULL) {
		const struct unit_change *change = *batch->unchecked;

		batch->unchecked = &(*batch->unchecked)->next;
		TRY(check_change(ctx, change));
	}
	return OK;
}

enum fail
unit_batch_record(struct ctx *ctx, struct unit_batch *batch, const char *kind,
    int64_t unit)
{
	const struct ledger_entry *entry = NULL;

	return unit_batch_enter(ctx, batch, kind, unit, &entry);
}

enum fail
unit_batch_enter(struct ctx *ctx, struct unit_batch *batch, const char *kind,
    int64_t unit, const struct ledger_entry **ret)
{
	struct ledger_entry *entry = NULL;
	int64_t changed = 0;

	*ret = NULL;
	if (batch->first == NULL)
		return OK;
	TRY(unit_batch_check(ctx, batch));
	TRY(ledger_append(ctx, kind, unit,
	    change_body(ctx->arena, batch->first, batch->source), &entry));
	TRY(sql_unit_change_insert(ctx, entry->id, &changed));
	/* Identities are the first kind: versions and successions refer to
	 * them. */
	for (int k = 0; k < CHANGE_KINDS; k++)
		for (const struct unit_change *c = batch->first; c != NULL;
		     c = c->next)
			if ((int)c->kind == k)
				TRY(write_change(ctx, c, entry->id));
	TRY(audit_note(ctx, kind, unit, entry->id, batch->source));
	*ret = entry;
	return org_changed(ctx);
}

/* --- single changes ------------------------------------------------------ */

static enum fail
batch_of_one(struct ctx *ctx, struct unit_batch **ret)
{
	return unit_batch_new(ctx, "act", ret);
}

static enum fail
must_exist(struct ctx *ctx, const struct unit_batch *batch, int64_t unit)
{
	/* Ids are given without gaps and never taken back. */
	if (unit >= 1 && unit < batch->next_id)
		return OK;
	return FAIL(ctx, FAIL_NOT_FOUND, "unit.unknown",
	    "unit %" PRId64 " is unknown", unit);
}

enum fail
unit_create(struct ctx *ctx, const struct unit_new *in, int64_t *ret_id)
{
	struct unit_batch *batch = NULL;
	int64_t id = 0;

	TRY(batch_of_one(ctx, &batch));
	if (in->parent != 0)
		TRY(must_exist(ctx, batch, in->parent));
	if (in->scheme != NULL && in->code[0] == '\0')
		return FAIL(ctx, FAIL_INVALID, "unit.code",
		    "a new unit has no code to end");
	id = unit_batch_unit(batch);
	unit_batch_version(batch, &(struct unit_version_new){
				      .unit = id,
				      .from = in->from,
				      .name = in->name,
				      .type = in->type,
				      .level = in->level,
				      .parent = in->parent,
				  });
	if (in->scheme != NULL)
		unit_batch_code(batch, id, in->scheme, in->code, in->from);
	TRY(unit_batch_record(ctx, batch, "unit.create", id));
	*ret_id = id;
	return OK;
}

enum fail
unit_version_add(struct ctx *ctx, const struct unit_version_new *version)
{
	struct unit_batch *batch = NULL;

	TRY(batch_of_one(ctx, &batch));
	TRY(must_exist(ctx, batch, version->unit));
	if (version->parent != 0)
		TRY(must_exist(ctx, batch, version->parent));
	unit_batch_version(batch, version);
	return unit_batch_record(ctx, batch, "unit.change", version->unit);
}

enum fail
unit_abolish(struct ctx *ctx, int64_t unit, day on)
{
	struct unit_batch *batch = NULL;

	TRY(batch_of_one(ctx, &batch));
	TRY(must_exist(ctx, batch, unit));
	unit_batch_end(batch, unit, on);
	return unit_batch_record(ctx, batch, "unit.abolish", unit);
}

enum fail
unit_code_add(struct ctx *ctx, int64_t unit, const char *scheme,
    const char *code, day from)
{
	struct unit_batch *batch = NULL;

	TRY(batch_of_one(ctx, &batch));
	TRY(must_exist(ctx, batch, unit));
	unit_batch_code(batch, unit, scheme, code, from);
	return unit_batch_record(ctx, batch, "unit.code", unit);
}

enum fail
unit_succession_add(struct ctx *ctx, int64_t from, int64_t to, day on,
    enum succession_kind kind, const char *act)
{
	struct unit_batch *batch = NULL;

	TRY(batch_of_one(ctx, &batch));
	TRY(must_exist(ctx, batch, from));
	TRY(must_exist(ctx, batch, to));
	unit_batch_succession(batch, from, to, on, succession_names[kind], act);
	return unit_batch_record(ctx, batch, "unit.succession", from);
}
