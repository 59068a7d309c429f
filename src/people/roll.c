#include "people/roll.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/name_order.h"
#include "core/utf8.h"
#include "people/person.sql.h"
#include "people/position.h"
#include "people/state.h"

#define MADE_MOST 500 /* whom one has made and who hold nothing */
#define UNIT_MOST 5000
#define PEOPLE_FIRST 256

static const char manage[] = "user.manage";

struct entry {
	struct managed person;
	const char *key;
};

struct roll {
	const struct roll_query *query;
	const char *text;  /* folded, for names; NULL: any */
	const char *login; /* in small letters, for logins */
	struct entry *entries;
	size_t count;
	size_t room;
};

static bool
has_text(struct ctx *ctx, const struct roll *roll, const struct managed *person)
{
	return roll->text == NULL ||
	       strstr(person->login, roll->login) != NULL ||
	       strstr(utf8_fold(ctx->arena, person->name), roll->text) != NULL;
}

static bool
is_under(struct ctx *ctx, int64_t above, int64_t unit)
{
	const struct people *people = ctx->home->people;

	return unit == above ||
	       (people->reach != NULL && people->reach(ctx, above, unit,
					     day_of_us(ctx->now_us), true));
}

bool
roll_acts_in(struct ctx *ctx, const struct held *held, int64_t unit)
{
	const struct position position = { held->unit, held->role };

	return held_holds(held, day_of_us(ctx->now_us)) &&
	       access_reaches(ctx, &position, unit);
}

/* One position that fits all that is asked of positions, and is seen. */
static bool
has_place(struct ctx *ctx, const struct roll_query *query,
    const struct managed *person)
{
	const day today = day_of_us(ctx->now_us);

	if (query->unit == 0 && query->under == 0 && query->acts_in == 0 &&
	    query->role == NULL)
		return true;
	for (size_t i = 0; i < person->held_count; i++) {
		const struct held *held = &person->held[i];

		if (!held_is_over(held, today) &&
		    (query->unit == 0 || held->unit == query->unit) &&
		    (query->role == NULL || held->role == query->role) &&
		    (query->under == 0 ||
			is_under(ctx, query->under, held->unit)) &&
		    (query->acts_in == 0 ||
			roll_acts_in(ctx, held, query->acts_in)) &&
		    manage_sees(ctx, held))
			return true;
	}
	return false;
}

static bool
is_asked(struct ctx *ctx, const struct roll *roll, struct managed *person)
{
	const struct roll_query *query = roll->query;

	return (query->state == ROLL_ALL ||
		   person->is_disabled == (query->state == ROLL_DISABLED)) &&
	       has_text(ctx, roll, person) && manage_judge(ctx, person) &&
	       has_place(ctx, query, person);
}

static void
add(struct ctx *ctx, struct roll *roll, const struct managed *person)
{
	if (roll->count == roll->room) {
		struct entry *more =
		    ARENA_ARRAY(ctx->arena, 2 * roll->room, struct entry);

		memcpy(more, roll->entries, roll->count * sizeof(*more));
		roll->entries = more;
		roll->room *= 2;
	}
	roll->entries[roll->count++] =
	    (struct entry){ *person, name_order_key(ctx->arena, person->name) };
}

static struct managed
person_of(struct ctx *ctx, const struct sql_person_by_login *row)
{
	return (struct managed){
		.id = row->id,
		.login = arena_text(ctx->arena, row->login),
		.name = arena_text(ctx->arena, row->name),
		.locale = row->locale[0] == 'e' ? "en" : "vi",
		.has_password = row->password != NULL,
		.is_disabled = row->disabled_us != NULL,
		.created_us = row->created_us,
		.created_by = row->created_by == NULL ? 0 : *row->created_by,
	};
}

/* ---- by person ---------------------------------------------------------- */

static enum fail
take_one(struct ctx *ctx, struct roll *roll, int64_t id)
{
	struct managed *person = NULL;
	const enum fail got = manage_see(ctx, id, &person);

	if (got == FAIL_NOT_FOUND) {
		fail_clear(ctx);
		return OK;
	}
	TRY(got);
	if (is_asked(ctx, roll, person))
		add(ctx, roll, person);
	return OK;
}

