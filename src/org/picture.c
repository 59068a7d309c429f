#include "org/picture.h"

#include <assert.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"
#include "core/utf8.h"
#include "org/row.h"
#include "org/unit.h"

/*
 * From rows to a picture.  Rows come in the order of their keys and then of
 * their writing, so the last believed one of a key holds.
 */
struct reading {
	struct ctx *ctx;
	struct directory *dir;
	const struct map *known;        /* NULL: all */
	const struct unit_change *more; /* see picture_read */
	int64_t *end_entry; /* by unit: the entry of its end, 0: none */
};

/* An array that grows in an arena; at most doubles what it needs. */
struct grown {
	void *at;
	size_t count;
	size_t room;
};

static void *
grown_add(struct arena *arena, struct grown *grown, size_t size)
{
	if (grown->count == grown->room) {
		const size_t room = grown->room == 0 ? 64 : grown->room * 2;
		void *at = arena_alloc(arena, room, size);

		if (grown->count > 0)
			memcpy(at, grown->at, grown->count * size);
		grown->at = at;
		grown->room = room;
	}
	return (char *)grown->at + grown->count++ * size;
}

static bool
believed(const struct reading *r, int64_t entry)
{
	return r->known == NULL || map_get(r->known, entry) != NULL;
}

/*
 * An end takes along what was known before it of the days after it; what is
 * said later of them is for picture_check to refuse.
 */
static bool
is_taken_along(const struct reading *r, const struct unit *unit, day from,
    int64_t entry)
{
	return from >= unit->to && entry < r->end_entry[unit->number];
}

/* A row may speak of a unit that was not known yet: then it is skipped. */
static struct unit *
unit_of(const struct reading *r, int64_t id)
{
	return map_get(r->dir->by_id, id);
}

static enum fail
read_units(struct reading *r)
{
	struct directory *dir = r->dir;
	struct rows *rows = NULL;
	struct grown units = { 0 };
	struct row row = { 0 };
	bool more = false;

	TRY(rows_open(r->ctx, CHANGE_UNIT, r->more, &rows));
	for (;;) {
		TRY(rows_next(r->ctx, rows, &row, &more));
		if (!more)
			break;
		if (!believed(r, row.entry))
			continue;
		struct unit *unit =
		    grown_add(dir->arena, &units, sizeof(*unit));
		*unit = (struct unit){
			.id = row.unit,
			.number = (int)units.count - 1,
			.to = DAY_OPEN,
		};
	}
	dir->units = units.at;
	dir->count = units.count;
	dir->by_id = map_new(dir->arena, dir->count);
	for (size_t i = 0; i < dir->count; i++)
		map_put(dir->by_id, dir->units[i].id, &dir->units[i]);
	r->end_entry = ARENA_ARRAY(r->ctx->arena, dir->count + 1, int64_t);
	return OK;
}

static enum fail
read_ends(struct reading *r)
{
	struct rows *rows = NULL;
	struct row row = { 0 };
	bool more = false;

	TRY(rows_open(r->ctx, CHANGE_END, r->more, &rows));
	for (;;) {
		TRY(rows_next(r->ctx, rows, &row, &more));
		if (!more)
			return OK;
		struct unit *unit = unit_of(r, row.unit);

		if (unit == NULL || !believed(r, row.entry))
			continue;
		/* Its versions are still there to say what it would have been. */
		unit->is_void = row.on == UNIT_NEVER;
		unit->to = unit->is_void ? DAY_OPEN : row.on;
		r->end_entry[unit->number] = row.entry;
	}
}

/* Types and schemes are few: each text is kept once. */
static const char *
interned(struct map *texts, struct arena *arena, const char *text)
{
	char *kept = map_get_text(texts, text);

	if (kept == NULL) {
		kept = arena_text(arena, text);
		map_put_text(texts, kept, kept);
	}
	return kept;
}

