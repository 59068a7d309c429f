#ifndef REGIME_DEFINITION_NEW_H
#define REGIME_DEFINITION_NEW_H

#include <stdbool.h>
#include <stddef.h>

#include "regime/definition.h"

/*
 * What is asked of a definition where it is published, beyond what a stored one
 * must keep (definition_check.h): so that what was taken before a rule of ours
 * was there still opens.  Faults are noted by fail_invalid():
 *	"form.empty"	a text without a letter or a digit
 *	"form.name"	a text that is no name, "form.id" a code that is none
 *			(core/naming.h)
 *	"form.cycle"	computing rules that need each other, each at its terms
 * is_new: the form is not published yet; known: its first versions that are.
 */
void definition_check_new(struct ctx *ctx, const struct definition *def,
    bool is_new, size_t known);

#endif
