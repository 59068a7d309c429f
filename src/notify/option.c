#include "notify/option.h"

/* In the order of enum mail_tls. */
static const char *const tls_modes[] = { "starttls", "tls", "none", NULL };

const struct option notify_option_table[] = {
	[NOTIFY_KEPT] = OPT_INT("notify.kept", 400, 30, 3660, "d",
	    OPTION_RELOAD, "How long letters stay in people's inboxes."),
	[NOTIFY_LETTERS_FILE] = OPT_TEXT("notify.letters_file", "", 1000,
	    OPTION_RESTART,
	    "A file of the office's own templates of letters and ladders of "
	    "deadlines, which win over those of the program from their day on "
	    "(src/notify/book.h)."),
	[NOTIFY_ADDRESS] = OPT_TEXT("notify.address", "", 500, OPTION_RESTART,
	    "Where people open this installation, as "
	    "https://baocao.tinh.gov.vn; links in mails begin with it."),
	[NOTIFY_MAIL_HOST] =
	    OPT_TEXT("notify.mail_host", "", 253, OPTION_RESTART,
		"The SMTP server that letters are handed to; empty: no mail is "
		"sent."),
	[NOTIFY_MAIL_PORT] = OPT_INT("notify.mail_port", 587, 1, 65535, "",
	    OPTION_RESTART, "Its port."),
	[NOTIFY_MAIL_TLS] = OPT_CHOICE("notify.mail_tls", 0, tls_modes,
	    OPTION_RESTART,
	    "How the way to it is secured: starttls (port 587), tls from the "
	    "first byte (465), or none, for a server on this machine."),
	[NOTIFY_MAIL_USER] = OPT_TEXT("notify.mail_user", "", 200,
	    OPTION_RESTART, "Who signs in there; empty: nobody."),
	[NOTIFY_MAIL_PASSWORD_FILE] = OPT_TEXT("notify.mail_password_file", "",
	    1000, OPTION_RESTART, "A file whose first line is the password."),
	[NOTIFY_MAIL_FROM] = OPT_TEXT("notify.mail_from", "", 254,
	    OPTION_RESTART, "The address that mails are from."),
	[NOTIFY_MESSAGE_URL] = OPT_TEXT("notify.message_url", "", 2000,
	    OPTION_RESTART,
	    "A gateway of messages (SMS, Zalo) that takes each letter as JSON "
	    "by POST; its address must be in http.call_networks."),
	[NOTIFY_MESSAGE_COMMAND] = OPT_TEXT("notify.message_command", "", 1000,
	    OPTION_RESTART,
	    "A program that sends a letter as a message, by its whole path; it "
	    "gets the letter as JSON on its standard input and no words, has "
	    "20 seconds, and ends with 0 when the message has gone."),
	{ 0 },
};
