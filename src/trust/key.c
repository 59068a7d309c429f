#include "trust/key.h"

#include <string.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/text.h"
#include "core/utf8.h"

/*
 * The file holds one line in the format of Go's signed notes,
 * "PRIVATE+KEY+name+id+base64(algorithm, seed)", so that other tools read it.
 */
#define KEY_PREFIX "PRIVATE+KEY+"
#define KEY_FILE_MAX 512
#define KEY_NAME_MAX 128

#define KEY_DATA_LEN (1 + ED25519_LEN)

/* Of a verifier key and a signature line, whose fields it must not split. */
static bool
name_is_good(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len <= KEY_NAME_MAX && utf8_is_clean(name, len) &&
	       strpbrk(name, " +\t\n") == NULL;
}

static void
key_id(const char *name, const uint8_t public_key[ED25519_LEN],
    uint8_t out[KEY_ID_LEN])
{
	static const uint8_t between[] = { '\n', NOTE_ED25519 };
	const struct bytes pieces[] = {
		bytes_of_text(name),
		{ between, sizeof(between) },
		{ public_key, ED25519_LEN },
	};
	const struct digest digest = digest_of_pieces(pieces, 3);

	memcpy(out, digest.at, KEY_ID_LEN);
}

/*
 * "name+id+base64": the text of a verifier key, and behind KEY_PREFIX that of a
 * key file.  out gets the 32 bytes behind the algorithm.
 */
static bool
parse_parts(struct arena *arena, const char *text, const char **ret_name,
    uint8_t id[KEY_ID_LEN], uint8_t out[ED25519_LEN])
{
	const char *plus = strchr(text, '+');
	const char *hex = NULL;
	struct bytes data = { 0 };

	if (plus == NULL || strlen(plus) < 1 + 2 * KEY_ID_LEN + 1 ||
	    plus[1 + 2 * KEY_ID_LEN] != '+')
		return false;
	*ret_name = arena_text_n(arena, text, (size_t)(plus - text));
	hex = arena_text_n(arena, plus + 1, 2 * KEY_ID_LEN);
	if (!name_is_good(*ret_name) || !bytes_from_hex(hex, id, KEY_ID_LEN))
		return false;
	if (!bytes_from_base64(arena, plus + 2 + 2 * KEY_ID_LEN, &data) ||
	    data.len != KEY_DATA_LEN || data.at[0] != NOTE_ED25519)
		return false;
	memcpy(out, data.at + 1, ED25519_LEN);
	return true;
}

static const char *
format_parts(struct arena *arena, const char *name,
    const uint8_t id[KEY_ID_LEN], const uint8_t secret_or_public[ED25519_LEN])
{
	uint8_t data[KEY_DATA_LEN] = { NOTE_ED25519 };
	const char *text = NULL;

	memcpy(data + 1, secret_or_public, ED25519_LEN);
	text = arena_printf(arena, "%s+%s+%s", name,
	    bytes_hex(arena, (struct bytes){ id, KEY_ID_LEN }),
	    bytes_base64(arena, (struct bytes){ data, sizeof(data) }));
	explicit_bzero(data, sizeof(data));
	return text;
}

bool
verifier_parse(struct arena *arena, const char *text, struct verifier *ret)
{
	struct verifier v = { 0 };
	uint8_t id[KEY_ID_LEN] = { 0 };

	if (!parse_parts(arena, text, &v.name, v.id, v.public_key))
		return false;
	key_id(v.name, v.public_key, id);
	if (memcmp(id, v.id, sizeof(id)) != 0)
		return false;
	*ret = v;
	return true;
}

/* A key around pkey, which it owns from here on; NULL is a failed making. */
static enum fail
key_make(struct ctx *ctx, const char *name, EVP_PKEY *pkey, struct key **ret)
{
	struct arena *arena = NULL;
	struct key *key = NULL;
	size_t len = ED25519_LEN;

	if (pkey == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "trust.crypto",
		    "an Ed25519 key cannot be made");
	arena = arena_new(0);
	key = ARENA_NEW(arena, struct key);
	key->arena = arena;
	key->pkey = pkey;
	key->verifier.name = arena_text(arena, name);
	if (EVP_PKEY_get_raw_public_key(pkey, key->verifier.public_key, &len) !=
		1 ||
	    len != ED25519_LEN) {
		key_free(key);
		return FAIL(ctx, FAIL_INTERNAL, "trust.crypto",
		    "an Ed25519 key has no public part");
	}
	key_id(name, key->verifier.public_key, key->verifier.id);
	*ret = key;
	return OK;
}

