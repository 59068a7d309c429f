#include <assert.h>
#include <inttypes.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "regime/definition.h"
#include "report/closing.h"
#include "report/field.h"
#include "report/paper.h"
#include "report/past.h"
#include "report/report.sql.h"

struct finding_view {
	const char *rule;
	const char *cell;
	const char *severity;
	const char *expected;
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

struct expected_view {
	const char *rule;
	const char *cell;
	const char *low;
	const char *high;
	const char *last;
	const char *year;
	const char *usual;
};

struct checks_view {
	int64_t passed;
	int64_t total;
};

struct report_view {
	int64_t id;
	const char *form;
	const char *period;
	int64_t unit;
	const char *unit_name;
	const int64_t *above;
	const char *above_name;
	bool divided;
	const int64_t *heir;
	const char *heir_name;
	const char *state;
	const char *standing;
	int64_t revision;
	int64_t version;
	int64_t sent_version;
	int64_t accepted_version;
	const char *sent_at;
	const char *deadline;
	bool late;
	int64_t flags;
	const char *reason;
	bool has_draft;
	const struct closing_above *closing;
	const char *digest;
	const int64_t *ledger_index;
	const char *cells;
	const char *previous;
	struct list_of expected;
	struct list_of findings;
	const struct checks_view *checks;
	struct list_of actions;
};

#define CELLS_SCHEMA \
	"{\"type\":\"array\",\"items\":{\"oneOf\":[" \
	"{\"type\":\"string\",\"description\":\"a decimal number\"}," \
	"{\"type\":\"null\",\"description\":\"missing\"}," \
	"{\"type\":\"object\",\"properties\":{" \
	"\"state\":{\"enum\":[\"none\",\"missing\",\"withheld\"]}," \
	"\"value\":{\"type\":\"string\"},\"remark\":{\"type\":\"string\"}}}]}}"

static const char *const severities[] = { "block", "explain", "note", NULL };

/* clang-format off */
static const struct shape_field finding_fields[] = {
	F_TEXT(struct finding_view, rule, 64, REQUIRED,
	    "the rule and the row it is judged in", "\"r1.s01\""),
	F_TEXT(struct finding_view, cell, 64, REQUIRED,
	    "the cell the rule is about", "\"s01.c3\""),
	F_ENUM(struct finding_view, severity, severities, REQUIRED,
	    "block: cannot be submitted; explain: needs a remark; note: is "
	    "shown", "\"block\""),
	F_TEXT(struct finding_view, expected, 48, REQUIRED,
	    "what the rule's terms add up to, or the figure held against, decimal "
	    "text", "\"12\""),
	F_TEXT(struct finding_view, citation, 500, REQUIRED,
	    "where the rule comes from", "\"01/2020/TT-VPCP\""),
	F_TEXT(struct finding_view, message_vi, 1000, REQUIRED,
	    "the rule in Vietnamese words", "\"Tổng số phải bằng ...\""),
	F_TEXT(struct finding_view, message_en, 1000, REQUIRED,
	    "the rule in English words", "\"The total must equal ...\""),
};
static const struct shape finding_shape =
    SHAPE("Finding", struct finding_view, finding_fields);

static const struct shape_field expected_fields[] = {
	F_TEXT(struct expected_view, rule, 64, REQUIRED,
	    "the form's rule of plausibility, and the cell", "\"p1.s01.c4\""),
	F_TEXT(struct expected_view, cell, 64, REQUIRED, "the cell",
	    "\"s01.c4\""),
	F_TEXT(struct expected_view, low, 24, REQUIRED,
	    "the least value that needs no explanation", "\"34\""),
	F_TEXT(struct expected_view, high, 24, REQUIRED,
	    "the greatest one", "\"299\""),
	F_TEXT(struct expected_view, last, 24, OPTIONAL,
	    "the figure of the period before; null: not known, or not asked",
	    "\"100\""),
	F_TEXT(struct expected_view, year, 24, OPTIONAL,
	    "that of the same period a year ago", "\"96\""),
	F_TEXT(struct expected_view, usual, 24, OPTIONAL,
	    "the median of the last periods", "\"98\""),
};
static const struct shape expected_shape =
    SHAPE("Expected", struct expected_view, expected_fields);

static const struct shape_field checks_fields[] = {
	F_INT(struct checks_view, passed, 0, 100000, REQUIRED,
	    "rules that are kept", "11"),
	F_INT(struct checks_view, total, 0, 100000, REQUIRED,
	    "rules that were judged", "12"),
};
static const struct shape checks_shape =
    SHAPE("Checks", struct checks_view, checks_fields);

static const struct shape_field report_fields[] = {
	F_COUNT(struct report_view, id,
	    "permanent number of the report; 0: it is not opened yet", "7"),
	F_FORM(struct report_view, REQUIRED),
	F_PERIOD(struct report_view, period, REQUIRED),
	F_REPORT_UNIT(struct report_view),
	F_REPORT_UNIT_NAME(struct report_view),
	F_OPT_INT(struct report_view, above, 1, INT64_MAX,
	    "unit that it is sent to: on the day it was first signed, today "
	    "while it was not; null: nobody is above", "17"),
	F_TEXT(struct report_view, above_name, UNIT_NAME_MAX, OPTIONAL,
	    "its name on that day", "\"Thành phố Đà Nẵng\""),
	F_BOOL(struct report_view, divided, REQUIRED,
	    "the unit is abolished and divided: the heir that the unit above "
	    "names signs", "false"),
	F_OPT_INT(struct report_view, heir, 1, INT64_MAX,
	    "the heir named today; null: nobody", "null"),
	F_TEXT(struct report_view, heir_name, UNIT_NAME_MAX, OPTIONAL,
	    "its name", "null"),
	F_REPORT_STATE(struct report_view, REQUIRED,
	    "state of the paper while there is one, else of the version that "
	    "counts"),
	F_ENUM(struct report_view, standing, report_standings, REQUIRED,
	    "state of the version that counts in the totals", "\"sent\""),
	F_COUNT(struct report_view, revision,
	    "raised by every change; send it as If-Match. 0: it is not opened "
	    "yet",
	    "3"),
	F_COUNT(struct report_view, version,
	    "the version shown; 0: the working paper", "1"),
	F_COUNT(struct report_view, sent_version,
	    "the version in the totals of basis=sent; 0: none", "1"),
	F_COUNT(struct report_view, accepted_version,
	    "the version in the totals of basis=accepted; 0: none", "0"),
	F_REPORT_SENT_AT(struct report_view),
	F_REPORT_DEADLINE(struct report_view, OPTIONAL),
	F_REPORT_LATE(struct report_view),
	F_REPORT_FLAGS(struct report_view),
	F_REPORT_REASON(struct report_view, OPTIONAL,
	    "why it was sent back, or why it is amended",
	    "\"Cột 6 chưa khớp kỳ trước\""),
	F_BOOL(struct report_view, has_draft, REQUIRED,
	    "whether there is a working paper", "false"),
	F_ONE(struct report_view, closing, &closing_above_shape, OPTIONAL,
	    "what those above have said of the period: who has closed it or "
	    "reopened it last; null: nobody"),
	F_TEXT(struct report_view, digest, 64, OPTIONAL,
	    "SHA-256 of the shown version's body, hexadecimal",
	    "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""),
	F_OPT_INT(struct report_view, ledger_index, 0, INT64_MAX,
	    "ledger entry of the shown version", "48213"),
	F_RAW(struct report_view, cells, REQUIRED, CELLS_SCHEMA,
	    "the cells in the form's order", "[\"12\",null]"),
	F_RAW(struct report_view, previous, OPTIONAL, CELLS_SCHEMA,
	    "what the unit had sent for the period before, in the same order",
	    "[\"11\",null]"),
	F_LIST(struct report_view, expected, &expected_shape,
	    DEFINITION_CELLS_MAX,
	    "what single cells are expected to hold, beside what the unit, or "
	    "the units it was made of, had sent before; a value below low or "
	    "above high needs a remark. None where the shown version is of "
	    "another version of the form"),
	F_LIST(struct report_view, findings, &finding_shape,
	    DEFINITION_RULES_MAX * DEFINITION_ROWS_MAX + DEFINITION_CELLS_MAX,
	    "rules that are broken"),
	F_ONE(struct report_view, checks, &checks_shape, REQUIRED,
	    "how many rules are kept"),
	F_LIST(struct report_view, actions, &flow_action_shape,
	    FLOW_ACTIONS_MAX,
	    "what this person may do now"),
};
const struct shape report_shape =
    SHAPE("Report", struct report_view, report_fields);
/* clang-format on */

static const char *
cells_text(struct ctx *ctx, const struct form_version *version,
    const struct cells *cells)
{
	struct text text;

	text_init(&text, ctx->arena);
	cells_write(&text, version, cells);
	return text_of(&text);
}

static void
show_findings(struct ctx *ctx, const struct report *report,
    const struct finding *findings, size_t count, struct report_view *view)
{
	struct checks_view *checks = ARENA_NEW(ctx->arena, struct checks_view);
	struct finding_view *out =
	    ARENA_ARRAY(ctx->arena, count + 1, struct finding_view);
	size_t broken = 0;

	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = findings[i].rule;

		if (findings[i].verdict == RULE_NOT_JUDGED)
			continue;
		checks->total++;
		if (findings[i].verdict == RULE_KEPT) {
			checks->passed++;
			continue;
		}
		out[broken++] = (struct finding_view){
			.rule = rule->id,
			.cell = report->cells_of->cells[rule->target],
			.severity = severities[rule->severity],
			.expected = decimal_text(ctx->arena,
			    findings[i].expected, findings[i].scale),
			.citation = rule->citation,
			.message_vi = rule->message_vi,
			.message_en = rule->message_en,
		};
	}
	view->findings = (struct list_of){ out, broken };
	view->checks = checks;
}

static const char *
reference_text(struct ctx *ctx, const struct reference *reference, int scale)
{
	return reference->known
		   ? decimal_text(ctx->arena, reference->value, scale)
		   : NULL;
}

static void
show_expected(struct ctx *ctx, struct report *report, struct report_view *view)
{
	const struct form_version *version = report->version;
	const struct expected *expected = NULL;
	const size_t count = report->cells_of == version
				 ? past_expect(ctx, report, &expected)
				 : 0;
	struct expected_view *out =
	    ARENA_ARRAY(ctx->arena, count, struct expected_view);

	for (size_t i = 0; i < count; i++) {
		const struct expected *one = &expected[i];
		const size_t cell = (size_t)one->rule->target;
		const int scale = form_column_at(version, cell)->scale;

		out[i] = (struct expected_view){
			.rule = one->rule->id,
			.cell = version->cells[cell],
			.low = decimal_text(ctx->arena, one->low, scale),
			.high = decimal_text(ctx->arena, one->high, scale),
			.last = reference_text(ctx, &one->last, scale),
			.year = reference_text(ctx, &one->year, scale),
			.usual = reference_text(ctx, &one->usual, scale),
		};
	}
	view->expected = (struct list_of){ out, count };
}

static enum fail
show_reason(struct ctx *ctx, const struct report *report,
    struct report_view *view)
{
	const bool own = paper_own(ctx, report);
	/* Those above know of a version that it came back, and why. */
	const bool returned = own ? report->work == WORK_RETURNED
				  : report->standing == STANDING_NONE;
	struct sql_report_last_reason *row = NULL;

