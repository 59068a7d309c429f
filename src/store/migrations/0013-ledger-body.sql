-- A large body is a file (src/store/blob.h); then body is empty, and these say
-- which file it is and how long.
ALTER TABLE ledger_entry ADD COLUMN body_blob {blob}
	CHECK (length(body_blob) = 32);
ALTER TABLE ledger_entry ADD COLUMN body_bytes {int}
	CHECK (body_bytes > 0);
