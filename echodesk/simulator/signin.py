"""`POST /oauth2/access_token` and the tokens it gives out (API facts §2)."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl

import msgspec

from echodesk.simulator.state import State, resource_not_found
from echodesk.simulator.wire import Refusal, SimRequest, SimResponse, json_response

TOKEN_PATH = "/oauth2/access_token"


class SignIn:
    """Both grants. Refresh tokens never expire and work once; access tokens expire."""

    def __init__(self, state: State, client_id: str, client_secret: str, token_life_s: int) -> None:
        self._state = state
        self._client_id = client_id
        self._client_secret = client_secret
        self.token_life_s = token_life_s
        self._expires: dict[str, float] = {}
        self._refresh_tokens: set[str] = set()

    def handle(self, request: SimRequest) -> SimResponse:
        """Answers a request at the token endpoint; parameters may stand in the form body or in the query."""
        if request.method != "POST":
            raise resource_not_found()
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        parameters = request.parameters() | form
        switches = self._state.switches
        grant = parameters.get("grant_type")
        if not _same(parameters.get("client_id"), self._client_id):
            return _oauth_error(switches.bad_client_status, "invalid_client")
        if grant == "client_credentials":
            if not _same(parameters.get("client_secret"), self._client_secret):
                return _oauth_error(switches.bad_client_status, "invalid_client")
        elif grant == "refresh_token":
            token = parameters.get("refresh_token", "")
            if token not in self._refresh_tokens:
                return _oauth_error(switches.bad_refresh_token_status, "invalid_grant")
            self._refresh_tokens.discard(token)
        else:
            return _oauth_error(400, "unsupported_grant_type")
        return self._issue()

    def check(self, request: SimRequest) -> None:
        """Refuses a request whose access token is missing, unknown or expired."""
        expires = self._expires.get(presented_token(request))
        if expires is None or expires <= self._state.monotonic():
            status = self._state.switches.expired_token_status
            raise Refusal(
                json_response(
                    status,
                    {"error": "Unauthorized", "message": "Access token is invalid or has expired"},
                    (("www-authenticate", "Bearer"),) if status == 401 else (),
                )
            )

    def revoke(self, request: SimRequest) -> None:
        """Makes the access token of this request expire now."""
        self._expires.pop(presented_token(request), None)

    def _issue(self) -> SimResponse:
        now = self._state.monotonic()
        self._expires = {token: expires for token, expires in self._expires.items() if expires > now}
        access, refresh = (f"{self._state.rng.getrandbits(256):064x}" for _ in range(2))
        self._expires[access] = now + self.token_life_s
        self._refresh_tokens.add(refresh)
        return json_response(
            200,
            {
                "token_type": "Bearer",
                "access_token": access,
                "expires_in": self.token_life_s,
                "refresh_token": refresh,
            },
        )


def presented_token(request: SimRequest) -> str:
    """The access token of a request: header, query or JSON body member, or an empty string."""
    authorization = request.headers.get("authorization", "")
    if authorization[:7].lower() == "bearer ":
        return authorization[7:].strip()
    token = request.parameters().get("access_token")
    if token is not None:
        return token
    return _body_token(request.body) if request.method in ("POST", "PUT") else ""


def _body_token(body: bytes) -> str:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return ""
    token = value.get("access_token") if isinstance(value, dict) else None
    return token if isinstance(token, str) else ""


def _same(given: str | None, wanted: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), wanted.encode())


def _oauth_error(status: int, code: str) -> SimResponse:
    return json_response(status, {"error": code})