static enum fail
read_versions(struct reading *r)
{
	struct directory *dir = r->dir;
	struct map *types = map_new(dir->arena, 32);
	struct grown versions = { 0 };
	struct rows *rows = NULL;
	struct row row = { 0 };
	struct unit *last = NULL;
	bool more = false;

	TRY(rows_open(r->ctx, CHANGE_VERSION, r->more, &rows));
	for (;;) {
		TRY(rows_next(r->ctx, rows, &row, &more));
		if (!more)
			break;
		struct unit *unit = unit_of(r, row.unit);
		const struct unit *parent =
		    row.other == 0 ? NULL : unit_of(r, row.other);

		if (unit == NULL || !believed(r, row.entry) ||
		    is_taken_along(r, unit, row.on, row.entry))
			continue;
		struct unit_version *v = (struct unit_version *)versions.at;

		v = v == NULL ? NULL : &v[versions.count - 1];
		if (last != unit || v == NULL || v->from != row.on) {
			v = grown_add(dir->arena, &versions, sizeof(*v));
			unit->version_count++;
			last = unit;
		}
		*v = (struct unit_version){
			.from = row.on,
			.name = arena_text(dir->arena, row.name),
			.name_fold =
			    row.name_fold == NULL
				? utf8_fold(dir->arena, row.name)
				: arena_text(dir->arena, row.name_fold),
			.type = interned(types, dir->arena, row.text),
			.level = row.level,
			.parent = parent == NULL ? -1 : parent->number,
		};
	}
	struct unit_version *next = versions.at;

	for (size_t i = 0; i < dir->count; i++) {
		struct unit *unit = &dir->units[i];

		for (size_t k = 0; k < unit->version_count; k++)
			next[k].to = k + 1 < unit->version_count
					 ? next[k + 1].from
					 : unit->to;
		unit->versions = next;
		if (unit->version_count > 0)
			unit->from = next[0].from;
		if (unit->is_void)
			unit->to = unit->from;
		next += unit->version_count;
	}
	return OK;
}

/* Each code holds until the unit's next one of the scheme, or its end. */
static void
close_codes(struct unit *unit, struct unit_code *codes, size_t count)
{
	size_t kept = 0;

	for (size_t k = 0; k < count; k++) {
		const bool follows =
		    k + 1 < count &&
		    text_equal(codes[k + 1].scheme, codes[k].scheme);

		codes[k].to = follows ? codes[k + 1].from : unit->to;
		if (codes[k].code[0] != '\0')
			codes[kept++] = codes[k];
	}
	unit->codes = codes;
	unit->code_count = kept;
}

static enum fail
read_codes(struct reading *r)
{
	struct directory *dir = r->dir;
	struct map *schemes = map_new(dir->arena, 16);
	struct grown codes = { 0 };
	struct rows *rows = NULL;
	struct row row = { 0 };
	struct unit *last = NULL;
	bool more = false;

	TRY(rows_open(r->ctx, CHANGE_CODE, r->more, &rows));
	for (;;) {
		TRY(rows_next(r->ctx, rows, &row, &more));
		if (!more)
			break;
		struct unit *unit = unit_of(r, row.unit);

		if (unit == NULL || unit->is_void || !believed(r, row.entry) ||
		    is_taken_along(r, unit, row.on, row.entry))
			continue;
		struct unit_code *c = (struct unit_code *)codes.at;

		c = c == NULL ? NULL : &c[codes.count - 1];
		if (last != unit || c == NULL || c->from != row.on ||
		    !text_equal(c->scheme, row.name)) {
			c = grown_add(dir->arena, &codes, sizeof(*c));
			unit->code_count++;
			last = unit;
		}
		*c = (struct unit_code){
			.scheme = interned(schemes, dir->arena, row.name),
			.code = arena_text(dir->arena, row.text),
			.from = row.on,
		};
	}
	struct unit_code *next = codes.at;

	for (size_t i = 0; i < dir->count; i++) {
		const size_t count = dir->units[i].code_count;

		if (count > 0)
			close_codes(&dir->units[i], next, count);
		next += count;
	}
	return OK;
}

