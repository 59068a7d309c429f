#include "t_pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIP 77

static char folder[] = "/tmp/truc-test-pg-XXXXXX";
static char url[200];

static void
become_script(const char *verb, int out)
{
	const char *root = getenv("TRUC_SOURCE");
	char script[500] = "";

	(void)snprintf(script, sizeof(script), "%s/tests/pg.py",
	    root == NULL ? "." : root);
	(void)dup2(out, STDOUT_FILENO);
	(void)close(out);
	(void)execlp("python3", "python3", script, verb, folder, NULL);
	_exit(1);
}

/* pg.py verb folder; its first line goes to line.  Gives its exit status. */
static int
run(const char *verb, char *line, int line_size)
{
	FILE *from = NULL;
	int ends[2] = { 0 };
	int status = 0;
	pid_t child = 0;

	if (pipe(ends) != 0)
		return 1;
	child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		become_script(verb, ends[1]);
	}
	(void)close(ends[1]);
	from = fdopen(ends[0], "r");
	if (from == NULL || fgets(line, line_size, from) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (from != NULL)
		(void)fclose(from);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

const char *
t_pg_start(void)
{
	int status = 0;

	if (mkdtemp(folder) == NULL)
		exit(1);
	status = run("start", url, sizeof(url));
	if (status == 0)
		return url;
	(void)rmdir(folder);
	if (status != SKIP)
		exit(1);
	return NULL;
}

void
t_pg_stop(void)
{
	char line[10] = "";

	(void)run("stop", line, sizeof(line));
	(void)rmdir(folder);
}
