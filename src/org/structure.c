#include <assert.h>

#include "core/arena.h"
#include "core/name_order.h"
#include "org/picture.h"

/*
 * The hierarchy at one date, and where everybody who is not alive belongs in it
 * that day.  Arrays are indexed by dense number.
 */
struct structure {
	const struct directory *dir;
	day from;
	int root;
	int *parent;
	signed char *level;
	unsigned char *depth; /* steps to the root */
	int *order;           /* the living, parents first */
	size_t alive;
	int *child_start; /* count + 1 positions in children */
	int *children;
	struct placement *places;
	struct substitutes {
		const int *at; /* see structure_substitutes */
		size_t count;
		bool divided;
	} * substitutes;
};

/* Four levels today; the bound is for the arrays, not for the country. */
#define DEPTH_MAX 16

static bool
is_alive(const struct structure *st, int number)
{
	return st->level[number] >= 0;
}

/* --- the living ---------------------------------------------------------- */

/* A child and what its siblings are sorted by. */
struct sibling {
	int parent;
	int number;
	const char *code;
	const char *name; /* its key, if there is no code */
};

static int
by_parent_and_code(const void *a, const void *b)
{
	const struct sibling *x = a;
	const struct sibling *y = b;
	int cmp = (x->parent > y->parent) - (x->parent < y->parent);

	if (cmp == 0)
		cmp = strcmp(x->code, y->code);
	if (cmp == 0)
		cmp = strcmp(x->name, y->name);
	return cmp != 0 ? cmp
			: (x->number > y->number) - (x->number < y->number);
}

static struct sibling
sibling_of(struct arena *scratch, const struct unit *unit,
    const struct unit_version *v, day on)
{
	const char *code = unit_any_code(unit, on);

	return (struct sibling){
		.parent = v->parent,
		.number = unit->number,
		.code = code,
		.name = code[0] == '\0' ? name_order_key(scratch, v->name) : "",
	};
}

static void
place_children(struct structure *st, struct arena *scratch)
{
	const struct directory *dir = st->dir;
	struct sibling *siblings =
	    ARENA_ARRAY(scratch, dir->count + 1, struct sibling);
	size_t n = 0;

	for (size_t i = 0; i < dir->count; i++) {
		const struct unit *unit = &dir->units[i];
		const struct unit_version *v = unit_on(unit, st->from);

		st->parent[i] = -1;
		st->level[i] = -1;
		if (v == NULL)
			continue;
		st->level[i] = (signed char)v->level;
		st->parent[i] = v->parent;
		st->alive++;
		if (v->parent < 0)
			st->root = (int)i;
		else
			siblings[n++] = sibling_of(scratch, unit, v, st->from);
	}
	qsort(siblings, n, sizeof(*siblings), by_parent_and_code);
	for (size_t i = 0; i < n; i++) {
		st->children[i] = siblings[i].number;
		st->child_start[siblings[i].parent + 1]++;
	}
	for (size_t i = 0; i < dir->count; i++)
		st->child_start[i + 1] += st->child_start[i];
}

/* Breadth first from the root: parents come before their children. */
static void
order_living(struct structure *st)
{
	size_t done = 0;
	size_t known = 0;

	if (st->root >= 0)
		st->order[known++] = st->root;
	while (done < known) {
		const int number = st->order[done++];
		size_t n = 0;
		const int *children = structure_children(st, number, &n);

		assert(st->depth[number] < DEPTH_MAX);
		for (size_t i = 0; i < n; i++) {
			st->depth[children[i]] =
			    (unsigned char)(st->depth[number] + 1);
			st->order[known++] = children[i];
		}
	}
	assert(
	    known == st->alive); /* picture_check: one root, living parents */
}

/* --- everybody else ------------------------------------------------------ */

static int
common_of_two(const struct structure *st, int a, int b)
{
	while (a != b) {
		if (st->depth[a] >= st->depth[b])
			a = st->parent[a];
		else
			b = st->parent[b];
	}
	return a;
}

/* -1 means "nothing yet". */
static int
widened(const struct structure *st, int held, int more)
{
	return held < 0   ? more
	       : more < 0 ? held
			  : common_of_two(st, held, more);
}

/* Abolished by then, or void: it has gone on to others. */
static bool
is_gone(const struct structure *st, const struct unit *unit)
{
	return unit->to <= st->from || unit->is_void;
}

/* The version of the last day of the dead, of the first of the unborn. */
static const struct unit_version *
nearest(const struct structure *st, const struct unit *unit)
{
	return unit->to <= st->from && !unit->is_void
		   ? &unit->versions[unit->version_count - 1]
		   : &unit->versions[0];
}

