"""Any JSON or YAML file; the slot's `select` names facts, each with a JMESPath expression for its value.

A list that holds text only is a list of names, as in every other kind. If an expression finds nothing, the
fact is null.
"""

OPTIONS = frozenset({"select"})
FACTS = None
