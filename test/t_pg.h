#ifndef T_PG_H
#define T_PG_H

/*
 * A real PostgreSQL server for one test program, started by tests/pg.py; ends
 * with t_pg_stop.  NULL if this machine has none.
 */
const char *t_pg_start(void);
void t_pg_stop(void);

#endif
