"""The one table of outcomes (处理结果): what ties a disposition to its article, notice, remedy and report row.

Rows are the 21 leaves of 表三 of 国办公开办函〔2021〕30号. Notices (文书) go by their number in the set of
N1 登记回执 to N27. Which article a row rests on is this project's reading where the form does not say it.
"""

from dataclasses import dataclass
from enum import StrEnum

from intake_api.terms import handling


class Remedy(StrEnum):
    """Which remedy paragraph (救济告知) a notice carries (行政复议法 2023 art. 23; 行政诉讼法 arts 45, 46)."""

    CHOICE = "choice"  # 复议或者诉讼
    REVIEW_FIRST = "review_first"  # 复议前置
    SPLIT = "split"  # review first for the part withheld, choice for the rest
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ground:
    """One legal ground of an outcome. `article` is the short form of contract §4 (empty: the form alone names it)."""

    article: str
    citation: str
    notice: str | None
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class Outcome:
    """A leaf of 表三: `code` is also its row; the first ground is the usual one."""

    code: str
    section: str
    label: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Disposition:
    """What the office means to do (拟办意见), before the answer; `outcome` and `ground` are where it leads."""

    code: str
    label: str
    outcome: str
    ground: Ground


_GRANTED, _PARTLY, _REFUSED = "（一）予以公开", "（二）部分公开", "（三）不予公开"
_NOT_HELD, _NOT_PROCESSED, _OTHER = "（四）无法提供", "（五）不予处理", "（六）其他处理"

_PUBLISHED = Ground("36(1)", "第三十六条第（一）项", "N10", Remedy.CHOICE)
_PROVIDED = Ground("36(2)", "第三十六条第（二）项", "N11", Remedy.CHOICE)
_SEPARATED = Ground("37", "第三十七条", "N12", Remedy.SPLIT)
_ABSENT = Ground("36(4)", "第三十六条第（四）项", "N14", Remedy.CHOICE)
_ELSEWHERE = Ground("36(5)", "第三十六条第（五）项", "N15", Remedy.CHOICE)


def _refused(article: str, citation: str) -> tuple[Ground, ...]:
    return (Ground(article, f"第三十六条第（三）项、{citation}", "N13", Remedy.REVIEW_FIRST),)


def _choice(article: str, citation: str, notice: str) -> tuple[Ground, ...]:
    return (Ground(article, citation, notice, Remedy.CHOICE),)


OUTCOMES: dict[str, Outcome] = {
    outcome.code: outcome
    for outcome in (
        Outcome("3.1", _GRANTED, "予以公开", (_PROVIDED, _PUBLISHED)),
        Outcome("3.2", _PARTLY, "部分公开（区分处理的，只计这一情形，不计其他情形）", (_SEPARATED,)),
        Outcome("3.3.1", _REFUSED, "属于国家秘密", _refused("14", "第十四条")),
        Outcome("3.3.2", _REFUSED, "其他法律行政法规禁止公开", _refused("14", "第十四条")),
        Outcome("3.3.3", _REFUSED, "危及“三安全一稳定”", _refused("14", "第十四条")),
        Outcome("3.3.4", _REFUSED, "保护第三方合法权益", _refused("15", "第十五条")),
        Outcome("3.3.5", _REFUSED, "属于三类内部事务信息", _refused("16(1)", "第十六条第一款")),
        Outcome("3.3.6", _REFUSED, "属于四类过程性信息", _refused("16(2)", "第十六条第二款")),
        Outcome("3.3.7", _REFUSED, "属于行政执法案卷", _refused("16(2)", "第十六条第二款")),
        Outcome("3.3.8", _REFUSED, "属于行政查询事项", _choice("36(7)", "第三十六条第（七）项", "N17")),
        Outcome("3.4.1", _NOT_HELD, "本机关不掌握相关政府信息", (_ABSENT, _ELSEWHERE)),
        Outcome("3.4.2", _NOT_HELD, "没有现成信息需要另行制作", _choice("38", "第三十八条", "N18")),
        Outcome("3.4.3", _NOT_HELD, "补正后申请内容仍不明确", _choice("30", "第三十条", "N19")),
        Outcome("3.5.1", _NOT_PROCESSED, "信访举报投诉类申请", _choice("39(1)", "第三十九条第一款", "N20")),
        Outcome("3.5.2", _NOT_PROCESSED, "重复申请", _choice("36(6)", "第三十六条第（六）项", "N16")),
        Outcome("3.5.3", _NOT_PROCESSED, "要求提供公开出版物", _choice("39(2)", "第三十九条第二款", "N21")),
        Outcome("3.5.4", _NOT_PROCESSED, "无正当理由大量反复申请", _choice("35", "第三十五条", "N22")),
        Outcome("3.5.5", _NOT_PROCESSED, "要求行政机关确认或重新出具已获取信息", _choice("", "", "N22")),
        Outcome(
            "3.6.1",
            _OTHER,
            "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            _choice("30", "第三十条", "N24"),
        ),
        Outcome(
            "3.6.2",
            _OTHER,
            "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
            _choice("42", "第四十二条、国办函〔2020〕109号", "N24"),
        ),
        Outcome("3.6.3", _OTHER, "其他", _choice("2", "第二条", "N20-2")),
    )
}

