package micromegas.tracing.spring;

/// With Spring Boot 4.
class StarterTest extends StarterContract {}
