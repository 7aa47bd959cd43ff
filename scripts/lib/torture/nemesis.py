"""Does harm and undoes it, one fault after the other, in an order that the seed decides."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .journals import Journal
from .warren import Warren

QUIET_SECONDS = 10
SHORTEST, LONGEST = 5, 30
_STEPS = {"kill": ("kill",), "freeze": ("freeze",), "hang": ("freeze", "kill")}
_HEAL = {"kill": "start", "freeze": "thaw", "hang": "start"}


@dataclass(frozen=True)
class Fault:
    what: str
    whom: str

    def __str__(self) -> str:
        return f"{self.what} {self.whom}"


def faults(has_database: bool) -> list[Fault]:
    whom = ["worker", "broker", "sender-api"] + (["database"] if has_database else [])
    both = [Fault(what, name) for name in whom for what in ("kill", "freeze")]
    # What was accepted without waiting for the broker is still in a socket when it ends like this.
    return [*both, Fault("hang", "broker")]


class Nemesis:
    def __init__(self, warren: Warren, seed: int, chosen: list[Fault], journal: Journal) -> None:
        self._warren = warren
        self._chance = random.Random(seed)
        self._deck = _shuffled_for_ever(chosen, self._chance)
        self._journal = journal
        self.failures: list[str] = []

    def run(self, seconds: float, say: Callable[[str], None], over: threading.Event) -> None:
        """Until the time is up or over is set; what it has done is healed then."""
        end = time.monotonic() + seconds
        while not over.wait(QUIET_SECONDS):
            left = end - time.monotonic() - QUIET_SECONDS
            if left < SHORTEST:
                break
            self._strike(next(self._deck), min(self._chance.uniform(SHORTEST, LONGEST), left), say, over)
        over.wait(max(0.0, end - time.monotonic()))

    def _strike(self, fault: Fault, seconds: float, say: Callable[[str], None], over: threading.Event) -> None:
        name = self._chance.choice(self._warren.workers) if fault.whom == "worker" else fault.whom
        say(f"{fault.what} {name} for {seconds:.0f} s")
        began = time.time()
        steps = _STEPS[fault.what]
        for step in steps:
            self._do(step, name)
            over.wait(seconds / len(steps))
        healing = time.time()
        self._do(_HEAL[fault.what], name)
        self._journal.write(fault=fault.what, name=name, began=began, healing=healing, healed=time.time())

    def _do(self, what: str, name: str) -> None:
        try:
            self._warren.fault(what, name)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the others go on, and it is told at the end
            self.failures.append(f"{what} {name}: {problem}")


def _shuffled_for_ever(chosen: list[Fault], chance: random.Random) -> Iterator[Fault]:
    while True:
        yield from chance.sample(chosen, len(chosen))
