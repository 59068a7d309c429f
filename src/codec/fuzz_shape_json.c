#include "fuzz.h"

#include <string.h>

#include "codec/shape_json.h"
#include "core/day.h"

/* A field of each kind. */
struct stop {
	const char *name;
	int64_t minutes;
};

struct trip {
	int64_t count;
	const int64_t *limit;
	bool open;
	const char *title;
	const char *day;
	const char *mode;
	const struct json *extra;
	struct list_of stops;
	struct stop *first;
	const char *at;
	struct texts_of tags;
	struct ints_of marks;
};

static const char *const modes[] = { "road", "rail", NULL };

/* clang-format off */
static const struct shape_field stop_fields[] = {
	F_TEXT(struct stop, name, 8, REQUIRED, "A name.", "\"Huế\""),
	F_INT(struct stop, minutes, 0, 60, OPTIONAL, NULL, NULL),
};
static const struct shape stop_shape =
    SHAPE("Stop", struct stop, stop_fields);

static const struct shape_field trip_fields[] = {
	F_INT(struct trip, count, -5, 5, REQUIRED, "A number.", "3"),
	F_OPT_INT(struct trip, limit, 1, 9, "A limit.", "4"),
	F_BOOL(struct trip, open, OPTIONAL, "Is it?", "true"),
	F_TEXT(struct trip, title, 10, REQUIRED, "A title.", "\"x\""),
	F_DATE(struct trip, day, OPTIONAL, "A day.", "\"2025-07-01\""),
	F_ENUM(struct trip, mode, modes, OPTIONAL, "A mode.", "\"rail\""),
	F_JSON(struct trip, extra, OPTIONAL, "{}", "Anything.", NULL),
	F_LIST(struct trip, stops, &stop_shape, 3, "The stops."),
	F_ONE(struct trip, first, &stop_shape, OPTIONAL, "The first."),
	F_TIME(struct trip, at, OPTIONAL, "When.", NULL),
	F_TEXTS(struct trip, tags, 1, 3, 4, OPTIONAL, "Tags.", NULL),
	F_INTS(struct trip, marks, 0, 3, -2, 2, OPTIONAL, "Marks.", NULL),
};
static const struct shape trip_shape =
    SHAPE("Trip", struct trip, trip_fields);
/* clang-format on */

static void
check_stop(const struct stop *stop)
{
	fuzz_check(stop->name != NULL && strlen(stop->name) <= 8);
	fuzz_check(stop->minutes >= 0 && stop->minutes <= 60);
}

static void
check_lists(const struct trip *trip)
{
	const struct texts_of *tags = &trip->tags;
	const struct ints_of *marks = &trip->marks;

	fuzz_check(tags->at == NULL ? tags->count == 0
				    : tags->count >= 1 && tags->count <= 3);
	for (size_t i = 0; i < tags->count; i++)
		fuzz_check(tags->at[i] != NULL && strlen(tags->at[i]) <= 4);
	fuzz_check(marks->count <= (marks->at == NULL ? 0 : 3));
	for (size_t i = 0; i < marks->count; i++)
		fuzz_check(marks->at[i] >= -2 && marks->at[i] <= 2);
}

/* What was let in keeps the shape's limits. */
static void
check(const struct trip *trip)
{
	const struct stop *stops = trip->stops.at;
	int64_t us = 0;

	fuzz_check(trip->count >= -5 && trip->count <= 5);
	fuzz_check(
	    trip->limit == NULL || (*trip->limit >= 1 && *trip->limit <= 9));
	fuzz_check(trip->title != NULL && strlen(trip->title) <= 10);
	fuzz_check(trip->day == NULL || strlen(trip->day) == 10);
	fuzz_check(trip->mode == NULL || strcmp(trip->mode, "road") == 0 ||
		   strcmp(trip->mode, "rail") == 0);
	fuzz_check(trip->stops.count <= 3);
	for (size_t i = 0; i < trip->stops.count; i++)
		check_stop(&stops[i]);
	if (trip->first != NULL)
		check_stop(trip->first);
	fuzz_check(trip->at == NULL || time_parse(trip->at, &us));
	check_lists(trip);
}

static struct bytes
written(struct ctx *ctx, const struct trip *trip)
{
	struct text text;

	text_init(&text, ctx->arena);
	shape_write(&text, &trip_shape, trip);
	return text_bytes(&text);
}

/* What fits the shape is written, and read again as the same. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	const struct json *node = NULL;
	struct trip trip = { 0 };
	struct bytes once = { 0 };

	if (json_parse(ctx, in, &node) != OK)
		return;
	shape_read(ctx, &trip_shape, node, "", &trip);
	if (fail_valid(ctx) != OK)
		return;
	check(&trip);
	once = written(ctx, &trip);
	if (json_parse(ctx, once, &node) != OK) {
		fuzz_check(arena_over(ctx->arena));
		return;
	}
	shape_read(ctx, &trip_shape, node, "", &trip);
	fuzz_check(fail_valid(ctx) == OK);
	fuzz_check(bytes_equal(once, written(ctx, &trip)));
}
