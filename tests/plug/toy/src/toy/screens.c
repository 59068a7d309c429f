#include "app/shell.h"
#include "toy/slice.h"

/* The screens of web/src/toy, and what each asks for first. */
const struct route toy_screens[] = {
	{ .method = GET,
	    .path = "/toys",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: toys.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/toys", NULL } },
	{ 0 },
};
