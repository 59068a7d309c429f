#ifndef STORE_SHA256_H
#define STORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256 (FIPS 180-4) for store_digest, because trust/ stands beside store/
 * and OpenSSL has one owner.  Not for anything that is signed or secret.
 */
struct sha256 {
	uint32_t state[8];
	uint64_t len; /* bytes so far */
	uint8_t block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *at, size_t len);
void sha256_text(struct sha256 *sha, const char *text); /* with its NUL */
void sha256_end(struct sha256 *sha, uint8_t out[32]);

#endif
