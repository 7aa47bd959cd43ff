"""Calls a service with pika, as a program that knows nothing of Warren but its exchange would do it; prints the reply."""

import argparse
import json
import os
import sys
import uuid

import pika


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", default="default")
    parser.add_argument("--reply-to", default="amq.rabbitmq.reply-to", help="direct reply-to, or a queue of this caller")
    parser.add_argument("--hang-up", action="store_true", help="be gone before there is a reply; prints the task's id")
    parser.add_argument("--seconds", type=float, default=60, help="how long to wait for it")
    parser.add_argument("type")
    parser.add_argument("payload", help="JSON")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    json.loads(asked.payload)
    task, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    replies = []
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"]))
    channel = connection.channel()
    channel.confirm_delivery()  # basic_publish returns once the broker has it on disk
    if not asked.reply_to.startswith("amq."):
        channel.queue_declare(asked.reply_to, exclusive=True, auto_delete=True)
    # Before the call: the broker knows a direct reply by the channel that consumes it.
    channel.basic_consume(asked.reply_to, lambda *reply: replies.append(reply), auto_ack=True)
    channel.basic_publish(
        exchange="tasks",
        routing_key=asked.queue,
        body=asked.payload.encode(),
        mandatory=True,
        properties=pika.BasicProperties(
            message_id=task,
            type=asked.type,
            reply_to=asked.reply_to,
            correlation_id=correlation,
            content_type="application/json",
            delivery_mode=2,
        ),
    )
    if asked.hang_up:
        connection.close()
        print(task)
        return
    connection.process_data_events(time_limit=asked.seconds)
    connection.close()
    if not replies:
        sys.exit(f"no reply within {asked.seconds} s of task {task}")
    _, _, properties, body = replies[0]
    if properties.correlation_id != correlation or properties.message_id != task or len(replies) > 1:
        sys.exit(f"somebody else's reply: {properties}")
    headers = properties.headers or {}
    print(json.dumps({"task": task, "type": properties.type, "contentType": properties.content_type, **headers, "body": json.loads(body)}))


main()