	if (own)
		view->reason = report->reason;
	if (!returned)
		return OK;
	TRY(sql_report_last_reason(ctx, report->id, own, &row));
	if (row != NULL)
		view->reason = row->reason;
	return OK;
}

/* Who signs for a divided unit. */
static void
show_heir(struct ctx *ctx, const struct report *report,
    struct report_view *view)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);

	view->divided = structure_divided(directory_structure(dir, today),
	    report->unit->number);
	if (report->heir == 0)
		return;
	view->heir = &report->heir;
	view->heir_name = unit_name(directory_unit(dir, report->heir), today);
}

/* Who receives it, as its paper says. */
static void
show_above(struct ctx *ctx, const struct report *report, int64_t when_us,
    struct report_view *view)
{
	const struct directory *dir = directory_now(ctx);
	const day on = day_of_us(when_us);
	const int number = directory_above(dir, report->unit->number, on);

	if (number < 0)
		return;
	view->above = &directory_at(dir, number)->id;
	view->above_name = unit_name(directory_at(dir, number), on);
}

enum fail
report_show(struct ctx *ctx, struct report *report,
    const struct report_view **ret)
{
	struct report_view *view = ARENA_NEW(ctx->arena, struct report_view);
	const struct cells *before = NULL;
	struct finding *findings = NULL;
	size_t count = 0;
	/* A paper that is being worked on is the unit's own business. */
	const bool own = paper_own(ctx, report);
	const int64_t when_us =
	    report->first_sent_us == 0 ? ctx->now_us : report->first_sent_us;

	TRY(paper_cells(ctx, report));
	TRY(paper_judge(ctx, report, &findings, &count));
	*view = (struct report_view){
		.id = report->id,
		.form = report->form->code,
		.period = report->period_id,
		.unit = report->unit->id,
		.unit_name = unit_name(report->unit, report->period.to),
		.state = report_state_seen(own, report->work, report->standing),
		.standing = report_standings[report->standing],
		.revision = report->revision,
		.version = report->shown,
		.sent_version = report->sent_version,
		.accepted_version = report->accepted_version,
		.late =
		    report->owed && regime_is_late(report->deadline, when_us),
		.flags = report->flags,
		.has_draft = own && report->work != WORK_NONE,
		.cells = cells_text(ctx, report->cells_of, &report->cells),
	};
	if (report->first_sent_us != 0)
		view->sent_at = time_text(ctx->arena, report->first_sent_us);
	if (report->owed)
		view->deadline = day_text(ctx->arena, report->deadline);
	if (report->shown != 0)
		view->digest = digest_hex(ctx->arena, &report->digest);
	if (report->shown != 0 && report->source != NULL)
		view->ledger_index = &report->source->index;
	before = paper_previous(ctx, report);
	if (before != NULL)
		view->previous = cells_text(ctx, report->version, before);
	show_findings(ctx, report, findings, count, view);
	show_expected(ctx, report, view);
	show_above(ctx, report, when_us, view);
	show_heir(ctx, report, view);
	TRY(closing_above(ctx, report->form, &report->period, report->unit,
	    &view->closing));
	view->actions = flow_allowed(ctx, &report_flow, report,
	    arena_printf(ctx->arena, "/api/v1/reports/%" PRId64, report->id));
	TRY(show_reason(ctx, report, view));
	*ret = view;
	return OK;
}

