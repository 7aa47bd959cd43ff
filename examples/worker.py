#!/usr/bin/python3
"""A worker in Python: does tasks of a type of its own, `shout`, from a queue of its own. It wants Debian's python3-pika.

    WARREN_QUEUES=shout scripts/up
    RABBITMQ_URI=amqp://... examples/worker.py    (that line is printed by scripts/create-user NAME --for worker)
    curl -s 'localhost:5044/v1/calls/shout?queue=shout' -H 'content-type: application/json' -d '{"text": "hello"}'

What it owes is in docs/wire.md: an event of how each delivery ended, confirmed before the delivery is acknowledged. What
it was at when it or the broker is killed is delivered again. Retries, dead letters and replies are Warren's business."""

import json, logging, os, signal, socket, threading, time
from datetime import datetime, timezone
import pika
from pika.exceptions import AMQPError

NAME = f"python-{socket.gethostname()}-{os.getpid()}"
stopping = threading.Event()


def shout(payload, connection, limit):
    seconds = payload.get("seconds", 0)
    connection.sleep(min(seconds, limit))  # goes on answering the broker's heartbeats, as time.sleep would not
    if seconds > limit:
        raise TimeoutError(f"not done within {limit:g} s")
    return {"text": payload["text"].upper()}


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def work(channel, delivery, task, body):
    headers = {name: value for name, value in (task.headers or {}).items() if name not in ("CC", "BCC") and not name.startswith("x-")}
    count = (task.headers or {}).get("x-delivery-count", 0) if delivery.redelivered else 0
    caller, started, limit = headers.get("caller", "none"), now(), headers.get("timeout-ms")
    limit = min(limit / 1000, 25 * 60) if isinstance(limit, int) and limit > 0 else 60
    try:
        is_over = datetime.fromisoformat(headers["expires-at"].upper()) <= datetime.now(timezone.utc)
    except (AttributeError, KeyError, TypeError, ValueError):  # there is none, or it makes no sense
        is_over = False

    def publish(exchange, key, body, **more):
        more = {name.replace("_", "-"): value for name, value in more.items()}
        properties = pika.BasicProperties(
            message_id=task.message_id, type=task.type, reply_to=task.reply_to, correlation_id=task.correlation_id,
            headers={**headers, **more}, content_type="application/json", delivery_mode=2)
        channel.basic_publish(exchange, key, body, properties, mandatory=True)  # returns once it is confirmed

    def tell(what, body=b"", **more):
        publish("task-events", f"task.{what}.{caller}.shout", body, worker=NAME, delivery=count + 1, **more)

    if task.type != "shout" or not task.message_id:
        publish("tasks", "dead", body, dead_reason="unknown-type", dead_worker=NAME)
    elif is_over:
        tell("expired")
    else:
        tell("running", started_at=started)
        try:
            result = json.dumps(shout(json.loads(body), channel.connection, limit)).encode()
            tell("succeeded", result, started_at=started, ended_at=now())
        except AMQPError:
            raise  # not the task's fault: it comes again
        except Exception as e:
            error = {"error_class": type(e).__name__, "error_message": str(e)[:4000], "timed_out": isinstance(e, TimeoutError)}
            tell("failed", body, started_at=started, ended_at=now(), **error)
    channel.basic_ack(delivery.delivery_tag)
    logging.info("%s %s, delivery %d", task.message_id, task.type, count + 1)


def serve():
    with pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"])) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=1)
        for delivery, task, body in channel.consume("tasks.shout", inactivity_timeout=0.5):
            if stopping.is_set():
                return  # what it was not at goes back with the connection
            if delivery:
                work(channel, delivery, task, body)


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
logging.getLogger("pika").setLevel(logging.CRITICAL)
signal.signal(signal.SIGTERM, lambda *_: stopping.set())
while not stopping.is_set():
    try:
        serve()
    except (AMQPError, OSError) as e:  # the broker is away, or has no such queue yet
        logging.warning("not connected: %r", e)
        time.sleep(1)
