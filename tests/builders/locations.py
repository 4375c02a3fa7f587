"""Servers of files on loopback: HTTP by the standard library, SFTP by OpenSSH, S3 by moto's server."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from builders.workspaces import write

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
needs_sshd = pytest.mark.skipif(
    SSHD is None or os.name == "nt", reason="sshd is not installed: apt install openssh-server"
)
BUCKET = "records"
S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the base
        pass


@contextmanager
def http_server(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def sftp_server(folder: Path, home: Path, *, is_known: bool = True) -> Iterator[str]:
    """Serve all files of this machine over SFTP; yield the address of a folder.

    Args:
        folder: The folder.
        home: A home with the key of its user, and the host's key among the known ones if `is_known`.
        is_known: Whether the host is known.
    """
    ssh, port = home / ".ssh", free_port()
    ssh.mkdir(parents=True, mode=0o700)
    for key in (ssh / "id_ed25519", home / "host"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    if is_known:
        kind, data, *_ = (home / "host.pub").read_text(encoding="utf-8").split()
        write(ssh / "known_hosts", f"[127.0.0.1]:{port} {kind} {data}\n")
    options = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": home / "host",
        "PidFile": "none",
        "AuthorizedKeysFile": ssh / "id_ed25519.pub",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "Subsystem": "sftp internal-sftp",
    }
    configuration = write(home / "sshd_config", "".join(f"{name} {it}\n" for name, it in options.items()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where Debian's sshd locks its children in
    assert SSHD is not None
    with _process([SSHD, "-D", "-e", "-f", str(configuration)], port):
        yield f"sftp://{getpass.getuser()}@127.0.0.1:{port}{folder}"


@contextmanager
def s3_server(folder: Path) -> Iterator[dict[str, str]]:
    """Serve the files of a folder as objects of a bucket; yield the environment that leads to it."""
    import boto3

    port = free_port()
    with _process(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port
    ):
        address = f"http://127.0.0.1:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name=S3_KEYS["AWS_DEFAULT_REGION"],
            aws_access_key_id=S3_KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=S3_KEYS["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for file in folder.rglob("*"):
            if file.is_file():
                client.put_object(
                    Bucket=BUCKET, Key=f"plan/{file.relative_to(folder).as_posix()}", Body=file.read_bytes()
                )
        client.close()
        yield {**S3_KEYS, "AWS_ENDPOINT_URL": address}


def free_port() -> int:
    """Return a port of loopback that nobody listens to."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def _process(command: list[str], port: int) -> Iterator[None]:
    """Run a server until the end; it answers at a port."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port, server)
            yield
        finally:
            server.terminate()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers at a port."""
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        assert server.poll() is None, f"{server.args!r} ended with {server.returncode}"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"{server.args!r} does not listen")
