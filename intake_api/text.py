"""Text as it can be stored and shown."""

_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean(value: object) -> object:
    """No control characters or lone surrogates, no blanks around it; what is not text is returned as it is."""
    return value.translate(_CONTROL).strip() if isinstance(value, str) else value
