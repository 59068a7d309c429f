#ifndef BLOB_OPTION_H
#define BLOB_OPTION_H

#include "core/option.h"

extern const struct option blob_option_table[];
enum blob_option {
	BLOB_UPLOAD_BYTES,
	BLOB_UPLOADS,
	BLOB_UPLOADS_BYTES,
	BLOB_UPLOAD_LIFE,
	BLOB_IDLE,
};

#endif
