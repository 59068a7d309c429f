#include "org/import_ministries.h"

#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/import_units.h"
#include "org/unit.h"

#define SCHEME "ministry"

struct ministry {
	int64_t id;
	const char *code;
	day from;
	day to;
};

struct ministries {
	struct ctx *ctx;
	struct unit_batch *batch;
	struct ministry *at;
	size_t count;
};

static enum fail
wrong(struct ctx *ctx, const char *list, size_t at, const char *what)
{
	return FAIL(ctx, FAIL_INVALID, "import.ministries",
	    "/%s/%zu: %s is missing or wrong", list, at, what);
}

/* Only what is read, each a text or null: a member that were passed over would
 * count for whoever wrote it. */
static enum fail
check_members(struct ctx *ctx, const struct json *node, const char *known,
    const char *list, size_t at)
{
	if (json_type(node) != JSON_IS_OBJECT)
		return wrong(ctx, list, at, "an object");
	for (size_t i = 0; i < json_count(node); i++) {
		const char *key = json_key(node, i);
		const enum json_type type = json_type(json_at(node, i));

		if (strchr(key, ' ') != NULL ||
		    strstr(known, arena_printf(ctx->arena, " %s ", key)) ==
			NULL)
			return FAIL(ctx, FAIL_INVALID, "import.ministries",
			    "/%s/%zu: there is no member \"%.60s\"; known "
			    "are%s",
			    list, at, key, known);
		if (type != JSON_IS_TEXT && type != JSON_IS_NULL)
			return wrong(ctx, list, at, key);
	}
	return OK;
}

static enum fail
refuse_second(struct ctx *ctx)
{
	const struct directory *dir = directory_now(ctx);

	for (size_t i = 0; i < directory_count(dir); i++) {
		const struct unit *unit = directory_at(dir, (int)i);

		if (unit->versions[0].parent >= 0 &&
		    unit_code(unit, SCHEME, unit->from)[0] != '\0')
			return FAIL(ctx, FAIL_CONFLICT, "import.done",
			    "there are ministries already");
	}
	return OK;
}

static enum fail
read_unit(struct ministries *m, const struct json *node, size_t at,
    int64_t root)
{
	struct ministry *out = &m->at[at];

	TRY(check_members(m->ctx, node, " code name type from to ", "units",
	    at));
	const char *name = json_get_text(node, "name");
	const char *type = json_get_text(node, "type");
	const char *from = json_get_text(node, "from");
	const char *to = json_get_text(node, "to");

	out->code = json_get_text(node, "code");
	out->to = DAY_OPEN;
	if (out->code == NULL || name == NULL || type == NULL)
		return wrong(m->ctx, "units", at, "code, name or type");
	if (from == NULL || !day_parse(from, &out->from) ||
	    (to != NULL && !day_parse(to, &out->to)))
		return wrong(m->ctx, "units", at, "from or to");
	out->id = unit_batch_unit(m->batch);
	unit_batch_version(m->batch, &(struct unit_version_new){
					 .unit = out->id,
					 .from = out->from,
					 .name = name,
					 .type = type,
					 .level = LEVEL_PROVINCE,
					 .parent = root,
				     });
	unit_batch_code(m->batch, out->id, SCHEME, out->code, out->from);
	if (out->to != DAY_OPEN)
		unit_batch_end(m->batch, out->id, out->to);
	return OK;
}

static const struct ministry *
with_code(const struct ministries *m, const char *code, day on)
{
	for (size_t i = 0; i < m->count; i++)
		if (text_equal(m->at[i].code, code) && m->at[i].from <= on &&
		    on < m->at[i].to)
			return &m->at[i];
	return NULL;
}

static enum fail
read_succession(struct ministries *m, const struct json *node, size_t at)
{
	TRY(check_members(m->ctx, node, " from to kind act on ", "successions",
	    at));
	const char *from = json_get_text(node, "from");
	const char *to = json_get_text(node, "to");
	const char *kind = json_get_text(node, "kind");
	const char *act = json_get_text(node, "act");
	const char *text = json_get_text(node, "on");
	const struct ministry *older = NULL;
	const struct ministry *newer = NULL;
	day on = 0;

	if (from == NULL || to == NULL || kind == NULL || act == NULL)
		return wrong(m->ctx, "successions", at, "a text");
	if (text == NULL || !day_parse(text, &on))
		return wrong(m->ctx, "successions", at, "on");
	older = with_code(m, from, on - 1);
	newer = with_code(m, to, on);
	if (older == NULL || newer == NULL)
		return wrong(m->ctx, "successions", at, "a code on that day");
	unit_batch_succession(m->batch, older->id, newer->id, on, kind, act);
	return OK;
}

enum fail
import_ministries(struct ctx *ctx, struct bytes json,
    struct import_ministries *ret)
{
	struct ministries m = { .ctx = ctx };
	const struct json *root = NULL;
	const struct json *units = NULL;
	const struct json *successions = NULL;
	int64_t government = 0;

	TRY(unit_batch_new(ctx, "ministries.json", &m.batch));
	TRY(refuse_second(ctx));
	TRY(json_parse(ctx, json, &root));
	units = json_get(root, "units");
	successions = json_get(root, "successions");
	if (units == NULL || json_type(units) != JSON_IS_ARRAY ||
	    successions == NULL || json_type(successions) != JSON_IS_ARRAY)
		return FAIL(ctx, FAIL_INVALID, "import.ministries",
		    "no lists of units and successions");
	government = import_root(ctx, m.batch);
	m.count = json_count(units);
	m.at = ARENA_ARRAY(ctx->arena, m.count + 1, struct ministry);
	for (size_t i = 0; i < m.count; i++)
		TRY(read_unit(&m, json_at(units, i), i, government));
	for (size_t i = 0; i < json_count(successions); i++)
		TRY(read_succession(&m, json_at(successions, i), i));
	TRY(unit_batch_record(ctx, m.batch, "unit.import", 0));
	ret->units = (int64_t)m.count;
	ret->successions = (int64_t)json_count(successions);
	return OK;
}
