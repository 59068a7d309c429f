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
/* Asked for at once; report_ids may give fewer, but one. */
#define IDS_MAX 64

/* The reports of a form and period. */
struct place_list {
	struct place_list *next; /* asked for before */
	struct arena *arena;
	int64_t form;
	const char *period;
	struct map *ids; /* by unit */
};

struct places {
	struct place_list *lists; /* asked for last is first */
	size_t count;             /* of all lists */
	int64_t ids[IDS_MAX];     /* for new reports */
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
drop(struct places *places, struct place_list **link)
{
	struct place_list *list = *link;

	*link = list->next;
	places->count -= map_count(list->ids);
	arena_free(list->arena);
}

void
places_free(struct places *places)
{
	if (places == NULL)
		return;
	while (places->lists != NULL)
		drop(places, &places->lists);
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
static struct place_list **
link_of(struct places *places, const struct report_place *place)
{
	struct place_list **link = &places->lists;

	while (
	    *link != NULL && ((*link)->form != place->form ||
				 !text_equal((*link)->period, place->period)))
		link = &(*link)->next;
	return link;
}

static void
put(struct places *places, struct place_list *list, int64_t unit, int64_t id)
{
	const size_t before = map_count(list->ids);

	map_put(list->ids, unit, (void *)(intptr_t)id);
	places->count += map_count(list->ids) - before;
}

static enum fail
read_all(struct ctx *ctx, struct places *places, struct place_list *list)
{
	struct cursor *cursor = NULL;
	struct sql_report_places row = { 0 };
	bool more = false;

	TRY(sql_report_places_open(ctx, list->form, list->period, &cursor));
	TRY(sql_report_places_next(ctx, cursor, &row, &more));
	while (more) {
		put(places, list, row.unit_id, row.id);
		TRY(sql_report_places_next(ctx, cursor, &row, &more));
	}
	return OK;
}

/* Make room for this one, but keep it. */
static void
shrink(struct places *places)
{
	while (places->count > PLACES_MAX && places->lists->next != NULL) {
		struct place_list **last = &places->lists;

		while ((*last)->next != NULL)
			last = &(*last)->next;
		drop(places, last);
	}
}

static enum fail
fill(struct ctx *ctx, struct places *places, const struct report_place *place)
{
	struct arena *arena = arena_new(0);
	struct place_list *list = ARENA_NEW(arena, struct place_list);
	enum fail got = OK;

	list->arena = arena;
	list->form = place->form;
	list->period = arena_text(arena, place->period);
	list->ids = map_new(arena, 0);
	list->next = places->lists;
	places->lists = list;
	got = read_all(ctx, places, list);
	if (got != OK)
		drop(places, &places->lists);
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
	struct place_list **link = NULL;
	struct place_list *list = NULL;

	if (places == NULL)
		return ask(ctx, place, ret);
	link = link_of(places, place);
	list = *link;
	if (list == NULL) {
		TRY(fill(ctx, places, place));
		list = places->lists;
	} else {
		*link = list->next;
		list->next = places->lists;
		places->lists = list;
	}
	*ret = (intptr_t)map_get(list->ids, place->unit);
	return OK;
}

void
place_forget(struct ctx *ctx, const struct report_place *place)
{
	struct places *places = places_of(ctx->home);
	struct place_list **link = NULL;

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
	struct place_list *list = NULL;

	if (places == NULL)
		return;
	if (places->id_at < places->id_count &&
	    places->ids[places->id_at] == id)
		places->id_at++;
	list = *link_of(places, place);
	if (list != NULL)
		put(places, list, place->unit, id);
}
