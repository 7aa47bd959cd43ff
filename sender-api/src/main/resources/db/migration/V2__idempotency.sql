-- What a client may use once: an Idempotency-Key for a request, an id of its own for a task. The row is there before the
-- task is published, so that of many callers one publishes, and whoever comes after it was killed knows the task's id.
CREATE TABLE claim (
  name         VARCHAR(64)  NOT NULL PRIMARY KEY, -- SHA-256 of what is claimed: no key is kept as it came
  request      VARCHAR(64)  NOT NULL, -- SHA-256 of method, path and body; of a task's id: of what it was claimed for
  task_id      VARCHAR(255) NOT NULL, -- of the task; of a batch: of what its tasks' ids are made
  accepted_at  TIMESTAMP(3) WITH TIME ZONE NOT NULL, -- by the API's clock: with it the same answer is made again
  made_at      TIMESTAMP(3) WITH TIME ZONE NOT NULL, -- by the database's clock, like the next
  held_until   TIMESTAMP(3) WITH TIME ZONE, -- the lease of who publishes; NULL once the broker has confirmed
  holder       VARCHAR(36)  NOT NULL,
  confirmed_at TIMESTAMP(3) WITH TIME ZONE
);

CREATE INDEX claim_by_age ON claim (made_at);
