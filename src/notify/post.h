#ifndef NOTIFY_POST_H
#define NOTIFY_POST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "event/event.h"
#include "notify/book.h"

/* What notify keeps in memory: the post office of this process. */
struct post {
	struct arena *arena;
	const struct book *book;
	struct event_cursor start;      /* the order's end when it was opened */
	atomic_bool is_woken;           /* since the last plan */
	atomic_int_fast64_t ladder_day; /* whose reminders are done; 0: none */
	atomic_int_fast64_t written;
	atomic_int_fast64_t sent;
	atomic_int_fast64_t failed; /* tries to send */
	pthread_mutex_t lock;       /* guards what is below */
	int64_t job;                /* that follows the events; 0: none yet */
	int64_t next_us; /* not looked for before, by the steady clock */
	/* How far events were read that are no letters, behind the row's place
	 * base: it is not written for them alone. */
	struct event_cursor base;
	struct event_cursor at;
};

/*
 * At start, with home's events and jobs there: reads the templates; from now on
 * commits wake the lane that writes letters.
 *	FAIL_INVALID	"notify.template" "notify.file" "json.*"
 */
NODISCARD enum fail post_open(struct ctx *ctx);
void post_close(struct home *home);
struct post *post_of(const struct home *home); /* NULL: not open */

#endif
