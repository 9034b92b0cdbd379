"""What the worker's state means to staff: banners, the line at the bottom, who is sending. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from echodesk.desk import formats, words
from echodesk.desk.campus import CampusTime
from echodesk.desk.words import Tone
from echodesk.messages import EngineState, Overview, PauseShown, Phase, Scope, StopShown

SHOWN_PAUSES = 3


@dataclass(frozen=True, slots=True)
class Banner:
    """A strip above the page. `act` is what its button does: '' none, 'try_again', 'resume', 'restart', 'stop'."""

    tone: Tone
    title: str
    text: str
    act: str = ""
    button: str = ""
    pauses: tuple[int, ...] = ()
    stop: int = 0
    """The safety stop that 'stop' is about."""


def scope_text(scope: Scope) -> str:
    """`everything`, `room 2950203 on Tue 24 Nov 2026`, `building Main, Mon … to Fri …`."""
    if scope.plan:
        place = f"what plan {scope.plan} is about"
    elif scope.room:
        place = f"room {scope.room}"
    elif scope.building:
        place = f"building {scope.building}"
    else:
        place = "everything"
    if not scope.first and not scope.last:
        return place
    if scope.first == scope.last:
        return f"{place} on {formats.date(scope.first)}"
    if not scope.last:
        return f"{place} from {formats.date(scope.first)}"
    if not scope.first:
        return f"{place} until {formats.date(scope.last)}"
    return f"{place} from {formats.date(scope.first)} to {formats.date(scope.last)}"


def pause_text(pause: PauseShown, campus: CampusTime) -> str:
    """`“maintenance” — Ann, since …, until …`."""
    today = campus.now()[:10]
    since = formats.moment(campus.to_local(pause.created), today)
    until = (
        f"until {formats.moment(campus.to_local(pause.until), today)}" if pause.until else "until someone resumes"
    )
    return f"“{pause.reason}”. Paused by {pause.owner or 'someone'} ({since}), {until}."


def waiting_text(overview: Overview | None) -> str:
    """`1,204 changes wait, 12 of them for lessons of today and tomorrow.`, '' while nobody knows."""
    if overview is None:
        return ""
    if not overview.pending:
        return "No change waits."
    waits = "change waits" if overview.pending == 1 else "changes wait"
    soon = f", {formats.number(overview.pending_soon)} of them for lessons of today and tomorrow"
    return f"{formats.number(overview.pending)} {waits}{soon if overview.pending_soon else ''}."


def leaving_text(overview: Overview | None) -> str:
    """What it means to close the window that is sending."""
    return (
        "This PC is sending. If EchoDesk is open on another one, that takes over within seconds. If it is not, "
        "nothing reaches Echo360 until somebody opens it.\n\n" + waiting_text(overview)
    ).strip()


def nobody_sends(state: EngineState) -> bool:
    """True if it is known that no EchoDesk is sending."""
    unknown = state.phase in (Phase.STARTING, Phase.STOPPING, Phase.DATABASE_LOST)
    return not state.holder and not state.mine and not unknown


def banners(state: EngineState, campus: CampusTime, overview: Overview | None = None) -> tuple[Banner, ...]:
    """All that stands in the way of sending, the worst first."""
    stops: Sequence[StopShown] = overview.stops if overview is not None else ()
    found: list[Banner] = []
    if state.phase is Phase.DATABASE_LOST or state.database:
        found.append(
            Banner(
                Tone.BAD,
                "The timetable database cannot be reached",
                f"{state.database or 'Nothing can be read or written.'} "
                "What is on screen may be old. EchoDesk tries again by itself.",
            )
        )
    if state.phase is Phase.STOPPED_BY_ECHO360:
        found.append(
            Banner(
                Tone.BAD,
                "Echo360 does not let EchoDesk in",
                f"{state.echo360} Nothing is sent until someone has put this right.".strip(),
                "try_again",
                "Try again",
            )
        )
    elif state.phase is Phase.WAITING or state.echo360:
        found.append(
            Banner(
                Tone.NOTE,
                "Waiting for Echo360",
                f"{state.echo360 or 'Echo360 asked to wait.'} Nothing is lost; sending goes on by itself.",
                "try_again",
                "Try now",
            )
        )
    if nobody_sends(state):
        way_out = (
            "Here you may only look: start EchoDesk on the office's sending PC."
            if state.phase is Phase.LOOKING
            else "This one takes over within half a minute if it may; otherwise start EchoDesk on the office's "
            "sending PC."
        )
        text = f"No EchoDesk is sending to Echo360 at the moment. {waiting_text(overview)} {way_out}"
        found.append(Banner(Tone.BAD, "Nobody is sending", text))
    found.extend(_stop_banner(stop) for stop in stops if stop.waits)
    if state.clock:
        found.append(Banner(Tone.NOTE, "This computer's clock is wrong", state.clock))
    found.extend(
        Banner(
            Tone.NOTE,
            f"Paused: {scope_text(pause.scope)}",
            pause_text(pause, campus),
            "resume",
            "Resume",
            (pause.key,),
        )
        for pause in state.pauses[:SHOWN_PAUSES]
    )
    more = state.pauses[SHOWN_PAUSES:]
    if more:
        found.append(
            Banner(
                Tone.NOTE,
                f"And {formats.counted(len(more), 'more pause')}",
                "; ".join(scope_text(pause.scope) for pause in more[:6]) + (" …" if len(more) > 6 else ""),
                "resume",
                "Resume these",
                tuple(pause.key for pause in more),
            )
        )
    return tuple(found)


def _stop_banner(stop: StopShown) -> Banner:
    return Banner(
        Tone.BAD,
        f"Safety stop: {stop.headline}",
        f"{stop.reason} {stop.next_step}",
        "stop",
        "Look and decide…",
        stop=stop.key,
    )


def sender_text(state: EngineState, campus: CampusTime) -> tuple[str, Tone]:
    """Who is sending and since when, or for how long it has not been heard of."""
    who = "This PC" if state.mine else state.holder
    if state.silent_s and not state.mine:
        return (f"{who} is sending, but was not heard of for {state.silent_s} seconds", Tone.WAIT)
    if who:
        since = formats.moment(campus.to_local(state.since), campus.now()[:10]) if state.since else ""
        text = f"{who} is sending, since {since}" if since else f"{who} is sending"
        return (text, Tone.GOOD if state.mine else Tone.QUIET)
    if state.phase is Phase.STARTING:
        return ("Starting", Tone.BUSY)
    return ("Nobody is sending", Tone.BAD)


def phase_text(state: EngineState) -> tuple[str, Tone]:
    """What the worker is doing, in words."""
    if state.phase is Phase.FOLLOWING and state.holder:
        return (f"Watching: {state.holder} is sending", Tone.QUIET)
    return (words.phase(state.phase), words.phase_tone(state.phase))


def health(state: EngineState) -> tuple[tuple[str, str, Tone], ...]:
    """(side, what is said, tone) of both sides."""
    database = state.database or ("Cannot be reached" if state.phase is Phase.DATABASE_LOST else "")
    echo360 = state.echo360 or ("Does not let us in" if state.phase is Phase.STOPPED_BY_ECHO360 else "")
    starting = state.phase is Phase.STARTING
    return (
        ("Timetable database", database or "Fine", Tone.BAD if database else Tone.GOOD),
        (
            "Echo360",
            echo360 or ("Not tried yet" if starting else "Fine"),
            Tone.BAD if echo360 else Tone.WAIT if starting else Tone.GOOD,
        ),
    )
