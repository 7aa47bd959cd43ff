"""The kinds of tasks in the load, and how each may end."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

Body = dict[str, Any]

SUCCEEDED = frozenset({"SUCCEEDED"})
DEAD = frozenset({"DEAD"})
ON_TIME_OR_NOT = frozenset({"SUCCEEDED", "EXPIRED"})

_QUICK_RETRY = {"maxAttempts": 5, "minBackoff": 0.5, "maxBackoff": 2}


@dataclass(frozen=True)
class Kind:
    name: str
    weight: int
    ends: frozenset[str]
    make: Callable[[random.Random], Body]
    path: str = "/v1/tasks"


def _chaos(payload: Body, **options: Any) -> Body:
    return {"type": "chaos", "payload": payload, **options}


def _plain(_: random.Random) -> Body:
    return _chaos({})


def _sent(chance: random.Random) -> Body:
    return {"message": "." * chance.choice((0, 0, 1))}


def _failing(chance: random.Random) -> Body:
    return _chaos({"failFirst": chance.randint(1, 2)}, retry=_QUICK_RETRY)


def _hopeless(_: random.Random) -> Body:
    return _chaos({"permanent": True}, retry=_QUICK_RETRY)


def _slow(chance: random.Random) -> Body:
    return _chaos({"sleepSeconds": round(chance.uniform(1, 5), 1)})


def _delayed(chance: random.Random) -> Body:
    return _chaos({}, delaySeconds=chance.randint(1, 10))


def _expiring(chance: random.Random) -> Body:
    expires_at = datetime.now(timezone.utc) + timedelta(seconds=chance.uniform(1, 10))
    return _chaos({"sleepSeconds": 0.2}, expiresAt=expires_at.isoformat(timespec="milliseconds"))


def _timing_out(chance: random.Random) -> Body:
    limit = chance.randint(1, 2)
    # Far more than its limit: else a worker that was frozen in between may find it done.
    return _chaos({"sleepSeconds": limit + 120}, timeoutSeconds=limit, retry={"maxAttempts": 2, "minBackoff": 0.5})


ALL = (
    Kind("plain", 40, SUCCEEDED, _plain),
    Kind("sent", 20, SUCCEEDED, _sent, "/send"),
    Kind("failing", 14, SUCCEEDED, _failing),
    Kind("hopeless", 4, DEAD, _hopeless),
    Kind("slow", 4, SUCCEEDED, _slow),
    Kind("delayed", 10, SUCCEEDED, _delayed),
    Kind("expiring", 6, ON_TIME_OR_NOT, _expiring),
    Kind("timing-out", 2, DEAD, _timing_out),
)

BY_NAME = {kind.name: kind for kind in ALL}


def request(kind: Kind, key: str, chance: random.Random) -> Body:
    """Of a task that can be told by its key: a label, or a word of its message."""
    body = kind.make(chance)
    if kind.path == "/send":
        return {"message": f"{key} {body['message']}"}
    return {**body, "labels": {"key": key, "kind": kind.name}}


def key_of(task: Body) -> str | None:
    """The key of a task as the ledger shows it."""
    label = (task.get("labels") or {}).get("key")
    if label:
        return str(label)
    message = (task.get("payload") or {}).get("message")
    return str(message).split(" ")[0] if message else None
