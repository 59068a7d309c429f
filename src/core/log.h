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

/*
 * As log_event, for what may come with every request: of lines of one event that
 * have the same text in common, LOG_SAME_MOST a minute are written and the
 * others counted; one line then says how many they were ("repeated").  same is
 * of the program ("disk.full"), never of a request: there is room for
 * LOG_SAMES_MAX at a time, and the oldest gives way.
 */
#define LOG_SAME_MOST 5
#define LOG_SAMES_MAX 32
void log_often(enum log_level level, const char *event, const char *same,
    const struct log_field *fields);
/*
 * Say what was counted and whose minute is over at this moment of the steady
 * clock; INT64_MAX: all.  For whoever comes by now and then, as the last one
 * that was counted may be followed by none.
 */
void log_counted(int64_t steady_us);

/* At least one field. */
#define LOG(level, event, ...) \
	log_event((level), (event), \
	    (const struct log_field[]){ __VA_ARGS__, { 0 } })
#define LOG_OFTEN(level, event, same, ...) \
	log_often((level), (event), (same), \
	    (const struct log_field[]){ __VA_ARGS__, { 0 } })

#endif
