"""Every error people can meet: stable code, HTTP status, sentence. One table for interface, pages and command line."""

from intake_api.terms.limits import BODY_MB, LONGEST, SHORTEST_TEXT

CATALOGUE: dict[str, tuple[int, str]] = {
    # shape of the payload
    "invalid_request": (422, "提交的内容有不符合要求的地方，请按提示修改后再提交。"),
    "invalid_json": (422, "提交的内容不是有效的 JSON。"),
    "description_required": (422, f"请写明您想获取的政府信息（至少 {SHORTEST_TEXT} 个字）。"),
    "description_too_long": (422, f"内容描述超过 {LONGEST['description']:,} 字，请精简，或把材料作为附件提交。"),
    "id_number_invalid": (422, "证件号码不正确，请核对后重新填写。"),
    "phone_invalid": (422, "电话号码不正确，请核对后重新填写。"),
    "email_invalid": (422, "电子邮箱不正确，请核对后重新填写。"),
    "no_contact": (422, "请至少留一种联系方式（电话、电子邮箱或通信地址），否则无法送达答复。"),
    "date_invalid": (422, "日期不正确，请按“2026-11-22”的样子填写一个真实的日期。"),
    "unknown_department": (422, "没有代码为“{given}”的部门，请从部门目录中选择。"),
    "unknown_addressee": (422, "没有代码为“{given}”的受理机关。"),
    # limits
    "file_too_large": (413, "这个文件太大，一个文件不能超过 {most} MB。照片可以缩小后再传，也可以分成几个文件。"),
    "file_refused": (415, "{reason}"),
    "too_many_files": (409, "这件申请已经有 {most} 个文件，不能再传。其他材料请寄送或者当面递交。"),
    "dossier_failed": (503, "卷宗没有做成：材料太多，或者服务器正忙。请稍后再试。"),
    "attachment_not_found": (404, "没有这个文件，或者它已经删除。"),
    "body_too_large": (413, f"提交的内容太大，单次不能超过 {BODY_MB} MB。"),
    "rate_limited": (429, "提交得太频繁了，请在 {seconds} 秒后再试。"),
    "too_many_streams": (429, "从这里打开的对话页面太多了，请关掉不用的页面；您的话仍然可以发送。"),
    # identity and rights
    "sign_in_required": (401, "请先登录。"),
    "wrong_credentials": (401, "用户名、密码或动态码不正确。"),
    "account_locked": (429, "这里用这个用户名登录的尝试太多了，请在 {minutes} 分钟后再试。"),
    "sign_in_busy": (503, "现在登录的人太多，请过几秒再试。"),
    "password_expired": (401, "这个一次性密码已经过期，请向管理员要一个新的。"),
    "password_change_required": (403, "您用的是一次性密码，请先换成自己的密码，再进行其他操作。"),
    "not_allowed": (403, "您的岗位不能进行这一操作。"),
    "csrf_failed": (403, "页面已过期，请刷新页面后重试。"),
    "form_expired": (409, "登录已经过期，刚才的内容还没有保存。您填写的都在下面，请核对后再提交一次。"),
    # finding
    "not_found": (404, "没有找到您要的页面。"),
    "case_not_found": (404, "编号或查询码不正确，请核对回执后重试。"),
    "staff_case_not_found": (404, "没有编号为“{number}”的申请。"),
    "link_used": (404, "这个链接已经用过，或者过了期限。需要的，请重新取得一个。"),
    "telling_off": (409, "现在不能用这种方式接收进展，请随时在网上查询进度。"),
    "too_many_asked": (409, "今天发出的确认太多了，请明天再试，或者打电话联系我们。"),
    "no_query_code": (409, "这件申请来自以前的台账，没有查询码。"),
    "message_gone": (404, "这条消息已经删除，或者含有只能用一次的链接，不能再发一次。"),
    "receipt_gone": (
        404,
        "{number} 的查询码不能再显示：它只保留 15 分钟，或者后来又登记了另一件。申请人可以凭身份证件到场查询。",
    ),
    "method_not_allowed": (405, "这个地址不支持这种请求方式。"),
    # conflicts
    "idempotency_conflict": (409, "同一个幂等键已用于另一份内容不同的申请，请换一个键。"),
    "already_decided": (409, "这件申请已由{by}确认为“{department}”，页面已更新。如需改办，请更正这次决定。"),
    "superseded": (409, "这件申请已由{by}改为“{department}”，请在最新的决定上更正。"),
    "department_returns": (
        409,
        "承办部门不能把申请改给别的部门。认为不归本部门办理的，请写明理由退回分办（returned），由政务公开办重新确定。",
    ),
    "not_decided": (409, "这件申请还没有确认过，不能更正；请直接确认。"),
    "step_not_allowed": (409, "案件目前是“{state}”，不能进行这一步。"),
    "impossible_event": (409, "{reason}"),
    "case_moved_on": (409, "这件申请刚才已经有了新的记录，目前是“{state}”。请看过之后再操作。"),
    "secrecy_review_missing": (409, "{reason}"),
    "secrecy_review_forbids": (409, "{reason}"),
    "sign_off_missing": (409, "{reason}"),
    "letter_missing": (409, "{reason}"),
    "own_draft": (409, "审签的人不能审签自己拟写或者改过的稿子，请由其他人员审签。"),
    "draft_unsent": (409, "这份草稿没有在审签中：还没有送审，或者已经改过、退回。"),
    "not_elsewhere": (
        409,
        "这件申请没有“不属于本机关负责公开”的答复，不能转向其他机关提出；需要时请直接提交新的申请。",
    ),
    "agency_outside": (409, "{name}不在这里受理申请，不能代您提出。请直接向它申请：{contact}。"),
    "filed_on_already": (409, "已经向负责的机关提出过同一申请，编号 {number}。"),
    "nothing_to_file": (409, "申请的内容或者申请人信息已经不在，不能代为提出；请申请人直接向负责的机关申请。"),
    # notices
    "notice_unknown": (422, "没有代码为“{given}”的文书。"),
    "notice_not_found": (404, "没有找到这份文书。"),
    "notice_incomplete": (409, "这份文书还不能发出，缺少：{labels}。"),
    "notice_issued": (409, "这份文书已经发出（{number}），不能再改；需要更正的，请另拟一份。"),
    "notice_changed": (409, "这份文书刚刚被别人改过，请核对最新的内容后再保存或者发出。"),
    "answer_stands": (
        409,
        "这件申请已经答复（{number}）。要改变答复的，请拟写写明“被更正文书的文号”的文书，由审核人员发出，取代原来的答复。",
    ),
    "letter_differs": (
        409,
        "文书写的与案件中已经记录的这一步不一样，不能发出。请改文书；记录有误的，先更正记录。",
    ),
    "earlier_foreign": (422, "这个文号不是答复这位申请人的，请核对。"),
    "earlier_unknown": (422, "本机关没有发出过这个文号的文书，请核对。"),
    "template_field_unknown": (
        422,
        "文书模板 {file} 中有系统不认识的字段：{fields_named}。可用的字段见 docs/notices.md。",
    ),
    "template_invalid": (422, "文书模板 {file} 无法使用：{reason}。"),
    "template_name_unknown": (422, "{file} 不是文书的代码，模板应命名为 N1.docx 至 N27.docx。"),
    "retraining_under_way": (409, "已经有一次训练在等待或进行，请等它完成。"),
    "model_step_refused": (409, "{reason}"),
    "doubt_gone": (409, "这件申请的归口已经不存疑，可能别人刚看过，或者已经重新训练。"),
    # the product's own state
    "model_loading": (503, "系统正在启动，请过几秒再试。"),
    "chat_starting": (503, "在线对话正在启动，请过几秒再试；也可以直接填写申请表。"),
    "chat_interrupted": (502, "连接中断了，不确定您的话是否送到；请看一下对话记录，没有的话再发一次。"),
    "storage_unavailable": (
        503,
        "系统暂时无法读写数据，刚才提交的内容不能确定有没有存上。"
        "请稍后把同样的内容再提交一次（程序请用同一个幂等键），不会重复登记。",
    ),
    "fonts_missing": (
        500,
        "没有可用的中文字体，不能生成 PDF。请安装一种中文字体（例如 Debian 的 fonts-noto-cjk），"
        "或者把字体文件放进数据目录的 fonts/，然后重新启动。",
    ),
    "internal": (500, "系统出了差错，工作人员会查看。您可以稍后再试，或当面、邮寄提交申请。"),
    # command line
    "settings_invalid": (422, "{reason}"),
    "demo_secret": (422, "演示用的密钥不能用于正式运行；请去掉 GONGKAI_SECRET_KEY 或换成自己的密钥。"),
    "key_missing": (
        500,
        "没有这个数据库所用的密钥 {key_id}，用它加密的内容无法读取，查询码也对不上。请从备份把它放回数据目录；"
        "用 GONGKAI_SECRET_KEY 的，请改回原来的值。",
    ),
    "key_foreign": (
        500,
        "{name} 不是这个数据库开始使用时的密钥，用了它，以前的查询码会全部失效。请把它移出 keys/，另行保存。",
    ),
    "keys_without_database": (
        500,
        "{path} 的 keys/ 中有密钥，数据库却是空的。数据库丢失的，请先从备份恢复；"
        "确实要从头开始的，请把 keys/ 移到别处保存。",
    ),
    "bot_database_foreign": (
        500,
        "对话的数据库（{path} 中的 bot.db，或者 PostgreSQL 的 bot 模式）是用另一把密钥写的。"
        "请把它和密钥从同一份备份恢复；找不到的，把它移到别处，对话会从头开始。",
    ),
    "database_demo": (
        422,
        "{path} 中是演示数据（演示账号、虚构的申请），不能用于正式运行。请用 --data 或 GONGKAI_DATA 另选一个空目录；"
        "继续试用请加 --demo。",
    ),
    "database_real": (
        422,
        "{path} 中是正式数据，不能加入演示账号和虚构的申请。请去掉 --demo；要试用请用 --data 另选一个空目录。",
    ),
    "sealed_damaged": (500, "这一条内容已经损坏，无法读取。请从备份恢复；gongkai audit verify 会逐件核对。"),
    "key_copy_occupied": (500, "{path} 是另一把密钥，没有覆盖它。请另选一个文件夹。"),
    "bounce_unknown": (422, "这不是本系统所发邮件的退信通知（RFC 3464），没有记录。"),
    "mail_not_sent": (500, "邮件没有发出（{reason}）。请核对 GONGKAI_SMTP_URL 和 GONGKAI_MAIL_FROM。"),
    "schema_behind": (500, "数据库的结构是 {revision}，本版本需要 {head}。请先备份，再运行 gongkai migrate。"),
    "key_invalid": (500, "密钥文件 {file} 已损坏，请用备份的密钥替换它。"),
    "database_invalid": (500, "数据库无法使用：{reason}"),
    "backup_damaged": (422, "备份不能用：{reason}。请换一份备份；没有恢复任何内容。"),
    "backup_newer": (422, "这份备份是更新的版本（{version}）写的，请先升级再恢复；没有恢复任何内容。"),
    "backup_folder": (500, "备份目录不能用：请设置 GONGKAI_BACKUPS，并确认那里有空间、运行本程序的用户能写入。"),
    "restore_not_empty": (422, "只能恢复到空的数据目录和空的数据库，{what}。请用 --data 另选目录；没有恢复任何内容。"),
    "user_exists": (409, "用户名“{name}”已经存在。"),
    "user_not_found": (404, "没有用户名为“{name}”的账号。"),
    "password_too_short": (422, "密码至少要 {length} 个字符。"),
    "password_too_common": (422, "这个密码太常见，很容易被人猜到，请换一个，例如一句只有您知道的话。"),
    "username_invalid": (422, "用户名只能用 2–64 个字母、数字、点、横线或下划线。"),
    "port_in_use": (500, "端口 {port} 已被别的程序占用，请换一个端口（--port）。"),
    "database_missing": (422, "{path} 中没有数据库。请用 GONGKAI_DATA 或 --data 指定数据目录。"),
    "data_dir_unusable": (500, "数据目录 {path} 无法使用：{reason}"),
    "chain_broken": (500, "事件链在 {where} 处断开：{reason}"),
    "file_encoding": (422, "文件的文字编码不是 UTF-8 或 GB18030，请另存为 UTF-8 后再试。"),
    "ledger_unreadable": (422, "{reason}"),
    "ledger_mapping": (422, "对照文件不正确：{reason}"),
    "ledger_invalid": (422, "台账中有 {count} 处错误，没有导入任何一行。"),
    "ledger_overtaken": (409, "核对之后又有编号相同的申请登记进来，没有导入任何一行，请重新核对。"),
    "ledger_upload_gone": (404, "上传的台账已经不在了（最多保留一天），请重新上传。"),
    "calendar_day_missing": (404, "{day} 没有本机关自行设定的安排。"),
    "published_file_invalid": (422, "第 {line} 行：{reason}"),
    # reports
    "figures_file_invalid": (422, "数据没有保存：{where}：{reason}"),
    "report_period_invalid": (422, "“{given}”不是可以统计的{unit}。"),
    "report_cell_unknown": (404, "年度报告中没有这一格。"),
}
