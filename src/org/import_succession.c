#include "org/import_succession.h"

#include "codec/csv.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/unit.h"

/* clang-format off */
#define COUNT(field, label) \
	{ (label), offsetof(struct import_succession, field) }
/* clang-format on */

const struct import_count import_succession_counts[] = {
	COUNT(rows, "rows"),
	COUNT(old_units, "old units"),
	COUNT(split, "old units with several successors"),
	COUNT(islands, "rows of an island district"),
	COUNT(parted, "units that continued and now end and begin anew"),
	COUNT(taken_back, "successions taken back"),
	COUNT(written, "successions written"),
	COUNT(kept, "rows known already"),
	COUNT(continued, "rows of units that continue"),
	COUNT(unknown_old, "rows with an unknown old unit"),
	COUNT(unknown_new, "rows with an unknown new unit"),
	COUNT(without_old, "rows without an old unit"),
	COUNT(repeated, "rows that repeat another"),
	COUNT(unfit, "rows at neither an end nor a beginning"),
	COUNT(contrary, "rows that contradict others of their unit"),
	COUNT(held, "rows left out for another one of their unit"),
	{ NULL, 0 },
};

/* A row of the table; from and to are NULL where they are not known. */
struct edge {
	int line;
	const char *old_code;
	const char *new_code;
	enum succession_kind kind;
	const char *act;
	day on;
	const struct unit *from;
	const struct unit *to;
	int64_t *fault; /* the count that it belongs to; NULL: none */
	struct edge *next;
};

/* A unit that stays as it was, and what its other rows count as. */
struct hold {
	int64_t *count;
};

/* What was said of a unit on a day so far. */
struct said {
	const struct edge *first;
	const struct edge *whole;
};

/* What becomes of a unit that a row calls its own successor. */
struct self {
	day on;
	bool others;  /* it gave or got something, too */
	int64_t anew; /* id of the unit that goes on, 0: itself */
};

struct table {
	struct ctx *ctx;
	const struct directory *dir;
	struct unit_batch *batch;
	struct import_succession *report;
	struct edge *edges;
	struct map *holds;  /* unit id to struct hold */
	struct map *selves; /* unit id to struct self */
	struct map *seen;   /* key_of: rows so far */
};

/* --- reading ------------------------------------------------------------- */

struct columns {
	size_t old_code;
	size_t new_code;
	size_t relation;
	size_t district; /* SIZE_MAX: absent, as below */
	size_t effective;
	size_t act;
};

static enum fail
read_columns(struct ctx *ctx, const struct csv *csv, struct columns *ret)
{
	static const struct csv_known known[] = { { "old_code", true },
		{ "new_code", true }, { "relation", true },
		{ "old_district_code", false }, { "effective", false },
		{ "act", false },
		/* For whoever reads the table, as in the national one. */
		{ "old_name", false }, { "new_name", false },
		{ "old_province_code", false }, { "new_province_code", false },
		{ "note", false }, { "note_vi", false },
		{ "correction", false } };
	size_t at[ARRAY_SIZE(known)];

	TRY(csv_columns(ctx, csv, known, ARRAY_SIZE(known), at));
	*ret = (struct columns){ at[0], at[1], at[2], at[3], at[4], at[5] };
	return OK;
}

static enum fail
kind_of(struct ctx *ctx, const char *relation, int line,
    enum succession_kind *ret)
{
	static const char *const whole[] = { "unchanged", "renamed", "retyped",
		"merged" };

	for (int i = 0; succession_names[i] != NULL; i++)
		if (text_equal(relation, succession_names[i])) {
			*ret = (enum succession_kind)i;
			return OK;
		}
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (text_equal(relation, whole[i])) {
			*ret = SUCCESSION_WHOLE;
			return OK;
		}
	return FAIL(ctx, FAIL_INVALID, "import.relation",
	    "line %d: %s is no relation", line, relation);
}

/* A district that had no communes and became one itself. */
static const struct unit *
island(const struct table *t, const char *district, day on)
{
	const struct unit *unit =
	    directory_by_code(t->dir, "area", district, on - 1);
	size_t children = 0;

	if (unit == NULL)
		return NULL;
	structure_children(directory_structure(t->dir, on - 1), unit->number,
	    &children);
	return children == 0 ? unit : NULL;
}

