"""Workspaces of several services with mistakes of all sorts, each from one seed."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from builders.in_memory import GONE, Files, Op, changed
from builders.small_workspaces import entry, workspace

NAMES = ("shop", "pay", "shop-2", "search", "mail", "shop.2", "Pay-service")
"""The last two are names that others have too."""
REGISTER = "milestones/risk-register"
Mistake = Callable[[Random], Sequence[Op]]


def draw(seed: int) -> Files:
    """Return the workspace of a seed, with up to four mistakes."""
    of = Random(seed)  # noqa: S311
    files = dict(workspace(of))
    names = ["shop", "pay", *of.sample(NAMES[2:5], of.choice((1, 2, 3)))]
    for name in names[2:]:
        files[_file(name)] = {**files["services/pay.yaml"], "service": name}
    for name in names:
        others = [one for one in names if one != name]
        files[_file(name)] = {**files[_file(name)], "depends_on": of.sample(others, of.choice((0, 0, 1, 2)))}
    for i, name in enumerate(names[: of.choice((0, 1, 3))]):
        files[f"{REGISTER}/RR-{i}.yaml"] = {
            **_entry(of, f"RR-{i}", name),
            "opened_in": "alpha",
            "delta": ["sign-off:gold"],
        }
    for _ in range(of.choice((0, 1, 2, 4))):
        ops = of.choice(MISTAKES)(of)
        is_data = {name for name, content in files.items() if isinstance(content, dict)}
        files = dict(changed(files, [op for op in ops if not op.path or op.file in is_data]))
    return files


def services_of(files: Files) -> list[str]:
    """Return the services, by their files."""
    paths = [path.removeprefix("services/") for path in files if path.startswith("services/")]
    return [name[:-5] for name in paths if name.endswith(".yaml") and "/" not in name and name[0] != "."]


def _file(name: str) -> str:
    return f"services/{name}.yaml"


def _entry(of: Random, name: str, service: str) -> dict[str, Any]:
    delta = of.choice((["gold.chaos"], ["gold.chaos", "gold.hooks"], ["sign-off:gold"], ["domain.deep"]))
    made = entry(name, service, delta, of.choice(("alpha", "beta", "delta")))
    return {**made, "risk": of.choice(("r", "shop waits", f"{service} and pay"))}


def _set(*files: str, path: tuple[Any, ...] = (), to: Sequence[Any]) -> Mistake:
    """Return a mistake: one of these values in one of these files."""
    return lambda of: [Op(of.choice(files), path, of.choice(to))]


_SERVICES = tuple(map(_file, NAMES[:4]))
_BROKEN = (b"[", b"a: 1\na: 2\n", b"service: shop\n", b"- *a\n", b"\xff", b"", b"plan: {on: 1, true: 2}\n")
_STRAY = {
    "services/extra.yml": b"service: extra\nplan: {}\n",
    "services/extra.json": b'{"service": "extra", "plan": {}}',
    "services/notes.toml": b"a = 1",
    "services/team/shop.yaml": b"service: shop\nplan: {}\n",
    "services/nobody/report.xml": b"<a/>",
    "services/a b.yaml": b"service: a b\n",
    "services/.shop.yaml": b"[",
    "service/shop.yaml": b"service: shop\n",
    "gates/extra.yml": b"gate: extra\ncriteria: []\n",
    "milestones/old/alpha.yaml": b"milestone: alpha\n",
    f"{REGISTER}/RR-9.yml": b"id: RR-9\ndelta: []\n",
    f"{REGISTER}/more/RR-8.yaml": b"id: RR-8\ndelta: []\n",
    "gatekeeper.toml": b"",
    "Gatekeeper.yml": b"a: 1",
}


def _stray(of: Random) -> Sequence[Op]:
    file = of.choice(list(_STRAY))
    return [Op(file, (), _STRAY[file])]


def _registered(of: Random) -> Sequence[Op]:
    name = f"RR-{of.choice((0, 4, 5))}"
    made = _entry(of, name, of.choice((*NAMES, "shopp", "a b")))
    content: Any = of.choice((made, made, {**made, "opened_in": "omega"}, {**made, "closed": "2026-11-01"}))
    if of.random() < 0.3:
        content = of.choice((*_BROKEN, b'{"id": "RR-0", "service": "sh\\u006fp"}'))
    return [Op(f"{REGISTER}/{name}.yaml", (), content)]


def _twice(of: Random) -> Sequence[Op]:
    service = of.choice(NAMES[:3])
    return [Op(f"{REGISTER}/RR-{i}.yaml", (), _entry(of, f"RR-{i}", service)) for i in (6, 7)]


def _renamed(of: Random) -> Sequence[Op]:
    one, other = of.sample(NAMES, 2)
    return [Op(_file(one), ("service",), other)]


def _added(of: Random) -> Sequence[Op]:
    name, plan = of.choice(NAMES[2:]), {"beta": {"level": "bronze", "gates": {"domain": None}}}
    return [Op(_file(name), (), {"service": name, "owner": "team-shop", "plan": plan})]


def _identity(of: Random) -> Sequence[Op]:
    field, values = of.choice(
        (
            ("names", ("SHOP", "pay_service", "Shop 2", "mail")),
            ("formerly", ("shop", "pay", "Mail-Service")),
            ("images", ("forge.example/shop:1", "forge.example/shop:2", "other")),
        )
    )
    names = of.sample(NAMES, 2)
    return [Op(_file(name), ("identity",), {field: [of.choice(values)]}) for name in names]


MISTAKES: Sequence[Mistake] = (
    _set(*_SERVICES, to=_BROKEN),
    _set(*_SERVICES, to=[GONE]),
    _set(*_SERVICES, path=("owner",), to=[1, "", None, GONE]),
    _set(*_SERVICES, path=("onwer",), to=["a"]),
    _set(*_SERVICES, path=("level",), to=["gold", "bronce", "1"]),
    _set(*_SERVICES, path=("plan", "omega"), to=[{"level": "gold"}, {"level": "x"}, 1]),
    _set(*_SERVICES, path=("plan", "beta"), to=[{"level": "gold", "gates": {"domian": None}}]),
    _set(*_SERVICES, path=("profile",), to=["node", "nod"]),
    _set(*_SERVICES, path=("targets",), to=[{"p95_ms": "a"}, {"p99": 1}]),
    _set(*_SERVICES, path=("evidence", "covrage"), to=["a", {"path": "a", "select": {"name": "b"}}]),
    _set(*_SERVICES, path=("attestations", "domain.depe"), to=[{"by": "ada", "role": "owner"}]),
    _set(*_SERVICES, path=("depends_on",), to=[["shop"], ["pay", "pay"], ["mial"], ["a b"], ["shop-2"]]),
    _set("gatekeeper.yaml", to=[b"[", {"roadmap": ["alpha"]}, {"requires": ">=99", "a": 1}, GONE]),
    _set("gatekeeper.yaml", path=("profiles",), to=[{"node": {"evidence": {"coverage": "a"}}}, {"a": 1}]),
    _set("gatekeeper.yaml", path=("evidence",), to=[{"covrage": "a"}, {"coverage": "{service}/a"}]),
    _set("gatekeeper.yaml", path=("services",), to=["nowhere", "milestones"]),
    _set("gates/levels.yaml", to=[b"[", GONE]),
    _set("gates/domain.yaml", path=("slots", "unit_tests", "kind"), to=["test", "coverage"]),
    _set("gates/domain.yaml", path=("criteria", 0, "id"), to=["domain.x", "1"]),
    _set("milestones/beta.yaml", to=[b"[", GONE, {"milestone": "Alpha"}]),
    _set("milestones/beta.yaml", path=("must_be_green",), to=[[{"service": "shop", "level": "golden"}]]),
    _stray,
    _registered,
    _twice,
    _renamed,
    _added,
    _added,
    _identity,
    _identity,
)
