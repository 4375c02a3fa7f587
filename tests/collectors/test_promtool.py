"""Rule files are read if, and only if, `promtool check rules` accepts them.

Debian has promtool 2.42. What Prometheus 3 accepts besides, `query_offset` and `labels` of a group, is not
compared, nor are the fields of Mimir and Thanos.
"""

import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import FIXTURES, SAMPLES, needs_samples, outcome, short
from builders.oracles import needed
from gatekeeper.collectors.alerts import read as alerts


def promtool_accepts(file: Path) -> bool:
    command = [needed("promtool"), "check", "rules", "--lint=none", str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def compare(content: str, folder: Path) -> None:
    file = folder / "rules.yml"
    file.write_text(content)
    found = outcome(alerts, content)
    assert (not found.startswith("unreadable")) is promtool_accepts(file), found


def rule(**fields: Any) -> str:
    return groups({"alert": "A", "expr": "up == 0"} | fields)


def groups(*rules: Any, **fields: Any) -> str:
    return json.dumps({"groups": [{"name": "g", "rules": list(rules)} | fields]})


def record(**fields: Any) -> str:
    return groups({"record": "a:b", "expr": "up"} | fields)


def note(text: str) -> str:
    return rule(annotations={"summary": text})


ALERT = {"alert": "A", "expr": "up == 0"}
TEMPLATES: Sequence[str] = (
    "plain }} text", "{{ $value }}", "{{$value|humanize}}", "{{- $labels.job -}} x", "{{ $x := 1 }}{{ $x }}",
    "{{ range query \"up\" }}{{ .Labels.job }}{{ end }}", "{{ with $x := query \"up\" }}{{ $x | first | value }}{{ end }}",
    "{{ if eq $labels.a \"b\" }}x{{ else if gt $value 1.0 }}y{{ else }}z{{ end }}", "{{/* a comment */}}",
    "{{ range $i, $e := query \"up\" }}{{ $i }}{{ break }}{{ end }}", "{{ printf \"%.2f }}\" $value }}",
    "{{ (query \"up\" | first).Value }}", "{{ define \"t\" }}{{ . }}{{ end }}{{ template \"t\" 1 }}", "{{ `raw }}` }}",
    "{{ $labels.a.b }}", "{{ . }}", "{{ true }}", "{{ 1 }}", "{{ $labels.job", "{{ }}", "{{ | humanize }}", "{{ $value | }}",
    "{{ humanise $value }}", "{{ $label.job }}", "{{ end }}", "{{ if true }}", "{{ else }}", "{{ $value | 1 }}", "{{ nil }}",
    "{{ (1 }}", "{{ 1) }}", "{{ \"a }}", "{{ /* a */ }}", "{{ range }}{{ end }}", "{{ if true }}{{ else }}{{ else }}{{ end }}",
    "{{ break }}", "{{ template t }}", "{{ $x = 1 }}", "{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "{{ a.b }}", "{{ . | . }}",
    "{{ $value ? 1 : 2 }}", "{{ value . , 1 }}", "{{/* open }}", "{{ .job }}", "{{end }}{{ if true }}", "{{ - 1 }}", "{{ -1 }}",
    "{{ not $value }}", "{{ if true }}a{{ end }}{{ end }}", "{{ and }}", "{{ $labels | label \"job\" }}", "{{{ $value }}}",
)  # fmt: skip
KEPT = (
    "groups:\n- name: g\n  rules:\n", "groups: []\n", "groups:\n- {}\n", "groups:\n- name: ''\n",
    rule(), *(rule(**{key: value}) for key in ("for", "keep_firing_for") for value in (
        "5m", "1h30m", "1y2w3d4h5m6s7ms", "0", 0, "0s", "", None, "5x", "abc", 5, "5", "m", "1m1h", "1.5h", "-5m", " 5m", "5 m", "1M",
        "10000y", ["5m"], True)),
    *(groups(ALERT, interval=value) for value in ("1m", "x", 5, "0", None)),
    groups(ALERT, extra=1), rule(extra=1), rule(severity="page"), rule(name="a"), groups(ALERT, limit=3),
    groups(ALERT, ALERT), groups({"alert": "A"}), rule(expr=""), rule(expr=1), rule(expr=True), rule(expr=["up"]),
    rule(alert=""), rule(alert=5), rule(alert="a b"), rule(record="a"), rule(record=None),
    *(rule(labels=value) for value in (
        {"a": "b"}, {"a": 1}, {"a": True}, {"a": None}, {"a-b": "c"}, {"": "c"}, {"1a": "c"}, {"__name__": "c"}, {"é": "c"}, ["a"], None,
        {"a": ["b"]}, {"a": "{{ x }}"}, {"__a": "b"})),
    *(rule(annotations=value) for value in ({"a-b": "c"}, {"": "c"}, {"a": 1}, {"__name__": "c"}, {"a": {"b": 1}})),
    record(), record(record="a b"), record(record="1a"), record(record="é"), record(record=":a"), record(record=5),
    record(**{"for": "5m"}), record(annotations={"a": "b"}), record(labels={"a": "{{ b }}"}), record(expr="up =="), record(annotations={}),
    record(labels={"__name__": "a"}), record(keep_firing_for="1m"), record(**{"for": "0s"}), record(labels={"a-b": "c"}),
    json.dumps({"groups": [{"name": "g", "rules": [ALERT]}, {"name": "g", "rules": [ALERT]}]}),
    json.dumps({"groups": [{"name": "g"}, {"name": "h", "rules": None}]}), json.dumps({"groups": [{"name": "g"}], "extra": 1}),
    *map(note, TEMPLATES), *(rule(labels={"a": text}) for text in TEMPLATES[:6]),
)  # fmt: skip


@pytest.mark.parametrize("content", KEPT, ids=short)
def test_kept_files(content: str, tmp_path: Path) -> None:
    compare(content, tmp_path)


PIECES = (
    "{{",
    "}}",
    " ",
    "if",
    "else",
    "end",
    "range",
    "$value",
    "$x",
    ":=",
    "|",
    "(",
    ")",
    "1",
    '"a"',
    "humanize",
    ".",
    ".A",
    "with",
)


@pytest.mark.parametrize("seed", range(60))
def test_generated_templates(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)  # noqa: S311
    texts = ["".join(draw.choices(PIECES, k=draw.randint(1, 6))) for _ in range(draw.randint(1, 2))]
    compare(
        note(" ".join("{{ " * draw.randint(0, 1) + text + " }}" * draw.randint(0, 1) for text in texts)),
        tmp_path,
    )


EXPRESSIONS = (
    "up",
    "up ==",
    "1",
    "rate(up[5m]) > 1",
    "absent(up)",
    "a and b",
    "sum(a) by (b",
    "a @ end()",
    "quantile_over_time(1, a[5m])",
)


@pytest.mark.parametrize("seed", range(40))
def test_generated_rules(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)  # noqa: S311
    fields = {"expr": EXPRESSIONS, "for": ("1m", "5", ""), "labels": ({}, {"a": "b"}, {"a b": "c"}, {"a": "{{ $value }}"}),
              "annotations": ({"a": "b"}, {"a": "{{ end }}"}), "record": ("a", "b:c"), "alert": ("A", "B b"), "fro": (1,)}  # fmt: skip
    chosen = draw.choices(list(fields), weights=[9, 2, 3, 2, 2, 8, 1], k=4)
    compare(
        groups(
            *(
                {key: draw.choice(fields[key]) for key in chosen} | {"expr": draw.choice(EXPRESSIONS)}
                for _ in range(2)
            )
        ),
        tmp_path,
    )


@needs_samples
def test_real_files() -> None:
    for file in (FIXTURES / "alerts" / "rules.yml", *(SAMPLES / "prometheus-rules").glob("sloth*.yml")):
        assert not outcome(alerts, file.read_bytes()).startswith("unreadable")
