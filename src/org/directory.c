#include <assert.h>
#include <inttypes.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/num.h"
#include "core/pin.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "org/change.h"
#include "org/picture.h"
#include "org/unit.h"
#include "org/unit.sql.h"

/*
 * The holder of the pictures.  lock protects everything in it; nobody builds a
 * picture under it.
 */
#define OLD_PICTURES_MAX 8

/* A change of units that is known to be in the ledger. */
struct change {
	int64_t entry;
	int64_t index;
};

struct org {
	pthread_mutex_t lock;
	struct directory *newest; /* one pin */
	/* Pictures of earlier days, the latest used first; one pin each. */
	struct directory *old[OLD_PICTURES_MAX];
	int64_t stamp; /* last one given */
	struct change *changes;
	size_t change_count;
	size_t change_room;
	int64_t change_last; /* row id of the last one in changes */
};

struct org *
org_new(void)
{
	struct org *org = calloc(1, sizeof(*org));

	if (org == NULL)
		abort();
	pthread_mutex_init(&org->lock, NULL);
	return org;
}

void
org_free(struct org *org)
{
	if (org == NULL)
		return;
	picture_unpin(org->newest);
	for (int i = 0; i < OLD_PICTURES_MAX; i++)
		picture_unpin(org->old[i]);
	pthread_mutex_destroy(&org->lock);
	free(org->changes);
	free(org);
}

static const char owner[] = "org";

void
org_attach(struct home *home, struct org *org)
{
	home_keep(home, owner, org);
}

struct org *
org_of(const struct home *home)
{
	return home_state(home, owner);
}

/* --- pins ---------------------------------------------------------------- */

static void
unpin(void *picture)
{
	picture_unpin(picture);
}

/* The newest picture with a pin of the caller's, NULL before org_load. */
static struct directory *
pin_newest(struct org *org)
{
	struct directory *dir = NULL;

	pthread_mutex_lock(&org->lock);
	dir = org->newest;
	if (dir != NULL)
		atomic_fetch_add(&dir->pins, 1);
	pthread_mutex_unlock(&org->lock);
	return dir;
}

/* Takes the maker's pin over. */
static void
publish(struct org *org, struct directory *dir)
{
	struct directory *older = NULL;

	pthread_mutex_lock(&org->lock);
	older = org->newest;
	dir->stamp = ++org->stamp;
	org->newest = dir;
	pthread_mutex_unlock(&org->lock);
	picture_unpin(older);
}

/* The picture of ctx, NULL before org_load. */
static const struct directory *
current(struct ctx *ctx)
{
	struct directory *dir = pin_current(ctx, owner);

	if (dir != NULL)
		return dir;
	dir = pin_newest(org_of(ctx->home));
	if (dir != NULL)
		pin_keep(ctx, owner, dir, unpin);
	return dir;
}

enum fail
org_load(struct ctx *ctx)
{
	struct directory *dir = NULL;

	TRY(picture_read(ctx, NULL, NULL, NULL, &dir));
	publish(org_of(ctx->home), dir);
	pin_renew(ctx);
	return OK;
}

/* The new picture waits for the commit; it is unpinned with the arena, unless
 * it has been published, which takes the pin. */
struct publication {
	struct tx_effect link; /* first: the store knows only this */
	struct ctx *ctx;       /* whose change it is: it waits meanwhile */
	struct org *org;
	struct directory *dir;
};

static void
publication_apply(struct tx_effect *self)
{
	struct publication *p = (struct publication *)self;

	publish(p->org, p->dir);
	p->dir = NULL;
	pin_renew(p->ctx);
}

static void
publication_end(void *object)
{
	struct publication *p = object;

	picture_unpin(p->dir);
}

enum fail
org_changed(struct ctx *ctx)
{
	struct publication *p = ARENA_NEW(ctx->arena, struct publication);

	p->link.apply = publication_apply;
	p->ctx = ctx;
	p->org = org_of(ctx->home);
	TRY(picture_read(ctx, NULL, NULL, NULL, &p->dir));
	arena_defer(ctx->arena, publication_end, p);
	tx_stage_effect(ctx, &p->link);
	return OK;
}

