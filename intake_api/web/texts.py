"""All wording of the pages that is not in a template: names of codes, sentences, labels of fields."""

from typing import Final

from intake_api.form.application import StaffSubmission
from intake_api.form.fields import fields
from intake_api.statute.consultation import TOLD_BY as _TOLD_BY
from intake_api.statute.notices import NOTICES as _NOTICES
from intake_api.terms import applicant, catalogue, course, delivery, handling, papers, receipt, telling, trail
from intake_api.terms.limits import SHORTEST_TEXT as _SHORTEST

APPLICANT_TYPES: Final = applicant.APPLICANT_TYPES.words()
APPLICANT_CLASSES: Final = {code: word for code, word in APPLICANT_TYPES.items() if code != "natural"}
ID_TYPES: Final = applicant.ID_TYPES.words()
MEDIA: Final = delivery.MEDIA.words()
WAYS: Final = delivery.WAYS.words()
CHANNELS: Final = receipt.CHANNELS.words()
RECEIPT_BASES: Final = receipt.BASES.words()
# What a description need not hold: it has a field of its own, which is sealed.
PARTICULARS: Final = {name: fields()[f"applicant.{name}"].ask.label for name in ("id_number", "phone", "email")}
DISPOSITIONS: Final = handling.DISPOSITIONS.words()
# One key for each, wherever the suggestion ranks it: what a clerk's fingers know must not move.
DISPOSITION_KEYS: Final = dict(zip(DISPOSITIONS, "qwert", strict=True))
FLAGS: Final = handling.FLAGS.words()
KINDS: Final = applicant.KINDS.words()
ROLES: Final = handling.ROLES.words()
PARTIES: Final = handling.PARTIES.words()
NOTICES: Final = {code: notice.title for code, notice in _NOTICES.items()}
TO_THIRD_PARTY: Final = NOTICES[_TOLD_BY]
ADDRESSEES: Final = {code: notice.addressee for code, notice in _NOTICES.items()}
PAPERS: Final = papers.PAPERS.words()
PAPERS_TO_CITIZEN: Final = papers.PAPERS.words("citizen")
VISIBILITY: Final = papers.VISIBILITY.words()
DELIVERIES: Final = delivery.SERVICES.words()
CLOCK_STATES: Final = handling.CLOCK_STATES.words()

POSTS: Final = telling.POSTS.words()
TELLINGS: Final = telling.TELLINGS.words()
RESULTS_OF_TELLING: Final = telling.RESULTS_OF_TELLING.words()
TABS: Final = course.TABS.words()
MARKS: Final = course.MARKS.words()
STATES: Final = course.STATUSES.words()
OPINIONS: Final = handling.OPINIONS.words()
LEVELS: Final = handling.SECRECY_LEVELS.words()
RESULTS: Final = handling.SECRECY_RESULTS.words() | handling.RESULTS.words()
ROUTES: Final = handling.ROUTES.words()
RELATIONS: Final = handling.RELATIONS.words()
FAMILY: Final = (
    RELATIONS
    | {"parent": "由这件分出", "child": "分出的一件", "sibling": "同一申请分出的另一件"}
    | {"filed_on": "经申请人同意，向负责的机关提出", "filed_from": "经申请人同意，由这件提出"}
)
RATINGS: Final = handling.RATINGS.words()

ACCOUNT_STATES: Final = {
    "active": "在用",
    "one-time": "一次性密码，还没有换",
    "expired": "一次性密码已过期",
    "disabled": "已停用",
}
COMMAND_LINE: Final = "命令行"
TRAIL: Final = trail.TRAIL.words()
TRAIL_FIELDS: Final = trail.TRAIL_FIELDS.words()
ACCOUNT_COLOURS: Final = {"active": "green", "one-time": "amber", "expired": "red", "disabled": "red"}

