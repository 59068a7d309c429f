#ifndef APP_T_DISPATCH_H
#define APP_T_DISPATCH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "t_app.h"

/*
 * For the tests of the dispatcher: a process with a slice of the test's own,
 * which has every kind of row and of failure, and a clerk of unit 5.
 */
extern const struct route t_rows[];
#define T_ROW_ACT 2 /* its number: POST /api/t/acts */
extern struct t_person t_clerk;
extern atomic_int t_acts; /* how often an act was done */

/* Start it all over. */
struct t *t_dispatch(void **state);

/* An act with a key, as the clerk. */
struct http_response t_act(struct t *t, const char *path, const char *body,
    const char *key);

bool t_body_is(const struct http_response *r, const char *text);

#endif
