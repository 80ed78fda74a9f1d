/*
 * Typing into the running step: keys become the bytes that a terminal would send.
 */
#include <string.h>

#include "base/buf.h"
#include "ui/ui_state.h"
#include "ui/zoom.h"

void
zoom_type(struct ui *ui, bool on)
{
	struct zoom *zoom = &ui->zoom;
	const struct run_sequence *sequence = &ui->run->sequences[zoom->sequence];
	if (on && (sequence->state != STATE_RUNNING || !ui->is_live)) {
		ui_say(ui, true, "'%s' runs no step that could be typed into", sequence->name);
		return;
	}
	zoom->is_typing = on;
	zoom->is_following = zoom->is_following || on;
	ui_wake(ui);
}

/* Text that was pasted: line ends as the Enter key sends them, marked as a paste where the
 * step has asked for that. The end mark itself may not be among the text. */
static void
type_paste(struct ui *ui, const struct pane *pane)
{
	bool is_marked = pane_screen_bracketed_paste(pane->screen);
	const char *text = buf_str(&ui->keys.text);
	if (is_marked)
		buf_add_str(&ui->typed, "\033[200~");
	for (size_t i = 0; i < ui->keys.text.len; i++) {
		char c = text[i];
		if (c == '\n' && i > 0 && text[i - 1] == '\r')
			continue;
		if (c == '\033' && is_marked)
			continue;
		buf_add_char(&ui->typed, c == '\n' ? '\r' : c);
	}
	if (is_marked)
		buf_add_str(&ui->typed, "\033[201~");
}

/* A cursor key as the step's terminal mode wants it; 0: none of them. */
static char
cursor_letter(uint32_t key)
{
	switch (key) {
	case K_UP: return 'A';
	case K_DOWN: return 'B';
	case K_RIGHT: return 'C';
	case K_LEFT: return 'D';
	case K_HOME: return 'H';
	case K_END: return 'F';
	}
	return 0;
}

void
zoom_typed(struct ui *ui, uint32_t key)
{
	struct zoom *zoom = &ui->zoom;
	struct pane *pane = ui_pane(ui, zoom->sequence);
	if (key == (K_CTRL | ']')) {
		zoom_type(ui, false);
		return;
	}
	if (key == K_PASTE) {
		type_paste(ui, pane);
		return;
	}
	char letter = cursor_letter(key);
	if (letter) {
		buf_printf(&ui->typed, "\033%c%c",
		    pane_screen_app_cursor(pane->screen) ? 'O' : '[', letter);
		return;
	}
	if (key == K_MOUSE || (key == K_NONE && ui->keys.raw.len > 1 &&
	    strchr("]P_^", ui->keys.raw.data[1])))
		return;	/* what our terminal answered somebody is none of the step's business */
	buf_add(&ui->typed, ui->keys.raw.data, ui->keys.raw.len);
}