REASON: Final = "理由"
WORKING_DAYS: Final = "{days} 个工作日"
# What a step does to the term, for who is about to record it.
# What a case on the list of supervision waits for.
WAITS: Final = {
    "receipt": "收到日期还没有确认",
    "consultation": "征求意见正在进行",
    "undelivered": "征求意见书的送达日期未记录",
    "opinion_past": "征求意见的期限已过，应当结束或者登记等待的理由",
    "clarification_past": "补正期限已过",
    "payment_past": "缴费期限已过",
    "countersign": "会签、协办还没有退回",
    "countersign_past": "会签、协办超过了请对方退回的日期",
}
CLOCK_EFFECTS: Final = {
    "none": "",
    "starts": "记录之后，答复期限开始计算。",
    "pauses": "记录之后，答复期限暂停。",
    "resumes": "记录之后，答复期限继续计算，征求意见的时间不计入。",
    "restarts": "记录之后，答复期限重新计算。",
    "lengthens": "记录之后，答复期限延长。",
    "fixes": "记录之后，答复期限改为所定的日期。",
    "stops": "记录之后，答复期限终止。",
}

_RESULT_HINT = (
    "结果有变化的，再记录一次；以最后一次为准。结果纠正并限期重新答复的，填写期限，并用更正后的答复书重新答复。"
)
STEP_LABELS: Final = {"voided": "作废一条错误记录"}
STEP_HINTS: Final = {
    "voided": "记错了才用：作废的记录留在“经过”里并划去，期限重新计算。改办理部门请用“更正”。",
    "clarification_requested": "补正期限写补正告知书上的那一天；没有记录补正期限的，以后不能认定逾期不补正。",
    "amended": "只填要更正的几项，其余留空；补来的身份证明也在这里登记。编号、收到日期、受理机关不能改。",
    "returned": "不属于本部门职责的，写明理由退回办公室重新分办；答复期限不停。",
    "split": "一份申请含有几件不相干的事项时用（一事一申请）。每件各有编号、查询码和期限，原申请不再单独办理。"
    "各件都还没有办理时，可以作废这条记录，并回原申请。",
    "countersign_asked": "送出到退回之间答复期限照常计算，请留出时间；逾期没有退回的，在“督办”中提醒。",
    "transferred": "转办不是答复，期限照常计算：属于政府信息公开申请的部分要按期答复，不属于的用告知书答复。"
    "申请人在进度页上看得到转给了谁和对方的编号。",
    "consultation_ended": "逾期不答复：第三方的不等于同意（第三十二条），共同制作的机关的视为同意公开（第三十四条）。",
    "linked": "同一人重复申请、许多人申请同一信息时，把它们连起来；要解除，把这条关联的记录作废。",
    "filed_on": "申请人同意以后才能提出：同一申请成为负责机关的一件，另有编号、查询码和期限；记明同意的日期和方式。",
    "proceeding_opened": "记录之后，列入“复议诉讼”，在年度报告表四中计为尚未审结；"
    "答复、答辩的期限从收到的次日起算，临期在“督办”中提醒。二审、再审也在这里记录。",
    "defended": "提交之后，不再提醒答复、答辩的期限。",
    "review": _RESULT_HINT,
    "litigation": _RESULT_HINT,
}
# What is recorded of a review or suit under way, as the links beside it say.
PROCEEDING_STEPS: Final = {
    "defended": "记录已提交",
    "heard": "记录听证、开庭",
    "review": "记录复议决定",
    "litigation": "记录裁判",
}

