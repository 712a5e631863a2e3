package micromegas.lake.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import micromegas.common.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionStringTest {
  @Test
  void readsTheFormOfTheReference() {
    ConnectionString address =
        ConnectionString.parse(
            "postgres://us%40er:p%2Fw+d@db.example:5433/lake?sslmode=require&application_name=me");
    assertThat(address.user()).contains("us@er");
    assertThat(address.password()).contains("p/w+d");
    assertThat(address.jdbcUrl())
        .isEqualTo("jdbc:postgresql://db.example:5433/lake?sslmode=require&ApplicationName=me");
    assertThat(address.toString()).doesNotContain("p/w+d");
  }

  @Test
  void fillsInDefaults() {
    assertThat(ConnectionString.parse("postgresql://localhost").jdbcUrl())
        .isEqualTo("jdbc:postgresql://localhost/postgres");
    assertThat(ConnectionString.parse("postgres://alice@/").jdbcUrl())
        .isEqualTo("jdbc:postgresql://localhost/alice");
  }

  @Test
  void takesCredentialsOutOfJdbcUrls() {
    ConnectionString address =
        ConnectionString.parse("jdbc:postgresql://h:1/d?user=u&password=p&ssl=true");
    assertThat(address).hasToString("jdbc:postgresql://h:1/d?ssl=true as u");
    assertThat(address.password()).contains("p");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mysql://h/d", "host=h dbname=d", "postgres://u:%zz@h/d"})
  void refusesOtherTextWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> ConnectionString.parse(text)).isInstanceOf(BadRequestException.class);
  }
}
