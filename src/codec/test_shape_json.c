#include "t.h"

#include <string.h>

#include "codec/shape_json.h"

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
};

/* The kinds with a text or a list in them. */
struct visit {
	const char *at;
	struct texts_of tags;
	struct ints_of marks;
	struct texts_of names; /* may be absent */
	struct ints_of counts; /* may be absent */
};

struct shown {
	const char *raw;
	const char *maybe;
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
};
static const struct shape trip_shape =
    SHAPE("Trip", struct trip, trip_fields);

static const struct shape_field visit_fields[] = {
	F_TIME(struct visit, at, OPTIONAL, "When.",
	    "\"2025-07-01T08:30:00+07:00\""),
	F_TEXTS(struct visit, tags, 0, 3, 4, REQUIRED, "Tags.", "[\"a\"]"),
	F_INTS(struct visit, marks, 0, 3, -2, 2, REQUIRED, "Marks.", "[1]"),
	F_TEXTS(struct visit, names, 1, 2, 10, OPTIONAL, "Names.", NULL),
	F_INTS(struct visit, counts, 2, 2, 0, 9, OPTIONAL, "Counts.", NULL),
};
static const struct shape visit_shape =
    SHAPE("Visit", struct visit, visit_fields);

static const struct shape_field shown_fields[] = {
	F_RAW(struct shown, raw, REQUIRED, "{\"type\":\"array\"}", NULL, NULL),
	F_RAW(struct shown, maybe, OPTIONAL, "true", NULL, NULL),
};
static const struct shape shown_shape =
    SHAPE("Shown", struct shown, shown_fields);
/* clang-format on */

static struct trip *
read_trip(struct t *t, const char *source, const char *base)
{
	const struct json *node = NULL;
	struct trip *trip = ARENA_NEW(t->ctx.arena, struct trip);

	memset(trip, 0xff, sizeof(*trip)); /* shape_read zeroes it */
	t_ok(&t->ctx, json_parse(&t->ctx, bytes_of_text(source), &node));
	shape_read(&t->ctx, &trip_shape, node, base, trip);
	return trip;
}

static struct visit *
read_visit(struct t *t, const char *source)
{
	const struct json *node = NULL;
	struct visit *visit = ARENA_NEW(t->ctx.arena, struct visit);

	memset(visit, 0xff, sizeof(*visit));
	t_ok(&t->ctx, json_parse(&t->ctx, bytes_of_text(source), &node));
	shape_read(&t->ctx, &visit_shape, node, "/in", visit);
	return visit;
}

static const char *
written(struct t *t, const struct shape *shape, const void *object)
{
	struct text text = { 0 };

	text_init(&text, t->ctx.arena);
	shape_write(&text, shape, object);
	return text_of(&text);
}

static void
what_is_read_is_written_again(void **state)
{
	struct t *t = *state;
	static const char source[] =
	    "{\"count\":-5,\"limit\":9,\"open\":true,\"title\":\"đường\\n\","
	    "\"day\":\"2024-02-29\",\"mode\":\"rail\","
	    "\"extra\":{\"z\":[1,null],\"a\":\"b\"},"
	    "\"stops\":[{\"name\":\"Huế\",\"minutes\":60},"
	    "{\"name\":\"Vinh\",\"minutes\":0}],"
	    "\"first\":{\"name\":\"\",\"minutes\":7}}";
	const struct trip *trip = read_trip(t, source, "");

	t_ok(&t->ctx, fail_valid(&t->ctx));
	assert_int_equal(trip->stops.count, 2);
	assert_int_equal(*trip->limit, 9);
	assert_string_equal(written(t, &trip_shape, trip), source);
}

static void
what_is_absent_is_null_or_zero(void **state)
{
	struct t *t = *state;
	const struct trip *trip = read_trip(t,
	    "{\"stops\":[],\"title\":\"a\",\"count\":0,\"day\":null,"
	    "\"limit\":null,\"extra\":null,\"first\":null,\"open\":null}",
	    "");

	t_ok(&t->ctx, fail_valid(&t->ctx));
	assert_null(trip->limit);
	assert_null(trip->extra);
	assert_string_equal(written(t, &trip_shape, trip),
	    "{\"count\":0,\"limit\":null,\"open\":false,\"title\":\"a\","
	    "\"day\":null,\"mode\":null,\"extra\":null,\"stops\":[],"
	    "\"first\":null}");
}

