package micromegas.tracing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Which proxy the environment asks for.
class EnvironmentProxyTest {
  private static ProxySelector of(Map<String, String> environment) {
    return EnvironmentProxy.of(environment, name -> null).orElseThrow();
  }

  private static String proxy(ProxySelector selector, String address) {
    Proxy proxy = selector.select(URI.create(address)).get(0);
    return proxy == Proxy.NO_PROXY ? "none" : proxy.address().toString();
  }

  @Test
  void eachSchemeHasItsOwn() {
    ProxySelector selector =
        of(
            Map.of(
                "HTTPS_PROXY", "http://secure.test:3128",
                "https_proxy", "https://user:p%40ss@lower.test",
                "HTTP_PROXY", " plain.test:81 "));
    assertThat(proxy(selector, "https://a.test/x")).contains("lower.test").endsWith(":443");
    assertThat(proxy(selector, "http://a.test/x")).contains("plain.test").endsWith(":81");
    assertThat(proxy(of(Map.of("HTTP_PROXY", "p.test")), "https://a.test")).isEqualTo("none");
  }

  @Test
  void someHostsAreReachedWithout() {
    ProxySelector selector =
        of(
            Map.of(
                "HTTP_PROXY", "p.test",
                "NO_PROXY", "localhost, .corp.test,exact.test:9000,10.0.0.1"));
    for (String without :
        new String[] {
          "http://localhost:9000",
          "http://corp.test",
          "http://a.b.CORP.test:1",
          "http://exact.test:9000",
          "http://10.0.0.1"
        }) {
      assertThat(proxy(selector, without)).as(without).isEqualTo("none");
    }
    for (String with :
        new String[] {"http://exact.test", "http://notcorp.test", "http://10.0.0.10"}) {
      assertThat(proxy(selector, with)).as(with).contains("p.test");
    }
    assertThat(proxy(of(Map.of("HTTP_PROXY", "p.test", "NO_PROXY", "*")), "http://a.test"))
        .isEqualTo("none");
  }

  @Test
  void settingsOfTheJvmWin() {
    Map<String, String> environment = Map.of("HTTP_PROXY", "p.test");
    assertThat(
            EnvironmentProxy.of(
                environment, name -> name.equals("http.proxyHost") ? "jvm.test" : null))
        .isEmpty();
    assertThat(EnvironmentProxy.of(Map.of(), name -> null)).isEmpty();
    assertThat(EnvironmentProxy.of(Map.of("HTTP_PROXY", "  "), name -> null)).isEmpty();
  }

  @Test
  void whatIsNoAddressIsRefusedWithoutShowingIt() {
    for (String bad : new String[] {"http://user:secret@", "http://user:sec ret@p.test"}) {
      assertThatThrownBy(() -> of(Map.of("HTTPS_PROXY", bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the environment variable HTTPS_PROXY is no address of a proxy");
    }
  }
}
