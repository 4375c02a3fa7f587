""".NET: project files such as `Basket.Api.csproj`.

Source: https://learn.microsoft.com/dotnet/core/project-sdk/overview: the SDKs `Microsoft.NET.Sdk.Web` and
`Microsoft.NET.Sdk.Worker` build applications.
"""

from gatekeeper.collectors.reading.xml_elements import parse
from gatekeeper.manifests.catalogues.entry import PackageFolder, SourcePackage, Technology, text

FILES = r"[^/]+\.[cf]sproj"

_KEPT = frozenset({"Project", "PropertyGroup", "AssemblyName"})
_SDKS = ("Microsoft.NET.Sdk.Web", "Microsoft.NET.Sdk.Worker")


def package(file: str, folder: PackageFolder) -> SourcePackage:
    """Return the package. Raises `SyntaxProblem`: the file is not XML."""
    project = parse(folder.read(file), _KEPT)
    names = [
        project.attributes.get("Sdk", ""),
        *(one.attributes.get("Name", "") for one in project.each("Sdk")),
    ]
    sdk = next((name for name in names if name.partition("/")[0] in _SDKS), None)
    stated = text(project.text_at("PropertyGroup", "AssemblyName"))
    name = stated if stated and "$(" not in stated else file.rpartition(".")[0]
    return SourcePackage(file, Technology.DOTNET, name, sdk)