static void
index_codes(struct directory *dir)
{
	size_t n = 0;

	for (size_t i = 0; i < dir->count; i++)
		n += dir->units[i].code_count;
	dir->by_code = map_new(dir->arena, n);
	dir->holders = ARENA_ARRAY(dir->arena, n + 1, struct code_holder);
	for (size_t i = 0; i < dir->count; i++)
		for (size_t k = 0; k < dir->units[i].code_count; k++) {
			const struct unit_code *code = &dir->units[i].codes[k];
			const char *key = arena_printf(dir->arena, "%s:%s",
			    code->scheme, code->code);
			struct code_holder *holder =
			    &dir->holders[dir->holder_count++];

			holder->number = (int)i;
			holder->code = code;
			holder->next = map_get_text(dir->by_code, key);
			map_put_text(dir->by_code, key, holder);
		}
}

const char *const succession_names[] = { "whole", "part", "part_area",
	"part_area_all_people", "part_people", NULL };

static enum fail
kind_of(struct ctx *ctx, const char *name, enum succession_kind *ret)
{
	for (int i = 0; succession_names[i] != NULL; i++)
		if (text_equal(succession_names[i], name)) {
			*ret = (enum succession_kind)i;
			return OK;
		}
	return FAIL(ctx, FAIL_INTERNAL, "unit.succession_kind",
	    "%s is no kind of succession", name);
}

static enum fail
read_successions(struct reading *r)
{
	struct directory *dir = r->dir;
	struct map *acts = map_new(dir->arena, 64);
	struct grown all = { 0 };
	struct rows *rows = NULL;
	struct row row = { 0 };
	bool more = false;

	TRY(rows_open(r->ctx, CHANGE_SUCCESSION, r->more, &rows));
	for (;;) {
		TRY(rows_next(r->ctx, rows, &row, &more));
		if (!more)
			break;
		const struct unit *from = unit_of(r, row.unit);
		const struct unit *to = unit_of(r, row.other);

		if (from == NULL || to == NULL || !believed(r, row.entry))
			continue;
		struct succession next = {
			.from = from->number,
			.to = to->number,
			.on = row.on,
			.act = interned(acts, dir->arena, row.text),
		};
		struct succession *s = (struct succession *)all.at;

		s = all.count == 0 ? NULL : &s[all.count - 1];
		if (s != NULL && s->from == next.from && s->to == next.to &&
		    s->on == next.on)
			all.count--;
		if (text_equal(row.name, "none"))
			continue;
		TRY(kind_of(r->ctx, row.name, &next.kind));
		s = grown_add(dir->arena, &all, sizeof(*s));
		*s = next;
	}
	dir->successions = all.at;
	dir->succession_count = all.count;
	return OK;
}

/* Positions by the later unit: a counting sort keeps from and on in order. */
static void
index_backward(struct directory *dir)
{
	const size_t n = dir->succession_count;
	int *at = ARENA_ARRAY(dir->arena, n + 1, int);
	int *start = ARENA_ARRAY(dir->arena, dir->count + 1, int);

	for (size_t i = 0; i < n; i++)
		start[dir->successions[i].to + 1]++;
	for (size_t i = 0; i < dir->count; i++)
		start[i + 1] += start[i];
	for (size_t i = 0; i < n; i++)
		at[start[dir->successions[i].to]++] = (int)i;
	dir->backward = at;
}

size_t
picture_from(const struct directory *dir, int number, size_t *ret_first)
{
	size_t low = 0;
	size_t high = dir->succession_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (dir->successions[mid].from < number)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_first = low;
	size_t end = low;

	while (
	    end < dir->succession_count && dir->successions[end].from == number)
		end++;
	return end - low;
}

