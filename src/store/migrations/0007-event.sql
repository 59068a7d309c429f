-- Events that are no ledger entries (event/README.md).  number has no gaps and
-- is given in the commit; ledger_size is how many entries the ledger had then.
-- The oldest may be forgotten, the newest stays.
CREATE TABLE event (
	number {int} PRIMARY KEY CHECK (number > 0),
	ledger_size {int} NOT NULL CHECK (ledger_size >= 0),
	at_us {time} NOT NULL,
	name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
	object {text} NOT NULL CHECK (length(object) BETWEEN 1 AND 64),
	unit_id {int} NOT NULL
);
