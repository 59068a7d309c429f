#include "app/shell.h"
#include "notify/slice.h"

/* The screens of web/src/notify, and what each asks for first. */
const struct route notify_screens[] = {
	{ .method = GET,
	    .path = "/letters",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: letters.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/me/letters",
		"/api/v1/me/contact", NULL } },
	{ 0 },
};
