#include "event/event.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "app/slice.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/num.h"
#include "core/text.h"
#include "event/event.sql.h"
#include "event/inside.h"
#include "ledger/ledger.h"

#define ID_MARK_LEN 6 /* bytes of a digest: few share a place */

/* ---- the kinds ---------------------------------------------------------- */

/* A kind by its name; NULL: unknown. */
static const struct event_kind *
kind_of(const struct home *home, const char *name)
{
	const struct event_kind *const *kind = home->events->kinds;

	while (*kind != NULL && strcmp((*kind)->name, name) != 0)
		kind++;
	return *kind;
}

static const struct event_kind *
kind_of_entry(const struct events *events, const char *entry)
{
	const struct event_kind *const *kind = events->kinds;

	while (*kind != NULL && !text_equal((*kind)->entry, entry))
		kind++;
	return *kind;
}

static size_t
count_kinds(const struct slice *slice)
{
	size_t count = 0;

	if (slice->events != NULL)
		while (slice->events[count].name != NULL)
			count++;
	return count;
}

/* Those of all slices in one list. */
static const struct event_kind *const *
gather_kinds(struct arena *arena, const struct slice *const *slices)
{
	static const struct slice *const none[] = { NULL };
	const struct slice *const *first = slices == NULL ? none : slices;
	const struct event_kind **kinds = NULL;
	size_t count = 0;
	size_t at = 0;

	for (const struct slice *const *s = first; *s != NULL; s++)
		count += count_kinds(*s);
	assert(count <= EVENT_KINDS_MAX);
	kinds = ARENA_ARRAY(arena, count + 1, const struct event_kind *);
	for (const struct slice *const *s = first; *s != NULL; s++) {
		const size_t own = count_kinds(*s);

		for (size_t i = 0; i < own; i++) {
			assert(strlen((*s)->events[i].name) <= EVENT_NAME_MAX &&
			       (*s)->events[i].may_see != NULL);
			kinds[at++] = &(*s)->events[i];
		}
	}
	return kinds;
}

/* ---- the end of the order ----------------------------------------------- */

/* In the leader, after the effects of a commit, or when it failed. */
static void
published(void *owner, bool committed)
{
	struct events *events = owner;
	struct event_listener listeners[EVENT_LISTENERS_MAX];
	size_t count = 0;
	bool moved = false;

	(void)pthread_mutex_lock(&events->lock);
	if (committed) {
		const struct event_cursor end = {
			.ledger = ledger_size(events->ledger),
			.number = events->numbered,
		};

		moved = !event_cursor_equal(end, events->end);
		events->end = end;
	}
	events->numbered = events->end.number;
	events->unsure = events->unsure || !committed;
	count = moved ? events->listener_count : 0;
	memcpy(listeners, events->listeners, sizeof(listeners));
	(void)pthread_mutex_unlock(&events->lock);
	for (size_t i = 0; i < count; i++)
		listeners[i].news(listeners[i].arg);
}

static enum fail
read_end(struct ctx *ctx, struct events *events)
{
	struct sql_event_ends *ends = NULL;

	TRY(sql_event_ends(ctx, &ends));
	events->end = (struct event_cursor){ ledger_size(events->ledger),
		ends->last_number };
	events->numbered = ends->last_number;
	return OK;
}

enum fail
events_open(struct ctx *ctx, struct events **ret)
{
	struct arena *arena = NULL;
	struct events *events = NULL;
	enum fail got = OK;

	TRY(tx_begin(ctx, TX_READ));
	arena = arena_new(0);
	events = ARENA_NEW(arena, struct events);
	events->arena = arena;
	events->ledger = ctx->home->ledger;
	events->kinds = gather_kinds(arena, ctx->home->slices);
	(void)pthread_mutex_init(&events->lock, NULL);
	got = tx_end(ctx, read_end(ctx, events));
	if (got != OK) {
		events_close(events);
		return got;
	}
	ledger_follow(events->ledger, published, events);
	*ret = events;
	return OK;
}

