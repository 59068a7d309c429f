#ifndef REGIME_FORM_HTTP_H
#define REGIME_FORM_HTTP_H

#include "app/route.h"

/* GET /api/v1/forms and /api/v1/forms/{code}. */
extern const struct route form_routes[];

#endif
