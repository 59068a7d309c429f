#include "core/pin.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

struct pin {
	const void *owner;
	void *picture;
	bool is_current;
};

struct pins {
	struct arena *arena;
	int count;
	struct pin at[PIN_OWNERS_MAX];
};

struct pins *
pins_new(struct arena *arena)
{
	struct pins *pins = ARENA_NEW(arena, struct pins);

	pins->arena = arena;
	return pins;
}

static struct pin *
find(struct pins *pins, const void *owner)
{
	for (int i = 0; i < pins->count; i++)
		if (pins->at[i].owner == owner)
			return &pins->at[i];
	return NULL;
}

void *
pin_current(const struct ctx *ctx, const void *owner)
{
	const struct pin *pin = find(ctx->pins, owner);

	return pin == NULL || !pin->is_current ? NULL : pin->picture;
}

void
pin_keep(struct ctx *ctx, const void *owner, void *picture,
    void (*unpin)(void *picture))
{
	struct pins *pins = ctx->pins;
	struct pin *pin = find(pins, owner);

	if (pin == NULL) {
		assert(pins->count < PIN_OWNERS_MAX);
		pin = &pins->at[pins->count++];
		pin->owner = owner;
	}
	pin->is_current = true;
	if (unpin != NULL) {
		/* The usual case: nobody has changed anything. */
		if (pin->picture == picture)
			unpin(picture);
		else
			arena_defer(pins->arena, unpin, picture);
	}
	pin->picture = picture;
}

void
pin_renew(struct ctx *ctx)
{
	for (int i = 0; i < ctx->pins->count; i++)
		ctx->pins->at[i].is_current = false;
}