static enum fail
read_row(struct table *t, const struct columns *c, int line,
    const char *const *fields, day usual, struct edge *edge)
{
	edge->line = line;
	edge->old_code = fields[c->old_code];
	edge->new_code = fields[c->new_code];
	edge->act = c->act == SIZE_MAX ? "" : fields[c->act];
	edge->on = usual;
	TRY(kind_of(t->ctx, fields[c->relation], line, &edge->kind));
	if (c->effective != SIZE_MAX && fields[c->effective][0] != '\0' &&
	    !day_parse(fields[c->effective], &edge->on))
		return FAIL(t->ctx, FAIL_INVALID, "import.day",
		    "line %d: %s is no day", line, fields[c->effective]);
	edge->to = directory_by_code(t->dir, "area", edge->new_code, edge->on);
	if (edge->old_code[0] != '\0') {
		edge->from = directory_by_code(t->dir, "area", edge->old_code,
		    edge->on - 1);
	} else if (c->district != SIZE_MAX) {
		edge->from = island(t, fields[c->district], edge->on);
		t->report->islands += edge->from != NULL;
	}
	return OK;
}

static enum fail
read_table(struct table *t, struct bytes source, day usual)
{
	struct csv *csv = NULL;
	struct columns columns = { 0 };
	struct edge **last = &t->edges;
	const char *const *fields = NULL;
	bool more = false;

	TRY(csv_open(t->ctx, source, &csv));
	TRY(read_columns(t->ctx, csv, &columns));
	for (;;) {
		TRY(csv_next(t->ctx, csv, &fields, &more));
		if (!more)
			return OK;
		struct edge *edge = ARENA_NEW(t->ctx->arena, struct edge);

		TRY(read_row(t, &columns, csv_line(csv), fields, usual, edge));
		*last = edge;
		last = &edge->next;
		t->report->rows++;
	}
}

/* --- judging ------------------------------------------------------------- */

/* The table's own words, whether or not the units are known. */
static void
count_split(struct table *t)
{
	struct map *first = map_new(t->ctx->arena, 1024);
	static char split[] = "";

	for (struct edge *e = t->edges; e != NULL; e = e->next) {
		if (e->old_code[0] == '\0')
			continue;
		const char *key = arena_printf(t->ctx->arena, "%s@%d",
		    e->old_code, (int)e->on);
		char *known = map_get_text(first, key);

		if (known == NULL) {
			t->report->old_units++;
			map_put_text(first, key,
			    arena_text(t->ctx->arena, e->new_code));
		} else if (known != split && !text_equal(known, e->new_code)) {
			t->report->split++;
			map_put_text(first, key, split);
		}
	}
}

/* A unit that has children or a later end is not parted: too much hangs on it.
 */
static bool
may_part(const struct table *t, const struct unit *unit, day on)
{
	size_t children = 0;

	structure_children(directory_structure(t->dir, on), unit->number,
	    &children);
	return children == 0 && unit->to == DAY_OPEN;
}

static void
find_selves(struct table *t)
{
	t->selves = map_new(t->ctx->arena, 64);
	for (const struct edge *e = t->edges; e != NULL; e = e->next) {
		if (e->from == NULL || e->from != e->to ||
		    map_get(t->selves, e->from->id) != NULL)
			continue;
		struct self *self = ARENA_NEW(t->ctx->arena, struct self);

		self->on = e->on;
		map_put(t->selves, e->from->id, self);
	}
	for (const struct edge *e = t->edges; e != NULL; e = e->next) {
		if (e->from == NULL || e->to == NULL || e->from == e->to)
			continue;
		struct self *giver = map_get(t->selves, e->from->id);
		struct self *getter = map_get(t->selves, e->to->id);

		if (giver != NULL && giver->on == e->on)
			giver->others = true;
		if (getter != NULL && getter->on == e->on)
			getter->others = true;
	}
}

static bool
will_part(const struct table *t, const struct unit *unit, day on)
{
	const struct self *self = map_get(t->selves, unit->id);

	return self != NULL && self->others && self->on == on &&
	       may_part(t, unit, on);
}

static const char *
key_of(const struct table *t, int64_t from, int64_t to, day on)
{
	return arena_printf(t->ctx->arena, "%lld>%lld@%d", (long long)from,
	    (long long)to, (int)on);
}

static bool
is_fit(const struct table *t, const struct edge *e)
{
	const day end = will_part(t, e->from, e->on) ? e->on : e->from->to;
	const day begin = will_part(t, e->to, e->on) ? e->on : e->to->from;

	return end == e->on || begin == e->on;
}

/* --- units that stay as they were ------------------------------------------ */

/* All rows of the unit are left out; each that is at fault is told. */
static void
hold(struct table *t, const struct edge *e, int64_t *others, const char *why)
{
	struct hold *held = NULL;

	import_note(t->ctx, &t->report->notes, "stays as it was",
	    "%s: line %d: %s", e->old_code, e->line, why);
	if (map_get(t->holds, e->from->id) != NULL)
		return;
	held = ARENA_NEW(t->ctx->arena, struct hold);
	held->count = others;
	map_put(t->holds, e->from->id, held);
}

static void
hold_unknown(struct table *t)
{
	for (struct edge *e = t->edges; e != NULL; e = e->next) {
		if (e->from == NULL || e->to != NULL)
			continue;
		e->fault = &t->report->unknown_new;
		hold(t, e, &t->report->held,
		    arena_printf(t->ctx->arena, "the new unit %s is unknown",
			e->new_code));
	}
}

