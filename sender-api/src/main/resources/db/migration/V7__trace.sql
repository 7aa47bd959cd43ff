-- What a task is a part of, as it came: the header traceparent of W3C's Trace Context.
ALTER TABLE task ADD COLUMN traceparent VARCHAR(55);
