/*
 * A doubly linked list through links embedded in what it holds: joining and leaving cost
 * the same however long the list is. A link off any list is all zero but for its owner.
 */
#ifndef SEQDECK_ENGINE_LINK_H
#define SEQDECK_ENGINE_LINK_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link *prev, *next;
	void *owner;	/* what the link is embedded in; NULL in the head */
};

/* Makes head an empty list. */
static inline void
link_head(struct link *head)
{
	*head = (struct link){ .prev = head, .next = head };
}

static inline bool
link_is_on(const struct link *link)
{
	return link->next != NULL;
}

/* Puts link at the end of the list; one that is on a list already stays there. */
static inline void
link_append(struct link *head, struct link *link)
{
	if (link->next)
		return;
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Takes link off its list, if it is on one. */
static inline void
link_remove(struct link *link)
{
	if (!link->next)
		return;
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link->prev = link->next = NULL;
}

/* The owner of the first link, NULL when the list is empty. */
static inline void *
link_first(const struct link *head)
{
	return head->next == head ? NULL : head->next->owner;
}

/* Takes the first link off and returns its owner, NULL when the list is empty. */
static inline void *
link_pop(struct link *head)
{
	struct link *link = head->next;
	if (link == head)
		return NULL;
	link_remove(link);
	return link->owner;
}

#endif
