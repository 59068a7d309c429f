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
struct told {
	const char *code;
	struct digest head;
	day last_day;  /* DAY_OPEN: none */
	int64_t entry; /* that gave it its last day */
	struct digest versions[DEFINITION_VERSIONS_MAX];
	int64_t entries[DEFINITION_VERSIONS_MAX]; /* that brought each */
	size_t count;
	bool has_row;
	size_t seen; /* rows of versions */
	struct told *next;
};

struct publications {
	struct map *by_code;
	struct told *first;
};

static struct told *
told_of(struct ctx *ctx, struct publications *all, const char *code)
{
	struct told *told = map_get_text(all->by_code, code);

	if (told != NULL)
		return told;
	told = ARENA_NEW(ctx->arena, struct told);
	told->code = arena_text(ctx->arena, code);
	told->next = all->first;
	all->first = told;
	map_put_text(all->by_code, told->code, told);
	return told;
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
tell(struct ctx *ctx, struct publications *all,
    const struct ledger_entry *entry)
{
	const struct json *body = NULL;
	const struct json *versions = NULL;
	const char *code = NULL;
	struct told *told = NULL;
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
	told = told_of(ctx, all, code);
	sound = read_digest(json_get(body, "form"), &told->head) &&
		read_last_day(body, &last_day);
	if (told->count == 0 || last_day != told->last_day)
		told->entry = entry->id;
	told->last_day = last_day;
	for (size_t i = told->count; i < count; i++) {
		sound = sound &&
			read_digest(json_at(versions, i), &told->versions[i]);
		told->entries[i] = entry->id;
	}
	told->count = count;
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
		TRY(tell(ctx, ret, &entry));
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
		struct told *told = NULL;

		TRY(sql_form_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		told = map_get_text(all->by_code, row.code);
		if (told == NULL)
			return differs(ctx, row.code,
			    "no entry of the ledger published it");
		told->has_row = true;
		if (!is_digest_of(&told->head, row.body))
			return differs(ctx, row.code,
			    "its head is not as it was published");
		if ((row.last_day == NULL ? DAY_OPEN : *row.last_day) !=
			told->last_day ||
		    row.entry != told->entry)
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
		struct told *told = NULL;
		size_t at = 0;

		TRY(sql_form_version_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		told = map_get_text(all->by_code, row.code);
		if (told == NULL || row.number < 1 ||
		    row.number > (int64_t)told->count)
			return differs(ctx, row.code,
			    "the ledger has fewer versions");
		at = (size_t)row.number - 1;
		told->seen++;
		if (!is_digest_of(&told->versions[at], row.body) ||
		    !bytes_equal(row.digest,
			digest_bytes(&told->versions[at])) ||
		    row.entry != told->entries[at])
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
	for (const struct told *told = all.first; told != NULL;
	     told = told->next) {
		if (!told->has_row || told->seen != told->count)
			return differs(ctx, told->code,
			    "it was published, and rows of it are missing");
		*ret_versions += (int64_t)told->count;
	}
	return OK;
}
