#include "people/browser.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/num.h"
#include "core/random.h"
#include "core/text.h"
#include "people/option.h"
#include "people/state.h"

#define NUMBER_BYTES 8
#define PERSON_TIME_MAX INT64_C(100000000000)

/*
 * The cookie is entries with "~" between; an entry is
 * "person.seconds.number.mac", the last two in hex.
 */
struct entry {
	int64_t person;
	int64_t at_s;
	const char *number;
	const char *mac;
	const char *text; /* the whole of it */
};

int64_t
browser_life_us(const struct home *home)
{
	return option_int(home, &people_option_table[PEOPLE_KNOWN_BROWSER]) *
	       SECOND_US;
}

static const char *
mac_of(struct ctx *ctx, const char *said)
{
	const struct digest *secret = &ctx->home->people->secret;
	const struct bytes pieces[] = { bytes_of_text("browser."),
		bytes_of_text(said) };
	const struct digest mac = digest_hmac(digest_bytes(secret), pieces, 2);

	return digest_hex(ctx->arena, &mac);
}

/* The next part up to mark, or the end; NULL behind the last. */
static char *
next_part(char **rest, char mark)
{
	char *part = *rest;
	char *end = NULL;

	if (part == NULL)
		return NULL;
	end = strchr(part, mark);
	if (end != NULL)
		*end++ = '\0';
	*rest = end;
	return part;
}

/* In a time that does not depend on where they differ. */
static bool
is_same_mac(const char *a, const char *b)
{
	unsigned differs = 0;

	if (strlen(a) != strlen(b))
		return false;
	for (size_t i = 0; a[i] != '\0'; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

/* Ours, and not over? */
static bool
read_entry(struct ctx *ctx, char *text, struct entry *ret)
{
	char *rest = arena_text(ctx->arena, text);
	const char *person = next_part(&rest, '.');
	const char *at = next_part(&rest, '.');
	const char *number = next_part(&rest, '.');
	const char *mac = rest;
	const int64_t life_s = browser_life_us(ctx->home) / SECOND_US;
	const int64_t now_s = ctx->now_us / SECOND_US;
	struct entry entry = { .number = number, .mac = mac, .text = text };

	if (mac == NULL || !num_parse(person, 1, INT64_MAX, &entry.person) ||
	    !num_parse(at, 0, PERSON_TIME_MAX, &entry.at_s) ||
	    entry.at_s > now_s + DAY_S || entry.at_s + life_s < now_s)
		return false;
	if (!is_same_mac(mac, mac_of(ctx, arena_printf(ctx->arena, "%s.%s.%s",
					      person, at, number))))
		return false;
	*ret = entry;
	return true;
}

/* Those of the cookie that are ours; at most BROWSER_PERSONS. */
static size_t
read_cookie(struct ctx *ctx, const char *cookie,
    struct entry entries[BROWSER_PERSONS])
{
	char *rest = NULL;
	char *text = NULL;
	size_t count = 0;

	if (cookie == NULL || strlen(cookie) > BROWSER_COOKIE_MAX)
		return 0;
	rest = arena_text(ctx->arena, cookie);
	for (int i = 0; i < BROWSER_PERSONS; i++) {
		text = next_part(&rest, '~');
		if (text != NULL && read_entry(ctx, text, &entries[count]))
			count++;
	}
	return count;
}

const char *
browser_of(struct ctx *ctx, const char *cookie, int64_t person)
{
	struct entry entries[BROWSER_PERSONS];
	const size_t count = read_cookie(ctx, cookie, entries);

	for (size_t i = 0; i < count; i++)
		if (entries[i].person == person)
			return arena_printf(ctx->arena, "%" PRId64 " %s",
			    person, entries[i].number);
	return NULL;
}

/* A new entry; the number is the browser's old one, if it had one. */
static const char *
new_entry(struct ctx *ctx, int64_t person, const char *number)
{
	uint8_t made[NUMBER_BYTES];
	struct random random;
	const char *said = NULL;

	if (number == NULL) {
		random_init(&random); /* never from a demo's dice */
		random_bytes(&random, made, sizeof(made));
		number =
		    bytes_hex(ctx->arena, (struct bytes){ made, sizeof(made) });
	}
	said = arena_printf(ctx->arena, "%" PRId64 ".%" PRId64 ".%s", person,
	    ctx->now_us / SECOND_US, number);
	return arena_printf(ctx->arena, "%s.%s", said, mac_of(ctx, said));
}

const char *
browser_know(struct ctx *ctx, const char *cookie, int64_t person)
{
	struct entry entries[BROWSER_PERSONS];
	const size_t count = read_cookie(ctx, cookie, entries);
	const char *number = NULL;
	struct text text = { 0 };
	size_t others = 0;

	for (size_t i = 0; i < count; i++)
		if (entries[i].person == person)
			number = entries[i].number;
	text_init(&text, ctx->arena);
	text_add(&text, new_entry(ctx, person, number));
	for (size_t i = 0; i < count && others < BROWSER_PERSONS - 1; i++) {
		if (entries[i].person == person)
			continue;
		text_addf(&text, "~%s", entries[i].text);
		others++;
	}
	return text_of(&text);
}