/* The province a unit was in, -1 if it is none below one. */
static int
province_of(const struct structure *st, int number)
{
	const struct directory *dir = st->dir;
	const struct unit *unit = &dir->units[number];
	const struct unit_version *v = nearest(st, unit);
	const day on =
	    unit->to <= st->from && !unit->is_void ? unit->to - 1 : unit->from;

	for (int i = 0; i < DEPTH_MAX && v->level > LEVEL_PROVINCE; i++) {
		number = v->parent;
		/* Those above a void unit may never have been, too. */
		v = unit->is_void ? unit_near(&dir->units[number], on)
				  : unit_on(&dir->units[number], on);
		assert(v != NULL);
		if (v->level == LEVEL_PROVINCE)
			return number;
	}
	return -1;
}

static void
add_heir(int **heirs, size_t *n, int heir)
{
	for (size_t i = 0; i < *n; i++)
		if ((*heirs)[i] == heir)
			return;
	(*heirs)[(*n)++] = heir;
}

/* What is put together for one unit that is not alive. */
struct found {
	int *heirs;
	size_t count;
	int at;
	bool lost;    /* somewhere on the way nobody is known */
	bool divided; /* ... or only a part went over */
};

/* Room for what the neighbours can hand on. */
static size_t
heirs_room(const struct structure *st, const int *next, size_t count)
{
	size_t room = 1;

	for (size_t i = 0; i < count; i++)
		room += 1 + st->substitutes[next[i]].count;
	return room;
}

static void
take_over(const struct structure *st, struct found *found, int next)
{
	const struct placement *place = &st->places[next];
	const struct substitutes *instead = &st->substitutes[next];

	found->at = widened(st, found->at, place->at);
	if (place->heir_count == 0)
		found->lost = true;
	found->divided = found->divided || instead->divided;
	for (size_t i = 0; i < instead->count; i++)
		add_heir(&found->heirs, &found->count, instead->at[i]);
}

/* The neighbours a unit's amounts go on to: those of its end, or beginning. */
static size_t
neighbours(const struct structure *st, int number, int *next, bool *ret_whole)
{
	const struct directory *dir = st->dir;
	const bool dead = is_gone(st, &dir->units[number]);
	size_t first = 0;
	size_t n = 0;
	const size_t count = dead ? picture_from(dir, number, &first)
				  : picture_to(dir, number, &first);

	*ret_whole = true;
	for (size_t i = first; i < first + count; i++) {
		const struct succession *s =
		    &dir->successions[dead ? i : (size_t)dir->backward[i]];

		if (s->on !=
		    (dead ? dir->units[number].to : dir->units[number].from))
			continue;
		next[n++] = dead ? s->to : s->from;
		*ret_whole = !dead || s->kind == SUCCESSION_WHOLE;
	}
	/* With two or more the parts are known to go there together. */
	if (n != 1)
		*ret_whole = true;
	return n;
}

static void
place_one(struct structure *st, struct arena *scratch, int number)
{
	const struct unit *unit = &st->dir->units[number];
	const int province = province_of(st, number);
	int *next = ARENA_ARRAY(scratch,
	    unit->successor_count + unit->predecessor_count + 1, int);
	bool whole = true;
	const size_t n = neighbours(st, number, next, &whole);
	struct found found = {
		.heirs =
		    ARENA_ARRAY(st->dir->arena, heirs_room(st, next, n), int),
		.at = -1,
		.lost = n == 0 || !whole,
		.divided = !whole,
	};

	for (size_t i = 0; i < n; i++)
		take_over(st, &found, next[i]);
	if (n == 0 || !whole)
		found.at = widened(st, found.at,
		    province < 0 ? st->root : st->places[province].at);
	st->substitutes[number] = (struct substitutes){ found.heirs,
		found.count, found.divided || found.count > 1 };
	if (n == 0 && province >= 0)
		st->substitutes[number] = st->substitutes[province];
	st->places[number] = (struct placement){
		.whole = found.count == 1 && !found.lost,
		.at = found.at,
		.heirs = found.heirs,
		.heir_count = found.lost ? 0 : found.count,
	};
}

/* Who must be placed before whom; see place_all. */
struct turn {
	int number;
	int level;
	bool is_void;
	day edge;
};

static int
by_turn(const void *a, const void *b)
{
	const struct turn *x = a;
	const struct turn *y = b;
	int cmp = x->is_void - y->is_void;

	if (cmp == 0)
		cmp = (x->edge > y->edge) - (x->edge < y->edge);
	if (cmp == 0)
		cmp = (x->level > y->level) - (x->level < y->level);
	return cmp != 0 ? cmp
			: (x->number > y->number) - (x->number < y->number);
}

/*
 * The dead rest on those who outlived them and on their province, which did not
 * die earlier; so they come by their last day, latest first, provinces before
 * communes.  The unborn are the mirror image.  The void rest on all of them and
 * on older ones of their own kind.
 */
