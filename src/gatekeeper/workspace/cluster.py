"""Judge shards on a Dask cluster: `--dask`."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gatekeeper.errors import UsageError
from gatekeeper.trees.remote import EXTRA
from gatekeeper.workspace.processes import Progress, services_of, usable_cores
from gatekeeper.workspace.shard_judging import judge_shard
from gatekeeper.workspace.shard_rows import RowsOfParts, ShardRequest

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
"""The address of a cluster on this machine, started for one run."""
LEAST_SERVICES = 20
"""How many services a shard has at least: a task costs 1.6 ms, and should have 50 ms of work."""
_PATIENCE = "30s"


class Cluster:
    """A cluster that judges shards."""

    def __init__(self, client: "Client", address: str) -> None:
        self._client = client
        self._address = address

    @property
    def workers(self) -> int:
        """How many workers it has.

        Raises:
            UsageError: It has none.
        """
        count = len(self._client.nthreads())
        if not count:
            raise UsageError(
                f"--dask {self._address}: it has no worker: start one with `dask worker {self._address}`"
            )
        return count

    def judge(self, requests: Sequence[ShardRequest], progress: Progress) -> list[RowsOfParts]:
        """Judge shards; those of a worker that is lost are judged by another one.

        Raises:
            UsageError: The workers cannot judge them.
        """
        from distributed import CancelledError, KilledWorker, as_completed

        with progress(services_of(requests)) as done:
            futures = {
                self._client.submit(judge_shard, request, pure=False, retries=1): at
                for at, request in enumerate(requests)
            }
            found: dict[int, RowsOfParts] = {}
            try:
                for future in as_completed(futures, loop=self._client.loop):
                    found[futures[future]] = future.result()
                    done(len(requests[futures[future]].services))
            except ModuleNotFoundError as error:
                raise UsageError(
                    f"--dask {self._address}: a worker lacks the module {error.name}: "
                    f"pip install 'readiness-gatekeeper[{EXTRA}]' where workers run, in this version"
                ) from None
            except (CancelledError, KilledWorker):
                raise UsageError(
                    f"--dask {self._address}: workers were lost again and again: do they have enough memory?"
                ) from None
            finally:
                self._client.cancel(list(futures))
        return [found[at] for at in range(len(requests))]


@contextmanager
def opened_cluster(address: str) -> Iterator[Cluster]:
    """Connect to a cluster, or start one on this machine.

    Raises:
        UsageError: The extra is not installed, nothing answers at the address, or its versions differ.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise UsageError(f"--dask needs {error.name}: pip install 'readiness-gatekeeper[{EXTRA}]'") from None
    # What it logs about connections that end is about the cluster, not about the verdict.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if address == LOCAL:
        with (
            LocalCluster(
                n_workers=usable_cores(),
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            ) as local,
            Client(local, set_as_default=False) as client,
        ):
            yield Cluster(client, address)
        return
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--dask {address}: {error}") from None
    with client:
        try:
            client.get_versions(check=True)
        except ValueError as error:
            raise UsageError(f"--dask {address}: versions differ: {error}") from None
        yield Cluster(client, address)
