#ifndef APP_STATIC_H
#define APP_STATIC_H

#include "app/call.h"
#include "core/ctx.h"

/*
 * The web client's built folder, read whole into memory at start (a few hundred
 * kilobytes), so that a request touches no file and cannot leave the folder.
 * "x.gz" beside "x" is sent to those who accept gzip.  Files under /assets/
 * carry their digest in the name and may be kept for ever; all others are asked
 * for again with their ETag.  The client's pages are rows (app/shell.h), not files.
 */
#define STATIC_FILES_MAX 2000
#define STATIC_BYTES_MAX ((size_t)64 << 20)

struct static_files;

/*
 * dir NULL or absent: every page says how to build the client.
 *	FAIL_TOO_BIG	"static.too_big"
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail static_load(struct ctx *ctx, struct arena *arena,
    const char *dir, struct static_files **ret);

/*
 * The client's page in two parts, between which its first data goes
 * (app/shell.h): where index.html has "<!--first-->".  Without the place, or
 * without a client, all is before it.
 */
struct static_shell {
	struct bytes before;
	struct bytes after;
	bool has_place;
};
void static_shell(const struct static_files *files, struct static_shell *ret);

/*
 * Links to the files that a screen of the client consists of, as HTML, so that a
 * browser asks for all of them at once: as preload.txt of the built folder has
 * them, lines of "SCREEN LANGUAGE FILE...".  screen is the path of its row, or
 * "-" for the page of nobody.  "" if there is no such line.
 */
const char *static_preload(struct ctx *ctx, const struct static_files *files,
    const char *screen, const char *language);

/* "/assets/style-ABCD.css"; NULL: none is built. */
const char *static_style(const struct static_files *files);

/* FAIL_NOT_FOUND "route.unknown", also for methods but GET and HEAD. */
NODISCARD enum fail static_answer(struct ctx *ctx, struct call *call,
    const struct static_files *files);

#endif
