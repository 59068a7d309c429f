#include "core/shape.h"

#include <string.h>

const struct shape_field *
shape_field_named(const struct shape *shape, const char *name)
{
	for (size_t i = 0; i < shape->field_count; i++)
		if (strcmp(shape->fields[i].name, name) == 0)
			return &shape->fields[i];
	return NULL;
}
