"""Eight services in four languages: clones with history and remotes, and reports in the form that tools write.

Forms: JUnit XML of vitest 3 and of Maven Surefire 3, `go test -json` of Go 1.24, JUnit XML of pytest 8; lcov of
vitest, JaCoCo 0.8, cover profiles of Go, Cobertura of coverage.py 7. Names and figures differ by service.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from builders.repositories import commit_all, git
from builders.workspaces import write

BY_LANGUAGE = {
    "node-service": ("basket-service", "checkout-service"),
    "spring-boot": ("billing-service", "ledger-service"),
    "go-service": ("shipping-service", "stock-service"),
    "python-service": ("mail-service", "search-service"),
}
_COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
spec:
  type: service
  lifecycle: production
  owner: group:default/{team}
  dependsOn: [component:basket-service, component:billing-service, resource:payments]
"""
SERVICES = sorted(name for names in BY_LANGUAGE.values() for name in names)


def clones(folder: Path, forge: str = "forge.example/acme") -> Path:
    """Write the clones, each committed; what builds write is ignored by Git."""
    for technology, names in BY_LANGUAGE.items():
        for name in names:
            clone = folder / name
            for file, text in {**_FILES[technology](name), **_of_all(name)}.items():
                write(clone / file, text)
            commit_all(clone, on="2026-11-20T10:00:00Z")
            git(clone, "remote", "add", "origin", f"git@{forge.replace('/', ':', 1)}/{name}.git")
    return folder


def _of_all(name: str) -> Mapping[str, str]:
    team = f"team-{name.removesuffix('-service')}"
    return {
        **(
            {"catalog-info.yaml": _COMPONENT.format(name=name, team=team)}
            if name == "checkout-service"
            else {}
        ),
        ".gitignore": "target/\ncoverage/\nreports/\nnode_modules/\n",
        ".github/CODEOWNERS": f"* @acme/{team}\n",
        "openapi.yaml": f"openapi: 3.1.0\ninfo: {{title: {name}, version: 1.2.0}}\npaths:\n  /{name}/{{id}}:\n"
        "    get:\n      parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n"
        "      responses:\n        '200': {description: found}\n        '404': {description: unknown}\n",
    }


def _node(name: str) -> Mapping[str, str]:
    return {
        "package.json": f'{{"name": "@acme/{name}", "private": true, "scripts": {{"start": "node dist/main.js"}}}}\n',
        "src/main.ts": "export const total = (prices: number[]) => prices.reduce((a, b) => a + b, 0);\n",
        "reports/junit.xml": '<?xml version="1.0" encoding="UTF-8" ?>\n'
        '<testsuites name="vitest tests" tests="2" failures="0" errors="0" time="0.412">\n'
        f'    <testsuite name="src/{name}.test.ts" timestamp="2026-11-20T11:00:00.000Z" hostname="ci" tests="2"'
        ' failures="0" errors="0" skipped="0" time="0.012">\n'
        f'        <testcase classname="src/{name}.test.ts" name="{name} &gt; adds prices" time="0.004"></testcase>\n'
        f'        <testcase classname="src/{name}.test.ts" name="{name} &gt; refuses none" time="0.002"></testcase>\n'
        "    </testsuite>\n</testsuites>\n",
        "coverage/lcov.info": f"TN:\nSF:src/{name}.ts\nDA:1,4\nDA:2,4\nDA:3,1\nLF:3\nLH:3\nend_of_record\n",
    }


def _spring(name: str) -> Mapping[str, str]:
    package = name.removesuffix("-service")
    return {
        "pom.xml": "<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>"
        f"<groupId>com.acme</groupId><artifactId>{name}</artifactId><version>1.2.0</version><build><plugins><plugin>"
        "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin>"
        "</plugins></build></project>\n",
        f"src/main/java/com/acme/{package}/Main.java": f"package com.acme.{package};\n\nclass Main {{}}\n",
        f"target/surefire-reports/TEST-com.acme.{package}.MainTest.xml": '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuite name="com.acme.{package}.MainTest" time="0.21" tests="1" errors="0" skipped="0" failures="0">\n'
        '  <properties><property name="java.version" value="21"/></properties>\n'
        f'  <testcase name="books" classname="com.acme.{package}.MainTest" time="0.1"/>\n</testsuite>\n',
        "target/site/jacoco/jacoco.xml": '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE report PUBLIC '
        f'"-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="{name}"><sessioninfo id="ci-1" '
        f'start="1763636400000" dump="1763636410000"/><package name="com/acme/{package}"><sourcefile name="Main.java">'
        '<line nr="3" mi="0" ci="4" mb="0" cb="0"/><line nr="4" mi="0" ci="2" mb="0" cb="0"/>'
        '<counter type="LINE" missed="0" covered="2"/></sourcefile><counter type="LINE" missed="0" covered="2"/>'
        '</package><counter type="LINE" missed="0" covered="2"/></report>\n',
    }


def _go(name: str) -> Mapping[str, str]:
    module = f"forge.example/acme/{name}"
    lines = [
        f'{{"Time":"2026-11-20T11:00:00.{i}Z","Action":"{action}","Package":"{module}"{more}}}\n'
        for i, (action, more) in enumerate(
            (
                ("start", ""),
                ("run", f',"Test":"Test{name[:4].title()}"'),
                ("pass", f',"Test":"Test{name[:4].title()}","Elapsed":0.01'),
                ("pass", ',"Elapsed":0.2'),
            )
        )
    ]
    return {
        "go.mod": f"module {module}\n\ngo 1.24\n",
        f"cmd/{name}/main.go": "package main\n\nfunc main() {}\n",
        "reports/tests.json": "".join(lines),
        "coverage/cover.out": f"mode: set\n{module}/stock.go:3.13,5.2 1 1\n{module}/stock.go:7.15,9.2 1 1\n",
    }


def _python(name: str) -> Mapping[str, str]:
    package = name.replace("-", "_")
    return {
        "pyproject.toml": f'[project]\nname = "{name}"\nversion = "1.2.0"\ndependencies = ["fastapi"]\n',
        f"src/{package}/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "reports/pytest.xml": '<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite '
        'name="pytest" errors="0" failures="0" skipped="0" tests="1" time="0.031" timestamp="2026-11-20T11:00:00.000000'
        f'+00:00" hostname="ci"><testcase classname="tests.test_{package}" name="test_sends" time="0.001" /></testsuite>'
        "</testsuites>",
        "coverage/coverage.xml": '<?xml version="1.0" ?>\n<coverage version="7.6.1" timestamp="1763636400000" '
        'lines-valid="3" lines-covered="3" line-rate="1" branches-covered="0" branches-valid="0" branch-rate="0" '
        f'complexity="0"><sources><source>/ci/{name}/src</source></sources><packages><package name="{package}" '
        'line-rate="1" branch-rate="0" complexity="0"><classes><class name="main.py" '
        f'filename="{package}/main.py" complexity="0" line-rate="1" branch-rate="0"><methods/><lines><line number="1" '
        'hits="1"/><line number="3" hits="1"/><line number="4" hits="1"/></lines></class></classes></package></packages>'
        "</coverage>\n",
    }


_FILES: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "node-service": _node,
    "spring-boot": _spring,
    "go-service": _go,
    "python-service": _python,
}
