"""Every word the bot says. Telegram's HTML; what comes from people or the API is quoted here and nowhere else."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from typing import Any

from bot.draft import CONTACTS, Draft, field_of
from bot.site import Site
from bot.typed import legible

LIMIT = 4_096
"""Characters that Telegram takes in one message."""

MOST = 10_000
"""Characters of one message at most (contract §3); of a description and of a supplement the office's form says it."""

COMMANDS = {
    "start": "从头开始",
    "new": "提一份新的申请",
    "status": "查询办理进度",
    "cancel": "取消正在填写的申请",
    "help": "使用说明",
}

GREETING = (
    "您好，这里是政府信息公开申请的在线办理。\n\n"
    "您想了解哪方面的政府信息？用自己的话说就行，例如："
    "“我想看看我们小区旧房改造的审批文件”。最好写上时间、地点、事项或文件名称。"
)
ASK = "您想了解哪方面的政府信息？用自己的话说就行，最好写上时间、地点、事项或文件名称。"
ASK_AGAIN = "好的，请重新说说您想了解的政府信息。"
HELP = (
    "<b>怎么用</b>\n"
    "直接告诉我您想了解什么，我会一项一项问清楚，最后请您核对后提交。"
    "不需要说明用途，一般也不收费。\n\n"
    "每一步都可以点“上一步”返回修改；没写完的内容会保留 30 天，随时可以接着写。\n\n"
    "/new 提一份新的申请\n/status 查询办理进度\n/cancel 取消正在填写的申请\n/help 看这份说明\n\n"
    "您填写的姓名、证件和联系方式只用于办理这份申请。"
)
PRIVATE_ONLY = "申请里有您的个人信息，请不要在群里填写。请点我的头像，单独和我对话。"
TEXT_ONLY = (
    "抱歉，我看得懂文字，也收照片、PDF 和 Word（docx）文件，别的（语音、视频、表情）收不了。请把内容打成文字发给我。"
)
NO_FILE = "请选择一个文件再发送。"
PHOTO_NAME = "照片.jpg"
FILE_KEPT = "收到“{name}”，和这份申请一起交上去。"
FILE_WHOSE = "收到“{name}”。它是哪一件申请的材料？不在下面的，请发它的编号和查询码。"
FILE_ALONE = (
    "收到“{name}”，先替您留着。要交到已经提交的申请，请发送 /status，再发编号和查询码；"
    "还没有申请的，直接说说您想了解什么，提交时一起交上去。"
)
FILE_REFUSED = "“{name}”没有收下：{why}"
FILE_TOO_LARGE = "这个文件太大。照片可以缩小后再发，也可以分成几个文件。"
FILE_NOT_FETCHED = "文件没有传过来，请再发一次。"
FILES_ENOUGH = "一件申请最多 {most} 个文件，前面的都还在；其他材料请寄送或者当面递交。"
ATTACHED = "材料已经交到申请 <b>{number}</b>：{names}。"
SENT_FILE = "［材料］{name}"
EDITED = "您修改了前面发过的话，可我只认新发来的内容。请把正确的内容重新发一遍，或者在核对时点“修改”。"
NO_WORDS = "我没有看明白。请用一两句话说说您想了解的政府信息，例如什么时间、什么地方、什么事。"
TOO_SHORT = "请再多写几个字，说说您想了解什么。"
TOO_LONG = "这段话太长了，最多 {most:,} 字。请精简一些，详细材料可以在提交以后交给工作人员。"
OLD_BUTTON = "这个按钮已经用过或者过期了。请看最下面的消息，用那里的按钮。"
PRESS_A_BUTTON = "抱歉，我没有听懂。请点下面的按钮选一项，也可以直接发选项的文字。"
NO_CONTACT = (
    "我没有认出联系方式。没有手机也没关系：座机号码、家人的电话、电子邮箱都可以；"
    "留通信地址的，请写全，例如“某市某区某路1号”。"
)
NO_ADDRESS = "我没有认出地址。请写全，例如“某市某区某路1号2栋301室”。"
LOST = "抱歉，刚才说到哪里我没有接上。"
TROUBLE = "系统出了点差错，工作人员会查看。您已经填写的内容还在，请稍后再试一次。"
NOT_TAKEN = "系统暂时不能处理对话，刚才这句话没有收下。请过一会儿再发一次；也可以直接填写申请表。"
UNREACHABLE = "系统暂时连不上。您填写的内容都已保留，请过一会儿点“再试一次”。"
UNCERTAIN = (
    "这份申请刚才已经发出，只是还没有收到系统的回音，有可能已经提交成功。"
    "为了避免重复，请先点“再试一次”，确认结果以后再改。"
)
NOTHING_TO_CANCEL = "现在没有正在填写的申请。想了解什么信息，直接告诉我就行。"
CANCEL_SURE = "确定不写了吗？已经填写的内容会全部删除。"
FOUND = "太好了，那就不用申请了，您写的内容已经删除。以后还想了解什么，直接告诉我就行。"
CANCELLED = "好的，已经取消，填写的内容已删除。以后想申请，直接告诉我您想了解什么就行。"
RESUME = "您有一份没写完的申请，接着写吗？"
RESUME_NOT_TAKEN = "刚才这条消息还没有记进去，选“接着写”后可以再发一次。"
ADDED = "好的，已经加进去了。"
SHORT = 300
"""Characters of a message that is looked through for an address."""
TELL_BY_MAIL = "想用电子邮件也收到办理进展的，把邮箱发给我就行；不用的，不必理会。"
TOLD_BY_MAIL_TOO = (
    "我们给您的邮箱 {address} 发了一封确认邮件：打开其中的链接，以后的进展也会发到那里；不需要的，不必理会。"
)
TELL_ASKED = "好的，确认邮件已经发往 {address}。打开其中的链接，以后的进展就会也发到那里；没有收到的，请看看垃圾邮件。"
TELL_NOT = "好的，不发邮件。有新的进展，我会在这里告诉您。"
TELL_LATER = "现在发不出确认邮件。请过一会儿再把邮箱发给我；进展总会在这里告诉您。"
SUBMITTED_BACK = "想查进度时，发送 /status 或点下面的按钮。"

