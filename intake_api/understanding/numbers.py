"""Numbers and addresses of mail in a message: identity, credit code, telephone, e-mail, document numbers (文号)."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from intake_api.people import identity
from intake_api.understanding.whose import is_own
from intake_api.understanding.words import Passage, clause_start, sentence_start

_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])")
_CREDIT = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-HJ-NP-RT-Ya-hj-np-rt-y]{2} ?[0-9]{6} ?[0-9A-HJ-NP-RT-Ya-hj-np-rt-y]{10}(?![0-9A-Za-z])"
)
_PASSPORT = re.compile(
    r"(?i:护照|通行证|回乡证|台胞证|军官证|passport)[^0-9A-Za-z，。\n]{0,8}(?i:no\.?|number|"
    r"is)?[^0-9A-Za-z，。\n]{0,4}([A-Za-z]{0,2}\d{6,10})(?![0-9A-Za-z])"
)
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.-])(?:\(?\+?(?:86|0086)\)?[ -]?)?1[3-9]\d(?:[ -]?\d{4}[ -]?\d{4}|\d[ -]?\d{3}[ -]?\d{4}|"
    r"[ -]?\d{3}[ -]?\d{5})(?![0-9A-Za-z])(?!-\d)"
)
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z.-])(?<![0-9] )\(?0\d{2,3}\)?[ -]?(?:[1-9]\d{6,7}|[1-9]\d{2,3}[ -]\d{4}|"
    r"[1-9]\d{3} \d{3})(?:(?:-|转|分机|ext\.?)\d{1,6})?(?![0-9A-Za-z-])"
)
_SPACED = re.compile(r"(?<![0-9A-Za-z] )(?<![0-9A-Za-z])1 [3-9](?: \d){9}(?! ?[0-9A-Za-z])")
_PARTED = re.compile(
    r"(?<![0-9A-Za-z.-])(?<![0-9] )0\d{2,3}[- ](?:[2-8]\d{4} \d{2,3}|[2-8]\d{3} \d{3,4}|"
    r"[2-8]\d{2} ?\d{4,5})(?![0-9A-Za-z-])"
)
_SHORT = re.compile(
    r"(?:电话|座机|座机号|固话|打)(?:号码)?(?:找我|联系我?|打我)?(?:是|"
    r"为)?[: ]{0,4}([2-8]\d{2,3} ?\d{4})(?![0-9A-Za-z-])"
)
_ABROAD = re.compile(r"(?<![0-9A-Za-z])(?:\+|00)(?!86)[1-9]\d{0,2}[ -]?\d{2,4}(?:[ -]?\d{2,4}){1,4}(?![0-9A-Za-z])")
_MAIL = re.compile(
    r"(?<![0-9A-Za-z._%+-])[0-9A-Za-z][0-9A-Za-z._%+-]{0,63}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63}){1,5}"
)
# digits after these are somebody's, but no telephone of the applicant
_NO_PHONE = re.compile(
    r"(?:微信号?|wechat|weixin|vx|wx|QQ|qq|抖音|账号|帐号|账户|帐户|卡号|银行卡|存折|订单号?|单号|流水号|编号|户号|"
    r"水表|电表|合同号|"
    r"学号|工号|证号|车牌|快递号?|运单号?|回执|案号|密码|支付宝|(?<!电话)(?<!电话[和、/])传真[^，。]{0,4}号?码?|警号|转账到|汇到|"
    r"打款到)(?:码)?(?:我|:|是|为|叫|到|加| |就是|的话|号码|号){0,5}$",
    re.IGNORECASE,
)
_SAME_NUMBER = re.compile(r"(?:电话|手机)号?(?:码)?[^，。]{0,4}(?:同|和|跟|与|也是|即|/|、)(?:我)?(?:的)?微信|微信同号")
_FAX = re.compile(
    r"(?<!电话)(?<!电话[和、/])传真(?![^。\n]{0,80}(?:联系|电话|手机)(?:[和、/]?传真)?[都均]?[: 是]{0,2}$)"
    r"[^。\n0-9]{0,12}$"
)
_NO_MAIL = re.compile(
    r"(?:你们|贵局|贵单位|公开|投诉|举报|官方|网站上?|公布)的?(?:电子)?(?:邮箱|邮件|信箱)[^，。]{0,8}$|发(?:过|"
    r"了)(?:邮件|信)?[^，。]{0,8}$"
)
_DOCUMENT = re.compile(
    r"([\u4e00-\u9fff]{2,16}(?:[(（]\d{1,2}[)）]|[A-Z])?) {0,2}[〔［\[(（【「『<《〈{﹝] {0,2}((?:19|"
    r"20)\d{2})年? {0,2}[〕］\])）】」』>》〉}﹞] {0,2}"
    r"第? {0,2}(\d{1,5}(?:-\d{1,3}(?=号))?)(?! {0,2}[页条款项元份户人])(?: {0,2}号)?"
)
_BARE_DOCUMENT = re.compile(
    r"([\u4e00-\u9fff]{1,14}[发函字办规令告批复通文]) {0,2}((?:19|20)\d{2})(?:年第?|[-— /第]|号) {0,2}(\d{1,5}) {0,2}号"
)
_CUT = re.compile(
    r"[贵你该][府局厅委办]|公开|申请|获取|提供|复印|复制|查阅|查看|文件|文号|文是|根据|依据|依照|按照|印发|下发|发布|"
    r"出台|编号|通知|关于|"
    r"批复(?=.{2})|咨询|即(?![政人墨自教财发])|人民政府(?:办公[室厅])?|委员会|(?<=[\u4e00-\u9fff]{2})局(?=.{3})|"
    r"答复|决定书?|意见书|告知书|通知书|名为|号是|"
    r"[看要查的是和与及叫为份我想请到在于给找这那有把将对或个件号年跟按第由从向就问知道]|以及|还有|政府(?=示)|原文|什么"
)
_BASIS = re.compile(r"(?:根据|(?<!审批)(?<!收费)(?<!政策)(?<!法律)依据|依照|按照|违反了?|不符合?)[^，。\n]{0,6}$")
_ANSWERED = re.compile(r"给过|收到过|答复过|回复过|不服|手里有|不用给")
CASE = re.compile(
    r"(?<![0-9A-Za-z])(?<!合同编号)(?<!合同号)(?<!项目编号)(?<!采购编号)(?<!招标编号)(?<!地块)[A-Za-z]{1,6}-(?:19|"
    r"20)\d{2}-\d{3,9}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
MOST = 60  # of one sort in a message: more are a list, and each is compared with all before it


def found(text: str, today: date, client: re.Pattern[str] | None) -> list[Passage]:
    """The numbers with what each is, the applicant's own or not; of each sort the first `MOST`."""
    spans: list[Passage] = []
    for reader in (_documents, _case_numbers, _mails, lambda given: _identities(given, today), _phones):
        for one in islice(reader(text), MOST):
            if not any(one.start < other.end and other.start < one.end for other in spans):
                own = one.own and (one.kind == "document_number" or is_own(text, one.start, one.end, client))
                spans.append(Passage(one.start, one.end, one.kind, one.value, own))
    return spans


