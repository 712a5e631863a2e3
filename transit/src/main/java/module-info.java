/// The wire format of Micromegas.
module micromegas.transit {
  requires org.lz4.java;
  requires static org.jspecify;

  exports micromegas.transit;
}
