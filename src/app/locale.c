#include "app/locale.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "core/map.h"
#include "core/text.h"

#define QUALITY_MAX 1000 /* of RFC 9110 12.4.2, in thousandths */

struct locale {
	struct arena *arena;
	struct map *by_code;
	struct locale_entry *entries;
	size_t count;
};

static enum fail
add_file(struct ctx *ctx, struct locale *locale, const struct embedded *file,
    const struct json *root)
{
	if (json_type(root) != JSON_IS_OBJECT)
		return FAIL(ctx, FAIL_INTERNAL, "locale.broken",
		    "%s is no object", file->name);
	for (size_t i = 0; i < json_count(root); i++) {
		struct locale_entry *entry = &locale->entries[locale->count];

		entry->code = json_key(root, i);
		entry->vi = json_get_text(json_at(root, i), "vi");
		entry->en = json_get_text(json_at(root, i), "en");
		if (entry->vi == NULL || entry->en == NULL ||
		    map_get_text(locale->by_code, entry->code) != NULL)
			return FAIL(ctx, FAIL_INTERNAL, "locale.broken",
			    "%s: %s lacks a language or is there twice",
			    file->name, entry->code);
		map_put_text(locale->by_code, entry->code, entry);
		locale->count++;
	}
	return OK;
}

/* own's arena is that of the process, so all texts stay. */
static enum fail
read_files(struct ctx *own, const struct embedded *files, struct locale *locale)
{
	const struct json **roots = NULL;
	size_t file_count = 0;
	size_t most = 0;

	while (files[file_count].name != NULL)
		file_count++;
	roots = ARENA_ARRAY(own->arena, file_count, const struct json *);
	for (size_t i = 0; i < file_count; i++) {
		const struct bytes in = { files[i].at, files[i].len };

		TRY(json_parse(own, in, &roots[i]));
		if (json_type(roots[i]) == JSON_IS_OBJECT)
			most += json_count(roots[i]);
	}
	locale->by_code = map_new(own->arena, most);
	locale->entries = ARENA_ARRAY(own->arena, most, struct locale_entry);
	for (size_t i = 0; i < file_count; i++)
		TRY(add_file(own, locale, &files[i], roots[i]));
	return OK;
}

enum fail
locale_new(struct ctx *ctx, const struct embedded *files, struct locale **ret)
{
	struct arena *arena = arena_new(0);
	struct locale *locale = ARENA_NEW(arena, struct locale);
	struct ctx own = *ctx;
	enum fail got = OK;

	locale->arena = arena;
	own.arena = arena;
	got = read_files(&own, files, locale);
	if (got != OK) {
		const enum fail kind = FAIL(ctx, FAIL_INTERNAL, "locale.broken",
		    "%s", own.failure.message);

		arena_free(arena);
		return kind;
	}
	*ret = locale;
	return OK;
}

void
locale_free(struct locale *locale)
{
	if (locale != NULL)
		arena_free(locale->arena);
}

const char *
locale_text(const struct locale *locale, const char *code, const char *language)
{
	const struct locale_entry *entry = NULL;

	if (locale == NULL)
		return NULL;
	entry = map_get_text(locale->by_code, code);
	if (entry == NULL)
		return NULL;
	return text_equal(language, "en") ? entry->en : entry->vi;
}

const struct locale_entry *
locale_entries(const struct locale *locale, size_t *ret_count)
{
	*ret_count = locale == NULL ? 0 : locale->count;
	return locale == NULL ? NULL : locale->entries;
}

/* The weight of one range, "vi-VN;q=0.8", in thousandths. */
static int
quality(const char *range, size_t len)
{
	const char *q = memchr(range, ';', len);
	const char *end = range + len;
	int value = 0;
	int unit = QUALITY_MAX;

	if (q == NULL)
		return QUALITY_MAX;
	q++;
	while (q < end && *q == ' ')
		q++;
	if (end - q < 3 || (*q != 'q' && *q != 'Q') || q[1] != '=')
		return QUALITY_MAX;
	for (q += 2; q < end && unit > 0; q++) {
		if (*q == '.')
			continue;
		if (*q < '0' || *q > '9')
			break;
		value += (*q - '0') * unit;
		unit /= 10;
	}
	return value > QUALITY_MAX ? QUALITY_MAX : value;
}

static bool
is_language(const char *range, size_t len, const char *language)
{
	if (len < 2 || (range[0] | 0x20) != language[0] ||
	    (range[1] | 0x20) != language[1])
		return false;
	return len == 2 || range[2] == '-' || range[2] == ';' ||
	       range[2] == ' ';
}

const char *
locale_pick(const char *accept_language)
{
	int vi = 0;
	int en = 0;

	if (accept_language == NULL)
		return "vi";
	for (const char *at = accept_language; *at != '\0';) {
		const size_t len = strcspn(at, ",");

		if (is_language(at, len, "vi"))
			vi = quality(at, len);
		else if (is_language(at, len, "en") && quality(at, len) > en)
			en = quality(at, len);
		at += len;
		at += strspn(at, ", \t");
	}
	return en > vi ? "en" : "vi";
}
