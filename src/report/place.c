#include "report/place.h"

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "org/directory.h"
#include "regime/catalogue.h"
#include "report/paper.h"
#include "report/report.sql.h"

/* Of all forms and periods; those asked for least recently go. */
#define PLACES_MAX (1 << 17)
/* As many as report_ids gives at most. */
#define IDS_MAX 64

/* A form and period. */
struct shelf {
	struct shelf *next; /* asked for before */
	struct arena *arena;
	int64_t form;
	const char *period;
	struct map *ids; /* by unit */
};

struct places {
	struct shelf *shelves; /* asked for last is first */
	size_t count;          /* of all shelves */
	int64_t ids[IDS_MAX];  /* for new reports */
	size_t id_count;
	size_t id_at;
	struct arena *arena; /* its own */
};

static const char owner[] = "places";

struct report_place
report_place_of(const struct report *report)
{
	return (struct report_place){
		.form = report->form->id,
		.period = report->period_id,
		.unit = report->unit->id,
	};
}

struct places *
places_new(void)
{
	struct arena *arena = arena_new(0);
	struct places *places = ARENA_NEW(arena, struct places);

	places->arena = arena;
	return places;
}

static void
drop(struct places *places, struct shelf **link)
{
	struct shelf *shelf = *link;

	*link = shelf->next;
	places->count -= map_count(shelf->ids);
	arena_free(shelf->arena);
}

void
places_free(struct places *places)
{
	if (places == NULL)
		return;
	while (places->shelves != NULL)
		drop(places, &places->shelves);
	arena_free(places->arena);
}

void
places_attach(struct home *home, struct places *places)
{
	home_keep(home, owner, places);
}

struct places *
places_of(const struct home *home)
{
	return home_state(home, owner);
}

/* ---- those of a form and period ------------------------------------------ */

/* Where the pointer to it is, or to the end. */
static struct shelf **
link_of(struct places *places, const struct report_place *place)
{
	struct shelf **link = &places->shelves;

	while (
	    *link != NULL && ((*link)->form != place->form ||
				 !text_equal((*link)->period, place->period)))
		link = &(*link)->next;
	return link;
}

static void
put(struct places *places, struct shelf *shelf, int64_t unit, int64_t id)
{
	const size_t before = map_count(shelf->ids);

	map_put(shelf->ids, unit, (void *)(intptr_t)id);
	places->count += map_count(shelf->ids) - before;
}

static enum fail
read_all(struct ctx *ctx, struct places *places, struct shelf *shelf)
{
	struct cursor *cursor = NULL;
	struct sql_report_places row = { 0 };
	bool more = false;

	TRY(sql_report_places_open(ctx, shelf->form, shelf->period, &cursor));
	TRY(sql_report_places_next(ctx, cursor, &row, &more));
	while (more) {
		put(places, shelf, row.unit_id, row.id);
		TRY(sql_report_places_next(ctx, cursor, &row, &more));
	}
	return OK;
}

/* Make room for this one, but keep it. */
static void
shrink(struct places *places)
{
	while (places->count > PLACES_MAX && places->shelves->next != NULL) {
		struct shelf **last = &places->shelves;

		while ((*last)->next != NULL)
			last = &(*last)->next;
		drop(places, last);
	}
}

static enum fail
fill(struct ctx *ctx, struct places *places, const struct report_place *place)
{
	struct arena *arena = arena_new(0);
	struct shelf *shelf = ARENA_NEW(arena, struct shelf);
	enum fail got = OK;

	shelf->arena = arena;
	shelf->form = place->form;
	shelf->period = arena_text(arena, place->period);
	shelf->ids = map_new(arena, 0);
	shelf->next = places->shelves;
	places->shelves = shelf;
	got = read_all(ctx, places, shelf);
	if (got != OK)
		drop(places, &places->shelves);
	else
		shrink(places);
	return got;
}

static enum fail
ask(struct ctx *ctx, const struct report_place *place, int64_t *ret)
{
	struct sql_report_find *row = NULL;

	TRY(sql_report_find(ctx, place->form, place->period, place->unit,
	    &row));
	*ret = row == NULL ? 0 : row->id;
	return OK;
}

enum fail
place_find(struct ctx *ctx, const struct report_place *place, int64_t *ret)
{
	struct places *places = places_of(ctx->home);
	struct shelf **link = NULL;
	struct shelf *shelf = NULL;

	if (places == NULL)
		return ask(ctx, place, ret);
	link = link_of(places, place);
	shelf = *link;
	if (shelf == NULL) {
		TRY(fill(ctx, places, place));
		shelf = places->shelves;
	} else {
		*link = shelf->next;
		shelf->next = places->shelves;
		places->shelves = shelf;
	}
	*ret = (intptr_t)map_get(shelf->ids, place->unit);
	return OK;
}

void
place_forget(struct ctx *ctx, const struct report_place *place)
{
	struct places *places = places_of(ctx->home);
	struct shelf **link = NULL;

	if (places == NULL)
		return;
	link = link_of(places, place);
	if (*link != NULL)
		drop(places, link);
}

/* ---- new ones ------------------------------------------------------------ */

static enum fail
ask_id(struct ctx *ctx, struct places *places)
{
	struct sql_report_ids *rows = NULL;
	size_t count = 0;

	TRY(sql_report_ids(ctx, IDS_MAX, &rows, &count));
	places->id_at = 0;
	places->id_count = count;
	for (size_t i = 0; i < count; i++)
		places->ids[i] = rows[i].id;
	return OK;
}

enum fail
place_next_id(struct ctx *ctx, int64_t *ret)
{
	struct places *places = places_of(ctx->home);
	struct places once = { 0 };

	if (places == NULL)
		places = &once;
	if (places->id_at == places->id_count)
		TRY(ask_id(ctx, places));
	*ret = places->ids[places->id_at];
	return OK;
}

void
place_take(struct ctx *ctx, const struct report_place *place, int64_t id)
{
	struct places *places = places_of(ctx->home);
	struct shelf *shelf = NULL;

	if (places == NULL)
		return;
	if (places->id_at < places->id_count &&
	    places->ids[places->id_at] == id)
		places->id_at++;
	shelf = *link_of(places, place);
	if (shelf != NULL)
		put(places, shelf, place->unit, id);
}
