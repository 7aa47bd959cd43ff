"""What a run has shown, as a person reads it."""

from collections import Counter
from statistics import median

from . import checks
from .warren import Footprint

SHOWN = 20


def print_report(record: checks.Record, before: dict[str, Footprint], after: dict[str, Footprint]) -> None:
    _print_counts(record)
    _print_faults(record)
    for name, now in after.items():
        then = before[name]
        print(f"  {name:<12} threads {then.threads} -> {now.threads}, descriptors {then.descriptors} -> {now.descriptors}")


def _print_counts(record: checks.Record) -> None:
    statuses = Counter(answer["status"] or "no answer" for answer in record.answers)
    states = Counter(task["state"] for task in record.tasks)
    accepted = {answer["id"] for answer in record.accepted()}
    again = checks.repeated(record.executions)
    late = sorted(checks.lateness(task, record.faults) for task in record.tasks if task.get("endedAt"))
    print(f"attempts   {len(record.attempts)}, answered {_listed(statuses)}")
    print(f"ledger     {len(record.tasks)} tasks: {_listed(states)}")
    print(f"unanswered {sum(task['id'] not in accepted for task in record.tasks)} of them got no 202, and ended all the same")
    print(f"executed   {sum(not e.is_end for e in record.executions)} attempts of chaos tasks, {sum(record.done.values())} done by the logs")
    print(f"repeated   {sum(again.values())} attempts of {len(again)} tasks, at most {max(again.values(), default=0)} times more")
    print(f"looked at  {len(record.seen)} times at what had ended: the same at the end")
    if late:
        print(f"took       beside delays and faults p50 {median(late):.2f} s, p99 {late[int(len(late) * 0.99)]:.2f} s, max {late[-1]:.2f} s")


def _print_faults(record: checks.Record) -> None:
    accepted = sorted(record.accepted(), key=lambda answer: answer["at"])
    recoveries = []
    for fault in record.faults:
        seconds = checks.recovery(fault, accepted)
        recoveries.append(float("inf") if seconds is None else seconds)
        print(
            f"  {fault['fault']:<7} {fault['name']:<11} {fault['healing'] - fault['began']:5.1f} s,"
            f" healed in {fault['healed'] - fault['healing']:4.1f} s, no 202 for {checks.unavailability(fault, accepted):5.1f} s,"
            f" first 202 {recoveries[-1]:.2f} s after the heal"
        )
    if recoveries:
        print(f"recovery   p50 {median(recoveries):.2f} s, max {max(recoveries):.2f} s")


def print_violations(violations: list[str]) -> None:
    for violation in violations[:SHOWN]:
        print(f"VIOLATED   {violation}")
    if len(violations) > SHOWN:
        print(f"           and {len(violations) - SHOWN} more: {_listed(Counter(v.split()[0] for v in violations))}")


def _listed(counts: Counter) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())
