-- When and from where each person signed in last, the time before, and what was
-- refused meanwhile; for the person to see, and for the throttle to know a place
-- by.  May be emptied at any time.
CREATE TABLE sign_in (
	person_id {int} PRIMARY KEY REFERENCES person(id),
	-- The newest that was right; NULL: none yet.
	at_us {time},
	peer {text} CHECK (length(peer) <= 64),
	-- Refused since then; the last of them.
	refused {int} NOT NULL DEFAULT 0,
	refused_us {time},
	refused_peer {text} CHECK (length(refused_peer) <= 64),
	-- The same of the time before the newest.
	before_us {time},
	before_peer {text} CHECK (length(before_peer) <= 64),
	before_refused {int} NOT NULL DEFAULT 0,
	before_refused_us {time},
	before_refused_peer {text} CHECK (length(before_refused_peer) <= 64)
);
