package micromegas.tracing.spring;

/// With Spring Boot 4.
class WebTest extends WebContract {}
