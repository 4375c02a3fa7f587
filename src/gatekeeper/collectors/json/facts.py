"""Any JSON or YAML file; the slot's `select` names facts, each with a JMESPath expression for its value.

If a file holds several values (YAML documents, JSON Lines, JSON values one after another as Go's tools write
them), an expression is evaluated over the list of them: `[?kind=='Component'].spec.owner`. Empty YAML
documents are left out. A list that holds text only is a list of names, as in every other kind. If an
expression finds nothing, the fact is null.
"""

OPTIONS = frozenset({"select"})
FACTS = None
