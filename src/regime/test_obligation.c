#include "t_store.h"

#include <string.h>

#include "ledger/ledger.h"
#include "org/slice.h"
#include "org/unit.h"
#include "people/access.h"
#include "people/t_people.h"
#include "regime/catalogue.h"
#include "regime/t_data.h"
#include "store/store.h"

/*
 * Who owes the shipped forms, on a small country that goes through the reform
 * of 1 July 2025: districts end, a commune is replaced by a ward.
 */
enum place {
	NATION,
	PROVINCE,
	MUNICIPALITY,
	MINISTRY,
	AGENCY,
	DISTRICT,
	COMMUNE,
	TOWNSHIP,
	WARD,
	PLACES,
};

static const struct place_row {
	const char *type;
	int level;
	enum place parent;
	bool after; /* from the reform on */
	bool ends;  /* with the reform */
} places[PLACES] = {
	[NATION] = { "government", LEVEL_NATION, NATION, false, false },
	[PROVINCE] = { "province", LEVEL_PROVINCE, NATION, false, false },
	[MUNICIPALITY] = { "municipality", LEVEL_PROVINCE, NATION, false,
	    false },
	[MINISTRY] = { "ministry", LEVEL_PROVINCE, NATION, false, false },
	[AGENCY] = { "agency", LEVEL_PROVINCE, NATION, false, false },
	[DISTRICT] = { "district", LEVEL_DISTRICT, PROVINCE, false, true },
	[COMMUNE] = { "commune", LEVEL_COMMUNE, DISTRICT, false, true },
	[TOWNSHIP] = { "township", LEVEL_COMMUNE, DISTRICT, false, true },
	[WARD] = { "ward", LEVEL_COMMUNE, PROVINCE, true, false },
};

static enum fail
found(struct ctx *ctx, void *arg)
{
	int64_t *ids = arg;
	const day reform = day_of(2025, 7, 1);
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "test", &batch));
	for (int i = 0; i < PLACES; i++) {
		ids[i] = unit_batch_unit(batch);
		unit_batch_version(batch,
		    &(struct unit_version_new){ .unit = ids[i],
			.from = places[i].after ? reform : day_of(2020, 1, 1),
			.name = places[i].type,
			.type = places[i].type,
			.level = places[i].level,
			.parent = i == NATION ? 0 : ids[places[i].parent] });
		if (places[i].ends)
			unit_batch_end(batch, ids[i], reform);
	}
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static enum fail
publish_shipped(struct ctx *ctx, void *arg)
{
	(void)arg;
	for (const struct embedded *f = shipped_forms; f->name != NULL; f++)
		TRY(regime_publish(ctx, (struct bytes){ f->at, f->len }));
	return OK;
}

static void
close_ledger(void *object)
{
	ledger_close(object);
}

static void
close_regime(void *object)
{
	regime_free(object);
}

static void
close_org(void *object)
{
	org_free(object);
}

static void
open_country(struct t *t, int64_t ids[PLACES])
{
	t_store(t);
	t_people(t, NULL);
	t_grant(t, org_slice.grants);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, close_ledger, t->home.ledger);
	org_attach(&t->home, org_new());
	t_defer(t, close_org, org_of(&t->home));
	regime_attach(&t->home, regime_new());
	t_defer(t, close_regime, regime_of(&t->home));
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_unit(t, found, ids));
	t_ok(&t->ctx, t_unit(t, publish_shipped, NULL));
	t_fresh(t);
}

/* The deadline of each place, "" where nothing is owed. */
static void
expect_deadlines(struct t *t, const int64_t ids[PLACES], const char *code,
    const char *period_id, const char *const deadlines[PLACES])
{
	const struct directory *dir = directory_now(&t->ctx);
	const struct form *form = catalogue_form(catalogue_now(&t->ctx), code);
	struct period period = { 0 };

	assert_true(period_parse(&form->calendar, period_id, &period));
	for (int i = 0; i < PLACES; i++) {
		const struct structure *st =
		    directory_structure(dir, period.to);
		const int number = directory_unit(dir, ids[i])->number;
		day deadline = 0;
		const bool owes =
		    regime_owes(form, st, dir, number, &period, &deadline);
		const char *got = owes ? day_text(t->arena, deadline) : "";

		if (strcmp(got, deadlines[i] == NULL ? "" : deadlines[i]) != 0)
			t_fail("%s %s: %s is due on \"%s\"", code, period_id,
			    places[i].type, got);
	}
}

static void
before_the_reform_four_levels_owe_in_a_cascade(void **state)
{
	struct t *t = *state;
	int64_t ids[PLACES] = { 0 };

	open_country(t, ids);
	expect_deadlines(t, ids, "II.06a/VPCP/KSTT", "2025-Q2",
	    (const char *const[PLACES]){ [PROVINCE] = "2025-06-22",
		[MUNICIPALITY] = "2025-06-22",
		[MINISTRY] = "2025-06-22",
		[AGENCY] = "2025-06-22",
		[DISTRICT] = "2025-06-19",
		[COMMUNE] = "2025-06-17",
		[TOWNSHIP] = "2025-06-17" });
}

static void
after_the_reform_no_district_owes(void **state)
{
	struct t *t = *state;
	int64_t ids[PLACES] = { 0 };

	open_country(t, ids);
	expect_deadlines(t, ids, "II.06a/VPCP/KSTT", "2025-Q3",
	    (const char *const[PLACES]){ [PROVINCE] = "2025-09-22",
		[MUNICIPALITY] = "2025-09-22",
		[MINISTRY] = "2025-09-22",
		[AGENCY] = "2025-09-22",
		[WARD] = "2025-09-17" });
}

static void
only_provinces_and_municipalities_owe_the_second_form(void **state)
{
	struct t *t = *state;
	int64_t ids[PLACES] = { 0 };
	static const char *const deadlines[PLACES] = {
		[PROVINCE] = "2025-12-22",
		[MUNICIPALITY] = "2025-12-22",
	};

	open_country(t, ids);
	expect_deadlines(t, ids, "II.07b/VPCP/KSTT", "2025-Q4", deadlines);
}

static void
nobody_owes_outside_the_validity_of_the_form(void **state)
{
	struct t *t = *state;
	int64_t ids[PLACES] = { 0 };
	static const char *const nobody[PLACES] = { NULL };

	open_country(t, ids);
	expect_deadlines(t, ids, "II.06a/VPCP/KSTT", "2020-Q4", nobody);
	expect_deadlines(t, ids, "II.06a/VPCP/KSTT", "2026-Q1", nobody);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(before_the_reform_four_levels_owe_in_a_cascade),
		t_test(after_the_reform_no_district_owes),
		t_test(only_provinces_and_municipalities_owe_the_second_form),
		t_test(nobody_owes_outside_the_validity_of_the_form),
	};

	return t_run(tests);
}