STATUS_ASK = "请发送申请编号（在回执上，例如 SF-2026-00001）。"
STATUS_ASK_HELD = "请选择要查询的申请，或者直接发送申请编号。"
STATUS_NO_NUMBER = "我没有认出申请编号。编号在回执上，例如 SF-2026-00001，请再发一次；不查了就点下面的按钮。"
STATUS_CODE = "请发送这份申请的查询码（在回执上，12 位字母和数字）。"

SUPPLEMENT_ASK = "请把要补充的内容发给我，发完以后再确认提交。"
SUPPLEMENT_AGAIN = "好的，请把要补充的内容重新发一遍。"
ONWARD = "按下面的按钮，我们就把同一申请提交给它：内容、您的信息和材料都照原样，另有编号和答复期限。"
SUPPLEMENT_HERE = "直接在这里回复就可以：您接下来发的内容，经您确认后作为补正提交。"
ELSEWHERE = "要查询这一件，或者要补正，请到网站的查询进度页输入它的编号和查询码；没有查询码的，请向工作人员索取。"
SUPPLEMENT_TOO_LONG = "加上这一段就超过 {most:,} 字了，这一段没有加进去。"
SUPPLEMENT_NOT_TAKEN = "这次的补充没有提交，您写的内容还在上面的对话里。"
SUPPLEMENT_BY_NOTICE = "具体要补充什么，见《补正告知书》。"

QUESTIONS = {
    "type": "申请人是个人，还是单位？（个人申请的，直接发姓名就行）",
    "contact": "请留一种联系方式，用来给您送达答复：手机号码、电子邮箱或者通信地址，发一种就行。",
    "summary": "请核对您的申请：",
    "correct": "要修改哪一项？",
}
"""What the conversation asks of its own; the fields of the application are asked in the words of the office's form."""
NAME_OF_ORGANISATION = "请问单位的全称？"
ID_SKIPPED = "好的，先不填。身份证明是法定的申请内容，工作人员之后会请您补充，补齐以前可能影响办理。"

