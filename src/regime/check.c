#include "regime/check.h"

#include <inttypes.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "regime/definition.h"
#include "regime/form.sql.h"
#include "trust/trust.h"

static const char *const kinds[] = { "form.publish" };

/* What the ledger says of a form: each publication names all its versions. */
struct record {
	const char *code;
	struct digest head;
	day last_day;  /* DAY_OPEN: none */
	int64_t entry; /* that gave it its last day */
	struct digest versions[DEFINITION_VERSIONS_MAX];
	int64_t entries[DEFINITION_VERSIONS_MAX]; /* that brought each */
	size_t count;
	bool has_row;
	size_t seen; /* rows of versions */
	struct record *next;
};

struct publications {
	struct map *by_code;
	struct record *first;
};

static struct record *
record_of(struct ctx *ctx, struct publications *all, const char *code)
{
	struct record *record = map_get_text(all->by_code, code);

	if (record != NULL)
		return record;
	record = ARENA_NEW(ctx->arena, struct record);
	record->code = arena_text(ctx->arena, code);
	record->next = all->first;
	all->first = record;
	map_put_text(all->by_code, record->code, record);
	return record;
}

static bool
read_digest(const struct json *node, struct digest *ret)
{
	return node != NULL && json_type(node) == JSON_IS_TEXT &&
	       digest_from_hex(json_text(node), ret);
}

static bool
read_last_day(const struct json *body, day *ret)
{
	const char *text = json_get_text(body, "last_day");

	*ret = DAY_OPEN;
	return text == NULL || day_parse(text, ret);
}

static enum fail
take_entry(struct ctx *ctx, struct publications *all,
    const struct ledger_entry *entry)
{
	const struct json *body = NULL;
	const struct json *versions = NULL;
	const char *code = NULL;
	struct record *record = NULL;
	day last_day = DAY_OPEN;
	bool sound = true;
	size_t count = 0;

	TRY(json_parse(ctx, entry->body, &body));
	code = json_get_text(body, "code");
	versions = json_get(body, "versions");
	count = versions == NULL || json_type(versions) != JSON_IS_ARRAY
		    ? 0
		    : json_count(versions);
	if (code == NULL || count == 0 || count > DEFINITION_VERSIONS_MAX)
		return FAIL(ctx, FAIL_INTERNAL, "form.body",
		    "ledger entry %" PRId64 " cannot be read", entry->index);
	record = record_of(ctx, all, code);
	sound = read_digest(json_get(body, "form"), &record->head) &&
		read_last_day(body, &last_day);
	if (record->count == 0 || last_day != record->last_day)
		record->entry = entry->id;
	record->last_day = last_day;
	for (size_t i = record->count; i < count; i++) {
		sound = sound &&
			read_digest(json_at(versions, i), &record->versions[i]);
		record->entries[i] = entry->id;
	}
	record->count = count;
	return sound ? OK
		     : FAIL(ctx, FAIL_INTERNAL, "form.body",
			   "ledger entry %" PRId64 " cannot be read",
			   entry->index);
}

static enum fail
read_publications(struct ctx *ctx, struct publications *ret)
{
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	*ret = (struct publications){ .by_code = map_new(ctx->arena, 64) };
	TRY(ledger_read_kinds(ctx, 0, ledger_size(ctx->home->ledger), kinds,
	    ARRAY_SIZE(kinds), &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
		TRY(take_entry(ctx, ret, &entry));
	}
}

static bool
is_digest_of(const struct digest *digest, const char *text)
{
	const struct digest made = digest_of(bytes_of_text(text));

	return memcmp(digest->at, made.at, DIGEST_LEN) == 0;
}

static enum fail
differs(struct ctx *ctx, const char *code, const char *what)
{
	return FAIL(ctx, FAIL_INTERNAL, "form.differs", "%s: %s", code, what);
}

static enum fail
compare_forms(struct ctx *ctx, struct publications *all)
{
	struct cursor *cursor = NULL;
	struct sql_form_written row;
	bool more = true;

	TRY(sql_form_written_open(ctx, &cursor));
	for (;;) {
		struct record *record = NULL;

		TRY(sql_form_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		record = map_get_text(all->by_code, row.code);
		if (record == NULL)
			return differs(ctx, row.code,
			    "no entry of the ledger published it");
		record->has_row = true;
		if (!is_digest_of(&record->head, row.body))
			return differs(ctx, row.code,
			    "its head is not as it was published");
		if ((row.last_day == NULL ? DAY_OPEN : *row.last_day) !=
			record->last_day ||
		    row.entry != record->entry)
			return differs(ctx, row.code,
			    "its last day is not as it was published");
	}
}

static enum fail
compare_versions(struct ctx *ctx, struct publications *all)
{
	struct cursor *cursor = NULL;
	struct sql_form_version_written row;
	bool more = true;

	TRY(sql_form_version_written_open(ctx, &cursor));
	for (;;) {
		struct record *record = NULL;
		size_t at = 0;

		TRY(sql_form_version_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		record = map_get_text(all->by_code, row.code);
		if (record == NULL || row.number < 1 ||
		    row.number > (int64_t)record->count)
			return differs(ctx, row.code,
			    "the ledger has fewer versions");
		at = (size_t)row.number - 1;
		record->seen++;
		if (!is_digest_of(&record->versions[at], row.body) ||
		    !bytes_equal(row.digest,
			digest_bytes(&record->versions[at])) ||
		    row.entry != record->entries[at])
			return differs(ctx, row.code,
			    arena_printf(ctx->arena,
				"version %" PRId64
				" is not as it was published",
				row.number));
	}
}

enum fail
regime_check(struct ctx *ctx, int64_t *ret_versions)
{
	struct publications all;

	*ret_versions = 0;
	TRY(read_publications(ctx, &all));
	TRY(compare_forms(ctx, &all));
	TRY(compare_versions(ctx, &all));
	for (const struct record *record = all.first; record != NULL;
	     record = record->next) {
		if (!record->has_row || record->seen != record->count)
			return differs(ctx, record->code,
			    "it was published, and rows of it are missing");
		*ret_versions += (int64_t)record->count;
	}
	return OK;
}
