"""Notices over HTTP: drafted with the facts of the case, checked, issued, kept as they went out."""

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import docx
import httpx2
import pypdfium2
import pytest

from intake_api.form.application import Submission
from intake_api.notices.views import view
from intake_api.office import Office
from tests.conftest import SettableClock
from tests.contract.test_staff import CONFIRM
from tests.fakes.classifier import KeywordClassifier
from tests.fakes.directory import DIRECTORY
from tests.fakes.office import build_office
from tests.samples import APPLICATION, application

STAFF = "/api/v1/staff/cases"


async def submitted(client: httpx2.AsyncClient, **changes: object) -> dict[str, Any]:
    receipt: dict[str, Any] = (await client.post("/api/v1/requests", json=application(**changes))).json()
    return receipt


async def event(staff: httpx2.AsyncClient, number: str, /, **body: object) -> None:
    answer = await staff.post(f"{STAFF}/{number}/events", json=body)
    assert answer.status_code == 200, answer.text


async def begun(staff: httpx2.AsyncClient, number: str, code: str, **elements: str) -> dict[str, Any]:
    answer = await staff.post(f"{STAFF}/{number}/notices", json={"code": code, "elements": elements})
    assert answer.status_code == 201, answer.text
    notice: dict[str, Any] = answer.json()
    return notice


async def issued(staff: httpx2.AsyncClient, number: str, code: str, **elements: str) -> dict[str, Any]:
    draft = await begun(staff, number, code, **elements)
    answer = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
    assert answer.status_code == 200, answer.text
    notice: dict[str, Any] = answer.json()
    return notice


