#include "report/t_act.h"

#include "codec/shape_json.h"
#include "core/text.h"
#include "cube/cube.h"
#include "report/closing.h"

static enum fail
store(struct ctx *ctx, struct report *report, struct doing *doing)
{
	TRY(report_store(ctx, report,
	    doing->revision != 0 ? doing->revision : report_revision(report)));
	doing->id = report_id(report);
	return OK;
}

enum fail
act_open(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	const struct report_input input = {
		.form = WORLD_FORM,
		.period = doing->period == NULL ? WORLD_PERIOD : doing->period,
		.unit = world_ref(doing->world, doing->unit),
		.cells = doing->cells == NULL ? NULL
					      : world_cells(ctx, doing->cells),
		.reason = doing->reason,
	};
	struct report *report = NULL;

	TRY(report_open(ctx, &input, &report, &doing->is_new));
	return store(ctx, report, doing);
}

enum fail
act_save(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	struct report *report = NULL;

	TRY(report_load(ctx, doing->id, 0, &report));
	TRY(report_save(ctx, report, world_cells(ctx, doing->cells)));
	return store(ctx, report, doing);
}

#define ACT(name, call) \
	enum fail name(struct ctx *ctx, void *arg) \
	{ \
		struct doing *doing = arg; \
		struct report *report = NULL; \
\
		TRY(report_load(ctx, doing->id, 0, &report)); \
		TRY(call); \
		return store(ctx, report, doing); \
	}
ACT(act_submit, report_submit(ctx, report))
ACT(act_sign, report_sign(ctx, report))
ACT(act_accept, report_accept(ctx, report))
ACT(act_send_back, report_send_back(ctx, report, doing->reason))
ACT(act_amend, report_amend(ctx, report, doing->reason))
ACT(act_drop, report_drop(ctx, report))
ACT(act_withdraw, report_withdraw(ctx, report))

enum fail
act_close(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	const struct closing_input input = {
		.form = WORLD_FORM,
		.period = doing->period == NULL ? WORLD_PERIOD : doing->period,
		.unit = world_ref(doing->world, doing->unit),
		.reason = doing->reason,
	};
	const struct closing *closing = NULL;

	return report_close(ctx, &input, &closing);
}

enum fail
act_reopen(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	const struct closing_input input = {
		.form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.unit = world_ref(doing->world, doing->unit),
		.reason = doing->reason,
	};
	const struct reopening *reopening = NULL;

	return report_reopen(ctx, &input, &reopening);
}

enum fail
act_look(struct ctx *ctx, void *arg)
{
	struct looking *looking = arg;
	const struct report_view *view = NULL;
	struct report *report = NULL;
	struct text text;

	TRY(report_load(ctx, looking->id, looking->version, &report));
	TRY(report_show(ctx, report, &view));
	text_init(&text, ctx->arena);
	shape_write(&text, &report_shape, view);
	return json_parse(ctx, text_bytes(&text), &looking->view);
}

const struct json *
act_seen(struct t *t, int64_t id)
{
	struct looking looking = { .id = id };

	t_ok(&t->ctx, t_read(t, act_look, &looking));
	return looking.view;
}

void
assert_state(struct t *t, int64_t id, const char *state)
{
	assert_string_equal(json_get_text(act_seen(t, id), "state"), state);
}

void
assert_totals(struct world *w, int64_t unit, const char *sent,
    const char *accepted)
{
	assert_string_equal(world_total(w, unit, "a.c1", BASIS_SENT), sent);
	assert_string_equal(world_total(w, unit, "a.c1", BASIS_ACCEPTED),
	    accepted);
}
