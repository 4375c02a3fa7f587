"""The YAML manifests of a workspace: find, load, validate, write.

To read: `discovery` finds a workspace and its files, `load` loads all of it, `validation` parses a manifest,
`positions` finds lines for reports, `schema` describes manifests, `settings` is `gatekeeper.yaml`, `revision`
compares manifests with a commit.

To write: `new_manifest` writes a whole manifest from data, `text_edit` changes one entry of an existing text,
`fragments` writes single values and entries for both, `files` locks and replaces files, `scaffold` starts
workspaces and services.
"""
