#include "store/sha256.h"

#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of primes. */
static const uint32_t round_key[64] = {
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
};

static uint32_t
turn(uint32_t x, int by)
{
	return (x >> by) | (x << (32 - by));
}

static void
expand(const uint8_t block[64], uint32_t w[64])
{
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		       (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++) {
		const uint32_t a = w[i - 15];
		const uint32_t b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		       (turn(a, 7) ^ turn(a, 18) ^ (a >> 3)) +
		       (turn(b, 17) ^ turn(b, 19) ^ (b >> 10));
	}
}

static void
mix(struct sha256 *sha)
{
	uint32_t w[64];
	uint32_t s[8];

	expand(sha->block, w);
	memcpy(s, sha->state, sizeof(s));
	for (int i = 0; i < 64; i++) {
		const uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
		const uint32_t most =
		    (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
		const uint32_t one =
		    s[7] + choice + round_key[i] + w[i] +
		    (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25));
		const uint32_t two =
		    most + (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22));

		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += one;
		s[0] = one + two;
	}
	for (int i = 0; i < 8; i++)
		sha->state[i] += s[i];
}

void
sha256_init(struct sha256 *sha)
{
	*sha = (struct sha256){
		.state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 },
	};
}

void
sha256_add(struct sha256 *sha, const void *at, size_t len)
{
	const uint8_t *from = at;

	while (len > 0) {
		const size_t used = (size_t)(sha->len % 64);
		const size_t part = len < 64 - used ? len : 64 - used;

		memcpy(sha->block + used, from, part);
		sha->len += part;
		from += part;
		len -= part;
		if (used + part == 64)
			mix(sha);
	}
}

void
sha256_text(struct sha256 *sha, const char *text)
{
	sha256_add(sha, text, strlen(text) + 1);
}

void
sha256_end(struct sha256 *sha, uint8_t out[32])
{
	const uint64_t bits = sha->len * 8;
	const uint8_t mark = 0x80;
	const uint8_t zero = 0;

	sha256_add(sha, &mark, 1);
	while (sha->len % 64 != 56)
		sha256_add(sha, &zero, 1);
	for (int i = 7; i >= 0; i--) {
		const uint8_t byte = (uint8_t)(bits >> (8 * i));

		sha256_add(sha, &byte, 1);
	}
	for (int i = 0; i < 32; i++)
		out[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}