LABELS = {"description": "内容描述", "type": "申请人", "document": "文件名称或文号"}
"""Where the conversation calls something otherwise than the form."""
OPTIONS = {"type": {"natural": "个人", "organisation": "单位（法人或其他组织）"}}
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {  # what people call an option that its label does not say
    "type": {
        "natural": (
            *(
                "我自己",
                "本人",
                "自己",
                "我",
                "个人申请",
                "自然人",
                "老百姓",
                "我个人",
                "一个人",
                "我本人",
                "是我自己",
                "替家人",
            ),
        ),
        "organisation": ("公司", "企业", "我们公司", "单位申请", "机构", "法人", "我们单位", "社团", "协会", "合作社"),
    },
    "correct": {
        "description": ("内容", "问题"),
        "type": ("个人", "单位"),
        "name": ("名字",),
        "id_number": ("身份证", "身份证号", "身份证号码"),
        "phone": ("手机", "手机号", "手机号码", "联系电话", "电话号码"),
        "email": ("邮件",),
        "address": ("住址",),
    },
}
BUTTONS = {
    "apply": "填写申请",
    "apply_anyway": "仍然申请",
    "reword": "换个说法",
    "back": "上一步",
    "skip": "跳过",
    "delete": "不留这一项",
    "keep": "保留：",
    "submit": "确认提交",
    "clean": "描述里去掉个人信息",
    "found": "就是这个，不用申请了",
    "hand": "交到 ",
    "split": "分成 {count} 份申请",
    "together": "合成一份申请",
    "fix": "修改",
    "cancel": "取消申请",
    "retry": "再试一次",
    "resume": "接着写",
    "restart": "重新写一份",
    "drop": "不写了，删除",
    "new": "新的申请",
    "status": "查询进度",
    "help": "使用说明",
    "leave": "不查了",
    "add": "补充说明",
    "follow": "查看进度",
    "onward": "同意，向{agency}提出",
    "supply": "作为补正提交",
    "supply_to": "作为补正提交：",
    "again": "重新写",
    "no": "不是补正",
}
WORDS = {  # what people type where others press
    "cancel": ("取消", "取消申请", "不写了"),
    "status": ("查询", "查询进度", "查进度", "办理进度", "进度", "查询办理进度"),
    "help": ("帮助", "使用说明", "怎么用", "？", "?"),
    "new": ("新的申请", "新申请"),
    "apply": (
        "填写申请",
        "填写",
        "填表",
        "开始",
        "仍然申请",
        "申请",
        "我要申请",
        "好",
        "好的",
        "可以",
        "是",
        "是的",
        "对",
        "对的",
        *(
            "嗯嗯好",
            "行",
            "行吧",
            "继续",
            "下一步",
            "申请吧",
            "没错",
            "没问题",
            "要",
            "我要",
            "写",
            "填",
            "好的申请",
            "ok",
            "apply",
        ),
    ),
    "split": ("分开", "分成几份", "分开申请", "分开办", "拆开"),
    "found": (
        *(
            "就是这个",
            "就是它",
            "就是这份",
            "这就是我要的",
            "就是我要的",
            "正是我要的",
            "正是这个",
        ),
        *("找到了", "已经找到了", "我找到了", "找到了谢谢", "找到啦", "看到了", "这个就行", "够了", "就是这个谢谢"),
    ),
    "needless": (
        *("不用申请了", "不用申请", "不申请了", "不需要申请了", "不用办了", "不必申请了", "那不用申请了"),
        *("那就不用申请了", "找到了不用申请了", "就是这个不用申请了", "就是这个找到了不用申请了"),
    ),
    "clean": ("去掉", "去掉个人信息", "删掉", "去掉吧"),
    "reword": ("换个说法",),
    "submit": (
        *(
            "确认提交",
            "提交",
            "确认",
            "好",
            "好的",
            "没问题",
            "提交吧",
            "可以",
            "可以了",
            "对",
            "对的",
            "行",
            "是的",
            "没有问题",
        ),
        *("确认无误", "都对", "没错", "ok", "就这样", "交吧", "发吧", "submit", "yes"),
    ),
    "fix": ("修改", "改一下"),
    "back": ("上一步", "返回"),
    "keep": ("保留", "不改", "不变"),
    "skip": (
        *(
            "跳过",
            "没有",
            "不知道",
            "不清楚",
            "无",
            "没",
            "不想给",
            "不想填",
            "不想留",
            "不想说",
            "不给",
            "不填",
            "先不填",
        ),
        *("不方便", "以后再说", "没带", "不愿意", "暂时没有", "以后补", "后面再补", "不会填"),
    ),
    "either": (
        *(
            "都行",
            "都可以",
            "随便",
            "都好",
            "无所谓",
            "均可",
            "你们定",
            "哪个都行",
            "怎么都行",
            "看着办",
            "都成",
            "随便吧",
        ),
        "怎么方便怎么来",
    ),
    "no_mail": (
        *(
            "不用",
            "不用了",
            "不要",
            "不要了",
            "不需要",
            "不必",
            "不必了",
            "没有",
            "没有邮箱",
            "没邮箱",
            "没",
            "算了",
            "不",
        ),
        *("不发", "不用邮件", "不用谢谢", "不用了谢谢", "不需要谢谢", "no"),
    ),
    "resume": ("接着写", "继续", "继续写"),
    "restart": ("重新写一份",),
    "drop": ("不写了，删除", "不写了删除"),
    "leave": ("不查了", "不查"),
    "not_this": ("不是补正", "不是", "不"),
    "yes": ("是", "是的", "对", "对的", "没错", "是文号", "是文件名称"),
    "hello": (
        "您好",
        "你好",
        "您好啊",
        "你好啊",
        "在吗",
        "有人吗",
        "hello",
        "hi",
        "早上好",
        "上午好",
        "下午好",
        "晚上好",
    ),
    "thanks": (
        *("谢谢", "谢谢你", "谢谢您", "谢谢啦", "谢谢了", "多谢", "多谢了", "感谢", "感谢您", "非常感谢", "太感谢了"),
        *("好的谢谢", "好谢谢", "谢谢谢谢", "辛苦了", "您辛苦了", "麻烦了", "麻烦您了", "再见", "拜拜"),
        *("嗯", "嗯嗯", "哦", "收到", "知道了", "明白", "明白了", "不客气"),
    ),
    "person": (
        *("人工", "转人工", "人工服务", "人工客服", "客服", "找人工", "我要人工", "要人工", "真人", "找工作人员"),
        *("工作人员", "电话多少", "你们电话", "办公室电话", "怎么联系你们"),
    ),
    "who": ("你是谁", "您是谁", "你是什么", "你是机器人吗", "你是人吗", "是机器人吗", "你叫什么"),
}
SMALL_TALK = {
    "hello": "您好，我在。",
    "thanks": "不客气，我一直在。",
    "person": "这里是自动对话，没有人工接听。要和工作人员联系，可以打电话或者到窗口来",
    "who": "我是政府信息公开申请的自动对话程序，帮您把申请一项一项填好；申请交上来以后，由工作人员办理。",
}
"""Answers to what is said by the way; never a part of an application. `person` goes on with where (`by_the_way`)."""


