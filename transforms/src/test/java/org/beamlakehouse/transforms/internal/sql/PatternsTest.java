package org.beamlakehouse.transforms.internal.sql;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.beamlakehouse.transforms.internal.sql.function.LikePattern;
import org.beamlakehouse.transforms.internal.sql.function.RegularExpression;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns take bounded time, stack and memory, whatever the text, and mean what SQL says. */
class PatternsTest {
  private static final List<Column> TEXTS =
      List.of(Column.of("txt", ColumnType.STRING), Column.of("pat", ColumnType.STRING));

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          REGEXP_LIKE(txt, '^([A-Z]|[a-z]|[0-9])+$') ¦ true
          REGEXP_LIKE(txt, '^(a|a)*b$')              ¦ false
          REGEXP_LIKE(txt, '^(a|b)*$')               ¦ true
          REGEXP_LIKE(txt, '^(a+)+$')                ¦ true
          REGEXP_LIKE(txt, '^(.*)*x$')               ¦ false
          REGEXP_LIKE(txt, '(?:a?){100}a{100}b')     ¦ false
          REGEXP_LIKE(txt, pat)                      ¦ false
          txt RLIKE '(a*)*b'                         ¦ false
          txt NOT RLIKE '(a*)*b'                     ¦ true
          txt SIMILAR TO '(a|a)*b'                   ¦ false
          txt NOT SIMILAR TO '(a|aa)+'               ¦ false
          txt LIKE '%a%a%a%a%a%a%a%b'                ¦ false
          txt LIKE '%aaaaaaaaab'                     ¦ false
          txt NOT LIKE '%a%a%a%a%_'                  ¦ false
          txt ILIKE '%A%A%A%A%A%A%A%B'               ¦ false
          REGEXP_EXTRACT(txt, '(a|a)*b')             ¦ null
          CHAR_LENGTH(REGEXP_REPLACE(txt, '(a|a)*', 'x')) ¦ 2
          SPLIT_PART(txt, '(a|a)*b', 1) = txt        ¦ true
          """)
  void aLongTextTakesNeitherTheStackNorForEver(String sql, String result) {
    SqlExpression expression = SqlExpression.of(sql, TEXTS);
    Object[] row = {"a".repeat(20_000), "^(a|a)*b$"};

    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> assertThat(String.valueOf(expression.evaluate(row)), is(result)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          ^(?=a).*$            ¦ invalid or unsupported Perl syntax: (?=; matching takes linear time
          (?<!a)b              ¦ (?<!a)b; matching takes linear time and knows no back references, look-around
          (a)\\1               ¦ invalid escape sequence: \\1; matching takes linear time
          a++                  ¦ invalid nested repetition operator: ++; matching takes linear time
          (?>a)                ¦ (?>; matching takes linear time
          [a-z&&[^b]]          ¦ && within a class is not known
          [a[bc]]              ¦ a class within a class is not known; write one class, or \\[ for the character
          \\p{Alpha}+          ¦ \\p{Alpha}; write a script or category, or a class such as [[:alpha:]]
          a\\Z                 ¦ \\Z; write \\z
          \\u0041              ¦ \\u; write \\x{…}
          a{,3}                ¦ { begins no repetition; write {2}, {2,} or {2,5}, or \\{
          \\b{g}               ¦ { begins no repetition
          a{1001}              ¦ a repetition of more than 1000 times is not known
          ((a{100}){100}){100} ¦ it is too large, with its repetitions written out; write smaller ones
          (a{1000}b{1000}){6}  ¦ it is too large
          a{900}(?i){900}      ¦ it is too large
          a{900}\\Q\\E{900}     ¦ it is too large
          (                    ¦ missing closing )
          [a-                  ¦ missing closing ]
          *a                   ¦ missing argument to repetition operator
          """)
  void whatCannotBeMatchedInLinearTimeIsRefusedWithTheMend(String regex, String reason) {
    String sql = "REGEXP_LIKE(txt, '" + regex + "')";

    var error = assertThrows(IllegalArgumentException.class, () -> SqlExpression.of(sql, TEXTS));

    assertThat(
        error.getMessage(),
        startsWith("Cannot compile '" + sql + "': '" + regex + "' is not a pattern: "));
    assertThat(error.getMessage(), containsString(reason));
  }

  @ParameterizedTest
  @CsvSource({"((", "))", "(((", "[[", "(?:"})
  void deepNestingIsRefused(String unit) {
    assertThrows(
        IllegalArgumentException.class, () -> RegularExpression.of(unit.repeat(20_000) + "a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          Zürich      ¦ ^[[:alpha:]ü]+$         ¦ true
          a.c         ¦ ^a\\.c$                 ¦ true
          a[c         ¦ ^a\\[c$                 ¦ true
          a{c         ¦ ^a\\{c$                 ¦ true
          {x}         ¦ ^\\Q{x}\\E$             ¦ true
          +41 79 1    ¦ ^(\\+|00)[0-9 ]{6,20}$  ¦ true
          x@y.ch      ¦ ^[^@]+@[^@]+\\.[a-z]{2,}$ ¦ true
          ABC         ¦ (?i)^abc$               ¦ true
          []          ¦ ^[]\\[]{2}$             ¦ true
          日本        ¦ ^\\p{Han}{2}$           ¦ true
          """)
  void whatIsOrdinaryGoesOn(String text, String regex, boolean found) {
    assertThat(RegularExpression.of(regex).isIn(text), is(found));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          REGEXP_LIKE('ABC', 'abc', 'i')            ¦ true
          REGEXP_LIKE(U&'a\\000ac', 'a.c')          ¦ false
          REGEXP_LIKE(U&'a\\000ac', 'a.c', 'n')     ¦ true
          REGEXP_LIKE(U&'a\\000ac', '^c$', 'm')     ¦ true
          REGEXP_REPLACE('2024-05', '(\\d+)-(\\d+)', '$2/$1') ¦ 05/2024
          REGEXP_EXTRACT('k=v; l=w', '(\\w)=')      ¦ k
          REGEXP_EXTRACT('k=v; l=w', '\\w=(\\w)', 1, 2) ¦ w
          REGEXP_EXTRACT('k=v; l=w', '\\w', 3)      ¦ v
          REGEXP_EXTRACT('k', '\\w', 3)             ¦ null
          'a.c' SIMILAR TO 'a.c'                    ¦ true
          'abc' SIMILAR TO 'a.c'                    ¦ false
          'abc' SIMILAR TO 'a_c'                    ¦ true
          'abab' SIMILAR TO '(ab){2}'               ¦ true
          'a5' SIMILAR TO '[a-c][[:DIGIT:]]'        ¦ true
          'd5' SIMILAR TO '[^a-c]%'                 ¦ true
          'a%' SIMILAR TO 'a!%' ESCAPE '!'          ¦ true
          'ab' SIMILAR TO 'a!%' ESCAPE '!'          ¦ false
          'a%c' LIKE 'a!%c' ESCAPE '!'              ¦ true
          'abc' LIKE 'a!%c' ESCAPE '!'              ¦ false
          'a.c' LIKE 'a.c'                          ¦ true
          'abc' LIKE 'a.c'                          ¦ false
          'aBc' ILIKE 'AbC'                         ¦ true
          SPLIT_PART('a.b.c', '.', 2)               ¦ b
          SPLIT_PART('a|b|c', '|', -1)              ¦ c
          SPLIT_PART('a|b|c', '|', -3)              ¦ a
          SPLIT_PART('a|b|c', '|', -4)              ¦
          SPLIT_PART('a|b|c', '|', 4)               ¦
          SPLIT_PART('abc', '|', 1)                 ¦ abc
          SPLIT_PART('a||', '|', 3)                 ¦
          SPLIT_PART('a||', '|', -1)                ¦
          REPLACE('banana', 'an', '')               ¦ ba
          REPLACE('banana', '', 'x')                ¦ banana
          JSON_VALUE('{"a":[{"b":"x"}]}', 'lax $.a[0].b') ¦ x
          """)
  void functionsOfPatternsMeanWhatTheyDid(String sql, String result) {
    Object value = SqlExpression.of(sql, TEXTS).evaluate(new Object[2]);

    assertThat(String.valueOf(value), is(result == null ? "" : result));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '`',
      textBlock =
          """
          txt LIKE 'a!b' ESCAPE '!'     ¦ the escape character stands before none of %, _ and itself
          txt LIKE 'a' ESCAPE '!!'      ¦ the text behind ESCAPE must be one character
          txt SIMILAR TO '[a'           ¦ [ is not closed
          txt SIMILAR TO 'a]'           ¦ ] closes nothing
          txt SIMILAR TO '[[:nosuch:]]' ¦ [ within brackets begins none of
          REGEXP_LIKE(txt, 'a', 'q')    ¦ its flags are letters of
          JSON_EXISTS(txt, 'lax $[?(@.b =~ /(a|a)*b/)]') ¦ a path of JSON_EXISTS must not match patterns; use REGEXP_LIKE
          JSON_VALUE(txt, pat)          ¦ a path of JSON_VALUE must be a text in it
          """)
  void wrongPatternsAreRefusedWhenCompiled(String sql, String reason) {
    var error = assertThrows(IllegalArgumentException.class, () -> SqlExpression.of(sql, TEXTS));

    assertThat(error.getMessage(), containsString(reason));
  }

  @Property(tries = 2_000)
  void likeMatchesAsARegularExpressionWould(
      @ForAll("texts") String text, @ForAll("likePatterns") String pattern) {
    StringBuilder regex = new StringBuilder();
    pattern
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '%' -> regex.append(".*");
                case '_' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
              }
            });

    assertThat(
        LikePattern.of(pattern, "", false).matches(text),
        is(Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches()));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "b", "\n", "😀")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> likePatterns() {
    return Arbitraries.of("a", "b", "%", "_", "\n", "😀")
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join("", parts));
  }

  /** The check in front of the compiler never lets through what is much larger than it thinks. */
  @Property(tries = 2_000)
  void noRegularExpressionCompilesToMoreThanABoundedSize(@ForAll("regexes") String regex) {
    try {
      assertThat(RegularExpression.of(regex).size(), lessThanOrEqualTo(40_000));
    } catch (IllegalArgumentException e) {
      // Refused: nothing was made.
    }
  }

  @Provide
  Arbitrary<String> regexes() {
    return Arbitraries.of(
            "a", "(", ")", "(?:", "[a-z]", "[^]", "|", "*", "+?", "{9}", "{50}", "{100,}",
            "{0,900}", "\\d", "\\Q", "\\E", "\\x{41}", "\\pL", "[", "]", "(?i)", "^", "$", ".", "{",
            "}", "😀")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join("", parts));
  }
}
