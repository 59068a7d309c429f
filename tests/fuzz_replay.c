#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/random.h"
#include "core/text.h"

/*
 * Replay a corpus: each file as it is, cut short at some places, and with some
 * bytes changed.  The dice are always the same.  Prints TAP, a line a file.
 *
 *	fuzz_MODULE_READER [FILE ...]
 *
 * Without a file: all of $TRUC_SOURCE/tests/corpus/fuzz/MODULE_READER.
 */
#define FILE_MAX ((size_t)1 << 20)
#define CUTS 24
#define CHANGES 40

static void
changed(struct arena *arena, struct random *dice, struct bytes whole)
{
	for (int i = 0; i < CHANGES && whole.len > 0; i++) {
		uint8_t *copy = arena_copy(arena, whole.at, whole.len);
		const uint64_t many = 1 + random_below(dice, 3);

		for (uint64_t n = 0; n < many; n++)
			copy[random_below(dice, whole.len)] =
			    (uint8_t)random_below(dice, 256);
		(void)LLVMFuzzerTestOneInput(copy, whole.len);
	}
}

static void
replay(const char *path)
{
	AUTO(arena_end) struct arena *arena = arena_new(0);
	struct random dice = { 0 };
	struct ctx ctx = { 0 };
	struct bytes whole = { 0 };

	random_seed(&dice, 1);
	ctx_init(&ctx, arena, NULL);
	if (file_read(&ctx, path, FILE_MAX, &whole) != OK) {
		fprintf(stderr, "%s: %s\n", path, ctx.failure.message);
		exit(2);
	}
	(void)LLVMFuzzerTestOneInput(whole.at, whole.len);
	for (size_t i = 0; i < CUTS && i < whole.len; i++)
		(void)LLVMFuzzerTestOneInput(whole.at,
		    whole.len < CUTS ? i : random_below(&dice, whole.len));
	changed(arena, &dice, whole);
}

static int
is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
replay_folder(const char *name)
{
	AUTO(arena_end) struct arena *arena = arena_new(0);
	const char *source = getenv("TRUC_SOURCE");
	const char *folder = arena_printf(arena, "%s/tests/corpus/fuzz/%s",
	    source == NULL ? "." : source, name);
	struct dirent **found = NULL;
	const int count = scandir(folder, &found, is_input, alphasort);

	if (count <= 0) {
		fprintf(stderr, "%s: no corpus\n", folder);
		return 2;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		replay(arena_printf(arena, "%s/%s", folder, found[i]->d_name));
		printf("ok %d - %s\n", i + 1, found[i]->d_name);
		fflush(stdout);
		free(found[i]);
	}
	free(found);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return replay_folder(
		    strstr(strrchr(argv[0], '/'), "fuzz_") + strlen("fuzz_"));
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return 0;
}
