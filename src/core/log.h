#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdint.h>

/*
 * logfmt on stderr: "time=... level=info event=http.start port=8080".  Only
 * edges log (dispatcher, job runner, main).  Keys are listed in
 * docs/log-keys.txt.  No contents of reports, no tokens.  Any thread.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
	const char *key;
	const char *text; /* NULL: number is meant */
	int64_t number;
};

#define LOG_T(k, v) \
	{ \
		(k), (v) == NULL ? "" : (v), 0 \
	}
#define LOG_N(k, v) \
	{ \
		(k), NULL, (v) \
	}

/* Ends with an entry whose key is NULL. */
void log_event(enum log_level level, const char *event,
    const struct log_field *fields);
/* Below this level nothing is written; tests use LOG_ERROR. */
void log_set_level(enum log_level level);

/* At least one field. */
#define LOG(level, event, ...) \
	log_event((level), (event), \
	    (const struct log_field[]){ __VA_ARGS__, { 0 } })

#endif
