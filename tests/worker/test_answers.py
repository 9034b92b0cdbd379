"""What becomes of each kind of answer (design §4.10)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from echodesk.simulator.faults import FaultKind
from echodesk.simulator.switches import Switches
from echodesk.simulator.wire import SimRequest, SimResponse, json_response
from tests.worker.by_hand import ByHand
from tests.worker.campus import day, echo360_seed
from tests.worker.values import at, external, place_of
from tests.worker.wire import answering
from tests.worker.world import World

Worlds = Callable[..., World]


# ---- reference data -----------------------------------------------------------------------------------------


def test_what_is_missing_is_made_with_its_parents_and_the_request_sent_again(world: Worlds) -> None:
    w = world(seed=echo360_seed(sections=False, rooms=()))
    with w.edit() as cmis:
        cmis.add(1, weeks=(2, 3), lecturer=None)
        cmis.add(2, weeks=(2, 3), room="R2", lecturer=None, module="M1")
    w.settle()
    assert len(w.schedules()) == 4
    directory = w.institution.state.directory
    assert {len(directory.rooms), len(directory.sections)} == {2, 1}
    assert len(directory.courses) == 1
    assert w.notifications(1) == ["SUCCESS"] * 2
    w.assert_equal()


def comes_to_be_known(w: World, email: str) -> None:
    """Somebody makes an account for this address in Echo360."""
    state = w.institution.state
    person = state.directory.user_by_email("ann.lee@example.ac.uk")
    assert person is not None
    state.directory.users.put(msgspec.structs.replace(person, id=state.new_id(), email=email, external_id=None))


def test_a_person_who_is_missing_is_left_out_and_remembered(world: Worlds) -> None:
    w = world()
    w.lesson(1, lecturer="P9", weeks=(2, 3))
    w.settle()
    assert w.schedules()[external(1)].presenter is None
    assert set(w.notifications(1)) == {"WARN"}
    assert "address" in w.message(1)
    w.calls()
    w.change(1, room="R2")
    w.settle()
    assert w.calls() == {"PUT": 2}, "what is known to be missing is not sent again"
    assert w.notifications(1)[2:] == ["WARN"] * 2
    w.assert_equal()


def test_a_person_who_was_found_after_all_gets_the_recordings(world: Worlds) -> None:
    w = world()
    w.lesson(1, lecturer="P9")
    w.settle()
    comes_to_be_known(w, "nobody@example.ac.uk")
    w.loop.forward(25 * 3_600.0)
    w.pass_time(10.0)
    w.settle()
    assert w.schedules()[external(1)].presenter == "nobody@example.ac.uk"
    w.assert_equal()


def test_a_person_who_is_found_while_a_request_without_them_is_on_its_way_stays_found(world: Worlds) -> None:
    """It was begun before, and its answer comes after: it may not say again that nobody knows them."""
    w = world()
    w.settle()
    w.pass_time(58.0 - w.loop.now)

    def without_them(request: SimRequest) -> None:
        slow = request.method == "POST" and b"presenter" not in request.body
        w.wire.latency_s = 3.0 if slow else 0.01
        if slow:
            comes_to_be_known(w, "nobody@example.ac.uk")
            w.sql(
                "INSERT INTO STT_ECHO_MISSING_PERSON (EMAIL, SINCE, CHECKED)"
                " VALUES ('nobody@example.ac.uk', '2030-08-01T00:00:00.000Z', '2030-08-01T00:00:00.000Z')"
            )

    w.wire.on_sent = without_them
    w.lesson(1, lecturer="P9")
    w.until(lambda: external(1) in w.schedules())
    assert w.sql("SELECT * FROM STT_ECHO_MISSING_PERSON") == [], "found before the answer came"
    w.settle()
    assert w.schedules()[external(1)].presenter == "nobody@example.ac.uk"
    assert w.sql("SELECT * FROM STT_ECHO_MISSING_PERSON") == []
    w.assert_equal()


def test_a_room_without_recorder_fails_its_lesson_and_the_rest_of_the_room_waits(world: Worlds) -> None:
    seed = echo360_seed()
    rooms = tuple(msgspec.structs.replace(room, device=room.external_id != "R3") for room in seed.rooms)
    w = world(seed=msgspec.structs.replace(seed, rooms=rooms))
    w.settle()
    w.calls()
    with w.edit() as cmis:
        cmis.add(1, room="R3", weeks=(2,))
        cmis.add(2, room="R1", weeks=(2,))
    w.settle()
    assert w.notifications(1) == ["FAILED"]
    assert w.notifications(2) == ["SUCCESS"]
    w.calls()
    w.lesson(3, room="R3", weeks=tuple(range(2, 12)))
    w.settle()
    assert w.calls() == {}, "the room waits"
    w.loop.forward(3_600.0)
    w.pass_time(5.0)
    w.settle()
    assert w.calls()["POST"] <= 8, "one try an hour, as many as there are connections"
    device = w.institution.state.directory.rooms.by_external("R3")
    assert device is not None
    w.institution.state.directory.rooms.put(msgspec.structs.replace(device, device_id="d-1", device_type="Pod"))
    w.loop.forward(3_600.0)
    w.pass_time(5.0)
    w.settle()
    assert len([one for one in w.schedules().values() if one.room == "R3"]) == 10
    assert w.notifications(1) == ["SUPERSEDED"]
    w.assert_equal()


def test_reference_data_that_vanishes_with_its_lesson_stops_nobody(world: Worlds) -> None:
    """The lesson is taken out of the timetable while its section is looked for."""
    w = world(seed=echo360_seed(sections=False))
    w.lesson(2, room="R2")

    def take_out(request: SimRequest, response: SimResponse | None) -> None:
        if response is not None and b"Section" in response.body and response.status >= 400:
            with w.edit() as cmis:
                cmis.delete("timetable", slotid=1)

    w.wire.on_answered = take_out
    w.lesson(1)
    w.settle()
    assert set(w.schedules()) == {external(2)}
    w.assert_equal()


# ---- what stands, or does not -------------------------------------------------------------------------------


def test_an_external_id_that_exists_is_read_and_put_right(world: Worlds) -> None:
    w = world()
    w.settle()
    ByHand(w).book("R4", day(3), "17:00-18:00", external_id=external(1))
    w.lesson(1)
    w.settle()
    assert place_of(w.schedules(by_hand=True)[external(1)]) == at("R1")
    assert len(w.institution.state.bookings) == 1
    assert w.notifications(1)[-1] in ("SUCCESS", "REFRESHED")
    w.assert_equal()


def test_a_lesson_that_was_out_of_the_timetable_for_a_moment_is_not_taken_for_refused(world: Worlds) -> None:
    w = world(seed=echo360_seed(sections=False))
    w.settle()
    taken_out: list[str] = []

    def before(step: str) -> None:
        if step == "reference facts" and not taken_out:
            taken_out.append(step)
            w.cancel(1)

    w.steps.before = before
    w.lesson(1)
    w.settle()
    assert taken_out
    assert w.schedules() == {}
    w.lesson(1)
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R1")
    w.assert_equal()


def test_a_put_of_what_is_gone_becomes_a_post(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    ByHand(w).remove(external(1))
    w.change(1, room="R2")
    w.settle()
    assert place_of(w.schedules()[external(1)]) == at("R2")
    w.assert_equal()


def test_a_delete_of_what_is_gone_is_done_with_a_note(world: Worlds) -> None:
    w = world()
    w.lesson(1)
    w.settle()
    ByHand(w).remove(external(1))
    w.cancel(1)
    w.settle()
    assert w.notifications(1)[-1] == "WARN"
    assert w.message(1) == "It was already gone from Echo360."
    assert w.entries(1)[-1] == "PROCESSED"


def test_a_delete_that_is_told_that_nothing_is_there_is_checked(world: Worlds) -> None:
    """A server of Echo360 that lags behind answers 404 once; the cancelled lecture must not be recorded."""
    w = world()
    w.lesson(1)
    w.settle()
    w.wire.interfere = answering("DELETE", json_response(404, {"error": "NotFound", "message": "Not found"}), 1)
    w.cancel(1)
    w.settle()
    assert w.schedules() == {}
    w.assert_equal()


def test_an_id_that_is_taken_and_cannot_be_changed_does_not_go_round_in_circles(world: Worlds) -> None:
    """Echo360 says that the id exists, shows it, and does not find it: a stale node behind a balancer."""
    w = world()
    w.settle()
    w.calls()
    ByHand(w).book("R4", day(3), "17:00-18:00", external_id=external(1))
    gone = json_response(404, {"error": "ScheduleNotFound", "message": "Schedule not found"})
    w.wire.interfere = answering("PUT", gone)
    w.lesson(1)
    w.pass_time(60.0)
    assert sum(w.calls().values()) < 60
    w.wire.interfere = lambda request: None
    # Twelve times in an hour is as often as the same request is sent (reliability H1).
    w.loop.forward(3_600.0)
    w.pass_time(5.0)
    w.settle()
    assert place_of(w.schedules(by_hand=True)[external(1)]) == at("R1")


def test_a_hand_over_that_got_no_answer_is_not_called_done(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        cmis.add(1)
        cmis.add(2)
    w.settle()
    w.faults(FaultKind.TIMEOUT_NOT_APPLIED, methods=("PUT",))
    w.cancel(1)
    w.until(lambda: w.sql("SELECT count(*) FROM STT_ECHO_INTENT WHERE GIVEN_UP IS NOT NULL") == [(1,)])
    assert w.notifications(1)[-1] == "UNPROCESSED"
    w.settle()
    assert set(w.schedules()) == {external(2)}
    assert w.notifications(1)[-1] == "REFRESHED"


def test_a_begun_lesson_that_echo360_will_not_remove_is_too_late(world: Worlds) -> None:
    """Echo360's clock is ahead of ours."""
    w = world(switches=Switches(delete_of_begun="refused"))
    w.lesson(1, weeks=(1,), at="12:00-13:00")
    w.settle()
    w.calls()
    in_past = json_response(400, {"error": "Time in past"})
    w.wire.interfere = answering("DELETE", in_past)
    w.cancel(1)
    w.pass_time(60.0)
    assert w.calls().get("DELETE", 0) <= 8
    assert w.notifications(1)[-1] == "TOO_LATE"


