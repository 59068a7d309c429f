#include "org/t_org.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "store/within.h"

/* 2024-01-01 and 2025-07-01: before and after a reform. */
#define EARLY day_of(2024, 1, 1)
#define REFORM day_of(2025, 7, 1)

static int64_t
root(struct t *t)
{
	return t_org_unit(t, &(struct unit_new){
				 .name = "Chính phủ",
				 .type = "government",
				 .level = LEVEL_NATION,
				 .from = day_of(1945, 9, 2),
			     });
}

static int64_t
province(struct t *t, int64_t parent, const char *name, const char *code,
    day from)
{
	return t_org_unit(t, &(struct unit_new){
				 .name = name,
				 .type = "province",
				 .level = LEVEL_PROVINCE,
				 .parent = parent,
				 .from = from,
				 .scheme = "area",
				 .code = code,
			     });
}

static int64_t
commune(struct t *t, int64_t parent, const char *name, const char *code)
{
	return t_org_unit(t, &(struct unit_new){
				 .name = name,
				 .type = "commune",
				 .level = LEVEL_COMMUNE,
				 .parent = parent,
				 .from = EARLY,
				 .scheme = "area",
				 .code = code,
			     });
}

static const struct unit *
unit(struct t *t, int64_t id)
{
	return directory_unit(directory_now(&t->ctx), id);
}

/* --- creating ------------------------------------------------------------ */

static void
a_unit_is_there_after_the_commit_with_its_code(void **state)
{
	struct t *t = *state;
	const struct unit *found = NULL;
	int64_t id = 0;

	t_org(t);
	id = province(t, root(t), "Tỉnh Long An", "80", EARLY);
	found = unit(t, id);
	assert_non_null(found);
	assert_string_equal(unit_name(found, REFORM), "Tỉnh Long An");
	assert_string_equal(unit_area_code(found, REFORM), "80");
	assert_null(unit_on(found, EARLY - 1));
	assert_non_null(unit_on(found, EARLY));
	assert_int_equal(found->to, DAY_OPEN);
	assert_int_equal(ledger_size(t->home.ledger), 2);
}

static void
a_failed_unit_of_work_leaves_the_picture_as_it_was(void **state)
{
	struct t *t = *state;
	struct t_org_unit again = {
		.in =
		    &(struct unit_new){
			.name = "Chính phủ lâm thời",
			.type = "government",
			.level = LEVEL_NATION,
			.from = EARLY,
		    },
	};
	int64_t stamp = 0;

	t_org(t);
	root(t);
	stamp = directory_stamp(directory_now(&t->ctx));
	t_fails(&t->ctx, t_unit(t, t_org_create, &again), FAIL_CONFLICT,
	    "unit.second_root");
	assert_int_equal(directory_stamp(directory_now(&t->ctx)), stamp);
	assert_int_equal(directory_count(directory_now(&t->ctx)), 1);
	assert_int_equal(ledger_size(t->home.ledger), 1);
}

