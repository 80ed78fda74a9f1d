#include "ui/ui.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/reader.h"
#include "ui/ui_state.h"

#define POLL_S 0.1	/* where the system tells of no change */
#define TICK_S 1.0	/* clocks on the screen */

struct style
ui_style(const struct ui *ui, enum role role)
{
	return style_over(ui->theme.styles[ROLE_TEXT], ui->theme.styles[role]);
}

struct style
ui_style_on(const struct ui *ui, enum role over, enum role base)
{
	return style_over(ui_style(ui, base), ui->theme.styles[over]);
}

/* Draws everything there is into the screen. */
static void
ui_draw(struct ui *ui)
{
	struct ui_areas areas = ui_areas(ui);
	screen_erase(ui->screen);
	if (areas.header)
		header_draw(ui, 0, areas.header);
	if (ui->view == UI_ZOOM)
		zoom_draw(ui, areas.view_row, areas.view);
	else
		grid_draw(ui, areas.view_row, areas.view);
	if (areas.footer && ui->prompt.is_open)
		prompt_draw(&ui->prompt, ui->screen, &ui->theme, areas.footer_row);
	else if (areas.footer)
		footer_draw(ui, areas.footer_row);
	if (ui->overlay == UI_DIALOG)
		dialog_draw(&ui->dialog, ui->screen, &ui->theme, areas.view_row, areas.view);
	if (ui->overlay == UI_HELP)
		help_build(ui);
	if (ui->overlay == UI_DETAILS)
		details_build(ui);
	if (ui->overlay == UI_HELP || ui->overlay == UI_DETAILS)
		page_draw(&ui->page, ui->screen, &ui->theme, areas.view_row, areas.view);
}

/* A clock runs as long as one is seen to move. */
static void
ui_set_clock(struct ui *ui)
{
	bool want = ui_is_moving(ui);
	if (want && !ev_is_active(&ui->ticking))
		ev_timer_again(ui->loop, &ui->ticking);
	else if (!want && ev_is_active(&ui->ticking))
		ev_timer_stop(ui->loop, &ui->ticking);
}

/* Whether output is listened for. While a frame is due it is not: a step that prints a
 * million lines a second then wakes us as often as one that prints thirty. */
static void
ui_listen(struct ui *ui, bool on)
{
	if (reader_fd(ui->reader) < 0)
		return;
	if (on)
		ev_io_start(ui->loop, &ui->reading);
	else
		ev_io_stop(ui->loop, &ui->reading);
}

/* One frame, if the terminal has taken the one before. */
static void
ui_frame(struct ui *ui)
{
	if (!terminal_is_idle(ui->terminal) || ui->is_done || terminal_is_gone(ui->terminal))
		return;	/* ui_terminal_idle comes */
	ev_timer_stop(ui->loop, &ui->framing);
	ui->is_dirty = false;
	ui_model_refresh(ui);
	ui_draw(ui);
	ui->frames++;
	buf_clear(&ui->frame);
	screen_frame(ui->screen, &ui->frame);
	if (ui->frame.len)
		terminal_write(ui->terminal, ui->frame.data, ui->frame.len);
	ui_set_clock(ui);
	ui_listen(ui, true);
	if (ui->has_more)
		ui_wake(ui);
	if (ui->frames % UI_REST_AFTER == 0)
		ui_panes_rest(ui, false);
}

void
ui_wake(struct ui *ui)
{
	ui->is_dirty = true;
	if (ev_is_active(&ui->framing))
		return;
	/* A frame that was dear (an emulator under a flood) is followed by a longer pause:
	 * keys come first, and so does what the machine is there for. */
	int64_t least = ui->cost_us * UI_COST_PAUSE > UI_FRAME_US ?
	    ui->cost_us * UI_COST_PAUSE : UI_FRAME_US;
	int64_t since = clock_mono_us() - ui->framed_us;
	int64_t wait = since < least ? least - since : 0;
	/* The first frame waits for the past to be folded, but not for long. */
	if (ui->frames == 0 && !ui->is_folded)
		wait = UI_FIRST_US;
	ev_timer_set(&ui->framing, (double)wait / 1e6, 0.);
	ev_timer_start(ui->loop, &ui->framing);
}

/* Time that this process has computed: what a frame costs, however busy the machine is. */
static int64_t
ui_cpu_us(void)
{
	struct timespec ts;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts))
		return 0;
	return (int64_t)ts.tv_sec * CLOCK_SECOND_US + ts.tv_nsec / 1000;
}

