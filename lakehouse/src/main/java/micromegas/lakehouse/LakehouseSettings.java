package micromegas.lakehouse;

import micromegas.lakehouse.fresh.FreshSettings;
import micromegas.lakehouse.fresh.TailSegments;
import micromegas.lakehouse.materialize.PipelineSettings;
import micromegas.query.EngineSettings;
import micromegas.query.QueryLimits;

/// What a lakehouse may use.
///
/// @param tailBytes local disk for the rows of blocks that no partition holds yet
/// @param countLimits for the count queries of SQL views
public record LakehouseSettings(
    FreshSettings fresh, PipelineSettings pipeline, long tailBytes, QueryLimits countLimits) {

  public static LakehouseSettings defaults() {
    return new LakehouseSettings(
        FreshSettings.DEFAULT,
        PipelineSettings.defaults(),
        TailSegments.DEFAULT_MAX_BYTES,
        EngineSettings.DEFAULT_LIMITS);
  }
}
