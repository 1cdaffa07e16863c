"""Pages that tell how it goes: the guide (公开指南), its flow chart, blank forms, complaint (art. 47), English."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake_api.form.blank import BOX, ENCLOSED, KINDS, TITLE, as_docx, blank
from intake_api.http import office_of, public
from intake_api.kit.errors import Failure
from intake_api.statute.deadlines import ANSWER_DAYS, CLARIFY_DAYS, EXTENSION_DAYS
from intake_api.statute.remedies import DAYS
from intake_api.web.templating import render

router = APIRouter(include_in_schema=False)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The flow chart: a step's words and what stands beside it; the same list is read to who does not see the drawing.
FLOW = (
    ("提出申请", "网上、对话、当面、邮寄"),
    ("登记", "得到编号和查询码"),
    ("审查，分给负责的部门", f"不清楚的，{CLARIFY_DAYS} 个工作日内请您补正"),
    ("办理", "可能征求第三方意见"),
    ("书面答复", f"一般 {ANSWER_DAYS} 个工作日内，延长最多 {EXTENSION_DAYS} 个"),
    ("不服的", "可以复议、诉讼，也可以投诉、举报"),
)


@router.get("/guide")
@public
async def guide(request: Request) -> Response:
    """Show the guide with the flow chart."""
    return render(request, "guide.html", flow=FLOW, answer_days=ANSWER_DAYS)


@router.get("/forms")
@public
async def forms(request: Request) -> Response:
    """Offer the blank forms."""
    return render(request, "forms.html", kinds=KINDS)


@router.get("/forms/{kind}")
@public
async def form(request: Request, kind: str) -> Response:
    """Show a blank form to be printed."""
    if kind not in KINDS:
        raise Failure("not_found")
    shown = {"kind": kind, "word": KINDS[kind], "parts": blank(kind), "title": TITLE, "box": BOX, "enclosed": ENCLOSED}
    return render(request, "form_blank.html", shown)


@router.get("/forms/{kind}/file.docx")
@public
async def file(request: Request, kind: str) -> Response:
    """Download a blank form."""
    if kind not in KINDS:
        raise Failure("not_found")
    named = quote(f"{TITLE}（{KINDS[kind]}）")
    disposition = f"attachment; filename=\"form-{kind}.docx\"; filename*=UTF-8''{named}.docx"
    content = as_docx(kind, office_of(request).directory.default_agency.name)
    return Response(content, media_type=DOCX, headers={"Content-Disposition": disposition})


@router.get("/complaint")
@public
async def complaint(request: Request) -> Response:
    """Say where one turns whose right is not respected (条例 art. 47, art. 51)."""
    return render(request, "complaint.html", days=DAYS)


@router.get("/en")
@public
async def english(request: Request) -> Response:
    """The basics in English."""
    return render(request, "english.html", answer_days=ANSWER_DAYS, clarify_days=CLARIFY_DAYS, days=DAYS)