static void
ui_framing_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	struct ui *ui = w->data;
	if (!terminal_is_idle(ui->terminal))
		return;
	int64_t begun = ui_cpu_us();
	if (!ev_is_active(&ui->reading))
		ui_model_update(ui);
	ui_panes_update(ui);
	ui_frame(ui);
	ui->framed_us = clock_mono_us();
	ui->cost_us = ui_cpu_us() - begun;
}

static void
ui_reading_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	struct ui *ui = w->data;
	ui_model_update(ui);
	if (ui->is_dirty && ui->is_folded)
		ui_listen(ui, false);
}

static void
ui_polling_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	ui_model_update(w->data);
}

/* What is to be gone on with when there is nothing better to do: folding, searching. */
static void
ui_folding_cb(struct ev_loop *loop, ev_idle *w, int revents)
{
	(void)revents;
	struct ui *ui = w->data;
	ev_idle_stop(loop, w);
	if (!ui->is_folded || !ui->zoom.is_searching)
		ui_model_update(ui);
	if (ui->frames == 0 && ui->is_folded)
		ui_frame(ui);
	if (zoom_search_step(ui))
		ev_idle_start(loop, w);
}

static void
ui_ticking_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	struct ui *ui = w->data;
	for (size_t i = 0; i < ui->run->sequence_count; i++)
		if (ui->panes[i] && ui->panes[i]->shown)
			pane_look_at_clock(ui->panes[i], ui->reader);
	ui_wake(ui);
}

static void
ui_escaping_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	struct ui *ui = w->data;
	uint32_t key;
	if (!keys_flush(&ui->keys, &key))
		return;
	ui_key(ui, key);
	ui_input(ui, "", 0);
	ui_frame(ui);
}

static void
ui_forgetting_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	struct ui *ui = w->data;
	ev_timer_stop(loop, w);
	free(ui->message.text);
	ui->message = (struct ui_message){ 0 };
	ui_wake(ui);
}

/* A key is answered at once: its frame waits neither for the next tick nor for output to
 * be taken in. What goes to a step changes nothing here; its echo does. */
static void
ui_terminal_input(void *arg, const char *bytes, size_t len)
{
	struct ui *ui = arg;
	bool was_typing = ui->view == UI_ZOOM && ui->zoom.is_typing;
	ev_timer_stop(ui->loop, &ui->escaping);
	ui_input(ui, bytes, len);
	if (ui->is_done)
		return;
	if (keys_is_pending(&ui->keys)) {
		ev_timer_set(&ui->escaping, KEYS_ESCAPE_MS / 1e3, 0.);
		ev_timer_start(ui->loop, &ui->escaping);
	}
	if (was_typing && ui->zoom.is_typing && !ui->is_dirty)
		return;
	ui->is_dirty = true;
	ui_frame(ui);
}

static void
ui_terminal_idle(void *arg)
{
	struct ui *ui = arg;
	if (ui->is_dirty)
		ui_wake(ui);
}

static void
ui_terminal_resized(void *arg)
{
	struct ui *ui = arg;
	int rows, cols;
	terminal_size(ui->terminal, &rows, &cols);
	if (rows == screen_rows(ui->screen) && cols == screen_cols(ui->screen))
		screen_redraw(ui->screen);	/* it came back from somewhere */
	screen_resize(ui->screen, rows, cols);
	ui_wake(ui);
}

static void
ui_terminal_gone(void *arg)
{
	ui_leave_with(arg, UI_LEFT);
}

void
ui_suspend(struct ui *ui)
{
	struct err err = ERR_INIT;
	screen_leave(ui->screen);
	terminal_stop(ui->terminal);
	terminal_suspend(ui->terminal);
	if (terminal_start(ui->terminal, screen_leave_bytes(ui->screen), &err)) {
		ui_leave_with(ui, UI_LEFT);
		return;
	}
	ui_terminal_resized(ui);
}

static void
ui_terminal_suspend(void *arg)
{
	ui_suspend(arg);
}

void
ui_leave_with(struct ui *ui, enum ui_leave leave)
{
	ui->is_done = true;
	ui->leave = leave;
	ev_break(ui->loop, EVBREAK_ONE);
}

/* Takes a theme; mono means no colours anywhere. */
static int
ui_set_theme(struct ui *ui, const char *name, struct err *err)
{
	if (theme_load(&ui->theme, name, err))
		return -1;
	char *copy = mem_strdup(name);
	free(ui->theme_name);
	ui->theme_name = copy;
	const char *no_color = getenv("NO_COLOR");
	screen_set_mono(ui->screen, (no_color && *no_color) ||
	    !screen_has_colors(ui->screen));
	return 0;
}

