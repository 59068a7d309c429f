#include "people/option.h"

#include "core/day.h"
#include "people/credential.h"

const struct option people_option_table[] = {
	[PEOPLE_SESSION_LIFE] =
	    OPT_INT("session.life", 12 * 3600, 300, 30 * 86400, "s",
		OPTION_RELOAD, "How long a sign-in lasts at most."),
	[PEOPLE_SESSION_IDLE] =
	    OPT_INT("session.idle", 2 * 3600, 600, 30 * 86400, "s",
		OPTION_RELOAD, "How long a sign-in lasts without being used."),
	[PEOPLE_HASHINGS] =
	    OPT_INT("password.at_once", 2, 1, 64, "", OPTION_RELOAD,
		"Passwords checked at the same time; each takes 19 MiB and a "
		"processor for some 20 ms."),
	[PEOPLE_QUEUE] =
	    OPT_INT("password.queue", 800, 1, 20000, "", OPTION_RELOAD,
		"Sign-ins that may wait for a place among these; less than "
		"http.queue, as they count among those waiting there."),
	[PEOPLE_QUEUE_SHARE] =
	    OPT_INT("password.queue_share", 400, 1, 20000, "", OPTION_RELOAD,
		"Of these, those of one address. A whole office may share an "
		"address."),
	[PEOPLE_WAIT] = OPT_INT("password.wait", 30, 1, 300, "s", OPTION_RELOAD,
	    "How long a sign-in waits for a place at most; then it is told "
	    "to come again."),
	[PEOPLE_TRIES] = OPT_INT("password.tries", 5, 1, 100, "", OPTION_RELOAD,
	    "Wrong passwords for one name from one network, or from one known "
	    "browser, in a row; then one a minute is looked at."),
	[PEOPLE_TRIES_LOGIN] =
	    OPT_INT("password.tries_login", 50, 1, 10000, "", OPTION_RELOAD,
		"Wrong passwords for one name in a row from places where that "
		"person did not sign in last; then one in 36 s."),
	[PEOPLE_TRIES_ADDRESS] =
	    OPT_INT("password.tries_address", 30, 1, 10000, "", OPTION_RELOAD,
		"Wrong passwords from one address in a row, for people who did "
		"not sign in from there last; then one in 2 s. A whole office "
		"may share an address."),
	[PEOPLE_KNOWN_BROWSER] = OPT_INT("password.known_browser", 90 * 86400,
	    0, 400 * 86400, "s", OPTION_RELOAD,
	    "How long a browser that has signed somebody in has tries of "
	    "its own."),
	[PEOPLE_LINK_LIFE] =
	    OPT_INT("link.life", 72, 1, 720, "h", OPTION_RELOAD,
		"How long a link or paper slip to set a password is good."),
	[PEOPLE_BASE_URL] = OPT_TEXT("link.base_url", "", 300, OPTION_RESTART,
	    "Where people reach this installation, as "
	    "https://truc.example.vn, for links that are sent or printed; "
	    "never taken from a request. Without it links have no address, "
	    "and their codes are typed in."),
	{ 0 },
};

int64_t
session_life_us(const struct home *home)
{
	return option_int(home, &people_option_table[PEOPLE_SESSION_LIFE]) *
	       SECOND_US;
}

int64_t
session_idle_us(const struct home *home)
{
	return option_int(home, &people_option_table[PEOPLE_SESSION_IDLE]) *
	       SECOND_US;
}
