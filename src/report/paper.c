#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "cube/cube.h"
#include "people/access.h"
#include "report/body.h"
#include "report/paper.h"
#include "report/past.h"
#include "report/report.sql.h"

static enum fail
read_draft(struct ctx *ctx, struct report *report)
{
	report->cells_of = report->version;
	if (report->draft == NULL) {
		cells_init(&report->cells, ctx->arena,
		    report->version->cell_count);
		return OK;
	}
	return body_cells(ctx, report->version, bytes_of_text(report->draft),
	    &report->cells);
}

static enum fail
read_entry(struct ctx *ctx, int64_t id, const struct form_version *version,
    struct ledger_entry **ret, struct cells *ret_cells)
{
	struct body_parts parts = { 0 };

	TRY(ledger_load(ctx, id, ret));
	if (!body_split((*ret)->body, &parts) || parts.cells.len == 0)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "ledger entry %lld is no report body", (long long)id);
	return body_cells(ctx, version, parts.cells, ret_cells);
}

static enum fail
read_version(struct ctx *ctx, struct report *report)
{
	struct ledger_entry *entry = NULL;

	TRY(read_entry(ctx, report->entry_id, report->cells_of, &entry,
	    &report->cells));
	report->source = entry;
	return OK;
}

void
paper_describe(struct ctx *ctx, struct report *report)
{
	const struct directory *dir = directory_now(ctx);

	report->version = form_for(report->form, &report->period);
	report->owed =
	    report->version != NULL &&
	    regime_owes(report->form,
		directory_structure(dir, report->period.to), dir,
		report->unit->number, &report->period, &report->deadline);
}

enum fail
paper_cells(struct ctx *ctx, struct report *report)
{
	if (report->has_cells)
		return OK;
	TRY(report->shown == 0 ? read_draft(ctx, report)
			       : read_version(ctx, report));
	report->has_cells = true;
	return OK;
}

enum fail
paper_differs(struct ctx *ctx, const struct report *report, bool *ret)
{
	struct sql_report_version_load *row = NULL;
	struct ledger_entry *entry = NULL;
	struct cells counting = { 0 };

	assert(report->has_cells);
	*ret = true;
	if (report->sent_version == 0)
		return OK;
	TRY(sql_report_version_load(ctx, report->id, report->sent_version,
	    &row));
	assert(row != NULL);
	/* Another version of the form asks something else. */
	if (row->form_version_id != report->version->id)
		return OK;
	TRY(read_entry(ctx, row->entry_id, report->version, &entry, &counting));
	*ret = !cells_equal(&report->cells, &counting);
	return OK;
}

static bool
find_previous(struct ctx *ctx, const struct report *report, struct cells *ret)
{
	const struct period before = period_previous(&report->period);
	const struct form_version *version = form_for(report->form, &before);
	struct cube_event last = { 0 };

	if (version == NULL ||
	    !cube_unit(ctx, version, &before, report->unit->id, &last) ||
	    last.act == CUBE_RETURNED)
		return false;
	cells_init(ret, ctx->arena, report->version->cell_count);
	for (size_t i = 0; i < ret->count; i++) {
		const int at =
		    version == report->version
			? (int)i
			: form_cell(version, report->version->cells[i]);

		if (at < 0)
			continue;
		ret->values[i] = last.values[at];
		ret->states[i] = last.states[at];
	}
	return true;
}

const struct cells *
paper_previous(struct ctx *ctx, struct report *report)
{
	if (!report->previous_known) {
		report->has_previous =
		    find_previous(ctx, report, &report->previous);
		report->previous_known = true;
	}
	return report->has_previous ? &report->previous : NULL;
}

/* Nothing has changed since: not the form's version, nor a cell. */
static bool
is_judged(const struct report *report)
{
	const struct cells *now = &report->cells;
	const struct cells *then = &report->judged.cells;

	return report->judged.of == report->cells_of &&
	       memcmp(now->values, then->values,
		   now->count * sizeof(*now->values)) == 0 &&
	       memcmp(now->states, then->states,
		   now->count * sizeof(*now->states)) == 0;
}

/* The figures beside what came before, behind the findings of the rules. */
static void
judge_figures(struct ctx *ctx, struct report *report)
{
	struct judgement *judged = &report->judged;
	const struct expected *expected = NULL;
	const size_t count = report->cells_of == report->version
				 ? past_expect(ctx, report, &expected)
				 : 0;
	struct finding *all =
	    ARENA_ARRAY(ctx->arena, judged->count + count, struct finding);

	memcpy(all, judged->findings, judged->count * sizeof(*all));
	for (size_t i = 0; i < count; i++)
		all[judged->count + i] = plausible_judge(report->version,
		    &expected[i], &report->cells);
	judged->findings = all;
	judged->count += count;
}

static void
judge(struct ctx *ctx, struct report *report)
{
	struct judgement *judged = &report->judged;
	const struct cells *cells = &report->cells;

	if (judged->of != report->cells_of)
		cells_init(&judged->cells, ctx->arena, cells->count);
	judged->of = report->cells_of;
	memcpy(judged->cells.values, cells->values,
	    cells->count * sizeof(*cells->values));
	memcpy(judged->cells.states, cells->states,
	    cells->count * sizeof(*cells->states));
	rules_judge(ctx, report->cells_of, cells,
	    report->cells_of == report->version ? paper_previous(ctx, report)
						: NULL,
	    &judged->findings, &judged->count);
	judge_figures(ctx, report);
	judged->rounds++;
}

enum fail
paper_judge(struct ctx *ctx, struct report *report, struct finding **ret,
    size_t *ret_count)
{
	assert(report->has_cells);
	if (!is_judged(report))
		judge(ctx, report);
	*ret = report->judged.findings;
	*ret_count = report->judged.count;
	return OK;
}

bool
paper_place_works(struct ctx *ctx, int64_t unit)
{
	return access_may(ctx, "report.edit", unit) ||
	       access_may(ctx, "report.sign", unit);
}

bool
paper_own(struct ctx *ctx, const struct report *report)
{
	return paper_place_works(ctx, report->unit->id);
}

bool
paper_place_reviews(struct ctx *ctx, const struct unit *unit)
{
	return org_above_holds(ctx, "report.review", unit);
}

bool
paper_may_review(struct ctx *ctx, const struct report *report)
{
	return paper_place_reviews(ctx, report->unit);
}

enum fail
report_at(struct ctx *ctx, const struct report *report, int64_t revision)
{
	if (report->revision == revision)
		return OK;
	return FAIL(ctx, FAIL_STALE, "report.stale",
	    "report %" PRId64 " is at revision %" PRId64 ", not %" PRId64,
	    report->id, report->revision, revision);
}

int64_t
report_id(const struct report *report)
{
	return report->id;
}

int64_t
report_revision(const struct report *report)
{
	return report->revision;
}

int64_t
report_flags(const struct report *report)
{
	return report->flags;
}

int64_t
report_value_count(const struct report *report)
{
	int64_t count = 0;

	assert(report->has_cells);
	for (size_t i = 0; i < report->cells.count; i++)
		count += report->cells.states[i] != CELL_MISSING;
	return count;
}
