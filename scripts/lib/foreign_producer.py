"""Publishes one task with pika, as a program that knows nothing of Warren but its exchange would do it."""

import argparse
import json
import os
import uuid

import pika


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--type", default="message")
    parser.add_argument("--queue", default="default")
    parser.add_argument("--id", default=str(uuid.uuid4()))
    parser.add_argument("--header", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("payload", help="JSON")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    json.loads(asked.payload)  # a mistake is said here, not by a worker
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"]))
    channel = connection.channel()
    channel.confirm_delivery()  # basic_publish returns once the broker has it on disk
    channel.basic_publish(
        exchange="tasks",
        routing_key=asked.queue,
        body=asked.payload.encode(),
        mandatory=True,
        properties=pika.BasicProperties(
            message_id=asked.id,
            type=asked.type,
            content_type="application/json",
            delivery_mode=2,
            headers=dict(header.split("=", 1) for header in asked.header) or None,
        ),
    )
    connection.close()
    print(asked.id)


main()
