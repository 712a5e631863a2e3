CREATE TABLE query_deny_list (
  rule_id UUID PRIMARY KEY,
  created_at TIMESTAMPTZ NOT NULL,
  created_by VARCHAR(255) NOT NULL,
  reason TEXT NOT NULL,
  match_expr TEXT NOT NULL,
  last_hit_at TIMESTAMPTZ
);
UPDATE lakehouse_migration SET version = 9;
