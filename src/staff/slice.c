#include "staff/slice.h"

#include <string.h>

#include "core/home.h"
#include "core/text.h"
#include "people/option.h"

/* A half address would be printed on slips before anybody saw it. */
static enum fail
open_staff(struct ctx *ctx)
{
	const char *base =
	    option_text(ctx->home, &people_option_table[PEOPLE_BASE_URL]);
	const size_t len = strlen(base);

	if (len == 0)
		return OK;
	if ((text_starts(base, "https://") || text_starts(base, "http://")) &&
	    base[len - 1] != '/' && strpbrk(base, " \t#?") == NULL)
		return OK;
	return FAIL(ctx, FAIL_INVALID, "staff.base_url",
	    "link.base_url: %s is no https://NAME without / at its end", base);
}

const struct slice staff_slice = {
	.name = "staff",
	.routes = (const struct route *const[]){ staff_people_routes,
	    staff_act_routes, staff_link_routes, staff_screens, NULL },
	.open = open_staff,
};
