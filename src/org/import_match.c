#include "org/import_match.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

/* Places of the same key; the exact name decides among them. */
struct named {
	int at;
	const char *name;
	struct named *next;
};

struct matching {
	struct ctx *ctx;
	const struct packages *p;
	struct import_units *report;
	struct map *old_by_code; /* to struct named */
	struct map *old_by_name; /* commune|district|province, folded */
	struct map *new_by_code;
	struct map *new_by_name;   /* commune|province code */
	struct map *new_provinces; /* folded name to struct named */
	struct edge *edges;
	size_t edge_count;
	bool *coded; /* of old communes: there is a coded row */
};

struct edge {
	int from;
	int to;
};

static void
put(struct ctx *ctx, struct map *map, const char *key, int at, const char *name)
{
	struct named *named = ARENA_NEW(ctx->arena, struct named);

	*named = (struct named){ at, name, map_get_text(map, key) };
	map_put_text(map, key, named);
}

/* The one of the key, or the one of several with exactly the name; -1. */
static int
pick(const struct map *map, const char *key, const char *name)
{
	const struct named *first = map_get_text(map, key);
	int exact = -1;
	int exacts = 0;

	if (first == NULL)
		return -1;
	if (first->next == NULL)
		return first->at;
	for (const struct named *n = first; n != NULL; n = n->next)
		if (text_equal(n->name, name)) {
			exact = n->at;
			exacts++;
		}
	return exacts == 1 ? exact : -1;
}

static void
index_old(struct matching *m)
{
	const struct packages *p = m->p;
	struct arena *arena = m->ctx->arena;

	m->old_by_code = map_new(arena, p->commune_count);
	m->old_by_name = map_new(arena, p->commune_count);
	for (size_t i = 0; i < p->commune_count; i++) {
		const struct packages_place *commune = &p->communes[i];
		const struct packages_place *district =
		    &p->districts[commune->parent];
		const struct packages_place *province =
		    &p->provinces[district->parent];

		put(m->ctx, m->old_by_code, commune->code, (int)i,
		    commune->name);
		put(m->ctx, m->old_by_name,
		    arena_printf(arena, "%s|%s|%s", commune->fold,
			district->bare_fold, province->fold),
		    (int)i, commune->name);
	}
}

static void
index_new(struct matching *m)
{
	const struct packages *p = m->p;
	struct arena *arena = m->ctx->arena;

	m->new_by_code = map_new(arena, p->new_commune_count);
	m->new_by_name = map_new(arena, p->new_commune_count);
	m->new_provinces = map_new(arena, p->new_province_count);
	for (size_t i = 0; i < p->new_province_count; i++)
		put(m->ctx, m->new_provinces, p->new_provinces[i].bare_fold,
		    (int)i, p->new_provinces[i].bare);
	for (size_t i = 0; i < p->new_commune_count; i++) {
		const struct packages_place *commune = &p->new_communes[i];

		put(m->ctx, m->new_by_code, commune->code, (int)i,
		    commune->name);
		put(m->ctx, m->new_by_name,
		    arena_printf(arena, "%s|%s", commune->fold,
			p->new_provinces[commune->parent].code),
		    (int)i, commune->name);
	}
}

/* The new commune a row names, by its name in its province; -1. */
static int
new_by_name(const struct matching *m, const struct packages_mapping *row)
{
	const int province = pick(m->new_provinces,
	    packages_fold(m->ctx, row->new_province), row->new_province);

	if (province < 0)
		return -1;
	return pick(m->new_by_name,
	    arena_printf(m->ctx->arena, "%s|%s",
		packages_fold(m->ctx, row->new_name),
		m->p->new_provinces[province].code),
	    row->new_name);
}

static void
add_edge(struct matching *m, int from, int to)
{
	for (size_t i = m->edge_count; i-- > 0;)
		if (m->edges[i].from == from && m->edges[i].to == to)
			return;
	m->edges[m->edge_count++] = (struct edge){ from, to };
}

/* Rows with the old commune's code: one for each, and they count most. */
static void
match_coded(struct matching *m, const struct packages_mapping *row,
    int *unlisted)
{
	const int to = pick(m->new_by_code, row->new_code, row->new_name);
	const int from = pick(m->old_by_code, row->old_code, row->old_name);

	if (to < 0) {
		import_note(m->ctx, &m->report->notes, "rows_wrong_code",
		    "%s: the new code %s of %s is unknown", row->old_code,
		    row->new_code, row->new_name);
		return;
	}
	if (from < 0) {
		m->report->rows_unknown_old++;
		unlisted[to]++;
		import_note(m->ctx, &m->report->notes, "rows_unknown_old",
		    "%s %s, %s: not in the old list; went to %s", row->old_code,
		    row->old_name, row->old_district,
		    m->p->new_communes[to].name);
		return;
	}
	if (!text_equal(packages_fold(m->ctx, row->old_name),
		m->p->communes[from].fold)) {
		m->report->rows_other_name++;
		import_note(m->ctx, &m->report->notes, "rows_other_name",
		    "%s: %s in the old list, %s in the row", row->old_code,
		    m->p->communes[from].name, row->old_name);
	}
	m->edges[m->edge_count++] = (struct edge){ from, to };
	m->coded[from] = true;
}