const struct directory *
directory_now(struct ctx *ctx)
{
	const struct directory *dir = current(ctx);

	assert(dir != NULL); /* org_load comes first */
	return dir;
}

/* --- as it was known ----------------------------------------------------- */

static void
remember(struct org *org, int64_t row, const struct change *change)
{
	pthread_mutex_lock(&org->lock);
	if (row > org->change_last) {
		if (org->change_count == org->change_room) {
			const size_t room = org->change_room * 2 + 16;
			struct change *more =
			    realloc(org->changes, room * sizeof(*more));

			if (more == NULL)
				abort();
			org->changes = more;
			org->change_room = room;
		}
		org->changes[org->change_count++] = *change;
		org->change_last = row;
	}
	pthread_mutex_unlock(&org->lock);
}

/* Learn the ledger indexes of the changes that came since the last call. */
static enum fail
learn_changes(struct ctx *ctx)
{
	struct org *org = org_of(ctx->home);
	struct cursor *cursor = NULL;
	struct sql_unit_change_after row = { 0 };
	int64_t last = 0;
	bool more = false;

	pthread_mutex_lock(&org->lock);
	last = org->change_last;
	pthread_mutex_unlock(&org->lock);
	TRY(sql_unit_change_after_open(ctx, last, &cursor));
	for (;;) {
		struct ledger_entry *entry = NULL;

		TRY(sql_unit_change_after_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(ledger_load(ctx, row.entry, &entry));
		remember(org, row.id,
		    &(struct change){ row.entry, entry->index });
	}
}

/*
 * The entries before index; *ret_known is the last one's index, -1 if there is
 * none.  NULL: all are before it.
 */
static const struct map *
changes_before(struct ctx *ctx, int64_t index, int64_t *ret_known)
{
	static const char believed = 1;
	struct org *org = org_of(ctx->home);
	struct map *known = map_new(ctx->arena, 16);
	bool all = true;

	*ret_known = -1;
	pthread_mutex_lock(&org->lock);
	for (size_t i = 0; i < org->change_count; i++) {
		const struct change *change = &org->changes[i];

		if (change->index >= index) {
			all = false;
			continue;
		}
		map_put(known, change->entry,
		    arena_copy(ctx->arena, &believed, sizeof(believed)));
		if (change->index > *ret_known)
			*ret_known = change->index;
	}
	pthread_mutex_unlock(&org->lock);
	return all ? NULL : known;
}

/* An earlier picture that is kept, moved to the front and pinned. */
static struct directory *
pin_old(struct org *org, int64_t known)
{
	struct directory *found = NULL;

	pthread_mutex_lock(&org->lock);
	for (int i = 0; i < OLD_PICTURES_MAX && org->old[i] != NULL; i++) {
		if (org->old[i]->known != known)
			continue;
		found = org->old[i];
		memmove(&org->old[1], &org->old[0],
		    (size_t)i * sizeof(org->old[0]));
		org->old[0] = found;
		atomic_fetch_add(&found->pins, 1);
		break;
	}
	pthread_mutex_unlock(&org->lock);
	return found;
}

/* Keep one more; the pin of the caller stays his. */
static void
keep_old(struct org *org, struct directory *dir)
{
	struct directory *gone = NULL;

	atomic_fetch_add(&dir->pins, 1);
	pthread_mutex_lock(&org->lock);
	dir->stamp = ++org->stamp;
	gone = org->old[OLD_PICTURES_MAX - 1];
	memmove(&org->old[1], &org->old[0],
	    (OLD_PICTURES_MAX - 1) * sizeof(org->old[0]));
	org->old[0] = dir;
	pthread_mutex_unlock(&org->lock);
	picture_unpin(gone);
}

enum fail
directory_as_of(struct ctx *ctx, int64_t index, const struct directory **ret)
{
	struct org *org = org_of(ctx->home);
	struct directory *dir = NULL;
	const struct map *known = NULL;
	int64_t last = -1;

	if (index != INT64_MAX) {
		TRY(learn_changes(ctx));
		known = changes_before(ctx, index, &last);
	}
	if (known == NULL) {
		*ret = directory_now(ctx);
		return OK;
	}
	dir = pin_old(org, last);
	if (dir == NULL) {
		TRY(picture_read(ctx, known, NULL, NULL, &dir));
		dir->known = last;
		keep_old(org, dir);
	}
	arena_defer(ctx->arena, unpin, dir);
	*ret = dir;
	return OK;
}

enum fail
directory_with(struct ctx *ctx, const struct unit_batch *batch,
    struct picture_fault *fault, const struct directory **ret)
{
	struct org *org = org_of(ctx->home);
	struct directory *dir = NULL;

	TRY(picture_read(ctx, NULL, unit_batch_first(batch), fault, &dir));
	pthread_mutex_lock(&org->lock);
	dir->stamp = ++org->stamp;
	pthread_mutex_unlock(&org->lock);
	arena_defer(ctx->arena, unpin, dir);
	*ret = dir;
	return OK;
}

/* --- looking things up --------------------------------------------------- */

size_t
directory_count(const struct directory *dir)
{
	return dir->count;
}

const struct unit *
directory_at(const struct directory *dir, int number)
{
	assert(number >= 0 && (size_t)number < dir->count);
	return &dir->units[number];
}

const struct unit *
directory_unit(const struct directory *dir, int64_t id)
{
	return map_get(dir->by_id, id);
}

int64_t
directory_stamp(const struct directory *dir)
{
	return dir->stamp;
}

const struct succession *
directory_successions(const struct directory *dir, size_t *ret_count)
{
	*ret_count = dir->succession_count;
	return dir->successions;
}

const struct unit_version *
unit_near(const struct unit *unit, day on)
{
	const struct unit_version *near = &unit->versions[0];

	for (size_t k = 1; k < unit->version_count; k++)
		if (unit->versions[k].from <= on)
			near = &unit->versions[k];
	return near;
}

const struct unit_version *
unit_on(const struct unit *unit, day on)
{
	return on < unit->from || on >= unit->to ? NULL : unit_near(unit, on);
}

const char *
unit_name(const struct unit *unit, day on)
{
	return unit_near(unit, on)->name;
}

const char *
unit_code(const struct unit *unit, const char *scheme, day on)
{
	const char *code = "";

	/* Codes are in order of scheme, then of day. */
	for (size_t k = 0; k < unit->code_count; k++)
		if (text_equal(unit->codes[k].scheme, scheme) &&
		    (code[0] == '\0' || unit->codes[k].from <= on))
			code = unit->codes[k].code;
	return code;
}

const char *
unit_area_code(const struct unit *unit, day on)
{
	return unit_code(unit, "area", on);
}

const char *
unit_any_code(const struct unit *unit, day on)
{
	const char *code = unit_area_code(unit, on);

	if (code[0] != '\0' || unit->code_count == 0)
		return code;
	return unit_code(unit, unit->codes[0].scheme, on);
}

static const struct unit *
holder_on(const struct directory *dir, const char *key, day on)
{
	const struct code_holder *holder = map_get_text(dir->by_code, key);

	for (; holder != NULL; holder = holder->next)
		if (holder->code->from <= on && on < holder->code->to)
			return &dir->units[holder->number];
	return NULL;
}

#define REF_MAX 128

const struct unit *
directory_by_code(const struct directory *dir, const char *scheme,
    const char *code, day on)
{
	char key[REF_MAX];
	const int len = snprintf(key, sizeof(key), "%s:%s", scheme, code);

	if (len < 0 || (size_t)len >= sizeof(key))
		return NULL;
	return holder_on(dir, key, on);
}

/* "area:01@2025-07-01" */
static enum fail
find_by_code(struct ctx *ctx, const struct directory *dir, const char *ref,
    const struct unit **ret)
{
	const char *at = strrchr(ref, '@');
	const struct unit *unit = NULL;
	day on = 0;

	if (at == NULL)
		return FAIL(ctx, FAIL_INVALID, "unit.code_needs_date",
		    "%s is a code without a date; %s@2025-07-01 has one", ref,
		    ref);
	if (!day_parse(at + 1, &on))
		return FAIL(ctx, FAIL_INVALID, "unit.ref",
		    "%s does not end in a day", ref);
	unit = holder_on(dir, arena_text_n(ctx->arena, ref, (size_t)(at - ref)),
	    on);
	if (unit == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "unit.unknown",
		    "no unit has the code %s", ref);
	*ret = unit;
	return OK;
}

enum fail
directory_find(struct ctx *ctx, const struct directory *dir, const char *ref,
    const struct unit **ret)
{
	const struct unit *unit = NULL;
	int64_t id = 0;

	if (strlen(ref) > REF_MAX)
		return FAIL(ctx, FAIL_INVALID, "unit.ref",
		    "a unit's name is at most %d bytes", REF_MAX);
	if (strchr(ref, ':') != NULL)
		return find_by_code(ctx, dir, ref, ret);
	if (!num_parse(ref, 1, INT64_MAX, &id))
		return FAIL(ctx, FAIL_INVALID, "unit.ref",
		    "%s is neither an id nor scheme:code@date", ref);
	unit = directory_unit(dir, id);
	if (unit == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "unit.unknown",
		    "unit %" PRId64 " is unknown", id);
	*ret = unit;
	return OK;
}

enum fail
directory_find_at(struct ctx *ctx, const struct directory *dir,
    const char *pointer, const char *ref, const struct unit **ret)
{
	const enum fail got = directory_find(ctx, dir, ref, ret);

	if (got == OK)
		return OK;
	fail_invalid(ctx, pointer, ctx->failure.code, "%s",
	    ctx->failure.message);
	ctx->failure.kind = FAIL_INVALID;
	return FAIL_INVALID;
}

/* --- rights -------------------------------------------------------------- */

static bool
reaches(const struct directory *dir, int scope, int number, day on, bool wide)
{
	const struct structure *st = directory_structure(dir, on);
	size_t n = 0;
	const int *instead = structure_substitutes(st, number, &n);

	if (scope == number)
		return true;
	if (dir->units[number].from > on)
		return false; /* nobody takes the place of the unborn */
	for (size_t i = 0; i < n; i++)
		if (wide ? structure_below(st, scope, instead[i])
			 : instead[i] == scope)
			return true;
	return false;
}

bool
org_reach(struct ctx *ctx, int64_t scope_unit, int64_t unit, day on, bool wide)
{
	const struct directory *dir = current(ctx);
	const struct unit *scope = NULL;
	const struct unit *target = NULL;

	if (dir == NULL)
		return false;
	scope = directory_unit(dir, scope_unit);
	target = directory_unit(dir, unit);
	return scope != NULL && target != NULL &&
	       reaches(dir, scope->number, target->number, on, wide);
}

bool
org_holds(struct ctx *ctx, const char *permission, int64_t unit)
{
	const day today = day_of_us(ctx->now_us);

	if (ctx->actor == NULL)
		return false;
	if (ctx->actor->is_system)
		return true;
	for (size_t i = 0; i < ctx->actor->position_count; i++) {
		const struct position *at = &ctx->actor->positions[i];

		if (access_role_has(ctx, at->role, permission) &&
		    org_reach(ctx, at->unit, unit, today, false))
			return true;
	}
	return false;
}

bool
org_above_holds(struct ctx *ctx, const char *permission,
    const struct unit *unit)
{
	const struct directory *dir = directory_now(ctx);
	const int above =
	    directory_above(dir, unit->number, day_of_us(ctx->now_us));

	return above >= 0 &&
	       org_holds(ctx, permission, directory_at(dir, above)->id);
}
