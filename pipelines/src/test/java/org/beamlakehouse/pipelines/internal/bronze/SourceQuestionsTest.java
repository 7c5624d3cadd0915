package org.beamlakehouse.pipelines.internal.bronze;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Sources that are asked at once, of which some answer late, wrongly or never. */
class SourceQuestionsTest {
  private static final int SOURCES = 20;

  @Test
  void noneWaitsForAnother() {
    CountDownLatch asked = new CountDownLatch(SOURCES);
    try (SourceQuestions all = new SourceQuestions(SOURCES)) {
      List<Future<Boolean>> questions = new ArrayList<>();
      for (int i = 0; i < SOURCES; i++) {
        questions.add(
            all.ask(
                () -> {
                  asked.countDown();
                  return asked.await(5, TimeUnit.MINUTES);
                }));
      }
      questions.forEach(question -> assertThat(SourceQuestions.answer(question), is(true)));
    }
  }

  @Test
  void whatAQuestionMetIsThrownAndThatOfAnotherIsNot() throws TimeoutException {
    CountDownLatch never = new CountDownLatch(1);
    try (SourceQuestions all = new SourceQuestions(3)) {
      Future<String> fails =
          all.ask(
              () -> {
                throw new IllegalArgumentException("Cannot read it");
              });
      Future<String> hangs =
          all.ask(
              () -> {
                never.await();
                return "";
              });
      Future<String> answers = all.ask(() -> "yes");
      assertThat(SourceQuestions.answer(answers), is("yes"));
      assertThrows(IllegalArgumentException.class, () -> SourceQuestions.answer(fails));
      assertThrows(TimeoutException.class, () -> SourceQuestions.answer(hangs, 0));
      never.countDown();
      assertThat(SourceQuestions.answer(hangs), is(""));
    }
  }
}