void
events_close(struct events *events)
{
	if (events == NULL)
		return;
	ledger_follow(events->ledger, NULL, NULL);
	(void)pthread_mutex_destroy(&events->lock);
	arena_free(events->arena);
}

void
event_listen(struct events *events, void (*news)(void *arg), void *arg)
{
	(void)pthread_mutex_lock(&events->lock);
	assert(events->listener_count < EVENT_LISTENERS_MAX);
	events->listeners[events->listener_count++] =
	    (struct event_listener){ news, arg };
	(void)pthread_mutex_unlock(&events->lock);
}

void
event_unlisten(struct events *events, void (*news)(void *arg), void *arg)
{
	size_t kept = 0;

	(void)pthread_mutex_lock(&events->lock);
	for (size_t i = 0; i < events->listener_count; i++)
		if (events->listeners[i].news != news ||
		    events->listeners[i].arg != arg)
			events->listeners[kept++] = events->listeners[i];
	events->listener_count = kept;
	(void)pthread_mutex_unlock(&events->lock);
}

struct event_cursor
event_now(const struct home *home)
{
	struct events *events = home->events;
	struct event_cursor end = { 0 };

	(void)pthread_mutex_lock(&events->lock);
	end = events->end;
	(void)pthread_mutex_unlock(&events->lock);
	return end;
}

enum fail
event_end(struct ctx *ctx, struct event_cursor *ret)
{
	struct sql_event_ends *ends = NULL;
	struct ledger_mark mark = { 0 };

	TRY(ledger_mark(ctx, &mark));
	TRY(sql_event_ends(ctx, &ends));
	*ret = (struct event_cursor){ mark.size, ends->last_number };
	return OK;
}

enum fail
event_start(struct ctx *ctx, struct event_cursor *ret)
{
	struct sql_event_ends *ends = NULL;

	TRY(sql_event_ends(ctx, &ends));
	*ret = (struct event_cursor){ 0, ends->first_number - 1 };
	return OK;
}

/* ---- cursors ------------------------------------------------------------ */

bool
event_cursor_equal(struct event_cursor a, struct event_cursor b)
{
	return a.ledger == b.ledger && a.number == b.number;
}

struct event_cursor
event_place_before(const struct event *event)
{
	struct event_cursor place = event->cursor;

	if (event->ledger_index >= 0)
		place.ledger--;
	else
		place.number--;
	return place;
}

const char *
event_cursor_text(struct arena *arena, struct event_cursor cursor)
{
	return arena_printf(arena, "%" PRId64 ".%" PRId64, cursor.ledger,
	    cursor.number);
}

enum fail
event_cursor_parse(struct ctx *ctx, const char *text, struct event_cursor *ret)
{
	const char *point = strchr(text, '.');
	struct event_cursor cursor = { 0 };

	if (point == NULL || strlen(text) > EVENT_CURSOR_MAX ||
	    !num_parse(arena_text_n(ctx->arena, text, (size_t)(point - text)),
		0, INT64_MAX, &cursor.ledger) ||
	    !num_parse(point + 1, 0, INT64_MAX, &cursor.number))
		return FAIL(ctx, FAIL_INVALID, "event.cursor",
		    "not a cursor of this server");
	*ret = cursor;
	return OK;
}

/* ---- writing ------------------------------------------------------------ */

/* A row that waits for its number. */
struct pending_event {
	struct tx_entry link;
	struct events *events;
	int64_t at_us;
	const char *name;
	const char *object;
	int64_t unit;
};

/* What came of the last commit: the table knows. */
static enum fail
be_sure(struct ctx *leader, struct events *events)
{
	struct sql_event_ends *ends = NULL;

	if (!events->unsure)
		return OK;
	TRY(sql_event_ends(leader, &ends));
	events->numbered = ends->last_number;
	events->unsure = false;
	return OK;
}

