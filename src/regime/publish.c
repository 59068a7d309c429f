#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/naming.h"
#include "core/pin.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "people/audit.h"
#include "regime/catalogue.h"
#include "regime/definition.h"
#include "regime/definition_new.h"
#include "regime/form.sql.h"
#include "regime/holder.h"
#include "store/store.h"

/* A definition beside what is stored of it. */
struct publication {
	struct definition def;
	const char *head; /* canonical JSON, as stored */
	const char *const *versions;
	struct digest *digests;
	size_t count;
	const day *last_day;                 /* NULL: open */
	const struct sql_form_by_code *form; /* NULL: new */
	size_t known;   /* versions that are published already */
	day known_last; /* last day until now; DAY_OPEN */
	bool moves_last_day;
};

/* A catalogue on its way: dropped with the arena unless the commit came. */
struct staged {
	struct tx_effect effect; /* first */
	struct ctx *ctx;         /* whose publication it is: it waits */
	struct regime *regime;
	struct catalogue *cat;
};

static enum fail
refused(struct ctx *ctx)
{
	return FAIL(ctx, FAIL_INVALID, "form.definition",
	    "%d faults in the definition", ctx->failure.field_count);
}

static enum fail
canonical(struct ctx *ctx, const struct json *node, const char **ret)
{
	struct bytes out = { 0 };

	TRY(json_canonical(ctx, node, &out));
	*ret = arena_text_n(ctx->arena, (const char *)out.at, out.len);
	return OK;
}

/*
 * A version's bytes name its form, so that two forms never share a digest.  Its
 * end is not in them: it comes from the version that follows.
 */
static enum fail
version_body(struct ctx *ctx, const char *code, const struct json *node,
    const char **ret)
{
	struct text text;
	const char *body = NULL;

	TRY(canonical(ctx, node, &body));
	text_init(&text, ctx->arena);
	text_add(&text, "{\"code\":");
	text_json(&text, code);
	text_add(&text, ",\"version\":");
	text_add(&text, body);
	text_char(&text, '}');
	*ret = text_of(&text);
	return OK;
}

static enum fail
read_definition(struct ctx *ctx, struct bytes in, struct publication *ret)
{
	const int faults = ctx->failure.field_count;
	const struct json *node = NULL;
	const struct json *list = NULL;
	const char **versions = NULL;

	if (in.len > DEFINITION_BYTES_MAX)
		return FAIL(ctx, FAIL_TOO_BIG, "form.too_big",
		    "%zu bytes, at most %zu", in.len, DEFINITION_BYTES_MAX);
	TRY(json_parse(ctx, in, &node));
	definition_read(ctx, node, &ret->def);
	if (ctx->failure.field_count > faults)
		return refused(ctx);
	TRY(canonical(ctx, json_get(node, "form"), &ret->head));
	list = json_get(node, "versions");
	ret->count = json_count(list);
	versions = ARENA_ARRAY(ctx->arena, ret->count, const char *);
	ret->digests = ARENA_ARRAY(ctx->arena, ret->count, struct digest);
	for (size_t i = 0; i < ret->count; i++) {
		TRY(version_body(ctx, ret->def.form->code, json_at(list, i),
		    &versions[i]));
		ret->digests[i] = digest_of(bytes_of_text(versions[i]));
	}
	ret->versions = versions;
	return OK;
}

static void
read_last_day(struct ctx *ctx, struct publication *p)
{
	day last = 0;

	if (p->def.last_day == NULL)
		return;
	if (!day_parse(p->def.last_day, &last))
		assert(false); /* the shape has refused it */
	p->last_day = arena_copy(ctx->arena, &last, sizeof(last));
}