/* ---- history ------------------------------------------------------------ */

struct act_view {
	const char *act;
	const char *at;
	const char *person;
	int64_t version;
	int64_t revision;
	const char *reason;
	const int64_t *ledger_index;
};

struct report_history {
	struct list_of items;
};

/* clang-format off */
static const struct shape_field act_fields[] = {
	F_TEXT(struct act_view, act, 32, REQUIRED,
	    "submit, withdraw, sign, return, send_back, accept, amend or drop", "\"sign\""),
	F_TIME(struct act_view, at, REQUIRED, "when, RFC 3339 +07:00",
	    "\"2025-09-16T09:12:00+07:00\""),
	F_TEXT(struct act_view, person, 200, OPTIONAL,
	    "who; null: the system", "\"Nguyễn Thị Hoa\""),
	F_COUNT(struct act_view, version,
	    "version the act was about; 0: none was signed yet", "1"),
	F_ID(struct act_view, revision, "revision after the act", "3"),
	F_REPORT_REASON(struct act_view, OPTIONAL, "the reason given",
	    "\"Số liệu cột 8 nhập nhầm\""),
	F_OPT_INT(struct act_view, ledger_index, 0, INT64_MAX,
	    "ledger entry of the act; null: it stayed inside the unit",
	    "48213"),
};
static const struct shape act_shape =
    SHAPE("ReportAct", struct act_view, act_fields);