def quote(text: object) -> str:
    """Text from outside, as HTML."""
    return escape(str(text), quote=False)


def by_the_way(word: str, site: Site) -> str:
    """The answer to one of SMALL_TALK."""
    if word != "person":
        return SMALL_TALK[word]
    form = f"也可以直接{site.link('/apply', '填写申请表')}。" if site.url is not None else ""
    return f"{SMALL_TALK[word]}{_where(site)}{form}"


def other_ways(site: Site) -> str:
    """How else to apply, for who is not understood."""
    form = f"直接{site.link('/apply', '填写申请表')}，或者" if site.url is not None else ""
    return f"如果这样说不方便，也可以{form}打电话、到窗口来办{_where(site)}"


def _where(site: Site) -> str:
    """The end of a sentence: telephone and address, or where they are said."""
    if site.contact:
        return f"：{site.contact}。"
    return f"，电话和地址在{site.link('/', '首页')}的最下面。" if site.url is not None else "。"


def _at_the_office(what: str, site: Site) -> str:
    """Where to get a paper or a file, for who has no page to get it from."""
    contact = f"（{site.contact}）" if site.contact else ""
    return f"{what}，请凭编号和查询码与{quote(site.agency) or '本机关'}联系{contact}。"


def shorten(text: str, length: int = 300) -> str:
    """The beginning of a long text, with its length."""
    return text if len(text) <= length else f"{text[:length]}……（共 {len(text):,} 字）"


