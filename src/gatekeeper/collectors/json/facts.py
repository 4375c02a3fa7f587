"""Any JSON or YAML file; the slot's `select` names facts and says where they are, in JMESPath.

A value is what JSON has, but a list of texts alone is a tuple, as names are in every other kind. Where an
expression finds nothing, the fact is null.
"""

OPTIONS = frozenset({"select"})
FACTS = None
