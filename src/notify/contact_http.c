#include "app/route.h"
#include "core/arena.h"
#include "core/day.h"
#include "notify/channel.h"
#include "notify/contact.h"
#include "notify/slice.h"

struct contact_in {
	const char *email;
	const char *telephone;
	bool by_mail;
	bool by_message;
};

struct contact_out {
	const char *email;
	const char *telephone;
	bool by_mail;
	bool by_message;
	bool has_mail;
	bool has_message;
	const char *mail_sent_at;
	const char *mail_failure;
	const char *message_sent_at;
	const char *message_failure;
};

/* clang-format off */
#define F_CONTACT(st) \
	F_TEXT(st, email, CONTACT_EMAIL_MAX, OPTIONAL, \
	    "Address of mail; null or empty: none.", \
	    "\"lan.nguyen@xa.tinh.gov.vn\""), \
	F_TEXT(st, telephone, CONTACT_TELEPHONE_MAX, OPTIONAL, \
	    "Telephone for messages; null or empty: none.", \
	    "\"0912 345 678\""), \
	F_BOOL(st, by_mail, REQUIRED, "Letters come by mail as well.", \
	    "true"), \
	F_BOOL(st, by_message, REQUIRED, \
	    "Letters come as messages to the telephone as well.", "false")

static const struct shape_field in_fields[] = {
	F_CONTACT(struct contact_in),
};
static const struct shape in_shape =
    SHAPE("ContactInput", struct contact_in, in_fields);

static const struct shape_field out_fields[] = {
	F_CONTACT(struct contact_out),
	F_BOOL(struct contact_out, has_mail, REQUIRED,
	    "This installation sends mail.", "true"),
	F_BOOL(struct contact_out, has_message, REQUIRED,
	    "This installation sends messages to telephones.", "false"),
	F_TIME(struct contact_out, mail_sent_at, OPTIONAL,
	    "When the last letter went by mail; null: none has.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TEXT(struct contact_out, mail_failure, 64, OPTIONAL,
	    "Why the last one did not, a code; null: it did.", "null"),
	F_TIME(struct contact_out, message_sent_at, OPTIONAL,
	    "When the last letter went as a message; null: none has.", "null"),
	F_TEXT(struct contact_out, message_failure, 64, OPTIONAL,
	    "Why the last one did not, a code; null: it did.", "null"),
};
static const struct shape out_shape =
    SHAPE("Contact", struct contact_out, out_fields);
/* clang-format on */

static const char *
time_or_null(struct ctx *ctx, const int64_t *at_us)
{
	return at_us == NULL ? NULL : time_text(ctx->arena, *at_us);
}

static enum fail
answer_own(struct ctx *ctx, struct call *call)
{
	struct contact_out *out = ARENA_NEW(ctx->arena, struct contact_out);
	struct contact own = { 0 };

	TRY(contact_own(ctx, &own));
	*out = (struct contact_out){
		.email = own.email,
		.telephone = own.telephone,
		.by_mail = own.by_mail,
		.by_message = own.by_message,
		.has_mail = channel_is_there(ctx->home, CHANNEL_MAIL),
		.has_message = channel_is_there(ctx->home, CHANNEL_MESSAGE),
		.mail_sent_at = time_or_null(ctx, own.mail_sent_us),
		.mail_failure = own.mail_failure,
		.message_sent_at = time_or_null(ctx, own.message_sent_us),
		.message_failure = own.message_failure,
	};
	return call_answer(ctx, call, 200, &out_shape, out);
}

static enum fail
put_own(struct ctx *ctx, struct call *call)
{
	const struct contact_in *in = call_body(call, &in_shape);

	TRY(contact_set(ctx, &(struct contact){
				 .email = in->email,
				 .telephone = in->telephone,
				 .by_mail = in->by_mail,
				 .by_message = in->by_message,
			     }));
	return answer_own(ctx, call);
}

static const char *const put_failures[] = { "contact.email",
	"contact.telephone", "contact.channel", NULL };

const struct route contact_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/me/contact",
	    .permission = "letter.own",
	    .tx = TX_READ,
	    .out = &out_shape,
	    .handle = answer_own,
	    .summary = "How you are reached, and which letters come how." },
	{ .method = PUT,
	    .path = "/api/v1/me/contact",
	    .permission = "letter.own",
	    .tx = TX_WRITE,
	    .in = &in_shape,
	    .out = &out_shape,
	    .handle = put_own,
	    .summary = "Say how you are reached.",
	    .failures = put_failures },
	{ 0 },
};
