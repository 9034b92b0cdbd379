"""`database connect`: a data folder names a database on a server, which all commands open, without a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from echodesk.paths import DATABASE
from echodesk.store.connection import CONNECTION_FILE
from tests.cli.conftest import Run
from tests.guards import ExpectedLogs

ORACLE = "oracle+oracledb://ann@db.example.ac.uk:1521/?service_name=timetable"
URL = "postgresql+psycopg://ann@db.example.ac.uk:5432/timetable"


def test_it_is_kept_and_shown(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    assert run("database", "connect", "--data", folder, "--json").json == {
        "url": None,
        "schema": None,
        "cmis_schema": None,
        "changed": False,
        "warning": "",
    }
    words = ("--url", URL, "--schema", "EchoDesk", "--cmis-schema", "cmis_live", "--data", folder, "--json")
    kept = {"url": URL, "schema": "echodesk", "cmis_schema": "cmis_live"}
    first = run("database", "connect", *words).json
    assert (first["changed"], kept.items() <= first.items()) == (True, True)
    assert run("database", "connect", *words).json == {**first, "changed": False}
    assert run("database", "connect", "--data", folder, "--json").json == {**first, "changed": False}
    assert [one.name for one in folder.iterdir()] == [CONNECTION_FILE]
    assert (folder / CONNECTION_FILE).stat().st_mode & 0o777 == 0o600


def test_the_driver_need_not_be_named(run: Run, tmp_path: Path) -> None:
    said = run("database", "connect", "--url", URL.replace("+psycopg", ""), "--data", tmp_path, "--json")
    assert said.json["url"] == URL


def test_an_oracle_is_kept_with_its_schemas_in_capitals(run: Run, tmp_path: Path) -> None:
    said = run("database", "connect", "--url", ORACLE.replace("+oracledb", ""), "--data", tmp_path, "--json").json
    assert (said["url"], said["schema"], said["cmis_schema"]) == (ORACLE, "ECHODESK", "CMIS_OWNER")
    words = ("--url", ORACLE, "--schema", "echo_1", "--cmis-schema", "Live$", "--data", tmp_path, "--json")
    said = run("database", "connect", *words).json
    assert (said["schema"], said["cmis_schema"]) == ("ECHO_1", "LIVE$")


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        (URL, "add sslmode=verify-full"),
        (f"{URL}?sslmode=prefer", "add sslmode=verify-full"),
        (f"{URL}?sslmode=require", ""),
        (f"{URL}?sslmode=verify-full", ""),
        (f"{URL}?gssencmode=require", ""),
        (URL.replace("db.example.ac.uk", "127.0.0.1"), ""),
        (URL.replace("db.example.ac.uk", "localhost"), ""),
        ("postgresql+psycopg://ann@/timetable?host=/run/postgresql", ""),
        ("postgresql+psycopg://ann@/timetable?host=/run/postgresql&host=db.example.ac.uk", "sslmode"),
        (ORACLE, "add protocol=tcps"),
        (f"{ORACLE}&protocol=tcp", "add protocol=tcps"),
        (f"{ORACLE}&protocol=tcps", ""),
        (ORACLE.replace("db.example.ac.uk", "[::1]"), ""),
    ],
)
def test_a_way_that_may_not_be_encrypted_is_warned_of(run: Run, tmp_path: Path, url: str, advice: str) -> None:
    words = ("database", "connect", "--url", url, "--data", tmp_path)
    warning = run(*words, "--json").json["warning"]
    assert (advice in warning, bool(warning)) == (True, bool(advice))
    assert warning in run(*words).out


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("--url", URL.replace("ann@", "ann:sesame-77@")), "The address holds a password"),
        (("--url", URL.replace("ann@", "ann:@")), "The address holds a password"),
        (("--url", f"{URL}?password=sesame-77"), "This is no address of a database"),
        (("--url", f"{URL}?options=-csearch_path%3Dothers"), "This is no address of a database"),
        (("--url", "sesame-77"), "This is no address of a database"),
        (("--url", "postgresql+psycopg://ann@host:sesame-77/x"), "This is no address of a database"),
        (("--url", "postgresql+psycopg://ann@host"), "This is no address of a database"),
        (("--url", ORACLE.replace("ann@", "ann:sesame-77@")), "The address holds a password"),
        (("--url", f"{ORACLE}&wallet_password=sesame-77"), "This is no address of a database"),
        (("--url", f"{ORACLE}&ssl_server_dn_match=off"), "This is no address of a database"),
        (("--url", f"{ORACLE}&protocol=http"), "This is no address of a database"),
        (("--url", f"{ORACLE}&service_name=other"), "This is no address of a database"),
        (("--url", "oracle+oracledb://ann@host/x"), "This is no address of a database"),
        (("--url", "oracle+oracledb://ann@host"), "This is no address of a database"),
        (("--url", "oracle+oracledb://?service_name=x"), "This is no address of a database"),
        (("--url", "oracle+cx_oracle://ann@host/?service_name=x"), "This database cannot be opened"),
        (("--url", ORACLE, "--schema", "1A"), "This is no name of a schema"),
        (("--url", ORACLE, "--cmis-schema", "A;DROP USER X"), "This is no name of a schema"),
        (("--url", ORACLE, "--cmis-schema", "A" * 129), "This is no name of a schema"),
        (("--url", "sqlite:///x"), "This database cannot be opened"),
        (("--url", "postgresql+asyncpg://ann@host/x"), "This database cannot be opened"),
        (("--url", URL, "--schema", "a,b"), "This is no name of a schema"),
        (("--url", URL, "--schema", "a b"), "This is no name of a schema"),
        (("--url", URL, "--schema", 'a"b'), "This is no name of a schema"),
        (("--url", URL, "--schema", "pg_temp"), "This is no name of a schema"),
        (("--url", URL, "--cmis-schema", "1a"), "This is no name of a schema"),
        (("--url", URL, "--cmis-schema", "x" * 64), "This is no name of a schema"),
        (("--url", URL, "--cmis-schema", ""), "This is no name of a schema"),
        (("--url", URL, "--cmis-schema", "ünits"), "This is no name of a schema"),
        (("--schema", "elsewhere"), "Which database?"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, words: tuple[str, ...], title: str
) -> None:
    folder = tmp_path / "office"
    said = run("database", "connect", *words, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, title)
    assert "sesame" not in said.out + said.err
    assert not folder.exists()


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"{}",
        b'{"url": "x", "schema": "a", "cmis_schema": "b", "password": "sesame-77"}',
        b'{"url": "postgresql://ann:sesame-77@host/x", "schema": "a", "cmis_schema": "b"}',
        b'{"url": "postgresql://ann@host/x", "schema": "a; DROP SCHEMA x", "cmis_schema": "b"}',
    ],
)
def test_a_file_that_cannot_be_meant_opens_nothing(run: Run, tmp_path: Path, written: bytes) -> None:
    (tmp_path / CONNECTION_FILE).write_bytes(written)
    said = run("status", "--data", tmp_path, "--json")
    assert said.code == 2
    assert "sesame" not in said.out
    assert [one.name for one in tmp_path.iterdir()] == [CONNECTION_FILE]


def test_a_folder_with_a_database_of_its_own_keeps_it(run: Run, folder: Path, tmp_path: Path) -> None:
    said = run("database", "connect", "--url", URL, "--data", folder, "--json")
    assert (said.code, said.error["title"]) == (2, "This data folder has a database of its own")
    run("database", "install", "--data", tmp_path / "own")
    said = run("database", "connect", "--url", URL, "--data", tmp_path / "own", "--json")
    assert (said.code, said.error["title"]) == (2, "This data folder has a database of its own")
    assert not (folder / CONNECTION_FILE).exists()


def test_a_demonstration_is_never_made_in_an_office_s_database(
    run: Run, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("echodesk.commands.answers", "asks for encryption")
    run("database", "connect", "--url", URL, "--data", tmp_path)
    said = run("demo", "--headless", "--data", tmp_path, "--json")
    assert (said.code, said.error["title"]) == (2, "This data folder is an office's")
    assert not (tmp_path / DATABASE).exists()
