"""The words of the trade: every code that is stored or sent, with its words. Pure; imported by all, imports nothing.

One file a vocabulary: the `Literal` that types it, and the `Vocabulary` that says it. Codes are those of
docs/contract.md and never change their meaning; words may. A surface that needs another word than `label` says so
here, in the field of its name, and nowhere else. Articles of the law do not stand here but in `intake_api.statute`.
"""
