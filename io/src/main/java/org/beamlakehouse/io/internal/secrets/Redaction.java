package org.beamlakehouse.io.internal.secrets;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The one place that takes secrets out of texts: of every line that the command line prints to
 * standard error, and of messages that are stored.
 *
 * <p>Libraries tell in their errors and logs what they were configured with. Secrets are known by
 * where they stand (a password in a URL, behind {@code password=}), and by their value once they
 * were {@linkplain #learn learnt} from the configuration.
 */
public final class Redaction {
  /** What stands where a secret was. */
  public static final String MARK = "***";

  /** Shorter ones would take parts of ordinary words away. */
  private static final int SHORTEST = 4;

  private static final String NAME =
      "(?i)(?:[\\w.-]*(?:password|passwd|passphrase|secret|credential|token|user[._-]?info|jaas[._-]?config"
          + "|(?:access|api|account|private|shared|ssl|encryption)[._-]?key(?:[._-]?id)?|signature)"
          + "|pwd|pw|sig|sas)";

  private static final Pattern SECRET_NAME =
      Pattern.compile(
          NAME
              + "s?$|"
              + NAME
              + "[._-].*|(?i).*(?:keystore|truststore)[._-](?:key|certificate.*)$");

  /** {@code scheme://user:password@}, and Oracle's {@code user/password@}. */
  private static final Pattern USER_INFO =
      Pattern.compile("(://|jdbc:oracle:\\w+:)[^\\s:/@\"'<>]*[:/][^\\s@\"'<>]+@");

  private static final Pattern NAMED =
      Pattern.compile(
          "(" + NAME + ")(\\s*=\\s*|[\"']\\s*[:=]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s&;,)}\\]\"']+)");

  private static final Pattern AUTHORIZATION =
      Pattern.compile("(?i)\\b(basic|bearer)\\s+[A-Za-z0-9+/=._~-]{8,}");

  /** Whose exceptions hold the values that were to be read. */
  private static final List<String> QUOTING =
      List.of(
          "java.lang.Number",
          "java.lang.Integer",
          "java.lang.Long",
          "java.math.",
          "java.time.",
          "java.util.UUID",
          "jdk.internal.math.",
          "com.fasterxml.jackson.",
          "org.apache.avro.",
          "org.apache.calcite.runtime.");

  /** Longest first, so that one within another does not leave the rest. */
  private static final Set<String> KNOWN =
      new ConcurrentSkipListSet<>(
          Comparator.comparingInt(String::length).reversed().thenComparing(s -> s));

  private Redaction() {}

  /** The text without secrets; null where there is none. */
  public static String of(String text) {
    if (text == null || text.isEmpty()) {
      return text;
    }
    String redacted = text;
    for (String secret : KNOWN) {
      redacted = without(redacted, secret);
    }
    redacted = USER_INFO.matcher(redacted).replaceAll("$1" + MARK + "@");
    redacted = NAMED.matcher(redacted).replaceAll("$1$2" + MARK);
    return AUTHORIZATION.matcher(redacted).replaceAll("$1 " + MARK);
  }

  /**
   * What an exception says, without secrets; null where it says nothing, or where what it says may
   * quote the value that it could not take: that could be one of a record.
   */
  public static String message(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    String thrower = trace.length == 0 ? "" : trace[0].getClassName();
    return QUOTING.stream().anyMatch(thrower::startsWith) ? null : of(failure.getMessage());
  }

  /** Learns the secrets among properties, to know them wherever they turn up. */
  public static void learn(Map<String, String> properties) {
    properties.forEach(Redaction::learn);
  }

  /** Learns the value of a property, or what in it is secret. */
  public static void learn(String name, String value) {
    if (value == null) {
      return;
    }
    if (isSecret(name)) {
      learnValue(value);
    }
    learnIn(value);
  }

  /** True for names of properties and variables whose values are secret. */
  public static boolean isSecret(String name) {
    return SECRET_NAME.matcher(name).find();
  }

  /** Learns the passwords of a URL or of settings in one text, as JAAS has them. */
  private static void learnIn(String value) {
    Matcher named = NAMED.matcher(value);
    while (named.find()) {
      learnValue(named.group(3).replaceAll("^[\"']|[\"']$", ""));
    }
    Matcher url = USER_INFO.matcher(value);
    while (url.find()) {
      String userInfo = value.substring(url.end(1), url.end() - 1);
      int colon = userInfo.indexOf(':');
      int end = colon < 0 ? userInfo.indexOf('/') : colon;
      learnValue(userInfo.substring(end + 1));
    }
  }

  private static void learnValue(String secret) {
    // Keys in PEM have lines, which are printed one by one.
    secret
        .lines()
        .map(String::strip)
        .filter(line -> line.length() >= SHORTEST && !line.equals(MARK))
        .forEach(KNOWN::add);
  }

  /** Only where it is not a part of a longer word: short passwords are often that. */
  private static String without(String text, String secret) {
    int at = text.indexOf(secret);
    if (at < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    int done = 0;
    while (at >= 0) {
      int end = at + secret.length();
      boolean whole =
          secret.length() > 2 * SHORTEST
              || ((at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                  && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end))));
      result.append(text, done, at).append(whole ? MARK : secret);
      done = end;
      at = text.indexOf(secret, end);
    }
    return result.append(text, done, text.length()).toString();
  }
}
