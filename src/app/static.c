#include "app/static.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "app/coding.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/map.h"
#include "core/text.h"
#include "trust/trust.h"

#define DEPTH_MAX 8
#define ETAG_CHARS 32

struct static_file {
	const char *type;
	struct bytes content;
	struct bytes gzip; /* at NULL: none */
	const char *etag;
	const char *gzip_etag;
	const char *cache;
};

struct static_files {
	struct map *by_path;  /* "/index.html" */
	struct map *preloads; /* "/units vi": links to its files */
	const char *style;
	size_t count;
	size_t bytes;
};

static const struct {
	const char *end;
	const char *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".map", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".woff2", "font/woff2" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char not_built[] =
    "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\">"
    "<title>Trục</title><h1>Trục</h1>"
    "<p>Máy chủ đang chạy, nhưng giao diện web chưa được dựng. Hãy chạy "
    "<code>./run</code>, hoặc trong thư mục <code>web</code>: "
    "<code>npm ci &amp;&amp; npm run build</code>.</p>"
    "<p lang=\"en\">The server runs, but the web client has not been built. "
    "Run <code>./run</code>, or in the folder <code>web</code>: "
    "<code>npm ci &amp;&amp; npm run build</code>.</p></html>\n";

static bool
text_ends(const char *text, const char *end)
{
	const size_t len = strlen(text);
	const size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static const char *
type_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_ends(path, types[i].end))
			return types[i].type;
	return "application/octet-stream";
}

static const char *
etag_of(struct arena *arena, struct bytes content)
{
	const struct digest digest = digest_of(content);

	return arena_printf(arena, "\"%.*s\"", ETAG_CHARS,
	    digest_hex(arena, &digest));
}

static struct static_file *
file_made(struct arena *arena, struct static_files *files, const char *path)
{
	struct static_file *file = map_get_text(files->by_path, path);

	if (file != NULL)
		return file;
	file = ARENA_NEW(arena, struct static_file);
	file->type = type_of(path);
	file->cache = text_starts(path, "/assets/")
			  ? "public, max-age=31536000, immutable"
			  : "no-cache";
	map_put_text(files->by_path, path, file);
	if (text_starts(path, "/assets/style-") && text_ends(path, ".css"))
		files->style = path;
	return file;
}

static enum fail
add_file(struct ctx *ctx, struct static_files *files, const char *from,
    const char *path)
{
	struct static_file *file = NULL;
	struct bytes content = { 0 };

	TRY(file_read(ctx, from, STATIC_BYTES_MAX, &content));
	files->count++;
	files->bytes += content.len;
	if (files->count > STATIC_FILES_MAX || files->bytes > STATIC_BYTES_MAX)
		return FAIL(ctx, FAIL_TOO_BIG, "static.too_big",
		    "%zu files, %zu bytes", files->count, files->bytes);
	if (text_ends(path, ".gz")) {
		file = file_made(ctx->arena, files,
		    arena_text_n(ctx->arena, path, strlen(path) - 3));
		file->gzip = content;
		file->gzip_etag = etag_of(ctx->arena, content);
	} else {
		file = file_made(ctx->arena, files, path);
		file->content = content;
		file->etag = etag_of(ctx->arena, content);
	}
	return OK;
}

static void
close_folder(DIR **folder)
{
	if (*folder != NULL)
		closedir(*folder);
}

static enum fail
add_folder(struct ctx *ctx, struct static_files *files, const char *from,
    const char *path, int depth)
{
	DIR *folder AUTO(close_folder) = opendir(from);
	const struct dirent *entry = NULL;

	if (folder == NULL || depth > DEPTH_MAX)
		return OK;
	for (entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		const char *inner = NULL;
		const char *inner_path = NULL;
		struct stat info = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		inner = arena_printf(ctx->arena, "%s/%s", from, entry->d_name);
		inner_path =
		    arena_printf(ctx->arena, "%s/%s", path, entry->d_name);
		if (stat(inner, &info) != 0)
			continue;
		if (S_ISDIR(info.st_mode))
			TRY(add_folder(ctx, files, inner, inner_path,
			    depth + 1));
		else if (S_ISREG(info.st_mode))
			TRY(add_file(ctx, files, inner, inner_path));
	}
	return OK;
}

