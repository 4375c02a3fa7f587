"""Maven: `pom.xml`.

Source: https://maven.apache.org/pom.html; https://docs.spring.io/spring-boot/maven-plugin. A module that
inherits the plugin of Spring Boot is an application if it has the configuration of one.
"""

from gatekeeper.collectors.reading.xml_elements import parse
from gatekeeper.manifests.catalogues.entry import PackageFolder, SourcePackage, Technology, text

FILES = r"pom\.xml"
CONFIGURATION = r"src/main/resources/(?:config/)?application[\w-]*\.(?:ya?ml|properties)"
"""Where Spring Boot reads its configuration from."""

_KEPT = {"project", "artifactId", "parent", "modules", "module", "build", "plugins", "plugin", "packaging"}
_KEPT |= {"dependencies", "dependency"}
_PLUGINS = {"spring-boot-maven-plugin": Technology.SPRING, "quarkus-maven-plugin": Technology.JAVA}


def package(file: str, folder: PackageFolder) -> SourcePackage:
    """Return the package. Raises `SyntaxProblem`: the file is not XML."""
    project = parse(folder.read(file), _KEPT)
    plugins = [one.text_at("artifactId") for one in project.at("build", "plugins", "plugin")]
    used = [one.text_at("artifactId") for one in project.at("dependencies", "dependency")]
    names = [*plugins, *used, project.text_at("parent", "artifactId")]
    is_spring = any(name.startswith("spring-boot") for name in names) or folder.has(CONFIGURATION)
    mark = next((plugin for plugin in plugins if plugin in _PLUGINS), None) or folder.has(CONFIGURATION)
    groups = bool(project.at("modules", "module")) or project.text_at("packaging") == "pom"
    technology = Technology.SPRING if is_spring else Technology.JAVA
    return SourcePackage(
        file, technology, text(project.text_at("artifactId")), None if groups else mark, groups
    )
