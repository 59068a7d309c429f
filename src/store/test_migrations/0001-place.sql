-- Tables of the store's own tests.  Truth.
CREATE TABLE place (
	id {id},
	name {text} NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 40),
	seal {blob},
	open {bool} NOT NULL DEFAULT TRUE,
	since {day},
	noted_at {time} NOT NULL
);
