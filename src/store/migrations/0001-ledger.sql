-- The append-only ledger (ledger/README.md).  Truth.
-- Other tables name an entry by its id, without a foreign key: the row of an
-- entry is written when the batch is numbered, after the rows that name it.
CREATE TABLE ledger_entry (
	id {id},
	idx {int} NOT NULL UNIQUE CHECK (idx >= 0),
	at {time} NOT NULL,
	kind {text} NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
	unit {int} NOT NULL,
	salt {blob} NOT NULL CHECK (length(salt) = 16),
	body_digest {blob} NOT NULL CHECK (length(body_digest) = 32),
	body {blob} NOT NULL
);

-- One row, written once per batch; none while the ledger is empty.
CREATE TABLE ledger_state (
	id {int} PRIMARY KEY CHECK (id = 1),
	size {int} NOT NULL,
	at {time} NOT NULL,
	frontier {blob} NOT NULL,
	checkpoint {text} NOT NULL
);
