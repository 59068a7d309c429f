#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/args.h"

/* One file per command, or a folder (bench, demo); main.c lists them.  Those
 * named test-* are for tests and not shown by --help. */
extern const struct command init_command;
extern const struct command serve_command;
extern const struct command demo_command;
extern const struct command import_command;
extern const struct command user_command;
extern const struct command audit_command;
extern const struct command jobs_command;
extern const struct command clock_command;
extern const struct command figures_command;
extern const struct command doctor_command;
extern const struct command rebuild_command;
extern const struct command verify_command;
extern const struct command options_command;
extern const struct command flow_command;
extern const struct command backup_command;
extern const struct command restore_command;
extern const struct command bench_command;
extern const struct command test_plausible_command;
extern const struct command test_reorganise_command;
extern const struct command test_world_command;

/* NULL: none has this name. */
const struct command *command_find(const char *name);

#endif