def day(iso: str) -> str:
    """`2026-11-22` as 2026年11月22日."""
    when = date.fromisoformat(iso)
    return f"{when.year}年{when.month}月{when.day}日"


APPLY_OR_ADD = "要正式申请，请点“填写申请”；还想补充，直接接着发就行。"
APPLY_ALL_THE_SAME = "这些不要紧，想申请的，点“{apply}”就行；还想补充，直接接着发就行。"
NOTED = "已经记下：{noted}。最后核对时都可以改。"
AHEAD = "后面还要问：{ahead}。您也可以一条消息一起发来。"
CHANGED = "好的，已经记下：{noted}。"
CLEANED = "好的，描述里的个人信息去掉了，填在相应栏目里的不变。"
AGENT = "您是替“{whom}”申请的，申请人写的就是要这份信息的人。请准备好授权委托书，工作人员会和您联系。"
KINDS = {"correction": "更正申请"}
NEXT_OF_SEVERAL = "接着是下一件（后面还有 {left} 件），申请人和获取方式照上一份。请核对："
LAST_OF_SEVERAL = "接着是最后一件，申请人和获取方式照上一份。请核对："
NO_NAME = "请发姓名，例如“张三”。"


def heard(step: str, draft: Draft) -> str:
    """An answer that was heard, with its name."""
    return f"{label(step, draft)} {quote(shorten(shown(step, draft), 40))}"


def noted(steps: Iterable[str], draft: Draft) -> str:
    """The answers that were heard, named one after another; what the citizen did not say in words is left out."""
    return "，".join(heard(step, draft) for step in steps if step not in ("type", "id_type") and shown(step, draft))


def ahead(steps: Sequence[str], draft: Draft) -> str:
    """What is asked after the open question; empty where nothing is."""
    names = dict.fromkeys(_AHEAD.get(step) or label(step, draft) for step in steps if step != "id_type")
    return AHEAD.format(ahead="、".join(names)) if len(names) > 1 else ""


_AHEAD = {"contact": "联系方式", "id_number": "证件号码", "type": "申请人"}


PUBLISHED = {
    "right": "这正是您要的吗？下面的已经公开，打开就能看，不用申请：",
    "perhaps": "下面这些信息已经公开，也许有关：",
    "": "下面这些信息已经公开，也许正是您要找的：",
}


def understood(
    draft: Draft,
    suggestion: dict[str, Any] | None,
    published: Sequence[dict[str, Any]],
    way: str = "",
    hints: Sequence[str] = (),
) -> str:
    """What was understood: departments in plain words (never a probability), hints, what is already published.

    `way`: what the office says of a message that has a shorter way than an application; `hints`: of an application.
    """
    parts = [f"您想了解的是：\n<blockquote>{quote(shorten(draft.description))}</blockquote>"]
    if suggestion is not None:
        parts.append(_departments(suggestion))
    parts += map(quote, [way] if way else hints)
    if len(draft.parts) > 1:
        parts.append("\n".join(f"{place}. {quote(shorten(one, 80))}" for place, one in enumerate(draft.parts, 1)))
    if published:
        said = PUBLISHED.get(published[0].get("fit", ""), PUBLISHED[""])
        parts.append(f"{said}\n" + "\n".join(_hit(item) for item in published))
    return "\n\n".join(parts)


