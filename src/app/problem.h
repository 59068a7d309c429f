#ifndef APP_PROBLEM_H
#define APP_PROBLEM_H

#include "app/call.h"

/*
 * ctx->failure as a problem document (RFC 9457):
 *
 *	{"type":"/openapi.json#/x-failures/report.stale","title":...,
 *	 "status":412,"code":"report.stale","detail":...,"request_id":17,
 *	 "errors":[{"pointer":"/cells/3","code":...,"message":...}]}
 *
 * title is the kind's, detail and messages are those of the codes, in
 * ctx->locale.  The message of the failure itself is for the log: it may name
 * what the reader must not know.  Field errors say what was wrong with the
 * reader's own input, so their message is used where the locale has none, and
 * that of "json.*" follows the sentence, since it has line and column.
 */
struct problem {
	int status;
	const char *code;
	const char *title;
	const char *detail;
	struct bytes content;
};

struct problem problem_make(struct ctx *ctx, enum fail kind,
    const struct call *call);

#endif
