"""The invariants, as functions of what was written down and what the ledger says at the end."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import kinds
from .journals import Execution
from .load import ACCEPTED
from .warren import ENDED, Footprint

Entry = dict[str, Any]

RECOVERY_SECONDS = 15  # until the first 202 after a fault was healed
LATENESS_SECONDS = 60  # of a task, beside the faults in its life
WORKER_SECONDS = 30  # a worker's fault hinders no longer: by then the broker has noticed, and there are others
CLOCK_SECONDS = 0.005  # rounding


@dataclass(frozen=True)
class Record:
    """All that was written down of a run."""

    attempts: list[Entry]
    answers: list[Entry]
    executions: list[Execution]
    done: Counter[str]
    faults: list[Entry]
    seen: list[Entry]
    tasks: list[Entry]

    def accepted(self) -> list[Entry]:
        return [answer for answer in self.answers if answer["status"] == ACCEPTED]


def violations(record: Record) -> list[str]:
    checks = (ended_as_it_should, ended_once, nothing_unsent, nothing_unrun, never_early, ended_in_time, recovered)
    return [violation for check in checks for violation in check(record)]


def ended_as_it_should(record: Record) -> Iterator[str]:
    """I1: what got a 202 is known and has ended in a way that its kind allows; what is known has ended."""
    by_id = {task["id"]: task for task in record.tasks}
    kind_of = {attempt["key"]: _kind(attempt) for attempt in record.attempts}
    for answer in record.accepted():
        task = by_id.get(answer["id"])
        if task is None:
            yield f"I1 {answer['id']} ({kind_of[answer['key']].name}) got a 202 and is not in the ledger"
        elif task["state"] in ENDED and task["state"] not in kind_of[answer["key"]].ends:
            yield f"I1 {task['id']} ({kind_of[answer['key']].name}) ended as {task['state']}: {task.get('deadReason')}"
    for task in record.tasks:
        if task["state"] not in ENDED:
            yield f"I1 {task['id']} has not ended: {task['state']}"


def ended_once(record: Record) -> Iterator[str]:
    """I2: what was seen ended is the same at the end."""
    by_id = {task["id"]: task for task in record.tasks}
    for seen in record.seen:
        task = by_id.get(seen["id"], {})
        if any(task.get(what) != seen[what] for what in ("state", "endedAt", "round")):
            yield f"I2 {seen['id']} was {seen['state']} at {seen['endedAt']}, is {task.get('state')} at {task.get('endedAt')}"


def nothing_unsent(record: Record) -> Iterator[str]:
    """I3: the ledger's tasks are attempts, one each; what was executed is in the ledger."""
    keys = {attempt["key"] for attempt in record.attempts}
    ids = defaultdict(list)
    for task in record.tasks:
        ids[kinds.key_of(task)].append(task["id"])
    for key, of_key in ids.items():
        if key not in keys:
            yield f"I3 nobody sent {of_key}"
        elif len(of_key) > 1:
            yield f"I3 {key} was sent once and is {of_key}"
    known = {task["id"] for task in record.tasks}
    for task_id in sorted({execution.id for execution in record.executions} | set(record.done)):
        if task_id not in known:
            yield f"I3 {task_id} was executed and is not in the ledger"


def nothing_unrun(record: Record) -> Iterator[str]:
    """I1: what is called done was done, as its own journal says."""
    finished = {execution.id for execution in record.executions if execution.is_end} | set(record.done)
    for task in record.tasks:
        if task["state"] == "SUCCEEDED" and task["id"] not in finished:
            yield f"I1 {task['id']} is SUCCEEDED and no worker ever finished it"


def never_early(record: Record) -> Iterator[str]:
    not_before = {task["id"]: _seconds(task["notBefore"]) for task in record.tasks if task.get("notBefore")}
    for execution in record.executions:
        due = not_before.get(execution.id)
        if due is not None and _seconds(execution.at) < due - CLOCK_SECONDS:
            yield f"I1 {execution.id} ran {due - _seconds(execution.at):.3f} s early"


def lateness(task: Entry, faults: Iterable[Entry]) -> float:
    """How much longer it took than its delay and the faults in its life."""
    begin = _seconds(task.get("notBefore") or task["createdAt"])
    end = _seconds(task["endedAt"])
    hindered = sum(max(0.0, min(end, _hinders_until(fault)) - max(begin, fault["began"])) for fault in faults)
    return end - begin - hindered


def _hinders_until(fault: Entry) -> float:
    healed = float(fault["healed"])
    return min(healed, fault["began"] + WORKER_SECONDS) if fault["name"].startswith("worker-") else healed


def ended_in_time(record: Record) -> Iterator[str]:
    """I5 for tasks: none took much longer than the faults explain."""
    for task in record.tasks:
        if task.get("endedAt") and (late := lateness(task, record.faults)) > LATENESS_SECONDS:
            yield f"I5 {task['id']} ended {late:.0f} s later than the faults explain ({task['state']})"


def recovery(fault: Entry, accepted: list[Entry]) -> float | None:
    """Seconds from the heal to the first 202; None where there was none."""
    return next((answer["at"] - fault["healed"] for answer in accepted if answer["at"] >= fault["healed"]), None)


def recovered(record: Record) -> Iterator[str]:
    """I5: soon after each heal tasks are accepted again."""
    accepted = sorted(record.accepted(), key=lambda answer: answer["at"])
    for fault in record.faults:
        seconds = recovery(fault, accepted)
        if seconds is None or seconds > RECOVERY_SECONDS:
            yield f"I5 after {fault['fault']} {fault['name']} the first 202 came after {seconds} s"


def bounded(before: dict[str, Footprint], after: dict[str, Footprint]) -> Iterator[str]:
    """I6: no process holds much more than at the beginning."""
    for name, now in after.items():
        then = before[name]
        if now.threads > 2 * then.threads + 20 or now.descriptors > 2 * then.descriptors + 50:
            yield f"I6 {name} had {then} and has {now}"


def unavailability(fault: Entry, accepted: list[Entry]) -> float:
    """The longest time without a 202 that the fault has a part in."""
    times = [answer["at"] for answer in accepted]
    gaps = (
        later - earlier
        for earlier, later in zip(times, times[1:])
        if later > fault["began"] and earlier < fault["healed"]
    )
    return max(gaps, default=0.0)


def repeated(executions: Iterable[Execution]) -> dict[str, int]:
    """How often more than once an attempt was begun, by task."""
    begun = Counter((execution.id, execution.attempt) for execution in executions if not execution.is_end)
    again: Counter[str] = Counter()
    for (task_id, _), times in begun.items():
        if times > 1:
            again[task_id] += times - 1
    return dict(again)


def _kind(attempt: Entry) -> kinds.Kind:
    if attempt["path"] == "/send":
        return kinds.BY_NAME["sent"]
    return kinds.BY_NAME[attempt["body"]["labels"]["kind"]]


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
