ALTER TABLE lakehouse_partitions ADD COLUMN sort_order TEXT[];
ALTER TABLE lakehouse_partitions
  ADD CONSTRAINT lakehouse_partitions_no_overlap EXCLUDE USING gist (
    view_set_name WITH =,
    view_instance_id WITH =,
    file_schema_hash WITH =,
    tstzrange(begin_insert_time, end_insert_time) WITH &&
  );
UPDATE lakehouse_migration SET version = 7;
