#include "t_store.h"

#include <string.h>

#include "core/day.h"
#include "core/text.h"
#include "event/event.h"
#include "hook/hook_client.h"
#include "hook/message.h"
#include "hook/pattern.h"

/* ---- words and numbers -------------------------------------------------- */

static void
a_pattern_is_a_name_or_its_beginning(void **state)
{
	static const struct {
		const char *patterns;
		const char *name;
		bool matches;
	} rows[] = {
		{ "vn.truc.report.signed", "vn.truc.report.signed", true },
		{ "vn.truc.report.signed", "vn.truc.report.sign", false },
		{ "vn.truc.report.sign", "vn.truc.report.signed", false },
		{ "vn.truc.report.*", "vn.truc.report.signed", true },
		{ "vn.truc.report.*", "vn.truc.report.", true },
		{ "vn.truc.report.*", "vn.truc.reports", false },
		{ "*", "x", true },
		{ "a  b c", "b", true },
		{ " a ", "a", true },
		{ "a b", "ab", false },
		{ "a*b", "axb", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (pattern_matches(rows[i].patterns, rows[i].name) !=
		    rows[i].matches)
			t_fail("\"%s\" and %s", rows[i].patterns, rows[i].name);
}

/* Every number is an answer; the table of docs/integrating.md. */
static void
every_status_has_a_verdict(void **state)
{
	static const int refused[] = { 400, 405, 406, 411, 413, 414, 415, 422,
		431, 501 };

	(void)state;
	for (int status = -1; status < 1100; status++) {
		enum hook_verdict wanted = VERDICT_RETRY;

		if ((status >= 200 && status < 300) || status == 409)
			wanted = VERDICT_DELIVERED;
		if (status == 410)
			wanted = VERDICT_GONE;
		for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
			if (refused[i] == status)
				wanted = VERDICT_REFUSED;
		assert_int_equal(hook_verdict_of(status), wanted);
	}
}

static void
waiting_doubles_to_an_hour_less_a_random_half(void **state)
{
	static const int64_t whole_s[] = { 10, 20, 40, 80, 160, 320, 640, 1280,
		2560, 3600, 3600 };
	struct t *t = *state;
	int64_t least_us = INT64_MAX;
	int64_t most_us = 0;

	for (size_t tries = 1; tries <= ARRAY_SIZE(whole_s); tries++)
		for (int i = 0; i < 200; i++) {
			const int64_t whole_us = whole_s[tries - 1] * SECOND_US;
			const int64_t got_us =
			    hook_back_off_us(&t->ctx, (int64_t)tries, 0);

			assert_in_range(got_us, whole_us / 2, whole_us);
		}
	for (int i = 0; i < 1000; i++) {
		const int64_t got_us = hook_back_off_us(&t->ctx, INT64_MAX, 0);

		least_us = got_us < least_us ? got_us : least_us;
		most_us = got_us > most_us ? got_us : most_us;
	}
	assert_true(most_us - least_us > 1700 * SECOND_US);
	/* What the receiver asks for, within six hours. */
	assert_int_equal(hook_back_off_us(&t->ctx, 1, 7200), 7200 * SECOND_US);
	assert_int_equal(hook_back_off_us(&t->ctx, 1, INT64_MAX),
	    6 * 3600 * SECOND_US);
	assert_true(hook_back_off_us(&t->ctx, 10, 1) >= 1800 * SECOND_US);
}

static void
a_message_is_what_the_documents_say(void **state)
{
	static const struct event_kind kind = { .name = "vn.truc.thing.made",
		.object = "thing" };
	struct t *t = *state;
	const struct event event = { .id = "l7",
		.kind = &kind,
		.object = "a\"b",
		.unit = 0,
		.at_us = t->clock_us,
		.ledger_index = 7 };
	const struct bytes body = message_body(t->arena, &event,
	    message_source(t->arena, "truc/ledger/3f"));
	const struct bytes secret = bytes_of_text("key");

	assert_string_equal((const char *)body.at,
	    "{\"specversion\":\"1.0\",\"id\":\"l7\","
	    "\"source\":\"urn:truc:ledger:3f\","
	    "\"type\":\"vn.truc.thing.made\",\"subject\":\"thing/a\\\"b\","
	    "\"time\":\"2025-07-15T09:00:00+07:00\","
	    "\"datacontenttype\":\"application/json\","
	    "\"data\":{\"object\":\"thing\",\"id\":\"a\\\"b\","
	    "\"unit\":null,\"ledger_index\":7}}");
	/* printf l7.1752544800.x | openssl dgst -sha256 -hmac key -binary |
	 * base64 */
	assert_string_equal(message_signature(t->arena, secret, "l7",
				INT64_C(1752544800), bytes_of_text("x")),
	    "v1,l+ydt9brhr7gVCKexVMhrTbFcO0/iG1kT+Rbr0CcP8s=");
	assert_string_equal(message_secret_text(t->arena, secret),
	    "whsec_a2V5");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_pattern_is_a_name_or_its_beginning),
		t_test(every_status_has_a_verdict),
		t_test(waiting_doubles_to_an_hour_less_a_random_half),
		t_test(a_message_is_what_the_documents_say),
	};

	return t_run(tests);
}
