#include "http/http.h"

const struct option http_option_table[] = {
	[HTTP_WORKERS] = OPT_INT("http.workers", 64, 1, 512, "", OPTION_RESTART,
	    "Requests at work at the same time (truc serve --workers)."),
	[HTTP_QUEUE] = OPT_INT("http.queue", 1024, 16, 65536, "",
	    OPTION_RESTART,
	    "Requests that may wait for a worker; further ones are answered "
	    "503 at once."),
	[HTTP_CONNECTIONS] =
	    OPT_INT("http.connections", 2048, 64, 65536, "", OPTION_RESTART,
		"Connections open at the same time, waiting streams and all; "
		"over it the slowest of those that wait for their client is "
		"cut."),
	[HTTP_ADDRESS_SHARE] = OPT_INT("http.address_share", 25, 1, 100, "%",
	    OPTION_RESTART,
	    "Of http.connections, those from one address that wait for their "
	    "client (IPv6: from one network of 64 bits); over it its own "
	    "slowest is cut."),
	[HTTP_NETWORK_SHARE] = OPT_INT("http.network_share", 50, 1, 100, "%",
	    OPTION_RESTART, "The same of a network of 24 bits (IPv6: 48)."),
	[HTTP_KNOWN_NETWORKS] =
	    OPT_TEXT("http.known_networks", "", 2000, OPTION_RESTART,
		"Networks in which many share an address, such as those of "
		"offices behind a gateway: each of their addresses has "
		"http.known_share, and they have no share as networks."),
	[HTTP_KNOWN_SHARE] = OPT_INT("http.known_share", 50, 1, 100, "%",
	    OPTION_RESTART, "The share of an address of http.known_networks."),
	[HTTP_BODIES] = OPT_INT("http.bodies", INT64_C(256) << 20,
	    INT64_C(16) << 20, INT64_C(64) << 30, "bytes", OPTION_RESTART,
	    "Memory that the bodies of all requests may hold together."),
	[HTTP_ANSWERS] = OPT_INT("http.answers", INT64_C(256) << 20,
	    INT64_C(16) << 20, INT64_C(64) << 30, "bytes", OPTION_RESTART,
	    "Memory that large answers may hold together until they are taken; "
	    "further ones to readers are 503."),
	[HTTP_ANSWERS_SHARE] = OPT_INT("http.answers_share", 25, 1, 100, "%",
	    OPTION_RESTART,
	    "Of http.answers, what one person may hold, and all together who "
	    "have not signed in; one answer that is larger is always 503."),
	[HTTP_HEAD_S] = OPT_INT("http.head_time", 10, 1, 600, "s",
	    OPTION_RESTART, "Time in which a request's head must arrive."),
	[HTTP_BODY_S] = OPT_INT("http.body_time", 60, 1, 3600, "s",
	    OPTION_RESTART,
	    "Time in which a body must arrive and an answer be taken, besides "
	    "what http.least_speed gives."),
	[HTTP_IDLE_S] = OPT_INT("http.idle_time", 60, 1, 3600, "s",
	    OPTION_RESTART,
	    "How long a connection is kept without a next request; longer than "
	    "the proxy in front keeps it."),
	[HTTP_LEAST_SPEED] = OPT_INT("http.least_speed", 65536, 64,
	    INT64_C(1) << 30, "bytes", OPTION_RESTART,
	    "For so many bytes that came or were taken there is one second "
	    "more than http.body_time; then the connection is cut."),
	[HTTP_SPOOL] = OPT_INT("http.spool", INT64_C(8) << 30,
	    INT64_C(16) << 20, INT64_C(1) << 44, "bytes", OPTION_RESTART,
	    "Disk that large bodies on their way in may hold together."),
	[HTTP_SPOOL_SHARE] = OPT_INT("http.spool_share", INT64_C(2) << 30,
	    INT64_C(1) << 20, INT64_C(1) << 44, "bytes", OPTION_RELOAD,
	    "Of these, what one person may have on its way in; a larger body "
	    "is refused."),
	[HTTP_CALL_NETWORKS] =
	    OPT_TEXT("http.call_networks", "", 2000, OPTION_RESTART,
		"Networks that hooks may call, such as \"10.0.0.0/8, "
		"192.168.0.0/16\"; while there is none, nothing is called."),
	[HTTP_CALL_CA] = OPT_TEXT("http.call_ca", "", 4000, OPTION_RESTART,
	    "A file with the certificate authorities of those called; else "
	    "those of the machine."),
	[HTTP_CALL_MS] = OPT_INT("http.call_time", 10000, 100, 25000, "ms",
	    OPTION_RESTART,
	    "How long calling another program may take, from its name to the "
	    "last byte of its answer."),
	[HTTP_PROXIES] = OPT_TEXT("http.proxies", "", 2000, OPTION_RESTART,
	    "Networks of the proxies in front, such as \"127.0.0.1\": the "
	    "client's address is what they write into X-Forwarded-For. From "
	    "anywhere else that header says nothing."),
	{ 0 },
};
