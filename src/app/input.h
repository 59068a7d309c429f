#ifndef APP_INPUT_H
#define APP_INPUT_H

#include "app/call.h"

/*
 * Query and body of a request into the structs of the row's shapes, all field
 * errors at once.  Pointers of body fields are JSON pointers into the body,
 * those of query fields "/name".
 *	FAIL_INVALID	"input.invalid" with the fields of codec/shape_json.h,
 *			and "input.repeated" for the query
 *	FAIL_INVALID	"input.query"		malformed query string
 *	FAIL_INVALID	"input.no_body"		a body where none belongs
 *	FAIL_INVALID	"input.media_type"	415: not application/json, or no
 *						form where the row wants one
 *	FAIL_INVALID	"json.*"
 *	FAIL_TOO_BIG	"input.too_big"
 *	FAIL_TOO_BIG	"json.too_big"	more values than the shape can hold, and
 *			INPUT_VALUES_SPARE more, so that unknown ones are named
 */
#define INPUT_BODY_MAX ((size_t)1 << 20)
#define INPUT_BODY_BIG_MAX ((size_t)16 << 20) /* ROUTE_BIG */
#define INPUT_QUERY_MAX 64                    /* parameters */
#define INPUT_VALUES_SPARE ((size_t)1000)

NODISCARD enum fail input_read(struct ctx *ctx, struct call *call);

#endif
