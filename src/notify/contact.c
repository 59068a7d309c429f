#include "notify/contact.h"

#include <string.h>

#include "core/text.h"
#include "notify/inside.h"
#include "notify/notify.sql.h"
#include "people/access.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Labels of a name or host with one point between them. */
static bool
has_labels(const char *text, size_t len, const char *letters)
{
	size_t at = 0;

	while (at < len) {
		const size_t label = strspn(text + at, letters);

		at += label;
		if (label == 0 || at > len || (at < len && text[at] != '.'))
			return false;
		if (at < len && ++at == len)
			return false;
	}
	return len > 0;
}

bool
contact_is_email(const char *text)
{
	const char *at = strchr(text, '@');
	const size_t len = strlen(text);

	return at != NULL && len <= CONTACT_EMAIL_MAX && at - text <= 64 &&
	       has_labels(text, (size_t)(at - text),
		   LETTERS "!#$%&'*+-/=?^_`{|}~") &&
	       has_labels(at + 1, len - (size_t)(at + 1 - text), LETTERS "-");
}

static bool
is_telephone(const char *text)
{
	const size_t len = strlen(text);
	size_t digits = 0;

	for (const char *at = text; *at != '\0'; at++)
		digits += *at >= '0' && *at <= '9';
	return len <= CONTACT_TELEPHONE_MAX && digits >= 3 &&
	       strspn(text, "0123456789 +.()-") == len;
}

static enum fail
own_person(struct ctx *ctx, int64_t *ret)
{
	TRY(access_any(ctx, "letter.own"));
	*ret = ctx->actor->person;
	return OK;
}

enum fail
contact_of(struct ctx *ctx, int64_t person, struct contact *ret)
{
	struct sql_notify_contact *row = NULL;

	*ret = (struct contact){ 0 };
	TRY(sql_notify_contact(ctx, person, &row));
	if (row != NULL)
		*ret = (struct contact){
			.email = row->email,
			.telephone = row->telephone,
			.by_mail = row->by_mail,
			.by_message = row->by_message,
			.mail_sent_us = row->mail_sent_us,
			.mail_failure = row->mail_failure,
			.message_sent_us = row->message_sent_us,
			.message_failure = row->message_failure,
		};
	return OK;
}

enum fail
contact_own(struct ctx *ctx, struct contact *ret)
{
	int64_t person = 0;

	TRY(own_person(ctx, &person));
	return contact_of(ctx, person, ret);
}

static const char *
said(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

static void
check(struct ctx *ctx, const char *email, const char *telephone,
    const struct contact *contact)
{
	if (email != NULL && !contact_is_email(email))
		fail_invalid(ctx, "/email", "contact.email",
		    "no address of mail");
	if (telephone != NULL && !is_telephone(telephone))
		fail_invalid(ctx, "/telephone", "contact.telephone",
		    "no telephone number");
	if (contact->by_mail && email == NULL)
		fail_invalid(ctx, "/by_mail", "contact.channel",
		    "there is no address of mail");
	if (contact->by_message && telephone == NULL)
		fail_invalid(ctx, "/by_message", "contact.channel",
		    "there is no telephone");
}

enum fail
contact_set(struct ctx *ctx, const struct contact *contact)
{
	const char *email = said(contact->email);
	const char *telephone = said(contact->telephone);
	int64_t person = 0;
	int64_t changed = 0;

	TRY(own_person(ctx, &person));
	check(ctx, email, telephone, contact);
	TRY(fail_valid(ctx));
	TRY(tally_leave(ctx, notify_contact_rows, person, person));
	TRY(sql_notify_contact_put(ctx,
	    &(struct sql_notify_contact_put_args){
		.person = person,
		.email = email,
		.telephone = telephone,
		.by_mail = contact->by_mail,
		.by_message = contact->by_message,
		.at = ctx->now_us,
	    },
	    &changed));
	return tally_enter(ctx, notify_contact_rows, person, person);
}
