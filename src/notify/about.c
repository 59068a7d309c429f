#include "notify/about.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "people/access.h"
#include "people/person.h"

static void
push(struct ctx *ctx, struct letters *letters, const struct letter_new *letter)
{
	if (letters->count == letters->room) {
		const size_t room = letters->room == 0 ? 32 : 2 * letters->room;
		struct letter_new *items =
		    ARENA_ARRAY(ctx->arena, room, struct letter_new);

		if (letters->count > 0)
			memcpy(items, letters->items,
			    letters->count * sizeof(*items));
		letters->items = items;
		letters->room = room;
	}
	letters->items[letters->count++] = *letter;
}

/* ---- its words ----------------------------------------------------------- */

static void
add_value(struct text *text, const char *key, const char *value)
{
	text_char(text, text->len == 0 ? '{' : ',');
	text_json(text, key);
	text_char(text, ':');
	text_json(text, value);
}

static const char *
above_name(struct ctx *ctx, const struct subject *subject)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);
	int above = -1;

	if (subject->above != NULL)
		return subject->above;
	above = directory_above(dir, subject->about.unit->number, today);
	return above < 0 ? "" : unit_name(directory_at(dir, above), today);
}

/* The deadline of what it is about; false: nothing is owed. */
static bool
deadline_of(struct ctx *ctx, const struct report_about *about, day *ret)
{
	const struct directory *dir = directory_now(ctx);
	struct period period = { 0 };

	return period_parse(&about->form->calendar, about->period, &period) &&
	       regime_owes(about->form, directory_structure(dir, period.to),
		   dir, about->unit->number, &period, ret);
}

bool
about_is_owed(struct ctx *ctx, const struct report_about *about)
{
	day deadline = 0;

	return deadline_of(ctx, about, &deadline);
}

static const char *
data_of(struct ctx *ctx, const struct subject *subject)
{
	const struct report_about *about = &subject->about;
	struct text text;
	day deadline = 0;

	text_init(&text, ctx->arena);
	add_value(&text, "form_vi", about->form->name_vi);
	add_value(&text, "form_en", about->form->name_en);
	add_value(&text, "period", about->period);
	add_value(&text, "unit",
	    unit_name(about->unit, day_of_us(ctx->now_us)));
	add_value(&text, "above", above_name(ctx, subject));
	if (deadline_of(ctx, about, &deadline))
		add_value(&text, "deadline", day_text(ctx->arena, deadline));
	if (subject->topic->of == TOPIC_OF_DEADLINE)
		add_value(&text, "days",
		    arena_printf(ctx->arena, "%" PRId64, subject->days));
	text_char(&text, '}');
	return text_of(&text);
}

/* ---- what it opens ------------------------------------------------------- */

/* A value of an address's query. */
static void
add_query(struct text *text, const char *key, const char *value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	text_addf(text, "%s%s=", strchr(text_of(text), '?') == NULL ? "?" : "&",
	    key);
	for (; *value != '\0'; value++)
		if (strchr(plain, *value) != NULL)
			text_char(text, *value);
		else
			text_addf(text, "%%%02X", (unsigned char)*value);
}

static const char *
object_of(struct ctx *ctx, const struct subject *subject)
{
	const struct report_about *about = &subject->about;
	struct text text;

	if (subject->report != 0)
		return arena_printf(ctx->arena, "/reports/%" PRId64,
		    subject->report);
	text_init(&text, ctx->arena);
	text_add(&text, "/reports");
	if (subject->topic->of == TOPIC_OF_DEADLINE)
		text_add(&text, "/new");
	add_query(&text, "form", about->form->code);
	add_query(&text, "period", about->period);
	add_query(&text, "unit",
	    arena_printf(ctx->arena, "%" PRId64, about->unit->id));
	return text_of(&text);
}

/* ---- to whom ------------------------------------------------------------- */

static bool
has_letter(const struct letters *letters, size_t from, int64_t person)
{
	for (size_t i = from; i < letters->count; i++)
		if (letters->items[i].person == person)
			return true;
	return false;
}

enum fail
letters_to_unit(struct ctx *ctx, struct letters *letters,
    const struct subject *subject)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st =
	    directory_structure(dir, day_of_us(ctx->now_us));
	const struct unit *unit = subject->about.unit;
	const size_t from = letters->count;
	struct letter_new letter = {
		.topic = subject->topic->name,
		.what = subject->what,
		.unit = unit->id,
		.object = object_of(ctx, subject),
		.data = data_of(ctx, subject),
		.at_us = subject->at_us,
	};
	size_t place_count = 0;
	const int *places =
	    structure_substitutes(st, unit->number, &place_count);

	for (size_t i = 0; i < place_count; i++) {
		struct holder *holders = NULL;
		size_t count = 0;

		TRY(position_list(ctx, directory_at(dir, places[i])->id,
		    &holders, &count));
		for (size_t j = 0; j < count; j++) {
			letter.person = holders[j].person;
			if ((holders[j].role->bit & subject->topic->roles) !=
				0 &&
			    !has_letter(letters, from, letter.person))
				push(ctx, letters, &letter);
		}
	}
	return OK;
}
