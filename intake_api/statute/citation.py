"""A place in the 条例 as it is cited."""

import re

_DIGITS: tuple[str, ...] = ("", *"一二三四五六七八九")


def cited(code: str) -> str:
    """Write a place as letters do: `39(1)` -> 第三十九条第一款; `14–16` -> 第十四条至第十六条."""
    numbers = [_numeral(int(number)) for number in re.findall(r"\d+", code)]
    if "(" in code:
        # article 36 counts its cases as items (项); the others cited with a number have paragraphs (款)
        return f"第{numbers[0]}条第{numbers[1]}{'项' if code.startswith('36') else '款'}"
    return "至".join(f"第{number}条" for number in numbers)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "")
    return head + _DIGITS[ones]
