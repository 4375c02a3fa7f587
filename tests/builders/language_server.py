"""The language server of YAML, which editors run, over standard input and output.

The protocol: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/.
"""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from builders.oracles import needed

_PATIENCE_S = 60


class LanguageServer:
    """A client of the server with one open file at a time."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self._stdin, self._stdout = stdin, stdout
        self._last = 0
        self._diagnostics: dict[str, Any] = {}

    def start(self, root: Path) -> None:
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self._send({"method": "initialized", "params": {}})

    def diagnostics(self, file: Path, text: str) -> list[Any]:
        """Open a file with a text, and return the mistakes in it."""
        uri = file.as_uri()
        self._diagnostics.pop(uri, None)
        self._last += 1
        document = {"uri": uri, "languageId": "yaml", "version": self._last, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while uri not in self._diagnostics:
            self._take(self._receive())
        found: list[Any] = self._diagnostics[uri]
        return found

    def completions(self, file: Path, line: int, character: int) -> dict[str, Any]:
        """Return the documentation of what completes a place by its label; both are counted from 0."""
        found = self._ask("textDocument/completion", _place(file, line, character))
        return {item["label"]: item.get("documentation") for item in found["items"]}

    def hover(self, file: Path, line: int, character: int) -> str:
        """Return what is shown about a place."""
        return str(self._ask("textDocument/hover", _place(file, line, character))["contents"]["value"])

    def _ask(self, method: str, params: Any) -> Any:
        self._last += 1
        asked = self._last
        self._send({"id": asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == asked and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]
            self._take(message)

    def _take(self, message: Any) -> None:
        """Keep diagnostics, and answer what the server asks."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            own = {"schemaStore": {"enable": False}, "hover": True, "completion": True, "validate": True}
            of = [own if item.get("section") == "yaml" else {} for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": of})
        elif "id" in message and "method" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._stdin.flush()

    def _receive(self) -> Any:
        length = 0
        while (line := self._stdout.readline()) != b"\r\n":
            assert line, "the server has ended"
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self._stdout.read(length))


def _place(file: Path, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": character}}


@contextmanager
def language_server(root: Path) -> Iterator[LanguageServer]:
    """Run the server that `GATEKEEPER_YAML_LANGUAGE_SERVER` names.

    Without it the test is skipped, unless `GATEKEEPER_ORACLES` is `required`.
    """
    node, script = needed("node"), os.environ.get("GATEKEEPER_YAML_LANGUAGE_SERVER")
    if script is None:
        message = "GATEKEEPER_YAML_LANGUAGE_SERVER names no bin/yaml-language-server of that npm package"
        (pytest.fail if os.environ.get("GATEKEEPER_ORACLES") == "required" else pytest.skip)(message)
    command = [node, script, "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        watch = threading.Timer(_PATIENCE_S, process.kill)
        watch.start()
        try:
            assert process.stdin
            assert process.stdout
            server = LanguageServer(process.stdin, process.stdout)
            server.start(root)
            yield server
        finally:
            watch.cancel()
            process.kill()
