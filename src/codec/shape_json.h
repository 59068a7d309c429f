#ifndef CODEC_SHAPE_JSON_H
#define CODEC_SHAPE_JSON_H

#include "codec/json.h"
#include "core/ctx.h"
#include "core/shape.h"
#include "core/text.h"

/*
 * Read node into out (shape->size bytes, zeroed first).  All faults are noted
 * by fail_invalid(): "input.unknown", "input.missing", "input.type", "input.range",
 * "input.too_long", "input.choice", "input.date", "input.time", with the JSON pointer under
 * base ("" for the root).  The caller says TRY(fail_valid(ctx)).
 * null counts as absent, for every kind of field.  A text or list that is too
 * short is "input.range".  An item of a list of texts or numbers is judged by
 * itself, at its own place; null is none.  A field that is at fault stays zero, and what is
 * around it is read on.
 */
void shape_read(struct ctx *ctx, const struct shape *shape,
    const struct json *node, const char *base, void *out);

/*
 * The most values that a node of this shape can hold.  What a field of any JSON
 * may hold is SHAPE_JSON_VALUES.
 */
size_t shape_values_most(const struct shape *shape);

/* Append object as JSON, members in the order of the shape. */
void shape_write(struct text *text, const struct shape *shape,
    const void *object);

/* Append the shape's JSON Schema (2020-12); nested shapes by $ref
 * to "#/components/schemas/NAME". */
void shape_schema(struct text *text, const struct shape *shape);
/* ... that of an item of F_TEXTS, F_WORDS or F_INTS. */
void shape_item_schema(struct text *text, const struct shape_field *field);

#endif
