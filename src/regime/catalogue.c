#include "regime/catalogue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/pin.h"
#include "regime/definition.h"
#include "regime/form.sql.h"
#include "regime/holder.h"

struct catalogue {
	struct arena *arena; /* holds all but this struct */
	struct form *forms;  /* by code */
	size_t form_count;
	struct map *by_code;
	struct map *by_version;
	struct catalogue *older; /* kept until the end */
};

struct regime {
	_Atomic(struct catalogue *) now;
};

static struct catalogue *
catalogue_new(size_t forms)
{
	struct arena *arena = arena_new(0);
	struct catalogue *cat = ARENA_NEW(arena, struct catalogue);

	cat->arena = arena;
	cat->forms = ARENA_ARRAY(arena, forms, struct form);
	cat->by_code = map_new(arena, forms);
	cat->by_version = map_new(arena, forms * 2);
	return cat;
}

void
catalogue_free(struct catalogue *cat)
{
	if (cat != NULL)
		arena_free(cat->arena);
}

struct regime *
regime_new(void)
{
	struct regime *regime = calloc(1, sizeof(*regime));

	if (regime == NULL)
		abort();
	atomic_init(&regime->now, catalogue_new(0));
	return regime;
}

void
regime_free(struct regime *regime)
{
	struct catalogue *cat = NULL;

	if (regime == NULL)
		return;
	cat = atomic_load(&regime->now);
	while (cat != NULL) {
		struct catalogue *older = cat->older;

		catalogue_free(cat);
		cat = older;
	}
	free(regime);
}

static const char owner[] = "regime";

void
regime_attach(struct home *home, struct regime *regime)
{
	home_keep(home, owner, regime);
}

struct regime *
regime_of(const struct home *home)
{
	return home_state(home, owner);
}

void
regime_adopt(struct regime *regime, struct catalogue *cat)
{
	cat->older = atomic_load(&regime->now);
	atomic_store(&regime->now, cat);
}

/* What we stored was checked: a fault in it is ours. */
static enum fail
stored_json(struct ctx *ctx, const char *code, const char *body,
    const struct json **ret)
{
	if (json_parse(ctx, bytes_of_text(body), ret) == OK)
		return OK;
	fail_clear(ctx);
	return FAIL(ctx, FAIL_INTERNAL, "form.stored", "%s: no JSON", code);
}

static enum fail
stored_sound(struct ctx *ctx, const char *code, int faults_before)
{
	if (ctx->failure.field_count == faults_before)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "form.stored",
	    "%s: %d faults in a stored definition", code,
	    ctx->failure.field_count - faults_before);
}

static enum fail
read_version(struct ctx *ctx, struct catalogue *cat, const struct form *form,
    const struct sql_form_version_list *row, struct form_version *v)
{
	const int faults = ctx->failure.field_count;
	const struct json *node = NULL;
	struct def_version def = { 0 };

	TRY(stored_json(ctx, form->code, row->body, &node));
	node = json_get(node, "version");
	if (node == NULL || row->digest.len != DIGEST_LEN)
		return FAIL(ctx, FAIL_INTERNAL, "form.stored",
		    "%s: version %" PRId64 " is not whole", form->code,
		    row->number);
	definition_read_version(ctx, node, &def);
	TRY(stored_sound(ctx, form->code, faults));
	definition_build_version(cat->arena, &def, v);
	v->id = row->id;
	v->form = form;
	v->body = arena_text(cat->arena, row->body);
	memcpy(v->digest.at, row->digest.at, DIGEST_LEN);
	return OK;
}

/* A version holds until the next begins, the last one as long as the regime. */
static void
date_versions(struct form *form, struct form_version *versions, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++)
		versions[i].to = versions[i + 1].from;
	versions[count - 1].to =
	    form->last_day == DAY_OPEN ? DAY_OPEN : form->last_day + 1;
	form->first_day = versions[0].from;
}

static enum fail
read_versions(struct ctx *ctx, struct catalogue *cat, struct form *form)
{
	struct sql_form_version_list *rows = NULL;
	size_t count = 0;
	struct form_version *versions = NULL;

	TRY(sql_form_version_list(ctx, form->id, DEFINITION_VERSIONS_MAX, &rows,
	    &count));
	if (count == 0)
		return FAIL(ctx, FAIL_INTERNAL, "form.stored",
		    "%s: no versions", form->code);
	versions = ARENA_ARRAY(cat->arena, count, struct form_version);
	for (size_t i = 0; i < count; i++) {
		TRY(read_version(ctx, cat, form, &rows[i], &versions[i]));
		map_put(cat->by_version, versions[i].id, &versions[i]);
	}
	date_versions(form, versions, count);
	form->versions = versions;
	form->version_count = count;
	return OK;
}

static enum fail
read_form(struct ctx *ctx, struct catalogue *cat,
    const struct sql_form_list *row, struct form *form)
{
	const int faults = ctx->failure.field_count;
	const struct json *node = NULL;
	struct def_head head = { 0 };

	TRY(stored_json(ctx, row->code, row->body, &node));
	definition_read_head(ctx, node, &head);
	TRY(stored_sound(ctx, row->code, faults));
	definition_build_head(cat->arena, &head, form);
	form->id = row->id;
	form->last_day = row->last_day == NULL ? DAY_OPEN : *row->last_day;
	map_put_text(cat->by_code, form->code, form);
	return read_versions(ctx, cat, form);
}

