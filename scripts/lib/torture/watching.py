"""Looks at tasks while all is going on: what has ended once must stay as it was."""

import random
import threading
import time

from .journals import Journal
from .warren import ENDED, Unanswered, Warren

_EVERY_SECONDS = 0.2
_RECENT = 2000


class Watcher:
    def __init__(self, warren: Warren, accepted: list[str], seen: Journal, seed: int) -> None:
        self._warren = warren
        self._accepted = accepted
        self._seen = seen
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            if self._accepted:
                self._look_at(self._chance.choice(self._accepted[-_RECENT:]))

    def _look_at(self, task_id: str) -> None:
        try:
            task = self._warren.task(task_id)
        except Unanswered:
            time.sleep(1)
            return
        if task["state"] in ENDED:
            self._seen.write(id=task_id, state=task["state"], endedAt=task.get("endedAt"), round=task["round"])
