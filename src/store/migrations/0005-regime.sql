-- Regimes and forms as data.  Tables of truth; what they say
-- in detail is canonical JSON, read at start into the catalogue.  entry_id is
-- the ledger entry of the publication.

-- body: what never changes (names, regime, reporters); last_day NULL: still in
-- force.
CREATE TABLE form (
	id {id},
	code {text} NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
	last_day {day},
	body {text} NOT NULL,
	entry_id {int} NOT NULL
);

-- digest: SHA-256 of body; reports name their form version by it.
CREATE TABLE form_version (
	id {id},
	form_id {int} NOT NULL REFERENCES form(id),
	number {int} NOT NULL CHECK (number > 0),
	digest {blob} NOT NULL UNIQUE CHECK (length(digest) = 32),
	body {text} NOT NULL,
	entry_id {int} NOT NULL,
	UNIQUE (form_id, number)
);
