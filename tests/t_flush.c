#include "t_flush.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "t.h"

#define NOTES_MAX 400
#define PATH_MOST 300

struct note {
	char path[PATH_MOST];
	char to[PATH_MOST]; /* "": it was flushed, not renamed */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct note notes[NOTES_MAX]; /* the first ones */
static int count;

static void
note(const char *path, const char *to)
{
	(void)pthread_mutex_lock(&lock);
	if (count < NOTES_MAX) {
		(void)snprintf(notes[count].path, PATH_MOST, "%s", path);
		(void)snprintf(notes[count].to, PATH_MOST, "%s", to);
		count++;
	}
	(void)pthread_mutex_unlock(&lock);
}

static void
note_flush(int fd)
{
	char link[40];
	char path[PATH_MOST];
	ssize_t len = 0;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len < 0 ? 0 : len] = '\0';
	note(path, "");
}

/* ---- instead of the library's -------------------------------------------- */

int
fsync(int fd)
{
	note_flush(fd);
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	note_flush(fd);
	return (int)syscall(SYS_fdatasync, fd);
}

int
rename(const char *from, const char *to)
{
	note(from, to);
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- what was noted ------------------------------------------------------ */

void
t_flush_begin(void)
{
	(void)pthread_mutex_lock(&lock);
	count = 0;
	(void)pthread_mutex_unlock(&lock);
}

static bool
ends(const char *path, const char *end)
{
	const size_t len = strlen(path);

	return len >= strlen(end) && strcmp(path + len - strlen(end), end) == 0;
}

/* Flushes from the first note up to the last but one. */
static int
flushes(const char *end, int first, int last)
{
	int found = 0;

	for (int i = first; i < last; i++)
		found += notes[i].to[0] == '\0' && ends(notes[i].path, end);
	return found;
}

int
t_flush_count(const char *end)
{
	int found = 0;

	(void)pthread_mutex_lock(&lock);
	found = flushes(end, 0, count);
	(void)pthread_mutex_unlock(&lock);
	return found;
}

void
t_flush_is_named(const char *end)
{
	char folder[PATH_MOST];
	int at = count - 1;

	while (at >= 0 && !ends(notes[at].to, end))
		at--;
	if (at < 0)
		t_fail("nothing was renamed to %s", end);
	if (flushes(notes[at].path, 0, at) == 0)
		t_fail("%s was not flushed before its name", notes[at].to);
	(void)snprintf(folder, sizeof(folder), "%s", notes[at].to);
	*strrchr(folder, '/') = '\0';
	if (flushes(folder, at, count) == 0)
		t_fail("%s was not flushed with its new name", folder);
}
