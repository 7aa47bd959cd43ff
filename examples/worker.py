#!/usr/bin/python3
"""A worker in Python: does tasks of a type of its own, `shout`, from a queue of its own. It wants Debian's python3-pika.

    WARREN_QUEUES=shout scripts/up
    RABBITMQ_URI=amqp://... examples/worker.py
    curl -s localhost:5044/v1/tasks -H 'content-type: application/json' -H 'prefer: wait=5' \
      -d '{"type": "shout", "queue": "shout", "payload": {"text": "hello"}}'

What it owes is in docs/wire.md: an event of how each delivery ended, which the broker has confirmed before the delivery
is acknowledged. Retries, dead letters and replies are Warren's business. Whatever it was at when it or the broker is
killed is delivered again."""

import datetime, json, logging, os, signal, socket, time
import pika
from pika.exceptions import AMQPError

NAME = f"python-{socket.gethostname()}-{os.getpid()}"
stopping = False


def shout(payload, connection):
    connection.sleep(payload.get("seconds", 0))  # goes on answering the broker's heartbeats, as time.sleep would not
    return {"text": payload["text"].upper()}


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def work(channel, delivery, task, body):
    headers = {name: value for name, value in (task.headers or {}).items() if not name.startswith("x-")}
    count = (task.headers or {}).get("x-delivery-count", 0) if delivery.redelivered else 0
    caller, started = headers.get("caller", "none"), now()

    def publish(exchange, key, body, **more):
        properties = pika.BasicProperties(
            message_id=task.message_id, type=task.type, reply_to=task.reply_to, correlation_id=task.correlation_id,
            headers={**headers, **more}, content_type="application/json", delivery_mode=2)
        channel.basic_publish(exchange, key, body, properties, mandatory=True)  # returns once it is confirmed

    def tell(what, body=b"", **more):
        more = {name.replace("_", "-"): value for name, value in more.items()}
        publish("task-events", f"task.{what}.{caller}.shout", body, worker=NAME, delivery=count + 1, **more)

    if task.type != "shout" or not task.message_id:
        publish("tasks", "dead", body, **{"dead-reason": "unknown-type", "dead-worker": NAME})
    elif isinstance(headers.get("expires-at"), str) and headers["expires-at"] < started:
        tell("expired")
    else:
        tell("running", started_at=started)
        try:
            result = json.dumps(shout(json.loads(body), channel.connection)).encode()
            tell("succeeded", result, started_at=started, ended_at=now())
        except AMQPError:
            raise  # not the task's fault: it comes again
        except Exception as e:
            tell("failed", body, started_at=started, ended_at=now(), error_class=type(e).__name__, error_message=str(e)[:4000])
    channel.basic_ack(delivery.delivery_tag)
    logging.info("%s %s, delivery %d", task.message_id, task.type, count + 1)


def serve():
    with pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"])) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_qos(prefetch_count=1)
        for delivery, task, body in channel.consume("tasks.shout", inactivity_timeout=0.5):
            if delivery and not stopping:
                work(channel, delivery, task, body)
            if stopping:
                return  # what it was not at goes back with the connection


def stop(*_):
    global stopping
    stopping = True


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
logging.getLogger("pika").setLevel(logging.CRITICAL)
signal.signal(signal.SIGTERM, stop)
while not stopping:
    try:
        serve()
    except (AMQPError, OSError) as e:  # the broker is away, or has no such queue yet
        logging.warning("not connected: %r", e)
        time.sleep(1)