# Field of the payload -> what its label says, in the order of the page; also which fields a page can point at.
# `who` is the page's own: it asks persons and organisations apart before the organisation's class is of any matter.
FIELDS: Final = dict(
    pair
    for item in fields(StaffSubmission).values()
    if item.ask.group
    for pair in ([("who", "申请人是")] if item.name == "applicant.type" else []) + [(item.name, item.ask.label)]
)
# The parts of the form as they are checked before it is sent.
CHECKED: Final = {
    "content": "申请的内容",
    "applicant": "申请人",
    "contact": "怎样联系",
    "agent": "代理人",
    "delivery": "怎样得到信息",
}
# Problems of a whole group are shown at the field where they are mended.
ANCHORS: Final = {
    "applicant": "applicant.phone",
    "applicant.contact": "applicant.phone",
    "contact": "applicant.phone",
    "delivery": "delivery.medium",
    "applicant.agent": "applicant.agent.name",
}
SENT_BEFORE: Final = (
    "您刚才已经用这张表提交过一份申请。如果现在填的是另一份申请，请核对后再按一次“提交申请”；"
    "如果是同一份，不必重复提交，用回执上的编号和查询码就能查询进度。"
)
CHOOSE: Final = "请选择。"
CHOOSE_FIRST: Final = "请选择"
FILL: Final = "请填写。"
RECEIVED_ON_MISSING: Final = "请填写收到日：当面、口头提出的，是提交之日；挂号、快递寄来的，是签收之日。"
WHO: Final = {"natural": "个人", "organisation": "单位或其他组织"}
TRAP_FILLED: Final = "表中有一栏是不需要填写的（页面上看不见），请清空后再提交。"
SEVERAL_PARTS: Final = "可能不止一个部门有份：请选主办的一个，由它会同另一个办理。内部会同办理不停止计算答复期限。"
SPLIT_TOO_FEW: Final = f"请至少写两件，每件不少于 {_SHORTEST} 个字。"
WITHDRAW_UNSURE: Final = "请先在方框里打勾，确认撤回。"
SUPPLEMENT_EMPTY: Final = f"请写明补充的内容（至少 {_SHORTEST} 个字）。"
TEXT_TOO_LONG: Final = "写得太长了，最多 {most:,} 字，请精简后再提交。"
RATING_MISSING: Final = "请先选择满意程度。"
FILE_MISSING: Final = "请先选择要提交的文件。"
LOST_BOTH: Final = "请填写编号，和确认过的电子邮箱或者电话。"
EMAIL_FOR_NEWS: Final = "要用电子邮件收到进展，请填写电子邮箱。"
STATUS_BOTH: Final = "请填写回执上的编号和查询码。"
# Why number and code are asked for again: before a step (what was typed is kept), and before a look.
CASE_EXPIRED: Final = (
    "查询结果只保留 15 分钟，所以刚才的内容还没有提交；您填写的都还在。请再填一次查询码，核对后就会提交。"
)
CASE_EXPIRED_READING: Final = "查询结果只保留 15 分钟，请再填一次查询码。"
OTHER_CASE: Final = (
    "这个浏览器后来打开了另一件申请，为避免弄错，刚才的操作没有进行。要在 {number} 上继续，请填写它的查询码。"
)
OTHER_CASE_READING: Final = "这个浏览器后来打开了另一件申请。要看 {number}，请填写它的查询码。"
CASE_UNNAMED: Final = "原来那件申请"
# What becomes of the file in a step's form: by the step, else by the paper.
PAPER_HINTS: Final = {
    "consultation_started": "申请人看不到。",
    "letter": "申请人可以在进度页上像本系统发出的文书一样下载。",
    "opinion": "申请人看不到。",
    "proof": "送达回证、签收单等，申请人看不到。",
    "proceeding": "通知书、答复书、决定书等，申请人看不到。",
}
PAPER_FILE_MISSING: Final = "请先选择要存入的文件。"
# What files that applicants send are, beside their names.
FILE_KINDS: Final = {"jpg": "照片", "png": "图片", "pdf": "PDF", "docx": "Word"}
# What the applicant does, as its button says it.
CITIZEN_STEPS: Final = {
    "supplement": "提交补正",
    "withdrawal": "撤回申请",
    "rating": "提交评价",
    "filed-on": "同意提出",
}
# What the link of a message is for: its heading, what it does, its button, and what is said when that is done.
LINKS: Final = {
    "follow": (
        "接收办理进展",
        "确认以后，申请 {number} 有新的进展，我们会发到这里。",
        "确认接收",
        "从现在起，申请 {number} 的进展会发到您的{channel}。",
    ),
    "unfollow": (
        "不再接收进展",
        "停用以后，申请 {number} 的进展不再发到这里；随时可以用编号和查询码在网上查询。",
        "停用",
        "申请 {number} 的进展不再发到您的{channel}。要换一个地址的，请在进度页面上填写。",
    ),
    "code": (
        "重设查询码",
        "申请 {number} 会得到新的查询码，原来的随即停用。",
        "取得新的查询码",
        "",
    ),
}
TYPED: Final = {"text": "补充说明", "comment": "说明"}
CHAT_OTHER: Final = "这个浏览器后来开始了另一段对话，所以刚才的话没有发出。下面是现在的对话，您写的还在，请看过再发。"
CHAT_SPEAKERS: Final = {"office": "在线办理：", "citizen": "您："}  # also in chat.js
CHAT_LOST: Final = "这段对话已经过期，我们重新开始吧。请再说一遍您想了解什么。"
REPEAT_DIFFERS: Final = "两次输入的新密码不一样，请重新输入。"
NEW_IS_OLD: Final = "新密码不能和原密码相同。"
OLD_WRONG: Final = "原密码不正确。"
UNDONE: Final = "刚才记错，当即撤销"
AS_IT_IS: Final = "不更正"
BY_LETTER: Final = "这一步要有文书：在本系统拟写并发出，就随之记录，不用在这里填写。"
BY_LETTER_ELSE: Final = "文书在别处制发的，填写文号和日期；没有文书的，写明理由，公布年度报告之前会列出来。"
LETTER_OR_REASON: Final = "请填写文书的文号和日期，或者写明没有文书的理由。"
SAVED_FIRST: Final = "文书还没有发出：刚才有没有保存的改动，现在已经保存。请核对之后再发出。"
DECISION_NOTE: Final = "您的意见还没有保存。看过上一次确认后仍要改办的，请在下面更正。"

