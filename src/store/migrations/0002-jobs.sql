-- Work that is done later (jobs/README.md).  Truth: a lost row is lost work.
CREATE TABLE job (
	id {id},
	kind {text} NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
	args {text} NOT NULL CHECK (length(args) <= 4000),
	run_at {time} NOT NULL,
	lease_until {time} NOT NULL DEFAULT 0,
	tries {int} NOT NULL DEFAULT 0,
	failure {text},
	dead_at {time}
);
CREATE INDEX job_due ON job (kind, run_at) WHERE dead_at IS NULL;
