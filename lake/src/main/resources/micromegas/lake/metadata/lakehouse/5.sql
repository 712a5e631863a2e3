ALTER TABLE lakehouse_partitions ADD COLUMN partition_format_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE partition_metadata ADD COLUMN partition_format_version INTEGER NOT NULL DEFAULT 1;
UPDATE lakehouse_migration SET version = 5;