static void
lists_of_texts_and_numbers_are_read_and_written(void **state)
{
	struct t *t = *state;
	static const char full[] =
	    "{\"at\":\"2025-07-01T01:30:00.5Z\",\"tags\":[\"Lào\",\"\",\"a\\n\"],"
	    "\"marks\":[-2,0,2],\"names\":[\"Vinh\"],\"counts\":[9,0]}";
	static const char least[] =
	    "{\"at\":null,\"tags\":[],\"marks\":[],\"names\":null,"
	    "\"counts\":null}";
	const struct visit *visit = read_visit(t, full);

	t_ok(&t->ctx, fail_valid(&t->ctx));
	assert_int_equal(visit->tags.count, 3);
	assert_string_equal(visit->tags.at[2], "a\n");
	assert_int_equal(visit->marks.at[0], -2);
	assert_string_equal(written(t, &visit_shape, visit), full);
	visit = read_visit(t, "{\"marks\":[],\"tags\":[]}");
	t_ok(&t->ctx, fail_valid(&t->ctx));
	/* Empty is not absent. */
	assert_non_null(visit->tags.at);
	assert_null(visit->names.at);
	assert_int_equal(visit->names.count, 0);
	assert_string_equal(written(t, &visit_shape, visit), least);
	/* A required list of an answer may have no items at all. */
	assert_string_equal(written(t, &visit_shape,
				&(const struct visit){ 0 }),
	    least);
}

/* Each fault alone: the rest of the object is good. */
static const struct fault {
	const char *source;
	const char *pointer;
	const char *code;
} faults[] = {
	{ "[]", "/in", "input.type" },
	{ "null", "/in", "input.type" },
	{ "{\"title\":\"\",\"stops\":[]}", "/in/count", "input.missing" },
	{ "{\"count\":null,\"title\":\"\",\"stops\":[]}", "/in/count",
	    "input.missing" },
	{ "{\"count\":1,\"title\":\"\"}", "/in/stops", "input.missing" },
#define GOOD "\"count\":1,\"title\":\"\",\"stops\":[]"
	{ "{" GOOD ",\"a/b~c\":1}", "/in/a~1b~0c", "input.unknown" },
	{ "{" GOOD ",\"Count\":1}", "/in/Count", "input.unknown" },
	{ "{" GOOD ",\"limit\":0}", "/in/limit", "input.range" },
	{ "{" GOOD ",\"limit\":10}", "/in/limit", "input.range" },
	{ "{" GOOD ",\"limit\":\"3\"}", "/in/limit", "input.type" },
	{ "{" GOOD ",\"limit\":3.0}", "/in/limit", "input.type" },
	{ "{" GOOD ",\"open\":1}", "/in/open", "input.type" },
	{ "{" GOOD ",\"day\":\"2025-02-29\"}", "/in/day", "input.date" },
	{ "{" GOOD ",\"day\":\"1/7/2025\"}", "/in/day", "input.date" },
	{ "{" GOOD ",\"day\":20250701}", "/in/day", "input.type" },
	{ "{" GOOD ",\"mode\":\"sea\"}", "/in/mode", "input.choice" },
	{ "{" GOOD ",\"mode\":false}", "/in/mode", "input.type" },
	{ "{" GOOD ",\"first\":[]}", "/in/first", "input.type" },
	{ "{" GOOD ",\"first\":{}}", "/in/first/name", "input.missing" },
#undef GOOD
	{ "{\"count\":6,\"title\":\"\",\"stops\":[]}", "/in/count",
	    "input.range" },
	{ "{\"count\":-6,\"title\":\"\",\"stops\":[]}", "/in/count",
	    "input.range" },
	{ "{\"count\":1,\"title\":\"12345678901\",\"stops\":[]}", "/in/title",
	    "input.too_long" },
	{ "{\"count\":1,\"title\":\"\",\"stops\":{}}", "/in/stops",
	    "input.type" },
	{ "{\"count\":1,\"title\":\"\",\"stops\":[{\"name\":\"\"},3]}",
	    "/in/stops/1", "input.type" },
	{ "{\"count\":1,\"title\":\"\",\"stops\":[{\"name\":\"a\","
	  "\"minutes\":61}]}",
	    "/in/stops/0/minutes", "input.range" },
	{ "{\"count\":1,\"title\":\"\",\"stops\":[{\"name\":\"a\"},"
	  "{\"name\":\"a\"},{\"name\":\"a\"},{\"name\":\"a\"}]}",
	    "/in/stops", "input.too_long" },
};

