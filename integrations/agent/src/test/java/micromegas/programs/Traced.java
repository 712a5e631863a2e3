package micromegas.programs;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/// An annotation of another library.
@Retention(RetentionPolicy.CLASS)
@interface Traced {
  String value();
}