static enum fail
read_forms(struct ctx *ctx, struct catalogue *cat,
    const struct sql_form_list *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		TRY(read_form(ctx, cat, &rows[i], &cat->forms[i]));
		cat->form_count++;
	}
	return OK;
}

enum fail
catalogue_read(struct ctx *ctx, struct catalogue **ret)
{
	struct sql_form_list *rows = NULL;
	size_t count = 0;
	struct catalogue *cat = NULL;
	enum fail got = OK;

	TRY(sql_form_list(ctx, DEFINITION_FORMS_MAX, &rows, &count));
	cat = catalogue_new(count);
	got = read_forms(ctx, cat, rows, count);
	if (got != OK) {
		catalogue_free(cat);
		return got;
	}
	*ret = cat;
	return OK;
}

enum fail
regime_load(struct ctx *ctx)
{
	struct catalogue *cat = NULL;

	TRY(catalogue_read(ctx, &cat));
	regime_adopt(regime_of(ctx->home), cat);
	pin_renew(ctx);
	return OK;
}

const struct catalogue *
catalogue_now(struct ctx *ctx)
{
	struct catalogue *cat = pin_current(ctx, owner);

	if (cat == NULL) {
		cat = atomic_load(&regime_of(ctx->home)->now);
		pin_keep(ctx, owner, cat, NULL);
	}
	return cat;
}

size_t
catalogue_count(const struct catalogue *cat)
{
	return cat->form_count;
}

const struct form *
catalogue_at(const struct catalogue *cat, size_t i)
{
	assert(i < cat->form_count);
	return &cat->forms[i];
}

const struct form *
catalogue_form(const struct catalogue *cat, const char *code)
{
	return map_get_text(cat->by_code, code);
}

bool
catalogue_has_period(const struct catalogue *cat, const char *code,
    const char *period)
{
	for (size_t i = 0; i < cat->form_count; i++) {
		const struct form *form = &cat->forms[i];
		struct period found = { 0 };

		if ((code == NULL || strcmp(code, form->code) == 0) &&
		    period_parse(&form->calendar, period, &found) &&
		    form_for(form, &found) != NULL)
			return true;
	}
	return false;
}

const struct form *
catalogue_form_by_id(const struct catalogue *cat, int64_t id)
{
	for (size_t i = 0; i < cat->form_count; i++)
		if (cat->forms[i].id == id)
			return &cat->forms[i];
	return NULL;
}

const struct form_version *
catalogue_version(const struct catalogue *cat, int64_t id)
{
	return map_get(cat->by_version, id);
}

const struct form_version *
catalogue_digest(const struct catalogue *cat, const struct digest *digest)
{
	for (size_t i = 0; i < cat->form_count; i++) {
		const struct form *form = &cat->forms[i];

		for (size_t k = 0; k < form->version_count; k++)
			if (memcmp(form->versions[k].digest.at, digest->at,
				DIGEST_LEN) == 0)
				return &form->versions[k];
	}
	return NULL;
}

const struct form_version *
form_for(const struct form *form, const struct period *period)
{
	if (period->calendar.kind != form->calendar.kind ||
	    period->calendar.cutoff_day != form->calendar.cutoff_day)
		return NULL;
	for (size_t i = 0; i < form->version_count; i++) {
		const struct form_version *v = &form->versions[i];

		if (v->from <= period->to && period->to < v->to)
			return v;
	}
	return NULL;
}

int
form_cell(const struct form_version *version, const char *cell_id)
{
	const char *point = strchr(cell_id, '.');
	size_t row = 0;
	size_t column = 0;
	size_t len = 0;

	if (point == NULL)
		return -1;
	len = (size_t)(point - cell_id);
	while (row < version->row_count &&
	       (strncmp(version->rows[row].id, cell_id, len) != 0 ||
		   version->rows[row].id[len] != '\0'))
		row++;
	while (column < version->column_count &&
	       strcmp(version->columns[column].id, point + 1) != 0)
		column++;
	if (row == version->row_count || column == version->column_count)
		return -1;
	return (int)(row * version->column_count + column);
}

const struct form_column *
form_column_at(const struct form_version *version, size_t cell)
{
	assert(cell < version->cell_count);
	return &version->columns[cell % version->column_count];
}

static bool
reports_of(const struct reporter *reporter, int level, const char *type)
{
	if (reporter->level != level)
		return false;
	if (reporter->types == NULL)
		return true;
	for (const char *const *t = reporter->types; *t != NULL; t++)
		if (strcmp(*t, type) == 0)
			return true;
	return false;
}

bool
regime_owes(const struct form *form, const struct structure *st,
    const struct directory *dir, int unit_number, const struct period *period,
    day *ret_deadline)
{
	const int level = structure_level(st, unit_number);
	const struct unit_version *unit = NULL;

	if (level < 0 || form_for(form, period) == NULL)
		return false;
	unit = unit_on(directory_at(dir, unit_number), structure_day(st));
	if (unit == NULL)
		return false;
	for (size_t i = 0; i < form->reporter_count; i++) {
		if (reports_of(&form->reporters[i], level, unit->type)) {
			*ret_deadline =
			    period->to + form->reporters[i].deadline_days;
			return true;
		}
	}
	return false;
}

bool
period_is_open(const struct form *form, const struct period *period,
    int64_t now_us)
{
	return form_for(form, period) != NULL &&
	       day_of_us(now_us) >= period->to;
}
