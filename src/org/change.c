#include "org/change.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/text.h"

/* In the order of enum change_kind; keys of the body. */
static const char *const names[CHANGE_KINDS] = { "units", "versions", "ends",
	"codes", "successions" };

void
change_line(struct text *text, const struct unit_change *change)
{
	text_addf(text, "[%d,%" PRId64 ",%" PRId64 ",%d,%d,", (int)change->kind,
	    change->unit, change->other, (int)change->on, change->level);
	text_json(text, change->name == NULL ? "" : change->name);
	text_char(text, ',');
	text_json(text, change->text == NULL ? "" : change->text);
	text_add(text, "]\n");
}

static struct change_record
record_of(const struct unit_change *first)
{
	struct arena *scratch AUTO(arena_end) = arena_new(0);
	struct change_record record = { .has_rows = true };
	struct text lines = { 0 };

	text_init(&lines, scratch);
	for (int k = 0; k < CHANGE_KINDS; k++) {
		for (const struct unit_change *c = first; c != NULL;
		     c = c->next) {
			if ((int)c->kind != k)
				continue;
			change_line(&lines, c);
			record.counts[k]++;
		}
	}
	record.rows = digest_of(text_bytes(&lines));
	return record;
}

struct bytes
change_body(struct arena *arena, const struct unit_change *first,
    const char *source)
{
	const struct change_record record = record_of(first);
	struct text body = { 0 };

	text_init(&body, arena);
	text_addf(&body,
	    "{\"codes\":%" PRId64 ",\"ends\":%" PRId64
	    ",\"rows\":\"%s\",\"source\":",
	    record.counts[CHANGE_CODE], record.counts[CHANGE_END],
	    digest_hex(arena, &record.rows));
	text_json(&body, source);
	text_addf(&body,
	    ",\"successions\":%" PRId64 ",\"units\":%" PRId64
	    ",\"versions\":%" PRId64 "}",
	    record.counts[CHANGE_SUCCESSION], record.counts[CHANGE_UNIT],
	    record.counts[CHANGE_VERSION]);
	return text_bytes(&body);
}

enum fail
change_read(struct ctx *ctx, struct bytes body, struct change_record *ret)
{
	const struct json *node = NULL;
	const char *rows = NULL;
	bool sound = true;

	*ret = (struct change_record){ 0 };
	TRY(json_parse(ctx, body, &node));
	for (int k = 0; k < CHANGE_KINDS; k++) {
		ret->counts[k] = json_get_int(node, names[k], -1);
		sound = sound && ret->counts[k] >= 0;
	}
	rows = json_get_text(node, "rows");
	ret->has_rows = rows != NULL;
	if (!sound || (rows != NULL && !digest_from_hex(rows, &ret->rows)))
		return FAIL(ctx, FAIL_INTERNAL, "unit.body",
		    "a change of units cannot be read");
	return OK;
}

enum fail
change_source(struct ctx *ctx, struct bytes body, const char **ret)
{
	const struct json *node = NULL;

	TRY(json_parse(ctx, body, &node));
	*ret = json_get_text(node, "source");
	if (*ret == NULL)
		*ret = "";
	return OK;
}