def _identities(text: str, today: date) -> Iterator[Passage]:
    for match in _ID.finditer(text):
        if value := identity.resident_id(re.sub(r"[ -]", "", match[0]), today):
            yield Passage(*match.span(), "id_number", value)
    for match in _CREDIT.finditer(text):
        if value := identity.uscc(match[0].replace(" ", "")):
            yield Passage(*match.span(), "uscc", value)
        elif match[0].replace(" ", "").isdecimal():
            yield Passage(*match.span(), "number", match[0], own=False)
    for match in _PASSPORT.finditer(text):
        yield Passage(*match.span(1), "id_number", match[1].upper())


def _phones(text: str) -> Iterator[Passage]:
    for pattern in (_MOBILE, _SPACED, _LANDLINE, _PARTED, _ABROAD):
        for match in pattern.finditer(text):
            if value := identity.phone(match[0]):
                before = text[clause_start(text, match.start()) : match.start()].rstrip(" :")
                own = not (_NO_PHONE.search(before) or _FAX.search(text[: match.start()])) or bool(
                    _SAME_NUMBER.search(before)
                )
                yield Passage(*match.span(), "phone", value, own)
    for match in _SHORT.finditer(text):
        yield Passage(*match.span(1), "phone", match[1].replace(" ", ""))


def _mails(text: str) -> Iterator[Passage]:
    for match in _MAIL.finditer(text):
        if value := identity.email(match[0]):
            own = not _NO_MAIL.search(text[clause_start(text, match.start()) : match.start()])
            yield Passage(match.start(), match.start() + len(match[0]), "email", value.lower(), own)


def _case_numbers(text: str) -> Iterator[Passage]:
    for match in CASE.finditer(text):
        yield Passage(*match.span(), "case", match[0].upper(), own=False)


_MORE_NUMBERS = re.compile(r"[、和及与]第?(\d{1,5})号")
_RUN = re.compile(rf"(?:{_MORE_NUMBERS.pattern}){{0,30}}")


def _run_end(text: str, place: int) -> int:
    """Where the further numbers end that follow a document's at once."""
    run = _RUN.match(text, place)
    return run.end() if run else place


def _documents(text: str) -> Iterator[Passage]:
    for pattern in (_DOCUMENT, _BARE_DOCUMENT):
        for match in pattern.finditer(text):
            begin = _sign(match[1])
            sign, start = match[1][begin:], match.start() + begin
            number = re.sub(r"\s", "", match[3])
            if len(sign) >= 2 and not _CUT.fullmatch(sign):
                own = not _BASIS.search(text[clause_start(text, start) : start]) and not _ANSWERED.search(
                    text[sentence_start(text, start) : match.end() + 16]
                )
                yield Passage(start, match.end(), "document_number", f"{sign}〔{match[2]}〕{number}号", own)
                for more in _MORE_NUMBERS.finditer(text, match.end(), _run_end(text, match.end())):  # …〔2022〕1号、2号
                    yield Passage(*more.span(), "document_number", f"{sign}〔{match[2]}〕{more[1]}号", own)


def _sign(before: str) -> int:
    """Where the agency's sign (机关代字) begins in what stands before the year."""
    cuts = [cut.end() for cut in _CUT.finditer(before) if cut.end() <= len(before) - 2]
    return cuts[-1] if cuts else 0
