"""Another Echo360, written from its documentation alone: a small server that shares no code with ours.

Ids are numbers, pages hold 100 rows at most and are chained by offset, refusals are worded and shaped otherwise
than the simulator's, and there is no side door.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from echodesk.simulator.process import Address

Row = dict[str, Any]
PLURALS = (
    "organizations",
    "departments",
    "courses",
    "terms",
    "sections",
    "campuses",
    "buildings",
    "rooms",
    "users",
)
PAGE = 100


class Refused(Exception):
    """A refusal: status and free text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class StandIn:
    """The server in a thread of this process; a context. Looked into once it has been used."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in PLURALS}
        self.schedules: dict[str, Row] = {}
        self.clashes = 0
        self.strange: list[str] = []
        """Requests that the documentation does not know."""
        self._lock = threading.Lock()
        self._last = 1_000_000
        stand_in = self

        class Handler(_Handler):
            server_of = stand_in

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.address = Address(
            f"http://127.0.0.1:{self._server.server_address[1]}", "another-id", "another-secret"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        """One request, one at a time."""
        with self._lock:
            try:
                return self._answer(method, target, body)
            except Refused as refused:
                return refused.status, {"error": refused.text}

    def _answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        parts = urlsplit(target)
        segments = [unquote(part) for part in parts.path.strip("/").split("/")]
        if segments[:2] != ["public", "api"] or len(segments) not in (4, 5):
            self.strange.append(f"{method} {target}")
            raise Refused(404, "Resource not found")
        version, name = segments[2:4]
        key = segments[4] if len(segments) == 5 else None
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if (version, name) == ("v2", "schedules"):
            table, make = self.schedules, self._schedule
        elif version == "v1" and name in self.tables:
            table, make = self.tables[name], self._thing
        else:
            self.strange.append(f"{method} {target}")
            raise Refused(404, "Resource not found")
        if method == "GET" and key is None:
            return 200, self._listing(table, parts.path, query)
        if method == "POST" and key is None:
            row = make(json.loads(body), None)
            if any(
                row.get("externalId") == one.get("externalId") for one in table.values() if "externalId" in row
            ):
                raise Refused(409, "A resource with this external ID already exists")
            table[row["id"]] = row
            return 201, row
        held = next((one for one in table.values() if key in (one["id"], one.get("externalId"))), None)
        if held is None:
            raise Refused(404, "Resource not found")
        if method == "GET":
            return 200, held
        if method == "PUT":
            table[held["id"]] = make(json.loads(body), held)
            return 200, table[held["id"]]
        del table[held["id"]]
        return 200, {"message": "deleted"}

    def _listing(self, table: dict[str, Row], path: str, query: dict[str, str]) -> Row:
        limit = min(int(query.get("limit", PAGE)), PAGE)
        start = int(query.get("page", 0))
        wanted = {name: value for name, value in query.items() if name not in ("limit", "page")}
        rows = [row for row in table.values() if self._fits(row, wanted)]
        page: Row = {"data": rows[start : start + limit], "has_more": start + limit < len(rows)}
        if page["has_more"]:
            rest = "".join(f"&{name}={value}" for name, value in wanted.items())
            page["next"] = f"{path}?page={start + limit}&limit={limit}{rest}"
        return page

    def _fits(self, row: Row, wanted: dict[str, str]) -> bool:
        flat = {**row, "room": row.get("venue", {}).get("roomId")}
        return all(str(flat.get(name)) == value for name, value in wanted.items())

    def _thing(self, body: Row, held: Row | None) -> Row:
        row = {**body, "id": held["id"] if held else self._id()}
        for member, plural in (
            ("campusId", "campuses"),
            ("buildingId", "buildings"),
            ("courseId", "courses"),
            ("termId", "terms"),
            ("departmentId", "departments"),
            ("organizationId", "organizations"),
        ):
            if member in row and row[member] not in self.tables[plural]:
                raise Refused(400, f"{member} does not exist")
        return row

    def _schedule(self, body: Row, held: Row | None) -> Row:
        room = self._find("rooms", body["venue"], ("roomId", "roomExternalId"), "The room does not exist")
        sections = [
            self._find("sections", one, ("sectionId", "sectionExternalId"), "Unknown: a section was not found")
            for one in body.get("sections", ())
        ]
        presenter = body.get("presenter", {}).get("userEmail")
        if presenter and not any(one.get("email") == presenter for one in self.tables["users"].values()):
            raise Refused(400, "The presenter does not exist")
        row = {
            **{name: value for name, value in body.items() if name not in ("venue", "sections")},
            "id": held["id"] if held else self._id(),
            "venue": {"roomId": room["id"], "roomName": room["name"]},
            "sections": [{"sectionId": one["id"], "sectionNumber": one["sectionNumber"]} for one in sections],
            "guests": None,
        }
        for one in self.schedules.values():
            if (
                one["id"] != row["id"]
                and (one["venue"]["roomId"], one["startDate"]) == (room["id"], row["startDate"])
                and one["startTime"] < row["endTime"]
                and row["startTime"] < one["endTime"]
            ):
                self.clashes += 1
                raise Refused(409, "Venue / Time slot is ALREADY TAKEN")
        return row

    def _find(self, table: str, body: Row, members: tuple[str, str], text: str) -> Row:
        for row in self.tables[table].values():
            if body.get(members[0]) == row["id"] or (
                members[1] in body and body[members[1]] == row.get("externalId")
            ):
                return row
        raise Refused(400, text)

    def _id(self) -> str:
        self._last += 7
        return str(self._last)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: StandIn
    # Headers and body go out as two writes otherwise, and the second waits for the first to be confirmed.
    wbufsize = -1

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path == "/oauth2/access_token":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            good = form.get("client_secret") == "another-secret"
            self._send(
                *((200, {"access_token": "opaque", "expires_in": 3600}) if good else (401, {"error": "no"}))
            )
        elif self.headers.get("authorization") != "Bearer opaque":
            self._send(401, {"error": "Unauthorized"})
        else:
            self._send(*self.server_of.answer(self.command, self.path, body))

    def _send(self, status: int, document: object) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written to the test's output."""
