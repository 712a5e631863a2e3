package micromegas.lakehouse.view;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import micromegas.common.BadRequestException;

/// The view sets of a deployment: global views, usable by name, and makers, usable through
/// `view_instance(set, id)`. Immutable; made by [Builder].
public final class ViewFactory {
  private final Map<String, View> globalViews;
  private final Map<String, ViewMaker> makers;

  private ViewFactory(Map<String, View> globalViews, Map<String, ViewMaker> makers) {
    this.globalViews = new LinkedHashMap<>(globalViews);
    this.makers = new LinkedHashMap<>(makers);
  }

  /// In order of registration.
  public Collection<View> globalViews() {
    return List.copyOf(globalViews.values());
  }

  public Optional<View> globalView(String viewSet) {
    return Optional.ofNullable(globalViews.get(viewSet));
  }

  /// In order of registration.
  public Collection<ViewMaker> makers() {
    return List.copyOf(makers.values());
  }

  public Optional<ViewMaker> maker(String viewSet) {
    return Optional.ofNullable(makers.get(viewSet));
  }

  /// @throws BadRequestException for a view set without maker, or a malformed instance id
  public View make(String viewSet, String instanceId) {
    ViewMaker maker = makers.get(viewSet);
    if (maker == null) {
      throw new BadRequestException("view set " + viewSet + " not found");
    }
    return maker.make(instanceId);
  }

  /// Collects view sets in dependency order. Not thread-safe.
  public static final class Builder {
    private final Map<String, View> globalViews = new LinkedHashMap<>();
    private final Map<String, ViewMaker> makers = new LinkedHashMap<>();

    /// Adds a global view under the name of its view set.
    ///
    /// @throws BadRequestException when the name is taken, or a maker of the set has another schema
    ///   hash
    public Builder addGlobalView(View view) {
      String name = view.id().viewSet();
      if (globalViews.putIfAbsent(name, view) != null) {
        throw new BadRequestException("global view " + name + " is registered twice");
      }
      requireOneHash(name);
      return this;
    }

    /// Adds a view set; a later maker of the same name replaces the earlier one.
    public Builder addViewSet(ViewMaker maker) {
      makers.put(maker.viewSet(), maker);
      requireOneHash(maker.viewSet());
      return this;
    }

    /// What has been added so far, for makers and views that read other views.
    public ViewFactory build() {
      return new ViewFactory(globalViews, makers);
    }

    /// Names of the global views added so far.
    public List<String> globalViewNames() {
      return new ArrayList<>(globalViews.keySet());
    }

    private void requireOneHash(String viewSet) {
      View global = globalViews.get(viewSet);
      ViewMaker maker = makers.get(viewSet);
      if (global != null
          && maker != null
          && !java.util.Arrays.equals(global.schema().hash(), maker.schema().hash())) {
        throw new BadRequestException(
            "view set " + viewSet + ": global view and maker have different schema hashes");
      }
    }
  }
}
