-- The keys of the API. A revoked one stays, so that its name means the same for ever.
CREATE TABLE api_key (
  name       VARCHAR(64) NOT NULL PRIMARY KEY,
  hash       VARCHAR(64) NOT NULL UNIQUE, -- SHA-256 of the key, in hex
  scope      VARCHAR(64) NOT NULL, -- words: admin, or submit, read or both
  created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
  created_by VARCHAR(64), -- the key that it was made with; NULL where none was needed
  revoked_at TIMESTAMP(3) WITH TIME ZONE
);

-- Name of the key that a task was sent with.
ALTER TABLE task ADD COLUMN created_by VARCHAR(64);
