"""npm, Yarn and pnpm: `package.json`.

Source: https://docs.npmjs.com/cli/configuring-npm/package-json; pnpm names its packages in
`pnpm-workspace.yaml`, https://pnpm.io/pnpm-workspace_yaml. `npm start` runs an application; what is published
for others to import (`files`, `publishConfig`, `peerDependencies`, types) is a library.
"""

from gatekeeper.manifests.catalogues.entry import PackageFolder, SourcePackage, Technology, mapping, text
from gatekeeper.syntax import json

FILES = r"package\.json"

_GROUPS = frozenset({"pnpm-workspace.yaml", "lerna.json", "nx.json", "turbo.json", "rush.json"})
_OF_LIBRARIES = ("files", "publishConfig", "peerDependencies", "types", "typings")


def package(file: str, folder: PackageFolder) -> SourcePackage:
    """Return the package. Raises `SyntaxProblem`: the file is not JSON."""
    about = mapping(json.load(folder.read(file)))
    name = (text(about.get("name")) or "").rpartition("/")[2] or None
    starts = text(mapping(about, "scripts").get("start")) is not None
    is_library = about.get("private") is not True and any(about.get(key) for key in _OF_LIBRARIES)
    groups = "workspaces" in about or bool(_GROUPS & folder.names)
    mark = "scripts.start" if starts and not is_library and not groups else None
    return SourcePackage(file, Technology.NODE, name, mark, groups)
