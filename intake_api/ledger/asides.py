"""Rows of a table that are no application: totals, notes, who filled it in, titles of sections."""

import re

from intake_api.ledger.columns import plain

_TOTAL = re.compile(r"(?:本[年月季页]|全年|上半年|下半年|\d{1,2}月份?)?(?:合计|总计|小计|共计|累计)")
_SECTION = re.compile(r"(?:\d{4}年)?(?:第[一二三四1-4]季度|[一二三四五六七八九十]{1,2}月份?|\d{1,2}月份?)$")
_NOTE = re.compile(
    r"(?:附?注|备注|说明|(?:填表|填报|统计)说明|(?:填表|填报|制表|审核|审批|复核|统计|经办|联系|负责)人?|(?:单位|科室)?负责人"
    r"|分管领导|(?:填报|填表|统计)?单位|(?:填报|填表|制表|统计|打印)(?:日期|时间)|联系电话|日期)[一二三四五六七八九\d]{0,2}[：、.．]"
)


def said_aside(texts: list[str], *, merged: bool) -> bool:
    """Whether a row looks like no application: by its first words, or because it is one cell over several columns.

    `texts`: its cells; `merged`: its first filled cell goes over several columns. Whoever asks makes sure that the row
    has no day of receipt and class of applicant.
    """
    filled = [text for text in texts if text]
    if not filled:
        return False
    first = plain(filled[0][:40])
    return bool((len(filled) == 1 and merged) or _TOTAL.match(first) or _SECTION.match(first) or _NOTE.match(first))
