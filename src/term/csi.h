/*
 * Control sequences (ECMA-48 CSI), taken apart, and what SGR does to a pen. Shared by the
 * line renderer and the filter, so that both understand the same.
 */
#ifndef SEQDECK_TERM_CSI_H
#define SEQDECK_TERM_CSI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSI_PARAMS_MAX 32
#define CSI_DIGITS_MAX 4

struct csi_param {
	int value;	/* 0 to 9999, or -1: left out */
	bool sub;	/* follows a colon: belongs to the one before */
};

struct csi {
	char lead;	/* one of < = > ? or 0 */
	char intermediate;	/* 0x20 to 0x2F, or 0 */
	char final;	/* 0x40 to 0x7E */
	int count;
	struct csi_param params[CSI_PARAMS_MAX];
};

/* Reads what follows ESC [, with the final byte last. Returns false when it is none, or
 * goes beyond the limits (more than one intermediate byte included). */
bool csi_parse(struct csi *csi, const char *bytes, size_t len);

/* Parameter i, or `otherwise` when it is not there. */
int csi_param(const struct csi *csi, int i, int otherwise);

/* Whether this is SGR, and what it does to the pen. */
struct line_pen;
bool csi_is_sgr(const struct csi *csi);
void csi_apply_sgr(const struct csi *csi, struct line_pen *pen);

/* The colour that SGR 38, 48 or 58 at params[i] tells: stores it (see cell.h; CELL_DEFAULT
 * when it is none) and returns the number of parameters it takes. */
int csi_colour(const struct csi *csi, int i, uint32_t *colour);

#endif
