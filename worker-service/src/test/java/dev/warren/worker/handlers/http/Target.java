package dev.warren.worker.handlers.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server that answers with whatever bytes a test likes, on a socket of its own. */
final class Target implements AutoCloseable {

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch hungUp = new CountDownLatch(1);

  /** What it does once it has read a request. */
  interface Behaviour {
    void answer(OutputStream out) throws IOException;
  }

  Target(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    thread(this::accept);
  }

  static Target answering(String head, byte[] body) throws IOException {
    return new Target(
        out -> {
          out.write(
              ("HTTP/1.1 " + head + "\r\nContent-Length: " + body.length).getBytes(ISO_8859_1));
          out.write("\r\n\r\n".getBytes(ISO_8859_1));
          out.write(body);
        });
  }

  static Target answering(String head, String body) throws IOException {
    return answering(head, body.getBytes(ISO_8859_1));
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/path?secret=1";
  }

  /** Head and body of each, as they came. */
  List<String> requests() {
    return requests;
  }

  /** Whether the caller closed the connection, sooner or later. */
  boolean hungUp() throws InterruptedException {
    return hungUp.await(120, TimeUnit.SECONDS);
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        thread(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      requests.add(read(socket.getInputStream()));
      behaviour.answer(socket.getOutputStream());
      socket.shutdownOutput();
      socket.getInputStream().read();
    } catch (IOException e) {
      // the caller hung up while it was being answered
    } finally {
      hungUp.countDown();
    }
  }

  private static String read(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      text.append((char) in.read());
    }
    var length =
        text.toString()
            .lines()
            .filter(line -> line.startsWith("Content-Length: "))
            .mapToInt(line -> Integer.parseInt(line.substring(16)))
            .findFirst()
            .orElse(0);
    return text + new String(in.readNBytes(length), ISO_8859_1);
  }

  private static void thread(Runnable work) {
    var thread = new Thread(work, "target");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
