"""Sends tasks of all kinds at a bounded rate, and writes down each attempt before it, and each answer after it."""

import http.client
import json
import queue
import random
import threading
import time
from dataclasses import dataclass
from typing import Any

from . import kinds
from .journals import Journal

ACCEPTED = 202
NO_ANSWER = 0
_CLIENTS = 48
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class _Attempt:
    key: str
    path: str
    body: dict[str, Any]


class Load:
    """One thread draws the tasks, so that a seed gives the same ones; many send them."""

    def __init__(self, address: str, rate: int, seed: int, attempts: Journal, answers: Journal) -> None:
        self._address = address
        self._rate = rate
        self._chance = random.Random(seed)
        self._attempts = attempts
        self._answers = answers
        self.accepted: list[str] = []
        self._waiting: queue.Queue[_Attempt | None] = queue.Queue(maxsize=_CLIENTS)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._draw)]
        self._threads += [threading.Thread(target=self._send) for _ in range(_CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _draw(self) -> None:
        weights = [kind.weight for kind in kinds.ALL]
        number = 0
        while not self._over.wait(1 / self._rate):
            number += 1
            [kind] = self._chance.choices(kinds.ALL, weights)
            key = f"k{number:06}"
            self._waiting.put(_Attempt(key, kind.path, kinds.request(kind, key, self._chance)))
        for _ in range(_CLIENTS):
            self._waiting.put(None)

    def _send(self) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=_TIMEOUT_SECONDS)
        while attempt := self._waiting.get():
            self._attempts.write(key=attempt.key, path=attempt.path, body=attempt.body)
            began = time.time()
            status, answer = _post(connection, attempt)
            task_id = answer.get("id")
            self._answers.write(key=attempt.key, status=status, id=task_id, took=round(time.time() - began, 3))
            if status == ACCEPTED:
                self.accepted.append(task_id)


def _post(connection: http.client.HTTPConnection, attempt: _Attempt) -> tuple[int, dict[str, Any]]:
    try:
        connection.request("POST", attempt.path, json.dumps(attempt.body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        connection.close()
        return NO_ANSWER, {}
