"""Text chapters of the annual report drafted from its figures, and the statistics of the older forms.

Every number comes from the same tables as the report, so that the words can never disagree with them. What figures do
not tell is left to a person and marked as such.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from intake_api.reports.report import Classic, ClassicRow, Section, TableTwoRow
from intake_api.reports.repository import Share
from intake_api.statute.annual import CARRIED_OVER, ENDED, NEW, OPEN, Table, form_of
from intake_api.statute.outcomes import OUTCOMES
from intake_api.terms.receipt import CHANNEL_GROUPS, CHANNELS

# And what was answered; 3.4.1 is two lines there: no such information, and another agency's.
ANSWERS = {
    "granted": ("予以公开", ("3.1",)),
    "partly": ("部分公开", ("3.2",)),
    "refused": ("不予公开", tuple(code for code in OUTCOMES if code.startswith("3.3.") and code != "3.3.8")),
    "not_held": ("信息不存在或者需要另行制作", ("3.4.1", "3.4.2")),
    "other_agency": ("不属于本机关负责公开", ()),
    "unclear": ("内容不明确，补正后仍不明确或者逾期不补正", ("3.4.3", "3.6.1")),
    "elsewhere": ("通过其他途径办理", ("3.3.8", "3.5.1", "3.5.3")),
    "other": ("其他", ("3.5.2", "3.5.4", "3.5.5", "3.6.2", "3.6.3")),
}
_KINDS = {code: kind for kind, (_, codes) in ANSWERS.items() for code in codes}
_NAMED = 5  # departments that chapter one names
TO_WRITE = "【请补写】"


def classic(shares: Iterable[Share]) -> Classic:
    """统计表 of the older forms; requests that ended without an outcome on record are in its total only."""
    channels: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    received = answered = 0
    for share in shares:
        if share.fresh:
            received += share.cases
            channels[CHANNELS[share.channel].group] += share.cases
        if share.ended:
            answered += share.cases
            elsewhere = share.outcome == "3.4.1" and share.elsewhere
            answers["other_agency" if elsewhere else _KINDS.get(share.outcome or "", "")] += share.cases
    return Classic(
        received=received,
        channels=[_line(code, words, channels[code], received) for code, words in CHANNEL_GROUPS.words("form").items()],
        answered=answered,
        answers=[_line(code, words, answers[code], answered) for code, (words, _) in ANSWERS.items()],
    )


def _line(code: str, label: str, count: int, whole: int) -> ClassicRow:
    return ClassicRow(code=code, label=label, count=count, share=round(count / whole, 4) if whole else 0.0)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "0.0%"


def _listed(parts: Iterable[str]) -> str:
    return "，".join(parts)


class Draft:
    """The text chapters of one report."""

    def __init__(
        self, year: int, agency: str, three: Table, four: Sequence[int], shares: Sequence[Share], counted: Classic
    ) -> None:
        self._year = year
        self._agency = agency
        self._three = three
        self._four = four
        self._shares = shares
        self._classic = counted

    def chapters(
        self, two: Sequence[TableTwoRow], fees: float | int | None, name: Callable[[str], str]
    ) -> dict[str, list[Section]]:
        """Chapters 一, 五 and 六; `name` gives a department's name."""
        return {
            "one": [
                Section(title="（一）主动公开", paragraphs=[*_published(two, self._year), TO_WRITE], drafted=False),
                Section(title="（二）依申请公开", paragraphs=self._requests(name)),
                *(
                    Section(title=title, paragraphs=[TO_WRITE], drafted=False)
                    for title in ("（三）政府信息管理", "（四）政府信息公开平台建设", "（五）监督保障")
                ),
            ],
            "five": [
                Section(title="（一）存在的主要问题", paragraphs=[*self._problems(), TO_WRITE], drafted=False),
                Section(title="（二）改进情况", paragraphs=[TO_WRITE], drafted=False),
            ],
            "six": [
                Section(title="收取信息处理费情况", paragraphs=[_fees(self._year, fees)], drafted=fees is not None),
                Section(title="其他", paragraphs=[TO_WRITE], drafted=False),
            ],
        }

    def _total(self, row: str) -> int:
        return self._three[row][-1]

    def _sum(self, value: Callable[[Share], int]) -> int:
        return sum(map(value, self._shares))

    def _requests(self, name: Callable[[str], str]) -> list[str]:
        paragraphs = [self._received(), self._ended(), self._in_time(), self._departments(name), self._rated()]
        return [paragraph for paragraph in paragraphs if paragraph]

    def _received(self) -> str:
        new, natural = self._total(NEW), self._three[NEW][0]
        channels = [f"{row.label}{row.count}件" for row in self._classic.channels if row.count]
        said = f"{self._year}年，{self._agency}新收政府信息公开申请{new}件，上年结转{self._total(CARRIED_OVER)}件。"
        if not new:
            return said
        return (
            f"{said}新收申请中，自然人提出{natural}件，占{_percent(natural, new)}；"
            f"法人或其他组织提出{new - natural}件。按渠道分：{_listed(channels)}。"
        )

    def _ended(self) -> str:
        ended = self._total(ENDED)
        groups: Counter[str] = Counter()
        for code, outcome in OUTCOMES.items():
            groups[outcome.section[3:]] += self._total(code)
        results = [f"{words}{count}件（{_percent(count, ended)}）" for words, count in groups.items() if count]
        said = f"全年办结{ended}件" + (f"：{_listed(results)}" if results else "")
        return f"{said}。结转下年度继续办理{self._total(OPEN)}件。"

    def _in_time(self) -> str:
        timed = self._sum(lambda share: share.timed)
        if not timed:
            return ""
        kept = self._sum(lambda share: share.in_time)
        extended = self._sum(lambda share: share.extended)
        return (
            f"有答复期限的{timed}件中，在期限内答复{kept}件，按期答复率{_percent(kept, timed)}；"
            f"办结的申请中，依法延长答复期限的{extended}件。"
        )

    def _departments(self, name: Callable[[str], str]) -> str:
        counted: Counter[str] = Counter()
        for share in self._shares:
            if share.fresh and share.department:
                counted[share.department] += share.cases
        if not counted:
            return ""
        named = [f"{name(code)}{count}件" for code, count in counted.most_common(_NAMED)]
        return f"新收申请较多的承办机构：{_listed(named)}。"

    def _rated(self) -> str:
        rated = self._sum(lambda share: share.rated)
        if not rated:
            return ""
        average = self._sum(lambda share: share.stars) / rated
        return f"申请人对{rated}件申请的办理作了评价，平均{average:.1f}分（满分5分）。"

    def _problems(self) -> list[str]:
        late = self._sum(lambda share: share.timed - share.in_time)
        returned = self._sum(lambda share: share.returned)
        unclear = self._total("3.4.3") + self._total("3.6.1")
        corrected = sum(self._four[place] for place in (1, 6, 11))
        told = (
            (late, f"超过期限才答复的申请有{late}件，办理时效需要加强。"),
            (returned, f"承办机构退回重新分办{returned}次，职责分工和分办的准确程度有待提高。"),
            (unclear, f"因内容不明确而未能提供信息的有{unclear}件，对申请人的指导和释明需要加强。"),
            (
                self._total("3.5.1"),
                f"以申请公开的形式信访、举报、投诉的有{self._total('3.5.1')}件，渠道指引需要更加醒目。",
            ),
            (corrected, f"行政复议、行政诉讼结果纠正{corrected}件，答复的规范程度需要提高。"),
        )
        return [sentence for count, sentence in told if count]


def _published(rows: Sequence[TableTwoRow], year: int) -> list[str]:
    """What 表二 tells, as far as it was keyed in."""
    given: Mapping[str, Sequence[int | float | None]] = {row.code: row.cells for row in rows}
    parts = []
    for code, unit in (("regulation", "件"), ("normative_document", "件")):
        made = given[code][0]
        if made is not None:
            parts.append(f"制发{next(row.label for row in rows if row.code == code)}{made}{unit}")
    for code, words in (("licence", "行政许可"), ("penalty", "行政处罚"), ("compulsion", "行政强制")):
        decided = given[code][tuple(form_of(year).table_two[code].columns).index("decisions")]
        if decided is not None:
            parts.append(f"作出{words}决定{decided}件")
    return [f"全年{_listed(parts)}。"] if parts else []


def _fees(year: int, fees: float | int | None) -> str:
    if fees is None:
        return f"{year}年度收取信息处理费的金额尚未填报。{TO_WRITE}"
    return f"{year}年度共收取政府信息公开信息处理费{fees}元。" if fees else f"{year}年度未收取政府信息公开信息处理费。"
