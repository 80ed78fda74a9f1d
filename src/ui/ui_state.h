/*
 * The dashboard's own state: shared by the files of ui/ that draw it and act on it, and
 * seen by nobody else.
 *
 *   ui.c        made, freed, run: watchers and frames
 *   ui_model.c  the run as it is now: folding, order, focus, panes
 *   ui_key.c    keys to actions
 *   ui_act.c    actions
 *   ui_ask.c    requests, their answers, messages
 *   header.c footer.c grid.c zoom.c help.c details.c dialog.c prompt.c    the views
 */
#ifndef SEQDECK_UI_UI_STATE_H
#define SEQDECK_UI_UI_STATE_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/run.h"
#include "ui/action.h"
#include "ui/dialog.h"
#include "ui/keys.h"
#include "ui/layout.h"
#include "ui/order.h"
#include "ui/page.h"
#include "ui/pane.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/terminal.h"
#include "ui/theme.h"
#include "ui/ui.h"
#include "ui/zoom.h"

#define UI_FRAME_US 33333	/* the least between two frames that no key asked for */
#define UI_COST_PAUSE 3	/* times what a frame has cost is left to others */
#define UI_FOLD_MAX 2000	/* events folded before keys are looked at again */
#define UI_FIRST_US 150000	/* after that the first frame is drawn, folded or not */
#define UI_MESSAGE_S 6.0	/* how long a message stays */
#define UI_SILENT_US (60 * CLOCK_SECOND_US)	/* silence that is worth telling */
#define UI_INTERRUPT_US CLOCK_SECOND_US	/* in which a second C-c cancels all */
#define UI_ASKS_MAX 64	/* requests without an answer */
#define UI_REST_AFTER 90	/* frames after which a pane off the screen lets go */

enum ui_view { UI_GRID, UI_ZOOM };
enum ui_overlay { UI_NOTHING_OVER, UI_HELP, UI_DETAILS, UI_DIALOG };

/* A request on its way. */
struct ui_pending {
	int id;	/* 0: free */
	enum request_verb verb;
	char *what;	/* "web01", "3 sequences" */
	bool is_quiet;	/* only a failure is told */
};

struct ui_message {
	char *text;	/* NULL: none */
	bool is_error;
};

struct ui {
	struct ui_settings settings;
	struct ev_loop *loop;
	struct reader *reader;
	const struct run *run;

	struct terminal *terminal;
	struct screen *screen;
	struct theme theme;
	char *theme_name;
	struct keys keys;
	struct buf typed;	/* bytes for the step, of the input being handled */
	struct buf frame;

	ev_io reading;
	ev_timer polling, ticking, framing, escaping, forgetting, watching;
	ev_idle folding;

	bool is_live;
	bool is_dirty;	/* a frame is wanted */
	bool is_folded;	/* all there was is folded: first seen with the first frame */
	bool has_more;	/* a pane has more to take in than one update takes */
	bool is_lost;	/* the order is to be made anew */
	char *damage;	/* of the journal; NULL: none */
	int64_t framed_us;	/* when output was taken in and drawn last */
	int64_t cost_us;	/* of the last frame, with taking in what was new */
	int64_t now_us;
	uint64_t frames;

	enum ui_view view;
	enum ui_overlay overlay;
	enum layout_mode mode;
	struct filter_by filter;
	struct order order;
	struct layout layout;
	size_t focus;	/* a sequence; meaningless while there is none */
	struct pane **panes;	/* by sequence; NULL: never shown */
	bool *marks;	/* by sequence */
	size_t pane_count, mark_count, mark_last;
	struct zoom zoom;
	struct dialog dialog;
	struct page page;
	struct prompt prompt;
	struct ui_message message;
	struct ui_pending pending[UI_ASKS_MAX];
	int64_t interrupted_us;

	bool is_done;
	enum ui_leave leave;
};

/* The rows of the screen: header, view, footer. */
struct ui_areas {
	int header, view, footer;	/* rows of each */
	int view_row, footer_row;
	int cols;
};
struct ui_areas ui_areas(const struct ui *ui);

/* ui.c */
void ui_wake(struct ui *ui);	/* something is to be drawn */
void ui_leave_with(struct ui *ui, enum ui_leave leave);
void ui_suspend(struct ui *ui);
void ui_next_theme(struct ui *ui);
struct style ui_style(const struct ui *ui, enum role role);
struct style ui_style_on(const struct ui *ui, enum role over, enum role base);

/* ui_model.c */
void ui_model_update(struct ui *ui);	/* folds what is new, a slice */
void ui_model_refresh(struct ui *ui);	/* order, focus and layout for this moment */
struct pane *ui_pane(struct ui *ui, size_t sequence);	/* in sync, and counted as shown */
void ui_panes_update(struct ui *ui);	/* takes in output of those shown */
void ui_panes_rest(struct ui *ui, bool all);
const struct run_sequence *ui_focused(const struct ui *ui);	/* NULL: none */
bool ui_is_moving(const struct ui *ui);	/* whether clocks run */
int64_t ui_silent_us(const struct ui *ui, const struct run_sequence *sequence,
    const struct pane *pane);

/* ui_key.c */
void ui_input(struct ui *ui, const char *bytes, size_t len);
void ui_key(struct ui *ui, uint32_t key);

/* ui_act.c */
void ui_act(struct ui *ui, enum action_id id, uint32_t key);

/* ui_ask.c */
void ui_say(struct ui *ui, bool is_error, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void ui_ask(struct ui *ui, enum request_verb verb, const char *const *targets);
void ui_ask_one(struct ui *ui, enum request_verb verb, const char *target);
void ui_ask_chosen(struct ui *ui, enum request_verb verb);	/* the marked, or the focused */
void ui_ask_input(struct ui *ui, const struct run_sequence *sequence, const char *bytes,
    size_t len);
void ui_ask_resize(struct ui *ui, const struct run_sequence *sequence, int rows, int cols);
void ui_ask_free(struct ui *ui);

/* The views. */
void header_draw(struct ui *ui, int row, int rows);
void footer_draw(struct ui *ui, int row);
void grid_draw(struct ui *ui, int row, int rows);
void grid_title(struct ui *ui, const struct run_sequence *sequence, struct pane *pane,
    int row, int col, int cols, enum role role);
void grid_bar(struct ui *ui, const struct run_sequence *sequence, int row, int col, int cols);
void help_build(struct ui *ui);
void details_build(struct ui *ui);

#endif