static bool
differ(const struct edge *a, const struct edge *b)
{
	return a->to != b->to || a->kind != b->kind;
}

static void
contradict(struct table *t, const struct edge *e, const struct edge *before)
{
	hold(t, e, &t->report->contrary,
	    arena_printf(t->ctx->arena, "%s to %s, where line %d says %s to %s",
		succession_names[e->kind], e->new_code, before->line,
		succession_names[before->kind], before->new_code));
}

/* What goes whole to one goes to nobody else, and to each in one way. */
static void
hold_contrary(struct table *t)
{
	struct map *units = map_new(t->ctx->arena, (size_t)t->report->rows);
	struct map *pairs = map_new(t->ctx->arena, (size_t)t->report->rows);

	for (struct edge *e = t->edges; e != NULL; e = e->next) {
		if (e->from == NULL || e->to == NULL)
			continue;
		const char *unit = key_of(t, e->from->id, 0, e->on);
		const char *pair = key_of(t, e->from->id, e->to->id, e->on);
		struct said *said = map_get_text(units, unit);
		const struct edge *same = map_get_text(pairs, pair);

		if (said == NULL) {
			said = ARENA_NEW(t->ctx->arena, struct said);
			said->first = e;
			map_put_text(units, unit, said);
		}
		if (same == NULL)
			map_put_text(pairs, pair, e);
		if (same != NULL && differ(e, same))
			contradict(t, e, same);
		else if (said->whole != NULL && differ(e, said->whole))
			contradict(t, e, said->whole);
		else if (e->kind == SUCCESSION_WHOLE && differ(e, said->first))
			contradict(t, e, said->first);
		if (e->kind == SUCCESSION_WHOLE)
			said->whole = e;
	}
}

/* The rows of units that are held leave the table; false if there are none. */
static bool
drop_held(struct table *t)
{
	struct edge **at = &t->edges;
	bool any = false;

	while (*at != NULL) {
		struct edge *e = *at;
		const struct hold *held =
		    e->from == NULL ? NULL : map_get(t->holds, e->from->id);

		if (held == NULL) {
			at = &e->next;
			continue;
		}
		(*(e->fault != NULL ? e->fault : held->count))++;
		*at = e->next;
		any = true;
	}
	return any;
}

/* What is not parted any more may leave others at no beginning. */
static void
hold_unfit(struct table *t)
{
	do {
		find_selves(t);
		for (struct edge *e = t->edges; e != NULL; e = e->next) {
			if (e->from == NULL || e->to == NULL ||
			    e->from == e->to || is_fit(t, e))
				continue;
			e->fault = &t->report->unfit;
			hold(t, e, &t->report->held,
			    arena_printf(t->ctx->arena,
				"neither does it end nor does %s begin then",
				e->new_code));
		}
	} while (drop_held(t));
}

static void
hold_units(struct table *t)
{
	t->holds = map_new(t->ctx->arena, 64);
	hold_unknown(t);
	hold_contrary(t);
	drop_held(t);
	hold_unfit(t);
}

/* --- units that end and begin anew ----------------------------------------- */

/* The unit ends, and one with its name, place and codes goes on. */
static void
part(struct table *t, const struct unit *unit, struct self *self)
{
	self->anew = unit_batch_unit(t->batch);
	t->report->parted++;
	for (size_t i = 0; i < unit->version_count; i++) {
		const struct unit_version *v = &unit->versions[i];

		if (v->to <= self->on)
			continue;
		unit_batch_version(t->batch,
		    &(struct unit_version_new){
			.unit = self->anew,
			.from = v->from < self->on ? self->on : v->from,
			.name = v->name,
			.type = v->type,
			.level = v->level,
			.parent = directory_at(t->dir, v->parent)->id,
		    });
	}
	for (size_t i = 0; i < unit->code_count; i++) {
		const struct unit_code *c = &unit->codes[i];

		if (c->to > self->on)
			unit_batch_code(t->batch, self->anew, c->scheme,
			    c->code, c->from < self->on ? self->on : c->from);
	}
	unit_batch_end(t->batch, unit->id, self->on);
}

static void
part_changed(struct table *t)
{
	for (const struct edge *e = t->edges; e != NULL; e = e->next) {
		struct self *self = e->from == NULL || e->from != e->to
					? NULL
					: map_get(t->selves, e->from->id);

		if (self == NULL || !self->others || self->anew != 0 ||
		    self->on != e->on)
			continue;
		if (may_part(t, e->from, e->on))
			part(t, e->from, self);
		else
			import_note(t->ctx, &t->report->notes, "parted",
			    "line %d: %s changes but cannot end and begin "
			    "anew",
			    e->line, e->old_code);
	}
}