static enum fail
compare_stored(struct ctx *ctx, struct publication *p)
{
	const char *code = p->def.form->code;
	struct sql_form_by_code *form = NULL;
	struct sql_form_version_list *rows = NULL;

	TRY(sql_form_by_code(ctx, code, &form));
	if (form == NULL)
		return OK;
	p->form = form;
	p->known_last = form->last_day == NULL ? DAY_OPEN : *form->last_day;
	p->moves_last_day =
	    p->known_last != (p->last_day == NULL ? DAY_OPEN : *p->last_day);
	if (strcmp(form->body, p->head) != 0)
		return FAIL(ctx, FAIL_CONFLICT, "form.exists",
		    "%s is published with another head", code);
	TRY(sql_form_version_list(ctx, form->id, DEFINITION_VERSIONS_MAX, &rows,
	    &p->known));
	for (size_t i = 0; i < p->known && i < p->count; i++)
		if (!bytes_equal(rows[i].digest, digest_bytes(&p->digests[i])))
			return FAIL(ctx, FAIL_CONFLICT, "form.exists",
			    "%s version %zu is published and differs", code,
			    i + 1);
	if (p->known > p->count)
		return FAIL(ctx, FAIL_CONFLICT, "form.exists",
		    "%s has %zu versions, the definition %zu", code, p->known,
		    p->count);
	return OK;
}

static void
refuse_alike(struct ctx *ctx, const char *place, const char *code,
    const char *known)
{
	if (!text_equal(code, known) && naming_alike(ctx->arena, code, known))
		fail_invalid(ctx, place, "form.alike",
		    "differs only in case from %s", known);
}

/* Two codes that people and file systems take for one are not both published. */
static void
check_alike(struct ctx *ctx, const struct def_head *head)
{
	const struct catalogue *cat = catalogue_now(ctx);

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const struct form *form = catalogue_at(cat, i);

		refuse_alike(ctx, "/form/code", head->code, form->code);
		refuse_alike(ctx, "/form/regime/code", head->regime->code,
		    form->regime_code);
	}
}

static enum fail
check_new(struct ctx *ctx, const struct publication *p)
{
	const int faults = ctx->failure.field_count;

	definition_check_new(ctx, &p->def, p->form == NULL, p->known);
	if (p->form == NULL)
		check_alike(ctx, p->def.form);
	return ctx->failure.field_count > faults ? refused(ctx) : OK;
}

/*
 * Nothing that could be reported already may change its form: a new version of
 * a published form, or an earlier end, begins after today or after the end that
 * held until now.
 */
static enum fail
check_future(struct ctx *ctx, const struct publication *p)
{
	const int faults = ctx->failure.field_count;
	const struct def_version *defs = p->def.versions.at;
	const day today = day_of_us(ctx->now_us);
	const day settled = p->known_last < today ? p->known_last : today;

	if (p->form == NULL)
		return OK;
	for (size_t i = p->known; i < p->count; i++) {
		day from = 0;

		if (day_parse(defs[i].from, &from) && from <= settled)
			fail_invalid(ctx,
			    arena_printf(ctx->arena, "/versions/%zu/from", i),
			    "form.order", "periods until %s are settled",
			    day_text(ctx->arena, settled));
	}
	if (p->moves_last_day && p->last_day != NULL && *p->last_day < settled)
		fail_invalid(ctx, "/last_day", "form.order",
		    "periods until %s are settled",
		    day_text(ctx->arena, settled));
	return ctx->failure.field_count > faults ? refused(ctx) : OK;
}

/* The digest of the change: of the head, of each version, and the last day. */
static enum fail
append_entry(struct ctx *ctx, const struct publication *p, int64_t *ret_id)
{
	const struct digest head = digest_of(bytes_of_text(p->head));
	struct ledger_entry *entry = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	text_add(&text, "{\"code\":");
	text_json(&text, p->def.form->code);
	text_add(&text, ",\"form\":");
	text_json(&text, digest_hex(ctx->arena, &head));
	text_add(&text, ",\"last_day\":");
	if (p->def.last_day == NULL)
		text_add(&text, "null");
	else
		text_json(&text, p->def.last_day);
	text_add(&text, ",\"versions\":[");
	for (size_t i = 0; i < p->count; i++) {
		if (i > 0)
			text_char(&text, ',');
		text_json(&text, digest_hex(ctx->arena, &p->digests[i]));
	}
	text_add(&text, "]}");
	TRY(ledger_append(ctx, "form.publish", 0, text_bytes(&text), &entry));
	*ret_id = entry->id;
	return OK;
}