static void
count_row(struct ctx *leader, const struct sql_event_add_args *row)
{
	struct tally tally;

	if (leader->home->people == NULL)
		return;
	tally_begin(leader, &tally);
	event_row(&tally, row);
	tally_number(leader, &tally);
}

static enum fail
number_event(struct ctx *leader, struct tx_entry *self)
{
	const struct pending_event *event = (struct pending_event *)self;
	struct events *events = event->events;

	TRY(be_sure(leader, events));
	events->numbered++;

	const struct sql_event_add_args row = {
		.number = events->numbered,
		.ledger_size = ledger_next_index(events->ledger),
		.at_us = event->at_us,
		.name = event->name,
		.object = event->object,
		.unit = event->unit,
	};

	count_row(leader, &row);
	return sql_event_add(leader, &row);
}

enum fail
event_emit(struct ctx *ctx, const char *name, const char *object, int64_t unit)
{
	struct events *events = ctx->home->events;
	const struct event_kind *kind = NULL;
	struct pending_event *event = NULL;

	if (events == NULL)
		return OK;
	kind = kind_of(ctx->home, name);
	assert(tx_is_write(ctx) && kind != NULL && kind->entry == NULL);
	assert(object[0] != '\0' && strlen(object) <= EVENT_OBJECT_MAX);
	event = ARENA_NEW(ctx->arena, struct pending_event);
	event->link.number = number_event;
	event->events = events;
	event->at_us = ctx->now_us;
	event->name = kind->name;
	event->object = arena_text(ctx->arena, object);
	event->unit = unit;
	tx_stage_entry(ctx, &event->link);
	return OK;
}

/* ---- reading ------------------------------------------------------------ */

/*
 * An id names one event for ever, also where an installation was restored from
 * an older copy and gives the same places to other events.  Beside the place it
 * has what no other history has there: of an entry the salted digest of its
 * body, of a row its microsecond.
 */
static const char *
id_of_entry(struct arena *arena, const struct ledger_entry *entry)
{
	const struct bytes mark = { entry->body_digest.at, ID_MARK_LEN };

	return arena_printf(arena, "l%" PRId64 ".%s", entry->index,
	    bytes_hex(arena, mark));
}

static const char *
id_of_row(struct arena *arena, const struct sql_event_between *row)
{
	return arena_printf(arena, "e%" PRId64 ".%" PRIx64, row->number,
	    (uint64_t)row->at_us);
}

/* A walk over both logs at once. */
struct walk {
	struct event_cursor at;
	struct event_cursor end;
	struct ledger_reader *entries; /* NULL: none asked for yet */
	struct sql_event_between *rows;
	size_t row_count;
	size_t row_at;
	struct event *items;
	size_t count;
};

static enum fail
take_entry(struct ctx *ctx, struct walk *walk, const struct ledger_entry *entry)
{
	const struct event_kind *kind =
	    kind_of_entry(ctx->home->events, entry->kind);
	struct event event = { 0 };

	walk->at.ledger = entry->index + 1;
	if (kind == NULL)
		return OK;
	event = (struct event){
		.id = id_of_entry(ctx->arena, entry),
		.kind = kind,
		.unit = entry->unit,
		.at_us = entry->at_us,
		.ledger_index = entry->index,
		.cursor = walk->at,
	};
	if (kind->object_of != NULL)
		TRY(kind->object_of(ctx, entry, &event.object));
	else
		event.object =
		    arena_printf(ctx->arena, "%" PRId64, entry->unit);
	walk->items[walk->count++] = event;
	return OK;
}

static void
take_row(struct ctx *ctx, struct walk *walk,
    const struct sql_event_between *row)
{
	const struct event_kind *kind = kind_of(ctx->home, row->name);

	walk->at.number = row->number;
	/* A kind of an older program: nobody can say who may read it. */
	if (kind == NULL || kind->entry != NULL)
		return;
	walk->items[walk->count++] = (struct event){
		.id = id_of_row(ctx->arena, row),
		.kind = kind,
		.object = row->object,
		.unit = row->unit_id,
		.at_us = row->at_us,
		.ledger_index = -1,
		.cursor = walk->at,
	};
}

