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
 *	F_ENUM	const char *, one of a NULL-terminated list
 *	F_OPT_INT  const int64_t *, NULL if absent
 *	F_JSON	const struct json * (in) / a finished JSON text const char *
 *		(out, F_RAW): for maps and arrays a shape cannot say
 *	F_LIST	struct list_of: array of structs of another shape
 *	F_ONE	pointer to a struct of another shape, NULL if absent
 * A NULL text or pointer that is OPTIONAL is written as null.
 */
struct json;
struct shape;

enum shape_type {
	SHAPE_INT,
	SHAPE_BOOL,
	SHAPE_TEXT,
	SHAPE_DATE,
	SHAPE_ENUM,
	SHAPE_OPT_INT,
	SHAPE_JSON,
	SHAPE_RAW,
	SHAPE_LIST,
	SHAPE_ONE,
};

enum shape_need { REQUIRED, OPTIONAL };

struct list_of {
	const void *at; /* count structs in a row */
	size_t count;
};

struct shape_field {
	const char *name;
	enum shape_type type;
	size_t offset;
	int64_t lo; /* INT: least; TEXT: fewest bytes; LIST: fewest items */
	int64_t hi; /* INT: most; TEXT: most bytes; LIST: most items */
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
#define F_ENUM(st, f, choices_, need_, meaning_, example_) \
	{ .name = #f, .type = SHAPE_ENUM, \
	  .offset = SHAPE_AT(st, f, const char *), .choices = (choices_), \
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
/* What many tables say in the same way: an id, how many, an instant. */
#define SHAPE_TIME_MAX 40 /* bytes, as time_text makes it and other programs */
#define F_ID(st, f, meaning_, example_) \
	F_INT(st, f, 1, INT64_MAX, REQUIRED, meaning_, example_)
#define F_COUNT(st, f, meaning_, example_) \
	F_INT(st, f, 0, INT64_MAX, REQUIRED, meaning_, example_)
#define F_TIME(st, f, need_, meaning_, example_) \
	F_TEXT(st, f, SHAPE_TIME_MAX, need_, meaning_, example_)
#define SHAPE(name_, st, fields_) \
	{ .name = (name_), .size = sizeof(st), .fields = (fields_), \
	  .field_count = ARRAY_SIZE(fields_) }
/* clang-format on */

#endif