/* Rows without it: their new code is often wrong, their names are not. */
static void
match_uncoded(struct matching *m, const struct packages_mapping *row,
    const struct match_list *by_code)
{
	struct arena *arena = m->ctx->arena;
	const int to = new_by_name(m, row);
	const int from = pick(m->old_by_name,
	    arena_printf(arena, "%s|%s|%s",
		packages_fold(m->ctx, row->old_name),
		packages_fold_district(m->ctx, row->old_district),
		packages_fold(m->ctx, row->old_province)),
	    row->old_name);

	if (to >= 0 &&
	    !text_equal(m->p->new_communes[to].code, row->new_code)) {
		m->report->rows_wrong_code++;
		import_note(m->ctx, &m->report->notes, "rows_wrong_code",
		    "%s has the code %s, not %s", row->new_name,
		    m->p->new_communes[to].code, row->new_code);
	}
	if (from < 0 || to < 0) {
		m->report->rows_unmatched++;
		import_note(m->ctx, &m->report->notes, "rows_unmatched",
		    "%s, %s, %s (to %s): no such old commune", row->old_name,
		    row->old_district, row->old_province, row->new_name);
		return;
	}
	if (!m->coded[from]) {
		add_edge(m, from, to);
		return;
	}
	if (by_code[from].at[0] == to) {
		m->report->rows_coded_wins++;
		return;
	}
	m->report->rows_contradicted++;
	import_note(m->ctx, &m->report->notes, "rows_contradicted",
	    "%s %s: %s by the coded row, %s by another",
	    m->p->communes[from].code, row->old_name,
	    m->p->new_communes[by_code[from].at[0]].name, row->new_name);
}

/* Edges as lists by one end. */
static struct match_list *
lists_of(struct matching *m, size_t count, bool forward)
{
	struct arena *arena = m->ctx->arena;
	struct match_list *lists = ARENA_ARRAY(arena, count, struct match_list);
	int *at = ARENA_ARRAY(arena, m->edge_count + 1, int);
	int **next = ARENA_ARRAY(arena, count, int *);

	for (size_t i = 0; i < m->edge_count; i++)
		lists[forward ? m->edges[i].from : m->edges[i].to].count++;
	for (size_t i = 0; i < count; i++) {
		lists[i].at = at;
		next[i] = at;
		at += lists[i].count;
	}
	for (size_t i = 0; i < m->edge_count; i++) {
		const struct edge *e = &m->edges[i];

		*next[forward ? e->from : e->to]++ = forward ? e->to : e->from;
	}
	return lists;
}

static void
match_rows(struct matching *m, struct match *ret)
{
	const struct packages *p = m->p;
	struct import_units *report = m->report;

	for (size_t i = 0; i < p->mapping_count; i++) {
		const struct packages_mapping *row = &p->mappings[i];

		if (row->old_code == NULL) {
			report->rows_uncoded++;
		} else if (row->old_code[0] == '\0') {
			report->rows_island++;
		} else {
			report->rows_coded++;
			match_coded(m, row, ret->unlisted);
		}
	}
	const struct match_list *by_code = lists_of(m, p->commune_count, true);

	for (size_t i = 0; i < p->commune_count; i++)
		report->communes_without_row += !m->coded[i];
	for (size_t i = 0; i < p->mapping_count; i++)
		if (p->mappings[i].old_code == NULL)
			match_uncoded(m, &p->mappings[i], by_code);
	ret->successors = lists_of(m, p->commune_count, true);
	ret->predecessors = lists_of(m, p->new_commune_count, false);
	for (size_t i = 0; i < p->commune_count; i++) {
		const size_t n = ret->successors[i].count;

		report->communes_by_name += !m->coded[i] && n > 0;
		report->communes_without_successor += n == 0;
		report->communes_split += n > 1;
		if (n == 0)
			import_note(m->ctx, &report->notes,
			    "communes_without_successor", "%s %s, %s",
			    p->communes[i].code, p->communes[i].name,
			    p->districts[p->communes[i].parent].name);
	}
}

