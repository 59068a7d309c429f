#ifndef CORE_EMBEDDED_H
#define CORE_EMBEDDED_H

#include <stddef.h>

/*
 * A file built into the program by tools/embed.py.  Tables of these end with an
 * entry whose name is NULL.  A NUL that len does not count follows the bytes,
 * so a text file is also a C string.
 */
struct embedded {
	const char *name;
	const unsigned char *at;
	size_t len;
};

#endif
