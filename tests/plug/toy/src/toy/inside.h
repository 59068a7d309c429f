#ifndef TOY_INSIDE_H
#define TOY_INSIDE_H

/* States and events of toy_flow, for the files of toy alone. */
enum { TOY_NEW, TOY_POLISHED, TOY_BROKEN };
enum { TOY_EVENT_POLISH, TOY_EVENT_BREAK };

#endif
