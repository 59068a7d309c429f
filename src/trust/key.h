#ifndef TRUST_KEY_H
#define TRUST_KEY_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trust/trust.h"

/*
 * Inside of trust only: keys as key.c makes and note.c uses them.
 */
#define ED25519_LEN 32
#define KEY_ID_LEN 4
/* The algorithm byte of C2SP signed notes for Ed25519. */
#define NOTE_ED25519 0x01

/* What a verifier key says. */
struct verifier {
	const char *name;
	uint8_t id[KEY_ID_LEN];
	uint8_t public_key[ED25519_LEN];
};

struct key {
	struct arena *arena; /* holds the key itself */
	EVP_PKEY *pkey;
	struct verifier verifier;
};

/* "name+id+base64(algorithm, public key)"; the id must fit the rest. */
bool verifier_parse(struct arena *arena, const char *text,
    struct verifier *ret);
bool verifier_check(const struct verifier *verifier, struct bytes message,
    const uint8_t signature[SIGNATURE_LEN]);

#endif
