#include "core/home.h"

#include <assert.h>
#include <stddef.h>

void *
home_state(const struct home *home, const void *owner)
{
	for (int i = 0; i < HOME_STATES_MAX && home->states[i].owner != NULL;
	     i++)
		if (home->states[i].owner == owner)
			return home->states[i].state;
	return NULL;
}

void
home_keep(struct home *home, const void *owner, void *state)
{
	int i = 0;

	while (i < HOME_STATES_MAX && home->states[i].owner != NULL &&
	       home->states[i].owner != owner)
		i++;
	assert(i < HOME_STATES_MAX);
	home->states[i] = (struct home_state){ owner, state };
}
