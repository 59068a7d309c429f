#include "org/t_import.h"

#include "org/import_ministries.h"

struct ministries {
	struct bytes json;
	struct import_ministries got;
};

static enum fail
run_ministries(struct ctx *ctx, void *arg)
{
	struct ministries *m = arg;

	return import_ministries(ctx, m->json, &m->got);
}

static void
the_government_has_22_members_before_and_17_after_the_reform(void **state)
{
	struct t *t = *state;
	struct ministries m = { 0 };
	const char *path =
	    said_if_absent(real(t, "TRUC_SOURCE", "/data/ministries.json"));
	const struct unit *transport = NULL;
	struct arena *arena = NULL;
	char kept[1024];

	if (path == NULL)
		return;
	snprintf(kept, sizeof(kept), "%s", path);
	t_org(t);
	arena = arena_new(0);
	struct ctx reader;

	ctx_init(&reader, arena, &t->home);
	t_ok(&reader, file_read(&reader, kept, 1 << 20, &m.json));
	t_ok(&t->ctx, t_unit(t, run_ministries, &m));
	assert_int_equal(alive_of_level(t, day_of(2025, 2, 28), LEVEL_PROVINCE),
	    22);
	assert_int_equal(alive_of_level(t, day_of(2025, 3, 1), LEVEL_PROVINCE),
	    17);
	transport = directory_by_code(directory_now(&t->ctx), "ministry",
	    "BGTVT", day_of(2025, 2, 28));
	assert_non_null(transport);
	assert_string_equal(
	    unit_name(directory_at(directory_now(&t->ctx),
			  structure_place(directory_structure(directory_now(
								  &t->ctx),
					      day_of(2025, 3, 1)),
			      transport->number)
			      ->at),
		day_of(2025, 3, 1)),
	    "Bộ Xây dựng");
	t_fails(&t->ctx, t_unit(t, run_ministries, &m), FAIL_CONFLICT,
	    "import.done");
	arena_free(arena);
}

static void
ministries_and_areas_share_the_root_in_either_order(void **state)
{
	static const char json[] =
	    "{\"units\":[{\"code\":\"BYT\",\"name\":\"Bộ Y tế\",\"type\":"
	    "\"ministry\",\"from\":\"2022-04-10\",\"to\":null}],"
	    "\"successions\":[]}";
	struct t *t = *state;
	struct ministries m = { .json = bytes_of_text(json) };
	struct units units = { 0 };

	import_small(t, &units);
	t_ok(&t->ctx, t_unit(t, run_ministries, &m));
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_NATION), 1);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_PROVINCE), 3);
	t_org(t);
	t_ok(&t->ctx, t_unit(t, run_ministries, &m));
	make_packages(t, ADDRESS(""));
	units.folder = t_folder(t);
	t_ok(&t->ctx, t_unit(t, run_units, &units));
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_NATION), 1);
	assert_int_equal(alive_of_level(t, AFTER, LEVEL_PROVINCE), 3);
}

static void
every_failing_step_of_a_list_of_ministries_undoes_it(void **state)
{
	static const char json[] =
	    "{\"units\":[{\"code\":\"BTC\",\"name\":\"Bộ Tài chính\","
	    "\"type\":\"ministry\",\"from\":\"2022-04-10\",\"to\":"
	    "\"2025-03-01\"},{\"code\":\"BTC\",\"name\":\"Bộ Tài chính\","
	    "\"type\":\"ministry\",\"from\":\"2025-03-01\"}],"
	    "\"successions\":[{\"from\":\"BTC\",\"to\":\"BTC\","
	    "\"kind\":\"whole\",\"act\":\"\",\"on\":\"2025-03-01\"}]}";
	struct t *t = *state;
	struct ministries m = { .json = bytes_of_text(json) };

	t_org(t);
	t_each_failure(t, run_ministries, &m);
	assert_int_equal(m.got.units, 2);
	assert_int_equal(m.got.successions, 1);
}

static void
a_list_of_ministries_with_an_error_is_refused(void **state)
{
	static const char *const cases[] = {
		"{}",
		"[]",
		"{\"units\":[{}],\"successions\":[]}",
		"{\"units\":[{\"code\":\"A\",\"name\":\"A\",\"type\":"
		"\"ministry\"}],\"successions\":[]}",
		"{\"units\":[],\"successions\":[{}]}",
		/* What is not read is not passed over. */
		"{\"units\":[{\"code\":\"A\",\"name\":\"A\",\"type\":"
		"\"ministry\",\"from\":\"2022-04-10\",\"To\":"
		"\"2025-03-01\"}],\"successions\":[]}",
		"{\"units\":[{\"code\":\"A\",\"name\":\"A\",\"type\":"
		"\"ministry\",\"from\":\"2022-04-10\",\"to \":"
		"\"2025-03-01\"}],\"successions\":[]}",
		"{\"units\":[{\"code\":\"A\",\"name\":\"A\",\"type\":"
		"\"ministry\",\"from\":\"2022-04-10\",\"to\":20250301}],"
		"\"successions\":[]}",
		"{\"units\":[7],\"successions\":[]}",
		"{\"units\":[],\"successions\":[{\"from\":\"A\",\"to\":\"B\","
		"\"kind\":\"whole\",\"act\":\"\",\"on\":\"2025-03-01\"}]}",
		"{\"units\":[],\"successions\":[{\"from\":\"A\",\"to\":\"B\","
		"\"kind\":\"whole\",\"act\":\"\",\"on\":\"2025-03-41\"}]}",
	};
	struct t *t = *state;

	t_org(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ministries m = { .json = bytes_of_text(cases[i]) };

		t_fails(&t->ctx, t_unit(t, run_ministries, &m), FAIL_INVALID,
		    "import.ministries");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(
		    the_government_has_22_members_before_and_17_after_the_reform),
		t_test(ministries_and_areas_share_the_root_in_either_order),
		t_test(every_failing_step_of_a_list_of_ministries_undoes_it),
		t_test(a_list_of_ministries_with_an_error_is_refused),
	};
	return t_run(tests);
}
