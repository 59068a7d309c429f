#include "blob/option.h"

#include "blob/upload.h"

const struct option blob_option_table[] = {
	[BLOB_UPLOAD_BYTES] = OPT_INT("upload.bytes", INT64_C(16) << 30,
	    INT64_C(1) << 20, UPLOAD_BYTES_MAX, "bytes", OPTION_RELOAD,
	    "The largest file that can be sent."),
	[BLOB_UPLOADS] =
	    OPT_INT("upload.a_person", 32, 1, UPLOADS_MAX, "", OPTION_RELOAD,
		"Files of one person that are being sent or wait to be taken."),
	[BLOB_UPLOADS_BYTES] = OPT_INT("upload.bytes_a_person",
	    INT64_C(32) << 30, INT64_C(1) << 20, INT64_C(1) << 44, "bytes",
	    OPTION_RELOAD,
	    "The announced bytes of all of them, and of files that were given up "
	    "within blob.idle."),
	[BLOB_UPLOAD_LIFE] =
	    OPT_INT("upload.life", 48, 1, 8760, "h", OPTION_RELOAD,
		"How long they are kept since something was sent last."),
	[BLOB_IDLE] = OPT_INT("blob.idle", 24, 1, 8760, "h", OPTION_RELOAD,
	    "How long a file's bytes are kept that nothing refers to any more; "
	    "longer than a backup of the folder takes."),
	{ 0 },
};
