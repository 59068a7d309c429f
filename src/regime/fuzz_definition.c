#include "fuzz.h"

#include "codec/json.h"
#include "regime/definition.h"

/* A sound definition can be built, and every part of it has its place. */
static void
check_version(struct ctx *ctx, const struct def_version *def)
{
	struct form_version version = { 0 };

	definition_build_version(ctx->arena, def, &version);
	fuzz_check(version.column_count > 0 && version.row_count > 0);
	fuzz_check(version.column_count <= DEFINITION_COLUMNS_MAX);
	fuzz_check(version.row_count <= DEFINITION_ROWS_MAX);
	fuzz_check(
	    version.cell_count == version.column_count * version.row_count);
	fuzz_check(version.cell_count <= DEFINITION_CELLS_MAX);
	for (size_t i = 0; i < version.cell_count; i++)
		fuzz_check(version.cells[i] != NULL);
	for (size_t i = 0; i < version.rule_count; i++)
		fuzz_check(version.rules[i].id != NULL);
}

void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	const struct json *node = NULL;
	struct definition def = { 0 };
	struct form form = { 0 };
	const struct def_version *versions = NULL;

	if (in.len > DEFINITION_BYTES_MAX || json_parse(ctx, in, &node) != OK)
		return;
	definition_read(ctx, node, &def);
	if (fail_valid(ctx) != OK)
		return;
	definition_build_head(ctx->arena, def.form, &form);
	fuzz_check(form.code != NULL && form.name_vi != NULL);
	versions = def.versions.at;
	fuzz_check(def.versions.count > 0 &&
		   def.versions.count <= DEFINITION_VERSIONS_MAX);
	for (size_t i = 0; i < def.versions.count; i++)
		check_version(ctx, &versions[i]);
}
