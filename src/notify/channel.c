#include "notify/channel.h"

#include <inttypes.h>

#include "app/option.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "notify/channel_client.h"
#include "notify/contact.h"
#include "notify/envelope.h"
#include "notify/inside.h"
#include "notify/letter.h"
#include "notify/notify.sql.h"
#include "notify/option.h"
#include "notify/post.h"
#include "people/access.h"
#include "people/person.h"
#include "store/within.h"
#include "trust/trust.h"

#define ID_MARK_LEN 6

static const char *
said(const struct home *home, enum notify_option option)
{
	return option_text(home, &notify_option_table[option]);
}

bool
channel_is_there(const struct home *home, enum channel channel)
{
	if (channel == CHANNEL_MAIL)
		return *said(home, NOTIFY_MAIL_HOST) != '\0' &&
		       contact_is_email(said(home, NOTIFY_MAIL_FROM));
	return *said(home, NOTIFY_MESSAGE_URL) != '\0' ||
	       *said(home, NOTIFY_MESSAGE_COMMAND) != '\0';
}

static enum fail
add_job(struct ctx *ctx, const char *kind, int64_t letter)
{
	int64_t job = 0;

	return job_add(ctx, kind,
	    arena_printf(ctx->arena, "{\"letter\":%" PRId64 "}", letter),
	    ctx->now_us, &job);
}

enum fail
channel_hand_on(struct ctx *ctx, int64_t person, int64_t letter)
{
	const bool has_mail = channel_is_there(ctx->home, CHANNEL_MAIL);
	const bool has_message = channel_is_there(ctx->home, CHANNEL_MESSAGE);
	struct contact contact = { 0 };

	if (!has_mail && !has_message)
		return OK;
	TRY(contact_of(ctx, person, &contact));
	if (has_mail && contact.by_mail)
		TRY(add_job(ctx, CHANNEL_MAIL_JOB, letter));
	if (has_message && contact.by_message)
		TRY(add_job(ctx, CHANNEL_MESSAGE_JOB, letter));
	return OK;
}

/* ---- a letter on its way ------------------------------------------------- */

struct way {
	enum channel channel;
	int64_t letter;
	int64_t person;
	bool is_wanted; /* still */
	struct envelope envelope;
	const char *address; /* a link to what it is about; "": none is known */
	/* How it went. */
	const char *failure; /* NULL: it has gone */
};

/* The same for one letter of one installation, and no other. */
static const char *
id_of(struct ctx *ctx, int64_t letter)
{
	const char *words = arena_printf(ctx->arena, "%s letter %" PRId64,
	    ledger_origin(ctx->home->ledger), letter);
	const struct digest digest = digest_of(bytes_of_text(words));

	return arena_printf(ctx->arena, "letter-%" PRId64 ".%s", letter,
	    bytes_hex(ctx->arena, (struct bytes){ digest.at, ID_MARK_LEN }));
}

static void
address_to(struct way *way, const struct contact *contact)
{
	const bool by_mail = way->channel == CHANNEL_MAIL;

	way->envelope.to = by_mail ? contact->email : contact->telephone;
	way->is_wanted = (by_mail ? contact->by_mail : contact->by_message) &&
			 way->envelope.to != NULL;
}

/* Under it the link, and who sends it. */
static const char *
text_with(struct ctx *ctx, const struct way *way, const char *text)
{
	const struct home *home = ctx->home;
	struct text out;

	text_init(&out, ctx->arena);
	text_add(&out, text);
	if (*way->address != '\0')
		text_addf(&out, "\n\n%s", way->address);
	if (way->channel == CHANNEL_MAIL)
		text_addf(&out, "\n\n-- \n%s\n%s\n",
		    option_text(home, &app_option_table[APP_OFFICE_NAME]),
		    option_text(home, &app_option_table[APP_OFFICE_TELEPHONE]));
	return text_of(&out);
}

static enum fail
read_letter(struct ctx *ctx, void *arg)
{
	struct way *way = arg;
	const char *base = said(ctx->home, NOTIFY_ADDRESS);
	struct actor *actor = NULL;
	struct contact contact = { 0 };
	struct letter letter;
	bool found = false;

	TRY(letter_load(ctx, way->letter, &way->person, &letter, &found));
	if (found)
		TRY(person_actor(ctx, way->person, &actor));
	if (actor == NULL) /* it was forgotten, or nobody reads it any more */
		return OK;
	TRY(contact_of(ctx, way->person, &contact));
	address_to(way, &contact);
	ctx->locale = actor->locale;
	TRY(letter_load(ctx, way->letter, &way->person, &letter, &found));
	way->address = *base == '\0' ? ""
				     : arena_printf(ctx->arena, "%s%s", base,
					   letter.object);
	way->envelope.id = id_of(ctx, way->letter);
	way->envelope.subject = letter.subject;
	way->envelope.text = text_with(ctx, way, letter.text);
	way->envelope.at_us = letter.at_us;
	return OK;
}

/* What the person sees of it. */
static enum fail
note(struct ctx *ctx, void *arg)
{
	const struct way *way = arg;
	const int64_t *sent = way->failure == NULL ? &ctx->now_us : NULL;
	int64_t changed = 0;

	TRY(tally_leave(ctx, notify_contact_rows, way->person, way->person));
	if (way->channel == CHANNEL_MAIL)
		TRY(sql_notify_contact_mailed(ctx, way->person, sent,
		    way->failure, &changed));
	else
		TRY(sql_notify_contact_messaged(ctx, way->person, sent,
		    way->failure, &changed));
	return tally_enter(ctx, notify_contact_rows, way->person, way->person);
}

/* ---- sending ------------------------------------------------------------- */

/* What came of it is noted, then the failure is the job's: it tries again, but
 * where the server has said that it is no use. */
static enum fail
settle(struct ctx *ctx, struct way *way, enum fail got)
{
	const struct failure failure = ctx->failure;
	struct post *post = post_of(ctx->home);

	if (got == FAIL_BUSY)
		return got;
	way->failure = got == OK ? NULL : failure.code;
	fail_clear(ctx);
	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	TRY(tx_within(ctx, TX_WRITE, note, way));
	if (post != NULL)
		atomic_fetch_add(got == OK ? &post->sent : &post->failed, 1);
	if (got == OK || text_equal(failure.code, "mail.refused"))
		return OK;
	ctx->failure = failure;
	return got;
}

static enum fail
run(struct ctx *ctx, const struct job *job, enum channel channel)
{
	struct way way = { .channel = channel };
	const struct json *args = NULL;
	enum fail got = OK;

	TRY(json_parse(ctx, bytes_of_text(job->args), &args));
	way.letter = json_get_int(args, "letter", 0);
	TRY(tx_within(ctx, TX_READ, read_letter, &way));
	if (!way.is_wanted || !channel_is_there(ctx->home, channel) ||
	    ctx->home->client == NULL)
		return OK;
	got = channel == CHANNEL_MAIL
		  ? channel_send_mail(ctx, &way.envelope)
		  : channel_send_message(ctx, &way.envelope, way.address);
	return settle(ctx, &way, got);
}

enum fail
channel_mail(struct ctx *ctx, struct job *job)
{
	return run(ctx, job, CHANNEL_MAIL);
}

enum fail
channel_message(struct ctx *ctx, struct job *job)
{
	return run(ctx, job, CHANNEL_MESSAGE);
}
