#ifndef NOTIFY_TOPIC_H
#define NOTIFY_TOPIC_H

#include <stdbool.h>

/*
 * What people are told of: a topic has templates (notify/book.h), and says who
 * of a unit gets the letter.
 */
enum topic_of { TOPIC_OF_REPORT, TOPIC_OF_PERIOD, TOPIC_OF_DEADLINE };

struct topic {
	const char *name;  /* "report.returned" */
	enum topic_of of;  /* what it is brought about by */
	const char *event; /* that event's name; NULL: a deadline */
	unsigned roles;    /* who of the unit: role_bit, ored */
};
extern const struct topic topics[]; /* ends with name NULL */
#define TOPIC_NAME_MAX 40           /* bytes */

#define TOPIC_NEAR "deadline.near"
#define TOPIC_TODAY "deadline.today"
#define TOPIC_OVER "deadline.over"

const struct topic *topic_named(const char *name); /* NULL: unknown */
/* Of an event; NULL: nobody is told of it. */
const struct topic *topic_of_event(const char *event);

/* May a template of this topic name this place: "form", "days"? */
bool topic_has_place(const struct topic *topic, const char *place);

#endif
