#ifndef REGIME_T_DATA_H
#define REGIME_T_DATA_H

#include "core/embedded.h"

/*
 * Files built into the tests of this module, so that they need no path: the
 * corpus of tests/corpus/rules, that of texts that say something, and the forms of data/forms.
 */
extern const struct embedded rules_corpus[];
extern const struct embedded words_corpus[];
extern const struct embedded plausible_corpus[];
/* Cases of tests/regime/plausible.py, made by the build. */
extern const struct embedded plausible_random[];
extern const struct embedded shipped_forms[];

#endif