def _departments(suggestion: dict[str, Any]) -> str:
    if not suggestion.get("confident"):
        return (
            "从您的描述里还看不出归哪个部门管。可以补充时间、地点、事项或文件名称；"
            "也可以直接申请，工作人员会找到该办的部门。"
        )
    likely = set(suggestion.get("department_set", ()))
    ranked = suggestion["departments"]
    names = [d["name"] for i, d in enumerate(ranked) if i == 0 or d["code"] in likely][:2]
    others = f"，也可能是{quote(names[1])}" if names[1:] else ""
    disposition = (suggestion.get("disposition") or [{}])[0].get("code")
    if disposition == "not_this_agency":
        return (
            f"这类信息多半由<b>{quote(names[0])}</b>掌握，不归本机关。您可以直接向它申请；"
            "在这里申请也可以，我们会书面告诉您该向谁申请。"
        )
    return f"这类信息多半由<b>{quote(names[0])}</b>掌握{others}。最后由工作人员确定，您不用自己找部门。"


def _hit(item: dict[str, Any]) -> str:
    title = quote(item["title"])
    url = str(item.get("url") or "")
    linked = f'<a href="{escape(url)}">{title}</a>' if url.startswith(("https://", "http://", "/published/")) else title
    published_on = f"（{day(item['published_on'])}）" if item.get("published_on") else ""
    return f"• {linked}{published_on}"


def question(step: str, draft: Draft) -> str:
    """The question of a step."""
    if step == "summary":
        return summary(draft)
    if step == "name" and draft.is_organisation:
        return NAME_OF_ORGANISATION
    return QUESTIONS.get(step) or draft.form.questions[field_of(step)].text


def label(step: str, draft: Draft) -> str:
    """What an item of the application is called; empty for what is none."""
    asked = draft.form.questions.get(field_of(step))
    return LABELS.get(step) or (asked.label if asked else "")


def picked(text: str, label: str) -> str:
    """A question after its button was pressed."""
    return f"{text}\n✓ {quote(label)}"


def shown(step: str, draft: Draft) -> str:
    """An answer as people read it; empty where there is none."""
    value = draft.description if step == "description" else draft.answers.get(step, "")
    choice = draft.form.options(field_of(step)).get(value)
    return OPTIONS.get(step, {}).get(value) or (choice.label if choice else value)


def summary(draft: Draft) -> str:
    """The whole application, to be checked before it is sent."""
    lines = [
        f"<b>{label(step, draft)}</b>：{quote(shorten(text))}" for step in listed(draft) if (text := shown(step, draft))
    ]
    if draft.kind in KINDS:
        lines = [f"<b>申请种类</b>：{KINDS[draft.kind]}", *lines]
    missing = "" if draft.answers.get("id_number") else "\n\n还没有证件号码，工作人员之后会请您补充。"
    agent = f"\n\n{AGENT.format(whom=quote(draft.agent_for))}" if draft.agent_for else ""
    return f"{QUESTIONS['summary']}\n\n" + "\n".join(lines) + missing + agent + "\n\n没有问题就点“确认提交”。"


def listed(draft: Draft) -> list[str]:
    """The items of an application that can be read and corrected, in order."""
    steps = ["description"]
    for step in draft.plan():
        if step == "contact":
            steps += CONTACTS
        elif step not in steps:
            steps.append(step)
    return steps if "document" in steps else [*steps, "document"]


def receipt(body: dict[str, Any], site: Site) -> str:
    """登记回执: number, query code, due date in words."""
    if body.get("due_on"):
        due = f"我们最晚在 <b>{day(body['due_on'])}</b> 答复您（自收到之日起 20 个工作日）"
        due += (
            "。这个日期是<b>暂定</b>的：那一年的放假安排还没有公布，公布后会重新计算。"
            if body.get("due_provisional")
            else "。"
        )
    else:
        due = "工作人员确认收到以后开始计算答复期限，届时会告诉您。"
    page = site.link("/status", "查询进度")
    paper = f"需要纸质回执的，可以在网站的{page}页凭编号和查询码打印。"
    if site.url is None:
        paper = _at_the_office("需要纸质回执的", site)
    return (
        "申请已经提交成功。\n\n"
        f"申请编号：<code>{quote(body['number'])}</code>\n"
        f"查询码：<code>{quote(body['query_code'])}</code>\n\n"
        f"{due}\n\n"
        f"请抄下或保存好编号和查询码，查询进度时要用。{paper}{SUBMITTED_BACK}"
    )