static void
what_no_unit_can_be_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *name;
		const char *type;
		int level;
		int64_t parent;
		const char *scheme;
		const char *code;
		enum fail kind;
		const char *reason;
	} cases[] = {
		{ "", "commune", 3, 1, "area", "1", FAIL_INVALID, "unit.name" },
		{ " \u00a0\u200b", "commune", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.name" },
		{ NULL, "commune", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.name" },
		{ "X\x01", "commune", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.name" },
		{ "Xã A\nB", "commune", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.name" },
		{ "Xã A\u200b", "commune", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.name" },
		{ "=1+1", "commune", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.name" },
		{ "X", "commune", 3, 1, "area", "", FAIL_INVALID, "unit.code" },
		{ "X", "commune", 3, 1, "area", "../x", FAIL_INVALID,
		    "unit.code" },
		{ "X", "commune", 3, 1, "area", "=1+1", FAIL_INVALID,
		    "unit.code" },
		{ "X", "commune", 3, 1, "area", "1\u200b", FAIL_INVALID,
		    "unit.code" },
		{ "X", "village", 3, 1, "area", "1", FAIL_INVALID,
		    "unit.type" },
		{ "X", NULL, 3, 1, "area", "1", FAIL_INVALID, "unit.type" },
		{ "X", "commune", 4, 1, "area", "1", FAIL_INVALID,
		    "unit.level" },
		{ "X", "commune", 3, 0, "area", "1", FAIL_INVALID,
		    "unit.level" },
		{ "X", "government", 0, 1, "area", "1", FAIL_INVALID,
		    "unit.level" },
		{ "X", "commune", 3, 1, "Area", "1", FAIL_INVALID,
		    "unit.code" },
		{ "X", "commune", 3, 1, "", "1", FAIL_INVALID, "unit.code" },
		{ "X", "commune", 3, 1, "area", "1@2", FAIL_INVALID,
		    "unit.code" },
		{ "X", "commune", 3, 1, "area", "a:b", FAIL_INVALID,
		    "unit.code" },
		{ "X", "commune", 3, 99, "area", "1", FAIL_NOT_FOUND,
		    "unit.unknown" },
		{ "X", "commune", 3, 1, "area", "01", FAIL_CONFLICT,
		    "unit.code_taken" },
		{ "X", "province", 1, 2, "area", "2", FAIL_CONFLICT,
		    "unit.parent_level" },
	};
	struct t *t = *state;

	t_org(t);
	province(t, root(t), "Thành phố Hà Nội", "01", EARLY);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct t_org_unit made = {
			.in =
			    &(struct unit_new){
				.name = cases[i].name,
				.type = cases[i].type,
				.level = cases[i].level,
				.parent = cases[i].parent,
				.from = EARLY,
				.scheme = cases[i].scheme,
				.code = cases[i].code,
			    },
		};

		t_fails(&t->ctx, t_unit(t, t_org_create, &made), cases[i].kind,
		    cases[i].reason);
	}
	assert_int_equal(directory_count(directory_now(&t->ctx)), 2);
}

static void
a_unit_cannot_stand_under_one_that_is_not_alive_all_the_time(void **state)
{
	struct t *t = *state;
	struct t_org_unit made = { 0 };
	int64_t parent = 0;

	t_org(t);
	parent = province(t, root(t), "Tỉnh Long An", "80", REFORM);
	made.in = &(struct unit_new){
		.name = "Xã Đông Thành",
		.type = "commune",
		.level = LEVEL_COMMUNE,
		.parent = parent,
		.from = EARLY,
	};
	t_fails(&t->ctx, t_unit(t, t_org_create, &made), FAIL_CONFLICT,
	    "unit.parent_gone");
}

static void
only_an_administrator_changes_units(void **state)
{
	struct t *t = *state;
	struct position position = { 1, access_role("leader") };
	const struct actor leader = {
		.person = 5,
		.login = "chutich",
		.positions = &position,
		.position_count = 1,
	};
	struct t_org_unit made = {
		.in =
		    &(struct unit_new){
			.name = "Chính phủ",
			.type = "government",
			.from = EARLY,
		    },
	};

	t_org(t);
	t->ctx.actor = &leader;
	t_fails(&t->ctx, t_unit(t, t_org_create, &made), FAIL_DENIED,
	    "access.denied");
	t->ctx.actor = NULL;
	t_fails(&t->ctx, t_unit(t, t_org_create, &made), FAIL_LOGIN,
	    "access.login");
	position.role = access_role("admin");
	t->ctx.actor = &leader;
	t_ok(&t->ctx, t_unit(t, t_org_create, &made));
}

/* --- changing ------------------------------------------------------------ */

struct reform {
	int64_t old;
	int64_t now;
	day on;
	enum succession_kind kind;
};

static enum fail
rename_it(struct ctx *ctx, void *arg)
{
	const struct reform *r = arg;

	return unit_version_add(ctx, &(struct unit_version_new){
					 .unit = r->old,
					 .from = r->on,
					 .name = "Thành phố Huế",
					 .type = "municipality",
					 .level = LEVEL_PROVINCE,
					 .parent = 1,
				     });
}

static enum fail
abolish_it(struct ctx *ctx, void *arg)
{
	const struct reform *r = arg;

	return unit_abolish(ctx, r->old, r->on);
}

static enum fail
succeed_it(struct ctx *ctx, void *arg)
{
	const struct reform *r = arg;

	return unit_succession_add(ctx, r->old, r->now, r->on, r->kind,
	    "202/2025/QH15");
}

static enum fail
recode_it(struct ctx *ctx, void *arg)
{
	const struct reform *r = arg;

	return unit_code_add(ctx, r->old, "area", "99", r->on);
}

static void
a_new_name_holds_from_its_day_and_the_old_one_before(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = day_of(2025, 1, 1) };
	const struct unit *hue = NULL;

	t_org(t);
	r.old = province(t, root(t), "Tỉnh Thừa Thiên Huế", "46", EARLY);
	t_ok(&t->ctx, t_unit(t, rename_it, &r));
	hue = unit(t, r.old);
	assert_int_equal(hue->version_count, 2);
	assert_string_equal(unit_name(hue, r.on - 1), "Tỉnh Thừa Thiên Huế");
	assert_string_equal(unit_name(hue, r.on), "Thành phố Huế");
	assert_string_equal(unit_on(hue, r.on)->type, "municipality");
	assert_string_equal(unit_name(hue, 0), "Tỉnh Thừa Thiên Huế");
}

static void
a_version_of_the_same_day_replaces_the_one_before(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = EARLY };

	t_org(t);
	r.old = province(t, root(t), "Tinh Thua Thien Hue", "46", EARLY);
	t_ok(&t->ctx, t_unit(t, rename_it, &r));
	assert_int_equal(unit(t, r.old)->version_count, 1);
	assert_string_equal(unit_name(unit(t, r.old), EARLY), "Thành phố Huế");
}

static void
a_code_is_used_again_by_another_unit_after_its_end(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = REFORM };
	const struct unit *found = NULL;

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Long An", "80", EARLY);
	t_ok(&t->ctx, t_unit(t, abolish_it, &r));
	r.now = province(t, 1, "Tỉnh Tây Ninh", "80", REFORM);
	t_ok(&t->ctx, t_unit(t, succeed_it, &r));
	t_ok(&t->ctx, directory_find(&t->ctx, directory_now(&t->ctx),
			  "area:80@2025-06-30", &found));
	assert_int_equal(found->id, r.old);
	t_ok(&t->ctx, directory_find(&t->ctx, directory_now(&t->ctx),
			  "area:80@2025-07-01", &found));
	assert_int_equal(found->id, r.now);
	assert_int_equal(found->predecessor_count, 1);
	assert_int_equal(unit(t, r.old)->successor_count, 1);
	assert_int_equal(unit(t, r.old)->successors[0], found->number);
}

static void
a_new_code_of_the_scheme_ends_the_old_one(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = REFORM };
	const struct unit *found = NULL;

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Long An", "80", EARLY);
	t_ok(&t->ctx, t_unit(t, recode_it, &r));
	found = unit(t, r.old);
	assert_int_equal(found->code_count, 2);
	assert_string_equal(unit_area_code(found, REFORM - 1), "80");
	assert_string_equal(unit_area_code(found, REFORM), "99");
	t_fails(&t->ctx,
	    directory_find(&t->ctx, directory_now(&t->ctx),
		"area:80@2025-07-01", &found),
	    FAIL_NOT_FOUND, "unit.unknown");
}

