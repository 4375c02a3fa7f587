"""Builders that tests share: workspaces, services, evidence, artefacts, reports, and the program itself."""
