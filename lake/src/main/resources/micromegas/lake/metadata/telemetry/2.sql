ALTER TABLE blocks ADD COLUMN insert_time TIMESTAMPTZ;
UPDATE blocks SET insert_time = end_time;
CREATE INDEX block_begin_time ON blocks (begin_time);
CREATE INDEX block_end_time ON blocks (end_time);
CREATE INDEX block_insert_time ON blocks (insert_time);
CREATE INDEX process_insert_time ON processes (insert_time);
UPDATE migration SET version = 2;
