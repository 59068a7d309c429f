#ifndef T_FLUSH_H
#define T_FLUSH_H

/*
 * A kill leaves what was written, a power cut only what was flushed.  A test
 * program that calls these has fsync, fdatasync and rename of its own, for
 * SQLite, too; they do the same and are noted.
 */
void t_flush_begin(void);

/* How often files whose path ends so were flushed since then. */
int t_flush_count(const char *end);

/*
 * The newest file that was renamed to a path that ends so had been flushed
 * before, and the path's folder was flushed after.
 */
void t_flush_is_named(const char *end);

#endif
