"""Wording that every format and view shares: each sentence is made here once.

- `verdict`: the verdict of a milestone or a service in one sentence, and its counts.
- `reasons`: severity, question and remedy of each reason code.
- `outcomes`: what a criterion asked and what was seen; conditions, values and places in words.
- `actions`: actions by owner and in words, exit dates.
- `forecast`: what lapses and when.
- `changes`: changes between two states, for `diff`.
- `diagnostics`: open criteria as diagnostics on a file and a line, for SARIF and its like.
- `terminal_service`, `markdown_criterion`: one service for a terminal, one criterion for Markdown.
- `counts`: numbers with their nouns.
"""
