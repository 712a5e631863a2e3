-- Which keys the file of a partition may hold, as a split block Bloom filter of blocks of 32 bytes. A
-- look-up reads one block of each filter; EXTERNAL storage lets it do so without reading the rest.
CREATE TABLE micromegas_java.key_filters (
  file_path TEXT PRIMARY KEY,
  blocks INTEGER NOT NULL,
  filter BYTEA NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
ALTER TABLE micromegas_java.key_filters ALTER COLUMN filter SET STORAGE EXTERNAL;
CREATE INDEX key_filters_created_at ON micromegas_java.key_filters (created_at);

UPDATE micromegas_java.schema_version SET version = 2;
