-- Who wants to stop what.

-- Since when workers are to know that it is cancelled: where a message of it may be in a queue, or it runs.
ALTER TABLE task ADD COLUMN cancel_requested_at TIMESTAMP(3) WITH TIME ZONE;

-- The queues that no worker is to take from.
CREATE TABLE queue_pause (
  queue     VARCHAR(63) NOT NULL PRIMARY KEY,
  paused_at TIMESTAMP(3) WITH TIME ZONE NOT NULL
);
