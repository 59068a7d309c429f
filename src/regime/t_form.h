#ifndef REGIME_T_FORM_H
#define REGIME_T_FORM_H

#include "regime/catalogue.h"
#include "t_store.h"

/*
 * For the tests of the catalogue: a process with store, ledger and an empty
 * catalogue, the actor being the system; and a small form T.01 of two columns,
 * one row and one rule, in force from 2024 on.  The tests' clock is at
 * 2025-07-15.
 */
void t_regime(struct t *t);

extern const char t_form_small[];

/* The small form with one piece of its text replaced; the piece is there. */
const char *t_form_changed(struct t *t, const char *from, const char *to);
/* ... with a second version, from 2025-10-01. */
const char *t_form_second(struct t *t);

/* Publish a definition in a unit of work of its own; arg is a const char **. */
enum fail t_form_published(struct t *t, const char *source);
enum fail t_form_publish(struct ctx *ctx, void *arg);
/* The forms of data/forms. */
void t_form_shipped(struct t *t);

const struct form *t_form_now(struct t *t, const char *code);
struct period t_period(const struct form *form, const char *text);

#endif
