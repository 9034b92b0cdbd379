"""What people ask for in a history, from the words of its script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from echodesk.batches import Apply, CancelPlan, Compare, ContinuePlan, StopPlan, Undo
from echodesk.messages import (
    Allow,
    ChangeSetting,
    Decide,
    Pause,
    Refresh,
    Resume,
    RetryMatching,
    Scope,
    Table,
    TableQuery,
    TryAgain,
    Withdraw,
)
from echodesk.planning.batches import confirmation
from echodesk.planning.values import DecisionKind
from echodesk.worker.control import Asked
from tests.worker.campus import SETID
from tests.worker.virtual_time import UTC_AT_START
from tests.worker.world import World


def asked(stage: World, kind: str, args: dict[str, str | int]) -> Asked:
    """The command that a word of a script stands for."""
    texts = {name: str(value) for name, value in args.items()}
    if kind == "pause":
        until = texts.pop("for_s", "")
        if until:
            at = UTC_AT_START + dt.timedelta(seconds=stage.loop.now + float(until))
            until = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
        return Pause("exams", "ann", Scope(**texts), until)
    if kind == "resume":
        return Resume("ann")
    if kind == "retry":
        return RetryMatching("ann", Table(texts.get("table", "queue")), TableQuery())
    if kind == "refresh":
        return Refresh("ann", texts.get("room", ""), texts.get("date", ""))
    if kind == "set":
        return ChangeSetting("ann", texts["name"], texts["value"], texts.get("room", ""))
    if kind == "decide":
        lessons = tuple(int(slot) for slot in texts["lessons"].split(","))
        winner = lessons[0] if texts["kind"] == DecisionKind.RECORD_ONE else None
        weeks = (int(texts["week"]),) if "week" in texts else ()
        return Decide("ann", "so it is", DecisionKind(texts["kind"]), SETID, lessons, winner, weeks)
    if kind == "withdraw":
        return Withdraw("ann", "no more", (int(args["decision"]),))
    if kind == "allow":
        return Allow("ann", int(args["stop"]), "it is so", int(args["last_item"]))
    if kind == "try_again":
        return TryAgain("ann")
    if kind == "compare":
        return Compare("ann", (texts["room"],) if "room" in texts else (), adopt="adopt" in args)
    if kind in ("apply", "undo", "cancel", "go_on", "stop"):
        return _about_a_plan(stage, kind, args)
    raise ValueError(f"nobody asks for {kind!r}")


def _about_a_plan(stage: World, kind: str, args: Collection[str]) -> Asked:
    """About the last plan for which it can be asked; about none, if there is none. Undo is about one that takes
    nothing back itself, or with `forth` about one that does; `without` applies a plan without its last step."""
    states = {
        "apply": ["READY"],
        "undo": ["DONE", "CANCELLED"],
        "cancel": ["READY", "RUNNING"],
        "stop": ["RUNNING"],
    }
    wanted = states.get(kind, ["STOPPED"])
    newest = stage.look(lambda books: books.batches.newest(20))
    forth = "forth" in args
    number = next(
        (
            one.id
            for one in newest
            if one.state in wanted and (kind != "undo" or (one.undoes is not None) is forth)
        ),
        0,
    )
    if kind == "apply":
        steps = [step for step, _state, _said in stage.look(lambda books: books.batches.steps(number))]
        some = "without" in args and len({step.piece for step in steps}) > 1
        typed = confirmation(stage.look(lambda books: books.batches.summary(number)))
        return Apply("ann", number, (steps[-1].number,) if some else (), typed)
    if kind == "undo":
        return Undo("ann", number)
    if kind == "stop":
        return StopPlan("ann", number, "somebody called")
    return CancelPlan("ann", number) if kind == "cancel" else ContinuePlan("ann", number)