def _notice(notice: dict[str, Any]) -> str:
    """A notice to the applicant by title, number and day; one that does not hold any more says so."""
    told = f"《{quote(notice['title'])}》{quote(notice['number'])}，{day(notice['issued_on'])}"
    if notice.get("in_force", True):
        return told
    by = notice.get("replaced_by")
    return f"{told}（已更正，以{quote(by)}为准）" if by else f"{told}（已作废）"


def status(view: dict[str, Any], site: Site) -> str:
    """Where a case stands: a sentence, the due date, what has happened."""
    parts = [f"<b>{quote(view['number'])}</b>　{quote(view['status_label'])}", quote(view["sentence"])]
    if todo := asked(view):
        parts.append(todo)
    if view.get("department"):
        parts.append(f"承办部门：{quote(view['department'])}")
    if view.get("due_on"):
        provisional = "（暂定）" if view.get("due_provisional") else ""
        parts.append(f"答复期限：{day(view['due_on'])}{provisional}")
    elsewhere = [one for one in view.get("attachments", ()) if one.get("number")]  # letters that were written elsewhere
    notices = [_notice(one) for one in (*view.get("notices", ()), *elsewhere)]
    if notices:
        page = f"文书可以在网站的{site.link('/status', '查询进度')}页凭编号和查询码下载。"
        where = page if site.url is not None else _at_the_office("需要文书的", site)
        parts.append("\n".join(("给您的文书：", *notices, where)))
    if there := turn(view):
        parts.append(there)
    steps = [f"{day(step['on'])}　{quote(step['title'])}" for step in view.get("timeline", ())]
    if steps:
        parts.append("办理经过：\n" + "\n".join(steps))
    return "\n\n".join(parts)


def onward(view: dict[str, Any]) -> str:
    """The agency with which the application can be filed if its applicant agrees; empty where there is none."""
    return str(view["elsewhere"]["agency"]) if "filed_on" in view.get("allowed", ()) else ""


def turn(view: dict[str, Any]) -> str:
    """Who is responsible instead, and what has become or can become of the application there."""
    there = view.get("elsewhere")
    if not there:
        return ""
    agency, filed = quote(there["agency"]), there["filed"]
    if filed:
        return f"经您同意，已向{agency}提出同一申请：<b>{quote(filed['number'])}</b>　{quote(filed['status_label'])}"
    if onward(view):
        return f"这件事由{agency}负责。您同意的，{ONWARD}"
    return f"这件事由{agency}负责，请直接向它申请：{quote(there['contact'])}。"


def news(number: str, item: dict[str, Any], view: dict[str, Any], *, held_here: bool = True) -> str:
    """A message of the office about a case that was applied for in this chat; one that may have come before says so.

    `view` is the case as it stands now, empty where that is not known. `held_here`: this chat has its query code.
    """
    parts = [f"您的申请 <b>{quote(number)}</b> 有新进展：", quote(item["sentence"]), asked(view)]
    parts += [_opened(item["opened"])] if item["opened"] else []
    parts += [turn(view)] if onward(view) else []
    parts += [SUPPLEMENT_HERE] if view.get("clarification") else []
    parts += [] if held_here else [ELSEWHERE]
    parts += ["（这条消息您可能已经收到过）"] if item["repeated"] else []
    return "\n\n".join(part for part in parts if part)


def _opened(codes: dict[str, str]) -> str:
    """The applications that one has opened, as a receipt names them."""
    lines = [f"<code>{quote(number)}</code>　查询码：<code>{quote(code)}</code>" for number, code in codes.items()]
    return "\n".join(("新的编号和查询码，请抄下或保存好：", *lines))


def filed_on(receipt: dict[str, Any]) -> str:
    """The receipt of what was filed with the agency responsible."""
    due = f"它最晚在 <b>{day(receipt['due_on'])}</b> 答复您。" if receipt.get("due_on") else ""
    return f"已经提出。{due}查询进度时用新的编号和查询码。\n\n{_opened({receipt['number']: receipt['query_code']})}"


def file_refused(name: str, why: str) -> str:
    """That a file was not taken, and why."""
    return FILE_REFUSED.format(name=quote(shorten(name, 60)), why=quote(why))


