"""What happens to a case between receipt and answer: advice, checks, people, consultations, results."""

from dataclasses import dataclass
from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

Disposition = Literal["public", "partially_public", "not_held", "not_this_agency", "unclear"]
Party = Literal["third_party", "co_agency", "other_agency"]
Opinion = Literal["agree", "object_with_reason", "object", "silent"]
Role = Literal["clerk", "officer", "reviewer", "admin"]
Relation = Literal["repeat", "campaign", "related"]

DISPOSITIONS = Vocabulary(
    Term(code="public", label="予以公开"),
    Term(code="partially_public", label="部分公开"),
    Term(code="not_held", label="本机关不掌握"),
    Term(code="not_this_agency", label="不属于本机关负责公开"),
    Term(code="unclear", label="内容不明确，需补正"),
)
# What a suggestion asks people to check (提示); the article beside each is the classifier's rule's.
FLAGS = Vocabulary(
    Term(code="already_published", label="可能已经公开"),
    Term(code="complaint", label="可能是信访、投诉、举报"),
    Term(code="consultation", label="可能是咨询"),
    Term(code="publication", label="可能是索要公开出版物"),
    Term(code="register_query", label="可能应查询登记资料"),
    Term(code="needs_processing", label="可能需要加工、分析"),
    Term(code="third_party", label="可能涉及第三方"),
    Term(code="exception_risk", label="可能涉及不予公开的情形"),
    Term(code="repeat", label="可能是重复申请"),
    Term(code="excessive", label="数量、频次可能超过合理范围"),
    Term(code="correction", label="可能是要求更正信息"),
    Term(code="several_matters", label="可能不止一件事"),
    Term(code="missing_particulars", label="申请人信息不全"),
)
# In the order of rank.
ROLES = Vocabulary(
    Term(code="clerk", label="经办人员"),
    Term(code="officer", label="承办人员"),
    Term(code="reviewer", label="审核人员"),
    Term(code="admin", label="管理员"),
)


def roles_of(given: str) -> tuple[str, ...]:
    """The roles that a setting names: `optional` none, `required` all, else codes with commas. ValueError otherwise."""
    named = {"optional": (), "required": tuple(ROLES)}.get(given, tuple(map(str.strip, given.split(","))))
    if not set(named) <= set(ROLES):
        raise ValueError("no such role")
    return named


PARTIES = Vocabulary(
    Term(code="third_party", label="第三方"),
    Term(code="co_agency", label="共同制作的机关", notice="共同制作该政府信息的行政机关"),
    Term(code="other_agency", label="其他机关", notice="其他有关机关"),
)
OPINIONS = Vocabulary(
    Term(code="agree", label="同意公开"),
    Term(code="object_with_reason", label="不同意，有合理理由"),
    Term(code="object", label="不同意，没有合理理由"),
    Term(code="silent", label="期满未提出意见"),
)
# Of review (行政复议) and litigation (行政诉讼), as 表四 counts them.
RESULTS = Vocabulary(
    Term(code="upheld", label="结果维持", also=("维持",)),
    Term(code="corrected", label="结果纠正", also=("纠正",)),
    Term(code="other", label="其他结果", also=("其他",)),
    Term(code="pending", label="尚未审结", also=("未审结",)),
)
ROUTES = Vocabulary(
    Term(code="direct", label="未经复议直接起诉", also=("直接起诉",)),
    Term(code="after_review", label="复议后起诉"),
)
# What a case may be fought over by; a suit by its instance.
PROCEEDINGS = Vocabulary(
    Term(code="review", label="行政复议"),
    Term(code="first", label="行政诉讼（一审）"),
    Term(code="second", label="行政诉讼（二审）"),
    Term(code="retrial", label="行政诉讼（再审）"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Term):
    """What was decided in a review or a suit, and the `result` of 表四 that it counts as."""

    result: str


VERDICTS = Vocabulary(
    Verdict(code="maintained", label="维持", result="upheld"),
    Verdict(code="claims_rejected", label="驳回复议请求、诉讼请求", result="upheld"),
    Verdict(code="revoked", label="撤销", result="corrected"),
    Verdict(code="changed", label="变更", result="corrected"),
    Verdict(code="unlawful", label="确认违法、无效", result="corrected"),
    Verdict(code="ordered", label="责令履行、重新答复", result="corrected"),
    Verdict(code="not_admitted", label="不予受理、驳回申请、驳回起诉", result="other"),
    Verdict(code="withdrawn", label="撤回申请、撤诉（终止）", result="other"),
    Verdict(code="mediated", label="调解、和解", result="other"),
)
# Who a matter that is no request for information is handed on to (转办).
RECIPIENTS = Vocabulary(
    Term(code="hotline", label="12345 政务服务便民热线"),
    Term(code="petition", label="信访部门"),
    Term(code="other", label="其他有关部门"),
)
# What another department inside is asked for, and what it says.
COUNTERSIGNS = Vocabulary(Term(code="countersign", label="会签"), Term(code="help", label="协办"))
CONCURRENCES = Vocabulary(
    Term(code="agree", label="同意"),
    Term(code="agree_with_remarks", label="同意，另有意见"),
    Term(code="disagree", label="不同意"),
    Term(code="supplied", label="已提供材料"),
)
SECRECY_LEVELS = Vocabulary(Term(code="1", label="承办部门审查"), Term(code="2", label="办公室审查"))
SECRECY_RESULTS = Vocabulary(
    Term(code="releasable", label="可以公开"),
    Term(code="partly", label="可以部分公开"),
    Term(code="not", label="不能公开"),
)
RELATIONS = Vocabulary(
    Term(code="repeat", label="重复申请"),
    Term(code="campaign", label="多人集中申请同一信息"),
    Term(code="related", label="相关"),
)
RATINGS = Vocabulary(
    Term(code="5", label="很满意"),
    Term(code="4", label="满意"),
    Term(code="3", label="一般"),
    Term(code="2", label="不满意"),
    Term(code="1", label="很不满意"),
)
# Of a notice that was built on an entry which is voided.
NOTICE_FATES = Vocabulary(
    Term(code="void", label="不再有效，要发更正后的文书"),
    Term(code="stands", label="文书无误，只是记录有误"),
)
CLOCK_STATES = Vocabulary(
    Term(code="running", label="计时中"),
    Term(code="paused", label="暂停计时"),
    Term(code="stopped", label="已停止"),
    Term(code="overdue", label="已超期"),
)
