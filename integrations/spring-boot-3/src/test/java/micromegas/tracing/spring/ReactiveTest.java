package micromegas.tracing.spring;

/// With Spring Boot 3.
class ReactiveTest extends ReactiveContract {}
