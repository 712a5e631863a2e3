package micromegas.lake.objects;

import micromegas.lake.testkit.ObjectStoreContract;

class MemoryObjectStoreTest extends ObjectStoreContract {
  private final ObjectStore store = new MemoryObjectStore();

  @Override
  protected ObjectStore store() {
    return store;
  }
}
