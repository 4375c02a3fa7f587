"""The MCP server: every tool end to end, by the client of the SDK."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from builders.repositories import committed_whole_pilot
from builders.workspaces import Run
from gatekeeper.cli import assistant_tools
from gatekeeper.cli.assistant_tools import bounded, server

Found = TypeVar("Found")
AS_OF = "2026-11-20"
TOOLS = {"check", "explain", "next", "diff", "facts", "validate", "wire"}


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committed_whole_pilot(tmp_path_factory.mktemp("pilot"))


def told(root: Path, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return the document of a tool; its text if it refuses."""

    async def call(client: Client) -> dict[str, Any]:
        result = await client.call_tool(tool, arguments)
        text = result.content[0].text  # type: ignore[union-attr]
        if result.is_error:
            return {"refused": text}
        assert json.loads(text) == result.structured_content
        found: dict[str, Any] = json.loads(text)
        return found

    return in_memory(root, call)


def in_memory(root: Path, asked: Callable[[Client], Awaitable[Found]]) -> Found:
    async def ask() -> Found:
        async with Client(server(root)) as client:
            return await asked(client)

    return asyncio.run(ask())


def test_every_tool_only_reads_and_says_what_it_does(pilot: Path) -> None:
    async def listed(client: Client) -> list[Any]:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in in_memory(pilot, listed)}
    assert tools.keys() == TOOLS
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert not tool.annotations.destructive_hint
        assert tool.description
        assert all("description" in of for of in tool.input_schema.get("properties", {}).values())


def test_check_says_what_is_open_where_and_what_to_do_first(pilot: Path, run: Run) -> None:
    found = told(pilot, "check", milestone="M1", as_of=AS_OF)
    assert (found["verdict"], found["exit_code"]) == ("blocked", 1)
    whole = json.loads(run("-C", pilot, "check", "-m", "M1", "--as-of", AS_OF, "-f", "json").out)
    assert found["blocked_by"] == whole["blocked_by"]
    assert [action["id"] for action in found["actions"]] == [action["id"] for action in whole["actions"]]
    orders = next(of for of in found["services"] if of["service"] == "orders-service")
    assert orders["open"]["G1.coverage"] == "fail"
    one = told(pilot, "check", milestone="M1", services=["orders-service"], as_of=AS_OF)
    assert [of["service"] for of in one["services"]] == ["orders-service"]


def test_explain_and_next_are_the_documents_of_the_commands(pilot: Path) -> None:
    coverage = told(pilot, "explain", criterion="G1.coverage", service="orders-service", as_of=AS_OF)
    assert "95 %" in json.dumps(coverage)
    assert told(pilot, "next", milestone="M1", owners=["team-orders"], as_of=AS_OF)["actions"]


def test_a_change_is_compared_with_a_revision(pilot: Path) -> None:
    assert told(pilot, "diff", base="HEAD")["changes"] == []
    assert "comparison" in told(pilot, "check", milestone="M1", base="HEAD", as_of=AS_OF)


def test_facts_validate_and_wire_only_propose(pilot: Path) -> None:
    before = {file: file.read_bytes() for file in pilot.rglob("*.yaml")}
    assert told(pilot, "validate")["errors"] == []
    coverage = next(pilot.rglob("lcov.info")).relative_to(pilot.parents[1])
    assert "lines_pct" in json.dumps(told(pilot, "facts", path=str(coverage)))
    assert told(pilot, "wire", service="orders-service")["service"] == "orders-service"
    assert {file: file.read_bytes() for file in pilot.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("check", {"milestone": "M9"}, "unknown milestone"),
        ("check", {"milestone": "--output=json=x"}, "unknown milestone"),
        ("explain", {"criterion": "--help"}, "unknown criterion"),
        ("facts", {"path": "/etc/passwd"}, "outside of the repository"),
        ("facts", {"path": "../secret.json"}, "outside of the repository"),
        ("facts", {"path": "a\0b"}, "is not a path"),
        ("wire", {"service": "orders-service", "folder": "../.."}, "outside of the repository"),
        ("wire", {"service": "--yes"}, "unknown service"),
        ("diff", {"base": "../elsewhere"}, "not the name of a Git revision"),
        ("diff", {"base": "--help"}, "not the name of a Git revision"),
        ("diff", {"base": "HEAD", "head": "/etc"}, "not the name of a Git revision"),
        ("check", {"base": "./folder"}, "not the name of a Git revision"),
    ],
)
def test_what_a_tool_cannot_do_is_said_and_leaves_nothing(
    pilot: Path, tool: str, arguments: dict[str, Any], words: str
) -> None:
    refused = told(pilot, tool, **arguments)["refused"]
    assert words in refused
    assert len(refused.splitlines()) == 1
    assert not (pilot / "x").exists()


def test_facts_follows_no_link_out_of_the_repository(pilot: Path, tmp_path: Path) -> None:
    (tmp_path / "lcov.info").write_text("SF:secret.ts\nDA:1,1\nend_of_record\n")
    folder = pilot.parents[1] / "linked"
    folder.mkdir()
    (folder / "lcov.info").symlink_to(tmp_path / "lcov.info")
    for path in ("linked", "linked/*.info"):
        found = told(pilot, "facts", path=path)
        assert (found["status"], found["facts"]) == ("unreadable", {})
        assert "secret" not in json.dumps(found)


def test_the_rulebook_and_the_plan_are_resources(pilot: Path) -> None:
    async def read(client: Client) -> list[Any]:
        uris = ("gatekeeper://rulebook", "gatekeeper://plan")
        return [json.loads((await client.read_resource(uri)).contents[0].text) for uri in uris]  # type: ignore[union-attr]

    rulebook, plan = in_memory(pilot, read)
    assert "coverage" in rulebook["criteria"]["G1.coverage"]["requires"][0]
    assert plan


def test_a_long_document_is_cut_and_says_by_how_much() -> None:
    found = bounded({"few": [1, 2], "deep": {"many": ["x" * 50] * 100}}, most=1000)
    assert found["few"] == [1, 2]
    assert len(found["deep"]["many"]) + found["omitted"]["deep.many"] == 100
    assert len(json.dumps(found, indent=2)) <= 1000
    assert "narrow it" in bounded({"text": "x" * 2000}, most=1000)["omitted"]


@pytest.mark.long
def test_the_program_serves_on_standard_input_and_output(pilot: Path) -> None:
    started = StdioServerParameters(
        command=sys.executable, args=["-m", "gatekeeper", "-C", str(pilot), "mcp"], env={**os.environ}
    )

    async def ask() -> Any:
        async with Client(stdio_client(started)) as client:
            return await client.call_tool("check", {"milestone": "M1", "as_of": AS_OF})

    assert asyncio.run(ask()).structured_content["verdict"] == "blocked"


def test_without_the_sdk_the_command_says_how_to_install_it(
    run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, assistant_tools.__name__)
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    ran = run("-C", pilot, "mcp")
    assert (ran.code, "pip install 'readiness-gatekeeper[mcp]'" in ran.err) == (2, True)
