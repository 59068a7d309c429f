#include "app/shell.h"
#include "org/slice.h"

/* The screens of web/src/org, and what each asks for first. */
const struct route org_screens[] = {
	{ .method = GET,
	    .path = "/units",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: units by name.",
	    .media = &shell_media,
	    .first =
		(const char *const[]){
		    "/api/v1/units?q={q!}&level={level}&on={on}&limit=100",
		    "/api/v1/units?level={level!}&on={on}&limit=100{-q}",
		    "/api/v1/units?level=1&on={on}&limit=100{-q}{-level}",
		    NULL } },
	{ .method = GET,
	    .path = "/units/{ref}",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: one unit.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/units/{ref}", NULL } },
	{ 0 },
};