# What was decided on a model, and who acted where it was not a member of staff.
MODEL_ACTIONS: Final = {
    "propose": "训练出",
    "promote": "启用",
    "refuse": "没有通过比较，未启用",
    "rollback": "退回到",
    "tune": "调整界限",
}
MODEL_ACTORS: Final = {"automatic": "系统", "command line": "命令行"}
LIMITS_MOVED: Final = (
    "：上次以来 {sets[1]} 件部门范围漏了 {sets[0]} 件，{confident[1]} 件有把握的错了 {confident[0]} 件；"
    "漏判按 {miss[0]:.1%} → {miss[1]:.1%}、错判按 {wrong[0]:.1%} → {wrong[1]:.1%} 设定"
)
FORCED_UNCOMPARED: Final = "（未经比较）"
FORCED_AGAINST: Final = "（没有通过比较，仍然启用：{reasons}）"

OTHER_FONTS: Final = "随产品提供的字体不可用，PDF 用的是这台机器上的字体（{names}），版面与别处生成的可能略有不同。"

ERROR_TITLES: Final = {
    401: "请先登录",
    403: "不能进行这一操作",
    404: "没有找到",
    405: "不能这样访问",
    413: "提交的内容太大",
    422: "内容有误",
    429: "请稍后再试",
    500: "系统出了差错",
    503: "系统正在准备",
}
ERROR_TITLES_BY_CODE: Final = {"storage_unavailable": "系统暂时无法读写数据"}
ERROR_HELP: Final = {
    403: "请刷新页面后再试。如果仍然不行，请与管理人员联系。",
    404: "可能是地址输错了，也可能是页面已经移走。您可以从首页重新开始。",
    413: "请把内容精简一些再提交；大的附件可以当面或邮寄交来。",
    429: "为了让每个人都能用上，短时间内不能提交太多次。您填写的内容不会因为等一会儿而失效。",
    500: "这不是您的问题。已提交并拿到编号的申请不受影响。",
    503: "过几秒刷新一下就好。",
}
# After a form of the applicant: what it held may have been stored, and its page can be sent again without harm.
ERROR_AFTER_POST: Final = (
    "刚才填写的有没有提交上，现在不能确定。请返回上一页，用同一张表再提交一次：已经提交上的，不会重复登记。"
)

# What stands above published items, by how well the best of them fits a question.
FITS = {
    "right": "这正是您要的吗？已经公开，打开就能看，不用申请：",
    "perhaps": "这些已经公开，也许有关：",
    "": "下面这些已经公开，也许就是您要的：",
}

CATALOGUE_STATES: Final = catalogue.SHOWN.words()
SURFACES: Final = catalogue.SURFACES.words()
FOLLOWED: Final = catalogue.WHAT_FOLLOWED.words()
LINK_STATES: Final = catalogue.LINKS.words()
# What has been done to the catalogue of what is published.
CATALOGUE_DONE: Final = {
    "added": "已经添加，公众现在就能找到。",
    "saved": "已经保存。",
    "expired": "已经失效，公众不再找到它。",
    "removed": "已经删除。",
}
CATALOGUE_IMPORTED: Final = "已经导入 {} 条。"
CATALOGUE_FILE_MISSING: Final = "请选择目录文件。"
REMOVE_UNSURE: Final = "请先在方框里打勾，确认删除。"
