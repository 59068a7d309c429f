#include "people/audit.h"

#include <string.h>

#include "core/arena.h"
#include "people/access.h"
#include "people/audit.sql.h"

/* At most AUDIT_DETAIL_MAX bytes, never cut inside a character. */
static const char *
shortened(struct ctx *ctx, const char *detail)
{
	size_t len = 0;

	if (detail == NULL || strlen(detail) <= AUDIT_DETAIL_MAX)
		return detail;
	len = AUDIT_DETAIL_MAX;
	while (len > 0 && ((unsigned char)detail[len] & 0xC0) == 0x80)
		len--;
	return arena_text_n(ctx->arena, detail, len);
}

enum fail
audit_note(struct ctx *ctx, const char *action, int64_t unit, int64_t object,
    const char *detail)
{
	int64_t person = 0;

	if (ctx->actor != NULL)
		person = ctx->actor->person;

	const struct sql_audit_add_args args = {
		.at = ctx->now_us,
		.person = person == 0 ? NULL : &person,
		.action = action,
		.unit = unit == 0 ? NULL : &unit,
		.object = object == 0 ? NULL : &object,
		.detail = shortened(ctx, detail),
	};

	return sql_audit_add(ctx, &args);
}

enum fail
audit_list(struct ctx *ctx, int64_t before, int64_t limit,
    struct audit_row **ret, size_t *ret_count)
{
	struct sql_audit_page *rows = NULL;
	size_t count = 0;

	TRY(access_any(ctx, "ops.read"));
	TRY(sql_audit_page(ctx, before == 0 ? INT64_MAX : before, limit, &rows,
	    &count));

	struct audit_row *out =
	    ARENA_ARRAY(ctx->arena, count, struct audit_row);

	for (size_t i = 0; i < count; i++) {
		const struct sql_audit_page *row = &rows[i];

		out[i] = (struct audit_row){
			.id = row->id,
			.at_us = row->at_us,
			.person = row->person_id == NULL ? 0 : *row->person_id,
			.login = row->login,
			.action = row->action,
			.unit = row->unit_id == NULL ? 0 : *row->unit_id,
			.object = row->object_id == NULL ? 0 : *row->object_id,
			.detail = row->detail,
		};
	}
	*ret = out;
	*ret_count = count;
	return OK;
}
