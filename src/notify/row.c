#include "notify/inside.h"
#include "notify/notify.sql.h"

enum fail
notify_place_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_notify_place_whole row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_notify_place_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_notify_place_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "notify_place");
		mac_int(mac, row.id);
		mac_int(mac, row.ledger);
		mac_int(mac, row.number);
		mac_int(mac, row.part);
		mac_int(mac, row.ladder_on);
		tally_row_end(tally);
	}
}

enum fail
notify_letter_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_notify_letter_page row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_notify_letter_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_notify_letter_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "notify_letter");
		mac_int(mac, row.id);
		mac_int(mac, row.person_id);
		mac_text(mac, row.topic);
		mac_text(mac, row.what);
		mac_int(mac, row.unit_id);
		mac_text(mac, row.object);
		mac_text(mac, row.data);
		mac_int(mac, row.at_us);
		mac_int_maybe(mac, row.read_us);
		tally_row_end(tally);
	}
}

enum fail
notify_rung_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_notify_rung_whole row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_notify_rung_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_notify_rung_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "notify_rung");
		mac_int(mac, row.id);
		mac_int(mac, row.form_id);
		mac_text(mac, row.period);
		mac_int(mac, row.unit_id);
		mac_int(mac, row.rung);
		mac_int(mac, row.at_us);
		tally_row_end(tally);
	}
}

enum fail
notify_contact_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_notify_contact row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_notify_contact_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_notify_contact_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "notify_contact");
		mac_int(mac, row.person_id);
		mac_text(mac, row.email);
		mac_text(mac, row.telephone);
		mac_int(mac, row.by_mail);
		mac_int(mac, row.by_message);
		mac_int(mac, row.changed_us);
		mac_int_maybe(mac, row.mail_sent_us);
		mac_text(mac, row.mail_failure);
		mac_int_maybe(mac, row.message_sent_us);
		mac_text(mac, row.message_failure);
		tally_row_end(tally);
	}
}

enum fail
contact_card_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally)
{
	struct sql_contact_card row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_contact_card_whole_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_contact_card_whole_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "contact_card");
		mac_int(mac, row.unit_id);
		mac_text(mac, row.reporter);
		mac_text(mac, row.signer);
		mac_text(mac, row.telephone);
		mac_text(mac, row.hours);
		mac_int(mac, row.revision);
		mac_int(mac, row.changed_us);
		mac_int(mac, row.person_id);
		tally_row_end(tally);
	}
}
