#include "people/password.h"

#include <argon2.h>
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/random.h"
#include "people/option.h"
#include "people/state.h"

#define PASSES 2
#define MEMORY_KIB 19456
#define LANES 1
#define SALT_LEN 16
#define HASH_LEN 32

/* Of nobody: the same work for a login that does not exist. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

enum fail
password_check(struct ctx *ctx, const char *pointer, const char *password)
{
	const size_t len = strlen(password);

	if (len < PASSWORD_LEAST || len > PASSWORD_MOST)
		fail_invalid(ctx, pointer, "password.length",
		    "must have from %d to %d bytes", PASSWORD_LEAST,
		    PASSWORD_MOST);
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

enum fail
password_enter(struct ctx *ctx)
{
	struct people *people = ctx->home->people;
	const int64_t most =
	    option_int(ctx->home, &people_option_table[PEOPLE_HASHINGS]);

	assert(people != NULL);
	if (atomic_fetch_add(&people->hashing, 1) < most)
		return OK;
	atomic_fetch_sub(&people->hashing, 1);
	return FAIL(ctx, FAIL_BUSY, "session.busy",
	    "%" PRId64 " passwords are being checked", most);
}

void
password_leave(struct ctx *ctx)
{
	atomic_fetch_sub(&ctx->home->people->hashing, 1);
}