static void
nobody_is_abolished_above_somebody_alive(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = REFORM };

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Long An", "80", EARLY);
	commune(t, r.old, "Xã Đông Thành", "27916");
	t_fails(&t->ctx, t_unit(t, abolish_it, &r), FAIL_CONFLICT,
	    "unit.parent_gone");
	r.old = 77;
	t_fails(&t->ctx, t_unit(t, abolish_it, &r), FAIL_NOT_FOUND,
	    "unit.unknown");
}

static void
an_end_before_the_last_version_takes_it_along_but_a_later_one_is_refused(
    void **state)
{
	struct t *t = *state;
	struct reform r = { .on = REFORM };

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Thừa Thiên Huế", "46", EARLY);
	t_ok(&t->ctx, t_unit(t, rename_it, &r));
	r.on = REFORM - 10;
	t_ok(&t->ctx, t_unit(t, abolish_it, &r));
	assert_int_equal(unit(t, r.old)->version_count, 1);
	assert_int_equal(unit(t, r.old)->to, REFORM - 10);
	r.on = REFORM + 10;
	t_fails(&t->ctx, t_unit(t, rename_it, &r), FAIL_CONFLICT, "unit.span");
	/* Taken back, the unit is there again with its later name. */
	r.on = DAY_OPEN;
	t_ok(&t->ctx, t_unit(t, abolish_it, &r));
	assert_int_equal(unit(t, r.old)->version_count, 2);
	r.on = EARLY;
	t_fails(&t->ctx, t_unit(t, abolish_it, &r), FAIL_CONFLICT,
	    "unit.no_version");
}

