#ifndef REGIME_REGIME_HTTP_H
#define REGIME_REGIME_HTTP_H

#include "app/route.h"

/* GET /api/v1/regimes and /api/v1/periods. */
extern const struct route regime_routes[];

#endif
