"""Who applies (申请人), with which proof of identity (身份证明), and for what kind of procedure (申请种类)."""

from dataclasses import dataclass
from typing import Literal

from intake_api.terms.vocabulary import Term, Vocabulary

ApplicantType = Literal["natural", "business", "research", "charity", "legal_service", "other"]
IdType = Literal["resident_id", "passport", "travel_permit", "military_id", "uscc", "other"]
Kind = Literal["disclosure", "correction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Term):
    """A kind of proof of identity; `natural` and `organisation`: who can have it."""

    natural: bool = True
    organisation: bool = False


# 表三's columns, in the order of the form; whoever is not natural is 法人或其他组织.
APPLICANT_TYPES = Vocabulary(
    Term(code="natural", label="自然人", citizen="个人", also=("公民",)),
    Term(code="business", label="商业企业", also=("企业",)),
    Term(code="research", label="科研机构"),
    Term(code="charity", label="社会公益组织"),
    Term(code="legal_service", label="法律服务机构"),
    Term(code="other", label="其他", also=("其他组织",)),
)
ID_TYPES = Vocabulary(
    Proof(code="resident_id", label="居民身份证", also=("身份证",)),
    Proof(code="uscc", label="统一社会信用代码", natural=False, organisation=True, also=("营业执照",)),
    Proof(code="passport", label="护照"),
    Proof(code="travel_permit", label="港澳台居民通行证", also=("通行证", "回乡证", "台胞证")),
    Proof(code="military_id", label="军人证件", also=("军官证", "士兵证")),
    Proof(code="other", label="其他证件", organisation=True, also=("其他",)),
)
KINDS = Vocabulary(
    Term(code="disclosure", label="信息公开申请", also=("公开申请", "依申请公开")),
    Term(code="correction", label="更正申请", also=("更正",)),
)
