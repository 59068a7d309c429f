#ifndef CORE_SHAPE_H
#define CORE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

/*
 * A shape lists the public fields of a struct: name, type, limits, need,
 * meaning and an example.  From it come JSON reading with all field errors at
 * once (codec/shape_json.h), JSON writing, the API description and the types
 * of the web client.  What is for the inside only is not in the shape.
 *
 * C types by field kind:
 *	F_INT	int64_t			F_BOOL	bool
 *	F_TEXT	const char *		F_DATE	const char * ("2025-07-01")
 *	F_TIME	const char *, an instant ("2025-07-01T08:30:00+07:00", or Z,
 *		or any other offset of RFC 3339; time_parse of core/day.h)
 *	F_ENUM	const char *, one of a NULL-terminated list
 *	F_OPT_INT  const int64_t *, NULL if absent
 *	F_TEXTS	struct texts_of: a list of texts, none of them NULL
 *	F_INTS	struct ints_of: a list of whole numbers
 *	F_JSON	const struct json * (in) / a finished JSON text const char *
 *		(out, F_RAW): for maps and for arrays of mixed values; of at
 *		most SHAPE_JSON_VALUES values
 *	F_LIST	struct list_of: array of structs of another shape
 *	F_ONE	pointer to a struct of another shape, NULL if absent
 *	F_WORDS	struct texts_of: at least one text, none of them empty
 * In a query a list is one parameter with commas between its items, so there it
 * is F_WORDS or F_INTS.
 * A NULL text or pointer that is OPTIONAL is written as null, and so is an
 * OPTIONAL list of texts or numbers whose at is NULL; one that was read empty
 * has another at.
 */
struct json;
struct shape;

enum shape_type {
	SHAPE_INT,
	SHAPE_BOOL,
	SHAPE_TEXT,
	SHAPE_DATE,
	SHAPE_TIME,
	SHAPE_ENUM,
	SHAPE_OPT_INT,
	SHAPE_TEXTS,
	SHAPE_INTS,
	SHAPE_JSON,
	SHAPE_RAW,
	SHAPE_LIST,
	SHAPE_ONE,
};

enum shape_need { REQUIRED, OPTIONAL };

#define SHAPE_JSON_VALUES 20000

struct list_of {
	const void *at; /* count structs in a row */
	size_t count;
};

struct texts_of {
	const char *const *at;
	size_t count;
};

struct ints_of {
	const int64_t *at;
	size_t count;
};

struct shape_field {
	const char *name;
	enum shape_type type;
	size_t offset;
	int64_t lo; /* INT: least; TEXT: fewest bytes; lists: fewest items */
	int64_t hi; /* INT: most; TEXT: most bytes; lists: most items */
	int64_t item_lo; /* TEXTS: fewest bytes of each; INTS: least */
	int64_t item_hi; /* TEXTS: most bytes of each; INTS: most */
	enum shape_need need;
	const struct shape *of;     /* LIST, ONE */
	const char *const *choices; /* ENUM */
	const char *meaning;        /* one sentence, with the unit */
	const char *example;        /* as JSON: "\"2025-Q3\"", "17" */
	const char *schema;         /* JSON, RAW: its JSON Schema */
};

struct shape {
	const char *name; /* "Report": its name in the API description */
	size_t size;
	const struct shape_field *fields;
	size_t field_count;
};

/* A wrong C type does not compile: _Generic has no matching branch. */
#define SHAPE_AT(st, f, type) \
	(offsetof(st, f) + (size_t) _Generic(&((st *)0)->f, type * : 0))

/* clang-format off */
#define F_INT(st, f, lo_, hi_, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_INT, .offset = SHAPE_AT(st, f, int64_t), \
	  .lo = (lo_), .hi = (hi_), .need = (need_), \
	  .meaning = (meaning_), .example = (example_) }
#define F_OPT_INT(st, f, lo_, hi_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_OPT_INT, \
	  .offset = SHAPE_AT(st, f, const int64_t *), \
	  .lo = (lo_), .hi = (hi_), .need = OPTIONAL, \
	  .meaning = (meaning_), .example = (example_) }
