#include <string.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "trust/key.h"

/* An em dash and a blank begin every signature line. */
#define NOTE_MARK "\xe2\x80\x94 "
#define NOTE_MARK_LEN 4
#define NOTE_BYTES_MAX 1000000
#define NOTE_SIGNATURES_MAX 100
#define NOTE_DATA_LEN (KEY_ID_LEN + SIGNATURE_LEN)

enum fail
note_sign(struct ctx *ctx, const struct key *key, const char *text,
    const char **ret)
{
	const size_t len = strlen(text);
	uint8_t data[NOTE_DATA_LEN] = { 0 };

	if (len == 0 || len > NOTE_BYTES_MAX || text[len - 1] != '\n' ||
	    !utf8_is_clean(text, len))
		return FAIL(ctx, FAIL_INVALID, "note.syntax",
		    "a note is clean text that ends in a newline");
	memcpy(data, key->verifier.id, KEY_ID_LEN);
	TRY(key_sign(ctx, key, bytes_of_text(text), data + KEY_ID_LEN));
	*ret = arena_printf(ctx->arena, "%s\n" NOTE_MARK "%s %s\n", text,
	    key->verifier.name,
	    bytes_base64(ctx->arena, (struct bytes){ data, sizeof(data) }));
	return OK;
}

static enum fail
malformed(struct ctx *ctx, const char *why)
{
	return FAIL(ctx, FAIL_INVALID, "note.syntax", "%s", why);
}

/*
 * One signature line without its newline.  Lines of other keys, and of other
 * algorithms under our name, are passed over, as the format demands.
 */
static enum fail
check_line(struct ctx *ctx, const struct verifier *verifier, const char *text,
    const char *line, bool *ret_signed)
{
	const char *name = line + NOTE_MARK_LEN;
	const char *blank = NULL;
	struct bytes data = { 0 };

	if (strncmp(line, NOTE_MARK, NOTE_MARK_LEN) != 0)
		return malformed(ctx, "a signature line has no dash");
	blank = strchr(name, ' ');
	if (blank == NULL || blank == name ||
	    !bytes_from_base64(ctx->arena, blank + 1, &data) ||
	    data.len <= KEY_ID_LEN)
		return malformed(ctx, "a signature line is malformed");
	if (strlen(verifier->name) != (size_t)(blank - name) ||
	    strncmp(name, verifier->name, (size_t)(blank - name)) != 0 ||
	    memcmp(data.at, verifier->id, KEY_ID_LEN) != 0)
		return OK;
	if (data.len != NOTE_DATA_LEN ||
	    !verifier_check(verifier, bytes_of_text(text),
		data.at + KEY_ID_LEN))
		return FAIL(ctx, FAIL_INVALID, "note.signature",
		    "the signature of %s is wrong", verifier->name);
	*ret_signed = true;
	return OK;
}

/* Where the signatures begin: behind the last empty line. */
static const char *
signatures_of(const char *note)
{
	const char *found = NULL;

	for (const char *at = strstr(note, "\n\n"); at != NULL;
	     at = strstr(at + 1, "\n\n"))
		found = at + 2;
	return found;
}

enum fail
note_open(struct ctx *ctx, const char *public_key, const char *note,
    const char **ret_text)
{
	const size_t len = strlen(note);
	struct verifier verifier = { 0 };
	const char *line = signatures_of(note);
	const char *text = NULL;
	bool is_signed = false;

	if (!verifier_parse(ctx->arena, public_key, &verifier))
		return FAIL(ctx, FAIL_INVALID, "trust.key",
		    "%s is no verifier key", public_key);
	if (len > NOTE_BYTES_MAX || !utf8_is_clean(note, len))
		return malformed(ctx, "a note is clean text");
	if (line == NULL || *line == '\0' || note[len - 1] != '\n')
		return malformed(ctx, "a note ends in signature lines");
	text = arena_text_n(ctx->arena, note, (size_t)(line - note) - 1);
	for (int i = 0; *line != '\0'; i++) {
		const size_t line_len = strcspn(line, "\n");

		if (i == NOTE_SIGNATURES_MAX)
			return malformed(ctx, "too many signatures");
		TRY(check_line(ctx, &verifier, text,
		    arena_text_n(ctx->arena, line, line_len), &is_signed));
		line += line_len + 1;
	}
	if (!is_signed)
		return FAIL(ctx, FAIL_INVALID, "note.unsigned",
		    "%s has not signed this note", verifier.name);
	*ret_text = text;
	return OK;
}
