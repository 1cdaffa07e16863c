"""The catalogue of what is published (公开目录): columns of its tables, what became of looks at its links."""

from intake_api.terms.vocabulary import Term, Vocabulary

# Columns of a table of items, by the field's name; `also` are read, never written.
COLUMNS = Vocabulary(
    Term(code="title", label="标题", also=("名称", "信息名称", "文件名称")),
    Term(code="summary", label="摘要", also=("内容概述", "简介", "说明")),
    Term(code="body", label="正文", also=("内容",)),
    Term(code="source", label="发布单位", also=("发布机构", "公开单位", "责任部门", "单位", "部门")),
    Term(code="published_on", label="公开日期", also=("发布日期", "发文日期", "日期")),
    Term(code="number", label="文号", also=("发文字号", "文件编号")),
    Term(code="topic", label="主题", also=("主题分类", "分类", "类别", "栏目")),
    Term(code="expires_on", label="有效期至", also=("失效日期", "有效期")),
    Term(code="url", label="网址", also=("链接", "地址", "网页")),
)
LINKS = Vocabulary(
    Term(code="ok", label="能打开"),
    Term(code="gone", label="网页不存在"),
    Term(code="failed", label="对方出错，或者不让打开"),
    Term(code="unreachable", label="连不上"),
    Term(code="private", label="内网地址，没有检查"),
)
BROKEN = ("gone", "failed", "unreachable")
# Which items a list shows.
SHOWN = Vocabulary(
    Term(code="all", label="全部"),
    Term(code="held", label="正在提供"),
    Term(code="expired", label="已经失效"),
    Term(code="broken", label="链接打不开"),
)
# Where what is public was shown to who asked, and what followed.
SURFACES = Vocabulary(
    Term(code="page", label="首页和目录查找"),
    Term(code="form", label="填写申请表"),
    Term(code="chat", label="对话"),
)
WHAT_FOLLOWED = Vocabulary(
    Term(code="shown", label="给出"),
    Term(code="opened", label="打开"),
    Term(code="found", label="说找到了"),
)
