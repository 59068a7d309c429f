#ifndef CORE_BANNED_H
#define CORE_BANNED_H

/*
 * Forced into every file by -include.  libc's own headers come
 * first, so that their declarations are read before the words are poisoned.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>

/* clang's libc headers make macros of these, which poisoning would mention. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok gets
#pragma GCC poison atoi atol atof tmpnam mktemp popen
#pragma GCC poison gmtime localtime ctime asctime

#endif
