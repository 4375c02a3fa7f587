"""Readiness documents, small ones and the published one."""

import os
import re
from pathlib import Path

import pytest

from builders.flattened_page import flattened_page
from builders.reference_criteria import UNLISTED
from builders.workspaces import ROOT
from gatekeeper.documents.parse import read_document
from gatekeeper.model.document import ReadinessDocument

SPEC = Path(
    os.environ.get("GATEKEEPER_SPEC") or ROOT.parent / "shared" / "spec" / "service-readiness-gates.txt"
)


needs_spec = pytest.mark.published(SPEC)
"""The page that the reference plan was made from. It is no part of the project."""


def own_page() -> bytes:
    """Return a page of the reference workspace in the form of the published one."""
    return flattened_page(UNLISTED).encode()


def published_page() -> bytes:
    """Return the published page."""
    return SPEC.read_bytes()


def section(page: bytes, number: int) -> list[str]:
    """Return the lines of a numbered section of a page."""
    lines = page.decode().splitlines()
    starts = {line[:2]: here for here, line in enumerate(lines) if re.match(r"\d\. ", line)}
    return lines[starts[f"{number}."] + 1 : starts[f"{number + 1}."]]


MARKDOWN = """\
---
title: Readiness
---
:::info Source
Somewhere.
:::

## 1. Levels

| Level | Meaning | Who may use it |
|---|---|---|
| L0 | Not started | |
| L1 | Skeleton: empty | *Internal* &amp; tests |

## 2. Gates

| Gate | Definition | Test artefact |
|---|---|---|
| **G1 Domain** | Pure \\| typed | `/domain/**.test.ts` |

## 3. Matrix

### shop-service (sales)

| Milestone | Level | Gates |
|---|---|---|
| M0 | — | |
| M1 | L1 | G1 (core); [refunds](x.md) + stars optional |
| M2 | L2 | |

- M1 G1: only G1.pure

### till

| Level | Gates | Milestone | Notes |
|---|---|---|---|
| L3 | G1 | M1 | n |

## 4. Details

### G1 Domain — acceptance criteria

- Pure TS;
  no framework.
- `G1.pure` Is it pure? *From L2.*

## 5. Summary

| Milestone | Must-green services (level target) |
|---|---|
| M1 | shop L1, till L3 (new) |
| M2 | + shop L2, residency-capable services L3, label eu L1 |

## 6. Governance

- **Change control**: three sign.
"""


FLATTENED = """\
Skip to main content

:::info Source Somewhere. :::

1. Levels

LevelMeaningWho may use it
L0Not started
L1Skeleton: empty, no endpointsInternal & tests

2. Gates

GateDefinitionTest artefact
G1 DomainPure and typed/domain/**.test.ts

3. Matrix

shop-service (sales)

MilestoneLevelGates
M0—
M1L1G1 (core); refunds + stars optional
M2L2

till

MilestoneLevelGates
M1L3G1

4. Details

G1 Domain — acceptance criteria

  • Pure TS; no framework.
  • G1.pure Is it pure? From L2.

5. Summary

MilestoneMust-green services (level target)
M1shop L1, till L3 (new)
M2+ shop L2, residency-capable services L3, label eu L1

6. Governance

  • Change control: three sign.
"""


def read(text: str) -> ReadinessDocument:
    return read_document(text.encode(), "page.md")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def as_text(markdown: str) -> str:
    """Return what a browser gives for a page that is copied: cells run together, items have bullets."""
    from markdown_it import MarkdownIt

    markdown = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    out, row, in_item = [], "", False
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for token in tokens:
        match token.type:
            case "list_item_open":
                in_item = True
            case "tr_open":
                row = "\n"
            case "tr_close":
                out.append(row.strip())
                row = ""
            case "inline":
                words = "".join(child.content for child in token.children or ())
                if row:
                    row += words
                else:
                    out += ["  • " + words] if in_item else ["", words, ""]
                in_item = False
            case _:
                pass
    return "\n".join(out).replace("\u200b", "")
