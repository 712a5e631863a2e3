ALTER TABLE lakehouse_partitions ADD COLUMN max_sort_key_time TIMESTAMPTZ;
UPDATE lakehouse_migration SET version = 8;
