#ifndef APP_OPENAPI_H
#define APP_OPENAPI_H

#include "app/locale.h"
#include "app/routes.h"

/*
 * The API description (OpenAPI 3.1) from the rows and their shapes; texts are
 * kept in arena.  Tags are the slices.  A row's media gives the content types
 * and the headers with one value, as a "const".  x-failures of an operation lists the codes of its row, that
 * of the document all codes with their sentences.  Two different shapes of one
 * name are a fault of the program and are asserted.
 */
struct bytes openapi_make(struct arena *arena, const struct routes *routes,
    const struct locale *locale);

#endif