void
ui_next_theme(struct ui *ui)
{
	struct err err = ERR_INIT;
	if (ui_set_theme(ui, theme_next(ui->theme_name), &err))
		ui_say(ui, true, "%s", err.text);
	else
		ui_say(ui, false, "theme: %s", ui->theme_name);
}

static void
ui_init_watchers(struct ui *ui)
{
	int fd = reader_fd(ui->reader);
	ev_timer_init(&ui->polling, ui_polling_cb, POLL_S, POLL_S);
	ev_timer_init(&ui->ticking, ui_ticking_cb, TICK_S, TICK_S);
	ev_timer_init(&ui->framing, ui_framing_cb, 0., 0.);
	ev_timer_init(&ui->escaping, ui_escaping_cb, 0., 0.);
	ev_timer_init(&ui->forgetting, ui_forgetting_cb, UI_MESSAGE_S, UI_MESSAGE_S);
	ev_idle_init(&ui->folding, ui_folding_cb);
	ev_io_init(&ui->reading, ui_reading_cb, fd, EV_READ);
	ui->polling.data = ui->ticking.data = ui->framing.data = ui->escaping.data =
	    ui->forgetting.data = ui->folding.data = ui->reading.data = ui;
	if (fd >= 0)
		ev_io_start(ui->loop, &ui->reading);
	else
		ev_timer_start(ui->loop, &ui->polling);
	ev_idle_start(ui->loop, &ui->folding);
}

/* Terminal, screen and theme. The signal handlers that curses sets are replaced by those of
 * terminal_start. */
static int
ui_open(struct ui *ui, struct err *err)
{
	const struct terminal_listener listener = { ui_terminal_input, ui_terminal_idle,
		ui_terminal_resized, ui_terminal_gone, ui_terminal_suspend, ui };
	ui->terminal = terminal_open(ui->loop, ui->settings.device, &listener, err);
	if (!ui->terminal)
		return -1;
	ui->screen = screen_new(err);
	if (!ui->screen)
		return -1;
	const char *theme = ui->settings.theme;
	if (!theme)
		theme = theme_default(screen_has_colors(ui->screen));
	if (ui_set_theme(ui, theme, err))
		return -1;
	int rows, cols;
	terminal_size(ui->terminal, &rows, &cols);
	screen_resize(ui->screen, rows, cols);
	return terminal_start(ui->terminal, screen_leave_bytes(ui->screen), err);
}

struct ui *
ui_new(const struct ui_settings *settings, struct err *err)
{
	struct ui *ui = mem_alloc(sizeof *ui);
	ui->settings = *settings;
	ui->loop = settings->loop;
	ui->reader = settings->reader;
	ui->run = reader_run(settings->reader);
	ui->filter.state = -1;
	ui->is_lost = true;
	ui->is_live = reader_is_live(settings->reader);
	ui_init_watchers(ui);
	if (ui_open(ui, err)) {
		ui_free(ui);
		return NULL;
	}
	ui_wake(ui);
	return ui;
}

void
ui_free(struct ui *ui)
{
	if (!ui)
		return;
	if (ui->panes)
		ui_panes_rest(ui, true);
	for (size_t i = 0; i < ui->pane_count; i++)
		pane_free(ui->panes[i]);
	terminal_free(ui->terminal);
	screen_free(ui->screen);
	ev_io_stop(ui->loop, &ui->reading);
	ev_timer_stop(ui->loop, &ui->polling);
	ev_timer_stop(ui->loop, &ui->ticking);
	ev_timer_stop(ui->loop, &ui->framing);
	ev_timer_stop(ui->loop, &ui->escaping);
	ev_timer_stop(ui->loop, &ui->forgetting);
	ev_idle_stop(ui->loop, &ui->folding);
	keys_release(&ui->keys);
	buf_release(&ui->typed);
	buf_release(&ui->frame);
	filter_by_release(&ui->filter);
	order_release(&ui->order);
	layout_release(&ui->layout);
	zoom_release(&ui->zoom);
	dialog_release(&ui->dialog);
	page_release(&ui->page);
	prompt_release(&ui->prompt);
	ui_ask_free(ui);
	free(ui->panes);
	free(ui->marks);
	free(ui->damage);
	free(ui->theme_name);
	free(ui);
}

enum ui_leave
ui_run(struct ui *ui)
{
	while (!ui->is_done)
		ev_run(ui->loop, EVRUN_ONCE);
	return ui->leave;
}

void
ui_set_live(struct ui *ui, bool live)
{
	if (ui->is_live == live)
		return;
	ui->is_live = live;
	if (!live && !ui->run->ended_mono_us)
		ui_say(ui, true, "the engine has gone; what was written stands, and "
		    "'seqdeck resume' takes the run up again");
	ui_wake(ui);
}
