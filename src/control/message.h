/*
 * One message of the control socket: a JSON object a line, at most CONTROL_LINE_MAX bytes.
 *
 *   front end:  {"v":1,"id":7,"do":"retry","targets":["web*"]}
 *               {"v":1,"id":8,"do":"input","targets":["web"],"data":"<base64>"}
 *               {"v":1,"id":9,"do":"resize","targets":["web"],"rows":40,"cols":120}
 *               {"v":1,"id":1,"do":"attach"}      keeps the engine alive while connected
 *   engine:     {"v":1,"id":7,"ok":true,"count":3}
 *               {"v":1,"id":8,"ok":false,"error":"'web' has no terminal"}
 *
 * id is the front end's, 1..2^31-1, and comes back in the answer. A message of another
 * version is answered with an error that names both versions. Pure: no I/O.
 */
#ifndef SEQDECK_CONTROL_MESSAGE_H
#define SEQDECK_CONTROL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/request.h"

#define CONTROL_VERSION 1
#define CONTROL_LINE_MAX ((size_t)256 << 10)

struct control_ask {
	int id;
	bool is_attach;	/* else request holds what is asked */
	struct request request;	/* targets and bytes are owned by the ask */
};

void control_ask_release(struct control_ask *ask);
void control_ask_encode(const struct control_ask *ask, struct buf *to);
/* Returns 0, or -1 with err set; ask->id is set as far as it could be read. */
int control_ask_decode(const char *line, size_t len, struct control_ask *ask,
    struct err *err);

struct control_answer {
	int id;
	bool ok;
	long count;	/* ok: how many sequences were reached */
	char error[512];	/* not ok: why */
};

void control_answer_encode(const struct control_answer *answer, struct buf *to);
int control_answer_decode(const char *line, size_t len, struct control_answer *answer,
    struct err *err);

#endif