static char *
preload_links(struct arena *arena, const char *const *paths, size_t count)
{
	struct text out = { 0 };

	text_init(&out, arena);
	for (size_t i = 0; i < count; i++) {
		text_add(&out, "<link rel=\"modulepreload\" href=\"");
		text_html(&out, paths[i]);
		text_add(&out, "\">");
	}
	return out.at;
}

/* "SCREEN LANGUAGE FILE...", a line each; without the file there are none. */
static void
read_preloads(struct arena *arena, struct static_files *files)
{
	const struct static_file *file =
	    map_get_text(files->by_path, "/preload.txt");
	const char *const *lines = NULL;
	size_t count = 0;

	files->preloads = map_new(arena, STATIC_FILES_MAX);
	if (file == NULL || file->content.at == NULL)
		return;
	lines = text_split(arena,
	    arena_text_n(arena, (const char *)file->content.at,
		file->content.len),
	    '\n', &count);
	for (size_t i = 0; i < count; i++) {
		size_t words = 0;
		const char *const *word =
		    text_split(arena, lines[i], ' ', &words);

		if (words > 2)
			map_put_text(files->preloads,
			    arena_printf(arena, "%s %s", word[0], word[1]),
			    preload_links(arena, word + 2, words - 2));
	}
}

enum fail
static_load(struct ctx *ctx, struct arena *arena, const char *dir,
    struct static_files **ret)
{
	struct static_files *files = ARENA_NEW(arena, struct static_files);
	struct ctx own = *ctx;
	enum fail got = OK;

	own.arena = arena; /* the contents stay */
	files->by_path = map_new(arena, STATIC_FILES_MAX);
	if (dir != NULL)
		got = add_folder(&own, files, dir, "", 0);
	if (got != OK)
		return FAIL(ctx, got, own.failure.code, "%s",
		    own.failure.message);
	read_preloads(arena, files);
	*ret = files;
	return OK;
}

static enum fail
send(struct ctx *ctx, struct call *call, const struct static_file *file)
{
	const bool as_gzip =
	    file->gzip.at != NULL &&
	    (file->content.at == NULL || coding_takes_gzip(call->request));

	call->etag = as_gzip ? file->gzip_etag : file->etag;
	call_answer_header(call, "Cache-Control", file->cache);
	if (file->gzip.at != NULL)
		call_answer_header(call, "Vary", "Accept-Encoding");
	if (as_gzip)
		call_answer_header(call, "Content-Encoding", "gzip");
	return call_answer_raw(ctx, call, 200, file->type,
	    as_gzip ? file->gzip : file->content);
}

void
static_shell(const struct static_files *files, struct static_shell *ret)
{
	static const char place[] = "<!--first-->";
	const struct static_file *file =
	    map_get_text(files->by_path, "/index.html");
	struct bytes page = bytes_of_text(not_built);
	const uint8_t *at = NULL;

	if (file != NULL && file->content.at != NULL)
		page = file->content;
	at = memmem(page.at, page.len, place, sizeof(place) - 1);
	*ret = (struct static_shell){ .before = page, .has_place = at != NULL };
	if (at == NULL)
		return;
	ret->before.len = (size_t)(at - page.at);
	ret->after.at = at + sizeof(place) - 1;
	ret->after.len = page.len - ret->before.len - (sizeof(place) - 1);
}

const char *
static_preload(struct ctx *ctx, const struct static_files *files,
    const char *screen, const char *language)
{
	const char *links = map_get_text(files->preloads,
	    arena_printf(ctx->arena, "%s %s", screen, language));

	return links == NULL ? "" : links;
}

const char *
static_style(const struct static_files *files)
{
	return files->style;
}

enum fail
static_answer(struct ctx *ctx, struct call *call,
    const struct static_files *files)
{
	const struct http_request *request = call->request;
	const struct static_file *file =
	    map_get_text(files->by_path, request->path);
	const bool is_get = text_equal(request->method, "GET") ||
			    text_equal(request->method, "HEAD");

	if (!is_get || request->path[0] != '/')
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no page");
	if (file != NULL)
		return send(ctx, call, file);
	return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "no such file");
}
