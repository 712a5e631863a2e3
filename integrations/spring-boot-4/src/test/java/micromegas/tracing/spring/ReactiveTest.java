package micromegas.tracing.spring;

/// With Spring Boot 4.
class ReactiveTest extends ReactiveContract {}