static void
place_all(struct structure *st, struct arena *scratch)
{
	const struct directory *dir = st->dir;
	struct turn *turns = ARENA_ARRAY(scratch, dir->count + 1, struct turn);
	int *selves = ARENA_ARRAY(dir->arena, dir->count + 1, int);
	size_t n = 0;

	for (size_t i = 0; i < dir->count; i++) {
		const struct unit *unit = &dir->units[i];

		selves[i] = (int)i;
		if (!is_alive(st, (int)i)) {
			turns[n++] = (struct turn){
				(int)i,
				nearest(st, unit)->level,
				unit->is_void,
				unit->to <= st->from && !unit->is_void
				    ? -unit->to
				    : unit->from,
			};
			continue;
		}
		st->places[i] = (struct placement){
			.whole = true,
			.at = (int)i,
			.heirs = &selves[i],
			.heir_count = 1,
		};
		st->substitutes[i] =
		    (struct substitutes){ &selves[i], 1, false };
	}
	qsort(turns, n, sizeof(*turns), by_turn);
	for (size_t i = 0; i < n; i++)
		place_one(st, scratch, turns[i].number);
}

static struct structure *
structure_build(const struct directory *dir, day from)
{
	struct arena *scratch AUTO(arena_end) = arena_new(0);
	struct arena *arena = dir->arena;
	const size_t n = dir->count + 1; /* an empty one has arrays, too */
	struct structure *st = ARENA_NEW(arena, struct structure);

	st->dir = dir;
	st->from = from;
	st->root = -1;
	st->parent = ARENA_ARRAY(arena, n, int);
	st->level = ARENA_ARRAY(arena, n, signed char);
	st->depth = ARENA_ARRAY(arena, n, unsigned char);
	st->order = ARENA_ARRAY(arena, n, int);
	st->child_start = ARENA_ARRAY(arena, n, int);
	st->children = ARENA_ARRAY(arena, n, int);
	st->places = ARENA_ARRAY(arena, n, struct placement);
	st->substitutes = ARENA_ARRAY(arena, n, struct substitutes);
	place_children(st, scratch);
	order_living(st);
	place_all(st, scratch);
	return st;
}

/* --- questions ----------------------------------------------------------- */

const struct structure *
directory_structure(const struct directory *dir, day on)
{
	size_t low = 0;
	size_t high = dir->change_count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (dir->changes[mid] <= on)
			low = mid + 1;
		else
			high = mid;
	}
	struct structure_cache *cache = dir->cache;
	struct structure *st = atomic_load(&cache->at[low]);

	if (st != NULL)
		return st;
	pthread_mutex_lock(&cache->build);
	st = atomic_load(&cache->at[low]);
	if (st == NULL) {
		st = structure_build(dir,
		    low == 0 ? day_of(1900, 1, 1) : dir->changes[low - 1]);
		atomic_store(&cache->at[low], st);
	}
	pthread_mutex_unlock(&cache->build);
	return st;
}

day
structure_day(const struct structure *st)
{
	return st->from;
}

const int *
structure_units(const struct structure *st, size_t *ret_count)
{
	*ret_count = st->alive;
	return st->order;
}

int
structure_parent(const struct structure *st, int number)
{
	return st->parent[number];
}

int
structure_level(const struct structure *st, int number)
{
	return st->level[number];
}

const int *
structure_children(const struct structure *st, int number, size_t *ret_count)
{
	const int start = st->child_start[number];

	*ret_count = (size_t)(st->child_start[number + 1] - start);
	return st->children + start;
}

int
structure_root(const struct structure *st)
{
	return st->root;
}

bool
structure_below(const struct structure *st, int ancestor, int number)
{
	if (!is_alive(st, ancestor) || !is_alive(st, number))
		return false;
	while (st->depth[number] > st->depth[ancestor])
		number = st->parent[number];
	return number == ancestor;
}

const struct placement *
structure_place(const struct structure *st, int number)
{
	return &st->places[number];
}

const int *
structure_substitutes(const struct structure *st, int number, size_t *ret_count)
{
	*ret_count = st->substitutes[number].count;
	return st->substitutes[number].at;
}

bool
structure_divided(const struct structure *st, int number)
{
	return is_gone(st, &st->dir->units[number]) &&
	       st->substitutes[number].divided;
}

int
directory_above(const struct directory *dir, int number, day on)
{
	const struct structure *st = directory_structure(dir, on);
	const struct unit *unit = &dir->units[number];

	if (is_alive(st, number))
		return st->parent[number];
	const int parent = nearest(st, unit)->parent;

	return parent < 0 ? -1 : st->places[parent].at;
}
