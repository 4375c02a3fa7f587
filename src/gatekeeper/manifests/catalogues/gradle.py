"""Gradle: `build.gradle` and `build.gradle.kts`, with the name in `settings.gradle`.

Source: https://docs.gradle.org/current/userguide/settings_file_basics.html and -/plugins.html;
https://docs.spring.io/spring-boot/gradle-plugin. Both are programs, which are not run: only plain marks in
their text count.
"""

import re

from gatekeeper.manifests.catalogues.entry import PackageFolder, SourcePackage, Technology
from gatekeeper.manifests.catalogues.maven import CONFIGURATION
from gatekeeper.syntax import decode

FILES = r"build\.gradle(?:\.kts)?"

_COMMENT = re.compile(r"/\*(?:.*?\*/|.*)|(?<![:\"'])//[^\n]*", re.DOTALL)
_APPLIED = r"(?![^\n]{0,200}\bapply[ (]+false)"
_SPRING = re.compile(
    rf"""(?:\bid\b[ (]*|\bplugin: *|\bplugin *= *)["']org\.springframework\.boot["']{_APPLIED}"""
    rf"""|\balias *\( *libs\.plugins\.[\w.]*spring[\w.]*boot\w* *\){_APPLIED}"""
)
_APPLICATION = re.compile(
    r"""(?:\bid\b[ (]*|\bplugin: *)["']application["']|^[ \t]*application[ \t]*$""", re.MULTILINE
)
_NAME = re.compile(r"""\brootProject\.name *= *["']([^"'\n$]+)["']""")
_INCLUDE = re.compile(r"^[ \t]*include\b", re.MULTILINE)


def package(file: str, folder: PackageFolder) -> SourcePackage:
    """Return the package. Raises `SyntaxProblem`: a file is not text."""
    build = _text(folder, file)
    settings = next(
        (name for name in ("settings.gradle", "settings.gradle.kts") if name in folder.names), None
    )
    named = _text(folder, settings) if settings else ""
    name = _NAME.search(named)
    has_code = folder.has(r"src/main/.*") is not None
    groups = bool(_INCLUDE.search(named)) and not has_code
    is_spring = bool(_SPRING.search(build)) or folder.has(CONFIGURATION) is not None
    mark = "org.springframework.boot" if _SPRING.search(build) else folder.has(CONFIGURATION)
    if not mark and _APPLICATION.search(build):
        mark = "plugin application"
    technology = Technology.SPRING if is_spring else Technology.JAVA
    return SourcePackage(file, technology, name[1] if name else None, None if groups else mark, groups)


def _text(folder: PackageFolder, file: str) -> str:
    return _COMMENT.sub("", decode(folder.read(file)))
