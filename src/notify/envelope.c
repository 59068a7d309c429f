#include "notify/envelope.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "core/utf8.h"

#define PLAIN_MAX 60 /* characters of a value that stays as it is */
/* That become 52 of base64, and 73 with the frame behind "Subject: ". */
#define WORD_BYTES 39
#define LINE_BYTES 57 /* that become a line of 76 */

static bool
is_plain(const char *text)
{
	size_t len = 0;

	for (; text[len] != '\0'; len++)
		if (text[len] < ' ' || text[len] > '~' ||
		    strchr("=?\"<>,;:()[]@\\", text[len]) != NULL)
			return false;
	return len <= PLAIN_MAX;
}

/* Whole letters that are together at most so many bytes. */
static size_t
part_of(const char *text, size_t most)
{
	size_t len = 0;

	while (text[len] != '\0') {
		uint32_t c = 0;
		const size_t next = utf8_next(text + len, &c);

		if (len + next > most)
			break;
		len += next;
	}
	return len;
}

const char *
envelope_words(struct arena *arena, const char *text)
{
	struct text out;

	if (is_plain(text))
		return text;
	text_init(&out, arena);
	while (*text != '\0') {
		const size_t len = part_of(text, WORD_BYTES);

		text_addf(&out, "%s=?UTF-8?B?%s?=", out.len == 0 ? "" : "\r\n ",
		    bytes_base64(arena,
			(struct bytes){ (const uint8_t *)text, len }));
		text += len;
	}
	return text_of(&out);
}

/* "Wed, 10 Dec 2025 09:00:00 +0700" */
static const char *
date_of(struct arena *arena, int64_t at_us)
{
	static const char *const week[] = { "Thu", "Fri", "Sat", "Sun", "Mon",
		"Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const day on = day_of_us(at_us);
	const int64_t second = (at_us - day_start_us(on)) / SECOND_US;
	int year = 0;
	int month = 0;
	int mday = 0;

	day_split(on, &year, &month, &mday);
	return arena_printf(arena,
	    "%s, %d %s %d %02" PRId64 ":%02" PRId64 ":%02" PRId64 " +0700",
	    week[(on % 7 + 7) % 7], mday, months[month - 1], year,
	    second / HOUR_S, second / 60 % 60, second % 60);
}

static void
add_body(struct text *out, const char *text)
{
	struct text lines;
	struct bytes left;

	text_init(&lines, out->arena);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			text_char(&lines, '\r');
		text_char(&lines, *text);
	}
	text_add(&lines, "\r\n");
	left = text_bytes(&lines);
	while (left.len > 0) {
		const size_t len =
		    left.len < LINE_BYTES ? left.len : LINE_BYTES;

		text_addf(out, "%s\r\n",
		    bytes_base64(out->arena, (struct bytes){ left.at, len }));
		left.at += len;
		left.len -= len;
	}
}

struct bytes
envelope_mail(struct ctx *ctx, const struct envelope *envelope)
{
	const char *host = strchr(envelope->from, '@');
	struct text out;

	text_init(&out, ctx->arena);
	text_addf(&out, "Date: %s\r\n", date_of(ctx->arena, envelope->at_us));
	text_addf(&out, "From: %s%s<%s>\r\n",
	    envelope_words(ctx->arena, envelope->from_name),
	    *envelope->from_name == '\0' ? "" : " ", envelope->from);
	text_addf(&out, "To: <%s>\r\n", envelope->to);
	text_addf(&out, "Subject: %s\r\n",
	    envelope_words(ctx->arena, envelope->subject));
	text_addf(&out, "Message-ID: <%s@%s>\r\n", envelope->id,
	    host == NULL ? "truc.invalid" : host + 1);
	text_add(&out, "Auto-Submitted: auto-generated\r\n"
		       "MIME-Version: 1.0\r\n"
		       "Content-Type: text/plain; charset=UTF-8\r\n"
		       "Content-Transfer-Encoding: base64\r\n\r\n");
	add_body(&out, envelope->text);
	return text_bytes(&out);
}

static void
add_member(struct text *out, const char *key, const char *value)
{
	text_addf(out, "%s\"%s\":", out->len == 0 ? "{" : ",", key);
	text_json(out, value);
}

struct bytes
envelope_json(struct ctx *ctx, const struct envelope *envelope,
    const char *address)
{
	struct text out;

	text_init(&out, ctx->arena);
	add_member(&out, "id", envelope->id);
	add_member(&out, "to", envelope->to);
	add_member(&out, "subject", envelope->subject);
	add_member(&out, "text", envelope->text);
	add_member(&out, "address", address);
	text_char(&out, '}');
	return text_bytes(&out);
}
