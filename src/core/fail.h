#ifndef CORE_FAIL_H
#define CORE_FAIL_H

#include "core/attr.h"

/*
 * Failures.  A kind is what a caller may act on; the list is
 * closed.  The code ("report.stale") is the stable reason that users, tests and
 * locale files know.  The first failure of a unit of work wins.
 */
enum fail {
	OK = 0,
	FAIL_INVALID,   /* 422  the input breaks a rule it could have kept */
	FAIL_LOGIN,     /* 401  nobody is signed in */
	FAIL_DENIED,    /* 403  somebody is, but may not do this */
	FAIL_NOT_FOUND, /* 404  or may not know it exists */
	FAIL_CONFLICT,  /* 409  the thing's state does not allow this */
	FAIL_STALE,     /* 412  it changed since the caller last read it */
	FAIL_TOO_BIG,   /* 413  over a limit */
	FAIL_TOO_OFTEN, /* 429  the caller has used up its share, for now */
	FAIL_BUSY,      /* 503  try again later */
	FAIL_UPSTREAM,  /* 502  another system failed us */
	FAIL_INTERNAL,  /* 500  our own fault; logged with file and line */
};

struct ctx;

/* One wrong place in an input; pointer is a JSON pointer such as "/cells/3". */
struct fail_field {
	const char *pointer;
	const char *code;
	const char *message;
	struct fail_field *next;
};

/* What went wrong in a unit of work; all texts live in ctx->arena. */
struct failure {
	enum fail kind;
	const char *code;
	const char *message;
	const char *file;
	int line;
	struct fail_field *fields; /* in the order found, NULL if none */
	struct fail_field *fields_last;
	int field_count; /* counts all; at most FAIL_FIELDS_MAX are kept */
};

#define FAIL_FIELDS_MAX 200

void fail_record(struct ctx *ctx, enum fail kind, const char *code,
    const char *file, int line, const char *format, ...) PRINTF(6, 7);

/* Forget the recorded failure, for a caller that acted on it. */
void fail_clear(struct ctx *ctx);

/* The HTTP status of a kind; 200 for OK. */
int fail_status(enum fail kind);

/* "invalid", "login" ...; for logs and tests. */
const char *fail_name(enum fail kind);

/*
 * The value is the constant kind, not a function's result, so that analyzers
 * know it is never OK.
 */
#define FAIL(ctx, kind, code, ...) \
	(fail_record((ctx), (kind), (code), __FILE__, __LINE__, __VA_ARGS__), \
	    (kind))

#define TRY(expr) \
	do { \
		const enum fail try_fail = (expr); \
		if (try_fail != OK) \
			return try_fail; \
	} while (0)

/*
 * Field errors are collected, any number of times, then TRY(fail_valid(ctx)).
 * fail_valid answers FAIL_INVALID "input.invalid" if any was noted since the start
 * of the unit of work.
 */
void fail_invalid(struct ctx *ctx, const char *pointer, const char *code,
    const char *format, ...) PRINTF(4, 5);
NODISCARD enum fail fail_valid(struct ctx *ctx);

#endif