def attached(number: str, names: Sequence[str], problems: Sequence[str]) -> str:
    """Which files are with an application now, and which are not, a line each; empty where there were none."""
    listed = "、".join(f"“{quote(shorten(name, 60))}”" for name in names)
    done = [ATTACHED.format(number=quote(number), names=listed)] if names else []
    return "\n\n".join((*done, *problems))


def supplement_sure(text: str, numbers: Sequence[str]) -> str:
    """Whether, and to which application, a text is the supplement."""
    which = "哪一份申请" if numbers[1:] else f"申请 <b>{quote(numbers[0])}</b> "
    written = f"<blockquote>{quote(shorten(text))}</blockquote>"
    return f"您写的是：\n{written}\n\n要作为{which}的补正提交吗？还有要补充的，可以接着发。"


def supplied(view: dict[str, Any]) -> str:
    """The supplement is in: where the case stands now."""
    due = f"\n答复期限：{day(view['due_on'])}" if view.get("due_on") else ""
    return f"补正已经提交。\n\n<b>{quote(view['number'])}</b>　{quote(view['sentence'])}{due}"


def asked(view: dict[str, Any]) -> str:
    """What the applicant is to do and by when: make clear what is asked (补正), or pay; empty where nothing."""
    wanted, by = view.get("clarification"), view.get("act_by")
    if wanted is None:
        return f"请在 {day(by)} 之前（含当日）办理。" if by else ""
    by = wanted.get("reply_by") or by
    lists = (("不明确之处：", wanted.get("unclear")), ("需要补正的事项：", wanted.get("needed")))
    parts = ["\n".join((title, *(f"• {quote(line)}" for line in lines))) for title, lines in lists if lines]
    until = f"请在 <b>{day(by)}</b> 之前（含当日）补充。" if by else ""
    return "\n\n".join((*(parts or [SUPPLEMENT_BY_NOTICE]), until + quote(wanted["otherwise"])))


def only_digits(digits: str) -> str:
    """Whether digits alone are really meant as a title or document number."""
    return (
        f"“{quote(shorten(digits, 40))}”是文件的名称或文号吗？文号一般像“示政发〔2025〕3号”。"
        "确实是，请回答“是”；不知道就点“跳过”。"
    )


def code_again(number: str) -> str:
    """The query code once more, after a refusal."""
    return (
        f"请核对申请 {quote(shorten(number, 40))} 的查询码，再发一次。"
        "编号写错了的，可以直接发正确的编号；不查了就点下面的按钮。"
    )


def bare(text: str) -> str:
    """A short message without blanks and marks, for comparing."""
    return re.sub(r"[\s!！?？。.~～,，“”\"]+", "", legible(text)).lower()


def means(word: str, text: str) -> bool:
    """Whether a short message is just one of the words that stand for a command."""
    return text.strip() in WORDS[word] or bare(text) in WORDS[word]


def units(text: str) -> int:
    """Length as messengers count it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def rejoined(first: str, rest: str) -> str:
    """Two parts of one text: cut in the middle of a line where the first is as long as a message can be."""
    return first + ("" if units(first) % LIMIT == 0 else "\n") + rest


def has_words(text: str) -> bool:
    """Whether there is anything to read: letters, Chinese characters or digits."""
    return any(ch.isalnum() for ch in text)


def split(html: str, limit: int = LIMIT) -> list[str]:
    """Pieces that each fit a message.

    Cuts at line ends, inside a line only where it is too long for one message, never inside a tag or an
    entity. No text here has a tag pair that spans lines and is longer than a message.
    """
    pieces: list[str] = []
    for line in _lines(html, limit):
        if pieces and len(pieces[-1]) + 1 + len(line) <= limit:
            pieces[-1] += f"\n{line}"
        else:
            pieces.append(line)
    return [piece for piece in pieces if piece.strip()]


def _lines(html: str, limit: int) -> Iterable[str]:
    for line in html.split("\n"):
        piece = ""
        for token in re.findall(r"<[^<>]*>|&[a-z]{1,8};|.", line):
            if len(piece) + len(token) > limit:
                yield piece
                piece = ""
            piece += token
        yield piece
