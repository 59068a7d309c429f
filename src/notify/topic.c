#include "notify/topic.h"

#include <stddef.h>

#include "core/text.h"
#include "people/access.h"

#define OWN (ROLE_CLERK | ROLE_LEADER)

const struct topic topics[] = {
	{ "report.submitted", TOPIC_OF_REPORT, "vn.truc.report.submitted",
	    ROLE_LEADER },
	{ "report.returned", TOPIC_OF_REPORT, "vn.truc.report.returned",
	    ROLE_CLERK },
	{ "report.sent_back", TOPIC_OF_REPORT, "vn.truc.report.sent_back",
	    OWN },
	{ "report.accepted", TOPIC_OF_REPORT, "vn.truc.report.accepted", OWN },
	{ "period.closed", TOPIC_OF_PERIOD, "vn.truc.period.closed", OWN },
	{ "period.reopened", TOPIC_OF_PERIOD, "vn.truc.period.reopened", OWN },
	{ TOPIC_NEAR, TOPIC_OF_DEADLINE, NULL, OWN },
	{ TOPIC_TODAY, TOPIC_OF_DEADLINE, NULL, OWN },
	{ TOPIC_OVER, TOPIC_OF_DEADLINE, NULL, OWN },
	{ 0 },
};

const struct topic *
topic_named(const char *name)
{
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		if (text_equal(topic->name, name))
			return topic;
	return NULL;
}

const struct topic *
topic_of_event(const char *event)
{
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		if (topic->event != NULL && text_equal(topic->event, event))
			return topic;
	return NULL;
}

bool
topic_has_place(const struct topic *topic, const char *place)
{
	static const char *const of_all[] = { "form", "period", "unit", "above",
		"deadline", NULL };

	if (text_equal(place, "days"))
		return topic->of == TOPIC_OF_DEADLINE;
	for (const char *const *one = of_all; *one != NULL; one++)
		if (text_equal(*one, place))
			return true;
	return false;
}
