-- Toys (src/toy/README.md).  state: toy_states of toy.h.  picture: the digest of
-- its blob, NULL: none.
CREATE TABLE toy (
	id {id},
	unit_id {int} NOT NULL,
	name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
	picture {blob} CHECK (length(picture) = 32),
	state {int} NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2)
);
CREATE INDEX toy_unit ON toy (unit_id);
