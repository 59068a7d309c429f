#include "people/password.h"

#include <argon2.h>
#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/random.h"
#include "core/turnstile.h"
#include "core/utf8.h"
#include "people/option.h"
#include "people/state.h"
#include "people/throttle.h"

#define PASSES 2
#define MEMORY_KIB 19456
#define LANES 1
#define SALT_LEN 16
#define HASH_LEN 32

/* 300 who are turned away at once do not come back at once. */
#define RETRY_LEAST_S 2
#define RETRY_SPREAD_S 15

/* Of nobody: the same work for a login that does not exist. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

enum fail
password_check(struct ctx *ctx, const char *pointer, const char *password)
{
	const size_t len = strlen(password);

	if (len < PASSWORD_LEAST || len > PASSWORD_MOST ||
	    utf8_length(password) < PASSWORD_CHARACTERS_LEAST)
		fail_invalid(ctx, pointer, "password.length",
		    "must have %d characters and from %d to %d bytes",
		    PASSWORD_CHARACTERS_LEAST, PASSWORD_LEAST, PASSWORD_MOST);
	else if (password_is_common(password))
		fail_invalid(ctx, pointer, "password.common",
		    "is among the first that are guessed");
	return fail_valid(ctx);
}

enum fail
password_hash(struct ctx *ctx, const char *text, struct password *ret)
{
	/* Never from ctx->random, which a demo seeds. */
	struct random random;
	uint8_t salt[SALT_LEN];

	assert(ctx->tx == NULL);
	random_init(&random);
	random_bytes(&random, salt, sizeof(salt));
	TRY(fault_step(ctx, "argon2"));

	const int got = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, text,
	    strlen(text), salt, sizeof(salt), HASH_LEN, ret->encoded,
	    sizeof(ret->encoded));

	if (got != ARGON2_OK)
		return FAIL(ctx, FAIL_INTERNAL, "password.hash", "argon2: %s",
		    argon2_error_message(got));
	return OK;
}

enum fail
password_prepare(struct ctx *ctx, const char *pointer, const char *text,
    struct password *ret)
{
	TRY(password_check(ctx, pointer, text));
	return password_hash(ctx, text, ret);
}

bool
password_matches(const char *encoded, const char *password)
{
	const int got = argon2id_verify(encoded == NULL ? nobody : encoded,
	    password, strlen(password));

	return encoded != NULL && got == ARGON2_OK;
}

static struct turnstile_limits
limits_of(const struct home *home)
{
	const struct option *table = people_option_table;

	return (struct turnstile_limits){
		.places = option_int(home, &table[PEOPLE_HASHINGS]),
		.queue = option_int(home, &table[PEOPLE_QUEUE]),
		.share = option_int(home, &table[PEOPLE_QUEUE_SHARE]),
		.wait_us = option_int(home, &table[PEOPLE_WAIT]) * SECOND_US,
	};
}

bool
password_enter(struct ctx *ctx, const char *address,
    struct turnstile_turn *turn)
{
	const struct people *people = ctx->home->people;
	const struct turnstile_limits limits = limits_of(ctx->home);

	turn->whose = throttle_number(people->throttle, THROTTLE_ADDRESS,
	    throttle_network(ctx->arena, address));
	return turnstile_enter(people->hashing, &limits, turn);
}

void
password_leave(struct ctx *ctx, struct turnstile_turn *turn)
{
	const struct turnstile_limits limits = limits_of(ctx->home);

	turnstile_leave(ctx->home->people->hashing, &limits, turn);
}

int64_t
password_retry_s(struct ctx *ctx)
{
	return RETRY_LEAST_S +
	       (int64_t)random_below(ctx->random, RETRY_SPREAD_S);
}
