package org.beamlakehouse.io.internal.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A registry that answers what it was told to, and notes what it was asked. */
final class FakeRegistry implements AutoCloseable {
  static {
    // Else each answer's body waits 40 ms for the client's word that it has the headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, String> documents = new HashMap<>();
  private final Deque<Answer> next = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();
  private String authorization;

  FakeRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Has a document under a path. */
  void put(String path, String body) {
    documents.put(path, body);
  }

  /** Gives another answer, once, to a request yet to come. */
  void answer(int status, String body) {
    next.add(new Answer(status, body));
  }

  /** Paths of the requests so far. */
  List<String> requests() {
    return requests;
  }

  /** The header of the last request. */
  String authorization() {
    return authorization;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    requests.add(path);
    authorization = exchange.getRequestHeaders().getFirst("Authorization");
    Answer answer = next.poll();
    if (answer == null) {
      String body = documents.get(path);
      answer =
          body != null
              ? new Answer(200, body)
              : new Answer(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
    }
    byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
    if (answer.status == 302) {
      exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
    }
    exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