/* One position further; not moved where the end or the snapshot's end is. */
static enum fail
step(struct ctx *ctx, struct walk *walk, size_t most, bool *ret_moved)
{
	const struct sql_event_between *row =
	    walk->row_at < walk->row_count ? &walk->rows[walk->row_at] : NULL;
	struct ledger_entry entry = { 0 };
	int64_t to = walk->end.ledger;

	if (row != NULL && row->ledger_size <= walk->at.ledger) {
		walk->row_at++;
		take_row(ctx, walk, row);
		*ret_moved = true;
		return OK;
	}
	*ret_moved = false;
	if (walk->at.ledger >= to)
		return OK;
	if (walk->entries == NULL) {
		if (to - walk->at.ledger > (int64_t)most)
			to = walk->at.ledger + (int64_t)most;
		TRY(ledger_read(ctx, walk->at.ledger, to, &walk->entries));
	}
	TRY(ledger_next(ctx, walk->entries, &entry, ret_moved));
	return *ret_moved ? take_entry(ctx, walk, &entry) : OK;
}

static enum fail
check_cursor(struct ctx *ctx, const struct event_cursor *after,
    struct event_cursor end)
{
	struct sql_event_ends *ends = NULL;

	if (after->ledger > end.ledger || after->number > end.number)
		return FAIL(ctx, FAIL_CONFLICT, "event.ahead",
		    "the cursor is beyond the end");
	TRY(sql_event_ends(ctx, &ends));
	if (after->number < ends->first_number - 1)
		return FAIL(ctx, FAIL_CONFLICT, "event.pruned",
		    "events before %" PRId64 " are forgotten",
		    ends->first_number);
	return OK;
}

enum fail
event_read(struct ctx *ctx, const struct event_cursor *after, size_t most,
    struct event_page *ret)
{
	struct walk walk = { .at = *after, .end = event_now(ctx->home) };
	bool moved = true;

	assert(most > 0 && most <= EVENT_READ_MAX);
	TRY(check_cursor(ctx, after, walk.end));
	walk.items = ARENA_ARRAY(ctx->arena, most, struct event);
	if (walk.at.number < walk.end.number)
		TRY(sql_event_between(ctx, walk.at.number, walk.end.number,
		    (int64_t)most, &walk.rows, &walk.row_count));
	for (size_t seen = 0; seen < most && moved; seen++)
		TRY(step(ctx, &walk, most, &moved));
	*ret = (struct event_page){
		.items = walk.items,
		.count = walk.count,
		.cursor = walk.at,
		.more = !event_cursor_equal(walk.at, walk.end),
	};
	return OK;
}

enum fail
event_may_see(struct ctx *ctx, const struct event *event, bool *ret)
{
	if (ctx->actor == NULL) {
		*ret = false;
		return OK;
	}
	return event->kind->may_see(ctx, event, ret);
}

enum fail
event_for_all(struct ctx *ctx, const struct event *event, bool *ret)
{
	(void)ctx;
	(void)event;
	*ret = true;
	return OK;
}

/* ---- forgetting --------------------------------------------------------- */

enum fail
event_prune(struct ctx *ctx, int64_t before_us, int most, int64_t *ret_gone)
{
	struct sql_event_ends *ends = NULL;
	struct sql_event_first_since *first = NULL;
	int64_t before = 0;

	TRY(sql_event_ends(ctx, &ends));
	TRY(sql_event_first_since(ctx, before_us, &first));
	before = first == NULL ? ends->last_number : first->number;
	if (before - ends->first_number > most)
		before = ends->first_number + most;
	TRY(tally_leave(ctx, event_rows, 1, before - 1));
	return sql_event_forget(ctx, before, ret_gone);
}
