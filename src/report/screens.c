#include "app/shell.h"
#include "report/slice.h"

/* The filters of the work list. */
#define WORK \
	"&form={form}&period={period}&age={age}&unit={unit}&q={q}&limit=100"

/* The screens of web/src/report, and what each asks for first.  A state that is
 * none is refused, and so left out (app/shell.h). */
const struct route report_screens[] = {
	{ .method = GET,
	    .path = "/",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: what the person has to do.",
	    .media = &shell_media,
	    .first =
		(const char *const[]){
		    "/api/v1/obligations?mine=true&todo=true" WORK "{-state}",
		    "/api/v1/obligations?mine=true" WORK "{state=all}",
		    "/api/v1/obligations?mine=true&late=true" WORK
		    "{state=late}",
		    "/api/v1/obligations?mine=true&state={state!}" WORK,
		    NULL } },
	{ .method = GET,
	    .path = "/review",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: the level above goes through what was sent.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/forms",
		"/api/v1/periods?form={form!}",
		"/api/v1/obligations?form={form!}&period={period!}"
		"&unit={unit!}&limit=500",
		"/api/v1/figures?form={form!}&periods={period!}&units={unit!}"
		"&basis=sent",
		"/api/v1/figures?form={form!}&periods={period!}&units={unit!}"
		"&basis=accepted",
		"/api/v1/forms/{form!}?period={period!}",
		"/api/v1/reports/{report!}", NULL } },
	{ .method = GET,
	    .path = "/reports",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: the reports that the person may see.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/forms",
		"/api/v1/periods?form={form!}",
		"/api/v1/reports?form={form}&period={period}&state={state}"
		"&unit={unit}&q={q}&late={late}&limit=100",
		NULL } },
	{ .method = GET,
	    .path = "/late",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: who is late, and what is missing.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/forms",
		"/api/v1/periods?form={form!}",
		"/api/v1/obligations?form={form!}&period={period!}"
		"&under={unit!}&level={level}&q={q}&late=true&limit=100"
		"{-show}",
		NULL } },
	{ .method = GET,
	    .path = "/reports/new",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: a new draft.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/reports/new"
					    "?form={form!}&period={period!}"
					    "&unit={unit!}",
		"/api/v1/forms/{form!}?period={period!}", NULL } },
	{ .method = GET,
	    .path = "/reports/{id}",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: one report.",
	    .media = &shell_media,
	    .first =
		(const char *const[]){ "/api/v1/reports/{id}?version={version}",
		    "/api/v1/forms/{form@}?period={period@}",
		    "/api/v1/reports/{id}/history", NULL } },
	{ .method = GET,
	    .path = "/reports/{id}/entry",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Screen: a draft being typed.",
	    .media = &shell_media,
	    .first = (const char *const[]){ "/api/v1/reports/{id}",
		"/api/v1/forms/{form@}?period={period@}", NULL } },
	{ 0 },
};
