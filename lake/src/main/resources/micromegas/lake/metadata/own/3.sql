-- Chains of blocks whose spans had to be set right; the block is the first of the chain.
CREATE TABLE micromegas_java.span_repairs (
  view_set TEXT NOT NULL,
  block_id UUID NOT NULL,
  process_id UUID NOT NULL,
  stream_id UUID NOT NULL,
  begin_time TIMESTAMPTZ NOT NULL,
  end_time TIMESTAMPTZ NOT NULL,
  crossing_ends BIGINT NOT NULL,
  cut_spans BIGINT NOT NULL,
  stray_ends BIGINT NOT NULL,
  moved_begins BIGINT NOT NULL,
  left_out BIGINT NOT NULL,
  recorded TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (view_set, block_id)
);
CREATE INDEX span_repairs_block ON micromegas_java.span_repairs (block_id);

UPDATE micromegas_java.schema_version SET version = 3;