static void
a_succession_is_at_an_end_or_a_beginning(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = REFORM };

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Long An", "80", EARLY);
	r.now = province(t, 1, "Tỉnh Tây Ninh", "72", EARLY);
	t_fails(&t->ctx, t_unit(t, succeed_it, &r), FAIL_CONFLICT,
	    "unit.succession");
	t_ok(&t->ctx, t_unit(t, abolish_it, &r));
	r.on = REFORM - 1;
	t_fails(&t->ctx, t_unit(t, succeed_it, &r), FAIL_CONFLICT,
	    "unit.succession");
	r.on = REFORM;
	t_ok(&t->ctx, t_unit(t, succeed_it, &r));
	r.now = r.old;
	t_fails(&t->ctx, t_unit(t, succeed_it, &r), FAIL_CONFLICT,
	    "store.constraint");
}

/* --- references ---------------------------------------------------------- */

static void
a_reference_is_an_id_or_a_dated_code(void **state)
{
	static const struct {
		const char *ref;
		enum fail kind;
		const char *code;
	} wrong[] = {
		{ "area:80", FAIL_INVALID, "unit.code_needs_date" },
		{ "area:80@", FAIL_INVALID, "unit.ref" },
		{ "area:80@2025-02-30", FAIL_INVALID, "unit.ref" },
		{ "80", FAIL_NOT_FOUND, "unit.unknown" },
		{ "0", FAIL_INVALID, "unit.ref" },
		{ "-1", FAIL_INVALID, "unit.ref" },
		{ "01", FAIL_INVALID, "unit.ref" },
		{ "", FAIL_INVALID, "unit.ref" },
		{ "99999999999999999999", FAIL_INVALID, "unit.ref" },
		{ ":@2025-07-01", FAIL_NOT_FOUND, "unit.unknown" },
		{ "area:80@2023-12-31", FAIL_NOT_FOUND, "unit.unknown" },
		{ "dhis2:80@2025-07-01", FAIL_NOT_FOUND, "unit.unknown" },
	};
	struct t *t = *state;
	const struct directory *dir = NULL;
	const struct unit *found = NULL;
	char longer[200];

	t_org(t);
	province(t, root(t), "Tỉnh Long An", "80", EARLY);
	dir = directory_now(&t->ctx);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		t_fails(&t->ctx,
		    directory_find(&t->ctx, dir, wrong[i].ref, &found),
		    wrong[i].kind, wrong[i].code);
	memset(longer, '1', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	t_fails(&t->ctx, directory_find(&t->ctx, dir, longer, &found),
	    FAIL_INVALID, "unit.ref");
	t_ok(&t->ctx, directory_find(&t->ctx, dir, "2", &found));
	assert_int_equal(found->id, 2);
	t_ok(&t->ctx,
	    directory_find(&t->ctx, dir, "area:80@2024-01-01", &found));
	assert_int_equal(found->id, 2);
}

/* --- as it was known ----------------------------------------------------- */

struct as_of {
	int64_t index;
	const struct directory *dir;
	size_t count;
	int64_t stamp;
	const char *name;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct as_of *a = arg;

	TRY(directory_as_of(ctx, a->index, &a->dir));
	a->count = directory_count(a->dir);
	a->stamp = directory_stamp(a->dir);
	if (directory_unit(a->dir, 2) != NULL)
		a->name = unit_name(directory_unit(a->dir, 2), REFORM);
	return OK;
}

static void
an_earlier_index_shows_what_was_known_then(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = EARLY };
	struct as_of a = { 0 };
	int64_t newest = 0;
	int64_t stamp = 0;

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Thừa Thiên Huế", "46", EARLY);
	t_ok(&t->ctx, t_unit(t, rename_it, &r));
	newest = directory_stamp(directory_now(&t->ctx));
	for (a.index = 0; a.index <= 2; a.index++) {
		t_ok(&t->ctx, t_read(t, look, &a));
		assert_int_equal(a.count, a.index);
		assert_int_not_equal(a.stamp, newest);
	}
	assert_string_equal(a.name, "Tỉnh Thừa Thiên Huế");
	a.index = 3;
	t_ok(&t->ctx, t_read(t, look, &a));
	assert_string_equal(a.name, "Thành phố Huế");
	assert_int_equal(a.stamp, newest);
	a.index = INT64_MAX;
	t_ok(&t->ctx, t_read(t, look, &a));
	assert_int_equal(a.stamp, newest);
	/* Kept: the same picture again. */
	a.index = 2;
	t_ok(&t->ctx, t_read(t, look, &a));
	stamp = a.stamp;
	t_ok(&t->ctx, t_read(t, look, &a));
	assert_int_equal(a.stamp, stamp);
	/* A change that comes later is not known then either. */
	r.on = REFORM;
	t_ok(&t->ctx, t_unit(t, abolish_it, &r));
	a.index = 3;
	t_ok(&t->ctx, t_read(t, look, &a));
	assert_int_equal(directory_unit(a.dir, 2)->to, DAY_OPEN);
	assert_int_equal(unit(t, 2)->to, REFORM);
}

