"""All wording of a dossier (卷宗)."""

from typing import Final

NAME: Final = "卷宗 {number}.pdf"
TITLE: Final = "{number} 卷宗"
WORDS: Final = {
    "cover": "政府信息公开申请卷宗",
    "contents": "卷内目录",
    "columns": ["序号", "文号", "责任者", "题名", "日期", "页号"],
    "course": ["日期", "记录", "经办", "说明"],
    "reference": "卷内备考表",
    "counted": "本卷情况",
    "counting": "本卷共 {documents} 件，{pages} 页。",
}
# Cover and reference sheet.
NUMBER: Final = "编号"
APPLICANT: Final = "申请人"
MATTER: Final = "申请事项"
RECEIVED: Final = "收到日期"
ENDED: Final = "办结日期"
OUTCOME: Final = "处理结果"
DEPARTMENT: Final = "承办部门"
MADE: Final = "立卷时间"
MAKER: Final = "立卷人"
CHECKER: Final = "检查人"
REMARKS: Final = "说明"
NOT_TAKEN: Final = "没有收入本卷的文件，以及只收入文字的 Word 文件，在所在页注明；原件保存在系统中。"
# Documents.
APPLICATION: Final = "政府信息公开申请（登记的内容）"
SUPPLEMENT: Final = "补正的内容"
COURSE: Final = "办理过程"
SENT_IN: Final = "申请人提交的材料：{name}"
PAPER: Final = "{paper}：{name}"
GONE: Final = "{title}（已作废）"
REPLACED: Final = "{title}（已更正，以 {by} 为准）"
OTHERS: Final = "第三方或者其他机关"
VOIDED: Final = "{label}（已作废）"
AGENT: Final = "代理人"
ADDRESSEE: Final = "受理机关"
KIND: Final = "申请类别"
CHANNEL: Final = "来件渠道"
SUBMITTED: Final = "提交日期"
BASIS: Final = "{day}（{basis}）"
MEDIUM: Final = "提供形式"
WAY: Final = "获取方式"
DOCUMENT_NUMBER: Final = "申请人写明的文号"
COMMAND_LINE: Final = "命令行"
# Instead of what cannot be taken over.
_ORIGINAL = "原件保存在系统中，SHA-256：{sha256}"
DAMAGED: Final = f"{{name}}\n这个文件已经损坏或者加密，不能收入本卷。{_ORIGINAL}"
TOO_MANY_PAGES: Final = f"{{name}}\n这个文件有 {{pages}} 页，太多，没有收入本卷。{_ORIGINAL}"
TOO_LARGE: Final = f"{{name}}\n本卷的文件合计太大，这个文件没有收入。{_ORIGINAL}"
ERASED: Final = "{name}\n这个文件的内容已按规定删除。SHA-256：{sha256}"
CONVERTED: Final = f"{{name}}\n以下是从 Word 文件中取出的文字，不含图片和版式。{_ORIGINAL}"
