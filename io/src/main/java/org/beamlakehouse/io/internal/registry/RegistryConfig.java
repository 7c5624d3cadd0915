package org.beamlakehouse.io.internal.registry;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where a schema registry is and who asks it. {@link #toString()} shows the place only, without any
 * secret.
 */
public final class RegistryConfig implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Property with a user's name and password, with a colon between them. */
  public static final String USER_INFO = "basic.auth.user.info";

  /** Property with a token that is sent as it is. */
  public static final String TOKEN = "bearer.auth.token";

  private final String url;
  private final @Nullable String authorization;

  private RegistryConfig(String url, @Nullable String authorization) {
    this.url = url;
    this.authorization = authorization;
  }

  /**
   * A registry.
   *
   * @param url root of its Confluent REST interface, http or https, which may hold {@code
   *     user:password@}
   * @param properties none, {@link #USER_INFO} or {@link #TOKEN}, as Confluent's clients name them
   * @throws IllegalArgumentException where that is not so; the message holds no secret
   */
  public static RegistryConfig of(String url, Map<String, String> properties) {
    URI uri = parse(url);
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https")) || uri.getHost() == null) {
      throw wrong("it is no http or https URL with a host");
    }
    if (uri.getQuery() != null || uri.getFragment() != null) {
      throw wrong("it has a query or a fragment");
    }
    for (String key : properties.keySet()) {
      if (!key.equals(USER_INFO) && !key.equals(TOKEN)) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot use the schema registry: '%s' is no property of it; there are %s and %s",
                key, USER_INFO, TOKEN));
      }
    }
    String user = uri.getUserInfo() == null ? properties.get(USER_INFO) : uri.getUserInfo();
    String token = properties.get(TOKEN);
    if (user != null
        && (token != null || (uri.getUserInfo() != null && properties.containsKey(USER_INFO)))) {
      throw new IllegalArgumentException(
          "Cannot use the schema registry: its credentials are given twice; give one of a user in"
              + " the URL, "
              + USER_INFO
              + " and "
              + TOKEN);
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new RegistryConfig(
        scheme + "://" + uri.getHost() + port + path, authorization(user, token));
  }

  private static URI parse(String url) {
    try {
      return new URI(url.strip());
    } catch (URISyntaxException e) {
      // The exception shows the URL, which may hold a password.
      throw wrong("it is no URL");
    }
  }

  private static IllegalArgumentException wrong(String reason) {
    return new IllegalArgumentException(
        "Cannot use the URL of the schema registry: "
            + reason
            + "; give it as http://host:8081, or with the path at which its Confluent interface"
            + " begins");
  }

  private static @Nullable String authorization(@Nullable String user, @Nullable String token) {
    if (user != null) {
      byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }
    return token == null ? null : "Bearer " + token;
  }

  /** The registry's root, without credentials and without a slash at its end. */
  public String url() {
    return url;
  }

  /** Value of the header {@code Authorization}; null for none. */
  @Nullable String authorization() {
    return authorization;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegistryConfig that
        && url.equals(that.url)
        && Objects.equals(authorization, that.authorization);
  }

  @Override
  public int hashCode() {
    return url.hashCode();
  }

  @Override
  public String toString() {
    return "schema registry " + url;
  }
}