static const struct shape_field history_fields[] = {
	F_LIST(struct report_history, items, &act_shape, REPORT_HISTORY_MAX,
	    "acts, oldest first"),
};
const struct shape report_history_shape =
    SHAPE("ReportHistory", struct report_history, history_fields);
/* clang-format on */

enum fail
report_history(struct ctx *ctx, int64_t id, const struct report_history **ret)
{
	struct report_history *history =
	    ARENA_NEW(ctx->arena, struct report_history);
	struct sql_report_act_list *rows = NULL;
	struct report *report = NULL;
	struct act_view *out = NULL;
	size_t count = 0;
	size_t shown = 0;
	bool own = false;

	TRY(report_load(ctx, id, 0, &report));
	own = paper_own(ctx, report);
	TRY(sql_report_act_list(ctx, id, REPORT_HISTORY_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count + 1, struct act_view);
	for (size_t i = 0; i < count; i++) {
		struct ledger_entry *entry = NULL;

		/* What stayed inside the unit is not for those above. */
		if (rows[i].entry_id == NULL && !own)
			continue;
		if (rows[i].entry_id != NULL)
			TRY(ledger_load(ctx, *rows[i].entry_id, &entry));
		out[shown++] = (struct act_view){
			.act = rows[i].act,
			.at = time_text(ctx->arena, rows[i].at_us),
			.person = rows[i].person_name,
			.version = rows[i].version,
			.revision = rows[i].revision,
			.reason = rows[i].reason,
			.ledger_index = entry == NULL ? NULL : &entry->index,
		};
	}
	history->items = (struct list_of){ out, shown };
	*ret = history;
	return OK;
}
