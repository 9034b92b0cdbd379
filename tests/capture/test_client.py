"""Creating, changing, removing and reading one schedule."""

from __future__ import annotations

import asyncio

import httpx

from echodesk.planning.answers import Done
from tests.capture.world import SCHEDULES, Server, booking, client, row, standing


def test_a_new_schedule_is_posted_and_what_the_answer_shows_stands() -> None:
    server = Server()
    server.routes["POST", SCHEDULES] = httpx.Response(201, json=row())
    reply = asyncio.run(client(server).create(booking()))
    assert reply.answer == Done(
        standing(
            rest='{"shouldCaption":false,"shouldStreamLive":false,"shouldRecurCapture":false,"captureQuality":"High"}'
        )
    )
    assert server.bodies() == [
        {
            "name": "COMP101 LC01 Computing",
            "startDate": "2026-03-09",
            "startTime": "09:00",
            "endTime": "10:00",
            "externalId": "617747-1-2025-26",
            "venue": {"roomExternalId": "S101"},
            "presenter": {"userEmail": "ada.byron@example.ac.uk"},
            "input1": "display",
            "input2": "video",
            "sections": [{"sectionExternalId": "COMP101_LC01"}],
            "captureQuality": "High",
        }
    ]
