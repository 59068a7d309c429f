#include "hook/pattern.h"

#include <string.h>

#include "app/slice.h"
#include "core/home.h"
#include "event/event.h"
#include "hook/hook.h"

static bool
one_matches(const char *pattern, size_t len, const char *name)
{
	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(pattern, name, len - 1) == 0;
	return strlen(name) == len && strncmp(pattern, name, len) == 0;
}

/* The next pattern at or after *at; its length, 0 at the end. */
static size_t
next(const char **at)
{
	*at += strspn(*at, " ");
	return strcspn(*at, " ");
}

bool
pattern_matches(const char *patterns, const char *name)
{
	const char *at = patterns;

	for (size_t len = next(&at); len > 0; at += len, len = next(&at))
		if (one_matches(at, len, name))
			return true;
	return false;
}

static bool
is_known(const struct home *home, const char *pattern, size_t len)
{
	for (const struct slice *const *s = home->slices; *s != NULL; s++)
		for (const struct event_kind *kind = (*s)->events;
		     kind != NULL && kind->name != NULL; kind++)
			if (one_matches(pattern, len, kind->name))
				return true;
	return false;
}

void
pattern_check(struct ctx *ctx, const char *pointer, const char *patterns)
{
	const char *at = patterns;
	int count = 0;

	for (size_t len = next(&at); len > 0; at += len, len = next(&at)) {
		count++;
		if (!is_known(ctx->home, at, len))
			fail_invalid(ctx, pointer, "hook.events",
			    "there is no event %.*s", (int)len, at);
	}
	if (count == 0 || count > HOOK_PATTERNS_MAX)
		fail_invalid(ctx, pointer, "hook.events", "1 to %d patterns",
		    HOOK_PATTERNS_MAX);
}