async def test_a_repeated_request_is_told_of_the_answer_it_had_and_of_nobody_elses(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    someone = {"type": "natural", "name": "李四", "id_type": "resident_id", "id_number": "110101199003079999"}
    first, again = [(await submitted(client))["number"] for _ in range(2)]
    foreign = (await submitted(client, applicant=someone | {"id_type": "other", "phone": "13900000000"}))["number"]
    searched = {"searched_on": "2026-11-20", "searched_in": "档案室", "searched_by": "按名称"}
    for number in (first, foreign):
        await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    letters = {number: (await issued(staff, number, "N14", **searched))["number"] for number in (first, foreign)}
    await event(staff, again, type="linked", number=foreign, relation="repeat")
    assert value(await begun(staff, again, "N16"), "earlier_number") is None, "a link to somebody else's case"
    await event(staff, again, type="linked", number=first, relation="repeat")
    draft = await begun(staff, again, "N16")
    assert (value(draft, "earlier_number"), value(draft, "earlier_on")) == (letters[first], "2026-11-20")
    await begun(staff, again, "N16", earlier_number=letters[first])
    await begun(staff, again, "N16", earlier_number="示信公〔2015〕3号", earlier_on="2015-06-01")
    body = {"code": "N16", "elements": {"earlier_number": letters[foreign]}}
    refused = await staff.post(f"{STAFF}/{again}/notices", json=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["fields"][0]["name"] == "elements.earlier_number"
    assert refused.json()["error"]["code"] == "earlier_foreign"
    body["elements"]["earlier_number"] = letters[first].replace("1号", "99号")  # of a series of ours, never given out
    unknown = await staff.post(f"{STAFF}/{again}/notices", json=body)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "earlier_unknown")
    saved = await staff.put(f"{STAFF}/{again}/notices/{draft['id']}", json={"elements": body["elements"]})
    assert saved.status_code == 422


def value(notice: dict[str, Any], code: str) -> str | None:
    return next(element["value"] for element in notice["elements"] if element["code"] == code) or None


async def reviewer_of(office: Office, client: httpx2.AsyncClient) -> dict[str, str]:
    password = await office.people.add("shenhe", "reviewer", None, "a long password")
    answer = await client.post("/api/v1/staff/tokens", json={"username": "shenhe", "password": password})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def said(notice: dict[str, Any]) -> str:
    return "\n".join([*(paragraph["text"] for paragraph in notice["paragraphs"]), *notice["remedy"]])


def gaps(notice: dict[str, Any]) -> list[str]:
    return [gap["code"] for gap in notice["missing"]]


def words_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    return "".join("".join(page.get_textpage().get_text_range() for page in pages).split())


def paragraphs_of(content: bytes) -> Iterator[str]:
    yield from (paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


async def test_an_answer_takes_its_facts_from_the_case_and_what_is_missing_keeps_it_in(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    page = (await staff.get(f"{STAFF}/{number}/notices")).json()
    assert [kind["code"] for kind in page["kinds"] if kind["proposed"]][:2] == ["N11", "N10"]
    draft = await begun(staff, number, "N10")
    assert "2026年11月20日，本机关收到您提出的政府信息公开申请" in said(draft)
    assert number in said(draft)
    assert "第三十六条第（一）项" in said(draft)
    assert gaps(draft) == ["place"]
    refused = await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert error["code"] == "notice_incomplete"
    assert error["missing"] == draft["missing"]
    assert draft["missing"][0]["label"] in error["message"]
    place = {"elements": {"place": "示例市人民政府网站，政府公报2025年第3期"}}
    complete = (await staff.put(f"{STAFF}/{number}/notices/{draft['id']}", json=place)).json()
    assert complete["missing"] == []
    out = (await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")).json()
    assert out["number"] == "示政公开答〔2026〕1号"
    assert out["issued_on"] == "2026-11-20"
    assert said(out) == said(complete)


async def test_what_went_out_stays_as_it_is_while_the_case_moves_on(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, clock: SettableClock
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    out = await issued(staff, number, "N10", place="示例市人民政府网站")
    address = f"{STAFF}/{number}/notices/{out['id']}"
    first = {form: (await staff.get(f"{address}?format={form}")).content for form in ("pdf", "docx")}
    await event(staff, number, type="closed")
    clock.moment += timedelta(hours=2)
    for form, content in first.items():
        again = await staff.get(f"{address}?format={form}")
        assert again.content == content
        assert hashlib.sha256(content).hexdigest() == out["sha256"][form]
    recorded = (await staff.get(f"{STAFF}/{number}")).json()["events"]
    (entry,) = [e["data"] for e in recorded if e["type"] == "notice_issued"]
    assert entry["notice"] == "N10"
    assert entry["number"] == out["number"]
    assert entry["sha256"] == out["sha256"]["pdf"]
    assert "示例市人民政府网站" in words_of(first["pdf"])
    assert "张三：" in list(paragraphs_of(first["docx"]))
    for change in (
        await staff.put(address, json={"elements": {"place": "别处"}}),
        await staff.delete(address),
        await staff.post(f"{address}/issue"),
    ):
        assert change.status_code == 409
        assert change.json()["error"]["code"] == "notice_issued"


async def test_the_applicant_gets_what_was_issued_to_them_and_nothing_else(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    receipt = await submitted(client)
    number, key = receipt["number"], {"X-Query-Code": receipt["query_code"]}
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    draft = await begun(staff, number, "N10", place="网站")
    third = await issued(staff, number, "N4", recipient="示例公司", information="批复", interests="商业秘密")
    out = await issued(staff, number, "N1")
    seen = (await client.get(f"/api/v1/requests/{number}", headers=key)).json()["notices"]
    assert [(one["id"], one["number"]) for one in seen] == [(out["id"], "示政公开收〔2026〕1号")]
    address = f"/api/v1/requests/{number}/notices"
    pdf = await client.get(f"{address}/{out['id']}", headers=key)
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["cache-control"] == "no-store"
    assert hashlib.sha256(pdf.content).hexdigest() == out["sha256"]["pdf"]
    assert (await client.get(f"{address}/{out['id']}?format=docx", headers=key)).content.startswith(b"PK")
    for hidden in (draft, third):
        answer = await client.get(f"{address}/{hidden['id']}", headers=key)
        assert answer.json()["error"]["code"] == "notice_not_found"
    wrong = await client.get(f"{address}/{out['id']}", headers={"X-Query-Code": "AAAA-AAAA-AAAA"})
    assert wrong.json()["error"]["code"] == "case_not_found"
    other = (await submitted(client))["number"]
    assert (await staff.get(f"{STAFF}/{other}/notices/{out['id']}")).status_code == 404


async def test_a_third_party_is_not_told_who_applied(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    out = await issued(staff, number, "N4", recipient="示例公司", information="批复", interests="商业秘密")
    pdf = words_of((await staff.get(f"{STAFF}/{number}/notices/{out['id']}?format=pdf")).content)
    assert "示例公司：" in pdf
    assert "张三" not in pdf
    assert "征求意见回执" in pdf


async def test_an_extension_counts_its_days_and_only_a_reviewer_sends_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    receipt = await submitted(client)
    number = receipt["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    draft = await begun(staff, number, "N3", approved_on="2026-11-20")
    assert gaps(draft) == ["days", "extended_until"]
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    counted = (await staff.put(address, json={"elements": {"days": "5"}})).json()
    assert "原于2026年12月18日届满" in said(counted)
    assert "延长5个工作日，至2026年12月25日届满" in said(counted)
    assert counted["may_issue"] is False
    too_many = await begun(staff, number, "N3", approved_on="2026-11-20", days="21")
    assert gaps(too_many) == ["extended_until"]
    assert (await staff.post(f"{address}/issue")).json()["error"]["code"] == "not_allowed"
    reviewer = await reviewer_of(office, client)
    assert (await client.post(f"{address}/issue", headers=reviewer)).status_code == 200


async def test_after_an_extension_is_recorded_the_answer_tells_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    reviewer = await reviewer_of(office, client)
    await client.post(f"{STAFF}/{number}/events", json={"type": "extended", "days": 5}, headers=reviewer)
    notice = await begun(staff, number, "N3", approved_on="2026-11-20")
    assert gaps(notice) == []
    answer = await begun(staff, number, "N11", information="批复", access="随附")
    assert "已依法延长答复期限，至2026年12月25日届满" in said(answer)


async def test_a_clarification_notice_takes_its_term_from_the_step(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    await event(staff, number, type="clarification_requested", reply_by="2026-12-04")
    draft = await begun(staff, number, "N2", unclear="没有写明年份", needed="所需文件的年份\n文件名称")
    assert gaps(draft) == []
    assert "请于2026年12月4日前（含当日）" in said(draft)
    assert "1．所需文件的年份\n2．文件名称" in said(draft)
    assert "视为放弃申请" in said(draft)


async def supplemented(client: httpx2.AsyncClient, staff: httpx2.AsyncClient, text: str) -> str:
    """A case found unclear, asked about and supplemented by its applicant; its number."""
    receipt = await submitted(client)
    number, key = receipt["number"], {"X-Query-Code": receipt["query_code"]}
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM | {"disposition": "unclear"})
    await event(staff, number, type="clarification_requested", reply_by="2026-12-04")
    answer = await client.post(f"/api/v1/requests/{number}/supplements", json={"text": text}, headers=key)
    assert answer.status_code == 200
    return number


async def test_after_a_supplement_letters_quote_the_request_as_it_stands(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await supplemented(client, staff, "是甲村东侧\n地块的批复。")
    stands = "申请获取：“申请公开甲村2025年征地批复文件”（申请人补正：“是甲村东侧 地块的批复”）。"
    for code in ("N12", "N27-2", "N20"):
        assert stands in said(await begun(staff, number, code)), code
    form = await begun(staff, number, "N27")
    assert "是甲村东侧" in next(e["value"] for e in form["elements"] if e["code"] == "asked")
    unclear = await begun(staff, number, "N19", unclear="没有写明年份")
    assert gaps(unclear) == []
    assert "收到补正：\n1．是甲村东侧\n2．地块的批复。" in said(unclear)
    assert said(unclear).count("是甲村东侧") == 1


async def test_after_a_supplement_no_second_one_is_offered(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = await supplemented(client, staff, "是甲村东侧地块的批复")
    kinds = (await staff.get(f"{STAFF}/{number}/notices")).json()["kinds"]
    fitting = [kind["code"] for kind in kinds if kind["proposed"]]
    assert fitting[0] == "N19"
    assert "N2" not in fitting
    case = (await staff.get(f"{STAFF}/{number}")).json()
    assert "clarification_requested" not in {step["code"] for step in case["allowed"]}


async def test_an_extension_before_a_supplement_is_told_no_more(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    receipt = await submitted(client)
    number, key = receipt["number"], {"X-Query-Code": receipt["query_code"]}
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    staff.headers |= await reviewer_of(office, client)
    await event(staff, number, type="extended", days=5)
    await event(staff, number, type="clarification_requested", reply_by="2026-12-04")
    await client.post(f"/api/v1/requests/{number}/supplements", json={"text": "是东侧地块"}, headers=key)
    assert "延长" not in said(await begun(staff, number, "N11", information="批复", access="随附"))
    again = await begun(staff, number, "N3", approved_on="2026-11-20")
    assert gaps(again) == ["days", "extended_until"]
    address = f"{STAFF}/{number}/notices/{again['id']}"
    counted = (await staff.put(address, json={"elements": {"days": "10"}})).json()
    assert gaps(counted) == []


async def test_a_fee_notice_shows_its_sum(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N9", scale="items", count="35", items="2", pay_how="政务大厅3号窗口")
    assert "本次2件应收400元" in said(draft)
    assert "应缴数额为400元" in said(draft)
    pages = await begun(staff, number, "N9", scale="pages", count="101", pay_how="政务大厅3号窗口")
    assert gaps(pages) == []
    assert "应缴数额为720元" in said(pages)
    assert pages["remedy"] == []  # a fee is not challenged by itself


async def test_an_answer_for_another_agency_names_it_and_how_to_reach_it(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM | {"department": "tax"})
    draft = await begun(staff, number, "N15", reasons="税收征管由税务机关负责。")
    assert gaps(draft) == []
    assert "负责公开该政府信息的机关是税务局，联系方式：地址示例路2号，电话0000-7654321" in said(draft)


async def test_a_refusal_needs_its_ground_and_sends_to_review_first(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N13", reasons="涉及示例公司的工艺参数。")
    assert gaps(draft) == ["outcome"]
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    third = (await staff.put(address, json={"elements": {"outcome": "3.3.4"}})).json()
    assert gaps(third) == ["consulted_result", "public_interest"]
    assert "第三十六条第（三）项、第十五条" in said(third)
    secret = (await staff.put(address, json={"elements": {"outcome": "3.3.1"}})).json()
    assert gaps(secret) == []
    assert "应当先自知道或者应当知道该行政行为之日起60日内" in secret["remedy"][0]


async def test_an_agency_without_a_court_or_reviewing_body_is_asked_for_them(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client, addressee="sample-district"))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    draft = await begun(staff, number, "N10", place="网站")
    assert gaps(draft) == ["review_body", "court", "review_url"]
    names = {"review_body": "示例市人民政府", "court": "示例区人民法院", "review_url": "https://fuyi.example.invalid"}
    full = await staff.put(f"{STAFF}/{number}/notices/{draft['id']}", json={"elements": names})
    assert gaps(full.json()) == []
    out = (await staff.post(f"{STAFF}/{number}/notices/{draft['id']}/issue")).json()
    assert out["number"] == "SQ答〔2026〕1号"
    assert "向示例区人民法院提起行政诉讼" in said(out)


async def test_a_request_for_correction_is_answered_in_its_own_words(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client, kind="correction"))["number"]
    receipt = await begun(staff, number, "N1")
    assert gaps(receipt) == []
    assert "没有法定的答复期限" in said(receipt)
    draft = await begun(staff, number, "N25", findings="记录有误", result="corrected", corrected="门牌号更正为12号")
    assert gaps(draft) == []
    assert "更正的内容：\n门牌号更正为12号" in said(draft)


@pytest.mark.parametrize(
    ("elements", "field"),
    [
        ({"clarify_by": "2026-02-30"}, "elements.clarify_by"),
        ({"clarify_by": "明天"}, "elements.clarify_by"),
        ({"received_on": "2026-11-01"}, "elements.received_on"),
        ({"moon": "x"}, "elements.moon"),
    ],
)
async def test_what_an_element_cannot_be_is_said_at_its_field(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, elements: dict[str, str], field: str
) -> None:
    number = (await submitted(client))["number"]
    answer = await staff.post(f"{STAFF}/{number}/notices", json={"code": "N2", "elements": elements})
    assert answer.status_code == 422
    assert [problem["name"] for problem in answer.json()["error"]["fields"]] == [field]


async def test_choices_and_numbers_are_checked(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = (await submitted(client))["number"]
    body = {"code": "N9", "elements": {"scale": "both", "count": "-3"}, "paragraphs": {"moon": "x"}}
    problems = (await staff.post(f"{STAFF}/{number}/notices", json=body)).json()["error"]["fields"]
    assert [problem["name"] for problem in problems] == ["elements.count", "elements.scale", "paragraphs.moon"]
    unknown = await staff.post(f"{STAFF}/{number}/notices", json={"code": "N99"})
    assert unknown.json()["error"]["code"] == "notice_unknown"


async def test_of_two_who_change_a_draft_the_second_is_told(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N10")
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    change = {"elements": {"place": "网站"}, "version": draft["version"]}
    assert (await staff.put(address, json=change)).status_code == 200
    late = await staff.put(address, json=change)
    assert late.json()["error"]["code"] == "notice_changed"
    stale = await staff.post(f"{address}/issue?version={draft['version']}")
    assert stale.json()["error"]["code"] == "notice_changed"


async def test_a_paragraph_can_be_reworded_and_taken_back(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N10", place="网站")
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    reworded = (await staff.put(address, json={"paragraphs": {"opening": "您的申请已经收到。"}})).json()
    assert reworded["paragraphs"][0] == {"key": "opening", "text": "您的申请已经收到。", "edited": True}
    assert gaps(reworded) == ["received_on"]
    back = (await staff.put(address, json={"paragraphs": {"opening": ""}})).json()
    assert back["paragraphs"] == draft["paragraphs"]


async def test_a_draft_can_be_previewed_and_thrown_away(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N10")
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    preview = words_of((await staff.get(f"{address}?format=pdf")).content)
    assert "（草稿，未编号）" in preview
    assert "〔获取该信息的方式、途径〕" in preview
    assert (await staff.delete(address)).status_code == 204
    assert (await staff.get(address)).status_code == 404


@pytest.mark.parametrize("notice", ["99999", "9" * 40, "-1"])
async def test_a_notice_that_is_not_there_is_not_found_whatever_the_address_says(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, notice: str
) -> None:
    receipt = await submitted(client)
    mine = await client.get(
        f"/api/v1/requests/{receipt['number']}/notices/{notice}", headers={"X-Query-Code": receipt["query_code"]}
    )
    theirs = [await staff.get(f"{STAFF}/{receipt['number']}/notices/{notice}{form}") for form in ("", "?format=pdf")]
    for answer in (mine, *theirs):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "notice_not_found"


async def test_nobody_outside_the_department_sees_its_notices(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient, office: Office
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    draft = await begun(staff, number, "N10", place="网站")
    password = await office.people.add("jiaoyu", "officer", "education", "a long password")
    answer = await client.post("/api/v1/staff/tokens", json={"username": "jiaoyu", "password": password})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    for path in ("", f"/{draft['id']}", f"/{draft['id']}?format=pdf"):
        assert (await client.get(f"{STAFF}/{number}/notices{path}", headers=headers)).status_code == 404
    assert (await client.get(f"{STAFF}/{number}/notices")).status_code == 401


async def test_a_name_that_looks_like_markup_stays_a_name(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    who = APPLICATION["applicant"] | {"name": "张三 <b>&{{ x }}#let"}
    number = (await submitted(client, applicant=who))["number"]
    out = await issued(staff, number, "N1")
    address = f"{STAFF}/{number}/notices/{out['id']}"
    assert "张三<b>&{{x}}#let：" in words_of((await staff.get(f"{address}?format=pdf")).content)
    assert "张三 <b>&{{ x }}#let：" in list(paragraphs_of((await staff.get(f"{address}?format=docx")).content))


async def test_no_character_of_an_applicant_holds_up_the_answer(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    who = APPLICATION["applicant"] | {"name": "张😀\U0002a6a5"}
    number = (await submitted(client, applicant=who, description="😀申请公开甲村\uffff批复。"))["number"]
    draft = await begun(staff, number, "N1")
    boxed = {"U+1F600": "😀", "U+2A6A5": "\U0002a6a5"}
    assert draft["boxed"] == boxed
    address = f"{STAFF}/{number}/notices/{draft['id']}"
    out = await staff.post(f"{address}/issue")
    assert out.status_code == 200, out.text
    assert out.json()["boxed"] == (await staff.get(address)).json()["boxed"] == boxed
    pdf = words_of((await staff.get(f"{address}?format=pdf")).content)
    assert "张□□：" in pdf
    assert "□申请公开甲村批复" in pdf
    assert "张😀\U0002a6a5：" in list(paragraphs_of((await staff.get(f"{address}?format=docx")).content))
    assert (await begun(staff, number, "N10", place="网站"))["boxed"] == boxed
    plain = await begun(staff, (await submitted(client))["number"], "N1")
    assert plain["boxed"] == {}


async def test_consultations_are_told_to_the_applicant_and_in_the_answer(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    await event(staff, number, type="consultation_started", party="third_party")
    page = (await staff.get(f"{STAFF}/{number}/notices")).json()
    assert [kind["code"] for kind in page["kinds"] if kind["proposed"]][:3] == ["N4", "N5", "N7"]
    told = await begun(staff, number, "N5")
    assert gaps(told) == []
    assert "需要征求第三方的意见，本机关已于2026年11月20日发出征求意见书" in said(told)
    assert gaps(await begun(staff, number, "N7", recipient="示例委员会", information="批复")) == ["party"]
    answer = await begun(staff, number, "N11", information="批复", access="随附")
    assert "依法征求了第三方的意见，所需时间不计入答复期限" in said(answer)


@pytest.mark.parametrize(
    ("first", "lapse", "days", "told"),
    [
        (
            {"type": "clarification_requested", "reply_by": "2026-12-04"},
            "clarification_lapsed",
            20,
            "已于2026年11月20日送达您，补正期限于2026年12月4日届满",
        ),
        ({"type": "fee_noticed"}, "fee_lapsed", 35, "已于2026年11月20日送达您，缴费期限于2026年12月18日届满"),
    ],
)
async def test_who_let_a_term_pass_is_told_which_and_when(
    client: httpx2.AsyncClient,
    staff: httpx2.AsyncClient,
    office: Office,
    clock: SettableClock,
    first: dict[str, str],
    lapse: str,
    days: int,
    told: str,
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    await event(staff, number, **first)
    clock.moment += timedelta(days=days)
    staff.headers |= await reviewer_of(office, client)
    await event(staff, number, type=lapse)
    draft = await begun(staff, number, "N24")
    assert gaps(draft) == []
    assert told in said(draft)
    assert "视为您放弃申请" in said(draft)


async def test_proof_of_service_names_what_was_issued_last(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    number = (await submitted(client))["number"]
    await staff.post(f"{STAFF}/{number}/confirmation", json=CONFIRM)
    out = await issued(staff, number, "N10", place="网站")
    proof = {"served_how": "post", "served_on": "2026-11-20", "server": "李四", "tracking": "1234567890123"}
    service = await issued(staff, number, "N26", **proof)
    pdf = words_of((await staff.get(f"{STAFF}/{number}/notices/{service['id']}?format=pdf")).content)
    assert f"《政府信息公开申请答复书（已主动公开）》{out['number']}" in pdf
    assert "邮寄送达" in pdf
    assert "1234567890123" in pdf
    assert "拒收事由" not in pdf
    assert "见证人" not in pdf


async def test_a_fee_that_is_nothing_is_not_noticed(client: httpx2.AsyncClient, staff: httpx2.AsyncClient) -> None:
    number = (await submitted(client))["number"]
    draft = await begun(staff, number, "N9", scale="items", count="10", items="1", pay_how="政务大厅")
    assert gaps(draft) == ["calculation", "amount"]


async def test_an_application_not_yet_confirmed_has_no_receipt(
    client: httpx2.AsyncClient, staff: httpx2.AsyncClient
) -> None:
    body = application(channel="post", receipt_basis="mail_unsigned", delivery={"medium": "paper", "way": "post"})
    number = (await staff.post("/api/v1/staff/cases", json=body)).json()["number"]
    assert gaps(await begun(staff, number, "N1")) == ["received_on", "received_basis", "term"]


@pytest.mark.parametrize(
    ("setting", "first"), [("split", "应当先"), ("choice", "如不服本答复，可以"), ("review_first", "应当先")]
)
async def test_what_the_law_leaves_open_on_partial_disclosure_is_a_setting(
    office: Office, setting: str, first: str
) -> None:
    settings = office.settings.model_copy(update={"remedy_partial": setting})
    other = build_office(settings, DIRECTORY, KeywordClassifier, office.clock)
    await other.cases.prepare()
    await other.triage.start()
    await other.people.add("chengban", "officer", None, "一个足够长的测试口令")
    account = (await other.people.sign_in("chengban", "一个足够长的测试口令", None)).account
    receipt = await other.cases.submit(Submission.model_validate(APPLICATION))
    begun = await other.notices.begin(account, receipt.number, "N12")
    notice = view(await other.notices.seen(await other.notices.open(account, receipt.number, begun)))
    await other.db.dispose()
    assert first in notice.remedy[0]
    assert len(notice.remedy) == (3 if setting == "split" else 2)
