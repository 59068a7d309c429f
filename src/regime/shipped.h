#ifndef REGIME_SHIPPED_H
#define REGIME_SHIPPED_H

#include "core/embedded.h"

/*
 * The form definitions of data/forms, built into the program: what truc init
 * gives to regime_publish.  Ends with an entry whose name is NULL.
 */
extern const struct embedded regime_shipped[];

#endif
