-- The last day on which a token was used; nothing is lost with it but that.
CREATE TABLE token_use (
	token_id {int} PRIMARY KEY REFERENCES token(id),
	on_day {day} NOT NULL
);
