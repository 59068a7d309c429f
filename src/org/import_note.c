#include "org/import_note.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"

#define NOTE_MAX 512

void
import_note(struct ctx *ctx, struct import_notes *notes, const char *about,
    const char *format, ...)
{
	struct import_note *note = ARENA_NEW(ctx->arena, struct import_note);
	char text[NOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note->about = about;
	note->text = arena_text(ctx->arena, text);
	if (notes->last == NULL)
		notes->first = note;
	else
		notes->last->next = note;
	notes->last = note;
	notes->count++;
}

int64_t
import_count_value(const struct import_count *count, const void *report)
{
	int64_t value = 0;

	memcpy(&value, (const char *)report + count->offset, sizeof(value));
	return value;
}
