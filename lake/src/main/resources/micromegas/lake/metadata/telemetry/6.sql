ALTER TABLE ingestion_api_keys ADD COLUMN audience VARCHAR(255);
UPDATE ingestion_api_keys SET audience = 'public';
ALTER TABLE ingestion_api_keys ALTER COLUMN audience SET NOT NULL;
ALTER TABLE ingestion_api_keys
  ADD CONSTRAINT ingestion_api_keys_audience_name CHECK (audience ~ '^[A-Za-z0-9_-]+$');
UPDATE migration SET version = 6;
