"""Every refusal of the statute engine: a stable code and a sentence for people."""

CATALOGUE: dict[str, str] = {
    # what was written down cannot be read
    "bad_events": "“events”应当是事件的列表，每个事件是一个对象。",
    "unknown_event": "没有“{type}”这种事件。",
    "unknown_field": "“{type}”不能有“{field}”这一项。",
    "missing_field": "“{type}”缺少“{field}”这一项。",
    "bad_value": "“{type}”的“{field}”填写不正确。",
    "bad_date": "“{type}”的“{field}”不是真实的日期，请按“2026-11-22”的样子填写。",
    "date_out_of_range": "日期超出了可以计算的范围（{first}至{last}），请核对年份。",
    "duplicate_id": "有两个事件的编号都是“{id}”。",
    "bad_json": "这一行不是有效的 JSON 对象（UTF-8 编码）。",
    # facts that cannot be
    "before_statute": "{law}自{since}起施行，此前的事项不适用，本系统不予计算。",
    "no_receipt": "还没有收到申请的记录，无法计算期限。",
    "received_twice": "收到申请只能记录一次；前一次有误的，请先更正。",
    "before_receipt": "{on}的“{event}”早于收到申请的日期，请核对。",
    "already_stopped": "“{stopped}”之后还有“{event}”，而期限到“{stopped}”就终止了。请核对这两条记录的日期。",
    "clarification_repeated": "补正应当一次性告知，不能再次要求补正（条例第三十条）。",
    "clarification_not_requested": "没有尚待回复的补正告知，不能记录补正的结果。",
    "reply_by_too_early": "补正期限的届满日早于告知补正的日期，请核对。",
    "lapse_too_early": "{deadline}才届满，在此之前不能认定为逾期。",
    "consultation_repeated": "编号为“{ref}”的征求意见还没有结束，不能重复开始。",
    "consultation_not_open": "没有与之对应的、正在进行的征求意见，不能记录结束。",
    "consultation_ambiguous": "有多项征求意见正在进行，请写明是哪一项（ref）。",
    "delivered_before_sent": "文书的送达日期早于发出日期，请核对。",
    "delivered_twice": "对方收到征求意见书的日期已经记录过；前一次有误的，请先更正。",
    "extension_days": "延长的期限应为1至{most}个工作日（条例第三十三条第二款）。",
    "extended_twice": "答复期限只能延长一次。",
    "extended_late": "答复期限已于{due_on}届满，届满之后不能再延长。",
    "extended_after_delay": "已经依照条例第三十五条确定了延迟答复的日期，不能再按第三十三条延长。",
    "clock_not_running": "正在等待申请人补正或者缴费，此时没有可以延长或者延迟的期限。",
    "delayed_earlier": "延迟答复的日期不能早于现在的届满日{due_on}。",
    "delayed_late": "答复期限已于{due_on}届满，届满之后不能再告知延迟答复。",
    "fee_repeated": "一件申请只能发一次收费通知；前一次有误的，请先更正。",
    "fee_while_clarifying": "正在等待申请人补正，申请内容明确之后才能按件数、页数收费（条例第三十条、第四十二条）。",
    "fee_not_noticed": "没有尚待缴费的收费通知，不能记录缴费的结果。",
    "ref_unknown": "没有编号为“{ref}”的事件，无法更正。",
    "own_draft": "审签的人不能审签自己拟写或者改过的稿子，请由其他人员审签。",
    "letter_missing": "“{step}”要有文书：{way}；没有文书的，要写明理由。",
    "part_acted_on": "分出的 {number} 已经办理过，不能再并回；请分别办理。",
    "own_last_only": "您可以撤销的只有自己刚才记录、还没有人接着办理的那一步；更早的记录由承办人员或者审核人员更正。",
    "already_voided": "编号为“{ref}”的事件已经更正过了。",
    "void_of_void": "更正记录本身不能再被更正；请重新记录原来的事件。",
    # calendar
    "calendar_empty": "放假安排中没有任何日期。",
    "calendar_header": "放假安排的表头应为“date,is_workday,name”。",
    "calendar_row": "放假安排第{line}行不正确：应为日期、0或1、名称，例如“2026-10-01,0,国庆节”。",
    "calendar_contradiction": "放假安排自相矛盾：{day}既是工作日又是休息日{where}。",
    "calendar_statutory": "放假安排不正确：{day}是法定节日（{name}），不能定为工作日{where}。",
    # workflow, fees, numbers
    "reply_by_missing": (
        "这次补正没有记录补正期限，不能认定逾期（条例第三十条）。请先作废“要求补正”这条记录，"
        "再按补正告知书写明补正期限，重新记录。"
    ),
    "before_later_entry": (
        "{day}已有“{event}”的记录，“{step}”不能写成更早的{on}。请把日期改为{day}或者以后；那条记录有误的，请先作废。"
    ),
    "silence_undelivered": (
        "还没有记录对方收到征求意见书的日期。十五个工作日自对方收到之日起算（条例第三十二条、第三十四条），"
        "请先记录“对方收到征求意见书”，期满之后才能认定对方没有提出意见。"
    ),
    "silence_too_early": "对方的意见应于{reply_by}前（含当日）提出，在此之前不能认定为逾期未提出意见。",
    "override_unreasoned": (
        "第三方不同意公开且有合理理由的，不予公开；只有不公开可能对公共利益造成重大影响的，才可以决定公开"
        "（条例第三十二条）。决定公开的，请在“理由”（reason）中写明，并用《{notice}》书面告知第三方。"
    ),
    "waited_unreasoned": "征求意见期满之后还等待的，请在“理由”（reason）中写明为什么不得不等。",
    "no_term": "更正申请（条例第四十一条）没有法定的答复期限，也不收取信息处理费，不能“{step}”。",
    "not_for_correction": "更正申请不是公开申请，不能按“{outcome}”答复（条例第四十一条）。",
    "approval_off": "本机关没有启用“{step}”，不用记录。需要启用的，请管理员设置 {setting}。",
    "secrecy_review_missing": "公开之前要经过保密审查，还缺：{missing}。",
    "secrecy_review_forbids": "保密审查的结论是“{result}”，不能按“{outcome}”答复。",
    "secrecy_review_order": "请先由承办部门进行保密审查，再由办公室审查。",
    "sign_off_missing": "答复之前还缺：{missing}。",
    "second_person": "这一级要由另一位工作人员审核。",
    "office_only": "这一步由政务公开办公室的审核人员办理。",
    "delivered_before_end": "送达的日期早于答复的日期，请核对。",
    "notice_is_out": "已经有文书依据这条记录发出，只有审核人员可以作废，并应当发出更正后的文书。",
    "countersign_repeated": "已经送这个部门会签、协办，还没有退回。",
    "countersign_none": "没有送出而没有退回的会签、协办，不能记录退回。",
    "countersign_ambiguous": "有几个部门的会签、协办没有退回，请写明是哪一个（ref）。",
    "countersign_before": "退回的日期早于送出的日期，请核对。",
    "proceeding_none": "没有尚未审结的复议、诉讼，不能“{step}”。请先记录收到答复通知书、应诉通知书。",
    "proceeding_unknown": "没有编号为“{ref}”、可以“{step}”的复议、诉讼，请核对。",
    "proceeding_ambiguous": "有几件复议、诉讼尚未审结，请写明是哪一件（ref）。",
    "proceeding_before": "{on}早于收到通知书的{served}，请核对。",
    "defended_twice": "这一件的答复、答辩已经记录过；前一次有误的，请先更正。",
    "route_missing": "请写明是未经复议直接起诉，还是复议后起诉（route）。",
    "not_of_kind": "“{field}”不适用于{kind}。",
    "verdict_differs": "“{verdict}”在年度报告表四中计入“{result}”，与所填的结论不符。",
    "redo_uncorrected": "只有结果纠正的，才有限期重新答复。",
    "bad_tracking": "邮件号不正确，应如“EA123456789CN”或者十三位数字；只有邮寄才有邮件号。",
    "step_not_allowed": "申请目前是“{state}”，不能“{step}”。",
    "unknown_step": "没有“{step}”这一步骤。",
    "rules_unusable": "规则数据（intake_api/statute/data/rules.toml）的“{rule}”不能用：{why}。",
    "negative_count": "件数或者页数不能是负数。",
    "bad_number": "申请编号不正确，应如“示例-2026-00001”。",
}


class StatuteError(Exception):
    """A refusal. `code` is stable; `message` is a Chinese sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


def refusal(code: str, **facts: object) -> StatuteError:
    """Build the error with this code, its sentence filled with `facts`; KeyError for a code not in the catalogue."""
    return StatuteError(code, CATALOGUE[code].format(**facts))
