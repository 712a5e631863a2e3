CREATE TABLE audience_grants (
  audience VARCHAR(255) NOT NULL,
  axis VARCHAR(4) NOT NULL CHECK (axis IN ('read', 'mint')),
  selector VARCHAR(255) NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  created_by VARCHAR(255) NOT NULL,
  PRIMARY KEY (audience, axis, selector),
  CONSTRAINT audience_grants_audience_name CHECK (audience ~ '^[A-Za-z0-9_-]+$'),
  CONSTRAINT audience_grants_selector_shape
    CHECK (selector = '*' OR selector ~ '^(user|group):.+$')
);
UPDATE migration SET version = 7;