def test_time_in_past_is_too_late_and_no_failure(world: Worlds) -> None:
    w = world()
    w.settle()
    w.wire.interfere = answering("POST", json_response(400, {"error": "Time in past"}))
    w.lesson(1)
    w.settle()
    assert w.notifications(1) == ["TOO_LATE"]
    assert w.entries(1) == ["PROCESSED"]
    assert w.calls()["POST"] == 1


@pytest.mark.parametrize("hours", ["07:30-09:00", "08:00-09:00", "08:04-09:00", "08:05-09:00"])
def test_what_has_begun_or_begins_within_the_lead_time_is_not_sent(world: Worlds, hours: str) -> None:
    w = world()
    w.settle()
    w.calls()
    w.lesson(1, weeks=(1,), at=hours)
    w.settle()
    assert w.calls() == {}
    assert w.notifications(1) == ["TOO_LATE"]
    assert w.entries(1) == ["PROCESSED"]


def test_what_stands_and_begins_within_the_lead_time_may_still_be_removed_but_not_changed(world: Worlds) -> None:
    w = world()
    with w.edit() as cmis:
        cmis.add(1, weeks=(1,), at="08:10-09:00")
        cmis.add(2, weeks=(1,), at="08:10-09:00", room="R2")
    w.settle()
    w.loop.forward(6 * 60.0)
    w.pass_time(10.0)
    w.change(1, lecturer="P2")
    w.cancel(2)
    w.settle()
    assert set(w.schedules()) == {external(1, 1)}
    assert w.notifications(1)[-1] == "TOO_LATE"
    assert w.notifications(2)[-1] == "SUCCESS"