/* Old province to new province follows from the coded communes, uniquely. */
static enum fail
match_provinces(struct matching *m, struct match *ret)
{
	const struct packages *p = m->p;
	struct arena *arena = m->ctx->arena;

	ret->province = ARENA_ARRAY(arena, p->province_count, int);
	ret->province_before = ARENA_ARRAY(arena, p->new_province_count, int);
	int *before = ARENA_ARRAY(arena, p->new_province_count, int);

	for (size_t i = 0; i < p->province_count; i++)
		ret->province[i] = -1;
	for (size_t i = 0; i < m->edge_count; i++) {
		const struct edge *e = &m->edges[i];
		const int old =
		    p->districts[p->communes[e->from].parent].parent;
		const int now = p->new_communes[e->to].parent;

		if (!m->coded[e->from])
			continue;
		if (ret->province[old] >= 0 && ret->province[old] != now)
			return FAIL(m->ctx, FAIL_INVALID, "import.province",
			    "communes of %s went to %s and to %s",
			    p->provinces[old].name,
			    p->new_provinces[ret->province[old]].name,
			    p->new_provinces[now].name);
		ret->province[old] = now;
	}
	for (size_t i = 0; i < p->province_count; i++) {
		if (ret->province[i] < 0)
			return FAIL(m->ctx, FAIL_INVALID, "import.province",
			    "no commune says where %s went",
			    p->provinces[i].name);
		before[ret->province[i]]++;
		ret->province_before[ret->province[i]] = (int)i;
	}
	for (size_t i = 0; i < p->new_province_count; i++) {
		if (before[i] != 1)
			ret->province_before[i] = -1;
		m->report->provinces_continued += before[i] == 1;
		m->report->provinces_created += before[i] != 1;
	}
	return OK;
}

/* An island district had no communes and became one. */
static void
match_islands(struct matching *m, struct match *ret)
{
	const struct packages *p = m->p;
	bool *has_communes =
	    ARENA_ARRAY(m->ctx->arena, p->district_count, bool);

	for (size_t i = 0; i < p->commune_count; i++)
		has_communes[p->communes[i].parent] = true;
	for (size_t i = 0; i < p->new_commune_count; i++)
		ret->island[i] = -1;
	for (size_t i = 0; i < p->district_count; i++) {
		const struct packages_place *district = &p->districts[i];

		if (has_communes[i])
			continue;
		m->report->island_districts++;
		for (size_t k = 0; k < p->mapping_count; k++) {
			const struct packages_mapping *row = &p->mappings[k];
			const int to =
			    row->old_code == NULL || row->old_code[0] != '\0'
				? -1
				: pick(m->new_by_code, row->new_code,
				      row->new_name);

			if (to >= 0 &&
			    text_equal(p->new_communes[to].bare_fold,
				district->bare_fold) &&
			    p->new_communes[to].parent ==
				ret->province[district->parent])
				ret->island[to] = (int)i;
		}
	}
}

static void
match_continued(struct matching *m, struct match *ret)
{
	const struct packages *p = m->p;

	for (size_t i = 0; i < p->new_commune_count; i++) {
		const struct match_list *before = &ret->predecessors[i];
		const struct packages_place *now = &p->new_communes[i];

		if (before->count == 0 && ret->island[i] < 0) {
			m->report->communes_without_predecessor++;
			import_note(m->ctx, &m->report->notes,
			    "communes_without_predecessor", "%s %s", now->code,
			    now->name);
		}
		if (before->count != 1 || ret->unlisted[i] > 0)
			continue;
		const struct packages_place *old = &p->communes[before->at[0]];

		ret->continued[i] = ret->successors[before->at[0]].count == 1 &&
				    text_equal(old->code, now->code) &&
				    text_equal(old->name, now->name);
		m->report->communes_continued += ret->continued[i];
	}
}

enum fail
match_packages(struct ctx *ctx, const struct packages *packages,
    struct import_units *report, struct match *ret)
{
	struct matching m = { .ctx = ctx, .p = packages, .report = report };
	struct arena *arena = ctx->arena;

	*ret = (struct match){
		.unlisted =
		    ARENA_ARRAY(arena, packages->new_commune_count, int),
		.island = ARENA_ARRAY(arena, packages->new_commune_count, int),
		.continued =
		    ARENA_ARRAY(arena, packages->new_commune_count, bool),
	};
	m.edges = ARENA_ARRAY(arena, packages->mapping_count, struct edge);
	m.coded = ARENA_ARRAY(arena, packages->commune_count, bool);
	index_old(&m);
	index_new(&m);
	match_rows(&m, ret);
	TRY(match_provinces(&m, ret));
	match_islands(&m, ret);
	match_continued(&m, ret);
	return OK;
}