static const struct fault visit_faults[] = {
	{ "{\"marks\":[]}", "/in/tags", "input.missing" },
	{ "{\"tags\":[],\"marks\":null}", "/in/marks", "input.missing" },
#define GOOD "\"tags\":[],\"marks\":[],"
	{ "{" GOOD "\"at\":\"2025-07-01\"}", "/in/at", "input.time" },
	{ "{" GOOD "\"at\":\"2025-02-29T00:00:00Z\"}", "/in/at", "input.time" },
	{ "{" GOOD "\"at\":\"2025-07-01T08:30:00\"}", "/in/at", "input.time" },
	{ "{" GOOD "\"at\":1751302800}", "/in/at", "input.type" },
	{ "{" GOOD "\"names\":[]}", "/in/names", "input.range" },
	{ "{" GOOD "\"names\":\"Vinh\"}", "/in/names", "input.type" },
	{ "{" GOOD "\"names\":{\"0\":\"Vinh\"}}", "/in/names", "input.type" },
	{ "{" GOOD "\"names\":[\"a\",null]}", "/in/names/1", "input.type" },
	{ "{" GOOD "\"names\":[[\"a\"],\"b\"]}", "/in/names/0", "input.type" },
	{ "{" GOOD "\"names\":[\"12345678901\"]}", "/in/names/0",
	    "input.too_long" },
	{ "{" GOOD "\"names\":[\"a\",\"b\",\"c\"]}", "/in/names",
	    "input.too_long" },
	{ "{" GOOD "\"counts\":[1]}", "/in/counts", "input.range" },
	{ "{" GOOD "\"counts\":[1,2,3]}", "/in/counts", "input.too_long" },
	{ "{" GOOD "\"counts\":[1,10]}", "/in/counts/1", "input.range" },
	{ "{" GOOD "\"counts\":[-1,1]}", "/in/counts/0", "input.range" },
	{ "{" GOOD "\"counts\":[1,\"1\"]}", "/in/counts/1", "input.type" },
	{ "{" GOOD "\"counts\":[1,2.0]}", "/in/counts/1", "input.type" },
#undef GOOD
};

static void
is_the_only_fault(struct t *t, const struct fault *fault)
{
	const struct fail_field *field = t->ctx.failure.fields;

	assert_non_null(field);
	assert_string_equal(field->pointer, fault->pointer);
	assert_string_equal(field->code, fault->code);
	assert_int_equal(t->ctx.failure.field_count, 1);
	t_fails(&t->ctx, fail_valid(&t->ctx), FAIL_INVALID, "input.invalid");
}

