#ifndef CENTRE_FIGURE_SHEET_H
#define CENTRE_FIGURE_SHEET_H

#include "app/sheet.h"
#include "centre/question.h"
#include "centre/render.h"

/*
 * Pieces of figures as a table for people (app/sheet.h), in ctx->locale: heads in
 * the form's words, states in words, and what makes the table the one that it is -
 * structure, basis, ledger index, as-of - in its foot and in its file's name.
 */
const char *figure_sheet_word(struct ctx *ctx, const char *key);
/* The i-th asked cell: "01 Lĩnh vực đất đai: (3) Tiếp nhận, Tổng số". */
const char *figure_sheet_head(struct ctx *ctx, const struct asked *asked,
    size_t i);
void figure_sheet_value(struct ctx *ctx, const struct shown *shown,
    struct sheet *sheet);
/* Behind an empty row; title is a key. */
void figure_sheet_foot(struct ctx *ctx, const struct asked *asked,
    const char *title, int64_t index, struct sheet *sheet);
/* "ii-06a-vpcp-kstt-2025-q3-...-48213.csv" */
const char *figure_sheet_name(struct ctx *ctx, const struct asked *asked,
    const char *title, int64_t index);

#endif