enum fail
key_generate(struct ctx *ctx, const char *name, struct key **ret)
{
	if (!name_is_good(name))
		return FAIL(ctx, FAIL_INVALID, "trust.key",
		    "a key's name has 1 to %d bytes, no blank and no plus",
		    KEY_NAME_MAX);
	TRY(fault_step(ctx, "key_generate"));
	return key_make(ctx, name, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"),
	    ret);
}

enum fail
key_load(struct ctx *ctx, const char *path, struct key **ret)
{
	struct bytes file = { 0 };
	const char *name = NULL;
	char *line = NULL;
	uint8_t id[KEY_ID_LEN] = { 0 };
	uint8_t seed[ED25519_LEN] = { 0 };
	struct key *key = NULL;
	EVP_PKEY *pkey = NULL;

	TRY(file_read(ctx, path, KEY_FILE_MAX, &file));
	line = arena_text_n(ctx->arena, (const char *)file.at, file.len);
	line[strcspn(line, "\n")] = '\0';
	if (!text_starts(line, KEY_PREFIX) ||
	    !parse_parts(ctx->arena, line + strlen(KEY_PREFIX), &name, id,
		seed))
		return FAIL(ctx, FAIL_INVALID, "trust.key",
		    "%s is no Ed25519 key", path);
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
	    sizeof(seed));
	explicit_bzero(seed, sizeof(seed));
	explicit_bzero(line, strlen(line));
	TRY(key_make(ctx, name, pkey, &key));
	if (memcmp(id, key->verifier.id, sizeof(id)) != 0) {
		key_free(key);
		return FAIL(ctx, FAIL_INVALID, "trust.key",
		    "%s: its id does not fit the key", path);
	}
	*ret = key;
	return OK;
}

enum fail
key_save(struct ctx *ctx, const struct key *key, const char *path)
{
	uint8_t seed[ED25519_LEN] = { 0 };
	size_t len = sizeof(seed);
	const char *line = NULL;

	if (EVP_PKEY_get_raw_private_key(key->pkey, seed, &len) != 1 ||
	    len != sizeof(seed))
		return FAIL(ctx, FAIL_INTERNAL, "trust.crypto",
		    "an Ed25519 key has no private part");
	line = arena_printf(ctx->arena, KEY_PREFIX "%s\n",
	    format_parts(ctx->arena, key->verifier.name, key->verifier.id,
		seed));
	explicit_bzero(seed, sizeof(seed));
	return file_write(ctx, path, bytes_of_text(line), 0600);
}

void
key_free(struct key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	arena_free(key->arena);
}

const char *
key_name(const struct key *key)
{
	return key->verifier.name;
}

const char *
key_public(struct arena *arena, const struct key *key)
{
	return format_parts(arena, key->verifier.name, key->verifier.id,
	    key->verifier.public_key);
}

enum fail
key_sign(struct ctx *ctx, const struct key *key, struct bytes message,
    uint8_t out[SIGNATURE_LEN])
{
	size_t len = SIGNATURE_LEN;
	EVP_MD_CTX *md = NULL;
	bool good = false;

	TRY(fault_step(ctx, "key_sign"));
	md = EVP_MD_CTX_new();
	good = md != NULL &&
	       EVP_DigestSignInit(md, NULL, NULL, NULL, key->pkey) == 1 &&
	       EVP_DigestSign(md, out, &len, message.at, message.len) == 1 &&
	       len == SIGNATURE_LEN;
	EVP_MD_CTX_free(md);
	if (!good)
		return FAIL(ctx, FAIL_INTERNAL, "trust.crypto",
		    "signing with %s failed", key->verifier.name);
	return OK;
}

bool
verifier_check(const struct verifier *verifier, struct bytes message,
    const uint8_t signature[SIGNATURE_LEN])
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    verifier->public_key, ED25519_LEN);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	const bool good =
	    pkey != NULL && md != NULL &&
	    EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey) == 1 &&
	    EVP_DigestVerify(md, signature, SIGNATURE_LEN, message.at,
		message.len) == 1;

	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	return good;
}