static void
more_earlier_pictures_than_are_kept_are_still_right(void **state)
{
	struct t *t = *state;

	t_org(t);
	root(t);
	for (int i = 0; i < 12; i++) {
		char code[8];

		snprintf(code, sizeof(code), "%d", i + 10);
		province(t, 1, "Tỉnh", code, EARLY);
	}
	for (int round = 0; round < 2; round++)
		for (int64_t i = 0; i <= 13; i++) {
			struct as_of a = { .index = i };

			t_ok(&t->ctx, t_read(t, look, &a));
			assert_int_equal(a.count, i);
		}
}

static void
a_picture_stays_while_a_unit_of_work_holds_it(void **state)
{
	struct t *t = *state;
	struct arena *arena = arena_new(0);
	struct ctx holder = { 0 };
	const struct directory *held = NULL;

	t_org(t);
	root(t);
	ctx_init(&holder, arena, &t->home);
	held = directory_now(&holder);
	province(t, 1, "Tỉnh Long An", "80", EARLY);
	assert_int_equal(directory_count(held), 1);
	assert_string_equal(unit_name(directory_at(held, 0), EARLY),
	    "Chính phủ");
	assert_int_equal(directory_count(directory_now(&t->ctx)), 2);
	arena_free(arena);
}

/* Somebody else's unit of work, beside those of t. */
struct beside {
	struct t *t;
	struct arena *arena;
	struct ctx ctx;
};

static struct ctx *
beside_begin(struct beside *b, struct t *t)
{
	*b = (struct beside){ t, arena_new(0), { 0 } };
	ctx_init(&b->ctx, b->arena, &t->home);
	b->ctx.actor = &access_system;
	return &b->ctx;
}

static void
all_calls_of_a_unit_of_work_see_one_picture(void **state)
{
	struct t *t = *state;
	struct reform r = { .on = REFORM };
	const struct directory *dir = NULL;
	struct as_of a = { .index = INT64_MAX };
	struct beside b;
	struct ctx *ctx = NULL;

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Quảng Bình", "44", EARLY);
	r.now = province(t, 1, "Tỉnh Quảng Trị", "45", EARLY);
	ctx = beside_begin(&b, t);
	ctx->now_us = day_start_us(REFORM);
	dir = directory_now(ctx);
	assert_false(org_reach(ctx, r.now, r.old, REFORM, false));
	/* Units change between two calls of it. */
	t_ok(&t->ctx, t_unit(t, abolish_it, &r));
	t_ok(&t->ctx, t_unit(t, succeed_it, &r));
	assert_ptr_equal(directory_now(ctx), dir);
	assert_int_equal(directory_unit(dir, r.old)->to, DAY_OPEN);
	/* Rights go by the same picture. */
	assert_false(org_reach(ctx, r.now, r.old, REFORM, false));
	assert_true(org_reach(&t->ctx, r.now, r.old, REFORM, false));
	/* So do all parts of its next transaction, by the newest one. */
	t_ok(ctx, tx_within(ctx, TX_READ, look, &a));
	assert_ptr_not_equal(a.dir, dir);
	assert_ptr_equal(a.dir, directory_now(&t->ctx));
	assert_true(org_reach(ctx, r.now, r.old, REFORM, false));
	province(t, 1, "Tỉnh Long An", "80", EARLY);
	assert_ptr_equal(directory_now(ctx), a.dir);
	/* What it held before is there still. */
	assert_int_equal(directory_unit(dir, r.old)->to, DAY_OPEN);
	arena_free(b.arena);
	/* And the next unit of work begins with the newest. */
	ctx = beside_begin(&b, t);
	assert_int_equal(directory_count(directory_now(ctx)), 4);
	arena_free(b.arena);
}

/* Make a province and look for it before the unit of work ends. */
struct making {
	const struct directory *before;
	const struct directory *after;
	bool fails;
};

static enum fail
make_and_look(struct ctx *ctx, void *arg)
{
	struct making *m = arg;
	int64_t id = 0;

	m->before = directory_now(ctx);
	TRY(unit_create(ctx,
	    &(struct unit_new){
		.name = "Tỉnh Long An",
		.type = "province",
		.level = LEVEL_PROVINCE,
		.parent = 1,
		.from = EARLY,
	    },
	    &id));
	m->after = directory_now(ctx);
	return m->fails ? FAIL(ctx, FAIL_CONFLICT, "test.regret", "no") : OK;
}