static enum fail
store_form(struct ctx *ctx, const struct publication *p, int64_t entry,
    int64_t *ret_form)
{
	struct sql_form_insert *made = NULL;
	int64_t changed = 0;

	if (p->form == NULL) {
		TRY(sql_form_insert(ctx, p->def.form->code, p->last_day,
		    p->head, entry, &made));
		*ret_form = made->id;
		return OK;
	}
	*ret_form = p->form->id;
	if (p->moves_last_day)
		TRY(sql_form_set_last_day(ctx, p->form->id, p->last_day, entry,
		    &changed));
	return OK;
}

static enum fail
store_versions(struct ctx *ctx, const struct publication *p, int64_t form,
    int64_t entry)
{
	int64_t changed = 0;

	for (size_t i = p->known; i < p->count; i++)
		TRY(sql_form_version_insert(ctx, form, (int64_t)i + 1,
		    digest_bytes(&p->digests[i]), p->versions[i], entry,
		    &changed));
	return OK;
}

/* Forms of one regime say the same of it. */
static enum fail
check_regime(struct ctx *ctx, const struct catalogue *cat, const char *code)
{
	const struct form *own = catalogue_form(cat, code);

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const struct form *form = catalogue_at(cat, i);

		if (strcmp(form->regime_code, own->regime_code) != 0)
			continue;
		if (strcmp(form->regime_name_vi, own->regime_name_vi) == 0 &&
		    strcmp(form->regime_name_en, own->regime_name_en) == 0 &&
		    form->calendar.kind == own->calendar.kind &&
		    form->calendar.cutoff_day == own->calendar.cutoff_day)
			continue;
		fail_invalid(ctx, "/form/regime", "form.changed",
		    "%s says something else of this regime", form->code);
		return refused(ctx);
	}
	return OK;
}

static void
staged_apply(struct tx_effect *self)
{
	struct staged *staged = (struct staged *)self;

	regime_adopt(staged->regime, staged->cat);
	staged->cat = NULL;
	pin_renew(staged->ctx);
}

static void
staged_drop(void *object)
{
	struct staged *staged = object;

	catalogue_free(staged->cat);
}

static enum fail
stage_catalogue(struct ctx *ctx, const char *code)
{
	struct staged *staged = ARENA_NEW(ctx->arena, struct staged);

	staged->effect.apply = staged_apply;
	staged->ctx = ctx;
	staged->regime = regime_of(ctx->home);
	arena_defer(ctx->arena, staged_drop, staged);
	TRY(catalogue_read(ctx, &staged->cat));
	TRY(check_regime(ctx, staged->cat, code));
	tx_stage_effect(ctx, &staged->effect);
	return OK;
}

enum fail
regime_publish(struct ctx *ctx, struct bytes definition)
{
	struct publication p = { 0 };
	int64_t entry = 0;
	int64_t form = 0;

	TRY(access_any(ctx, "org.manage"));
	TRY(read_definition(ctx, definition, &p));
	read_last_day(ctx, &p);
	TRY(compare_stored(ctx, &p));
	if (p.form != NULL && p.known == p.count && !p.moves_last_day)
		return OK;
	TRY(check_new(ctx, &p));
	TRY(check_future(ctx, &p));
	TRY(append_entry(ctx, &p, &entry));
	TRY(store_form(ctx, &p, entry, &form));
	TRY(store_versions(ctx, &p, form, entry));
	TRY(audit_note(ctx, "form.publish", 0, form, p.def.form->code));
	return stage_catalogue(ctx, p.def.form->code);
}
