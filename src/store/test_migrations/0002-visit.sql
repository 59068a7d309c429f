CREATE TABLE visit (
	place_id {int} NOT NULL REFERENCES place (id),
	number {int} NOT NULL,
	note {text},
	PRIMARY KEY (place_id, number)
) {clustered};
CREATE INDEX visit_number ON visit (number);
-- sqlite:
INSERT INTO place (name, noted_at) VALUES ('sqlite; the engine', 0);
-- postgres:
INSERT INTO place (name, noted_at) VALUES ('postgres', 0);
-- both:
DELETE FROM place WHERE noted_at = 0;