# What may or must not be disclosed (arts 14 to 16) in the words of the law, which letters quote: by row of 表三, whose
# label is the form's own and no law, and by the one of several that the row puts together.
WITHHELD: dict[str, str] = {
    "3.3.1": "依法确定为国家秘密的政府信息",
    "3.3.2": "法律、行政法规禁止公开的政府信息",
    "3.3.3": "公开后可能危及国家安全、公共安全、经济安全、社会稳定的政府信息",
    "3.3.3-national": "公开后可能危及国家安全的政府信息",
    "3.3.3-public": "公开后可能危及公共安全的政府信息",
    "3.3.3-economic": "公开后可能危及经济安全的政府信息",
    "3.3.3-stability": "公开后可能危及社会稳定的政府信息",
    "3.3.4": "涉及商业秘密、个人隐私等，公开会对第三方合法权益造成损害的政府信息",
    "3.3.4-commercial": "涉及商业秘密，公开会对第三方合法权益造成损害的政府信息",
    "3.3.4-privacy": "涉及个人隐私，公开会对第三方合法权益造成损害的政府信息",
    "3.3.5": "行政机关的内部事务信息，包括人事管理、后勤管理、内部工作流程等方面的信息",
    "3.3.5-personnel": "行政机关的内部事务信息，即人事管理方面的信息",
    "3.3.5-logistics": "行政机关的内部事务信息，即后勤管理方面的信息",
    "3.3.5-workflow": "行政机关的内部事务信息，即内部工作流程方面的信息",
    "3.3.6": "行政机关在履行行政管理职能过程中形成的讨论记录、过程稿、磋商信函、请示报告等过程性信息",
    "3.3.6-discussion": "行政机关在履行行政管理职能过程中形成的讨论记录这类过程性信息",
    "3.3.6-draft": "行政机关在履行行政管理职能过程中形成的过程稿这类过程性信息",
    "3.3.6-letters": "行政机关在履行行政管理职能过程中形成的磋商信函这类过程性信息",
    "3.3.6-report": "行政机关在履行行政管理职能过程中形成的请示报告这类过程性信息",
    "3.3.7": "行政执法案卷信息",
}


def row_of(withheld: str) -> str:
    """Return the row of 表三 that a reason for withholding counts in."""
    return withheld.partition("-")[0]


def citation_of(withheld: str) -> str:
    """Return the articles that a reason for withholding rests on."""
    return OUTCOMES[row_of(withheld)].grounds[0].citation


_MEANT = handling.DISPOSITIONS.words()
DISPOSITIONS: dict[str, Disposition] = {
    disposition.code: disposition
    for disposition in (
        Disposition("public", _MEANT["public"], "3.1", _PROVIDED),
        Disposition("partially_public", _MEANT["partially_public"], "3.2", _SEPARATED),
        Disposition("not_held", _MEANT["not_held"], "3.4.1", _ABSENT),
        Disposition("not_this_agency", _MEANT["not_this_agency"], "3.4.1", _ELSEWHERE),
        Disposition("unclear", _MEANT["unclear"], "3.4.3", Ground("30", "第三十条", "N2", Remedy.NONE)),
    )
}
