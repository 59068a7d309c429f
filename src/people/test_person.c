#include "people/person.h"

#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "people/audit.h"
#include "people/password.h"
#include "people/t_people.h"
#include "people/token.h"

/* Made once: it takes 20 ms. */
static struct password hashed;

static struct t *
start(void **state)
{
	struct t *t = *state;

	if (hashed.encoded[0] == '\0')
		t_ok(&t->ctx, password_prepare(&t->ctx, "/password",
				  "mat khau dai", &hashed));
	t_store(t);
	t_people(t, NULL);
	t_people_ledger(t);
	t_fresh(t);
	t->ctx.actor = &access_system;
	return t;
}

static enum fail
create(struct ctx *ctx, void *arg)
{
	const char *login = arg;
	const struct person_new in = { .login = login, .name = "Hoa" };
	int64_t id = 0;

	return person_create(ctx, &in, &id);
}

static enum fail
create_with_all(struct ctx *ctx, void *arg)
{
	const struct person_new in = { .login = arg,
		.name = "Hoa",
		.locale = "en",
		.password = &hashed };
	const char *text = NULL;
	int64_t id = 0;

	TRY(person_create(ctx, &in, &id));
	TRY(position_grant(ctx, id, 7, "clerk"));
	TRY(position_grant(ctx, id, 7, "leader"));
	TRY(token_create(ctx, id, "máy chủ", 30, &text));
	TRY(position_revoke(ctx, id, 7, "leader"));
	TRY(person_set_password(ctx, id, &hashed));
	TRY(person_disable(ctx, id));
	return person_enable(ctx, id);
}

static enum fail
load(struct ctx *ctx, void *arg)
{
	return person_find(ctx, "hoa", arg);
}

static void
every_change_of_a_person_is_whole_or_not_at_all(void **state)
{
	struct t *t = start(state);
	struct person *person = NULL;

	t_each_failure(t, create_with_all, (void *)(uintptr_t) "hoa");
	t_ok(&t->ctx, t_read(t, load, &person));
	assert_string_equal(person->name, "Hoa");
	assert_string_equal(person->locale, "en");
	assert_true(person->has_password);
	assert_false(person->is_disabled);
	assert_int_equal(person->created_us, t->clock_us);
	t->ctx.actor = NULL;
}

static enum fail
audit(struct ctx *ctx, void *arg)
{
	struct audit_row *rows = NULL;
	size_t count = 0;

	TRY(audit_list(ctx, 0, 100, &rows, &count));
	text_init(arg, ctx->arena);
	for (size_t i = count; i > 0; i--)
		text_addf(arg, "%s %d %s\n", rows[i - 1].action,
		    (int)rows[i - 1].unit,
		    rows[i - 1].detail == NULL ? "-" : rows[i - 1].detail);
	return OK;
}

static void
every_change_leaves_an_audit_row(void **state)
{
	struct t *t = start(state);
	struct text text;

	t_ok(&t->ctx, t_unit(t, create_with_all, (void *)(uintptr_t) "hoa"));
	t_ok(&t->ctx, t_read(t, audit, &text));
	assert_string_equal(text_of(&text), "person.create 0 hoa\n"
					    "position.grant 7 clerk\n"
					    "position.grant 7 leader\n"
					    "token.create 0 máy chủ\n"
					    "position.revoke 7 leader\n"
					    "person.set_password 0 -\n"
					    "person.disable 0 -\n"
					    "person.enable 0 -\n");
	t->ctx.actor = NULL;
}

static enum fail
create_bad(struct ctx *ctx, void *arg)
{
	const struct person_new in = { .login = "Hoà",
		.name = "",
		.locale = "fr" };
	int64_t id = 0;

	(void)arg;
	return person_create(ctx, &in, &id);
}

static void
all_wrong_fields_of_a_new_person_are_told(void **state)
{
	struct t *t = start(state);

	assert_int_equal(t_unit(t, create_bad, NULL), FAIL_INVALID);
	assert_int_equal(t->ctx.failure.field_count, 3);
	t->ctx.actor = NULL;
}

static enum fail
create_named(struct ctx *ctx, void *arg)
{
	const struct person_new in = { .login = "someone", .name = arg };
	int64_t id = 0;

	return person_create(ctx, &in, &id);
}

