"""Text as it can be stored and shown."""

_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def clean(value: object) -> object:
    """No control characters or lone surrogates, no blanks around it; what is not text is returned as it is."""
    return value.translate(_CONTROL).strip() if isinstance(value, str) else value


def decoded(raw: bytes) -> str:
    """Read a file that people made: UTF-8 with or without a BOM, or GB18030; UnicodeDecodeError for anything else."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
