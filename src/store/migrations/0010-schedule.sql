-- What runs by itself, and how far a job has come (jobs/README.md).  Truth: a
-- lost next_at is a missed run.  kind, args, every_s and at_s follow the
-- program's own table at each start.
ALTER TABLE job ADD COLUMN done {int} NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN total {int} NOT NULL DEFAULT 0;

-- Every so many seconds, counted from 1970-01-01T00:00:00+07:00 plus at_s.
CREATE TABLE schedule (
	kind {text} PRIMARY KEY CHECK (length(kind) BETWEEN 1 AND 60),
	args {text} NOT NULL CHECK (length(args) <= 4000),
	every_s {int} NOT NULL CHECK (every_s > 0),
	at_s {int} NOT NULL CHECK (at_s >= 0 AND at_s < every_s),
	next_at {time} NOT NULL
);