static enum fail
token_named(struct ctx *ctx, void *arg)
{
	const char *text = NULL;

	return token_create(ctx, 1, arg, 30, &text);
}

static void
a_name_is_something_to_read(void **state)
{
	static const char *const silent[] = { " ", "\u00a0\u2009",
		"\u200b\ufeff", "\u3164", ".", "=1+1", "Hoà\nBình", "Hoà\u200b",
		"Hoà ", "Hoà\u00a0Bình", "Ho\u202ea" };
	struct t *t = start(state);

	t_ok(&t->ctx, t_unit(t, create, (char[]){ "hoa" }));
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		char name[16] = { 0 };

		strcpy(name, silent[i]);
		assert_int_equal(t_unit(t, create_named, name), FAIL_INVALID);
		assert_string_equal(t->ctx.failure.fields->code, "person.name");
		assert_int_equal(t_unit(t, token_named, name), FAIL_INVALID);
		assert_string_equal(t->ctx.failure.fields->code, "token.name");
	}
	t->ctx.actor = NULL;
}

static void
what_is_guessed_first_is_no_password(void **state)
{
	static const char *const common[] = { "          ", "1234567890",
		"0987654321", "19900101199", "aaaaaaaaaaaa", "ababababab",
		"12121212121", "password123", "PASSWORD!!", "Password 2025",
		"passwordpassword", "P@ssw0rd2025", "qwertyuiop",
		"1qaz2wsx3edc", "1q2w3e4r5t", "matkhau123", "mat khau 1",
		"Mậtkhẩu2025!", "admin12345", "2025admin!", "iloveyou!!",
		"abcdefghij", "vietnam1975", "anhyeuem99", "truc@2025!",
		"baocao2025", "vpcp123456" };
	static const char *const sound[] = { "mat khau dai",
		"mat-khau-thu-nghiem", "truc-demo-2025", "mot mat khau",
		"xoai cat hoa loc", "password of the village hall",
		"73920185560471928364", "k7#Lq9!mZ2", "đường làng" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (!password_is_common(common[i]))
			t_fail("\"%s\" was accepted", common[i]);
	for (size_t i = 0; i < ARRAY_SIZE(sound); i++)
		if (password_is_common(sound[i]))
			t_fail("\"%s\" was refused", sound[i]);
}

static void
a_password_is_checked_and_hashed_before_the_unit_of_work(void **state)
{
	struct t *t = start(state);
	struct password made = { 0 };

	t_fails(&t->ctx, password_prepare(&t->ctx, "/password", "ngan", &made),
	    FAIL_INVALID, "input.invalid");
	t_fails(&t->ctx,
	    password_prepare(&t->ctx, "/password", "P@ssw0rd2025", &made),
	    FAIL_INVALID, "input.invalid");
	t->faults = (struct faults){ .at = 1 };
	t_fails(&t->ctx,
	    password_prepare(&t->ctx, "/password", "mat khau dai", &made),
	    FAIL_INTERNAL, "fault.injected");
	t->faults = (struct faults){ 0 };
	t_ok(&t->ctx,
	    password_prepare(&t->ctx, "/password", "mat khau dai", &made));
	assert_true(password_matches(made.encoded, "mat khau dai"));
	assert_false(password_matches(made.encoded, "mat khau dai "));
	/* Its own salt each time. */
	assert_string_not_equal(made.encoded, hashed.encoded);
	t->ctx.actor = NULL;
}

static void
logins_have_a_fixed_alphabet_and_are_unique(void **state)
{
	static const char *const bad[] = { "", "A", "a b", "a@b", "đ", "a/b",
		".", "..", ".a", "a-", "a..b",
		("01234567890123456789012345678901234567890123456789"
		 "012345678901234") };
	struct t *t = start(state);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(t_unit(t, create, (void *)(uintptr_t)bad[i]),
		    FAIL_INVALID);
	t_ok(&t->ctx, t_unit(t, create, (void *)(uintptr_t) "a.b-c_9"));
	assert_int_equal(t_unit(t, create, (void *)(uintptr_t) "a.b-c_9"),
	    FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "person.login_taken");
	t->ctx.actor = NULL;
}

static enum fail
touch_nobody(struct ctx *ctx, void *arg)
{
	(void)arg;
	t_fails(ctx, person_disable(ctx, 99), FAIL_NOT_FOUND, "person.unknown");
	t_fails(ctx, person_enable(ctx, 99), FAIL_NOT_FOUND, "person.unknown");
	t_fails(ctx, person_set_password(ctx, 99, &hashed), FAIL_NOT_FOUND,
	    "person.unknown");
	t_fails(ctx, position_grant(ctx, 99, 7, "clerk"), FAIL_NOT_FOUND,
	    "person.unknown");
	t_fails(ctx, position_revoke(ctx, 99, 7, "clerk"), FAIL_NOT_FOUND,
	    "person.unknown");
	t_fails(ctx, position_grant(ctx, 99, 7, "king"), FAIL_INVALID,
	    "person.role");
	const char *text = NULL;

	t_fails(ctx, token_create(ctx, 99, "a", 1, &text), FAIL_NOT_FOUND,
	    "person.unknown");
	t_fails(ctx, token_revoke(ctx, 99), FAIL_NOT_FOUND, "token.unknown");
	return OK;
}

static void
who_does_not_exist_is_not_changed(void **state)
{
	struct t *t = start(state);
	const uint64_t before = t_digest(t);

	t_ok(&t->ctx, t_unit(t, touch_nobody, NULL));
	assert_true(t_digest(t) == before);
	t->ctx.actor = NULL;
}

static enum fail
try_all(struct ctx *ctx, void *arg)
{
	const struct person_new in = { .login = "x", .name = "x" };
	struct person *person = NULL;
	struct token *tokens = NULL;
	struct holder *holders = NULL;
	struct audit_row *rows = NULL;
	const char *text = NULL;
	size_t count = 0;
	int64_t id = 0;

	(void)arg;
	t_fails(ctx, person_create(ctx, &in, &id), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, person_disable(ctx, 1), FAIL_DENIED, "access.denied");
	t_fails(ctx, person_enable(ctx, 1), FAIL_DENIED, "access.denied");
	t_fails(ctx, person_set_password(ctx, 1, &hashed), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, position_grant(ctx, 1, 1, "admin"), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, position_revoke(ctx, 1, 1, "admin"), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, position_list(ctx, 1, &holders, &count), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, token_create(ctx, 1, "a", 1, &text), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, token_revoke(ctx, 1), FAIL_DENIED, "access.denied");
	t_fails(ctx, token_list(ctx, 1, &tokens, &count), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, person_find(ctx, "x", &person), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, person_list(ctx, 0, 10, &person, &count), FAIL_DENIED,
	    "access.denied");
	t_fails(ctx, audit_list(ctx, 0, 10, &rows, &count), FAIL_DENIED,
	    "access.denied");
	return OK;
}

static void
only_administrators_change_people(void **state)
{
	struct t *t = start(state);
	const struct position position = { 1, access_role("leader") };
	const struct actor leader = { .person = 1,
		.login = "leader",
		.positions = &position,
		.position_count = 1 };

	t->ctx.actor = &leader;
	t_ok(&t->ctx, t_unit(t, try_all, NULL));
	t->ctx.actor = NULL;
}

static enum fail
grant_twice(struct ctx *ctx, void *arg)
{
	struct actor *actor = NULL;
	struct holder *holders = NULL;
	size_t count = 0;

	TRY(position_grant(ctx, 1, 7, "clerk"));
	TRY(position_grant(ctx, 1, 7, "clerk"));
	TRY(position_grant(ctx, 1, 8, "viewer"));
	TRY(person_actor(ctx, 1, &actor));
	assert_int_equal(actor->position_count, 2);
	assert_int_equal(actor->positions[0].unit, 7);
	assert_string_equal(actor->positions[1].role->name, "viewer");
	TRY(position_list(ctx, 7, &holders, &count));
	assert_int_equal(count, 1);
	assert_int_equal(holders[0].person, 1);
	assert_string_equal(holders[0].role->name, "clerk");
	(void)arg;
	return OK;
}

static void
a_position_is_held_once(void **state)
{
	struct t *t = start(state);
	struct text text;

	t_ok(&t->ctx, t_unit(t, create, (void *)(uintptr_t) "a"));
	t_ok(&t->ctx, t_unit(t, grant_twice, NULL));
	t_ok(&t->ctx, t_read(t, audit, &text));
	assert_string_equal(text_of(&text), "person.create 0 a\n"
					    "position.grant 7 clerk\n"
					    "position.grant 8 viewer\n");
	t->ctx.actor = NULL;
}

static enum fail
tokens_of_one(struct ctx *ctx, void *arg)
{
	struct token *tokens = NULL;
	const char *first = NULL;
	const char *second = NULL;
	size_t count = 0;

	(void)arg;
	TRY(token_create(ctx, 1, "một", 1, &first));
	TRY(token_create(ctx, 1, "hai", 3660, &second));
	assert_int_equal(strlen(first), 5 + 64);
	assert_true(text_starts(first, "truc_"));
	assert_string_not_equal(first, second);
	TRY(token_list(ctx, 1, &tokens, &count));
	assert_int_equal(count, 2);
	assert_string_equal(tokens[0].name, "một");
	assert_int_equal(tokens[0].expires_us, ctx->now_us + DAY_US);
	TRY(token_revoke(ctx, tokens[0].id));
	t_fails(ctx, token_revoke(ctx, tokens[0].id), FAIL_NOT_FOUND,
	    "token.unknown");
	TRY(token_list(ctx, 1, &tokens, &count));
	assert_true(tokens[0].is_revoked);
	assert_false(tokens[1].is_revoked);
	assert_int_equal(token_create(ctx, 1, "", 3661, &first), FAIL_INVALID);
	assert_int_equal(ctx->failure.field_count, 2);
	fail_clear(ctx);
	return OK;
}

static void
tokens_are_named_listed_and_revoked(void **state)
{
	struct t *t = start(state);

	t_ok(&t->ctx, t_unit(t, create, (void *)(uintptr_t) "a"));
	t_ok(&t->ctx, t_unit(t, tokens_of_one, NULL));
	t->ctx.actor = NULL;
}

static enum fail
list_pages(struct ctx *ctx, void *arg)
{
	struct person *people = NULL;
	size_t count = 0;

	(void)arg;
	TRY(person_list(ctx, 0, 2, &people, &count));
	assert_int_equal(count, 2);
	assert_string_equal(people[0].login, "a");
	TRY(person_list(ctx, people[1].id, 2, &people, &count));
	assert_int_equal(count, 1);
	assert_string_equal(people[0].login, "c");
	assert_false(people[0].has_password);
	return OK;
}

static void
people_are_listed_in_pages(void **state)
{
	struct t *t = start(state);

	t_ok(&t->ctx, t_unit(t, create, (void *)(uintptr_t) "a"));
	t_ok(&t->ctx, t_unit(t, create, (void *)(uintptr_t) "b"));
	t_ok(&t->ctx, t_unit(t, create, (void *)(uintptr_t) "c"));
	t_ok(&t->ctx, t_read(t, list_pages, NULL));
	t->ctx.actor = NULL;
}

static enum fail
note_long(struct ctx *ctx, void *arg)
{
	char detail[600];

	(void)arg;
	memset(detail, 'x', sizeof(detail));
	/* "ạ" is three bytes: 499 fit, and half a character would not. */
	memcpy(detail + 499, "ạ", 3);
	detail[599] = '\0';
	return audit_note(ctx, "test.long", 0, 0, detail);
}

static void
a_long_detail_is_cut_between_characters(void **state)
{
	struct t *t = start(state);
	struct text text;

	t_ok(&t->ctx, t_unit(t, note_long, NULL));
	t_ok(&t->ctx, t_read(t, audit, &text));
	assert_int_equal(text.len, strlen("test.long 0 ") + 499 + 1);
	t->ctx.actor = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(every_change_of_a_person_is_whole_or_not_at_all),
		t_test(every_change_leaves_an_audit_row),
		t_test(all_wrong_fields_of_a_new_person_are_told),
		t_test(a_name_is_something_to_read),
		t_test(what_is_guessed_first_is_no_password),
		t_test(
		    a_password_is_checked_and_hashed_before_the_unit_of_work),
		t_test(logins_have_a_fixed_alphabet_and_are_unique),
		t_test(who_does_not_exist_is_not_changed),
		t_test(only_administrators_change_people),
		t_test(a_position_is_held_once),
		t_test(tokens_are_named_listed_and_revoked),
		t_test(people_are_listed_in_pages),
		t_test(a_long_detail_is_cut_between_characters),
	};

	return t_run(tests);
}
