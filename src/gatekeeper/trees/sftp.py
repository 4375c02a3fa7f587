"""SFTP, to hosts whose key is known: a host with another key, or an unknown one, is refused."""

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem


class KnownHosts(SFTPFileSystem):  # type: ignore[misc]
    """Files over SFTP. fsspec's own class trusts the key of any host that it does not know."""

    cachable = False

    def _connect(self) -> None:
        client = paramiko.SSHClient()
        client.load_system_host_keys()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.connect(self.host, timeout=30, **self.ssh_kwargs)
        self.client = client
        self.ftp = client.open_sftp()
