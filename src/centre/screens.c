#include "app/shell.h"
#include "centre/slice.h"

/* The screens of web/src/centre, and what each asks for first. */
const struct route centre_screens[] = {
	{ .method = GET,
	    .path = "/country",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: totals of the country.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/forms",
		"/api/v1/periods?form={form!}",
		"/api/v1/forms/{form!}?period={period!}",
		/* Of all rows together: else the cells hang on the form. */
		"/api/v1/figures?form={form!}&periods={period!}"
		"&structure={structure}&as_of={as_of}&basis={basis}"
		"&apportion={apportion}&children_of={at!}{-row}",
		NULL } },
	{ 0 },
};
