#include "app/flow.h"
#include "app/page.h"
#include "app/route.h"
#include "core/arena.h"
#include "toy/slice.h"
#include "toy/toy.h"

struct toy_in {
	int64_t unit;
	const char *name;
	const int64_t *upload;
};

struct toy_query {
	int64_t after;
};

struct toys_out {
	struct list_of items;
	const int64_t *next;
};

/* clang-format off */
static const struct shape_field toy_in_fields[] = {
	F_INT(struct toy_in, unit, 1, INT64_MAX, REQUIRED, "Whose it is.",
	    "17"),
	F_TEXT(struct toy_in, name, TOY_NAME_MAX, REQUIRED, "Its name.",
	    "\"Đèn kéo quân\""),
	F_OPT_INT(struct toy_in, upload, 1, INT64_MAX,
	    "A complete upload of yours: the picture.", "null"),
};
static const struct shape toy_in_shape =
    SHAPE("ToyInput", struct toy_in, toy_in_fields);

static const struct shape_field toy_query_fields[] = {
	F_INT(struct toy_query, after, 0, INT64_MAX, OPTIONAL,
	    "Toys after this id.", "0"),
};
static const struct shape toy_query_shape =
    SHAPE("ToyQuery", struct toy_query, toy_query_fields);

static const struct shape_field toy_fields[] = {
	F_INT(struct toy, id, 1, INT64_MAX, REQUIRED, "Its id.", "3"),
	F_INT(struct toy, unit, 1, INT64_MAX, REQUIRED, "Whose it is.", "17"),
	F_TEXT(struct toy, name, TOY_NAME_MAX, REQUIRED, "Its name.",
	    "\"Đèn kéo quân\""),
	F_TEXT(struct toy, picture, 64, OPTIONAL,
	    "SHA-256 of its picture, a blob.", "null"),
	F_ENUM(struct toy, state_name, toy_states, REQUIRED, "Its state.",
	    "\"polished\""),
	F_LIST(struct toy, actions, &flow_action_shape, FLOW_ACTIONS_MAX,
	    "What you may do with it."),
};
static const struct shape toy_shape = SHAPE("Toy", struct toy, toy_fields);

static const struct shape_field toys_fields[] = {
	F_LIST(struct toys_out, items, &toy_shape, TOY_PAGE_MAX, "By id."),
	F_OPT_INT(struct toys_out, next, 1, INT64_MAX,
	    "Go on after this id; null: that is all.", "null"),
};
static const struct shape toys_shape =
    SHAPE("ToyList", struct toys_out, toys_fields);
/* clang-format on */

static enum fail
post_toy(struct ctx *ctx, struct call *call)
{
	const struct toy_in *in = call_body(call, &toy_in_shape);
	struct toy *toy = NULL;

	if (in->name[0] == '\0')
		fail_invalid(ctx, "/name", "toy.name", "a toy has a name");
	TRY(fail_valid(ctx));
	TRY(toy_make(ctx, in->unit, in->name, in->upload, &toy));
	return call_answer(ctx, call, 201, &toy_shape, toy);
}

static enum fail
get_toys(struct ctx *ctx, struct call *call)
{
	const struct toy_query *query = call_query(call, &toy_query_shape);
	struct toys_out *out = ARENA_NEW(ctx->arena, struct toys_out);
	struct toy *toys = NULL;
	int64_t *next = ARENA_NEW(ctx->arena, int64_t);

	TRY(toy_list(ctx, query->after, &toys, &out->items.count, next));
	out->items.at = toys;
	out->next = *next == 0 ? NULL : next;
	return call_answer(ctx, call, 200, &toys_shape, out);
}

static enum fail
get_toy(struct ctx *ctx, struct call *call)
{
	struct toy *toy = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(toy_load(ctx, id, &toy));
	return call_answer(ctx, call, 200, &toy_shape, toy);
}

static enum fail
post_break(struct ctx *ctx, struct call *call)
{
	struct toy *toy = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(toy_break(ctx, id, &toy));
	return call_answer(ctx, call, 200, &toy_shape, toy);
}

static enum fail
get_about(struct ctx *ctx, struct call *call)
{
	struct page page = { 0 };

	page_begin(ctx, &page, page_word(ctx, "toys.title"), "/toys/about",
	    NULL);
	page_element(&page, "p", NULL, page_word(ctx, "toys.lead"));
	page_end(ctx, &page);
	return page_answer(ctx, call, 200, &page);
}

static const char *const make_failures[] = { "toy.name", "toy.too_many",
	"upload.unknown", "upload.incomplete", NULL };
static const char *const one_failures[] = { "toy.unknown", NULL };
static const char *const break_failures[] = { "toy.unknown", "toy.state",
	NULL };

const struct route toy_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/toys",
	    .permission = "toy.make",
	    .tx = TX_WRITE,
	    .in = &toy_in_shape,
	    .out = &toy_shape,
	    .handle = post_toy,
	    .summary = "Make a toy.",
	    .failures = make_failures },
	{ .method = GET,
	    .path = "/api/v1/toys",
	    .permission = "toy.see",
	    .tx = TX_READ,
	    .query = &toy_query_shape,
	    .out = &toys_shape,
	    .handle = get_toys,
	    .summary = "Toys of the units that you reach." },
	{ .method = GET,
	    .path = "/api/v1/toys/{id}",
	    .permission = "toy.see",
	    .tx = TX_READ,
	    .out = &toy_shape,
	    .handle = get_toy,
	    .summary = "One toy.",
	    .failures = one_failures },
	{ .method = POST,
	    .path = "/api/v1/toys/{id}/break",
	    .permission = "toy.make",
	    .tx = TX_WRITE,
	    .out = &toy_shape,
	    .handle = post_break,
	    .summary = "Break a toy.",
	    .failures = break_failures },
	{ .method = GET,
	    .path = "/toys/about",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = get_about,
	    .summary = "Page: what toys are for.",
	    .media = &page_media },
	{ 0 },
};
