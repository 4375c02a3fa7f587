"""Go: `go.mod`, and the programs of the module.

Source: https://go.dev/ref/mod#go-mod-file and https://go.dev/doc/modules/layout: a program is a `package
main` in the folder of the module or below `cmd`.
"""

import re
from itertools import islice

from gatekeeper.manifests.catalogues.entry import PackageFolder, SourcePackage, Technology
from gatekeeper.syntax import decode

FILES = r"go\.mod"

_MODULE = re.compile(r'^module[ \t]+"?([^\s"]+)', re.MULTILINE)
_MAIN = re.compile(rb"^package[ \t]+main\b", re.MULTILINE)
_PROGRAM = re.compile(r"(?:cmd/(?:[^/]+/){0,2})?[^/]+(?<!_test)\.go")
_MOST = 100
"""So many files are looked into."""


def package(file: str, folder: PackageFolder) -> SourcePackage:
    """Return the package. Raises `SyntaxProblem`: the file is not text."""
    module = _MODULE.search(decode(folder.read(file)))
    sources = islice(filter(_PROGRAM.fullmatch, folder.below), _MOST)
    programs = dict.fromkeys(
        path.rpartition("/")[0] or "." for path in sources if _MAIN.search(folder.read(path))
    )
    mark = f"package main in {', '.join(islice(programs, 3))}" if programs else None
    name = re.sub(r"/v\d+$", "", module[1]).rpartition("/")[2] if module else None
    return SourcePackage(file, Technology.GO, name, mark)
