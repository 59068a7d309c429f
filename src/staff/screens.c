#include "app/shell.h"
#include "staff/slice.h"

/* The screens of web/src/staff, and what each asks for first. */
const struct route staff_screens[] = {
	{ .method = GET,
	    .path = "/people",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: people within reach.",
	    .media = &shell_media,
	    .first =
		(const char *const[]){
		    "/api/v1/people?q={q}&role={role}&state={state}&limit=100",
		    NULL } },
	{ .method = GET,
	    .path = "/people/new",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: invite a person.",
	    .media = &shell_media },
	{ .method = GET,
	    .path = "/people/{id}",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: one person.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/people/{id}", NULL } },
	{ .method = GET,
	    .path = "/units/{ref}/people",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: who may do what in a unit.",
	    .media = &shell_media,
	    .first =
		(const char *const[]){ "/api/v1/units/{ref}/people", NULL } },
	{ .method = GET,
	    .path = "/set-password",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: set a password by a code.",
	    .media = &shell_media },
	{ 0 },
};
