package org.beamlakehouse.io.internal.secrets;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Cannot open jdbc:postgresql://me:PW@host:5432/db        | Cannot open jdbc:postgresql://***@host:5432/db
          jdbc:postgresql://host/db?user=me&password=PW&ssl=true  | jdbc:postgresql://host/db?user=me&password=***&ssl=true
          jdbc:sqlserver://host;user=me;password=PW;encrypt=true  | jdbc:sqlserver://host;user=me;password=***;encrypt=true
          jdbc:oracle:thin:me/PW@//host:1521/x                    | jdbc:oracle:thin:***@//host:1521/x
          s3://AKIA:aB/c+d@bucket/data/*.json                     | s3://***@bucket/data/*.json
          https://user:PW@registry:8081/subjects                  | https://***@registry:8081/subjects
          https://x.blob/a?sv=1&sig=AbC%3D&se=2                   | https://x.blob/a?sv=1&sig=***&se=2
          https://b.s3/k?X-Amz-Signature=abc&X-Amz-Date=1         | https://b.s3/k?X-Amz-Signature=***&X-Amz-Date=1
          PlainLoginModule required username="u" password="p w";  | PlainLoginModule required username="u" password=***;
          {"s3.secret-access-key": "PW", "warehouse": "w"}        | {"s3.secret-access-key": ***, "warehouse": "w"}
          {client.secret=PW, s3.access-key-id=AK, region=eu}      | {client.secret=***, s3.access-key-id=***, region=eu}
          Authorization: Bearer eyJhbGciOi.abc                    | Authorization: Bearer ***
          Authorization: Basic dXNlcjpwdw==                       | Authorization: Basic ***
          unknown key 'password'; did you mean 'passwort'?        | unknown key 'password'; did you mean 'passwort'?
          contracts/a.odcs.yaml:12: 'status = 1' is wrong         | contracts/a.odcs.yaml:12: 'status = 1' is wrong
          Cannot list http://host:8081/a: no answer               | Cannot list http://host:8081/a: no answer
          the tokens of line 3                                    | the tokens of line 3
          """)
  void takesSecretsByWhereTheyStand(String text, String redacted) {
    assertThat(Redaction.of(text), is(redacted));
  }

  @Test
  void knowsWhatItHasLearnt() {
    Redaction.learn(
        Map.of(
            "uri", "jdbc:postgresql://me:learnt%40one@host/db?password=learnt-two",
            "sasl.jaas.config", "Plain required username=\"u\" password=\"learnt three\";",
            "s3.access-key-id", "AKIALEARNT",
            "ssl.keystore.key", "-----BEGIN-----\nMIIlearnt\n-----END-----",
            "header.token", "learnt-four",
            "warehouse", "s3://bucket/unlearnt"));
    Redaction.learn("DB_PASSWORD", "short1");

    assertThat(
        Redaction.of(
            "a learnt%40one b learnt-two c learnt three d AKIALEARNT e MIIlearnt f learnt-four g"
                + " s3://bucket/unlearnt h short1 i short12"),
        is("a *** b *** c *** d *** e *** f *** g s3://bucket/unlearnt h *** i short12"));
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc.password,true",
    "password,true",
    "token,true",
    "credential,true",
    "s3.secret-access-key,true",
    "s3.access-key-id,true",
    "adls.auth.shared-key.account.key,true",
    "ssl.key.password,true",
    "sasl.jaas.config,true",
    "basic.auth.user.info,true",
    "bearer.auth.token,true",
    "AWS_SECRET_ACCESS_KEY,true",
    "GITHUB_TOKEN,true",
    "DB_PW,true",
    "key.deserializer,false",
    "warehouse,false",
    "uri,false",
    "jdbc.user,false",
    "key,false"
  })
  void secretPropertiesAreKnownByName(String name, boolean secret) {
    assertThat(Redaction.isSecret(name), is(secret));
  }

  @Test
  void everyLineOfAStreamIsRedacted() {
    StringWriter written = new StringWriter();
    PrintWriter writer = RedactedOutput.writer(new PrintWriter(written));
    writer.print("jdbc:x://me:");
    writer.println("PW@host é");
    new IllegalStateException("a", new RuntimeException("password=PW")).printStackTrace(writer);
    writer.print("password=PW");
    writer.flush();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream =
        RedactedOutput.stream(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    stream.print("é jdbc:x://me:");
    stream.println("PW@host");

    assertThat(written.toString().contains("PW"), is(false));
    assertThat(written.toString().startsWith("jdbc:x://***@host é"), is(true));
    assertThat(bytes.toString(StandardCharsets.UTF_8).strip(), is("é jdbc:x://***@host"));
  }
}