size_t
picture_to(const struct directory *dir, int number, size_t *ret_first)
{
	size_t low = 0;
	size_t high = dir->succession_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (dir->successions[dir->backward[mid]].to < number)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_first = low;
	size_t end = low;

	while (end < dir->succession_count &&
	       dir->successions[dir->backward[end]].to == number)
		end++;
	return end - low;
}

/* The other ends of count successions, each once (they come in order). */
static const int *
each_once(const struct directory *dir, size_t first, size_t count, bool forward,
    size_t *ret_count)
{
	int *at = ARENA_ARRAY(dir->arena, count == 0 ? 1 : count, int);
	size_t n = 0;

	for (size_t i = first; i < first + count; i++) {
		const int other = forward
				      ? dir->successions[i].to
				      : dir->successions[dir->backward[i]].from;

		if (n == 0 || at[n - 1] != other)
			at[n++] = other;
	}
	*ret_count = n;
	return at;
}

static void
name_neighbours(struct directory *dir)
{
	for (size_t i = 0; i < dir->count; i++) {
		struct unit *unit = &dir->units[i];
		size_t first = 0;
		size_t count = picture_from(dir, (int)i, &first);

		unit->successors =
		    each_once(dir, first, count, true, &unit->successor_count);
		count = picture_to(dir, (int)i, &first);
		unit->predecessors = each_once(dir, first, count, false,
		    &unit->predecessor_count);
	}
}

static int
by_day(const void *a, const void *b)
{
	const day x = *(const day *)a;
	const day y = *(const day *)b;

	return (x > y) - (x < y);
}

/* Only versions and ends move the hierarchy; codes sort children. */
static void
collect_changes(struct directory *dir)
{
	size_t room = 0;
	size_t n = 0;

	for (size_t i = 0; i < dir->count; i++)
		room +=
		    dir->units[i].version_count + dir->units[i].code_count + 1;
	day *days = ARENA_ARRAY(dir->arena, room + 1, day);

	for (size_t i = 0; i < dir->count; i++) {
		const struct unit *unit = &dir->units[i];

		for (size_t k = 0; k < unit->version_count; k++)
			days[n++] = unit->versions[k].from;
		for (size_t k = 0; k < unit->code_count; k++)
			days[n++] = unit->codes[k].from;
		if (unit->to != DAY_OPEN)
			days[n++] = unit->to;
	}
	qsort(days, n, sizeof(*days), by_day);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || days[i] != days[dir->change_count - 1])
			days[dir->change_count++] = days[i];
	dir->changes = days;
	dir->cache->at = arena_alloc(dir->arena, dir->change_count + 1,
	    sizeof(*dir->cache->at));
}

enum fail
picture_read(struct ctx *ctx, const struct map *known,
    const struct unit_change *more, struct picture_fault *fault,
    struct directory **ret)
{
	struct arena *arena = arena_new(0);
	struct directory *dir = ARENA_NEW(arena, struct directory);
	struct reading r = {
		.ctx = ctx,
		.dir = dir,
		.known = known,
		.more = more,
	};
	enum fail got = OK;

	dir->arena = arena;
	atomic_init(&dir->pins, 1);
	dir->known = -1;
	dir->cache = ARENA_NEW(arena, struct structure_cache);
	pthread_mutex_init(&dir->cache->build, NULL);
	got = read_units(&r);
	if (got == OK)
		got = read_ends(&r);
	if (got == OK)
		got = read_versions(&r);
	if (got == OK)
		got = read_codes(&r);
	if (got == OK)
		got = read_successions(&r);
	if (got == OK) {
		index_codes(dir);
		index_backward(dir);
		name_neighbours(dir);
		collect_changes(dir);
		got = picture_check(ctx, dir, fault);
	}
	if (got != OK) {
		picture_unpin(dir);
		return got;
	}
	*ret = dir;
	return OK;
}

void
picture_unpin(struct directory *dir)
{
	if (dir == NULL || atomic_fetch_sub(&dir->pins, 1) != 1)
		return;
	pthread_mutex_destroy(&dir->cache->build);
	arena_free(dir->arena);
}