static void
a_unit_of_work_sees_its_own_change_once_it_is_durable(void **state)
{
	struct t *t = *state;
	struct making m = { .fails = true };
	const struct directory *dir = NULL;

	t_org(t);
	root(t);
	assert_int_equal(t_unit(t, make_and_look, &m), FAIL_CONFLICT);
	assert_ptr_equal(m.before, m.after);
	assert_ptr_equal(directory_now(&t->ctx), m.before);
	m.fails = false;
	t_ok(&t->ctx, t_unit(t, make_and_look, &m));
	assert_ptr_equal(m.before, m.after);
	assert_int_equal(directory_count(m.before), 1);
	dir = directory_now(&t->ctx);
	assert_ptr_not_equal(dir, m.before);
	assert_int_equal(directory_count(dir), 2);
}

/* --- faults -------------------------------------------------------------- */

static enum fail
reorganise(struct ctx *ctx, void *arg)
{
	const struct reform *r = arg;
	struct unit_batch *batch = NULL;
	int64_t id = 0;

	TRY(unit_batch_new(ctx, "test", &batch));
	id = unit_batch_unit(batch);
	unit_batch_version(batch,
	    &(struct unit_version_new){ id, REFORM, "Tỉnh Tây Ninh", "province",
		LEVEL_PROVINCE, 1 });
	unit_batch_code(batch, id, "area", "80", REFORM);
	unit_batch_end(batch, r->old, REFORM);
	unit_batch_succession(batch, r->old, id, REFORM, "whole", "");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static void
every_failing_step_of_a_batch_undoes_all_of_it(void **state)
{
	struct t *t = *state;
	struct reform r = { 0 };

	t_org(t);
	root(t);
	r.old = province(t, 1, "Tỉnh Long An", "80", EARLY);
	t_each_failure(t, reorganise, &r);
	assert_int_equal(directory_count(directory_now(&t->ctx)), 3);
}

static void
every_failing_step_of_a_single_change_undoes_it(void **state)
{
	struct t *t = *state;
	struct t_org_unit made = {
		.in =
		    &(struct unit_new){
			.name = "Chính phủ",
			.type = "government",
			.from = EARLY,
		    },
	};
	struct reform r = { .on = REFORM };

	t_org(t);
	t_each_failure(t, t_org_create, &made);
	r.old = province(t, 1, "Tỉnh Thừa Thiên Huế", "46", EARLY);
	r.now = province(t, 1, "Tỉnh Quảng Trị", "45", EARLY);
	t_each_failure(t, rename_it, &r);
	t_each_failure(t, recode_it, &r);
	r.on = REFORM + 1;
	t_each_failure(t, abolish_it, &r);
	t_each_failure(t, succeed_it, &r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_unit_is_there_after_the_commit_with_its_code),
		t_test(a_failed_unit_of_work_leaves_the_picture_as_it_was),
		t_test(what_no_unit_can_be_is_refused_with_its_reason),
		t_test(
		    a_unit_cannot_stand_under_one_that_is_not_alive_all_the_time),
		t_test(only_an_administrator_changes_units),
		t_test(a_new_name_holds_from_its_day_and_the_old_one_before),
		t_test(a_version_of_the_same_day_replaces_the_one_before),
		t_test(a_code_is_used_again_by_another_unit_after_its_end),
		t_test(a_new_code_of_the_scheme_ends_the_old_one),
		t_test(nobody_is_abolished_above_somebody_alive),
		t_test(
		    an_end_before_the_last_version_takes_it_along_but_a_later_one_is_refused),
		t_test(a_succession_is_at_an_end_or_a_beginning),
		t_test(a_reference_is_an_id_or_a_dated_code),
		t_test(an_earlier_index_shows_what_was_known_then),
		t_test(more_earlier_pictures_than_are_kept_are_still_right),
		t_test(a_picture_stays_while_a_unit_of_work_holds_it),
		t_test(all_calls_of_a_unit_of_work_see_one_picture),
		t_test(a_unit_of_work_sees_its_own_change_once_it_is_durable),
		t_test(every_failing_step_of_a_batch_undoes_all_of_it),
		t_test(every_failing_step_of_a_single_change_undoes_it),
	};
	return t_run(tests);
}
