#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * Digests, keys and signed notes.  OpenSSL is behind it.
 */
#define DIGEST_LEN 32
#define SIGNATURE_LEN 64

struct arena;

struct digest {
	uint8_t at[DIGEST_LEN];
};

struct digest digest_of(struct bytes in);
/* SHA-256 of up to four pieces in a row; count in 1..4. */
struct digest digest_of_pieces(const struct bytes *pieces, size_t count);
struct bytes digest_bytes(const struct digest *digest);
/* As it is stored.  Bytes of another length, which somebody wrote into the
 * table, are the digest of nothing: all zero. */
struct digest digest_stored(struct bytes bytes);

/*
 * SHA-256 of bytes that come piece by piece, at constant memory.  A sum belongs
 * to one thread at a time and ends with its arena; digest_sum may be asked
 * once, and nothing is added after it.
 */
struct digest_run;
struct digest_run *digest_begin(struct arena *arena);
void digest_add(struct digest_run *run, struct bytes piece);
struct digest digest_sum(struct digest_run *run);

/* HMAC-SHA256 (RFC 2104) of up to four pieces in a row; count in 1..4. */
struct digest digest_hmac(struct bytes key, const struct bytes *pieces,
    size_t count);

const char *digest_hex(struct arena *arena, const struct digest *digest);
NODISCARD bool digest_from_hex(const char *text, struct digest *ret);

/*
 * An Ed25519 key (RFC 8032) with a name, kept in a file of mode 0600: the
 * ledger's.  struct key is freed by key_free; any thread may sign.  The secret
 * comes from OpenSSL, never from ctx's dice.  A name has no blank and no plus.
 *	FAIL_INTERNAL	"trust.crypto"
 *	FAIL_INVALID	"trust.key"	a bad name, or no such key in the file
 * key_load and key_save fail as core/file.h says, too.
 */
struct key;
NODISCARD enum fail key_generate(struct ctx *ctx, const char *name,
    struct key **ret);
NODISCARD enum fail key_load(struct ctx *ctx, const char *path,
    struct key **ret);
NODISCARD enum fail key_save(struct ctx *ctx, const struct key *key,
    const char *path);
void key_free(struct key *key);
const char *key_name(const struct key *key);
/* The verifier key of C2SP signed notes: "name+hash+base64". */
const char *key_public(struct arena *arena, const struct key *key);

NODISCARD enum fail key_sign(struct ctx *ctx, const struct key *key,
    struct bytes message, uint8_t out[SIGNATURE_LEN]);

/*
 * Signed note (C2SP signed-note v1): text ends in a newline; the result is
 * text, an empty line and one signature line.
 */
NODISCARD enum fail note_sign(struct ctx *ctx, const struct key *key,
    const char *text, const char **ret);
/*
 * Check note against a verifier key and give its text.  Signatures of others
 * are passed over.
 *	FAIL_INVALID	"note.syntax", "note.unsigned", "note.signature"
 *	FAIL_INVALID	"trust.key"	public_key is no verifier key
 */
NODISCARD enum fail note_open(struct ctx *ctx, const char *public_key,
    const char *note, const char **ret_text);

#endif