static enum fail
take_unit(struct ctx *ctx, struct roll *roll, struct map *seen, int64_t unit)
{
	struct sql_position_people *rows = NULL;
	size_t count = 0;

	TRY(sql_position_people(ctx, unit, UNIT_MOST, &rows, &count));
	for (size_t i = 0; i < count; i++) {
		if (map_get(seen, rows[i].person_id) != NULL)
			continue;
		map_put(seen, rows[i].person_id, roll);
		TRY(take_one(ctx, roll, rows[i].person_id));
	}
	return OK;
}

static enum fail
read_units(struct ctx *ctx, struct roll *roll)
{
	const struct roll_query *query = roll->query;
	struct map *seen = map_new(ctx->arena, PEOPLE_FIRST);
	struct sql_person_by_login *made = NULL;
	size_t count = 0;

	for (size_t i = 0; i < query->unit_count; i++)
		TRY(take_unit(ctx, roll, seen, query->units[i]));
	TRY(sql_person_made_by(ctx, ctx->actor->person, MADE_MOST, &made,
	    &count));
	for (size_t i = 0; i < count; i++)
		if (map_get(seen, made[i].id) == NULL)
			TRY(take_one(ctx, roll, made[i].id));
	return OK;
}

/* ---- by all ------------------------------------------------------------- */

/* Both cursors are by person: one pass. */
struct places {
	struct cursor *cursor;
	struct sql_position_all row;
	bool more;
	struct held held[POSITIONS_MAX];
};

static enum fail
next_place(struct ctx *ctx, struct places *places)
{
	return sql_position_each_next(ctx, places->cursor, &places->row,
	    &places->more);
}

static enum fail
take_places(struct ctx *ctx, struct places *places, struct managed *person)
{
	while (places->more && places->row.person_id < person->id)
		TRY(next_place(ctx, places));
	person->held = places->held;
	while (places->more && places->row.person_id == person->id) {
		if (person->held_count < POSITIONS_MAX &&
		    position_of_row(&places->row,
			&places->held[person->held_count]))
			person->held_count++;
		TRY(next_place(ctx, places));
	}
	return OK;
}

static enum fail
read_all(struct ctx *ctx, struct roll *roll)
{
	struct places *places = ARENA_NEW(ctx->arena, struct places);
	struct sql_person_by_login row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_position_each_open(ctx, &places->cursor));
	TRY(next_place(ctx, places));
	TRY(sql_person_each_open(ctx, &cursor));
	for (;;) {
		struct managed person = { 0 };

		TRY(sql_person_each_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		person = person_of(ctx, &row);
		TRY(take_places(ctx, places, &person));
		if (!is_asked(ctx, roll, &person))
			continue;
		person.held = arena_copy(ctx->arena, person.held,
		    person.held_count * sizeof(*person.held));
		add(ctx, roll, &person);
	}
}

/* ------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	const int order = strcmp(x->key, y->key);

	return order != 0 ? order : strcmp(x->person.login, y->person.login);
}

enum fail
roll_read(struct ctx *ctx, const struct roll_query *query, struct managed **ret,
    size_t *ret_count, bool *ret_more)
{
	struct roll roll = { .query = query, .room = PEOPLE_FIRST };
	struct managed *out = NULL;
	size_t count = 0;

	TRY(access_any(ctx, manage));
	if (query->text != NULL) {
		roll.text = utf8_fold(ctx->arena, query->text);
		roll.login = utf8_lower(ctx->arena, query->text);
	}
	roll.entries = ARENA_ARRAY(ctx->arena, roll.room, struct entry);
	TRY(query->units == NULL ? read_all(ctx, &roll)
				 : read_units(ctx, &roll));
	qsort(roll.entries, roll.count, sizeof(*roll.entries), by_name);
	out = ARENA_ARRAY(ctx->arena, query->limit, struct managed);
	for (size_t i = query->after; i < roll.count && count < query->limit;
	     i++)
		out[count++] = roll.entries[i].person;
	*ret = out;
	*ret_count = count;
	*ret_more = roll.count > query->after + count;
	return OK;
}