#define F_BOOL(st, f, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_BOOL, .offset = SHAPE_AT(st, f, bool), \
	  .need = (need_), .meaning = (meaning_), .example = (example_) }
#define F_TEXT(st, f, most_, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_TEXT, \
	  .offset = SHAPE_AT(st, f, const char *), .lo = 0, .hi = (most_), \
	  .need = (need_), .meaning = (meaning_), .example = (example_) }
#define F_DATE(st, f, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_DATE, \
	  .offset = SHAPE_AT(st, f, const char *), .lo = 10, .hi = 10, \
	  .need = (need_), .meaning = (meaning_), .example = (example_) }
#define F_TIME(st, f, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_TIME, \
	  .offset = SHAPE_AT(st, f, const char *), .lo = 20, .hi = 32, \
	  .need = (need_), .meaning = (meaning_), .example = (example_) }
#define F_ENUM(st, f, choices_, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_ENUM, \
	  .offset = SHAPE_AT(st, f, const char *), .choices = (choices_), \
	  .need = (need_), .meaning = (meaning_), .example = (example_) }
#define F_TEXTS(st, f, fewest_, most_, bytes_, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_TEXTS, \
	  .offset = SHAPE_AT(st, f, struct texts_of), .lo = (fewest_), \
	  .hi = (most_), .item_hi = (bytes_), .need = (need_), \
	  .meaning = (meaning_), .example = (example_) }
#define F_WORDS(st, f, most_, bytes_, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_TEXTS, \
	  .offset = SHAPE_AT(st, f, struct texts_of), .lo = 1, \
	  .hi = (most_), .item_lo = 1, .item_hi = (bytes_), .need = (need_), \
	  .meaning = (meaning_), .example = (example_) }
#define F_INTS(st, f, fewest_, most_, item_lo_, item_hi_, need_, meaning_, \
    example_) \
	{ .name = #f, .type = SHAPE_INTS, \
	  .offset = SHAPE_AT(st, f, struct ints_of), .lo = (fewest_), \
	  .hi = (most_), .item_lo = (item_lo_), .item_hi = (item_hi_), \
	  .need = (need_), .meaning = (meaning_), .example = (example_) }
#define F_JSON(st, f, need_, schema_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_JSON, \
	  .offset = SHAPE_AT(st, f, const struct json *), .need = (need_), \
	  .schema = (schema_), .meaning = (meaning_), .example = (example_) }
#define F_RAW(st, f, need_, schema_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_RAW, \
	  .offset = SHAPE_AT(st, f, const char *), .need = (need_), \
	  .schema = (schema_), .meaning = (meaning_), .example = (example_) }
#define F_LIST(st, f, of_, most_, meaning_) \
	{ .name = #f, .type = SHAPE_LIST, \
	  .offset = SHAPE_AT(st, f, struct list_of), .lo = 0, .hi = (most_), \
	  .need = REQUIRED, .of = (of_), .meaning = (meaning_) }
#define F_ONE(st, f, of_, need_, meaning_) \
	{ .name = #f, .type = SHAPE_ONE, \
	  .offset = offsetof(st, f), .need = (need_), .of = (of_), \
	  .meaning = (meaning_) }
/* What many tables say in the same way: an id, how many. */
#define F_ID(st, f, meaning_, example_) \
	F_INT(st, f, 1, INT64_MAX, REQUIRED, meaning_, example_)
#define F_COUNT(st, f, meaning_, example_) \
	F_INT(st, f, 0, INT64_MAX, REQUIRED, meaning_, example_)
#define SHAPE(name_, st, fields_) \
	{ .name = (name_), .size = sizeof(st), .fields = (fields_), \
	  .field_count = ARRAY_SIZE(fields_) }
/* clang-format on */

const struct shape_field *shape_field_named(const struct shape *shape,
    const char *name); /* NULL: it has none of that name */

#endif