/* --- writing ------------------------------------------------------------- */

/* Who goes on under this unit's name from the day on. */
static int64_t
later_id(const struct table *t, const struct unit *unit, day on)
{
	const struct self *self = map_get(t->selves, unit->id);

	return self != NULL && self->anew != 0 && self->on == on ? self->anew
								 : unit->id;
}

static bool
is_parted(const struct table *t, const struct unit *unit, day on)
{
	return later_id(t, unit, on) != unit->id;
}

/* Its kind if the succession is known already, else -1. */
static int
known_kind(const struct table *t, const struct edge *e)
{
	size_t n = 0;
	const struct succession *s = directory_successions(t->dir, &n);
	size_t low = 0;
	size_t high = n;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (s[mid].from < e->from->number)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < n && s[low].from == e->from->number; low++)
		if (s[low].to == e->to->number && s[low].on == e->on)
			return (int)s[low].kind;
	return -1;
}

static void
write_edge(struct table *t, struct edge *e)
{
	static char seen[] = "";
	const int64_t to = later_id(t, e->to, e->on);
	const char *key = key_of(t, e->from->id, to, e->on);

	if (map_get_text(t->seen, key) != NULL) {
		t->report->repeated++;
		import_note(t->ctx, &t->report->notes, "repeated",
		    "line %d: %s to %s is there twice", e->line, e->old_code,
		    e->new_code);
		return;
	}
	map_put_text(t->seen, key, seen);
	if (e->from->id == to) {
		t->report->continued++;
	} else if (to == e->to->id && known_kind(t, e) == (int)e->kind) {
		t->report->kept++;
	} else {
		t->report->written++;
		unit_batch_succession(t->batch, e->from->id, to, e->on,
		    succession_names[e->kind], e->act);
	}
}

static void
write_edges(struct table *t)
{
	struct import_notes *notes = &t->report->notes;

	t->seen = map_new(t->ctx->arena, (size_t)t->report->rows);
	for (struct edge *e = t->edges; e != NULL; e = e->next) {
		if (e->from == NULL && e->old_code[0] == '\0') {
			t->report->without_old++;
			import_note(t->ctx, notes, "without_old",
			    "line %d: nobody is named that went to %s", e->line,
			    e->new_code);
		} else if (e->from == NULL) {
			t->report->unknown_old++;
			import_note(t->ctx, notes, "unknown_old",
			    "line %d: the old unit %s is unknown", e->line,
			    e->old_code);
		} else {
			write_edge(t, e);
		}
	}
}

/*
 * The table is the whole truth for the old units it names: what it does not
 * repeat is taken back.  What led to a parted unit leads to the one that goes
 * on.
 */
static void
take_back(struct table *t)
{
	struct map *named = map_new(t->ctx->arena, (size_t)t->report->rows);
	static char yes[] = "";
	size_t n = 0;
	const struct succession *s = directory_successions(t->dir, &n);

	for (const struct edge *e = t->edges; e != NULL; e = e->next)
		if (e->from != NULL && e->to != NULL)
			map_put_text(named, key_of(t, e->from->id, 0, e->on),
			    yes);
	for (size_t i = 0; i < n; i++) {
		const struct unit *from = directory_at(t->dir, s[i].from);
		const struct unit *to = directory_at(t->dir, s[i].to);
		const bool is_named = map_get_text(named, key_of(t, from->id, 0,
							      s[i].on)) != NULL;
		const bool moves = is_parted(t, to, s[i].on);

		if (is_named ? map_get_text(t->seen,
				   key_of(t, from->id, to->id, s[i].on)) != NULL
			     : !moves)
			continue;
		unit_batch_succession(t->batch, from->id, to->id, s[i].on,
		    "none", "");
		t->report->taken_back++;
		if (!is_named)
			unit_batch_succession(t->batch, from->id,
			    later_id(t, to, s[i].on), s[i].on,
			    succession_names[s[i].kind], s[i].act);
	}
}

bool
import_succession_left_out(const struct import_succession *report)
{
	return report->unknown_old + report->unknown_new + report->without_old +
		   report->unfit + report->contrary + report->held >
	       0;
}

enum fail
import_succession(struct ctx *ctx, struct bytes csv, day on, const char *source,
    const struct import_succession **ret)
{
	struct table t = { .ctx = ctx, .dir = directory_now(ctx) };

	t.report = ARENA_NEW(ctx->arena, struct import_succession);
	TRY(unit_batch_new(ctx, source, &t.batch));
	TRY(read_table(&t, csv, on));
	count_split(&t);
	hold_units(&t);
	part_changed(&t);
	write_edges(&t);
	take_back(&t);
	TRY(unit_batch_record(ctx, t.batch, "unit.import", 0));
	*ret = t.report;
	return OK;
}
