DROP TABLE partition_metadata;
UPDATE lakehouse_migration SET version = 6;
