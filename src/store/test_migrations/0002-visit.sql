CREATE TABLE visit (
	place_id {int} NOT NULL REFERENCES place (id),
	number {int} NOT NULL,
	note {text},
	PRIMARY KEY (place_id, number)
) {clustered};
CREATE INDEX visit_number ON visit (number);
-- sqlite:
INSERT INTO place (id, name, noted_at) VALUES (9, 'sqlite; the engine', 0);
-- postgres:
INSERT INTO place (id, name, noted_at) VALUES (9, 'postgres', 0);
-- both:
DELETE FROM place WHERE noted_at = 0;