static void
each_fault_is_named_with_its_place(void **state)
{
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		t_fresh(t);
		read_trip(t, faults[i].source, "/in");
		is_the_only_fault(t, &faults[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(visit_faults); i++) {
		const struct visit *visit = NULL;

		t_fresh(t);
		visit = read_visit(t, visit_faults[i].source);
		is_the_only_fault(t, &visit_faults[i]);
		/* No list is let in by half. */
		assert_null(visit->at);
		assert_int_equal(visit->names.count, 0);
		assert_int_equal(visit->counts.count, 0);
	}
}

static void
all_faults_are_named_at_once(void **state)
{
	struct t *t = *state;

	read_trip(t,
	    "{\"count\":9,\"stops\":[{},{\"name\":1}],\"x\":1,\"y\":2}", "");
	assert_int_equal(t->ctx.failure.field_count, 6);
}

static void
a_text_or_list_may_have_a_least_length(void **state)
{
	struct t *t = *state;
	struct shape_field fields[] = { stop_fields[0] };
	const struct shape shape = { "Least", sizeof(struct stop), fields, 1 };
	struct stop stop = { 0 };
	const struct json *node = NULL;

	fields[0].lo = 2;
	t_ok(&t->ctx,
	    json_parse(&t->ctx, bytes_of_text("{\"name\":\"a\"}"), &node));
	shape_read(&t->ctx, &shape, node, "", &stop);
	assert_string_equal(t->ctx.failure.fields->code, "input.range");
	assert_null(stop.name);
}

static void
raw_json_is_written_as_it_is(void **state)
{
	struct t *t = *state;
	const struct shown shown = { "[1,2]", NULL };

	assert_string_equal(written(t, &shown_shape, &shown),
	    "{\"raw\":[1,2],\"maybe\":null}");
}

static const struct json *
schema_of(struct t *t, const struct shape *shape)
{
	struct text text = { 0 };
	const struct json *node = NULL;

	text_init(&text, t->ctx.arena);
	shape_schema(&text, shape);
	t_ok(&t->ctx, json_parse(&t->ctx, text_bytes(&text), &node));
	return node;
}

static void
property_is(struct t *t, const struct json *schema, const char *name,
    const char *wanted)
{
	const struct json *property =
	    json_get(json_get(schema, "properties"), name);
	struct text text = { 0 };

	assert_non_null(property);
	text_init(&text, t->ctx.arena);
	json_write(&text, property);
	assert_string_equal(text_of(&text), wanted);
}

static void
the_schema_says_types_limits_and_need(void **state)
{
	struct t *t = *state;
	const struct json *schema = schema_of(t, &trip_shape);
	const struct json *required = json_get(schema, "required");

	assert_string_equal(json_get_text(schema, "type"), "object");
	assert_false(json_bool(json_get(schema, "additionalProperties")));
	assert_int_equal(json_count(required), 3);
	assert_string_equal(json_text(json_at(required, 2)), "stops");
	property_is(t, schema, "count",
	    "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":5,"
	    "\"description\":\"A number.\",\"examples\":[3]}");
	property_is(t, schema, "mode",
	    "{\"type\":[\"string\",\"null\"],\"enum\":[\"road\",\"rail\",null],"
	    "\"description\":\"A mode.\",\"examples\":[\"rail\"]}");
	property_is(t, schema, "day",
	    "{\"type\":[\"string\",\"null\"],\"format\":\"date\","
	    "\"description\":\"A day.\",\"examples\":[\"2025-07-01\"]}");
	property_is(t, schema, "title",
	    "{\"type\":\"string\",\"maxLength\":10,"
	    "\"description\":\"A title.\",\"examples\":[\"x\"]}");
	property_is(t, schema, "stops",
	    "{\"type\":\"array\","
	    "\"items\":{\"$ref\":\"#/components/schemas/Stop\"},"
	    "\"minItems\":0,\"maxItems\":3,\"description\":\"The stops.\"}");
	property_is(t, schema, "first",
	    "{\"anyOf\":[{\"type\":\"null\"},"
	    "{\"$ref\":\"#/components/schemas/Stop\"}],"
	    "\"description\":\"The first.\"}");
	property_is(t, schema, "extra",
	    "{\"anyOf\":[{},{\"type\":\"null\"}],"
	    "\"description\":\"Anything.\"}");
	schema = schema_of(t, &visit_shape);
	property_is(t, schema, "at",
	    "{\"type\":[\"string\",\"null\"],\"format\":\"date-time\","
	    "\"description\":\"When.\","
	    "\"examples\":[\"2025-07-01T08:30:00+07:00\"]}");
	property_is(t, schema, "tags",
	    "{\"type\":\"array\",\"items\":{\"type\":\"string\","
	    "\"maxLength\":4},\"minItems\":0,\"maxItems\":3,"
	    "\"description\":\"Tags.\",\"examples\":[[\"a\"]]}");
	property_is(t, schema, "counts",
	    "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":\"integer\","
	    "\"minimum\":0,\"maximum\":9},\"minItems\":2,\"maxItems\":2,"
	    "\"description\":\"Counts.\"}");
	property_is(t, schema_of(t, &shown_shape), "raw",
	    "{\"allOf\":[{\"type\":\"array\"}]}");
}

static size_t
values_most(const char *text)
{
	return json_values_most(bytes_of_text(text));
}

static void
values_are_counted_before_they_are_read(void **state)
{
	(void)state;
	assert_int_equal(values_most("17"), 1);
	assert_int_equal(values_most("[1,2,3]"), 4);
	assert_int_equal(values_most("{\"a\":\"[,{\\\",\",\"b\":[{}]}"), 5);
	/* Itself; six alone; any JSON; three stops of two; one stop. */
	assert_int_equal(shape_values_most(&trip_shape),
	    1 + 6 + SHAPE_JSON_VALUES + (1 + 3 * 3) + 3);
	assert_int_equal(shape_values_most(&visit_shape),
	    1 + 1 + 4 + 4 + 3 + 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_is_read_is_written_again),
		t_test(what_is_absent_is_null_or_zero),
		t_test(lists_of_texts_and_numbers_are_read_and_written),
		t_test(each_fault_is_named_with_its_place),
		t_test(all_faults_are_named_at_once),
		t_test(a_text_or_list_may_have_a_least_length),
		t_test(raw_json_is_written_as_it_is),
		t_test(the_schema_says_types_limits_and_need),
		t_test(values_are_counted_before_they_are_read),
	};

	return t_run(tests);
}
